"""The computed parts of a written page, each between `<!-- its name -->` and `<!-- end -->`, written anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from simlead.results.files import FileFormatError, whole_file


def with_parts(page: str, parts: Mapping[str, str]) -> str:
    r"""Return the page with these texts in their places.

    Parameters
    ----------
    page
        The page in Markdown. A part's place is a line `<!-- name -->`, and all up to the next line `<!-- end -->`.
    parts
        Name of a place -> its new text. A line break at its end is not needed.

    Raises
    ------
    FileFormatError
        If a name has no place in the page, or more than one.

    Examples
    --------
    >>> with_parts("Runs:\n<!-- runs -->\nnone\n<!-- end -->\n", {"runs": "| a | b |"})
    'Runs:\n<!-- runs -->\n| a | b |\n<!-- end -->\n'
    """
    for name, text in parts.items():
        place = re.compile(f"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)

        def filled(there: re.Match[str], text: str = text) -> str:
            return f"{there[1]}{text.rstrip()}\n{there[2]}"

        page, found = place.subn(filled, page)
        if found != 1:
            raise FileFormatError(f"the page has {found} places <!-- {name} -->; one is needed")
    return page


def write_parts(page: Path, parts: Mapping[str, str]) -> None:
    """Write these parts of a page anew, all or none; see `with_parts`."""
    text = with_parts(page.read_text(encoding="utf-8"), parts)
    with whole_file(page, overwrite=True) as place:
        place.write_text(text, encoding="utf-8", newline="\n")
