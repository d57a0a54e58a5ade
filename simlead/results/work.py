"""Measures of work and people: coaching, managers' and reps' hours, activity, turnover.

The functions register themselves; `measures.py` imports this module for that.
"""

from __future__ import annotations

import numpy as np

from simlead.model import events
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK, WEEKS_PER_YEAR
from simlead.results.registry import NOTHING, Parts, measure_of_year, measure_since_base
from simlead.results.windows import Span, Table

# Coaching.

@measure_of_year("coaching_share_planned", "share of the manager's week")
def coaching_share_planned(span: Span) -> Parts:
    """Hours that managers planned to coach / 40 h a week."""
    return float(span.managers["planned_coaching_hours"].sum()), span.manager_hours


@measure_of_year("coaching_share_realised", "share of the manager's week")
def coaching_share_realised(span: Span) -> Parts:
    """Hours that a manager coached / 40 h a week, mean over managers.

    Managers with at least 26 weeks in the year (V03, V15, V19).
    """
    shares = span.coaching_shares
    return float(shares.sum()), float(len(shares))


@measure_of_year("coaching_share_over_half", "share of managers")
def coaching_share_over_half(span: Span) -> Parts:
    """Managers who coached half of their week or more.

    Managers with at least 26 weeks in the year (V01). Rare: pool runs.
    """
    shares = span.coaching_shares
    return float(np.count_nonzero(shares >= 0.5)), float(len(shares))


@measure_of_year("coaching_hours_per_rep_month", "hours/month")
def coaching_hours_per_rep_month(span: Span) -> Parts:
    """Hours that a rep was coached per month in the seat."""
    return float(span.reps["coaching_hours"].sum()), span.rep_hours / HOURS_PER_MONTH


def _sessions(rows: Table, what: str) -> float:
    kinds = ("one_to_ones", "pre_calls", "post_calls")
    return float(sum(int(rows[f"{kind}_{what}"].sum()) for kind in kinds))


@measure_of_year("sessions_cancelled_share", "share")
def sessions_cancelled_share(span: Span) -> Parts:
    """Coaching sessions that lapsed / (held + lapsed)."""
    lapsed = _sessions(span.managers, "lapsed")
    return lapsed, lapsed + _sessions(span.managers, "held")


# Managers' hours. The five categories of the time study (V12) and hours with nothing to do add to 1.


def _manager_share(span: Span, *columns: str) -> Parts:
    return float(sum(float(span.managers[column].sum()) for column in columns)), span.manager_hours


@measure_of_year("manager_time_people", "share of the manager's week")
def manager_time_people(span: Span) -> Parts:
    """Managers' time on people, coaching included."""
    return _manager_share(span, "people_hours", "coaching_hours")


@measure_of_year("manager_time_coaching", "share of the manager's week")
def manager_time_coaching(span: Span) -> Parts:
    """Managers' time on coaching (a part of that on people)."""
    return _manager_share(span, "coaching_hours")


@measure_of_year("manager_time_information", "share of the manager's week")
def manager_time_information(span: Span) -> Parts:
    """Managers' time on information, such as reports, and requests for it."""
    return _manager_share(span, "information_hours")


@measure_of_year("manager_time_customers", "share of the manager's week")
def manager_time_customers(span: Span) -> Parts:
    """Managers' time with customers: own selling and heroics."""
    return _manager_share(span, "customers_hours")


@measure_of_year("manager_time_admin", "share of the manager's week")
def manager_time_admin(span: Span) -> Parts:
    """Managers' time on administration."""
    return _manager_share(span, "admin_hours")


@measure_of_year("manager_time_other", "share of the manager's week")
def manager_time_other(span: Span) -> Parts:
    """Managers' time on requests that are nobody's job."""
    return _manager_share(span, "other_hours")


@measure_of_year("manager_time_unallocated", "share of the manager's week")
def manager_time_unallocated(span: Span) -> Parts:
    """Managers' time with nothing to do."""
    return _manager_share(span, "unallocated_hours")


def _per_manager_week(span: Span, *columns: str) -> Parts:
    return float(sum(int(span.managers[column].sum()) for column in columns)), float(len(span.managers))


@measure_of_year("errands_per_manager_week", "1/week")
def errands_per_manager_week(span: Span) -> Parts:
    """Errands that land on a manager in a week."""
    return _per_manager_week(span, "errands_kept")


@measure_of_year("lapsed_blocks_per_manager_week", "1/week")
def lapsed_blocks_per_manager_week(span: Span) -> Parts:
    """Blocks of duty, errands and own-selling hours that went stale, per manager and week."""
    return _per_manager_week(span, "information_blocks_lapsed", "other_blocks_lapsed")


@measure_of_year("heroics_per_manager_week", "1/week")
def heroics_per_manager_week(span: Span) -> Parts:
    """Deals that pulled the manager in as a hero, per manager and week."""
    return _per_manager_week(span, "heroics_begun")


@measure_of_year("kpi_review_share", "share of weeks")
def kpi_review_share(span: Span) -> Parts:
    """Team-weeks in which the KPI review took place."""
    return _per_manager_week(span, "kpi_review")


@measure_of_year("own_sales_share", "share of revenue")
def own_sales_share(span: Span) -> Parts:
    """Revenue from managers' own selling / revenue."""
    return float(span.managers["own_sales"].sum()), float(span.weeks["revenue"].sum())


# Reps' hours: six uses that add to 1.


def _rep_share(span: Span, column: str) -> Parts:
    return float(span.reps[column].sum()), span.rep_hours


def _per_rep_week(span: Span, column: str) -> Parts:
    return float(span.reps[column].sum()), span.rep_hours / HOURS_PER_WEEK


@measure_of_year("customer_time_share", "share of the rep's week")
def customer_time_share(span: Span) -> Parts:
    """Reps' time face to face with customers.

    Customer hours * face-to-face share / hours of filled seats (V105, R11).
    """
    seen = span.scenario.organisation.face_to_face_share
    return float(span.reps["customer_hours"].sum()) * seen, span.rep_hours


@measure_of_year("rep_time_customer", "share of the rep's week")
def rep_time_customer(span: Span) -> Parts:
    """Reps' time on customer meetings with travel, preparation and admin."""
    return _rep_share(span, "customer_hours")


@measure_of_year("rep_time_prospecting", "share of the rep's week")
def rep_time_prospecting(span: Span) -> Parts:
    """Reps' time on prospecting."""
    return _rep_share(span, "prospecting_hours")


@measure_of_year("rep_time_coaching", "share of the rep's week")
def rep_time_coaching(span: Span) -> Parts:
    """Reps' time being coached."""
    return _rep_share(span, "coaching_hours")


@measure_of_year("rep_time_team_meeting", "share of the rep's week")
def rep_time_team_meeting(span: Span) -> Parts:
    """Reps' time in team meetings."""
    return _rep_share(span, "team_meeting_hours")


@measure_of_year("rep_time_waiting", "share of the rep's week")
def rep_time_waiting(span: Span) -> Parts:
    """Reps' time waiting for a session."""
    return _rep_share(span, "waiting_hours")


@measure_of_year("rep_time_free", "share of the rep's week")
def rep_time_free(span: Span) -> Parts:
    """Reps' time with nothing to do."""
    return _rep_share(span, "free_hours")


@measure_of_year("effective_prospecting_hours", "hours/week")
def effective_prospecting_hours(span: Span) -> Parts:
    """Prospecting hours times effort, per week of a filled seat."""
    return _per_rep_week(span, "effective_prospecting_hours")


# Activity: KPIs per week of a filled seat.


@measure_of_year("discovery_meetings_per_rep_week", "1/week")
def discovery_meetings_per_rep_week(span: Span) -> Parts:
    """Discovery meetings held, per week of a filled seat."""
    return _per_rep_week(span, "discovery_meetings")


@measure_of_year("proposal_meetings_per_rep_week", "1/week")
def proposal_meetings_per_rep_week(span: Span) -> Parts:
    """Proposal meetings held, per week of a filled seat."""
    return _per_rep_week(span, "proposal_meetings")


@measure_of_year("wins_per_rep_week", "1/week")
def wins_per_rep_week(span: Span) -> Parts:
    """Deals that reps won, per week of a filled seat."""
    return _per_rep_week(span, "wins")


# People.


@measure_of_year("separations_per_year", "1/year")
def separations_per_year(span: Span) -> Parts:
    """Quits per year of a filled seat; promotions are apart (V110-V114)."""
    return float(span.weeks["quits"].sum()), span.filled_seat_weeks / WEEKS_PER_YEAR


@measure_of_year("promotions_per_year", "1/year")
def promotions_per_year(span: Span) -> Parts:
    """Promotions to manager per year of a filled seat."""
    return float(span.weeks["promotions"].sum()), span.filled_seat_weeks / WEEKS_PER_YEAR


@measure_of_year("vacancy_share", "share of seat hours")
def vacancy_share(span: Span) -> Parts:
    """Hours of seats that were vacant."""
    return float(span.reps["vacant_hours"].sum()), HOURS_PER_WEEK * len(span.reps)


@measure_of_year("manager_exits_per_year", "1/year")
def manager_exits_per_year(span: Span) -> Parts:
    """Managers who left or were replaced, per team and year."""
    return float(span.weeks["manager_exits"].sum()), len(span.managers) / WEEKS_PER_YEAR


MONTH_8_WEEKS = (30.0, 38.0)
EXPERIENCED_AFTER_WEEKS = 52.0


@measure_since_base("new_rep_output_month_8", "ratio")
def new_rep_output_month_8(span: Span) -> Parts:
    """Mean weekly sales of reps in their eighth month / of reps with a year or more.

    Sales in dollars of the switch (divided by the week's growth index), over all weeks
    from the base year on; tenure at the week's end 30 up to 38 weeks, and 52 or more.
    The parts are the new reps' sales and what as many experienced rep-weeks of the same
    run would have sold, so that pooled runs weigh by their new reps (V114).
    """
    rows, weeks = span.reps, span.weeks
    if not len(rows) or not len(weeks):
        return NOTHING
    index = np.ones(span.length)
    index[weeks["week"] - span.first] = weeks["growth_index"]
    sales = rows["sales"] / index[rows["week"] - span.first]
    tenure = rows["tenure_weeks"]
    low, high = MONTH_8_WEEKS
    fresh = rows["filled"] & (tenure >= low) & (tenure < high)
    experienced = rows["filled"] & (tenure >= EXPERIENCED_AFTER_WEEKS)
    if not experienced.any():
        return NOTHING
    return float(sales[fresh].sum()), float(sales[experienced].mean() * np.count_nonzero(fresh))


REP_TIME = tuple(f"rep_time_{use}" for use in events.REP_USES if use != "vacant")
MANAGER_TIME = tuple(
    f"manager_time_{use}" for use in ("people", "information", "customers", "admin", "other", "unallocated"))
"""The shares that add to 1: a rep's week by use, and a manager's by category."""
