"""Numbers, units and names as people read them, in the language spoken now.

What every chart, page and slide says in the same way: so many decimals as an interval can
bear, shares in percent, much money in millions, and the names of the catalogue for the
measures, parameters and scenarios that simlead knows. Names that people gave themselves
stay theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from simlead.show.language import known, localised, say

_NAMED = ("scenarios", "measures", "parameters", "parameters.policy", "parameters.organisation",
          "parameters.market", "parameters.world", "parameters.calendar", "beliefs")
"""Where a name is looked up, in this order: a scenario's first, for those are what charts compare."""


def words(name: str) -> str:
    """The name of a scenario, measure, parameter or belief set as people read it, as a label starts.

    A parameter may be given by its dotted path or its last word. A name that the catalogue
    does not have is somebody's own, and only loses its underscores.

    >>> words("status_quo"), words("policy.coaching_share"), words("our_new_plan")
    ('Status quo', 'Coaching share', 'Our new plan')
    """
    for group in _NAMED:
        key = f"names.{group}.{name}"
        if known(key):
            return say(key)
    text = str(name).replace("_", " ").strip()
    return localised(text[:1].upper() + text[1:])


def inside(text: str) -> str:
    """A label as it stands within a sentence: no capital, unless it starts with an abbreviation.

    >>> inside("Status quo"), inside("KPI review")
    ('status quo', 'KPI review')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def listed(names: Sequence[str], joined: str = "words.and") -> str:
    """Names in a row, the last one joined by `and` (or by another text with `first` and `last`).

    >>> listed(["coaching"]), listed(["a", "b", "c"]), listed(["a", "b"], "words.or")
    ('coaching', 'a, b and c', 'a or b')
    """
    *before, last = names
    return say(joined, first=say("words.comma").join(before), last=last) if before else last


def number(value: float, width: float | None = None) -> str:
    """A number with as many decimals as its interval's width can bear.

    >>> number(9.3456, 10.0), number(9.3456, 0.8), number(-0.01, 5.0), number(float("nan"))
    ('9', '9.3', '0', 'unknown')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    size = abs(value) if width is None or not math.isfinite(width) else width
    decimals = 0 if size >= 2 else 1 if size >= 0.2 else 2
    text = f"{value:.{decimals}f}"
    return localised(text.lstrip("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}"))


def signed(value: float, width: float | None = None) -> str:
    """A difference with its sign, `+` too; nothing before a number that is shown as zero.

    >>> signed(9.3456, 10.0), signed(-9.3456, 10.0), signed(0.01, 10.0)
    ('+9', '−9', '0')
    """
    text = number(value, width)
    return localised(f"+{text}") if value > 0 and any(digit not in "0۰.٫" for digit in text) else text


def percent(value: float, width: float | None = None) -> str:
    """A number that counts percent, with its sign of percent.

    >>> percent(9.3456, 0.8)
    '9.3 %'
    """
    return say("words.percent", number=number(value, width))


def counted(what: str, count: int) -> str:
    """So many of a kind of things, as a sentence of the language spoken now says it: `words.counts` has the kinds.

    >>> counted("deal", 1), counted("deal", 0), counted("coaching_session", 2)
    ('1 deal', '0 deals', '2 coaching sessions')
    """
    return say(f"words.counts.{what}.{'one' if count == 1 else 'many'}", count=count)


def interval(low: float, high: float) -> str:
    """An interval in words.

    >>> interval(4.2, 14.1)
    '4 to 14'
    """
    width = abs(high - low) / 2
    return say("words.to", low=number(low, width), high=number(high, width))


def unit_words(unit: str) -> str:
    """A unit of the registry of measures or parameters as people read it; another stays as it is.

    >>> unit_words("$/year"), unit_words("litres")
    ('$/year', 'litres')
    """
    key = f"names.units.{unit}"
    return say(key) if known(key) else localised(unit)


def scale(unit: str, size: float) -> tuple[float, str]:
    """A factor and a unit that make numbers of this size short: shares in percent, much money in millions.

    >>> scale("share", 0.4), scale("$/year", 4e7), scale("hours", 12.0)
    ((100.0, '%'), (1e-06, 'million $/year'), (1.0, 'hours'))
    """
    if unit.startswith("share"):
        key = f"names.percents.{unit}"
        return 100.0, say(key) if known(key) else unit.replace("share", say("names.percents.share"), 1)
    for least, factor, key in ((1e6, 1e-6, "words.million"), (1e4, 1e-3, "words.thousand")):
        if abs(size) >= least:
            return factor, say(key, unit=unit_words(unit)).strip()
    return 1.0, unit_words(unit)


def in_points(unit: str) -> str:
    """The unit of a difference between two percentages, which are points; other units stay.

    >>> in_points("% of revenue"), in_points("million $")
    ('points of revenue', 'million $')
    """
    return unit.replace(say("names.percents.share"), say("names.units.points"), 1)


def with_unit(what: str, unit: str) -> str:
    """What an axis shows, and in which unit, if there is one.

    >>> with_unit("revenue", "$"), with_unit("verdicts", "")
    ('revenue, $', 'verdicts')
    """
    return say("words.with_unit", what=what, unit=unit) if unit else what
