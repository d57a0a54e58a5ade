"""`simlead diff`: the parameters in which two scenarios differ."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from simlead.cli.options import EffectSizes, Sets
from simlead.cli.parameters import shown
from simlead.cli.scenarios import firms_in_order
from simlead.cli.terminal import show_table, write
from simlead.model.parameters import WEEK_OR_NEVER
from simlead.model.scenario import declared
from simlead.model.team import NEVER


def diff(
    first: Annotated[str, typer.Argument(metavar="FIRM", help="Preset or scenario file.")],
    second: Annotated[str, typer.Argument(metavar="OTHER", help="Preset or scenario file to compare with.")],
    effect_sizes: EffectSizes = None,
    sets: Sets = None,
) -> None:
    """Show the parameters in which two scenarios differ."""
    here, there = (scenario for _, scenario in firms_in_order([first, second], effect_sizes, sets or []))
    differences = here.differences(there)
    if not differences:
        write(f"{first} and {second} are the same scenario.")
        return
    rows = [[path, _value(path, one), _value(path, other), declared(path).unit]
            for path, (one, other) in differences.items()]
    show_table("", ["parameter", first, second, "unit"], rows)


def _value(path: str, value: Any) -> str:
    """A value as it is typed, a week that never comes as a word."""
    return "never" if value == NEVER and declared(path).unit == WEEK_OR_NEVER else shown(value)
