"""What everybody uses: luck by name, durations, the trace, and where hours go."""

# mypy: disable-error-code=no-any-return
# (a field of a record can be anything to the type checker)

from __future__ import annotations

from simlead.engines.compiled.layout import TEAMS_PER_WORD, Record, plan_of, team_at, touched_at, trace_row_at
from simlead.engines.compiled.memory import inlined
from simlead.model import draws, events
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_YEAR


@inlined
def uniform(firm: Record, purpose: int, entity: int, index: int) -> float:
    """The named uniform number of this run."""
    return draws.uniform(int(firm.seed), int(firm.replicate), purpose, int(entity), int(index))


@inlined
def normal(firm: Record, purpose: int, entity: int, index: int) -> float:
    """The named normal number of this run."""
    return draws.normal(int(firm.seed), int(firm.replicate), purpose, int(entity), int(index))


@inlined
def exponential(firm: Record, purpose: int, entity: int, index: int) -> float:
    """The named exponential number of mean 1 of this run."""
    return draws.exponential(int(firm.seed), int(firm.replicate), purpose, int(entity), int(index))


@inlined
def weeks_since_start(firm: Record) -> int:
    """Whole weeks since the start of the warm-up; names what is drawn weekly."""
    return firm.week + plan_of(firm).warmup_weeks


@inlined
def on_grid(firm: Record, hours: float) -> float:
    """A duration, rounded up where the scenario wants events to coincide."""
    grain = plan_of(firm).time_grain_hours
    return buyers.on_grid(hours, grain) if grain > 0.0 else hours


@inlined
def index_since_base_year(firm: Record, hours_ago: float) -> float:
    """Value of a deal relative to the middle of the year before the switch."""
    return buyers.growth_index(
        plan_of(firm).value_growth_per_hour, firm.now - hours_ago + HOURS_PER_YEAR / 2.0)


@inlined
def emit(firm: Record, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
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


@inlined
def happened(firm: Record, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
    """Write the row of a timed event and count it."""
    firm.events += 1
    emit(firm, kind, detail, actor, entity, index, value)


@inlined
def touch(firm: Record, slot: int) -> None:
    """Something changed for this team: settle it when the instant is over."""
    number = slot // TEAMS_PER_WORD
    word = touched_at(firm, number)
    word.to = word.to | (1 << (slot % TEAMS_PER_WORD))
    firm.touched_first = min(firm.touched_first, number)
    firm.touched_last = max(firm.touched_last, number)


@inlined
def occupy(firm: Record, seat: Record, use: int) -> None:
    """A seat's time goes to another use from now on."""
    now, was = firm.now, seat.use
    seat.hours[was] += now - seat.since
    seat.since = now
    seat.use = use
    idle = int(use == events.FREE or use == events.WAITING) - int(was == events.FREE or was == events.WAITING)
    if idle != 0:
        team_at(firm, seat.team).idle_seats += idle


@inlined
def engage(firm: Record, team: Record, use: int) -> None:
    """A manager's time goes to another category from now on."""
    now = firm.now
    team.hours[team.use] += now - team.since
    team.since = now
    team.use = use
    team.busy = use != events.UNALLOCATED


@inlined
def tenure_hours(firm: Record, seat: Record) -> float:
    """How long the rep has been there."""
    return firm.now - seat.hired_at


@inlined
def call_away(firm: Record, seat: Record) -> None:
    """Break off a prospecting block; its timer finds the seat at something else."""
    emit(firm, events.TASK_BROKEN_OFF, seat.use, seat.number, seat.number, seat.hire, seat.task_began)
    seat.task_ends = -1e300
