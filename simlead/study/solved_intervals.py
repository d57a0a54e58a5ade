"""How well the runs of a calibration know what it solved: intervals over replications, by the jackknife."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simlead.model.origin import Solved
from simlead.model.scenario import Scenario
from simlead.statistics.intervals import jackknife_interval
from simlead.study.aims import OVERHEAD, QUOTA, Aim
from simlead.study.base_year import COLUMNS, Sums, ratios_of


class Seen(Protocol):
    """What one run of the warm-up shows; see `calibration`."""

    @property
    def gate_logits(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Of each gate, the logits of the deals that came to it."""

    @property
    def ramped_sales(self) -> NDArray[np.float64]:
        """Sales of each ramped rep."""

    @property
    def prospecting_hours(self) -> float:
        """Hours of all rep-weeks."""

    @property
    def retaining_hours(self) -> float:
        """Hours that retain, of all rep-weeks."""

    @property
    def rep_weeks(self) -> float:
        """Weeks of filled seats."""

    @property
    def indexed_seat_years(self) -> float:
        """Years of seats, in the money of the switch."""

    @property
    def sums(self) -> Sums:
        """The sums of the base year's facts."""


QUOTA_STEP = 0.15
"""Half the width, as a part of the quota, over which the density of reps' sales at the quota is measured."""


def intervals_of(
    scenario: Scenario, aim: Aim, seen: Sequence[Seen], solved: dict[str, Any], slope: float
) -> tuple[Solved, ...]:
    """The solved parameters with 95 % intervals over runs, by the jackknife.

    Each is that of one round: what its own equation makes of other runs, the other parameters as they were solved.
    The reference of prospecting, whose equation feeds back, is wider by its slope.
    """
    rows: dict[str, tuple[NDArray[np.float64], Callable[[NDArray[np.float64]], float]]] = {}
    for stage, path in enumerate(("world.discovery_intercept", "world.qualified_intercept", "world.our_utility")):
        logits = [year.gate_logits[stage] for year in seen]
        shift = solved[path] - scenario.value(path)
        chances = [1.0 / (1.0 + np.exp(-(each + shift))) for each in logits]
        parts = np.array([(each.sum(), len(each), (each * (1.0 - each)).sum()) for each in chances])
        rows[path] = parts, partial(_shift, aim.targets.gates[stage])
    sales = [year.ramped_sales for year in seen]
    quota = float(np.quantile(np.concatenate(sales), 1.0 - aim.targets.quota_attainment))
    near = np.array([[np.count_nonzero(each >= quota * part) for part in (1.0, 1.0 - QUOTA_STEP, 1.0 + QUOTA_STEP)]
                     + [len(each)] for each in sales], dtype=float)
    density = max(1.0, near[:, 1].sum() - near[:, 2].sum()) / (2.0 * QUOTA_STEP) / near[:, 3].sum()
    rows[QUOTA] = near, partial(_quota, solved.get(QUOTA, quota) / density, aim.targets.quota_attainment)
    sums_seen = np.array([year.sums for year in seen])
    revenue, gain = COLUMNS.index("revenue"), COLUMNS.index("profit")
    over = np.column_stack((sums_seen[:, gain] - aim.targets.profit_margin * sums_seen[:, revenue],
                            [year.indexed_seat_years for year in seen]))
    rows[OVERHEAD] = over, partial(_part, 1.0)
    scale = solved["organisation.ramped_revenue_per_year"] / float(np.concatenate(sales).mean())
    rows["organisation.ramped_revenue_per_year"] = np.array(
        [(each.sum(), len(each)) for each in sales]), partial(_part, scale)
    weeks = [year.rep_weeks for year in seen]
    for path, hours, part in (
            ("organisation.prospecting_norm_hours", [year.prospecting_hours for year in seen], 1.0 / (1.0 - slope)),
            ("world.reference_dose", [year.retaining_hours for year in seen], 1.0)):
        rows[path] = np.column_stack((hours, weeks)), partial(_part, part)
    for path, fact in aim.follows.items():
        if fact == "quota_attainment":
            rows[path] = near, partial(_quota, -solved[path] / density, aim.targets.quota_attainment)
        else:
            shown = ratios_of(fact)
            rows[path] = sums_seen, partial(_scaled, solved[path] * shown(sums_seen.sum(axis=0)), shown)
    found = []
    for path, value in solved.items():
        if path not in rows:
            found.append(Solved(path))
            continue
        with np.errstate(all="ignore"):  # a firm so small that a run less leaves nobody has no interval
            estimate = jackknife_interval(*rows[path])
        found.append(Solved(path, float(value) - estimate.half_width, float(value) + estimate.half_width))
    return tuple(found)


def _shift(rate: float, sums: Sums) -> float:
    """By how much a gate's level would differ: one step of Newton's; sums of chances, deals and their variance."""
    return float((rate * sums[1] - sums[0]) / sums[2])


def _part(factor: float, sums: Sums) -> float:
    """A ratio of two sums, times a factor."""
    return factor * float(sums[0] / sums[1])


def _quota(value: float, attainment: float, sums: Sums) -> float:
    """By how much a quota would differ: reps at quota and all reps, against the density that `value` counts in."""
    return value * float(sums[0] / sums[3] - attainment)


def _scaled(value: float, shown: Callable[[Sums], float], sums: Sums) -> float:
    """What is scaled to a fact, where these sums show it."""
    return value / shown(sums)
