"""What must be so at the extremes, whatever the numbers in between."""

from __future__ import annotations

import math

import numpy as np
import pytest
from reading import deal_name, meetings, rows_of
from scipy import optimize, stats

from simlead.engines.compiled_engine import run
from simlead.model import events as ev
from simlead.model.rules import reps as rep_rules
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_MONTH
from simlead.study.simulate import simulate

SMALL = {"organisation.teams": 2, "organisation.seats_per_team": 5, "calendar.warmup_weeks": 2,
         "calendar.horizon_weeks": 26}
FALSE_ALARM = 1e-5


def played(changes=None, seed=5, **more):
    return run(Scenario().change(SMALL | (changes or {}) | more), seed, 0)


def both(levers):
    """The same levers before and after the switch."""
    return {f"{when}.{lever}": value for when in ("policy", "status_quo") for lever, value in levers.items()}


def after_switch(table):
    return table[table["week"] >= 0]


# --- coaching


def test_without_planned_coaching_only_natural_coaches_coach():
    managers = after_switch(played({
        "policy.coaching_share": 0.0, "world.natural_coach_share": 0.3, "organisation.teams": 8,
        "organisation.seats_per_team": 4}).managers)
    natural = managers["natural_coach"]
    assert natural.any() and not natural.all()
    # In week 0 a session of the old plan may still be under way; the rest lapsed with its day.
    assert np.all(managers["coaching_hours"][~natural & (managers["week"] > 0)] == 0.0)
    assert managers["coaching_hours"][natural].mean() > 0.3 * 40.0
    assert np.all(managers["planned_coaching_hours"][natural] == 30.0)
    assert np.all(managers["planned_own_selling_hours"][natural] == 0.0)


def test_as_many_managers_as_the_world_says_are_natural_coaches():
    coaches = [run(Scenario().change(SMALL | {
        "organisation.teams": 100, "organisation.seats_per_team": 1, "calendar.warmup_weeks": 0,
        "calendar.horizon_weeks": 1, "market.opportunities_per_seat_year": 0.0}), seed, 0).managers["natural_coach"]
        for seed in range(6)]
    count, total = int(np.sum(coaches)), sum(map(len, coaches))
    share = Scenario().world.natural_coach_share
    assert stats.binomtest(count, total, share).pvalue > FALSE_ALARM
    assert stats.binomtest(count, total, 2.5 * share).pvalue < FALSE_ALARM


def test_no_plan_makes_more_than_a_week():
    managers = after_switch(played({
        "policy.coaching_share": 1.0, "policy.own_selling_share": 0.0, "policy.role_clarity": 1.0}).managers)
    hours = managers["coaching_hours"]
    assert 10.0 < hours.mean() < 40.0 and hours.max() <= 40.0


def test_without_one_kind_of_session_there_is_none_of_it():
    for kind, lever in enumerate(("one_to_one", "pre_call", "post_call")):
        records = played(both({lever: False}))
        held = rows_of(records.trace, ev.SESSION_BEGINS, ev.SESSION_LAPSES)
        assert kind not in held["detail"] and len(set(held["detail"])) == 2


def test_nobody_waits_without_patience():
    records = played({"organisation.patience_hours": 0.0})
    assert np.all(records.reps["waiting_hours"] == 0.0)
    assert len(rows_of(records.trace, ev.WAITING_ENDS)) == 0
    assert played().reps["waiting_hours"].sum() > 0.0


def test_the_floor_of_gains_holds():
    gains = played({"world.quality_mean": -1.0, "world.quality_sd": 0.0, "world.quality_low": -5.0,
                    "policy.coaching_share": 0.5, "calendar.horizon_weeks": 60}).reps["coaching_gain"]
    gains = gains[~np.isnan(gains)]
    assert gains.min() == pytest.approx(-0.10) and gains.max() <= 0.0


# --- clarity and accountability


def test_with_full_adherence_every_plan_is_kept():
    records = played({"world.adherence_floor": 1.0})
    assert np.all(records.managers["adherence"] == 1.0)
    assert records.managers["errands_kept"].sum() == 0 and records.managers["errands_dropped"].sum() > 500
    assert len(rows_of(records.trace, ev.HEROICS_BEGIN)) == 0
    assert np.all(rows_of(records.trace, ev.SESSION_BEGINS)["value"] == 1.0)


def test_errands_are_kept_as_often_as_the_role_is_unclear():
    managers = played({"world.manager_clarity_sd": 0.0, "world.natural_coach_share": 0.0,
                       "policy.role_clarity": 0.9, "policy.accountability": 0.8}).managers
    managers = after_switch(managers)
    chi = 0.3 + 0.5 * 0.9 * 0.9
    assert np.allclose(managers["adherence"], chi)
    kept, dropped = int(managers["errands_kept"].sum()), int(managers["errands_dropped"].sum())
    assert stats.binomtest(kept, kept + dropped, 1.0 - chi).pvalue > FALSE_ALARM
    assert stats.binomtest(kept, kept + dropped, 1.0 - 0.44).pvalue < FALSE_ALARM


def test_without_heroics_there_are_no_heroes():
    assert len(rows_of(played(both({"heroics": 0.0})).trace, ev.HEROICS_BEGIN)) == 0
    assert len(rows_of(played().trace, ev.HEROICS_BEGIN)) > 0


def test_without_reviews_no_meeting_takes_place_and_no_deal_is_named():
    records = played(both({"kpi_review": False}))
    assert len(rows_of(records.trace, ev.TEAM_MEETING_BEGINS, ev.DEAL_NAMED, ev.DEAL_RELIEVED)) == 0
    assert not records.managers["kpi_review"].any()
    assert np.all(records.reps["team_meeting_hours"] == 0.0)


def test_effort_peaks_where_the_model_says_and_overdoses_after_it():
    best = optimize.minimize_scalar(
        lambda a: -rep_rules.effort(a, 0.07, 0.5, 0.7), bounds=(0, 1), method="bounded").x
    assert best == pytest.approx(0.77, abs=0.01)
    assert rep_rules.effort(1.0, 0.07, 0.5, 0.7) < rep_rules.effort(0.4, 0.07, 0.5, 0.7)


# --- reps


def test_a_new_rep_reaches_95_percent_in_eight_months():
    ramp = math.exp(rep_rules.log_ramp(8.0 * HOURS_PER_MONTH, 0.3, 3.0 * HOURS_PER_MONTH))
    assert ramp == pytest.approx(1.0 - 0.7 * math.exp(-8.0 / 3.0)) and 0.94 < ramp < 0.96
    assert math.exp(rep_rules.log_ramp(0.0, 0.3, 3.0)) == pytest.approx(0.3)


def test_an_overloaded_rep_falls_behind_and_stops_prospecting():
    # Six hours a meeting, with all noticed: more work than 40 hours a week hold.
    reps = played({"organisation.meeting_handling_hours": 6.0, "market.noticed_at_norm": 1.0,
                   "market.noticing_elasticity": 0.0, "world.ageing_per_week": 0.0,
                   "calendar.horizon_weeks": 52}).reps
    late = reps[(reps["week"] > 40) & reps["filled"] & (reps["tenure_weeks"] > 20)]
    early = reps[(reps["week"] < 5) & reps["filled"]]
    assert late["queue"].mean() > 5 * max(1.0, early["queue"].mean())
    assert late["prospecting_hours"].mean() < 0.2 * early["prospecting_hours"].mean()


def test_an_idle_rep_prospects_all_week_but_for_people():
    reps = played({"market.opportunities_per_seat_year": 0.0}).reps
    assert np.all(reps["customer_hours"] == 0.0) and np.all(reps["sales"] == 0.0)
    people = reps["vacant_hours"] + reps["team_meeting_hours"] + reps["coaching_hours"] + reps["waiting_hours"]
    assert np.allclose(reps["prospecting_hours"], 40.0 - people)


def test_the_floor_of_prospecting_comes_before_customers_while_few_wait():
    records = played({"organisation.prospecting_floor_hours": 40.0, "organisation.prospecting_floor_queue": 1000,
                      "calendar.warmup_weeks": 10})
    assert records.reps["customer_hours"].sum() == 0.0  # all of the week is the floor
    assert len(meetings(records.trace)) == 0


# --- people


def test_nobody_leaves_where_nobody_quits_or_is_promoted():
    records = played({"world.quits_per_month": 0.0, "world.manager_exits_per_year": 0.0})
    assert records.reps["filled"].all()
    assert len(rows_of(records.trace, ev.REP_LEAVES, ev.REP_HIRED, ev.MANAGER_LEAVES)) == 0


@pytest.mark.parametrize(("share", "lost"), [(0.0, 0.0), (1.0, 1.0)])
def test_a_leavers_deals_are_lost_or_handed_over(share, lost):
    records = played({"market.account_loss_share": share, "world.quits_per_month": 0.3})
    abandoned = len(rows_of(records.trace, ev.DEAL_ABANDONED))
    handed = len(rows_of(records.trace, ev.DEAL_HANDED_OVER))
    assert abandoned + handed > 20
    assert abandoned / (abandoned + handed) == lost


def test_a_part_of_a_leavers_deals_is_lost():
    records = played({"world.quits_per_month": 0.2, "world.vacancy_months": 0.5, "organisation.teams": 4,
                      "calendar.horizon_weeks": 40})  # so quickly filled that there always is a mate
    abandoned = len(rows_of(records.trace, ev.DEAL_ABANDONED))
    total = abandoned + len(rows_of(records.trace, ev.DEAL_HANDED_OVER))
    assert stats.binomtest(abandoned, total, 0.15).pvalue > FALSE_ALARM
    assert stats.binomtest(abandoned, total, 0.30).pvalue < FALSE_ALARM


def test_with_no_team_mate_a_vacant_territory_is_lost():
    records = played({"organisation.seats_per_team": 1, "world.quits_per_month": 0.5, "organisation.teams": 6})
    assert np.all(records.opportunities["seat"] == records.opportunities["territory"])
    assert records.opportunities["handovers"].sum() == 0
    left = {}
    for row in rows_of(records.trace, ev.REP_LEAVES, ev.REP_HIRED, ev.OPPORTUNITY_ARRIVES):
        if row["kind"] == ev.OPPORTUNITY_ARRIVES:
            assert not (row["detail"] and left.get(int(row["entity"])))
        else:
            left[int(row["actor"])] = row["kind"] == ev.REP_LEAVES
    assert any(row["vacant_hours"] > 0.0 for row in records.reps)


def test_a_vacant_territory_is_noticed_at_three_tenths_of_the_norm_by_a_mate():
    records = played({"world.quits_per_month": 0.2, "organisation.teams": 6, "calendar.horizon_weeks": 52,
                      "market.cover_noticing_share": 0.0})
    vacant, seen, arrived = {}, 0, 0
    for row in rows_of(records.trace, ev.REP_LEAVES, ev.REP_HIRED, ev.OPPORTUNITY_ARRIVES):
        seat = int(row["entity"])
        if row["kind"] != ev.OPPORTUNITY_ARRIVES:
            vacant[seat] = row["kind"] == ev.REP_LEAVES
        elif vacant.get(seat):
            arrived += 1
            seen += int(row["detail"])
            assert not row["detail"] or int(row["actor"]) != seat
    assert arrived > 200
    assert stats.binomtest(seen, arrived, 0.18).pvalue > FALSE_ALARM
    assert stats.binomtest(seen, arrived, 0.60).pvalue < FALSE_ALARM


def test_added_seats_bring_capacity_and_no_buyers():
    grown = played({"organisation.seat_growth_per_year": 0.5, "calendar.horizon_weeks": 60})
    plain = played({"calendar.horizon_weeks": 60})
    assert sorted(deal_name(grown.opportunities).tolist()) == sorted(deal_name(plain.opportunities).tolist())
    assert grown.weeks["seats"][-1] == 14 and plain.weeks["seats"][-1] == 10
    assert np.isin(grown.reps["seat"][grown.reps["customer_hours"] > 0], [10, 11, 12, 13]).any()


# --- money and the whole


def test_own_selling_moves_share_and_not_the_market():
    values = {}
    for share in (0.0, 0.4):
        records = played(both({"own_selling_share": share}) | {"calendar.horizon_weeks": 52})
        won = np.isin(records.opportunities["outcome"], (ev.WON, ev.WON_BY_MANAGER, ev.RIVAL))
        deals = records.opportunities[won & ~records.opportunities["noticed"]]
        values[share] = (deals["value"].sum(), (deals["outcome"] == ev.WON_BY_MANAGER).sum())
        assert np.all(records.opportunities["outcome"][records.opportunities["noticed"]] != ev.WON_BY_MANAGER)
    # What the firm did not notice goes to the same names; only some are now the managers'.
    assert values[0.0][1] == 0 and values[0.4][1] > 0


def test_own_selling_earns_what_its_hours_are_worth():
    records = played(both({"own_selling_share": 0.4, "coaching_share": 0.0}) | {
        "market.growth_per_year": 0.0, "calendar.horizon_weeks": 104, "world.natural_coach_share": 0.0,
        "organisation.seats_per_team": 8})
    hours = rows_of(records.trace, ev.MANAGER_TASK_ENDS)
    sold = hours[hours["detail"] == ev.OWN_SELLING]
    scenario = Scenario()
    worth = 1.3 * scenario.organisation.ramped_revenue_per_year / 2080.0
    for team in range(2):
        paid_in = np.sum(sold["actor"] == team) * worth
        taken_out = records.managers["own_sales"][records.managers["team"] == team].sum()
        largest = records.opportunities["value"][records.opportunities["outcome"] == ev.WON_BY_MANAGER].max()
        assert paid_in - 30 * worth < taken_out <= paid_in + largest


def test_a_market_without_buyers_has_measures_without_errors():
    measures = simulate(Scenario().change(SMALL | {
        "market.opportunities_per_seat_year": 0.0, "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52,
    })).measures()
    assert measures["revenue"] == 0.0
    assert math.isnan(measures["market_share"])


def test_one_seat_one_week_is_a_firm():
    records = run(Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                                     "calendar.warmup_weeks": 0, "calendar.horizon_weeks": 1}), 0, 0)
    assert len(records.weeks) == len(records.reps) == len(records.managers) == 1
