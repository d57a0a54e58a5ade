"""Shared functions: named random numbers, durations, the trace, and the account of hours."""

from __future__ import annotations

from simlead.engines.compiled.layout import SEATS_IN_WORD, TEAMS_PER_WORD, plan_of, team_at, touched_at, trace_row_at
from simlead.engines.compiled.memory import inlined
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.model import draws, events
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_YEAR


@inlined
def uniform(firm: FirmRecord, purpose: int, entity: int, index: int) -> float:
    """The named uniform number of this run."""
    return draws.uniform(int(firm.seed), int(firm.replicate), purpose, int(entity), int(index))


@inlined
def normal(firm: FirmRecord, purpose: int, entity: int, index: int) -> float:
    """The named normal number of this run."""
    return draws.normal(int(firm.seed), int(firm.replicate), purpose, int(entity), int(index))


@inlined
def exponential(firm: FirmRecord, purpose: int, entity: int, index: int) -> float:
    """The named exponential number of mean 1 of this run."""
    return draws.exponential(int(firm.seed), int(firm.replicate), purpose, int(entity), int(index))


@inlined
def weeks_since_start(firm: FirmRecord) -> int:
    """Whole weeks since the start of the warm-up; names what is drawn weekly."""
    return firm.week + plan_of(firm).warmup_weeks


@inlined
def on_grid(firm: FirmRecord, hours: float) -> float:
    """A duration, rounded up where the scenario wants events to coincide."""
    grain = plan_of(firm).time_grain_hours
    return buyers.on_grid(hours, grain) if grain > 0.0 else hours


@inlined
def index_since_base_year(firm: FirmRecord, hours_ago: float) -> float:
    """Value of a deal relative to the middle of the year before the switch."""
    return buyers.growth_index(
        plan_of(firm).value_growth_per_hour, firm.now - hours_ago + HOURS_PER_YEAR / 2.0)


@inlined
def record(firm: FirmRecord, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
    """Write a row of the trace. What finds no room is counted, and the run is made again with more."""
    if firm.tracing:
        if firm.trace_used < firm.trace_capacity:
            row = trace_row_at(firm, firm.trace_used)
            row.time = firm.now
            row.value = value
            row.kind = kind
            row.detail = detail
            row.actor = actor
            row.entity = entity
            row.index = index
        firm.trace_used += 1
        if firm.trace_used > firm.trace_room:
            firm.short = True


@inlined
def record_event(firm: FirmRecord, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
    """Write the row of a timed event and count it."""
    firm.events += 1
    record(firm, kind, detail, actor, entity, index, value)


@inlined
def touch(firm: FirmRecord, slot: int) -> None:
    """Something changed for this team: dispatch it when the instant is over."""
    number = slot // TEAMS_PER_WORD
    word = touched_at(firm, number)
    word.to = word.to | (1 << (slot % TEAMS_PER_WORD))
    firm.touched_first = min(firm.touched_first, number)
    firm.touched_last = max(firm.touched_last, number)


@inlined
def occupy(firm: FirmRecord, seat: SeatRecord, activity: int) -> None:
    """A seat's time goes to another use from now on."""
    now, was = firm.now, seat.activity
    seat.hours[was] += now - seat.since
    seat.since = now
    seat.activity = activity
    if (activity == events.FREE or activity == events.WAITING) != (was == events.FREE or was == events.WAITING):
        team = team_at(firm, seat.team)
        place = seat.slot - team.first_seat
        if place < SEATS_IN_WORD:
            team.idle_seats ^= 1 << place


@inlined
def engage(firm: FirmRecord, team: TeamRecord, activity: int) -> None:
    """A manager's time goes to another category from now on."""
    now = firm.now
    team.hours[team.activity] += now - team.since
    team.since = now
    team.activity = activity
    team.busy = activity != events.UNALLOCATED


@inlined
def tenure_hours(firm: FirmRecord, seat: SeatRecord) -> float:
    """How long the rep has been there."""
    return firm.now - seat.hired_at


@inlined
def call_away(firm: FirmRecord, seat: SeatRecord) -> None:
    """Break off a prospecting block; its timer finds the seat at something else."""
    record(firm, events.TASK_BROKEN_OFF, seat.activity, seat.number, seat.number, seat.hire, seat.task_began)
    seat.task_ends = -1e300
