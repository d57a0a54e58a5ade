"""The emulator of sums, on functions with known answers."""

import numpy as np
import pytest

from simlead.statistics.additive import Additive, fit_additive, terms
from simlead.statistics.errors import StatisticsError


def random(seed):
    return np.random.Generator(np.random.Philox(seed))


def planted(seed, points=200, inputs=30, noise=0.5):
    """Points, outcomes, and the sum of lines and one parabola that is behind them."""
    generator = random(seed)
    where = generator.uniform(-1.0, 1.0, (points, inputs))
    slopes = generator.normal(0.0, 1.0, inputs) * (np.arange(inputs) % 4 == 0)

    def truth(places):
        return 5.0 + places @ slopes + 0.8 * places[:, 1] ** 2

    return where, truth(where) + generator.normal(0.0, noise, points), truth, generator


def test_a_sum_is_found_and_its_error_is_known():
    where, outcomes, truth, generator = planted(1)
    fitted = fit_additive(where, outcomes, 0.25)
    places = generator.uniform(-1.0, 1.0, (400, 30))
    errors = fitted.emulator.mean(places) - truth(places)
    claimed = np.sqrt(fitted.emulator.variance(places))
    assert np.sqrt((errors**2).mean()) < 0.35 < truth(places).std() / 2
    assert 0.6 < np.sqrt(((errors / claimed) ** 2).mean()) < 1.5
    assert fitted.emulator.rest == pytest.approx(0.25, rel=0.35)


def test_points_are_smoothed_by_as_much_as_their_noise_is_noise():
    where, outcomes, truth, _ = planted(2)
    smooth, raw = fit_additive(where, outcomes, 0.25), fit_additive(where, outcomes, 0.0)
    assert raw.values == pytest.approx(outcomes) and raw.deviation == pytest.approx(0.0, abs=1e-9)
    errors = smooth.values - truth(where)
    assert np.sqrt((errors**2).mean()) < 0.35
    assert np.sqrt((smooth.deviation**2).mean()) == pytest.approx(np.sqrt((errors**2).mean()), rel=0.3)


def test_a_point_left_out_is_what_the_others_say():
    where, outcomes, _, _ = planted(3, points=40, inputs=3)
    fitted = fit_additive(where, outcomes)
    others = fit_additive(where[1:], outcomes[1:])
    assert fitted.left_out[0] == pytest.approx(outcomes[0] - others.emulator.mean(where[:1])[0], abs=0.05)


def test_more_inputs_than_points_are_shrunk_and_not_fitted():
    generator = random(4)
    where = generator.uniform(-1.0, 1.0, (40, 60))
    outcomes = generator.normal(3.0, 1.0, 40)
    fitted = fit_additive(where, outcomes)
    assert fitted.emulator.mean(generator.uniform(-1.0, 1.0, (100, 60))) == pytest.approx(3.0, abs=1.0)
    assert fitted.emulator.rest > 0.4


def test_constant_outcomes_are_known_and_bad_input_is_refused():
    where = random(5).uniform(-1.0, 1.0, (10, 2))
    assert fit_additive(where, np.full(10, 2.0)).emulator.mean(where).tolist() == [2.0] * 10
    with pytest.raises(StatisticsError, match="points = 5"):
        fit_additive(where[:5], np.ones(5))
    with pytest.raises(StatisticsError, match="not finite"):
        fit_additive(where, np.full(10, np.nan))


def test_the_terms_of_a_sum_are_orthogonal_under_a_flat_distribution():
    places = np.linspace(-1.0, 1.0, 20_001)[:, None]
    products = terms(places).T @ terms(places) / len(places)
    assert products - np.diag(np.diag(products)) == pytest.approx(0.0, abs=1e-3)
    assert Additive(np.array([1.0, 2.0, 0.0]), np.eye(3), 0.0).mean(np.array([[0.5]])).tolist() == [2.0]
