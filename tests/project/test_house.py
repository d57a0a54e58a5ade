"""The house keeps its order: one way through the floors, small files, nothing of this machine in it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["model", "engines", "results", "statistics", "study", "client", "show", "cli"]
# Floors that a floor does not use although they lie below it: statistics knows no sales, show makes no runs.
SHOWN = {"records", "report_record", "opening", "comparison", "comparison_files", "surface", "sweeps.sweep", "parallel",
         "money.result", "money.record", "trial.plan", "trial.protocol", "trial.result"}
# What show may import of study: records and the types of results. The workshop and the explorer ask for runs; claims
# have records of their own.
ASKING = ("simlead.show.workshop", "simlead.show.explore")
CLOSED = {"statistics": ["model", "engines", "results"], "show": ["engines"]}
LINES_IN_A_FILE = 400

TOP_LEVEL = {
    "simlead", "notebooks", "experiments", "tests", "docs", "pyproject.toml", "README.md", "LICENSE",
    "CITATION.cff", "CHANGELOG.md", "constraints.txt", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md",
    "RELEASING.md",
}

# Written in pieces, or this file would be the first that names them.
REGISTRY_HOSTS = [
    ".".join(parts) for parts in [
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("conda", "anaconda", "org"),
        ("deb", "debian", "org"), ("proxy", "golang", "org"), ("crates", "io")]
]
MACHINE_PATH = re.compile(
    r"(?<![\w.:/~$}*-])/(?:" + "|".join(["work", "root", "home", "Users", "opt"]) + r")/[\w.]"
    r"|[A-Z]:\\+Users\\")


# --- who imports whom


def modules(root: Path) -> dict[str, Path]:
    """Dotted name -> file, of every module of simlead's under a root."""
    found = {}
    for file in sorted((root / "simlead").rglob("*.py")):
        parts = list(file.relative_to(root).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found[".".join(parts)] = file
    return found


def imports(name: str, file: Path, known: dict[str, Path]) -> set[str]:
    """The modules of simlead's that a module imports, wherever in its text it does so."""
    found = set()
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in known else base)
    return {module for module in found if module.partition(".")[0] == "simlead"}


def floor(name: str) -> int | None:
    """The floor of a module, counted from the ground; none for the package itself."""
    parts = name.split(".")
    if len(parts) == 1:
        return None
    if parts[1] == "__main__":
        return FLOORS.index("cli")
    return FLOORS.index(parts[1]) if parts[1] in FLOORS else -1


def breaches(root: Path) -> list[str]:
    """What a tree does against the order of the floors, a line each."""
    known = modules(root)
    graph = {name: imports(name, file, known) for name, file in known.items()}
    found = []
    for name, targets in graph.items():
        here = floor(name)
        if here is None:  # the public names; lazily, from any floor
            continue
        if here < 0:
            found.append(f"{name} is on no floor")
        for target in sorted(targets):
            there = floor(target)
            if there is None:
                found.append(f"{name} imports simlead itself")
            elif target not in known:
                found.append(f"{name} imports {target}, which is not there")
            elif there > here:
                found.append(f"{name} imports {target}, a floor above")
            elif FLOORS[there] in CLOSED.get(FLOORS[here], ()):
                found.append(f"{name} imports {target}, a floor that it does not use")
    found += [f"circle: {' -> '.join(circle)}" for circle in circles(graph)]
    return found


def asks(root: Path) -> list[str]:
    """Where show, but for what people play with, imports of study what is no record; and which rooms it mixes."""
    known, found = modules(root), []
    for name, file in known.items():
        if not name.startswith("simlead.show.") or name.startswith(ASKING):
            continue
        for target in sorted(imports(name, file, known)):
            room = target.removeprefix("simlead.study.")
            if room != target and room not in SHOWN and not room.startswith("claims"):
                found.append(f"{name} asks {target}")
            here, there = name.split(".")[2], [*target.split("."), ""][2]
            if target.startswith("simlead.show.") and there in ROOMS and here in ROOMS[: ROOMS.index(there)]:
                found.append(f"{name} imports {target}, a room above")
    return found


ROOMS = ["language", "format", "wording", "charts", "report"]
"""The rooms of show from the ground."""


def test_show_shows_records_and_asks_nothing():
    assert asks(ROOT) == []


@pytest.mark.parametrize(("files", "stated"), [
    ({"simlead/show/charts/a.py": "from simlead.study.simulate import x", "simlead/study/simulate.py": ""},
     "simlead.show.charts.a asks simlead.study.simulate"),
    ({"simlead/show/charts/a.py": "from simlead.show.report import b", "simlead/show/report/b.py": ""},
     "simlead.show.charts.a imports simlead.show.report.b, a room above"),
])
def test_show_that_asks_is_caught(tmp_path, files, stated):
    assert stated in asks(tree(tmp_path, dict(files)))


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """A circle of imports for each way back that a walk through the modules meets."""
    found: list[list[str]] = []
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> None:
        if name in path:
            found.append([*path[path.index(name):], name])
        elif name not in done:
            for target in sorted(graph.get(name, ())):
                if floor(target) is not None:
                    walk(target, [*path, name])
            done.add(name)

    for name in graph:
        if floor(name) is not None:
            walk(name, [])
    return found


def test_imports_go_down_the_floors_and_never_round():
    assert breaches(ROOT) == []


def outside_imports(name: str) -> list[str]:
    """What the modules of a floor import of simlead's other floors, a line each."""
    known = modules(ROOT)
    return [f"{module} imports {target}" for module, file in known.items() if module.split(".")[1:2] == [name]
            for target in sorted(imports(module, file, known)) if target.split(".")[1:2] != [name]]


def test_statistics_imports_nothing_else_of_simlead():
    assert outside_imports("statistics") == []
    assert any("simlead.statistics." in line for line in outside_imports("study"))  # the check can fail


def test_the_house_is_inhabited():
    assert {f"simlead.{name}" for name in FLOORS[:-1]} <= set(modules(ROOT))


def tree(root: Path, files: dict[str, str]) -> Path:
    for floor_name in FLOORS[:-1]:
        files.setdefault(f"simlead/{floor_name}/__init__.py", "")
    for name, text in {"simlead/__init__.py": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_sound_tree_has_no_breach(tmp_path):
    assert breaches(tree(tmp_path, {
        "simlead/__init__.py": "from simlead.study.ask import ask",
        "simlead/model/units.py": "import math",
        "simlead/model/rules/__init__.py": "",
        "simlead/model/rules/people.py": "from ..units import HOURS",
        "simlead/engines/walk.py": "from simlead.model.rules import people",
        "simlead/study/ask.py": "from simlead.engines.walk import walk\nfrom . import tell",
        "simlead/study/tell.py": "import simlead.model.units",
        "simlead/cli.py": "from simlead.study import ask",
    })) == []


@pytest.mark.parametrize(("files", "breach"), [
    ({"simlead/model/a.py": "from simlead.engines import walk", "simlead/engines/walk.py": ""},
     "simlead.model.a imports simlead.engines.walk, a floor above"),
    ({"simlead/statistics/a.py": "from simlead.study import b", "simlead/study/b.py": ""},
     "simlead.statistics.a imports simlead.study.b, a floor above"),
    ({"simlead/results/a.py": "def late():\n    import simlead.study.b", "simlead/study/b.py": ""},
     "simlead.results.a imports simlead.study.b, a floor above"),
    ({"simlead/model/a.py": "from ..engines.walk import x", "simlead/engines/walk.py": ""},
     "simlead.model.a imports simlead.engines.walk, a floor above"),
    ({"simlead/show/a.py": "from simlead.cli import main", "simlead/cli.py": ""},
     "simlead.show.a imports simlead.cli, a floor above"),
    ({"simlead/statistics/a.py": "from simlead.model import units", "simlead/model/units.py": ""},
     "simlead.statistics.a imports simlead.model.units, a floor that it does not use"),
    ({"simlead/show/a.py": "def late():\n    from simlead.engines import walk", "simlead/engines/walk.py": ""},
     "simlead.show.a imports simlead.engines.walk, a floor that it does not use"),
    ({"simlead/study/a.py": "import simlead"}, "simlead.study.a imports simlead itself"),
    ({"simlead/study/a.py": "from simlead import Scenario"}, "simlead.study.a imports simlead itself"),
    ({"simlead/model/a.py": "from simlead.model import b",
      "simlead/model/b.py": "from simlead.model.a import x"},
     "circle: simlead.model.a -> simlead.model.b -> simlead.model.a"),
    ({"simlead/model/a.py": "from simlead.model.gone import x"},
     "simlead.model.a imports simlead.model.gone, which is not there"),
    ({"simlead/utils/a.py": ""}, "simlead.utils.a is on no floor"),
])
def test_a_planted_breach_is_caught(tmp_path, files, breach):
    assert breach in breaches(tree(tmp_path, dict(files)))


# --- how large, and what else


def lines_of(text: str) -> int:
    """How many lines a module has besides its docstrings."""
    stated = [node.body[0] for node in ast.walk(ast.parse(text))
              if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node)]
    return len(text.splitlines()) - sum(words.end_lineno - words.lineno + 1 for words in stated)


def too_long(root: Path) -> list[str]:
    return [name for name, file in modules(root).items()
            if lines_of(file.read_text(encoding="utf-8")) > LINES_IN_A_FILE]


def test_no_file_is_more_than_one_thought():
    assert too_long(ROOT) == []


def test_a_long_file_is_caught(tmp_path):
    words = '"""Many words.' + "\n" * 500 + '"""\n'
    files = {"simlead/cli.py": "\n" * 401, "simlead/study/words.py": words + "\n" * 399}
    assert too_long(tree(tmp_path, files)) == ["simlead.cli"]


def committed() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def betrayals(content: bytes) -> list[str]:
    """What a file tells about machines and registries; nothing of a picture or another binary."""
    if b"\0" in content:
        return []
    text = content.decode("utf-8", errors="replace")
    return [host for host in REGISTRY_HOSTS if host in text] + MACHINE_PATH.findall(text)


def test_no_file_names_a_registry_or_a_path_of_this_machine():
    stated = {name: betrayals((ROOT / name).read_bytes()) for name in committed()}
    assert {name: what for name, what in stated.items() if what} == {}


@pytest.mark.parametrize("parts", [
    ("see /", "work/main"), ("open('/", "root/x')"), ("/", "home/ann/x"), ("https://", "pypi", ".org/simple"),
    ("--index https://files.python", "hosted", ".org"), ("C:\\", "Users\\ann"),
])
def test_a_planted_address_is_caught(parts):
    assert betrayals("".join(parts).encode())


def test_an_ordinary_address_is_not():
    assert not betrayals(b"https://example.com/work/page, a/home/b, $TMP/root/x and simlead/work/x")


def test_the_top_level_is_small():
    top = {name.partition("/")[0] for name in committed()}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL
