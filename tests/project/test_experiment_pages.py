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


def test_the_page_on_assumptions_with_two_grades(monkeypatch):
    script, folder = loaded("09_mixed_grades", "run", monkeypatch), EXPERIMENTS / "09_mixed_grades"
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    must_hold(script.__file__, script.parts(pd.read_csv(folder / "effects.csv"), about))


@pytest.mark.parametrize("name", ["false_alarms", "power", "smallest", "spillover", "carry_over"])
def test_the_page_on_trials(name, monkeypatch):
    script = loaded("07_trial", "tables", monkeypatch)
    table = pd.read_csv(EXPERIMENTS / "07_trial" / f"{name}.csv")
    must_hold(script.__file__, {f"table: {name}": script.TABLES[name](table)})


def must_hold(script, parts):
    page = (Path(script).parent / "README.md").read_text(encoding="utf-8")
    assert all(page.count(text.strip()) == 1 for text in parts.values())
    assert with_parts(page, parts) == page
