"""People: quits, hires and successions."""

from __future__ import annotations

from simlead.engines.plan import REFERENCE_CLARITY
from simlead.engines.reference import coaching, pipeline
from simlead.engines.reference.firm import Firm
from simlead.engines.reference.state import Seat, Team
from simlead.model import draws, events
from simlead.model.events import priority_key
from simlead.model.rules import managers, people, reps
from simlead.model.units import HOURS_PER_WEEK

QUITS, PROMOTIONS, HIRES, EXITS, FROM_OUTSIDE = range(5)


def dismiss(firm: Firm, seat: Seat, reason: int) -> None:
    """A rep is to leave: at once if nobody is with them, else when the task at hand is done."""
    if seat.activity == events.PROSPECTING:
        firm.call_away(seat, None)
        leave(firm, seat, reason)
    elif seat.activity in (events.FREE, events.WAITING):
        if seat.activity == events.WAITING:
            firm.record(events.WAITING_ENDS, 1, seat.number, seat.number, seat.hire, seat.task_began)
        leave(firm, seat, reason)
    else:
        seat.leaving = reason


def leave(firm: Firm, seat: Seat, reason: int) -> None:
    """The seat falls vacant; deals change hands, sessions lapse, a successor is sought."""
    tenure_weeks = firm.tenure_hours(seat) / HOURS_PER_WEEK
    firm.record(events.REP_LEAVES, reason, seat.number, seat.number, seat.hire, tenure_weeks)
    if reason != events.SEAT_CLOSES:
        firm.people_rows[-1][QUITS if reason == events.QUIT else PROMOTIONS] += 1
    firm.occupy(seat, events.VACANT)
    seat.filled = False
    seat.leaving = None
    seat.one_to_one_day = None
    seat.chosen_for_coaching = seat.team.reaches_all
    coaching.lapse_with(firm, seat)
    pipeline.hand_over(firm, seat)
    if not seat.closed:
        seek_successor(firm, seat, firm.exponential(draws.VACANCY, seat.number, seat.hire))


def close_seat(firm: Firm, seat: Seat) -> None:
    """Who sits there leaves at the next boundary; nobody follows."""
    seat.closed = True
    if seat.filled and seat.leaving is None:
        dismiss(firm, seat, events.SEAT_CLOSES)
    seat.gone = not seat.filled  # at once, so that this week has nothing of it


def seek_successor(firm: Firm, seat: Seat, unit_time: float) -> None:
    """A successor comes after the time it takes to fill a seat."""
    hours = firm.on_grid(max(1e-9, firm.plan.vacancy_hours * unit_time))
    timer = firm.clock.timed(priority_key(events.REP_HIRED, seat.number, seat.hire + 1), hours)
    timer.then(lambda: _hired(firm, seat))


def _hired(firm: Firm, seat: Seat) -> None:
    if seat.closed:
        return
    seat.hire += 1
    sit_down(firm, seat, firm.now)
    firm.record_event(events.REP_HIRED, 0, seat.number, seat.number, seat.hire, seat.ability)
    firm.people_rows[-1][HIRES] += 1


def sit_down(firm: Firm, seat: Seat, hired_at: float) -> None:
    """The seat's next rep, by name, sits down."""
    name, world = seat.number, firm.plan.world
    seat.filled = True
    seat.hired_at = hired_at
    seat.ability = firm.normal(draws.ABILITY, name, seat.hire)
    first, second, third = (
        world.stage_skill_sd * firm.normal(draws.STAGE_SKILL, name, seat.hire * 4 + stage)
        for stage in range(3))
    seat.stage_z = (first, second, third)
    seat.focus = [1.0, 1.0, 1.0]
    seat.gain = 0.0
    seat.dose = 0.0
    seat.coached_dose = 0.0
    seat.clarity = managers.within_unit(
        seat.team.levers.role_clarity + (world.rep_clarity_shift if firm.week >= 0 else 0.0))
    seat.sold_at_hire = seat.sold
    seat.trailing_sales = seat.trailing_weeks = 0.0
    firm.occupy(seat, events.FREE)
    set_pace_of_work(firm, seat)
    firm.touch(seat.team)


def set_pace_of_work(firm: Firm, seat: Seat) -> None:
    """What a meeting takes and what prospecting reaches, from this week's clarity and effort."""
    plan, world, organisation = firm.plan, firm.plan.world, firm.plan.organisation
    effort = seat.team.effort * seat.team.cover
    seat.face_to_face_share = organisation.face_to_face_share
    if world.clarity_width > 0.0:
        factor = reps.meeting_factor(organisation.face_to_face_share, firm.rules.overhead_factor(
            seat.clarity, REFERENCE_CLARITY, world.clarity_exponent, world.clarity_width))
        seat.face_to_face_share = organisation.face_to_face_share / factor
        seat.handling_hours = organisation.meeting_handling_hours * factor / effort
    else:
        share = reps.selling_share(
            seat.clarity, world.selling_share_low, world.selling_share_slope, world.clarity_exponent)
        seat.handling_hours = organisation.meeting_handling_hours * plan.reference_selling_share / share / effort
    seat.noticing = firm.rules.noticing_probability(
        plan.market.noticed_at_norm, seat.prospecting, organisation.prospecting_norm_hours,
        plan.market.noticing_elasticity, plan.least_noticing)


def quits_this_week(firm: Firm, seat: Seat) -> bool:
    """Does the rep decide to leave? One named draw a week against the hazard."""
    world = firm.plan.world
    weeks = seat.trailing_weeks
    attained = 1.0
    if weeks >= world.attainment_weeks:
        index = firm.index_since_base_year(hours_ago=0.5 * weeks * HOURS_PER_WEEK)
        attained = people.attainment(
            seat.trailing_sales, firm.plan.teams[seat.home].quota_per_year, index, weeks)
    chance: float = firm.rules.quit_probability(
        hazard_per_month=world.quits_per_month, months=12.0 / 52.0,
        first_year=firm.tenure_hours(seat) < 52 * HOURS_PER_WEEK, first_year_factor=world.first_year_quit_factor,
        people_skill=seat.team.people_skill, people_skill_factor=world.people_skill_quit_factor,
        dose=seat.dose, reference_dose=world.reference_dose, dose_effect=world.coaching_hour_quit_effect,
        coached=seat.gain > world.coached_threshold, coached_effect=world.coached_quit_effect,
        below_quota=attained < world.attainment_threshold, below_quota_effect=world.attainment_quit_effect,
        dose_limit=world.retaining_dose_limit, quality_counts=world.retention_by_quality,
        quality=seat.team.quality)
    return firm.uniform(draws.QUIT, seat.number, seat.hire * 4096 + firm.weeks_since_start) < chance


def appoint(firm: Firm, team: Team, quality_z: float, penalty: float, origin: int, fit: bool) -> None:
    """The team's next manager, by name (team, appointment), takes over the desk as it stands."""
    world, name = firm.plan.world, (team.number, team.appointment)
    quality = firm.rules.quality_of(
        quality_z, world.quality_mean, world.quality_sd, world.quality_low, world.quality_high)
    if fit:
        quality = max(world.unfit_below, quality)
    team.quality = max(world.quality_low, quality - penalty)
    team.people_skill = managers.correlated(
        quality_z, firm.normal(draws.PEOPLE_SKILL, *name), world.people_skill_correlation)
    team.natural_coach = firm.uniform(draws.NATURAL_COACH, *name) < world.natural_coach_share
    team.trainable = firm.uniform(draws.TRAINABLE, *name) < world.trainable_share
    team.trained = False
    team.clarity_offset = world.manager_clarity_sd * firm.normal(draws.MANAGER_CLARITY, *name)
    if firm.week >= firm.plan.teams[team.number].rollout_week:
        train(firm, team)
    set_adherence(firm, team)
    firm.record(events.MANAGER_APPOINTED, origin, team.number, team.number, team.appointment, team.quality)
    _watch_exit(firm, team)


def train(firm: Firm, team: Team) -> None:
    """Manager training, where the policy offers it and it can take hold."""
    if team.levers.manager_training and team.trainable and not team.trained:
        team.quality = min(firm.plan.world.quality_high, team.quality + firm.plan.world.training_gain)
        team.trained = True


def set_adherence(firm: Firm, team: Team) -> None:
    """The manager's clarity, and how far it keeps the plan."""
    world = firm.plan.world
    team.clarity = 1.0 if team.natural_coach else managers.within_unit(
        team.levers.role_clarity + team.clarity_offset)
    team.adherence = firm.rules.adherence(
        team.clarity, team.levers.accountability, world.adherence_floor, world.adherence_gain)


def _watch_exit(firm: Firm, team: Team) -> None:
    appointment = team.appointment
    hours = firm.plan.manager_exit_hours
    if hours == float("inf"):
        return
    stay = firm.on_grid(max(1e-9, hours * firm.exponential(draws.MANAGER_EXIT, team.number, appointment)))
    timer = firm.clock.timed(priority_key(events.MANAGER_LEAVES, team.number, appointment), stay)
    timer.then(lambda: _manager_leaves(firm, team, appointment))


def _manager_leaves(firm: Firm, team: Team, appointment: int) -> None:
    if team.appointment != appointment:  # replaced meanwhile
        return
    firm.record_event(events.MANAGER_LEAVES, 0, team.number, team.number, appointment, firm.now)
    firm.people_rows[-1][EXITS] += 1
    successor = _promotable(firm, team)
    team.appointment += 1
    if successor is None:
        firm.people_rows[-1][FROM_OUTSIDE] += 1
        z = firm.normal(draws.QUALITY, team.number, team.appointment)
        appoint(firm, team, z, 0.0, events.FROM_OUTSIDE, fit=False)
    else:
        world = firm.plan.world
        penalty = firm.rules.promotion_penalty(
            _relative_sales(firm, successor), world.peter_slope, world.peter_causal_share,
            world.coaching_gain_max, firm.plan.priced_dose, world.coaching_half_dose)
        z = firm.normal(draws.COACHING_TALENT, successor.number, successor.hire)
        appoint(firm, team, z, penalty, events.FROM_THE_TEAM, fit=False)
        dismiss(firm, successor, events.PROMOTED)
    firm.touch(team)


def replace_unfit(firm: Firm, team: Team) -> None:
    """A manager who should not be in the role makes way for one from outside who should."""
    world = firm.plan.world
    if team.quality >= world.unfit_below:
        return
    firm.people_rows[-1][EXITS] += 1
    firm.people_rows[-1][FROM_OUTSIDE] += 1
    team.appointment += 1
    z = managers.fit_z(
        firm.uniform(draws.QUALITY, team.number, team.appointment), world.quality_mean, world.quality_sd,
        world.unfit_below)
    appoint(firm, team, z, 0.0, events.FROM_OUTSIDE, fit=True)


def _promotable(firm: Firm, team: Team) -> Seat | None:
    """The rep whom the promotion rule picks from the team; None for somebody from outside."""
    rule = team.levers.promotion_rule
    mates = [seat for seat in team.seats if seat.filled and seat.leaving is None]
    if rule == "external" or not mates:
        return None
    if rule == "random":
        u = firm.uniform(draws.PROMOTION, team.number, team.appointment)
        return mates[int(u * len(mates))]
    if rule == "best_coach":
        return max(mates, key=lambda seat: (_coach_impression(firm, seat), -seat.place_in_team))
    return max(mates, key=lambda seat: (_weekly_sales(seat), -seat.place_in_team))


def _coach_impression(firm: Firm, seat: Seat) -> float:
    """How good a coach a rep seems to be: talent, seen with some error."""
    return managers.correlated(
        firm.normal(draws.COACHING_TALENT, seat.number, seat.hire),
        firm.normal(draws.TALENT_IMPRESSION, seat.number, seat.hire),
        firm.plan.world.coach_selection_validity)


def _weekly_sales(seat: Seat) -> float:
    """Trailing sales a week; too short a record counts as none."""
    return seat.trailing_sales / seat.trailing_weeks if seat.trailing_weeks >= 13.0 else 0.0


def _relative_sales(firm: Firm, seat: Seat) -> float:
    """The rep's trailing sales relative to the mean of the firm's reps with a record, each in the money of the team."""
    total, count = 0.0, 0
    for other in firm.seats:
        if other.filled and other.trailing_weeks >= 13.0:
            total += _weekly_sales(other) / firm.plan.teams[other.home].deal_value_factor
            count += 1
    own = _weekly_sales(seat) / firm.plan.teams[seat.home].deal_value_factor
    if count == 0 or total <= 0.0 or own <= 0.0:
        return 1.0
    return own / (total / count)
