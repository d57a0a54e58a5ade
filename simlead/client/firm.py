"""The firm file: what was estimated as parameters of a scenario, with the teams as they are."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.client.deal_list import WON
from simlead.client.deals import Deals
from simlead.client.estimates import LEARNED, LEAST_WINS, USUAL_EXPORT, Estimate
from simlead.client.people import Reps, seats_by_team, vacant_share
from simlead.client.sums import YEAR, Sums
from simlead.model.data_tables import currency_label
from simlead.model.origin import Solved
from simlead.model.parameters import Parameter, ParameterError
from simlead.model.people_plan import MOST_TEAMS
from simlead.model.presets import preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.stated import checked_facts
from simlead.statistics.percentiles import percentile_interval
from simlead.statistics.shrinkage import shrunken_normal

QUANTILES = 101
"""Values of the quantile table, from a sample of two hundred deals on; with fewer, a lognormal is used."""
LEAST_FOR_TABLE = 200
MOST_SEATS = 40
LEAST_REPS_OF_TEAM = 3

USUAL: Final[dict[str, float]] = USUAL_EXPORT["values"]
"""What the default firm shows in its own export: an estimate moves a parameter by its difference from that."""

_RATES = ("discovery_rate", "qualified_rate", "proposal_rate", "late_no_decision")
SOLVED_CONFIDENCE = 0.95
"""Level of the intervals in [solved] of a firm file, as those of calibration."""


@dataclasses.dataclass(frozen=True)
class TeamAsItIs:
    """A team: its name, its manager as far as known, its seats, of which `reps` are filled, and factors.

    The factors are relative to the firm's mean.
    """

    name: str
    manager: str
    seats: int
    reps: int
    deal_value_factor: float
    buyers_factor: float


def parameters_of(values: Mapping[str, float], base: Scenario) -> dict[str, float]:
    """The parameters that estimates stand for, each within its range; `base` has what they are moved from.

    What a CRM shows is not the parameter itself: buyers who wait for a rep decide later than their pace, and what is
    seen of the fall of win rates with value is less than that of each buyer. So a parameter is moved from the default
    firm's as the estimate differs from what the default firm shows in its own export: levels of gates and shares on the
    logit, all others in proportion.
    """
    found: dict[str, float] = {}
    for name, path in _AS_THEY_ARE.items():
        if name in values:
            found[path] = values[name]
    for name, path in _IN_PROPORTION.items():
        if name in values:
            found[path] = base.value(path) * values[name] / USUAL[name]
    if "early_no_decision" in values:
        path = "market.early_no_decision"
        found[path] = _share(_logit(base.value(path)) + _moved(values, "early_no_decision"))
    rates = {name: values.get(name, USUAL[name]) for name in _RATES}
    if "win_rate" in values and not {"discovery_rate", "qualified_rate", "proposal_rate"} & values.keys():
        rates |= _moved_together(values["win_rate"])
    for name in ("discovery_rate", "qualified_rate"):
        path = f"world.{name.removesuffix('_rate')}_intercept"
        if rates[name] != USUAL[name]:
            found[path] = base.value(path) + _moved(rates, name)
    if "late_no_decision" in values:
        found["world.no_decision_utility"] = base.world.no_decision_utility + _moved(rates, "late_no_decision")
    if any(rates[name] != USUAL[name] for name in _RATES):
        found["world.our_utility"] = base.world.our_utility + _utility(rates) - _utility(USUAL)
    if "sales_per_rep_year" in values:
        ratio = values["sales_per_rep_year"] / USUAL["sales_per_rep_year"]
        for path in ("organisation.ramped_revenue_per_year", "organisation.quota_per_year"):
            found[path] = base.value(path) * ratio
    return {path: within(REGISTRY[path], value) for path, value in found.items()}


_AS_THEY_ARE: Final = {
    "deal_value_median": "market.deal_value_median", "deal_value_sigma": "market.deal_value_sigma",
    "value_growth_per_year": "market.growth_per_year", "quarter_end_share": "market.quarter_end_share"}
_IN_PROPORTION: Final = {
    "created_per_rep_year": "market.opportunities_per_seat_year", "won_cycle_days": "market.pace_days_median",
    "size_effect": "world.size_effect", "leavers_per_rep_year": "world.quits_per_month"}


def facts_of(values: Mapping[str, float], seats: list[int], revenue: float, vacant: float) -> dict[str, Any]:
    """What the firm counts, as a client would state it (`model.stated`), from estimates and counts.

    Calibration solves for it, and the base year shows it beside the simulated one. `vacant` is the vacant time for each
    filled time: deals are stated for each seat. Facts that would contradict each other, as odd data can, are left out.
    """
    found: dict[str, Any] = {"seats": seats} if 0 < len(seats) <= MOST_TEAMS else {}
    if revenue > 0.0:
        found["revenue"] = revenue
    if "created_per_rep_year" in values:
        found["deals_created"] = values["created_per_rep_year"] / (1.0 + vacant)
    gates = [values.get(name) for name in ("discovery_rate", "qualified_rate", "proposal_rate")]
    if None not in gates:
        found["win_rate_created"], found["win_rate_qualified"] = math.prod(gates), math.prod(gates[1:])
    elif "win_rate" in values:
        found["win_rate_created"] = values["win_rate"]
    for name, fact in (("won_cycle_days", "cycle_days"), ("leavers_per_rep_year", "leavers_per_seat_year")):
        if name in values:
            found[fact] = values[name]
    rounded = {name: value if name == "seats" else float(f"{value:.4g}") for name, value in found.items()}
    kept: dict[str, Any] = {}
    for name, value in rounded.items():
        with contextlib.suppress(ParameterError):
            kept = checked_facts({**kept, name: value})
    return kept


def with_parameters(draws: pd.DataFrame, base: Scenario) -> pd.DataFrame:
    """The draws with a column for each parameter that follows from the estimates of a row."""
    found = [parameters_of({str(name): float(value) for name, value in row.items()}, base)
             for row in draws.to_dict("records")] if len(draws.columns) else []
    return pd.concat([draws, pd.DataFrame(found, index=draws.index)], axis=1) if found else draws


def within(line: Parameter, value: float) -> float:
    """A value, moved into the range of its parameter, with six digits."""
    low = -math.inf if line.low is None else float(line.low)
    high = math.inf if line.high is None else float(line.high)
    return float(f"{min(high, max(low, value)):.6g}")


def firm_of(deals: Deals, reps: Reps, sums: Sums, estimates: list[Estimate], stated: Mapping[str, float],
            effect_sizes: str, draws: pd.DataFrame) -> tuple[Scenario, list[TeamAsItIs]]:
    """The firm as a scenario. `stated` are values that the sheet of questions gave.

    What the CRM counts is stated, and the parameters that follow from it are marked as solved, with intervals from the
    `draws`, so that calibration solves them anew.
    """
    base = preset("status_quo", effect_sizes)
    values = {each.name: each.value for each in estimates if each.known == LEARNED}
    end = next(each for each in estimates if each.name == "quarter_end_share")
    if not end.drawn.low > 0.0:  # a share of decisions pulled forward is stated only where there is one
        values.pop("quarter_end_share", None)
    changes: dict[str, Any] = dict(parameters_of(values, base))
    table = quantile_table(deals, values.get("value_growth_per_year", 0.0))
    if table:
        changes["market.deal_value_quantiles"] = table
    months = season(sums)
    if months:
        changes["market.season_by_month"] = months
        month = int(np.datetime64(int(deals.as_of), "D").astype("datetime64[M]").astype(int)) % 12
        changes["market.switch_month"] = (month + 1) % 12 + 1
    pace = changes.get("market.pace_days_median", base.market.pace_days_median)
    weeks = math.ceil(base.calendar.warmup_weeks * pace / base.market.pace_days_median)
    changes["calendar.warmup_weeks"] = int(min(1040, max(base.calendar.warmup_weeks, weeks)))
    teams = teams_of(deals, reps, values.get("value_growth_per_year", 0.0))
    if teams:
        changes["organisation.teams"] = len(teams)
        for number, team in enumerate(teams, start=1):
            changes[f"team.{number}.seats"] = team.seats
            for name in ("deal_value_factor", "buyers_factor"):
                if getattr(team, name) != 1.0:
                    changes[f"team.{number}.{name}"] = getattr(team, name)
    if label := currency_of(deals):
        changes["organisation.currency"] = label
    facts = facts_of(values, [team.seats for team in teams], revenue_of(deals), vacant_share(reps))
    found = base.change({**changes, **stated}).state(facts)
    solved = tuple(Solved(path, *map(float, percentile_interval(draws[path], SOLVED_CONFIDENCE)))
                   for path in SOLVED_HERE if path in changes and path in draws and path not in stated)
    return dataclasses.replace(found, origin=dataclasses.replace(found.origin, solved=solved)), teams


SOLVED_HERE: Final = (
    "market.opportunities_per_seat_year", "market.pace_days_median", "world.discovery_intercept",
    "world.our_utility", "world.qualified_intercept", "world.quits_per_month",
    "organisation.ramped_revenue_per_year", "organisation.quota_per_year")
"""Parameters that an import moves so that the firm shows what it counts."""


DOLLARS = ("USD", "US$", "US DOLLAR", "US DOLLARS", "$")


def currency_of(deals: Deals) -> str:
    """The label of the currency that amounts are in; empty for dollars, for none, and for a text that is no label.

    Amounts in other currencies were converted into it or left out.
    """
    if deals.currency.strip().upper() in DOLLARS:
        return ""
    with contextlib.suppress(ParameterError):
        return currency_label("currency", deals.currency)
    return ""


def revenue_of(deals: Deals) -> float:
    """The value of what anyone won in the last year; 0 if the export does not reach back so far, or has few wins."""
    begin = deals.as_of - YEAR
    with np.errstate(invalid="ignore"):
        won = (deals.outcome == WON) & (deals.closed > begin) & (deals.closed <= deals.as_of)
    return float(np.nansum(deals.value[won])) if deals.first_day <= begin and won.sum() >= LEAST_WINS else 0.0


def firm_toml(scenario: Scenario, teams: list[TeamAsItIs], effect_sizes: str) -> str:
    """The firm as a scenario file, with the names of its teams as comments."""
    lines = [f"# team {number}: {_plain(team.name)}" + (f", {_plain(team.manager)}" if team.manager
                                                       and team.manager != team.name else "")
             + f"; seats {team.seats}, of which {team.reps} are filled today and the rest are taken as vacant"
             for number, team in enumerate(teams, start=1)]
    return "\n".join([*lines, scenario.toml()])


def quantile_table(deals: Deals, growth: float) -> list[float]:
    """Deal values in the money of the export's day at evenly spaced quantiles; empty if the deals are too few.

    The last value is such that the mean of the highest hundredth, linear within it, is that of the deals.
    """
    known = ~np.isnan(deals.value) & (deals.value > 0.0)
    if known.sum() < LEAST_FOR_TABLE:
        return []
    values = np.sort(deals.value[known] * (1.0 + growth) ** ((deals.as_of - deals.created[known]) / YEAR))
    table = np.quantile(values, np.linspace(0.0, 1.0, QUANTILES))
    top = values[values >= table[-2]]
    table[-1] = max(float(table[-2]), 2.0 * float(top.mean()) - float(table[-2]))
    table = np.clip(np.maximum.accumulate(table), 1e-6, 1e12)
    return [float(f"{value:.4g}") for value in np.maximum.accumulate(table)]


def season(sums: Sums, z: float = 2.87) -> list[float]:
    """Factors on buyers by month; empty where no month differs from the mean by more than chance.

    `z` makes a false alarm in any of twelve months as rare as one in twenty (two-sided, Bonferroni).
    """
    count = sums.months.sum(axis=0)
    if not sums.by_rep or count.sum() < 600:
        return []
    rate = count / sums.month_days
    factor = rate / (count.sum() / sums.month_days.sum())
    share = sums.months / np.maximum(sums.months.sum(axis=1, keepdims=True), 1.0)
    weight = sums.months.sum(axis=1)
    rest = weight[:, None] * (share - count / count.sum())
    error = np.sqrt((rest**2).sum(axis=0) * sums.clusters / (sums.clusters - 1)) / np.maximum(count, 1.0)
    error = np.maximum(error, 1.0 / np.sqrt(np.maximum(count, 1.0)))
    if (np.abs(factor - 1.0) > z * error).any():
        return [float(f"{each:.3f}") for each in factor]
    return []


def teams_of(deals: Deals, reps: Reps, growth: float) -> list[TeamAsItIs]:
    """The teams as they are today; factors are shrunk to 1 by what chance alone would make."""
    seats = seats_by_team(reps)
    numbers = [number for number in sorted(seats) if number >= 0]
    values, buyers = _factors(deals, reps, numbers, growth) if numbers else ([], [])
    found = []
    for place, number in enumerate(numbers):
        for size, filled in _sizes(*seats[number]):
            found.append(TeamAsItIs(reps.teams[number], reps.managers[number], size, filled, values[place],
                                    buyers[place]))
    if -1 in seats:
        found += [TeamAsItIs("", "", size, filled, 1.0, 1.0) for size, filled in _sizes(*seats[-1])]
    return found


def _sizes(seats: int, filled: int) -> list[tuple[int, int]]:
    """A team that is larger than the model's largest, in parts: seats and filled ones of each.

    >>> _sizes(50, 45)
    [(25, 25), (25, 20)]
    """
    parts = [len(each) for each in np.array_split(np.arange(seats), math.ceil(seats / MOST_SEATS))]
    return [(size, max(0, min(size, filled - sum(parts[:place])))) for place, size in enumerate(parts)]


def _factors(deals: Deals, reps: Reps, numbers: list[int], growth: float) -> tuple[list[float], list[float]]:
    ones = [1.0] * len(numbers)
    place = np.full(len(deals.owners) + 1, -1)
    place[reps.owner] = np.arange(len(reps))
    rep = place[deals.owner]
    years = np.maximum(reps.last - reps.first, 30.0) / YEAR
    known = (rep >= 0) & ~np.isnan(deals.value)
    y = np.log(deals.value[known]) + math.log1p(growth) * (deals.as_of - deals.created[known]) / YEAR
    frame = pd.DataFrame({
        "team": reps.team,
        "value": np.bincount(rep[known], weights=y, minlength=len(reps))
        / np.maximum(np.bincount(rep[known], minlength=len(reps)), 1),
        "deals": np.bincount(rep[known], minlength=len(reps)),
        "created": np.log(np.maximum(np.bincount(rep[rep >= 0], minlength=len(reps)), 0.5) / years)})
    frame = frame[frame["deals"] >= 10]
    return (_shrunk(frame, "value", numbers, ones), _shrunk(frame, "created", numbers, ones))


def _shrunk(frame: pd.DataFrame, column: str, numbers: list[int], ones: list[float]) -> list[float]:
    by_team = frame.groupby("team")[column].agg(["mean", "std", "count"]).reindex(numbers)
    if len(numbers) < 2 or (by_team["count"].fillna(0) < LEAST_REPS_OF_TEAM).any():
        return ones
    squares = (by_team["std"] ** 2 * (by_team["count"] - 1)).sum()
    within_teams = float(np.sqrt(squares / max(1, len(frame) - len(numbers))))
    error = np.maximum(within_teams / np.sqrt(by_team["count"].to_numpy(np.float64)), 1e-6)
    mean, spread, shrunken = shrunken_normal(by_team["mean"].to_numpy(np.float64), error)
    moved: NDArray[np.float64] = np.exp(shrunken - mean)
    return [float(f"{each:.3f}") for each in moved] if spread > 0.0 else ones


def _utility(rates: Mapping[str, float]) -> float:
    """Our utility at the last gate, of which two rivals of utility 0 and no decision take the rest."""
    ours = rates["proposal_rate"]
    return math.log(2.0 * ours / ((1.0 - ours) * (1.0 - rates["late_no_decision"])))


def _moved_together(win_rate: float) -> dict[str, float]:
    """The rates of three gates, each moved alike on the logit, that make a win rate from the first stage on."""
    low, high = -8.0, 8.0
    names = ("discovery_rate", "qualified_rate", "proposal_rate")
    for _ in range(60):
        middle = (low + high) / 2.0
        rates = {name: _share(_logit(USUAL[name]) + middle) for name in names}
        low, high = (middle, high) if math.prod(rates.values()) < win_rate else (low, middle)
    return rates


def _moved(values: Mapping[str, float], name: str) -> float:
    """How far an estimate is from the usual one, on the logit."""
    return _logit(values[name]) - _logit(USUAL[name])


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))


def _logit(share: float) -> float:
    share = min(1.0 - 1e-6, max(1e-6, share))
    return math.log(share / (1.0 - share))


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
