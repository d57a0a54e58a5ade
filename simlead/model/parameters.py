"""Parameters: numbers with a unit, a range, a meaning, a source and a grade.

The groups (`organisation`, `market`, `world`, `policy` and others) declare their fields with
:func:`parameter`; this module checks values against those declarations and explains a
refusal in one line. Plain frozen dataclasses: a parameter that could change under a
running study would be a study nobody can repeat.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable
from typing import Any

from simlead.model.number_text import probably_meant, read_number

GRADES = {
    "A": "meta-analysis, field experiment or credible quasi-experiment",
    "B": "survey or observational study",
    "C": "practitioner's or vendor's claim",
    "D": "our assumption",
}

PERT_WEIGHTS = {"A": 16.0, "B": 8.0, "C": 4.0, "D": 0.0}
"""How strongly a parameter's distribution prefers the scenario's value within the likely range, by grade.

One family, the modified PERT distribution (a beta distribution over the range): with weight g its parameters are
1 + g (mode - low) / (high - low) and 1 + g (high - mode) / (high - low). 4 is the classical PERT, 0 is flat.
"""

DISTRIBUTION_REASONS = {
    "A": "experiments hold it near its value, and the range's ends are what single studies found",
    "B": "surveys agree on its size, and not on how much of it is causal",
    "C": "practice suggests its size, and nobody has measured it",
    "D": "we assume it, so no value of the range is preferred",
}
"""Why each grade has its weight."""


WEEK_OR_NEVER = "week or never"
"""The unit of a date that may be never, which is kept as -1."""


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
    bibliography, separated by blanks; `grade` is A to D (see :data:`GRADES`). `works_through` holds,
    for a lever, the paths of the assumptions that its effect depends on, the main one first. `neutral` is
    the value with which a parameter that version 0.1.0 did not have changes nothing; None if it had it.
    `probability` is, for a structural switch, how probable it is that the switch's mechanism is the true one,
    for the `reason` given; None where another parameter's range holds it already. `acts_with` is the path of the
    parameter without which this one does nothing.
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
    works_through: tuple[str, ...] = ()
    neutral: Any = None
    probability: float | None = None
    reason: str = ""
    acts_with: str = ""

    @property
    def has_likely_range(self) -> bool:
        """Whether a likely range narrower than the allowed one is stated."""
        return self.likely_low is not None and (self.likely_low, self.likely_high) != (self.low, self.high)

    @property
    def distribution(self) -> str:
        """What is drawn where the parameter is uncertain, in words; empty if it is not.

        >>> Parameter("world.x", 0.2, "", 0.0, 1.0, 0.1, 0.5, (), "", "", "C").distribution
        'PERT of weight 4'
        """
        if self.probability is not None:
            return f"on with probability {self.probability:g}"
        if not self.has_likely_range:
            return ""
        weight = PERT_WEIGHTS[self.grade]
        return f"PERT of weight {weight:g}" if weight else "uniform"

    @property
    def distribution_reason(self) -> str:
        """Why it has that distribution; empty if it has none."""
        return self.reason or (DISTRIBUTION_REASONS[self.grade] if self.has_likely_range else "")

    @property
    def allowed(self) -> str:
        """The allowed values in words, for messages and tables."""
        if self.choices:
            return " | ".join(self.choices)
        if isinstance(self.default, bool):
            return "true | false"
        if self.unit == WEEK_OR_NEVER:
            return f"never or a whole number from 0 to {self.high:g}"
        kind = "a whole number from " if isinstance(self.default, int) else ""
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
    works_through: tuple[str, ...] = (),
    neutral: Any = None,
    probability: float | None = None,
    reason: str = "",
    acts_with: str = "",
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
            "works_through": works_through,
            "neutral": neutral,
            "probability": probability,
            "reason": reason,
            "acts_with": acts_with,
        },
    )


def described(group: type, prefix: str) -> tuple[Parameter, ...]:
    """The parameters a group declares, under its dotted prefix."""
    lines = []
    for field in dataclasses.fields(group):
        meta = field.metadata
        if "unit" not in meta or "table" in meta:
            continue
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
                works_through=meta["works_through"],
                neutral=meta["neutral"],
                probability=meta["probability"],
                reason=meta["reason"],
                acts_with=meta["acts_with"],
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
    if line.unit == WEEK_OR_NEVER and value == "never":
        return -1
    if isinstance(value, str):
        meant = probably_meant(value)
        hint = f"; did you mean {meant}?" if meant and _fits(line, float(meant)) else ""
        raise ParameterError(f"{line.path} = {value!r:.80}: a text, not a number; allowed is {line.allowed}{hint}")
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


def _fits(line: Parameter, number: float) -> bool:
    """Whether a number would be allowed."""
    assert line.low is not None and line.high is not None
    return line.low <= number <= line.high and (not isinstance(line.default, int) or number == int(number))


def read_value(line: Parameter, text: str) -> Any:
    """Read a text, such as a CSV cell or the right side of --set, as a value of the parameter's kind.

    Numbers are read by `number_text.read_number`; a switch is true, on, yes or 1, or false, off, no or 0. What
    cannot be read comes back as the text, which `checked` refuses.

    >>> line = Parameter("policy.kpi_review", True, "", None, None, None, None, (), "", "", "D")
    >>> read_value(line, "Off"), read_value(line, "perhaps")
    (False, 'perhaps')
    """
    if line.choices:
        return text
    if isinstance(line.default, bool):
        return _SWITCHES.get(text.lower(), text)
    if line.unit == WEEK_OR_NEVER and text.lower() == "never":
        return -1
    number = read_number(text)
    return text if number is None else number


_SWITCHES = {**dict.fromkeys(("true", "on", "yes", "1"), True), **dict.fromkeys(("false", "off", "no", "0"), False)}


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
