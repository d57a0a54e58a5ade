"""Where a selection's outcomes come from: simulated scenarios, or any function that samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.registry import ratio
from simlead.study.engines import ready
from simlead.study.parallel import Job, Measured, Progress, measure, spread

Numbers = NDArray[np.float64]
Wanted = Sequence[tuple[int, range]]

Sampler = Callable[[list[str], NDArray[np.int64]], ArrayLike]
"""(names of systems, replicate numbers) -> outcomes, a row a replicate and a column a system.

The same replicate number should mean the same luck for every system: that is what makes
random numbers common. A call may name any of the systems and any replicates.
"""


class Outcomes(Protocol):
    """Draws outcomes of systems by their number, and tells the progress."""

    def draw(self, wanted: Wanted) -> list[Numbers]:
        """The outcomes of each (system, replicates)."""

    def may_take(self, more: float) -> None:
        """Note how many outcomes may still be needed, for the progress."""


class _Told:
    """Counts the outcomes and tells the progress."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress, self.done, self.total = progress, 0, 0

    def may_take(self, more: float) -> None:
        """Note how many outcomes may still be needed."""
        self.total = self.done + math.ceil(min(more, 1e15))
        self.tell(0)

    def tell(self, new: int) -> None:
        """Count new outcomes."""
        self.done += new
        if self.progress is not None:
            self.progress(self.done, max(self.done, self.total))


class Sampled(_Told):
    """Outcomes of a function of the caller's."""

    def __init__(self, sampler: Sampler, names: Sequence[str], what: str, progress: Progress | None) -> None:
        super().__init__(progress)
        self.sampler, self.names, self.what = sampler, names, what

    def draw(self, wanted: Wanted) -> list[Numbers]:
        """Systems that want the same replicates are asked for together."""
        found: dict[int, Numbers] = {}
        for replicates in dict.fromkeys(span for _, span in wanted):
            systems = [system for system, span in wanted if span == replicates]
            names = [self.names[system] for system in systems]
            drawn = np.asarray(self.sampler(names, np.arange(replicates.start, replicates.stop)), dtype=float)
            if drawn.shape != (len(replicates), len(names)):
                raise ParameterError(
                    f"sampler: {len(replicates)} replicates of {len(names)} systems were asked for, "
                    f"and an array of shape {drawn.shape} came back")
            for column, system in enumerate(systems):
                found[system] = checked(drawn[:, column], self.names[system], self.what, replicates.start)
            self.tell(drawn.size)
        return [found[system] for system, _ in wanted]


class Simulated(_Told):
    """A measure of simulated scenarios, spread over workers."""

    def __init__(
        self, scenarios: Mapping[str, Scenario], what: str, seed: int, workers: int, engine: str,
        progress: Progress | None,
    ) -> None:
        super().__init__(progress)
        self.names, self.scenarios = list(scenarios), list(scenarios.values())
        self.what, self.seed, self.workers, self.engine = what, seed, workers, engine

    def draw(self, wanted: Wanted) -> list[Numbers]:
        """One run per system and replicate; replicate i of every scenario has the same luck."""
        ready(self.engine)
        jobs = (Job(self.names[system], self.scenarios[system], self.seed, number, self.engine)
                for system, span in wanted for number in span)
        results = iter(spread(measure, jobs, self.workers, self._finished))
        return [
            checked(np.array([ratio(next(results).parts[self.what]) for _ in span]),
                    self.names[system], self.what, span.start)
            for system, span in wanted
        ]

    def _finished(self, _: Measured) -> None:
        self.tell(1)


def checked(values: Numbers, system: str, what: str, first: int) -> Numbers:
    """The values, or a ParameterError that names the first replicate without a number."""
    broken = np.flatnonzero(~np.isfinite(values))
    if len(broken):
        raise ParameterError(
            f"{what} of {system!r} is {values[broken[0]]:g} in replicate {first + int(broken[0])}: "
            "selection needs a number from every run")
    return values
