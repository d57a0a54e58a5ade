"""What an effect amounts to for a claim: the parts that must all hold, the weakest of them, and the class of a draw."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simlead.study.claims.judging import by_optimum, by_region
from simlead.study.claims.protocol import Claim
from simlead.study.records import EXISTENCE, OPTIMUM, RANKING

Floats = NDArray[np.float64]


def margins(claim: Claim, effect: Floats) -> Floats:
    """The parts that must all hold: leads of a ranking, of an optimum's plan over each other; else the parts."""
    if claim.kind == RANKING:
        return effect[:-1] - effect[1:]
    if claim.kind == OPTIMUM:
        at = claim.parts.index(claim.at)
        return np.asarray(effect[at] - np.delete(effect, at, axis=0))
    return effect


def bound(claim: Claim) -> float:
    """Where the claim ends to hold."""
    if claim.region is None:
        return claim.smallest if claim.kind == EXISTENCE else -claim.smallest
    return claim.region.low if math.isfinite(claim.region.low) else claim.region.high


def below(claim: Claim) -> bool:
    """Whether the claim is about something small or below 0, so that the largest part is the weakest."""
    return claim.region is not None and not math.isfinite(claim.region.low)


def weakest(claim: Claim, effect: Floats) -> Floats:
    """The margin that is the first to fail, draw by draw."""
    each = margins(claim, effect)
    return np.asarray(each.max(axis=0) if below(claim) else each.min(axis=0))


def classes(claim: Claim, effect: Floats) -> NDArray[np.int64]:
    """What each draw amounts to: places in `records.CLASSES`."""
    if claim.region is None:
        return by_optimum(effect, claim.parts.index(claim.at), claim.smallest)
    return by_region(margins(claim, effect), claim.region, claim.smallest)
