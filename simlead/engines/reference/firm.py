"""The firm: its seats, teams, clock and random numbers, and the trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simlead.engines.plan import Plan, plan_of
from simlead.engines.reference.clock import Clock
from simlead.engines.reference.rules import rules_in_force
from simlead.engines.reference.state import Deal, Seat, Session, Team
from simlead.model import draws, events
from simlead.model.policy import Policy
from simlead.model.rules import buyers
from simlead.model.scenario import PLAN, Scenario
from simlead.model.units import HOURS_PER_YEAR


class Firm:
    """The state of a run. Your own processes may read all of it.

    `clock` is the SimPy environment; `teams[t].seats[s]` are live; `opportunities` is
    every opportunity that has arisen so far. `change` is the one door for interventions.
    """

    def __init__(
        self, scenario: Scenario, seed: int, replicate: int, trace: bool,
        rules: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.scenario = scenario
        self.rules = rules_in_force(rules)
        self.plan: Plan = plan_of(scenario)
        self.seed = seed
        self.replicate = replicate
        self.clock = Clock(initial_time=self.plan.start_hour)
        self.teams: list[Team] = []
        self.seats: list[Seat] = []
        self.opportunities: list[Deal] = []
        self.undispatched: set[int] = set()
        self.week = -self.plan.calendar.warmup_weeks
        self.levers: Policy = self.plan.status_quo  # of a team that has nothing of its own; each has `levers` too
        self.events = 0
        self.rows: list[tuple[float, float, int, int, int, int, int]] | None = [] if trace else None
        self.rep_rows: list[tuple[Any, ...]] = []
        self.manager_rows: list[tuple[Any, ...]] = []
        self.people_rows: list[list[int]] = [[0, 0, 0, 0, 0]]  # quits, promotions, hires, exits, from outside
        self.rivals_answer = 0.0  # what our utility at the last gate has lost to it
        self.won_rows: list[list[float]] = [[0.0, 0.0]]  # $ won by us and by rivals in each week

    def dissolve(self) -> None:
        """Let go of what a finished run holds: tens of megabytes tied in a ring through the calendar."""
        self.opportunities.clear()
        self.teams.clear()
        self.seats.clear()
        self.clock.clear()

    @property
    def now(self) -> float:
        """Business hours since the switch."""
        return self.clock.time

    @property
    def weeks_since_start(self) -> int:
        """Whole weeks since the start of the warm-up; names what is drawn weekly."""
        return self.week + self.plan.calendar.warmup_weeks

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change parameters from now on, as a process of yours may want to.

        Paths and values are checked as in `Scenario.change`. Size, calendar, people plan, roll-out and random
        numbers stay. Levers take effect at the next week's beginning, arrivals with the next one.
        """
        for path in changes:
            if path == PLAN or path.startswith("calendar.") or path.endswith((
                    ".teams", ".seats_per_team", ".seats", ".rollout_week", "organisation.seat_growth_per_year")):
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
        return buyers.growth_index(self.plan.value_growth_per_hour, self.clock.time)

    def index_since_base_year(self, hours_ago: float = 0.0) -> float:
        """Value of a deal relative to the middle of the year before the switch."""
        return buyers.growth_index(
            self.plan.value_growth_per_hour, self.clock.time - hours_ago + HOURS_PER_YEAR / 2.0)

    def record(self, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
        """Write a row of the trace."""
        if self.rows is not None:
            self.rows.append((self.clock.time, value, kind, detail, actor, entity, index))

    def record_event(self, kind: int, detail: int, actor: int, entity: int, index: int, value: float) -> None:
        """Write the row of a timed event and count it."""
        self.events += 1
        if self.rows is not None:
            self.rows.append((self.clock.time, value, kind, detail, actor, entity, index))

    def touch(self, team: Team) -> None:
        """Something changed for this team: dispatch it when the instant is over."""
        self.undispatched.add(team.number)

    def occupy(self, seat: Seat, activity: int) -> None:
        """A seat's time goes to another use from now on."""
        now = self.clock.time
        seat.hours[seat.activity] += now - seat.since
        seat.since = now
        seat.activity = activity

    def engage(self, team: Team, activity: int) -> None:
        """A manager's time goes to another category from now on."""
        now = self.clock.time
        team.hours[team.activity] += now - team.since
        team.since = now
        team.activity = activity
        team.busy = activity != events.UNALLOCATED

    def tenure_hours(self, seat: Seat) -> float:
        """How long the rep has been there."""
        return self.clock.time - seat.hired_at

    def call_away(self, seat: Seat, task: Session | str | None) -> None:
        """Break off a prospecting block, for a task or for good."""
        self.record(events.TASK_BROKEN_OFF, seat.activity, seat.number, seat.number, seat.hire, seat.task_began)
        assert seat.process is not None
        seat.process.interrupt(task)


def order_of_deal(deal: Deal) -> tuple[int, int]:
    """Deals are gone through by territory and number."""
    return deal.territory, deal.number

