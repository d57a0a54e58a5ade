"""The result of a comparison of scenarios: its runs, and tables of them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.model.switch import acts_before_switch
from simlead.results.measures import MEASURES, undefined_in_words
from simlead.results.provenance import Provenance
from simlead.results.shown import Shown
from simlead.statistics.intervals import CONFIDENCE, mean_interval, paired_difference, relative_difference
from simlead.statistics.simultaneous import Method, simultaneous_intervals
from simlead.study import labelled
from simlead.study.by_team import by_team
from simlead.study.refusals import refusals
from simlead.study.runner import undefined_in_all

if TYPE_CHECKING:
    import xarray

COLUMNS = ("scenario", "measure", "unit", "mean", "low", "high",
           "difference", "difference_low", "difference_high",
           "relative_difference", "relative_low", "relative_high", "variance_saved", "n")

WEEKLY_COLUMNS = ("scenario", "series", "week", "mean", "low", "high", "difference", "difference_low",
                  "difference_high", "n")

Weekly = Mapping[str, Mapping[str, NDArray[np.float64]]]
"""Series by week: name of the series -> name of the scenario -> replications x weeks."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown):
    """The result of :func:`simlead.compare`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per scenario and measure: `mean` with its interval `low` to `high`, in the measure's
        `unit`; `difference` from the baseline (scenario - baseline, paired by replication) with its
        interval; `relative_difference`, the same as a fraction of the baseline's mean, with an interval
        that counts the noise of that mean too (nan where that mean is not above 0); `variance_saved`,
        the fraction of a difference's variance that pairing removed; `n`, the replications in which the
        measure was defined. The baseline differs from itself by exactly 0.
    runs : pandas.DataFrame
        A row per scenario and replication: scenario, seed, replicate, measures.
    scenarios : mapping of str to Scenario
        The scenarios by name.
    baseline : str
        The scenario that the others are compared with.
    seed, replications, engine, confidence
        As they were asked for; `replications` as many as were made.
    provenance : mapping of str to Provenance
        Versions and hashes, by scenario.
    units : mapping of str to str
        The unit of each measure.
    weekly_runs : mapping
        Of each series by week that was asked for, by scenario: an array, replications x weeks.
    """

    table: pd.DataFrame
    runs: pd.DataFrame
    scenarios: Mapping[str, Scenario]
    baseline: str
    seed: int
    replications: int
    engine: str
    confidence: float
    provenance: Mapping[str, Provenance]
    units: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType(units_of(MEASURES)))
    weekly_runs: Weekly = dataclasses.field(default_factory=lambda: MappingProxyType({}))

    @property
    def undefined(self) -> str:
        """Which measures the scenarios' calendars do not hold a year for, in one line; empty if none."""
        compared = [str(name) for name in self.table["measure"].unique()]
        return undefined_in_words(undefined_in_all(compared, self.scenarios.values()))

    @property
    def differing_firms(self) -> dict[str, tuple[str, ...]]:
        """Scenarios whose status quo is not the baseline's, with the parameters in which it differs.

        They are other firms, or the same firm under other assumptions: their levels differ before any policy starts,
        so that a difference from the baseline is no effect of a policy.
        """
        base = self.scenarios[self.baseline]
        found = {name: tuple(path for path in base.differences(scenario) if of_the_firm(path))
                 for name, scenario in self.scenarios.items()}
        return {name: paths for name, paths in found.items() if paths}

    @property
    def other_firms(self) -> str:
        """Which scenarios are other firms than the baseline, in one line; empty if none is.

        Seats that differ before the switch are such a difference; seats that open at a date are lines of the people
        plan, and so a change of the same firm.
        """
        found = []
        for name, paths in self.differing_firms.items():
            more = f" and {len(paths) - 3} more parameters" if len(paths) > 4 else ""
            found.append(f"{name} differs from {self.baseline} in {', '.join(paths[:3] if more else paths)}{more}")
        return "" if not found else (
            f"{'; '.join(found)}, before any policy starts. A difference of their levels is no effect of a policy; "
            f'a file that begins with from = "FILE.toml" is the same firm')

    def without(self, names: Iterable[str]) -> Comparison:
        """Return the comparison without these scenarios.

        Parameters
        ----------
        names : iterable of str
            Scenarios to leave out; the baseline stays.

        Returns
        -------
        Comparison
            The others, as they were compared.
        """
        out = set(names) - {self.baseline}

        def kept(by_name: Mapping[str, Any]) -> Mapping[str, Any]:
            return MappingProxyType({name: value for name, value in by_name.items() if name not in out})

        rows, runs = (~frame["scenario"].isin(out) for frame in (self.table, self.runs))
        return dataclasses.replace(
            self, table=self.table[rows].reset_index(drop=True), runs=self.runs[runs].reset_index(drop=True),
            scenarios=kept(self.scenarios), provenance=kept(self.provenance),
            weekly_runs=MappingProxyType({series: kept(found) for series, found in self.weekly_runs.items()}))

    def to_xarray(self) -> xarray.Dataset:
        """Return the runs as labelled arrays, by scenario and replication.

        Returns
        -------
        xarray.Dataset
            A variable per measure with the dimensions `scenario` and `replicate`, with `units` and `long_name`; nan
            where the measure is not defined. The same replicate has the same random numbers in every scenario, so that
            a difference along `scenario` is a matched pair's. A share is a fraction of 1.

        Raises
        ------
        ParameterError
            Where xarray is not installed (`simlead[xarray]`).

        Examples
        --------
        >>> from simlead.study.compare import compare
        >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
        ...                            "calendar.horizon_weeks": 52})
        >>> study = compare({"as it is": small, "coached": small.change({"policy.coaching_share": 0.5})},
        ...                 replications=2, workers=1, measures=["revenue"])
        >>> revenue = study.to_xarray()["revenue"]
        >>> dict(revenue.sizes), revenue.attrs["units"]
        ({'scenario': 2, 'replicate': 2}, '$/year')
        """
        return labelled.by_scenario(self.scenarios, self.runs, self.units,
                                    {"baseline": self.baseline, "seed": self.seed, "engine": self.engine})

    @refusals()
    def simultaneous(
        self,
        measure: str,
        *,
        confidence: float | None = None,
        method: Method = "max-t",
        all_pairs: bool = False,
        relative: bool = False,
    ) -> pd.DataFrame:
        """Compute differences in one measure whose intervals hold all together with the confidence.

        The table's intervals hold one by one, which is not enough to point at the most striking of
        several scenarios.

        Parameters
        ----------
        measure : str
            One of the measures that were compared.
        confidence : float, optional
            That of all intervals together; the comparison's by default.
        method : {"max-t", ...}
            As in `statistics.simultaneous.simultaneous_intervals`.
        all_pairs : bool, default False
            Whether to compare every pair, not only each scenario with the baseline.
        relative : bool, default False
            Whether to give differences as fractions of the other scenario's mean.

        Returns
        -------
        pandas.DataFrame
            `measure`, `unit`, then the columns of `simultaneous_intervals`.

        Raises
        ------
        ParameterError
            If the measure was not compared, or an argument is not allowed.

        Examples
        --------
        >>> from simlead.study.compare import compare
        >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
        ...                            "calendar.horizon_weeks": 52})
        >>> firms = {str(share): small.change({"policy.coaching_share": share}) for share in (0.2, 0.4, 0.6)}
        >>> study = compare(firms, replications=2, workers=1, measures=["coaching_share_realised"])
        >>> study.simultaneous("coaching_share_realised", all_pairs=True)[["scenario", "against"]].values.tolist()
        [['0.4', '0.2'], ['0.6', '0.2'], ['0.6', '0.4']]
        """
        if measure not in self.runs.columns or measure not in self.units:
            compared = [name for name in self.runs.columns if name in self.units]
            raise ParameterError(f"measure {measure!r} was not compared{nearest(str(measure), compared)}")
        wide = self.runs.pivot(index="replicate", columns="scenario", values=measure)
        table = simultaneous_intervals(
            {name: wide[name].to_numpy(float) for name in self.scenarios}, self.baseline,
            confidence=self.confidence if confidence is None else confidence, method=method,
            all_pairs=all_pairs, relative=relative, seed=self.seed)
        table.insert(0, "measure", measure)
        table.insert(1, "unit", "share" if relative else self.units[measure])
        return table

    def by_team(self, measure: str) -> pd.DataFrame:
        """Show a measure team by team: the teams in which the policy starts against the same teams without it.

        A pilot's effect is the difference in the treated teams; the baseline is the firm without the policy.

        Parameters
        ----------
        measure : str
            A measure that was compared as `team.*.NAME`.

        Returns
        -------
        pandas.DataFrame
            A row per scenario and team, and for the teams of a roll-out and the others together: `teams`, `treated`
            (the policy starts there), `rollout_week`, mean and paired difference with their intervals.

        Raises
        ------
        ParameterError
            If the measure was not compared by team.

        Examples
        --------
        >>> from simlead.study.compare import compare
        >>> firm = Scenario().change({"organisation.teams": 2, "calendar.warmup_weeks": 52,
        ...                           "calendar.horizon_weeks": 52})
        >>> pilot = firm.change({"policy.coaching_share": 0.5}).rollout({2: 0})
        >>> study = compare({"as it is": firm, "pilot": pilot}, replications=2, workers=1,
        ...                 measures=["team.*.coaching_share_realised"])
        >>> study.by_team("coaching_share_realised")[["scenario", "teams", "treated"]].values.tolist()
        [['as it is', '1', False], ['as it is', '2', False], ['pilot', '1', False], ['pilot', '2', True]]
        """
        return by_team(self.table, self.scenarios, measure)

    def weekly(self, series: str) -> pd.DataFrame:
        """Summarise a series by week, a row per scenario and week.

        Parameters
        ----------
        series : str
            One of the series that `compare(weekly=...)` named.

        Returns
        -------
        pandas.DataFrame
            `scenario`, `series`, `week` (0 is the first after the switch), `mean` with its interval
            `low` to `high`, `difference` from the baseline paired by replication with its interval
            (nan where the baseline has no such week), `n`.

        Raises
        ------
        ParameterError
            If the series was not asked for.

        Examples
        --------
        >>> from simlead.study.compare import compare
        >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 2,
        ...                            "calendar.horizon_weeks": 4})
        >>> found = compare({"small": small}, replications=2, workers=1, measures=[], weekly=["wins"])
        >>> found.weekly("wins")["week"].tolist()
        [0, 1, 2, 3]
        """
        if series not in self.weekly_runs:
            raise ParameterError(f"weekly {series!r}: the comparison has {', '.join(self.weekly_runs) or 'none'}"
                                 f"{nearest(str(series), self.weekly_runs)}; compare(..., weekly=[...]) keeps more")
        return weekly_table(series, self.weekly_runs[series], self.baseline, self.confidence)


_OF_THE_CHANGE = ("plan", "calendar.horizon_weeks", "organisation.programme_cost_per_manager",
                  "organisation.training_cost_per_manager", "organisation.seat_closing_cost")


def of_the_firm(path: str) -> bool:
    """Whether a parameter is of the firm as it is, and not of what changes from the switch on.

    >>> of_the_firm("market.deal_value_median"), of_the_firm("policy.coaching_share"), of_the_firm("plan")
    (True, False, False)
    """
    return path not in _OF_THE_CHANGE and acts_before_switch(path)


def paired_table(
    runs: pd.DataFrame,
    scenarios: list[str],
    baseline: str,
    measures: list[str],
    confidence: float = CONFIDENCE,
    units: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Compare runs that are there already, paired by `replicate`.

    Parameters
    ----------
    runs : pandas.DataFrame
        A row a run: `scenario`, `replicate` and the measures, as `replicate`, `Sweep.runs` and `Comparison.runs` have
        them. Runs of the same replicate have the same random numbers.
    scenarios : list of str
        The scenarios, in the order of the table.
    baseline : str
        The one that the others are compared with.
    measures : list of str
        The measures.
    confidence : float, default 0.95
        The intervals' confidence.
    units : mapping of str to str, optional
        Units of the measures; the model's by default.

    Returns
    -------
    pandas.DataFrame
        A row per scenario and measure, with columns as those of `Comparison.table`.

    Raises
    ------
    ParameterError
        For a scenario or measure that the runs do not have, a measure without a unit, and a scenario that has other
        replicates than the baseline.

    Examples
    --------
    >>> runs = pd.DataFrame({"scenario": ["as it is"] * 2 + ["coached"] * 2, "replicate": [0, 1] * 2,
    ...                      "market_share": [0.20, 0.22, 0.23, 0.27]})
    >>> table = paired_table(runs, ["as it is", "coached"], "as it is", ["market_share"])
    >>> table["difference"].round(3).tolist(), table["n"].tolist()
    ([0.0, 0.04], [2, 2])
    """
    known = units_of(measures) if units is None else units
    if lacking := [name for name in ("scenario", "replicate") if name not in runs.columns]:
        raise ParameterError(f"runs: no column {lacking[0]!r}; allowed are runs of replicate, Sweep.runs and "
                             "Comparison.runs")
    _check_names("scenario", scenarios, runs["scenario"].unique())
    _check_names("baseline", (baseline,), scenarios)
    _check_names("measure", measures, runs.columns)
    if without := [name for name in measures if name not in known]:
        raise ParameterError(f"measure {without[0]!r}: its unit is not known; units={{{without[0]!r}: ...}} states it")
    by_name = {
        name: runs[runs["scenario"] == name].set_index("replicate")[measures].sort_index()
        for name in scenarios
    }
    reference = by_name[baseline]
    lines = []
    for name in scenarios:
        values = by_name[name]
        if not values.index.equals(reference.index):
            raise ParameterError(
                f"scenario {name!r} has other replicates than {baseline!r}; pairs need the same")
        for measure_name in measures:
            here = values[measure_name].to_numpy(float)
            alone = mean_interval(here, confidence)
            gap = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, math.nan)
            if name != baseline:
                there = reference[measure_name].to_numpy(float)
                paired, part = paired_difference(here, there, confidence), relative_difference(here, there, confidence)
                gap = (paired.mean, paired.low, paired.high, part.mean, part.low, part.high, paired.variance_saved)
            lines.append((name, measure_name, known[measure_name],
                          alone.mean, alone.low, alone.high, *gap, alone.n))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _check_names(what: str, names: Iterable[str], there: Iterable[Any]) -> None:
    known = [str(name) for name in there]
    for name in names:
        if name not in known:
            raise ParameterError(f"{what} {name!r}: allowed is {' | '.join(known)}{nearest(str(name), known)}")


def units_of(measures: Iterable[str]) -> dict[str, str]:
    """The units of the model's measures of these names."""
    return {name: MEASURES[name].unit for name in measures if name in MEASURES}


def weekly_table(
    series: str, by_name: Mapping[str, NDArray[np.float64]], baseline: str, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Summarise a series by week; `by_name` are replications x weeks of each scenario. See `Comparison.weekly`."""
    reference, lines = by_name[baseline], []
    for name, values in by_name.items():
        for week in range(values.shape[1]):
            alone = mean_interval(values[:, week], confidence)
            gap = (math.nan, math.nan, math.nan)
            if name == baseline:
                gap = (0.0, 0.0, 0.0)
            elif week < reference.shape[1]:
                paired = paired_difference(values[:, week], reference[:, week], confidence)
                gap = (paired.mean, paired.low, paired.high)
            lines.append((name, series, week, alone.mean, alone.low, alone.high, *gap, alone.n))
    return pd.DataFrame(lines, columns=list(WEEKLY_COLUMNS))
