"""Numbers, names and intervals as the report says them, in the language spoken now."""

from __future__ import annotations

import math
from typing import Any

from simlead.model.scenario import REGISTRY
from simlead.results.export import harmless
from simlead.results.measures import MEASURES
from simlead.show.charts.style import UNCLEAR, UP, verdict
from simlead.show.language import known, localised, say
from simlead.show.report.document import NAME_LENGTH, clean
from simlead.show.wording import listed as in_a_row
from simlead.show.wording import scale, unit_words, words

_EVERY = {"1/week": "week", "1/month": "month", "1/year": "year"}

READABLE = 6
"""Letters of a number that anybody reads to its end."""


def in_percent_of_baseline(unit: str) -> bool:
    """Whether a difference in this unit is told in percent of the baseline, not in points or the unit itself.

    >>> in_percent_of_baseline("$/year"), in_percent_of_baseline("share")
    (True, False)
    """
    return not unit.startswith(("share", "ratio"))


def figure(value: float, half_width: float = math.nan) -> str:
    """A number with the digits that half of its interval's width bears, or else about three.

    >>> figure(38.4123, 0.4), figure(-3.14159), figure(0.004, 5.0), figure(math.nan)
    ('38.4', '−3.14', '0', 'unknown')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    scale = half_width if math.isfinite(half_width) and half_width > 0 else abs(value) / 50
    decimals = 0 if scale >= 2 else 1 if scale >= 0.2 else 2 if scale >= 0.02 or value == 0 else 3
    text = f"{value:,.{decimals}f}"
    return _signed(text if text.strip("-0.") else text.lstrip("-"))


def level(mean: float, low: float, high: float, unit: str) -> str:
    """A mean with its unit and its interval.

    >>> level(0.4236, 0.39, 0.45, "share"), level(3.84e7, 3.8e7, 3.88e7, "$/year")
    ('42 % (39 to 45)', '38.4 million $/year (38.0 to 38.8)')
    """
    if not math.isfinite(mean):
        return say("words.unknown")
    factor, unit_words = _scale(unit, mean)
    return _with_interval(factor * mean, factor * low, factor * high, unit_words)


def change(mean: float, low: float, high: float, unit: str, size: float, relative: bool) -> str:
    """A difference with its interval: in percent of the baseline, in points, or in the unit at the `size` of a level.

    >>> change(0.09, 0.04, 0.14, "$/year", 4e7, True), change(0.09, 0.04, 0.14, "share", 0.4, False)
    ('+9 % (4 to 14)', '+9 points (4 to 14)')
    """
    if not math.isfinite(mean):
        return say("words.unknown")
    if relative:
        factor, unit_words = 100.0, say("report.numbers.percent")
    elif unit.startswith("share"):
        factor, unit_words = 100.0, say("names.units.points")
    else:
        factor, unit_words = _scale(unit, size)
    return _with_interval(factor * mean, factor * low, factor * high, unit_words, plus=True)


def verdict_words(low: float, high: float) -> str:
    """What the interval of a difference says: higher, lower, or not distinguishable.

    >>> verdict_words(1.0, 2.0), verdict_words(-1.0, 2.0), verdict_words(math.nan, math.nan)
    ('higher', 'not distinguishable', 'not distinguishable')
    """
    said = verdict(low, high)
    return say(f"report.verdicts.{'unclear' if said == UNCLEAR else 'higher' if said == UP else 'lower'}")


def plain(value: float, unit: str) -> str:
    """A number with its unit, which has no interval and is not said to have one.

    >>> plain(0.4236, "share"), plain(math.nan, "share")
    ('42.4 %', 'unknown')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    factor, unit_words = _scale(unit, value)
    return say("report.numbers.with_unit", number=figure(factor * value), unit=unit_words).rstrip()


def measure_name(measure: str) -> str:
    """A measure's name; one of somebody's own by its own words.

    >>> measure_name("market_share"), measure_name("deals_of_<b>")
    ('Market share', 'Deals of <b>')
    """
    return _named("measures", measure)


def unit_of(measure: str) -> str:
    """A measure's unit; empty for one of somebody's own."""
    return MEASURES[measure].unit if measure in MEASURES else ""


def scenario_name(name: str) -> str:
    """A scenario's name: a preset's in the language, any other as it was given.

    >>> scenario_name("status_quo"), scenario_name("=1+1")
    ('Status quo', "'=1+1")
    """
    return harmless(_named("scenarios", name))


def belief_name(name: str) -> str:
    """A belief set's name."""
    return _named("beliefs", name)


def parameter_name(path: str) -> str:
    """A parameter's name.

    >>> parameter_name("policy.coaching_share")
    'Coaching share'
    """
    key = f"names.parameters.{path}"
    return say(key) if known(key) else clean(words(path.rpartition(".")[2]), NAME_LENGTH)


def parameter_value(path: str, value: Any) -> str:
    """A parameter's value as people read it, without its unit.

    >>> parameter_value("policy.manager_training", True), parameter_value("market.deal_value_median", 250_000.0)
    ('on', '250,000')
    >>> parameter_value("policy.coaching_share", 0.35), parameter_value("policy.coaching_share", 0.3512498)
    ('0.35', '0.351')
    """
    if isinstance(value, bool):
        return say("words.on" if value else "words.off")
    if isinstance(value, str):
        return _named("promotion_rules", value)
    if not math.isfinite(value):
        return say("words.unknown")
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.10g}"
    if len(text) > READABLE and abs(value) < 1000:  # drawn, not chosen
        text = f"{value:.3g}"
    return localised(_signed(text))


def parameter_unit(path: str) -> str:
    """A parameter's unit; what only is a share is told as a part of one."""
    return unit_name(REGISTRY[path].unit) if path in REGISTRY else ""


def unit_name(unit: str) -> str:
    """A unit in the language.

    >>> unit_name("hours/month"), unit_name("1/year"), unit_name("")
    ('hours/month', 'a year', '')
    """
    return say("report.numbers.per", each=say(f"words.{_EVERY[unit]}")) if unit in _EVERY else unit_words(unit)


def count(number: int) -> str:
    """A count with its thousands apart.

    >>> count(12345)
    '12,345'
    """
    return localised(f"{number:,}")


def listed(names: list[str], most: int = 4) -> str:
    """Names in a row, the first few and how many more.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e", "f"])
    ('a and b', 'a, b, c, d and 2 more')
    """
    if len(names) > most:
        return say("report.numbers.and_more", names=say("words.comma").join(names[:most]), more=len(names) - most)
    return in_a_row(names)


def _named(group: str, name: str) -> str:
    key = f"names.{group}.{name}"
    return say(key) if known(key) else clean(words(name), NAME_LENGTH)


def _with_interval(mean: float, low: float, high: float, unit: str, plus: bool = False) -> str:
    half = (high - low) / 2
    number = figure(mean, half)
    if plus and mean > 0 and number.strip("0."):
        number = f"+{number}"
    told = say("report.numbers.with_unit", number=number, unit=unit).rstrip()
    if not math.isfinite(half):
        return say("report.numbers.no_interval", told=told)
    return say("report.numbers.interval", told=told, low=figure(low, half), high=figure(high, half))


def _scale(unit: str, size: float) -> tuple[float, str]:
    """A factor and the unit's words for numbers of this size: shares in percent, much money in millions."""
    return (1.0, unit_name(unit)) if unit in _EVERY else scale(unit, size)


def _signed(text: str) -> str:
    """A number's text with a real minus."""
    return f"\N{MINUS SIGN}{text[1:]}" if text.startswith("-") else text
