"""Each term of each estimator: closed forms that a dropped term, a flipped sign or n for n - 1 would miss."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import chi2

from simlead.statistics.allocation import ocba_shares
from simlead.statistics.boxes import cases_of, find_box, p_value
from simlead.statistics.elimination_rules import Intervals, OneWinner
from simlead.statistics.emulator import Reference, fit_emulator
from simlead.statistics.intervals import mean_interval, ratio_of_means
from simlead.statistics.kriging import Kriged, Smoothness
from simlead.statistics.morris import effects
from simlead.statistics.noise import moderated_variances, noise_of_runs
from simlead.statistics.over_worlds import moments
from simlead.statistics.replicates import Sampling, _jackknife, cross, estimated
from simlead.statistics.sobol import indices


def generator(seed):
    return np.random.default_rng(seed)


def test_the_jackknife_of_a_mean_is_its_squared_standard_error():
    values = generator(1).normal(size=(9, 1))
    without = np.array([np.delete(values, place, axis=0).mean(axis=0) for place in range(9)])
    assert _jackknife(without) == pytest.approx(values.var(axis=0, ddof=1) / 9)


def test_sobol_indices_of_a_sum_over_a_full_factorial_are_exact():
    corners = np.array(list(itertools.product([0.0, 1.0], repeat=4)))
    a, b = corners[:, :2], corners[:, 2:]
    swapped = [np.where(np.arange(2) == j, b, a) for j in range(2)]
    values = np.stack([3 * x[:, 0] + x[:, 1] for x in (a, *swapped, b)], axis=1)[:, :, None]
    assert indices(values, np.full((1, 16), 1 / 16))[0] == pytest.approx([0.9, 0.1, 0.9, 0.1])


def test_morris_sigma_has_the_sample_standard_deviation():
    values = generator(2).normal(1.0, 2.0, (6, 3, 1))
    found = effects(values, np.full((1, 6), 1 / 6))[0]
    assert found[:3] == pytest.approx(values[:, :, 0].mean(axis=0))
    assert found[3:6] == pytest.approx(np.abs(values[:, :, 0]).mean(axis=0))
    assert found[6:] == pytest.approx(values[:, :, 0].std(axis=0, ddof=1))


def test_products_of_different_replicates_have_no_noise_on_average():
    noise = generator(3).normal(size=(200_000, 3))
    assert cross(noise, noise).mean() == pytest.approx(0.0, abs=0.01)
    assert cross(2.0 + noise, 2.0 + noise).mean() == pytest.approx(4.0, abs=0.02)


def test_the_covariance_of_two_means_counts_the_replicates_that_both_have():
    random = generator(4)
    common = random.normal(size=12)
    table = np.tile(common, (6, 1)) + random.normal(0.0, 1e-3, (6, 12))
    table[1, 8:] = np.nan
    covariance = noise_of_runs(np.linspace(0, 1, 6)[:, None], table).covariance
    # Nearly one series: s^2 m / (n_i n_j), m of 12 and 8 replicates in common.
    assert covariance[0, 2] * 12 == pytest.approx(covariance[0, 0] * 12, rel=1e-3)
    correlation = covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    assert correlation == pytest.approx(math.sqrt(8 / 12), rel=1e-3)


def test_variances_are_moderated_by_as_much_as_their_spread_says():
    """Prior of 10 degrees of freedom, samples of 5: the weight of a sample variance is 5 / (5 + 10)."""
    random = generator(5)
    true = 10.0 / chi2.rvs(10, size=20_000, random_state=random)
    sample = true * chi2.rvs(5, size=20_000, random_state=random) / 5
    moderated = moderated_variances(sample, np.full(20_000, 5))
    assert np.polyfit(sample, moderated, 1)[0] == pytest.approx(1 / 3, abs=0.02)


def test_leaving_a_point_out_is_what_fitting_without_it_predicts():
    random = generator(6)
    where, values = random.random((9, 2)), random.normal(size=9)
    noise, smooth = np.diag(random.uniform(0.1, 0.3, 9)), Smoothness(1.0, np.array([0.5, 0.8]), common=2.0)
    predicted, deviation = Kriged(where, values, noise, smooth).leave_one_out()
    for place in range(9):
        others = np.arange(9) != place
        rest = Kriged(where[others], values[others], noise[np.ix_(others, others)], smooth)
        assert predicted[place] == pytest.approx(rest.mean(where[[place]])[0])
        assert deviation[place] ** 2 == pytest.approx(rest.deviation(where[[place]])[0] ** 2 + noise[place, place])


def test_an_emulator_seen_through_a_reference_knows_its_level_as_well_as_the_many_tell():
    where = np.linspace(-1.0, 1.0, 9)[:, None]
    many = generator(7).normal(0.0, 1.0, 100)
    outcomes = 3.0 * where + 2.0 * many[:8] + generator(8).normal(0.0, 1e-3, (9, 8))
    fitted = fit_emulator(where, outcomes, Reference(many[:8], many))
    assert fitted.variance(np.zeros((1, 1)))[0] == pytest.approx(4.0 * many.var(ddof=1) / 100, rel=0.05)
    assert fitted.mean(np.zeros((1, 1)))[0] == pytest.approx(2.0 * many.mean(), abs=0.02)


def test_a_p_value_is_never_zero():
    pd = pytest.importorskip("pandas")
    x = np.linspace(0.0, 1.0, 60)
    cases = cases_of(pd.DataFrame({"x": x}), ["x"], x < 0.4)
    assert p_value(find_box(cases), cases, 19, generator(9)) == pytest.approx(1 / 20)


def test_the_variance_between_worlds_is_free_of_the_replicates_noise():
    values = generator(10).normal(size=(40, 3, 1)) + generator(11).normal(0.0, 2.0, (40, 1, 1))
    found = moments(values, np.full((1, 40), 1 / 40))
    of_world = values.mean(axis=(1, 2))
    assert found.replicate.item() == pytest.approx(values.var(axis=1, ddof=1).mean())
    assert found.mean.item() == pytest.approx(of_world.mean())
    assert found.world.item() == pytest.approx(of_world.var(ddof=1) - found.replicate.item() / 3)


def test_the_rules_of_elimination_are_those_of_their_papers():
    first = generator(12).normal(size=(10, 3))
    assert OneWinner.of(first, 1.0, 0.05).h2 == pytest.approx(9 * ((2 * 0.05 / 2) ** (-2 / 9) - 1))
    rule = Intervals.of(first, 1.0, 0.05)
    assert (rule.error, rule.g) == (0.025, 1.0)
    r, t2 = 50.0, float(rule.t_squared(np.array(50.0)))
    ratio = (1 + r) ** -0.5 * ((1 + t2 / (r - 1)) / (1 + t2 / ((r - 1) * (1 + r)))) ** (r / 2)
    assert ratio == pytest.approx(1 / rule.error)  # the likelihood ratio of t stands at 1 / a on the boundary


def test_ocba_gives_by_squared_noise_over_lead():
    shares = ocba_shares([0.0, 2.0, 3.0], [1.0, 3.0, 2.0])
    assert shares[1] / shares[0] == pytest.approx((3.0 / 1.0) ** 2 / (1.0 / 3.0) ** 2)
    assert shares[2] == pytest.approx(2.0 * math.sqrt(shares[0] ** 2 / 1.0 + shares[1] ** 2 / 9.0))


def test_an_interval_is_students_and_a_ratios_noise_has_both_parts():
    values = np.array([1.0, 2.0, 4.0, 7.0])
    assert mean_interval(values).half_width == pytest.approx(3.182446 * values.std(ddof=1) / 2, rel=1e-6)
    below = np.array([2.0, 2.0, 3.0, 3.0])
    ratio = values.sum() / below.sum()
    rest = values - ratio * below
    assert ratio_of_means(values, below).half_width == pytest.approx(
        3.182446 * rest.std(ddof=1) / 2 / below.mean(), rel=1e-6)


def test_the_error_of_shared_random_numbers_is_that_of_the_replicates_mean():
    """Units that share all of their noise: the mean over units is as uncertain as the mean of the replicates."""
    shared = generator(13).normal(size=6)
    values = np.tile(shared, (20, 1, 1)) + generator(14).normal(0.0, 1e-6, (20, 1, 6))

    def mean(of, weights):
        return weights @ of.mean(axis=2)

    bounds = estimated(mean, values, Sampling(True, 0.95, 100, 0)).bounds()
    assert bounds.common[0] == pytest.approx(math.sqrt(shared.var(ddof=1) / 6), rel=0.2)
