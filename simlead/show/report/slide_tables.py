"""A native table on a slide: as many rows as there is room for, in columns as wide as what is in them."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from simlead.show.report.deck import Deck
from simlead.show.report.document import Table

LARGEST, SMALLEST = 15.0, 10.0
LETTER = 0.54
"""Width of a letter as a part of its height, about; of Tahoma, which is wide."""

LONGEST_CELL = 130
"""Letters of a cell on a slide; the page has them all."""

PADDING = 0.08
LINE = 1.28
HEAD, STRIPE, PAPER = "0B4F75", "F2F2F2", "FFFFFF"


@dataclasses.dataclass(frozen=True)
class Frame:
    """A part of a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


def add_table(deck: Deck, slide: Any, table: Table, frame: Frame) -> int:
    """Add a table to a slide; returns how many of its rows there was room for."""
    from pptx.dml.color import RGBColor
    from pptx.util import Inches

    rows = [tuple(_short(cell) for cell in row) for row in table.rows]
    size, shown, widths, heights = _layout(table, rows, frame)
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
    for number, (row, height) in enumerate(zip([heads, *rows[:shown]], heights, strict=True)):
        native.rows[number].height = Inches(height)
        for place, (text, column) in enumerate(zip(row, table.columns, strict=True)):
            cell = native.cell(number, place)
            cell.margin_left = cell.margin_right = Inches(PADDING)
            cell.margin_top = cell.margin_bottom = Inches(PADDING / 3)
            cell.fill.solid()
            colour = HEAD if number == 0 else STRIPE if number % 2 == 0 else PAPER
            cell.fill.fore_color.rgb = RGBColor.from_string(colour)
            deck.paragraph(cell.text_frame.paragraphs[0], text, size, bold=number == 0 or place == 0,
                           colour="FFFFFF" if number == 0 else "1A1A1A", at_end=column.kind == "number",
                           code=column.kind == "code" and number > 0)
            cell.text_frame.word_wrap = True
    return shown


def _layout(
    table: Table, rows: list[tuple[str, ...]], frame: Frame
) -> tuple[float, int, list[float], list[float]]:
    """Size of the letters, number of rows, widths and heights: the largest size that shows all, or the smallest."""
    size = LARGEST
    while True:
        widths = _widths(table, rows, frame.width, size)
        heads = tuple(column.heading for column in table.columns)
        heights = [_height(row, widths, size) for row in (heads, *rows)]
        shown, used = 0, heights[0]
        for height in heights[1:]:
            if used + height > frame.height:
                break
            shown, used = shown + 1, used + height
        if shown == len(rows) or size <= SMALLEST:
            return size, shown, widths, heights[:shown + 1]
        size -= 1.0


def _widths(table: Table, rows: list[tuple[str, ...]], room: float, size: float) -> list[float]:
    """Widths that add up to the room: what each column would like, but none less than its longest word."""
    columns = [[column.heading, *(row[place] for row in rows)] for place, column in enumerate(table.columns)]
    least = [_inches(max((len(word) for text in texts for word in text.split()), default=1), size) for texts in columns]
    liked = [_inches(max(len(text) for text in texts), size) for texts in columns]
    if sum(liked) <= room:
        spare = (room - sum(liked)) / len(liked)
        return [width + spare for width in liked]
    least = [min(width, room / 3) for width in least]
    if sum(least) >= room:
        return [width * room / sum(least) for width in least]
    # What is left is shared by the root of what is wanted, or one long sentence would take it all.
    wants = [math.sqrt(max(like - low, 0.0)) for like, low in zip(liked, least, strict=True)]
    left = room - sum(least)
    return [low + left * want / sum(wants) for low, want in zip(least, wants, strict=True)]


def _height(row: tuple[str, ...], widths: list[float], size: float) -> float:
    lines = max(_lines(text, width - 2 * PADDING, size) for text, width in zip(row, widths, strict=True))
    return lines * size * LINE / 72 + PADDING


def _lines(text: str, width: float, size: float) -> int:
    """How many lines a text takes when its words are broken at a width."""
    fits = max(1, int(width * 72 / (LETTER * size)))
    lines, used = 1, 0
    for word in text.split():
        if used and used + 1 + len(word) > fits:
            lines, used = lines + 1, 0
        used += len(word) + (1 if used else 0)
        lines, used = lines + max(0, math.ceil(used / fits) - 1), used % fits if used > fits else used
    return lines


def _inches(letters: int, size: float) -> float:
    return letters * LETTER * size / 72 + 2 * PADDING + 0.02


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"
