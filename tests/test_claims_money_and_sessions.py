"""What the claims of money and of sessions tell beside their verdicts, on planted answers."""

import math

import numpy as np
import pytest

from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.claims import double_profit, great_seller, same_hours, three_sessions, unfit_managers
from simlead.study.claims.asking import Asking
from simlead.study.claims.examine import programme_payback
from simlead.study.claims.firm import Firm
from simlead.study.claims.runs import Runs, Seen
from simlead.study.claims.table import CLAIMS
from simlead.study.claims.verdict import Effect

TEAMS = Scenario().organisation.teams


def firm(values, weekly=None, replications=6, base=None):
    """A firm in which measures and weekly profit are formulas of the scenario; the luck multiplies them."""
    def seen(job):
        luck = 1.0 + 0.02 * np.cos(job.replicate)
        told = values(job.scenario)
        numerators = np.array([luck * told.get(name, told[""]) for name in MEASURES])
        profit = np.full(job.scenario.calendar.horizon_weeks, luck * told[""])
        if weekly is not None:
            profit = luck * weekly(job.scenario)
        return Seen(numerators, np.ones(len(MEASURES)), profit, profit, profit)
    return Firm(Asking(workers=1, look=seen), base or Scenario(), "evidence", replications, 4)


def rows(table):
    return {(row["case"], row["measure"]): row for row in table.to_dict("records")}


# --- the same hours


KINDS = ("pre_call", "post_call", "one_to_one")
PER_PLAN = {"pre_call": 20.0, "post_call": 15.0, "one_to_one": 5.0}


def hours(policy, step=0.0):
    """All three give 3 hours at the status quo's .2; alone each rises with the plan as it does, maybe in steps."""
    kinds = [kind for kind in KINDS if getattr(policy, kind)]
    share = policy.coaching_share if step == 0.0 else step * math.floor(policy.coaching_share / step + 1e-9)
    return 15.0 * share if len(kinds) == 3 else max((1.0 + PER_PLAN[kind] * share for kind in kinds), default=0.0)


def sessions_firm(step=0.0, **more):
    return firm(lambda scenario: {"": 100.0 + hours(scenario.policy, step), same_hours.HOURS: hours(
        scenario.policy, step)}, **more)


@pytest.mark.parametrize("step", [0.0, same_hours.STEP])
def test_plans_are_found_that_bring_the_hours_of_all_three(step):
    here = sessions_firm(step)
    packages = [three_sessions.sessions(kind) for kind in KINDS]
    target = hours(here.base.policy, step)
    for mix, kind in zip(same_hours.with_hours_of(here, three_sessions.ALL, packages), KINDS, strict=True):
        low, high = (here.base.change(policy).policy for policy in mix.policies)
        assert hours(low, step) <= target <= hours(high, step)
        assert (1.0 - mix.part) * hours(low, step) + mix.part * hours(high, step) == pytest.approx(target)
        if not step:
            assert mix.plan == pytest.approx((target - 1.0) / PER_PLAN[kind], abs=1e-3)


@pytest.mark.parametrize("step", [0.0, same_hours.STEP])
def test_where_only_hours_count_no_session_leads_and_no_gap_is_left(step):
    here = sessions_firm(step)
    found = three_sessions.effect(here)
    assert found.mean == pytest.approx(0.0, abs=1e-9)  # all three in the same hours: at equal plans they led by 1 %
    table = rows(three_sessions.details(here))
    for kind in KINDS:
        assert table[kind, "hours_beyond_all_three"]["mean"] == pytest.approx(0.0, abs=1e-9)
        assert table[kind, "revenue_beyond_all_three"]["mean"] == pytest.approx(0.0, abs=1e-9)
        assert table[kind, "room_left_in_the_plan"]["mean"] > 0.0


def test_hours_that_no_plan_reaches_are_told():
    def scarce(scenario):
        policy = scenario.policy
        return {"": 100.0, same_hours.HOURS: 9.0 if all(getattr(policy, kind) for kind in KINDS) else (
            1.0 + 5.0 * policy.coaching_share)}

    table = rows(three_sessions.details(firm(scarce)))
    assert table["one_to_one", "room_left_in_the_plan"]["mean"] == 0.0
    assert table["one_to_one", "planned_share"]["mean"] == same_hours.MOST_PLANNED
    assert table["one_to_one", "hours_beyond_all_three"]["high"] < -4.0


def test_the_pilot_is_as_large_whatever_the_firm_asks():
    few, many = sessions_firm(replications=2), sessions_firm(replications=30)
    packages = [three_sessions.sessions("one_to_one")]
    assert same_hours.with_hours_of(few, three_sessions.ALL, packages) == same_hours.with_hours_of(
        many, three_sessions.ALL, packages)


def test_sessions_stopped_save_no_programme():
    # Sessions cost a dollar a week for a year and bring 2.50 from then on: 52 are paid back in week 73, in month 17.
    def weekly(scenario):
        week = np.arange(scenario.calendar.horizon_weeks)
        held = scenario.policy.one_to_one
        return 100.0 + np.where(week < 52, -1.0, 2.5) * held

    claim = CLAIMS["three_sessions"]
    back = programme_payback(claim, firm(lambda scenario: {"": 1.0}, weekly, base=claim.beginning("evidence")))
    assert back.table["earned"].iloc[0] == 0.0
    assert back.months == 17.0


# --- double profit


def doubling(years):
    """Profits of 100 a year; under leadership those multiples of it, revenue unmoved."""
    def weekly(scenario):
        led = scenario.policy.role_clarity == 0.9
        return np.repeat([(multiple if led else 1.0) * 100.0 / 52 for multiple in years], 52)

    return firm(lambda scenario: {"": 100.0, "revenue_base": 1.0}, weekly,
                base=Scenario().change({"calendar.horizon_weeks": 52 * len(years)}))


@pytest.mark.parametrize(("years", "months"), [
    ((1.0, 1.5, 2.5), 36.0), ((2.5, 2.5, 2.5), 12.0), ((1.0, 1.5, 1.9), math.inf)])
def test_the_months_until_a_years_profit_is_double(years, months):
    row = rows(double_profit.details(doubling(years)))[
        "the firm as it is", "months_until_a_years_profit_is_double"]
    assert (row["mean"], row["low"], row["high"]) == (months,) * 3


def test_a_year_that_may_have_doubled_is_told_by_the_interval():
    found = double_profit.until_double([Effect(1.8, 1.5, 2.1, 9), Effect(2.1, 1.9, 2.3, 9)])
    assert (found.low, found.mean, found.high) == (12.0, 24.0, math.inf)


def test_before_and_after_takes_the_markets_growth_off():
    here = firm(lambda scenario: {"": 100.0, "profit_ratio": 3.0 if scenario.policy.role_clarity == 0.9 else 1.5})
    table, market = rows(double_profit.details(here)), 1.13 ** 3
    assert here.base.market.growth_per_year == 0.13
    for case, multiple in (("leadership", 3.0), ("status quo", 1.5)):
        found = table[f"before and after, {case}", "profit_multiple_less_market_growth"]["mean"]
        luck = np.mean([1.0 + 0.02 * np.cos(number) for number in range(6)])  # denominators are 1, without luck
        assert found == pytest.approx(multiple * luck / market)


def test_firms_that_cannot_be_are_left_out():
    # An overhead of .05 of revenue at a margin of .10 and a contribution of .35: what is left at less is below nothing.
    revenue = 1000.0
    base = Scenario().change({"organisation.overhead_per_seat_year": 1.0, "market.growth_per_year": 0.0})
    seats = base.organisation.teams * base.organisation.seats_per_team
    base = base.change({"organisation.overhead_per_seat_year": 0.05 * revenue / seats})
    flat = Seen(np.full(len(MEASURES), revenue), np.ones(len(MEASURES)), *(np.ones(156),) * 3)
    runs = Runs(base, (flat, flat))
    assert double_profit.overhead_at(runs, 0.10, 0.35) == pytest.approx(0.05 * revenue / seats)
    assert double_profit.overhead_at(runs, 0.10, 0.30) == pytest.approx(0.0, abs=1e-9)
    assert double_profit.overhead_at(runs, 0.15, 0.35) == pytest.approx(0.0, abs=1e-9)
    assert double_profit.overhead_at(runs, 0.10, 0.20) < 0.0 < double_profit.overhead_at(runs, 0.05, 0.30)
    assert double_profit.least_contribution(runs, 0.10).mean == pytest.approx(0.30)
    table = rows(double_profit.details(firm(lambda scenario: {"": revenue}, base=base)))
    cases = {case for case, _ in table}
    assert "margin 0.10, contribution 0.35, year 3" in cases
    assert not any(case.startswith("margin 0.15, contribution 0.30") for case in cases)


def test_no_candidate_needs_a_firm_that_cannot_be():
    candidates = CLAIMS["double_profit"].candidates
    assert "organisation.contribution_margin" not in candidates
    assert "organisation.programme_cost_per_manager" not in candidates  # paid in week 0, the effect is year 3's


# --- the unfit


REPLACED, GAIN, EMPTY = 2.0, 10.0, 30.0


def weekly_profit(scenario):
    """Dollars a week: replaced managers bring 10 each, an empty firm loses 30 a team, two managers are replaced."""
    week = np.arange(scenario.calendar.horizon_weeks)
    profit = np.full(len(week), 1000.0)
    if scenario.policy.coaching_share == 0.0:
        return profit - EMPTY * TEAMS
    if scenario.policy.replace_unfit:
        price = scenario.organisation.manager_replacement_cost
        profit = profit + GAIN * REPLACED - np.where(week == 0, REPLACED * price, 0.0)
    return profit


def flat_luck(weekly, values, base):
    def seen(job):
        told = values(job.scenario)
        profit = weekly(job.scenario)
        return Seen(np.array([told.get(name, told[""]) for name in MEASURES]), np.ones(len(MEASURES)), profit, profit,
                    profit)
    return Firm(Asking(workers=1, look=seen), base, "evidence", 4, 4)


def test_an_empty_chair_is_compared_with_the_fit_manager_who_will_sit_in_it():
    base = Scenario().change({"organisation.manager_replacement_cost": 260.0, "organisation.programme_cost_per_manager":
                              0.0, "world.vacancy_months": 6.0})
    here = flat_luck(weekly_profit, lambda scenario: {"": 1000.0}, base)
    table = rows(unfit_managers.table_of(unfit_managers.break_even(here)))
    # A month of a team: a fit manager's firm less an empty one, (1000 + 20 - 260/52...) is year 3's, without the price.
    month = (GAIN * REPLACED + EMPTY * TEAMS) * 52 / 12 / TEAMS
    earned = GAIN * REPLACED * 156 - REPLACED * 260.0
    assert table["replaced", "replacements"]["mean"] == pytest.approx(REPLACED)
    assert table["replaced", "vacancy_at_which_nothing_is_earned"]["mean"] == pytest.approx(earned / REPLACED / month)
    after = table[unfit_managers.AFTER_A_VACANCY, "profit_earned"]["mean"]
    assert after == pytest.approx((earned - 6.0 * REPLACED * month) / 1000.0)
    spent = REPLACED * 260.0 + 6.0 * REPLACED * month
    months = table[unfit_managers.AFTER_A_VACANCY, "payback"]["mean"]
    assert months == pytest.approx(spent / (GAIN * REPLACED) * 12 / 52, abs=1.0)


def test_what_training_the_unfit_brings_is_found_by_difference():
    # A quarter of the chairs are unfit; training a fit team brings 8, an unfit one 3.
    unfit = TEAMS / 4.0

    def values(scenario):
        policy, revenue = scenario.policy, 1000.0
        if policy.replace_unfit:
            revenue += 50.0 + (8.0 * TEAMS if policy.manager_training else 0.0)
        elif policy.manager_training:
            revenue += 8.0 * (TEAMS - unfit) + 3.0 * unfit
        return {"": revenue}

    def weekly(scenario):
        price = scenario.organisation.manager_replacement_cost if scenario.policy.replace_unfit else 0.0
        return np.where(np.arange(156) == 0, -unfit * price, values(scenario)[""])

    table = rows(unfit_managers.table_of(unfit_managers.unfit_trained(flat_luck(weekly, values, Scenario()))))
    assert table["the unfit trained, by difference", "revenue"]["mean"] == pytest.approx(3.0 * unfit / 1000.0)


def test_a_product_has_the_noise_of_both():
    generator = np.random.Generator(np.random.Philox(key=11))
    a, b = generator.normal(3.0, 0.1, 4000), generator.normal(5.0, 0.2, 4000)
    found = unfit_managers.product(a, b)
    assert found.mean() == pytest.approx(a.mean() * b.mean())
    assert found.std() == pytest.approx(math.hypot(5.0 * 0.1, 3.0 * 0.2), rel=0.05)


# --- the great seller


def test_what_is_taken_as_causal_is_told_apart():
    def values(scenario):
        worse = 1.0 + 10.0 * scenario.world.peter_causal_share
        return {"": 100.0 - worse * (scenario.policy.promotion_rule == "best_seller")}

    claim = CLAIMS["great_seller"]
    table = rows(great_seller.details(firm(values, base=claim.beginning("evidence"))))
    found = {case: table[case, "revenue"]["mean"] for case in (
        "best_seller", "best_seller, none of the fall causal", "best_seller, all of the fall causal",
        "best_seller, all against none causal")}
    assert list(found.values()) == pytest.approx([-0.06, -0.01, -0.11, -0.10])
    assert {row["unit"] for (_, measure), row in table.items() if measure == "revenue"} == {great_seller.OF_THE_LOT}


@pytest.mark.parametrize("key", ["unfit_managers", "three_sessions", "double_profit", "great_seller"])
def test_such_a_claim_says_what_carries_it_and_names_its_programme(key):
    claim = CLAIMS[key]
    assert claim.programme and claim.programme_name != "the programme"
    assert claim.carried_by.endswith(".")
