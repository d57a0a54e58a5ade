"""What is asked of worlds, checked before anything is run: scenarios, the question, sets of effect sizes, switches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.statistics.intervals import checked_confidence
from simlead.study.answers.composing import PROFIT, STATUS_QUO, Asked, Question
from simlead.study.answers.nested import Outcome, WorldsLike
from simlead.study.answers.sets import changes_to, put_under
from simlead.study.answers.smallest import RELATIVE, smallest_effect_of_interest
from simlead.study.answers.switches import COVERAGE, SWITCHES
from simlead.study.base_year import under_status_quo
from simlead.study.engines import known_engine
from simlead.study.parallel import worker_count
from simlead.study.runner import checked_outcomes, undefined_in_all
from simlead.study.simulate import checked_scenario
from simlead.study.worlds.counts import LEAST_WORLDS


def scenarios_of(
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


def question_of(
    measure: str, scenarios: Mapping[str, Scenario], smallest: float | None, relative: bool | None, replications: int,
    seed: int, workers: int | None, engine: str, confidence: float, outcome: Outcome | None,
) -> Question:
    """The question, once all of it is allowed."""
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


def sets_of(
    worlds: int | WorldsLike | Mapping[str, WorldsLike], effect_sizes: Iterable[str] | str | None
) -> Iterable[str] | str | None:
    """The sets that are asked for: those of the worlds if worlds are given by set."""
    if isinstance(worlds, Mapping):
        return tuple(worlds) if effect_sizes is None else effect_sizes
    if not hasattr(worlds, "place"):
        whole_number("worlds", worlds, LEAST_WORLDS, 100_000)
    return effect_sizes


def asked_of(
    name: str, scenarios: Mapping[str, Scenario], worlds: int | WorldsLike | Mapping[str, WorldsLike],
    question: Question,
) -> Asked:
    """The scenarios under a set of effect sizes, and its worlds."""
    changes = changes_to(scenarios[STATUS_QUO], name, seed=question.seed, workers=question.workers,
                         engine=question.engine)
    under = {label: put_under(scenario, name, changes) for label, scenario in scenarios.items()}
    if isinstance(worlds, Mapping):
        if name not in worlds:
            raise ParameterError(f"worlds: none for the effect sizes {name}; there are {', '.join(worlds)}")
        return Asked(name, under, worlds[name])
    if not hasattr(worlds, "place"):  # a whole number of any kind, numpy's too
        worlds = whole_number("worlds", worlds, LEAST_WORLDS, 100_000)
    if isinstance(worlds, int):
        from simlead.study.worlds.worlds import worlds as drawn

        return Asked(name, under, drawn(under[STATUS_QUO], worlds, question.seed, workers=question.workers))
    if len(worlds) < LEAST_WORLDS:
        raise ParameterError(f"worlds: {len(worlds)} of them; {LEAST_WORLDS} or more are needed")
    return Asked(name, under, worlds)


def switches_asked(scenarios: Mapping[str, Scenario], structures: bool | None) -> dict[str, tuple[str, ...]]:
    """By switch, the policies that are run with it."""
    if structures is None:
        return {}
    base = scenarios[STATUS_QUO]
    every = tuple(name for name in scenarios if name != STATUS_QUO)
    coaching = tuple(name for name in every if any(
        path.endswith(".coaching_share") for path in base.differences(scenarios[name])))
    names = every if structures else coaching
    return {switch: names for switch in (SWITCHES if structures else COVERAGE)
            if names and not getattr(base.structure, switch)}


