"""A trial's plan is checked before anything is run."""

import math
import re

import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.statistics.trial_designs import NEVER
from simlead.study.trial.design import design_trial
from simlead.study.trial.plan import CARRIED, TrialPlan, no_crossover, planned
from simlead.study.trial.reading import assignments, estimators_of

FIRM = Scenario()
MORE = FIRM.change({"policy.coaching_share": 0.5})


def plan(firm=FIRM, policy=MORE, **changes):
    asked = {"arms": "teams", "treated": None, "months": 12, "base_months": 12, "waiting": None, "outcomes": None}
    return planned(firm, policy, **{**asked, **changes})


@pytest.mark.parametrize(("changes", "said"), [
    ({"treated": 5}, r"treated = 5: the firm has 4 teams; allowed is 1 to 3"),
    ({"treated": 0}, "allowed is 1 to 3"),
    ({"months": 40}, r"months = 40: allowed is a whole number from 2 to 36, because calendar.horizon_weeks = 156"),
    ({"base_months": 30}, "because calendar.warmup_weeks = 104"),
    ({"outcomes": "market_share"}, "the firm cannot see it by team and month"),
    ({"outcomes": []}, "at least one is needed"),
    ({"arms": "reps"}, "a manager's whole team"),
    ({"arms": "crossover"}, "no control for the others; allowed is before-after"),
    ({"arms": "cross-over"}, "did you mean crossover"),
    ({"arms": "step"}, "did you mean stepped"),
    ({"waiting": 12}, "waiting = 12: allowed is a whole number from 0 to 11"),
    ({"arms": "before-after", "treated": 2}, "treats all 4 teams"),
    ({"arms": "stepped", "treated": 2}, "reaches all 4 teams"),
    ({"arms": "stepped", "base_months": 2}, "needs 3 or more"),
    ({"policy": FIRM}, "nothing is changed"),
    ({"policy": FIRM.change({"organisation.teams": 5, "policy.coaching_share": 0.5})}, "a trial changes the policy"),
    ({"firm": FIRM.rollout({1: 0}), "policy": MORE.rollout({1: 0})}, "never start"),
])
def test_what_cannot_be_tried_is_refused_in_one_line(changes, said):
    with pytest.raises(ParameterError, match=said) as refusal:
        plan(**changes)
    assert "\n" not in str(refusal.value)


def test_a_firm_of_two_teams_has_no_noise_to_compare_with():
    two = FIRM.change({"organisation.teams": 2})
    with pytest.raises(ParameterError, match="3 or more are needed.*allowed is before-after"):
        plan(two, two.change({"policy.coaching_share": 0.5}))


@pytest.mark.parametrize(("teams", "arms", "analyses"), [
    (1, "before-after", ["interrupted_series"]), (2, "before-after", ["before_and_after", "interrupted_series"]),
    (3, "teams", ["difference_in_differences"])])
def test_without_a_design_small_firms_are_tried_before_and_after(teams, arms, analyses):
    firm = FIRM.change({"organisation.teams": teams})
    found = plan(firm, firm.change({"policy.coaching_share": 0.5}), arms=None)
    assert found.arms == arms and [name for name, why in estimators_of(found).items() if not why] == analyses


def test_a_crossover_is_refused_by_how_long_coaching_lasts_in_the_firm():
    for fade in (4.0, FIRM.world.fade_months):
        firm = FIRM.change({"world.fade_months": fade})
        with pytest.raises(ParameterError) as refusal:
            plan(firm, firm.change({"policy.coaching_share": 0.5}), arms="crossover")
        half, clean, parameter = (float(number) for number in re.search(
            r"there (\S+) months after it ends, and 5 % after (\S+) \(world.fade_months = (\S+)\)",
            str(refusal.value)).groups())
        assert parameter == fade
        assert math.exp(-half / fade) == pytest.approx(0.5, abs=0.02)
        assert math.exp(-clean / fade) == pytest.approx(CARRIED, abs=0.005)


def test_a_waiting_that_outlasts_coaching_is_refused_for_another_reason():
    enough = math.ceil(4.0 * math.log(1.0 / CARRIED))
    assert "still there" in no_crossover(4.0, enough - 1)
    assert "nothing else of a change" in no_crossover(4.0, enough)


def test_half_of_the_teams_are_treated_unless_said_otherwise():
    assert plan().starts == (0, 0, NEVER, NEVER)
    assert plan(treated=1).starts == (0, NEVER, NEVER, NEVER)


def test_a_stepped_rollout_reaches_every_team_within_its_months():
    found = plan(arms="stepped", base_months=7)
    assert (found.starts, found.step, found.base_months, found.months) == ((0, 3, 6, 9), 3, 6, 12)
    many = FIRM.change({"organisation.teams": 30})
    wide = plan(many, many.change({"policy.coaching_share": 0.5}), arms="stepped")
    assert len(wide.starts) == 30 and max(wide.starts) < 12


def test_few_teams_allow_few_analyses_and_the_reason_is_told():
    assert estimators_of(plan()) == {"difference_in_differences": "", "ancova": "", "mixed_model": "too_few_teams",
                                     "randomisation_test": "too_few_assignments"}
    assert set(estimators_of(TrialPlan("teams", 8, 4, 12, 12)).values()) == {""}
    assert estimators_of(plan(arms="stepped")) == {"randomisation_test": "", "mixed_model": ""}


def test_every_way_to_deal_is_looked_at_once():
    ways = assignments(plan(), 2, 0)
    assert ways.shape == (2, 3, 4) and len({tuple(way) for way in ways[0]}) == 3
    assert assignments(plan(treated=1), 2, 0).shape == (2, 4, 4)
    assert assignments(TrialPlan("teams", 12, 6, 12, 12), 2, 0).shape == (2, 6, 12)


def test_a_firm_with_a_plan_of_its_own_is_refused_and_its_plan_not_left_out_in_silence():
    firm = Scenario().change({"plan": [{"week": 26, "team": 1, "hire": 2}]})
    with pytest.raises(ParameterError, match="people plan of its own would mix"):
        design_trial(firm, {"policy.coaching_share": 0.5}, worlds=16)
