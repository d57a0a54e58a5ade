"""A construction group grew by more than 100 %, its share by 47 %, in a market that grew by 13 %."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simlead.model.presets import PRESETS, preset
from simlead.model.scenario import Scenario
from simlead.study.calibration import Targets
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import STATUS_QUO, Line, pooled, share_of_firms, table_of, year_of
from simlead.study.claims.emulator import Reference, corrected
from simlead.study.claims.firm import Firm
from simlead.study.claims.history import CANDIDATES, CUTOFF, Match, Told, implausibility, matched, spread_over, waves
from simlead.study.claims.readings import FIRM_GROWTH, READINGS, Reading
from simlead.study.claims.runs import Floats, Runs
from simlead.study.claims.verdict import Effect, Region
from simlead.study.estimation.estimates import CONFIDENCE, ratio_and_parts
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

TOLERANCE = 0.02
"""Growths are told in whole percent, and a market's growth is nobody's exact measurement."""
REFERENCE = 8
"""So many times the details' replicates has the case that tells how lucky the points' few ones are, or more."""
DEVIATIONS = "standard deviations"


def group(beliefs: str) -> Scenario:
    """The construction group before it was led: two teams of six, large deals, slow buyers."""
    firm = preset("construction_group", beliefs)
    return dataclasses.replace(firm, policy=firm.status_quo)


def effect(firm: Firm) -> Effect:
    """Growth of revenue in three years under leadership, pooled over groups."""
    return pooled(firm.runs(LEADERSHIP)[0], "revenue_growth", firm.confidence)


def details(firm: Firm) -> pd.DataFrame:
    """The arithmetic, how many groups reach each reading, and what history matching leaves of it."""
    return table_of([*told(), *reached(firm), *history(firm)])


def told() -> list[Line]:
    """The arithmetic, reading by reading; a reading by which revenue never doubles has no years to double."""
    lines: list[Line] = []
    for reading in READINGS:
        lines.append((reading.key, "revenue_growth_by_arithmetic", "share", exactly(reading.revenue_total)))
        lines.append((reading.key, "share_growth_told", "share", exactly(reading.share_total)))
        if math.isfinite(reading.doubled_after):
            lines.append((reading.key, "years_to_double", "years", exactly(reading.doubled_after)))
    return lines


def reached(firm: Firm) -> list[Line]:
    """In which part of the groups a reading comes true: led, and also going on as before (what luck alone does).

    By the mean base year of all groups, and by each group's own. The second is how a story is
    told: a group whose base year was unlucky grows a lot by it.
    """
    led, before = firm.runs(LEADERSHIP, STATUS_QUO)
    lines: list[Line] = []
    for reading in READINGS:
        lines += [
            (reading.key, "groups_that_reach_it", "share", share_of_firms(reaching(led, reading, own=False))),
            (reading.key, "groups_that_reach_it_by_their_own_base_year", "share",
             share_of_firms(reaching(led, reading, own=True))),
            (reading.key, "groups_that_reach_it_as_before_by_their_own_base_year", "share",
             share_of_firms(reaching(before, reading, own=True)))]
    return lines


def reaching(runs: Runs, reading: Reading, *, own: bool) -> Floats:
    """1 for each group whose share, and revenue or profit, grew as told, else 0.

    From each group's `own` base year, or from the mean base year: a single group's luck in
    that year makes growths on average larger than they are. From a loss no profit grows.
    """
    def before(measure: str) -> Floats:
        values = runs.values(measure)
        return values if own else np.full(len(values), np.nanmean(values))

    enough: NDArray[np.bool_] = share_of_year(runs, reading.years) >= (
        1.0 + reading.share_total) * before("market_share_base")
    if reading.firm_is == "profit":
        base, then = before("profit_base"), year_of(runs.profit, reading.years)
    else:
        base, then = before("revenue_base"), year_of(runs.revenue, reading.years)
    return np.asarray(enough & (base > 0.0) & (then > (1.0 + FIRM_GROWTH) * base), dtype=float)


def share_of_year(runs: Runs, year: int) -> Floats:
    """The market share in a year since the switch, replicate by replicate."""
    won = year_of(runs.revenue, year)
    return np.asarray(won / (won + year_of(runs.rivals, year)))


# --- history matching


def numbers(reading: Reading) -> list[Told]:
    """What a reading tells, in the order of :func:`outcomes`.

    Not the market's growth, which is an input: the model's grows by 13 % each year, by the
    reading `slow_market` too, where it should grow less and revenue therefore as well.
    """
    share = Told(reading.share_total, reading.share_at_least)
    if reading.firm_is == "profit":
        return [share, Told(0.0, at_least=True), Told(0.0, at_least=True)]
    return [share, Told(FIRM_GROWTH, at_least=True)]


def outcomes(runs: Runs, reading: Reading) -> Floats:
    """What a reading tells, in the model: numbers told x replicates, each with the mean that is sought.

    Growth of share, and growth of revenue; or, for profit, how far it is above double the
    base year's, and the base year's itself (from a loss nothing doubles), as parts of base
    revenue, because a base profit near 0 has no growth. Growth of means, not mean of growths:
    R - 1 + (a - R b) / mean(b) with R = mean(a) / mean(b), to first order.
    """
    share = growth(share_of_year(runs, reading.years), runs.values("market_share_base"))
    revenue = runs.values("revenue_base")
    if reading.firm_is != "profit":
        return np.array([share, growth(year_of(runs.revenue, reading.years), revenue)])
    profit = runs.values("profit_base")
    above = year_of(runs.profit, reading.years) - (1.0 + FIRM_GROWTH) * profit
    return np.array([share, 1.0 + growth(above, revenue), 1.0 + growth(profit, revenue)])


def growth(after: Floats, before: Floats) -> Floats:
    """Growth of the means, a value a replicate to first order.

    >>> growth(np.array([3.0, 5.0]), np.array([2.0, 2.0])).tolist()
    [0.5, 1.5]
    """
    ratio, parts = ratio_and_parts(after, before)
    return np.asarray(ratio - 1.0 + np.nan_to_num(parts))  # nobody won anything: nothing to add


def size_of(details: int) -> tuple[int, int]:
    """Points of a wave, and replicates of each: many replicates, for the points share their luck.

    >>> size_of(12), size_of(60)
    ((16, 12), (40, 24))
    """
    runs, points = 4 * max(16, 4 * details), max(16, min(details, 40))
    return points, max(4, runs // points)


def history(firm: Firm) -> list[Line]:
    """By reading: which part of beliefs and policies is not ruled out, and what the nearest point leads to.

    Expected by an emulator, for which the led group itself is the reference; on average (the
    group's expected growth is held against the story) and with one firm's luck (the story is
    that of a single group, which may have been lucky). Worlds are not calibrated anew, as
    the ends of claims are: that would take as many runs again for every point, so that a
    point's status quo may win more or less than the group is known to have won.
    """
    ranges = search_ranges(firm)
    points, replicates = size_of(firm.details)
    kept: list[Runs] = []
    most = max(firm.replications, REFERENCE * firm.details, replicates + firm.details)
    led = firm.runs(LEADERSHIP, replications=most)[0]

    def references(reading: Reading, part: slice = slice(replicates)) -> list[Reference]:
        few = outcomes(dataclasses.replace(led, seen=led.seen[part]), reading)
        return [Reference(*both) for both in zip(few, outcomes(led, reading), strict=True)]

    def simulate(table: pd.DataFrame) -> Floats:
        runs = firm.asking.several([led_in(firm, row) for row in table.to_dict("records")], replicates)
        kept.extend(runs)
        return together(runs, PLAUSIBLE)

    table, _ = waves(
        simulate, ranges, numbers(PLAUSIBLE), points=points, tolerance=TOLERANCE, references=references(PLAUSIBLE),
        seed=firm.asking.seed)
    places = spread_over(ranges, CANDIDATES, firm.asking.seed)
    lines: list[Line] = []
    for reading in READINGS:
        match = matched(table, together(kept, reading), ranges, numbers(reading), tolerance=TOLERANCE,
                        references=references(reading))
        lines += left(match, places, reading)
        fresh = slice(replicates, replicates + firm.details)
        point = led_in(firm, places.iloc[match.nearest(places)].to_dict())
        lines += nearest(firm, point, reading, fresh, references(reading, fresh))
        if reading is PLAUSIBLE:
            lines += known(match)
    return lines


def led_in(firm: Firm, place: Mapping[Any, float]) -> Scenario:
    """The group under leadership, with the beliefs and policies of a place."""
    return in_world(firm.base.change(LEADERSHIP), {str(path): float(value) for path, value in place.items()})


def together(runs: list[Runs], reading: Reading) -> Floats:
    """What a reading tells at several points: numbers told x points x replicates."""
    return np.array([outcomes(seen, reading) for seen in runs]).swapaxes(0, 1)


def left(match: Match, places: pd.DataFrame, reading: Reading) -> list[Line]:
    """Which part of all places a reading does not rule out, and within which bounds it lies, factor by factor.

    A reading that contradicts itself is ruled out everywhere, whatever the model says.
    """
    average = (match.implausibility(places) <= CUTOFF) & reading.consistent
    lucky = (match.implausibility(places, one_firm=True) <= CUTOFF) & reading.consistent
    lines: list[Line] = [
        (reading.key, "part_left_on_average", "share", exactly(float(average.mean()))),
        (reading.key, "part_left_with_one_firms_luck", "share", exactly(float(lucky.mean())))]
    if average.any():
        for path in places.columns:
            values = places[path][average].to_numpy(float)
            lines += [(f"{reading.key}: {path}", name, "own unit", exactly(float(value))) for name, value in (
                ("least_left", values.min()), ("mean_left", values.mean()), ("most_left", values.max()))]
    return lines


def nearest(
    firm: Firm, point: Scenario, reading: Reading, fresh: slice, references: list[Reference]
) -> list[Line]:
    """What the nearest point leads to with luck that the emulator's slopes, by which it was chosen, have not seen.

    The led group in the same replicates, and in many more, tells how lucky these are.
    """
    runs = firm.asking.several([point], fresh.stop)[0]
    found = [corrected(values, reference) for values, reference in zip(
        outcomes(dataclasses.replace(runs, seen=runs.seen[fresh]), reading), references, strict=True)]
    away = max(float(implausibility(np.array([mean]), np.array([luck]), number, tolerance=TOLERANCE)[0])
               for (mean, luck), number in zip(found, numbers(reading), strict=True))
    wide = float(stdtrit(firm.details - 1, 0.5 + CONFIDENCE / 2))
    share, firms = (Effect(mean, mean - wide * math.sqrt(luck), mean + wide * math.sqrt(luck), firm.details)
                    for mean, luck in found[:2])
    name = "profit_above_double_of_the_nearest_point" if reading.firm_is == "profit" else (
        "revenue_growth_of_the_nearest_point")
    return [(reading.key, "share_growth_of_the_nearest_point", "share", share), (reading.key, name, "share", firms),
            (reading.key, "implausibility_of_the_nearest_point", DEVIATIONS, exactly(away))]


def known(match: Match) -> list[Line]:
    """How well the emulator knows the growth of share, as standard deviations."""
    emulator, case = match.emulators[0], f"{PLAUSIBLE.key}: emulator of the growth of share"
    return [(case, name, "share", exactly(value)) for name, value in (
        ("shared_luck", math.sqrt(emulator.shared_luck)), ("lack_of_fit", math.sqrt(emulator.lack_of_fit)),
        ("one_firms_luck", math.sqrt(emulator.one_firm)),
        ("error_of_a_point_left_out", emulator.left_out[1 if emulator.squared else 0]))]


def search_ranges(firm: Firm) -> dict[str, tuple[float, float]]:
    """What is searched: beliefs over their likely ranges, and how far the policy goes."""
    beliefs, _ = likely_ranges([firm.base])
    world = {path: (beliefs[path].low, beliefs[path].high) for path in BELIEFS_SEARCHED if path in beliefs}
    return {**world, **POLICIES_SEARCHED}


def exactly(value: float) -> Effect:
    """A number without an interval of its own."""
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
    programme_name="leadership",
    carried_by="The verdict is about the average group, while a published story is a picked best case, which single "
    "groups reach by luck, some without being led. It leans on the effect of clarity, measured for one step and "
    "stretched over two and a half; and the points of the history matching are not calibrated anew, so that their base "
    "years are not all the group's.",
    beginning=group,
    targets=Targets(proposal_win_rate=0.25),  # V89, as its preset is calibrated
)
