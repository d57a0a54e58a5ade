"""The page of an object as lines of plain text, for a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from simlead.show.language import say
from simlead.show.notebook.page import MOST_ROWS, Page
from simlead.show.text_table import Rows, in_lines, table_lines, wrapped
from simlead.show.user_text import encodable

WIDEST = 100
"""Columns of a page: longer lines are hard to read."""


def page_text(page: Page, width: int = WIDEST) -> str:
    """The page within a width: title, sentences, table and notes; what a notebook folds away is left out.

    >>> print(page_text(Page("Coached", ["It pays."], ["Measure", "Mean"], [["Revenue", "2 $"], ["Revenue", "3 $"]])))
    Coached
    It pays.
    <BLANKLINE>
    Measure  Mean
    Revenue  2 $
             3 $
    """
    table = []
    if page.rows:
        rows = page.rows[:MOST_ROWS]
        first = [row[0] for row in rows]
        shown = [["" if place and first[place - 1] == row[0] else row[0], *row[1:]] for place, row in enumerate(rows)]
        table = ["", *_fitted(page.columns, shown, page.spare, width)]
        if len(page.rows) > MOST_ROWS:
            table.append(say("notebook.more_rows", count=len(page.rows) - MOST_ROWS))
    above, below = ([line for text in texts for line in _wrapped(text, width)] for texts in (
        [page.title, *page.sentences], page.notes))
    return "\n".join([*above, *table, *([""] * bool(table and below)), *below])


def _wrapped(text: str, width: int) -> list[str]:
    """A text in lines, none of which begins with the sign of a percentage."""
    whole = "\N{NO-BREAK SPACE}%"
    return [line.replace(whole, " %") for line in wrapped(text.replace(" %", whole), width)]


def _fitted(columns: Sequence[str], rows: Rows, spare: Sequence[int], width: int) -> list[str]:
    """The table without those of the columns to spare for which there is no room."""
    for left_out in range(len(spare) + 1):
        keep = [place for place in range(len(columns)) if place not in spare[:left_out]]
        head, *body = ([row[place] for place in keep] for row in (columns, *rows))
        if (lines := in_lines(head, body, (), width)) is not None:
            return lines
    return [piece for line in table_lines(columns, rows, (), width) for piece in wrapped(line, width)]


def terminal_text(page: Page) -> str:
    """The page for standard output: within its terminal, in letters that it can encode."""
    return encodable(page_text(page, min(WIDEST, shutil.get_terminal_size((WIDEST, 0)).columns)),
                     getattr(sys.stdout, "encoding", None))
