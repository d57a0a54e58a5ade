"""The construction group's arithmetic, and history matching on functions with known answers."""

import math

import numpy as np
import pytest

from simlead.model.parameters import ParameterError
from simlead.study.claims.history import CUTOFF, implausibility, waves
from simlead.study.claims.readings import READINGS, arithmetic, years_to_double

BY_KEY = {reading.key: reading for reading in READINGS}


def test_one_period_contradicts_itself():
    assert BY_KEY["one_year"].revenue_total == pytest.approx(1.47 * 1.13 - 1)
    assert [reading.key for reading in READINGS if not reading.consistent] == ["one_year"]


@pytest.mark.parametrize(("key", "growth"), [("three_years", 1.12), ("two_years", 1.76), ("revenue", 1.16)])
def test_the_other_readings_double_the_firm(key, growth):
    assert BY_KEY[key].revenue_total == pytest.approx(growth, abs=0.005)


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.key)
def test_firm_share_and_market_are_one_identity(reading):
    assert 1 + reading.revenue_total == pytest.approx((1 + reading.share_total) * (1 + reading.market_total))


def test_a_firm_has_doubled_after_the_years_to_double():
    for share_yearly, market_yearly in ((True, True), (False, True), (True, False)):
        years = years_to_double(0.47, 0.13, share_yearly, market_yearly)
        grown = 1.47 ** (years if share_yearly else 1) * 1.13 ** (years if market_yearly else 1)
        assert grown == pytest.approx(2.0)
    assert years_to_double(0.47, 0.36, False, False) == math.inf
    assert years_to_double(0.77, 0.13, False, False) == 0.0


def test_the_table_has_a_row_a_reading():
    assert arithmetic()["reading"].tolist() == list(BY_KEY)


# --- history matching


def line(table, noise=0.02, replicates=4, seed=1):
    """y = a, whatever b is, with some luck."""
    luck = np.random.Generator(np.random.Philox(key=seed)).normal(0.0, noise, (len(table), replicates))
    return table["a"].to_numpy(float)[:, None] + luck


def test_implausibility_counts_standard_deviations():
    outcomes = np.array([[-1.0, 1.0], [4.0, 6.0]])  # a spread of 2 for each firm, 1 for the mean of two
    assert implausibility(outcomes, 3.0, one_firm=False).tolist() == [3.0, 2.0]
    assert implausibility(outcomes, 3.0) == pytest.approx([math.sqrt(3.0), 2.0 / math.sqrt(3.0)])
    assert (implausibility(outcomes, 3.0, tolerance=9.0) < 0.4).all()


def test_without_any_luck_only_the_observation_itself_is_plausible():
    assert implausibility(np.array([[1.0, 1.0], [2.0, 2.0]]), 2.0).tolist() == [math.inf, 0.0]


def test_one_replicate_cannot_tell_its_luck():
    with pytest.raises(ParameterError, match="two or more"):
        implausibility(np.array([[1.0]]), 1.0)


def test_the_truth_is_not_ruled_out():
    # By Pukelsheim's bound and for normal luck, .27 % of true points lie beyond 3 deviations; of 2,000 not over 1 %.
    generator = np.random.Generator(np.random.Philox(key=3))
    ruled_out = 0
    for _ in range(200):
        outcomes = generator.normal(0.0, 1.0, (10, 4))
        ruled_out += (implausibility(outcomes, float(generator.normal()), one_firm=True) > CUTOFF).sum()
    assert ruled_out / 2000 < 0.01


def test_waves_close_in_on_what_matters_and_leave_the_rest():
    found, outcomes = waves(line, {"a": (0.0, 1.0), "b": (0.0, 1.0)}, 0.7, points=60, count=3, keep=0.05)
    assert len(found) == len(outcomes) == 180
    last = found[found["wave"] == 3]
    assert 0.6 < last["a"].min() < 0.7 < last["a"].max() < 0.8
    assert last["b"].max() - last["b"].min() > 0.4


def test_an_observation_out_of_reach_is_reached_by_nothing():
    found, outcomes = waves(line, {"a": (0.0, 1.0)}, 3.0, points=30)
    assert implausibility(outcomes, 3.0, one_firm=False).min() > CUTOFF
    assert found[found["wave"] == 2]["a"].min() > 0.5  # the search still goes where it comes nearest


def test_a_search_is_the_same_again():
    one, _ = waves(line, {"a": (0.0, 1.0)}, 0.5, points=20, seed=4)
    two, _ = waves(line, {"a": (0.0, 1.0)}, 0.5, points=20, seed=4)
    other, _ = waves(line, {"a": (0.0, 1.0)}, 0.5, points=20, seed=5)
    assert one.equals(two) and not one.equals(other)
