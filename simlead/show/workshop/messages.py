"""What pages may send: each message's values and their types, for the facilitator's page and for a table's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simlead.model.parameters import ParameterError

NUMBER = (int, float)

Schema = Mapping[str, Mapping[str, type | tuple[type, ...]]]

MOVES: Schema = {
    "lever": {"key": str, "value": (int, float, bool, str)}, "preset": {"key": str},
    "bet": {"revenue": NUMBER, "coaching": NUMBER}, "show": {}, "again": {}, "view": {"value": str},
    "firm": {"values": dict}, "week": {}, "manager": {},
}
"""What people do to a session (`do`), and the type of each value that comes with it."""

LEAD: Schema = {
    **MOVES, "round": {"to": str}, "pin": {"number": int}, "undo": {}, "anew": {}, "remove": {"name": str},
    "free": {"name": str}, "language": {"value": str}, "picture": {}, "export": {},
}
"""What the facilitator's page sends."""

TABLE: Schema = {"name": {"value": str}, "bet": {"on": str, "revenue": NUMBER, "coaching": NUMBER},
                 "language": {"value": str}}
"""What a table's page sends: no lever, and nothing that shows an outcome."""

LONGEST_TEXT = 100
"""Characters of a text in a message."""


def checked_message(message: object, schema: Schema = LEAD) -> dict[str, Any]:
    """A page's message, if it has the shape that its schema gives.

    >>> checked_message({"do": "preset", "key": "advice", "count": 3})
    {'do': 'preset', 'key': 'advice', 'count': 3}

    Raises ParameterError for any other.
    """
    name = message.get("do") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(name, str) or name not in schema:
        raise ParameterError(f"message {message!r:.60}: allowed is a \"do\" of {' | '.join(schema)}")
    for key, kind in schema[name].items():
        if not isinstance(message.get(key), kind):
            raise ParameterError(f"message {name}: {key} = {message.get(key)!r:.40} is of another type than allowed")
    parts = [*message.values(), *(message["values"].values() if "values" in schema[name] else ())]
    if any(isinstance(part, str) and len(part) > LONGEST_TEXT for part in parts):
        raise ParameterError(f"message {name}: a text has at most {LONGEST_TEXT} characters")
    if "values" in schema[name] and any(not isinstance(part, str) for part in message["values"].values()):
        raise ParameterError(f"message {name}: values are texts")
    return message
