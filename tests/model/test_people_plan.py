"""The people plan as data: lines that fit a firm, and one clear line for each that does not."""

import dataclasses
import json

import pytest

from simlead.engines.plan import plan_of
from simlead.model.parameters import ParameterError
from simlead.model.people_plan import FROM_THE_START, NEVER, PlanLine, planned_seats
from simlead.model.scenario import Scenario
from simlead.model.scenario_file import load_scenario, scenario_of

FIRM = Scenario().change({"organisation.teams": 2, "organisation.seats_per_team": 3, "calendar.horizon_weeks": 104})
NEW_TEAM = {"week": 30, "new_team": ["2.3", "1.2"], "rollout_week": "never", "price": 9000.0}
LINES = [{"week": 26, "team": 1, "hire": 2, "buyers": "own"}, {"week": 52, "team": 2, "close": 1},
         {"week": 60, "close": ["1.1", "1.4"], "price": 5000}]
PLANNED = FIRM.change({"plan": LINES})


def opened_and_closed(scenario):
    teams = planned_seats([team.seats for team in scenario.teams], scenario.organisation.seat_growth_per_year,
                          scenario.people_plan, scenario.calendar.horizon_weeks)
    return [[(seat.opens, seat.closes) for seat in team] for team in teams]


def test_seats_open_behind_those_that_are_there_and_close_by_name_or_from_the_last():
    there = (FROM_THE_START, NEVER)
    assert opened_and_closed(PLANNED) == [
        [(FROM_THE_START, 60), there, there, (26, 60), (26, NEVER)], [there, there, (FROM_THE_START, 52)]]


def test_the_hiring_rules_seats_come_before_the_plans_of_the_same_week():
    growing = PLANNED.change({"organisation.seat_growth_per_year": 0.5})
    seats = planned_seats([3, 3], 0.5, growing.people_plan, 104)[0]
    assert [(seat.opens, seat.hire) for seat in seats[3:]] == [(26, 0), (26, 1), (37, -1), (66, -1), (89, -1)]
    assert [seat.own_buyers for seat in seats[3:]] == [True, True, False, False, False]


def test_lines_work_in_the_order_of_their_weeks():
    late_first = FIRM.change({"plan": [{"week": 30, "close": ["1.4"]}, {"week": 10, "team": 1, "hire": 1}]})
    assert opened_and_closed(late_first)[0][3] == (10, 30)


def test_a_plan_is_part_of_a_scenario():
    assert PLANNED.people_plan[0] == PlanLine(week=26, team=1, hire=2, buyers="own")
    assert PLANNED.values()["plan"] == [LINES[0], LINES[1], LINES[2] | {"price": 5000.0}] == PLANNED.value("plan")
    assert "plan" not in FIRM.values() and FIRM.value("plan") == []
    assert PLANNED.hash() != FIRM.hash() == PLANNED.change({"plan": []}).hash()
    assert FIRM.differences(PLANNED) == {"plan": ([], PLANNED.value("plan"))}
    assert Scenario().change(json.loads(json.dumps(PLANNED.values()))) == PLANNED
    assert dataclasses.replace(FIRM, people_plan=LINES) == PLANNED
    assert PLANNED.change({"policy.coaching_share": 0.5}).people_plan == PLANNED.people_plan
    assert FIRM.change({"plan": PLANNED.people_plan}) == PLANNED


def test_a_plan_is_written_in_a_scenario_file_line_by_line(tmp_path):
    text = PLANNED.toml()
    assert text.count("[[plan]]") == 3 and 'buyers = "own"' in text and 'close = ["1.1", "1.4"]' in text
    file = tmp_path / "firm.toml"
    file.write_text(text, encoding="utf-8")
    assert load_scenario(file) == PLANNED
    assert scenario_of({"organisation": {"teams": 2, "seats_per_team": 3}, "calendar": {"horizon_weeks": 104},
                        "plan": LINES}) == PLANNED


@pytest.mark.parametrize(("lines", "words"), [
    ([{"week": 1, "team": 3, "hire": 1}], "plan, line 1: team = 3: the firm has 2 teams; did you mean 2?"),
    ([{"week": 1, "close": ["5.1"]}], "line 1: team = 5: the firm has 2 teams"),
    ([{"week": 1, "team": 1, "hires": 1}], "hires: no such entry; allowed is week | team | hire | buyers | close | "
                                           "price | new_team | rollout_week; did you mean hire?"),
    ([{"week": 104, "team": 1, "hire": 1}], "week = 104: allowed is a whole number from 0 to 103, the last week of"),
    ([{"week": -1, "team": 1, "hire": 1}], "week = -1: allowed is a whole number from 0 to"),
    ([{"week": 1.5, "team": 1, "hire": 1}], "week = 1.5"), ([{"week": True, "team": 1, "hire": 1}], "week = True"),
    ([{"team": 1, "hire": 1}], "week is missing"), ([{"week": 1, "hire": 1}], "team is missing"),
    ([{"week": 1, "team": 1}], "one of hire | close | new_team is needed"),
    ([{"week": 1, "team": 1, "hire": 1, "close": 1}], "one of hire | close | new_team is needed"),
    ([{"week": 1, "team": 1, "hire": 1, "buyers": "owned"}], "allowed is split | own; did you mean own?"),
    ([{"week": 1, "team": 1, "close": 1, "buyers": "own"}], "buyers = 'own': belongs to hire"),
    ([{"week": 1, "team": 1, "hire": "1.2"}], "a seat that has closed stays closed"),
    ([{"week": 1, "team": 1, "hire": 129}], "hire = 129: allowed is a whole number from 0 to 128"),
    ([{"week": 1, "team": 1, "hire": 99}, {"week": 2, "team": 1, "hire": 99}], "a plan can open 128 seats in a team"),
    ([{"week": 1, "close": ["1.4"]}], "close has 1.4: no such seat before week 1; did you mean 1.3?"),
    ([{"week": 1, "team": 1, "hire": 1}, {"week": 1, "close": ["1.4"]}], "no such seat before week 1"),
    ([{"week": 1, "close": ["1.2"]}, {"week": 2, "close": ["1.2"]}], "line 2: close has 1.2: that seat closes in week"),
    ([{"week": 1, "close": ["1.2", "1.2"]}], "names a seat twice"), ([{"week": 1, "close": [2]}], 'such as "3.7"'),
    ([{"week": 1, "team": 1, "close": ["1.2"]}], "leave it out; named seats have it"),
    ([{"week": 1, "team": 2, "close": 3}], "team 2 would be without seats; a team keeps at least one"),
    ([{"week": 1, "team": 2, "close": 4}], "close = 4: team 2 has 3 seats then"),
    ([{"week": 1, "team": 1, "hire": 1, "price": -1}], "price = -1: allowed is 0 to"),
    ([{"week": 1, "new_team": []}], "one of hire | close | new_team is needed"),
    ([{"week": 1, "new_team": ["1.2"], "close": ["1.3"]}], "one of hire | close | new_team is needed"),
    ([{"week": 1, "new_team": "1.2"}], "allowed is a list of seats"), ([{"week": 1, "new_team": 2}], "a list of seats"),
    ([{"week": 1, "new_team": [1.2]}], 'such as "3.7"'), ([{"week": 1, "new_team": ["1.2", "1.2"]}], "a seat twice"),
    ([{"week": 1, "team": 1, "new_team": ["1.2"]}], "leave it out; named seats have it"),
    ([{"week": 1, "new_team": ["3.1"]}], "team = 3: the firm has 2 teams; did you mean 2?"),
    ([{"week": 1, "new_team": ["1.4"]}], "new_team has 1.4: no such seat before week 1; did you mean 1.3?"),
    ([{"week": 104, "new_team": ["1.1"]}], "week = 104: allowed is a whole number from 0 to 103"),
    ([{"week": 1, "new_team": ["1.1", "1.2", "1.3"]}], "team 1 would be without seats; a team keeps at least one"),
    ([{"week": 1, "close": ["1.1", "1.2"]}, {"week": 2, "new_team": ["1.3"]}], "team 1 would be without seats"),
    ([{"week": 1, "close": ["1.1"]}, {"week": 2, "new_team": ["1.1"]}], "1.1: that seat closes in week 1"),
    ([{"week": 1, "new_team": ["1.1"]}, {"week": 1, "new_team": ["1.1"]}], "line 2: new_team has 1.1: that seat moves "
     "to team 3 in week 1; its name is 3.1 from then on"),
    ([{"week": 1, "new_team": ["1.1"]}, {"week": 2, "close": ["1.1"]}], "close has 1.1: that seat moves to team 3"),
    ([{"week": 1, "new_team": ["1.1", "2.1"]}, {"week": 2, "new_team": ["3.2"]}], "3.2: that seat has moved before; a "
     "seat moves once"),
    ([{"week": 1, "new_team": ["1.1"]}, {"week": 1, "close": ["3.1"]}], "close has 3.1: no such seat before week 1"),
    ([{"week": 2, "team": 3, "hire": 1}, {"week": 3, "new_team": ["1.1"]}], "team = 3: the firm has 2 teams"),
    ([{"week": 1, "team": 1, "hire": 1}, {"week": 2, "new_team": ["1.4"]}], "new_team would be without buyers; "
     "one of its seats needs a territory of its own"),
    ([{"week": 1, "team": 1, "hire": 1}, {"week": 2, "new_team": ["1.1", "1.2", "1.3"]}],
     "team 1 would be without buyers"),
    ([{"week": 1, "team": 1, "hire": 1, "rollout_week": 3}], "rollout_week: belongs to new_team"),
    ([{"week": 1, "new_team": ["1.1"], "rollout_week": 104}], "rollout_week = 104: allowed is never or a whole number"),
    ([{"week": 1, "new_team": ["1.1"], "rollout_week": "nie"}], "rollout_week = 'nie': allowed is"),
    ([3], "line 1 = 3: a table is needed"), ({"week": 1}, "a list of lines is needed"), ("hire", "a list of lines"),
])
def test_a_plan_that_cannot_be_is_refused_in_one_line(lines, words):
    with pytest.raises(ParameterError, match="^plan") as refusal:
        FIRM.change({"plan": lines})
    assert words in str(refusal.value) and "\n" not in str(refusal.value) and len(str(refusal.value)) < 250


def test_a_change_that_the_plan_does_not_fit_is_refused():
    with pytest.raises(ParameterError, match="plan, line 2: team = 2: the firm has 1 team"):
        PLANNED.change({"organisation.teams": 1})
    with pytest.raises(ParameterError, match="plan, line 3: week = 60: allowed is a whole number from 0 to 59"):
        PLANNED.change({"calendar.horizon_weeks": 60})


def test_a_line_of_a_file_that_cannot_be_is_refused(tmp_path):
    file = tmp_path / "firm.toml"
    file.write_text('[[plan]]\nweek = 3\nteam = 9\nhire = 1\n', encoding="utf-8")
    with pytest.raises(ParameterError, match=r"firm\.toml: plan, line 1: team = 9: the firm has 4 teams"):
        load_scenario(file)
    file.write_text('[plan]\nweek = 3\n', encoding="utf-8")
    with pytest.raises(ParameterError, match=r"plan = .*: a list of lines is needed, \[\[plan\]\] in a file"):
        load_scenario(file)


# --- a further manager


def test_a_new_team_has_the_seats_in_the_order_in_which_they_are_named():
    firm = FIRM.change({"plan": [NEW_TEAM, {"week": 40, "team": 3, "hire": 1}, {"week": 50, "close": ["3.1"]}]})
    assert opened_and_closed(firm)[2] == [(30, 50), (30, NEVER), (40, NEVER)]
    teams = planned_seats([3, 3], 0.0, firm.people_plan, 104)
    assert teams[1][2].moves == teams[0][1].moves == 30
    numbers = [team.seat_numbers for team in plan_of(firm).teams]
    assert numbers[2][:2] == (numbers[1][2], numbers[0][1]) and numbers[2][2] not in numbers[0] + numbers[1]
    assert [team.begins for team in plan_of(firm).teams] == [FROM_THE_START, FROM_THE_START, 30]


def test_new_teams_are_numbered_by_week():
    firm = FIRM.change({"plan": [{"week": 30, "new_team": ["1.1"]}, {"week": 20, "new_team": ["2.1"]}]})
    assert firm.teams_begin == (FROM_THE_START, FROM_THE_START, 20, 30) and len(firm.teams) == 2
    teams = planned_seats([3, 3], 0.0, firm.people_plan, 104)
    assert [seat.comes_from for team in teams[2:] for seat in team] == [(1, 0), (0, 0)]


def test_a_new_team_goes_by_the_team_of_its_first_seat_unless_its_line_states_a_roll_out():
    pilot = FIRM.change({"team.2.status_quo.coaching_share": 0.5, "team.1.deal_value_factor": 3.0}).rollout({1: 7})
    line = {"week": 30, "new_team": ["2.3", "1.2"]}
    teams = [pilot.change({"plan": [{**line, **more}]}).every_team[2] for more in (
        {}, {"rollout_week": 40}, {"new_team": ["1.2", "2.3"]})]
    assert [team.rollout_week for team in teams] == [-1, 40, 7]
    assert [team.status_quo.coaching_share for team in teams] == [0.5, 0.5, 0.2]
    assert {team.deal_value_factor for team in teams} == {2.0} and {team.seats for team in teams} == {2}


def test_a_line_of_a_new_team_goes_through_files_and_json(tmp_path):
    firm = FIRM.change({"plan": [NEW_TEAM]})
    assert firm.value("plan") == [NEW_TEAM] and Scenario().change(json.loads(json.dumps(firm.values()))) == firm
    text = firm.toml()
    assert 'new_team = ["2.3", "1.2"]' in text and 'rollout_week = "never"' in text
    (tmp_path / "firm.toml").write_text(text, encoding="utf-8")
    assert load_scenario(tmp_path / "firm.toml") == firm
