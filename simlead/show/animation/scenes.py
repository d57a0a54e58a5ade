"""States of a team's deals at each moment of a trace: their stage, and who they wait for."""

from __future__ import annotations

import dataclasses
import heapq

import numpy as np
from numpy.typing import NDArray

from simlead.model import events
from simlead.results.run import Run

COLUMNS = ("discovery", "qualified", "proposal", "silent", "won")
"""Where a deal is shown; one that was lost and has said so is shown no longer."""

DISCOVERY, QUALIFIED, PROPOSAL, SILENT, WON, LOST, AWAY = range(7)

BUYERS_TURN, OUR_TURN, DONE = range(3)
"""Who a deal waits for: the buyer, us, or no one any more."""


@dataclasses.dataclass(frozen=True, eq=False)
class Scene:
    """A team's deals at a moment, a place in every array for each: the column, the turn, the place in it."""

    hours: float
    column: NDArray[np.int64]
    turn: NDArray[np.int64]
    slot: NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Pipeline:
    """The deals of one team that are to be seen in a stretch of time, in order of arrival.

    `name` is the territory and the number of each deal, `value` is in $; `_joined` and `_left` are the hours at which
    a deal came with its seat from another team and went with it to a new one (-inf and inf: it did not); `_passes`
    holds when it left each stage for the next one (inf if it never did), `_failed` when its gate was lost (inf: it
    was not), `_over` when its end was known. `_due`, `_met` and `_whose` are the meetings: due, begun, and whose.
    """

    begin: float
    end: float
    name: NDArray[np.int64]
    value: NDArray[np.float64]
    _arrived: NDArray[np.float64]
    _passes: NDArray[np.float64]
    _failed: NDArray[np.float64]
    _over: NDArray[np.float64]
    _won: NDArray[np.bool_]
    _joined: NDArray[np.float64]
    _left: NDArray[np.float64]
    _due: NDArray[np.float64]
    _met: NDArray[np.float64]
    _whose: NDArray[np.int64]

    def column(self, hours: float | NDArray[np.float64]) -> NDArray[np.int64]:
        """The column of each deal at this hour, or at an hour of its own; LOST and AWAY are not shown.

        What was won before the stretch began is away: the wins shown are those of the film.
        """
        found: NDArray[np.int64] = np.count_nonzero(
            self._passes <= np.reshape(hours, (-1, 1)), axis=1).astype(np.int64)
        found[self._failed <= hours] = SILENT
        over = self._over <= hours
        found[over] = np.where(self._won[over], WON, LOST)
        found[(self._arrived > hours) | (over & (self._over <= self.begin))] = AWAY
        found[(self._joined > hours) | (self._left <= hours)] = AWAY
        return found

    def changes(self) -> list[list[tuple[float, int]]]:
        """Where each deal is when the stretch begins or it arrives, and each change until the end: hour and column."""
        times = np.column_stack([np.full(len(self.value), self.begin), self._arrived, self._passes, self._failed,
                                 self._over, self._joined, self._left])
        times = np.sort(np.where(times <= self.end, np.maximum(times, self.begin), np.inf), axis=1)
        columns = np.column_stack([self.column(hours) for hours in times.T])
        found = []
        for hours, places in zip(times.tolist(), columns.tolist(), strict=True):
            moves: list[tuple[float, int]] = []
            was = AWAY
            for place, hour in enumerate(hours):
                # Of what happens to a deal at one instant the last counts.
                if hour == np.inf or (place + 1 < len(hours) and hours[place + 1] == hour):
                    continue
                if places[place] != was:
                    was = places[place]
                    moves.append((hour, was))
            found.append(moves)
        return found

    def waits(self) -> list[tuple[int, float, float]]:
        """When a deal's buyer waited for us: its place, from when and until when (hours, not beyond the end)."""
        seen = (self._met > self.begin) & (self._due < self.end) & (self._met > self._due)
        return list(zip(self._whose[seen].tolist(), self._due[seen].tolist(),
                        np.minimum(self._met[seen], self.end).tolist(), strict=True))

    def turn(self, hours: float, column: NDArray[np.int64]) -> NDArray[np.int64]:
        """Whether each deal waits for us (its meeting is due and has not begun) or for its buyer."""
        found = np.full(len(column), BUYERS_TURN)
        found[self._whose[(self._due <= hours) & (hours < self._met)]] = OUR_TURN
        found[column >= SILENT] = DONE
        return found

    def scenes(self, hours: NDArray[np.float64]) -> list[Scene]:
        """The moments of a film. A deal keeps its place in a column for as long as it stays there."""
        was = np.full(len(self.value), AWAY)
        slot = np.zeros(len(self.value), np.int64)
        free: list[list[int]] = [[] for _ in COLUMNS]
        used = [0] * len(COLUMNS)
        found = []
        for moment in hours:
            now = self.column(float(moment))
            for deal in np.flatnonzero((now != was) & (was <= WON)):
                heapq.heappush(free[was[deal]], int(slot[deal]))
            for deal in np.flatnonzero((now != was) & (now <= WON)):
                column = int(now[deal])
                if free[column]:
                    slot[deal] = heapq.heappop(free[column])
                else:
                    slot[deal] = used[column]
                    used[column] += 1
            found.append(Scene(float(moment), now, self.turn(float(moment), now), slot.copy()))
            was = now
        return found


def pipeline_of(run: Run, team: int, begin: float, end: float) -> Pipeline:
    """The noticed deals of a team that arrived before `end` and were not over before `begin` (hours)."""
    deals = run.records.opportunities
    over = np.where(np.isnan(deals["decided"]), np.inf, deals["decided"])
    joined, left = _stays(run, team)
    seen = (joined < end) & (left > begin) & deals["noticed"] & (deals["arrived"] < end) & (over >= begin)
    mine = deals[seen]
    gates = np.column_stack([mine[f"{stage}_gate"] for stage in events.STAGES])
    stage = mine["stage"].astype(np.int64)
    each = np.arange(len(events.STAGES))
    passes = np.where(each < stage[:, None], gates, np.inf)
    last = gates[np.arange(len(mine)), stage]
    failed = np.where(mine["silent"] & ~np.isnan(last), last, np.inf)
    due, met, whose = _meetings(run, mine, end)
    name = np.column_stack([mine["territory"], mine["number"]]).astype(np.int64)
    return Pipeline(begin, end, name, mine["value"].copy(), mine["arrived"].copy(), passes, failed, over[seen],
                    mine["outcome"] == events.WON, joined[seen], left[seen], due, met, whose)


def _stays(run: Run, team: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From when until when each deal is one of the team's: ever, unless its seat moves; from inf on if it never is."""
    deals, trace = run.records.opportunities, run.trace
    joined = np.where(deals["team"] == team, -np.inf, np.inf)
    left = np.full(len(deals), np.inf)
    if not (trace["kind"] == events.SEAT_MOVES).any():
        return joined, left
    rows = {name: row for row, name in enumerate(deals[["territory", "number"]].tolist())}
    seat_of: dict[int, int] = {}  # who works a deal, by its row
    for event in trace[np.isin(trace["kind"], (
            events.OPPORTUNITY_ARRIVES, events.DEAL_HANDED_OVER, events.SEAT_MOVES))]:
        if event["kind"] != events.SEAT_MOVES:
            seat_of[rows[int(event["entity"]), int(event["index"])]] = int(event["actor"])
            continue
        hours = float(event["time"])
        moved = np.array([row for row, seat in seat_of.items() if seat == event["actor"]
                          and not deals["decided"][row] < hours], np.int64)
        if event["index"] == team:
            joined[moved] = hours
        elif event["detail"] == team:
            joined[moved], left[moved] = np.where(np.isinf(joined[moved]), -np.inf, joined[moved]), hours
    return joined, left


def _meetings(
    run: Run, deals: np.ndarray, end: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """When each meeting of these deals was due, when it began (or the deal was over), and whose it was."""
    trace = run.trace
    held = np.flatnonzero(trace["kind"] == events.MEETING_HELD)
    due = np.flatnonzero((trace["kind"] == events.MEETING_DUE) & (trace["time"] < end))
    rows = {(int(territory), int(number)): row for row, (territory, number) in enumerate(
        zip(deals["territory"], deals["number"], strict=True))}
    begun = {}
    began = trace["value"][held - 1]  # the row before tells the rep's task and when it began
    for row, hours in zip(trace[["entity", "index", "detail"]][held].tolist(), began.tolist(), strict=True):
        begun[row] = hours
    found: list[tuple[float, float, int]] = []
    for *name, hours in trace[["entity", "index", "detail", "time"]][due].tolist():
        deal = rows.get((name[0], name[1]))
        if deal is not None:
            decided = float(deals["decided"][deal])
            never = np.inf if np.isnan(decided) else decided
            found.append((hours, begun.get(tuple(name), never), deal))
    table = np.array(found, dtype=float).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2].astype(np.int64)
