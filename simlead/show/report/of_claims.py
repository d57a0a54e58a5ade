"""What an examination of claims found: verdicts in words, a table of them, and a section for each claim."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.model.sources import SOURCES
from simlead.show.claims_words import (
    WORDS,
    effect_words,
    months_words,
    region_words,
    stays_words,
    turned_words,
    verdict_words,
)
from simlead.show.language import direction, language, say
from simlead.show.report.claim_section import claim_heading, claim_section
from simlead.show.report.document import NAME_LENGTH, Column, Document, Section, Table, clean, table_of
from simlead.show.report.findings import versions_told
from simlead.show.report.numbers import belief_name, count, listed, parameter_name, parameter_value
from simlead.show.report.tables import origin_table
from simlead.show.wording import inside
from simlead.study.claims.flips import DECIDES
from simlead.study.claims.loading import StoredExamination
from simlead.study.claims.table import CLAIMS
from simlead.study.claims.verdict import ASSUMED

if TYPE_CHECKING:
    import pandas as pd

EVERY = len(CLAIMS)


def document_of_claims(found: StoredExamination, title: str = "", question: str = "") -> Document:
    """The document that tells of an examination, in the language spoken now."""
    version = clean(str(found.about["versions"].get("simlead", "")), 40)
    sections = [
        Section("verdicts", say("claims_report.headings.verdicts"), tables=(verdicts_table(found),)),
        *(claim_section(claim, *_of(found, claim.key)) for claim in found.claims),
        Section("sources", say("claims_report.headings.sources"), tables=(sources_table(found),)),
        _origin(found),
    ]
    return Document(
        language=language(),
        direction=direction(),
        title=clean(title) or say("claims_report.title"),
        mark="",
        question=clean(question) or say("claims_report.question"),
        answers=tuple(_answer(found, beliefs) for beliefs in found.beliefs),
        notes=tuple(_notes(found)),
        sections=tuple(sections),
        footer=f"{say('report.seed', seed=found.about['seed'])} \N{MIDDLE DOT} simlead {version}",
        made="",
    )


def refuse_measure(measure: str | None) -> None:
    """Raise ParameterError if somebody asks for a measure: each claim has its own."""
    if measure is not None:
        raise ParameterError(f"measure {measure!r}: each claim tells the effect that it is about; leave it out")


def _of(found: StoredExamination, key: str) -> tuple[Any, ...]:
    """A claim's part of each table."""
    return tuple(table[table["key"] == key] for table in (found.verdicts, found.details, found.flips))


def _answer(found: StoredExamination, beliefs: str) -> str:
    """How many claims are supported, refuted, undecided and assumed; of a single claim its verdict and effect."""
    rows = found.verdicts[found.verdicts["beliefs"] == beliefs].to_dict("records")
    if len(rows) == 1:
        (row,) = rows
        return say("claims_report.answers.one", beliefs=belief_name(beliefs), claim=say(f"claims.text.{row['key']}"),
                   verdict=verdict_words(row["verdict"], row["follows"]), effect=effect_words(
                       row["effect"], row["low"], row["high"], row["unit"]))
    counts = _counts([row for row in rows if row["verdict"] != ASSUMED])
    if taken := [row for row in rows if row["verdict"] == ASSUMED]:
        follows = listed(_counts(taken, "then_"))
        counts.append(say("claims_report.answers.assumed", n=count(len(taken)), follows=follows))
    return say("claims_report.answers.several", beliefs=belief_name(beliefs), claims=count(len(rows)),
               counts=listed(counts))


def _counts(rows: list[dict[Any, Any]], form: str = "") -> list[str]:
    """How often each verdict was given, and on which claims; the ones that were."""
    told = []
    for name in ("supported", "refuted", "undecided"):
        numbers = [row["number"] for row in rows if WORDS[row["follows"]] == f"claims.{name}"]
        if numbers:
            told.append(say(f"claims_report.answers.{form}{name}", n=count(len(numbers)), numbers=_numbers(numbers)))
    return told


def _notes(found: StoredExamination) -> Iterable[str]:
    """Where the belief sets part, and how the words are meant."""
    claims = found.claims
    if len(claims) < EVERY:
        yield say("claims_report.notes.some", asked=count(len(claims)), every=count(EVERY))
    if len(found.beliefs) > 1:
        apart = [claim.number for claim in claims if found.verdicts.loc[
            found.verdicts["key"] == claim.key, "follows"].nunique() > 1]
        yield (say("claims_report.notes.apart", numbers=_numbers(apart)) if apart
               else say("claims_report.notes.together"))
    else:
        yield say("report.basis.one_belief", beliefs=belief_name(found.beliefs[0]))
    yield say("claims_report.notes.criterion")
    if (found.verdicts["verdict"] == ASSUMED).any():
        yield say("claims_report.notes.assumed")
    if found.verdicts[["effect", "low", "high"]].isna().any(axis=None):
        yield say("claims_report.notes.no_interval")
    ends = found.verdicts.loc[found.verdicts["unit"] == "months", ["effect", "low", "high"]].to_numpy().ravel()
    back = found.verdicts[["payback_months", "payback_low", "payback_high"]].to_numpy(float).ravel()
    if any(math.isinf(value) for value in itertools.chain(ends, back)):
        yield say("claims_report.notes.beyond")


def _numbers(numbers: list[int]) -> str:
    return listed([count(number) for number in numbers], most=EVERY)


def verdicts_table(found: StoredExamination) -> Table:
    """A line a claim: criterion, and under each belief set verdict, effect and months to payback; what turns it."""
    columns = [Column(say("claims_report.columns.claim")), Column(say("claims_report.columns.holds"))]
    columns += [Column(say("claims_report.columns.verdict", beliefs=belief_name(name))) for name in found.beliefs]
    columns += [Column(say("claims_report.columns.payback", beliefs=belief_name(name))) for name in found.beliefs]
    columns.append(Column(say("claims_report.columns.turned")))
    rows = []
    for claim in found.claims:
        verdicts, _, flips = _of(found, claim.key)
        by_name = {row["beliefs"]: row for row in verdicts.to_dict("records")}
        mine = [by_name[name] for name in found.beliefs]
        said = [say("claims_report.cells.verdict", verdict=verdict_words(row["verdict"], row["follows"]),
                    effect=effect_words(row["effect"], row["low"], row["high"], claim.unit)) for row in mine]
        back = [months_words(row["payback_months"], row["payback_low"], row["payback_high"])
                or say("claims_report.cells.no_programme") for row in mine]
        holds = say("claims_report.cells.holds", measure=say(f"claims.effects.{claim.key}"),
                    region=region_words(claim.region, claim.unit))
        rows.append((claim_heading(claim), holds, *said, *back,
                     turned_cell(flips)))
    return table_of("verdicts", say("claims_report.tables.verdicts"), tuple(columns), rows, EVERY, whole=True)


def turned_cell(flips: pd.DataFrame) -> str:
    """What turns a claim's verdict, what decides an undecided one, and at how many ends it stays."""
    turned, decided = turned_words(flips), turned_words(flips, DECIDES)
    decided = say("claims_report.cells.decided", decided=decided) if decided else ""
    parts = [part for part in (turned, decided, stays_words(flips)) if part]
    return functools.reduce(lambda first, rest: say("claims_report.cells.both", first=first, rest=rest), parts)


def sources_table(found: StoredExamination) -> Table:
    """Who makes the claims, and what speaks against them: a line a source."""
    cited: dict[str, tuple[list[int], list[int]]] = {}
    for claim in found.claims:
        for place, keys in enumerate((claim.sources, claim.contradicted_by)):
            for key in keys:
                cited.setdefault(key, ([], []))[place].append(claim.number)
    columns = (Column(say("report.columns.source"), "code"), Column(say("claims_report.columns.makes")),
               Column(say("claims_report.columns.against")), Column(say("report.columns.supports"), "code"),
               Column(say("report.columns.grade")), Column(say("report.columns.status")),
               Column(say("report.columns.reference"), "code"))
    rows = [(key, *(_numbers(numbers) if numbers else "" for numbers in cited[key]), SOURCES[key].supports,
             say(f"names.grade_letters.{SOURCES[key].grade}"), say(f"report.sources.{SOURCES[key].status}"),
             SOURCES[key].reference) for key in sorted(cited)]
    return table_of("sources", say("claims_report.tables.sources"), columns, rows, len(rows), whole=True)


def _origin(found: StoredExamination) -> Section:
    """How much was run on what, and what no interval here contains."""
    about = found.about
    sizes = {name: count(about[name]) for name in ("runs", "replications", "details", "ends")}
    paragraphs = [say("claims_report.origin.size", **sizes)]
    if about["changes"]:
        changes = [say("report.numbers.place", factor=inside(parameter_name(path)),
                       value=parameter_value(path, clean(value, NAME_LENGTH) if isinstance(value, str) else value))
                   for path, value in about["changes"].items()]
        paragraphs.append(say("claims_report.origin.changed", changes=listed(changes, 8)))
    paragraphs += [say("claims_report.origin.luck"),
                   say("claims_report.origin.chance", verdicts=count(len(found.verdicts))),
                   say("claims_report.origin.ends", ends=sizes["ends"])]
    lines = (
        ("kind", say("claims_report.origin.kind")), ("made", say("report.origin.not_kept")),
        ("seed", str(about["seed"])), ("engine", about["engine"]), ("runs", str(about["runs"])),
        ("registry", about["registry"]), ("model", about["sources"]),
        *versions_told(about["python"], "", about["versions"]))
    told = [(label if not label.startswith("version:") else clean(label, 60), clean(value, 60))
            for label, value in lines if label != "platform"]
    return Section("origin", say("report.headings.origin"), tuple(paragraphs), tables=(origin_table(told),))
