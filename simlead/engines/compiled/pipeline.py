"""Deals: waiting, meetings, stage gates, handovers and ends."""

from __future__ import annotations

from simlead.engines.compiled import coaching, heroics, quarters, rivals
from simlead.engines.compiled.firm import (
    exponential,
    normal,
    on_grid,
    record,
    record_event,
    tenure_hours,
    touch,
    uniform,
)
from simlead.engines.compiled.layout import (
    MEETING,
    OVER,
    QUEUED,
    SILENT,
    THINKING,
    deal_at,
    levers_at,
    opportunity_at,
    plan_of,
    seat_at,
    session_at,
    team_at,
)
from simlead.engines.compiled.lists import (
    drop_deal,
    free_deal_slot,
    in_order,
    put_deal,
    put_in_queue,
    take_deal_slot,
    take_from_queue,
)
from simlead.engines.compiled.memory import inlined, part
from simlead.engines.compiled.records import DealRecord, FirmRecord, OpportunityRecord, SeatRecord
from simlead.engines.compiled.timers import later
from simlead.model import draws, events
from simlead.model.events import FIRST_MEETING, MEETINGS, MEETINGS_IN_A_WON_DEAL
from simlead.model.rules import buyers, reps
from simlead.model.units import HOURS_PER_WEEK


@part
def shortest_queue(firm: FirmRecord, team_slot: int) -> int:
    """The team-mate with the fewest waiting meetings (then open deals, then lowest seat)."""
    team = team_at(firm, team_slot)
    best = -1
    waiting, open_deals = 0, 0
    for slot in range(team.first_seat, team.first_seat + team.seats_count):
        seat = seat_at(firm, slot)
        if seat.filled and seat.leaving < 0 and (
                best < 0 or seat.queue_count < waiting
                or (seat.queue_count == waiting and seat.deals_count < open_deals)):
            best, waiting, open_deals = slot, seat.queue_count, seat.deals_count
    return best


@inlined
def adopt(firm: FirmRecord, slot: int, seat_slot: int) -> None:
    """This seat works the deal from now on."""
    seat = seat_at(firm, seat_slot)
    deal_at(firm, slot).seat = seat_slot
    put_deal(firm, seat, slot)


@inlined
def begin_deal(
    firm: FirmRecord, row: int, seat_slot: int, territory: int, number: int, team_slot: int, pace: float,
    value_z: float, log_size: float,
) -> None:
    """An opportunity that we noticed becomes a deal."""
    slot = take_deal_slot(firm)
    deal = deal_at(firm, slot)
    deal.territory = territory
    deal.number = number
    deal.team = team_slot
    deal.row = row
    deal.meetings = 0
    deal.stage = events.DISCOVERY
    deal.overdue_weeks = 0.0
    deal.pace = pace
    deal.value_z = value_z
    deal.log_size = log_size
    deal.pre_call = -1
    deal.named = deal.relieved = deal.pulled = False
    deal.handovers = 0
    deal.hero_hours_left = 0
    adopt(firm, slot, seat_slot)
    think(firm, slot)


@part
def think(firm: FirmRecord, slot: int) -> None:
    """The buyer takes their time before the next meeting; how long is known ahead.

    If that meeting will decide a gate, its pre-call opens 16 h before it is due.
    """
    deal = deal_at(firm, slot)
    meeting, stage = deal.meetings, deal.stage
    name = deal.number * 16 + meeting
    gap = buyers.meeting_gap(
        exponential(firm, draws.MEETING_GAP, deal.territory, name), deal.pace, MEETINGS_IN_A_WON_DEAL)
    if meeting == MEETINGS_IN_A_WON_DEAL - 1 and plan_of(firm).quarter_end_share > 0.0:
        gap = quarters.pulled_before_the_end(firm, deal, gap)
    deal.gap = on_grid(firm, gap)
    deal.status = THINKING
    decides = meeting == FIRST_MEETING[stage] + MEETINGS[stage] - 1
    if decides and levers_at(firm, team_at(firm, deal.team).levers).pre_call:
        ahead = deal.gap - plan_of(firm).pre_call_notice_hours
        if ahead <= 0.0:
            open_pre_call(firm, slot, stage)
        else:
            later(firm, events.PRE_CALL_OPENS, deal.territory, deal.number * 4 + stage, ahead, slot)
    later(firm, events.MEETING_DUE, deal.territory, name, deal.gap, slot)


@part
def pre_call_opens(firm: FirmRecord, slot: int, territory: int, index: int) -> None:
    """The timer of a pre-call: superseded if the deal has gone elsewhere meanwhile."""
    deal = deal_at(firm, slot)
    if deal.territory == territory and deal.number == index >> 2:
        firm.events += 1
        open_pre_call(firm, slot, index & 3)


@part
def open_pre_call(firm: FirmRecord, slot: int, stage: int) -> None:
    """A pre-call may be booked now, if the day's allowance pays for it."""
    deal = deal_at(firm, slot)
    wanted = levers_at(firm, team_at(firm, deal.team).levers).pre_call
    booked = wanted and coaching.book_call(firm, events.PRE_CALL, slot, stage) >= 0
    record(firm, events.PRE_CALL_OPENS, stage, seat_at(firm, deal.seat).number, deal.territory, deal.number,
         1.0 if booked else 0.0)


@inlined
def meeting_due(firm: FirmRecord, slot: int, territory: int, index: int) -> None:
    """The buyer is ready; the meeting joins its rep's queue. A deal that was given up leaves no row."""
    deal = deal_at(firm, slot)
    if deal.territory != territory or deal.number != index >> 4:
        return
    seat = seat_at(firm, deal.seat)
    record_event(firm, events.MEETING_DUE, deal.meetings, seat.number, deal.territory, deal.number, deal.gap)
    deal.status = QUEUED
    deal.due = firm.now
    put_in_queue(firm, seat, slot)
    touch(firm, deal.team)


@inlined
def begin_meeting(firm: FirmRecord, seat: SeatRecord) -> int:
    """The rep takes the meeting that has been due longest; time lost until now is overdue."""
    slot = take_from_queue(firm, seat)
    deal = deal_at(firm, slot)
    deal.status = MEETING
    deal.overdue_weeks += (firm.now - deal.due) / HOURS_PER_WEEK
    if deal.pre_call >= 0 and session_at(firm, deal.pre_call).pending:
        coaching.lapse(firm, deal.pre_call)
    deal.pre_call = -1
    return slot


@inlined
def handling_hours(firm: FirmRecord, seat: SeatRecord, slot: int) -> float:
    """How long this meeting takes this rep, travel, preparation and admin included."""
    deal = deal_at(firm, slot)
    z = normal(firm, draws.HANDLING, deal.territory, deal.number * 16 + deal.meetings)
    return on_grid(firm, buyers.lognormal_of_mean(z, seat.handling_hours, plan_of(firm).handling_sigma))


@inlined
def meeting_held(firm: FirmRecord, seat: SeatRecord, slot: int) -> None:
    """The meeting is over; if it was its stage's last, the gate is decided."""
    deal = deal_at(firm, slot)
    meeting, stage = deal.meetings, deal.stage
    record(firm, events.MEETING_HELD, meeting, seat.number, deal.territory, deal.number, deal.overdue_weeks)
    deal.meetings = meeting + 1
    seat.meetings[stage] += 1
    if meeting == FIRST_MEETING[stage] + MEETINGS[stage] - 1:
        _gate(firm, seat, slot)
    else:
        think(firm, slot)


@part
def skill_at(firm: FirmRecord, seat: SeatRecord, stage: int) -> float:
    """The rep's skill at this stage now, in standard deviations."""
    plan = plan_of(firm)
    ramp = reps.log_ramp(tenure_hours(firm, seat), plan.ramp_start, plan.ramp_hours)
    return reps.stage_skill(
        seat.ability, seat.stage_z[stage], seat.focus[stage], seat.gain, ramp, plan.skill_spread)


@part
def _gate(firm: FirmRecord, seat: SeatRecord, slot: int) -> None:
    deal = deal_at(firm, slot)
    plan, team, row, stage = plan_of(firm), team_at(firm, deal.team), opportunity_at(firm, deal.row), deal.stage
    skill = skill_at(firm, seat, stage)
    row.skill = skill
    u = uniform(firm, draws.GATE, deal.territory, deal.number * 4 + stage)
    lift = plan.pre_call_lift * team.quality if row.pre_calls >> stage & 1 else 0.0
    outcome = events.PASSED
    had_a_hero = stage == events.PROPOSAL and row.heroics > 0
    if stage == events.PROPOSAL:
        row.proposal_gate = firm.now
        if deal.hero_hours_left > 0:
            heroics.forfeit(firm, team, slot)
        elif row.heroics == 2:
            lift += plan.heroic_lift
        chance, p_rivals = buyers.last_gate(
            our_utility=plan.our_utility - firm.rivals_answer, no_decision_utility=plan.no_decision_utility,
            rivals=plan.rivals,
            our_skill_effect=plan.our_utility_skill_share * plan.skill_effect,
            no_decision_skill_effect=plan.no_decision_skill_share * plan.skill_effect,
            skill=skill, lift=lift, ageing_per_week=plan.ageing_per_week, overdue_weeks=deal.overdue_weeks,
            size_effect=plan.size_effect, log_size=deal.log_size)
        if u < chance:
            outcome = events.WON
        elif u < 1.0 - p_rivals:
            outcome = events.NO_DECISION
        else:
            outcome = events.RIVAL
    else:
        if stage == events.DISCOVERY:
            row.discovery_gate = firm.now
            intercept = plan.discovery_intercept
        else:
            row.qualified_gate = firm.now
            intercept = plan.qualified_intercept
        chance = buyers.gate_probability(
            intercept, plan.skill_effect, skill, lift, plan.ageing_per_week, deal.overdue_weeks,
            plan.size_effect, deal.log_size)
        if u >= chance:
            outcome = lost_early(firm, deal)
    record(firm, events.GATE, stage * 8 + outcome, seat.number, deal.territory, deal.number, chance)
    if outcome == events.PASSED:
        deal.stage = stage + 1
        think(firm, slot)
        if deal.stage == events.PROPOSAL:
            heroics.call_for_a_hero(firm, slot)
    elif outcome == events.WON:
        row.won_value = buyers.won_value(row.value, plan.value_skill_effect, skill)
        if deal.pulled:
            row.won_value = buyers.discounted(row.won_value, plan.quarter_end_discount)
        seat.wins += 1
        seat.sales += row.won_value
        seat.sold += row.won_value
        _close(firm, slot, events.WON)
    elif outcome == events.NO_DECISION:
        _fall_silent(firm, slot)
    else:
        _close(firm, slot, outcome)
    if levers_at(firm, team.levers).post_call and not had_a_hero:
        session = coaching.book_call(firm, events.POST_CALL, slot, stage)
        if session >= 0:
            session_at(firm, session).after_lost_gate = outcome != events.PASSED and outcome != events.WON
    if deal.status == SILENT or deal.status == OVER:
        let_go(firm, slot)


@part
def lost_early(firm: FirmRecord, deal: DealRecord) -> int:
    """Who has a deal that we lose before its last gate: nobody, or a rival."""
    u = uniform(firm, draws.EARLY_FATE, deal.territory, deal.number)
    return events.NO_DECISION if u < plan_of(firm).early_no_decision else events.RIVAL


@part
def _fall_silent(firm: FirmRecord, slot: int) -> None:
    """A no decision does not announce itself: the deal stays open, without rep hours, for a while."""
    deal = deal_at(firm, slot)
    deal.status = SILENT
    opportunity_at(firm, deal.row).silent = True
    drop_deal(firm, slot)
    hours = deal.pace * plan_of(firm).silence_pace_share
    silence = on_grid(
        firm, max(1e-9, hours * exponential(firm, draws.SILENCE, deal.territory, deal.number)))
    later(firm, events.SILENCE_ENDS, deal.territory, deal.number, silence, deal.row)


@part
def silence_ends(firm: FirmRecord, row_number: int, territory: int, number: int) -> None:
    """It is now known that nobody has decided anything."""
    row = opportunity_at(firm, row_number)
    stage, gate = events.PROPOSAL, row.proposal_gate
    if row.stage == events.DISCOVERY:
        stage, gate = events.DISCOVERY, row.discovery_gate
    elif row.stage == events.QUALIFIED:
        stage, gate = events.QUALIFIED, row.qualified_gate
    record_event(firm, events.SILENCE_ENDS, stage, int(row.seat), territory, number, gate)
    row.outcome = events.NO_DECISION
    row.decided = firm.now


@inlined
def _close(firm: FirmRecord, slot: int, outcome: int) -> None:
    """The outcome is known."""
    deal = deal_at(firm, slot)
    row = opportunity_at(firm, deal.row)
    deal.status = OVER
    _decide(firm, row, outcome)
    drop_deal(firm, slot)


@inlined
def _decide(firm: FirmRecord, row: OpportunityRecord, outcome: int) -> None:
    row.outcome = outcome
    row.decided = firm.now
    if outcome == events.WON:
        rivals.won(firm, row.won_value, 0.0)
    elif outcome == events.RIVAL:
        rivals.won(firm, 0.0, row.value)


@part
def write_down(firm: FirmRecord, slot: int) -> None:
    """Enter how the deal stands into its row of the opportunities table."""
    deal = deal_at(firm, slot)
    row = opportunity_at(firm, deal.row)
    row.seat = seat_at(firm, deal.seat).number
    row.stage = deal.stage
    row.meetings = deal.meetings
    row.relieved = deal.relieved
    row.handovers = deal.handovers
    row.overdue_weeks = deal.overdue_weeks


@part
def let_go(firm: FirmRecord, slot: int) -> None:
    """We work this deal no longer."""
    write_down(firm, slot)
    free_deal_slot(firm, slot)


@part
def hand_over(firm: FirmRecord, leaver: SeatRecord) -> None:
    """The leaver's open deals: a part is lost, the rest go to the shortest queue, one by one."""
    first = leaver.deals
    there = first
    while there >= 0:
        deal = deal_at(firm, there)
        deal.next_sorted = deal.after
        there = deal.after
    leaver.deals = leaver.queue = -1
    leaver.deals_count = leaver.deals_named = leaver.queue_count = 0
    there = in_order(firm, first)
    loss = plan_of(firm).account_loss_share
    while there >= 0:
        deal = deal_at(firm, there)
        slot, there = there, deal.next_sorted
        u = uniform(firm, draws.HANDOVER, deal.territory, deal.number * 64 + deal.handovers)
        mate = shortest_queue(firm, leaver.team)
        if u < loss or mate < 0:
            _abandon(firm, leaver, slot)
            continue
        deal.handovers = min(deal.handovers + 1, 63)
        adopt(firm, slot, mate)
        record(firm, events.DEAL_HANDED_OVER, deal.handovers, seat_at(firm, mate).number, deal.territory,
             deal.number, float(leaver.number))
        if deal.status == QUEUED:
            put_in_queue(firm, seat_at(firm, mate), slot)
    touch(firm, leaver.team)


@part
def _abandon(firm: FirmRecord, leaver: SeatRecord, slot: int) -> None:
    """Nobody of ours goes on with this deal."""
    deal = deal_at(firm, slot)
    row = opportunity_at(firm, deal.row)
    row.abandoned = True
    outcome = lost_early(firm, deal)
    record(firm, events.DEAL_ABANDONED, outcome, leaver.number, deal.territory, deal.number, deal.overdue_weeks)
    if deal.hero_hours_left > 0:
        heroics.forfeit(firm, team_at(firm, deal.team), slot)
    _decide(firm, row, outcome)
    let_go(firm, slot)
