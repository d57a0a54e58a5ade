"""Measures by team: they add up to the firm's, and a pilot is seen where it is."""

import numpy as np
import pytest

from simlead.engines import compiled_engine
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.money import programme_costs, weekly_profit
from simlead.results.teams import firm_of, tables_of
from simlead.results.windows import years
from simlead.study.compare import compare

FIRM = Scenario().change({
    "organisation.teams": 3, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 56,
    "calendar.horizon_weeks": 56, "team.1.seats": 4, "team.2.deal_value_factor": 2.0, "policy.role_clarity": 0.9,
    "world.quits_per_month": 0.1, "world.manager_exits_per_year": 2.0,
    "plan": [{"week": 10, "team": 1, "hire": 2}, {"week": 30, "close": ["1.1", "3.1"]},
             {"week": 20, "new_team": ["2.2", "1.3", "1.6"]}, {"week": 30, "team": 4, "hire": 1}]}).rollout({2: 5})


@pytest.fixture(scope="module")
def run():
    return compiled_engine.run(FIRM, 3, trace=False)


def test_weeks_of_the_teams_add_up_to_the_firms(run):
    parts = [tables_of(run, FIRM, (number,)).weeks for number in (1, 2, 3, 4)]
    for name in run.weeks.dtype.names:
        if name not in ("week", "growth_index"):
            assert np.allclose(run.weeks[name], sum(part[name].astype(float) for part in parts)), name
    together = tables_of(run, FIRM, (1, 2, 3, 4)).weeks
    assert all(np.allclose(run.weeks[name], together[name]) for name in run.weeks.dtype.names)


def test_profits_of_the_teams_add_up_to_the_firms(run):
    parts = [weekly_profit(tables_of(run, FIRM, (number,)).weeks, firm_of(FIRM, (number,)))
             for number in (1, 2, 3, 4)]
    assert np.allclose(weekly_profit(run.weeks, FIRM), sum(parts))
    each = FIRM.organisation.programme_cost_per_manager
    assert programme_costs(FIRM) == {5: each, 20: each}  # team 4 comes from team 2, whose roll-out has begun


def test_measures_of_teams_have_names(run):
    both = years(run, FIRM)
    firm, *teams = (MEASURES[name].of_years(both)[0]
                    for name in ("revenue", "team.1.revenue", "team.2+3+4.revenue"))
    assert firm == pytest.approx(sum(teams))
    assert MEASURES["team.2.revenue"].meaning.endswith("team 2")
    assert "team.2.revenu" not in MEASURES and "team.2.revenue" not in list(MEASURES)
    assert MEASURES["team.9.revenue"].of_years(both) == (0.0, 0.0)


def test_a_pilot_is_read_in_its_own_team():
    firm = Scenario().change({"organisation.teams": 2, "organisation.seats_per_team": 2,
                              "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
    pilot = firm.change({"policy.coaching_share": 0.6}).rollout({2: 0})
    table = compare({"as it is": firm, "pilot": pilot}, replications=2, workers=1,
                    measures=["team.*.coaching_share_realised"]).by_team("coaching_share_realised")
    mine = table[table["scenario"] == "pilot"].set_index("teams")
    assert mine["treated"].to_dict() == {"1": False, "2": True}
    assert mine.loc["2", "difference"] > 0.03 > abs(mine.loc["1", "difference"])
    with pytest.raises(ParameterError, match="did you mean team.2.revenue"):
        compare({"as it is": firm}, measures=["team.3.revenue"])
