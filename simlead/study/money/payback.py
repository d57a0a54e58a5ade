"""`simlead.payback`: what policies cost and earn, and when they have paid for themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.answers.answer import answer
from simlead.study.answers.nested import Outcome, WorldsLike
from simlead.study.comparison import of_the_firm
from simlead.study.engines import FAST
from simlead.study.money.composing import money_of
from simlead.study.money.result import Money
from simlead.study.parallel import ProgressLike
from simlead.study.refusals import refusals


@refusals()
def payback(
    policies: Scenario | Mapping[str, Scenario],
    status_quo: Scenario | None = None,
    *,
    worlds: int | WorldsLike | Mapping[str, WorldsLike] = 100,
    replications: int = 2,
    effect_sizes: Iterable[str] | str | None = None,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    confidence: float = 0.95,
    progress: ProgressLike = None,
    outcome: Outcome | None = None,
) -> Money:
    """Answer what policies cost and earn, and when they have paid for themselves.

    Profit counts the contribution of sales, commission, pay and overhead, hiring in place of leavers, programme and
    training costs, and the price of each line of the people plan. Managers' hours on their people and vacant seats are
    priced beside it. Every policy and the status quo run in many worlds under the same random numbers, as in
    :func:`simlead.answer`.

    Parameters
    ----------
    policies : Scenario or mapping of str to Scenario
        The policies by name.
    status_quo : Scenario, optional
        What they are compared with (default: the same firm that goes on as before).
    worlds, replications, effect_sizes, seed, workers, engine, confidence, progress, outcome
        As in :func:`simlead.answer`; an `outcome` of your own gives the columns of `simlead.results.ledger` too.

    Returns
    -------
    Money
        Profit a year, payback month, return and ledger with both uncertainties, under each set of effect sizes; what
        they depend on; and the next step.

    Raises
    ------
    ParameterError
        For a bad argument before anything is run, and for a policy of another firm than the status quo.

    Examples
    --------
    >>> import simlead
    >>> from simlead.results.ledger import LINE, LINES, TO_MONTH
    >>> def books(scenario, seed, replicate):
    ...     monthly = 1e6 * scenario.policy.coaching_share * scenario.world.coaching_gain_max
    ...     lines = dict.fromkeys(LINES, 0.0) | {"contribution": 12 * monthly}
    ...     return ({f"{LINE}{name}": value for name, value in lines.items()}
    ...             | {f"{TO_MONTH}{month}": month * monthly for month in range(1, 13)}
    ...             | {"profit_final": 12 * monthly + replicate % 2})
    >>> firm = simlead.Scenario().change({"calendar.horizon_weeks": 52})
    >>> found = payback({"coached": firm.change({"policy.coaching_share": 0.5})}, effect_sizes="evidence", workers=1,
    ...                 worlds=simlead.worlds(firm, 32, calibrated=False, weighted=False), outcome=books)
    >>> row = found.row("coached", "evidence")
    >>> bool(row["low"] < row["mean"] < row["high"]), row["p_pays"] > 0.9, found.next_step("coached")
    (True, True, 'start')
    """
    named = {"policy": policies} if isinstance(policies, Scenario) else policies
    if status_quo is not None and isinstance(named, Mapping):
        for name, scenario in named.items():
            if isinstance(scenario, Scenario) and (
                    other := [path for path in status_quo.differences(scenario) if of_the_firm(path)]):
                raise ParameterError(f"payback: {name} is of another firm than the status quo: {other[0]} differs "
                                     "before the switch, and a difference of levels pays nothing back")
    return money_of(answer(
        policies, status_quo, measure="profit_final", worlds=worlds, replications=replications,
        effect_sizes=effect_sizes, structures=None, seed=seed, workers=workers, engine=engine, confidence=confidence,
        progress=progress, outcome=outcome))
