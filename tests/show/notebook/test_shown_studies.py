"""Answers, decisions, money, examinations, worlds and results of trials show their own numbers, in words, escaped."""

from __future__ import annotations

import dataclasses
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
from planted_claims import examined
from planted_firms import planted

import simlead
from simlead.results.ledger import LINE, LINES, TO_MONTH
from simlead.show.claims_words import chances, verdict_words
from simlead.show.format import interval, probability, with_interval
from simlead.show.language import in_language, say
from simlead.show.sentences import sentences
from simlead.show.trial import p_value_words
from simlead.show.wording import capital, effect_sizes_name, parameter_name, scenario_name
from simlead.study.trial.design import trial_answer
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.protocol import protocol_of

GAIN = "world.coaching_gain_max"
YEAR = simlead.Scenario().change({"calendar.horizon_weeks": 52})
COACHED = YEAR.change({"policy.coaching_share": 0.5})
CLEAR = YEAR.change({"policy.role_clarity": 0.9})
MARKUP = "<script>alert(1)</script>"


class Worlds:
    """Worlds that differ evenly in one parameter, equally likely."""

    drawn, effective_size = (GAIN,), 24.0

    def __init__(self, count=24):
        self.table = pd.DataFrame({"world": range(count), "weight": 1.0 / count, GAIN: np.linspace(0.1, 0.3, count)})

    def __len__(self):
        return len(self.table)

    def place(self, scenario, number):
        return scenario.change({GAIN: float(self.table[GAIN][number])})


def accounts(scenario, seed, replicate):
    """Coaching earns by the world's gain, a clear role the same everywhere; some noise is each policy's own."""
    coached, clear = scenario.policy.coaching_share > 0.3, scenario.policy.role_clarity > 0.8
    noise = np.random.default_rng([seed, replicate, coached, clear]).normal()
    month = 2e6 * coached * (scenario.world.coaching_gain_max - 0.15) + 5e4 * clear + 2e3 * noise
    lines = dict.fromkeys(LINES, 0.0) | {"contribution": 12 * month, "programme": -24_000.0 * coached}
    return {"revenue": 4e7 + 30 * month, "profit_final": 12 * month,
            **{f"{LINE}{name}": value for name, value in lines.items()},
            **{f"{TO_MONTH}{end}": end * month + lines["programme"] for end in range(1, 13)}}


def asked(ask, name="coached", **settings):
    return ask({name: COACHED, "clear": CLEAR}, YEAR, worlds=Worlds(), effect_sizes="evidence", workers=1,
               outcome=accounts, **settings)


@pytest.fixture(scope="module")
def answer():
    return asked(simlead.answer)


@pytest.fixture(scope="module")
def decision(answer):
    return answer.decisions["evidence"]


@pytest.fixture(scope="module")
def money():
    return asked(simlead.payback)


@pytest.fixture(scope="module")
def examination():
    return examined(["half_of_the_week", "reasons_of_failure"])


@pytest.fixture(scope="module")
def drawn():
    return simlead.worlds(simlead.Scenario(), 64, parameters=["world.gain_months", "world.skill_effect"],
                          weighted=False, calibrated=False)


@pytest.fixture(scope="module")
def result():
    """The result of a trial whose data hold 2 more sessions a rep and month with the change."""
    plan = TrialPlan("teams", 6, 3, 4, 6, 2, outcomes=("sessions_held", "win_rate"))
    runs = planted(plan, effects=tuple(np.linspace(-4.0, 6.0, 16)), replications=4, months=36, money=20_000.0)
    protocol = protocol_of(trial_answer(
        simlead.Scenario(), {"policy.coaching_share": 0.5}, plan, runs, primary="sessions_held", horizon=36, seed=0,
        early=True), "Ours", lot_seed=7)
    random, table = np.random.default_rng(1), protocol.template()
    table[protocol.columns] = 100.0
    treated = np.array([protocol.starts[team - 1] for team in table["team"]]) <= table["month"]
    table["sessions"] = 100.0 * (10.0 + 2.0 * treated + 0.3 * random.normal(size=len(table)))
    table["proposals_won"] = 36.0 + random.integers(0, 5, size=len(table))
    return simlead.analyse_trial(table, protocol)


def rows_of(found):
    """The texts of the cells of an object's page, row by row, without head, axis and plots."""
    rows = []
    for row in re.findall("<tr[^>]*>(.*?)</tr>", found._repr_html_()):
        cells = [unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall("<td[^>]*>(.*?)</td>", row)
                 if "<svg" not in cell]
        rows += [cells] if any(cells) else []
    return rows


def words_of(found):
    """What a page says, without markup."""
    return unescape(re.sub("<[^>]*>", " ", found._repr_html_()))


def flat(text):
    return " ".join(text.split())


def changed(row, factor, unit, mean="mean", low="low", high="high"):
    return with_interval(factor * row[mean], factor * row[low], factor * row[high], unit, sign=True)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_an_answer_shows_the_effects_of_its_table_with_both_uncertainties_apart(answer, language, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with in_language(language):
        shown, percent = rows_of(answer), say("names.percents.share")
        for row, cells in zip(answer.table.to_dict("records"), shown, strict=True):
            assert cells == [
                scenario_name(row["policy"]), effect_sizes_name("evidence"), changed(row, 100.0, percent),
                interval(100.0 * row["random_low"], 100.0 * row["random_high"]), *(
                    probability(row[name]) for name in ("p_above_smallest", "p_no_difference", "p_below_smallest"))]
            assert cells[2] in flat(str(answer)) and cells[2] in repr(answer)
        for sentence in sentences(answer.lead("clear")):
            assert sentence in words_of(answer) and sentence in flat(str(answer))
        heads = (say("notebook.columns.effect"), say("notebook.columns.random"))
        assert all(head in words_of(answer) and head in str(answer) for head in heads)
    assert language == "fa" or all("oth uncertainties" in head or "andom numbers" in head for head in heads)


def test_another_table_makes_another_page(answer):
    other = dataclasses.replace(answer, table=answer.table.assign(mean=0.5, low=0.4, high=0.6))
    assert "+50 % (40 to 60)" in words_of(other) and "+50 % (40 to 60)" not in words_of(answer)


def test_the_plot_of_an_answer_has_two_lines_a_row(answer, money):
    for found in (answer, money):
        assert found._repr_html_().count("stroke-width") == 2 * len(found.table)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_decision_shows_its_policies_with_profit_and_probability(decision, language, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with in_language(language):
        shown = rows_of(decision)
        assert [cells[0] for cells in shown] == [scenario_name(name) for name in decision.policies.sort_values(
            "expected", ascending=False)["policy"]]
        for row in decision.policies.to_dict("records"):
            (cells,) = [each for each in shown if each[0] == scenario_name(row["policy"])]
            assert cells[2] == probability(row["p_best"])
            assert (cells[4] == "") == (row["policy"] == decision.best)
            assert cells[1] in flat(str(decision))
        for sentence in sentences(decision):
            assert sentence in words_of(decision) and sentence in flat(str(decision))
        assert parameter_name(GAIN).lower() in words_of(decision).lower()
        assert "{" not in words_of(decision) + str(decision) + repr(decision)


def test_a_decision_names_the_best_or_all_that_are_tied_and_what_its_interval_counts(decision):
    rows = decision.policies.set_index("policy")
    one = dataclasses.replace(decision, best="clear", tied=("clear",))
    two = dataclasses.replace(decision, best="clear", tied=("clear", "coached"))
    profit = changed(rows.loc["clear"], 1e-3, "thousand $/year", "expected")
    assert f"clear has the highest expected profit, {profit}" in repr(one)
    assert "clear and coached are tied" in repr(two) and profit in repr(two)
    assert "95 % interval of the expected profit: random numbers and the worlds" in words_of(decision)
    assert "90 % interval" in words_of(dataclasses.replace(decision, confidence=0.9))


def test_a_decision_says_what_speaks_for_another_choice(decision):
    others = [name for name in decision.policies["policy"] if name != decision.best]
    by_regret = dataclasses.replace(decision, best_by_regret=others[0])
    same = dataclasses.replace(decision, best_by_regret=decision.best)
    assert "By regret" in words_of(by_regret) and "By regret" not in words_of(same)
    nothing = dataclasses.replace(decision, learning=decision.learning.assign(value=0.0, value_low=0.0))
    worth = decision.learning.assign(value=3e5, value_low=2e5, value_high=4e5)
    assert "No single assumption" in words_of(nothing)
    assert "is worth 300 thousand $/year (200 to 400" in words_of(dataclasses.replace(decision, learning=worth))


@pytest.mark.parametrize("language", ["en", "fa"])
def test_money_shows_profit_payback_and_both_uncertainties(money, language, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with in_language(language):
        shown = rows_of(money)
        for cells, policy in zip(shown, money.policies, strict=True):
            row = money.row(policy, "evidence")
            assert cells[0] == scenario_name(policy) and probability(row["p_pays"]) in cells
            assert cells[2] in flat(str(money)) and cells[3] in flat(str(money))
        assert "{" not in words_of(money) + str(money)
    if language == "en":
        clear = money.row("clear", "evidence")
        assert shown[1][2] == changed(clear, 1e-3, "thousand $/year")
        assert shown[1][3] == interval(1e-3 * clear["random_low"], 1e-3 * clear["random_high"])
        assert "(both uncertainties)" in str(money) and "Random numbers alone" in str(money)
        assert "Thick: 95 % interval, random numbers alone" in words_of(money)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_an_examination_shows_each_verdict_with_its_chances(examination, language, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with in_language(language):
        for row, cells in zip(examination.table.to_dict("records"), rows_of(examination), strict=True):
            assert cells[:4] == [say(f"claims.text.{row['key']}"), effect_sizes_name(row["effect_sizes"]),
                                 capital(verdict_words(row["verdict"], row["follows"])), chances(row["p_holds"])]
            assert all(cell in flat(str(examination)) for cell in cells)
        assert say("notebook.claims.both") in words_of(examination)
        assert say("notebook.claims.both") in flat(str(examination))
    assert "2" in repr(examination) and len(repr(examination)) < 200


@pytest.mark.parametrize("language", ["en", "fa"])
def test_worlds_show_what_is_drawn_and_by_how_much_it_is_unknown(drawn, language):
    with in_language(language):
        shown = rows_of(drawn)
        assert {cells[0] for cells in shown} == {parameter_name(path) for path in drawn.drawn}
        for sentence in sentences(drawn):
            assert sentence in words_of(drawn) and sentence in flat(str(drawn))
    if language == "en":
        numbers = {parameter_name(row["parameter"]): row for row in drawn.unknown.to_dict("records")}
        for name, before, here, unit, grade in shown:
            row = numbers[name]
            means = [float(text.split(" ±")[0]) for text in (before, here)]
            spreads = [float(text.split(" ±")[1]) for text in (before, here)]
            assert means == pytest.approx([row["mean_before"], row["mean"]], abs=row["sd"] / 2)
            assert spreads == pytest.approx([row["sd_before"], row["sd"]], rel=0.05)
            assert unit and grade == row["grade"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_trials_result_shows_its_effects_with_the_unit_once(result, language):
    with in_language(language):
        for row, cells in zip(result.table.to_dict("records"), rows_of(result), strict=True):
            assert cells[3] == p_value_words(row["p_value"])
            assert cells[0] in flat(str(result))
        for sentence in sentences(result):
            assert sentence in words_of(result) and sentence in flat(str(result))
        assert say(f"notebook.result.{result.best}") in repr(result)
    if language == "en":
        first = result.table.iloc[0]
        effect = changed(first, 1.0, "sessions a rep and month", "effect")
        assert rows_of(result)[0][2] == effect and effect.count("sessions") == 1 and effect in repr(result)
        assert "0.000" not in words_of(result)
        assert "95 % interval" in words_of(result) and "16 worlds" in words_of(result)


def test_the_currency_of_a_firm_is_not_a_part_of_its_unit_twice(result):
    """Money of a trial has one scale and one unit for the effect and its interval."""
    table = result.table.head(1).assign(outcome="revenue", effect=2.5e6, low=1e6, high=4e6)
    shown = rows_of(dataclasses.replace(result, table=table))[0][2]
    assert shown.startswith("+2.5 million $") and shown.count("$") == 1 and "(1.0 to 4.0)" in shown


@pytest.mark.parametrize("ask", [simlead.answer, simlead.payback])
def test_a_policys_name_is_text_and_no_markup(ask):
    found = asked(ask, name=MARKUP)
    pages = [found._repr_html_()] + [each._repr_html_() for each in getattr(found, "decisions", {}).values()]
    for page in pages:
        assert "<script" not in page.lower() and "&lt;script&gt;" in page


def test_the_key_of_a_claim_of_ones_own_is_text_and_no_markup(examination):
    first = examination.findings[0]
    mine = dataclasses.replace(first, claim=dataclasses.replace(first.claim, key=MARKUP))
    page = dataclasses.replace(examination, findings=(mine,))._repr_html_()
    assert "<script" not in page.lower() and "&lt;script&gt;" in page
