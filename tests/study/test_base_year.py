"""Calibration keeps what is stated, solves the rest, and shows both beside the base year (C19 and C21)."""

import numpy as np
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.model.version_1 import version_1
from simlead.statistics.intervals import t_quantile
from simlead.study.aims import ARRIVALS, OVERHEAD, QUOTA, VALUE, Targets, aim_of, refuse_impossible
from simlead.study.base_year import COLUMNS, base_year, ratios_of, until_the_switch
from simlead.study.calibration import CALIBRATED, calibrate

SHORT = {"calendar.warmup_weeks": 60, "calendar.horizon_weeks": 52}
SMALL = Scenario().change({**SHORT, "organisation.teams": 1, "organisation.seats_per_team": 4})


def solved(firm, **more):
    return calibrate(firm, **{"replications": 6, "clarity_replications": 0, "rounds": 2, "workers": 1, **more})


# --- what is aimed at


@pytest.mark.parametrize(("facts", "changes", "follows"), [
    ({"revenue": 2e6}, {}, {VALUE: "revenue"}),
    ({"revenue": 2e6, "sales_per_rep": 1e6}, {}, {VALUE: "revenue"}),
    ({"sales_per_rep": 1e6, "deal_value": 5e4}, {}, {VALUE: "deal_value", ARRIVALS: "sales_per_rep"}),
    ({"revenue": 2e6}, {"market.deal_value_median": 6e4}, {ARRIVALS: "revenue"}),
    ({"quota": 1e6, "quota_attainment": 0.4}, {}, {VALUE: "quota_attainment"}),
    ({"quota_attainment": 0.4}, {}, {}),
    ({"revenue": 2e6, "deal_value": 5e4, "deals_created": 200}, {}, {VALUE: "deal_value", ARRIVALS: "deals_created"}),
    ({"cycle_days": 90, "leavers_per_seat_year": 0.3}, {"market.pace_days_median": 80.0},
     {"world.quits_per_month": "leavers_per_seat_year"}),
])
def test_what_follows_which_fact(facts, changes, follows):
    assert aim_of(Scenario().change(changes).state(facts)).follows == follows


def test_a_quota_of_the_firms_own_is_kept_and_one_of_another_calibration_is_not():
    assert aim_of(Scenario().change({QUOTA: 1.2e6})).kept == (QUOTA,)
    assert aim_of(Scenario().state({"quota": 1.2e6})).kept == (QUOTA,)
    assert aim_of(preset("status_quo", "practitioner")).kept == ()
    elsewhere = Scenario().change({path: preset("status_quo", "practitioner").value(path) for path in CALIBRATED})
    assert aim_of(elsewhere).kept == aim_of(version_1()).kept == ()
    assert aim_of(Scenario().state({"quota": 1.2e6}), Targets()).kept == ()


@pytest.mark.parametrize("facts", [
    {"win_rate_created": 0.08, "win_rate_qualified": 0.16}, {"win_rate_qualified": 0.3}, {"win_rate_created": 0.12}])
def test_the_gates_multiply_to_the_stated_win_rates(facts):
    discovery, qualified, proposal = aim_of(Scenario().state(facts)).targets.gates
    shown = {"win_rate_created": discovery * qualified * proposal, "win_rate_qualified": qualified * proposal}
    assert {name: shown[name] for name in facts} == pytest.approx(facts, abs=1e-9)


def test_published_levels_are_what_published_win_rates_ask_for():
    facts = {"win_rate_created": 0.55 * 0.5 * 0.35, "win_rate_qualified": 0.5 * 0.35}
    assert aim_of(Scenario().state(facts)).targets.gates == pytest.approx(Targets().gates)


def test_a_fact_that_no_parameter_can_give_is_one_line():
    with pytest.raises(ParameterError, match=r"stated.deal_value: it needs market.deal_value_median = \S+; allowed is"):
        solved(SMALL.state({"deal_value": 1e9}), replications=2)
    refuse_impossible(aim_of(Scenario().state({"win_rate_qualified": 0.2})))


# --- what comes of it


@pytest.fixture(scope="module")
def ours():
    """A firm of 3 and 2 seats with a people plan, a roll-out and a habit of one team, calibrated to what it states."""
    firm = Scenario().change(SHORT).state({
        "seats": [3, 2], "quota": 1.2e6, "revenue": 4e6, "cycle_days": 80, "leavers_per_seat_year": 0.3,
        "win_rate_created": 0.08, "win_rate_qualified": 0.16, "sales_per_rep": 1.5e6})
    firm = firm.change({"plan": [{"week": 30, "team": 1, "hire": 1}], "team.1.status_quo.coaching_share": 0.1,
                        "policy.coaching_share": 0.4}).rollout({2: 20})
    return firm, solved(firm, replications=10), None


def test_what_is_stated_is_kept_and_the_rest_is_solved_with_intervals(ours):
    firm, done, _ = ours
    assert done.organisation.quota_per_year == 1.2e6
    assert done.origin.facts == firm.origin.facts
    assert set(firm.differences(done)) == set(done.origin.solved_paths) == {
        *CALIBRATED, VALUE, "market.pace_days_median", "world.quits_per_month"} - {QUOTA, "world.clarity_exponent"}
    for line in done.origin.solved:
        assert line.low < done.value(line.path) < line.high


def test_the_base_year_shows_what_was_stated_and_what_contradicts_it(ours):
    _, done, _ = ours
    year = base_year(done, replications=16, workers=1)
    table = year.table.set_index("fact")
    roles = {"seats": "kept", "quota": "kept", "revenue": "solved", "win_rate_created": "solved",
             "cycle_days": "solved", "leavers_per_seat_year": "solved", "sales_per_rep": "shown",
             "quota_attainment": "open"}
    assert table.loc[list(roles), "role"].to_dict() == roles
    assert table.loc["seats", ["stated", "simulated"]].tolist() == [5.0, 5.0]
    solved_for = ("revenue", "win_rate_created", "cycle_days", "leavers_per_seat_year")
    assert all(table.loc[name, "agrees"] for name in solved_for)  # C21: leavers are those of a filled seat and a year
    assert [(each.fact, each.against) for each in year.contradictions] == [("sales_per_rep", ("revenue", "seats"))]
    assert year.solved["parameter"].tolist() == list(done.origin.solved_paths)


@pytest.mark.parametrize("firm", [
    Scenario().state({"seats": [9, 7, 11]}).change({**SHORT, "team.2.deal_value_factor": 3.0}),
    version_1().change({**SHORT, "organisation.teams": 1, "organisation.seats_per_team": 4}),
    SMALL.change({"market.deal_value_quantiles": [1e4, 3e4, 2e5]}).state({"revenue": 3e6}),
], ids=["unequal teams", "version 1", "a table of deal values"])
def test_every_kind_of_firm_is_calibrated(firm):
    done = solved(firm, replications=2)
    assert dict(done.origin.stated) == dict(firm.origin.stated)
    assert OVERHEAD in done.origin.solved_paths
    own = bool(firm.market.deal_value_quantiles)  # a firm's own deals stay, and their number is solved
    assert done.market.deal_value_quantiles == firm.market.deal_value_quantiles
    assert (ARRIVALS in done.origin.solved_paths) == own


def test_a_quota_follows_the_deals_of_a_team_when_it_is_solved():
    equal = Scenario().state({"seats": [4, 4]}).change(SHORT)
    scaled = equal.change({"team.2.deal_value_factor": 5.0})
    quotas = [solved(firm, replications=4, rounds=1).organisation.quota_per_year for firm in (equal, scaled)]
    assert quotas[1] == pytest.approx(quotas[0], rel=0.15)  # value is a scale


def test_only_the_warm_up_is_run():
    firm = SMALL.change({"plan": [{"week": 40, "team": 1, "hire": 1}]}).rollout({1: 30})
    short = until_the_switch(firm)
    assert (short.calendar.horizon_weeks, short.people_plan, short.policy) == (1, (), firm.status_quo)


def test_a_fact_is_a_ratio_of_sums():
    sums = dict.fromkeys(COLUMNS, 1.0) | {
        "discovery_gates": 100.0, "discovery_passed": 50.0, "qualified_gates": 40.0, "qualified_passed": 20.0,
        "proposal_gates": 10.0, "proposal_won": 4.0, "reps_revenue": 200.0}
    total = np.array([sums[name] for name in COLUMNS])
    names = ("win_rate_qualified", "win_rate_created", "deal_value")
    assert [ratios_of(name)(total) for name in names] == pytest.approx([0.2, 0.1, 50.0])


def test_a_short_warm_up_is_refused():
    with pytest.raises(ParameterError, match="the base year needs 52 or more"):
        base_year(SMALL.change({"calendar.warmup_weeks": 20}))


@pytest.mark.slow
def test_intervals_of_what_is_solved_hold_what_many_runs_solve():
    """Of 30 calibrations with seeds of their own, 95 % intervals hold a far larger one's value nearly always.

    With a coverage of .80 or more, fewer than 16 of 30 has a chance below 1e-4 for each parameter.
    """
    firm = SMALL.state({"win_rate_qualified": 0.16, "revenue": 3.2e6, "cycle_days": 80})
    truth = solved(firm, replications=400, seed=1)
    inside = dict.fromkeys(truth.origin.solved_paths, 0)
    for seed in range(2, 32):
        for line in solved(firm, replications=12, seed=seed).origin.solved:
            inside[line.path] += bool(line.low <= truth.value(line.path) <= line.high)
    assert {path: count for path, count in inside.items() if count < 16} == {}
    assert t_quantile(11, 0.95) > 2.0
