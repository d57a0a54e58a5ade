"""`simlead parameters` and `simlead diff`: what can be set, and how two scenarios differ."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from simlead.cli.failures import Refusal
from simlead.cli.options import Beliefs
from simlead.cli.output import console, say_out, show_table, table_path
from simlead.cli.scenarios import named_scenario
from simlead.model.parameters import Parameter, nearest
from simlead.model.scenario import GROUPS, REGISTRY
from simlead.results.export import save_table

COLUMNS = ("path", "default", "unit", "allowed", "likely_low", "likely_high", "grade", "source", "meaning")


def parameters(
    pattern: Annotated[str | None, typer.Argument(
        metavar="[PATTERN]", help="Only paths and meanings that contain this.")] = None,
    group: Annotated[str | None, typer.Option(
        "--group", metavar="NAME", help="Only one group: " + ", ".join(GROUPS) + ".")] = None,
    out: Annotated[Path | None, typer.Option(
        "--out", metavar="FILE", help="Save as .csv, .xlsx or .parquet instead.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there.")] = False,
) -> None:
    """List every parameter: default, unit, allowed and likely values, grade and source."""
    target = None if out is None else table_path(out, overwrite)
    lines = selected(pattern, group)
    if target is not None:
        import pandas as pd  # half a second, which `--help` should not take

        save_table(pd.DataFrame([_cells(line) for line in lines], columns=list(COLUMNS)), target,
                   overwrite=overwrite)
        say_out(f"{len(lines)} parameters saved to {target}")
        return
    out_console = console()
    if not out_console.is_terminal:
        show_table("", COLUMNS, [_cells(line) for line in lines])
        return
    for line in lines:
        path, default, unit, allowed, low, high, grade, source, meaning = _cells(line)
        likely = f", likely {low} to {high}" if low else ""
        out_console.print(path, style="bold", end="")
        out_console.print(f" = {default} {unit}")
        out_console.print(f"    {meaning}")
        sources = f"; {source}" if source else ""
        out_console.print(f"    allowed {allowed}{likely}; grade {grade}{sources}", style="dim")


def selected(pattern: str | None, group: str | None) -> list[Parameter]:
    """The registry's lines of one group that contain a pattern, in the registry's order.

    >>> [line.path for line in selected("coaching_share", "policy")]
    ['policy.coaching_share']
    """
    if group is not None and group not in GROUPS:
        raise Refusal(f"--group {group}: allowed is {' | '.join(GROUPS)}{nearest(group, GROUPS)}")
    inside = [line for line in REGISTRY.values() if group is None or line.path.startswith(f"{group}.")]
    if pattern is None:
        return inside
    wanted = pattern.lower()
    found = [line for line in inside if wanted in line.path.lower() or wanted in line.meaning.lower()]
    if not found:
        raise Refusal(f"parameters {pattern}: no path or meaning contains this"
                      f"{nearest(pattern, [line.path for line in inside])}")
    return found


def _cells(line: Parameter) -> list[str]:
    narrower = line.likely_low is not None and (line.likely_low, line.likely_high) != (line.low, line.high)
    low, high = (f"{line.likely_low:g}", f"{line.likely_high:g}") if narrower else ("", "")
    return [line.path, shown(line.default), line.unit, line.allowed, low, high, line.grade, line.source,
            line.meaning]


def shown(value: Any) -> str:
    """A parameter's value as it is typed after `--set`.

    >>> shown(True), shown(0.2), shown(250_000.0), shown("best_seller")
    ('true', '0.2', '250000', 'best_seller')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A preset or a TOML file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    beliefs: Beliefs = None,
) -> None:
    """Show the parameters in which two scenarios differ."""
    here, there = (named_scenario(name, beliefs, {})[1] for name in (first, second))
    differences = here.differences(there)
    if not differences:
        say_out(f"{first} and {second} are the same scenario.")
        return
    rows = [[path, shown(one), shown(other), REGISTRY[path].unit]
            for path, (one, other) in differences.items()]
    show_table("", ["parameter", first, second, "unit"], rows)
