"""Clarity and a rep's time: with a width it shortens the overhead of a meeting, not the time with the customer."""

import functools

import numpy as np
import pytest
from reading import rows_of

from simlead.engines import compiled_engine
from simlead.model import events
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES

FIRM = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 4, "calendar.warmup_weeks": 8, "calendar.horizon_weeks": 52,
    "world.clarity_quality_slope": 0.0, "world.clarity_width": 0.3, "world.clarity_exponent": 1.586})


@functools.cache
def played(clarity, changes=(), replicate=0):
    scenario = FIRM.change({"policy.role_clarity": clarity, "status_quo.role_clarity": clarity, **dict(changes)})
    return scenario, compiled_engine.run(scenario, 11, replicate)


def meetings_of(records):
    """Duration of each customer meeting, travel, preparation and admin included."""
    ended = rows_of(records.trace, events.REP_TASK_ENDS)
    ended = ended[ended["detail"] == events.CUSTOMER]
    return ended["time"] - ended["value"]


def face_to_face_share(records):
    """The share in force, the same for all in a firm whose clarity does not move."""
    reps = records.reps[records.reps["customer_hours"] > 0.0]
    share = reps["face_to_face_hours"] / reps["customer_hours"]
    assert np.ptp(share) < 1e-12
    return share[0]


@pytest.mark.parametrize("share", [0.5, 0.2])
@pytest.mark.parametrize("clarity", [0.0, 0.4, 0.7, 1.0])
def test_time_with_the_customer_per_meeting_does_not_change_with_clarity(clarity, share):
    even = (("organisation.face_to_face_share", share), ("organisation.meeting_handling_cv", 0.0),
            ("organisation.cover_time_share", 0.0))
    scenario, records = played(clarity, even)
    effort = 1.0 + scenario.world.accountability_effect * scenario.policy.accountability
    overhead = 1.0 - scenario.world.clarity_exponent * 0.3 * np.tanh((clarity - 0.4) / 0.3)
    hours = meetings_of(records)
    assert len(hours) > 1000
    assert np.allclose(hours * effort, 1.3 * (share + (1.0 - share) * overhead), rtol=1e-9)
    assert np.allclose(hours * face_to_face_share(records) * effort, 1.3 * share, rtol=1e-9)


def test_without_a_width_the_share_of_a_meeting_with_the_customer_is_constant():
    scenario, records = played(0.9, (("world.clarity_width", 0.0), ("organisation.face_to_face_share", 0.3)))
    reps = records.reps
    assert np.array_equal(reps["face_to_face_hours"], reps["customer_hours"] * 0.3)
    year = reps[reps["week"] >= 0]
    hours = 40.0 * len(year) - year["vacant_hours"].sum()
    share = MEASURES["customer_time_share"].function(records, scenario)
    assert share == float(year["customer_hours"].sum()) * 0.3 / hours  # version 1's number, bit for bit


def test_with_a_width_customer_time_is_what_the_table_says():
    scenario, records = played(0.9)
    year = records.reps[records.reps["week"] >= 0]
    hours = 40.0 * len(year) - year["vacant_hours"].sum()
    share = MEASURES["customer_time_share"].function(records, scenario)
    assert share == float(year["face_to_face_hours"].sum()) / hours
    assert np.all(records.reps["face_to_face_hours"] <= records.reps["customer_hours"])


def test_a_switch_that_is_on_counts_for_the_measure_too():
    changes = (("world.clarity_width", 0.0), ("structure.clarity_without_bound", True))
    scenario, records = played(0.9, changes)
    year = records.reps[records.reps["week"] >= 0]
    assert face_to_face_share(records) == pytest.approx(0.5 / (0.5 + 0.5 * (1.0 - 1.586 * 10.0 * np.tanh(0.05))))
    share = MEASURES["customer_time_share"].function(records, scenario)
    assert share * (40.0 * len(year) - year["vacant_hours"].sum()) == pytest.approx(year["face_to_face_hours"].sum())


def customer_time(clarity, *changes):
    """Share of a rep's week with customers, mean of four replications."""
    return np.mean([MEASURES["customer_time_share"].function(records, scenario) for scenario, records in (
        played(clarity, changes, number) for number in range(4))])


def test_a_clear_role_makes_reps_see_customers_more():
    """The reason for the width: without it, a clear role made reps see customers less."""
    whole = ("world.clarity_width", 0.0), ("world.clarity_exponent", 0.734)
    assert customer_time(0.8) > customer_time(0.4) * 1.05
    assert customer_time(0.8, *whole) < customer_time(0.4, *whole)


def test_each_further_step_of_clarity_saves_less_unless_without_bound():
    unbound = (("structure.clarity_without_bound", True),)
    for changes, bound in (((), True), (unbound, False)):
        first, last = (np.subtract(*(np.mean(meetings_of(played(clarity, changes)[1])) for clarity in step))
                       for step in ((0.4, 0.6), (0.8, 1.0)))
        assert first > 0.0 and (last < 0.3 * first if bound else last > 0.9 * first)
