"""The registry of parameters: every group of a scenario, and every parameter and table of data by dotted path."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from simlead.model.calendar import Calendar as Calendar
from simlead.model.market import Market
from simlead.model.organisation import Organisation
from simlead.model.parameters import Parameter, ParameterError, checked, described
from simlead.model.policy import Policy
from simlead.model.structure import Structure
from simlead.model.team import Registry
from simlead.model.world import World

GROUPS: dict[str, type] = {
    "organisation": Organisation,
    "market": Market,
    "world": World,
    "policy": Policy,
    "status_quo": Policy,
    "calendar": Calendar,
    "structure": Structure,
}

REGISTRY: Registry = Registry(
    (line.path, line) for prefix, group in GROUPS.items() for line in described(group, prefix))
"""Every parameter of the model by its dotted path. Those of a single team (`team.2.seats`) are found, not listed."""

_TABLE_FIELDS = {
    f"{prefix}.{field.name}": field.metadata
    for prefix, group in GROUPS.items() for field in dataclasses.fields(group) if "table" in field.metadata
}
_TABLE_CHECKS = {path: declaration["check"] for path, declaration in _TABLE_FIELDS.items()}

TABLES: dict[str, Parameter] = {
    path: Parameter(path, (), declaration["unit"], None, None, None, None, (), declaration["table"], "", "D")
    for path, declaration in _TABLE_FIELDS.items()
}
"""Every table of data and label that a scenario can have, by dotted path: none is a number with a range, so that they
are no part of the registry."""

LABELS = tuple(path for path, line in TABLES.items() if line.unit == "text")
"""Those that are texts for people."""


NEUTRAL: dict[str, Any] = {line.path: line.neutral for line in REGISTRY.values() if line.neutral is not None}
"""The neutral value of every parameter that version 0.1.0 did not have, by dotted path."""


def stored_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a stored scenario, with the neutral value of each parameter that its version did not have.

    >>> stored_values({"market.rivals": 3})["structure.no_cover"]
    False
    """
    return {**NEUTRAL, **values}


PLAN = "plan"
"""The path of the people plan, a list of lines."""

_PLAN = Parameter(
    PLAN, (), "lines", None, None, None, None, (), "seats that open, close or form a new team from the switch on", "",
    "D")


def declared(path: str) -> Parameter:
    """The declaration of a parameter, of a table of data or of the people plan.

    >>> declared("market.rivals").unit, declared("market.deal_value_quantiles").unit
    ('firms', '$')
    """
    if path == PLAN:
        return _PLAN
    return TABLES[path] if path in TABLES else REGISTRY[path]


def check_path(path: Any) -> None:
    """Raise ParameterError, with the nearest right name, unless this is a path of a parameter, a table or the plan."""
    if path != PLAN and path not in REGISTRY and path not in TABLES:
        raise ParameterError(f"{path!s:.80}: no such parameter{REGISTRY.nearest(str(path), TABLES)}".replace("\n", " "))


def checked_value(path: str, value: Any) -> Any:
    """The value of a parameter or a table of data in its declared type; ParameterError if it is not allowed."""
    return _TABLE_CHECKS[path](path, value) if path in TABLES else checked(REGISTRY[path], value)
