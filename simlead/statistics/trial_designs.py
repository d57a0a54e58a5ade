"""Designs of trials on clusters over periods: who starts when, and which other assignments could have been drawn.

A trial follows k clusters (teams, sites) over T periods (months). An assignment gives each cluster the period in which
it starts, or `NEVER`. The design is what could have been drawn: all ways to deal the same starts to the clusters.
The effect is estimated by a contrast, one weight for each cluster and period (:func:`contrast`):

* where clusters start at different times, or some never, each group that has started is compared with the clusters
  that have not started yet, as differences from the periods before the group's start (Callaway and Sant'Anna 2021,
  J. Econometrics 225; de Chaisemartin and D'Haultfoeuille 2020, AER 110). With one start and a control this is the
  difference in differences. Clusters that have started are never a control, so that effects which differ or grow do
  not turn the sign (Goodman-Bacon 2021);
* where all start at once there is no control: after less before, which takes whatever else changed for the effect.

`waiting` periods after a start count in neither arm: an effect needs time to arrive.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simlead.statistics.errors import StatisticsError, checked_whole

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

NEVER: Final = 1_000_000
"""The start of a cluster that stays without the change."""

MOST_CLUSTERS, MOST_PERIODS = 1_000, 1_000


@dataclasses.dataclass(frozen=True)
class TrialDesign:
    """What a trial deals out: a start for each cluster, over so many periods.

    Attributes
    ----------
    starts : tuple of int
        The period (counted from 0) in which each cluster starts, or `NEVER`, as one assignment has it.
    periods : int
        Periods of the trial, those before the first start included.
    waiting : int
        Periods after a start that are left out.
    """

    starts: tuple[int, ...]
    periods: int
    waiting: int = 0

    def __post_init__(self) -> None:
        checked_whole("periods", self.periods, 2, MOST_PERIODS)
        if not 1 <= len(self.starts) <= MOST_CLUSTERS:
            raise StatisticsError(f"{len(self.starts)} clusters: allowed is 1 to {MOST_CLUSTERS}")
        checked_whole("waiting", self.waiting, 0, self.periods - 1)
        for start in self.starts:
            if start != NEVER:
                checked_whole("start", start, 1, self.periods - 1 - self.waiting)
        if all(start == NEVER for start in self.starts):
            raise StatisticsError("starts: no cluster ever starts")

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return len(self.starts)

    @property
    def kind(self) -> str:
        """`before-after` (all start at once), `parallel` (one start and a control) or `stepped` (several starts).

        >>> parallel(4, 2, base=6, after=6).kind, stepped(4, base=6, step=3, after=3).kind
        ('parallel', 'stepped')
        """
        different = set(self.starts)
        return "before-after" if len(different) == 1 else "parallel" if different - {min(different)} == {NEVER} else (
            "stepped")

    @property
    def number_of_assignments(self) -> int:
        """How many different assignments the design could deal out: k! over the factorials of equal starts.

        >>> parallel(8, 4, base=6, after=6).number_of_assignments
        70
        """
        equal = math.prod(math.factorial(count) for count in Counter(self.starts).values())
        return math.factorial(self.clusters) // equal

    def assignments(self) -> Iterator[tuple[int, ...]]:
        """All assignments, in a fixed order.

        >>> list(parallel(2, 1, base=3, after=3).assignments()) == [(3, NEVER), (NEVER, 3)]
        True
        """
        return _arrangements(Counter(self.starts), self.clusters)

    def drawn(self, random: np.random.Generator, number: int = 1) -> Whole:
        """So many assignments, each as likely as any other: number x clusters."""
        return random.permuted(np.tile(np.array(self.starts, dtype=np.int64), (number, 1)), axis=1)


def before_after(clusters: int, base: int, after: int, waiting: int = 0) -> TrialDesign:
    """All clusters start after `base` periods; `after` counts the periods from the start on, waiting included.

    >>> before_after(4, base=6, after=6).number_of_assignments
    1
    """
    checked_whole("clusters", clusters, 1, MOST_CLUSTERS)
    return TrialDesign((base,) * clusters, base + after, waiting)


def parallel(clusters: int, treated: int, base: int, after: int, waiting: int = 0) -> TrialDesign:
    """`treated` clusters start after `base` periods, the others never.

    Raises StatisticsError unless at least one cluster is in each arm.

    >>> parallel(4, 2, base=6, after=9, waiting=3).periods
    15
    """
    checked_whole("clusters", clusters, 2, MOST_CLUSTERS)
    if not 1 <= treated < clusters:
        raise StatisticsError(
            f"treated = {treated} of {clusters} clusters: allowed is 1 to {clusters - 1}, so that each arm has one")
    return TrialDesign((base,) * treated + (NEVER,) * (clusters - treated), base + after, waiting)


def stepped(clusters: int, base: int, step: int, after: int, waiting: int = 0, at_once: int = 1) -> TrialDesign:
    """Clusters start one after another, `at_once` of them every `step` periods; `after` follow the last start.

    >>> stepped(4, base=6, step=3, after=3).starts
    (6, 9, 12, 15)
    """
    checked_whole("clusters", clusters, 2, MOST_CLUSTERS)
    checked_whole("step", step, 1, MOST_PERIODS)
    checked_whole("at_once", at_once, 1, clusters - 1)
    if step <= waiting:
        raise StatisticsError(f"step = {step}, waiting = {waiting}: a step longer than the waiting is needed, or a "
                              "group has no control when its effect has arrived")
    starts = tuple(base + step * (place // at_once) for place in range(clusters))
    return TrialDesign(starts, starts[-1] + after, waiting)


def contrast(design: TrialDesign, starts: Sequence[int] | None = None) -> Floats:
    """The weights (clusters x periods) whose sum with the values estimates the mean effect per treated period.

    `starts` is the assignment that was drawn (the design's own order unless given). The weights of a group that has
    started are shared out by how well each comparison is known, n c / (n + c) for n clusters against c that have not.
    They add to 0 over each cluster and over each period, so that lasting differences between clusters and changes that
    all share drop out (before-after: over each cluster only).

    Raises StatisticsError where a design has no comparison.

    >>> contrast(parallel(2, 1, base=1, after=1)).tolist()
    [[-1.0, 1.0], [1.0, -1.0]]
    """
    when = np.array(design.starts if starts is None else starts, dtype=np.int64)
    if sorted(when.tolist()) != sorted(design.starts):
        raise StatisticsError(f"starts {when.tolist()}: no assignment of a design with {list(design.starts)}")
    weights = np.zeros((design.clusters, design.periods))
    information = 0.0
    for start in sorted(set(when.tolist()) - {NEVER}):
        group = when == start
        for period in range(start + design.waiting, design.periods):
            others = when > period
            if design.kind == "before-after":
                share = 1.0
                others = np.zeros_like(group)
            elif others.any():
                share = float(group.sum() * others.sum() / (group.sum() + others.sum()))
            else:
                continue
            information += share
            for arm, sign in ((group, 1.0), (others, -1.0)):
                if arm.any():
                    weights[arm, period] += sign * share / arm.sum()
                    weights[arm, :start] -= sign * share / arm.sum() / start
    if information == 0.0:
        raise StatisticsError("starts: no cluster is without the change when another has it, so nothing is compared")
    return np.asarray(weights / information)


def treated_periods(design: TrialDesign, starts: Sequence[int] | None = None) -> NDArray[np.bool_]:
    """Which clusters have started in which periods, waiting included: clusters x periods.

    >>> treated_periods(parallel(2, 1, base=1, after=2)).tolist()
    [[False, True, True], [False, False, False]]
    """
    when = np.array(design.starts if starts is None else starts, dtype=np.int64)
    return np.asarray(np.arange(design.periods) >= when[:, None])


def checked_panels(values: object, design: TrialDesign) -> Floats:
    """Values as draws x clusters x periods (one draw if given clusters x periods), or a StatisticsError."""
    panels = np.asarray(values, dtype=np.float64)
    panels = panels[None] if panels.ndim == 2 else panels
    if panels.ndim != 3 or panels.shape[1:] != (design.clusters, design.periods):
        raise StatisticsError(f"values of shape {np.shape(panels)}: draws x {design.clusters} clusters x "
                              f"{design.periods} periods are needed")
    if not np.isfinite(panels).all():
        raise StatisticsError("values: a finite number for each cluster and period is needed")
    return panels


def _arrangements(left: Counter[int], length: int) -> Iterator[tuple[int, ...]]:
    if length == 0:
        yield ()
        return
    for start in sorted(left):
        if left[start]:
            rest = left.copy()
            rest[start] -= 1
            for tail in _arrangements(rest, length - 1):
                yield (start, *tail)


def all_contrasts(design: TrialDesign, most: int, random: np.random.Generator) -> tuple[Floats, bool]:
    """The contrasts of all assignments, or of `most` drawn ones if there are more: rows of weights, and whether all.

    >>> weights, whole = all_contrasts(parallel(4, 2, base=1, after=1), 100, np.random.default_rng(0))
    >>> weights.shape, whole
    ((6, 8), True)
    """
    whole = design.number_of_assignments <= most
    dealt = np.array(list(design.assignments())) if whole else design.drawn(random, most)
    # A cluster's weights depend on its own start alone, the others' being the same in every assignment.
    different, place = np.unique(np.array(design.starts), return_index=True)
    rows = contrast(design)[place]
    return np.asarray(rows[np.searchsorted(different, dealt)].reshape(len(dealt), -1)), whole
