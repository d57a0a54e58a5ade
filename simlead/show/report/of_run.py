"""Findings of a single run: an example without an interval."""

from __future__ import annotations

import dataclasses

import pandas as pd

from simlead.model.presets import effect_sizes_of
from simlead.model.scenario import Scenario
from simlead.results.headlines import KEY_MEASURES
from simlead.results.run import Run
from simlead.show.charts import manager_time, manager_week, pipeline_over_weeks
from simlead.show.format import quantity, unit_of
from simlead.show.language import say
from simlead.show.report import native
from simlead.show.report.document import Table, columns_of, table_of
from simlead.show.report.findings import MOST_ROWS, Findings, refuse_other_registry, version_lines
from simlead.show.report.pictures import pictures
from simlead.show.report.tables import levers_tables
from simlead.show.wording import measure_name


def of_run(run: Run, where: str) -> Findings:
    """The findings of one run, in the current language.

    Raises ParameterError for a run that was made with other parameters.
    """
    version = str(run.provenance.versions.get("simlead", ""))
    refuse_other_registry(run.provenance.registry, where, version)
    shipped = {"status_quo": Scenario(), say("report.titles.run"): run.scenario}
    levers = levers_tables(shipped)
    weeks, week = run.weeks().assign(seed=run.seed), _week(run)
    natives = {"pipeline": native.open_deals(weeks), "manager_time": native.week(week)}
    drawn = pictures(pipeline=lambda: pipeline_over_weeks(weeks), manager_time=lambda: manager_time(week))
    return Findings(
        title=say("report.titles.run"),
        question=say("report.questions.run"),
        answers=(say("report.answers.run"),),
        notes=(say("report.notes.one_run"),),
        pictures=tuple(dataclasses.replace(one, native=natives[one.key]) for one in drawn),
        results=(_numbers(run),),
        levers=levers,
        changed=tuple(Scenario().differences(run.scenario)),
        assumptions={effect_sizes_of(run.scenario): run.scenario},
        measure="revenue",
        origin=(
            ("kind", say("report.origin.kinds_run")), ("made", say("report.origin.not_kept")),
            ("seed", str(run.seed)), ("replicate", str(run.replicate)), ("engine", run.engine),
            ("runs", "1"), ("parameters:", run.provenance.parameters), ("registry", run.provenance.registry),
            ("model", run.provenance.sources),
            *((("trace", run.trace_hash()),) if run.records.trace is not None else ()),
            *version_lines(run.provenance.python, run.provenance.platform, run.provenance.versions)),
        seed=run.seed,
        version=version,
        made="",
    )


def _week(run: Run) -> pd.DataFrame:
    week = manager_week({say("report.titles.run"): run.managers()})
    return week.drop(columns=["realised_low", "realised_high"]).assign(seed=run.seed)  # one run has no interval


def _numbers(run: Run) -> Table:
    values = run.measures()
    rows = [(measure_name(name), quantity(values[name], unit_of(name))) for name in KEY_MEASURES]
    return table_of("run", say("report.tables.run"), columns_of("measure", "value:number"), rows, MOST_ROWS)
