"""The table of what is known: learned from the CRM, stated in the sheet, from the literature, in no CRM."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import pandas as pd

from simlead.client.differences import Differences
from simlead.client.estimates import LEARNED, LITERATURE, NOT_IN_A_CRM, TOO_LITTLE, Estimate
from simlead.client.questions import QUESTIONS
from simlead.model.scenario import Scenario

STATED = "stated"

LITERATURE_PARAMETERS: Final = (
    "world.skill_effect", "world.ageing_per_week", "market.noticed_at_norm", "market.pace_cv",
    "market.pace_size_elasticity", "world.ramp_months", "world.vacancy_months", "market.account_loss_share")
"""Parameters that a better export could speak to and that keep their published values."""

NOT_IN_A_CRM_PARAMETERS: Final = (
    "world.coaching_gain_max", "world.coaching_half_dose", "world.gain_months", "world.fade_months",
    "world.quality_mean", "world.quality_sd", "world.clarity_effect", "world.accountability_effect",
    "world.coaching_hour_quit_effect", "organisation.contribution_margin", "organisation.rep_salary_per_year",
    "organisation.manager_salary_per_year")
"""What no CRM holds: what coaching and clarity do, how good managers are at it, and money beside deals."""

COLUMNS: Final = ["name", "parameter", "unit", "estimate", "low", "high", "known"]


def knowledge_table(estimates: list[Estimate], differences: Differences, scenario: Scenario,
                    stated: Mapping[str, float]) -> pd.DataFrame:
    """A row for each quantity: what was learned first, then what was stated, published and what cannot be learned."""
    lines: list[tuple[str, str, str, float, float, float, str]] = [
        (each.name, each.parameter, each.unit, each.value, each.drawn.low, each.drawn.high, each.known)
        for each in estimates]
    spread = differences.rep_spread
    lines.append(("rep_spread", "", "logit", spread.value, spread.low, spread.high,
                  LEARNED if math.isfinite(spread.value) else TOO_LITTLE))
    spread = differences.manager_spread
    lines.append(("manager_spread", "", "logit", spread.value if differences.separable else math.nan,
                  spread.low if differences.separable else math.nan, spread.high if differences.separable else math.nan,
                  LEARNED if differences.separable else TOO_LITTLE))
    for item, question in QUESTIONS.items():
        path = question.parameters[0]
        known = STATED if path in stated else NOT_IN_A_CRM
        value = float(scenario.value(path))
        lines.append((item, path, question.unit, value, value if path in stated else math.nan,
                      value if path in stated else math.nan, known))
    for known, paths in ((LITERATURE, LITERATURE_PARAMETERS), (NOT_IN_A_CRM, NOT_IN_A_CRM_PARAMETERS)):
        for path in paths:
            from simlead.model.scenario import REGISTRY

            line = REGISTRY[path]
            low, high = (math.nan if end is None else float(end) for end in (line.likely_low, line.likely_high))
            lines.append((path, path, line.unit, float(scenario.value(path)), low, high, known))
    return pd.DataFrame(lines, columns=COLUMNS)
