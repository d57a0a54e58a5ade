"""Attribution: every gate is recomputed, every deal is accounted for, every changed outcome has a cause."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest
from random_scenarios import random_scenario

from simlead.model import draws
from simlead.model import events as ev
from simlead.model.parameters import ParameterError
from simlead.model.presets import PRESETS
from simlead.model.scenario import Scenario
from simlead.study.attribution.causes import index_of
from simlead.study.attribution.gates import gates_of
from simlead.study.attribution.pair import COLUMNS, attribution, balance
from simlead.study.attribution.replay import seat_history
from simlead.study.attribution.replications import replicated_attribution
from simlead.study.records import CAUSES, TERMS
from simlead.study.simulate import simulate

SMALL = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 5,
    "calendar.warmup_weeks": 30, "calendar.horizon_weeks": 104})
LED = dict(PRESETS["leadership"])


@functools.cache
def played(changes=(), seed=3, replicate=0):
    return simulate(SMALL.change(dict(changes)), seed=seed, replicate=replicate, engine="compiled")


def firm(changes=None, **luck):
    return played(tuple(sorted((changes or {}).items())), **luck)


@functools.cache
def found():
    return attribution(firm(), firm(LED))


# --- the gates come out again


def check_gates(run):
    gates = gates_of(seat_history(run))
    recorded = run.trace[run.trace["kind"] == ev.GATE]
    assert len(gates) == len(recorded) > 0
    recomputed = ~gates["inferred"]
    assert np.array_equal(gates["chance"][recomputed], recorded["value"][recomputed])  # to the last bit
    assert np.array_equal(gates["outcome"], recorded["detail"] & 7)
    went_on = np.isin(gates["outcome"], (ev.PASSED, ev.WON))
    assert np.array_equal(gates["u"] < gates["chance"], went_on)
    parts = gates["talent"] + gates["experience"] + gates["coached"]
    assert np.allclose(parts, gates["skill"], rtol=0, atol=1e-12)
    return gates


UNEVEN = {"world.hours_per_coached_rep": 4.4, "world.clarity_width": 0.3, "world.clarity_exponent": 1.586,
          "world.pre_call_lift": 0.3}
POLICIES = {
    **{name: PRESETS[name] for name in ("status_quo", "leadership", "hero_seller", "undefined_role")},
    "new managers": {"policy.replace_unfit": True, "policy.manager_training": True,
                     "world.manager_exits_per_year": 1.0, "world.pre_call_lift": 0.3},
    "slowly": {"policy.accountability": 1.0, "policy.coaching_share": 0.6, "policy.adoption_weeks": 40},
    "growing": {"organisation.seat_growth_per_year": 0.4, "world.quits_per_month": 0.1, "world.vacancy_months": 0.3},
    "coinciding": {"calendar.time_grain_hours": 0.5},
    "no warm-up": {"calendar.warmup_weeks": 0, "policy.manager_training": True, "world.pre_call_lift": 0.3},
    "trained before": {"calendar.warmup_weeks": 0, "policy.manager_training": True,
                       "status_quo.manager_training": True, "world.pre_call_lift": 0.3},
    "version 2": {
        "world.size_effect": 0.3, "world.ability_year_correlation": 0.3, "market.cover_noticing_share": 0.9,
        "organisation.cover_time_share": 0.6, "organisation.cover_weeks": 40, "structure.rivals_answer": True,
        "world.retention_by_quality": True, "world.quits_per_month": 0.04, "world.unfit_below": 0.5,
        "policy.replace_unfit": True, "policy.coaching_share": 0.4},
    "uneven": UNEVEN,
    "favourites": UNEVEN | {"structure.favourites": True, "structure.more_for_the_same_reps": True,
                            "policy.coaching_share": 0.5},
    "never coached": {"policy.coaching_share": 0.0, "world.skill_effect": 0.0},
}


@pytest.mark.parametrize("policy", POLICIES)
def test_every_gate_comes_out_again(policy):
    gates = check_gates(firm(POLICIES[policy]))
    if policy != "growing":
        assert gates["inferred"].mean() < 0.01


def test_a_seat_refilled_within_a_week_is_the_only_thing_looked_up():
    run = firm(POLICIES["growing"])
    gates = check_gates(run)
    table = {(int(row["week"]), int(row["seat"])): int(row["hire"]) for row in run.records.reps}
    assert gates["inferred"].any()
    for gate in gates[gates["inferred"]]:
        assert table[int(gate["time"] // 40), int(gate["seat"])] > gate["hire"]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(30))
def test_gates_of_any_firm_come_out_again(number):
    scenario = random_scenario(number)
    run = simulate(scenario, seed=number, engine="compiled")
    if (run.trace["kind"] == ev.GATE).any():
        check_gates(run)


def test_a_gate_that_was_tampered_with_is_noticed():
    run = firm()
    trace = run.trace.copy()
    gate = np.flatnonzero(trace["kind"] == ev.GATE)[100]
    trace["detail"][gate] ^= ev.PASSED  # another outcome at the same chance
    other = dataclasses.replace(run, records=dataclasses.replace(run.records, trace=trace))
    with pytest.raises(ParameterError, match="does not follow its scenario: 1 of"):
        gates_of(seat_history(other))


@pytest.mark.parametrize("path", ["world.skill_effect", "world.ageing_per_week", "market.rivals"])
def test_a_run_under_another_rule_is_noticed(path):
    run = firm()
    other = dataclasses.replace(run, scenario=run.scenario.change({path: 1}))
    with pytest.raises(ParameterError, match="does not follow its scenario"):
        gates_of(seat_history(other))


def test_a_process_that_changes_the_world_under_way_is_noticed():
    def shock(clock, firm):
        yield clock.timeout(400.0)
        firm.change({"world.ageing_per_week": 0.5})

    scenario = SMALL.change({"organisation.teams": 1, "calendar.horizon_weeks": 13})
    run = simulate(scenario, seed=3, processes=[shock])
    with pytest.raises(ParameterError, match="does not follow its scenario"):
        attribution(run, run)


@pytest.mark.parametrize("policy", ["leadership", "growing", "version 2"])
def test_who_is_noticed_follows_from_how_far_the_desk_saw(policy):
    run = firm(POLICIES[policy])
    world, deals = index_of(run), run.records.opportunities
    growing = policy == "growing"
    for row in range(0, len(deals), 3):
        deal = deals[row]
        if growing and deal["noticed"]:
            continue  # the seat that works it need not be the seat that saw it
        seat = int(deal["seat"] if growing else deal["territory"])
        u = draws.uniform(run.seed, run.replicate, draws.VISIBILITY, int(deal["territory"]), int(deal["number"]))
        if deal["noticed"]:
            assert u < world.reach(row, seat)
        elif world.rep_was_there(row, seat):
            assert u >= world.reach(row, seat)


# --- every deal is accounted for


@pytest.mark.parametrize("policy", ["leadership", "hero_seller"])
def test_the_groups_hold_every_deal_and_every_dollar(policy):
    a, b = firm(), firm(PRESETS[policy])
    groups = balance(a, b).set_index("group")
    assert groups["deals"].iloc[:-1].sum() == groups["deals"]["all"] == len(a.records.opportunities)
    for column in groups.columns.drop("deals"):
        assert groups[column].iloc[:-1].sum() == pytest.approx(groups[column]["all"], rel=1e-12)
    sales = [run.reps()["sales"].sum() for run in (a, b)]
    assert groups["difference"]["all"] == pytest.approx(sales[1] - sales[0], abs=1e-3)
    assert groups["value_b"]["all"] == pytest.approx(sales[1])
    assert groups["manager_value_b"]["all"] == pytest.approx(b.managers()["own_sales"].sum())
    assert groups["by_manager_a"]["all"] == a.managers()["own_wins"].sum()
    assert groups["value_a"]["won_only_b"] == groups["value_b"]["won_only_a"] == 0.0
    assert groups["value_a"]["won_neither"] == groups["value_b"]["won_neither"] == 0.0


def test_the_deals_told_are_the_groups_that_one_world_won_alone():
    table, groups = found(), balance(firm(), firm(LED)).set_index("group")
    for world in "ab":
        mine = table[table["won_in"] == world]
        assert len(mine) == groups["deals"][f"won_only_{world}"] > 0
        assert mine["won_value"].sum() == pytest.approx(groups[f"value_{world}"][f"won_only_{world}"])
        assert (mine[f"outcome_{world}"] == "won").all()
        assert (mine[f"outcome_{'a' if world == 'b' else 'b'}"] != "won").all()
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["territory", "number"]).any()
    assert set(table["cause"]) <= set(CAUSES)
    assert table.attrs == {"seed": 3, "replicate": 0}


def test_a_balance_needs_no_trace():
    a, b = (dataclasses.replace(run, records=dataclasses.replace(run.records, trace=None))
            for run in (firm(), firm(LED)))
    assert balance(a, b).equals(balance(firm(), firm(LED)))
    with pytest.raises(ParameterError, match="run_a was made without a trace; simulate"):
        attribution(a, b)


# --- every changed outcome has a cause


def test_the_terms_add_up_and_the_coin_lies_between_the_chances():
    table = found()
    gates = table[table["gate"].notna()]
    assert len(gates) > 30 and len(gates[gates["won_in"] == "a"])
    assert np.allclose(gates[list(TERMS)].sum(axis=1), gates["logit_b"] - gates["logit_a"], rtol=0, atol=1e-9)
    seen = table[table["u"].notna()]
    for world, other in (("a", "b"), ("b", "a")):
        mine = seen[seen["won_in"] == world]
        assert ((mine["u"] < mine[f"chance_{world}"]) & (mine["u"] >= mine[f"chance_{other}"])).all()
    assert (gates[["gate_week_a", "gate_week_b"]] >= 0.0).all(axis=None)  # before the switch they are one
    sign = np.where(gates["won_in"] == "b", 1.0, -1.0)
    leading = [sign[place] * gates[cause].iloc[place] for place, cause in enumerate(gates["cause"])]
    assert np.allclose(leading, (gates[list(TERMS)].to_numpy(float) * sign[:, None]).max(axis=1))
    assert (np.array(leading) > 0.0).all()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(20))
def test_changed_outcomes_of_any_firm_have_their_number_between_the_chances(number):
    scenario = random_scenario(100 + number)
    other = scenario.change({
        "policy.role_clarity": 1.0 - scenario.policy.role_clarity, "policy.pre_call": not scenario.policy.pre_call,
        "policy.coaching_share": 0.5 * scenario.policy.coaching_share})
    table = attribution(*(simulate(each, seed=number, engine="compiled") for each in (scenario, other)))
    seen = table[table["u"].notna()]
    won = np.where(seen["won_in"] == "b", seen["chance_b"], seen["chance_a"])
    missed = np.where(seen["won_in"] == "b", seen["chance_a"], seen["chance_b"])
    vacant = (seen["cause"] == "vacancy").to_numpy()  # may have been seen by nobody who could work it
    assert (seen["u"] < won).all() and ((seen["u"] >= missed) | vacant).all()
    gates = table[table["gate"].notna()]
    moved = (gates["logit_b"] - gates["logit_a"]).to_numpy(float)
    known = np.isfinite(moved)
    assert np.allclose(gates[list(TERMS)].sum(axis=1)[known], moved[known], rtol=0, atol=1e-9)


def test_what_stands_beside_a_gate_is_what_the_runs_hold():
    table, runs = found(), {"a": firm(), "b": firm(LED)}
    gates = table[table["gate"].notna()]
    for suffix, run in runs.items():
        deals = run.opportunities().set_index(["territory", "number"])
        for line in gates.to_dict("records")[:40]:
            deal = deals.loc[(line["territory"], line["number"])]
            assert deal[f"{line['gate']}_gate"] / 40.0 == line[f"gate_week_{suffix}"]
            assert deal["value"] == line["value"]
            stage = ev.STAGES.index(line["gate"])
            assert line[f"overdue_weeks_{suffix}"] <= line[f"waited_weeks_{suffix}"]
            assert bool(deal["pre_calls"] >> stage & 1) == line[f"pre_call_held_{suffix}"]
            if deal["stage"] == line["gate"]:  # the last gate decided, whose skill the table keeps
                assert deal["skill"] == line[f"skill_{suffix}"]


def test_sessions_are_those_held_with_the_rep_in_the_quarter_before():
    line = found()[found()["gate"].notna()].to_dict("records")[0]
    rows = firm(LED).trace
    ended = rows[(rows["kind"] == ev.SESSION_ENDS) & (rows["actor"] == line["seat_b"])]["time"]
    gate = line["gate_week_b"] * 40.0
    hired = index_of(firm(LED)).history.hired_at(line["seat_b"], line["hire_b"])
    assert line["sessions_b"] == np.count_nonzero((ended <= gate) & (ended >= max(hired, gate - 520.0)))


DEAF = {"world.skill_effect": 0.0, "world.pre_call_lift": 0.0, "world.ageing_per_week": 0.0, "world.heroic_lift": 0.0}


def test_where_nothing_moves_a_gate_no_gate_changes():
    table = attribution(firm(DEAF), firm(DEAF | LED))
    assert len(table) > 10 and table["gate"].isna().all()
    assert set(table["cause"]) <= {"prospecting", "vacancy", "given_up", "undecided"}


@pytest.mark.parametrize(("world", "policy", "cause"), [
    ({"world.pre_call_lift": 1.0}, {"policy.pre_call": False}, "pre_call"),
    ({"world.heroic_lift": 2.0}, {"policy.heroics": 3.0}, "hero"),
    ({"world.ageing_per_week": 0.5}, {"policy.role_clarity": 1.0}, "waiting"),
])
def test_the_only_thing_that_moves_gates_is_the_cause(world, policy, cause):
    world = DEAF | world
    table = attribution(firm(world), firm(world | policy))
    gates = table[table["gate"].notna()]
    allowed = {cause, "relief"} if cause == "waiting" else {cause}
    assert len(gates) > 3 and set(gates["cause"]) <= allowed and cause in set(gates["cause"])
    others = [term for term in TERMS if term not in {cause, "relief", "waiting"}]
    assert (gates[others] == 0.0).all(axis=None)


def test_a_pair_of_one_policy_does_not_differ():
    table = attribution(firm(), firm())
    assert table.empty and tuple(table.columns) == COLUMNS
    assert balance(firm(), firm()).set_index("group")["difference"].eq(0.0).all()


def test_the_other_way_round_it_is_the_other_way_round():
    there, back = found(), attribution(firm(LED), firm())
    assert there["cause"].tolist() == back["cause"].tolist()
    assert (there["won_in"] != back["won_in"]).all()
    assert np.allclose(there[list(TERMS)].fillna(0.0), -back[list(TERMS)].fillna(0.0), rtol=0, atol=1e-12)


def test_both_engines_tell_the_same():
    scenario = SMALL.change({"organisation.teams": 1, "calendar.warmup_weeks": 13, "calendar.horizon_weeks": 26})
    led = scenario.change(LED)
    one, other = (attribution(*(simulate(s, seed=5, engine=engine) for s in (scenario, led)))
                  for engine in ("simpy", "compiled"))
    assert one.equals(other) and len(one)


# --- refusals


@pytest.mark.parametrize(("changes", "luck", "said"), [
    ({}, {"seed": 4}, "not a matched pair: seed 3 and 4; allowed is one seed"),
    ({}, {"replicate": 1}, "not a matched pair: replicate 0 and 1"),
    ({"world.skill_effect": 0.3}, {}, r"world\.skill_effect 0\.2 and 0\.3; allowed to differ is only policy"),
    ({"organisation.teams": 3}, {}, r"organisation\.teams 2 and 3"),
    ({"market.rivals": 3, "calendar.horizon_weeks": 60}, {}, r"market\.rivals 2 and 3 and 1 more"),
    ({"status_quo.role_clarity": 0.5}, {}, r"status_quo\.role_clarity"),
])
@pytest.mark.parametrize("question", [attribution, balance])
def test_runs_that_are_not_a_matched_pair_are_refused(changes, luck, said, question):
    with pytest.raises(ParameterError, match=said):
        question(firm(), firm(changes, **luck))


def test_other_code_and_other_things_are_refused():
    run = firm()
    other = dataclasses.replace(run, provenance=dataclasses.replace(run.provenance, sources="0" * 16))
    with pytest.raises(ParameterError, match="made by other code"):
        attribution(run, other)
    with pytest.raises(ParameterError, match="run_b = Scenario: a Run is needed"):
        attribution(run, run.scenario)


def test_a_market_that_was_changed_under_way_is_refused():
    run = firm()
    fewer = dataclasses.replace(run, records=dataclasses.replace(
        run.records, opportunities=run.records.opportunities[:-2]))
    with pytest.raises(ParameterError, match="2 buyers arrived in only one"):
        balance(run, fewer)


# --- many pairs


@functools.cache
def many():
    return replicated_attribution(SMALL, SMALL.change(LED), replications=3, seed=3, workers=1)


def test_many_pairs_are_single_pairs_counted():
    runs, one = many().runs, found()
    first = runs[runs["replicate"] == 0].set_index("cause")
    for cause in CAUSES:
        mine = one[one["cause"] == cause]
        assert first["gained"][cause] == (mine["won_in"] == "b").sum()
        assert first["lost_value"][cause] == pytest.approx(mine[mine["won_in"] == "a"]["won_value"].sum())
    assert first["gained"]["all"] - first["lost"]["all"] == (one["won_in"] == "b").sum() - (one["won_in"] == "a").sum()


def test_causes_add_up_to_the_difference_of_the_reps_revenue():
    table = many().table.set_index("cause")
    for column in ("gained", "lost", "net", "net_value"):
        assert table[column].iloc[:-1].sum() == pytest.approx(table[column]["all"])
    differences = [balance(firm(replicate=number), firm(LED, replicate=number))["difference"].iloc[-1]
                   for number in range(3)]
    assert table["net_value"]["all"] == pytest.approx(np.mean(differences))
    assert (table["net_value_low"] <= table["net_value"]).all() and (table["n"] == 3).all()


def test_replicated_attribution_refuses_before_it_runs():
    with pytest.raises(ParameterError, match="not a matched pair: market.rivals 2 and 3"):
        replicated_attribution(SMALL, SMALL.change({"market.rivals": 3}))
    with pytest.raises(ParameterError, match="replications = 1"):
        replicated_attribution(SMALL, SMALL, replications=1)
    with pytest.raises(ParameterError, match="engine 'fast'"):
        replicated_attribution(SMALL, SMALL, engine="fast")


def test_replicated_attribution_reports_its_progress():
    tiny = SMALL.change({"organisation.teams": 1, "calendar.warmup_weeks": 13, "calendar.horizon_weeks": 13})
    seen = []
    replicated_attribution(
        tiny, tiny, replications=2, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 2), (1, 2), (2, 2)]
