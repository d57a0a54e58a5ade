"""Codes in the tables that study writes and show reads; nothing here runs a model or an analysis."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from simlead.model.parameters import ParameterError
from simlead.results.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

# --- attribution within a matched pair

TERMS = ("coached", "pre_call", "relief", "waiting", "hero", "answer", "talent", "experience")
"""The terms of a gate's logit in which the runs of a pair can differ."""

CAUSES = (*TERMS, "prospecting", "vacancy", "given_up", "undecided")
"""What can make the difference, seen from the run in which the deal was won; `attribution.causes` in the catalogue."""

ALL, WORTH_MORE = "all", "worth_more"
"""The rows beside the causes: all of them, and deals won in both runs for another price."""

# --- claims

EXISTENCE, DIRECTION, SIZE, RANKING, INTERACTION, OPTIMUM = (
    "existence", "direction", "size", "ranking", "interaction", "optimum")
KINDS = (EXISTENCE, DIRECTION, SIZE, RANKING, INTERACTION, OPTIMUM)
"""What a claim states: that something occurs, which way an effect goes, how large it is, which of several causes is
the larger, that two things do more together than apart, or which plan is best."""

TESTED, ASSUMED, INPUT_READ_BACK, NO_MECHANISM = "tested", "assumed", "input read back", "no mechanism"
STANDINGS = (TESTED, ASSUMED, INPUT_READ_BACK, NO_MECHANISM)
"""What the model can say of a claim: test it; test only what follows from a part that is assumed; or not test it,
because the answer is an input read back, or because the model has no mechanism by which it could be true."""

CLASSES = THERE, NO_DIFFERENCE, REVERSE, OTHERWISE = ("holds", "no difference", "reverse", "otherwise")
"""What a draw can amount to."""

VERDICTS = (
    SURE, PROBABLY, DEPENDS, OPEN, PROBABLY_NOT, SURELY_NOT, ONLY_ASSUMED, NOT_TESTABLE) = (
    "holds", "probably", "depends", "open", "probably not", "does not hold", "assumed", "not testable here")
"""The verdicts on a claim."""

ALMOST_SURE, FOUR_IN_FIVE = 0.95, 0.8
"""Above the first a claim holds, above the second it probably does; below 1 minus these it does not, probably not."""

LIMITS = (0.05, 0.2, FOUR_IN_FIVE, ALMOST_SURE)
"""All probabilities at which the verdict changes."""

CONCLUSIONS = HOLDS, BREAKS, UNCLEAR = "holds", "breaks", "unclear"
"""What becomes of a conclusion under a structural switch: the same, clearly another, or another that random numbers
could explain."""


@dataclasses.dataclass(frozen=True)
class Region:
    """The values of an effect with which a claim holds, both ends included.

    Parameters
    ----------
    low, high : float
        The ends, in the unit of the effect; no end on that side by default.

    Raises
    ------
    ParameterError
        For ends in the wrong order, or none at all.

    Examples
    --------
    >>> Region(2.0, 1.0)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: region 2.0 to 1.0: the low end is not below the high one
    """

    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        """Refuse a region that holds everything or nothing: it would decide without an experiment."""
        if not self.low < self.high:
            raise ParameterError(f"region {self.low} to {self.high}: the low end is not below the high one")
        if math.isinf(self.low) and math.isinf(self.high):
            raise ParameterError("region: every effect lies in it, so that nothing could refute the claim")


# --- published facts

BASE, FINAL = "base year", "third year"
"""When a fact is looked at."""

# --- a firm's own base year

KEPT, SOLVED, SHOWN, OPEN = "kept", "solved", "shown", "open"
"""What becomes of a client's fact: a parameter that is kept, solved for, only shown beside the simulated year, or not
stated."""


@dataclasses.dataclass(frozen=True)
class Contradiction:
    """A stated fact that the simulated year does not show, and the stated facts that decide on it."""

    fact: str
    stated: float
    simulated: float
    against: tuple[str, ...]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class BaseYear(Shown):
    """The year before the switch, as the client counts it and as it is simulated.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per fact: fact, unit, stated (nan where it is not), simulated with its 95 % interval low to high, role
        (kept, solved, shown or open) and agrees (None where nothing is to agree).
    solved : pandas.DataFrame
        A row per parameter that calibration solved: parameter, unit, the preset's value, solved, low, high.
    contradictions : tuple of Contradiction
        The stated facts that the simulated year contradicts.
    replications, seed : int
        The runs of the check.
    """

    table: pd.DataFrame
    solved: pd.DataFrame
    contradictions: tuple[Contradiction, ...]
    replications: int
    seed: int


# --- differences


def relative_unit(unit: str) -> bool:
    """Whether a difference in this unit is a fraction of the baseline's mean, not in points or the unit itself.

    >>> relative_unit("$/year"), relative_unit("share")
    (True, False)
    """
    return not unit.startswith(("share", "ratio"))
