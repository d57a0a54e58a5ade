"""Firms of numbers for tests of trials: teams with lasting levels, noisy months, and a planted effect."""

import numpy as np

from simlead.results.seen import COLUMNS
from simlead.study.trial.runs import TrialRuns


def planted(plan, *, effects=(0.0,), replications=40, months=12, money=1000.0, noise=1.0, common=0.0, seed=0,
            by_month=0.5):
    """Runs in which each world's teams hold `effects[world]` more sessions with the change, and earn by that.

    A team's sessions per rep-month are 10 + its level + noise of base and trial (sd `noise` each) + monthly noise.
    """
    random = np.random.default_rng(seed)
    firms, teams, base = len(effects) * replications, plan.teams, plan.base_months
    own = np.repeat(np.asarray(effects, dtype=float), replications)
    seen = np.full((firms, len(COLUMNS), teams, base + months), 100.0)
    level = 10.0 + random.normal(size=(firms, teams, 1)) + common * random.normal(size=(firms, 1, 1)) * (
        np.arange(base + months) >= base)
    spans = noise * random.normal(size=(2, firms, teams, 1))
    after = np.arange(base + months) >= base
    values = level + np.where(after, spans[1], spans[0]) + by_month * random.normal(size=(firms, teams, base + months))
    seen[:, COLUMNS.index("sessions")] = 100.0 * values
    changed = seen.copy()
    changed[:, COLUMNS.index("sessions")] += 100.0 * own[:, None, None] * after
    gains = np.repeat((money * own)[:, None], months, axis=1)
    weights = np.full(firms, 1.0 / firms)
    return TrialRuns(seen, changed, np.zeros((firms, teams), dtype=np.int64), gains, weights, replications, -base)
