"""A run: its scenario, its tables and its provenance."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simlead.engines.contract import Records
from simlead.model import events
from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results import storage
from simlead.results.diary import diary
from simlead.results.folder import NewFolder, write_folder
from simlead.results.measures import all_measures
from simlead.results.own_measures import OwnMeasure
from simlead.results.provenance import Provenance
from simlead.results.registry import ratio
from simlead.results.seen import COLUMNS, seen_by_month, weeks_of_months
from simlead.results.shown import Shown
from simlead.results.windows import Table

if TYPE_CHECKING:
    import pandas as pd

MOST_MONTHS = 10_000

HEROICS = ("none", "begun", "done")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Run(Shown):
    """Hold one simulated history of one firm, as `simlead.simulate` makes it.

    The methods return the tables as pandas and the measures as numbers; none of them changes the run.

    Parameters
    ----------
    scenario : Scenario
        What was simulated.
    seed : int
        The random seed.
    replicate : int
        The number of the replication under this seed.
    engine : str
        The engine that made it.
    records : Records
        The tables as numpy arrays.
    provenance : Provenance
        Versions and hashes.
    own_measures : tuple of OwnMeasure
        Measures of the caller's own, which `measures` computes as well.

    Examples
    --------
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
    own_measures: tuple[OwnMeasure, ...] = ()

    @property
    def trace(self) -> Table:
        """Every event in order, a row of `events.TRACE_DTYPE` each; time in business hours.

        Raises RuntimeError if the run was made without a trace.
        """
        if self.records.trace is None:
            raise RuntimeError("this run was made without a trace; simulate(..., trace=True) keeps it")
        return self.records.trace

    def trace_hash(self) -> str:
        """Hash the whole trace, bit by bit.

        Returns
        -------
        str
            Sixteen hexadecimal digits.
        """
        return hashlib.sha256(np.ascontiguousarray(self.trace).tobytes()).hexdigest()[:16]

    def opportunities(self) -> pd.DataFrame:
        """Return a row per buying opportunity.

        Returns
        -------
        pandas.DataFrame
            Columns and units as in `tables.OPPORTUNITIES_DTYPE`; `stage`, `outcome` and `heroics` are words.
        """
        frame = _frame(self.records.opportunities)
        for column, words in (("stage", events.STAGES), ("outcome", events.OUTCOMES), ("heroics", HEROICS)):
            frame[column] = _words(frame[column], words)
        return frame

    def reps(self) -> pd.DataFrame:
        """Return a row per seat and week.

        Returns
        -------
        pandas.DataFrame
            Columns and units as in `tables.REPS_DTYPE`.
        """
        return _frame(self.records.reps)

    def managers(self) -> pd.DataFrame:
        """Return a row per team and week.

        Returns
        -------
        pandas.DataFrame
            Columns and units as in `tables.MANAGERS_DTYPE`.
        """
        return _frame(self.records.managers)

    def weeks(self) -> pd.DataFrame:
        """Return a row per week of the firm.

        Returns
        -------
        pandas.DataFrame
            Columns and units as in `tables.WEEKS_DTYPE`.
        """
        return _frame(self.records.weeks)

    def diary(self, team: int, week: int) -> pd.DataFrame:
        """Return one week of one manager, hour by hour: tasks, sessions, gaps, and what was cancelled.

        Parameters
        ----------
        team : int
            The team's number, from 0.
        week : int
            The week; 0 is the first after the switch.

        Returns
        -------
        pandas.DataFrame
            A row per task, session or gap; columns as in `results.diary.diary`.

        Raises
        ------
        ParameterError
            For a team or week that the run does not have.
        RuntimeError
            If the run was made without a trace.

        Examples
        --------
        >>> import simlead
        >>> firm = simlead.Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
        ...                                   "calendar.horizon_weeks": 2})
        >>> week = simlead.simulate(firm).diary(team=0, week=0)
        >>> round(float(week["hours"].sum()), 9), week["use"].iloc[0]
        (40.0, 'coaching')
        """
        return diary(self.trace, self.records.reps, self.scenario, team, week)

    def counted(self, first: int = -12, months: int = 24) -> pd.DataFrame:
        """Count what the firm itself can see, by team and month: the data of a trial.

        Parameters
        ----------
        first : int, default -12
            The first month; 0 begins with the switch.
        months : int, default 24
            How many months.

        Returns
        -------
        pandas.DataFrame
            A row per team and month: `team` (from 1), `month`, and the columns of a trial's data template, which are
            sums: hours, meetings, deals and money ($).

        Raises
        ------
        ParameterError
            For months that the run does not have.

        Examples
        --------
        >>> import simlead
        >>> firm = simlead.Scenario().change({"organisation.teams": 2, "calendar.warmup_weeks": 5,
        ...                                   "calendar.horizon_weeks": 9})
        >>> data = simlead.simulate(firm, engine="compiled", trace=False).counted(-1, 3)
        >>> data[["team", "month"]].to_numpy().tolist()
        [[1, -1], [1, 0], [1, 1], [2, -1], [2, 0], [2, 1]]
        """
        import pandas as pd

        first = whole_number("first", first, -MOST_MONTHS, MOST_MONTHS)
        months = whole_number("months", months, 1, MOST_MONTHS)
        calendar, end = self.scenario.calendar, first + months
        before, after = weeks_of_months(-first), weeks_of_months(end)
        if before > calendar.warmup_weeks or after > calendar.horizon_weeks:
            raise ParameterError(f"months {first} to {end - 1}: allowed are those that the run has whole; it begins "
                                 f"{calendar.warmup_weeks} weeks before the switch and ends {calendar.horizon_weeks} "
                                 "after it")
        seen = seen_by_month(self.records, self.scenario, first, months)
        at = pd.MultiIndex.from_product(
            [range(1, seen.shape[1] + 1), range(first, first + months)], names=["team", "month"])
        return pd.DataFrame(seen.reshape(len(COLUMNS), -1).T, at, COLUMNS).reset_index()

    def measures(self) -> dict[str, float]:
        """Compute every measure.

        Returns
        -------
        dict of str to float
            Name -> value, units and meanings as in `simlead.MEASURES`; nan where a measure is not defined: a year
            that the calendar does not hold, or nothing to divide by.
        """
        own = {measure.name: ratio(measure.parts(self)) for measure in self.own_measures}
        return all_measures(self.records, self.scenario) | own

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Save the run as a folder of Parquet tables and one JSON file.

        The folder is whole or not there.

        Parameters
        ----------
        folder : str or Path
            The folder to write.
        overwrite : bool
            Whether a saved run that is there is replaced (nothing else ever is).

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        FileExistsError
            If the folder is there and is not to be replaced.
        """
        with write_folder(Path(folder), "run", overwrite=overwrite) as new:
            self.save_into(new)
        return Path(folder)

    def save_into(self, new: NewFolder) -> None:
        """Write the run into a folder that is being made, where other files may be too.

        Parameters
        ----------
        new : NewFolder
            What `results.folder.write_folder` yields.
        """
        storage.save_records(new, self.records)
        new.facts.update({
            "seed": self.seed,
            "replicate": self.replicate,
            "engine": self.engine,
            "provenance": dataclasses.asdict(self.provenance),
            "scenario": self.scenario.values(),
        })

    @classmethod
    def load(cls, folder: str | Path) -> Run:
        """Read a saved run, the same to the last bit.

        Parameters
        ----------
        folder : str or Path
            The folder that `save` wrote.

        Returns
        -------
        Run
            The run.

        Raises
        ------
        FileFormatError
            In one line, if the folder holds no run, was damaged, or was saved with other parameters than this version
            has.
        """
        return cls(**storage.load_run(Path(folder)))


def _frame(table: Table) -> pd.DataFrame:
    import pandas as pd

    assert table.dtype.names is not None
    return pd.DataFrame({name: np.ascontiguousarray(table[name]) for name in table.dtype.names})


def _words(codes: pd.Series[int], words: Sequence[str]) -> pd.Series[str]:
    import pandas as pd

    return pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(words))))
