"""What a shell offers at Tab, what each exit status means, and `python -m simlead`; none of it loads an engine."""

import re
import signal
import subprocess
import sys

import pytest
from commands import refused, run_command
from pages import site_generators

from simlead.cli import completion, failures
from simlead.cli.failures import EXIT_STATUSES, Stopped, status_of
from simlead.model.preset_values import PRESETS
from simlead.model.scenario import REGISTRY


@pytest.fixture
def offered(capsys, monkeypatch):
    """What bash offers for the last word of a command line."""
    def ask(line):
        words = line.split(" ")
        monkeypatch.setenv("_SIMLEAD_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        status, out, err = run_command(capsys)
        assert (status, err) == (0, "")
        return out.split()
    return ask


@pytest.mark.parametrize(("line", "there"), [
    ("simlead exp", ["export"]), ("simlead run lea", ["leadership"]), ("simlead run --set policy.coaching_sh",
                                                                       ["policy.coaching_share="]),
    ("simlead trial --change policy.role", ["policy.role_clarity="]), ("simlead trial --change world.", []),
    ("simlead discover x --measure market_share_g", ["market_share_growth"]),
    ("simlead compare status_quo --effect-sizes p", ["practitioner"]),
    ("simlead claims --effect-sizes e", ["evidence"]), ("simlead run --engine c", ["compiled"]),
    ("simlead export x --to p", ["parquet"]), ("simlead schema disc", ["discover"]),
    ("simlead report x --language f", ["fa"]), ("simlead run --format x", ["xlsx"]),
])
def test_a_shell_is_offered_what_there_is(offered, line, there):
    assert offered(line) == there


def test_presets_and_files_are_offered_side_by_side(offered, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("leaders.toml", "leaders.txt", ".hidden.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / "firms").mkdir()
    (tmp_path / "firms" / "mine.toml").write_text("")
    assert offered("simlead run lea") == ["leadership", "leaders.toml"]
    assert offered("simlead compare status_quo firms/m") == ["firms/mine.toml"]
    assert set(completion.firms("")) == {*PRESETS, "firms/", "leaders.toml"}
    assert completion.files("nowhere/x", (".toml",)) == []
    assert len(completion.assignments("")) == len(REGISTRY)


@pytest.mark.slow
def test_completion_loads_no_engine():
    code = ("import sys, simlead.cli.app; from simlead.cli import completion as c; c.measures(''); c.engines('');"
            "c.firms(''); c.assignments(''); print({'numba', 'simpy', 'pandas', 'matplotlib'} & set(sys.modules))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.slow
def test_the_module_is_the_command(tmp_path):
    for words, status in ((["version"], 0), (["run", "--set", "x=1"], 2), (["diff", "coaching", "leadership"], 0)):
        both = [subprocess.run([sys.executable, "-m", module, *words], capture_output=True, text=True, cwd=tmp_path)
                for module in ("simlead", "simlead.cli")]
        assert {each.returncode for each in both} == {status}
        assert both[0].stdout == both[1].stdout and both[0].stderr == both[1].stderr
        assert "__main__" not in both[0].stdout + both[0].stderr


# --- exit statuses


def raising(trouble):
    def command():
        raise trouble
    return command


@pytest.mark.parametrize(("command", "status"), [
    (lambda: None, failures.DONE), (lambda: 1, failures.FOUND), (raising(failures.Refusal("no")), failures.REFUSED),
    (raising(FileNotFoundError(2, "no such file", "x")), failures.REFUSED),
    (raising(RuntimeError("a bug")), failures.BROKEN), (raising(KeyboardInterrupt()), failures.INTERRUPTED),
    (raising(Stopped(failures.TERMINATED)), failures.TERMINATED)])
def test_each_way_to_end_has_its_status_in_the_table(capsys, monkeypatch, command, status):
    monkeypatch.delenv(failures.TRACEBACK_VARIABLE, raising=False)
    before = signal.getsignal(signal.SIGINT)
    try:
        assert status_of(command) == status and status in EXIT_STATUSES
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err.count("\n") == (status > 1)


def test_the_page_has_the_table_and_no_other_status_is_used():
    page = site_generators().made("exit statuses")
    assert re.findall(r"^\| `(\d+)` \|", page, re.M) == [str(status) for status in EXIT_STATUSES]
    assert list(EXIT_STATUSES) == [0, 1, 2, 70, 130, 143]


def test_a_refused_command_ends_with_two(capsys):
    assert "did you mean leadership?" in refused(capsys, "run", "leadrship")
