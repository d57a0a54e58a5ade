"""Pages as scripts, for tests: what a page tells the reader to do is done, in order, and what it shows is compared.

A page's fenced blocks are its script. `toml` and `csv` blocks after a line `<!-- file: NAME -->` are written to that
file, `sh` blocks are run by simlead's own command line, `python` blocks by Python, all in one folder and one
namespace. A `text` block after a line `<!-- printed -->` is what the block before it must have printed, `...` standing
for anything.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from simlead.cli import main

_BLOCK = re.compile(r"(?:<!-- (?P<note>[^>]+) -->\n)?^```(?P<language>[\w-]*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, and the remark right before it."""

    language: str
    text: str
    note: str = ""


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(found["language"], found["text"], found["note"] or "")
            for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def command_lines(block: Block) -> list[list[str]]:
    """The commands of a shell block, each as its words; lines joined that end with a backslash."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def run_page(page: Path, folder: Path, **given: object) -> dict[str, object]:
    """Do in a folder what a page says, and compare what it shows; returns the names that its Python made.

    With names `given`, only its Python is done: what these stand for is what the page takes for granted.
    """
    page, names, printed = page.resolve(), {"__name__": "__page__", **given}, ""
    with contextlib.chdir(folder):
        for block in blocks(page):
            if block.note.startswith("file: "):
                (folder / block.note.removeprefix("file: ")).write_text(block.text, encoding="utf-8")
            elif block.language == "sh" and not given:
                printed = _printed(lambda block=block: _run(page, block))
            elif block.language == "python" and not block.text.startswith(">>>"):
                code = compile(block.text, str(page), "exec")
                printed = _printed(lambda code=code: exec(code, names))
            elif block.note == "printed":
                assert same(block.text, printed), f"{page.name} shows\n{block.text}\nbut this was printed:\n{printed}"
    return names


def same(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed, but for spaces and for what `...` leaves open."""
    return doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)


def _run(page: Path, block: Block) -> None:
    for words in command_lines(block):
        if words[0] == "simlead":
            status = main(words[1:])
            assert status == 0, f"{page.name}: {shlex.join(words)} ended with {status}"


def _printed(action: object) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), mock.patch.dict(os.environ, COLUMNS="100"):  # the width of the pages
        action()  # type: ignore[operator]
    return out.getvalue()


def site_generators():
    """docs/generate under a name of its own: its folder is no package of simlead's."""
    if "docs_generate" not in sys.modules:
        folder = Path(__file__).resolve().parents[1] / "docs" / "generate"
        spec = importlib.util.spec_from_file_location(
            "docs_generate", folder / "__init__.py", submodule_search_locations=[str(folder)])
        sys.modules["docs_generate"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["docs_generate"]
