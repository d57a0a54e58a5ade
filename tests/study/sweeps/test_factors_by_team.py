"""Factors of single teams in a sweep: each point is the scenario that its paths describe."""

import pandas as pd
import pytest

from simlead.engines import compiled_engine
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.windows import years
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.study import Study
from simlead.study.sweeps.sweep import sweep

FIRM = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52,
    "calendar.horizon_weeks": 52, "policy.role_clarity": 0.9,
    "plan": [{"week": 10, "new_team": ["1.2"]}]})
FACTORS = {"team.2.status_quo.coaching_share": [0.1, 0.5], "team.2.rollout_week": [0, "never"], "team.1.seats": [3, 4]}


def test_a_table_with_columns_of_teams_runs_each_row_as_its_scenario(tmp_path):
    table = pd.DataFrame({"team.2.status_quo.coaching_share": [0.1, 0.5], "team.2.rollout_week": [-1, 26],
                          "team.1.seats": [3, 2]})
    measures = ["revenue", "team.2.coaching_share_planned", "team.3.coaching_hours_per_rep_month"]
    swept = sweep(table, out=tmp_path / "s", scenario=FIRM, replications=1, seed=3, measures=measures, workers=1)
    found = swept.runs()
    for row in found.to_dict("records"):
        changes = dict(table.loc[row["point"]])
        scenario = FIRM.change(changes)
        both = years(compiled_engine.run(scenario, 3, 0, False), scenario)
        for name in measures:
            above, below = MEASURES[name].of_years(both)
            assert row[name] == pytest.approx(above / below if below else above), name
    assert found["team.2.coaching_share_planned"].nunique() == 2


def test_a_roll_out_and_habits_are_factors_of_a_study():
    spec = DesignSpec("factorial", {}, {path: {"values": values} for path, values in FACTORS.items()})
    table = Study(spec, overrides={"organisation.teams": 2}).design_table()
    assert len(table) == 8 and sorted(table["team.2.rollout_week"].unique()) == [-1, 0]


@pytest.mark.parametrize(("path", "words"), [
    ("team.2.coaching_share", "did you mean team.2.status_quo.coaching_share?"),
    ("team.9.seats", "team.9.seats: the firm has 2 teams"), ("rollout", "no such parameter"),
    ("calendar.horizon_weeks", "week = 10: allowed is a whole number from 0 to 0")])
def test_what_no_team_has_is_refused(tmp_path, path, words):
    with pytest.raises(ParameterError) as refusal:
        sweep(pd.DataFrame({path: [1, 2]}), out=tmp_path / "s", scenario=FIRM, replications=1, workers=1)
    assert words in str(refusal.value) and "\n" not in str(refusal.value)
