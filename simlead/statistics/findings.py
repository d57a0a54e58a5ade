"""A finding: a code and its numbers, to which the catalogue of a language has the sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType


@dataclasses.dataclass(frozen=True)
class Finding:
    """State what an analysis shows, without words.

    Parameters
    ----------
    code : str
        Names the sentence in the catalogue.
    values : mapping of str to value
        The numbers and names in it.
    """

    code: str
    values: Mapping[str, object]


def finding(code: str, **values: object) -> Finding:
    """A finding with its values by name.

    >>> finding("sensitivity.tied", first="a", second="b").values["first"]
    'a'
    """
    return Finding(code, MappingProxyType(values))
