"""Commands as processes: pipes, colours and Ctrl-C."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

with contextlib.suppress(ImportError):  # no such module on Windows, where its test is skipped
    import resource

from simlead.study.engines import warm_up_compiler

COMMAND = [sys.executable, "-m", "simlead.cli"]


def test_a_closed_pipe_is_quiet():
    piped = f"{' '.join(COMMAND)} parameters | head -1"
    done = subprocess.run(piped, shell=True, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("path")


@pytest.mark.skipif(os.name == "nt", reason="needs pipes with a reader that goes away")
def test_a_reader_that_is_gone_from_the_start_is_no_failure():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*COMMAND, "parameters"], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_pipe_gets_plain_lines_and_a_refusal_ends_with_2():
    done = subprocess.run([*COMMAND, "diff", "status_quo", "leadrship"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("simlead: FIRM leadrship: no such") and done.stderr.count("\n") == 1
    done = subprocess.run([*COMMAND, "parameters", "heroics"], capture_output=True, text=True,
                          env={**os.environ, "NO_COLOR": "1", "COLUMNS": "40"})
    assert "\x1b" not in done.stdout
    assert [line[:6] for line in done.stdout.splitlines()[:2]] == ["path  ", "policy"]


def children_of(parent):
    """Processes whose parent, or whose parent's parent and so on, is this one."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8") as file:
                    parents[int(entry)] = int(file.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, front = set(), {parent}
    while front:
        front = {child for child, above in parents.items() if above in front}
        found |= front
    return found


def alive(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processes in /proc")
@pytest.mark.parametrize("to_all", [
    pytest.param(False, id="kill -INT", marks=pytest.mark.slow), pytest.param(True, id="Ctrl-C at a terminal")])
def test_an_interruption_ends_with_130_and_leaves_nobody_and_nothing(tmp_path, to_all):
    out = tmp_path / "study"
    process = subprocess.Popen(
        [*COMMAND, "compare", "status_quo", "leadership", "--replications", "1000", "--workers", "2",
         "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=tmp_path)
    deadline = time.monotonic() + 120
    while len(workers := children_of(process.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)  # two workers and the tracker of what they share
    assert len(workers) >= 2
    time.sleep(1.0)
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    printed, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert printed == ""
    assert err == "simlead: interrupted; nothing was left half written\n"
    deadline = time.monotonic() + 60
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [worker for worker in workers if alive(worker)]
    assert not list(tmp_path.iterdir())


# Runs of more than a minute in one process: 4,000 reps over 20 years.
LARGE = ["--set", "organisation.teams=500", "--set", "calendar.horizon_weeks=1040", "--engine", "compiled"]
STUDY = """[study]
replications = 2
measures = ["revenue"]
[scenario.set]
"organisation.teams" = 500
"calendar.horizon_weeks" = 1040
[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = { values = [0.2, 0.5] }
"""


def processor_seconds(process):
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def seconds_of_ended_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processor time in /proc")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", [
    ["run", *LARGE], ["compare", "status_quo", "coaching", *LARGE, "--replications", "2", "--workers", "1"],
    ["sweep", "study.toml", "--workers", "1", "--out", "out"]], ids=lambda command: command[0])
def test_a_signal_ends_a_long_compiled_run_between_two_slices(tmp_path, command, number, status):
    warm_up_compiler("compiled")
    (tmp_path / "study.toml").write_text(STUDY)
    before = seconds_of_ended_children()
    process = subprocess.Popen([*COMMAND, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               cwd=tmp_path)
    while process.poll() is None and processor_seconds(process.pid) < 6.0:  # by then it is in the compiled loop
        time.sleep(0.1)
    used = processor_seconds(process.pid)
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert process.returncode == status
    # Two seconds are promised on the clock. Its own processor time is what a loaded machine does not stretch.
    assert seconds_of_ended_children() - before - used < 2.0
    assert len(err.splitlines()) == 1 and err.startswith("simlead: ")
