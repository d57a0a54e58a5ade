"""A firm's base year in words: stated beside simulated, what was solved, and what contradicts what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simlead.show.format import estimate, parameter_value, quantity
from simlead.show.language import say
from simlead.show.wording import listed
from simlead.study.records import OPEN, BaseYear

if TYPE_CHECKING:
    import pandas as pd


OVERHEAD = "organisation.overhead_per_seat_year"
COUNTED = ("revenue", "contribution_margin", "profit_margin")
PAY = ("organisation.rep_salary_per_year", "organisation.manager_salary_per_year")
"""What decides on the overhead: facts that a firm states, and parameters."""


def as_counted(year: BaseYear) -> pd.DataFrame:
    """Format the facts of a base year: what is stated, what is simulated, and its status.

    Columns are named in the current language.

    >>> import pandas as pd
    >>> fact = {"fact": "revenue", "unit": "$/year", "stated": 2e7, "simulated": 2.1e7, "low": 1.9e7, "high": 2.3e7,
    ...         "role": "solved", "agrees": True}
    >>> as_counted(BaseYear(pd.DataFrame([fact]), pd.DataFrame(), (), 8, 0)).iloc[0].tolist()
    ['Revenue', '20.0 million $/year', '21 million $/year (19 to 23)', 'solved to match']
    """
    import pandas as pd

    headings = [say(f"base_year.heading_{name}") for name in ("fact", "stated", "simulated", "role")]
    return pd.DataFrame([
        (say(f"base_year.facts.{line['fact']}"), stated_words(line), simulated_words(line), _role(line))
        for line in year.table.to_dict("records")], columns=headings)


def as_solved(year: BaseYear) -> pd.DataFrame:
    """Format the parameters that calibration solved, beside those of the preset that the firm started from.

    >>> import pandas as pd
    >>> line = {"parameter": "world.our_utility", "unit": "utility", "preset": 1.0, "solved": 0.9, "low": 0.8,
    ...         "high": 1.0}
    >>> as_solved(BaseYear(pd.DataFrame(), pd.DataFrame([line]), (), 8, 0)).iloc[0].tolist()
    ['world.our_utility', '1', '0.90 utility (0.80 to 1.00)']
    """
    import pandas as pd

    headings = [say(f"base_year.heading_{name}") for name in ("parameter", "preset", "solved")]
    rows = []
    for line in year.solved.to_dict("records"):
        known = line["low"] == line["low"]
        rows.append((line["parameter"], parameter_value(line["parameter"], line["preset"]), estimate(
            line["solved"], line["low"], line["high"], line["unit"]) if known
            else quantity(line["solved"], line["unit"])))
    return pd.DataFrame(rows, columns=headings)


def contradictions(year: BaseYear) -> list[str]:
    """Say which stated facts the simulated year contradicts, a sentence each.

    >>> import pandas as pd
    >>> contradictions(BaseYear(pd.DataFrame(), pd.DataFrame(), (), 8, 0))
    []
    """
    lines = {line["fact"]: line for line in year.table.to_dict("records")} if len(year.table) else {}
    found = []
    for each in year.contradictions:
        line = lines[each.fact]
        words = {"fact": say(f"base_year.facts.{each.fact}"), "stated": stated_words(line),
                 "simulated": simulated_words(line)}
        if each.against:
            others = listed([
                f"{say(f'base_year.facts.{name}')} ({stated_words(lines[name])})" for name in each.against])
            found.append(say("base_year.contradiction", **words, against=others))
        else:
            found.append(say("base_year.alone", **words))
    return found + _below_zero(year, lines)


def _below_zero(year: BaseYear, lines: Mapping[Any, Any]) -> list[str]:
    """Say what a solved overhead below 0 means: that the firm earns less than its margin without any."""
    rows = year.solved[year.solved["parameter"] == OVERHEAD] if len(year.solved) else year.solved
    if not len(rows) or not float(rows["solved"].iloc[0]) < 0.0:
        return []
    row = rows.iloc[0]
    overhead = quantity(float(row["solved"]), row["unit"], short=True)
    return [say("base_year.overhead_below_zero", facts=listed(list(COUNTED)), pay=listed(list(PAY)), overhead=overhead,
                margin=simulated_words(lines["profit_margin"]) if "profit_margin" in lines else "",
                sales=simulated_words(lines["sales_per_rep"]) if "sales_per_rep" in lines else "")]


def stated_words(line: Mapping[Any, Any]) -> str:
    """What is stated of a fact, as text; empty where nothing is."""
    return "" if line["stated"] != line["stated"] else quantity(line["stated"], line["unit"], short=True)


def simulated_words(line: Mapping[Any, Any]) -> str:
    """What the simulated year shows of a fact, with its interval."""
    if line["low"] != line["low"] or line["low"] == line["high"]:
        return quantity(line["simulated"], line["unit"], short=True)
    return estimate(line["simulated"], line["low"], line["high"], line["unit"], short=True)


def _role(line: Mapping[Any, Any]) -> str:
    other = line["role"] != OPEN and line["agrees"] is False
    return say("base_year.roles.other") if other else say(f"base_year.roles.{line['role']}")
