"""The status quo and the published facts; and that the calibration finds what it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from simlead.model.calibration_data import CALIBRATION
from simlead.model.parameters import ParameterError
from simlead.model.presets import EFFECT_SIZES, preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.measures import MEASURES
from simlead.study.base_year import under_status_quo
from simlead.study.calibration import CALIBRATED, Targets, calibrate, level_shift
from simlead.study.fact_studies import STUDIES
from simlead.study.facts import ALONE, facts
from simlead.study.published_facts import FACTS
from simlead.study.runner import Job, run_records
from simlead.study.simulate import replicate

TINY = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 60,
    "calendar.horizon_weeks": 52})


CONTRADICTED = {"new rep's output in month 8, of ramped", "managers' 10th to 90th percentile of team sales",
                "sales after less own selling and more coaching"}
"""What published facts hold against the practitioner effect sizes."""


@pytest.mark.slow
def test_the_defaults_meet_all_facts_together():
    table = facts(replications=160)
    assert list(dict.fromkeys(table["fact"])) == [fact.name for fact in FACTS]
    outside = table[~table["inside"]]
    assert outside.empty, outside.to_string()


@pytest.mark.slow
def test_the_practitioners_status_quo_meets_all_but_what_data_hold_against_their_effect_sizes():
    # Calibration has nothing to mend that with, and nothing is tuned to hide it.
    table = facts(replications=160, effect_sizes="practitioner")
    assert set(table[~table["inside"]]["fact"]) <= CONTRADICTED


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


def test_the_facts_are_of_the_firm_that_goes_on_as_before():
    planned = TINY.change({"policy.coaching_share": 0.6, "team.1.status_quo.coaching_share": 0.1,
                           "plan": [{"week": 1, "team": 1, "hire": 3}]}).rollout({2: 20})
    made, plain = (facts(replications=2, workers=1, scenario=firm) for firm in (planned, under_status_quo(planned)))
    assert made.equals(plain)


ANSWERS = {answer.name: (number, answer) for number, study in enumerate(STUDIES) for answer in study.answers}


def test_every_fact_has_a_measure_or_a_study_and_its_published_value_within_tolerance():
    shown = [fact.measure for fact in FACTS]
    assert len(set(shown)) == len(shown)
    assert {name for name in shown if name not in MEASURES} == set(ANSWERS)
    for fact in FACTS:
        assert fact.low < fact.high
        assert np.isnan(fact.published) or fact.low <= fact.published <= fact.high


def sums_of(name, scenario, count=1, seed=0):
    """The study's sums over some replications, and its answer."""
    number, answer = ANSWERS[name]
    study = STUDIES[number]
    scenarios = study.scenarios(scenario)
    rows = [study.sums([run_records(Job("", each, seed, replicate, "compiled")) for each in scenarios], scenarios)
            for replicate in range(count)]
    return np.array(rows), answer.statistic(np.array(rows).sum(axis=0))


def test_a_study_of_the_status_quo_alone_runs_nothing_else():
    names = {answer.name for number in ALONE for answer in STUDIES[number].answers}
    assert names == {"age_lost_over_won", "win_rate_small_less_large", "first_year_leavers", "sales_correlation_1_year",
                     "sales_correlation_fall", "managers_percentile_gap"}


def test_coaching_that_stops_fades_by_the_stated_time_constant():
    # exp(-11/16) = .503; the smoothed dose runs out over some weeks, so a little more is left.
    _, left = sums_of("gain_left_after_11_months", TINY, 2)
    assert np.exp(-11 / 16) - 0.01 < left < np.exp(-11 / 16) + 0.08


def test_a_firm_without_quits_loses_nothing_by_them():
    # Both runs are the same run; the loss is 0 of 0.
    sums, loss = sums_of("loss_per_separation", TINY.change({"world.quits_per_month": 0.0}))
    assert sums[0][0] == sums[0][1] > 0.0 and sums[0][2] == 0.0 and np.isnan(loss)


def test_twice_the_heads_on_as_many_buyers_sell_more_by_less_than_twice():
    _, elasticity = sums_of("effort_elasticity", TINY, 4)
    assert 0.0 < elasticity < 1.0
    # Where prospecting moves nothing and nothing waits, heads add hardly anything. About 400 wins a side: 4 standard
    # errors are .45.
    easy = TINY.change({"market.noticing_elasticity": 0.0, "market.opportunities_per_seat_year": 60.0,
                        "market.deal_value_sigma": 0.0, "world.quits_per_month": 0.0,
                        "status_quo.own_selling_share": 0.0})
    _, none = sums_of("effort_elasticity", easy, 20)
    assert abs(none) < 0.45


def test_the_correlation_of_equal_sales_is_1_and_of_chance_0():
    _, answer = ANSWERS["sales_correlation_1_year"]
    _, fall = ANSWERS["sales_correlation_fall"]
    assert answer.statistic(np.array([2.0, 2.0, 1.0, 2.0])) == 1.0
    assert fall.statistic(np.array([2.0, 2.0, 1.0, 2.0])) == 0.5
    # Deals of equal value whose win depends on nobody: what is left of the correlation is noise.
    chance = Scenario().change({
        "organisation.teams": 2, "calendar.warmup_weeks": 60, "calendar.horizon_weeks": 104, "world.skill_effect": 0.0,
        "world.value_skill_effect": 0.0, "world.quits_per_month": 0.0, "market.deal_value_sigma": 0.0})
    sums, correlation = sums_of("sales_correlation_1_year", chance, 6)
    assert abs(correlation) < 0.35  # about 16 reps and 6 runs: 4 standard errors


def test_the_percentile_gap_of_managers_is_the_one_that_was_planted():
    # log sales = 11 + .05 quality, exactly: the gap is exp(2.5631 x .05 sd(quality)) - 1.
    _, answer = ANSWERS["managers_percentile_gap"]
    random = np.random.default_rng(0)
    quality, people = random.normal(size=400), random.normal(size=400)
    rows = np.column_stack([np.ones(400), quality, people, 11.0 + 0.05 * quality])
    assert answer.statistic((rows.T @ rows).ravel()) == pytest.approx(
        np.exp(2.5631 * 0.05 * quality.std()) - 1.0, rel=1e-4)


def test_leavers_are_counted_once():
    sums, share = sums_of("first_year_leavers", TINY.change({"world.quits_per_month": 0.2}))
    assert 0.0 < sums[0][0] <= sums[0][1] and 0.0 < share <= 1.0
    never = TINY.change({"world.quits_per_month": 0.2, "world.first_year_quit_factor": 0.0})
    assert sums_of("first_year_leavers", never)[0][0][0] == 0.0


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


@pytest.mark.parametrize(("given", "said"), [
    ({"rounds": 0}, "rounds = 0: allowed is a whole number from 1 to"), ({"rounds": 1.5}, "rounds = 1.5"),
    ({"clarity_replications": -1}, "clarity_replications = -1: allowed is a whole number from 2 to .*, or 0$"),
    ({"clarity_replications": 1}, "clarity_replications = 1: allowed is"),
    ({"replications": 0}, "replications = 0"),
])
def test_calibration_refuses_what_it_cannot_solve_by(given, said):
    with pytest.raises(ParameterError, match=said):
        calibrate(TINY, **{"workers": 1, "replications": 1, "clarity_replications": 0, **given})


def test_facts_are_of_a_scenario_and_not_of_a_name():
    with pytest.raises(ParameterError, match="scenario = 'status_quo': a Scenario is needed"):
        facts(scenario="status_quo")


def test_what_ships_was_solved_for_every_set_and_says_how():
    for name, entry in CALIBRATION["sets"].items():
        assert sorted(entry["values"]) == sorted(CALIBRATED), name
        for path, value in entry["values"].items():
            assert REGISTRY[path].low <= value <= REGISTRY[path].high
        assert entry["produced_by"]["replications"] >= 100, name
        assert len(entry["produced_by"]["source_hash"]) == 16
    firms = ("default", "construction_group")
    assert {f"{firm}.{name}" for firm in firms for name in EFFECT_SIZES} == set(CALIBRATION["sets"])
