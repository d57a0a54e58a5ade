"""Managers: the process of a manager, arriving tasks, and the choice of the next task."""

from __future__ import annotations

from collections.abc import Generator

from simpy.events import Event

from simlead.engines.reference import coaching, reps
from simlead.engines.reference.firm import Firm, order_of_deal
from simlead.engines.reference.state import OVER, SILENT, TEAM_MEETING, Block, Deal, Session, Team
from simlead.model import draws, events
from simlead.model.events import priority_key
from simlead.model.units import HOURS_PER_WEEK, HOURS_PER_YEAR

Life = Generator[Event, object, None]


def managing_life(firm: Firm, team: Team) -> Life:
    """A manager's working life: one thing after another, as the dispatch pass hands it over."""
    team.next_task = firm.clock.handover()
    while True:
        task = yield team.next_task
        if isinstance(task, Session):
            assert task.over is not None
            yield task.over
        elif isinstance(task, Block):
            yield from own_work(firm, team, task)
        elif task is TEAM_MEETING:
            assert team.meeting_over is not None
            yield team.meeting_over


def own_work(firm: Firm, team: Team, block: Block) -> Life:
    """A block of duty, an errand, an hour of own selling, or an hour of heroics."""
    began = firm.now
    yield firm.clock.timed(
        priority_key(events.MANAGER_TASK_ENDS, team.number, 0), firm.on_grid(block.hours))
    firm.record_event(events.MANAGER_TASK_ENDS, block.task, team.number, team.number, team.appointment, began)
    if block.task == events.OWN_SELLING:
        team.own_selling_credit += firm.rules.own_selling_credit(
            firm.plan.world.own_selling_productivity, firm.plan.organisation.ramped_revenue_per_year,
            firm.now - began, HOURS_PER_YEAR,
            firm.index_since_base_year() * firm.plan.teams[team.number].deal_value_factor)
    elif block.deal is not None:
        _heroic_hour_done(firm, team, block.deal)
    firm.engage(team, events.UNALLOCATED)
    firm.touch(team)


def _heroic_hour_done(firm: Firm, team: Team, deal: Deal) -> None:
    if deal.hero_hours_left == 0:  # the gate came first
        return
    deal.hero_hours_left -= 1
    if deal.hero_hours_left == 0:
        deal.heroics = 2
        team.heroics.remove(deal)
        team.heroics_done += 1
        firm.record(events.HEROICS_DONE, 0, team.number, deal.territory, deal.number, firm.now)


def errands(firm: Firm, team: Team) -> Life:
    """Everybody's requests. A clearer role drops some and moves none."""
    number = 0
    while firm.plan.organisation.errands_per_week > 0.0:
        organisation = firm.plan.organisation
        gap = firm.exponential(draws.ERRAND_GAP, team.number, number) * (
            HOURS_PER_WEEK / organisation.errands_per_week)
        yield firm.clock.timed(priority_key(events.ERRAND_ARRIVES, team.number, number), firm.on_grid(gap))
        kept = firm.uniform(draws.ERRAND_KEPT, team.number, number) < 1.0 - team.adherence
        firm.record_event(events.ERRAND_ARRIVES, int(kept), team.number, team.number, number, firm.now)
        if kept:
            team.errands_kept += 1
            is_information = (
                firm.uniform(draws.ERRAND_KIND, team.number, number) < organisation.errand_information_share)
            task = events.INFORMATION_ERRAND if is_information else events.OTHER_ERRAND
            put_on_desk(firm, team, task, organisation.errand_hours)
        else:
            team.errands_dropped += 1
        number += 1


def put_on_desk(firm: Firm, team: Team, task: int, hours: float) -> None:
    """Add a block to the one queue of errands, duties and own selling."""
    team.blocks.append(Block(task, hours, firm.now, team.blocks_created, None))
    team.blocks_created += 1
    if task == events.INFORMATION_DUTY:
        team.information_released += 1
    firm.touch(team)


def strike_off_stale_blocks(firm: Firm, team: Team) -> None:
    """At a day's beginning, what has waited forty hours is struck off."""
    while team.blocks and team.blocks[0].created + firm.plan.organisation.stale_after_hours <= firm.now:
        block = team.blocks.popleft()
        if block.task == events.INFORMATION_DUTY:
            team.information_lapsed += 1
        else:
            team.others_lapsed += 1
        firm.record(events.BLOCK_LAPSES, block.task, team.number, team.number, block.number, block.created)


def team_meeting_begins(firm: Firm, team: Team) -> None:
    """The weekly KPI meeting: a fixed hour for everybody; who is busy joins late."""
    firm.record_event(events.TEAM_MEETING_BEGINS, int(team.review_planned), team.number, team.number,
                  firm.weeks_since_start, firm.now)
    team.meeting_on = True
    team.meeting_began = firm.now
    team.meeting_over = firm.clock.timed(
        priority_key(events.TEAM_MEETING_ENDS, team.number, 0),
        firm.on_grid(firm.plan.organisation.team_meeting_hours))
    team.meeting_over.then(lambda: _team_meeting_ends(firm, team))
    firm.touch(team)


def _team_meeting_ends(firm: Firm, team: Team) -> None:
    present = sum(1 for seat in team.seats if seat.activity == events.TEAM_MEETING)
    firm.record_event(events.TEAM_MEETING_ENDS, present, team.number, team.number,
                  firm.weeks_since_start, team.meeting_began)
    team.meeting_on = False
    if team.manager_in_meeting:
        team.manager_in_meeting = False
        firm.engage(team, events.UNALLOCATED)
        if team.review_planned:
            _review(firm, team)
    for seat in list(team.seats):
        if seat.activity == events.TEAM_MEETING:
            reps.set_free(firm, seat)
    firm.touch(team)


def _review(firm: Firm, team: Team) -> None:
    """The KPI review: as far as accountability goes, it names the deals that we let wait."""
    team.reviewed = True
    weeks = firm.weeks_since_start
    threshold = firm.plan.world.overdue_naming_weeks
    for seat in team.seats:
        late = [d for d in seat.deals.values()
                if d.overdue_weeks > threshold and not d.named and not d.relieved]
        for deal in sorted(late, key=order_of_deal):
            u = firm.uniform(draws.NAMING, deal.territory, deal.number * 4096 + weeks)
            if u < team.levers.accountability:
                deal.named = True
                firm.record(events.DEAL_NAMED, 0, seat.number, deal.territory, deal.number, deal.overdue_weeks)


def take_next(firm: Firm, team: Team) -> None:
    """What a free manager takes up: the first task that can start.

    Team meeting, heroics, protected coaching, then the desk's one queue, then unprotected
    coaching. A session can start when its rep can come at once.
    """
    assert team.next_task is not None
    if team.meeting_on:
        team.manager_in_meeting = True
        firm.engage(team, events.PEOPLE)
        team.next_task.hand(TEAM_MEETING)
        return
    if team.heroics:
        deal = team.heroics[0]
        assert deal.status not in (SILENT, OVER)
        _take_block(firm, team, Block(events.HEROICS, 1.0, firm.now, 0, deal))
        return
    session = _first_startable(team.protected)
    if session is None and team.blocks:
        _take_block(firm, team, team.blocks.popleft())
        return
    if session is None:
        session = _first_startable(team.unprotected)
    if session is not None:
        coaching.begin(firm, session)


def _take_block(firm: Firm, team: Team, block: Block) -> None:
    firm.engage(team, events.TASK_USE[block.task])
    assert team.next_task is not None
    team.next_task.hand(block)


def _first_startable(sessions: list[Session]) -> Session | None:
    for session in sessions:
        if coaching.startable(session):
            return session
    return None
