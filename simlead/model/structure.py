"""Structural switches: other mechanisms in place of the model's, each off by default.

A switch that is on overrides parameters (:data:`OVERRIDES`); `Scenario.in_force` applies it, and the plan of a run
reads that scenario alone. `rivals_answer` and `more_for_the_same_reps` each add a mechanism, which the plan
reads from the switch.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from simlead.model.parameters import parameter


def _switch(
    meaning: str, probability: float | None = None, reason: str = "", **overridden: dict[str, Any]
) -> Any:
    """Declare a switch and the parameters that it overrides: `world={"name": value}` and so on by group.

    `probability` is how probable its mechanism is; None where it is but an extreme value of a parameter that is
    drawn besides.
    """
    changes = {f"{group}.{name}": value for group, values in overridden.items() for name, value in values.items()}
    words = ", ".join(f"{path} = {value}" for path, value in changes.items())
    line = parameter(
        False, "on/off", None, None, f"{meaning}; overrides {words}" if changes else meaning, neutral=False,
        probability=probability, reason=reason)
    return dataclasses.field(default=False, metadata={**line.metadata, "overrides": changes})


@dataclasses.dataclass(frozen=True)
class Structure:
    """Structural switches: what the model assumes otherwise while a switch is on.

    >>> Structure().rivals_answer
    False
    """

    rivals_answer: bool = _switch(
        "rivals answer: our utility at the last gate falls weekly as our share of the value won rises above the base "
        "year's; world.rivals_answer_share says how far",
        0.5, "rivals who lose deals answer sooner or later, and no study says how often within three years")
    clarity_without_bound: bool = _switch(
        "each further step of role clarity saves reps as much time as the first", world={"clarity_width": 10.0})
    hours_do_not_retain: bool = _switch(
        "coaching hours do not change how many reps leave", world={"coaching_hour_quit_effect": 0.0})
    more_for_the_same_reps: bool = _switch(
        "a larger coaching plan gives more hours to the reps who are coached already and reaches no others",
        0.3, "a third of reps are coached in a week under plans of every size (V04), which speaks for it; the model's "
        "own form is the better documented practice")
    everybody_alike: bool = _switch(
        "every rep of a team is coached in every week", world={"hours_per_coached_rep": 0.0})
    favourites: bool = _switch(
        "managers coach their stronger reps more often (a negative world.attention_to_ability: their weaker ones)",
        world={"attention_to_ability": 0.6})
    no_cover: bool = _switch(
        "nobody covers for vacant seats and newcomers",
        market={"cover_noticing_share": 0.0}, organisation={"cover_time_share": 0.0})
    growth_in_number: bool = _switch(
        "the market grows in the number of buyers, not in the value of a deal",
        0.2, "most markets grow in both; with seats that stay, growth in number alone would congest every firm",
        market={"growth_in_number_share": 1.0})
    hidden_ceiling: bool = _switch(
        "demand, not capacity, limits sales; calibrate the scenario again before its levels are read",
        market={"opportunities_per_seat_year": 220.0}, organisation={"prospecting_norm_hours": 18.0})


OVERRIDES: dict[str, dict[str, Any]] = {
    field.name: field.metadata["overrides"] for field in dataclasses.fields(Structure)}
"""Switch -> the parameters that it overrides while it is on, with their values."""


def overrides(structure: Structure) -> dict[str, Any]:
    """The parameters that the switches which are on override, by dotted path.

    >>> overrides(Structure(growth_in_number=True))
    {'market.growth_in_number_share': 1.0}
    """
    return {path: value for name, changes in OVERRIDES.items() if getattr(structure, name)
            for path, value in changes.items()}
