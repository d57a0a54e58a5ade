"""Golden runs: scenarios by their values, with hashes of what both engines made of them in version 0.1.

`python tests/engines/golden.py` writes golden.json anew. Do that only when the model itself changes, and list
the change in CHANGELOG.md under *Results change*.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).with_name("golden.json")
TABLES = ("opportunities", "reps", "managers", "weeks")
RANDOM_SCENARIOS = 60


def table_hash(table, columns):
    """Sixteen hexadecimal digits that stand for these columns of a table, bit by bit."""
    digest = hashlib.sha256(str(len(table)).encode())
    for column in columns:
        digest.update(column.encode())
        digest.update(np.ascontiguousarray(table[column]).tobytes())
    return digest.hexdigest()[:16]


def hashes(records, columns):
    """What a run is recognised by: its number of events, a hash of each table, a hash of its trace."""
    return {
        "events": records.events,
        **{name: table_hash(getattr(records, name), columns[name]) for name in TABLES},
        "trace": hashlib.sha256(np.ascontiguousarray(records.trace).tobytes()).hexdigest()[:16],
    }


def scenario_of(case):
    """The scenario of a case: what differs from the firm of version 1 under its effect sizes.

    A parameter that version 0.1 did not have has its neutral value there, whatever its default is now.
    """
    from simlead.model.version_1 import version_1

    return version_1(case["effect_sizes"]).change(case["changes"])


def load():
    """The committed golden runs."""
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def make():
    """Run every case with the SimPy engine and return the golden runs."""
    from random_scenarios import random_scenario

    from simlead.engines import compiled_engine, simpy_engine
    from simlead.model.presets import PRESETS, preset
    from simlead.model.version_1 import version_1
    from simlead.results.measures import all_measures

    sets = ("evidence", "practitioner")
    defaults = {name: version_1(name).values() for name in sets}
    moved = {path for path in defaults["evidence"] if defaults["evidence"][path] != defaults["practitioner"][path]}
    columns = {}
    cases = []

    def add(name, effect_sizes, scenario, seed, replicate, engine):
        records = engine.run(scenario, seed, replicate, trace=True)
        for table in TABLES:
            columns.setdefault(table, list(getattr(records, table).dtype.names))
        base = defaults[effect_sizes]
        cases.append({
            "name": name, "effect_sizes": effect_sizes, "seed": seed, "replicate": replicate,
            "changes": {path: value for path, value in scenario.values().items() if value != base[path]},
            "full_size": engine is compiled_engine,
            **hashes(records, columns),
        })
        return records

    for number in range(RANDOM_SCENARIOS):
        drawn = random_scenario(number)
        # Effect sizes that the draw left at their default follow the set.
        other = {path: defaults["practitioner"][path] for path in moved
                 if drawn.values()[path] == defaults["evidence"][path]}
        for effect_sizes, scenario in zip(sets, (drawn, drawn.change(other)), strict=True):
            add(f"random {number}", effect_sizes, scenario, 31 * number, number % 4, simpy_engine)
    measures = {}
    for effect_sizes in sets:
        for name in PRESETS:
            scenario = preset(name, effect_sizes)
            records = add(name, effect_sizes, scenario, 0, 1, compiled_engine)
            if name == "status_quo":
                measures[effect_sizes] = {key: repr(value) for key, value in all_measures(records, scenario).items()}
    return {"columns": columns, "cases": cases, "measures": measures}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    GOLDEN.write_text(json.dumps(make(), indent=None, separators=(",", ":")).replace("},{", "},\n{") + "\n",
                      encoding="utf-8")
