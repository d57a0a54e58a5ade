"""The tables that every kind of report has: levers, assumptions, sources, origin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.sources import sources_of
from simlead.show.language import say
from simlead.show.report.document import Column, Table, table_of
from simlead.show.report.findings import MOST_ROWS, contested
from simlead.show.report.numbers import (
    belief_name,
    parameter_name,
    parameter_unit,
    parameter_value,
    scenario_name,
)

MOST_SOURCES = 40

BEHIND: Mapping[str, tuple[str, ...]] = {
    "coaching_share": ("world.coaching_gain_max", "world.coaching_half_dose", "world.skill_effect",
                       "world.fade_months", "world.quality_mean"),
    "role_clarity": ("world.clarity_effect", "world.adherence_gain", "world.clarity_months"),
    "accountability": ("world.accountability_effect", "world.accountability_overdose", "world.adherence_gain"),
    "own_selling_share": ("world.own_selling_productivity",),
    "one_to_one": ("world.coaching_gain_max", "world.overdue_relief"),
    "pre_call": ("world.pre_call_lift",),
    "post_call": ("world.lost_gate_dose_factor",),
    "kpi_review": ("world.overdue_naming_weeks", "world.overdue_relief"),
    "heroics": ("world.heroic_probability", "world.heroic_lift"),
    "promotion_rule": ("world.peter_slope", "world.peter_causal_share", "world.coach_selection_validity"),
    "replace_unfit": ("world.quality_mean", "world.quality_sd"),
    "manager_training": ("world.training_gain", "world.trainable_share"),
    "adoption_weeks": (),
}
"""The assumptions that each lever works through, the one that its effect rests on most before the others."""


def assumptions_behind(changed: Iterable[str]) -> list[str]:
    """The assumptions that levers work through: the first of each lever, then the second of each, and so on.

    >>> assumptions_behind(["policy.coaching_share", "policy.role_clarity"])[:3]
    ['world.coaching_gain_max', 'world.clarity_effect', 'world.coaching_half_dose']
    """
    chains = [BEHIND[name] for group, _, name in (path.partition(".") for path in changed)
              if group in ("policy", "status_quo")]
    longest = max(map(len, chains), default=0)
    return list(dict.fromkeys(chain[place] for place in range(longest) for chain in chains if place < len(chain)))


def levers_table(scenarios: Mapping[str, Scenario], most_columns: int = 5) -> Table:
    """What was changed: a row for each parameter in which scenarios differ from the first one."""
    first, *others = scenarios
    changed = list(dict.fromkeys(
        path for name in others for path in scenarios[first].differences(scenarios[name])))
    shown = [first, *others] if len(scenarios) <= most_columns else [first, *others[:most_columns - 2], others[-1]]
    columns = (Column(say("report.columns.lever")), Column(say("report.columns.path"), "code"),
               *(Column(scenario_name(name), "number") for name in shown),
               Column(say("report.columns.unit")), Column(say("report.columns.grade")))
    values = {name: scenarios[name].values() for name in shown}
    rows = [(parameter_name(path), path, *(parameter_value(path, values[name][path]) for name in shown),
             parameter_unit(path), grade_letter(path)) for path in changed]
    return table_of("levers", say("report.tables.levers"), columns, rows, MOST_ROWS)


def assumptions_table(paths: Iterable[str], scenarios: Mapping[str, Scenario]) -> Table:
    """Assumptions with the value of each scenario, the range that the sources leave open, grade and sources."""
    values = {name: scenario.values() for name, scenario in scenarios.items()}
    heads = [belief_name(name) if name and len(values) > 1 else say("report.columns.value") for name in values]
    columns = (Column(say("report.columns.assumption")), Column(say("report.columns.path"), "code"),
               *(Column(head, "number") for head in heads), Column(say("report.columns.likely"), "number"),
               Column(say("report.columns.unit")), Column(say("report.columns.grade")),
               Column(say("report.columns.sources"), "code"))
    rows = [(parameter_name(path), path, *(parameter_value(path, found[path]) for found in values.values()),
             _likely(path), parameter_unit(path), grade_words(path), REGISTRY[path].source) for path in paths]
    return table_of("assumptions", say("report.tables.assumptions"), columns, rows, MOST_ROWS)


def beliefs_table(scenarios: Mapping[str, Scenario]) -> Table:
    """The assumptions in which the belief sets differ, side by side."""
    values = {name: scenario.values() for name, scenario in scenarios.items()}
    columns = (Column(say("report.columns.assumption")), Column(say("report.columns.path"), "code"),
               *(Column(belief_name(name), "number") for name in values), Column(say("report.columns.unit")),
               Column(say("report.columns.grade")), Column(say("report.columns.sources"), "code"))
    rows = [(parameter_name(path), path, *(parameter_value(path, found[path]) for found in values.values()),
             parameter_unit(path), grade_words(path), REGISTRY[path].source) for path in contested()]
    return table_of("beliefs", say("report.tables.beliefs"), columns, rows, MOST_ROWS)


def sources_table(paths: Iterable[str]) -> Table:
    """The bibliography behind these parameters, each source once."""
    found = {source.key: source for path in paths for source in sources_of(REGISTRY[path])}
    columns = (Column(say("report.columns.source"), "code"), Column(say("report.columns.supports"), "code"),
               Column(say("report.columns.grade")), Column(say("report.columns.status")),
               Column(say("report.columns.reference"), "code"))
    rows = [(source.key, source.supports, say(f"names.grade_letters.{source.grade}"),
             say(f"report.sources.{source.status}"), source.reference) for source in found.values()]
    return table_of("sources", say("report.tables.sources"), columns, rows, MOST_SOURCES)


def origin_table(lines: Iterable[tuple[str, str]]) -> Table:
    """Where the numbers come from; a label `parameters:NAME` or `version:NAME` is told with its name."""
    rows = []
    for label, value in lines:
        key, _, name = label.partition(":")
        told = scenario_name(name) if key == "parameters" else ""
        rows.append((say(f"report.origin.{key}", scenario=told, package=name).rstrip(": "), value))
    columns = (Column(say("report.columns.item")), Column(say("report.columns.value"), "code"))
    return table_of("origin", say("report.tables.origin"), columns, rows, len(rows))


def grade_letter(path: str) -> str:
    """A parameter's grade, A to D."""
    return say(f"names.grade_letters.{REGISTRY[path].grade}")


def grade_words(path: str) -> str:
    """A parameter's grade with what it means."""
    grade = REGISTRY[path].grade
    return say("report.basis.grade", letter=say(f"names.grade_letters.{grade}"), meaning=say(f"names.grades.{grade}"))


def _likely(path: str) -> str:
    line = REGISTRY[path]
    if line.likely_low is None or line.likely_high is None:
        return ""
    return say("report.numbers.range", low=parameter_value(path, line.likely_low),
               high=parameter_value(path, line.likely_high))
