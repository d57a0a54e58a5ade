"""What the workshop's page gets: the manager's week, the two worlds, pictures and files; and no nonsense."""

from __future__ import annotations

import base64
import logging

import pytest

from simlead.show.language import using
from simlead.show.workshop.app import Visit, Workshop, _is_news, kept_session, picture_of
from simlead.show.workshop.keep import exported
from simlead.show.workshop.levers import Firm, as_it_is, described
from simlead.show.workshop.session import TWINS, WEEK
from simlead.show.workshop.view import can_save, scene, seen
from simlead.show.workshop.week import manager_week_seen, week_of
from simlead.show.workshop.worlds import bars, two_worlds_seen
from simlead.study.simulate import simulate
from simlead.study.twins.twins import twins

ROOM = Firm(teams=2, reps=3)
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def workshop(monkeypatch):
    monkeypatch.setattr("simlead.show.workshop.experiment.PAIRS", 8)
    made = Workshop(seed=2, workers=1)
    short = {"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52}
    for beliefs in ("evidence", "practitioner"):
        made.firms.adopt(ROOM, beliefs, described(ROOM, beliefs).change(short))
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


def test_the_two_worlds_are_those_of_twins(workshop):
    session = visitor(workshop, clarity=90)
    made = two_worlds_seen(session)
    table = twins(*(simulate(one, seed=2, engine="compiled") for one in (session.base, session.moved)))
    won = table["won_in"].value_counts()
    assert f"won {won['b']} deals" in made.seen["title"] and f"lost {won['a']} that" in made.seen["title"]
    assert len(made.seen["stories"]) == 3 and max(
        bar[side]["length"] for bar in made.seen["bars"] for side in ("lost", "gained")) == 100.0
    told = bars(table)
    assert sum(int(bar[side]["text"].rpartition("(")[2][:-1]) for bar in told for side in ("lost", "gained")) <= len(
        table)


def test_another_span_has_no_twin_and_says_so(workshop):
    session = visitor(workshop, span=6)
    session.act({"do": "view", "value": TWINS})
    work(session)
    assert TWINS not in session.pictures and "another firm" in seen(session)["scene"]["text"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_each_view_has_a_picture_to_take_home(workshop, language):
    session = visitor(workshop, language, clarity=90)
    for view in ("outcome", WEEK, TWINS):
        session.act({"do": "view", "value": view})
        assert can_save(session) == bool(view == "outcome" and session.known().outcome())
        work(session)
        assert can_save(session) and (view == "outcome" or scene(session)["title"])
        name, content = picture_of(session)
        assert name == f"simlead-{view}.png" and content.startswith(PNG)


class Told:
    """What a page was told, in place of a browser."""

    def __init__(self, visit):
        self.messages = []
        visit.page._send_msg = self.messages.append


def test_a_page_follows_its_session(workshop):
    session = visitor(workshop)
    visit = Visit(session, workshop.desk)
    told = Told(visit)
    assert visit.page.seen["language"] == "en" and visit.page.scene == {}
    work(session)
    visit.look()
    assert visit.page.seen["status"]["kind"] == "busy" and visit.page.seen["outcome"]["charts"][0]["rows"]
    visit.heard({"do": "view", "value": WEEK})
    work(session)
    visit.look()
    assert visit.page.scene["key"] == visit.page.seen["scene"]["key"] != ""
    for wanted in ("picture", "export"):
        visit.heard({"do": wanted})
    work(session)
    visit.look()
    assert [message["name"] for message in told.messages] == ["simlead-week.png", "simlead-workshop.zip"]
    assert base64.b64decode(told.messages[0]["data"]).startswith(PNG)
    assert "simlead-week.png" in told.messages[0]["said"]


def test_a_page_knows_how_much_of_what_it_sent_was_heard(workshop):
    visit = Visit(workshop.session(), workshop.desk)
    for count, value in enumerate((25, 30, 999), 1):  # what is refused was heard as well
        visit.heard({"do": "lever", "key": "coaching", "value": value, "count": count})
    assert visit.page.seen["heard"] == 3 and visit.page.seen["levers"][0]["value"] == 30


@pytest.mark.parametrize("message", [None, 7, "show", [], {"do": "rm"}, {"do": "lever", "key": "coaching", "value": 99},
                                     {"do": "picture", "path": "../../x"}])
def test_a_page_that_talks_nonsense_is_put_back_to_what_holds(workshop, message):
    session = workshop.session()
    visit = Visit(session, workshop.desk)
    before = visit.page.seen
    visit.heard(message)
    assert visit.page.seen == before and session.task() is not None


def test_every_visitor_starts_from_the_session_that_was_kept(workshop, tmp_path):
    session = visitor(workshop)
    work(session)
    path = tmp_path / "room.zip"
    path.write_bytes(exported(session))
    again = Workshop(language="fa", seed=2)
    assert kept_session(path, again) == ""
    for one in (again.session(), again.session("en")):
        assert one.move == session.move and one.tried[0].bets == session.tried[0].bets
        assert one.base == session.base and one.known().outcome().n == 8
    assert again.session().language == "fa" and again.session("tlh").language == "fa"


def test_a_closed_page_is_no_news_and_a_fault_is():
    def record(message, error=None):
        known = (type(error), error, None) if error else None
        return logging.LogRecord("x", logging.ERROR, "", 1, message, None, known)

    class WebSocketClosedError(Exception):
        pass

    assert not _is_news(record("Failed sending message as connection was closed"))
    assert not _is_news(record("oops", WebSocketClosedError()))
    assert _is_news(record("oops", KeyError("x"))) and _is_news(record("oops"))


def test_languages_do_not_mix_between_visitors(workshop):
    english, persian = visitor(workshop), visitor(workshop, "fa")
    with using("fa"):  # whatever is spoken around it
        assert seen(english)["title"] == "simlead workshop"
    assert seen(persian)["direction"] == "rtl" and seen(english)["direction"] == "ltr"
