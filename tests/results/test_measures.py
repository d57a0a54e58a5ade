"""Measures on tables made by hand, where the answer is known."""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np
import pytest

from simlead.model import events, tables
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES, all_measures, all_parts
from simlead.results.work import MANAGER_TIME, REP_TIME

CALENDAR = {"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 104}
FIRM = Scenario().change({**CALENDAR, "organisation.teams": 1, "organisation.seats_per_team": 2})


@dataclasses.dataclass
class ByHand:
    opportunities: np.ndarray
    reps: np.ndarray
    managers: np.ndarray
    weeks: np.ndarray


def a_quiet_firm(scenario: Scenario = FIRM) -> ByHand:
    """One team, two seats, every week the same; $10 of revenue and $90 of rivals' a week."""
    first, last = -scenario.calendar.warmup_weeks, scenario.calendar.horizon_weeks
    number = last - first
    weeks = np.zeros(number, tables.WEEKS_DTYPE)
    weeks["week"] = range(first, last)
    weeks["growth_index"] = 1.0
    weeks["revenue"], weeks["commissionable"], weeks["rival_value"] = 10.0, 10.0, 90.0
    weeks["seats"] = weeks["filled_seats"] = 2
    managers = np.zeros(number, tables.MANAGERS_DTYPE)
    managers["week"] = weeks["week"]
    managers["unallocated_hours"] = 40.0
    reps = np.zeros(2 * number, tables.REPS_DTYPE)
    reps["week"], reps["seat"] = np.repeat(weeks["week"], 2), np.tile([0, 1], number)
    reps["filled"] = True
    reps["tenure_weeks"] = 101.0 + reps["week"] - first
    reps["free_hours"] = 40.0
    reps["sales"] = 5.0
    return ByHand(np.zeros(0, tables.OPPORTUNITIES_DTYPE), reps, managers, weeks)


def final(table: np.ndarray) -> np.ndarray:
    return table["week"] >= 52


def base(table: np.ndarray) -> np.ndarray:
    return table["week"] < 0


def value(name: str, firm: ByHand, scenario: Scenario = FIRM) -> float:
    return MEASURES[name].function(firm, scenario)


def test_revenue_and_share_of_each_year():
    firm = a_quiet_firm()
    firm.weeks["revenue"][final(firm.weeks)] = 30.0
    assert value("revenue_base", firm) == 520.0
    assert value("revenue", firm) == 1560.0
    assert value("market_value", firm) == 52 * 120.0
    assert value("market_share_base", firm) == 0.1
    assert value("market_share", firm) == 0.25
    assert value("revenue_growth", firm) == 2.0
    assert value("market_share_growth", firm) == pytest.approx(1.5)
    assert value("market_growth", firm) == pytest.approx(0.2)


def test_the_year_between_is_in_neither_window():
    firm, other = a_quiet_firm(), a_quiet_firm()
    between = (other.weeks["week"] >= 0) & (other.weeks["week"] < 52)
    other.weeks["revenue"][between] = 1e9
    assert value("revenue", other) == value("revenue", firm)
    assert value("revenue_base", other) == value("revenue_base", firm)


@pytest.mark.parametrize("case", range(20))
def test_the_firm_grows_by_its_share_and_its_market(case):
    luck = np.random.default_rng(case)
    firm = a_quiet_firm()
    firm.weeks["revenue"] = luck.lognormal(13, 2, len(firm.weeks))
    firm.weeks["rival_value"] = luck.lognormal(15, 2, len(firm.weeks))
    grown = all_measures(firm, FIRM)
    assert 1 + grown["revenue_growth"] == pytest.approx(
        (1 + grown["market_share_growth"]) * (1 + grown["market_growth"]), rel=1e-12)
    assert grown["market_share"] * grown["market_value"] == pytest.approx(grown["revenue"], rel=1e-12)


def test_profit_by_pencil():
    firm = a_quiet_firm()
    organisation = FIRM.organisation
    firm.weeks["revenue"] = 100_000.0
    firm.weeks["commissionable"] = 90_000.0
    firm.weeks["growth_index"][final(firm.weeks)] = 2.0
    firm.weeks["quits"][0], firm.weeks["promotions"][1], firm.weeks["managers_from_outside"][2] = 1, 1, 1
    pay = 2 * 90_000 + 160_000 + 2 * organisation.overhead_per_seat_year
    contribution = 52 * (0.35 * 100_000 - 0.08 * 90_000)
    assert value("profit_base", firm) == pytest.approx(contribution - pay - 2 * 65_000 - 80_000)
    assert value("profit_final", firm) == pytest.approx(contribution - 2 * pay)
    change = value("profit_final", firm) - value("profit_base", firm)
    assert value("profit_change", firm) == pytest.approx(change / 5.2e6)
    assert value("profit_margin_base", firm) == pytest.approx(value("profit_base", firm) / 5.2e6)


def test_a_new_policy_costs_its_programme_in_week_0_only():
    firm = a_quiet_firm()
    one_year = FIRM.change({"calendar.horizon_weeks": 52})
    trained = one_year.change({"policy.manager_training": True})
    cost = value("profit_final", firm, one_year) - value("profit_final", firm, trained)
    assert cost == pytest.approx(11_000.0, abs=1e-6)  # a difference of sums that hold a calibrated overhead
    assert value("profit_base", firm, one_year) == value("profit_base", firm, trained)
    later = FIRM.change({"policy.manager_training": True})
    assert value("profit_final", firm, later) == value("profit_final", firm)


def test_gates_are_passed_out_of_decided():
    firm = a_quiet_firm()
    for gate, passed in (("discovery", "passed"), ("qualified", "passed"), ("proposal", "won")):
        firm.weeks[f"{gate}_gates"] = 4
        firm.weeks[f"{gate}_{passed}"] = 1
        firm.weeks[f"{gate}_{passed}"][final(firm.weeks)] = 2
    assert value("discovery_rate_base", firm) == 0.25
    assert value("qualified_rate", firm) == 0.5
    assert value("proposal_win_rate", firm) == 0.5


def deals(*rows: dict[str, float]) -> np.ndarray:
    table = np.zeros(len(rows), tables.OPPORTUNITIES_DTYPE)
    for name in ("discovery_gate", "qualified_gate", "proposal_gate", "decided"):
        table[name] = np.nan
    table["noticed"] = True
    for line, row in enumerate(rows):
        for name, content in row.items():
            table[name][line] = content
    return table


def test_a_no_decision_counts_when_its_gate_fell_not_when_it_says_so():
    late = 104 * 40.0 - 1.0  # the last hour of the final year
    early = 52 * 40.0  # its first
    firm = a_quiet_firm()
    firm.opportunities = deals(
        {"stage": 2, "outcome": events.WON, "proposal_gate": early, "decided": early},
        {"stage": 2, "outcome": events.OPEN, "silent": True, "proposal_gate": late},
        {"stage": 1, "outcome": events.NO_DECISION, "qualified_gate": late, "decided": late + 500},
        {"stage": 1, "outcome": events.RIVAL, "qualified_gate": late, "decided": late},
        {"stage": 2, "outcome": events.NO_DECISION, "qualified_gate": early, "decided": late},  # abandoned
        # not counted: open; failed discovery; before the year; after the year; never noticed
        {"stage": 2, "outcome": events.OPEN, "qualified_gate": late},
        {"stage": 0, "outcome": events.NO_DECISION, "discovery_gate": late, "decided": late},
        {"stage": 1, "outcome": events.NO_DECISION, "qualified_gate": early - 1, "decided": late},
        {"stage": 1, "outcome": events.NO_DECISION, "qualified_gate": late + 1, "decided": late + 9},
        {"noticed": False, "outcome": events.NO_DECISION, "decided": late},
    )
    assert MEASURES["no_decision_rate"].parts(firm, FIRM) == (3.0, 5.0)


def test_the_cycle_is_the_median_over_won_deals_in_calendar_days():
    firm = a_quiet_firm()
    firm.opportunities = deals(*(
        {"outcome": outcome, "arrived": 3000.0 - 40 * weeks, "decided": 3000.0}
        for outcome, weeks in ((events.WON, 1), (events.WON, 10), (events.WON, 11),
                               (events.RIVAL, 50), (events.WON_BY_MANAGER, 60))))
    assert value("cycle_days_median", firm) == 70.0
    assert math.isnan(value("cycle_days_median_base", firm))


def test_a_manager_of_less_than_half_a_year_does_not_count():
    firm = a_quiet_firm()
    managers = firm.managers
    managers["appointment"][managers["week"] >= 52 + 27] = 1  # 27 weeks of one, 25 of the next
    managers["coaching_hours"] = np.where(managers["appointment"] == 0, 24.0, 4.0)
    assert value("coaching_share_realised", firm) == pytest.approx(0.6)
    assert MEASURES["coaching_share_over_half"].parts(firm, FIRM) == (1.0, 1.0)
    managers["appointment"][managers["week"] == 52 + 26] = 1  # 26 and 26: both count
    managers["coaching_hours"] = np.where(managers["appointment"] == 0, 24.0, 4.0)
    assert value("coaching_share_realised", firm) == pytest.approx(0.35)
    assert MEASURES["coaching_share_over_half"].parts(firm, FIRM) == (1.0, 2.0)


def test_two_teams_managers_are_two_people():
    firm = a_quiet_firm()
    other = firm.managers.copy()
    other["team"], other["coaching_hours"] = 1, 20.0
    firm.managers = np.concatenate([firm.managers, other])
    assert MEASURES["coaching_share_over_half"].parts(firm, FIRM) == (1.0, 2.0)


def test_sessions_cancelled_are_lapsed_out_of_held_and_lapsed():
    firm = a_quiet_firm()
    firm.managers["one_to_ones_held"], firm.managers["pre_calls_held"] = 4, 2
    firm.managers["pre_calls_lapsed"], firm.managers["post_calls_lapsed"] = 1, 1
    assert value("sessions_cancelled_share", firm) == 0.25


def test_a_rep_is_coached_in_a_week_or_not_however_long():
    firm = a_quiet_firm()
    first = firm.reps["seat"] == 0
    firm.reps["coaching_hours"][first & (firm.reps["week"] % 2 == 0)] = 0.25
    assert value("coached_rep_weeks_share", firm) == 0.25
    firm.reps["filled"][~first] = False
    firm.reps["coaching_hours"][~first] = 0.5  # of one who left within the week
    assert value("coached_rep_weeks_share", firm) == 0.5
    assert value("coached_rep_weeks_share_base", firm) == 0.5


def test_hours_of_vacant_seats_are_nobodys():
    firm = a_quiet_firm()
    vacant = firm.reps["seat"] == 1
    firm.reps["vacant_hours"][vacant], firm.reps["free_hours"][vacant] = 40.0, 0.0
    firm.reps["customer_hours"][~vacant], firm.reps["free_hours"][~vacant] = 24.0, 16.0
    firm.reps["face_to_face_hours"][~vacant] = 12.0
    firm.reps["discovery_meetings"][~vacant] = 6
    firm.reps["coaching_hours"][~vacant] = 0.5
    assert value("customer_time_share", firm) == pytest.approx(0.3)
    assert value("rep_time_customer", firm) == pytest.approx(0.6)
    assert value("discovery_meetings_per_rep_week", firm) == pytest.approx(6.0)
    assert value("coaching_hours_per_rep_month", firm) == pytest.approx(0.5 * 52 / 12)
    assert value("vacancy_share", firm) == pytest.approx(0.5)


def test_shares_of_a_week_add_to_one():
    luck = np.random.default_rng(3)
    firm = a_quiet_firm()
    uses = [f"{use}_hours" for use in events.REP_USES]
    hours = 40 * luck.dirichlet(np.ones(7), len(firm.reps))
    for column, use in enumerate(uses):
        firm.reps[use] = hours[:, column]
    hours = 40 * luck.dirichlet(np.ones(7), len(firm.managers))
    for column, use in enumerate(events.MANAGER_USES):
        firm.managers[f"{use}_hours"] = hours[:, column]
    seen = all_measures(firm, FIRM)
    for year in ("", "_base"):
        assert sum(seen[name + year] for name in REP_TIME) == pytest.approx(1.0)
        assert sum(seen[name + year] for name in MANAGER_TIME) == pytest.approx(1.0)
        assert seen["manager_time_coaching" + year] < seen["manager_time_people" + year]


def test_quota_is_judged_in_the_years_own_money():
    firm = a_quiet_firm()
    firm.reps["sales"] = FIRM.organisation.quota_per_year / 52 * 1.5
    firm.weeks["growth_index"] = 1.5
    firm.weeks["growth_index"][final(firm.weeks)] = 3.0
    assert value("quota_attainment_base", firm) == 1.0  # the index cancels in the base year
    assert value("quota_attainment", firm) == 0.0  # 1.5 quotas sold where 2 are due
    firm.reps["sales"][firm.reps["seat"] == 1] *= 2
    assert value("quota_attainment", firm) == 0.5


def test_only_who_sat_there_all_year_and_was_ramped_has_a_quota():
    firm = a_quiet_firm()
    reps = firm.reps
    reps["sales"][base(reps)] = 1e6
    assert MEASURES["quota_attainment_base"].parts(firm, FIRM) == (2.0, 2.0)
    reps["hire"][(reps["seat"] == 1) & (reps["week"] >= -10)] = 1  # succeeded at once
    assert MEASURES["quota_attainment_base"].parts(firm, FIRM) == (1.0, 1.0)
    reps["tenure_weeks"][reps["seat"] == 0] = 26.5 + reps["week"][reps["seat"] == 0] + 52  # 25.5 at its start
    assert MEASURES["quota_attainment_base"].parts(firm, FIRM) == (0.0, 0.0)
    assert MEASURES["quota_attainment"].parts(firm, FIRM)[1] == 2.0


def test_turnover_is_per_filled_seat_year_and_knows_quits_from_promotions():
    firm = a_quiet_firm()
    firm.weeks["filled_seats"][::2] = 1  # one and a half on average
    firm.weeks["quits"][-3:] = 1
    firm.weeks["promotions"][-1] = 3
    firm.weeks["quits"][60] = 9
    assert value("separations_per_year", firm) == pytest.approx(2.0)
    assert value("promotions_per_year", firm) == pytest.approx(2.0)
    assert value("separations_per_year_base", firm) == 0.0


def test_month_eight_in_money_of_the_switch():
    firm = a_quiet_firm()
    young = firm.reps["seat"] == 1
    firm.reps["tenure_weeks"][young] = firm.reps["week"][young]  # hired at the switch
    firm.reps["filled"][young & (firm.reps["week"] < 0)] = False
    firm.reps["tenure_weeks"][young & (firm.reps["week"] < 0)] = np.nan
    firm.weeks["growth_index"] = 1.0 + 0.01 * firm.weeks["week"].clip(0)
    firm.reps["sales"] = np.repeat(firm.weeks["growth_index"], 2)
    firm.reps["sales"][young & (firm.reps["week"] < 52)] *= 0.9
    new, as_many = MEASURES["new_rep_output_month_8"].parts(firm, FIRM)
    assert new == pytest.approx(8 * 0.9)  # the weeks that end at tenures 30 to 37
    assert as_many == pytest.approx(8.0)


def test_a_year_that_the_run_does_not_hold_is_nan():
    firm = a_quiet_firm()
    short = all_measures(firm, FIRM.change({"calendar.horizon_weeks": 51}))
    assert math.isnan(short["revenue"]) and math.isnan(short["revenue_growth"])
    assert short["revenue_base"] == 520.0
    cold = all_measures(firm, FIRM.change({"calendar.warmup_weeks": 51}))
    assert math.isnan(cold["revenue_base"]) and math.isnan(cold["quota_attainment"])
    assert cold["revenue"] == 520.0


def test_an_empty_firm_has_no_rates_and_breaks_nothing():
    empty = ByHand(*(np.zeros(0, dtype) for dtype in (
        tables.OPPORTUNITIES_DTYPE, tables.REPS_DTYPE, tables.MANAGERS_DTYPE, tables.WEEKS_DTYPE)))
    assert math.isnan(all_measures(empty, FIRM)["market_share"])


def test_the_order_of_rows_does_not_matter():
    firm, luck = a_quiet_firm(), np.random.default_rng(1)
    firm.reps["sales"] = luck.integers(0, 40_000, len(firm.reps))
    shuffled = ByHand(*(luck.permutation(table) for table in (
        firm.opportunities, firm.reps, firm.managers, firm.weeks)))
    np.testing.assert_equal(all_measures(shuffled, FIRM), all_measures(firm, FIRM))


def test_every_measure_has_a_name_a_unit_a_meaning_and_parts_that_make_its_value():
    firm = a_quiet_firm()
    for name, (numerator, denominator) in all_parts(firm, FIRM).items():
        measure = MEASURES[name]
        assert measure.name == name and measure.unit and measure.meaning
        if denominator:
            assert measure.function(firm, FIRM) == numerator / denominator
        else:
            assert math.isnan(measure.function(firm, FIRM))


def test_the_names_others_rely_on_are_there():
    assert set(MEASURES) >= {
        "revenue_growth", "market_share", "market_share_growth", "market_growth", "profit_change",
        "profit_base", "profit_final", "discovery_rate", "qualified_rate", "proposal_win_rate",
        "no_decision_rate", "cycle_days_median", "coaching_share_realised", "coaching_share_realised_base",
        "coaching_share_over_half", "coaching_hours_per_rep_month", "sessions_cancelled_share",
        "quota_attainment", "separations_per_year", "customer_time_share", "discovery_meetings_per_rep_week",
        "proposal_meetings_per_rep_week", "wins_per_rep_week", "new_rep_output_month_8", "revenue",
        "manager_time_people", "manager_time_information", "manager_time_customers", "manager_time_admin",
        "manager_time_other", "manager_time_unallocated",
    }


def test_measures_of_the_default_firm_take_milliseconds():
    """Generous against a busy machine: a few milliseconds are usual, fifty would be a loop in Python."""
    scenario = Scenario()
    first, last = -scenario.calendar.warmup_weeks, scenario.calendar.horizon_weeks
    firm = a_quiet_firm(scenario)
    firm.reps = np.tile(firm.reps, 16)
    firm.managers = np.tile(firm.managers, 4)
    firm.opportunities = np.zeros(50_000, tables.OPPORTUNITIES_DTYPE)
    firm.opportunities["outcome"], firm.opportunities["noticed"], firm.opportunities["stage"] = 1, True, 2
    firm.opportunities["decided"] = np.linspace(40 * first, 40 * last, 50_000)
    seconds = []
    for _ in range(5):
        start = time.process_time()
        all_measures(firm, scenario)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.05


def test_a_planted_fault_is_caught():
    """A share measured against the rivals alone breaks the identity that the real one keeps."""
    firm = a_quiet_firm()
    firm.weeks["revenue"][final(firm.weeks)] = 30.0
    grown = all_measures(firm, FIRM)
    wrong = (30 / 90) / (10 / 90) - 1
    assert (1 + wrong) * (1 + grown["market_growth"]) != pytest.approx(1 + grown["revenue_growth"])
