"""Tests of a trial's effect with few clusters: difference in differences, ANCOVA on the base period, before-after.

Each reduces a cluster to its mean before and after, so that however the periods of one cluster hang together does no
harm (Bertrand, Duflo and Mullainathan 2004; Donald and Lang 2007): what is tested are k independent clusters, with
Student's t and the few degrees of freedom that k clusters leave. For normal cluster means of one variance the
false-alarm rate is exactly alpha. A single cluster has its series alone, whose periods do hang together.

All take many panels at once (draws x clusters x periods).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.special import stdtr

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import t_quantile
from simlead.statistics.trial_designs import NEVER, Floats, TrialDesign, checked_panels


@dataclasses.dataclass(frozen=True)
class TrialEffects:
    """Effects with their tests, one of each per panel.

    Attributes
    ----------
    effect : array
        Estimated mean effect per treated cluster and period, in the unit of the values.
    standard_error, degrees : array
        Its standard error and the degrees of freedom of Student's t.
    p_value : array
        Two-sided.
    """

    effect: Floats
    standard_error: Floats
    degrees: Floats
    p_value: Floats

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """The confidence intervals' low and high ends, one per panel."""
        reach = np.array([t_quantile(degrees, confidence) for degrees in self.degrees]) * self.standard_error
        return self.effect - reach, self.effect + reach


def with_t_test(effect: Floats, standard_error: Floats, degrees: Floats | float) -> TrialEffects:
    """Student's two-sided test of effects that are 0; one without spread is certain unless it is 0.

    >>> with_t_test(np.array([2.0, 0.0]), np.array([1.0, 0.0]), 4.0).p_value.round(3).tolist()
    [0.116, 1.0]
    """
    freedom = np.broadcast_to(np.asarray(degrees, dtype=np.float64), effect.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(np.where(effect == 0.0, 0.0, effect / standard_error))
    return TrialEffects(effect, standard_error, freedom, np.asarray(2.0 * stdtr(freedom, -t)))


def difference_in_differences(values: object, design: TrialDesign) -> TrialEffects:
    """Mean change of treated clusters less that of the others; t with k - 2 degrees of freedom.

    Row i of each panel is the cluster that starts at `design.starts[i]`. Raises StatisticsError for designs that are
    not parallel and for fewer than three clusters.

    >>> from simlead.statistics.trial_designs import parallel
    >>> design = parallel(4, 2, base=1, after=1)
    >>> found = difference_in_differences([[1.0, 4.0], [2.0, 4.0], [3.0, 4.0], [1.0, 1.0]], design)
    >>> found.effect.tolist(), found.degrees.tolist(), found.p_value.round(3).tolist()
    ([2.0], [2.0], [0.106])
    """
    before, after, treated = arms(values, design, 3)
    change = after - before
    number, others = int(treated.sum()), int((~treated).sum())
    effect = change[:, treated].mean(axis=1) - change[:, ~treated].mean(axis=1)
    squares = sum(((change[:, arm] - change[:, arm].mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
                  for arm in (treated, ~treated))
    degrees = number + others - 2
    return with_t_test(effect, np.sqrt(squares / degrees * (1 / number + 1 / others)), float(degrees))


def ancova(values: object, design: TrialDesign) -> TrialEffects:
    """Mean after, at the same mean before; least squares on both, t with k - 3 degrees of freedom.

    Less noisy than differences where a cluster's past tells little of its future, and as good where it tells all
    (McKenzie 2012, J. Development Economics 99); with few clusters the lost degree of freedom costs more.
    Raises StatisticsError for designs that are not parallel and for fewer than four clusters.

    >>> from simlead.statistics.trial_designs import parallel
    >>> found = ancova([[1.0, 3.0], [2.0, 4.5], [3.0, 2.5], [1.0, 1.0]], parallel(4, 2, base=1, after=1))
    >>> found.effect.round(2).tolist(), found.degrees.tolist()
    ([2.45], [1.0])
    """
    before, after, treated = arms(values, design, 4)
    number, others = int(treated.sum()), int((~treated).sum())

    def within(table: Floats) -> Floats:
        return np.asarray(np.where(treated, table - table[:, treated].mean(axis=1, keepdims=True),
                                   table - table[:, ~treated].mean(axis=1, keepdims=True)))

    def gap(table: Floats) -> Floats:
        return np.asarray(table[:, treated].mean(axis=1) - table[:, ~treated].mean(axis=1))

    x, y = within(before), within(after)
    spread = (x * x).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(spread > 0.0, (x * y).sum(axis=1) / spread, 0.0)
        adjusted = np.where(spread > 0.0, gap(before) ** 2 / spread, 0.0)
    degrees = number + others - 3
    rest = ((y - slope[:, None] * x) ** 2).sum(axis=1) / degrees
    return with_t_test(gap(after) - slope * gap(before), np.sqrt(rest * (1 / number + 1 / others + adjusted)),
                  float(degrees))


def before_and_after(values: object, design: TrialDesign) -> TrialEffects:
    """Mean change of all clusters; t with k - 1 degrees of freedom.

    It takes for the effect whatever moves all clusters together, a growing market or a season: its false-alarm rate
    is alpha only where nothing does. Raises StatisticsError for other designs and for fewer than two clusters.

    >>> from simlead.statistics.trial_designs import before_after
    >>> found = before_and_after([[1.0, 3.0], [2.0, 3.0], [3.0, 6.0]], before_after(3, base=1, after=1))
    >>> found.effect.tolist(), found.p_value.round(3).tolist()
    ([2.0], [0.074])
    """
    panels = checked_panels(values, design)
    if design.kind != "before-after" or design.clusters < 2:
        raise StatisticsError(f"a {design.kind} design of {design.clusters} clusters: two or more that all start at "
                              "once are needed")
    start = design.starts[0]
    change = panels[:, :, start + design.waiting:].mean(axis=2) - panels[:, :, :start].mean(axis=2)
    error = change.std(axis=1, ddof=1) / np.sqrt(design.clusters)
    return with_t_test(change.mean(axis=1), error, float(design.clusters - 1))


CORRELATIONS = np.linspace(0.0, 0.95, 39)
"""Correlations of neighbouring errors among which that of a series is looked up."""

LEAST_PERIODS = 3
"""Periods before and after the start that a series needs."""


def interrupted_series(values: object, design: TrialDesign) -> TrialEffects:
    """Step of one series at its start, beside a trend that goes on: segmented regression with errors of lag one.

    Least squares on a constant, a trend and the step (Wagner, Soumerai, Zhang and Ross-Degnan 2002, J. Clinical
    Pharmacy and Therapeutics 27). The errors are taken as autoregressive of lag one. Their correlation r is the one
    under which neighbouring residuals are expected to be as alike as these are; the standard error is that of errors
    with r, and the degrees of freedom are those of n (1 - r) / (1 + r) independent periods. What else happens to the
    series at the same time passes for the effect. Raises StatisticsError unless there is one cluster with three periods
    on each side of its start.

    >>> from simlead.statistics.trial_designs import before_after
    >>> found = interrupted_series([[1.0, 2.2, 2.9, 4.0, 8.0, 9.1, 9.9, 11.0]], before_after(1, base=4, after=4))
    >>> found.effect.round(2).tolist(), bool(found.p_value < 0.05)
    ([3.07], True)
    """
    panels = checked_panels(values, design)
    start, waiting = design.starts[0], design.waiting
    if design.clusters != 1 or min(start, design.periods - start - waiting) < LEAST_PERIODS:
        raise StatisticsError(f"{design.clusters} clusters, {start} periods before and "
                              f"{design.periods - start - waiting} after: one cluster and {LEAST_PERIODS} periods on "
                              "each side are needed")
    when = np.concatenate((np.arange(start), np.arange(start + waiting, design.periods)))
    columns = np.stack((np.ones(len(when)), when - when.mean(), when >= start), axis=1)
    number, coefficients = columns.shape
    solve = np.linalg.pinv(columns)
    y = panels[:, 0, when]
    rest = y - y @ solve.T @ columns.T
    squares = (rest**2).sum(axis=1)
    lag = np.abs(np.subtract.outer(when, when))
    left = np.eye(number) - columns @ solve
    shared, next_to = [], []
    for each in CORRELATIONS:
        expected = left @ each**lag @ left
        shared.append(np.trace(expected))
        next_to.append(expected[lag == 1].sum() / 2)
    beside = (rest[:, :, None] * rest[:, None, :])[:, lag == 1].sum(axis=1) / 2
    seen = np.divide(beside, squares, out=np.zeros_like(squares), where=squares > 0.0)
    correlation = np.interp(seen, np.array(next_to) / np.array(shared), CORRELATIONS)
    variance = squares / np.interp(correlation, CORRELATIONS, shared)
    step = solve[2]
    spread = np.interp(correlation, CORRELATIONS, [step @ each**lag @ step for each in CORRELATIONS])
    degrees = np.maximum(1.0, number * (1.0 - correlation) / (1.0 + correlation) - coefficients)
    return with_t_test(y @ step, np.sqrt(variance * spread), degrees)


def arms(values: object, design: TrialDesign, least: int) -> tuple[Floats, Floats, np.ndarray]:
    """Means before and after of each cluster (draws x clusters each), and which clusters are treated."""
    panels = checked_panels(values, design)
    if design.kind != "parallel":
        raise StatisticsError(f"a {design.kind} design: one start and a control are needed")
    if design.clusters < least:
        raise StatisticsError(f"{design.clusters} clusters: {least} or more are needed, or none is left to tell the "
                              "noise by")
    start = min(design.starts)
    treated = np.array(design.starts) != NEVER
    return (panels[:, :, :start].mean(axis=2), panels[:, :, start + design.waiting:].mean(axis=2), treated)


Estimator = Callable[[object, TrialDesign], TrialEffects]

ESTIMATORS: Final[dict[str, Estimator]] = {
    "difference_in_differences": difference_in_differences, "ancova": ancova, "before_and_after": before_and_after,
    "interrupted_series": interrupted_series}
"""The estimators of this module by name."""
