"""Randomisation inference: the effect that was seen among those that other assignments would have shown.

A trial deals its starts to the clusters by lot. If the change does nothing, the values would have been the same under
every other assignment, so the contrast that was seen is one of N that were equally likely (Fisher 1935). The p-value
is the share of assignments whose contrast is as large or larger, whatever the law of the noise and however the periods
of a cluster hang together. The false-alarm rate is at most alpha, and known exactly: :func:`attained_rate`.

With few clusters there are few assignments, and no p-value can be small: two teams of four make six assignments whose
contrasts come in pairs of opposite sign, so that the smallest p-value is 1/3. Where alpha cannot be reached the test
is refused, with the smallest p-value and what would be enough.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from simlead.statistics.errors import StatisticsError
from simlead.statistics.trial_designs import (
    Floats,
    TrialDesign,
    all_contrasts,
    checked_panels,
    contrast,
    parallel,
    treated_periods,
)

MOST_ASSIGNMENTS = 5_000
"""Beyond so many assignments as many are drawn, the one that took place among them."""

ALPHA = 0.05
_CLOSE = 1e-9


@dataclasses.dataclass(frozen=True)
class Randomised:
    """Effects with their randomisation tests.

    Attributes
    ----------
    effect : array
        The contrast of each panel, in the unit of the values.
    p_value : array
        Two-sided.
    assignments : int
        Number of assignments compared.
    smallest_p_value, attained_rate : float
        The smallest p-value that the design allows, and the false-alarm rate of the test at `alpha`: at most alpha.
    """

    effect: Floats
    p_value: Floats
    assignments: int
    smallest_p_value: float
    attained_rate: float


def randomisation_test(
    values: object, design: TrialDesign, alpha: float = ALPHA, *, most: int = MOST_ASSIGNMENTS, seed: int = 0
) -> Randomised:
    """Test whether the change does anything, by the assignments that could have been drawn.

    Row i of each panel is the cluster that starts at `design.starts[i]`.
    Raises StatisticsError where no p-value of the design can be as small as `alpha`.

    >>> design = parallel(8, 4, base=1, after=1)
    >>> found = randomisation_test([[0.0, 9.0], [0.0, 8.0], [0.0, 7.0], [0.0, 9.0]] + [[0.0, 1.0]] * 4, design)
    >>> found.effect.tolist(), found.assignments, found.p_value.round(3).tolist()
    ([7.25], 70, [0.029])
    """
    panels = checked_panels(values, design)
    refuse_too_few(design, alpha)
    own, weights = compared(design, most, seed)
    flat = panels.reshape(len(panels), -1)
    effect = flat @ own
    p_value = share_as_large(flat @ weights.T, effect)
    return Randomised(effect, p_value, len(weights), smallest_p_value(design), attained_rate(design, alpha))


def smallest_p_value(design: TrialDesign) -> float:
    """The smallest two-sided p-value that the design's assignments allow.

    >>> smallest_p_value(parallel(4, 2, base=6, after=6)), smallest_p_value(parallel(6, 2, base=6, after=6))
    (0.3333333333333333, 0.06666666666666667)
    """
    return (2 if _mirrored(design) else 1) / design.number_of_assignments


def attained_rate(design: TrialDesign, alpha: float = ALPHA) -> float:
    """The false-alarm rate of the test at `alpha`: the largest p-value of the design that is not above it.

    Exact for values without ties; 0 where no p-value is small enough.

    >>> round(attained_rate(parallel(8, 4, base=6, after=6)), 4), attained_rate(parallel(4, 2, base=6, after=6))
    (0.0286, 0.0)
    """
    step = smallest_p_value(design)
    return math.floor(alpha / step + _CLOSE) * step


def refuse_too_few(design: TrialDesign, alpha: float = ALPHA) -> None:
    """Raise a StatisticsError if no p-value of the design can be as small as alpha."""
    if not 0.0 < alpha < 1.0:
        raise StatisticsError(f"alpha = {alpha!r}: allowed is more than 0 and less than 1")
    least = smallest_p_value(design)
    if least <= alpha + _CLOSE:
        return
    number = design.number_of_assignments
    if number == 1:
        raise StatisticsError("all clusters start at once: nothing was drawn by lot, so there is no randomisation test")
    enough = next(k for k in range(2, 1_000) if smallest_p_value(parallel(k, k // 2, 1, 1)) <= alpha)
    raise StatisticsError(
        f"{number} assignments of {design.clusters} clusters: the smallest p-value is {least:.3g}, above alpha = "
        f"{alpha:g}; {enough // 2} of {enough} clusters would be enough")


def randomisation_interval(
    values: object, design: TrialDesign, confidence: float = 0.95, *, most: int = MOST_ASSIGNMENTS, seed: int = 0
) -> tuple[float, float]:
    """All constant effects that the randomisation test of one panel does not reject, from the least to the largest.

    The effect is taken as the same for each treated cluster and period (inversion of the test; Rosenbaum 2002).

    >>> design = parallel(8, 4, base=1, after=1)
    >>> low, high = randomisation_interval([[0.0, value] for value in (9, 8, 7, 9, 1, 1, 2, 0)], design)
    >>> low < 7.25 < high
    True
    """
    panels = checked_panels(values, design)
    if len(panels) != 1:
        raise StatisticsError(f"{len(panels)} panels: one is needed for an interval")
    alpha = 1.0 - confidence
    refuse_too_few(design, alpha)
    own, weights = compared(design, most, seed)
    seen, moved = weights @ panels[0].ravel(), weights @ treated_periods(design).ravel().astype(float)
    effect = float(own @ panels[0].ravel())
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.concatenate([(effect - seen) / (1.0 - moved), (effect + seen) / (1.0 + moved)])
    ends = np.unique(ends[np.isfinite(ends)])
    if not len(ends):
        return -math.inf, math.inf
    between = np.concatenate([[ends[0] - 1.0], (ends[1:] + ends[:-1]) / 2, [ends[-1] + 1.0]])
    p_values = share_as_large(seen[None] - between[:, None] * moved[None], effect - between)
    kept = np.flatnonzero(p_values > alpha + _CLOSE)
    low = -math.inf if kept[0] == 0 else float(ends[kept[0] - 1])
    high = math.inf if kept[-1] == len(ends) else float(ends[kept[-1]])
    return low, high


def compared(design: TrialDesign, most: int = MOST_ASSIGNMENTS, seed: int = 0) -> tuple[Floats, Floats]:
    """The contrast of the assignment that took place, and those that it is compared with, itself among them: rows.

    All assignments, or `most` drawn ones and the one that took place where there are more.

    >>> [weights.shape for weights in compared(parallel(8, 4, base=1, after=1), most=20)]
    [(16,), (21, 16)]
    """
    weights, whole = all_contrasts(design, most, np.random.Generator(np.random.Philox(key=seed)))
    own = contrast(design).ravel()
    return own, weights if whole else np.concatenate([own[None], weights])


def share_as_large(contrasts: Floats, effects: Floats) -> Floats:
    """For each row, the share of contrasts whose size is that of the effect or more."""
    size = np.abs(effects)[:, None]
    scale = np.maximum(np.abs(contrasts).max(axis=1, keepdims=True), size)
    return np.asarray((np.abs(contrasts) >= size - _CLOSE * scale).mean(axis=1))


def _mirrored(design: TrialDesign) -> bool:
    """Whether some assignment has the opposite contrast, so that p-values come in steps of two."""
    rows = dict(zip(design.starts, contrast(design), strict=True))
    count = {start: design.starts.count(start) for start in rows}
    for start, row in rows.items():
        if not any(np.allclose(row, -other, rtol=0.0, atol=_CLOSE) and count[start] == count[there]
                   for there, other in rows.items()):
            return False
    return True
