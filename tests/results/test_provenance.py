"""What a result is made by: the code of estimators and analyses counts, beside that of model and engines."""

import shutil
from pathlib import Path

import pytest

import simlead
from simlead.model.meaning import hash_of_meaning
from simlead.results.folder import made_by
from simlead.results.provenance import METHODS, methods_hash

PACKAGE = Path(simlead.__file__).parent
SOME = ("statistics/trial_estimators.py", "study/trial/alarms.py")


@pytest.fixture
def package(tmp_path):
    for name in SOME:
        (tmp_path / "simlead" / name).parent.mkdir(parents=True)
        shutil.copy(PACKAGE / name, tmp_path / "simlead" / name)
    return tmp_path / "simlead"


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(("name", "old", "new", "same"), [
    (SOME[0], "LEAST_PERIODS = 3", "LEAST_PERIODS = 2", False),
    (SOME[1], "TOLERANCE = 0.01", "TOLERANCE = 0.02", False),
    (SOME[1], "By how much a false-alarm rate may miss alpha", "How far a rate may be from alpha", True),
])
def test_an_edit_of_an_estimator_changes_the_hash_of_the_methods_and_a_word_does_not(package, name, old, new, same):
    before = hash_of_meaning(package, METHODS)
    edit(package / name, old, new)
    assert (hash_of_meaning(package, METHODS) == before) is same


def test_what_is_written_carries_the_hash_of_the_methods():
    assert made_by()["methods"] == methods_hash() == hash_of_meaning(PACKAGE, METHODS)
    assert methods_hash() != made_by()["sources"]
