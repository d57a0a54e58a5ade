"""Simulating, replicating, comparing: the same answer whoever works, and one luck for all."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simlead.engines.contract import SimulationError
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES, all_measures
from simlead.results.run import Run
from simlead.statistics.intervals import mean_interval, paired_difference, ratio_of_means, relative_difference
from simlead.study import compare as comparing
from simlead.study import engines, runner
from simlead.study.compare import compare
from simlead.study.comparison import COLUMNS, paired_table
from simlead.study.parallel import parallel_map
from simlead.study.runner import RunSummary
from simlead.study.simulate import replicate, simulate

ROOT = Path(__file__).resolve().parents[2]
TINY = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 2,
    "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
COACHED = TINY.change({"policy.coaching_share": 0.5})


# --- one run


def test_a_run_can_be_made_again_from_its_seed_and_replicate():
    first, again = simulate(TINY, seed=3, replicate=2), simulate(TINY, seed=3, replicate=2)
    assert first.trace_hash() == again.trace_hash()
    assert (first.seed, first.replicate, first.engine) == (3, 2, "simpy")
    luck = [(0, 0), (0, 1), (1, 0), (1, 1)]
    hashes = {simulate(TINY, seed=seed, replicate=number).trace_hash() for seed, number in luck}
    assert len(hashes) == 4  # seed 0 is a seed, replicate 0 a replicate


def test_measures_are_the_same_bits_without_a_trace():
    with_trace, without = simulate(TINY), simulate(TINY, trace=False)
    np.testing.assert_equal(without.measures(), with_trace.measures())
    with pytest.raises(RuntimeError, match="without a trace"):
        without.trace  # noqa: B018


def test_a_real_run_comes_back_from_disk(tmp_path):
    run = simulate(TINY, seed=5)
    again = Run.load(run.save(tmp_path / "run"))
    assert again.trace_hash() == run.trace_hash()
    np.testing.assert_equal(again.measures(), run.measures())
    pd.testing.assert_frame_equal(again.opportunities(), run.opportunities())


def test_measures_of_a_real_run_agree_with_its_tables():
    """Recomputed with pandas, from other columns where there are any."""
    run = simulate(TINY, seed=1)
    deals, reps, managers, weeks = run.opportunities(), run.reps(), run.managers(), run.weeks()
    seen = run.measures()
    final = weeks[weeks["week"] >= 0]
    decided = deals[(deals["decided"] >= 0) & (deals["decided"] < 52 * 40)]
    won = decided[decided["outcome"].isin(["won", "won_by_manager"])]
    assert seen["revenue"] == pytest.approx(won["won_value"].sum())
    by_reps = decided[decided["outcome"] == "won"]
    assert seen["cycle_days_median"] == pytest.approx(
        ((by_reps["decided"] - by_reps["arrived"]) / 40 * 7).median())
    year = reps[reps["week"] >= 0]
    filled = (40 - year["vacant_hours"]).sum()
    assert seen["wins_per_rep_week"] == pytest.approx(len(by_reps) / filled * 40)
    assert seen["customer_time_share"] == pytest.approx(year["face_to_face_hours"].sum() / filled)
    assert seen["separations_per_year"] == pytest.approx(
        final["quits"].sum() / (final["filled_seats"].sum() / 52))
    led = managers[managers["week"] >= 0].groupby(["team", "appointment"])["coaching_hours"]
    led = led.agg(["sum", "size"])
    led = led[led["size"] >= 26]
    assert seen["coaching_share_realised"] == pytest.approx((led["sum"] / led["size"] / 40).mean())
    assert 1 + seen["revenue_growth"] == pytest.approx(
        (1 + seen["market_share_growth"]) * (1 + seen["market_growth"]), rel=1e-12)


# --- many runs


def test_workers_change_nothing():
    alone = replicate(TINY, replications=4, seed=9, workers=1)
    together = replicate(TINY, replications=4, seed=9, workers=2)
    pd.testing.assert_frame_equal(alone, together, check_exact=True)
    assert alone["replicate"].tolist() == [0, 1, 2, 3] and (alone["seed"] == 9).all()
    assert list(alone.columns[2:]) == list(MEASURES)


def test_one_replicate_alone_is_that_row():
    table = replicate(TINY, replications=3, workers=1)
    alone = simulate(TINY, replicate=2, trace=False).measures()
    np.testing.assert_equal(table.iloc[2].drop(["seed", "replicate"]).to_dict(), alone)


def test_parts_pool_what_one_run_is_too_small_for():
    name = "separations_per_year"
    table = replicate(TINY, replications=3, workers=1, measures=[name], parts=True)
    assert list(table.columns) == ["seed", "replicate", name, f"{name}.numerator", f"{name}.denominator"]
    pooled = ratio_of_means(table[f"{name}.numerator"], table[f"{name}.denominator"])
    assert pooled.mean == pytest.approx(table[f"{name}.numerator"].sum() / table[f"{name}.denominator"].sum())


def test_progress_is_told_after_each_run():
    stated = []
    replicate(TINY, replications=2, workers=1, measures=["revenue"],
              progress=lambda done, total: stated.append((done, total)))
    assert stated == [(0, 2), (1, 2), (2, 2)]


# --- scenarios compared


@pytest.fixture(scope="module")
def study():
    return compare({"as it is": TINY, "coached": COACHED, "twin": TINY}, replications=3, seed=4, workers=2)


def test_a_comparison_says_what_it_compared(study):
    assert list(study.table.columns) == list(COLUMNS)
    assert len(study.table) == 3 * len(MEASURES) and len(study.runs) == 9
    assert study.baseline == "as it is" and study.replications == 3 and study.seed == 4
    assert study.scenarios["coached"] == COACHED
    assert study.provenance["coached"].parameters == COACHED.hash()
    with pytest.raises(TypeError):
        study.scenarios["another"] = TINY
    assert study.runs["replicate"].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_all_scenarios_have_the_same_luck(study):
    base_year = [name for name in MEASURES if name.endswith("_base")]
    runs = study.runs.set_index(["scenario", "replicate"])[base_year]
    for name in ("coached", "twin"):  # the switch comes at hour 0; before it nothing differs
        pd.testing.assert_frame_equal(runs.loc[name], runs.loc["as it is"], check_exact=True)
    apart = study.table[study.table["scenario"] == "twin"]
    assert (apart["difference"].fillna(0.0) == 0.0).all()
    planned = study.table.set_index(["scenario", "measure"])["difference"]
    assert planned["coached", "coaching_share_planned"] > 0.1


def test_a_row_is_the_paired_difference_of_the_runs(study):
    runs = study.runs.set_index(["scenario", "replicate"])["revenue"]
    row = study.table.set_index(["scenario", "measure"]).loc[("coached", "revenue")]
    alone = mean_interval(runs["coached"])
    paired = paired_difference(runs["coached"], runs["as it is"])
    assert (row["mean"], row["low"], row["high"], row["n"]) == (alone.mean, alone.low, alone.high, 3)
    assert (row["difference"], row["difference_low"], row["difference_high"], row["variance_saved"]) == (
        paired.mean, paired.low, paired.high, paired.variance_saved)
    part = relative_difference(runs["coached"], runs["as it is"])
    assert (row["relative_difference"], row["relative_low"], row["relative_high"]) == (part.mean, part.low, part.high)
    assert row["unit"] == "$/year"
    base = study.table.set_index(["scenario", "measure"]).loc[("as it is", "revenue")]
    assert base["difference"] == base["difference_low"] == base["difference_high"] == 0.0
    assert base["relative_difference"] == base["relative_low"] == base["relative_high"] == 0.0


def test_several_scenarios_can_be_judged_at_once(study):
    table = study.simultaneous("coaching_share_planned")
    assert table[["measure", "unit", "scenario", "against"]].values.tolist() == [
        ["coaching_share_planned", "share of the manager's week", name, "as it is"] for name in ("coached", "twin")]
    alone = study.table.set_index(["scenario", "measure"]).loc[("coached", "coaching_share_planned")]
    first = table.iloc[0]
    assert (first["single_low"], first["single_high"]) == (
        pytest.approx(alone["difference_low"]), pytest.approx(alone["difference_high"]))
    assert first["low"] <= first["single_low"] and first["high"] >= first["single_high"]
    twin = table.iloc[1]
    assert twin["low"] == twin["difference"] == twin["high"] == 0.0
    part = study.simultaneous("revenue", relative=True, method="bonferroni", confidence=0.9)
    assert part["unit"].iloc[0] == "share" and part["n"].iloc[0] == 3
    row = study.table.set_index(["scenario", "measure"]).loc[("coached", "revenue")]
    assert part["difference"].iloc[0] == pytest.approx(row["relative_difference"])
    with pytest.raises(ParameterError, match="'revenu' was not compared; did you mean revenue"):
        study.simultaneous("revenu")


def test_runs_that_are_not_pairs_are_refused():
    runs = pd.DataFrame({"scenario": ["a", "a", "b"], "replicate": [0, 1, 0], "revenue": [1.0, 2.0, 3.0]})
    with pytest.raises(ParameterError, match="other replicates"):
        paired_table(runs, ["a", "b"], "a", ["revenue"])


@pytest.mark.parametrize(("change", "said"), [
    ({"runs": pd.DataFrame({"scenario": ["a"]})}, "runs: no column 'replicate'"),
    ({"scenarios": ["a", "bb"]}, r"scenario 'bb': allowed is a \| b"),
    ({"baseline": "c"}, r"baseline 'c': allowed is a \| b"),
    ({"measures": ["revenu"]}, "measure 'revenu'.*did you mean revenue"),
    ({"measures": ["mine"]}, "measure 'mine': its unit is not known"),
])
def test_runs_that_cannot_be_compared_are_refused_by_name(change, said):
    runs = pd.DataFrame({"scenario": ["a", "b"] * 2, "replicate": [0, 0, 1, 1], "revenue": 1.0, "mine": 2.0})
    asked = {"runs": runs, "scenarios": ["a", "b"], "baseline": "a", "measures": ["revenue"]} | change
    with pytest.raises(ParameterError, match=said):
        paired_table(**asked)


def test_the_baseline_can_be_another(study):
    table = paired_table(study.runs, ["as it is", "coached"], "coached", ["revenue"])
    forth = study.table.set_index(["scenario", "measure"])["difference"]["coached", "revenue"]
    back = table.set_index("scenario")["difference"]["as it is"]
    assert back == pytest.approx(-forth)


# --- a deadline


class FakeRuns:
    """Runs that take a second each of a clock that only they move."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        self.made = []
        monkeypatch.setattr(runner, "run_and_measure", self)
        monkeypatch.setattr(comparing.time, "monotonic", lambda: self.now)

    def __call__(self, job, engine=None):
        self.now += 1.0
        self.made.append((job.replicate, job.label))
        return RunSummary(job.label, job.seed, job.replicate, {"revenue": (float(len(self.made)), 1.0)}, 1.0)


@pytest.mark.parametrize(("deadline", "replications", "made"), [
    (10.5, 100, 3), (12.0, 100, 4), (0.1, 100, 2), (5.9, 100, 2), (100.0, 5, 5)])
def test_a_deadline_adds_whole_replicates_while_there_is_time(monkeypatch, deadline, replications, made):
    fake, stated = FakeRuns(monkeypatch), []
    study = compare({"a": TINY, "b": TINY, "c": TINY}, replications=replications, workers=1,
                    measures=["revenue"], deadline_seconds=deadline,
                    progress=lambda done, total: stated.append((done, total)))
    assert study.replications == made and (study.table["n"] == made).all()
    assert fake.made == [(number, name) for number in range(made) for name in "abc"]
    assert fake.now <= max(deadline, 6.0)
    assert stated[-1][0] == 3 * made and all(done <= total for done, total in stated)


def test_scenarios_of_two_firms_in_any_order_share_warm_ups_and_keep_their_places():
    other = TINY.change({"organisation.seats_per_team": 3})
    scenarios = {"a": TINY, "other": other, "b": COACHED, "other coached": other.change({"policy.role_clarity": 0.9})}
    tables = [compare(scenarios, replications=4, workers=workers, measures=["revenue"]).runs for workers in (1, 2)]
    alone = [(name, number, simulate(scenario, replicate=number, engine="compiled", trace=False).measures()["revenue"])
             for number in range(4) for name, scenario in scenarios.items()]
    for table in tables:
        assert list(table[["scenario", "replicate", "revenue"]].itertuples(index=False, name=None)) == alone


def test_a_real_deadline_is_kept():
    begun = time.monotonic()
    study = compare({"as it is": TINY, "coached": COACHED}, replications=10_000, workers=2,
                    measures=["revenue"], deadline_seconds=3.0)
    assert study.replications >= 2
    assert time.monotonic() - begun < 20.0  # generous: machines are busy


# --- workers


def slow_first(task):
    time.sleep(0.3 if task == 0 else 0.0)
    return task


def broken(task):
    if task == 1:
        raise ZeroDivisionError("a fault in a run")
    return task


def dying(task):
    os._exit(9)


def test_results_keep_the_order_of_the_tasks():
    seen = []
    assert parallel_map(slow_first, iter(range(6)), 2, seen.append) == [0, 1, 2, 3, 4, 5]
    assert sorted(seen) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_fault_in_a_run_comes_out_as_it_is(workers):
    with pytest.raises(ZeroDivisionError, match="a fault in a run"):
        parallel_map(broken, iter(range(4)), workers, lambda _: None)


@pytest.mark.slow
def test_a_dead_worker_is_told_in_one_line():
    with pytest.raises(SimulationError, match="a worker process died"):
        parallel_map(dying, iter(range(2)), 2, lambda _: None)


@pytest.mark.slow
def test_tasks_are_taken_only_when_a_worker_is_free(monkeypatch):
    taken = []
    most = []

    def tasks():
        for number in range(6):
            taken.append(number)
            yield number

    def finished(_):
        most.append(len(taken) - len(most))

    parallel_map(slow_first, tasks(), 2, finished, queue_ahead=False)
    assert max(most) <= 2


@pytest.mark.slow
def test_an_interruption_ends_the_workers(tmp_path):
    """Ctrl-C reaches the parent in the midst of runs; no worker is left, and none complains."""
    script = textwrap.dedent(f"""
        import os, signal, sys, threading, time
        sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
        from simlead.study import parallel

        def endless(task):
            open(os.path.join({str(tmp_path)!r}, str(os.getpid())), "w").close()
            time.sleep(60)

        def interrupt():
            while len(os.listdir({str(tmp_path)!r})) < 2:
                time.sleep(0.05)
            os.killpg(os.getpgrp(), signal.SIGINT)

        threading.Thread(target=interrupt, daemon=True).start()
        try:
            parallel.parallel_map(endless, iter(range(4)), 2, print)
        except KeyboardInterrupt:
            print("ended")
    """)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50,
                           start_new_session=True)
    assert (ended.stdout, ended.stderr, ended.returncode) == ("ended\n", "", 0)
    for worker in os.listdir(tmp_path):
        assert not Path(f"/proc/{worker}").exists()


def test_a_single_worker_is_this_process():
    assert parallel_map(lambda _: os.getpid(), iter([0]), 1, lambda _: None) == [os.getpid()]


# --- refusals

REFUSALS = {
    "seed = -1": lambda: simulate(TINY, seed=-1),
    "seed = 0.5: allowed is a whole number from 0 to": lambda: simulate(TINY, seed=0.5),
    "seed = True": lambda: simulate(TINY, seed=True),
    "replicate = -3: allowed is a whole number from 0 to": lambda: simulate(TINY, replicate=-3),
    "engine 'simpi': allowed is .*did you mean simpy?": lambda: simulate(TINY, engine="simpi"),
    "scenario = 'coaching': a Scenario is needed": lambda: simulate("coaching"),
    "replications = 0: allowed is a whole number from 1 to": lambda: replicate(TINY, replications=0),
    "workers = 0": lambda: replicate(TINY, workers=0),
    "measure 'market_shar': no such measure; did you mean market_share?":
        lambda: replicate(TINY, measures=["market_shar"]),
    "measures: at least one": lambda: replicate(TINY, measures=[]),
    "scenarios: at least one": lambda: compare({}),
    "baseline 'b': no such scenario": lambda: compare({"a": TINY}, baseline="b"),
    "scenario = 3": lambda: compare({"a": 3}),
    "confidence = 2": lambda: compare({"a": TINY}, confidence=2),
    "deadline_seconds = -1": lambda: compare({"a": TINY}, deadline_seconds=-1),
    "deadline_seconds = nan": lambda: compare({"a": TINY}, deadline_seconds=math.nan),
    "engine 'C'": lambda: compare({"a": TINY}, engine="C"),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_a_bad_argument_is_refused_in_one_line_before_anything_runs(message, monkeypatch):
    monkeypatch.setattr(engines, "import_module", None)  # no engine is even loaded
    with pytest.raises(ParameterError, match=message) as refusal:
        REFUSALS[message]()
    assert "\n" not in str(refusal.value)


def test_numpy_whole_numbers_are_whole_numbers():
    assert simulate(TINY, seed=np.int64(3), replicate=np.uint8(1)).seed == 3


def test_the_package_measures_what_the_engine_records():
    run = simulate(TINY)
    np.testing.assert_equal(run.measures(), all_measures(run.records, TINY))




def test_more_seats_from_the_start_are_another_firm_and_a_hire_is_not():
    """C20: two more reps are a line of the people plan, which says whose buyers they work."""
    firm = Scenario().change({
        "organisation.teams": 1, "organisation.seats_per_team": 1, "calendar.warmup_weeks": 52,
        "calendar.horizon_weeks": 52, "market.opportunities_per_seat_year": 5.0})
    hired = firm.change({"plan": [{"week": 0, "team": 1, "hire": 1, "buyers": "own"}]})
    larger = firm.change({"organisation.seats_per_team": 2})
    found = [compare({"base": firm, "other": other}, replications=1, workers=1, measures=["revenue"]).other_firms
             for other in (hired, larger)]
    assert found[0] == ""
    assert found[1].startswith("other differs from base in organisation.seats_per_team, before any policy starts")
