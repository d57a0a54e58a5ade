"""Whatever managers do, the same buyers turn up, with the same moods, and the same people apply."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from reading import deal_name, meetings, rows_of, week_of_row

from simlead.engines.compiled_engine import run
from simlead.model import draws
from simlead.model import events as ev
from simlead.model.presets import PRESETS
from simlead.model.rules import buyers, coaching, managers, people
from simlead.model.scenario import Scenario

SMALL = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 6,
    "calendar.warmup_weeks": 26, "calendar.horizon_weeks": 52})
POLICIES = {name: changes for name, changes in PRESETS.items() if name != "construction_group"}
POLICIES |= {
    "replaced": {"policy.replace_unfit": True}, "external": {"policy.promotion_rule": "external"},
    "nobody coaches": {"policy.coaching_share": 0.0}, "no meetings": {"policy.kpi_review": False},
    "slowly": {"policy.coaching_share": 0.6, "policy.adoption_weeks": 40},
}


@functools.cache
def played(changes=(), seed=7):
    """A small firm's records under these changes, always over the same luck."""
    return run(SMALL.change(dict(changes)), seed, 0)


def firm(changes=None, seed=7):
    return played(tuple(sorted((changes or {}).items())), seed)


def by_name(table):
    return dict(zip(deal_name(table).tolist(), table, strict=True))


def where(rows, *names):
    """The named fields of rows, to be compared as they stand."""
    return [rows[name].tolist() for name in names]


# --- the market does not know the policy


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_moves_no_buyer(policy):
    before, after = firm().opportunities, firm(POLICIES[policy]).opportunities
    order = [np.argsort(deal_name(table), kind="stable") for table in (before, after)]
    assert where(before[order[0]], "territory", "number", "arrived", "value", "pace_hours") == where(
        after[order[1]], "territory", "number", "arrived", "value", "pace_hours")


@pytest.mark.parametrize("policy", POLICIES)
def test_before_the_switch_a_policy_changes_nothing_at_all(policy):
    before, after = firm().trace, firm(POLICIES[policy]).trace
    until_switch = np.flatnonzero(before["kind"] == ev.WEEK_BEGINS)[25]
    assert before[until_switch]["time"] == 0.0
    assert before[:until_switch].tobytes() == after[:until_switch].tobytes()
    if policy not in ("status_quo", "replaced", "external"):  # nobody unfit, nobody left: no difference
        assert before.tobytes() != after.tobytes()


STEADY = {"world.ability_year_correlation": 1.0}  # with drift a rep's ability depends on the week


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_people_apply(policy):
    traits = ("ability", "stage_skill_discovery", "stage_skill_qualified", "stage_skill_proposal")
    seen = [{(row["seat"], row["hire"]): tuple(row[trait] for trait in traits)
             for row in records.reps if row["filled"]} for records in (firm(STEADY), firm(STEADY | POLICIES[policy]))]
    shared = seen[0].keys() & seen[1].keys()
    assert len(shared) > 10
    assert all(seen[0][name] == seen[1][name] for name in shared)


def test_another_seed_or_replicate_is_another_market():
    ours = firm().opportunities
    for other in (run(SMALL, 8, 0), run(SMALL, 7, 1), run(SMALL, 7 + 2**32, 0)):
        assert not np.isin(other.opportunities["value"], ours["value"]).any()


def test_meetings_of_a_deal_take_as_long_whoever_coaches():
    """Handling times and buyers' gaps are the deal's own: they scale with the rep, and no more."""
    one, other = firm(), firm({"policy.coaching_share": 0.45, "policy.own_selling_share": 0.0})
    lengths = []
    for records in (one, other):
        held = meetings(records.trace)
        early = {(name, number): end - begin for name, number, begin, end in zip(
            held["deal"].tolist(), held["meeting"].tolist(), held["began"].tolist(), held["ended"].tolist(),
            strict=True)}
        lengths.append(early)
    shared = sorted(lengths[0].keys() & lengths[1].keys())
    ratio = np.array([lengths[1][name] / lengths[0][name] for name in shared])
    assert len(shared) > 1000
    assert np.all(np.abs(np.log(ratio)) < 0.2)  # clarity of reps of another manager
    assert np.mean(np.abs(ratio - 1.0) < 1e-9) > 0.6  # most reps are the same people at the same clarity
    gaps = [{(r["entity"], r["index"], r["detail"]): r["value"] for r in rows_of(records.trace, ev.MEETING_DUE)}
            for records in (one, other)]
    assert all(gaps[0][name] == gaps[1][name] for name in gaps[0].keys() & gaps[1].keys())


# --- a clearer role


def errands(records):
    rows = rows_of(records.trace, ev.ERRAND_ARRIVES)
    return {(int(r["entity"]), int(r["index"]), float(r["time"])) for r in rows if r["detail"]}


def test_a_clearer_role_drops_errands_and_moves_none():
    change = {"world.manager_exits_per_year": 0.0}
    vague = firm(change | {"policy.role_clarity": 0.2})
    clear = firm(change | {"policy.role_clarity": 0.9})
    assert errands(clear) < errands(vague)  # a proper subset, each at its own hour
    came = [rows_of(records.trace, ev.ERRAND_ARRIVES) for records in (vague, clear)]
    assert where(came[0], "entity", "index", "time") == where(came[1], "entity", "index", "time")


def test_more_accountability_keeps_more_sessions_protected():
    change = {"world.manager_exits_per_year": 0.0}
    loose = firm(change | {"policy.accountability": 0.1})
    strict = firm(change | {"policy.accountability": 0.9})
    booked = [{(r["detail"], r["entity"], r["index"]): r["value"]
               for r in rows_of(records.trace, ev.SESSION_BEGINS)} for records in (loose, strict)]
    shared = booked[0].keys() & booked[1].keys()
    assert len(shared) > 100
    assert all(booked[0][name] <= booked[1][name] for name in shared)
    assert any(booked[0][name] < booked[1][name] for name in shared)


# --- noticing


def test_whoever_notices_more_notices_a_superset():
    flat = {"market.noticing_elasticity": 0.0, "world.quits_per_month": 0.0, "world.manager_exits_per_year": 0.0}
    few, many = (firm(flat | {"market.noticed_at_norm": share}).opportunities for share in (0.4, 0.7))
    seen = [set(deal_name(deals[deals["noticed"]]).tolist()) for deals in (few, many)]
    assert seen[0] < seen[1]


def test_more_prospecting_notices_a_superset_for_a_given_history():
    records = firm()
    week = {(r["seat"], r["week"]): r["effective_prospecting_hours"] for r in records.reps}
    seen = {factor: set() for factor in (0.5, 1.0, 2.0)}
    for deal in records.opportunities[records.opportunities["arrived"] > 0.0]:
        name = int(deal["territory"]), int(deal["number"])
        hours = week[name[0], int(deal["arrived"] // 40.0) - 1]
        for factor, noticed in seen.items():
            if draws.uniform(7, 0, draws.VISIBILITY, *name) < buyers.noticing_probability(
                    0.6, factor * hours, 11.4, 0.34, 0.18):
                noticed.add(name)
    assert seen[0.5] < seen[1.0] < seen[2.0]


# --- outcomes nest where nobody's hours depend on them


def outcomes(records, outcome):
    deals = records.opportunities
    return set(deal_name(deals[deals["outcome"] == outcome]).tolist())


def test_a_firmer_market_turns_no_decisions_into_rivals_and_touches_nothing_else():
    shy = firm({"market.unnoticed_no_decision": 0.7, "policy.own_selling_share": 0.0,
                "status_quo.own_selling_share": 0.0})
    firm_ = firm({"market.unnoticed_no_decision": 0.2, "policy.own_selling_share": 0.0,
                  "status_quo.own_selling_share": 0.0})
    assert outcomes(shy, ev.RIVAL) < outcomes(firm_, ev.RIVAL)
    assert outcomes(shy, ev.NO_DECISION) > outcomes(firm_, ev.NO_DECISION)
    assert shy.reps.tobytes() == firm_.reps.tobytes()
    assert shy.managers.tobytes() == firm_.managers.tobytes()


def test_a_longer_silence_is_only_longer():
    short, long = (by_name(firm({"market.silence_pace_share": share}).opportunities) for share in (0.5, 2.0))
    silent = [name for name, deal in short.items() if deal["silent"]]
    assert len(silent) > 50
    for name in silent:
        assert long[name]["silent"]
        if long[name]["outcome"] == ev.NO_DECISION:
            gate = np.nanmax([long[name][f"{stage}_gate"] for stage in ev.STAGES])
            assert long[name]["decided"] - gate == pytest.approx(4.0 * (short[name]["decided"] - gate))


def test_for_a_given_history_ageing_only_loses_deals():
    """Every gate that was passed would have been passed without ageing; some lost ones as well."""
    records = firm({"world.ageing_per_week": 0.3, "world.pre_call_lift": 0.0, "world.heroic_lift": 0.0})
    world = SMALL.world
    overdue, saved = {}, 0
    gates = rows_of(records.trace, ev.GATE, ev.MEETING_HELD)
    for row in gates:
        name = int(row["entity"]), int(row["index"])
        if row["kind"] == ev.MEETING_HELD:
            overdue[name] = float(row["value"])
            continue
        stage, result = divmod(int(row["detail"]), 8)
        aged = 0.3 * overdue[name]
        # Undo the ageing on the logit of the chance that the trace reports.
        chance = float(row["value"])
        fresh = buyers.logistic(math.log(chance / (1.0 - chance)) + aged)
        if stage == ev.PROPOSAL:
            fresh = max(chance, fresh)
        u = draws.uniform(7, 0, draws.GATE, name[0], name[1] * 4 + stage)
        passed = result in (ev.PASSED, ev.WON)
        assert fresh >= chance and passed == (u < chance)
        saved += u < fresh and not passed
    assert saved > 5
    assert world.ageing_per_week == 0.08


# --- people


def test_a_higher_hazard_makes_nobody_stay_longer():
    bare = {"world.first_year_quit_factor": 1.0, "world.people_skill_quit_factor": 1.0,
            "world.coaching_hour_quit_effect": 0.0, "world.coached_quit_effect": 0.0,
            "world.attainment_quit_effect": 0.0, "world.manager_exits_per_year": 0.0}
    first_to_go = []
    for hazard in (0.02, 0.06):
        records = firm(bare | {"world.quits_per_month": hazard})
        rows = rows_of(records.trace, ev.REP_LEAVES)
        # A quitter ends the task at hand first, which may take hours: compare weeks.
        first = {int(r["actor"]): int(r["time"] // 40.0) for r in rows if r["index"] == 0}
        there = set(records.reps["seat"][(records.reps["week"] == -26) & records.reps["filled"]
                                         & (records.reps["hire"] == 0)].tolist())
        first_to_go.append({seat: first.get(seat, math.inf) for seat in there})
    calm, restless = first_to_go
    shared = calm.keys() & restless.keys()
    assert len(shared) >= 6
    assert all(restless[seat] <= calm[seat] for seat in shared)
    assert any(restless[seat] < calm[seat] for seat in shared)


def managers_at(records, week):
    return {int(row["team"]): row for row in records.managers[records.managers["week"] == week]}


def test_training_lifts_the_trainable_and_nobody_else():
    plain, trained = managers_at(firm(seed=9), 0), managers_at(firm({"policy.manager_training": True}, 9), 0)
    some = [run(SMALL.change({"policy.manager_training": on, "organisation.teams": 6,
                              "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 1}), 9, 0)
            for on in (False, True)]
    for before, after in [(plain, trained), tuple(managers_at(records, 0) for records in some)]:
        for team, row in before.items():
            gain = 0.5 if row["trainable"] else 0.0
            assert after[team]["appointment"] == row["appointment"]
            assert after[team]["quality"] == pytest.approx(min(3.0, row["quality"] + gain))
    assert {bool(row["trainable"]) for row in managers_at(some[0], 0).values()} == {True, False}


def test_replacement_takes_the_unfit_and_nobody_else():
    crowd = {"organisation.teams": 12, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 2,
             "calendar.horizon_weeks": 2}
    kept, replaced = (managers_at(run(SMALL.change(crowd | {"policy.replace_unfit": on}), 3, 0), 0)
                      for on in (False, True))
    unfit = {team for team, row in kept.items() if row["quality"] < SMALL.world.unfit_below}
    assert 0 < len(unfit) < 12
    for team, row in kept.items():
        if team in unfit:
            assert replaced[team]["quality"] >= SMALL.world.unfit_below
            assert replaced[team]["appointment"] == row["appointment"] + 1
        else:
            assert replaced[team]["quality"] == row["quality"]
            assert replaced[team]["appointment"] == row["appointment"]


def test_managers_leave_at_the_same_hour_whoever_succeeds_them():
    often = {"world.manager_exits_per_year": 3.0}
    exits = {}
    for rule in ("best_seller", "best_coach", "random", "external"):
        change = often | {"policy.promotion_rule": rule, "status_quo.promotion_rule": rule}
        records = firm(change)
        rows = rows_of(records.trace, ev.MANAGER_LEAVES)
        exits[rule] = [(int(r["actor"]), int(r["index"]), float(r["time"])) for r in rows]
        origins = rows_of(records.trace, ev.MANAGER_APPOINTED)["detail"]
        promoted = np.sum(rows_of(records.trace, ev.REP_LEAVES)["detail"] == ev.PROMOTED)
        if rule == "external":
            assert ev.FROM_THE_TEAM not in origins and promoted == 0
        else:
            assert ev.FROM_THE_TEAM in origins and promoted > 0
    assert len(exits["external"]) > 3
    assert all(times == exits["external"] for times in exits.values())


def test_best_sellers_are_the_best_sellers():
    change = {"world.manager_exits_per_year": 3.0, "calendar.warmup_weeks": 60}
    records = firm(change)
    week = week_of_row(records.trace, 60)
    promoted = np.flatnonzero((records.trace["kind"] == ev.REP_LEAVES) & (records.trace["detail"] == ev.PROMOTED))
    appointed = records.trace["kind"] == ev.MANAGER_APPOINTED
    assert len(promoted) > 0
    checked = 0
    for place in promoted.tolist():
        if week[place] < 0 or not appointed[place - 2:place].any():
            continue  # left only when the task at hand was done
        seat, when = int(records.trace["actor"][place]), week[place]
        reps = records.reps
        team = reps["team"][reps["seat"] == seat][0]
        sales = {}
        for mate in np.unique(reps["seat"][reps["team"] == team]).tolist():
            own = reps[(reps["seat"] == mate) & (reps["week"] < when) & (reps["week"] >= when - 52)]
            now = own[own["hire"] == own["hire"][-1]]
            now = now[now["filled"]]
            if len(now) and now["week"][-1] == when - 1 and now["tenure_weeks"][-1] >= 13.0:
                sales[mate] = now["sales"].sum() / min(52.0, now["tenure_weeks"][-1])
        # Too short a record counts as none.
        assert sales.get(seat, 0.0) == pytest.approx(max(sales.values(), default=0.0), rel=1e-9)
        checked += seat in sales
    assert checked > 0


# --- the rules, which way they go


def test_rules_go_the_right_way():
    ups = np.linspace(-3, 3, 60)

    def rises(f, strictly=True):
        steps = np.diff([f(x) for x in ups])
        return np.all(steps > 0) if strictly else np.all(steps >= 0)

    assert rises(lambda x: buyers.gate_probability(0.2, 0.2, x, 0.0, 0.08, 1.0, 0.12, 0.0))
    assert rises(lambda x: -buyers.gate_probability(0.2, 0.2, 0.0, 0.0, 0.08, x + 3.0, 0.12, 0.0))
    assert rises(lambda x: buyers.last_gate(1.0, 1.16, 2, 0.14, 0.1, x, 0.0, 0.08, 0.0, 0.12, 0.0)[0])
    assert rises(lambda x: -buyers.last_gate(1.0, 1.16, 2, 0.14, 0.1, 0.0, 0.0, 0.08, x + 3.0, 0.12, 0.0)[0])
    rivals = [buyers.last_gate(1.0, 1.16, 2, 0.14, 0.1, 0.0, x, 0.08, 1.0, 0.12, 0.0)[1] for x in ups]
    assert len(set(rivals)) == 1  # lifts and ageing leave the rivals alone
    assert rises(lambda x: coaching.gain_target(0.2, 1.0, 1.0, x, 2.0), strictly=False)
    assert rises(lambda x: -coaching.receptivity(x, 0.35, 0.2, 1.6), strictly=False)
    assert rises(lambda x: managers.adherence((x + 3) / 6, 0.4, 0.3, 0.5))
    assert rises(lambda x: managers.adherence(0.4, (x + 3) / 6, 0.3, 0.5))
    assert rises(lambda x: -managers.heroic_probability(0.25, (x + 3) / 6, 1.0))
    assert rises(lambda x: people.promotion_penalty(math.exp(x), 0.075, 0.5, 0.2, 3.1, 2.0), strictly=False)
