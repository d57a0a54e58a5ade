"""The expected value of a trial (EVSI): what deciding after it is worth against deciding now.

World i has the probability p[i]; option k is worth v[i, k] in it; and a trial there shows an estimate x that is normal
with mean m[i] and standard error s[i]. After x the worlds have the weights p[i] f(x | i), so that

    EVSI = integral of max over k of sum p[i] f(x | i) v[i, k] dx  -  max over k of sum p[i] v[i, k].

That is exact for these worlds; nothing is fitted to simulated answers. Because the largest of sums is at most the sum
of the largest, EVSI is never above E max v - max E v (EVPI), and with v[i, k] = E(v | parameter) never above what
knowing that parameter is worth (EVPPI). A trial that shows nothing (s infinite) is worth nothing.
Raiffa and Schlaifer 1961, Applied Statistical Decision Theory; Ades, Lu and Claxton 2004, Medical Decision Making 24.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike

from simlead.statistics.errors import StatisticsError
from simlead.statistics.trial_designs import Floats

_STEPS_PER_ERROR = 12
_REACH = 8.0
_TIE = 1e-9
"""Options whose values differ by less, as a fraction, are equal: the choice between them is no change."""

_MOST_STEPS = 200_000


@dataclasses.dataclass(frozen=True)
class TrialValue:
    """What a trial is worth, in the unit of the values.

    Attributes
    ----------
    evsi : float
        Expected value of deciding after the trial less that of deciding now; the trial's own cost is not counted.
    evpi : float
        The same for knowing the world.
    best_now : int
        The option that is best now.
    chance_of_change : float
        How likely the trial ends in another option than that.
    """

    evsi: float
    evpi: float
    best_now: int
    chance_of_change: float


def value_of_trial(
    values: ArrayLike, shown: ArrayLike, standard_errors: ArrayLike, weights: ArrayLike | None = None
) -> TrialValue:
    """Value a trial over worlds (or draws from a prior).

    Parameters
    ----------
    values : array, worlds x options
        What each option is worth in each world; doing nothing is an option too.
    shown : array, worlds
        The mean of the trial's estimate in each world.
    standard_errors : float or array, worlds
        Its standard error, above 0; `inf` shows nothing.
    weights : array, worlds, optional
        Probabilities of the worlds, up to a factor; equal unless given.

    Returns
    -------
    TrialValue
        EVSI with EVPI, the best option now and how likely the trial changes the choice.

    Raises
    ------
    StatisticsError
        For fewer than two worlds or options, numbers that are not finite, standard errors of 0 or less, and such of
        which some are infinite and others not.

    Examples
    --------
    A change whose effect is 0 or 2 at a cost of 1, and a trial that tells which:

    >>> found = value_of_trial([[0.0, -1.0], [0.0, 1.0]], [0.0, 2.0], 0.01)
    >>> round(found.evsi, 6), found.evpi, found.best_now, round(found.chance_of_change, 6)
    (0.5, 0.5, 0, 0.5)
    """
    worth, means, errors, prior = _checked(values, shown, standard_errors, weights)
    now = prior @ worth
    best = int(now.argmax())
    perfect = max(0.0, float(prior @ worth.max(axis=1) - now[best]))
    telling = np.isfinite(errors)
    # Worlds in which the trial shows nothing leave the choice as it is; they take part in no estimate.
    if not telling.any():
        return TrialValue(0.0, perfect, best, 0.0)
    if not telling.all():
        raise StatisticsError("standard_errors: either all are infinite or none")
    after, changed = _after(worth, means, errors, prior, best)
    gain = min(max(0.0, after - float(now[best])), perfect)
    return TrialValue(gain, perfect, best, changed)


def _after(worth: Floats, means: Floats, errors: Floats, prior: Floats, best: int) -> tuple[float, float]:
    """Expected value of the best choice after the trial, and how likely that is another than the best now.

    The trapezoid rule on smooth densities: its error is far below that of the prior's draws.
    """
    low, high = float((means - _REACH * errors).min()), float((means + _REACH * errors).max())
    step = float(errors.min()) / _STEPS_PER_ERROR
    number = min(_MOST_STEPS, math.ceil((high - low) / step))
    edges = np.linspace(low, high, number + 1)
    step = (high - low) / number
    kept = np.zeros(worth.shape[1])
    gained, densities, leads = 0.0, [], []
    for places in np.array_split(edges, len(edges) * len(means) // 4_000_000 + 1):
        joint = np.exp(-0.5 * ((places[:, None] - means) / errors) ** 2) / errors * prior / math.sqrt(2.0 * math.pi)
        each = joint @ worth
        gained += float(each.max(axis=1).sum() * step)
        kept += each.sum(axis=0) * step
        densities.append(joint.sum(axis=1))
        lead = each[:, best] - np.delete(each, best, axis=1).max(axis=1)
        leads.append(np.where(np.abs(lead) > _TIE * np.abs(each).max(axis=1), lead, 0.0))
    # What the rule loses of the whole it loses of every option alike.
    return (gained + float(prior @ worth[:, best]) - float(kept[best]),
            _mass_below_zero(np.concatenate(leads), np.concatenate(densities)))


def _mass_below_zero(leads: Floats, densities: Floats) -> float:
    """The share of the mass where a lead is negative; between two places the lead is a straight line.

    >>> _mass_below_zero(np.array([-1.0, 3.0, 3.0]), np.ones(3))
    0.125
    """
    low, high = np.minimum(leads[:-1], leads[1:]), np.maximum(leads[:-1], leads[1:])
    width = np.where(high > low, high - low, 1.0)
    below = np.where(high <= 0.0, np.where(low < 0.0, 1.0, 0.0), np.where(low < 0.0, -low / width, 0.0))
    mass = (densities[:-1] + densities[1:]) / 2
    return float((below * mass).sum() / mass.sum())


def _checked(
    values: ArrayLike, shown: ArrayLike, standard_errors: ArrayLike, weights: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Floats]:
    worth, means = np.asarray(values, dtype=np.float64), np.asarray(shown, dtype=np.float64)
    if worth.ndim != 2 or len(worth) < 2 or worth.shape[1] < 2:
        raise StatisticsError(f"values of shape {worth.shape}: worlds x options, two or more of each, are needed")
    if means.shape != (len(worth),) or not (np.isfinite(worth).all() and np.isfinite(means).all()):
        raise StatisticsError(f"values and shown: finite numbers for each of {len(worth)} worlds are needed")
    errors = np.broadcast_to(np.asarray(standard_errors, dtype=np.float64), means.shape)
    if not (errors > 0.0).all():
        raise StatisticsError("standard_errors: numbers above 0 are needed")
    given = np.ones(len(worth)) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != means.shape or not np.isfinite(given).all() or (given < 0.0).any() or not given.sum() > 0.0:
        raise StatisticsError(f"weights: {len(worth)} finite numbers of 0 or more, not all 0, are needed")
    return worth, means, errors, given / given.sum()


def value_of_normal_trial(mean: float, deviation: float, standard_error: float) -> float:
    """EVSI of the two-armed normal problem, exactly: a gain ~ N(mean, deviation^2), taken or left after the trial.

    With r = deviation^2 / sqrt(deviation^2 + standard_error^2), the deviation of what will be believed after it,
    EVSI = r phi(mean / r) - |mean| Phi(-|mean| / r).

    >>> round(value_of_normal_trial(0.0, 1.0, 0.0), 4), value_of_normal_trial(1.0, 1.0, math.inf)
    (0.3989, 0.0)
    """
    if not (deviation > 0.0 and standard_error >= 0.0 and math.isfinite(mean)):
        raise StatisticsError("mean, deviation, standard_error: a finite number, one above 0 and one of 0 or more are "
                              "needed")
    if math.isinf(standard_error):
        return 0.0
    spread = deviation**2 / math.hypot(deviation, standard_error)
    t = abs(mean) / spread
    return spread * math.exp(-0.5 * t * t) / math.sqrt(2.0 * math.pi) - abs(mean) * 0.5 * math.erfc(t / math.sqrt(2.0))
