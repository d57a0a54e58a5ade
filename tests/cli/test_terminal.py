"""What reaches a terminal: tables that fit it, no control characters, letters that the stream has."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import subprocess
import sys

import pytest
from commands import refused, run_command

from simlead.cli.terminal import write

COMMAND = [sys.executable, "-m", "simlead.cli"]
SMALL = ["--set", "organisation.teams=1", "--set", "calendar.warmup_weeks=52", "--set", "calendar.horizon_weeks=52"]
COMPARE = ["compare", "status_quo", "coaching", *SMALL, "--replications", "2", "--worlds", "0", "--workers", "1"]
NASTY = "\x1b[2Jred\x1b]0;title\x07 \u202eright to left\u202c \x9b31m\r"


def on_a_terminal(command, columns=80):
    """What a command prints on a terminal of so many columns, without colours, as lines."""
    master, slave = pty.openpty()
    with subprocess.Popen([*COMMAND, *command], stdin=slave, stdout=slave, stderr=slave,
                          env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "LINES": "24"}) as process:
        os.close(slave)
        shown = b""
        while select.select([master], [], [], 60)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:  # the other end is closed
                break
    os.close(master)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    return process.returncode, [line for line in text.replace("\r\n", "\n").split("\n") if "\r" not in line]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
@pytest.mark.parametrize("command", [
    ["run", *SMALL, "--engine", "compiled"], COMPARE, ["parameters", "coaching"], ["diff", "status_quo", "leadership"],
    ["--help"], ["sweep", "--help"]], ids=lambda command: command[0])
def test_eighty_columns_are_enough(command):
    status, lines = on_a_terminal(command)
    assert status == 0 and lines
    assert max(map(len, lines)) <= 80
    if command[0] in ("run", "compare"):
        text = " ".join(lines).split()
        assert "coaching_hours_per_rep_month" in text and "sessions_cancelled_share" in text


@pytest.mark.slow
@pytest.mark.parametrize("encoding", [
    "cp1252", *(pytest.param(name, marks=pytest.mark.slow) for name in ("cp1256", "ascii"))])
def test_another_encoding_gets_a_hyphen_and_the_results_are_saved(tmp_path, encoding):
    done = subprocess.run([*COMMAND, *COMPARE, "--out", "o", "--all"], capture_output=True, cwd=tmp_path,
                          env={**os.environ, "PYTHONIOENCODING": encoding})
    assert done.returncode == 0 and done.stderr == b""
    assert (tmp_path / "o" / "comparison.csv").is_file()
    assert re.search(rb" -\d", done.stdout) and b"?" not in done.stdout


def test_results_are_saved_before_they_are_printed(tmp_path):
    done = subprocess.run(f"{' '.join([*COMMAND, *COMPARE])} --out o > /dev/full", shell=True, capture_output=True,
                          cwd=tmp_path)
    assert (tmp_path / "o" / "comparison.csv").is_file() and b"Traceback" not in done.stderr


def hidden(text):
    """Control characters and marks of direction in a text, line ends apart."""
    return [letter for letter in text if letter != "\n" and (ord(letter) < 32 or 127 <= ord(letter) < 160
                                                             or 0x202A <= ord(letter) <= 0x202E
                                                             or 0x2066 <= ord(letter) <= 0x2069)]


def test_the_one_place_that_prints_replaces_what_does_not_print():
    stream = io.StringIO()
    write(f"a {NASTY} b", stream=stream)
    assert hidden(stream.getvalue()) == [] and "right to left" in stream.getvalue()


TOML = {
    "key": '[policy]\n"a\\u001b[2J\\u202e" = 1\n',
    "value": 'from = "a\\u001b]0;t\\u0007\\u202e"\n',
}


@pytest.mark.parametrize("text", TOML.values(), ids=TOML)
def test_a_file_cannot_steer_the_terminal(capsys, tmp_path, text):
    path = tmp_path / "firm.toml"
    path.write_text(text)
    assert hidden(refused(capsys, "run", str(path))) == []


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not allowed")
def test_names_of_files_cannot_steer_the_terminal(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "x\x1b]0;t\x07\u202e.toml"
    assert hidden(refused(capsys, "run", name)) == []
    for command in (["run", name], ["compare", name], ["diff", name, name], ["calibrate", name],
                    ["sweep", name, "--out", "o"], ["status", name], ["rerun", name, "0:0"], ["surface", name],
                    ["report", name], ["workshop", "--no-browser", "--port", "9", "--session", name],
                    ["run", "--set", f"{name}=1"], ["parameters", name], ["claims", "--only", name], [name],
                    ["run", f"--{name}"]):
        _, out, err = run_command(capsys, *command)
        assert hidden(out + err) == [], command
    status, out, _ = run_command(capsys, "run", *SMALL, "--engine", "compiled", "--out", "o\x1b[2J")
    assert status == 0 and hidden(out) == []


def test_a_studys_question_cannot_steer_the_terminal(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.toml").write_text(f"""[study]
question = "How\\u001b]0;t\\u0007\\u202e much?"
replications = 2
measures = ["revenue"]
[scenario.set]
{chr(10).join(f'"{part.split("=")[0]}" = {part.split("=")[1]}' for part in SMALL[1::2])}
[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = {{ values = [0.1, 0.2] }}
""")
    _, out, err = run_command(capsys, "sweep", "s.toml", "--out", "o", "--workers", "1")
    _, status_out, _ = run_command(capsys, "status", "o")
    assert "much?" in status_out and hidden(out + err + status_out) == []


# Values that mean nothing are not taken for the default (one line, exit status 2).


@pytest.mark.parametrize(("arguments", "said"), [
    (["run", ""], "FIRM '': no such preset or file; presets are status_quo | "),
    (["run", "--effect-sizes", ""], "--effect-sizes '': allowed is evidence | practitioner"),
    (["facts", "--effect-sizes", ""], "--effect-sizes '': allowed is "),
    (["run", "--engine", ""], "--engine '': allowed is "),
    (["compare", ""], "FIRM '': no such preset or file; presets are "),
    (["parameters", "--group", ""], "--group '': allowed is "),
    (["report", "/"], "allowed is a folder that"),
])
def test_nonsense_is_refused_with_what_is_allowed(capsys, arguments, said):
    assert said in refused(capsys, *arguments)


def test_a_factor_whose_ends_cannot_be_told_apart_is_refused(capsys, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[study]\nreplications = 2\n[design]\nkind = "latin_hypercube"\npoints = 4\n[design.factors]\n'
                    '"policy.coaching_share" = { low = 0.0, high = 5e-324 }\n')
    line = refused(capsys, "sweep", str(path), "--out", str(tmp_path / "o"))
    assert "too close" in line and "5e-324" in line


def test_the_old_name_of_an_option_works_and_warns(capsys):
    for given in (["--beliefs", "practitioner"], ["--beliefs=practitioner"]):
        status, out, err = run_command(capsys, "diff", "status_quo", "leadership", *given)
        assert status == 0 and "policy.coaching_share" in out
        assert err == ("simlead: warning: --beliefs is now --effect-sizes; "
                       "the old name stops working in version 0.3\n")
    assert "--beliefs" not in run_command(capsys, "run", "--help")[1]
    status, _, err = run_command(capsys, "worlds", "--n", "0")
    assert status == 2 and "--n is now --worlds" in err and "'--worlds'" in err
    assert " --n " not in run_command(capsys, "worlds", "--help")[1]
    assert "--n is now" not in run_command(capsys, "run", "--n", "2")[2]


def test_the_old_key_of_a_file_works_and_warns_in_one_line(capsys, tmp_path):
    path = tmp_path / "firm.toml"
    path.write_text('beliefs = "practitioner"\n')
    status, _, err = run_command(capsys, "diff", "status_quo", str(path))
    assert status == 0 and err.startswith("simlead: warning: ") and err.count("\n") == 1
