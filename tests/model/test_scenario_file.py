"""A scenario goes into a file and comes back the same; a bad file gets one clear line."""

import dataclasses
import os
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simlead.model.origin import Origin
from simlead.model.parameters import ParameterError
from simlead.model.presets import EFFECT_SIZES, PRESETS, preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.scenario_file import load_scenario, scenario_of


@pytest.fixture
def written(tmp_path):
    """Writes a file and returns its path."""

    def write(content: str | bytes, name: str = "firm.toml"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def refusal(file: object) -> str:
    with pytest.raises(ParameterError) as caught:
        load_scenario(file)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- what a file says


def test_an_empty_file_is_the_status_quo(written):
    assert load_scenario(written("")) == preset("status_quo")


def test_a_preset_under_effect_sizes(written):
    file = written('from = "leadership"\neffect_sizes = "practitioner"\n')
    assert load_scenario(file) == preset("leadership", "practitioner")


def test_tables_and_dotted_paths_say_the_same(written):
    tables = written("[policy]\ncoaching_share = 0.5\n[world]\nskill_effect = 0.3\n", "tables.toml")
    dotted = written('[set]\n"policy.coaching_share" = 0.5\n"world.skill_effect" = 0.3\n', "dotted.toml")
    assert load_scenario(tables) == load_scenario(dotted) == Scenario().change(
        {"policy.coaching_share": 0.5, "world.skill_effect": 0.3})


def test_a_structural_switch_is_a_line_of_its_table_and_comes_back(written):
    scenario = load_scenario(written("[structure]\nrivals_answer = true\n"))
    assert scenario.differences(Scenario()) == {"structure.rivals_answer": (True, False)}
    assert load_scenario(written(scenario.toml())) == scenario


def test_a_files_values_come_after_the_presets(written):
    firm = load_scenario(written('from = "leadership"\n[policy]\ncoaching_share = 0.35\n'))
    assert firm == preset("leadership").change({"policy.coaching_share": 0.35})


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(written):
    content = b'\xef\xbb\xbffrom = "coaching"\r\n[organisation]\r\nteams = 2\r\n'
    assert load_scenario(written(content)).organisation.teams == 2


def test_a_whole_number_may_stand_for_a_number(written):
    assert load_scenario(written("[policy]\nheroics = 2\n")).policy.heroics == 2.0


# --- there and back


@pytest.mark.parametrize("effect_sizes", EFFECT_SIZES)
@pytest.mark.parametrize("name", [name for name in PRESETS if name != "construction_group"])
def test_every_preset_comes_back_from_its_file(written, name, effect_sizes):
    scenario = preset(name, effect_sizes)
    assert load_scenario(written(scenario.toml())) == scenario
    own = scenario.toml()
    assert tomllib.loads(own) == {"from": name, "effect_sizes": effect_sizes}
    assert load_scenario(written(own)).hash() == scenario.hash()


def values(path: str) -> st.SearchStrategy:
    line = REGISTRY[path]
    if line.choices:
        return st.sampled_from(line.choices)
    if isinstance(line.default, bool):
        return st.booleans()
    if isinstance(line.default, int):
        return st.integers(int(line.low), int(line.high))
    return st.floats(line.low, line.high).map(lambda value: value + 0.0)  # no -0.0: it equals 0.0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_a_scenario_is_it_comes_back_to_the_bit(written, data):
    scenario = Scenario()
    for path in data.draw(st.lists(st.sampled_from(list(REGISTRY)), max_size=8, unique=True)):
        try:
            scenario = scenario.change({path: data.draw(values(path))})
        except ParameterError:  # contradicts another value; leave that one out
            continue
    base = data.draw(st.sampled_from(["status_quo", "leadership"]))
    again = load_scenario(written(dataclasses.replace(scenario, origin=Origin(base)).toml()))
    assert again == scenario and again.hash() == scenario.hash()


def test_only_what_differs_is_written():
    text = Scenario().change({"policy.promotion_rule": "random", "policy.one_to_one": False}).toml()
    assert tomllib.loads(text) == {
        "from": "status_quo", "effect_sizes": "evidence",
        "policy": {"promotion_rule": "random", "one_to_one": False}}


# --- what is wrong with a file


def test_a_missing_file(tmp_path):
    assert refusal(tmp_path / "none.toml").endswith("none.toml: no such file")


def test_a_folder(tmp_path):
    assert "a folder" in refusal(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not a regular file" in refusal(tmp_path / "pipe.toml")


@pytest.mark.parametrize(
    "name", ["", "a\0b", "x" * 5000, "line\nbreak"], ids=["empty", "null", "long", "two lines"])
def test_names_that_no_file_can_have(name):
    refusal(name)


def test_a_file_too_large(written):
    assert "too large" in refusal(written("#" * 1_000_001))


def test_bad_toml_says_where(written):
    message = refusal(written('from = "coaching"\n[policy]\ncoaching_share 0.5\n'))
    assert "firm.toml: not TOML: line 3: " in message and "column" in message


def test_bad_toml_at_the_end_says_where(written):
    assert "firm.toml: not TOML: line 2: " in refusal(written('[policy]\nrole_clarity ='))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'from = "co\xe9"'], ids=["utf-16", "latin-1"])
def test_what_is_not_utf8(written, content):
    assert "not UTF-8 at byte " in refusal(written(content))


def test_what_is_nested_without_end(written):
    refusal(written("a = " + "[" * 100_000))


def test_a_repeated_key_is_bad_toml(written):
    assert "line 3" in refusal(written("[policy]\nheroics = 1\nheroics = 2\n"))


@pytest.mark.parametrize(("content", "line", "words"), [
    ("[policy]\n\ncoachng_share = 0.5\n", 3,
     ["policy.coachng_share: no such parameter", "did you mean policy.coaching_share?"]),
    ('[set]\n"policy.coachng_share" = 0.5\n', 2, ["did you mean policy.coaching_share?"]),
    ("[organisation]\nteams = 2\n[polcy]\nheroics = 1\n", 3,
     ["polcy: no such table", "did you mean policy?"]),
    ("coaching_share = 0.5\n", 1, ["coaching_share: no such table", "did you mean policy.coaching_share?"]),
    ("[policy]\ncoaching_share = 1.5\n", 2, ["policy.coaching_share = 1.5: allowed is 0 to 1"]),
    ("[policy]\ncoaching_share = nan\n", 2, ["policy.coaching_share = nan: allowed is 0 to 1"]),
    ("[policy]\ncoaching_share = inf\n", 2, ["policy.coaching_share = inf"]),
    (f"[policy]\ncoaching_share = 1{'0' * 400}\n", 2, ["policy.coaching_share = 1000"]),
    ('[policy]\ncoaching_share = "much"\n', 2, ["policy.coaching_share = 'much'"]),
    ("[policy]\ncoaching_share = true\n", 2, ["policy.coaching_share = True"]),
    ("[policy]\ncoaching_share = 2026-01-01\n", 2, ["policy.coaching_share = "]),
    ("[organisation]\nteams = 2.5\n", 2, ["organisation.teams = 2.5", "whole number"]),
    ('[policy]\npromotion_rule = "best_seler"\n', 2, ["did you mean best_seller?"]),
    ('from = "coachin"\n', 1, ['from = "coachin"', "did you mean coaching?"]),
    ('\neffect_sizes = "evidense"\n', 2, ["effect_sizes 'evidense'", "did you mean evidence?"]),
    ("from = 3\n", 1, ["from = 3: allowed is a file or status_quo | "]),
    ("policy = 3\n", 1, ["policy = 3: a table is needed"]),
    ("[[policy]]\nheroics = 1\n", None, ["policy = ", "a table is needed"]),
    ("[policy]\n[policy.coaching_share]\nhigh = 1\n", 2, ["policy.coaching_share = {'high': 1}"]),
    ('[set]\n"a\\nb" = 0.5\n', None, ["a b: no such parameter"]),
    ("[set]\npolicy.coaching_share = 0.5\n", None, ["policy: no such table", "in quotes"]),
    ('[policy]\nheroics = 1\n[set]\n"policy.heroics" = 2\n', None, ["policy.heroics: set twice"]),
    ("[policy]\ncoaching_share = 0.9\n", 2, ["own_selling_share = 1.05", "at most 1"]),
])
def test_what_a_file_may_not_say(written, content, line, words):
    message = refusal(written(content))
    assert all(word in message for word in words), message
    where = "firm.toml: " if line is None else f"firm.toml, line {line}: "
    assert where in message, message


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=60), st.text(alphabet="[]={}.\"'\n #policyset01", max_size=60)))
def test_any_file_is_a_scenario_or_refused_in_one_line(written, content):
    try:
        assert isinstance(load_scenario(written(content)), Scenario)
    except ParameterError as refused:
        assert "\n" not in str(refused)


def test_parsed_content_is_enough():
    assert scenario_of({"policy": {"heroics": 0}}).policy.heroics == 0.0


def test_the_old_key_still_names_the_effect_sizes_and_warns(written):
    with pytest.warns(DeprecationWarning, match="the key beliefs of scenario files is now effect_sizes"):
        assert load_scenario(written('beliefs = "practitioner"')) == preset("status_quo", "practitioner")
    assert "beliefs: set twice" in refusal(written('beliefs = "practitioner"\neffect_sizes = "evidence"'))


def test_the_old_argument_of_a_preset_warns():
    with pytest.warns(DeprecationWarning, match="effect_sizes"):
        assert preset("coaching", beliefs="practitioner") == preset("coaching", "practitioner")
