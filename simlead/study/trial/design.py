"""Designing a trial: simulate it in many worlds, and see what it could tell and what that is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.number import LARGEST_SEED, whole_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.seen import checked_seen
from simlead.statistics.errors import StatisticsError
from simlead.study.answers.nested import WorldsLike
from simlead.study.base_year import under_status_quo
from simlead.study.engines import FAST, known_engine, warm_up_compiler
from simlead.study.parallel import ProgressLike, parallel_map, shown_progress, worker_count
from simlead.study.refusals import refusals
from simlead.study.simulate import checked_scenario
from simlead.study.trial.judging import curves, outcome_table, over_months, over_teams, surrogates
from simlead.study.trial.plan import STEPPED, TrialPlan, planned, refuse_rollouts
from simlead.study.trial.result import TrialAnswer
from simlead.study.trial.runs import TrialRuns, made, tasks, together
from simlead.study.trial.worth import decision_map, option_table, price_of, prior_of, worths
from simlead.study.worlds.counts import LEAST_WORLDS

WORLDS, REPLICATIONS = 48, 8

WORTH_THE_SAME = 1.0
"""Dollars by which the worth of two trials differs by nothing that is known."""

LONGEST_MONTHS = 24
"""Months of the longest trial that is looked at."""


@refusals()
def design_trial(
    firm: Scenario,
    change: Mapping[str, Any],
    *,
    arms: str | None = None,
    treated: int | None = None,
    months: int = 12,
    base_months: int = 12,
    waiting: int | None = None,
    outcomes: Iterable[str] | str | None = None,
    primary: str | None = None,
    worlds: int | WorldsLike = WORLDS,
    replications: int = REPLICATIONS,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    early: Callable[[TrialAnswer], object] | None = None,
    progress: ProgressLike = None,
) -> TrialAnswer:
    """Design a trial of a change: what it could tell this firm, and whether it is worth trying.

    The firm is run without the change and with it, under common random numbers, in many worlds. Trials are then read as
    an analyst would, from what the firm sees of itself alone.

    Parameters
    ----------
    firm : Scenario
        The firm; its status quo is what the change is tried against.
    change : mapping of str to value
        The levers to change by path, such as `{"policy.coaching_share": 0.5}`.
    arms : {"teams", "before-after", "stepped"}, optional
        Teams against teams, all teams before and after, or one team after another, in an order drawn by lot (default:
        teams, and before-after for a firm of one or two teams).
    treated : int, optional
        Teams that start the change, for `teams` (default: half of them).
    months, base_months : int, default 12
        Months from the first start on, and before it.
    waiting : int, optional
        Months after a start that are left out of outcomes of deals (default: 3).
    outcomes : str or iterable of str, optional
        What is looked at (default: everything that a firm sees, `results.seen.SEEN`).
    primary : str, optional
        The outcome that decides (default: the one by which the trial is worth most).
    worlds : int or Worlds, default 48
        Number of worlds, 16 or more; or those of :func:`simlead.worlds`.
    replications : int, default 8
        Matched pairs in each world, 2 or more.
    seed, workers, engine
        As in :func:`simlead.compare`.
    early : callable, optional
        Called with a first answer after 16 worlds; not called where so few worlds do not give one.
    progress : callable or bool, optional
        Called with (runs done, runs in all).

    Returns
    -------
    TrialAnswer
        Power, smallest detectable effects, false alarms, what is early, and what the trial is worth.

    Raises
    ------
    ParameterError
        For a bad argument, before anything is run; and after the runs where no analysis of the `primary` is offered,
        but of another outcome.

    Examples
    --------
    >>> design_trial(Scenario(), {"policy.coaching_share": 0.5}, outcomes="market_share")   # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: outcome 'market_share': the firm cannot see it by team and month; ...
    """
    base, policy = scenarios_of(firm, change)
    plan = planned(base, policy, arms=arms, treated=treated, months=months, base_months=base_months, waiting=waiting,
                   outcomes=_with_primary(outcomes, primary))
    replications = whole_number("replications", replications, 2, 10**4)
    seed = whole_number("seed", seed, 0, LARGEST_SEED - 1)
    known_engine(engine)
    if not hasattr(worlds, "place"):  # a whole number of any kind, numpy's too
        worlds = whole_number("worlds", worlds, LEAST_WORLDS, 10_000)
    if not isinstance(worlds, int) and len(worlds) < LEAST_WORLDS:
        raise ParameterError(f"worlds: {len(worlds)} of them; {LEAST_WORLDS} or more are needed")
    count = worker_count(workers)
    warm_up_compiler(engine)
    if isinstance(worlds, int):
        from simlead.study.worlds.worlds import worlds as drawn

        there: WorldsLike = drawn(base, worlds, seed, workers=count)
    else:
        there = worlds
    horizon = base.calendar.horizon_weeks * 12 // 52
    of_worlds = list(tasks(base, policy, plan, there, replications=replications, seed=seed, engine=engine,
                           months=horizon))
    report, done = shown_progress(progress), 0
    each = replications * (3 if plan.arms == STEPPED else 2)

    def finished(_: object) -> None:
        nonlocal done
        done += each
        if report is not None:
            report(done, each * len(of_worlds))

    if report is not None:
        report(0, each * len(of_worlds))
    first = LEAST_WORLDS if early is not None and len(of_worlds) > LEAST_WORLDS else len(of_worlds)
    results = parallel_map(made, iter(of_worlds[:first]), min(count, first), finished)

    def answered(is_early: bool) -> TrialAnswer:
        runs = together(results, there, replications, -plan.base_months)
        return trial_answer(base, change, plan, runs, primary=primary, horizon=horizon, seed=seed, early=is_early)

    if first < len(of_worlds):
        if early is not None:
            _hand_over(early, lambda: answered(True))
        results += parallel_map(made, iter(of_worlds[first:]), min(count, len(of_worlds) - first), finished)
    return answered(False)


def _hand_over(early: Callable[[TrialAnswer], object], answered: Callable[[], TrialAnswer]) -> None:
    """Hand over the early answer; nothing where a few worlds do not give one, for more of them may."""
    try:
        found = answered()
    except (ParameterError, StatisticsError):
        return
    early(found)


def scenarios_of(firm: Scenario, change: Mapping[str, Any]) -> tuple[Scenario, Scenario]:
    """The firm under its status quo, and the same with the change.

    >>> base, policy = scenarios_of(Scenario(), {"policy.coaching_share": 0.5})
    >>> base.differences(policy)
    {'policy.coaching_share': (0.2, 0.5)}
    """
    if not isinstance(change, Mapping):
        raise ParameterError(f"change = {change!r}: allowed is levers by path, such as "
                             "{'policy.coaching_share': 0.5}")
    given = checked_scenario(firm)
    refuse_rollouts(given)
    base = under_status_quo(given)
    return base, base.change(change)


def trial_answer(
    firm: Scenario, change: Mapping[str, Any], plan: TrialPlan, runs: TrialRuns, *, primary: str | None, horizon: int,
    seed: int, early: bool,
) -> TrialAnswer:
    """What the runs say of a plan."""
    price = price_of(firm, plan)
    longest = min(LONGEST_MONTHS, horizon)
    table, chosen = outcome_table(runs, plan, seed)
    if primary is not None and chosen and primary not in chosen:
        raise ParameterError(_not_offered(primary, table, chosen))
    worth = worths(runs, plan, chosen, price, horizon)
    decides = str(primary) if primary in chosen else worth_most(worth, table)
    prior = prior_of(runs, plan, chosen[decides], horizon) if decides else None
    return TrialAnswer(
        change=dict(change), plan=plan, table=table, curves=curves({} if early else chosen, table),
        months=over_months(runs, plan, {} if early else chosen, longest, seed),
        teams=over_teams(runs, plan, chosen, table),
        surrogates=surrogates(runs, plan, list(chosen), horizon, seed), worths=worth,
        options=option_table(prior, price, seed) if prior else pd.DataFrame(
            columns=["option", "expected", "low", "high", "best_share"]),
        map=decision_map(runs, firm, plan, chosen[decides], horizon, longest, seed) if decides and not early
        else pd.DataFrame(columns=["treated", "months", "best", "over_the_best"]),
        primary=decides, prior=prior, price=price, horizon=horizon, worlds=runs.worlds,
        replications=runs.replications, seed=seed, early=early,
        currency=firm.organisation.currency)


def _not_offered(primary: str, table: pd.DataFrame, offered: Iterable[str]) -> str:
    """Why the outcome that is to decide cannot, and which can, in one line."""
    rows = table[table["outcome"] == primary].to_dict("records")
    why = "; ".join(f"{row['estimator']}: {row['why']}".replace("_", " ") for row in rows)
    return f"outcome {primary!r}: no analysis of it is offered ({why}); offered is {', '.join(offered)}"


def worth_most(worth: pd.DataFrame, table: pd.DataFrame) -> str:
    """The outcome by which a trial is worth most; of those that are within a dollar of it the most powerful one.

    >>> worth = pd.DataFrame({"outcome": ["revenue", "win_rate"], "value_of_trying": [7.2, 7.1]})
    >>> worth_most(worth, pd.DataFrame({"outcome": ["revenue", "win_rate"], "power": [0.1, 0.4], "chosen": True}))
    'win_rate'
    """
    if worth.empty:
        return ""
    best = worth.loc[worth["value_of_trying"] >= worth["value_of_trying"].max() - WORTH_THE_SAME, "outcome"]
    rows = table[table["chosen"] & table["outcome"].isin(best)]
    return str(rows.sort_values("power", ascending=False, kind="stable")["outcome"].iloc[0])


def _with_primary(outcomes: Iterable[str] | str | None, primary: str | None) -> Iterable[str] | str | None:
    """The outcomes with the one that decides among them."""
    if primary is None or outcomes is None:
        if primary is not None:
            checked_seen(primary)
        return outcomes
    return [primary, *([outcomes] if isinstance(outcomes, str) else outcomes)]


def lot(plan: TrialPlan, seed: int) -> tuple[int, ...]:
    """The months in which the teams start, drawn by lot from a seed.

    >>> sorted(lot(TrialPlan("teams", 4, 2, 12, 12), 7))[:2]
    [0, 0]
    """
    random = np.random.Generator(np.random.Philox(key=seed))
    return tuple(int(start) for start in random.permutation(np.array(plan.starts, dtype=np.int64)))
