"""The walk: one timer after another, and a settling pass when an instant is over."""

# mypy: disable-error-code=no-any-return
# (a field of a record can be anything to the type checker)

from __future__ import annotations

from typing import Any

from simlead.engines.compiled import (
    calendar,
    coaching,
    managers,
    market,
    opening,
    people,
    pipeline,
    reps,
    settling,
)
from simlead.engines.compiled.ahead import fetch_what_is_next, look_ahead
from simlead.engines.compiled.layout import Record, deal_at, seat_at, timer_at
from simlead.engines.compiled.memory import entry, inlined
from simlead.engines.compiled.timers import drop_first, instant_is_over, next_comes
from simlead.model import events


@inlined
def is_short(firm: Record) -> bool:
    """Could one more event with its settling pass fill a pool? Rooms leave that much free."""
    return (
        firm.near_used > firm.near_room or firm.far_used > firm.far_room
        or firm.deals_used > firm.deals_room or firm.sessions_used > firm.sessions_room
        or firm.blocks_used > firm.blocks_room or firm.opportunities_used > firm.opportunities_room
        or firm.trace_used > firm.trace_room)


@entry
def walk(firms: Any) -> bool:
    """Go on until the end (true), or until memory is short (false): to be called again with more."""
    firm = firms[0]
    if not firm.started:
        firm.started = True
        opening.open_firm(firm)
    while True:
        if firm.touched_last >= 0 and instant_is_over(firm):
            settling.settle(firm)
        if not next_comes(firm):
            break
        if is_short(firm):
            return False
        timer = timer_at(firm, 0)
        firm.now = timer.time
        place, slot = timer.place, timer.slot
        drop_first(firm)
        if firm.looks_ahead:
            look_ahead(firm)
            fetch_what_is_next(firm)
        kind, entity, index = (place >> 56) - 2, (place >> 36) & 0xFFFFF, place & 0xFFFFFFFFF
        if kind == events.REP_TASK_ENDS:
            reps.task_ends(firm, slot)
        elif kind == events.MEETING_DUE:
            pipeline.meeting_due(firm, slot, entity, index)
        elif kind == events.MANAGER_TASK_ENDS:
            managers.task_ends(firm, slot)
        elif kind == events.OPPORTUNITY_ARRIVES:
            market.opportunity_arrives(firm, slot, index)
        elif kind == events.ERRAND_ARRIVES:
            managers.errand_arrives(firm, slot, index)
        elif kind == events.ELSEWHERE_DECIDES:
            market.elsewhere_decides(firm, slot, entity, index)
        elif kind == events.SESSION_ENDS:
            reps.set_free(firm, seat_at(firm, coaching.end(firm, slot)))
        elif kind == events.PRE_CALL_OPENS:
            pipeline.pre_call_opens(firm, slot, entity, index)
        elif kind == events.POST_CALL_EXPIRES:
            coaching.expire(firm, slot, entity, index)
        elif kind == events.SILENCE_ENDS:
            pipeline.silence_ends(firm, slot, entity, index)
        elif kind == events.PATIENCE_EXPIRES:
            reps.patience_expires(firm, slot)
        elif kind == events.TEAM_MEETING_BEGINS:
            managers.team_meeting_begins(firm, slot)
        elif kind == events.TEAM_MEETING_ENDS:
            managers.team_meeting_ends(firm, slot)
        elif kind == events.DAY_BEGINS:
            calendar.day_begins(firm)
        elif kind == events.WEEK_BEGINS:
            calendar.week_begins(firm)
        elif kind == events.REP_HIRED:
            people.hired(firm, slot)
        elif kind == events.MANAGER_LEAVES:
            people.manager_leaves(firm, slot, index)
    for slot in range(firm.deals_used):
        if deal_at(firm, slot).territory >= 0:
            pipeline.write_down(firm, slot)
    return True
