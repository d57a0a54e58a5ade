"""A native table on a slide: as many rows as there is room for, in columns as wide as what is in them; none is cut."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from pptx.util import Inches

from simlead.show.report.deck import Deck, colour_of, lines_of, width_of
from simlead.show.report.document import Table, unbroken

LARGEST, GOING_ON, SMALLEST = 15.0, 11.0, 8.0
"""Sizes of letters: the largest, that of a table that goes on over several slides, and of rows as high as a slide."""

PADDING = 0.08
LINE = 1.28
STRIPE, PAPER = "F2F2F2", "FFFFFF"


@dataclasses.dataclass(frozen=True)
class Frame:
    """A part of a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


def add_table(deck: Deck, slide: Any, table: Table, frame: Frame, start: int = 0) -> int:
    """Add a table to a slide, from a row on; returns how many rows there was room for."""
    rows = [tuple(unbroken(cell) for cell in row) for row in table.rows]
    brand = deck.document.brand
    size, shown, widths, heights = _layout(table, rows, frame, start)
    shape = slide.shapes.add_table(
        shown + 1, len(table.columns), *(Inches(one) for one in (frame.left, frame.top, frame.width, sum(heights))))
    shape.name = table.key
    shape._element.nvGraphicFramePr.cNvPr.set("descr", table.caption)
    native = shape.table
    native._tbl.tblPr.set("rtl", "0" if deck.rightwards else "1")
    native.horz_banding = False
    for place, width in enumerate(widths):
        native.columns[place].width = Inches(width)
    heads = tuple(column.heading for column in table.columns)
    for number, (row, height) in enumerate(zip([heads, *rows[start:start + shown]], heights, strict=True)):
        native.rows[number].height = Inches(height)
        for place, (text, column) in enumerate(zip(row, table.columns, strict=True)):
            cell = native.cell(number, place)
            cell.margin_left = cell.margin_right = Inches(PADDING)
            cell.margin_top = cell.margin_bottom = Inches(PADDING / 3)
            cell.fill.solid()
            colour = brand.colour if number == 0 else STRIPE if number % 2 == 0 else PAPER
            cell.fill.fore_color.rgb = colour_of(colour)
            deck.paragraph(cell.text_frame.paragraphs[0], text, size, bold=number == 0 or place == 0,
                           colour=brand.on_colour if number == 0 else "1A1A1A", at_end=column.kind == "number",
                           code=column.kind == "code" and number > 0)
            cell.text_frame.word_wrap = True
    return shown


def _layout(
    table: Table, rows: list[tuple[str, ...]], frame: Frame, start: int
) -> tuple[float, int, list[float], list[float]]:
    """Size of the letters, number of rows, widths and heights: the largest size that shows all, or the smallest.

    Widths are those for all rows, so that they stay the same where a table goes on.
    """
    heads = tuple(column.heading for column in table.columns)
    size = GOING_ON if start else LARGEST
    while True:
        widths, whole = _widths(heads, rows, frame.width, size)
        heights = [_height(row, widths, size, head=place == 0) for place, row in enumerate((heads, *rows[start:]))]
        shown, used = 0, heights[0]
        for height in heights[1:]:
            if used + height > frame.height:
                break
            shown, used = shown + 1, used + height
        if (whole and (shown == len(rows) - start or (shown and size <= GOING_ON))) or size <= SMALLEST:
            return size, shown, widths, heights[:shown + 1]
        size -= 1.0


def _widths(
    heads: tuple[str, ...], rows: list[tuple[str, ...]], room: float, size: float
) -> tuple[list[float], bool]:
    """Widths that add up to the room, what each column would like but none less than its longest word, if that can be.

    The second value is whether it can, so that no word is broken.
    """
    least, liked = [], []
    for place, head in enumerate(heads):
        texts = [(head, True), *((row[place], place == 0) for row in rows)]
        words = [width_of(word, bold) for text, bold in texts for word in text.split(" ")]
        least.append(min(_inches(max(words), size), room / 3))
        liked.append(_inches(max(width_of(text, bold) for text, bold in texts), size))
    if sum(liked) <= room:
        spare = (room - sum(liked)) / len(liked)
        return [width + spare for width in liked], True
    if sum(least) >= room:
        return [width * room / sum(least) for width in least], False
    # What is left is shared by the root of what is wanted, or one long sentence would take it all.
    wants = [math.sqrt(max(like - low, 0.0)) for like, low in zip(liked, least, strict=True)]
    left = room - sum(least)
    return [low + left * want / sum(wants) for low, want in zip(least, wants, strict=True)], True


def _height(row: tuple[str, ...], widths: list[float], size: float, head: bool) -> float:
    lines = max(lines_of(text, (width - 2 * PADDING) * 72 / size, head or place == 0)
                for place, (text, width) in enumerate(zip(row, widths, strict=True)))
    return lines * size * LINE / 72 + PADDING


def _inches(points: float, size: float) -> float:
    return points * size / 72 + 2 * PADDING + 0.03
