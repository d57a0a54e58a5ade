"""A comparison that was saved is read back whole, teams of a roll-out included."""

import pytest

from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.results.folder import write_folder
from simlead.study.compare import compare
from simlead.study.comparison_files import load_comparison, save_comparison_data

FIRM = Scenario().change({"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52}).state({"seats": [2, 2, 3]})
WAYS = {"ours": FIRM, "pilot": FIRM.change({"policy.coaching_share": 0.4}).rollout({2: 0}),
        "a third manager": FIRM.change({"plan": [{"week": 13, "new_team": ["1.2", "3.3"]}]})}


def saved(folder, measures):
    found = compare(WAYS, replications=2, workers=1, measures=measures)
    with write_folder(folder, "comparison") as new:
        save_comparison_data(found, new, ".csv")
    return found


def test_measures_of_teams_come_back(tmp_path):
    found = saved(tmp_path / "compared", ["revenue", "team.*.revenue"])
    again = load_comparison(tmp_path / "compared").comparison
    assert again.table.equals(found.table) and again.by_team("revenue").equals(found.by_team("revenue"))
    assert {"team.4.revenue", "team.1+3.revenue"} <= set(again.table["measure"])


def test_a_measure_that_this_version_does_not_have_is_refused(tmp_path):
    saved(tmp_path / "compared", ["revenue", "team.2.revenue"])
    runs = tmp_path / "compared" / "runs.csv"
    content = runs.read_text()
    with pytest.raises(FileFormatError):
        runs.write_text(content.replace("team.2.revenue", "team.2.revenu"))
        load_comparison(tmp_path / "compared")
