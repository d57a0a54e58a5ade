"""`simlead sensitivity`, `surface`, `discover`: tables, sentences and charts from a sweep's folder, and refusals."""

import re
import shutil

import numpy as np
import pytest
from commands import run_command

from simlead.cli import main
from simlead.study.sweeps.sweep import open_sweep

STUDY = """
[study]
question = "How much coaching, at which clarity?"
effect_sizes = ["evidence", "practitioner"]
replications = 4
baseline = true
measures = ["revenue", "market_share"]
[scenario.set]
"organisation.teams" = 1
"organisation.seats_per_team" = 2
"calendar.warmup_weeks" = 52
"calendar.horizon_weeks" = 52
[design]
kind = "latin_hypercube"
points = 24
[design.factors]
"policy.coaching_share" = { low = 0.0, high = 0.6 }
"policy.role_clarity" = { low = 0.0, high = 1.0 }
"""


READING = re.compile(r"Too few replications|All \d+ points|One of \d+|\d+ of \d+ points may|No single point|Undecided")


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A finished sweep's folder, made once."""
    place = tmp_path_factory.mktemp("swept")
    (place / "study.toml").write_text(STUDY)
    assert main(["sweep", str(place / "study.toml"), "--out", str(place / "out"), "--workers", "1"]) == 0
    return place / "out"


@pytest.fixture
def folder(swept, tmp_path, monkeypatch):
    """A working folder with a copy of the sweep in `out`."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(swept, "out")
    return "out"


@pytest.mark.parametrize(("command", "said"), [
    (["sensitivity"], "market_share: partial rank correlation, 95 % intervals"),
    (["surface", "--minimise"], "market_share: where it is lowest, 95 % intervals"),
])
def test_an_answer_is_a_table_a_verdict_and_a_chart(capsys, folder, tmp_path, command, said):
    wanted = (*command, folder, "--measure", "market_share", "--effect-sizes", "evidence", "--out", "chart.png")
    status, out, err = run_command(capsys, *wanted)
    assert (status, err) == (0, "")
    assert said in out and READING.match(out)  # what the sweep shows at all comes first (C22)
    assert re.search(r"^policy\.coaching_share .*\(\S+ to \S+\)$", out, re.MULTILINE)
    assert out.endswith("Chart: chart.png\n")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    status, out, err = run_command(capsys, *wanted)
    assert (status, out) == (2, "") and "is there already" in err


def threshold(folder, effect_sizes):
    """Half of the points' mean revenues lie below it."""
    points = open_sweep(folder).points(["revenue"])
    chosen = (points["effect_sizes"] == effect_sizes) & ~points["baseline"]
    return float(np.median(points.loc[chosen, "revenue"]))


def test_discover_says_where_it_pays_and_draws_it(capsys, folder, tmp_path):
    status, out, err = run_command(
        capsys, "discover", folder, "--measure", "revenue", "--difference", "--above", "0",
        "--effect-sizes", "practitioner", "--out", "box.png")
    assert (status, err) == (0, "")
    # Below the status quo's clarity of .4 revenue falls under these effect sizes, but for some coaching and luck.
    edge = re.search(r"Revenue difference is above 0 when .*role clarity > (\S+)", out.replace("\n", " "))
    assert edge and 0.1 < float(edge[1]) < 0.6
    assert out.endswith("Chart: box.png\n")
    assert (tmp_path / "box.png").read_bytes().startswith(b"\x89PNG")


def test_discover_tells_effect_sizes_apart_if_there_are_two(capsys, folder):
    above = threshold(folder, "evidence")
    status, out, _ = run_command(capsys, "discover", folder, "--measure", "revenue", "--above", above)
    assert status == 0
    assert "when" in out or "No box better than chance" in out


@pytest.mark.parametrize(("arguments", "said"), [
    (["sensitivity", "out", "--measure", "revenu", "--effect-sizes", "evidence"],
     "not in this sweep; did you mean revenue"),
    (["sensitivity", "out"], "name one"),
    (["sensitivity", "out", "--effect-sizes", "evidnce"], "evidence | practitioner"),
    (["surface", "out", "--effect-sizes", "evidence", "--out", "chart.gif"], "allowed is a name that ends in .png"),
    (["surface", "nowhere"], "nowhere is not a sweep"),
    (["discover", "out"], "give one of --below and --above"),
    (["discover", "out", "--below", "1", "--above", "2"], "give one of --below and --above"),
    (["discover", "out", "--below", "1", "--effect-sizes", "evidnce"], "did you mean evidence?"),
    (["discover", "out", "--above", "1e15"], "true at 0 of 48 points"),
])
def test_an_answer_that_there_is_not_is_refused(capsys, folder, arguments, said):
    status, out, err = run_command(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and said in err
