"""Parameters of the organisation: teams and seats, their hours and their costs."""

from __future__ import annotations

import dataclasses

from simlead.model.calibration_data import EVIDENCE
from simlead.model.data_tables import currency_label, label
from simlead.model.parameters import parameter


@dataclasses.dataclass(frozen=True)
class Organisation:
    """Size, working habits and money of the firm.

    >>> Organisation().teams * Organisation().seats_per_team
    32
    """

    teams: int = parameter(4, "teams", 1, 2000, "teams, one manager each", "", "D", (1, 12))
    seats_per_team: int = parameter(
        8, "seats", 1, 40, "seats (territories) per manager: the span of control",
        "V04 V15 V17 V22", "C", (6, 12))
    seat_growth_per_year: float = parameter(
        0.0, "1/year", 0.0, 0.5,
        "hiring rule: seats added each year after the switch; they split territories", "", "D", (0.0, 0.2))

    # How a rep's hours are cut.
    meeting_handling_hours: float = parameter(
        1.3, "hours", 0.05, 16.0,
        "mean time of a customer meeting with travel, preparation and admin", "V101 V105", "D", (1.0, 1.8))
    meeting_handling_cv: float = parameter(
        0.5, "ratio", 0.0, 3.0, "coefficient of variation of a meeting's handling time", "", "D", (0.3, 1.0))
    face_to_face_share: float = parameter(
        0.5, "share", 0.0, 1.0, "part of a meeting's handling time that the customer sees", "V105 R11", "B")
    prospecting_block_hours: float = parameter(
        1.0, "hours", 0.25, 8.0, "length of a prospecting block", "", "D", (0.5, 2.0))
    prospecting_floor_hours: float = parameter(
        5.0, "hours/week", 0.0, 40.0,
        "prospecting done before customer meetings while few of them wait", "", "D", (0.0, 10.0))
    prospecting_floor_queue: int = parameter(
        6, "meetings", 0, 1000, "the floor gives way when more meetings than this wait", "", "D", (2, 12))
    prospecting_norm_hours: float = parameter(
        EVIDENCE["organisation.prospecting_norm_hours"], "hours/week", 0.1, 60.0,
        "effective prospecting hours at which the reference share of opportunities is noticed; "
        "the status quo's mean, by calibration", "", "D", (8.0, 16.0))

    cover_time_share: float = parameter(
        0.6, "share", 0.0, 1.0, "part of a vacant seat's working time that its team-mates make up", "V111 V116", "D",
        (0.3, 0.9), neutral=0.0)
    cover_weeks: int = parameter(
        13, "weeks", 0, 104, "team-mates cover a newcomer's territory for this long", "", "D", (4, 26), neutral=13)

    # How a manager's hours are cut.
    team_meeting_hours: float = parameter(
        1.0, "hours/week", 0.25, 8.0, "length of the weekly KPI meeting", "V23", "C", (0.5, 1.0))
    team_meeting_start_hour: float = parameter(
        1.0, "hour of the week", 0.25, 30.0, "when the weekly KPI meeting begins", "", "D", (0.5, 8.0))
    meeting_preparation_hours: float = parameter(
        1.0, "hours/week", 0.0, 8.0, "preparation of the KPI meeting", "", "D", (0.5, 2.0))
    people_duty_hours: float = parameter(
        4.5, "hours/week", 0.0, 20.0, "hiring and reviews", "V12", "B", (3.0, 6.0))
    information_duty_hours: float = parameter(
        6.0, "hours/week", 0.0, 20.0, "forecasts and reports", "V12 V14", "B", (4.0, 8.0))
    admin_duty_hours: float = parameter(
        5.5, "hours/week", 0.0, 20.0, "administration", "V12 V17", "B", (4.0, 8.0))
    duty_block_hours: float = parameter(
        0.5, "hours", 0.1, 1.0, "length of a block of duty", "", "D", (0.25, 1.0))
    errands_per_week: float = parameter(
        24.0, "1/week", 0.0, 200.0,
        "requests a manager without any role definition would get", "V10 V17", "D", (12.0, 36.0))
    errand_hours: float = parameter(0.5, "hours", 0.05, 4.0, "length of an errand", "", "D", (0.25, 1.0))
    errand_information_share: float = parameter(
        0.75, "share", 0.0, 1.0, "errands that are information work; the rest is other", "", "D", (0.5, 1.0))
    stale_after_hours: float = parameter(
        40.0, "hours", 1.0, 400.0, "a block, errand or own-selling hour older than this lapses", "", "D",
        (20.0, 80.0))
    one_to_one_hours: float = parameter(
        0.5, "hours", 0.1, 2.0, "length of a one-to-one", "V23 V24 V143", "C", (0.5, 1.0))
    pre_call_hours: float = parameter(
        0.25, "hours", 0.05, 2.0, "length of a pre-call strategy session", "", "D", (0.25, 0.5))
    post_call_hours: float = parameter(
        0.25, "hours", 0.05, 2.0, "length of a post-call debrief", "", "D", (0.25, 0.5))
    pre_call_notice_hours: float = parameter(
        16.0, "hours", 0.0, 80.0, "a pre-call can be booked so long before its meeting is due", "", "D",
        (8.0, 24.0))
    post_call_window_hours: float = parameter(
        16.0, "hours", 1.0, 80.0, "a post-call lapses so long after its meeting", "", "D", (8.0, 24.0))
    patience_hours: float = parameter(
        0.5, "hours", 0.0, 8.0, "a rep waits so long, once, for a protected session", "", "D", (0.25, 1.0))

    # Money, in the firm's currency, of the year of the switch.
    currency: str = label("the firm's currency, as reports and charts write it in place of $; no number is changed",
                          currency_label)
    contribution_margin: float = parameter(
        0.35, "share of revenue", 0.0, 1.0, "contribution margin before sales pay", "", "D", (0.2, 0.5))
    rep_salary_per_year: float = parameter(
        90_000.0, "$/year", 0.0, 1e6, "fixed pay of a rep", "", "D", (60_000.0, 120_000.0))
    commission_share: float = parameter(
        0.08, "share of revenue", 0.0, 0.5, "commission on a rep's sales", "", "D", (0.05, 0.12))
    manager_salary_per_year: float = parameter(
        160_000.0, "$/year", 0.0, 2e6, "pay of a manager", "", "D", (120_000.0, 220_000.0))
    replacement_cost: float = parameter(
        65_000.0, "$", 0.0, 1e6, "hiring and training a rep's successor, lost sales not counted",
        "V111", "C", (40_000.0, 115_000.0))
    manager_replacement_cost: float = parameter(
        80_000.0, "$", 0.0, 1e6, "hiring a manager from outside", "", "D", (40_000.0, 160_000.0))
    seat_closing_cost: float = parameter(
        22_500.0, "$", 0.0, 1e7, "closing a seat by plan: a quarter of a year's salary", "", "D",
        (0.0, 45_000.0), neutral=22_500.0)
    programme_cost_per_manager: float = parameter(
        6_000.0, "$", 0.0, 1e6, "once per manager when a policy other than the status quo starts", "", "D",
        (2_000.0, 15_000.0))
    training_cost_per_manager: float = parameter(
        5_000.0, "$", 0.0, 1e6, "training a manager to coach", "", "D", (2_000.0, 15_000.0))
    overhead_per_seat_year: float = parameter(
        EVIDENCE["organisation.overhead_per_seat_year"], "$/seat/year", -1e6, 1e7,
        "overhead, such that the status quo earns 10 % of revenue, by calibration", "", "D")
    quota_per_year: float = parameter(
        EVIDENCE["organisation.quota_per_year"], "$/year", 1.0, 1e9,
        "quota of a ramped rep in the year before the switch, such that 57 % reach it, by calibration",
        "V121", "C")
    ramped_revenue_per_year: float = parameter(
        EVIDENCE["organisation.ramped_revenue_per_year"], "$/year", 1.0, 1e9,
        "mean sales of a ramped rep in the year before the switch, by calibration", "", "D")
