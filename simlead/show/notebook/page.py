"""The page of an object as HTML: sentences, and a table with a small forest plot beside its rows.

Colours are those of the page around it (`currentColor`), so that it can be read in light and dark notebooks.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from simlead.show.format import fixed, places_of
from simlead.show.language import direction, language, say

BLUE = "#3A87BD"
"""Stands out on white and on black: 3.9 and 4.8 to 1."""

WIDTH, HEIGHT, MARGIN = 180, 18, 26
BAR, DOT = 10, 2.5
"""A bar is twice as high as the dot on it, so that the narrowest interval is still seen around its mean."""

MOST_ROWS = 24
LONGEST_WHOLE = 40
"""Characters of a cell that are kept on one line."""

_SENTENCE = "margin:.2em 0;max-width:72em"
_SMALL = f"{_SENTENCE};font-size:90%;opacity:.8"
_CELL = "text-align:start;font-size:13px;padding:.15em 1.2em .15em 0;vertical-align:middle"
_WHOLE = ";white-space:nowrap"
_HEAD = f"{_CELL};font-weight:600;border-bottom:1px solid currentColor;vertical-align:bottom"


@dataclasses.dataclass(frozen=True)
class Mark:
    """An estimate of a forest plot: the interval of the random numbers, and that of both uncertainties if there is one.
    """

    mean: float
    random_low: float
    random_high: float
    low: float = math.nan
    high: float = math.nan

    @property
    def ends(self) -> tuple[float, ...]:
        """All that is drawn."""
        return tuple(each for each in dataclasses.astuple(self) if math.isfinite(each))


@dataclasses.dataclass(frozen=True)
class Page:
    """What an object shows: plain texts, in the current language, with the names of users' already printable.

    `marks` stand in the rows, in `unit`, behind the first columns, which are `names`; `legend` says what they mean.
    `more` is folded away. `spare` are places of columns that a narrow terminal leaves out, the first one first.
    """

    title: str
    sentences: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    marks: Sequence[Mark | None] = ()
    unit: str = ""
    names: int = 2
    notes: Sequence[str] = ()
    more: Sequence[str] = ()
    legend: Sequence[str] = ()
    spare: Sequence[int] = ()


Faces = dict[str, tuple[Callable[[Any], str], Callable[[Any], Page]]]
"""By name of a class: what makes the short text of an object, and what makes its page."""


def page_html(page: Page) -> str:
    """The page as a piece of HTML.

    >>> "&lt;script&gt;" in page_html(Page("<script>"))
    True
    """
    parts = [f'<div style="font-weight:600;margin:.2em 0 .4em">{_text(page.title)}</div>']
    parts += [f'<div style="{_SENTENCE}">{_text(each)}</div>' for each in page.sentences]
    if page.rows:
        parts.append(_table(page))
    parts += [f'<div style="{_SMALL}">{_text(each)}</div>' for each in [*page.legend, *page.notes]]
    if page.more:
        inner = "".join(f'<div style="{_SENTENCE}">{_text(each)}</div>' for each in page.more)
        parts.append(f'<details style="margin:.4em 0"><summary>{_text(say("notebook.details"))}</summary>{inner}'
                     "</details>")
    return (f'<div class="simlead" dir="{direction()}" lang="{language()}" style="line-height:1.45;font-size:13px">'
            f'{"".join(parts)}</div>')


def _text(text: str) -> str:
    return escape(text)


def _table(page: Page) -> str:
    ends = [end for mark in page.marks if mark for end in mark.ends]
    scale = _scale(ends) if ends else None
    heads = [_cell(head, "th", _HEAD) for head in page.columns]
    lines = [_with_plot(page, heads, _cell(page.unit, "th", _HEAD) if scale else "")]
    for place, row in enumerate(page.rows[:MOST_ROWS]):
        mark = page.marks[place] if place < len(page.marks) else None
        cells = [_cell(cell, "td", _CELL + (_WHOLE if len(cell) <= LONGEST_WHOLE else "")) for cell in row]
        lines.append(_with_plot(page, cells, f'<td style="{_CELL}">{_drawn(mark, *scale)}</td>' if scale else ""))
    if scale:
        empty = [_cell("", "td", _CELL) for _ in page.columns]
        lines.append(_with_plot(page, empty, f'<td style="{_CELL}">{_axis(*scale)}</td>'))
    rows = "".join(f'<tr style="background:transparent">{line}</tr>' for line in lines)
    left = len(page.rows) - MOST_ROWS
    more = f'<div style="{_SMALL}">{_text(say("notebook.more_rows", count=left))}</div>' if left > 0 else ""
    return (f'<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:.5em 0;color:inherit">{rows}'
            f"</table></div>{more}")


def _cell(text: str, kind: str, style: str) -> str:
    return f'<{kind} style="{style}">{_text(text)}</{kind}>'


def _with_plot(page: Page, cells: Sequence[str], plot: str) -> str:
    """A row, the plot behind the names and before the numbers: in a narrow notebook it is not the plot that is cut."""
    return "".join([*cells[:page.names], plot, *cells[page.names:]])


# --- the forest plot


def _scale(ends: Sequence[float]) -> tuple[float, float]:
    """Both ends of the axis: all that is drawn, and 0."""
    low, high = min(0.0, *ends), max(0.0, *ends)
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _at(value: float, low: float, high: float) -> float:
    return round(MARGIN + (WIDTH - 2 * MARGIN) * (value - low) / (high - low), 1)


def _svg(inner: str) -> str:
    return (f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" '
            f'style="direction:ltr;display:block;overflow:visible">{inner}</svg>')


def _drawn(mark: Mark | None, low: float, high: float) -> str:
    """A row of the plot: a thin line for both uncertainties, a thick one for the random numbers, a dot for the mean."""
    zero, middle = _at(0.0, low, high), HEIGHT / 2
    parts = [f'<line x1="{zero}" x2="{zero}" y1="0" y2="{HEIGHT}" stroke="currentColor" stroke-opacity=".5" '
             'stroke-dasharray="2 2"/>']
    if mark is not None and math.isfinite(mark.mean):
        for start, end, width, colour in ((mark.low, mark.high, 1.5, "currentColor"),
                                          (mark.random_low, mark.random_high, BAR, BLUE)):
            if math.isfinite(end - start):
                parts.append(f'<line x1="{_at(start, low, high)}" x2="{_at(end, low, high)}" y1="{middle}" '
                             f'y2="{middle}" stroke="{colour}" stroke-width="{width}"/>')
        parts.append(f'<circle cx="{_at(mark.mean, low, high)}" cy="{middle}" r="{DOT}" fill="currentColor"/>')
    return _svg("".join(parts))


def _axis(low: float, high: float) -> str:
    """The numbers below the rows: both ends, and 0 where there is room."""
    places = places_of((low + high) / 2, low, high)
    ends = [end for end in (low, high) if end]
    parts = []
    for value in [*ends, 0.0]:
        room = all(abs(_at(value, low, high) - _at(end, low, high)) > MARGIN for end in ends)
        if value or room:
            parts.append(f'<text x="{_at(value, low, high)}" y="12" font-size="11" text-anchor="middle" '
                         f'fill="currentColor">{_text(fixed(value, places))}</text>')
    return _svg("".join(parts))
