"""`simlead diff`: the parameters in which two scenarios differ."""

from __future__ import annotations

import math
from typing import Annotated, Any

import typer

from simlead.cli import completion
from simlead.cli.documents import Parts, print_document
from simlead.cli.options import EffectSizes, Json, Sets
from simlead.cli.parameters import shown
from simlead.cli.scenarios import firms_in_order
from simlead.cli.terminal import show_table, write
from simlead.model.parameters import WEEK_OR_NEVER
from simlead.model.scenario import declared
from simlead.model.team import NEVER


def diff(
    first: Annotated[str, typer.Argument(
        metavar="FIRM", help="Preset or scenario file.", autocompletion=completion.firms)],
    second: Annotated[str, typer.Argument(
        metavar="OTHER", help="Preset or scenario file to compare with.", autocompletion=completion.firms)],
    effect_sizes: EffectSizes = None,
    sets: Sets = None,
    as_json: Json = False,
) -> None:
    """Show the parameters in which two scenarios differ."""
    here, there = (scenario for _, scenario in firms_in_order([first, second], effect_sizes, sets or []))
    differences = here.differences(there)
    if as_json:
        import pandas as pd  # half a second, which `--help` should not take

        plain = [(path, _plain(path, one), _plain(path, other), declared(path).unit)
                 for path, (one, other) in differences.items()]
        table = pd.DataFrame(plain, columns=["parameter", "first", "second", "unit"], dtype=object)
        print_document("diff", Parts({"same": not differences}, {"changes": table}),
                       scenarios={first: here, second: there})
        return
    if not differences:
        write(f"{first} and {second} are the same scenario.")
        return
    rows = [[path, _value(path, one), _value(path, other), declared(path).unit]
            for path, (one, other) in differences.items()]
    show_table("", ["parameter", first, second, "unit"], rows)


def _value(path: str, value: Any) -> str:
    """A value as it is typed, a week that never comes as a word."""
    return "never" if _never(path, value) else shown(value)


def _plain(path: str, value: Any) -> Any:
    """A value as JSON has it, a week that never comes as an infinite one."""
    return math.inf if _never(path, value) else shown(value) if isinstance(value, (list, tuple)) else value


def _never(path: str, value: Any) -> bool:
    return bool(value == NEVER and declared(path).unit == WEEK_OR_NEVER)
