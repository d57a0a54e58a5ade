"""Kinds of events, their order at the same instant, and their rows in the trace.

Every timed event belongs to a kind. At one instant timed events apply in the order of
(rank of kind, entity, index); the ranks stand in `PRIORITY`. A week and a day begin
before anything else of their first instant, which thus belongs to them in every table;
expiries rank last. Sessions go by their seat, rep tasks by theirs. When the last event
has applied, one dispatch pass per team matches who is free: the manager first, then the
reps in seat order. Nothing is scheduled with zero delay.

Kinds numbered from `FIRST_CONSEQUENCE` are not timed: they record what an event or a
dispatch pass brought about, at the same instant, right after its cause. A session is
named by (seat, weeks since the start * 64 + number) if it is a one-to-one, and by
(territory, n * 4 + stage) if it is a call.
"""

from __future__ import annotations

from typing import Final

import numpy as np

# Timed events.
WEEK_BEGINS: Final = 1  # actor 0, entity 0, index weeks since start
DAY_BEGINS: Final = 2  # actor 0, entity 0, index days since start
REP_TASK_ENDS: Final = 3  # actor seat, entity seat, index hire, detail use, value when it began
SESSION_ENDS: Final = 4  # actor seat, entity and index name the session, detail its kind, value began
MANAGER_TASK_ENDS: Final = 5  # actor team, entity team, index appointment, detail manager task, value began
TEAM_MEETING_ENDS: Final = 6  # actor team, entity team, index weeks since start, detail reps present, value began
OPPORTUNITY_ARRIVES: Final = 7  # actor seat, entity territory, index n, detail noticed, value $ (today's)
MEETING_DUE: Final = 8  # actor seat, entity territory, index n, detail meeting 0-9, value the buyer's gap
PRE_CALL_OPENS: Final = 9  # actor seat, entity territory, index n, detail stage, value 1 booked, 0 no budget
SILENCE_ENDS: Final = 10  # actor seat, entity territory, index n, detail stage it failed, value when
ELSEWHERE_DECIDES: Final = 11  # actor team, entity territory, index n, detail outcome, value $
ERRAND_ARRIVES: Final = 12  # actor team, entity team, index n, detail 1 kept, 0 dropped by a clear role
REP_HIRED: Final = 13  # actor seat, entity seat, index hire, detail 0, value ability
MANAGER_LEAVES: Final = 14  # actor team, entity team, index appointment, detail 0, value now
TEAM_MEETING_BEGINS: Final = 15  # actor team, entity team, index weeks since start, detail 1 with review
POST_CALL_EXPIRES: Final = 16  # timer of a booked debrief; leaves a SESSION_LAPSES row if it mattered
PATIENCE_EXPIRES: Final = 17  # timer of a waiting rep; the dispatch pass at its instant still may match

FIRST_CONSEQUENCE: Final = 32
TASK_BROKEN_OFF: Final = 32  # actor seat, entity seat, index hire, detail use, value when it began
SESSION_BEGINS: Final = 33  # actor seat, entity and index name it, detail its kind, value 1 protected
SESSION_LAPSES: Final = 34  # actor seat, entity and index name it, detail its kind, value now
BLOCK_LAPSES: Final = 35  # actor team, entity team, index block number, detail manager task, value created
MEETING_HELD: Final = 36  # actor seat, entity territory, index n, detail meeting 0-9, value overdue weeks
GATE: Final = 37  # actor seat, entity territory, index n, detail stage*8 + outcome, value probability to pass
DEAL_NAMED: Final = 38  # actor seat, entity territory, index n, value overdue weeks
DEAL_RELIEVED: Final = 39  # actor seat, entity territory, index n, value overdue weeks left
DEAL_HANDED_OVER: Final = 40  # actor new seat, entity territory, index n, detail handovers, value old seat
DEAL_ABANDONED: Final = 41  # actor seat, entity territory, index n, detail outcome, value overdue weeks
HEROICS_BEGIN: Final = 42  # actor team, entity territory, index n, detail hours, value now
HEROICS_DONE: Final = 43  # actor team, entity territory, index n, detail 0, value now
HEROICS_FORFEITED: Final = 44  # actor team, entity territory, index n, detail hours left, value now
REP_LEAVES: Final = 45  # actor seat, entity seat, index hire, detail leaving reason, value tenure in weeks
MANAGER_APPOINTED: Final = 46  # actor team, entity team, index appointment, detail origin, value quality
WAITING_ENDS: Final = 47  # actor seat, entity seat, index hire, detail 1 in vain, value when it began
SEAT_ADDED: Final = 48  # actor seat, entity seat, index 0, detail 1 with buyers of its own, value ability
SEAT_MOVES: Final = 49  # actor seat, entity seat, index the new team, detail the old team, value open deals

KIND_NAMES: Final[dict[int, str]] = {
    value: name for name, value in list(globals().items())
    if name.isupper() and isinstance(value, int) and not name.startswith("FIRST_")
}
"""Kind number -> name, for people."""

PRIORITY: Final[dict[int, int]] = {kind: rank for rank, kind in enumerate((
    WEEK_BEGINS, DAY_BEGINS, REP_TASK_ENDS, SESSION_ENDS, MANAGER_TASK_ENDS, TEAM_MEETING_ENDS, OPPORTUNITY_ARRIVES,
    MEETING_DUE, PRE_CALL_OPENS, SILENCE_ENDS, ELSEWHERE_DECIDES, ERRAND_ARRIVES, REP_HIRED, MANAGER_LEAVES,
    TEAM_MEETING_BEGINS, POST_CALL_EXPIRES, PATIENCE_EXPIRES), start=3)}
"""The rank of each timed kind among the events of one instant, lowest first; 0 and 1 are SimPy's own."""

RANK_OF_KIND: Final = tuple(PRIORITY.get(kind, -1) for kind in range(FIRST_CONSEQUENCE))
KIND_OF_RANK: Final = (0, 0, 0, *PRIORITY)

# What a rep's hour is used for. Each use has a column of the table of reps and a measure of its own.
REP_USES: Final = ("vacant", "free", "team_meeting", "coaching", "customer", "prospecting", "waiting")
VACANT, FREE, TEAM_MEETING, COACHED, CUSTOMER, PROSPECTING, WAITING = range(len(REP_USES))

# What a manager's hour is used for, one category of the time split each; and what hours are planned for.
MANAGER_USES: Final = (
    "unallocated", "people", "coaching", "information", "customers", "admin", "other")
UNALLOCATED, PEOPLE, COACHING, INFORMATION, CUSTOMERS, ADMIN, OTHER = range(len(MANAGER_USES))
PLANNED_USES: Final = ("coaching", "people", "information", "admin", "own_selling")
PLANNED_COACHING, PLANNED_PEOPLE, PLANNED_INFORMATION, PLANNED_ADMIN, PLANNED_OWN_SELLING = range(len(PLANNED_USES))

# Manager tasks other than coaching, with their categories.
MANAGER_TASKS: Final = (
    "preparation", "people_duty", "information_duty", "admin_duty", "own_selling",
    "information_errand", "other_errand", "heroics")
(PREPARATION, PEOPLE_DUTY, INFORMATION_DUTY, ADMIN_DUTY, OWN_SELLING, INFORMATION_ERRAND,
 OTHER_ERRAND, HEROICS) = range(len(MANAGER_TASKS))
TASK_USE: Final = (PEOPLE, PEOPLE, INFORMATION, ADMIN, CUSTOMERS, INFORMATION, OTHER, CUSTOMERS)
DUTIES: Final = (INFORMATION_DUTY, ADMIN_DUTY, PEOPLE_DUTY, OWN_SELLING)  # as they land on the desk each day

# Coaching sessions.
ONE_TO_ONE, PRE_CALL, POST_CALL = range(3)
SESSIONS: Final = ("one_to_one", "pre_call", "post_call")

# Stages and the meetings in each: ten in a won deal (V101).
DISCOVERY, QUALIFIED, PROPOSAL = range(3)
STAGES: Final = ("discovery", "qualified", "proposal")
MEETINGS: Final = (2, 3, 5)
FIRST_MEETING: Final = (0, 2, 5)
MEETINGS_IN_A_WON_DEAL: Final = 10

# How an opportunity ends. OPEN has not ended; a silent one failed a gate and has not said so yet.
OPEN, WON, WON_BY_MANAGER, NO_DECISION, RIVAL = range(5)
OUTCOMES: Final = ("open", "won", "won_by_manager", "no_decision", "rival")
PASSED: Final = 7  # a gate that is not the last was passed

# Why a rep left, and where a manager came from.
QUIT, PROMOTED, SEAT_CLOSES = range(3)
LEAVING_REASONS: Final = ("quit", "promoted", "seat_closes")
FIRST_APPOINTMENT, FROM_THE_TEAM, FROM_OUTSIDE = range(3)
ORIGINS: Final = ("first", "team", "outside")

TRACE_DTYPE: Final = np.dtype([
    ("time", "f8"),  # business hours, 0 is the switch
    ("value", "f8"),
    ("kind", "i2"),
    ("detail", "i2"),
    ("actor", "i4"),
    ("entity", "i4"),
    ("index", "i4"),
])
"""One row of a trace; what `value`, `detail`, `actor`, `entity` and `index` hold stands at each kind."""


def priority_key(kind: int, entity: int, index: int) -> int:
    """An integer that sorts events of one instant by (rank of kind, entity, index).

    >>> priority_key(REP_TASK_ENDS, 9, 9) < priority_key(SESSION_ENDS, 0, 0) < priority_key(SESSION_ENDS, 0, 1)
    True
    """
    return (RANK_OF_KIND[kind] << 56) | (entity << 36) | index
