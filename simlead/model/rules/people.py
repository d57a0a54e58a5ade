"""Rules of people: quits, the initial state, promotions and their costs."""

from __future__ import annotations

import math

from simlead.model.rulebook import rule


@rule
def quit_probability(
    hazard_per_month: float,
    months: float,
    first_year: bool,
    first_year_factor: float,
    people_skill: float,
    people_skill_factor: float,
    dose: float,
    reference_dose: float,
    dose_effect: float,
    coached: bool,
    coached_effect: float,
    below_quota: bool,
    below_quota_effect: float,
    dose_limit: float,
    quality_counts: bool,
    quality: float,
) -> float:
    """Probability that a rep leaves within so many months.

    1 - exp(-hazard * months), hazard = .022 a month * 1.5 in the first year * .80^z *
    exp(-.05 (h - 3.1)) * exp(-.10 [C > .1]) * exp(.5 [attainment < .5]), where z is the
    manager's people skill and h the coaching dose, at most `dose_limit` and, where quality
    counts, times the manager's coaching quality within 0 and 1: hours with a harmful coach
    retain no one. Source: V60, V61, V110-V114, V21.

    >>> p = quit_probability(0.022, 1.0, False, 1.5, 0.0, 0.8, 3.1, 3.1, 0.05, False, 0.1, False, 0.5, 10.0, False, 0.0)
    >>> round(p, 4)
    0.0218
    """
    hours = min(dose, dose_limit)
    if quality_counts:
        hours *= min(1.0, max(0.0, quality))
    log_factor = people_skill * math.log(people_skill_factor) - dose_effect * (hours - reference_dose)
    if coached:
        log_factor -= coached_effect
    if below_quota:
        log_factor += below_quota_effect
    hazard = hazard_per_month * math.exp(min(50.0, log_factor))
    if first_year:
        hazard *= first_year_factor
    return 1.0 - math.exp(-hazard * months)


@rule
def mean_tenure_months(hazard_per_month: float, first_year_factor: float) -> float:
    """Mean stay in months under the base hazard; infinite when nobody leaves.

    >>> mean_tenure_months(0.1, 1.0)
    10.0
    """
    if hazard_per_month <= 0.0:
        return math.inf
    early = hazard_per_month * first_year_factor
    if early <= 0.0:
        return 12.0 + 1.0 / hazard_per_month
    stays = math.exp(-12.0 * early)
    return (1.0 - stays) / early + stays / hazard_per_month


@rule
def stationary_tenure_months(u: float, hazard_per_month: float, first_year_factor: float) -> float:
    """Tenure in months of a rep met at a random time: inverse of the stationary age law.

    Its density is proportional to the probability of staying so long. When nobody ever
    leaves, tenures are taken as u * 10 years.

    >>> round(stationary_tenure_months(0.5, 0.1, 1.0), 3)
    6.931
    """
    if hazard_per_month <= 0.0:
        return 120.0 * u
    early = hazard_per_month * first_year_factor
    total = mean_tenure_months(hazard_per_month, first_year_factor)
    area = u * total
    if early <= 0.0:
        first_year = 12.0
        stays = 1.0
        if area <= first_year:
            return area
    else:
        stays = math.exp(-12.0 * early)
        first_year = (1.0 - stays) / early
        if area <= first_year:
            return -math.log(1.0 - area * early) / early
    return 12.0 - math.log(1.0 - (area - first_year) * hazard_per_month / stays) / hazard_per_month


@rule
def vacancy_share(vacancy_months: float, tenure_months: float) -> float:
    """Part of seats that is vacant in the long run: vacancy / (vacancy + tenure).

    >>> vacancy_share(6.0, 54.0)
    0.1
    """
    if tenure_months == math.inf:
        return 0.0
    return vacancy_months / (vacancy_months + tenure_months)


@rule
def promotion_penalty(
    sales_ratio: float, slope: float, causal_share: float, gain_max: float, reference_dose: float, half_dose: float
) -> float:
    """Coaching quality that a promoted seller lacks for having sold so well.

    Chosen such that the team's expected log sales fall by causal_share * slope for each
    doubling of the seller's own past sales relative to the firm's mean (within 1/8 and 8);
    a point of quality is worth Cbar * h / (h + h50) log-points. Source: V56.

    >>> promotion_penalty(1.0, 0.075, 0.5, 0.2, 3.1, 2.0)
    0.0
    >>> round(promotion_penalty(2.0, 0.075, 0.5, 0.2, 3.1, 2.0), 3)
    0.308
    """
    worth = gain_max * reference_dose / (reference_dose + half_dose)
    if worth <= 0.0:
        return 0.0
    ratio = min(8.0, max(0.125, sales_ratio))
    return causal_share * slope * (math.log(ratio) / 0.6931471805599453) / worth


@rule
def attainment(sales: float, quota_per_year: float, index: float, weeks: float) -> float:
    """Sales over `weeks` as a part of the quota for that time, in that time's money.

    >>> attainment(50.0, 100.0, 1.0, 26.0)
    1.0
    """
    return sales / (quota_per_year * index * weeks / 52.0)
