"""The people plan in runs: seats that come and go, whose buyers they work, and what each line costs."""

import numpy as np
import pytest
from audit import audit
from random_scenarios import random_plan, random_scenario

from simlead.engines import compiled_engine, simpy_engine
from simlead.engines.plan import plan_of
from simlead.engines.reference import market, people_plan
from simlead.model import draws, events
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_WEEK
from simlead.results.money import weekly_profit

FIRM = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 30,
    "calendar.horizon_weeks": 40, "world.quits_per_month": 0.08, "world.vacancy_months": 1.0})
BUYER = ["territory", "number", "arrived", "value", "pace_hours"]


def differing(one, other):
    return [name for name in ("opportunities", "reps", "managers", "weeks", *["trace"] * (one.trace is not None))
            if getattr(one, name).tobytes() != getattr(other, name).tobytes()]


def with_plan(*lines):
    return FIRM.change({"plan": list(lines)})


def run(scenario, seed=0):
    return compiled_engine.run(scenario, seed)


OWN = with_plan({"week": 8, "team": 1, "hire": 2, "buyers": "own"})
SPLIT = with_plan({"week": 8, "team": 1, "hire": 2})
CLOSED = with_plan({"week": 8, "close": ["1.2", "2.1"]})
NEW_TEAM = with_plan({"week": 8, "new_team": ["1.3", "2.1"]}, {"week": 12, "team": 3, "hire": 1})
PLANS = {"own": OWN, "split": SPLIT, "closed": CLOSED, "all": with_plan(
    {"week": 0, "team": 2, "hire": 1}, {"week": 3, "team": 1, "close": 1}, {"week": 9, "close": ["2.4", "2.2"]},
    {"week": 9, "team": 2, "hire": 2, "buyers": "own"}, {"week": 30, "close": ["2.5"]}), "new team": NEW_TEAM}


# --- both engines


@pytest.mark.parametrize("name", PLANS)
def test_both_engines_agree_and_the_books_balance(name):
    found = simpy_engine.run(PLANS[name])
    assert differing(found, run(PLANS[name])) == []
    assert audit(PLANS[name], found) == []


@pytest.mark.slow
def test_both_engines_agree_on_random_firms_with_random_plans():
    found = {}
    for number in range(60):
        scenario = random_scenario(number)
        scenario = scenario.change({"plan": random_plan(scenario, number)})
        if wrong := differing(simpy_engine.run(scenario, number), compiled_engine.run(scenario, number)):
            found[number] = wrong
    assert found == {}


@pytest.mark.slow
def test_a_fault_in_either_engine_is_seen(monkeypatch):
    everything = PLANS["all"]
    right = run(everything)
    with monkeypatch.context() as planted:
        planted.setattr(people_plan, "close_seats", lambda firm, team: None)
        assert differing(simpy_engine.run(everything), right)
    with monkeypatch.context() as planted:
        planted.setattr(market, "_desk", lambda firm, team, territory, number: territory)
        assert differing(simpy_engine.run(everything), right)
    assert differing(simpy_engine.run(everything), right) == []


# --- until then and elsewhere, nothing changes


@pytest.mark.parametrize("name", PLANS)
def test_until_the_week_of_its_first_line_a_plan_changes_nothing(name):
    hour = min(line.week for line in PLANS[name].people_plan) * HOURS_PER_WEEK
    with_it, without = (records.trace[records.trace["time"] < hour] for records in (run(PLANS[name]), run(FIRM)))
    assert len(with_it) > 1000 and np.array_equal(with_it, without)


def test_a_new_seats_rep_depends_on_its_team_and_its_number_there_alone():
    def newcomer(scenario):
        rows = run(scenario).trace
        return {(int(row["actor"]), float(row["value"])) for row in rows[rows["kind"] == events.SEAT_ADDED]}

    first, second = {"week": 8, "team": 1, "hire": 1}, {"week": 5, "team": 2, "hire": 2, "buyers": "own"}
    alone = newcomer(with_plan(first))
    assert len(alone) == 1 and alone < newcomer(with_plan(first, second))
    assert alone == newcomer(with_plan({**first, "week": 12})) == newcomer(with_plan({**first, "buyers": "own"}))
    assert alone == newcomer(with_plan(first).change({"team.2.seats": 5}))


# --- whose buyers


def test_seats_that_split_territories_work_the_same_buyers():
    """C20: one spelling of a hire, and whose buyers it works is stated."""
    plain, split = run(FIRM).opportunities, run(SPLIT).opportunities
    assert np.array_equal(plain[BUYER], split[BUYER])
    added = set(plan_of(SPLIT).teams[0].seat_numbers[3:])
    assert added <= set(split["seat"]) and not added & set(split["territory"])


def test_buyers_of_their_own_come_on_top():
    plain, own = run(FIRM).opportunities, run(OWN).opportunities
    added = list(plan_of(OWN).teams[0].seat_numbers[3:])
    new = np.isin(own["territory"], added)
    assert np.array_equal(plain[BUYER], own[BUYER][~new])
    assert own["arrived"][new].min() >= 8 * HOURS_PER_WEEK
    expected = plan_of(OWN).teams[0].arrivals_per_hour * 32 * HOURS_PER_WEEK
    for territory in added:
        count = np.sum(own["territory"] == territory)
        assert abs(count - expected) < 4.0 * np.sqrt(expected)
        first = draws.exponential(0, 0, draws.ARRIVAL_GAP, territory, 0)
        assert own["arrived"][own["territory"] == territory].min() == pytest.approx(
            8 * HOURS_PER_WEEK + first / plan_of(OWN).teams[0].arrivals_per_hour)


def test_every_open_seat_of_a_team_that_shares_has_an_equal_part():
    quiet = {"world.quits_per_month": 0.0, "world.vacancy_months": 0.01, "market.noticed_at_norm": 0.0}
    plan = {"plan": [{"week": 0, "team": 1, "hire": 2}, {"week": 0, "close": ["1.3"]}]}
    firm = FIRM.change(quiet | plan | {"organisation.teams": 1, "organisation.seats_per_team": 3})
    found = compiled_engine.run(firm.change({"calendar.horizon_weeks": 520}), trace=False).opportunities
    found = found[found["arrived"] > 0.0]
    seats, counts = np.unique(found["seat"], return_counts=True)
    one, two, three, *added = plan_of(firm).teams[0].seat_numbers
    assert set(seats) == {one, two, *added} and set(found["territory"]) == {one, two, three}
    assert np.abs(counts - len(found) / 4).max() < 4.5 * np.sqrt(len(found) * 3 / 16)


# --- closing


def test_a_seat_that_closes_hands_over_its_deals_and_nobody_follows():
    found, plain = run(CLOSED), run(FIRM)
    for team, place in ((0, 1), (1, 0)):
        seat = plan_of(CLOSED).teams[team].seat_numbers[place]
        rows = found.reps[found.reps["seat"] == seat]
        last = rows["week"].max()
        assert 7 <= last <= 9 and np.array_equal(rows["week"], np.arange(-30, last + 1))
        of_seat = found.trace[found.trace["actor"] == seat]
        late = of_seat[of_seat["time"] > (last + 1) * HOURS_PER_WEEK]
        assert not np.isin(late["kind"], (events.REP_HIRED, events.REP_TASK_ENDS, events.MEETING_HELD)).any()
        left = found.trace[(found.trace["kind"] == events.REP_LEAVES) & (found.trace["actor"] == seat)]
        if rows["filled"][rows["week"] == 7][0]:
            assert left["detail"][-1] == events.SEAT_CLOSES
            given = found.trace[(found.trace["kind"] == events.DEAL_HANDED_OVER) & (found.trace["value"] == seat)]
            assert np.any(given["time"] == left["time"][-1])
        assert np.sum(found.opportunities["territory"] == seat) == np.sum(plain.opportunities["territory"] == seat)
    assert np.array_equal(found.opportunities[BUYER], plain.opportunities[BUYER])
    assert found.weeks["seats"][-1] == plain.weeks["seats"][-1] - 2


def test_closing_a_seat_is_no_quit():
    still = {"world.quits_per_month": 0.0, "world.vacancy_months": 0.01, "world.manager_exits_per_year": 0.0}
    weeks = run(CLOSED.change(still)).weeks
    assert weeks["quits"].sum() == weeks["promotions"].sum() == weeks["hires"].sum() == 0
    assert weeks["filled_seats"][0] == 6 and weeks["filled_seats"][-1] == 4


# --- signs under common random numbers, and money


def test_each_line_moves_revenue_its_way():
    firm = FIRM.change({"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 78})
    revenue = {}
    for name in ("own", "split", "closed"):
        scenario = firm.change({"plan": PLANS[name].value("plan")})
        revenue[name] = np.mean([
            compiled_engine.run(scenario, 0, n, False).weeks["revenue"][-52:].sum()
            / compiled_engine.run(firm, 0, n, False).weeks["revenue"][-52:].sum() for n in range(12)])
    assert revenue["closed"] < 0.95 < 1.03 < revenue["split"] and revenue["split"] + 0.02 < revenue["own"]


def test_each_line_costs_its_price_once_in_the_money_of_its_week():
    weeks = run(OWN).weeks
    free = OWN.change({"plan": [{**OWN.value("plan")[0], "price": 0.0}]})
    for line, price in (({}, 2 * 65_000.0), ({"price": 7_000.0}, 7_000.0)):
        priced = OWN.change({"plan": [{**OWN.value("plan")[0], **line}]})
        cost = weekly_profit(weeks, free) - weekly_profit(weeks, priced)
        assert np.flatnonzero(cost).tolist() == [30 + 8]
        assert cost[38] == pytest.approx(price * weeks["growth_index"][38])
    closing = weekly_profit(weeks, FIRM) - weekly_profit(weeks, CLOSED)
    assert closing[38] == pytest.approx(2 * 22_500.0 * weeks["growth_index"][38]) and np.count_nonzero(closing) == 1


def test_a_running_salary_and_overhead_follow_from_the_seats():
    still = {"world.quits_per_month": 0.0, "world.vacancy_months": 0.01, "world.manager_exits_per_year": 0.0}
    plain, more = run(FIRM.change(still)).weeks, run(SPLIT.change(still)).weeks
    assert np.array_equal(more["seats"] - plain["seats"], np.where(plain["week"] >= 8, 2, 0))
    assert np.array_equal(more["filled_seats"] - plain["filled_seats"], np.where(plain["week"] >= 8, 2, 0))


def test_a_seat_that_opens_as_a_run_without_warm_up_begins_has_one_territory():
    firm = with_plan({"week": 0, "team": 1, "hire": 1, "buyers": "own"}, {"week": 0, "team": 2, "hire": 1})
    firm = firm.change({"calendar.warmup_weeks": 0, "calendar.horizon_weeks": 8})
    found = simpy_engine.run(firm)
    names = found.opportunities[["territory", "number"]].tolist()
    assert len(set(names)) == len(names)
    assert differing(found, run(firm)) == []
