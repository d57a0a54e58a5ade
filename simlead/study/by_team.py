"""A comparison team by team: what a roll-out did in the teams that it reached, and in those that it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.team import NEVER
from simlead.results.teams import teams_of_measure

EVERY_TEAM = "team.*."
"""A measure with this before its name stands for the measure of every team, and of the teams of a roll-out together."""

COLUMNS = ("scenario", "teams", "treated", "rollout_week", "measure", "unit", "mean", "low", "high", "difference",
           "difference_low", "difference_high", "relative_difference", "relative_low", "relative_high", "n")


def each_team(measures: Iterable[str], scenarios: Mapping[str, Scenario]) -> list[str]:
    """The measures with those of every team spelled out.

    Raises ParameterError for a team that no scenario has.

    >>> pilot = Scenario().change({"organisation.teams": 3, "policy.role_clarity": 0.9}).rollout({2: 0})
    >>> each_team(["team.*.revenue"], {"pilot": pilot})
    ['team.1.revenue', 'team.2.revenue', 'team.3.revenue', 'team.1+3.revenue']
    """
    teams = max(len(scenario.teams_begin) for scenario in scenarios.values())
    found: list[str] = []
    for measure in measures:
        if isinstance(measure, str) and measure.startswith(EVERY_TEAM):
            name = measure.removeprefix(EVERY_TEAM)
            groups: list[tuple[int, ...]] = [(number,) for number in range(1, teams + 1)]
            groups += [group for scenario in scenarios.values() for group in treated_or_not(scenario) if group]
            found += [f"team.{_word(group)}.{name}" for group in dict.fromkeys(groups)]
            continue
        of_teams = teams_of_measure(measure)
        if of_teams and of_teams[0][-1] > teams:
            raise ParameterError(f"measure {measure!r}: the firm has {teams} team{'s' if teams > 1 else ''} "
                                 f"(organisation.teams); did you mean team.{teams}.{of_teams[1]}?")
        found.append(measure)
    return list(dict.fromkeys(found))


def treated_or_not(scenario: Scenario) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The teams in which the policy starts and is another than before, and the others, counted from 1.

    >>> treated_or_not(Scenario().change({"policy.role_clarity": 0.9}).rollout({2: 0}))
    ((2,), (1, 3, 4))
    """
    treated = tuple(number for number, team in enumerate(scenario.every_team, start=1)
                    if team.rollout_week != NEVER and scenario.policy != team.status_quo)
    others = set(range(1, len(scenario.teams_begin) + 1)) - set(treated)
    return treated, tuple(sorted(others))


def has_rollout(scenario: Scenario) -> bool:
    """Whether the policy starts in some teams and not in others, or in other weeks."""
    return len({team.rollout_week for team in scenario.every_team}) > 1


def by_team(table: pd.DataFrame, scenarios: Mapping[str, Scenario], measure: str) -> pd.DataFrame:
    """The rows of a comparison's table that are about teams, with what a roll-out did there; columns as in COLUMNS."""
    rows = []
    for line in table.to_dict("records"):
        of_teams = teams_of_measure(line["measure"])
        if of_teams is None or of_teams[1] != measure:
            continue
        scenario, teams = scenarios[line["scenario"]], of_teams[0]
        if teams[-1] > len(scenario.teams_begin):
            continue
        treated, others = treated_or_not(scenario)
        if len(teams) > 1 and (teams not in (treated, others) or len(teams) == len(scenario.teams_begin)):
            continue  # the teams of another scenario's roll-out, or the whole firm
        weeks = {scenario.every_team[number - 1].rollout_week for number in teams}
        one_week = weeks.pop() if len(weeks) == 1 else None
        rows.append({
            **line, "teams": _word(teams), "treated": set(teams) <= set(treated), "measure": measure,
            "rollout_week": float("nan") if one_week is None or set(teams) - set(treated) else float(one_week)})
    if not rows:
        raise ParameterError(f"measure {measure!r} was not compared by team; "
                             f"compare(..., measures=[..., '{EVERY_TEAM}{measure}']) does")
    return pd.DataFrame(rows)[list(COLUMNS)]


def _word(teams: Iterable[int]) -> str:
    return "+".join(map(str, teams))
