"""Seasons and quarter's ends: the same buyers at other times, and decisions pulled forward at a discount."""

import math

import numpy as np
import pytest

from simlead.engines import compiled_engine, simpy_engine
from simlead.engines.plan import plan_of
from simlead.engines.reference import quarters
from simlead.model import draws, events
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.scenario_file import scenario_of
from simlead.model.units import HOURS_PER_MONTH, HOURS_PER_QUARTER, HOURS_PER_WEEK, HOURS_PER_YEAR

PATH = "market.season_by_month"
FACTORS = [0.5, 1.0, 1.5, 0.0, 2.0, 1.0, 0.25, 0.25, 1.5, 1.0, 1.0, 2.0]
SMALL = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 52,
    "calendar.horizon_weeks": 52, "market.growth_per_year": 0.0})
PULLED = SMALL.change({"market.quarter_end_share": 0.6, "market.quarter_end_weeks": 5.0})


def differing(one, other):
    return [name for name in ("opportunities", "reps", "managers", "weeks", *["trace"] * (one.trace is not None))
            if getattr(one, name).tobytes() != getattr(other, name).tobytes()]


def last_meetings(records):
    """When the last meeting of each deal came due: (territory, number) -> hour; and its gap."""
    rows = records.trace[(records.trace["kind"] == events.MEETING_DUE)
                         & (records.trace["detail"] == events.MEETINGS_IN_A_WON_DEAL - 1)]
    return {(int(row["entity"]), int(row["index"])): (float(row["time"]), float(row["value"])) for row in rows}


# --- seasons


def test_each_opportunity_uses_up_its_own_unit_gap_of_the_seasonal_rate():
    firm = SMALL.change({PATH: FACTORS, "market.switch_month": 4, "market.growth_per_year": 0.2,
                         "market.growth_in_number_share": 1.0})
    plan, growth = plan_of(firm), math.log(1.2) / HOURS_PER_YEAR
    fine = np.arange(plan.start_hour, plan.end_hour, 0.05) + 0.025
    season = 12 * np.array(FACTORS) / sum(FACTORS)
    rate = plan.teams[0].arrivals_per_hour * season[(np.floor(fine / HOURS_PER_MONTH).astype(int) + 3) % 12] * np.exp(
        growth * fine)
    used = np.concatenate([[0.0], np.cumsum(rate * 0.05)])
    found = compiled_engine.run(firm, trace=False).opportunities
    for territory in range(3):
        mine = found[found["territory"] == territory]
        gaps = np.cumsum([draws.exponential(0, 0, draws.ARRIVAL_GAP, territory, n) for n in range(len(mine))])
        reached = np.interp(mine["arrived"] - plan.start_hour, np.arange(len(used)) * 0.05, used)
        assert np.abs(reached - gaps).max() < 0.02
    months = (np.floor(found["arrived"] / HOURS_PER_MONTH).astype(int) + 3) % 12
    assert not np.any(months == 3)  # nothing arises in a month of factor 0


def test_only_the_proportions_of_the_months_matter_and_equal_months_are_no_seasons():
    short = SMALL.change({"calendar.warmup_weeks": 4, "calendar.horizon_weeks": 20})
    even = compiled_engine.run(short.change({PATH: [3.0] * 12}), trace=False)
    plain = compiled_engine.run(short, trace=False)
    assert np.allclose(even.opportunities["arrived"], plain.opportunities["arrived"], rtol=0.0, atol=1e-8)
    assert np.array_equal(even.opportunities["value"], plain.opportunities["value"])
    twice = compiled_engine.run(short.change({PATH: [2.0 * factor for factor in FACTORS]}), trace=False)
    assert differing(twice, compiled_engine.run(short.change({PATH: FACTORS}), trace=False)) == []


def test_the_same_buyers_turn_up_in_another_season():
    one, other = (compiled_engine.run(SMALL.change({PATH: FACTORS, "market.switch_month": month}), trace=False)
                  for month in (1, 7))
    values = [{(row["territory"], row["number"]): row["value"] for row in run.opportunities} for run in (one, other)]
    common = values[0].keys() & values[1].keys()
    assert len(common) > 1900 and all(values[0][name] == values[1][name] for name in common)
    assert abs(len(values[0]) - len(values[1])) < 10  # two whole years of factors of mean 1


def test_a_market_that_shrinks_away_ends_with_seasons_too():
    firm = SMALL.change({PATH: FACTORS, "market.growth_per_year": -0.3, "market.growth_in_number_share": 1.0,
                         "market.opportunities_per_seat_year": 0.5})
    assert differing(simpy_engine.run(firm), compiled_engine.run(firm)) == []


@pytest.mark.parametrize(("factors", "words"), [
    ([1.0] * 4, "4 values; allowed is a list of 12"), ([1.0] * 11 + [-0.5], "value 12 is -0.5; allowed is 0 to"),
    ([0.0] * 12, "every month has factor 0"), (["1"] + [1.0] * 11, "value 1 is '1'"), (1.0, "= 1.0; allowed is a list"),
    ([1.0] * 11 + [math.nan], "value 12 is nan"), ({"january": 2.0}, "allowed is a list of 12")])
def test_seasons_that_cannot_be_are_refused_in_one_line(factors, words):
    with pytest.raises(ParameterError, match=f"^{PATH}") as refusal:
        Scenario().change({PATH: factors})
    assert words in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_wrong_name_finds_the_seasons():
    with pytest.raises(ParameterError, match="did you mean market.season_by_month"):
        Scenario().change({"market.seasons_by_month": FACTORS})


def test_seasons_are_part_of_a_scenario():
    firm = Scenario().change({PATH: np.array(FACTORS)})
    assert firm.hash() != Scenario().hash() and firm.change({PATH: []}) == Scenario()
    assert Scenario().differences(firm) == {PATH: ([], FACTORS)}
    assert scenario_of({"market": {"season_by_month": FACTORS}}) == firm and "season_by_month = [0.5" in (
        firm.toml())


# --- quarter's end


def test_a_decision_is_pulled_before_the_quarters_end_for_those_and_only_those_that_can_be():
    run = compiled_engine.run(PULLED, 5)
    plain = compiled_engine.run(PULLED.change({"market.quarter_end_share": 0.0}), 5)
    window, pulled, eligible = PULLED.market.quarter_end_weeks * HOURS_PER_WEEK, 0, 0
    paces = {(int(row["territory"]), int(row["number"])): float(row["pace_hours"]) for row in run.opportunities}
    for (territory, number), (due, gap) in last_meetings(run).items():
        unit = draws.exponential(5, 0, draws.MEETING_GAP, territory, number * 16 + 9)
        own_gap = unit * paces[territory, number] / 10
        known = due - gap
        end = math.floor((known + own_gap) / HOURS_PER_QUARTER) * HOURS_PER_QUARTER
        can_be = known < end - 1.0 and known + own_gap - end <= window
        lot = draws.uniform(5, 0, draws.QUARTER_END, territory, number) < 0.6
        eligible += can_be
        if can_be and lot:
            pulled += 1
            assert known < due < end
        else:
            assert gap == own_gap
    assert eligible > pulled > 5 and eligible >= 15
    assert len(last_meetings(plain)) > 50


def test_deals_pulled_forward_are_won_at_the_discount_and_no_others():
    poor = PULLED.change({"organisation.quota_per_year": 1e3})
    free = compiled_engine.run(PULLED.change({"market.quarter_end_discount": 0.0}), 5)
    dear = compiled_engine.run(poor.change({"market.quarter_end_discount": 0.25}), 5)
    paid = compiled_engine.run(poor.change({"market.quarter_end_discount": 0.0}), 5)
    assert len(free.opportunities) == len(dear.opportunities)
    won = paid.opportunities["outcome"] == events.WON
    left = dear.opportunities["won_value"][won] / paid.opportunities["won_value"][won]
    assert set(np.round(left, 12)) == {0.75, 1.0}
    assert dear.weeks["revenue"].sum() < paid.weeks["revenue"].sum()


def test_a_fault_in_either_engine_is_seen(monkeypatch):
    season = SMALL.change({PATH: FACTORS, "calendar.warmup_weeks": 2, "calendar.horizon_weeks": 30})
    assert differing(simpy_engine.run(season), compiled_engine.run(season)) == []
    assert differing(simpy_engine.run(season, rules={"arrival_gap": lambda unit_gap, rate_per_hour, log_growth_per_hour,
                                                     now: unit_gap / rate_per_hour * (1.0 + 1e-12)}),
                     compiled_engine.run(season))
    right = simpy_engine.run(PULLED)
    assert differing(right, compiled_engine.run(PULLED)) == []
    monkeypatch.setattr(quarters, "pulled_before_the_end", lambda firm, deal, gap: gap)
    assert differing(simpy_engine.run(PULLED), compiled_engine.run(PULLED))
