"""A year of one team as a film for the page: the firm as it is and with the levers moved, the same buyers in both.

The page gets the whole film at once and plays it by itself: where each deal is from when on, the manager's hours
week by week, and the texts of every moment. Times are tenths of an hour since the film's beginning.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from simlead.model import events
from simlead.model.units import HOURS_PER_WEEK
from simlead.show.animation.scenes import COLUMNS, LOST, SILENT, WON
from simlead.show.charts.managers import CATEGORIES, COLOURS
from simlead.show.format import count, number, scale
from simlead.show.language import in_language, say
from simlead.show.wording import counted, inside
from simlead.show.workshop.film_picture import film_sides
from simlead.show.workshop.pictures import png_of
from simlead.show.workshop.session import FILM, Picture, Session
from simlead.show.workshop.texts import named
from simlead.show.workshop.year import Side, filmed, side_of, year_of

TENTHS = 10.0
QUARTERS = 4
LONG_WAIT_HOURS = 8.0
"""A buyer who has waited for us for a working day is marked."""

PACES = {"day": 8, "week": 40, "month": 173}
"""Hours of the film in a second, by the name of the pace."""


def film_seen(session: Session) -> Picture:
    """The film of one team's year in one matched pair."""
    with session.lock:
        key, base, moved = session.picture_key(FILM), session.base, session.moved
        firm, move, language = session.firm, session.move, session.language
        manager, seed = session.manager, session.run_cache.seed
    assert base is not None and moved is not None
    team = manager % base.organisation.teams
    first, weeks = year_of(base)
    runs = [filmed(scenario, seed) for scenario in (base, moved)]
    sides = [side_of(run, team, first, weeks) for run in runs]
    with in_language(language):
        names = say("workshop.week.as_it_is"), named(firm, move)
        seen = {"title": title(sides, team), "film": film(sides, names, weeks),
                "note": say("workshop_film.note", manager=team + 1)}

    def save() -> bytes:
        with in_language(language):
            before, after = (won_words(side, side.pipeline.end) for side in sides)
            return png_of(film_sides(sides, names, (before, after), title(sides, team), team, seed))

    return Picture(key, seen, save=save)


def title(sides: list[Side], team: int) -> str:
    """What the film comes to: deals won in both, and the coaching that was held of what was planned."""
    before, after = (count(len(came_to(side, (WON,), -np.inf, side.pipeline.end))) for side in sides)
    hours = sides[1].weeks
    return say("workshop_film.title", manager=team + 1, before=before, after=after,
               held=number(sum(week.held for week in hours) / len(hours), 0.5),
               planned=number(sum(week.planned for week in hours) / len(hours), 0.5))


def film(sides: list[Side], names: tuple[str, str], weeks: int) -> dict[str, Any]:
    """All that the page plays."""
    buyers = sorted({tuple(name) for side in sides for name in side.pipeline.name.tolist()})
    place = {name: at for at, name in enumerate(buyers)}
    worth = {tuple(name): value for side in sides
             for name, value in zip(side.pipeline.name.tolist(), side.pipeline.value.tolist(), strict=True)}
    most = max(len(side.moves) for side in sides)
    return {
        "weeks": weeks, "end": weeks * HOURS_PER_WEEK * TENTHS, "week": HOURS_PER_WEEK * TENTHS,
        "value": [round(worth[name]) for name in buyers],
        "sides": [_played(side, name, place) for side, name in zip(sides, names, strict=True)],
        "columns": [say(f"names.stages.{name}") if name in events.STAGES else say(f"animation.columns.{name}")
                    for name in COLUMNS[:WON]],
        "counts": [count(one) for one in range(most + 1)],
        "clock": [say("workshop_film.clock", week=week + 1, weeks=weeks) for week in range(weeks)]
        + [say("workshop_film.ended", weeks=weeks)],
        "quarters": quarters(sides, names, weeks),
        "uses": [{"use": use, "colour": COLOURS[use], "text": inside(say(f"names.manager_uses.{use}"))}
                 for use in CATEGORIES],
        "paces": [{"hours": hours, "text": say(f"workshop_film.paces.{name}")} for name, hours in PACES.items()],
        "says": {key: say(f"workshop_film.says.{key}") for key in SAYS},
    }


SAYS = ("play", "pause", "pace", "scrub", "hours", "history", "buyer", "waits", "silent", "won", "lost", "planned",
        "held", "cancelled", "keys")


def _played(side: Side, name: str, place: dict[tuple[int, int], int]) -> dict[str, Any]:
    begin = side.pipeline.begin
    at = [place[tuple(one)] for one in side.pipeline.name.tolist()]
    return {
        "name": name,
        "moves": [[at[deal], *chain.from_iterable((_tenths(hour - begin), column) for hour, column in moves)]
                  for deal, moves in enumerate(side.moves)],
        "waits": list(chain.from_iterable(
            (at[deal], _tenths(max(since + LONG_WAIT_HOURS - begin, 0.0)), _tenths(until - begin))
            for deal, since, until in side.pipeline.waits() if until - since > LONG_WAIT_HOURS)),
        "hours": [list(chain.from_iterable((_tenths(start), _tenths(end), CATEGORIES.index(use))
                                           for start, end, use in week.done)) for week in side.weeks],
        "lapsed": [[_tenths(hour) for hour in week.lapsed] for week in side.weeks],
        "planned": [round(week.planned, 2) for week in side.weeks],
        "held": [round(week.held, 2) for week in side.weeks],
        "won": [won_words(side, begin + week * HOURS_PER_WEEK) for week in range(len(side.weeks) + 1)],
        "coached": [coached_words(side, week) for week in range(len(side.weeks))],
    }


def _tenths(hours: float) -> int:
    return round(TENTHS * hours)


def came_to(side: Side, columns: tuple[int, ...], since: float, until: float) -> list[int]:
    """The deals that came to one of these columns after an hour, up to another; each counts when it first did."""
    found = []
    for deal, moves in enumerate(side.moves):
        hour = next((hour for hour, column in moves if column in columns), np.inf)
        if since < hour <= until:
            found.append(deal)
    return found


def won_words(side: Side, until: float) -> str:
    """How many deals were won until an hour, and what they are worth."""
    won = came_to(side, (WON,), -np.inf, until)
    return say("workshop_film.won", deals=counted("deal", len(won)), value=_worth(side, won))


def _worth(side: Side, won: list[int]) -> str:
    factor, unit = scale("$", 1e6)
    value = sum(side.won_value[deal] for deal in won)
    return say("words.quantity", number=number(factor * value, 0.5), unit=unit)


def coached_words(side: Side, week: int) -> str:
    """What a week's plan for coaching came to."""
    one = side.weeks[week]
    return say("workshop_film.coached", planned=number(one.planned, 0.5), held=number(one.held, 0.5),
               cancelled=counted("session", len(one.lapsed)))


def quarters(sides: list[Side], names: tuple[str, str], weeks: int) -> dict[str, Any]:
    """The film as a table: what happens in each quarter, a row for each run."""
    ends = [round(part * weeks / QUARTERS) for part in range(QUARTERS + 1)]
    rows, lines = [], []
    for part, (start, end) in enumerate(zip(ends, ends[1:], strict=False)):
        said = []
        for side, name in zip(sides, names, strict=True):
            since, until = (side.pipeline.begin + week * HOURS_PER_WEEK for week in (start, end))
            won = came_to(side, (WON,), since, until)
            hours = side.weeks[start:end]
            cells = [count(len(won)), _worth(side, won),
                     count(len(came_to(side, (SILENT, LOST), since, until))),
                     say("workshop_film.held_of", held=number(sum(week.held for week in hours), 5.0),
                         planned=number(sum(week.planned for week in hours), 5.0)),
                     count(sum(len(week.lapsed) for week in hours))]
            rows.append({"quarter": say("workshop_film.quarters.name", quarter=part + 1), "name": name,
                         "cells": cells})
            said.append((cells[0], number(sum(week.held for week in hours), 5.0)))
        (before, hours_before), (after, hours_after) = said
        lines.append(say("workshop_film.quarters.line", quarter=part + 1, before=before, after=after,
                         hours_before=hours_before, hours_after=hours_after))
    return {"heading": say("workshop_film.quarters.heading"), "rows": rows, "lines": lines, "ends": ends[1:],
            "columns": [say(f"workshop_film.quarters.{key}")
                        for key in ("quarter", "run", "deals", "value", "lost", "hours", "cancelled")]}

