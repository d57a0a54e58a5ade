"""The numbers that pages of docs/ state in prose are those of committed files and of the code."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from stated_numbers import as_number, assert_rounded, one_line, stated

from simlead.model.presets import EFFECT_SIZES
from simlead.study.published_facts import FACTS

ROOT = Path(__file__).resolve().parents[2]
VERSION_2 = ROOT / "experiments" / "04_version_2"
LIMITS = one_line((ROOT / "docs" / "explanation" / "limits.md").read_text(encoding="utf-8"))
NUMBER = r"(\d*\.?\d+)"


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(VERSION_2 / "facts.csv")


@pytest.fixture(scope="module")
def run():
    spec = importlib.util.spec_from_file_location("run_of_version_2", VERSION_2 / "run.py")
    loaded = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(VERSION_2))
        spec.loader.exec_module(loaded)
        sys.modules.pop("facts", None)
    return loaded


def simulated(table, effect_sizes, measure, when=None):
    """The value of version 2 for a fact, in its first year or in the one that is named."""
    rows = table[(table["version"] == 2) & (table["effect_sizes"] == effect_sizes) & (table["measure"] == measure)]
    return float((rows if when is None else rows[rows["when"] == when])["simulated"].iloc[0])


AGE = r"lost deals are {} times as old as won ones in the base year and {} times in year three"
OFF = [  # what is known to be off: the words, whose effect sizes, the measure, the year, and the number's unit
    (rf"a median of {NUMBER} calendar days", "evidence", "cycle_days_median", None, 1.0),
    (AGE.format(NUMBER, r"[\d.]+"), "evidence", "age_lost_over_won", "base year", 1.0),
    (AGE.format(r"[\d.]+", NUMBER), "evidence", "age_lost_over_won", "third year", 1.0),
    (rf"costs {NUMBER} of a ramped rep's year", "evidence", "loss_per_separation", None, 1.0),
    (rf"fall by {NUMBER} % where an experiment found", "evidence", "quits_after_own_selling", None, -100.0),
    (rf"\| {NUMBER} of a ramped rep's output in month 8", "practitioner", "new_rep_output_month_8", None, 1.0),
    (rf"90th percentile sells {NUMBER} % more", "practitioner", "managers_percentile_gap", None, 100.0),
    (rf"raise sales by {NUMBER} % where an experiment", "practitioner", "sales_after_own_selling", None, 100.0),
]


@pytest.mark.parametrize(("pattern", "effect_sizes", "measure", "when", "unit"), OFF, ids=lambda each: str(each)[:40])
def test_the_page_of_limits_states_what_the_model_shows(table, pattern, effect_sizes, measure, when, unit):
    assert_rounded(stated(LIMITS, pattern), unit * simulated(table, effect_sizes, measure, when))


TOLERANCES = [
    (rf"the tolerance of {NUMBER} to {NUMBER} \| deals here take", "cycle_days_median", 1.0),
    (rf"the tolerance of {NUMBER} to {NUMBER} \| what keeps reps", "loss_per_separation", 1.0),
    (rf"is published \(tolerance {NUMBER} to {NUMBER}\)", "new_rep_output_month_8", 1.0),
    (rf"the 10th, where {NUMBER} to {NUMBER} % is published", "managers_percentile_gap", 100.0),
]


@pytest.mark.parametrize(("pattern", "measure", "unit"), TOLERANCES, ids=lambda each: str(each)[:40])
def test_the_page_of_limits_states_tolerances_as_they_are(pattern, measure, unit):
    (fact,) = [fact for fact in FACTS if fact.measure == measure]
    assert [as_number(end) for end in stated(LIMITS, pattern)] == pytest.approx([unit * fact.low, unit * fact.high])


def test_every_page_counts_the_missed_facts_alike(table):
    rows = table[(table["version"] == 2) & ~table["inside"]]
    assert set(rows["effect_sizes"]) == {"practitioner"}
    assert set(rows["measure"]) == {measure for _, effect_sizes, measure, *_ in OFF if effect_sizes == "practitioner"}
    for name in ("version_2.md", "evidence.md"):
        page = one_line((ROOT / "docs" / "explanation" / name).read_text(encoding="utf-8"))
        assert as_number(stated(page, r"(\w+) (?:facts )?are missed")) == rows["fact"].nunique(), name


SPEED = ROOT / "experiments" / "02_speed"
SLOW, FAST, OF_THE_GOALS = "results.json", "earlier/fast_machine.json", "earlier/machine_of_the_goals.json"


def cell(file, section, row, column):
    """A measured number, as its table has it."""
    found = json.loads((SPEED / file).read_text(encoding="utf-8"))["sections"][section]
    (line,) = (line for line in found["rows"] if line[0] == row)
    return float(line[found["columns"].index(column)].removesuffix(" x").replace(",", ""))


def test_the_page_on_speed_compares_three_machines_by_their_own_results():
    page = one_line((SPEED / "README.md").read_text(encoding="utf-8"))
    warm, cold = ("a process that makes one compiled run with a trace, from a warm cache",
                  "the same from a cold cache: it compiles")
    starts = {file: cell(file, "startup", "Python alone", "seconds") for file in (SLOW, OF_THE_GOALS)}
    kernel = {file: cell(file, "c", "C, -O2", "ns an event") for file in (SLOW, OF_THE_GOALS)}
    for pattern, value in {
        rf"a step of the kernel takes {NUMBER} times as long": kernel[SLOW] / kernel[OF_THE_GOALS],
        rf"own start {NUMBER} times \(": starts[SLOW] / starts[OF_THE_GOALS],
        rf"times \({NUMBER} against": starts[SLOW], rf"against {NUMBER} s\)": starts[OF_THE_GOALS],
        rf"version 1 took {NUMBER} s": cell(OF_THE_GOALS, "startup", cold, "seconds"),
        rf"the SimPy engine took {NUMBER} s": cell(FAST, "engines", "SimPy, without", "seconds a run"),
        rf"the compiled one {NUMBER} s": cell(FAST, "engines", "compiled, without", "seconds a run"),
        rf"which is {NUMBER} times as fast": cell(FAST, "engines", "compiled, without", "faster"),
        rf"\({NUMBER} with a trace\)": cell(FAST, "engines", "compiled, with trace", "faster"),
        rf"a pair of policies was {NUMBER} times": cell(FAST, "warm_up", "2 policies, without", "faster"),
        rf"the first run took {NUMBER} s warm": cell(FAST, "startup", warm, "seconds"),
        rf"warm and {NUMBER} s cold": cell(FAST, "startup", cold, "seconds"),
    }.items():
        assert_rounded(stated(page, pattern), value)
    grows = json.loads((SPEED / FAST).read_text(encoding="utf-8"))["sections"]["size"]["goals"][1]["value"]
    assert_rounded(stated(page, rf"reps to the power of {NUMBER}, and the first run"), grows)
    missed = [goal for section in json.loads((SPEED / SLOW).read_text(encoding="utf-8"))["sections"].values()
              for goal in section["goals"] if not goal["met"]]
    assert as_number(stated(page, r"(\w+) goals are not met there")) == len(missed)


def test_a_fast_machine_needs_less_than_half_of_each_time_that_the_readme_states():
    for section, row, column in (
        ("engines", "SimPy, without", "seconds a run"), ("engines", "compiled, without", "seconds a run"),
        ("warm_up", "5 policies, without", "seconds, shared"), ("workers", "2", "seconds"),
        ("startup", "the same from a cold cache: it compiles", "seconds")):
        assert cell(FAST, section, row, column) < 0.5 * cell(SLOW, section, row, column), row
    assert cell(FAST, "engines", "compiled, without", "faster") < cell(SLOW, "engines", "compiled, without", "faster")


def test_the_checklist_states_the_measured_time_and_memory_of_a_run():
    page = one_line((ROOT / "docs" / "explanation" / "stress_des.md").read_text(encoding="utf-8"))
    results = json.loads((ROOT / "experiments" / "02_speed" / "results.json").read_text(encoding="utf-8"))["sections"]
    seconds, memory = ({row[0]: row[1] for row in results[name]["rows"]} for name in ("engines", "memory"))
    assert_rounded(stated(page, rf"takes about {NUMBER} s"), float(seconds["compiled, with trace"]))
    assert_rounded(stated(page, rf"tables have about {NUMBER} MB"), float(memory["the four tables of records"]))


def test_two_replications_are_enough_where_the_worlds_make_the_variance():
    page = one_line((ROOT / "docs" / "explanation" / "answers.md").read_text(encoding="utf-8"))
    found = json.loads((ROOT / "experiments" / "08_answers" / "results.json").read_text(encoding="utf-8"))
    least = as_number(stated(page, rf"For the default firm that is below {NUMBER} for policies"))
    mostly = [row for row in found["policies_found"].values() if row["limit"] == "world"]
    assert mostly and all(row["replications_worth_most"] < least for row in mostly)


# --- experiments/04_version_2


def test_the_facts_of_both_versions_are_all_there(table):
    rows = [(fact.name, when) for fact in FACTS for when in range(1 + fact.still)]
    for version in (1, 2):
        for effect_sizes in EFFECT_SIZES:
            mine = table[(table["version"] == version) & (table["effect_sizes"] == effect_sizes)]
            assert list(mine["fact"]) == [name for name, _ in rows]
            assert mine["simulated"].notna().all()
            assert (mine["inside"] == mine["simulated"].between(mine["low"], mine["high"])).all()


def test_every_committed_table_states_what_it_was_made_with(run):
    about = json.loads((VERSION_2 / "about.json").read_text(encoding="utf-8"))
    assert set(about) == set(run.PARTS) == {file.stem for file in VERSION_2.glob("*.csv")}
    for part, made in about.items():
        table = pd.read_csv(VERSION_2 / f"{part}.csv")
        assert set(table["pairs" if "pairs" in table else "replications"]) == {made["replications"]}
        assert {"seed", "sources", "registry"} <= made.keys()


def test_the_measured_step_is_among_the_answers_too():
    step, answers = (pd.read_csv(VERSION_2 / f"{part}.csv") for part in ("step", "answers"))
    both = step[step["switch"].isna()].merge(answers, on=["version", "effect_sizes", "policy", "pairs"])
    assert len(both) == 2 and both["change_x"].tolist() == both["change_y"].tolist()


@pytest.mark.slow
def test_a_row_of_each_version_is_made_again(run):
    # Another platform's exp and log may differ in the last bit, and then a few deals go another way.
    answers = pd.read_csv(VERSION_2 / "answers.csv")
    for version in (1, 2):
        policies = {"role clarity 0.6": run.LEVERS["role clarity 0.6"]}
        made = run.answers_of(version, "evidence", "default", "", policies, 60, 1)
        rows = answers[(answers["version"] == version) & (answers["effect_sizes"] == "evidence")
                       & (answers["policy"] == "role clarity 0.6")]
        assert made[["change", "low", "high"]].to_numpy() == pytest.approx(
            rows[["change", "low", "high"]].to_numpy(), abs=2e-3)
