"""Managers: arriving tasks, and the choice of the next task."""

from __future__ import annotations

from simlead.engines.compiled import coaching, reps
from simlead.engines.compiled.ahead import fetch_deals_of
from simlead.engines.compiled.firm import (
    engage,
    exponential,
    index_since_base_year,
    on_grid,
    record,
    record_event,
    touch,
    uniform,
    weeks_since_start,
)
from simlead.engines.compiled.layout import (
    PROTECTED,
    UNPROTECTED,
    block_at,
    deal_at,
    levers_at,
    opportunity_at,
    plan_of,
    seat_at,
    team_at,
)
from simlead.engines.compiled.lists import drop_heroics, in_order, put_block, take_block
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.engines.compiled.timers import later
from simlead.model import draws, events
from simlead.model.events import TASK_USE
from simlead.model.rules import managers
from simlead.model.units import HOURS_PER_WEEK, HOURS_PER_YEAR


@inlined
def task_ends(firm: FirmRecord, slot: int) -> None:
    """A block of duty, an errand, an hour of own selling, or an hour of heroics is done."""
    team = team_at(firm, slot)
    record_event(firm, events.MANAGER_TASK_ENDS, team.task, team.number, team.number, team.appointment,
             team.task_began)
    if team.task == events.OWN_SELLING:
        plan = plan_of(firm)
        team.own_selling_credit += managers.own_selling_credit(
            plan.own_selling_productivity, plan.ramped_revenue_per_year,
            firm.now - team.task_began, HOURS_PER_YEAR,
            index_since_base_year(firm, 0.0) * team.deal_value_factor)
    elif team.task == events.HEROICS:
        _heroic_hour_done(firm, team)
    engage(firm, team, events.UNALLOCATED)
    touch(firm, slot)


@part
def _heroic_hour_done(firm: FirmRecord, team: TeamRecord) -> None:
    deal = deal_at(firm, team.hero_deal)
    if deal.row != team.hero_row or deal.hero_hours_left == 0:  # the gate came first
        return
    deal.hero_hours_left -= 1
    if deal.hero_hours_left == 0:
        opportunity_at(firm, deal.row).heroics = 2
        drop_heroics(firm, team, team.hero_deal)
        team.heroics_done += 1
        record(firm, events.HEROICS_DONE, 0, team.number, deal.territory, deal.number, firm.now)


@part
def next_errand(firm: FirmRecord, slot: int, number: int) -> None:
    """The n-th of everybody's requests is on its way."""
    errands_per_week = plan_of(firm).errands_per_week
    if errands_per_week > 0.0:
        gap = exponential(firm, draws.ERRAND_GAP, slot, number) * (HOURS_PER_WEEK / errands_per_week)
        later(firm, events.ERRAND_ARRIVES, slot, number, on_grid(firm, gap), slot)


@inlined
def errand_arrives(firm: FirmRecord, slot: int, number: int) -> None:
    """A request. A clearer role drops some and moves none."""
    team, plan = team_at(firm, slot), plan_of(firm)
    kept = uniform(firm, draws.ERRAND_KEPT, slot, number) < 1.0 - team.adherence
    record_event(firm, events.ERRAND_ARRIVES, int(kept), slot, slot, number, firm.now)
    if kept:
        team.errands_kept += 1
        is_information = uniform(firm, draws.ERRAND_KIND, slot, number) < plan.errand_information_share
        task = events.INFORMATION_ERRAND if is_information else events.OTHER_ERRAND
        put_on_desk(firm, team, task, plan.errand_hours)
    else:
        team.errands_dropped += 1
    next_errand(firm, slot, number + 1)


@part
def put_on_desk(firm: FirmRecord, team: TeamRecord, task: int, hours: float) -> None:
    """Add a block to the one queue of errands, duties and own selling."""
    put_block(firm, team, task, hours, firm.now, team.blocks_created)
    team.blocks_created += 1
    if task == events.INFORMATION_DUTY:
        team.information_released += 1
    touch(firm, team.number)


@part
def strike_off_stale_blocks(firm: FirmRecord, team: TeamRecord) -> None:
    """At a day's beginning, what has waited forty hours is struck off."""
    stale_after = plan_of(firm).stale_after_hours
    while team.blocks_first >= 0 and block_at(firm, team.blocks_first).created + stale_after <= firm.now:
        block = block_at(firm, take_block(firm, team))
        if block.task == events.INFORMATION_DUTY:
            team.information_lapsed += 1
        else:
            team.others_lapsed += 1
        record(firm, events.BLOCK_LAPSES, block.task, team.number, team.number, block.number, block.created)


@part
def team_meeting_begins(firm: FirmRecord, slot: int) -> None:
    """The weekly KPI meeting: a fixed hour for everybody; who is busy joins late."""
    team = team_at(firm, slot)
    record_event(firm, events.TEAM_MEETING_BEGINS, int(team.review_planned), slot, slot,
             weeks_since_start(firm), firm.now)
    team.meeting_on = True
    team.meeting_began = firm.now
    later(firm, events.TEAM_MEETING_ENDS, slot, 0, on_grid(firm, plan_of(firm).team_meeting_hours), slot)
    touch(firm, slot)


@part
def team_meeting_ends(firm: FirmRecord, slot: int) -> None:
    """Everybody goes back to work; if it was a review, some deals have been named."""
    team = team_at(firm, slot)
    record_event(firm, events.TEAM_MEETING_ENDS, reps.present_in_meeting(firm, team), slot, slot,
             weeks_since_start(firm), team.meeting_began)
    team.meeting_on = False
    if team.manager_in_meeting:
        team.manager_in_meeting = False
        engage(firm, team, events.UNALLOCATED)
        if team.review_planned:
            _review(firm, team)
    reps.free_from_meeting(firm, slot)
    touch(firm, slot)


@part
def _review(firm: FirmRecord, team: TeamRecord) -> None:
    """The KPI review: as far as accountability goes, it names the deals that we let wait."""
    team.reviewed = True
    if firm.looks_ahead:
        fetch_deals_of(firm, team)
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        _review_seat(firm, team, seat_at(firm, slot))


@part
def _review_seat(firm: FirmRecord, team: TeamRecord, seat: SeatRecord) -> None:
    threshold = plan_of(firm).overdue_naming_weeks
    first = -1
    slot = seat.deals
    while slot >= 0:
        deal = deal_at(firm, slot)
        if deal.overdue_weeks > threshold and not deal.named and not deal.relieved:
            deal.next_sorted = first
            first = slot
        slot = deal.after
    slot = in_order(firm, first)
    while slot >= 0:
        deal = deal_at(firm, slot)
        u = uniform(firm, draws.NAMING, deal.territory, deal.number * 4096 + weeks_since_start(firm))
        if u < levers_at(firm, team.levers).accountability:
            deal.named = True
            seat.deals_named += 1
            record(firm, events.DEAL_NAMED, 0, seat.number, deal.territory, deal.number, deal.overdue_weeks)
        slot = deal.next_sorted


@part
def take_next(firm: FirmRecord, team: TeamRecord) -> None:
    """What a free manager takes up: the first task that can start.

    Team meeting, heroics, protected coaching, then the desk's one queue, then unprotected
    coaching. A session can start when its rep can come at once.
    """
    if team.meeting_on:
        team.manager_in_meeting = True
        engage(firm, team, events.PEOPLE)
        return
    if team.heroics_first >= 0:
        team.hero_deal = team.heroics_first
        team.hero_row = deal_at(firm, team.heroics_first).row
        _take_block(firm, team, events.HEROICS, 1.0)
        return
    session = coaching.first_startable(firm, team, PROTECTED)
    if session < 0 and team.blocks_first >= 0:
        block = block_at(firm, take_block(firm, team))
        _take_block(firm, team, block.task, block.hours)
        return
    if session < 0:
        session = coaching.first_startable(firm, team, UNPROTECTED)
    if session >= 0:
        coaching.begin(firm, session)


@part
def _take_block(firm: FirmRecord, team: TeamRecord, task: int, hours: float) -> None:
    engage(firm, team, TASK_USE[task])
    team.task = task
    team.task_began = firm.now
    later(firm, events.MANAGER_TASK_ENDS, team.number, 0, on_grid(firm, hours), team.number)
