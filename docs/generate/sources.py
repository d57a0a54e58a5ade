"""The bibliography."""

from __future__ import annotations

import re

from simlead.model.scenario import REGISTRY
from simlead.model.sources import SOURCES, Source, sources_of
from simlead.show.citations import citation

from .markdown import escaped

_ADDRESS = re.compile(r"https?://[^\s;,()]+[^\s;,().]")


def bibliography(status: str) -> str:
    """Every source of a status (`seen` or `recalled`), each where links to its key lead."""
    uses: dict[str, list[str]] = {}
    for line in REGISTRY.values():
        if line.source and not line.path.startswith("status_quo."):
            for source in sources_of(line):
                uses.setdefault(source.key, []).append(line.path)
    chosen = [source for source in SOURCES.values() if source.status == status]
    if not chosen:
        raise KeyError(f"{status}: no source is that")
    return "\n\n".join(_entry(source, uses.get(source.key, [])) for source in chosen)


def _entry(source: Source, used_by: list[str]) -> str:
    by_us = "" if source.graded_by == "evidence" else ", our grading"
    used = f" Used by {', '.join(f'`{path}`' for path in used_by)}." if used_by else ""
    return (f"({source.key.lower()})=\n**{source.key}** (grade {source.grade}{by_us}) "
            f"{escaped(source.supports)}{used}<br>{_reference(citation(source.key))}"
            f"<br>Read at: {_reference(source.reference)}")


def _reference(text: str) -> str:
    """The reference with its addresses as links, everything else as plain words."""
    pieces, last = [], 0
    for address in _ADDRESS.finditer(text):
        pieces += [escaped(text[last:address.start()]), f"<{address[0]}>"]
        last = address.end()
    return "".join([*pieces, escaped(text[last:])])
