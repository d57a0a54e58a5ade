"""Matching targets of one's own: what is left, what it weighs, and whether its regions hold what they state."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.runner import Job, checked_outcomes, run_and_measure
from simlead.study.worlds.match import (
    MAIN_ASSUMPTIONS,
    match,
    matched,
    searched_places,
    weighted_quantile,
)
from simlead.study.worlds.ranges import Range, draw_worlds, in_world
from simlead.study.worlds.waves import Observed, emulated, spread_over

SMALL = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 52,
                           "calendar.horizon_weeks": 52})
SHARE = "policy.coaching_share"
PATHS = ("world.skill_effect", "world.ageing_per_week", "world.quits_per_month", "world.vacancy_months",
         "world.adherence_gain", "world.coaching_gain_max")
FLAT = {path: Range(REGISTRY[path].likely_low, REGISTRY[path].default, REGISTRY[path].likely_high, weight=0.0)
        for path in PATHS}


@pytest.fixture(scope="module")
def found():
    return match({"coaching_share_realised": 0.12}, SMALL, ranges={SHARE: (0.1, 0.6)}, points=12, replications=6,
                 waves_of_points=2, one_firm=False, workers=1)


def test_what_could_have_produced_a_target_is_left_and_weighed(found):
    region = found.region.iloc[0]
    assert found.reached and found.out_of_reach == "" and 0.0 < found.plausible < 0.8
    assert found.worlds["weight"].sum() == pytest.approx(1.0) and (found.worlds["implausibility"] <= 3.0).all()
    assert region["least"] <= region["low_90"] < region["median"] < region["high_90"] <= region["most"] < 0.55
    placed = found.place(0)
    assert placed.policy.coaching_share == found.worlds[SHARE][0] and placed.world == SMALL.world
    # The runs of a place in the middle show the target.
    runs = [run_and_measure(Job("", SMALL.change({SHARE: region["median"]}), 50, number, "compiled",
                                checked_outcomes(["coaching_share_realised"]))) for number in range(6)]
    shown = np.mean([run.parts["coaching_share_realised"][0] / run.parts["coaching_share_realised"][1] for run in runs])
    assert shown == pytest.approx(0.12, abs=3.0 * found.targets["noise"][0] / math.sqrt(6) + 0.01)


def test_targets_out_of_reach_say_by_how_much_the_nearest_misses(found):
    far = found.again({"coaching_share_realised": {"at_least": 0.9}})
    assert not far.reached and far.worlds.empty and far.region["median"].isna().all()
    assert far.targets["misses_by"][0] == pytest.approx(0.9 - far.targets["nearest"][0])
    assert "misses by 0.6" in far.out_of_reach and "coaching_share_realised" in far.out_of_reach
    assert far.nearest[SHARE] > 0.5
    with pytest.raises(ParameterError, match="no world reaches the targets"):
        far.place(0)


def test_a_range_leaves_more_than_a_number_and_a_tolerance_more_than_none(found):
    number = found.again({"coaching_share_realised": 0.15})
    ranged = found.again({"coaching_share_realised": (0.12, 0.2)})
    tolerant = found.again({"coaching_share_realised": 0.15}, tolerance=0.03)
    assert number.plausible < min(ranged.plausible, tolerant.plausible)
    one_firm = dataclasses.replace(found, search=dataclasses.replace(found.search, one_firm=True))
    assert one_firm.again({"coaching_share_realised": 0.15}).plausible > number.plausible
    with pytest.raises(ParameterError, match="allowed is the same measures"):
        found.again({"revenue": 1.0})


def test_the_main_assumptions_of_the_levers_are_searched_unless_ranges_are_given():
    assert "world.coaching_gain_max" in MAIN_ASSUMPTIONS and "world.clarity_effect" in MAIN_ASSUMPTIONS
    assert all(REGISTRY[path].has_likely_range for path in MAIN_ASSUMPTIONS)


@pytest.mark.parametrize(("targets", "settings", "message"), [
    ({}, {}, "targets: at least one is needed"),
    ({"revenu": 1.0}, {}, "did you mean revenue"),
    ({"revenue": "much"}, {}, "target revenue = 'much': allowed is a number, (low, high)"),
    ({"revenue": (2.0, 1.0)}, {}, "low = 2 is not below high = 1"),
    ({"revenue": {"at_last": 2.0}}, {}, "target revenue"),
    ({"revenue": 1.0}, {"ranges": {}}, "ranges: at least one parameter"),
    ({"revenue": 1.0}, {"ranges": {SHARE: (0.5, 0.1)}}, "low = 0.5 is not below high = 0.1"),
    ({"revenue": 1.0}, {"ranges": {SHARE: (0.5, 1.1)}}, "policy.coaching_share = 1.1: allowed is 0 to 1"),
    ({"revenue": 1.0}, {"ranges": {"policy.coachng_share": (0.1, 0.2)}}, "did you mean policy.coaching_share"),
    ({"revenue": 1.0}, {"ranges": {"world.our_utility": (0.1, 0.2)}}, "follows from calibration"),
    ({"revenue": 1.0}, {"tolerance": -1.0}, "tolerance of revenue = -1.0: allowed is 0 or more"),
    ({"revenue": 1.0}, {"points": 3, "ranges": {SHARE: (0.1, 0.2)}}, "points = 3: allowed is a whole number from 5"),
])
def test_what_cannot_be_matched_is_refused_in_one_line(targets, settings, message):
    with pytest.raises(ParameterError) as refusal:
        match(targets, SMALL, **settings)
    assert message in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("count", [1, 2])
def test_a_target_that_is_not_defined_at_a_point_is_refused_in_one_line(count):
    def undefined(run):
        return math.nan

    with pytest.raises(ParameterError, match="target mine: the measure is not defined at every point") as refusal:
        match({"mine": 1.0}, SMALL, ranges={SHARE: (0.1, 0.6)}, points=8, replications=2, waves_of_points=count,
              own_measures={"mine": undefined}, workers=1)
    assert "\n" not in str(refusal.value)


def test_a_weighted_quantile_is_that_of_repeated_values():
    values, counts = np.array([3.0, 1.0, 2.0, 5.0]), np.array([1, 2, 4, 1])
    many = np.repeat(values, counts * 500)
    for quantile in (0.2, 0.5, 0.9):
        assert weighted_quantile(values.repeat(500), (counts / 8.0 / 500).repeat(500), quantile) == pytest.approx(
            np.quantile(many, quantile), abs=1e-9)


# --- regions hold what they state: simulation-based calibration


def shared_search(simulate, seed, points, replications=6):
    """What the emulators of one set of simulated points make of places all over: the same for every firm."""
    box = {path: (extent.low, extent.high) for path, extent in FLAT.items()}
    table = spread_over(box, points, seed)
    outcomes = simulate(table, replications)
    observed = [Observed(0.0, 0.0)] * len(outcomes)
    search = searched_places(emulated(table, outcomes, box, observed, one_firm=True), FLAT, seed)
    units = pd.DataFrame({"measure": [f"measure {place}" for place in range(len(outcomes))], "unit": ""})
    return matched(search, observed, SMALL, FLAT, units, table, seed)


def coverage(start, shown_by, firms, seed):
    """Which parameters of planted worlds lie in their 90 % regions: firms x parameters."""
    planted = draw_worlds(FLAT, firms, seed + 1, method="sobol")
    inside = np.zeros((firms, len(PATHS)))
    for number, row in planted.iterrows():
        numbers = dict(zip(start.targets["measure"], (float(value) for value in shown_by(row, number)), strict=True))
        region = start.again(numbers).region.set_index("parameter")
        for place, path in enumerate(PATHS):
            inside[number, place] = region.loc[path, "low_90"] <= row[path] <= region.loc[path, "high_90"]
    return inside


def planted_world(seed):
    """Six outcomes, linear but for a bend, with noise of a known size."""
    generator = np.random.Generator(np.random.Philox(seed))
    slopes = generator.normal(0.0, 1.0, (6, 6))

    def truth(table):
        where = np.column_stack([FLAT[path].scaled(table[path].to_numpy(float)) for path in PATHS])
        return slopes @ where.T + 0.3 * where[:, 0] ** 2

    def simulate(table, replications):
        return truth(table)[:, :, None] + generator.normal(0.0, 0.5, (6, len(table), replications))

    def shown_by(row, number, shift=0.0):
        return truth(pd.DataFrame([row]))[:, 0] + generator.normal(0.0, 0.5, 6) + shift

    return shown_by, simulate


@pytest.fixture(scope="module")
def planted():
    shown_by, simulate = planted_world(3)
    return shared_search(simulate, seed=1, points=32), shown_by


@pytest.mark.slow
def test_the_regions_of_planted_worlds_hold_nine_in_ten(planted):
    """64 firms x 6 parameters; firms are independent, so that a right method fails with probability below 1e-4."""
    inside = coverage(*planted, firms=64, seed=1)
    # Coverage by firm has a standard deviation of .3 / sqrt(6) if parameters are independent, and .3 if they are one.
    error = max(inside.mean(axis=1).std(ddof=1), 0.12) / math.sqrt(64)
    assert abs(inside.mean() - 0.9) < 4.0 * error


def test_regions_that_rest_on_spoiled_numbers_do_not(planted):
    start, shown_by = planted
    assert coverage(start, lambda row, number: shown_by(row, number, 1.5), firms=32, seed=1).mean() < 0.7


@pytest.mark.slow
def test_the_regions_of_a_hundred_simulated_firms_hold_85_to_95_in_a_hundred():
    """Firms simulated by the engine in planted worlds; six parameters, eight measures, emulators that all share.

    With 100 firms of 6 parameters a right 90 % falls outside of 85 to 95 % with probability below 1e-4
    if the parameters of a firm are covered independently.
    """
    names = ("proposal_win_rate", "revenue", "separations_per_year", "coaching_share_realised", "no_decision_rate",
             "market_share", "coached_rep_weeks_share", "discovery_rate")
    outcomes = checked_outcomes(list(names))
    firm = SMALL.change({"organisation.teams": 2, "organisation.seats_per_team": 8})

    def measured(row, replicate):
        run = run_and_measure(Job("", in_world(firm, {path: float(row[path]) for path in PATHS}), 11, replicate,
                                  "compiled", outcomes))
        return [run.parts[name][0] / run.parts[name][1] for name in names]

    def simulate(table, replications):
        return np.array([[measured(row, replications * place + number) for number in range(replications)]
                         for place, (_, row) in enumerate(table.iterrows())]).transpose(2, 0, 1)

    start = shared_search(simulate, seed=2, points=72)
    inside = coverage(start, lambda row, number: measured(row, 10_000 + number), firms=100, seed=2)
    assert 0.85 <= inside.mean() <= 0.95, inside.mean(axis=0)
