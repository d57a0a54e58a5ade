"""What the compiled engine remembers: a dtype for each kind of thing, and the way to reach one.

Whole numbers are 8 bytes wide, since names are shifted and multiplied, and since each width
would be compiled anew. A link of -1 leads nowhere.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from simlead.engines.compiled.memory import early, only, pool
from simlead.engines.plan import Plan
from simlead.model import events, tables
from simlead.model.policy import Policy
from simlead.model.scenario import GROUPS

Record = Any
"""A record of one of the dtypes below; its fields are attributes."""


def _record(fields: list[tuple[Any, ...]]) -> Any:
    return np.dtype((np.record, np.dtype(fields, align=True)))


_NUMBER_TYPES = {bool: "?", int: "i8", float: "f8", str: "i8"}  # a choice is kept as its number


def _fields_of(group: type) -> list[tuple[str, str]]:
    return [(field.name, _NUMBER_TYPES[type(field.default)]) for field in dataclasses.fields(group)]


PLAN_GROUPS = ("organisation", "market", "world", "calendar")
_DERIVED = [
    (field.name, "i8" if field.type == "int" else "f8")
    for field in dataclasses.fields(Plan) if field.name not in GROUPS]

PLAN: Any = _record([*(line for name in PLAN_GROUPS for line in _fields_of(GROUPS[name])), *_DERIVED])
"""The numbers of a `Plan`, the groups' and the derived ones side by side, policies apart."""

LEVERS: Any = _record(_fields_of(Policy))
"""A policy. There are three: what is in force between the two, the status quo, the policy."""
BETWEEN, STATUS_QUO, POLICY = range(3)

SEAT: Any = _record([
    # What every task touches comes first, in as few cache lines as it will go.
    ("use", "i8"), ("waiting_until", "f8"), ("task_ends", "f8"), ("since", "f8"), ("task_began", "f8"),
    ("team", "i8"), ("slot", "i8"), ("queue", "i8"),  # root of the heap of waiting meetings
    ("queue_count", "i8"), ("meeting_deal", "i8"),  # deal that is met
    ("awaitable", "i8"),  # protected sessions that the rep has not waited for yet
    ("leaving", "i8"),  # -1, or the reason
    ("number", "i8"), ("hire", "i8"), ("filled", "?"), ("noticing", "f8"),
    ("hours", "f8", (7,)), ("handling_hours", "f8"),
    ("deals", "i8"), ("deals_count", "i8"), ("deals_named", "i8"),  # first of a chain
    ("meetings", "i8", (3,)),
    ("hired_at", "f8"), ("ability", "f8"), ("stage_z", "f8", (3,)), ("focus", "f8", (3,)), ("gain", "f8"),
    ("place_in_team", "i8"), ("dose", "f8"), ("clarity", "f8"),
    ("prospected", "f8"), ("prospecting", "f8"),
    ("one_to_one_day", "i8"),  # -1 for none
    ("one_to_ones_named", "i8"), ("fetched", "i8"),  # deal that was asked for last, for `ahead`
    ("coached_dose", "f8"),
    ("wins", "i8"), ("sales", "f8"), ("sold", "f8"), ("sold_at_hire", "f8"),
    ("trailing_sales", "f8"), ("trailing_weeks", "f8"), ("sold_by_week", "f8", (52,)),
])
"""As `reference.state.Seat`; a team's seats lie side by side, those to be added included."""

TEAM: Any = _record([
    ("number", "i8"), ("busy", "?"), ("meeting_on", "?"), ("manager_in_meeting", "?"),
    ("review_planned", "?"), ("reviewed", "?"), ("natural_coach", "?"), ("trainable", "?"),
    ("trained", "?"),
    ("first_seat", "i8"), ("seats_count", "i8"), ("idle_seats", "i8"),  # free or waiting
    ("sessions_first", "i4", (2,)), ("sessions_last", "i4", (2,)),  # protected, unprotected
    ("blocks_first", "i8"), ("blocks_last", "i8"), ("heroics_first", "i8"), ("heroics_last", "i8"),
    ("use", "i8"), ("since", "f8"), ("hours", "f8", (7,)),
    ("task", "i8"), ("task_began", "f8"), ("hero_deal", "i8"), ("hero_row", "i8"),
    ("meeting_began", "f8"), ("adherence", "f8"), ("quality", "f8"),
    ("own_selling_credit", "f8"), ("booked_hours", "f8"), ("allowance_left", "f8"),
    ("appointment", "i8"), ("people_skill", "f8"), ("clarity_offset", "f8"), ("clarity", "f8"),
    ("blocks_created", "i8"), ("duties", "f8", (4,)), ("owed_hours", "f8", (4,)),
    ("planned", "f8", (5,)), ("daily_allowance", "f8"), ("rotation", "i8"),
    ("booked", "i8", (3,)), ("held", "i8", (3,)), ("lapsed", "i8", (3,)),
    ("errands_kept", "i8"), ("errands_dropped", "i8"), ("information_released", "i8"),
    ("information_lapsed", "i8"), ("others_lapsed", "i8"), ("heroics_begun", "i8"),
    ("heroics_done", "i8"), ("own_wins", "i8"), ("own_sales", "f8"),
    ("of_stratum", "i8"),  # number of the team whose first manager is from this slot's stratum
])
"""As `reference.state.Team`."""

DEAL: Any = _record([
    ("territory", "i8"), ("number", "i8"),  # -1, -1 while the slot is free
    ("meetings", "i8"), ("stage", "i8"), ("due", "f8"), ("overdue_weeks", "f8"),
    ("gap", "f8"), ("pace", "f8"), ("value_z", "f8"), ("row", "i8"),
    ("standing", "i8"), ("seat", "i8"), ("team", "i8"), ("pre_call", "i8"),
    ("named", "?"), ("relieved", "?"), ("handovers", "i8"), ("hero_hours_left", "i8"),
    ("before", "i8"), ("after", "i8"),  # among the seat's deals
    ("left", "i8"), ("right", "i8"),  # in the seat's queue
    ("next_hero", "i8"), ("next_sorted", "i8"), ("padding", "i8"),  # 3 cache lines
])
"""A deal that we work: what changes from meeting to meeting. The rest stands in its row of the
opportunities table; when the deal falls silent or ends, its slot is free for another."""
THINKING, QUEUED, MEETING, SILENT, OVER = range(5)

SESSION: Any = _record([
    ("kind", "i8"), ("entity", "i8"), ("index", "i8"), ("hours", "f8"), ("began", "f8"),
    ("stage", "i8"), ("row", "i8"),  # of the opportunities table; -1 for a one-to-one
    ("team", "i8"), ("seat", "i8"), ("deal", "i8"), ("line", "i8"),
    ("before", "i8"), ("after", "i8"),
    ("after_lost_gate", "?"), ("pending", "?"), ("waited_for", "?"),
])
"""As `reference.state.Session`; `line` is PROTECTED or UNPROTECTED."""
PROTECTED, UNPROTECTED = range(2)

BLOCK: Any = _record([("task", "i8"), ("hours", "f8"), ("created", "f8"), ("number", "i8"), ("after", "i8")])
"""As `reference.state.Block`."""

TIMER: Any = _record([("time", "f8"), ("place", "i8"), ("slot", "i8")])
"""What happens when, in which place among the events of its instant, and to whom."""

FAR_TIMER: Any = _record([("time", "f8"), ("place", "i8"), ("slot", "i8"), ("after", "i8")])
"""A timer that still lies in a bucket of the calendar."""

BUCKET: Any = _record([("first", "i4")])
"""A bucket's first timer. Few bytes, since it is met at random."""

LINK: Any = _record([("to", "i8")])
"""A number by itself: touched teams, a seat in order of creation, seats wanted."""

TEAMS_PER_WORD = 32  # as bits of a number that stays positive
NONE_TOUCHED = 1 << 20  # beyond every word

OPPORTUNITY: Any = np.dtype((np.record, tables.OPPORTUNITIES_DTYPE))
REP_ROW: Any = np.dtype((np.record, tables.REPS_DTYPE))
MANAGER_ROW: Any = np.dtype((np.record, tables.MANAGERS_DTYPE))
PEOPLE_ROW: Any = _record([("counts", "i4", (5,))])
TRACE_ROW: Any = np.dtype((np.record, events.TRACE_DTYPE))

POOLS: dict[str, Any] = {
    "plan": PLAN, "levers": LEVERS, "seats": SEAT, "teams": TEAM, "deals": DEAL, "sessions": SESSION,
    "blocks": BLOCK, "near": TIMER, "far": FAR_TIMER, "buckets": BUCKET, "created": LINK, "wanted": LINK,
    "touched": LINK, "opportunities": OPPORTUNITY, "rep_rows": REP_ROW, "manager_rows": MANAGER_ROW,
    "people_rows": PEOPLE_ROW, "trace": TRACE_ROW,
}
"""Every pool of records by name."""

FIRM: Any = _record([
    *((name, "i8") for name in POOLS),  # address of each pool
    *((f"{name}_used", "i8") for name in POOLS),  # slots that were ever in use
    *((f"{name}_room", "i8") for name in POOLS),  # slots that may be in use before memory must grow
    ("deals_free", "i8"), ("sessions_free", "i8"), ("blocks_free", "i8"), ("far_free", "i8"),  # first free
    ("now", "f8"), ("start_hour", "f8"), ("end_hour", "f8"),
    ("bucket", "i8"), ("buckets_per_hour", "f8"),
    ("looks_ahead", "?"), ("scouts", "i8", (2,)), ("scouts_buckets", "i8", (2,)),  # far timers that `ahead` looks at
    ("touched_first", "i8"), ("touched_last", "i8"),
    ("started", "?"), ("tracing", "?"), ("trace_capacity", "i8"), ("levers_in_force", "i8"), ("effort", "f8"),
    ("norms", "f8", (3,)), ("seed", "i8"), ("replicate", "i8"), ("week", "i8"), ("day", "i8"), ("events", "i8"),
    ("most_deals", "i8"),
])
"""The firm: where its pools are, and what there is one of."""


plan_of = only("plan", PLAN)
levers_of = only("levers_in_force", LEVERS)
levers_at = pool("levers", LEVERS)
seat_at = pool("seats", SEAT)
team_at = pool("teams", TEAM)
deal_at = pool("deals", DEAL)
session_at = pool("sessions", SESSION)
block_at = pool("blocks", BLOCK)
timer_at = pool("near", TIMER)
far_timer_at = pool("far", FAR_TIMER)
bucket_at = pool("buckets", BUCKET)
created_at = pool("created", LINK)
wanted_at = pool("wanted", LINK)
touched_at = pool("touched", LINK)
opportunity_at = pool("opportunities", OPPORTUNITY)
rep_row_at = pool("rep_rows", REP_ROW)
manager_row_at = pool("manager_rows", MANAGER_ROW)
people_row_at = pool("people_rows", PEOPLE_ROW)
trace_row_at = pool("trace", TRACE_ROW)

# What stands first in a seat and in a team is what most events touch.
fetch_seat = early("seats", SEAT, 192)
fetch_team = early("teams", TEAM, 320)
fetch_deal = early("deals", DEAL)
fetch_far_timer = early("far", FAR_TIMER)
fetch_opportunity = early("opportunities", OPPORTUNITY)
