"""What the workshop's page gets: the manager's week, the two worlds, pictures and files; and no nonsense."""

from __future__ import annotations

import base64

import pytest

from simlead.show.language import in_language
from simlead.show.workshop.app import Visit, Workshop, picture_of
from simlead.show.workshop.export import exported, facts_of
from simlead.show.workshop.levers import Firm, as_it_is, described
from simlead.show.workshop.pair import bars, matched_pair_seen
from simlead.show.workshop.room import Room
from simlead.show.workshop.session import FILM, PAIR, WEEK
from simlead.show.workshop.view import can_save, page_content, scene
from simlead.show.workshop.week import manager_week_seen, week_of
from simlead.study.attribution.pair import attribution
from simlead.study.simulate import simulate

ROOM = Firm(teams=2, reps=3)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def workshop(monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 8)
    made = Workshop(seed=2, workers=1)
    made.answers = None  # which take time, and have tests of their own
    short = {"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52}
    for effect_sizes in ("evidence", "practitioner"):
        made.firms.adopt(ROOM, effect_sizes, described(ROOM, effect_sizes).change(short))
    return made


def visitor(workshop, language="en", **levers):
    session = workshop.session(language)
    session.firm, session.move = ROOM, as_it_is(ROOM)
    for key, value in ({"coaching": 50} | levers).items():
        session.act({"do": "lever", "key": key, "value": value})
    session.act({"do": "bet", "revenue": 10, "coaching": 30})
    session.act({"do": "show"})
    return session


def work(session):
    while (task := session.task()) is not None:
        task()


def test_the_week_on_the_wall_is_the_managers_diary(workshop):
    session = visitor(workshop)
    week = manager_week_seen(session).seen["weeks"][1]
    diary, counts = week_of(simulate(session.moved, seed=2, engine="compiled"), 0, 0)
    assert len(week["crosses"]) == counts["cancelled"] > 0
    hours = sum(height for *_, height, use in week["blocks"] if use == "coaching") * 8 / 100
    assert hours == pytest.approx(counts["hours"], abs=0.05)
    assert counts["hours"] == pytest.approx(diary.query("use == 'coaching'")["hours"].sum())
    assert all(0 <= day <= 4 and top >= 0 and top + height <= 100.02 for day, top, height, _ in week["blocks"])


def test_another_week_and_another_manager_are_others(workshop):
    session = visitor(workshop)
    seen_weeks = [manager_week_seen(session)]
    for what in ("week", "manager"):
        session.act({"do": what})
        seen_weeks.append(manager_week_seen(session))
    assert len({one.key for one in seen_weeks}) == 3
    assert len({str(one.seen["weeks"]) for one in seen_weeks}) == 3
    session.act({"do": "manager"})
    assert session.manager == 0  # round and round


def test_the_two_worlds_are_those_of_attribution(workshop):
    session = visitor(workshop, clarity=90)
    made = matched_pair_seen(session)
    table = attribution(*(simulate(one, seed=2, engine="compiled") for one in (session.base, session.moved)))
    won = table["won_in"].value_counts()
    assert f"wins {won['b']} deals" in made.seen["title"] and f"loses {won['a']} deals" in made.seen["title"]
    assert len(made.seen["stories"]) == 3 and max(
        bar[side]["length"] for bar in made.seen["bars"] for side in ("lost", "gained")) == 100.0
    stated = bars(table)
    assert sum(int(bar[side]["text"].rpartition("(")[2][:-1]) for bar in stated for side in ("lost", "gained")) <= len(
        table)


def test_another_span_has_no_twin_and_says_so(workshop):
    session = visitor(workshop, span=6)
    session.act({"do": "view", "value": PAIR})
    work(session)
    assert PAIR not in session.pictures and "another firm" in page_content(session)["scene"]["text"]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fa"])
def test_each_view_has_a_picture_to_take_home(workshop, language):
    session = visitor(workshop, language, clarity=90)
    for view in ("outcome", WEEK, FILM, PAIR):
        session.act({"do": "view", "value": view})
        assert can_save(session) == bool(view == "outcome" and session.known().outcome())
        work(session)
        assert can_save(session) and (view == "outcome" or scene(session)["title"])
        name, content = picture_of(session)()
        assert name == f"simlead-{view}.png" and content.startswith(PNG)


def test_a_page_is_sent_what_is_new(workshop):
    session = visitor(workshop)
    visit = Visit(Room(session), workshop.desk)
    first = visit.news()
    assert first["seen"]["language"] == "en" and "scene" not in first and visit.news() == {}
    work(session)
    second = visit.news()["seen"]
    assert second["status"]["kind"] == "busy" and second["outcome"]["charts"][0]["rows"]
    visit.receive({"do": "view", "value": WEEK})
    work(session)
    third = visit.news()
    assert third["scene"]["key"] == third["seen"]["scene"]["key"] != ""
    for wanted in ("picture", "export"):
        visit.receive({"do": wanted})
    work(session)
    files = visit.news()["files"]
    assert [file["name"] for file in files] == ["simlead-week.png", "simlead-workshop.zip"]
    assert base64.b64decode(files[0]["data"]).startswith(PNG) and "simlead-week.png" in files[0]["said"]
    assert visit.news() == {}


@pytest.mark.parametrize(("view", "then"), [
    (WEEK, {"do": "view", "value": "outcome"}), ("months", {"do": "again"}),
    ("months", {"do": "firm", "values": {"teams": "3"}}), ("outcome", {"do": "firm", "values": {"teams": "3"}})],
    ids=str)
def test_a_picture_is_of_what_was_seen_when_it_was_asked_for(workshop, view, then):
    session = visitor(workshop)
    visit = Visit(Room(session), workshop.desk)
    session.act({"do": "view", "value": view})
    work(session)
    visit.receive({"do": "picture"})
    visit.receive(then)
    session.task()()
    (file,) = visit.news()["files"]
    assert file["name"] == f"simlead-{view}.png" and base64.b64decode(file["data"]).startswith(PNG)
    assert not session.broken


@pytest.mark.parametrize(("language", "said"), [("en", "Not saved: no room for it"), ("fa", "ذخیره نشد")])
def test_a_picture_that_cannot_be_made_is_told_and_the_pairs_go_on(workshop, monkeypatch, language, said):
    session = visitor(workshop, language)
    visit = Visit(Room(session), workshop.desk)
    while not can_save(session):
        session.task()()
    pairs = session.experiment().n

    def fail(ax):
        raise ValueError("no room\nfor it")

    monkeypatch.setattr("simlead.show.workshop.app.png_of", fail)
    visit.receive({"do": "picture"})
    workshop.desk.welcome(session)
    workshop.desk.work_off()
    (file,) = visit.news()["files"]
    assert said in file["said"] and file["name"] == file["data"] == ""
    assert not session.broken and session.experiment().n == 8 > pairs


def test_a_page_knows_how_many_of_its_messages_were_received(workshop):
    visit = Visit(Room(workshop.session()), workshop.desk)
    for count, value in enumerate((25, 30, 999), 1):  # a refused message counts as well
        visit.receive({"do": "lever", "key": "coaching", "value": value, "count": count})
    now = visit.news()["seen"]
    assert now["received"] == 3 and now["levers"][0]["value"] == 30


NONSENSE = [
    None, 7, "show", [], {"do": "rm"}, {"do": []}, {"do": "lever", "key": "coaching", "value": 99}, {"do": "lever"},
    {"do": "lever", "key": "effect_sizes", "value": []}, {"do": "preset", "key": []}, {"do": "preset"},
    {"do": "view", "value": {}}, {"do": "bet", "revenue": "1", "coaching": None}, {"do": "firm", "values": [1]},
    {"do": "firm", "values": {"teams": [1]}}, {"do": "picture", "path": "../../x"}, {"do": "show", "count": "x"}]


@pytest.mark.parametrize("message", NONSENSE, ids=str)
def test_a_message_that_no_page_sends_has_no_effect_and_puts_the_page_back(workshop, message):
    session = workshop.session()
    visit = Visit(Room(session), workshop.desk)
    before = visit.news()["seen"]
    visit.receive(message)
    assert visit.news()["seen"] == before and session.task() is not None


def test_the_files_that_wait_for_one_visitor_are_few(workshop):
    visit = Visit(Room(visitor(workshop)), workshop.desk)
    for _ in range(800):
        visit.receive({"do": "export"})
    work(visit.session)
    assert len(visit.news()["files"]) == 4


def test_a_room_goes_on_with_an_exported_session(workshop, tmp_path):
    session = visitor(workshop)
    work(session)
    path = tmp_path / "room.zip"
    path.write_bytes(exported(session))
    room = Workshop(language="fa", seed=2).open(saved=path)
    assert room.remarks == [] and room.session.language == "fa"
    assert room.session.move == session.move and room.session.tried[0].bets == session.tried[0].bets
    assert room.session.base == session.base and room.session.known().outcome().n == 8


def test_a_session_keeps_its_seed_and_says_so(workshop, tmp_path):
    session = visitor(workshop)  # under seed 2
    work(session)
    path = tmp_path / "room.zip"
    path.write_bytes(exported(session))
    room = Workshop(seed=7).open(saved=path)
    (remark,) = room.remarks
    assert "its own seed, 2, not under seed 7" in remark
    assert room.session.run_cache.seed == room.session.answers.seed == 2 and facts_of(room.session)["seed"] == 2


def test_languages_do_not_mix_between_visitors(workshop):
    english, persian = visitor(workshop), visitor(workshop, "fa")
    with in_language("fa"):  # whatever is spoken around it
        assert page_content(english)["title"] == "simlead workshop"
    assert page_content(persian)["direction"] == "rtl" and page_content(english)["direction"] == "ltr"
