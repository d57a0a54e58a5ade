"""Drivers of an effect over worlds: none is named by chance, and one that is there is."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simlead.statistics import drivers as module
from simlead.statistics.drivers import CLEAR, clear_drivers, drivers, main_drivers, normal_scores, worlds_differ

PARAMETERS = 40


def seeded(seed):
    return np.random.Generator(np.random.Philox(seed))


def named(trials, worlds, effect, seed, weighted=False, noise_sd=1.0):
    """How often any of many parameters, none of which does anything, is named."""
    random, found = seeded(seed), 0
    for _ in range(trials):
        drawn = random.random((worlds, PARAMETERS))
        values = (effect(random, worlds)[:, None] + noise_sd * random.normal(size=(worlds, 2)))[:, :, None]
        own = np.exp(0.4 * random.normal(size=worlds)) if weighted else np.ones(worlds)
        found += bool(clear_drivers(drawn, values, own / own.sum()).named)
    return found


def most(trials):
    """Named at most so often in all but one of 100,000 such tests, if the rate is what is stated."""
    return int(stats.binom.ppf(1.0 - 1e-5, trials, CLEAR))


KINDS = {
    "worlds that do not differ": lambda random, worlds: np.zeros(worlds),
    "worlds that differ by what is not drawn": lambda random, worlds: 3.0 * random.normal(size=worlds),
    "a few worlds far away": lambda random, worlds: 3.0 * random.standard_t(2.0, size=worlds),
}


@pytest.mark.parametrize("worlds", [16, 60])
@pytest.mark.parametrize("kind", KINDS)
def test_no_driver_is_named_by_chance(kind, worlds):
    assert named(150, worlds, KINDS[kind], seed=1) <= most(150)


def test_nor_with_weights():
    assert named(150, 40, KINDS["worlds that differ by what is not drawn"], seed=2, weighted=True) <= most(150)


def test_the_planted_fault_of_means_taken_as_they_are_is_caught(monkeypatch):
    """Without normal scores and Holm's correction, of 40 parameters one is nearly always below .01."""
    monkeypatch.setattr(module, "CLEAR", 0.3)
    assert named(150, 16, KINDS["a few worlds far away"], seed=3) > most(150)


def planted(worlds, share, seed, noise_sd=0.5):
    """A driver that is this share of the variance between worlds, among parameters that do nothing."""
    random = seeded(seed)
    drawn = pd.DataFrame(random.random((worlds, PARAMETERS)), columns=[f"p{n}" for n in range(PARAMETERS)])
    effect = np.sqrt(12.0 * share) * (drawn["p7"].to_numpy() - 0.5) + np.sqrt(1.0 - share) * random.normal(size=worlds)
    return drawn, effect[:, None] + noise_sd * random.normal(size=(worlds, 2))


@pytest.mark.parametrize(("worlds", "share"), [(32, 0.7), (100, 0.4)])
def test_a_driver_that_is_there_is_named_and_no_other(worlds, share):
    drawn, differences = planted(worlds, share, seed=4)
    assert main_drivers(drivers(drawn, differences, 0.1))["parameter"].tolist() == ["p7"]


def test_with_few_worlds_or_much_noise_even_a_driver_that_is_there_is_not_named():
    for drawn, differences in (planted(10, 0.9, seed=5), planted(40, 0.9, seed=6, noise_sd=12.0)):
        found = drivers(drawn, differences, 0.1)
        assert main_drivers(found).empty and (found["p_value"] >= CLEAR).all()


def test_the_worlds_p_value_is_even_where_they_do_not_differ():
    random = seeded(7)
    values = [worlds_differ(random.normal(size=(30, 2, 1)), np.full(30, 1 / 30)) for _ in range(400)]
    assert stats.kstest(values, "uniform").pvalue > 1e-4


def test_normal_scores_keep_the_order_and_forget_how_far():
    far = np.array([[0.0], [1.0], [1e9], [2.0]])
    scores = normal_scores(far, np.full(4, 0.25)).ravel()
    assert scores.argsort().tolist() == [0, 1, 3, 2] and abs(scores).max() < 2.0
