"""Numbers, units and intervals as text, the same in terminal, charts, report, pages and workshop.

A number has as many decimals as its interval supports: half the interval's width keeps one or two digits.
A share is shown in percent, a difference of shares in points, money in thousands or millions; the unit stands once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from simlead.model.parameters import WEEK_OR_NEVER
from simlead.model.people_plan import plan_words
from simlead.model.scenario import PLAN, REGISTRY
from simlead.model.team import NEVER
from simlead.results.measures import MEASURES
from simlead.show.currency import currency_name
from simlead.show.language import known, localised, say
from simlead.show.user_text import NAME_LENGTH, clean

MOST_DECIMALS = 3
READABLE_DIGITS = 6
"""Characters of a drawn (not chosen) setting that are shown."""

_EVERY = {"1/week": "week", "1/month": "month", "1/year": "year"}


# --- one number


def decimals(value: float, half_width: float | None = None) -> int:
    """Number of decimals that half the width of an interval supports; without an interval, about three digits.

    >>> decimals(9.3456, 10.0), decimals(9.3456, 0.8), decimals(9.3456, 0.05), decimals(38.41)
    (0, 1, 2, 1)
    """
    known_width = half_width is not None and math.isfinite(half_width) and half_width > 0
    size = half_width if known_width and half_width is not None else abs(value) / 50
    return min(MOST_DECIMALS, max(0, -math.floor(math.log10(size / 2)))) if size > 0 and math.isfinite(size) else 0


def fixed(value: float, places: int) -> str:
    """A number with this many decimals, thousands apart, a minus sign, and no sign before zero.

    >>> fixed(-1234.56, 1), fixed(-0.01, 0), fixed(math.nan, 2)
    ('−1,234.6', '0', 'unknown')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    text = f"{value:,.{places}f}"
    return localised(text.replace("-", "\N{MINUS SIGN}") if text.strip("-0.,") else text.lstrip("-"))


def number(value: float, half_width: float | None = None) -> str:
    """A number with the decimals that half the width of its interval supports, or about three digits.

    >>> number(9.3456, 10.0), number(9.3456, 0.8), number(-0.01, 5.0), number(38.4123), number(float("nan"))
    ('9', '9.3', '0', '38.4', 'unknown')
    """
    return fixed(value, decimals(value, half_width))


def signed(value: float, half_width: float | None = None) -> str:
    """A difference with its sign, `+` too; no sign before a number that is shown as zero.

    >>> signed(9.3456, 10.0), signed(-9.3456, 10.0), signed(0.01, 10.0)
    ('+9', '−9', '0')
    """
    return _plus(value, number(value, half_width))


def percent(value: float, half_width: float | None = None) -> str:
    """A number that counts percent, with the percent sign.

    >>> percent(9.3456, 0.8)
    '9.3 %'
    """
    return say("words.percent", number=number(value, half_width))


def plus_minus(half_width: float) -> str:
    """Half of an interval's width behind a plus-minus sign."""
    return say("words.plus_minus", number=number(half_width, half_width / 5))


def count(value: int) -> str:
    """A count, thousands apart.

    >>> count(12345)
    '12,345'
    """
    return localised(f"{value:,}")


def setting(value: float) -> str:
    """A number that a person chose (a parameter's value, a confidence level), with all of its digits.

    >>> setting(0.35), setting(250_000.0), setting(95.0), setting(-0.5), setting(0.3512498)
    ('0.35', '250,000', '95', '−0.5', '0.351')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.10g}"
    if len(text) > READABLE_DIGITS and abs(value) < 1000:  # drawn, not chosen
        text = f"{value:.3g}"
    return localised(text.replace("-", "\N{MINUS SIGN}"))


def limit_words(value: float, unit: str, rounded: Callable[[float], int]) -> str:
    """A limit with its unit: three digits, rounded to the safe side (`math.ceil` or `math.floor`).

    >>> limit_words(1234567.0, "$/year", math.ceil), limit_words(0.012345, "", math.floor)
    ('1,240,000 $/year', '0.0123')
    >>> limit_words(119.2, "$", math.ceil), limit_words(37.49, "", math.ceil), limit_words(-0.5, "", math.floor)
    ('120 $', '37.5', '−0.5')
    """
    if not math.isfinite(value) or value == 0.0:
        return amount(setting(value), unit)
    places = 2 - math.floor(math.log10(abs(value)))
    # Rounded first at the sixteenth digit, or 0.3 would round up to 0.301.
    whole = rounded(round(value * 10.0**places, 9)) / 10.0**places
    digits = f"{whole:,.{max(places, 0)}f}".replace("-", "\N{MINUS SIGN}")
    return amount(localised(digits.rstrip("0").rstrip(".") if places > 0 else digits), unit)


def two_digits(value: float) -> str:
    """A number that was drawn or computed, not chosen, with two digits.

    >>> two_digits(0.3512498), two_digits(79_367.0), two_digits(-8.04)
    ('0.35', '79,000', '−8')
    """
    return setting(float(f"{value:.2g}"))


# --- probabilities and shares


def chance(probability: float) -> str:
    """A probability as a sentence says it; one near 0 or 1 as a limit, because no number of worlds shows it exactly.

    >>> chance(0.758), chance(0.998), chance(0.0), chance(math.nan)
    ('76 in 100', 'more than 99 in 100', 'fewer than 1 in 100', 'unknown')
    """
    return say("words.unknown") if math.isnan(probability) else say("words.in_100", number=in_100(probability))


def in_100(probability: float) -> str:
    """The same number without its words, where a sentence or a column's name has these.

    >>> in_100(0.758), in_100(0.998), in_100(0.0)
    ('76', 'more than 99', 'fewer than 1')
    """
    return of_100(min(max(probability, 1e-9), 1.0 - 1e-9) if math.isfinite(probability) else probability)


def of_100(share: float) -> str:
    """A share that was counted as a number of 100; none that is not all or nothing is shown as 0 or 100.

    >>> of_100(0.624), of_100(0.001), of_100(0.999), of_100(0.0), of_100(1.0)
    ('62', 'fewer than 1', 'more than 99', '0', '100')
    """
    if not math.isfinite(share):
        return say("words.unknown")
    if 0.0 < share < 0.01:
        return say("words.under_1")
    return say("words.over_99") if 0.99 < share < 1.0 else fixed(100.0 * share, 0)


def probability(share: float) -> str:
    """A probability for a column of numbers, with two decimals; one near 0 or 1 as a limit.

    >>> probability(0.344), probability(0.998), probability(0.0)
    ('0.34', 'above 0.99', 'below 0.01')
    """
    if not math.isfinite(share):
        return say("words.unknown")
    if share > 0.99:
        return say("words.above", number=fixed(0.99, 2))
    return say("words.below", number=fixed(0.01, 2)) if share < 0.01 else fixed(share, 2)


def percent_of(share: float) -> str:
    """A share as percent, without decimals from 10 % on.

    >>> percent_of(0.84), percent_of(0.052), percent_of(math.nan)
    ('84 %', '5.2 %', 'unknown')
    """
    if not math.isfinite(share):
        return say("words.unknown")
    return say("words.percent", number=fixed(100.0 * share, 0 if abs(share) >= 0.0995 or share == 0.0 else 1))


# --- a number with its interval


def figures(mean: float, low: float, high: float) -> tuple[str, str, str]:
    """The mean and both ends of an interval with the same decimals.

    Ends on one side of zero are not shown as zero, so that a sentence about the sign agrees with them.

    >>> figures(16.2345, 15.1, 17.2), figures(5.1, 0.2, 10.0), figures(5.1, -0.2, 10.0)
    (('16.2', '15.1', '17.2'), ('5.1', '0.2', '10.0'), ('5', '0', '10'))
    """
    places = places_of(mean, low, high)
    return fixed(mean, places), fixed(low, places), fixed(high, places)


def places_of(mean: float, low: float, high: float) -> int:
    """The number of decimals with which an interval is shown.

    >>> places_of(5.1, 0.2, 10.0), places_of(5.1, -0.2, 10.0)
    (1, 0)
    """
    half = (high - low) / 2
    places = decimals(mean, half)
    if math.isfinite(half) and low * high > 0:
        nearest_end = min(abs(low), abs(high))
        while places < 2 * MOST_DECIMALS and round(nearest_end, places) == 0:
            places += 1
    return places


def mean_of(mean: float, low: float, high: float, *, sign: bool = False) -> str:
    """A mean (or the size of one) with the decimals that :func:`interval` gives the ends of its interval.

    >>> mean_of(5.1, 0.2, 10.0), interval(0.2, 10.0), mean_of(5.1, -10.0, -0.2, sign=True)
    ('5.1', '0.2 to 10.0', '+5.1')
    """
    text = figures(mean, low, high)[0]
    return _plus(mean, text) if sign else text


def interval(low: float, high: float) -> str:
    """An interval.

    >>> interval(4.2, 14.1), interval(0.2, 14.1)
    ('4 to 14', '0.2 to 14.1')
    """
    _, start, end = figures((low + high) / 2, low, high)
    return say("words.to", low=start, high=end)


def with_interval(mean: float, low: float, high: float, unit: str = "", *, sign: bool = False) -> str:
    """A mean with its unit (words, not a registry's) and its interval.

    >>> with_interval(16.2345, 15.1, 17.2, "%"), with_interval(3.0, math.nan, math.nan, "hours", sign=True)
    ('16.2 % (15.1 to 17.2)', '+3.00 hours (no interval)')
    """
    if not math.isfinite(mean):
        return say("words.unknown")
    middle, start, end = figures(mean, low, high)
    text = amount(_plus(mean, middle) if sign else middle, unit)
    if not math.isfinite(high - low):
        return say("words.no_interval", text=text)
    return say("words.with_interval", text=text, interval=say("words.to", low=start, high=end))


def quantity(value: float, unit: str, half_width: float | None = None, *, short: bool = False) -> str:
    """A value with a registry's unit: a share becomes percent, much money millions.

    `short` leaves out what a share is a share of.

    >>> quantity(0.4236, "share"), quantity(38_412_345.0, "$/year"), quantity(3.14159, "hours/month")
    ('42.4 %', '38.4 million $/year', '3.14 hours/month')
    >>> quantity(float("nan"), "share"), quantity(0.5, "share of revenue", short=True)
    ('unknown', '50.0 %')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    factor, name = scale(unit, value, short=short)
    return amount(number(factor * value, None if half_width is None else factor * half_width), name)


def estimate(mean: float, low: float, high: float, unit: str, *, short: bool = False) -> str:
    """A mean with a registry's unit and its interval; see :func:`quantity`.

    >>> estimate(0.4236, 0.39, 0.45, "share"), estimate(3.84e7, 3.8e7, 3.88e7, "$/year")
    ('42 % (39 to 45)', '38.4 million $/year (38.0 to 38.8)')
    """
    factor, name = scale(unit, mean, short=short)
    return with_interval(factor * mean, factor * low, factor * high, name)


def difference(
    mean: float, low: float, high: float, unit: str, level: float = math.nan, *, relative: bool = False,
) -> str:
    """A difference with sign, unit and interval: in percent of the baseline, in points, or at the scale of a `level`.

    >>> difference(0.09, 0.04, 0.14, "share"), difference(-2e5, -1e6, 4e5, "$/year", 4e7)
    ('+9 points (4 to 14)', '−0.2 million $/year (−1.0 to 0.4)')
    >>> difference(0.09, 0.04, 0.14, "$/year", relative=True)
    '+9 % (4 to 14)'
    """
    if relative:
        factor, name = 100.0, say("names.percents.share")
    elif unit.startswith("share"):
        factor, name = 100.0, say("names.units.points")
    else:
        factor, name = scale(unit, level if math.isfinite(level) else mean)
    return with_interval(factor * mean, factor * low, factor * high, name, sign=True)


def interval_words(confidence: float, low: float | None = None, high: float | None = None) -> str:
    """An interval by its confidence, with its ends if they are given.

    >>> interval_words(0.95), interval_words(0.9, 4.2, 14.1)
    ('95 % interval', '90 % interval 4 to 14')
    """
    level = setting(100.0 * confidence)
    if low is None or high is None:
        return say("words.interval", level=level)
    return say("words.interval_of", level=level, interval=interval(low, high))


# --- units


def unit_words(unit: str) -> str:
    """A unit of the registry of measures or parameters as people read it; another stays as it is.

    >>> unit_words("$/year"), unit_words("1/year"), unit_words("litres")
    ('$/year', 'a year', 'litres')
    """
    if unit in _EVERY:
        return say("words.per", each=say(f"words.{_EVERY[unit]}"))
    key = f"names.units.{unit}"
    if not known(key):
        return localised(unit)
    return say(key, currency=currency_name()) if "$" in unit else say(key)


def scale(unit: str, size: float, *, short: bool = False) -> tuple[float, str]:
    """A factor and a unit that make numbers of this size short: shares in percent, much money in millions.

    >>> scale("share", 0.4), scale("$/year", 4e7), scale("hours", 12.0)
    ((100.0, '%'), (1e-06, 'million $/year'), (1.0, 'hours'))
    """
    if unit.startswith("share"):
        key = "names.percents.share" if short else f"names.percents.{unit}"
        return 100.0, say(key) if known(key) else unit.replace("share", say("names.percents.share"), 1)
    for least, factor, key in ((1e6, 1e-6, "words.million"), (1e4, 1e-3, "words.thousand")):
        if unit not in _EVERY and abs(size) >= least:
            return factor, say(key, unit=unit_words(unit)).strip()
    return 1.0, unit_words(unit)


def in_points(unit: str) -> str:
    """The unit of a difference between two percentages, which are points; other units stay.

    >>> in_points("% of revenue"), in_points("million $")
    ('points of revenue', 'million $')
    """
    return unit.replace(say("names.percents.share"), say("names.units.points"), 1)


def amount(text: str, unit: str) -> str:
    """A formatted number and its unit, if it has one.

    >>> amount("4", "hours"), amount("4", "")
    ('4 hours', '4')
    """
    return say("words.quantity", number=text, unit=unit) if unit else text


def unit_of(measure: str) -> str:
    """A measure's unit; empty for a user's own measure.

    >>> unit_of("market_share"), unit_of("my_measure")
    ('share', '')
    """
    return MEASURES[measure].unit if measure in MEASURES else ""


# --- values of parameters


def parameter_value(path: str, value: Any) -> str:
    """A parameter's value, without its unit.

    >>> parameter_value("policy.manager_training", True), parameter_value("market.deal_value_median", 250_000.0)
    ('on', '250,000')
    """
    if isinstance(value, bool):
        return say("words.on" if value else "words.off")
    if value == NEVER and path in REGISTRY and REGISTRY[path].unit == WEEK_OR_NEVER:
        return say("words.never")
    if isinstance(value, str):
        key = f"names.promotion_rules.{value}"
        return say(key) if known(key) else clean(value.replace("_", " "), NAME_LENGTH)
    if path == PLAN:
        return plan_words(value) or say("words.off")
    if isinstance(value, list):  # a table of data
        return say("words.to", low=setting(value[0]), high=setting(value[-1])) if value else say("words.off")
    return setting(value)


def parameter_unit(path: str) -> str:
    """A parameter's unit; empty for a path that the registry does not have.

    >>> parameter_unit("world.fade_months"), parameter_unit("ours.lever")
    ('months', '')
    """
    return unit_words(REGISTRY[path].unit) if path in REGISTRY else ""


def _plus(value: float, text: str) -> str:
    """The text of a number with `+` before it where it is positive and not shown as zero."""
    return localised(f"+{text}") if value > 0 and any(digit not in "0۰.٫" for digit in text) else text
