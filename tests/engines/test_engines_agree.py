"""Two engines, one walk: the compiled engine's records are the reference engine's, bit for bit."""

import hashlib
import inspect
import math
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from random_scenarios import consistent, random_plan, random_scenario, unequal_teams

from simlead.engines import compiled_engine, simpy_engine, size
from simlead.engines.compiled import layout, workspace
from simlead.engines.contract import SimulationError
from simlead.engines.reference import dispatch, managers, market, people, pipeline, reps
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.rules import REPLACEABLE
from simlead.model import draws, events
from simlead.model.presets import PRESETS, preset
from simlead.model.scenario import Scenario
from simlead.model.team import NEVER

TABLES = ("opportunities", "reps", "managers", "weeks")

# Firms of odd sizes and rates, one in four of the random scenarios each.
ODD = [
    {"organisation.teams": 12, "organisation.seats_per_team": 12,
     "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 2},
    {"organisation.teams": 1, "organisation.seats_per_team": 1,
     "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 60},
    {"calendar.time_grain_hours": 0.25, "calendar.warmup_weeks": 0},
    {"market.opportunities_per_seat_year": 5000.0, "organisation.meeting_handling_hours": 0.05,
     "market.pace_days_median": 1.0, "calendar.warmup_weeks": 3, "calendar.horizon_weeks": 4,
     "organisation.teams": 2},
    {"policy.coaching_share": 1.0, "policy.own_selling_share": 0.0, "policy.adoption_weeks": 9,
     "organisation.one_to_one_hours": 0.1, "organisation.patience_hours": 8.0},
    {"organisation.teams": 7, "organisation.seats_per_team": 3, "organisation.seat_growth_per_year": 0.5,
     "calendar.horizon_weeks": 60, "calendar.warmup_weeks": 2, "market.growth_per_year": -0.3,
     "market.growth_in_number_share": 1.0},
    {"market.opportunities_per_seat_year": 0.0, "organisation.errands_per_week": 200.0,
     "world.manager_exits_per_year": 0.0, "organisation.stale_after_hours": 1.0},
    {"organisation.pre_call_notice_hours": 0.0, "organisation.post_call_window_hours": 1.0,
     "calendar.time_grain_hours": 1.0, "market.pace_cv": 0.0, "organisation.meeting_handling_cv": 0.0},
]


def odd_scenario(number):
    """A random scenario; every fourth is odd in one of the ways above, in every third the teams differ.

    Every fifth has a people plan.
    """
    scenario = random_scenario(number)
    if number % 4 == 3:
        changes = dict(ODD[number // 4 % len(ODD)])
        scenario = scenario.change(consistent(scenario.values() | changes))
    if number % 3 == 1:
        scenario = unequal_teams(scenario, number)
    return scenario.change({"plan": random_plan(scenario, number)}) if number % 5 == 2 else scenario


def differences(one, other):
    """What differs between two records: names of tables and columns, the first row of a trace."""
    found = [] if one.events == other.events else ["events"]
    for name in TABLES:
        here, there = getattr(one, name), getattr(other, name)
        if here.dtype != there.dtype or len(here) != len(there):
            found.append(name)
            continue
        found += [f"{name}.{column}" for column in here.dtype.names
                  if not np.array_equal(here[column], there[column], equal_nan=here[column].dtype.kind == "f")]
    if one.trace is not None and other.trace is not None and not np.array_equal(one.trace, other.trace):
        common = min(len(one.trace), len(other.trace))
        differing = np.nonzero(one.trace[:common] != other.trace[:common])[0]
        found.append(f"trace row {differing[0] if len(differing) else common}")
    return found


def agreed(scenario, seed=0, replicate=0):
    """The reference engine's records, if the compiled engine's are the same with a trace and without."""
    reference = simpy_engine.run(scenario, seed, replicate)
    assert differences(reference, compiled_engine.run(scenario, seed, replicate)) == []
    assert differences(reference, compiled_engine.run(scenario, seed, replicate, trace=False)) == []
    return reference


def happenings(scenario, records):
    """How often what record_event, by name: rows of each kind, their variants, and ties of each kind."""
    trace = records.trace
    count = Counter()
    for kind, name in events.KIND_NAMES.items():
        count[name] = int(np.sum(trace["kind"] == kind))

    def variants(kind, names):
        details = trace["detail"][trace["kind"] == kind]
        for detail, name in names.items():
            count[name] = int(np.sum(details == detail))

    variants(events.SESSION_LAPSES, {0: "one-to-one lapses", 1: "pre-call lapses", 2: "post-call lapses"})
    variants(events.SESSION_ENDS, {0: "one-to-one held", 1: "pre-call held", 2: "post-call held"})
    variants(events.WAITING_ENDS, {0: "waiting is rewarded", 1: "waiting in vain"})
    variants(events.REP_LEAVES, {
        events.QUIT: "quit", events.PROMOTED: "promotion", events.SEAT_CLOSES: "rep leaves a seat that closes"})
    variants(events.SEAT_ADDED, {0: "seat that shares territories", 1: "seat with buyers of its own"})
    variants(events.MANAGER_APPOINTED, {events.FROM_THE_TEAM: "from the team", events.FROM_OUTSIDE: "from outside"})
    variants(events.ERRAND_ARRIVES, {0: "errand dropped", 1: "errand kept"})
    variants(events.TEAM_MEETING_BEGINS, {0: "no review", 1: "review"})
    variants(events.ELSEWHERE_DECIDES, {events.WON_BY_MANAGER: "manager's own deal"})
    count["seasons"] = len(records.opportunities) if scenario.market.season_by_month else 0
    count["pulled before a quarter's end"] = int(np.sum(np.abs(discount_of_wins(scenario, records) - 1.0) > 1e-9))
    left_out = int(np.sum(records.reps["filled"] & ~records.reps["chosen_for_coaching"]))
    in_force, structure = scenario.in_force().world, scenario.structure
    count["rep not coached in a week"] = left_out
    count["rep coached by preference"] = left_out * (in_force.attention_to_ability != 0.0)
    count["hours that stay with the same reps"] = left_out * structure.more_for_the_same_reps
    count["weeks of clarity's overhead"] = len(records.weeks) * (in_force.clarity_width > 0.0)
    opens = trace[trace["kind"] == events.PRE_CALL_OPENS]
    count["pre-call without budget"] = int(np.sum(opens["value"] == 0.0))
    at_switch = (trace["kind"] == events.MANAGER_APPOINTED) & (trace["time"] == 0.0)
    count["manager replaced"] = int(np.sum(at_switch & (trace["detail"] == events.FROM_OUTSIDE)))
    if scenario.calendar.warmup_weeks == 0:  # at the start everybody is appointed at the switch
        count["manager replaced"] = 0

    count += buyers_and_people(scenario.in_force(), records, count)
    sizes = [team.seats for team in scenario.teams]
    count["team of another size"] = sum(size != sizes[0] for size in sizes)
    count["team without a roll-out"] = sum(team.rollout_week == NEVER for team in scenario.teams)
    count["team of another deal value"] = sum(team.deal_value_factor != 1.0 for team in scenario.teams)
    count["team of another number of buyers"] = sum(team.buyers_factor != 1.0 for team in scenario.teams)
    arrived = records.opportunities
    count["deal of a shared territory"] = int(np.sum(
        (arrived["seat"] != arrived["territory"]) & (arrived["handovers"] == 0))) * bool(scenario.people_plan)
    count["roll-out after the switch"] = sum(team.rollout_week > 0 for team in scenario.teams)
    timed = trace[trace["kind"] < events.FIRST_CONSEQUENCE]
    _, which, rows = np.unique(timed["time"], return_inverse=True, return_counts=True)
    for kind in timed["kind"][rows[which] > 1]:
        count[f"tie of {events.KIND_NAMES[int(kind)]}"] += 1
    expired = trace[(trace["kind"] == events.SESSION_LAPSES) & (trace["detail"] == events.POST_CALL)]
    count["expiry ties"] = int(np.isin(expired["time"], timed["time"]).sum())
    return count


def discount_of_wins(scenario, records):
    """What is left of each won deal's value, by skill, after a discount for a decision pulled forward."""
    won = records.opportunities[records.opportunities["outcome"] == events.WON]
    return won["won_value"] / (won["value"] * np.exp(scenario.world.value_skill_effect * won["skill"]))


def buyers_and_people(scenario, records, count):
    """How often what the parameters of deal size, cover, drift, quits, unfit managers and rivals change could show."""
    market, organisation, world, reps = scenario.market, scenario.organisation, scenario.world, records.reps
    before = records.opportunities["decided"] < 0.0
    answered = scenario.structure.rivals_answer and (records.opportunities["won_value"][before] > 0.0).any()
    last_gates = int(np.sum(records.opportunities["proposal_gate"] >= 0.0))
    vacant, newcomers = ~reps["filled"], reps["tenure_weeks"] < organisation.cover_weeks
    return Counter({
        "gates by deal size": int(count["GATE"] * (world.size_effect > 0.0)),
        "weeks of covered territories": int(np.sum(vacant | newcomers) * (market.cover_noticing_share > 0.0)),
        "weeks of covered time": int(np.sum(vacant) * (organisation.cover_time_share > 0.0)),
        "weeks of drifting ability": int(np.sum(reps["filled"]) * (world.ability_year_correlation < 1.0)),
        "last gates under the rivals' answer": int(last_gates * answered),
        "quits by quality": int(count["quit"] * world.retention_by_quality),
        "quits with hours beyond the limit": int(count["quit"] * (reps["dose"] > world.retaining_dose_limit).any()),
        "managers replaced by a threshold of their own": int(count["manager replaced"] * (world.unfit_below != 0.0)),
        "promotions priced apart": int(count["promotion"] * (world.promotion_dose > 0.0))})


BUYERS_AND_PEOPLE = {
    "gates by deal size", "weeks of covered territories", "weeks of covered time", "weeks of drifting ability",
    "last gates under the rivals' answer", "quits by quality", "quits with hours beyond the limit",
    "managers replaced by a threshold of their own", "promotions priced apart"}


def expected_happenings():
    """Everything that must have happened often enough for the comparison to mean something."""
    timers = (events.POST_CALL_EXPIRES, events.PATIENCE_EXPIRES)  # leave no rows of their own
    kinds = {name for kind, name in events.KIND_NAMES.items() if kind not in timers}
    timed = {name for kind, name in events.KIND_NAMES.items()
             if kind < events.FIRST_CONSEQUENCE and kind not in timers}
    return kinds | {f"tie of {name}" for name in timed} | {
        "one-to-one lapses", "pre-call lapses", "post-call lapses", "expiry ties",
        "one-to-one held", "pre-call held", "post-call held", "waiting is rewarded", "waiting in vain",
        "quit", "promotion", "from the team", "from outside", "manager replaced", "errand dropped",
        "errand kept", "no review", "review", "manager's own deal", "pre-call without budget",
        "rep not coached in a week", "rep coached by preference", "hours that stay with the same reps",
        "rep leaves a seat that closes", "seat that shares territories", "seat with buyers of its own",
        "deal of a shared territory", "team of another deal value", "team of another number of buyers",
        "team of another size", "team without a roll-out", "roll-out after the switch",
        "weeks of clarity's overhead", "seasons", "pulled before a quarter's end"} | BUYERS_AND_PEOPLE


def agreement_over(numbers, often_enough):
    """Compare the engines in these scenarios; what did not happen often enough."""
    count = Counter()
    for number in numbers:
        scenario = odd_scenario(number)
        try:
            count += happenings(scenario, agreed(scenario, seed=number * 7919, replicate=number % 5))
        except AssertionError as difference:
            raise AssertionError(f"scenario {number}: {difference}") from None
    return {name: count[name] for name in expected_happenings() if count[name] < often_enough}


# --- the engines agree


@pytest.mark.slow
def test_the_default_organisation_in_full():
    records = agreed(Scenario())
    assert records.events > 400_000


def test_random_scenarios():
    assert agreement_over(range(16), often_enough=0) == {}  # the three hundred slow ones count each mechanism


@pytest.mark.slow
def test_three_hundred_random_scenarios():
    assert agreement_over(range(1000, 1300), often_enough=20) == {}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset(name):
    short = {"organisation.teams": 2, "calendar.warmup_weeks": 6, "calendar.horizon_weeks": 10}
    agreed(Scenario().change(PRESETS[name] | short), seed=3)


@pytest.mark.slow
def test_both_sets_of_effect_sizes_and_every_promotion_rule():
    for number, rule in enumerate(("best_seller", "best_coach", "random", "external")):
        agreed(preset("leadership", "practitioner").change({
            "policy.promotion_rule": rule, "world.manager_exits_per_year": 5.0, "organisation.teams": 2,
            "calendar.warmup_weeks": 8, "calendar.horizon_weeks": 26}), seed=number)


def test_any_seed_and_replicate():
    small = Scenario().change({
        "organisation.teams": 1, "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 2})
    for seed, replicate in ((0, 0), (2**32, 1), (2**63 - 1, 2**31 - 1)):
        agreed(small, seed, replicate)


def test_teams_of_more_seats_than_a_word_has_bits():
    crowd = Scenario().change({
        "organisation.teams": 2, "organisation.seats_per_team": 40, "organisation.seat_growth_per_year": 0.5,
        "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 66, "market.opportunities_per_seat_year": 20.0,
        "organisation.prospecting_block_hours": 8.0, "organisation.errands_per_week": 0.0})
    assert agreed(crowd).weeks["seats"][-1] > 2 * layout.SEATS_IN_WORD


# --- memory


def test_memory_that_grows_again_and_again_changes_nothing(monkeypatch):
    scenario = Scenario().change({"calendar.warmup_weeks": 4, "calendar.horizon_weeks": 8})
    wanted = compiled_engine.run(scenario)
    monkeypatch.setattr(workspace, "_FIRST_ROOM", 1)
    monkeypatch.setattr(workspace, "_expected_arrivals", lambda plan: 1)
    monkeypatch.setattr(workspace, "_expected_rows", lambda plan: 1)
    for timers_per_bucket in (0.5, 1e9):  # all far, all near
        monkeypatch.setattr(workspace, "_TIMERS_PER_BUCKET", timers_per_bucket)
        assert differences(wanted, compiled_engine.run(scenario)) == []


def test_a_trace_without_room_is_made_again(monkeypatch):
    scenario = Scenario().change({"calendar.warmup_weeks": 1, "calendar.horizon_weeks": 2})
    wanted = compiled_engine.run(scenario)
    spare = workspace._spare
    monkeypatch.setattr(workspace, "_spare", lambda plan: spare(plan) | {"trace": 0})
    monkeypatch.setattr(workspace, "_expected_rows", lambda plan: 5)
    assert differences(wanted, compiled_engine.run(scenario)) == []


def test_processes_of_your_own_are_refused():
    with pytest.raises(SimulationError, match="use engine='simpy'"):
        compiled_engine.run(Scenario(), processes=[lambda clock, firm: iter(())])


def test_what_the_tables_have_no_room_for_is_refused(monkeypatch):
    monkeypatch.setattr(size, "memory_there", lambda: math.inf)
    with pytest.raises(SimulationError, match="seats"):
        compiled_engine.run(Scenario().change({
            "organisation.teams": 2000, "organisation.seats_per_team": 40,
            "organisation.seat_growth_per_year": 0.5, "calendar.horizon_weeks": 1560}))
    with pytest.raises(SimulationError, match="open deals"):
        compiled_engine.run(Scenario().change({
            "organisation.teams": 1, "organisation.seats_per_team": 1, "calendar.horizon_weeks": 1560,
            "market.opportunities_per_seat_year": 5000.0, "market.noticed_at_norm": 1.0,
            "organisation.meeting_handling_hours": 16.0, "world.quits_per_month": 0.0,
            "market.vacant_noticing_share": 1.0}))


# --- the interpreted engine


BOTH_HASHES = """
import hashlib
from simlead.engines import compiled_engine, simpy_engine
from simlead.model.scenario import Scenario
scenario = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 3, "calendar.time_grain_hours": 0.5,
    "calendar.warmup_weeks": 2, "calendar.horizon_weeks": 3, "world.quits_per_month": 1.0})
for engine in (simpy_engine, compiled_engine):
    print(hashlib.sha256(engine.run(scenario, 7).trace.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_without_compilation_the_hash_is_the_same():
    hashes = set()
    for disabled in ("0", "1"):
        result = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", BOTH_HASHES], check=True, capture_output=True, text=True,
            env=os.environ | {"NUMBA_DISABLE_JIT": disabled})
        hashes |= set(result.stdout.split())
    assert len(hashes) == 1 and hashes != {hashlib.sha256(b"").hexdigest()}


# --- the comparison can fail: faults planted in the reference engine are noticed


COARSE = Scenario().change({
    "organisation.teams": 2, "calendar.warmup_weeks": 4, "calendar.horizon_weeks": 8,
    "calendar.time_grain_hours": 1.0, "world.quits_per_month": 0.3, "world.vacancy_months": 0.3})
SMOOTH = COARSE.change({"calendar.time_grain_hours": 0.0})


def noticed(scenario):
    return differences(simpy_engine.run(scenario), compiled_engine.run(scenario))


def test_sound_engines_agree_where_the_faults_are_planted():
    assert noticed(COARSE) == noticed(SMOOTH) == []


def swap(one, other):
    """`events.priority_key` with the ranks of two kinds exchanged."""
    ranks = {one: other, other: one}
    return lambda kind, entity, index: events.priority_key(ranks.get(kind, kind), entity, index)


@pytest.mark.parametrize(("one", "other"), [
    (events.OPPORTUNITY_ARRIVES, events.MEETING_DUE), (events.REP_TASK_ENDS, events.MEETING_DUE),
    (events.MANAGER_TASK_ENDS, events.ERRAND_ARRIVES), (events.REP_TASK_ENDS, events.SESSION_ENDS)])
def test_two_ranks_swapped(monkeypatch, one, other):
    from simlead.engines.reference import coaching

    for module in (coaching, managers, market, people, pipeline, reps):
        monkeypatch.setattr(module, "priority_key", swap(one, other))
    assert noticed(COARSE)
    if one == events.OPPORTUNITY_ARRIVES:
        assert noticed(SMOOTH) == []  # without ties, ranks do not matter


def test_a_rank_removed(monkeypatch):
    monkeypatch.setattr(market, "priority_key", lambda kind, entity, index: events.priority_key(kind, 0, 0))
    assert noticed(COARSE)


@pytest.mark.parametrize("draw", ["uniform", "normal", "exponential"])
def test_a_draw_whose_index_is_off_by_one(monkeypatch, draw):
    right = getattr(Firm, draw)
    wrong = {"uniform": draws.GATE, "normal": draws.HANDLING, "exponential": draws.MEETING_GAP}[draw]
    monkeypatch.setattr(Firm, draw, lambda firm, purpose, entity, index: right(
        firm, purpose, entity, index + (purpose == wrong)))
    assert noticed(SMOOTH)


def test_sums_in_another_order():
    """What fast arithmetic would do: the same formula, regrouped."""
    def regrouped(z, mean, sigma):
        return float(np.exp(sigma * z) * (mean * np.exp(-0.5 * sigma * sigma)))

    assert differences(simpy_engine.run(SMOOTH, rules={"lognormal_of_mean": regrouped}), compiled_engine.run(SMOOTH))


UNEVEN = SMOOTH.change({"world.hours_per_coached_rep": 4.4, "world.clarity_width": 0.3})


@pytest.mark.parametrize(("name", "fault"), [
    ("attention", lambda z, u, sd, ability_effect, ability: sd * z + u + ability_effect * ability),
    ("reps_coached", lambda budget_hours, hours_per_rep, u, filled: min(filled, round(budget_hours / hours_per_rep))),
    ("one_to_one_length", lambda hours, filled, coached: hours),
    ("overhead_factor", lambda clarity, reference, strength, width: 1.0 - strength * (clarity - reference))])
def test_another_rule_of_who_is_coached_and_of_what_clarity_saves(name, fault):
    compiled = compiled_engine.run(UNEVEN)
    assert differences(simpy_engine.run(UNEVEN), compiled) == []
    assert differences(simpy_engine.run(UNEVEN, rules={name: fault}), compiled)


def test_a_tie_of_attention_goes_to_the_earlier_seat():
    tied = {"attention": lambda z, u, sd, ability_effect, ability: 0.0}
    records = simpy_engine.run(UNEVEN.change({"world.quits_per_month": 0.0}), rules=tied)
    chosen = records.reps["chosen_for_coaching"].reshape(len(records.weeks), 2, -1)
    assert np.all(np.diff(chosen.astype(int), axis=2) <= 0) and chosen.any()  # the earlier seats, always


VERSION_2 = SMOOTH.change({
    "world.size_effect": 0.12, "world.ability_year_correlation": 0.5, "market.cover_noticing_share": 0.9,
    "organisation.cover_time_share": 0.6, "world.retention_by_quality": True, "world.coaching_hour_quit_effect": 0.5,
    "world.retaining_dose_limit": 3.0, "world.quits_per_month": 0.2, "structure.rivals_answer": True,
    "calendar.warmup_weeks": 8, "calendar.horizon_weeks": 6, "market.pace_days_median": 7.0, "organisation.teams": 1})

FAULTS = {
    "gate_probability": {"log_size": 0.0}, "last_gate": {"log_size": 0.0}, "covered_noticing": {"others": 0.0},
    "cover": {"vacant": 0}, "drifted": {"z": 0.0}, "rivals_answer": {"share": 0.4},
    "quit_probability": {"quality": 0.0}}


def test_sound_engines_agree_where_terms_are_dropped():
    assert noticed(VERSION_2) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_dropped_term_is_noticed(name):
    sound, names = REPLACEABLE[name], list(inspect.signature(REPLACEABLE[name]).parameters)

    def faulty(*values, **named):
        return sound(**(dict(zip(names, values, strict=False)) | named | FAULTS[name]))

    assert differences(simpy_engine.run(VERSION_2, rules={name: faulty}), compiled_engine.run(VERSION_2))


def test_seats_settled_from_the_last(monkeypatch):
    right = dispatch._dispatch_team

    def backwards(firm, team):
        team.seats.reverse()
        right(firm, team)
        team.seats.reverse()

    monkeypatch.setattr(dispatch, "_dispatch_team", backwards)
    assert noticed(COARSE)


def test_a_superseded_timer_that_counts(monkeypatch):
    right = people._manager_leaves

    def counted(firm, team, appointment):
        firm.events += team.appointment != appointment
        right(firm, team, appointment)

    monkeypatch.setattr(people, "_manager_leaves", counted)
    unfit = SMOOTH.change({
        "policy.replace_unfit": True, "world.quality_mean": -0.5, "world.manager_exits_per_year": 5.0,
        "calendar.horizon_weeks": 26})
    assert noticed(unfit) == ["events"]
