"""Results as tables: on the terminal, and in the README between two markers, so that it cannot drift."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

BEGIN, END = "<!-- results: written by run.py from results.json -->", "<!-- end of results -->"


def show(section: dict[str, Any], console: Console) -> None:
    """Print a section: its table, its note, its goals."""
    table = Table(title=section["title"], caption=section["note"], title_justify="left", caption_justify="left")
    for number, column in enumerate(section["columns"]):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in section["rows"]:
        table.add_row(*row)
    console.print(table)
    for goal in section["goals"]:
        console.print(goal_in_words(goal), style="green" if goal["met"] else "bold red", soft_wrap=True)
    console.print()


def goal_in_words(goal: dict[str, Any]) -> str:
    """A goal, what came, and whether that will do."""
    bounds = [f"at least {goal['low']:.4g}"] if goal["low"] is not None else []
    bounds += [f"at most {goal['high']:.4g}"] if goal["high"] is not None else []
    verdict = "met" if goal["met"] else "NOT MET"
    return f"{verdict}: {goal['what']}: {goal['value']:.4g} ({' and '.join(bounds)})"


def in_markdown(results: dict[str, Any]) -> str:
    """All sections, and where the numbers come from."""
    machine = results["provenance"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    lines = [
        f"{machine['processor']}, {machine['processors']} processors, {machine['system']}; Python {machine['python']}, "
        f"{versions}; engines {machine['engines']}, experiment {machine['experiment']}.", ""]
    for section in results["sections"].values():
        lines += [f"### {section['title']}", "", section["note"], ""]
        if section["rows"]:
            lines += [row_of(section["columns"]), row_of(["---"] + ["---:"] * (len(section["columns"]) - 1))]
            lines += [*map(row_of, section["rows"]), ""]
        lines += [f"- {goal_in_words(goal)}" for goal in section["goals"]] + [""]
    if {"size", "time"} <= results["sections"].keys():
        lines += ["![Seconds and events over reps and over years, all axes logarithmic](growth.png)", ""]
    return "\n".join(lines)


def row_of(cells: Iterable[str]) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def filled(page: str, results: dict[str, Any]) -> str:
    """The page with these results between its markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the page has no place for results between the two markers")
    return f"{before}{BEGIN}\n\n{in_markdown(results)}\n{END}{after}"
