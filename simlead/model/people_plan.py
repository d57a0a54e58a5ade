"""The people plan: seats that open, close or form a new team from the switch on, each line with its week and price.

    [[plan]]             # a table for each line in a scenario file; a dict in Python
    week = 26            # from the switch, 0 is the first
    team = 1             # counted from 1
    hire = 2             # seats that open with a new rep in each
    buyers = "own"       # a territory of their own each, or "split": they share the team's (the default)

    [[plan]]
    week = 52
    close = 2            # the team's last two seats; or by name: close = ["3.7", "3.8"]
    team = 3
    price = 60000.0      # $ of the switch, once, for the whole line; without it the usual price of each seat

    [[plan]]
    week = 60
    new_team = ["1.7", "2.3"]  # a further manager takes over these seats, with their reps, territories and deals
    rollout_week = 70    # of the policy in the new team, or "never"; without it that of the team of the first seat

A seat is named by its team and its place in the team, both counted from 1: those of the start, then those that open.
New teams are numbered on from the firm's, by week; a seat that has moved has its place there as its name.
A new team goes by the status quo of the team of its first seat until its roll-out.
`organisation.seat_growth_per_year` is a short form: seats that split territories, without a price.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.units import HOURS_PER_WEEK, HOURS_PER_YEAR

BUYERS = ("split", "own")
KINDS = ("hire", "close", "new_team")
MOST_HIRES = 128
"""Seats that a plan can open in one team: each has a number of its own, and so its random numbers."""

MOST_TEAMS = 2000
"""Teams of a firm, those that a plan adds included."""

ROLLOUT_NEVER = -1
"""The roll-out week of a team that keeps its status quo; written `never` in files and options."""

FROM_THE_START, NEVER = -1_000_000, 1_000_000
"""The weeks in which a seat opened that is there from the start, and in which one closes that never does."""

_SEAT = re.compile(r"([1-9][0-9]{0,3})\.([1-9][0-9]{0,2})")


@dataclasses.dataclass(frozen=True)
class PlanLine:
    """One line of a people plan: seats that open in a team, that close, or that form a new team.

    Parameters
    ----------
    week : int
        Weeks from the switch, 0 or later and within the horizon.
    team : int
        The team, counted from 1; 0 where seats are named.
    hire : int
        Seats that open, with a new rep in each.
    buyers : str
        ``own``: each new seat brings a territory with its own buyers; ``split``: it shares the team's territories.
    close : int or tuple of str
        The number of seats that close, the team's last ones; or their names, such as ``3.7``.
    price : float or None
        Dollars of the switch, once, for the whole line; None for the usual price of each seat, or of a manager.
    new_team : tuple of str
        The names of seats that a further manager takes over: they form a new team, in this order.
    rollout_week : int or None
        The week in which the policy starts in the new team, -1 for never; None for that of the first seat's team.

    Examples
    --------
    >>> PlanLine(week=26, team=1, hire=2).stated()
    {'week': 26, 'team': 1, 'hire': 2}
    """

    week: int
    team: int = 0
    hire: int = 0
    buyers: str = "split"
    close: int | tuple[str, ...] = 0
    price: float | None = None
    new_team: tuple[str, ...] = ()
    rollout_week: int | None = None

    def stated(self) -> dict[str, Any]:
        """Return the line as a scenario file states it.

        Returns
        -------
        dict of str to value
            What differs from the defaults, by name.
        """
        found = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)
                 if field.name == "week" or getattr(self, field.name) != field.default}
        if self.rollout_week == ROLLOUT_NEVER:
            found["rollout_week"] = "never"
        return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}

    @property
    def closing(self) -> int:
        """How many seats close."""
        return self.close if isinstance(self.close, int) else len(self.close)

    @property
    def named(self) -> tuple[tuple[int, int], ...]:
        """The seats that the line names: team and place of each, counted from 0."""
        names = self.new_team or (self.close if isinstance(self.close, tuple) else ())
        return tuple((int(team) - 1, int(place) - 1) for team, _, place in (name.partition(".") for name in names))


def plan_words(lines: Sequence[Mapping[str, Any]]) -> str:
    """A plan's lines, as a file states them, in one line of text.

    >>> plan_words([{"week": 26, "team": 1, "hire": 2}, {"week": 30, "close": ["1.2", "1.3"], "price": 9000.0}])
    'week 26, team 1, hire 2; week 30, close 1.2 1.3, price 9000'
    """
    def word(value: Any) -> str:
        return " ".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, float) else str(value)

    return "; ".join(", ".join(f"{name} {word(value)}" for name, value in line.items()) for line in lines)


@dataclasses.dataclass(frozen=True)
class PlannedSeat:
    """When a seat is there, whether it has buyers of its own, and its number among the plan's hires.

    A seat that a new team takes over has an entry in each of the two teams.
    """

    opens: int = FROM_THE_START
    own_buyers: bool = True
    hire: int = -1  # -1 for a seat of the start, of the hiring rule, or of another team
    closes: int = NEVER
    moves: int = NEVER  # to a new team
    comes_from: tuple[int, int] | None = None  # team and place, counted from 0

    def there(self, week: int) -> bool:
        """Whether the seat is in the team when this week is over."""
        return week < min(self.closes, self.moves)


def checked_plan(lines: Any) -> tuple[PlanLine, ...]:
    """The lines of a people plan, each checked by itself; ParameterError names the line and what is wrong with it.

    >>> checked_plan([{"week": 26, "team": 1, "hire": 2, "buyers": "own"}])[0].hire
    2
    >>> checked_plan([{"week": 26, "team": 1, "hires": 2}])
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: plan, line 1: hires: no such entry; allowed is week | team | ...
    """
    if lines is None:
        return ()
    if isinstance(lines, (str, bytes, Mapping)) or not isinstance(lines, Sequence):
        raise ParameterError(f"plan = {lines!r:.60}: a list of lines is needed, [[plan]] in a file")
    return tuple(_checked_line(number, line) for number, line in enumerate(lines, start=1))


def _checked_line(number: int, line: Any) -> PlanLine:
    where = f"plan, line {number}"
    if isinstance(line, PlanLine):
        line = {field.name: getattr(line, field.name) for field in dataclasses.fields(line)}
    if not isinstance(line, Mapping):
        raise ParameterError(f"{where} = {line!r:.60}: a table is needed, such as week = 26, team = 1, hire = 2")
    known = [field.name for field in dataclasses.fields(PlanLine)]
    for name in line:
        if name not in known:
            raise ParameterError(
                f"{where}: {name!s:.40}: no such entry; allowed is {' | '.join(known)}{nearest(str(name), known)}")
    if "week" not in line:
        raise ParameterError(f"{where}: week is missing: a whole number of weeks from the switch, 0 or more")
    buyers = line.get("buyers", "split")
    if buyers not in BUYERS:
        raise ParameterError(f"{where}: buyers = {buyers!r:.40}: allowed is {' | '.join(BUYERS)}"
                             f"{nearest(str(buyers), BUYERS)}")
    close, new_team = line.get("close", 0), line.get("new_team", ())
    close = _seats(where, "close", close) if isinstance(close, (list, tuple)) else _whole(where, "close", close, 0, 40)
    if not isinstance(new_team, (list, tuple)):
        raise ParameterError(f"{where}: new_team = {new_team!r:.40}: allowed is a list of seats, such as "
                             '["3.7", "3.8"]')
    new_team = _seats(where, "new_team", new_team)
    rollout_week = ROLLOUT_NEVER if line.get("rollout_week") == "never" else line.get("rollout_week")
    if rollout_week not in (None, ROLLOUT_NEVER):
        rollout_week = _whole(where, "rollout_week", rollout_week, 0, 1559)
    price = line.get("price")
    if price is not None:
        if isinstance(price, bool) or not isinstance(price, (int, float)) or not 0.0 <= price <= 1e12:
            raise ParameterError(f"{where}: price = {price!r:.40}: allowed is 0 to 1e+12 dollars")
        price = float(price) + 0.0
    if isinstance(line.get("hire", 0), (str, list, tuple)):
        raise ParameterError(f"{where}: hire = {line['hire']!r:.40}: allowed is a number of new seats; a seat that "
                             "has closed stays closed")
    checked = PlanLine(
        week=_whole(where, "week", line["week"], 0, 1559), team=_whole(where, "team", line.get("team", 0), 0, 2000),
        hire=_whole(where, "hire", line.get("hire", 0), 0, MOST_HIRES), buyers=buyers, close=close, price=price,
        new_team=new_team, rollout_week=rollout_week)
    if (checked.hire > 0) + (checked.closing > 0) + (len(new_team) > 0) != 1:
        raise ParameterError(f"{where}: one of {' | '.join(KINDS)} is needed, a line for each")
    if checked.named and checked.team:
        raise ParameterError(f"{where}: team = {checked.team}: leave it out; named seats have it in their names")
    if not checked.named and not checked.team:
        raise ParameterError(f"{where}: team is missing: the team, counted from 1")
    if checked.buyers != "split" and not checked.hire:
        raise ParameterError(f"{where}: buyers = {buyers!r}: belongs to hire")
    if rollout_week is not None and not new_team:
        raise ParameterError(f"{where}: rollout_week: belongs to new_team; a team of the firm has team.N.rollout_week")
    return checked


def _seats(where: str, name: str, seats: Sequence[Any]) -> tuple[str, ...]:
    for seat in seats:
        if not isinstance(seat, str) or not _SEAT.fullmatch(seat):
            raise ParameterError(f"{where}: {name} has {seat!r:.40}: a seat is named by its team and its place "
                                 'in the team, such as "3.7"')
    if len(set(seats)) < len(seats):
        raise ParameterError(f"{where}: {name} names a seat twice")
    return tuple(seats)


def _whole(where: str, name: str, value: Any, low: int, high: int) -> int:
    number = not isinstance(value, bool) and isinstance(value, (int, float))
    if not number or not low <= value <= high or value != int(value):
        raise ParameterError(f"{where}: {name} = {value!r:.40}: allowed is a whole number from {low} to {high}")
    return int(value)


def seats_added(growth_per_year: float, seats: int, years_since_switch: float) -> int:
    """Seats that the hiring rule has added by then to a team that began with so many.

    >>> seats_added(0.13, 8, 3.0)
    3
    """
    if years_since_switch <= 0.0:
        return 0
    grown = (1.0 + growth_per_year) ** years_since_switch - 1.0
    return int(math.floor(seats * grown + 1e-9))


def planned_seats(
    sizes: Sequence[int], growth_per_year: float, lines: Sequence[PlanLine], horizon_weeks: int
) -> list[list[PlannedSeat]]:
    """Every team's seats in order: those of the start, then those that open, by week, the hiring rule's first.

    `sizes` are the seats of each team at the start; new teams follow, by week. Raises ParameterError for a line that
    does not fit the firm.

    >>> plan = checked_plan([{"week": 4, "team": 2, "hire": 1}, {"week": 9, "close": ["2.1"]}])
    >>> teams = planned_seats([2, 2], 0.0, plan, 52)
    >>> [len(team) for team in teams], teams[1][2].opens, teams[1][0].closes
    ([2, 3], 4, 9)
    """
    weeks = {size: _weeks_of_growth(growth_per_year, size, horizon_weeks) for size in set(sizes)}
    teams = [[PlannedSeat()] * size for size in sizes]
    grown = [0] * len(sizes)

    def grow(until: int) -> None:
        """Open the seats of the hiring rule up to a week."""
        for number, size in enumerate(sizes):
            while grown[number] < len(weeks[size]) and weeks[size][grown[number]] <= until:
                teams[number].append(PlannedSeat(weeks[size][grown[number]], own_buyers=False))
                grown[number] += 1

    for number, line in sorted(enumerate(lines, start=1), key=lambda each: each[1].week):
        where = f"plan, line {number}"
        if line.week >= horizon_weeks:
            raise ParameterError(f"{where}: week = {line.week}: allowed is a whole number from 0 to "
                                 f"{horizon_weeks - 1}, the last week of calendar.horizon_weeks")
        if line.rollout_week is not None and line.rollout_week >= horizon_weeks:
            raise ParameterError(f"{where}: rollout_week = {line.rollout_week}: allowed is never or a whole number "
                                 f"from 0 to {horizon_weeks - 1}, the last week of calendar.horizon_weeks")
        grow(line.week)
        _apply(where, line, teams)
    grow(horizon_weeks)
    return teams


def _weeks_of_growth(growth_per_year: float, seats: int, horizon_weeks: int) -> list[int]:
    """The week in which each seat of the hiring rule opens in a team that began with so many."""
    found: list[int] = []
    for week in range(horizon_weeks if growth_per_year > 0.0 else 0):
        found += [week] * (seats_added(growth_per_year, seats, week * HOURS_PER_WEEK / HOURS_PER_YEAR) - len(found))
    return found


def _apply(where: str, line: PlanLine, teams: list[list[PlannedSeat]]) -> None:
    """Let a line open or close its seats, or make a new team of them."""
    for number in [line.team] if line.team else [number + 1 for number, _ in line.named]:
        if number > len(teams):
            plural = "s" if len(teams) > 1 else ""
            raise ParameterError(f"{where}: team = {number}: the firm has {len(teams)} team{plural}; "
                                 f"did you mean {len(teams)}?")
    if line.hire:
        _open(where, line, teams[line.team - 1])
    elif line.new_team:
        _found(where, line, teams)
    else:
        _close(where, line, teams)


def _open(where: str, line: PlanLine, team: list[PlannedSeat]) -> None:
    hired = sum(seat.hire >= 0 for seat in team)
    if hired + line.hire > MOST_HIRES:
        raise ParameterError(f"{where}: hire = {line.hire}: a plan can open {MOST_HIRES} seats in a team")
    team += [PlannedSeat(line.week, line.buyers == "own", hired + new) for new in range(line.hire)]


def _close(where: str, line: PlanLine, teams: list[list[PlannedSeat]]) -> None:
    leaving = sorted(line.named)
    if not leaving:
        team = teams[line.team - 1]
        open_before = [place for place, seat in enumerate(team) if seat.opens < line.week and seat.there(line.week)]
        leaving = [(line.team - 1, place) for place in open_before[-line.closing:]]
        if len(open_before) < line.closing:
            raise ParameterError(f"{where}: close = {line.closing}: team {line.team} has {len(open_before)} seats then")
    for number, place in leaving:
        _check_seat(where, "close", line.week, teams, number, place)
        teams[number][place] = dataclasses.replace(teams[number][place], closes=line.week)
        _check_rest(where, line.week, teams, number)


def _found(where: str, line: PlanLine, teams: list[list[PlannedSeat]]) -> None:
    """Let seats of other teams form a new one."""
    team: list[PlannedSeat] = []
    for number, place in line.named:
        _check_seat(where, "new_team", line.week, teams, number, place)
        seat = teams[number][place]
        if seat.comes_from is not None:
            raise ParameterError(f"{where}: new_team has {number + 1}.{place + 1}: that seat has moved before; "
                                 "a seat moves once")
        teams[number][place] = dataclasses.replace(seat, moves=line.week)
        team.append(PlannedSeat(line.week, seat.own_buyers, comes_from=(number, place)))
    for number, _ in line.named:
        _check_rest(where, line.week, teams, number)
    if not any(seat.own_buyers for seat in team):
        raise ParameterError(f"{where}: new_team would be without buyers; one of its seats needs a territory "
                             "of its own")
    if len(teams) >= MOST_TEAMS:
        raise ParameterError(f"{where}: new_team: a firm has at most {MOST_TEAMS} teams")
    teams.append(team)


def _check_seat(
    where: str, name: str, week: int, teams: list[list[PlannedSeat]], number: int, place: int
) -> None:
    """Refuse a seat that is not in the team when a line names it."""
    team, seat = teams[number], f"{number + 1}.{place + 1}"
    if place >= len(team) or team[place].opens >= week:
        raise ParameterError(f"{where}: {name} has {seat}: no such seat before week {week}; "
                             f"did you mean {number + 1}.{sum(seat.opens < week for seat in team)}?")
    if team[place].closes <= week:
        raise ParameterError(f"{where}: {name} has {seat}: that seat closes in week {team[place].closes}")
    if team[place].moves <= week:
        found = next(f"{new + 1}.{there + 1}" for new, other in enumerate(teams) for there, moved in enumerate(other)
                     if moved.comes_from == (number, place))
        raise ParameterError(f"{where}: {name} has {seat}: that seat moves to team {found.partition('.')[0]} in week "
                             f"{team[place].moves}; its name is {found} from then on")


def _check_rest(where: str, week: int, teams: list[list[PlannedSeat]], number: int) -> None:
    """Refuse what would leave a team without seats, or without territories."""
    if not any(seat.there(week) for seat in teams[number]):
        raise ParameterError(f"{where}: team {number + 1} would be without seats; a team keeps at least one")
    if not any(seat.own_buyers and seat.moves > week for seat in teams[number]):
        raise ParameterError(f"{where}: team {number + 1} would be without buyers; one of its seats needs a territory "
                             "of its own")
