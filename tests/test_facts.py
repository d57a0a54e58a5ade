"""The status quo and the published facts; and that the calibration finds what it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from simlead.model.calibration_data import CALIBRATION
from simlead.model.parameters import ParameterError
from simlead.model.presets import BELIEFS, preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.measures import MEASURES
from simlead.study.calibration import CALIBRATED, Targets, calibrate, level_shift, under_status_quo
from simlead.study.facts import FACTS, facts
from simlead.study.simulate import replicate

TINY = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 60,
    "calendar.horizon_weeks": 52})


NEW_REPS = "new rep's output in month 8, of ramped"


@pytest.mark.slow
def test_the_defaults_meet_all_facts_together():
    table = facts(replications=160)
    assert len(table) == 28
    outside = table[~table["inside"]]
    assert outside.empty, outside.to_string()


@pytest.mark.slow
def test_the_practitioners_status_quo_meets_all_but_what_their_own_beliefs_deny():
    # Who believes that coaching makes the rep must find newcomers, not coached yet, further behind
    # than V114 says. Calibration has nothing to mend that with, and nothing is tuned to hide it.
    table = facts(replications=160, beliefs="practitioner")
    assert set(table[~table["inside"]]["fact"]) <= {NEW_REPS}


def z_of_market_growth(scenario):
    """How many standard errors the market's growth lies from what was put in: a ratio of means, delta method."""
    runs = replicate(scenario, replications=100, measures=["market_value", "market_value_base"])
    after, before = runs["market_value"], runs["market_value_base"]
    growth = after.mean() / before.mean()
    error = growth * np.std(after / after.mean() - before / before.mean(), ddof=1) / np.sqrt(len(runs))
    years = scenario.calendar.horizon_weeks / 52
    return (growth - (1.0 + scenario.market.growth_per_year) ** years) / error


@pytest.mark.slow
@pytest.mark.parametrize("name", ["status_quo", "construction_group"])
def test_the_base_year_is_no_start_up_effect(name):
    # False alarm 1e-4: |z| < 3.9. A warm-up that is too short for these buyers must be caught.
    firm = under_status_quo(preset(name))
    assert abs(z_of_market_growth(firm)) < 3.9
    assert z_of_market_growth(firm.change({"calendar.warmup_weeks": 78})) > 3.9


def test_a_firm_far_from_the_facts_is_called_outside():
    # Gates that let nearly everybody pass: planted, and must be caught.
    table = facts(replications=2, workers=1, scenario=TINY.change({"world.discovery_intercept": 3.0}))
    gate = table[table["fact"] == "discovery gate"]
    assert not gate["inside"].any()
    assert (gate["simulated"] > 0.9).all()


def test_every_fact_is_a_measure_and_has_its_published_value_within_tolerance():
    for fact in FACTS:
        assert fact.measure in MEASURES
        assert fact.low <= fact.published <= fact.high


def test_coaching_that_stops_fades_by_the_stated_time_constant():
    # exp(-11/16) = .503; the smoothed dose runs out over some weeks, so a little more is left.
    table = facts(replications=20, workers=1, scenario=TINY)
    left = float(table["simulated"].iloc[-1])
    assert np.exp(-11 / 16) - 0.01 < left < np.exp(-11 / 16) + 0.08


def test_level_shift_moves_the_mean_chance_to_the_rate():
    logits = np.linspace(-3, 2, 101)
    moved = 1 / (1 + np.exp(-(logits + level_shift(logits, 0.3))))
    assert moved.mean() == pytest.approx(0.3, abs=1e-9)


def test_a_clients_firm_starts_from_its_own_status_quo():
    # A firm with other gates, longer meetings and small teams.
    client = TINY.change({"organisation.meeting_handling_hours": 1.5, "policy.coaching_share": 0.5})
    wanted = Targets(discovery_rate=0.6, qualified_rate=0.4, proposal_win_rate=0.25)
    solved = calibrate(client, targets=wanted, replications=6, clarity_replications=0, rounds=4, workers=1)
    assert set(client.differences(solved)) <= set(CALIBRATED)
    assert solved.policy == client.policy
    names = ["discovery_rate_base", "qualified_rate_base", "proposal_win_rate_base", "effective_prospecting_hours_base",
             "profit_margin_base"]
    runs = replicate(under_status_quo(solved), replications=6, workers=1, measures=names, parts=True)
    pooled = {name: runs[f"{name}.numerator"].sum() / runs[f"{name}.denominator"].sum() for name in names}
    # Same luck as the calibration's: what is left is the last round's feedback and the coins of single deals.
    assert pooled["discovery_rate_base"] == pytest.approx(0.6, abs=0.03)
    assert pooled["qualified_rate_base"] == pytest.approx(0.4, abs=0.04)
    assert pooled["proposal_win_rate_base"] == pytest.approx(0.25, abs=0.05)
    assert pooled["effective_prospecting_hours_base"] == pytest.approx(
        solved.organisation.prospecting_norm_hours, rel=0.05)
    assert pooled["profit_margin_base"] == pytest.approx(0.10, abs=0.04)


def test_calibration_refuses_what_it_cannot_do():
    with pytest.raises(ParameterError, match="warmup_weeks = 10"):
        calibrate(TINY.change({"calendar.warmup_weeks": 10}))
    with pytest.raises(ParameterError, match="gate"):
        calibrate(TINY.change({"market.opportunities_per_seat_year": 0.0}), replications=1, rounds=1, workers=1)


def test_what_ships_was_solved_for_every_set_and_says_how():
    for name, entry in CALIBRATION["sets"].items():
        assert sorted(entry["values"]) == sorted(CALIBRATED), name
        for path, value in entry["values"].items():
            assert REGISTRY[path].low <= value <= REGISTRY[path].high
        assert entry["produced_by"]["replications"] >= 100, name
        assert len(entry["produced_by"]["source_hash"]) == 16
    assert {f"{firm}.{beliefs}" for firm in ("default", "construction_group") for beliefs in BELIEFS} == set(
        CALIBRATION["sets"])
