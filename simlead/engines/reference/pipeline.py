"""Deals: waiting, meetings, stage gates, handovers and ends."""

from __future__ import annotations

import heapq

from simlead.engines.reference import coaching, heroics, quarters, rivals
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import MEETING, OVER, QUEUED, SILENT, THINKING, Deal, Seat, Team
from simlead.model import draws, events
from simlead.model.events import FIRST_MEETING, MEETINGS, MEETINGS_IN_A_WON_DEAL, priority_key
from simlead.model.rules import buyers
from simlead.model.units import HOURS_PER_WEEK


def shortest_queue(team: Team, but: Seat | None = None) -> Seat | None:
    """The team-mate with the fewest waiting meetings (then open deals, then first seat)."""
    mates = [s for s in team.seats if s.filled and s.leaving is None and s is not but]
    return min(mates, key=lambda s: (len(s.queue), len(s.deals), s.place_in_team), default=None)


def adopt(deal: Deal, seat: Seat) -> None:
    """This seat works the deal from now on."""
    deal.seat = seat
    seat.deals[deal.territory, deal.number] = deal


def think(firm: Firm, deal: Deal) -> None:
    """The buyer takes their time before the next meeting; how long is known ahead.

    If that meeting will decide a gate, its pre-call opens 16 h before it is due.
    """
    meeting = deal.meetings
    gap = firm.rules.meeting_gap(
        firm.exponential(draws.MEETING_GAP, deal.territory, deal.number * 16 + meeting),
        deal.pace, MEETINGS_IN_A_WON_DEAL)
    if meeting == MEETINGS_IN_A_WON_DEAL - 1 and firm.plan.market.quarter_end_share > 0.0:
        gap = quarters.pulled_before_the_end(firm, deal, gap)
    deal.gap = firm.on_grid(gap)
    deal.status = THINKING
    stage = deal.stage
    if meeting == FIRST_MEETING[stage] + MEETINGS[stage] - 1 and deal.team.levers.pre_call:
        ahead = deal.gap - firm.plan.organisation.pre_call_notice_hours
        if ahead <= 0.0:
            open_pre_call(firm, deal, stage)
        else:
            timer = firm.clock.timed(
                priority_key(events.PRE_CALL_OPENS, deal.territory, deal.number * 4 + stage), ahead)
            timer.then(lambda: pre_call_opens(firm, deal, stage))


def pre_call_opens(firm: Firm, deal: Deal, stage: int) -> None:
    """The timer of a pre-call: superseded if the deal has gone elsewhere meanwhile."""
    if deal.status != OVER:
        firm.events += 1
        open_pre_call(firm, deal, stage)


def open_pre_call(firm: Firm, deal: Deal, stage: int) -> None:
    """A pre-call may be booked now, if the day's allowance pays for it."""
    booked = deal.team.levers.pre_call and coaching.book_call(firm, events.PRE_CALL, deal, stage)
    firm.record(events.PRE_CALL_OPENS, stage, deal.seat.number, deal.territory, deal.number,
              1.0 if booked else 0.0)


def meeting_due(firm: Firm, deal: Deal) -> None:
    """The buyer is ready; the meeting joins its rep's queue."""
    firm.record_event(
        events.MEETING_DUE, deal.meetings, deal.seat.number, deal.territory, deal.number, deal.gap)
    deal.status = QUEUED
    deal.due = firm.now
    queue_up(deal)
    firm.touch(deal.team)


def queue_up(deal: Deal) -> None:
    """Wait with the rep, by due time, then territory and number."""
    heapq.heappush(deal.seat.queue, (deal.due, deal.territory, deal.number, deal))


def begin_meeting(firm: Firm, seat: Seat) -> Deal:
    """The rep takes the meeting that has been due longest; time lost until now is overdue."""
    deal = heapq.heappop(seat.queue)[3]
    deal.status = MEETING
    deal.overdue_weeks += (firm.now - deal.due) / HOURS_PER_WEEK
    if deal.pre_call is not None:
        if deal.pre_call.pending:
            coaching.lapse(firm, deal.pre_call)
        deal.pre_call = None
    return deal


def handling_hours(firm: Firm, seat: Seat, deal: Deal) -> float:
    """How long this meeting takes this rep, travel, preparation and admin included."""
    z = firm.normal(draws.HANDLING, deal.territory, deal.number * 16 + deal.meetings)
    return firm.on_grid(firm.rules.lognormal_of_mean(z, seat.handling_hours, firm.plan.handling_sigma))


def meeting_held(firm: Firm, seat: Seat, deal: Deal) -> None:
    """The meeting is over; if it was its stage's last, the gate is decided."""
    meeting, stage = deal.meetings, deal.stage
    firm.record(events.MEETING_HELD, meeting, seat.number, deal.territory, deal.number, deal.overdue_weeks)
    deal.meetings += 1
    seat.meetings[stage] += 1
    if meeting == FIRST_MEETING[stage] + MEETINGS[stage] - 1:
        _gate(firm, seat, deal)
    else:
        think(firm, deal)


def skill_at(firm: Firm, seat: Seat, stage: int) -> float:
    """The rep's skill at this stage now, in standard deviations."""
    plan = firm.plan
    ramp = firm.rules.log_ramp(firm.tenure_hours(seat), plan.world.ramp_start, plan.ramp_hours)
    skill: float = firm.rules.stage_skill(
        seat.ability, seat.stage_z[stage], seat.focus[stage], seat.gain, ramp, plan.skill_spread)
    return skill


def _gate(firm: Firm, seat: Seat, deal: Deal) -> None:
    world, stage = firm.plan.world, deal.stage
    skill = skill_at(firm, seat, stage)
    deal.skill = skill
    deal.gates[stage] = firm.now
    u = firm.uniform(draws.GATE, deal.territory, deal.number * 4 + stage)
    lift = world.pre_call_lift * deal.team.quality if deal.pre_calls >> stage & 1 else 0.0
    outcome = events.PASSED
    had_a_hero = stage == events.PROPOSAL and deal.heroics > 0
    if stage == events.PROPOSAL:
        if deal.hero_hours_left > 0:
            heroics.forfeit(firm, deal)
        elif deal.heroics == 2:
            lift += world.heroic_lift
        chance, p_rivals = firm.rules.last_gate(
            our_utility=world.our_utility - firm.rivals_answer, no_decision_utility=world.no_decision_utility,
            rivals=firm.plan.market.rivals,
            our_skill_effect=world.our_utility_skill_share * world.skill_effect,
            no_decision_skill_effect=world.no_decision_skill_share * world.skill_effect,
            skill=skill, lift=lift, ageing_per_week=world.ageing_per_week, overdue_weeks=deal.overdue_weeks,
            size_effect=world.size_effect, log_size=deal.log_size)
        if u < chance:
            outcome = events.WON
        elif u < 1.0 - p_rivals:
            outcome = events.NO_DECISION
        else:
            outcome = events.RIVAL
    else:
        intercept = world.discovery_intercept if stage == events.DISCOVERY else world.qualified_intercept
        chance = firm.rules.gate_probability(
            intercept, world.skill_effect, skill, lift, world.ageing_per_week, deal.overdue_weeks,
            world.size_effect, deal.log_size)
        if u >= chance:
            outcome = lost_early(firm, deal)
    firm.record(events.GATE, stage * 8 + outcome, seat.number, deal.territory, deal.number, chance)
    if outcome == events.PASSED:
        deal.stage = stage + 1
        think(firm, deal)
        if deal.stage == events.PROPOSAL:
            heroics.call_for_a_hero(firm, deal)
    elif outcome == events.WON:
        deal.won_value = firm.rules.won_value(deal.value, world.value_skill_effect, skill)
        if deal.pulled:
            deal.won_value = buyers.discounted(deal.won_value, firm.plan.market.quarter_end_discount)
        seat.wins += 1
        seat.sales += deal.won_value
        seat.sold += deal.won_value
        close(firm, deal, events.WON)
    elif outcome == events.NO_DECISION:
        _fall_silent(firm, deal)
    else:
        close(firm, deal, outcome)
    if deal.team.levers.post_call and not had_a_hero:
        lost = outcome not in (events.PASSED, events.WON)
        coaching.book_call(firm, events.POST_CALL, deal, stage, after_lost_gate=lost)


def lost_early(firm: Firm, deal: Deal) -> int:
    """Who has a deal that we lose before its last gate: nobody, or a rival."""
    u = firm.uniform(draws.EARLY_FATE, deal.territory, deal.number)
    return events.NO_DECISION if u < firm.plan.market.early_no_decision else events.RIVAL


def _fall_silent(firm: Firm, deal: Deal) -> None:
    """A no decision does not announce itself: the deal stays open, without rep hours, for a while."""
    deal.status = SILENT
    deal.silent = True
    _put_down(deal)
    hours = deal.pace * firm.plan.market.silence_pace_share
    silence = firm.on_grid(max(1e-9, hours * firm.exponential(draws.SILENCE, deal.territory, deal.number)))
    timer = firm.clock.timed(priority_key(events.SILENCE_ENDS, deal.territory, deal.number), silence)
    timer.then(lambda: _silence_ends(firm, deal))


def _silence_ends(firm: Firm, deal: Deal) -> None:
    firm.record_event(
        events.SILENCE_ENDS, deal.stage, deal.seat.number, deal.territory, deal.number, deal.gates[deal.stage])
    close(firm, deal, events.NO_DECISION)


def _put_down(deal: Deal) -> None:
    deal.seat.deals.pop((deal.territory, deal.number), None)


def close(firm: Firm, deal: Deal, outcome: int) -> None:
    """The outcome is known."""
    deal.status = OVER
    deal.outcome = outcome
    deal.decided = firm.now
    if outcome == events.WON:
        rivals.won(firm, deal.won_value, 0.0)
    elif outcome == events.RIVAL:
        rivals.won(firm, 0.0, deal.value)
    _put_down(deal)


def hand_over(firm: Firm, leaver: Seat) -> None:
    """The leaver's open deals: a part is lost, the rest go to the shortest queue, one by one."""
    deals = [leaver.deals[name] for name in sorted(leaver.deals)]
    leaver.deals.clear()
    leaver.queue.clear()
    loss = firm.plan.market.account_loss_share
    for deal in deals:
        u = firm.uniform(draws.HANDOVER, deal.territory, deal.number * 64 + deal.handovers)
        mate = shortest_queue(leaver.team, but=leaver)
        if u < loss or mate is None:
            _abandon(firm, deal)
            continue
        deal.handovers = min(deal.handovers + 1, 63)
        adopt(deal, mate)
        firm.record(events.DEAL_HANDED_OVER, deal.handovers, mate.number, deal.territory, deal.number,
                  float(leaver.number))
        if deal.status == QUEUED:
            queue_up(deal)
    firm.touch(leaver.team)


def _abandon(firm: Firm, deal: Deal) -> None:
    """Nobody of ours goes on with this deal."""
    deal.abandoned = True
    outcome = lost_early(firm, deal)
    firm.record(events.DEAL_ABANDONED, outcome, deal.seat.number, deal.territory, deal.number, deal.overdue_weeks)
    if deal.hero_hours_left > 0:
        heroics.forfeit(firm, deal)
    close(firm, deal, outcome)
