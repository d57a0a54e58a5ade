"""Structural switches beside an answer: the same worlds and random numbers with another form of a mechanism.

Each switch is turned on in the first worlds of an answer, and the policies and the status quo are run in them again
under the same random numbers. What the switch changes in an effect is the mean over these matched differences. It is
added to the effect over all worlds, with its error: whether the switch acts alike in all worlds is an assumption.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from simlead.model.scenario import Scenario
from simlead.model.structure import OVERRIDES
from simlead.statistics.answers import EffectOverWorlds, effect_over_worlds
from simlead.statistics.intervals import t_quantile
from simlead.statistics.over_worlds import effective_size
from simlead.statistics.replicates import Floats
from simlead.study.answers.nested import WorldsLike
from simlead.study.records import BREAKS as BREAKS
from simlead.study.records import HOLDS as HOLDS
from simlead.study.records import UNCLEAR as UNCLEAR

NEED_CALIBRATION = ("hidden_ceiling",)
"""Switches under which every world would have to be calibrated again: an answer leaves them out."""

SWITCHES = tuple(name for name in OVERRIDES if name not in NEED_CALIBRATION)
"""The names of the structural switches that stand beside an answer."""

COVERAGE = ("more_for_the_same_reps", "everybody_alike")
"""The switches beside every answer on coaching: do further hours reach further reps?"""

WORLDS = 16
"""Worlds in which switches are run, at most."""


def switched(scenario: Scenario, switch: str) -> Scenario:
    """The scenario with a switch turned on.

    >>> switched(Scenario(), "favourites").structure.favourites
    True
    """
    return scenario.change({f"structure.{switch}": True})


class WithSwitch:
    """Worlds with a switch turned on in all of them."""

    def __init__(self, worlds: WorldsLike, switch: str) -> None:
        self.worlds, self.switch = worlds, switch

    @property
    def table(self) -> pd.DataFrame:
        """That of the worlds."""
        return self.worlds.table

    @property
    def drawn(self) -> tuple[str, ...]:
        """That of the worlds."""
        return self.worlds.drawn

    @property
    def effective_size(self) -> float:
        """That of the worlds."""
        return self.worlds.effective_size

    def __len__(self) -> int:
        """That of the worlds."""
        return len(self.worlds)

    def place(self, scenario: Scenario, number: int) -> Scenario:
        """The scenario in a world, with the switch on."""
        return switched(self.worlds.place(scenario, number), self.switch)


def switch_row(
    off: Floats, on: Floats, weights: Floats, everywhere: Floats, all_weights: Floats, base: EffectOverWorlds,
    seed: int,
) -> dict[str, Any]:
    """What a switch does to one effect.

    `off` and `on` are differences of the same matched pairs (worlds x replications) without and with the switch,
    `everywhere` those of all worlds, on which `base` rests.
    """
    shares = weights / weights.sum()
    change = (on - off).mean(axis=1)
    mean = float(shares @ change)
    size = effective_size(shares)
    error = math.sqrt(float(shares**2 @ (change - mean) ** 2) * size / max(size - 1.0, 1.0))
    reach = t_quantile(max(1, round(size) - 1), base.confidence) * error
    with_it = effect_over_worlds(everywhere, base.smallest, all_weights, confidence=base.confidence, seed=seed,
                                 shift=(mean, error))
    same = leading(base) == leading(with_it)
    clear = not mean - reach <= 0.0 <= mean + reach
    return {
        "mean": with_it.mean, "low": with_it.low, "high": with_it.high, "change": mean, "change_low": mean - reach,
        "change_high": mean + reach, "p_above_zero": with_it.p_above_zero,
        "p_above_smallest": with_it.p_above_smallest, "p_no_difference": with_it.p_no_difference,
        "p_below_smallest": with_it.p_below_smallest,
        "conclusion": HOLDS if same else BREAKS if clear else UNCLEAR, "n": len(weights)}


def leading(effect: EffectOverWorlds) -> str:
    """The most probable of: above the smallest effect of interest, no difference that matters, below its negative."""
    chances = {"above": effect.p_above_smallest, "none": effect.p_no_difference, "below": effect.p_below_smallest}
    return max(chances, key=lambda name: chances[name])
