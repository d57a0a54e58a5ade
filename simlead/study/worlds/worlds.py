"""Worlds of a scenario: drawn from what is unknown, calibrated to one status quo, weighed by published facts."""

from __future__ import annotations

import dataclasses
import logging
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.shown import Shown
from simlead.statistics.findings import Finding, finding
from simlead.study.base_year import under_status_quo
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import ProgressLike, counting, worker_count
from simlead.study.refusals import refusals
from simlead.study.simulate import checked_scenario
from simlead.study.studies.factors import switch
from simlead.study.worlds.calibrating import RUNS, calibrate_worlds, refuse_short
from simlead.study.worlds.ranges import Also, Parameters, Range, draw_worlds, in_world, likely_ranges
from simlead.study.worlds.weighing import Weighed, weighed_draw

MOST_WORLDS = 10_000

LEAST_EFFECTIVE = 0.3
"""Effective share of the worlds below which a warning says so."""

GRID = 2000
"""Quantiles from which the moments of a distribution are taken."""


_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Worlds(Shown):
    """Worlds that a scenario may be in, each with its weight.

    Attributes
    ----------
    scenario
        The firm, under its status quo.
    table
        A row per world: world (0, 1, ...), weight (they add to 1), the drawn parameters (a switch is 0 or 1), and the
        calibrated parameters, each under its path.
    facts
        A row per world and published fact: world, fact, measure, expected, implausibility. Empty without weights.
    by_fact
        A row per published fact, the most telling first: fact, measure, published (nan where the source gives a bound
        only), low, high, source, `error` (standard deviation of the emulator's error), `expected_before`,
        `sd_before`, `expected`, `sd` (over the candidates, and weighted), `ruled_out` (share of the candidates that
        this fact alone rules out), `effective_share` (Kish's, if this fact alone weighed them). Empty without weights.
    effective_size
        Kish's effective sample size: so many worlds of equal weight would know as much.
    left
        Uncertain parameters that are not drawn, because the scenario's own value is outside their likely range.
    calibration_error
        A row per calibrated parameter: parameter, unit, `sd` (of the error that is left in a world), `left_out` (root
        mean square by which a world's own runs and the emulator of the other worlds differ), `between_worlds` (standard
        deviation over the worlds), replications. Empty without calibration.
    ranges
        What each parameter was drawn from, by path.
    seed
        The random seed.
    candidates
        Number of worlds drawn, from which these were taken in proportion to their weights.
    candidates_left
        Share of the candidates that no fact rules out.
    candidates_effective
        Kish's effective size of the candidates' weights.
    probabilities
        How probable each set of effect sizes is after the facts, if both were as probable before.
    """

    scenario: Scenario
    table: pd.DataFrame
    facts: pd.DataFrame
    effective_size: float
    left: tuple[str, ...]
    calibration_error: pd.DataFrame
    ranges: Mapping[str, Range]
    seed: int
    by_fact: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)
    candidates: int = 0
    candidates_left: float = 1.0
    candidates_effective: float = 0.0
    probabilities: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def drawn(self) -> tuple[str, ...]:
        """The paths of the drawn parameters.

        Returns
        -------
        tuple of str
            Paths.
        """
        return tuple(self.ranges)

    @property
    def calibrated(self) -> tuple[str, ...]:
        """The paths of the parameters that each world has by calibration.

        Returns
        -------
        tuple of str
            Paths; none if the worlds are not calibrated.
        """
        return tuple(path for path in self.table.columns if path in REGISTRY and path not in self.ranges)

    @property
    def weights(self) -> pd.Series[float]:
        """The weight of each world.

        Returns
        -------
        pandas.Series
            Weights by world; they add to 1.
        """
        return self.table.set_index("world")["weight"]

    @property
    def unknown(self) -> pd.DataFrame:
        """What is unknown, and what the facts tell of it.

        Returns
        -------
        pandas.DataFrame
            A row per drawn parameter: parameter, unit, grade, low, likely, high, distribution, `mean_before` and
            `sd_before` of its distribution, and `mean` and `sd` over the weighted worlds.
        """
        weights = self.table["weight"].to_numpy(float)
        rows = []
        for path, extent in self.ranges.items():
            before = extent.at((np.arange(GRID) + 0.5) / GRID)
            values = self.table[path].to_numpy(float)
            mean = float(weights @ values)
            line = REGISTRY[path]
            rows.append({
                "parameter": path, "unit": line.unit, "grade": line.grade, "low": extent.low, "likely": extent.likely,
                "high": extent.high, "distribution": extent.words, "mean_before": float(before.mean()),
                "sd_before": float(before.std()), "mean": mean,
                "sd": float(np.sqrt(weights @ (values - mean) ** 2))})
        return pd.DataFrame(rows)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the published facts make of the worlds; `simlead.sentences` words it.

        Returns
        -------
        tuple of Finding
            Findings.
        """
        if self.by_fact.empty:
            return (finding("worlds.unweighed", n=len(self)),)
        found = [finding("worlds.drawn", n=len(self), effective=self.effective_size, all=self.candidates,
                         share=self.candidates_left)]
        worst = self.by_fact.iloc[int(self.by_fact["ruled_out"].to_numpy(float).argmax())]
        if worst["ruled_out"] > 0.0:
            found.append(finding("worlds.telling", measure=worst["measure"], share=float(worst["ruled_out"])))
        best, *others = sorted(self.probabilities.items(), key=lambda each: -each[1])
        for name, probability in others:
            known = {"effect_sizes": best[0], "other_set": name}
            found.append(finding("worlds.sets", odds=best[1] / probability, **known) if probability > 0.0
                         else finding("worlds.only_one_set", **known))
        return tuple(found)

    def place(self, scenario: Scenario, number: int) -> Scenario:
        """Put a scenario, such as another policy of the firm, into a world.

        What the scenario has otherwise than the firm of these worlds stays as the scenario has it.

        Parameters
        ----------
        scenario : Scenario
            The firm of these worlds under any policy.
        number : int
            The world, from 0.

        Returns
        -------
        Scenario
            The scenario with the world's drawn and calibrated parameters; the exponent of clarity follows its effect.

        Raises
        ------
        ParameterError
            If there is no such world, or the scenario cannot be in it.
        """
        number = whole_number("world", number, 0, len(self) - 1)
        row = self.table.iloc[number]
        own = self.scenario.differences(scenario)
        drawn = {path: float(row[path]) for path in self.drawn if path not in own}
        levels = {path: float(row[path]) for path in self.calibrated if path not in own}
        try:
            return in_world(scenario, drawn).change(levels)
        except ParameterError as refusal:
            raise ParameterError(f"world {number}: {refusal}") from None


@refusals()
def worlds(
    scenario: Scenario | None = None,
    n: int = 100,
    seed: int = 0,
    *,
    method: str = "latin_hypercube",
    parameters: Parameters = None,
    also: Also = None,
    calibrated: bool = True,
    weighted: bool = True,
    workers: int | None = None,
    progress: ProgressLike = None,
) -> Worlds:
    """Draw the worlds that a scenario may be in.

    Each uncertain parameter has a distribution over its likely range by its grade (`simlead parameters` shows it).
    Each world is calibrated to the status quo that the scenario shows.

    Parameters
    ----------
    scenario : Scenario, optional
        The firm, with its own values where the distributions have their modes; the status quo if left out.
    n : int, default 100
        Number of worlds.
    seed : int, default 0
        Random seed, 0 to 2**63 - 2.
    method : {"latin_hypercube", "sobol"}
        How the worlds are spread: a Latin hypercube, or a scrambled Sobol sequence. In a few hundred points of the
        latter, pairs of so many parameters go together, and one would pass for the other.
    parameters : iterable of str, or mapping of str to (low, high), optional
        What to draw: by default all that is uncertain; names, path -> (low, high), or a switch -> its probability.
    also : mapping of str to (low, high), optional
        What you are unsure of besides, such as `{"organisation.contribution_margin": (0.3, 0.4)}`: every value
        between is as likely. Also another range of a parameter that is drawn.
    calibrated : bool, default True
        Whether each world is calibrated.
    weighted : bool, default True
        Whether worlds that contradict published facts get less weight.
    workers : int, optional
        Number of worker processes (default: all cores); they do not change the result.
    progress : callable or bool, optional
        Called with (runs done, runs in all).

    Returns
    -------
    Worlds
        The worlds and their weights.

    Raises
    ------
    ParameterError
        For a bad argument, a range that the registry does not allow, or a scenario that cannot be calibrated.

    Examples
    --------
    >>> found = worlds(n=8, calibrated=False, weighted=False)
    >>> len(found), found.effective_size, float(found.table["weight"].sum())
    (8, 8.0, 1.0)
    >>> coached = Scenario().change({"policy.coaching_share": 0.5})
    >>> placed = found.place(coached, 3)
    >>> placed.policy == coached.policy, placed.world == coached.world
    (True, False)
    """
    switch("calibrated", calibrated)
    draw = drawn_worlds(scenario, n, seed, method=method, parameters=parameters, also=also, weighted=weighted)
    if not calibrated:
        return draw.worlds(pd.DataFrame(index=draw.found.table.index), pd.DataFrame())
    refuse_short(draw.firm)
    n = len(draw.found.table)
    finished = counting(progress, RUNS * n, each=RUNS)
    warm_up_compiler(FAST)
    return draw.worlds(*calibrate_worlds(draw.firm, draw.placed(), draw.found.table, draw.ranges,
                                         draw.calibration_seed, worker_count(workers), finished))


@dataclasses.dataclass(frozen=True, eq=False)
class Draw:
    """Worlds that were drawn and weighed, and not calibrated yet."""

    firm: Scenario
    found: Weighed
    ranges: Mapping[str, Range]
    left: tuple[str, ...]
    seed: int

    @property
    def calibration_seed(self) -> int:
        """Another seed than the runs': what is solved for must not fit the runs that it is used in."""
        return self.seed + 1

    def placed(self) -> list[Scenario]:
        """The firm in each world."""
        return _placed(self.firm, self.found.table)

    def worlds(self, levels: pd.DataFrame, errors: pd.DataFrame) -> Worlds:
        """The worlds with their calibrated levels (a column each, none if they are not calibrated)."""
        found, n = self.found, len(self.found.table)
        named = pd.DataFrame({"world": np.arange(n), "weight": found.weights})
        return Worlds(
            scenario=self.firm, table=pd.concat([named, found.table, levels], axis=1), facts=found.facts,
            effective_size=float(1.0 / (found.weights**2).sum()), left=self.left, calibration_error=errors,
            ranges=self.ranges, seed=self.seed, by_fact=found.by_fact, candidates=found.candidates or n,
            candidates_left=found.candidates_left, candidates_effective=found.candidates_effective or float(n),
            probabilities=found.probabilities)


def drawn_worlds(
    scenario: Scenario | None, n: int, seed: int, *, method: str = "latin_hypercube", parameters: Parameters = None,
    also: Also = None, weighted: bool = True,
) -> Draw:
    """Draw and weigh worlds; arguments, refusals and warning as in :func:`worlds`."""
    firm = under_status_quo(Scenario() if scenario is None else checked_scenario(scenario))
    n = whole_number("n", n, 1, MOST_WORLDS)
    seed = whole_number("seed", seed, 0, LARGEST_SEED - 1)
    switch("weighted", weighted)
    ranges, left = likely_ranges([firm], parameters, also)
    if not ranges:
        raise ParameterError("nothing is uncertain: every parameter of the scenario lies outside its likely range; "
                             "name some with parameters or also")
    found = weighed_draw(firm, ranges, n, seed, method) if weighted else Weighed(
        draw_worlds(ranges, n, seed, method=method), np.full(n, 1.0 / n))
    effective = float(1.0 / (found.weights**2).sum())
    _log.info("worlds: %d drawn of %d unknown parameters, seed %d; worth %.1f of equal weight", n, len(ranges), seed,
              effective)
    if weighted and effective < LEAST_EFFECTIVE * n:
        warnings.warn(f"of {n} worlds {len(found.table)} are left, worth {effective:.1f} of equal weight: published "
                      "facts rule out or outweigh the others", UserWarning, stacklevel=4)
    return Draw(firm, found, ranges, left, seed)


def _placed(firm: Scenario, table: pd.DataFrame) -> list[Scenario]:
    """The firm in each world."""
    found = []
    for number, row in enumerate(table.to_dict("records")):
        try:
            found.append(in_world(firm, {str(path): float(value) for path, value in row.items()}))
        except ParameterError as refusal:
            raise ParameterError(f"world {number}: {refusal}") from None
    return found
