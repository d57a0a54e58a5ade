"""Judging a claim: verdicts from probabilities, closed forms of each kind, and planted claims of each kind."""

import math

import numpy as np
import pytest
from scipy.stats import binom

from simlead.model.parameters import ParameterError
from simlead.study import records
from simlead.study.claims.judging import by_optimum, by_region, more_often_than, orders, probabilities, verdict
from simlead.study.records import ASSUMED, CLASSES, INPUT_READ_BACK, NO_MECHANISM, TESTED, Region

ABOVE = Region(low=0.01)


def normal(mean, sd, count=40_000, seed=1):
    return mean + sd * np.random.Generator(np.random.Philox(key=seed)).standard_normal(count)


def chance(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@pytest.mark.parametrize(("probability", "depends", "said"), [
    (1.0, False, "holds"), (0.951, False, "holds"), (0.95, False, "probably"), (0.81, True, "probably"),
    (0.8, True, "depends"), (0.8, False, "open"), (0.5, True, "depends"), (0.2, False, "open"),
    (0.19, True, "probably not"), (0.05, False, "probably not"), (0.049, True, "does not hold"),
    (0.0, False, "does not hold"),
])
def test_a_verdict_follows_from_the_probability(probability, depends, said):
    assert verdict(probability, depends) == said


def test_whatever_follows_a_claim_that_is_assumed_or_not_testable_is_neither_true_nor_false():
    for probability in (0.0, 0.5, 1.0):
        assert verdict(probability, True, ASSUMED) == "assumed"
        assert {verdict(probability, standing=no) for no in (INPUT_READ_BACK, NO_MECHANISM)} == {"not testable here"}


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan, "0.5", None])
def test_a_probability_that_cannot_be_is_refused(probability):
    with pytest.raises(ParameterError, match="probability"):
        verdict(probability)
    with pytest.raises(ParameterError, match="standing"):
        verdict(0.5, standing="sure")


def test_a_direction_has_the_probabilities_of_its_normal_distribution():
    found = probabilities(by_region(normal(0.02, 0.02)[None], ABOVE, 0.01), np.ones(40_000))
    exact = {"holds": chance(0.5), "no difference": chance(-0.5) - chance(-1.5), "reverse": chance(-1.5)}
    for name, value in exact.items():  # within 4 standard errors of 40,000 draws, each false alarm 6e-5
        assert found[name] == pytest.approx(value, abs=4 * math.sqrt(value * (1 - value) / 40_000))
    assert found["otherwise"] == 0.0 and sum(found.values()) == pytest.approx(1.0)


def test_an_effect_of_exactly_the_smallest_of_interest_holds_and_just_below_it_does_not_matter():
    assert [CLASSES[place] for place in by_region(np.array([[0.01, 0.01 - 1e-9, -0.01, -0.01 - 1e-9]]), ABOVE, 0.01)
            ] == ["holds", "no difference", "no difference", "reverse"]


def test_a_claim_below_zero_is_a_mirror_of_one_above():
    effects = normal(0.0, 0.02, 500)[None]
    assert (by_region(effects, ABOVE, 0.01) == by_region(-effects, Region(high=-0.01), 0.01)).all()


def test_a_size_tells_less_than_claimed_from_nothing_and_from_the_reverse():
    found = by_region(np.array([[1.2, 1.0, 0.99, 0.4, 0.1, 0.0, -0.1, -0.2]]), Region(low=1.0), 0.1)
    assert found.tolist() == [0, 0, 3, 3, 1, 1, 1, 2]


def test_that_nothing_happens_is_refuted_by_more_than_that():
    assert by_region(np.array([[-0.5, 0.0, 0.02, 0.021]]), Region(high=0.02), 0.02).tolist() == [0, 0, 0, 2]


def test_several_parts_must_all_hold_and_any_of_them_reverses():
    parts = np.array([[0.05, 0.05, 0.00, 0.05], [0.05, -0.05, 0.00, 0.00]])
    assert by_region(parts, ABOVE, 0.01).tolist() == [0, 2, 1, 3]


def test_independent_parts_hold_with_the_product_of_their_probabilities():
    parts = np.array([normal(0.02, 0.02, seed=1), normal(0.02, 0.02, seed=2)])
    assert (by_region(parts, ABOVE, 0.01) == 0).mean() == pytest.approx(chance(0.5) ** 2, abs=4 * 0.0025)


def test_three_causes_that_are_the_same_have_six_orders_of_the_same_probability():
    found = orders(np.array([normal(0.0, 1.0, seed=seed) for seed in (1, 2, 3)]), np.ones(40_000))
    assert len(found) == 6 and sum(found.values()) == pytest.approx(1.0)
    assert max(found.values()) < 1 / 6 + 4.5 * math.sqrt(5 / 36 / 40_000)  # 6 x 2 tails at 4.5: 4e-5


def test_two_causes_change_places_with_the_probability_of_their_difference():
    both = np.array([normal(1.0, 3.0, seed=1), normal(0.0, 4.0, seed=2)])
    assert orders(both, np.ones(40_000))[0, 1] == pytest.approx(chance(1.0 / 5.0), abs=4 * 0.0025)


def test_weights_count():
    assert probabilities(np.array([0, 1, 2, 3]), np.array([4.0, 3.0, 2.0, 1.0])) == pytest.approx(
        {"holds": 0.4, "no difference": 0.3, "reverse": 0.2, "otherwise": 0.1})


def test_a_best_plan_is_right_wrong_or_tied():
    plans = np.linspace(0.1, 0.8, 8)

    def judged(best, curvature):
        return CLASSES[by_optimum((1.0 - curvature * (plans - best) ** 2)[:, None], 4, 0.01)[0]]

    assert judged(0.5, 1.0) == judged(0.55, 1.0) == "holds"
    assert judged(0.7, 1.0) == judged(0.3, 1.0) == "reverse"
    assert judged(0.7, 0.02) == "no difference"


def test_near_the_best_means_within_the_smallest_effect():
    assert by_optimum(np.array([[1.0, 1.0], [1.01 - 1e-9, 1.01 + 1e-9], [0.9, 0.9]]), 0, 0.01).tolist() == [0, 2]


def test_the_fraction_of_firms_is_believed_as_far_as_their_number_goes():
    # Jeffreys' probability is a mean of the two binomial tails to within a few percent.
    for hits, n in ((5, 40), (1, 60), (12, 200)):
        tails = binom.cdf(hits, n, 0.05), binom.cdf(hits - 1, n, 0.05)
        assert tails[1] < more_often_than(hits / n, n, 0.05) < tails[0]
    assert more_often_than(0.1, 1e6, 0.05) == pytest.approx(1.0)
    assert more_often_than(0.01, 1e6, 0.05) == pytest.approx(0.0)
    assert math.isnan(more_often_than(0.1, 0.0, 0.05))


def test_every_kind_and_standing_has_a_word_of_its_own():
    assert len(set(records.KINDS)) == 6 and len(set(records.VERDICTS)) == 8
    assert TESTED in records.STANDINGS and len(set(records.STANDINGS)) == 4
