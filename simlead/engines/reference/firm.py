"""The firm: what holds seats, teams, clock and luck together, and writes the trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simlead.engines.plan import Plan, plan_of
from simlead.engines.reference.clock import Clock
from simlead.engines.reference.state import Deal, Seat, Session, Team
from simlead.model import draws, events
from simlead.model.policy import Policy
from simlead.model.rules import buyers
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_YEAR


class Firm:
    """The state of a run. Your own processes may read all of it.

    `clock` is the SimPy environment; `teams[t].seats[s]` are live; `opportunities` is
    every opportunity that has arisen so far. `change` is the one door for interventions.
    """

    def __init__(self, scenario: Scenario, seed: int, replicate: int, trace: bool) -> None:
        self.scenario = scenario
        self.plan: Plan = plan_of(scenario)
        self.seed = seed
        self.replicate = replicate
        self.clock = Clock(initial_time=self.plan.start_hour)
        self.teams: list[Team] = []
        self.seats: list[Seat] = []
        self.opportunities: list[Deal] = []
        self.unsettled: set[int] = set()
        self.week = -self.plan.calendar.warmup_weeks
        self.levers: Policy = self.plan.status_quo
        self.effort = 1.0
        self.events = 0
        self.rows: list[tuple[float, float, int, int, int, int, int]] | None = [] if trace else None
        self.rep_rows: list[tuple[Any, ...]] = []
        self.manager_rows: list[tuple[Any, ...]] = []
        self.people_rows: list[list[int]] = [[0, 0, 0, 0, 0]]  # quits, promotions, hires, exits, from outside

    def dissolve(self) -> None:
        """Let go of what a finished run holds: tens of megabytes tied in a ring through the calendar."""
        self.opportunities.clear()
        self.teams.clear()
        self.seats.clear()
        self.clock.clear()

    @property
    def now(self) -> float:
        """Business hours since the switch."""
        return self.clock._now

    @property
    def weeks_since_start(self) -> int:
        """Whole weeks since the start of the warm-up; names what is drawn weekly."""
        return self.week + self.plan.calendar.warmup_weeks

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change parameters from now on, as a process of yours may want to.

        Paths and values are checked as in `Scenario.change`. Size, calendar and the luck
        stay. Levers take effect at the next week's beginning, arrivals with the next one.
        """
        for path in changes:
            if path.startswith("calendar.") or path in (
                    "organisation.teams", "organisation.seats_per_team", "organisation.seat_growth_per_year"):
                raise ValueError(f"{path}: cannot change while a run is under way")
        self.scenario = self.scenario.change(changes)
        self.plan = plan_of(self.scenario)

    def uniform(self, purpose: int, entity: int, index: int) -> float:
        """The named uniform number of this run."""
        return draws.uniform(self.seed, self.replicate, purpose, entity, index)

    def normal(self, purpose: int, entity: int, index: int) -> float:
        """The named normal number of this run."""
        return draws.normal(self.seed, self.replicate, purpose, entity, index)

    def exponential(self, purpose: int, entity: int, index: int) -> float:
        """The named exponential number of mean 1 of this run."""
        return draws.exponential(self.seed, self.replicate, purpose, entity, index)

    def on_grid(self, hours: float) -> float:
        """A duration, rounded up where the scenario wants events to coincide."""
        grain = self.plan.calendar.time_grain_hours
        return buyers.on_grid(hours, grain) if grain > 0.0 else hours

    def growth_index(self) -> float:
        """Value of a deal now, relative to the switch."""
        return buyers.growth_index(self.plan.value_growth_per_hour, self.clock._now)

    def index_since_base_year(self, hours_ago: float = 0.0) -> float:
        """Value of a deal relative to the middle of the year before the switch."""
        return buyers.growth_index(
            self.plan.value_growth_per_hour, self.clock._now - hours_ago + HOURS_PER_YEAR / 2.0)

    def emit(self, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
        """Write a row of the trace."""
        if self.rows is not None:
            self.rows.append((self.clock._now, value, kind, detail, actor, entity, index))

    def happened(self, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
        """Write the row of a timed event and count it."""
        self.events += 1
        if self.rows is not None:
            self.rows.append((self.clock._now, value, kind, detail, actor, entity, index))

    def touch(self, team: Team) -> None:
        """Something changed for this team: settle it when the instant is over."""
        self.unsettled.add(team.number)

    def occupy(self, seat: Seat, use: int) -> None:
        """A seat's time goes to another use from now on."""
        now = self.clock._now
        seat.hours[seat.use] += now - seat.since
        seat.since = now
        seat.use = use

    def engage(self, team: Team, use: int) -> None:
        """A manager's time goes to another category from now on."""
        now = self.clock._now
        team.hours[team.use] += now - team.since
        team.since = now
        team.use = use
        team.busy = use != events.UNALLOCATED

    def tenure_hours(self, seat: Seat) -> float:
        """How long the rep has been there."""
        return self.clock._now - seat.hired_at

    def call_away(self, seat: Seat, task: Session | str | None) -> None:
        """Break off a prospecting block, for a task or for good."""
        self.emit(events.TASK_BROKEN_OFF, seat.use, seat.number, seat.number, seat.hire, seat.task_began)
        assert seat.process is not None
        seat.process.interrupt(task)


def order_of_deal(deal: Deal) -> tuple[int, int]:
    """Deals are gone through by territory and number."""
    return deal.territory, deal.number

