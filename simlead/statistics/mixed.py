"""A mixed model of a balanced panel: an effect, a level for each period, and a random level for each cluster (REML).

    y[i, t] = level[t] + effect d[i, t] + u[i] + e[i, t],      u ~ N(0, between), e ~ N(0, within)

In a balanced panel the fixed levels of periods leave by taking the periods' means away, and what remains falls into
two independent parts: within clusters (variance s = within) and between them (w = within + T between). Each gives an
estimate of the effect; generalised least squares weights them by D / s and B / w, with D and B the sums of squares of
d within and between clusters. REML needs a search over s / w alone, so many panels are fitted at once; no library for
mixed models is needed. The freedom of t is Satterthwaite's.

The model takes periods of one cluster as equally correlated, however far apart. Where near ones are more alike, its
standard error is too small and its false-alarm rate above alpha (Bertrand, Duflo and Mullainathan 2004):
`randomisation` and the cluster means of `trial_estimators` do not assume it.

With few clusters the variance between them is hardly known, and Satterthwaite's freedom does not make up for it: with
four in two arms false alarms came at 6.6 % in 8,000 panels. So the model asks for six clusters where one group starts,
and for four where they start one after another; there it stays within 5 +- 1 %.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from simlead.statistics.errors import StatisticsError
from simlead.statistics.trial_designs import Floats, TrialDesign, checked_panels, treated_periods
from simlead.statistics.trial_estimators import TrialEffects, with_t_test

LEAST_CLUSTERS = {"parallel": 6, "stepped": 4}
"""With fewer, the false-alarm rate leaves 5 +- 1 %."""

_STEPS = 40
_LEAST = -16.0
"""The smallest log(s / w) of the search: clusters differ by up to 9 million times what periods do."""


@dataclasses.dataclass(frozen=True)
class MixedModel:
    """Fits of the mixed model, one per panel.

    Attributes
    ----------
    effects : TrialEffects
        The effect with its test.
    within, between : array
        Variance of a cluster's periods, and of the clusters' random levels.
    """

    effects: TrialEffects
    within: Floats
    between: Floats


@dataclasses.dataclass(frozen=True)
class _Parts:
    """Sums of squares of the two parts: of the treatment (D, B), with the values, and of the values' rest."""

    design: tuple[float, float]
    estimate: tuple[Floats, Floats]
    rest: tuple[Floats, Floats]
    degrees: tuple[int, int]

    def at(self, ratio: Floats) -> tuple[Floats, Floats, Floats]:
        """Effect, within variance and twice the negative restricted log-likelihood where s / w has this value."""
        inside, across = self.design
        weight = inside + ratio * across
        effect = (inside * self.estimate[0] + ratio * across * self.estimate[1]) / weight
        squares = (self.rest[0] + inside * (effect - self.estimate[0]) ** 2
                   + ratio * (self.rest[1] + across * (effect - self.estimate[1]) ** 2))
        freedom = sum(self.degrees) - 1
        variance = squares / freedom
        loss = freedom * np.log(np.maximum(variance, 1e-300)) - self.degrees[1] * np.log(ratio) + np.log(weight)
        return effect, variance, loss


def mixed_model(values: object, design: TrialDesign) -> MixedModel:
    """Fit the mixed model to each panel (draws x clusters x periods) by restricted maximum likelihood.

    Row i of a panel is the cluster that starts at `design.starts[i]`. Waiting periods are left out of all
    clusters. Raises StatisticsError where all start at once, so that levels of periods leave no effect to see, for
    fewer clusters than `LEAST_CLUSTERS`, and for waiting periods in a stepped design.

    >>> from simlead.statistics.trial_designs import parallel
    >>> panels = np.random.default_rng(1).normal(size=(1, 8, 10)) + np.arange(8)[:, None]
    >>> fit = mixed_model(panels + treated_periods(parallel(8, 4, base=5, after=5)), parallel(8, 4, base=5, after=5))
    >>> fit.effects.effect.round(1).tolist(), fit.within.round(1).tolist()
    ([0.6], [0.8])
    """
    panels = checked_panels(values, design)
    treated = treated_periods(design).astype(float)
    if design.kind == "before-after":
        raise StatisticsError("all clusters start at once: levels of periods and the effect cannot be separated")
    if design.clusters < LEAST_CLUSTERS[design.kind]:
        raise StatisticsError(f"{design.clusters} clusters in a {design.kind} design: the mixed model needs "
                              f"{LEAST_CLUSTERS[design.kind]} or more, or its false alarms are too many")
    if design.waiting:
        if design.kind != "parallel":
            raise StatisticsError("waiting periods in a stepped design: the mixed model needs waiting = 0")
        start = min(design.starts)
        counted = np.r_[0:start, start + design.waiting:design.periods]
        panels, treated = panels[:, :, counted], treated[:, counted]
    parts = _parts(panels, treated)
    ratio = np.exp(_lowest(lambda log: parts.at(np.exp(log))[2], len(panels)))
    effect, within, _ = parts.at(ratio)
    inside, across = parts.design
    weight = inside + ratio * across
    shares = inside / weight, ratio * across / weight
    degrees = 1.0 / (shares[0] ** 2 / parts.degrees[0] + shares[1] ** 2 / parts.degrees[1])
    between = within * (1.0 / ratio - 1.0) / panels.shape[2]
    return MixedModel(with_t_test(effect, np.sqrt(within / weight), degrees), within, between)


def _parts(panels: Floats, treated: Floats) -> _Parts:
    clusters, periods = treated.shape
    values = panels - panels.mean(axis=1, keepdims=True)
    given = treated - treated.mean(axis=0, keepdims=True)
    level, level_given = values.mean(axis=2), given.mean(axis=1)
    values, given = values - level[:, :, None], given - level_given[:, None]
    inside, across = float((given**2).sum()), float(periods * (level_given**2).sum())
    estimate = ((values * given).sum(axis=(1, 2)) / inside,
                periods * (level * level_given).sum(axis=1) / across if across > 1e-12 else np.zeros(len(panels)))
    rest = (((values - estimate[0][:, None, None] * given) ** 2).sum(axis=(1, 2)),
            periods * ((level - estimate[1][:, None] * level_given) ** 2).sum(axis=1))
    return _Parts((inside, across if across > 1e-12 else 0.0), estimate, rest,
                  ((clusters - 1) * (periods - 1), clusters - 1))


def _lowest(loss: Callable[[Floats], Floats], number: int) -> Floats:
    """Where in [_LEAST, 0] the loss of each panel is lowest: a grid, then sections of the best cell (golden ratio)."""
    grid = np.linspace(_LEAST, 0.0, 65)
    at = np.array([loss(np.full(number, place)) for place in grid]).argmin(axis=0)
    low, high = grid[np.maximum(at - 1, 0)], grid[np.minimum(at + 1, len(grid) - 1)]
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    for _ in range(_STEPS):
        one, other = high - golden * (high - low), low + golden * (high - low)
        left = loss(one) < loss(other)
        low, high = np.where(left, low, one), np.where(left, other, high)
    middle = (low + high) / 2
    return np.asarray(np.where(loss(np.zeros(number)) <= loss(middle), 0.0, middle))
