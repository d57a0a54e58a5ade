"""Rules of a researcher's own: they replace the model's in one run of the SimPy engine, and in no other."""

import inspect
from collections import Counter

import pytest

import simlead
from simlead.engines.contract import SimulationError
from simlead.engines.reference.rules import REPLACEABLE
from simlead.model.parameters import ParameterError
from simlead.model.rules import buyers
from simlead.model.scenario import Scenario

FIRM = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 3,
    "calendar.warmup_weeks": 10, "calendar.horizon_weeks": 10})


def never_passed(intercept, skill_effect, skill, lift, ageing_per_week, overdue_weeks, size_effect, log_size):
    return 0.0


def test_a_rule_of_ones_own_decides():
    usual = simlead.simulate(FIRM)
    own = simlead.simulate(FIRM, rules={"gate_probability": never_passed})
    assert usual.opportunities()["stage"].nunique() > 1
    assert set(own.opportunities()["stage"]) == {"discovery"}
    assert simlead.simulate(FIRM).trace_hash() == usual.trace_hash()  # no other run is touched


def test_the_models_rules_in_their_own_place_change_nothing_and_are_called():
    """All at once: whatever a rule in another's place changed would be in the trace."""
    calls = Counter()

    def by_position(name):
        parameters = list(inspect.signature(REPLACEABLE[name]).parameters)

        def watched(*values, **named):
            calls[name] += 1
            return REPLACEABLE[name](**dict(zip(parameters, values, strict=False)), **named)

        return watched

    firm = FIRM.change({"world.heroic_probability": 1.0, "world.heroic_value_quantile": 0.1, "policy.heroics": 4.0,
                        "world.discovery_intercept": 5.0, "world.qualified_intercept": 5.0,
                        "market.pace_days_median": 7.0, "world.our_utility": 5.0,
                        "world.manager_exits_per_year": 5.0, "world.peter_slope": 0.1, "market.quarter_end_share": 0.5,
                        "world.hours_per_coached_rep": 4.4, "structure.more_for_the_same_reps": True,
                        "world.clarity_width": 0.3, "world.ability_year_correlation": 0.5,
                        "market.cover_noticing_share": 0.5, "structure.rivals_answer": True})
    own = simlead.simulate(firm, rules={name: by_position(name) for name in REPLACEABLE})
    assert own.trace_hash() == simlead.simulate(firm).trace_hash()
    assert [name for name in REPLACEABLE if not calls[name]] == []


def test_it_is_called_with_the_rules_own_names():
    def won_value(value, value_skill_effect, skill):
        return buyers.won_value(value, value_skill_effect, skill)

    assert simlead.simulate(FIRM, rules={"won_value": won_value}).trace_hash() == simlead.simulate(FIRM).trace_hash()


def test_the_compiled_engine_refuses():
    with pytest.raises(SimulationError, match="^engine 'compiled' runs no rules of your own; use engine='simpy'$"):
        simlead.simulate(FIRM, engine="compiled", rules={"gate_probability": never_passed})


@pytest.mark.parametrize(("rules", "words"), [
    ({"gate_probabilty": never_passed}, "did you mean gate_probability"),
    ({"gate_probability": lambda skill: 0.5}, "gate_probability needs a function of (intercept, skill_effect, skill"),
    ({"gate_probability": 0.5}, "gate_probability needs a function of"),
    ([never_passed], "a table of functions by the rule's name is needed"),
])
def test_what_is_no_rule_is_refused_in_one_line(rules, words):
    with pytest.raises(ParameterError) as refusal:
        simlead.simulate(FIRM, rules=rules)
    assert words in str(refusal.value) and "\n" not in str(refusal.value)
