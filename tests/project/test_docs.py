"""The pages tell what the code does: their tables are its constants, their examples run, their links lead somewhere."""

from __future__ import annotations

import doctest
import importlib.util
import json
import re
from pathlib import Path

import pytest

from simlead.model import events
from simlead.study.engines import ENGINES

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([
    ROOT / "README.md", *(page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "readable"),
    *(ROOT / "experiments").glob("*/README.md")])
SPEED = ROOT / "experiments" / "02_speed"


def rows_after(page, heading):
    """The cells of the first table after this line, without its header."""
    lines = page.read_text(encoding="utf-8").partition(heading)[2].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[first + 2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


# --- docs/explanation/ties_and_traces.md

ENGINES_PAGE = ROOT / "docs" / "explanation" / "ties_and_traces.md"


@pytest.mark.parametrize(("table", "timed"), [("<!-- timed kinds -->", True), ("<!-- consequences -->", False)])
def test_the_tables_of_kinds_are_the_models(table, timed):
    stated = [(int(number), name) for number, name, _ in rows_after(ENGINES_PAGE, table)]
    kinds = [kind for kind in events.KIND_NAMES.items() if (kind[0] < events.FIRST_CONSEQUENCE) == timed]
    assert stated == kinds == sorted(kinds)


def test_the_rank_of_a_kind_is_what_orders_an_instant():
    names = [name for _, name, _ in rows_after(ENGINES_PAGE, "<!-- timed kinds -->")]
    places = [events.priority_key(getattr(events, name), entity, index)
              for name in names for entity in (0, 2**20 - 1) for index in (0, 2**36 - 1)]
    assert places == sorted(set(places))


def test_every_engine_is_on_its_page():
    assert [name for name, *_ in rows_after(ENGINES_PAGE, "# Two engines")] == list(ENGINES)


def test_the_page_names_the_columns_of_a_trace():
    sentence = re.search(r"A row holds (.*?)\.\n", ENGINES_PAGE.read_text(encoding="utf-8"), re.S)
    assert re.findall(r"`(\w+)`", sentence[1]) == list(events.TRACE_DTYPE.names)


# --- every page


# What these pages add to the package holds examples too; test_contributing.py runs them there.
ADDING = sorted((ROOT / "docs" / "extending").glob("add_*.md"))


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ADDING],
                         ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run(page):
    failed, _ = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.slow
def test_the_first_study_of_the_readme_runs_as_it_stands(capsys):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "Comparison with as it is" in printed and "Coached" in printed and "random numbers only" in printed
    assert names["study"].replications == 20


# --- experiments/02_speed


def test_the_tables_of_the_speed_page_are_those_of_its_results():
    results = SPEED / "results.json"
    spec = importlib.util.spec_from_file_location("speed_report", SPEED / "report.py")
    report = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(report)
    page = (SPEED / "README.md").read_text(encoding="utf-8")
    assert page == report.filled(page, json.loads(results.read_text(encoding="utf-8")))
