"""The mixed model: the answers of a library and of the full likelihood, false alarms, and where they go wrong."""

import numpy as np
import pytest
from scipy.optimize import minimize
from trial_noise import NEAR_FIVE, noise, rate

from simlead.statistics.errors import StatisticsError
from simlead.statistics.mixed import mixed_model
from simlead.statistics.trial_designs import before_after, parallel, stepped, treated_periods

# statsmodels 0.15.0: mixedlm("y ~ d + C(t)", groups=cluster).fit(reml=True) of the values that `panel` makes
ORACLE = [  # design, spread, then effect, within, between
    (parallel(6, 3, 4, 4), 1.0, 0.70087, 0.53869, 1.4302),
    (stepped(5, 3, 2, 2), 2.0, 1.12260, 0.63180, 3.5984),
    (parallel(6, 2, 6, 6), 0.3, 0.66420, 1.02761, 0.0),
    (stepped(8, 2, 1, 3, at_once=2), 0.8, 0.46252, 1.19917, 1.3064),
]


def panel(design, spread, seed):
    random = np.random.default_rng(seed)
    values = random.normal(size=(design.clusters, design.periods)) + spread * random.normal(size=(design.clusters, 1))
    return values + 0.5 * random.normal(size=design.periods) + 0.7 * treated_periods(design)


def by_full_likelihood(values, treated):
    """Effect, its error, within and between, from the whole covariance matrix and no decomposition."""
    clusters, periods = values.shape
    columns = np.column_stack([treated.ravel().astype(float), np.tile(np.eye(periods), (clusters, 1))])
    y, block = values.ravel(), np.kron(np.eye(clusters), np.ones((periods, periods)))

    def fitted(logs):
        within, between = np.exp(logs)
        inverse = np.linalg.inv(within * np.eye(len(y)) + between * block)
        information = columns.T @ inverse @ columns
        slopes = np.linalg.solve(information, columns.T @ inverse @ y)
        rest = y - columns @ slopes
        loss = (rest @ inverse @ rest - np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(information)[1])
        return loss, slopes[0], np.sqrt(np.linalg.inv(information)[0, 0])

    best = minimize(lambda logs: fitted(logs)[0], [0.0, 0.0], method="Nelder-Mead",
                    options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2_000}).x
    return (*fitted(best)[1:], *np.exp(best))


@pytest.mark.parametrize("case", range(len(ORACLE)))
def test_effects_and_variances_are_statsmodels(case):
    design, spread, effect, within, between = ORACLE[case]
    found = mixed_model(panel(design, spread, case), design)
    assert found.effects.effect[0] == pytest.approx(effect, abs=1e-5)
    assert found.within[0] == pytest.approx(within, rel=1e-4)
    assert found.between[0] == pytest.approx(between, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("case", [0, 1])
def test_all_of_it_is_that_of_the_whole_likelihood(case):
    design, spread, *_ = ORACLE[case]
    values = panel(design, spread, 20 + case)
    found = mixed_model(values, design)
    wanted = by_full_likelihood(values, treated_periods(design))
    got = (found.effects.effect[0], found.effects.standard_error[0], found.within[0], found.between[0])
    assert got == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("design", [parallel(6, 3, 6, 6), stepped(4, 3, 3, 3)])
@pytest.mark.parametrize("level", [0.0, 1.0])
def test_false_alarms_are_five_percent_where_periods_are_equally_related(design, level):
    found = mixed_model(noise(design.clusters, design.periods, level=level), design)
    assert NEAR_FIVE[0] < rate(found.effects.p_value) < NEAR_FIVE[1]


def test_where_near_periods_are_more_alike_its_false_alarms_are_too_many():
    design = parallel(8, 4, 6, 6)
    assert rate(mixed_model(noise(8, 12, draws=2_000, correlation=0.8), design).effects.p_value) > 0.2


def test_without_differences_between_clusters_it_is_least_squares_with_levels_of_periods():
    design = parallel(6, 3, 4, 4)
    values = noise(6, 8, draws=40, level=0.0)
    found = mixed_model(values, design)
    none = found.between == 0.0
    assert 10 < none.sum() < 35
    treated = treated_periods(design).ravel().astype(float)
    columns = np.column_stack([treated, np.tile(np.eye(8), (6, 1))])
    for draw in np.flatnonzero(none)[:3]:
        slopes = np.linalg.lstsq(columns, values[draw].ravel(), rcond=None)[0]
        assert found.effects.effect[draw] == pytest.approx(slopes[0])


def test_waiting_periods_do_not_count():
    design = parallel(6, 3, 4, 6, waiting=2)
    values = noise(6, 10, draws=3)
    other = values.copy()
    other[:, :3, 4:6] += 100.0
    without = mixed_model(np.delete(values, [4, 5], axis=2), parallel(6, 3, 4, 4)).effects
    for panels in (values, other):
        assert np.allclose(mixed_model(panels, design).effects.effect, without.effect)


@pytest.mark.parametrize(("design", "message"), [
    (before_after(4, 3, 3), "all clusters start at once"), (parallel(5, 2, 3, 3), "5 clusters in a parallel design"),
    (stepped(3, 3, 3, 3), "needs 4 or more"), (stepped(4, 3, 3, 3, waiting=1), "needs waiting = 0")])
def test_what_it_cannot_fit_is_refused(design, message):
    with pytest.raises(StatisticsError, match=message):
        mixed_model(np.zeros((design.clusters, design.periods)), design)
