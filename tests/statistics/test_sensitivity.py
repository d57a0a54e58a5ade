"""Sensitivity on functions whose answers are known, with as much noise as signal.

Ishigami's function and Sobol's g have indices in closed form. Coverage counts how often
intervals hold them; bands are four and a half standard deviations of a binomial, a false
alarm in less than 100,000, plus what is granted to a bootstrap, which is approximate.
Seeds are fixed.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from persian import persian
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol

from simlead.model.parameters import ParameterError
from simlead.show.charts.axes import title_of
from simlead.show.charts.sensitivity import sensitivity as chart
from simlead.show.charts.tables import ChartError
from simlead.show.sentences import sentences
from simlead.statistics.prcc import correlations
from simlead.statistics.replicates import Sampling, cross, estimated, noise_share
from simlead.statistics.sobol import indices
from simlead.study.sensitivity import morris_effects, outcomes_of, prcc, sensitivity_findings, sobol_indices
from simlead.study.studies import kinds
from simlead.study.studies.factors import Factor

NAMES = ["a", "b", "c", "d"]
UNIT = dict.fromkeys(NAMES, (0.0, 1.0))


def luck(seed):
    return np.random.Generator(np.random.Philox(seed))


def band(repeats, granted=0.02):
    return 4.5 * math.sqrt(0.95 * 0.05 / repeats) + granted


# --- functions with known answers


def ishigami(points):
    x = np.pi * (2.0 * points[..., :3] - 1.0)
    return np.sin(x[..., 0]) + 7.0 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


ISHIGAMI_VARIANCE = 49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
ISHIGAMI_FIRST = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.0]) / ISHIGAMI_VARIANCE
ISHIGAMI_TOTAL = ISHIGAMI_FIRST + np.array([1.0, 0.0, 1.0]) * 8 * 0.01 * np.pi**8 / 225 / ISHIGAMI_VARIANCE

G = np.array([0.0, 0.5, 3.0, 9.0])
G_PARTS = 1.0 / (3.0 * (1.0 + G) ** 2)
G_VARIANCE = np.prod(1.0 + G_PARTS) - 1.0
G_FIRST = G_PARTS / G_VARIANCE
G_TOTAL = G_PARTS * np.prod(1.0 + G_PARTS) / (1.0 + G_PARTS) / G_VARIANCE


def sobol_g(points):
    return np.prod((np.abs(4.0 * points - 2.0) + G) / (1.0 + G), axis=-1)


def saltelli(random, base_points, factors):
    """A Saltelli sample of plain random numbers, points x factors."""
    a, b = random.random((2, base_points, factors))
    rows = [a, *(np.where(np.arange(factors) == factor, b, a) for factor in range(factors)), b]
    return np.stack(rows, axis=1).reshape(-1, factors)


def trajectories(random, count, factors):
    """One step of 2/3 a factor, in random order and from a random corner of the grid."""
    rows = []
    for _ in range(count):
        here = random.integers(0, 2, factors) / 3.0
        rows.append(here.copy())
        for factor in random.permutation(factors):
            here[factor] += 2.0 / 3.0
            rows.append(here.copy())
    return np.array(rows)


def by_factor(table, index, column="estimate"):
    return table[table["index"] == index].set_index("factor")[column]


# --- the noise, and what is done about it


def test_a_product_of_different_replicates_is_the_mean_over_all_pairs():
    a, b = luck(1).normal(size=(2, 5))
    pairs = [a[r] * b[s] for r in range(5) for s in range(5) if r != s]
    assert cross(a, b) == pytest.approx(np.mean(pairs))
    assert cross(a[:1], b[:1]) == pytest.approx(a[0] * b[0])


def test_the_share_of_noise_is_what_was_planted():
    random = luck(2)
    signal = random.normal(size=(4000, 1))
    noisy = signal + math.sqrt(10) * random.normal(size=(4000, 10)) + 50.0 * random.normal(size=10)
    assert noise_share(noisy) == pytest.approx(0.5, abs=0.05)  # shared luck is no part of it
    assert noise_share(signal + np.zeros(3)) == pytest.approx(0.0, abs=1e-12)
    assert math.isnan(noise_share(signal))


# --- Sobol indices


def test_without_noise_the_indices_are_salibs():
    factors = {name: {"low": 0.0, "high": 1.0} for name in NAMES}
    design = kinds.sobol(factors, 64, seed=1)
    ours = sobol_indices(design, ishigami(design.to_numpy()))
    theirs = salib_sobol.analyze(
        {"num_vars": 4, "names": NAMES}, ishigami(design.to_numpy()), calc_second_order=False, seed=1)
    assert by_factor(ours, "first").tolist() == pytest.approx(theirs["S1"])
    assert by_factor(ours, "total").tolist() == pytest.approx(theirs["ST"])
    longer = kinds.sobol(factors, 64, second_order=True, seed=1)
    assert sobol_indices(longer, ishigami(longer.to_numpy()))["estimate"].tolist() == ours["estimate"].tolist()


def test_what_is_called_uncorrected_is_what_salib_says_of_the_means():
    points = saltelli(luck(3), 64, 3)
    outcomes = ishigami(points)[:, None] + 8.0 * luck(4).normal(size=(len(points), 6))
    ours = sobol_indices(points, outcomes, NAMES[:3], bootstraps=100)
    theirs = salib_sobol.analyze(
        {"num_vars": 3, "names": NAMES[:3]}, outcomes.mean(axis=1), calc_second_order=False, seed=1)
    assert by_factor(ours, "total", "uncorrected").tolist() == pytest.approx(theirs["ST"], rel=0.02)


def test_noise_as_large_as_the_signal_leaves_a_total_index_of_24_as_it_is_and_not_at_62():
    """Mean over forty studies, each with its own noise; the planted fault is to take the means for the truth."""
    assert ISHIGAMI_TOTAL[2] == pytest.approx(0.24, abs=0.005)
    replicates, found = 8, []
    for study in range(40):
        random = luck(100 + study)
        points = saltelli(random, 512, 3)
        noise = math.sqrt(ISHIGAMI_VARIANCE * replicates) * random.normal(size=(len(points), replicates))
        table = sobol_indices(points, ishigami(points)[:, None] + noise, common_random_numbers=False, bootstraps=100)
        assert table["noise_share"].iloc[0] == pytest.approx(0.5, abs=0.1)
        found.append(table[["estimate", "uncorrected"]].to_numpy())
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / math.sqrt(len(found))
    truth = np.concatenate([ISHIGAMI_FIRST, ISHIGAMI_TOTAL])
    assert np.all(np.abs(mean[:, 0] - truth) < 4.5 * error[:, 0] + 0.01)  # a ratio of estimates: a little bias
    assert mean[5, 1] == pytest.approx(0.62, abs=0.02)
    assert mean[:, 1] == pytest.approx(np.append(ISHIGAMI_FIRST, ISHIGAMI_TOTAL + 1.0) / 2.0, abs=0.02)


def test_luck_that_only_shifts_all_points_changes_nothing():
    points = saltelli(luck(5), 64, 4)
    quiet = sobol_g(points)[:, None] + np.zeros(6)
    shifted = quiet + 100.0 * luck(6).normal(size=6)
    for column in ("estimate", "low", "high", "noise_share"):
        here, there = (sobol_indices(points, outcomes)[column] for outcomes in (quiet, shifted))
        assert here.to_numpy() == pytest.approx(there.to_numpy(), abs=1e-6)


def sobol_coverage(repeats, base_points, replicates, noise, shared_luck):
    truth = np.concatenate([G_FIRST, G_TOTAL])
    held = np.zeros(len(truth))
    for repeat in range(repeats):
        random = luck(1000 + repeat)
        points = saltelli(random, base_points, 4)
        outcomes = sobol_g(points)[:, None] + noise(random, points, replicates)
        values = outcomes.reshape(base_points, 6, replicates)
        sampling = Sampling(shared_luck, 0.95, 200, repeat)
        bounds = estimated(indices, values - values.mean(axis=(0, 1)), sampling).bounds()
        held += (bounds.low <= truth) & (truth <= bounds.high)
    return held / repeats


def own_luck(random, points, replicates):
    """Noise of each point's own, as large as the signal in the mean."""
    return math.sqrt(G_VARIANCE * replicates) * random.normal(size=(len(points), replicates))


def common_luck(random, points, replicates):
    """Each replicate tilts the whole response; all points see the same tilt."""
    tilt = random.normal(size=(4, replicates))
    return math.sqrt(G_VARIANCE * replicates) * (0.6 * (points - 0.5) @ tilt + 0.3 * random.normal(
        size=(len(points), replicates)))


def test_sobol_intervals_hold_the_truth_as_often_as_they_promise():
    held = sobol_coverage(150, 256, 4, own_luck, shared_luck=False)
    assert np.all(np.abs(held - 0.95) < band(150)), held


def test_intervals_count_luck_that_all_points_share():
    held = sobol_coverage(50, 256, 8, common_luck, shared_luck=True)
    assert np.all(held > 0.95 - band(50)), held


def test_intervals_that_do_not_count_it_are_caught():
    held = sobol_coverage(50, 256, 8, common_luck, shared_luck=False)
    assert held.min() < 0.6, held


def test_a_base_point_with_a_missing_run_is_left_out():
    points = saltelli(luck(7), 40, 3)
    outcomes = ishigami(points)[:, None] + np.zeros(3)
    broken = outcomes.copy()
    broken[7, 1] = np.nan  # of base point 1
    whole = sobol_indices(np.delete(points, range(5, 10), axis=0), np.delete(outcomes, range(5, 10), axis=0))
    found = sobol_indices(points, broken)
    assert found["n"].unique() == [39]
    assert found["estimate"].to_numpy() == pytest.approx(whole["estimate"].to_numpy())


def test_a_design_of_switches_and_whole_numbers_is_known_by_its_order():
    factors = {"organisation.teams": Factor(2, 4), "policy.kpi_review": Factor(values=(False, True)),
               "policy.promotion_rule": Factor(values=("best_seller", "random"))}
    design = kinds.sobol(factors, 32, seed=2)
    outcome = design["organisation.teams"] + 2.0 * design["policy.kpi_review"]
    total = by_factor(sobol_indices(design, outcome, factors), "total")
    assert total["policy.promotion_rule"] == 0.0
    assert total["policy.kpi_review"] == pytest.approx(0.6, abs=0.1)  # variances 1 and 2/3


@pytest.mark.parametrize(("call", "message"), [
    (lambda p: sobol_indices(p[::-1], np.ones(len(p))), "not the rows of design.sobol"),
    (lambda p: sobol_indices(p[:-1], np.ones(len(p) - 1)), "59 points of 4 factors"),
    (lambda p: sobol_indices(p, np.ones(5)), "5 outcomes for 60 points"),
    (lambda p: sobol_indices(p, np.full(60, np.nan)), "0 complete base points"),
    (lambda p: sobol_indices(p[:12], np.ones(12)), "2 complete base points, trajectories or rows: 8 or more"),
    (lambda p: sobol_indices(p, np.ones(60), ["a", "b"]), "2 factors for 4 columns"),
    (lambda p: sobol_indices(pd.DataFrame(p, columns=NAMES), np.ones(60), ["e"]), "factor 'e'"),
    (lambda p: sobol_indices(p, np.ones(60), confidence=1.0), "confidence = 1.0"),
    (lambda p: sobol_indices(p, np.ones(60), bootstraps=5), "bootstraps = 5"),
    (lambda p: sobol_indices(p, np.ones((60, 2, 2))), "rows x replicates"),
    (lambda p: morris_effects(p, np.ones(60)), r"row 1: no factor|row 1: b|row \d+"),
    (lambda p: prcc(p[:11], np.ones(11)), "11 complete rows for 4 factors: 12 or more"),
    (lambda p: prcc(np.column_stack([p, p[:, 0]]), np.ones(60)), "copies of each other"),
    (lambda p: prcc(pd.DataFrame({"policy.promotion_rule": ["random"] * 60}), np.ones(60)), "words have no order"),
    (lambda p: sensitivity_findings(pd.DataFrame({"a": [1]})), "table: one made by sobol_indices"),
])
def test_what_cannot_be_analysed_is_refused_in_one_line(call, message):
    with pytest.raises(ParameterError, match=message) as refusal:
        call(saltelli(luck(8), 10, 4))
    assert "\n" not in str(refusal.value)


# --- Morris


def test_without_noise_elementary_effects_are_salibs():
    design = kinds.morris({name: {"low": 0.0, "high": 1.0} for name in NAMES}, 20, seed=1)
    outcome = ishigami(design.to_numpy())
    ours = morris_effects(design, outcome, UNIT)
    theirs = salib_morris.analyze({"num_vars": 4, "names": NAMES, "groups": None}, design.to_numpy(), outcome, seed=1)
    for index in ("mu", "mu_star", "sigma"):
        assert by_factor(ours, index).tolist() == pytest.approx(list(theirs[index]))


def test_effects_are_per_whole_range_in_the_unit_of_the_outcome():
    factors = {"organisation.teams": Factor(2, 8), "policy.coaching_share": Factor(0.0, 0.5),
               "policy.promotion_rule": Factor(values=("random", "best_seller"))}
    design = kinds.morris(factors, 10, seed=3)
    best = design["policy.promotion_rule"] == "best_seller"
    outcome = 10.0 * design["organisation.teams"] - 4.0 * design["policy.coaching_share"] + 7.0 * best
    effect = by_factor(morris_effects(design, outcome, factors), "mu")
    assert effect.tolist() == pytest.approx([60.0, -2.0, 7.0])


def test_noise_is_taken_out_of_morris_as_well():
    """Effects 2, 0, and +-3 by the trajectory, under noise of standard deviation 1.5 in each mean effect."""
    found = []
    for study in range(60):
        random = luck(200 + study)
        points = trajectories(random, 40, 3)
        turn = np.repeat(random.choice([-3.0, 3.0], 40), 4)
        outcome = 2.0 * points[:, 0] + turn * points[:, 2]
        noise = math.sqrt(5) * random.normal(size=(len(points), 5)) + 10.0 * random.normal(size=5)
        table = morris_effects(points, outcome[:, None] + math.sqrt(0.5) * noise, bootstraps=100,
                               common_random_numbers=False)
        found.append(table[["estimate", "uncorrected"]].to_numpy())
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / math.sqrt(len(found))
    assert np.abs(mean[:5, 0] - [2.0, 0.0, 0.0, 2.0, 0.0]) == pytest.approx(0.0, abs=0.1)
    assert 2.5 < mean[5, 0] < 3.0  # signs that differ are sometimes missed
    assert mean[8, 0] == pytest.approx(3.0, abs=0.1)
    assert np.all(mean[6:8, 0] < 0.6)  # a standard deviation is never estimated below 0
    assert mean[4, 1] > 1.0 and np.all(mean[6:8, 1] > 1.3)  # what noise left in would show
    assert np.all(error < 0.1)


def test_morris_intervals_hold_the_truth_as_often_as_they_promise():
    held, repeats = np.zeros(4), 60
    for repeat in range(repeats):
        random = luck(3000 + repeat)
        points = trajectories(random, 40, 2)
        effect = np.repeat(1.0 + random.normal(size=40), 3)
        outcome = effect * points[:, 0]
        noise = math.sqrt(0.5 * 4) * random.normal(size=(len(points), 4))
        table = morris_effects(points, outcome[:, None] + noise, common_random_numbers=False, bootstraps=200,
                               seed=repeat)
        truth = {("x1", "mu"): 1.0, ("x2", "mu"): 0.0, ("x2", "mu_star"): 0.0, ("x1", "sigma"): 1.0}
        rows = table.set_index(["factor", "index"])
        held += [rows.loc[key, "low"] <= value <= rows.loc[key, "high"] for key, value in truth.items()]
    assert np.all(held / repeats > 0.95 - band(repeats, granted=0.03)), held / repeats


def test_rows_that_are_no_trajectories_are_refused():
    points = trajectories(luck(9), 10, 3)
    points[5] = points[4]
    with pytest.raises(ParameterError, match="row 5: no factor changed|row 6: "):
        morris_effects(points, np.ones(40))
    with pytest.raises(ParameterError, match="39 points: trajectories of 3 factors have 4 rows each"):
        morris_effects(points[:39], np.ones(39))


# --- partial rank correlation


def hypercube(random, rows, factors):
    return (np.argsort(random.random((rows, factors)), axis=0) + random.random((rows, factors))) / rows


def test_prcc_is_the_correlation_of_what_is_left_of_the_ranks():
    points = luck(10).random((60, 3))
    outcome = points @ [3.0, -1.0, 0.0] + luck(11).normal(size=60)
    ranks = np.argsort(np.argsort(np.column_stack([points, outcome]), axis=0), axis=0).astype(float)
    by_hand = []
    for factor in range(3):
        others = np.column_stack([np.delete(ranks[:, :3], factor, axis=1), np.ones(60)])
        left = [y - others @ np.linalg.lstsq(others, y, rcond=None)[0] for y in (ranks[:, factor], ranks[:, 3])]
        by_hand.append(np.corrcoef(*left)[0, 1])
    assert by_factor(prcc(points, outcome, bootstraps=100), "prcc").tolist() == pytest.approx(by_hand)


def test_the_common_error_of_prcc_is_on_the_scale_of_its_interval():
    points = luck(12).random((200, 2))
    shared = 1.0 + 0.5 * luck(13).normal(size=(2, 10))     # what random numbers shared by all points make of the slopes
    outcome = points @ ([[3.0], [1.0]] * shared) + 0.05 * luck(14).normal(size=(200, 10))
    table = prcc(points, outcome, bootstraps=100, common_random_numbers=True)
    assert (table["estimate"] > 0.9).all() and (table["common_error"] > 0.0).all()
    assert (table["common_error"] < (table["high"] - table["low"]) / 2).all()


def noisy_prcc(study):
    """The table of one study of Ishigami's function with as much noise as signal in the means."""
    random = luck(4000 + study)
    points = hypercube(random, 200, 4)
    noise = math.sqrt(ISHIGAMI_VARIANCE * 6) * random.normal(size=(200, 6))
    return prcc(points, ishigami(points)[:, None] + noise, bootstraps=100, common_random_numbers=False, seed=study)


@pytest.fixture(scope="module")
def true_prcc():
    points = luck(12).random((100_000, 4))
    return correlations(points, ishigami(points)[:, None])[0]


def test_prcc_survives_noise_as_large_as_the_signal(true_prcc):
    found = np.array([noisy_prcc(study)[["estimate", "uncorrected"]].to_numpy()[0] for study in range(12)])
    error = found.std(axis=0, ddof=1) / math.sqrt(len(found))
    assert true_prcc[0] == pytest.approx(0.44, abs=0.01)
    assert abs(found[:, 0].mean() - true_prcc[0]) < 4.5 * error[0] + 0.01
    assert found[:, 1].mean() < true_prcc[0] - 4.5 * error[1]  # noise draws it towards 0


@pytest.mark.slow
def test_prcc_intervals_hold_the_truth_as_often_as_they_promise(true_prcc):
    held, repeats = np.zeros(4), 200
    for study in range(repeats):
        table = noisy_prcc(study)
        held += (table["low"] <= true_prcc) & (true_prcc <= table["high"])
    assert np.all(np.abs(held / repeats - 0.95) < band(repeats, granted=0.03)), held / repeats


def test_p_values_of_factors_without_effect_are_what_they_say():
    small, studies = 0, 6
    for study in range(studies):
        random = luck(5000 + study)
        points = hypercube(random, 300, 21)
        table = prcc(points, 3.0 * points[:, 0] + random.normal(size=300), bootstraps=100, seed=study)
        assert table["p_value"][0] < 1e-3
        small += int((table["p_value"][1:] < 0.05).sum())
    assert small / (20 * studies) == pytest.approx(0.05, abs=band(20 * studies))


def test_a_row_with_a_missing_run_is_left_out():
    points = luck(13).random((50, 2))
    outcome = points[:, 0].copy()
    outcome[3] = np.nan
    kept = np.arange(50) != 3
    left_out, never_there = prcc(points, outcome), prcc(points[kept], outcome[kept])
    assert left_out["n"][0] == 49
    assert left_out["estimate"].tolist() == pytest.approx(never_there["estimate"].tolist())


# --- ranks


def test_factors_are_ranked_where_the_points_suffice_and_tied_where_not():
    few, many = (saltelli(luck(14), count, 4) for count in (16, 2048))
    weights = [1.0, 0.9, 0.3, 0.0]
    few_table, many_table = (sobol_indices(points, points @ weights, NAMES) for points in (few, many))
    total = few_table[few_table["index"] == "total"].set_index("factor")
    assert set(total.sort_values("rank").index[:2]) == {"a", "b"}
    assert "b" in total.loc["a", "tied_with"] and "d" not in total.loc["a", "tied_with"]
    first = total.sort_values("rank").index[0]
    assert 50 < total.loc[first, "n_to_rank"] < 50_000
    clear = many_table[many_table["index"] == "total"]
    assert clear["rank"].tolist() == [1, 2, 3, 4] and clear["tied_with"].tolist() == [""] * 4


def test_the_points_that_would_rank_two_factors_do_rank_them():
    weights = np.array([1.0, 0.8])
    small = saltelli(luck(15), 32, 2)
    table = sobol_indices(small, small @ weights)
    needed = table[(table["index"] == "total") & (table["rank"] == 1)]["n_to_rank"].iloc[0]
    large = saltelli(luck(16), int(2 * needed), 2)
    assert sobol_indices(large, large @ weights, bootstraps=200)["tied_with"].tolist()[2:] == ["", ""]


# --- in words


def stated(**columns):
    rows = {"factor": ["a", "b", "c"], "index": "total", "estimate": [0.6, 0.5, -0.02], "low": [0.4, 0.3, -0.1],
            "high": [0.8, 0.7, 0.06], "uncorrected": [0.8, 0.7, 0.5], "rank": [1, 2, 3], "tied_with": ["b", "a", ""],
            "n_to_rank": [510.0, np.nan, np.nan], "common_error": 0.0, "noise_share": 0.3, "n": 64, "replicates": 10}
    return pd.DataFrame(rows | columns)


@pytest.mark.parametrize(("columns", "sentence"), [
    ({}, "64 base points are too few to rank a and b; about 510 would do."),
    ({}, "A has the largest total index, 0.60 (0.40 to 0.80)."),
    ({}, "C cannot be distinguished from no effect."),
    ({}, "The total index of c is estimated below 0 (−0.02), which no index can be: it is small"),
    ({"high": [0.8, 0.7, -0.01]}, "lies below 0 with its whole interval"),
    ({"n_to_rank": [np.inf, 1.0, 1.0]}, "more points alone do not help, more replications are needed."),
    ({"n_to_rank": [1e9, 1.0, 1.0]}, "they are as good as equal."),
    ({"noise_share": 0.7}, "Noise is most of the variance: 70 % of that of the points' means."),
    ({"noise_share": 0.7}, "would show a total index of 0.50 for c where −0.02 is estimated."),
    ({"noise_share": np.nan, "replicates": 1}, "One replication per point: if the outcome is random"),
    ({"common_error": np.nan, "replicates": 2}, "With two replications per point the intervals cannot count the error"),
    ({"low": -0.1, "tied_with": ""}, "No factor can be distinguished from no effect."),
    ({"estimate": np.nan}, "Noise is all of the variance"),
])
def test_the_verdict_says_so(columns, sentence):
    assert sentence in " ".join(sentences(stated(**columns)))


def test_the_verdict_on_real_tables_names_interaction_and_noise():
    points = saltelli(luck(17), 512, 3)
    said = " ".join(sentences(sobol_indices(points, ishigami(points))))
    assert "One replication per point" in said and "the rest is interactions" in said
    hopeless = sobol_indices(points, luck(18).normal(size=(len(points), 4)))
    said = " ".join(sentences(hopeless))
    assert "distinguished from no effect" in said or "Noise is all of the variance" in said
    walks = trajectories(luck(19), 30, 3)
    assert "sigma exceeds mu*" in " ".join(sentences(morris_effects(walks, ishigami(walks))))


# --- from a sweep's tables


def test_a_sweeps_tables_become_factors_and_outcomes():
    factors = {"policy.coaching_share": Factor(0.0, 0.5), "policy.role_clarity": Factor(0.0, 1.0)}
    points = kinds.sobol(factors, 8, seed=1)
    design = pd.concat([
        pd.concat([pd.DataFrame({path: [0.2] for path in factors}), points]).assign(
            effect_sizes=effect_sizes, baseline=[True] + [False] * len(points))
        for effect_sizes in ("evidence", "practitioner")], ignore_index=True).assign(point=range(66))
    runs = design.merge(pd.DataFrame({"replicate": range(3)}), how="cross")
    more = 10.0 * (runs["effect_sizes"] == "practitioner")
    runs["revenue"] = runs["policy.coaching_share"] + runs["replicate"] + more
    runs = runs.sample(frac=1.0, random_state=1).drop(index=runs.index[runs["point"] == 40][0])
    found, outcomes = outcomes_of(design, runs, "revenue", "practitioner")
    assert list(found.columns) == list(factors) and outcomes.shape == (32, 3)
    assert np.isnan(outcomes[6, 0])  # the run that is missing
    assert outcomes[0] == pytest.approx(points["policy.coaching_share"][0] + 10.0 + np.arange(3))
    with pytest.raises(ParameterError, match="evidence and practitioner; name one"):
        outcomes_of(design, runs, "revenue")
    with pytest.raises(ParameterError, match="allowed is evidence | practitioner"):
        outcomes_of(design, runs, "revenue", "own")
    with pytest.raises(ParameterError, match="did you mean revenue"):
        outcomes_of(design, runs, "revenu", "evidence")


# --- the chart


def lines(ax, gid):
    return [line.get_xdata().tolist() for line in ax.lines if line.get_gid() == gid]


def test_the_chart_shows_estimates_intervals_and_what_noise_would_have_shown():
    table = pd.concat([stated(), stated(index="first", estimate=[0.5, 0.4, 0.0])], ignore_index=True)
    ax = chart(table)
    assert [bar.get_width() for bar in ax.patches] == [0.6, 0.5, -0.02]
    assert lines(ax, "interval") == [[0.4, 0.8], [0.3, 0.7], [-0.1, 0.06]]
    assert lines(ax, "beside") == [[0.5], [0.4], [0.0]]
    assert lines(ax, "uncorrected") == [[0.8], [0.7], [0.5]]
    title = " ".join(ax.get_title(loc="left").split())
    assert title == "A leads with total index 0.6 (0.4 to 0.8), but is not distinguishable from b"


@pytest.mark.parametrize(("columns", "title"), [
    ({"tied_with": ""}, "A matters most: total index 0.6 (0.4 to 0.8)"),
    ({"low": -0.1}, "No factor shows a clear effect; the largest total index 0.6 (−0.1 to 0.8)"),
    ({"tied_with": ["b, c", "a", "a"]},
     "A leads with total index 0.6 (0.4 to 0.8), but is not distinguishable from b and c"),
])
def test_the_charts_title_is_the_finding(columns, title):
    assert " ".join(chart(stated(**columns)).get_title(loc="left").split()) == title


def test_the_chart_draws_all_three_analyses_and_refuses_what_it_cannot():
    points = trajectories(luck(20), 20, 3)
    assert chart(morris_effects(points, ishigami(points))).get_xlabel().startswith("size of the outcome's change")
    cloud = luck(21).random((80, 20))
    ax = chart(prcc(cloud, cloud[:, 0] - cloud[:, 1], bootstraps=100))
    assert len(ax.patches) == 12
    assert any("Smaller factors not shown: 8." in text.get_text().replace("\n", " ") for text in ax.texts)
    with pytest.raises(ChartError, match="no column noise_share"):
        chart(stated().drop(columns="noise_share"))
    with pytest.raises(ChartError, match="noise is all of the variance"):
        chart(stated(estimate=np.nan))


@pytest.mark.parametrize(("columns", "said"), [
    ({"tied_with": ""}, "A از همه مهم‌تر است: شاخص کل ۰٫۶ (۰٫۴ تا ۰٫۸)"),
    ({"low": -0.1}, "هیچ عاملی را نمی‌توان از بی‌اثر تشخیص داد"),
    ({"tied_with": ["b, c", "a", "a"]}, "اما از b و c تشخیص‌پذیر نیست"),
    ({"noise_share": np.nan, "replicates": 1}, "پیشتاز است"),
    ({"factor": ["policy.coaching_share", "world.skill_effect", "policy.heroics"], "tied_with": ""},
     "سهم مربی‌گری از همه مهم‌تر است"),
])
def test_the_chart_says_the_same_in_persian(columns, said):
    table = pd.concat([stated(**columns), stated(**columns | {"index": "first", "estimate": [0.5, 0.4, 0.0]})])
    assert said in title_of(persian(lambda: chart(table), "a", "b", "c"))


def test_the_other_analyses_in_persian():
    points = trajectories(luck(20), 20, 3)
    persian(lambda: chart(morris_effects(points, ishigami(points))), "x1", "x2", "x3", "N")
    cloud = luck(21).random((80, 20))
    table = prcc(cloud, cloud[:, 0] - cloud[:, 1], bootstraps=100)
    assert "همبستگی جزئی رتبه‌ای" in title_of(persian(lambda: chart(table), *map(str, table["factor"]), "N"))
