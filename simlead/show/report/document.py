"""A report before it is a page or slides: texts, tables and pictures in reading order.

Both renderings (`page.py`, `slides.py`) are made of the same :class:`Document`, so that a number
can not differ between them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Literal, cast

from simlead.show.language import say
from simlead.show.report.brand import Brand
from simlead.show.report.native import Native

Part = Literal["money", "evidence", "appendix"]

Kind = Literal["text", "number", "code"]
"""Of a column: people's words; numbers, which stand at the end; paths and hashes, left to right always."""

_BRACKETS = re.compile(r"\((?=[^()]{1,24}\))(?:[^() ]+ ){0,2}[^() ]+\)")
_PERCENT = re.compile(" (?=[%\N{ARABIC PERCENT SIGN}])")


@dataclasses.dataclass(frozen=True)
class Column:
    """A column's heading and what is in it."""

    heading: str
    kind: Kind = "text"


def columns_of(*keys: str) -> tuple[Column, ...]:
    """Columns whose headings `report.columns` of the catalogue has; a kind other than text stands behind a colon.

    >>> columns_of("lever", "path:code")
    (Column(heading='Parameter', kind='text'), Column(heading='Path', kind='code'))
    """
    parts = (key.partition(":") for key in keys)
    return tuple(Column(say(f"report.columns.{key}"), cast(Kind, kind or "text")) for key, _, kind in parts)


@dataclasses.dataclass(frozen=True)
class Table:
    """A table: `key` names it in every language; `total` counts the rows there are, shown or not.

    One that is `whole` goes on over as many slides as it needs; of another as much is shown as has room on one. One
    that is `folded` opens on the page when asked, and stands on no slide.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    whole: bool = False
    folded: bool = False

    def left_out(self, shown: int) -> int:
        """How many rows are left out when this number is shown."""
        return self.total - min(shown, len(self.rows))


@dataclasses.dataclass(frozen=True)
class Picture:
    """A chart as PNG; `finding` is what it shows, in words: its heading and its text for who cannot see it.

    `caption` says how to read it, where the drawing does not say so itself. A slide draws the `native` chart in its
    place, where there is one.
    """

    key: str
    finding: str
    png: bytes
    width: int
    height: int
    caption: str = ""
    native: Native | None = None


@dataclasses.dataclass(frozen=True)
class Fact:
    """A text under a label; those that are `first` stand with the section's picture on its first slide."""

    label: str
    text: str
    first: bool = False


@dataclasses.dataclass(frozen=True)
class Section:
    """A heading with what stands below it; `part` is what it belongs to: the money, the evidence or the appendix."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    facts: tuple[Fact, ...] = ()
    part: Part = "evidence"


@dataclasses.dataclass(frozen=True)
class Document:
    """A whole report. `mark` says what an unfinished study lacks, and is empty for a finished one.

    `lead` is the one picture that stands with the answer, and in no section; `finding` the title of the answer. One of
    `one_page` has no contents and is printed on one page.
    """

    language: str
    direction: str
    title: str
    mark: str
    question: str
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str
    made: str
    lead: Picture | None = None
    finding: str = ""
    brand: Brand = Brand()
    one_page: bool = False

    @property
    def answer(self) -> str:
        """The answer: a sentence, or one for each set of effect sizes."""
        return " ".join(self.answers)

    @property
    def headline(self) -> str:
        """The title, with the mark of an unfinished study before it."""
        return f"{self.mark}: {self.title}" if self.mark else self.title

    @property
    def parts(self) -> dict[str, list[Section]]:
        """The sections by the part of the report that they belong to, in order."""
        found: dict[str, list[Section]] = {}
        for section in self.sections:
            found.setdefault(section.part, []).append(section)
        return found

    def section(self, key: str) -> Section:
        """A section by its key."""
        return next(section for section in self.sections if section.key == key)

    def table(self, key: str) -> Table:
        """A table by its key."""
        return next(table for section in self.sections for table in section.tables if table.key == key)


def table_of(
    key: str, caption: str, columns: tuple[Column, ...], rows: Sequence[tuple[str, ...]], most: int, total: int = 0,
    whole: bool = False, folded: bool = False,
) -> Table:
    """A table of the first `most` rows that knows how many there were: `total`, if those given are not all.

    >>> table_of("levers", "Levers", (Column("lever"),), [("a",), ("b",), ("c",)], 2).left_out(2)
    1
    """
    return Table(key, caption, columns, tuple(rows[:most]), max(total, len(rows)), whole, folded)


def by_columns(table: Table, first: int, last: int, most: int) -> tuple[Table, ...]:
    """A table that is too wide as several: each has the `first` and `last` columns and at most `most` of the others.

    >>> wide = table_of("levers", "Levers", tuple(map(Column, "abcde")), [("1", "2", "3", "4", "5")], 9)
    >>> [(part.key, part.rows) for part in by_columns(wide, 1, 1, 2)]
    [('levers', (('1', '2', '3', '5'),)), ('levers_2', (('1', '4', '5'),))]
    """
    end = len(table.columns) - last
    inner = [list(range(start, min(start + most, end))) for start in range(first, end, most)]
    if len(inner) <= 1:
        return (table,)
    found = []
    for number, places in enumerate(inner, start=1):
        shown = [*range(first), *places, *range(end, len(table.columns))]
        found.append(dataclasses.replace(
            table, key=table.key if number == 1 else f"{table.key}_{number}",
            caption=table.caption if number == 1 else say("report.going_on", title=table.caption),
            columns=tuple(table.columns[place] for place in shown),
            rows=tuple(tuple(row[place] for place in shown) for row in table.rows)))
    return tuple(found)


def unbroken(text: str) -> str:
    """A cell's text whose intervals of three words, in brackets, and percentages are not broken between lines.

    >>> unbroken("+9 % (4 to 14)").split(" ")
    ['+9\\xa0%', '(4\\xa0to\\xa014)']
    """
    kept = _BRACKETS.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), text)
    return _PERCENT.sub("\N{NO-BREAK SPACE}", kept)
