"""The bibliography: the sources of the parameters, as data in the package.

Keys such as V43 or R07 stand in the registry (`Parameter.source`), in docstrings and in
reports. A source that was *seen* says what we report it to say; that does not make it
true. A *recalled* one was cited from memory: check the original before citing it.
"""

from __future__ import annotations

import dataclasses
import json
import re
from importlib import resources

from simlead.model.parameters import GRADES, Parameter, ParameterError, nearest
from simlead.model.scenario import REGISTRY

_KEY = re.compile(r"[VR]\d+")


@dataclasses.dataclass(frozen=True)
class Source:
    """One line of the bibliography.

    `key` names it, `reference` is its address or citation, `supports` what it lends its
    weight to, `grade` A to D (see `parameters.GRADES`). `graded_by` is `evidence` where
    the review of the evidence gave the grade and `us` where we chose it by the grades'
    definitions; `status` is `seen` or `recalled`.

    >>> SOURCES["V43"].grade, SOURCES["V43"].status
    ('B', 'seen')
    """

    key: str
    reference: str
    supports: str
    grade: str
    graded_by: str
    status: str

    @property
    def evidence(self) -> str:
        """What its grade means, in words.

        >>> SOURCES["V124"].evidence
        'meta-analysis, field experiment or credible quasi-experiment'
        """
        return GRADES[self.grade]


def _read() -> dict[str, Source]:
    text = resources.files("simlead").joinpath("data/sources.json").read_text(encoding="utf-8")
    return {key: Source(key=key, **line) for key, line in json.loads(text).items()}


SOURCES: dict[str, Source] = _read()
"""Every source by its key, pages seen (V) before recalled references (R)."""


def sources_of(name: str | Parameter) -> tuple[Source, ...]:
    """The sources behind a parameter (by dotted path or registry line), or behind keys in a text.

    A parameter that is our assumption may have none. Raises ParameterError for an unknown
    path or key, with the nearest right name.

    >>> [source.key for source in sources_of("market.noticing_elasticity")]
    ['V124', 'R13']
    >>> [source.key for source in sources_of("V43, and R07 (recalled)")]
    ['V43', 'R07']
    >>> sources_of("V999")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: V999: no such source; did you mean V99?
    """
    if isinstance(name, Parameter):
        text = name.source
    elif name in REGISTRY:
        text = REGISTRY[name].source
    else:
        text = name
        if not _KEY.search(name):
            raise ParameterError(f"{name}: no such parameter or source{REGISTRY.nearest(name)}")
    return tuple(_known(key) for key in _KEY.findall(text))


def _known(key: str) -> Source:
    if key not in SOURCES:
        raise ParameterError(f"{key}: no such source{nearest(key, SOURCES)}")
    return SOURCES[key]
