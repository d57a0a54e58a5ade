"""The memory of a run, allocated from Python and enlarged when it is short."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simlead.engines.compiled import layout
from simlead.engines.compiled.memory import CACHE_LINE_BYTES
from simlead.engines.contract import Records, SimulationError
from simlead.engines.plan import Plan, levers_of_week, plan_of
from simlead.engines.size import refuse_too_large
from simlead.engines.weeks import weeks_table
from simlead.model import draws, events, tables
from simlead.model.policy import PROMOTION_RULES, Policy
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK

_TIMERS_PER_BUCKET = 6
_LARGEST_CALENDAR = 1 << 18  # buckets
_FIRST_ROOM = 1024
EVENTS_IN_A_SLICE = 100_000  # some hundredths of a second: then Python can heed Ctrl-C
_SEATS_WITHIN_CACHE = 1000  # a larger firm is worth looking ahead for

Pool = NDArray[Any]


class Workspace:
    """The firm's record and its pools.

    A pool has `room` for what may be in use between two events, and beyond that a `spare`
    part that one event with its dispatch pass cannot exhaust. Only the trace of an event has no such
    bound: rows without room are counted, and `fits` tells when a run must be made again.
    """

    def __init__(self, scenario: Scenario, seed: int, replicate: int, trace_rows: int | None) -> None:
        """`trace_rows` is the room for a trace to begin with; 0 for a guess, None for no trace."""
        refuse_too_large(scenario, trace_rows is not None)
        self.plan = plan = plan_of(scenario)
        self.firm: Pool = np.zeros(1, layout.FIRM)
        self.pools: dict[str, Pool] = {}
        self.spare = _spare(plan)
        self._fill_constants()
        self._make_people(seed, replicate)
        self._make_calendar()
        for name in ("deals", "sessions", "blocks"):
            self._make(name, _FIRST_ROOM)
        self._make("opportunities", _expected_arrivals(plan))
        self._make("trace", 0 if trace_rows is None else trace_rows or _expected_rows(plan))
        self._set(
            seed=seed, replicate=replicate, week=-plan.calendar.warmup_weeks, now=plan.start_hour,
            start_hour=plan.start_hour, end_hour=plan.end_hour, touched_first=layout.NONE_TOUCHED, touched_last=-1,
            deals_free=-1, sessions_free=-1, blocks_free=-1, far_free=-1, scouts=-1,
            looks_ahead=len(self.pools["seats"]) > _SEATS_WITHIN_CACHE,
            tracing=trace_rows is not None, slice_events=EVENTS_IN_A_SLICE)

    def grow(self) -> None:
        """Double every pool that is short."""
        for name, pool in self.pools.items():
            if name in self.spare and self.firm[f"{name}_used"][0] > self.firm[f"{name}_room"][0]:
                more = _aligned(2 * len(pool), pool.dtype)
                bytes_of(more)[: pool.nbytes] = bytes_of(pool)
                self._adopt(name, more)
        self._set(short=False)

    @property
    def places(self) -> tuple[bytes, int]:
        """Where each team's seats lie: two workspaces of one warm-up can go on from each other's state if equal."""
        return self.pools["teams"]["first_seat"].tobytes(), len(self.pools["seats"])

    def make_room(self, name: str, slots: int) -> None:
        """See to it that a pool, empty so far, has room for so many, and its spare part beyond that."""
        if self.firm[f"{name}_room"][0] < slots:
            self._make(name, slots)

    @property
    def fits(self) -> bool:
        """Has every row of the trace found room?"""
        return bool(self.firm["trace_used"][0] <= self.firm["trace_capacity"][0] or not self.firm["tracing"][0])

    def records(self) -> Records:
        """The tables of a finished run."""
        if self.firm["most_deals"][0] > np.iinfo(np.int16).max:
            raise SimulationError(
                f"a seat had {self.firm['most_deals'][0]} open deals: the table of reps has no room for the number")
        opportunities = self._table("opportunities", tables.OPPORTUNITIES_DTYPE)
        reps = self._table("rep_rows", tables.REPS_DTYPE)
        weeks = self.plan.calendar.warmup_weeks + self.plan.calendar.horizon_weeks
        people = self.pools["people_rows"]["counts"][:weeks]
        return Records(
            opportunities=opportunities,
            reps=reps,
            managers=self._table("manager_rows", tables.MANAGERS_DTYPE),
            weeks=weeks_table(self.plan, opportunities, reps, people),
            events=int(self.firm["events"][0]),
            trace=self._table("trace", events.TRACE_DTYPE) if self.firm["tracing"][0] else None,
        )

    def _table(self, name: str, dtype: Any) -> Any:
        return self.pools[name][: self.firm[f"{name}_used"][0]].view(np.ndarray).view(dtype)

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            self.firm[name] = value

    def _make(self, name: str, slots: int) -> None:
        self._adopt(name, _aligned(slots + self.spare.get(name, 0), layout.POOLS[name]))

    def _adopt(self, name: str, pool: Pool) -> None:
        """Make this array the pool of that name. (An array's address holds as long as it lives.)"""
        self.pools[name] = pool
        self._set(**{name: pool.ctypes.data, f"{name}_room": len(pool) - self.spare.get(name, 0)})
        if name == "trace":
            self._set(trace_capacity=len(pool))

    def _fill_constants(self) -> None:
        plan = self.plan
        numbers: Pool = np.zeros(1, layout.PLAN)
        for group in layout.PLAN_GROUPS:
            part = getattr(plan, group)
            for field in dataclasses.fields(part):
                if "table" not in field.metadata:
                    numbers[field.name] = getattr(part, field.name)
        for name in layout.DERIVED:
            numbers[name] = getattr(plan, name)
        self._adopt("plan", numbers)
        for name, values in (("quantiles", plan.market.deal_value_quantiles), ("seasons", plan.season_by_month)):
            self._set(**{f"{name}_used": len(values)})
            self._adopt(name, np.array([(value,) for value in values], layout.NUMBER))

    def _make_people(self, seed: int, replicate: int) -> None:
        plan = self.plan
        teams, room = len(plan.teams), [len(team.seat_numbers) for team in plan.teams]
        at_start, seats = plan.organisation.teams, sum(room)
        weeks = plan.calendar.warmup_weeks + plan.calendar.horizon_weeks
        self._adopt("seats", np.zeros(seats, layout.SEAT))
        pool: Pool = np.zeros(teams, layout.TEAM)
        pool["first_seat"] = np.cumsum(room) - room
        pool["seats_at_start"] = [team.seats for team in plan.teams]
        for name in ("number", "begins", "deal_value_factor"):
            pool[name] = [getattr(team, name) for team in plan.teams]
        self._add_levers(pool)
        self._add_seat_plans(pool)
        for name in ("sessions_first", "sessions_last", "blocks_first", "blocks_last",
                     "heroics_first", "heroics_last"):
            pool[name] = -1
        pool["cover"] = 1.0
        lots = ((draws.uniform(seed, replicate, draws.STRATUM, number, 0), number) for number in range(at_start))
        pool["of_stratum"][:at_start] = [number for _, number in sorted(lots)]
        self._adopt("teams", pool)
        self._set(teams_used=at_start)
        self._adopt("touched", np.zeros(teams // layout.TEAMS_PER_WORD + 1, layout.LINK))
        self._make("created", seats)
        self._make("rep_rows", weeks * len({number for team in plan.teams for number in team.seat_numbers}))
        self._make("manager_rows", weeks * teams)
        self._adopt("people_rows", np.zeros(weeks + 1, layout.PEOPLE_ROW))

    def _add_levers(self, pool: Pool) -> None:
        """The status quos, and for each of them the policies by week of a roll-out; when each team's roll-out is."""
        plan = self.plan
        status_quos = list(dict.fromkeys(team.status_quo for team in plan.teams))
        weeks = range(max(1, min(plan.policy.adoption_weeks, plan.calendar.horizon_weeks)))
        adopted = [levers_of_week(before, plan.policy, week) for before in status_quos for week in weeks]
        self._adopt("levers", np.array([_levers(each) for each in (*status_quos, *adopted)], layout.LEVERS))
        self._set(status_quos=len(status_quos), weeks_of_adoption=len(weeks))
        pool["levers"] = pool["status_quo"] = [status_quos.index(team.status_quo) for team in plan.teams]
        self._adopt("rollouts", np.array([(team.rollout_week,) for team in plan.teams], layout.LINK))

    def _add_seat_plans(self, pool: Pool) -> None:
        """What is known beforehand of every seat: its number, and when it opens and closes."""
        self._adopt("seat_plans", np.array([
            (number, seat.opens, seat.closes, seat.own_buyers, first + len(team.planned),
             pool["first_seat"][seat.comes_from[0]] + seat.comes_from[1] if seat.comes_from else -1,
             *(getattr(self.plan.teams[home], name)
               for name in ("deal_value_factor", "arrivals_per_hour", "quota_per_year")))
            for team, first in zip(self.plan.teams, pool["first_seat"], strict=True)
            for number, seat, home in zip(team.seat_numbers, team.planned, team.homes, strict=True)],
            layout.SEAT_PLAN))

    def _make_calendar(self) -> None:
        hours = self.plan.end_hour - self.plan.start_hour
        timers_per_hour = 2.0 * len(self.pools["seats"])
        buckets_per_hour = min(timers_per_hour / _TIMERS_PER_BUCKET, _LARGEST_CALENDAR / hours)
        buckets: Pool = np.zeros(int(hours * buckets_per_hour) + 2, layout.BUCKET)
        buckets["first"] = -1
        self._adopt("buckets", buckets)
        self._set(buckets_used=len(buckets), buckets_per_hour=buckets_per_hour)
        self._make("near", _FIRST_ROOM)
        self._make("far", _FIRST_ROOM)


def _aligned(slots: int, dtype: Any) -> Pool:
    """Room for records that begin with a cache line of the processor."""
    memory = np.empty(slots * dtype.itemsize + CACHE_LINE_BYTES, np.uint8)
    begin = -memory.ctypes.data % CACHE_LINE_BYTES
    return memory[begin : begin + slots * dtype.itemsize].view(dtype)


def bytes_of(pool: Pool) -> Pool:
    """The memory of a pool, which is copied ten times faster than its records, field by field."""
    return pool.view(np.ndarray).view(np.uint8)


def _levers(policy: Policy) -> tuple[Any, ...]:
    values = dataclasses.asdict(policy)
    values["promotion_rule"] = PROMOTION_RULES.index(policy.promotion_rule)
    return tuple(values.values())


def _spare(plan: Plan) -> dict[str, int]:
    """For each pool that grows: slots that one event with its dispatch pass can take at most."""
    organisation = plan.organisation
    teams, seats = len(plan.teams), max(len(team.seat_numbers) for team in plan.teams)
    further_one_to_ones = min(60 * seats, int(HOURS_PER_WEEK / min(0.5, organisation.one_to_one_hours)) + 4)
    duty_hours = organisation.information_duty_hours + organisation.admin_duty_hours + organisation.people_duty_hours
    blocks = duty_hours / organisation.duty_block_hours + organisation.meeting_preparation_hours + HOURS_PER_WEEK
    timers = teams * (4 * seats + 8) + 16
    return {
        "near": timers, "far": timers, "deals": 4, "opportunities": 4,
        "sessions": teams * (2 * seats + further_one_to_ones) + 16,
        "blocks": teams * (int(blocks) + 16),
        "trace": 1024 + 64 * teams * seats,
    }


def _expected_arrivals(plan: Plan) -> int:
    """Opportunities to expect, and some more."""
    hours, growth = plan.end_hour - plan.start_hour, plan.number_growth_per_hour
    if growth != 0.0:
        hours = (math.exp(growth * plan.end_hour) - math.exp(growth * plan.start_hour)) / growth
    expected = hours * sum(team.seats * team.arrivals_per_hour for team in plan.teams)
    return int(expected + 6.0 * math.sqrt(expected)) + 16


def _expected_rows(plan: Plan) -> int:
    """Rows of a trace to expect: a guess."""
    return int((plan.end_hour - plan.start_hour) * (3.5 * plan.territories + 8.0 * len(plan.teams))) + 1024
