"""A hash of the meaning of source files, which prose, formatting and moves do not change.

What counts is the syntax tree of each module without docstrings, comments, type hints of
functions and texts with a blank in them (messages, meanings: prose). A module's own name does
not count; an import counts by what it brings in and is used, so a moved module changes nothing.
Everything else does, the name of an identifier included. The same on every version of Python.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from simlead.model.cache import kept

_HINTS = (("arg", "annotation"), ("FunctionDef", "returns"), ("AsyncFunctionDef", "returns"))
_WITHOUT_MEANING = ("ctx", "kind", "type_comment")


@functools.cache
def source_hash() -> str:
    """Sixteen hexadecimal digits for the code of model and engines and for the calibration.

    >>> len(source_hash())
    16
    """
    return kept("hash of the meaning", lambda: hash_of_meaning(Path(str(resources.files("simlead")))))


def hash_of_meaning(package: Path, parts: Iterable[str] = ("model", "engines", "data/calibration.json")) -> str:
    """The hash of these parts of a package: folders, modules, and the calibration's values."""
    files = [file for part in parts for file in _files(package / part)]
    trees = {_module_name(file, package): ast.parse(file.read_text(encoding="utf-8"))
             for file in files if file.suffix == ".py"}
    plain: dict[str, str] = {}
    used: dict[str, set[str]] = {}
    for name, tree in trees.items():
        words: list[str] = []
        used[name] = set()
        _add_words(tree, words, used[name])
        some = len(words) > len(("Module", "body", "end"))
        plain[name] = hashlib.sha256("\n".join(words).encode()).hexdigest() if some else ""
    modules = sorted("\n".join((plain[name], *sorted(_imports(tree, used[name], plain))))
                     for name, tree in trees.items() if plain[name])
    for file in files:
        if file.suffix == ".json":
            sets = json.loads(file.read_text(encoding="utf-8"))["sets"]
            modules.append(json.dumps({name: one["values"] for name, one in sets.items()}, sort_keys=True))
    return hashlib.sha256("\0".join(modules).encode()).hexdigest()[:16]


def _files(part: Path) -> list[Path]:
    if part.is_dir():
        return list(part.rglob("*.py"))
    return [part] if part.exists() else []


def _module_name(file: Path, package: Path) -> str:
    parts = file.relative_to(package).with_suffix("").parts
    return ".".join((package.name, *(parts[:-1] if parts[-1] == "__init__" else parts)))


def _add_words(value: Any, words: list[str], used: set[str]) -> None:
    """Write the tree as words: classes of nodes, then what each field holds; empty fields are left out."""
    if isinstance(value, list):
        for each in value:
            _add_words(each, words, used)
        words.append("end")
    elif not isinstance(value, ast.AST):
        words.append("text" if isinstance(value, str) and " " in value else repr(value))
    elif not (isinstance(value, ast.Import | ast.ImportFrom)
              or (isinstance(value, ast.Expr) and isinstance(value.value, ast.Constant))):
        kind = type(value).__name__
        words.append(kind)
        if isinstance(value, ast.Name):
            used.add(value.id)
        for field, held in ast.iter_fields(value):
            if held is not None and held != [] and field not in _WITHOUT_MEANING and (kind, field) not in _HINTS:
                words.append(field)
                _add_words(held, words, used)


def _imports(tree: ast.Module, used: set[str], plain: dict[str, str]) -> Iterator[str]:
    """What each used name is imported from: a module of ours by its content, another by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            source = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                bound, whole = alias.asname or alias.name.partition(".")[0], f"{source}.{alias.name}".strip(".")
                if bound in used and whole in plain:
                    yield f"{bound}: {plain[whole]}"
                elif bound in used:
                    yield f"{bound}: {alias.name} of {plain.get(source, source)}"
