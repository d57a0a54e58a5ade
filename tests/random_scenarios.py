"""Random scenarios over the whole space of parameters, by number, with short calendars."""

from __future__ import annotations

import numpy as np

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
    if number % 10 == 9:
        changes |= RESTLESS
    return Scenario().change(consistent(changes))


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
