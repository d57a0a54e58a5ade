"""How far a sweep is: counted from its files, timed by its log."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime

from simlead.study.sweeps.lock import writer_of
from simlead.study.sweeps.stages import most_wanted, wanted
from simlead.study.sweeps.store import Store


@dataclasses.dataclass(frozen=True)
class SweepStatus:
    """How far a sweep is.

    `runs_wanted` of the stage it is in; `runs_done` and `failures` of these. `seconds_of_work`
    are the workers' together, in all sessions; `rate` is runs per second on the wall in the
    last session that made any (nan before the first batch), `seconds_left` what is left at that rate.
    `damaged` counts files that are not what they were; `writer` is the process id of the
    sweep that is at work, None if there is none. `complete`: nothing is left to run.
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


def status_of(store: Store) -> SweepStatus:
    """How far the sweep in this store is."""
    inventory = store.inventory(most_wanted(store))
    goal = wanted(store, lambda: inventory)
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
        except (KeyError, TypeError, ValueError):  # a line that somebody else wrote
            continue
    if began is None or last is None or last <= began:
        return seconds, math.nan
    return seconds, runs / (last - began).total_seconds()
