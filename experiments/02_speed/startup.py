"""How long the first answer takes: importing, running from a warm cache, and compiling from cold."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yardstick
from section import Goal, Section, digits

import simlead

PACKAGE = Path(simlead.__file__).parent
NOTHING = "pass"
IMPORT = "import simlead, sys; assert not {'numba', 'simlead.model.rulebook'} & set(sys.modules)"
RUN = "import simlead; print(simlead.simulate(engine='compiled').trace_hash())"


def measure(quick: bool) -> Section:
    """New processes, by the clock on the wall; each compiles into, or loads from, a cache of its own."""
    rounds = 3 if quick else 7
    slower = yardstick.slowness()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        empty = [seconds_of(NOTHING, place / "a")[0] for _ in range(rounds)]
        imported = [seconds_of(IMPORT, place / "a")[0] for _ in range(rounds)]
        cold, printed, answer = seconds_of(RUN, place / "a")
        warm = [seconds_of(RUN, place / "a") for _ in range(rounds)]
        together, answers = both_at_once(place / "b")
        locked, locked_answer, untouched = read_only(place)
    answers |= {answer, locked_answer, *(answer for _, _, answer in warm)}
    if len(answers) != 1:
        raise SystemExit(f"starts differ in their answer: {answers}")

    first = statistics.median(seconds for seconds, _, _ in warm)
    importing = statistics.median(imported) - statistics.median(empty)
    rows = [
        ["Python alone", digits(statistics.median(empty))],
        ["import simlead, Python's own start taken off", digits(importing)],
        ["a process that makes one compiled run with a trace, from a warm cache", digits(first)],
        ["the same from a cold cache: it compiles", digits(cold)],
        ["two such processes at once, from one cold cache", digits(together)],
        ["from a read-only installation, cold", digits(locked)],
    ]
    return Section(
        "Start-up",
        "New processes, by the clock on the wall. All runs gave the same trace. A cold start prints: "
        f"\"{printed.strip() or 'nothing'}\". {yardstick.in_words(slower)}",
        ["what", "seconds"], rows,
        [
            yardstick.goal("seconds to import simlead", importing, slower, 0.5),
            yardstick.goal("seconds to the first compiled run, warm", first, slower, 1.5),
            yardstick.goal("seconds to the first compiled run, cold", cold, slower, 20.0),
            Goal("a cold start says what it does (1: yes)", float(bool(printed.strip())), low=1.0),
            Goal("files that a run left in a read-only installation", float(untouched), high=0.0),
        ],
        {"empty": empty, "import": imported, "warm": [seconds for seconds, _, _ in warm], "cold": cold,
         "two at once": together, "read-only": locked})


def environment(cache: Path, package: Path = PACKAGE) -> dict[str, str]:
    """The environment of a process that takes simlead from there and keeps its cache here."""
    return {**os.environ, "SIMLEAD_CACHE_DIR": str(cache), "PYTHONPATH": str(package.parent),
            "PYTHONDONTWRITEBYTECODE": "1"}


def seconds_of(code: str, cache: Path, package: Path = PACKAGE) -> tuple[float, str, str]:
    """How long a new process takes for this code, what it says about itself, and its answer."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environment(cache, package), check=True, capture_output=True, text=True)
    return time.perf_counter() - began, done.stderr, done.stdout.strip()


def both_at_once(cache: Path) -> tuple[float, set[str]]:
    """Two processes that find the same cold cache, and what they answer."""
    began = time.perf_counter()
    both = [subprocess.Popen([sys.executable, "-P", "-c", RUN], env=environment(cache), stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True) for _ in range(2)]
    answers = {process.communicate()[0].strip() for process in both}
    if any(process.returncode for process in both):
        raise SystemExit("of two processes that compile at once, one failed")
    return time.perf_counter() - began, answers


def read_only(place: Path) -> tuple[float, str, int]:
    """A run from a copy of the package that may not be written to: seconds, answer, files it left there."""
    package = place / "installed" / PACKAGE.name
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    folders = [package, *(path for path in package.rglob("*") if path.is_dir())]
    before = set(package.rglob("*"))
    for folder in folders:
        folder.chmod(0o555)
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-P", "-c", RUN], env=environment(place / "c", package), check=True,
                          capture_output=True, text=True)
    took = time.perf_counter() - began
    for folder in folders:
        folder.chmod(0o755)
    return took, done.stdout.strip(), len(set(package.rglob("*")) - before)
