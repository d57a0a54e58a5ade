"""Refused commands: one line that names what, where, what is allowed and the nearest right name; exit status 2."""

import time

import pytest
from commands import run_command


@pytest.mark.parametrize(("arguments", "said"), [
    (["parametres"], "Did you mean 'parameters'?"),
    (["parameters", "--gruop", "policy"], "--gruop; did you mean --group?"),
    (["parameters", "--group", "polcy"], "--group polcy: allowed is organisation | "),
    (["parameters", "coachng_share"], "did you mean policy.coaching_share?"),
    (["parameters", "--out", "x.txt"], "allowed is a name that ends in .parquet | .csv | .xlsx"),
    (["schema", "animate"], "COMMAND animate: it answers nothing and has no document; allowed is demo | run"),
    (["schema", "workshop"], "COMMAND workshop: it answers nothing"),
    (["export", " ", "--to", "csv"], "DIR: the name of a folder is needed, not ' '"),
    (["export", "somewhere", "--to", "csv", "--out", " "], "--out: the name of a folder is needed"),
    (["run", "coachng"], "did you mean coaching?"),
    (["run", "--effect-sizes", "evidnce"], "--effect-sizes evidnce: allowed is evidence | practitioner; did you mean"),
    (["run", "--engine", "simpi"], "--engine simpi: allowed is "),
    (["run", "--set", "policy.coachng_share=0.5"], "did you mean policy.coaching_share?"),
    (["run", "--set", "policy.coaching_share"], "allowed is PATH=VALUE"),
    (["run", "--set", "team.2.seets=5"], "did you mean team.2.seats?"),
    (["run", "--set", "team.9.seats=5"], "the firm has 4 teams (organisation.teams); did you mean team.4.seats?"),
    (["run", "--set", "team.2.rollout_week=500"], "the last week of calendar.horizon_weeks"),
    (["run", "--set", "plan=3"], "plan is a list; write it in a scenario file"),
    (["run", "--set", "policy.coaching_share=1.5"], "policy.coaching_share = 1.5: allowed is 0 to 1"),
    (["run", "--set", "policy.coaching_share=nan"], "policy.coaching_share=nan: allowed is 0 to 1"),
    (["run", "--set", "policy.coaching_share=0,5"],
     "allowed is 0 to 1 (share of the manager's week); did you mean 0.5?"),
    (["run", "--set", "policy.coaching_share=half"], "policy.coaching_share=half: allowed is 0 to 1"),
    (["run", "--set", "organisation.teams=2.5"], "organisation.teams = 2.5: allowed is a whole number from 1 to 2000"),
    (["run", "--set", "policy.pre_call=maybe"], "policy.pre_call=maybe: allowed is true | false"),
    (["run", "--set", "policy.promotion_rule=best_seler"], "did you mean best_seller?"),
    (["run", "--set", "policy.heroics=1", "--set", "policy.heroics=2"], "policy.heroics is set twice"),
    (["run", "--set", "policy.coaching_share=0.9"], "planned shares of one week add to at most 1"),
    (["run", "coaching", "x.toml"], "Got unexpected extra argument"),
    (["run", "nowhere.toml"], "nowhere.toml: no such file"),
    (["run", "''"], "no such preset or file"),
    (["run", "--seed", "-1"], "'--seed'"),
    (["run", "--format", "xls"], "--format xls: allowed is parquet | csv | xlsx; did you mean xlsx?"),
    (["compare", "status_quo", "status_quo"], "FIRM status_quo: is named twice; name it once"),
    (["compare", "status_quo", "leadrship"], "did you mean leadership?"),
    (["compare"], "Missing argument"),
    (["compare", "status_quo", "coaching", "--worlds", "5"], "allowed is 0 or 16 and more"),
    (["compare", "status_quo", "coaching", "--replications", "1"], "'--replications'"),
    (["demo", "--seconds", "soon"], "'--seconds'"),
    (["demo", "--precision", "0"], "'--precision'"),
])
def test_a_refusal_is_one_line_and_exit_2(capsys, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    status, out, err = run_command(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("simlead: ") and err.count("\n") == 1
    assert said in err
    assert not list(tmp_path.iterdir())


def test_two_files_of_one_name_are_told_apart_by_their_places(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("before", "after"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "firm.toml").write_text("[policy]\ncoaching_share = 0.3\n")
    status, out, err = run_command(capsys, "compare", "before/firm.toml", "after/firm.toml")
    assert (status, out) == (2, "")
    assert err == "simlead: FIRM after/firm.toml: another FIRM has the short name firm too; rename one of the files\n"


@pytest.mark.parametrize("content", [b"policy = [", b"\xff\xfe", b'from = "coachng"', b"[polcy]\na = 1\n",
                                     b"[organisation]\nteams = 2\n[rollout]\n3 = 0\n",
                                     b"[[plan]]\nweek = 9\nteam = 1\nclose = 8\n",
                                     b"[[plan]]\nweek = 156\nteam = 1\nhire = 1\n",
                                     b'[[plan]]\nweek = 9\nteam = 1\nhire = "1.2"\n',
                                     b"[market]\ndeal_value_quantiles = [1000, 5000, 4000]\n"])
def test_a_bad_file_gives_one_line_with_its_name(capsys, tmp_path, content):
    file = tmp_path / "firm.toml"
    file.write_bytes(content)
    status, out, err = run_command(capsys, "run", str(file))
    assert (status, out) == (2, "")
    assert err.startswith(f"simlead: {file}") and err.count("\n") == 1


def test_a_fault_of_our_own_is_not_dressed_up_as_a_refusal(capsys, monkeypatch):
    monkeypatch.setattr("simlead.cli.parameters.selected", lambda *_: 1 / 0)
    status, _, err = run_command(capsys, "parameters")
    assert status == 70
    assert err.startswith("simlead: a fault of simlead's own: ZeroDivisionError")


@pytest.mark.parametrize("command", [["demo"], ["run", "--out", "simlead-demo"],
                                     ["compare", "coaching", "--out", "simlead-demo"]])
def test_a_folder_is_refused_before_any_simulation(capsys, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "simlead-demo").mkdir()
    (tmp_path / "simlead-demo" / "mine.txt").write_text("mine")
    began = time.monotonic()
    status, out, err = run_command(capsys, *command)
    assert (status, out) == (2, "")
    assert err == "simlead: --out simlead-demo: is there already; choose another name or add --overwrite\n"
    assert time.monotonic() - began < 5.0
    assert (tmp_path / "simlead-demo" / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("command", [
    ["run"], ["compare", "status_quo", "coaching"], ["payback", "status_quo", "coaching"], ["demo"],
    ["trial", "--change", "policy.coaching_share=0.5"]])
def test_a_place_where_nothing_can_be_written_is_refused_before_the_work(capsys, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.doc").write_text("mine")
    began = time.monotonic()
    for place, said in (["notes.txt/new"], "notes.txt is a file"), (["letters", "--overwrite"], "holds something else"):
        status, out, err = run_command(capsys, *command, "--out", *place)
        assert (status, out, err.count("\n")) == (2, "", 1) and said in err and err.startswith("simlead: --out ")
    assert time.monotonic() - began < 5.0
    assert {each.name for each in tmp_path.iterdir()} == {"notes.txt", "letters"}
    assert (tmp_path / "letters" / "dear.doc").read_text() == "mine"


def test_a_refusal_about_a_chart_names_its_option(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "simlead: --chart x.gif: allowed is" in run_command(capsys, "calibrate", "status_quo", "--chart", "x.gif")[2]


def test_a_point_that_the_design_does_not_have_is_refused_before_the_runs(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.toml").write_text(
        '[study]\neffect_sizes = ["evidence"]\nmeasures = ["revenue"]\nreplications = 2\n[scenario]\n'
        'from = "status_quo"\n[design]\nkind = "grid"\n[design.factors]\n'
        '"policy.coaching_share" = { values = [0.2, 0.4] }\n')
    for options, said in (["--point", "2"], "--point 2: allowed is a whole number from 0 to 1"), (
            ["--point", "1", "--worlds", "0"], "--point with --worlds 0"):
        status, out, err = run_command(capsys, "sweep", "study.toml", "--out", "swept", *options)
        assert (status, out) == (2, "") and said in err
    assert not (tmp_path / "swept").exists()


def test_a_folder_in_place_of_a_firm_is_named_as_one(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    assert "FIRM mine: a folder; allowed is a preset or a scenario file" in run_command(capsys, "run", "mine")[2]
