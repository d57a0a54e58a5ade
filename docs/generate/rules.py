"""Submodels: every rule of the rulebook, from its signature and docstring."""

from __future__ import annotations

import inspect
import textwrap
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from simlead.model import rules as rulebook

from .markdown import paragraphs


def modules() -> dict[str, ModuleType]:
    """The modules of the rulebook by name."""
    return {found.name: import_module(f"{rulebook.__name__}.{found.name}") for found in iter_modules(rulebook.__path__)}


def rules_of(name: str) -> dict[str, Any]:
    """The rules that a module of the rulebook declares, in the order of its text."""
    module = modules()[name]
    own = {key: thing for key, thing in vars(module).items()
           if not key.startswith("_") and callable(function_of(thing)) and home_of(thing) == module.__name__}
    return dict(sorted(own.items(), key=lambda pair: function_of(pair[1]).__code__.co_firstlineno))


def function_of(thing: Any) -> Any:
    """The plain function behind a rule, compiled or not; None for what is no function."""
    plain = getattr(thing, "py_func", thing)
    return plain if inspect.isfunction(plain) else None


def home_of(thing: Any) -> str:
    """The module in which a rule was written."""
    return str(getattr(function_of(thing), "__module__", ""))


def rules(name: str) -> str:
    """Every rule of a module: its name, its arguments, its docstring."""
    return "\n\n".join(_told(rule, function_of(thing)) for rule, thing in rules_of(name).items())


def _told(name: str, function: Any) -> str:
    """A rule as a term with its arguments, and below it what its docstring says."""
    arguments = ", ".join(f"`{argument}`" for argument in inspect.signature(function).parameters)
    prose = (inspect.getdoc(function) or "").split("\n>>>")[0]  # examples are for readers of the source
    return f"**`{name}`** ({arguments})\n: {textwrap.indent(paragraphs(prose.strip()), '  ').lstrip()}"
