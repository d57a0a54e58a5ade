"""Processes of one's own: watching changes nothing, a shock changes what comes after it, errors come through."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
from reading import rows_of

from simlead.engines.simpy_engine import run
from simlead.model import events as ev
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.simulate import simulate

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "extending" / "own_process.md"
SCENARIO = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 4,
    "calendar.warmup_weeks": 12, "calendar.horizon_weeks": 30})
SHORT = SCENARIO.change({"calendar.warmup_weeks": 12, "calendar.horizon_weeks": 1})


def watcher(hours, seen):
    """A process that reads everything there is, every so many hours."""
    def watch(clock, firm):
        while True:
            yield clock.timeout(hours)
            seen.append((clock.now, firm.week, len(firm.opportunities), firm.levers.coaching_share, [
                (len(seat.queue), sorted(seat.deals), seat.gain, seat.activity, list(seat.hours))
                for team in firm.teams for seat in team.seats], [len(team.blocks) for team in firm.teams]))
    return watch


def changing(at, changes):
    """A process that changes parameters at an hour."""
    def change(clock, firm):
        yield clock.timeout(at - clock.now)
        firm.change(changes)
    return change


@pytest.fixture(scope="module")
def calm():
    return simulate(SCENARIO, seed=3)


@pytest.mark.parametrize("hours", [40.0, 8.0, 0.25, 3.7])
def test_a_watcher_leaves_the_trace_as_it_is(calm, hours):
    seen = []
    watched = simulate(SCENARIO, seed=3, processes=[watcher(hours, seen)])
    assert watched.trace_hash() == calm.trace_hash()
    assert len(seen) == int(42 * 40.0 / hours)
    for table in ("opportunities", "reps", "managers", "weeks"):
        assert getattr(watched.records, table).tobytes() == getattr(calm.records, table).tobytes()
    assert watched.records.events == calm.records.events


def test_several_watchers_and_one_that_ends_at_once_change_nothing(calm):
    def short(clock, firm):
        assert firm.now == -12 * 40.0
        yield clock.timeout(0.0)

    many = [watcher(40.0, []), watcher(40.0, []), short]
    assert simulate(SCENARIO, seed=3, processes=many).trace_hash() == calm.trace_hash()


def test_a_watcher_sees_the_week_that_ends(calm):
    seen = []
    simulate(SCENARIO, seed=3, processes=[watcher(40.0, seen)])
    assert [week for _, week, *_ in seen] == list(range(-12, 30))
    waiting = [sum(queue for queue, *_ in seats) for *_, seats, _ in seen]
    assert waiting == calm.weeks()["week"].map(
        calm.reps().groupby("week")["queue"].sum()).tolist()


def test_a_process_may_wait_for_another(calm):
    heard = []

    def speaker(clock, firm):
        yield clock.timeout(100.0)
        return "done"

    def listener(clock, firm):
        heard.append(((yield clock.process(speaker(clock, firm))), clock.now))

    assert simulate(SCENARIO, seed=3, processes=[listener]).trace_hash() == calm.trace_hash()
    assert heard == [("done", -12 * 40.0 + 100.0)]


# --- a shock


@pytest.mark.parametrize("factor", [0.25, 4.0])
def test_a_market_shock_changes_what_comes_after_it_and_nothing_before(calm, factor):
    at, rate = 400.0, 350.0
    shaken = simulate(SCENARIO, seed=3, processes=[
        changing(at, {"market.opportunities_per_seat_year": factor * rate})])
    before = [records.trace[records.trace["time"] <= at] for records in (calm, shaken)]
    assert before[0].tobytes() == before[1].tobytes()
    arrivals = [rows_of(records.trace, ev.OPPORTUNITY_ARRIVES) for records in (calm, shaken)]
    for seat in range(8):
        times = [rows["time"][rows["entity"] == seat] for rows in arrivals]
        old = int(np.sum(times[0] <= at)) + 1  # and the one that was on its way
        assert np.array_equal(times[0][:old], times[1][:old])
        gaps = [np.diff(t[old - 1:]) for t in times]
        shared = min(len(gap) for gap in gaps)
        assert shared > 5
        # The same luck, at another rate: later buyers come in the same order, closer or further apart.
        assert np.allclose(gaps[1][:shared] * factor, gaps[0][:shared], rtol=1e-9)


def test_levers_change_at_the_next_weeks_beginning():
    seen = []
    simulate(SCENARIO, seed=3, processes=[changing(100.0, {"policy.coaching_share": 0.6}), watcher(40.0, seen)])
    shares = {now: share for now, _, _, share, *_ in seen}
    assert shares[80.0] == shares[120.0] == 0.2 and shares[160.0] == 0.6


def test_two_changes_add_up_and_the_run_keeps_the_scenario_it_began_with():
    plans = []

    def twice(clock, firm):
        yield clock.timeout(5.0)
        firm.change({"world.quits_per_month": 0.0})
        firm.change({"market.rivals": 5})
        plans.append((firm.plan.world.quits_per_month, firm.plan.market.rivals, firm.scenario.hash()))

    result = simulate(SCENARIO, seed=3, processes=[twice])
    assert plans[0][:2] == (0.0, 5)
    assert result.scenario == SCENARIO and plans[0][2] != SCENARIO.hash()
    assert SCENARIO.market.rivals == 2


# --- errors


FIXED = ("organisation.teams", "organisation.seats_per_team", "organisation.seat_growth_per_year",
         "calendar.horizon_weeks", "calendar.warmup_weeks", "calendar.time_grain_hours", "plan", "team.1.rollout_week",
         "team.1.seats")


def test_what_cannot_change_under_way_is_refused_by_name(calm):
    refused = []

    def reshape(clock, firm):
        for path in FIXED:
            yield clock.timeout(1.0)
            with pytest.raises(ValueError, match=rf"{re.escape(path)}: cannot change while a run is under way"):
                firm.change({path: 2})
            refused.append(path)

    assert run(SCENARIO, 3, 0, processes=[reshape]).trace.tobytes() == calm.records.trace.tobytes()
    assert tuple(refused) == FIXED


@pytest.mark.parametrize(("changes", "message"), [
    ({"market.rivalz": 3}, "market.rivalz: no such parameter; did you mean market.rivals?"),
    ({"market.rivals": 99}, "market.rivals = 99: allowed is a whole number from 1 to 10"),
    ({"policy.coaching_share": 0.9, "policy.own_selling_share": 0.9}, "planned shares of one week"),
])
def test_a_bad_change_is_refused_as_in_a_scenario_and_changes_nothing(changes, message):
    def bad(clock, firm):
        yield clock.timeout(1.0)
        plan = firm.plan
        with pytest.raises(ParameterError, match=re.escape(message)):
            firm.change(changes)
        assert firm.plan is plan

    run(SHORT, 3, 0, processes=[bad])


class MyOwnError(Exception):
    """Nothing that the model knows."""


def test_an_exception_in_a_process_comes_through_as_it_was_raised():
    def fails(clock, firm):
        yield clock.timeout(30.0)
        raise MyOwnError("at hour", clock.now)

    with pytest.raises(MyOwnError) as info:
        run(SHORT, 3, 0, processes=[fails])
    assert info.value.args == ("at hour", -12 * 40.0 + 30.0)
    assert any(entry.name == "fails" for entry in info.traceback)


def test_an_exception_that_another_process_handles_ends_nothing():
    handled = []

    def fails(clock):
        yield clock.timeout(30.0)
        raise MyOwnError("caught")

    def careful(clock, firm):
        try:
            yield clock.process(fails(clock))
        except MyOwnError as error:
            handled.append(error)

    assert run(SHORT, 3, 0, processes=[careful]).trace.tobytes() == run(SHORT, 3, 0).trace.tobytes()
    assert len(handled) == 1


def test_something_that_is_no_process_is_refused():
    with pytest.raises(ValueError, match="not a generator"):
        run(SCENARIO, 3, 0, processes=[lambda clock, firm: None])


# --- the guide


@pytest.mark.slow
def test_the_guides_examples_run_and_do_what_it_says():
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    names, said = {}, io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in blocks:
            exec(compile(block, str(GUIDE), "exec"), names)
    calm, shaken = (int(number) for number in re.findall(r": (\d+) opportunities", said.getvalue()))
    assert 0.5 * calm < shaken < 0.7 * calm
    assert len(names["queues"]) == 78
    arrivals = [names[name].opportunities() for name in ("calm", "shaken")]
    for territory in range(8):
        first, second = (list(table["value"][table["territory"] == territory]) for table in arrivals)
        early = (arrivals[0]["arrived"][arrivals[0]["territory"] == territory] < 1040.0).sum()
        assert len(second) <= len(first) and first[:early] == second[:early]
