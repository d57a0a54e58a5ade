"""How well a world agrees with published facts: emulators of the facts, implausibility, and weights.

The published facts are about average firms, so a world is judged by what it would make of the **default firm**: an
emulator of each fact over the parameters of World and Market and the structural switches, trained once by
`experiments/05_worlds` and shipped as data. The implausibility of a world by one fact is

    I = |expected - published| / sqrt(tolerance^2 + emulator's error^2 + discrepancy^2)

in standard deviations. The fact's tolerance range counts as 95 %, each side by itself; where the source gives bounds
only, the distance is that to the nearer bound. `DISCREPANCY` is what a right model of the wrong firm may miss by: an
assumption. A world is ruled out by any fact beyond `CUTOFF` (Pukelsheim 1994: for any unimodal distribution
95 % lies within three standard deviations); what is left is weighed by exp(-sum I^2 / 2).
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.scenario import Scenario
from simlead.statistics.additive import terms
from simlead.study.published_facts import Fact
from simlead.study.worlds.fact_runs import GAP, TELLING, gap_of

Floats = NDArray[np.float64]

CUTOFF = 3.0
"""Implausibility beyond which a world is ruled out."""

DISCREPANCY = 0.5
"""Standard deviation of what the model may miss a fact by, in the fact's tolerance: an assumption."""

SIDE = 2.0
"""A tolerance range reaches so many standard deviations to each side."""


@dataclasses.dataclass(frozen=True, eq=False)
class FactEmulators:
    """The emulators of all telling facts.

    `inputs` are the drawn parameters by path, each with the two values that are -1 and 1; `coefficients` the sums of
    `statistics.additive` by signal (a fact's measure, or a part of it), and `errors` the standard deviation of each
    fact's expected value. `probe` is what the default firm showed in one replication when these were trained.
    """

    inputs: Mapping[str, tuple[float, float]]
    coefficients: Mapping[str, Floats]
    errors: Mapping[str, float]
    probabilities: Mapping[str, float]
    produced_by: Mapping[str, Any]
    probe: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def where(self, scenario: Scenario, drawn: pd.DataFrame) -> Floats:
        """Worlds as rows of inputs, -1 to 1.

        What is not drawn is as the scenario has it; beyond a range its end counts, or the default firm's value where
        the scenario itself lies beyond: that is this firm's own, and the facts are not about it.
        """
        usual = Scenario()
        columns = []
        for path, (low, high) in self.inputs.items():
            value = float(scenario.value(path))
            values = drawn[path].to_numpy(float) if path in drawn.columns else np.full(
                len(drawn), value if low <= value <= high else float(usual.value(path)))
            columns.append(np.clip(2.0 * (values - low) / (high - low) - 1.0, -1.0, 1.0))
        return np.column_stack(columns)

    def expected(self, where: Floats) -> pd.DataFrame:
        """What worlds make of each fact: a row per world, a column per measure."""
        rows = terms(where)
        found = {}
        for fact in TELLING:
            if fact.measure == GAP:
                found[GAP] = gap_of([rows @ self.coefficients[f"{GAP} {place}"] for place in range(5)])
            else:
                found[fact.measure] = rows @ self.coefficients[fact.measure]
        return pd.DataFrame(found)

    def implausibility(self, expected: pd.DataFrame) -> pd.DataFrame:
        """Implausibility of each world by each fact."""
        return pd.DataFrame({fact.measure: implausibility(
            expected[fact.measure].to_numpy(float), fact, self.errors[fact.measure]) for fact in TELLING})


def implausibility(expected: Floats, fact: Fact, error: float) -> Floats:
    """How many standard deviations expected values are from a published fact.

    >>> fact = Fact("separations", "separations_per_year", 0.30, 0.20, 0.36, "V110")
    >>> implausibility(np.array([0.20, 0.30]), fact, 0.0).round(2).tolist()
    [1.79, 0.0]
    """
    if math.isnan(fact.published):
        away = np.maximum(np.maximum(fact.low - expected, expected - fact.high), 0.0)
        tolerance = np.full(len(expected), min(fact.high - fact.low, abs(fact.low)) / (2.0 * SIDE))
    else:
        away = np.abs(expected - fact.published)
        tolerance = np.where(expected < fact.published, fact.published - fact.low, fact.high - fact.published) / SIDE
    return np.asarray(away / np.sqrt(tolerance**2 * (1.0 + DISCREPANCY**2) + error**2))


def log_weights(implausible: pd.DataFrame) -> Floats:
    """The logarithm of each world's weight, up to a constant of all; minus infinity where a fact rules it out."""
    values = implausible.to_numpy(float)
    return np.where(values.max(axis=1) > CUTOFF, -np.inf, -0.5 * (values**2).sum(axis=1))


@functools.cache
def fact_emulators() -> FactEmulators:
    """The emulators that ship with the package."""
    stored = json.loads(resources.files("simlead").joinpath("data/facts.json").read_text(encoding="utf-8"))
    return FactEmulators(
        inputs={path: (float(low), float(high)) for path, (low, high) in stored["inputs"].items()},
        coefficients={name: np.array(values, dtype=float) for name, values in stored["coefficients"].items()},
        errors={name: float(value) for name, value in stored["errors"].items()},
        probabilities={name: float(value) for name, value in stored["probabilities"].items()},
        produced_by=stored["produced_by"], probe=stored["probe"])
