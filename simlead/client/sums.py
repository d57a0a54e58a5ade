"""Sums of deals and of reps' time by cluster: what every estimate and every draw is made of.

A cluster is a seat, as far as it can be seen: a rep with all of their deals, and those who followed after the rep left,
because the deals of one rep are no independent trials and open ones are handed over. Where there are too few, it is a
random group of deals.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simlead.client.deal_list import LOST, NO_DECISION, OPEN, WON
from simlead.client.deals import GATES, Deals
from simlead.client.people import Reps
from simlead.model.organisation import Organisation

LEAST_CLUSTERS, MOST_CLUSTERS = 8, 300
OLDEST_DAYS = 1500
VALUE_BINS = 24
YEAR = 365.25
RAMPED_DAYS = 365.0
RAMP_EDGES = (0.0, 91.0, 182.0, 273.0, 365.0)
WEEKS_OF_QUARTER = 13
CAUSES = ("passed", "lost", "no_decision", "unknown_reason")


@dataclasses.dataclass
class Sums:
    """Sums whose first axis is the cluster; `by_rep` says whether a cluster is a rep's deals."""

    clusters: int
    by_rep: bool
    sizes: NDArray[np.int64]  # deals of each cluster
    values: NDArray[np.float64]  # n, t, tt, y, ty, yy of log values, t in years until the export
    ends: list[NDArray[np.float32]]  # by gate: (clusters, CAUSES, days)
    censored: list[NDArray[np.float32]]
    cycle: NDArray[np.float32]  # (clusters, causes won and lost, days)
    cycle_censored: NDArray[np.float32]
    size_wins: NDArray[np.float64]  # (clusters, layers, value bins)
    size_trials: NDArray[np.float64]
    size_position: NDArray[np.float64]
    people: NDArray[np.float64]  # (clusters, created, years, leavers)
    ramp: NDArray[np.float64]  # (clusters, wins and years, spans of tenure)
    months: NDArray[np.float64]  # (clusters, created in each month of the year), whole years only
    month_days: NDArray[np.float64]
    quarter: NDArray[np.float64]  # (clusters, wins in each week of the quarter), whole quarters only
    quarters: int
    sales: NDArray[np.float64]  # (clusters, $ won and years of reps, in the last year)
    reasons_known: float  # part of the lost deals with a reason
    span: float  # years of the export
    managers: float  # as many equal ones as the time of the reps is shared out among


def clusters_of(deals: Deals, reps: Reps) -> tuple[NDArray[np.int64], NDArray[np.int64], int, bool]:
    """The cluster of each deal and of each rep, how many there are, and whether they are reps."""
    size = len(deals)
    seat = seats_of(reps)
    if seat.max(initial=-1) + 1 < LEAST_CLUSTERS:  # few seats and many who followed one another
        seat = np.arange(len(reps))
    if len(reps) >= LEAST_CLUSTERS:
        count = min(int(seat.max()) + 1, MOST_CLUSTERS)
        of_rep = seat % count
        of_owner = np.full(len(deals.owners) + 1, -1)
        of_owner[reps.owner] = of_rep
        cluster = of_owner[deals.owner]
        spread = (np.arange(size) * 2654435761 % 2**32) % count  # deals of no one are spread over all
        return np.where(cluster < 0, spread, cluster), of_rep, count, True
    count = max(2, min(64, size // 4))
    return (np.arange(size) * 2654435761 % 2**32) % count, np.arange(len(reps)) % count, count, False


def seats_of(reps: Reps) -> NDArray[np.int64]:
    """The seat of each rep, from 0: who starts in a team takes over the seat that has been empty there for longest.

    What is open of a leaver's is closed by a successor, mostly as lost, so that one looks better and the other worse
    than they are; together they are what the seat is.
    """
    seat = np.full(len(reps), -1, np.int64)
    empty: dict[int, list[tuple[float, int]]] = {}
    seats = 0
    leavers = sorted((float(reps.last[each]), each) for each in np.flatnonzero(reps.left))
    gone = 0
    for each in np.argsort(reps.first, kind="stable"):
        while gone < len(leavers) and leavers[gone][0] <= reps.first[each]:
            day, leaver = leavers[gone]
            if seat[leaver] >= 0:
                empty.setdefault(int(reps.team[leaver]), []).append((day, int(seat[leaver])))
            gone += 1
        waiting = empty.get(int(reps.team[each]), [])
        if waiting and not np.isnan(reps.begins[each]):
            seat[each] = waiting.pop(0)[1]
        else:
            seat[each] = seats
            seats += 1
    return seat


def sums_of(deals: Deals, reps: Reps) -> Sums:
    """Sum everything that the estimates need."""
    cluster, of_rep, count, by_rep = clusters_of(deals, reps)
    return Sums(
        count, by_rep, np.bincount(cluster, minlength=count), _values(deals, cluster, count),
        *_gates(deals, cluster, count), *_cycle(deals, cluster, count),
        *_sizes(deals, cluster, count), _people(deals, reps, cluster, of_rep, count),
        _ramp(deals, reps, of_rep, count), *_months(deals, cluster, count), *_quarters(deals, cluster, count),
        _sales(deals, reps, cluster, of_rep, count), _reasons_known(deals),
        (deals.as_of - deals.first_day) / YEAR, managers_of(reps))


def managers_of(reps: Reps) -> float:
    """How many managers with equal shares of the reps' time there would be.

    Of reps without a team one for so many seats as the default firm's teams have.
    """
    if not len(reps):
        return 1.0
    time = np.maximum(reps.last - reps.first, 1.0)
    known = reps.team >= 0
    usual = Organisation().seats_per_team
    there = max(1, int(np.unique(seats_of(reps)[~known]).size / usual + 0.5)) if not known.all() else 0
    by_team = np.bincount(reps.team[known], weights=time[known]) if known.any() else np.zeros(0)
    share = np.append(by_team, np.full(there, time[~known].sum() / max(1, there))) / time.sum()
    return 1.0 / float((share**2).sum())


def _values(deals: Deals, cluster: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    known = ~np.isnan(deals.value)
    y = np.log(deals.value[known])
    t = (deals.created[known] - deals.as_of) / YEAR
    return np.stack([np.bincount(cluster[known], weights=each, minlength=count)
                     for each in (np.ones_like(y), t, t * t, y, t * y, y * y)], axis=1)


def _by_age(cluster: NDArray[np.int64], age: NDArray[np.float64], chosen: NDArray[np.bool_], count: int,
            days: int) -> NDArray[np.float32]:
    place = cluster[chosen] * days + np.clip(age[chosen], 0, days - 1).astype(np.int64)
    return np.bincount(place, minlength=count * days).reshape(count, days).astype(np.float32)


def _gates(deals: Deals, cluster: NDArray[np.int64], count: int,
           ) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    ends, censored = [], []
    for gate in range(len(GATES)):
        entered = deals.gates[:, gate]
        rest = deals.gates[:, gate + 1:]
        passed = np.fmin.reduce(rest, axis=1) if rest.shape[1] else np.full(len(deals), np.nan)
        won = np.where(deals.outcome == WON, deals.closed, np.nan)
        lost = np.where(deals.outcome == LOST, deals.closed, np.nan)
        onward = np.fmin(passed, won)
        with np.errstate(invalid="ignore"):
            there = ~np.isnan(entered) & deals.timed & (entered <= deals.as_of)
            is_onward = there & (onward >= entered)
            is_lost = there & ~is_onward & (lost >= entered)
            still = there & ~is_onward & (deals.outcome == OPEN)
        undecided, unknown = deals.reason == NO_DECISION, deals.reason == 0
        days = int(min(OLDEST_DAYS, max(2.0, deals.as_of - deals.first_day + 2.0)))
        ends.append(np.stack([_by_age(cluster, onward - entered, is_onward, count, days),
                              *(_by_age(cluster, lost - entered, is_lost & which, count, days)
                                for which in (~undecided & ~unknown, undecided, unknown))], axis=1))
        censored.append(_by_age(cluster, deals.as_of - entered, still, count, days))
    return ends, censored


def _cycle(deals: Deals, cluster: NDArray[np.int64], count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    days = int(min(OLDEST_DAYS, max(2.0, deals.as_of - deals.first_day + 2.0)))
    age = np.where(deals.outcome == OPEN, deals.as_of, deals.closed) - deals.created
    by_end = [_by_age(cluster, age, deals.timed & (deals.outcome == end), count, days) for end in (WON, LOST, OPEN)]
    return np.stack(by_end[:2], axis=1), by_end[2]


def _sizes(deals: Deals, cluster: NDArray[np.int64], count: int,
           ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Gates passed by value. Only entries old enough for nearly all to be decided: large deals take longer."""
    value = deals.value
    layers: list[tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]] = []
    if deals.staged:
        for gate in range(len(GATES)):
            rest = deals.gates[:, gate + 1:]
            passed = (~np.isnan(rest)).any(axis=1) | (deals.outcome == WON)
            layers.append((deals.gates[:, gate], passed, passed | (deals.outcome == LOST)))
    else:
        layers.append((deals.created, deals.outcome == WON, deals.outcome != OPEN))
    known = ~np.isnan(value) & (value > 0.0)
    growth = _slope(deals)
    y = np.log(np.where(known, value, 1.0)) - growth * (deals.created - deals.as_of) / YEAR
    if not known.any():
        empty = np.zeros((count, len(layers), VALUE_BINS))
        return empty, empty.copy(), np.zeros(VALUE_BINS)
    edges = np.unique(np.quantile(y[known], np.linspace(0.0, 1.0, VALUE_BINS + 1)))
    place = np.clip(np.searchsorted(edges, y, side="right") - 1, 0, VALUE_BINS - 1)
    centre = np.bincount(place[known], weights=y[known], minlength=VALUE_BINS) / np.maximum(
        np.bincount(place[known], minlength=VALUE_BINS), 1)
    wins: list[NDArray[np.float64]] = []
    trials: list[NDArray[np.float64]] = []
    for entered, passed, decided in layers:
        with np.errstate(invalid="ignore"):
            age = np.where(decided, np.where(np.isnan(deals.closed), deals.as_of, deals.closed), np.nan) - entered
            known_age = age[~np.isnan(age)]
            wait = float(np.quantile(known_age, 0.9)) if len(known_age) else 0.0
            used = known & ~np.isnan(entered) & (entered <= deals.as_of - wait) & (decided | (deals.outcome == OPEN))
        for chosen, into in ((used & passed, wins), (used, trials)):
            into.append(np.bincount(cluster[chosen] * VALUE_BINS + place[chosen], minlength=count * VALUE_BINS)
                        .reshape(count, VALUE_BINS).astype(np.float64))
    return np.stack(wins, axis=1), np.stack(trials, axis=1), centre - centre.mean()


def _slope(deals: Deals) -> float:
    n, t, tt, y, ty, _ = _values(deals, np.zeros(len(deals), np.int64), 1)[0]
    spread = tt - t * t / n if n > 2 else 0.0
    return float((ty - t * y / n) / spread) if spread > 0.05 * n else 0.0


def deals_of_reps(deals: Deals, reps: Reps) -> NDArray[np.bool_]:
    """The deals whose owner is a rep: a manager's, or those of who hardly sold, have no time to be set against."""
    is_rep = np.zeros(len(deals.owners) + 1, bool)
    is_rep[reps.owner] = True
    return np.asarray(is_rep[deals.owner])


def _people(deals: Deals, reps: Reps, cluster: NDArray[np.int64], of_rep: NDArray[np.int64],
            count: int) -> NDArray[np.float64]:
    own = deals_of_reps(deals, reps)
    years = np.maximum(reps.last - reps.first, 0.0) / YEAR
    return np.stack([np.bincount(cluster[own], minlength=count).astype(np.float64),
                     np.bincount(of_rep, weights=years, minlength=count),
                     np.bincount(of_rep, weights=reps.left.astype(np.float64), minlength=count)], axis=1)


def _ramp(deals: Deals, reps: Reps, of_rep: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Wins and years of reps by tenure: the four quarters of the first year, and later. A known start is needed."""
    spans = len(RAMP_EDGES)
    found = np.zeros((count, 2, spans))
    edges = np.array([*RAMP_EDGES, np.inf])
    place_of_owner = np.full(len(deals.owners) + 1, -1)
    place_of_owner[reps.owner] = np.arange(len(reps))
    rep = place_of_owner[deals.owner]
    begins = np.append(reps.begins, np.nan)[rep]
    with np.errstate(invalid="ignore"):
        tenure = deals.closed - begins
        won = (deals.outcome == WON) & (rep >= 0) & (tenure >= 0.0)
        # Those who were there before and whose start is unknown are ramped from a year after the export begins.
        old = (deals.outcome == WON) & (rep >= 0) & np.isnan(begins) & (deals.closed >= deals.first_day + RAMPED_DAYS)
    span = np.clip(np.searchsorted(edges, tenure[won], side="right") - 1, 0, spans - 1)
    np.add.at(found, (of_rep[rep[won]], 0, span), 1.0)
    np.add.at(found, (of_rep[rep[old]], 0, spans - 1), 1.0)
    start = np.where(np.isnan(reps.begins), deals.first_day, reps.begins)
    for each in range(spans):
        low, high = start + edges[each], start + edges[each + 1]
        time = np.clip(np.minimum(reps.last, high) - np.maximum(reps.first, low), 0.0, None) / YEAR
        time = np.where(np.isnan(reps.begins) & (each < spans - 1), 0.0, time)
        found[:, 1, each] += np.bincount(of_rep, weights=time, minlength=count)
    return found


def _months(deals: Deals, cluster: NDArray[np.int64], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Deals created by month of the year, and the days of each, over the last whole years."""
    years = int((deals.as_of - deals.first_day + 2.0) // YEAR)
    begin = np.ceil(deals.as_of - years * YEAR)
    chosen = deals.created >= begin
    if years < 1:
        return np.zeros((count, 12)), np.ones(12)
    month = _month(deals.created)
    counts = np.bincount(cluster[chosen] * 12 + month[chosen], minlength=count * 12).reshape(count, 12)
    days = np.bincount(_month(np.arange(begin, np.floor(deals.as_of) + 1.0)), minlength=12)
    return counts.astype(np.float64), days.astype(np.float64)


def _month(days: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12


def _quarters(deals: Deals, cluster: NDArray[np.int64], count: int) -> tuple[NDArray[np.float64], int]:
    """Wins by week of the quarter (the last one takes the odd days), over whole quarters.

    An export of deals that were created from some day on has few wins at first, and more every week: quarters count
    from when nine in ten of its wins would have come.
    """
    won = (deals.outcome == WON) & ~np.isnan(deals.closed)
    ages = (deals.closed - deals.created)[won & deals.timed]
    begin = deals.first_day + (float(np.quantile(ages, 0.9)) if len(ages) else 0.0)
    closed = np.floor(np.where(won, deals.closed, deals.as_of))
    month = closed.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    quarter = month // 3
    start = (quarter * 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    first, last = (int(np.datetime64(int(day), "D").astype("datetime64[M]").astype(np.int64)) // 3
                   for day in (begin, deals.as_of + 7.0))
    whole = won & (quarter > first) & (quarter < last)
    week = np.clip((closed - start) // 7, 0, WEEKS_OF_QUARTER - 1).astype(np.int64)
    counts = np.bincount(cluster[whole] * WEEKS_OF_QUARTER + week[whole], minlength=count * WEEKS_OF_QUARTER)
    return counts.reshape(count, WEEKS_OF_QUARTER).astype(np.float64), max(0, last - first - 1)


def _sales(deals: Deals, reps: Reps, cluster: NDArray[np.int64], of_rep: NDArray[np.int64],
           count: int) -> NDArray[np.float64]:
    begin = max(deals.first_day, deals.as_of - YEAR)
    with np.errstate(invalid="ignore"):
        chosen = (deals.outcome == WON) & (deals.closed > begin) & ~np.isnan(deals.value) & deals_of_reps(deals, reps)
    years = np.clip(reps.last - np.maximum(reps.first, begin), 0.0, None) / YEAR
    return np.stack([np.bincount(cluster[chosen], weights=deals.value[chosen], minlength=count),
                     np.bincount(of_rep, weights=years, minlength=count)], axis=1)


def _reasons_known(deals: Deals) -> float:
    lost = deals.outcome == LOST
    return float((deals.reason[lost] > 0).mean()) if lost.any() else 0.0
