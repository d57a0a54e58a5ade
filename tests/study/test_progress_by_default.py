"""Progress without being asked: where a person waits, and only of work that takes long enough to wonder."""

import sys

import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.study import parallel
from simlead.study.parallel import QUIET_SECONDS, counting, shown_progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved."""
    now = [0.0]
    monkeypatch.setattr(parallel.time, "monotonic", lambda: now[0])
    return now


def test_a_script_shows_nothing_unasked():
    assert not hasattr(sys, "ps1") and shown_progress(None) is None


def test_quick_work_at_a_prompt_shows_nothing(clock, monkeypatch, capsys):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    finished = counting(None, 2)
    clock[0] = 0.9 * QUIET_SECONDS
    finished("one")
    finished("two")
    assert capsys.readouterr().err == ""


def test_long_work_at_a_prompt_shows_a_line_that_ends(clock, monkeypatch, capsys):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    finished = counting(None, 4)
    for each in range(4):
        clock[0] += 0.6 * QUIET_SECONDS
        finished(each)
    assert capsys.readouterr().err == "\r2 of 4 runs\r3 of 4 runs\r4 of 4 runs\n"


def test_the_line_is_rewritten_twice_a_second_at_most(clock, monkeypatch, capsys):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    finished = counting(None, 1000)
    for each in range(1000):
        clock[0] += 0.01
        finished(each)
    shown = capsys.readouterr().err.count("\r")
    assert 10 <= shown <= 2 * (10 - QUIET_SECONDS) + 2


def test_false_shows_nothing_wherever_it_is(clock, monkeypatch):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert shown_progress(False) is None


@pytest.mark.parametrize(("ask", "words"), [
    (lambda: simlead.examine(["three_percent"], progress=5), "progress = 5: allowed is True, False"),
    (lambda: simlead.fit_surface(simlead.Scenario(), "revenue"), "points = Scenario: allowed is a sweep"),
    (lambda: simlead.base_year("coaching"), "scenario = 'coaching': a Scenario is needed"),
    (lambda: simlead.calibrate("coaching"), "scenario = 'coaching': a Scenario is needed"),
    (lambda: simlead.sentences(simlead.Scenario()), "Scenario: sentences are made of an analysis"),
])
def test_what_a_user_would_try_is_refused_in_one_line(ask, words):
    with pytest.raises(ParameterError, match=words) as refusal:
        ask()
    assert "\n" not in str(refusal.value)
