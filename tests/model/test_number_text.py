"""One grammar for numbers as text, whatever door they come in by (C13)."""

import pytest

from simlead.cli.failures import Refusal
from simlead.cli.scenarios import assignments
from simlead.model.number import LARGEST_SEED
from simlead.model.number_text import probably_meant, read_number
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.scenario_file import scenario_of
from simlead.study.studies.table_file import read_table

PATH = "policy.coaching_share"
MEANT = {"۰٫۵": "0.5", "0,5": "0.5", "50%": "0.5", "50 %": "0.5", "0_5": "5", "'0.5'": "0.5", "٠٫٥": "0.5",
         "\u22120.5": "-0.5", "1,200,000": "1200000", "1 000": "1000", "12,5 %": "0.125"}


def by_set(text):
    return assignments([f"{PATH}={text}"])


def by_table(text, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f'{PATH}\n"{text}"\n', encoding="utf-8")
    return read_table(file)


@pytest.mark.parametrize("text", MEANT)
def test_the_same_texts_are_refused_everywhere_with_the_same_guess(text, tmp_path):
    doors = [lambda: Scenario().change({PATH: text}), lambda: scenario_of({"policy": {"coaching_share": text}}),
             lambda: by_table(text, tmp_path), lambda: by_set(text)]
    for door in doors:
        with pytest.raises((ParameterError, Refusal)) as refused:
            door()
        message = str(refused.value)
        assert PATH in message and "\n" not in message
        if 0.0 <= float(MEANT[text]) <= 1.0:
            assert "allowed is 0 to 1" in message and message.endswith(f"; did you mean {MEANT[text]}?")


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), (".5", 0.5), ("+5e-1", 0.5), ("-0.0", 0.0)])
def test_the_same_texts_are_read_everywhere(text, value, tmp_path):
    assert Scenario().change(by_set(text)).policy.coaching_share == value
    assert by_table(text, tmp_path)[PATH].tolist() == [value]


def test_a_text_in_python_or_toml_is_named_as_one():
    with pytest.raises(ParameterError, match=r"= '0\.5': a text, not a number; allowed is 0 to 1; did you mean 0\.5\?"):
        Scenario().change({PATH: "0.5"})
    with pytest.raises(ParameterError, match=r"= 'half': a text, not a number; allowed is 0 to 1"):
        Scenario().change({PATH: "half"})


@pytest.mark.parametrize("text", ["nan", "inf", "0x10", "1_0", "", "1e", "--1", "١", "1.2.3"])
def test_what_is_no_number_is_not_read(text):
    assert read_number(text) is None


def test_a_guess_is_itself_read():
    assert all(read_number(probably_meant(text)) is not None for text in MEANT)


def test_a_switch_is_read_by_the_same_words_everywhere(tmp_path):
    for word, value in (("on", True), ("No", False), ("1", True), ("FALSE", False)):
        assert assignments([f"policy.kpi_review={word}"]) == {"policy.kpi_review": value}
        file = tmp_path / "points.csv"
        file.write_text(f"policy.kpi_review\n{word}\n")
        assert read_table(file)["policy.kpi_review"].tolist() == [value]


def test_one_limit_of_seeds_everywhere():
    from simlead.cli.options import Seed
    from simlead.study.simulate import simulate
    from simlead.study.studies.study_file import study_of

    grid = {"kind": "grid", "factors": {"policy.kpi_review": {"values": [True, False]}}}
    assert study_of({"study": {"seed": LARGEST_SEED}, "design": grid}).seed == LARGEST_SEED
    assert Seed.__metadata__[0].max == LARGEST_SEED
    for refused in (lambda: study_of({"study": {"seed": LARGEST_SEED + 1}, "design": grid}),
                    lambda: simulate(seed=LARGEST_SEED + 1)):
        with pytest.raises(ParameterError, match=f"seed = {LARGEST_SEED + 1}: allowed is a whole number from 0 to"):
            refused()
