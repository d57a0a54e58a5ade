"""Nothing is lost and nothing is counted twice, in firms of every kind.

Random scenarios over the whole space of parameters are run and audited (`audit.py`). They
count only if every mechanism of the model really happened in them, and the auditor only if
it catches planted faults.
"""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from itertools import combinations_with_replacement

import numpy as np
import pytest
from audit import TIMED, audit, complaints, week_sums
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_scenarios import consistent, random_new_teams, random_plan, random_scenario
from reading import rows_of

from simlead.engines.compiled_engine import run
from simlead.model import events as ev
from simlead.model.scenario import REGISTRY, Scenario

EVERYDAY = range(60)
AT_LEAST = 20
FIXED = settings(derandomize=True, deadline=None, max_examples=120, database=None,
                 suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@functools.cache
def firm(number):
    """A random firm's scenario and records."""
    scenario = random_scenario(number)
    return scenario, run(scenario, number, number % 7)


@pytest.mark.parametrize("number", EVERYDAY)
def test_a_random_firm_keeps_its_books(number):
    scenario, records = firm(number)
    assert audit(scenario, records) == []


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(1, 6))
def test_a_hundred_random_firms_keep_their_books(hundred):
    for number in range(100 * hundred, 100 * hundred + 100):
        scenario = random_scenario(number)
        assert audit(scenario, run(scenario, number, 0)) == [], number


def planned_firm(number):
    """A random firm with a people plan that makes new teams."""
    scenario = random_scenario(number)
    return scenario.change({"plan": random_new_teams(scenario, random_plan(scenario, number), number)})


@pytest.mark.parametrize("number", (20, 30, 40))
def test_a_random_firm_with_new_teams_keeps_its_books(number):
    scenario = planned_firm(number)
    records = run(scenario, number, 0)
    assert len(rows_of(records.trace, ev.SEAT_MOVES)) and audit(scenario, records) == []


@pytest.mark.slow
def test_sixty_random_firms_with_new_teams_keep_their_books():
    moves = 0
    for number in range(100, 160):
        scenario = planned_firm(number)
        records = run(scenario, number, 0)
        moves += len(rows_of(records.trace, ev.SEAT_MOVES))
        assert audit(scenario, records) == [], number
    assert moves >= 100


# --- the corners of the space, by hypothesis

TINY = {"organisation.teams": 1, "calendar.warmup_weeks": 2, "calendar.horizon_weeks": 3}


def corner(path):
    """A value of this parameter that may be set, its ends more often than not."""
    line = REGISTRY[path]
    if line.choices:
        return st.sampled_from(line.choices)
    if isinstance(line.default, bool):
        return st.booleans()
    ends = st.sampled_from([line.low, line.high, line.default])
    if isinstance(line.default, int):
        return ends | st.integers(line.low, line.high)
    return ends | st.floats(line.low, line.high)


BUSY = {  # the work they make must stay small
    "market.opportunities_per_seat_year": st.floats(0.0, 2000.0),
    "organisation.seats_per_team": st.integers(1, 6),
    "calendar.time_grain_hours": st.sampled_from([0.0, 0.25, 1.0, 8.0]),
}
PATHS = sorted(set(REGISTRY) - set(TINY) - set(BUSY))


@st.composite
def corners(draw):
    paths = draw(st.lists(st.sampled_from(PATHS), min_size=0, max_size=25, unique=True))
    changes = {path: draw(corner(path)) for path in paths}
    changes |= {path: draw(values) for path, values in BUSY.items()}
    return Scenario().change(consistent(changes | TINY))


@FIXED
@given(scenario=corners(), seed=st.integers(0, 2**63 - 1))
def test_firms_in_the_corners_of_the_space_keep_their_books(scenario, seed):
    assert audit(scenario, run(scenario, seed, 0)) == []


# --- everything really happened

CLASSES = {
    "task ends": (ev.REP_TASK_ENDS, ev.SESSION_ENDS, ev.MANAGER_TASK_ENDS, ev.TEAM_MEETING_ENDS),
    "buyer": (ev.OPPORTUNITY_ARRIVES, ev.MEETING_DUE, ev.PRE_CALL_OPENS, ev.SILENCE_ENDS,
              ev.ELSEWHERE_DECIDES),
    "errand": (ev.ERRAND_ARRIVES,),
    "people": (ev.REP_HIRED, ev.MANAGER_LEAVES),
    "calendar": (ev.TEAM_MEETING_BEGINS, ev.WEEK_BEGINS, ev.DAY_BEGINS),
}
CLASS_OF = {kind: name for name, kinds in CLASSES.items() for kind in kinds}


def mechanisms(scenario, records):
    """How often each mechanism happened in a run."""
    trace = records.trace
    kind, detail, time = trace["kind"], trace["detail"], trace["time"]
    found = Counter({ev.KIND_NAMES[k]: int(n) for k, n in zip(*np.unique(kind, return_counts=True), strict=True)})

    def count(name, which):
        found[name] += int(np.sum(which))

    for number, name in enumerate(ev.SESSIONS):
        count(f"{name} held", (kind == ev.SESSION_ENDS) & (detail == number))
        count(f"{name} lapsed", (kind == ev.SESSION_LAPSES) & (detail == number))
    begins = rows_of(trace, ev.SESSION_BEGINS)
    found["protected session"] += int(begins["value"].sum())
    found["unprotected session"] += int((1 - begins["value"]).sum())
    for number, name in enumerate(ev.MANAGER_TASKS):
        count(f"{name} done", (kind == ev.MANAGER_TASK_ENDS) & (detail == number))
        if number != ev.HEROICS:
            count(f"{name} struck off", (kind == ev.BLOCK_LAPSES) & (detail == number))
    for number, name in enumerate(ev.STAGES):
        for outcome, end in ((ev.PASSED, "passed"), (ev.WON, "won"), (ev.NO_DECISION, "no decision"),
                             (ev.RIVAL, "rival")):
            count(f"{name} gate: {end}", (kind == ev.GATE) & (detail == number * 8 + outcome))
    count("own deal won", (kind == ev.ELSEWHERE_DECIDES) & (detail == ev.WON_BY_MANAGER))
    count("quit", (kind == ev.REP_LEAVES) & (detail == ev.QUIT))
    count("promotion", (kind == ev.REP_LEAVES) & (detail == ev.PROMOTED))
    count("manager from outside", (kind == ev.MANAGER_APPOINTED) & (detail == ev.FROM_OUTSIDE))
    count("manager from the team", (kind == ev.MANAGER_APPOINTED) & (detail == ev.FROM_THE_TEAM))
    count("unfit manager replaced",
          (kind == ev.MANAGER_APPOINTED) & (detail == ev.FROM_OUTSIDE) & (time == 0.0))
    count("waited in vain (patience expires, meeting, dismissal)", (kind == ev.WAITING_ENDS) & (detail == 1))
    count("waited and was seen", (kind == ev.WAITING_ENDS) & (detail == 0))
    lapses = (kind == ev.SESSION_LAPSES) & (detail == ev.POST_CALL)
    count("debrief expired", lapses & ~np.isin(time, time[kind == ev.REP_LEAVES]))
    count("abandoned to nobody", (kind == ev.DEAL_ABANDONED) & (detail == ev.NO_DECISION))
    count("abandoned to a rival", (kind == ev.DEAL_ABANDONED) & (detail == ev.RIVAL))
    arrivals = rows_of(trace, ev.OPPORTUNITY_ARRIVES)
    found["noticed for a vacant or added seat"] += int(np.sum(
        (arrivals["detail"] == 1) & (arrivals["actor"] != arrivals["entity"])))
    found["dropped errand"] += int(np.sum((kind == ev.ERRAND_ARRIVES) & (detail == 0)))
    found["pre-call without allowance"] += int(np.sum((kind == ev.PRE_CALL_OPENS) & (trace["value"] == 0.0)))
    # Who broke off prospecting for what: the row right before or after tells.
    broken = np.flatnonzero(kind == ev.TASK_BROKEN_OFF)
    found["broken off for a session"] += int(np.sum(kind[broken - 1] == ev.SESSION_BEGINS))
    after = kind[np.minimum(broken + 1, len(kind) - 1)]
    found["broken off to leave"] += int(np.sum((after == ev.REP_LEAVES) & (kind[broken - 1] != ev.SESSION_BEGINS)))
    found["met after hand-over"] += int(np.sum(
        (records.opportunities["handovers"] > 0) & (records.opportunities["meetings"] > 0)))
    found["review held"] += int(records.managers["kpi_review"].sum())
    found["review without numbers"] += int(np.sum(
        (kind == ev.TEAM_MEETING_BEGINS) & (detail == 0)))
    found["natural coach's week"] += int(records.managers["natural_coach"].sum())
    return found + ties(trace)


def ties(trace):
    """Instants at which events of two classes, or two of one, coincide."""
    timed = trace[trace["kind"] < ev.FIRST_CONSEQUENCE]
    found = Counter()
    for rows in np.split(timed["kind"], np.flatnonzero(np.diff(timed["time"])) + 1):
        if len(rows) > 1:
            here = Counter(CLASS_OF[kind] for kind in rows.tolist())
            for one, other in combinations_with_replacement(CLASSES, 2):
                if here[one] and here[other] and (one != other or here[one] > 1):
                    found[f"tie: {one} with {other}"] += 1
            for kind in set(rows.tolist()):
                found[f"tie: {ev.KIND_NAMES[kind]} with any"] += 1
    return found


def test_every_mechanism_happened():
    found = Counter()
    for number in EVERYDAY:
        found += mechanisms(*firm(number))
    wanted = {ev.KIND_NAMES[kind] for kind in ev.KIND_NAMES}
    # Two timers leave no row of their own; what they bring about is counted by these names.
    timers = {"POST_CALL_EXPIRES": "debrief expired",
              "PATIENCE_EXPIRES": "waited in vain (patience expires, meeting, dismissal)"}
    by_plan = {"SEAT_MOVES"}  # see `test_a_random_firm_with_new_teams_keeps_its_books`
    wanted = (wanted - set(timers) - by_plan) | set(timers.values())
    wanted |= {f"tie: {one} with {other}" for one, other in combinations_with_replacement(CLASSES, 2)}
    wanted |= {f"tie: {ev.KIND_NAMES[kind]} with any" for kind in TIMED if ev.KIND_NAMES[kind] not in timers}
    wanted |= {name for name in MECHANISMS if name not in ev.KIND_NAMES.values()}
    rare = {name: found[name] for name in sorted(wanted) if found[name] < AT_LEAST}
    assert rare == {}


MECHANISMS = [
    *(f"{name} {end}" for name in ev.SESSIONS for end in ("held", "lapsed")),
    *(f"{name} done" for name in ev.MANAGER_TASKS),
    *(f"{name} struck off" for name in ev.MANAGER_TASKS if name != "heroics"),
    *(f"{stage} gate: {end}" for stage in ev.STAGES[:2] for end in ("passed", "no decision", "rival")),
    *(f"proposal gate: {end}" for end in ("won", "no decision", "rival")),
    "protected session", "unprotected session", "own deal won", "quit", "promotion", "manager from outside",
    "manager from the team", "unfit manager replaced", "waited and was seen", "abandoned to nobody",
    "abandoned to a rival", "noticed for a vacant or added seat", "dropped errand",
    "pre-call without allowance", "broken off for a session", "broken off to leave", "met after hand-over",
    "review held", "review without numbers", "natural coach's week",
]


# --- the auditor is awake


LIVELY_KINDS = 28


@functools.cache
def sound():
    """Lively firms whose books are in order, without ties: the shortest first."""
    smooth = [pair for pair in map(firm, EVERYDAY) if pair[0].calendar.time_grain_hours == 0.0]
    lively = [pair for pair in smooth if len(np.unique(pair[1].trace["kind"])) >= LIVELY_KINDS]
    return sorted(lively, key=lambda pair: len(pair[1].trace))


def planted_in(fault):
    """The shortest lively firm in which the fault can be planted, with it."""
    for scenario, records in sound():
        try:
            return scenario, FAULTS[fault](records)
        except IndexError:  # nothing of the kind happened there
            continue
    raise AssertionError(f"no firm has what the fault {fault} needs")


def with_table(records, name, change):
    table = getattr(records, name).copy()
    change(table)
    return dataclasses.replace(records, **{name: table})


def one_of(trace, kind):
    """A row of this kind somewhere in the middle."""
    places = np.flatnonzero(trace["kind"] == kind)
    return places[len(places) // 2]


def without_row(kind):
    return lambda r: dataclasses.replace(r, trace=np.delete(r.trace, one_of(r.trace, kind)))


def twice(kind):
    def planted(records):
        place = one_of(records.trace, kind)
        return dataclasses.replace(records, trace=np.insert(records.trace, place, records.trace[place]))
    return planted


def shifted(kind, field, amount):
    def planted(records):
        trace = records.trace.copy()
        trace[field][one_of(trace, kind)] += amount
        return dataclasses.replace(records, trace=trace)
    return planted


def nudged(table, field, amount=1):
    def planted(records):
        def change(rows):
            places = np.flatnonzero(rows["filled"]) if table == "reps" else np.arange(len(rows))
            rows[field][places[len(places) // 2]] += amount
        return with_table(records, table, change)
    return planted


FAULTS = {
    **{f"no {ev.KIND_NAMES[kind]}": without_row(kind) for kind in (
        ev.REP_TASK_ENDS, ev.SESSION_ENDS, ev.MANAGER_TASK_ENDS, ev.TEAM_MEETING_ENDS, ev.MEETING_DUE,
        ev.OPPORTUNITY_ARRIVES, ev.GATE, ev.SILENCE_ENDS, ev.ELSEWHERE_DECIDES, ev.REP_LEAVES, ev.REP_HIRED,
        ev.DEAL_HANDED_OVER, ev.TASK_BROKEN_OFF, ev.SESSION_BEGINS, ev.SESSION_LAPSES, ev.BLOCK_LAPSES,
        ev.MEETING_HELD, ev.WAITING_ENDS, ev.HEROICS_BEGIN)},
    **{f"{ev.KIND_NAMES[kind]} twice": twice(kind) for kind in (
        ev.GATE, ev.MEETING_HELD, ev.SESSION_BEGINS, ev.REP_LEAVES, ev.ELSEWHERE_DECIDES, ev.REP_TASK_ENDS,
        ev.MANAGER_TASK_ENDS, ev.ERRAND_ARRIVES)},
    "a manager's block began too early": shifted(ev.MANAGER_TASK_ENDS, "value", -0.4),
    "a rep's task began too early": shifted(ev.REP_TASK_ENDS, "value", -0.1),
    "a session began too early": shifted(ev.SESSION_ENDS, "value", -0.1),
    "a gate had another outcome": shifted(ev.GATE, "detail", 1),
    **{f"{table}.{field}": nudged(table, field, amount) for table, field, amount in (
        ("reps", "customer_hours", 0.25), ("reps", "wins", 1), ("reps", "sales", 5.0), ("reps", "hire", 1),
        ("reps", "qualified_meetings", 1), ("managers", "admin_hours", 0.1), ("managers", "errands_kept", 1),
        ("managers", "one_to_ones_held", 1), ("managers", "own_sales", 3.0), ("weeks", "revenue", 7.0),
        ("weeks", "rival_value", 7.0), ("weeks", "quits", 1), ("weeks", "no_decisions", 1),
        ("weeks", "discovery_open", 1), ("opportunities", "arrived", 1e-9), ("opportunities", "value", 0.01),
        ("opportunities", "meetings", 1), ("opportunities", "stage", 1), ("opportunities", "outcome", 1),
        ("opportunities", "won_value", 1.0))},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault):
    assert next(complaints(*planted_in(fault)), None)


# --- ties at the very end of a week


def on_the_hour():
    return Scenario().change({
        "organisation.teams": 1, "calendar.time_grain_hours": 1.0, "calendar.warmup_weeks": 10,
        "calendar.horizon_weeks": 30})


def test_what_happens_at_a_weeks_last_instant_belongs_to_one_week_in_every_table():
    records = run(on_the_hour(), 0, 0)
    assert list(week_sums(on_the_hour(), records)) == []
