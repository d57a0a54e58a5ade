"""The best of several systems, with a promise where one can be kept: Kim & Nelson's KN, and OCBA.

What is promised, why it holds and what it rests on stands in `selection.elimination`;
the tests hold each promise to account by simulation.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.provenance import Provenance, provenance
from simlead.study.engines import FAST, known_engine
from simlead.study.estimation.estimates import CONFIDENCE
from simlead.study.parallel import Progress, whole_number, worker_count
from simlead.study.selection.allocation import allocate
from simlead.study.selection.elimination import race
from simlead.study.selection.findings import Finding, Question, found_by_allocation, found_by_elimination
from simlead.study.selection.outcomes import Outcomes, Sampled, Sampler, Simulated
from simlead.study.selection.rules import Intervals, OneWinner, Rule
from simlead.study.simulate import LARGEST_REPLICATE, LARGEST_SEED, checked_measures, checked_scenario

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]

INTERVALS, KN, OCBA = METHODS = ("intervals", "KN", "OCBA")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """Which system is the best, and what that statement is worth.

    `best` names the best system, or those that are tied, the largest mean first; `promise`
    says in words what holds and how surely; `promised` is False where nothing is promised
    (OCBA) or the promise was withdrawn.

    `table` has a row per system: its `status` (best, tied, undecided, eliminated; not
    chosen by OCBA), `mean` with a t interval `low` to `high` over its `n` replicates, in
    the measure's `unit`; an eliminated system was in for `n` replicates and then dropped
    because of the system `eliminated_by`. `difference` is its mean less that of the best
    of the others, over the replicates they share. Under KN `difference_low` to
    `difference_high` hold for all systems at once with the confidence of the promise
    (Hsu's multiple comparisons with the best): they end at 0 on the side that is
    ruled out, so that an eliminated system is proved worse if its interval ends there.
    Under OCBA they are paired t intervals, each alone. `indifference` is in the measure's
    unit. The t intervals describe; no promise rests on them.

    `outcomes` are what all this was computed from: a row per replicate, a column per
    system, nan where a system was no longer in.
    """

    table: pd.DataFrame
    best: tuple[str, ...]
    promise: str
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

    def __repr__(self) -> str:
        return f"Selection({self.measure}: {', '.join(self.best)}; method={self.method!r})"


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
    progress: Progress | None = None,
) -> Selection:
    """Find the system whose mean is the best, with common random numbers.

    `systems` are scenarios by name, simulated with the same luck by replicate number; or
    a function (names, replicate numbers) -> array of outcomes (replicates x systems), with
    the systems' `names`; `measure` is then just a word for what it returns, and `seed`,
    `workers` and `engine` are not used. Smaller is better unless `larger_is_better`.

    Two methods make a promise. They run all systems side by side, `first_stage` replicates
    and then one after the other, and drop systems on the way. `indifference` is the
    difference that is worth detecting, in the measure's unit; with `relative`, as a part of
    the first system's mean in the first stage.

    * **intervals**: in at least `confidence` of all selections *the best system is among
      those named, and each of those is less than the indifference away from it*. So a
      system that leads by the indifference or more is named alone; systems that are close
      are named together, as tied; and one named alone is the best. Nothing is assumed
      about how far apart the means are. Two that differ by half of the indifference take
      longest. With `relative` this holds for the amount that the promise names.
    * **KN**, Kim & Nelson's procedure (2001) as published: names one system, which in at
      least `confidence` of all selections is the best *provided that the best leads by the
      indifference or more*; otherwise nothing is promised, and of two equal systems one is
      named as if it had won. Where the differences are once, twice, four, eight times the
      indifference, it takes about a fifth, a half, as many, twice as many replicates. With
      `relative` the promise is approximate, for the proof takes the indifference as fixed.

    Both proofs (`selection.rules`) are for normal outcomes: a year's total over many deals
    is close, a rare event's count is not. Systems whose outcomes never differ count as
    equal. If `maximum` replicates of a system do not suffice, the promise is withdrawn, and
    `promise` says what still holds.

    * **OCBA** (Chen et al. 2000) spends a `budget` of runs on the systems where they help
      most to tell the best, and promises nothing. It takes runs of different systems as
      independent, so with common random numbers it spends more than it need on close ones.

    `at_a_time` are the replicates of each system drawn together (by default as many as keep
    the workers busy; it does not change the result) or, for OCBA, the runs allocated
    together (two per system). `progress` is called with (runs done, runs it may take).

    Raises ParameterError for a bad argument before anything is run, and for an outcome
    that is not a number.

    >>> def sample(names, replicates):
    ...     level = {"status quo": 10.0, "coached": 12.0, "told": 10.0}
    ...     luck = np.sin(1e3 * replicates)[:, None]          # the same for all
    ...     own = 0.1 * np.cos(1e4 * replicates[:, None] * [len(name) for name in names])
    ...     return luck + own + [level[name] for name in names]
    >>> found = select_best(sample, "sales", names=["status quo", "coached", "told"], indifference=0.5)
    >>> found.best, found.promise[:62]
    (('coached',), 'In at least 95 of 100 such selections this is true: coached is')
    >>> found.table[["system", "status", "n"]].values.tolist()
    [['status quo', 'eliminated', 20], ['coached', 'best', 20], ['told', 'eliminated', 20]]
    """
    if method not in METHODS:
        raise ParameterError(f"method {method!r}: allowed is {' | '.join(METHODS)}{nearest(str(method), METHODS)}")
    if not 0.5 < confidence < 1.0:
        raise ParameterError(f"confidence = {confidence!r}: allowed is more than 0.5 and less than 1")
    first_stage = whole_number("first_stage", first_stage, 2, LARGEST_REPLICATE)
    if at_a_time is not None:
        at_a_time = whole_number("at_a_time", at_a_time, 1, LARGEST_REPLICATE)
    scenarios: dict[str, Scenario] = {}
    outcomes: Outcomes
    if isinstance(systems, Mapping):
        scenarios = {str(name): checked_scenario(scenario) for name, scenario in systems.items()}
        chosen = _distinct(list(scenarios) if names is None else names)
        for name in chosen:
            if name not in scenarios:
                raise ParameterError(f"names: no scenario {name!r}{nearest(name, scenarios)}")
        (measure,) = checked_measures([measure])
        unit = MEASURES[measure].unit
        seed = whole_number("seed", seed, 0, LARGEST_SEED)
        workers = worker_count(workers)
        scenarios = {name: scenarios[name] for name in chosen}
        outcomes = Simulated(scenarios, measure, seed, workers, known_engine(engine), progress)
    elif callable(systems):
        if names is None:
            raise ParameterError("names: a sampler does not tell the systems' names; they are needed")
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

    import pandas as pd

    return Selection(
        table=finding.table, best=finding.best, promise=finding.promise, promised=finding.promised,
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
) -> Finding:
    """Elimination by one of the two rules."""
    maximum = whole_number("maximum", maximum, first_stage, LARGEST_REPLICATE)
    at_once = 2 * workers if workers > 1 else 1

    def draw(who: Sequence[int], replicates: range) -> Numbers:
        return question.sign * np.column_stack(outcomes.draw([(system, replicates) for system in who]))

    found = race(
        draw, len(question.names), first_stage, maximum,
        rule_for=lambda first: worth.rule(first, question),
        rows_ahead=lambda left: at_a_time or math.ceil(at_once / left),
        may_take=outcomes.may_take)
    return found_by_elimination(question, found, worth.relative)


def _allocated(
    question: Question, outcomes: Outcomes, first_stage: int, budget: int | None, at_a_time: int | None
) -> Finding:
    """OCBA."""
    systems = len(question.names)
    if budget is None:
        raise ParameterError("budget: OCBA needs one, the runs of all systems together")
    budget = whole_number("budget", budget, systems * first_stage, LARGEST_REPLICATE)

    def draw(wanted: Sequence[tuple[int, range]]) -> list[Numbers]:
        return [question.sign * values for values in outcomes.draw(wanted)]

    values = allocate(draw, systems, first_stage, budget, at_a_time or 2 * systems, outcomes.may_take)
    return found_by_allocation(question, values, budget)
