"""The construction group's arithmetic, and history matching on functions with known answers."""

import math

import numpy as np
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.claims.construction_group import left, numbers, outcomes, reaching, size_of
from simlead.study.claims.emulator import Reference, corrected, emulate
from simlead.study.claims.history import CUTOFF, Match, Told, implausibility, matched, scaled, spread_over, waves
from simlead.study.claims.readings import READINGS, years_to_double
from simlead.study.claims.runs import Runs, Seen

BY_KEY = {reading.key: reading for reading in READINGS}


def test_one_period_contradicts_itself():
    assert BY_KEY["one_year"].revenue_total == pytest.approx(1.47 * 1.13 - 1)
    assert [reading.key for reading in READINGS if not reading.consistent] == ["one_year"]


@pytest.mark.parametrize(("key", "growth"), [
    ("three_years", 1.12), ("two_years", 1.76), ("slow_market", 1.44), ("revenue", 1.16), ("percentage_points", 1.13)])
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


@pytest.mark.parametrize(("key", "years"), [
    ("one_year", math.inf), ("three_years", 2.52), ("two_years", 1.37), ("slow_market", 1.48), ("revenue", 1.80),
    ("percentage_points", 0.0), ("profit", math.inf)])
def test_each_reading_doubles_revenue_when_its_arithmetic_says(key, years):
    assert BY_KEY[key].doubled_after == pytest.approx(years, abs=0.005)


# --- history matching


RANGES = dict.fromkeys("abcde", (0.0, 1.0))
SLOPES = np.array([0.12, 0.10, 0.05, 0.02, 0.0])
POINTS, REPLICATES, MANY = 24, 8, 400
SHARED, OWN = 0.35, 0.13
"""Luck of a replicate that all points share, and the rest: as of the group's growth of share in three years."""


def planted(world, replicates=REPLICATES, shared=SHARED, tilt=0.0):
    """A world in which the expected outcome is a plane: how to simulate it, its truth, and a reference."""
    generator = np.random.Generator(np.random.Philox(key=world))
    luck = generator.normal(0.0, shared, MANY)

    def truth(table):
        return 0.1 + scaled(table, RANGES) @ SLOPES

    def simulate(table):
        own = generator.normal(0.0, OWN, (len(table), replicates))
        return (truth(table)[:, None] + luck[:replicates] + own + scaled(table, RANGES) @ tilts)[None]

    tilts = np.random.Generator(np.random.Philox(key=(world, 1))).normal(0.0, tilt, (len(RANGES), replicates))
    case = 0.2 + luck + generator.normal(0.0, OWN, MANY)
    return simulate, truth, Reference(case[:replicates], case)


def test_implausibility_counts_standard_deviations():
    expected, variance = np.array([0.0, 5.0]), np.array([1.0, 1.0])
    assert implausibility(expected, variance, Told(3.0)).tolist() == [3.0, 2.0]
    assert implausibility(expected, variance, Told(3.0), one_firm=3.0).tolist() == [1.5, 1.0]
    assert implausibility(expected, variance, Told(3.0), tolerance=math.sqrt(8.0)) == pytest.approx([1.0, 2.0 / 3.0])
    assert implausibility(expected, variance, Told(3.0, at_least=True)).tolist() == [3.0, 0.0]


def test_without_any_luck_only_the_observation_itself_is_plausible():
    assert implausibility(np.array([1.0, 2.0]), np.zeros(2), Told(2.0)).tolist() == [math.inf, 0.0]


def test_one_replicate_cannot_tell_its_luck_and_few_points_no_plane():
    with pytest.raises(ParameterError, match="two or more"):
        emulate(np.zeros((9, 1)), np.ones((9, 1)))
    with pytest.raises(ParameterError, match="5 or more"):
        emulate(np.zeros((4, 1)), np.ones((4, 2)))


@pytest.mark.parametrize(("with_reference", "tilt"), [(False, 0.0), (True, 0.0), (True, 0.2)])
def test_the_truth_is_not_ruled_out(with_reference, tilt):
    """False alarms: 95 % must be kept by Pukelsheim's bound; 40 worlds with 200 places each.

    Also where each replicate's luck tilts the surface: slopes are then known less well than points scatter.
    """
    kept, places = [], spread_over(RANGES, 200, 0)
    for world in range(40):
        simulate, truth, reference = planted(world, tilt=tilt)
        table = spread_over(RANGES, POINTS, world)
        fitted = emulate(scaled(table, RANGES), simulate(table)[0], reference if with_reference else None)
        where, right = scaled(places, RANGES), truth(places)
        kept.append(np.abs(right - fitted.mean(where)) <= CUTOFF * np.sqrt(fitted.variance(where)))
    assert np.mean(kept) >= 0.95


def test_what_is_known_of_a_surface_is_as_much_as_its_variance_says():
    errors, said = [], []
    place = np.array([[0.5, -0.5, 0.0, 1.0, 0.0]])
    for world in range(60):
        simulate, _, reference = planted(world)
        table = spread_over(RANGES, POINTS, world)
        fitted = emulate(scaled(table, RANGES), simulate(table)[0], reference)
        errors.append(float(fitted.mean(place)[0] - 0.1 - place[0] @ SLOPES))
        said.append(float(fitted.variance(place)[0]))
    assert np.mean(np.square(errors)) == pytest.approx(np.mean(said), rel=0.5)
    assert np.sqrt(np.mean(said)) < 0.6 * SHARED / math.sqrt(REPLICATES)  # what the reference is for


def test_a_reference_corrects_the_luck_of_few_replicates():
    errors, said = [], []
    for world in range(300):
        generator = np.random.Generator(np.random.Philox(key=world))
        luck, own = generator.normal(0.0, SHARED, 100), generator.normal(0.0, OWN, (2, 100))
        mean, variance = corrected((1.0 + luck + own[0])[:8], Reference((luck + own[1])[:8], luck + own[1]))
        errors.append(mean - 1.0)
        said.append(variance)
    assert abs(np.mean(errors)) < 3.0 * np.std(errors) / math.sqrt(300)
    assert np.mean(np.square(errors)) == pytest.approx(np.mean(said), rel=0.2)
    assert np.std(errors) < 0.6 * math.hypot(SHARED, OWN) / math.sqrt(8)  # without a reference


def test_a_reference_with_more_luck_than_the_points_is_not_taken_at_its_face():
    """A case that grows more has more luck as well: with a slope of 1 its luck would be corrected too much."""
    errors, said = [], []
    for world in range(300):
        luck = np.random.Generator(np.random.Philox(key=world)).normal(0.0, SHARED, (2, 100))
        mean, variance = corrected(0.5 * luck[0, :8] + 0.1 * luck[1, :8], Reference(luck[0, :8], luck[0]))
        errors.append(mean)
        said.append(variance)
    assert np.mean(np.square(errors)) == pytest.approx(np.mean(said), rel=0.2)
    assert np.std(errors) < 0.5 * 0.5 * SHARED / math.sqrt(8)


def test_luck_that_all_points_share_is_seen_through():
    """The means of points differ by less than the luck that they share; their own replicates rule out nothing."""
    simulate, truth, reference = planted(5)
    told, places = Told(0.1 + 0.22), spread_over(RANGES, 2000, 1)
    table = spread_over(RANGES, POINTS, 1)
    found = simulate(table)
    assert truth(table).std() < SHARED / math.sqrt(REPLICATES)
    spread = found[0].var(axis=1, ddof=1).mean() / REPLICATES
    assert (np.abs(found[0].mean(axis=1) - told.value) <= CUTOFF * math.sqrt(spread)).mean() > 0.9
    left = matched(table, found, RANGES, [told], references=[reference]).implausibility(places) <= CUTOFF
    right = np.abs(truth(places) - told.value)
    assert left.mean() < 0.5
    assert left[right < 0.02].mean() > 0.95
    assert not left[right > 0.25].any()


def test_the_luck_of_a_single_firm_rules_out_less():
    simulate, _, reference = planted(6)
    table = spread_over(RANGES, POINTS, 1)
    match = matched(table, simulate(table), RANGES, [Told(0.4)], references=[reference])
    assert (match.implausibility(table, one_firm=True) < match.implausibility(table)).all()


def test_waves_close_in_on_what_matters_and_leave_the_rest():
    simulate, truth, reference = planted(7, shared=0.02)
    found, seen = waves(simulate, RANGES, [Told(0.36)], points=POINTS, count=3, references=[reference])
    assert len(found) == seen.shape[1] == 3 * POINTS
    first, last = found[found["wave"] == 1], found[found["wave"] == 3]
    assert abs(truth(last).mean() - 0.36) < abs(truth(first).mean() - 0.36) / 1.5
    assert last["a"].min() > 0.2 and last["e"].max() - last["e"].min() > 0.9


def test_an_observation_out_of_reach_is_ruled_out_everywhere():
    simulate, truth, reference = planted(8)
    found, seen = waves(simulate, RANGES, [Told(1.5)], points=POINTS, references=[reference])
    match, places = matched(found, seen, RANGES, [Told(1.5)], references=[reference]), spread_over(RANGES, 500, 1)
    assert match.implausibility(places).min() > CUTOFF
    # The search still goes where it comes nearest.
    assert truth(found[found["wave"] == 2]).mean() > truth(found[found["wave"] == 1]).mean() + 0.05
    assert truth(places)[match.nearest(places)] > 0.1 + 0.75 * np.abs(SLOPES).sum()


def test_all_that_was_told_must_fit():
    table = spread_over({"a": (0.0, 1.0)}, 20, 1)
    a, luck = table["a"].to_numpy(float)[:, None], np.array([-0.01, 0.0, 0.01])
    match = matched(table, np.array([a + luck, 1.0 - a + luck]), {"a": (0.0, 1.0)},
                    [Told(0.5), Told(0.7, at_least=True)], tolerance=0.02)
    assert match.implausibility(table).min() > CUTOFF  # a = .5 and a <= .3
    alone = Match({"a": (0.0, 1.0)}, [Told(0.5)], match.emulators[:1], tolerance=0.02)
    assert alone.implausibility(table).min() < CUTOFF


def test_a_bend_is_found_and_a_plane_has_none():
    table = spread_over({"a": (0.0, 1.0), "b": (0.0, 1.0), "c": (0.0, 1.0)}, 40, 2)
    where = scaled(table, dict.fromkeys("abc", (0.0, 1.0)))
    luck = np.random.Generator(np.random.Philox(key=4)).normal(0.0, 0.05, (40, 8))
    bent = emulate(where, (where[:, 0] + where[:, 0] ** 2)[:, None] + luck)
    assert 0 in bent.squared and bent.left_out[1] < bent.left_out[0]
    assert bent.mean(np.array([[0.5, 0.0, 0.0]]))[0] == pytest.approx(0.75, abs=0.05)
    assert emulate(where, where[:, :1] + luck).squared == ()


def test_a_search_is_the_same_again():
    one, _ = waves(planted(1)[0], RANGES, [Told(0.3)], points=20, seed=4)
    two, _ = waves(planted(1)[0], RANGES, [Told(0.3)], points=20, seed=4)
    other, _ = waves(planted(1)[0], RANGES, [Told(0.3)], points=20, seed=5)
    assert one.equals(two) and not one.equals(other)


# --- what the readings tell, held against runs


@pytest.mark.parametrize("details", [2, 3, 12, 60, 100])
def test_a_wave_has_points_enough_for_a_plane_and_about_as_many_runs_as_ever(details):
    points, replicates = size_of(details)
    assert points >= 11 + 4 and replicates >= 4
    assert 0.9 * 4 * max(16, 4 * details) <= points * replicates <= 4 * max(16, 4 * details)


def groups(base, then, profit=(1.0, 1.0), market=1000.0):
    """Groups with such revenue and profit in the base year and in every year since, in a market of that size."""
    made = []
    for before, after in zip(base, then, strict=True):
        parts = {"market_share_base": (before, market), "revenue_base": (before, 1.0), "profit_base": (profit[0], 1.0)}
        above, below = np.array([parts.get(name, (0.0, 1.0)) for name in MEASURES]).T
        weeks = np.ones(156) / 52.0
        made.append(Seen(above, below, profit[1] * weeks, after * weeks, (market - after) * weeks))
    return Runs(Scenario(), tuple(made))


def test_a_growth_is_that_of_the_means():
    share, revenue = outcomes(groups([100.0, 300.0], [300.0, 300.0]), BY_KEY["three_years"])
    assert share.mean() == pytest.approx(0.5) and revenue.mean() == pytest.approx(0.5)
    assert share.std() > 0.2


def test_profit_is_held_against_double_the_base_years_and_a_loss_is_none():
    for profit, reached in (((10.0, 25.0), True), ((10.0, 15.0), False), ((-10.0, 10.0), False)):
        runs = groups([100.0] * 3, [148.0] * 3, profit)
        away = [number.away(values.mean()) for number, values in
                zip(numbers(BY_KEY["profit"]), outcomes(runs, BY_KEY["profit"]), strict=True)]
        assert (max(away) < 0.0101) == reached
        assert reaching(runs, BY_KEY["profit"], own=True).all() == reached


def test_a_group_reaches_a_reading_by_its_own_base_year_or_by_the_mean_one():
    runs = groups([50.0, 150.0], [120.0, 210.0])
    assert reaching(runs, BY_KEY["three_years"], own=True).tolist() == [1.0, 0.0]
    assert reaching(runs, BY_KEY["three_years"], own=False).tolist() == [0.0, 1.0]


def test_a_reading_that_contradicts_itself_is_left_nothing():
    """The model may know too little to rule it out; arithmetic does not."""
    table = spread_over(RANGES, POINTS, 1)
    simulate, _, _ = planted(1)
    match = matched(table, simulate(table), RANGES, [Told(0.1)], tolerance=9.0)
    here = {name: left(match, table, BY_KEY[name])[0][3].mean for name in ("one_year", "three_years")}
    assert here == {"one_year": 0.0, "three_years": 1.0}
