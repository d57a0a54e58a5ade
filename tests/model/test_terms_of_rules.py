"""Each term of each rule: which way it moves the result, and what it is worth where a closed form says so."""

import math

import pytest

from simlead.model.rules import buyers, coaching, managers, people, reps

QUIT = {
    "hazard_per_month": 0.02, "months": 1.0, "first_year": True, "first_year_factor": 1.5, "people_skill": 1.0,
    "people_skill_factor": 0.8, "dose": 5.0, "reference_dose": 3.0, "dose_effect": 0.05, "coached": True,
    "coached_effect": 0.1, "below_quota": True, "below_quota_effect": 0.5, "dose_limit": 10.0, "quality_counts": False,
    "quality": 0.5}
LAST_GATE = {
    "our_utility": 1.0, "no_decision_utility": 1.16, "rivals": 2, "our_skill_effect": 0.14,
    "no_decision_skill_effect": 0.10, "skill": 0.5, "lift": 0.1, "ageing_per_week": 0.08, "overdue_weeks": 2.0,
    "size_effect": 0.12, "log_size": 0.5}

TERMS = [  # rule, arguments, which one grows, by how much, where the result goes
    (people.quit_probability, QUIT, "hazard_per_month", 0.01, +1),
    (people.quit_probability, QUIT, "months", 1.0, +1),
    (people.quit_probability, QUIT, "first_year", False, -1),
    (people.quit_probability, QUIT, "first_year_factor", 0.5, +1),
    (people.quit_probability, QUIT, "people_skill", 1.0, -1),
    (people.quit_probability, QUIT, "people_skill_factor", 0.1, +1),
    (people.quit_probability, QUIT, "dose", 1.0, -1),
    (people.quit_probability, QUIT, "reference_dose", 1.0, +1),
    (people.quit_probability, QUIT, "dose_effect", 0.05, -1),
    (people.quit_probability, QUIT, "coached", False, +1),
    (people.quit_probability, QUIT, "coached_effect", 0.1, -1),
    (people.quit_probability, QUIT, "below_quota", False, -1),
    (people.quit_probability, QUIT, "below_quota_effect", 0.1, +1),
    *((buyers.gate_probability, {"intercept": 0.2, "skill_effect": 0.2, "skill": 1.0, "lift": 0.1,
                                 "ageing_per_week": 0.08, "overdue_weeks": 1.0, "size_effect": 0.12, "log_size": 0.5},
       name, 0.1, way)
      for name, way in [("intercept", 1), ("skill_effect", 1), ("skill", 1), ("lift", 1), ("ageing_per_week", -1),
                        ("overdue_weeks", -1)]),
    *((lambda **values: buyers.last_gate(**values)[0], LAST_GATE, name, 0.1, way)
      for name, way in [("our_utility", 1), ("no_decision_utility", -1), ("rivals", -1), ("our_skill_effect", 1),
                        ("no_decision_skill_effect", 1), ("skill", 1), ("lift", 1), ("ageing_per_week", -1),
                        ("overdue_weeks", -1)]),
    *((lambda **values: buyers.last_gate(**values)[1], LAST_GATE, name, 0.1, way)
      for name, way in [("our_utility", -1), ("no_decision_utility", -1), ("rivals", 1), ("our_skill_effect", -1),
                        ("no_decision_skill_effect", 1), ("lift", 0), ("ageing_per_week", 0), ("overdue_weeks", 0)]),
    *((buyers.noticing_probability, {"at_norm": 0.5, "hours": 8.0, "norm_hours": 11.0, "elasticity": 0.34,
                                     "least": 0.1}, name, 0.1, way)
      for name, way in [("at_norm", 1), ("hours", 1), ("norm_hours", -1), ("elasticity", -1), ("least", 0)]),
    *((buyers.pace_hours, {"value_z": 1.0, "pace_z": 1.0, "median_hours": 400.0, "elasticity": 0.3,
                           "value_sigma": 0.8, "pace_sigma": 0.5}, name, 0.1, 1)
      for name in ("value_z", "pace_z", "median_hours", "elasticity", "value_sigma", "pace_sigma")),
    *((coaching.gain_target, {"gain_max": 0.2, "quality": 1.0, "receptive": 1.0, "dose": 3.0, "half_dose": 2.0},
       name, 0.1, way)
      for name, way in [("gain_max", 1), ("quality", 1), ("receptive", 1), ("dose", 1), ("half_dose", -1)]),
    *((managers.adherence, {"clarity": 0.4, "accountability": 0.4, "floor": 0.3, "gain": 0.4}, name, 0.1, 1)
      for name in ("clarity", "accountability", "floor", "gain")),
    *((people.promotion_penalty, {"sales_ratio": 2.0, "slope": 0.075, "causal_share": 0.5, "gain_max": 0.2,
                                  "reference_dose": 3.1, "half_dose": 2.0}, name, 0.1, way)
      for name, way in [("sales_ratio", 1), ("slope", 1), ("causal_share", 1), ("gain_max", -1),
                        ("reference_dose", -1), ("half_dose", 1)]),
    *((reps.effort, {"accountability": 0.8, "effect": 0.07, "overdose": 0.5, "overdose_from": 0.7}, name, 0.1, way)
      for name, way in [("effect", 1), ("overdose", -1), ("overdose_from", 1)]),
    *((reps.stage_skill, {"ability": 1.0, "stage_z": 0.5, "weight": 1.0, "gain": 0.2, "log_ramp_now": -0.1,
                          "spread": 0.4}, name, 0.1, way)
      for name, way in [("ability", 1), ("stage_z", 1), ("weight", 1), ("gain", 1), ("log_ramp_now", 1),
                        ("spread", -1)]),
    *((reps.clarity_target, {"role_clarity": 0.5, "quality_slope": 0.03, "quality": 2.0, "shift": 0.0}, name, 0.1, 1)
      for name in ("role_clarity", "quality_slope", "quality", "shift")),
]


@pytest.mark.parametrize(("rule", "values", "name", "more", "way"), TERMS,
                         ids=[f"{getattr(term[0], '__name__', 'rule')}-{term[2]}" for term in TERMS])
def test_which_way_a_term_moves_the_result(rule, values, name, more, way):
    before = rule(**values)
    after = rule(**{**values, name: more if isinstance(more, bool) else values[name] + more})
    assert (after > before) - (after < before) == way


def test_what_each_term_of_the_hazard_is_worth():
    def hazard(**changes):
        return -math.log(1.0 - people.quit_probability(**{**QUIT, **changes}))

    plain = hazard(first_year=False, people_skill=0.0, dose=3.0, coached=False, below_quota=False)
    assert plain == pytest.approx(0.02)
    assert hazard(people_skill=0.0, dose=3.0, coached=False, below_quota=False) == pytest.approx(1.5 * plain)
    assert hazard() == pytest.approx(plain * 1.5 * 0.8 * math.exp(-0.05 * 2.0 - 0.1 + 0.5))
