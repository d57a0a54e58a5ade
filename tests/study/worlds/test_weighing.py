"""Weights of worlds by published facts, held against planted emulators with known answers."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.published_facts import FACTS, Fact
from simlead.study.worlds import weighing
from simlead.study.worlds.fact_emulator import CUTOFF, FactEmulators, fact_emulators, implausibility, log_weights
from simlead.study.worlds.fact_runs import GAP, SOLVED, TELLING, FactRun, gap_of, signals
from simlead.study.worlds.ranges import Range, likely_ranges
from simlead.study.worlds.weighing import kish, take, weighed_draw
from simlead.study.worlds.worlds import worlds

SKILL, CLARITY = "world.skill_effect", "world.clarity_effect"
FLAT = {SKILL: Range(0.0, 0.5, 1.0, weight=0.0), CLARITY: Range(0.0, 0.25, 0.5, weight=0.0)}
BASE = Scenario()


def planted(**levels):
    """Emulators by which every fact is as published, but for some: (level, slope in skill) by measure."""
    coefficients = {}
    for fact in TELLING:
        value = fact.published if math.isfinite(fact.published) else (fact.low + min(fact.high, 3 * fact.low)) / 2
        level, slope = levels.get(fact.measure, (value, 0.0))
        coefficients[fact.measure] = np.array([level, slope, 0.0, 0.0, 0.0])
    for place, value in enumerate((1.0, 0.0, 1.0, 0.04, 0.0)):
        coefficients[f"{GAP} {place}"] = np.array([value, 0.0, 0.0, 0.0, 0.0])
    inputs = {SKILL: (0.0, 1.0), CLARITY: (0.0, 0.5)}
    return FactEmulators(inputs, coefficients, dict.fromkeys((fact.measure for fact in TELLING), 0.0),
                         {"evidence": 0.9, "practitioner": 0.1}, {})


@pytest.fixture
def by_skill(monkeypatch):
    """Separations that a world with skill .67 gets right: expected .10 to .40, published .30."""
    monkeypatch.setattr(weighing, "fact_emulators", lambda: planted(separations_per_year=(0.25, 0.15)))


def test_facts_that_calibration_solves_for_or_nobody_published_tell_no_worlds_apart():
    telling = {fact.measure for fact in TELLING}
    assert not telling & {*SOLVED, "market_share"}
    assert {fact.measure for fact in FACTS if fact.world} <= telling


def test_implausibility_counts_each_side_of_a_tolerance_by_itself():
    fact = Fact("x", "x", 0.30, 0.20, 0.36, "V1")
    wide = math.sqrt(1.25)
    assert implausibility(np.array([0.25, 0.30, 0.36]), fact, 0.0) == pytest.approx([1 / wide, 0.0, 2 / wide])
    assert implausibility(np.array([0.25]), fact, 0.05)[0] == pytest.approx(0.05 / math.hypot(0.05 * wide, 0.05))


def test_a_fact_with_bounds_only_rules_out_what_lies_outside_of_them():
    fact = Fact("x", "x", math.nan, 0.35, 0.60, "", world=True)
    found = implausibility(np.array([0.35, 0.5, 0.6, 0.7]), fact, 0.0)
    assert found[:3].tolist() == [0.0, 0.0, 0.0] and found[3] == pytest.approx(0.1 / (0.0625 * math.sqrt(1.25)))


def test_a_world_that_any_fact_rules_out_has_no_weight():
    table = pd.DataFrame({"a": [0.0, 1.0, 3.1], "b": [0.0, 2.0, 0.0]})
    assert log_weights(table).tolist() == [0.0, -2.5, -math.inf] and CUTOFF == 3.0


def test_the_gap_between_managers_is_that_of_its_regression():
    random = np.random.Generator(np.random.Philox(1))
    quality, skill = random.normal(size=(2, 200_000))
    sales = 0.05 * quality + 0.08 * skill + random.normal(0.0, 0.3, 200_000)
    covariance = np.cov([quality, skill, sales])
    found = gap_of([covariance[0, 0], covariance[0, 1], covariance[1, 1], covariance[0, 2], covariance[1, 2]])
    assert float(found) == pytest.approx(math.expm1(2.5631 * math.hypot(0.05, 0.08)), rel=0.05)


def test_one_replication_shows_a_number_for_every_telling_fact():
    firm = BASE.change({"organisation.teams": 1, "organisation.seats_per_team": 6, "calendar.warmup_weeks": 60})
    shown = signals(FactRun(firm, 0, 0))
    assert {fact.measure for fact in TELLING} - {GAP} <= set(shown)
    assert 0.0 < shown["separations_per_year"] < 2.0 and 0.0 < shown["coached_rep_weeks_share"] < 1.0


# --- worlds taken by their weights


def test_what_is_taken_stands_for_all_candidates():
    weights = np.array([0.0, 5.0, 1.0, 1.0, 1.0, 2.0, 0.0, 90.0])
    values = np.arange(8.0)
    means = []
    for seed in range(400):
        chosen, taken = take(weights, 4, seed)
        assert len(set(chosen.tolist())) == 4 and taken.sum() == pytest.approx(1.0) and weights[chosen].all()
        means.append(taken @ values[chosen])
    # 400 draws; the mean of a quotient is off by little where one candidate holds most of the weight.
    assert np.mean(means) == pytest.approx(weights @ values / weights.sum(), abs=0.02)


def test_worlds_of_equal_weight_are_as_many_as_they_are():
    assert kish(np.full(7, 0.2)) == pytest.approx(7.0)
    _, taken = take(np.ones(1000), 50, 3)
    assert taken == pytest.approx(0.02) and kish(taken) == pytest.approx(50.0)


def test_the_facts_move_the_worlds_to_where_they_hold(by_skill):
    found = worlds(BASE, 200, parameters=["world.gain_months"], also={SKILL: (0.0, 1.0), CLARITY: (0.0, 0.5)},
                   calibrated=False)
    # A likelihood of two normal halves around 2/3, in skill: .149 and .112 wide, cut at 1.
    places = (np.arange(10_000) + 0.5) / 10_000
    away = np.where(places < 2 / 3, (places - 2 / 3) * 0.3 / 0.04, (places - 2 / 3) * 0.3 / 0.03) / math.sqrt(1.25)
    known = np.exp(-0.5 * away**2) * (np.abs(away) <= CUTOFF)
    assert float(found.weights.to_numpy() @ found.table[SKILL]) == pytest.approx(
        known @ places / known.sum(), abs=0.02)
    assert found.table[CLARITY].mean() == pytest.approx(0.25, abs=0.03)
    assert found.effective_size == pytest.approx(200.0, rel=0.01) and found.candidates >= 4096
    assert found.by_fact["measure"][0] == "separations_per_year" and found.by_fact["ruled_out"][0] > 0.1
    assert (found.by_fact["ruled_out"][1:] == 0.0).all()
    assert len(found.facts) == 200 * len(TELLING)
    codes = [each.code for each in found.findings]
    assert codes == ["worlds.drawn", "worlds.telling", "worlds.sets"]


def test_no_world_left_says_by_how_much_the_nearest_misses_and_which_fact(monkeypatch):
    monkeypatch.setattr(weighing, "fact_emulators", lambda: planted(separations_per_year=(0.8, 0.1)))
    monkeypatch.setattr(weighing, "MOST_CANDIDATES", 4096)
    with pytest.raises(ParameterError, match="no world is left of 4096: the nearest misses the fact 'separations a "
                                             "year per filled seat' by 1.* standard deviations"):
        weighed_draw(BASE, FLAT, 10, 0, "sobol")


def test_few_worlds_that_count_are_said_to_be_few(monkeypatch):
    """The error of the emulator is nothing, and all but one in thousands of worlds are far from a fact."""
    sharp = planted(separations_per_year=(0.90, 0.62))
    monkeypatch.setattr(weighing, "fact_emulators", lambda: sharp)
    monkeypatch.setattr(weighing, "CANDIDATES", 64)
    monkeypatch.setattr(weighing, "MOST_CANDIDATES", 64)
    with pytest.warns(UserWarning, match="of 64 worlds .* are left, worth"):
        worlds(BASE, 64, parameters={SKILL: (0.0, 1.0), CLARITY: (0.0, 0.5)}, calibrated=False)


def test_a_firm_of_its_own_is_judged_as_the_default_firm_in_its_world():
    emulators = planted()
    drawn = pd.DataFrame({SKILL: [0.5, 2.0]})
    where = emulators.where(BASE.change({CLARITY: 0.5}), drawn)
    assert where[:, 0].tolist() == [0.0, 1.0] and where[:, 1].tolist() == [1.0, 1.0]
    beyond = dataclasses.replace(emulators, inputs={CLARITY: (0.0, 0.1)})
    usual = 2.0 * BASE.world.clarity_effect / 0.1 - 1.0
    assert beyond.where(BASE.change({CLARITY: 0.4}), drawn)[:, 0] == pytest.approx(usual)


# --- what ships


def test_the_shipped_emulators_are_of_this_model():
    """If this fails, the model shows other facts than the emulators were trained on: run experiments/05_worlds."""
    probe = fact_emulators().probe
    shown = signals(FactRun(BASE, 0, probe["replicate"]))
    assert {name: shown[name] for name in probe["signals"]} == pytest.approx(probe["signals"], rel=1e-9, abs=1e-12)


def test_the_shipped_emulators_cover_what_is_drawn():
    shipped = fact_emulators()
    assert list(shipped.inputs) == list(likely_ranges([BASE])[0])  # in the order of the coefficients
    usual = shipped.expected(shipped.where(BASE, pd.DataFrame(index=[0]))).iloc[0]
    for measure, value in (("customer_time_share", 0.33), ("separations_per_year", 0.30), ("no_decision_rate", 0.45)):
        assert usual[measure] == pytest.approx(value, abs=4.0 * shipped.errors[measure])
    assert len(shipped.produced_by["source_hash"]) == 16
    ranges = likely_ranges([BASE])[0]
    assert shipped.inputs == {path: (extent.low, extent.high) for path, extent in ranges.items()}
    assert set(shipped.errors) == {fact.measure for fact in TELLING}
    assert sum(shipped.probabilities.values()) == pytest.approx(1.0)
    widths = {len(values) for values in shipped.coefficients.values()}
    assert widths == {1 + 2 * len(ranges)}


def test_both_sets_of_effect_sizes_have_worlds_left():
    for name in ("evidence", "practitioner"):
        found = worlds(preset("status_quo", name), 16, calibrated=False)
        assert len(found) == 16 and (found.facts["implausibility"] <= CUTOFF).all()


def test_the_committed_odds_by_fact_are_those_of_the_shipped_emulators():
    folder = Path(__file__).resolve().parents[3] / "experiments" / "05_worlds"
    stored = pd.read_csv(folder / "by_fact.csv").set_index("what counts")["odds"]
    shares = fact_emulators().probabilities
    assert stored["all facts"] == pytest.approx(shares["evidence"] / shares["practitioner"], rel=1e-3)
    assert {name.removeprefix("without: ") for name in stored.index if name.startswith("without")} == {
        fact.name for fact in TELLING}
    # Better emulators would make the facts more telling, worse ones less.
    assert stored["errors of the emulators times 0.5"] > stored["all facts"] > stored["errors of the emulators times 2"]
