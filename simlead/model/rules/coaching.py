"""Rules of coaching: dose, saturation, learning, forgetting, focus."""

from __future__ import annotations

import math

from simlead.model.rulebook import rule


@rule
def receptivity(z: float, slope: float, low: float, high: float) -> float:
    """How much a rep takes from coaching: clip(1 - .35 z, .2, 1.6). Source: V25, R16.

    >>> receptivity(0.0, 0.35, 0.2, 1.6), receptivity(9.0, 0.35, 0.2, 1.6)
    (1.0, 0.2)
    """
    return min(high, max(low, 1.0 - slope * z))


@rule
def gain_target(gain_max: float, quality: float, receptive: float, dose: float, half_dose: float) -> float:
    """The gain that this coaching leads to: Cbar * Q * receptivity * h / (h + h50), log-points.

    dose h in hours per rep-month. Source: V39, V42, V76 (size), V29, V32 (saturation).

    >>> gain_target(0.2, 1.0, 1.0, 2.0, 2.0)
    0.1
    """
    if dose <= 0.0:
        return 0.0
    return gain_max * quality * receptive * dose / (dose + half_dose)


@rule
def gain_after(
    gain: float, target: float, step_hours: float, learning_hours: float, fading_hours: float, floor: float
) -> float:
    """The gain C after a step, with the dose held constant: the exact solution.

    dC/dt = (C* - C)/tau, with tau_up while |C| grows and tau_down while it fades. A gain on
    the other side of zero than its target first fades to zero, then grows. Never below
    `floor`. Source: V26 (learning), V25, V50 (forgetting), V21 (floor).

    >>> round(gain_after(0.2, 0.0, 11.0, 3.0, 16.0, -0.1) / 0.2, 2)
    0.5
    """
    left = step_hours
    if gain * target < 0.0:
        to_zero = fading_hours * math.log((gain - target) / (-target))
        if to_zero >= left:
            return max(floor, target + (gain - target) * math.exp(-left / fading_hours))
        left -= to_zero
        gain = 0.0
    grows = abs(target) > abs(gain)
    tau = learning_hours if grows else fading_hours
    return max(floor, target + (gain - target) * math.exp(-left / tau))


@rule
def smoothed(value: float, latest: float, weeks: float) -> float:
    """Exponential smoothing, one week on: value + (latest - value) / weeks.

    >>> smoothed(4.0, 8.0, 4.0)
    5.0
    """
    return value + (latest - value) / weeks


@rule
def hours_for_a_coached_rep(hours: float, coaching_share: float, status_quo_share: float) -> float:
    """Planned hours per coached rep when a larger plan goes to the same reps: hours * plan / status quo's plan.

    Without a status quo plan there is nothing to be in proportion to, and the hours stay.

    >>> hours_for_a_coached_rep(4.4, 0.5, 0.2), hours_for_a_coached_rep(4.4, 0.5, 0.0)
    (11.0, 4.4)
    """
    if status_quo_share <= 0.0:
        return hours
    return hours * coaching_share / status_quo_share


@rule
def reps_coached(budget_hours: float, hours_per_rep: float, u: float, filled: int) -> int:
    """Number of reps coached this week: floor(budget / hours + u), at most the filled seats.

    Its mean over u is budget / hours where that is no more than the seats. Source: V04.

    >>> reps_coached(8.0, 4.0, 0.9, 7), reps_coached(8.0, 4.4, 0.2, 7), reps_coached(40.0, 4.4, 0.2, 7)
    (2, 2, 7)
    """
    if budget_hours <= 0.0:
        return 0
    reached = budget_hours / hours_per_rep + u
    return filled if reached >= filled else int(math.floor(reached))


@rule
def attention(z: float, u: float, sd: float, ability_effect: float, ability: float) -> float:
    """How much a rep attracts their manager this week: sd * z + Gumbel(u) + effect * ability.

    z is the lasting preference, u the chance of the week. The reps of highest attention are
    coached, so a week's choice of one follows a multinomial logit of sd * z + effect * ability.

    >>> attention(0.5, math.exp(-1.0), 2.0, 0.0, 0.0)
    1.0
    """
    return sd * z - math.log(-math.log(u)) + ability_effect * ability


@rule
def one_to_one_length(hours: float, filled: int, coached: int) -> float:
    """Hours of a one-to-one when a manager coaches only some reps: min(2, hours * filled / coached).

    >>> one_to_one_length(0.5, 6, 2), one_to_one_length(0.5, 8, 1)
    (1.5, 2.0)
    """
    return min(2.0, hours * filled / coached)


@rule
def sittings(hours: float) -> int:
    """Number of sittings of a one-to-one: as few as keep each of them at an hour or less.

    >>> sittings(1.0), sittings(1.5), sittings(2.0)
    (1, 2, 2)
    """
    return int(math.ceil(hours - 1e-9))


@rule
def focus_target(stage_is_weakest: bool, accountability: float, stages: int) -> float:
    """Weight that coaching gives a stage: even attention, or the weakest stage as far as
    accountability goes. Weights have mean 1 over the stages.

    >>> focus_target(True, 1.0, 3), focus_target(False, 1.0, 3), focus_target(False, 0.0, 3)
    (3.0, 0.0, 1.0)
    """
    if stage_is_weakest:
        return 1.0 - accountability + stages * accountability
    return 1.0 - accountability
