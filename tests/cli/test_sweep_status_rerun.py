"""`simlead sweep`, `status`, `rerun`: what they print, how they refuse, and that nothing and nobody is left behind."""

import os
import pickle
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import psutil
import pytest
from commands import run_command

from simlead.cli.sweep import summary
from simlead.study.engines import engine_named
from simlead.study.sweeps.lock import only_writer
from simlead.study.sweeps.sweep import open_sweep

COMMAND = [sys.executable, "-m", "simlead.cli"]

HEAD = """
[study]
question = "How much coaching?"
replications = 4
baseline = true
measures = ["revenue", "market_share", "separations_per_year"]
[scenario.set]
"organisation.teams" = 1
"organisation.seats_per_team" = 2
"calendar.warmup_weeks" = 52
"calendar.horizon_weeks" = 52
"""
FEW = HEAD + """
[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = { values = [0.0, 0.4] }
"policy.role_clarity" = { values = [0.2, 0.9] }
"""
MANY = HEAD.replace("[study]", '[study]\neffect_sizes = ["evidence", "practitioner"]') + """
[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = { low = 0.0, high = 0.6, levels = 7 }
"""
SLOW = FEW.replace("replications = 4", "replications = 100_000")


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A function that writes a study into the working folder and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text=FEW, name="study.toml"):
        (tmp_path / name).write_text(text)
        return name

    return write


def runs_of(folder):
    return open_sweep(folder).runs()


# What it prints.


def test_check_says_what_it_would_take_and_writes_nothing(capsys, study, tmp_path):
    status, out, err = run_command(capsys, "sweep", "--check", study(), "--workers", 2, "--replications", 50)
    rows = dict(re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in out.splitlines()[2:])
    assert (status, err) == (0, "")
    assert rows["points"] == "5"
    assert rows["runs"] == "250"
    assert int(rows["events"].replace(",", "")) > 1000
    assert rows["time"].endswith("with 2 workers")
    assert re.fullmatch(r"[\d.]+ [kMG]B", rows["disk"])
    assert [file.name for file in tmp_path.iterdir()] == ["study.toml"]


def test_check_tells_the_range_of_runs_that_a_precision_may_need(capsys, study):
    text = FEW.replace("replications = 4\n", "").replace(
        "[scenario.set]", '[study.precision]\nmeasure = "revenue"\nhalf_width = 0.01\nrelative = true\n[scenario.set]')
    _, out, _ = run_command(capsys, "sweep", "--check", study(text), "--workers", 1)
    assert "250 to 2,000, as the precision needs" in out


def test_a_sweep_shows_each_point_while_they_are_few_and_does_nothing_twice(capsys, study):
    command = ("sweep", study(), "--out", "out", "--workers", 1)
    status, first, err = run_command(capsys, *command)
    assert (status, err) == (0, "")
    lines = first.splitlines()
    assert lines[0] == "5 points, 4 replications each, seed 0, 95 % intervals of differences from the baseline"
    assert lines[1].split() == ["point", "coaching_share", "role_clarity", "revenue", "market_share"]
    assert [line.split()[:3] for line in lines[2:6]] == [
        ["1", "0", "0.2"], ["2", "0", "0.9"], ["3", "0.4", "0.2"], ["4", "0.4", "0.9"]]
    assert re.search(r"%? \(\S+ to \S+\).*points \(\S+ to \S+\)$", lines[2])
    assert "with 4 replications" in lines[6]
    end = next(place for place, line in enumerate(lines) if line.startswith("Baseline under evidence effect sizes: "))
    assert lines[end + 1].startswith("Intervals count random numbers only: an answer over worlds would take more runs")
    assert lines[end + 2] == "20 runs made; 20 runs at 5 points are in out."
    assert lines[end + 3].startswith("Next: simlead status out, simlead rerun out 0:0, ")
    before = runs_of("out")
    status, again, _ = run_command(capsys, *command)
    assert status == 0
    assert again.splitlines()[:end + 2] == lines[:end + 2]
    assert again.splitlines()[end + 2] == "Nothing was missing: 20 runs at 5 points are in out."
    pd.testing.assert_frame_equal(runs_of("out"), before)


def test_the_table_says_what_the_sweep_says(capsys, study):
    _, out, _ = run_command(capsys, "sweep", study(), "--out", "out", "--workers", 1)
    paired = open_sweep("out").paired("revenue", relative=True).set_index("point")
    for point, line in zip((1, 2, 3, 4), out.splitlines()[2:6], strict=True):
        shown = re.search(r"([+−]?[\d.]+) % \((−?[\d.]+) to (−?[\d.]+)\)", line)
        numbers = [float(number.replace("−", "-")) for number in shown.groups()]
        assert numbers == pytest.approx(100 * paired.loc[point, ["difference", "low", "high"]].to_numpy(float), abs=1)


@pytest.mark.slow
def test_many_points_are_told_by_where_the_highest_and_the_lowest_lie(capsys, study):
    status, out, _ = run_command(capsys, "sweep", study(MANY), "--out", "out", "--workers", 2)
    assert status == 0
    lines = out.splitlines()
    assert lines[0].startswith("16 points, 4 replications each")
    table = open_sweep("out").paired("revenue", relative=True)
    for effect_sizes in ("evidence", "practitioner"):
        start = lines.index(f"revenue, {effect_sizes} effect sizes")
        part = table[(table["effect_sizes"] == effect_sizes) & ~table["baseline"]]
        for word, line in (("highest", lines[start + 1]), ("lowest", lines[start + 2])):
            row = part.loc[part["difference"].idxmax() if word == "highest" else part["difference"].idxmin()]
            assert line.split()[0] == word
            assert line.endswith(f"at coaching_share {row['policy.coaching_share']:.10g}")
        assert any(line.startswith(f"Under {effect_sizes} effect sizes: ") for line in lines)
    assert "the highest is overestimated" in out


@pytest.mark.slow
def test_more_replications_are_an_extension_and_one_has_no_interval(capsys, study):
    name = study()
    _, out, _ = run_command(capsys, "sweep", name, "--out", "out", "--workers", 1, "--replications", 1)
    assert "(no interval)" in out
    _, out, _ = run_command(capsys, "sweep", name, "--out", "out", "--workers", 1, "--replications", 3)
    assert "10 runs made; 15 runs at 5 points are in out." in out
    run_command(capsys, "sweep", name, "--out", "whole", "--workers", 2, "--replications", 3)
    pd.testing.assert_frame_equal(runs_of("out"), runs_of("whole"))


def test_status_and_rerun_of_a_whole_sweep(capsys, study):
    run_command(capsys, "sweep", study(), "--out", "out", "--workers", 1)
    status, out, err = run_command(capsys, "status", "out")
    rows = dict(re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in out.splitlines()[2:]
                if "  " in line)
    assert (status, err) == (0, "")
    assert out.startswith("out: complete\n")
    assert "with 4 replications" in out
    assert rows["question"] == "How much coaching?"
    assert (rows["points"], rows["runs"], rows["failures"]) == ("5", "20 of 20", "0")
    assert (rows["time left"], rows["running now"]) == ("none", "no process")

    status, out, err = run_command(capsys, "rerun", "out", "3:2")
    assert (status, err) == (0, "")
    assert out.startswith("Run 3:2 of out (seed 0, compiled engine, policy.coaching_share = 0.4, policy.role_clarity")
    assert re.search(r"^Confirmed to the last bit: \d+ values, trace hash [0-9a-f]{16}\.$", out, re.MULTILINE)
    assert run_command(capsys, "rerun", "out", "14")[1] == out  # the same run by its number


def test_a_run_that_comes_out_otherwise_is_not_confirmed(capsys, study, monkeypatch):
    from simlead.study.sweeps import rerun

    run_command(capsys, "sweep", study(), "--out", "out", "--workers", 1)
    made = rerun.row_of
    monkeypatch.setattr(rerun, "row_of", lambda *arguments: (made(*arguments)[0] + 1, *made(*arguments)[1:]))
    status, out, _ = run_command(capsys, "rerun", "out", "3:2")
    assert status == 1
    assert "NOT CONFIRMED: 1 of " in out
    assert re.search(r"^events +(\d+) +(\d+)$", out, re.MULTILINE)


def test_failed_runs_are_told_with_exit_1_and_made_again_when_asked(capsys, study, monkeypatch):
    from simlead.study.sweeps import work

    engine = engine_named("compiled")

    def failing(scenario, seed, replicate, *more):
        if replicate == 2:
            raise RuntimeError("the books do not balance")
        return engine(scenario, seed, replicate, *more)

    command = ("sweep", study(), "--out", "out", "--workers", 1)
    with monkeypatch.context() as planted:
        planted.setattr(work, "engine_for", lambda name, warm_ups: failing)
        status, out, err = run_command(capsys, *command)
    assert (status, err) == (1, "")
    assert "20 runs made; 15 runs at 5 points are in out, 5 failed." in out
    assert "Failed: 5 of RuntimeError: the books do not balance (first 0:2). --retry-failures" in out
    assert "5 of RuntimeError" in run_command(capsys, "status", "out")[1]
    assert run_command(capsys, *command)[0] == 1  # they are failures until somebody asks for another try
    status, out, _ = run_command(capsys, *command, "--retry-failures")
    assert status == 0
    assert "5 runs made; 20 runs at 5 points are in out." in out


def test_a_sweep_of_nothing_but_failures_says_so(capsys, study, monkeypatch):
    from simlead.study.sweeps import work

    monkeypatch.setattr(work, "engine_for", lambda name, warm_ups: lambda: None)
    for text in (FEW, MANY):
        status, out, err = run_command(capsys, "sweep", study(text), "--out", f"out{len(text)}", "--workers", 1)
        assert (status, err) == (1, "")
        assert out.startswith("No run finished")
        assert "TypeError" in out
    status, out, err = run_command(capsys, "sweep", "study.toml", "--check", "--workers", 1)
    assert (status, err) == (1, "")
    assert re.search(r"^time +unknown$", out, re.MULTILINE) and "A trial failed: run 0:0: TypeError" in out


def test_a_precision_that_was_not_reached_is_told(capsys, study):
    text = FEW.replace("replications = 4\n", "").replace("[scenario.set]", """[study.precision]
measure = "market_share"
half_width = 0.0001
minimum = 3
maximum = 5
[scenario.set]""")
    _, out, _ = run_command(capsys, "sweep", study(text), "--out", "out", "--workers", 1)
    assert out.startswith("5 points, 5 replications each, ")
    assert out.splitlines()[1].split() == ["point", "coaching_share", "role_clarity", "market_share"]
    assert "5 replications, the precision's maximum, were not enough at 5 of the points." in out
    assert "25 runs made" in out


def test_a_damaged_file_is_told_and_made_anew(capsys, study):
    command = ("sweep", study(), "--out", "out", "--workers", 1)
    run_command(capsys, *command)
    before = runs_of("out")
    shard = max(os.scandir("out/runs"), key=lambda entry: entry.stat().st_size).path
    with open(shard, "r+b") as file:
        file.seek(100)
        flipped = file.read(1)[0] ^ 1
        file.seek(100)
        file.write(bytes([flipped]))
    _, out, _ = run_command(capsys, "status", "out")
    assert out.startswith("out: not complete\n")
    assert "1; the same sweep command repeats their runs" in out
    assert "runs made; 20 runs" in run_command(capsys, *command)[1]
    pd.testing.assert_frame_equal(runs_of("out"), before)


# Refusals: one line, exit status 2, nothing run and nothing written.


def factors(text):
    return HEAD + f'\n[design]\nkind = "grid"\n[design.factors]\n{text}\n'


TABLE = HEAD + '\n[design]\nkind = "table"\nfile = "points.csv"\ncolumns = ["policy.coaching_share"]\n'


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("executed",)


@pytest.mark.parametrize(("content", "said"), [
    (factors('"policy.coachng_share" = { values = [0.1] }'), "did you mean policy.coaching_share?"),
    (factors('"policy.coaching_share" = { values = [0.1, 1.7] }'), "1.7"),
    (factors('"policy.coaching_share" = { values = [] }'), "policy.coaching_share"),
    (factors('"policy.coaching_share" = { low = 0.0, high = 0.5, levels = 1_000_000_000 }'), "1000000000"),
    (factors("".join(f'"{path}" = {{ low = 0.0, high = 0.4, levels = 1000 }}\n' for path in (
        "policy.coaching_share", "policy.role_clarity", "policy.own_selling_share"))), "1000000000 points"),
    (factors(""), "factor"),
    (FEW.replace("replications", "replicatoins"), "did you mean"),
    (FEW.replace('"revenue"', '"revenu"'), "did you mean revenue?"),
    (FEW.replace("[design]", "[desing]"), "desing"),
    ("[study", "not TOML"),
    (b"\xff\xfe\x00", "not UTF-8"),
    (b"!!python/object/apply:os.mkdir [executed]\n", "not TOML"),
    (pickle.dumps(Bomb()), "study.toml"),
    (TABLE, "points.csv"),
])
def test_a_bad_study_is_refused_in_one_line(capsys, study, tmp_path, content, said):
    (tmp_path / study()).write_bytes(content if isinstance(content, bytes) else content.encode())
    for command in (["--out", "out"], ["--check"]):
        began = time.monotonic()
        status, out, err = run_command(capsys, "sweep", "study.toml", *command)
        assert (status, out) == (2, "")
        assert err.startswith("simlead: study.toml") and err.count("\n") == 1
        assert said in err
        assert time.monotonic() - began < 5.0
    assert [file.name for file in tmp_path.iterdir()] == ["study.toml"]


@pytest.mark.parametrize(("rows", "said"), [
    ("policy.role_clarity\n0.5\n", "policy.coaching_share"),
    ("policy.coaching_share\n0.1\n=1+1\n", "=1+1"),
    ("policy.coaching_share\n0.1\nhalf\n", "half"),
    ("policy.coaching_share\n", "points.csv"),
])
def test_a_bad_table_is_refused_in_one_line(capsys, study, tmp_path, rows, said):
    (tmp_path / "points.csv").write_text(rows)
    status, out, err = run_command(capsys, "sweep", study(TABLE), "--out", "out")
    assert (status, out) == (2, "")
    assert err.startswith("simlead: ") and err.count("\n") == 1
    assert said in err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["points.csv", "study.toml"]


@pytest.mark.parametrize(("arguments", "said"), [
    (["sweep", "study.toml"], "--out DIR is missing"),
    (["sweep", "nowhere.toml", "--out", "out"], "nowhere.toml"),
    (["sweep", "study.toml", "--out", "study.toml"], "study.toml is a file"),
    (["sweep", "study.toml", "--out", "study.toml/out"], "study.toml"),
    (["sweep", "study.toml", "--out", "thesis"], "thesis is not a sweep"),
    (["sweep", "study.toml", "--out", "out", "--replications", "0"], "'--replications'"),
    (["sweep", "study.toml", "--out", "out", "--workers", "0"], "'--workers'"),
    (["sweep", "study.toml", "--out", "out", "--workers", "2", "--cluster", "tcp://a:1"], "allowed is one of the two"),
    (["sweep", "study.toml", "--out", "out", "--cluster", "localhost:8786"], "allowed is tcp://HOST:PORT"),
    (["sweep", "study.toml", "--check", "--cluster", "tcp://127.0.0.1:1"], "no Dask scheduler answers there"),
    (["sweep", "study.toml", "--out", "out", "--cluster", "tcp://127.0.0.1:1"], "no Dask scheduler answers there"),
    (["status", "nowhere"], "nowhere is not a sweep"),
    (["status", "study.toml"], "study.toml is not a sweep"),
    (["rerun", "nowhere", "0:0"], "nowhere is not a sweep"),
    (["rerun", "thesis", "0:0"], "thesis is not a sweep"),
])
def test_a_refusal_is_one_line_and_exit_2(capsys, study, tmp_path, monkeypatch, arguments, said):
    from simlead.study.sweeps import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.3)
    study()
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    status, out, err = run_command(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("simlead: ") and err.count("\n") == 1
    assert said in err
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["chapter.txt", "study.toml", "thesis"]


@pytest.mark.parametrize(("run", "said"), [
    ("5:0", "point = 5: allowed is a whole number from 0 to 4"),
    ("0:4", "replicate = 4: allowed is a whole number from 0 to 3"),
    ("20", "run = 20: allowed is a whole number from 0 to 19"),
    ("first", "allowed is POINT:REPLICATE"),
])
def test_a_run_that_there_is_not_is_refused(capsys, study, run, said):
    run_command(capsys, "sweep", study(), "--out", "out", "--workers", 1)
    status, out, err = run_command(capsys, "rerun", "out", run)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and said in err


def test_a_store_of_another_study_and_a_folder_at_work_are_refused(capsys, study):
    run_command(capsys, "sweep", study(), "--out", "out", "--workers", 1)
    before = runs_of("out")
    other = study(FEW.replace("teams\" = 1", "teams\" = 2"), "other.toml")
    status, out, err = run_command(capsys, "sweep", other, "--out", "out")
    assert (status, out) == (2, "")
    assert "organisation.teams = 2 here, 1 in the store" in err and err.count("\n") == 1
    with only_writer(Path("out")):
        status, out, err = run_command(capsys, "sweep", "study.toml", "--out", "out", "--replications", 9)
        assert (status, out) == (2, "")
        assert f"another sweep is at work here (process {os.getpid()})" in err and err.count("\n") == 1
        assert f"process {os.getpid()}" in run_command(capsys, "status", "out")[1]
    pd.testing.assert_frame_equal(runs_of("out"), before)


# As a process: signals, pipes, a terminal.


def started(*arguments, **options):
    return subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, start_new_session=True, **options)


def wait_for(happened, seconds=60):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def shards(folder):
    return len(list((folder / "runs").glob("p*"))) if (folder / "runs").is_dir() else 0


@pytest.mark.parametrize(("number", "to_all", "status", "word"), [
    (signal.SIGINT, True, 130, "interrupted"),
    pytest.param(signal.SIGTERM, False, 143, "terminated", marks=pytest.mark.slow),
], ids=["Ctrl-C at a terminal", "kill"])
def test_a_stopped_sweep_leaves_nobody_and_goes_on_as_if_nothing_had_happened(
        capsys, study, tmp_path, number, to_all, status, word):
    process = started("sweep", study(SLOW), "--out", "out", "--workers", 2)
    wait_for(lambda: shards(tmp_path / "out") >= 3)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert len(workers) >= 2
    (os.killpg if to_all else os.kill)(process.pid, number)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (status, "")
    assert err == f"simlead: {word}; finished runs are saved, and the same command resumes there\n"
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []
    done = open_sweep("out").status()
    assert 0 < done.runs_done < done.runs_wanted and done.writer is None and done.damaged == 0
    assert run_command(capsys, "sweep", "study.toml", "--out", "out", "--workers", 1, "--replications", 6)[0] == 0
    run_command(capsys, "sweep", "study.toml", "--out", "whole", "--workers", 1, "--replications", 6)
    pd.testing.assert_frame_equal(runs_of("out"), runs_of("whole"))


@pytest.mark.slow
def test_impatience_is_no_fault(study, tmp_path):
    process = started("sweep", study(SLOW), "--out", "out", "--workers", 2)
    wait_for(lambda: shards(tmp_path / "out") >= 1)
    for _ in range(5):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.02)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err.count("\n")) == (130, 1), err


@pytest.mark.slow
@pytest.mark.parametrize("number", [
    pytest.param(signal.SIGINT, id="Ctrl-C"), pytest.param(signal.SIGTERM, id="kill", marks=pytest.mark.slow)])
def test_one_worker_is_this_process_and_stops_too(study, tmp_path, number):
    process = started("sweep", study(SLOW), "--out", "out", "--workers", 1)
    wait_for(lambda: shards(tmp_path / "out") >= 1)
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 128 + number
    assert err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "kill"])
def test_there_is_no_moment_that_cannot_bear_it(study, tmp_path, number):
    name = study(SLOW)
    for attempt in range(8):
        process = started("sweep", name, "--out", f"out{attempt}", "--workers", 2)
        parent = psutil.Process(process.pid)
        wait_for(lambda: parent.children())  # noqa: B023 - called at once
        time.sleep(0.03 * attempt)  # while workers start, and a little longer
        workers = parent.children(recursive=True)
        os.killpg(process.pid, number)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 128 + number
        # Now and then loky's tracker warns of a semaphore that is already gone.
        assert len([line for line in err.splitlines() if "warn" not in line.lower()]) == 1, err
        assert psutil.wait_procs(workers, timeout=60)[1] == []


@pytest.mark.slow
def test_kill_stops_other_commands_too(tmp_path):
    process = started("compare", "status_quo", "leadership", "--replications", 1000, "--workers", 2, "--out", "study",
                      cwd=tmp_path)
    wait_for(lambda: len(psutil.Process(process.pid).children()) > 2)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (143, "")
    assert err == "simlead: terminated; nothing was left half written\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [
    "status out", *(pytest.param(each, marks=pytest.mark.slow) for each in (
        "sweep study.toml --out out --workers 1", "sweep study.toml --check"))])
def test_a_closed_pipe_is_quiet(capsys, study, command):
    run_command(capsys, "sweep", study(), "--out", "out", "--workers", 1)
    done = subprocess.run(f"{' '.join(COMMAND)} {command} | head -1", shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def at_a_terminal(*arguments):
    """What a command shows on a terminal of 80 columns, without its colours."""
    master, slave = pty.openpty()
    with subprocess.Popen([*COMMAND, *arguments], stdin=slave, stdout=slave, stderr=slave,
                          env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(master)
    assert process.returncode == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


@pytest.mark.slow
def test_eighty_columns_are_enough(study):
    shown = at_a_terminal("sweep", study(), "--out", "out", "--workers", "1")
    assert re.search(r"[━╸╺]+ \d+ of 20 runs", shown)
    after = shown.rpartition("\r")[0].splitlines()
    assert max(map(len, after)) <= 80
    header = next(line for line in after if "role_clarity" in line and "point" in line)
    assert header.split()[:4] == ["point", "coaching_share", "role_clarity", "revenue"]  # what fits, unfolded
    assert max(len(line) for line in at_a_terminal("status", "out").splitlines()) <= 80


def test_one_run_is_a_run():
    one, more = (SimpleNamespace(runs_done=number, points=number, failures=0) for number in (1, 2_000))
    assert summary(one, 1, Path("out")) == "1 run made; 1 run at 1 point is in out."
    assert summary(more, 0, Path("out")) == "Nothing was missing: 2,000 runs at 2,000 points are in out."
