"""The status of a sweep: runs counted from its files, time from its log."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime

from simlead.study.sweeps.lock import writer_of
from simlead.study.sweeps.stages import goal_of, largest_goal
from simlead.study.sweeps.store import Store


@dataclasses.dataclass(frozen=True)
class SweepStatus:
    """State how far a sweep is.

    Parameters
    ----------
    points : int
        Points of the design.
    runs_wanted : int
        Runs wanted of the stage that the sweep is in.
    runs_done : int
        Of these, runs that are there.
    failures : int
        Of these, runs that failed.
    seconds_of_work : float
        Seconds that the workers spent together, in all sessions.
    rate : float
        Runs per second on the wall in the last session that made any; nan before the first batch.
    seconds_left : float
        What is left at that rate.
    complete : bool
        Whether nothing is left to run.
    damaged : int
        Files that are not what they were when they were written.
    writer : int, optional
        Process id of the sweep that is at work.
    mixed_versions : tuple of str
        Python and the libraries of which runs were made under several versions, such as "numpy 2.2.1 and 2.4.0".
    """

    points: int
    runs_wanted: int
    runs_done: int
    failures: int
    seconds_of_work: float
    rate: float
    seconds_left: float
    complete: bool
    damaged: int
    writer: int | None
    mixed_versions: tuple[str, ...] = ()


def status_of(store: Store) -> SweepStatus:
    """How far the sweep in this store is."""
    inventory = store.inventory(largest_goal(store))
    goal = goal_of(store, lambda: inventory)
    total = int(goal.replicates.sum())
    done, failed = inventory.done.count(goal.replicates), inventory.failed.count(goal.replicates)
    seconds, rate = _pace(store)
    left = total - done - failed
    return SweepStatus(
        points=len(store.design),
        runs_wanted=total,
        runs_done=done,
        failures=failed,
        seconds_of_work=seconds,
        rate=rate,
        seconds_left=0.0 if not left else left / rate if rate > 0 else math.nan,
        complete=goal.final and not left and not inventory.damaged,
        damaged=len(inventory.damaged),
        writer=writer_of(store.folder),
        mixed_versions=tuple(f"{name} {' and '.join(each)}" for name, each in store.versions.items() if len(each) > 1),
    )


def _pace(store: Store) -> tuple[float, float]:
    """Seconds of work in all, and runs per second on the wall in the last session."""
    seconds, runs = 0.0, 0
    session = began = last = None
    for entry in store.logged():
        try:
            when = datetime.fromisoformat(entry["time"])
            if entry["what"] == "begin":
                session = when
            elif entry["what"] == "batch":
                if began != session:  # the first batch of a session
                    began, runs = session, 0
                seconds += float(entry["seconds"])
                runs += int(entry["done"]) + int(entry["failed"])
                last = when
        except (KeyError, TypeError, ValueError):  # a line that another program wrote
            continue
    if began is None or last is None or last <= began:
        return seconds, math.nan
    return seconds, runs / (last - began).total_seconds()
