"""Faults planted one by one into the reference engine's lines about unequal teams, seasons and the people plan."""

import inspect
import sys
import textwrap

import pytest
from test_engines_agree import differences

from simlead.engines import compiled_engine, simpy_engine
from simlead.engines.reference import calendar, ledger, levers, market, people, people_plan, pipeline, quarters
from simlead.engines.reference import managers as managing
from simlead.model.scenario import Scenario

EVERYTHING = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 14,
    "calendar.horizon_weeks": 26, "market.opportunities_per_seat_year": 150.0, "organisation.errands_per_week": 2.0,
    "market.pace_days_median": 15.0, "world.attainment_weeks": 4.0, "world.manager_exits_per_year": 5.0,
    "world.quits_per_month": 0.15, "world.vacancy_months": 1.5, "policy.manager_training": True,
    "policy.role_clarity": 0.9, "policy.coaching_share": 0.5, "policy.replace_unfit": True,
    "market.season_by_month": [0.5, 1.0, 1.5, 0.2, 2.0, 1.0, 0.25, 0.25, 1.5, 1.0, 1.0, 2.0],
    "market.switch_month": 3, "market.quarter_end_share": 0.5, "market.quarter_end_weeks": 13.0,
    "market.quarter_end_discount": 0.2, "team.1.deal_value_factor": 0.4, "team.2.deal_value_factor": 2.5,
    "team.2.buyers_factor": 1.5, "team.2.rollout_week": 6, "team.2.status_quo.role_clarity": 0.2,
    "plan": [{"week": 2, "team": 1, "hire": 1, "buyers": "own"}, {"week": 4, "team": 2, "hire": 2},
             {"week": 8, "close": ["1.2"]}, {"week": 12, "close": ["2.1", "2.3"]}]})
SHARED_OUT = {"plan": [{"week": 4, "team": 2, "hire": 2}]}
CLOSED_ONLY = {"plan": [{"week": 8, "close": ["1.2"]}]}
PROSPEROUS = {"organisation.meeting_handling_hours": 0.4, "world.discovery_intercept": 2.0,
              "world.qualified_intercept": 2.0}
CLOSED_WHILE_BUSY = {"market.opportunities_per_seat_year": 900.0, "plan": [
    {"week": 2 + 2 * place, "close": [f"{team}.{place}"]} for team in (1, 2) for place in (1, 2)]}
BELOW_QUOTA = PROSPEROUS | {"organisation.quota_per_year": 1e6, "world.attainment_quit_effect": 2.0}
NEW_TEAMS = {"world.hours_per_coached_rep": 4.4, "plan": [
    {"week": 2, "team": 1, "hire": 1}, {"week": 5, "new_team": ["2.2", "1.4", "1.3"], "rollout_week": 9},
    {"week": 7, "team": 3, "hire": 3, "buyers": "own"}, {"week": 8, "team": 2, "hire": 1},
    {"week": 12, "new_team": ["1.1"]}, {"week": 15, "close": ["3.2"]}]}
HEROIC = {"world.heroic_probability": 1.0, "policy.heroics": 3.0, "world.heroic_value_quantile": 0.2,
          "world.heroic_hours_low": 20, "world.heroic_hours_high": 30, "market.opportunities_per_seat_year": 300.0,
          **PROSPEROUS}
NEVER_LED = {"team.2.rollout_week": "never", "status_quo.manager_training": True, "world.trainable_share": 1.0}

FAULTS = [  # function, line of it, what stands there instead, and what of the firm is different
    (market.opportunity, "value *= plan.teams[territory.home].deal_value_factor", "pass", {}),
    (managing.own_work, " * firm.plan.teams[team.number].deal_value_factor", "", {}),
    (people._relative_sales, " / firm.plan.teams[other.home].deal_value_factor", "", {}),
    (people._relative_sales, " / firm.plan.teams[seat.home].deal_value_factor", "", {}),
    (people.quits_this_week, "firm.plan.teams[seat.home].", "firm.plan.organisation.", BELOW_QUOTA),
    (market.territory_life, "firm.plan.teams[seat.home]", "firm.plan.teams[0]", {}),
    (market._seasonal_gap, "plan.market.switch_month", "1", {}),
    (market._seasonal_gap, "left -= expected", "left -= expected * (1.0 + 1e-9)", {}),
    (market._seasonal_gap, "end - begin", "HOURS_PER_MONTH", {}),
    (quarters.pulled_before_the_end, "market.switch_month", "1", PROSPEROUS),
    (quarters.pulled_before_the_end, "< market.quarter_end_share", "< 1.0", PROSPEROUS),
    (quarters.pulled_before_the_end, "deal.pulled = True", "pass", PROSPEROUS),
    (quarters.pulled_before_the_end, "return pulled", "return gap", PROSPEROUS),
    (pipeline._gate, "if deal.pulled:", "if not deal.pulled:", PROSPEROUS),
    (levers.choose, "firm.week - plan.rollout_week", "firm.week", {}),
    (calendar.open_week, "firm.week == plan.rollout_week", "firm.week == 0", {}),
    (people.appoint, "firm.week >= firm.plan.teams[team.number].rollout_week", "firm.week >= 0", NEVER_LED),
    (people_plan.open_seats, "seat.own_buyers = plan.planned[place_in_team].own_buyers", "pass", {}),
    (people_plan.open_seats, "firm.clock.process(market.territory_life(firm, seat))", "pass", {}),
    (people_plan.open_seats, "team.shares_territories = True", "pass", SHARED_OUT),
    (people_plan.close_seats, "team.shares_territories = True", "pass", CLOSED_ONLY),
    (people_plan.close_seats, "people.close_seat(firm, seat)", "pass", {}),
    (people_plan.open_seats, "place_in_team = team.places", "place_in_team = len(team.seats)", NEW_TEAMS),
    (people_plan._begin_team, "events.FIRST_APPOINTMENT", "events.FROM_OUTSIDE", NEW_TEAMS),
    (people_plan._begin_team, "firm.clock.process(managers.errands(firm, team))", "pass", NEW_TEAMS),
    (people_plan._begin_team, "levers.choose(firm, team)", "pass", NEW_TEAMS),
    (people_plan._take_over, "coaching.lapse_with(firm, seat)", "pass", NEW_TEAMS),
    (people_plan._take_over, "heroics.forfeit(firm, deal)",
     "before.heroics.remove(deal); deal.hero_hours_left = 0", NEW_TEAMS | HEROIC),
    (people_plan._take_over, "seat.place_in_team = team.places", "pass", NEW_TEAMS),
    (people_plan._take_over, "team.shares_territories or not seat.own_buyers", "False", NEW_TEAMS),
    (people_plan._take_over, " and deal.status != OVER", "", NEW_TEAMS),
    (people_plan._take_over, "deal.team = team", "pass", NEW_TEAMS),
    (people_plan.begin_teams, ", tastes=FURTHER_TASTES", "", NEW_TEAMS),
    (people_plan.new_seat, "team.number, since", "0, since", NEW_TEAMS),
    (calendar._share_out_cover, " and not seat.closed", "", {}),
    (people.close_seat, "seat.closed = True", "pass", {}),
    (people.close_seat, "seat.gone = not seat.filled", "pass", {}),
    (people.leave, "if reason != events.SEAT_CLOSES:", "if True:", {}),
    (people._hired, "if seat.closed:", "if False:", {}),
    (market._desk, " if not seat.closed", "", {}),
    (market._desk, "seat.own_buyers and ", "", {}),
    (market._desk, " and not territory.closed", "", {}),
    (ledger.close_week, "seat.gone = seat.closed and not seat.filled", "pass", CLOSED_WHILE_BUSY),
]


def faulty(function, line, instead):
    """The function with another text in place of a part of one of its lines."""
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(line) == 1, line
    names = dict(vars(sys.modules[function.__module__]))
    exec(compile("from __future__ import annotations\n" + source.replace(line, instead), "fault", "exec"), names)
    return names[function.__name__]


@pytest.mark.parametrize("changes", [
    {}, SHARED_OUT, CLOSED_ONLY, NEW_TEAMS, NEW_TEAMS | HEROIC, PROSPEROUS, CLOSED_WHILE_BUSY, BELOW_QUOTA, NEVER_LED])
def test_sound_engines_agree_on_firms_with_everything(changes):
    assert differences(simpy_engine.run(EVERYTHING.change(changes)), compiled_engine.run(
        EVERYTHING.change(changes))) == []


@pytest.mark.slow
@pytest.mark.parametrize(("function", "line", "instead", "changes"), FAULTS)
def test_a_line_that_one_engine_has_otherwise_is_noticed(monkeypatch, function, line, instead, changes):
    wrong = faulty(function, line, instead)
    monkeypatch.setattr(sys.modules[function.__module__], function.__name__, wrong)
    assert differences(simpy_engine.run(EVERYTHING.change(changes)), compiled_engine.run(EVERYTHING.change(changes)))
