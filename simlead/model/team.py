"""Parameters of a single team, where teams differ: the firm's own values hold for what is not stated.

A path names the team, counted from 1, and the parameter: `team.2.seats`, `team.2.status_quo.coaching_share`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from simlead.model.number import total
from simlead.model.parameters import WEEK_OR_NEVER, Parameter, described, nearest, parameter
from simlead.model.people_plan import MOST_TEAMS, ROLLOUT_NEVER, PlanLine
from simlead.model.policy import Policy

NEVER = ROLLOUT_NEVER
"""The roll-out week of a team that keeps its status quo; written `never` in files and options."""


@dataclasses.dataclass(frozen=True)
class Team:
    """What one team has of its own.

    Value is a scale: like the market's growth it changes dollars and nothing else. Quotas and the credit for own
    selling follow it, and stages, pace and heroics judge a deal against what is usual in its team.

    >>> Team().seats, Team().rollout_week
    (8, 0)
    """

    seats: int = parameter(8, "seats", 1, 40, "seats (territories) of this team", "", "D", (6, 12))
    deal_value_factor: float = parameter(
        1.0, "ratio", 0.01, 100.0, "value of this team's deals, relative to the market's", "", "D", (0.5, 2.0))
    buyers_factor: float = parameter(
        1.0, "ratio", 0.0, 20.0, "buying opportunities in this team's territories, relative to the market's", "", "D",
        (0.5, 2.0))
    rollout_week: int = parameter(
        0, WEEK_OR_NEVER, NEVER, 1559, "week in which the new policy starts in this team; never: it keeps its status "
        "quo", "", "D", (0, 52))
    status_quo: Policy = dataclasses.field(default_factory=Policy)


_OF_THE_FIRM = {
    "seats": "organisation.seats_per_team",
    **{f"status_quo.{field.name}": f"status_quo.{field.name}" for field in dataclasses.fields(Policy)},
}
"""For each parameter of a team that the firm has too: the firm's path."""

TEAM_PARAMETERS: dict[str, Parameter] = {
    line.path.partition(".")[2]: line for line in (
        *described(Team, "team"),
        *(dataclasses.replace(line, meaning=f"habit of this team's manager until the roll-out: {line.meaning}")
          for line in described(Policy, "team.status_quo")))
}
"""Every parameter of a team by what follows the team's number in its path."""

_PATH = re.compile(r"team\.([1-9][0-9]{0,3})\.(.+)")


class Registry(dict[str, Parameter]):
    """Parameters by dotted path. Iteration gives the firm's; a team's are found by their paths as well.

    >>> Registry()["team.2.seats"].high, "team.2.seat" in Registry()
    (40, False)
    """

    def __contains__(self, path: object) -> bool:
        return super().__contains__(path) or _declared(path) is not None

    def __missing__(self, path: str) -> Parameter:
        line = _declared(path)
        if line is None:
            raise KeyError(path)
        return line

    def get(self, path: str, default: Any = None) -> Any:
        """Return the declaration, or the default for an unknown path."""
        return self[path] if path in self else default  # noqa: SIM401  the dict's own `get` asks neither

    def nearest(self, path: str, also: Iterable[str] = ()) -> str:
        """The end of a refusal of an unknown path: `; did you mean ...?`, or nothing when nothing is near."""
        team = re.match(r"teams?\.?([0-9]+)\b\.?(.*)", path)
        number = team.group(1) if team and 1 <= int(team.group(1)) <= MOST_TEAMS else "1"
        names = TEAM_PARAMETERS if path.startswith("team") and "." in path else ()
        return nearest(path, [*self, *also, *(f"team.{number}.{name}" for name in names)])


def team_path(path: object) -> tuple[int, str] | None:
    """The team's number, from 1, and the name of a path's parameter; None for a path of another kind.

    >>> team_path("team.2.seats"), team_path("organisation.teams")
    ((2, 'seats'), None)
    """
    found = _PATH.fullmatch(path) if isinstance(path, str) else None
    if found is None or found.group(2) not in TEAM_PARAMETERS or int(found.group(1)) > MOST_TEAMS:
        return None
    return int(found.group(1)), found.group(2)


def path_of_the_firm(name: str) -> str:
    """The path of the firm's value that holds for a team which states none; empty if the firm has none.

    >>> path_of_the_firm("seats"), path_of_the_firm("buyers_factor")
    ('organisation.seats_per_team', '')
    """
    return _OF_THE_FIRM.get(name, "")


def _declared(path: object) -> Parameter | None:
    found = team_path(path)
    return dataclasses.replace(TEAM_PARAMETERS[found[1]], path=str(path)) if found else None


def by_team(stated: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each team that states something, in order, and what it states by name."""
    found: dict[int, dict[str, Any]] = {}
    for path, value in stated.items():
        number, name = team_path(path) or (0, "")
        found.setdefault(number, {})[name] = value
    yield from sorted(found.items())


def resolved(common: Team, stated: Mapping[str, Any]) -> Team:
    """A team with what it states, and what is common to all for the rest."""
    own = {name: value for name, value in stated.items() if "." not in name}
    habits = {name.partition(".")[2]: value for name, value in stated.items() if "." in name}
    return dataclasses.replace(common, **own, status_quo=dataclasses.replace(common.status_quo, **habits))


def with_new_teams(teams: Sequence[Team], plan: Sequence[PlanLine]) -> tuple[Team, ...]:
    """The teams of the start, then those that a people plan adds, by week.

    A new team has the status quo and, if its line states none, the roll-out of the team of its first seat. Its factors
    are the means of its seats': they hold for who is hired into it and for its manager's own selling.

    >>> line = PlanLine(week=52, new_team=("2.1", "1.7"))
    >>> with_new_teams([Team(), Team(deal_value_factor=2.0, rollout_week=9)], [line])[2].deal_value_factor
    1.5
    """
    every = list(teams)
    for line in sorted((line for line in plan if line.new_team), key=lambda line: line.week):
        homes = [every[number] for number, _ in line.named]
        every.append(dataclasses.replace(
            homes[0], seats=len(homes), deal_value_factor=total(home.deal_value_factor for home in homes) / len(homes),
            buyers_factor=total(home.buyers_factor for home in homes) / len(homes),
            rollout_week=homes[0].rollout_week if line.rollout_week is None else line.rollout_week))
    return tuple(every)


def contradiction_of_teams(stated: Mapping[str, Any], teams: int, common: Team, horizon_weeks: int) -> str:
    """What is wrong with the values of teams, as the line of a refusal; empty if nothing is.

    >>> contradiction_of_teams({"team.5.seats": 9}, 4, Team(), 156)
    'team.5.seats: the firm has 4 teams (organisation.teams); did you mean team.4.seats?'
    """
    for number, own in by_team(stated):
        if number > teams:
            plural = "s" if teams > 1 else ""
            name = next(iter(own))
            return (f"team.{number}.{name}: the firm has {teams} team{plural} (organisation.teams); "
                    f"did you mean team.{teams}.{name}?")
        week = own.get("rollout_week", 0)
        if week >= horizon_weeks:
            return (f"team.{number}.rollout_week = {week}: allowed is never or a whole number from 0 to "
                    f"{horizon_weeks - 1}, the last week of calendar.horizon_weeks")
        habits = resolved(common, own).status_quo
        total = habits.coaching_share + habits.own_selling_share
        if total > 1.0 + 1e-12:
            before = f"team.{number}.status_quo"
            return (f"{before}.coaching_share + {before}.own_selling_share = {total:g}: "
                    "planned shares of one week add to at most 1")
    return ""
