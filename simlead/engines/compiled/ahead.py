"""Prefetching: requests for memory before it is needed.

In a large firm nearly every record that an event touches has been forgotten by the
processor since it was last touched, and fetching one takes as long as an event. But the
calendar knows who is next: some buckets before a timer is due, scouts ask for its record;
when its bucket is opened, for what that record leads to; and when it stands first in the
heap, for what that leads to. Nothing here changes anything that a run can see.
"""

from __future__ import annotations

from simlead.engines.compiled.layout import (
    bucket_at,
    deal_at,
    far_timer_at,
    fetch_deal,
    fetch_far_timer,
    fetch_opportunity,
    fetch_seat,
    fetch_seat_plan,
    fetch_team,
    seat_at,
    timer_at,
)
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, TeamRecord
from simlead.model import events


@part
def look_ahead(firm: FirmRecord) -> None:
    """Ask for what one more of the timers some buckets ahead will need.

    Two scouts take turns, one in the even buckets and one in the odd, so that each
    timer of a chain has time to arrive.
    """
    which = firm.events & 1
    there = firm.scouts[which]
    if there < 0 or firm.scouts_buckets[which] <= firm.bucket + 1:
        bucket = max(firm.scouts_buckets[which], firm.bucket + 1 + ((firm.bucket + 1 + which) & 1)) + 2
        if bucket > firm.bucket + 4 or bucket >= firm.buckets_used:
            return
        firm.scouts_buckets[which] = bucket
        firm.scouts[which] = there = int(bucket_at(firm, bucket).first)
        if there >= 0:
            fetch_far_timer(firm, there)
        return
    timer = far_timer_at(firm, there)
    firm.scouts[which] = timer.after
    if timer.after >= 0:
        fetch_far_timer(firm, timer.after)
    kind, slot = events.KIND_OF_RANK[timer.key >> 56], timer.slot
    if kind == events.REP_TASK_ENDS or kind == events.OPPORTUNITY_ARRIVES:
        fetch_seat(firm, slot)
        if kind == events.OPPORTUNITY_ARRIVES:
            fetch_seat_plan(firm, slot)
    elif kind == events.MEETING_DUE:
        fetch_deal(firm, slot)
    elif kind == events.MANAGER_TASK_ENDS or kind == events.ERRAND_ARRIVES:
        fetch_team(firm, slot)
    elif kind == events.ELSEWHERE_DECIDES or kind == events.SILENCE_ENDS:
        fetch_opportunity(firm, slot)


@part
def fetch_what_follows(firm: FirmRecord, key: int, slot: int) -> None:
    """Ask for what the records of a timer lead to; they themselves have been asked for."""
    kind = events.KIND_OF_RANK[key >> 56]
    if kind == events.REP_TASK_ENDS:
        seat = seat_at(firm, slot)
        if seat.activity == events.CUSTOMER:
            fetch_deal(firm, seat.meeting_deal)
        if seat.queue >= 0:
            fetch_deal(firm, seat.queue)
    elif kind == events.MEETING_DUE:
        deal = deal_at(firm, slot)
        if deal.territory >= 0:
            seat = seat_at(firm, deal.seat)
            if seat.queue >= 0:
                fetch_deal(firm, seat.queue)


@part
def fetch_what_is_next(firm: FirmRecord) -> None:
    """Ask for what the first timer of the heap leads to at two removes."""
    if firm.near_used > 0:
        timer = timer_at(firm, 0)
        if events.KIND_OF_RANK[timer.key >> 56] == events.REP_TASK_ENDS:
            seat = seat_at(firm, timer.slot)
            if seat.activity == events.CUSTOMER:
                fetch_opportunity(firm, deal_at(firm, seat.meeting_deal).row)
            if seat.queue >= 0:
                waiting = deal_at(firm, seat.queue)
                if waiting.left >= 0:
                    fetch_deal(firm, waiting.left)
                if waiting.right >= 0:
                    fetch_deal(firm, waiting.right)


@part
def fetch_deals_of(firm: FirmRecord, team: TeamRecord) -> None:
    """Ask for the team's open deals, one of each seat's at a time: along a chain they would come one by one."""
    more = False
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        seat.fetched = seat.deals
        if seat.fetched >= 0:
            fetch_deal(firm, seat.fetched)
            more = True
    while more:
        more = False
        for slot in range(team.first_seat, team.first_seat + team.seats_count):
            seat = seat_at(firm, slot)
            if seat.fetched >= 0:
                seat.fetched = deal_at(firm, seat.fetched).after
                if seat.fetched >= 0:
                    fetch_deal(firm, seat.fetched)
                    more = True
