"""Closed forms for the special cases of the model that have one.

Pure functions of plain numbers; they know nothing of the simulation and share no code with
it. `study.special_cases` turns a scenario into each case; the tests hold the two together.
Hours are business hours. An overloaded server has no mean wait: the answer is infinite.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

# --- one rep: queues


def mean_wait_mg1(arrivals_per_hour: float, handling_hours: float, handling_cv: float) -> float:
    """Mean hours in queue of M/G/1 (exponential handling, cv 1: M/M/1), by Pollaczek and Khinchine.

    W = lambda E[S^2] / (2 (1 - rho)), rho = lambda S, E[S^2] = S^2 (1 + cv^2), for a server that never idles while a
    customer waits; any order that does not look at handling times. Exact in the steady state. Source: Kleinrock,
    Queueing Systems I (1975), section 5.6.

    >>> mean_wait_mg1(0.5, 1.0, 0.0), mean_wait_mg1(0.5, 1.0, 1.0), mean_wait_mg1(1.0, 1.0, 1.0)
    (0.5, 1.0, inf)
    """
    load = arrivals_per_hour * handling_hours
    if load >= 1.0:
        return math.inf
    second_moment = handling_hours * handling_hours * (1.0 + handling_cv * handling_cv)
    return arrivals_per_hour * second_moment / (2.0 * (1.0 - load))


def mean_wait_with_vacations(
    arrivals_per_hour: float, handling_hours: float, handling_cv: float,
    vacation_hours: float, vacation_cv: float = 0.0,
) -> float:
    """Mean hours in queue of M/G/1 whose server, with no one waiting, goes away again and again.

    W = W of M/G/1 + E[V^2] / (2 E[V]): who comes waits for the rest of the vacation as well. A rep's prospecting
    block is such a vacation. Exact in the steady state. Source: Fuhrmann and Cooper (1985), Operations Research 33,
    1117-1129.

    >>> mean_wait_with_vacations(0.5, 1.0, 0.0, 2.0)
    1.5
    """
    rest = 0.5 * vacation_hours * (1.0 + vacation_cv * vacation_cv)
    return mean_wait_mg1(arrivals_per_hour, handling_hours, handling_cv) + rest


def mean_number(per_hour: float, mean_hours: float) -> float:
    """Mean number present, by Little's law: L = lambda W, whatever the laws and the order.

    Source: Little (1961), Operations Research 9, 383-387.

    >>> mean_number(0.5, 3.0)
    1.5
    """
    return per_hour * mean_hours


# --- many buyers: in flight, noticed, won


def lognormal_mean(median: float, sigma: float) -> float:
    """Mean of a lognormal number: median * exp(sigma^2 / 2), in the unit of the median.

    >>> round(lognormal_mean(35_000.0, 0.8))
    48199
    """
    return median * math.exp(0.5 * sigma * sigma)


def lognormal_mean_up_to(median: float, sigma: float, cap: float) -> float:
    """E[min(T, cap)] of a lognormal T, in the unit of the median.

    mean * Phi(d - sigma) + cap * Phi(-d), d = ln(cap / median) / sigma.

    >>> lognormal_mean_up_to(2.0, 0.0, 1.0), lognormal_mean_up_to(2.0, 0.0, 9.0)
    (1.0, 2.0)
    >>> round(lognormal_mean_up_to(1.0, 1.0, 1e9) / lognormal_mean(1.0, 1.0), 12)
    1.0
    """
    if cap <= 0.0:
        return 0.0
    if sigma <= 0.0:
        return min(median, cap)
    d = math.log(cap / median) / sigma
    return lognormal_mean(median, sigma) * _normal_cdf(d - sigma) + cap * _normal_cdf(-d)


def buyers_in_flight(
    arrivals_per_hour: float, pace_median_hours: float, pace_sigma: float, hours_since_start: float
) -> float:
    """Mean of the Poisson number of buyers still deciding, in M/G/infinity that began empty.

    lambda * E[min(T, t)], T the lognormal time a buyer takes: exact at every time t, and
    lambda E[T] in the steady state (Little's law). Source: Kingman, Poisson Processes
    (1993), displacement theorem.

    >>> buyers_in_flight(0.5, 10.0, 0.0, 4.0), buyers_in_flight(0.5, 10.0, 0.0, 400.0)
    (2.0, 5.0)
    """
    return arrivals_per_hour * lognormal_mean_up_to(pace_median_hours, pace_sigma, hours_since_start)


def noticed_per_hour(arrivals_per_hour: float, noticing_probability: float) -> float:
    """Rate of noticed opportunities: Poisson arrivals, each kept with the same probability.

    lambda p, again Poisson, and independent of those not noticed. Source: Kingman (1993),
    colouring theorem.

    >>> noticed_per_hour(0.5, 0.6)
    0.3
    """
    return arrivals_per_hour * noticing_probability


def funnel_yield(pass_probabilities: Sequence[float]) -> float:
    """Part of noticed opportunities that is won when gates are independent: their product.

    >>> round(funnel_yield([0.55, 0.5, 0.35]), 5)
    0.09625
    """
    return math.prod(pass_probabilities)


def expected_sales(
    opportunities: float, noticing_probability: float, pass_probabilities: Sequence[float],
    value_median: float, value_sigma: float,
) -> float:
    """Mean value won, in $, of so many opportunities when gates do not look at value.

    n k p1 p2 p3 * median * exp(sigma^2 / 2).

    >>> expected_sales(100.0, 0.5, [0.5, 0.4], 1000.0, 0.0)
    10000.0
    """
    wins = opportunities * noticing_probability * funnel_yield(pass_probabilities)
    return wins * lognormal_mean(value_median, value_sigma)


def multinomial_logit(utilities: Sequence[float]) -> tuple[float, ...]:
    """Choice probabilities exp(v_i) / sum exp(v_j). Source: McFadden (1974).

    >>> multinomial_logit([0.0, 0.0])
    (0.5, 0.5)
    """
    greatest = max(utilities)
    weights = [math.exp(utility - greatest) for utility in utilities]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


# --- people: learning, leaving, vacancy


def gain_of_constant_coaching(
    gain: float, target: float, months: float, gain_months: float, fade_months: float
) -> float:
    """Coaching gain C in log-points after so many months at a constant target C*.

    The solution of dC/dt = (C* - C) / tau for targets on the gain's own side of zero, where
    tau is gain_months while |C| grows and fade_months while it fades:
    C(t) = C* + (C - C*) exp(-t / tau). Raises ValueError for a target on the other side.

    >>> round(gain_of_constant_coaching(0.1, 0.0, 11.09, 3.0, 16.0), 4)
    0.05
    >>> round(gain_of_constant_coaching(0.0, 0.1, 3.0, 3.0, 16.0), 4)
    0.0632
    """
    if gain * target < 0.0:
        raise ValueError("the gain would pass through zero and change its time constant there")
    tau = gain_months if abs(target) > abs(gain) else fade_months
    return target + (gain - target) * math.exp(-months / tau)


def mean_stay_months(quits_per_month: float, first_year_factor: float = 1.0) -> float:
    """Mean months a rep stays, at a hazard that is `first_year_factor` times higher in the first year.

    (1 - s) / (f h) + s / h, s = exp(-12 f h): the integral of the probability of staying so
    long. Source: Cox, Renewal Theory (1962), section 1.2.

    >>> mean_stay_months(0.05)
    20.0
    """
    early = first_year_factor * quits_per_month
    stays = math.exp(-12.0 * early)
    return (1.0 - stays) / early + stays / quits_per_month


def vacant_share(mean_stay: float, mean_vacancy: float) -> float:
    """Part of its time that a seat stands vacant, in the long run; any unit of time.

    E[vacancy] / (E[stay] + E[vacancy]): alternating renewal. Source: Cox (1962), section 7.3.

    >>> vacant_share(18.0, 6.0)
    0.25
    """
    return mean_vacancy / (mean_stay + mean_vacancy)


def separations_per_filled_seat_year(mean_stay: float) -> float:
    """Leavers a year per filled seat, in the long run: 12 / mean stay in months.

    One leaver a cycle of length stay + vacancy, and seats filled for stay of each: the
    vacancy cancels. Source: Cox (1962), section 7.3.

    >>> separations_per_filled_seat_year(40.0)
    0.3
    """
    return 12.0 / mean_stay


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
