"""Trials of simulated firms: what the runs are made of, and one answer from end to end."""

import numpy as np
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.seen import COLUMNS
from simlead.statistics.trial_designs import NEVER
from simlead.study.trial.design import design_trial
from simlead.study.trial.plan import TrialPlan, planned
from simlead.study.trial.runs import made, tasks, week_of
from simlead.study.worlds.worlds import worlds

FIRM = Scenario().change({"organisation.teams": 4, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52,
                          "calendar.horizon_weeks": 52})
CHANGE = {"policy.coaching_share": 0.5}


class SameWorld:
    """Worlds that are all the firm's own."""

    def __init__(self, count):
        import pandas as pd

        self.table = pd.DataFrame({"world": range(count), "weight": 1.0 / count})
        self.drawn, self.effective_size = (), float(count)

    def __len__(self):
        return len(self.table)

    def place(self, scenario, number):
        return scenario


def test_a_pair_is_the_same_firm_until_the_start():
    plan = planned(FIRM, FIRM.change(CHANGE), arms="stepped", treated=None, months=12, base_months=6, waiting=None,
                   outcomes=None)
    task = next(tasks(FIRM, FIRM.change(CHANGE), plan, SameWorld(1), replications=2, seed=0, engine="compiled",
                      months=12))
    without, changed, starts, gains = made(task)
    assert np.array_equal(without[..., :6], changed[..., :6]) and gains.shape == (2, 12)
    hours = COLUMNS.index("coaching_hours")
    for firm in range(2):
        assert sorted(starts[firm]) == [0, 3, 6, 9]
        last = int(np.argmax(starts[firm]))
        assert np.array_equal(without[firm, hours, last, :6], changed[firm, hours, last, :6])
        first = int(np.argmin(starts[firm]))
        assert changed[firm, hours, first, 6:].sum() > 1.2 * without[firm, hours, first, 6:].sum()


def test_a_start_begins_with_the_month_that_is_counted():
    from simlead.results.seen import month_of_week

    for month in range(24):
        assert month_of_week(week_of(month)) == month and month_of_week(week_of(month) - 1) == month - 1
    assert week_of(NEVER) == -1


def test_an_answer_from_end_to_end():
    early = []
    found = design_trial(FIRM, CHANGE, months=6, base_months=6, worlds=SameWorld(18), replications=2, workers=1,
                         outcomes=["sessions_held", "revenue"], early=early.append)
    assert [each.early for each in early] == [True] and early[0].worlds == 16 and found.worlds == 18
    assert found.best in ("now", "try", "leave") and found.primary in ("sessions_held", "revenue")
    assert set(found.chosen["outcome"]) == {"sessions_held", "revenue"}
    row = found.chosen.set_index("outcome").loc["sessions_held"]
    assert row["effect"] > 0.0 and 0.0 <= row["power_low"] <= row["power"] <= row["power_high"] <= 1.0
    assert len({each.code for each in found.findings}) == len(found.findings) - sum(
        each.code.startswith("trial.enough") for each in found.findings) + len({
            each.code for each in found.findings if each.code.startswith("trial.enough")})
    assert found.options["expected"].iloc[2] == 0.0


def test_a_number_of_worlds_may_be_numpys(monkeypatch):
    monkeypatch.setattr("simlead.study.worlds.worlds.worlds", lambda firm, n, seed, workers: SameWorld(n))
    found = design_trial(FIRM, CHANGE, months=3, base_months=3, worlds=np.int64(16), replications=2, workers=1,
                         outcomes=["sessions_held"])
    assert found.worlds == 16


def test_an_early_answer_that_cannot_be_made_does_not_end_the_design(monkeypatch):
    def late(*arguments, early, **others):
        if early:
            raise ParameterError("outcome 'revenue': no analysis of it is offered")
        return "all worlds"

    monkeypatch.setattr("simlead.study.trial.design.trial_answer", late)
    heard = []
    assert design_trial(FIRM, CHANGE, months=3, base_months=3, worlds=SameWorld(17), replications=2, workers=1,
                        outcomes=["revenue"], early=heard.append) == "all worlds"
    assert heard == []


@pytest.mark.parametrize(("given", "said"), [
    ({"worlds": 8}, "worlds = 8: allowed is a whole number from 16"), ({"worlds": "64"}, "worlds = '64': allowed is"),
    ({"worlds": SameWorld(8)}, "worlds: 8 of them; 16 or more are needed"), ({"replications": 1}, "replications = 1"),
    ({"primary": "skill"}, "cannot see it"), ({"months": 13}, "allowed is a whole number from 2 to 12"),
])
def test_bad_arguments_are_refused_before_anything_is_run(given, said):
    with pytest.raises(ParameterError, match=said):
        design_trial(FIRM, CHANGE, **given)


def test_a_change_must_be_a_mapping_of_levers():
    with pytest.raises(ParameterError, match="levers by path"):
        design_trial(FIRM, "policy.coaching_share=0.5")
    with pytest.raises(ParameterError, match="no such parameter; did you mean"):
        design_trial(FIRM, {"policy.coachng_share": 0.5})


def test_worlds_are_placed_as_they_are():
    there = worlds(FIRM, 16, calibrated=False, weighted=False)
    plan = TrialPlan("teams", 4, 2, 3, 3, 0, outcomes=("sessions_held",))
    firms = [(task.without, task.at_once) for task in tasks(
        FIRM, FIRM.change(CHANGE), plan, there, replications=2, seed=0, engine="compiled", months=12)]
    assert all(without.differences(at_once) == {"policy.coaching_share": (0.2, 0.5)} for without, at_once in firms)
