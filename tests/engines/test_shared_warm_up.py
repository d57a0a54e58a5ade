"""Runs that go on from a shared warm-up are whole runs, and the compiled loop gives Python a turn."""

import json
from pathlib import Path

import numpy as np
import pytest
from random_scenarios import consistent, random_plan, random_scenario
from test_engines_agree import differences, odd_scenario

from simlead.engines import compiled_engine
from simlead.engines.compiled import workspace
from simlead.engines.compiled.snapshot import Snapshot
from simlead.engines.compiled.workspace import Workspace
from simlead.engines.warm_ups import WarmUps
from simlead.model import switch
from simlead.model.presets import EFFECT_SIZES, PRESETS, preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.switch import acts_before_switch, until_switch

SPEEDS = Path(__file__).resolve().parents[2] / "experiments" / "02_speed" / "results.json"
SMALL = Scenario().change({"organisation.teams": 2, "organisation.seats_per_team": 4,
                           "calendar.warmup_weeks": 12, "calendar.horizon_weeks": 20})
LED = SMALL.change({"policy.coaching_share": 0.5, "policy.replace_unfit": True, "policy.adoption_weeks": 6})


def other_from_switch(scenario, number):
    """The scenario with other random values of all that acts only from the switch on, weeks of roll-outs included.

    Half of them have another people plan, or one where there was none.
    """
    other, luck = random_scenario(number).values(), np.random.default_rng([27, number])
    chosen = {path: other[path] for path in REGISTRY if not acts_before_switch(path)}
    for team in range(1, scenario.organisation.teams + 1):
        week = int(luck.integers(-1, scenario.calendar.horizon_weeks))
        chosen[f"team.{team}.rollout_week"] = week if week >= 0 else "never"
    changed = scenario.change(consistent(scenario.values() | chosen))
    return changed.change({"plan": random_plan(changed, number)}) if luck.random() < 0.5 else changed


def differs_from_whole_runs(scenarios, warm_ups, seed=0, replicate=0, traces=(True, False)):
    """What differs between runs that share their warm-up and whole runs."""
    return [found for trace in traces for scenario in scenarios for found in differences(
        compiled_engine.run(scenario, seed, replicate, trace), warm_ups.run(scenario, seed, replicate, trace))]


def shared_by_three(numbers):
    for number in numbers:
        first = odd_scenario(number)
        three = [first, other_from_switch(first, number + 1), other_from_switch(first, number + 2)]
        assert until_switch(three[0]) == until_switch(three[1]) == until_switch(three[2])
        assert differs_from_whole_runs(three, WarmUps(), seed=number * 7919, replicate=number % 5) == [], number


def test_random_scenarios_that_share_their_warm_up():
    shared_by_three(range(0, 72, 6))


@pytest.mark.slow
def test_three_hundred_random_scenarios_that_share_their_warm_up():
    shared_by_three(range(1000, 1300))


@pytest.mark.parametrize("effect_sizes", EFFECT_SIZES)
def test_every_preset_of_one_firm(effect_sizes):
    short = {"calendar.warmup_weeks": 6, "calendar.horizon_weeks": 10}
    presets = [preset(name, effect_sizes).change(short) for name in PRESETS]
    assert differs_from_whole_runs(presets, WarmUps(10**9), seed=3, traces=(True,)) == []


def test_the_warm_up_is_made_once_and_kept_within_bounds(monkeypatch):
    walks = []
    monkeypatch.setattr(compiled_engine, "walked", lambda work, until_switch=False, walked=compiled_engine.walked: (
        walks.append(until_switch), walked(work, until_switch))[1])
    last, all_kept = WarmUps(), WarmUps(10**9)
    for warm_ups, made in ((last, 4), (all_kept, 2)):
        walks.clear()
        for replicate in (0, 1, 0, 1):
            for scenario in (SMALL, LED):
                warm_ups.run(scenario, 0, replicate, False)
        assert walks.count(True) == made and walks.count(False) == 8


def test_a_parameter_that_is_wrongly_said_to_act_from_the_switch_on_is_noticed(monkeypatch):
    other = SMALL.change({"status_quo.coaching_share": 0.5})
    assert differs_from_whole_runs([SMALL, other], WarmUps()) == []
    monkeypatch.setattr(switch, "FROM_THE_SWITCH_ON", (*switch.FROM_THE_SWITCH_ON, "status_quo"))
    assert differs_from_whole_runs([SMALL, other], WarmUps())


@pytest.mark.parametrize("path", [path for path in REGISTRY if not acts_before_switch(path)])
def test_nothing_before_hour_0_knows_what_comes(path):
    line = REGISTRY[path]
    value = (not line.default if isinstance(line.default, bool) else line.choices[-1] if line.choices else line.high)
    other = SMALL.change(consistent(SMALL.values() | {path: value}))
    before, after = (run.trace[run.trace["time"] < 0.0] for run in map(compiled_engine.run, (SMALL, other)))
    assert len(before) and np.array_equal(before, after)


def test_a_run_without_warm_up_shares_nothing():
    cold = SMALL.change({"calendar.warmup_weeks": 0})
    assert differs_from_whole_runs([cold, cold.change({"policy.role_clarity": 0.9})], WarmUps()) == []


def test_memory_that_grows_after_the_switch_and_a_trace_without_room(monkeypatch):
    wanted = [compiled_engine.run(scenario) for scenario in (SMALL, LED)]
    monkeypatch.setattr(workspace, "_FIRST_ROOM", 1)
    monkeypatch.setattr(workspace, "_expected_arrivals", lambda plan: 1)
    monkeypatch.setattr(workspace, "_expected_rows", lambda plan: 1)
    warm_ups = WarmUps()
    assert [differences(one, warm_ups.run(scenario, 0, 0, True))
            for one, scenario in zip(wanted, (SMALL, LED), strict=True)] == [[], []]
    spare = workspace._spare
    monkeypatch.setattr(workspace, "_spare", lambda plan: spare(plan) | {"trace": 0})
    assert [differences(one, WarmUps().run(scenario, 0, 0, True))
            for one, scenario in zip(wanted, (SMALL, LED), strict=True)] == [[], []]


def test_a_run_that_goes_on_from_a_copy_has_its_spare_memory(monkeypatch):
    before = Workspace(SMALL, 0, 0, None)
    assert compiled_engine.walked(before, until_switch=True)
    snapshot = Snapshot(before)
    for room in (1, 60, 1024):
        monkeypatch.setattr(workspace, "_FIRST_ROOM", room)
        monkeypatch.setattr(workspace, "_expected_arrivals", lambda plan, room=room: room)
        after = Workspace(LED, 0, 0, None)
        snapshot.copy_into(after)
        assert [name for name in after.spare if after.firm[f"{name}_used"][0] > after.firm[f"{name}_room"][0]] == []


# --- slices


def test_python_has_a_turn_every_day_if_a_slice_is_short(monkeypatch):
    wanted, turns = compiled_engine.run(LED), []
    monkeypatch.setattr(workspace, "EVENTS_IN_A_SLICE", 1)
    monkeypatch.setattr(compiled_engine, "event_loop", lambda firm, loop=compiled_engine.event_loop: (
        turns.append(1), loop(firm))[1])
    assert differences(wanted, compiled_engine.run(LED)) == []
    assert len(turns) >= 5 * 32


@pytest.mark.parametrize("teams", [1, 500])
def test_a_signal_waits_for_a_slice_and_a_day_of_events_at_most_which_is_far_below_two_seconds(monkeypatch, teams):
    firm = Scenario().change({"organisation.teams": teams, "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 1})
    reps, made = teams * firm.organisation.seats_per_team, [0]

    def counted(record, loop=compiled_engine.event_loop):
        ended = loop(record)
        made.append(int(record["events"][0]))
        return ended

    monkeypatch.setattr(compiled_engine, "event_loop", counted)
    compiled_engine.run(firm)
    most, day = max(np.diff(made)), made[-1] / 10
    assert most <= workspace.EVENTS_IN_A_SLICE + 1.5 * day
    speeds = json.loads(SPEEDS.read_text(encoding="utf-8"))["sections"]["size"]
    measured = [dict(zip(speeds["columns"], row, strict=True)) for row in speeds["rows"]]
    nanoseconds = [float(row["ns an event"]) for row in measured if int(row["reps"].replace(",", "")) >= reps]
    assert nanoseconds and most * max(nanoseconds) * 1e-9 < 2.0 / 10   # a tenth of what is promised


def test_an_interruption_between_two_slices_ends_the_run(monkeypatch):
    turns = []

    def interrupted(firm, loop=compiled_engine.event_loop):
        turns.append(float(firm["now"][0]))
        if len(turns) == 3:
            raise KeyboardInterrupt
        return loop(firm)

    monkeypatch.setattr(workspace, "EVENTS_IN_A_SLICE", 1)
    monkeypatch.setattr(compiled_engine, "event_loop", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compiled_engine.run(SMALL)
    assert turns[-1] < 0.0
