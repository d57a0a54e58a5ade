"""The studies behind the published facts that no measure of one run shows.

A study says which runs it needs, beside the status quo's own or in their place, what is summed over each
replication, and how its answers follow from the sums. Pairs have common random numbers.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simlead.engines.contract import Records
from simlead.model import events
from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from simlead.results.registry import ratio
from simlead.results.windows import RAMPED_AFTER_WEEKS, Span, years
from simlead.study.records import BASE, FINAL

Sums = NDArray[np.float64]

AFTER_11_MONTHS = "11 months on"
FIRST_YEARS = "base year on"
FADING_WEEKS = round(11 * WEEKS_PER_MONTH)
SMALL_DEAL, LARGE_DEAL = 10_000.0, 100_000.0
"""Values in dollars below which a deal is small, and above which it is large (V87)."""

NORMAL_P90_LESS_P10 = 2.5631
"""Distance between the 10th and the 90th percentile of a normal law, in standard deviations."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """A number that follows from a study's sums; `name` is the `measure` of a fact, `when` the time it is about."""

    name: str
    when: str
    statistic: Callable[[Sums], float]
    unit: str = "share"


@dataclasses.dataclass(frozen=True)
class FactStudy:
    """The runs that a study compares, and what follows from them.

    `how` says in a sentence what is done. `scenarios` makes the runs of one replication from the status quo;
    `sums` adds up what is needed of their tables, in the same order; the answers follow from the sums over all
    replications. `divided_by` is how many times fewer replications suffice.
    """

    how: str
    scenarios: Callable[[Scenario], tuple[Scenario, ...]]
    sums: Callable[[Sequence[Records], Sequence[Scenario]], Sequence[float]]
    answers: tuple[Answer, ...]
    divided_by: int = 1


def _alone(scenario: Scenario) -> tuple[Scenario, ...]:
    return (scenario,)


def _quotient(above: int, below: int) -> Callable[[Sums], float]:
    return lambda total: ratio((float(total[above]), float(total[below])))


def _base_year(tables: Records, scenario: Scenario) -> Span:
    span = years(tables, scenario).base
    assert span is not None
    return span


def _closed(tables: Records, span: Span) -> NDArray[np.void]:
    """The qualified deals whose outcome became known in a span."""
    rows = tables.opportunities
    closed: NDArray[np.void] = rows[
        rows["noticed"] & (rows["stage"] >= events.QUALIFIED) & span.holds(rows["decided"])]
    return closed


# --- deals of the status quo


def _ages(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    both = years(records[0], scenarios[0])
    return [number for span in (both.base, both.final) for number in _ages_of(records[0], span)]


def _ages_of(tables: Records, span: Span | None) -> list[float]:
    """Hours from arrival to the known outcome, and deals: lost ones, then won ones."""
    if span is None:
        return [0.0] * 4
    closed = _closed(tables, span)
    age, won = closed["decided"] - closed["arrived"], closed["outcome"] == events.WON
    return [float(age[~won].sum()), float(np.count_nonzero(~won)), float(age[won].sum()), float(np.count_nonzero(won))]


def _age_ratio(first: int) -> Callable[[Sums], float]:
    return lambda total: ratio((ratio((total[first], total[first + 1])), ratio((total[first + 2], total[first + 3]))))


def _wins_by_size(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Won and closed: small deals, then large ones."""
    span = _base_year(records[0], scenarios[0])
    closed = _closed(records[0], span)
    won = closed["outcome"] == events.WON
    sizes = (closed["value"] < SMALL_DEAL, closed["value"] > LARGE_DEAL)
    return [float(np.count_nonzero(which)) for size in sizes for which in (size & won, size)]


# --- people of the status quo


def _first_year_leavers(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Leavers in the first year of tenure, and all quits, from the base year on."""
    rows = _by_seat(records[0], -WEEKS_PER_YEAR - 1)
    before, after = rows[:-1], rows[1:]
    gone = before["filled"] & (before["seat"] == after["seat"]) & (
        ~after["filled"] | (after["hire"] != before["hire"]))
    early = gone & (before["tenure_weeks"] < WEEKS_PER_YEAR)
    weeks = records[0].weeks
    return [float(np.count_nonzero(early)), float(weeks["quits"][weeks["week"] >= -WEEKS_PER_YEAR].sum())]


def _by_seat(tables: Records, first_week: int) -> NDArray[np.void]:
    rows = tables.reps[tables.reps["week"] >= first_week]
    ordered: NDArray[np.void] = rows[np.lexsort((rows["week"], rows["seat"]))]
    return ordered


def _sales_in_a_row(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Covariance and mean variance of a rep's sales in two years: years in a row, then two years apart.

    Sales in dollars of the switch, of reps in their seat from half a year before the first year to the end of
    the second, less the mean of that run's reps.
    """
    found = [0.0] * 4
    index = records[0].weeks["growth_index"]
    first_week = int(records[0].weeks["week"][0])
    starts = range(-WEEKS_PER_YEAR, scenarios[0].calendar.horizon_weeks - WEEKS_PER_YEAR + 1, WEEKS_PER_YEAR)
    sales = [_year_of_sales(records[0], start, index, first_week) for start in starts]
    for apart in (1, 2):
        for one, other in zip(sales, sales[apart:], strict=False):
            both = sorted(one.keys() & other.keys())
            x, y = (np.array([year[rep] for rep in both]) for year in (one, other))
            if len(both) > 1:
                x, y = x - x.mean(), y - y.mean()
                found[2 * apart - 2] += float((x * y).sum())
                found[2 * apart - 1] += float((x * x + y * y).sum()) / 2.0
    return found


def _year_of_sales(
    tables: Records, start: int, growth_index: NDArray[np.float64], first_week: int
) -> dict[tuple[int, int], float]:
    """Sales of each (seat, hire) in the 52 weeks from `start`, of reps who were ramped when it began."""
    rows = tables.reps
    rows = rows[(rows["week"] >= start) & (rows["week"] < start + WEEKS_PER_YEAR) & rows["filled"]]
    person = rows["seat"].astype(np.int64) << 32 | rows["hire"]
    who, first, place, weeks = np.unique(person, return_index=True, return_inverse=True, return_counts=True)
    sales = np.bincount(place, weights=rows["sales"] / growth_index[rows["week"] - first_week])
    ramped = (weeks == WEEKS_PER_YEAR) & (rows["tenure_weeks"][first] - 1.0 >= RAMPED_AFTER_WEEKS)
    return {(int(name >> 32), int(name & 0xFFFFFFFF)): float(sale)
            for name, sale in zip(who[ramped], sales[ramped], strict=True)}


def _fall(total: Sums) -> float:
    """The first ratio of two sums less the second one."""
    return ratio((total[0], total[1])) - ratio((total[2], total[3]))


def _managers(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Cross products of (1, quality, people skill, log team sales), of managers who led a team for all of a year."""
    products = np.zeros((4, 4))
    both = years(records[0], scenarios[0])
    for span in (both.base, both.final):
        if span is None:
            continue
        teams = np.unique(span.managers["team"])
        for team in teams:
            rows = span.managers[span.managers["team"] == team]
            sales = float(span.reps["sales"][span.reps["team"] == team].sum())
            if len(rows) == span.length and rows["appointment"].min() == rows["appointment"].max() and sales > 0.0:
                row = np.array([1.0, rows["quality"][0], rows["people_skill"][0],
                                math.log(sales / span.growth_index)])
                products += np.outer(row, row)
    return [float(number) for number in products.ravel()]


def _percentile_gap(total: Sums) -> float:
    """Distance of the 10th from the 90th percentile of team sales as quality and people skill explain them."""
    products = total.reshape(4, 4)
    if products[0, 0] < 4:
        return math.nan
    mean = products[0] / products[0, 0]
    covariance = products / products[0, 0] - np.outer(mean, mean)
    among, with_sales = covariance[1:3, 1:3], covariance[1:3, 3]
    explained = float(with_sales @ np.linalg.solve(among + 1e-12 * np.eye(2), with_sales))
    return math.exp(NORMAL_P90_LESS_P10 * math.sqrt(max(0.0, explained))) - 1.0


# --- pairs of runs


def _coaching_stops(scenario: Scenario) -> tuple[Scenario, ...]:
    return (scenario.change({"policy.coaching_share": 0.0, "calendar.horizon_weeks": FADING_WEEKS,
                             "world.natural_coach_share": 0.0}),)


def _gain_left(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Coaching gain of the reps who stayed: 11 months after the switch, and at it."""
    rows = records[0].reps
    before, after = rows[rows["week"] == -1], rows[rows["week"] == FADING_WEEKS - 1]
    after = after[: len(before)]
    stayed = before["filled"] & after["filled"] & (before["hire"] == after["hire"])
    return [float(when["coaching_gain"][stayed].sum()) for when in (after, before)]


def _without_quits(scenario: Scenario) -> tuple[Scenario, ...]:
    short = scenario.change({"calendar.horizon_weeks": 1})
    return short, short.change({"world.quits_per_month": 0.0})


def _separations(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Base-year revenue with quits and without, quits, ramped reps' sales, and how many reps they are of."""
    span = _base_year(records[0], scenarios[0])
    sales = span.ramped_rep_sales
    return [*_revenues(records, scenarios), float(span.weeks["quits"].sum()), float(sales.sum()), float(len(sales))]


def _loss_per_separation(total: Sums) -> float:
    return ratio((total[1] - total[0], total[2])) / (total[3] / total[4]) if total[3] else math.nan


def _twice_the_heads(scenario: Scenario) -> tuple[Scenario, ...]:
    organisation, market = scenario.organisation, scenario.market
    one = scenario.change({"calendar.horizon_weeks": 1, "world.attainment_quit_effect": 0.0})
    return one, one.change({
        "organisation.teams": 2 * organisation.teams,
        "market.opportunities_per_seat_year": market.opportunities_per_seat_year / 2.0})


def _revenues(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Base-year revenue of each run."""
    return [float(_base_year(tables, scenario).weeks["revenue"].sum())
            for tables, scenario in zip(records, scenarios, strict=True)]


def _elasticity(total: Sums) -> float:
    return math.log(total[1] / total[0]) / math.log(2.0) if total.min() > 0.0 else math.nan


def _less_own_selling(scenario: Scenario) -> tuple[Scenario, ...]:
    return scenario, scenario.change({"policy.own_selling_share": 0.05, "policy.coaching_share": 0.30})


def _quits_and_sales(records: Sequence[Records], scenarios: Sequence[Scenario]) -> list[float]:
    """Quits from week 13 on and revenue of the final year: as before, and after the change."""
    quits, revenue = [], []
    for tables, scenario in zip(records, scenarios, strict=True):
        weeks = tables.weeks
        final = scenario.calendar.horizon_weeks - WEEKS_PER_YEAR
        quits.append(float(weeks["quits"][weeks["week"] >= 13].sum()))
        revenue.append(float(weeks["revenue"][weeks["week"] >= final].sum()))
    return [*quits, *revenue]


def _relative(before: int, after: int) -> Callable[[Sums], float]:
    return lambda total: ratio((total[after] - total[before], total[before]))


STUDIES: tuple[FactStudy, ...] = (
    FactStudy(
        "Time from arrival to the known outcome, silence included, of qualified deals whose outcome became known in "
        "the year: the mean of the lost ones over the mean of the won ones.",
        _alone, _ages,
        (Answer("age_lost_over_won", BASE, _age_ratio(0), "ratio"),
         Answer("age_lost_over_won", FINAL, _age_ratio(4), "ratio"))),
    FactStudy(
        "Won deals of all qualified deals that were closed in the base year: those under $10k less those over $100k.",
        _alone, _wins_by_size,
        (Answer("win_rate_small_less_large", BASE, _fall),)),
    FactStudy(
        "Leavers with less than a year of tenure, of all leavers from the base year on.",
        _alone, _first_year_leavers, (Answer("first_year_leavers", FIRST_YEARS, _quotient(0, 1)),)),
    FactStudy(
        "Covariance over mean variance of a ramped rep's sales in two years, within each run, in dollars of the "
        "switch; years in a row, less the same over two years.",
        _alone, _sales_in_a_row,
        (Answer("sales_correlation_1_year", FIRST_YEARS, _quotient(0, 1), "ratio"),
         Answer("sales_correlation_fall", FIRST_YEARS, _fall, "ratio"))),
    FactStudy(
        "Regression of the log of a team's yearly sales on its manager's coaching quality and people skill, of "
        "managers who led the team all year; the 90th over the 10th percentile of what it explains, less 1.",
        _alone, _managers, (Answer("managers_percentile_gap", FIRST_YEARS, _percentile_gap),)),
    FactStudy(
        "All coaching stops at the switch, natural coaches' too: the coaching gain of reps who stayed, 11 months later "
        "over what it was.",
        _coaching_stops, _gain_left, (Answer("gain_left_after_11_months", AFTER_11_MONTHS, _quotient(0, 1)),), 10),
    FactStudy(
        "The firm with no quits at all against the same firm with them: revenue of the base year lost per quit, over "
        "the year's sales of a ramped rep.",
        _without_quits, _separations, (Answer("loss_per_separation", BASE, _loss_per_separation),)),
    FactStudy(
        "Twice the teams on as many buyers, quota without an effect on quits: log of the ratio of base-year revenues "
        "over log 2.",
        _twice_the_heads, _revenues, (Answer("effort_elasticity", BASE, _elasticity, "ratio"),)),
    FactStudy(
        "Own selling .05 and coaching .30 from the switch on against the status quo: quits from week 13 on, and "
        "revenue of the final year, as relative changes.",
        _less_own_selling, _quits_and_sales,
        (Answer("quits_after_own_selling", "after the switch", _relative(0, 1)),
         Answer("sales_after_own_selling", "after the switch", _relative(2, 3)))),
)
