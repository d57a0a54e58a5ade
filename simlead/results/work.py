"""Measures of work and people: coaching, managers' and reps' hours, activity, turnover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simlead.model import events
from simlead.model.number import total
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK, WEEKS_PER_YEAR
from simlead.results.registry import (
    NOTHING,
    Group,
    Measure,
    Parts,
    measure_of_year,
    measure_since_base,
    of_year,
)
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


@measure_of_year("coached_rep_weeks_share", "share of rep-weeks")
def coached_rep_weeks_share(span: Span) -> Parts:
    """Weeks of filled seats in which the rep was coached at all (V04)."""
    filled = span.reps["filled"]
    return float(np.count_nonzero(filled & (span.reps["coaching_hours"] > 0.0))), float(np.count_nonzero(filled))


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
    return total(float(span.managers[column].sum()) for column in columns), span.manager_hours


_MANAGER_TIME = {
    "people": "on people, coaching included",
    "coaching": "on coaching (a part of that on people)",
    "information": "on information, such as reports, and requests for it",
    "customers": "with customers: own selling and heroics",
    "admin": "on administration",
    "other": "on requests that are nobody's job",
    "unallocated": "with nothing to do",
}


def _manager_time(use: str) -> tuple[Measure, ...]:
    columns = ("people_hours", "coaching_hours") if use == "people" else (f"{use}_hours",)
    return of_year(
        f"manager_time_{use}", "share of the manager's week", f"Managers' time {_in_words(use, _MANAGER_TIME)}",
        lambda span: _manager_share(span, *columns))


def _in_words(use: str, words: Mapping[str, str]) -> str:
    return words.get(use, f"on {use.replace('_', ' ')}")


def _in_order(uses: Sequence[str], words: Mapping[str, str]) -> list[str]:
    """The uses of an hour, those that have words of their own first."""
    return [*words, *(use for use in uses if use not in words)]


manager_times = Group(*(
    measure for use in _in_order(events.MANAGER_USES, _MANAGER_TIME) for measure in _manager_time(use)))


def _per_manager_week(span: Span, *columns: str) -> Parts:
    return float(sum(int(span.managers[column].sum()) for column in columns)), float(len(span.managers))


week_of_managers = Group(
    *of_year("errands_per_manager_week", "1/week", "Errands that land on a manager in a week",
             lambda span: _per_manager_week(span, "errands_kept")),
    *of_year("lapsed_blocks_per_manager_week", "1/week",
             "Blocks of duty, errands and own-selling hours that went stale, per manager and week",
             lambda span: _per_manager_week(span, "information_blocks_lapsed", "other_blocks_lapsed")),
    *of_year("heroics_per_manager_week", "1/week", "Deals that pulled the manager in as a hero, per manager and week",
             lambda span: _per_manager_week(span, "heroics_begun")),
    *of_year("kpi_review_share", "share of weeks", "Team-weeks in which the KPI review took place",
             lambda span: _per_manager_week(span, "kpi_review")),
)


@measure_of_year("own_sales_share", "share of revenue")
def own_sales_share(span: Span) -> Parts:
    """Revenue from managers' own selling / revenue."""
    return float(span.managers["own_sales"].sum()), float(span.weeks["revenue"].sum())


# Reps' hours by use, which add to 1.


def _rep_share(span: Span, column: str) -> Parts:
    return float(span.reps[column].sum()), span.rep_hours


def _per_rep_week(span: Span, column: str) -> Parts:
    return float(span.reps[column].sum()), span.rep_hours / HOURS_PER_WEEK


@measure_of_year("customer_time_share", "share of the rep's week")
def customer_time_share(span: Span) -> Parts:
    """Reps' time face to face with customers.

    Face-to-face hours / hours of filled seats (V105, R11). Where clarity does not change the
    face-to-face share of a meeting (world.clarity_width 0), these are customer hours * that share.
    """
    scenario = span.scenario.in_force()
    if scenario.world.clarity_width > 0.0:
        return float(span.reps["face_to_face_hours"].sum()), span.rep_hours
    return float(span.reps["customer_hours"].sum()) * scenario.organisation.face_to_face_share, span.rep_hours


_REP_TIME = {
    "customer": "on customer meetings with travel, preparation and admin",
    "prospecting": "on prospecting",
    "coaching": "being coached",
    "team_meeting": "in team meetings",
    "waiting": "waiting for a session",
    "free": "with nothing to do",
}


def _rep_time(use: str) -> tuple[Measure, ...]:
    return of_year(f"rep_time_{use}", "share of the rep's week", f"Reps' time {_in_words(use, _REP_TIME)}",
                   lambda span: _rep_share(span, f"{use}_hours"))


_FILLED = tuple(use for use in events.REP_USES if use != "vacant")
rep_times = Group(*(measure for use in _in_order(_FILLED, _REP_TIME) for measure in _rep_time(use)))


@measure_of_year("effective_prospecting_hours", "hours/week")
def effective_prospecting_hours(span: Span) -> Parts:
    """Prospecting hours times effort, per week of a filled seat."""
    return _per_rep_week(span, "effective_prospecting_hours")


# Activity: KPIs per week of a filled seat.


activity = Group(
    *of_year("discovery_meetings_per_rep_week", "1/week", "Discovery meetings held, per week of a filled seat",
             lambda span: _per_rep_week(span, "discovery_meetings")),
    *of_year("proposal_meetings_per_rep_week", "1/week", "Proposal meetings held, per week of a filled seat",
             lambda span: _per_rep_week(span, "proposal_meetings")),
    *of_year("wins_per_rep_week", "1/week", "Deals that reps won, per week of a filled seat",
             lambda span: _per_rep_week(span, "wins")),
)


# People.


turnover = Group(
    *of_year("separations_per_year", "1/year", "Quits per year of a filled seat; promotions are apart (V110-V114)",
             lambda span: (float(span.weeks["quits"].sum()), span.filled_seat_weeks / WEEKS_PER_YEAR)),
    *of_year("promotions_per_year", "1/year", "Promotions to manager per year of a filled seat",
             lambda span: (float(span.weeks["promotions"].sum()), span.filled_seat_weeks / WEEKS_PER_YEAR)),
    *of_year("vacancy_share", "share of seat hours", "Hours of seats that were vacant",
             lambda span: (float(span.reps["vacant_hours"].sum()), HOURS_PER_WEEK * len(span.reps))),
    *of_year("manager_exits_per_year", "1/year", "Managers who left or were replaced, per team and year",
             lambda span: (float(span.weeks["manager_exits"].sum()), len(span.managers) / WEEKS_PER_YEAR)),
)


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


REP_TIME = tuple(f"rep_time_{use}" for use in _in_order(_FILLED, _REP_TIME))
MANAGER_TIME = tuple(
    f"manager_time_{use}" for use in _in_order(events.MANAGER_USES, _MANAGER_TIME) if use != "coaching")
"""The shares that add to 1: a rep's week by use, and a manager's by category (people includes coaching)."""
