"""Worlds we might be living in: the model's uncertain parameters, drawn from what their sources leave open.

Every parameter of World and Market whose registry line states a likely range narrower than
what is allowed is drawn, each by itself, over a Latin hypercube. Its distribution is
triangular from `likely_low` to `likely_high` with its peak at the scenario's own value
(its belief), or uniform. Ranges and peaks are judgements, and so is their independence.

**Calibrated parameters** are not drawn: they are solved for again in every world, so that
each world's status quo shows the conversion, attainment and margin that the firm knows it
has. `world.clarity_effect` acts through the exponent that is calibrated to it; in a drawn
world the exponent is scaled in proportion.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError, checked, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.calibration import CALIBRATED
from simlead.study.studies.kinds import latin_hypercube

SHAPES = ("triangular", "uniform")
"""The distributions a parameter can be drawn from."""

NOT_UNCERTAIN = (*CALIBRATED, "world.rep_clarity_shift")
"""Never drawn: what calibration solves for, and a knob for experiments that is no belief."""

_EFFECT, _EXPONENT = "world.clarity_effect", "world.clarity_exponent"

Parameters = Iterable[str] | Mapping[str, tuple[float, float]] | None
"""Which parameters to draw: all (None), those named, or path -> (low, high)."""


@dataclasses.dataclass(frozen=True)
class Range:
    """Where a parameter may lie: from `low` to `high`, most likely at `likely`; in its own unit."""

    low: float
    likely: float
    high: float
    whole: bool = False

    def at(self, quantiles: NDArray[np.float64], shape: str = "triangular") -> NDArray[np.float64]:
        """The values at these quantiles. Whole numbers are rounded, and the ends count in full.

        >>> Range(0.0, 1.0, 2.0).at(np.array([0.0, 0.125, 0.5, 1.0])).tolist()
        [0.0, 0.5, 1.0, 2.0]
        >>> Range(1.0, 2.0, 4.0, whole=True).at(np.array([0.0, 0.5, 1.0]), "uniform").tolist()
        [1.0, 2.0, 4.0]
        """
        spare = 0.5 if self.whole else 0.0
        low, high = self.low - spare, self.high + spare
        width, rise = high - low, self.likely - low
        if shape == "uniform":
            values = low + quantiles * width
        else:
            values = np.where(
                quantiles * width <= rise,
                low + np.sqrt(quantiles * width * rise),
                high - np.sqrt((1.0 - quantiles) * width * (width - rise)))
        return np.clip(np.rint(values) if self.whole else values, self.low, self.high)


def likely_ranges(
    scenarios: Iterable[Scenario], parameters: Parameters = None
) -> tuple[dict[str, Range], tuple[str, ...]]:
    """The ranges of the parameters to draw, and the parameters left as the scenarios have them.

    Left are those in which the scenarios differ, and those whose own value lies outside the
    likely range: this firm is not the one that the range is about. Named parameters are
    never left, but refused with the reason. Raises ParameterError for these, for an unknown
    parameter, and for one that is no uncertainty.

    >>> ranges, left = likely_ranges([Scenario(), Scenario().change({"policy.coaching_share": 0.5})])
    >>> ranges["world.coaching_gain_max"], left
    (Range(low=0.1, likely=0.2, high=0.6, whole=False), ())
    """
    chosen = list(scenarios)
    first = chosen[0].values()
    apart = {path for other in chosen[1:] for path in chosen[0].differences(other)}
    if parameters is None:
        ranges, left = {}, []
        for path, line in REGISTRY.items():
            stated = (line.likely_low, line.likely_high) != (line.low, line.high)
            if path.partition(".")[0] in ("world", "market") and stated and path not in NOT_UNCERTAIN:
                low, high = line.likely_low, line.likely_high
                assert low is not None and high is not None
                if path in apart or not low <= first[path] <= high:
                    left.append(path)
                else:
                    ranges[path] = _range(path, low, first[path], high)
        return ranges, tuple(left)
    given = dict(parameters) if isinstance(parameters, Mapping) else dict.fromkeys(parameters)
    if not given:
        raise ParameterError("parameters: at least one is needed")
    for path in given:
        _refuse(path, apart)
    return {path: _named(path, extent, first[path]) for path, extent in given.items()}, ()


def draw_worlds(ranges: Mapping[str, Range], points: int, seed: int, shape: str = "triangular") -> pd.DataFrame:
    """A row per world and a column per parameter, over a Latin hypercube.

    A parameter's column does not change when another one is added or left out.

    >>> draw_worlds({"world.skill_effect": Range(0.0, 0.5, 1.0)}, 4, seed=0).shape
    (4, 1)
    """
    if shape not in SHAPES:
        raise ParameterError(f"shape = {shape!r}: allowed is {' | '.join(SHAPES)}{nearest(str(shape), SHAPES)}")
    # A path would be checked as a parameter with that range; here it names an axis of the unit cube.
    axes = {path: path.replace(".", " ") for path in ranges}
    cube = latin_hypercube({axis: {"low": 0.0, "high": 1.0} for axis in axes.values()}, points, seed)
    return pd.DataFrame({path: ranges[path].at(cube[axis].to_numpy(float), shape) for path, axis in axes.items()})


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
    return Range(float(low), float(likely), float(high), isinstance(REGISTRY[path].default, int))


def _refuse(path: str, apart: set[str]) -> None:
    """Raise the reason why a named parameter cannot be drawn, if there is one."""
    line = REGISTRY.get(path)
    if line is None:
        raise ParameterError(f"{path!s:.80}: no such parameter{nearest(str(path), REGISTRY)}")
    if path.partition(".")[0] not in ("world", "market") or isinstance(line.default, (bool, str)):
        raise ParameterError(f"{path}: not an uncertainty; numbers of world and market are")
    if path in NOT_UNCERTAIN:
        raise ParameterError(f"{path}: follows from calibration or is a knob, and is not drawn")
    if path in apart:
        raise ParameterError(f"{path}: the policy and the status quo differ in it, so one draw cannot serve both")


def _named(path: str, extent: tuple[float, float] | None, own: float) -> Range:
    line = REGISTRY[path]
    low, high = extent if extent is not None else (line.likely_low, line.likely_high)
    assert low is not None and high is not None
    low, high = checked(line, low), checked(line, high)
    if not low < high:
        raise ParameterError(f"{path}: low = {low} is not below high = {high}")
    if not low <= own <= high:
        raise ParameterError(f"{path}: the scenario's own {own} is outside {low} to {high}; give it a range of its own")
    return _range(path, low, own, high)
