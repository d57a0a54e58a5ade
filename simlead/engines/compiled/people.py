"""People: quits, hires and successions."""

from __future__ import annotations

import math

from simlead.engines.compiled import coaching, pipeline
from simlead.engines.compiled.firm import (
    call_away,
    exponential,
    index_since_base_year,
    normal,
    occupy,
    on_grid,
    record,
    record_event,
    tenure_hours,
    touch,
    uniform,
    weeks_since_start,
)
from simlead.engines.compiled.layout import (
    created_at,
    levers_at,
    people_row_at,
    plan_of,
    rollout_at,
    seat_at,
    seat_plan_at,
    team_at,
)
from simlead.engines.compiled.memory import part
from simlead.engines.compiled.records import FirmRecord, SeatRecord, TeamRecord
from simlead.engines.compiled.timers import later
from simlead.engines.plan import REFERENCE_CLARITY
from simlead.model import draws, events
from simlead.model.policy import PROMOTION_RULES
from simlead.model.rules import buyers, managers, people, reps
from simlead.model.units import HOURS_PER_WEEK

QUITS, PROMOTIONS, HIRES, EXITS, FROM_OUTSIDE = range(5)
_EXTERNAL, _RANDOM, _BEST_COACH = (PROMOTION_RULES.index(name) for name in ("external", "random", "best_coach"))


@part
def count(firm: FirmRecord, what: int) -> None:
    """One more of these this week."""
    people_row_at(firm, weeks_since_start(firm)).counts[what] += 1


@part
def dismiss(firm: FirmRecord, seat: SeatRecord, reason: int) -> None:
    """A rep is to leave: at once if nobody is with them, else when the task at hand is done."""
    if seat.activity == events.PROSPECTING:
        call_away(firm, seat)
        leave(firm, seat, reason)
    elif seat.activity == events.FREE or seat.activity == events.WAITING:
        if seat.activity == events.WAITING:
            record(firm, events.WAITING_ENDS, 1, seat.number, seat.number, seat.hire, seat.task_began)
        leave(firm, seat, reason)
    else:
        seat.leaving = reason


@part
def leave(firm: FirmRecord, seat: SeatRecord, reason: int) -> None:
    """The seat falls vacant; deals change hands, sessions lapse, a successor is sought."""
    tenure_weeks = tenure_hours(firm, seat) / HOURS_PER_WEEK
    record(firm, events.REP_LEAVES, reason, seat.number, seat.number, seat.hire, tenure_weeks)
    if reason != events.SEAT_CLOSES:
        count(firm, QUITS if reason == events.QUIT else PROMOTIONS)
    occupy(firm, seat, events.VACANT)
    seat.filled = False
    seat.leaving = -1
    seat.one_to_one_day = -1
    seat.chosen_for_coaching = team_at(firm, seat.team).reaches_all
    coaching.lapse_with(firm, seat)
    pipeline.hand_over(firm, seat)
    if not seat.closed:
        seek_successor(firm, seat, exponential(firm, draws.VACANCY, seat.number, seat.hire))


@part
def close_seat(firm: FirmRecord, seat: SeatRecord) -> None:
    """Who sits there leaves at the next boundary; nobody follows."""
    seat.closed = True
    if seat.filled and seat.leaving < 0:
        dismiss(firm, seat, events.SEAT_CLOSES)
    seat.gone = not seat.filled  # at once, so that this week has nothing of it


@part
def seek_successor(firm: FirmRecord, seat: SeatRecord, unit_time: float) -> None:
    """A successor comes after the time it takes to fill a seat."""
    hours = on_grid(firm, max(1e-9, plan_of(firm).vacancy_hours * unit_time))
    later(firm, events.REP_HIRED, seat.number, seat.hire + 1, hours, seat.slot)


@part
def hired(firm: FirmRecord, slot: int) -> None:
    """The successor is there."""
    seat = seat_at(firm, slot)
    if seat.closed:
        return
    seat.hire += 1
    sit_down(firm, seat, firm.now)
    record_event(firm, events.REP_HIRED, 0, seat.number, seat.number, seat.hire, seat.ability)
    count(firm, HIRES)


@part
def sit_down(firm: FirmRecord, seat: SeatRecord, hired_at: float) -> None:
    """The seat's next rep, by name, sits down."""
    name, plan = seat.number, plan_of(firm)
    seat.filled = True
    seat.hired_at = hired_at
    seat.ability = normal(firm, draws.ABILITY, name, seat.hire)
    for stage in range(3):
        seat.stage_z[stage] = plan.stage_skill_sd * normal(firm, draws.STAGE_SKILL, name, seat.hire * 4 + stage)
        seat.focus[stage] = 1.0
    seat.gain = 0.0
    seat.dose = 0.0
    seat.coached_dose = 0.0
    levers = levers_at(firm, team_at(firm, seat.team).levers)
    seat.clarity = managers.within_unit(
        levers.role_clarity + (plan.rep_clarity_shift if firm.week >= 0 else 0.0))
    seat.sold_at_hire = seat.sold
    seat.trailing_sales = seat.trailing_weeks = 0.0
    occupy(firm, seat, events.FREE)
    set_pace_of_work(firm, seat)
    touch(firm, seat.team)


@part
def set_pace_of_work(firm: FirmRecord, seat: SeatRecord) -> None:
    """What a meeting takes and what prospecting reaches, from this week's clarity and effort."""
    plan = plan_of(firm)
    effort = team_at(firm, seat.team).effort * team_at(firm, seat.team).cover
    seat.face_to_face_share = plan.face_to_face_share
    if plan.clarity_width > 0.0:
        factor = reps.meeting_factor(plan.face_to_face_share, reps.overhead_factor(
            seat.clarity, REFERENCE_CLARITY, plan.clarity_exponent, plan.clarity_width))
        seat.face_to_face_share = plan.face_to_face_share / factor
        seat.handling_hours = plan.meeting_handling_hours * factor / effort
    else:
        share = reps.selling_share(
            seat.clarity, plan.selling_share_low, plan.selling_share_slope, plan.clarity_exponent)
        seat.handling_hours = plan.meeting_handling_hours * plan.reference_selling_share / share / effort
    seat.noticing = buyers.noticing_probability(
        plan.noticed_at_norm, seat.prospecting, plan.prospecting_norm_hours,
        plan.noticing_elasticity, plan.least_noticing)


@part
def quits_this_week(firm: FirmRecord, seat: SeatRecord) -> bool:
    """Does the rep decide to leave? One named draw a week against the hazard."""
    plan, team, weeks = plan_of(firm), team_at(firm, seat.team), seat.trailing_weeks
    attained = 1.0
    if weeks >= plan.attainment_weeks:
        index = index_since_base_year(firm, 0.5 * weeks * HOURS_PER_WEEK)
        attained = people.attainment(
            seat.trailing_sales, seat_plan_at(firm, seat.slot).quota_per_year, index, weeks)
    chance = people.quit_probability(
        hazard_per_month=plan.quits_per_month, months=12.0 / 52.0,
        first_year=tenure_hours(firm, seat) < 52 * HOURS_PER_WEEK, first_year_factor=plan.first_year_quit_factor,
        people_skill=team.people_skill, people_skill_factor=plan.people_skill_quit_factor,
        dose=seat.dose, reference_dose=plan.reference_dose, dose_effect=plan.coaching_hour_quit_effect,
        coached=seat.gain > plan.coached_threshold, coached_effect=plan.coached_quit_effect,
        below_quota=attained < plan.attainment_threshold, below_quota_effect=plan.attainment_quit_effect,
        dose_limit=plan.retaining_dose_limit, quality_counts=plan.retention_by_quality, quality=team.quality)
    return uniform(firm, draws.QUIT, seat.number, seat.hire * 4096 + weeks_since_start(firm)) < chance


@part
def appoint(firm: FirmRecord, team: TeamRecord, quality_z: float, penalty: float, origin: int, fit: bool) -> None:
    """The team's next manager, by name (team, appointment), takes over the desk as it stands."""
    plan, number, appointment = plan_of(firm), team.number, team.appointment
    quality = managers.quality_of(
        quality_z, plan.quality_mean, plan.quality_sd, plan.quality_low, plan.quality_high)
    if fit:
        quality = max(plan.unfit_below, quality)
    team.quality = max(plan.quality_low, quality - penalty)
    team.people_skill = managers.correlated(
        quality_z, normal(firm, draws.PEOPLE_SKILL, number, appointment), plan.people_skill_correlation)
    team.natural_coach = uniform(firm, draws.NATURAL_COACH, number, appointment) < plan.natural_coach_share
    team.trainable = uniform(firm, draws.TRAINABLE, number, appointment) < plan.trainable_share
    team.trained = False
    team.clarity_offset = plan.manager_clarity_sd * normal(firm, draws.MANAGER_CLARITY, number, appointment)
    if firm.week >= rollout_at(firm, number).to:
        train(firm, team)
    set_adherence(firm, team)
    record(firm, events.MANAGER_APPOINTED, origin, number, number, appointment, team.quality)
    _watch_exit(firm, team)


@part
def train(firm: FirmRecord, team: TeamRecord) -> None:
    """Manager training, where the policy offers it and it can take hold."""
    if levers_at(firm, team.levers).manager_training and team.trainable and not team.trained:
        plan = plan_of(firm)
        team.quality = min(plan.quality_high, team.quality + plan.training_gain)
        team.trained = True


@part
def set_adherence(firm: FirmRecord, team: TeamRecord) -> None:
    """The manager's clarity, and how far it keeps the plan."""
    plan, levers = plan_of(firm), levers_at(firm, team.levers)
    if team.natural_coach:
        team.clarity = 1.0
    else:
        team.clarity = managers.within_unit(levers.role_clarity + team.clarity_offset)
    team.adherence = managers.adherence(
        team.clarity, levers.accountability, plan.adherence_floor, plan.adherence_gain)


@part
def _watch_exit(firm: FirmRecord, team: TeamRecord) -> None:
    hours = plan_of(firm).manager_exit_hours
    if hours == math.inf:
        return
    unit_time = exponential(firm, draws.MANAGER_EXIT, team.number, team.appointment)
    stay = on_grid(firm, max(1e-9, hours * unit_time))
    later(firm, events.MANAGER_LEAVES, team.number, team.appointment, stay, team.number)


@part
def manager_leaves(firm: FirmRecord, slot: int, appointment: int) -> None:
    """The manager goes, unless replaced meanwhile, and the promotion rule finds the next."""
    team = team_at(firm, slot)
    if team.appointment != appointment:
        return
    record_event(firm, events.MANAGER_LEAVES, 0, team.number, team.number, appointment, firm.now)
    count(firm, EXITS)
    successor = _promotable(firm, team)
    team.appointment += 1
    if successor < 0:
        count(firm, FROM_OUTSIDE)
        z = normal(firm, draws.QUALITY, team.number, team.appointment)
        appoint(firm, team, z, 0.0, events.FROM_OUTSIDE, False)
    else:
        plan, seat = plan_of(firm), seat_at(firm, successor)
        penalty = people.promotion_penalty(
            _relative_sales(firm, seat), plan.peter_slope, plan.peter_causal_share,
            plan.coaching_gain_max, plan.priced_dose, plan.coaching_half_dose)
        z = normal(firm, draws.COACHING_TALENT, seat.number, seat.hire)
        appoint(firm, team, z, penalty, events.FROM_THE_TEAM, False)
        dismiss(firm, seat, events.PROMOTED)
    touch(firm, slot)


@part
def replace_unfit(firm: FirmRecord, team: TeamRecord) -> None:
    """A manager who should not be in the role makes way for one from outside who should."""
    plan = plan_of(firm)
    if team.quality >= plan.unfit_below:
        return
    count(firm, EXITS)
    count(firm, FROM_OUTSIDE)
    team.appointment += 1
    z = managers.fit_z(
        uniform(firm, draws.QUALITY, team.number, team.appointment), plan.quality_mean, plan.quality_sd,
        plan.unfit_below)
    appoint(firm, team, z, 0.0, events.FROM_OUTSIDE, True)


@part
def _promotable(firm: FirmRecord, team: TeamRecord) -> int:
    """The seat whom the promotion rule picks from the team; -1 for somebody from outside."""
    chosen_by = levers_at(firm, team.levers).promotion_rule
    first, beyond = team.first_seat, team.first_seat + team.seats_count
    mates = 0
    for slot in range(first, beyond):
        mates += _may_rise(seat_at(firm, slot))
    if chosen_by == _EXTERNAL or mates == 0:
        return -1
    wanted = 0
    if chosen_by == _RANDOM:
        wanted = int(uniform(firm, draws.PROMOTION, team.number, team.appointment) * mates)
    best, best_score, nth = -1, 0.0, 0
    for slot in range(first, beyond):
        seat = seat_at(firm, slot)
        if not _may_rise(seat):
            continue
        if chosen_by == _RANDOM:
            if nth == wanted:
                return slot
            nth += 1
            continue
        score = _coach_impression(firm, seat) if chosen_by == _BEST_COACH else _weekly_sales(seat)
        if best < 0 or score > best_score:
            best, best_score = slot, score
    return best


@part
def _may_rise(seat: SeatRecord) -> bool:
    return bool(seat.filled and seat.leaving < 0)


@part
def _coach_impression(firm: FirmRecord, seat: SeatRecord) -> float:
    """How good a coach a rep seems to be: talent, seen with some error."""
    return managers.correlated(
        normal(firm, draws.COACHING_TALENT, seat.number, seat.hire),
        normal(firm, draws.TALENT_IMPRESSION, seat.number, seat.hire),
        plan_of(firm).coach_selection_validity)


@part
def _weekly_sales(seat: SeatRecord) -> float:
    """Trailing sales a week; too short a record counts as none."""
    if seat.trailing_weeks >= 13.0:
        return float(seat.trailing_sales / seat.trailing_weeks)
    return 0.0


@part
def _relative_sales(firm: FirmRecord, seat: SeatRecord) -> float:
    """The rep's trailing sales relative to the mean of the firm's reps with a record, each in the money of the team."""
    total, count = 0.0, 0
    for order in range(firm.created_used):
        other = seat_at(firm, created_at(firm, order).to)
        if other.filled and other.trailing_weeks >= 13.0:
            total += _weekly_sales(other) / seat_plan_at(firm, other.slot).deal_value_factor
            count += 1
    own = _weekly_sales(seat) / seat_plan_at(firm, seat.slot).deal_value_factor
    if count == 0 or total <= 0.0 or own <= 0.0:
        return 1.0
    return own / (total / count)
