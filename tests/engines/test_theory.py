"""The simulation against closed forms, where the model has one.

A check rejects a right model with probability 1e-5 and a test makes at most ten, so that a test's
false-alarm rate is 1e-4 or less (two-sided; seeds are fixed, so it is decided once). Each shows
that it would reject a wrong theory.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
import pytest
from reading import deal_name, meetings, rows_of
from scipy import integrate, stats

from simlead.engines.compiled_engine import run
from simlead.engines.reference.clock import Clock
from simlead.model import draws
from simlead.model import events as ev
from simlead.model.events import priority_key
from simlead.model.rules import people
from simlead.model.rules.coaching import gain_after
from simlead.model.scenario import Scenario
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_WEEK, HOURS_PER_YEAR, WEEKS_PER_MONTH
from simlead.study import special_cases, theory
from simlead.study.simulate import simulate

FALSE_ALARM = 1e-5  # of one check


def refuted(samples, expected):
    """Do independent samples refute this mean? Student's t at the false-alarm rate."""
    return stats.ttest_1samp(samples, expected).pvalue < FALSE_ALARM


def counts_refute(successes, trials, probability):
    """Do so many successes refute this probability? Exact binomial at the false-alarm rate."""
    return stats.binomtest(int(successes), int(trials), probability).pvalue < FALSE_ALARM


def z_refutes(z):
    return 2.0 * stats.norm.sf(abs(z)) < FALSE_ALARM


# --- the clock: a bare queue


def bare_queue(seed, replicate, per_hour, handling, customers=6000, warmup=500):
    """Mean wait in a queue built on the engine's clock and nothing else: one server, Poisson arrivals."""
    clock, waiting, waits, undispatched = Clock(), deque(), [], set()
    desk, busy = clock.handover(), [False]

    def people_come():
        for number in range(customers):
            gap = draws.exponential(seed, replicate, draws.ARRIVAL_GAP, 0, number) / per_hour
            yield clock.timed(priority_key(ev.OPPORTUNITY_ARRIVES, 0, number), gap)
            waiting.append((clock.now, number))
            undispatched.add(0)

    def server():
        while True:
            number = yield desk
            yield clock.timed(priority_key(ev.REP_TASK_ENDS, 0, number), handling(seed, replicate, number))
            busy[0] = False
            undispatched.add(0)

    def settle():
        undispatched.clear()
        if waiting and not busy[0]:
            came, number = waiting.popleft()
            waits.append(clock.now - came)
            busy[0] = True
            desk.hand(number)

    clock.process(server())
    clock.process(people_come())
    clock.run_instants(math.inf, undispatched, settle)
    assert len(waits) == customers
    return np.mean(waits[warmup:])


def exponential_handling(seed, replicate, number):
    return draws.exponential(seed, replicate, draws.HANDLING, 0, number)


def fixed_handling(seed, replicate, number):
    return 1.0


def test_a_bare_queue_on_the_clock_is_mm1():
    waits = [bare_queue(3, replicate, 0.6, exponential_handling) for replicate in range(24)]
    assert not refuted(waits, theory.mean_wait_mg1(0.6, 1.0, 1.0))
    assert refuted(waits, theory.mean_wait_mg1(0.6, 1.0, 0.0))  # M/D/1
    assert refuted(waits, theory.mean_wait_mg1(0.65, 1.0, 1.0))


def test_a_bare_queue_with_fixed_handling_is_md1():
    waits = [bare_queue(4, replicate, 0.6, fixed_handling) for replicate in range(24)]
    assert not refuted(waits, theory.mean_wait_mg1(0.6, 1.0, 0.0))
    assert refuted(waits, theory.mean_wait_mg1(0.6, 1.0, 1.0))


# --- a rep as a queue


@pytest.fixture(scope="module", params=[
    pytest.param((1.0, 0.25), id="cv1"), pytest.param((0.5, 2.0), id="long blocks", marks=pytest.mark.slow)])
def rep_queue(request):
    """One rep, twelve times: mean waits, mean queues at weeks' ends, and the case."""
    cv, block = request.param
    case = special_cases.single_server(1.2, 0.5, cv, block, warmup_weeks=40, weeks=170)
    waits, queues = [], []
    for replicate in range(12):
        records = run(case, 11, replicate)
        held = meetings(records.trace)
        held = held[held["due"] > 0.0]
        waits.append(np.mean(held["began"] - held["due"]))
        after = records.reps[records.reps["week"] >= 0]
        queues.append(after["queue"].mean())
    return cv, block, np.array(waits), np.array(queues)


def test_a_reps_queue_is_mg1_with_prospecting_for_vacations(rep_queue):
    cv, block, waits, _ = rep_queue
    assert not refuted(waits, theory.mean_wait_with_vacations(1.2, 0.5, cv, block))
    if cv == 1.0:
        assert refuted(waits, theory.mean_wait_with_vacations(1.2, 0.5, 0.0, block))  # M/D/1
    else:
        assert refuted(waits, theory.mean_wait_mg1(1.2, 0.5, cv))  # no vacations
        assert refuted(waits, theory.mean_wait_mg1(1.2, 0.5, cv) + block)  # they wait for all of it


def test_the_number_that_waits_is_littles(rep_queue):
    cv, block, _, queues = rep_queue
    expected = theory.mean_number(1.2, theory.mean_wait_with_vacations(1.2, 0.5, cv, block))
    assert not refuted(queues, expected)
    assert refuted(queues, expected + 1.2 * 0.5)  # those in the meeting as well


# --- buyers in flight


def test_buyers_who_decide_elsewhere_are_mg_infinity():
    case = special_cases.buyers_elsewhere(40, 350.0, 72.0, weeks=40)
    market = case.market
    sigma = math.sqrt(math.log(1.0 + market.pace_cv ** 2)
                      + (market.pace_size_elasticity * market.deal_value_sigma) ** 2)
    median, per_hour = 72.0 / 7.0 * 40.0, 350.0 / HOURS_PER_YEAR
    deals = [run(case, 21, replicate, trace=False).opportunities for replicate in range(3)]

    def z_of(mean):
        return (counts.sum() - mean * len(counts)) / math.sqrt(mean * len(counts))

    for hours in (100.0, 600.0, 1600.0):
        counts = np.concatenate([
            np.bincount(d["territory"][(d["arrived"] <= hours) & ~(d["decided"] <= hours)], minlength=40)
            for d in deals])
        mean = theory.buyers_in_flight(per_hour, median, sigma, hours)
        assert not z_refutes(z_of(mean))  # a sum of Poisson numbers
        spread = np.sum((counts - mean) ** 2) / mean
        assert FALSE_ALARM / 2 < stats.chi2.sf(spread, len(counts)) < 1 - FALSE_ALARM / 2
        assert stats.chi2.cdf(0.4 * spread, len(counts)) < FALSE_ALARM  # less than Poisson's scatter
    steady = theory.mean_number(per_hour, theory.lognormal_mean(median, sigma))
    assert z_refutes(z_of(1.2 * steady))
    assert z_refutes(z_of(theory.buyers_in_flight(per_hour, median, 0.0, hours)))  # all take the median


# --- noticing


@pytest.fixture(scope="module")
def thinned_deals():
    return run(special_cases.thinned(0.4, seats=30), 31, 0, trace=False).opportunities


def test_noticing_thins_arrivals(thinned_deals):
    deals, rate = thinned_deals, 350.0 * 30
    noticed = deals["noticed"].sum()
    for count, mean in ((len(deals), rate), (noticed, theory.noticed_per_hour(rate, 0.4)),
                        (len(deals) - noticed, theory.noticed_per_hour(rate, 0.6))):
        assert not z_refutes((count - mean) / math.sqrt(mean))
    assert not counts_refute(noticed, len(deals), 0.4)
    assert counts_refute(noticed, len(deals), 0.43)


def test_what_is_noticed_is_poisson_and_does_not_look_at_value(thinned_deals):
    seen = thinned_deals[thinned_deals["noticed"]]
    counts = np.bincount(seen["territory"], minlength=30)
    spread = np.sum((counts - 140.0) ** 2) / 140.0
    assert FALSE_ALARM / 2 < stats.chi2.sf(spread, 30) < 1 - FALSE_ALARM / 2
    for name in ("value", "pace_hours"):
        unseen = thinned_deals[~thinned_deals["noticed"]]
        assert stats.ks_2samp(seen[name], unseen[name]).pvalue > FALSE_ALARM
        assert stats.ks_2samp(seen[name], 1.15 * unseen[name]).pvalue < FALSE_ALARM
    gaps = np.concatenate([np.diff(seen["arrived"][seen["territory"] == seat]) for seat in range(3)])
    assert stats.kstest(gaps, "expon", args=(0, HOURS_PER_YEAR / 140.0)).pvalue > FALSE_ALARM
    assert stats.kstest(gaps, "uniform", args=(0, 2 * HOURS_PER_YEAR / 140.0)).pvalue < FALSE_ALARM


def test_noticing_follows_the_history_of_prospecting():
    """Given the prospecting that record_event, each noticing is a coin with a known probability."""
    case = Scenario().change({
        "organisation.teams": 2, "organisation.prospecting_norm_hours": 6.0, "market.cover_noticing_share": 0.0,
        "market.noticing_elasticity": 0.34, "calendar.warmup_weeks": 0, "calendar.horizon_weeks": 60})
    records = run(case, 41, 0)
    deals, market = records.opportunities, case.market

    def surprise(elasticity):
        smoothed = np.full(16, 6.0)
        reach = {}
        for week in range(60):
            for seat in range(16):
                reach[week, seat] = min(1.0, max(0.18, 0.6 * (smoothed[seat] / 6.0) ** elasticity))
            rows = records.reps[records.reps["week"] == week]
            smoothed[rows["seat"]] += (rows["effective_prospecting_hours"] - smoothed[rows["seat"]]) / 6.0
        chances, seen = [], []
        vacant = vacancies(records.trace, records.reps)
        for deal in deals:
            seat, hour = deal["territory"], deal["arrived"]
            if any(begin <= hour < end for begin, end in vacant.get(seat, [])):
                chance = market.noticed_at_norm * market.vacant_noticing_share
            else:
                chance = reach[int(hour // HOURS_PER_WEEK), seat]
            chances.append(chance)
            seen.append(deal["noticed"])
        chances = np.array(chances)
        return (np.sum(seen) - chances.sum()) / math.sqrt(np.sum(chances * (1.0 - chances)))

    assert not z_refutes(surprise(market.noticing_elasticity))
    assert z_refutes(surprise(0.0))
    assert z_refutes(surprise(0.5))


def vacancies(trace, reps):
    """When each seat stood vacant: seat -> [(begin, end)], in hours."""
    found, begun = {}, dict.fromkeys(set(reps["seat"]), -math.inf)
    moves = rows_of(trace, ev.REP_LEAVES, ev.REP_HIRED)
    first = {}
    for row in moves:
        first.setdefault(row["actor"], row["kind"])
    for seat in begun:
        filled = reps[reps["seat"] == seat]["filled"]
        starts_vacant = first[seat] == ev.REP_HIRED if seat in first else not filled[0]
        begun[seat] = -math.inf if starts_vacant else None
    for row in moves:
        if row["kind"] == ev.REP_LEAVES:
            begun[row["actor"]] = row["time"]
        else:
            found.setdefault(row["actor"], []).append((begun[row["actor"]], row["time"]))
            begun[row["actor"]] = None
    for seat, begin in begun.items():
        if begin is not None:
            found.setdefault(seat, []).append((begin, math.inf))
    return found


# --- the funnel


GATES = (0.6, 0.5, 0.4)


@pytest.fixture(scope="module")
def funnel_deals():
    """Deals of a firm whose gates are coins: those of the first year, all of them decided."""
    case = special_cases.funnel(*GATES, seats=30)
    deals = run(case, 51, 0, trace=False).opportunities
    assert deals["noticed"].all()
    deals = deals[deals["arrived"] < HOURS_PER_YEAR]
    assert np.all(deals["outcome"] != ev.OPEN)
    return deals


def test_the_funnels_yield_is_the_product_of_its_gates(funnel_deals):
    deals = funnel_deals
    won = deals["outcome"] == ev.WON
    assert not counts_refute(won.sum(), len(deals), theory.funnel_yield(GATES))
    assert counts_refute(won.sum(), len(deals), theory.funnel_yield((0.6, 0.5, 0.5)))
    reached = [len(deals), (deals["stage"] >= 1).sum(), (deals["stage"] >= 2).sum(), won.sum()]
    for stage, chance in enumerate(GATES):
        assert not counts_refute(reached[stage + 1], reached[stage], chance)
        assert counts_refute(reached[stage + 1], reached[stage], chance + 0.06)


def test_the_last_gate_is_a_multinomial_logit(funnel_deals):
    case = special_cases.funnel(*GATES)
    last = funnel_deals[funnel_deals["stage"] == ev.PROPOSAL]
    seen = [np.sum(last["outcome"] == outcome) for outcome in (ev.WON, ev.NO_DECISION, ev.RIVAL)]

    def chi2_tail(rivals):
        us, nobody, *others = theory.multinomial_logit(
            [case.world.our_utility, case.world.no_decision_utility] + [0.0] * rivals)
        return stats.chisquare(seen, np.array([us, nobody, sum(others)]) * len(last)).pvalue

    assert chi2_tail(2) > FALSE_ALARM
    assert chi2_tail(3) < FALSE_ALARM


def test_sales_are_wins_times_the_lognormal_mean(funnel_deals):
    won = funnel_deals[funnel_deals["outcome"] == ev.WON]
    sigma = Scenario().market.deal_value_sigma
    z = np.log(won["won_value"] / 35_000.0) / sigma
    assert stats.kstest(z, "norm").pvalue > FALSE_ALARM
    assert stats.kstest(z, "norm", args=(0.0, 1.4)).pvalue < FALSE_ALARM
    sales = np.bincount(won["territory"], won["won_value"], minlength=30)
    assert not refuted(sales, theory.expected_sales(350.0, 1.0, GATES, 35_000.0, sigma))
    assert refuted(sales, theory.expected_sales(350.0, 1.0, GATES, 35_000.0, 0.0))  # median for mean


@pytest.fixture(scope="module")
def working_firm():
    """A whole firm at work, coached, in which age and calls leave the last gate alone."""
    case = Scenario().change({
        "organisation.teams": 2, "world.ageing_per_week": 0.0, "world.pre_call_lift": 0.0,
        "world.heroic_lift": 0.0, "world.skill_effect": 0.5, "world.size_effect": 0.0,
        "calendar.warmup_weeks": 0, "calendar.horizon_weeks": 80})
    return case, run(case, 61, 0)


def test_with_skill_too_the_last_gate_is_a_multinomial_logit(working_firm):
    case, records = working_firm
    world = case.world
    gates = rows_of(records.trace, ev.GATE)
    gates = gates[gates["detail"] // 8 == ev.PROPOSAL]
    deals = records.opportunities
    skill = dict(zip(deal_name(deals).tolist(), deals["skill"].tolist(), strict=True))
    assert len(gates) > 100
    for row, name in zip(gates, deal_name(gates).tolist(), strict=True):
        ours = world.our_utility + world.our_utility_skill_share * world.skill_effect * skill[name]
        nobodys = world.no_decision_utility - world.no_decision_skill_share * world.skill_effect * skill[name]
        assert row["value"] == pytest.approx(theory.multinomial_logit([ours, nobodys, 0.0, 0.0])[0], abs=1e-12)


def test_gates_pass_as_often_as_their_probabilities_say(working_firm):
    _, records = working_firm
    gates = rows_of(records.trace, ev.GATE)
    for stage in range(3):
        here = gates[gates["detail"] // 8 == stage]
        passed = np.isin(here["detail"] % 8, (ev.PASSED, ev.WON)).sum()
        chance = here["value"]
        spread = math.sqrt(np.sum(chance * (1.0 - chance)))
        assert not z_refutes((passed - chance.sum()) / spread)
        assert z_refutes((passed - 1.5 * chance.sum()) / spread)


# --- learning and forgetting


@pytest.mark.parametrize(("gain", "target"), [(0.0, 0.15), (0.18, 0.05), (0.12, -0.08), (-0.06, 0.1), (0.1, 0.0)])
def test_a_step_of_the_skill_equation_is_its_exact_solution(gain, target):
    def slope(_, c):
        return (target - c) / (100.0 if c[0] * target >= 0.0 and abs(target) > abs(c[0]) else 700.0)

    for hours in (1.0, 40.0, 900.0, 5000.0):
        crossing = lambda _, c: c[0] - 1e-300  # noqa: E731
        solved = integrate.solve_ivp(
            slope, (0.0, hours), [gain], rtol=1e-10, atol=1e-13, max_step=2.0, events=crossing).y[0, -1]
        assert gain_after(gain, target, hours, 100.0, 700.0, -0.1) == pytest.approx(solved, abs=2e-6)
    half = gain_after(gain, target, 20.0, 100.0, 700.0, -0.1)
    assert gain_after(half, target, 20.0, 100.0, 700.0, -0.1) == pytest.approx(
        gain_after(gain, target, 40.0, 100.0, 700.0, -0.1), abs=1e-15)


def test_the_exact_solution_has_the_closed_form():
    for gain, target in ((0.0, 0.15), (0.18, 0.05), (0.1, 0.0), (-0.02, -0.08)):
        for months in (0.1, 3.0, 20.0):
            assert gain_after(gain, target, months, 3.0, 16.0, -0.1) == pytest.approx(
                theory.gain_of_constant_coaching(gain, target, months, 3.0, 16.0), abs=1e-15)
    with pytest.raises(ValueError, match="through zero"):
        theory.gain_of_constant_coaching(0.1, -0.1, 1.0, 3.0, 16.0)


def test_in_the_firm_gains_rise_and_fade_by_the_skill_equation():
    case = special_cases.coaching_only(0.5, seats=6).change(
        {"world.quality_sd": 0.0, "policy.accountability": 0.0, "status_quo.accountability": 0.0})
    reps, world = run(case, 71, 0, trace=False).reps, case.world
    dose = 0.5 * HOURS_PER_MONTH / HOURS_PER_WEEK
    for seat in range(6):
        rows = reps[reps["seat"] == seat]
        gain = dict(zip(rows["week"].tolist(), rows["coaching_gain"].tolist(), strict=True))
        z = rows["ability"][0] + (rows["stage_skill_discovery"][0] + rows["stage_skill_qualified"][0]
                                  + rows["stage_skill_proposal"][0]) / 3.0
        receptivity = min(1.6, max(0.2, 1.0 - 0.35 * z))
        target = world.coaching_gain_max * receptivity * dose / (dose + world.coaching_half_dose)
        for weeks in (1, 10, 50):
            months = weeks / WEEKS_PER_MONTH
            assert gain[-51 + weeks] == pytest.approx(
                theory.gain_of_constant_coaching(gain[-51], target, months, 3.0, 16.0), abs=1e-12)
            faded = theory.gain_of_constant_coaching(gain[0], 0.0, months, 3.0, 16.0)
            assert gain[weeks] == pytest.approx(faded, abs=1e-12)
            assert gain[weeks] != pytest.approx(
                theory.gain_of_constant_coaching(gain[0], 0.0, months, 3.0, 15.9), abs=1e-6)


# --- people come and go


QUITS, VACANCY, FIRST_YEAR = 0.06, 4.0, 1.5


@pytest.fixture(scope="module")
def renewals():
    return run(special_cases.turnover(QUITS, VACANCY, FIRST_YEAR, teams=16), 81, 0)


@pytest.mark.slow
def test_seats_stand_vacant_as_alternating_renewal_says(renewals):
    reps = renewals.reps
    share = np.bincount(reps["seat"], reps["vacant_hours"]) / (HOURS_PER_WEEK * 156)
    stay = theory.mean_stay_months(QUITS, FIRST_YEAR)
    assert not refuted(share, theory.vacant_share(stay, VACANCY))
    assert refuted(share, theory.vacant_share(stay, 1.2 * VACANCY))
    assert refuted(share, theory.vacant_share(theory.mean_stay_months(QUITS), VACANCY))


@pytest.mark.slow
def test_separations_per_filled_seat_are_one_in_a_mean_stay(renewals):
    reps = renewals.reps
    filled_years = np.bincount(reps["seat"], HOURS_PER_WEEK - reps["vacant_hours"]) / HOURS_PER_YEAR
    quits = np.bincount(rows_of(renewals.trace, ev.REP_LEAVES)["actor"], minlength=640)
    stay = theory.mean_stay_months(QUITS, FIRST_YEAR)
    right = theory.separations_per_filled_seat_year(stay)
    assert not refuted(quits - right * filled_years, 0.0)
    assert refuted(quits - 1.2 * right * filled_years, 0.0)


@pytest.mark.slow
def test_each_week_is_a_coin_with_the_hazards_probability(renewals):
    """Exact: of those there at a week's beginning, by first year or later."""
    left = {(row["actor"], row["index"]): (row["time"], row["value"])
            for row in rows_of(renewals.trace, ev.REP_LEAVES)}
    at_risk, quits = [0, 0], [0, 0]
    rows = renewals.reps[renewals.reps["filled"] & (renewals.reps["week"] < 155)]
    for row in rows:  # a row is written at a week's end, before who quits is asked
        young = int(row["tenure_weeks"] < 52.0)
        at_risk[young] += 1
        when = left.get((row["seat"], row["hire"]), (math.inf, 0.0))[0]
        quits[young] += when == (row["week"] + 1) * HOURS_PER_WEEK
    assert sum(quits) == len(left)
    for young, hazard in enumerate((QUITS, QUITS * FIRST_YEAR)):
        assert not counts_refute(quits[young], at_risk[young], 1.0 - math.exp(-hazard * 12.0 / 52.0))
        assert counts_refute(quits[young], at_risk[young], 1.0 - math.exp(-1.35 * hazard * 12.0 / 52.0))


def test_the_rules_of_stationary_people_agree_with_theory():
    for hazard, factor in ((0.022, 1.5), (0.1, 1.0), (0.05, 0.5)):
        stay = theory.mean_stay_months(hazard, factor)
        survival = lambda t: math.exp(-hazard * (factor * min(t, 12.0) + max(t - 12.0, 0.0)))  # noqa: B023, E731
        assert stay == pytest.approx(integrate.quad(survival, 0, 12)[0] + integrate.quad(survival, 12, np.inf)[0])
        assert people.mean_tenure_months(hazard, factor) == pytest.approx(stay, rel=1e-14)
        assert people.vacancy_share(6.0, stay) == pytest.approx(theory.vacant_share(stay, 6.0), rel=1e-14)
        # The stationary law of tenure has density survival / stay: its quantile u holds area u.
        for u in (0.01, 0.3, 0.7, 0.99):
            tenure = people.stationary_tenure_months(u, hazard, factor)
            area = integrate.quad(survival, 0, tenure, points=[12.0] if tenure > 12 else None)[0] / stay
            assert area == pytest.approx(u, abs=1e-9)


# --- firm, share and market


def test_growth_of_firm_is_growth_of_share_times_growth_of_market():
    case = Scenario().change({
        "organisation.teams": 2, "organisation.seats_per_team": 4, "world.value_skill_effect": 0.0,
        "calendar.warmup_weeks": 60, "calendar.horizon_weeks": 56, "policy.coaching_share": 0.4})
    result = simulate(case, seed=91)
    measures = result.measures()
    assert measures["revenue_growth"] == pytest.approx(
        (1.0 + measures["market_share_growth"]) * (1.0 + measures["market_growth"]) - 1.0, rel=1e-12)
    assert measures["revenue_growth"] != pytest.approx(
        measures["market_share_growth"] + measures["market_growth"], rel=1e-4)

    # The market again, from the trace alone: whoever won, at the value the deal arrived with.
    value = dict(zip(deal_name(rows_of(result.trace, ev.OPPORTUNITY_ARRIVES)).tolist(),
                     rows_of(result.trace, ev.OPPORTUNITY_ARRIVES)["value"].tolist(), strict=True))
    ours, rivals = np.zeros(116), np.zeros(116)
    ends = rows_of(result.trace, ev.GATE, ev.ELSEWHERE_DECIDES, ev.DEAL_ABANDONED)
    for row, name in zip(ends, deal_name(ends).tolist(), strict=True):
        outcome = row["detail"] % 8 if row["kind"] == ev.GATE else row["detail"]
        week = int(row["time"] // HOURS_PER_WEEK) + 60
        if week < 116:
            ours[week] += value[name] * (outcome in (ev.WON, ev.WON_BY_MANAGER))
            rivals[week] += value[name] * (outcome == ev.RIVAL)
    base, final = slice(60 - 52, 60), slice(116 - 52, 116)
    market = ours + rivals
    market_growth = market[final].sum() / market[base].sum() - 1.0
    share = [ours[year].sum() / market[year].sum() for year in (base, final)]
    assert measures["market_growth"] == pytest.approx(market_growth, rel=1e-9)
    assert measures["market_share"] == pytest.approx(share[1], rel=1e-9)
    assert measures["market_share_growth"] == pytest.approx(share[1] / share[0] - 1.0, rel=1e-9)
    assert measures["revenue_growth"] == pytest.approx(
        ours[final].sum() / ours[base].sum() - 1.0, rel=1e-9)


def test_values_grow_with_the_market():
    """All of the growth in value: log value less growth is normal; a year later 13 % higher."""
    deals = run(special_cases.thinned(0.0, seats=30).change({"market.growth_per_year": 0.13}),
                95, 0, trace=False).opportunities
    years = deals["arrived"] / HOURS_PER_YEAR

    def fit(growth):
        log_values = np.log(deals["value"] / 35_000.0) - years * math.log(1 + growth)
        return stats.kstest(log_values / Scenario().market.deal_value_sigma, "norm").pvalue

    assert fit(0.13) > FALSE_ALARM
    assert fit(0.0) < FALSE_ALARM
    assert abs(len(deals) - 10_500) / math.sqrt(10_500) < 3.9


def test_growth_in_number_brings_more_deals_at_the_exact_rate():
    case = special_cases.thinned(0.0, seats=30, weeks=104).change(
        {"market.growth_per_year": 0.3, "market.growth_in_number_share": 1.0})
    arrived = run(case, 96, 0, trace=False).opportunities["arrived"]
    log_growth = math.log(1.3) / HOURS_PER_YEAR
    expected = 350.0 * 30 * (1.3 ** 2 - 1.0) / math.log(1.3)
    assert not z_refutes((len(arrived) - expected) / math.sqrt(expected))
    # Given how many, arrival times are independent with density exp(growth * t).
    place_in_time = np.expm1(log_growth * arrived) / np.expm1(log_growth * 2 * HOURS_PER_YEAR)
    assert stats.kstest(place_in_time, "uniform").pvalue > FALSE_ALARM
    assert stats.kstest(arrived / (2 * HOURS_PER_YEAR), "uniform").pvalue < FALSE_ALARM
