"""The answers of version 0.1, held while the code around them changes: traces, tables and measures, bit for bit."""

import pytest
from golden import hashes, load, scenario_of, table_hash

from simlead.engines import compiled_engine, simpy_engine
from simlead.results.measures import all_measures

GOLDEN = load()
RANDOM = [case for case in GOLDEN["cases"] if not case["full_size"]]
FULL_SIZE = [case for case in GOLDEN["cases"] if case["full_size"]]
RECOGNISED_BY = ("events", "opportunities", "reps", "managers", "weeks", "trace")


def differing(engine, cases):
    """Where an engine makes something else of a case, by name and effect sizes."""
    found = {}
    for case in cases:
        records = engine.run(scenario_of(case), case["seed"], case["replicate"], trace=True)
        made = hashes(records, GOLDEN["columns"])
        if wrong := [part for part in RECOGNISED_BY if made[part] != case[part]]:
            found[case["name"], case["effect_sizes"]] = wrong
    return found


def test_sixty_scenarios_under_both_sets_of_effect_sizes():
    assert len(RANDOM) == 120 and {case["effect_sizes"] for case in RANDOM} == {"evidence", "practitioner"}
    assert differing(compiled_engine, RANDOM) == {}


@pytest.mark.slow
def test_the_simpy_engine_makes_the_same_of_them():
    assert differing(simpy_engine, RANDOM) == {}


@pytest.mark.slow
def test_every_preset_in_full():
    assert differing(compiled_engine, FULL_SIZE) == {}


@pytest.mark.parametrize("effect_sizes", ["evidence", "practitioner"])
def test_measures_of_the_status_quo(effect_sizes):
    case = next(each for each in FULL_SIZE if (each["name"], each["effect_sizes"]) == ("status_quo", effect_sizes))
    scenario = scenario_of(case)
    records = compiled_engine.run(scenario, case["seed"], case["replicate"], trace=False)
    made = {name: repr(value) for name, value in all_measures(records, scenario).items()}
    assert {name: made.get(name) for name in GOLDEN["measures"][effect_sizes]} == GOLDEN["measures"][effect_sizes]


def test_another_seed_is_seen():
    case = RANDOM[0]
    records = compiled_engine.run(scenario_of(case), case["seed"] + 1, case["replicate"], trace=True)
    made = hashes(records, GOLDEN["columns"])
    assert any(made[part] != case[part] for part in RECOGNISED_BY)


def test_one_changed_cell_is_seen():
    case = FULL_SIZE[0]
    records = compiled_engine.run(scenario_of(case), case["seed"], case["replicate"], trace=True)
    before = table_hash(records.weeks, GOLDEN["columns"]["weeks"])
    changed = records.weeks.copy()
    changed["revenue"][7] += 1e-9 * changed["revenue"][7]
    assert table_hash(changed, GOLDEN["columns"]["weeks"]) != before == case["weeks"]
