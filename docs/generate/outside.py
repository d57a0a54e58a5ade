"""Links that leave the site's own folder.

In the repository such a link leads to the file. On the site it becomes words: the text, and
where in the repository the file is.
"""

from __future__ import annotations

import re
from pathlib import Path

from .project import PYPROJECT

ROOT = PYPROJECT.parent
DOCS = ROOT / "docs"
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)\s#]+)(#[^)\s]*)?\)")


def without_links_out(text: str, page: Path, also: Path = DOCS) -> str:
    """A page's text in which links to files of the repository outside docs/ (and `also`) are words.

    >>> without_links_out("see [the README](../README.md) and [a page](index.md)", DOCS / "index.md")
    'see the README (`README.md` in the repository) and [a page](index.md)'
    """
    def words(link: re.Match[str]) -> str:
        target = (page.parent / link[2]).resolve()
        if target.is_relative_to(DOCS) or target.is_relative_to(also) or not target.is_relative_to(ROOT):
            return link[0]
        where = target.relative_to(ROOT).as_posix()
        shown = link[1].strip("`")
        return f"`{where}`" if shown == where else f"{link[1]} (`{where}` in the repository)"

    return _LINK.sub(words, text)
