"""`simlead parameters`, `diff`, `version` and the help: what can be set and what is printed of it."""


import re
import runpy

import pandas as pd
import pytest
from commands import run_command
from typer.testing import CliRunner

from simlead.cli import app
from simlead.model.presets import PRESETS
from simlead.model.scenario import REGISTRY


def test_parameters_prints_the_whole_registry(capsys):
    status, out, _ = run_command(capsys, "parameters")
    lines = out.splitlines()
    assert status == 0
    assert len(lines) == 1 + len(REGISTRY)
    assert lines[0].split()[:4] == ["path", "default", "unit", "allowed"]
    assert all(path in line for path, line in zip(REGISTRY, lines[1:], strict=True))


def test_parameters_filters_by_pattern_and_group(capsys):
    _, out, _ = run_command(capsys, "parameters", "coaching_share", "--group", "policy")
    header, line = out.splitlines()
    assert line.split()[:2] == ["policy.coaching_share", "0.2"]
    assert line.endswith("planned share of a manager's week spent coaching")


def test_parameters_says_how_worlds_draw_what_is_uncertain_and_only_that(capsys):
    _, out, _ = run_command(capsys, "parameters", "clarity_effect", "--group", "world")
    line = REGISTRY["world.clarity_effect"]
    assert re.split(" {2,}", out.splitlines()[1])[-3:] == [line.distribution, line.distribution_reason, line.meaning]
    _, out, _ = run_command(capsys, "parameters", "--group", "policy")
    assert "PERT" not in out


def test_parameters_lists_the_structural_switches_with_what_each_overrides(capsys):
    _, out, _ = run_command(capsys, "parameters", "--structure")
    lines = out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == [path for path in REGISTRY if path.startswith("structure.")]
    assert any("overrides market.growth_in_number_share = 1.0" in line for line in lines)


def test_diff_and_set_know_structural_switches(capsys, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("[structure]\nno_cover = true\n")
    _, out, _ = run_command(capsys, "diff", "status_quo", str(file))
    assert out.splitlines()[1].split()[:3] == ["structure.no_cover", "false", "true"]
    status, _, err = run_command(capsys, "run", "--set", "structure.no_covr=true")
    assert (status, len(err.splitlines())) == (2, 1) and "did you mean structure.no_cover?" in err


def test_diff_shows_a_week_that_never_comes_as_a_word(capsys, tmp_path):
    file = tmp_path / "pilot.toml"
    file.write_text("[rollout]\n2 = 26\n")
    _, out, _ = run_command(capsys, "diff", "status_quo", str(file))
    assert [line.split()[:3] for line in out.splitlines()[1:3]] == [
        ["team.1.rollout_week", "0", "never"], ["team.2.rollout_week", "0", "26"]]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_parameters_save_and_do_not_overwrite(capsys, tmp_path, suffix):
    target = tmp_path / f"registry{suffix}"
    assert run_command(capsys, "parameters", "--out", str(target))[0] == 0
    read = {".csv": pd.read_csv, ".xlsx": pd.read_excel, ".parquet": pd.read_parquet}[suffix]
    assert list(read(target)["path"]) == list(REGISTRY)
    before = target.read_bytes()
    status, out, err = run_command(capsys, "parameters", "--out", str(target))
    assert (status, out) == (2, "")
    assert err == f"simlead: --out {target}: is there already; choose another name or add --overwrite\n"
    assert target.read_bytes() == before
    assert run_command(capsys, "parameters", "policy", "--out", str(target), "--overwrite")[0] == 0
    assert len(read(target)) < len(REGISTRY)
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


def test_diff_shows_what_a_preset_changes(capsys, tmp_path):
    _, out, _ = run_command(capsys, "diff", "status_quo", "leadership")
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(PRESETS["leadership"])
    assert out.splitlines()[1].split()[1:3] == ["0.2", "0.5"]
    file = tmp_path / "mine.toml"
    file.write_text('from = "coaching"\n[policy]\nmanager_training = true\n')
    _, out, _ = run_command(capsys, "diff", "coaching", str(file))
    assert out.splitlines()[1].split()[:3] == ["policy.manager_training", "false", "true"]
    assert "same scenario" in run_command(capsys, "diff", "coaching", "coaching")[1]


def test_version_names_what_results_depend_on(capsys):
    for arguments in (["version"], ["--version"]):
        status, out, _ = run_command(capsys, *arguments)
        assert status == 0
        assert out.startswith("simlead ") and "numpy" in out and out.count("\n") == 1


def test_help_is_short_and_plain_in_a_pipe(capsys):
    status, out, _ = run_command(capsys, "--help")
    assert status == 0
    assert "\x1b" not in out and "─" not in out
    for command in ("run", "compare", "demo", "facts", "parameters", "diff", "version"):
        assert f"  {command} " in out
        assert run_command(capsys, command, "--help")[0] == 0


def test_the_app_runs_under_typers_own_runner():
    result = CliRunner().invoke(app, ["diff", "status_quo", "coaching"])
    assert result.exit_code == 0
    assert "policy.coaching_share" in result.output


@pytest.mark.parametrize("module", ["simlead", "simlead.cli"])
def test_the_package_run_as_a_module_is_the_command(monkeypatch, capsys, module):
    monkeypatch.setattr("sys.argv", ["simlead", "version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module(module, run_name="__main__")
    assert end.value.code == 0 and capsys.readouterr().out.startswith("simlead ")
