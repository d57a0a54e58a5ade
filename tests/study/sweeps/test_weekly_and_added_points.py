"""Series by week as outcomes of a sweep, and points that are added to a sweep which exists."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.money import weekly_profit
from simlead.study.simulate import simulate
from simlead.study.studies.study import Precision
from simlead.study.sweeps.plan import study_of_table
from simlead.study.sweeps.sweep import Sweep, open_sweep, sweep

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 8})


def added(folder: Path, rows: list[dict[str, object]], replications: int, **more: object) -> Sweep:
    """Rows added to the sweep in a folder."""
    arguments: dict[str, Any] = {"scenario": FIRM, "measures": ["market_share_base"], "weekly": ["profit", "quits"]}
    return sweep(pd.DataFrame(rows), out=folder, replications=replications, add_points=True, workers=1,
                 **(arguments | more))


def test_a_weekly_series_is_that_of_the_run_alone(tmp_path: Path) -> None:
    found = added(tmp_path, [{"market.rivals": 1}, {"market.rivals": 5}], 2)
    alone = simulate(FIRM.change({"market.rivals": 5}), replicate=1, engine="compiled")
    weeks = alone.records.weeks[alone.records.weeks["week"] >= 0]
    table = found.weekly("profit", [1])
    mine = table[table["replicate"] == 1]
    assert mine["week"].tolist() == list(range(8))
    assert np.array_equal(mine["value"], weekly_profit(weeks, alone.scenario))
    assert np.array_equal(found.outcomes([1])[0]["weekly.profit"][1], mine["value"])
    assert found.weekly("quits")["value"].sum() == sum(
        simulate(FIRM.change({"market.rivals": rivals}), replicate=number, engine="compiled").weeks()
        .query("week >= 0")["quits"].sum() for rivals in (1, 5) for number in (0, 1))


def test_a_series_that_was_not_asked_for_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    found = added(tmp_path, [{"market.rivals": 1}], 1)
    with pytest.raises(ParameterError, match="weekly 'profits': the sweep stores profit, quits; did you mean profit"):
        found.weekly("profits")
    with pytest.raises(ParameterError, match="weekly 'profitt': no such series by week"):
        added(tmp_path / "other", [{"market.rivals": 1}], 1, weekly=["profitt"])


def test_added_points_keep_the_old_ones_and_run_only_the_new_ones(tmp_path: Path) -> None:
    first = added(tmp_path, [{"market.rivals": 1}, {"market.rivals": 5}], 3)
    before = {path.name: path.read_bytes() for path in (tmp_path / "runs").iterdir()}
    counts: list[tuple[int, int]] = []
    more = added(tmp_path, [{"market.rivals": 5}, {"policy.role_clarity": 0.9}], 2,
                 progress=lambda done, total: counts.append((done, total)))
    assert counts[0] == (6, 8) and counts[-1] == (8, 8)
    assert {name: (tmp_path / "runs" / name).read_bytes() for name in before} == before
    assert more.runs().iloc[:6].equals(first.runs()) and len(more.runs()) == 8
    rivals = FIRM.values()["market.rivals"]
    assert more.design["market.rivals"].tolist() == [1, 5, rivals]
    assert more.scenario(2) == FIRM.change({"policy.role_clarity": 0.9})
    assert more.point_numbers(pd.DataFrame({"policy.role_clarity": [0.9], "market.rivals": [rivals]})) == [2]
    assert [len(each["market_share_base"]) for each in more.outcomes([0, 1, 2])] == [3, 3, 2]
    assert open_sweep(tmp_path).status().complete
    assert len(list(tmp_path.glob("design*.parquet"))) == 1


def test_a_sweep_with_added_points_is_extended_and_cut_short_like_any(tmp_path: Path) -> None:
    added(tmp_path, [{"market.rivals": 1}], 3)
    added(tmp_path, [{"market.rivals": 5}], 1)
    table = pd.DataFrame({"market.rivals": [1, 5]})
    for replications in (4, 2):
        found = sweep(table, scenario=FIRM, measures=["market_share_base"], weekly=["profit", "quits"], workers=1,
                      replications=replications, out=tmp_path)
        assert found.runs().groupby("point").size().tolist() == [replications] * 2
        assert open_sweep(tmp_path).status().complete


def test_points_that_a_precision_decided_keep_their_runs_when_others_are_added(tmp_path: Path) -> None:
    table = pd.DataFrame({"market.rivals": [1, 5]})
    study = dataclasses.replace(
        study_of_table(table, FIRM, measures=("market_share_base",)), replications=None,
        precision=Precision("market_share_base", 1e-9, False, None, 2, 4))
    first = sweep(study, weekly=["profit", "quits"], workers=1, out=tmp_path)
    assert len(first.runs()) == 8
    more = added(tmp_path, [{"market.rivals": 7}], 3)
    assert more.runs().iloc[:8].equals(first.runs())
    assert more.runs().groupby("point").size().tolist() == [4, 4, 3]


def test_points_of_another_firm_or_another_series_are_not_added(tmp_path: Path) -> None:
    added(tmp_path, [{"market.rivals": 1}], 1)
    with pytest.raises(ParameterError, match="organisation.teams = 2 here, 1 in the store"):
        added(tmp_path, [{"market.rivals": 5}], 1, scenario=FIRM.change({"organisation.teams": 2}))
    with pytest.raises(ParameterError, match="weekly"):
        added(tmp_path, [{"market.rivals": 5}], 1, weekly=["profit"])
    with pytest.raises(ParameterError, match=r"row 0 \(the first is 0\): no point of the sweep"):
        open_sweep(tmp_path).point_numbers(pd.DataFrame({"market.rivals": [7]}))


def test_some_points_are_read_alone(tmp_path: Path) -> None:
    found = added(tmp_path, [{"market.rivals": 1}, {"market.rivals": 5}, {"market.rivals": 7}], 2)
    whole = found.runs()
    assert found.runs(points=[2, 0]).equals(whole[whole["point"] != 1].reset_index(drop=True))
    with pytest.raises(ParameterError, match="point = 3"):
        found.runs(points=[3])


@pytest.mark.parametrize("name", ["manifest.json", "design"])
def test_a_damaged_manifest_or_design_with_added_points_is_made_again(tmp_path: Path, name: str) -> None:
    added(tmp_path, [{"market.rivals": 1}], 3)
    before = added(tmp_path, [{"market.rivals": 5}, {"policy.role_clarity": 0.9}], 2).runs()
    (path,) = tmp_path.glob(f"{name}*")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    counts: list[tuple[int, int]] = []
    again = added(tmp_path, [{"market.rivals": 5}], 2, progress=lambda done, total: counts.append((done, total)))
    assert counts == [(7, 7)] and again.runs().equals(before)
