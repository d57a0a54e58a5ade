"""Tests with few clusters: closed forms, false alarms at 5 %, and what an assumption that fails does to them."""

import numpy as np
import pytest
from scipy import stats
from trial_noise import NEAR_FIVE, noise, rate

from simlead.statistics.errors import StatisticsError
from simlead.statistics.trial_designs import before_after, contrast, parallel, stepped
from simlead.statistics.trial_estimators import (
    ESTIMATORS,
    ancova,
    before_and_after,
    difference_in_differences,
    interrupted_series,
)

DESIGN = parallel(7, 3, base=4, after=6, waiting=2)


def halves(panels):
    return panels[:, :, :4].mean(axis=2), panels[:, :, 6:].mean(axis=2)


def test_difference_in_differences_is_students_test_of_the_changes():
    panels = noise(7, 10, draws=5)
    before, after = halves(panels)
    found, change = difference_in_differences(panels, DESIGN), after - before
    wanted = stats.ttest_ind(change[:, :3], change[:, 3:], axis=1)
    assert np.allclose(found.p_value, wanted.pvalue)
    assert np.allclose(found.effect / found.standard_error, wanted.statistic)
    assert np.allclose(found.effect, panels.reshape(5, -1) @ contrast(DESIGN).ravel())
    low, high = found.interval(0.9)
    wanted = wanted.confidence_interval(0.9)
    assert np.allclose(low, wanted.low) and np.allclose(high, wanted.high)


def test_ancova_is_least_squares_on_treatment_and_base():
    panels = noise(7, 10, draws=3)
    before, after = halves(panels)
    found = ancova(panels, DESIGN)
    for draw in range(3):
        design = np.column_stack([np.ones(7), np.arange(7) < 3, before[draw]])
        slopes, squares, *_ = np.linalg.lstsq(design, after[draw], rcond=None)
        error = np.sqrt(squares[0] / 4 * np.linalg.inv(design.T @ design)[1, 1])
        assert found.effect[draw] == pytest.approx(slopes[1]) and found.standard_error[draw] == pytest.approx(error)
        assert found.p_value[draw] == pytest.approx(2.0 * stats.t.sf(abs(slopes[1] / error), 4))


def test_before_and_after_is_students_paired_test():
    panels = noise(5, 10, draws=4)
    before, after = panels[:, :, :4].mean(axis=2), panels[:, :, 4:].mean(axis=2)
    found = before_and_after(panels, before_after(5, 4, 6))
    assert np.allclose(found.p_value, stats.ttest_rel(after, before, axis=1).pvalue)


@pytest.mark.parametrize("correlation", [0.0, 0.8])
@pytest.mark.parametrize(("estimator", "design"), [
    (difference_in_differences, parallel(4, 2, 6, 6)), (difference_in_differences, parallel(3, 1, 3, 3)),
    (ancova, parallel(4, 2, 6, 6)), (ancova, parallel(8, 4, 6, 6)), (before_and_after, before_after(4, 6, 6))])
def test_false_alarms_are_five_percent_however_periods_hang_together(estimator, design, correlation):
    common = 0.0 if estimator is before_and_after else 1.0  # what moves all is the effect for before-after
    panels = noise(design.clusters, design.periods, correlation=correlation, common=common)
    assert NEAR_FIVE[0] < rate(estimator(panels, design).p_value) < NEAR_FIVE[1]


def test_before_and_after_takes_a_growing_market_for_an_effect():
    design = before_after(4, 6, 6)
    growing = noise(4, 12, draws=2_000, common=0.0) + 0.2 * np.arange(12)
    assert rate(before_and_after(growing, design).p_value) > 0.3


def test_intervals_hold_the_effect_as_often_as_they_promise():
    design = parallel(6, 3, 4, 4)
    panels = noise(6, 8, correlation=0.5)
    panels[:, :3, 4:] += 2.0
    for estimator in (difference_in_differences, ancova):
        low, high = estimator(panels, design).interval()
        assert 1.0 - NEAR_FIVE[1] < float(((low < 2.0) & (high > 2.0)).mean()) < 1.0 - NEAR_FIVE[0]


def test_ancova_has_the_smaller_error_where_the_past_tells_little():
    design, panels = parallel(10, 5, 2, 6), noise(10, 8, draws=2_000, level=0.3)
    errors = [estimator(panels, design).effect.std() for estimator in (ancova, difference_in_differences)]
    assert errors[0] < 0.9 * errors[1]


@pytest.mark.parametrize(("correlation", "most"), [(0.0, 0.05), (0.3, 0.075), (0.6, 0.09)])
def test_a_series_with_a_trend_and_related_months_has_few_false_alarms(correlation, most):
    design = before_after(1, base=12, after=12, waiting=3)
    panels = noise(1, 24, draws=4_000, correlation=correlation, common=0.0) + 0.3 * np.arange(24)
    found = interrupted_series(panels, design)
    assert 0.03 < rate(found.p_value) < most
    assert abs(found.effect.mean()) < 5.0 * found.effect.std() / np.sqrt(len(panels))


def test_the_step_of_a_series_is_least_squares_beside_a_trend():
    design = before_after(1, base=5, after=7, waiting=2)
    panels = noise(1, 12, draws=3)
    when = np.r_[np.arange(5), np.arange(7, 12)]
    columns = np.column_stack([np.ones(10), when, when >= 5])
    for draw in range(3):
        step = np.linalg.lstsq(columns, panels[draw, 0, when], rcond=None)[0][2]
        assert interrupted_series(panels, design).effect[draw] == pytest.approx(step)


def test_values_without_noise_are_certain():
    flat = np.zeros((2, 4, 4))
    flat[1, :2, 2:] = 1.0
    assert difference_in_differences(flat, parallel(4, 2, 2, 2)).p_value.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("ask", "message"), [
    (lambda: difference_in_differences(np.zeros((2, 4)), parallel(2, 1, 2, 2)), "2 clusters: 3 or more"),
    (lambda: ancova(np.zeros((3, 4)), parallel(3, 1, 2, 2)), "3 clusters: 4 or more"),
    (lambda: ancova(np.zeros((3, 9)), stepped(3, 3, 2, 2)), "a stepped design: one start and a control"),
    (lambda: before_and_after(np.zeros((1, 4)), before_after(1, 2, 2)), "of 1 clusters: two or more"),
    (lambda: before_and_after(np.zeros((4, 4)), parallel(4, 2, 2, 2)), "a parallel design"),
    (lambda: interrupted_series(np.zeros((2, 8)), before_after(2, 4, 4)), "2 clusters, 4 periods before and 4 after"),
    (lambda: interrupted_series(np.zeros((1, 8)), before_after(1, 4, 4, 2)), "4 periods before and 2 after"),
])
def test_what_cannot_be_tested_is_refused_in_one_line(ask, message):
    with pytest.raises(StatisticsError) as refusal:
        ask()
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
    assert set(ESTIMATORS) == {"difference_in_differences", "ancova", "before_and_after", "interrupted_series"}
