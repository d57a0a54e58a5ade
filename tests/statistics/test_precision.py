"""Replications until precise: as many as needed, and an interval that keeps its promise.

Coverage is judged over 4,000 studies; four standard deviations and a half of chance give a
false alarm in less than one of 100,000 runs, and the seeds are fixed besides.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simlead.model.number import MOST_REPLICATIONS
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import mean_interval, ratio_of_means
from simlead.statistics.precision import replications_needed, two_stage_interval
from simlead.study.compare import compare
from simlead.study.precision import COLUMNS, estimate_until

STUDIES = 4_000
BAND = 4.5 * math.sqrt(0.95 * 0.05 / STUDIES)


def holds(estimate, truth):
    return estimate.low <= truth <= estimate.high


# --- how many


def test_steins_number_by_the_book():
    """n0 = 10, s = 2, h = 0.5: (2.262 * 2 / 0.5)^2 = 81.9."""
    first = np.array([1.0, -1.0] * 5)
    first *= 2.0 / first.std(ddof=1)
    assert replications_needed(first, 0.5) == math.ceil((stats.t.ppf(0.975, 9) * 4.0) ** 2) == 82
    assert replications_needed(first, 5.0) == 10  # never fewer than there are
    assert replications_needed(first, 0.5, confidence=0.99) == math.ceil((stats.t.ppf(0.995, 9) * 4.0) ** 2)


def test_half_the_width_is_four_times_the_runs():
    first = np.random.default_rng(1).normal(size=40)
    one, half = replications_needed(first, 0.02), replications_needed(first, 0.01)
    assert half == pytest.approx(4 * one, rel=1e-3)


def test_relative_to_ones_own_mean_is_law_and_keltons():
    first = np.random.default_rng(2).normal(50.0, 10.0, 30)
    assert replications_needed(first, 0.02, relative=True) == replications_needed(first, 0.02 / 1.02 * first.mean())
    assert replications_needed(-first, 0.02, relative=True) == replications_needed(first, 0.02, relative=True)


def test_relative_to_a_known_number_is_a_part_of_it():
    first = np.random.default_rng(3).normal(1.0, 5.0, 30)
    assert replications_needed(first, 0.01, relative=True, scale=200.0) == replications_needed(first, 2.0)


def test_relative_to_the_baseline_counts_its_noise():
    luck = np.random.default_rng(4)
    base = luck.normal(100.0, 20.0, 50)
    gains = 0.3 * base + luck.normal(0.0, 1.0, 50)
    known = replications_needed(gains, 0.01, relative=True, scale=base.mean())
    noisy = replications_needed(gains, 0.01, relative=True, scale=base)
    assert noisy < known / 3  # the gain is a constant part of a fluctuating baseline
    half = two_stage_interval(gains, 50, scale=base).half_width
    assert half == pytest.approx(ratio_of_means(gains, base).half_width)
    assert replications_needed(gains, half * 0.999, relative=True, scale=base) == 51


def test_what_cannot_spread_needs_no_more_and_what_never_ends_has_an_end():
    assert replications_needed([3.0, 3.0, 3.0], 1e-9) == 3
    assert replications_needed([0.0, 0.0], 0.01, relative=True) == 2
    assert replications_needed([1.0, -1.0 + 1e-9], 0.01, relative=True) == MOST_REPLICATIONS


def test_replicates_without_the_measure_are_expected_again():
    """Half of the runs have no such measure: twice as many runs."""
    first = np.random.default_rng(5).normal(size=20)
    holed = np.ravel(np.column_stack([first, np.full(20, math.nan)]))
    assert replications_needed(holed, 0.1) == pytest.approx(2 * replications_needed(first, 0.1), abs=1)


# --- the promise


def naive(draw, half_width, first=2, most=300):
    """The planted fault: add a run and look again, until the interval looks narrow enough."""
    values = draw(most)
    n = np.arange(first, most)
    sums, squares = np.cumsum(values), np.cumsum(values * values)
    error = np.sqrt((squares[n - 1] - sums[n - 1] ** 2 / n) / (n - 1) / n)
    stop = int(n[np.argmax(stats.t.ppf(0.975, n - 1) * error <= half_width)])
    return mean_interval(values[:stop])


def two_stages(draw, half_width, first=3):
    values = draw(first)
    needed = replications_needed(values, half_width)
    return two_stage_interval(np.concatenate([values, draw(needed - first)]), first)


def test_looking_after_every_run_promises_too_much_and_two_stages_do_not():
    luck = np.random.default_rng(6)
    fault = np.mean([holds(naive(lambda n: luck.normal(size=n), 0.6), 0.0) for _ in range(STUDIES)])
    assert fault < 0.95 - BAND - 0.03
    found = [two_stages(lambda n: luck.normal(size=n), 0.6) for _ in range(STUDIES)]
    assert np.mean([holds(one, 0.0) for one in found]) == pytest.approx(0.95, abs=BAND)
    assert max(one.half_width for one in found) <= 0.6 * (1 + 1e-12)


@pytest.mark.parametrize(("spread", "half_width", "first"), [(1.0, 0.2, 10), (7.0, 1.0, 30), (1.0, 5.0, 8)])
def test_two_stages_hold_the_truth_whatever_the_spread(spread, half_width, first):
    luck = np.random.default_rng(first)
    found = [two_stages(lambda n: luck.normal(3.0, spread, n), half_width, first) for _ in range(STUDIES)]
    assert np.mean([holds(one, 3.0) for one in found]) == pytest.approx(0.95, abs=BAND)
    assert all(one.half_width <= half_width * (1 + 1e-12) for one in found)


def test_a_relative_error_stays_within_its_bound_as_often_as_promised():
    """At most 5 % of the true mean; the first stage's mean is uncertain, one point is granted."""
    luck = np.random.default_rng(7)
    within = []
    for _ in range(STUDIES):
        first = luck.normal(10.0, 3.0, 30)
        needed = replications_needed(first, 0.05, relative=True)
        mean = np.concatenate([first, luck.normal(10.0, 3.0, needed - 30)]).mean()
        within.append(abs(mean - 10.0) <= 0.05 * 10.0)
    assert np.mean(within) > 0.95 - BAND - 0.01


def test_relative_differences_hold_the_truth_after_two_stages():
    """Luck multiplies, the gain is 20 %; the ratio's own error and the plan's are granted one point."""
    luck = np.random.default_rng(8)

    def draw(n):
        shared = 1.0 + 0.15 * luck.standard_normal(n)
        base = 100.0 * (shared + 0.05 * luck.standard_normal(n))
        return 120.0 * (shared + 0.05 * luck.standard_normal(n)) - base, base

    held = []
    for _ in range(STUDIES // 2):
        gains, base = draw(20)
        needed = replications_needed(gains, 0.015, relative=True, scale=base)
        more, of = draw(needed - 20)
        estimate = two_stage_interval(np.concatenate([gains, more]), 20, scale=np.concatenate([base, of]))
        held.append(holds(estimate, 0.2))
    assert np.mean(held) == pytest.approx(0.95, abs=BAND * math.sqrt(2) + 0.01)


def test_an_interval_of_the_first_stage_alone_is_the_ordinary_one():
    values = np.random.default_rng(9).normal(size=12)
    alone, plain = two_stage_interval(values, 12), mean_interval(values)
    assert (alone.mean, alone.low, alone.high) == (
        pytest.approx(plain.mean), pytest.approx(plain.low), pytest.approx(plain.high))
    holed = two_stage_interval([*values, math.nan], 12)
    assert (holed.low, holed.n) == (pytest.approx(plain.low), 12)


# --- runs until precise


def normal(seed=10, spread=1.0):
    values = np.random.default_rng(seed).normal(5.0, spread, 100_000)
    return lambda first, last: values[first:last]


def test_the_last_row_is_the_two_stage_interval():
    draw = normal()
    path = estimate_until(draw, half_width=0.15, minimum=20, maximum=1_000)
    last = path.iloc[-1]
    assert list(path.columns) == list(COLUMNS)
    assert last["n"] == last["needed"] == replications_needed(draw(0, 20), 0.15) and last["reached"]
    found = two_stage_interval(draw(0, last["n"]), 20)
    assert (last["estimate"], last["low"], last["high"]) == (found.mean, found.low, found.high)
    assert last["half_width"] <= last["wanted"] == 0.15


def test_the_path_to_it_is_told():
    draw = normal()
    path = estimate_until(draw, half_width=0.15, minimum=20, maximum=1_000).set_index("n")
    early = mean_interval(draw(0, 7))
    assert path.loc[7, ["estimate", "low", "stage"]].tolist() == [early.mean, early.low, 1]
    assert path.loc[20, "stage"] == 2 and not path.loc[20, "reached"]
    assert path.loc[20:, "half_width"].is_monotonic_decreasing
    assert len(estimate_until(normal(), half_width=0.01, minimum=20, maximum=50_000)) <= 402


def test_a_most_is_kept_and_told():
    path = estimate_until(normal(spread=9.0), half_width=0.15, minimum=20, maximum=100)
    last = path.iloc[-1]
    assert last["n"] == 100 < last["needed"] and not last["reached"] and last["half_width"] > 0.15


def test_each_replicate_is_drawn_once():
    asked = []

    def draw(first, last):
        asked.append((first, last))
        return normal()(first, last)

    needed = int(estimate_until(draw, half_width=0.2, minimum=20, maximum=1_000)["needed"].iloc[-1])
    assert asked == [(0, 20), (20, needed)]


TINY = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 2,
    "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
COACHED = TINY.change({"policy.coaching_share": 0.5})


def test_real_runs_are_those_of_a_comparison():
    stated = []
    path = estimate_until(COACHED, "revenue", against=TINY, half_width=0.25, relative=True, minimum=6, maximum=9,
                          seed=3, workers=1, progress=lambda done, total: stated.append((done, total)))
    last = path.iloc[-1]
    study = compare({"as it is": TINY, "coached": COACHED}, replications=int(last["n"]), seed=3, workers=1,
                    measures=["revenue"])
    row = study.table.set_index("scenario").loc["coached"]
    assert last["estimate"] == pytest.approx(row["relative_difference"])
    assert last[["measure", "kind", "unit", "wanted"]].tolist() == ["revenue", "relative difference", "share", 0.25]
    assert stated[0] == (0, 12) and stated[6] == (6, 12) and stated[-1] == (2 * last["n"], 2 * last["n"])


@pytest.mark.slow  # starts workers, as test_compare.py does every day
def test_workers_change_nothing():
    paths = [estimate_until(TINY, "wins_per_rep_week", half_width=0.05, minimum=4, maximum=6, workers=workers)
             for workers in (1, 2)]
    assert paths[0].equals(paths[1])
    assert paths[0].iloc[-1][["kind", "unit"]].tolist() == ["mean", MEASURES["wins_per_rep_week"].unit]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: replications_needed([1.0], 0.1), "first_stage holds 1 defined values: allowed is 2 or more"),
    (lambda: replications_needed([1.0, math.nan], 0.1), "1 defined"),
    (lambda: replications_needed([1.0, 2.0], 0.0), "half_width = 0.0: allowed is more than 0"),
    (lambda: replications_needed([1.0, 2.0], math.nan), "half_width = nan"),
    (lambda: replications_needed([1.0, 2.0], 0.1, confidence=95), "confidence = 95"),
    (lambda: replications_needed([1.0, -1.0], 0.1, relative=True), "a relative half-width of a mean of 0"),
    (lambda: replications_needed([1.0, 2.0], 0.1, relative=True, scale=[1.0, -1.0]), "scale has the mean 0"),
    (lambda: replications_needed([1.0, 2.0], 0.1, relative=True, scale=[1.0]), "2 and 1 values"),
    (lambda: replications_needed([1.0, 2.0], 0.1, scale=3.0), "add relative=True"),
    (lambda: two_stage_interval([1.0, 2.0], 1), "first_stage = 1: allowed is 2 to the 2 values"),
    (lambda: two_stage_interval([1.0, 2.0], 3), "first_stage = 3"),
    (lambda: estimate_until(TINY, "revenu", half_width=1.0), "did you mean revenue?"),
    (lambda: estimate_until("status_quo", "revenue", half_width=1.0), "two Scenarios are needed, or one function"),
    (lambda: estimate_until(normal(), against=TINY, half_width=1.0), "two Scenarios are needed, or one function"),
    (lambda: estimate_until(TINY, "revenue", against="me", half_width=1.0), "a Scenario is needed"),
    (lambda: estimate_until(TINY, "revenue", half_width=-1.0), "half_width = -1.0"),
    (lambda: estimate_until(TINY, "revenue", half_width=1.0, minimum=1), "minimum = 1"),
    (lambda: estimate_until(TINY, "revenue", half_width=1.0, minimum=9, maximum=8), "maximum = 8"),
    (lambda: estimate_until(TINY, "revenue", half_width=1.0, confidence=1.0), "confidence = 1.0"),
    (lambda: estimate_until(TINY, "revenue", half_width=1.0, seed=-1), "seed = -1"),
    (lambda: estimate_until(lambda first, last: [1.0], half_width=1.0), "drawn with the shape (1,)"),
])
def test_what_cannot_become_precise_is_refused_in_one_line(call, message):
    with pytest.raises((ParameterError, StatisticsError)) as refusal:
        call()
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
