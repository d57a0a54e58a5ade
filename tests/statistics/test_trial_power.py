"""Power of trials from simulated firms: intervals that count trials of one firm once, and closed forms."""

import math

import numpy as np
import pytest
from trial_noise import noise

from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import Estimate
from simlead.statistics.power import smallest_detectable
from simlead.statistics.randomisation import randomisation_test
from simlead.statistics.trial_designs import parallel, stepped, treated_periods
from simlead.statistics.trial_estimators import difference_in_differences
from simlead.statistics.trial_power import (
    rate_over_firms,
    read_by,
    read_by_randomisation,
    smallest_shift,
    t_test_power,
)


def test_trials_of_one_firm_that_agree_count_once():
    random = np.random.default_rng(1)
    firms = random.random(400) < 0.3
    alone, repeated = rate_over_firms(firms[:, None]), rate_over_firms(np.repeat(firms[:, None], 5, axis=1))
    assert (alone.mean, alone.low, alone.high) == pytest.approx((repeated.mean, repeated.low, repeated.high))


def test_trials_that_know_nothing_of_each_other_count_each():
    random = np.random.default_rng(2)
    wide, one = rate_over_firms(random.random((400, 5)) < 0.3), rate_over_firms(random.random((400, 1)) < 0.3)
    assert (wide.high - wide.low) < 0.6 * (one.high - one.low)


def test_the_interval_holds_the_rate_as_often_as_it_says():
    # Firms whose own rates differ. 95 % of 1,000 intervals: fewer than 915 or more than 978 has a probability below
    # 1e-5 if the coverage is 95 %; intervals of this kind are wider, not narrower.
    random = np.random.default_rng(3)
    held = 0
    for _ in range(1000):
        of_firms = random.beta(2.0, 6.0, size=150)
        found = rate_over_firms(random.random((150, 3)) < of_firms[:, None])
        held += found.low <= 0.25 <= found.high
    assert 915 <= held <= 985


def test_nothing_and_everything_seen_have_intervals_of_the_firms():
    assert rate_over_firms(np.zeros((50, 6))).high == pytest.approx(1.0 - 0.025 ** (1 / 50))
    assert rate_over_firms(np.ones((50, 6))).low == pytest.approx(0.025 ** (1 / 50))


def test_weights_are_those_of_the_firms():
    found = rate_over_firms(np.array([[1.0], [0.0]]), np.array([3.0, 1.0]))
    assert found.mean == pytest.approx(0.75)


def test_the_smallest_shift_is_that_of_the_noncentral_t():
    design = parallel(8, 4, base=1, after=1)
    panels = noise(8, 2, draws=6000, seed=4, level=0.0, common=0.0)
    read = read_by(difference_in_differences, panels, design)
    found = smallest_shift(lambda shift: rate_over_firms((read.p_values(shift) <= 0.05)[:, None]), 1.0)
    error = math.sqrt(2.0 * (1 / 4 + 1 / 4))
    assert found.low < found.value < found.high
    assert float(t_test_power(found.low, error, 6.0)) < 0.8 < float(t_test_power(found.high, error, 6.0))


def test_a_shift_is_what_adding_the_effect_to_the_panels_is():
    for design, read in ((parallel(6, 3, 1, 1), lambda p, d: read_by(difference_in_differences, p, d)),
                         (stepped(4, base=2, step=1, after=2), read_by_randomisation)):
        panels = noise(design.clusters, design.periods, draws=40, seed=5)
        added = panels + 0.7 * treated_periods(design)
        assert read(panels, design).p_values(0.7) == pytest.approx(read(added, design).p_values(0.0))


def test_randomisation_readings_are_the_randomisation_test():
    design = stepped(4, base=2, step=1, after=2)
    panels = noise(4, 7 if design.periods == 7 else design.periods, draws=50, seed=6)
    assert read_by_randomisation(panels, design).p_values(0.0) == pytest.approx(
        randomisation_test(panels, design).p_value)


def test_too_few_ways_to_deal_are_refused():
    with pytest.raises(StatisticsError, match="smallest p-value"):
        read_by_randomisation(np.zeros((1, 4, 2)), parallel(4, 2, 1, 1))


def test_power_by_formula_is_that_of_simulated_panels():
    design = parallel(4, 2, base=1, after=1)
    panels = noise(4, 2, draws=8000, seed=7, level=0.0, common=0.0)
    read = read_by(difference_in_differences, panels, design)
    for shift in (0.0, 2.0, 6.0):
        formula = float(t_test_power(shift, math.sqrt(2.0), 2.0))
        seen = rate_over_firms((read.p_values(shift) <= 0.05)[:, None], confidence=0.9999)
        assert seen.low <= formula <= seen.high
    test = lambda values: difference_in_differences(values, design).p_value  # noqa: E731
    older = smallest_detectable(test, panels, treated_periods(design).astype(float))
    newer = smallest_shift(lambda shift: rate_over_firms((read.p_values(shift) <= 0.05)[:, None]), 1.0)
    assert newer.value == pytest.approx(older.size, rel=2e-3)


def test_an_effect_that_is_never_seen_is_infinite():
    assert smallest_shift(lambda shift: Estimate(0.1, 0.0, 0.2, 9), 1.0).value == math.inf
    assert smallest_shift(lambda shift: Estimate(1.0, 1.0, 1.0, 9), 0.0).value == math.inf
