"""`simlead trial`: a design from end to end, its analysis, and one line for each request that cannot be met."""

import numpy as np
import pandas as pd
import pytest
from commands import refused, run_command
from documents import checked

from simlead.study.trial.design import lot
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.protocol import Protocol
from simlead.study.trial.worth import Prior

CHANGE = ["--change", "policy.coaching_share=0.5"]
SMALL = ["--set", "organisation.seats_per_team=2", "--set", "calendar.warmup_weeks=52",
         "--set", "calendar.horizon_weeks=52"]


@pytest.mark.parametrize(("arguments", "said"), [
    ([], "--change: a lever to try is needed"),
    ([*CHANGE, "--treated", "5"], "treated = 5: the firm has 4 teams; allowed is 1 to 3"),
    ([*CHANGE, "--months", "40"], "because calendar.horizon_weeks = 156"),
    ([*CHANGE, "--outcome", "market_share"], "the firm cannot see it"),
    ([*CHANGE, "--outcome", "win_rat"], "did you mean win_rate"),
    ([*CHANGE, "--arms", "reps"], "a manager's whole team"),
    ([*CHANGE, "--arms", "crossover"], "half of what coaching builds in a rep is still there 11 months after it ends"),
    ([*CHANGE, "--arms", "team"], "did you mean teams"),
    (["--change", "policy.coachng_share=0.5"], "--change policy.coachng_share=0.5: no parameter"),
    (["--change", "organisation.teams=5"], "a trial changes the policy"),
    (["--change", "policy.coaching_share"], "--change policy.coaching_share: allowed is PATH=VALUE"),
    (["--change", "policy.coaching_share=0.2"], "nothing is changed"),
    ([*CHANGE, "--protocol", "protocol.json"], "--protocol: it is for --analyse"),
    ([*CHANGE, "--analyse", "data.csv"], "--change with --analyse"),
    (["--analyse", "data.csv"], "no protocol there"),
    (["--analyse", "data.csv", "--outcome", "revenue"], "--outcome with --analyse: the protocol has fixed it"),
    (["--analyse", "data.csv", "--months", "6"], "--months with --analyse"),
    (["--analyse", "data.csv", "--out", "there"], "--out with --analyse"),
])
def test_what_cannot_be_is_one_line(capsys, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert said in refused(capsys, "trial", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_the_result_of_a_trial_is_told_in_the_currency_of_its_protocol(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = TrialPlan("teams", 6, 3, 4, 6, 2, outcomes=("revenue",))
    for currency in ("EUR", ""):
        prior = Prior(weights=np.full(2, 0.5), shown=np.array([0.0, 9e4]), error=1e4, now=np.array([-2e6, 5e6]),
                      adopt=np.array([-1e6, 4e6]), drop=np.array([-2e5, 1e5]))
        fixed = Protocol("Ours", {"policy.coaching_share": 0.5}, plan, lot(plan, 0), 0, "revenue",
                         {"revenue": "difference_in_differences"}, {"smallest": 1e5, "level": 1e6}, prior, 5e4, 24,
                         currency=currency)
        fixed.save("protocol.json", overwrite=True)
        table = fixed.template()
        table[fixed.columns] = 1e5 + 1e3 * np.random.default_rng(1).poisson(100, size=(len(table), len(fixed.columns)))
        table.to_csv("data.csv", index=False)
        status, out, _ = run_command(capsys, "trial", "--analyse", "data.csv")
        assert status == 0 and ("EUR" in out, "$" in out) == (bool(currency), not currency)
        found = checked(capsys, "trial", "--analyse", "data.csv")
        assert found["tables"]["trial_decision"]["units"]["after"] == (currency or "$")
        assert found["tables"]["trial_effects"]["rows"][0]["decides"] is True


@pytest.mark.slow
def test_a_trial_is_designed_saved_and_analysed(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run_command(capsys, "trial", *CHANGE, *SMALL, "--months", "6", "--base-months", "6",
                                   "--worlds", "17", "--replications", "2", "--workers", "1", "--out", "trial")
    assert (status, err) == (0, "")
    assert "First answer, after 16 worlds" in out and "Saved to trial" in out
    assert any(start in out for start in ("Roll out now", "Try first", "Leave it"))
    table = pd.read_csv("trial/data_template.csv")
    columns = table.columns.drop(["team", "month"])
    table[columns] = np.random.default_rng(0).poisson(100, size=(len(table), len(columns)))
    table.to_csv("trial/data.csv", index=False)
    status, out, _ = run_command(capsys, "trial", "--analyse", "trial/data.csv")
    assert status == 0 and "The analysis that was fixed" in out
    table.assign(team=9).to_csv("trial/wrong.csv", index=False)
    assert "line 2: team 9: the protocol has teams 1 to 4" in refused(capsys, "trial", "--analyse", "trial/wrong.csv")
