"""The one emulator, on functions with known answers and random numbers that all points share."""

import math

import numpy as np
import pytest
from scipy.stats import qmc

from simlead.statistics.emulator import Reference, corrected, fit_emulator
from simlead.statistics.errors import StatisticsError

SLOPES = np.array([0.12, 0.10, 0.05, 0.02, 0.0])
POINTS, REPLICATES, MANY = 24, 8, 400
SHARED, OWN = 0.35, 0.13
"""Noise that all points of a replicate share, and the rest: as of a construction group's growth of share."""


def generator(*key):
    return np.random.default_rng(key)


def spread_over(points, seed):
    return 2.0 * qmc.LatinHypercube(len(SLOPES), rng=np.random.default_rng(seed)).random(points) - 1.0


def truth(where):
    return 0.1 + where @ SLOPES


def simulated(world, where, tilt=0.0):
    """Outcomes of a plane under common random numbers, and a reference with more replicates."""
    random = generator(world)
    common = random.normal(0.0, SHARED, MANY)
    tilts = generator(world, 1).normal(0.0, tilt, (len(SLOPES), REPLICATES))
    outcomes = truth(where)[:, None] + common[:REPLICATES] + random.normal(0.0, OWN, (len(where), REPLICATES))
    case = 0.2 + common + random.normal(0.0, OWN, MANY)
    return outcomes + where @ tilts, Reference(case[:REPLICATES], case)


@pytest.mark.parametrize(("with_reference", "tilt"), [
    (False, 0.0), pytest.param(True, 0.0, marks=pytest.mark.slow), (True, 0.2)])
def test_what_is_known_of_the_function_is_as_much_as_the_variance_says(with_reference, tilt):
    """Also where each replicate's random numbers tilt the surface: slopes are then known less well."""
    places, squares, within, errors, stated = spread_over(100, 0), [], [], [], []
    for world in range(16):
        where = spread_over(POINTS, world + 1)
        outcomes, reference = simulated(world, where, tilt)
        fitted = fit_emulator(where, outcomes, reference if with_reference else None)
        error, variance = fitted.mean(places) - truth(places), fitted.variance(places)
        squares.append((error**2 / variance).mean())
        within.append((error**2 <= 9.0 * variance).mean())
        errors.append((error**2).mean())
        stated.append(variance.mean())
    assert 0.3 < np.mean(squares) < 4.0 and np.mean(within) >= 0.95  # Pukelsheim's bound
    if with_reference and not tilt:
        assert math.sqrt(np.mean(stated)) < 0.6 * SHARED / math.sqrt(REPLICATES)  # the purpose of the reference
    if not with_reference:
        assert math.sqrt(np.mean(errors)) > 0.5 * SHARED / math.sqrt(REPLICATES)


def test_a_bend_is_found():
    random = generator(4)
    where = spread_over(40, 2)[:, :3]
    fitted = fit_emulator(where, (where[:, 0] + where[:, 0] ** 2)[:, None] + random.normal(0.0, 0.05, (40, 8)))
    assert fitted.mean(np.array([[0.5, 0.0, 0.0], [-0.5, 0.0, 0.0]])) == pytest.approx([0.75, -0.25], abs=0.06)
    assert fitted.left_out < 0.15 and fitted.one_run == pytest.approx(0.0025, rel=0.3)


def test_the_variance_of_the_level_is_that_of_shared_random_numbers_over_the_replicates():
    where = spread_over(POINTS, 1)
    common = generator(9).normal(0.0, 1.0, 60)
    fitted = fit_emulator(where, truth(where)[:, None] + common + generator(10).normal(0.0, 0.1, (POINTS, 60)))
    assert fitted.shared_noise == pytest.approx(common.var(ddof=1) / 60, rel=0.1)
    assert fitted.one_run == pytest.approx(1.01, rel=0.3)


def test_the_difference_of_two_places_is_known_better_than_their_levels():
    where = spread_over(POINTS, 3)
    fitted = fit_emulator(where, simulated(3, where)[0])
    here, there = where[:4], where[5:6]
    apart = fitted.difference_deviation(here, there)
    assert (apart < 0.8 * np.sqrt(fitted.variance(here) + fitted.variance(there))).all()


def test_the_width_of_the_ranges_changes_nothing():
    where = spread_over(POINTS, 4)
    outcomes, reference = simulated(4, where)
    one, other = fit_emulator(where, outcomes, reference), fit_emulator(100.0 * where, outcomes, reference)
    assert other.mean(100.0 * where) == pytest.approx(one.mean(where), abs=1e-5)
    assert other.variance(100.0 * where) == pytest.approx(one.variance(where), rel=1e-3)


def test_a_reference_corrects_a_mean_of_few_replicates():
    errors, stated = [], []
    for world in range(300):
        random = generator(world)
        common, own = random.normal(0.0, SHARED, 100), random.normal(0.0, OWN, (2, 100))
        mean, variance = corrected((1.0 + common + own[0])[:8], Reference((common + own[1])[:8], common + own[1]))
        errors.append(mean - 1.0)
        stated.append(variance)
    assert abs(np.mean(errors)) < 4.0 * np.std(errors) / math.sqrt(300)
    assert np.mean(np.square(errors)) == pytest.approx(np.mean(stated), rel=0.25)
    assert np.std(errors) < 0.6 * math.hypot(SHARED, OWN) / math.sqrt(8)  # without a reference


def test_a_correction_is_cochrans_in_every_term():
    """Closed form: slope 2, residuals 0 but for the echo of the many; then residuals of one."""
    few = np.array([1.0, 2.0, 3.0, 2.0])
    many = np.append(few, 7.0)
    mean, variance = corrected(2.0 * few, Reference(few, many))
    assert (mean, variance) == (pytest.approx(2.0 * many.mean()), pytest.approx(4.0 * many.var(ddof=1) / 5))
    level = np.array([1.0, 2.0, 3.0, 4.0])
    slope = ((level - 2.5) @ (few - 2.0)) / 2.0
    rest = level - 2.5 - slope * (few - 2.0)
    missed = many.mean() - 2.0
    mean, variance = corrected(level, Reference(few, many))
    assert mean == pytest.approx(2.5 + slope * missed)
    assert variance == pytest.approx(
        rest @ rest / 2 * (1 / 4 + missed**2 / 2.0) + slope**2 * many.var(ddof=1) / 5)
    assert corrected(level, None) == (2.5, pytest.approx(level.var(ddof=1) / 4))


def test_one_replicate_and_few_points_are_refused():
    with pytest.raises(StatisticsError, match="two or more"):
        fit_emulator(np.zeros((9, 1)), np.ones((9, 1)))
    with pytest.raises(StatisticsError, match="5 or more"):
        fit_emulator(np.zeros((4, 1)), np.ones((4, 2)))
