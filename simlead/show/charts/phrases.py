"""What the charts of studies say in the same way: intervals, amounts, factors, numbers that come as text."""

from __future__ import annotations

from simlead.show.language import known, localised, say
from simlead.show.wording import number, words


def interval_words(confidence: float, low: float | None = None, high: float | None = None) -> str:
    """An interval by its confidence, with its ends if they are given.

    >>> interval_words(0.95), interval_words(0.9, 4.2, 14.1)
    ('95 % interval', '90 % interval 4 to 14')
    """
    level = f"{100.0 * confidence:g}"
    if low is None or high is None:
        return say("words.interval", level=level)
    width = abs(high - low) / 2
    return say("words.interval_of", level=level, low=number(low, width), high=number(high, width))


def amount(value: str, unit: str) -> str:
    """A number and its unit, if it has one.

    >>> amount("4", "hours"), amount("4", "")
    ('4 hours', '4')
    """
    return say("words.quantity", number=value, unit=unit) if unit else value


def factor_words(path: str) -> str:
    """A factor's name as people read it, without its group.

    >>> factor_words("policy.coaching_share"), factor_words("ours.new_lever")
    ('Coaching share', 'New lever')
    """
    return words(path if known(f"names.parameters.{path}") else str(path).rpartition(".")[2])


def told(text: str) -> str:
    """A number that was made text elsewhere, with the minus sign and digits of the language spoken now.

    >>> told("-0.25")
    '−0.25'
    """
    return localised(text.replace("-", "\N{MINUS SIGN}"))
