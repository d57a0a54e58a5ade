"""A use of an hour that is added to the enumeration has its column, its measure and its part of the week at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simlead.model import events
from simlead.results.measures import MEASURES

ROOT = Path(__file__).resolve().parents[2]

EDITS = {  # half of what reps do with customers becomes travel
    "model/events.py": [('"prospecting", "waiting")', '"prospecting", "waiting", "travel")'),
                        ("PROSPECTING, WAITING = range", "PROSPECTING, WAITING, TRAVEL = range")],
    "engines/reference/firm.py": [(
        "        seat.hours[seat.activity] += now - seat.since\n",
        "        part = 0.5 if seat.activity == events.CUSTOMER else 1.0\n"
        "        seat.hours[seat.activity] += part * (now - seat.since)\n"
        "        seat.hours[events.TRAVEL] += (1.0 - part) * (now - seat.since)\n")],
}

SCRIPT = """
import simlead
from simlead.results.work import REP_TIME
firm = simlead.Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
                                  "calendar.warmup_weeks": 2, "calendar.horizon_weeks": 52})
seen = simlead.simulate(firm, trace=False).measures()
assert "rep_time_travel" in REP_TIME and "rep_time_travel_base" in seen
assert seen["rep_time_travel"] == seen["rep_time_customer"] > 0.05
assert abs(sum(seen[name] for name in REP_TIME) - 1.0) < 1e-9, sum(seen[name] for name in REP_TIME)
print(simlead.MEASURES["rep_time_travel"].meaning)
"""


@pytest.mark.slow
def test_a_use_added_to_the_engine_has_its_measure_and_the_shares_add_to_one(tmp_path):
    shutil.copytree(ROOT / "simlead", tmp_path / "simlead", ignore=shutil.ignore_patterns("__pycache__"))
    for name, edits in EDITS.items():
        file = tmp_path / "simlead" / name
        text = file.read_text(encoding="utf-8")
        for before, after in edits:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Reps' time on travel, final year\n"), done.stderr


def test_every_use_has_its_measures():
    for use in events.REP_USES:
        assert (f"rep_time_{use}" in MEASURES) == (use != "vacant")
    for use in events.MANAGER_USES:
        assert {f"manager_time_{use}", f"manager_time_{use}_base"} <= MEASURES.keys()
