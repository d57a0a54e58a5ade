"""A run as a film: every deal where it is, every hour of the manager as the tables have it."""

from __future__ import annotations

import functools
import os

import numpy as np
import pytest
from PIL import Image

from simlead.cli.app import main
from simlead.model import events as ev
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.show.animation import animate
from simlead.show.animation import film as film_module
from simlead.show.animation.film import checked_span, picture_of
from simlead.show.animation.scenes import AWAY, LOST, OUR_TURN, SILENT, WON, pipeline_of
from simlead.show.language import LANGUAGES, in_language, say
from simlead.study.simulate import simulate

SMALL = {"organisation.teams": 2, "organisation.seats_per_team": 4,
         "calendar.warmup_weeks": 30, "calendar.horizon_weeks": 60}


@functools.cache
def run():
    return simulate(Scenario().change(SMALL), seed=2, engine="compiled")


@functools.cache
def pipeline(weeks=6):
    return pipeline_of(run(), 1, 0.0, weeks * 40.0)


# --- where deals stand


@pytest.mark.parametrize("week", [0, 1, 3, 5])
def test_columns_hold_what_the_weeks_hold(week):
    """At a week's end the film's columns are the tables' counts, team by team added up."""
    end = (week + 1) * 40.0
    counts = np.zeros(4, int)
    for team in range(2):
        column = pipeline_of(run(), team, 0.0, 240.0).column(np.nextafter(end, 0.0))
        counts += [np.count_nonzero(column == place) for place in range(SILENT + 1)]
    row = run().weeks().set_index("week").loc[week]
    assert counts.tolist() == [row[f"{name}_open"] for name in ("discovery", "qualified", "proposal", "silent")]


@functools.cache
def moving():
    """A run in which a new team takes over seats of two unequal teams."""
    changes = {"team.1.seats": 6, "plan": [
        {"week": 1, "team": 1, "hire": 1}, {"week": 3, "new_team": ["1.2", "2.4", "1.3"]},
        {"week": 5, "team": 3, "hire": 1}]}
    return simulate(Scenario().change({**SMALL, **changes, "world.quits_per_month": 0.1}), seed=2, engine="compiled")


@pytest.mark.parametrize("week", [1, 2, 3, 5])
def test_deals_go_with_their_seats_to_a_new_team(week):
    """The teams' columns still add up to the tables' counts, before the move and after it."""
    end = (week + 1) * 40.0
    counts, each = np.zeros(4, int), []
    for team in range(3):
        column = pipeline_of(moving(), team, 0.0, 320.0).column(np.nextafter(end, 0.0))
        each.append(np.count_nonzero(column <= SILENT))
        counts += [np.count_nonzero(column == place) for place in range(SILENT + 1)]
    row = moving().weeks().set_index("week").loc[week]
    assert counts.tolist() == [row[f"{name}_open"] for name in ("discovery", "qualified", "proposal", "silent")]
    assert (each[2] > 0) == (week >= 3)


def test_a_new_team_is_filmed_from_its_first_week_on():
    picture = picture_of(moving(), what="week", team=3, week=3)
    picture.draw(picture.count - 1)
    with pytest.raises(ParameterError, match="week = 2: allowed is a whole number from 3 to 58"):
        picture_of(moving(), what="week", team=3, week=2)


def test_wins_shown_are_those_since_the_film_began():
    deals = run().opportunities()
    won = (deals["outcome"] == "won") & (deals["team"] == 1) & deals["decided"].between(0.0, 240.0, inclusive="right")
    assert np.count_nonzero(pipeline().column(240.0) == WON) == won.sum() > 0


def test_a_deal_waits_for_us_from_when_it_is_due_until_it_is_met():
    trace, deals = run().trace, run().opportunities()
    for hours in (35.3, 121.7):
        film = pipeline()
        turn = film.turn(hours, film.column(hours))
        due = trace[(trace["kind"] == ev.MEETING_DUE) & (trace["time"] <= hours)]
        held = np.flatnonzero(trace["kind"] == ev.MEETING_HELD)
        begun = {tuple(row) for row, began in zip(trace[["entity", "index", "detail"]][held].tolist(),
                                                  trace["value"][held - 1], strict=True) if began <= hours}
        over = {(deal.territory, deal.number) for deal in deals.itertuples() if deal.decided <= hours}
        team = dict(zip(deals["territory"], deals["team"], strict=True))
        waiting = {tuple(row[:2]) for row in due[["entity", "index", "detail"]].tolist()
                   if tuple(row) not in begun and tuple(row[:2]) not in over and team[row[0]] == 1}
        assert np.count_nonzero(turn == OUR_TURN) == len(waiting) > 0


def test_a_deal_keeps_its_place_and_no_two_share_one():
    scenes = pipeline().scenes(np.arange(1.0, 241.0))
    for before, after in zip(scenes, scenes[1:], strict=False):
        stays = (before.column == after.column) & (after.column <= WON)
        assert np.array_equal(before.slot[stays], after.slot[stays])
    for scene in scenes[::20]:
        shown = scene.column <= WON
        assert len(set(zip(scene.column[shown], scene.slot[shown], strict=True))) == shown.sum()
    assert set(np.unique(scenes[-1].column)) <= {*range(WON + 1), LOST, AWAY}


# --- the pictures


def test_the_calendar_of_a_week_adds_up_to_forty_hours(monkeypatch):
    monkeypatch.setitem(film_module._STEP_HOURS, "week", 2.0)
    picture = picture_of(run(), what="week", team=2, week=10)
    for number in range(picture.count):
        picture.draw(number)
        if number == picture.count // 2 - 1:
            assert sum(bar.get_width() for bar in picture.calendar.patches) == pytest.approx(20.0)
    assert sum(bar.get_width() for bar in picture.calendar.patches) == pytest.approx(40.0)
    row = run().managers().set_index(["team", "week"]).loc[(1, 10)]
    title = " ".join(picture._title.get_text().split())
    lapsed = row[["one_to_ones_lapsed", "pre_calls_lapsed", "post_calls_lapsed"]].sum()
    assert f"of {row['planned_coaching_hours']:.1f} planned" in title
    shown = sum(int(note.get_text().split()[0]) for note in picture._counts if note.get_text())
    assert f"{shown} sessions cancelled" in title
    assert abs(shown - lapsed) <= 4  # Friday's one-to-ones lapse at the stroke of the week's end


def test_the_bars_of_a_year_are_the_managers_hours():
    picture = picture_of(run(), what="year", team=1, week=0)
    picture.draw(picture.count - 1)
    heights = sum(bar.get_height() for bar in picture.calendar.patches)
    assert heights == pytest.approx(52 * 40.0)
    rows = run().managers().query("team == 0 and 0 <= week < 52")
    assert f"{rows['coaching_hours'].mean():.1f} hours of coaching a week" in " ".join(
        picture._title.get_text().split())


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("what", ["week", "year"])
def test_a_film_speaks_the_language_in_which_it_was_begun(code, what):
    with in_language(code):
        picture = picture_of(run(), what=what, name="leadership")
        column = say("animation.columns.won")
    picture.draw(5)
    assert any(column in text.get_text() for text in picture._headers)
    digits = set("0123456789") & set(picture._title.get_text())
    assert bool(digits) == (code == "en")


# --- the files


def film(tmp_path, monkeypatch, name="film.gif", **options):
    monkeypatch.setattr(film_module, "HELD_SECONDS", 0)
    monkeypatch.setitem(film_module._STEP_HOURS, "week", 10.0)
    return animate(run(), tmp_path / name, **options)


def test_a_gif_has_every_picture_at_its_size(tmp_path, monkeypatch):
    seen = []
    path = film(tmp_path, monkeypatch, progress=lambda done, total: seen.append((done, total)))
    with Image.open(path) as image:
        assert (image.size, image.n_frames, image.format) == ((1280, 720), 4, "GIF")
        assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)  # paper
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [file.name for file in tmp_path.iterdir()] == ["film.gif"]


def test_a_file_that_is_there_stays(tmp_path, monkeypatch):
    (tmp_path / "film.gif").write_text("precious")
    with pytest.raises(FileExistsError):
        film(tmp_path, monkeypatch)
    assert (tmp_path / "film.gif").read_text() == "precious"
    film(tmp_path, monkeypatch, overwrite=True)
    assert (tmp_path / "film.gif").read_bytes().startswith(b"GIF8")


def test_an_interrupted_film_leaves_nothing(tmp_path, monkeypatch):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film(tmp_path, monkeypatch, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_mp4_without_ffmpeg_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ParameterError, match="MP4 needs the program ffmpeg"):
        film(tmp_path, monkeypatch, name="film.mp4")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_mp4_hands_every_picture_to_ffmpeg(tmp_path, monkeypatch):
    """A stand-in for ffmpeg writes down what it is given: 4 pictures of 1280 x 720, four bytes each."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "ffmpeg").write_text('#!/bin/sh\nfor last; do :; done\ncat > "$last"\n')
    (tools / "ffmpeg").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    path = film(tmp_path, monkeypatch, name="film.mp4")
    assert path.stat().st_size == 4 * 1280 * 720 * 4


@pytest.mark.parametrize(("options", "said"), [
    ({"what": "month"}, "what = 'month': allowed is week | year"),
    ({"team": 3}, "team = 3: allowed is a whole number from 1 to 2; teams are counted from 1"),
    ({"team": 0}, "team = 0: allowed is a whole number from 1 to 2; teams are counted from 1"),
    ({"week": 59}, "week = 59: allowed is a whole number from -30 to 58"),
    ({"what": "year", "week": 9}, "week = 9: allowed is a whole number from -30 to 8"),
    ({"name": "film.avi"}, "allowed is a name that ends in .gif | .mp4"),
])
def test_what_cannot_be_filmed_is_refused(tmp_path, monkeypatch, options, said):
    with pytest.raises(ParameterError) as refusal:
        film(tmp_path, monkeypatch, **options)
    assert said in str(refusal.value) and list(tmp_path.iterdir()) == []


def test_a_run_too_short_for_a_year_says_how_long_it_is():
    with pytest.raises(ParameterError, match="the run has 20 weeks, and 52 are needed"):
        checked_span(Scenario().change({"calendar.warmup_weeks": 10, "calendar.horizon_weeks": 10}), "year", 1, None)


# --- the command


SETS = [word for path, value in SMALL.items() for word in ("--set", f"{path}={value}")]


@pytest.mark.slow
def test_the_command_makes_a_film(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(film_module, "HELD_SECONDS", 0)
    monkeypatch.setitem(film_module._STEP_HOURS, "week", 20.0)
    out = tmp_path / "week.gif"
    assert main(["animate", "leadership", "--out", str(out), "--team", "1", "--language", "fa", *SETS]) == 0
    assert out.read_bytes().startswith(b"GIF8")
    assert capsys.readouterr().out.startswith("Week of team 1, leadership:")


@pytest.mark.parametrize(("options", "said"), [
    (["--what", "day"], "what = 'day'"), (["--team", "9"], "team = 9"), (["--language", "de"], "unknown language 'de'"),
    (["leadershp"], "FIRM leadershp"), (["--week", "500"], "week = 500"),
])
def test_the_command_refuses_before_it_simulates(tmp_path, monkeypatch, capsys, options, said):
    monkeypatch.setattr("simlead.study.simulate.simulate", None)
    assert main(["animate", "--out", str(tmp_path / "film.gif"), *SETS, *options]) == 2
    assert said in capsys.readouterr().err


def test_the_command_leaves_a_file_that_is_there(tmp_path, capsys):
    out = tmp_path / "film.gif"
    out.write_text("precious")
    assert main(["animate", "--out", str(out)]) == 2
    assert out.read_text() == "precious" and "is there already" in capsys.readouterr().err
