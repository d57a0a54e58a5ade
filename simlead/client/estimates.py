"""What a CRM tells about the parameters of a firm: estimates with intervals and 200 joint draws of all of them.

Every estimate is a function of sums over clusters (`sums`), so that one set of weights draws all of them together.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.client.deals import GATES, Deals
from simlead.client.people import Reps
from simlead.client.sums import YEAR, Sums
from simlead.model.world import World
from simlead.statistics.clusters import Drawn, Scale, cluster_weights, drawn
from simlead.statistics.competing_risks import CompetingRisks, competing_risks
from simlead.statistics.logit import slopes

DRAWS = 200
CONFIDENCE = 0.9
LEAST_DEALS, LEAST_WINS, LEAST_LEAVERS, LEAST_YEARS = 30, 20, 3, 1.5
LEAST_KNOWN = 0.5
"""Part of the lost deals that must have a reason."""

USUAL_EXPORT: Final[dict[str, Any]] = json.loads(
    resources.files("simlead").joinpath("data/usual_export.json").read_text(encoding="utf-8"))
"""What the default firm shows in its own export."""
USUAL_MANAGERS: Final[Mapping[str, float]] = USUAL_EXPORT["managers"]
"""How much managers make firms like the default one differ: the standard deviation of one manager, on the logit."""

LEARNED, LITERATURE, NOT_IN_A_CRM, TOO_LITTLE = "learned", "literature", "not_in_a_crm", "too_little"


@dataclasses.dataclass(frozen=True)
class Estimate:
    """One line of the table: a quantity, the parameter it stands for (empty if none), and what is known of it."""

    name: str
    parameter: str
    unit: str
    known: str  # LEARNED, LITERATURE, NOT_IN_A_CRM, TOO_LITTLE
    drawn: Drawn

    @property
    def value(self) -> float:
        """The estimate; nan where there is none."""
        return self.drawn.value


NOTHING: Final = Drawn(math.nan, math.nan, math.nan, np.full(DRAWS, math.nan))

UNITS: Final[dict[str, tuple[str, str, Scale]]] = {
    "deal_value_median": ("market.deal_value_median", "$", "log"),
    "deal_value_sigma": ("market.deal_value_sigma", "log-points", "log"),
    "value_growth_per_year": ("market.growth_per_year", "share", "plain"),
    "created_per_rep_year": ("market.opportunities_per_seat_year", "1/year", "log"),
    "discovery_rate": ("world.discovery_intercept", "share", "logit"),
    "qualified_rate": ("world.qualified_intercept", "share", "logit"),
    "proposal_rate": ("world.our_utility", "share", "logit"),
    "never_decided": ("", "share", "logit"),
    "win_rate": ("", "share", "logit"),
    "won_cycle_days": ("market.pace_days_median", "calendar days", "log"),
    "lost_over_won_age": ("", "ratio", "log"),
    "size_effect": ("world.size_effect", "logit/log-point", "plain"),
    "early_no_decision": ("market.early_no_decision", "share", "logit"),
    "late_no_decision": ("world.no_decision_utility", "share", "logit"),
    "sales_per_rep_year": ("organisation.ramped_revenue_per_year", "$/year", "log"),
    "leavers_per_rep_year": ("world.quits_per_month", "1/year", "log"),
    "ramp_first_quarter": ("", "share", "log"),
    "ramp_second_quarter": ("", "share", "log"),
    "ramp_third_quarter": ("", "share", "log"),
    "quarter_end_share": ("market.quarter_end_share", "share", "plain"),
}
"""Name of each estimate -> the parameter it stands for, its unit, and the scale of its interval."""

RAMP: Final = ("ramp_first_quarter", "ramp_second_quarter", "ramp_third_quarter")
"""The quarters of the ramp, in the order of their spans of tenure in `Sums.ramp`."""


def estimates_of(deals: Deals, reps: Reps, sums: Sums, seed: int = 0) -> list[Estimate]:
    """Estimate all that the sums tell; what they tell too little of has no number."""
    weights = cluster_weights(sums.clusters, DRAWS, seed)
    found = dict(_all(deals, reps, sums, weights))
    lines = []
    for name, (parameter, unit, scale) in UNITS.items():
        values = found.get(name)
        if values is None or not math.isfinite(float(values[0])):
            lines.append(Estimate(name, parameter, unit, TOO_LITTLE, NOTHING))
        else:
            # An estimate from some spans of tenure is made of those clusters alone that have time in them.
            sizes = sums.ramp[:, 1, RAMP.index(name)] if name in RAMP else sums.sizes
            each = drawn(values, sizes, scale, CONFIDENCE)
            lines.append(Estimate(name, parameter, unit, LEARNED if math.isfinite(each.low) else TOO_LITTLE, each))
    return lines


def draws_table(estimates: list[Estimate]) -> pd.DataFrame:
    """The joint draws, a column for each estimate that was learned."""
    return pd.DataFrame({each.name: each.drawn.draws for each in estimates if each.known == LEARNED})


def _all(deals: Deals, reps: Reps, sums: Sums, weights: NDArray[np.float64],
         ) -> Iterator[tuple[str, NDArray[np.float64]]]:
    for part in (_values, _people, _pipeline, _reasons, _ramp, _quarter):
        yield from part(deals, reps, sums, weights)


_Found = Iterator[tuple[str, NDArray[np.float64]]]


def _values(deals: Deals, reps: Reps, sums: Sums, weights: NDArray[np.float64]) -> _Found:
    n, t, tt, y, ty, yy = (weights @ sums.values).T
    if n[0] < LEAST_DEALS:
        return
    spread = tt - t * t / n
    years = (deals.as_of - deals.first_day) / YEAR
    slope = (ty - t * y / n) / np.maximum(spread, 1e-12) if years >= LEAST_YEARS else np.zeros_like(n)
    level = (y - slope * t) / n
    variance = (yy - y * y / n - slope * slope * spread) / n
    yield "deal_value_median", np.exp(level)
    yield "deal_value_sigma", np.sqrt(np.maximum(variance, 1e-12))
    if years >= LEAST_YEARS:
        yield "value_growth_per_year", np.expm1(slope)


def _people(deals: Deals, reps: Reps, sums: Sums, weights: NDArray[np.float64]) -> _Found:
    created, years, leavers = (weights @ sums.people).T
    if not sums.by_rep or years[0] < 2.0:
        return
    rate = created / years
    # What shows between seats is not added again, and what follows is widened as if it came from a bootstrap.
    narrower = _narrower(sums)
    common = narrower * (_of_vacancies(sums, sums.span) ** 2 - float(np.log(rate[1:]).var(ddof=1)))
    noise = _noise(len(weights), key=7)
    yield "created_per_rep_year", rate * np.exp(math.sqrt(max(0.0, common)) * noise)
    sales, last_year = (weights @ sums.sales).T
    if last_year[0] >= 2.0 and sales[0] > 0.0:
        common = narrower * _of_vacancies(sums, min(1.0, sums.span)) ** 2
        found = sales / last_year * np.exp(math.sqrt(common) * noise)
        # Few deals are won, so that the log of sales moves with managers as the logit of the win rate does.
        yield "sales_per_rep_year", found * np.exp(_of_managers("win_rate", sums, len(weights)))
    if float(sums.people[:, 2].sum()) >= LEAST_LEAVERS:
        yield "leavers_per_rep_year", leavers / years


def _of_vacancies(sums: Sums, span: float) -> float:
    """The standard error of the log of a rate per rep-year, over so many years, from the time that seats are vacant.

    Buyers turn up in a territory whether a rep is there or not: what is counted per rep-year rises with vacancies.
    A seat is filled and vacant in turn, with the leavers' rate and the published mean of a vacancy, which no CRM has;
    spells are taken as exponential. Then the fraction of the time T that it is filled has the variance
    2 l m / (l + m)^3 / T (1 - (1 - exp(-(l + m) T)) / ((l + m) T)), l and m being the two rates.
    """
    leavers, filled = float(sums.people[:, 2].sum()), float(sums.people[:, 1].sum())
    years = max(span, 0.1)
    leave, fill = (leavers + 0.5) / filled, 12.0 / World().vacancy_months
    both = leave + fill
    share = fill / both
    variance = 2.0 * leave * fill / both**3 / years * (1.0 + math.expm1(-both * years) / (both * years))
    seats = max(filled / max(sums.span, 0.1) / share, 1.0)
    return math.sqrt(variance / seats) / share


def _of_managers(name: str, sums: Sums, rows: int) -> NDArray[np.float64]:
    """What else a rate could be, on the logit, because managers differ: a row for each row of weights.

    Reps of one manager are good or bad together, so that firms of m managers differ by more than their seats, by
    a variance of s^2/m, of which a bootstrap of n seats shows s^2/n. A firm with few managers cannot show s: it is
    the default firm's; the rates of a draw move together, because the same managers make them.
    """
    spread = USUAL_MANAGERS[name]
    missing = max(0.0, 1.0 / sums.managers - 1.0 / sums.clusters)
    return spread * math.sqrt(_narrower(sums) * missing) * _noise(rows, key=8)


def _moved_by_managers(name: str, rates: NDArray[np.float64], sums: Sums) -> NDArray[np.float64]:
    """A rate between 0 and 1, moved on the logit by what managers may differ."""
    odds = np.exp(_of_managers(name, sums, len(rates)))
    return np.asarray(rates * odds / (1.0 - rates + rates * odds))


def _narrower(sums: Sums) -> float:
    """By how much the squared spread of a bootstrap of equal clusters is below that of the estimate."""
    return (sums.clusters - 1) / (sums.clusters + 1)


def _noise(rows: int, key: int) -> NDArray[np.float64]:
    """A standard normal for each row of weights but the first, the same for every import; mean 0 and variance 1."""
    noise = np.random.Generator(np.random.Philox(key=key)).standard_normal(rows - 1)
    return np.concatenate(([0.0], (noise - noise.mean()) / noise.std(ddof=1)))


def gate_risks(sums: Sums, weights: NDArray[np.float64]) -> list[CompetingRisks]:
    """The competing risks of each gate, passed and lost, for each row of weights."""
    return [_risks(ends, censored, weights) for ends, censored in zip(sums.ends, sums.censored, strict=True)]


def _risks(ends: NDArray[np.float32], censored: NDArray[np.float32], weights: NDArray[np.float64]) -> CompetingRisks:
    last = int(np.flatnonzero(ends.sum(axis=(0, 1)) + censored.sum(axis=0)).max(initial=0)) + 1
    flat = ends[:, :, :last].reshape(len(ends), -1).astype(np.float64)
    return competing_risks((weights @ flat).reshape(len(weights), ends.shape[1], last),
                           weights @ censored[:, :last].astype(np.float64), least_at_risk=10.0)


def _pipeline(deals: Deals, reps: Reps, sums: Sums, weights: NDArray[np.float64]) -> _Found:
    if deals.staged:
        for name, risks, ends in zip(GATES, gate_risks(sums, weights), sums.ends, strict=True):
            if ends[:, 0].sum() >= LEAST_WINS and ends[:, 1:].sum() >= LEAST_WINS:
                yield f"{name}_rate", _moved_by_managers(f"{name}_rate", risks.by_cause[:, 0], sums)
    if sums.cycle[:, 0].sum() >= LEAST_WINS:
        risks = _risks(sums.cycle, sums.cycle_censored, weights)
        yield "win_rate", _moved_by_managers("win_rate", risks.by_cause[:, 0], sums)
        if float(risks.never[0]) > 1e-6:
            yield "never_decided", risks.never
        yield "won_cycle_days", risks.quantile(0, 0.5)
        if sums.cycle[:, 1].sum() >= LEAST_WINS:
            yield "lost_over_won_age", risks.quantile(1, 0.5) / risks.quantile(0, 0.5)
    if sums.size_wins.sum() >= LEAST_WINS and np.ptp(sums.size_position) > 0.0:
        shape = sums.size_wins.shape
        wins, trials = ((weights @ each.reshape(shape[0], -1)).reshape(-1, *shape[1:])
                        for each in (sums.size_wins, sums.size_trials))
        if deals.staged:
            yield "size_effect", -slopes(sums.size_position, wins, trials)


def _reasons(deals: Deals, reps: Reps, sums: Sums, weights: NDArray[np.float64]) -> _Found:
    """The share of no decision among lost deals, open ones counted: a no decision is closed later than a loss.

    What is open at the last age ends as the late ones did, for the most part as a no decision.
    """
    if not deals.staged or sums.reasons_known < LEAST_KNOWN:
        return
    first, second, last = (risks.in_the_end() for risks in gate_risks(sums, weights))
    rival, none = (first[:, cause] + first[:, 0] * second[:, cause] for cause in (1, 2))
    for name, lost, undecided, ends in (("early_no_decision", rival, none, sums.ends[0] + sums.ends[1]),
                                        ("late_no_decision", last[:, 1], last[:, 2], sums.ends[2])):
        if min(ends[:, 1].sum(), ends[:, 2].sum()) >= LEAST_WINS:
            yield name, undecided / (undecided + lost)


def _ramp(deals: Deals, reps: Reps, sums: Sums, weights: NDArray[np.float64]) -> _Found:
    if not (sums.by_rep and reps.known):  # the day of a first deal is no start: a predecessor's are there before
        return
    wins, years = (weights @ sums.ramp[:, 0]), (weights @ sums.ramp[:, 1])
    if years[0, -1] < 2.0 or wins[0, -1] < LEAST_WINS:
        return
    ramped = wins[:, -1] / years[:, -1]
    for place, name in enumerate(RAMP):
        # Whether there is enough must not depend on how much was won: that would choose the lucky firms.
        wins_of_ramped = float(years[0, place] * ramped[0])
        if wins_of_ramped >= 2.0 * LEAST_WINS and sums.ramp[:, 0, place].sum() >= 1.0:
            yield name, wins[:, place] / years[:, place] / ramped


def _quarter(deals: Deals, reps: Reps, sums: Sums, weights: NDArray[np.float64]) -> _Found:
    """How many wins of the first three weeks of a quarter are missing, against the weeks after them."""
    if sums.quarters < 4 or sums.quarter.sum() < 5 * LEAST_WINS:
        return
    wins = weights @ sums.quarter
    yield "quarter_end_share", 1.0 - wins[:, :3].mean(axis=1) / wins[:, 3:10].mean(axis=1)

