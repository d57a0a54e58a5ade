"""Which parameters turn a verdict: the claim asked again with each one at the ends of its range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.claims.asking import Firm
from simlead.study.claims.claim import Claim
from simlead.study.claims.verdict import UNDECIDED, level_of_each, verdict
from simlead.study.uncertainty.worlds import in_world

if TYPE_CHECKING:
    import pandas as pd

TURNS, DECIDES, KEEPS, BLURS = "turns", "decides", "keeps", "blurs"
"""What an end of a parameter's range does to the verdict; see :func:`consequence`."""

FLIPS = ("parameter", "unit", "end", "value", "mean", "low", "high", "n", "verdict", "consequence")
"""The columns of a table of flips."""


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

    Each end is a world of its own: its status quo is calibrated anew, as in
    `belief_uncertainty`, and shared between claims. The intervals are Bonferroni's: among so
    many ends chance alone would else turn some verdict. `found` is the verdict with the
    belief set's own values. A row per parameter and end; columns :data:`FLIPS`.
    """
    import pandas as pd

    places = [(path, end, value) for path in claim.candidates for end, value in ends_of(path, firm.base).items()]
    worlds = firm.asking.calibrated([in_world(firm.base, {path: value}) for path, _, value in places], claim.targets)
    level, lines = level_of_each(len(places), firm.confidence), []
    for (path, end, value), world in zip(places, worlds, strict=True):
        effect = claim.effect(Firm(firm.asking, world, firm.beliefs, replications, replications, level))
        said = verdict(effect, claim.region)
        lines.append((path, REGISTRY[path].unit, end, value, effect.mean, effect.low, effect.high, effect.n, said,
                      consequence(found, said)))
    return pd.DataFrame(lines, columns=list(FLIPS))


def turned_by(table: pd.DataFrame) -> tuple[str, ...]:
    """The parameters of a table of flips that turn the verdict, or decide an undecided one, at either end."""
    there = table[table["consequence"].isin([TURNS, DECIDES])]
    return tuple(dict.fromkeys(there["parameter"].astype(str)))
