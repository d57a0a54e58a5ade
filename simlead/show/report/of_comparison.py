"""Findings of a comparison: one scenario against its baseline, and every scenario beside."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any

import pandas as pd

from simlead.model.presets import effect_sizes_of
from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_YEAR
from simlead.show.charts import (
    funnel,
    growth_and_share,
    manager_time,
    manager_week_compared,
    paired_difference,
    simultaneous,
)
from simlead.show.charts.tables import DIFFERENCE, RELATIVE, change_words, verdict
from simlead.show.format import count, difference, estimate, scale
from simlead.show.language import say
from simlead.show.report import native
from simlead.show.report.document import Column, Picture, Table, by_columns, columns_of, table_of
from simlead.show.report.findings import (
    MOST_ROWS,
    Findings,
    assumed,
    refuse_other_registry,
    version_lines,
)
from simlead.show.report.over_worlds import Answered, labelled, leading_sentences, over_worlds
from simlead.show.report.pictures import pictures
from simlead.show.report.tables import levers_tables
from simlead.show.user_text import NAME_LENGTH, clean
from simlead.show.wording import coverage_note, inside, measure_name, scenario_name, with_unit
from simlead.study.comparison import Comparison
from simlead.study.records import relative_unit
from simlead.study.report_record import ComparisonRecord

OTHERS = ("revenue", "revenue_growth", "market_share", "profit_change", "coaching_share_realised",
          "coaching_hours_per_rep_month", "proposal_win_rate", "quota_attainment", "separations_per_year")
"""Measures shown besides the one that the report is about."""

MOST_COLUMNS = 4
"""Scenarios beside the baseline that a page is wide enough for; more make another table."""


@dataclasses.dataclass(frozen=True, eq=False)
class _Rows:
    """A comparison's table with the baseline first, and its formatted differences."""

    found: Comparison
    names: list[str]
    measure: str
    together: pd.DataFrame | None

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

    def ordered(self) -> pd.DataFrame:
        parts = [self.found.table[self.found.table["scenario"] == name] for name in self.names]
        return pd.concat(parts, ignore_index=True).assign(seed=self.found.seed)

    def moved(self, scenario: str, measure: str) -> tuple[str, float, float]:
        """A scenario's difference in words, and the ends of its interval."""
        line, base = self.line(scenario, measure), self.line(self.baseline, measure)
        relative = self.relative(measure)
        mean, low, high = (float(line[name]) for name in (RELATIVE if relative else DIFFERENCE))
        return difference(mean, low, high, line["unit"], float(base["mean"]), relative=relative), low, high

    def relative(self, measure: str) -> bool:
        line = self.line(self.baseline, measure)
        return relative_unit(line["unit"]) and float(line["mean"]) > 0


def of_comparison(record: ComparisonRecord, made: str, where: str, focus: str | None = None) -> Findings:
    """What a comparison found, in the current language.

    It answers for the scenario `focus`, which stands last (default: the last one, which was named as such).
    Raises ParameterError for a comparison that was made with other parameters.
    """
    found, chosen, measures = record.comparison, record.measure, record.measures
    origins = found.provenance[found.baseline]
    version = str(origins.versions.get("simlead", ""))
    refuse_other_registry(origins.registry, where, version)
    readable = _readable_names(found)
    found = _renamed(found, readable)
    about = readable.get(focus or "", "")
    names = [found.baseline, *(name for name in found.scenarios if name not in (found.baseline, about)),
             *([about] if about else [])]
    together = None if record.together is None else record.together.assign(
        scenario=record.together["scenario"].map(readable), against=found.baseline)
    rows = _Rows(found, names, chosen, together)
    words = {"focus": scenario_name(rows.focus), "baseline": scenario_name(rows.baseline)}
    form = "alone" if len(rows.names) == 1 else "comparison"
    scenarios = {name: found.scenarios[name] for name in rows.names}
    changed = _changed(scenarios)
    results = [_answer_table(rows)]
    over = None if record.answer is None else record.answer.renamed(readable)
    others = [name for name in OTHERS if name in measures and name != chosen]
    if others:
        results += _measures_tables(rows, others)
    return Findings(
        title=say(f"report.titles.{form}", **words),
        question=say(f"report.questions.{form}", **words),
        answers=(_answer(rows),) if over is None else leading_sentences(over, _focus(over, rows)),
        notes=_notes(rows, changed, over is not None, bool(about)),
        over_worlds=None if over is None else over_worlds(over, _focus(over, rows)),
        pictures=_pictures(rows),
        results=tuple(results),
        levers=levers_tables(scenarios),
        changed=changed,
        assumptions=_assumptions(scenarios),
        measure=chosen,
        sensible=bool(assumed(changed)),
        origin=(
            ("kind", say("report.origin.kinds_comparison")), ("made", made),
            ("replications", str(found.replications)), ("seed", str(found.seed)), ("engine", found.engine),
            *((f"parameters:{name}", found.provenance[name].parameters) for name in rows.names),
            ("registry", origins.registry), ("model", origins.sources),
            *version_lines(origins.python, origins.platform, origins.versions)),
        seed=found.seed,
        version=version,
        made=made,
    )


def _answer(rows: _Rows) -> str:
    """What the matched pairs show of the last scenario: an interval of random numbers alone, labelled so."""
    measure = rows.measure
    line = rows.line(rows.focus, measure)
    n = count(int(line["n"]))
    if not line["high"] - line["low"] >= 0:
        return say("report.answers.no_interval", n=n)
    what = measure_name(measure)
    if rows.focus == rows.baseline:
        return labelled(say(
            "report.answers.alone", scenario=scenario_name(rows.focus), measure=inside(what),
            level=estimate(line["mean"], line["low"], line["high"], line["unit"]), n=n))
    moved, low, high = rows.moved(rows.focus, measure)
    return labelled(say(
        f"report.answers.{verdict(low, high)}", focus=scenario_name(rows.focus),
        baseline=inside(scenario_name(rows.baseline)), measure=inside(what), change=moved, n=n))


def _focus(over: Answered, rows: _Rows) -> str | None:
    """The policy that the report is about, if the answer has it."""
    return rows.focus if rows.focus in over.policies else None


def _notes(rows: _Rows, changed: tuple[str, ...], answered: bool, by_money: bool) -> tuple[str, ...]:
    notes = [_answer(rows) if answered else say("report.notes.no_worlds"),
             say("report.notes.random_numbers")]
    if "policy.coaching_share" in changed:
        notes.append(coverage_note())
    if len(rows.names) > 2:
        about = say(f"report.notes.{'earns_most' if by_money else 'spoken_of'}")
        notes.append(f"{about} {say('report.notes.single')}")
    return tuple(notes)


def _answer_table(rows: _Rows) -> Table:
    measure = rows.measure
    columns = [*columns_of("scenario", "mean:number")]
    if len(rows.names) > 1:
        heading = say("report.columns.difference", baseline=inside(scenario_name(rows.baseline)))
        columns.append(Column(heading, "number"))
    together = rows.together
    held: dict[str, str] = {}
    if together is not None:
        columns += columns_of("together:number")
        size, relative = float(rows.line(rows.baseline, measure)["mean"]), rows.relative(measure)
        unit = str(rows.line(rows.baseline, measure)["unit"])
        held = {str(line["scenario"]): difference(line["difference"], line["low"], line["high"], unit, size,
                                                   relative=relative)
                for line in together.to_dict("records")}
    columns += columns_of(*(["verdict"] if len(rows.names) > 1 else []), "replications:number")
    cells = []
    for name in rows.names:
        line = rows.line(name, measure)
        row = [scenario_name(name), estimate(line["mean"], line["low"], line["high"], line["unit"])]
        if len(rows.names) > 1:
            moved, low, high = rows.moved(name, measure)
            base = name == rows.baseline
            row.append("" if base else moved)
            row += [held.get(name, "")] if together is not None else []
            row.append(say("report.verdicts.baseline") if base else change_words(low, high))
        cells.append((*row, count(int(line["n"]))))
    return table_of("answer", say("report.tables.answer", measure=measure_name(measure)), tuple(columns), cells,
                    MOST_ROWS)


def _measures_tables(rows: _Rows, measures: list[str]) -> tuple[Table, ...]:
    """The other measures: the baseline's level, and each scenario's difference from it."""
    columns = [*columns_of("measure"), *(Column(scenario_name(name), "number") for name in rows.names)]
    cells = []
    for measure in measures:
        line = rows.line(rows.baseline, measure)
        cells.append((measure_name(measure), estimate(line["mean"], line["low"], line["high"], line["unit"]),
                      *(rows.moved(name, measure)[0] for name in rows.names[1:])))
    whole = table_of("measures", say("report.tables.measures", baseline=inside(scenario_name(rows.baseline))),
                     tuple(columns), cells, MOST_ROWS)
    return by_columns(whole, 2, 0, MOST_COLUMNS)


def _pictures(rows: _Rows) -> tuple[Picture, ...]:
    table, scenarios = rows.ordered(), {name: rows.found.scenarios[name] for name in rows.names}
    if not (table["high"] - table["low"]).notna().any():
        return ()  # a chart's title would have no interval to state
    together = rows.together
    draws: dict[str, Any] = {}
    years = max(scenario.calendar.horizon_weeks for scenario in scenarios.values()) / WEEKS_PER_YEAR
    if together is not None:  # the same differences, with the intervals that hold for all of them
        draws["simultaneous"] = lambda: simultaneous(together)
    elif len(rows.names) > 1:
        draws["paired_difference"] = lambda: paired_difference(table, measure=rows.measure)
    draws["growth_and_share"] = lambda: growth_and_share(table, years=years)
    draws["manager_time"] = lambda: manager_time(manager_week_compared(table, scenarios))
    draws["funnel"] = lambda: funnel(table)
    natives: dict[str, Any] = {
        "simultaneous": lambda: _differences(rows), "paired_difference": lambda: _differences(rows),
        "growth_and_share": lambda: native.measures(table, rows.names, ("revenue_growth", "market_share")),
        "manager_time": lambda: native.week(manager_week_compared(table, scenarios)),
        "funnel": lambda: native.gates(table, rows.names)}
    return tuple(dataclasses.replace(drawn, native=natives[drawn.key]()) for drawn in pictures(**draws))


def _differences(rows: _Rows) -> native.Native:
    """The differences from the baseline as a chart that can be edited: those of the table, with its intervals."""
    relative, unit = rows.relative(rows.measure), str(rows.line(rows.baseline, rows.measure)["unit"])
    if rows.together is not None:
        lines: list[Any] = rows.together.to_dict("records")
        names = [str(line["scenario"]) for line in lines]
        values: list[tuple[Any, Any, Any]] = [(line["difference"], line["low"], line["high"]) for line in lines]
    else:
        names = rows.names[1:]
        keys = RELATIVE if relative else DIFFERENCE
        values = [(line[keys[0]], line[keys[1]], line[keys[2]])
                  for line in (rows.line(name, rows.measure) for name in names)]
    size = max(abs(end) for value in values for end in value)
    factor, of = (100.0, say("names.percents.share")) if relative else (
        (100.0, say("names.units.points")) if unit.startswith("share") else scale(unit, size))
    return native.differences(names, values, factor, with_unit(measure_name(rows.measure), of))


def _readable_names(found: Comparison) -> dict[str, str]:
    """A name that a chart can draw for each scenario, no two of them the same."""
    names: dict[str, str] = {}
    for name in found.scenarios:
        short, again = clean(name, NAME_LENGTH), 2
        while short in names.values():
            short, again = f"{clean(name, NAME_LENGTH)} {again}", again + 1
        names[name] = short
    return names


def _renamed(found: Comparison, names: dict[str, str]) -> Comparison:
    """The comparison under other names of its scenarios."""
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
    """One scenario for each set of effect sizes; a user's own effect sizes have an empty name."""
    found: dict[str, Scenario] = {}
    for scenario in scenarios.values():
        found.setdefault(effect_sizes_of(scenario), scenario)
    return found
