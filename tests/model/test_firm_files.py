"""Scenario files that start from one another, what a client states in them, and how a scenario is saved (C16-C18)."""

import dataclasses

import pytest

from simlead.model.origin import Origin, Solved
from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.model.scenario_file import firm_named
from simlead.model.stated import STATED, to_solve

OURS = """[stated]
seats = [9, 7, 11]
quota = 1_200_000
revenue = 2e7
[market]
deal_value_median = 60000
"""


@pytest.fixture
def files(tmp_path):
    """Writes files by name and returns their folder."""

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def refused(path):
    with pytest.raises(ParameterError) as caught:
        Scenario.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_starts_from_a_file_beside_it_and_says_what_differs(files, monkeypatch):
    folder = files(ours=OURS, led='from = "ours.toml"\n[policy]\ncoaching_share = 0.4\n[rollout]\n2 = 0\n')
    (folder / "deep").mkdir()
    (folder / "deep" / "later.toml").write_text('from = "../led.toml"\n[policy]\nrole_clarity = 0.8\n')
    monkeypatch.chdir(folder / "deep")
    later = Scenario.load("later.toml")
    ours = Scenario.load(folder / "ours.toml")
    assert set(ours.differences(later)) == {
        "policy.coaching_share", "policy.role_clarity", "team.1.rollout_week", "team.3.rollout_week"}
    assert [team.seats for team in later.teams] == [9, 7, 11]
    assert later.organisation.quota_per_year == 1.2e6
    assert later.origin.facts == {"seats": (9, 7, 11), "quota": 1.2e6, "revenue": 2e7}


@pytest.mark.parametrize(("texts", "first", "said"), [
    ({"a": 'from = "b.toml"', "b": 'from = "a.toml"'}, "b.toml, line 1: ", "a circle, a.toml -> b.toml -> a.toml"),
    ({"a": 'from = "a.toml"'}, "a.toml, line 1: ", "a circle, a.toml -> a.toml"),
    ({"a": 'from = "mien.toml"', "mine": ""}, "a.toml, line 1: ", "no such file; did you mean mine.toml?"),
    ({"a": 'from = "coachng"'}, "a.toml, line 1: ", "no such file or preset; presets are"),
    ({"a": "\nfrom = 3"}, "a.toml, line 2: ", "allowed is a file or status_quo"),
    ({"a": 'from = "b.toml"', "b": "[policy]\nheroics = 9"}, "b.toml, line 2: ", "policy.heroics = 9: allowed is"),
    ({"a": "[study]"}, "a.toml, line 1: ", "study: a study file, not a scenario"),
    ({"a": 'from = "b.toml"\neffect_sizes = "practitioner"', "b": 'effect_sizes = "evidence"'}, "a.toml, line 2: ",
     "b.toml, which it starts from, is of evidence effect sizes"),
    ({"a": "[stated]\nqouta = 1"}, "a.toml, line 2: ", "stated.qouta: no such fact; allowed is seats | "),
    ({"a": "[stated]\ncycle_days = -3"}, "a.toml, line 2: ", "stated.cycle_days = -3: allowed is 1 to 1000"),
    ({"a": "[stated]\nseats = [9, 0]"}, "a.toml, line 2: ", "stated.seats = 0: allowed is a whole number from 1 to 40"),
    ({"a": "[stated]\nseats = 27"}, "a.toml, line 2: ", "a list with a number for each team"),
    ({"a": "[stated]\nwin_rate_created = 0.3\nwin_rate_qualified = 0.2"}, "a.toml, line 2: ",
     "allowed is less than stated.win_rate_qualified = 0.2"),
    ({"a": "[stated]\nseats = [9, 7, 11]\nrevenue = 1e6\nsales_per_rep = 1e6"}, "a.toml, line 3: ",
     "37,037 for each of 27 seats contradicts stated.sales_per_rep"),
    ({"a": "[stated]\nquota = 1e6\n[organisation]\nquota_per_year = 2e6"}, "a.toml, line 4: ",
     "set twice, as quota of [stated] too"),
    ({"a": '[solved]\n"world.our_utility" = 1.0'}, "a.toml, line 2: ", "[solved] needs a path in quotes and its value"),
])
def test_a_file_that_cannot_be_is_one_line_with_its_name(files, texts, first, said):
    message = refused(files(**texts) / "a.toml")
    assert first in message and said in message, message


def test_facts_that_contradict_each_other_are_found_across_files(files):
    folder = files(ours="[stated]\nwin_rate_qualified = 0.2\n",
                   led='from = "ours.toml"\n[stated]\nwin_rate_created = 0.3\n')
    assert "allowed is less than stated.win_rate_qualified" in refused(folder / "led.toml")


def test_what_is_saved_is_what_differs_from_where_it_came(files):
    folder = files(ours=OURS)
    ours = Scenario.load(folder / "ours.toml")
    led = ours.change({"policy.coaching_share": 0.4, "plan": [{"week": 9, "team": 1, "hire": 2}]}).rollout({3: 4})
    text = led.save(folder / "led.toml").read_text()
    assert text.startswith('from = "ours.toml"\n\n[policy]\n') and "market" not in text and "[rollout]" in text
    assert Scenario.load(folder / "led.toml") == led
    with pytest.raises(FileExistsError):
        led.save(folder / "led.toml")
    assert sorted(file.name for file in folder.iterdir()) == ["led.toml", "ours.toml"]


def test_a_file_that_is_saved_over_what_it_came_from_makes_no_circle(files):
    folder = files(ours=OURS, led='from = "ours.toml"\n')
    led = Scenario.load(folder / "led.toml").change({"policy.role_clarity": 0.7})
    assert led.save(folder / "led.toml", overwrite=True).read_text().startswith('from = "ours.toml"')
    ours = Scenario.load(folder / "led.toml")
    assert ours.save(folder / "ours.toml", overwrite=True).read_text().startswith('from = "status_quo"')
    assert Scenario.load(folder / "led.toml") == led == ours


def test_a_plan_that_was_taken_away_stays_away(files):
    folder = files(ours="[[plan]]\nweek = 9\nteam = 1\nhire = 2\n")
    without = Scenario.load(folder / "ours.toml").change({"plan": []})
    assert Scenario.load(without.save(folder / "without.toml")) == without


def test_what_was_solved_stays_so_until_it_is_changed(files):
    folder = files(ours=OURS)
    ours = Scenario.load(folder / "ours.toml")
    solved = dataclasses.replace(ours.change({"world.our_utility": 0.8}), origin=dataclasses.replace(
        ours.origin, solved=(Solved("world.our_utility", 0.75, 0.85),)))
    again = Scenario.load(solved.save(folder / "mine.toml"))
    assert again == solved and again.origin.solved == solved.origin.solved and again.origin.facts == ours.origin.facts
    assert again.change({"world.our_utility": 0.8}).origin.solved_paths == ("world.our_utility",)
    assert again.change({"world.our_utility": 0.9}).origin.solved_paths == ()


def test_a_fact_that_is_overruled_is_no_longer_stated():
    firm = Scenario().state({"quota": 1e6, "seats": [3, 4], "revenue": 5e6})
    assert firm.change({"organisation.quota_per_year": 2e6}).origin.facts == {"seats": (3, 4), "revenue": 5e6}
    assert "seats" not in firm.change({"team.1.seats": 5}).origin.facts


def test_effect_sizes_hold_where_no_file_names_any(files):
    folder = files(open="[policy]\nheroics = 2\n", named='effect_sizes = "evidence"\n')
    assert firm_named("open.toml", "practitioner", folder) == preset("status_quo", "practitioner").change(
        {"policy.heroics": 2.0})
    assert firm_named("named.toml", "practitioner", folder) == Scenario()
    assert firm_named("named.toml", None, folder).origin == Origin(named=True, files=(folder / "named.toml",))


def test_the_old_key_of_a_preset_warns(files):
    folder = files(old='preset = "coaching"')
    with pytest.warns(DeprecationWarning, match="the key preset of scenario files is now from"):
        assert Scenario.load(folder / "old.toml") == preset("coaching")


def test_managers_own_selling_is_a_habit_and_the_policy_keeps_it():
    firm = Scenario().state({"own_selling_share": 0.3})
    assert (firm.status_quo.own_selling_share, firm.policy.own_selling_share) == (0.3, 0.3)
    assert preset("leadership").state({"own_selling_share": 0.3}).policy.own_selling_share == 0.05


def test_every_fact_is_a_parameter_or_solved_for():
    assert set(to_solve(STATED)) == {name for name, fact in STATED.items() if not fact.sets} != set()
