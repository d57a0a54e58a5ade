"""Sources as a journal prints them, with the DOI where there is one.

Where a source was read (an address, often of another page) stays in the bibliography of the package
(`simlead.SOURCES`) and on the reference page of the sources.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources


@cache
def _citations() -> dict[str, str]:
    text = resources.files("simlead").joinpath("data/citations.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def citation(key: str) -> str:
    """The citation of a source by its key; the key itself for one that has none.

    >>> citation("V43")[-39:]
    '894. https://doi.org/10.1111/peps.12123'
    """
    return _citations().get(key, key)
