"""What a measurement hands over: a table, the goals it was held to, and every number behind it."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Goal:
    """A number that was wanted, and the one that came."""

    what: str
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def met(self) -> bool:
        """Whether the value lies where it should."""
        return (self.low is None or self.value >= self.low) and (self.high is None or self.value <= self.high)


@dataclasses.dataclass(frozen=True)
class Section:
    """One question's answer. Cells of the table are words already; `data` keeps the raw samples."""

    title: str
    note: str
    columns: list[str]
    rows: list[list[str]]
    goals: list[Goal] = dataclasses.field(default_factory=list)
    data: dict[str, Any] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain data for `results.json`."""
        return {
            "title": self.title, "note": self.note, "columns": self.columns, "rows": self.rows,
            "goals": [{**dataclasses.asdict(goal), "met": goal.met} for goal in self.goals],
            "data": self.data}


def digits(value: float, count: int = 3) -> str:
    """A number with so many digits that mean something.

    >>> digits(1234.5), digits(0.01234), digits(7.0)
    ('1,230', '0.0123', '7.00')
    """
    if value == 0.0:
        return "0"
    places = count - 1
    size = abs(value)
    while size >= 10.0:
        size /= 10.0
        places -= 1
    while size < 1.0:
        size *= 10.0
        places += 1
    return f"{round(value, places):,.{max(0, places)}f}"
