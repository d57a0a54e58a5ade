"""Yesterday's spellings of effect sizes still work for one release, with a warning."""

import inspect

import pytest

from simlead.model.parameters import ParameterError
from simlead.study.claims.examine import examine
from simlead.study.claims.protocol import CLAIMS
from simlead.study.facts import facts
from simlead.study.studies.study_file import load_study, study_of
from simlead.study.surface import Surface, fit_surface
from simlead.study.sweeps.sweep import check, sweep

GRID = {"kind": "grid", "factors": {"policy.kpi_review": {"values": [True, False]}}}


def test_a_study_file_may_say_beliefs(tmp_path):
    file = tmp_path / "old.toml"
    file.write_text('[study]\nbeliefs = ["evidence", "practitioner"]\n[design]\nkind = "grid"\n[design.factors]\n'
                    '"policy.kpi_review" = { values = [true, false] }\n')
    with pytest.warns(DeprecationWarning, match="the key beliefs of study files is now effect_sizes"):
        assert load_study(file).effect_sizes == ("evidence", "practitioner")
    with pytest.raises(ParameterError, match="beliefs: set twice"):
        study_of({"study": {"beliefs": "evidence", "effect_sizes": "evidence"}, "design": GRID})


@pytest.mark.parametrize("function", [check, examine, facts, fit_surface, sweep])
def test_an_argument_may_be_called_beliefs(function):
    assert "effect_sizes" in inspect.signature(function).parameters
    with (pytest.warns(DeprecationWarning, match=rf"{function.__name__}\(beliefs=...\) is now"),
          pytest.raises((ParameterError, TypeError, ValueError))):  # the rest of the call is nonsense
        function(beliefs="nonsense")
    with pytest.raises(TypeError, match="both 'effect_sizes' and its old name"):
        function(beliefs="evidence", effect_sizes="evidence")


def test_claims_may_be_asked_in_a_size_of_so_many_worlds():
    with (pytest.warns(DeprecationWarning, match=r"examine\(size=...\) is now examine\(worlds=...\)"),
          pytest.raises(ParameterError, match="worlds = 4: allowed is a whole number from 8")):
        examine(["double_profit"], size=4)


def test_attributes_that_are_gone_say_what_to_use():
    claim = next(iter(CLAIMS.values()))
    for name in ("text", "measure", "experiment", "supports", "refutes", "carried_by", "programme_name"):
        with pytest.raises(AttributeError, match=rf"Claim\.{name} is gone; use simlead\.claim_texts"):
            getattr(claim, name)
    with pytest.raises(AttributeError, match=r"Surface\.sentence is gone; use simlead\.sentences"):
        object.__new__(Surface).sentence()
