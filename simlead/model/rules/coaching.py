"""What coaching does: dose, saturation, learning, forgetting, focus."""

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
def focus_target(stage_is_weakest: bool, accountability: float, stages: int) -> float:
    """Weight that coaching gives a stage: even attention, or the weakest stage as far as
    accountability goes. Weights have mean 1 over the stages.

    >>> focus_target(True, 1.0, 3), focus_target(False, 1.0, 3), focus_target(False, 0.0, 3)
    (3.0, 0.0, 1.0)
    """
    if stage_is_weakest:
        return 1.0 - accountability + stages * accountability
    return 1.0 - accountability
