"""What an examination of claims found: verdicts in words, a table of them, and a section for each claim."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.sources import SOURCES
from simlead.show.claims_words import before_of, chances, payback_words, sentence, verdict_words
from simlead.show.format import count, parameter_value
from simlead.show.language import direction, language, say
from simlead.show.report.claim_section import claim_heading, claim_section
from simlead.show.report.document import Column, Document, Section, Table, columns_of, table_of
from simlead.show.report.findings import version_lines
from simlead.show.report.tables import SOURCE_COLUMNS, origin_table, source_cells
from simlead.show.user_text import NAME_LENGTH, clean
from simlead.show.wording import capital, coverage_note, effect_sizes_name, inside, listed, parameter_name
from simlead.study.claims.protocol import CLAIMS
from simlead.study.claims.record import ExaminationRecord
from simlead.study.records import VERDICTS

MANY = 100
"""More claims than this are not listed by number."""


def document_of_claims(found: ExaminationRecord, title: str = "", question: str = "") -> Document:
    """Make the document on an examination, in the language in use."""
    version = clean(str(found.about["versions"].get("simlead", "")), 40)
    sections = [
        Section("verdicts", say("claims_report.headings.verdicts"), tables=(verdicts_table(found),)),
        *(claim_section(claim, found) for claim in found.claims),
        Section("sources", say("claims_report.headings.sources"), tables=(sources_table(found),), part="appendix"),
        _origin(found),
    ]
    return Document(
        language=language(),
        direction=direction(),
        title=clean(title) or say("claims_report.title"),
        mark="",
        question=clean(question) or say("claims_report.question"),
        answers=tuple(_answer(found, effect_sizes) for effect_sizes in found.effect_sizes),
        notes=tuple(_notes(found)),
        sections=tuple(sections),
        footer=f"{say('report.seed', seed=found.about['seed'])} \N{MIDDLE DOT} simlead {version}",
        made="",
    )


def refuse_measure(measure: str | None) -> None:
    """Raise ParameterError for a measure: each claim has its own."""
    if measure is not None:
        raise ParameterError(f"measure {measure!r}: each claim has its own effect; leave it out")


def _answer(found: ExaminationRecord, effect_sizes: str) -> str:
    """How often each verdict was given, and on which claims; of a single claim its verdict in a sentence."""
    rows = found.verdicts[found.verdicts["effect_sizes"] == effect_sizes].to_dict("records")
    if len(rows) == 1:
        before = before_of(found.parts[found.parts["effect_sizes"] == effect_sizes])
        return say("claims_report.answers.one", effect_sizes=effect_sizes_name(effect_sizes),
                   claim=say(f"claims.text.{rows[0]['key']}"), sentence=sentence(rows[0], before))
    counts = []
    for verdict in VERDICTS:
        numbers = [row["number"] for row in rows if row["verdict"] == verdict]
        if numbers:
            counts.append(say("claims_report.answers.count", verdict=say(f"claims.verdicts.{verdict}"),
                              n=count(len(numbers)), numbers=_numbers(numbers)))
    return say("claims_report.answers.several", effect_sizes=effect_sizes_name(effect_sizes), claims=count(len(rows)),
               counts=listed(counts))


def _notes(found: ExaminationRecord) -> Iterable[str]:
    """Where the sets of effect sizes part, and what the words mean."""
    claims = found.claims
    if len(claims) < found.about["claims_in_all"]:
        yield say("claims_report.notes.some", asked=count(len(claims)), every=count(found.about["claims_in_all"]))
    if len(found.effect_sizes) > 1:
        apart = [claim.number for claim in claims if found.verdicts.loc[
            found.verdicts["key"] == claim.key, "follows"].nunique() > 1]
        yield (say("claims_report.notes.apart", numbers=_numbers(apart)) if apart
               else say("claims_report.notes.together"))
    else:
        yield say("report.basis.one_set", effect_sizes=effect_sizes_name(found.effect_sizes[0]))
    yield say("claims_report.notes.criterion")
    yield say("claims_report.notes.light", worlds=count(found.about["worlds"]),
              replications=count(found.about["replications"]))
    if any("policy.coaching_share" in changes for claim in claims for changes in CLAIMS[claim.key].arms.values()):
        yield coverage_note()
    back = found.verdicts[["payback_months", "payback_low", "payback_high"]].to_numpy(float).ravel()
    if any(math.isinf(value) for value in back):
        yield say("claims_report.notes.beyond")


def _numbers(numbers: list[int]) -> str:
    return listed([count(number) for number in numbers], most=MANY)


def verdicts_table(found: ExaminationRecord) -> Table:
    """A line a claim: under each set of effect sizes the verdict, its probability and payback; what it depends on."""
    sets = found.effect_sizes
    columns = [Column(say("claims_report.columns.claim"))]
    columns += [Column(say(f"claims_report.columns.{column}", effect_sizes=effect_sizes_name(name)))
                for column in ("verdict", "share", "payback") for name in sets]
    columns.append(Column(say("claims_report.columns.depends")))
    rows = []
    for claim in found.claims:
        by_name = {row["effect_sizes"]: row for row in found.verdicts[
            found.verdicts["key"] == claim.key].to_dict("records")}
        mine: list[dict[Any, Any]] = [by_name[name] for name in sets]
        depends = dict.fromkeys(capital(parameter_name(row["depends_on"])) for row in mine if row["depends_on"])
        rows.append((
            claim_heading(claim), *(capital(verdict_words(row["verdict"], row["follows"])) for row in mine),
            *(chances(row["p_holds"]) for row in mine),
            *(payback_words(row) or say("claims_report.cells.no_programme") for row in mine),
            listed(list(depends)) if depends else ""))
    return table_of("verdicts", say("claims_report.tables.verdicts"), tuple(columns), rows, MANY, whole=True)


def sources_table(found: ExaminationRecord) -> Table:
    """Who makes the claims, and evidence against them: a line a source."""
    cited: dict[str, tuple[list[int], list[int]]] = {}
    for claim in found.claims:
        for place, keys in enumerate((claim.sources, claim.contradicted_by)):
            for key in keys:
                cited.setdefault(key, ([], []))[place].append(claim.number)
    columns = (*columns_of("source:code"), Column(say("claims_report.columns.makes")),
               Column(say("claims_report.columns.against")), *columns_of(*SOURCE_COLUMNS))
    rows = [(key, *(_numbers(numbers) if numbers else "" for numbers in cited[key]), *source_cells(SOURCES[key]))
            for key in sorted(cited)]
    return table_of("sources", say("claims_report.tables.sources"), columns, rows, len(rows), whole=True)


def _origin(found: ExaminationRecord) -> Section:
    """How much was run on what, and what no interval here contains."""
    about = found.about
    paragraphs = [say("claims_report.origin.size", **{
        name: count(about[name]) for name in ("runs", "worlds", "replications", "structures")})]
    if about["changes"]:
        changes = [say("words.place", factor=inside(parameter_name(path)),
                       value=parameter_value(path, clean(value, NAME_LENGTH) if isinstance(value, str) else value))
                   for path, value in about["changes"].items()]
        paragraphs.append(say("claims_report.origin.changed", changes=listed(changes, most=8)))
    paragraphs.append(say("claims_report.origin.interval"))
    lines = (
        ("kind", say("claims_report.origin.kind")), ("made", say("report.origin.not_kept")),
        ("seed", str(about["seed"])), ("engine", about["engine"]), ("runs", str(about["runs"])),
        ("registry", about["registry"]), ("model", about["sources"]),
        *version_lines(about["python"], "", about["versions"]))
    facts = [(label if not label.startswith("version:") else clean(label, 60), clean(value, 60))
            for label, value in lines if label != "platform"]
    return Section("origin", say("report.headings.origin"), tuple(paragraphs), tables=(origin_table(facts),),
                   part="appendix")
