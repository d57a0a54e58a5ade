"""A decision between policies when the world is unknown: the best one, regret, and what learning is worth.

`gains` say what each policy earns in each world (worlds x replicates x K, in money a year against the status quo, which
is one of the K with gains of 0). With f the expected gains in a world, free of noise (`over_worlds.without_noise`):

* the best policy by expected profit has the largest mean of f; its rivals are tied unless their difference is clear;
* the regret of a policy in a world is max f - f; the best by regret has the smallest of what 95 % of worlds stay below;
* EVPI = E max f - max E f is what knowing the world would be worth before deciding;
* EVPPI of a parameter is the same with E(f | parameter) in place of f. It is 0 unless knowing the parameter can change
  the choice, never negative, and never above EVPI.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from simlead.statistics.drivers import fitted
from simlead.statistics.errors import StatisticsError
from simlead.statistics.findings import Finding, finding
from simlead.statistics.intervals import CONFIDENCE, checked_confidence
from simlead.statistics.over_worlds import (
    Moments,
    bootstrap_weights,
    checked_outcomes,
    moments,
    positive,
    weighted_quantiles,
    without_noise,
)
from simlead.statistics.percentiles import percentile_interval
from simlead.statistics.replicates import Floats

BOOTSTRAPS = 200

REGRET_SHARE = 0.95
"""The share of worlds in which the regret stays below the regret that is compared."""


@dataclasses.dataclass(frozen=True)
class Decision:
    """The choice between policies over worlds, and what learning is worth, in the unit of the gains.

    Attributes
    ----------
    policies
        A row per policy: `policy`, `expected` with its interval `low` to `high` (of the mean over worlds), `behind`,
        how much the best is expected to earn more, with `behind_low` and `behind_high` (these hold together), `tied`
        (whether it may be the best by expected profit), `regret_mean`, `regret_high` (that 95 % of the worlds stay
        below), `p_best` (in how many worlds it is the best).
    learning
        A row per parameter, the most valuable first: `parameter`, `value` (EVPPI), `value_low`, `value_high`, `rank`.
    best, best_by_regret
        Names of policies.
    tied
        Names of all that may be the best by expected profit, the best first.
    evpi, evpi_low, evpi_high
        What knowing everything would be worth.
    confidence
        That of the intervals.
    """

    policies: pd.DataFrame
    learning: pd.DataFrame
    best: str
    best_by_regret: str
    tied: tuple[str, ...]
    evpi: float
    evpi_low: float
    evpi_high: float
    confidence: float = CONFIDENCE

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What speaks for another choice: the best policy by regret, if it is another one, and what to learn first."""
        rows, found = self.policies.set_index("policy")["regret_high"], []
        if self.best_by_regret != self.best:
            found.append(finding("answer.best.regret", policy=self.best_by_regret, best=self.best,
                                 regret=rows[self.best_by_regret], other=rows[self.best]))
        first = self.learning.iloc[0]
        # Worth naming only if the data do not allow that it is worth nothing.
        if first["value"] > 0.0 and first["value_low"] > 0.0:
            found.append(finding("answer.learn.first", parameter=first["parameter"], value=first["value"],
                                 low=first["value_low"], high=first["value_high"], evpi=self.evpi))
        else:
            found.append(finding("answer.learn.nothing", evpi=self.evpi, low=self.evpi_low, high=self.evpi_high))
        return tuple(found)


def decide(
    names: Sequence[str],
    gains: Floats,
    drawn: pd.DataFrame,
    weights: Floats | None = None,
    *,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Decision:
    """Choose between policies over worlds, and value what could be learnt before.

    `gains` are worlds x replicates x policies; `drawn` has a row per world and a column per parameter.

    >>> drawn = pd.DataFrame({"a": np.linspace(-1.0, 1.0, 201), "b": np.linspace(0.0, 7.0, 201) % 1.0})
    >>> gains = np.stack([np.zeros((201, 2)), drawn[["a"]].to_numpy() + np.zeros((201, 2))], axis=2)
    >>> found = decide(["stay", "change"], gains, drawn)
    >>> found.learning["parameter"][0], round(float(found.learning["value"][0]), 2), round(found.evpi, 2)
    ('a', 0.25, 0.25)
    """
    checked_confidence(confidence)
    values, own = checked_outcomes(gains, weights)
    if values.shape[2] != len(names) or len(names) < 2:
        raise StatisticsError(f"gains of {values.shape[2]} policies, {len(names)} names: 2 or more of each are needed")
    if len(drawn) != len(values) or not len(drawn.columns):
        raise StatisticsError(f"drawn: {len(values)} rows, one per world, and at least one parameter are needed")
    numbers, means = drawn.to_numpy(float), values.mean(axis=1)
    draws = bootstrap_weights(own, BOOTSTRAPS, seed)
    here, each = moments(values, own[None]), moments(values, draws, own)
    evpi, clean = _perfect(means, here, own[None])
    evpis, _ = _perfect(means, each, draws)
    partial = _partial(numbers, means, own[None], own, evpi)[0]
    partials = _partial(numbers, means, draws, own, evpis)
    low, high = percentile_interval(partials, confidence)
    order = np.argsort(-partial, kind="stable")
    learning = pd.DataFrame({
        "parameter": [str(name) for name in drawn.columns], "value": partial, "value_low": np.minimum(low, partial),
        "value_high": np.maximum(high, partial)}).iloc[order].reset_index(drop=True)
    learning["rank"] = range(1, len(learning) + 1)
    policies = _policies(list(names), here.mean[0], each.mean, clean[0], own, confidence)
    evpi_low, evpi_high = percentile_interval(evpis, confidence)
    by_mean = policies.sort_values("expected", ascending=False, kind="stable")
    by_regret = policies.sort_values(["regret_high", "regret_mean"], kind="stable")
    return Decision(
        policies=policies, learning=learning, best=str(by_mean["policy"].iloc[0]),
        best_by_regret=str(by_regret["policy"].iloc[0]), tied=tuple(by_mean.loc[by_mean["tied"], "policy"].astype(str)),
        evpi=float(evpi[0]), evpi_low=float(evpi_low), evpi_high=float(evpi_high), confidence=confidence)


def _perfect(means: Floats, found: Moments, weights: Floats) -> tuple[Floats, Floats]:
    """E max f - max E f for each row of weights, and f without noise."""
    clean = without_noise(means, found.mean, found.seen, found.world)
    expected = np.einsum("bw,bw->b", weights, clean.max(axis=2))
    worth = expected - found.mean.max(axis=1)
    return np.where(worth > 1e-9 * np.abs(means).max(), worth, 0.0), clean  # smaller is rounding


def _partial(numbers: Floats, means: Floats, weights: Floats, own: Floats, most: Floats) -> Floats:
    """EVPPI of each parameter for each row of weights (draws x parameters), at most what all are worth."""
    fits = fitted(numbers, means, weights, own, np.full(numbers.shape[1], 2))
    found = np.empty(fits.slopes.shape[:2])
    mean = weights @ means
    for place in range(numbers.shape[1]):
        lines = fits.basis[:, place] @ fits.slopes[:, place]
        seen = fits.explained[:, place]
        clean = without_noise(lines, mean, seen, positive(seen - fits.chance[:, place]))
        found[:, place] = np.einsum("bw,bw->b", weights, clean.max(axis=2)) - mean.max(axis=1)
    found[found < 1e-9 * np.abs(means).max()] = 0.0  # rounding
    return np.clip(found, 0.0, most[:, None])


def _policies(
    names: list[str], mean: Floats, means: Floats, clean: Floats, own: Floats, confidence: float
) -> pd.DataFrame:
    """A row per policy, as in `Decision.policies`; differences from the best hold together (Bonferroni)."""
    best = int(mean.argmax())
    low, high = percentile_interval(means, confidence)
    behind = means[:, [best]] - means
    behind_low, behind_high = percentile_interval(behind, 1.0 - (1.0 - confidence) / max(1, len(names) - 1))
    top = clean.max(axis=1, keepdims=True)
    regret = top - clean
    first = clean.argmax(axis=1)
    return pd.DataFrame({
        "policy": names, "expected": mean, "low": low, "high": high, "behind": mean[best] - mean,
        "behind_low": behind_low, "behind_high": behind_high, "tied": behind_low <= 0.0,
        "regret_mean": own @ regret,
        "regret_high": [float(weighted_quantiles(regret[:, place], own, np.array([REGRET_SHARE]))[0])
                        for place in range(len(names))],
        "p_best": [float(own @ (first == place)) for place in range(len(names))]})
