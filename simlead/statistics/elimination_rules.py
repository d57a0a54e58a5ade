"""Two rules for the elimination of systems that are sampled side by side.

Both look at pairs: D is the mean of `system i - system l` over the r replicates so far, under common random numbers,
and a is the error granted to a pair, alpha / (k - 1) for k systems: what must not go wrong are the k - 1 comparisons
of the true best with the others (Bonferroni), however the systems are correlated.

A rule has the smallest difference that is worth detecting, `indifference`, and three methods: `band` is W, and system
i is dropped once D < -W for some l; `over`, whether those left need no more replicates; `longest`, about how many it
may take at most. Their arguments: `left` are the numbers of the systems still in; `gaps` are D and `variances` the
variances of the pairs' differences so far, both (..., i, l); `number` is r, of a shape that fits them.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class OneWinner:
    """Kim and Nelson's procedure as published (with their c = 1): one system remains.

    W = max(0, indifference / 2r (h2 S2 / indifference**2 - r)) h2 = (n0 - 1) ((2a) ** (-2 / (n0 - 1)) - 1)

    S2 is the variance of the pair's difference over the first n0 replicates; the search ends once r passes h2 S2 /
    indifference**2 for every pair left. If the best system leads by the indifference or more, it remains with a
    probability of at least 1 - alpha: given S2, which is independent of the means of normal outcomes, r D is a
    Brownian motion seen at whole numbers; it leaves the triangle on the wrong side with a chance of at most exp(-h2
    S2 / 2v) / 2, v being the variance itself; and that is a on average over S2.

    Source: Kim & Nelson (2001), ACM TOMACS 11, 251-273, where h2 = 2 eta (n0 - 1); Fabian
    (1974), Annals of Statistics 2, 170-176, for the triangle.
    """

    indifference: float
    h2: float
    first_variances: Numbers

    @classmethod
    def of(cls, first_stage: Numbers, indifference: float, alpha: float) -> OneWinner:
        """The rule for the outcomes of a first stage (replicates x systems)."""
        n0, systems = first_stage.shape
        h2 = (n0 - 1) * ((2.0 * alpha / (systems - 1)) ** (-2.0 / (n0 - 1)) - 1.0)
        return cls(indifference, h2, pair_variances(first_stage))

    def _ends(self, left: Whole) -> Numbers:
        ends: Numbers = self.h2 * self.first_variances[np.ix_(left, left)] / self.indifference**2
        return ends

    def band(self, left: Whole, variances: Numbers, number: Numbers) -> Numbers:
        """W, from the variances of the first stage alone."""
        band: Numbers = np.maximum(0.0, self.indifference / (2.0 * number) * (self._ends(left) - number))
        return band

    def over(self, left: Whole, gaps: Numbers, variances: Numbers, number: Numbers) -> Truths:
        """Whether r has passed the end of every pair left."""
        return np.asarray((number > np.floor(self._ends(left))).all(axis=(-2, -1)))

    def longest(self, left: Whole, variances: Numbers, number: float) -> float:
        """The last pair's end, and one replicate more."""
        return float(np.floor(self._ends(left).max())) + 1.0


@dataclasses.dataclass(frozen=True)
class Intervals:
    """Intervals of all pairs' differences that may be looked at after every replicate.

    W = sqrt(t2 S2 / r)
    t2 = (r - 1) (1 + r g) (y - 1) / (1 + r g - y)    with y = ((1 + r g) / a**2) ** (1 / r)

    S2 is the variance of the pair's difference over all r replicates so far. System i is dropped once D < -W for some
    l: it is proved worse. The search is over once D + W < indifference for every ordered pair left.

    Why: for normal outcomes the ratio of the likelihoods of t, under effects drawn from a normal distribution with
    variance g (in units of the standard deviation) and under none, is a martingale that starts at 1; so it ever
    reaches 1 / a with a probability of at most a (Ville). W is where it stands at 1 / a. Hence the k - 1 intervals D
    +- W of the best system and each other hold for all r together with a probability of at least 1 - alpha; and while
    they do, the best is not dropped, and no system is left that it exceeds by the indifference or more. Nothing is
    assumed about how far apart the means are.

    g = 10 / n0 makes the intervals about as narrow as such intervals can be from n0
    replicates up to thousands; nothing depends on it for its truth.

    Source: Lai (1976), Annals of Statistics 4, 265-280; Rouder et al. (2009), Psychonomic
    Bulletin & Review 16, 225-237, for the ratio.
    """

    indifference: float
    error: float
    g: float

    @classmethod
    def of(cls, first_stage: Numbers, indifference: float, alpha: float) -> Intervals:
        """The rule for the outcomes of a first stage (replicates x systems)."""
        n0, systems = first_stage.shape
        return cls(indifference, alpha / (systems - 1), 10.0 / n0)

    def band(self, left: Whole, variances: Numbers, number: Numbers) -> Numbers:
        """W; infinite where there are too few replicates for any bound."""
        differ = variances > 0.0  # two that never differ need no interval
        return np.where(differ, np.sqrt(self.t_squared(number) / number * np.where(differ, variances, 1.0)), 0.0)

    def t_squared(self, number: Numbers) -> Numbers:
        """The largest square of Student's t that is not yet evidence, after r replicates.

        >>> Intervals(1.0, 0.05, 0.5).t_squared(np.array([3.0, 20.0, 1000.0])).round(1).tolist()
        [inf, 11.5, 12.3]
        """
        room = 1.0 + number * self.g
        y = np.exp((np.log(room) - 2.0 * np.log(self.error)) / number)
        apart = np.where(y < room, room - y, 1.0)
        t_squared: Numbers = np.where(y < room, (number - 1.0) * room * (y - 1.0) / apart, np.inf)
        return t_squared

    def over(self, left: Whole, gaps: Numbers, variances: Numbers, number: Numbers) -> Truths:
        """Whether no system left can exceed another by the indifference."""
        within = gaps + self.band(left, variances, number) < self.indifference
        return np.asarray(within.all(axis=(-2, -1)))

    def longest(self, left: Whole, variances: Numbers, number: float) -> float:
        """Until the widest interval has the indifference's width: then every pair is apart or near."""
        t_squared = float(self.t_squared(np.array(10.0 * number)))
        return 4.0 * t_squared * float(variances.max()) / self.indifference**2


Rule = OneWinner | Intervals


def pair_variances(values: Numbers) -> Numbers:
    """Variance of the difference of each pair of columns; exactly 0 for equal columns."""
    return np.array([(values[:, [i]] - values).var(axis=0, ddof=1) for i in range(values.shape[1])])
