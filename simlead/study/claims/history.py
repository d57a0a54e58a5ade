"""History matching: which worlds and policies could have produced what was seen.

A point (a world with a policy) is implausible for an observation z if

    I = |z - mean| / sqrt(noise of the mean + spread of one firm + tolerance^2)

is more than 3 (Pukelsheim 1994: for any unimodal distribution 95 % lies within three
standard deviations; Craig and others 1997, and Vernon, Goldstein and Bower 2010, for the
method). A point that is not implausible is not right, only not ruled out. Waves: what is
not ruled out is searched again, more densely.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from simlead.model.parameters import ParameterError
from simlead.study.claims.asking import Floats
from simlead.study.studies.kinds import latin_hypercube

if TYPE_CHECKING:
    import pandas as pd

CUTOFF = 3.0
Ranges = Mapping[str, tuple[float, float]]
Simulate = Callable[["pd.DataFrame"], Floats]
"""From points (a column per factor) to outcomes, points x replicates."""


def implausibility(
    outcomes: Floats, observed: float, *, tolerance: float = 0.0, one_firm: bool = True
) -> Floats:
    """How many standard deviations lie between the observation and each point's mean.

    `outcomes` are points x replicates, two or more. The spread between replicates is pooled
    over points, because a few replicates cannot tell it point by point. With `one_firm` the
    observation is one firm's, with luck of its own; without, it is held against what the
    point leads to on average.

    >>> outcomes = np.array([[0.9, 1.1], [1.9, 2.1]])
    >>> implausibility(outcomes, 2.0, one_firm=False).round(1).tolist()
    [10.0, 0.0]
    """
    points, replicates = outcomes.shape
    if replicates < 2:
        raise ParameterError(f"replicates = {replicates}: history matching needs two or more to know their spread")
    spread = float(outcomes.var(axis=1, ddof=1).mean())
    variance = spread / replicates + (spread if one_firm else 0.0) + tolerance * tolerance
    away = np.abs(observed - outcomes.mean(axis=1))
    return np.asarray(away / math.sqrt(variance) if variance > 0.0 else np.where(away > 0.0, np.inf, 0.0))


def waves(
    simulate: Simulate,
    ranges: Ranges,
    observed: float,
    *,
    points: int,
    count: int = 2,
    tolerance: float = 0.0,
    keep: float = 0.25,
    seed: int = 0,
) -> tuple[pd.DataFrame, Floats]:
    """Points wave by wave, each wave in the box of what the one before did not rule out.

    The first wave is a Latin hypercube over `ranges`. The next one lies in the smallest box
    around the points whose expected outcome is not ruled out (or, if fewer than that are left,
    the part `keep` of them that comes nearest). Returns the points of all waves, with the
    column `wave`, and their outcomes, points x replicates.

    >>> def line(table): return table["a"].to_numpy(float)[:, None] + np.array([0.0, 0.01])
    >>> found, _ = waves(line, {"a": (0.0, 1.0)}, 0.9, points=20)
    >>> bool(found[found["wave"] == 2]["a"].min() > 0.5)
    True
    """
    import pandas as pd

    box, tables, seen = dict(ranges), [], []
    for number in range(1, count + 1):
        cube = latin_hypercube({f"factor {place}": {"low": 0.0, "high": 1.0} for place in range(len(box))}, points,
                               seed + number)
        table = pd.DataFrame({
            path: low + (high - low) * cube[f"factor {place}"].to_numpy(float)
            for place, (path, (low, high)) in enumerate(box.items())})
        seen.append(simulate(table))
        tables.append(table.assign(wave=number))
        together = pd.concat(tables, ignore_index=True)
        near = implausibility(np.vstack(seen), observed, tolerance=tolerance, one_firm=False)
        least = max(2, math.ceil(keep * len(near)))
        limit = max(CUTOFF, float(np.sort(near)[least - 1]))
        left = together[near <= limit]
        box = {path: (float(left[path].min()), float(left[path].max())) for path in ranges}
    return together, np.vstack(seen)
