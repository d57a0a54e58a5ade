"""Workers are supervised: a run without end counts as failed, a stopped worker is replaced, the sweep ends."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from simlead.engines.contract import SimulationError
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study import parallel
from simlead.study.sweeps.sweep import SweepWarning, check, rerun, sweep
from simlead.study.sweeps.time_limit import NOTE_BYTES, SILENT_SECONDS, Notes, RunTookTooLong, Watch, limited

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 2})
TABLE = pd.DataFrame({"market.rivals": [1, 5, 9]})
alarms = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no alarms")


def endless_at_five_rivals(run):
    """A measure that never ends, and that catches whatever it can, for one of the points."""
    while run.scenario.market.rivals == 5 and run.replicate == 1:
        try:
            sum(range(1000))
        except Exception:
            continue
    return 1.0


def swept(folder, measure, workers, **more):
    return sweep(TABLE, scenario=FIRM, replications=3, measures=["market_share_base"], out=folder, workers=workers,
                 own_measures={"mine": measure}, **more)


@alarms
@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_run_without_end_counts_as_failed_with_its_parameters(tmp_path, workers):
    with pytest.warns(SweepWarning, match="1 run failed: 1 of RunTookTooLong"):
        found = swept(tmp_path, endless_at_five_rivals, workers, run_seconds=4.0)
    assert len(found.runs()) == 8
    (failure,) = found.failures().to_dict("records")
    assert (failure["point"], failure["replicate"], failure["exception"]) == (1, 1, "RunTookTooLong")
    assert failure["message"] == "the run took longer than 4 seconds and was ended; run_seconds allows more"
    assert '"market.rivals": 5' in failure["parameters"]
    assert found.status().complete
    with pytest.raises(ParameterError, match="took too long"):
        rerun(tmp_path, "1:1", own_measures={"mine": endless_at_five_rivals})


def stopped(marker, always):
    """A measure that stops its own process as SIGSTOP does: once, or whenever it comes to one run."""
    def measure(run):
        if run.scenario.market.rivals == 5 and run.replicate == 1 and (always or not os.path.exists(marker)):
            Path(marker).touch()
            os.kill(os.getpid(), signal.SIGSTOP)
        return 1.0

    return measure


@pytest.mark.slow
@alarms
def test_a_stopped_worker_is_killed_and_its_run_made_again(tmp_path):
    found = swept(tmp_path / "out", stopped(str(tmp_path / "marker"), False), 2, run_seconds=6.0)
    assert len(found.runs()) == 9 and not len(found.failures()) and found.status().complete


@pytest.mark.slow
@alarms
def test_a_run_that_stops_its_worker_each_time_counts_as_failed(tmp_path):
    with pytest.warns(SweepWarning):
        found = swept(tmp_path / "out", stopped(str(tmp_path / "marker"), True), 2, run_seconds=6.0)
    assert len(found.runs()) == 8
    assert found.failures()[["point", "replicate", "exception"]].values.tolist() == [[1, 1, "RunTookTooLong"]]


def test_a_limit_that_is_none_is_refused_before_anything_is_made(tmp_path):
    for wrong in (0, -1.0, "60", True, float("nan"), float("inf")):
        with pytest.raises(ParameterError, match="run_seconds"):
            swept(tmp_path / "out", endless_at_five_rivals, 1, run_seconds=wrong)
    assert not (tmp_path / "out").exists()


@alarms
def test_the_alarm_gives_back_what_was_there_before():
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(RunTookTooLong), limited(0.05):
        while True:
            pass
    assert signal.getsignal(signal.SIGALRM) is before and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_watch_kills_only_workers_of_its_pool(monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda process, number: killed.append(process))
    with Watch() as watch:
        for process, seconds in ((11, 1.0), (12, 1.0), (13, 1e9)):
            (Path(watch.folder) / str(process)).write_text(f"[4, {process}, -1e6, {seconds}]")
        watch.look({11, 13})
        assert (killed, watch.overdue) == ([11], {(4, 11): 1.0})
    assert not Path(watch.folder).exists()


def test_workers_of_which_none_begins_a_run_are_killed(monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda process, number: killed.append(process))
    with Watch() as watch:
        watch.look({11, 13})
        assert not killed
        monkeypatch.setattr(watch, "_heard", time.monotonic() - SILENT_SECONDS - 1.0)
        note = Path(watch.folder) / "13"
        note.write_text(f"[4, 13, {time.monotonic()}, 1e9]")
        watch.look({11, 13})  # one is at a run
        assert not killed
        monkeypatch.setattr(watch, "_heard", time.monotonic() - SILENT_SECONDS - 1.0)
        note.rename(note.with_name("12"))  # of no worker of this pool
        watch.look({11, 13})
        assert (sorted(killed), watch.overdue) == ([11, 13], {})
        monkeypatch.setattr(watch, "_heard", time.monotonic() - SILENT_SECONDS - 1.0)
        monkeypatch.setattr(watch, "_looked", time.monotonic() - SILENT_SECONDS)
        watch.look_at_times({11, 13})  # the watching process was away itself
        assert sorted(killed) == [11, 13]
        watch.look({21, 23})  # those that replace them have their time
        assert sorted(killed) == [11, 13]


@alarms
def test_a_check_ends_too(tmp_path, monkeypatch):
    monkeypatch.setattr("simlead.study.sweeps.trial.first_seconds", lambda scenarios: 0.3)

    def endless(run):
        while True:
            pass

    plan = check(TABLE, scenario=FIRM, replications=1, measures=["market_share_base"], own_measures={"mine": endless})
    assert plan.trials == len(plan.failures) == 3 and "RunTookTooLong" in plan.failures[0]


def stop_at_three(task):
    """Stop the worker process as SIGSTOP does, for one of the tasks."""
    if task == 3:
        os.kill(os.getpid(), signal.SIGSTOP)
    return task


@pytest.mark.slow
@alarms
def test_a_parallel_map_with_a_stopped_worker_ends_with_an_error(monkeypatch):
    monkeypatch.setattr(parallel, "LEAST_PATIENCE_SECONDS", 5.0)
    with pytest.raises(SimulationError, match="no worker has finished anything for .* seconds"):
        parallel.parallel_map(stop_at_three, iter(range(6)), 2, lambda _: None)


def test_a_note_is_written_over_the_one_before_it_and_the_file_is_never_emptied(tmp_path, monkeypatch):
    notes, opened, real = Notes(str(tmp_path)), [], os.open
    monkeypatch.setattr(os, "open", lambda path, flags, *mode: opened.append(flags) or real(path, flags, *mode))
    notes.begin(12_345_678, 12_345, 123_456.789)
    notes.begin(1, 2, 3.0)
    (note,) = tmp_path.iterdir()
    point, replicate, began, seconds = json.loads(note.read_text(encoding="ascii"))
    assert (point, replicate, seconds) == (1, 2, 3.0) and began <= time.monotonic()
    assert note.stat().st_size == NOTE_BYTES and opened and not any(flags & os.O_TRUNC for flags in opened)
    notes.end()
    assert list(tmp_path.iterdir()) == []
