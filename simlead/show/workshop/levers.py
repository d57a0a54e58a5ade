"""The described firm, the levers, and the two scenarios that follow from both."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.policy import Policy
from simlead.model.presets import EFFECT_SIZES, preset
from simlead.model.scenario import Scenario

WEEKS_OF_WARM_UP_PER_DAY = 1.02
"""Four mean paces of a buyer must pass before the base year (`Calendar.warmup_weeks`)."""

SMALLEST_SPAN, LARGEST_SPAN = 2, 20

REMEMBERED = 256
"""What follows from a firm and a move is asked for many times a second, and making a scenario takes milliseconds."""


@dataclasses.dataclass(frozen=True)
class Field:
    """A number that describes the firm: what may be typed, and the parameters it sets.

    A value times `factor` is the parameter's.
    """

    key: str
    paths: tuple[str, ...]
    low: int
    high: int
    factor: float = 1.0


FIELDS = (
    Field("teams", ("organisation.teams",), 1, 12),
    Field("reps", ("organisation.seats_per_team",), 2, 15),
    Field("deal_value", ("market.deal_value_median",), 1_000, 10_000_000),
    Field("cycle_days", ("market.pace_days_median",), 10, 365),
    Field("market_growth", ("market.growth_per_year",), -20, 40, 0.01),
    Field("coaching_today", ("policy.coaching_share", "status_quo.coaching_share"), 0, 60, 0.01),
)
"""Description of the firm, in whole numbers (shares and growth in percent)."""


@dataclasses.dataclass(frozen=True)
class Own:
    """A firm that was given as a scenario: its name, and the scenario under each set of effect sizes that it allows."""

    name: str
    scenarios: tuple[Scenario, ...]

    def under(self, effect_sizes: str) -> Scenario:
        """The scenario under a set of effect sizes; KeyError for one that the firm does not allow."""
        return {scenario.origin.effect_sizes: scenario for scenario in self.scenarios}[effect_sizes]

    @property
    def key(self) -> str:
        """A short text that stands for the scenarios."""
        return "-".join(scenario[:8] for scenario in self.hashes)

    @property
    def hashes(self) -> list[str]:
        """The hash of each scenario."""
        return [scenario.hash() for scenario in self.scenarios]


@dataclasses.dataclass(frozen=True)
class Firm:
    """The firm of the room; the defaults are simlead's own.

    `own` is the scenario that it was given as, which the numbers describe.

    >>> Firm().reps_in_all, Firm().spans
    (32, (2, 4, 8, 16))
    """

    teams: int = 4
    reps: int = 8
    deal_value: int = 35_000
    cycle_days: int = 72
    market_growth: int = 13
    coaching_today: int = 20
    own: Own | None = dataclasses.field(default=None, repr=False)

    @property
    def reps_in_all(self) -> int:
        """Reps, each with a territory of their own."""
        if self.own is not None:
            return sum(team.seats for team in self.own.scenarios[0].teams)
        return self.teams * self.reps

    @property
    def numbers(self) -> dict[str, int]:
        """What describes the firm, by field."""
        return {field.key: getattr(self, field.key) for field in FIELDS}

    @property
    def effect_sizes(self) -> tuple[str, ...]:
        """The sets of effect sizes that it can be seen under; of a calibrated file only its own."""
        if self.own is not None:
            return tuple(scenario.origin.effect_sizes for scenario in self.own.scenarios)
        return tuple(EFFECT_SIZES)

    @property
    def teams_differ(self) -> bool:
        """Whether its teams or their number have something of their own, so that reps cannot be shared out anew."""
        return self.own is not None and any(each.stated or each.people_plan for each in self.own.scenarios)

    @property
    def spans(self) -> tuple[int, ...]:
        """Spans of control that share out the same reps without a rest, so that the territories stay."""
        if self.teams_differ:
            return (self.reps,)
        whole = (span for span in range(SMALLEST_SPAN, LARGEST_SPAN + 1) if self.reps_in_all % span == 0)
        return tuple(sorted({*whole, self.reps}))


def given_firm(name: str, scenarios: Sequence[Scenario]) -> Firm:
    """The firm of a scenario under one or more sets of effect sizes; numbers describe it, rounded.

    >>> given_firm("ours", [Scenario().state({"seats": [9, 7, 11]})])
    Firm(teams=3, reps=9, deal_value=35000, cycle_days=72, market_growth=13, coaching_today=20)
    """
    first = scenarios[0]
    seats = [team.seats for team in first.teams]
    values: dict[str, Any] = {
        field.key: round(float(first.value(field.paths[0])) / field.factor) for field in FIELDS[2:]}
    return Firm(teams=len(seats), reps=round(sum(seats) / len(seats)), own=Own(name, tuple(scenarios)), **values)


def firm_of(typed: Mapping[str, Any]) -> tuple[Firm | None, tuple[str, ...]]:
    """The firm that was typed in, or None and the keys of the fields that hold something else.

    Digits may be Persian; thousands may be marked.

    >>> firm_of({"teams": "۳", "deal_value": "50,000"})
    (Firm(teams=3, reps=8, deal_value=50000, cycle_days=72, market_growth=13, coaching_today=20), ())
    >>> firm_of({"teams": "0", "reps": "many"})
    (None, ('teams', 'reps'))
    """
    values: dict[str, Any] = {}
    wrong = []
    for field in FIELDS:
        if field.key not in typed:
            continue
        number = whole(typed[field.key])
        if number is None or not field.low <= number <= field.high:
            wrong.append(field.key)
        else:
            values[field.key] = number
    return (None, tuple(wrong)) if wrong else (Firm(**values), ())


def whole(typed: object) -> int | None:
    """The whole number in a text, or None.

    >>> whole("1,500"), whole("۴"), whole("٪"), whole(2.5), whole(" 7 ")
    (1500, 4, None, None, 7)
    """
    if isinstance(typed, bool):
        return None
    if isinstance(typed, int):  # may be too large for a float
        return typed
    if isinstance(typed, float):
        return int(typed) if math.isfinite(typed) and typed == int(typed) else None
    if not isinstance(typed, str) or len(typed) > 40:
        return None
    text = typed.strip().replace("\N{MINUS SIGN}", "-")
    for mark in (",", "٬", "،", " ", "\N{NO-BREAK SPACE}"):
        text = text.replace(mark, "")
    try:
        return int(text)
    except ValueError:
        return None


@dataclasses.dataclass(frozen=True)
class Lever:
    """A slider: its positions, and the parameter it sets (a position is percent, a span is reps)."""

    key: str
    path: str
    low: int
    high: int
    step: int


LEVERS = (
    Lever("coaching", "policy.coaching_share", 0, 70, 5),
    Lever("clarity", "policy.role_clarity", 0, 100, 10),
    Lever("accountability", "policy.accountability", 0, 100, 10),
    Lever("own_selling", "policy.own_selling_share", 0, 30, 5),
)
"""The levers in percent; the largest plans of a week, 70 + 30 %, still fit into it."""

SWITCHES = {"kpi_review": "policy.kpi_review", "training": "policy.manager_training"}
"""Levers that are on or off."""


@dataclasses.dataclass(frozen=True)
class Move:
    """Positions of the levers, and the set of effect sizes.

    >>> as_it_is(Firm()).coaching, as_it_is(Firm()).span
    (20, 8)
    """

    coaching: int
    clarity: int
    accountability: int
    own_selling: int
    span: int
    kpi_review: bool
    training: bool
    effect_sizes: str


@lru_cache(maxsize=REMEMBERED)
def as_it_is(firm: Firm, effect_sizes: str = "evidence") -> Move:
    """The levers where the firm has them today."""
    if firm.own is not None:
        return _as_in(firm.own.under(effect_sizes).policy, firm, effect_sizes)
    return dataclasses.replace(_positions("status_quo", firm, effect_sizes), coaching=firm.coaching_today)


@lru_cache(maxsize=REMEMBERED)
def advice(firm: Firm, effect_sizes: str = "evidence") -> Move:
    """What the article on sales leadership advises: the preset `leadership`, the span as it is.

    >>> advice(Firm()).coaching, advice(Firm()).training
    (50, True)
    """
    return _positions("leadership", firm, effect_sizes)


def _positions(name: str, firm: Firm, effect_sizes: str) -> Move:
    """The levers where a preset has them, the span as it is."""
    return _as_in(preset(name).policy, firm, effect_sizes)


def _as_in(policy: Policy, firm: Firm, effect_sizes: str) -> Move:
    return Move(
        coaching=round(100 * policy.coaching_share), clarity=round(100 * policy.role_clarity),
        accountability=round(100 * policy.accountability), own_selling=round(100 * policy.own_selling_share),
        span=firm.reps, kpi_review=policy.kpi_review, training=policy.manager_training, effect_sizes=effect_sizes)


@lru_cache(maxsize=REMEMBERED)
def changed(firm: Firm, move: Move) -> tuple[str, ...]:
    """The levers that do not stand where the firm has them today.

    >>> changed(Firm(), dataclasses.replace(as_it_is(Firm()), coaching=50))
    ('coaching',)
    """
    return different(move, as_it_is(firm, move.effect_sizes))


def different(move: Move, other: Move) -> tuple[str, ...]:
    """The levers in which two moves differ."""
    return tuple(field.name for field in dataclasses.fields(Move)
                 if getattr(move, field.name) != getattr(other, field.name))


def with_lever(firm: Firm, move: Move, key: str, value: object) -> Move:
    """The move with one lever set. Raises ParameterError for an unknown one or a position it does not have.

    >>> with_lever(Firm(), as_it_is(Firm()), "span", 16).span
    16
    """
    for lever in LEVERS:
        if lever.key == key:
            number = whole(value)
            today = getattr(as_it_is(firm, move.effect_sizes), key)  # may lie beyond the lever's ends
            if number is None or not (lever.low <= number <= lever.high or number == today):
                raise ParameterError(f"{key} = {value!r}: allowed is {lever.low} to {lever.high} %")
            return _with(move, key, number)
    if key == "span":
        number = whole(value)
        if number not in firm.spans:
            raise ParameterError(f"span = {value!r}: allowed is {', '.join(map(str, firm.spans))}")
        return dataclasses.replace(move, span=number)
    if key in SWITCHES and isinstance(value, bool):
        return _with(move, key, value)
    if key == "effect_sizes" and value in firm.effect_sizes:
        return dataclasses.replace(move, effect_sizes=value)
    raise ParameterError(f"{key!s:.40} = {value!r:.40}: no such lever or position")


def _with(move: Move, key: str, value: object) -> Move:
    return Move(**{**dataclasses.asdict(move), key: value})


def is_stock(firm: Firm) -> bool:
    """Whether the firm is simlead's own, whose calibration ships with it, or one that was given as a scenario."""
    return firm.own is not None or firm == Firm()


@lru_cache(maxsize=REMEMBERED)
def described(firm: Firm, effect_sizes: str) -> Scenario:
    """The firm as it is under a set of effect sizes, before it is calibrated to its own status quo."""
    if firm.own is not None:
        return firm.own.under(effect_sizes)
    changes: dict[str, Any] = {}
    for field in FIELDS:
        value = getattr(firm, field.key)
        for path in field.paths:
            changes[path] = value * field.factor if field.factor != 1.0 else value
    weeks = math.ceil(WEEKS_OF_WARM_UP_PER_DAY * firm.cycle_days)
    changes["calendar.warmup_weeks"] = max(preset("status_quo").calendar.warmup_weeks, weeks)
    return preset("status_quo", effect_sizes).change(changes)


@lru_cache(maxsize=REMEMBERED)
def moved(base: Scenario, firm: Firm, move: Move) -> Scenario:
    """The firm as it is with the levers moved; the same reps and territories, whatever the span.

    >>> firm = Firm()
    >>> moved(described(firm, "evidence"), firm, as_it_is(firm)) == described(firm, "evidence")
    True
    """
    there = changed(firm, move)
    changes: dict[str, Any] = {lever.path: getattr(move, lever.key) / 100 for lever in LEVERS if lever.key in there}
    changes |= {path: getattr(move, key) for key, path in SWITCHES.items() if key in there}
    if "span" in there:
        changes["organisation.seats_per_team"] = move.span
        changes["organisation.teams"] = firm.reps_in_all // move.span
    return base.change(changes)
