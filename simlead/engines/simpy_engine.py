"""The reference engine: SimPy processes for seats, managers, buyers and the market.

This module sets the firm up and runs it; `engines.reference` holds what happens. It is the
engine to read, to trust and to extend with processes of your own.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Generator, Sequence
from typing import Any

from simpy.events import Event

from simlead.engines.contract import Records
from simlead.engines.plan import DOSE_OF_A_PLANNED_HOUR
from simlead.engines.reference import books, calendar, managers, market, people, settling
from simlead.engines.reference.clock import Clock
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Seat, Team
from simlead.model import draws, events
from simlead.model.rules import coaching as coaching_rules
from simlead.model.rules import people as people_rules
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK

UserProcess = Callable[[Clock, Firm], Generator[Event, Any, Any]]
"""A process of your own: a generator function of the clock (a SimPy environment) and the firm."""


def run(
    scenario: Scenario,
    seed: int = 0,
    replicate: int = 0,
    trace: bool = True,
    processes: Sequence[UserProcess] = (),
) -> Records:
    """Run a scenario once and return its records.

    `processes` are generator functions (clock, firm) that live beside the model's own: they
    may `yield clock.timeout(hours)`, read the firm's state, and change parameters through
    `firm.change`. At an instant they come before the model's events. A process that only
    reads leaves the trace as it is.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                            "calendar.horizon_weeks": 1})
    >>> len(run(small).weeks)
    2
    """
    firm = set_up(scenario, seed, replicate, trace)
    for process in processes:
        firm.clock.process(process(firm.clock, firm))
    with _fewer_collections():
        firm.clock.run_instants(firm.plan.end_hour, firm.unsettled, lambda: settling.settle(firm))
    records = books.records(firm)
    if not processes:  # whose owner may still want to look at the firm
        firm.dissolve()
    return records


@contextlib.contextmanager
def _fewer_collections() -> Generator[None, None, None]:
    """Let Python look for garbage less often: a run makes many objects and little garbage."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def set_up(scenario: Scenario, seed: int, replicate: int, trace: bool) -> Firm:
    """A firm at the start of its warm-up: empty pipelines, people at their stationary law."""
    firm = Firm(scenario, seed, replicate, trace)
    calendar.set_effort(firm)
    _appoint_first_managers(firm)
    for team in firm.teams:
        for place_in_team in range(firm.plan.organisation.seats_per_team):
            number = team.number * firm.plan.organisation.seats_per_team + place_in_team
            _seat_first_rep(firm, team, calendar.new_seat(firm, team, number))
    calendar.open_week(firm)
    calendar.open_day(firm, 0)
    firm.clock.process(calendar.weeks(firm))
    firm.clock.process(calendar.days(firm))
    for team in firm.teams:
        firm.clock.process(managers.managing_life(firm, team))
        firm.clock.process(managers.errands(firm, team))
        for seat in team.seats:
            firm.clock.process(market.territory_life(firm, team, seat))
    return firm


def _appoint_first_managers(firm: Firm) -> None:
    """First managers are stratified: each quantile of coaching quality appears once per firm."""
    count = firm.plan.organisation.teams
    luck = [(firm.uniform(draws.STRATUM, number, 0), number) for number in range(count)]
    for stratum, (_, number) in enumerate(sorted(luck)):
        team = Team(number, since=firm.now)
        within = firm.uniform(draws.QUALITY, number, 0)
        z = draws.normal_quantile((stratum + within) / count)
        firm.teams.append(team)
        people.appoint(firm, team, z, 0.0, events.FIRST_APPOINTMENT, fit=False)
    firm.teams.sort(key=lambda team: team.number)


def _seat_first_rep(firm: Firm, team: Team, seat: Seat) -> None:
    """Who sits there at the start: nobody, or a rep with a tenure, coached as long as that."""
    plan, world = firm.plan, firm.plan.world
    seat.prospecting = plan.organisation.prospecting_norm_hours
    if firm.uniform(draws.FIRST_VACANT, seat.number, 0) < plan.first_vacancy_share:
        people.seek_successor(firm, seat, firm.exponential(draws.VACANCY, seat.number, 0))
        return
    months = people_rules.stationary_tenure_months(
        firm.uniform(draws.FIRST_TENURE, seat.number, 0), world.quits_per_month, world.first_year_quit_factor)
    people.sit_down(firm, seat, firm.now - months * HOURS_PER_MONTH)
    share = world.natural_coach_plan if team.natural_coach else firm.levers.coaching_share
    seat.dose = share * HOURS_PER_MONTH / plan.organisation.seats_per_team * DOSE_OF_A_PLANNED_HOUR
    receptive = coaching_rules.receptivity(
        seat.ability, world.receptivity_slope, world.receptivity_low, world.receptivity_high)
    target = coaching_rules.gain_target(
        world.coaching_gain_max, team.quality, receptive, seat.dose, world.coaching_half_dose)
    seat.gain = coaching_rules.gain_after(
        0.0, target, firm.tenure_hours(seat), plan.learning_hours, plan.fading_hours, world.gain_floor)
    _assume_quota_was_met(firm, seat)


def _assume_quota_was_met(firm: Firm, seat: Seat) -> None:
    """Before the start everybody is taken to have sold at quota: pipelines begin empty, and a
    record of nothing would drive people out."""
    index = firm.index_since_base_year(hours_ago=0.5 * 52 * HOURS_PER_WEEK)
    quota_per_week = firm.plan.organisation.quota_per_year * index / 52.0
    for weeks_ago in range(1, 53):
        seat.sold_by_week[-weeks_ago % 52] = -quota_per_week * weeks_ago
    tenure_weeks = min(52.0, firm.tenure_hours(seat) / HOURS_PER_WEEK)
    seat.sold_at_hire = -quota_per_week * tenure_weeks
