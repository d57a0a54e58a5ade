"""The weekly ledger: rows of a week in the tables of reps and managers."""

from __future__ import annotations

import math

from simlead.engines.compiled.firm import engage, occupy, tenure_hours
from simlead.engines.compiled.layout import created_at, manager_row_at, rep_row_at, seat_at, team_at
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.model import events


@part
def close_week(firm: FirmRecord) -> None:
    """Write the rows of the week that ends now and start the counts anew."""
    for order in range(firm.created_used):
        seat = seat_at(firm, created_at(firm, order).to)
        if seat.gone:
            continue
        occupy(firm, seat, seat.activity)
        effort = team_at(firm, seat.team).effort * team_at(firm, seat.team).cover
        _write_seat(firm, seat, effort)
        seat.prospected = seat.hours[events.PROSPECTING] * effort
        for use in range(len(events.REP_USES)):
            seat.hours[use] = 0.0
        for stage in range(len(events.STAGES)):
            seat.meetings[stage] = 0
        seat.wins = 0
        seat.sales = 0.0
        seat.gone = seat.closed and not seat.filled
    for number in range(firm.teams_used):
        team = team_at(firm, number)
        busy = team.busy
        engage(firm, team, team.activity)
        team.busy = busy
        _write_team(firm, team)
        for use in range(len(events.MANAGER_USES)):
            team.hours[use] = 0.0
        for kind in range(len(events.SESSIONS)):
            team.booked[kind] = team.held[kind] = team.lapsed[kind] = 0
        team.errands_kept = team.errands_dropped = 0
        team.heroics_begun = team.heroics_done = 0
        team.own_wins = 0
        team.own_sales = 0.0


@part
def _write_seat(firm: FirmRecord, seat: SeatRecord, effort: float) -> None:
    row = rep_row_at(firm, firm.rep_rows_used)
    firm.rep_rows_used += 1
    row.week = firm.week
    row.team = seat.team
    row.seat = seat.number
    row.hire = seat.hire
    row.filled = seat.filled
    row.chosen_for_coaching = seat.filled and seat.chosen_for_coaching
    row.tenure_weeks = tenure_hours(firm, seat) / 40.0 if seat.filled else math.nan
    row.ability = seat.ability
    for stage in range(len(events.STAGES)):
        row.stage_z[stage] = seat.stage_z[stage]
        row.meetings[stage] = seat.meetings[stage]
    row.coaching_gain = seat.gain
    row.dose = seat.dose
    row.clarity = seat.clarity
    for use in range(len(events.REP_USES)):
        row.hours[use] = seat.hours[use]
    row.effective_prospecting_hours = seat.hours[events.PROSPECTING] * effort
    row.face_to_face_hours = seat.hours[events.CUSTOMER] * seat.face_to_face_share
    row.wins = seat.wins
    row.sales = seat.sales
    row.queue = seat.queue_count
    row.open_deals = seat.deals_count
    firm.most_deals = max(firm.most_deals, seat.deals_count)


@part
def _write_team(firm: FirmRecord, team: TeamRecord) -> None:
    row = manager_row_at(firm, firm.manager_rows_used)
    firm.manager_rows_used += 1
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
    for use in range(len(events.PLANNED_USES)):
        row.planned[use] = team.planned[use]
    for use in range(len(events.MANAGER_USES)):
        row.hours[use] = team.hours[use]
    for kind in range(len(events.SESSIONS)):
        row.booked[kind] = team.booked[kind]
        row.held[kind] = team.held[kind]
        row.lapsed[kind] = team.lapsed[kind]
    row.errands_kept = team.errands_kept
    row.errands_dropped = team.errands_dropped
    row.information_blocks_lapsed = team.information_lapsed
    row.other_blocks_lapsed = team.others_lapsed
    row.heroics_begun = team.heroics_begun
    row.heroics_done = team.heroics_done
    row.own_wins = team.own_wins
    row.own_sales = team.own_sales
