"""What no CRM holds, asked: a sheet of five questions, and what its answers state of a firm."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from simlead.client.table_file import dialect_of, normal
from simlead.client.text_values import number_of
from simlead.model.number_text import read_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.toml_file import built_from_toml
from simlead.model.units import HOURS_PER_WEEK
from simlead.results.files import one_line


@dataclasses.dataclass(frozen=True)
class Question:
    """One item of the sheet: the question it belongs to, its unit, what is allowed, and the parameters it states."""

    number: int
    unit: str
    low: float
    high: float
    parameters: tuple[str, ...]


QUESTIONS: Final[dict[str, Question]] = {
    "coaching_hours": Question(
        1, "hours/week", 0.0, 40.0, ("status_quo.coaching_share", "policy.coaching_share")),
    "own_selling_hours": Question(
        1, "hours/week", 0.0, 40.0, ("status_quo.own_selling_share", "policy.own_selling_share")),
    "coached_reps_percent": Question(2, "%", 1.0, 100.0, ("world.hours_per_coached_rep",)),
    "customer_hours": Question(3, "hours/week", 1.0, 40.0, ("organisation.face_to_face_share",)),
    "role_clarity": Question(4, "1-5", 1.0, 5.0, ("status_quo.role_clarity", "policy.role_clarity")),
    "accountability": Question(5, "1-5", 1.0, 5.0, ("status_quo.accountability", "policy.accountability")),
}
"""The items of the sheet. Question 1 is the time split of managers, 2 one-to-ones, 3 selling time, 4 and 5 scales."""

USUAL_CUSTOMER_HOURS = 13.2
"""Hours a week that the default rep is face to face with customers: .33 of 40 (V105)."""


def read_answers(path: Path) -> dict[str, float]:
    """Read a filled sheet, CSV (columns item and answer) or TOML ([answers]); what is left blank is not answered.

    Raises ParameterError, in one line, for an unknown item and an answer that is not allowed.
    """
    if path.suffix.lower() == ".toml":
        return built_from_toml(path, "answers", _of_content)
    dialect = dialect_of(path, frozenset({"item", "answer"}))
    names = {normal(name): name for name in dialect.header}
    if missing := [name for name in ("item", "answer") if name not in names]:
        raise ParameterError(f"{path}: no column {missing[0]}; the sheet has item and answer")
    # Items and answers are ASCII; letters of the questions beside them may be of an encoding that cannot be seen.
    text = path.read_bytes().decode(dialect.encoding, errors="replace")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=None), delimiter=dialect.separator))[dialect.skip:]
    except csv.Error as trouble:
        raise ParameterError(
            f"{path}: no table of item and answer: {one_line(trouble)}; save the sheet as CSV") from None
    item, answer = (dialect.header.index(names[name]) for name in ("item", "answer"))
    found = {}
    decimal = "," if dialect.separator == ";" else "."
    for cells in lines:
        if len(cells) > max(item, answer) and cells[answer].strip():
            plain = cells[answer].strip()
            value = read_number(plain)
            value = number_of(plain, decimal) if value is None else value
            found[cells[item].strip()] = plain if value != value else value
    try:
        return checked_answers(found)
    except ParameterError as refusal:
        raise ParameterError(f"{path}: {refusal}") from None


def _of_content(content: Mapping[str, Any]) -> dict[str, float]:
    for key in content:
        if key != "answers":
            raise ParameterError(f"{key}: no such table; allowed is answers{nearest(key, ['answers'])}")
    return checked_answers(content.get("answers", {}))


def checked_answers(answers: Any) -> dict[str, float]:
    """The answers, each known and within what is allowed; ParameterError names the first that is not.

    >>> checked_answers({"role_clarity": 3})
    {'role_clarity': 3.0}
    >>> checked_answers({"role_clarity": 7})
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: role_clarity = 7: allowed is 1 to 5 (1-5)
    """
    if not isinstance(answers, Mapping):
        raise ParameterError(f"answers = {answers!r:.40}: a table is needed, [answers]")
    found = {}
    for item, value in answers.items():
        question = QUESTIONS.get(item)
        if question is None:
            raise ParameterError(f"{item!s:.40}: no such item; allowed is {' | '.join(QUESTIONS)}"
                                 f"{nearest(str(item), QUESTIONS)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not question.low <= value <= question.high:
            raise ParameterError(f"{item} = {value!r:.40}: allowed is {question.low:g} to {question.high:g} "
                                 f"({question.unit})")
        found[item] = float(value)
    if found.get("coaching_hours", 0.0) + found.get("own_selling_hours", 0.0) > HOURS_PER_WEEK:
        raise ParameterError("coaching_hours + own_selling_hours: allowed is at most 40 together")
    return found


def stated_by(answers: Mapping[str, float], mean_seats: float, coaching_share: float,
              face_to_face_share: float) -> dict[str, float]:
    """The parameters that answers state; what is not answered is taken from the preset's shares.

    >>> stated_by({"coaching_hours": 6.0, "role_clarity": 3.0}, 8, .2, .5)["status_quo.coaching_share"]
    0.15
    """
    found: dict[str, float] = {}
    for item, value in answers.items():
        if item.endswith("_hours") and QUESTIONS[item].number == 1:
            value /= HOURS_PER_WEEK
        elif item == "coached_reps_percent":
            planned = answers.get("coaching_hours", coaching_share * HOURS_PER_WEEK)
            value = min(40.0, planned / max(1.0, value / 100.0 * mean_seats))
        elif item == "customer_hours":
            value = min(1.0, face_to_face_share * value / USUAL_CUSTOMER_HOURS)
        else:
            value = (value - 1.0) / 4.0
        found.update(dict.fromkeys(QUESTIONS[item].parameters, round(value, 6)))
    return found
