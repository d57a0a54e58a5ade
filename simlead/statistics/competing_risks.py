"""Competing risks in discrete time: which end comes, and when, with lives that are censored and some that never end."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.statistics.errors import StatisticsError


@dataclasses.dataclass(frozen=True)
class CompetingRisks:
    """What a table of ends and ages says.

    `incidence` is the probability that an end of each cause has come by each age (Aalen-Johansen), `survival` that none
    has, `at_risk` the lives that an end could meet. `last_age` is the last age whose survival enough lives support;
    `never` is the survival there: the fraction that decides later or never.
    """

    incidence: NDArray[np.float64]  # (..., causes, ages)
    survival: NDArray[np.float64]  # (..., ages)
    at_risk: NDArray[np.float64]
    last_age: int

    @property
    def by_cause(self) -> NDArray[np.float64]:
        """The incidence of each cause at the last supported age."""
        return np.asarray(self.incidence[..., self.last_age])

    @property
    def never(self) -> NDArray[np.float64]:
        """The survival at the last supported age."""
        return np.asarray(self.survival[..., self.last_age])

    def in_the_end(self, late: float = 0.9) -> NDArray[np.float64]:
        """The probability of each cause if lives undecided at the last supported age end as the late ones did.

        Late are the ends after the age by which a fraction `late` of all had come; with none after it, all count. A
        cause that comes late is cut off more than one that comes soon, so that shares among causes need this.

        >>> found = competing_risks([[6, 0, 0], [0, 2, 1]], [0, 0, 3], least_at_risk=1)
        >>> found.by_cause.round(2).tolist(), found.in_the_end(0.5).round(2).tolist()
        ([0.5, 0.3], [0.5, 0.5])
        """
        curve = self.incidence[..., : self.last_age + 1]
        total = curve.sum(axis=-2)
        reached = np.where(total >= late * total[..., -1:], total, np.inf).argmin(axis=-1)
        before = np.take_along_axis(curve, reached[..., None, None], axis=-1)[..., 0]
        rest = curve[..., -1] - before
        rest = np.where(rest.sum(axis=-1, keepdims=True) > 0.0, rest, curve[..., -1])
        whole = rest.sum(axis=-1, keepdims=True)
        share = np.divide(rest, whole, out=np.zeros_like(rest), where=whole > 0.0)
        return np.asarray(curve[..., -1] + self.never[..., None] * share)

    def quantile(self, cause: int, q: float) -> NDArray[np.float64]:
        """The age by which a fraction q of a cause's ends has come, linear within an age; nan where none has."""
        rising = self.incidence[..., cause, : self.last_age + 1]
        rising = np.atleast_2d(rising)
        wanted = q * rising[:, -1]
        found = np.full(len(rising), np.nan)
        for number, (curve, level) in enumerate(zip(rising, wanted, strict=True)):
            if curve[-1] > 0.0:
                place = int(np.searchsorted(curve, level))
                before = curve[place - 1] if place else 0.0
                step = curve[place] - before
                found[number] = place + ((level - before) / step if step > 0.0 else 0.0)
        return found.reshape(self.incidence.shape[:-2])


def competing_risks(ends: ArrayLike, censored: ArrayLike, least_at_risk: float = 20.0) -> CompetingRisks:
    """Estimate competing risks from counts by age.

    `ends` counts the ends of each cause at each age (shape ..., causes, ages), `censored` the lives last seen at each
    age without an end (shape ..., ages); both may be weighted sums. Who is censored at an age counts half among those
    at risk there (the actuarial rule). The supported ages are those with `least_at_risk` lives at risk in the first of
    the tables.

    Raises StatisticsError for negative counts and shapes that do not fit.

    >>> found = competing_risks([[2, 0], [1, 1]], [0, 0], least_at_risk=1)
    >>> found.by_cause.tolist(), found.never.tolist()
    ([0.5, 0.5], 0.0)
    """
    came, seen = np.asarray(ends, np.float64), np.asarray(censored, np.float64)
    if came.ndim < 2 or came.shape[:-2] + came.shape[-1:] != seen.shape:
        raise StatisticsError(f"ends of shape {came.shape}, censored of shape {seen.shape}: ages must be as many")
    if not seen.shape[-1] or (came < 0).any() or (seen < 0).any():
        raise StatisticsError("ends and censored: allowed are counts of 0 or more, at one age at least")
    every = came.sum(axis=-2) + seen
    at_risk = np.flip(np.cumsum(np.flip(every, -1), axis=-1), -1)
    exposed = at_risk - seen / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        hazards = np.where(exposed[..., None, :] > 0.0, came / exposed[..., None, :], 0.0)
    survival = np.cumprod(np.clip(1.0 - hazards.sum(axis=-2), 0.0, 1.0), axis=-1)
    before = np.concatenate((np.ones((*survival.shape[:-1], 1)), survival[..., :-1]), axis=-1)
    incidence = np.cumsum(hazards * before[..., None, :], axis=-1)
    first: Any = at_risk.reshape(-1, at_risk.shape[-1])[0]
    supported = np.flatnonzero(first >= least_at_risk)
    return CompetingRisks(incidence, survival, at_risk, int(supported[-1]) if len(supported) else 0)
