"""Repetition of one run of a sweep, alone, to compare it with the store."""

from __future__ import annotations

import dataclasses
import functools
import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError
from simlead.results.own_measures import handed_over
from simlead.results.run import Run
from simlead.study.engines import ENGINES
from simlead.study.runner import Outcomes, summarise
from simlead.study.simulate import simulate
from simlead.study.sweeps.fingerprint import fingerprint
from simlead.study.sweeps.identity import code_identity, identity_difference
from simlead.study.sweeps.running import WorkerDied
from simlead.study.sweeps.shards import Shard
from simlead.study.sweeps.stages import goal_of, largest_goal
from simlead.study.sweeps.store import Store, open_store
from simlead.study.sweeps.time_limit import RunTookTooLong
from simlead.study.sweeps.work import Order, OwnMeasure, row_of

RunName = int | str | tuple[int, int]
"""POINT:REPLICATE, as a text or as two numbers; or the run's place among all that are wanted, from 0."""


@dataclasses.dataclass(frozen=True, eq=False)
class Rerun:
    """A run made again, with its trace, and what of it is not as the store says.

    Attributes
    ----------
    point, replicate : int
        Which run it is.
    run : Run
        The run.
    trace_hash : str
        The hash of its trace.
    compared : tuple of str
        All that was compared; a trace hash that the store does not keep is compared between the engines.
    differences : mapping
        What differs (events, tables_hash, trace_hash, a measure), to (stored, now).
    code : str
        In what the code, or another part of what the store was made from, differs now; empty if in nothing.
    """

    point: int
    replicate: int
    run: Run
    trace_hash: str
    compared: tuple[str, ...]
    differences: Mapping[str, tuple[Any, Any]]
    code: str

    @property
    def confirmed(self) -> bool:
        """Whether everything that was compared is the same to the last bit."""
        return not self.differences


def rerun(
    folder: str | os.PathLike[str],
    run: RunName,
    *,
    processes: Sequence[Any] = (),
    own_measures: Mapping[str, OwnMeasure] | None = None,
) -> Rerun:
    """Make one run of a sweep again, alone, on the sweep's engine, and compare it with the store.

    Parameters
    ----------
    folder : path
        The sweep's folder.
    run : str, tuple of int or int
        "POINT:REPLICATE" or (point, replicate), which no extension changes; or the run's place, from 0, in the order of
        point and replicate among all runs that are wanted, which is its row in `Sweep.runs()` if none failed.
    processes : sequence of generator functions (clock, firm), optional
        Those of the sweep.
    own_measures : mapping of str to callable, optional
        Measures of your own that are compared as well.

    Returns
    -------
    Rerun
        `run`, with its trace, and what differs from the store. A run that failed raises what it raised.

    Raises
    ------
    ParameterError
        For a run that is not wanted or not made yet, processes that are other ones, and a run that ended its worker: it
        would end this process too.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import simlead
    >>> firm = simlead.Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                                   "calendar.horizon_weeks": 52})
    >>> points = pd.DataFrame({"policy.coaching_share": [0.2, 0.5]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = simlead.sweep(points, scenario=firm, replications=1, workers=1, out=f"{folder}/sweep", progress=False)
    ...     again = rerun(f"{folder}/sweep", "1:0")
    >>> again.run.scenario.policy.coaching_share
    0.5
    """
    store = open_store(Path(folder))
    point, replicate = _cell(store, run)
    identity, own = store.identity, dict(own_measures or {})
    _refuse_other_functions(identity, processes, own)
    stored = _stored(store, point, replicate)

    made = simulate(store.scenario(point), seed=identity["seed"], replicate=replicate, engine=identity["engine"],
                    processes=processes)
    outcomes = Outcomes(tuple(identity["measures"]), handed_over(own), hashes=True, trace_hash=True)
    order = Order({}, identity["seed"], identity["engine"], outcomes, tuple(processes))
    run_again = summarise(order.job(made.scenario, replicate), made.records)
    now = dict(zip(order.columns()[2:], row_of(order, run_again), strict=True))
    if "failed of" not in stored and "trace_hash" not in stored and not processes:
        stored["trace_hash"] = _by_the_other_engine(made)
    compared = {name: (value, now.get(name)) for name, value in stored.items()
                if name in now or name not in identity["own_measures"]}
    here = code_identity()
    return Rerun(
        point=point,
        replicate=replicate,
        run=made,
        trace_hash=now["trace_hash"],
        compared=tuple(compared),
        differences={name: pair for name, pair in compared.items() if not _same(*pair)},
        code=identity_difference(here, {name: identity[name] for name in here}),
    )


def _cell(store: Store, run: RunName) -> tuple[int, int]:
    """The (point, replicate) of a run that is wanted."""
    take_inventory = functools.cache(lambda: store.inventory(largest_goal(store)))
    goal = goal_of(store, take_inventory).replicates
    if isinstance(run, str):
        named = re.fullmatch(r"\s*(\d{1,9})(?::(\d{1,9}))?\s*", run, re.ASCII)
        if named is None:
            raise ParameterError(f"run {run!r}: allowed is POINT:REPLICATE, such as 12:3, or the run's number")
        run = int(named[1]) if named[2] is None else (int(named[1]), int(named[2]))
    if isinstance(run, tuple):
        point = whole_number("point", run[0], 0, len(goal) - 1)
        return point, whole_number("replicate", run[1], 0, int(goal[point]) - 1)
    number = whole_number("run", run, 0, int(goal.sum()) - 1)
    point = int(np.searchsorted(np.cumsum(goal), number, side="right"))
    return point, number - int(goal[:point].sum())


def _stored(store: Store, point: int, replicate: int) -> dict[str, Any]:
    """What the store says about a run: its row, or what it failed of."""
    for shards, failed in ((store.shards(), False), (store.failure_shards(), True)):
        for shard in shards:
            if shard.rectangle.holds(point, replicate):
                row = _row(store, shard, point, replicate, failed)
                if row is not None:
                    return row
    raise ParameterError(f"run {point}:{replicate}: not made yet; the same sweep again makes it")


def _row(store: Store, shard: Shard, point: int, replicate: int, failed: bool) -> dict[str, Any] | None:
    content = store.content(shard)
    at = content.columns(["point", "replicate"])
    here = np.flatnonzero((at["point"] == point) & (at["replicate"] == replicate))
    if not len(here):
        return None
    names = ["exception", "message"] if failed else store.row_columns()
    row = {name: values[here[0]] for name, values in content.columns(names).items()}
    if not failed:
        return row
    if row["exception"] in (WorkerDied.__name__, RunTookTooLong.__name__):
        raise ParameterError(f"run {point}:{replicate}: it ended its worker or took too long, as it would here; "
                             "simulate(sweep.scenario(point), seed=..., replicate=...) makes it all the same")
    return {"failed of": f"{row['exception']}: {row['message']}"}


def _refuse_other_functions(
    identity: Mapping[str, Any], processes: Sequence[Any], own: Mapping[str, OwnMeasure]
) -> None:
    here = {"processes": [fingerprint(process) for process in processes],
            "own_measures": {name: fingerprint(function) for name, function in own.items()}}
    there = {"processes": identity["processes"],
             "own_measures": {name: identity["own_measures"].get(name) for name in own}}
    difference = identity_difference(here, there)
    if difference:
        raise ParameterError(difference)


def _by_the_other_engine(made: Run) -> str:
    (other,) = (name for name in ENGINES if name != made.engine)
    return simulate(made.scenario, seed=made.seed, replicate=made.replicate, engine=other).trace_hash()


def _same(stored: Any, now: Any) -> bool:
    both_undefined = isinstance(stored, float) and isinstance(now, float) and math.isnan(stored) and math.isnan(now)
    return both_undefined or bool(stored == now)
