"""The protocol of a trial on one page and one slide: question, design, lot, outcomes, analysis, what results mean."""

from __future__ import annotations

import math
from pathlib import Path

from simlead.results.seen import SEEN
from simlead.show.format import count, percent_of, setting
from simlead.show.language import direction, language, say
from simlead.show.report.deck import BODY_TOP, INK, MARGIN, SOFT, WIDTH, Deck
from simlead.show.report.document import Column, Document, Picture, Section, Table, table_of
from simlead.show.trial import (
    change_words,
    effect_words,
    estimator_name,
    money,
    outcome_name,
    smallest_words,
)
from simlead.show.user_text import NAME_LENGTH, clean
from simlead.show.wording import capital, inside
from simlead.statistics.trial_designs import NEVER
from simlead.study.trial.plan import STEPPED
from simlead.study.trial.protocol import Protocol

MOST_TEAMS = 60


def protocol_document(
    fixed: Protocol, answers: tuple[str, ...], pictures: tuple[Picture, ...] = ()
) -> Document:
    """The document of a protocol in the language in use.

    `answers` are sentences of what the trial could tell: the answer, and what else the page should say of it.
    """
    what, level = change_words(fixed.change), float(fixed.claims["level"])
    firm = clean(fixed.firm, NAME_LENGTH) or say("trial.protocol.of_firm")
    sections = (
        Section("design", say("trial.protocol.headings_design"), tuple(_design(fixed))),
        Section("outcomes", say("trial.protocol.headings_outcomes"), tuple(_analysis(fixed, level)),
                tables=(outcome_table(fixed),)),
        Section("lot", say("trial.protocol.headings_lot"),
                (say("trial.protocol.lot", seed=fixed.lot_seed),), tables=(lot_table(fixed),)),
        Section("meaning", say("trial.protocol.headings_results"), tuple(_meaning(fixed, level))),
        Section("data", say("trial.protocol.headings_data"), (say(
            "trial.protocol.data", columns=", ".join(["team", "month", *fixed.columns])),), pictures))
    return Document(
        language=language(), direction=direction(), title=say("trial.protocol.title", change=what), mark="",
        question=say("trial.protocol.question", change=what, firm=firm), answers=answers[:1], notes=answers[1:],
        sections=sections, footer=f"{say('report.seed', seed=fixed.lot_seed)} \N{MIDDLE DOT} simlead "
        f"{clean(fixed.version, 40)}", made="", one_page=True)


def protocol_slide(deck: Deck) -> None:
    """Everything of a protocol's document on one slide, the randomisation list at the side."""
    from pptx.util import Pt

    from simlead.show.report.slide_tables import Frame, add_table

    document = deck.document
    slide = deck.slide(document.title, 26)
    deck.notes(slide, [document.question, *document.answers, *document.notes])
    width = (WIDTH - 2 * MARGIN) * 0.62
    start = MARGIN if deck.rightwards else WIDTH - MARGIN - width
    parts = [("", [document.question, document.answer])]
    parts += [(document.section(key).heading, list(document.section(key).paragraphs))
              for key in ("design", "outcomes", "meaning")]
    letters = sum(len(text) for _, texts in parts for text in texts)
    size = 13.5 if letters < 1250 else 12.0 if letters < 1600 else 10.5
    frame = deck.text_box(slide, start, BODY_TOP, width, 5.4)
    frame.word_wrap = True
    lines = [line for heading, texts in parts for line in ([(heading, True)] if heading else []) + [
        (text, text == document.answer) for text in texts]]
    for place, (text, bold) in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        deck.paragraph(paragraph, text, size, bold=bold, colour=document.brand.on_white if bold else INK)
        paragraph.space_after = Pt(3)
    side = WIDTH - 2 * MARGIN - width - 0.3
    at = WIDTH - MARGIN - side if deck.rightwards else MARGIN
    note = deck.text_box(slide, at, BODY_TOP, side, 0.6)
    deck.write(note, list(document.section("lot").paragraphs), 11.0, colour=SOFT)
    add_table(deck, slide, document.table("lot"), Frame(at, BODY_TOP + 0.6, side, 4.7))


def write_protocol(document: Document, folder: Path) -> None:
    """Write the page `protocol.html` and the slide `protocol.pptx` into a folder."""
    from simlead.show.report.page import page
    from simlead.show.report.slides import write_deck

    (folder / "protocol.html").write_text(page(document), encoding="utf-8", newline="\n")
    write_deck(document, folder / "protocol.pptx", protocol_slide)


def outcome_table(fixed: Protocol) -> Table:
    """The outcomes with what is counted and how it is analysed, the one that decides first."""
    columns = (Column(say("trial.protocol.outcome")), Column(say("trial.protocol.seen_in")),
               Column(say("trial.protocol.columns"), "code"), Column(say("trial.protocol.analysis")),
               Column(say("trial.protocol.waits"), "number"), Column(say("trial.protocol.false_alarms")))
    rows = [(outcome_name(outcome), say(f"trial.sources.{SEEN[outcome].source}"),
             f"{SEEN[outcome].top} / {SEEN[outcome].bottom}", estimator_name(estimator),
             count(fixed.plan.waiting_of(outcome)), alarms_words(fixed, outcome))
            for outcome, estimator in fixed.analyses.items()]
    return table_of("outcomes", say("trial.protocol.headings_outcomes"), columns, rows, len(rows), whole=True)


def alarms_words(fixed: Protocol, outcome: str) -> str:
    """The false alarms of an outcome's analysis, and that they are more or fewer than they should be where they are."""
    share = fixed.false_alarms.get(outcome, float(fixed.claims.get("false_alarms", math.nan)) if (
        outcome == fixed.primary) else math.nan)
    miss = fixed.missed(outcome)
    return say(f"trial.alarms.of_{miss}", false_alarms=percent_of(share), alpha=percent_of(fixed.alpha)) if miss else (
        percent_of(share))


def lot_table(fixed: Protocol) -> Table:
    """The randomisation list."""
    columns = (Column(say("trial.protocol.team"), "number"), Column(say("trial.protocol.arm")),
               Column(say("trial.protocol.start")))
    rows = [(count(team), say("trial.protocol.control_arm" if start == NEVER else "trial.protocol.change_arm"),
             say("trial.protocol.start_never") if start == NEVER else say(
                 "trial.protocol.start_month", month=count(start)))
            for team, start in enumerate(fixed.starts, start=1)]
    return table_of("lot", say("trial.protocol.headings_lot"), columns, rows, MOST_TEAMS)


def _design(fixed: Protocol) -> list[str]:
    plan = fixed.plan
    texts = [say("trial.protocol.design", arms=capital(say(f"trial.arms.{plan.arms}")), treated=count(plan.treated),
                 teams=count(plan.teams), base=count(plan.base_months), months=count(plan.months))]
    if plan.arms == STEPPED:
        texts.append(say("trial.protocol.stepped", at_once=count(plan.at_once), step=count(plan.step)))
    elif plan.waiting:
        texts.append(say("trial.protocol.waiting", waiting=count(plan.waiting)))
    return [*texts, say("trial.protocol.price", price=money(fixed.price))]


def _analysis(fixed: Protocol, level: float) -> list[str]:
    name = outcome_name(fixed.primary)
    return [
        say("trial.protocol.decides", outcome=name, estimator=estimator_name(fixed.analyses[fixed.primary]),
            alpha=setting(fixed.alpha)),
        say("trial.protocol.power", power=percent_of(fixed.claims["power"]),
            smallest=smallest_words(fixed.claims["smallest"], fixed.primary, level),
            false_alarms=alarms_words(fixed, fixed.primary)),
        say("trial.protocol.fixed")]


def _meaning(fixed: Protocol, level: float) -> list[str]:
    kind, limit = fixed.prior.rule()
    return [
        say(f"trial.protocol.adopt_{kind}", outcome=inside(outcome_name(fixed.primary)),
            limit=effect_words(limit, fixed.primary, level, fixed.prior.error), horizon=count(fixed.horizon),
            worlds=count(len(fixed.prior.weights))),
        say("trial.protocol.p_value", alpha=setting(fixed.alpha),
            smallest=smallest_words(fixed.claims["smallest"], fixed.primary, level))]
