"""A base year in words and as it shows itself; what a solved parameter that no firm can have means."""

from __future__ import annotations

from html import unescape

import pandas as pd
import pytest

from simlead.show.base_year import OVERHEAD, as_counted, as_solved, contradictions
from simlead.show.language import in_language, say
from simlead.study.records import BaseYear, Contradiction


def year(overhead):
    facts = pd.DataFrame([
        {"fact": fact, "unit": unit, "stated": float("nan"), "simulated": value, "low": value, "high": value,
         "role": "open", "agrees": True} for fact, unit, value in (
             ("profit_margin", "share", 0.1), ("sales_per_rep", "$/year", 4e5))])
    solved = pd.DataFrame([{"parameter": OVERHEAD, "unit": "$/seat/year", "preset": 5e4, "solved": overhead,
                            "low": overhead - 1e3, "high": overhead + 1e3}])
    return BaseYear(facts, solved, (), 8, 0)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_negative_overhead_is_told_with_what_contradicts_what(language):
    with in_language(language):
        (sentence,) = contradictions(year(-21_000.0))
        assert contradictions(year(21_000.0)) == []
    assert "organisation.manager_salary_per_year" in sentence and "contribution_margin" in sentence
    assert "{" not in sentence
    if language == "en":
        assert "\N{MINUS SIGN}21" in sentence and "10.0 %" in sentence


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_base_year_shows_its_facts_what_contradicts_what_and_what_was_solved(language):
    stated = pd.DataFrame([{"fact": "revenue", "unit": "$/year", "stated": 2e7, "simulated": 3e7, "low": 2.9e7,
                            "high": 3.1e7, "role": "solved", "agrees": False}])
    found = BaseYear(stated, year(2e4).solved, (Contradiction("revenue", 2e7, 3e7, ()),), 8, 7)
    with in_language(language):
        printed, page, short = str(found), found._repr_html_(), repr(found)
        assert [cell for cell in as_counted(found).iloc[0] if cell not in page] == []
        (sentence,) = contradictions(found)
        assert sentence in unescape(page) and " ".join(sentence.split()) in " ".join(printed.split())
        assert as_solved(found).iloc[0, 2] in page
        assert say("notebook.base_year.agrees") not in page and "{" not in short
        assert say("notebook.base_year.agrees") in year(2e4)._repr_html_()
        assert found.plot().get_title(loc="left")
