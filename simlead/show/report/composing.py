"""From findings to a document: the sections in the order in which they are read."""

from __future__ import annotations

from collections import Counter

from simlead.model.parameters import GRADES
from simlead.model.presets import preset
from simlead.model.scenario import REGISTRY
from simlead.show.format import with_interval
from simlead.show.language import direction, language, say
from simlead.show.report.document import Document, Section
from simlead.show.report.findings import EFFECT_SIZE_SETS, Findings, assumed
from simlead.show.report.of_money import money_answers, money_picture, money_sections, money_title
from simlead.show.report.tables import (
    assumptions_behind,
    assumptions_table,
    effect_sizes_table,
    origin_table,
    sources_table,
)
from simlead.show.user_text import clean
from simlead.show.wording import effect_sizes_name, inside, listed, measure_name, parameter_name


def document_of(found: Findings, title: str = "", question: str = "") -> Document:
    """The document of these findings, in the current language."""
    money = found.money
    own = (found.answers, found.notes) if money is None else (money_answers(money), ())
    sections = [section for section in (
        found.missing,
        *(() if money is None else money_sections(money)),
        None if money is None else Section("evidence", say("report.headings.evidence"), (*found.answers, *found.notes)),
        found.over_worlds,
        Section("charts", say("report.headings.charts"), (), found.pictures),
        Section("results", say("report.headings.results"), (), (), found.results),
        _levers(found),
        _basis(found),
        _effect_sizes(found),
        Section("origin", say("report.headings.origin"), (), (), (origin_table(found.origin),), part="appendix"),
    ) if section is not None and (section.paragraphs or section.pictures or section.tables)]
    return Document(
        language=language(),
        direction=direction(),
        title=clean(title) or (clean(question) if found.title == found.question else "") or found.title,
        mark=say("report.unfinished") if found.missing is not None else "",
        question=clean(question) or found.question,
        answers=own[0],
        notes=own[1],
        sections=tuple(sections),
        footer=f"{say('report.seed', seed=found.seed)} \N{MIDDLE DOT} simlead {found.version}",
        made=found.made,
        lead=None if money is None else money_picture(money, money.best),
        finding="" if money is None else money_title(money),
    )


def _levers(found: Findings) -> Section:
    tables = tuple(table for table in found.levers if table.rows)
    text = say("report.levers.all" if tables else "report.levers.none")
    return Section("levers", say("report.headings.levers"), (text,), (),
                   tables, part="appendix")


def _basis(found: Findings) -> Section:
    """What the conclusion rests on: the assumptions behind the levers and those varied, graded, with sources."""
    varied = assumed(found.changed)
    behind = [path for path in assumptions_behind(found.changed) if path not in varied]
    paths = [*varied, *behind]
    # Money varies the assumptions too, and its answer names the drivers.
    paragraphs = [_main_driver(found)] if found.sensible is not None and found.money is None else []
    if paths:
        grades = Counter(REGISTRY[path].grade for path in paths)
        paragraphs.append(say("report.basis.grades", total=len(paths), **{grade: grades[grade] for grade in GRADES}))
    else:
        paragraphs.append(say("report.basis.none"))
    asked = [name for name in found.assumptions if name]
    if len(found.assumptions) == 1 and (found.money is None or len(found.money.effect_sizes) == 1):
        paragraphs.append(say("report.basis.one_set", effect_sizes=effect_sizes_name(asked[0])) if asked
                          else say("report.basis.own_effect_sizes"))
    sources = sources_table([*paths, *found.changed])
    tables = [assumptions_table(paths, found.assumptions)] if paths else []
    if sources.rows:
        tables.append(sources)
        paragraphs.append(say("report.basis.recalled"))
    return Section("basis", say("report.headings.basis"), tuple(paragraphs), (), tuple(tables), part="appendix")


def _main_driver(found: Findings) -> str:
    """The assumption that the conclusion depends on most; that it is not known where the design cannot tell."""
    if found.leading is None:
        return say("report.basis.unknown_design" if found.sensible else "report.basis.unknown")
    leading = found.leading
    words = {"factor": inside(parameter_name(leading.factor)), "measure": inside(measure_name(found.measure)),
             "index": say(f"report.index.{leading.index}"),
             "estimate": with_interval(leading.estimate, leading.low, leading.high)}
    text = say("report.basis.nothing" if leading.nothing else "report.basis.main_driver", **words)
    if leading.tied and not leading.nothing:
        others = listed([inside(parameter_name(name)) for name in leading.tied], most=4)
        text = f"{text} {say('report.basis.tied', others=others)}"
    return text


def _effect_sizes(found: Findings) -> Section | None:
    """Both sets of effect sizes side by side, where the data have both."""
    both = {name: found.assumptions[name] for name in EFFECT_SIZE_SETS if name in found.assumptions}
    if found.money is not None and set(found.money.effect_sizes) == set(EFFECT_SIZE_SETS):
        both = {name: preset("status_quo", name) for name in EFFECT_SIZE_SETS}
    if len(both) < len(EFFECT_SIZE_SETS):
        return None
    tables = [*([found.contrast] if found.contrast is not None else []), effect_sizes_table(both)]
    return Section("effect_sizes", say("report.headings.effect_sizes"),
                   (found.agreement,) if found.agreement else (), (), tuple(tables), part="appendix")
