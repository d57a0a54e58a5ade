"""Claims put to the test: verdicts, effects, payback and what turns them, under each belief set."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from simlead.model.parameters import ParameterError
from simlead.model.presets import BELIEFS, preset
from simlead.model.units import WEEKS_PER_YEAR
from simlead.study.calibration import under_status_quo
from simlead.study.claims.asking import LIGHT, Asking, Changes, Keeper, Size
from simlead.study.claims.claim import Claim
from simlead.study.claims.effects import payback_between
from simlead.study.claims.firm import Firm
from simlead.study.claims.flips import BLURS, DECIDES, KEEPS, flips, turned_by
from simlead.study.claims.table import chosen_claims
from simlead.study.claims.verdict import ASSUMED, Effect, verdict
from simlead.study.engines import FAST
from simlead.study.parallel import Progress, whole_number
from simlead.study.payback import Payback

if TYPE_CHECKING:
    import pandas as pd


MOST_REPLICATIONS = 100_000
FIRST_REPLICATES = 6
"""Whoever doubts an effect can make these again in a minute."""


@dataclasses.dataclass(frozen=True, eq=False)
class Finding:
    """What came of one claim under one belief set.

    `follows` is the verdict that effect and region give; `verdict` is the same, but for
    claims that the model assumes. `first` is the effect in the first replicates alone, for
    those who make it again. `payback` is that of the claim's programme, if it has one.
    """

    claim: Claim
    beliefs: str
    effect: Effect
    first: Effect
    payback: Payback | None
    details: pd.DataFrame
    flips: pd.DataFrame

    @property
    def follows(self) -> str:
        """What the effect's interval says about the claim's criterion."""
        return verdict(self.effect, self.claim.region)

    @property
    def verdict(self) -> str:
        """The verdict on the claim itself."""
        return ASSUMED if self.claim.assumed else self.follows

    @property
    def turned_by(self) -> tuple[str, ...]:
        """The parameters whose likely range turns the verdict into its opposite."""
        return turned_by(self.flips)

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The parameters at whose ends an undecided verdict is decided."""
        return turned_by(self.flips, DECIDES)

    def ends(self, *consequences: str) -> int:
        """At how many ends of parameters the verdict was asked for again, or had one of these consequences."""
        return int(self.flips["consequence"].isin(consequences).sum()) if consequences else len(self.flips)

    def line(self) -> dict[str, object]:
        """The finding as a row of the table of verdicts."""
        months = (self.payback.months, self.payback.months_low, self.payback.months_high) if self.payback else (
            math.nan, math.nan, math.nan)
        return {
            "number": self.claim.number, "key": self.claim.key, "claim": self.claim.text, "beliefs": self.beliefs,
            "verdict": self.verdict, "follows": self.follows, "measure": self.claim.measure, "unit": self.claim.unit,
            "effect": self.effect.mean, "low": self.effect.low, "high": self.effect.high, "n": self.effect.n,
            "first_n": self.first.n, "first_effect": self.first.mean,
            "holds_from": self.claim.region.low, "holds_to": self.claim.region.high,
            "payback_months": months[0], "payback_low": months[1], "payback_high": months[2],
            "turned_by": " ".join(self.turned_by), "decided_by": " ".join(self.decided_by),
            "ends": self.ends(), "ends_keep": self.ends(KEEPS), "ends_blur": self.ends(BLURS),
        }


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Examination:
    """Findings for several claims and belief sets; `runs` were made for them, with `seed`, `engine` and `size`.

    `changes` were made to every status quo.

    `table` has a row per claim and belief set: number, key, claim, beliefs, verdict, follows
    (the verdict on the criterion, which for an assumed claim is about what follows from it),
    measure and unit of the effect, effect with its interval low to high, n (replicates), first_n
    and first_effect (in the first replicates alone, which a test can make again),
    holds_from to holds_to (with which effects the claim holds), months until its programme has
    paid back with interval (nan: it has none; infinite: not by the end), turned_by and decided_by
    (parameters that turn a verdict, or decide an undecided one), ends (of parameters at which the
    claim was asked again), ends_keep and ends_blur (at which the verdict stays, or becomes unclear).
    """

    findings: tuple[Finding, ...]
    runs: int
    seed: int
    engine: str
    size: Size
    changes: Changes

    @property
    def table(self) -> pd.DataFrame:
        """The verdicts, a row per claim and belief set."""
        import pandas as pd

        return pd.DataFrame([finding.line() for finding in self.findings])

    @property
    def details(self) -> pd.DataFrame:
        """The details of every claim under one another: key, beliefs, then `claim.DETAILS`."""
        return self._together([finding.details for finding in self.findings])

    @property
    def flips(self) -> pd.DataFrame:
        """What each end of a parameter makes of each claim: key, beliefs, then `flips.FLIPS`."""
        return self._together([finding.flips for finding in self.findings])

    def _together(self, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
        import pandas as pd

        tables = []
        for finding, part in zip(self.findings, parts, strict=True):
            table = part.copy()
            table.insert(0, "key", finding.claim.key)
            table.insert(1, "beliefs", finding.beliefs)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def of(self, key: str) -> tuple[Finding, ...]:
        """The findings of one claim."""
        return tuple(finding for finding in self.findings if finding.claim.key == key)

    def __repr__(self) -> str:
        claims = len({finding.claim.key for finding in self.findings})
        return f"Examination({claims} claims, {len(self.findings)} findings, {self.runs} runs, seed={self.seed})"


def examine(
    claims: Iterable[Claim | str | int] | Claim | str | int | None = None,
    *,
    beliefs: Iterable[str] | str = tuple(BELIEFS),
    size: Size | int = LIGHT,
    seed: int = 0,
    workers: int | None = None,
    engine: str = FAST,
    changes: Changes | None = None,
    keep: Keeper | None = None,
    progress: Progress | None = None,
) -> Examination:
    """Put claims to the test under each belief set.

    `claims` are keys or numbers of :data:`table.CLAIMS`, or claims of one's own, one or several; all
    of the table if None. `size` says how much is run: the light version if left out, or so many
    replicates of each effect and fewer of the rest. `changes` are made to every status quo,
    such as for a firm of another size; nothing is calibrated to them. `progress` is called
    with (runs done, runs in all); what there is to do is counted beforehand by a
    rehearsal that runs nothing. What `keep` holds is not run again (`kept.Kept`).

    Raises ParameterError for no claims, an unknown claim or belief set, and as the model does.

    >>> firm = {"organisation.teams": 1, "organisation.seats_per_team": 1, "calendar.warmup_weeks": 52}
    >>> found = examine(["three_percent"], beliefs=["evidence"], size=4, workers=1, changes=firm)
    >>> found.table[["verdict", "n"]].to_dict("records")
    [{'verdict': 'assumed, not tested', 'n': 4}]
    """
    chosen, own = claims_of(claims), dict(changes or {})
    sets = [beliefs] if isinstance(beliefs, str) else list(beliefs)
    if not chosen or not sets:
        raise ParameterError("examine: at least one claim and one belief set are needed")
    if not isinstance(size, Size):
        size = LIGHT.with_replications(whole_number("size", size, 4, MOST_REPLICATIONS))
    total = runs_needed(chosen, sets, size, own)
    asking = Asking(seed=seed, workers=workers, engine=engine, progress=progress, total=total, keep=keep)
    if progress is not None:
        progress(0, total)
    findings = tuple(finding_of(claim, firm_of(claim, name, asking, size, own), size)
                     for claim in chosen for name in sets)
    return Examination(findings, asking.made, asking.seed, asking.engine, size, MappingProxyType(own))


def claims_of(claims: Iterable[Claim | str | int] | Claim | str | int | None) -> list[Claim]:
    """Claims as they were given, those given by key or number from the table.

    >>> [claim.key for claim in claims_of("12")], [claim.number for claim in claims_of([7, "half_of_the_week"])]
    (['more_coaching'], [7, 2])
    """
    if claims is None:
        return chosen_claims()
    given = [claims] if isinstance(claims, (Claim, str, int)) else list(claims)
    return [found for one in given for found in ([one] if isinstance(one, Claim) else chosen_claims([str(one)]))]


def runs_needed(
    claims: Sequence[Claim], beliefs: Iterable[str], size: Size = LIGHT, changes: Changes | None = None
) -> int:
    """How many runs an examination makes, found without making any."""
    asking, sets = Asking.rehearsal(), list(beliefs)
    for claim in claims:
        for name in sets:
            finding_of(claim, firm_of(claim, name, asking, size, changes or {}), size)
    return asking.made


def firm_of(claim: Claim, beliefs: str, asking: Asking, size: Size, changes: Changes) -> Firm:
    """The firm that a claim is tested on under a belief set, going on as before.

    Raises ParameterError for changes that a claim makes itself: policies, and how long it looks.
    """
    for path in changes:
        if path.startswith("policy.") or path == "calendar.horizon_weeks":
            raise ParameterError(f"{path}: each claim sets policies and horizon itself; "
                                 "change organisation, market, world or status_quo")
    base = claim.beginning(beliefs) if claim.beginning is not None else preset("status_quo", beliefs)
    base = under_status_quo(base.change(changes))
    if base.calendar.warmup_weeks < WEEKS_PER_YEAR:
        raise ParameterError(
            f"calendar.warmup_weeks = {base.calendar.warmup_weeks}: claims need a base year, 52 or more")
    return Firm(asking, base, beliefs, size.replications, size.details)


def finding_of(claim: Claim, firm: Firm, size: Size) -> Finding:
    """One claim put to the test on one firm."""
    effect = claim.effect(firm)
    first = claim.effect(dataclasses.replace(firm, replications=min(FIRST_REPLICATES, firm.replications)))
    back = programme_payback(claim, firm) if claim.programme else None
    return Finding(
        claim, firm.beliefs, effect, first, back, claim.details(firm),
        flips(claim, firm, size.ends, verdict(effect, claim.region)))


def programme_payback(claim: Claim, firm: Firm) -> Payback:
    """When the claim's programme has earned what it cost, against `claim.against` (the status quo)."""
    policy, base = firm.runs(claim.programme, claim.against)
    return payback_between(policy, base, firm.asking.seed)
