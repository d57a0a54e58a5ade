"""Waves of history matching, on functions with known answers."""

import dataclasses
import math

import numpy as np
import pytest

from simlead.statistics.emulator import Reference
from simlead.study.worlds.waves import CUTOFF, Emulated, Observed, emulated, implausibility, scaled, spread_over, waves

RANGES = dict.fromkeys("abcde", (0.0, 1.0))
SLOPES = np.array([0.12, 0.10, 0.05, 0.02, 0.0])
POINTS, REPLICATES, MANY = 24, 8, 400
SHARED, OWN = 0.35, 0.13
"""Noise of a replicate that all points share, and the rest: as of the group's growth of share in three years."""


def planted(world, replicates=REPLICATES, shared=SHARED, tilt=0.0):
    """A world in which the expected outcome is a plane: how to simulate it, its truth, and a reference."""
    generator = np.random.Generator(np.random.Philox(key=world))
    noise = generator.normal(0.0, shared, MANY)

    def truth(table):
        return 0.1 + scaled(table, RANGES) @ SLOPES

    def simulate(table):
        own = generator.normal(0.0, OWN, (len(table), replicates))
        return (truth(table)[:, None] + noise[:replicates] + own + scaled(table, RANGES) @ tilts)[None]

    tilts = np.random.Generator(np.random.Philox(key=(world, 1))).normal(0.0, tilt, (len(RANGES), replicates))
    case = 0.2 + noise + generator.normal(0.0, OWN, MANY)
    return simulate, truth, Reference(case[:replicates], case)


def test_implausibility_counts_standard_deviations():
    expected, variance = np.array([0.0, 5.0]), np.array([1.0, 1.0])
    assert implausibility(expected, variance, Observed(3.0, 3.0)).tolist() == [3.0, 2.0]
    assert implausibility(expected, variance, Observed(3.0, 3.0), one_firm=3.0).tolist() == [1.5, 1.0]
    wide = implausibility(expected, variance, Observed(3.0, 3.0, math.sqrt(8.0)))
    assert wide == pytest.approx([1.0, 2.0 / 3.0])
    assert implausibility(expected, variance, Observed(3.0, math.inf)).tolist() == [3.0, 0.0]


def test_without_any_luck_only_the_observation_itself_is_plausible():
    assert implausibility(np.array([1.0, 2.0]), np.zeros(2), Observed(2.0, 2.0)).tolist() == [math.inf, 0.0]


def test_luck_that_all_points_share_is_seen_through():
    """The means of points differ by less than the noise that they share; their own replicates rule out nothing."""
    simulate, truth, reference = planted(5)
    stated, places = Observed(0.32, 0.32), spread_over(RANGES, 2000, 1)
    table = spread_over(RANGES, POINTS, 1)
    found = simulate(table)
    assert truth(table).std() < SHARED / math.sqrt(REPLICATES)
    spread = found[0].var(axis=1, ddof=1).mean() / REPLICATES
    assert (np.abs(found[0].mean(axis=1) - stated.low) <= CUTOFF * math.sqrt(spread)).mean() > 0.9
    left = emulated(table, found, RANGES, [stated], references=[reference]).implausibility(places) <= CUTOFF
    right = np.abs(truth(places) - stated.low)
    assert left.mean() < 0.5
    assert left[right < 0.02].mean() > 0.95
    assert not left[right > 0.25].any()


def test_the_luck_of_a_single_firm_rules_out_less():
    simulate, _, reference = planted(6)
    table = spread_over(RANGES, POINTS, 1)
    match = emulated(table, simulate(table), RANGES, [Observed(0.4, 0.4)], references=[reference])
    assert (dataclasses.replace(match, one_firm=True).implausibility(table) < match.implausibility(table)).all()


def test_waves_close_in_on_what_matters_and_leave_the_rest():
    simulate, truth, reference = planted(7, shared=0.02)
    found, seen = waves(simulate, RANGES, [Observed(0.36, 0.36)], points=POINTS, count=3, references=[reference])
    assert len(found) == seen.shape[1] == 3 * POINTS
    first, last = found[found["wave"] == 1], found[found["wave"] == 3]
    assert abs(truth(last).mean() - 0.36) < abs(truth(first).mean() - 0.36) / 1.5
    assert last["a"].min() > 0.2 and last["e"].max() - last["e"].min() > 0.9


def test_an_observation_out_of_reach_is_ruled_out_everywhere():
    simulate, truth, reference = planted(8)
    found, seen = waves(simulate, RANGES, [Observed(1.5, 1.5)], points=POINTS, references=[reference])
    match = emulated(found, seen, RANGES, [Observed(1.5, 1.5)], references=[reference])
    places = spread_over(RANGES, 500, 1)
    assert match.implausibility(places).min() > CUTOFF
    # The search still goes where it comes nearest.
    assert truth(found[found["wave"] == 2]).mean() > truth(found[found["wave"] == 1]).mean() + 0.05
    assert truth(places)[match.nearest(places)] > 0.1 + 0.75 * np.abs(SLOPES).sum()


def test_all_that_was_told_must_fit():
    table = spread_over({"a": (0.0, 1.0)}, 20, 1)
    a, noise = table["a"].to_numpy(float)[:, None], np.array([-0.01, 0.0, 0.01])
    match = emulated(table, np.array([a + noise, 1.0 - a + noise]), {"a": (0.0, 1.0)},
                    [Observed(0.5, 0.5, 0.02), Observed(0.7, math.inf, 0.02)])
    assert match.implausibility(table).min() > CUTOFF  # a = .5 and a <= .3
    alone = Emulated({"a": (0.0, 1.0)}, [Observed(0.5, 0.5, 0.02)], match.emulators[:1])
    assert alone.implausibility(table).min() < CUTOFF


@pytest.mark.slow
def test_a_search_is_the_same_again():
    one, _ = waves(planted(1)[0], RANGES, [Observed(0.3, 0.3)], points=20, seed=4)
    two, _ = waves(planted(1)[0], RANGES, [Observed(0.3, 0.3)], points=20, seed=4)
    other, _ = waves(planted(1)[0], RANGES, [Observed(0.3, 0.3)], points=20, seed=5)
    assert one.equals(two) and not one.equals(other)
