"""The levers of a policy, all switched on at hour 0."""

from __future__ import annotations

import dataclasses

from simlead.model.parameters import parameter

PROMOTION_RULES = ("best_seller", "best_coach", "random", "external")


@dataclasses.dataclass(frozen=True)
class Policy:
    """How managers' weeks are planned and how managers are chosen and trained.

    The defaults are the status quo (MODEL.md, levers). Shares are parts of a 40-hour week.

    >>> Policy().coaching_share
    0.2
    """

    coaching_share: float = parameter(
        0.20, "share of the manager's week", 0.0, 1.0,
        "planned share of a manager's week spent coaching", "V01 V03 V15", "C", (0.06, 0.5),
        works_through=("world.coaching_gain_max", "world.hours_per_coached_rep", "world.coaching_hour_quit_effect",
                       "world.coaching_half_dose", "world.skill_effect", "world.fade_months", "world.quality_mean"))
    role_clarity: float = parameter(
        0.40, "0-1", 0.0, 1.0,
        "how clearly the role of managers and reps is defined", "V43 V71", "B",
        works_through=("world.clarity_effect", "world.clarity_width", "world.adherence_gain", "world.clarity_months"))
    accountability: float = parameter(
        0.40, "0-1", 0.0, 1.0,
        "frequency times consequence of the weekly look at the numbers", "V77 V79", "B",
        works_through=("world.accountability_effect", "world.accountability_overdose", "world.adherence_gain"))
    own_selling_share: float = parameter(
        0.15, "share of the manager's week", 0.0, 1.0,
        "planned share of a manager's week spent selling deals of their own", "V03 V07 V12", "C",
        (0.05, 0.40),
        works_through=("world.own_selling_productivity",))
    one_to_one: bool = parameter(
        True, "on/off", None, None, "weekly one-to-one of half an hour with each rep", "V23 V24", "C",
        works_through=("world.coaching_gain_max", "world.overdue_relief"))
    pre_call: bool = parameter(
        True, "on/off", None, None, "strategy session before the meeting that decides a gate", "V23", "C",
        works_through=("world.pre_call_lift",))
    post_call: bool = parameter(
        True, "on/off", None, None, "debrief after the meeting that decided a gate", "V23", "C",
        works_through=("world.lost_gate_dose_factor",))
    kpi_review: bool = parameter(
        True, "on/off", None, None, "weekly team meeting that reviews the numbers", "V23", "C",
        works_through=("world.overdue_naming_weeks", "world.overdue_relief"))
    heroics: float = parameter(
        1.0, "factor", 0.0, 4.0,
        "factor on the probability that a large proposal pulls the manager in", "V07", "D", (0.5, 2.0),
        works_through=("world.heroic_probability", "world.heroic_lift"))
    promotion_rule: str = parameter(
        "best_seller", "rule", None, None,
        "who succeeds a manager who leaves", "V55 V56", "A", None, PROMOTION_RULES,
        works_through=("world.peter_slope", "world.peter_causal_share", "world.coach_selection_validity"))
    replace_unfit: bool = parameter(
        False, "on/off", None, None,
        "at the switch, managers who should not be in the role (below world.unfit_below) are replaced from outside",
        "V01", "C",
        works_through=("world.quality_mean", "world.quality_sd", "world.unfit_below"))
    manager_training: bool = parameter(
        False, "on/off", None, None,
        "trainable managers gain coaching quality, at the switch and when appointed later", "V01", "C",
        works_through=("world.training_gain", "world.trainable_share"))
    adoption_weeks: int = parameter(
        0, "weeks", 0, 520,
        "weeks over which the numeric levers move linearly from the status quo", "", "D", (0, 52))


NUMERIC_LEVERS = tuple(field.name for field in dataclasses.fields(Policy) if isinstance(field.default, float))
"""The levers that move linearly while a policy is adopted; others take effect at the switch."""
