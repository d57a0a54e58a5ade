"""`simlead facts` and `demo`: their tables, their verdicts and the demo's answer."""

import math
import sys
import types

import numpy as np
import pandas as pd
import pytest
from commands import run_command

from simlead.cli.demo import FIRST_STAGE, MOST, SCENARIOS, answer, planned, rests_on, rows_of
from simlead.cli.facts import rows_of as rows_of_facts
from simlead.model.scenario import Scenario
from simlead.statistics.intervals import t_quantile


def a_fact(inside):
    return {"fact": "market share", "published": 0.105, "low": 0.08, "high": 0.13, "simulated": 0.104,
            "simulated_low": 0.1, "simulated_high": 0.108, "inside": inside, "source": "D", "when": "base"}


@pytest.mark.parametrize(("inside", "status"), [(True, 0), (False, 1)])
def test_facts_exit_1_if_any_is_outside(capsys, monkeypatch, inside, status):
    module = types.ModuleType("simlead.study.facts")
    module.facts = lambda **_: pd.DataFrame([a_fact(True), a_fact(inside)])
    monkeypatch.setitem(sys.modules, "simlead.study.facts", module)
    found, out, _ = run_command(capsys, "facts", "--replications", "2")
    assert found == status
    assert ("OUTSIDE" in out) is not inside
    (row,) = rows_of_facts(pd.DataFrame([a_fact(inside)]))
    assert row[0] == "market share" and row[2:4] == ["0.104 (0.1 to 0.108)", "0.105 (0.08 to 0.13)"]


def demo_table(low, high):
    rows = []
    for measure, unit, level in (("revenue", "$/year", 50e6), ("revenue_growth", "share", 0.4),
                                 ("market_share", "share", 0.1), ("coaching_hours_per_rep_month", "h", 4.0)):
        for name, factor in (("status_quo", 0.0), ("leadership", level / 100)):
            rows.append({"scenario": name, "measure": measure, "unit": unit, "mean": level,
                         "low": 0.9 * level, "high": 1.1 * level, "difference": factor * (low + high) / 2,
                         "difference_low": factor * low, "difference_high": factor * high,
                         "relative_difference": factor * (low + high) / 2 / level,
                         "relative_low": factor * low / level, "relative_high": factor * high / level, "n": 6})
    return pd.DataFrame(rows)


def test_the_demos_answer_is_honest_about_its_interval():
    intervals = ((4, 14), (-14, -4), (-4, 14))
    clear, costs, unclear = (answer(demo_table(*ends), "leadership", 41.0, "compiled") for ends in intervals)
    assert clear.startswith("In this one world leadership pays")
    assert "by +9 % (4 to 14) against" in clear and "n = 6 matched pairs" in clear
    assert all("95 % interval of random numbers alone" in each for each in (clear, costs, unclear))
    assert costs.startswith("In this one world leadership loses money")
    assert unclear.startswith("In this one world it is not settled yet") and "contains zero" in unclear
    assert rows_of(demo_table(4, 14))[1][:3] == ["Leadership", "+9 % (4 to 14)", "up"]
    assert rows_of(demo_table(4, 14))[0][:3] == ["Status quo", "", "baseline"]


def test_the_demo_names_the_assumption_of_the_lever_that_brings_most():
    def printed_for(best):
        gains = {"status_quo": 0.0, "coaching": 0.01, "clear_role": 0.01, "accountable": 0.01, best: 0.09}
        return rests_on(pd.DataFrame([
            {"scenario": name, "measure": "revenue", "relative_difference": gain, "relative_low": gain - 0.01,
             "relative_high": gain + 0.01, "n": 6} for name, gain in gains.items()]), Scenario(), "practitioner")

    assert "world.coaching_gain_max = 0.2" in printed_for("coaching")
    assert "world.clarity_effect = 0.06" in printed_for("clear_role")
    assert "world.accountability_effect = 0.07" in printed_for("accountable")
    assert "--effect-sizes evidence" in printed_for("coaching")


def planned_for(monkeypatch, spread, half_width):
    """The replications that the demo plans where pairs differ by 0.2 and spread, around a revenue of 1."""
    asked = []

    def compare(scenarios, *, replications, **options):
        asked.append((list(scenarios), replications))
        differences = 0.2 + spread * np.resize([-1.0, 1.0], replications)
        runs = pd.DataFrame([{"scenario": name, "replicate": each, "revenue": 1.0 + place * differences[each]}
                             for place, name in enumerate(scenarios) for each in range(replications)])
        return types.SimpleNamespace(runs=runs)

    monkeypatch.setattr("simlead.study.compare.compare", compare)
    scenarios = dict.fromkeys(SCENARIOS, Scenario())
    found = planned(scenarios, half_width, 0, 1, "compiled")
    assert asked == [(["status_quo", "leadership"], FIRST_STAGE)]
    return found


def test_the_demo_plans_its_replications_from_the_precision_and_not_from_a_clock(monkeypatch):
    spread = 0.05
    deviation = spread * math.sqrt(FIRST_STAGE / (FIRST_STAGE - 1))
    wanted = math.ceil((t_quantile(FIRST_STAGE - 1, 0.95) * deviation / 0.02) ** 2)  # Stein's rule
    assert planned_for(monkeypatch, spread, 0.02) == wanted > FIRST_STAGE
    assert planned_for(monkeypatch, 0.001, 0.02) == FIRST_STAGE


def test_a_precision_that_needs_very_many_runs_is_told_and_has_an_end(monkeypatch, capsys):
    assert planned_for(monkeypatch, 1.0, 0.001) == MOST
    assert "--precision 0.1 needs" in capsys.readouterr().out


def test_seconds_and_replications_together_are_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run_command(capsys, "demo", "--seconds", "9", "--replications", "3")
    assert (status, out, err) == (2, "", "simlead: --seconds and --replications: allowed is one of them\n")


def test_the_demo_answers_and_draws_five_charts(capsys, tmp_path):
    (tmp_path / "ours.toml").write_text(
        "[stated]\nseats = [2]\n[calendar]\nwarmup_weeks = 60\nhorizon_weeks = 60\n")
    out = tmp_path / "demo"
    status, printed, err = run_command(
        capsys, "demo", tmp_path / "ours.toml", "--replications", "3", "--workers", "1", "--out", str(out))
    assert (status, err) == (0, "")
    lines = printed.splitlines()
    assert lines[0] == "Five ways to run the same firm" and "role clarity 0.9 (was 0.4)" in printed
    first = next(number for number, line in enumerate(lines) if line.startswith("Answer: revenue, 16 worlds"))
    table = next(number for number, line in enumerate(lines) if "One world, " in line)
    assert table < first and "One world, 3 replications per policy; intervals: random numbers only" in lines[table]
    assert [line.split("  ")[0] for line in lines[table + 2:table + 7]] == [
        "Status quo", "Coaching", "Clear role", "Accountable", "Leadership"]
    assert lines[table + 7].startswith("Precision reached: ±") and "random numbers only" in lines[table + 7]
    led = " ".join(lines[first:])
    assert "P(gain)" in led and "both uncertainties" in led and "Leadership, practitioner effect sizes" in led
    last = " ".join(lines[-4:])
    assert "random numbers alone, n = 3 matched pairs" in last
    assert "works first of all through world." in last and "--effect-sizes practitioner" in last
    assert {"effects.csv", "answer.png", "manifest.json"} <= {file.name for file in (out / "answer").iterdir()}
    assert sorted(file.name for file in out.iterdir()) == [
        "answer", "comparison.csv", "funnel.png", "growth_and_share.png", "manager_time.png", "manifest.json",
        "paired_difference.png", "pipeline.png", "runs.csv"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["demo", "ours.toml"]
    assert lines[table].startswith("ours: ") and "evidence effect sizes" in lines[table]
