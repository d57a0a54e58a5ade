"""Judging a claim: what its effect amounts to, world by world, and the verdict that follows from the probabilities.

A claim is judged on draws of what each world leads to (`statistics.over_worlds`): in each draw it holds, it
makes no difference that matters, the reverse is true, or it is something else, such as less than was claimed. Their
fractions are probabilities over both uncertainties, that of the random numbers and that of the world.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from simlead.model.parameters import ParameterError
from simlead.study.records import (
    ALMOST_SURE,
    ASSUMED,
    CLASSES,
    DEPENDS,
    FOUR_IN_FIVE,
    NOT_TESTABLE,
    ONLY_ASSUMED,
    OPEN,
    PROBABLY,
    PROBABLY_NOT,
    STANDINGS,
    SURE,
    SURELY_NOT,
    TESTED,
    Region,
)

Floats = NDArray[np.float64]


def verdict(probability: float, depends: bool = False, standing: str = TESTED) -> str:
    """Return the verdict on a claim that holds with this probability.

    Above .95 it holds and above .8 it probably does; below .05 and .2 it does not and probably does not. Between, it
    depends on the parameter that turns it, if one does, and is open otherwise.

    Parameters
    ----------
    probability : float
        That the claim holds, 0 to 1.
    depends : bool, default False
        Whether a parameter turns it.
    standing : str, default "tested"
        "tested", or what else the model can say: a claim that is "assumed", an "input read back", or one for which it
        has "no mechanism" has a verdict that says so, whatever the probability.

    Returns
    -------
    str
        The verdict.

    Raises
    ------
    ParameterError
        For a probability outside 0 to 1, or an unknown standing.

    Examples
    --------
    >>> [verdict(p) for p in (0.97, 0.9, 0.5, 0.1, 0.01)], verdict(0.5, depends=True), verdict(0.99, standing=ASSUMED)
    (['holds', 'probably', 'open', 'probably not', 'does not hold'], 'depends', 'assumed')
    """
    if standing not in STANDINGS:
        raise ParameterError(f"standing {standing!r}: allowed is {' | '.join(STANDINGS)}")
    if standing != TESTED:
        return ONLY_ASSUMED if standing == ASSUMED else NOT_TESTABLE
    if not isinstance(probability, (int, float)) or not 0.0 <= probability <= 1.0:
        raise ParameterError(f"probability = {probability!r}: allowed is 0 to 1")
    for least, yes, no in ((ALMOST_SURE, SURE, SURELY_NOT), (FOUR_IN_FIVE, PROBABLY, PROBABLY_NOT)):
        if probability > least:
            return yes
        if 1.0 - probability > least:
            return no
    return DEPENDS if depends else OPEN


def by_region(parts: Floats, region: Region, smallest: float) -> NDArray[np.int64]:
    """Classify effects that must all lie in a region: places in :data:`CLASSES`, a value for each row of parts.

    `parts` has the parts of the claim on its first axis. A claim that is about something above 0 is reversed where a
    part lies below -smallest, one about something below 0 where a part lies above `smallest` (or above its region,
    if 0 is in the region: it then claims that nothing happens). It makes no difference where every part lies within
    `smallest` of 0.

    >>> by_region(np.array([[0.03, 0.004, -0.02]]), Region(low=0.01), 0.01).tolist()
    [0, 1, 2]
    >>> by_region(np.array([[2.1, 0.4]]), Region(low=1.0), 0.1).tolist()    # a size: the second is less than claimed
    [0, 3]
    >>> by_region(np.array([[0.01, 0.05]]), Region(high=0.02), 0.02).tolist()    # that nothing happens
    [0, 2]
    """
    holds = ((parts >= region.low) & (parts <= region.high)).all(axis=0)
    if region.low <= 0.0 <= region.high:
        reverse = (parts > region.high).any(axis=0) | (parts < region.low).any(axis=0)
    else:
        reverse = (parts < -smallest if region.low > 0.0 else parts > smallest).any(axis=0)
    nothing = (np.abs(parts) <= smallest).all(axis=0)
    return np.select([holds, reverse, nothing], [0, 2, 1], 3)


def by_optimum(outcomes: Floats, at: int, smallest: float) -> NDArray[np.int64]:
    """Classify plans (first axis) by whether the one at the index `at` is the best, or within `smallest` of it.

    `outcomes` are shares of one amount. No difference: all plans lie within `smallest` of the best. Reverse: the plan
    is further below the best. Otherwise it holds: it is near the best, and some plan is not.

    >>> by_optimum(np.array([[1.00, 1.00, 1.0], [1.03, 1.005, 1.0], [1.0, 1.00, 1.05]]), 1, 0.01).tolist()
    [0, 1, 2]
    """
    below = outcomes.max(axis=0) - outcomes
    return np.select([(below <= smallest).all(axis=0), below[at] > smallest], [1, 2], 0)


def orders(leads: Floats, weights: Floats) -> dict[tuple[int, ...], float]:
    """Compute the probability of each order of causes, the largest first.

    `leads` are causes x draws of what each takes, `weights` those of the draws. Orders that never occur are left out.

    >>> orders(np.array([[3.0, 1.0], [2.0, 2.0]]), np.array([3.0, 1.0]))
    {(0, 1): 0.75, (1, 0): 0.25}
    """
    total = float(weights.sum())
    found: dict[tuple[int, ...], float] = {}
    for order, weight in zip(np.argsort(-leads, axis=0, kind="stable").T.tolist(), weights.tolist(), strict=True):
        found[tuple(order)] = found.get(tuple(order), 0.0) + weight / total
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def probabilities(classes: NDArray[np.int64], weights: Floats) -> dict[str, float]:
    """Compute the probability of each class from the classes of draws and their weights.

    >>> probabilities(np.array([0, 0, 2]), np.array([1.0, 1.0, 2.0]))
    {'holds': 0.5, 'no difference': 0.0, 'reverse': 0.5, 'otherwise': 0.0}
    """
    total = float(weights.sum())
    return {name: float(weights[classes == place].sum()) / total for place, name in enumerate(CLASSES)}


def more_often_than(part: float, n: float, smallest: float) -> float:
    """Compute the probability that something which occurred in a fraction `part` of `n` firms occurs in more than
    `smallest` of all such firms, by Jeffreys' prior; `n` may be an effective number.

    >>> round(more_often_than(0.05, 40, 0.05), 2), round(more_often_than(0.0, 100, 0.05), 4)
    (0.55, 0.0013)
    """
    if not (n > 0.0 and 0.0 <= part <= 1.0):
        return math.nan
    return 1.0 - float(betainc(part * n + 0.5, (1.0 - part) * n + 0.5, smallest))
