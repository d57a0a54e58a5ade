"""Every documented command that takes a firm, and what it asks: which firms, with which values, how often.

The runs themselves are left out. What a command would run is caught where it is asked for.
"""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path

import pandas as pd
import pytest
from commands import run_command
from pages import blocks, command_lines

from simlead.cli import main
from simlead.model.origin import Solved
from simlead.model.scenario import Scenario
from simlead.study.comparison import of_the_firm
from simlead.study.records import BaseYear

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md", *sorted(page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "readable")]
FIRMS = ("run", "compare", "payback", "calibrate", "facts", "animate", "diff")
"""The commands that take a firm."""

COACHING, OWN, CLARITY = "policy.coaching_share", "policy.own_selling_share", "policy.role_clarity"
FOUR_OF_EIGHT = {"organisation.teams": 4, "organisation.seats_per_team": 8}
STOCK = {COACHING: 0.2, "world.coaching_gain_max": 0.2, **FOUR_OF_EIGHT}
LED = {COACHING: 0.5, CLARITY: 0.9, OWN: 0.05, **FOUR_OF_EIGHT}
OURS = {"team.1.seats": 3, "team.2.seats": 2, "organisation.quota_per_year": 1e6,
        "organisation.contribution_margin": 0.38, "status_quo.own_selling_share": 0.25,
        "status_quo.coaching_share": 0.1, COACHING: 0.1}
OF_README = {"team.1.seats": 9, "team.3.seats": 11, "organisation.quota_per_year": 1.2e6}
THREE = {"team.1.seats": 4, "team.2.seats": 3, "team.3.deal_value_factor": 1.4, "team.1.status_quo.coaching_share": 0.1}
PILOT = {**THREE, COACHING: 0.4, "team.1.rollout_week": -1, "team.2.rollout_week": 0}
STEPS = {"team.2.seats": 3, CLARITY: 0.8, "policy.adoption_weeks": 8}
PRACTITIONER = {"world.coaching_gain_max": 0.6}
HIRED = {"week": 26, "team": 1, "hire": 2}
NINE = {"team.1.seats": 9, "team.2.seats": 7, "team.3.seats": 11}

MEANINGS = {
    ("README.md", "run leadership --set organisation.teams=6"): {
        "leadership": LED | {"organisation.teams": 6}},
    ("README.md", "compare status_quo coaching leadership --out study"): {
        "status_quo": STOCK, "coaching": STOCK | {COACHING: 0.5}, "leadership": LED},
    ("README.md", "compare status_quo leadership --effect-sizes practitioner"): {
        "status_quo": STOCK | PRACTITIONER, "leadership": LED | PRACTITIONER},
    ("README.md", "facts"): {"scenario": STOCK},
    ("README.md", "diff status_quo leadership"): {"says": "policy.coaching_share"},
    ("README.md", "calibrate my_firm.toml --out mine.toml"): {"scenario": OF_README},
    ("README.md", "compare mine.toml led.toml"): {
        "mine": OF_README | {"world.our_utility": 0.9, COACHING: 0.2}, "led": OF_README | {COACHING: 0.5}},
    ("README.md", "animate leadership --what week --out week.gif"): {"leadership": LED},
    ("index.md", "calibrate my_firm.toml --out mine.toml"): {"scenario": OF_README},
    ("index.md", "compare status_quo coaching leadership --out study"): {
        "status_quo": STOCK, "coaching": STOCK | {COACHING: 0.5}, "leadership": LED},
    ("how_to/answers.md", "compare status_quo coaching leadership --worlds 100 --out compared"): {
        "status_quo": STOCK, "coaching": STOCK | {COACHING: 0.5}, "leadership": LED},
    ("how_to/a_pilot.md", "diff as_it_is.toml pilot.toml"): {"says": "team.1.rollout_week"},
    ("how_to/a_pilot.md", "compare as_it_is.toml pilot.toml --replications 2 --worlds 0"): {
        "as_it_is": THREE | {COACHING: 0.2}, "pilot": PILOT, "replications": 2},
    ("how_to/a_pilot.md", "compare as_it_is.toml people.toml --replications 2 --worlds 0"): {
        "as_it_is": THREE | {"plan": []},
        "people": THREE | {"plan": [{"week": 13, "team": 1, "hire": 2, "buyers": "own"},
                                    {"week": 26, "close": ["3.5"], "price": 30000.0},
                                    {"week": 39, "new_team": ["1.4", "3.4"]}]}},
    ("how_to/a_pilot.md", "run seasons.toml --engine compiled"): {
        "seasons": {"market.switch_month": 7, "market.quarter_end_share": 0.3, "organisation.teams": 1}},
    **{("how_to/a_pilot.md", f"compare as_it_is.toml pilot.toml --replications 2 --set {switch}=true --worlds 0"): {
        "as_it_is": THREE | {switch: True}, "pilot": PILOT | {switch: True}}
       for switch in ("structure.more_for_the_same_reps", "structure.rivals_answer")},
    ("how_to/from_a_csv_to_a_deck.md", "run theirs.toml --engine compiled --export salesforce --out export"): {
        "theirs": {"team.1.seats": 9, "team.2.seats": 7, "team.3.seats": 11, "calendar.horizon_weeks": 78}},
    ("how_to/from_a_csv_to_a_deck.md", "calibrate mine/firm.toml --replications 4 --out ours.toml --chart "
                                       "base_year.png"): {
        "scenario": {"team.1.seats": 2, "organisation.teams": 2}, "replications": 4},
    ("how_to/from_a_csv_to_a_deck.md", "compare ours.toml coaching.toml clear_role.toml two_more_reps.toml "
                                       "fourth_manager.toml pilot.toml --replications 4 --worlds 16 --out compared"): {
        "ours": NINE | {"plan": []}, "coaching": NINE | {COACHING: 0.4, "plan": []},
        "clear_role": NINE | {CLARITY: 0.8, "plan": []},
        "two_more_reps": NINE | {"plan": [{"week": 13, "team": 1, "hire": 2}]},
        "fourth_manager": NINE | {"plan": [{"week": 13, "new_team": ["1.5", "1.6", "2.5", "2.6"]}]},
        "pilot": NINE | {COACHING: 0.4, CLARITY: 0.8, "team.1.rollout_week": -1, "team.2.rollout_week": 0},
        "replications": 4},
    ("how_to/hire_reps.md", "compare today.toml two_more.toml new_region.toml --replications 2 --worlds 0"): {
        "today": {"plan": []}, "two_more": {"plan": [HIRED]},
        "new_region": {"plan": [HIRED | {"buyers": "own", "price": 120000.0}]}},
    ("how_to/import_from_a_crm.md", "run --export salesforce --out firm --engine compiled --set organisation.teams=1 "
                                    "--set calendar.horizon_weeks=26"): {
        "status_quo": STOCK | {"organisation.teams": 1, "calendar.horizon_weeks": 26}},
    ("how_to/import_from_a_crm.md", "run mine/firm.toml --engine compiled"): {
        "mine/firm": {"organisation.teams": 2, "team.1.seats": 2, "team.2.seats": 1, COACHING: 0.2}},
    ("how_to/look_closely.md", "animate leadership --out week.gif"): {"leadership": LED},
    ("how_to/look_closely.md", "animate leadership --what year --out year.gif"): {"leadership": LED},
    ("how_to/look_closely.md", "compare status_quo leadership --language fa --out moghayese --worlds 0"): {
        "status_quo": STOCK, "leadership": LED},
    ("how_to/new_team.md", "compare one_team.toml split.toml opened.toml --replications 2 --worlds 0"): {
        "one_team": {"plan": []}, "split": {"plan": [{"week": 13, "new_team": ["1.3", "1.4"]}]},
        "opened": {"plan": [{"week": 13, "team": 1, "hire": 2, "buyers": "own"},
                            {"week": 14, "new_team": ["1.5", "1.6"]}]}, "replications": 2},
    ("how_to/money.md", "payback firm.toml coached.toml --worlds 16 --out money"): {
        "firm": {"organisation.currency": "EUR", "organisation.programme_cost_per_manager": 9_000.0, COACHING: 0.2},
        "coached": {"organisation.currency": "EUR", COACHING: 0.4, "policy.manager_training": True}, "worlds": 16},
    ("how_to/report.md", "payback status_quo coaching --out money"): {
        "status_quo": STOCK, "coaching": STOCK | {COACHING: 0.5}, "worlds": 32},
    ("how_to/report.md", "compare status_quo coaching leadership --replications 40 --out study"): {
        "status_quo": STOCK, "coaching": STOCK | {COACHING: 0.5}, "leadership": LED, "replications": 40},
    ("how_to/roll_out.md", "compare three_teams.toml at_once.toml in_steps.toml --replications 2 --worlds 0"): {
        "three_teams": {CLARITY: 0.4}, "at_once": STEPS | {"team.3.rollout_week": 0},
        "in_steps": STEPS | {"team.2.rollout_week": 13, "team.3.rollout_week": 26}},
    ("how_to/scripts.md", "diff status_quo leadership --json"): {"says": "policy.coaching_share"},
    ("how_to/scripts.md", "run --engine compiled --set organisation.teams=1 --set calendar.horizon_weeks=26 --out "
                          "one_run"): {"status_quo": STOCK | {"organisation.teams": 1, "calendar.horizon_weeks": 26}},
    ("how_to/your_organisation.md", "calibrate my_firm.toml --out mine.toml --replications 12"): {
        "scenario": OURS, "replications": 12},
    ("how_to/your_organisation.md", "diff mine.toml led.toml"): {"says": "policy.role_clarity"},
    ("how_to/your_organisation.md", "compare mine.toml led.toml --replications 4 --out compared --worlds 0"): {
        "mine": OURS | {"world.our_utility": 0.9}, "led": OURS | {COACHING: 0.5, OWN: 0.1, CLARITY: 0.8,
                                                                 "world.our_utility": 0.9}},
    ("studies/decision.md", "compare status_quo coaching clear_role leadership --worlds 48 --out compared"): {
        "status_quo": STOCK, "coaching": STOCK | {COACHING: 0.5}, "clear_role": {CLARITY: 0.9}, "leadership": LED},
    ("tutorial/first_study.md", "run --engine compiled"): {"status_quo": STOCK},
    ("tutorial/first_study.md", "run --engine compiled --replicate 10"): {"status_quo": STOCK, "replicate": 10},
    **{("tutorial/first_study.md",
        f"compare status_quo coaching clear_role leadership --replications 20 {more} --worlds 0"): {
        "status_quo": STOCK | sizes, "coaching": {COACHING: 0.5}, "clear_role": {CLARITY: 0.9},
        "leadership": LED | sizes, "replications": 20}
       for more, sizes in (("--out first", {}), ("--effect-sizes practitioner", PRACTITIONER))},
    ("tutorial/first_study.md", "compare status_quo mine.toml --replications 10 --worlds 0"): {
        "status_quo": STOCK, "mine": {COACHING: 0.33, OWN: 0.0, **FOUR_OF_EIGHT}, "replications": 10},
}
"""Page and command -> values of each firm by its name, and what else the command asks for."""

DEALS = """\
Id,Stage,Amount,Created Date,Close Date,Owner,Team
1,Won,9000,2024-03-02,2024-03-15,Ada,North
2,Lost,7000,2024-03-03,2024-03-16,Ben,North
3,Won,8000,2024-03-04,2024-03-17,Cem,South
"""
"""What `mine/firm.toml` is imported from."""


class Asked(BaseException):
    """What a command asked for; raised in place of the runs."""

    def __init__(self, firms, asked):
        super().__init__(asked)
        self.firms, self.asked = firms, asked


def documented():
    """Each documented command that takes a firm, with its page."""
    for page in PAGES:
        name = page.relative_to(ROOT).as_posix().removeprefix("docs/")
        for block in blocks(page):
            if block.language == "sh":
                for words in command_lines(block):
                    if words[0].rpartition("/")[2] == "simlead" and words[1] in FIRMS:
                        yield name, shlex.join(words[1:])


def test_the_meaning_of_every_documented_command_is_written_here():
    assert set(documented()) == set(MEANINGS)


@pytest.fixture
def caught(monkeypatch):
    """Commands ask as usual, and are stopped where runs would begin; calibration solves one parameter at once."""

    def compared(scenarios, **asked):
        raise Asked(dict(scenarios), asked)

    def simulated(scenario, **asked):
        raise Asked({"": scenario}, asked)

    def table_of_facts(*, scenario, **asked):
        raise Asked({"scenario": scenario}, asked)

    def paid_back(policies, status_quo, **asked):
        raise Asked({"": status_quo, **policies}, asked)

    calibrated = {}

    def solved(scenario, **asked):
        calibrated.update(scenario=scenario, asked=asked)
        origin = dataclasses.replace(scenario.origin, solved=(Solved("world.our_utility", 0.8, 1.0),))
        return dataclasses.replace(scenario.change({"world.our_utility": 0.9}), origin=origin)

    for place, stand_in in (("compare.compare", compared), ("simulate.simulate", simulated),
                            ("facts.facts", table_of_facts), ("money.payback.payback", paid_back),
                            ("calibration.calibrate", solved)):
        monkeypatch.setattr(f"simlead.study.{place}", stand_in)
    monkeypatch.setattr("simlead.study.base_year.base_year",
                        lambda *_, **__: BaseYear(pd.DataFrame(), pd.DataFrame(), (), 2, 0))
    return calibrated


def firms_of(capsys, caught, words):
    """The firms that a command asks for, its other questions, and what it prints."""
    try:
        status, out, err = run_command(capsys, *words)
    except Asked as caught_there:
        asked = caught_there
        name = next((word.removesuffix(".toml") for word in words[1:2] if not word.startswith("-")), "status_quo")
        firms = {name if key == "" else key: firm for key, firm in asked.firms.items()}
        return firms, asked.asked, capsys.readouterr().out
    assert (status, err) == (0, "")
    return {"scenario": caught["scenario"]} if words[0] == "calibrate" else {}, caught.get("asked", {}), out


def documents(folder, page):
    """The files of a page, and the calibrated one that its first commands make."""
    file = ROOT / page if page == "README.md" else ROOT / "docs" / page
    for block in blocks(file):
        if block.note.startswith("file: "):
            (folder / block.note.removeprefix("file: ")).write_text(block.text, encoding="utf-8")


@pytest.mark.parametrize(("page", "command"), MEANINGS, ids=lambda value: value[:60])
def test_a_documented_command_asks_what_its_page_says(capsys, tmp_path, monkeypatch, caught, page, command):
    monkeypatch.chdir(tmp_path)
    documents(tmp_path, page)
    if "mine.toml" in command and "calibrate" not in command and not Path("mine.toml").exists():
        firms_of(capsys, caught, ["calibrate", "my_firm.toml", "--out", "mine.toml"])
    if "from_a_csv" in page and "calibrate" not in command:  # what its calibration makes of a real export
        Path("ours.toml").write_text("[stated]\nseats = [9, 7, 11]\n", encoding="utf-8")
    if "mine/firm.toml" in command:
        Path("deals.csv").write_text(DEALS, encoding="utf-8")
        assert main(["import", "deals.csv", "--out", "mine"]) == 0
    firms, asked, out = firms_of(capsys, caught, shlex.split(command))
    wanted = dict(MEANINGS[page, command])
    if "says" in wanted:
        assert wanted["says"] in out and "market." not in out and "organisation." not in out
        return
    assert list(firms) == [name for name in wanted if isinstance(wanted[name], dict)]
    for name, values in wanted.items():
        if isinstance(values, dict):
            assert {path: firms[name].value(path) for path in values} == values, name
        else:
            assert asked[name] == values
    base = next(iter(firms.values()))
    # No documented comparison sets two firms side by side, and none prints a difference of their levels.
    assert {path for firm in firms.values() for path in base.differences(firm) if of_the_firm(path)} == set()


def test_a_command_that_compares_two_firms_would_be_found(capsys, tmp_path, monkeypatch, caught):
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text("[market]\ndeal_value_median = 60000\n", encoding="utf-8")
    firms, _, _ = firms_of(capsys, caught, ["compare", "status_quo", "mine.toml"])
    base, other = firms.values()
    assert [path for path in base.differences(other) if of_the_firm(path)] == ["market.deal_value_median"]
    assert isinstance(other, Scenario)
