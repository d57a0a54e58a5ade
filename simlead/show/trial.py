"""A trial in words: what it could tell, what it is worth, and what it has shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simlead.results.seen import SEEN
from simlead.show.format import amount, chance, fixed, interval, number, parameter_value, percent_of, quantity, setting
from simlead.show.format import count as counted_number
from simlead.show.language import known, say
from simlead.show.wording import capital, inside, listed, parameter_name
from simlead.statistics.findings import Finding

MONEY = "$"
RELATIVE = ("revenue", "pipeline_value", "deals_won")
"""Outcomes whose effects are shown in percent of the level without the change."""


def trial_sentence(found: Finding) -> str:
    """One finding of a trial in words.

    >>> from simlead.statistics.findings import finding
    >>> trial_sentence(finding("trial.earliest", outcome="sessions_held", months=2, power=0.84))
    'Coaching sessions held shows the change first: power 84 % after 2 months.'
    """
    values: dict[str, Any] = dict(found.values)
    shown = {name: _SHOWN[name](value) for name, value in values.items() if name in _SHOWN}
    for name, value in values.items():
        shown.setdefault(name, str(value))
    outcome = values.get("outcome")
    if isinstance(outcome, str):
        shown["outcome"] = inside(outcome_name(outcome))
        shown |= _effects(outcome, values)
    if {"low", "high"} <= values.keys():
        shown["range"] = percent_range(values["low"], values["high"])
    return capital(" ".join(say(found.code, **shown).split()))


def outcome_name(outcome: str) -> str:
    """An outcome's name.

    >>> outcome_name("win_rate")
    'Win rate of proposals'
    """
    key = f"trial.outcomes.{outcome}"
    return say(key) if known(key) else outcome


def estimator_name(estimator: str) -> str:
    """The name of an analysis."""
    return say(f"trial.estimators.{estimator}")


def change_words(change: Mapping[str, Any]) -> str:
    """The change in words.

    >>> change_words({"policy.coaching_share": 0.5})
    'coaching share 0.5'
    """
    return listed([say("trial.protocol.lever", name=inside(parameter_name(path)), value=parameter_value(path, value))
                   for path, value in change.items()])


def effect_scale_of(outcome: str, level: float) -> tuple[float, str]:
    """A factor and a unit in words for effects on an outcome: percent of the level, points, or its own unit.

    >>> effect_scale_of("revenue", 2000.0), effect_scale_of("win_rate", 0.3)
    ((0.05, '%'), (100.0, 'points'))
    """
    if outcome in RELATIVE and level > 0.0 and math.isfinite(level):
        return 100.0 / level, say("names.percents.share")
    factor = 100.0 if SEEN[outcome].unit.startswith("share") else 1.0
    return factor, say(f"trial.units.{outcome}")


def effect_words(value: float, outcome: str, level: float = math.nan, half: float | None = None) -> str:
    """An effect on an outcome with sign and unit; without a level money stays money.

    >>> effect_words(0.021, "win_rate"), effect_words(100.0, "revenue", 2000.0)
    ('+2.10 points', '+5.00 %')
    """
    if outcome in RELATIVE and not math.isfinite(level):
        return quantity(value, SEEN[outcome].unit, half, short=True)
    factor, unit = effect_scale_of(outcome, level)
    if not math.isfinite(value):
        return say("words.unknown")
    text = number(round(factor * value, 9), None if half is None else round(abs(factor * half), 9))
    plus = "+" if value > 0.0 and text.strip("0.") else ""
    return amount(f"{plus}{text}", unit)


def effect_range(low: float, high: float, outcome: str, level: float = math.nan) -> str:
    """A range of effects with its unit once."""
    if outcome in RELATIVE and not math.isfinite(level):
        return say("words.to", low=quantity(low, SEEN[outcome].unit, short=True),
                   high=quantity(high, SEEN[outcome].unit, short=True))
    factor, unit = effect_scale_of(outcome, level)
    return amount(interval(round(factor * low, 9), round(factor * high, 9)), unit)


def smallest_words(value: float, outcome: str, level: float) -> str:
    """The smallest effect that is seen, without sign.

    >>> smallest_words(0.25, "win_rate", 0.3), smallest_words(math.inf, "win_rate", 0.3)
    ('25 points', 'unknown')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    factor, unit = effect_scale_of(outcome, level)
    return amount(number(factor * value, abs(factor * value) / 5), unit)


def percent_range(low: float, high: float) -> str:
    """Two shares as percent, to a tenth of a percent; one where they are the same.

    >>> percent_range(0.0351, 0.07), percent_range(0.0909, 0.0909), percent_range(0.00004, 0.20508)
    ('3.5 to 7.0 %', '9.1 %', '0 to 20 %')
    """
    low, high = round(low, 3), round(high, 3)
    if low == high:
        return percent_of(low)
    return say("words.percent", number=interval(100.0 * low, 100.0 * high)) if math.isfinite(low + high) else (
        say("words.unknown"))


def money(dollars: float) -> str:
    """Dollars, short.

    >>> money(438_084.8), money(1e-11)
    ('438 thousand $', '0 $')
    """
    if abs(dollars) < 0.5:  # 0 but for rounding
        dollars = 0.0
    return quantity(dollars, MONEY, abs(dollars) / 20 or None, short=True)


def p_value_words(p_value: float) -> str:
    """A p-value with three decimals; never 0.

    >>> p_value_words(0.0421), p_value_words(1e-7), p_value_words(math.nan)
    ('0.042', '< 0.001', 'unknown')
    """
    return f"< {fixed(0.001, 3)}" if p_value < 0.0005 else fixed(p_value, 3)


def _p_value_in_words(p_value: float) -> str:
    small = p_value < 0.0005
    return say(f"trial.p.{'below' if small else 'is'}", number=fixed(0.001 if small else p_value, 3))


def _effects(outcome: str, values: Mapping[str, Any]) -> dict[str, str]:
    level = float(values.get("level", math.nan))
    found = {}
    if "effect" in values:
        ends = (values["effect_low"], values["effect_high"]) if "effect_low" in values else (
            values.get("low", 0.0), values.get("high", 0.0))
        found["effect"] = effect_words(float(values["effect"]), outcome, level, abs(ends[1] - ends[0]) / 2)
        found["plausible" if "effect_low" in values else "interval"] = effect_range(*ends, outcome, level)
    if "smallest" in values:
        found["smallest"] = smallest_words(float(values["smallest"]), outcome, level) if (
            outcome not in RELATIVE or math.isfinite(level)) else quantity(
                float(values["smallest"]), SEEN[outcome].unit, short=True)
    if "power_low" in values:
        found["power_range"] = percent_range(values["power_low"], values["power_high"])
    return found


def _names(names: Iterable[str]) -> str:
    return listed([inside(outcome_name(name)) for name in names] or [""])


_SHOWN: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("now_value", "try_value", "leave_value", "gain", "evsi", "evpi", "price", "adopt", "drop",
                     "before", "after"), money),
    **dict.fromkeys(("power", "false_alarms", "revenue_power", "share", "sure"), percent_of),
    **dict.fromkeys(("months", "teams", "horizon", "worlds", "least"), counted_number),
    "chance": chance, "estimator": estimator_name, "outcomes": _names, "p_value": _p_value_in_words,
    "effective": lambda value: setting(round(value, 1)), "arms": lambda name: say(f"trial.arms.{name}"),
}
