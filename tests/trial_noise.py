"""Panels without effect, for tests of trials: lasting levels of clusters, common levels of periods, related periods."""

import numpy as np

DRAWS = 8_000
NEAR_FIVE = (0.04, 0.06)
"""5 +- 1 % of 8,000 draws: a test at 5 % leaves it with a probability of 4e-5."""


def noise(clusters, periods, draws=DRAWS, seed=0, *, level=1.0, correlation=0.0, skewed=False, common=1.0):
    """Draws x clusters x periods; neighbouring periods of a cluster correlate by `correlation`."""
    random = np.random.default_rng(seed)
    fresh = random.standard_normal((draws, clusters, periods))
    if skewed:
        fresh = random.exponential(size=fresh.shape) ** 2 - 2.0
    own = np.empty_like(fresh)
    own[:, :, 0] = fresh[:, :, 0]
    for period in range(1, periods):
        own[:, :, period] = correlation * own[:, :, period - 1] + np.sqrt(1.0 - correlation**2) * fresh[:, :, period]
    levels = level * random.standard_normal((draws, clusters, 1))
    return own + levels + common * random.standard_normal((draws, 1, periods))


def rate(p_values, alpha=0.05):
    return float((p_values <= alpha).mean())
