"""A trial's plan: which teams start when, how long it runs, and what is looked at; checked before anything is run."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

from simlead.model.number import whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.policy import Policy
from simlead.model.scenario import Scenario
from simlead.model.team import NEVER as ROLLOUT_NEVER
from simlead.model.units import MONTHS_PER_YEAR, WEEKS_PER_YEAR
from simlead.results.seen import SEEN, checked_seen
from simlead.statistics.trial_designs import NEVER, TrialDesign, before_after, parallel, stepped

BEFORE_AFTER, TEAMS, STEPPED, REPS, CROSSOVER = "before-after", "teams", "stepped", "reps", "crossover"
ARMS = (BEFORE_AFTER, TEAMS, STEPPED)
"""The designs that are offered."""

LEAST_TEAMS = 3
"""Teams that a trial between teams needs, so that one is left to show the noise by."""

WAITING = 3
"""Months after a start that are left out of outcomes of deals: those under way were won or lost before the change."""

_NO_REPS = ("a policy of managers holds for a manager's whole team, so that reps of one team cannot differ in it; "
            f"allowed is {' | '.join(ARMS)}")

CARRIED = 0.05
"""The share of what coaching has built that a crossover's waiting may leave for the next period."""


@dataclasses.dataclass(frozen=True)
class TrialPlan:
    """The plan of a trial in a firm.

    Attributes
    ----------
    arms : str
        `before-after`, `teams` or `stepped`.
    teams, treated : int
        Teams of the firm, and how many of them start the change during the trial.
    base_months, months : int
        Months before the first start, and from it on.
    waiting : int
        Months after a start that are left out of outcomes that wait for deals to be decided.
    step, at_once : int
        Months between two starts and teams at each, of a stepped roll-out.
    outcomes : tuple of str
        What is looked at.
    """

    arms: str
    teams: int
    treated: int
    base_months: int
    months: int
    waiting: int = WAITING
    step: int = 0
    at_once: int = 1
    outcomes: tuple[str, ...] = tuple(SEEN)

    @property
    def starts(self) -> tuple[int, ...]:
        """The month in which each start falls, the earliest first; `NEVER` for teams that do not start."""
        if self.arms == STEPPED:
            return tuple(self.step * (place // self.at_once) for place in range(self.teams))
        return (0,) * self.treated + (NEVER,) * (self.teams - self.treated)

    def design(self, months: int | None = None) -> TrialDesign:
        """The design whose periods are blocks of months: before and after, or the steps of a roll-out.

        >>> TrialPlan("teams", 4, 2, 12, 12).design().starts == (1, 1, NEVER, NEVER)
        True
        >>> TrialPlan("stepped", 4, 4, 6, 12, step=3).design().starts
        (2, 3, 4, 5)
        """
        if self.arms == BEFORE_AFTER:
            return before_after(self.teams, 1, 1)
        if self.arms == TEAMS:
            return parallel(self.teams, self.treated, 1, 1)
        last = max(self.starts) // self.step
        blocks = (self.months if months is None else months) // self.step
        return stepped(self.teams, self.base_months // self.step, 1, max(1, blocks - last), at_once=self.at_once)

    def monthly_design(self, waiting: int) -> TrialDesign:
        """The design of teams against teams month by month."""
        return parallel(self.teams, self.treated, self.base_months, self.months, waiting)

    def waiting_of(self, outcome: str, months: int | None = None) -> int:
        """Months left out after a start for an outcome; at least one month of the trial counts.

        >>> TrialPlan("teams", 4, 2, 12, 12).waiting_of("revenue"), TrialPlan("teams", 4, 2, 12, 12).waiting_of(
        ...     "sessions_held")
        (3, 0)
        """
        longest = (self.months if months is None else months) - 1
        return min(self.waiting, longest) if SEEN[outcome].waits and self.arms != STEPPED else 0


def planned(
    firm: Scenario, policy: Scenario, *, arms: str | None, treated: int | None, months: int, base_months: int,
    waiting: int | None, outcomes: Iterable[str] | str | None,
) -> TrialPlan:
    """The plan for a firm and its changed policy; ParameterError, in one line, for what cannot be.

    Without `arms` teams are set against teams, and before against after where there are too few of them.

    >>> firm = Scenario()
    >>> planned(firm, firm.change({"policy.coaching_share": 0.5}), arms="teams", treated=5, months=12, base_months=12,
    ...         waiting=None, outcomes=None)                                                     # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: treated = 5: the firm has 4 teams; allowed is 1 to 3, so that one...
    """
    if arms is None:
        arms = default_arms(firm.organisation.teams)
    if arms == REPS:
        raise ParameterError(f"arms 'reps': {_NO_REPS}")
    if arms == CROSSOVER:
        raise ParameterError(f"arms 'crossover': {no_crossover(firm.world.fade_months, waiting)}")
    if arms not in ARMS:
        hint = nearest(str(arms), (*ARMS, REPS, CROSSOVER))
        raise ParameterError(f"arms {arms!r}: allowed is {' | '.join(ARMS)}{hint}")
    teams = firm.organisation.teams
    _check_change(firm, policy)
    longest = firm.calendar.horizon_weeks * int(MONTHS_PER_YEAR) // WEEKS_PER_YEAR
    months = _within("months", months, 2, longest, f"calendar.horizon_weeks = {firm.calendar.horizon_weeks}")
    before = firm.calendar.warmup_weeks * int(MONTHS_PER_YEAR) // WEEKS_PER_YEAR
    base_months = _within(
        "base_months", base_months, 1, before, f"calendar.warmup_weeks = {firm.calendar.warmup_weeks}")
    waits = min(WAITING, months - 1) if waiting is None else whole_number("waiting", waiting, 0, months - 1)
    chosen = tuple(SEEN) if outcomes is None else tuple(dict.fromkeys(
        checked_seen(name) for name in ([outcomes] if isinstance(outcomes, str) else outcomes)))
    if not chosen:
        raise ParameterError(f"outcomes: at least one is needed; allowed is {', '.join(SEEN)}")
    if arms == BEFORE_AFTER:
        if treated not in (None, teams):
            raise ParameterError(f"treated = {treated!r}: before and after treats all {teams} teams; leave it out")
        return TrialPlan(arms, teams, teams, base_months, months, waits, outcomes=chosen)
    if teams < LEAST_TEAMS:
        raise ParameterError(f"arms {arms!r}: the firm has {teams} team{'s' if teams > 1 else ''}; {LEAST_TEAMS} or "
                             "more are needed, otherwise the noise between teams cannot be estimated "
                             f"(organisation.teams); allowed is {BEFORE_AFTER}")
    if arms == TEAMS:
        number = teams // 2 if treated is None else treated
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number < teams:
            raise ParameterError(f"treated = {number!r}: the firm has {teams} teams; allowed is 1 to {teams - 1}, so "
                                 "that one is left to compare with")
        return TrialPlan(arms, teams, number, base_months, months, waits, outcomes=chosen)
    if treated not in (None, teams):
        raise ParameterError(f"treated = {treated!r}: a stepped roll-out reaches all {teams} teams; leave it out")
    at_once = math.ceil(teams / min(teams, months))
    starts = math.ceil(teams / at_once)
    step = months // starts
    if base_months < step:
        raise ParameterError(f"base_months = {base_months}: a stepped roll-out with {step} months between starts needs "
                             f"{step} or more")
    return TrialPlan(arms, teams, teams, base_months // step * step, months // step * step, 0, step, at_once, chosen)


def default_arms(teams: int) -> str:
    """The design of a firm with so many teams, where none is named.

    >>> default_arms(4), default_arms(2)
    ('teams', 'before-after')
    """
    return TEAMS if teams >= LEAST_TEAMS else BEFORE_AFTER


def no_crossover(fade_months: float, waiting: int | None = None) -> str:
    """Why teams cannot be their own control by taking turns: how long what coaching builds outlasts it.

    What is left after a time t without coaching is exp(-t / fade_months).

    >>> no_crossover(16.0)                                                                       # doctest: +ELLIPSIS
    'half of what coaching builds in a rep is still there 11 months after it ends, and 5 % after 48 ...
    """
    half, clean = (fade_months * math.log(1.0 / share) for share in (0.5, CARRIED))
    allowed = f"allowed is {' | '.join(ARMS)}"
    if clean <= (WAITING if waiting is None else waiting):
        return ("not offered, because only what coaching builds is known to fade "
                f"(world.fade_months = {fade_months:g}), and nothing else of a change; {allowed}")
    return (f"half of what coaching builds in a rep is still there {half:.2g} months after it ends, and "
            f"{100 * CARRIED:g} % after {clean:.2g} (world.fade_months = {fade_months:g}), so that teams that had the "
            f"change first are no control for the others; {allowed}")


def _within(name: str, value: object, low: int, high: int, by: str) -> int:
    try:
        return whole_number(name, value, low, high)
    except ParameterError:
        raise ParameterError(
            f"{name} = {value!r}: allowed is a whole number from {low} to {high}, because {by}") from None


def _check_change(firm: Scenario, policy: Scenario) -> None:
    """Refuse a change that is no change of policy, and firms in which a trial by teams has no meaning."""
    other = [path for path in firm.differences(policy) if not path.startswith("policy.")]
    if other:
        levers = ", ".join(f"policy.{field.name}" for field in dataclasses.fields(Policy))
        raise ParameterError(f"change {other[0]}: a trial changes the policy alone; allowed are {levers}")
    if firm == policy:
        raise ParameterError("change: nothing is changed, so there is nothing to try; such as "
                             "policy.coaching_share=0.5")
    refuse_rollouts(firm)


def may_be_tried(firm: Scenario, policy: Scenario) -> bool:
    """Whether a trial can be designed for what is another in a policy: the policy alone, in a firm without a plan.

    >>> firm = Scenario()
    >>> may_be_tried(firm, firm.change({"policy.coaching_share": 0.5}))
    True
    >>> may_be_tried(firm, firm.change({"plan": [{"week": 26, "team": 1, "hire": 2}]}))
    False
    """
    try:
        _check_change(firm, policy)
    except ParameterError:
        return False
    return True


def refuse_rollouts(firm: Scenario) -> None:
    """Refuse a firm with a roll-out by team or a people plan, which would mix with the starts of a trial."""
    if any(team.rollout_week not in (0, ROLLOUT_NEVER) for team in firm.teams) or firm.people_plan:
        raise ParameterError("firm: a roll-out by team or a people plan of its own would mix with the trial's starts; "
                             "leave them out")
    if any(team.rollout_week == ROLLOUT_NEVER for team in firm.teams):
        raise ParameterError("firm: some teams never start a policy (rollout); leave the roll-out to the trial")
