"""The command line: what it prints, how it refuses, and that it leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from commands import told
from typer.testing import CliRunner

from simlead.cli import app
from simlead.cli.answer import answer, rests_on, rows_of
from simlead.cli.facts import rows_of as rows_of_facts
from simlead.model.presets import PRESETS
from simlead.model.scenario import REGISTRY, Scenario

SMALL = ["--set", "organisation.teams=1", "--set", "organisation.seats_per_team=2",
         "--set", "calendar.warmup_weeks=52", "--set", "calendar.horizon_weeks=52"]
COMMAND = [sys.executable, "-m", "simlead.cli"]


# What can be set.


def test_parameters_prints_the_whole_registry(capsys):
    status, out, _ = told(capsys, "parameters")
    lines = out.splitlines()
    assert status == 0
    assert len(lines) == 1 + len(REGISTRY)
    assert lines[0].split()[:4] == ["path", "default", "unit", "allowed"]
    assert all(path in line for path, line in zip(REGISTRY, lines[1:], strict=True))


def test_parameters_filters_by_pattern_and_group(capsys):
    _, out, _ = told(capsys, "parameters", "coaching_share", "--group", "policy")
    header, line = out.splitlines()
    assert line.split()[:2] == ["policy.coaching_share", "0.2"]
    assert line.endswith("planned share of a manager's week spent coaching")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_parameters_save_and_do_not_overwrite(capsys, tmp_path, suffix):
    target = tmp_path / f"registry{suffix}"
    assert told(capsys, "parameters", "--out", str(target))[0] == 0
    read = {".csv": pd.read_csv, ".xlsx": pd.read_excel, ".parquet": pd.read_parquet}[suffix]
    assert list(read(target)["path"]) == list(REGISTRY)
    before = target.read_bytes()
    status, out, err = told(capsys, "parameters", "--out", str(target))
    assert (status, out) == (2, "")
    assert err == f"simlead: --out {target}: is there already; choose another name or add --overwrite\n"
    assert target.read_bytes() == before
    assert told(capsys, "parameters", "policy", "--out", str(target), "--overwrite")[0] == 0
    assert len(read(target)) < len(REGISTRY)
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


def test_diff_shows_what_a_preset_changes(capsys, tmp_path):
    _, out, _ = told(capsys, "diff", "status_quo", "leadership")
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(PRESETS["leadership"])
    assert out.splitlines()[1].split()[1:3] == ["0.2", "0.5"]
    file = tmp_path / "mine.toml"
    file.write_text('preset = "coaching"\n[policy]\nmanager_training = true\n')
    _, out, _ = told(capsys, "diff", "coaching", str(file))
    assert out.splitlines()[1].split()[:3] == ["policy.manager_training", "false", "true"]
    assert "same scenario" in told(capsys, "diff", "coaching", "coaching")[1]


def test_version_names_what_results_depend_on(capsys):
    for arguments in (["version"], ["--version"]):
        status, out, _ = told(capsys, *arguments)
        assert status == 0
        assert out.startswith("simlead ") and "numpy" in out and out.count("\n") == 1


def test_help_is_short_and_plain_in_a_pipe(capsys):
    status, out, _ = told(capsys, "--help")
    assert status == 0
    assert "\x1b" not in out and "─" not in out
    for command in ("run", "compare", "demo", "facts", "parameters", "diff", "version"):
        assert f"  {command} " in out
        assert told(capsys, command, "--help")[0] == 0


def test_the_app_runs_under_typers_own_runner():
    result = CliRunner().invoke(app, ["diff", "status_quo", "coaching"])
    assert result.exit_code == 0
    assert "policy.coaching_share" in result.output


# Refusals: one line that names what, where, what is allowed and the nearest right name.


@pytest.mark.parametrize(("arguments", "said"), [
    (["parametres"], "Did you mean 'parameters'?"),
    (["parameters", "--gruop", "policy"], "--gruop; did you mean --group?"),
    (["parameters", "--group", "polcy"], "--group polcy: allowed is organisation | "),
    (["parameters", "coachng_share"], "did you mean policy.coaching_share?"),
    (["parameters", "--out", "x.txt"], "allowed is a name that ends in .parquet | .csv | .xlsx"),
    (["run", "--preset", "coachng"], "did you mean coaching?"),
    (["run", "--beliefs", "evidnce"], "--beliefs evidnce: allowed is evidence | practitioner; did you mean"),
    (["run", "--engine", "simpi"], "--engine simpi: allowed is "),
    (["run", "--set", "policy.coachng_share=0.5"], "did you mean policy.coaching_share?"),
    (["run", "--set", "policy.coaching_share"], "allowed is PATH=VALUE"),
    (["run", "--set", "policy.coaching_share=1.5"], "policy.coaching_share = 1.5: allowed is 0 to 1"),
    (["run", "--set", "policy.coaching_share=nan"], "policy.coaching_share = nan: allowed is 0 to 1"),
    (["run", "--set", "policy.coaching_share=half"], "policy.coaching_share=half: allowed is 0 to 1"),
    (["run", "--set", "organisation.teams=2.5"], "organisation.teams=2.5: allowed is whole number 1 to 2000"),
    (["run", "--set", "policy.pre_call=maybe"], "policy.pre_call=maybe: allowed is true | false"),
    (["run", "--set", "policy.promotion_rule=best_seler"], "did you mean best_seller?"),
    (["run", "--set", "policy.heroics=1", "--set", "policy.heroics=2"], "policy.heroics is set twice"),
    (["run", "--set", "policy.coaching_share=0.9"], "planned shares of one week add to at most 1"),
    (["run", "--preset", "coaching", "--scenario", "x.toml"], "allowed is one of the two"),
    (["run", "--scenario", "nowhere.toml"], "nowhere.toml: no such file"),
    (["run", "--scenario", "x.toml", "--beliefs", "practitioner"], 'write beliefs = "practitioner" there'),
    (["run", "--seed", "-1"], "'--seed'"),
    (["run", "--format", "xls"], "--format xls: allowed is parquet | csv | xlsx; did you mean xlsx?"),
    (["compare", "status_quo", "status_quo"], "status_quo is there already"),
    (["compare", "status_quo", "leadrship"], "did you mean leadership?"),
    (["compare"], "Missing argument"),
    (["compare", "status_quo", "coaching", "--replications", "1"], "'--replications'"),
    (["demo", "--seconds", "soon"], "'--seconds'"),
])
def test_a_refusal_is_one_line_and_exit_2(capsys, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    status, out, err = told(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("simlead: ") and err.count("\n") == 1
    assert said in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"policy = [", b"\xff\xfe", b'preset = "coachng"', b"[polcy]\na = 1\n"])
def test_a_bad_file_gives_one_line_with_its_name(capsys, tmp_path, content):
    file = tmp_path / "firm.toml"
    file.write_bytes(content)
    status, out, err = told(capsys, "run", "--scenario", str(file))
    assert (status, out) == (2, "")
    assert err.startswith(f"simlead: {file}") and err.count("\n") == 1


def test_a_fault_of_our_own_is_not_dressed_up_as_a_refusal(capsys, monkeypatch):
    monkeypatch.setattr("simlead.cli.registry.selected", lambda *_: 1 / 0)
    status, _, err = told(capsys, "parameters")
    assert status == 70
    assert err.startswith("simlead: a fault of simlead's own: ZeroDivisionError")


@pytest.mark.parametrize("command", [["demo"], ["run", "--out", "simlead-demo"],
                                     ["compare", "coaching", "--out", "simlead-demo"]])
def test_a_folder_is_refused_before_any_simulation(capsys, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "simlead-demo").mkdir()
    (tmp_path / "simlead-demo" / "mine.txt").write_text("mine")
    began = time.monotonic()
    status, out, err = told(capsys, *command)
    assert (status, out) == (2, "")
    assert err == "simlead: --out simlead-demo: is there already; choose another name or add --overwrite\n"
    assert time.monotonic() - began < 5.0
    assert (tmp_path / "simlead-demo" / "mine.txt").read_text() == "mine"


# Runs.


def test_run_prints_measures_and_saves_what_loads_again(capsys, tmp_path):
    from simlead.results.run import Run

    out = tmp_path / "run"
    status, printed, err = told(capsys, "run", *SMALL, "--seed", "3", "--replicate", "2", "--out", str(out),
                                "--format", "csv")
    assert (status, err) == (0, "")
    assert printed.splitlines()[0].startswith("status_quo: seed 3, replicate 2, simpy engine")
    loaded = Run.load(out)
    assert (loaded.seed, loaded.replicate, loaded.scenario.organisation.seats_per_team) == (3, 2, 2)
    assert len(pd.read_csv(out / "weeks.csv")) == 104
    measures = pd.read_csv(out / "measures.csv").set_index("measure")["value"]
    assert measures["market_share"] == pytest.approx(loaded.measures()["market_share"])
    assert f"{100 * measures['market_share']:.1f} %"[:3] in printed
    assert told(capsys, "run", *SMALL, "--out", str(out))[0] == 2
    assert told(capsys, "run", *SMALL, "--out", str(out), "--overwrite")[0] == 0
    assert Run.load(out).seed == 0
    assert [folder.name for folder in tmp_path.iterdir()] == ["run"]


def test_overwrite_replaces_only_what_simlead_wrote(capsys, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    status, _, err = told(capsys, "run", *SMALL, "--out", str(tmp_path / "thesis"), "--overwrite")
    assert status == 2
    assert err.count("\n") == 1
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_compare_prints_paired_differences_and_saves_tables_and_charts(capsys, tmp_path):
    file, out = tmp_path / "mine.toml", tmp_path / "study"
    file.write_text("[policy]\nrole_clarity = 0.9\n")
    status, printed, err = told(capsys, "compare", "status_quo", str(file), *SMALL, "--replications", "3",
                                "--workers", "1", "--out", str(out))
    assert (status, err) == (0, "")
    header = printed.splitlines()[1]
    assert header.split("  ")[0] == "measure" and "minus status_quo (95 % interval)" in header
    table = pd.read_csv(out / "comparison.csv")
    assert list(dict.fromkeys(table["scenario"])) == ["status_quo", "mine"]
    assert (table.query("scenario == 'status_quo'")["difference"].dropna() == 0).all()
    assert (table["seed"] == 0).all()
    assert len(pd.read_csv(out / "runs.csv")) == 6
    assert {"growth_and_share.png", "funnel.png", "manager_time.png", "paired_difference.png"} <= {
        chart.name for chart in out.iterdir()}


# Facts and the demo's answer, from tables.


def a_fact(inside):
    return {"fact": "market share", "published": 0.105, "low": 0.08, "high": 0.13, "simulated": 0.104,
            "simulated_low": 0.1, "simulated_high": 0.108, "inside": inside, "source": "D", "when": "base"}


@pytest.mark.parametrize(("inside", "status"), [(True, 0), (False, 1)])
def test_facts_exit_1_if_any_is_outside(capsys, monkeypatch, inside, status):
    import types

    module = types.ModuleType("simlead.study.facts")
    module.facts = lambda **_: pd.DataFrame([a_fact(True), a_fact(inside)])
    monkeypatch.setitem(sys.modules, "simlead.study.facts", module)
    found, out, _ = told(capsys, "facts", "--replications", "2")
    assert found == status
    assert ("OUTSIDE" in out) is not inside
    (row,) = rows_of_facts(pd.DataFrame([a_fact(inside)]))
    assert row[:4] == ["market share", "0.105", "0.08 to 0.13", "0.104"]


def demo_table(low, high):
    rows = []
    for measure, unit, level in (("revenue", "$/year", 50e6), ("revenue_growth", "share", 0.4),
                                 ("market_share", "share", 0.1), ("coaching_hours_per_rep_month", "h", 4.0)):
        for name, factor in (("status_quo", 0.0), ("leadership", level / 100)):
            rows.append({"scenario": name, "measure": measure, "unit": unit, "mean": level,
                         "low": 0.9 * level, "high": 1.1 * level, "difference": factor * (low + high) / 2,
                         "difference_low": factor * low, "difference_high": factor * high,
                         "relative_difference": factor * (low + high) / 2 / level,
                         "relative_low": factor * low / level, "relative_high": factor * high / level, "n": 6})
    return pd.DataFrame(rows)


def test_the_demos_answer_is_honest_about_its_interval():
    intervals = ((4, 14), (-14, -4), (-4, 14))
    clear, costs, unclear = (answer(demo_table(*ends), "leadership", 41.0, "compiled") for ends in intervals)
    assert clear.startswith("Leading pays here")
    assert "+9 %" in clear and "interval 4 to 14, n = 6 pairs" in clear
    assert costs.startswith("Leading costs here")
    assert unclear.startswith("Not settled yet") and "holds zero" in unclear
    assert rows_of(demo_table(4, 14))[1][-3:] == ["+9 %", "4 to 14", "up"]
    assert rows_of(demo_table(4, 14))[0][-1] == "baseline"


def test_the_demo_names_the_assumption_of_the_lever_that_brings_most():
    def told_of(best):
        gains = {"status_quo": 0.0, "coaching": 0.01, "clear_role": 0.01, "accountable": 0.01, best: 0.09}
        return rests_on(pd.DataFrame([
            {"scenario": name, "measure": "revenue", "relative_difference": gain, "relative_low": gain - 0.01,
             "relative_high": gain + 0.01, "n": 6} for name, gain in gains.items()]), Scenario(), "practitioner")

    assert "world.coaching_gain_max = 0.2" in told_of("coaching")
    assert "world.clarity_effect = 0.06" in told_of("clear_role")
    assert "world.accountability_effect = 0.07" in told_of("accountable")
    assert "--beliefs evidence" in told_of("coaching")


def test_the_demo_answers_and_draws_five_charts(capsys, tmp_path, monkeypatch):
    from simlead.model.presets import preset

    small = {"organisation.teams": 1, "organisation.seats_per_team": 2,
             "calendar.warmup_weeks": 60, "calendar.horizon_weeks": 60}
    monkeypatch.setattr("simlead.cli.demo.preset", lambda *name: preset(*name).change(small))
    out = tmp_path / "demo"
    status, printed, err = told(capsys, "demo", "--seconds", "1", "--workers", "1", "--out", str(out))
    assert (status, err) == (0, "")
    lines = printed.splitlines()
    assert [line.split("  ")[0] for line in lines[2:7]] == [
        "Status quo", "Coaching", "Clear role", "Accountable", "Leadership"]
    assert "95 % interval" in lines[7] and "pairs of firms" in lines[7]
    assert "rests on world." in lines[8] and "--beliefs practitioner" in lines[8]
    assert sorted(file.name for file in out.iterdir()) == [
        "comparison.csv", "comparison.json", "funnel.png", "growth_and_share.png", "manager_time.png",
        "paired_difference.png", "pipeline.png", "runs.csv"]
    assert [folder.name for folder in tmp_path.iterdir()] == ["demo"]


# As a process: pipes, colours, and Ctrl-C.


def test_a_closed_pipe_is_quiet():
    piped = f"{' '.join(COMMAND)} parameters | head -1"
    done = subprocess.run(piped, shell=True, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("path")


def test_a_pipe_gets_plain_lines_and_a_refusal_ends_with_2():
    done = subprocess.run([*COMMAND, "diff", "status_quo", "leadrship"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("simlead: scenario leadrship") and done.stderr.count("\n") == 1
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
                with open(f"/proc/{entry}/stat") as file:
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
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processes in /proc")
@pytest.mark.parametrize("to_all", [False, True], ids=["kill -INT", "Ctrl-C at a terminal"])
def test_an_interruption_ends_with_130_and_leaves_nobody_and_nothing(tmp_path, to_all):
    out = tmp_path / "study"
    process = subprocess.Popen(
        [*COMMAND, "compare", "status_quo", "leadership", "--replications", "1000", "--workers", "2",
         "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=tmp_path)
    deadline = time.monotonic() + 30
    while len(workers := children_of(process.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)  # two workers and the tracker of what they share
    assert len(workers) >= 2
    time.sleep(1.0)
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    printed, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert printed == ""
    assert err == "simlead: interrupted; nothing was left half written\n"
    deadline = time.monotonic() + 10
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [worker for worker in workers if alive(worker)]
    assert not list(tmp_path.iterdir())
