"""Uneven coaching: as many reps as the plan reaches, those of highest attention, in longer one-to-ones."""

import functools

import numpy as np
import pytest
from reading import rows_of, week_of_row
from scipy import stats

from simlead.engines import compiled_engine
from simlead.model import draws, events
from simlead.model.scenario import Scenario

FALSE_ALARM = 1e-5
SEATS, WARMUP, WEEKS = 6, 2, 30
FIRM = Scenario().change({
    "organisation.teams": 10, "organisation.seats_per_team": SEATS, "calendar.warmup_weeks": WARMUP,
    "calendar.horizon_weeks": WEEKS, "world.quits_per_month": 0.0, "world.manager_exits_per_year": 0.0,
    "world.natural_coach_share": 0.0, "world.hours_per_coached_rep": 4.4})
STATUS_QUO_HOURS = 0.2 * 40.0


@functools.cache
def played(changes=()):
    return compiled_engine.run(FIRM.change(dict(changes)), 4, 0)


def firm(changes=None, **more):
    return played(tuple(sorted(({} if changes is None else changes | more).items())))


def chosen(records):
    """Whether each rep is coached, by week and seat."""
    return records.reps["chosen_for_coaching"].reshape(WARMUP + WEEKS, -1)


def reps_a_week(records):
    """Reps chosen, by week and team."""
    return chosen(records).reshape(WARMUP + WEEKS, -1, SEATS).sum(axis=2)


def differing(one, other, but=()):
    return [f"{name}.{column}" for name in ("opportunities", "reps", "managers", "weeks")
            for column in getattr(one, name).dtype.names if column not in but and not np.array_equal(
                getattr(one, name)[column], getattr(other, name)[column],
                equal_nan=getattr(one, name)[column].dtype.kind == "f")]


# --- how many


def test_as_many_reps_as_the_plan_reaches_on_average():
    count = reps_a_week(firm())
    assert set(np.unique(count)) == {1, 2}
    reach = STATUS_QUO_HOURS / 4.4
    assert stats.binomtest(int((count == 2).sum()), count.size, reach - 1.0).pvalue > FALSE_ALARM
    assert stats.binomtest(int((count == 2).sum()), count.size, reach - 1.2).pvalue < FALSE_ALARM


def test_a_small_plan_reaches_nobody_in_some_weeks():
    records = firm({"status_quo.coaching_share": 0.06})
    count = reps_a_week(records)[:WARMUP]
    assert set(np.unique(count)) == {0, 1}
    sessions = ("one_to_ones_booked", "pre_calls_booked", "post_calls_booked")
    booked = sum(records.managers[name].reshape(WARMUP + WEEKS, -1)[:WARMUP] for name in sessions)
    assert np.array_equal(booked > 0, count > 0)


@pytest.mark.parametrize("changes", [
    {"world.natural_coach_share": 1.0}, {"world.hours_per_coached_rep": 1.3}, {"structure.everybody_alike": True}])
def test_natural_coaches_and_plans_that_cover_all_reach_all(changes):
    alike = {"world.hours_per_coached_rep": 0.0}
    records = firm(changes)
    assert chosen(records).all()
    assert differing(records, firm({**changes, **alike, "structure.everybody_alike": False})) == []
    assert np.array_equal(records.trace, firm({**changes, **alike, "structure.everybody_alike": False}).trace)


# --- who


def attention(seat, week, world, ability):
    lasting = draws.normal(4, 0, draws.ATTENTION, seat, 0)
    chance = draws.uniform(4, 0, draws.ATTENTION_OF_WEEK, seat, week + WARMUP)
    return world.attention_sd * lasting - np.log(-np.log(chance)) + world.attention_to_ability * ability


@pytest.mark.parametrize("changes", [{}, {"structure.favourites": True}, {"world.attention_sd": 0.0}])
def test_the_chosen_are_those_of_highest_attention(changes):
    records, world = firm(changes), FIRM.change(changes).in_force().world
    for rows in np.split(records.reps, (WARMUP + WEEKS) * 10):
        drawn = np.array([attention(int(row["seat"]), int(row["week"]), world, row["ability"]) for row in rows])
        count = int(rows["chosen_for_coaching"].sum())
        assert set(np.argsort(-drawn)[:count]) == set(np.flatnonzero(rows["chosen_for_coaching"]))


def test_lasting_preferences_make_it_the_same_reps():
    often = {sd: np.sort(chosen(firm({"world.attention_sd": sd})).reshape(-1, 10, SEATS).mean(axis=0), axis=1)[:, -1]
             for sd in (0.0, 1.0, 10.0)}
    assert often[0.0].mean() < often[1.0].mean() < often[10.0].mean() == pytest.approx(1.0, abs=0.05)
    evenly = chosen(firm({"world.attention_sd": 0.0})).sum(axis=0)
    # Fewer repeats than independent draws would make: those of one team and week exclude each other.
    assert stats.chisquare(evenly).pvalue > FALSE_ALARM


def test_favourites_are_the_stronger_reps_and_a_negative_preference_is_for_the_weaker():
    def lead(changes):
        reps = firm(changes).reps
        return reps["ability"][reps["chosen_for_coaching"]].mean() - reps["ability"].mean()

    usual, favourites = lead({}), lead({"structure.favourites": True})
    assert lead({"world.attention_to_ability": -0.6}) < usual < favourites


def test_more_for_the_same_reps_reaches_no_others():
    more = {"policy.coaching_share": 0.5}
    few, many = firm(more | {"structure.more_for_the_same_reps": True}), firm(more)
    assert np.array_equal(chosen(few), chosen(firm()))
    assert chosen(many)[WARMUP:].sum() > 2.0 * chosen(few)[WARMUP:].sum()
    hours = [records.reps["coaching_hours"][records.reps["week"] >= 0].sum() for records in (firm(), few)]
    assert hours[1] > 1.5 * hours[0]


# --- what they get


def test_a_rep_who_is_not_chosen_has_no_session_in_the_week():
    """A call that was booked last week, when its rep was chosen, still takes place."""
    records = firm()
    begun, week = rows_of(records.trace, events.SESSION_BEGINS), week_of_row(records.trace, WARMUP)
    week = week[records.trace["kind"] == events.SESSION_BEGINS] + WARMUP
    here = chosen(records)
    this = here[np.minimum(week, len(here) - 1), begun["actor"]]
    last = here[np.maximum(week - 1, 0), begun["actor"]]
    call = begun["detail"] != events.ONE_TO_ONE
    assert this[~call].all() and (this | last)[call].all()
    assert this.mean() > 0.9 and {0, 1, 2} == set(begun["detail"])
    never = ~here & ~np.roll(here, 1, axis=0)
    hours = records.reps["coaching_hours"].reshape(here.shape)
    assert never[1:].sum() > 100 and np.all(hours[1:][never[1:]] == 0.0)


def test_one_to_ones_are_longer_for_fewer_reps_in_sittings_of_at_most_an_hour():
    records = firm()
    ended = rows_of(records.trace, events.SESSION_ENDS)
    ended = ended[ended["detail"] == events.ONE_TO_ONE]
    count = reps_a_week(records)[(ended["value"] // 40.0).astype(int) + WARMUP, ended["actor"] // SEATS]
    # Six seats: 2 h (at most) for one rep, 1.5 h each for two, in two sittings.
    assert np.allclose(ended["time"] - ended["value"], np.where(count == 1, 1.0, 0.75))
    managers = records.managers
    length = np.where(reps_a_week(records).ravel() == 1, 1.0, 0.75)
    booked = managers["one_to_ones_booked"] * length
    assert np.all(managers["one_to_ones_booked"] % 2 == 0) and np.all(booked >= 2.0)
    assert np.all(booked + 0.25 * (managers["pre_calls_booked"] + managers["post_calls_booked"])
                  <= managers["planned_coaching_hours"] + 1e-9)


def test_no_one_to_one_keeps_a_manager_from_the_weekly_meeting():
    """One of two hours in one piece, begun on the first morning, would."""
    records = firm({"world.heroic_probability": 0.0, "policy.role_clarity": 1.0, "status_quo.role_clarity": 1.0})
    planned = rows_of(records.trace, events.TEAM_MEETING_BEGINS)["detail"]
    assert records.managers["kpi_review"].sum() == planned.sum() > 0.8 * len(planned)


def test_whoever_comes_within_the_week_is_not_coached_unless_all_are():
    lively = {"world.quits_per_month": 0.5, "world.vacancy_months": 0.05}
    for hours, newcomers_are in ((4.4, False), (0.0, True)):
        reps = firm(lively | {"world.hours_per_coached_rep": hours}).reps
        new = reps["filled"] & (reps["tenure_weeks"] < 1.0) & (reps["week"] >= 0)
        assert new.sum() > 20 and np.all(reps["chosen_for_coaching"][new] == newcomers_are)
        assert not reps["chosen_for_coaching"][~reps["filled"]].any()
