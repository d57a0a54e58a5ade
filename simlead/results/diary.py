"""A manager's diary: one week of one manager, hour by hour, from the trace of a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simlead.model import events
from simlead.model.number import whole_number
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_DAY, HOURS_PER_WEEK
from simlead.results.windows import Table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("day", "begin", "end", "hours", "what", "use", "seat")

TEAM_MEETING, NOTHING, CANCELLED = "team_meeting", "nothing", "cancelled"

_ENDS = (events.MANAGER_TASK_ENDS, events.SESSION_ENDS, events.TEAM_MEETING_ENDS)


def diary(trace: Table, reps: Table, scenario: Scenario, team: int, week: int) -> pd.DataFrame:
    """What a team's manager did in a week, in order: a row per task, session and gap.

    Columns: `day` (0 to 4, on which it ended); `begin` and `end`, hours of the week (0 to 40); `hours`; `what`
    (`events.MANAGER_TASKS`, `events.SESSIONS`, team_meeting, or nothing); `use`
    (`events.MANAGER_USES`); `seat`, with whom, of a session. What reaches over the week's end is
    cut there, so that the hours add to 40, and by use to the week's row in `Run.managers`.

    A session that lapsed and a task that was struck off stand at the hour when that happened, with 0 hours and the
    use `cancelled`. A one-to-one lapses when its day is over: Friday's at hour 40.

    Raises ParameterError for a team or week that the run does not have, and for its last week:
    a trace tells when something ended, and what was under way then never did.
    """
    import pandas as pd

    begins = scenario.teams_begin
    whole_number("team", team, 0, len(begins) - 1)
    whole_number("week", week, max(-scenario.calendar.warmup_weeks, begins[team]), scenario.calendar.horizon_weeks - 2)
    first = week * HOURS_PER_WEEK
    last = first + HOURS_PER_WEEK
    seats, seats_before = (
        reps["seat"][(reps["week"] == each) & (reps["team"] == team)] for each in (week, week - 1))
    rows = _of_team(trace, team, seats, seats_before, first)
    lines = _done(rows[np.isin(rows["kind"], _ENDS) & (rows["time"] > first) & (rows["value"] < last)], first, last)
    lines += _cancelled(rows[np.isin(rows["kind"], (events.SESSION_LAPSES, events.BLOCK_LAPSES))
                             & (rows["time"] > first) & (rows["time"] <= last)], first)
    table = pd.DataFrame(lines, columns=["begin", "end", "what", "use", "seat"])
    table = table.sort_values(["begin", "end"], kind="stable", ignore_index=True)
    table.insert(0, "day", table["end"].map(day_of).astype(int))
    table.insert(3, "hours", table["end"] - table["begin"])
    return table.astype({"seat": "Int64"})[list(COLUMNS)]


def pieces(begin: float, end: float) -> list[tuple[int, float, float]]:
    """Day, hour of the day and length in hours of each day's part of a stretch of the week.

    >>> pieces(7.5, 8.5)
    [(0, 7.5, 0.5), (1, 0.0, 0.5)]
    """
    found = []
    while begin < end:
        day = int(begin // HOURS_PER_DAY)
        until = min(end, (day + 1) * HOURS_PER_DAY)
        found.append((day, begin - day * HOURS_PER_DAY, until - begin))
        begin = until
    return found


def day_of(hour: float) -> int:
    """The day of something that happened at an hour of the week; the stroke of a day's end belongs to that day.

    >>> day_of(0.0), day_of(8.0), day_of(8.5)
    (0, 0, 1)
    """
    return max(0, math.ceil(hour / HOURS_PER_DAY) - 1)


def sessions_cancelled(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a diary that are coaching sessions which did not take place."""
    return table[(table["use"] == CANCELLED) & table["what"].isin(events.SESSIONS)]


def _of_team(trace: Table, team: int, seats: Table, seats_before: Table, first: float) -> Table:
    """The rows that tell of the team's manager: the manager's own, and the sessions of the team's seats.

    A session ends with the manager with whom it began, though its seat may belong to another team by then.
    """
    kinds = trace["kind"]
    own = np.isin(kinds, (events.MANAGER_TASK_ENDS, events.TEAM_MEETING_ENDS, events.BLOCK_LAPSES))
    sessions = np.isin(kinds, (events.SESSION_ENDS, events.SESSION_LAPSES))
    before = (kinds == events.SESSION_ENDS) & (trace["value"] < first)
    mine = np.where(before, np.isin(trace["actor"], seats_before), np.isin(trace["actor"], seats))
    return np.asarray(trace[own & (trace["actor"] == team) | sessions & mine])


def _done(rows: Table, first: float, last: float) -> list[tuple[float, float, str, str, int | None]]:
    """What was done, in order, with the gaps between."""
    lines: list[tuple[float, float, str, str, int | None]] = []
    free_from = first
    for place, row in enumerate(rows):
        began, ended = float(row["value"]), float(row["time"])
        if row["kind"] == events.TEAM_MEETING_ENDS:
            # The meeting begins at its hour; a manager who is busy joins late, or not at all.
            began = max(began, free_from)
            missed = place + 1 < len(rows) and rows[place + 1]["value"] < ended
            if missed or began >= ended:
                continue
        began, ended = max(began, first), min(ended, last)
        lines += _gap(free_from, began, first)
        lines.append((began - first, ended - first, *_what(row)))
        free_from = ended
    return lines + _gap(free_from, last, first)


def _gap(begin: float, end: float, first: float) -> list[tuple[float, float, str, str, int | None]]:
    return [(begin - first, end - first, NOTHING, "unallocated", None)] if end > begin else []


def _what(row: Table) -> tuple[str, str, int | None]:
    """What a row's end ended: its name, its use, and with whom."""
    if row["kind"] == events.SESSION_ENDS:
        return events.SESSIONS[row["detail"]], "coaching", int(row["actor"])
    if row["kind"] == events.TEAM_MEETING_ENDS:
        return TEAM_MEETING, "people", None
    return events.MANAGER_TASKS[row["detail"]], events.MANAGER_USES[events.TASK_USE[row["detail"]]], None


def _cancelled(rows: Table, first: float) -> list[tuple[float, float, str, str, int | None]]:
    lines: list[tuple[float, float, str, str, int | None]] = []
    for row in rows:
        at = float(row["time"]) - first
        if row["kind"] == events.SESSION_LAPSES:
            lines.append((at, at, events.SESSIONS[row["detail"]], CANCELLED, int(row["actor"])))
        else:
            lines.append((at, at, events.MANAGER_TASKS[row["detail"]], CANCELLED, None))
    return lines
