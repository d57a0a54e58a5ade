"""What is unknown of a scenario, and the distribution of each part of it.

Every parameter of World and Market whose registry line states a likely range narrower than what is allowed is drawn,
each by itself, from its likely range: by the modified PERT distribution whose mode is the scenario's own value and
whose weight follows from the grade (`parameters.PERT_WEIGHTS`). Structural switches are drawn with the
probability that their line states. Ranges, weights, probabilities and the independence of all of these are judgements.

**Calibrated parameters** are not drawn: they are solved for again in every world, so that each world's status quo
shows the conversion, attainment and margin that the firm knows it has. `world.clarity_effect` acts through the
exponent that is calibrated to it; in a drawn world the exponent is scaled in proportion.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import PERT_WEIGHTS, Parameter, ParameterError, checked, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.calibration import CALIBRATED
from simlead.study.studies.distributions import quantiles as quantiles_of
from simlead.study.studies.kinds import latin_hypercube

SHAPES = ("pert", "triangular", "uniform")
"""The distributions a parameter can be drawn from; `pert` is that of its grade."""

METHODS = ("sobol", "latin_hypercube")
"""How the points of the unit cube are spread."""

NOT_UNCERTAIN = (*CALIBRATED, "world.rep_clarity_shift")
"""Never drawn: what calibration solves for, and a knob for experiments that is no assumption about the world."""

LEAST_SHARE = 1e-9
"""A likely range narrower than this part of its size is a point."""

_EFFECT, _EXPONENT = "world.clarity_effect", "world.clarity_exponent"

Parameters = Iterable[str] | Mapping[str, Any] | None
"""Which parameters to draw: all (None), those named, or path -> (low, high), or for a switch its probability."""

Also = Mapping[str, tuple[float, float]] | None
"""What a client is unsure of besides: path -> (low, high), every value between being as likely."""


_FINE = np.sin(np.linspace(0.0, np.pi / 2.0, 2001)) ** 2
"""Quantiles, dense towards both ends, between which more of them are interpolated."""


@dataclasses.dataclass(frozen=True)
class Range:
    """Where a parameter may lie: from `low` to `high`, most likely at `likely`; in its own unit.

    `weight` is that of the PERT distribution, 0 being flat. A switch has a `probability` instead: it is 1 as often.
    """

    low: float
    likely: float
    high: float
    whole: bool = False
    weight: float = PERT_WEIGHTS["C"]
    probability: float | None = None

    def at(self, quantiles: NDArray[np.float64], shape: str = "pert") -> NDArray[np.float64]:
        """The values at these quantiles. Whole numbers are rounded, and the ends count in full.

        >>> Range(0.0, 1.0, 2.0).at(np.array([0.0, 0.125, 0.5, 1.0]), "triangular").tolist()
        [0.0, 0.5, 1.0, 2.0]
        >>> Range(1.0, 2.0, 4.0, whole=True, weight=0.0).at(np.array([0.0, 0.5, 1.0])).tolist()
        [1.0, 2.0, 4.0]
        >>> Range(0.0, 0.0, 1.0, probability=0.25).at(np.array([0.2, 0.7, 0.8])).tolist()
        [0.0, 0.0, 1.0]
        """
        if self.probability is not None:
            return np.asarray(quantiles > 1.0 - self.probability, dtype=float)
        spare = 0.5 if self.whole else 0.0
        given = {"mode": self.likely, "weight": self.weight}
        low, high = self.low - spare, self.high + spare
        if len(quantiles) > len(_FINE):  # the inverse of a beta distribution takes its time
            values = np.interp(quantiles, _FINE, quantiles_of(shape, low, high, given, _FINE))
        else:
            values = quantiles_of(shape, low, high, given, quantiles)
        return np.clip(np.rint(values) if self.whole else values, self.low, self.high)

    @property
    def words(self) -> str:
        """The distribution in the registry's words.

        >>> Range(0.0, 1.0, 2.0, weight=0.0).words
        'uniform'
        """
        if self.probability is not None:
            return f"on with probability {self.probability:g}"
        return f"PERT of weight {self.weight:g}" if self.weight else "uniform"

    def scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values with the range's ends at -1 and 1."""
        return np.asarray(2.0 * (values - self.low) / (self.high - self.low) - 1.0)


def likely_ranges(
    scenarios: Iterable[Scenario], parameters: Parameters = None, also: Also = None
) -> tuple[dict[str, Range], tuple[str, ...]]:
    """The ranges of the parameters to draw, and the parameters left as the scenarios have them.

    Left are those in which the scenarios differ, and those whose own value lies outside the likely range: this firm
    is not the one that the range is about. A mechanism that the scenarios leave out (its parameter is neutral, or
    acts with one that is off) is neither drawn nor left. Named parameters are never left, but refused with the
    reason. Raises ParameterError for these, for an unknown parameter, and for one that is no uncertainty.

    >>> ranges, left = likely_ranges([Scenario(), Scenario().change({"policy.coaching_share": 0.5})])
    >>> ranges["world.coaching_gain_max"], left
    (Range(low=0.1, likely=0.2, high=0.6, whole=False, weight=16.0, probability=None), ())
    """
    chosen = list(scenarios)
    own = chosen[0].values()
    apart = {path for other in chosen[1:] for path in chosen[0].differences(other)}
    left: list[str] = []
    if parameters is None:
        ranges = {}
        for path in UNCERTAIN:
            found = _by_default(path, own, apart)
            if isinstance(found, Range):
                ranges[path] = found
            elif found:
                left.append(path)
    else:
        given = dict(parameters) if isinstance(parameters, Mapping) else dict.fromkeys(parameters)
        if not given:
            raise ParameterError("parameters: at least one is needed")
        for path in given:
            _refuse(path, apart)
        ranges = {path: _named(path, extent, own[path]) for path, extent in given.items()}
    for path, extent in (also or {}).items():
        _refuse(path, apart, ("organisation", "market", "world"))
        low, high = ends_of(REGISTRY[path], extent)
        ranges[path] = dataclasses.replace(_range(path, low, low, high), weight=0.0)
    return ranges, tuple(path for path in left if path not in ranges)


def _by_default(path: str, own: Mapping[str, Any], apart: set[str]) -> Range | bool:
    """What a parameter is drawn from; else whether it is left although it is uncertain."""
    line = REGISTRY[path]
    if isinstance(line.default, bool):
        drawn = path not in apart and not own[path]
        return Range(0.0, 0.0, 1.0, probability=line.probability) if drawn else path in apart
    partner = REGISTRY.get(line.acts_with)
    if partner is not None and not own[partner.path] and partner.probability is None:
        return False
    low, high = line.likely_low, line.likely_high
    assert low is not None and high is not None
    if path in apart or not low <= own[path] <= high:
        return path in apart or own[path] != line.neutral
    return _range(path, low, own[path], high)


def _is_uncertain(line: Parameter) -> bool:
    group = line.path.partition(".")[0]
    if isinstance(line.default, bool):
        return line.probability is not None
    return group in ("world", "market") and line.has_likely_range and line.path not in NOT_UNCERTAIN


UNCERTAIN = tuple(path for path, line in REGISTRY.items() if _is_uncertain(line))
"""The parameters and switches that are drawn unless others are named, in the registry's order."""

_AXES = (*UNCERTAIN, *(path for path in REGISTRY if path not in UNCERTAIN))
"""The axis of the unit cube of each parameter: the same, whatever else is drawn."""


def draw_worlds(
    ranges: Mapping[str, Range], points: int, seed: int, shape: str = "pert", method: str = "latin_hypercube"
) -> pd.DataFrame:
    """A row per world and a column per parameter, over a Latin hypercube or a scrambled Sobol sequence.

    A parameter's column does not change when another one is added or left out. The first points of a longer Sobol
    sequence are those of a shorter one.

    >>> draw_worlds({"world.skill_effect": Range(0.0, 0.5, 1.0)}, 4, seed=0).shape
    (4, 1)
    """
    if shape not in SHAPES:
        raise ParameterError(f"shape = {shape!r}: allowed is {' | '.join(SHAPES)}{nearest(str(shape), SHAPES)}")
    if method not in METHODS:
        raise ParameterError(
            f"method = {method!r:.80}: allowed is {' | '.join(METHODS)}{nearest(str(method), METHODS)}")
    if method == "sobol":
        cube = _sobol(list(ranges), points, seed)
    else:
        # A path would be checked as a parameter with that range; here it names an axis of the unit cube.
        axes = {path: path.replace(".", " ") for path in ranges}
        found = latin_hypercube({axis: {"low": 0.0, "high": 1.0} for axis in axes.values()}, points, seed)
        cube = {path: found[axis].to_numpy(float) for path, axis in axes.items()}
    return pd.DataFrame({path: extent.at(cube[path], shape) for path, extent in ranges.items()})


def _sobol(paths: list[str], points: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """The first points of a scrambled Sobol sequence (Owen 1998), each path on its own axis."""
    from scipy.stats import qmc

    whole_number("seed", seed, 0, LARGEST_SEED)
    digest = hashlib.sha256(f"worlds\0{seed}".encode()).digest()
    random = np.random.Generator(np.random.Philox(int.from_bytes(digest)))
    cube = qmc.Sobol(len(_AXES), rng=random).random_base2(max(0, (points - 1).bit_length()))[:points]
    return {path: cube[:, _AXES.index(path)] for path in paths}


def in_world(scenario: Scenario, world: Mapping[str, float]) -> Scenario:
    """The scenario in a drawn world; the exponent of clarity follows its effect.

    >>> base = Scenario()
    >>> half = in_world(base, {"world.clarity_effect": base.world.clarity_effect / 2})
    >>> half.world.clarity_exponent == base.world.clarity_exponent / 2
    True
    """
    changes: dict[str, Any] = {
        path: int(value) if isinstance(REGISTRY[path].default, int) else float(value) for path, value in world.items()}
    if _EFFECT in changes and scenario.world.clarity_effect > 0.0:
        exponent = scenario.world.clarity_exponent * changes[_EFFECT] / scenario.world.clarity_effect
        changes[_EXPONENT] = min(exponent, REGISTRY[_EXPONENT].high or exponent)
    return scenario.change(changes)


def _range(path: str, low: float, likely: float, high: float) -> Range:
    line = REGISTRY[path]
    return Range(float(low), float(likely), float(high), isinstance(line.default, int), PERT_WEIGHTS[line.grade])


def _refuse(path: str, apart: set[str], groups: tuple[str, ...] = ("world", "market")) -> None:
    """Raise the reason why a named parameter cannot be drawn, if there is one."""
    line = REGISTRY.get(path)
    if line is None:
        raise ParameterError(f"{path!s:.80}: no such parameter{REGISTRY.nearest(str(path))}")
    group = path.partition(".")[0]
    if group == "structure" and "organisation" not in groups:
        pass
    elif group not in groups or isinstance(line.default, (bool, str)):
        raise ParameterError(f"{path}: not an uncertainty; numbers of {' and '.join(groups)} are")
    if path in NOT_UNCERTAIN:
        raise ParameterError(f"{path}: follows from calibration or is a knob, and is not drawn")
    if path in apart:
        raise ParameterError(f"{path}: the policy and the status quo differ in it, so one draw cannot serve both")


def _named(path: str, extent: Any, own: Any) -> Range:
    line = REGISTRY[path]
    if isinstance(line.default, bool):
        return _switch(line, extent)
    low, high = (line.likely_low, line.likely_high) if extent is None else ends_of(line, extent)
    assert low is not None and high is not None
    low, high = checked(line, low), checked(line, high)
    if not low <= own <= high:
        raise ParameterError(f"{path}: the scenario's own {own} is outside {low} to {high}; give it a range of its own")
    return _range(path, low, own, high)


def _switch(line: Parameter, probability: Any) -> Range:
    """A switch with its own probability or another one."""
    chance = line.probability if probability is None else probability
    if chance is None:
        raise ParameterError(f"{line.path}: the registry states no probability; give one, such as "
                             f"{{{line.path!r}: 0.5}}")
    if isinstance(chance, bool) or not isinstance(chance, (int, float)) or not 0.0 <= chance <= 1.0:
        raise ParameterError(f"{line.path} = {chance!r:.80}: a probability is needed; allowed is 0 to 1")
    return Range(0.0, 0.0, 1.0, probability=float(chance))


def ends_of(line: Parameter, extent: Any) -> tuple[Any, Any]:
    """The two ends of a stated range, in the registry's bounds and apart from one another."""
    try:
        low, high = extent
    except (TypeError, ValueError):
        raise ParameterError(f"{line.path} = {extent!r:.80}: a range is needed, such as (low, high)") from None
    low, high = checked(line, low), checked(line, high)
    if not high - low > LEAST_SHARE * max(abs(low), abs(high)):
        raise ParameterError(f"{line.path}: low = {low} is not below high = {high}")
    return low, high
