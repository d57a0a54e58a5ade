"""The charts of a manager's diary, of payback and of the facts, and the tables for reading: drawn what was given."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.show.charts.axes import title_of
from simlead.show.charts.base_year import base_year
from simlead.show.charts.diary import manager_diary
from simlead.show.charts.facts import published_facts
from simlead.show.charts.payback import paid_back
from simlead.show.charts.tables import ChartError
from simlead.show.language import in_language
from simlead.show.tables import DIFFERENCE, MEAN, in_words, parameters
from simlead.study.published_facts import FACTS


def marked(ax, gid):
    return [artist for panel in (ax, *ax.child_axes) for artist in panel.get_children() if artist.get_gid() == gid]


# --- the diary

WEEK = pd.DataFrame([
    (0.0, 0.5, "one_to_one", "coaching"), (0.5, 7.0, "own_selling", "customers"),
    (7.0, 9.0, "admin_duty", "admin"), (8.0, 8.0, "one_to_one", "cancelled"), (8.0, 8.0, "pre_call", "cancelled"),
    (8.0, 8.0, "admin_duty", "cancelled"), (9.0, 40.0, "nothing", "unallocated"),
], columns=["begin", "end", "what", "use"])


def test_a_diary_counts_sessions_and_draws_each_day_apart():
    ax = manager_diary(WEEK)
    assert title_of(ax) == "Of 3 coaching sessions booked this week 1 took place: 0.5 hours of coaching"
    admin = [(bar.get_x(), bar.get_width(), round(bar.get_y() + 0.25)) for bar in marked(ax, "admin")]
    assert admin == [(7.0, 1.0, 0), (0.0, 1.0, 1)]
    assert sum(bar.get_width() for use in ("coaching", "customers", "admin", "unallocated")
               for bar in marked(ax, use)) == pytest.approx(40.0)
    (note,) = [text.get_text() for text in ax.texts if text.get_gid() == "cancelled"]
    assert note == "cancelled: 1 × one-to-one, 1 × pre-call strategy"


@pytest.mark.parametrize(("table", "stated"), [
    (WEEK.drop(columns="use"), "no column use"), (WEEK.replace("admin", "golf"), "use golf"),
    (WEEK.assign(end=WEEK["end"] + 40.0), "one week"),
])
def test_a_diary_that_cannot_be_drawn_is_refused(table, stated):
    with pytest.raises(ChartError, match=stated):
        manager_diary(table)


# --- payback


def months(earned, width):
    rows = [(month, value, value - width, value + width, 20) for month, value in enumerate(earned)]
    return pd.DataFrame(rows, columns=["month", "earned", "low", "high", "n"]).assign(seed=3)


@pytest.mark.parametrize(("earned", "width", "stated"), [
    ([-9e3, -5e3, 1e3, 5e3, 30e3], 3e3, "Coaching has paid for itself after 2 months (95 % interval 2 to 3); "
     "after 4 months it is 30 thousand $ ahead of the status quo (27 to 33)"),
    ([-9e3, -5e3, 1e3, 2e3], 3e3, "Coaching has paid for itself after 2 months (95 % interval 2 to more than 3); "
     "after 3 months it is 2 thousand $ ahead of the status quo (−1 to 5)"),
    ([-9e3, -8e3], 1e2, "Coaching has not paid for itself; after 1 month it is 8,000 $ behind the status quo "
     "(7,900 to 8,100)"),
])
def test_payback_says_when_and_how_much(earned, width, stated):
    ax = paid_back(months(earned, width), policy="coaching")
    assert title_of(ax) == stated
    diamonds = marked(ax, "back")
    assert bool(diamonds) == ("not paid" not in stated)


def test_payback_needs_months():
    with pytest.raises(ChartError, match="one month"):
        paid_back(months([1.0], 0.0))
    with pytest.raises(ChartError, match="no column low"):
        paid_back(months([1.0, 2.0], 0.0).drop(columns="low"))


# --- facts


def fact_rows(**changes):
    row = {"when": "base year", "published": 0.3, "low": 0.2, "high": 0.4, "simulated": 0.25, "simulated_low": 0.24,
           "simulated_high": 0.26, "inside": True, "source": ""}
    table = pd.DataFrame([row | {"fact": fact.name, "measure": fact.measure} for fact in FACTS])
    return table.assign(**changes)


def test_facts_are_drawn_in_their_range():
    table = fact_rows()
    ax = published_facts(table)
    assert title_of(ax) == f"The status quo meets {len(FACTS)} of {len(FACTS)} published facts"
    assert [line.get_xdata()[0] for line in marked(ax, "base")] == pytest.approx([0.25] * len(FACTS))
    assert [line.get_xdata()[0] for line in marked(ax, "published")] == pytest.approx([0.5] * len(FACTS))


def test_a_fact_that_does_not_hold_is_named():
    table = fact_rows()
    table.loc[7, "simulated"] = 0.5
    table.loc[7, "inside"] = False
    ax = published_facts(table)
    assert f"meets {len(FACTS) - 1} of {len(FACTS)} published facts; not" in title_of(ax)
    assert "#D55E00" in {line.get_color() for line in marked(ax, "base")}


def test_both_years_of_a_fact_share_a_row():
    both = pd.concat([fact_rows(), fact_rows(when="third year", simulated=0.35)])
    ax = published_facts(both)
    rows = [len(panel.get_yticks()) for panel in ax.child_axes]
    assert len(rows) == 2 and sum(rows) == len(FACTS) == len(marked(ax, "third"))


def stated_facts(**changes):
    rows = [{"fact": "revenue", "unit": "$/year", "stated": 2e7, "simulated": 2.02e7, "low": 1.96e7, "high": 2.08e7,
             "role": "solved", "agrees": True},
            {"fact": "cycle_days", "unit": "calendar days", "stated": 80.0, "simulated": 96.0, "low": 93.0,
             "high": 99.0, "role": "shown", "agrees": True},
            {"fact": "quota", "unit": "$/year", "stated": 1e6, "simulated": 1e6, "low": math.nan, "high": math.nan,
             "role": "kept", "agrees": None},
            {"fact": "profit_margin", "unit": "share of revenue", "stated": math.nan, "simulated": 0.1, "low": 0.09,
             "high": 0.11, "role": "open", "agrees": None}]
    rows[1] |= changes
    return pd.DataFrame(rows)


def test_a_base_year_is_drawn_as_a_ratio_to_what_is_stated():
    ax = base_year(stated_facts())
    assert title_of(ax) == "The simulated year shows 2 of 2 facts as stated"
    assert [line.get_xdata()[0] for line in marked(ax, "simulated")] == pytest.approx([1.01, 1.2])
    assert len(ax.get_yticks()) == 2  # what is a parameter, and what is not stated, is no row


def test_a_fact_that_the_base_year_does_not_show_is_named_and_red():
    ax = base_year(stated_facts(agrees=False))
    assert title_of(ax).replace("\n", " ") == (
        "The simulated year shows 1 of 2 facts as stated, but not median sales cycle")
    assert [line.get_color() for line in marked(ax, "simulated")] == ["#0072B2", "#D55E00"]
    far = base_year(stated_facts(simulated=8000.0, low=7000.0, high=9000.0))
    assert far.get_xlim() == (0.0, 2.0)


def test_a_firm_that_states_nothing_has_no_such_chart():
    with pytest.raises(ChartError, match="states no fact"):
        base_year(stated_facts().iloc[2:])


@pytest.mark.parametrize("draw", [
    lambda: base_year(stated_facts(agrees=False)),
    lambda: manager_diary(WEEK),
    lambda: paid_back(months([-9e3, 1e3, 3e3], 1e3), policy="coaching"),
    lambda: published_facts(fact_rows()),
])
def test_they_speak_persian(draw):
    with in_language("fa"):
        found = title_of(draw())
    assert not any(letter.isascii() and letter.isalnum() for letter in found)
    assert any("\u0600" <= letter <= "\u06ff" for letter in found)


# --- tables for reading


def comparison(scenario, **values):
    return {"scenario": scenario, "measure": "market_share", "unit": "share", "mean": 0.1, "low": 0.09, "high": 0.11,
            "difference": 0.0, "difference_low": 0.0, "difference_high": 0.0} | values


def test_numbers_have_units_intervals_and_as_many_digits_as_these_bear():
    money = {"measure": "revenue", "unit": "$/year", "mean": 4e7, "low": 3.8e7, "high": 4.2e7}
    table = pd.DataFrame([
        comparison("now"), comparison("then", difference=-0.01, difference_low=-0.016, difference_high=-0.004),
        comparison("now", **money),
        comparison("then", **money | {"difference": 2e6, "difference_low": 1e6, "difference_high": 3e6})])
    stated = in_words(table)
    assert stated.loc[("market_share", "now")].tolist() == ["10.0 % (9.0 to 11.0)", ""]
    assert stated.loc[("market_share", "then"), DIFFERENCE] == "−1.0 points (−1.6 to −0.4)"
    assert stated.loc[("revenue", "then")].tolist() == [
        "40 million $/year (38 to 42)", "+2.0 million $/year (1.0 to 3.0)"]
    assert list(in_words(table, ["revenue"]).index.get_level_values("measure").unique()) == ["revenue"]
    week = comparison("now", unit="share of the manager's week")
    assert in_words(pd.DataFrame([week]))[MEAN].tolist() == ["10.0 % (9.0 to 11.0)"]
    assert in_words(pd.DataFrame([comparison("now", mean=float("nan"))]))[MEAN].tolist() == ["unknown"]


def test_a_measure_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match="market_shar.*did you mean market_share"):
        in_words(pd.DataFrame([comparison("now")]), ["market_shar"])


def test_parameters_are_told_as_the_registry_has_them():
    stated = parameters(Scenario().change({"policy.coaching_share": 0.5}))
    assert list(stated.index) == list(REGISTRY)
    assert stated.loc["policy.coaching_share", "value"] == 0.5
    assert stated.loc["policy.promotion_rule", "value"] == "best_seller"
    assert repr(stated.loc["organisation.teams", "value"]) == "4"
    with pytest.raises(ParameterError, match="did you mean policy.coaching_share"):
        parameters(Scenario(), ["policy.coachng_share"])


# --- in a notebook


def test_a_chart_of_its_own_shows_itself_in_a_notebook():
    png, about = manager_diary(WEEK)._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (1280, 720)
    assert about["alt"].startswith("Of 3 coaching sessions")
