"""Teams that differ, and the weeks in which a policy starts in each."""

import numpy as np
import pytest
from test_engines_agree import differences

from simlead.engines import compiled_engine, simpy_engine
from simlead.engines.plan import plan_of
from simlead.engines.reference import levers
from simlead.model.scenario import Scenario

SMALL = Scenario().change({"organisation.teams": 3, "organisation.seats_per_team": 2,
                           "calendar.warmup_weeks": 6, "calendar.horizon_weeks": 20})
LED = SMALL.change({"policy.role_clarity": 0.9, "policy.accountability": 0.8, "policy.coaching_share": 0.4,
                    "policy.manager_training": True, "policy.replace_unfit": True, "policy.adoption_weeks": 4,
                    "world.quality_mean": 0.0, "world.manager_exits_per_year": 2.0, "world.quits_per_month": 0.2})
UNEQUAL = LED.change({
    "team.1.seats": 3, "team.2.seats": 1, "team.1.deal_value_factor": 2.0, "team.3.buyers_factor": 1.5,
    "team.2.status_quo.coaching_share": 0.5, "team.2.status_quo.kpi_review": False, "team.2.rollout_week": 5,
    "team.3.rollout_week": "never", "organisation.seat_growth_per_year": 0.5})


def of_team(table, number):
    return table[table["team"] == number]


def test_both_engines_agree_on_unequal_teams_and_roll_outs():
    assert differences(simpy_engine.run(UNEQUAL, 3), compiled_engine.run(UNEQUAL, 3)) == []


@pytest.mark.parametrize("fault", [
    lambda firm, team: setattr(team, "levers", firm.plan.policy if firm.week >= 0 else team.levers),
    lambda firm, team: setattr(team, "effort", team.effort * (1.0 + 1e-12 * (team.number == 1)))])
def test_a_team_that_is_led_like_the_others_in_one_engine_is_seen(monkeypatch, fault):
    right = levers.set_effort

    def wrong(firm, team):
        right(firm, team)
        fault(firm, team)

    monkeypatch.setattr(levers, "set_effort", wrong)
    assert differences(simpy_engine.run(UNEQUAL, 3), compiled_engine.run(UNEQUAL, 3))


def test_listed_teams_that_are_equal_are_the_short_form():
    listed = SMALL.change({f"team.{number}.seats": 4 for number in (1, 2, 3)})
    short = SMALL.change({"organisation.seats_per_team": 4})
    assert listed == short
    assert listed.hash() == short.hash()
    assert listed.change({"team.2.seats": 5}).change({"team.2.seats": 4}).hash() == short.hash()


def test_a_teams_buyers_and_reps_do_not_depend_on_the_size_of_another():
    names = ("territory", "number", "arrived", "value", "pace_hours")
    one = compiled_engine.run(SMALL, 1, trace=False)
    other = compiled_engine.run(SMALL.change({"team.1.seats": 5, "team.3.seats": 1}), 1, trace=False)
    for name in names:
        assert np.array_equal(of_team(one.opportunities, 1)[name], of_team(other.opportunities, 1)[name])
    first = {(row["seat"], row["hire"]): row["ability"] for row in of_team(one.reps, 1) if row["filled"]}
    second = {(row["seat"], row["hire"]): row["ability"] for row in of_team(other.reps, 1) if row["filled"]}
    both = first.keys() & second.keys()
    assert len(both) >= 2 and all(first[name] == second[name] for name in both)


def test_a_seats_number_depends_on_its_own_team_alone_and_no_two_seats_share_one():
    grown = SMALL.change({"organisation.seat_growth_per_year": 0.4, "calendar.horizon_weeks": 156})
    sizes = ([2, 2, 2], [5, 2, 1], [9, 2, 24])
    plans = [plan_of(grown.change({f"team.{place}.seats": size for place, size in enumerate(case, 1)
                                   if size != 2})).teams for case in sizes]
    assert len({team[1].seat_numbers for team in plans}) == 1
    for teams in plans:
        numbers = [number for team in teams for number in team.seat_numbers]
        assert len(numbers) == len(set(numbers))


def test_a_team_keeps_its_status_quo_until_its_own_week():
    runs = {week: compiled_engine.run(LED.rollout({2: week} if week is not None else {1: "never"}), 2, trace=False)
            for week in (None, 0, 7)}
    planned = {week: of_team(run.managers, 1)["planned_coaching_hours"] for week, run in runs.items()}
    warm_up = LED.calendar.warmup_weeks
    natural = of_team(runs[None].managers, 1)["natural_coach"]
    assert not natural.any()
    assert np.array_equal(planned[None], np.full(len(planned[None]), 8.0))
    assert np.array_equal(planned[7][:warm_up + 7], planned[None][:warm_up + 7])
    led = np.array([10.0, 12.0, 14.0, 16.0])  # adopted over four weeks from the team's own week on
    assert np.allclose(planned[7][warm_up + 7:warm_up + 11], led)
    assert np.allclose(planned[0][warm_up:warm_up + 4], led)
    for run in runs.values():
        assert np.array_equal(of_team(run.managers, 0)["planned_coaching_hours"], planned[None])


def test_until_its_week_a_roll_out_changes_nothing():
    never, later = (compiled_engine.run(LED.rollout({2: week}), 4, trace=False) for week in ("never", 9))
    before = never.reps["week"] < 9
    assert never.reps[before].tobytes() == later.reps[later.reps["week"] < 9].tobytes()
    assert never.reps[~before].tobytes() != later.reps[later.reps["week"] >= 9].tobytes()


def test_unfit_managers_go_and_training_begins_in_the_teams_own_week():
    sure = LED.change({"world.quality_mean": -0.9, "world.quality_sd": 0.01, "world.manager_exits_per_year": 0.0,
                       "policy.manager_training": False})
    managers = compiled_engine.run(sure.rollout({1: 0, 3: 6}), trace=False).managers
    for number, week in ((0, 0), (1, None), (2, 6)):
        mine = of_team(managers, number)
        replaced = mine["week"][mine["appointment"] > 0]
        assert (replaced.min() if len(replaced) else None) == week


def test_a_factor_of_all_deal_values_changes_dollars_and_nothing_else():
    one = compiled_engine.run(LED, 5)
    double = compiled_engine.run(LED.change({f"team.{number}.deal_value_factor": 2.0 for number in (1, 2, 3)}), 5)
    assert np.array_equal(one.trace["time"], double.trace["time"])
    assert np.array_equal(2.0 * one.weeks["revenue"], double.weeks["revenue"])
    assert np.array_equal(one.reps["wins"], double.reps["wins"])


def test_twice_the_buyers_arrive_in_half_the_time():
    one, double = (compiled_engine.run(SMALL.change({"team.2.buyers_factor": factor}), 6, trace=False)
                   for factor in (1.0, 2.0))
    start = plan_of(SMALL).start_hour

    def arrived(run, team):
        rows = of_team(run.opportunities, team)
        return {(row["territory"], row["number"]): row["arrived"] - start for row in rows}

    assert arrived(one, 0) == arrived(double, 0)
    slow, fast = arrived(one, 1), arrived(double, 1)
    assert all(fast[name] == pytest.approx(hour / 2.0) for name, hour in slow.items())


def test_no_buyers_arrive_at_a_factor_of_zero():
    run = compiled_engine.run(SMALL.change({"team.2.buyers_factor": 0.0}), trace=False)
    assert len(of_team(run.opportunities, 1)) == 0 < len(of_team(run.opportunities, 0))
