"""The weekly ledger: rows of a week in the tables of reps and managers, and the tables at the end."""

from __future__ import annotations

import math

import numpy as np

from simlead.engines.contract import Records
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import SILENT, Deal, Seat, Team
from simlead.engines.weeks import weeks_table
from simlead.model import events, tables


def close_week(firm: Firm) -> None:
    """Write the rows of the week that ends now and start the counts anew."""
    for seat in firm.seats:
        if seat.gone:
            continue
        firm.occupy(seat, seat.activity)
        firm.rep_rows.append(_seat_row(firm, seat))
        seat.prospected = seat.hours[events.PROSPECTING] * (seat.team.effort * seat.team.cover)
        seat.hours = [0.0] * len(events.REP_USES)
        seat.meetings = [0, 0, 0]
        seat.wins = 0
        seat.sales = 0.0
        seat.gone = seat.closed and not seat.filled
    for team in firm.teams:
        busy = team.busy
        firm.engage(team, team.activity)
        team.busy = busy
        firm.manager_rows.append(_team_row(firm, team))
        team.hours = [0.0] * len(events.MANAGER_USES)
        team.booked, team.held, team.lapsed = [0, 0, 0], [0, 0, 0], [0, 0, 0]
        team.errands_kept = team.errands_dropped = 0
        team.heroics_begun = team.heroics_done = 0
        team.own_wins = 0
        team.own_sales = 0.0


def _seat_row(firm: Firm, seat: Seat) -> tuple[float, ...]:
    tenure = firm.tenure_hours(seat) / 40.0 if seat.filled else math.nan
    hours = seat.hours
    return (
        firm.week, seat.team.number, seat.number, seat.hire, seat.filled, seat.filled and seat.chosen_for_coaching,
        tenure, seat.ability, *seat.stage_z, seat.gain, seat.dose, seat.clarity, *hours,
        hours[events.PROSPECTING] * (seat.team.effort * seat.team.cover),
        hours[events.CUSTOMER] * seat.face_to_face_share, *seat.meetings, seat.wins, seat.sales, len(seat.queue),
        len(seat.deals))


def _team_row(firm: Firm, team: Team) -> tuple[float, ...]:
    return (
        firm.week, team.number, team.appointment, team.quality, team.people_skill,
        team.natural_coach, team.trainable, team.clarity, team.adherence, team.reviewed,
        *team.planned, *team.hours, *team.booked, *team.held, *team.lapsed,
        team.errands_kept, team.errands_dropped, team.information_lapsed, team.others_lapsed,
        team.heroics_begun, team.heroics_done, team.own_wins, team.own_sales)


def _opportunity_row(deal: Deal) -> tuple[float, ...]:
    return (
        deal.territory, deal.number, deal.team.number, deal.seat.number, deal.noticed, deal.stage,
        deal.meetings, deal.outcome, deal.status == SILENT or deal.silent, deal.abandoned,
        deal.pre_calls, deal.post_calls, deal.heroics, deal.relieved, deal.handovers, deal.arrived,
        deal.value, deal.pace, deal.overdue_weeks, deal.skill, *deal.gates, deal.decided, deal.won_value)


def records(firm: Firm) -> Records:
    """The tables of a finished run."""
    opportunities = np.fromiter(
        (_opportunity_row(deal) for deal in firm.opportunities),
        dtype=tables.OPPORTUNITIES_DTYPE, count=len(firm.opportunities))
    reps = np.array(firm.rep_rows, dtype=tables.REPS_DTYPE)
    people = np.array(firm.people_rows[: firm.weeks_since_start], dtype=np.int32).reshape(-1, 5)
    return Records(
        opportunities=opportunities,
        reps=reps,
        managers=np.array(firm.manager_rows, dtype=tables.MANAGERS_DTYPE),
        weeks=weeks_table(firm.plan, opportunities, reps, people),
        events=firm.events,
        trace=None if firm.rows is None else np.array(firm.rows, dtype=events.TRACE_DTYPE),
    )
