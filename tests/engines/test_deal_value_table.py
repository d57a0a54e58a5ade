"""Deal values from a table of data: both engines read the same quantiles, and without a table nothing changes."""

import json
import math

import numpy as np
import pytest
from random_scenarios import random_scenario

from simlead.engines import compiled_engine, simpy_engine
from simlead.engines.plan import plan_of, table_value
from simlead.engines.reference import market
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.scenario_file import scenario_of

PATH = "market.deal_value_quantiles"
SMALL = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 4, "calendar.horizon_weeks": 8,
    "market.growth_per_year": 0.0})


def differing(one, other):
    return [name for name in ("opportunities", "reps", "managers", "weeks", "trace")
            if getattr(one, name).tobytes() != getattr(other, name).tobytes()]


def with_a_table(number):
    """Random scenario `number` with a random table: short or long, with steps that stand still."""
    lots = np.random.default_rng([77, number])
    rising = np.sort(lots.lognormal(10.0, lots.uniform(0.1, 2.0), int(lots.integers(2, 60))))
    if number % 3 == 0:
        rising[len(rising) // 2:] = rising[-1]
    return random_scenario(number).change({PATH: rising})


@pytest.mark.parametrize("numbers", [range(8), pytest.param(range(8, 48), marks=pytest.mark.slow)])
def test_both_engines_agree_on_random_scenarios_with_a_table(numbers):
    found = {}
    for number in numbers:
        scenario = with_a_table(number)
        if wrong := differing(simpy_engine.run(scenario, number), compiled_engine.run(scenario, number)):
            found[number] = wrong
    assert found == {}


def test_a_value_next_to_the_right_one_is_seen(monkeypatch):
    scenario = SMALL.change({PATH: [10_000.0, 30_000.0, 90_000.0]})
    right = simpy_engine.run(scenario)
    assert differing(right, compiled_engine.run(scenario)) == []
    monkeypatch.setattr(market, "table_value", lambda quantiles, u: np.nextafter(table_value(quantiles, u), math.inf))
    assert "opportunities" in differing(simpy_engine.run(scenario), compiled_engine.run(scenario))


def test_values_follow_the_table():
    table = [5_000.0, 20_000.0, 25_000.0, 90_000.0, 400_000.0]
    firm = SMALL.change({PATH: table, "calendar.horizon_weeks": 520, "market.opportunities_per_seat_year": 2000.0})
    values = compiled_engine.run(firm, trace=False).opportunities["value"]
    assert len(values) > 50_000 and values.min() >= table[0] and values.max() <= table[-1]
    # Kolmogorov and Smirnov's distance from the table: beyond 2.3 / sqrt(n) with a probability below 1e-4.
    ranks = np.sort(np.interp(values, table, np.linspace(0.0, 1.0, len(table))))
    expected = (np.arange(len(ranks)) + 0.5) / len(ranks)
    assert np.abs(ranks - expected).max() < 2.3 / math.sqrt(len(ranks))


def test_a_table_of_one_value_makes_every_deal_worth_that_and_the_median_pace():
    firm = SMALL.change({PATH: [30_000.0, 30_000.0], "market.pace_cv": 0.0})
    made = simpy_engine.run(firm).opportunities
    assert set(made["value"]) == {30_000.0} and set(made["pace_hours"]) == {plan_of(firm).pace_median_hours}


def test_the_median_of_a_table():
    assert table_value((10.0, 20.0, 40.0), 0.5) == 20.0 and table_value((10.0, 20.0), 0.5) == 15.0
    assert table_value((10.0, 20.0, 40.0), 0.0) == 10.0 and table_value((10.0, 20.0, 40.0), 1.0) == 40.0


def test_without_a_table_a_scenario_is_what_it_was():
    assert PATH not in Scenario().values() and Scenario().change({PATH: []}) == Scenario()
    assert Scenario().change({PATH: None}) == Scenario()
    assert Scenario().change({PATH: [1, 2]}).change({PATH: ()}).hash() == Scenario().hash()


def test_a_table_is_part_of_a_scenario():
    scenario = Scenario().change({PATH: np.array([1_000, 2_000])})
    assert scenario.hash() != Scenario().hash()
    assert scenario.market.deal_value_quantiles == (1000.0, 2000.0)
    assert Scenario().differences(scenario) == {PATH: ([], [1000.0, 2000.0])}
    assert Scenario().change(json.loads(json.dumps(scenario.values()))) == scenario
    assert scenario_of({"market": {"deal_value_quantiles": [1_000, 2_000]}}) == scenario
    assert "deal_value_quantiles = [1000.0, 2000.0]" in scenario.toml()


@pytest.mark.parametrize(("table", "words"), [
    ([3, 2], "value 2 (2) is below value 1 (3); the values must rise"),
    ([-1, 2], "value 1 is -1; allowed is 1e-06 to 1e+12"),
    ([1, math.nan], "value 2 is nan"), ([1, math.inf], "value 2 is inf"), ([1, True], "value 2 is True"),
    (["1", 2], "value 1 is '1'"), ([1], "a list of 2 to 10001 rising numbers"), ("1 2", "a list of 2 to"),
    (5.0, "a list of 2 to"), ([1.0] * 10_002, "a list of 2 to"),
])
def test_a_table_that_cannot_be_is_refused_in_one_line(table, words):
    with pytest.raises(ParameterError, match=f"^{PATH}") as refusal:
        Scenario().change({PATH: table})
    assert words in str(refusal.value) and "\n" not in str(refusal.value) and len(str(refusal.value)) < 300
