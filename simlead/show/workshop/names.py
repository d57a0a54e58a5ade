"""Names that tables give themselves: cleaned, kept apart, and shortened for a mark on the wall."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from simlead.model.parameters import ParameterError

SHORTEST, LONGEST = 2, 24
"""Characters of a table's name; a bet named by one letter was placed at the facilitator's page."""

_SIGNS = " -_.'!\N{RIGHT SINGLE QUOTATION MARK}\N{ZERO WIDTH NON-JOINER}"
_ONE_LETTER = str.maketrans({"\N{ARABIC LETTER YEH}": "\N{ARABIC LETTER FARSI YEH}",
                             "\N{ARABIC LETTER KAF}": "\N{ARABIC LETTER KEHEH}"})


def clean_name(typed: str) -> str:
    """The name as it is shown: letters, digits, pictures, spaces and a few signs, of which none begins it.

    >>> clean_name("  The  blue owls "), clean_name("میز ۴")
    ('The blue owls', 'میز ۴')

    Raises ParameterError for another length and for other signs, such as those of markup.
    """
    name = _tidied(typed)
    if not SHORTEST <= len(name) <= LONGEST or not any(_is_letter(sign) for sign in name[:1]):
        raise ParameterError(f"name {name!r:.60}: allowed are {SHORTEST} to {LONGEST} characters, the first a letter "
                             "or digit")
    wrong = [sign for sign in name if not (_is_letter(sign) or unicodedata.category(sign)[0] == "M" or sign in _SIGNS)]
    if wrong:
        raise ParameterError(f"name {name!r:.60}: {wrong[0]!r} is not allowed")
    return name


def refusal_of(typed: str) -> str:
    """Why a name was refused: `short`, `long`, or `refused` for its signs or because another table has it.

    >>> refusal_of(" A "), refusal_of("A" * 25), refusal_of("A/B")
    ('short', 'long', 'refused')
    """
    length = len(_tidied(typed))
    return "short" if length < SHORTEST else "long" if length > LONGEST else "refused"


def _tidied(typed: str) -> str:
    return " ".join(unicodedata.normalize("NFC", typed).translate(_ONE_LETTER).split())


def _is_letter(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] in "LN" or category == "So"


def same_name(one: str, other: str) -> bool:
    """Whether two names are one for people who read them aloud.

    >>> same_name("Blue Owls", "blue-owls"), same_name("Blue", "Green")
    (True, False)
    """
    return _core(one) == _core(other)


def _core(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if _is_letter(sign))


def short_names(names: Iterable[str]) -> dict[str, str]:
    """A mark of one to three characters for each name, no two equal; letters of bets stand for themselves.

    >>> short_names(["Blue owls", "Bold otters", "Green", "A"])
    {'Blue owls': 'BO', 'Bold otters': 'BO2', 'Green': 'GR', 'A': 'A'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        words = [letters for word in name.split() if (letters := "".join(filter(_is_letter, word)))]
        mark = name if len(name) == 1 else "".join(word[0] for word in words[:2]) if len(words) > 1 else words[0][:2]
        mark = mark.upper()[:2]
        further = 2
        while mark in taken:
            mark, further = f"{mark[:2] if mark[1:2].isalpha() else mark[:1]}{further}", further + 1
        taken.add(mark)
        found[name] = mark
    return found
