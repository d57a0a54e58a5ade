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
    """Compute the mean wait in the queue M/G/1 (with a cv of 1: M/M/1), by Pollaczek and Khinchine.

    W = lambda E[S^2] / (2 (1 - rho)), with rho = lambda S and E[S^2] = S^2 (1 + cv^2), for a server that never idles
    while a customer waits, and any order that does not look at handling times. Exact in the steady state.

    Parameters
    ----------
    arrivals_per_hour : float
        Customers an hour, lambda; they come Poisson.
    handling_hours : float
        Mean hours that a customer takes, S.
    handling_cv : float
        Coefficient of variation of these hours.

    Returns
    -------
    float
        Hours; infinite if the server has more work than time.

    References
    ----------
    Kleinrock, Queueing Systems I (1975), section 5.6.

    Examples
    --------
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
    """Compute the mean wait in M/G/1 whose server, with no one waiting, goes away again and again.

    W = W of M/G/1 + E[V^2] / (2 E[V]): who comes waits for the rest of the vacation as well. A rep's prospecting
    block is such a vacation. Exact in the steady state.

    Parameters
    ----------
    arrivals_per_hour, handling_hours, handling_cv : float
        As of `mean_wait_mg1`.
    vacation_hours : float
        Mean hours of a vacation, E[V].
    vacation_cv : float
        Coefficient of variation of these hours.

    Returns
    -------
    float
        Hours; infinite if the server has more work than time.

    References
    ----------
    Fuhrmann and Cooper (1985), Operations Research 33, 1117-1129.

    Examples
    --------
    >>> mean_wait_with_vacations(0.5, 1.0, 0.0, 2.0)
    1.5
    """
    rest = 0.5 * vacation_hours * (1.0 + vacation_cv * vacation_cv)
    return mean_wait_mg1(arrivals_per_hour, handling_hours, handling_cv) + rest


def mean_number(per_hour: float, mean_hours: float) -> float:
    """Compute the mean number present, by Little's law: L = lambda W, whatever the laws and the order.

    Parameters
    ----------
    per_hour : float
        Arrivals an hour, lambda.
    mean_hours : float
        Mean hours that each stays, W.

    Returns
    -------
    float
        How many are there on average.

    References
    ----------
    Little (1961), Operations Research 9, 383-387.

    Examples
    --------
    >>> mean_number(0.5, 3.0)
    1.5
    """
    return per_hour * mean_hours


# --- many buyers: in flight, noticed, won


def lognormal_mean(median: float, sigma: float) -> float:
    """Compute the mean of a lognormal number: median * exp(sigma^2 / 2).

    Parameters
    ----------
    median : float
        The median, in any unit.
    sigma : float
        Standard deviation of the logarithm.

    Returns
    -------
    float
        The mean, in the unit of the median.

    Examples
    --------
    >>> round(lognormal_mean(35_000.0, 0.8))
    48199
    """
    return median * math.exp(0.5 * sigma * sigma)


def lognormal_mean_up_to(median: float, sigma: float, cap: float) -> float:
    """Compute E[min(T, cap)] of a lognormal T.

    mean * Phi(d - sigma) + cap * Phi(-d), with d = ln(cap / median) / sigma.

    Parameters
    ----------
    median : float
        The median of T, in any unit.
    sigma : float
        Standard deviation of its logarithm; with 0, T is its median.
    cap : float
        Where T is cut, in the same unit.

    Returns
    -------
    float
        In the unit of the median; 0 for a cap of 0 or less.

    Examples
    --------
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
    """Compute the mean number of buyers still deciding, in M/G/infinity that began empty.

    lambda * E[min(T, t)], with T the lognormal time that a buyer takes: exact at every time t, and lambda E[T] in the
    steady state (Little's law). The number itself is Poisson.

    Parameters
    ----------
    arrivals_per_hour : float
        Buyers an hour, lambda.
    pace_median_hours : float
        Median hours that a buyer takes.
    pace_sigma : float
        Standard deviation of their logarithm.
    hours_since_start : float
        The time t since there were none.

    Returns
    -------
    float
        Buyers.

    References
    ----------
    Kingman, Poisson Processes (1993), displacement theorem.

    Examples
    --------
    >>> buyers_in_flight(0.5, 10.0, 0.0, 4.0), buyers_in_flight(0.5, 10.0, 0.0, 400.0)
    (2.0, 5.0)
    """
    return arrivals_per_hour * lognormal_mean_up_to(pace_median_hours, pace_sigma, hours_since_start)


def noticed_per_hour(arrivals_per_hour: float, noticing_probability: float) -> float:
    """Compute the rate of noticed opportunities: Poisson arrivals, each kept with the same probability.

    lambda p, again Poisson, and independent of those not noticed.

    Parameters
    ----------
    arrivals_per_hour : float
        Opportunities an hour, lambda.
    noticing_probability : float
        Probability that one is noticed, p, from 0 to 1.

    Returns
    -------
    float
        Noticed opportunities an hour.

    References
    ----------
    Kingman, Poisson Processes (1993), colouring theorem.

    Examples
    --------
    >>> noticed_per_hour(0.5, 0.6)
    0.3
    """
    return arrivals_per_hour * noticing_probability


def funnel_yield(pass_probabilities: Sequence[float]) -> float:
    """Compute the part of noticed opportunities that is won when gates are independent: their product.

    Parameters
    ----------
    pass_probabilities : sequence of float
        The probability of passing each gate, from 0 to 1.

    Returns
    -------
    float
        A part, from 0 to 1.

    Examples
    --------
    >>> round(funnel_yield([0.55, 0.5, 0.35]), 5)
    0.09625
    """
    return math.prod(pass_probabilities)


def expected_sales(
    opportunities: float, noticing_probability: float, pass_probabilities: Sequence[float],
    value_median: float, value_sigma: float,
) -> float:
    """Compute the mean value won of so many opportunities when gates do not look at value.

    n k p1 p2 p3 * median * exp(sigma^2 / 2).

    Parameters
    ----------
    opportunities : float
        How many arise, n.
    noticing_probability : float
        Probability that one is noticed, k, from 0 to 1.
    pass_probabilities : sequence of float
        The probability of passing each gate, from 0 to 1.
    value_median : float
        Median value of an opportunity, in $.
    value_sigma : float
        Standard deviation of the logarithm of the value.

    Returns
    -------
    float
        Value won, in $.

    Examples
    --------
    >>> expected_sales(100.0, 0.5, [0.5, 0.4], 1000.0, 0.0)
    10000.0
    """
    wins = opportunities * noticing_probability * funnel_yield(pass_probabilities)
    return wins * lognormal_mean(value_median, value_sigma)


def multinomial_logit(utilities: Sequence[float]) -> tuple[float, ...]:
    """Compute the probability that each alternative is chosen: exp(v_i) / sum of exp(v_j).

    Parameters
    ----------
    utilities : sequence of float
        The utility of each alternative, v.

    Returns
    -------
    tuple of float
        A probability for each; together they are 1.

    References
    ----------
    McFadden (1974), in Frontiers in Econometrics, 105-142.

    Examples
    --------
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
    """Compute the coaching gain after so many months at a constant target.

    The solution of dC/dt = (C* - C) / tau for targets on the gain's own side of zero, where tau is `gain_months` while
    abs(C) grows and `fade_months` while it fades: C(t) = C* + (C - C*) exp(-t / tau).

    Parameters
    ----------
    gain : float
        The gain at first, C, in log-points.
    target : float
        The gain that constant coaching leads to, C*, in log-points.
    months : float
        How long, t.
    gain_months, fade_months : float
        Time constants, in months.

    Returns
    -------
    float
        Log-points.

    Raises
    ------
    ValueError
        For a target on the other side of zero.

    Examples
    --------
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
    """Compute the mean months that a rep stays, with another hazard in the first year.

    (1 - s) / (f h) + s / h, with s = exp(-12 f h): the integral of the probability of staying so long.

    Parameters
    ----------
    quits_per_month : float
        Hazard of quitting a month after the first year, h; above 0.
    first_year_factor : float
        How many times as high it is in the first year, f.

    Returns
    -------
    float
        Months.

    References
    ----------
    Cox, Renewal Theory (1962), section 1.2.

    Examples
    --------
    >>> mean_stay_months(0.05)
    20.0
    """
    early = first_year_factor * quits_per_month
    stays = math.exp(-12.0 * early)
    return (1.0 - stays) / early + stays / quits_per_month


def vacant_share(mean_stay: float, mean_vacancy: float) -> float:
    """Compute the part of its time that a seat stands vacant, in the long run.

    E[vacancy] / (E[stay] + E[vacancy]): alternating renewal.

    Parameters
    ----------
    mean_stay, mean_vacancy : float
        Mean time that a seat is filled, and that it is vacant, in the same unit.

    Returns
    -------
    float
        A part, from 0 to 1.

    References
    ----------
    Cox, Renewal Theory (1962), section 7.3.

    Examples
    --------
    >>> vacant_share(18.0, 6.0)
    0.25
    """
    return mean_vacancy / (mean_stay + mean_vacancy)


def separations_per_filled_seat_year(mean_stay: float) -> float:
    """Compute the leavers a year per filled seat, in the long run: 12 / mean stay in months.

    One leaver a cycle of length stay + vacancy, and seats filled for stay of each: the vacancy cancels.

    Parameters
    ----------
    mean_stay : float
        Mean months that a rep stays.

    Returns
    -------
    float
        Leavers a year and filled seat.

    References
    ----------
    Cox, Renewal Theory (1962), section 7.3.

    Examples
    --------
    >>> separations_per_filled_seat_year(40.0)
    0.3
    """
    return 12.0 / mean_stay


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
