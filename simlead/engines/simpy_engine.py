"""The reference engine: SimPy processes for seats, managers, buyers and the market.

This module sets the firm up and runs it; `engines.reference` holds what happens. It is the
engine to read, to trust and to extend with processes of your own.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from simpy.events import Event

from simlead.engines.contract import Records
from simlead.engines.plan import DOSE_OF_A_PLANNED_HOUR
from simlead.engines.reference import calendar, dispatch, ledger, levers, managers, market, people, people_plan
from simlead.engines.reference.clock import Clock
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Seat, Team
from simlead.engines.size import refuse_too_large
from simlead.model import draws, events
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
    rules: Mapping[str, Callable[..., Any]] | None = None,
) -> Records:
    """Run a scenario once and return its records.

    `processes` are generator functions (clock, firm) that live beside the model's own: they
    may `yield clock.timeout(hours)`, read the firm's state, and change parameters through
    `firm.change`. At an instant they come before the model's events. A process that only
    reads leaves the trace as it is. `rules` are functions by the name of the rule that they
    replace (`engines.reference.rules.REPLACEABLE`); each is called with that rule's arguments.

    >>> small = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                            "calendar.horizon_weeks": 1})
    >>> len(run(small).weeks)
    2
    """
    firm = set_up(scenario, seed, replicate, trace, rules)
    for process in processes:
        firm.clock.process(process(firm.clock, firm))
    with _fewer_collections():
        firm.clock.run_instants(firm.plan.end_hour, firm.undispatched, lambda: dispatch.dispatch_teams(firm))
    records = ledger.records(firm)
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


def set_up(
    scenario: Scenario, seed: int, replicate: int, trace: bool, rules: Mapping[str, Callable[..., Any]] | None = None
) -> Firm:
    """A firm at the start of its warm-up: empty pipelines, people at their stationary law."""
    refuse_too_large(scenario, trace, "simpy")
    firm = Firm(scenario, seed, replicate, trace, rules)
    _appoint_first_managers(firm)
    for team in firm.teams:
        plan = firm.plan.teams[team.number]
        for number in plan.seat_numbers[: plan.seats]:
            _seat_first_rep(firm, team, people_plan.new_seat(firm, team, number))
    teams, seats = list(firm.teams), list(firm.seats)
    calendar.open_week(firm)  # without a warm-up it may open seats and make teams
    calendar.open_day(firm, 0)
    firm.clock.process(calendar.weeks(firm))
    firm.clock.process(calendar.days(firm))
    for team in teams:
        firm.clock.process(managers.managing_life(firm, team))
        firm.clock.process(managers.errands(firm, team))
    for seat in seats:
        firm.clock.process(market.territory_life(firm, seat))
    return firm


def _appoint_first_managers(firm: Firm) -> None:
    """First managers are stratified: each quantile of coaching quality appears once per firm."""
    count = firm.plan.organisation.teams
    lots = [(firm.uniform(draws.STRATUM, number, 0), number) for number in range(count)]
    for stratum, (_, number) in enumerate(sorted(lots)):
        team = Team(number, firm.plan.teams[number].status_quo, since=firm.now)
        levers.set_effort(firm, team)
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
    share = world.natural_coach_plan if team.natural_coach else team.levers.coaching_share
    seat.dose = share * HOURS_PER_MONTH / plan.teams[team.number].seats * DOSE_OF_A_PLANNED_HOUR
    receptive = firm.rules.receptivity(
        seat.ability, world.receptivity_slope, world.receptivity_low, world.receptivity_high)
    target = firm.rules.gain_target(
        world.coaching_gain_max, team.quality, receptive, seat.dose, world.coaching_half_dose)
    seat.gain = firm.rules.gain_after(
        0.0, target, firm.tenure_hours(seat), plan.learning_hours, plan.fading_hours, world.gain_floor)
    _assume_quota_was_met(firm, seat)


def _assume_quota_was_met(firm: Firm, seat: Seat) -> None:
    """Before the start everybody is taken to have sold at quota: pipelines begin empty, and a
    record of nothing would drive people out."""
    index = firm.index_since_base_year(hours_ago=0.5 * 52 * HOURS_PER_WEEK)
    quota_per_week = firm.plan.teams[seat.home].quota_per_year * index / 52.0
    for weeks_ago in range(1, 53):
        seat.sold_by_week[-weeks_ago % 52] = -quota_per_week * weeks_ago
    tenure_weeks = min(52.0, firm.tenure_hours(seat) / HOURS_PER_WEEK)
    seat.sold_at_hire = -quota_per_week * tenure_weeks
