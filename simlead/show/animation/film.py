"""A run as a film: a week hour by hour, or a year week by week; as GIF, or as MP4 where ffmpeg is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK, WEEKS_PER_YEAR
from simlead.results.files import whole_file
from simlead.results.run import Run
from simlead.show.animation.pictures import Picture, WeekPicture, YearPicture
from simlead.show.animation.scenes import pipeline_of

WEEK, YEAR = "week", "year"
SPANS = (WEEK, YEAR)
"""What a film shows: a week in quarters of an hour, or a year in half weeks."""

_STEP_HOURS = {WEEK: 0.25, YEAR: HOURS_PER_WEEK / 2.0}
_WEEKS = {WEEK: 1, YEAR: WEEKS_PER_YEAR}
FRAMES_PER_SECOND = 8
HELD_SECONDS = 4
"""How long the last picture stays."""

ENDINGS = (".gif", ".mp4")

Progress = Callable[[int, int], object]


def animate(
    run: Run,
    path: str | Path,
    *,
    what: str = WEEK,
    team: int = 1,
    week: int | None = None,
    name: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write a film of one team: its pipeline, deal by deal, above its manager's calendar.

    `what` is "week" or "year"; `team` is counted from 1; `week` counts from the switch and is the film's (first) week,
    by default the last possible one. `name` is what the run is called. The path's ending says
    the format: .gif, or .mp4, which needs the program ffmpeg. The language is the current one,
    now (`show.language.in_language`). Pictures are 1280 x 720; `progress` is called with (pictures
    drawn, pictures in all). The file appears whole or not at all.

    Raises ParameterError for a run without a trace, an unknown span, team, week or ending, and
    for .mp4 where ffmpeg is missing; FileExistsError if the file exists, unless `overwrite`.

    >>> from simlead.study.simulate import simulate
    >>> tiny = {"organisation.teams": 1, "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 2}
    >>> animate(simulate(Scenario().change(tiny), trace=False), "week.gif")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: the run was made without a trace; simulate(..., trace=True) keeps it
    """
    target = checked_path(path)
    picture = picture_of(run, what=what, team=team, week=week, name=name)
    with whole_file(target, overwrite=overwrite) as partial:
        write = _write_gif if target.suffix.lower() == ".gif" else _write_mp4
        write(partial, picture, progress)
    return target


def picture_of(run: Run, *, what: str = WEEK, team: int = 1, week: int | None = None, name: str = "") -> Picture:
    """The film's pictures, to be drawn one by one with `draw(number)`; arguments as in :func:`animate`."""
    if run.records.trace is None:
        raise ParameterError("the run was made without a trace; simulate(..., trace=True) keeps it")
    chosen = checked_span(run.scenario, what, team, week)
    begin = chosen * HOURS_PER_WEEK
    end = begin + _WEEKS[what] * HOURS_PER_WEEK
    step = _STEP_HOURS[what]
    hours = begin + step * np.arange(1.0, round((end - begin) / step) + 1.0)
    pipeline = pipeline_of(run, team - 1, begin, end)
    kind = WeekPicture if what == WEEK else YearPicture
    return kind(run, team - 1, chosen, name, pipeline.value, pipeline.scenes(hours))


def checked_span(scenario: Scenario, what: str, team: int, week: int | None) -> int:
    """The first week of a film, by default the last possible; ParameterError for one that cannot be made.

    >>> checked_span(Scenario(), "week", 1, None), checked_span(Scenario(), "year", 4, None)
    (154, 104)
    """
    if what not in SPANS:
        raise ParameterError(f"what = {what!r}: allowed is {' | '.join(SPANS)}{nearest(str(what), SPANS)}")
    begin, calendar = scenario.teams_begin, scenario.calendar
    if not 1 <= team <= len(begin):
        raise ParameterError(
            f"team = {team!r}: allowed is a whole number from 1 to {len(begin)}; teams are counted from 1")
    weeks = _WEEKS[what]
    # A trace tells when something ended: of a run's very last week it does not know all.
    first = max(-calendar.warmup_weeks, begin[team - 1])  # a new team begins later
    last = calendar.horizon_weeks - weeks - (what == WEEK)
    if last < first:
        raise ParameterError(f"what = {what!r}: the run has {calendar.horizon_weeks - first} weeks"
                             f"{f' of team {team}' if begin[team - 1] == first else ''}, "
                             f"and {weeks + (what == WEEK)} are needed")
    return last if week is None else whole_number("week", week, first, last)


def checked_path(path: str | Path) -> Path:
    """The path of a film, whose ending is one that can be written here; ParameterError otherwise.

    >>> checked_path("week.gif").name
    'week.gif'
    >>> checked_path("week.avi")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: week.avi: allowed is a name that ends in .gif | .mp4
    """
    target = Path(path)
    if target.suffix.lower() not in ENDINGS:
        raise ParameterError(f"{target}: allowed is a name that ends in {' | '.join(ENDINGS)}")
    if target.suffix.lower() == ".mp4" and shutil.which("ffmpeg") is None:
        raise ParameterError(
            f"{target}: MP4 needs the program ffmpeg, which is not on the PATH; install it, or choose a name "
            "that ends in .gif")
    return target


def _write_gif(path: Path, picture: Picture, progress: Progress | None) -> None:
    """All pictures with one palette: what does not move is then the same in each and takes no room."""
    from PIL import Image

    palette = Image.new("P", (1, 1))
    palette.putpalette(picture.palette())
    milliseconds = 1000 // FRAMES_PER_SECOND

    def drawn() -> Iterator[Image.Image]:
        for number in range(picture.count):
            picture.draw(number)
            image = Image.fromarray(picture.pixels()).quantize(palette=palette, dither=Image.Dither.NONE)
            if progress is not None:
                progress(number + 1, picture.count)
            yield image

    images = drawn()
    durations = [milliseconds] * (picture.count - 1) + [milliseconds + 1000 * HELD_SECONDS]
    next(images).save(path, format="GIF", save_all=True, append_images=images, duration=durations, loop=0)


def _write_mp4(path: Path, picture: Picture, progress: Progress | None) -> None:
    """The pictures through ffmpeg, as H.264, which every player knows."""
    from matplotlib.animation import FFMpegWriter

    writer = FFMpegWriter(fps=FRAMES_PER_SECOND, codec="h264")
    with writer.saving(picture.figure, str(path), picture.DPI):
        for number in range(picture.count):
            picture.draw(number)
            writer.grab_frame()
            if progress is not None:
                progress(number + 1, picture.count)
        for _ in range(HELD_SECONDS * FRAMES_PER_SECOND):
            writer.grab_frame()
