"""A room: its session survives pages and servers, tables bet in it, rounds go back and forth, steps are undone."""

from __future__ import annotations

import pytest

from simlead.model.parameters import ParameterError
from simlead.results.files import FileFormatError
from simlead.show.workshop.app import TableVisit, Visit, Workshop
from simlead.show.workshop.export import facts_of
from simlead.show.workshop.levers import Firm, described
from simlead.show.workshop.limits import MOST_TABLES
from simlead.show.workshop.phone import phone_content
from simlead.show.workshop.room_view import room_content
from simlead.show.workshop.session import BETTING, SHOWN
from simlead.show.workshop.view import page_content

SMALL = Firm(teams=1, reps=2)


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """Opens the room of a firm that is soon simulated, as it is kept in one file; earlier ones are closed."""
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 8)
    monkeypatch.setattr("simlead.show.workshop.app.WorldAnswers", lambda seed: None)
    base = described(SMALL, "evidence").change({"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
    rooms = []

    def open_room(network=True):
        for room in rooms:
            room.close()
        workshop = Workshop(workers=1)
        workshop.firms.adopt(SMALL, "evidence", base)
        rooms.append(workshop.open(tmp_path / "room.sqlite", network=network))
        workshop.room.workshop = workshop
        return workshop.room

    yield open_room
    for room in rooms:
        room.close()


def begin(room):
    room.act({"do": "firm", "values": {key: str(value) for key, value in SMALL.numbers.items()}})
    return room


def work(room):
    while (task := room.session.task()) is not None:
        task()


def move(room, value, key="coaching"):
    room.act({"do": "lever", "key": key, "value": value})


def join(room, *names):
    for name in names:
        room.act_at(f"key of {name}", {"do": "name", "value": name})


def bet(room, name, revenue, coaching=25):
    room.act_at(f"key of {name}", {"do": "bet", "on": room.on(), "revenue": revenue, "coaching": coaching})


def play(room, value, **bets):
    if room.session.phase == SHOWN:
        room.act({"do": "again"})
    move(room, value)
    for name, revenue in bets.items():
        bet(room, name, revenue)
    room.act({"do": "show"})


def state(room):
    """All that people did, as it is kept."""
    facts = facts_of(room.session, results=False)
    return facts | {"tables": sorted(room.names())}


def marks(room):
    """The marks at the axis of revenue: the row's label, and its bets."""
    rows = page_content(room.session)["outcome"]["charts"][0]["rows"]
    return [(row["label"], [one["name"] for one in row["bets"]]) for row in rows]


# --- nothing is lost


def test_a_restarted_server_has_all_that_people_did(opened):
    room = begin(opened())
    join(room, "Owls", "Otters")
    play(room, 50, Owls=10, Otters=-5)
    room.act({"do": "pin", "number": 1})
    room.act({"do": "again"})
    move(room, 60)
    bet(room, "Owls", 7)
    room.act({"do": "view", "value": "scores"})
    before, door = state(room), room.door
    again = opened()
    assert state(again) == before and again.door == door and again.remarks == []
    assert again.resumed and again.session.bets[0].revenue == 7 and again.session.phase == BETTING
    room.close()


def test_results_are_made_again_and_are_the_same(opened):
    room = begin(opened())
    join(room, "Owls")
    play(room, 50, Owls=10)
    play(room, 70, Owls=0)
    work(room)
    there, board = page_content(room.session)["outcome"], room.board()
    again = opened()
    assert page_content(again.session)["outcome"]["charts"][0]["rows"] == []  # nothing of it is kept
    work(again)
    assert page_content(again.session)["outcome"] == there and again.board() == board
    assert all(line.total > 0 for line in board.lines)


def test_a_table_that_comes_back_is_the_same_table_with_its_bet(opened):
    room = begin(opened())
    page = TableVisit(room, "a token of its own")
    assert page.news()["stage"] == "name"
    page.receive({"do": "name", "value": "Owls"})
    move(room, 50)
    now = page.news()
    assert (now["name"], now["stage"], now["bet"]["placed"]) == ("Owls", "bet", "")
    page.receive({"do": "bet", "on": now["on"], "revenue": 12, "coaching": 30})
    page.leave()
    assert room.names() == ["Owls"]
    for there in (room, opened()):  # a page that was reloaded, and one after a restart
        back = TableVisit(there, "a token of its own").news()
        assert back["name"] == "Owls" and back["bet"]["placed"] == "Our bet: revenue +12 %, coaching 30 %"
        assert back["bet"]["sliders"][0]["value"] == 12
    assert TableVisit(there, "another token of its own").news()["name"] == ""


def test_a_page_that_is_opened_again_is_sent_everything(opened):
    room = begin(opened())
    move(room, 50)
    first = Visit(room, room.workshop.desk).news()["seen"]
    assert Visit(room, room.workshop.desk).news()["seen"] == first and first["levers"][0]["value"] == 50


def test_a_room_of_another_firm_or_shape_is_refused_in_one_line(opened, tmp_path):
    room = begin(opened())
    room._kept.push({**room._kept.latest, "levers": {"coaching": 900}})
    with pytest.raises(FileFormatError, match=r"room\.sqlite does not fit") as refused:
        opened()
    assert "\n" not in str(refused.value)
    room._kept.close()


def test_a_full_disk_ends_no_workshop_and_is_said(opened, capsys):
    room = begin(opened())
    room._kept._file.close()
    move(room, 50)
    assert room.session.move.coaching == 50 and room_content(room, "")["unsaved"]
    move(room, 60)
    assert capsys.readouterr().err.count("\n") == 1


# --- undo, rounds, pins


def test_undo_takes_back_the_last_change_and_its_bets_come_back(opened):
    room = begin(opened())
    join(room, "Owls")
    move(room, 50)
    bet(room, "Owls", 10)
    move(room, 60, "clarity")
    assert room.session.bets == ()
    room.act({"do": "undo"})
    assert room.session.move.clarity == 40 and room.session.bets[0].revenue == 10
    room.act({"do": "show"})
    room.act({"do": "undo"})
    assert room.session.phase == BETTING and room.session.bets[0].revenue == 10 and room.session.tried == []


def test_a_dragged_slider_is_one_step_and_undo_works_after_a_restart(opened):
    room = begin(opened())
    for value in (25, 30, 35, 40):
        move(room, value)
    again = opened()
    again.act({"do": "undo"})
    assert again.session.move.coaching == SMALL.coaching_today and again.session.firm == SMALL
    again.act({"do": "undo"})
    assert again.session.firm == Firm()
    with pytest.raises(ParameterError):
        again.act({"do": "undo"})


def test_undo_leaves_the_tables_that_came_since(opened):
    room = begin(opened())
    move(room, 50)
    join(room, "Owls")
    room.act({"do": "undo"})
    assert room.names() == ["Owls"] and opened().names() == ["Owls"]


def test_back_and_next_go_through_the_rounds_and_to_the_open_bets(opened):
    room = begin(opened())
    join(room, "Owls")
    for value in (30, 40, 50):
        play(room, value, Owls=value // 10)
    room.act({"do": "again"})
    move(room, 60)
    bet(room, "Owls", 6)
    seen = []
    for to in ("back", "back", "back", "next", "next", "next"):
        room.act({"do": "round", "to": to})
        seen.append((room.session.move.coaching, room.session.phase, room_content(room, "")["where"]))
    assert seen == [(50, SHOWN, "Round 3 of 3"), (40, SHOWN, "Round 2 of 3"), (30, SHOWN, "Round 1 of 3"),
                    (40, SHOWN, "Round 2 of 3"), (50, SHOWN, "Round 3 of 3"), (60, BETTING, "Round 4")]
    assert [one.revenue for one in room.session.bets] == [6]
    with pytest.raises(ParameterError):
        room.act({"do": "round", "to": "next"})


def test_betting_again_after_a_look_back_goes_on_with_the_bets_that_were_put_aside(opened):
    room = begin(opened())
    join(room, "Owls")
    play(room, 30, Owls=3)
    room.act({"do": "again"})
    move(room, 60)
    bet(room, "Owls", 6)
    for _ in range(2):  # and again, nothing is overwritten
        room.act({"do": "round", "to": "back"})
        room.act({"do": "again"})
        assert (room.session.phase, room.session.move.coaching) == (BETTING, 60)
        assert [one.revenue for one in room.session.bets] == [6]
    room.act({"do": "show"})
    assert [line.bets[0].revenue for line in room.session.tried] == [3, 6]


def test_open_bets_that_are_put_aside_survive_a_restart(opened):
    room = begin(opened())
    join(room, "Owls")
    play(room, 30, Owls=3)
    room.act({"do": "again"})
    move(room, 60)
    bet(room, "Owls", 6)
    room.act({"do": "round", "to": "back"})
    again = opened()
    again.act({"do": "round", "to": "next"})
    assert [one.revenue for one in again.session.bets] == [6] and again.session.move.coaching == 60


def test_pinned_moves_stay_in_the_chart_in_their_order(opened):
    room = begin(opened())
    join(room, "Owls")
    for value in (30, 40, 50, 60):
        play(room, value, Owls=1)
        work(room)
    for number in (2, 1):
        room.act({"do": "pin", "number": number})
    assert [label for label, _ in marks(room)] == ["Coaching 40 %", "Coaching 30 %", "Coaching 60 %", "Coaching 50 %"]
    play(room, 70, Owls=1)
    work(room)
    assert [label for label, _ in marks(room)][:3] == ["Coaching 40 %", "Coaching 30 %", "Coaching 70 %"]
    room.act({"do": "round", "to": "back"})
    room.act({"do": "pin", "number": 2})
    assert [label for label, _ in marks(room)][:2] == ["Coaching 30 %", "Coaching 60 %"]
    room.act({"do": "pin", "number": 3})
    room.act({"do": "pin", "number": 4})
    with pytest.raises(ParameterError):
        room.act({"do": "pin", "number": 5})
    with pytest.raises(ParameterError):
        room.act({"do": "pin", "number": 99})


def test_a_new_session_can_be_undone_and_keeps_who_is_there(opened):
    room = begin(opened())
    here = TableVisit(room, "token of a table")
    here.receive({"do": "name", "value": "Here"})
    join(room, "Away")
    play(room, 50, Away=3)
    before = facts_of(room.session, results=False)
    room.act({"do": "anew"})
    assert room.session.tried == [] and room.session.firm == Firm() and room.names() == ["Here"]
    room.act({"do": "undo"})
    assert facts_of(room.session, results=False) == before


def typed(room, *revenues):
    for revenue in revenues:
        room.act({"do": "bet", "revenue": revenue, "coaching": 25})


def hint(room):
    return page_content(room.session)["bet"]["hint"]


def test_undo_takes_back_the_last_typed_bet_alone(opened):
    room = begin(opened())
    join(room, "Owls")
    move(room, 50)
    typed(room, 1, 2)
    bet(room, "Owls", 3)
    seen = []
    for _ in range(2):
        room.act({"do": "undo"})
        seen.append([one.revenue for one in room.session.bets])
    assert seen == [[1, 3], [3]] and room.session.move.coaching == 50
    assert [one.revenue for one in opened().session.bets] == [3]


@pytest.mark.parametrize(("language", "said"), [("en", "earlier bets no longer count"), ("fa", "باطل شد")])
def test_undo_of_a_lever_says_that_the_tables_bets_fell(opened, language, said):
    room = begin(opened())
    room.session.language = language
    join(room, "Owls")
    move(room, 50)
    move(room, 60, "clarity")
    bet(room, "Owls", 3)
    room.act({"do": "undo"})
    assert room.session.bets == () and said in hint(room)
    room.act({"do": "undo"})  # there was no bet
    assert said not in hint(room)


def test_bets_on_a_move_after_a_round_fell_and_it_is_said_though_the_outcome_is_shown(opened):
    room = begin(opened())
    join(room, "Owls")
    play(room, 50, Owls=3)
    room.act({"do": "again"})
    room.session.tried[-1].shown = False  # so that the same move can be bet on
    bet(room, "Owls", 4)
    room.act({"do": "undo"})
    assert room.session.phase == SHOWN and "no longer count" in hint(room)


def test_an_open_bet_that_was_typed_can_be_undone_without_a_step(opened):
    room = begin(opened())
    move(room, 50)
    typed(room, 1)
    room._kept.steps = room._kept.steps[-1:]
    assert room.can_undo()
    room.act({"do": "undo"})
    assert room.session.bets == () and not room.can_undo()


@pytest.mark.parametrize(("language", "before", "after", "seen"), [
    ("en", "until a bet is placed", "until you show them", "This outcome was seen"),
    ("fa", "تا شرطی ثبت نشود", "تا نتیجه را نمایش ندهید", "این نتیجه دیده شد")])
def test_the_page_says_what_the_outcome_waits_for(opened, language, before, after, seen):
    room = begin(opened())
    room.session.language = language
    move(room, 50)
    assert before in page_content(room.session)["status"]["text"]
    typed(room, 1)
    assert after in page_content(room.session)["status"]["text"]
    room.act({"do": "show"})
    room.act({"do": "again"})
    assert seen in page_content(room.session)["outcome"]["title"] and seen in hint(room)
    move(room, 60)
    assert seen not in page_content(room.session)["outcome"]["title"]


# --- tables


def test_bets_by_phone_are_hidden_until_the_outcome_is_shown_and_then_fall_on_the_wall(opened):
    room = begin(opened())
    join(room, "Blue owls", "Otters")
    move(room, 50)
    seen = []
    for revenue, coaching in ((33, 66), (-7, 2)):
        bet(room, "Blue owls", revenue, coaching)
        seen.append([page_content(room.session), room_content(room, "http://x/r/KXQWMT/"),
                     phone_content(room, room.table("key of Otters"))])
    assert seen[0] == seen[1]  # nothing that others see depends on the bet, not even an axis
    assert seen[0][0]["bet"]["placed"] == ["⁨BO⁩ ✓"] and seen[0][0]["bet"]["hint"] == "Phones that have bet: 1 of 2"
    assert seen[0][2]["bet"]["count"] == "Phones that have bet: 1 of 2"
    room.act({"do": "show"})
    work(room)
    assert marks(room) == [("Coaching 50 %", ["BO"])]
    assert "bet ⁨Blue owls⁩: −7" in page_content(room.session)["outcome"]["charts"][0]["rows"][0]["bets"][0]["text"]


def test_a_bet_can_be_changed_until_it_is_shown_and_not_on_a_move_that_is_gone(opened):
    room = begin(opened())
    join(room, "Owls")
    move(room, 50)
    seen = room.on()
    bet(room, "Owls", 10)
    bet(room, "Owls", 11)
    assert [one.revenue for one in room.session.bets] == [11]
    move(room, 60)
    for on in (seen, "", "x"):
        with pytest.raises(ParameterError):
            room.act_at("key of Owls", {"do": "bet", "on": on, "revenue": 1, "coaching": 1})
    assert room.session.bets == ()
    bet(room, "Owls", 12)
    room.act({"do": "show"})
    assert room.on() == ""
    with pytest.raises(ParameterError):
        bet(room, "Owls", 1)


def test_marks_on_one_number_or_close_to_it_do_not_lie_on_each_other(opened):
    room = begin(opened())
    names = [f"Table {number}" for number in range(1, 9)]
    join(room, *names)
    move(room, 50)
    for name, revenue in zip(names, (5, 5, 5, 5, 6, 7, 9, 20), strict=True):
        bet(room, name, revenue)
    room.act({"do": "show"})
    work(room)
    bets = page_content(room.session)["outcome"]["charts"][0]["rows"][0]["bets"]
    assert [one["name"] for one in bets] == ["4 tables", "T5", "T6", "T7", "T8"]
    for place, one in enumerate(bets):
        assert all(other["lane"] != one["lane"] or other["at"] - one["at"] > 3 for other in bets[place + 1:])
    assert all(f"bet ⁨{name}⁩: " in " ".join(one["text"] for one in bets) for name in names)


@pytest.mark.parametrize(("language", "name"), [("en", "میز آبی"), ("fa", "Blue owls")])
def test_a_name_in_the_other_direction_leaves_its_sentence_alone(opened, language, name):
    room = begin(opened())
    room.session.language = language
    join(room, name)
    move(room, 50)
    bet(room, name, 5)
    typed(room, -7)
    now = page_content(room.session)["bet"]["placed"]
    assert all("\u2068" in one and "\u2069" in one for one in now) and "\u2068A\u2069: " in now[1]
    room.act({"do": "show"})
    work(room)
    stated = page_content(room.session)["outcome"]
    bets = [one for row in stated["charts"][0]["rows"] for one in row["bets"]]
    assert any(f"\u2068{name}\u2069: " in one["text"] for one in bets)
    assert any(f"\u2068{name}\u2069، " in line or f"\u2068{name}\u2069, " in line for line in stated["comments"])
    assert f"\u2068{name}\u2069" in " ".join(phone_content(room, room.table(f"key of {name}"))["outcome"])


@pytest.mark.parametrize(("language", "mark", "times"), [
    ("en", "A +2", "×2"), ("fa", "A \u200e+۲", "×۲")])
def test_phones_beside_a_letter_are_counted_where_they_are_not_named(opened, language, mark, times):
    room = begin(opened())
    room.session.language = language
    join(room, "Owls", "Otters")
    move(room, 50)
    typed(room, 4)
    for name in ("Owls", "Otters"):
        bet(room, name, 4)
    room.act({"do": "show"})
    work(room)
    revenue, coaching = (chart["rows"][0]["bets"] for chart in page_content(room.session)["outcome"]["charts"])
    assert [one["name"] for one in coaching] == [mark]
    room.act({"do": "again"})
    move(room, 60)
    for name, share in (("Owls", 9), ("Otters", 9)):
        bet(room, name, 4, share)
    room.act({"do": "show"})
    work(room)
    assert page_content(room.session)["outcome"]["charts"][1]["rows"][0]["bets"][0]["name"] == times
    assert [one["name"] for one in revenue] == ["\u2068A\u2069 \u2068OW\u2069 \u2068OT\u2069"]


@pytest.mark.parametrize(("language", "short", "long"), [("en", "too short", "at most 24"), ("fa", "کوتاه", "۲۴")])
def test_a_refused_name_says_whether_it_is_too_short_or_too_long(opened, language, short, long):
    room = begin(opened())
    page = TableVisit(room, "a token of its own")
    page.receive({"do": "language", "value": language})
    for name, said in (("x", short), ("x" * 25, long)):
        page.receive({"do": "name", "value": name})
        assert said in page.news()["refusal"]


@pytest.mark.parametrize("message", [
    {"do": "lever", "key": "coaching", "value": 50}, {"do": "show"}, {"do": "again"}, {"do": "undo"}, {"do": "anew"},
    {"do": "round", "to": "back"}, {"do": "pin", "number": 1}, {"do": "remove", "name": "Owls"}, {"do": "export"},
    {"do": "view", "value": "week"}, {"do": "firm", "values": {"teams": "2"}}, {"do": "picture"},
    {"do": "preset", "key": "advice"}, {"do": "bet", "revenue": 1, "coaching": 1},
    {"do": "bet", "on": 1, "revenue": 1, "coaching": 1},
    {"do": "name", "value": 7}, {"do": "name", "value": "x" * 5000},
    {"do": "language", "value": "tlh"}, {"do": "language", "value": []},
    None, [], 7, "show", {"do": []}, {"do": "bet", "on": "", "revenue": float("nan"), "coaching": 1},
], ids=str)
def test_a_phone_can_do_nothing_that_the_facilitator_does_and_nonsense_does_nothing(opened, message):
    room = begin(opened())
    join(room, "Owls")
    play(room, 50, Owls=3)
    room.act({"do": "again"})
    move(room, 60)
    before = state(room)
    page = TableVisit(room, "a token of its own")
    page.receive({"do": "name", "value": "Otters"})
    page.receive(message)
    assert state(room) == before | {"tables": ["Otters", "Owls"]}


@pytest.mark.parametrize("message", [
    {"do": "round", "to": "home"}, {"do": "round"}, {"do": "pin", "number": "1"}, {"do": "pin"},
    {"do": "remove", "name": []},
    {"do": "remove", "name": "nobody"}, {"do": "free", "name": None}, {"do": "name", "value": "x"}, {"do": "export"},
    {"do": "preset", "key": []}, {"do": "lever", "key": "effect_sizes", "value": []},
    {"do": "preset", "key": "x" * 101}, {"do": "firm", "values": {"teams": "9" * 101}},
    {"do": "lever", "key": "coaching", "value": float("nan")},
], ids=str)
def test_a_message_of_another_shape_changes_nothing(opened, message):
    room = begin(opened())
    move(room, 50)
    before = state(room)
    with pytest.raises(ParameterError):
        room.act(message)
    assert state(room) == before


def test_a_number_too_large_for_any_scale_does_nothing(opened):
    room = begin(opened())
    join(room, "Owls")
    move(room, 50)
    before, page = state(room), TableVisit(room, "a token of its own")
    page._key = "key of Owls"
    for message in ({"do": "bet", "revenue": 10**400, "coaching": 30}, {"do": "pin", "number": 10**400},
                    {"do": "lever", "key": "coaching", "value": -10**400}):
        Visit(room, room.workshop.desk).receive(message)
        page.receive(message | {"on": room.on()})
    assert state(room) == before


def test_no_two_tables_have_one_name_and_a_table_has_one(opened):
    room = begin(opened())
    pages = [TableVisit(room, f"token of table {number}") for number in range(2)]
    pages[0].receive({"do": "name", "value": " Blue  owls "})
    for name in ("blue owls", "Blue-Owls", "<b>Otters</b>", "x", ""):
        pages[1].receive({"do": "name", "value": name})
        assert "refusal" in pages[1]._sent | pages[1].news() and room.names() == ["Blue owls"]
    pages[1].receive({"do": "language", "value": "fa"})
    now = pages[1].news()
    assert now["direction"] == "rtl" and "refusal" not in now
    pages[1].receive({"do": "name", "value": "Otters"})
    pages[1].receive({"do": "name", "value": "Owls"})
    assert room.names() == ["Blue owls", "Otters"]


def test_the_walls_language_is_no_step_and_is_kept_and_tables_keep_their_own(opened):
    room = begin(opened())
    join(room, "Owls", "Otters")
    room.act_at("key of Otters", {"do": "language", "value": "en"})
    move(room, 50)
    wall = Visit(room, room.workshop.desk)
    wall.receive({"do": "language", "value": "fa"})
    seen = wall.news()["seen"]
    assert seen["direction"] == "rtl" and seen["levers"][0]["value"] == 50
    assert [one["on"] for one in seen["languages"]["options"]] == [False, True]
    pages = [TableVisit(room, "") for _ in range(2)]
    for page, key in zip(pages, ("key of Owls", "key of Otters"), strict=True):
        page._key = key
    assert [page.news()["language"] for page in pages] == ["fa", "en"]
    room.act({"do": "undo"})
    assert room.session.move.coaching == 20 and room.session.language == "fa"
    with pytest.raises(ParameterError):
        room.act({"do": "language", "value": "tlh"})
    assert opened().session.language == "fa"


def test_tables_are_limited(opened):
    room = begin(opened())
    join(room, *(f"Table {number}" for number in range(MOST_TABLES)))
    with pytest.raises(ParameterError):
        join(room, "One more")
    assert len(room.names()) == MOST_TABLES
    page = TableVisit(room, "token of one more")
    page.receive({"do": "name", "value": "One more"})
    assert f"{MOST_TABLES} tables already" in page.news()["refusal"]


def test_pages_without_a_name_leave_nothing_behind(opened):
    room = begin(opened())
    for number in range(300):
        TableVisit(room, f"token number {number}").leave()
    assert room.tables == {}


def test_a_freed_name_goes_to_another_phone_with_its_bets_and_a_removed_one_takes_them_along(opened):
    room = begin(opened())
    join(room, "Owls", "Rude")
    play(room, 50, Owls=3, Rude=4)
    room.act({"do": "free", "name": "Owls"})
    room.act_at("another phone", {"do": "name", "value": "Owls"})
    room.act({"do": "remove", "name": "Rude"})
    work(room)
    assert room.names() == ["Owls"] and [line.name for line in room.board().lines] == ["Owls"]
    assert phone_content(room, room.table("another phone"))["score"].startswith("Round 1: ")
    again = opened()
    assert again.names() == ["Owls"] and [one.name for one in again.session.tried[0].bets] == ["Owls"]


def test_no_undo_and_no_look_brings_a_removed_table_back(opened):
    room = begin(opened())
    join(room, "Owls", "Rude")
    play(room, 50, Owls=3, Rude=4)
    room.act({"do": "again"})
    move(room, 60)
    bet(room, "Rude", 5)
    room.act({"do": "pin", "number": 1})
    room.act({"do": "round", "to": "back"})
    room.act({"do": "remove", "name": "Rude"})
    room.act({"do": "round", "to": "next"})
    assert room.session.bets == ()
    again = opened()
    while again.can_undo():
        assert "Rude" not in str(state(again))
        again.act({"do": "undo"})
    assert "Rude" not in str(state(again))


@pytest.mark.parametrize("language", ["en", "fa"])
def test_what_a_table_and_the_board_say_is_in_their_language(opened, language):
    room = begin(opened())
    room.session.language = language
    join(room, "۱ میز" if language == "fa" else "Owls")
    name = room.names()[0]
    stated = [phone_content(room, room.table(f"key of {name}"))]
    play(room, 50, **{name: 3})
    stated += [phone_content(room, room.table(f"key of {name}")), room_content(room, "")]
    work(room)
    stated += [phone_content(room, room.table(f"key of {name}")), room_content(room, "")]
    for one in stated:
        for key in ("languages", "stage", "language", "direction", "on", "bet", "nav", "anew"):
            one.pop(key, None)
    text = " ".join(strings(stated))
    assert ("Points" in text) == (language == "en") and ("امتیاز" in text) == (language == "fa")
    if language == "fa":
        assert not [word for word in text.split() if word.isascii() and word.isalpha() and word not in ("simlead",)]


def strings(content):
    """All texts within lists and values of a content."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            if key not in ("key", "held", "qr", "address"):
                yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_wall_names_no_parameter_and_every_minus_is_one(opened, language):
    room = begin(opened())
    room.session.language = language
    move(room, 50)
    typed(room, 5)
    room.act({"do": "show"})
    work(room)
    stated = page_content(room.session)
    assert not any("structure." in line for line in stated["outcome"]["comments"])
    growth = next(field for field in stated["firm"]["fields"] if field["key"] == "market_growth")
    assert "\N{MINUS SIGN}" in growth["hint"] and "-" not in growth["hint"]
