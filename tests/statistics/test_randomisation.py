"""Randomisation inference: exact by counting, at its stated rate whatever the noise, refused where it shows nothing."""

import itertools

import numpy as np
import pytest
from scipy import stats
from trial_noise import NEAR_FIVE, noise, rate

from simlead.statistics.errors import StatisticsError
from simlead.statistics.randomisation import (
    attained_rate,
    randomisation_interval,
    randomisation_test,
    refuse_too_few,
    smallest_p_value,
)
from simlead.statistics.trial_designs import NEVER, TrialDesign, before_after, contrast, parallel, stepped


def test_the_p_value_is_the_share_of_assignments_as_extreme():
    design = parallel(8, 4, base=2, after=3)
    panels = noise(8, 5, draws=20, seed=3)
    found = randomisation_test(panels, design)
    change = panels[:, :, 2:].mean(axis=2) - panels[:, :, :2].mean(axis=2)
    for draw in range(20):
        gaps = [change[draw, list(arm)].mean() - np.delete(change[draw], arm).mean()
                for arm in itertools.combinations(range(8), 4)]
        assert found.p_value[draw] == pytest.approx(np.mean(np.abs(gaps) >= abs(gaps[0]) - 1e-9))
    wanted = stats.permutation_test(
        (change[0, :4], change[0, 4:]), lambda x, y, axis: np.abs(x.mean(axis) - y.mean(axis)), vectorized=True,
        n_resamples=np.inf, alternative="greater").pvalue
    assert found.p_value[0] == pytest.approx(wanted)


@pytest.mark.parametrize(("design", "stated"), [
    (parallel(8, 4, 3, 3), 2 / 70), (parallel(7, 2, 3, 3), 1 / 21), (stepped(5, 2, 1, 1), 6 / 120),
    (TrialDesign((2, 3, NEVER, NEVER, NEVER), 6), 1 / 20)])
@pytest.mark.parametrize("kind", [{}, {"correlation": 0.9, "skewed": True}])
def test_false_alarms_come_at_the_attained_rate_whatever_the_noise(design, stated, kind):
    assert attained_rate(design) == pytest.approx(stated)
    draws = 6_000
    found = rate(randomisation_test(noise(design.clusters, design.periods, draws, **kind), design).p_value)
    assert abs(found - stated) < 4.0 * np.sqrt(stated * (1.0 - stated) / draws)  # missed with 6e-5


def test_many_assignments_are_sampled_and_the_rate_stays():
    design = parallel(16, 8, 2, 2)
    found = randomisation_test(noise(16, 4), design, most=199)
    assert found.assignments == 200 and design.number_of_assignments == 12_870
    assert NEAR_FIVE[0] < rate(found.p_value) < NEAR_FIVE[1]


def test_a_large_effect_is_seen_and_the_more_clusters_the_oftener():
    shares = []
    for clusters in (8, 12):
        design = parallel(clusters, clusters // 2, 4, 4)
        panels = noise(clusters, 8, draws=500)
        panels[:, : clusters // 2, 4:] += 1.0
        shares.append(rate(randomisation_test(panels, design).p_value))
    assert 0.2 < shares[0] < shares[1] - 0.1


def test_the_smallest_p_value_is_reached_by_a_huge_effect():
    for design in (parallel(8, 4, 2, 2), parallel(7, 2, 2, 2), stepped(5, 2, 1, 2)):
        panels = noise(design.clusters, design.periods, draws=5) * 1e-3
        panels += 1e3 * contrast(design)  # as far apart as this design can tell
        found = randomisation_test(panels, design)
        assert found.p_value == pytest.approx(found.smallest_p_value) and found.smallest_p_value == (
            smallest_p_value(design))


def test_an_interval_holds_what_the_test_does_not_reject_and_nothing_else():
    design = parallel(8, 4, base=2, after=2)
    panel = noise(8, 4, draws=1, seed=5)[0]
    panel[:4, 2:] += 3.0
    low, high = randomisation_interval(panel, design)
    treated = np.zeros((8, 4))
    treated[:4, 2:] = 1.0
    for effect, kept in ((low + 1e-6, True), (high - 1e-6, True), (low - 1e-6, False), (high + 1e-6, False)):
        p_value = randomisation_test(panel - effect * treated, design).p_value[0]
        assert (p_value > 0.05) == kept


def test_intervals_hold_the_effect():
    design = parallel(8, 4, base=2, after=2)
    panels = noise(8, 4, draws=120, correlation=0.5)
    panels[:, :4, 2:] += 2.0
    ends = np.array([randomisation_interval(panel, design) for panel in panels])
    held = ((ends[:, 0] <= 2.0) & (ends[:, 1] >= 2.0)).mean()
    assert held > 1.0 - 2 / 70 - 4.0 * np.sqrt(0.028 * 0.972 / 120)


@pytest.mark.parametrize(("design", "message"), [
    (parallel(4, 2, 3, 3), "6 assignments of 4 clusters: the smallest p-value is 0.333, above alpha = 0.05; "
                           "3 of 7 clusters would be enough"),
    (parallel(6, 3, 3, 3), "20 assignments of 6 clusters: the smallest p-value is 0.1"),
    (before_after(30, 3, 3), "nothing was drawn by lot"),
])
def test_too_few_assignments_are_refused_with_what_would_be_enough(design, message):
    with pytest.raises(StatisticsError) as refusal:
        randomisation_test(np.zeros((design.clusters, 6)), design)
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
    assert attained_rate(design) == 0.0


def test_alpha_is_between_0_and_1():
    with pytest.raises(StatisticsError, match="alpha = 1"):
        refuse_too_few(parallel(8, 4, 3, 3), 1.0)
    with pytest.raises(StatisticsError, match="2 panels"):
        randomisation_interval(np.zeros((2, 8, 6)), parallel(8, 4, 3, 3))
