"""Each term of each rule: its direction, its size by a formula written once more, and its limits.

The formulas are those of the model's specification, in plain Python; a term whose sign is flipped or that is
dropped fails here: `test_rule_faults.py` plants such faults one by one.
"""

import itertools
import math
from importlib import import_module

import numpy as np
import pytest
from scipy import integrate, stats

from simlead.model.rules import buyers, coaching, managers, people, reps

EXP, LOG = math.exp, math.log


def plain(rule):
    """The rule as Python runs it, whether or not a compiler is there."""
    return getattr(rule, "py_func", rule)


def sigmoid(x):
    return 1.0 / (1.0 + EXP(-x))


def clip(x, low, high):
    return float(np.clip(x, low, high))


# --- directions: what more of each argument does, everything else being equal (+, -, or 0 for nothing)

QUIT = {"hazard_per_month": 0.03, "months": 2.0, "first_year": False, "first_year_factor": 1.5, "people_skill": 0.5,
        "people_skill_factor": 0.8, "dose": 2.0, "reference_dose": 3.1, "dose_effect": 0.05, "coached": False,
        "coached_effect": 0.1, "below_quota": False, "below_quota_effect": 0.5, "dose_limit": 10.0,
        "quality_counts": False, "quality": 0.7}
GATE = {"intercept": 0.2, "skill_effect": 0.2, "skill": 0.5, "lift": 0.1, "ageing_per_week": 0.08,
        "overdue_weeks": 2.0, "size_effect": 0.12, "log_size": 0.6}
LAST = {"our_utility": 1.0, "no_decision_utility": 1.1, "rivals": 2, "our_skill_effect": 0.14,
        "no_decision_skill_effect": 0.1, "skill": 0.5, "lift": 0.2, "ageing_per_week": 0.08, "overdue_weeks": 1.0,
        "size_effect": 0.12, "log_size": 0.6}
AGAIN = {
    buyers.arrival_gap: {"unit_gap": 1.3, "rate_per_hour": 0.5, "log_growth_per_hour": 0.01, "now": 10.0},
    buyers.arrivals_within: {"rate_per_hour": 0.5, "log_growth_per_hour": 0.01, "now": 10.0, "hours": 7.0},
    buyers.months_since_switch: {"hours": 1000.0},
    buyers.month_of_year: {"months": 7, "switch_month": 3},
    buyers.pulled_gap: {"gap": 60.0, "now": 680.0, "switch_month": 3, "window_hours": 70.0},
    buyers.growth_index: {"log_growth_per_hour": 0.01, "now": 10.0},
    buyers.deal_value: {"value_z": 0.5, "median": 100.0, "sigma": 0.8},
    buyers.quantile_below: {"u": 0.6, "count": 5},
    buyers.value_between: {"u": 0.6, "count": 5, "below": 20.0, "above": 40.0},
    buyers.pace_hours: {"value_z": 0.5, "pace_z": 0.4, "median_hours": 400.0, "elasticity": 0.3, "value_sigma": 0.8,
                        "pace_sigma": 0.55},
    buyers.noticing_probability: {"at_norm": 0.6, "hours": 8.0, "norm_hours": 11.0, "elasticity": 0.34, "least": 0.1},
    buyers.covered_noticing: {"own": 0.2, "cover": 0.9, "others": 0.6},
    buyers.rivals_answer: {"share": 0.4, "won": 3.0, "won_by_all": 12.0, "base_won": 8.0, "base_won_by_all": 50.0},
    buyers.meeting_gap: {"unit_gap": 1.1, "pace": 400.0, "meetings": 10},
    buyers.lognormal_of_mean: {"z": 0.5, "mean": 2.0, "sigma": 0.4},
    buyers.gate_probability: GATE,
    buyers.last_gate: LAST,
    buyers.won_value: {"value": 100.0, "value_skill_effect": 0.08, "skill": 0.5},
    buyers.discounted: {"value": 100.0, "discount": 0.2},
    coaching.receptivity: {"z": 0.5, "slope": 0.35, "low": 0.2, "high": 1.6},
    coaching.gain_target: {"gain_max": 0.2, "quality": 0.8, "receptive": 1.1, "dose": 3.0, "half_dose": 2.0},
    coaching.gain_after: {"gain": 0.05, "target": 0.2, "step_hours": 1.0, "learning_hours": 3.0,
                          "fading_hours": 16.0, "floor": -0.1},
    coaching.smoothed: {"value": 4.0, "latest": 8.0, "weeks": 4.0},
    coaching.focus_target: {"stage_is_weakest": False, "accountability": 0.4, "stages": 3},
    coaching.hours_for_a_coached_rep: {"hours": 4.4, "coaching_share": 0.5, "status_quo_share": 0.2},
    coaching.reps_coached: {"budget_hours": 8.0, "hours_per_rep": 3.0, "u": 0.5, "filled": 7},
    coaching.attention: {"z": 0.5, "u": 0.4, "sd": 1.2, "ability_effect": 0.6, "ability": 0.7},
    coaching.one_to_one_length: {"hours": 0.5, "filled": 6, "coached": 3},
    coaching.sittings: {"hours": 1.5},
    managers.quality_of: {"z": 0.3, "mean": 1.0, "sd": 1.09, "low": -1.0, "high": 3.0},
    managers.fit_z: {"u": 0.4, "mean": 1.0, "sd": 1.09, "unfit_below": 0.3},
    managers.correlated: {"z": 0.8, "own": -0.3, "correlation": 0.6},
    managers.adherence: {"clarity": 0.4, "accountability": 0.4, "floor": 0.3, "gain": 0.5},
    managers.heroic_probability: {"base": 0.25, "chi": 0.4, "heroics": 0.8},
    managers.heroic_hours: {"u": 0.5, "low": 4, "high": 8},
    managers.own_selling_credit: {"productivity": 1.3, "ramped_revenue_per_year": 5000.0, "hours": 3.0,
                                  "hours_per_year": 2080.0, "index": 1.2},
    managers.adopted: {"before": 0.2, "after": 0.6, "weeks_since_switch": 1, "adoption_weeks": 4},
    managers.sessions_within: {"budget_hours": 4.2, "session_hours": 0.5},
    people.quit_probability: QUIT,
    people.mean_tenure_months: {"hazard_per_month": 0.03, "first_year_factor": 1.5},
    people.stationary_tenure_months: {"u": 0.4, "hazard_per_month": 0.03, "first_year_factor": 1.5},
    people.vacancy_share: {"vacancy_months": 3.0, "tenure_months": 30.0},
    people.promotion_penalty: {"sales_ratio": 1.7, "slope": 0.075, "causal_share": 0.5, "gain_max": 0.2,
                               "reference_dose": 3.1, "half_dose": 2.0},
    people.attainment: {"sales": 50.0, "quota_per_year": 100.0, "index": 1.1, "weeks": 26.0},
    reps.skill_spread: {"skill_effect": 0.2, "value_skill_effect": 0.08},
    reps.log_ramp: {"tenure_hours": 2.0, "start": 0.3, "ramp_hours": 3.0},
    reps.stage_skill: {"ability": 0.3, "stage_z": 0.2, "weight": 1.1, "gain": 0.15, "log_ramp_now": -0.2,
                       "spread": 0.4},
    reps.selling_share: {"clarity": 0.4, "low": 0.22, "slope": 0.23, "exponent": 0.7},
    reps.overhead_factor: {"clarity": 0.7, "reference": 0.4, "strength": 1.5, "width": 0.3},
    reps.meeting_factor: {"face_to_face_share": 0.4, "overhead": 0.8},
    reps.effort: {"accountability": 0.8, "effect": 0.07, "overdose": 0.5, "overdose_from": 0.7},
    reps.cover: {"share": 0.6, "vacant": 2, "filled": 6},
    reps.drifted: {"ability": 0.8, "kept": 0.7, "z": -0.4},
    reps.toward: {"value": 0.2, "target": 1.0, "decay": 0.75},
    reps.step_decay: {"step_hours": 1.0, "time_constant_hours": 3.0},
    reps.clarity_target: {"role_clarity": 0.6, "quality_slope": 0.03, "quality": 1.5, "shift": 0.05},
}

DIRECTIONS = [
    (buyers.arrival_gap, "unit_gap", "+", {}), (buyers.arrival_gap, "rate_per_hour", "-", {}),
    (buyers.arrival_gap, "log_growth_per_hour", "-", {}), (buyers.arrival_gap, "now", "-", {}),
    *((buyers.arrivals_within, name, "+", {}) for name in ("rate_per_hour", "log_growth_per_hour", "now", "hours")),
    (buyers.months_since_switch, "hours", "+", {"hours": 1039.9}),
    (buyers.month_of_year, "months", "+", {}), (buyers.month_of_year, "switch_month", "+", {}),
    (buyers.month_of_year, "months", "-", {"months": 9}),  # from December to January
    (buyers.pulled_gap, "gap", "-", {}), (buyers.pulled_gap, "now", "-", {}),
    (buyers.pulled_gap, "window_hours", "0", {}), (buyers.pulled_gap, "window_hours", "-", {"window_hours": 46.5}),
    (buyers.growth_index, "log_growth_per_hour", "+", {}), (buyers.growth_index, "now", "+", {}),
    (buyers.deal_value, "value_z", "+", {}), (buyers.deal_value, "median", "+", {}),
    (buyers.deal_value, "sigma", "+", {}),
    (buyers.value_between, "u", "+", {}), (buyers.value_between, "below", "+", {}),
    (buyers.value_between, "above", "+", {}),
    (buyers.pace_hours, "value_z", "+", {}), (buyers.pace_hours, "pace_z", "+", {}),
    (buyers.pace_hours, "median_hours", "+", {}), (buyers.pace_hours, "elasticity", "+", {}),
    (buyers.pace_hours, "pace_sigma", "+", {}), (buyers.pace_hours, "value_sigma", "+", {}),
    (buyers.noticing_probability, "at_norm", "+", {}), (buyers.noticing_probability, "hours", "+", {}),
    (buyers.noticing_probability, "norm_hours", "-", {}), (buyers.noticing_probability, "elasticity", "-", {}),
    (buyers.noticing_probability, "least", "+", {"hours": 0.0}), (buyers.noticing_probability, "least", "0", {}),
    (buyers.covered_noticing, "cover", "+", {}), (buyers.covered_noticing, "others", "+", {}),
    (buyers.covered_noticing, "own", "0", {}), (buyers.covered_noticing, "own", "+", {"own": 0.8}),
    *((buyers.rivals_answer, name, "+", {}) for name in ("share", "won", "base_won_by_all")),
    *((buyers.rivals_answer, name, "-", {}) for name in ("won_by_all", "base_won")),
    (buyers.rivals_answer, "share", "-", {"won": 1.0}),
    (buyers.meeting_gap, "unit_gap", "+", {}), (buyers.meeting_gap, "pace", "+", {}),
    (buyers.meeting_gap, "meetings", "-", {}),
    (buyers.lognormal_of_mean, "z", "+", {}), (buyers.lognormal_of_mean, "mean", "+", {}),
    (buyers.lognormal_of_mean, "sigma", "+", {"z": 2.0}), (buyers.lognormal_of_mean, "sigma", "-", {"z": 0.0}),
    *((buyers.gate_probability, name, "+", {}) for name in ("intercept", "skill_effect", "skill", "lift")),
    *((buyers.gate_probability, name, "-", {}) for name in ("ageing_per_week", "overdue_weeks", "size_effect",
                                                            "log_size")),
    *((rule, "size_effect", "+", {"log_size": -0.6}) for rule in (buyers.gate_probability, buyers.last_gate)),
    *((buyers.last_gate, name, "+", {}) for name in ("our_utility", "our_skill_effect", "no_decision_skill_effect",
                                                     "skill", "lift")),
    *((buyers.last_gate, name, "-", {}) for name in ("no_decision_utility", "rivals", "ageing_per_week",
                                                     "overdue_weeks", "size_effect", "log_size")),
    *((buyers.won_value, name, "+", {}) for name in ("value", "value_skill_effect", "skill")),
    (buyers.discounted, "value", "+", {}), (buyers.discounted, "discount", "-", {}),
    (coaching.receptivity, "z", "-", {}), (coaching.receptivity, "slope", "-", {}),
    (coaching.receptivity, "slope", "+", {"z": -0.5}),
    *((coaching.gain_target, name, "+", {}) for name in ("gain_max", "quality", "receptive", "dose")),
    (coaching.gain_target, "half_dose", "-", {}),
    (coaching.gain_after, "gain", "+", {}), (coaching.gain_after, "target", "+", {}),
    (coaching.gain_after, "step_hours", "+", {}), (coaching.gain_after, "learning_hours", "-", {}),
    (coaching.gain_after, "fading_hours", "0", {}), (coaching.gain_after, "fading_hours", "+", {"target": 0.0}),
    (coaching.gain_after, "step_hours", "-", {"target": 0.0}), (coaching.gain_after, "learning_hours", "0",
                                                                 {"target": 0.0}),
    (coaching.smoothed, "latest", "+", {}), (coaching.smoothed, "value", "+", {}),
    (coaching.smoothed, "weeks", "-", {}),
    (coaching.focus_target, "accountability", "-", {}),
    (coaching.focus_target, "accountability", "+", {"stage_is_weakest": True}),
    (coaching.focus_target, "stages", "+", {"stage_is_weakest": True}),
    (coaching.hours_for_a_coached_rep, "hours", "+", {}), (coaching.hours_for_a_coached_rep, "coaching_share", "+", {}),
    (coaching.hours_for_a_coached_rep, "status_quo_share", "-", {}),
    (coaching.reps_coached, "budget_hours", "+", {"budget_hours": 10.49}),
    (coaching.reps_coached, "hours_per_rep", "-", {"budget_hours": 7.51}),
    (coaching.reps_coached, "u", "+", {"u": 0.33}), (coaching.reps_coached, "filled", "+", {"filled": 2}),
    (coaching.reps_coached, "filled", "0", {}),
    *((coaching.attention, name, "+", {}) for name in ("z", "u", "sd", "ability_effect", "ability")),
    (coaching.one_to_one_length, "hours", "+", {}), (coaching.one_to_one_length, "filled", "+", {}),
    (coaching.one_to_one_length, "coached", "-", {}), (coaching.one_to_one_length, "hours", "0", {"coached": 1}),
    (coaching.sittings, "hours", "+", {"hours": 1.99}), (coaching.sittings, "hours", "0", {}),
    *((managers.quality_of, name, "+", {}) for name in ("z", "mean", "sd")),
    (managers.quality_of, "sd", "-", {"z": -0.3}),
    (managers.fit_z, "u", "+", {}), (managers.fit_z, "unfit_below", "+", {}),
    (managers.correlated, "z", "+", {}), (managers.correlated, "own", "+", {}),
    *((managers.adherence, name, "+", {}) for name in ("clarity", "accountability", "floor", "gain")),
    (managers.heroic_probability, "base", "+", {}), (managers.heroic_probability, "chi", "-", {}),
    (managers.heroic_probability, "heroics", "+", {}),
    (managers.own_selling_credit, "hours_per_year", "-", {}),
    *((managers.own_selling_credit, name, "+", {}) for name in ("productivity", "ramped_revenue_per_year", "hours",
                                                                "index")),
    (managers.adopted, "weeks_since_switch", "+", {}), (managers.adopted, "adoption_weeks", "-", {}),
    (managers.adopted, "after", "+", {}), (managers.adopted, "before", "+", {}),
    (people.quit_probability, "hazard_per_month", "+", {}), (people.quit_probability, "months", "+", {}),
    (people.quit_probability, "first_year", "+", {}),
    (people.quit_probability, "first_year_factor", "+", {"first_year": True}),
    (people.quit_probability, "first_year_factor", "0", {}),
    (people.quit_probability, "people_skill", "-", {}), (people.quit_probability, "people_skill_factor", "+", {}),
    (people.quit_probability, "dose", "-", {}), (people.quit_probability, "reference_dose", "+", {}),
    (people.quit_probability, "dose_effect", "+", {}), (people.quit_probability, "dose_effect", "-", {"dose": 5.0}),
    (people.quit_probability, "dose", "0", {"dose_limit": 1.0}), (people.quit_probability, "dose_limit", "0", {}),
    (people.quit_probability, "dose_limit", "-", {"dose_limit": 1.0}),
    (people.quit_probability, "quality_counts", "+", {}), (people.quit_probability, "quality", "0", {}),
    (people.quit_probability, "quality", "-", {"quality_counts": True}),
    (people.quit_probability, "quality", "0", {"quality_counts": True, "quality": -0.5}),
    (people.quit_probability, "quality", "0", {"quality_counts": True, "quality": 1.5}),
    (people.quit_probability, "coached", "-", {}),
    (people.quit_probability, "coached_effect", "-", {"coached": True}),
    (people.quit_probability, "coached_effect", "0", {}),
    (people.quit_probability, "below_quota", "+", {}),
    (people.quit_probability, "below_quota_effect", "+", {"below_quota": True}),
    (people.quit_probability, "below_quota_effect", "0", {}),
    (people.mean_tenure_months, "hazard_per_month", "-", {}), (people.mean_tenure_months, "first_year_factor", "-", {}),
    (people.stationary_tenure_months, "u", "+", {}), (people.stationary_tenure_months, "u", "+", {"u": 0.8}),
    (people.stationary_tenure_months, "hazard_per_month", "-", {"u": 0.8}),
    (people.vacancy_share, "vacancy_months", "+", {}), (people.vacancy_share, "tenure_months", "-", {}),
    *((people.promotion_penalty, name, "+", {}) for name in ("sales_ratio", "slope", "causal_share", "half_dose")),
    *((people.promotion_penalty, name, "-", {}) for name in ("gain_max", "reference_dose")),
    (people.attainment, "sales", "+", {}),
    *((people.attainment, name, "-", {}) for name in ("quota_per_year", "index", "weeks")),
    (reps.skill_spread, "skill_effect", "+", {}), (reps.skill_spread, "value_skill_effect", "+", {}),
    (reps.log_ramp, "tenure_hours", "+", {}), (reps.log_ramp, "start", "+", {}), (reps.log_ramp, "ramp_hours", "-", {}),
    *((reps.stage_skill, name, "+", {}) for name in ("ability", "stage_z", "weight", "gain", "log_ramp_now")),
    (reps.stage_skill, "spread", "+", {}), (reps.stage_skill, "spread", "-", {"gain": 0.4}),
    (reps.selling_share, "clarity", "+", {}), (reps.selling_share, "low", "+", {}),
    (reps.selling_share, "slope", "+", {}), (reps.selling_share, "exponent", "-", {}),
    (reps.overhead_factor, "clarity", "-", {}), (reps.overhead_factor, "reference", "+", {}),
    (reps.overhead_factor, "strength", "-", {}), (reps.overhead_factor, "width", "-", {}),
    (reps.overhead_factor, "width", "+", {"clarity": 0.1}),
    (reps.meeting_factor, "face_to_face_share", "+", {}), (reps.meeting_factor, "overhead", "+", {}),
    (reps.effort, "effect", "+", {}), (reps.effort, "overdose", "-", {}), (reps.effort, "overdose_from", "+", {}),
    (reps.effort, "overdose", "0", {"accountability": 0.6}), (reps.effort, "accountability", "+",
                                                              {"accountability": 0.4}),
    (reps.effort, "accountability", "-", {"accountability": 0.9}),
    (reps.cover, "share", "+", {}), (reps.cover, "vacant", "+", {}), (reps.cover, "filled", "-", {}),
    (reps.drifted, "ability", "+", {}), (reps.drifted, "z", "+", {}), (reps.drifted, "kept", "+", {}),
    (reps.toward, "value", "+", {}), (reps.toward, "target", "+", {}), (reps.toward, "decay", "-", {}),
    (reps.step_decay, "step_hours", "-", {}), (reps.step_decay, "time_constant_hours", "+", {}),
    *((reps.clarity_target, name, "+", {}) for name in ("role_clarity", "quality_slope", "quality", "shift")),
    (reps.clarity_target, "quality_slope", "-", {"quality": 0.5}),
]


def number(value):
    return value[0] if isinstance(value, tuple) else float(value)


@pytest.mark.parametrize(("rule", "argument", "direction", "where"), DIRECTIONS)
def test_more_of_an_argument_moves_the_rule_its_way(rule, argument, direction, where):
    here = AGAIN[rule] | where
    value = here[argument]
    more = True if isinstance(value, bool) else value + 1 if isinstance(value, int) else value + 0.01 * max(
        abs(value), 0.5)
    moved = number(plain(rule)(**(here | {argument: more}))) - number(plain(rule)(**here))
    assert (moved > 0.0) - (moved < 0.0) == {"+": 1, "-": -1, "0": 0}[direction]


# --- sizes: each formula written once more

FORMULAS = {
    buyers.growth_index: lambda log_growth_per_hour, now: EXP(log_growth_per_hour * now),
    buyers.deal_value: lambda value_z, median, sigma: median * EXP(sigma * value_z),
    buyers.quantile_below: lambda u, count: (u * (count - 1)) // 1,
    buyers.value_between: lambda u, count, below, above: below + (above - below) * ((u * (count - 1)) % 1.0),
    buyers.pace_hours: lambda value_z, pace_z, median_hours, elasticity, value_sigma, pace_sigma:
        median_hours * EXP(value_sigma * value_z) ** elasticity * EXP(pace_sigma * pace_z),
    buyers.noticing_probability: lambda at_norm, hours, norm_hours, elasticity, least:
        clip(at_norm * (hours / norm_hours) ** elasticity, least, 1.0),
    buyers.meeting_gap: lambda unit_gap, pace, meetings: unit_gap * pace / meetings,
    buyers.lognormal_of_mean: lambda z, mean, sigma: mean * EXP(sigma * z) / EXP(sigma**2 / 2),
    buyers.covered_noticing: lambda own, cover, others: max(own, cover * others),
    buyers.rivals_answer: lambda share, won, won_by_all, base_won, base_won_by_all:
        LOG(clip((won * base_won_by_all) / (won_by_all * base_won), 0.125, 8.0)) * share / (0.65 * (1.0 - share)),
    buyers.gate_probability: lambda intercept, skill_effect, skill, lift, ageing_per_week, overdue_weeks, size_effect,
        log_size: sigmoid(intercept + skill_effect * skill + lift - ageing_per_week * overdue_weeks
                          - size_effect * log_size),
    buyers.arrivals_within: lambda rate_per_hour, log_growth_per_hour, now, hours: integrate.quad(
        lambda t: rate_per_hour * EXP(log_growth_per_hour * t), now, now + hours)[0],
    buyers.months_since_switch: lambda hours: hours / 40.0 // (52.0 / 12.0),
    buyers.month_of_year: lambda months, switch_month: (switch_month + months) % 12 - 1,
    buyers.discounted: lambda value, discount: value - discount * value,
    buyers.won_value: lambda value, value_skill_effect, skill: value * EXP(value_skill_effect * skill),
    coaching.receptivity: lambda z, slope, low, high: clip(1.0 - slope * z, low, high),
    coaching.gain_target: lambda gain_max, quality, receptive, dose, half_dose:
        gain_max * quality * receptive * dose / (dose + half_dose),
    coaching.smoothed: lambda value, latest, weeks: ((weeks - 1.0) * value + latest) / weeks,
    coaching.focus_target: lambda stage_is_weakest, accountability, stages:
        (1.0 - accountability) + accountability * stages * stage_is_weakest,
    coaching.hours_for_a_coached_rep: lambda hours, coaching_share, status_quo_share:
        hours / status_quo_share * coaching_share,
    coaching.reps_coached: lambda budget_hours, hours_per_rep, u, filled:
        min((budget_hours / hours_per_rep + u) // 1, filled),
    coaching.attention: lambda z, u, sd, ability_effect, ability:
        sd * z - LOG(LOG(1.0 / u)) + ability_effect * ability,
    coaching.one_to_one_length: lambda hours, filled, coached: min(2.0, hours / coached * filled),
    coaching.sittings: lambda hours: -(-hours // 1),
    managers.quality_of: lambda z, mean, sd, low, high: clip(mean + sd * z, low, high),
    managers.fit_z: lambda u, mean, sd, unfit_below: stats.truncnorm((unfit_below - mean) / sd, np.inf).ppf(u),
    managers.correlated: lambda z, own, correlation: correlation * z + (1.0 - correlation**2) ** 0.5 * own,
    managers.adherence: lambda clarity, accountability, floor, gain:
        floor + gain * clarity * (1.0 + accountability) / 2.0,
    managers.heroic_probability: lambda base, chi, heroics: base * (1.0 - chi) * heroics,
    managers.own_selling_credit: lambda productivity, ramped_revenue_per_year, hours, hours_per_year, index:
        productivity * (ramped_revenue_per_year / hours_per_year) * hours * index,
    managers.adopted: lambda before, after, weeks_since_switch, adoption_weeks: float(np.interp(
        weeks_since_switch + 1, [0, adoption_weeks], [before, after])),
    managers.sessions_within: lambda budget_hours, session_hours: budget_hours // session_hours,
    people.quit_probability: lambda hazard_per_month, months, first_year, first_year_factor, people_skill,
        people_skill_factor, dose, reference_dose, dose_effect, coached, coached_effect, below_quota,
        below_quota_effect, dose_limit, quality_counts, quality:
        1.0 - EXP(-months * hazard_per_month * first_year_factor**first_year
                  * people_skill_factor**people_skill
                  * EXP(-dose_effect * (min(dose, dose_limit) * (clip(quality, 0.0, 1.0) if quality_counts else 1.0)
                                        - reference_dose))
                  * EXP(-coached_effect * coached) * EXP(below_quota_effect * below_quota)),
    people.vacancy_share: lambda vacancy_months, tenure_months: vacancy_months / (vacancy_months + tenure_months),
    people.promotion_penalty: lambda sales_ratio, slope, causal_share, gain_max, reference_dose, half_dose:
        causal_share * slope * math.log2(sales_ratio) * (reference_dose + half_dose) / (gain_max * reference_dose),
    people.attainment: lambda sales, quota_per_year, index, weeks: sales / (quota_per_year * index) * 52.0 / weeks,
    reps.skill_spread: lambda skill_effect, value_skill_effect: 1.6 * skill_effect + value_skill_effect,
    reps.log_ramp: lambda tenure_hours, start, ramp_hours: LOG(start + (1.0 - start) * (
        1.0 - EXP(-tenure_hours / ramp_hours))),
    reps.stage_skill: lambda ability, stage_z, weight, gain, log_ramp_now, spread:
        ability + stage_z + weight * gain / spread + log_ramp_now / spread,
    reps.selling_share: lambda clarity, low, slope, exponent: (low + slope * clarity) ** exponent,
    reps.overhead_factor: lambda clarity, reference, strength, width: 1.0 - strength * width * (
        (EXP(2.0 * (clarity - reference) / width) - 1.0) / (EXP(2.0 * (clarity - reference) / width) + 1.0)),
    reps.meeting_factor: lambda face_to_face_share, overhead: overhead + face_to_face_share * (1.0 - overhead),
    reps.effort: lambda accountability, effect, overdose, overdose_from:
        (1.0 + effect * accountability) * (1.0 - overdose * max(0.0, accountability - overdose_from) ** 2),
    reps.cover: lambda share, vacant, filled: (filled + share * vacant) / filled,
    reps.drifted: lambda ability, kept, z: kept * ability + (1.0 - kept**2) ** 0.5 * z,
    reps.toward: lambda value, target, decay: decay * value + (1.0 - decay) * target,
    reps.step_decay: lambda step_hours, time_constant_hours: EXP(-step_hours / time_constant_hours),
    reps.clarity_target: lambda role_clarity, quality_slope, quality, shift:
        clip(role_clarity + quality_slope * (quality - 1.0) + shift, 0.0, 1.0),
}


@pytest.mark.parametrize("rule", FORMULAS)
def test_a_rule_is_its_formula(rule):
    random = np.random.default_rng(7)
    here = AGAIN[rule]
    switches = [name for name, value in here.items() if isinstance(value, bool)]
    for draw, turned in itertools.product(range(20), itertools.product([False, True], repeat=len(switches))):
        there = {name: value if isinstance(value, (bool, int)) or not draw else value * random.uniform(0.8, 1.2)
                 for name, value in here.items()} | dict(zip(switches, turned, strict=True))
        assert number(plain(rule)(**there)) == pytest.approx(FORMULAS[rule](**there), rel=1e-9)


def test_the_last_gate_is_a_multinomial_logit_with_ageing_to_no_decision():
    rule = plain(buyers.last_gate)
    ours, nobodys = EXP(1.0 + 0.14 * 0.5), EXP(1.1 - 0.1 * 0.5)
    p_us, p_rivals = ours / (ours + nobodys + 2.0), 2.0 / (ours + nobodys + 2.0)
    plainly = LAST | {"lift": 0.0, "overdue_weeks": 0.0, "log_size": 0.0}
    assert rule(**plainly) == pytest.approx((p_us, p_rivals), rel=1e-12)
    lifted = sigmoid(LOG(p_us / (1.0 - p_us)) + 0.2 - 0.08 * 1.0 - 0.12 * 0.6)
    assert rule(**LAST) == pytest.approx((lifted, p_rivals), rel=1e-12)  # rivals win what they won
    assert rule(**(LAST | {"lift": 50.0})) == pytest.approx((1.0 - p_rivals, p_rivals), rel=1e-12)
    assert rule(**(LAST | {"our_utility": -800.0, "lift": 50.0}))[0] == 0.0  # no lift makes something of nothing
    assert rule(**(LAST | {"our_utility": 800.0, "rivals": 0})) == (1.0, 0.0)
    assert rule(**(LAST | {"no_decision_utility": 800.0}))[0] < 1e-300
    one, three = (rule(**(plainly | {"rivals": rivals}))[1] for rivals in (1, 3))
    assert one == pytest.approx(1.0 / (ours + nobodys + 1.0)) and three == pytest.approx(3.0 / (ours + nobodys + 3.0))


def test_an_arrival_gap_uses_up_a_unit_of_the_growing_rate():
    for growth in (0.02, -0.02):
        gap = plain(buyers.arrival_gap)(0.7, 0.5, growth, 10.0)
        used, _ = integrate.quad(lambda t, growth=growth: 0.5 * EXP(growth * t), 10.0, 10.0 + gap)
        assert used == pytest.approx(0.7, rel=1e-9)
    assert plain(buyers.arrival_gap)(1.0, 0.0, 0.01, 0.0) == math.inf
    assert plain(buyers.arrival_gap)(3.0, 0.5, 0.0, 7.0) == 6.0
    assert plain(buyers.arrival_gap)(0.5, 0.5, -1.0, 0.0) == math.inf  # exactly all there will ever be


def test_arrivals_within_a_span_without_growth_are_its_rate():
    assert plain(buyers.arrivals_within)(0.5, 0.0, 10.0, 8.0) == 4.0


@pytest.mark.parametrize(("switch_month", "end"), [(1, 520.0), (2, 520.0 - 520.0 / 3), (3, 520.0 / 3), (12, 520.0 / 3)])
def test_a_decision_is_pulled_as_far_before_a_quarters_end_as_it_was_due_after_it(switch_month, end):
    rule = plain(buyers.pulled_gap)
    for ahead, late in ((100.0, 30.0), (1.01, 30.0), (60.0, 59.9), (510.0, 1.0)):
        for ends in (end, end - 520.0, end + 1040.0):
            pulled = rule(ahead + late, ends - ahead, switch_month, 60.0)
            assert pulled == pytest.approx(ahead * ahead / (ahead + late), rel=1e-9)
            assert max(0.0, ahead - late) < pulled < ahead
    assert rule(130.0, end - 100.0, switch_month, 29.0) == 130.0  # due too long after it
    assert rule(59.0, end - 60.0, switch_month, 60.0) == 59.0  # due before it
    for now in (end - 0.99, end, end + 1.0):  # it is over, or as good as over
        assert rule(30.0, now, switch_month, 60.0) == 30.0
    assert plain(buyers.pulled_gap)(60.0, 460.0, 1, 60.0) == 60.0  # due as it ends


def euler(gain, target, hours, learning, fading, floor, steps=200_000):
    step = hours / steps
    for _ in range(steps):
        towards_zero = gain * target < 0.0
        tau = learning if abs(target) > abs(gain) and not towards_zero else fading
        gain += (target - gain) * step / tau
    return max(floor, gain)


@pytest.mark.parametrize(("gain", "target", "hours"), [
    (0.05, 0.2, 2.0), (0.2, 0.05, 2.0), (0.2, 0.0, 11.0), (-0.05, 0.2, 1.0), (-0.05, 0.2, 9.0), (0.1, -0.08, 3.0),
    (0.1, -0.08, 20.0), (0.1, 0.1, 5.0), (-0.02, -0.05, 2.0), (0.05, -0.9, 9.0)])
def test_a_gain_follows_its_differential_equation(gain, target, hours):
    found = plain(coaching.gain_after)(gain, target, hours, 3.0, 16.0, -0.1)
    assert found == pytest.approx(euler(gain, target, hours, 3.0, 16.0, -0.1), abs=2e-5)


def test_tenure_met_at_a_random_time_has_the_density_of_staying_so_long():
    hazard, factor = 0.03, 1.5
    def stays(t):
        return EXP(-hazard * factor * min(t, 12.0) - hazard * max(0.0, t - 12.0))
    mean = integrate.quad(stays, 0.0, 12.0)[0] + integrate.quad(stays, 12.0, 2_000.0)[0]
    assert plain(people.mean_tenure_months)(hazard, factor) == pytest.approx(mean, rel=1e-8)
    for u in (0.1, 0.3, 0.6, 0.9):
        tenure = plain(people.stationary_tenure_months)(u, hazard, factor)
        reached = integrate.quad(stays, 0.0, min(tenure, 12.0))[0]
        if tenure > 12.0:
            reached += integrate.quad(stays, 12.0, tenure)[0]
        assert reached / mean == pytest.approx(u, rel=1e-8)
    assert plain(people.mean_tenure_months)(0.0, 1.5) == math.inf
    assert plain(people.mean_tenure_months)(0.1, 0.0) == 22.0
    assert plain(people.stationary_tenure_months)(0.5, 0.0, 1.5) == 60.0
    assert plain(people.stationary_tenure_months)(0.25, 0.1, 0.0) == pytest.approx(5.5)
    late = plain(people.stationary_tenure_months)(0.75, 0.1, 0.0)  # 16.5 of 22: 4.5 of 10 after the first year
    assert late == pytest.approx(12.0 - LOG(1.0 - 0.45) / 0.1)
    assert plain(people.vacancy_share)(6.0, math.inf) == 0.0


# --- limits


@pytest.mark.parametrize(("found", "limit"), [
    (lambda: plain(buyers.noticing_probability)(0.9, 1e6, 1.0, 0.5, 0.1), 1.0),
    (lambda: plain(buyers.noticing_probability)(0.6, 1e-9, 11.0, 0.34, 0.2), 0.2),
    (lambda: plain(buyers.noticing_probability)(0.6, 0.0, 11.0, 0.34, 0.2), 0.2),
    (lambda: plain(coaching.receptivity)(9.0, 0.35, 0.2, 1.6), 0.2),
    (lambda: plain(coaching.receptivity)(-9.0, 0.35, 0.2, 1.6), 1.6),
    (lambda: plain(coaching.gain_target)(0.2, 1.0, 1.0, 0.0, 0.0), 0.0),
    (lambda: plain(coaching.gain_after)(0.0, -5.0, 1e9, 3.0, 16.0, -0.1), -0.1),
    (lambda: plain(coaching.gain_after)(0.2, -5.0, 0.5, 3.0, 16.0, 0.1), 0.1),
    (lambda: plain(coaching.hours_for_a_coached_rep)(4.4, 0.5, 0.0), 4.4),
    (lambda: plain(coaching.reps_coached)(40.0, 4.4, 0.2, 7), 7),
    (lambda: plain(coaching.reps_coached)(2.0, 4.4, 0.5, 7), 0),
    (lambda: plain(coaching.reps_coached)(0.0, 0.0, 0.5, 7), 0),
    (lambda: plain(coaching.reps_coached)(8.0, 1e-320, 0.5, 7), 7),
    (lambda: plain(coaching.one_to_one_length)(0.5, 8, 1), 2.0),
    (lambda: plain(coaching.sittings)(1.0), 1), (lambda: plain(coaching.sittings)(1.0 + 1e-12), 1),
    (lambda: plain(reps.overhead_factor)(1.0, 0.4, 5.0, 10.0), 0.05),
    (lambda: plain(managers.quality_of)(9.0, 1.0, 1.0, -1.0, 3.0), 3.0),
    (lambda: plain(managers.quality_of)(-9.0, 1.0, 1.0, -1.0, 3.0), -1.0),
    (lambda: plain(managers.fit_z)(0.3, 1.0, 0.0, 0.2), 0.0),
    (lambda: plain(buyers.covered_noticing)(0.18, 0.0, 0.6), 0.18),
    (lambda: plain(buyers.rivals_answer)(0.5, 0.0, 0.0, 10.0, 50.0), 0.0),
    (lambda: plain(buyers.rivals_answer)(0.5, 1.0, 2.0, 0.0, 50.0), 0.0),
    (lambda: plain(buyers.rivals_answer)(0.5, 0.0, 2.0, 1.0, 4.0), -LOG(8.0) / 0.65),
    (lambda: plain(buyers.rivals_answer)(0.5, 1.0, 1.0, 1.0, 99.0), LOG(8.0) / 0.65),
    (lambda: plain(reps.cover)(0.6, 8, 0), 1.0), (lambda: plain(reps.cover)(0.6, 0, 8), 1.0),
    (lambda: plain(reps.drifted)(0.8, 1.0, 0.4), 0.8), (lambda: plain(reps.drifted)(0.8, 0.0, 0.4), 0.4),
    (lambda: plain(managers.within_unit)(1.3), 1.0), (lambda: plain(managers.within_unit)(-0.3), 0.0),
    (lambda: plain(managers.within_unit)(0.3), 0.3),
    (lambda: plain(managers.adherence)(1.0, 1.0, 0.8, 0.9), 1.0),
    (lambda: plain(managers.heroic_probability)(2.0, 0.1, 1.0), 1.0),
    (lambda: plain(managers.fit_z)(1.0, 1.0, 1.09, 0.0) < 9.0, True),
    (lambda: plain(managers.adopted)(0.2, 0.6, -3, 4), 0.2), (lambda: plain(managers.adopted)(0.2, 0.6, -1, 0), 0.2),
    (lambda: plain(managers.adopted)(0.2, 0.6, -1, 4), 0.2), (lambda: plain(managers.adopted)(0.2, 0.6, 3, 4), 0.6),
    (lambda: plain(managers.adopted)(0.2, 0.6, 9, 4), 0.6), (lambda: plain(managers.adopted)(0.2, 0.6, 0, 0), 0.6),
    (lambda: plain(managers.sessions_within)(0.0, 0.5), 0), (lambda: plain(managers.sessions_within)(-1.0, 0.5), 0),
    (lambda: plain(managers.sessions_within)(0.3 / 0.1 * 0.1, 0.1), 3),
    (lambda: plain(people.promotion_penalty)(100.0, 0.075, 0.5, 0.2, 3.1, 2.0),
     plain(people.promotion_penalty)(8.0, 0.075, 0.5, 0.2, 3.1, 2.0)),
    (lambda: plain(people.promotion_penalty)(0.001, 0.075, 0.5, 0.2, 3.1, 2.0),
     plain(people.promotion_penalty)(0.125, 0.075, 0.5, 0.2, 3.1, 2.0)),
    (lambda: plain(people.promotion_penalty)(2.0, 0.075, 0.5, 0.0, 3.1, 2.0), 0.0),
    (lambda: plain(people.quit_probability)(**(QUIT | {"dose": -1e6})), 1.0),
    *((lambda quality=quality, same=same: plain(people.quit_probability)(
        **(QUIT | {"quality_counts": True, "quality": quality})),
       plain(people.quit_probability)(**(QUIT | {"dose": same}))) for quality, same in ((-0.5, 0.0), (1.5, 2.0))),
    (lambda: plain(reps.log_ramp)(-5.0, 0.3, 3.0), LOG(0.3)),
    (lambda: plain(reps.effort)(1.0, 0.07, 99.0, 0.0), 1.07 * 0.05),
    (lambda: plain(reps.clarity_target)(0.99, 0.03, 3.0, 0.2), 1.0),
    (lambda: plain(reps.clarity_target)(0.0, 0.03, -1.0, 0.0), 0.0),
    (lambda: plain(buyers.quantile_below)(1.0, 5), 3), (lambda: plain(buyers.value_between)(1.0, 5, 20.0, 40.0), 40.0),
    (lambda: plain(buyers.on_grid)(1.1, 0.5), 1.5), (lambda: plain(buyers.on_grid)(0.0, 0.5), 0.5),
    (lambda: plain(buyers.on_grid)(1.1, 0.0), 1.1), (lambda: plain(buyers.on_grid)(1e25, 0.5), 1e25),
    (lambda: plain(buyers.logistic)(-1000.0), 0.0), (lambda: plain(buyers.logistic)(1000.0), 1.0),
    (lambda: plain(buyers.logistic)(0.7), sigmoid(0.7)), (lambda: plain(buyers.logistic)(-0.7), sigmoid(-0.7)),
])
def test_a_rule_keeps_within_its_limits(found, limit):
    assert found() == pytest.approx(limit, rel=1e-12, abs=0.0)


def test_heroic_hours_come_up_evenly():
    hours = [plain(managers.heroic_hours)((place + 0.5) / 1000, 4, 8) for place in range(1000)]
    assert {hour: hours.count(hour) for hour in set(hours)} == dict.fromkeys(range(4, 9), 200)
    assert plain(managers.heroic_hours)(1.0, 4, 8) == 8


def test_each_week_of_a_rotation_sees_the_next_ones():
    seen = []
    for week in range(8):
        places = [plain(managers.rotated)(order, week, 3, 8) for order in range(8)]
        assert sorted(places) == list(range(8))
        seen += [order for order in range(8) if places[order] < 3]
    assert {order: seen.count(order) for order in range(8)} == dict.fromkeys(range(8), 3)
    assert [order for order in range(8) if plain(managers.rotated)(order, 1, 3, 8) < 3] == [3, 4, 5]


def test_every_rule_is_here():
    """A new rule needs its line in AGAIN and its directions or a test of its own."""
    by_themselves = {"on_grid", "logistic", "within_unit", "rotated"}
    named = {rule.__name__ for rule in AGAIN} | by_themselves
    for module in ("buyers", "coaching", "managers", "people", "reps"):
        home = import_module(f"simlead.model.rules.{module}")
        rules = {name for name, thing in vars(home).items()
                 if getattr(plain(thing), "__module__", "") == home.__name__ and callable(thing)}
        assert rules <= named, rules - named
