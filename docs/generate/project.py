"""Versions, from pyproject.toml and what is installed, and single values, from the registry."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from simlead.cli.parameters import shown
from simlead.model.scenario import REGISTRY
from simlead.results.provenance import PACKAGES

from .markdown import table

PYPROJECT = Path(__file__).resolve().parent.parent.parent / "pyproject.toml"


@cache
def project() -> dict[str, Any]:
    """The `[project]` table of pyproject.toml."""
    found: dict[str, Any] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return found


def versions() -> str:
    """What the project asks for, and what this site was built with."""
    asked = {name.partition(">")[0].partition("=")[0].strip(): name for name in project()["dependencies"]}
    rows = [["Python", f"`{project()['requires-python']}`", ""]]
    for name, text in asked.items():
        here = metadata.version(name) if name in PACKAGES else ""
        rows.append([name, f"`{text[len(name):] or 'any'}`", here])
    return f"simlead {project()['version']}\n\n" + table(["package", "asked for", "here"], rows)


def value(path: str) -> str:
    """The default of a parameter, or `version`, `python` or `license` of the project."""
    words = {"version": "version", "python": "requires-python", "license": "license"}
    if path in words:
        return str(project()[words[path]])
    return shown(REGISTRY[path].default)
