"""Deal size at the gates, cover, drifting ability, quits by quality, unfit managers and the rivals' answer, in runs."""

import functools
import math

import numpy as np
import pytest
from reading import rows_of

from simlead.engines import compiled_engine
from simlead.engines.plan import plan_of, table_value
from simlead.model import draws, events
from simlead.model.rules import buyers
from simlead.model.scenario import NEUTRAL, Scenario
from simlead.model.structure import OVERRIDES
from simlead.study.special_cases import funnel

SEATS, WARMUP, WEEKS = 6, 20, 30
FIRM = Scenario().change({
    **NEUTRAL, "organisation.teams": 6, "organisation.seats_per_team": SEATS, "calendar.warmup_weeks": WARMUP,
    "calendar.horizon_weeks": WEEKS, "world.manager_exits_per_year": 0.0, "world.natural_coach_share": 0.0,
    "world.vacancy_months": 2.0, "world.quits_per_month": 0.06})


@functools.cache
def played(changes=()):
    return compiled_engine.run(FIRM.change(dict(changes)), 4, 0)


def firm(changes=None):
    return played(tuple(sorted((changes or {}).items())))


def by_week(records, column):
    return records.reps[column].reshape(WARMUP + WEEKS, -1)


# --- deal size


@pytest.mark.parametrize("table", [(), (1_000.0, 4_000.0, 90_000.0)])
def test_a_gates_logit_falls_with_the_log_of_the_deals_size(table):
    scenario = funnel(0.6, 0.5, 0.4, seats=4, weeks=20).change({
        "world.size_effect": 0.3, "market.growth_per_year": 0.5, "market.deal_value_quantiles": table})
    records = compiled_engine.run(scenario, 2, 0)
    gates = rows_of(records.trace, events.GATE)
    assert len(gates) > 300
    plan = plan_of(scenario)
    others = math.exp(plan.world.no_decision_utility) + plan.market.rivals
    levels = (plan.world.discovery_intercept, plan.world.qualified_intercept, plan.world.our_utility - math.log(others))
    for gate in gates:
        name = (2, 0, draws.VALUE, int(gate["entity"]), int(gate["index"]))
        size = (math.log(table_value(table, draws.uniform(*name)) / 4_000.0) if table
                else plan.market.deal_value_sigma * draws.normal(*name))
        stage = gate["detail"] >> 3
        chance = buyers.logistic(levels[stage] - 0.3 * size)
        if stage == events.PROPOSAL:
            chance = min(chance, 1.0 - plan.market.rivals / (math.exp(plan.world.our_utility) + others))
        assert gate["value"] == pytest.approx(chance, rel=1e-12)


def test_large_deals_are_won_less_and_small_ones_more():
    def wins(changes, large):
        deals = firm(changes).opportunities
        return np.sum((deals["outcome"] == events.WON) & ((deals["value"] > 35_000.0) == large))

    assert wins({"world.size_effect": 0.5}, True) < wins({}, True)
    assert wins({"world.size_effect": 0.5}, False) > wins({}, False)


# --- cover


FLAT = {"market.noticing_elasticity": 0.0, "market.vacant_noticing_share": 0.0}


def arrivals_at(records, occupied):
    """Uniform numbers of the opportunities that arrived where the seat was (not) filled all week, and if noticed."""
    week = np.floor(records.opportunities["arrived"] / 40.0).astype(int) + WARMUP
    seat = records.opportunities["territory"]
    filled = by_week(records, "filled")
    since = by_week(records, "tenure_weeks")
    week = np.minimum(week, WARMUP + WEEKS - 1)
    there = filled[week, seat] == occupied
    if occupied:
        there &= since[week, seat] > 14.0
    else:
        there &= (week > 0) & ~filled[np.maximum(week - 1, 0), seat]
    deals = records.opportunities[there]
    u = [draws.uniform(4, 0, draws.VISIBILITY, int(deal["territory"]), int(deal["number"])) for deal in deals]
    return np.array(u), deals["noticed"]


def test_a_vacant_territory_notices_the_covered_share_of_what_the_others_do():
    for share in (0.0, 0.9):
        u, noticed = arrivals_at(firm({**FLAT, "market.cover_noticing_share": share}), occupied=False)
        assert len(u) > 500 and np.array_equal(noticed, u < share * 0.6)
    u, noticed = arrivals_at(firm({**FLAT, "market.cover_noticing_share": 0.9}), occupied=True)
    assert np.array_equal(noticed, u < 0.6)


def test_a_newcomer_is_covered_for_so_many_weeks():
    """With full cover, a newcomer's territory notices at least what the team's others do; later, what is their own."""
    noticed = [int(firm({"market.cover_noticing_share": 1.0, "organisation.cover_weeks": weeks})
                   .opportunities["noticed"].sum()) for weeks in (0, 13, 104)]
    assert noticed[0] < noticed[1] < noticed[2]


def test_team_mates_make_up_part_of_a_vacant_seats_time():
    records = firm({"organisation.cover_time_share": 0.6, "world.accountability_effect": 0.0,
                    "world.accountability_overdose": 0.0})
    filled = by_week(records, "filled").reshape(WARMUP + WEEKS, -1, SEATS)
    hours, effective = (by_week(records, f"{kind}prospecting_hours").reshape(filled.shape)
                        for kind in ("", "effective_"))
    vacant = (~filled).sum(axis=2)[:-1]  # as the next week begins
    expected = 1.0 + 0.6 * vacant / np.maximum(1, SEATS - vacant)
    worked = hours[1:] > 0.0
    factor = np.where(worked, effective[1:] / np.where(worked, hours[1:], 1.0), np.nan)
    assert set(np.unique(vacant)) >= {0, 1, 2}
    assert np.allclose(
        factor[worked], np.broadcast_to(expected[:, :, None], worked.shape)[worked], rtol=1e-12, atol=0.0)


def test_cover_brings_back_part_of_what_vacancies_cost():
    noticing, time = {"market.cover_noticing_share": 0.9}, {"organisation.cover_time_share": 0.6}
    revenue = [firm(changes).weeks["revenue"].sum() for changes in ({}, noticing, noticing | time)]
    assert revenue[0] < revenue[1] < revenue[2]


# --- ability


def test_ability_drifts_weekly_by_named_draws():
    records = firm({"world.ability_year_correlation": 0.5})
    ability, hire, filled = (by_week(records, name) for name in ("ability", "hire", "filled"))
    kept = math.exp(math.log(0.5) / 52.0)
    steps = 0
    for week in range(1, WARMUP + WEEKS):
        for seat in range(ability.shape[1]):
            if filled[week - 1, seat] and hire[week, seat] == hire[week - 1, seat]:
                z = draws.normal(4, 0, draws.ABILITY_DRIFT, seat, int(hire[week, seat]) * 4096 + week)
                assert ability[week, seat] == pytest.approx(
                    kept * ability[week - 1, seat] + math.sqrt(1.0 - kept * kept) * z, rel=1e-12)
                steps += 1
    assert steps > 1_000
    assert np.array_equal(firm({}).reps["ability"][:36], records.reps["ability"][:36], equal_nan=True)


def test_drift_leaves_the_law_of_ability_and_forgets_at_its_rate():
    """Over 4,000 reps: after two years the variance is 1 and the correlation .6^2, each within four standard errors."""
    kept = math.exp(math.log(0.6) / 52.0)
    z = np.random.default_rng(5).standard_normal((105, 4_000))
    ability = z[0].copy()
    for week in range(1, 105):
        ability = kept * ability + math.sqrt(1.0 - kept * kept) * z[week]
    assert abs(ability.var() - 1.0) < 4.0 * math.sqrt(2.0 / 4_000)
    assert abs(np.corrcoef(ability, z[0])[0, 1] - 0.36) < 4.0 * (1.0 - 0.36**2) / math.sqrt(4_000)


def test_without_drift_nobody_changes():
    ability, hire = by_week(firm({}), "ability"), by_week(firm({}), "hire")
    same = hire[1:] == hire[:-1]
    assert np.array_equal(ability[1:][same], ability[:-1][same], equal_nan=True)


# --- quits


def leavers(changes):
    rows = rows_of(firm(changes).trace, events.REP_LEAVES)
    return [(float(row["time"]), int(row["entity"])) for row in rows]


@pytest.mark.parametrize("changes", [
    {"world.retention_by_quality": True, "world.quality_mean": -1.0, "world.quality_sd": 0.0},
    {"world.retaining_dose_limit": 0.0}])
def test_hours_with_a_harmful_coach_and_hours_beyond_the_limit_retain_nobody(changes):
    quality = {name: value for name, value in changes.items() if name.startswith("world.quality")}
    effect = {"world.coaching_hour_quit_effect": 0.2, "world.reference_dose": 0.0, "world.promotion_dose": 3.1}
    here, none, counted = (firm({**effect, **case}) for case in (
        changes, {**quality, "world.coaching_hour_quit_effect": 0.0}, quality))
    assert np.array_equal(here.trace, none.trace)
    assert not np.array_equal(here.trace, counted.trace)


def test_good_coaches_retain_and_their_quality_counts_up_to_one():
    def quits(quality, by_quality):
        return len(leavers({"world.retention_by_quality": by_quality, "world.quality_mean": quality,
                            "world.quality_sd": 0.0, "world.coaching_hour_quit_effect": 0.4,
                            "policy.coaching_share": 0.5, "world.coached_quit_effect": 0.0,
                            "world.coaching_gain_max": 0.0, "world.clarity_quality_slope": 0.0,
                            "world.pre_call_lift": 0.0}))

    assert quits(0.0, True) > quits(0.5, True) > quits(1.0, True)
    assert quits(1.0, True) == quits(2.0, True) == quits(1.0, False) == quits(0.0, False)


# --- managers


def test_managers_below_the_threshold_are_replaced_by_managers_above_it():
    changes = {"policy.replace_unfit": True, "world.unfit_below": 0.7}
    records = firm(changes)
    before = records.managers[records.managers["week"] == -1]
    after = records.managers[records.managers["week"] == 0]
    replaced = after["appointment"] > before["appointment"]
    assert np.array_equal(replaced, before["quality"] < 0.7) and replaced.any() and not replaced.all()
    assert (after["quality"] >= 0.7).all()


def test_a_promotion_is_priced_at_the_reference_dose_unless_at_one_of_its_own():
    exits = {"world.manager_exits_per_year": 3.0, "world.reference_dose": 2.1}
    usual, same, other = (firm({**exits, "world.promotion_dose": dose}) for dose in (0.0, 2.1, 8.0))
    assert np.array_equal(usual.trace, same.trace) and not np.array_equal(usual.trace, other.trace)
    first, dearer = (rows_of(records.trace, events.MANAGER_APPOINTED)["value"][6] for records in (usual, other))
    assert first < dearer


# --- rivals


LED = {"policy.coaching_share": 0.5, "policy.role_clarity": 0.9, "world.clarity_exponent": 2.0,
       "market.pace_days_median": 20.0}


def test_rivals_answer_from_the_switch_on_and_take_back_part_of_a_gain():
    usual, answered = firm(LED), firm({**LED, "structure.rivals_answer": True})
    before = usual.trace["time"] < 0.0
    assert np.array_equal(usual.trace[before], answered.trace[: before.sum()])
    gates = [rows_of(records.trace, events.GATE) for records in (usual, answered)]
    last = [rows[(rows["detail"] >> 3 == events.PROPOSAL) & (rows["time"] > 800.0)] for rows in gates]
    assert np.mean(last[1]["value"]) < np.mean(last[0]["value"])
    late = slice(-15, None)

    def share(records):
        weeks = records.weeks[late]
        return weeks["revenue"].sum() / (weeks["revenue"].sum() + weeks["rival_value"].sum())

    base = [firm({**LED, **dict.fromkeys(("policy.coaching_share",), 0.2), "policy.role_clarity": 0.4})]
    assert share(base[0]) < share(answered) < share(usual)


@pytest.mark.parametrize("changes", [
    {"market.opportunities_per_seat_year": 0.0}, {"world.our_utility": -8.0, "policy.own_selling_share": 0.0,
                                                  "status_quo.own_selling_share": 0.0},
    {"calendar.warmup_weeks": 0}])
def test_where_nothing_was_won_there_is_no_answer(changes):
    scenario = FIRM.change({**changes, "organisation.teams": 1})
    one, other = (compiled_engine.run(scenario.change({"structure.rivals_answer": on}), 4, 0) for on in (False, True))
    if not (one.opportunities["won_value"][one.opportunities["decided"] < 0.0] > 0.0).any():
        assert np.array_equal(one.trace, other.trace)


# --- switches


@pytest.mark.parametrize("name", [name for name, changes in OVERRIDES.items() if changes])
def test_a_switch_is_what_it_overrides(name):
    short = FIRM.change({
        "organisation.teams": 1, "calendar.warmup_weeks": 4, "calendar.horizon_weeks": 12, "world.vacancy_months": 1.0,
        "market.cover_noticing_share": 0.9, "organisation.cover_time_share": 0.6, "world.hours_per_coached_rep": 4.4,
        "world.attention_sd": 1.0, "world.clarity_width": 0.3, "policy.role_clarity": 0.9,
        "world.coaching_hour_quit_effect": 0.5, "world.quits_per_month": 0.3})
    switched = compiled_engine.run(short.change({f"structure.{name}": True}), 1, 0)
    assert np.array_equal(switched.trace, compiled_engine.run(short.change(OVERRIDES[name]), 1, 0).trace)
    assert not np.array_equal(switched.trace, compiled_engine.run(short, 1, 0).trace)
