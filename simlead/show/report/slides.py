"""The document as slides, 16:9: native titles, texts and tables; charts that can be edited, or pictures
with their text.

Right-to-left languages are set so paragraph by paragraph and table by table, which is where
PowerPoint keeps it.
"""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.util import Inches, Pt

from simlead.show.format import count
from simlead.show.language import in_language, say
from simlead.show.report.deck import BODY_BOTTOM, BODY_TOP, HEIGHT, MARGIN, SOFT, WIDTH, Deck, fitted, lines_of
from simlead.show.report.document import Document, Fact, Picture, Section, Table
from simlead.show.report.slide_charts import add_chart
from simlead.show.report.slide_tables import Frame, add_table

MOST_SENTENCES = 6
ABOVE, BELOW = 1.2, 0.5
"""Inches that the facts above a picture are high, and its caption below."""

MOST_ABOVE_A_TABLE = 2.6
"""Inches of text that leave room for a table on the same slide."""

READ_FROM_AFAR, SMALLEST_BELOW = 16.0, 13.0
"""Least size of text on a slide of its own, and of notes below an answer."""

APART = 10
"""Points between paragraphs that stand alone."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)


def write_slides(document: Document, path: Path) -> None:
    """Write a document as a PPTX file; the same document gives the same bytes."""

    def fill(deck: Deck) -> None:
        _first(deck)
        _answer(deck)
        for section in document.sections:
            _section(deck, section)

    write_deck(document, path, fill)


def write_deck(document: Document, path: Path, fill: Callable[[Deck], None]) -> None:
    """Write a PPTX file whose slides `fill` adds, in the document's language; the same slides give the same bytes."""
    presentation = Presentation()
    _widen(presentation, Inches(WIDTH), Inches(HEIGHT))
    _properties(presentation, document)
    deck = Deck(presentation, document)
    with in_language(document.language):
        fill(deck)
    content = io.BytesIO()
    presentation.save(content)
    _write_timeless(content, path)


def _first(deck: Deck) -> None:
    slide = deck.presentation.slides.add_slide(deck.presentation.slide_layouts[0])
    document = deck.document
    heading, below = slide.shapes.title, slide.placeholders[1]
    deck.place(heading, 0.9, 1.7, WIDTH - 1.8, 2.1)
    deck.write(heading.text_frame, [document.headline], fitted(document.headline, 40, 2.1, WIDTH - 1.8), bold=True,
               middle=True)
    deck.rule(slide, 0.9, 3.85, WIDTH - 1.8)
    deck.place(below, 0.9, 4.0, WIDTH - 1.8, 2.2)
    texts = [document.question] if document.question != document.title else []
    client = [document.brand.client] if document.brand.client else []
    deck.write(below.text_frame, [*texts, *client, document.footer], 22 if len(document.question) < 160 else 16,
               colour=SOFT)
    if document.brand.logo:
        deck.logo(slide, WIDTH - 0.9 if deck.rightwards else 0.9, 0.6, 3.0, 0.9)
    if document.mark:
        deck.mark(slide)
    deck.notes(slide, [document.question, *document.answers])


def _answer(deck: Deck) -> None:
    """The answer: in three sentences beside one picture, or in a sentence with its notes."""
    document = deck.document
    slide = deck.slide(document.finding or say("report.headings.answer"))
    deck.notes(slide, [*document.answers, *document.notes])
    answers, colour = list(document.answers), document.brand.on_white
    if document.lead is not None:
        wide = 4.6
        left, other = (MARGIN, MARGIN + wide + 0.2) if deck.rightwards else (WIDTH - MARGIN - wide, MARGIN)
        height = BODY_BOTTOM - BODY_TOP
        room = deck.text_box(slide, left, BODY_TOP, wide, height)
        gap = 2 * APART / 72
        deck.write(room, answers, _filling(answers, wide, height - gap, 18.0))
        _apart(room)
        _place_picture(deck, slide, document.lead, Frame(other, BODY_TOP, WIDTH - 2 * MARGIN - wide - 0.2, height))
        return
    width = WIDTH - 2 * MARGIN
    size = _filling(answers, width, 2.6 - APART * len(answers) / 72, 28.0)
    room = deck.text_box(slide, MARGIN, BODY_TOP, width, 2.6)
    deck.write(room, answers, size, bold=True, colour=colour)
    _apart(room)
    notes = list(document.notes[:MOST_SENTENCES])
    if _height(notes, width, SMALLEST_BELOW) > 2.5:
        return _text(deck, say("report.going_on", title=say("report.headings.answer")), notes)
    below = deck.text_box(slide, MARGIN, 4.25, width, 2.5)
    deck.write(below, notes, _filling(notes, width, 2.5, 18.0), colour=SOFT)


def _section(deck: Deck, section: Section) -> None:
    section = dataclasses.replace(section, tables=tuple(table for table in section.tables if not table.folded))
    paragraphs = [*section.paragraphs, *(_fact_text(fact) for fact in section.facts if not fact.first)]
    if section.facts:
        _first_facts(deck, section)
    else:
        for picture in section.pictures:
            _picture(deck, picture)
    width = WIDTH - 2 * MARGIN
    apart = _height(paragraphs, width, 12.0) > MOST_ABOVE_A_TABLE
    if paragraphs and (not section.tables or apart):
        _text(deck, section.heading, paragraphs)
        paragraphs = []
    for table in section.tables:
        _table(deck, section, table, paragraphs)
        paragraphs = []


def _text(deck: Deck, heading: str, paragraphs: list[str]) -> None:
    """Slides of text: as many as keep it large enough to be read."""
    width, height = WIDTH - 2 * MARGIN, BODY_BOTTOM - BODY_TOP
    pages: list[list[str]] = [[]]
    for paragraph in paragraphs:
        longer = [*pages[-1], paragraph]
        if pages[-1] and _height(longer, width, READ_FROM_AFAR) + APART * len(longer) / 72 > height:
            pages.append([])
        pages[-1].append(paragraph)
    for number, texts in enumerate(pages):
        slide = deck.slide(say("report.going_on", title=heading) if number else heading)
        room = deck.text_box(slide, MARGIN, BODY_TOP, width, height)
        deck.write(room, texts, _filling(texts, width, height - APART * len(texts) / 72, 20.0))
        _apart(room)
        deck.notes(slide, [heading, *texts])


def _apart(frame: Any) -> None:
    for paragraph in frame.paragraphs:
        paragraph.space_after = Pt(APART)


def _first_facts(deck: Deck, section: Section) -> None:
    """A slide with the facts that come first above the section's picture, and how to read it below."""
    slide = deck.slide(section.heading, 24)
    texts = [_fact_text(fact) for fact in section.facts if fact.first]
    deck.notes(slide, [*texts, *(picture.caption for picture in section.pictures[:1])])
    width, top = WIDTH - 2 * MARGIN, BODY_TOP - 0.15
    size = _filling(texts, width, ABOVE, 17.0)
    deck.write(deck.text_box(slide, MARGIN, top, width, ABOVE), texts, size, bold=True,
               colour=deck.document.brand.on_white)
    for picture in section.pictures[:1]:
        bottom = BODY_BOTTOM - (BELOW if picture.caption else 0.0)
        _place_picture(deck, slide, picture, Frame(MARGIN, top + ABOVE + 0.1, width, bottom - top - ABOVE - 0.1))
        if picture.caption:
            size = _filling([picture.caption], width, BELOW, 12.0)
            deck.write(deck.text_box(slide, MARGIN, bottom, width, BELOW), [picture.caption], size, colour=SOFT)


def _fact_text(fact: Fact) -> str:
    return f"{fact.label}: {fact.text}"


def _filling(texts: list[str], width: float, height: float, largest: float) -> float:
    """The largest size, down to 10, at which paragraphs have room in so many inches."""
    size = largest
    while size > 10.0 and _height(texts, width, size) > height:
        size -= 0.5
    return size


def _height(texts: list[str], width: float, size: float) -> float:
    """How high paragraphs of this size are in a text box, in inches."""
    return sum(lines_of(text, (width - 0.2) * 72 / size, bold=True) for text in texts) * size * 1.25 / 72 + 0.1


def _picture(deck: Deck, picture: Picture) -> None:
    slide = deck.slide(picture.finding, 24)
    bottom = BODY_BOTTOM - (BELOW if picture.caption else 0.0)
    _place_picture(deck, slide, picture, Frame(MARGIN, BODY_TOP, WIDTH - 2 * MARGIN, bottom - BODY_TOP))
    if picture.caption:
        width = WIDTH - 2 * MARGIN
        size = _filling([picture.caption], width, BELOW, 12.0)
        deck.write(deck.text_box(slide, MARGIN, bottom, width, BELOW), [picture.caption], size, colour=SOFT)
    deck.notes(slide, [picture.finding, picture.caption])


def _place_picture(deck: Deck, slide: Any, picture: Picture, frame: Frame) -> None:
    """A chart as large as a frame allows: one that can be edited, or a picture in the frame's middle."""
    description = say("report.chart", finding=picture.finding)
    if picture.native is not None:
        add_chart(deck, slide, picture.native, frame, picture.key, description)
        return
    width, height = frame.width, frame.height
    if picture.width / picture.height > width / height:
        shown = (width, width * picture.height / picture.width)
    else:
        shown = (height * picture.width / picture.height, height)
    left, top = frame.left + (width - shown[0]) / 2, frame.top + (height - shown[1]) / 2
    added = slide.shapes.add_picture(io.BytesIO(picture.png), *(Inches(one) for one in (left, top, *shown)))
    added.name = picture.key
    added._element.nvPicPr.cNvPr.set("descr", description)


def _table(deck: Deck, section: Section, table: Table, paragraphs: list[str], start: int = 0) -> None:
    """A slide with a table from a row on, below paragraphs; more slides with its other rows."""
    title = table.caption if len(section.tables) == 1 or section.facts or section.part == "money" else (
        f"{section.heading}: {table.caption}")
    if paragraphs and section.facts:
        title = section.heading
    elif start:
        title = say("report.going_on", title=title)
    slide = deck.slide(title, 24)
    deck.notes(slide, [title, *paragraphs, say("report.notes_of_table", rows=count(table.total))])
    top, width = BODY_TOP, WIDTH - 2 * MARGIN
    if paragraphs:
        size = _filling(paragraphs, width, MOST_ABOVE_A_TABLE, 16.0)
        height = _height(paragraphs, width, size)
        deck.write(deck.text_box(slide, MARGIN, top - 0.05, width, height), paragraphs, size)
        top += height
    shown = add_table(deck, slide, table, Frame(MARGIN, top, width, BODY_BOTTOM - 0.35 - top), start)
    if shown and start + shown < len(table.rows):
        return _table(deck, section, table, [], start + shown)
    left_out = table.left_out(start + shown)
    if left_out:
        below = deck.text_box(slide, MARGIN, BODY_BOTTOM - 0.32, width, 0.35)
        deck.write(below, [say("report.more", more=count(left_out))], 13, colour=SOFT)


def _widen(presentation: Any, width: int, height: int) -> None:
    """Make the template, which is 4:3, as wide as a screen, with its master and layouts."""
    factor = width / presentation.slide_width
    presentation.slide_width, presentation.slide_height = width, height
    for sheet in (presentation.slide_master, *presentation.slide_layouts):
        for shape in sheet.shapes:
            if shape.left is not None and shape.width is not None:
                shape.left, shape.width = round(shape.left * factor), round(shape.width * factor)


def _properties(presentation: Any, document: Document) -> None:
    about = presentation.core_properties
    about.title, about.language = document.headline[:250], document.language
    about.author = about.last_modified_by = "simlead"
    when = datetime(*_EARLIEST)
    if document.made:
        when = datetime.fromisoformat(document.made).replace(tzinfo=None, microsecond=0)
    about.created = about.modified = when


def _write_timeless(content: io.BytesIO, path: Path) -> None:
    """Write a zip file's members, and those of the workbooks in it, without the moment at which they were packed."""
    path.write_bytes(_timeless(content))


_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _timeless(content: io.BytesIO) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(content) as packed, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name in packed.namelist():
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            inner = packed.read(name)
            if name.endswith(".xlsx"):
                inner = _timeless(io.BytesIO(inner))
            elif name == "docProps/core.xml" and "xl/workbook.xml" in packed.namelist():
                inner = _MOMENT.sub(b"1980-01-01T00:00:00Z", inner)
            written.writestr(member, inner)
    return made.getvalue()
