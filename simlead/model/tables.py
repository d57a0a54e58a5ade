"""The four tables every engine fills, as numpy dtypes, each field with its unit.

`opportunities` has a row per buying opportunity; `reps` a row per seat and week;
`managers` a row per team and week; `weeks` a row per week of the firm. Weeks are numbered
from the switch: week 0 is its first, week -1 the last of the warm-up. Hours and counts
belong to the week in which they fell. Measures are computed from these tables alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from simlead.model.events import MANAGER_USES, PLANNED_USES, REP_USES, SESSIONS

SESSION_COUNTS: Final = ("booked", "held", "lapsed")

OPPORTUNITIES_DTYPE: Final = np.dtype([
    ("territory", "i4"),
    ("number", "i4"),  # the territory's n-th opportunity, from 0
    ("team", "i4"),
    ("seat", "i4"),  # who works it at last; the territory's own seat if nobody does
    ("noticed", "?"),
    ("stage", "i1"),  # furthest stage reached: 0 discovery, 1 qualified, 2 proposal
    ("meetings", "i1"),  # held
    ("outcome", "i1"),  # events.OUTCOMES
    ("silent", "?"),  # failed a gate as no decision and still (or till its end) silent
    ("abandoned", "?"),  # lost because its rep left or nobody was there
    ("pre_calls", "i1"),  # bit s: a pre-call was held for gate s
    ("post_calls", "i1"),  # bit s: a post-call was held after gate s
    ("heroics", "i1"),  # 0 none, 1 begun, 2 done in time
    ("relieved", "?"),  # lost half its overdue weeks after a KPI review
    ("handovers", "i2"),
    ("arrived", "f8"),  # hours
    ("value", "f8"),  # $, as of its arrival
    ("pace_hours", "f8"),  # the buyer's own time
    ("overdue_weeks", "f8"),
    ("skill", "f8"),  # SD, of its rep at the last gate decided; nan before
    ("discovery_gate", "f8"),  # hours; nan before
    ("qualified_gate", "f8"),
    ("proposal_gate", "f8"),
    ("decided", "f8"),  # hours; when the outcome was known; nan while open
    ("won_value", "f8"),  # $, what a won deal is worth; 0 otherwise
])

REPS_DTYPE: Final = np.dtype([
    ("week", "i4"),
    ("team", "i4"),
    ("seat", "i4"),
    ("hire", "i4"),  # the seat's n-th rep; of a vacant seat, the last one
    ("filled", "?"),  # at the week's end
    ("chosen_for_coaching", "?"),  # the manager coaches this rep in this week, hours and errands permitting
    ("tenure_weeks", "f8"),  # at the week's end; nan while vacant
    ("ability", "f8"),  # SD
    ("stage_skill_discovery", "f8"),  # SD, added to ability
    ("stage_skill_qualified", "f8"),
    ("stage_skill_proposal", "f8"),
    ("coaching_gain", "f8"),  # C, log-points
    ("dose", "f8"),  # smoothed coaching hours per month
    ("clarity", "f8"),  # 0-1
    *((f"{use}_hours", "f8") for use in REP_USES),
    ("effective_prospecting_hours", "f8"),  # hours times effort
    ("face_to_face_hours", "f8"),  # part of customer_hours: with the customer
    ("discovery_meetings", "i2"),  # held in the week
    ("qualified_meetings", "i2"),
    ("proposal_meetings", "i2"),
    ("wins", "i2"),
    ("sales", "f8"),  # $ won in the week
    ("queue", "i2"),  # meetings waiting at the week's end
    ("open_deals", "i2"),  # not silent, at the week's end
])

MANAGERS_DTYPE: Final = np.dtype([
    ("week", "i4"),
    ("team", "i4"),
    ("appointment", "i4"),  # at the week's end
    ("quality", "f8"),  # Q
    ("people_skill", "f8"),  # SD
    ("natural_coach", "?"),
    ("trainable", "?"),
    ("clarity", "f8"),
    ("adherence", "f8"),  # chi: probability that a session is protected
    ("kpi_review", "?"),  # held this week
    *((f"planned_{use}_hours", "f8") for use in PLANNED_USES),  # people: other than coaching
    *((f"{use}_hours", "f8") for use in MANAGER_USES),  # people: other than coaching
    *((f"{kind}s_{what}", "i2") for what in SESSION_COUNTS for kind in SESSIONS),
    ("errands_kept", "i2"),
    ("errands_dropped", "i2"),
    ("information_blocks_lapsed", "i2"),  # duties only
    ("other_blocks_lapsed", "i2"),  # other duties, errands and own selling
    ("heroics_begun", "i2"),
    ("heroics_done", "i2"),
    ("own_wins", "i2"),
    ("own_sales", "f8"),  # $ won by the manager's own selling
])

WEEKS_DTYPE: Final = np.dtype([
    ("week", "i4"),
    ("growth_index", "f8"),  # deal value relative to the switch, at the week's end
    ("arrivals", "i4"),
    ("noticed", "i4"),
    ("discovery_meetings", "i4"),
    ("qualified_meetings", "i4"),
    ("proposal_meetings", "i4"),
    ("discovery_gates", "i4"),  # decided in the week
    ("qualified_gates", "i4"),
    ("proposal_gates", "i4"),
    ("discovery_passed", "i4"),
    ("qualified_passed", "i4"),
    ("proposal_won", "i4"),
    ("wins", "i4"),  # by reps and by managers
    ("revenue", "f8"),  # $, by reps and by managers
    ("commissionable", "f8"),  # $, by reps
    ("rival_value", "f8"),  # $ won by rivals
    ("no_decisions", "i4"),  # known in the week, noticed or not
    ("rival_wins", "i4"),
    ("discovery_open", "i4"),  # deals in the stage at the week's end, silent ones apart
    ("qualified_open", "i4"),
    ("proposal_open", "i4"),
    ("silent_open", "i4"),
    ("discovery_value", "f8"),  # $ in the stage at the week's end
    ("qualified_value", "f8"),
    ("proposal_value", "f8"),
    ("seats", "i4"),
    ("filled_seats", "i4"),  # at the week's end
    ("quits", "i4"),
    ("promotions", "i4"),
    ("hires", "i4"),
    ("manager_exits", "i4"),  # left or replaced
    ("managers_from_outside", "i4"),
])
