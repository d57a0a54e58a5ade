"""Intervals from draws hold a fresh draw as often as they state: draws from N(0, 1), where that is exact for each.

Of an interval of normal draws, the probability that it holds another one is known. Its mean over many intervals is
compared with what they state; seeds are fixed, and a false alarm has a probability of 1e-4.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simlead.statistics import decisions
from simlead.statistics.percentiles import percentile_interval
from simlead.study.trial import worth

ALMOST_SURE = stats.norm.isf(0.5e-4)
STUDIES = 1_500


def normal(draws, studies=STUDIES, seed=1):
    return np.random.Generator(np.random.Philox(seed)).normal(size=(draws, studies))


def excess(low, high, confidence):
    """By how much intervals hold a fresh draw more often than they state, and by how much that may be off."""
    held = stats.norm.cdf(high) - stats.norm.cdf(low)
    return held.mean() - confidence, ALMOST_SURE * held.std(ddof=1) / math.sqrt(len(held))


def of_policies(draws, confidence):
    few = draws[:, :300]
    count = few.shape[1]
    table = decisions._policies([str(number) for number in range(count)], np.zeros(count), few, np.zeros((8, count)),
                                np.full(8, 0.125), confidence)
    return table["low"].to_numpy(), table["high"].to_numpy()


class PlantedOptions:
    """Stands for a prior of which each draw of the worlds has options worth a normal number."""

    weights = np.full(8, 0.125)

    def __init__(self, values):
        self.values = iter(values)

    def options(self, price, row=None):
        return dict.fromkeys(worth.OPTIONS, 0.0 if row is None else next(self.values))


PLACES = {"the function": percentile_interval, "policies": of_policies}


@pytest.mark.parametrize("confidence", [0.9, 0.95])
@pytest.mark.parametrize("draws", [100, 200])
@pytest.mark.parametrize("place", PLACES)
def test_an_interval_of_few_draws_holds_a_fresh_one_as_often_as_it_states(place, draws, confidence):
    missed, slack = excess(*PLACES[place](normal(draws), confidence), confidence)
    assert abs(missed) < slack


def test_so_does_that_of_the_options_of_a_trial():
    draws = normal(worth.BOOTSTRAPS, 150)
    tables = [worth.option_table(PlantedOptions(study), 0.0, 0) for study in draws.T]
    missed, slack = excess(*np.array([table.loc[0, ["low", "high"]].to_list() for table in tables]).T, 0.95)
    assert abs(missed) < slack


@pytest.mark.parametrize("draws", [100, 200])
def test_the_planted_fault_of_numpys_default_is_caught(draws):
    missed, slack = excess(*np.quantile(normal(draws, 300), [0.025, 0.975], axis=0), 0.95)
    assert missed < -slack
    assert missed == pytest.approx(0.95 * (draws - 1) / (draws + 1) - 0.95, abs=slack)


def test_tails_beyond_the_draws_end_at_them_and_what_is_missing_does_not_count():
    draws = [3.0, math.nan, 1.0, 2.0]
    assert tuple(map(float, percentile_interval(draws, 0.99))) == (1.0, 3.0)
    assert tuple(map(float, percentile_interval(draws, 0.5))) == (1.0, 3.0)
    assert tuple(map(float, percentile_interval(draws, 0.25))) == (1.5, 2.5)
