"""The state of a firm: deals, sessions, seats and teams, as plain objects with named attributes."""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from typing import NamedTuple

from simpy.events import Process

from simlead.engines.reference.clock import Handover, Timed
from simlead.model import events
from simlead.model.deprecation import renamed_attribute
from simlead.model.policy import Policy

# Where an opportunity stands.
THINKING, QUEUED, MEETING, SILENT, ELSEWHERE, OVER = range(6)


@dataclasses.dataclass(slots=True, eq=False)
class Deal:
    """A buying opportunity: the n-th of its territory, for ever."""

    territory: int
    number: int
    arrived: float
    value_z: float
    log_size: float  # of its value before growth, above the median
    value: float  # $, today's
    pace: float  # hours
    noticed: bool
    team: Team
    seat: Seat  # who works it; the territory's own seat if nobody does
    status: int = THINKING
    stage: int = events.DISCOVERY
    meetings: int = 0
    gap: float = 0.0  # hours the buyer takes before the next meeting
    due: float = math.nan
    overdue_weeks: float = 0.0
    named: bool = False  # by the KPI review, not yet talked about
    relieved: bool = False
    pulled: bool = False  # its last meeting, before a quarter's end
    hero_hours_left: int = 0
    heroics: int = 0  # 0 none, 1 begun, 2 done in time
    pre_call: Session | None = None
    pre_calls: int = 0  # bit per stage
    post_calls: int = 0
    handovers: int = 0
    abandoned: bool = False
    silent: bool = False
    outcome: int = events.OPEN
    skill: float = math.nan
    gates: list[float] = dataclasses.field(default_factory=lambda: [math.nan] * 3)
    decided: float = math.nan
    won_value: float = 0.0
    met: Handover | None = None

    standing = renamed_attribute("standing", "status")


@dataclasses.dataclass(slots=True, eq=False)
class Session:
    """A coaching session that was booked: pending, then held or lapsed."""

    kind: int
    team: Team
    seat: Seat
    entity: int  # seat of a one-to-one, territory of a call
    index: int  # its name below that
    hours: float
    protected: bool
    deal: Deal | None = None
    stage: int = 0
    after_lost_gate: bool = False
    pending: bool = True
    waited_for: bool = False
    began: float = math.nan
    over: Timed | None = None


class Block(NamedTuple):
    """An hour or half an hour of a manager's own work that waits to be done."""

    task: int
    hours: float
    created: float
    number: int
    deal: Deal | None


TEAM_MEETING = "team meeting"
PROSPECT = "prospect"


@dataclasses.dataclass(slots=True, eq=False)
class Seat:
    """A seat is a territory's desk (or one that opened to share the team's territories) and who sits there."""

    number: int
    team: Team
    place_in_team: int
    home: int  # number of the team whose factors and quota it has: where it was before it moved, if it has
    own_buyers: bool = True  # whether its territory has buyers of its own, or is a part of the team's
    closed: bool = False  # nobody follows who sits there
    gone: bool = False  # closed and empty: no row in the table of reps any more
    hire: int = 0
    filled: bool = False
    leaving: int | None = None  # leaves at the next boundary, for this reason
    hired_at: float = math.nan
    ability: float = math.nan
    stage_z: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    focus: list[float] = dataclasses.field(default_factory=lambda: [1.0, 1.0, 1.0])
    gain: float = math.nan
    dose: float = math.nan
    clarity: float = math.nan

    activity: int = events.VACANT  # one of events.REP_USES
    since: float = 0.0
    task_began: float = math.nan
    waiting_until: float = math.inf
    hours: list[float] = dataclasses.field(default_factory=lambda: [0.0] * len(events.REP_USES))
    queue: list[tuple[float, int, int, Deal]] = dataclasses.field(default_factory=list)
    deals: dict[tuple[int, int], Deal] = dataclasses.field(default_factory=dict)

    prospected: float = 0.0  # effective hours in the week that closed last
    prospecting: float = 0.0  # P: the same, smoothed
    noticing: float = 0.0
    handling_hours: float = 0.0  # mean of a meeting, this week
    face_to_face_share: float = 0.0  # of a meeting, this week
    chosen_for_coaching: bool = False  # this week
    one_to_one_day: int | None = None
    one_to_ones_named: int = 0

    coached_dose: float = 0.0  # this week's dose hours
    meetings: list[int] = dataclasses.field(default_factory=lambda: [0, 0, 0])
    wins: int = 0
    sales: float = 0.0
    sold: float = 0.0  # since the hire, or since the start
    sold_at_hire: float = 0.0
    trailing_sales: float = 0.0  # of the last 52 weeks or since the hire, at the week's beginning
    trailing_weeks: float = 0.0
    sold_by_week: list[float] = dataclasses.field(default_factory=lambda: [0.0] * 52)

    next_task: Handover | None = None
    process: Process | None = None

    use = renamed_attribute("use", "activity")


@dataclasses.dataclass(slots=True, eq=False)
class Team:
    """A team: its seats, its manager, and what waits on the manager's desk."""

    number: int
    levers: Policy  # in force this week
    effort: float = 1.0  # how much of a working hour takes effect
    seats: list[Seat] = dataclasses.field(default_factory=list)
    places: int = 0  # seats that were ever in it
    tastes: int = 0  # what is added to an appointment in the name of whom the manager prefers
    shares_territories: bool = False  # with seats that have no buyers of their own, or for seats that have closed
    cover: float = 1.0  # effective time per hour of its reps, who cover for vacant seats
    appointment: int = 0
    quality: float = math.nan
    people_skill: float = math.nan
    natural_coach: bool = False
    trainable: bool = False
    trained: bool = False
    clarity_offset: float = 0.0
    clarity: float = math.nan
    adherence: float = math.nan

    busy: bool = False
    activity: int = events.UNALLOCATED
    since: float = 0.0
    hours: list[float] = dataclasses.field(default_factory=lambda: [0.0] * len(events.MANAGER_USES))

    blocks: deque[Block] = dataclasses.field(default_factory=deque)
    blocks_created: int = 0
    duties: list[float] = dataclasses.field(default_factory=lambda: [0.0] * len(events.DUTIES))  # hours a week
    owed_hours: list[float] = dataclasses.field(default_factory=lambda: [0.0] * len(events.DUTIES))
    heroics: deque[Deal] = dataclasses.field(default_factory=deque)
    protected: list[Session] = dataclasses.field(default_factory=list)
    unprotected: list[Session] = dataclasses.field(default_factory=list)
    own_selling_credit: float = 0.0  # $ of own selling not yet turned into a deal

    planned: list[float] = dataclasses.field(default_factory=lambda: [0.0] * len(events.PLANNED_USES))
    booked_hours: float = 0.0
    reaches_all: bool = True  # coaches every rep this week, newcomers included
    one_to_one_hours: float = 0.0  # this week
    sittings: int = 1  # of a one-to-one, this week
    daily_allowance: float = 0.0  # for calls
    allowance_left: float = 0.0
    rotation: int = 0
    meeting_on: bool = False
    manager_in_meeting: bool = False
    meeting_began: float = math.nan
    meeting_over: Timed | None = None
    review_planned: bool = False
    reviewed: bool = False

    booked: list[int] = dataclasses.field(default_factory=lambda: [0, 0, 0])
    held: list[int] = dataclasses.field(default_factory=lambda: [0, 0, 0])
    lapsed: list[int] = dataclasses.field(default_factory=lambda: [0, 0, 0])
    errands_kept: int = 0
    errands_dropped: int = 0
    information_released: int = 0
    information_lapsed: int = 0
    others_lapsed: int = 0
    heroics_begun: int = 0
    heroics_done: int = 0
    own_wins: int = 0
    own_sales: float = 0.0

    next_task: Handover | None = None

    use = renamed_attribute("use", "activity")

