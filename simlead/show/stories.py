"""Sentences about single deals of a matched pair: the place, the random number, and the cause of the difference."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.show.format import amount, fixed, number, unit_words
from simlead.show.language import localised, say
from simlead.show.wording import inside, words
from simlead.study.records import CAUSES

NAMES = ("status_quo", "leadership")
"""The names of the scenarios of the runs a and b, unless others are given."""


def stories(table: pd.DataFrame, count: int = 5, *, names: Sequence[str] = NAMES) -> list[str]:
    """Describe typical deals of `simlead.attribution`, a few sentences each, in the current language.

    The most frequent ways to win or lose a deal come first, each with its deal of median value.
    The same table gives the same stories; there are fewer where fewer outcomes changed.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`simlead.attribution` returned.
    count : int, default 5
        Stories at most.
    names : sequence of str, default ("status_quo", "leadership")
        The scenarios of the runs a and b.

    Returns
    -------
    list of str
        The stories.

    Raises
    ------
    ParameterError
        For a count below 1, names that are not two, or a table without the columns.

    Examples
    --------
    >>> deals = pd.DataFrame([{"won_in": "b", "cause": "waiting", "gate": "qualified", "territory": 3, "number": 41,
    ...     "value": 52e3, "u": .512, "chance_a": .481, "chance_b": .533, "waited_weeks_a": 2.6,
    ...     "waited_weeks_b": .4, "overdue_weeks_a": 2.6, "overdue_weeks_b": .4, "pre_call_held_a": False,
    ...     "pre_call_held_b": False, "sessions_a": 9, "sessions_b": 20}])
    >>> print(stories(deals, 1)[0])                                      # doctest: +NORMALIZE_WHITESPACE
    Territory 3, buyer 41, a deal of 52,000 $: leadership won it, status quo did not. At the qualified gate
    the random number was 51.2 of 100; the deal passes below 48.1 under status quo and below 53.3 under
    leadership. Our reps had let the buyer wait 0.4 weeks in all, against 2.6.
    """
    missing = [column for column in _NEEDED if column not in table.columns]
    if missing:
        raise ParameterError(f"stories: the table has no column {missing[0]}; allowed is one that attribution() made")
    if count < 1:
        raise ParameterError(f"count = {count!r}: allowed is 1 or more")
    if len(names) != 2:
        raise ParameterError(f"names = {names!r}: two are needed, of the runs a and b")
    lines = table.to_dict("records")
    return [_story(lines[place], names) for place in _typical(table)[:count]]


_NEEDED = ("won_in", "cause", "gate", "territory", "number", "value", "u", "chance_a", "chance_b",
           "waited_weeks_a", "waited_weeks_b", "overdue_weeks_a", "overdue_weeks_b", "pre_call_held_a",
           "pre_call_held_b", "sessions_a", "sessions_b")


def _typical(table: pd.DataFrame) -> list[int]:
    """Rows in the order of their stories: each way in which an outcome changed in turn."""
    ways: dict[tuple[str, str], list[int]] = {}
    for place, way in enumerate(zip(table["won_in"], table["cause"], strict=True)):
        ways.setdefault(way, []).append(place)
    queues = []
    for way in sorted(ways, key=lambda way: (-len(ways[way]), way)):
        values = table["value"].to_numpy(float)[ways[way]]
        middle = sorted(values)[len(values) // 2]
        queues.append(sorted(ways[way], key=lambda place: (abs(float(table["value"].iloc[place]) - middle), place)))
    order: list[int] = []
    for turn in range(max(map(len, queues), default=0)):
        order += [queue[turn] for queue in queues if turn < len(queue)]
    return order


def _story(deal: Mapping[Hashable, Any], names: Sequence[str]) -> str:
    winner, loser = ("b", "a") if deal["won_in"] == "b" else ("a", "b")
    who = {"winner": inside(words(names[0 if winner == "a" else 1])),
           "loser": inside(words(names[0 if loser == "a" else 1]))}
    parts = [say("attribution.story.opening", territory=int(deal["territory"]), number=int(deal["number"]),
                 value=amount(fixed(float(deal["value"]), 0), unit_words("$")), **who)]
    if deal["cause"] not in CAUSES:
        raise ParameterError(f"stories: cause {deal['cause']!r}: allowed is {', '.join(CAUSES)}")
    if not math.isnan(deal["u"]):
        coin, low, high = (localised(f"{100.0 * deal[column]:.1f}")
                           for column in ("u", f"chance_{loser}", f"chance_{winner}"))
        at_a_gate = isinstance(deal["gate"], str)
        stage = inside(say(f"names.stages.{deal['gate']}")) if at_a_gate else ""
        parts.append(say("attribution.story.gate" if at_a_gate else "attribution.story.noticing", stage=stage,
                         coin=coin, chance_loser=low, chance_winner=high, **who))
    parts.append(_because(deal, winner, loser, who))
    return " ".join(parts)


def _because(deal: Mapping[Hashable, Any], winner: str, loser: str, who: Mapping[str, str]) -> str:
    """What made the difference; of a cause that can work in two ways, the way in which it did."""
    found = {f"{what}_{role}": deal[f"{column}_{run}"]
            for what, column in (("sessions", "sessions"), ("waited", "waited_weeks"), ("counted", "overdue_weeks"))
            for role, run in (("winner", winner), ("loser", loser))}
    said = {name: "" if pd.isna(value) else str(value) if name.startswith("sessions") else number(float(value), 0.5)
            for name, value in found.items()}
    cause = str(deal["cause"])
    if cause == "coached" and not found["sessions_winner"] > found["sessions_loser"]:
        cause = "coached_before"
    if cause == "pre_call" and not deal[f"pre_call_held_{winner}"]:
        cause = "pre_call_harm"
    return say(f"attribution.story.because.{cause}", **said, **who)
