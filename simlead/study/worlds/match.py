"""Worlds and policies that could have produced what was observed: history matching with targets of one's own."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.engines.size import refuse_too_large
from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.run import Run
from simlead.statistics.emulator import SPARE_POINTS
from simlead.statistics.intervals import ratio_and_parts
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, parallel_map, worker_count
from simlead.study.refusals import refusals
from simlead.study.runner import Job, RunSummary, checked_outcomes, run_each, undefined_in_all
from simlead.study.simulate import checked_scenario
from simlead.study.worlds.ranges import UNCERTAIN, Range, draw_worlds, ends_of, in_world, likely_ranges
from simlead.study.worlds.waves import CANDIDATES, CUTOFF, Emulated, Observed, Predicted, emulated, waves
from simlead.study.worlds.weighing import kish

Floats = NDArray[np.float64]

MOST_FACTORS = 20
"""More factors than this would need more points than a search by waves is for."""

QUANTILES = (0.05, 0.95)
"""The ends of the region of a parameter that holds 90 % of the weight."""

MAIN_ASSUMPTIONS = tuple(dict.fromkeys(
    path for line in REGISTRY.values()
    if line.path.startswith("policy.") and isinstance(line.default, float) for path in line.works_through[:1]
    if path in UNCERTAIN))
"""The main assumption that each numeric lever works through: what is searched unless ranges are given."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Match:
    """What could have produced the targets.

    Attributes
    ----------
    targets
        A row per target: measure, unit, low, high (infinite without a bound), tolerance, `nearest` (what the nearest
        place is expected to show), `misses_by` (how far that is from the target), `noise` (standard deviation of one
        firm) and `left_out` (root mean square error of the emulator at points left out).
    region
        A row per parameter: parameter, unit, low, high (searched), `least` and `most` (of the places that are not ruled
        out), `low_90`, `median`, `high_90` (weighted quantiles), `mean`. Nan where no place is left.
    worlds
        A row per place that is not ruled out: world, weight (they add to 1), the searched parameters, implausibility.
    plausible
        Share of all places that is not ruled out.
    effective_size
        Kish's effective size of the weights.
    nearest
        The place that is expected nearest to all targets, by path.
    implausibility
        The nearest place's.
    points
        The simulated points: wave, the parameters, and each measure's mean.
    seed
        The random seed.
    """

    targets: pd.DataFrame
    region: pd.DataFrame
    worlds: pd.DataFrame
    plausible: float
    effective_size: float
    nearest: Mapping[str, float]
    implausibility: float
    points: pd.DataFrame
    seed: int
    scenario: Scenario
    ranges: Mapping[str, Range]
    search: Searched

    @property
    def reached(self) -> bool:
        """Whether any place is left.

        Returns
        -------
        bool
            False if the targets are out of reach.
        """
        return self.plausible > 0.0

    def place(self, number: int) -> Scenario:
        """Put the scenario into one of the worlds that are left.

        Parameters
        ----------
        number : int
            The row of `worlds`, from 0.

        Returns
        -------
        Scenario
            The scenario with that world's parameters.

        Raises
        ------
        ParameterError
            If there is no such world.
        """
        if self.worlds.empty:
            raise ParameterError(self.out_of_reach)
        number = whole_number("world", number, 0, len(self.worlds) - 1)
        return in_world(self.scenario, {path: float(self.worlds[path].iloc[number]) for path in self.ranges})

    @property
    def out_of_reach(self) -> str:
        """By how much the nearest place misses which target, as one line.

        Returns
        -------
        str
            The line; empty if the targets are in reach.
        """
        if self.reached:
            return ""
        worst = self.targets.iloc[int((self.targets["misses_by"] / self.targets["noise"]).fillna(0.0).argmax())]
        return (f"no world reaches the targets: the nearest is expected to show {worst['measure']} = "
                f"{worst['nearest']:.4g}, which misses by {worst['misses_by']:.3g} (implausibility "
                f"{self.implausibility:.1f}, {CUTOFF:g} allowed)")

    def again(self, targets: Mapping[str, Any], tolerance: float | Mapping[str, float] = 0.0) -> Match:
        """Compare the same simulated points with other values of the same targets.

        Parameters
        ----------
        targets : mapping of str to target
            As in `match`, for the same measures.
        tolerance : float or mapping of str to float, default 0
            As in `match`.

        Returns
        -------
        Match
            What could have produced these.

        Raises
        ------
        ParameterError
            For other measures or a target that cannot be.
        """
        if list(targets) != self.targets["measure"].tolist():
            raise ParameterError(f"targets {', '.join(targets)}: allowed is the same measures in the same order, "
                                 f"{', '.join(self.targets['measure'])}")
        return matched(self.search, _observed(targets, tolerance), self.scenario, self.ranges,
                       self.targets[["measure", "unit"]], self.points, self.seed)

    def __repr__(self) -> str:
        return (f"Match({', '.join(self.targets['measure'])}; {self.plausible:.1%} of the places left, "
                f"seed={self.seed})")


@refusals()
def match(
    targets: Mapping[str, Any],
    scenario: Scenario | None = None,
    *,
    ranges: Mapping[str, tuple[float, float] | None] | None = None,
    tolerance: float | Mapping[str, float] = 0.0,
    one_firm: bool = True,
    own_measures: Mapping[str, Callable[[Run], Any]] | None = None,
    points: int | None = None,
    replications: int = 8,
    waves_of_points: int = 2,
    seed: int = 0,
    workers: int | None = None,
    progress: ProgressLike = None,
) -> Match:
    """Find the worlds and policies that could have produced what was observed.

    Each wave simulates points where nothing is ruled out yet; an emulator of each measure tells what every other place
    would show, and how well that is known. The worlds are not calibrated anew: what a firm's status quo shows can be a
    target too.

    Parameters
    ----------
    targets : mapping of str to target
        By measure: a number, (low, high), {"at_least": number} or {"at_most": number}.
    scenario : Scenario, optional
        The firm and its policy; the status quo if left out.
    ranges : mapping of str to (low, high) or None, optional
        What to search: levers and uncertain numbers by path. None is the likely range with the distribution of its
        grade; in a range of your own every value is as likely. By default the main assumption of each numeric lever.
    tolerance : float or mapping of str to float, default 0
        Standard deviation of the observation itself, in the measure's unit; by measure, or one for all.
    one_firm : bool, default True
        Whether the targets are one firm's numbers, with noise of their own, or what firms show on average.
    own_measures : mapping of name to function of a Run, optional
        Measures of your own, for targets of that name.
    points : int, optional
        Points of each wave; by default four for each parameter, and 16 or more.
    replications : int, default 8
        Replications of each point.
    waves_of_points : int, default 2
        Number of waves.
    seed : int, default 0
        Random seed.
    workers : int, optional
        Number of worker processes (default: all cores); they do not change the result.
    progress : callable or bool, optional
        Called with (runs done, runs in all).

    Returns
    -------
    Match
        The region that is left, weighted worlds, and the nearest place.

    Raises
    ------
    ParameterError
        For a bad argument. Targets that no world reaches are no error: `Match.reached` and `Match.out_of_reach` tell.

    Examples
    --------
    >>> small = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 3,
    ...                            "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
    >>> found = match({"coaching_share_realised": 0.12}, small, ranges={"policy.coaching_share": (0.1, 0.6)},
    ...               points=8, replications=2, waves_of_points=1, workers=1)
    >>> found.reached, bool(found.region["mean"][0] < 0.35)
    (True, True)
    """
    firm = Scenario() if scenario is None else checked_scenario(scenario)
    if not isinstance(targets, Mapping) or not targets:
        raise ParameterError("targets: at least one is needed, such as {'revenue_growth': 0.3}")
    searched = _searched(firm, ranges)
    observed = _observed(targets, tolerance)
    own = {name: function for name, function in (own_measures or {}).items() if name in targets}
    outcomes = checked_outcomes([name for name in targets if name not in own] or [], own or None)
    undefined_in_all(outcomes.names, [firm], refuse=True)
    least = len(searched) + SPARE_POINTS
    size = whole_number("points", max(16, 4 * len(searched)) if points is None else points, least, 10_000)
    replications = whole_number("replications", replications, 2, 10_000)
    count = whole_number("waves_of_points", waves_of_points, 1, 10)
    seed = whole_number("seed", seed, 0, LARGEST_SEED)
    refuse_too_large(firm, outcomes.trace, FAST, worker_count(workers))
    warm_up_compiler(FAST)
    finished = counting(progress, count * size * replications, each=replications)
    names = list(targets)
    # Every point has random numbers of its own: what points share tilts all of a search in one direction, and its
    # regions hold too little (the test on a hundred simulated firms).
    next_numbers = itertools.count(step=replications)

    def simulate(table: pd.DataFrame) -> Floats:
        values = [{str(path): float(value) for path, value in row.items()} for row in table.to_dict("records")]
        tasks = ([Job("", in_world(firm, each), seed, first + number, FAST, outcomes) for number in range(replications)]
                 for each, first in zip(values, next_numbers, strict=False))
        runs = parallel_map(run_each, tasks, min(worker_count(workers), len(values)), finished)
        seen = np.array([[_of_means(each, name) for each in runs] for name in names])
        _refuse_undefined(names, seen)  # here, for no emulator can be fitted to what is not defined
        return seen

    box = {path: (extent.low, extent.high) for path, extent in searched.items()}
    table, seen = waves(simulate, box, observed, points=size, count=count, one_firm=one_firm, seed=seed)
    emulation = emulated(table, seen, box, observed, one_firm=one_firm)
    means = pd.DataFrame(dict(zip(names, seen.mean(axis=2), strict=True)))
    units = pd.DataFrame({"measure": names, "unit": [outcomes.unit(name) for name in names]})
    search = searched_places(emulation, searched, seed)
    return matched(search, observed, firm, searched, units, pd.concat([table, means], axis=1), seed)


def _searched(firm: Scenario, ranges: Mapping[str, Any] | None) -> dict[str, Range]:
    """What is searched, and its distribution."""
    given: dict[str, Any] = dict.fromkeys(MAIN_ASSUMPTIONS) if ranges is None else dict(ranges)
    if not given:
        raise ParameterError("ranges: at least one parameter is needed")
    if len(given) > MOST_FACTORS:
        raise ParameterError(f"ranges: {len(given)} parameters; allowed is up to {MOST_FACTORS}")
    by_grade = [path for path, extent in given.items() if extent is None]
    found = likely_ranges([firm], by_grade)[0] if by_grade else {}
    levers = {path: extent for path, extent in given.items() if extent is not None and path.startswith("policy.")}
    for path in levers:
        if path not in REGISTRY or isinstance(REGISTRY[path].default, (bool, str)):
            raise ParameterError(f"{path}: not a number that can be searched{REGISTRY.nearest(path)}")
    other = {path: extent for path, extent in given.items() if extent is not None and path not in levers}
    stated = likely_ranges([firm], ["world.skill_effect"], other)[0] if other else {}
    found |= {path: stated[path] for path in other}
    for path, extent in levers.items():
        low, high = (float(end) for end in ends_of(REGISTRY[path], extent))
        found[path] = Range(low, low, high, isinstance(REGISTRY[path].default, int), 0.0)
    return {path: found[path] for path in given}




def _observed(targets: Mapping[str, Any], tolerance: float | Mapping[str, float]) -> list[Observed]:
    found = []
    for name, value in targets.items():
        beyond = tolerance.get(name, 0.0) if isinstance(tolerance, Mapping) else tolerance
        if isinstance(beyond, bool) or not isinstance(beyond, (int, float)) or not 0.0 <= beyond < math.inf:
            raise ParameterError(f"tolerance of {name} = {beyond!r:.80}: allowed is 0 or more")
        found.append(Observed.stated(name, value, float(beyond)))
    return found


def _of_means(runs: list[RunSummary], name: str) -> Floats:
    """A measure as a quotient of means over replications, a value each to first order."""
    above, below = (np.array([run.parts[name][side] for run in runs], dtype=float) for side in (0, 1))
    quotient, parts = ratio_and_parts(above, below)
    return np.asarray(quotient + np.nan_to_num(parts))


def _refuse_undefined(names: list[str], seen: Floats) -> None:
    for name, values in zip(names, seen, strict=True):
        if not np.isfinite(values).all():
            raise ParameterError(f"target {name}: the measure is not defined at every point that was simulated")


@dataclasses.dataclass(frozen=True, eq=False)
class Searched:
    """What a search has simulated, and what its emulators make of places all over: the same for all targets."""

    places: pd.DataFrame
    predicted: Predicted
    left_out: Sequence[float]
    one_firm: bool


def searched_places(emulation: Emulated, ranges: Mapping[str, Range], seed: int) -> Searched:
    """Places drawn from what is searched, with what the emulators expect there."""
    places = draw_worlds(ranges, CANDIDATES, seed, method="sobol")
    return Searched(places, emulation.predicted(places), [each.left_out for each in emulation.emulators],
                    emulation.one_firm)


def matched(
    search: Searched, observed: Sequence[Observed], firm: Scenario, ranges: Mapping[str, Range], units: pd.DataFrame,
    points: pd.DataFrame, seed: int,
) -> Match:
    """Compare every place with the targets."""
    places, predicted = search.places, search.predicted
    away = predicted.implausibility(observed, search.one_firm)
    left = away <= CUTOFF
    nearest = predicted.nearest(observed)
    at_nearest = predicted.means[:, nearest]
    targets = units.assign(
        low=[each.low for each in observed], high=[each.high for each in observed],
        tolerance=[each.tolerance for each in observed], nearest=at_nearest,
        misses_by=[float(each.away(np.array([value]))[0]) for each, value in zip(observed, at_nearest, strict=True)],
        noise=np.sqrt(predicted.one_run), left_out=search.left_out)
    logs = np.where(left, predicted.log_likelihood(observed, search.one_firm), -np.inf)
    weights = np.exp(logs - logs.max()) if left.any() else np.zeros(len(places))
    worlds = places[left].reset_index(drop=True)
    share = weights[left] / weights.sum() if left.any() else weights[left]
    worlds.insert(0, "weight", share)
    worlds.insert(0, "world", np.arange(len(worlds)))
    rows = [_region(path, extent, worlds, share) for path, extent in ranges.items()]
    return Match(
        targets=targets, region=pd.DataFrame(rows), worlds=worlds.assign(implausibility=away[left]),
        plausible=float(left.mean()), effective_size=kish(share),
        nearest={str(path): float(value) for path, value in places.iloc[nearest].items()},
        implausibility=float(away[nearest]), points=points, seed=seed, scenario=firm, ranges=dict(ranges),
        search=search)


def _region(path: str, extent: Range, worlds: pd.DataFrame, weights: Floats) -> dict[str, object]:
    values = worlds[path].to_numpy(float)
    at = partial(weighted_quantile, values, weights)
    least, most, mean = (values.min(), values.max(), weights @ values) if len(values) else (math.nan,) * 3
    return {
        "parameter": path, "unit": REGISTRY[path].unit, "low": extent.low, "high": extent.high,
        "least": float(least), "most": float(most), "low_90": at(QUANTILES[0]), "median": at(0.5),
        "high_90": at(QUANTILES[1]), "mean": float(mean)}


def weighted_quantile(values: Floats, weights: Floats, quantile: float) -> float:
    """A quantile of weighted values, linear between the middles of their weights.

    >>> weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0]) / 3.0, 0.5)
    2.0
    """
    if not len(values):
        return math.nan
    order = np.argsort(values)
    share = weights[order]
    return float(np.interp(quantile, np.cumsum(share) - 0.5 * share, values[order]))
