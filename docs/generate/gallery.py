"""The gallery: of every chart a picture and the code that draws it, taken from the example in its docstring.

    python docs/generate/gallery.py FOLDER

draws them all; the site does so when it is built. With `--sheet` it then makes the committed sheet of small pictures,
`docs/images/gallery.png`, for readers of the repository.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import inspect
import sys
import types
from pathlib import Path
from typing import Any

from simlead.show import charts

if __name__ == "__main__":  # as a script it is no part of a package
    import sheet
    from gallery_code import LONGER
else:
    from . import sheet
    from .gallery_code import LONGER

PICTURES = "images/gallery"
"""Where the site's pictures are, below docs/."""

NO_PICTURES = {
    "ChartError": "what a chart refuses, it refuses with this",
    "save_chart": "writes a chart to a file",
    "manager_week": "makes the table that `manager_time` draws",
    "manager_week_compared": "makes the same table from that of a comparison",
}
"""Public names that draw nothing, and what they do."""


def gallery() -> str:
    """The gallery, a section for each chart.

    >>> gallery().startswith("## answer")
    True
    """
    return "\n\n".join(map(section, names()))


def names() -> list[str]:
    """The charts, by name.

    >>> "money" in names()
    True
    """
    return [name for name in charts.__all__ if name not in NO_PICTURES]


def section(name: str) -> str:
    """Picture, what it shows, code, and the way to the reference."""
    about = " ".join(inspect.cleandoc(getattr(charts, name).__doc__ or "").partition("\n\n")[0].split())
    return (f"## {name}\n\n{about} Its table is described in [the reference](#simlead.charts.{name}).\n\n"
            f"```{{image}} /{PICTURES}/{name}.png\n:alt: {about.rstrip('.')}\n:width: 640px\n```\n\n"
            f"```python\n{code(name)}\n```")


def code(name: str) -> str:
    """Python that makes a table and draws it as `ax`, complete as it stands.

    >>> print(code("quantiles").splitlines()[-1])
    ax = charts.quantiles(table, measure="revenue", unit="$/year")
    """
    if name in LONGER:
        return LONGER[name].strip()
    function = inspect.unwrap(getattr(charts, name))
    lines: list[str] = []
    for example in doctest.DocTestParser().get_examples(inspect.getdoc(function) or ""):
        call = _call_of(name, example.source)
        if call:
            lines.append(f"ax = charts.{call}")
            brought = [line for line in lines if line.startswith(("import ", "from "))]
            body = "\n".join(line for line in lines if line not in brought)
            return f"{_imports(body, function, brought)}\n\n{body}"
        lines.append(example.source.rstrip())
    raise LookupError(f"simlead.show.charts.{name}: its docstring has no example that draws it")


def draw(name: str) -> Any:
    """The axes that a chart's code draws."""
    made: dict[str, Any] = {}
    exec(compile(code(name), f"the gallery's {name}", "exec"), made)  # noqa: S102 - our own docstrings
    return made["ax"]


def draw_all(folder: Path) -> None:
    """Draw every picture of the gallery into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names():
        charts.save_chart(draw(name), folder / f"{name}.png")


def _call_of(name: str, source: str) -> str | None:
    """The part of an example that calls a chart, or None."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            return ast.get_source_segment(source, node)
    return None


def _imports(body: str, function: Any, brought: list[str]) -> str:
    """The imports of an example, and those that it takes for granted because it stands in its module."""
    nodes = list(ast.walk(ast.parse(body)))
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    made |= {alias.asname or alias.name for line in brought for alias in ast.parse(line).body[0].names}
    others, ours = [], [*brought, "from simlead.show import charts"]
    for name in sorted(used - made - set(dir(builtins)) - {"charts"}):
        thing = function.__globals__[name]
        if isinstance(thing, types.ModuleType):
            others.append(f"import {thing.__name__} as {name}" if thing.__name__ != name else f"import {name}")
        else:
            ours.append(f"from {function.__module__} import {name}")
    others += [line for line in ours if "simlead" not in line]
    ours = [line for line in ours if "simlead" in line]
    return "\n".join([*sorted(others), *([""] if others else []), *sorted(ours)])


if __name__ == "__main__":
    draw_all(Path(sys.argv[1]))
    if "--sheet" in sys.argv:
        sheet.make_sheet(Path(sys.argv[1]), names(), list(map(code, names())),
                         Path(__file__).resolve().parents[1] / sheet.SHEET)
