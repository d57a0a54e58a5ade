"""The chart of a roll-out team by team: its title states what the table shows."""

import pandas as pd
import pytest

from simlead.show.charts import ChartError, effect_by_team
from simlead.show.charts.axes import title_of
from simlead.show.charts.tables import RELATIVE
from simlead.show.language import in_language

COLUMNS = ["scenario", "teams", "treated", "rollout_week", "measure", "unit", "n", *RELATIVE]


def table(effect=0.09, half=0.02):
    nothing = float("nan")
    rows = [("as it is", teams, False, nothing, "revenue", "$/year", 40, 0.0, 0.0, 0.0) for teams in "123"]
    rows += [("pilot", teams, treated, week, "revenue", "$/year", 40, mean, mean - half, mean + half)
             for teams, treated, week, mean in [("1", False, nothing, 0.01), ("2", True, 0.0, effect),
                                                ("3", False, nothing, -0.01), ("1+3", False, nothing, 0.002)]]
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.mark.parametrize(("effect", "said"), [
    (0.09, "Pilot adds 9 % to revenue in team 2 (95 % interval 7 to 11); untreated teams 1 + 3: +0 % (−2 to 2)"),
    (-0.09, "Pilot takes 9 % from revenue in team 2 (95 % interval −11 to −7); "),
    (0.01, "No clear difference in revenue in team 2 under pilot (95 % interval −1 to 3 %); "),
])
def test_the_title_states_the_treated_teams_and_then_the_others(effect, said):
    assert title_of(effect_by_team(table(effect))).startswith(said.partition("; untreated")[0])
    assert "untreated teams 1 + 3: " in title_of(effect_by_team(table(effect)))


def test_every_team_has_a_row_and_treated_ones_another_mark():
    ax = effect_by_team(table())
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "team 1, untreated", "team 2, from week 0", "team 3, untreated", "teams 1 + 3, untreated"]
    marks = [(line.get_gid(), line.get_marker()) for line in ax.lines if line.get_gid() in ("treated", "untreated")]
    assert marks == [("untreated", "s"), ("treated", "o"), ("untreated", "s"), ("untreated", "s")]


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ChartError, match="no column treated"):
        effect_by_team(table().drop(columns="treated"))
    with pytest.raises(ChartError, match="no scenario pilto beside the baseline; the table has pilot"):
        effect_by_team(table(), focus="pilto")
    with pytest.raises(ChartError, match="no team's difference from as it is is defined"):
        effect_by_team(table(float("nan")).iloc[[0, 4]])


def test_it_speaks_persian():
    with in_language("fa"):
        assert "تیم" in title_of(effect_by_team(table()))
