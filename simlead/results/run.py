"""A run: what was simulated, what happened, and where it comes from."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simlead.engines.contract import Records
from simlead.model import events
from simlead.model.scenario import Scenario
from simlead.results import storage
from simlead.results.diary import diary
from simlead.results.measures import all_measures
from simlead.results.provenance import Provenance
from simlead.results.windows import Table

if TYPE_CHECKING:
    import pandas as pd

HEROICS = ("none", "begun", "done")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One simulated history of one firm, made by :func:`simlead.simulate`.

    `seed` and `replicate` name its luck, `engine` the engine that made it, `records` the
    tables as numpy arrays, `provenance` versions and hashes. The methods give the tables
    as pandas and the measures as numbers; none of them changes the run.

    >>> import simlead
    >>> firm = simlead.Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                                   "calendar.horizon_weeks": 2})
    >>> run = simlead.simulate(firm, seed=7)
    >>> run.seed, run.weeks()["week"].tolist(), sorted(run.opportunities()["outcome"].cat.categories)
    (7, [-1, 0, 1], ['no_decision', 'open', 'rival', 'won', 'won_by_manager'])
    """

    scenario: Scenario
    seed: int
    replicate: int
    engine: str
    records: Records
    provenance: Provenance

    def __repr__(self) -> str:
        return (
            f"Run(seed={self.seed}, replicate={self.replicate}, engine={self.engine!r}, "
            f"parameters={self.provenance.parameters}, events={self.records.events})"
        )

    @property
    def trace(self) -> Table:
        """Every event in order, a row of `events.TRACE_DTYPE` each; time in business hours.

        Raises RuntimeError if the run was made without a trace.
        """
        if self.records.trace is None:
            raise RuntimeError("this run was made without a trace; simulate(..., trace=True) keeps it")
        return self.records.trace

    def trace_hash(self) -> str:
        """Sixteen hexadecimal digits that stand for the whole trace, bit by bit."""
        return hashlib.sha256(np.ascontiguousarray(self.trace).tobytes()).hexdigest()[:16]

    def opportunities(self) -> pd.DataFrame:
        """A row per buying opportunity; columns and units as in `tables.OPPORTUNITIES_DTYPE`.

        `stage`, `outcome` and `heroics` are words.
        """
        frame = _frame(self.records.opportunities)
        for column, words in (("stage", events.STAGES), ("outcome", events.OUTCOMES), ("heroics", HEROICS)):
            frame[column] = _words(frame[column], words)
        return frame

    def reps(self) -> pd.DataFrame:
        """A row per seat and week; columns and units as in `tables.REPS_DTYPE`."""
        return _frame(self.records.reps)

    def managers(self) -> pd.DataFrame:
        """A row per team and week; columns and units as in `tables.MANAGERS_DTYPE`."""
        return _frame(self.records.managers)

    def weeks(self) -> pd.DataFrame:
        """A row per week of the firm; columns and units as in `tables.WEEKS_DTYPE`."""
        return _frame(self.records.weeks)

    def diary(self, team: int, week: int) -> pd.DataFrame:
        """One week of one manager, hour by hour: tasks, sessions, gaps, and what was cancelled.

        Columns, and when this raises ParameterError, as in `results.diary.diary`. Raises
        RuntimeError if the run was made without a trace.

        >>> import simlead
        >>> firm = simlead.Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
        ...                                   "calendar.horizon_weeks": 2})
        >>> week = simlead.simulate(firm).diary(team=0, week=0)
        >>> round(float(week["hours"].sum()), 9), week["use"].iloc[0]
        (40.0, 'coaching')
        """
        return diary(self.trace, self.records.reps, self.scenario, team, week)

    def measures(self) -> dict[str, float]:
        """Every measure by name (units and meanings: `results.measures.MEASURES`).

        nan where a measure is not defined: a year that the calendar does not hold, or
        nothing to divide by.
        """
        return all_measures(self.records, self.scenario)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Save the run as a folder of Parquet tables and one JSON file; returns the folder.

        The folder is whole or not there. Raises FileExistsError if it exists; `overwrite`
        replaces a saved run, and nothing else.
        """
        head = storage.Head(
            self.scenario, self.seed, self.replicate, self.engine, self.records.events, self.provenance)
        return storage.save(Path(folder), head, self.records, overwrite)

    @classmethod
    def load(cls, folder: str | Path) -> Run:
        """A saved run, the same to the last bit.

        Raises FileFormatError, in one line, if the folder holds no run, was damaged, or was
        saved with other parameters than this version knows.
        """
        head, records = storage.load(Path(folder))
        return cls(head.scenario, head.seed, head.replicate, head.engine, records, head.provenance)


def _frame(table: Table) -> pd.DataFrame:
    import pandas as pd

    assert table.dtype.names is not None
    return pd.DataFrame({name: np.ascontiguousarray(table[name]) for name in table.dtype.names})


def _words(codes: pd.Series[int], words: Sequence[str]) -> pd.Series[str]:
    import pandas as pd

    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(words))))
