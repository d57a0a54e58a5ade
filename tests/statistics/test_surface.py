"""Response surfaces: algebra against scikit-learn and brute force, known optima, and promises kept.

Coverage is counted over many simulated sweeps. Where the text grants a slack, it is because
lengths and noise are estimated and then taken as known; the bands around that are four and a
half standard deviations, a false alarm in 100,000, and the seeds are fixed besides.
"""

from __future__ import annotations

import dataclasses
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from persian import persian
from scipy.optimize import check_grad

from simlead.model.parameters import ParameterError
from simlead.show.charts import ChartError
from simlead.show.charts.axes import title_of
from simlead.show.charts.surface import surface_map, surface_slices
from simlead.show.sentences import sentences
from simlead.statistics.codes import CONDITIONS
from simlead.statistics.kriging import Kriged, Smoothness, fit_smoothness, likelihood
from simlead.statistics.noise import moderated_variances, noise_of_runs
from simlead.statistics.surface_checks import LeaveOneOut, condition_of
from simlead.study.surface import fit_surface

GRID = np.array([(x, y) for x in np.linspace(0, 1, 6) for y in np.linspace(0, 1, 5)])


def hill(where):
    """Highest, 10, at (.6, .35)."""
    return 10 - 4 * (where[:, 0] - 0.6) ** 2 - 2 * (where[:, 1] - 0.35) ** 2


def slope_with_ridge(where):
    """For each y the best x is .2 + .5 y."""
    return 10 - 3 * (where[:, 0] - 0.2 - 0.5 * where[:, 1]) ** 2 + where[:, 1]


def luck(where, replicates, rng, *, own=0.5, shared=0.0):
    """Noise, points x replicates: each point's own, and a part that points share, the closer the more."""
    apart = np.sqrt(((where[:, None, :] - where[None]) ** 2).sum(axis=2)) / 0.8
    covariance = 0.85 + 0.15 * np.exp(-apart**2 / 2) + 1e-10 * np.eye(len(where))
    common = np.linalg.cholesky(covariance) @ rng.normal(size=(len(where), replicates))
    return own * rng.normal(size=(len(where), replicates)) + shared * common


def tables(where, outcomes, names=("x", "y")):
    """Design and runs of a sweep with these outcomes, points x replicates."""
    design = pd.DataFrame(where, columns=list(names)[:where.shape[1]])
    design.insert(0, "point", np.arange(len(where)))
    point, replicate = np.meshgrid(*map(np.arange, outcomes.shape), indexing="ij")
    runs = pd.DataFrame({"point": point.ravel(), "replicate": replicate.ravel(), "z": outcomes.ravel()})
    return design, runs


def surface_of(function, where=GRID, replicates=12, seed=1, noise=None, **options):
    rng = np.random.default_rng(seed)
    outcomes = function(where)[:, None] + luck(where, replicates, rng, **(noise or {}))
    design, runs = tables(where, outcomes)
    return fit_surface(design, "z", factors=list(design.columns[1:]), runs=runs, **options)


def best_of(surface, **options):
    (line,) = sentences([surface.best_finding(**options)])
    return line


# The algebra.


@pytest.fixture(scope="module")
def known():
    """Points, values, noise variances and a covariance function."""
    rng = np.random.default_rng(3)
    where = rng.random((14, 2))
    return where, hill(where) - 9 + rng.normal(0, 0.2, 14), rng.uniform(0.01, 0.08, 14), Smoothness(
        0.7, np.array([0.4, 1.3]), common=2.0)


def test_likelihood_mean_and_deviation_are_scikit_learns(known):
    """Where noise is independent scikit-learn can do it too, and says the same."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern

    where, values, variances, smoothness = known
    kernel = ConstantKernel(2.0) + ConstantKernel(0.7) * Matern([0.4, 1.3], nu=2.5)
    theirs = GaussianProcessRegressor(kernel, alpha=variances, optimizer=None).fit(where, values)
    ours = Kriged(where, values, np.diag(variances), smoothness)
    elsewhere = np.random.default_rng(4).random((9, 2))
    mean, deviation = theirs.predict(elsewhere, return_std=True)
    assert ours.mean(elsewhere) == pytest.approx(mean, rel=1e-9)
    assert ours.deviation(elsewhere) == pytest.approx(deviation, rel=1e-9)
    assert ours.across(elsewhere, elsewhere) == pytest.approx(theirs.predict(elsewhere, return_cov=True)[1], abs=1e-9)
    assert likelihood(values, smoothness.of(where) + np.diag(variances)) - 7 * math.log(2 * math.pi) == pytest.approx(
        theirs.log_marginal_likelihood_value_, rel=1e-9)


def test_the_search_finds_what_scikit_learns_finds_or_better(known):
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern

    where, values, variances, _ = known
    kernel = ConstantKernel(1.0, (1e-8, 1e4)) * Matern([1.0, 1.0], (0.05, 20.0), nu=2.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = GaussianProcessRegressor(kernel, alpha=variances, n_restarts_optimizer=5, random_state=0)
        theirs.fit(where, values)
    found = fit_smoothness(where, np.outer(values, values), 1.0, np.diag(variances), nugget=False, common=False)
    best = theirs.log_marginal_likelihood_value_ + 7 * math.log(2 * math.pi)
    assert found.converged and found.log_likelihood >= best - 1e-4


@pytest.mark.parametrize("extras", [(False, False), (True, False), (True, True)])
def test_the_gradient_is_the_likelihoods(known, extras, monkeypatch):
    where, values, variances, _ = known
    caught = {}

    def instead(loss, start, **_):
        caught.setdefault("loss", loss)
        return type("End", (), {"fun": 0.0, "x": start, "success": True})

    monkeypatch.setattr("simlead.statistics.kriging.minimize", instead)
    fit_smoothness(where, np.outer(values, values), 3.0, np.diag(variances), nugget=extras[0], common=extras[1])
    at = np.random.default_rng(8).normal(-0.3, 0.5, 3 + sum(extras))
    assert check_grad(lambda t: caught["loss"](t)[0], lambda t: caught["loss"](t)[1], at) < 1e-4


def test_leaving_one_out_is_what_fitting_without_it_says(known):
    """The closed form against brute force, with noise that points share."""
    where, values, variances, smoothness = known
    noise = np.diag(variances) + 0.05 * np.exp(-((where[:, None] - where[None]) ** 2).sum(axis=2))
    prediction, deviation = Kriged(where, values, noise, smoothness).leave_one_out()
    whole = smoothness.of(where) + noise
    for i in range(len(where)):
        rest = np.arange(len(where)) != i
        weights = np.linalg.solve(whole[np.ix_(rest, rest)], whole[rest, i])
        assert prediction[i] == pytest.approx(weights @ values[rest], rel=1e-8)
        assert deviation[i] == pytest.approx(math.sqrt(whole[i, i] - weights @ whole[rest, i]), rel=1e-8)


def test_drawn_surfaces_have_the_surfaces_mean_and_spread(known):
    where, values, variances, smoothness = known
    kriged = Kriged(where, values, np.diag(variances), smoothness)
    elsewhere = np.random.default_rng(6).random((5, 2))
    drawn = kriged.samples(elsewhere, 40_000, math.inf, np.random.default_rng(7))
    deviation = kriged.deviation(elsewhere)
    assert (drawn.mean(axis=0) - kriged.mean(elsewhere)) / deviation == pytest.approx(0.0, abs=4.5 / 200)
    assert drawn.std(axis=0) / deviation == pytest.approx(1.0, abs=4.5 / math.sqrt(80_000))
    student = kriged.samples(elsewhere, 40_000, 5.0, np.random.default_rng(7))
    assert student.std(axis=0) / deviation == pytest.approx(math.sqrt(5 / 3), abs=0.06)


# The noise.


def test_luck_that_points_share_is_found_in_the_runs():
    rng = np.random.default_rng(12)
    outcomes = luck(GRID, 400, rng, own=0.3, shared=1.0)
    noise = noise_of_runs(GRID, outcomes)
    truth = (0.85 + 0.15 * np.exp(-((GRID[:, None] - GRID[None]) ** 2).sum(axis=2) / 0.8**2 / 2)
             + 0.09 * np.eye(30)) / 400
    assert noise.covariance == pytest.approx(truth, rel=0.2)
    assert 0.8 < noise.shared < 0.95 and 399 < noise.degrees < 550


def test_luck_of_their_own_is_found_to_be_their_own():
    noise = noise_of_runs(GRID, luck(GRID, 50, np.random.default_rng(13), own=2.0))
    assert abs(noise.shared) < 0.03
    assert np.diag(noise.covariance) == pytest.approx(4.0 / 50, rel=0.15)
    assert noise.degrees > 0.7 * 49 * 30


def test_points_with_more_runs_are_surer_and_share_what_they_share():
    rng = np.random.default_rng(14)
    outcomes = luck(GRID, 120, rng, own=0.3, shared=1.0)
    outcomes[10:, 40:] = math.nan
    covariance = noise_of_runs(GRID, outcomes).covariance
    assert covariance[0, 0] == pytest.approx(1.09 / 120, rel=0.25)
    assert covariance[20, 20] == pytest.approx(1.09 / 40, rel=0.25)
    assert covariance[0, 20] == pytest.approx(covariance[0, 0], rel=0.2)  # Cov of 120 and 40 of the same: 1/120
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_few_common_runs_are_taken_as_independent():
    outcomes = luck(GRID, 3, np.random.default_rng(15), own=0.3, shared=1.0)
    noise = noise_of_runs(GRID, outcomes)
    assert np.count_nonzero(noise.covariance - np.diag(np.diag(noise.covariance))) == 0


def test_variances_that_differ_by_chance_are_drawn_together_and_others_are_not():
    rng = np.random.default_rng(16)
    same = moderated_variances(rng.normal(size=(200, 6)).var(axis=1, ddof=1), np.full(200, 5))
    assert same.std() / same.mean() < 0.2 and same.mean() == pytest.approx(1.0, rel=0.1)
    sigma = np.exp(rng.normal(0, 0.5, 200))
    drawn = (rng.normal(size=(200, 6)) * sigma[:, None]).var(axis=1, ddof=1)
    apart = moderated_variances(drawn, np.full(200, 5))
    error = [np.std(np.log(values / sigma**2)) for values in (drawn, apart)]
    assert error[1] < error[0] and np.corrcoef(np.log(apart), np.log(sigma))[0, 1] > 0.75


# Known optima.


@pytest.mark.parametrize("noise", [{"own": 0.5}, {"own": 0.2, "shared": 1.0}], ids=["own luck", "shared luck"])
def test_the_top_of_a_known_hill_is_found(noise):
    surface = surface_of(hill, replicates=20, noise=noise)
    best = surface.best().set_index("role")
    x, y = best.loc["factor"].itertuples()
    assert surface.trusted and not surface.flat
    assert x.low <= 0.6 <= x.high and y.low <= 0.35 <= y.high
    assert x.high - x.low < 0.3 and abs(x.best - 0.6) < 0.1
    value = best.loc["measure"]
    assert value["low"] <= 10.0 <= value["high"]
    assert 0 <= best.loc["regret", "best"] <= best.loc["regret", "high"] < 0.2
    # within 1 %: 4 (x - .6)^2 < .1
    assert x.near_low == pytest.approx(0.6 - 0.158, abs=0.08) and x.near_high == pytest.approx(0.6 + 0.158, abs=0.08)
    assert x.near_low <= x.sure_low <= x.sure_high <= x.near_high


def test_the_lowest_is_the_highest_upside_down():
    up, down = surface_of(hill), surface_of(lambda where: -hill(where), noise={"own": 0.0})
    found = down.best(minimise=True).set_index("role")
    assert found.loc["factor", "best"].tolist() == pytest.approx([0.6, 0.35], abs=0.02)
    assert found.loc["measure", "best"] == pytest.approx(-10.0, abs=0.01)
    assert "lowest at x" in best_of(down, minimise=True) and "highest at x" in best_of(up)


def test_the_best_may_lie_on_an_edge():
    best = surface_of(lambda where: where[:, 0] - where[:, 1], noise={"own": 0.3}).best().set_index("quantity")
    assert best.loc["x", ["best", "high"]].tolist() == [1.0, 1.0]
    assert best.loc["y", ["best", "low"]].tolist() == [0.0, 0.0]


def test_the_ridge_follows_its_slope():
    surface = surface_of(slope_with_ridge, replicates=40)
    ridge = surface.ridge("x", "y")
    assert ridge["y"].tolist() == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])
    truth = 0.2 + 0.5 * ridge["y"]
    assert ((ridge["low"] <= truth) & (truth <= ridge["high"])).all()
    assert ridge["x"].to_numpy() == pytest.approx(truth, abs=0.08)
    assert ((ridge["value_low"] <= 10 + ridge["y"]) & (10 + ridge["y"] <= ridge["value_high"])).all()
    near = math.sqrt(0.1 / 3)
    assert (ridge["near_high"] - ridge["near_low"]).to_numpy()[1:-1] == pytest.approx(2 * near, rel=0.25)
    assert (ridge["regret_high"] > 0).all()


def test_a_plateau_is_told_as_one():
    """Everything above .3 is the same: the interval of the best and what is near it say so."""
    line = np.linspace(0, 1, 21)[:, None]
    surface = surface_of(lambda where: 10 - 30 * np.maximum(0.3 - where[:, 0], 0.0) ** 2, where=line,
                         replicates=60, noise={"own": 0.2})
    x = surface.best().iloc[0]
    assert 0.2 < x["near_low"] < 0.3 and x["near_high"] == 1.0
    assert x["sure_low"] < 0.35 and x["sure_high"] > 0.6
    assert x["high"] - x["low"] > 0.5
    assert "x from 0.3 to 1.0 (surely 0.3" in best_of(surface)


def test_a_surface_of_one_factor_and_one_of_three():
    line = np.linspace(0, 1, 9)[:, None]
    alone = surface_of(lambda where: 5 - (where[:, 0] - 0.3) ** 2, where=line, noise={"own": 0.02})
    assert alone.best().loc[0, "best"] == pytest.approx(0.3, abs=0.03)
    rng = np.random.default_rng(21)
    cube = rng.random((60, 3))
    design, runs = tables(cube, (hill(cube) - (cube[:, 2] - 0.9) ** 2)[:, None] + luck(cube, 10, rng, own=0.1),
                          ("x", "y", "z3"))
    three = fit_surface(design, "z", factors=["x", "y", "z3"], runs=runs)
    best = three.best().set_index("quantity")["best"]
    assert best[["x", "y", "z3"]].tolist() == pytest.approx([0.6, 0.35, 0.9], abs=0.12)
    held = three.ridge("x", "y", at={"z3": 0.1})
    assert held["value"].max() == pytest.approx(10 - 0.64, abs=0.15)


def test_a_gain_is_surer_than_a_level_where_points_share_their_luck():
    surface = surface_of(hill, replicates=20, noise={"own": 0.1, "shared": 2.0})
    at, origin = pd.DataFrame({"x": [0.6], "y": [0.35]}), {"x": 0.0, "y": 0.0}
    gain = surface.gain(at, origin).iloc[0]
    assert gain["low"] < 10 - (10 - 1.44 - 0.245) < gain["high"]
    level = surface.predict(at).iloc[0]
    assert gain["high"] - gain["low"] < (level["high"] - level["low"]) / 2
    assert surface.gain(pd.DataFrame([origin]), origin)[["difference", "low", "high"]].to_numpy() == pytest.approx(
        0.0, abs=1e-5)


# What it promises, counted.


def counted(function, noise, replicates, number, seed):
    """Over many sweeps: how often intervals hold the truth, of the level, of the top, of a gain."""
    elsewhere = np.random.default_rng(0).random((40, 2))
    frame = pd.DataFrame(elsewhere, columns=["x", "y"])
    level, gain = [], []
    for trial in range(number):
        surface = surface_of(function, replicates=replicates, seed=[seed, trial], noise=noise)
        found = surface.predict(frame)
        level.append(((found["low"] <= function(elsewhere)) & (function(elsewhere) <= found["high"])).mean())
        step = surface.gain(frame.iloc[:1], frame.iloc[1]).iloc[0]
        truth = function(elsewhere[:1])[0] - function(elsewhere[1:2])[0]
        gain.append(step["low"] <= truth <= step["high"])
    return float(np.mean(level)), float(np.mean(gain))


@pytest.mark.parametrize(("noise", "replicates", "sweeps"), [
    ({"own": 0.3, "shared": 1.0}, 8, 20),
    pytest.param({"own": 0.5}, 8, 200, marks=pytest.mark.slow),
    pytest.param({"own": 0.3, "shared": 1.0}, 30, 200, marks=pytest.mark.slow),
], ids=["shared luck, 8 runs", "own luck", "shared luck, 30 runs"])
def test_intervals_hold_the_truth_nearly_as_often_as_they_promise(noise, replicates, sweeps):
    """Five points are granted on top of chance."""
    level, gain = counted(hill, noise, replicates, sweeps, 31)
    assert min(level, gain) > 0.90 - 4.5 * math.sqrt(0.05 * 0.95 / sweeps)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [{"own": 0.5}, {"own": 0.3, "shared": 1.0}], ids=["own luck", "shared luck"])
def test_the_intervals_of_the_best_hold_it_as_often_as_they_promise(noise):
    line = np.linspace(0, 1, 11)[:, None]
    best, ridge, trials = [], [], 150
    for trial in range(trials):
        surface = surface_of(lambda where: 10 - 4 * (where[:, 0] - 0.4) ** 2, where=line, replicates=8,
                             seed=[41, trial], noise=noise)
        found = surface.best().iloc[0]
        best.append(found["low"] <= 0.4 <= found["high"])
        level = surface.best().iloc[1]
        ridge.append(level["low"] <= 10 - 4 * (found["best"] - 0.4) ** 2 <= level["high"])
    band = 4.5 * math.sqrt(0.05 * 0.95 / trials)
    assert np.mean(best) > 0.92 - band and np.mean(ridge) > 0.92 - band


def test_noise_that_is_too_small_by_half_is_caught_by_the_same_count():
    """A planted fault: intervals as from four times the runs hold the truth less often."""
    held = []
    for trial in range(30):
        rng = np.random.default_rng([51, trial])
        points = pd.DataFrame(GRID, columns=["x", "y"]).assign(n=8)
        points["z"] = hill(GRID) + 0.5 / math.sqrt(8) * rng.normal(size=30)
        points["z_low"], points["z_high"] = points["z"] - 0.1, points["z"] + 0.1  # honest: .42
        surface = fit_surface(points, "z", factors=["x", "y"])
        found = surface.predict(pd.DataFrame(GRID, columns=["x", "y"]))
        held.append(((found["low"] <= hill(GRID)) & (hill(GRID) <= found["high"])).mean())
    assert np.mean(held) < 0.90 - 4.5 * math.sqrt(0.05 * 0.95 / 40)


@pytest.mark.parametrize("noise", [{"own": 0.5}, {"own": 0.3, "shared": 1.0}], ids=["own luck", "shared luck"])
def test_a_constant_is_called_flat(noise):
    """At most 1 in 100 otherwise; of 12, more than 3 would come by chance less than once in 100,000."""
    flat = [surface_of(lambda where: 7.0 + 0 * where[:, 0], replicates=8, seed=[61, trial], noise=noise)
            for trial in range(12)]
    assert sum(not surface.flat for surface in flat) <= 3
    stated = next(surface for surface in flat if surface.flat and surface.trusted)
    assert sentences(stated)[0].startswith("No difference can be shown: z differs between the 30 points no more than")
    assert stated.best_finding() == stated.findings[0]
    best = stated.best().iloc[0]
    assert best["high"] - best["low"] > 0.6


def test_sound_surfaces_are_trusted():
    """Two alarms at 1 in 100 each; of 12, more than 3 would come by chance less than once in 10,000."""
    surfaces = [surface_of(hill, replicates=8, seed=[71, trial]) for trial in range(12)]
    assert sum(not surface.trusted for surface in surfaces) <= 3


# When not to trust it.


def test_a_point_that_is_off_is_named():
    rng = np.random.default_rng(81)
    outcomes = hill(GRID)[:, None] + luck(GRID, 12, rng, own=0.2)
    outcomes[17] += 3.0
    design, runs = tables(GRID, outcomes)
    surface = fit_surface(design, "z", factors=["x", "y"], runs=runs)
    assert not surface.trusted and surface.leave_one_out.worst_point == 17
    assert "point 17 lies" in sentences(surface)[0] and surface.leave_one_out.worst > 0
    assert surface.best_finding() == surface.findings[0]


def test_errors_larger_than_expected_and_points_that_tell_nothing_of_each_other_are_not_trusted():
    check = LeaveOneOut(error=1.0, explained=0.9, standardised=1.6, worst_point=3, worst=2.0)
    assert condition_of(30, check, False, True, False, False) == "errors large"
    sound = dataclasses.replace(check, standardised=1.0)
    assert condition_of(30, sound, False, True, False, False) == "trusted"
    silent = dataclasses.replace(sound, explained=-0.1)
    assert condition_of(30, silent, False, True, False, False) == "unexplained"
    assert condition_of(30, sound, False, True, False, True) == "too few replications"  # said before all else


def test_intervals_of_points_that_share_their_luck_are_not_enough():
    rng = np.random.default_rng(82)
    outcomes = hill(GRID)[:, None] + luck(GRID, 20, rng, own=0.1, shared=3.0)
    design, runs = tables(GRID, outcomes)
    points = pd.DataFrame(GRID, columns=["x", "y"]).assign(n=20, z=outcomes.mean(axis=1))
    half = 2.093 * outcomes.std(axis=1, ddof=1) / math.sqrt(20)
    points["z_low"], points["z_high"] = points["z"] - half, points["z"] + half
    blind = fit_surface(points, "z", factors=["x", "y"])
    assert not blind.trusted and "they share it. Give the runs" in sentences(blind)[0]
    assert any("taken as its own" in line for line in sentences(blind))
    seeing = fit_surface(design, "z", factors=["x", "y"], runs=runs)
    assert seeing.trusted and any("share random numbers (correlation 0.9" in line for line in sentences(seeing))


def test_a_search_that_does_not_end_well_is_a_finding_and_no_warning(monkeypatch):
    from simlead.statistics import emulator

    def unfinished(*arguments, **options):
        return dataclasses.replace(fit_smoothness(*arguments, **options), converged=False)

    monkeypatch.setattr(emulator, "fit_smoothness", unfinished)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        surface = surface_of(hill)
    assert not surface.trusted and surface.condition == "search unfinished"
    assert "did not end as it should" in sentences(surface)[0]


def test_a_factor_that_does_nothing_is_told():
    surface = surface_of(lambda where: 3 * np.sin(4 * where[:, 0]), noise={"own": 0.05}, replicates=30)
    assert "Y: no effect or nearly a straight line, no bend within its range." in sentences(surface)


@pytest.mark.parametrize("values", [np.full(30, 4.0), hill(GRID)], ids=["a constant", "a hill"])
def test_functions_without_noise_need_none(values):
    points = pd.DataFrame(GRID, columns=["x", "y"]).assign(z=values, z_low=values, z_high=values, n=5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        surface = fit_surface(points, "z", factors=["x", "y"])
        best = surface.best()
    assert surface.flat == (values[0] == values[1])
    assert best["best"].iloc[2] == pytest.approx(values.max(), abs=0.03)


def test_noise_that_nobody_tells_is_estimated():
    rng = np.random.default_rng(91)
    points = pd.DataFrame(rng.random((60, 2)), columns=["x", "y"])
    points["z"] = hill(points.to_numpy()) + rng.normal(0, 0.1, 60)
    surface = fit_surface(points, "z", factors=["x", "y"])
    assert any("estimated from the scatter" in line for line in sentences(surface))
    assert surface.table["standard_error"].to_numpy() == pytest.approx(0.1, rel=0.3)
    x = surface.best().iloc[0]
    assert x["low"] <= 0.6 <= x["high"]


# Tables, and what a sweep hands over.


def test_the_table_says_what_each_point_is():
    surface = surface_of(hill)
    assert list(surface.table.columns) == ["point", "x", "y", "mean", "standard_error", "predicted", "left_out",
                                           "error", "standardised"]
    assert (surface.table["mean"] - surface.table["left_out"]).to_numpy() == pytest.approx(surface.table["error"])
    check = surface.leave_one_out
    assert check.error == pytest.approx(math.sqrt((surface.table["error"] ** 2).mean()))
    assert 0.5 < check.explained < 1 and 0.5 < check.standardised < 1.5
    assert check.worst == surface.table["standardised"].iloc[check.worst_point]


def test_a_baseline_that_lies_on_the_grid_counts_once_and_one_outside_widens_nothing():
    rng = np.random.default_rng(92)
    where = np.vstack([GRID[7], GRID])
    outcomes = hill(where)[:, None] + np.vstack([np.zeros((1, 9)), luck(GRID, 9, rng)])
    outcomes[0] = outcomes[8]
    design, runs = tables(where, outcomes)
    design["baseline"] = np.arange(31) == 0
    surface = fit_surface(design, "z", factors=["x", "y"], runs=runs)
    assert len(surface.table) == 30
    more = pd.concat([runs, pd.DataFrame({"point": 0, "replicate": [9, 10], "z": 9.0})])  # the baseline ran on
    assert fit_surface(design, "z", factors=["x", "y"], runs=more).table["point"].tolist()[0] == 0
    outside = design.assign(x=np.where(design["baseline"], 1.7, design["x"]))
    assert fit_surface(outside, "z", factors=["x", "y"], runs=runs).ranges.highs.tolist() == [1.0, 1.0]


def test_parameters_that_vary_are_the_factors_and_keep_their_kinds():
    spans, switch = np.array([2, 4, 6, 8, 10, 12, 14]), [False, True]
    points = pd.DataFrame([(0.5, span, on) for span in spans for on in switch],
                          columns=["policy.role_clarity", "organisation.seats_per_team", "policy.one_to_one"])
    points["revenue"] = -(points["organisation.seats_per_team"] - 7.0) ** 2 + 3 * points["policy.one_to_one"]
    surface = fit_surface(points, "revenue")
    assert surface.factors == ("organisation.seats_per_team", "policy.one_to_one")
    best = surface.best().set_index("quantity")["best"]
    assert best["organisation.seats_per_team"] == 7 and best["policy.one_to_one"] == 1
    frame = surface.ranges.frame(np.array([[0.5, 1.0]]))
    assert frame.dtypes.astype(str).tolist() == ["int64", "bool"]


def test_a_policy_that_contradicts_itself_is_not_the_best():
    shares = [(a, b) for a in np.linspace(0, 1, 6) for b in np.linspace(0, 1, 6) if a + b <= 1]
    points = pd.DataFrame(shares, columns=["policy.coaching_share", "policy.own_selling_share"])
    points["revenue"] = 10 + points.sum(axis=1)
    surface = fit_surface(points, "revenue")
    coaching, selling = surface.best()["best"].iloc[:2]
    assert coaching + selling == pytest.approx(1.0, abs=0.03) and coaching + selling <= 1 + 1e-9
    ridge = surface.ridge("policy.coaching_share", "policy.own_selling_share")
    assert (ridge.iloc[:, 0] + ridge.iloc[:, 1] <= 1 + 1e-9).all()


def test_the_same_seed_finds_the_same_and_nothing_else_moves():
    state = np.random.get_state()[1].tolist()  # noqa: NPY002 - to see that nobody touches it
    one, other = surface_of(hill), surface_of(hill)
    pd.testing.assert_frame_equal(one.best(), other.best())
    pd.testing.assert_frame_equal(one.ridge("x", "y"), other.ridge("x", "y"))
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def good():
    return tables(GRID, hill(GRID)[:, None] + luck(GRID, 4, np.random.default_rng(0)))


@pytest.mark.parametrize(("change", "message"), [
    (lambda d, r: fit_surface(d, "zz", factors=["x", "y"], runs=r),
     "measure 'zz': the runs have no such column; did you mean z?"),
    (lambda d, r: fit_surface(d, "z", factors=["x", "y"]), "measure 'z': the points have no such column"),
    (lambda d, r: fit_surface(d, "z", factors=["x", "w"], runs=r), "factor 'w': the points have no such column"),
    (lambda d, r: fit_surface(d, "z", runs=r), "factors: the points have no parameter that varies"),
    (lambda d, r: fit_surface(d.drop(columns="point"), "z", factors=["x"], runs=r), "a column point is needed"),
    (lambda d, r: fit_surface(d, "z", factors=["x", "y"], runs=pd.concat([r, r])), "the same replicate twice"),
    (lambda d, r: fit_surface(d, "z", factors=["x"], runs=r), "two with x = 0.0 differ; name every factor"),
    (lambda d, r: fit_surface(d.head(5), "z", factors=["x", "y"], runs=r), "5 points for 2 factors: a surface takes 6"),
    (lambda d, r: fit_surface(d.assign(y=[str(v) for v in d["y"]]), "z", factors=["x", "y"], runs=r), "words"),
    (lambda d, r: fit_surface(d.assign(w=1.0), "z", factors=["x", "y", "w"], runs=r), "w = 1 at every point"),
    (lambda d, r: fit_surface(d.assign(y=d["y"].replace(1.0, math.inf)), "z", factors=["x", "y"], runs=r), "finite"),
    (lambda d, r: fit_surface(d.assign(effect_sizes=["a", "b"] * 15), "z", factors=["x", "y"], runs=r),
     "of a and b; name"),
    (lambda d, r: fit_surface(d.assign(effect_sizes="a"), "z", factors=["x", "y"], runs=r, effect_sizes="c"),
     "allowed is a"),
    (lambda d, r: fit_surface(d, "z", factors=["x", "y"], runs=r, confidence=1.0), "confidence = 1.0"),
    (lambda d, r: fit_surface(d, "z", factors=["x", "y"], runs=r, seed=-1), "seed = -1"),
    (lambda d, r: surface_of(hill).ridge("x", "w"), "factor 'w': this surface has x, y"),
    (lambda d, r: surface_of(hill).ridge("x", "x"), "x is given and sought at once"),
    (lambda d, r: surface_of(hill).ridge("x", "y", at={"y": 0.5}), "at: y is what the ridge runs over"),
    (lambda d, r: surface_of(hill).best(within=1.0), "within = 1.0"),
    (lambda d, r: surface_of(hill).predict(pd.DataFrame({"x": [0.5]})), "policies: no column y"),
    (lambda d, r: surface_of(hill).predict(pd.DataFrame({"x": [2.0], "y": [0.5]})), "the surface reaches from 0 to 1"),
])
def test_what_cannot_be_fitted_or_asked_is_refused_in_one_line(change, message):
    with pytest.raises(ParameterError, match=message.replace("(", r"\(").replace("?", r"\?")) as refusal:
        change(*good())
    assert "\n" not in str(refusal.value)


def test_a_set_of_effect_sizes_is_chosen_and_lost_points_are_told():
    design, runs = good()
    twice = pd.concat([design.assign(effect_sizes="a"), design.assign(effect_sizes="b", point=design["point"] + 30)])
    both = pd.concat([runs, runs.assign(point=runs["point"] + 30, z=runs["z"] + 5)])
    assert fit_surface(twice, "z", factors=["x", "y"], runs=both, effect_sizes="b").emulator.centre > 13
    lost = fit_surface(design, "z", factors=["x", "y"], runs=runs[runs["point"] != 3])
    assert "1 of 30 points have no value and are left out." in sentences(lost)


# Charts.


def test_the_map_draws_the_ridge_and_states_it():
    surface = surface_of(slope_with_ridge, replicates=60)
    ax = surface_map(surface)
    ridge = surface.ridge("x", "y")
    line = next(line for line in ax.lines if line.get_gid() == "ridge")
    assert line.get_xdata() == pytest.approx(ridge["y"]) and line.get_ydata() == pytest.approx(ridge["x"])
    bars = [line.get_ydata() for line in ax.lines if line.get_gid() == "interval"]
    assert np.array(bars) == pytest.approx(ridge[["low", "high"]].to_numpy())
    assert title_of(ax).startswith("For the highest z, x rises from 0.")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Y", "X")
    swapped = surface_map(surface, factor="y", given="x", minimise=True)
    assert title_of(swapped).startswith("For the lowest z, y ") and swapped.get_ylabel() == "Y"


def test_the_slices_draw_gains_over_the_best_and_state_it():
    surface = surface_of(hill, replicates=60)
    ax = surface_slices(surface)
    assert len(ax.child_axes) == 2
    line = next(line for line in ax.child_axes[0].lines if line.get_gid() == "surface")
    assert line.get_ydata().max() == pytest.approx(0.0, abs=1e-3)
    assert line.get_ydata()[0] == pytest.approx(-1.44, abs=0.3)
    assert title_of(ax).startswith("Z is highest at x 0.")


def test_of_a_single_factor_the_points_and_the_band_are_within_the_axis():
    surface = surface_of(lambda where: -((where[:, 0] - 0.5) ** 2), np.linspace(0.0, 1.0, 15)[:, None])
    panel = surface_slices(surface).child_axes[0]
    low, high = panel.get_ylim()
    band = next(each for each in panel.collections if each.get_gid() == "band").get_paths()[0].vertices[:, 1]
    assert low <= band.min() and band.max() <= high and low < 0.0 < high


@pytest.mark.parametrize("chart", [surface_map, surface_slices])
def test_a_flat_surface_has_a_flat_title(chart):
    flat = surface_of(lambda where: 7.0 + 0 * where[:, 0], replicates=8, seed=[61, 1])
    assert title_of(chart(flat)).startswith("No difference can be shown: z differs")


@pytest.mark.parametrize("chart", [surface_map, surface_slices])
def test_a_chart_is_legible_and_within_the_picture(chart):
    ax = chart(surface_of(hill))
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    texts = [ax._left_title, *ax.texts, ax.xaxis.label, ax.yaxis.label]
    for panel in ax.child_axes:
        texts += [panel.xaxis.label, panel.yaxis.label]
    for text in texts:
        if text.get_text():
            box = text.get_window_extent()
            assert text.get_fontsize() >= 14
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 1280 and box.y1 <= 720, text


def test_charts_refuse_what_they_cannot_draw():
    line = np.linspace(0, 1, 9)[:, None]
    alone = surface_of(lambda where: -(where[:, 0] ** 2), where=line)
    with pytest.raises(ChartError, match="the surface has one factor, x; a map needs two"):
        surface_map(alone)
    assert len(surface_slices(alone).child_axes) == 1


def test_the_map_says_the_same_in_persian():
    ridged = surface_of(slope_with_ridge, replicates=60)
    assert "برای بیشترین z، x از ۰٫" in title_of(persian(lambda: surface_map(ridged), "x", "y", "z"))


@pytest.fixture(scope="module")
def along_a_line():
    return surface_of(lambda where: -((where[:, 0] - 0.5) ** 2), where=np.linspace(0, 1, 9)[:, None])


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_surface_says_in_both_languages_whether_a_best_is_to_be_read_from_it(along_a_line, condition):
    surface = dataclasses.replace(along_a_line, condition=condition)
    english, said = (title_of(surface_slices(surface)),
                     title_of(persian(lambda: surface_slices(surface), "x", "z")).removeprefix("\u200f"))
    starts = {"trusted": ("Z is highest at x", "Z در x"),
              "flat": ("No difference can be shown: z", "تفاوتی نشان‌دادنی نیست: z میان"),
              "too few replications": ("Too few replications for a surface", "تکرارها برای رویهٔ z کم است")}
    for title, start in zip((english, said), starts.get(condition, ("Not to be trusted:", "قابل اعتماد نیست:")),
                            strict=True):
        assert title.startswith(start)
