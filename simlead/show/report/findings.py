"""Findings of a study in the form that every report has."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.presets import EFFECT_SIZES
from simlead.model.scenario import Scenario
from simlead.results.provenance import registry_hash, same_answers
from simlead.show.report.document import Picture, Section, Table
from simlead.study.money.result import Money
from simlead.study.report_record import Leading

MOST_ROWS = 30
"""Rows of a table on the page; on a slide there is room for fewer."""

EFFECT_SIZE_SETS = tuple(EFFECT_SIZES)


@dataclasses.dataclass(frozen=True)
class Findings:
    """The content of a report.

    `changed` are the dotted paths of what was changed or varied, `assumptions` the scenarios
    whose values are shown, by name; `contrast` compares sets of effect sizes, and `agreement` says in
    words how that came out. `leading` is None where no sensitivity could be computed from the
    design, `sensible` whether assumptions were varied at all, None where nothing is concluded.
    `over_worlds` is the section about an answer over worlds, if there is one: its sentences lead.
    `origin` are label and value, as they stand. `money` is what policies cost and earn, where that was asked; it leads.
    """

    title: str
    question: str
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    pictures: tuple[Picture, ...]
    results: tuple[Table, ...]
    levers: tuple[Table, ...]
    changed: tuple[str, ...]
    assumptions: Mapping[str, Scenario]
    measure: str
    origin: tuple[tuple[str, str], ...]
    seed: int
    version: str
    made: str
    missing: Section | None = None
    over_worlds: Section | None = None
    contrast: Table | None = None
    agreement: str = ""
    leading: Leading | None = None
    money: Money | None = None
    sensible: bool | None = None


def refuse_other_registry(registry: str, where: str, version: str) -> None:
    """Raise ParameterError if a study was made with other parameters: their grades would be wrong."""
    if not same_answers(registry, registry_hash()):
        raise ParameterError(
            f"{where} was made by another version of simlead ({version}; its registry of parameters has the hash "
            f"{registry}, this one's {registry_hash()}); make the report with that version")


def assumed(paths: Iterable[str]) -> list[str]:
    """Those of these parameters that state how the world is, not what a person decides.

    >>> assumed(["policy.coaching_share", "world.skill_effect", "organisation.teams"])
    ['world.skill_effect']
    """
    return [path for path in paths if path.partition(".")[0] in ("world", "market")]


def version_lines(python: str, platform: str, versions: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Versions as label and value; the labels' placeholder is left to the one who says them."""
    lines = [(f"version:{name}", str(version)) for name, version in versions.items()]
    return [("python", python), ("platform", platform), *lines]
