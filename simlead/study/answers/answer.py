"""Answers: what policies do in worlds that are not known, with the uncertainty of random numbers and of the world."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.statistics.errors import StatisticsError
from simlead.study.answers.asking import asked_of, question_of, scenarios_of, sets_of, switches_asked
from simlead.study.answers.composing import STATUS_QUO, Asked, answered, by_set, switched_runs, visit
from simlead.study.answers.nested import Deadline, Outcome, Visit, WorldsLike, look
from simlead.study.answers.result import Answer
from simlead.study.answers.sets import asked_sets
from simlead.study.answers.switches import WORLDS
from simlead.study.engines import FAST, warm_up_compiler
from simlead.study.parallel import ProgressLike, parallel_map, shown_progress
from simlead.study.refusals import refusals
from simlead.study.worlds.counts import LEAST_WORLDS

_log = logging.getLogger(__name__)


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
    structures: bool | None = False,
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
    structures : bool or None, default False
        Whether to run every structural switch beside the answer. The two switches of coverage are always run beside
        policies that change the coaching share.
    seed, workers, engine, confidence
        As in :func:`simlead.compare`. The number of workers does not change the result.
    deadline_seconds : float, optional
        Stop adding worlds when one more would end later than this after the call, but for 16; if it has passed then,
        no switches are run.
    early : callable, optional
        Called with a first answer after 16 worlds, without drivers and decision, before the others are run; not called
        where so few worlds do not give one.
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
    scenarios = scenarios_of(policies, status_quo)
    firm = scenarios[STATUS_QUO]
    question = question_of(measure, scenarios, smallest_effect, relative, replications, seed, workers, engine,
                           confidence, outcome)
    if deadline_seconds is not None and not deadline_seconds > 0.0:
        raise ParameterError(f"deadline_seconds = {deadline_seconds!r}: allowed is more than 0")
    names = asked_sets(firm, sets_of(worlds, effect_sizes))
    watch = Deadline(deadline_seconds, question.workers, LEAST_WORLDS * len(names))
    if outcome is None:
        warm_up_compiler(engine)
    asked = [asked_of(name, scenarios, worlds, question) for name in names]
    report = shown_progress(progress)
    every = [(each, number) for number in range(max(len(each.worlds) for each in asked))
             for each in asked if number < len(each.worlds)]
    switches = switches_asked(scenarios, structures)
    beside = sum(len(of) + 1 for of in switches.values()) * WORLDS * len(asked)
    total = question.replications * (len(every) * len(scenarios) + beside)
    done = 0

    _log.info("answer: %d policies, %d runs in %d worlds, seed %d, workers %d", len(scenarios) - 1, total, len(every),
              seed, question.workers)

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
        try:
            so_far = answered(question, asked, by_set(rows, asked), pd.DataFrame(), scenarios, early=True)
        except StatisticsError:
            _log.info("answer: no early one; so few worlds do not show the status quo clearly")
        else:
            early(so_far)
    rows += parallel_map(look, watch.tasks(visits(every[first:])), min(question.workers, len(every)), finished,
                         queue_ahead=deadline_seconds is None)
    nested = by_set(rows, asked)
    beside_runs = pd.DataFrame() if watch.over else switched_runs(question, asked, nested, switches, finished)
    if report is not None:
        report(total, total)
    return answered(question, asked, nested, beside_runs, scenarios, early=False)
