"""What a comparison found: its last scenario against its baseline, and every scenario beside."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.show.charts import (
    funnel,
    growth_and_share,
    manager_time,
    manager_week_compared,
    paired_difference,
    simultaneous,
)
from simlead.show.charts.style import DIFFERENCE, RELATIVE, UNCLEAR, UP, verdict
from simlead.show.headlines import headlines
from simlead.show.language import say
from simlead.show.report.document import NAME_LENGTH, Column, Picture, Table, clean, table_of
from simlead.show.report.findings import (
    MOST_ROWS,
    Findings,
    assumed,
    beliefs_of,
    refuse_other_registry,
    versions_told,
)
from simlead.show.report.numbers import (
    change,
    count,
    in_percent_of_baseline,
    level,
    measure_name,
    scenario_name,
    verdict_words,
)
from simlead.show.report.pictures import pictures
from simlead.show.report.tables import levers_table
from simlead.show.wording import inside
from simlead.study.compare import Comparison
from simlead.study.compare import table_of as table_of_runs
from simlead.study.estimation.estimates import CONFIDENCE

OTHERS = ("revenue", "revenue_growth", "market_share", "profit_change", "coaching_share_realised",
          "coaching_hours_per_rep_month", "proposal_win_rate", "quota_attainment", "separations_per_year")
"""What is told besides the measure that the report is about."""

MOST_COLUMNS = 4
"""Scenarios beside the baseline that a page is wide enough for."""


@dataclasses.dataclass(frozen=True, eq=False)
class _Rows:
    """A comparison's table with the baseline first, and how it is told."""

    found: Comparison
    names: list[str]
    measure: str

    @property
    def baseline(self) -> str:
        return self.names[0]

    @property
    def focus(self) -> str:
        return self.names[-1]

    def line(self, scenario: str, measure: str) -> dict[str, Any]:
        return self.lines[scenario, measure]

    @cached_property
    def lines(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The table's rows by scenario and measure."""
        return {(str(line["scenario"]), str(line["measure"])): {str(name): value for name, value in line.items()}
                for line in self.found.table.to_dict("records")}

    @cached_property
    def together(self) -> pd.DataFrame | None:
        """The differences whose intervals hold all at once; None with one difference, or where it cannot be told."""
        if len(self.names) < 3:
            return None
        try:
            return self.found.simultaneous(self.measure, relative=self.relative(self.measure))
        except ParameterError:
            return None

    def ordered(self) -> pd.DataFrame:
        parts = [self.found.table[self.found.table["scenario"] == name] for name in self.names]
        return pd.concat(parts, ignore_index=True).assign(seed=self.found.seed)

    def moved(self, scenario: str, measure: str) -> tuple[str, float, float]:
        """A scenario's difference in words, and the ends of its interval."""
        line, base = self.line(scenario, measure), self.line(self.baseline, measure)
        relative = self.relative(measure)
        mean, low, high = (float(line[name]) for name in (RELATIVE if relative else DIFFERENCE))
        return change(mean, low, high, line["unit"], float(base["mean"]), relative), low, high

    def relative(self, measure: str) -> bool:
        line = self.line(self.baseline, measure)
        return in_percent_of_baseline(line["unit"]) and float(line["mean"]) > 0


def of_comparison(found: Comparison, made: str, measure: str | None, where: str) -> Findings:
    """What a comparison found, in the language spoken now.

    Raises ParameterError for a measure that was not compared, and for a comparison that was
    made with other parameters.
    """
    measures = list(dict.fromkeys(found.table["measure"].astype(str)))
    if measure is not None and measure not in measures:
        raise ParameterError(f"measure {measure!r} was not compared in {where}{nearest(measure, measures)}")
    chosen = measure or headlines(measures)[0]
    origins = found.provenance[found.baseline]
    version = str(origins.versions.get("simlead", ""))
    refuse_other_registry(origins.registry, where, version)
    found = _with_readable_names(_at_95_percent(found, measures))
    names = [found.baseline, *(name for name in found.scenarios if name != found.baseline)]
    rows = _Rows(found, names, chosen)
    words = {"focus": scenario_name(rows.focus), "baseline": scenario_name(rows.baseline)}
    form = "alone" if len(rows.names) == 1 else "comparison"
    scenarios = {name: found.scenarios[name] for name in rows.names}
    changed = _changed(scenarios)
    results = [_answer_table(rows)]
    others = [name for name in OTHERS if name in measures and name != chosen]
    if others:
        results.append(_measures_table(rows, others))
    return Findings(
        title=say(f"report.titles.{form}", **words),
        question=say(f"report.questions.{form}", **words),
        answers=(_answer(rows),),
        notes=_notes(rows),
        missing=None,
        pictures=_pictures(rows),
        results=tuple(results),
        levers=levers_table(scenarios),
        changed=changed,
        assumptions=_assumptions(scenarios),
        contrast=None,
        agreement="",
        measure=chosen,
        leading=None,
        sensible=bool(assumed(changed)),
        origin=(
            ("kind", say("report.origin.kinds_comparison")), ("made", made),
            ("replications", str(found.replications)), ("seed", str(found.seed)), ("engine", found.engine),
            *((f"parameters:{name}", found.provenance[name].parameters) for name in rows.names),
            ("registry", origins.registry), ("model", origins.sources),
            *versions_told(origins.python, origins.platform, origins.versions)),
        seed=found.seed,
        version=version,
        made=made,
    )


def _answer(rows: _Rows) -> str:
    measure = rows.measure
    line = rows.line(rows.focus, measure)
    n = count(int(line["n"]))
    if not line["high"] - line["low"] >= 0:
        return say("report.answers.no_interval", n=n)
    what = measure_name(measure)
    if rows.focus == rows.baseline:
        return say("report.answers.alone", scenario=scenario_name(rows.focus), measure=inside(what),
                   level=level(line["mean"], line["low"], line["high"], line["unit"]), n=n)
    moved, low, high = rows.moved(rows.focus, measure)
    said = verdict(low, high)
    key = "unclear" if said == UNCLEAR else "higher" if said == UP else "lower"
    return say(f"report.answers.{key}", focus=scenario_name(rows.focus), baseline=inside(scenario_name(rows.baseline)),
               measure=inside(what), change=moved, n=n)


def _notes(rows: _Rows) -> tuple[str, ...]:
    notes = [say("report.notes.luck")]
    if len(rows.names) > 2:
        notes.append(f"{say('report.notes.spoken_of')} {say('report.notes.single')}")
    return tuple(notes)


def _answer_table(rows: _Rows) -> Table:
    measure = rows.measure
    columns = [Column(say("report.columns.scenario")), Column(say("report.columns.mean"), "number")]
    if len(rows.names) > 1:
        heading = say("report.columns.difference", baseline=inside(scenario_name(rows.baseline)))
        columns.append(Column(heading, "number"))
    together = rows.together
    held: dict[str, str] = {}
    if together is not None:
        columns.append(Column(say("report.columns.together"), "number"))
        size, relative = float(rows.line(rows.baseline, measure)["mean"]), rows.relative(measure)
        unit = str(rows.line(rows.baseline, measure)["unit"])
        held = {str(line["scenario"]): change(line["difference"], line["low"], line["high"], unit, size, relative)
                for line in together.to_dict("records")}
    if len(rows.names) > 1:
        columns.append(Column(say("report.columns.verdict")))
    columns.append(Column(say("report.columns.firms"), "number"))
    cells = []
    for name in rows.names:
        line = rows.line(name, measure)
        row = [scenario_name(name), level(line["mean"], line["low"], line["high"], line["unit"])]
        if len(rows.names) > 1:
            moved, low, high = rows.moved(name, measure)
            base = name == rows.baseline
            row.append("" if base else moved)
            row += [held.get(name, "")] if together is not None else []
            row.append(say("report.verdicts.baseline") if base else verdict_words(low, high))
        cells.append((*row, count(int(line["n"]))))
    return table_of("answer", say("report.tables.answer", measure=measure_name(measure)), tuple(columns), cells,
                    MOST_ROWS)


def _measures_table(rows: _Rows, measures: list[str]) -> Table:
    """The other measures: the baseline's level, and each scenario's difference from it."""
    shown = rows.names[1:] if len(rows.names) <= MOST_COLUMNS + 1 else [*rows.names[1:MOST_COLUMNS], rows.focus]
    columns = [Column(say("report.columns.measure")),
               *(Column(scenario_name(name), "number") for name in [rows.baseline, *shown])]
    cells = []
    for measure in measures:
        line = rows.line(rows.baseline, measure)
        cells.append((measure_name(measure), level(line["mean"], line["low"], line["high"], line["unit"]),
                      *(rows.moved(name, measure)[0] for name in shown)))
    return table_of("measures", say("report.tables.measures", baseline=inside(scenario_name(rows.baseline))),
                    tuple(columns), cells, MOST_ROWS)


def _pictures(rows: _Rows) -> tuple[Picture, ...]:
    table, scenarios = rows.ordered(), {name: rows.found.scenarios[name] for name in rows.names}
    if not (table["high"] - table["low"]).notna().any():
        return ()  # a chart's title would have no interval to state
    together = rows.together
    draws: dict[str, Any] = {}
    if len(rows.names) > 1:
        draws["paired_difference"] = lambda: paired_difference(table, measure=rows.measure)
    if together is not None:
        draws["simultaneous"] = lambda: simultaneous(together)
    draws["growth_and_share"] = lambda: growth_and_share(table)
    draws["manager_time"] = lambda: manager_time(manager_week_compared(table, scenarios))
    draws["funnel"] = lambda: funnel(table)
    return pictures(**draws)


def _at_95_percent(found: Comparison, measures: list[str]) -> Comparison:
    """The comparison with the intervals that reports and charts speak of, whatever its own confidence was."""
    if found.confidence == CONFIDENCE:
        return found
    table = table_of_runs(found.runs, list(found.scenarios), found.baseline, measures, CONFIDENCE)
    return dataclasses.replace(found, table=table, confidence=CONFIDENCE)


def _with_readable_names(found: Comparison) -> Comparison:
    """The comparison with names that a chart can draw, no two of them the same."""
    names: dict[str, str] = {}
    for name in found.scenarios:
        short, again = clean(name, NAME_LENGTH), 2
        while short in names.values():
            short, again = f"{clean(name, NAME_LENGTH)} {again}", again + 1
        names[name] = short
    return dataclasses.replace(
        found,
        table=found.table.assign(scenario=found.table["scenario"].map(names)),
        runs=found.runs.assign(scenario=found.runs["scenario"].map(names)),
        scenarios={names[name]: scenario for name, scenario in found.scenarios.items()},
        baseline=names[found.baseline],
        provenance={names[name]: origin for name, origin in found.provenance.items()},
    )


def _changed(scenarios: dict[str, Scenario]) -> tuple[str, ...]:
    first, *others = scenarios.values()
    return tuple(dict.fromkeys(path for other in others for path in first.differences(other)))


def _assumptions(scenarios: dict[str, Scenario]) -> dict[str, Scenario]:
    """One scenario for each belief set that was asked under; one under no name for beliefs of somebody's own."""
    found: dict[str, Scenario] = {}
    for scenario in scenarios.values():
        found.setdefault(beliefs_of(scenario), scenario)
    return found
