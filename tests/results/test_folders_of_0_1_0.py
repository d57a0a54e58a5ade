"""Folders that simlead 0.1.0 wrote (`of_0_1_0/`, written by it) still open, or are refused with the one reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simlead.model.scenario import NEUTRAL
from simlead.model.version_1 import version_1
from simlead.results.files import FileFormatError
from simlead.results.folder import is_ours, kind_of, read_folder, write_folder
from simlead.results.run import Run
from simlead.study.comparison_files import load_comparison
from simlead.study.simulate import simulate
from simlead.study.sweeps.sweep import open_sweep, rerun, sweep

EARLIER = Path(__file__).parent / "of_0_1_0"
FIRM = version_1().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 2})


def test_a_run_opens_and_is_the_run_of_today():
    run = Run.load(EARLIER / "run")
    assert (run.seed, run.provenance.versions["simlead"]) == (3, "0.1.0")
    today = simulate(run.scenario, seed=3, trace=False)
    for name in ("opportunities", "reps", "managers", "weeks"):
        stored, made = getattr(run.records, name), getattr(today.records, name)
        for field in stored.dtype.names:
            real = stored.dtype[field].kind == "f"
            assert np.array_equal(stored[field], made[field], equal_nan=real), (name, field)


def test_parameters_that_it_did_not_have_are_neutral_whatever_their_default():
    stored = load_comparison(EARLIER / "comparison").comparison
    swept = open_sweep(EARLIER / "sweep").scenario(0)
    for scenario in (Run.load(EARLIER / "run").scenario, stored.scenarios["a"], swept):
        assert scenario.values().items() >= NEUTRAL.items()


def test_a_comparison_opens():
    stored = load_comparison(EARLIER / "comparison")
    assert list(stored.comparison.scenarios) == ["a", "b"] and stored.made.startswith("20")
    assert stored.comparison.table["n"].tolist() == [2, 2]


def test_a_sweep_opens_and_goes_on_without_running_anything_again(tmp_path):
    folder = tmp_path / "sweep"
    shutil.copytree(EARLIER / "sweep", folder)
    before = open_sweep(folder)
    assert before.status().complete and before.design["effect_sizes"].tolist() == ["evidence", "evidence"]
    assert rerun(folder, "1:1").confirmed
    counts = []
    after = sweep(pd.DataFrame({"market.rivals": [1, 5]}), scenario=FIRM, replications=3, workers=1, out=folder,
                  measures=["market_share_base"], engine="simpy", progress=lambda *count: counts.append(count))
    assert counts[0] == (4, 6) and len(after.runs()) == 6
    assert after.runs().query("replicate < 2").reset_index(drop=True).equals(before.runs())
    assert read_folder(folder, "sweep").manifest.files.keys() == {"design.parquet"}


def test_a_session_opens():
    stored = read_folder(EARLIER / "session.zip", "session")
    assert (stored.facts["seed"], stored.facts["moves"], stored.version) == (4, [], "0.1")


def test_claims_are_refused_with_the_one_reason(tmp_path):
    (tmp_path / "verdicts.csv").write_text("number,key\n")
    assert kind_of(tmp_path) == "claims"
    with pytest.raises(FileFormatError, match="0.1.0, which wrote no manifest.json; run simlead claims again"):
        read_folder(tmp_path, "claims")


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_an_earlier_folder_may_be_replaced_by_one_of_its_kind(kind, tmp_path):
    place = tmp_path / kind
    shutil.copytree(EARLIER / kind, place)
    assert is_ours(place, kind) and not is_ours(place, "claims")
    with write_folder(place, kind, overwrite=True) as new:
        new.facts["seed"] = 8
    assert read_folder(place, kind).facts["seed"] == 8 and [path.name for path in place.iterdir()] == ["manifest.json"]
