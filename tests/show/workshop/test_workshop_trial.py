"""Could we ever find out? A trial of the move: designed after all else, in pieces, and never before a bet."""

import pytest

from simlead.show.workshop.app import DRAWINGS
from simlead.show.workshop.firms import Firms
from simlead.show.workshop.levers import Firm, as_it_is, described
from simlead.show.workshop.session import TRIAL, Session
from simlead.show.workshop.view import can_save, page_content, scene
from simlead.study.growing.experiment import RunCache
from simlead.study.growing.world_answers import WorldAnswers

PNG = b"\x89PNG\r\n\x1a\n"


class ShortFirms(Firms):
    """Firms that are quick to simulate."""

    def base(self, firm, effect_sizes):
        return described(firm, effect_sizes).change({"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})


@pytest.fixture
def room(monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 8)
    monkeypatch.setattr("simlead.study.answers.growing.WORLDS", 16)
    monkeypatch.setattr("simlead.study.trial.growing.REPLICATIONS", 2)

    def visitor(teams=4, language="en", **levers):
        made = Session(RunCache(seed=3), ShortFirms(), language, dict(DRAWINGS), WorldAnswers(seed=3))
        made.firm = Firm(teams=teams, reps=3)
        made.move = as_it_is(made.firm)
        for key, value in (levers or {"coaching": 50}).items():
            made.act({"do": "lever", "key": key, "value": value})
        return made

    return visitor


def shown(session):
    session.act({"do": "bet", "revenue": 10, "coaching": 30})
    session.act({"do": "show"})
    while not session.is_complete():
        session.task()()
    session.act({"do": "view", "value": TRIAL})
    return session


def said(session):
    return page_content(session)["scene"]["text"]


def test_before_the_bet_no_trial_is_designed(room):
    session = room()
    session.act({"do": "view", "value": TRIAL})
    assert session.trial() is None and "after the bet" in said(session) and scene(session) == {}


def test_too_few_teams_and_another_span_are_one_plain_line(room):
    two = shown(room(teams=2))
    assert said(two) == "Teams in this firm: 2. A trial between teams needs 3 or more; otherwise the noise " \
                        "between teams cannot be estimated."
    assert two.trial() is None
    wide = shown(room(span=4))
    assert "set the span back" in said(wide) and wide.trial() is None


def test_levers_where_they_stand_today_leave_nothing_to_try(room):
    session = shown(room())
    session.act({"do": "preset", "key": "as_it_is"})
    assert "nothing to try out" in said(session) and session.trial() is None


def test_it_is_at_work_in_pieces_and_the_next_move_comes_first(room):
    session = shown(room())
    assert "Designing a trial of this move, over 16 worlds" in said(session)
    for _ in range(2):
        session.task()()
    trial = session.trial()
    pieces = len(trial.worlds._solved)
    session.act({"do": "lever", "key": "coaching", "value": 40})
    session.task()()
    assert session.experiment().moved.done and len(trial.worlds._solved) == pieces
    assert session.view == TRIAL and "First all matched pairs" in said(session)


def test_a_piece_that_goes_wrong_ends_the_trial_and_not_the_session(room, monkeypatch):
    session = shown(room())

    def fault():
        raise ValueError("no such thing")

    monkeypatch.setattr("simlead.study.trial.growing.GrowingTrial.task", lambda _: fault)
    session.task()()
    assert session.trial() is None and said(session) == "For this firm and move no trial can be designed."
    assert session.broken == ""


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_answer_leads_then_what_could_tell_and_the_power(room, language):
    session = shown(room(language=language))
    while not scene(session):
        assert said(session)
        session.task()()
    trial = session.trial()
    assert trial.done and trial.answer.worlds == 16 and trial.answer.replications == 2
    found = scene(session)
    codes = [one.code for one in trial.answer.findings]
    assert codes[0].startswith("trial.answer.") and found["title"]
    early = "trial.earliest" if "trial.earliest" in codes else "trial.indicator"
    assert len(found["lines"]) == sum(code.startswith(("trial.revenue", early, "trial.enough")) for code in codes) > 0
    assert found["image"]["src"].startswith("data:image/png;base64,")
    assert can_save(session) and session.pictures[TRIAL].save().startswith(PNG)


def test_a_trial_without_any_analysis_is_one_sentence_and_has_no_picture_to_save(room):
    import pandas as pd

    from simlead.study.trial.result import TrialAnswer

    session = shown(room())
    trial = session.trial()
    none = pd.DataFrame({"outcome": ["revenue"], "chosen": [False], "power": [0.0], "why": ["too_many_alarms"],
                         "false_alarms": [0.2], "offered": [False], "alarms": ["more"]})
    empty = pd.DataFrame(columns=["outcome", "months", "power"])
    trial.answer = TrialAnswer({}, trial.plan, none, empty, empty, empty, empty, empty, pd.DataFrame(
        columns=["option", "expected", "low", "high", "best_share"]), empty, "", None, 0.0, 36, 16, 2, 3)
    while not scene(session):
        session.task()()
    assert scene(session)["title"].startswith("This design offers no analysis") and scene(session)["lines"] == []
    assert scene(session)["image"]["hidden"] and not can_save(session)
