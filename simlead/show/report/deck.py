"""The slides while they are being made: sizes, places, and paragraphs in the language's direction."""

from __future__ import annotations

import dataclasses
import unicodedata
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from simlead.show.format import count
from simlead.show.report.document import Document

WIDTH, HEIGHT = 13.333, 7.5
MARGIN = 0.55
TITLE_TOP, TITLE_HEIGHT = 0.35, 1.05
BODY_TOP, BODY_BOTTOM = 1.5, 6.85

INK, SOFT, ACCENT, WARNING = "1A1A1A", "444444", "0072B2", "9C2F00"
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
        number = count(len(self.presentation.slides))
        footer = self.text_box(slide, MARGIN, 6.98, WIDTH - 2 * MARGIN, 0.35)
        self.write(footer, [f"{number}  \N{MIDDLE DOT}  {self.document.footer}"], 11, colour=SOFT)
        if self.document.mark:
            self.mark(slide)
        return slide

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
        backwards = not self.rightwards and not code and not _begins_rightwards(text)
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


def _begins_rightwards(text: str) -> bool:
    """Whether the first letter of a text is of a script that is written to the right."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "") == "L"


def colour_of(digits: str) -> Any:
    """A colour from six hexadecimal digits."""
    made: Any = RGBColor
    return made.from_string(digits)


def fitted(text: str, size: float, lines: float = 2.0, width: float = WIDTH - 2 * MARGIN) -> float:
    """The largest size, from this one down to 14, at which a text takes no more than so many lines.

    A letter is about half as wide as it is high.

    >>> fitted("short", 28), fitted("long " * 50, 28) < 24
    (28, True)
    """
    while size > 14 and len(text) * 0.52 * size > 0.97 * lines * width * 72:
        size -= 1
    return size
