"""What a sweep found: where its measure is highest, under each set of beliefs, and what is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.show.headlines import headlines_of_sweep
from simlead.show.language import say
from simlead.show.report.combinations import Combinations
from simlead.show.report.document import Column, Picture, Section, Table, clean, table_of
from simlead.show.report.findings import MOST_ROWS, Findings, assumed, refuse_other_registry, versions_told
from simlead.show.report.numbers import (
    belief_name,
    count,
    listed,
    measure_name,
    parameter_name,
    parameter_unit,
    parameter_value,
    verdict_words,
)
from simlead.show.report.sweep_pictures import index_table, leading_assumption, sweep_pictures
from simlead.show.report.tables import grade_letter
from simlead.show.wording import inside
from simlead.study.sweeps.store import Store, open_store
from simlead.study.sweeps.sweep import Sweep

MOST_FACTORS = 5
"""Factors that have columns of their own in the table of combinations."""

MOST_VALUES = 8
MOST_REASONS = 8


def of_sweep(found: Sweep, measure: str | None) -> Findings:
    """What a sweep found, in the language spoken now; all of it is of the runs that are there.

    Raises ParameterError for a measure that was not asked for and for a sweep that was made
    with other parameters, FileFormatError for a file that was damaged.
    """
    store = open_store(found.folder)
    version = str(store.manifest["versions"].get("simlead", ""))
    refuse_other_registry(str(store.identity["registry"]), str(found.folder), version)
    chosen = _measure(found, measure)
    state = found.status()
    study = found.study
    bases = {beliefs: study.base(beliefs) for beliefs in study.beliefs}
    parts = {beliefs: Combinations(found, chosen, beliefs) for beliefs in study.beliefs}
    seen = {beliefs: part for beliefs, part in parts.items() if part.there}
    indices = {beliefs: index_table(found, chosen, beliefs) for beliefs in seen}
    varied = assumed(study.factors)
    what = measure_name(chosen)
    factors = listed([inside(parameter_name(path)) for path in study.factors])
    asked = study.question or say("report.questions.sweep", measure=inside(what), factors=factors)
    drawn, refused = sweep_pictures(found, parts, indices)
    contrast, agreement = _contrast(seen, what) if 1 < len(parts) == len(seen) else (None, "")
    return Findings(
        title=clean(study.question) or say("report.titles.sweep", measure=what),
        question=clean(asked),
        answers=_answers(parts, drawn, study.design.kind) if seen else (say("report.answers.none"),),
        notes=_notes(parts, refused, state.failures) if seen else (),
        missing=None if state.complete and not state.failures else _missing(found, state),
        pictures=drawn,
        results=(_combinations_table(found, seen, what),) if seen else (),
        levers=_factors_table(found),
        changed=study.factors,
        assumptions=bases,
        contrast=contrast,
        agreement=agreement,
        measure=chosen,
        leading=leading_assumption(next(iter(indices.values()), None), varied),
        sensible=bool(varied),
        origin=_origin(found, store, state),
        seed=study.seed,
        version=version,
        made=str(store.manifest["created"]),
    )


def _measure(found: Sweep, measure: str | None) -> str:
    if measure is not None:
        if measure not in found.measures:
            raise ParameterError(f"measure {measure!r}: not in this sweep{nearest(measure, found.measures)}")
        return measure
    return headlines_of_sweep(found)[0]


def _answers(parts: dict[str, Combinations], drawn: tuple[Picture, ...], kind: str) -> tuple[str, ...]:
    """The answer in a sentence for each set of beliefs; what matters most, where the design asks that."""
    findings = {picture.key: picture.finding for picture in drawn}
    sentences = {}
    for beliefs, part in parts.items():
        finding = findings.get(f"sensitivity_{beliefs}", "") if kind in ("sobol", "morris") else ""
        sentences[beliefs] = part.answer() if not finding else say(
            "report.answers.of_measure", measure=measure_name(part.measure), finding=finding)
    return _each_under(sentences, len(parts) > 1)


def _each_under(sentences: dict[str, str], several: bool) -> tuple[str, ...]:
    """A sentence for each set of beliefs; which set, is said where there are several."""
    if not several:
        return tuple(sentences.values())
    return tuple(say("report.answers.under", beliefs=belief_name(beliefs), sentence=inside(sentence))
                 for beliefs, sentence in sentences.items())


def _notes(parts: dict[str, Combinations], refused: list[str], failures: int) -> tuple[str, ...]:
    found = next(iter(parts.values())).found
    notes = [say("report.notes.luck")]
    picked = {beliefs: part for beliefs, part in parts.items() if part.there and part.count > 1}
    if picked and found.study.design.kind not in ("sobol", "morris"):
        notes.append(say("report.notes.flattered"))
        told = {beliefs: say("report.notes.alike", alike=count(part.alike), others=count(part.count - 1))
                for beliefs, part in picked.items() if part.alike is not None}
        notes += _each_under(told, len(parts) > 1)
        if not found.study.baseline:
            notes.append(say("report.notes.no_baseline"))
    if found.study.precision is not None:
        unreached = int((~found.points([])["reached"]).sum())
        if unreached:
            notes.append(say("report.notes.not_reached", points=count(unreached)))
    if failures:
        notes.append(say("report.notes.failed", failures=count(failures)))
    notes += [say("report.notes.not_drawn", what=reason) for reason in refused]
    return tuple(notes)


def _missing(found: Sweep, state: Any) -> Section:
    """What an unfinished sweep lacks: how many runs, and of what those that failed did so."""
    paragraphs = [say(
        "report.missing.runs", done=count(state.runs_done), wanted=count(state.runs_wanted),
        missing=count(state.runs_wanted - state.runs_done), failures=count(state.failures))]
    if state.writer is not None:
        paragraphs.append(say("report.missing.at_work", writer=state.writer))
    tables: tuple[Table, ...] = ()
    if state.failures:
        kinds = found.failures().groupby(["exception", "message"], sort=False).agg(
            runs=("point", "size"), point=("point", "first"), replicate=("replicate", "first"))
        kinds = kinds.sort_values("runs", ascending=False, kind="stable")
        rows = [(clean(str(exception), 60), clean(str(message), 160), count(runs), f"{point}:{replicate}")
                for (exception, message), (runs, point, replicate) in zip(
                    kinds.index, kinds.to_numpy(int).tolist(), strict=True)]
        columns = (Column(say("report.columns.exception"), "code"), Column(say("report.columns.message"), "code"),
                   Column(say("report.columns.runs"), "number"), Column(say("report.columns.first"), "code"))
        tables = (table_of("failures", say("report.missing.failures"), columns, rows, MOST_REASONS),)
    return Section("missing", say("report.headings.missing"), tuple(paragraphs), (), tables)


def _combinations_table(found: Sweep, parts: dict[str, Combinations], what: str) -> Table:
    """The combinations, the highest first: their levers, level, difference and verdict."""
    factors = found.study.factors[:MOST_FACTORS]
    several, based = len(found.study.beliefs) > 1, found.study.baseline
    columns = [Column(say("report.columns.beliefs"))] if several else []
    columns += [Column(parameter_name(path), "number") for path in factors]
    columns.append(Column(say("report.columns.mean"), "number"))
    if based:
        baseline = say("words.baseline")
        columns += [Column(say("report.columns.difference", baseline=baseline), "number"),
                    Column(say("report.columns.verdict"))]
    columns.append(Column(say("report.columns.firms"), "number"))
    every = sorted(((value, beliefs, place) for beliefs, part in parts.items() for value, place in part.ranked()),
                   key=lambda line: -line[0])
    rows = []
    for _, beliefs, place in every[:MOST_ROWS]:
        row = parts[beliefs].row_at(place)
        cells = [belief_name(beliefs)] if several else []
        cells += [parameter_value(path, row.point[path]) for path in factors]
        cells += [row.level, *([row.change, verdict_words(row.low, row.high)] if based else []), count(row.n)]
        rows.append(tuple(cells))
    return table_of("combinations", say("report.tables.combinations", measure=inside(what)), tuple(columns), rows,
                    MOST_ROWS, len(every))


def _contrast(parts: dict[str, Combinations], what: str) -> tuple[Table, str]:
    """What is highest under one set of beliefs, under the other: levels or differences, and verdicts."""
    columns = (Column(say("report.columns.combination")), *(Column(belief_name(name), "number") for name in parts),
               Column(say("report.columns.agreement")))
    rows, said = [], []
    for place in dict.fromkeys(part.chosen for part in parts.values()):
        told = [part.row_at(place, among_all=True) for part in parts.values()]
        verdicts = {verdict_words(row.low, row.high) for row in told}
        same = len(verdicts) == 1
        where = next(iter(parts.values())).place_name(place)
        rows.append((where, *(row.change or row.level for row in told),
                     say("report.verdicts.same" if same else "report.verdicts.other")
                     if told[0].change else ""))
        if told[0].change:
            said.append(say("report.basis.agree" if same else "report.basis.disagree", place=where,
                            measure=inside(what)))
    table = table_of("contrast", say("report.tables.contrast", measure=what), columns, rows, MOST_ROWS)
    return table, " ".join(said)


def _factors_table(found: Sweep) -> Table:
    columns = (Column(say("report.columns.lever")), Column(say("report.columns.path"), "code"),
               Column(say("report.columns.values"), "number"), Column(say("report.columns.levels"), "number"),
               Column(say("report.columns.baseline"), "number"), Column(say("report.columns.unit")),
               Column(say("report.columns.grade")))
    design = found.design
    points = design[~design["baseline"]]
    base = found.study.base().values()
    rows = [(parameter_name(path), path, _values(path, points[path]), count(int(points[path].nunique())),
             parameter_value(path, base[path]), parameter_unit(path), grade_letter(path))
            for path in found.study.factors]
    return table_of("levers", say("report.tables.factors"), columns, rows, MOST_ROWS)


def _values(path: str, column: pd.Series[Any]) -> str:
    """A factor's values: all, or the ends of its range if there are many."""
    values = sorted(set(column.tolist()))
    if len(values) > MOST_VALUES and not isinstance(values[0], (bool, str)):
        return say("report.numbers.range", low=parameter_value(path, values[0]), high=parameter_value(path, values[-1]))
    return say("words.comma").join(parameter_value(path, value) for value in values)


def _origin(found: Sweep, store: Store, state: Any) -> tuple[tuple[str, str], ...]:
    """Where the numbers come from."""
    manifest, study = store.manifest, found.study
    batches = [str(entry["time"]) for entry in store.logged() if entry.get("what") == "batch" and "time" in entry]
    return (
        ("kind", say("report.origin.kinds_sweep")),
        ("made", str(manifest["created"])), ("last", max(batches, default=say("report.origin.not_kept"))),
        ("points", str(state.points)), ("design", study.design.kind),
        ("runs", f"{state.runs_done} / {state.runs_wanted}"),
        ("failures", str(state.failures)), ("seed", str(study.seed)), ("engine", study.engine),
        ("study", study.hash()),
        *((f"parameters:{belief_name(beliefs)}", study.base(beliefs).hash()) for beliefs in study.beliefs),
        ("registry", str(store.identity["registry"])), ("model", str(store.identity["sources"])),
        ("measures", str(store.identity["measures_code"])),
        *versions_told(str(manifest["python"]), str(manifest["platform"]), manifest["versions"]))
