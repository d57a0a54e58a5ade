"""Showing runs nothing: drawing a stored table loads no engine, compiler or statistics of distributions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numba", "simpy", "scipy.stats", "simlead.engines")

MODULES = sorted(
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for file in [*(ROOT / "simlead" / "show" / "charts").glob("*.py"), ROOT / "simlead/show/tables.py",
                 ROOT / "simlead/show/stories.py", ROOT / "simlead/show/format.py", ROOT / "simlead/show/user_text.py",
                 ROOT / "simlead/show/wording.py",
                 ROOT / "simlead/show/report/page.py", ROOT / "simlead/show/report/slides.py"]
    if file.name != "__init__.py")


def loaded_after(code: str) -> list[str]:
    """The heavy modules that are loaded after this code has run in a fresh interpreter."""
    ask = f"{code}\nimport sys\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True, cwd=ROOT)
    return done.stdout.split()


def test_importing_all_that_shows_loads_nothing_that_runs():
    assert loaded_after("\n".join(f"import {name}" for name in ("simlead.show.charts", *MODULES))) == []


def test_the_check_can_fail():
    assert loaded_after("import simlead.study.simulate") != []


DRAWINGS = (
    "funnel(pandas.DataFrame([(s, m, 'share', .5, .4, .6, d, d - .01, d + .01, 20) for m in "
    "('discovery_rate', 'qualified_rate', 'proposal_win_rate') for s, d in (('a', 0.), ('b', .1))], "
    "columns=['scenario', 'measure', 'unit', 'mean', 'low', 'high', 'difference', 'difference_low', "
    "'difference_high', 'n']))",
    "attribution(pandas.DataFrame({'won_in': ['b'], 'cause': ['waiting'], 'won_value': [2e6]}))",
    "sensitivity(pandas.DataFrame({'factor': ['policy.heroics'], 'index': 'total', 'estimate': [.7], 'low': [.6], "
    "'high': [.8], 'uncorrected': [.8], 'rank': [1], 'tied_with': '', 'noise_share': .4, 'n': 128, 'replicates': 10}))",
    "published_facts(pandas.DataFrame([{'fact': 'market share', 'measure': 'market_share', 'when': 'base year', "
    "'published': .1, 'low': .08, 'high': .13, 'simulated': .11, 'simulated_low': .1, 'simulated_high': .12, "
    "'inside': True}]))",
    "paid_back(pandas.DataFrame({'month': [0, 1, 2], 'earned': [-1., 1., 2.], 'low': [-2., .5, 1.], "
    "'high': [0., 2., 3.], 'n': 4}))",
)


def test_drawing_a_stored_table_loads_nothing_that_runs():
    lines = "\n".join(
        f"{draw}\nassert not [name for name in {HEAVY} if name in sys.modules], {draw!r}" for draw in DRAWINGS)
    assert loaded_after(f"import sys\nimport pandas\nfrom simlead.show.charts import *\n{lines}") == []
