"""The claims under test: a row of data each, and one small function for the effect that could refute it.

Committed before any run. Texts (the claim, what counts as what and why) stand in the catalogues under the row's key.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simlead.model.deprecation import moved_attribute
from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import PRESETS
from simlead.model.scenario import REGISTRY
from simlead.model.sources import SOURCES
from simlead.study.records import (
    ASSUMED,
    DIRECTION,
    EXISTENCE,
    INPUT_READ_BACK,
    INTERACTION,
    KINDS,
    NO_MECHANISM,
    OPTIMUM,
    RANKING,
    SIZE,
    STANDINGS,
    TESTED,
    Region,
)

TEXTS = "simlead.claim_texts(claim.key), in the language in use"
"""What has the texts of a claim, which were its attributes in 0.1."""

Floats = NDArray[np.float64]
Changes = Mapping[str, Any]
"""Parameters by dotted path that one scenario has different from another."""

STATUS_QUO = "status_quo"


class Expected(Protocol):
    """What runs lead to: a measure of an arm, an array of draws (of single firms, for an existence claim)."""

    def __call__(self, arm: str, measure: str = "revenue") -> Floats:
        """Return the measure's values."""


def policy(**levers: Any) -> Changes:
    """Return the changes that set these levers of the policy.

    >>> policy(coaching_share=0.5)
    {'policy.coaching_share': 0.5}
    """
    return {f"policy.{lever}": value for lever, value in levers.items()}


Effect = Callable[[Expected], Floats]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim as data.

    Parameters
    ----------
    number, key
        Its place in the table, and its name, under which the catalogues have its texts.
    kind
        One of `records.KINDS`.
    unit
        Of the effect: a share (.01 is 1 %), or a share on the log scale.
    smallest
        The smallest effect of interest, in the unit.
    arms
        The policies that are run beside the status quo, by name.
    effect
        From what the arms lead to, to the effect: parts x draws; plans x draws of an optimum; of an existence 1 or 0
        for each firm.
    parts
        The names of the parts, plans, or readings.
    region
        The effects with which it holds; every part of the claim must lie within. An optimum and an existence have none.
    standing
        One of `records.STANDINGS`, what the model can say of it.
    at
        The plan that an optimum claims to be best.
    realised
        Arms of an optimum that are also set beside one another, each with the share that is realised of it; the verdict
        does not count them.
    programme, against
        The arm whose payback is computed, and what it is compared with.
    preset, start
        The firm: a preset, led by its status quo, with these changes.
    sources, contradicted_by
        Keys of the bibliography, of those who make the claim and of evidence against it.
    by_us
        Whether the claim is this project's own and not the article's.

    Raises
    ------
    ParameterError
        For a row that points at nothing.

    Examples
    --------
    >>> Claim(number=99, key="clear", kind="direction", unit="share of status quo", smallest=0.01,
    ...       arms={"clear": {"policy.role_clarity": 0.9}}, parts=("clear",), region=Region(low=0.01),
    ...       effect=lambda see: np.array([gain(see, "clear")])).arms["clear"]
    {'policy.role_clarity': 0.9}
    """

    number: int
    key: str
    kind: str
    unit: str
    smallest: float
    arms: Mapping[str, Changes]
    effect: Effect
    parts: tuple[str, ...]
    region: Region | None = None
    standing: str = TESTED
    at: str = ""
    realised: tuple[str, ...] = ()
    programme: str = ""
    against: str = STATUS_QUO
    preset: str = STATUS_QUO
    start: Changes = dataclasses.field(default_factory=dict)
    sources: tuple[str, ...] = ()
    contradicted_by: tuple[str, ...] = ()
    by_us: bool = False

    def __post_init__(self) -> None:
        """Refuse a claim that points at nothing, or that nothing could refute."""
        paths = {path for arm in (*self.arms.values(), self.start) for path in arm}
        for what, names, known in (
            ("source", (*self.sources, *self.contradicted_by), SOURCES), ("parameter", paths, REGISTRY),
            ("kind", (self.kind,), KINDS), ("standing", (self.standing,), STANDINGS),
            ("preset", (self.preset,), PRESETS),
            ("arm", {self.programme, self.against, *self.realised} - {""}, {STATUS_QUO, *self.arms}),
            ("plan", {self.at} - {""}, self.parts),
        ):
            for name in names:
                if name not in known:
                    raise ParameterError(f"claim {self.key}: no {what} {name}{nearest(name, known)}")
        if not self.smallest > 0.0:
            raise ParameterError(f"claim {self.key}: smallest = {self.smallest}; allowed is a number above 0, for "
                                 "every effect differs from 0")
        if (self.region is None) != (self.kind in (OPTIMUM, EXISTENCE)) or (self.kind == OPTIMUM) != bool(self.at):
            raise ParameterError(f"claim {self.key}: a region is needed, or of an optimum the plan it claims")


for _name in ("text", "measure", "experiment", "supports", "refutes", "carried_by", "programme_name"):
    setattr(Claim, _name, moved_attribute(_name, TEXTS))


def gain(see: Expected, arm: str, against: str = STATUS_QUO, measure: str = "revenue") -> Floats:
    """Compute what an arm has more than another of a measure, as a share of the status quo's revenue."""
    base = see(STATUS_QUO, "revenue_base" if measure.startswith("profit_since") else "revenue")
    return np.asarray((see(arm, measure) - see(against, measure)) / base)


def steps(*arms: str) -> Effect:
    """Effect of several steps, each arm against the one before."""
    def effect(see: Expected) -> Floats:
        return np.array([gain(see, after, before) for before, after in zip(arms, arms[1:], strict=False)])
    return effect


def plans(names: Iterable[str]) -> Effect:
    """Revenue of several plans, as shares of the status quo's."""
    def effect(see: Expected) -> Floats:
        return np.array([see(name) / see(STATUS_QUO) for name in names])
    return effect


def together(see: Expected) -> Floats:
    """What review and coaching do together beyond what each does alone, on the log scale."""
    arms = ("both", "review", "coaching", "neither")
    both, review, coaching, neither = (np.log(np.maximum(see(arm), 1e-12)) for arm in arms)
    return np.asarray([both - review - coaching + neither])


def for_the_same_hours(see: Expected) -> Floats:
    """How far all three kinds of sessions lead each alone, at the plan that brings each alone the hours of all three.

    Each alone is run with two plans; between them, and a little beyond, revenue is taken as a straight line of hours.
    """
    hours, leads = "coaching_hours_per_rep_month", []
    for kind in KINDS_OF_SESSIONS:
        low, high = f"{kind}, shorter plan", f"{kind}, longer plan"
        between = see(high, hours) - see(low, hours)
        part = (see(STATUS_QUO, hours) - see(low, hours)) / np.where(between == 0.0, 1.0, between)
        alone = see(low) + np.clip(part, -0.5, 1.5) * (see(high) - see(low))
        leads.append((see(STATUS_QUO) - alone) / see(STATUS_QUO))
    return np.array(leads)


def story(see: Expected) -> Floats:
    """Which groups' share grew by 47 % in three years, and revenue by 100 %, from the mean base year of all groups.

    By the reading that the market's 13 % are a year's. Then the same of groups that go on as before.
    """
    def reached(arm: str) -> Floats:
        base = {name: see(arm, f"{name}_base").mean() for name in ("market_share", "revenue")}
        return np.asarray((see(arm, "market_share") >= 1.47 * base["market_share"])
                          & (see(arm) > 2.0 * base["revenue"]), float)
    return np.array([reached("leadership"), reached(STATUS_QUO)])


def as_share(measure: str, arm: str) -> Effect:
    """Effect of a claim about a share: the measure itself, of one arm."""
    return lambda see: np.array([see(arm, measure)])


LEADERSHIP = PRESETS["leadership"]
PLANNED = {"a tenth": 0.1, "35 %": 0.35, "half": 0.5, "65 %": 0.65, "80 %": 0.8}
"""The plans besides the status quo's fifth; own selling keeps its .15."""

CLEAR_PLANS: dict[str, Changes] = {
    f"clear role, {share:.0%}": policy(
        coaching_share=share, role_clarity=0.9, accountability=0.8, own_selling_share=0.05)
    for share in (0.2, 0.35, 0.5, 0.65, 0.8, 0.95)}
"""Plans where half of the week can be realised."""

KINDS_OF_SESSIONS = ("pre_call", "post_call", "one_to_one")
PLANS_ALONE = {"pre_call": (0.25, 0.5), "post_call": (0.25, 0.5), "one_to_one": (0.2, 0.4)}
"""Two plans for each kind of session alone, on either side of the hours that all three bring; a pilot of six
replications looked at hours alone, and at no outcome."""


def alone(kind: str, share: float) -> Changes:
    """The policy with one kind of coaching sessions only."""
    return policy(coaching_share=share, **{each: each == kind for each in KINDS_OF_SESSIONS})


def planned(*names: str) -> dict[str, Changes]:
    """Arms with these plans for coaching, nothing else changed."""
    return {name: policy(coaching_share=PLANNED[name]) for name in names}


NO_REVIEW, REVIEW = policy(kpi_review=False, accountability=0.1), policy(kpi_review=True, accountability=0.7)
LITTLE_COACHING, COACHING = policy(coaching_share=0.05), policy(coaching_share=0.4)
ABOVE = Region(low=0.01)
OF_REVENUE, OF_YEAR, LOGARITHM = "share of status quo", "share of base revenue", "share on the log scale"

ROWS = (
    Claim(
        number=1, key="unfit_managers", kind=DIRECTION, standing=ASSUMED, sources=("V01", "V02"),
        arms={"replaced": policy(replace_unfit=True)}, parts=("replaced",), programme="replaced",
        unit=OF_YEAR, smallest=0.01, region=ABOVE,
        effect=lambda see: np.array([gain(see, "replaced", measure="profit_since_switch")])),
    Claim(
        number=2, key="half_of_the_week", kind=OPTIMUM, sources=("V01",), contradicted_by=("V08", "V20", "V32"),
        arms={**planned(*PLANNED), **CLEAR_PLANS}, parts=(STATUS_QUO, *PLANNED), at="half", programme="half",
        realised=tuple(CLEAR_PLANS), unit=OF_REVENUE, smallest=0.01, effect=plans((STATUS_QUO, *PLANNED))),
    Claim(
        number=3, key="three_percent", kind=SIZE, standing=ASSUMED, sources=("V01",), contradicted_by=("V04", "V03"),
        arms=planned("half"), parts=("half",), programme="half",
        unit="share of managers", smallest=0.05, region=Region(0.5, 1.0),
        effect=as_share("coaching_share_over_half", "half")),
    Claim(
        number=4, key="reasons_of_failure", kind=RANKING, sources=("V03", "V07", "V10"),
        arms={"well led": LEADERSHIP,
              "not coaching": {**LEADERSHIP, **policy(coaching_share=0.2)},
              "selling on": {**LEADERSHIP, **policy(own_selling_share=0.35)},
              "undefined role": {**LEADERSHIP, **policy(role_clarity=0.4, accountability=0.4)}},
        parts=("not coaching", "selling on", "undefined role"), programme="well led",
        unit=OF_REVENUE, smallest=0.01, region=ABOVE,
        effect=lambda see: np.array([gain(see, "well led", reason) for reason in (
            "not coaching", "selling on", "undefined role")])),
    Claim(
        number=5, key="great_seller", kind=DIRECTION, standing=ASSUMED, sources=("V55", "V56"),
        arms={"best seller": policy(promotion_rule="best_seller"), "at random": policy(promotion_rule="random"),
              "best coach": policy(promotion_rule="best_coach")},
        parts=("best seller",), programme="best coach", start={"calendar.horizon_weeks": 520},
        unit=OF_REVENUE, smallest=0.01, region=Region(high=-0.01),
        effect=lambda see: np.array([gain(see, "best seller", "at random")])),
    Claim(
        number=6, key="selling_managers", kind=DIRECTION, sources=("V03", "V07"),
        arms={"hero": policy(own_selling_share=0.4, coaching_share=0.05, heroics=2.0),
              "coach": policy(own_selling_share=0.05, coaching_share=0.4)},
        parts=("hero ahead after a year", "coach ahead after three years"), programme="coach", against="hero",
        unit=OF_YEAR, smallest=0.01, region=ABOVE,
        effect=lambda see: np.array([gain(see, "hero", "coach", "profit_since_switch_year_1"),
                                     gain(see, "coach", "hero", "profit_since_switch")])),
    Claim(
        number=7, key="three_sessions", kind=DIRECTION, standing=NO_MECHANISM, sources=("V23",),
        arms={f"{kind}, {length} plan": alone(kind, share) for kind, both in PLANS_ALONE.items()
              for length, share in zip(("shorter", "longer"), both, strict=True)},
        parts=KINDS_OF_SESSIONS, unit=OF_REVENUE, smallest=0.01, region=ABOVE, effect=for_the_same_hours),
    Claim(
        number=8, key="reviews_and_coaching", kind=INTERACTION,
        arms={"neither": {**NO_REVIEW, **LITTLE_COACHING}, "review": {**REVIEW, **LITTLE_COACHING},
              "coaching": {**NO_REVIEW, **COACHING}, "both": {**REVIEW, **COACHING}},
        parts=("together",), programme="both", against="neither",
        unit=LOGARITHM, smallest=0.01, region=ABOVE, effect=together),
    Claim(
        number=9, key="construction_group", kind=EXISTENCE, sources=("V09",), preset="construction_group",
        arms={"leadership": LEADERSHIP}, parts=("led", "as before"), programme="leadership",
        unit="share of firms", smallest=0.05, effect=story),
    Claim(
        number=10, key="double_profit", kind=SIZE, sources=("V09",),
        arms={"leadership": LEADERSHIP}, parts=("leadership",), programme="leadership",
        unit="share of status quo's profit", smallest=0.1, region=Region(low=1.0),
        effect=lambda see: np.array([see("leadership", "profit_final") / see(STATUS_QUO, "profit_final") - 1.0])),
    Claim(
        number=11, key="grow_people", kind=SIZE,
        arms={"all but people": policy(role_clarity=0.9, accountability=0.7, own_selling_share=0.05,
                                       coaching_share=0.15)},
        parts=("all but people",), programme="all but people", unit=OF_REVENUE, smallest=0.02, region=Region(high=0.02),
        effect=lambda see: np.array([gain(see, "all but people")])),
    Claim(
        number=12, key="more_coaching", kind=DIRECTION, contradicted_by=("V20", "V21", "V43"), by_us=True,
        arms=planned("half", "80 %"), parts=("half", "80 %"), programme="80 %",
        unit=OF_REVENUE, smallest=0.01, region=ABOVE, effect=steps(STATUS_QUO, "half", "80 %")),
    Claim(
        number=13, key="more_reviews", kind=DIRECTION, standing=INPUT_READ_BACK, contradicted_by=("V76", "V80"),
        by_us=True, arms={"more": policy(accountability=0.7), "most": policy(accountability=1.0)},
        parts=("more", "most"), programme="most",
        unit=OF_REVENUE, smallest=0.01, region=ABOVE, effect=steps(STATUS_QUO, "more", "most")),
)
CLAIMS: Mapping[str, Claim] = MappingProxyType({claim.key: claim for claim in ROWS})
"""Every claim by its key, in the order of their numbers."""
