"""One reading of one sweep (C22): too few replications first, and no evidence is not evidence of nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.show.language import in_language
from simlead.show.sentences import sentences
from simlead.statistics.comparisons import against, best_and_worse, range_bound, spread, trends
from simlead.study import reading as reading_module
from simlead.study.discover import prim
from simlead.study.reading import CODES, read_sweep, reading_of
from simlead.study.surface import fit_surface
from simlead.study.sweeps.sweep import sweep

NO_EFFECT = "no policy is better"


def made(effect, own, replicates=20, points=30, seed=1):
    """A design of one factor, its runs under common random numbers, and the baseline's."""
    random = np.random.default_rng(seed)
    x = random.random(points)
    design = pd.DataFrame({"point": range(points), "effect_sizes": "evidence", "policy.coaching_share": x})
    common = random.normal(0.0, 1.0, replicates)
    runs = (100.0 + effect * x)[:, None] + common + random.normal(0.0, own, (points, replicates))
    return design, runs, 100.0 + common + random.normal(0.0, own, replicates)


def read(*data, **options):
    return reading_of(*data, measure="revenue", unit="$/year", **options)


@pytest.mark.parametrize(("data", "code"), [
    (made(10.0, 0.5), "best_group"), (made(0.0, 0.01), "equal"), (made(0.0, 0.5), "undecided"),
    (made(10.0, 0.5, replicates=3), "too_few_replications"), (made(0.7, 1.0, points=20, seed=5), "trend"),
    (made(10.0, 0.5, points=1), "one_point"), (made(1000.0, 0.01, points=2), "best")])
def test_each_kind_of_sweep_has_its_code(data, code):
    assert read(*data).code == code


def test_every_code_has_a_sentence_in_both_languages():
    reading = read(*made(10.0, 0.5))
    for code in CODES:
        other = type(reading)(**{**vars(reading), "code": code})
        english = sentences(other)
        with in_language("fa"):
            persian = sentences(other)
        assert len(english) == len(persian) and english[0] != persian[0] and "{" not in english[0] + persian[0]
        assert NO_EFFECT not in " ".join(english)


def test_a_sweep_without_a_run_says_so():
    design, runs, _ = made(1.0, 1.0)
    reading = read(design, np.full_like(runs, np.nan), None)
    assert (reading.code, reading.best, reading.not_worse, reading.above) == ("no_runs", None, (), None)


def test_lack_of_evidence_is_never_equality():
    """With the same means, more noise turns `equal` into `undecided`, never the other way."""
    design, runs, baseline = made(0.0, 0.01)
    assert read(design, runs, baseline).code == "equal"
    noisier = runs + np.random.default_rng(2).normal(0.0, 3.0, runs.shape)
    assert read(design, noisier, baseline).code == "undecided"
    assert read(design, runs, baseline, smallest_effect=1e-4).code != "equal"


def test_numbers_of_the_reading_are_those_of_the_runs():
    design, runs, baseline = made(10.0, 0.5)
    runs[3, 5:] = np.nan
    reading = read(design, runs, baseline)
    assert reading.replications == 5 and reading.table["n"].tolist()[3] == 5
    assert reading.best == int(np.nanmean(runs, axis=1).argmax()) and reading.best in reading.not_worse
    assert reading.above + reading.below + reading.unclear == 30
    assert reading.clear_trends == ["policy.coaching_share"]
    assert set(reading.table.loc[~reading.table["worse"], "point"]) == set(reading.not_worse)
    few = read(design, runs[:, :20], baseline, smallest_effect=0.05)
    assert few.needed > 100  # sd of a difference .7, five runs, half-width .05


def test_what_the_surface_says_does_not_contradict_the_reading():
    design, runs, baseline = made(0.7, 1.0, points=20, seed=5)
    long = pd.DataFrame([(p, r, runs[p, r]) for p in range(20) for r in range(20)],
                        columns=["point", "replicate", "revenue"])
    surface = fit_surface(design, "revenue", runs=long)
    lines = sentences(read(design, runs, baseline).with_surface(surface))
    assert lines[0].startswith("No single point of 20 is shown to be higher than another in revenue, but the measure")
    assert not any("No difference can be shown" in line for line in lines)


# --- the intervals keep what they state: at most 1 in 10,000 false alarms of these tests


def families(number, points=8, replicates=5):
    for seed in range(number):
        random = np.random.default_rng(seed)
        truth = random.normal(0.0, 0.5, points)
        common = random.normal(0.0, 2.0, replicates)
        yield truth, truth[:, None] + common + random.normal(0.0, random.uniform(0.2, 2.0, points)[:, None],
                                                             (points, replicates))


def most_misses(number):
    return stats.binom.ppf(1.0 - 1e-4, number, 0.05)


def test_what_is_as_good_is_seldom_called_worse_and_bounds_hold():
    lost = wide = apart = wrong = equal = 0
    for truth, values in families(600):
        _, worse = best_and_worse(values, 0.95)
        lost += bool(worse[truth >= truth[values.mean(axis=1).argmax()]].any())
        wide += np.ptp(truth) > range_bound(values, 0.95)
        means = values.mean(axis=1)
        gap = spread(values, 0.95)
        apart += not gap.low <= truth[means.argmax()] - truth[means.argmin()] <= gap.high
        same = truth[0] + values - truth[:, None]
        equal += bool(best_and_worse(same, 0.95)[1].any())
        above, below, _ = against(same[1:], same[0], 0.95)
        wrong += above + below > 0  # all of them are equal to the baseline
    assert max(lost, wide, apart, wrong, equal) <= most_misses(600)


def test_trends_hold_together_whatever_points_share():
    where = np.random.default_rng(0).random((12, 3))
    wrong = 0
    for seed in range(600):
        random = np.random.default_rng(seed)
        tilt = random.normal(0.0, 1.0, (3, 6))  # each replication tilts the plane: the points are not independent
        found = trends(where, where @ (np.array([[1.0], [0.0], [-1.0]]) + tilt) + random.normal(0, 0.1, (12, 6)), 0.95)
        wrong += any(not f.low <= slope <= f.high for f, slope in zip(found, (1.0, 0.0, -1.0), strict=True))
    assert wrong <= most_misses(600)
    found = trends(where, (where @ np.array([2.0, 0.0, -3.0]))[:, None] + np.zeros(4), 0.95)
    assert [round(f.mean, 9) for f in found] == [2.0, 0.0, -3.0]


# --- C22 itself: a sweep of 603 runs


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
                              "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
    random = np.random.default_rng(3)
    points = pd.DataFrame({"policy.coaching_share": random.uniform(0.0, 0.5, 60),
                           "policy.role_clarity": random.uniform(0.2, 1.0, 60)})
    return sweep(points, scenario=firm, replications=3, baseline=True, measures=["revenue"], workers=1,
                 out=tmp_path_factory.mktemp("c22") / "sweep")


def test_three_replications_are_said_first_and_the_answers_agree(found):
    reading = read_sweep(found, "revenue")
    assert (reading.code, reading.points, reading.replications) == ("too_few_replications", 60, 3)
    assert sentences(reading) == ["Too few replications: 3 at some of the 60 points; at least 4 are needed before "
                                  "differences between points are reported. What follows shows where to look; it "
                                  "is not a result."]
    surface = fit_surface(found, "revenue", effect_sizes=reading.effect_sizes)
    assert surface.condition == "too few replications" and not surface.trusted
    boxes = prim(found.paired("revenue"), "difference", below=0.0, factors=["policy.coaching_share"], shuffles=99)
    said = " ".join([*sentences(reading.with_surface(surface)), *sentences(boxes)])
    assert NO_EFFECT not in said and "Flat" not in said
    assert said.startswith("Too few replications")


def test_what_cannot_be_read_is_refused(found):
    with pytest.raises(ParameterError, match="did you mean revenue"):
        read_sweep(found, "revenu")
    with pytest.raises(ParameterError, match="smallest_effect = 0"):
        read_sweep(found, "revenue", smallest_effect=0.0)
    with pytest.raises(ParameterError, match="confidence = 1.0"):
        read_sweep(found, "revenue", confidence=1.0)


def test_the_threshold_is_the_one_of_the_surface():
    assert reading_module.ENOUGH_REPLICATIONS == 4
