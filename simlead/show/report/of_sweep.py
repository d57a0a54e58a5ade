"""Findings of a sweep: where its measure is highest, under each set of effect sizes, and what is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from simlead.show.answers import places
from simlead.show.charts.tables import change_words
from simlead.show.format import count, parameter_unit, parameter_value
from simlead.show.language import say
from simlead.show.report.combinations import answer, place_name, point_at, ranked, row_of
from simlead.show.report.document import Column, Picture, Section, Table, columns_of, table_of
from simlead.show.report.findings import MOST_ROWS, Findings, assumed, refuse_other_registry, version_lines
from simlead.show.report.over_worlds import Answered, leading_sentences, over_worlds
from simlead.show.report.sweep_pictures import sweep_pictures
from simlead.show.report.tables import grade_letter
from simlead.show.sentences import sentences
from simlead.show.user_text import clean
from simlead.show.wording import coverage_note, effect_sizes_name, inside, listed, measure_name, parameter_name
from simlead.study.report_record import Part, SweepRecord, leading_assumption

MOST_FACTORS = 5
"""Factors that have columns of their own in the table of combinations."""

MOST_VALUES = 8
MOST_REASONS = 8


def of_sweep(found: SweepRecord) -> Findings:
    """What a sweep found, in the current language; all of it is of the runs that are there.

    Raises ParameterError for a sweep that was made with other parameters.
    """
    version = str(found.manifest["versions"].get("simlead", ""))
    refuse_other_registry(str(found.identity["registry"]), str(found.folder), version)
    state, study, seen = found.state, found.study, found.seen
    varied = assumed(study.factors)
    what = measure_name(found.measure)
    factors = listed([inside(parameter_name(path)) for path in study.factors], most=4)
    asked = study.question or say("report.questions.sweep", measure=inside(what), factors=factors)
    drawn, refused = sweep_pictures(found)
    over = None if found.answer is None else found.answer.renamed(places(found.answer, study.factors))
    contrast, agreement = _contrast(seen, what) if 1 < len(found.parts) == len(seen) else (None, "")
    return Findings(
        title=clean(study.question) or say("report.titles.sweep", measure=what),
        question=clean(asked),
        answers=_leading(over) if over is not None else (
            _answers(found, drawn) if seen else (say("report.answers.none"),)),
        notes=_notes(found, refused, () if over is None else _answers(found, drawn)) if seen else (),
        over_worlds=None if over is None else over_worlds(over),
        missing=None if state.complete and not state.failures else _missing(found),
        pictures=drawn,
        results=(_combinations_table(found, what),) if seen else (),
        levers=(_factors_table(found),),
        changed=study.factors,
        assumptions={effect_sizes: study.base(effect_sizes) for effect_sizes in study.effect_sizes},
        contrast=contrast,
        agreement=agreement,
        measure=found.measure,
        leading=leading_assumption(next((part.index for part in seen.values()), None), varied),
        sensible=bool(varied),
        origin=_origin(found),
        seed=study.seed,
        version=version,
        made=str(found.manifest["created"]),
    )


def _leading(over: Answered) -> tuple[str, ...]:
    """The answer about the best point of each set of effect sizes, under that set."""
    best = over.table.loc[over.table.groupby("effect_sizes", sort=False)["mean"].idxmax()]
    return tuple(next(sentence for sentence, of in zip(
        leading_sentences(over, str(row["policy"])), _sets(over), strict=True) if of == row["effect_sizes"])
        for row in best.to_dict("records"))


def _sets(over: Answered) -> list[str]:
    return [str(name) for name in over.table["effect_sizes"].unique()]


def _answers(found: SweepRecord, drawn: tuple[Picture, ...]) -> tuple[str, ...]:
    """The answer in a sentence for each set of effect sizes; what matters most, where the design asks that.

    Where the reading of the sweep concludes nothing, that is the answer.
    """
    findings = {picture.key: picture.finding for picture in drawn}
    answers = {}
    for effect_sizes, part in found.parts.items():
        finding = findings.get(f"sensitivity_{effect_sizes}", "") if found.ranks else ""
        if not part.reading.enough:
            answers[effect_sizes] = sentences(part.reading)[0]
        elif finding:
            answers[effect_sizes] = say("report.answers.of_measure", measure=measure_name(part.measure),
                                        finding=finding)
        else:
            answers[effect_sizes] = answer(part)
    return _each_under(answers, len(found.parts) > 1)


def _each_under(texts: dict[str, str], several: bool) -> tuple[str, ...]:
    """A text for each set of effect sizes, with the set's name where there are several."""
    if not several:
        return tuple(texts.values())
    return tuple(say("report.answers.under", effect_sizes=effect_sizes_name(effect_sizes), sentence=inside(sentence))
                 for effect_sizes, sentence in texts.items())


def _notes(found: SweepRecord, refused: list[str], of_runs: tuple[str, ...]) -> tuple[str, ...]:
    """What stands below the answer; `of_runs` are the sweep's own answers where one over worlds leads."""
    readings = {effect_sizes: " ".join(sentences(part.reading)) for effect_sizes, part in found.seen.items()
                if part.reading.enough}
    notes = [*of_runs, *_each_under(readings, len(found.parts) > 1), say("report.notes.random_numbers"),
             say("report.notes.anew" if of_runs else "report.notes.no_worlds")]
    if "policy.coaching_share" in found.study.factors:
        notes.append(coverage_note())
    picked = {effect_sizes: part for effect_sizes, part in found.seen.items() if part.count > 1}
    if picked and not found.ranks:
        if not of_runs:
            notes.append(say("report.notes.selected"))
        if not found.study.baseline:
            notes.append(say("report.notes.no_baseline"))
    if found.unreached:
        notes.append(say("report.notes.not_reached", points=count(found.unreached)))
    if found.state.failures:
        notes.append(say("report.notes.failed", failures=count(found.state.failures)))
    notes += [say("report.notes.not_drawn", what=reason) for reason in refused]
    return tuple(notes)


def _missing(found: SweepRecord) -> Section:
    """What an unfinished sweep lacks: how many runs, and of what those that failed did so."""
    state = found.state
    paragraphs = [say(
        "report.missing.runs", done=count(state.runs_done), wanted=count(state.runs_wanted),
        missing=count(state.runs_wanted - state.runs_done), failures=count(state.failures))]
    if state.writer is not None:
        paragraphs.append(say("report.missing.at_work", writer=state.writer))
    tables: tuple[Table, ...] = ()
    if state.failures:
        rows = [(clean(str(line["exception"]), 60), clean(str(line["message"]), 160), count(int(line["runs"])),
                 f"{line['point']}:{line['replicate']}") for line in found.failures.to_dict("records")]
        columns = columns_of("exception:code", "message:code", "runs:number", "first:code")
        tables = (table_of("failures", say("report.missing.failures"), columns, rows, MOST_REASONS),)
    return Section("missing", say("report.headings.missing"), tuple(paragraphs), (), tables)


def _combinations_table(found: SweepRecord, what: str) -> Table:
    """The combinations, the highest first: their levers, level, difference and verdict."""
    factors = found.study.factors[:MOST_FACTORS]
    several, based = len(found.study.effect_sizes) > 1, found.study.baseline
    columns = [*columns_of(*(["effect_sizes"] if several else [])),
               *(Column(parameter_name(path), "number") for path in factors), *columns_of("mean:number")]
    if based:
        columns.append(Column(say("report.columns.difference", baseline=say("words.baseline")), "number"))
    columns += columns_of(*(["verdict"] if based else []), "replications:number")
    every = sorted(((value, effect_sizes, place) for effect_sizes, part in found.seen.items()
                    for value, place in ranked(part)), key=lambda line: -line[0])
    rows = []
    for _, effect_sizes, place in every[:MOST_ROWS]:
        part = found.parts[effect_sizes]
        row, point = row_of(part, place), point_at(part, place)
        cells = [effect_sizes_name(effect_sizes)] if several else []
        cells += [parameter_value(path, point[path]) for path in factors]
        cells += [row.level, *([row.change, change_words(row.low, row.high)] if based else []), count(row.n)]
        rows.append(tuple(cells))
    return table_of("combinations", say("report.tables.combinations", measure=inside(what)), tuple(columns), rows,
                    MOST_ROWS, len(every))


def _contrast(parts: dict[str, Part], what: str) -> tuple[Table, str]:
    """What is highest under one set of effect sizes, under the other: levels or differences, and verdicts."""
    columns = (*columns_of("combination"), *(Column(effect_sizes_name(name), "number") for name in parts),
               *columns_of("agreement"))
    rows, said = [], []
    for place in dict.fromkeys(part.chosen for part in parts.values()):
        cells = [row_of(part, place, among_all=True) for part in parts.values()]
        verdicts = {change_words(row.low, row.high) for row in cells}
        same = len(verdicts) == 1
        where = place_name(next(iter(parts.values())), place)
        rows.append((where, *(row.change or row.level for row in cells),
                     say("report.verdicts.same" if same else "report.verdicts.other")
                     if cells[0].change else ""))
        if cells[0].change:
            said.append(say("report.basis.agree" if same else "report.basis.disagree", place=where,
                            measure=inside(what)))
    table = table_of("contrast", say("report.tables.contrast", measure=what), columns, rows, MOST_ROWS)
    return table, " ".join(said)


def _factors_table(found: SweepRecord) -> Table:
    columns = columns_of("lever", "path:code", "values:number", "levels:number", "baseline:number", "unit", "grade")
    points, base = found.design[~found.design["baseline"]], found.study.base().values()
    rows = [(parameter_name(path), path, _values(path, points[path]), count(int(points[path].nunique())),
             parameter_value(path, base[path]), parameter_unit(path), grade_letter(path))
            for path in found.study.factors]
    return table_of("levers", say("report.tables.factors"), columns, rows, MOST_ROWS)


def _values(path: str, column: pd.Series[Any]) -> str:
    """A factor's values: all, or the ends of its range if there are many."""
    values = sorted(set(column.tolist()))
    if len(values) > MOST_VALUES and not isinstance(values[0], (bool, str)):
        return say("words.to", low=parameter_value(path, values[0]), high=parameter_value(path, values[-1]))
    return say("words.comma").join(parameter_value(path, value) for value in values)


def _origin(found: SweepRecord) -> tuple[tuple[str, str], ...]:
    """Where the numbers come from."""
    manifest, identity, study, state = found.manifest, found.identity, found.study, found.state
    return (
        ("kind", say("report.origin.kinds_sweep")),
        ("made", str(manifest["created"])), ("last", max(found.batches, default=say("report.origin.not_kept"))),
        ("points", str(state.points)), ("design", study.design.kind),
        ("runs", f"{state.runs_done} / {state.runs_wanted}"),
        ("failures", str(state.failures)), ("seed", str(study.seed)), ("engine", study.engine),
        ("study", study.hash()),
        *((f"parameters:{effect_sizes_name(name)}", study.base(name).hash()) for name in study.effect_sizes),
        ("registry", str(identity["registry"])), ("model", str(identity["sources"])),
        ("measures", str(identity["measures_code"])),
        *((("mixed", "; ".join(state.mixed_versions)),) if state.mixed_versions else ()),
        *version_lines(str(manifest["python"]), str(manifest["platform"]), manifest["versions"]))
