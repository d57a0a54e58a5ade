"""Effects over worlds, what drives them, and decisions: planted worlds whose truth is known in closed form.

In place of the simulator stand linear functions of drawn parameters with normal noise. Bands of statistical tests are
four and a half standard deviations of what is counted (a false alarm in less than 100,000). Seeds are fixed.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simlead.statistics import answers
from simlead.statistics.answers import NUMBER_OF_WORLDS, RANDOM_NUMBERS, WORLD, effect_over_worlds
from simlead.statistics.decisions import decide
from simlead.statistics.drivers import drivers, main_drivers
from simlead.statistics.errors import StatisticsError
from simlead.statistics.over_worlds import effective_size, moments, weighted_quantiles, without_noise
from simlead.statistics.variance import relative_differences

TILT = 0.5
"""Worlds are drawn from N(0, 1); their weights exp(TILT z) make that N(TILT, 1)."""


def seeded(seed):
    return np.random.Generator(np.random.Philox(seed))


def planted(random, worlds, replicates, mean, world_sd, noise_sd, weighted=False):
    """Differences of matched pairs (worlds x replicates), and the worlds' weights."""
    z = random.normal(size=worlds)
    effects = mean - TILT * world_sd * weighted + world_sd * z
    differences = effects[:, None] + noise_sd * random.normal(size=(worlds, replicates))
    return differences, np.exp(TILT * z) if weighted else None


# --- the effect


def test_without_noise_the_interval_is_that_of_the_worlds():
    effects = stats.norm.ppf((np.arange(400) + 0.5) / 400)
    found = effect_over_worlds(np.stack([effects] * 2, axis=1), 0.5)
    assert found.mean == pytest.approx(0.0, abs=1e-12) and found.sd_random == 0.0 == found.sd_pair
    assert (found.world_low, found.world_high) == pytest.approx((-1.96, 1.96), abs=0.02)
    assert found.p_above_smallest == pytest.approx(stats.norm.sf(0.5), abs=0.01)
    assert found.p_above_smallest + found.p_no_difference + found.p_below_smallest == pytest.approx(1.0)
    assert found.limit == WORLD and found.world_share == 1.0


def test_one_world_in_many_copies_is_limited_by_random_numbers():
    found = effect_over_worlds(1.0 + seeded(1).normal(size=(50, 2)), 0.1)
    assert found.sd_world_low == 0.0
    assert found.limit == RANDOM_NUMBERS
    assert found.random_low < 1.0 < found.random_high and found.low < 1.0 < found.high
    assert found.half_width_more_runs < found.half_width and found.half_width_at_best < found.half_width_more_worlds


def test_few_worlds_that_differ_are_limited_by_their_number_and_many_by_the_world():
    random = seeded(31)
    few, many = (effect_over_worlds(planted(random, worlds, 2, 0.0, 1.0, 0.1)[0], 0.1) for worlds in (12, 200))
    assert few.limit == NUMBER_OF_WORLDS and few.half_width_more_worlds < 0.95 * few.half_width
    assert many.limit == WORLD
    assert effect_over_worlds(planted(random, 20, 2, 0.0, 1.0, 4.0)[0], 0.1).limit == RANDOM_NUMBERS


@pytest.mark.parametrize("weighted", [False, True])
def test_the_split_is_unbiased_with_two_replications(weighted):
    """The planted truth: variances 1 between worlds and 4 within, whose noise is two thirds of what the means show."""
    random = seeded(2)
    world, pair = [], []
    for _ in range(400):
        differences, weights = planted(random, 60, 2, 0.0, 1.0, 2.0, weighted)
        own = np.full(60, 1 / 60) if weights is None else weights / weights.sum()
        values = differences[..., None]
        found = moments(values, own[None])
        seen = found.seen.item() / (1.0 - (own**2).sum()) - found.replicate.item() / 2  # before it is cut at 0
        world.append(seen)
        pair.append(found.replicate.item())
    for found, truth, allowed in ((world, 1.0, 0.03 * weighted), (pair, 4.0, 0.0)):
        error = np.std(found) / math.sqrt(len(found))
        assert abs(np.mean(found) - truth) < 4.5 * error + allowed


def coverage(trials, weighted, seed, worlds=100, noise_sd=1.0):
    """How often the interval of both holds the effect of another world, and that of random numbers the mean here."""
    random = seeded(seed)
    both = here = 0
    for number in range(trials):
        differences, weights = planted(random, worlds, 2, 0.3, 1.0, 0.0, weighted)
        noisy = differences + noise_sd * random.normal(size=differences.shape)
        found = effect_over_worlds(noisy, 0.2, weights, seed=number)
        truth = np.average(differences[:, 0], weights=weights)
        both += found.low < 0.3 + random.normal() < found.high
        here += found.random_low < truth < found.random_high
    return both / trials, here / trials


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [False, True])
def test_intervals_cover_what_they_state(weighted):
    """With 500 trials a rate of 95 % is seen within 4.4 points, but for 1 in 100,000; 2 are granted to few worlds."""
    both, here = coverage(500, weighted, seed=3)
    assert 0.95 - 0.044 - 0.02 <= both <= 0.95 + 0.044
    assert 0.95 - 0.044 <= here <= 0.95 + 0.044


def test_intervals_cover_in_a_short_trial():
    both, here = coverage(40, True, seed=4)
    assert min(both, here) >= 0.95 - 4.5 * math.sqrt(0.95 * 0.05 / 40)


def test_noise_that_hides_the_worlds_makes_no_answer_certain():
    """Noise of five times the worlds' spread: an answer above .9 is seldom given, and an interval is no shorter.

    Without doubt about the variance between worlds, one answer in four said above .9 where .6 is true. Of 60 answers
    five or more are given for 1 in 100,000 only if more than one in 70 is.
    """
    random = seeded(8)
    found = [effect_over_worlds(planted(random, 50, 2, 0.3, 1.0, 5.0)[0], 0.2, seed=number) for number in range(60)]
    assert sum(answer.p_above_zero > 0.9 for answer in found) < 5
    assert np.median([answer.high - answer.low for answer in found]) > 2 * 1.96


@pytest.mark.parametrize("weighted", [False, True])
def test_an_effect_exactly_the_smallest_of_interest_is_even(weighted):
    """The mean of 30 probabilities, each of which is .5 but for the error of its mean."""
    random = seeded(5)
    found = []
    for number in range(30):
        differences, weights = planted(random, 60, 2, 0.4, 0.5, 1.0, weighted)
        found.append(effect_over_worlds(differences, 0.4, weights, seed=number).p_above_smallest)
    assert abs(np.mean(found) - 0.5) < 4.5 * np.std(found) / math.sqrt(30) + 0.02 * weighted


@pytest.mark.slow
def test_probabilities_are_calibrated():
    """Worlds of random means and spreads: of effects said to be above with p in a band, that many are above."""
    random = seeded(6)
    said, above = [], []
    for number in range(250):
        mean, spread = random.normal(0.0, 1.0), random.uniform(0.3, 1.5)
        differences, _ = planted(random, 60, 2, mean, spread, 1.0)
        said.append(effect_over_worlds(differences, 0.5, seed=number).p_above_smallest)
        above.append(mean + spread * random.normal() > 0.5)
    said, above = np.array(said), np.array(above)
    for low, high in ((0.0, 0.25), (0.25, 0.75), (0.75, 1.01)):
        here = (said >= low) & (said < high)
        assert here.sum() > 30
        band = 4.5 * math.sqrt((said[here] * (1 - said[here])).sum()) / here.sum()
        assert abs(above[here].mean() - said[here].mean()) < band + 0.02


@pytest.mark.slow
def test_a_monte_carlo_error_is_that_of_repeated_answers():
    random = seeded(7)
    found = [effect_over_worlds(planted(random, 60, 2, 0.3, 1.0, 1.0)[0], 0.2, seed=number) for number in range(60)]
    seen = np.std([each.p_above_zero for each in found], ddof=1)
    assert np.mean([each.p_above_zero_error for each in found]) == pytest.approx(seen, rel=0.5)


def test_noise_taken_for_the_world_is_caught(monkeypatch):
    """The planted fault: the means' variance is not freed of noise; the share of the world is then far too large."""
    differences, _ = planted(seeded(8), 200, 2, 0.0, 0.3, 2.0)
    right = effect_over_worlds(differences, 0.5)
    whole = moments

    def fault(*given):
        found = whole(*given)
        return dataclasses.replace(found, world=found.seen)

    monkeypatch.setattr(answers, "moments", fault)
    assert effect_over_worlds(differences, 0.5).sd_world > 2.0 * max(right.sd_world, 0.3)
    assert right.sd_world_low < 0.3 < right.sd_world_high


def test_weights_move_the_answer_to_the_likely_worlds():
    z = stats.norm.ppf((np.arange(300) + 0.5) / 300)
    found = effect_over_worlds(np.stack([z, z], axis=1), 0.2, np.exp(z))
    assert found.mean == pytest.approx(1.0, abs=0.1)
    assert found.effective_worlds == pytest.approx(effective_size(np.exp(z))) and found.effective_worlds < 150


@pytest.mark.parametrize(("change", "said"), [
    ({"smallest": 0.0}, "smallest_effect = 0.0: allowed is a number above 0"),
    ({"smallest": -1}, "smallest_effect = -1: allowed"), ({"smallest": math.nan}, "smallest_effect = nan: allowed"),
    ({"differences": np.zeros((7, 2))}, "7 worlds have a weight: 8 or more"),
    ({"differences": np.zeros((9, 1))}, "replicates \\(2 or more\\)"),
    ({"differences": np.full((9, 2), np.nan)}, "finite numbers"),
    ({"weights": np.zeros(9)}, "weights: 9 finite numbers"), ({"weights": -np.ones(9)}, "weights: 9 finite"),
    ({"weights": np.eye(9)[0]}, "1 worlds have a weight"), ({"confidence": 1.0}, "confidence"),
])
def test_bad_arguments_are_refused_in_one_line(change, said):
    given = {"differences": np.zeros((9, 2)), "smallest": 1.0} | change
    with pytest.raises(StatisticsError, match=said) as refused:
        effect_over_worlds(**given)
    assert "\n" not in str(refused.value)


# --- building blocks


def test_the_map_gives_the_wanted_covariance():
    random = seeded(9)
    means = random.normal(size=(500, 3)) @ random.normal(size=(3, 3))
    seen, wanted = np.cov(means.T, bias=True), np.diag([0.5, 0.2, 0.0]) + 0.1 * np.outer([1, 1, 0], [1, 1, 0])
    clean = without_noise(means, means.mean(axis=0), seen, wanted)
    assert np.cov(clean.T, bias=True) == pytest.approx(wanted, abs=1e-9)
    assert clean.mean(axis=0) == pytest.approx(means.mean(axis=0))


def test_weighted_quantiles_count_the_weights():
    found = weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 8.0]), np.array([0.05, 0.5, 0.725]))
    assert found == pytest.approx([1.0, 2.0, 2.5])


# --- relative differences


@pytest.mark.parametrize("weighted", [False, True])
def test_a_relative_difference_divides_by_the_worlds_mean_and_counts_the_denominators_noise(weighted):
    random = seeded(21)
    base = np.array([[100.0], [200.0], [500.0]]) * (1.0 + 0.1 * random.normal(size=(3, 5000)))
    policy = 1.2 * base + 0.01 * base.mean(axis=1, keepdims=True) * random.normal(size=(3, 5000))
    weights = np.array([1.0, 2.0, 3.0]) if weighted else np.ones(3)
    found = relative_differences(np.stack([policy, base], axis=2), weights if weighted else None)
    assert found.mean(axis=1) == pytest.approx(policy.mean(axis=1) / base.mean(axis=1) - 1.0, abs=1e-4)
    assert found.std(axis=1) == pytest.approx(0.01, rel=0.05)  # not .02: both runs share their random numbers


@pytest.mark.parametrize("base", [[[10.0, -8.0], [9.0, -7.0], [8.0, -6.0]], [[100.0, 100.0], [90.0, 90.0], [3.0, 3.0]]])
def test_a_status_quo_near_nothing_is_no_denominator(base):
    base = np.array(base)
    with pytest.raises(StatisticsError, match="not clearly above 0.*use relative=False"):
        relative_differences(np.stack([base + 1.0, base], axis=2))


def test_the_effect_in_a_large_world_is_the_one_it_has():
    """With one denominator for all worlds, the largest would seem to lose a third."""
    random = seeded(22)
    size, effect = np.array([[1.0], [2.0], [7.0]]), np.array([0.3, 0.2, 0.02])
    noise = 1.0 + 0.02 * random.normal(size=(3, 2))
    runs = np.stack([size * noise * (1.0 + effect[:, None]), size * noise], axis=2)
    assert relative_differences(runs).mean(axis=1) == pytest.approx(effect, abs=1e-3)


def test_few_runs_of_a_small_firm_do_not_pass_for_its_size():
    """All worlds are alike; single runs vary by half. Divided by its own two runs, the median world gains too much."""
    random = seeded(24)
    base = 1.0 + 0.5 * random.normal(size=(4_000, 2))
    found = relative_differences(np.stack([base + 0.2, base], axis=2)).mean(axis=1)
    assert found == pytest.approx(0.2, rel=0.1)
    assert np.ptp(0.2 / base.mean(axis=1)) > 1.0


def test_two_runs_in_a_world_give_no_bias():
    """Mean of 20,000 ratios of two pairs, noise of 20 %: one true effect. Without k they would lie above it."""
    random = seeded(23)
    size = np.exp(0.5 * random.normal(size=(20_000, 1)))
    base, policy = (size * (mean + 0.2 * random.normal(size=(20_000, 2))) for mean in (1.0, 1.1))
    found = relative_differences(np.stack([policy, base], axis=2)).mean(axis=1)
    plain = policy.mean(axis=1) / base.mean(axis=1) - 1.0
    slack = stats.norm.isf(0.5e-4) * plain.std(ddof=1) / math.sqrt(len(plain))
    assert abs(found.mean() - 0.1) < slack < plain.mean() - 0.1


# --- what drives it


def worlds_of(random, worlds=120, parameters=8):
    return pd.DataFrame(random.random((worlds, parameters)), columns=list("abcdefghijklmnopqrst")[:parameters])


@pytest.mark.parametrize("weighted", [False, True])
def test_switching_values_are_where_the_expected_effect_crosses(weighted):
    """f = 3 a + b - 1.5, b uniform: E(f | a) is 0 at a = 1/3 and .6 at 8/15. Bands of four errors from the fit."""
    random = seeded(10)
    drawn = worlds_of(random, 200)
    weights = np.exp(drawn["a"].to_numpy()) if weighted else None
    effects = 3 * drawn["a"] + drawn["b"] - 1.5
    found = drivers(drawn, effects.to_numpy()[:, None] + 0.5 * random.normal(size=(200, 2)), 0.6, weights)
    first = found.iloc[0]
    assert list(main_drivers(found)["parameter"]) == ["a", "b"]
    assert first["switch_zero"] == pytest.approx(1 / 3, abs=0.07)
    assert first["switch_smallest"] == pytest.approx(8 / 15, abs=0.07)
    assert first["switch_zero_low"] < first["switch_zero"] < first["switch_zero_high"]
    assert first["at_low"] < 0.0 < first["at_high"]


def test_nothing_is_said_beyond_what_was_drawn():
    drawn = worlds_of(seeded(11))
    found = drivers(drawn, (2.0 + drawn["a"].to_numpy())[:, None] + np.zeros((120, 2)), 0.5)
    assert found["parameter"][0] == "a"
    assert np.isnan(found.loc[0, ["switch_zero", "switch_smallest"]].astype(float)).all()


def test_a_bent_effect_is_found_and_its_crossing_is_the_near_one():
    drawn = worlds_of(seeded(12))
    effects = 16.0 * (drawn["a"].to_numpy() - 0.5) ** 2 - 1.0  # 0 at 1/4 and 3/4
    found = drivers(drawn, effects[:, None] + np.zeros((120, 2)), 0.5)
    assert found["parameter"][0] == "a"
    assert min(abs(found["switch_zero"][0] - 0.25), abs(found["switch_zero"][0] - 0.75)) < 0.02


def test_shares_are_those_of_the_variance_between_worlds():
    """9 : 4 of the variance, noise taken out: means of 8 answers within four and a half of their errors."""
    random, shares = seeded(13), []
    for number in range(8):
        drawn = worlds_of(random, 120, 4)
        effects = (3 * drawn["a"] + 2 * drawn["b"]).to_numpy()
        found = drivers(drawn, effects[:, None] + random.normal(size=(120, 2)), 0.5, seed=number)
        shares.append(found.set_index("parameter")["variance_share"][["a", "b", "c"]])
    error = np.std(shares, axis=0) / math.sqrt(8)
    assert (np.abs(np.mean(shares, axis=0) - [9 / 13, 4 / 13, 0.0]) < 4.5 * error + 0.02).all()


@pytest.mark.slow
def test_of_parameters_without_effect_few_are_named():
    """At most 5 % of answers name one: of 50 answers 2.5 are expected, and more than 12 in 1 of 100,000."""
    random, named = seeded(14), {False: 0, True: 0}
    for number in range(100):
        drawn = worlds_of(random, 100, 20)
        weighted = bool(number % 2)
        weights = random.exponential(size=100) if weighted else None
        named[weighted] += bool(len(main_drivers(drivers(drawn, random.normal(size=(100, 2)), 0.5, weights))))
    assert named[False] <= 12 and named[True] <= 12


def test_drivers_of_no_variance_are_named_by_none():
    found = drivers(worlds_of(seeded(15)), np.ones((120, 2)), 0.5)
    assert main_drivers(found).empty and found["switch_zero"].isna().all()


# --- decisions


MEAN, SLOPE_A, SLOPE_B = 0.3, 1.0, 0.5


def gain_of_knowing(mean, slope):
    """E max(0, mean + slope U) - max(0, mean) for U uniform on -1 to 1, in closed form."""
    if slope <= abs(mean):
        return 0.0
    return (mean + slope) ** 2 / (4.0 * slope) - max(0.0, mean)


def gain_of_all(mean, slope_a, slope_b):
    """The same for mean + a U + b V: the integral over V of what is known for U."""
    v = np.linspace(-1.0, 1.0, 20_001)
    inner = mean + slope_b * v
    known = np.where(slope_a <= np.abs(inner), np.maximum(inner, 0.0), (inner + slope_a) ** 2 / (4.0 * slope_a))
    return float(np.trapezoid(known, v) / 2.0) - max(0.0, mean)


def decisions(count, weighted=False, noise_sd=1.0, worlds=150):
    random = seeded(16)
    for number in range(count):
        x = random.uniform(-1.0, 1.0, size=(worlds, 4))
        weights = None
        if weighted:  # drawn with more of the high a, and weighted back
            x[:, 0] = 2.0 * np.sqrt(random.random(worlds)) - 1.0
            weights = 1.0 / (x[:, 0] + 1.05)
        gain = MEAN + SLOPE_A * x[:, 0] + SLOPE_B * x[:, 1]
        gains = np.zeros((worlds, 2, 3))
        gains[:, :, 1] = gain[:, None] + noise_sd * random.normal(size=(worlds, 2))
        gains[:, :, 2] = -1.0 + 0.5 * gains[:, :, 1]
        yield decide(["stay", "change", "half"], gains, pd.DataFrame(x, columns=list("abcd")), weights, seed=number)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_value_of_learning_is_the_closed_form_of_a_two_parameter_decision(weighted):
    values = []
    for found in decisions(12, weighted):
        value = found.learning.set_index("parameter")["value"]
        assert (value >= 0.0).all() and (value <= found.evpi + 1e-12).all()
        values.append([found.evpi, value["a"], value["b"], value["c"]])
    truth = [gain_of_all(MEAN, SLOPE_A, SLOPE_B), gain_of_knowing(MEAN, SLOPE_A), gain_of_knowing(MEAN, SLOPE_B), 0.0]
    error = np.std(values, axis=0) / math.sqrt(len(values))
    assert (np.abs(np.mean(values, axis=0) - truth) < 4.5 * error + 0.012).all()


def test_without_noise_the_value_is_exact():
    grid = (np.arange(201) + 0.5) / 201 * 2 - 1
    gains = np.zeros((201, 2, 2))
    gains[:, :, 1] = MEAN + grid[:, None]
    found = decide(["stay", "change"], gains, pd.DataFrame({"a": grid}))
    assert found.evpi == pytest.approx(gain_of_knowing(MEAN, 1.0), abs=2e-3)
    assert found.learning["value"][0] == pytest.approx(found.evpi, abs=2e-3)
    assert found.best == "change" and found.tied == ("change",)
    regret = found.policies.set_index("policy")
    assert regret.loc["change", "regret_mean"] == pytest.approx(gain_of_knowing(MEAN, 1.0), abs=2e-3)
    assert regret.loc["stay", "regret_high"] == pytest.approx(MEAN + 0.9, abs=0.02)
    assert regret["p_best"].sum() == pytest.approx(1.0)


def test_policies_that_differ_by_noise_alone_are_tied():
    gains = np.zeros((60, 2, 3))
    gains[:, :, 1:] = 1.0 + seeded(17).normal(size=(60, 2, 2))
    found = decide(["stay", "one", "two"], gains, worlds_of(seeded(18), 60, 3))
    assert set(found.tied) == {"one", "two"} and found.best == found.tied[0]


def test_the_best_by_regret_can_be_another_than_the_best_by_profit():
    """In one world of five the bold policy loses much."""
    bold = np.where(np.arange(100) % 10 == 0, -6.0, 2.0)
    gains = np.stack([np.zeros((100, 2)), np.stack([bold] * 2, axis=1), np.full((100, 2), 1.0)], axis=2)
    found = decide(["stay", "bold", "safe"], gains, worlds_of(seeded(19), 100, 2))
    assert found.best == "bold" and found.best_by_regret == "safe"


def test_bad_decisions_are_refused():
    drawn = worlds_of(seeded(20), 20, 2)
    with pytest.raises(StatisticsError, match="1 policies, 1 names"):
        decide(["one"], np.zeros((20, 2, 1)), drawn)
    with pytest.raises(StatisticsError, match="drawn: 20 rows"):
        decide(["one", "two"], np.zeros((20, 2, 2)), drawn.head(3))
