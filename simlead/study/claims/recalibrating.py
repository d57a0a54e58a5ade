"""A changed world's status quo, calibrated with a few replicates of its own luck."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.calibration import CALIBRATED, Targets, calibrate

CALIBRATION_REPLICATIONS, CALIBRATION_ROUNDS = 4, 2
"""A changed world's status quo is calibrated as `belief_uncertainty` does it, with these replicates or more."""

LEVELS = tuple(path for path in CALIBRATED if path != "world.clarity_exponent")
"""What is calibrated to a changed world; the exponent follows clarity's effect (`in_world`)."""


def within(path: str, value: float) -> float:
    """The value, or the end of what is allowed that it went beyond."""
    line = REGISTRY[path]
    return float(min(max(value, -math.inf if line.low is None else line.low), math.inf if line.high is None
                     else line.high))


@dataclasses.dataclass(frozen=True)
class Solving:
    """A status quo to calibrate, with luck of its own: what is solved for must not fit the runs that it is used in."""

    scenario: Scenario
    targets: Targets
    seed: int
    engine: str
    replications: int


def levels(job: Solving) -> dict[str, Any]:
    """What calibration solves for in a scenario; what a worker does."""
    solved = calibrate(
        job.scenario, targets=job.targets, replications=job.replications, clarity_replications=0,
        rounds=CALIBRATION_ROUNDS, seed=job.seed, workers=1, engine=job.engine).values()
    return {path: solved[path] for path in LEVELS}


def unsolved(job: Solving) -> dict[str, Any]:
    """Some dollars, where nothing is simulated: a calibrated world is another firm, and is counted as such."""
    return {"organisation.overhead_per_seat_year": float(int(job.scenario.hash()[:6], 16) % 997)}
