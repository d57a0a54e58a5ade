"""Whether a box is more than chance: what it holds of points it was not found on, and what noise would show."""

from __future__ import annotations

import math

import numpy as np

from simlead.study.discover.cases import Cases
from simlead.study.discover.peeling import Box, correlation, find_box

FOLDS = 5

ENOUGH = 10
"""So many shuffles as good as the truth settle that there is nothing: the search for more is given up."""


def strength(box: Box | None, cases: Cases) -> float:
    """Correlation between being in the box and the outcome; 0 without a box."""
    return correlation(box.points, box.hits, len(cases.hits), int(cases.hits.sum())) if box else 0.0


def p_value(box: Box | None, cases: Cases, shuffles: int, luck: np.random.Generator) -> float:
    """How often outcomes dealt out at random to the points show a box as strong, the search included.

    (1 + those as strong) / (1 + shuffles); where `ENOUGH` of them are as strong before the
    last, their part of the shuffles so far (Besag and Clifford 1991, Biometrika 78). Either
    way a p-value: under noise it is at most a with probability at most a.
    """
    found, as_strong = strength(box, cases), 0
    for number in range(1, shuffles + 1):
        dealt = cases.shuffled(luck)
        as_strong += strength(find_box(dealt), dealt) >= found
        if as_strong == ENOUGH:
            return ENOUGH / number
    return (1 + as_strong) / (1 + shuffles)


def held_out(cases: Cases, luck: np.random.Generator) -> tuple[float, float]:
    """Density and coverage of boxes at points they were not found on (five-fold cross-validation).

    The box is looked for anew in four fifths of the points and judged by the last fifth, each
    fifth in turn; points with the same factors stay together. Density is nan if no held-out
    point lies in a box.
    """
    alike = cases.alike()
    fold = luck.permutation(int(alike.max()) + 1)[alike] % FOLDS
    points = hits = 0
    for number in range(FOLDS):
        rest, judged = cases.part(fold != number), cases.part(fold == number)
        box = find_box(rest) if rest.hits.any() and not rest.hits.all() else None
        if box is not None:
            within = box.holds(judged.places)
            points, hits = points + int(within.sum()), hits + int(judged.hits[within].sum())
    return (hits / points if points else math.nan), hits / int(cases.hits.sum())
