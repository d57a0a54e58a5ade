"""A room whose firm was given as a scenario file: taken as it is, with teams of different sizes."""

from __future__ import annotations

import dataclasses

import pytest

from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.show.workshop.app import Workshop
from simlead.show.workshop.export import exported
from simlead.show.workshop.levers import Firm, as_it_is, changed, given_firm, moved, with_lever
from simlead.show.workshop.view import page_content

STATED = {"seats": [9, 7, 11], "own_selling_share": 0.35}
OURS = Scenario().change({"market.deal_value_median": 60_000.0, "policy.role_clarity": 0.43}).state(STATED)
ROOM = given_firm("ours", [OURS])


def test_its_levers_stand_where_the_scenario_has_them_and_nothing_else_moves():
    today = as_it_is(ROOM)
    assert (today.coaching, today.clarity, today.own_selling, today.span) == (20, 43, 35, 9)
    assert moved(OURS, ROOM, today) == OURS
    more = with_lever(ROOM, today, "coaching", 50)
    assert OURS.differences(moved(OURS, ROOM, more)) == {"policy.coaching_share": (0.2, 0.5)}
    back = with_lever(ROOM, with_lever(ROOM, today, "own_selling", 5), "own_selling", 35)  # beyond the lever's end
    assert changed(ROOM, back) == ()


def test_the_span_is_no_lever_where_teams_differ_and_is_one_where_they_do_not():
    assert ROOM.reps_in_all == 27 and ROOM.spans == (9,)
    with pytest.raises(ParameterError):
        with_lever(ROOM, as_it_is(ROOM), "span", 3)
    equal = given_firm("equal", [Scenario().change({"organisation.teams": 2})])
    halved = moved(equal.own.scenarios[0], equal, with_lever(equal, as_it_is(equal), "span", 16))
    assert (halved.organisation.teams, halved.organisation.seats_per_team) == (1, 16)


def test_a_calibrated_file_is_seen_under_its_own_effect_sizes_alone():
    assert ROOM.effect_sizes == ("evidence",) and Firm().effect_sizes == ("evidence", "practitioner")
    with pytest.raises(ParameterError):
        with_lever(ROOM, as_it_is(ROOM), "effect_sizes", "practitioner")
    both = given_firm("both", [OURS, preset("status_quo", "practitioner").state(STATED)])
    other = with_lever(both, as_it_is(both), "effect_sizes", "practitioner")
    assert both.own.under(other.effect_sizes).world.coaching_gain_max == 0.6


def test_a_visitor_starts_with_it_and_may_describe_another():
    session = Workshop(workers=1, firm=ROOM).session()
    assert session.base == OURS and session.firm.own.name == "ours"
    assert [option["value"] for option in page_content(session)["effect_sizes"]["options"]] == ["evidence"]
    session.act({"do": "firm", "values": {name: str(value) for name, value in ROOM.numbers.items()}})
    assert session.firm == ROOM  # nothing was changed
    session.act({"do": "firm", "values": {"teams": "2"}})
    assert session.firm == Firm(teams=2)
    session.act({"do": "firm", "values": {name: str(value) for name, value in ROOM.numbers.items()}})
    assert session.firm == ROOM and session.base == OURS  # and back to its own


def test_every_manager_of_uneven_teams_can_be_seen():
    uneven = given_firm("uneven", [Scenario().state({"seats": [9, 9, 9, 8, 8]})])  # 43 reps, not 5 times 9
    session = Workshop(workers=1, firm=uneven).session()
    seen = []
    for _ in range(6):
        session.act({"do": "manager"})
        seen.append(session.manager)
    assert seen == [1, 2, 3, 4, 0, 1]


def test_levers_that_contradict_the_firms_own_are_refused_and_nothing_moves():
    session = Workshop(workers=1, firm=ROOM).session()
    with pytest.raises(ParameterError):
        session.act({"do": "lever", "key": "coaching", "value": 70})  # .35 of the week is for deals of their own
    assert session.move == as_it_is(ROOM)


def test_a_session_is_gone_on_with_beside_the_same_file_alone(tmp_path):
    session = Workshop(workers=1, firm=ROOM).session()
    session.act({"do": "lever", "key": "coaching", "value": 50})
    session.act({"do": "bet", "revenue": 10, "coaching": 30})
    session.act({"do": "show"})
    file = tmp_path / "session.zip"
    file.write_bytes(exported(session))
    restored = Workshop(workers=1, firm=ROOM).open(saved=file).session
    assert restored.firm == ROOM and restored.move.coaching == 50 and restored.tried[0].bets
    other = dataclasses.replace(ROOM, own=dataclasses.replace(ROOM.own, scenarios=(Scenario(),)))
    for firm in (None, other):
        with pytest.raises(FileFormatError, match="simlead workshop ours.toml --session FILE"):
            Workshop(workers=1, firm=firm).open(saved=file)
