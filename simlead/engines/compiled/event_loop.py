"""The event loop: one timer after another, and a dispatch pass when an instant is over."""

from __future__ import annotations

from typing import Any

from simlead.engines.compiled import (
    calendar,
    coaching,
    dispatch,
    initial_state,
    managers,
    market,
    people,
    pipeline,
    reps,
)
from simlead.engines.compiled.ahead import fetch_what_is_next, look_ahead
from simlead.engines.compiled.layout import deal_at, seat_at, timer_at
from simlead.engines.compiled.memory import entry
from simlead.engines.compiled.records import FirmRecord
from simlead.engines.compiled.timers import drop_first, instant_is_over, later, next_comes
from simlead.model import events


@entry
def event_loop(firms: Any) -> bool:
    """Go on until the end (true); false where the caller has a turn: to be called again.

    The caller has a turn when memory is short, when a slice of events is over, so that Python can
    heed a signal, and once before the week of the switch begins if the firm `stops_at_switch`.
    """
    firm: FirmRecord = firms[0]
    firm.slice_ends = firm.events + firm.slice_events
    if not firm.started:
        firm.started = True
        initial_state.set_up(firm)
    while True:
        if firm.touched_last >= 0 and instant_is_over(firm):
            dispatch.dispatch_teams(firm)
        if not next_comes(firm):
            break
        if firm.short:
            return False
        timer = timer_at(firm, 0)
        firm.now = timer.time
        key, slot = timer.key, timer.slot
        drop_first(firm)
        if firm.looks_ahead:
            look_ahead(firm)
            fetch_what_is_next(firm)
        kind, entity, index = events.KIND_OF_RANK[key >> 56], (key >> 36) & 0xFFFFF, key & 0xFFFFFFFFF
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
            if firm.events >= firm.slice_ends:
                return False
        elif kind == events.WEEK_BEGINS:
            if firm.stops_at_switch and firm.now == 0.0:
                firm.stops_at_switch = False
                later(firm, events.WEEK_BEGINS, 0, 0, 0.0, 0)
                return False
            calendar.week_begins(firm)
        elif kind == events.REP_HIRED:
            people.hired(firm, slot)
        elif kind == events.MANAGER_LEAVES:
            people.manager_leaves(firm, slot, index)
    for slot in range(firm.deals_used):
        if deal_at(firm, slot).territory >= 0:
            pipeline.write_down(firm, slot)
    return True
