"""The tables that every kind of report has: levers, assumptions, sources, origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simlead.model.presets import contested
from simlead.model.scenario import REGISTRY, Scenario, declared
from simlead.model.sources import Source, sources_of
from simlead.show.citations import citation
from simlead.show.format import parameter_unit, parameter_value
from simlead.show.language import say
from simlead.show.report.document import Column, Table, by_columns, columns_of, table_of
from simlead.show.report.findings import MOST_ROWS
from simlead.show.wording import effect_sizes_name, parameter_name, scenario_name

MOST_SOURCES = 40


def assumptions_behind(changed: Iterable[str]) -> list[str]:
    """The assumptions that levers work through: the first of each lever, then the second of each, and so on.

    >>> assumptions_behind(["policy.coaching_share", "policy.role_clarity"])[:3]
    ['world.coaching_gain_max', 'world.clarity_effect', 'world.hours_per_coached_rep']
    """
    chains = [REGISTRY[path].works_through for path in changed if path in REGISTRY]
    longest = max(map(len, chains), default=0)
    return list(dict.fromkeys(chain[place] for place in range(longest) for chain in chains if place < len(chain)))


MOST_SCENARIOS = 5
"""Scenarios in a table of columns; more make it several tables."""


def levers_tables(scenarios: Mapping[str, Scenario]) -> tuple[Table, ...]:
    """What was changed: a row for each parameter in which scenarios differ from the first one."""
    first, *others = scenarios
    changed = list(dict.fromkeys(
        path for name in others for path in scenarios[first].differences(scenarios[name])))
    columns = (*columns_of("lever", "path:code"), *(Column(scenario_name(name), "number") for name in scenarios),
               *columns_of("unit", "grade"))
    rows = [(parameter_name(path), path, *(parameter_value(path, each.value(path)) for each in scenarios.values()),
             parameter_unit(path), grade_letter(path)) for path in changed]
    whole = table_of("levers", say("report.tables.levers"), columns, rows, MOST_ROWS)
    return by_columns(whole, 3, 2, MOST_SCENARIOS - 1)


def assumptions_table(
    paths: Iterable[str], scenarios: Mapping[str, Scenario], key: str = "assumptions", likely: bool = True
) -> Table:
    """Assumptions with the value of each scenario, grade and sources; if wanted, the range that sources leave open."""
    values = {name: scenario.values() for name, scenario in scenarios.items()}
    heads = [effect_sizes_name(name) if name and len(values) > 1 else say("report.columns.value") for name in values]
    columns = (*columns_of("assumption", "path:code"), *(Column(head, "number") for head in heads),
               *columns_of(*(["likely:number"] if likely else []), "unit", "grade", "sources:code"))
    rows = [(parameter_name(path), path, *(parameter_value(path, found[path]) for found in values.values()),
             *([_likely(path)] if likely else []), parameter_unit(path), grade_words(path), REGISTRY[path].source)
            for path in paths]
    return table_of(key, say(f"report.tables.{key}"), columns, rows, MOST_ROWS)


def effect_sizes_table(scenarios: Mapping[str, Scenario]) -> Table:
    """The assumptions in which the sets of effect sizes differ, side by side."""
    return assumptions_table(contested(), scenarios, "effect_sizes", likely=False)


def sources_table(paths: Iterable[str]) -> Table:
    """The bibliography behind these parameters, each source once."""
    found = {source.key: source for path in paths for source in sources_of(declared(path))}
    rows = [(source.key, *source_cells(source)) for source in found.values()]
    columns = columns_of("source:code", *SOURCE_COLUMNS)
    return table_of("sources", say("report.tables.sources"), columns, rows, MOST_SOURCES)


SOURCE_COLUMNS = ("citation:code", "supports:code", "grade", "status")


def source_cells(source: Source) -> tuple[str, ...]:
    """What a report shows of a source: its citation, what it supports, its grade and its status."""
    return (citation(source.key), source.supports, say(f"names.grade_letters.{source.grade}"),
            say(f"report.sources.{source.status}"))


def origin_table(lines: Iterable[tuple[str, str]]) -> Table:
    """The origin of the numbers; a label `parameters:NAME` or `version:NAME` is shown with its name."""
    rows = []
    for label, value in lines:
        key, _, name = label.partition(":")
        scenario = scenario_name(name) if key == "parameters" else ""
        rows.append((say(f"report.origin.{key}", scenario=scenario, package=name).rstrip(": "), value))
    return table_of("origin", say("report.tables.origin"), columns_of("item", "value:code"), rows, len(rows))


def grade_letter(path: str) -> str:
    """A parameter's grade, A to D."""
    return say(f"names.grade_letters.{declared(path).grade}")


def grade_words(path: str) -> str:
    """A parameter's grade with what it means."""
    grade = REGISTRY[path].grade
    return say("report.basis.grade", letter=say(f"names.grade_letters.{grade}"), meaning=say(f"names.grades.{grade}"))


def _likely(path: str) -> str:
    line = REGISTRY[path]
    if line.likely_low is None or line.likely_high is None:
        return ""
    return say("words.to", low=parameter_value(path, line.likely_low), high=parameter_value(path, line.likely_high))
