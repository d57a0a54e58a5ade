"""Designs of trials: who starts when, all other assignments, and the contrast of each."""

import itertools
import math

import numpy as np
import pytest
from trial_noise import noise

from simlead.statistics.errors import StatisticsError
from simlead.statistics.trial_designs import (
    NEVER,
    TrialDesign,
    all_contrasts,
    before_after,
    checked_panels,
    contrast,
    parallel,
    stepped,
    treated_periods,
)

DESIGNS = {"parallel": parallel(5, 2, base=4, after=6, waiting=2), "stepped": stepped(4, base=3, step=3, after=3),
           "in pairs": stepped(6, base=3, step=3, after=4, waiting=2, at_once=2),
           "before-after": before_after(4, base=4, after=6, waiting=1),
           "steps and controls": TrialDesign((3, 5, NEVER, NEVER), 9)}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_contrast_is_an_effect_that_is_there_and_nothing_of_what_is_not(name):
    """An effect of 1 in all treated periods counts 1; lasting levels, common periods and what waits count 0."""
    design = DESIGNS[name]
    weights = contrast(design)
    treated = treated_periods(design)
    when = np.array(design.starts)
    waits = treated & (np.arange(design.periods) < when[:, None] + design.waiting)
    assert (weights * treated).sum() == pytest.approx(1.0)
    assert np.abs(weights.sum(axis=1)).max() < 1e-12 and not weights[waits].any()
    if design.kind != "before-after":
        assert np.abs(weights.sum(axis=0)).max() < 1e-12


def test_with_one_start_the_contrast_is_the_difference_in_differences():
    design = DESIGNS["parallel"]
    values = noise(5, 10, draws=1)[0]
    change = values[:, 6:].mean(axis=1) - values[:, :4].mean(axis=1)
    assert (contrast(design) * values).sum() == pytest.approx(change[:2].mean() - change[2:].mean())


def test_effects_that_grow_are_averaged_and_turn_no_sign():
    """Where two-way fixed effects fail: the early group's effect grows while the late one is its control."""
    design = stepped(2, base=2, step=2, after=4)
    assert design.starts == (2, 4) and design.periods == 8
    since = np.maximum(0, np.arange(8) - np.array([[1], [3]]))
    effect = since.astype(float) ** 2  # 1, 4, 9 ... after each start
    assert (contrast(design) * effect).sum() == pytest.approx((1.0 + 4.0) / 2)  # the two periods with a control
    treated = treated_periods(design)

    def centred(table):
        return table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()

    two_way = (centred(treated.astype(float)) * effect).sum() / (centred(treated.astype(float)) ** 2).sum()
    assert two_way < 0.0


def test_no_cluster_that_has_started_is_a_control():
    """A shock to treated periods of other clusters leaves each comparison as it is, but for its own treated group."""
    design = stepped(3, base=2, step=2, after=2)
    weights, treated = contrast(design), treated_periods(design)
    assert (weights[treated] >= 0.0).all()


def test_all_assignments_are_dealt_once_and_each_as_likely_as_any_other():
    for design in (parallel(6, 2, 3, 3), stepped(4, 3, 2, 2), stepped(6, 3, 2, 2, at_once=2)):
        dealt = list(design.assignments())
        assert len(dealt) == len(set(dealt)) == design.number_of_assignments
        assert set(dealt) == set(itertools.permutations(design.starts))
    design = parallel(4, 2, 3, 3)
    drawn = [tuple(row) for row in design.drawn(np.random.default_rng(0), 6_000).tolist()]
    counts = np.array([drawn.count(starts) for starts in design.assignments()])
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 25.7  # chi-squared with 5 degrees of freedom, at 1e-4


def test_contrasts_of_all_assignments_are_those_of_each():
    design = TrialDesign((3, 5, NEVER, NEVER), 9, 1)
    weights, whole = all_contrasts(design, 100, np.random.default_rng(0))
    each = np.array([contrast(design, starts).ravel() for starts in design.assignments()])
    assert whole and np.allclose(weights, each)
    some, whole = all_contrasts(design, 5, np.random.default_rng(0))
    assert not whole and len(some) == 5
    assert all(np.isclose(each, row).all(axis=1).any() for row in some)


def test_the_kind_and_the_number_of_assignments_follow_from_the_starts():
    assert [design.kind for design in DESIGNS.values()] == [
        "parallel", "stepped", "stepped", "before-after", "stepped"]
    assert parallel(12, 6, 3, 3).number_of_assignments == math.comb(12, 6)
    assert stepped(6, 3, 2, 2, at_once=2).number_of_assignments == 90
    assert before_after(9, 3, 3).number_of_assignments == 1


@pytest.mark.parametrize(("make", "message"), [
    (lambda: parallel(4, 4, 3, 3), "treated = 4 of 4 clusters: allowed is 1 to 3, so that each arm has one"),
    (lambda: parallel(4, 0, 3, 3), "treated = 0"),
    (lambda: parallel(4, 2, 0, 3), "start = 0: allowed is a whole number from 1 to"),
    (lambda: parallel(4, 2, 3, 3, waiting=3), "start = 3: allowed is a whole number from 1 to 2"),
    (lambda: stepped(4, 3, 2, 2, waiting=2), "step = 2, waiting = 2: a step longer than the waiting"),
    (lambda: TrialDesign((NEVER, NEVER), 4), "no cluster ever starts"),
    (lambda: TrialDesign((), 4), "0 clusters"),
    (lambda: TrialDesign((1,), 4.5), "periods = 4.5"),
    (lambda: contrast(parallel(4, 2, 3, 3), [3, 3, 3, NEVER]), "no assignment of a design"),
    (lambda: checked_panels(np.zeros((4, 5)), parallel(4, 2, 3, 3)), "draws x 4 clusters x 6 periods are needed"),
    (lambda: checked_panels(np.full((4, 6), np.nan), parallel(4, 2, 3, 3)), "a finite number"),
])
def test_what_is_no_trial_is_refused_in_one_line(make, message):
    with pytest.raises(StatisticsError) as refusal:
        make()
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
