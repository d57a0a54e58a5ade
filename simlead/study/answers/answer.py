"""Answers: what policies do in worlds that are not known, with the uncertainty of random numbers and of the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.statistics.intervals import checked_confidence
from simlead.study.answers.composing import PROFIT, STATUS_QUO, Asked, Question, answered, by_set, switched_runs, visit
from simlead.study.answers.nested import Deadline, Outcome, Visit, WorldsLike, look
from simlead.study.answers.result import Answer
from simlead.study.answers.sets import asked_sets, changes_to
from simlead.study.answers.smallest import RELATIVE, smallest_effect_of_interest
from simlead.study.answers.switches import COVERAGE, SWITCHES, WORLDS
from simlead.study.base_year import under_status_quo
from simlead.study.engines import FAST, known_engine, warm_up_compiler
from simlead.study.parallel import ProgressLike, parallel_map, shown_progress, worker_count
from simlead.study.refusals import refusals
from simlead.study.runner import checked_outcomes, undefined_in_all
from simlead.study.simulate import checked_scenario

LEAST_WORLDS = 16
"""Minimum number of worlds for an answer, and so many make the early one."""


@refusals()
def answer(
    policies: Scenario | Mapping[str, Scenario],
    status_quo: Scenario | None = None,
    *,
    measure: str = "revenue",
    worlds: int | WorldsLike | Mapping[str, WorldsLike] = 100,
    replications: int = 2,
    effect_sizes: Iterable[str] | str | None = None,
    smallest_effect: float | None = None,
    relative: bool | None = None,
    structures: bool = False,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    confidence: float = 0.95,
    deadline_seconds: float | None = None,
    early: Callable[[Answer], object] | None = None,
    progress: ProgressLike = None,
    outcome: Outcome | None = None,
) -> Answer:
    """Answer what policies do, with the uncertainty of the random numbers and of the world.

    Every policy and the status quo are run in many worlds, with a few replications in each; all scenarios of a world
    and a replication share random numbers. The worlds are weighted by the published facts that they meet.

    Parameters
    ----------
    policies : Scenario or mapping of str to Scenario
        The policies by name.
    status_quo : Scenario, optional
        What they are compared with (default: the same firm that goes on as before).
    measure : str, default "revenue"
        The measure that the answer is about.
    worlds : int, Worlds, or mapping of str to Worlds, default 100
        Number of worlds for each set of effect sizes, 16 or more; or the worlds of :func:`simlead.worlds`, or these by
        set of effect sizes.
    replications : int, default 2
        Replications of each scenario in each world, 2 or more.
    effect_sizes : str or iterable of str, optional
        Sets of effect sizes (default: both; a firm with effect sizes of its own is asked about these alone).
    smallest_effect : float, optional
        The smallest effect of interest, in the unit of the effect; above 0. The default follows from what a programme
        costs this firm (`study.answers.smallest`).
    relative : bool, optional
        Whether the effect is a fraction of the status quo's mean in the same world (default: for revenue and market
        share).
    structures : bool, default False
        Whether to run every structural switch beside the answer. The two switches of coverage are always run beside
        policies that change the coaching share.
    seed, workers, engine, confidence
        As in :func:`simlead.compare`. The number of workers does not change the result.
    deadline_seconds : float, optional
        Stop adding worlds when one more would end later than this.
    early : callable, optional
        Called with a first answer after 16 worlds, without drivers and decision, while the others are run.
    progress : callable or bool, optional
        Called with (runs done, runs in all).
    outcome : callable, optional
        A function of scenario, seed and replication that gives the measures, in place of the simulation.

    Returns
    -------
    Answer
        Effects with both uncertainties, probabilities, what they depend on, and what is worth learning.

    Raises
    ------
    ParameterError
        For a bad argument before anything is run, and where a relative effect would divide by a status quo that is
        not clearly above 0.

    Examples
    --------
    >>> from simlead.study.worlds.worlds import worlds
    >>> def sales(scenario, seed, replicate):
    ...     gain = scenario.policy.coaching_share * scenario.world.coaching_gain_max
    ...     return {"revenue": 100.0 + 100.0 * gain + replicate % 5}
    >>> firm = Scenario()
    >>> found = answer({"coached": firm.change({"policy.coaching_share": 0.5})}, effect_sizes="evidence",
    ...                worlds=worlds(firm, 32, calibrated=False, weighted=False), outcome=sales, workers=1)
    >>> row = found.table.iloc[0]
    >>> bool(row["low"] < row["mean"] < row["high"]), found.drivers["parameter"][0], row["limit"]
    (True, 'world.coaching_gain_max', 'world')
    """
    scenarios = _checked_scenarios(policies, status_quo)
    firm = scenarios[STATUS_QUO]
    question = _question(measure, scenarios, smallest_effect, relative, replications, seed, workers, engine, confidence,
                         outcome)
    if deadline_seconds is not None and not deadline_seconds > 0.0:
        raise ParameterError(f"deadline_seconds = {deadline_seconds!r}: allowed is more than 0")
    names = asked_sets(firm, _sets_of(worlds, effect_sizes))
    if outcome is None:
        warm_up_compiler(engine)
    asked = [_asked(name, scenarios, worlds, question) for name in names]
    report = shown_progress(progress)
    watch = Deadline(deadline_seconds, question.workers, LEAST_WORLDS * len(asked))
    every = [(each, number) for number in range(max(len(each.worlds) for each in asked))
             for each in asked if number < len(each.worlds)]
    switches = _switches_asked(scenarios, structures)
    beside = sum(len(of) + 1 for of in switches.values()) * WORLDS * len(asked)
    total = question.replications * (len(every) * len(scenarios) + beside)
    done = 0

    def finished(rows: list[dict[str, Any]]) -> None:
        nonlocal done
        watch.finished(rows)
        done += len(rows)
        if report is not None:
            report(min(done, total), total)

    def visits(of: Iterable[tuple[Asked, int]]) -> Iterator[Visit]:
        for each, number in of:
            yield visit(each.name, each.scenarios, each.worlds, number, question)

    if report is not None:
        report(0, total)
    first = LEAST_WORLDS * len(asked) if early is not None else len(every)
    rows = parallel_map(look, watch.tasks(visits(every[:first])), min(question.workers, len(every)), finished,
                        queue_ahead=deadline_seconds is None)
    if early is not None and len(every) > first:
        early(answered(question, asked, by_set(rows, asked), pd.DataFrame(), scenarios, early=True))
    rows += parallel_map(look, watch.tasks(visits(every[first:])), min(question.workers, len(every)), finished,
                         queue_ahead=deadline_seconds is None)
    nested = by_set(rows, asked)
    beside_runs = switched_runs(question, asked, nested, switches, finished)
    if report is not None:
        report(total, total)
    return answered(question, asked, nested, beside_runs, scenarios, early=False)


def _checked_scenarios(
    policies: Scenario | Mapping[str, Scenario], status_quo: Scenario | None
) -> dict[str, Scenario]:
    """The policies by name and, first, the status quo."""
    given = dict(policies) if isinstance(policies, Mapping) else {"policy": policies}
    if not given:
        raise ParameterError("policies: at least one is needed")
    named = {str(name): checked_scenario(scenario) for name, scenario in given.items()}
    if STATUS_QUO in named:
        raise ParameterError(f"policies: the name {STATUS_QUO} is kept for what they are compared with")
    if status_quo is None:
        firms = [under_status_quo(scenario) for scenario in named.values()]
        other = next((name for name, firm in zip(named, firms, strict=True) if firm != firms[0]), None)
        if other is not None:
            raise ParameterError(f"policies: {other} is another firm than {next(iter(named))} before the switch; "
                                 "say with status_quo what they are compared with")
        status_quo = firms[0]
    base = checked_scenario(status_quo)
    same = next((name for name, scenario in named.items() if scenario == base), None)
    if same is not None:
        raise ParameterError(f"policies: {same} is the status quo; there is no difference to answer about")
    return {STATUS_QUO: base, **named}


def _question(
    measure: str, scenarios: Mapping[str, Scenario], smallest: float | None, relative: bool | None, replications: int,
    seed: int, workers: int | None, engine: str, confidence: float, outcome: Outcome | None,
) -> Question:
    outcomes = checked_outcomes([measure])
    undefined = undefined_in_all([measure, PROFIT], scenarios.values())
    if measure in undefined:
        undefined_in_all([measure], scenarios.values(), refuse=True)
    measures = (measure,) if PROFIT in (measure, *undefined) else (measure, PROFIT)
    known_engine(engine)
    checked_confidence(confidence)
    chosen = measure in RELATIVE if relative is None else bool(relative)
    found = smallest_effect_of_interest(measure, scenarios[STATUS_QUO], smallest)
    return Question(
        measure, measures, chosen, "share of status quo" if chosen else outcomes.unit(measure), found,
        whole_number("replications", replications, 2, 10**4), whole_number("seed", seed, 0, LARGEST_SEED - 1),
        worker_count(workers), engine, confidence, outcome)


def _sets_of(
    worlds: int | WorldsLike | Mapping[str, WorldsLike], effect_sizes: Iterable[str] | str | None
) -> Iterable[str] | str | None:
    """The sets that are asked for: those of the worlds if worlds are given by set."""
    if isinstance(worlds, Mapping):
        return tuple(worlds) if effect_sizes is None else effect_sizes
    if not hasattr(worlds, "place"):
        whole_number("worlds", worlds, LEAST_WORLDS, 100_000)
    return effect_sizes


def _asked(
    name: str, scenarios: Mapping[str, Scenario], worlds: int | WorldsLike | Mapping[str, WorldsLike],
    question: Question,
) -> Asked:
    """The scenarios under a set of effect sizes, and its worlds."""
    changes = changes_to(scenarios[STATUS_QUO], name, seed=question.seed, workers=question.workers,
                         engine=question.engine)
    under = {label: scenario.change(changes) for label, scenario in scenarios.items()}
    if isinstance(worlds, Mapping):
        if name not in worlds:
            raise ParameterError(f"worlds: none for the effect sizes {name}; there are {', '.join(worlds)}")
        return Asked(name, under, worlds[name])
    if isinstance(worlds, int):
        from simlead.study.worlds.worlds import worlds as drawn

        return Asked(name, under, drawn(under[STATUS_QUO], worlds, question.seed, workers=question.workers))
    if len(worlds) < LEAST_WORLDS:
        raise ParameterError(f"worlds: {len(worlds)} of them; {LEAST_WORLDS} or more are needed")
    return Asked(name, under, worlds)


def _switches_asked(scenarios: Mapping[str, Scenario], structures: bool) -> dict[str, tuple[str, ...]]:
    """By switch, the policies that are run with it."""
    base = scenarios[STATUS_QUO]
    every = tuple(name for name in scenarios if name != STATUS_QUO)
    coaching = tuple(name for name in every if any(
        path.endswith(".coaching_share") for path in base.differences(scenarios[name])))
    names = every if structures else coaching
    return {switch: names for switch in (SWITCHES if structures else COVERAGE)
            if names and not getattr(base.structure, switch)}


