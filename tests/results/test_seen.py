"""What a firm sees of itself: sums agree with the run's own tables, and nothing hidden is needed."""

import dataclasses

import numpy as np
import pytest

from simlead.engines.compiled_engine import run
from simlead.model import events
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_MONTH
from simlead.results.seen import COLUMNS, SEEN, checked_seen, month_of_week, ratio_of, seen_by_month
from simlead.study.simulate import simulate

FIRM = Scenario().change({"organisation.teams": 3, "organisation.seats_per_team": 5, "calendar.warmup_weeks": 26,
                          "calendar.horizon_weeks": 52})


@pytest.fixture(scope="module")
def records():
    return run(FIRM, 3, 0, False)


@pytest.fixture(scope="module")
def seen(records):
    return seen_by_month(records, FIRM, -6, 18)


def column(seen, name):
    return seen[COLUMNS.index(name)]


def test_money_hours_and_people_add_up_to_the_firms_weeks(records, seen):
    weeks, reps, managers = records.weeks, records.reps, records.managers
    assert column(seen, "won_value").sum() == pytest.approx(weeks["revenue"].sum())
    assert column(seen, "deals_won").sum() == weeks["wins"].sum()
    assert column(seen, "leavers").sum() == (weeks["quits"] + weeks["promotions"]).sum()
    assert column(seen, "rep_hours").sum() == pytest.approx(40.0 * len(reps) - reps["vacant_hours"].sum())
    assert column(seen, "coaching_hours").sum() == pytest.approx(reps["coaching_hours"].sum())
    held = sum(managers[f"{kind}s_held"].sum() for kind in events.SESSIONS)
    assert column(seen, "sessions").sum() == held


def test_a_run_counts_the_same_team_by_team_and_month_by_month(seen):
    table = simulate(FIRM, seed=3, engine="compiled", trace=False).counted(-6, 18).set_index(["team", "month"])
    assert table.columns.tolist() == list(COLUMNS) and len(table) == 3 * 18
    for team in range(3):
        for month in range(-6, 12):
            assert table.loc[(team + 1, month)].tolist() == seen[:, team, month + 6].tolist()


@pytest.mark.parametrize(("first", "months", "said"), [
    (-7, 12, "months -7 to 4: allowed are those that the run has whole"), (0, 13, "months 0 to 12"),
    (0.5, 3, "first = 0.5"), (0, 0, "months = 0")])
def test_months_that_a_run_does_not_have_are_refused(first, months, said):
    with pytest.raises(ParameterError, match=said):
        simulate(FIRM, seed=3, engine="compiled", trace=False).counted(first, months)


def test_a_teams_months_are_its_own(records, seen):
    reps = records.reps
    second = reps[reps["team"] == 1]
    by_hand = [second["coaching_hours"][[month_of_week(int(week)) == month for week in second["week"]]].sum()
               for month in range(-6, 12)]
    assert column(seen, "coaching_hours")[1] == pytest.approx(by_hand)


def test_the_pipeline_is_what_was_noticed_and_is_not_closed(records, seen):
    deals = records.opportunities
    end = (4 + 1) * HOURS_PER_MONTH
    there = deals["noticed"] & (deals["arrived"] < end) & ~(deals["decided"] < end) & (deals["team"] == 2)
    assert column(seen, "open_value")[2, 6 + 4] == pytest.approx(deals["value"][there].sum())


def test_a_stage_is_left_by_passing_or_closing_and_silence_is_not_seen(records, seen):
    deals = records.opportunities
    start, end = -26 * 40.0, 52 * 40.0
    known = deals[deals["noticed"]]
    within = (known["decided"] >= start) & (known["decided"] < end)
    last = known["stage"] == events.PROPOSAL
    assert column(seen, "proposals_closed").sum() == np.count_nonzero(within & last)
    assert column(seen, "proposals_won").sum() == np.count_nonzero(within & (known["outcome"] == events.WON))
    for name in ("discovery", "qualified"):
        assert (column(seen, f"{name}_passed") <= column(seen, f"{name}_left")).all()


def test_hidden_columns_change_nothing(records, seen):
    blind = [table.copy() for table in (records.opportunities, records.reps, records.managers)]
    for table, names in zip(blind, (("skill", "silent", "overdue_weeks", "pace_hours"),
                                    ("ability", "dose", "coaching_gain", "clarity"),
                                    ("quality", "adherence", "people_skill")), strict=True):
        for name in names:
            table[name] = 0
    there = dataclasses.replace(records, opportunities=blind[0], reps=blind[1], managers=blind[2])
    assert np.array_equal(seen_by_month(there, FIRM, -6, 18), seen)


def test_every_outcome_is_a_ratio_that_the_firm_has(seen):
    for outcome in SEEN:
        values = ratio_of(seen.sum(axis=(1, 2))[:, None], outcome)
        assert np.isfinite(values).all() and (values >= 0.0).all(), outcome
    nothing = ratio_of(np.zeros((len(COLUMNS), 1)), "win_rate")
    assert np.isnan(nothing).all()


@pytest.mark.parametrize(("name", "said"), [
    ("market_share", "the firm cannot see it"), ("skill", "the firm cannot see it"),
    ("win_rat", "no such outcome; .*did you mean win_rate"), (3, "no such outcome"),
])
def test_what_a_firm_cannot_see_is_refused(name, said):
    with pytest.raises(ParameterError, match=said):
        checked_seen(name)
