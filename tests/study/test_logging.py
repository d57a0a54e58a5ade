"""What the library logs under its own name: silent unless asked, and then what is run, found and written."""

import logging
import subprocess
import sys

import pandas as pd
import pytest

import simlead
from simlead.model.scenario import Scenario

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})


def lines(caplog):
    return [(each.name, each.levelname, each.getMessage()) for each in caplog.records]


def test_a_run_is_a_line_for_those_who_debug(caplog):
    with caplog.at_level(logging.DEBUG, "simlead"):
        simlead.simulate(FIRM, seed=7, replicate=2, trace=False)
    assert ("simlead.study.simulate", "DEBUG",
            f"run: scenario {FIRM.hash()}, seed 7, replicate 2, simpy engine") in lines(caplog)


def test_a_study_says_what_it_runs(caplog):
    with caplog.at_level(logging.INFO, "simlead"):
        simlead.compare({"a": FIRM}, replications=2, seed=3, workers=1, engine="simpy", measures=["market_share_base"])
    assert [text for _, _, text in lines(caplog)] == [
        "compare: 1 scenarios, 2 replications each, seed 3, simpy engine, workers 1", "compare: 2 runs made"]


def test_a_sweep_says_what_is_there_and_warns_of_what_was_damaged(caplog, tmp_path):
    def again():
        caplog.clear()
        with caplog.at_level(logging.INFO, "simlead"):
            simlead.sweep(pd.DataFrame({"market.rivals": [1]}), scenario=FIRM, replications=2, engine="simpy",
                          workers=1, out=tmp_path / "sweep", measures=["market_share_base"])
        return [(level, text.partition(": ")[2]) for _, level, text in lines(caplog)]

    assert again()[0] == ("INFO", "0 of 2 runs are there; workers for the others: 1")
    assert again()[0] == ("INFO", "2 of 2 runs are there; workers for the others: 1")
    shard = next((tmp_path / "sweep" / "runs").iterdir())
    shard.write_bytes(shard.read_bytes()[:-9])
    assert again()[0] == ("WARNING", f"{shard.name} is put aside, and its runs are made again")


def test_a_folder_that_is_written_is_named(caplog, tmp_path):
    with caplog.at_level(logging.INFO, "simlead"):
        simlead.simulate(FIRM, trace=False).save(tmp_path / "run")
    assert lines(caplog)[-1] == (
        "simlead.results.folder", "INFO", f"wrote a saved run with 4 files: {tmp_path / 'run'}")


def test_nothing_is_shown_unless_asked_for():
    assert any(isinstance(each, logging.NullHandler) for each in logging.getLogger("simlead").handlers)
    assert logging.getLogger("simlead").level == logging.NOTSET


@pytest.mark.slow
def test_a_program_that_asks_for_nothing_sees_nothing():
    code = ("import logging, simlead; logging.getLogger('simlead.study').warning('heard');"
            "f = simlead.Scenario().change({'organisation.teams': 1, 'calendar.warmup_weeks': 1,"
            " 'calendar.horizon_weeks': 1}); simlead.simulate(f)")
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
