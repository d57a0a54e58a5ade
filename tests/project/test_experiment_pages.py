"""The tables on the pages of committed experiments are what their result files say."""

import importlib.util
import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from simlead.results.page_parts import with_parts

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"


def loaded(folder, module, monkeypatch):
    spec = importlib.util.spec_from_file_location(f"{module}_of_{folder}", EXPERIMENTS / folder / f"{module}.py")
    found = importlib.util.module_from_spec(spec)
    monkeypatch.syspath_prepend(str(EXPERIMENTS / folder))
    monkeypatch.setitem(sys.modules, spec.name, found)
    spec.loader.exec_module(found)
    return found


def results(folder):
    return json.loads((EXPERIMENTS / folder / "results.json").read_text(encoding="utf-8"))


def test_the_page_on_the_cost_of_a_sweep(monkeypatch):
    script, found = loaded("03_sweep_overhead", "run", monkeypatch), results("03_sweep_overhead")
    must_hold(script.__file__, script.parts(found))
    found["cases"]["10,000 points, one replicate, all measures"]["over_pure_halved"]["cold"] = 1.26
    assert "**1.26** (goal 1.25: NOT MET)" in script.parts(found)["measured"]


def test_the_page_on_the_time_of_an_answer(monkeypatch):
    script = loaded("08_answers", "run", monkeypatch)
    must_hold(script.__file__, {"measured": script.in_words(results("08_answers"))})


def test_the_page_on_the_time_of_two_commands_says_what_was_measured_or_that_nothing_was(monkeypatch):
    pytest.importorskip("resource")  # not on Windows
    script = loaded("08_answers", "commands", monkeypatch)
    file = EXPERIMENTS / "08_answers" / "commands.json"
    must_hold(script.__file__, {"commands": script.in_words(json.loads(file.read_text(encoding="utf-8")))
                                if file.exists() else "Not measured yet."})
    case = {"arguments": ["claims"], "wall_seconds": 600.4, "processor_seconds": 900.0, "load_before": 0.1}
    made = {"workers": 2, "cases": {"claims": case}, "machine": "", "python": "", "sources": "", "methods": "",
            "registry": ""}
    assert "| 600 | 600 | NOT MET | 900 |" in script.in_words(made)


@pytest.mark.parametrize("name", ["false_alarms", "power", "smallest", "spillover", "carry_over"])
def test_the_page_on_trials(name, monkeypatch):
    script = loaded("07_trial", "tables", monkeypatch)
    table = pd.read_csv(EXPERIMENTS / "07_trial" / f"{name}.csv")
    must_hold(script.__file__, {f"table: {name}": script.TABLES[name](table)})


def must_hold(script, parts):
    page = (Path(script).parent / "README.md").read_text(encoding="utf-8")
    assert all(page.count(text.strip()) == 1 for text in parts.values())
    assert with_parts(page, parts) == page
