"""Rules of buyers: arrival, value, noticing and stage gates."""

from __future__ import annotations

import math

from simlead.model.rulebook import rule
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_QUARTER


@rule
def on_grid(duration: float, grain: float) -> float:
    """A duration in hours rounded up to a multiple of the grain; unchanged for grain 0.

    A duration of more than 2^52 grains is on the grid as far as a float can tell.

    >>> on_grid(1.1, 0.5), on_grid(0.0, 0.5), on_grid(1.1, 0.0), on_grid(1e25, 0.5)
    (1.5, 0.5, 1.1, 1e+25)
    """
    if grain <= 0.0 or duration > 4503599627370496.0 * grain:
        return duration
    return max(1.0, math.ceil(duration / grain)) * grain


@rule
def arrival_gap(unit_gap: float, rate_per_hour: float, log_growth_per_hour: float, now: float) -> float:
    """Hours until the next opportunity, when the rate grows as rate * exp(growth * now).

    The gap solves: integral of the rate from now over the gap = unit_gap, where unit_gap
    is exponential with mean 1. Infinite when a shrinking market never yields another.

    >>> arrival_gap(1.0, 0.5, 0.0, 100.0)
    2.0
    >>> arrival_gap(10.0, 0.5, -1.0, 0.0)
    inf
    """
    if rate_per_hour <= 0.0:
        return math.inf
    if log_growth_per_hour == 0.0:
        return unit_gap / rate_per_hour
    rate_now = rate_per_hour * math.exp(log_growth_per_hour * now)
    reach = 1.0 + log_growth_per_hour * unit_gap / rate_now
    if reach <= 0.0:
        return math.inf
    return math.log(reach) / log_growth_per_hour


@rule
def arrivals_within(rate_per_hour: float, log_growth_per_hour: float, now: float, hours: float) -> float:
    """Opportunities to expect in the hours from now on, when the rate grows as rate * exp(growth * time).

    With seasons the rate has a step at each month's end, and an arrival is found month by
    month: the unit gap that a month does not use up is left for the next. So an opportunity
    has the same unit gap with seasons and without, and in a year of factors of mean 1 as
    many arrive.

    >>> arrivals_within(0.5, 0.0, 100.0, 6.0)
    3.0
    """
    if log_growth_per_hour == 0.0:
        return rate_per_hour * hours
    rate_now = rate_per_hour * math.exp(log_growth_per_hour * now)
    return rate_now * (math.exp(log_growth_per_hour * hours) - 1.0) / log_growth_per_hour


@rule
def months_since_switch(hours: float) -> int:
    """Whole months from the switch to this hour; negative before it.

    >>> months_since_switch(0.0), months_since_switch(-1.0), months_since_switch(2080.0)
    (0, -1, 12)
    """
    return int(math.floor(hours / HOURS_PER_MONTH))


@rule
def month_of_year(months: int, switch_month: int) -> int:
    """Month of the year, 0 for January, so many months after the switch on the first day of `switch_month`.

    >>> month_of_year(0, 1), month_of_year(-1, 1), month_of_year(5, 12)
    (0, 11, 4)
    """
    return (months + switch_month - 1) % 12


@rule
def pulled_gap(gap: float, now: float, switch_month: int, window_hours: float) -> float:
    """Hours to the last meeting when a decision due just after a quarter's end is pulled before it.

    The decision is the last gate, which falls in a deal's last meeting. When that meeting
    becomes due is known as soon as the one before it is over, now. If a quarter's end lies
    between now and then, a hours ahead (an hour or more), and the meeting is due at most
    `window_hours` after that end, the gap is a * a / gap in place of gap: the meeting comes due
    about as long before the quarter's end as it would have come after, and always after now. So nothing
    moves into the past, nothing that is due before the quarter's end moves, and two
    decisions keep their order. Unchanged in any other case, also where the quarter had
    ended before anybody could know of the decision. The rep may still be late: then the
    discount was given for nothing.

    >>> pulled_gap(40.0, 500.0, 1, 120.0)  # the first quarter ends at hour 520
    10.0
    >>> pulled_gap(40.0, 520.0, 1, 120.0), pulled_gap(40.0, 500.0, 1, 10.0)
    (40.0, 40.0)
    """
    begun = (switch_month - 1) % 3 * HOURS_PER_MONTH  # of the quarter in which the switch falls
    end = math.floor((now + gap + begun) / HOURS_PER_QUARTER) * HOURS_PER_QUARTER - begun
    ahead = end - now
    if ahead < 1.0 or gap <= ahead or gap - ahead > window_hours:
        return gap
    return ahead * ahead / gap


@rule
def growth_index(log_growth_per_hour: float, now: float) -> float:
    """Value of a deal now relative to the same deal at the switch: exp(growth * now).

    >>> growth_index(0.0, 500.0)
    1.0
    """
    return math.exp(log_growth_per_hour * now)


@rule
def deal_value(value_z: float, median: float, sigma: float) -> float:
    """Value of a deal in dollars of the switch: median * exp(sigma * z). Source: V99.

    >>> deal_value(0.0, 35000.0, 0.8)
    35000.0
    """
    return median * math.exp(sigma * value_z)


@rule
def quantile_below(u: float, count: int) -> int:
    """Which of `count` values at evenly spaced quantiles lies below probability u; the last but one at most.

    >>> quantile_below(0.6, 3), quantile_below(0.1, 3)
    (1, 0)
    """
    return min(count - 2, int(u * (count - 1)))


@rule
def value_between(u: float, count: int, below: float, above: float) -> float:
    """Value at probability u, linear between the two neighbours among `count` evenly spaced quantiles.

    >>> value_between(0.75, 3, 20.0, 40.0)
    30.0
    """
    return below + (above - below) * (u * (count - 1) - quantile_below(u, count))


@rule
def pace_hours(
    value_z: float, pace_z: float, median_hours: float, elasticity: float, value_sigma: float, pace_sigma: float
) -> float:
    """Business hours a buyer needs to decide: median * (V/median V)^elasticity * lognormal.

    V is taken before the market's growth. Source: V97-V99 (level), V101 (elasticity).

    >>> pace_hours(0.0, 0.0, 400.0, 0.3, 0.8, 0.55)
    400.0
    """
    return median_hours * math.exp(elasticity * value_sigma * value_z + pace_sigma * pace_z)


@rule
def noticing_probability(at_norm: float, hours: float, norm_hours: float, elasticity: float, least: float) -> float:
    """Probability that an occupied seat notices an opportunity.

    k = min(1, max(least, k0 * (P/P0)^eta)); P is the seat's smoothed weekly prospecting
    hours. An occupied seat notices at least what a vacant one does. Source: V124.

    >>> noticing_probability(0.6, 11.4, 11.4, 0.34, 0.18)
    0.6
    >>> noticing_probability(0.6, 0.0, 11.4, 0.34, 0.18)
    0.18
    """
    if hours <= 0.0:
        return least
    return min(1.0, max(least, at_norm * math.exp(elasticity * math.log(hours / norm_hours))))


@rule
def covered_noticing(own: float, cover: float, others: float) -> float:
    """Probability that a territory which team-mates cover notices an opportunity: max(own, m * mean k of the others).

    >>> covered_noticing(0.18, 0.9, 0.6), covered_noticing(0.18, 0.0, 0.6)
    (0.54, 0.18)
    """
    return max(own, cover * others)


@rule
def rivals_answer(share: float, won: float, won_by_all: float, base_won: float, base_won_by_all: float) -> float:
    """What our utility at the last gate loses because rivals answer: m / (1 - m) / .65 * ln(s / s0).

    s is our share of the value that anybody won lately, s0 that of the base year. A share s / s0
    higher by x log-points would be higher by (1 - m) x with the answer, since a point of utility
    moves the odds of winning, of which .65 are open. s / s0 counts within 1/8 and 8; without a
    base year in which we won, and while nobody has won anything, there is no answer.

    >>> rivals_answer(0.5, 2.0, 10.0, 10.0, 50.0), round(rivals_answer(0.5, 4.0, 10.0, 10.0, 50.0), 3)
    (0.0, 1.066)
    >>> rivals_answer(0.5, 0.0, 0.0, 10.0, 50.0)
    0.0
    """
    if won_by_all <= 0.0 or base_won <= 0.0:
        return 0.0
    ratio = min(8.0, max(0.125, won / won_by_all / (base_won / base_won_by_all)))
    return share / (1.0 - share) / 0.65 * math.log(ratio)


@rule
def meeting_gap(unit_gap: float, pace: float, meetings: int) -> float:
    """Hours the buyer takes before the next meeting; so many of them have mean `pace`.

    >>> meeting_gap(1.0, 400.0, 10)
    40.0
    """
    return unit_gap * pace / meetings


@rule
def lognormal_of_mean(z: float, mean: float, sigma: float) -> float:
    """A lognormal number with the given mean: mean * exp(sigma * z - sigma^2 / 2).

    >>> lognormal_of_mean(0.0, 2.0, 0.0)
    2.0
    """
    return mean * math.exp(sigma * z - 0.5 * sigma * sigma)


@rule
def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow.

    >>> logistic(0.0), logistic(-1000.0), logistic(1000.0)
    (0.5, 0.0, 1.0)
    """
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-min(x, 700.0)))
    odds = math.exp(max(x, -700.0))
    if x < -700.0:
        return 0.0
    return odds / (1.0 + odds)


@rule
def gate_probability(
    intercept: float, skill_effect: float, skill: float, lift: float, ageing_per_week: float, overdue_weeks: float,
    size_effect: float, log_size: float,
) -> float:
    """Probability that an opportunity passes the discovery or the qualified gate.

    logit p = a + b * skill + lift - rho * overdue_weeks - gamma * ln(V / median V)

    skill in standard deviations, lift of a pre-call in logits, overdue_weeks the working
    weeks that we, not the buyer, let pass, log_size = ln(V / median V) with V before the
    market's growth. Source: V82 and V86 (level), V102 (ageing), V87 (size).

    >>> round(gate_probability(0.2, 0.2, 0.0, 0.0, 0.08, 0.0, 0.12, 0.0), 3)
    0.55
    """
    return logistic(
        intercept + skill_effect * skill + lift - ageing_per_week * overdue_weeks - size_effect * log_size)


@rule
def last_gate(
    our_utility: float,
    no_decision_utility: float,
    rivals: int,
    our_skill_effect: float,
    no_decision_skill_effect: float,
    skill: float,
    lift: float,
    ageing_per_week: float,
    overdue_weeks: float,
    size_effect: float,
    log_size: float,
) -> tuple[float, float]:
    """Probabilities that we win the last gate, and that a rival does; the rest is no decision.

    A multinomial logit among us (v), no decision (v0) and the rivals (utility 0 each), with
    v = our_utility + our_skill_effect * skill, v0 = no_decision_utility -
    no_decision_skill_effect * skill. P(rivals) comes from that. Lifts, ageing and the deal's
    size act on the logit of P(us), at most 1 - P(rivals): what they take goes to no decision.
    Source: V82, V93, V95, V87 (size).

    >>> us, rivals = last_gate(1.014, 1.16, 2, 0.14, 0.10, 0.0, 0.0, 0.08, 0.0, 0.12, 0.0)
    >>> round(us, 2), round(rivals, 2)
    (0.35, 0.25)
    """
    us = math.exp(min(700.0, our_utility + our_skill_effect * skill))
    nobody = math.exp(min(700.0, no_decision_utility - no_decision_skill_effect * skill))
    total = us + nobody + rivals
    p_rivals = rivals / total
    p_others = (nobody + rivals) / total
    p_us = us / total
    if p_us <= 0.0 or p_others <= 0.0:
        return min(p_us, 1.0 - p_rivals), p_rivals
    logit = math.log(p_us / p_others) + lift - ageing_per_week * overdue_weeks - size_effect * log_size
    return min(logistic(logit), 1.0 - p_rivals), p_rivals


@rule
def won_value(value: float, value_skill_effect: float, skill: float) -> float:
    """What a won deal is worth: value * exp(.08 * skill), in the money of value. Source: V82.

    >>> won_value(100.0, 0.08, 0.0)
    100.0
    """
    return value * math.exp(value_skill_effect * skill)


@rule
def discounted(value: float, discount: float) -> float:
    """A won deal's value after a discount.

    >>> discounted(200.0, 0.25)
    150.0
    """
    return value * (1.0 - discount)
