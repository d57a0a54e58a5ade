"""The memory layout of the compiled engine: a dtype for each kind of record, and access to records.

Whole numbers are 8 bytes wide, since names are shifted and multiplied, and since each width
would be compiled anew. A link of -1 leads nowhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from simlead.engines.compiled import records
from simlead.engines.compiled.memory import early, only, pool
from simlead.engines.plan import Plan
from simlead.model import events, tables
from simlead.model.policy import Policy
from simlead.model.scenario import GROUPS

Content = TypeVar("Content")
Only = Callable[[records.FirmRecord], Content]
At = Callable[[records.FirmRecord, int], Content]
"""(firm, slot) -> a record of one of the dtypes below; its fields are attributes."""


def _record(fields: list[tuple[Any, ...]]) -> Any:
    return np.dtype((np.record, np.dtype(fields, align=True)))


def _grouped(table: Any, **groups: list[str]) -> Any:
    """A row of a table in the same bytes, with columns that lie side by side as one array."""
    fields = {name: table.fields[name] for name in table.names}
    for group, columns in groups.items():
        first, kind = fields[columns[0]][1], fields[columns[0]][0]
        assert [fields.pop(name)[:2] for name in columns] == [
            (kind, first + order * kind.itemsize) for order in range(len(columns))]
        fields[group] = (np.dtype((kind, (len(columns),))), first)
    return np.dtype((np.record, np.dtype({
        "names": list(fields), "formats": [field[0] for field in fields.values()],
        "offsets": [field[1] for field in fields.values()], "itemsize": table.itemsize})))


_NUMBER_TYPES = {bool: "?", int: "i8", float: "f8", str: "i8"}  # a choice is kept as its number


def _fields_of(group: type) -> list[tuple[str, str]]:
    return [(field.name, _NUMBER_TYPES[type(field.default)]) for field in dataclasses.fields(group)
            if "table" not in field.metadata]


PLAN_GROUPS = ("organisation", "market", "world", "calendar")
DERIVED = {field.name: "i8" if field.type == "int" else "f8"
           for field in dataclasses.fields(Plan) if field.type in ("int", "float")}
"""The numbers that a `Plan` derives, with their types."""

PLAN: Any = _record([*(line for name in PLAN_GROUPS for line in _fields_of(GROUPS[name])), *DERIVED.items()])
"""The numbers of a `Plan`, the groups' and the derived ones side by side, policies apart."""

LEVERS: Any = _record(_fields_of(Policy))
"""A policy: every status quo that teams have; then, for each of them, what is in force in each week of a roll-out until
the policy is adopted."""

_USES_OF_A_REP, _STAGES = len(events.REP_USES), len(events.STAGES)

SEAT: Any = _record([
    # What every task touches comes first, in as few cache lines as it will go.
    ("activity", "i8"), ("waiting_until", "f8"), ("task_ends", "f8"), ("since", "f8"), ("task_began", "f8"),
    ("team", "i8"), ("slot", "i8"), ("queue", "i8"),  # root of the heap of waiting meetings
    ("queue_count", "i8"), ("meeting_deal", "i8"),  # deal that is met
    ("awaitable", "i8"),  # protected sessions that the rep has not waited for yet
    ("leaving", "i8"),  # -1, or the reason
    ("number", "i8"), ("hire", "i8"), ("filled", "?"), ("chosen_for_coaching", "?"), ("closed", "?"), ("gone", "?"),
    ("noticing", "f8"),
    ("hours", "f8", (_USES_OF_A_REP,)), ("handling_hours", "f8"),
    ("deals", "i8"), ("deals_count", "i8"), ("deals_named", "i8"),  # first of a chain
    ("meetings", "i8", (_STAGES,)),
    ("hired_at", "f8"), ("ability", "f8"), ("stage_z", "f8", (_STAGES,)), ("focus", "f8", (_STAGES,)), ("gain", "f8"),
    ("place_in_team", "i8"), ("dose", "f8"), ("clarity", "f8"),
    ("prospected", "f8"), ("prospecting", "f8"), ("face_to_face_share", "f8"), ("attention", "f8"),
    ("one_to_one_day", "i8"),  # -1 for none
    ("one_to_ones_named", "i8"), ("fetched", "i8"),  # deal that was asked for last, for `ahead`
    ("coached_dose", "f8"),
    ("wins", "i8"), ("sales", "f8"), ("sold", "f8"), ("sold_at_hire", "f8"),
    ("trailing_sales", "f8"), ("trailing_weeks", "f8"), ("sold_by_week", "f8", (52,)),
])
"""As `reference.state.Seat`; a team's seats lie side by side, those to be added included."""

SEAT_PLAN: Any = _record([
    ("number", "i8"), ("opens", "i8"), ("closes", "i8"),  # weeks
    ("own_buyers", "?"), ("beyond", "i8"),  # slot after the team's last seat
    ("comes_from", "i8"),  # slot of the seat that a new team takes over, or -1
    ("deal_value_factor", "f8"), ("arrivals_per_hour", "f8"), ("quota_per_year", "f8"),
])
"""What is known beforehand of the seat in the same slot, as `model.people_plan.PlannedSeat`."""

SEAT_WORD: Any = _record([("value", "i8")])
"""Eight bytes of a seat, for copying."""
SEAT_WORDS = SEAT.itemsize // SEAT_WORD.itemsize

TEAM: Any = _record([
    ("number", "i8"), ("busy", "?"), ("meeting_on", "?"), ("manager_in_meeting", "?"),
    ("review_planned", "?"), ("reviewed", "?"), ("natural_coach", "?"), ("trainable", "?"),
    ("trained", "?"), ("reaches_all", "?"), ("shares_territories", "?"),
    ("first_seat", "i8"), ("seats_count", "i8"), ("idle_seats", "i8"),  # bits of those free or waiting
    ("sessions_first", "i4", (2,)), ("sessions_last", "i4", (2,)),  # protected, unprotected
    ("blocks_first", "i8"), ("blocks_last", "i8"), ("heroics_first", "i8"), ("heroics_last", "i8"),
    ("activity", "i8"), ("since", "f8"), ("hours", "f8", (len(events.MANAGER_USES),)),
    ("task", "i8"), ("task_began", "f8"), ("hero_deal", "i8"), ("hero_row", "i8"),
    ("meeting_began", "f8"), ("adherence", "f8"), ("quality", "f8"),
    ("own_selling_credit", "f8"), ("booked_hours", "f8"), ("allowance_left", "f8"),
    ("appointment", "i8"), ("people_skill", "f8"), ("clarity_offset", "f8"), ("clarity", "f8"),
    ("blocks_created", "i8"), ("duties", "f8", (len(events.DUTIES),)), ("owed_hours", "f8", (len(events.DUTIES),)),
    ("planned", "f8", (len(events.PLANNED_USES),)), ("one_to_one_hours", "f8"), ("sittings", "i8"),
    ("daily_allowance", "f8"), ("rotation", "i8"),
    *((what, "i8", (len(events.SESSIONS),)) for what in tables.SESSION_COUNTS),
    ("errands_kept", "i8"), ("errands_dropped", "i8"), ("information_released", "i8"),
    ("information_lapsed", "i8"), ("others_lapsed", "i8"), ("heroics_begun", "i8"),
    ("heroics_done", "i8"), ("own_wins", "i8"), ("own_sales", "f8"),
    ("levers", "i8"), ("effort", "f8"), ("status_quo", "i8"),  # slots of the policy in force and of the status quo
    ("seats_at_start", "i8"), ("begins", "i8"),  # week
    ("tastes", "i8"),  # added to an appointment in the name of whom the manager prefers
    ("deal_value_factor", "f8"),
    ("cover", "f8"),  # effective time per hour of its reps
    ("of_stratum", "i8"),  # number of the team whose first manager is from this slot's stratum
])
"""As `reference.state.Team`."""

DEAL: Any = _record([
    ("territory", "i8"), ("number", "i8"),  # -1, -1 while the slot is free
    ("meetings", "i8"), ("stage", "i8"), ("due", "f8"), ("overdue_weeks", "f8"),
    ("gap", "f8"), ("pace", "f8"), ("value_z", "f8"), ("row", "i8"),
    ("status", "i8"), ("seat", "i8"), ("team", "i8"), ("pre_call", "i8"),
    ("named", "?"), ("relieved", "?"), ("pulled", "?"), ("handovers", "i8"), ("hero_hours_left", "i8"),
    ("before", "i8"), ("after", "i8"),  # among the seat's deals
    ("left", "i8"), ("right", "i8"),  # in the seat's queue
    ("next_hero", "i8"), ("next_sorted", "i8"), ("log_size", "f8"),  # 3 cache lines
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

TIMER: Any = _record([("time", "f8"), ("key", "i8"), ("slot", "i8")])
"""What happens when, in which place among the events of its instant, and to whom."""

FAR_TIMER: Any = _record([("time", "f8"), ("key", "i8"), ("slot", "i8"), ("after", "i8")])
"""A timer that still lies in a bucket of the calendar."""

BUCKET: Any = _record([("first", "i4")])
"""A bucket's first timer. Few bytes, since it is met at random."""

LINK: Any = _record([("to", "i8")])
"""A number by itself: touched teams, a seat in order of creation, the week of a team's roll-out."""

NUMBER: Any = _record([("value", "f8")])
"""One of the values of a table of data."""

TEAMS_PER_WORD = 32  # as bits of a number that stays positive
SEATS_IN_WORD = 62  # the first seats of a team as bits; the others, if any, are always looked at
NONE_TOUCHED = 1 << 20  # beyond every word

OPPORTUNITY: Any = np.dtype((np.record, tables.OPPORTUNITIES_DTYPE))
REP_ROW: Any = _grouped(
    tables.REPS_DTYPE, stage_z=[f"stage_skill_{stage}" for stage in events.STAGES],
    hours=[f"{use}_hours" for use in events.REP_USES], meetings=[f"{stage}_meetings" for stage in events.STAGES])
MANAGER_ROW: Any = _grouped(
    tables.MANAGERS_DTYPE, planned=[f"planned_{use}_hours" for use in events.PLANNED_USES],
    hours=[f"{use}_hours" for use in events.MANAGER_USES],
    **{what: [f"{kind}s_{what}" for kind in events.SESSIONS] for what in tables.SESSION_COUNTS})
PEOPLE_ROW: Any = _record([("counts", "i4", (5,)), ("won", "f8", (2,))])  # $ won by us and by rivals
TRACE_ROW: Any = np.dtype((np.record, events.TRACE_DTYPE))

POOLS: dict[str, Any] = {
    "plan": PLAN, "levers": LEVERS, "seats": SEAT, "teams": TEAM, "deals": DEAL, "sessions": SESSION,
    "blocks": BLOCK, "near": TIMER, "far": FAR_TIMER, "buckets": BUCKET, "created": LINK, "seat_plans": SEAT_PLAN,
    "rollouts": LINK, "touched": LINK, "quantiles": NUMBER, "seasons": NUMBER,
    "opportunities": OPPORTUNITY, "rep_rows": REP_ROW, "manager_rows": MANAGER_ROW,
    "people_rows": PEOPLE_ROW, "trace": TRACE_ROW,
}
"""Every pool of records by name."""

CONSTANT_POOLS = ("plan", "levers", "seat_plans", "rollouts", "quantiles", "seasons")
"""Pools that follow from the scenario and that the engine never writes to; all others are state."""

FIRM: Any = _record([
    *((name, "i8") for name in POOLS),  # address of each pool
    *((f"{name}_used", "i8") for name in POOLS),  # slots that were ever in use
    *((f"{name}_room", "i8") for name in POOLS),  # slots that may be in use before memory must grow
    ("deals_free", "i8"), ("sessions_free", "i8"), ("blocks_free", "i8"), ("far_free", "i8"),  # first free
    ("now", "f8"), ("start_hour", "f8"), ("end_hour", "f8"),
    ("bucket", "i8"), ("buckets_per_hour", "f8"),
    ("looks_ahead", "?"), ("scouts", "i8", (2,)), ("scouts_buckets", "i8", (2,)),  # far timers that `ahead` looks at
    ("touched_first", "i8"), ("touched_last", "i8"),
    ("started", "?"), ("short", "?"), ("stops_at_switch", "?"), ("slice_events", "i8"), ("slice_ends", "i8"),
    ("tracing", "?"), ("trace_capacity", "i8"), ("status_quos", "i8"), ("weeks_of_adoption", "i8"),
    ("mean_skills", "f8", (_STAGES,)),
    ("seed", "i8"), ("replicate", "i8"), ("week", "i8"), ("day", "i8"), ("events", "i8"),
    ("most_deals", "i8"), ("rivals_answer", "f8"),
])
"""The firm: where its pools are, and what there is one of."""


plan_of: Only[records.PlanRecord] = only("plan", PLAN)
levers_at: At[records.LeversRecord] = pool("levers", LEVERS)
seat_at: At[records.SeatRecord] = pool("seats", SEAT)
team_at: At[records.TeamRecord] = pool("teams", TEAM)
deal_at: At[records.DealRecord] = pool("deals", DEAL)
session_at: At[records.SessionRecord] = pool("sessions", SESSION)
block_at: At[records.BlockRecord] = pool("blocks", BLOCK)
timer_at: At[records.TimerRecord] = pool("near", TIMER)
far_timer_at: At[records.FarTimerRecord] = pool("far", FAR_TIMER)
bucket_at: At[records.BucketRecord] = pool("buckets", BUCKET)
created_at: At[records.LinkRecord] = pool("created", LINK)
seat_word_at: At[records.SeatWordRecord] = pool("seats", SEAT_WORD)
seat_plan_at: At[records.SeatPlanRecord] = pool("seat_plans", SEAT_PLAN)
rollout_at: At[records.LinkRecord] = pool("rollouts", LINK)
touched_at: At[records.LinkRecord] = pool("touched", LINK)
quantile_at: At[records.NumberRecord] = pool("quantiles", NUMBER)
season_at: At[records.NumberRecord] = pool("seasons", NUMBER)
opportunity_at: At[records.OpportunityRecord] = pool("opportunities", OPPORTUNITY)
rep_row_at: At[records.RepRowRecord] = pool("rep_rows", REP_ROW)
manager_row_at: At[records.ManagerRowRecord] = pool("manager_rows", MANAGER_ROW)
people_row_at: At[records.PeopleRowRecord] = pool("people_rows", PEOPLE_ROW)
trace_row_at: At[records.TraceRowRecord] = pool("trace", TRACE_ROW)

# What stands first in a seat and in a team is what most events touch.
fetch_seat: At[None] = early("seats", SEAT, 192)
fetch_team: At[None] = early("teams", TEAM, 320)
fetch_seat_plan: At[None] = early("seat_plans", SEAT_PLAN)
fetch_deal: At[None] = early("deals", DEAL)
fetch_far_timer: At[None] = early("far", FAR_TIMER)
fetch_opportunity: At[None] = early("opportunities", OPPORTUNITY)
