"""`simlead run` and `compare`: what they print and save."""


import pandas as pd
import pytest
from commands import SMALL, run_command

from simlead.show.format import quantity


def test_run_prints_measures_and_saves_what_loads_again(capsys, tmp_path):
    from simlead.results.run import Run

    out = tmp_path / "run"
    status, printed, err = run_command(capsys, "run", *SMALL, "--seed", "3", "--replicate", "2", "--out", str(out),
                                       "--format", "csv")
    assert (status, err) == (0, "")
    assert printed.splitlines()[0].startswith("status_quo: seed 3, replicate 2, simpy engine")
    loaded = Run.load(out)
    assert (loaded.seed, loaded.replicate, loaded.scenario.organisation.seats_per_team) == (3, 2, 2)
    assert len(pd.read_csv(out / "weeks.csv")) == 104
    measures = pd.read_csv(out / "measures.csv").set_index("measure")["value"]
    assert measures["market_share"] == pytest.approx(loaded.measures()["market_share"])
    assert quantity(measures["market_share"], "share") in printed
    assert run_command(capsys, "run", *SMALL, "--out", str(out))[0] == 2
    assert run_command(capsys, "run", *SMALL, "--out", str(out), "--overwrite")[0] == 0
    assert Run.load(out).seed == 0
    assert [folder.name for folder in tmp_path.iterdir()] == ["run"]


def test_run_names_the_measures_that_need_a_longer_calendar(capsys):
    status, printed, err = run_command(capsys, "run", *SMALL[:-1], "calendar.horizon_weeks=26")
    assert (status, err) == (0, "")
    assert "need calendar.horizon_weeks of 52 or more and are not defined." in printed.splitlines()[-1]
    assert "not defined" not in run_command(capsys, "run", *SMALL)[1]


def test_overwrite_replaces_only_what_simlead_wrote(capsys, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    status, _, err = run_command(capsys, "run", *SMALL, "--out", str(tmp_path / "thesis"), "--overwrite")
    assert status == 2
    assert err.count("\n") == 1
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_compare_prints_paired_differences_and_saves_tables_and_charts(capsys, tmp_path):
    file, out = tmp_path / "mine.toml", tmp_path / "study"
    file.write_text("[policy]\nrole_clarity = 0.9\n")
    status, printed, err = run_command(capsys, "compare", "status_quo", str(file), *SMALL, "--replications", "3",
                                       "--worlds", "0", "--workers", "1", "--out", str(out))
    assert (status, err) == (0, "")
    assert printed.splitlines()[0].endswith("random numbers only")
    header = printed.splitlines()[1]
    assert header.split("  ")[0] == "measure" and "minus status_quo (95 % interval)" in header
    table = pd.read_csv(out / "comparison.csv")
    assert list(dict.fromkeys(table["scenario"])) == ["status_quo", "mine"]
    assert (table.query("scenario == 'status_quo'")["difference"].dropna() == 0).all()
    assert (table["seed"] == 0).all()
    assert len(pd.read_csv(out / "runs.csv")) == 6
    assert {"growth_and_share.png", "funnel.png", "manager_time.png", "paired_difference.png"} <= {
        chart.name for chart in out.iterdir()}


@pytest.mark.slow
def test_compare_leads_with_the_answer_over_worlds_and_says_the_first_one_early(capsys, tmp_path):
    out = tmp_path / "study"
    status, printed, err = run_command(
        capsys, "compare", "status_quo", "clear_role", "--set", "organisation.teams=1", "--set",
        "calendar.warmup_weeks=52", "--set", "calendar.horizon_weeks=52", "--replications", "2", "--worlds", "18",
        "--effect-sizes", "evidence", "--workers", "1", "--out", str(out))
    assert (status, err) == (0, "")
    lines = printed.splitlines()
    assert lines[0].startswith("First answer, after 16 worlds")
    title = next(number for number, line in enumerate(lines) if line.startswith("Answer: revenue, 18 worlds"))
    assert lines[title + 1].split("  ")[0] == "policy" and "P(gain)" in lines[title + 1]
    assert any(line.endswith("random numbers only") for line in lines[title:])
    assert {"effects.csv", "drivers.csv", "answer.png"} <= {file.name for file in (out / "answer").iterdir()}
    row = pd.read_csv(out / "answer" / "effects.csv").iloc[0]
    assert row["low"] <= row["random_low"] and row["worlds"] == 18


def test_without_a_year_of_warm_up_there_is_no_answer_and_the_reason_is_said(capsys):
    status, printed, err = run_command(
        capsys, "compare", "status_quo", "coaching", *SMALL[:4], "--set", "calendar.warmup_weeks=8", "--set",
        "calendar.horizon_weeks=52", "--replications", "2", "--workers", "1")
    assert (status, err) == (0, "")
    assert "no answer over worlds, random numbers only: " in printed
