"""What a study found, as every kind of study tells it to the report."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.presets import BELIEFS, preset
from simlead.model.scenario import Scenario
from simlead.results.provenance import registry_hash
from simlead.show.report.document import Picture, Section, Table

MOST_ROWS = 30
"""Rows of a table on the page; on a slide there is room for fewer."""

BELIEF_SETS = tuple(BELIEFS)


@dataclasses.dataclass(frozen=True)
class Leading:
    """The assumption that moves a measure most, of those that a design varied (one row of an index table)."""

    factor: str
    index: str
    estimate: float
    low: float
    high: float
    nothing: bool
    tied: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Findings:
    """All that a report tells of a study.

    `changed` are the dotted paths of what was changed or varied, `assumptions` the scenarios
    whose values are told, by name; `contrast` compares belief sets, and `agreement` says in
    words how that came out. `leading` is None where no sensitivity could be computed from the
    design, `sensible` whether assumptions were varied at all, None where nothing is concluded.
    `origin` are label and value, as they stand.
    """

    title: str
    question: str
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    missing: Section | None
    pictures: tuple[Picture, ...]
    results: tuple[Table, ...]
    levers: Table
    changed: tuple[str, ...]
    assumptions: Mapping[str, Scenario]
    contrast: Table | None
    agreement: str
    measure: str
    leading: Leading | None
    sensible: bool | None
    origin: tuple[tuple[str, str], ...]
    seed: int
    version: str
    made: str


def refuse_other_registry(registry: str, where: str, version: str) -> None:
    """Raise ParameterError if a study was made with other parameters: their grades would be told wrongly."""
    if registry != registry_hash():
        raise ParameterError(
            f"{where} was made by another version of simlead ({version}; its registry of parameters has the hash "
            f"{registry}, this one's {registry_hash()}); make the report with that version")


def beliefs_of(scenario: Scenario) -> str:
    """The belief set whose effects a scenario has, or nothing if they are neither's.

    >>> beliefs_of(Scenario()), beliefs_of(preset("coaching", "practitioner"))
    ('evidence', 'practitioner')
    """
    values = scenario.values()
    for name in BELIEF_SETS:
        believed = preset("status_quo", name).values()
        if all(values[path] == believed[path] for path in contested()):
            return name
    return ""


def assumed(paths: Iterable[str]) -> list[str]:
    """Those of these parameters that say how the world is, not what somebody decides.

    >>> assumed(["policy.coaching_share", "world.skill_effect", "organisation.teams"])
    ['world.skill_effect']
    """
    return [path for path in paths if path.partition(".")[0] in ("world", "market")]


def contested() -> list[str]:
    """The assumptions in which the belief sets differ by what is believed, not by calibration."""
    return sorted({path for changes in BELIEFS.values() for path in changes})


def versions_told(python: str, platform: str, versions: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Versions as label and value; the labels' placeholder is left to the one who says them."""
    told = [(f"version:{name}", str(version)) for name, version in versions.items()]
    return [("python", python), ("platform", platform), *told]
