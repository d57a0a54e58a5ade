"""Several scenarios at once: all intervals hold together, as often as promised."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simlead.statistics import simultaneous
from simlead.statistics.errors import StatisticsError
from simlead.statistics.intervals import mean_interval, paired_difference, relative_difference, t_quantile
from simlead.statistics.simultaneous import simultaneous_intervals

FAMILIES = 600
BAND = 4.5 * math.sqrt(0.95 * 0.05 / FAMILIES)  # false alarms: 7e-6 each


@pytest.fixture
def quick(monkeypatch):
    """Critical values from fewer draws: a noise of 2 % that over many families averages out."""
    monkeypatch.setattr(simultaneous, "DRAWS", 2_000)
    monkeypatch.setattr(simultaneous, "RESAMPLES", 300)


def firms(luck, n, means, own, normal=True):
    """Scenarios that share luck of 2 and have luck of their own (one spread, or one each)."""
    draw = luck.standard_normal if normal else (lambda size: luck.exponential(size=size) - 1.0)
    values = np.asarray(means) + 2.0 * draw((n, 1)) + np.asarray(own) * draw((n, len(means)))
    return pd.DataFrame(values, columns=[str(number) for number in range(len(means))])


def together(n, means, own=1.0, normal=True, seed=0, columns=("low", "high"), **options):
    """How often all intervals of a family hold at once."""
    luck = np.random.default_rng(seed)
    held = 0
    for _ in range(FAMILIES):
        table = simultaneous_intervals(firms(luck, n, means, own, normal), **options)
        here, there = (np.asarray(means)[table[name].astype(int)] for name in ("scenario", "against"))
        truth = (here - there) / (there if options.get("relative") else 1.0)
        low, high = (table[column].to_numpy() for column in columns)
        held += bool(((low <= truth) & (truth <= high)).all())
    return held / FAMILIES


MEANS = (10.0, 10.0, 10.5, 11.0, 9.0, 10.0)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("case", "granted"), [
    ({"n": 30, "means": MEANS}, 0.0),
    ({"n": 30, "means": MEANS, "relative": True}, 0.01),  # the ratio's own error
    ({"n": 40, "means": MEANS[:4], "method": "bootstrap"}, 0.02),
    pytest.param({"n": 6, "means": MEANS}, 0.01, marks=pytest.mark.slow),  # six hardly tell the correlations
    pytest.param({"n": 12, "means": MEANS[:4], "all_pairs": True}, 0.01, marks=pytest.mark.slow),
    pytest.param({"n": 30, "means": MEANS[:4], "own": (1.0, 0.2, 3.0, 1.0)}, 0.0, marks=pytest.mark.slow),
    pytest.param({"n": 60, "means": MEANS, "method": "bootstrap", "normal": False}, 0.03, marks=pytest.mark.slow),
])
def test_all_intervals_hold_together_as_often_as_promised(case, granted):
    assert together(**case) == pytest.approx(0.95, abs=BAND + granted)


@pytest.mark.parametrize("n", [5, 40])
def test_bonferroni_holds_at_least_as_often(n):
    assert together(n, MEANS, method="bonferroni") > 0.95 - BAND


def test_intervals_that_hold_one_by_one_do_not_hold_together():
    """The planted fault: the same test says so of plain t intervals, found beside the others."""
    said = together(30, MEANS, columns=("single_low", "single_high"), method="bonferroni")
    assert said < 0.95 - BAND - 0.05


def test_single_intervals_are_the_paired_ones():
    runs = firms(np.random.default_rng(1), 15, MEANS, 1.0)
    table = simultaneous_intervals(runs, "2", confidence=0.9)
    assert table["scenario"].tolist() == ["0", "1", "3", "4", "5"] and set(table["against"]) == {"2"}
    for line in table.itertuples():
        paired = paired_difference(runs[line.scenario], runs["2"], 0.9)
        assert (line.difference, line.single_low, line.single_high, line.n) == (
            pytest.approx(paired.mean), pytest.approx(paired.low), pytest.approx(paired.high), 15)
    relative = simultaneous_intervals(runs, relative=True).iloc[2]
    alone = relative_difference(runs["3"], runs["0"])
    assert (relative["difference"], relative["single_low"]) == (pytest.approx(alone.mean), pytest.approx(alone.low))


def test_critical_values_by_the_book():
    """Three against one with equal spreads, many replicates: Dunnett's two-sided 2.35; unrelated, Sidak's."""
    luck = np.random.default_rng(2)
    table = simultaneous_intervals(firms(luck, 4_000, (0.0,) * 4, 1.0))
    assert table["critical"].iloc[0] == pytest.approx(2.349, abs=0.02)
    base = np.zeros(4_000)  # a baseline without luck leaves the differences unrelated
    alone = simultaneous_intervals({"0": base, **{str(k): luck.normal(size=4_000) for k in (1, 2, 3)}})
    assert alone["critical"].iloc[0] == pytest.approx(stats.norm.ppf((1 + 0.95 ** (1 / 3)) / 2), abs=0.02)
    every = simultaneous_intervals(firms(luck, 4_000, (0.0,) * 4, 1.0), all_pairs=True)
    tukey = stats.studentized_range.ppf(0.95, 4, np.inf) / math.sqrt(2)
    assert every["critical"].iloc[0] == pytest.approx(tukey, abs=0.02)


def test_two_scenarios_are_a_plain_pair():
    runs = firms(np.random.default_rng(3), 25, (1.0, 2.0), 1.0)
    line = simultaneous_intervals(runs).iloc[0]
    assert line["critical"] == pytest.approx(t_quantile(24, 0.95), rel=0.01)
    assert simultaneous_intervals(runs, method="bonferroni").iloc[0]["critical"] == t_quantile(24, 0.95)


def test_what_moves_together_costs_less_than_bonferroni():
    luck = np.random.default_rng(4)
    base, other = luck.normal(size=200), luck.normal(size=200)
    runs = {"base": base, **{str(k): other + 0.1 * luck.normal(size=200) for k in range(9)}}
    near, guaranteed = (simultaneous_intervals(runs, method=method)["critical"].iloc[0]
                        for method in ("max-t", "bonferroni"))
    assert near < 2.2 < 2.7 < guaranteed


@pytest.mark.parametrize("method", ["max-t", "bootstrap", "bonferroni"])
def test_a_twin_differs_by_nothing_and_disturbs_nobody(method):
    runs = firms(np.random.default_rng(5), 30, (0.0, 1.0, 2.0), 1.0)
    table = simultaneous_intervals(runs.assign(twin=runs["0"]), method=method).set_index("scenario")
    assert table.loc["twin", ["difference", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert np.isfinite(table["critical"]).all() and (table["low"] <= table["single_low"]).all()


def test_the_order_of_pairs_and_their_sign():
    runs = firms(np.random.default_rng(6), 10, (0.0, 10.0, 20.0), 0.1)
    table = simultaneous_intervals(runs, all_pairs=True)
    assert table[["scenario", "against"]].values.tolist() == [["1", "0"], ["2", "0"], ["2", "1"]]
    assert table["difference"].round(0).tolist() == [10.0, 20.0, 10.0]


def test_replicates_that_lack_a_value_are_left_out_for_all():
    runs = firms(np.random.default_rng(7), 30, (0.0, 1.0, 2.0), 1.0)
    holed = runs.copy()
    holed.loc[3, "1"] = holed.loc[8, "2"] = math.nan
    pd.testing.assert_frame_equal(simultaneous_intervals(holed), simultaneous_intervals(runs.drop(index=[3, 8])))


def test_the_same_seed_gives_the_same_intervals_in_any_portions(monkeypatch):
    runs = firms(np.random.default_rng(8), 30, MEANS, 1.0)
    pd.testing.assert_frame_equal(simultaneous_intervals(runs, seed=4), simultaneous_intervals(runs, seed=4))
    before = simultaneous_intervals(runs)["critical"].iloc[0]
    monkeypatch.setattr(simultaneous, "AT_ONCE", 1_000)  # other portions are other luck, but the same law
    assert simultaneous_intervals(runs)["critical"].iloc[0] == pytest.approx(before, rel=0.02)


def test_a_part_of_a_loss_is_unknown_and_the_rest_is_not():
    runs = firms(np.random.default_rng(9), 30, (-5.0, 50.0, 60.0), 1.0)
    table = simultaneous_intervals(runs, all_pairs=True, relative=True)
    assert table["difference"].isna().tolist() == [True, True, False]
    assert mean_interval(runs["2"] - runs["1"]).mean / runs["1"].mean() == pytest.approx(table["difference"].iloc[2])


@pytest.mark.parametrize(("call", "message"), [
    (lambda runs: simultaneous_intervals(runs[["0"]]), "1 scenarios: two or more"),
    (lambda runs: simultaneous_intervals(runs, "9"), "baseline '9': no such scenario"),
    (lambda runs: simultaneous_intervals(runs, method="tukey"), "method 'tukey': allowed is max-t"),
    (lambda runs: simultaneous_intervals(runs, method="bootstrap"), "10 whole replicates: bootstrap needs 20"),
    (lambda runs: simultaneous_intervals(runs.iloc[:1]), "1 whole replicates: max-t needs 2"),
    (lambda runs: simultaneous_intervals(runs * math.nan), "0 whole replicates"),
    (lambda runs: simultaneous_intervals(runs, confidence=1.0), "confidence = 1.0"),
    (lambda runs: simultaneous_intervals({"a": [1.0, 2.0], "b": [1.0]}), "2 (a), 1 (b) replicates"),
])
def test_what_is_no_family_is_refused_in_one_line(call, message):
    with pytest.raises(StatisticsError) as refusal:
        call(firms(np.random.default_rng(0), 10, (0.0, 1.0), 1.0))
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
