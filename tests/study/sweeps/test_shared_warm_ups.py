"""Sweeps whose runs share their warm-up: the same store as of whole runs, and a failure is one run's only."""

import itertools

import numpy as np
import pandas as pd
import pytest

from simlead.model.scenario import Scenario
from simlead.study.runner import Job, run_and_measure
from simlead.study.sweeps import work as worker
from simlead.study.sweeps.cells import Cells
from simlead.study.sweeps.plan import plan_of, study_of_table
from simlead.study.sweeps.shards import Rectangle
from simlead.study.sweeps.sweep import sweep
from simlead.study.sweeps.time_limit import RunTookTooLong
from simlead.study.sweeps.work import Batch, Point

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 3,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
TABLE = pd.DataFrame({"organisation.errands_per_week": [20.0, 20.0, 20.0, 30.0, 30.0, 20.0],
                      "policy.coaching_share": [0.1, 0.3, 0.5, 0.1, 0.5, 0.2]})


def study(**settings):
    return study_of_table(TABLE, FIRM, replications=5, measures=["revenue"], **settings)


def test_neighbours_that_differ_from_the_switch_on_only_go_together():
    assert plan_of(study()).ends_of_warm_ups().tolist() == [2, 2, 2, 4, 4, 5]
    assert plan_of(study(baseline=True)).ends_of_warm_ups().tolist() == [0, 3, 3, 3, 5, 5, 6]


@pytest.mark.parametrize("size", range(1, 40))
def test_rectangles_cover_every_missing_run_once_and_cut_across_stretches(size):
    ends, done = np.array([2, 2, 2, 4, 4, 5, 9, 9, 9, 9]), Cells(10, 9)
    done.add(Rectangle(1, 7, 2, 3))
    wanted = [9, 9, 9, 9, 9, 4, 9, 9, 8, 9]
    pieces = list(done.missing(wanted, lambda: size, ends))
    runs = [run for piece in pieces for run in itertools.product(
        range(piece.first_point, piece.last_point + 1), range(piece.first_replicate, piece.last_replicate + 1))]
    assert all(piece.runs <= size for piece in pieces)
    assert sorted(runs) == [(point, number) for point in range(10) for number in range(wanted[point])
                            if not done.holds([point], [number])[0]]


def test_a_rectangle_without_room_for_a_stretch_has_fewer_replicates():
    ends = np.array([3, 3, 3, 3])
    assert [piece.name for piece in Cells(4, 5).missing([5] * 4, lambda: 8, ends)] == [
        "p000000-000003_r0000-0001", "p000000-000003_r0002-0003", "p000000-000003_r0004-0004"]


def test_a_batch_makes_all_points_of_a_warm_up_before_the_next_replicate():
    points = [Point("evidence", {"market.rivals": rivals, "policy.coaching_share": share})
              for rivals, share in ((2, 0.1), (2, 0.2), (3, 0.1))]
    assert list(Batch(None, Rectangle(4, 6, 1, 2), points).runs()) == [
        (4, 1), (5, 1), (4, 2), (5, 2), (6, 1), (6, 2)]


def test_rows_and_hashes_are_those_of_whole_runs(tmp_path):
    found = sweep(study(trace_hashes=True), out=tmp_path / "s", workers=1)
    order = plan_of(study(trace_hashes=True)).order
    for line in found.runs().itertuples():
        scenario = FIRM.change(TABLE.iloc[line.point].to_dict())
        alone = run_and_measure(Job("", scenario, 0, line.replicate, "compiled", order.outcomes))
        assert (line.events, line.tables_hash, line.trace_hash) == (alone.events, alone.tables_hash, alone.trace_hash)


@pytest.mark.parametrize("trouble", [MemoryError, RunTookTooLong])
@pytest.mark.parametrize("failing", [0.1, 0.3])  # the run that makes the warm-up, and one that goes on from it
def test_a_run_that_fails_takes_no_other_with_it(tmp_path, monkeypatch, trouble, failing):
    whole = sweep(study(), out=tmp_path / "whole", workers=1).runs()
    sound = worker.run_and_measure

    def fails(job, engine):
        done = sound(job, engine)
        if job.scenario.policy.coaching_share == failing and job.replicate == 2:
            raise trouble("at last")
        return done

    monkeypatch.setattr(worker, "run_and_measure", fails)
    with pytest.warns(match="failed"):
        found = sweep(study(), out=tmp_path / "s", workers=1)
    points = TABLE.index[TABLE["policy.coaching_share"] == failing].tolist()
    assert found.failures()[["point", "replicate"]].values.tolist() == [[point, 2] for point in points]
    left = whole[~(whole["point"].isin(points) & (whole["replicate"] == 2))].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.runs(), left, check_exact=True)
