"""`simlead parameters`: every parameter with its default, unit, range, grade and source."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from simlead.cli.documents import Parts, print_document
from simlead.cli.failures import Refusal
from simlead.cli.options import Json, file_path, known
from simlead.cli.terminal import show_table, terminal_width, write
from simlead.model.parameters import Parameter, nearest
from simlead.model.people_plan import plan_words
from simlead.model.scenario import GROUPS, REGISTRY
from simlead.model.team import TEAM_PARAMETERS, Team
from simlead.results.export import SUFFIXES, save_table

COLUMNS = ("path", "default", "unit", "allowed", "likely_low", "likely_high", "grade", "source",
           "distribution", "reason", "meaning")


def parameters(
    pattern: Annotated[str | None, typer.Argument(
        metavar="[PATTERN]", help="Show only parameters whose path or meaning contains this.")] = None,
    group: Annotated[str | None, typer.Option(
        "--group", metavar="NAME", help="Show only one group: " + ", ".join(GROUPS) + ".")] = None,
    structure: Annotated[bool, typer.Option(
        "--structure", help="Show only the structural switches, and which parameters each overrides.")] = False,
    out: Annotated[Path | None, typer.Option(
        "--out", metavar="FILE", help="Save as .csv, .xlsx or .parquet instead of printing.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it exists.")] = False,
    as_json: Json = False,
) -> None:
    """List every parameter.

    Prints default, unit, allowed and likely values, grade and source.
    """
    target = None if out is None else file_path(out, SUFFIXES, overwrite)
    lines = selected(pattern, "structure" if structure else group)
    if target is not None:
        import pandas as pd  # half a second, which `--help` should not take

        save_table(pd.DataFrame([_cells(line) for line in lines], columns=list(COLUMNS)), target,
                   overwrite=overwrite)
        if not as_json:
            write(f"{len(lines)} parameters saved to {target}")
            return
    if as_json:
        _as_json(lines, target)
        return
    if terminal_width() is None:
        show_table("", COLUMNS, [_cells(line) for line in lines])
        return
    for line in lines:
        path, default, unit, allowed, low, high, grade, source, distribution, reason, meaning = _cells(line)
        likely = f", likely {low} to {high}" if low else ""
        write(f"{path} = {default} {unit}", style="bold")
        write(f"    {meaning}")
        write(f"    allowed {allowed}{likely}; grade {grade}{f'; {source}' if source else ''}", style="dim")
        if distribution:
            write(f"    if uncertain: {distribution}, for {reason}", style="dim")


def _as_json(lines: list[Parameter], saved: Path | None) -> None:
    import pandas as pd

    rows = []
    for line in lines:
        low, high = (line.likely_low, line.likely_high) if line.has_likely_range else (None, None)
        cells = dict(zip(COLUMNS, _cells(line), strict=True))
        default = line.default if isinstance(line.default, (bool, int, float, str)) else cells["default"]
        rows.append({**cells, "default": default, "likely_low": low, "likely_high": high})
    print_document("parameters", Parts(tables={"parameters": pd.DataFrame(rows, dtype=object)}),
                   saved=[saved] if saved is not None else [])


def selected(pattern: str | None, group: str | None) -> list[Parameter]:
    """The registry's lines of one group that contain a pattern, in the registry's order.

    >>> [line.path for line in selected("coaching_share", "policy")]
    ['policy.coaching_share']
    """
    if group is not None:
        known("--group", group, {**GROUPS, "team": Team})
    lines = REGISTRY.values() if group != "team" else [
        dataclasses.replace(line, path=f"team.N.{name}") for name, line in TEAM_PARAMETERS.items()]
    inside = [line for line in lines if group is None or line.path.startswith(f"{group}.")]
    if pattern is None:
        return inside
    wanted = pattern.lower()
    found = [line for line in inside if wanted in line.path.lower() or wanted in line.meaning.lower()]
    if not found:
        raise Refusal(f"parameters {pattern}: no path or meaning contains this"
                      f"{nearest(pattern, [line.path for line in inside])}")
    return found


def _cells(line: Parameter) -> list[str]:
    low, high = (f"{line.likely_low:g}", f"{line.likely_high:g}") if line.has_likely_range else ("", "")
    drawn = (line.distribution, line.distribution_reason) if line.path in _uncertain() else ("", "")
    return [line.path, shown(line.default), line.unit, line.allowed, low, high, line.grade, line.source, *drawn,
            line.meaning]


def _uncertain() -> tuple[str, ...]:
    """The parameters that worlds draw."""
    from simlead.study.worlds.ranges import UNCERTAIN

    return UNCERTAIN


def shown(value: Any) -> str:
    """A parameter's value as it is typed after `--set`.

    >>> shown(True), shown(0.2), shown(250_000.0), shown("best_seller")
    ('true', '0.2', '250000', 'best_seller')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return plan_words(value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)
