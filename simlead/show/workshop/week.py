"""The manager's week in the status quo and with the levers moved: planned and realised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simlead.model.units import HOURS_PER_DAY, HOURS_PER_WEEK, WEEKS_PER_YEAR
from simlead.results.diary import CANCELLED, pieces, sessions_cancelled
from simlead.show.charts.diary import day_names, manager_diary
from simlead.show.charts.managers import CATEGORIES, COLOURS
from simlead.show.format import number
from simlead.show.language import in_language, say
from simlead.show.wording import inside
from simlead.show.workshop.pictures import png_of
from simlead.show.workshop.session import WEEK, Picture, Session
from simlead.show.workshop.texts import named
from simlead.study.engines import FAST
from simlead.study.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

    from simlead.results.run import Run

WEEKS_BEFORE_THE_END = 40
"""The first week shown lies in the middle of the final year."""


def week_in_the_year(further: int) -> int:
    """The week of the final year, from 1, that is so many weeks after the first one shown; the film counts the same.

    >>> week_in_the_year(0)
    13
    """
    return WEEKS_PER_YEAR - WEEKS_BEFORE_THE_END + further + 1


def week_of(run: Run, manager: int, further: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """One manager's diary of one week, and its counts: hours planned and held, sessions held and cancelled."""
    team = manager % run.scenario.organisation.teams
    week = run.scenario.calendar.horizon_weeks - WEEKS_BEFORE_THE_END + further
    diary = run.diary(team, week)
    books = run.records.managers
    (row,) = books[(books["week"] == week) & (books["team"] == team)]
    held = diary[diary["use"] == "coaching"]
    return diary, {
        "planned": float(row["planned_coaching_hours"]), "hours": float(held["hours"].sum()),
        "held": float(len(held)), "cancelled": float(len(sessions_cancelled(diary))),
        "errands": float(diary["what"].isin(["information_errand", "other_errand"]).sum())}


def manager_week_seen(session: Session) -> Picture:
    """The week of one manager in one pair of runs: as it is, and with the levers moved."""
    with session.lock:
        key, base, moved = session.picture_key(WEEK), session.base, session.moved
        firm, move, language = session.firm, session.move, session.language
        manager, further, seed = session.manager, session.week, session.run_cache.seed
    assert base is not None and moved is not None
    found = [week_of(simulate(scenario, seed=seed, engine=FAST), manager, further) for scenario in (base, moved)]
    with in_language(language):
        _, (diary_after, after) = found
        seen = {
            "title": say("workshop.week.title", **{
                what: number(after[what], 5.0) for what in ("planned", "hours", "cancelled")}),
            "weeks": [
                _calendar(diary, counts, name) for (diary, counts), name in zip(
                    found, (say("workshop.week.as_it_is"), named(firm, move)), strict=True)],
            "legend": [{"use": use, "colour": COLOURS[use], "text": inside(say(f"names.manager_uses.{use}"))}
                       for use in CATEGORIES],
            "cancelled": say("workshop.week.cancelled_legend"),
            "note": say("workshop.week.note", manager=manager % moved.organisation.teams + 1,
                        week=week_in_the_year(further), weeks=WEEKS_PER_YEAR),
            "days": day_names(),
        }

    def save() -> bytes:
        with in_language(language):
            return png_of(manager_diary(diary_after))

    return Picture(key, seen, save=save)


def _calendar(diary: pd.DataFrame, counts: dict[str, float], name: str) -> dict[str, Any]:
    """A week as the page draws it: tops and heights are in percent of a day."""
    done = diary[~diary["use"].isin([CANCELLED, "unallocated"])]
    blocks = [[day, round(100 * hour / HOURS_PER_DAY, 2), round(100 * hours / HOURS_PER_DAY, 2), use]
              for begin, end, use in done[["begin", "end", "use"]].itertuples(index=False)
              for day, hour, hours in pieces(float(begin), float(end))]
    crosses = [[int(day), round(100 * (end - day * HOURS_PER_DAY) / HOURS_PER_DAY, 1)]
               for day, end in sessions_cancelled(diary)[["day", "end"]].itertuples(index=False)]
    time = say("workshop.week.hours", planned=number(counts["planned"], 1.0), hours=number(counts["hours"], 1.0))
    return {"name": name, "blocks": blocks, "crosses": crosses, "hours": time,
            "sessions": say("workshop.week.sessions", held=number(counts["held"], 5.0),
                            cancelled=number(counts["cancelled"], 5.0), errands=number(counts["errands"], 5.0)),
            "planned": round(100 * counts["planned"] / HOURS_PER_WEEK, 1),
            "held": round(100 * counts["hours"] / HOURS_PER_WEEK, 1)}
