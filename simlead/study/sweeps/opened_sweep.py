"""A sweep's folder, finished or not, as tables: each run, each point, each point against its baseline."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.results.headlines import headlines
from simlead.results.shown import Shown
from simlead.statistics.intervals import CONFIDENCE
from simlead.study import labelled
from simlead.study.refusals import refusals
from simlead.study.studies.study import Study
from simlead.study.sweeps.adding import filled, numbers_of
from simlead.study.sweeps.plan import undefined_of
from simlead.study.sweeps.point_intervals import differences, means
from simlead.study.sweeps.stages import Goal, goal_of, largest_goal
from simlead.study.sweeps.status import SweepStatus, status_of
from simlead.study.sweeps.store import Inventory, Store, open_store
from simlead.study.sweeps.tiles import tiles
from simlead.study.sweeps.work import FAILURE_COLUMNS, WEEKLY_PREFIX

if TYPE_CHECKING:
    import xarray


def open_sweep(folder: str | os.PathLike[str]) -> Sweep:
    """Open a sweep's folder to read, finished or not, even while a sweep writes to it.

    Parameters
    ----------
    folder : str or os.PathLike
        The folder.

    Returns
    -------
    Sweep
        The sweep.

    Raises
    ------
    FileFormatError
        In one line, if the folder holds no sweep or its head is damaged.

    Examples
    --------
    >>> open_sweep("no such folder")    # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: no such folder ...
    """
    return Sweep(open_store(Path(folder)))


class Sweep(Shown):
    """Read a sweep's folder, finished or not; :func:`sweep` and :func:`open_sweep` make one.

    Tables hold the runs that are there when they are asked for. They are read by columns, some points at a time, in
    an order that does not depend on who made which run when: the same runs give the same table to the last bit. A
    file that is not what it was when it was written raises FileFormatError, and the same sweep again makes its runs
    anew.

    Where a precision was asked for, tables of points have a column `reached`: whether the precision's `maximum` of
    replicates was enough. The intervals of its measure are Stein's: their width comes from the first stage alone
    (`precision.two_stage_interval`).

    Parameters
    ----------
    store : Store
        The opened folder.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._final: Goal | None = None

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._store.folder

    @property
    def study(self) -> Study:
        """What was asked, last time; a table that was swept is a study too."""
        return self._store.study

    @property
    def design(self) -> pd.DataFrame:
        """The points, a row each: `point`, `effect_sizes`, `baseline`, then the factors."""
        return self._store.design.copy()

    @property
    def undefined(self) -> str:
        """Which measures need a year that no point's calendar holds, in one line; empty if none does."""
        return undefined_of(self.study, self._store.design, self.measures)

    @property
    def measures(self) -> list[str]:
        """The names of the measures that every run has, own ones last."""
        return self._store.columns()

    @property
    def weekly_series(self) -> list[str]:
        """The names of the series by week that every run has."""
        return list(self._store.weekly)

    @property
    def headlines(self) -> list[str]:
        """The measures shown first: its precision's alone, or as :func:`simlead.results.headlines.headlines`."""
        precision = self.study.precision
        return headlines(self.measures) if precision is None else [precision.measure]

    def scenario(self, point: int) -> Scenario:
        """Return the scenario of a point.

        Parameters
        ----------
        point : int
            The point's number.

        Returns
        -------
        Scenario
            Its scenario.
        """
        return self._store.scenario(whole_number("point", point, 0, len(self._store.design) - 1))

    def runs(self, measures: Iterable[str] | None = None, points: Iterable[int] | None = None) -> pd.DataFrame:
        """List the runs by point and replicate.

        A run that failed or is not made yet has no row. This is the one table that is as long as the sweep.

        Parameters
        ----------
        measures : iterable of str, optional
            The measures; all of the sweep's if left out.
        points : iterable of int, optional
            The points; all if left out.

        Returns
        -------
        pandas.DataFrame
            A row per run: point, replicate, seed, the measures, events, tables_hash and, if the study saves it,
            trace_hash.
        """
        names, store = self._known(measures), self._store
        columns = [*names, *store.row_columns()[len(store.columns()):]]
        parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("point", "replicate", *columns)}
        for tile in tiles(store, self._limits(points), columns):
            point, replicate = np.nonzero(tile.there)
            parts["point"].append(point + tile.first_point)
            parts["replicate"].append(replicate)
            for name, values in tile.columns.items():
                parts[name].append(values[point, replicate])
        table = pd.DataFrame({name: np.concatenate(values) if values else [] for name, values in parts.items()})
        table.insert(2, "seed", store.identity["seed"])
        return table.astype({"point": np.int64, "replicate": np.int64, "seed": np.int64, "events": np.int64})

    def to_xarray(self, measures: Iterable[str] | None = None) -> xarray.Dataset:
        """Return the runs as labelled arrays, by design point and replication.

        Parameters
        ----------
        measures : iterable of str, optional
            The measures; all of the sweep's if left out.

        Returns
        -------
        xarray.Dataset
            A variable per measure with the dimensions `point` and `replicate`, nan where a run is missing or the
            measure is not defined; the factors and the set of effect sizes as coordinates of `point`. Variables and
            coordinates have `units` and `long_name`. A share is a fraction of 1.

        Raises
        ------
        ParameterError
            Where xarray is not installed (`simlead[xarray]`), and for an unknown measure.

        Examples
        --------
        >>> import pandas, tempfile
        >>> from simlead.study.sweeps.sweep import sweep
        >>> firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
        ...                           "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
        >>> found = sweep(pandas.DataFrame({"market.rivals": [1, 5]}), scenario=firm, replications=3,
        ...               measures=["market_share_base"], workers=1, out=tempfile.mkdtemp() + "/results")
        >>> share = found.to_xarray()["market_share_base"]
        >>> dict(share.sizes), share["market.rivals"].attrs["units"]
        ({'point': 2, 'replicate': 3}, 'firms')
        """
        runs, study = self.runs(measures), self.study
        return labelled.by_point(self.design, runs, [name for name in runs.columns if name in self.measures],
                                 {"name": study.name, "question": study.question, "seed": study.seed})

    @refusals()
    def points(self, measures: Iterable[str] | None = None, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """Compute the mean of each measure at each point, with its t interval.

        Parameters
        ----------
        measures : iterable of str, optional
            The measures; all if left out.
        confidence : float
            Confidence of the intervals.

        Returns
        -------
        pandas.DataFrame
            A row per point: the design's columns, n (runs), and NAME, NAME_low, NAME_high of each measure in its
            unit, over the runs in which it is defined.
        """
        return means(self._store, self._known(measures), self._wanted(), confidence)

    @refusals()
    def paired(self, measure: str, relative: bool = False, confidence: float = CONFIDENCE) -> pd.DataFrame:
        """Compute each point's difference from the baseline point of the same effect sizes, paired by replicate.

        Parameters
        ----------
        measure : str
            The measure.
        relative : bool
            Whether the difference is a fraction of the baseline's mean (by the delta method, with the noise of both),
            or in the measure's unit.
        confidence : float
            Confidence of the intervals.

        Returns
        -------
        pandas.DataFrame
            A row per point: the design's columns, n (pairs), difference, low, high.

        Raises
        ------
        ParameterError
            Without a baseline.
        """
        (name,) = self._known([measure])
        return differences(self._store, name, self._wanted(), relative, confidence)

    def weekly(self, name: str, points: Iterable[int] | None = None) -> pd.DataFrame:
        """Return a series by week, a row per run and week.

        Parameters
        ----------
        name : str
            The series.
        points : iterable of int, optional
            The points; all if left out.

        Returns
        -------
        pandas.DataFrame
            Columns point, replicate, week (from the switch, which is 0), value.

        Raises
        ------
        ParameterError
            For a series that the sweep was not asked to save (`sweep(..., weekly=...)`).
        """
        if name not in self._store.weekly:
            raise ParameterError(
                f"weekly {name!r}: the sweep stores {', '.join(self._store.weekly) or 'no series by week'}"
                f"{nearest(name, self._store.weekly)}; sweep(..., weekly=[...]) stores more")
        column, keys = f"{WEEKLY_PREFIX}{name}", ["point", "replicate"]
        runs = [(int(row) + tile.first_point, int(place), tile.columns[column][row, place])
                for tile in tiles(self._store, self._limits(points), [column])
                for row, place in zip(*np.nonzero(tile.there), strict=True)]
        table = pd.DataFrame(runs, columns=[*keys, "value"]).explode("value", ignore_index=True)
        table.insert(2, "week", table.groupby(keys).cumcount())
        return table.astype({"point": np.int64, "replicate": np.int64, "week": np.int64, "value": np.float64})

    def outcomes(self, points: Iterable[int]) -> list[dict[str, NDArray[np.float64]]]:
        """Return every measure and weekly series of some points.

        Runs that are not there are left out.

        Parameters
        ----------
        points : iterable of int
            The points' numbers.

        Returns
        -------
        list of dict of str to numpy.ndarray
            For each point, measures (replicates) and `weekly.NAME` series (replicates x weeks) by name.
        """
        columns = [*self.measures, *(f"{WEEKLY_PREFIX}{name}" for name in self._store.weekly)]
        wanted = self._checked_points(points)
        found: dict[int, dict[str, NDArray[np.float64]]] = {}
        for tile in tiles(self._store, self._limits(wanted), columns):
            for point in set(wanted) & set(range(tile.points.start, tile.points.stop)):
                there = np.flatnonzero(tile.there[point - tile.first_point])
                found[point] = {name: np.array(values[point - tile.first_point, there].tolist(), dtype=np.float64)
                                for name, values in tile.columns.items()}
        return [found[point] for point in wanted]

    def point_numbers(self, table: pd.DataFrame, effect_sizes: str | None = None) -> list[int]:
        """Find the points of the rows of a table of dotted paths.

        A factor that the table or the sweep lacks stands at the value of the scenario that the points change.

        Parameters
        ----------
        table : pandas.DataFrame
            A row per point, a column per factor.
        effect_sizes : str, optional
            The set of effect sizes; the first one if left out.

        Returns
        -------
        list of int
            The points' numbers.

        Raises
        ------
        ParameterError
            For a row that is no point of the sweep.
        """
        bases = self._store.identity["scenarios"]
        name = next(iter(bases)) if effect_sizes is None else effect_sizes
        if name not in bases:
            raise ParameterError(f"effect sizes {name!r}: the sweep has {', '.join(bases)}")
        base = bases[name]
        if unknown := [str(path) for path in table.columns if path not in base]:
            raise ParameterError(f"{unknown[0]}: no such parameter{nearest(unknown[0], base)}")
        rows = filled(table, base).assign(point=0, effect_sizes=name, baseline=False)
        numbers = numbers_of(self._store.design, rows, bases)
        if None in numbers:
            raise ParameterError(
                f"row {numbers.index(None)} (the first is 0): no point of the sweep in {self.folder}")
        return [number for number in numbers if number is not None]

    def _checked_points(self, points: Iterable[int]) -> list[int]:
        return [whole_number("point", each, 0, len(self._store.design) - 1) for each in points]

    def _limits(self, points: Iterable[int] | None) -> NDArray[np.int64]:
        """Replicates wanted of these points (all if None), none of the others."""
        wanted = self._wanted().replicates
        chosen = np.ones(len(wanted), bool) if points is None else np.isin(
            np.arange(len(wanted)), self._checked_points(points))
        return np.where(chosen, wanted, 0)

    def _known(self, measures: Iterable[str] | None) -> list[str]:
        """The names of the measures, all of the sweep's if None; ParameterError for one that it has not."""
        if measures is None:
            return self.measures
        names = [measures] if isinstance(measures, str) else list(measures)
        for name in names:
            if name not in self.measures:
                raise ParameterError(f"measure {name!r}: not in this sweep{nearest(str(name), self.measures)}")
        return list(dict.fromkeys(names))

    def failures(self) -> pd.DataFrame:
        """List the runs that failed.

        Returns
        -------
        pandas.DataFrame
            A row per run: point, replicate, exception, message, traceback, parameters (JSON).
        """
        failed = self._inventory().failed
        none = pd.DataFrame(columns=list(FAILURE_COLUMNS))
        tables = [pd.DataFrame(self._store.content(shard).columns(FAILURE_COLUMNS))
                  for shard in self._store.failure_shards()]
        whole = pd.concat(tables, ignore_index=True) if tables else none
        whole = whole[failed.holds(whole["point"], whole["replicate"])]
        return whole.astype({"point": np.int64, "replicate": np.int64}).sort_values(
            ["point", "replicate"], ignore_index=True)

    def status(self) -> SweepStatus:
        """Verify every file and state how far the sweep is.

        Returns
        -------
        SweepStatus
            Runs wanted, done and failed, and the time left.
        """
        return status_of(open_store(self.folder))

    def _inventory(self) -> Inventory:
        inventory = self._store.inventory(largest_goal(self._store))
        if inventory.damaged:
            raise inventory.damaged[0]
        return inventory

    def _wanted(self) -> Goal:
        if self._final is None:
            found = goal_of(self._store, self._inventory)
            if not found.final:
                return found
            self._final = found
        return self._final
