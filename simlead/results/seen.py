"""What a firm sees of itself, by team and month: its CRM, its time diaries, its list of people. Nothing hidden.

An outcome is a ratio of two columns that a firm can count, such as won proposals over closed proposals. A deal that
fell silent is open until it is closed, because a CRM knows no better; what nobody noticed is in no CRM. Months are
twelfths of a year, numbered from the switch: month 0 is its first, month -1 the last of the warm-up.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model import events
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK, HOURS_PER_YEAR, calendar_days_of_business_hours
from simlead.results.measures import MEASURES
from simlead.results.windows import Table

if TYPE_CHECKING:
    from simlead.engines.contract import Records

Floats = NDArray[np.float64]

CRM, DIARY, PEOPLE = "crm", "diary", "people"


@dataclasses.dataclass(frozen=True)
class SeenOutcome:
    """An outcome that a firm sees: the sum of one column over that of another.

    Attributes
    ----------
    name, unit : str
        Its name and its unit.
    top, bottom : str
        The two columns of the firm's data.
    source : str
        Where the firm sees it: `crm`, `diary` or `people`.
    waits : bool
        Whether deals under way at a start must be decided before a change can show.
    """

    name: str
    unit: str
    top: str
    bottom: str
    source: str
    waits: bool = False


SEEN: dict[str, SeenOutcome] = {outcome.name: outcome for outcome in (
    SeenOutcome("sessions_held", "1/month", "sessions", "rep_months", DIARY),
    SeenOutcome("coaching_hours", "hours/month", "coaching_hours", "rep_months", DIARY),
    SeenOutcome("customer_time", "share of the rep's week", "customer_hours", "rep_hours", DIARY),
    SeenOutcome("meetings_held", "1/month", "meetings", "rep_months", CRM),
    SeenOutcome("discovery_rate", "share", "discovery_passed", "discovery_left", CRM, True),
    SeenOutcome("qualified_rate", "share", "qualified_passed", "qualified_left", CRM, True),
    SeenOutcome("win_rate", "share", "proposals_won", "proposals_closed", CRM, True),
    SeenOutcome("cycle_days", "calendar days", "days_of_won_deals", "proposals_won", CRM, True),
    SeenOutcome("pipeline_value", "$", "open_value", "seat_months", CRM),
    SeenOutcome("deals_won", "1/month", "deals_won", "seat_months", CRM, True),
    SeenOutcome("revenue", "$/month", "won_value", "seat_months", CRM, True),
    SeenOutcome("leavers", "1/year", "leavers", "rep_years", PEOPLE),
)}
"""Every outcome of a trial by name."""

COLUMNS = tuple(dict.fromkeys(column for outcome in SEEN.values() for column in (outcome.top, outcome.bottom)))
"""The columns of a firm's data, a number for each team and month."""


def checked_seen(name: object) -> str:
    """The name of an outcome that a firm sees.

    Raises ParameterError for one that is in no CRM and no diary, and for an unknown one.

    >>> checked_seen("win_rate")
    'win_rate'
    >>> checked_seen("market_share")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: outcome 'market_share': the firm cannot see it by team and month; ...
    """
    if isinstance(name, str) and name in SEEN:
        return name
    hidden = isinstance(name, str) and (name in MEASURES or name in REGISTRY or name in _HIDDEN)
    why = "the firm cannot see it by team and month" if hidden else "no such outcome"
    raise ParameterError(f"outcome {name!r}: {why}; allowed is {', '.join(SEEN)}{nearest(str(name), SEEN)}")


_HIDDEN = ("skill", "ability", "dose", "clarity", "quality", "adherence", "coaching_gain")


def month_of_week(week: int) -> int:
    """The month in which a week begins.

    >>> [month_of_week(week) for week in (-1, 0, 4, 5, 51, 52)]
    [-1, 0, 0, 1, 11, 12]
    """
    return math.floor(week * HOURS_PER_WEEK / HOURS_PER_MONTH + 1e-9)


def weeks_of_months(months: int) -> int:
    """The week in which a month begins, and so many weeks that all of the months before it are in.

    >>> [weeks_of_months(months) for months in (1, 3, 12)]
    [5, 13, 52]
    """
    return math.ceil(months * HOURS_PER_MONTH / HOURS_PER_WEEK - 1e-9)


def seen_by_month(records: Records, scenario: Scenario, first: int, months: int) -> Floats:
    """Count all columns by team and month: columns x teams of the start x months, the first month being `first`.

    >>> from simlead.study.simulate import simulate
    >>> firm = Scenario().change({"organisation.teams": 2, "calendar.warmup_weeks": 13, "calendar.horizon_weeks": 13})
    >>> seen = seen_by_month(simulate(firm, engine="compiled").records, firm, -3, 6)
    >>> seen.shape == (len(COLUMNS), 2, 6), bool((seen[COLUMNS.index("seat_months")] > 6.0).all())
    (True, True)
    """
    teams = scenario.organisation.teams
    count = _Counting(teams, first, months)
    found = {**_of_reps(records.reps, count), **_of_managers(records.managers, count),
             **_of_deals(records.opportunities, count)}
    return np.stack([found[column] for column in COLUMNS])


def ratio_of(seen: Floats, outcome: str) -> Floats:
    """An outcome from sums of columns (the first axis); nan where its bottom is 0.

    >>> seen = np.zeros((len(COLUMNS), 1))
    >>> seen[COLUMNS.index("proposals_won")], seen[COLUMNS.index("proposals_closed")] = 1.0, 4.0
    >>> ratio_of(seen, "win_rate").tolist()
    [0.25]
    """
    of = SEEN[outcome]
    top, bottom = seen[COLUMNS.index(of.top)], seen[COLUMNS.index(of.bottom)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom > 0.0, top / bottom, np.nan))


@dataclasses.dataclass(frozen=True)
class _Counting:
    """Sums by team and month."""

    teams: int
    first: int
    months: int

    def month(self, hours: Floats) -> NDArray[np.int64]:
        """The month of moments, counted from the first one; -1 for those that never come."""
        known = np.isfinite(hours)
        place = np.floor(np.where(known, hours, 0.0) / HOURS_PER_MONTH + 1e-9).astype(np.int64) - self.first
        return np.where(known, place, -1)

    def sums(self, team: Table, month: NDArray[np.int64], values: Floats | None = None) -> Floats:
        """Add values (or count) by team and month; what lies outside is left out."""
        inside = (month >= 0) & (month < self.months) & (team < self.teams)
        place = team[inside].astype(np.int64) * self.months + month[inside]
        weights = None if values is None else np.asarray(values, dtype=np.float64)[inside]
        return np.bincount(place, weights, self.teams * self.months).astype(float).reshape(self.teams, self.months)


def _of_reps(reps: Table, count: _Counting) -> dict[str, Floats]:
    month = count.month(reps["week"] * HOURS_PER_WEEK)
    hours = HOURS_PER_WEEK - reps["vacant_hours"]
    meetings = reps["discovery_meetings"] + reps["qualified_meetings"] + reps["proposal_meetings"]
    filled = count.sums(reps["team"], month, hours)
    return {
        "rep_hours": filled, "rep_months": filled / HOURS_PER_MONTH, "rep_years": filled / HOURS_PER_YEAR,
        "seat_months": count.sums(reps["team"], month) * (HOURS_PER_WEEK / HOURS_PER_MONTH),
        "customer_hours": count.sums(reps["team"], month, reps["face_to_face_hours"]),
        "coaching_hours": count.sums(reps["team"], month, reps["coaching_hours"]),
        "meetings": count.sums(reps["team"], month, meetings),
        "leavers": _leavers(reps, count)}


def _leavers(reps: Table, count: _Counting) -> Floats:
    """Reps who left, from who sits where at the weeks' ends."""
    rows = reps[np.lexsort((reps["week"], reps["seat"]))]
    same = rows["seat"][1:] == rows["seat"][:-1]
    filled, hire = rows["filled"].astype(np.int64), rows["hire"].astype(np.int64)
    gone = np.r_[0.0, np.where(same, filled[:-1] + hire[1:] - hire[:-1] - filled[1:], 0.0)]
    return count.sums(rows["team"], count.month(rows["week"] * HOURS_PER_WEEK), gone)


def _of_managers(managers: Table, count: _Counting) -> dict[str, Floats]:
    held = np.sum([managers[f"{kind}s_held"].astype(np.float64) for kind in events.SESSIONS], axis=0)
    return {"sessions": count.sums(managers["team"], count.month(managers["week"] * HOURS_PER_WEEK), held)}


def _of_deals(deals: Table, count: _Counting) -> dict[str, Floats]:
    """What the CRM shows of deals: those that were noticed, and any that a manager won."""
    won_any = np.isin(deals["outcome"], (events.WON, events.WON_BY_MANAGER))
    closed_any = count.month(deals["decided"])
    found = {
        "deals_won": count.sums(deals["team"][won_any], closed_any[won_any]),
        "won_value": count.sums(deals["team"][won_any], closed_any[won_any], deals["won_value"][won_any])}
    known = deals[deals["noticed"]]
    team, stage, closed = known["team"], known["stage"], count.month(known["decided"])
    for name, at in (("discovery", events.DISCOVERY), ("qualified", events.QUALIFIED)):
        passed = stage > at
        through = count.sums(team[passed], count.month(known[f"{name}_gate"])[passed])
        ended = stage == at
        found[f"{name}_passed"] = through
        found[f"{name}_left"] = through + count.sums(team[ended], closed[ended])
    last, won = stage == events.PROPOSAL, known["outcome"] == events.WON
    days = calendar_days_of_business_hours(1.0) * (known["decided"] - known["arrived"])
    found["proposals_closed"] = count.sums(team[last], closed[last])
    found["proposals_won"] = count.sums(team[won], closed[won])
    found["days_of_won_deals"] = count.sums(team[won], closed[won], days[won])
    found["open_value"] = _open_value(known, count)
    return found


def _open_value(known: Table, count: _Counting) -> Floats:
    """Value of open deals at the months' ends, as the CRM's pipeline report has it; one report a month."""
    begun = np.maximum(count.month(known["arrived"]), 0)
    ended = count.month(known["decided"])
    never = ~np.isfinite(known["decided"])
    ended = np.where(never, count.months, np.maximum(ended, 0))
    entered = count.sums(known["team"], begun, known["value"])
    left = count.sums(known["team"], ended, known["value"])
    return np.cumsum(entered - left, axis=1)
