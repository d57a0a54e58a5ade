"""The command line, from the commands themselves."""

from __future__ import annotations

from typing import Any

import typer

from simlead.cli.app import app
from simlead.cli.failures import EXIT_STATUSES
from simlead.show.document_shapes import SHAPES

from .markdown import escaped, paragraphs, table


def command_of(name: str) -> Any:
    """A command of simlead's by name."""
    return every_command()[name]


def every_command() -> dict[str, Any]:
    """Every command by name, in the order in which `simlead --help` tells them."""
    found: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    return found


def commands() -> str:
    """A part for each command: what it does, how it is called, its options with their defaults."""
    return "\n\n".join(_told(name, command) for name, command in every_command().items())


def exit_statuses() -> str:
    """What each exit status means."""
    return table(["exit status", "meaning"],
                 [[f"`{status}`", escaped(meaning)] for status, meaning in EXIT_STATUSES.items()])


def documents() -> str:
    """The commands with --json: their tables and single values."""
    rows = [[f"`{name}`", ", ".join(f"`{each}`" for each in shape.tables),
             ", ".join(f"`{each}`" for each in shape.single)] for name, shape in SHAPES.items()]
    return table(["command", "tables", "single values"], rows)


def _told(name: str, command: Any) -> str:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    usage = " ".join(["simlead", name, *(["[OPTIONS]"] if options else []),
                      *(_placeholder(argument) for argument in arguments)])
    parts = [f"(command-{name})=\n## `simlead {name}`", paragraphs(command.help), f"```text\n{usage}\n```"]
    if arguments:
        parts.append(table(["argument", "what it is"],
                           [[f"`{_placeholder(line)}`", escaped(line.help or "")] for line in arguments]))
    if options:
        parts.append(table(["option", "what it does", "default"], [_option(line) for line in options]))
    return "\n\n".join(parts)


def _placeholder(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _option(option: Any) -> list[str]:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    # typer tells the bounds of numbers, and names every other kind of value.
    kind = "" if option.is_flag else f" `{option.metavar or 'NUMBER'}`"
    return [names + kind, escaped(f"{option.help or ''}{_bounds(option)}"), _default(option)]


def _bounds(option: Any) -> str:
    low, high = getattr(option, "min", None), getattr(option, "max", None)
    words = [f"{word} {_number(bound)}" for word, bound in (("from", low), ("to", high)) if bound is not None]
    return f" Allowed: {' '.join(words)}." if words else ""


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else f"{value:g}"


def _default(option: Any) -> str:
    if option.is_flag or option.default is None:
        return ""
    return f"`{option.default}`"
