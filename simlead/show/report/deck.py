"""The slides while they are being made: sizes, places, and paragraphs in the language's direction."""

from __future__ import annotations

import dataclasses
import io
import unicodedata
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from simlead.show.charts.fitted_text import text_width
from simlead.show.format import count
from simlead.show.language import say
from simlead.show.report.document import Document

WIDTH, HEIGHT = 13.333, 7.5
MARGIN = 0.55
TITLE_TOP, TITLE_HEIGHT = 0.35, 1.05
BODY_TOP, BODY_BOTTOM = 1.5, 6.85

INK, SOFT, WARNING = "1A1A1A", "444444", "9C2F00"
LOGO_HEIGHT, LOGO_WIDTH = 0.42, 1.6
SMALLEST_TITLE = 16.0
LINE = 1.25
"""Height of a line of text in its size."""

PERSIAN_FONT = "Tahoma"
"""Has Persian letters and ships with Windows, macOS and Office; elsewhere another font stands in."""


@dataclasses.dataclass(frozen=True)
class Deck:
    """The presentation that is being made, and how its language is written."""

    presentation: Any
    document: Document

    @property
    def rightwards(self) -> bool:
        """Whether lines begin at the left."""
        return self.document.direction != "rtl"

    def slide(self, title: str, size: float = 28) -> Any:
        """A new slide with its title, its footer and, if the study is unfinished, the mark."""
        slide = self.presentation.slides.add_slide(self.presentation.slide_layouts[5])
        heading = slide.shapes.title
        self.place(heading, MARGIN, TITLE_TOP, WIDTH - 2 * MARGIN, TITLE_HEIGHT)
        self.write(heading.text_frame, [title], fitted(title, size), bold=True, middle=True)
        self.rule(slide, MARGIN, TITLE_TOP + TITLE_HEIGHT, WIDTH - 2 * MARGIN)
        number, brand = count(len(self.presentation.slides)), self.document.brand
        texts = [number, *([brand.client] if brand.client else []), self.document.footer]
        room = WIDTH - 2 * MARGIN - (LOGO_WIDTH + 0.2 if brand.logo else 0.0)
        footer = self.text_box(slide, MARGIN if self.rightwards else WIDTH - MARGIN - room, 6.98, room, 0.35)
        self.write(footer, ["  \N{MIDDLE DOT}  ".join(texts)], 11, colour=SOFT)
        if brand.logo:
            self.logo(slide, WIDTH - MARGIN if self.rightwards else MARGIN, 6.95, LOGO_WIDTH, LOGO_HEIGHT)
        if self.document.mark:
            self.mark(slide)
        return slide

    @property
    def font(self) -> str:
        """A font with the language's letters."""
        return PERSIAN_FONT

    def rule(self, slide: Any, left: float, top: float, width: float) -> None:
        """A line in the client's colour."""
        line = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(one) for one in (left, top, width, 0.04)))
        line.name = "rule"
        line.fill.solid()
        line.fill.fore_color.rgb = colour_of(self.document.brand.colour)
        line.line.fill.background()

    def logo(self, slide: Any, edge: float, top: float, width: float, height: float) -> None:
        """The client's logo within these inches, at the end of the line: its edge is that of the slide's content."""
        brand = self.document.brand
        wide = min(width, height * brand.width / brand.height)
        high = wide * brand.height / brand.width
        left = edge - wide if self.rightwards else edge
        picture = slide.shapes.add_picture(io.BytesIO(brand.logo), *(Inches(one) for one in (
            left, top + (height - high) / 2, wide, high)))
        picture.name = "logo"
        picture._element.nvPicPr.cNvPr.set("descr", brand.client or say("report.logo"))

    def notes(self, slide: Any, texts: list[str]) -> None:
        """What the speaker reads: how to read the slide, and what it rests on."""
        self.write(slide.notes_slide.notes_text_frame, [text for text in texts if text], 12)

    def mark(self, slide: Any) -> None:
        """Put the mark of an unfinished study on a slide, across its top."""
        band = slide.shapes.add_textbox(0, 0, Inches(WIDTH), Inches(0.34))
        band.name = "unfinished"
        band.fill.solid()
        band.fill.fore_color.rgb = colour_of(WARNING)
        self.write(band.text_frame, [self.document.mark], 14, bold=True, colour="FFFFFF", centred=True)

    def text_box(self, slide: Any, left: float, top: float, width: float, height: float) -> Any:
        """An empty text box; returns its text frame."""
        return slide.shapes.add_textbox(*(Inches(length) for length in (left, top, width, height))).text_frame

    def place(self, shape: Any, left: float, top: float, width: float, height: float) -> None:
        """Put a shape at its place, in inches."""
        shape.left, shape.top, shape.width, shape.height = (Inches(one) for one in (left, top, width, height))

    def write(
        self, frame: Any, texts: list[str], size: float, *, bold: bool = False, colour: str = INK,
        centred: bool = False, middle: bool = False,
    ) -> None:
        """Fill a text frame, a paragraph for each text, in the language's direction."""
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
        for place, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
            self.paragraph(paragraph, text, size, bold=bold, colour=colour, centred=centred)

    def paragraph(
        self, paragraph: Any, text: str, size: float, *, bold: bool = False, colour: str = INK, centred: bool = False,
        at_end: bool = False, code: bool = False,
    ) -> None:
        """One paragraph; `code` stays left to right in every language."""
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = colour_of(colour)
        backwards = not self.rightwards and not code and not _all_rightwards(text)
        start, end = (PP_ALIGN.RIGHT, PP_ALIGN.LEFT) if not self.rightwards else (PP_ALIGN.LEFT, PP_ALIGN.RIGHT)
        paragraph.alignment = PP_ALIGN.CENTER if centred else end if at_end else start
        paragraph._p.get_or_add_pPr().set("rtl", "1" if backwards else "0")
        if not self.rightwards:
            run._r.get_or_add_rPr().set("lang", "fa-IR" if backwards else "en-US")
            self._complex_font(run)

    def _complex_font(self, run: Any) -> None:
        """A font with Persian letters for those of the complex scripts and for the others."""
        run.font.name = PERSIAN_FONT
        properties = run._r.get_or_add_rPr()
        properties.append(properties.makeelement(qn("a:cs"), {"typeface": PERSIAN_FONT}))


def _all_rightwards(text: str) -> bool:
    """Whether a text has letters, and all of them are of scripts that are written to the right."""
    strong = {unicodedata.bidirectional(letter) for letter in text} & {"L", "R", "AL"}
    return strong == {"L"}


def colour_of(digits: str) -> Any:
    """A colour from six hexadecimal digits."""
    made: Any = RGBColor
    return made.from_string(digits)


def fitted(
    text: str, size: float, height: float = TITLE_HEIGHT, width: float = WIDTH - 2 * MARGIN,
    smallest: float = SMALLEST_TITLE,
) -> float:
    """The largest size, from this one down, at which a bold text has room in a box; at most two lines if it can be.

    >>> fitted("short", 28), fitted("long " * 50, 28) < 24
    (28, True)
    """
    while size > smallest and lines_of(text, (width - 0.2) * 72 / size, bold=True) > min(2, _room(height, size)):
        size -= 1
    while size > 10 and lines_of(text, (width - 0.2) * 72 / size, bold=True) > _room(height, size):
        size -= 1
    return size


def _room(height: float, size: float) -> int:
    """Lines that have room in a box."""
    return int((height - 0.1) * 72 / (LINE * size))


def lines_of(text: str, room: float, bold: bool = False) -> int:
    """How many lines a text takes when its words are broken at a width, in parts of its size."""
    lines, used, space = 1, 0.0, width_of(" ", bold)
    for word in text.split(" "):
        width = width_of(word, bold)
        if used and used + space + width > room:
            lines, used = lines + 1, 0.0
        used += width + (space if used else 0.0)
        if used > room:  # one word, broken wherever
            lines, used = lines + int(used / room), used % room
    return lines


def width_of(text: str, bold: bool) -> float:
    """Width of a text as a part of its size: of DejaVu Sans, which few fonts are wider than."""
    return text_width(text, 10.0, "bold" if bold else "normal") / 10.0
