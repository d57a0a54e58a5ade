"""One box by PRIM: peeling, pasting, and removal of unnecessary restrictions.

A box is, for each factor, the levels that are inside. Its density is the fraction of its points
at which the outcome is true; its coverage the fraction of all true points that it holds.

*Peeling* takes off, again and again, the slice that raises the density most for each point lost (a slice is at least
the part `SLICE` of the box, or one level where points share levels; of words, one word). Of all boxes on the way the
one is chosen whose inside tells most about the outcome: the largest correlation between being inside and the outcome
being true. It is at its largest, but for chance, at the box outside and inside of which the outcome is equally likely
everywhere, and so needs no choice between density and coverage by hand.

*Pasting* moves each edge, outwards or in, while that correlation rises. *Dropping* takes away edges with a
quasi-p-value above `QUASI_P` (Bryant and Lempert 2010): the chance that points drawn from the box without this edge
are as dense. It is "quasi" for the edge was looked for; `p_value` counts what the search does to a whole box.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import bdtrc

from simlead.statistics.errors import StatisticsError

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SLICE = 0.05
LEAST_SHARE = 0.05
LEAST_POINTS = 5
QUASI_P = 0.05
FOLDS = 5

ENOUGH = 10
"""So many shuffles as good as the truth settle that there is nothing: the search for more is given up."""


@dataclasses.dataclass(frozen=True)
class Axis:
    """A factor: its values in order, and whether they are an order (numbers) or a set (words)."""

    name: str
    levels: NDArray[Any]
    ordered: bool
    whole: bool = False


@dataclasses.dataclass(frozen=True)
class Cases:
    """Points: `places` (points x factors) are places among each axis's levels; `hits` where the outcome is true."""

    axes: tuple[Axis, ...]
    places: Ints
    hits: Bools

    def part(self, kept: Bools) -> Cases:
        """Some of the points, with the axes as they are."""
        return Cases(self.axes, self.places[kept], self.hits[kept])

    def shuffled(self, random: np.random.Generator) -> Cases:
        """The same points with the outcomes shuffled."""
        return Cases(self.axes, self.places, random.permutation(self.hits))

    def alike(self) -> Ints:
        """For each point a number that points with the same factors share."""
        return np.asarray(np.unique(self.places, axis=0, return_inverse=True)[1], np.int64).ravel()


def cases_of(points: pd.DataFrame, names: list[str], hits: Bools) -> Cases:
    """The cases of a table's factor columns: numbers are ordered, words and switches are sets."""
    from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

    axes, places = [], []
    for name in names:
        column = points[name]
        ordered = is_numeric_dtype(column) and not is_bool_dtype(column)
        values = column.to_numpy() if ordered else column.astype(str).to_numpy(dtype=object)
        if ordered and not np.isfinite(values.astype(float)).all():
            raise StatisticsError(f"{name}: a value is not a finite number")
        levels, place = np.unique(values, return_inverse=True)
        axes.append(Axis(name, levels, ordered, is_integer_dtype(column) and not is_bool_dtype(column)))
        places.append(place.ravel())
    return Cases(tuple(axes), np.column_stack(places).astype(np.int64), hits)


@dataclasses.dataclass(frozen=True)
class Box:
    """Which levels of each factor are inside; how many points that are, and how many of them true."""

    levels: tuple[Bools, ...]
    points: int
    hits: int

    def holds(self, places: Ints) -> Bools:
        """Which points lie inside."""
        return _within(self.levels, places)

    @property
    def restricted(self) -> list[int]:
        """The factors of which not all levels are inside."""
        return [j for j, inside in enumerate(self.levels) if not inside.all()]


def correlation(points: float, hits: float, all_points: int, all_hits: int) -> float:
    """Correlation (phi) between being inside a box and the outcome being true.

    >>> correlation(25, 25, 100, 25), correlation(50, 25, 100, 50)
    (1.0, 0.0)
    """
    square = points * (all_points - points) * all_hits * (all_points - all_hits)
    return (hits * all_points - points * all_hits) / math.sqrt(square) if square > 0 else 0.0


def find_box(cases: Cases) -> Box | None:
    """The box that tells most about the outcome; None if no restriction is better than none."""
    least = max(LEAST_POINTS, math.ceil(LEAST_SHARE * len(cases.hits)))
    levels = _dropped(_pasted(_peeled(cases, least), cases, least), cases)
    if all(inside.all() for inside in levels):
        return None
    within = _within(levels, cases.places)
    return Box(tuple(levels), int(within.sum()), int(cases.hits[within].sum()))


def weakest(levels: list[Bools], j: int, cases: Cases) -> tuple[float, Bools]:
    """Factor j's edge that chance could most easily have made: its quasi-p-value, and the levels without it.

    The quasi-p-value is the chance that points of the box without this edge, drawn at random,
    are as often true as those inside it. A set of words is one edge.
    """
    within = _within(levels, cases.places)
    hits, points = int(cases.hits[within].sum()), int(within.sum())
    edges = []
    for freed in _freed(levels[j], cases.axes[j].ordered):
        wider = _within([freed if k == j else inside for k, inside in enumerate(levels)], cases.places)
        density = float(cases.hits[wider].mean())
        edges.append((float(bdtrc(hits - 1, points, density)) if hits else 1.0, freed))
    return max(edges, key=lambda edge: edge[0])


def _freed(inside: Bools, ordered: bool) -> list[Bools]:
    """The levels of a factor without its lower edge, and without its upper one."""
    if not ordered:
        return [np.ones_like(inside)]
    first, last = edges(inside)
    below, above = inside.copy(), inside.copy()
    below[:first], above[last:] = True, True
    return [freed for freed, cut in ((below, first > 0), (above, last < len(inside) - 1)) if cut]


def _within(levels: tuple[Bools, ...] | list[Bools], places: Ints) -> Bools:
    inside = np.ones(len(places), bool)
    for j, good in enumerate(levels):
        if not good.all():
            inside &= good[places[:, j]]
    return inside


def _score(cases: Cases, within: Bools) -> float:
    """Correlation between lying inside and the outcome."""
    return correlation(int(within.sum()), int(cases.hits[within].sum()), len(cases.hits), int(cases.hits.sum()))


def edges(inside: Bools) -> tuple[int, int]:
    """First and last level inside."""
    return int(inside.argmax()), len(inside) - 1 - int(inside[::-1].argmax())


def _peeled(cases: Cases, least: int) -> list[Bools]:
    """The best box on the way from all points to few."""
    levels = [np.ones(len(axis.levels), bool) for axis in cases.axes]
    places, hits = cases.places, cases.hits
    best, best_score = [inside.copy() for inside in levels], 0.0
    while True:
        slices = [found for j in range(len(levels)) for found in _slices(cases, levels, places, hits, j)]
        slices = [found for found in slices if len(hits) - found[1] >= least]
        if not slices or hits.all():
            return best
        density = float(hits.mean())

        def gain(found: tuple[int, int, int, Bools], density: float = density, hits: Bools = hits) -> float:
            _, lost, lost_hits, _ = found
            return ((int(hits.sum()) - lost_hits) / (len(hits) - lost) - density) / lost

        j, _, _, levels[j] = max(slices, key=gain)
        kept = levels[j][places[:, j]]
        places, hits = places[kept], hits[kept]
        score = correlation(len(hits), int(hits.sum()), len(cases.hits), int(cases.hits.sum()))
        if score > best_score:
            best, best_score = [inside.copy() for inside in levels], score


def _slices(
    cases: Cases, levels: list[Bools], places: Ints, hits: Bools, j: int
) -> list[tuple[int, int, int, Bools]]:
    """Slices of one factor that could be peeled: factor, points and true points lost, levels kept."""
    size = len(levels[j])
    counts = np.bincount(places[:, j], minlength=size)
    true = np.bincount(places[hits, j], minlength=size)
    there = np.flatnonzero(counts)
    if len(there) < 2:
        return []
    found = []
    if not cases.axes[j].ordered:
        for level in there.tolist():
            kept = levels[j].copy()
            kept[level] = False
            found.append((j, int(counts[level]), int(true[level]), kept))
        return found
    wanted = max(1.0, SLICE * len(hits))
    for order in (there, there[::-1]):
        lost = np.cumsum(counts[order])
        last = min(int(np.searchsorted(lost, wanted)), len(order) - 2)
        kept = levels[j].copy()
        if order[0] < order[-1]:
            kept[:order[last] + 1] = False
        else:
            kept[order[last]:] = False
        found.append((j, int(lost[last]), int(true[order[:last + 1]].sum()), kept))
    return found


def _pasted(levels: list[Bools], cases: Cases, least: int) -> list[Bools]:
    """The box with each edge moved to where the correlation is largest, until none moves."""
    score = _score(cases, _within(levels, cases.places))
    while True:
        moves = [move for j in range(len(levels)) for move in _moves(levels, cases, j, least)]
        best, j, moved = max(moves, key=lambda move: move[0], default=(score, -1, None))
        if moved is None or best <= score + 1e-12:
            return levels
        levels = [moved if k == j else inside for k, inside in enumerate(levels)]
        score = best


def _moves(levels: list[Bools], cases: Cases, j: int, least: int) -> list[tuple[float, int, Bools]]:
    """The best place for either edge of one factor, or a word more or less: correlation, factor, levels."""
    others = _within([np.ones_like(inside) if k == j else inside for k, inside in enumerate(levels)], cases.places)
    size = len(levels[j])
    counts = np.bincount(cases.places[others, j], minlength=size)
    true = np.bincount(cases.places[others & cases.hits, j], minlength=size)
    if cases.axes[j].ordered:
        first, last = edges(levels[j])
        below, above = np.cumsum(np.r_[0, counts]), np.cumsum(np.r_[0, true])
        ends = [(low, last) for low in range(last + 1)] + [(first, high) for high in range(first, size)]
        low, high = np.array(ends).T
        points, hits = below[high + 1] - below[low], above[high + 1] - above[low]
        best = _best(cases, points, hits, least)
        if best is None:
            return []
        low, high = ends[best[1]]
        return [(best[0], j, (np.arange(size) >= low) & (np.arange(size) <= high))]
    masks = [levels[j] ^ (np.arange(size) == level) for level in range(size)]
    points, hits = (np.array([values[mask].sum() for mask in masks]) for values in (counts, true))
    best = _best(cases, points, hits, least)
    return [] if best is None else [(best[0], j, masks[best[1]])]


def _best(cases: Cases, points: Ints, hits: Ints, least: int) -> tuple[float, int] | None:
    """The largest correlation among boxes of so many points and hits, and which it is."""
    total, true = len(cases.hits), int(cases.hits.sum())
    square = points * (total - points) * float(true * (total - true))
    good = (points >= least) & (square > 0)
    if not good.any():
        return None
    scores = np.where(good, hits * float(total) - points * float(true), -np.inf) / np.sqrt(np.where(good, square, 1.0))
    return float(scores.max()), int(scores.argmax())


def _dropped(levels: list[Bools], cases: Cases) -> list[Bools]:
    """The box without the edges that chance could have made, the weakest first."""
    while True:
        edges = [(*weakest(levels, j, cases), j) for j, inside in enumerate(levels) if not inside.all()]
        worst, freed, j = max(edges, key=lambda edge: edge[0], default=(0.0, levels[0], -1))
        if worst <= QUASI_P:
            return levels
        levels = [freed if k == j else inside for k, inside in enumerate(levels)]


def strength(box: Box | None, cases: Cases) -> float:
    """Correlation between being in the box and the outcome; 0 without a box."""
    return correlation(box.points, box.hits, len(cases.hits), int(cases.hits.sum())) if box else 0.0


def p_value(box: Box | None, cases: Cases, shuffles: int, random: np.random.Generator) -> float:
    """How often outcomes shuffled among the points show a box as strong, the search included.

    (1 + those as strong) / (1 + shuffles); where `ENOUGH` of them are as strong before the
    last, their part of the shuffles so far (Besag and Clifford 1991, Biometrika 78). Either
    way a p-value: under noise it is at most a with probability at most a.
    """
    found, as_strong = strength(box, cases), 0
    for number in range(1, shuffles + 1):
        shuffled = cases.shuffled(random)
        as_strong += strength(find_box(shuffled), shuffled) >= found
        if as_strong == ENOUGH:
            return ENOUGH / number
    return (1 + as_strong) / (1 + shuffles)


def held_out(cases: Cases, random: np.random.Generator, true: int | None = None) -> tuple[float, float]:
    """Density and coverage of boxes at points they were not found on (five-fold cross-validation).

    Coverage is of `true` points, all that are true of a search before which there were others; of those of `cases`
    unless given.

    The box is looked for anew in four fifths of the points and judged by the last fifth, each fifth in turn; points
    with the same factors stay together. Density is nan if no held-out point lies in a box.
    """
    alike = cases.alike()
    fold = random.permutation(int(alike.max()) + 1)[alike] % FOLDS
    points = hits = 0
    for number in range(FOLDS):
        rest, judged = cases.part(fold != number), cases.part(fold == number)
        box = find_box(rest) if rest.hits.any() and not rest.hits.all() else None
        if box is not None:
            within = box.holds(judged.places)
            points, hits = points + int(within.sum()), hits + int(judged.hits[within].sum())
    return (hits / points if points else math.nan), hits / (int(cases.hits.sum()) if true is None else true)
