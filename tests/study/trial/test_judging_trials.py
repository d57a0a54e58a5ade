"""Power, false alarms and worth of trials on firms whose truth is planted."""

import dataclasses
import math

import numpy as np
import pytest
from planted_firms import planted

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.seen import COLUMNS
from simlead.statistics.trial_power import t_test_power
from simlead.statistics.value_of_trial import value_of_normal_trial
from simlead.study.trial.design import trial_answer
from simlead.study.trial.judging import judged, outcome_table, over_teams, plausible, surrogates
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.worth import Prior, earned, line_over, prior_of

TEAMS = TrialPlan("teams", 8, 4, 6, 6, outcomes=("sessions_held",))
ALL = TrialPlan("before-after", 8, 8, 6, 6, outcomes=("sessions_held",))
STEPS = TrialPlan("stepped", 4, 4, 6, 12, 0, 3, 1, ("sessions_held",))


@pytest.mark.parametrize("estimator", ["difference_in_differences", "ancova", "mixed_model", "randomisation_test"])
def test_false_alarms_are_five_in_a_hundred_where_nothing_is_done(estimator):
    # The mixed model takes a team's months as equally related, so it is asked where they are.
    noise = 0.0 if estimator == "mixed_model" else 1.0
    runs = planted(TEAMS, effects=(0.0,) * 4, replications=400, noise=noise)
    one = judged(runs, TEAMS, "sessions_held", estimator, 0)
    alarms = one.rate(0.0)
    if estimator == "randomisation_test":   # exact, and at most 5 %: 2 of 70 ways
        assert alarms.low <= 2 / 70 <= alarms.high
    else:
        wide = (alarms.high - alarms.low) / 2
        assert abs(alarms.mean - 0.05) < 2.0 * wide


def test_power_is_that_of_the_noncentral_t():
    runs = planted(TEAMS, effects=(1.5,) * 4, replications=300, by_month=0.0)
    power = judged(runs, TEAMS, "sessions_held", "difference_in_differences", 0).power()
    exact = float(t_test_power(1.5, math.sqrt(2.0 * (1 / 4 + 1 / 4)), 6.0))
    half = (power.high - power.low) / 2
    assert abs(power.mean - exact) < 2.0 * half


def test_before_and_after_takes_a_common_change_for_the_effect_and_is_not_offered():
    quiet, chosen = outcome_table(planted(ALL, effects=(0.0,) * 4, replications=100), ALL, 0)
    assert chosen["sessions_held"].estimator == "before_and_after"
    # A firm's level that moves between the two halves of the trial by chance looks like a step of its series.
    assert quiet.set_index("estimator").loc["interrupted_series", "why"] == "too_many_alarms"
    moving, chosen = outcome_table(planted(ALL, effects=(0.0,) * 4, replications=100, common=3.0), ALL, 0)
    assert moving["why"].tolist() == ["too_many_alarms"] * 2 and not chosen
    against, chosen = outcome_table(planted(TEAMS, effects=(0.0,) * 4, replications=100, common=3.0), TEAMS, 0)
    assert "sessions_held" in chosen


def test_the_mixed_model_is_not_offered_where_near_months_are_more_alike():
    table, chosen = outcome_table(planted(TEAMS, effects=(0.0,) * 4, replications=50), TEAMS, 0)
    rows = table.set_index("estimator")
    assert rows.loc["mixed_model", "why"] == "too_many_alarms" and not rows.loc["mixed_model", "offered"]
    assert chosen["sessions_held"].estimator in ("difference_in_differences", "ancova")


def test_a_firm_of_one_team_sees_a_large_step_of_its_series_and_is_told_how_many_teams_would_see_a_small_one():
    one = TrialPlan("before-after", 1, 1, 12, 12, outcomes=("sessions_held",))
    runs = planted(one, effects=(3.0,) * 4, replications=50, noise=0.0)
    table, chosen = outcome_table(runs, one, 0)
    row = table.iloc[0]
    assert table["estimator"].tolist() == ["interrupted_series"] and row["power"] > 0.9
    assert abs(row["false_alarms"] - 0.05) < 0.03 and chosen["sessions_held"].estimates.mean() == pytest.approx(
        3.0, abs=0.1)
    small = planted(one, effects=(1.5,) * 4, replications=50, noise=1.0, by_month=0.0)
    table, chosen = outcome_table(small, one, 0)
    enough = float(over_teams(small, one, chosen, table)["teams_enough"].iloc[0])
    exact = [float(t_test_power(1.5, math.sqrt(2.0) * math.sqrt(4.0 / teams), teams - 2.0))
             for teams in (enough - 4, enough + 4)]
    assert exact[0] < 0.8 < exact[1]


def test_an_effect_that_is_the_same_everywhere_is_estimated_without_bias():
    for plan in (TEAMS, ALL):
        runs = planted(plan, effects=(2.0,) * 4, replications=100)
        name = "difference_in_differences" if plan is TEAMS else "before_and_after"
        estimates = judged(runs, plan, "sessions_held", name, 0).estimates
        assert abs(estimates.mean() - 2.0) < 5.0 * estimates.std() / math.sqrt(len(estimates))


def test_a_stepped_rollout_sees_a_large_effect():
    runs = planted(STEPS, effects=(0.0,), replications=60, months=12, noise=0.0, by_month=0.2)
    starts = np.array([np.random.default_rng(place).permutation(STEPS.starts) for place in range(60)])
    months = np.arange(18) - 6
    changed = runs.without.copy()
    changed[:, 0] += 300.0 * (months[None, None] >= starts[:, :, None])
    there = dataclasses.replace(runs, with_change=changed, starts=starts)
    one = judged(there, STEPS, "sessions_held", "randomisation_test", 0)
    assert one.power().mean > 0.95 and one.rate(0.0).mean < 0.12
    assert one.estimates.mean() == pytest.approx(3.0, abs=0.1)


def test_more_teams_are_enough_where_these_are_not():
    runs = planted(TEAMS, effects=(1.5,) * 4, replications=100, by_month=0.0)
    table, chosen = outcome_table(runs, TEAMS, 0)
    enough = float(over_teams(runs, TEAMS, chosen, table)["teams_enough"].iloc[0])
    exact = next(teams for teams in range(4, 65, 2)
                 if float(t_test_power(1.5, math.sqrt(2.0 * 4.0 / teams), teams - 2.0)) >= 0.8)
    assert abs(enough - exact) <= 6


def test_an_outcome_that_moves_money_predicts_it_and_one_that_does_not_does_not():
    effects = np.linspace(0.0, 3.0, 16)
    runs = planted(TEAMS, effects=effects, replications=6)
    after = np.arange(18) >= 6
    runs.with_change[:, COLUMNS.index("won_value")] += 10.0 * np.repeat(effects, 6)[:, None, None] * after
    runs.with_change[:, COLUMNS.index("meetings")] += (np.random.default_rng(0).normal(size=96) * 5.0)[:, None, None]
    found = surrogates(runs, TEAMS, ["sessions_held", "meetings_held"], 6, 0).set_index("outcome")
    assert found.loc["sessions_held", "share"] > 0.95
    assert not found.loc["meetings_held", "low"] > 0.5     # noise alone: little or nothing, or not known


def test_few_runs_do_not_make_an_effect_look_known():
    runs = planted(TEAMS, effects=(0.5,) * 16, replications=4)
    noisy = np.random.default_rng(0).normal(size=runs.without[:, 0].shape)
    runs.with_change[:, COLUMNS.index("sessions")] += 300.0 * noisy
    mean, low, high = plausible(runs, TEAMS, "sessions_held")
    assert low < 0.5 < high and low < mean < high
    sure = plausible(planted(TEAMS, effects=tuple(np.linspace(0.0, 1.0, 201)), replications=2), TEAMS, "sessions_held")
    assert sure[1:] == pytest.approx((0.05, 0.95), abs=0.02)


# --- what a trial is worth


def normal_prior(mean, deviation, error, number=4001):
    from scipy.special import ndtri

    places = (np.arange(number) + 0.5) / number
    gains = mean + deviation * ndtri(places)
    return Prior(np.full(number, 1.0 / number), gains, error, gains, gains, np.zeros(number))


@pytest.mark.parametrize(("mean", "error"), [(0.0, 1.0), (0.5, 0.5), (-1.0, 2.0)])
def test_evsi_is_exact_for_two_options_and_a_normal_prior(mean, error):
    found = normal_prior(mean, 1.0, error).value()
    assert found.evsi == pytest.approx(value_of_normal_trial(mean, 1.0, error), abs=2e-3)


def test_evsi_is_never_above_what_knowing_the_effect_is_worth():
    random = np.random.default_rng(0)
    for _ in range(20):
        shown = random.normal(size=24)
        money = random.normal(size=24) + random.normal() * shown
        own = random.dirichlet(np.ones(24))
        fitted = line_over(shown, money, own)
        worth = Prior(own, shown, float(random.uniform(0.05, 3.0)), fitted, fitted, np.zeros(24)).value()
        known = float(own @ np.maximum(fitted, 0.0)) - max(0.0, float(own @ fitted))
        assert -1e-12 <= worth.evsi <= known + 1e-9 and worth.evpi == pytest.approx(known)


def test_a_precise_outcome_that_has_nothing_to_do_with_money_is_worth_nothing():
    shown = np.linspace(-1.0, 1.0, 48)
    money = np.where(np.arange(48) % 2 == 0, 1.0, -1.0)
    fitted = line_over(shown, money, np.full(48, 1 / 48))
    assert Prior(np.full(48, 1 / 48), shown, 1e-3, fitted, fitted, np.zeros(48)).value().evsi < 0.02


def test_money_of_a_trial_is_that_of_its_starts():
    plan = TrialPlan("teams", 4, 1, 6, 4, outcomes=("sessions_held",))
    runs = planted(plan, effects=(1.0,), replications=2, months=12, money=100.0)
    found = earned(runs, plan, 4, 12)
    assert found["now"].tolist() == [1200.0] * 2
    assert found["drop"].tolist() == [100.0] * 2                # one team of four, four months
    assert found["adopt"].tolist() == [(1200.0 + 3 * 800.0) / 4] * 2


@pytest.mark.parametrize(("effects", "best"), [
    (np.linspace(2.0, 3.0, 16), "now"), (np.linspace(-3.0, -2.0, 16), "leave"),
    (np.r_[np.full(8, -6.0), np.full(8, 6.0)], "try"),
])
def test_the_answer_is_the_option_that_earns_most(effects, best):
    plan = TrialPlan("teams", 4, 2, 6, 3, 0, outcomes=("sessions_held",))
    runs = planted(plan, effects=effects, replications=4, months=36, money=20_000.0, noise=0.5)
    found = trial_answer(Scenario(), {"policy.coaching_share": 0.5}, plan, runs, primary=None, horizon=36, seed=0,
                         early=False)
    assert found.best == best
    assert prior_of(runs, plan, judged(runs, plan, "sessions_held", "difference_in_differences", 0), 36).error > 0.0


def test_an_outcome_that_is_to_decide_without_an_analysis_is_refused_with_the_reason():
    plan = dataclasses.replace(TEAMS, outcomes=("sessions_held", "win_rate"))   # each firm wins the same: no noise
    runs = planted(plan, effects=np.linspace(-1.0, 2.0, 16), replications=4, months=36)

    def asked(primary):
        return trial_answer(Scenario(), {"policy.coaching_share": 0.5}, plan, runs, primary=primary, horizon=36, seed=0,
                            early=True)

    assert asked("sessions_held").primary == asked(None).primary == "sessions_held"
    with pytest.raises(ParameterError) as refusal:
        asked("win_rate")
    assert str(refusal.value).startswith("outcome 'win_rate': no analysis of it is offered (difference in differences: "
                                         "no noise; ")
    assert str(refusal.value).endswith("); offered is sessions_held")
