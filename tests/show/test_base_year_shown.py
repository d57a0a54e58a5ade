"""A base year in words: what a solved parameter that no firm can have means."""

from __future__ import annotations

import pandas as pd
import pytest

from simlead.show.base_year import OVERHEAD, contradictions
from simlead.show.language import in_language
from simlead.study.records import BaseYear


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
