"""The answer over worlds in a workshop: it comes when all pairs are made, in small pieces, and never before a bet."""

import pytest

from simlead.show.charts.axes import title_of
from simlead.show.language import in_language
from simlead.show.workshop.app import picture_of
from simlead.show.workshop.firms import Firms
from simlead.show.workshop.levers import Firm, as_it_is, described
from simlead.show.workshop.session import Session
from simlead.show.workshop.view import page_content
from simlead.study.growing.experiment import RunCache
from simlead.study.growing.world_answers import WorldAnswers

ROOM = Firm(teams=2, reps=6)
PAIRS = 9


class ShortFirms(Firms):
    """Firms that are quick to simulate."""

    def base(self, firm, effect_sizes):
        return described(firm, effect_sizes).change({"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})


@pytest.fixture(scope="module")
def answers():
    return WorldAnswers(seed=3)


@pytest.fixture
def session(answers, monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", PAIRS)
    monkeypatch.setattr("simlead.study.answers.growing.WORLDS", 16)
    made = Session(RunCache(seed=3), ShortFirms(), answers=answers)
    made.firm, made.move = ROOM, as_it_is(ROOM)
    made.act({"do": "lever", "key": "clarity", "value": 90})
    return made


def shown(session):
    session.act({"do": "bet", "revenue": 10, "coaching": 30})
    session.act({"do": "show"})
    while not session.is_complete():
        session.task()()


def caption_of(ax):
    return " ".join(" ".join(text.get_text() for text in ax.texts if text.get_gid() == "caption").split())


def outcome(session):
    return page_content(session)["outcome"]


def test_nothing_of_it_is_made_or_shown_before_a_bet(session):
    for _ in range(5):
        session.task()()  # runs of the status quo, ahead
    assert session.growing() is None and outcome(session)["comments"] == []


def test_an_interval_of_random_numbers_alone_is_labelled_until_the_answer_is_there(session):
    shown(session)
    assert "random numbers alone" in outcome(session)["title"]
    assert any("answer over worlds is being made" in line for line in outcome(session)["comments"])
    before = session.stamp()
    for _ in range(6):
        session.task()()
    assert session.stamp() != before and "random numbers alone" in outcome(session)["title"]
    assert "not of the assumptions" in page_content(session)["footer"]


def test_the_next_move_comes_before_the_rest_of_an_answer_which_is_kept(session):
    shown(session)
    growing = session.growing()
    pieces = len(growing.worlds._solved)
    session.act({"do": "lever", "key": "clarity", "value": 70})
    session.task()()
    assert session.experiment().moved.done and len(growing.worlds._solved) == pieces


def test_another_span_has_no_answer_and_says_why(session):
    session.act({"do": "lever", "key": "span", "value": 4})
    shown(session)
    assert session.growing() is None
    assert any("another organisation" in line for line in outcome(session)["comments"])


def test_a_piece_that_goes_wrong_ends_the_answer_and_not_the_session(session, monkeypatch):
    session.answers = WorldAnswers(seed=4)
    shown(session)

    def fault():
        raise ValueError("no such thing")

    monkeypatch.setattr("simlead.study.answers.growing.GrowingAnswer.task", lambda _: fault)
    session.task()()
    assert session.growing() is None and not session.broken
    assert any("no answer over worlds" in line for line in outcome(session)["comments"])


@pytest.mark.slow
def test_the_answer_leads_once_it_is_there(session, monkeypatch):
    shown(session)
    pieces = 0
    while not session.growing().done:
        session.task()()
        pieces += 1
    assert 16 <= pieces <= 40
    stated = outcome(session)
    assert "both uncertainties" in stated["title"] and " in 100" in stated["title"]
    assert any(line.startswith("16 worlds: ") and "Random numbers alone: " in line for line in stated["comments"])
    assert "both uncertainties" in page_content(session)["footer"]
    session.act({"do": "view", "value": "months"})  # there no answer leads
    assert "not of the assumptions" in page_content(session)["footer"]
    session.act({"do": "view", "value": "outcome"})
    drawn = []
    monkeypatch.setattr("simlead.show.workshop.app.png_of", lambda ax: drawn.append(ax) or b"")
    picture_of(session)()  # the picture to take home leads with it, too
    assert "both uncertainties" in title_of(drawn[0])
    assert "of the assumptions too" in caption_of(drawn[0])
    with in_language("fa"):
        session.language = "fa"
        assert "نامعلومی" in outcome(session)["title"]
        assert "هر دو نامعلومی" in page_content(session)["footer"]
    picture_of(session)()
    assert "نامعلومی" in title_of(drawn[1])
    assert "فرض‌ها را هم" in caption_of(drawn[1])
