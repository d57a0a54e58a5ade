"""Sets of runs, one bit each, and the rectangles of runs that are missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simlead.study.sweeps.shards import Rectangle

_POINTS_AT_A_TIME = 256

Interval = tuple[int, int]
"""First and last replicate of some that are consecutive."""


class Cells:
    """A set of runs (point, replicate), a bit for each run that could be in it.

    >>> done = Cells(points=3, replicates=10)
    >>> done.add(Rectangle(0, 1, 0, 4))
    >>> done.count([5, 4, 5])
    9
    >>> [left.name for left in done.missing([5, 5, 5], size=lambda: 100)]
    ['p000002-000002_r0000-0004']
    """

    def __init__(self, points: int, replicates: int) -> None:
        self.points, self.replicates = points, replicates
        self._bits = np.zeros((points, (replicates + 7) // 8), np.uint8)

    def add(self, rectangle: Rectangle) -> None:
        """Put a rectangle in; what of it lies outside is left out."""
        row = np.zeros(8 * self._bits.shape[1], bool)
        row[rectangle.first_replicate:min(rectangle.last_replicate + 1, self.replicates)] = True
        self._bits[rectangle.first_point:rectangle.last_point + 1] |= np.packbits(row)

    def add_each(self, points: ArrayLike, replicates: ArrayLike) -> None:
        """Put single runs in; those outside are left out."""
        point, replicate = np.asarray(points, np.int64), np.asarray(replicates, np.int64)
        inside = (point >= 0) & (point < self.points) & (replicate >= 0) & (replicate < self.replicates)
        point, replicate = point[inside], replicate[inside]
        np.bitwise_or.at(self._bits, (point, replicate // 8), (128 >> (replicate % 8)).astype(np.uint8))

    def holds(self, points: ArrayLike, replicates: ArrayLike) -> NDArray[np.bool_]:
        """Which of these runs are in the set."""
        point, replicate = np.asarray(points, np.int64), np.asarray(replicates, np.int64)
        inside = (point >= 0) & (point < self.points) & (replicate >= 0) & (replicate < self.replicates)
        found = np.zeros(len(point), bool)
        at = point[inside], replicate[inside]
        found[inside] = (self._bits[at[0], at[1] // 8] & (128 >> (at[1] % 8))) != 0
        return found

    def without(self, others: Cells) -> Cells:
        """The runs in this set that are not in another of the same size."""
        left = Cells(self.points, self.replicates)
        left._bits = self._bits & ~others._bits
        return left

    def together(self, others: Cells) -> Cells:
        """The runs in this set or in another of the same size."""
        both = Cells(self.points, self.replicates)
        both._bits = self._bits | others._bits
        return both

    def count(self, wanted: ArrayLike) -> int:
        """How many runs are in the set, of the first `wanted` replicates of each point."""
        return sum(int(rows.sum()) for _, rows in self._blocks(wanted, done=True))

    def missing(
        self, wanted: ArrayLike, size: Callable[[], int], ends: NDArray[np.int64] | None = None
    ) -> Iterator[Rectangle]:
        """The runs wanted that are not in the set now, in rectangles of at most `size()` runs each.

        `size` is asked anew for each rectangle. Consecutive points that miss the same
        replicates go together; the order is by point. `ends` has for each point the last of the
        stretch of points that are best run together (None: each alone): a rectangle that has no room
        for all of a stretch has rather fewer replicates than fewer points.

        >>> ends = np.array([2, 2, 2])
        >>> [left.name for left in Cells(3, 4).missing([4, 4, 4], lambda: 7, ends)]
        ['p000000-000002_r0000-0001', 'p000000-000002_r0002-0003']
        """
        ends = np.arange(self.points) if ends is None else ends
        for group, intervals in self._gaps(wanted):
            for first, last in intervals:
                yield from _cut(Rectangle(group[0], group[1], first, last), size, ends)

    def _gaps(self, wanted: ArrayLike) -> Iterator[tuple[Interval, list[Interval]]]:
        """Groups of consecutive points that miss the same intervals of replicates."""
        group: Interval = (0, -1)
        gaps: list[Interval] = []
        for start, missing in self._blocks(wanted, done=False):
            changes = np.flatnonzero((missing[1:] != missing[:-1]).any(axis=1)) + 1
            edges = [0, *changes.tolist(), len(missing)]
            for first, after in pairwise(edges):
                intervals = _intervals(missing[first])
                if intervals != gaps:
                    if gaps:
                        yield group, gaps
                    group, gaps = (start + first, start + after - 1), intervals
                else:
                    group = (group[0], start + after - 1)
        if gaps:
            yield group, gaps

    def _blocks(self, wanted: ArrayLike, done: bool) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Some points at a time: the first one's number, and which wanted runs are in the set (or not)."""
        limits = np.asarray(wanted, np.int64)
        for start in range(0, self.points, _POINTS_AT_A_TIME):
            block = slice(start, start + _POINTS_AT_A_TIME)
            inside = np.unpackbits(self._bits[block], axis=1, count=self.replicates).astype(bool)
            yield start, (inside == done) & (np.arange(self.replicates) < limits[block, None])


def _intervals(row: NDArray[np.bool_]) -> list[Interval]:
    """The stretches of True in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.view(np.int8), [0]))))
    return [(int(first), int(after) - 1) for first, after in zip(edges[::2], edges[1::2], strict=True)]


def _cut(rectangle: Rectangle, size: Callable[[], int], ends: NDArray[np.int64]) -> Iterator[Rectangle]:
    """Pieces of a rectangle: whole stretches where they fit, parts of one stretch where not."""
    point = rectangle.first_point
    while point <= rectangle.last_point:
        room = max(1, size())
        stretch = dataclasses.replace(
            rectangle, first_point=point, last_point=min(int(ends[point]), rectangle.last_point))
        if stretch.runs > room:
            yield from _cut_across(stretch, size, room)
            last = stretch.last_point
        else:
            last = min(rectangle.last_point, point + room // rectangle.replicates - 1)
            if last < min(int(ends[last]), rectangle.last_point):  # not into a stretch that does not fit
                last = int(np.searchsorted(ends, ends[last])) - 1
            yield dataclasses.replace(rectangle, first_point=point, last_point=last)
        point = last + 1


def _cut_across(stretch: Rectangle, size: Callable[[], int], room: int) -> Iterator[Rectangle]:
    """Pieces of a stretch: as many replicates of all its points as fit, or a part of one replicate."""
    point, replicate = stretch.first_point, stretch.first_replicate
    while True:
        whole = point == stretch.first_point and room >= stretch.points
        last_point = stretch.last_point if whole else min(stretch.last_point, point + room - 1)
        last = min(stretch.last_replicate, replicate + room // stretch.points - 1) if whole else replicate
        yield Rectangle(point, last_point, replicate, last)
        point = last_point + 1
        if point > stretch.last_point:
            point, replicate = stretch.first_point, last + 1
        if replicate > stretch.last_replicate:
            return
        room = max(1, size())
