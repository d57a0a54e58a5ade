"""Measures of single teams: the tables of some teams of a run, as if these were the firm.

A measure of teams is named `team.2.revenue`, or `team.2+3.revenue` of several together; teams are counted from 1.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model.people_plan import MOST_TEAMS, NEVER, PlanLine
from simlead.model.scenario import Scenario
from simlead.model.team import Team
from simlead.results.money import plan_price
from simlead.results.registry import NOTHING, Measure, Parts
from simlead.results.windows import Table, Years, years

if TYPE_CHECKING:
    from simlead.engines.contract import Records

_NAME = re.compile(r"team\.([1-9][0-9]*(?:\+[1-9][0-9]*)*)\.(\w+)")


def teams_of_measure(name: object) -> tuple[tuple[int, ...], str] | None:
    """The teams that a measure's name is about, counted from 1, and the measure; None for a measure of the firm.

    >>> teams_of_measure("team.2+3.revenue"), teams_of_measure("revenue")
    (((2, 3), 'revenue'), None)
    """
    found = _NAME.fullmatch(name) if isinstance(name, str) else None
    if found is None:
        return None
    teams = tuple(sorted({int(number) for number in found.group(1).split("+")}))
    return (teams, found.group(2)) if teams[-1] <= MOST_TEAMS else None


class Measures(dict[str, Measure]):
    """Measures by name. Iteration gives the firm's; a team's are found by their names as well."""

    def __contains__(self, name: object) -> bool:
        of_teams = teams_of_measure(name)
        return super().__contains__(of_teams[1] if of_teams else name)

    def __missing__(self, name: str) -> Measure:
        of_teams = teams_of_measure(name)
        if of_teams is None or not super().__contains__(of_teams[1]):
            raise KeyError(name)
        teams, measure = of_teams[0], self[of_teams[1]]
        words = "team" if len(teams) == 1 else "teams"
        return dataclasses.replace(
            measure, name=name, meaning=f"{measure.meaning}, {words} {' + '.join(map(str, teams))}",
            of_years=lambda both: _of_teams(measure, both, teams))


def _of_teams(measure: Measure, both: Years, teams: tuple[int, ...]) -> Parts:
    """A measure of those of the teams that the firm has: before its people plan makes a new team, it has the others."""
    span = both.base or both.final
    if span is not None:
        teams = tuple(number for number in teams if number <= len(span.scenario.teams_begin))
    if span is None or not teams:
        return NOTHING
    kept = span.fates.of_teams
    if teams not in kept:
        kept[teams] = years(tables_of(span.tables, span.scenario, teams), firm_of(span.scenario, teams))
    return measure.of_years(kept[teams])


@dataclasses.dataclass(frozen=True)
class FirmOfTeams(Scenario):
    """What measures ask of some teams of a firm: it has the firm's parameters, and is not to be run."""

    chosen: tuple[Team, ...] = ()
    begin: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Take values as they are: a part of a people plan need not be one."""

    @property
    def teams(self) -> tuple[Team, ...]:
        """The chosen teams."""
        return self.chosen

    @property
    def every_team(self) -> tuple[Team, ...]:
        """The chosen teams."""
        return self.chosen

    @property
    def teams_begin(self) -> tuple[int, ...]:
        """The week in which each of them begins."""
        return self.begin


def firm_of(scenario: Scenario, teams: tuple[int, ...]) -> FirmOfTeams:
    """The firm that these teams are by themselves; it has the measures' parameters and is not to be run.

    >>> firm_of(Scenario().change({"team.3.seats": 9}), (2, 3)).organisation.teams
    2
    """
    every, begin = scenario.every_team, scenario.teams_begin
    values = {field.name: getattr(scenario, field.name) for field in dataclasses.fields(scenario)}
    new = sorted((line for line in scenario.people_plan if line.new_team), key=lambda line: line.week)
    makes = {line: scenario.organisation.teams + order for order, line in enumerate(new, start=1)}
    plan = []
    for line in scenario.people_plan:
        share = _share(line, makes.get(line, line.team), teams)
        if share > 0.0:
            plan.append(dataclasses.replace(line, price=plan_price(scenario, line) * share))
    return FirmOfTeams(**{
        **values, "organisation": dataclasses.replace(scenario.organisation, teams=len(teams)), "stated": (),
        "people_plan": tuple(plan), "chosen": tuple(every[number - 1] for number in teams),
        "begin": tuple(begin[number - 1] for number in teams)})


def _share(line: PlanLine, team: int, teams: tuple[int, ...]) -> float:
    """The fraction of a plan line's price that is these teams': of named seats that close, those that are theirs.

    `team` is the line's team, the one that it makes, or 0 where seats are named that close.
    """
    if team:
        return float(team in teams)
    return sum(number + 1 in teams for number, _ in line.named) / max(1, len(line.named))


def tables_of(tables: Records, scenario: Scenario, teams: tuple[int, ...]) -> Records:
    """The tables of some teams of a run, without trace.

    A deal belongs to the team of its territory; where seats move to a new team, to that of its seat at the decision.

    The tables do not say which of the managers who left in a week was succeeded from outside, where several did and
    only some were: they are then taken in the order of their teams.
    """
    from simlead.engines.contract import Records
    from simlead.engines.plan import plan_of
    from simlead.engines.weeks import weeks_table

    place = np.zeros(len(scenario.teams_begin), np.int64)
    place[np.array(teams) - 1] = np.arange(len(teams))

    def rows(table: Table) -> Table:
        found = table[np.isin(table["team"], np.array(teams) - 1)]
        found["team"] = place[found["team"]]
        return np.asarray(found)

    chosen = Records(rows(tables.opportunities), rows(tables.reps), rows(tables.managers), tables.weeks, events=0)
    plan = plan_of(scenario)
    closes = {number: seat.closes for team in plan.teams
              for number, seat in zip(team.seat_numbers, team.planned, strict=True) if seat.closes < NEVER}
    people = _people(tables, scenario, teams, closes)
    weeks = weeks_table(plan, chosen.opportunities, chosen.reps, people)
    return dataclasses.replace(chosen, weeks=weeks)


def _people(tables: Records, scenario: Scenario, teams: tuple[int, ...], closes: dict[int, int]) -> NDArray[np.int32]:
    """Quits, promotions, hires, managers who left and managers from outside, a row per week."""
    weeks, first = tables.weeks, -scenario.calendar.warmup_weeks
    count = len(weeks)
    hires, departures = _comings_and_goings(tables.reps, teams, count, first, closes)
    exits = _exits(tables.managers, count, first)
    inside = np.zeros_like(exits)
    left = weeks["manager_exits"].astype(np.int64) - weeks["managers_from_outside"]
    for team in range(exits.shape[1]):
        inside[:, team] = np.minimum(exits[:, team], left)
        left = left - inside[:, team]
    mine = [number - 1 for number in teams]
    promotions = np.minimum(departures, inside[:, mine].sum(axis=1))
    exited = exits[:, mine].sum(axis=1)
    return np.column_stack(
        (departures - promotions, promotions, hires, exited, exited - inside[:, mine].sum(axis=1))).astype(np.int32)


def _comings_and_goings(
    reps: Table, teams: tuple[int, ...], count: int, first: int, closes: dict[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hires and departures of the teams' seats by week, from who sits there at the weeks' ends.

    Who leaves because the seat closes, in the week that `closes` has for it, has not quit.
    """
    rows = reps[np.lexsort((reps["week"], reps["seat"]))]
    starts = np.r_[True, rows["seat"][1:] != rows["seat"][:-1]]
    # Before its first week a seat of the start is as its first rep's tenure says; an added one comes with its rep.
    filled, hire = rows["filled"].astype(np.int64), rows["hire"].astype(np.int64)
    there = np.where(np.isnan(rows["tenure_weeks"]) | (hire > 0), 0, 1)
    before = np.where(starts, there, np.r_[0, filled[:-1]])
    hired = np.where(starts, hire, hire - np.r_[0, hire[:-1]])
    gone = before + hired - filled
    for seat, week_of_closing in closes.items():
        gone[(rows["seat"] == seat) & (rows["week"] == week_of_closing)] = 0
    mine = np.isin(rows["team"], np.array(teams) - 1)
    week, hired, gone = rows["week"][mine] - first, hired[mine], gone[mine]
    hires = np.bincount(week, weights=hired, minlength=count).astype(np.int64)
    departures = np.bincount(week, weights=gone, minlength=count).astype(np.int64)
    return hires, departures


def _exits(managers: Table, count: int, first: int) -> NDArray[np.int64]:
    """How many managers left in each week and team."""
    appointment = np.zeros((count, int(managers["team"].max()) + 1), np.int64)
    appointment[managers["week"] - first, managers["team"]] = managers["appointment"]
    return np.diff(appointment, axis=0, prepend=0)
