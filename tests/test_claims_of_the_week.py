"""Claims about a manager's week: what a plan comes to, ordinary doses, and what each verdict leans on."""

import re

import numpy as np
import pytest

from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.claims import half_of_the_week, more_coaching, reasons_of_failure
from simlead.study.claims.asking import Asking
from simlead.study.claims.firm import Firm
from simlead.study.claims.reasons_of_failure import FAILURES, LEADERSHIP, failing, indices
from simlead.study.claims.runs import Seen
from simlead.study.claims.table import CLAIMS

OF_THE_WEEK = ("half_of_the_week", "three_percent", "reasons_of_failure", "selling_managers", "reviews_and_coaching",
               "grow_people", "more_coaching", "more_reviews")


def planted(formula, base=None, **others):
    """A firm in which every measure is a formula of the scenario, times the replicate's luck; some have their own."""
    def seen(job):
        luck = 1.0 + 0.02 * np.cos(job.replicate)
        own = {name: other(job.scenario) for name, other in others.items()}
        value = formula(job.scenario)
        numbers = np.array([own.get(name, value * luck) for name in MEASURES])
        flat = np.full(job.scenario.calendar.horizon_weeks, value * luck)
        return Seen(numbers, np.ones(len(MEASURES)), flat, flat, flat)
    return Firm(Asking(workers=1, look=seen), base or Scenario(), "evidence", 6, 4)


def told(key, firm):
    """The details of a claim: mean by case and measure."""
    table = CLAIMS[key].details(firm)
    return {(row.case, row.measure): row.mean for row in table.itertuples()}


@pytest.mark.parametrize("key", OF_THE_WEEK)
def test_every_claim_says_what_carries_it_and_what_its_programme_is(key):
    claim = CLAIMS[key]
    assert 1 <= len(re.findall(r"\.(?: |$)", claim.carried_by)) <= 3
    assert claim.programme_name != "the programme"


@pytest.mark.parametrize("key", OF_THE_WEEK)
def test_no_line_of_details_is_told_twice(key):
    table = CLAIMS[key].details(planted(lambda scenario: 0.5))
    assert not table.duplicated(["case", "measure"]).any()


# --- three reasons, each with all its levers


def test_a_reason_that_has_not_come_about_is_leadership_and_in_full_it_is_the_claims_failure():
    base, none = Scenario(), dict.fromkeys(FAILURES, 0.0)
    assert failing(base, none) == base.change(LEADERSHIP)
    for reason, failure in FAILURES.items():
        assert failing(base, {**none, reason: 1.0}).values() == pytest.approx(
            base.change({**LEADERSHIP, **failure}).values())


def test_indices_rank_the_reasons():
    def world(scenario):
        policy = scenario.policy
        # Of reasons from 0 to 1: not coaching takes 5, selling on 1 + 1, the role 3 (a switch at one half takes none).
        return (50.0 + 10.0 * policy.coaching_share - policy.own_selling_share / 0.35 - policy.heroics
                + 3.0 * policy.role_clarity / 0.8)

    found = {(case, measure): effect.mean for case, measure, _, effect in indices(planted(world), points=32)}
    totals = [found[reason, "total_index_on_revenue"] for reason in FAILURES]
    assert totals == pytest.approx(np.array([25, 4, 9]) / 38, abs=0.1)
    assert found["undefined role", "first_index_on_profit_final"] == pytest.approx(9 / 38, abs=0.1)


def test_ordinary_doses_are_compared_in_the_planted_order():
    def world(scenario):
        policy = scenario.policy
        return (100.0 - 30.0 * (policy.coaching_share == 0.0) - 5.0 * (policy.coaching_share == 0.2)
                - 20.0 * (policy.own_selling_share == 0.4) - 10.0 * (policy.role_clarity == 0.4))

    found = {case: effect.mean * world(Scenario()) for case, _, _, effect in
             reasons_of_failure.ordinary_leads(planted(world))}
    assert found == pytest.approx({
        "not coaching over selling instead": 10.0, "not coaching over role as usual": 20.0,
        "no more coaching than usual over role as usual": -5.0, "selling instead over role as usual": 10.0})


# --- what is realised


def test_half_planned_is_told_with_what_comes_about_of_it():
    firm = planted(lambda scenario: 10.0 - (scenario.policy.coaching_share - 0.9) ** 2,
                   coaching_share_realised=lambda scenario: scenario.policy.coaching_share / 2)
    found = told("half_of_the_week", firm)
    for case in half_of_the_week.CASES:
        assert found[case, "half_realised_as"] == pytest.approx(0.25)
    # Where half can come about, plans beyond four fifths are tried too.
    assert found["as it is", "best_planned_share"] == pytest.approx(0.8, abs=0.01)
    assert found[half_of_the_week.REALISED, "best_planned_share"] == pytest.approx(0.9, abs=0.01)
    assert found[f"{half_of_the_week.REALISED}, 0.8 planned", "coaching_share_realised"] == pytest.approx(0.4)


def test_status_quos_of_the_best_plan_are_how_things_are_and_not_what_is_new():
    for changes in half_of_the_week.CASES.values():
        here = Scenario().change(changes)
        assert here.policy == here.status_quo


def test_more_coaching_is_told_as_a_part_of_the_status_quo_whatever_it_plans():
    plans = {"policy.coaching_share": 0.4, "status_quo.coaching_share": 0.4}
    firm = planted(lambda scenario: 10.0 * scenario.policy.coaching_share, Scenario().change(plans),
                   coaching_share_realised=lambda scenario: scenario.policy.coaching_share / 2)
    found = told("more_coaching", firm)
    assert found["as it is", "revenue_at_0.5"] == pytest.approx((5.0 - 2.0) / 4.0)
    for share in more_coaching.STEPS:
        assert found["weak coaches", f"realised_at_{share:g}"] == pytest.approx(share / 2)


# --- what is, and what is not, in the arm


def test_growth_is_told_against_the_twin_also_with_no_more_coaching_than_before():
    def world(scenario):
        return 10.0 + 5.0 * (scenario.policy.role_clarity == 0.9) + 10.0 * (scenario.policy.coaching_share - 0.2)

    found = told("grow_people", planted(world, CLAIMS["grow_people"].beginning("evidence")))
    assert found["everything but people", "revenue_against_twin"] == pytest.approx(0.5)
    assert found["everything but people, no more coaching hours than before", "revenue_against_twin"] == pytest.approx(
        0.45)
    assert found["everything but people, and no coaching at all", "revenue_against_twin"] == pytest.approx(0.3)
    assert ("nothing new", "revenue_against_twin") not in found


def test_reviews_and_overdose_are_switched_off_in_the_details():
    def world(scenario):
        policy, costs = scenario.policy, scenario.world.accountability_overdose > 0.0
        return 10.0 + policy.kpi_review + (-1.0 if costs and policy.accountability > 0.7 else policy.accountability)

    found = told("more_reviews", planted(world))
    assert CLAIMS["more_reviews"].assumed
    assert found["accountability 1", "revenue"] == pytest.approx(-1.4 / 11.4)
    assert found["accountability 1, no KPI review", "revenue"] == pytest.approx(-2.4 / 11.4)
    assert found["accountability 1, no overdose", "revenue"] == pytest.approx(0.6 / 11.4)
