"""The expected value of a trial: the exact answer of normal problems, its limits, never above perfect information."""

import math

import numpy as np
import pytest
from scipy import stats

from simlead.statistics.errors import StatisticsError
from simlead.statistics.value_of_trial import value_of_normal_trial, value_of_trial

WORLDS = stats.norm.ppf((np.arange(1_000) + 0.5) / 1_000)


def two_armed(mean, deviation, error):
    gains = mean + deviation * WORLDS
    return value_of_trial(np.column_stack([np.zeros_like(gains), gains]), gains, error)


@pytest.mark.parametrize("mean", [-1.0, 0.0, 0.3, 2.0])
@pytest.mark.parametrize("error", [0.1, 1.0, 4.0])
def test_a_two_armed_normal_problem_has_its_exact_answer(mean, error):
    found = two_armed(mean, 1.0, error)
    assert found.evsi == pytest.approx(value_of_normal_trial(mean, 1.0, error), abs=1e-3)
    # What will be believed afterwards is normal with this deviation; the trial changes the choice beyond 0.
    spread = 1.0 / math.hypot(1.0, error)
    assert found.chance_of_change == pytest.approx(stats.norm.sf(abs(mean) / spread), abs=2e-3)
    assert found.best_now == int(mean > 0.0) or mean == 0.0


def test_the_closed_form_is_the_mean_of_the_larger():
    noise = np.random.default_rng(0)
    gains = 0.2 + 1.5 * noise.standard_normal(200_000)
    shown = gains + 0.8 * noise.standard_normal(200_000)
    believed = 0.2 + (shown - 0.2) * 1.5**2 / (1.5**2 + 0.8**2)
    after = np.where(believed > 0.0, gains, 0.0)
    assert abs(after.mean() - 0.2 - value_of_normal_trial(0.2, 1.5, 0.8)) < 4.0 * after.std() / math.sqrt(200_000)


def test_with_several_options_it_is_what_a_simulation_finds():
    """Three options and a signal of another parameter: worlds drawn, trials drawn, each decided by Bayes."""
    noise = np.random.default_rng(2)
    worth = noise.normal(size=(40, 3))
    shown, errors, prior = noise.normal(size=40), noise.uniform(0.3, 1.0, 40), noise.dirichlet(np.ones(40))
    found = value_of_trial(worth, shown, errors, prior)
    world = noise.choice(40, 100_000, p=prior)
    signal = shown[world] + errors[world] * noise.standard_normal(100_000)
    gained = np.empty(100_000)
    for part in np.array_split(np.arange(100_000), 40):
        joint = prior * stats.norm.pdf(signal[part, None], shown, errors)
        gained[part] = worth[world[part], (joint @ worth).argmax(axis=1)]
    assert abs(gained.mean() - (prior @ worth).max() - found.evsi) < 4.0 * gained.std() / math.sqrt(100_000)


def test_it_is_never_above_what_knowing_the_parameter_is_worth():
    noise = np.random.default_rng(1)
    for _ in range(40):
        worth, shown = noise.normal(size=(12, 3)) * noise.lognormal(0.0, 2.0), noise.normal(size=12)
        prior = noise.dirichlet(np.full(12, 0.5))
        found = value_of_trial(worth, shown, noise.lognormal(-1.0, 0.7), prior)
        evppi = prior @ worth.max(axis=1) - (prior @ worth).max()  # what the trial shows is all that is unknown
        assert 0.0 <= found.evsi <= found.evpi <= evppi + 1e-9


def test_a_better_trial_is_worth_more_up_to_knowing_and_one_that_shows_nothing_is_worth_nothing():
    values = [two_armed(0.2, 1.0, error).evsi for error in (0.05, 0.5, 2.0, 50.0)]
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(two_armed(0.2, 1.0, 1.0).evpi, rel=0.01)
    assert values[-1] < 1e-3 and two_armed(0.2, 1.0, math.inf).evsi == 0.0


def test_weights_are_probabilities():
    twice = value_of_trial([[0.0, -1.0], [0.0, 2.0], [0.0, 2.0]], [0.0, 2.0, 2.0], 1.0)
    weighted = value_of_trial([[0.0, -1.0], [0.0, 2.0]], [0.0, 2.0], 1.0, [1.0, 2.0])
    assert weighted.evsi == pytest.approx(twice.evsi)


@pytest.mark.parametrize(("arguments", "message"), [
    (([[0.0, 1.0]], [0.0], 1.0), "two or more of each"),
    (([[0.0], [1.0]], [0.0, 1.0], 1.0), "two or more of each"),
    (([[0.0, 1.0], [0.0, math.nan]], [0.0, 1.0], 1.0), "finite numbers"),
    (([[0.0, 1.0], [0.0, 2.0]], [0.0], 1.0), "for each of 2 worlds"),
    (([[0.0, 1.0], [0.0, 2.0]], [0.0, 1.0], 0.0), "numbers above 0"),
    (([[0.0, 1.0], [0.0, 2.0]], [0.0, 1.0], [1.0, math.inf]), "either all are infinite or none"),
    (([[0.0, 1.0], [0.0, 2.0]], [0.0, 1.0], 1.0, [0.0, 0.0]), "not all 0"),
])
def test_what_has_no_value_is_refused_in_one_line(arguments, message):
    with pytest.raises(StatisticsError) as refusal:
        value_of_trial(*arguments)
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
    with pytest.raises(StatisticsError, match="one above 0"):
        value_of_normal_trial(0.0, 0.0, 1.0)


def test_a_choice_between_options_that_are_worth_the_same_is_no_change():
    worth = np.column_stack([np.arange(16.0), np.arange(16.0) * (1.0 + 1e-13)])
    found = value_of_trial(worth, np.arange(16.0), 2.0)
    assert found.chance_of_change == 0.0 and found.evsi == pytest.approx(0.0, abs=1e-9)
