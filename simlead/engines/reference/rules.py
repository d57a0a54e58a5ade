"""The rules that a run of the SimPy engine can replace with a researcher's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

from simlead.model.parameters import ParameterError, nearest
from simlead.model.rules import buyers, coaching, managers, people, reps

_BY_MODULE: dict[ModuleType, str] = {
    buyers: "arrival_gap deal_value pace_hours noticing_probability covered_noticing meeting_gap pulled_gap "
            "lognormal_of_mean gate_probability last_gate rivals_answer won_value",
    coaching: "receptivity gain_target gain_after focus_target hours_for_a_coached_rep reps_coached attention "
              "one_to_one_length",
    managers: "quality_of adherence heroic_probability heroic_hours own_selling_credit sessions_within",
    people: "quit_probability promotion_penalty",
    reps: "effort cover overhead_factor clarity_target drifted log_ramp stage_skill",
}

REPLACEABLE: dict[str, Callable[..., Any]] = {
    name: getattr(module, name) for module, names in _BY_MODULE.items() for name in names.split()}
"""Name -> the model's rule: what `simulate(rules={name: function})` can replace in a run."""


def rules_in_force(own: Mapping[str, Callable[..., Any]] | None) -> Any:
    """The model's rules as attributes, with `own` functions in place of those of the same name.

    Raises ParameterError for a name that is no replaceable rule, and for a function that
    cannot be called with the rule's arguments.

    >>> rules_in_force({"won_value": lambda value, value_skill_effect, skill: value}).won_value(5.0, 0.1, 1.0)
    5.0
    """
    if own is not None and not isinstance(own, Mapping):
        raise ParameterError(f"rules = {own!r:.60}: a table of functions by the rule's name is needed")
    for name, function in (own or {}).items():
        if name not in REPLACEABLE:
            raise ParameterError(f"rules: {name!s:.60} is no replaceable rule; allowed is "
                                 f"{' | '.join(REPLACEABLE)}{nearest(str(name), REPLACEABLE)}")
        arguments = list(inspect.signature(REPLACEABLE[name]).parameters)
        try:
            inspect.signature(function).bind(**dict.fromkeys(arguments))
        except (TypeError, ValueError):
            raise ParameterError(f"rules: {name} needs a function of ({', '.join(arguments)})") from None
    return SimpleNamespace(**{**REPLACEABLE, **(own or {})})
