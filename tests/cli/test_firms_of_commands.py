"""A firm is given to every command in one way and place: a preset's name or a file, first of all (C16, C17, C43)."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
import typer
from commands import refused, run_command

from simlead.cli.app import app
from simlead.cli.failures import Refusal
from simlead.cli.scenarios import assignments
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.study.records import BaseYear

OURS = "[stated]\nseats = [2, 3]\n[market]\ndeal_value_median = 60000\n"
CALLS = {
    "run": ["FIRM"], "facts": ["FIRM"], "calibrate": ["FIRM"], "worlds": ["FIRM"], "workshop": ["FIRM", "--no-browser"],
    "animate": ["FIRM", "--out", "film.gif"], "compare": ["FIRM", "status_quo"], "diff": ["FIRM", "status_quo"],
    "demo": ["FIRM", "--out", "demo", "--workers", "1"]}
"""The commands that take a firm, and a call of each."""


def test_a_parameter_or_a_label_that_is_set_twice_is_refused():
    for text in ("policy.heroics=0.5", "organisation.currency=EUR"):
        with pytest.raises(Refusal, match="is set twice"):
            assignments([text, text])


def commands():
    """Each command by name."""
    return typer.main.get_command(app).commands


def arguments_of(command):
    """The arguments of a command, in order."""
    return [each for each in command.params if each.param_type_name == "argument"]


def takes_a_firm(command):
    """The arguments of a command that are firms."""
    names = ("firm", "firms", "first")
    return [each for each in arguments_of(command) if each.name in names]


def test_a_firm_stands_first_and_no_option_names_one():
    with_firm = set()
    for name, command in commands().items():
        arguments = arguments_of(command)
        if takes_a_firm(command):
            with_firm.add(name)
            assert takes_a_firm(command) == arguments[:1], name
            assert arguments[0].metavar.strip("[].").startswith("FIRM"), name
            assert {"--set", "--effect-sizes"} <= {each for one in command.params for each in one.opts}, name
        options = {each for one in command.params for each in one.opts}
        assert not options & {"--preset", "--scenario", "--firm", "--base", "--from"}, name
    assert set(CALLS) <= with_firm


class Asked(BaseException):
    """The first firm of a command, raised in place of its runs."""


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """A command's first firm by its call, or its refusal; nothing is run."""

    def stop(firm):
        raise Asked(firm)

    def served(room, **_):
        own = room.firms.first.own
        stop(Scenario() if own is None else own.scenarios[0])

    def solved(scenario, **_):
        stop(scenario)

    for place, stand_in in (
            ("simlead.study.compare.compare", lambda firms, **_: stop(next(iter(firms.values())))),
            ("simlead.study.simulate.simulate", lambda firm, **_: stop(firm)),
            ("simlead.study.facts.facts", lambda **given: stop(given["scenario"])),
            ("simlead.study.calibration.calibrate", solved),
            ("simlead.study.worlds.worlds.worlds", lambda firm, *_, **__: stop(firm)),
            ("simlead.show.workshop.server.serve", served),
            ("simlead.study.engines.warm_up_compiler", lambda _: None),
            ("simlead.cli.over_worlds.answered", lambda *_, **__: None),
            ("simlead.cli.demo.compiling_ahead", lambda *_: lambda: None),
            ("simlead.cli.workshop._free", lambda *_: None)):
        monkeypatch.setattr(place, stand_in)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours.toml").write_text(OURS)
    (tmp_path / "led.toml").write_text('from = "ours.toml"\n[policy]\ncoaching_share = 0.4\n')

    def first_firm(capsys, command, firm, *more):
        try:
            run_command(capsys, command, *[firm if word == "FIRM" else word for word in CALLS[command]], *more)
        except Asked as caught:
            return caught.args[0]
        return None

    return first_firm


@pytest.mark.parametrize("command", [name for name in CALLS if name != "diff"])
def test_every_command_takes_a_preset_or_a_file(capsys, asked, command):
    if command == "workshop":
        pytest.importorskip("tornado")
    ours = Scenario.load("ours.toml")
    assert asked(capsys, command, "leadership") == preset("leadership")
    assert asked(capsys, command, "ours.toml") == ours
    assert asked(capsys, command, "led.toml") == ours.change({"policy.coaching_share": 0.4})
    changed = asked(capsys, command, "ours.toml", "--set", "policy.heroics=2", "--effect-sizes", "practitioner")
    assert changed == Scenario.load("ours.toml", "practitioner").change({"policy.heroics": 2.0})


@pytest.mark.parametrize("command", CALLS)
def test_a_firm_that_is_none_is_refused_with_the_nearest(capsys, asked, command):
    if command == "workshop":
        pytest.importorskip("tornado")
    call = CALLS[command]
    for wrong, nearest in (("leadrship", "leadership"), ("our.toml", "ours.toml"), ("oursx", "ours.toml")):
        line = refused(capsys, command, *[wrong if word == "FIRM" else word for word in call])
        assert wrong in line and ("no such" in line), line
        assert f"did you mean {nearest}?" in line or wrong == "oursx", line


def test_effect_sizes_of_the_command_line_hold_for_files_that_name_none_and_say_so(capsys, asked):
    """C16."""
    said = []

    def first(*words):
        with pytest.raises(Asked) as caught:
            run_command(capsys, *words)
        said.append(capsys.readouterr().out)
        return caught.value.args[0]

    with open("named.toml", "w", encoding="utf-8") as file:
        file.write('effect_sizes = "evidence"\n')
    ours = first("compare", "ours.toml", "status_quo", "--effect-sizes", "practitioner")
    assert ours.world.coaching_gain_max == preset("status_quo", "practitioner").world.coaching_gain_max
    assert "Note: --effect-sizes practitioner applies to ours, status_quo.\n" in said[-1]
    first("compare", "ours.toml", "named.toml", "--effect-sizes", "practitioner")
    assert "applies to ours; named names its own, evidence" in said[-1]
    assert "named names its own, evidence; calibrate a file for each set" in refused(
        capsys, "calibrate", "named.toml", "--effect-sizes", "practitioner")


def test_what_is_stated_and_not_yet_solved_is_said(capsys, asked):
    with open("stated.toml", "w", encoding="utf-8") as file:
        file.write("[stated]\nrevenue = 5e6\n")
    with pytest.raises(Asked):
        run_command(capsys, "run", "stated.toml")
    assert "stated states revenue, which nothing is solved for yet: simlead calibrate stated.toml" in (
        capsys.readouterr().out)


def test_another_firm_is_named_before_anything_and_its_level_is_no_effect(capsys, tmp_path):
    """C17."""
    (tmp_path / "mine.toml").write_text("[market]\ndeal_value_median = 60000\n")
    small = ["--set", "organisation.teams=1", "--set", "organisation.seats_per_team=2",
             "--set", "calendar.warmup_weeks=52", "--set", "calendar.horizon_weeks=52"]
    status, out, _ = run_command(capsys, "compare", "status_quo", tmp_path / "mine.toml", *small, "--replications", "2",
                                 "--workers", "1", "--worlds", "0")
    assert status == 0 and out.startswith("Different firms: ") and "market.deal_value_median" in out.splitlines()[0]
    lines = [line for line in out.splitlines()[1:] if " mine " in line]
    assert lines and all("another firm" in line for line in lines)


@pytest.mark.parametrize(("given", "says"), [
    (["run", "--preset", "leadership"], "--preset is now the argument FIRM, as in simlead run FIRM"),
    (["run", "--scenario=ours.toml"], "--scenario is now the argument FIRM"),
    (["animate", "--preset", "leadership", "--out", "x.gif"], "--preset is now the argument FIRM"),
])
def test_old_options_of_a_firm_still_work_and_warn(capsys, asked, given, says):
    with pytest.raises(Asked) as caught:
        run_command(capsys, *given)
    assert caught.value.args[0] in (preset("leadership"), Scenario.load("ours.toml"))
    assert says in capsys.readouterr().err


def test_a_studys_base_is_a_preset_or_a_file_with_its_teams_and_what_it_starts_from(tmp_path):
    """C18: the old key `preset` took no file."""
    from simlead.study.studies.study_file import load_study

    (tmp_path / "ours.toml").write_text(OURS + "[[plan]]\nweek = 9\nteam = 1\nhire = 1\n")
    (tmp_path / "led.toml").write_text('from = "ours.toml"\n[policy]\nrole_clarity = 0.8\n[rollout]\n2 = 13\n')
    design = '[design]\nkind = "grid"\n[design.factors]\n"policy.coaching_share" = { values = [0.2, 0.4] }\n'
    for key in ("from", "preset"):
        (tmp_path / "study.toml").write_text(f'[scenario]\n{key} = "led.toml"\n{design}')
        if key == "preset":
            with pytest.warns(DeprecationWarning, match="from"):
                study = load_study(tmp_path / "study.toml")
        else:
            study = load_study(tmp_path / "study.toml")
        assert study.base() == Scenario.load(tmp_path / "led.toml")


def test_the_calibrated_file_says_what_to_do_next(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours.toml").write_text(OURS)
    monkeypatch.setattr("simlead.study.calibration.calibrate", lambda scenario, **_: dataclasses.replace(scenario))
    monkeypatch.setattr("simlead.study.base_year.base_year",
                        lambda *_, **__: BaseYear(pd.DataFrame(), pd.DataFrame(), (), 2, 0))
    status, out, _ = run_command(capsys, "calibrate", "ours.toml", "--out", "mine.toml")
    assert status == 0 and 'from = "mine.toml"' in out
    assert Scenario.load("mine.toml") == Scenario.load("ours.toml")
