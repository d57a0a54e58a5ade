"""What a parameter is: a number with a unit, a range, a meaning, a source and a grade.

The four groups (`organisation`, `market`, `world`, `policy`) declare their fields with
:func:`parameter`; this module checks values against those declarations and explains a
refusal in one line. Plain frozen dataclasses: a parameter that could change under a
running study would be a study nobody can repeat.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable
from typing import Any

GRADES = {
    "A": "meta-analysis, field experiment or credible quasi-experiment",
    "B": "survey or observational study",
    "C": "practitioner's or vendor's claim",
    "D": "our assumption",
}


class ParameterError(ValueError):
    """A scenario that cannot be: an unknown name, a value out of range, a contradiction.

    The message is one line: what, where, what is allowed, the nearest right name.
    """


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One line of the registry.

    `path` is the dotted name used everywhere (Python, command line, study files, charts).
    `low` and `high` are the values that may be set; `likely_low` and `likely_high` the
    range that the sources leave open, where that is narrower. `source` holds keys of the
    bibliography, separated by blanks; `grade` is A to D (see :data:`GRADES`).
    """

    path: str
    default: Any
    unit: str
    low: float | None
    high: float | None
    likely_low: float | None
    likely_high: float | None
    choices: tuple[str, ...]
    meaning: str
    source: str
    grade: str

    @property
    def allowed(self) -> str:
        """The allowed values in words, for messages and tables."""
        if self.choices:
            return " | ".join(self.choices)
        if isinstance(self.default, bool):
            return "true | false"
        kind = "whole number " if isinstance(self.default, int) else ""
        return f"{kind}{self.low:g} to {self.high:g}"


def parameter(
    default: Any,
    unit: str,
    low: float | None,
    high: float | None,
    meaning: str,
    source: str = "",
    grade: str = "D",
    likely: tuple[float, float] | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a dataclass field that is a parameter of the model."""
    return dataclasses.field(
        default=default,
        metadata={
            "unit": unit,
            "low": low,
            "high": high,
            "likely": likely or (low, high),
            "choices": choices,
            "meaning": meaning,
            "source": source,
            "grade": grade,
        },
    )


def described(group: type, prefix: str) -> tuple[Parameter, ...]:
    """The parameters a group declares, under its dotted prefix."""
    lines = []
    for field in dataclasses.fields(group):
        meta = field.metadata
        lines.append(
            Parameter(
                path=f"{prefix}.{field.name}",
                default=field.default,
                unit=meta["unit"],
                low=meta["low"],
                high=meta["high"],
                likely_low=meta["likely"][0],
                likely_high=meta["likely"][1],
                choices=meta["choices"],
                meaning=meta["meaning"],
                source=meta["source"],
                grade=meta["grade"],
            )
        )
    return tuple(lines)


def checked(line: Parameter, value: Any) -> Any:
    """The value in its declared type, or a ParameterError that names path, value and range.

    >>> line = Parameter("policy.coaching_share", 0.2, "", 0, 1, 0, 1, (), "", "", "D")
    >>> checked(line, 1)
    1.0
    >>> checked(line, 1.5)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: policy.coaching_share = 1.5: allowed is 0 to 1
    """
    refusal = ParameterError(f"{line.path} = {value!r}: allowed is {line.allowed}")
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):  # a numpy scalar
        try:
            value = value.item()
        except (TypeError, ValueError):
            raise refusal from None
    if line.choices:
        if value in line.choices:
            return value
        hint = nearest(str(value), line.choices)
        raise ParameterError(f"{refusal}{hint}")
    if isinstance(line.default, bool):
        if isinstance(value, bool):
            return value
        if value in (0, 1):
            return bool(value)
        raise refusal
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refusal
    assert line.low is not None and line.high is not None
    if not line.low <= value <= line.high:  # neither is nan
        raise refusal
    if isinstance(line.default, int):
        if value != int(value):
            raise refusal
        return int(value)
    return float(value) + 0.0  # -0.0 becomes 0.0, so that equal scenarios have equal hashes


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint that ends a refusal: `; did you mean ...?`, or nothing when nothing is near.

    >>> nearest("coachng", ["coaching", "clear_role"])
    '; did you mean coaching?'
    """
    known = list(names)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if not close:
        tails = {known_name.rpartition(".")[2]: known_name for known_name in known}
        tail = difflib.get_close_matches(name.rpartition(".")[2], list(tails), n=1, cutoff=0.5)
        close = [tails[tail[0]]] if tail else []
    return f"; did you mean {close[0]}?" if close else ""
