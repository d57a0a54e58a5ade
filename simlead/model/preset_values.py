"""The presets and the two sets of effect sizes as data: what each changes."""

from __future__ import annotations

from typing import Any

from simlead.model.calibration_data import calibrated
from simlead.model.parameters import ParameterError, nearest

EFFECT_SIZES: dict[str, dict[str, Any]] = {
    "evidence": {},
    "practitioner": {
        "world.coaching_gain_max": 0.60,
        "world.skill_effect": 0.35,
        "world.clarity_effect": 0.10,
        "world.accountability_effect": 0.15,
        "world.people_skill_quit_factor": 0.80,
    },
}
"""What each set of effect sizes changes, before its status quo is calibrated.

`evidence` rests on experiments and meta-analyses; `practitioner` takes what the
sales-leadership literature reports as causal (MODEL.md section 9).
"""

_LEADERSHIP = {
    "policy.coaching_share": 0.5,
    "policy.role_clarity": 0.9,
    "policy.accountability": 0.8,
    "policy.own_selling_share": 0.05,
    "policy.manager_training": True,
}

PRESETS: dict[str, dict[str, Any]] = {
    "status_quo": {},
    "coaching": {"policy.coaching_share": 0.5},
    "clear_role": {"policy.role_clarity": 0.9},
    "accountable": {"policy.accountability": 0.8},
    "leadership": _LEADERSHIP,
    "hero_seller": {
        "policy.own_selling_share": 0.4,
        "policy.coaching_share": 0.05,
        "policy.role_clarity": 0.3,
        "policy.heroics": 2.0,
    },
    "undefined_role": {
        "policy.role_clarity": 0.1,
        "policy.accountability": 0.1,
        "policy.kpi_review": False,
    },
    "construction_group": {
        **_LEADERSHIP,
        "organisation.teams": 2,
        "organisation.seats_per_team": 6,
        "market.deal_value_median": 250_000.0,
        "market.pace_days_median": 180.0,
        "calendar.warmup_weeks": 182,  # slower buyers fill the market's pipeline later
    },
}
"""Scenarios by name: what each changes in the status quo."""

_CALIBRATED_FOR = {"construction_group": "construction_group"}


def preset_values(name: str, effect_sizes: str) -> dict[str, Any]:
    """What a preset under a set of effect sizes changes in a default scenario, by dotted path.

    Raises ParameterError for an unknown preset or set of effect sizes, with the nearest right name.

    >>> preset_values("coaching", "evidence")["policy.coaching_share"]
    0.5
    """
    if name not in PRESETS:
        raise ParameterError(
            f"preset {name!r}: allowed is {' | '.join(PRESETS)}{nearest(name, PRESETS)}")
    if effect_sizes not in EFFECT_SIZES:
        hint = nearest(effect_sizes, EFFECT_SIZES)
        raise ParameterError(f"effect_sizes {effect_sizes!r}: allowed is {' | '.join(EFFECT_SIZES)}{hint}")
    solved = calibrated(f"{_CALIBRATED_FOR.get(name, 'default')}.{effect_sizes}")
    return {**EFFECT_SIZES[effect_sizes], **solved, **PRESETS[name]}
