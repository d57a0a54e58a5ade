"""Random scenarios over the whole space of parameters, by number, with short calendars."""

from __future__ import annotations

import numpy as np

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario

# Parameters that set the size of the work; the rest of the registry is drawn as it stands.
SIZE = {
    "organisation.teams": (1, 3), "organisation.seats_per_team": (1, 6),
    "calendar.warmup_weeks": (1, 14), "calendar.horizon_weeks": (4, 30),
    "market.opportunities_per_seat_year": (0.0, 900.0), "organisation.errands_per_week": (0.0, 80.0),
    "organisation.prospecting_block_hours": (0.5, 8.0),
}
GRAINS = (0.0, 0.0, 0.0, 0.5, 1.0, 4.0)

# In a quarter of scenarios things happen that the rest sees rarely.
LIVELY = {
    "world.quits_per_month": 0.35, "world.vacancy_months": 0.6, "world.manager_exits_per_year": 5.0,
    "market.pace_days_median": 9.0, "organisation.seat_growth_per_year": 0.5,
    "market.account_loss_share": 0.5, "organisation.stale_after_hours": 12.0,
    "world.heroic_probability": 1.0, "policy.heroics": 3.0, "status_quo.heroics": 3.0,
    "world.heroic_value_quantile": 0.2, "world.discovery_intercept": 2.0, "world.qualified_intercept": 2.0,
    "policy.replace_unfit": True, "world.quality_mean": 0.0, "policy.coaching_share": 0.5,
    "world.overdue_naming_weeks": 0.1, "policy.role_clarity": 0.9, "policy.accountability": 1.0,
    "world.unfit_below": 0.3, "world.promotion_dose": 3.1,
    "market.quarter_end_discount": 0.1, "market.quarter_end_share": 0.9, "market.quarter_end_weeks": 13.0,
}

# In a tenth people come and go all the time, on the hour, and seats are added.
RESTLESS = {
    "organisation.teams": 3, "organisation.seats_per_team": 6, "organisation.seat_growth_per_year": 0.5,
    "world.quits_per_month": 0.8, "world.vacancy_months": 0.2, "world.manager_exits_per_year": 5.0,
    "calendar.time_grain_hours": 4.0, "calendar.horizon_weeks": 40, "policy.promotion_rule": "best_seller",
}


def random_scenario(number):
    """Scenario `number`: each parameter at its default, within its likely range, or at an end of it all."""
    luck = np.random.default_rng([2024, number])
    changes = {}
    boldness = luck.choice([0.1, 0.3, 0.6])
    for path, line in REGISTRY.items():
        if path in SIZE:
            low, high = SIZE[path]
            changes[path] = (int(luck.integers(low, high, endpoint=True)) if isinstance(low, int)
                             else float(luck.uniform(low, high)))
            continue
        if path == "calendar.time_grain_hours":
            changes[path] = float(luck.choice(GRAINS))
            continue
        how = luck.random()
        if line.choices:
            changes[path] = str(luck.choice(line.choices))
        elif isinstance(line.default, bool):
            if luck.random() < 0.3:
                changes[path] = not line.default
        elif how < boldness:
            value = luck.uniform(line.likely_low, line.likely_high)
            changes[path] = round(value) if isinstance(line.default, int) else float(value)
        elif how < boldness + 0.03:
            changes[path] = line.low if luck.random() < 0.5 else line.high
    if luck.random() < 0.5:
        changes |= {path: value for path, value in LIVELY.items() if luck.random() < 0.8}
    if luck.random() < 0.25:
        changes["market.season_by_month"] = [max(0.0, float(luck.uniform(-0.5, 2.0))) for _ in range(11)] + [1.0]
    if number % 10 == 9:
        changes |= RESTLESS
    return Scenario().change(consistent(changes))


def unequal_teams(scenario, number):
    """The scenario with teams that differ, and the policy starting in weeks of their own or never."""
    luck = np.random.default_rng([13, number])
    changes = {}
    for team in range(1, scenario.organisation.teams + 1):
        own = {
            "seats": int(luck.integers(1, 8)), "deal_value_factor": float(luck.uniform(0.3, 3.0)),
            "buyers_factor": float(luck.choice([0.0, 0.5, 1.5])), "status_quo.role_clarity": float(luck.random()),
            "status_quo.kpi_review": bool(luck.random() < 0.5),
            "rollout_week": int(luck.integers(scenario.calendar.horizon_weeks)) if luck.random() < 0.7 else "never"}
        changes |= {f"team.{team}.{name}": value for name, value in own.items() if luck.random() < 0.7}
    return scenario.change(changes)


def consistent(changes):
    """The same changes, with contradictions between parameters taken out."""
    whole = Scenario().values() | changes
    for group in ("policy", "status_quo"):
        coaching, selling = (f"{group}.{lever}" for lever in ("coaching_share", "own_selling_share"))
        if whole[coaching] + whole[selling] > 1.0:
            changes[selling] = max(0.0, 1.0 - whole[coaching])
    if whole["world.heroic_hours_high"] < whole["world.heroic_hours_low"]:
        changes["world.heroic_hours_high"] = whole["world.heroic_hours_low"]
    start, length = (f"organisation.team_meeting_{what}" for what in ("start_hour", "hours"))
    changes[length] = min(whole[length], 40.0 - whole[start])
    return changes


def random_plan(scenario, number):
    """A people plan that fits a firm, in random weeks.

    Hires with buyers of their own and without, closings, and new teams in three of five.
    """
    luck = np.random.default_rng([26, number])
    sizes = [team.seats for team in scenario.teams]
    lines = []
    for week in np.sort(luck.integers(0, scenario.calendar.horizon_weeks, int(luck.integers(1, 7)))).tolist():
        team = int(luck.integers(len(sizes)))
        taken = {line["week"] for line in lines if line.get("team") == team + 1}
        if luck.random() < 0.6 or sizes[team] < 2 or week in taken:
            hires = int(luck.integers(1, 4))
            lines.append({"week": week, "team": team + 1, "hire": hires, "buyers": str(luck.choice(["own", "split"]))})
            sizes[team] += hires
        else:
            closings = int(luck.integers(1, sizes[team]))
            lines.append({"week": week, "team": team + 1, "close": closings})
            sizes[team] -= closings
    return lines if number % 5 < 2 else random_new_teams(scenario, lines, number)


def random_new_teams(scenario, lines, number):
    """The lines of a plan, and some that make new teams, hire into them and close their seats."""
    luck = np.random.default_rng([28, number])

    def fits(line):
        try:
            scenario.change({"plan": [*lines, line]})
        except ParameterError:
            return []
        return [line]

    horizon = scenario.calendar.horizon_weeks
    for _ in range(6):
        named = [f"{luck.integers(len(scenario.teams)) + 1}.{luck.integers(scenario.teams[0].seats + 2) + 1}"
                 for _ in range(int(luck.integers(1, 5)))]
        line = {"week": int(luck.integers(horizon)), "new_team": named}
        if luck.random() < 0.3:
            line["rollout_week"] = int(luck.integers(horizon)) if luck.random() < 0.7 else "never"
        lines = lines + fits(line)
    for team, week in list(enumerate(scenario.change({"plan": lines}).teams_begin, start=1))[len(scenario.teams):]:
        for line in ({"team": team, "hire": 2, "buyers": str(luck.choice(["own", "split"]))},
                     {"close": [f"{team}.1"]}, {"new_team": [f"{team}.{place}" for place in (3, 4)]}):
            if luck.random() < 0.5:
                lines = lines + fits({"week": int(luck.integers(week, horizon)), **line})
    return lines
