"""The registry keeps its word: every number has a unit, a range, a meaning, a source and a grade."""

import collections
import dataclasses
import json
import math
import re
from importlib import resources

import numpy as np
import pytest
from every import every
from hypothesis import given
from hypothesis import strategies as st

from simlead.engines.plan import plan_of
from simlead.model.parameters import GRADES, Parameter, ParameterError
from simlead.model.policy import Policy
from simlead.model.presets import EFFECT_SIZES, PRESETS, preset
from simlead.model.scenario import NEUTRAL, REGISTRY, Scenario, stored_values
from simlead.model.sources import SOURCES, sources_of
from simlead.model.structure import OVERRIDES, Structure

LINES = list(REGISTRY.values())
NUMBERS = [line for line in LINES if not line.choices and not isinstance(line.default, bool)]
SWITCHES = [line for line in LINES if isinstance(line.default, bool)]

# The review of the evidence numbers the pages seen V01 to V152 (two numbers are unused) and what it recalls
# R01 to R17; R18 came with the fact that it supports.
PAGES_SEEN = {f"V{number:02d}" for number in range(1, 153)} - {"V62", "V138"}
RECALLED = {f"R{number:02d}" for number in range(1, 19)}


def path(line: Parameter) -> str:
    return line.path


def refusal(path: object, value: object) -> str:
    with pytest.raises(ParameterError) as caught:
        Scenario().change({path: value})
    return str(caught.value)


# --- the bibliography


def test_the_bibliography_is_whole():
    assert set(SOURCES) == PAGES_SEEN | RECALLED


@every(SOURCES.values(), lambda source: source.key)
def test_a_source_says_where_what_and_how_good(source):
    assert source.reference.strip() and source.supports.strip()
    assert "\n" not in source.supports and source.supports.endswith(".")
    assert source.grade in GRADES
    assert source.graded_by in ("evidence", "us")
    assert source.status == {"V": "seen", "R": "recalled"}[source.key[0]]


def test_a_source_is_found_by_path_and_by_key():
    assert sources_of("world.quality_sd") == sources_of(REGISTRY["world.quality_sd"])
    assert [source.key for source in sources_of("V43 R07")] == ["V43", "R07"]
    with pytest.raises(ParameterError, match="did you mean world.quality_sd"):
        sources_of("world.quality_ds")


# --- every line


@every(LINES, path)
def test_a_line_names_its_sources_and_its_grade(line):
    assert line.grade in GRADES
    assert re.fullmatch(r"([VR]\d+( [VR]\d+)*)?", line.source), "keys separated by single blanks"
    sources = sources_of(line)
    if line.grade != "D":
        assert sources, "only our own assumptions may stand without a source"
        assert line.grade >= min(source.grade for source in sources), "no better than its best source"


@every(LINES, path)
def test_a_line_says_what_it_means(line):
    assert line.unit.strip() and line.meaning.strip() and line.allowed
    assert len(line.meaning) > 10 and not line.meaning.endswith(".")


def test_no_two_parameters_mean_the_same():
    meanings = collections.Counter(
        line.meaning for line in LINES if not line.path.startswith("status_quo."))
    assert [meaning for meaning, times in meanings.items() if times > 1] == []


@every(NUMBERS, path)
def test_a_default_lies_in_the_likely_range_and_that_in_the_allowed_one(line):
    # A neutral default, which leaves the mechanism out, may lie outside of what is likely.
    likely = line.likely_low if line.default == line.neutral else line.default
    assert line.low <= line.likely_low <= likely <= line.likely_high <= line.high
    assert line.low <= line.default <= line.high and line.low < line.high


# --- what version 0.1.0 did not have


def test_every_parameter_that_0_1_0_did_not_have_declares_its_neutral_value():
    stored = json.loads(resources.files("simlead").joinpath("data/version_1.json").read_text("utf-8"))
    assert set(NEUTRAL) == REGISTRY.keys() - stored["default.evidence"].keys()
    assert Scenario().change(NEUTRAL).values().items() >= NEUTRAL.items()


def test_a_stored_scenario_keeps_its_values_and_gets_neutral_ones_for_the_rest():
    stored = stored_values({"market.rivals": 5, "structure.no_cover": True})
    assert stored == {**NEUTRAL, "market.rivals": 5, "structure.no_cover": True}


# --- structural switches


def test_a_switch_that_is_off_overrides_nothing():
    assert not any(dataclasses.asdict(Structure()).values())
    assert Scenario().in_force() == Scenario()
    assert list(OVERRIDES) == [field.name for field in dataclasses.fields(Structure)]


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_switch_overrides_what_it_says_whatever_was_set(name):
    changes = OVERRIDES[name]
    other = Scenario().change({path: REGISTRY[path].high for path in changes})
    there = other.change({f"structure.{name}": True})
    assert there.differences(other).keys() == {f"structure.{name}"}
    assert there.in_force().values().items() >= changes.items()
    assert plan_of(there) == plan_of(there.in_force())
    for path, value in changes.items():
        group, _, field = path.partition(".")
        assert getattr(getattr(plan_of(there), group), field) == value


def test_the_status_quo_has_the_policys_parameters():
    def levers(group: str) -> list[str]:
        return [name.partition(".")[2] for name in REGISTRY if name.startswith(group + ".")]

    assert levers("status_quo") == levers("policy")


@pytest.mark.parametrize("effect_sizes", EFFECT_SIZES)
@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_scenario_under_every_set(name, effect_sizes):
    scenario = preset(name, effect_sizes)
    for changed, value in PRESETS[name].items():
        assert scenario.values()[changed] == value



# --- what is accepted


@every(NUMBERS, path)
def test_both_ends_of_the_range_are_allowed(line):
    for value in (line.low, line.high):
        try:
            changed = Scenario().change({line.path: value})
        except ParameterError as contradiction:  # with another parameter's default, not with its own range
            assert "allowed is " + line.allowed not in str(contradiction)
        else:
            got = changed.values()[line.path]
            assert got == value and type(got) is type(line.default)


def test_a_number_of_numpys_is_a_number():
    changed = Scenario().change({"policy.coaching_share": np.float64(0.5), "organisation.teams": np.int32(3)})
    assert type(changed.policy.coaching_share) is float and type(changed.organisation.teams) is int


def test_what_a_scenario_is_hangs_on_its_values_alone():
    here = Scenario().change({"policy.coaching_share": 0.5, "world.skill_effect": 0.3})
    there = Scenario().change({"world.skill_effect": 0.3}).change({"policy.coaching_share": 0.5})
    assert here == there and here.hash() == there.hash() != Scenario().hash()
    assert Scenario().differences(here) == {
        "policy.coaching_share": (0.2, 0.5), "world.skill_effect": (0.2, 0.3)}


# --- what is refused


@every(NUMBERS, path)
def test_a_number_out_of_range_is_refused_with_path_value_and_range(line):
    for value in (line.low - 1, line.high + 1):
        message = refusal(line.path, value)
        assert message == f"{line.path} = {value!r}: allowed is {line.allowed}"
        assert f"{line.low:g} to {line.high:g}" in message


@pytest.mark.parametrize("value", [
    math.nan, math.inf, -math.inf, "0.5", True, None, [0.5], {}, 1j, b"1", np.float64("nan"),
    np.array([1, 2]),
], ids=repr)
@pytest.mark.parametrize("line", [NUMBERS[0], REGISTRY["policy.coaching_share"]], ids=path)
def test_what_is_no_number_is_refused_in_one_line(line, value):
    message = refusal(line.path, value)
    assert message.startswith(f"{line.path} = ") and line.allowed in message
    assert "\n" not in message


def test_a_part_of_a_team_is_refused():
    assert "whole number" in refusal("organisation.teams", 2.5)


@pytest.mark.parametrize("line", SWITCHES, ids=path)
def test_a_switch_is_on_or_off(line):
    for value in ("yes", 2, 0.5, None, math.nan):
        assert "true | false" in refusal(line.path, value)


def test_an_unknown_rule_is_told_the_nearest():
    message = refusal("policy.promotion_rule", "best_seler")
    assert "best_seller | best_coach | random | external" in message
    assert message.endswith("did you mean best_seller?")


@pytest.mark.parametrize(("wrong", "right"), [
    ("policy.coachng_share", "policy.coaching_share"),
    ("coaching_share", "policy.coaching_share"),
    ("organization.teams", "organisation.teams"),
    ("world.skil_effect", "world.skill_effect"),
    ("market.growth", "market.growth_per_year"),
])
def test_an_unknown_name_is_told_the_nearest(wrong, right):
    message = refusal(wrong, 0.5)
    hint = message.partition("did you mean ")[2]
    assert message.startswith(f"{wrong}: no such parameter")
    assert hint.rstrip("?").rpartition(".")[2] == right.rpartition(".")[2]


def test_a_name_like_no_other_gets_no_hint():
    assert refusal("qqqq.zzzz", 1) == "qqqq.zzzz: no such parameter"
    assert "no such parameter" in refusal(7, 1)


@pytest.mark.parametrize("group", ["policy", "status_quo"])
def test_shares_of_one_week_that_add_to_more_than_one_are_refused(group):
    message = refusal(f"{group}.coaching_share", 0.9)  # own selling stands at .15
    assert message.startswith(group) and "coaching_share" in message and "own_selling_share" in message
    assert "1.05" in message and "at most 1" in message and "\n" not in message


def test_a_week_may_be_planned_full():
    full = Scenario().change({"policy.coaching_share": 0.7, "policy.own_selling_share": 0.3})
    assert full.policy.coaching_share + full.policy.own_selling_share == pytest.approx(1.0)


def test_a_range_upside_down_is_refused():
    assert "allowed is world.heroic_hours_low" in refusal("world.heroic_hours_high", 2)


def refusal_of(changes: dict[str, object]) -> str | None:
    try:
        Scenario().change(changes)
    except ParameterError as refused:
        return str(refused)
    return None


def test_a_scenario_cannot_be_built_around_the_checks():
    with pytest.raises(ParameterError, match="policy.role_clarity = 3"):
        Scenario(policy=Policy(role_clarity=3))
    with pytest.raises(ParameterError, match="a Policy is needed"):
        Scenario(policy=None)


@given(st.sampled_from(LINES), st.one_of(
    st.floats(), st.integers(), st.booleans(), st.text(max_size=20), st.none(), st.binary(max_size=5)))
def test_whatever_is_set_is_either_in_range_or_refused_in_one_line(line, value):
    message = refusal_of({line.path: value})
    if message is not None:
        assert "\n" not in message and line.path.partition(".")[0] in message
    else:
        got = Scenario().change({line.path: value}).values()[line.path]
        assert got == value
        if line in NUMBERS:
            assert line.low <= got <= line.high
