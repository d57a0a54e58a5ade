"""The switch at hour 0: what of a scenario acts only from then on."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Callable
from typing import Any

from simlead.model.scenario import GROUPS, Scenario
from simlead.model.team import team_path

FROM_THE_SWITCH_ON = ("policy", "organisation.seat_growth_per_year", "world.rep_clarity_shift")
"""Parameters, and groups of them, that no run looks at before hour 0."""


def acts_before_switch(path: str) -> bool:
    """Whether a parameter says anything about the warm-up.

    >>> [acts_before_switch(path) for path in ("market.rivals", "policy.coaching_share", "team.2.rollout_week")]
    [True, False, False]
    """
    if team_path(path):
        return not path.endswith(".rollout_week")
    return path not in FROM_THE_SWITCH_ON and path.partition(".")[0] not in FROM_THE_SWITCH_ON


def until_switch(scenario: Scenario) -> tuple[Any, ...]:
    """All that the warm-up depends on besides seed and replicate: two scenarios with equal values share it.

    >>> until_switch(Scenario()) == until_switch(Scenario().change({"policy.coaching_share": 0.5}))
    True
    >>> until_switch(Scenario()) == until_switch(Scenario().change({"status_quo.coaching_share": 0.5}))
    False
    """
    return (*_values_before_switch(FROM_THE_SWITCH_ON)(scenario),
            *(stated for stated in scenario.stated if acts_before_switch(stated[0])))


@functools.cache
def _values_before_switch(_: tuple[str, ...]) -> Callable[[Scenario], tuple[Any, ...]]:
    """Collect the values of all groups that act before the switch."""
    return operator.attrgetter(*(
        path for prefix, group in GROUPS.items() for field in dataclasses.fields(group)
        if acts_before_switch(path := f"{prefix}.{field.name}")))
