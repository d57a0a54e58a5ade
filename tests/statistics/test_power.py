"""Power from simulated data is the noncentral t distribution's, and the smallest detectable effect its inverse."""

import math

import numpy as np
import pytest
from scipy import optimize, stats
from trial_noise import noise

from simlead.statistics.errors import StatisticsError
from simlead.statistics.power import power_curve, rejection_rate, smallest_detectable
from simlead.statistics.trial_designs import parallel, treated_periods
from simlead.statistics.trial_estimators import difference_in_differences

DESIGN = parallel(8, 4, base=6, after=6)
ERROR = math.sqrt((1 / 6 + 1 / 6) * (1 / 4 + 1 / 4))
"""Standard error of the difference in differences of independent normal periods of variance 1."""


def by_students_t(size, alpha=0.05):
    limit, shift = stats.t.isf(alpha / 2, 6), size / ERROR
    return stats.nct.sf(limit, 6, shift) + stats.nct.cdf(-limit, 6, shift)


def seen(panels):
    return difference_in_differences(panels, DESIGN).p_value


def test_power_is_that_of_the_noncentral_t():
    draws = 8_000
    curve = power_curve(seen, noise(8, 12, draws), treated_periods(DESIGN).astype(float), [0.0, 0.5, 1.0, 2.0])
    for row in curve.itertuples():
        wanted = by_students_t(row.size)
        assert abs(row.power - wanted) < 4.0 * math.sqrt(wanted * (1.0 - wanted) / draws) + 1e-9
        assert row.low < row.power < row.high or row.power in (0.0, 1.0)
    assert curve["power"].is_monotonic_increasing and (curve["n"] == draws).all()


def test_the_smallest_detectable_effect_is_where_power_is_reached():
    found = smallest_detectable(seen, noise(8, 12, 4_000), treated_periods(DESIGN).astype(float), confidence=0.9999)
    wanted = optimize.brentq(lambda size: by_students_t(size) - 0.8, 0.1, 5.0)
    assert found.low < wanted < found.high and found.size == pytest.approx(wanted, rel=0.05)
    assert found.low < found.size < found.high
    assert found.false_alarms.low < 0.05 < found.false_alarms.high


def test_a_change_of_each_draws_own_is_taken_in_proportion():
    null = noise(8, 12, 500)
    moved = treated_periods(DESIGN) * np.random.default_rng(1).uniform(0.5, 1.5, (500, 1, 1))
    one, other = (smallest_detectable(seen, null, factor * moved) for factor in (1.0, 4.0))
    assert one.size == pytest.approx(4.0 * other.size, rel=1e-3)


def test_what_is_never_seen_is_infinite():
    found = smallest_detectable(seen, noise(8, 12, 200), np.zeros((8, 12)))
    assert found.size == found.low == found.high == math.inf


def test_a_rate_has_clopper_and_pearsons_interval():
    for number, below in ((50, 0), (50, 7), (50, 50)):
        found = rejection_rate(np.where(np.arange(number) < below, 0.01, 0.5))
        wanted = stats.binomtest(below, number).proportion_ci(0.95, method="exact")
        assert (found.low, found.high) == (pytest.approx(wanted.low), pytest.approx(wanted.high))


@pytest.mark.parametrize(("ask", "message"), [
    (lambda: power_curve(seen, np.zeros((8, 12)), np.zeros((8, 12)), [1.0]), "and of moved as many"),
    (lambda: power_curve(seen, np.zeros((3, 8, 12)), np.zeros((2, 8, 12)), [1.0]), "moved of shape (2, 8, 12)"),
    (lambda: power_curve(seen, np.full((3, 8, 12), np.nan), np.zeros((8, 12)), [1.0]), "finite numbers"),
    (lambda: smallest_detectable(seen, np.zeros((3, 8, 12)), np.zeros((8, 12)), power=0.05), "power = 0.05"),
    (lambda: rejection_rate(np.array([])), "at least one"),
])
def test_what_has_no_power_is_refused_in_one_line(ask, message):
    with pytest.raises(StatisticsError) as refusal:
        ask()
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
