"""The notebooks as pages of the site: copied below docs/ when it is built, with links that lead from there.

In git they have no outputs. The site's build runs them where it is asked to (`-D notebooks=all`).
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from .outside import DOCS, ROOT, without_links_out

FOLDER = ROOT / "notebooks"
PAGES = DOCS / "notebooks"
_LINK = re.compile(r"(\]\()(?!https?:|#|mailto:)([^)\s#]+)")
_ABOUT = re.compile(r"^\|[^|]*\| \[(\w+)\]\(\w+\.ipynb\) \| ([^|]+) \|", re.M)


def names() -> list[str]:
    """The notebooks by name, in order.

    >>> names()[0]
    '10_first_study'
    """
    return sorted(file.stem for file in FOLDER.glob("*.ipynb"))


def table() -> str:
    """A table of what each answers, from the index beside them.

    >>> "10_first_study.ipynb" in table()
    True
    """
    about = dict(_ABOUT.findall((FOLDER / "README.md").read_text(encoding="utf-8")))
    lines = [f"| [{name}]({name}.ipynb) | {about[name]} |" for name in names()]
    return "\n".join(["| notebook | what it answers |", "|---|---|", *lines])


def copy_all(folder: Path = PAGES) -> None:
    """Write every notebook into a folder; one that is there as it should be stays untouched."""
    for name in names():
        text = for_the_site((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
        there = folder / f"{name}.ipynb"
        if not there.exists() or there.read_text(encoding="utf-8") != text:
            there.write_text(text, encoding="utf-8", newline="\n")


def for_the_site(text: str) -> str:
    """A notebook's JSON with links as they lead from `docs/notebooks/`; those that leave docs/ are words."""
    content = json.loads(text)
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            text = without_links_out("".join(cell["source"]), FOLDER / "page.md", also=FOLDER)
            text = _LINK.sub(lambda found: f"{found[1]}{_from_there(found[2])}", text)
            cell["source"] = text.splitlines(keepends=True)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _from_there(target: str) -> str:
    place = (FOLDER / target).resolve()
    return target if place.is_relative_to(FOLDER) else Path(os.path.relpath(place, PAGES)).as_posix()
