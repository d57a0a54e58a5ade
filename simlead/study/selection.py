"""The best of several systems, with a guarantee where one can be kept: Kim and Nelson's KN, and OCBA.

`statistics.elimination_rules` has what is guaranteed, why it holds and what it rests on; the
tests check each guarantee by simulation.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from simlead.model.deprecation import warn_renamed
from simlead.model.number import LARGEST_SEED, MOST_REPLICATIONS, whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.results.provenance import Provenance, provenance
from simlead.results.registry import ratio
from simlead.statistics.allocation import allocate
from simlead.statistics.elimination import race
from simlead.statistics.elimination_rules import Intervals, OneWinner, Rule
from simlead.statistics.findings import Finding
from simlead.statistics.intervals import CONFIDENCE
from simlead.statistics.selection_table import Question, Selected, selected_by_allocation, selected_by_elimination
from simlead.study.engines import FAST, known_engine, warm_up_compiler
from simlead.study.parallel import ProgressLike, parallel_map, shown_progress, worker_count
from simlead.study.refusals import refusals
from simlead.study.runner import Job, checked_outcomes, run_and_measure
from simlead.study.simulate import checked_scenario

Numbers = NDArray[np.float64]

INTERVALS, KN, OCBA = METHODS = ("intervals", "KN", "OCBA")

Wanted = Sequence[tuple[int, range]]

Sampler = Callable[[list[str], NDArray[np.int64]], ArrayLike]
"""(names of systems, replicate numbers) -> outcomes, a row a replicate and a column a system.

The same replicate number should mean the same random numbers for every system: that is what makes
random numbers common. A call may name any of the systems and any replicates.
"""


class Outcomes:
    """Draws outcomes of systems by their number, and reports the progress."""

    def __init__(self, progress: ProgressLike) -> None:
        self.progress, self.done, self.total = shown_progress(progress), 0, 0

    def draw(self, wanted: Wanted) -> list[Numbers]:
        """The outcomes of each (system, replicates)."""
        raise NotImplementedError

    def may_take(self, more: float) -> None:
        """Note how many outcomes may still be needed."""
        self.total = self.done + math.ceil(min(more, 1e15))
        self.count(0)

    def count(self, new: int) -> None:
        """Count new outcomes."""
        self.done += new
        if self.progress is not None:
            self.progress(self.done, max(self.done, self.total))


class Sampled(Outcomes):
    """Outcomes of a function of the caller's."""

    def __init__(self, sampler: Sampler, names: Sequence[str], what: str, progress: ProgressLike) -> None:
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
            self.count(drawn.size)
        return [found[system] for system, _ in wanted]


class Simulated(Outcomes):
    """A measure of simulated scenarios, spread over workers."""

    def __init__(
        self, scenarios: Mapping[str, Scenario], what: str, seed: int, workers: int, engine: str,
        progress: ProgressLike,
    ) -> None:
        super().__init__(progress)
        self.names, self.scenarios = list(scenarios), list(scenarios.values())
        self.what, self.seed, self.workers, self.engine = what, seed, workers, engine
        self.outcomes = checked_outcomes([what])

    def draw(self, wanted: Wanted) -> list[Numbers]:
        """One run per system and replicate; replicate i of every scenario has the same random numbers."""
        warm_up_compiler(self.engine)
        jobs = (Job(self.names[system], self.scenarios[system], self.seed, number, self.engine, self.outcomes)
                for system, span in wanted for number in span)
        results = iter(parallel_map(run_and_measure, jobs, self.workers, lambda _: self.count(1)))
        return [
            checked(np.array([ratio(next(results).parts[self.what]) for _ in span]),
                    self.names[system], self.what, span.start)
            for system, span in wanted
        ]


def checked(values: Numbers, system: str, what: str, first: int) -> Numbers:
    """The values, or a ParameterError that names the first replicate without a number."""
    broken = np.flatnonzero(~np.isfinite(values))
    if len(broken):
        raise ParameterError(
            f"{what} of {system!r} is {values[broken[0]]:g} in replicate {first + int(broken[0])}: "
            "selection needs a number from every run")
    return values


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """Which system is the best, and what is guaranteed about it.

    Attributes
    ----------
    best
        The best system, or those that are tied, the largest mean first.
    guarantee
        The code of what holds and how surely, with its numbers; `simlead.sentences` words it.
    promised
        False where nothing is guaranteed (OCBA) or the maximum of replicates did not suffice.
    table
        A row per system: its `status` (best, tied, undecided, eliminated; not chosen by OCBA), `mean` with a t
        interval `low` to `high` over its `n` replicates, in the measure's `unit`; an eliminated system was in for `n`
        replicates and then dropped because of the system `eliminated_by`. `difference` is its mean less that of the
        best of the others, over the replicates they share. Under KN and intervals `difference_low` to
        `difference_high` hold for all systems at once (Hsu's multiple comparisons with the best): they end at 0 on
        the side that is ruled out. Under OCBA they are paired t intervals, each alone. `indifference` is in the
        measure's unit. The t intervals describe; no guarantee rests on them.
    outcomes
        What all this was computed from: a row per replicate, a column per system, nan where a
        system was no longer in.
    """

    table: pd.DataFrame
    best: tuple[str, ...]
    guarantee: Finding
    promised: bool
    method: str
    measure: str
    larger_is_better: bool
    indifference: float | None
    confidence: float
    seed: int | None
    engine: str | None
    outcomes: pd.DataFrame
    provenance: Mapping[str, Provenance]

    @property
    def tied(self) -> bool:
        """Whether more than one system is named."""
        return len(self.best) > 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the selection shows."""
        return (self.guarantee,)

    @property
    def promise(self) -> str:
        """The old name of `guarantee`: its code, without the sentence."""
        warn_renamed("Selection.promise", "simlead.sentences(selection)")
        return self.guarantee.code

    def __repr__(self) -> str:
        return f"Selection({self.measure}: {', '.join(self.best)}; method={self.method!r})"


@refusals()
def select_best(
    systems: Mapping[str, Scenario] | Sampler,
    measure: str,
    *,
    indifference: float | None = None,
    relative: bool = False,
    method: str = INTERVALS,
    larger_is_better: bool = True,
    confidence: float = CONFIDENCE,
    first_stage: int = 20,
    maximum: int = 1000,
    budget: int | None = None,
    at_a_time: int | None = None,
    names: Sequence[str] | None = None,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    progress: ProgressLike = None,
) -> Selection:
    """Find the system whose mean is the best, with common random numbers.

    Parameters
    ----------
    systems
        Scenarios by name, simulated with common random numbers by replicate number; or a function
        (names, replicate numbers) -> array of outcomes (replicates x systems), with the systems'
        `names`; `seed`, `workers` and `engine` are then not used.
    measure
        The measure to compare; a label if `systems` is a function.
    indifference
        The smallest difference worth detecting, in the measure's unit.
    relative
        Whether `indifference` is a fraction of the first system's mean in the first stage.
    method
        `intervals`, `KN` or `OCBA`; see Notes.
    larger_is_better
        Whether the largest mean is the best, or the smallest.
    confidence
        Of the guarantee, above 0.5.
    first_stage
        Replicates of each system before one is dropped.
    maximum
        Replicates of a system at most; if they do not suffice, `promised` is False and
        `guarantee` states what still holds.
    budget
        OCBA's runs of all systems together.
    at_a_time
        Replicates of each system drawn together (by default as many as keep the workers busy; it
        does not change the result) or, for OCBA, the runs allocated together (two per system).
    names
        The systems to select from; needed with a function.
    seed, workers, engine
        As in :func:`simlead.compare`.
    progress
        Called with (runs done, runs it may take).

    Returns
    -------
    Selection
        The best or tied systems, a table with intervals, and what is guaranteed.

    Raises
    ------
    ParameterError
        For a bad argument before anything is run, and for an outcome that is not a number.

    Notes
    -----
    Two methods give a guarantee. They run all systems side by side, `first_stage` replicates
    and then one after the other, and drop systems on the way.

    * **intervals**: in at least `confidence` of all selections *the best system is among those named, and each of
      those is less than the indifference away from it*. A system that leads by the indifference or more is named
      alone; systems that are close are named together, as tied; and one named alone is the best. Nothing is assumed
      about how far apart the means are. Two that differ by half of the indifference take longest. With `relative`
      this holds for the amount in the guarantee.
    * **KN**, Kim and Nelson's procedure (2001) as published: names one system, which in at least `confidence` of all
      selections is the best *provided that the best leads by the indifference or more*; otherwise nothing is
      guaranteed, and of two equal systems one is named. Where the differences are once, twice, four, eight times the
      indifference, it takes about a fifth, a half, as many, twice as many replicates. With `relative` the guarantee
      is approximate, for the proof takes the indifference as fixed.

    Both proofs (`statistics.elimination_rules`) are for normal outcomes: a year's total over many deals is close, a
    rare event's count is not. Systems whose outcomes never differ count as equal.

    * **OCBA** (Chen et al. 2000) spends a `budget` of runs on the systems where they help most
      to find the best, and guarantees nothing. It takes runs of different systems as
      independent, so with common random numbers it spends more than necessary on close ones.

    Examples
    --------
    >>> import numpy as np
    >>> def sample(names, replicates):
    ...     level = {"status quo": 10.0, "coached": 12.0, "trained": 10.0}
    ...     common = np.sin(1e3 * replicates)[:, None]          # the same for all
    ...     own = 0.1 * np.cos(1e4 * replicates[:, None] * [len(name) for name in names])
    ...     return common + own + [level[name] for name in names]
    >>> found = select_best(sample, "sales", names=["status quo", "coached", "trained"], indifference=0.5)
    >>> found.best, found.guarantee.code
    (('coached',), 'selection.best_by')
    >>> found.table[["system", "status", "n"]].values.tolist()
    [['status quo', 'eliminated', 20], ['coached', 'best', 20], ['trained', 'eliminated', 20]]
    """
    if method not in METHODS:
        raise ParameterError(f"method {method!r}: allowed is {' | '.join(METHODS)}{nearest(str(method), METHODS)}")
    if not 0.5 < confidence < 1.0:
        raise ParameterError(f"confidence = {confidence!r}: allowed is more than 0.5 and less than 1")
    first_stage = whole_number("first_stage", first_stage, 2, MOST_REPLICATIONS)
    if at_a_time is not None:
        at_a_time = whole_number("at_a_time", at_a_time, 1, MOST_REPLICATIONS)
    scenarios: dict[str, Scenario] = {}
    if isinstance(systems, Mapping):
        scenarios = {str(name): checked_scenario(scenario) for name, scenario in systems.items()}
        chosen = _distinct(list(scenarios) if names is None else names)
        for name in chosen:
            if name not in scenarios:
                raise ParameterError(f"names: no scenario {name!r}{nearest(name, scenarios)}")
        unit = checked_outcomes([measure]).unit(measure)
        seed = whole_number("seed", seed, 0, LARGEST_SEED)
        workers = worker_count(workers)
        scenarios = {name: scenarios[name] for name in chosen}
        outcomes: Outcomes = Simulated(scenarios, measure, seed, workers, known_engine(engine), progress)
    elif callable(systems):
        if names is None:
            raise ParameterError("names: a sampler does not name the systems; they are needed")
        chosen, unit, workers = _distinct(names), "", 1
        outcomes = Sampled(systems, chosen, measure, progress)
    else:
        raise ParameterError(f"systems = {systems!r}: scenarios by name are needed, or a function that samples")
    question = Question(chosen, measure, unit, 1.0 if larger_is_better else -1.0, confidence)
    if method == OCBA:
        if indifference is not None or relative:
            raise ParameterError("indifference: OCBA has none, it spends a budget")
        finding = _allocated(question, outcomes, first_stage, budget, at_a_time)
    else:
        if budget is not None:
            raise ParameterError(f"budget: {method} samples until it is sure or at its maximum; a budget is OCBA's")
        worth = _Worth(indifference, relative, method)
        finding = _raced(question, outcomes, first_stage, maximum, worth, at_a_time, workers)

    return Selection(
        table=finding.table, best=finding.best, guarantee=finding.guarantee, promised=finding.guaranteed,
        method=method, measure=measure, larger_is_better=bool(larger_is_better), indifference=finding.indifference,
        confidence=confidence, seed=seed if scenarios else None, engine=engine if scenarios else None,
        outcomes=pd.DataFrame(question.sign * finding.values, columns=chosen).rename_axis("replicate"),
        provenance=MappingProxyType({name: provenance(scenario) for name, scenario in scenarios.items()}),
    )


def _distinct(names: Sequence[str]) -> list[str]:
    found = [str(name) for name in names]
    if isinstance(names, str) or len(found) < 2 or len(set(found)) < len(found):
        raise ParameterError(f"names = {names!r}: two or more different names are needed to select from")
    return found


@dataclasses.dataclass(frozen=True)
class _Worth:
    """What difference is worth detecting, and by which of the two rules."""

    indifference: float | None
    relative: bool
    method: str

    def __post_init__(self) -> None:
        if self.indifference is None or not 0.0 < self.indifference < math.inf:
            raise ParameterError(f"indifference = {self.indifference!r}: {self.method} needs a number more than 0, "
                                 "the difference that is worth detecting")

    def rule(self, first_stage: Numbers, question: Question) -> Rule:
        """The rule of elimination once the first stage is known."""
        assert self.indifference is not None
        worth = float(self.indifference)
        if self.relative:
            worth *= abs(float(first_stage[:, 0].mean()))
            if worth == 0.0:
                raise ParameterError(f"indifference relative to {question.names[0]}: its mean {question.measure} is 0")
        kind = OneWinner if self.method == KN else Intervals
        return kind.of(first_stage, worth, 1.0 - question.confidence)


def _raced(
    question: Question, outcomes: Outcomes, first_stage: int, maximum: int, worth: _Worth,
    at_a_time: int | None, workers: int,
) -> Selected:
    """Elimination by one of the two rules."""
    maximum = whole_number("maximum", maximum, first_stage, MOST_REPLICATIONS)
    at_once = 2 * workers if workers > 1 else 1

    def draw(who: Sequence[int], replicates: range) -> Numbers:
        return question.sign * np.column_stack(outcomes.draw([(system, replicates) for system in who]))

    found = race(
        draw, len(question.names), first_stage, maximum,
        rule_for=lambda first: worth.rule(first, question),
        rows_ahead=lambda left: at_a_time or math.ceil(at_once / left),
        may_take=outcomes.may_take)
    return selected_by_elimination(question, found, worth.relative)


def _allocated(
    question: Question, outcomes: Outcomes, first_stage: int, budget: int | None, at_a_time: int | None
) -> Selected:
    """OCBA."""
    systems = len(question.names)
    if budget is None:
        raise ParameterError("budget: OCBA needs one, the runs of all systems together")
    budget = whole_number("budget", budget, systems * first_stage, systems * MOST_REPLICATIONS)

    def draw(wanted: Sequence[tuple[int, range]]) -> list[Numbers]:
        return [question.sign * values for values in outcomes.draw(wanted)]

    values = allocate(draw, systems, first_stage, budget, at_a_time or 2 * systems, outcomes.may_take)
    return selected_by_allocation(question, values, budget)
