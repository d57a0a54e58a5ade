"""Boxes by PRIM: planted ones are found, noise is called noise, and as often as promised."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from legible import assert_legible, shown
from persian import persian
from scipy import stats

from simlead.model.parameters import ParameterError
from simlead.show.charts import ChartError
from simlead.show.charts.axes import title_of
from simlead.show.charts.discover import prim_box
from simlead.show.sentences import sentences
from simlead.statistics.box_table import between
from simlead.statistics.boxes import cases_of, correlation, find_box, held_out, p_value
from simlead.study.discover import inside, prim

NAMES = ["a", "b", "c", "d"]
FEW = {"shuffles": 19, "false_alarm": 0.05}


def uniform(n, seed, names=tuple(NAMES)):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.random((n, len(names))), columns=list(names)), rng


def planted(n=400, seed=1, within=0.85, outside=0.1):
    """True with probability `within` where a < .4 and b > .5, `outside` elsewhere."""
    points, rng = uniform(n, seed)
    box = (points["a"] < 0.4) & (points["b"] > 0.5)
    return points, np.asarray(rng.random(n) < np.where(box, within, outside)), box.to_numpy()


def found(points, outcome, **options):
    """A search with few shuffles, for what does not ask about chance."""
    return prim(points, outcome, **{"factors": [*points.columns], **FEW, **options})


# Planted boxes.


def test_a_planted_box_is_found_and_said():
    points, outcome, box = planted()
    table = prim(points, outcome, factors=NAMES, saying="growth fails", shuffles=99)
    assert table["factor"].tolist() == ["a", "b"] and set(table["verdict"]) == {"found"}
    a, b = table.set_index("factor").loc[["a", "b"]].to_dict("records")
    assert math.isnan(a["low"]) and a["high"] == pytest.approx(0.4, abs=0.05)
    assert b["low"] == pytest.approx(0.5, abs=0.05) and math.isnan(b["high"])
    within = inside(points, table)
    assert (within == box).mean() > 0.95
    assert a["density"] == pytest.approx(outcome[within].mean()) and a["points"] == within.sum()
    assert a["coverage"] == pytest.approx(outcome[within].sum() / outcome.sum())
    assert a["support"] == pytest.approx(within.mean()) and a["base_rate"] == pytest.approx(outcome.mean())
    assert a["held_out_density"] == pytest.approx(0.85, abs=0.1) and a["p_value"] == 1 / 100
    (said,) = sentences(table)
    assert said.startswith("Growth fails when ") and "a < 0." in said and "b > 0." in said
    assert f"(density {100 * a['density']:.0f} %, covers {100 * a['coverage']:.0f} %; overall" in said


def test_a_box_without_noise_is_found_to_the_point():
    points, _, box = planted()
    table = found(points, box)
    assert np.array_equal(inside(points, table), box)
    assert set(table["density"]) == {1.0} and set(table["coverage"]) == {1.0}
    for row in table.to_dict("records"):  # between the last point inside and the first outside
        values, edge = points[row["factor"]], row["high"] if row["factor"] == "a" else row["low"]
        assert values[values < edge].max() < edge < values[values > edge].min()


@pytest.mark.slow
def test_two_boxes_one_after_the_other():
    points, rng = uniform(600, 2)
    one = (points["a"] < 0.3) & (points["b"] < 0.6)
    two = (points["a"] > 0.75) & (points["c"] > 0.4)
    outcome = rng.random(600) < np.where(one | two, 0.9, 0.05)
    table = found(points, outcome, saying="it fails")
    by_box = {box: set(rows["factor"]) for box, rows in table.groupby("box")}
    assert list(by_box.values()) in ([{"a", "b"}, {"a", "c"}], [{"a", "c"}, {"a", "b"}]) and len(by_box) == 2
    assert " also when " in sentences(table)[1]
    within = inside(points, table, 1) | inside(points, table, 2)
    assert (within == (one | two)).mean() > 0.95
    assert table.groupby("box")["coverage"].first().sum() > 0.8
    assert set(found(points, outcome, boxes=1)["box"]) == {1}
    # Both coverages are of all true points, in a second box too, which is searched in those outside the first.
    ratio = table["held_out_coverage"] / table["coverage"]
    assert (ratio < 1.15).all() and ratio.to_numpy() == pytest.approx(1.0, abs=0.2)


def test_words_switches_and_whole_numbers():
    rng = np.random.default_rng(3)
    points = pd.DataFrame({
        "policy.promotion_rule": rng.choice(["best_seller", "best_coach", "random", "external"], 500),
        "policy.one_to_one": rng.random(500) < 0.5,
        "organisation.seats_per_team": rng.integers(4, 16, 500)})
    hot = (points["policy.promotion_rule"].isin(["random", "external"]) & ~points["policy.one_to_one"]
           & (points["organisation.seats_per_team"] > 8))
    table = prim(points, rng.random(500) < np.where(hot, 0.95, 0.05), **FEW, saying="growth fails")
    rows = table.set_index("factor")
    assert rows.loc["policy.promotion_rule", ["values", "other_values"]].tolist() == [
        "external | random", "best_coach | best_seller"]
    assert rows.loc["policy.one_to_one", "values"] == "False"
    assert rows.loc["organisation.seats_per_team", "low"] == 8
    assert np.array_equal(inside(points, table), hot)
    said = sentences(table)[0]
    for words in ("promotion rule is from outside or chosen at random", "one-to-ones is off", "seats per team > 8"):
        assert words in said


def test_a_grid_is_cut_between_its_levels():
    points = pd.DataFrame(list(itertools.product([0, 0.25, 0.5, 0.75, 1.0], repeat=3)), columns=["a", "b", "c"])
    table = found(points, (points["a"] < 0.4) & (points["b"] > 0.6))
    assert table.set_index("factor")[["low", "high"]].to_dict("index") == {
        "a": {"low": pytest.approx(math.nan, nan_ok=True), "high": 0.4},
        "b": {"low": 0.6, "high": pytest.approx(math.nan, nan_ok=True)}}


def test_both_edges_of_a_factor():
    points, rng = uniform(400, 4)
    box = (points["c"] > 0.3) & (points["c"] < 0.6)
    table = found(points, rng.random(400) < np.where(box, 0.95, 0.05))
    (row,) = table.to_dict("records")
    assert row["factor"] == "c" and row["low"] == pytest.approx(0.3, abs=0.03)
    assert row["high"] == pytest.approx(0.6, abs=0.03)
    assert f"{row['low']:.15g} < c < {row['high']:.15g}" in sentences(table)[0]


def test_effect_sizes_are_a_factor_of_their_own():
    points, rng = uniform(300, 5, ("policy.role_clarity", "policy.coaching_share"))
    points["effect_sizes"] = rng.choice(["evidence", "practitioner"], 300)
    outcome = (points["effect_sizes"] == "evidence") & (points["policy.role_clarity"] < 0.5)
    assert set(prim(points, outcome, **FEW)["factor"]) == {"effect_sizes", "policy.role_clarity"}


def test_factors_that_have_nothing_to_do_with_it_stay_free():
    """Each restriction is tested; of 30 planted boxes at most a few take in a bystander."""
    strays = 0
    for seed in range(30):
        points, outcome, _ = planted(300, seed=[6, seed])
        box = find_box(cases_of(points, NAMES, outcome))
        strays += not set(box.restricted) <= {0, 1}
        assert set(box.restricted) >= {0, 1}
    assert strays <= 12


# Noise.


def test_noise_is_called_noise():
    points, rng = uniform(200, 7)
    table = prim(points, rng.random(200) < 0.3, factors=NAMES, saying="growth fails")
    assert set(table["verdict"]) == {"no better than chance"}
    assert sentences(table)[0].startswith("No box better than chance: nothing shows where growth fails (overall 3")


def null_p_values(number, names, n, shuffles, seed):
    values = []
    for trial in range(number):
        points, rng = uniform(n, [seed, trial], names)
        cases = cases_of(points, list(names), rng.random(n) < 0.35)
        values.append(p_value(find_box(cases), cases, shuffles, rng))
    return np.array(values)


@pytest.mark.slow
def test_noise_passes_for_a_box_as_rarely_as_promised():
    """p <= .1 in at most a tenth of 40 searches in noise; more than 14 would come by chance once in 100,000."""
    values = null_p_values(40, ("a", "b"), 60, 29, 8)
    assert stats.binom.sf(14, 40, 0.1) < 1e-5
    assert (values <= 0.1).sum() <= 14


@pytest.mark.slow
def test_noise_passes_for_a_box_in_one_of_a_hundred():
    """At the level that `prim` uses, with as few shuffles as can show it; more than 9 of 200 come by chance once in
    10,000."""
    values = null_p_values(200, ("a", "b"), 60, 99, 9)
    assert stats.binom.sf(9, 200, 0.01) < 1e-4
    assert (values <= 0.01).sum() <= 9


def test_a_naive_test_of_the_box_it_found_would_be_fooled():
    """The planted fault: without counting the search, noise looks like a box nearly always."""
    fooled = 0
    for trial in range(100):
        points, rng = uniform(100, [10, trial])
        cases = cases_of(points, NAMES, rng.random(100) < 0.35)
        box = find_box(cases)
        fooled += box is not None and stats.binom.sf(box.hits - 1, box.points, cases.hits.mean()) < 0.05
    assert fooled > 16  # honest: 5


@pytest.mark.slow
def test_held_out_density_of_a_box_in_noise_is_the_base_rate():
    """Where boxes are found in noise at all they are dense where they were found, and only there."""
    dense, kept = [], []
    for trial in range(60):
        points, rng = uniform(150, [11, trial])
        cases = cases_of(points, NAMES, rng.random(150) < 0.35)
        box = find_box(cases)
        if box is not None:
            dense.append(box.hits / box.points)
            kept.append(held_out(cases, rng)[0])
    assert np.mean(dense) > 0.5
    assert np.nanmean(kept) == pytest.approx(0.35, abs=0.05)


# The parts.


def test_the_correlation_is_that_of_two_columns_of_zeros_and_ones():
    rng = np.random.default_rng(12)
    within, hits = rng.random(50) < 0.4, rng.random(50) < 0.3
    assert correlation(within.sum(), (within & hits).sum(), 50, hits.sum()) == pytest.approx(
        np.corrcoef(within, hits)[0, 1])


def test_no_single_edge_can_be_moved_for_the_better():
    """Pasting ends where it says: brute force over all edges of a small case finds nothing better."""
    points, outcome, _ = planted(80, seed=13)
    cases = cases_of(points, NAMES, outcome)
    from simlead.statistics.boxes import _pasted, _peeled, _score, _within

    levels = _pasted(_peeled(cases, 5), cases, 5)
    best = _score(cases, _within(levels, cases.places))
    for j in range(4):
        first, last = int(levels[j].argmax()), 79 - int(levels[j][::-1].argmax())
        for low, high in [(low, last) for low in range(last + 1)] + [(first, high) for high in range(first, 80)]:
            other = np.zeros(80, bool)
            other[low:high + 1] = True
            moved = [other if k == j else inside for k, inside in enumerate(levels)]
            kept = np.logical_and.reduce([mask[cases.places[:, k]] for k, mask in enumerate(moved)])
            if kept.sum() >= 5:
                assert _score(cases, kept) <= best + 1e-12


def test_quasi_p_is_the_binomials_tail():
    points, outcome, _ = planted()
    table = found(points, outcome).set_index("factor")
    row = table.loc["a"]
    freed = points["b"] > table.loc["b", "low"]
    assert row["quasi_p"] == pytest.approx(
        stats.binom.sf(row["hits"] - 1, row["points"], outcome[freed].mean()), rel=1e-6)


def test_the_cut_is_a_short_number_between():
    rng = np.random.default_rng(14)
    for low, high in np.sort(rng.normal(0, 10.0 ** rng.integers(-6, 7, (200, 1)), (200, 2)), axis=1):
        assert low < between(low, high) < high
    assert (between(0.1234, 0.1299), between(-2.0, 3.0), between(99.4, 100.7)) == (0.127, 0.0, 100.0)


def test_points_with_the_same_factors_are_held_out_together():
    points = pd.DataFrame({"a": np.repeat(np.arange(10), 5)})
    alike = cases_of(points, ["a"], np.arange(50) % 2 == 0).alike()
    assert (np.bincount(alike) == 5).all()


def test_the_same_seed_finds_the_same_and_nothing_else_moves():
    points, outcome, _ = planted(150)
    state = np.random.get_state()[1].tolist()  # noqa: NPY002 - to see that nobody touches it
    copy = points.copy(deep=True)
    pd.testing.assert_frame_equal(found(points, outcome), found(points, outcome))
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    pd.testing.assert_frame_equal(points, copy)


# Outcomes and refusals.


def test_a_measure_below_or_above_a_threshold():
    points, rng = uniform(200, 15, ("policy.role_clarity", "policy.coaching_share"))
    points["revenue_growth"] = points["policy.role_clarity"] - 0.4 + rng.normal(0, 0.05, 200)
    points["truth"] = points["revenue_growth"] < 0
    below = prim(points, "revenue_growth", below=0.0, **FEW)
    assert "revenue growth is below 0" in sentences(below)[0].lower()
    assert below["high"].iloc[0] == pytest.approx(0.4, abs=0.05)
    assert prim(points, "revenue_growth", above=0.0, **FEW)["low"].iloc[0] == pytest.approx(0.4, abs=0.05)
    same, sought = prim(points, "truth", **FEW), ["outcome", "measure", "side", "threshold"]
    assert below[sought[1:]].iloc[0].tolist() == ["revenue_growth", "below", 0.0]
    assert same["side"].iloc[0] == "true" and prim(points, "truth", saying="ours", **FEW)["side"].iloc[0] == "stated"
    pd.testing.assert_frame_equal(same.drop(columns=sought), below.drop(columns=sought))


def test_points_without_a_value_and_the_baseline_are_left_out():
    points, rng = uniform(200, 16, ("policy.role_clarity", "policy.coaching_share"))
    points["z"] = points["policy.role_clarity"]
    points.loc[:9, "z"] = math.nan
    points["baseline"] = np.arange(200) == 20
    table = prim(points, "z", below=0.5, **FEW)
    assert table["hits"].iloc[0] == (points["z"].drop(20) < 0.5).sum()
    outcome = (points["policy.role_clarity"] < 0.5).to_numpy()
    assert prim(points, outcome, **FEW)["hits"].iloc[0] == outcome.sum() - outcome[20]


@pytest.mark.parametrize(("change", "message"), [
    (lambda p, y: prim(p, y), "factors: the points have no parameter that varies"),
    (lambda p, y: found(p, y, factors=["a", "bb"]), "factor 'bb': the points have no such column; did you mean b?"),
    (lambda p, y: found(p, "grwth"), "outcome 'grwth': the points have no such column"),
    (lambda p, y: found(p, y[:5]), "outcome of shape (5,): a value for each of 60 points"),
    (lambda p, y: found(p, y, below=1.0), "needs no threshold"),
    (lambda p, y: found(p, "a"), "numbers need a threshold, below or above"),
    (lambda p, y: found(p, "a", below=0.2, above=0.1), "one threshold, or the other"),
    (lambda p, y: found(p, np.array(["x"] * 60)), "truth values or numbers are needed"),
    (lambda p, y: found(p, np.ones(60, bool)), "outcome: true at 60 of 60 points; at least 5"),
    (lambda p, y: found(p, np.arange(60) < 3), "outcome: true at 3 of 60 points"),
    (lambda p, y: found(p.head(12), y[:12]), "12 are too few"),
    (lambda p, y: found(p.assign(a=math.inf), y), "a: a value is not a finite number"),
    (lambda p, y: found(p, y, boxes=0), "boxes = 0"),
    (lambda p, y: found(p, y, false_alarm=0.01), "false_alarm = 0.01: 19 shuffles distinguish"),
    (lambda p, y: found(p, y, seed=-1), "seed = -1"),
    (lambda p, y: inside(p, found(p, y), 7), "box 7: the table has 1"),
    (lambda p, y: inside(p.drop(columns="a"), found(p, p["a"] < 0.5)), "points: no column a"),
])
def test_what_cannot_be_asked_is_refused_in_one_line(change, message):
    points, rng = uniform(60, 17)
    with pytest.raises(ParameterError) as refusal:
        change(points, rng.random(60) < 0.4)
    assert message in str(refusal.value) and "\n" not in str(refusal.value)


# The chart.


def bars(ax, gid):
    return [(bar.get_x(), bar.get_width()) for panel in ax.child_axes for bar in panel.patches if bar.get_gid() == gid]


def test_the_chart_draws_the_box_and_states_it():
    points, outcome, _ = planted()
    table = found(points, outcome, saying="growth fails").sort_values("quasi_p")
    ax = prim_box(table)
    assert title_of(ax) == sentences(table)[0].split("; overall")[0] + ")"
    drawn = dict(zip(table["factor"], bars(ax, "inside"), strict=True))
    a = table.set_index("factor").loc["a"]
    assert drawn["a"] == pytest.approx((0.0, (a["high"] - a["range_low"]) / (a["range_high"] - a["range_low"])))
    assert [width for _, width in bars(ax, "share")] == pytest.approx(
        [100 * a["base_rate"], 100 * a["density"], 100 * a["held_out_density"]])


def test_the_chart_of_noise_says_so():
    points, rng = uniform(200, 7)
    assert title_of(prim_box(found(points, rng.random(200) < 0.3))).startswith("No box better than chance")


def test_the_chart_is_legible_and_nothing_overlaps():
    rng = np.random.default_rng(18)
    points = pd.DataFrame({
        "policy.promotion_rule": rng.choice(["best_seller", "best_coach", "random", "external"], 400),
        "policy.role_clarity": rng.random(400), "organisation.seats_per_team": rng.integers(4, 16, 400)})
    hot = ((points["policy.promotion_rule"] != "random") & (points["policy.role_clarity"] < 0.6)
           & (points["organisation.seats_per_team"] > 6))
    ax = prim_box(prim(points, hot, saying="growth fails", **FEW))
    assert_legible(shown(ax))


def test_the_chart_refuses_what_it_cannot_draw():
    points, outcome, _ = planted(100)
    table = found(points, outcome)
    with pytest.raises(ChartError, match="prim_box: no box 4; the table has 1"):
        prim_box(table, box=4)
    with pytest.raises(ChartError, match="prim_box: the table has no column density"):
        prim_box(table.drop(columns="density"))


def test_the_chart_says_the_same_in_persian():
    points, outcome, _ = planted()
    table = found(points, outcome, saying="growth fails")
    said = title_of(persian(lambda: prim_box(table), "a", "b", "growth fails"))
    assert said.startswith("growth fails، وقتی a کمتر از ۰٫")
    points, rng = uniform(200, 7)
    noise = found(points, rng.random(200) < 0.3)
    assert title_of(persian(lambda: prim_box(noise), *NAMES)).startswith("هیچ جعبه‌ای بهتر از تصادف نیست")


def test_words_switches_and_measures_have_names_in_both_languages():
    rng = np.random.default_rng(18)
    points = pd.DataFrame({
        "policy.promotion_rule": rng.choice(["best_seller", "best_coach", "random"], 400),
        "policy.manager_training": rng.random(400) < 0.5, "policy.role_clarity": rng.random(400)})
    points["revenue_growth"] = (0.2 + 0.2 * (points["policy.promotion_rule"] == "best_coach")
                                + 0.2 * points["policy.manager_training"])
    table = prim(points, "revenue_growth", above=0.5, **FEW)
    assert title_of(prim_box(table)).startswith("Revenue growth is above 0.5 when ")
    said = title_of(persian(lambda: prim_box(table)))
    assert said.startswith("رشد درآمد بالای ۰٫۵ است، وقتی ")
    assert "قاعدهٔ ارتقا به مدیری بهترین مربی باشد" in said and "آموزش مربی‌گری به مدیران روشن باشد" in said


def test_a_search_that_restricts_nothing_says_so_in_both_languages():
    points, rng = uniform(200, 7)
    nothing = dict.fromkeys(("low", "high", "quasi_p", "held_out_density"), math.nan)
    table = found(points, rng.random(200) < 0.3).iloc[:1].assign(factor="", values="", **nothing)
    for ax, said, unknown in ((prim_box(table), "no restriction stands", "unknown"),
                              (persian(lambda: prim_box(table)), "هیچ محدودیتی پابرجا نماند", "نامعلوم")):
        ranges, shares = ax.child_axes
        assert [text.get_text() for text in ranges.texts] == [said]
        assert shares.texts[-1].get_text() == unknown
