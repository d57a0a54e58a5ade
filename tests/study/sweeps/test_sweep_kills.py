"""Real processes really killed: what is lost is what was under way, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from simlead.model.scenario import Scenario
from simlead.study.sweeps.sweep import open_sweep, sweep

psutil = pytest.importorskip("psutil")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")]

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 4,
                          "calendar.warmup_weeks": 4, "calendar.horizon_weeks": 52})
TABLE = pd.DataFrame({"policy.coaching_share": [0.1, 0.2, 0.3, 0.4, 0.5]})
SETTINGS = {"scenario": FIRM, "replications": 60, "measures": ["revenue", "market_share"], "baseline": True}
RUNS = 360

SCRIPT = """
import sys, threading
sys.path.insert(0, {tests!r})
from test_sweep_kills import *
def tell(done, total): print(done, flush=True)
def main(): sweep(TABLE, out=sys.argv[1], workers=2, progress=tell, **SETTINGS, {options})
if __name__ == "__main__":
    {call}
"""


def another_process(folder, options="", call="main()"):
    """A process that sweeps into a folder with two workers, once it has done some of its runs."""
    script = SCRIPT.format(tests=os.path.dirname(__file__), options=options, call=call)
    return subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_for(process, runs):
    """Wait until it has done so many runs; its workers."""
    for line in process.stdout:
        if int(line) >= runs:
            return [child for child in psutil.Process(process.pid).children(recursive=True)
                    if "loky" in " ".join(child.cmdline()) and "process-name" in " ".join(child.cmdline())]
    raise AssertionError(process.stderr.read())


def gone(processes, seconds=5.0):
    """Whether all of them end within some seconds; one that nobody has buried yet has ended."""
    deadline = time.monotonic() + seconds
    left = processes
    while left and time.monotonic() < deadline:
        left = [each for each in left if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        time.sleep(0.05)
    return not left


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return sweep(TABLE, out=tmp_path_factory.mktemp("made") / "sweep", workers=1, **SETTINGS)


def finishes_as(made, folder):
    partial = open_sweep(folder).status()
    assert 0 < partial.runs_done < RUNS and partial.damaged == 0
    finished = sweep(TABLE, out=folder, workers=1, **SETTINGS)
    assert_frame_equal(finished.runs(), made.runs(), check_exact=True)
    assert finished.failures().empty and finished.status().complete
    return True


@pytest.mark.parametrize(("number", "status"), [
    (signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, -signal.SIGINT)])
def test_a_killed_sweep_leaves_no_worker_and_goes_on_where_it_was(number, status, made, tmp_path):
    process = another_process(tmp_path / "s")
    workers = wait_for(process, 60)
    assert len(workers) == 2
    process.send_signal(number)
    assert process.wait(20) == status
    assert gone(workers)
    process.communicate()
    assert finishes_as(made, tmp_path / "s")


def test_killed_again_and_again(made, tmp_path):
    done = 0
    for more in (20, 70, 45):
        process = another_process(tmp_path / "s")
        workers = wait_for(process, done + more)
        process.kill()
        process.communicate()
        assert gone(workers)
        after = open_sweep(tmp_path / "s").status().runs_done
        assert after >= done + more
        done = after
    assert finishes_as(made, tmp_path / "s")


IN_C = "own_measures={'stuck': lambda run: __import__('ctypes').PyDLL(None).sleep(60)}"
IN_PYTHON = "own_measures={'stuck': lambda run: time.sleep(60)}"
IN_A_THREAD = "thread = threading.Thread(target=main); thread.start(); thread.join()"


@pytest.mark.parametrize(("options", "call"), [
    pytest.param(IN_C, "main()", id="in compiled code that lets no other thread run",
                 marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process at once")),
    pytest.param(IN_PYTHON, "main()", id="in Python"),
    pytest.param(IN_PYTHON, IN_A_THREAD, id="for a sweep in a thread")])
def test_no_worker_outlives_its_parent_in_the_middle_of_a_run(options, call, tmp_path):
    process = another_process(tmp_path / "s", options, call)
    try:
        workers = []
        deadline = time.monotonic() + 60
        while len(workers) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
            workers = [child for child in psutil.Process(process.pid).children(recursive=True)
                       if "process-name" in " ".join(child.cmdline())]
        while any(each.cpu_times().user < 0.5 for each in workers):  # until both are past their imports
            time.sleep(0.1)
        time.sleep(1.0)
    finally:
        process.kill()
        process.communicate()
    assert len(workers) == 2 and gone(workers)


def test_a_killed_worker_costs_its_batch_and_no_more(made, tmp_path):
    killed = []

    def kill_one(done, total):
        workers = [child for child in psutil.Process().children() if "process-name" in " ".join(child.cmdline())]
        if done > 40 * (len(killed) + 1) and len(killed) < 3 and workers:
            killed.append(workers[0].pid)
            workers[0].kill()

    found = sweep(TABLE, out=tmp_path / "s", workers=2, progress=kill_one, **SETTINGS)
    assert len(killed) == 3 and found.failures().empty
    assert_frame_equal(found.runs(), made.runs(), check_exact=True)


@pytest.mark.filterwarnings("ignore::simlead.study.sweeps.sweep.SweepWarning")
def test_a_run_that_ends_its_worker_is_the_only_one_that_fails(made, tmp_path):
    def deadly(run):
        if run.scenario.policy.coaching_share == 0.3 and run.replicate == 7:
            os._exit(9)
        return 1.0

    few = SETTINGS | {"replications": 10}  # each time it is looked for costs a new pool of workers
    found = sweep(TABLE, out=tmp_path / "s", workers=2, own_measures={"deadly": deadly}, **few)
    failures = found.failures()
    assert failures[["point", "replicate", "exception"]].values.tolist() == [[3, 7, "WorkerDied"]]
    rows = made.runs()
    rows = rows[(rows["replicate"] < 10) & ((rows["point"] != 3) | (rows["replicate"] != 7))].reset_index(drop=True)
    assert_frame_equal(found.runs(["revenue", "market_share"]), rows, check_exact=True)
