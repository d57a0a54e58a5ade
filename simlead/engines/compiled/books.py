"""The books: what a week wrote about seats and managers."""

from __future__ import annotations

import math

from simlead.engines.compiled.firm import engage, occupy, tenure_hours
from simlead.engines.compiled.layout import Record, created_at, manager_row_at, rep_row_at, seat_at, team_at
from simlead.engines.compiled.memory import part
from simlead.model import events


@part
def close_week(firm: Record) -> None:
    """Write the rows of the week that ends now and start the counts anew."""
    for order in range(firm.created_used):
        seat = seat_at(firm, created_at(firm, order).to)
        occupy(firm, seat, seat.use)
        _write_seat(firm, seat)
        seat.prospected = seat.hours[events.PROSPECTING] * firm.effort
        for use in range(7):
            seat.hours[use] = 0.0
        for stage in range(3):
            seat.meetings[stage] = 0
        seat.wins = 0
        seat.sales = 0.0
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        busy = team.busy
        engage(firm, team, team.use)
        team.busy = busy
        _write_team(firm, team)
        for use in range(7):
            team.hours[use] = 0.0
        for kind in range(3):
            team.booked[kind] = team.held[kind] = team.lapsed[kind] = 0
        team.errands_kept = team.errands_dropped = 0
        team.heroics_begun = team.heroics_done = 0
        team.own_wins = 0
        team.own_sales = 0.0


@part
def _write_seat(firm: Record, seat: Record) -> None:
    row = rep_row_at(firm, firm.rep_rows_used)
    firm.rep_rows_used += 1
    hours = seat.hours
    row.week = firm.week
    row.team = seat.team
    row.seat = seat.number
    row.hire = seat.hire
    row.filled = seat.filled
    row.tenure_weeks = tenure_hours(firm, seat) / 40.0 if seat.filled else math.nan
    row.ability = seat.ability
    row.stage_skill_discovery = seat.stage_z[0]
    row.stage_skill_qualified = seat.stage_z[1]
    row.stage_skill_proposal = seat.stage_z[2]
    row.coaching_gain = seat.gain
    row.dose = seat.dose
    row.clarity = seat.clarity
    row.vacant_hours = hours[events.VACANT]
    row.free_hours = hours[events.FREE]
    row.team_meeting_hours = hours[events.TEAM_MEETING]
    row.coaching_hours = hours[events.COACHED]
    row.customer_hours = hours[events.CUSTOMER]
    row.prospecting_hours = hours[events.PROSPECTING]
    row.waiting_hours = hours[events.WAITING]
    row.effective_prospecting_hours = hours[events.PROSPECTING] * firm.effort
    row.discovery_meetings = seat.meetings[0]
    row.qualified_meetings = seat.meetings[1]
    row.proposal_meetings = seat.meetings[2]
    row.wins = seat.wins
    row.sales = seat.sales
    row.queue = seat.queue_count
    row.open_deals = seat.deals_count
    firm.most_deals = max(firm.most_deals, seat.deals_count)


@part
def _write_team(firm: Record, team: Record) -> None:
    row = manager_row_at(firm, firm.manager_rows_used)
    firm.manager_rows_used += 1
    planned, hours = team.planned, team.hours
    row.week = firm.week
    row.team = team.number
    row.appointment = team.appointment
    row.quality = team.quality
    row.people_skill = team.people_skill
    row.natural_coach = team.natural_coach
    row.trainable = team.trainable
    row.clarity = team.clarity
    row.adherence = team.adherence
    row.kpi_review = team.reviewed
    row.planned_coaching_hours = planned[0]
    row.planned_people_hours = planned[1]
    row.planned_information_hours = planned[2]
    row.planned_admin_hours = planned[3]
    row.planned_own_selling_hours = planned[4]
    row.unallocated_hours = hours[events.UNALLOCATED]
    row.people_hours = hours[events.PEOPLE]
    row.coaching_hours = hours[events.COACHING]
    row.information_hours = hours[events.INFORMATION]
    row.customers_hours = hours[events.CUSTOMERS]
    row.admin_hours = hours[events.ADMIN]
    row.other_hours = hours[events.OTHER]
    row.one_to_ones_booked = team.booked[events.ONE_TO_ONE]
    row.pre_calls_booked = team.booked[events.PRE_CALL]
    row.post_calls_booked = team.booked[events.POST_CALL]
    row.one_to_ones_held = team.held[events.ONE_TO_ONE]
    row.pre_calls_held = team.held[events.PRE_CALL]
    row.post_calls_held = team.held[events.POST_CALL]
    row.one_to_ones_lapsed = team.lapsed[events.ONE_TO_ONE]
    row.pre_calls_lapsed = team.lapsed[events.PRE_CALL]
    row.post_calls_lapsed = team.lapsed[events.POST_CALL]
    row.errands_kept = team.errands_kept
    row.errands_dropped = team.errands_dropped
    row.information_blocks_lapsed = team.information_lapsed
    row.other_blocks_lapsed = team.others_lapsed
    row.heroics_begun = team.heroics_begun
    row.heroics_done = team.heroics_done
    row.own_wins = team.own_wins
    row.own_sales = team.own_sales
