"""What is added to one registry is there everywhere: levers, uses of an hour, kinds of events.

Each test edits a copy of the package as a contributor would, and runs both engines of the copy without compilation.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import simlead
from simlead.model import events, tables
from simlead.model.policy import NUMERIC_LEVERS

PACKAGE = Path(simlead.__file__).parent

RUN_BOTH = """
import json, numpy as np
from simlead.engines import compiled_engine, simpy_engine
from simlead.model import events, tables
from simlead.model.scenario import Scenario
firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
                          "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 4, **json.loads('CHANGES')})
one, other = simpy_engine.run(firm), compiled_engine.run(firm)
assert one.trace.tobytes() == other.trace.tobytes() and one.reps.tobytes() == other.reps.tobytes()
assert one.managers.tobytes() == other.managers.tobytes()
"""


@pytest.fixture
def package(tmp_path):
    """A copy of the package to add to."""
    copy = tmp_path / "added" / "simlead"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def printed(package, work, **changes):
    """What this work prints, last of all, after both engines of the copy have made the same run."""
    result = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-c", RUN_BOTH.replace("CHANGES", json.dumps(changes)) + work],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(package.parent), "NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"})
    assert result.returncode == 0, result.stderr
    return result.stdout.strip().splitlines()[-1]


def test_a_new_numeric_lever_moves_linearly_in_both_engines(package):
    edit(package / "model/policy.py", "    promotion_rule: str", (
        '    patience_factor: float = parameter(\n        1.0, "factor", 0.0, 9.0, "on patience", "", "D")\n'
        "    promotion_rule: str"))
    for engine, file in (("reference", "reps.py"), ("compiled", "reps.py")):
        levers = "seat.team.levers" if engine == "reference" else "levers_at(firm, team_at(firm, seat.team).levers)"
        owner = "firm.plan.organisation" if engine == "reference" else "plan_of(firm)"
        edit(package / "engines" / engine / file, f"patience = {owner}.patience_hours",
             f"patience = {owner}.patience_hours * {levers}.patience_factor")
    edit(package / "engines/compiled/reps.py", "import PROTECTED, plan_of, ", "import PROTECTED, levers_at, plan_of, ")
    show = """
from simlead.engines.compiled import layout
from simlead.engines.compiled.workspace import Workspace
levers = Workspace(firm, 0, 0, None).pools["levers"]["patience_factor"]
print([float(value) for value in levers])
"""
    assert printed(package, show, **{"policy.patience_factor": 5.0, "policy.adoption_weeks": 4}) == str(
        [1.0, 2.0, 3.0, 4.0, 5.0])


def test_a_new_use_of_a_reps_hour_has_its_column_in_both_engines(package):
    edit(package / "model/events.py", '"prospecting", "waiting")', '"prospecting", "waiting", "travel")')
    edit(package / "model/events.py", "PROSPECTING, WAITING = range", "PROSPECTING, WAITING, TRAVEL = range")
    show = """
hours = sum(one.reps[f"{use}_hours"] for use in events.REP_USES)
assert np.allclose(hours, 40.0) and not one.reps["travel_hours"].any()
print(one.reps.dtype.names.index("travel_hours") - one.reps.dtype.names.index("waiting_hours"))
"""
    assert printed(package, show) == "1"


@pytest.mark.slow
def test_two_kinds_with_exchanged_numbers_keep_their_order(package):
    edit(package / "model/events.py", "REP_TASK_ENDS: Final = 3", "REP_TASK_ENDS: Final = 8")
    edit(package / "model/events.py", "MEETING_DUE: Final = 8", "MEETING_DUE: Final = 3")
    show = """
import hashlib
rows = b"".join(one.trace[name].tobytes() for name in ("time", "actor", "entity", "index", "value"))
print(hashlib.sha256(one.reps.tobytes() + one.managers.tobytes() + rows).hexdigest())
"""
    changes = {"calendar.time_grain_hours": 1.0}
    exchanged = printed(package, show, **changes)
    assert exchanged == printed(PACKAGE, show, **changes)


def test_every_timed_kind_has_a_rank_of_its_own():
    timed = {kind for kind in events.KIND_NAMES if kind < events.FIRST_CONSEQUENCE}
    assert set(events.PRIORITY) == timed
    assert sorted(events.PRIORITY.values()) == list(range(3, 3 + len(timed)))  # 0 and 1 are SimPy's own
    assert list(events.PRIORITY) == sorted(timed)  # as they were in 0.1.0, where a kind's number was its rank


def test_hours_have_a_column_for_each_use():
    reps, managers = tables.REPS_DTYPE.names, tables.MANAGERS_DTYPE.names
    assert [f"{use}_hours" for use in events.REP_USES if f"{use}_hours" not in reps] == []
    assert [f"{use}_hours" for use in events.MANAGER_USES if f"{use}_hours" not in managers] == []
    assert events.REP_USES.index("waiting") == events.WAITING and events.MANAGER_USES.index("other") == events.OTHER


def test_numeric_levers_are_those_with_a_number_that_is_not_whole():
    assert NUMERIC_LEVERS == ("coaching_share", "role_clarity", "accountability", "own_selling_share", "heroics")
