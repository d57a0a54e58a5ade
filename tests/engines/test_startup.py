"""Start-up: an edit is never answered from an old cache, and compiling needs no help from where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

import simlead
from simlead.engines import compiled_engine

PACKAGE = Path(simlead.__file__).parent

# A rule that calls a rule of another module: what Numba's own cache does not see through.
CALLER = '''
from simlead.model import draws
from simlead.model.rulebook import rule

@rule
def thrice_the_luck(entity):
    return 3.0 * draws.uniform(0, 0, draws.VALUE, entity, 0)
'''
A_RULE = "from simlead.model.rules.caller import thrice_the_luck; print(thrice_the_luck(7))"
AN_ENGINE = """
import hashlib
from simlead.engines.{engine}_engine import run
from simlead.model.scenario import Scenario
firm = Scenario().change({{"organisation.teams": 1, "calendar.warmup_weeks": 8, "calendar.horizon_weeks": 8}})
print(hashlib.sha256(run(firm, 0, 0, True).trace.tobytes()).hexdigest())
"""
THE_COMPILED_ENGINE, THE_SIMPY_ENGINE = (AN_ENGINE.format(engine=name) for name in ("compiled", "simpy"))

A_RULE_OR_THE_ENGINE = pytest.mark.parametrize("work", [
    pytest.param(A_RULE, id="a rule"), pytest.param(THE_COMPILED_ENGINE, id="the compiled engine")])


@pytest.fixture
def package(tmp_path):
    """A copy of the package to edit and to lock, with a rule more than the original."""
    copy = tmp_path / "installed" / "simlead"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "model" / "rules" / "caller.py").write_text(CALLER)
    return copy


def start(work, package, **variables):
    """A new process that does this with that copy of the package."""
    elsewhere = ("SIMLEAD_CACHE_DIR", "XDG_CACHE_HOME", "NUMBA_DISABLE_JIT")
    inherited = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return subprocess.Popen(  # -P: not the package of the folder that the tests are run in
        [sys.executable, "-P", "-c", work], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**inherited, "PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1",
             **{name: str(value) for name, value in variables.items()}})


def answer_of(process):
    answer, complaint = process.communicate(timeout=300)
    assert process.returncode == 0, complaint
    assert answer.strip()
    return answer.strip()


def edit(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def halve_all_luck(package):
    edit(package / "model" / "draws.py", "* 2.220446049250313e-16", "* 1.1102230246251565e-16")


# --- an edit is noticed


@pytest.mark.slow
def test_an_edited_rule_reaches_its_callers_in_other_modules(package, tmp_path):
    cache = tmp_path / "cache"
    before = float(answer_of(start(A_RULE, package, SIMLEAD_CACHE_DIR=cache)))
    again = float(answer_of(start(A_RULE, package, SIMLEAD_CACHE_DIR=cache)))
    folder_before = set(cache.iterdir())
    halve_all_luck(package)
    after = float(answer_of(start(A_RULE, package, SIMLEAD_CACHE_DIR=cache)))
    assert before == again == 2.0 * after
    assert len(folder_before) == 1 and len(set(cache.iterdir()) - folder_before) == 1


@pytest.mark.slow
def test_without_the_hash_of_the_sources_it_would_not(package, tmp_path):
    one_folder = "import simlead.model.cache as c; c.bytes_hash = lambda: 'always the same'; " + A_RULE
    before = answer_of(start(one_folder, package, SIMLEAD_CACHE_DIR=tmp_path))
    halve_all_luck(package)
    assert answer_of(start(one_folder, package, SIMLEAD_CACHE_DIR=tmp_path)) == before


@pytest.mark.slow
def test_an_edited_rule_reaches_both_engines(package, tmp_path):
    def answers():
        return {answer_of(start(work, package, SIMLEAD_CACHE_DIR=tmp_path / "cache"))
                for work in (THE_COMPILED_ENGINE, THE_SIMPY_ENGINE)}

    before = answers()
    halve_all_luck(package)
    after = answers()
    assert len(before) == len(after) == 1
    assert before != after


# --- wherever it is installed, and however many start


@pytest.mark.slow  # compiles twice or more
@A_RULE_OR_THE_ENGINE
def test_a_read_only_installation_works(work, package, tmp_path):
    folders = [package, *(path for path in package.rglob("*") if path.is_dir())]
    before = set(package.rglob("*"))
    for folder in folders:
        folder.chmod(0o555)
    try:
        cold = start(work, package, SIMLEAD_CACHE_DIR=tmp_path / "cache").communicate(timeout=300)
        warm = start(work, package, SIMLEAD_CACHE_DIR=tmp_path / "cache").communicate(timeout=300)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert cold[0] == warm[0] != ""
    # Nobody stops an administrator from writing to a read-only folder; so look whether anything was written.
    assert set(package.rglob("*")) == before
    # What takes long says so, and only then.
    assert ("compiling" in cold[1]) == (work == THE_COMPILED_ENGINE)
    assert warm[1] == ""


def test_the_cache_of_another_checkout_is_not_this_ones(tmp_path, monkeypatch):
    here, elsewhere = tmp_path / "compiled_1", tmp_path / "compiled_2"
    cold = types.SimpleNamespace(signatures=[], stats=types.SimpleNamespace(cache_path=str(here)))
    monkeypatch.setattr(compiled_engine, "event_loop", cold)
    for folder, compiles in (elsewhere, True), (here, False):
        folder.mkdir()
        (folder / "event_loop.event_loop-26.py311.1.nbc").touch()
        assert compiled_engine._must_compile() == compiles


@pytest.mark.slow
def test_a_home_that_cannot_be_written_to_is_no_obstacle(package, tmp_path):
    nowhere = tmp_path / "a file, not a folder"
    nowhere.touch()
    show = "; from simlead.model.cache import cache_folder; print(cache_folder())"
    _, folder = answer_of(start(A_RULE + show, package, HOME=nowhere, TMPDIR=tmp_path)).splitlines()
    assert folder.startswith(str(tmp_path / "simlead-"))


@pytest.mark.slow
@A_RULE_OR_THE_ENGINE
def test_two_processes_may_compile_at_once(work, package, tmp_path):
    both = [start(work, package, SIMLEAD_CACHE_DIR=tmp_path / "cache") for _ in range(2)]
    answers = {answer_of(process) for process in both}
    assert len(answers) == 1
    # What they left behind is sound.
    assert answer_of(start(work, package, SIMLEAD_CACHE_DIR=tmp_path / "cache")) in answers


# --- what is found in the cache is not trusted


def empty(file):
    file.write_bytes(b"")


def cut_short(file):
    file.write_bytes(file.read_bytes()[:-100])


def flip_a_bit(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 16
    file.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "damage"), [
    ("nbi", empty), ("nbi", flip_a_bit), ("nbc", cut_short), ("nbc", flip_a_bit)])
def test_damaged_files_in_the_cache_are_compiled_again(kind, damage, package, tmp_path):
    wanted = answer_of(start(A_RULE, package, SIMLEAD_CACHE_DIR=tmp_path))
    files = sorted(tmp_path.rglob(f"*.{kind}"))
    assert files
    for file in files:
        damage(file)
    process = start(A_RULE, package, SIMLEAD_CACHE_DIR=tmp_path)
    answer, complaint = process.communicate(timeout=300)
    assert (process.returncode, answer.strip()) == (0, wanted)
    assert complaint.count("\n") == 1 and "compiler's cache" in complaint
    process = start(A_RULE, package, SIMLEAD_CACHE_DIR=tmp_path)
    assert process.communicate(timeout=300) == (f"{wanted}\n", "")


NO_USER = "import os, pwd\ndef unknown(uid): raise KeyError(uid)\npwd.getpwuid = unknown\nos.environ.pop('HOME')\n"


@pytest.mark.slow
def test_without_a_home_no_folder_named_tilde_appears(package, tmp_path):
    (tmp_path / "here").mkdir()
    where = f"import os; os.chdir({str(tmp_path / 'here')!r})\n"
    answer_of(start(NO_USER + where + A_RULE, package, TMPDIR=tmp_path))
    assert not list((tmp_path / "here").iterdir())
    assert not list(tmp_path.glob("simlead-*"))  # the temporary folder went with the process


# --- without Numba


NO_NUMBA = "import sys; sys.modules['numba'] = None\n"


@pytest.mark.slow
def test_without_numba_the_simpy_engine_makes_the_same_trace(package, tmp_path):
    with_numba = start(THE_SIMPY_ENGINE, package, SIMLEAD_CACHE_DIR=tmp_path)
    assert answer_of(start(NO_NUMBA + THE_SIMPY_ENGINE, package)) == answer_of(with_numba)


def test_without_numba_the_compiled_engine_says_so(package):
    process = start(NO_NUMBA + THE_COMPILED_ENGINE, package)
    _, complaint = process.communicate(timeout=300)
    assert process.returncode == 1
    assert complaint.splitlines()[-1].endswith(
        "SimulationError: engine 'compiled' needs Numba, which is not installed; "
        "engine='simpy' makes the same runs without it")
