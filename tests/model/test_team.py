"""Paths of single teams: what a scenario makes of them, and what it refuses."""

import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.scenario_file import load_scenario, scenario_of
from simlead.model.switch import until_switch

FIRM = Scenario()


@pytest.mark.parametrize(("changes", "words"), [
    ({"team.5.rollout_week": 0}, "team.5.rollout_week: the firm has 4 teams .*did you mean team.4.rollout_week"),
    ({"team.2.seats": 0}, "team.2.seats = 0: allowed is a whole number from 1 to 40"),
    ({"team.2.seats": 41}, "team.2.seats = 41: allowed is a whole number from 1 to 40"),
    ({"team.2.rollout_week": 156}, "team.2.rollout_week = 156: allowed is never or a whole number from 0 to 155"),
    ({"team.2.rollout_week": -2}, "allowed is never or a whole number"),
    ({"team.2.rollout_week": "nevr"}, "allowed is never or a whole number"),
    ({"team.2.seat": 8}, "did you mean team.2.seats"),
    ({"team2.seats": 8}, "did you mean team.2.seats"),
    ({"team.0.seats": 8}, "no such parameter"),
    ({"team.2.coaching_share": 0.1}, "did you mean team.2.status_quo.coaching_share"),
    ({"team.2.status_quo.coaching_share": 0.9}, "planned shares of one week add to at most 1"),
])
def test_what_cannot_be_is_refused_in_one_line(changes, words):
    with pytest.raises(ParameterError, match=words) as caught:
        FIRM.change(changes)
    assert "\n" not in str(caught.value)


def test_a_firm_does_not_shrink_below_a_team_that_states_something():
    with pytest.raises(ParameterError, match="did you mean team.3.seats"):
        FIRM.change({"team.4.seats": 9}).change({"organisation.teams": 3})


def test_values_differences_and_hash_know_teams():
    other = FIRM.change({"team.2.seats": 9, "team.3.rollout_week": "never"})
    assert FIRM.differences(other) == {"team.2.seats": (8, 9), "team.3.rollout_week": (0, -1)}
    assert other.values()["team.2.seats"] == 9 and "team.1.seats" not in other.values()
    assert Scenario().change(other.values()) == other
    assert other.hash() != FIRM.hash()
    assert (other.value("team.1.seats"), other.value("team.2.seats")) == (8, 9)
    assert other.change({"team.2.seats": 8, "team.3.rollout_week": 0}).hash() == FIRM.hash()
    assert "team.7.seats" in REGISTRY and REGISTRY["team.7.seats"].path == "team.7.seats"


def test_a_team_that_states_nothing_follows_the_firm():
    changed = FIRM.change({"team.2.seats": 9}).change({"organisation.seats_per_team": 6})
    assert [team.seats for team in changed.teams] == [6, 9, 6, 6]


def test_only_the_roll_out_acts_from_the_switch_on():
    assert until_switch(FIRM) == until_switch(FIRM.rollout({2: 5}))
    assert until_switch(FIRM) != until_switch(FIRM.change({"team.2.buyers_factor": 1.1}))


def test_a_file_lists_teams_and_a_roll_out(tmp_path):
    text = ('[[team]]\nseats = 9\n[[team]]\nstatus_quo = {coaching_share = 0.1}\n[[team]]\nbuyers_factor = 1.2\n'
            '[rollout]\n2 = 26\n')
    file = tmp_path / "firm.toml"
    file.write_text(text)
    firm = load_scenario(file)
    assert [team.seats for team in firm.teams] == [9, 8, 8]
    assert [team.rollout_week for team in firm.teams] == [-1, 26, -1]
    assert firm.teams[1].status_quo.coaching_share == 0.1
    file.write_text(firm.toml())
    assert load_scenario(file) == firm


def test_equal_teams_of_a_file_are_the_short_form():
    assert scenario_of({"team": [{"seats": 6}, {"seats": 6}]}) == FIRM.change(
        {"organisation.teams": 2, "organisation.seats_per_team": 6})


@pytest.mark.parametrize(("content", "words"), [
    ({"team": [{"seats": 9}], "organisation": {"teams": 2}}, "the file has 1 of"),
    ({"team": {"seats": 9}}, "a table for each team"),
    ({"team": [{"seats": 9}], "set": {"team.1.seats": 8}}, "set twice"),
    ({"rollout": {"5": 0}}, "the firm has 4 teams"),
    ({"rollout": {"two": 0}}, "the number of a team"),
    ({"rollout": [0, 1]}, "a table is needed"),
    ({"team": [{"seat": 9}]}, "did you mean team.1.seats"),
])
def test_a_file_that_cannot_be_is_refused(content, words):
    with pytest.raises(ParameterError, match=words):
        scenario_of(content)
