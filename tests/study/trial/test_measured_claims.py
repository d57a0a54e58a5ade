"""The experiment on trials: its page shows its numbers, and these keep what the designer promises."""

import importlib.util
from pathlib import Path

import pandas as pd

from simlead.results.seen import SEEN
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.reading import estimators_of

FOLDER = Path(__file__).resolve().parents[3] / "experiments" / "07_trial"
OFFERED = [("teams, 2 of 4", "difference_in_differences"), ("teams, 2 of 4", "ancova"),
           ("teams, 4 of 8", "difference_in_differences"), ("teams, 4 of 8", "ancova"),
           ("stepped, 4", "randomisation_test"), ("stepped, 8", "randomisation_test")]


def test_the_tables_of_the_page_are_those_of_its_files():
    spec = importlib.util.spec_from_file_location("trial_tables", FOLDER / "tables.py")
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert page == tables.filled(page)


def test_false_alarms_of_what_is_offered_are_five_plus_or_minus_one_in_a_hundred():
    table = pd.read_csv(FOLDER / "false_alarms.csv").set_index(["design", "analysis"])
    for one in OFFERED:
        rates = table.loc[[one], "rate"]
        assert len(rates) == 12 and rates.between(0.04, 0.06).all(), one
    assert table.loc[[("teams, 2 of 4", "ancova")], "firms"].eq(2000).all()


def test_a_firm_of_one_or_two_teams_has_the_false_alarms_of_all_that_it_is_offered():
    table = pd.read_csv(FOLDER / "false_alarms.csv").set_index("design")
    for teams in (1, 2):
        rows = table.loc[f"before and after, {teams}"]
        plan = TrialPlan("before-after", teams, teams, 12, 12)
        offered = {name for name, why in estimators_of(plan).items() if not why}
        assert set(rows["analysis"]) == offered and (rows["firms"] == 2000).all()
        assert rows.groupby("analysis")["outcome"].apply(set).map(lambda seen: seen == set(SEEN)).all()
        # In what deals bring, the series is no more often seen than it may be; the rest depends on the firm.
        of_deals = rows[rows["analysis"].eq("interrupted_series") & rows["outcome"].isin(
            ["revenue", "deals_won", "win_rate", "pipeline_value"])]
        assert (of_deals["rate"] <= 0.06).all()


def test_claimed_power_is_the_realised_one_within_three_points():
    table = pd.read_csv(FOLDER / "power.csv")
    assert table["coaching_share"].nunique() == 3
    assert table["difference_points"].abs().max() <= 3.0


def test_what_deals_bring_outlasts_the_change_and_what_managers_do_does_not():
    left = pd.read_csv(FOLDER / "carry_over.csv").set_index(["outcome", "from_month"])
    for outcome in ("revenue", "win_rate", "discovery_rate"):
        assert left.loc[(outcome, 6), "low"] > 0.05, outcome
    for outcome in ("sessions_held", "coaching_hours"):
        assert left.loc[outcome].loc[3:, "left"].abs().max() < 0.05, outcome


def test_what_teams_do_to_each_other_is_small_beside_what_the_change_does():
    table = pd.read_csv(FOLDER / "spillover.csv").set_index(["outcome", "arm"])
    for outcome in ("coaching_hours", "sessions_held"):
        own, other = (abs(table.loc[(outcome, arm), "difference"]) for arm in ("treated", "control"))
        assert other < 0.01 * own
