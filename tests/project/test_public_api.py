"""Every public name has a docstring that says what it is, and an example that runs."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import simlead

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "simlead").rglob("*.py"))
MODULES = simlead._MODULES
NAMES = [name for name in simlead.__all__ if name != "__version__" and name not in MODULES]


# --- the public names


def test_each_name_has_a_home_an_import_for_the_type_checker_and_a_place_in_all():
    text = (ROOT / "simlead" / "__init__.py").read_text(encoding="utf-8")
    checked = dict(reversed(pair) for pair in re.findall(r"from (\S+) import (\S+) as \2", text))
    modules = {name: module.rpartition(".")[0] for name, module in simlead._MODULES.items()}
    assert checked == simlead._HOMES | modules
    assert set(simlead._HOMES | modules) == {*NAMES, *MODULES}
    assert set(simlead.__all__) <= set(dir(simlead))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_home(name):
    assert getattr(simlead, name) is getattr(importlib.import_module(simlead._HOMES[name]), name)


@pytest.mark.parametrize("name", MODULES)
def test_a_public_module_leads_home(name):
    assert getattr(simlead, name) is importlib.import_module(MODULES[name])


def test_an_unknown_name_is_an_ordinary_attribute_error():
    with pytest.raises(AttributeError, match="simlead.*has no attribute 'simluate'"):
        simlead.simluate  # noqa: B018


def test_the_version_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert simlead.__version__ == project["version"]


def test_importing_simlead_waits_for_nothing():
    code = "import simlead, sys; print(*{'numpy', 'numba', 'pandas', 'scipy'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert said.stdout.split() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_explained_and_shown_at_work(name):
    thing = getattr(simlead, name)
    if isinstance(thing, type):
        assert thing.__doc__
        members = [thing, *(getattr(member, "fget", member) for member in vars(thing).values())]
        shown = any(">>>" in (getattr(member, "__doc__", None) or "") for member in members)
        assert shown or issubclass(thing, Exception)  # an exception is shown by what raises it
    elif callable(thing):
        assert thing.__doc__ and ">>>" in thing.__doc__
    else:
        stated = set().union(*(stated_constants(file) for file in FILES))
        assert name in stated, "a string after the assignment says what it is"


def stated_constants(file: Path) -> set[str]:
    """The names of a module whose assignment is followed by a string that says what they are."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    found = set()
    for statement, after in zip(body, body[1:], strict=False):
        targets = {ast.Assign: lambda s: s.targets, ast.AnnAssign: lambda s: [s.target]}.get(type(statement))
        stated = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(
            after.value.value, str)
        if targets and stated:
            found |= {target.id for target in targets(statement) if isinstance(target, ast.Name)}
    return found


# --- everything else that is not private


def untold(text: str) -> list[str]:
    """The public functions, classes and methods of a module's text that have no docstring."""
    found = []

    def look(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.If, ast.Try, ast.With)):
                look(child, prefix)
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                if child.name.startswith("_"):
                    continue
                decorators = {ast.unparse(decorator) for decorator in child.decorator_list}
                again = any(d.endswith((".setter", "overload")) for d in decorators)
                if not again and not ast.get_docstring(child):
                    found.append(prefix + child.name)
                if isinstance(child, ast.ClassDef):
                    look(child, f"{prefix}{child.name}.")

    tree = ast.parse(text)
    look(tree, "")
    return found + ([] if ast.get_docstring(tree) else ["the module itself"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_public_function_and_class_has_a_docstring(file):
    assert untold(file.read_text(encoding="utf-8")) == []


def test_a_missing_docstring_is_caught():
    text = (
        'class Told:\n    """Told."""\n    def untold(self): ...\n    def _private(self): ...\n'
        "def f(): ...\n")
    assert untold(text) == ["Told.untold", "f", "the module itself"]
