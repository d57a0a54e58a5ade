"""Commands with --json: one document on standard output, as its schema says, and nothing else there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
import typer
from commands import SMALL, refused, run_command
from documents import checked
from every import every

from simlead.cli.app import app
from simlead.show.document import document
from simlead.show.document_shapes import SHAPES
from simlead.show.format import quantity
from simlead.show.schemas import schema_of

WITHOUT = {"animate": "makes a film", "workshop": "opens a page", "schema": "prints JSON in any case"}
"""Commands that answer nothing."""

STUDY = """
[study]
measures = ["revenue", "market_share"]
replications = 3
baseline = true
[scenario.set]
"organisation.teams" = 1
"organisation.seats_per_team" = 2
"calendar.warmup_weeks" = 52
"calendar.horizon_weeks" = 52
[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = { low = 0.1, high = 0.6, levels = 6 }
"policy.role_clarity" = { low = 0.3, high = 0.6, levels = 4 }
"""

FIRM = '[stated]\nseats = [2, 3]\nquota = 1000000\nwin_rate_qualified = 0.16\n'

DEALS = """\
Id,Stage,Amount,Created Date,Close Date,Owner,Team
1,Won,9000,2024-03-02,2024-03-15,Ada,North
2,Lost,7000,2024-03-03,2024-03-16,Ben,North
3,Won,8000,2024-03-04,2024-03-17,Cem,South
"""


def test_every_command_has_a_document_or_a_reason():
    commands = typer.main.get_command(app).commands
    assert set(SHAPES) | set(WITHOUT) == set(commands) and not set(SHAPES) & set(WITHOUT)
    for name, command in commands.items():
        assert ("--json" in {word for each in command.params for word in each.opts}) == (name in SHAPES), name


@every(SHAPES)
def test_a_schema_is_one(command):
    jsonschema.Draft202012Validator.check_schema(schema_of(command))


def test_the_schema_command_prints_it_and_lists_the_commands(capsys):
    status, out, err = run_command(capsys, "schema", "compare")
    assert (status, err, json.loads(out)) == (0, "", schema_of("compare"))
    assert run_command(capsys, "schema")[1].split() == list(SHAPES)
    assert "did you mean compare?" in refused(capsys, "schema", "compar")


def test_what_two_scenarios_differ_in(capsys):
    found = checked(capsys, "diff", "status_quo", "leadership")
    rows = found["tables"]["changes"]["rows"]
    assert rows[0] == {"parameter": "policy.coaching_share", "first": 0.2, "second": 0.5,
                       "unit": "share of the manager's week", "parameter_unit": "share of the manager's week"}
    assert len(found["scenarios"]["leadership"]["hash"]) == 16 and found["seed"] is None
    assert checked(capsys, "diff", "coaching", "coaching")["single"] == {"same": True}


def test_the_parameters_and_the_versions(capsys):
    rows = {row["path"]: row for row in checked(capsys, "parameters")["tables"]["parameters"]["rows"]}
    assert rows["policy.coaching_share"]["default"] == 0.2 and rows["structure.favourites"]["default"] is False
    libraries = [row["library"] for row in checked(capsys, "version")["tables"]["versions"]["rows"]]
    assert libraries[0] == "simlead" and libraries[-1] == "Python"


def test_an_import_keeps_standard_output_for_the_document(capsys, tmp_path):
    (tmp_path / "deals.csv").write_text(DEALS)
    found = checked(capsys, "import", tmp_path / "deals.csv")
    assert found["single"]["won"] == 2 and found["sentences"]
    unknown = [row for row in found["tables"]["import_quantities"]["rows"] if row["estimate"] is None]
    assert unknown and any("not known from this export" in each["reason"] for each in found["nulls"])


@every([["run", "--set", "x=1"], ["diff", "status_quo", "leadrship"], ["compare", "status_quo", "--worlds", "3"],
        ["status", "nowhere"], ["rerun", "nowhere", "0:0"], ["export", "nowhere", "--to", "csv"],
        ["discover", "nowhere"], ["trial"], ["report", "nowhere"], ["parameters", "no such thing"],
        ["sweep", "nowhere.toml", "--check"], ["calibrate", "nowhere.toml"], ["payback", "status_quo"]])
def test_an_error_is_one_line_and_no_document(words):
    capsys = CAPTURE[0]
    refused(capsys, *words, "--json")


CAPTURE = []


@pytest.fixture(autouse=True)
def capture(capsys):
    CAPTURE[:] = [capsys]


def test_a_sweep_of_an_earlier_version_has_its_document(capsys):
    found = checked(capsys, "status", Path(__file__).parents[1] / "results" / "of_0_1_0" / "sweep")
    assert found["single"]["points"] == 2 and found["scenarios"]


def test_the_next_command_prints_as_ever(capsys):
    checked(capsys, "diff", "status_quo", "coaching")
    status, out, err = run_command(capsys, "diff", "status_quo", "coaching")
    assert (status, err) == (0, "") and "policy.coaching_share" in out


# --- the document itself


def test_no_number_is_lost_and_each_null_says_why():
    table = pd.DataFrame({"effect_sizes": ["evidence"], "policy": ["a"], "payback_month": [float("inf")],
                          "return": [float("nan")], "mean": [1.5]})
    found = document("payback", tables={"money": table}, currency="EUR")
    assert found["tables"]["money"]["rows"] == [
        {"effect_sizes": "evidence", "policy": "a", "payback_month": None, "return": None, "mean": 1.5}]
    assert found["tables"]["money"]["units"]["mean"] == "EUR/year"
    assert {each["in"]: each["reason"] for each in found["nulls"]} == {
        "seed": "nothing is drawn", "money.payback_month": "not paid back within the horizon",
        "money.return": "not defined: nothing is put in"}


def test_where_something_is_drawn_its_seed_is_no_null():
    assert document("run", seed=0)["nulls"] == [] and document("run", seed=0)["seed"] == 0


def test_a_table_or_a_value_that_no_command_declares_is_refused():
    with pytest.raises(LookupError, match="'wins' is not declared"):
        document("run", single_values={"wins": 3})
    with pytest.raises(LookupError, match="'worlds' is not declared"):
        document("run", tables={"worlds": pd.DataFrame({"world": [0]})})


def test_a_wrong_document_breaks_its_schema():
    right = document("facts", single_values={"facts_outside": 0})
    validator = jsonschema.Draft202012Validator(schema_of("facts"))
    validator.validate(right)
    for wrong in ({**right, "single": {"facts_outside": "none"}}, {**right, "seed": "0"}, {**right, "extra": 1},
                  {**right, "tables": {"facts": {"about": "", "intervals": "none", "units": {}, "rows": [{}]}}}):
        assert list(validator.iter_errors(wrong))


# --- what simulates


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    place = tmp_path_factory.mktemp("swept")
    (place / "study.toml").write_text(STUDY)
    return place


@pytest.mark.slow
def test_a_run_and_a_comparison(capsys, tmp_path):
    run = checked(capsys, "run", "--engine", "compiled", *SMALL, "--out", tmp_path / "run")
    assert run["single"]["events"] > 1000 and run["saved"] == [str(tmp_path / "run")]
    printed = run_command(capsys, "run", "--engine", "compiled", *SMALL)[1]
    for row in run["tables"]["measures"]["rows"]:
        value = float("nan") if row["value"] is None else row["value"]
        assert re.search(rf"^{row['measure']} +{re.escape(quantity(value, row['unit'], short=True))}  ", printed, re.M)
    found = checked(capsys, "compare", "status_quo", "coaching", *SMALL, "--replications", 3, "--worlds", 16,
                    "--workers", 1)
    effects = found["tables"]["effects"]["rows"]
    assert {row["effect_sizes"] for row in effects} == {"evidence", "practitioner"}
    for row in effects:
        assert row["low"] <= row["random_low"] <= row["random_high"] <= row["high"]
    assert found["tables"]["effects"]["intervals"] == "random numbers and world"
    assert found["tables"]["comparison"]["intervals"] == "random numbers"
    assert found["tables"]["money"]["rows"] and found["sentences"]


@pytest.mark.slow
def test_another_firm_has_no_difference(capsys, tmp_path):
    (tmp_path / "other.toml").write_text("[market]\ndeal_value_median = 60000\n")
    found = checked(capsys, "compare", "status_quo", tmp_path / "other.toml", *SMALL, "--replications", 2,
                    "--worlds", 0, "--workers", 1)
    rows = [row for row in found["tables"]["comparison"]["rows"] if row["scenario"] == "other"]
    assert rows and all(row["difference"] is None and row["mean"] is not None for row in rows)
    assert "another firm: a difference of levels is no effect of a policy" in {
        each["reason"] for each in found["nulls"]}


@pytest.mark.slow
def test_money(capsys):
    found = checked(capsys, "payback", "status_quo", "coaching", *SMALL, "--worlds", 16, "--workers", 1)
    assert found["single"]["worlds"] == 16 and set(found["tables"]) >= {"money", "money_months", "ledger"}


@pytest.mark.slow
def test_a_sweep_and_what_is_asked_of_it(capsys, swept):
    study, out = swept / "study.toml", swept / "out"
    assert checked(capsys, "sweep", study, "--check", "--workers", 1)["single"]["runs_wanted"] == 75
    found = checked(capsys, "sweep", study, "--out", out, "--workers", 1, "--worlds", 0)
    assert found["single"]["runs_made"] == 75 and len(found["tables"]["estimates"]["rows"]) == 50
    assert checked(capsys, "sweep", study, "--out", out, "--workers", 1, "--worlds", 0)["single"]["runs_made"] == 0
    state = checked(capsys, "status", out)
    assert state["single"]["complete"] is True and list(state["scenarios"]) == ["base, evidence"]
    assert checked(capsys, "rerun", out, "1:1")["single"]["confirmed"] is True
    assert checked(capsys, "sensitivity", out)["tables"]["sensitivity"]["rows"]
    assert checked(capsys, "surface", out, "--out", swept / "map.png")["saved"] == [str(swept / "map.png")]
    middle = pd.DataFrame(found["tables"]["estimates"]["rows"]).query("measure == 'revenue'")["mean"].median()
    assert checked(capsys, "discover", out, "--above", middle)["tables"]["boxes"]["rows"]
    exported = checked(capsys, "export", out, "--to", "csv", "--out", swept / "tables")
    assert {row["table"] for row in exported["tables"]["files"]["rows"]} >= {"points", "sweep_runs", "differences"}
    assert all((swept / "tables" / row["file"]).is_file() for row in exported["tables"]["files"]["rows"])
    assert checked(capsys, "report", out, "--out", swept / "report")["tables"]["files"]["rows"]


@pytest.mark.slow
def test_facts_claims_and_worlds(capsys):
    status, out, _ = run_command(capsys, "facts", *SMALL[:4], "--set", "calendar.warmup_weeks=52", "--replications", 2,
                                 "--workers", 1, "--json")
    found = checked(capsys, "facts", *SMALL[:4], "--set", "calendar.warmup_weeks=52", "--replications", 2,
                    "--workers", 1, status=status)
    assert json.loads(out) == found and found["single"]["facts_outside"] > 0 and status == 1
    small = [*SMALL[:4], "--set", "calendar.warmup_weeks=52"]
    claims = checked(capsys, "claims", "--only", "2,7", "--worlds", 8, "--replications", 2, "--effect-sizes",
                     "evidence", *small, "--workers", 1)
    assert [row["number"] for row in claims["tables"]["verdicts"]["rows"]] == [2, 7]
    assert list(claims["scenarios"]) == ["half_of_the_week, evidence", "three_sessions, evidence"]
    worlds = checked(capsys, "worlds", "--worlds", 16, "--uncalibrated")
    assert worlds["tables"]["world_facts"]["rows"] and worlds["tables"]["unknown"]["rows"]


@pytest.mark.slow
def test_a_trial_a_calibration_and_the_demo(capsys, tmp_path):
    trial = checked(
        capsys, "trial", "--change", "policy.coaching_share=0.5", "--set", "organisation.teams=4",
        "--set", "organisation.seats_per_team=2", "--set", "calendar.horizon_weeks=104", "--months", 3,
        "--base-months", 3, "--worlds", 16, "--replications", 2, "--workers", 1)
    assert trial["tables"]["outcomes"]["rows"]
    (tmp_path / "firm.toml").write_text(FIRM)
    solved = checked(capsys, "calibrate", tmp_path / "firm.toml", "--replications", 4, "--workers", 1, "--out",
                     tmp_path / "mine.toml")
    assert solved["tables"]["solved"]["rows"] and Path(solved["saved"][0]).is_file()
    demo = checked(capsys, "demo", *SMALL, "--seconds", 2, "--workers", 1, "--out", tmp_path / "demo")
    assert demo["tables"]["effects"]["rows"] and demo["tables"]["comparison"]["rows"]
