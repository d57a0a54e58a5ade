"""The public Python names, from their signatures and docstrings."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from typing import Any

import simlead

from .markdown import paragraphs

FLOORS = {
    "model": "What is true",
    "results": "What happened",
    "study": "How we ask",
    "show": "How we tell",
}


def public_names() -> str:
    """Every public name under its floor, then the classes that the functions return."""
    parts = []
    for floor, heading in FLOORS.items():
        names = [name for name in documented() if home(name).split(".")[1] == floor]
        if names:
            parts.append(f"## {heading}")
            parts += [_told(name, getattr(simlead, name), home(name), "simlead") for name in names]
    parts.append("## What they return\n\nWhat the functions above give back, with all that can be asked of it.")
    parts += [_told(name, thing, thing.__module__, thing.__module__) for name, thing in returned().items()]
    return "\n\n".join(parts)


def charts() -> str:
    """Every chart function."""
    module = import_module("simlead.show.charts")
    return "\n\n".join(
        _told(name, getattr(module, name), getattr(module, name).__module__, module.__name__)
        for name in module.__all__)


def documented() -> list[str]:
    """The public names, sorted as people look for them."""
    return sorted((name for name in simlead.__all__ if not name.startswith("__")), key=str.lower)


def home(name: str) -> str:
    """The module in which a public name lives."""
    return simlead._HOMES[name]


def returned() -> dict[str, Any]:
    """The classes, not public themselves, that public functions and methods say they return."""
    found: dict[str, Any] = {}
    waiting = [getattr(simlead, name) for name in documented()]
    while waiting:
        thing = waiting.pop(0)
        callables = [member for _, member in _members(thing)] if inspect.isclass(thing) else [thing]
        for function in callables:
            for one in _classes_in(function):
                if one.__name__ not in simlead.__all__ and one.__name__ not in found:
                    found[one.__name__] = one
                    waiting.append(one)
    return dict(sorted(found.items()))


def _classes_in(function: Any) -> list[type]:
    """The classes of simlead's in a function's return annotation."""
    plain = inspect.unwrap(getattr(function, "__func__", function))
    told = str(getattr(plain, "__annotations__", {}).get("return", ""))
    known = vars(import_module(plain.__module__)) if getattr(plain, "__module__", None) else {}
    words = (known.get(word) for word in re.findall(r"\w+", told))
    return [word for word in words if inspect.isclass(word) and word.__module__.startswith("simlead.")]


def _told(name: str, thing: Any, module: str, shown_in: str) -> str:
    """One name as a Python object of the site: signature, docstring, and a class's members."""
    full = f"{shown_in}.{name}"
    if inspect.isclass(thing):
        signature = "" if _made_elsewhere(thing) or issubclass(thing, Exception) else _signature(thing)
        kind = "exception" if issubclass(thing, Exception) else "class"
        inside = [_object(_kind_of(member), f"{full}.{key}", _member_signature(member), inspect.getdoc(_plain(member)))
                  for key, member in _members(thing)]
        return _object(kind, full, signature, inspect.getdoc(thing), inside)
    if callable(thing):
        return _object("function", full, _signature(thing), inspect.getdoc(thing))
    return _object("data", full, "", told_constant(module, name))


def _object(kind: str, full: str, signature: str, docstring: str | None, inside: list[str] | None = None) -> str:
    ticks = "`" * (6 if inside is not None else 5)
    body = "\n\n".join([paragraphs(docstring), *(inside or [])])
    return f"{ticks}{{py:{kind}}} {full}{signature}\n{body}\n{ticks}"


def _signature(thing: Any) -> str:
    """A signature as written, without the types: those stand in the docstring where they matter."""
    signature = inspect.signature(thing)
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def _member_signature(member: Any) -> str:
    if isinstance(member, property):
        return ""
    signature = inspect.signature(_plain(member))
    kept = [parameter for place, parameter in enumerate(signature.parameters.values())
            if place or parameter.name not in ("self", "cls")]
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in kept]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


def _plain(member: Any) -> Any:
    if isinstance(member, property):
        return member.fget
    return getattr(member, "__func__", member)


def _kind_of(member: Any) -> str:
    if isinstance(member, property):
        return "property"
    return "classmethod" if isinstance(member, classmethod) else "method"


def _members(thing: type) -> list[tuple[str, Any]]:
    """A class's own public methods and properties, in the order of its text."""
    return [(name, member) for name, member in vars(thing).items()
            if not name.startswith("_") and (
                inspect.isfunction(member) or isinstance(member, (property, classmethod, staticmethod)))]


def _made_elsewhere(thing: type) -> bool:
    """Whether a class is only made by functions of ours."""
    return thing.__name__ not in simlead.__all__ or thing.__name__ == "Run"


def told_constant(module: str, name: str) -> str:
    """The string that follows a constant's assignment in its module."""
    body = ast.parse(inspect.getsource(import_module(module))).body
    for statement, after in zip(body, body[1:], strict=False):
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        if any(isinstance(target, ast.Name) and target.id == name for target in targets) and isinstance(
                after, ast.Expr) and isinstance(after.value, ast.Constant):
            return inspect.cleandoc(str(after.value.value))
    return ""
