"""A script that reads exported CSV files into R, with types, units and labels; it needs no package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simlead.results.dictionary import ANY, NUMBER, TEXT, WHOLE, YES_NO, Column

if TYPE_CHECKING:
    import pandas as pd

LARGEST_INTEGER, LARGEST_EXACT = 2**31 - 1, 2**53
"""R's integers end here, and its numbers are whole numbers without gaps up to there."""

_CLASSES = {TEXT: "character", NUMBER: "numeric", YES_NO: "logical", ANY: "character"}

_HEAD = """\
# Reads the tables beside this file into R. No package is needed:
#   simlead <- source("read.R", chdir = TRUE)$value
#   simlead$TABLE
# Each column has the attributes "label" (its meaning) and "unit".

read_simlead <- function(file, classes, labels, units) {
  frame <- read.csv(file, colClasses = classes, check.names = FALSE, na.strings = "", encoding = "UTF-8",
                    stringsAsFactors = FALSE)
  for (name in names(frame)) {
    if (is.character(frame[[name]])) {
      frame[[name]][is.na(frame[[name]])] <- ""
      # An apostrophe in front keeps spreadsheets from taking a text for a formula.
      frame[[name]] <- sub("^'(?=[ \\\\n]*[-=+@\\\\t\\\\r])", "", frame[[name]], perl = TRUE)
    }
    attr(frame[[name]], "label") <- labels[[name]]
    attr(frame[[name]], "unit") <- units[[name]]
  }
  frame
}

"""


def r_script(columns: Mapping[str, Sequence[Column]], tables: Mapping[str, pd.DataFrame]) -> str:
    """The script that reads tables, whose value is a list of data frames by name.

    >>> import pandas as pd
    >>> made = r_script({"teams": [Column("seed", "whole", "", "the seed's number")]}, {
    ...     "teams": pd.DataFrame({"seed": [3]})})
    >>> print(made.partition("list(")[2])
    <BLANKLINE>
      "teams" = read_simlead("teams.csv",
        classes = c("seed" = "integer"),
        labels = c("seed" = "the seed's number"),
        units = c("seed" = ""))
    )
    <BLANKLINE>
    """
    calls = []
    for name, described in columns.items():
        classes = [(each.name, _class_of(each, tables[name][each.name])) for each in described]
        calls.append(f"  {quoted(name)} = read_simlead({quoted(f'{name}.csv')},\n"
                     f"    classes = {_vector(classes)},\n"
                     f"    labels = {_vector([(each.name, each.meaning) for each in described])},\n"
                     f"    units = {_vector([(each.name, each.unit) for each in described])})")
    return f"{_HEAD}list(\n" + ",\n".join(calls) + "\n)\n"


def quoted(text: str) -> str:
    r"""A text as R reads it: quoted, and in plain letters, so that no encoding can change it.

    >>> print(quoted('a "b" \\ \u2212'))
    "a \"b\" \\ \u2212"
    """
    plain = text
    for each, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        plain = plain.replace(each, written)
    return '"' + "".join(each if 32 <= ord(each) < 127 else f"\\u{ord(each):04x}" if ord(each) < 0x10000 else
                         f"\\U{ord(each):08x}" for each in plain) + '"'


def _vector(pairs: Sequence[tuple[str, str]]) -> str:
    return f"c({', '.join(f'{quoted(name)} = {quoted(value)}' for name, value in pairs)})"


def _class_of(described: Column, cells: pd.Series[Any]) -> str:
    """The class in R; whole numbers that R's integers or numbers cannot hold exactly are read as what can hold them."""
    if described.type != WHOLE:
        return _CLASSES[described.type]
    if not len(cells) or cells.dtype.kind not in "iu":
        return "numeric"
    largest = int(np.abs(cells.to_numpy(np.float64)).max())
    return "integer" if largest <= LARGEST_INTEGER else "numeric" if largest <= LARGEST_EXACT else "character"
