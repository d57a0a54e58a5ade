"""The contributors' pages, followed to the letter in a copy of the package: what they add works, in as few files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import blocks, same

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "extending"
FILES_OF_THE_PACKAGE = {"add_a_lever": 4, "add_a_measure": 2, "add_an_event_kind": 3, "add_a_chart": 4}
"""How many files of the package a page may touch."""

_EDIT = re.compile(r"(?P<what>new|end of|after|before|instead of) (?P<file>[\w/.]+)(?:: (?P<line>.+))?")


def edited(text, what, line, block):
    """A file's text with a block of a page put where the page says."""
    if what == "new":
        return block
    if what == "end of":
        return text.rstrip("\n") + "\n" + block
    assert text.count(line) == 1, f"{line!r} is there {text.count(line)} times"
    if what == "instead of":
        return text.replace(line, block.strip("\n"))
    lines = text.splitlines(keepends=True)
    place = next(number for number, words in enumerate(lines) if line in words) + (what == "after")
    return "".join([*lines[:place], block, *lines[place:]])


def follow(page, copy):
    """Do what a page says in a copy of the checkout; the files of the package that were touched."""
    touched, printed = set(), ""
    for block in blocks(page):
        if edit := _EDIT.fullmatch(block.note):
            file = copy / edit["file"]
            assert file.exists() == (edit["what"] != "new"), edit["file"]
            text = file.read_text(encoding="utf-8") if file.exists() else ""
            file.write_text(edited(text, edit["what"], edit["line"], block.text), encoding="utf-8")
            touched |= {edit["file"]} if edit["file"].startswith("simlead/") else set()
        elif block.note == "run":
            printed = run(copy, block.text)
        elif block.note == "printed":
            assert same(block.text, printed), printed
    return touched


def run(copy, text):
    """What a script prints that uses the copy, interpreted: the rules are then not compiled anew."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=copy, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def copy(tmp_path):
    """The package in a folder of its own, to be changed."""
    shutil.copytree(ROOT / "simlead", tmp_path / "simlead", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FILES_OF_THE_PACKAGE))
def test_a_contributors_page_does_what_it_says(name, copy):
    page = PAGES / f"{name}.md"
    touched = follow(page, copy)
    for module in sorted(file.removesuffix(".py").replace("/", ".") for file in touched if file.endswith(".py")):
        run(copy, f"import doctest, importlib\nassert not doctest.testmod(importlib.import_module({module!r}), "
                  "optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).failed")
    assert touched and len(touched) <= FILES_OF_THE_PACKAGE[name], touched
    prose = page.read_text(encoding="utf-8")
    assert [file for file in touched if f"`{file}`" not in re.sub(r"<!--.*?-->", "", prose)] == []


def test_every_page_for_contributors_is_linked_from_contributing():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in FILES_OF_THE_PACKAGE if f"docs/extending/{name}.md" not in text] == []


@pytest.mark.parametrize("stated", ["after simlead/a.py: nowhere", "new simlead/a.py", "end of simlead/b.py"])
def test_an_edit_that_cannot_be_made_is_noticed(stated, tmp_path):
    (tmp_path / "simlead").mkdir()
    (tmp_path / "simlead" / "a.py").write_text("here\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"<!-- {stated} -->\n```python\nx = 1\n```\n", encoding="utf-8")
    with pytest.raises((AssertionError, FileNotFoundError)):
        follow(page, tmp_path)
