"""A manager's diary holds forty hours, the books' hours, and every session that was held or lapsed."""

from __future__ import annotations

import numpy as np
import pytest

from simlead.model import events
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.simulate import simulate

WEEKS = 30


@pytest.fixture(scope="module")
def run():
    firm = Scenario().change({
        "organisation.teams": 3, "calendar.warmup_weeks": 4, "calendar.horizon_weeks": WEEKS,
        "policy.coaching_share": 0.5, "organisation.seat_growth_per_year": 0.5})
    return simulate(firm, seed=4, engine="compiled")


@pytest.fixture(scope="module")
def diaries(run):
    """(team, week) -> diary, of every week but the last."""
    return {(team, week): run.diary(team, week) for team in range(3) for week in range(-4, WEEKS - 1)}


def test_a_week_is_forty_hours_without_a_gap_or_an_overlap(diaries):
    for table in diaries.values():
        done = table[table["use"] != "cancelled"]
        assert done["begin"].iloc[0] == 0.0 and done["end"].iloc[-1] == 40.0
        assert np.array_equal(done["begin"].to_numpy()[1:], done["end"].to_numpy()[:-1])
        assert (done["hours"] > 0).all()


def test_hours_by_use_are_those_of_the_books(run, diaries):
    books = run.managers().set_index(["team", "week"])[[f"{use}_hours" for use in events.MANAGER_USES]].T.to_dict()
    for place, table in diaries.items():
        hours = table.groupby("use")["hours"].sum()
        for use in events.MANAGER_USES:
            assert hours.get(use, 0.0) == pytest.approx(books[place][f"{use}_hours"], abs=1e-9)


def test_every_session_that_was_held_or_lapsed_is_in_one_week(run, diaries):
    books = run.managers().query(f"week < {WEEKS - 1}")
    for kind in events.SESSIONS:
        weeks = [table[table["what"] == kind] for table in diaries.values()]
        begun = sum(int((week["use"] == "coaching").sum()) for week in weeks)
        # One that reaches over a week's end stands in both weeks, and is held in the second.
        across = sum(int(((week["use"] == "coaching") & (week["begin"] == 0.0)).sum()) for week in weeks)
        held = int(books[f"{kind}s_held"].sum())
        assert held <= begun <= held + across + 3
        lapsed = sum(int((week["use"] == "cancelled").sum()) for week in weeks)
        # What lapses at the stroke of a week's end is booked in the next.
        assert lapsed == pytest.approx(books[f"{kind}s_lapsed"].sum(), abs=3 * 8)


def test_fridays_one_to_ones_lapse_on_friday(diaries):
    days = {day for table in diaries.values()
            for day in table["day"][(table["use"] == "cancelled") & (table["what"] == "one_to_one")]}
    assert days <= set(range(5)) and 4 in days


def test_a_session_is_with_somebody_of_the_team(run, diaries):
    reps = run.reps().groupby("team")["seat"].unique()
    for (team, _), table in diaries.items():
        seats = table["seat"].dropna()
        assert set(seats) <= set(reps[team])
        assert (table["seat"].notna() == table["what"].isin(events.SESSIONS)).all()


def test_a_manager_who_is_busy_misses_a_short_team_meeting():
    firm = Scenario().change({
        "organisation.teams": 2, "calendar.warmup_weeks": 2, "calendar.horizon_weeks": 20,
        "organisation.team_meeting_hours": 0.25, "policy.own_selling_share": 0.6,
        "status_quo.own_selling_share": 0.6, "organisation.team_meeting_start_hour": 3.3})
    run = simulate(firm, seed=1, engine="compiled")
    books = run.managers().set_index(["team", "week"])
    missed = 0
    for team in range(2):
        for week in range(19):
            table = run.diary(team, week)
            missed += "team_meeting" not in set(table["what"])
            hours = table.groupby("use")["hours"].sum()
            assert hours.get("people", 0.0) == pytest.approx(books.loc[(team, week), "people_hours"], abs=1e-9)
    assert missed > 0


@pytest.mark.parametrize(("team", "week", "stated"), [
    (3, 0, "team = 3: allowed is a whole number from 0 to 2"), (-1, 0, "team = -1"),
    (0, WEEKS - 1, f"week = {WEEKS - 1}: allowed is a whole number from -4 to {WEEKS - 2}"), (0, -5, "week = -5"),
])
def test_a_week_that_is_not_there_is_refused(run, team, week, stated):
    with pytest.raises(ParameterError, match=stated):
        run.diary(team, week)


def test_without_a_trace_there_is_no_diary():
    firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 3})
    with pytest.raises(RuntimeError, match="without a trace"):
        simulate(firm, trace=False).diary(0, 0)
