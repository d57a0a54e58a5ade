"""A trial that grows in pieces says what one that is designed at once says."""

import types

import pandas as pd
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.trial.design import design_trial
from simlead.study.trial.growing import GrowingTrial

FIRM = Scenario().change({"organisation.teams": 4, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52,
                          "calendar.horizon_weeks": 52})
CHANGE = {"policy.coaching_share": 0.5}


class SameWorld:
    """Worlds that are all the firm's own."""

    def __init__(self, count):
        self.table = pd.DataFrame({"world": range(count), "weight": 1.0 / count})
        self.drawn, self.effective_size = (), float(count)

    def __len__(self):
        return len(self.table)

    def place(self, scenario, number):
        return scenario


def growing(policy, firm=FIRM, ready=None):
    worlds = types.SimpleNamespace(ready=ready, seed=5, wanted=16, share=1.0, task=lambda: None)
    return GrowingTrial(worlds, policy, firm)


def test_nothing_is_run_before_the_worlds_are_there():
    trial = growing(FIRM.change(CHANGE))
    assert trial.task() is None and not trial.done and trial.change == CHANGE


def test_what_can_be_no_trial_is_refused_at_once():
    with pytest.raises(ParameterError, match="nothing is changed"):
        growing(FIRM)
    two = FIRM.change({"organisation.teams": 2})
    with pytest.raises(ParameterError, match="3 or more are needed"):
        growing(two.change(CHANGE), two)


@pytest.mark.slow
def test_pieces_make_the_answer_of_a_trial_designed_at_once(monkeypatch):
    monkeypatch.setattr("simlead.study.trial.growing.REPLICATIONS", 2)
    trial = growing(FIRM.change(CHANGE), ready=SameWorld(16))
    shares = [trial.share]
    while (piece := trial.task()) is not None:
        piece()
        shares.append(trial.share)
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) == 18
    at_once = design_trial(FIRM, CHANGE, worlds=SameWorld(16), replications=2, seed=5, workers=1)
    assert trial.answer.findings == at_once.findings
    pd.testing.assert_frame_equal(trial.answer.table, at_once.table)
