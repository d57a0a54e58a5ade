"""A scenario: who, in which market, in which world, under which policy."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from simlead.model.market import Market
from simlead.model.organisation import Organisation
from simlead.model.parameters import Parameter, ParameterError, checked, described, nearest, parameter
from simlead.model.policy import Policy
from simlead.model.world import World


@dataclasses.dataclass(frozen=True)
class Calendar:
    """How long a run looks back and ahead.

    >>> Calendar().horizon_weeks
    156
    """

    warmup_weeks: int = parameter(
        104, "weeks", 0, 1040,
        "weeks under the status quo before the switch; buyers in flight at the base year's start need four mean paces",
        "", "D", (78, 208))
    horizon_weeks: int = parameter(
        156, "weeks", 1, 1560, "weeks under the policy after the switch", "", "D", (52, 520))
    time_grain_hours: float = parameter(
        0.0, "hours", 0.0, 8.0,
        "durations are rounded up to multiples of this; 0 for none. Forces events to coincide", "", "D",
        (0.0, 0.5))


GROUPS: dict[str, type] = {
    "organisation": Organisation,
    "market": Market,
    "world": World,
    "policy": Policy,
    "status_quo": Policy,
    "calendar": Calendar,
}

REGISTRY: dict[str, Parameter] = {
    line.path: line for prefix, group in GROUPS.items() for line in described(group, prefix)
}
"""Every parameter of the model by its dotted path."""


TOGETHER = (
    "policy.coaching_share", "policy.own_selling_share",
    "status_quo.coaching_share", "status_quo.own_selling_share",
    "world.heroic_hours_low", "world.heroic_hours_high",
)
"""The parameters whose values must fit together, each valid by itself."""


def contradiction_in(values: Mapping[str, Any]) -> str:
    """What is wrong with these values together, as the line of a refusal; empty if nothing is.

    `values` has the parameters of TOGETHER by dotted path, each in its own range. Apart from
    Scenario, so that the many points of a design can be checked without making each of them.

    >>> values = {path: Scenario().values()[path] for path in TOGETHER}
    >>> contradiction_in(values)
    ''
    >>> contradiction_in({**values, "policy.coaching_share": 0.9})    # doctest: +ELLIPSIS
    'policy.coaching_share + policy.own_selling_share = 1.05: planned shares of one week add ...'
    """
    for prefix in ("policy", "status_quo"):
        total = values[f"{prefix}.coaching_share"] + values[f"{prefix}.own_selling_share"]
        if total > 1.0 + 1e-12:
            return (f"{prefix}.coaching_share + {prefix}.own_selling_share = {total:g}: "
                    "planned shares of one week add to at most 1")
    low, high = values["world.heroic_hours_low"], values["world.heroic_hours_high"]
    if high < low:
        return f"world.heroic_hours_high = {high}: allowed is world.heroic_hours_low ({low}) or more"
    return ""


@dataclasses.dataclass(frozen=True)
class Scenario:
    """Everything a run depends on besides seed and replicate.

    `policy` is what leaders choose from hour 0 on; `status_quo` is the policy of the
    warm-up. Values are checked against the registry; a scenario that exists is valid.

    >>> Scenario().policy.coaching_share
    0.2
    >>> Scenario().change({"policy.coaching_share": 0.5}).policy.coaching_share
    0.5
    """

    organisation: Organisation = dataclasses.field(default_factory=Organisation)
    market: Market = dataclasses.field(default_factory=Market)
    world: World = dataclasses.field(default_factory=World)
    policy: Policy = dataclasses.field(default_factory=Policy)
    status_quo: Policy = dataclasses.field(default_factory=Policy)
    calendar: Calendar = dataclasses.field(default_factory=Calendar)

    def __post_init__(self) -> None:
        """Check every value, then what values must be together."""
        for prefix, group in GROUPS.items():
            part = getattr(self, prefix)
            if not isinstance(part, group):
                raise ParameterError(f"{prefix} = {part!r}: a {group.__name__} is needed")
            values = {
                field.name: checked(REGISTRY[f"{prefix}.{field.name}"], getattr(part, field.name))
                for field in dataclasses.fields(group)
            }
            object.__setattr__(self, prefix, group(**values))
        contradiction = contradiction_in(
            {path: getattr(getattr(self, path.partition(".")[0]), path.partition(".")[2]) for path in TOGETHER})
        if contradiction:
            raise ParameterError(contradiction)

    def change(self, changes: Mapping[str, Any]) -> Scenario:
        """A new scenario with these parameters, named by dotted path, set to new values.

        Raises ParameterError for an unknown path (with the nearest right one), a value
        out of range or of the wrong kind, and plans that contradict themselves.

        >>> Scenario().change({"policy.coachng_share": 0.5})    # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        simlead.model.parameters.ParameterError: policy.coachng_share: no such parameter; did you mean policy.co...
        """
        by_group: dict[str, dict[str, Any]] = {}
        for path, value in changes.items():
            line = REGISTRY.get(path)
            if line is None:
                known = nearest(str(path), REGISTRY)
                raise ParameterError(f"{path!s:.80}: no such parameter{known}".replace("\n", " "))
            prefix, _, name = path.partition(".")
            by_group.setdefault(prefix, {})[name] = checked(line, value)
        parts = {prefix: dataclasses.replace(getattr(self, prefix), **values) for prefix, values in by_group.items()}
        return dataclasses.replace(self, **parts)

    def values(self) -> dict[str, Any]:
        """Every parameter's value by dotted path, in the registry's order."""
        return {path: getattr(getattr(self, path.partition(".")[0]), path.partition(".")[2]) for path in REGISTRY}

    def differences(self, other: Scenario) -> dict[str, tuple[Any, Any]]:
        """The parameters in which two scenarios differ: path -> (here, there).

        >>> Scenario().differences(Scenario().change({"policy.coaching_share": 0.5}))
        {'policy.coaching_share': (0.2, 0.5)}
        """
        here, there = self.values(), other.values()
        return {path: (here[path], there[path]) for path in here if here[path] != there[path]}

    def hash(self) -> str:
        """Sixteen hexadecimal digits that stand for exactly these parameter values."""
        text = json.dumps(self.values(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
