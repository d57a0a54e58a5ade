"""Windows and macOS by construction: what works here must not lean on what only this system has."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import SMALL, run_command

import simlead

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "simlead").rglob("*.py"))
AWKWARD = "داده‌های فروش – 中文 naïve & co"
"""A folder's name with spaces, other scripts, a joiner and marks."""


def name_of(file):
    return file.relative_to(ROOT).as_posix()


# --- encodings and line ends (C05)


OTHER_OPENERS = {"Image", "webbrowser", "os", "zipfile", "tarfile", "workshop", "self"}
"""What has an `open` that opens no text."""
TOML_OF_THE_MODEL = "simlead/model/scenario.py"
"""Text that is read by a parser which takes every line end; the model's sources are not touched for it."""


def careless(text, name=""):
    """Where a module opens text without its encoding, or writes text with the system's line ends: a line each."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        what = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        owner = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else ""
        if what not in ("open", "read_text", "write_text", "fdopen") or owner in OTHER_OPENERS and what == "open":
            continue
        given = {each.arg for each in node.keywords}
        literal = [getattr(each, "value", None) for each in node.args]
        place = 0 if isinstance(called, ast.Attribute) and owner not in ("io", "os") and what == "open" else 1
        opens = what in ("open", "fdopen")
        mode = str(literal[place]) if opens and len(literal) > place else "r"
        if "b" in mode:
            continue
        if "encoding" not in given and not (what == "read_text" and "utf-8" in literal):
            found.append(f"{name}:{node.lineno} {what} without encoding")
        if (what == "write_text" or mode[0] in "wx") and "newline" not in given and what != "fdopen":
            found.append(f"{name}:{node.lineno} {what} without newline")
    return found


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_text_is_opened_with_its_encoding_and_written_with_the_same_line_ends_everywhere(file):
    found = careless(file.read_text(encoding="utf-8"), name_of(file))
    assert [each for each in found if not (each.startswith(TOML_OF_THE_MODEL) and each.endswith("newline"))] == []


@pytest.mark.parametrize(("text", "fault"), [
    ("open('x')", "open without encoding"), ("p.read_text()", "read_text without encoding"),
    ("p.write_text('a', encoding='utf-8')", "write_text without newline"),
    ("p.open('w', encoding='utf-8')", "open without newline"), ("io.open(p)", "open without encoding"),
])
def test_a_careless_opening_is_found(text, fault):
    assert any(each.endswith(fault) for each in careless(text))


@pytest.mark.parametrize("text", [
    "open('x', 'rb')", "p.open('rb+')", "Image.open(p)", "p.write_text(t, encoding='utf-8', newline='\\n')",
    "p.read_text('utf-8')", "p.open('wb')",
])
def test_a_careful_opening_passes(text):
    assert careless(text) == []


def test_git_gives_every_system_the_same_line_ends():
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()


# --- processes


def forks(text):
    """What in a module starts a process that shares this one's memory, which Windows cannot, a line each."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in ("fork", "forkpty", "register_at_fork"):
            found.append(f"{node.lineno} {node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module in ("multiprocessing", "multiprocessing.pool"):
            found += [f"{node.lineno} {each.name}" for each in node.names if each.name in ("Pool", "Process")]
        if isinstance(node, ast.Constant) and node.value in ("fork", "forkserver"):
            found.append(f"{node.lineno} {node.value}")
    return found


def test_nothing_forks():
    assert {name_of(file): forks(file.read_text(encoding="utf-8")) for file in FILES
            if forks(file.read_text(encoding="utf-8"))} == {}
    assert forks("import os\nos.fork()") and forks("get_context('fork')")
    assert forks("from multiprocessing import Pool")


SPAWNED = """
import multiprocessing, os
import simlead
from simlead.study.parallel import kill, pool

def unforked(*_):
    raise AssertionError("forked")

def own(run):
    return float(run.weeks()["wins"].sum())

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    os.fork = unforked
    firm = simlead.Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
                                      "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
    firms = {"as it is": firm, "coached": firm.change({"policy.coaching_share": 0.5})}
    one, two = (simlead.compare(firms, replications=2, workers=workers, engine="simpy", measures=["revenue"],
                                own_measures={"wins_in_all": own}, progress=False) for workers in (1, 2))
    assert one.runs.equals(two.runs)
    kill(pool(2))
    print("the same runs")
"""


@pytest.mark.slow
def test_workers_are_spawned_and_make_the_same_runs(tmp_path):
    script = tmp_path / "a script.py"
    script.write_text(SPAWNED, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, encoding="utf-8", cwd=tmp_path,
                          timeout=300)
    assert (done.returncode, done.stdout) == (0, "the same runs\n"), done.stderr


# --- modules and signals that Windows lacks


HIDDEN = """
import asyncio, importlib, pkgutil, socket, ssl, subprocess, sys, tempfile, types, uuid, webbrowser, zipfile
from multiprocessing import resource_tracker, spawn, synchronize
from pathlib import Path

import dask, distributed, jinja2, openpyxl, PIL.Image, pptx, tornado.web
import loky, matplotlib.pyplot, numba, numpy, pandas, pyarrow.parquet, rich.console, scipy.stats, simpy, typer

POSIX = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog")

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in POSIX:
            raise ImportError(f"there is no {name} here")

for name in POSIX:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Hidden())
held = set()
msvcrt = types.ModuleType("msvcrt")
msvcrt.LK_NBLCK, msvcrt.LK_UNLCK = 2, 0

def locking(handle, mode, count):
    import os
    about = os.fstat(handle).st_ino
    if mode == msvcrt.LK_NBLCK:
        if about in held:
            raise PermissionError(13, "taken")
        held.add(about)
    else:
        held.discard(about)

msvcrt.locking = locking
sys.modules["msvcrt"] = msvcrt
sys.platform = "win32"

import os, signal
for name in ("SIGALRM", "SIGKILL", "SIGHUP", "SIGUSR1", "setitimer", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
for name in ("fork", "getuid", "geteuid", "mkfifo", "killpg", "setsid", "getpgid"):
    if hasattr(os, name):
        delattr(os, name)

import simlead
missing = ("simlead.show.explore.widgets", "simlead.__main__", "simlead.cli.__main__")
for module in pkgutil.walk_packages(simlead.__path__, "simlead."):
    if module.name not in missing and not module.name.startswith("simlead.show.workshop.server"):
        importlib.import_module(module.name)

folder = Path(sys.argv[1])
firm = simlead.Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
                                  "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
run = simlead.simulate(firm, seed=1)
run.save(folder / "a run")
assert simlead.Run.load(folder / "a run").trace_hash() == run.trace_hash()
study = folder / "study.toml"
study.write_text('[study]\\nengine = "simpy"\\nreplications = 2\\nmeasures = ["revenue"]\\n'
                 'effect_sizes = ["evidence"]\\n[scenario]\\nfrom = "status_quo"\\n[scenario.set]\\n'
                 '"organisation.teams" = 1\\n"organisation.seats_per_team" = 1\\n'
                 '"calendar.warmup_weeks" = 52\\n"calendar.horizon_weeks" = 52\\n'
                 '[design]\\nkind = "grid"\\n[design.factors]\\n"policy.coaching_share" = { values = [0.2, 0.5] }\\n',
                 encoding="utf-8")
made = simlead.sweep(simlead.load_study(study), out=folder / "runs", workers=1, progress=False)
assert len(made.runs()) == 4 and not held
from simlead.cli import main
status = main(["status", str(folder / "runs")])
print("all of it", status)
"""


@pytest.mark.slow
def test_the_package_imports_and_runs_without_posix_modules_and_signals(tmp_path):
    done = subprocess.run([sys.executable, "-c", HIDDEN, str(tmp_path)], capture_output=True, text=True,
                          encoding="utf-8", cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("all of it 0\n"), done.stdout


# --- names and places


RESERVED = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.I)
"""What no name of a file on Windows may have."""


def refused_names(paths):
    """Paths with a part that Windows refuses, and those that differ in case alone."""
    found = [path for path in paths if any(RESERVED.search(part) for part in path.split("/"))]
    lower = [path.lower() for path in paths]
    return found + [path for path in paths if lower.count(path.lower()) > 1]


def test_every_file_of_the_repository_can_be_checked_out_on_windows():
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, cwd=ROOT)
    if listed.returncode:
        pytest.skip("no checkout of git")
    names = listed.stdout.decode("utf-8").strip("\0").split("\0")
    assert len(names) > 500 and refused_names(names) == [] and max(map(len, names)) < 160
    assert refused_names(["a:b", "x/aux.py", "A", "a", "y ", "ok.py"]) == ["a:b", "x/aux.py", "y ", "A", "a"]


def made_in(folder):
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*")]


@pytest.fixture
def awkward(tmp_path, monkeypatch):
    """A folder of an awkward name, which is the working directory."""
    folder = tmp_path / AWKWARD
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_run_is_saved_and_read_in_a_folder_of_any_name(awkward, capsys):
    status, out, err = run_command(capsys, "run", *SMALL, "--out", awkward / "یک اجرا")
    assert (status, err) == (0, "") and "یک اجرا" in out
    run = simlead.Run.load(awkward / "یک اجرا")
    assert run.scenario.organisation.teams == 1
    assert refused_names(made_in(awkward)) == []


def test_a_firm_file_is_found_beside_another_in_a_folder_of_any_name(awkward, capsys):
    (awkward / "شرکت ما.toml").write_text("[organisation]\nteams = 3\n", encoding="utf-8")
    (awkward / "led one.toml").write_text('from = "شرکت ما.toml"\npolicy.coaching_share = 0.4\n', encoding="utf-8")
    assert simlead.Scenario.load(awkward / "led one.toml").organisation.teams == 3
    status, out, err = run_command(capsys, "diff", "شرکت ما.toml", "led one.toml")
    assert (status, err) == (0, "") and "coaching_share" in out


@pytest.mark.slow
def test_a_sweep_its_report_and_its_status_work_in_a_folder_of_any_name(awkward, capsys):
    (awkward / "my study.toml").write_text("""
        [study]
        engine = "simpy"
        replications = 2
        measures = ["revenue"]
        effect_sizes = ["evidence"]
        [scenario]
        from = "status_quo"
        [scenario.set]
        "organisation.teams" = 1
        "organisation.seats_per_team" = 1
        "calendar.warmup_weeks" = 52
        "calendar.horizon_weeks" = 52
        [design]
        kind = "grid"
        [design.factors]
        "policy.coaching_share" = { values = [0.2, 0.5] }
        """, encoding="utf-8")
    assert run_command(capsys, "sweep", "my study.toml", "--out", "نتیجه ها", "--workers", "2")[0] == 0
    status, out, _ = run_command(capsys, "status", "نتیجه ها")
    assert status == 0 and "4" in out
    assert run_command(capsys, "report", "نتیجه ها", "--out", "the board")[0] == 0
    assert (awkward / "the board" / "report.html").stat().st_size > 10_000
    assert refused_names(made_in(awkward)) == []


@pytest.mark.slow
def test_an_export_is_written_and_imported_in_a_folder_of_any_name(awkward, capsys):
    from simlead.client.simulated_export import write_export

    firm = simlead.Scenario().change({"calendar.warmup_weeks": 60, "calendar.horizon_weeks": 104})
    files = write_export(simlead.simulate(firm, seed=2, engine="compiled"), "salesforce", awkward / "از سامانه")
    deals = next(file for file in files if "opportunit" in file.name.lower() or "deal" in file.name.lower())
    status, _, err = run_command(capsys, "import", deals, "--out", "شرکت من")
    assert (status, err) == (0, "")
    assert simlead.Scenario.load(awkward / "شرکت من" / "firm.toml").organisation.teams >= 1
    assert refused_names(made_in(awkward)) == []


# --- the workflows try it


def test_the_everyday_tests_run_on_windows_and_macos_for_every_python():
    text = (ROOT / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    systems = re.search(r"system: \[([^\]]+)\]", text)[1]
    assert {"ubuntu-latest", "macos-latest", "windows-latest"} == {each.strip() for each in systems.split(",")}
    pythons = json.loads("[" + re.search(r"python: \[([^\]]+)\]", text)[1] + "]")
    about = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    classified = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', about)
    assert set(pythons) == set(classified)
