"""False alarms of an analysis: those that were measured over many firms, unless the firm's own check is another.

A firm's own check counts a few hundred simulated firms, too few to tell 5 % from 7 %. Designs, analyses and outcomes of
the default firm were measured over 2,000 (`data/trial_alarms.csv`, written by `experiments/07_trial/run.py`), with a
year before the change and a year after it. Other lengths and firms are taken to be alike, unless the own check says
otherwise.
"""

from __future__ import annotations

import functools
import io
from importlib.resources import files
from typing import Any

from simlead.statistics.intervals import Estimate
from simlead.statistics.power import ALPHA
from simlead.study.trial.plan import TrialPlan

TOLERANCE = 0.01
"""By how much a false-alarm rate may miss alpha."""

MISSES = MORE, FEWER = "more", "fewer"
"""How a rate misses alpha, as tables and protocols name it."""


@functools.cache
def _measured() -> dict[tuple[str, int, int, str, str], Estimate]:
    import pandas as pd

    text = files("simlead").joinpath("data/trial_alarms.csv").read_text(encoding="utf-8")
    rows: list[dict[Any, Any]] = pd.read_csv(io.StringIO(text)).to_dict("records")
    return {(row["arms"], row["teams"], row["treated"], row["analysis"], row["outcome"]): Estimate(
        row["rate"], row["low"], row["high"], row["firms"]) for row in rows}


def measured_alarms(plan: TrialPlan, estimator: str, outcome: str) -> Estimate | None:
    """The false alarms of an analysis that were measured over many default firms; None of designs that were not.

    >>> measured_alarms(TrialPlan("teams", 4, 1, 12, 12), "ancova", "leavers")
    Estimate(mean=0.067, low=0.061387, high=0.072959, n=2000)
    >>> measured_alarms(TrialPlan("teams", 5, 2, 12, 12), "ancova", "leavers")
    """
    return _measured().get((plan.arms, plan.teams, plan.treated, estimator, outcome))


def counted_alarms(own: Estimate, measured: Estimate | None) -> Estimate:
    """The rate that counts: the measured one, unless there is none or it lies outside the own check's interval.

    >>> counted_alarms(Estimate(0.08, 0.05, 0.11, 384), Estimate(0.052, 0.047, 0.058, 2000)).n
    2000
    >>> counted_alarms(Estimate(0.20, 0.15, 0.25, 384), Estimate(0.052, 0.047, 0.058, 2000)).n
    384
    """
    return own if measured is None or not own.low <= measured.mean <= own.high else measured


def missed(rate: float) -> str:
    """How a rate misses alpha by more than a point: more, fewer, or not at all.

    >>> missed(0.067), missed(0.03), missed(0.055)
    ('more', 'fewer', '')
    """
    return MORE if rate > ALPHA + TOLERANCE else FEWER if rate < ALPHA - TOLERANCE else ""


def surely_too_many(alarms: Estimate) -> bool:
    """Whether a rate is above what is allowed with all of its interval, so that the analysis is not offered."""
    return alarms.low > ALPHA + TOLERANCE
