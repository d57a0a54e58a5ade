"""The public Python names: a directive of autodoc for each, which reads signature and docstring."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import simlead

from .markdown import first_sentence, paragraphs, undocumented

FLOORS = {
    "model": "The model",
    "engines": "Engines",
    "results": "Results",
    "statistics": "Statistics",
    "study": "Studies",
    "client": "Your firm from a CRM",
    "show": "Words, tables and reports",
}


def public_names() -> str:
    """Every public name under its floor, then the classes that the functions return."""
    parts = []
    for floor, heading in FLOORS.items():
        names = [name for name in documented() if home(name).split(".")[1] == floor]
        if names:
            parts.append(f"## {heading}")
            parts += [_directive(f"simlead.{name}", getattr(simlead, name), home(name)) for name in names]
    for name, module in simlead._MODULES.items():
        heading = f"## simlead.{name}\n\n{first_sentence(import_module(module).__doc__)}"
        if name == "charts":
            parts.append(f"{heading} They have [a page of their own](charts.md).")
        else:
            parts += [heading, *(_directive(f"simlead.{name}.{each}", thing)
                                 for each, thing in functions(module).items())]
    parts.append("## What they return\n\nThe classes that the functions above return.")
    parts += [_directive(name, thing) for name, thing in returned(getattr(simlead, name) for name in documented())]
    return "\n\n".join(parts)


def charts() -> str:
    """Every chart function."""
    module = import_module("simlead.show.charts")
    return "\n\n".join(_directive(f"simlead.charts.{name}", getattr(module, name)) for name in module.__all__)


def functions(module: str) -> dict[str, Any]:
    """The public functions that a module defines, by name, in the order of its text.

    >>> list(functions("simlead.study.theory"))[0]
    'mean_wait_mg1'
    """
    return {name: thing for name, thing in vars(import_module(module)).items()
            if not name.startswith("_") and callable(thing) and not inspect.isclass(thing)
            and thing.__module__ == module}


def found(full: str) -> Any:
    """What has this full name: in a module, or in one that is public by a shorter name.

    >>> found("simlead.theory.mean_number") is found("simlead.study.theory.mean_number")
    True
    """
    holder, _, name = full.rpartition(".")
    return getattr(getattr(simlead, holder.removeprefix("simlead."), None) or import_module(holder), name)


def documented() -> list[str]:
    """The public names other than modules, sorted as people look for them."""
    return sorted(simlead._HOMES, key=str.lower)


def home(name: str) -> str:
    """The module in which a public name lives."""
    return simlead._HOMES[name]


def returned(things: Iterable[Any]) -> list[tuple[str, type]]:
    """The classes, not public themselves, that functions and the methods of classes say they return.

    >>> "simlead.study.comparison.Comparison" in dict(returned([simlead.compare]))
    True
    """
    found: dict[str, type] = {}
    waiting = list(things)
    while waiting:
        thing = waiting.pop(0)
        functions = list(methods(thing).values()) if inspect.isclass(thing) else [thing]
        for function in map(inspect.unwrap, functions):
            words = re.findall(r"\w+", str(getattr(function, "__annotations__", {}).get("return", "")))
            known = vars(import_module(function.__module__)) if words else {}
            for one in map(known.get, words):
                if inspect.isclass(one) and one.__module__.startswith("simlead."):
                    full = f"{one.__module__}.{one.__name__}"
                    if one.__name__ not in simlead.__all__ and full not in found:
                        found[full] = one
                        waiting.append(one)
    return sorted(found.items(), key=lambda pair: pair[1].__name__)


def methods(thing: type) -> dict[str, Any]:
    """The public methods of a class by name, in the order of its text."""
    return {name: getattr(member, "__func__", member) for name, member in vars(thing).items()
            if not name.startswith("_") and (
                inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod)))}


def _directive(full: str, thing: Any, module: str = "") -> str:
    """What autodoc needs to show one name; constants are documented where they are assigned."""
    if inspect.isclass(thing):
        kind = "exception" if issubclass(thing, Exception) else "class"
        # The classes that only functions of ours make show no signature.
        signature = "" if kind == "class" and full.startswith("simlead.") and full.count(".") == 1 else "()"
        options = "" if kind == "exception" else "\n   :members:\n   :member-order: bysource"
        return _rst(f".. auto{kind}:: {full}{signature}{options}")
    if callable(thing):
        return _rst(f".. autofunction:: {full}")
    words = constant_words(module, full.rpartition(".")[2])
    return f"```{{py:data}} {full}\n{words if words.startswith('*undocumented') else paragraphs(words)}\n```"


def constant_words(module: str, name: str) -> str:
    """The string that follows a constant's assignment in its module."""
    body = ast.parse(inspect.getsource(import_module(module))).body
    for statement, after in zip(body, body[1:], strict=False):
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        if any(isinstance(target, ast.Name) and target.id == name for target in targets) and isinstance(
                after, ast.Expr) and isinstance(after.value, ast.Constant):
            return inspect.cleandoc(str(after.value.value))
    for statement in body:  # brought from the module that assigns it
        if isinstance(statement, ast.ImportFrom) and name in {alias.asname or alias.name for alias in statement.names}:
            return constant_words(str(statement.module), name)
    return undocumented(name)


def _rst(text: str) -> str:
    return f"```{{eval-rst}}\n{text}\n```"
