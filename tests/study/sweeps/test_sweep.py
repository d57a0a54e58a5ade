"""A sweep gives the same rows whoever makes them, in whatever order, however often it is interrupted."""

from __future__ import annotations

import inspect
import itertools
import math
import re
import sys

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from simlead.engines.contract import SimulationError
from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES as ALL_MEASURES
from simlead.statistics.intervals import mean_interval, paired_difference, ratio_of_means
from simlead.statistics.precision import replications_needed, two_stage_interval
from simlead.study.simulate import replicate, simulate
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.study import Precision, Study
from simlead.study.sweeps import running
from simlead.study.sweeps.running import Died, Pace
from simlead.study.sweeps.shards import Rectangle
from simlead.study.sweeps.sweep import check, open_sweep, rerun, sweep
from simlead.study.sweeps.work import Done, work

TINY = {"organisation.teams": 1, "organisation.seats_per_team": 1,
        "calendar.warmup_weeks": 2, "calendar.horizon_weeks": 52}
FIRM = Scenario().change(TINY)
TABLE = pd.DataFrame({"policy.coaching_share": [0.1, 0.3, 0.5, 0.7], "policy.kpi_review": [True, False, True, False]})
MEASURES = ["revenue", "market_share"]


pytestmark = pytest.mark.filterwarnings("ignore::simlead.study.sweeps.sweep.SweepWarning")


def swept(out, table=TABLE, **options):
    settings = {"scenario": FIRM, "replications": 5, "measures": MEASURES, "baseline": True}
    where = {} if "cluster" in options else {"workers": 1}
    return sweep(table, out=out, **(settings | where | options))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An uninterrupted sweep by this process."""
    return swept(tmp_path_factory.mktemp("made") / "sweep")


def same(one, other):
    assert_frame_equal(one.runs(), other.runs(), check_exact=True)
    assert_frame_equal(one.points(), other.points(), check_exact=True)
    return True


# --- what comes out


def test_runs_are_what_simulate_makes(made):
    runs = made.runs()
    assert list(runs.columns) == ["point", "replicate", "seed", *MEASURES, "events", "tables_hash"]
    assert runs[["point", "replicate"]].values.tolist() == list(map(list, itertools.product(range(5), range(5))))
    for _, row in runs[::7].iterrows():
        run = simulate(made.scenario(row["point"]), seed=0, replicate=row["replicate"], engine="simpy")
        assert {name: row[name] for name in MEASURES} == {name: run.measures()[name] for name in MEASURES}
        assert row["events"] == run.records.events


def test_the_design_has_the_base_first_and_then_the_table(made):
    design = made.design
    assert list(design.columns) == ["point", "effect_sizes", "baseline", *TABLE.columns]
    assert design["baseline"].tolist() == [True] + [False] * 4
    assert made.scenario(0) == FIRM
    assert made.scenario(2) == FIRM.change({"policy.coaching_share": 0.3, "policy.kpi_review": False})
    with pytest.raises(ParameterError, match="point = 5: allowed is a whole number from 0 to 4"):
        made.scenario(5)


def test_a_sweep_of_one_point_is_replicate(tmp_path):
    alone = swept(tmp_path / "s", pd.DataFrame({"market.rivals": [2]}), baseline=False)
    assert_frame_equal(alone.runs()[MEASURES], replicate(FIRM, replications=5, workers=1)[MEASURES], check_exact=True)


def test_columns_can_be_chosen(made):
    assert_frame_equal(made.runs(["revenue"]), made.runs().drop(columns="market_share"))
    assert list(made.points("revenue").columns)[-4:] == [
        "n", "revenue", "revenue_low", "revenue_high"]
    with pytest.raises(ParameterError, match="measure 'revenu': not in this sweep; did you mean revenue"):
        made.runs(["revenu"])


def test_all_measures_by_default(tmp_path):
    whole = swept(tmp_path / "s", measures=None, replications=2)
    assert whole.measures == list(ALL_MEASURES)
    run = simulate(whole.scenario(3), replicate=1, engine="compiled").measures()
    row = whole.runs().set_index(["point", "replicate"]).loc[(3, 1)]
    assert all(row[name] == value or math.isnan(value) and math.isnan(row[name]) for name, value in run.items())


def test_a_study_sweeps_under_each_of_its_effect_sizes(tmp_path):
    study = Study(DesignSpec("grid", {}, {"policy.coaching_share": {"values": [0.0, 0.6]}}), replications=3,
                  effect_sizes=("evidence", "practitioner"), baseline=True, overrides=TINY, seed=7,
                  measures=("revenue", "market_share"))
    both = sweep(study, out=tmp_path / "s", workers=1)
    assert both.study == study
    assert both.design["effect_sizes"].tolist() == ["evidence"] * 3 + ["practitioner"] * 3
    assert both.scenario(5) == preset("status_quo", "practitioner").change({**TINY, "policy.coaching_share": 0.6})
    assert set(both.runs()["seed"]) == {7}
    paired = both.paired("revenue")
    values = both.runs().pivot(index="point", columns="replicate", values="revenue").to_numpy()
    assert paired["difference"].tolist() == pytest.approx((values - values[[0, 0, 0, 3, 3, 3]]).mean(axis=1))
    with pytest.raises(ParameterError, match="seed: a Study says this itself"):
        sweep(study, out=tmp_path / "s", seed=7)


def test_a_scenario_of_any_effect_sizes_can_be_the_base(tmp_path):
    base = preset("coaching", "practitioner").change(TINY)
    found = swept(tmp_path / "s", scenario=base, replications=1)
    assert found.scenario(0) == base and found.design["effect_sizes"].unique().tolist() == ["practitioner"]
    with pytest.raises(ParameterError, match="scenario and effect sizes: allowed is one of them"):
        swept(tmp_path / "t", effect_sizes="evidence")


def test_trace_hashes_are_kept_if_asked_for(tmp_path):
    traced = swept(tmp_path / "s", trace_hashes=True, replications=2)
    row = traced.runs().iloc[3]
    assert row["trace_hash"] == simulate(traced.scenario(1), replicate=1).trace_hash()


# --- the same whatever happens


class Shuffled:
    """A executor that takes several batches at a time and gives them back in some order."""

    def __init__(self, seed, workers=2):
        self.luck, self.workers, self.stopped = np.random.default_rng(seed), workers, False

    def outcomes(self, batches):
        while taken := list(itertools.islice(batches, int(self.luck.integers(1, 2 * self.workers + 1)))):
            self.luck.shuffle(taken)
            yield from map(self.done, taken)

    def done(self, batch):
        return work(batch)

    def stop(self):
        self.stopped = True


@pytest.fixture
def any_size(monkeypatch):
    """Batches of random sizes."""
    luck = np.random.default_rng(3)
    monkeypatch.setattr(Pace, "size", lambda self: int(luck.integers(1, 9)))


@pytest.mark.parametrize("seed", range(4))
def test_order_and_sizes_of_batches_change_nothing(seed, made, tmp_path, any_size):
    assert same(swept(tmp_path / "s", cluster=Shuffled(seed)), made)


def test_worker_processes_give_the_rows_of_this_process(made, tmp_path):
    assert same(swept(tmp_path / "s", workers=2), made)


class Stopped(BaseException):
    """What an interruption looks like from within."""


@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 6))])
def test_interrupted_at_any_moment_the_result_is_the_same(seed, made, tmp_path, any_size):
    luck = np.random.default_rng(seed)
    sessions = 0

    def interrupted(done, total):
        if done < total and luck.random() < 0.4:
            raise Stopped

    while True:
        sessions += 1
        executor = Shuffled(sessions)
        try:
            finished = swept(tmp_path / "s", cluster=executor, progress=interrupted)
            break
        except Stopped:
            assert executor.stopped
            partial = open_sweep(tmp_path / "s")
            rows = partial.runs()
            assert_frame_equal(rows.merge(made.runs()[["point", "replicate"]]), rows)
            assert partial.status().runs_done == len(rows)
    assert sessions > 1 and same(finished, made)


def test_a_finished_sweep_runs_nothing(made):
    class Nobody(Shuffled):
        def done(self, batch):
            raise AssertionError("a run was made twice")

    assert same(swept(made.folder, cluster=Nobody(0)), made)


def test_more_replications_are_an_extension(made, tmp_path):
    counted = []
    first = swept(tmp_path / "s", replications=2)
    assert len(first.runs()) == 10
    more = swept(tmp_path / "s", progress=lambda done, total: counted.append((done, total)))
    assert counted[0] == (10, 25) and same(more, made)


def test_fewer_replications_are_the_first_of_what_is_there(made, tmp_path):
    swept(tmp_path / "s")
    fewer = swept(tmp_path / "s", replications=2, cluster=Shuffled(0))
    whole = made.runs()
    assert_frame_equal(fewer.runs(), whole[whole["replicate"] < 2].reset_index(drop=True), check_exact=True)
    assert fewer.status().runs_wanted == fewer.status().runs_done == 10
    assert same(swept(tmp_path / "s"), made)


def test_tables_do_not_depend_on_how_they_are_read(made, monkeypatch):
    from simlead.study.sweeps import tiles

    rows = made.runs()
    monkeypatch.setattr(tiles, "RUNS_AT_A_TIME", 4)
    again = open_sweep(made.folder)
    assert_frame_equal(again.runs(), rows, check_exact=True)
    assert_frame_equal(again.points(), made.points())
    assert_frame_equal(again.paired("revenue", relative=True), made.paired("revenue", relative=True))


# --- tables


def test_points_have_means_with_their_intervals(made):
    points = made.points(confidence=0.9)
    for point, rows in made.runs().groupby("point"):
        for name in MEASURES:
            estimate = mean_interval(rows[name], 0.9)
            line = points.loc[point]
            assert line["n"] == 5
            assert (line[name], line[f"{name}_low"], line[f"{name}_high"]) == pytest.approx(
                (estimate.mean, estimate.low, estimate.high))


def test_pairs_are_by_replicate(made):
    runs = made.runs().pivot(index="point", columns="replicate", values="revenue").to_numpy()
    plain, relative = made.paired("revenue"), made.paired("revenue", relative=True)
    for point in range(1, 5):
        expected = paired_difference(runs[point], runs[0])
        assert plain.loc[point, ["difference", "low", "high"]].tolist() == pytest.approx(
            [expected.mean, expected.low, expected.high])
        expected = ratio_of_means(runs[point] - runs[0], runs[0])
        assert relative.loc[point, ["difference", "low", "high"]].tolist() == pytest.approx(
            [expected.mean, expected.low, expected.high])
    for table in (plain, relative):
        assert table.loc[0, ["n", "difference", "low", "high"]].tolist() == [5, 0.0, 0.0, 0.0]


def test_pairs_need_a_baseline(tmp_path):
    with pytest.raises(ParameterError, match="no baseline point"):
        swept(tmp_path / "s", baseline=False, replications=1).paired("revenue")


def even_only(run):
    return float(run.replicate) if run.replicate % 2 == 0 else float("nan")


def never(run):
    return float("nan")


def test_undefined_values_are_left_out(tmp_path):
    found = swept(tmp_path / "s", own_measures={"even": even_only, "never": never})
    points = found.points(["even", "never"])
    assert points["n"].tolist() == [5] * 5
    assert points["even"].tolist() == [2.0] * 5 and points["never"].isna().all()
    assert points["even_high"][0] == pytest.approx(mean_interval([0.0, 2.0, 4.0]).high)
    assert found.paired("even")["n"].tolist() == [3] * 5
    never_paired = found.paired("never")
    assert never_paired["n"].tolist() == [0] * 5 and never_paired["difference"].isna().all()


# --- functions of one's own


@pytest.mark.slow
def test_functions_of_a_notebook_reach_the_workers(made, tmp_path):
    """Defined here and now, such as no worker could import them."""
    factor = 3.0

    def shock(clock, firm):
        yield clock.timeout(40.0)
        firm.change({"market.rivals": 9})

    own = {"thrice": lambda run: factor * run.measures()["revenue"], "replicate_number": lambda run: run.replicate}
    options = {"engine": "simpy", "processes": [shock], "own_measures": own, "replications": 2,
               "table": TABLE[:1]}
    two = swept(tmp_path / "two", workers=2, **options)
    runs = two.runs()
    assert (runs["thrice"] == 3.0 * runs["revenue"]).all()
    assert (runs["replicate_number"] == runs["replicate"]).all()
    assert same(swept(tmp_path / "one", workers=1, **options), two)
    plain = made.runs().query("point < 2 and replicate < 2")  # without the shock, of the other engine
    assert (runs["tables_hash"].to_numpy() != plain["tables_hash"].to_numpy()).any()
    assert rerun(two.folder, "1:1", processes=[shock], own_measures=own).confirmed
    with pytest.raises(ParameterError, match="your processes"):
        rerun(two.folder, "1:1")


def test_the_trace_is_there_for_own_measures_that_want_it(tmp_path):
    found = swept(tmp_path / "s", trace_hashes=True, replications=1, own_measures={"rows": lambda run: len(run.trace)})
    assert (found.runs()["rows"] > 0).all()


@pytest.mark.parametrize(("options", "message"), [
    ({"processes": [lambda clock, firm: None]}, "engine 'compiled' runs no processes of your own; allowed is 'simpy'"),
    ({"processes": ["shock"], "engine": "simpy"}, "process 0 = 'shock': a function is needed"),
    ({"own_measures": {"revenue": even_only}}, "own measure 'revenue': this name is taken"),
    ({"own_measures": {"n": even_only}}, "own measure 'n': this name is taken"),
    ({"own_measures": {"a.b": even_only}}, "own measure 'a.b': a name of letters"),
    ({"own_measures": {"x": 1.0}}, "own measure 'x' = 1.0: a function is needed"),
    ({"own_measures": {"x": (lambda lock: lambda run: lock)(sys.stdout)}}, "x cannot be sent to workers"),
    ({"replications": 0}, "replications = 0"),
    ({"workers": 0}, "workers = 0"),
    ({"workers": 2, "cluster": "tcp://127.0.0.1:1"}, "workers and cluster: allowed is one of the two"),
    ({"engine": "fast"}, "engine = 'fast'"),
    ({"measures": ["revenu"]}, "did you mean revenue"),
    ({"table": pd.DataFrame({"policy.coaching": [0.1]})}, "no such parameter; did you mean policy.coaching_share"),
    ({"table": TABLE[:0]}, "no rows"),
    ({"table": "study.toml"}, "study = 'study.toml': a Study (see load_study) or a DataFrame is needed"),
    ({"scenario": "coaching"}, "a Scenario is needed"),
])
def test_bad_arguments_are_refused_before_there_is_a_folder(options, message, tmp_path):
    with pytest.raises(ParameterError, match=re.escape(message)):
        swept(tmp_path / "s", **options)
    assert not (tmp_path / "s").exists()


# --- failures


class Unlucky(Exception):
    """Nothing that the model knows."""


class Silent(Exception):
    def __str__(self):
        raise RuntimeError("not even a message")


def fails_sometimes(run):
    if (run.scenario.policy.coaching_share, run.replicate) == (0.3, 2):
        raise Unlucky("=HYPERLINK(x)\nat \ud800 dusk")
    if (run.scenario.policy.coaching_share, run.replicate) == (0.5, 4):
        raise Silent
    if (run.scenario.policy.coaching_share, run.replicate) == (0.7, 0):
        raise SystemExit(3)
    return 1.0


FAILED = [(2, 2), (3, 4), (4, 0)]


def test_a_run_that_fails_is_kept_apart_and_the_others_go_on(made, tmp_path):
    found = swept(tmp_path / "s", own_measures={"own": fails_sometimes})
    failures = found.failures()
    assert list(map(tuple, failures[["point", "replicate"]].values)) == FAILED
    assert failures["exception"].tolist() == ["Unlucky", "Silent", "SystemExit"]
    assert failures["message"].tolist() == ["=HYPERLINK(x)\nat ? dusk", "", "3"]
    assert "in fails_sometimes" in failures["traceback"][0]
    assert '"policy.coaching_share": 0.3' in failures["parameters"][0]
    whole = made.runs()
    rest = whole[[pair not in FAILED for pair in zip(whole["point"], whole["replicate"], strict=True)]]
    assert_frame_equal(found.runs(MEASURES), rest.reset_index(drop=True), check_exact=True)
    assert found.points()["n"].tolist() == [5, 5, 4, 4, 4]
    status = found.status()
    assert (status.complete, status.failures, status.runs_done, status.runs_wanted) == (True, 3, 22, 25)
    with pytest.raises(Unlucky):
        rerun(found.folder, (2, 2), own_measures={"own": fails_sometimes})
    assert rerun(found.folder, "3:4").differences == {"failed of": ("Silent: ", None)}


def test_failures_are_not_repeated_unless_asked_for(tmp_path):
    def runs_made(**options):
        made = []

        class Counting(Shuffled):
            def done(self, batch):
                made.append(batch.rectangle)
                return super().done(batch)

        found = swept(tmp_path / "s", own_measures={"own": fails_sometimes}, cluster=Counting(0), **options)
        assert list(map(tuple, found.failures()[["point", "replicate"]].values)) == FAILED
        assert len(found.runs()) == 22
        return sum(each.runs for each in made)

    assert runs_made() == 25
    assert runs_made() == 0
    assert runs_made(retry_failures=True) == 3
    assert runs_made(retry_failures=True) == 3


def test_failures_made_good_leave_no_trace(made, tmp_path, monkeypatch):
    from simlead.study.sweeps import work as worker

    sound = worker.run_and_measure

    def short_of_memory(job, engine):
        if job.replicate == 3:
            raise MemoryError
        return sound(job, engine)

    monkeypatch.setattr(worker, "run_and_measure", short_of_memory)
    assert len(swept(tmp_path / "s").failures()) == 5
    monkeypatch.undo()
    assert len(swept(tmp_path / "s").failures()) == 5
    mended = swept(tmp_path / "s", retry_failures=True)
    assert mended.failures().empty and same(mended, made)


def test_damaged_failures_are_made_again(tmp_path):
    found = swept(tmp_path / "s", own_measures={"own": fails_sometimes})
    for path in (found.folder / "failures").iterdir():
        path.write_bytes(b"")
    assert found.status().damaged > 0 and not found.status().complete
    with pytest.raises(ValueError, match="is damaged"):
        found.failures()
    again = swept(tmp_path / "s", own_measures={"own": fails_sometimes})
    assert len(again.failures()) == 3 and len(again.runs()) == 22 and again.status().complete


def test_a_batch_that_was_half_written_is_completed(tmp_path, any_size):
    """Killed between the file of its failures and the file of its runs; or with the one of them lost."""
    own = {"own_measures": {"own": fails_sometimes}}
    whole = swept(tmp_path / "s", **own)
    rows, failures = whole.runs(), whole.failures()
    for folder in ("runs", "failures"):
        for path in (tmp_path / "s" / folder).iterdir():
            path.unlink()
        assert not open_sweep(tmp_path / "s").status().complete
        again = swept(tmp_path / "s", **own)
        assert_frame_equal(again.runs(), rows, check_exact=True)
        columns = ["point", "replicate", "exception", "message", "parameters"]
        assert_frame_equal(again.failures()[columns], failures[columns])


# --- workers that die


class Mortal(Shuffled):
    """A executor whose workers die of certain runs, with all that is under way."""

    def __init__(self, seed, deadly):
        super().__init__(seed)
        self.deadly, self.deaths = deadly, 0

    def outcomes(self, batches):
        while taken := list(itertools.islice(batches, 4)):
            if any(batch.rectangle.holds(*cell) for batch in taken for cell in self.deadly if batch.points):
                self.deaths += 1
                yield from map(Died, taken)
            else:
                yield from map(work, taken)


@pytest.mark.parametrize("deadly", [[(2, 3)], [(0, 0), (0, 1), (4, 4)], [(1, each) for each in range(5)]])
def test_only_the_run_that_kills_its_worker_fails(deadly, made, tmp_path, any_size):
    executor = Mortal(0, deadly)
    found = swept(tmp_path / "s", cluster=executor)
    failures = found.failures()
    assert list(map(tuple, failures[["point", "replicate"]].values)) == deadly
    assert set(failures["exception"]) == {"WorkerDied"}
    assert len(found.runs()) == 25 - len(deadly) and executor.deaths >= 2 * len(deadly)
    with pytest.raises(ParameterError, match=f"run {deadly[0][0]}:{deadly[0][1]}: it ended its worker"):
        rerun(found.folder, deadly[0])
    assert same(swept(tmp_path / "s", retry_failures=True), made)


def test_workers_that_cannot_live_at_all_end_the_sweep(tmp_path):
    class Dead(Shuffled):
        def outcomes(self, batches):
            yield from map(Died, batches)

    with pytest.raises(SimulationError, match="die whatever they are given"):
        swept(tmp_path / "s", cluster=Dead(0))
    assert open_sweep(tmp_path / "s").failures().empty


# --- sizes of batches


def came_back(pace, runs, seconds):
    pace.came_back(Done(Rectangle(0, 0, 0, runs - 1), b"", None, runs, 0, 0, seconds))


def test_batches_begin_small_hold_about_a_second_and_end_small():
    pace = Pace(10_000, workers=2)
    assert pace.size() == 1
    came_back(pace, 1, 0.05)
    assert pace.size() == 25  # five thousand runs a worker take 250 s, in two hundred files
    for _ in range(3):
        came_back(pace, 20, 0.005 * 20)
    assert 90 < pace.size() < 100
    came_back(pace, 20, 0.0)
    pace.handed_out(Rectangle(0, 99, 0, 98))
    assert pace.size() == math.ceil(100 / 6)
    came_back(pace, 1, 30.0)
    assert pace.size() == 1


def test_batches_of_a_long_sweep_are_longer_but_not_for_ever():
    pace = Pace(1_000_000, workers=2)
    came_back(pace, 10, 1.0)
    assert pace.size() == 50
    came_back(pace, 1000, 0.1)
    assert pace.size() <= running.RUNS_IN_A_BATCH


# --- precision


def precise(out, minimum=6, maximum=40, half_width=0.18, relative=True, against="baseline", **options):
    study = Study(
        DesignSpec("grid", {}, {"policy.coaching_share": {"values": [0.0, 0.3, 0.6]}}), overrides=TINY,
        baseline=against is not None, measures=("revenue", "market_share"), seed=5,
        precision=Precision("revenue", half_width, relative, against, minimum, maximum))
    return sweep(study, out=out, **(options or {"workers": 1}))


def by_point(found, measure="revenue"):
    return found.runs().pivot(index="point", columns="replicate", values=measure).to_numpy()


@pytest.mark.parametrize(("relative", "half_width"), [(True, 0.18), (False, 150_000.0)])
def test_each_point_gets_what_its_first_stage_says(relative, half_width, tmp_path):
    found = precise(tmp_path / "s", relative=relative, half_width=half_width)
    values, points = by_point(found), found.points()
    base = values[0]
    numbers = []
    for point in range(1, 4):
        needed = replications_needed(
            values[point, :6] - base[:6], half_width, relative, scale=base[:6] if relative else None)
        numbers.append(min(needed, 40))
        assert points["reached"][point] == (needed <= 40)
    assert points["n"].tolist() == [max(numbers), *numbers] and points["reached"][0]
    assert len(set(numbers)) > 1 and max(numbers) > 6
    paired = found.paired("revenue", relative)
    for point, n in enumerate(numbers, 1):
        estimate = two_stage_interval(
            values[point, :n] - base[:n], 6, scale=base[:n] if relative else None)
        assert paired.loc[point, ["n", "difference", "low", "high"]].tolist() == pytest.approx(
            [n, estimate.mean, estimate.low, estimate.high])
        if points["reached"][point]:
            assert estimate.half_width <= half_width * (1 + 1e-9)
    estimate = two_stage_interval(values[2, :numbers[1]], 6)
    assert points.loc[2, ["revenue", "revenue_low"]].tolist() == pytest.approx([estimate.mean, estimate.low])
    estimate = mean_interval(by_point(found, "market_share")[2])
    assert points["market_share_high"][2] == pytest.approx(estimate.high)


def test_a_precision_without_a_baseline(tmp_path):
    found = precise(tmp_path / "s", against=None, half_width=0.25)
    values = by_point(found)
    expected = [min(replications_needed(row[:6], 0.25, True), 40) for row in values]
    assert found.points()["n"].tolist() == expected


def test_a_maximum_that_is_not_enough_is_told(tmp_path):
    found = precise(tmp_path / "s", half_width=0.01, maximum=8)
    assert found.points()["n"].tolist() == [8] * 4
    assert found.points()["reached"].tolist() == [True, False, False, False]
    assert found.paired("revenue", relative=True)["reached"].tolist() == [True, False, False, False]


@pytest.mark.parametrize("seed", [*range(1), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 3))])
def test_stages_are_the_same_however_often_they_are_interrupted(seed, tmp_path, any_size):
    once = precise(tmp_path / "once")
    luck = np.random.default_rng(seed)
    stages = set()

    def interrupted(done, total):
        stages.add(total)
        if done < total and luck.random() < 0.1:
            raise Stopped

    sessions = 0
    while True:
        sessions += 1
        try:
            again = precise(tmp_path / "again", cluster=Shuffled(sessions), progress=interrupted)
            break
        except Stopped:
            status = open_sweep(tmp_path / "again").status()
            assert not status.complete and status.runs_wanted in stages
    assert sessions > 1 and len(stages) == 2 and same(again, once)


def test_a_finer_precision_is_an_extension(tmp_path):
    coarse = precise(tmp_path / "s", half_width=0.5)
    rows = coarse.runs()
    fine = precise(tmp_path / "s", half_width=0.2)
    assert len(fine.runs()) > len(rows) and same(fine, precise(tmp_path / "t", half_width=0.2))


def test_a_point_whose_first_stage_failed_is_not_pursued(tmp_path):
    def fails_at_the_end(run):
        if run.scenario.policy.coaching_share == 0.6:
            raise Unlucky
        return 0.0

    found = precise(tmp_path / "s", own_measures={"own": fails_at_the_end}, workers=1)
    points = found.points()
    assert len(found.failures()) == 6 and points["n"][3] == 0 and not points["reached"][3]
    assert found.status().complete


# --- one run again


def test_a_run_is_confirmed_by_both_engines(made):
    again = rerun(made.folder, "3:2")
    assert again.confirmed and (again.point, again.replicate, again.code) == (3, 2, "")
    assert {*MEASURES, "events", "tables_hash", "trace_hash"} == set(again.compared)
    assert again.trace_hash == again.run.trace_hash() == simulate(made.scenario(3), replicate=2).trace_hash()


def test_a_run_has_a_name_and_a_number(made):
    names = [rerun(made.folder, name) for name in (17, "17", "3:2", (3, 2))]
    assert {(each.point, each.replicate) for each in names} == {(3, 2)}
    assert made.runs().loc[17, ["point", "replicate"]].tolist() == [3, 2]


def test_a_run_is_confirmed_by_the_trace_hash_that_is_kept(tmp_path):
    traced = swept(tmp_path / "s", table=TABLE[:1], trace_hashes=True, replications=1, engine="simpy")
    again = rerun(traced.folder, 1)
    assert again.confirmed and "trace_hash" in again.compared and again.run.engine == "simpy"


@pytest.mark.parametrize(("run", "message"), [
    ("3:9", "replicate = 9: allowed is a whole number from 0 to 4"),
    ("9:0", "point = 9: allowed is a whole number from 0 to 4"),
    (25, "run = 25: allowed is a whole number from 0 to 24"), ("last", "allowed is POINT:REPLICATE"),
    ("-1", "allowed is POINT:REPLICATE"), (-1, "run = -1"), ("1:2:3", "allowed is POINT:REPLICATE"),
    (1.5, "run = 1.5")])
def test_a_run_that_is_none_is_refused(run, message, made):
    with pytest.raises(ParameterError, match=message):
        rerun(made.folder, run)


def test_a_run_that_is_not_made_yet_is_refused(tmp_path):
    def stop(done, total):
        if done:
            raise Stopped

    with pytest.raises(Stopped):
        swept(tmp_path / "s", progress=stop)
    with pytest.raises(ParameterError, match="run 4:4: not made yet"):
        rerun(tmp_path / "s", "4:4")


def test_a_run_that_is_not_what_the_store_says_is_told(made, monkeypatch):
    from simlead.study.sweeps import identity
    from simlead.study.sweeps import rerun as again

    sound = again.simulate
    monkeypatch.setattr(again, "simulate", lambda scenario, **which: sound(scenario, **(which | {"seed": 1})))
    monkeypatch.setattr(identity, "source_hash", lambda: "0123456789abcdef")
    other = rerun(made.folder, 7)
    assert not other.confirmed and "tables_hash" in other.differences
    stored, now = other.differences["revenue"]
    assert stored == made.runs()["revenue"][7] != now
    assert "the code of model and engines is 0123456789abcdef here" in other.code


# --- beforehand, and under way


def test_what_a_check_takes_a_sweep_takes_with_the_same_defaults():
    """Both spell their arguments out, so that help and editors show them; nothing else keeps the lists together."""
    asked, swept_with = (inspect.signature(function).parameters for function in (check, sweep))
    assert {name: swept_with.get(name) for name in asked} == dict(asked)
    assert set(swept_with) - set(asked) == {
        "out", "cluster", "retry_failures", "run_seconds", "add_points", "progress"}


def test_a_check_tells_what_a_sweep_would_take_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = check(TABLE, scenario=FIRM, replications=1000, baseline=True, workers=2)
    assert (plan.points, plan.runs, plan.runs_at_most, plan.workers, plan.trials) == (5, 5000, 5000, 2, 5)
    assert plan.failures == () and not list(tmp_path.iterdir())
    events = swept(tmp_path / "s").runs()["events"]
    assert plan.events == pytest.approx(5000 * events.mean(), rel=0.3)
    assert 0.1 < plan.seconds < 1000.0
    study = Study(DesignSpec.of_table(TABLE), overrides=TINY, precision=Precision(
        "revenue", 0.1, relative=True, minimum=10, maximum=30))
    assert (check(study).runs, check(study).runs_at_most) == (40, 120)


def test_a_check_estimates_the_disk(tmp_path):
    plan = check(TABLE, scenario=FIRM, replications=25, workers=1)
    found = swept(tmp_path / "s", measures=None, replications=25, baseline=False)
    size = sum(path.stat().st_size for path in (found.folder / "runs").iterdir())
    assert 0.4 < plan.bytes / size < 2.5


def test_a_check_tells_what_fails():
    plan = check(TABLE, scenario=FIRM, own_measures={"x": lambda run: 1 / 0}, workers=1)
    assert plan.trials == 4 and math.isnan(plan.seconds)
    assert plan.failures[0] == "run 0:0: ZeroDivisionError: division by zero"


def test_progress_counts_up_to_all(tmp_path):
    seen = []
    swept(tmp_path / "s", progress=lambda done, total: seen.append((done, total)))
    counts = [done for done, _ in seen]
    assert counts[0] == 0 and counts == sorted(counts) and seen[-1] == (25, 25)


def test_a_status_tells_pace_and_what_is_left(tmp_path):
    def stop(done, total):
        if done > 3:
            raise Stopped

    with pytest.raises(Stopped):
        swept(tmp_path / "s", progress=stop)
    status = open_sweep(tmp_path / "s").status()
    assert (status.points, status.runs_wanted, status.complete, status.writer) == (5, 25, False, None)
    assert 3 < status.runs_done < 25 and status.seconds_of_work > 0 and status.rate > 0
    assert status.seconds_left == pytest.approx((25 - status.runs_done) / status.rate)
    done = swept(tmp_path / "s").status()
    assert done.complete and done.seconds_left == 0.0 and done.seconds_of_work > status.seconds_of_work
