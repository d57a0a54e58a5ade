"""The columns of a run's four tables and of its trace, from the dtypes and the comments beside them."""

from __future__ import annotations

import inspect
import re
from typing import Any

from simlead.model import events, tables

from .markdown import escaped, table, undocumented

TABLES: dict[str, Any] = {
    "opportunities": tables.OPPORTUNITIES_DTYPE,
    "reps": tables.REPS_DTYPE,
    "managers": tables.MANAGERS_DTYPE,
    "weeks": tables.WEEKS_DTYPE,
}
TYPES = {"b": "yes or no", "i": "whole number", "f": "number"}
WORDS = {
    "territory": "whose buyer it is",
    "team": "the team's number, from 0",
    "seat": "the seat's number, from 0",
    "noticed": "whether we noticed it; of a week, how many",
    "handovers": "how often it changed hands",
    "overdue_weeks": "weeks that its meetings waited for us, less what was relieved",
    "qualified_gate": "hours; nan before",
    "proposal_gate": "hours; nan before",
    "week": "from the switch: week 0 is its first",
    "stage_skill_qualified": "SD, added to ability",
    "stage_skill_proposal": "SD, added to ability",
    "qualified_meetings": "held in the week",
    "proposal_meetings": "held in the week",
    "wins": "deals won in the week",
    "clarity": "how clearly the manager sees the role, 0 to 1",
    "natural_coach": "coaches whatever the policy says",
    "trainable": "can be trained to coach",
    **{f"{kind}s_{what}": "in the week" for what in tables.SESSION_COUNTS for kind in events.SESSIONS},
    "errands_kept": "that landed on the desk in the week",
    "errands_dropped": "that a clear role kept away in the week",
    "heroics_begun": "deals that drew the manager in, in the week",
    "heroics_done": "of these and earlier ones, done before their gate",
    "own_wins": "deals that the manager won alone",
    "arrivals": "buying opportunities that arose in the week",
    "discovery_meetings": "held in the week",
    "qualified_gates": "decided in the week",
    "proposal_gates": "decided in the week",
    "discovery_passed": "of the gates decided",
    "qualified_passed": "of the gates decided",
    "proposal_won": "of the gates decided",
    "rival_wins": "deals that rivals won, noticed by us or not",
    "qualified_open": "deals in the stage at the week's end, silent ones apart",
    "proposal_open": "deals in the stage at the week's end, silent ones apart",
    "silent_open": "deals that failed a gate and have not said so, at the week's end",
    "qualified_value": "$ in the stage at the week's end",
    "proposal_value": "$ in the stage at the week's end",
    "seats": "at the week's end, vacant ones too",
    "quits": "in the week",
    "promotions": "in the week",
    "hires": "in the week",
    "managers_from_outside": "of the managers appointed in the week",
    "value": "depends on the kind, see below",
    "kind": "what happened, see below",
    "detail": "depends on the kind",
    "actor": "depends on the kind",
    "entity": "depends on the kind",
    "index": "depends on the kind",
}
"""What a column is, where the source says nothing beside it."""

_FIELD = re.compile(r'^\s+\("(\w+)", "[^"]+"\),(?:\s+# (.+))?$', re.M)


def comments(module: Any, dtype_name: str) -> dict[str, str]:
    """Field -> the comment beside it, of a dtype that a module declares."""
    source = inspect.getsource(module)
    declared = source[source.index(f"\n{dtype_name}: Final"):]
    return dict(_FIELD.findall(declared[:declared.index("\n])")]))


def columns(name: str) -> str:
    """The columns of a table of a run, with type and unit."""
    comment_of = comments(tables, f"{name.upper()}_DTYPE")
    return _table(TABLES[name], comment_of)


def trace() -> str:
    """The columns of a trace."""
    return _table(events.TRACE_DTYPE, comments(events, "TRACE_DTYPE"))


def _table(dtype: Any, comment_of: dict[str, str]) -> str:
    return table(["column", "type", "unit, meaning"], [
        [f"`{name}`", f"{TYPES[dtype[name].kind]} (`{dtype[name].str.lstrip('<|')}`)",
         _words(name, comment_of.get(name))] for name in dtype.names])


def _words(name: str, comment: str | None) -> str:
    words = comment or WORDS.get(name) or ("hours in the week" if name.endswith("_hours") else "")
    return escaped(words) if words else undocumented(name)
