"""A construction group grew by more than 100 %, its share by 47 %, in a market that grew by 13 %."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simlead.model.presets import PRESETS, preset
from simlead.model.scenario import Scenario
from simlead.study.calibration import Targets
from simlead.study.claims.asking import Firm, Floats, Runs
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import Line, mean_of, pooled, share_of_firms, table_of, year_of
from simlead.study.claims.history import CUTOFF, implausibility, waves
from simlead.study.claims.readings import FIRM_GROWTH, READINGS, Reading
from simlead.study.claims.verdict import Effect, Region
from simlead.study.uncertainty.worlds import in_world, likely_ranges

if TYPE_CHECKING:
    import pandas as pd

LEADERSHIP = PRESETS["leadership"]
PLAUSIBLE = READINGS[1]
"""The reading that waves search for: share in three years, market each year."""

BELIEFS_SEARCHED = (
    "world.coaching_gain_max", "world.coaching_half_dose", "world.skill_effect", "world.clarity_effect",
    "world.accountability_effect", "world.training_gain", "world.quality_mean", "market.noticing_elasticity")
POLICIES_SEARCHED = {
    "policy.coaching_share": (0.2, 0.7), "policy.role_clarity": (0.4, 1.0), "policy.accountability": (0.4, 0.9)}

REPLICATES = 4
TOLERANCE = 0.02
"""Growths are told in whole percent, and a market's growth is nobody's exact measurement."""


def group(beliefs: str) -> Scenario:
    """The construction group before it was led: two teams of six, large deals, slow buyers."""
    firm = preset("construction_group", beliefs)
    return dataclasses.replace(firm, policy=firm.status_quo)


def effect(firm: Firm) -> Effect:
    """Growth of revenue in three years under leadership, pooled over groups."""
    return pooled(firm.runs(LEADERSHIP)[0], "revenue_growth", firm.confidence)


def details(firm: Firm) -> pd.DataFrame:
    """The arithmetic, how leadership fares by each reading, and what history matching leaves."""
    lines: list[Line] = []
    for reading in READINGS:
        lines.append((reading.key, "revenue_growth_by_arithmetic", "share", exactly(reading.revenue_total)))
        lines.append((reading.key, "share_growth_told", "share", exactly(reading.share_total)))
    led = firm.runs(LEADERSHIP)[0]
    for reading in READINGS:
        told = np.logical_and(share_growth(led, reading.years) >= reading.share_total, enough(led, reading))
        lines.append((reading.key, "groups_that_reach_it", "share", share_of_firms(told.astype(float))))
    return table_of([*lines, *matched(firm)])


def matched(firm: Firm) -> list[Line]:
    """By reading: how near the nearest point comes, and which part of the points is not ruled out.

    On average: the group's expected growth is held against the story. With one firm's luck:
    the story is that of a single group, which may have been lucky.
    """
    ranges = search_ranges(firm)
    points = max(16, 4 * firm.details)
    kept: list[Runs] = []

    def simulate(table: pd.DataFrame) -> Floats:
        scenarios = [in_world(firm.base.change(LEADERSHIP), {str(path): float(value) for path, value in row.items()})
                     for row in table.to_dict("records")]
        runs = firm.asking.several(scenarios, REPLICATES)
        kept.extend(runs)
        return np.array([share_growth(seen, PLAUSIBLE.years) for seen in runs])

    table, _ = waves(simulate, ranges, PLAUSIBLE.share_total, points=points, tolerance=TOLERANCE,
                     seed=firm.asking.seed)
    lines: list[Line] = []
    for reading in READINGS:
        outcomes = np.array([share_growth(seen, reading.years) for seen in kept])
        expected = implausibility(outcomes, reading.share_total, tolerance=TOLERANCE, one_firm=False)
        lucky = implausibility(outcomes, reading.share_total, tolerance=TOLERANCE)
        fresh = looked_at_again(firm, kept[int(expected.argmin())].scenario, reading)
        lines += [
            (reading.key, "share_growth_of_the_nearest_point", "share", mean_of(fresh)),
            (reading.key, "implausibility_of_the_nearest_point", "standard deviations", exactly(float(implausibility(
                fresh[None, :], reading.share_total, tolerance=TOLERANCE, one_firm=False)[0]))),
            (reading.key, "points_left_on_average", "share", share_of_firms((expected <= CUTOFF).astype(float))),
            (reading.key, "points_left_with_one_firms_luck", "share", share_of_firms((lucky <= CUTOFF).astype(float)))]
        if reading is PLAUSIBLE:
            left = table[expected <= CUTOFF] if (expected <= CUTOFF).any() else table.iloc[[int(expected.argmin())]]
            lines += [(f"{reading.key}: {path}", "range_left", "own unit", Effect(
                float(left[path].mean()), float(left[path].min()), float(left[path].max()), len(left)))
                for path in ranges]
    return lines


def looked_at_again(firm: Firm, point: Scenario, reading: Reading) -> Floats:
    """Growths of share at a point with luck that the search has not seen.

    The nearest of many points with a few replicates each is near by its luck too.
    """
    runs = firm.asking.several([point], REPLICATES + firm.details)[0]
    return share_growth(runs, reading.years)[REPLICATES:]


def search_ranges(firm: Firm) -> dict[str, tuple[float, float]]:
    """What is searched: beliefs over their likely ranges, and how far the policy goes."""
    beliefs, _ = likely_ranges([firm.base])
    world = {path: (beliefs[path].low, beliefs[path].high) for path in BELIEFS_SEARCHED if path in beliefs}
    return {**world, **POLICIES_SEARCHED}


def share_growth(runs: Runs, years: int) -> Floats:
    """Growth of the market share from the base year to a year since the switch.

    The base year's share is the mean over replicates: a single group's luck in that year
    would make growths on average larger than they are.
    """
    won = year_of(runs.revenue, years)
    base = float(np.nanmean(runs.values("market_share_base")))
    return np.asarray(won / (won + year_of(runs.rivals, years)) / base - 1.0)


def enough(runs: Runs, reading: Reading) -> NDArray[np.bool_]:
    """Whether revenue (or profit) grew by more than 100 % as well, group by group."""
    if reading.firm_is == "profit":
        base = float(np.mean(runs.values("profit_base")))
        return np.asarray(year_of(runs.profit, reading.years) > (1.0 + FIRM_GROWTH) * base)
    base = float(np.mean(runs.values("revenue_base")))
    return np.asarray(year_of(runs.revenue, reading.years) > (1.0 + FIRM_GROWTH) * base)


def exactly(value: float) -> Effect:
    """A number without luck in it."""
    return Effect(value, value, value, 1)


CLAIM = Claim(
    number=9,
    key="construction_group",
    text="A construction group grew by more than 100 %, its share by 47 %, in a market that grew by 13 %.",
    sources=("V09",),
    experiment="Over one period the three numbers contradict each other (1.47 x 1.13 = 1.66). By the most plausible "
    "reading (share in three years, market each year) a group of two teams with large deals and slow buyers is led "
    "well for three years; the other readings, and which beliefs and policies could give them, in the details. The "
    "story was not found in any source besides the article.",
    supports="On average such a group grows by 100 % or more in three years.",
    refutes="On average it grows by less.",
    region=Region(low=FIRM_GROWTH),
    measure="growth of a led group's revenue in three years",
    unit="share",
    effect=effect,
    details=details,
    candidates=("world.coaching_gain_max", "world.clarity_effect", "market.growth_per_year", "world.skill_effect"),
    programme=LEADERSHIP,
    beginning=group,
    targets=Targets(proposal_win_rate=0.25),  # V89, as its preset is calibrated
)
