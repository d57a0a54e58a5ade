"""Systems sampled side by side under common random numbers, each dropped by a rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simlead.statistics.elimination_rules import Rule

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]
Draw = Callable[[Sequence[int], range], Numbers]
"""(systems, replicates) -> their outcomes, a row a replicate and a column a system."""

MOST_AT_ONCE = 1_000_000
"""Replicates times pairs looked at together: 8 MB an array."""


@dataclasses.dataclass(frozen=True)
class Race:
    """The result of a search by elimination; larger outcomes are better.

    `values` (replicates x systems; nan after a system was dropped), `counts` (replicates that each system was in
    for), `beaten_by` (a system's number, -1 for those left), `left` (numbers of those left), `over` (False if stopped
    at the maximum), the replicates of the `first_stage`, and the `rule` that was kept.
    """

    values: Numbers
    counts: Whole
    beaten_by: Whole
    left: Whole
    over: bool
    first_stage: int
    rule: Rule


def race(
    draw: Draw,
    systems: int,
    first_stage: int,
    most: int,
    rule_for: Callable[[Numbers], Rule],
    rows_ahead: Callable[[int], int],
    may_take: Callable[[float], object] = lambda more: None,
) -> Race:
    """Sample the systems still in, one replicate after the other, dropping them by the rule.

    `rule_for` makes the rule from the first stage's outcomes; no system has more than `most` replicates. `rows_ahead`
    is, for a number of systems, how many replicates to draw at a time: each is looked at in its turn and what was
    drawn too much is forgotten, so this changes nothing. `may_take` is called before each draw with the number of
    outcomes that may still be needed.
    """
    may_take(float(systems * first_stage))
    first = draw(range(systems), range(first_stage))
    field = _Field(first, rule_for(first))
    while not field.over and field.replicates < most:
        left, done = field.left, field.replicates
        longest = min(field.longest(), float(most))
        may_take(len(left) * max(longest - done, 1.0))
        rows = min(rows_ahead(len(left)), most - done, max(1, MOST_AT_ONCE // len(left) ** 2))
        field.look_at(draw(left.tolist(), range(done, done + rows)))
    return field.race()


class _Field:
    """The systems of a race: who is left, and the sums that its rule looks at."""

    def __init__(self, first: Numbers, rule: Rule) -> None:
        systems = first.shape[1]
        self.rule, self.first_stage = rule, len(first)
        self.left = np.arange(systems)
        self.beaten_by = np.full(systems, -1)
        self.counts = np.zeros(systems, dtype=np.int64)
        self.over = False
        self.replicates = len(first) - 1
        self.blocks = [first[:-1]]
        # Of outcomes less their first mean, or rounding would eat small variances.
        self.centre = first.mean(axis=0)
        rows = first[:-1] - self.centre
        self.sums = rows.sum(axis=0)
        self.squares = np.array([((rows[:, [system]] - rows) ** 2).sum(axis=0) for system in range(systems)])
        self.look_at(first[-1:])

    def _running(self, block: Numbers) -> tuple[Numbers, Numbers]:
        """Sums of those left, and sums of squares of their differences, after each replicate."""
        rows = block - self.centre[self.left]
        sums = np.cumsum(np.vstack([self.sums, rows]), axis=0)[1:]
        squares = (rows[:, :, None] - rows[:, None, :]) ** 2
        return sums, np.cumsum(np.concatenate([self.squares[None], squares]), axis=0)[1:]

    def _moments(self, sums: Numbers, squares: Numbers, r: Numbers) -> tuple[Numbers, Numbers]:
        """Mean and variance of each pair's difference after r replicates."""
        apart = sums[..., :, None] - sums[..., None, :]
        centre = self.centre[self.left]
        return apart / r + (centre[:, None] - centre), np.maximum(squares - apart**2 / r, 0.0) / (r - 1.0)

    def look_at(self, block: Numbers) -> None:
        """Take in outcomes of those left, a replicate at a time, until the rule is content."""
        whole = np.full((len(block), len(self.beaten_by)), np.nan)
        whole[:, self.left] = block
        self.blocks.append(whole)
        sums, squares = self._running(block)
        numbers = np.arange(self.replicates + 1, self.replicates + len(block) + 1, dtype=float)[:, None, None]
        self.replicates += len(block)
        while len(numbers) and not self.over:
            # All replicates at once, up to the first after which a system is dropped or the search is over.
            gaps, variances = self._moments(sums, squares, numbers)
            margin = gaps + self.rule.band(self.left, variances, numbers)
            beaten: Truths = np.any(margin < 0.0, axis=2)
            stops = beaten.any(axis=1) | self.rule.over(self.left, gaps, variances, numbers)
            row = int(np.argmax(stops)) if stops.any() else len(numbers) - 1
            self.counts[self.left] = int(numbers[row].item())
            self.sums, self.squares = sums[row], squares[row]
            if beaten[row].any():
                out, stay = beaten[row], ~beaten[row]
                kept = np.ix_(stay, stay)
                self.beaten_by[self.left[out]] = self.left[np.argmin(margin[row][out], axis=1)]
                self.left = self.left[stay]
                self.sums, self.squares = self.sums[stay], self.squares[kept]
                sums, squares = sums[:, stay], squares[:, stay][:, :, stay]
                gaps, variances = gaps[:, stay][:, :, stay], variances[:, stay][:, :, stay]
            self.over = len(self.left) == 1 or bool(
                self.rule.over(self.left, gaps[row], variances[row], numbers[row]))
            sums, squares, numbers = sums[row + 1:], squares[row + 1:], numbers[row + 1:]

    def longest(self) -> float:
        """About how many replicates those left may take at most."""
        number = np.array(float(self.replicates))
        _, variances = self._moments(self.sums, self.squares, number)
        return self.rule.longest(self.left, variances, float(number))

    def race(self) -> Race:
        """What was seen, without the outcomes that were drawn too much."""
        values = np.vstack(self.blocks)[: self.counts.max()]
        values[np.arange(len(values))[:, None] >= self.counts] = np.nan
        return Race(values, self.counts, self.beaten_by, self.left, self.over, self.first_stage, self.rule)
