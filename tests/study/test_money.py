"""Money over worlds: payback by hand on constructed ledgers, what adds up, and what is said of it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.results.ledger import BESIDE, COUNTED, LINE, LINES, TO_MONTH, ledger, month_ends
from simlead.results.money import weekly_profit
from simlead.show.language import in_language
from simlead.show.money import headline
from simlead.study.money.payback import payback
from simlead.study.money.result import ALONE, DATED, LEAVE, START, TRIAL
from simlead.study.simulate import simulate
from simlead.study.trial.plan import planned

YEAR = Scenario().change({"calendar.horizon_weeks": 52})
COACHED = YEAR.change({"policy.coaching_share": 0.5})
COST = 24_000.0
"""What the programme costs the default firm of four managers."""


class Worlds:
    """Worlds that differ in one parameter, evenly from low to high, equally likely."""

    drawn = ("world.coaching_gain_max",)

    def __init__(self, low, high, count=40):
        self.table = pd.DataFrame({"world": range(count), "weight": 1.0 / count,
                                   "world.coaching_gain_max": np.linspace(low, high, count)})
        self.effective_size = float(count)

    def __len__(self):
        return len(self.table)

    def place(self, scenario, number):
        return scenario.change({"world.coaching_gain_max": float(self.table["world.coaching_gain_max"][number])})


def books(monthly, hours=0.0, noise=0.0):
    """Accounts of a policy that costs COST at once and earns `monthly(world's gain)` in each month."""
    def outcome(scenario, seed, replicate):
        policy = scenario.policy.coaching_share > 0.3
        gain = monthly(scenario.world.coaching_gain_max) if policy else 0.0
        luck = noise * np.random.default_rng([replicate, policy]).normal()
        once = -COST if policy else 0.0
        lines = dict.fromkeys(LINES, 0.0) | {
            "contribution": 12 * gain + luck, "programme": once, "manager_hours": -hours * policy}
        return {**{f"{LINE}{name}": value for name, value in lines.items()},
                **{f"{TO_MONTH}{month}": month * gain + once + luck for month in range(1, 13)},
                "profit_final": 12 * gain + luck}
    return outcome


def asked(outcome, worlds=None, **others):
    return payback({"coached": COACHED}, YEAR, worlds=worlds or Worlds(0.1, 0.2), effect_sizes="evidence",
                   workers=1, outcome=outcome, **others)


def test_a_steady_gain_pays_back_its_cost_when_it_has_added_up():
    found = asked(books(lambda _: 5_000.0, hours=6_000.0))
    row = found.row("coached", "evidence")
    assert row["payback_month"] == row["payback_low"] == row["payback_high"] == 5  # 5 x 5,000 is 24,000 and more
    assert row["mean"] == pytest.approx(12 * 5_000.0 - COST)
    assert (row["spent"], row["hours"], row["put_in"]) == pytest.approx((COST, 6_000.0, 30_000.0))
    assert row["return"] == pytest.approx(36_000.0 / 30_000.0)  # hours are counted as put in, not taken off the profit
    assert found.months.set_index("month")["mean"].to_dict()[0] == -COST
    assert found.years["mean"].tolist() == pytest.approx([36_000.0])
    assert (row["p_pays"], found.next_step("coached")) == (1.0, START)


def test_a_title_gives_the_expected_change_and_of_several_sets_of_effect_sizes_the_lowest_and_highest():
    found = asked(books(lambda _: 5_000.0))
    assert headline(found, "coached") == "Coached pays: expected change of profit +36 thousand $ a year"
    losing = found.table.assign(effect_sizes="practitioner", mean=-30_000.0)
    both = dataclasses.replace(found, table=pd.concat([found.table, losing], ignore_index=True))
    assert "expected change of profit −30 to +36 thousand $ a year, depending on the set of effect sizes" in headline(
        both, "coached")


@pytest.mark.parametrize(("hours", "said"), [
    (0.0, None), (0.3, None), (6_000.0, "further hours on their people are worth 6,"),
    (-6_000.0, "fewer hours on their people, worth 6,")])
def test_the_managers_hours_are_named_where_they_are_not_shown_as_0(hours, said):
    cost = simlead.sentences(asked(books(lambda _: 5_000.0, hours=hours)))[0]
    assert said in cost if said else "hours" not in cost and cost.endswith(".")


def test_what_never_adds_up_is_left():
    found = asked(books(lambda _: 1_000.0))
    row = found.row("coached", "evidence")
    assert math.isinf(row["payback_month"]) and math.isinf(row["payback_low"])
    assert (row["p_pays"], found.next_step("coached")) == (0.0, LEAVE)


def test_worlds_that_disagree_ask_for_a_trial_of_the_assumption_that_decides():
    # 12 x 30,000 x gain is the cost of 24,000 at a gain of 0.0667: above it in three worlds of four.
    found = asked(books(lambda gain: 30_000.0 * gain), Worlds(0.0, 0.25))
    row = found.row("coached", "evidence")
    assert row["p_pays"] == pytest.approx(0.73, abs=0.06)
    assert found.next_step("coached") == TRIAL
    first = found.main_drivers("coached", "evidence").iloc[0]
    assert first["parameter"] == "world.coaching_gain_max"
    assert first["switch_zero"] == pytest.approx(COST / 360_000.0, abs=1e-3)
    assert simlead.sentences(found)[-1].startswith("Next step: a trial.")


@pytest.mark.parametrize(("teams", "step"), [(1, ALONE), (2, ALONE), (3, TRIAL)])
def test_the_next_step_of_a_firm_is_one_that_its_teams_allow(teams, step):
    firm, coached = (each.change({"organisation.teams": teams}) for each in (YEAR, COACHED))
    found = payback({"coached": coached}, firm, worlds=Worlds(0.0, 0.25), effect_sizes="evidence", workers=1,
                    outcome=books(lambda gain: 30_000.0 * gain))
    assert found.next_step("coached") == step
    for language, between in (("en", "some teams, drawn by lot"), ("fa", "به قید قرعه")):
        with in_language(language):
            last, title = simlead.sentences(found)[-1], headline(found, "coached")
        assert (between in last) == (step == TRIAL) and ("simlead trial" in last) == (step == ALONE)
        assert "{" not in title


HIRES = {"plan": [{"week": 26, "team": 1, "hire": 2}]}
MANAGER = {"plan": [{"week": 13, "new_team": ["1.3", "1.4"]}]}


def designed(firm, policy):
    """Whether a trial of the policy can be designed."""
    try:
        planned(firm, policy, arms=None, treated=None, months=6, base_months=6, waiting=None, outcomes=None)
    except ParameterError:
        return False
    return True


@pytest.mark.parametrize(("more", "teams"), [
    ({}, 4), (HIRES, 4), (HIRES, 1), (MANAGER, 4), (MANAGER, 1), ({"rollout": {1: 0, 2: 26}}, 4)],
    ids=["policy", "hires", "hires of one team", "manager", "manager of one team", "roll-out"])
def test_a_trial_is_the_next_step_only_where_one_can_be_designed(more, teams):
    size = {"organisation.teams": teams, "calendar.horizon_weeks": 104}
    firm, coached = (each.change(size) for each in (YEAR, COACHED))
    coached = coached.rollout(more["rollout"]) if "rollout" in more else coached.change(more)
    found = payback({"coached": coached}, firm, worlds=Worlds(0.0, 0.25), effect_sizes="evidence", workers=1,
                    outcome=lambda *given: two_years(15_000.0 * given[0].world.coaching_gain_max)(*given))
    assert designed(firm, coached) == (more == {})
    assert found.next_step("coached") == (DATED if more else TRIAL)
    unknown = dataclasses.replace(found, drivers=found.drivers.iloc[:0], learning=found.learning.iloc[:0])
    worth = dataclasses.replace(found, learning=pd.DataFrame({
        "parameter": ["world.skill_effect"], "value": [9e4], "value_low": [1e4]}))
    for language, between, dated in (("en", "in some teams", "against the year before"),
                                     ("fa", "در چند تیم", "در برابر سال پیش")):
        with in_language(language):
            for each in (found, unknown, worth):
                last, title = simlead.sentences(each)[-1], headline(each, "coached")
                assert (between in last) == (more == {}) and (dated in last) == (more != {})
                assert "simlead trial" not in last and "{" not in last + title and "nan" not in last


def two_years(monthly):
    """Accounts in which the status quo's second year brings 1,000 less than its first in every other replication."""
    def outcome(scenario, seed, replicate):
        found = books(lambda _: monthly)(scenario, seed, replicate)
        spread = 1_000.0 * (replicate % 2)
        after = {f"{TO_MONTH}{month}": found[f"{TO_MONTH}12"] + (month - 12) * monthly * (
            scenario.policy.coaching_share > 0.3) for month in range(13, 25)}
        return found | {name: value + spread for name, value in ({
            key: value for key, value in found.items() if key.startswith(TO_MONTH)} | after).items()}
    return outcome


def test_what_a_firm_sees_from_year_to_year_follows_from_the_noise_of_its_years():
    firm, coached = (each.change({"calendar.horizon_weeks": 104}) for each in (YEAR, COACHED))
    found = payback({"coached": coached}, firm, worlds=Worlds(0.0, 0.25), effect_sizes="evidence", workers=1,
                    outcome=two_years(5_000.0))
    # 0 and -1,000 in the two replications of each world have a standard deviation of 1,000 / sqrt(2).
    assert found.seen_from == pytest.approx((1.959964 + 0.841621) * 1_000.0 / math.sqrt(2.0), rel=1e-5)
    assert math.isnan(asked(books(lambda _: 5_000.0)).seen_from)


def test_without_a_second_year_no_change_is_named():
    hired = payback({"coached": COACHED.change(HIRES)}, YEAR, worlds=Worlds(0.0, 0.25), effect_sizes="evidence",
                    workers=1, outcome=books(lambda gain: 30_000.0 * gain))
    for language, words in (("en", "anything else that changes"), ("fa", "هر تغییر دیگری")):
        with in_language(language):
            assert words in simlead.sentences(hired)[-1]


def test_the_interval_of_both_is_wider_than_that_of_random_numbers_where_worlds_differ():
    row = asked(books(lambda gain: 100_000.0 * gain, noise=1_000.0)).row("coached", "evidence")
    assert row["low"] < row["random_low"] < row["mean"] < row["random_high"] < row["high"]
    assert row["payback_low"] <= row["payback_month"] <= row["payback_high"]


def test_a_policy_without_a_price_has_no_return():
    free = {"organisation.programme_cost_per_manager": 0.0, "organisation.training_cost_per_manager": 1.0}
    found = payback({"coached": COACHED.change(free)}, YEAR.change(free), worlds=Worlds(0.1, 0.2),
                    effect_sizes="evidence", workers=1,
                    outcome=lambda *given: books(lambda _: 1e3)(*given) | {f"{LINE}programme": 0.0})
    assert math.isnan(found.row("coached", "evidence")["return"])


def test_the_lines_of_a_run_add_up_to_its_profit():
    firm = Scenario().change({
        "organisation.teams": 2, "calendar.warmup_weeks": 10, "calendar.horizon_weeks": 60,
        "policy.coaching_share": 0.4, "policy.manager_training": True,
        "plan": [{"week": 8, "team": 1, "hire": 2}, {"week": 30, "team": 2, "close": 1}]}).rollout({1: 4, 2: 26})
    run = simulate(firm, seed=3, engine="compiled", trace=False)
    weeks = run.records.weeks[run.records.weeks["week"] >= 0]
    lines = ledger(run.records, firm)
    assert sum(lines[name] for name in COUNTED) == pytest.approx(weekly_profit(weeks, firm).sum(), rel=1e-12)
    assert lines["training"] == -2 * 5_000.0 and lines["programme"] == -2 * 6_000.0
    assert lines["plan"] < -2 * 65_000.0 and all(lines[name] <= 0.0 for name in BESIDE)


def test_months_end_with_their_year():
    assert [week + 1 for week in month_ends(156)[11::12].tolist()] == [52, 104, 156]


def test_a_status_quo_of_another_firm_or_currency_is_refused():
    for change in ({"organisation.teams": 3}, {"organisation.currency": "EUR"}):
        with pytest.raises(ParameterError, match="another firm"):
            payback({"coached": COACHED.change(change)}, YEAR, worlds=16)


def test_an_answer_without_money_is_refused():
    worlds = Worlds(0.1, 0.2)
    with pytest.raises(ParameterError, match="hold no money"):
        payback(COACHED, YEAR, worlds=worlds, effect_sizes="evidence", workers=1,
                outcome=lambda scenario, seed, number: {"profit_final": scenario.policy.coaching_share + number % 2})


@pytest.mark.slow
def test_both_sets_of_effect_sizes_and_the_currency_are_those_of_the_firm():
    small = {"organisation.teams": 1, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 52,
             "calendar.horizon_weeks": 52, "organisation.currency": "EUR"}
    found = payback({"coaching": preset("coaching").change(small)}, preset("status_quo").change(small), worlds=16,
                    workers=1)
    assert found.effect_sizes == ("evidence", "practitioner") and found.currency == "EUR"
    assert set(found.ledger["line"]) == set(LINES)
