"""Rules of reps: skill, durations of work, and hours for prospecting."""

from __future__ import annotations

import math

from simlead.model.rulebook import rule


@rule
def skill_spread(skill_effect: float, value_skill_effect: float) -> float:
    """Log-points of output per standard deviation of skill: sigma_y = 1.6 b + .08.

    Derived, not free: at pass rates .55, .50, .35 a logit of b at each gate moves the yield
    by (.45 + .50 + .65) b, and the value of a won deal by value_skill_effect.

    >>> round(skill_spread(0.20, 0.08), 2)
    0.4
    """
    return 1.6 * skill_effect + value_skill_effect


@rule
def log_ramp(tenure_hours: float, start: float, ramp_hours: float) -> float:
    """Log of a new rep's productivity: ln(1 - (1 - start) exp(-tenure / ramp)). Source: V114.

    >>> round(math.exp(log_ramp(8.0, 0.30, 3.0)), 3)
    0.951
    """
    return math.log(1.0 - (1.0 - start) * math.exp(-max(0.0, tenure_hours) / ramp_hours))


@rule
def stage_skill(
    ability: float, stage_z: float, weight: float, gain: float, log_ramp_now: float, spread: float
) -> float:
    """Skill at a stage in standard deviations: ability + stage + (w * C + ln ramp) / sigma_y.

    >>> stage_skill(1.0, 0.5, 1.0, 0.2, 0.0, 0.4)
    2.0
    """
    return ability + stage_z + (weight * gain + log_ramp_now) / spread


@rule
def selling_share(clarity: float, low: float, slope: float, exponent: float) -> float:
    """How much of an hour clarity turns into selling: (low + slope * clarity)^exponent.

    Only ratios of it matter. Source: V105-V108.

    >>> selling_share(0.4, 0.22, 0.23, 0.0)
    1.0
    """
    return math.exp(exponent * math.log(low + slope * clarity))


@rule
def overhead_factor(clarity: float, reference: float, strength: float, width: float) -> float:
    """Factor that clarity puts on a meeting's overhead: max(.05, 1 - kappa w tanh((c - .4) / w)). Grade D.

    Near the reference clarity a step saves kappa times the step; the width w says how far
    that goes on; only a step of +.2 was ever measured. Source: V71, R07, R08.

    >>> overhead_factor(0.4, 0.4, 1.586, 0.3)
    1.0
    >>> round(overhead_factor(1.0, 0.4, 1.586, 0.3), 3)
    0.541
    """
    return max(0.05, 1.0 - strength * width * math.tanh((clarity - reference) / width))


@rule
def meeting_factor(face_to_face_share: float, overhead: float) -> float:
    """Factor on a meeting's handling time: f + (1 - f) * overhead. Time with the customer stays as it is.

    >>> meeting_factor(0.5, 0.8)
    0.9
    """
    return face_to_face_share + (1.0 - face_to_face_share) * overhead


@rule
def effort(accountability: float, effect: float, overdose: float, overdose_from: float) -> float:
    """Effective working time per hour: (1 + alpha a) (1 - overdose * max(0, a - .7)^2).

    With the defaults it peaks at a = .77 and at 1 lies below the status quo (V79, V21).

    >>> effort(0.4, 0.07, 0.5, 0.7) > effort(1.0, 0.07, 0.5, 0.7)
    True
    """
    beyond = max(0.0, accountability - overdose_from)
    return (1.0 + effect * accountability) * max(0.05, 1.0 - overdose * beyond * beyond)


@rule
def cover(share: float, vacant: int, filled: int) -> float:
    """Effective working time per hour of a team that covers for vacant seats: 1 + s * vacant / filled.

    >>> cover(0.6, 1, 6), cover(0.6, 8, 0)
    (1.1, 1.0)
    """
    return 1.0 + share * vacant / filled if filled > 0 else 1.0


@rule
def drifted(ability: float, kept: float, z: float) -> float:
    """A rep's ability a week later: phi * ability + sqrt(1 - phi^2) * z, so that its law stays N(0, 1).

    >>> drifted(1.5, 1.0, 0.7), drifted(1.5, 0.0, 0.7)
    (1.5, 0.7)
    """
    return kept * ability + math.sqrt(1.0 - kept * kept) * z


@rule
def toward(value: float, target: float, decay: float) -> float:
    """Exponential approach over one step: target + (value - target) * decay.

    >>> toward(0.0, 1.0, 0.75)
    0.25
    """
    return target + (value - target) * decay


@rule
def step_decay(step_hours: float, time_constant_hours: float) -> float:
    """exp(-step / time constant): what is left of a distance after a step.

    >>> round(step_decay(1.0, 1.0), 4)
    0.3679
    """
    return math.exp(-step_hours / time_constant_hours)


@rule
def clarity_target(role_clarity: float, quality_slope: float, quality: float, shift: float) -> float:
    """Where a rep's clarity moves to: the policy's + .03 (Q - 1), within 0 and 1. Source: V43.

    >>> clarity_target(0.9, 0.03, 1.0, 0.0)
    0.9
    """
    return min(1.0, max(0.0, role_clarity + quality_slope * (quality - 1.0) + shift))
