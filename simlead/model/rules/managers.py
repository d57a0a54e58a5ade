"""Rules of managers: their traits, their adherence to the plan, and their week."""

from __future__ import annotations

import math

from simlead.model.draws import normal_quantile
from simlead.model.rulebook import rule


@rule
def quality_of(z: float, mean: float, sd: float, low: float, high: float) -> float:
    """Coaching quality Q = clip(mean + sd * z, low, high); 18 % lie below 0. Source: V01.

    >>> quality_of(-9.0, 1.0, 1.09, -1.0, 3.0)
    -1.0
    """
    return min(high, max(low, mean + sd * z))


@rule
def fit_z(u: float, mean: float, sd: float, unfit_below: float) -> float:
    """Standardised quality of a manager chosen to be fit: u folded into the law above Q = unfit_below.

    >>> fit_z(1e-9, 1.0, 1.0, 0.0) >= -1.0001
    True
    """
    if sd <= 0.0:
        return 0.0
    unfit = 0.5 * math.erfc((mean - unfit_below) / sd / math.sqrt(2.0))
    return normal_quantile(min(1.0 - 1e-15, unfit + (1.0 - unfit) * u))


@rule
def correlated(z: float, own: float, correlation: float) -> float:
    """A standard normal number that correlates so with z.

    >>> correlated(1.0, 5.0, 1.0)
    1.0
    """
    return correlation * z + math.sqrt(max(0.0, 1.0 - correlation * correlation)) * own


@rule
def within_unit(x: float) -> float:
    """x, but at least 0 and at most 1.

    >>> within_unit(1.3)
    1.0
    """
    return min(1.0, max(0.0, x))


@rule
def adherence(clarity: float, accountability: float, floor: float, gain: float) -> float:
    """chi, the probability that a planned session is protected; also what keeps errands out.

    chi = .3 + .5 * clarity * (.5 + .5 * accountability), at most 1. Grade D.

    >>> round(adherence(0.4, 0.4, 0.3, 0.5), 2)
    0.44
    """
    return min(1.0, floor + gain * clarity * (0.5 + 0.5 * accountability))


@rule
def heroic_probability(base: float, chi: float, heroics: float) -> float:
    """Probability that a large proposal pulls the manager in: .25 (1 - chi) * heroics.

    >>> heroic_probability(0.25, 1.0, 1.0)
    0.0
    """
    return min(1.0, base * (1.0 - chi) * heroics)


@rule
def heroic_hours(u: float, low: int, high: int) -> int:
    """Whole hours a hero gives to a deal, evenly from low to high.

    >>> heroic_hours(0.0, 4, 8), heroic_hours(0.999, 4, 8)
    (4, 8)
    """
    return low + min(high - low, int(u * (high - low + 1)))


@rule
def own_selling_credit(productivity: float, ramped_revenue_per_year: float, hours: float,
                       hours_per_year: float, index: float) -> float:
    """Dollars that hours of own selling earn: 1.3 times a ramped rep's revenue per hour.

    `index` is the market's value growth since the year that the revenue was measured in.

    >>> own_selling_credit(1.3, 2080.0, 1.0, 2080.0, 1.0)
    1.3
    """
    return productivity * ramped_revenue_per_year * hours / hours_per_year * index


@rule
def adopted(before: float, after: float, weeks_since_switch: int, adoption_weeks: int) -> float:
    """A lever on its way from the status quo to the policy, week by week.

    >>> adopted(0.2, 0.6, 1, 4)
    0.4
    >>> adopted(0.2, 0.6, 0, 0), adopted(0.2, 0.6, -1, 0)
    (0.6, 0.2)
    """
    if weeks_since_switch < 0:
        return before
    if weeks_since_switch + 1 >= adoption_weeks:
        return after
    return before + (after - before) * (weeks_since_switch + 1) / adoption_weeks


@rule
def sessions_within(budget_hours: float, session_hours: float) -> int:
    """How many sessions a budget pays for.

    >>> sessions_within(8.0, 0.5), sessions_within(-1.0, 0.5)
    (16, 0)
    """
    if budget_hours <= 0.0:
        return 0
    return int(math.floor(budget_hours / session_hours + 1e-9))


@rule
def rotated(order: int, week: int, paid: int, filled: int) -> int:
    """Place in this week's rotation of the rep who stands `order`-th; those below `paid` are seen.

    >>> [rotated(order, 1, 3, 8) for order in range(8)]
    [5, 6, 7, 0, 1, 2, 3, 4]
    """
    return (order - week * paid) % filled
