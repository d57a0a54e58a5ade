"""Event kinds: rank and name from the model, words from the page about ties, columns from the model's comments."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from simlead.model import events

from .markdown import escaped, table, undocumented

TIES = Path(__file__).resolve().parent.parent / "explanation" / "ties_and_traces.md"
_ROW = re.compile(r"^\| (\d+) \| `(\w+)` \| (.+) \|$", re.M)
_COMMENT = re.compile(r"^(\w+): Final = (\d+)  # (.+)$", re.M)


def what_happens() -> dict[str, str]:
    """Kind -> what it is, as the page about ties and traces tells it (its own test holds it to the model)."""
    return {name: words for _, name, words in _ROW.findall(TIES.read_text(encoding="utf-8"))}


def what_a_row_holds() -> dict[str, str]:
    """Kind -> actor, entity, index, detail and value of its rows, from the model's source."""
    return {name: words for name, _, words in _COMMENT.findall(inspect.getsource(events))}


def timed() -> str:
    """The timed kinds by rank: what happens, and what a row of the trace holds."""
    return _kinds("rank", True)


def consequences() -> str:
    """The kinds that only record what an event or a dispatch pass brought about."""
    return _kinds("number", False)


def _kinds(first: str, timed_ones: bool) -> str:
    words, columns = what_happens(), what_a_row_holds()
    return table([first, "kind", "what happens", "a row holds"], [
        [str(number), f"`{name}`", words.get(name) or undocumented(name), escaped(columns.get(name, ""))]
        for number, name in sorted(events.KIND_NAMES.items())
        if (number < events.FIRST_CONSEQUENCE) == timed_ones])
