"""Which parameters turn a verdict: the claim asked again with each one at the ends of its range."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t

from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.claims.claim import Claim
from simlead.study.claims.firm import Firm
from simlead.study.claims.recalibrating import CALIBRATION_REPLICATIONS
from simlead.study.claims.verdict import UNDECIDED, Effect, level_of_each, verdict
from simlead.study.uncertainty.worlds import in_world

if TYPE_CHECKING:
    import pandas as pd

TURNS, DECIDES, KEEPS, BLURS = "turns", "decides", "keeps", "blurs"
"""What an end of a parameter's range does to the verdict; see :func:`consequence`."""

FLIPS = ("parameter", "unit", "end", "value", "mean", "low", "high", "n", "verdict", "consequence",
         "change", "change_low", "change_high")
"""The columns of a table of flips."""

GROUPS = 10
"""So many times the jackknife leaves out a part of the replicates."""


def consequence(here: str, there: str) -> str:
    """What becomes of a verdict: `here` with the belief set's own value, `there` at an end of the range.

    It turns if both are decided and differ; an end decides what was undecided; it blurs what
    was decided (perhaps only because it was asked with fewer replicates), or keeps it.

    >>> consequence("supported", "refuted"), consequence("undecided at this precision", "refuted")
    ('turns', 'decides')
    >>> consequence("refuted", "undecided at this precision"), consequence("refuted", "refuted")
    ('blurs', 'keeps')
    """
    if here == there:
        return KEEPS
    if here == UNDECIDED:
        return DECIDES
    return BLURS if there == UNDECIDED else TURNS


def ends_of(path: str, base: Scenario) -> dict[str, float]:
    """The ends of a parameter's likely range, without the one at which the scenario stands already.

    >>> ends_of("market.growth_per_year", Scenario())
    {'low': 0.0}
    """
    line, own = REGISTRY[path], base.values()[path]
    assert line.likely_low is not None and line.likely_high is not None
    return {end: value for end, value in (("low", line.likely_low), ("high", line.likely_high)) if value != own}


def flips(claim: Claim, firm: Firm, replications: int, found: str) -> pd.DataFrame:
    """The claim's effect and verdict with each candidate at each end of its likely range.

    Each end is a world of its own: its status quo is calibrated anew (`Asking.calibrated`),
    and shared between claims. `change` is how much the effect differs from the one with the
    belief set's own value, under the same luck. The intervals are Bonferroni's: among so many
    ends chance alone would else turn some verdict. `found` is the verdict with the belief
    set's own values. A row per parameter and end; columns :data:`FLIPS`.
    """
    import pandas as pd

    places = [(path, end, value) for path in claim.candidates for end, value in ends_of(path, firm.base).items()]
    worlds = firm.asking.calibrated(
        firm.base, [in_world(firm.base, {path: value}) for path, _, value in places], claim.targets,
        max(CALIBRATION_REPLICATIONS, replications // 4))
    level, lines = level_of_each(len(places), firm.confidence), []
    here = Firm(firm.asking, firm.base, firm.beliefs, replications, replications, level)
    for (path, end, value), world in zip(places, worlds, strict=True):
        there = dataclasses.replace(here, base=world)
        effect, moved = claim.effect(there), change(claim, there, here)
        said = verdict(effect, claim.region)
        lines.append((path, REGISTRY[path].unit, end, value, effect.mean, effect.low, effect.high, effect.n, said,
                      consequence(found, said), moved.mean, moved.low, moved.high))
    return pd.DataFrame(lines, columns=list(FLIPS))


def change(claim: Claim, there: Firm, here: Firm) -> Effect:
    """How much the claim's effect differs between two worlds under the same luck, by a jackknife over replicates.

    Replicates fall into G groups; d(-g) is the difference of the effects without group g, and

        variance = (G - 1) / G * sum of (d(-g) - mean of d(-g))^2,

    with Student's t of G - 1 degrees of freedom. Months jump, which a jackknife cannot bear:
    of them no interval is told.
    """
    n = here.replications
    middle = claim.effect(there).mean - claim.effect(here).mean
    if claim.unit == "months" or not math.isfinite(middle):
        return Effect(middle, math.nan, math.nan, n)
    count = min(GROUPS, n)
    without = []
    for group in range(count):
        left_out = frozenset(range(group, n, count))
        after, before = (claim.effect(dataclasses.replace(firm, leave_out=left_out)).mean for firm in (there, here))
        without.append(after - before)
    half = math.sqrt((count - 1) ** 2 / count * float(np.var(without, ddof=1))) * float(
        t.ppf(0.5 + here.confidence / 2, count - 1))
    return Effect(middle, middle - half, middle + half, n)


def turned_by(table: pd.DataFrame, *consequences: str) -> tuple[str, ...]:
    """The parameters of a table of flips with one of these consequences at either end; without any: those that turn."""
    there = table[table["consequence"].isin(consequences or (TURNS,))]
    return tuple(dict.fromkeys(there["parameter"].astype(str)))
