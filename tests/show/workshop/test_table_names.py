"""Names that tables give themselves: what is allowed, what is one name, and their marks."""

from __future__ import annotations

import pytest

from simlead.model.parameters import ParameterError
from simlead.show.workshop.names import clean_name, same_name, short_names


@pytest.mark.parametrize(("typed", "name"), [
    ("Blue owls", "Blue owls"), ("  Blue \t owls\n", "Blue owls"), ("میز ۴", "میز ۴"), ("كاوه و علي", "کاوه و علی"),
    ("نیم\u200cفاصله", "نیم\u200cفاصله"), ("O'Neill & Co.".replace(" &", ""), "O'Neill Co."), ("42", "42"),
    ("x" * 24, "x" * 24), ("Cafe\u0301", "Caf\u00e9"), ("\U0001f98a fox", "\U0001f98a fox"),
])
def test_a_name_is_cleaned(typed, name):
    assert clean_name(typed) == name == clean_name(name)


@pytest.mark.parametrize("typed", [
    "", " ", "A", "x" * 25, "<b>bold</b>", "a&amp;b", "=1+1", "+1", "-x", "@cmd", 'say "no"', "a\u202eb", "a\u200bb",
    "a\x00b", "a\x1b[31m", "`rm`", "a/b", "{x}", "..", "\u200c\u200c", "!?",
])
def test_other_signs_and_lengths_are_refused(typed):
    with pytest.raises(ParameterError) as refused:
        clean_name(typed)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("one", "other"), [
    ("Blue Owls", "blue owls"), ("Blue-owls", "BlueOwls"), ("Ｏwls", "Owls"), ("میز۱", "میز ۱"), ("STRASSE", "straße"),
])
def test_names_that_sound_the_same_are_one(one, other):
    assert same_name(one, other) and not same_name(one, other + "x")


def test_marks_are_short_and_no_two_are_equal():
    names = [f"Table {number}" for number in range(1, 30)] + ["Tom", "Tommy", "آبی", "آبان", "A", "B"]
    found = short_names(names)
    assert len(set(found.values())) == len(names) and all(1 <= len(mark) <= 4 for mark in found.values())
    assert found["A"] == "A" and found["Table 1"] == "T1" and short_names(names) == found
