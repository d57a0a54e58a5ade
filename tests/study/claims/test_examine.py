"""Examinations: runs in worlds, kept and found again, refusals, and folders."""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.folder import write_folder
from simlead.study.claims import arms as arms_module
from simlead.study.claims import examine as examine_module
from simlead.study.claims.arms import KEPT, PROFIT, SINCE_SWITCH, Runner, same
from simlead.study.claims.examine import Size, examine, firms, status_quo_of, write_examination
from simlead.study.claims.protocol import CLAIMS, STATUS_QUO
from simlead.study.claims.record import KIND, load_examination
from simlead.study.simulate import simulate
from simlead.study.worlds.worlds import worlds

SMALL = {"organisation.teams": 1, "organisation.seats_per_team": 1, "calendar.warmup_weeks": 52}
TINY = {"worlds": 8, "replications": 2, "structures": 0}


@pytest.fixture(autouse=True)
def no_calibration(monkeypatch):
    """Worlds as they are drawn: their calibration is tested elsewhere."""
    monkeypatch.setattr(examine_module, "make_worlds", lambda firm, n, seed, also, workers: worlds(
        firm, n, seed, also=also, calibrated=False, weighted=False))


class Alike:
    """Worlds that leave every scenario as it is."""

    def __init__(self, count):
        self.table = pd.DataFrame({"world": range(count), "weight": 1.0 / count})
        self.drawn, self.effective_size = (), float(count)

    def __len__(self):
        return len(self.table)

    def place(self, scenario, number):
        return scenario


def test_outcomes_are_what_the_measures_say():
    firm = Scenario().change({**SMALL, "calendar.horizon_weeks": 52})
    runner = Runner(seed=3, workers=1, engine="compiled", folder=None, progress=None)
    claim = CLAIMS["double_profit"]
    seen = runner.seen("x", [claim], firm, {"all": (Alike(1), 1)}, 2)["all"][0]
    own = simulate(firm, seed=3, replicate=1, engine="compiled", trace=False).measures()
    assert seen.values(STATUS_QUO)[0, 1] == own["revenue"]
    assert seen.profit.shape == (1, 2, 2, 52)
    assert seen.values(STATUS_QUO, SINCE_SWITCH)[0, 1] == pytest.approx(own["profit_final"])
    led = simulate(firm.change(claim.arms["leadership"]), seed=3, replicate=1, engine="compiled", trace=False)
    assert seen.values("leadership")[0, 1] == led.measures()["revenue"] != own["revenue"]


def test_replications_of_worlds_are_their_own_and_arms_share_them(monkeypatch):
    asked = []

    def recorded(visit):
        asked.append((visit.group, visit.replications, len(visit.scenarios)))
        return [{"replicate": replicate, "scenario": name, PROFIT: np.ones(3),
                 **dict.fromkeys(KEPT, scenario.policy.coaching_share + replicate + 10.0 * (visit.group == "other"))}
                for replicate in visit.replications for name, scenario in visit.scenarios.items()]

    monkeypatch.setattr(arms_module, "look", recorded)
    runner = Runner(seed=0, workers=1, engine="compiled", folder=None, progress=None)
    claims = [CLAIMS["half_of_the_week"], CLAIMS["more_coaching"], CLAIMS["three_percent"]]
    found = runner.seen("x", claims, Scenario(), {"all": (Alike(3), 3), "other": (Alike(3), 2)}, 2)
    every = {same(changes) for claim in claims for changes in claim.arms.values()} | {same({})}
    own = [(0, 1), (2, 3), (4, 5)]
    assert asked == [(group, each, len(every)) for group, count in (("all", 3), ("other", 2)) for each in own[:count]]
    first, second, _ = found["all"]
    assert first.values("half").tolist() == [[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]]
    assert second.values(STATUS_QUO).tolist() == [[0.2, 1.2], [2.2, 3.2], [4.2, 5.2]]
    # The same worlds, replications and random numbers again: what a switch changes is a matched difference.
    assert (found["other"][0].values("half") == first.first(2).values("half") + 10.0).all()


def test_claims_on_the_same_firm_share_their_runs():
    assert [len(group) for group in firms(CLAIMS.values())] == [11, 1, 1]


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examine_module, "make_worlds", lambda firm, n, seed, also, workers: worlds(
            firm, n, seed, also=also, calibrated=False, weighted=False))
        calls = []
        made = examine([10, "more_coaching"], effect_sizes="evidence", **TINY, workers=1, changes=SMALL,
                       progress=lambda *now: calls.append(now))
        return made, calls


def test_an_examination_has_its_tables_and_progress_ends_at_the_runs_that_were_made(found):
    made, calls = found
    assert made.table[["number", "worlds", "replications"]].to_numpy().tolist() == [[10, 8, 2], [12, 8, 2]]
    shares = made.table[["p_holds", "p_no_difference", "p_reverse", "p_otherwise"]].sum(axis=1)
    assert shares.tolist() == pytest.approx([1.0, 1.0])
    assert calls[-1] == (made.runs, made.runs) == (64, 64)  # four arms
    assert set(made.drivers["parameter"]) <= set(Scenario().values())
    assert repr(made).startswith("Examined claims: 2; ") and made.of("more_coaching")


def test_margins_costs_and_overhead_are_among_what_is_drawn(found):
    firm = status_quo_of(CLAIMS["double_profit"], "evidence", SMALL)
    there = worlds(firm, 8, 0, also=examine_module.MONEY, calibrated=False, weighted=False)
    runner = Runner(seed=0, workers=1, engine="compiled", folder=None, progress=None)
    ((_, seen, _),) = examine_module.seen_by(runner, "x", [CLAIMS["double_profit"]], firm, there, Size(**TINY))
    for path in (*examine_module.MONEY, examine_module.OVERHEAD, "market.opportunities_per_seat_year"):
        assert seen.drawn[path].nunique() > 6, path


def test_a_folder_is_read_back_as_it_was(found, tmp_path):
    made, _ = found
    with write_folder(tmp_path / "claims", KIND) as new:
        write_examination(made, new)
    stored = load_examination(tmp_path / "claims")
    pd.testing.assert_frame_equal(stored.verdicts, made.record().verdicts, check_dtype=False)
    assert [claim.key for claim in stored.claims] == ["double_profit", "more_coaching"]


@pytest.mark.slow
def test_kept_runs_are_found_again_and_those_of_others_are_not(monkeypatch, tmp_path):
    def asked(**others):
        return examine(["3"], effect_sizes="evidence", **TINY, workers=1, changes=SMALL, keep=tmp_path, **others)

    first = asked()
    (kept,) = tmp_path.iterdir()
    monkeypatch.setattr(arms_module, "look", None)  # nothing is run again
    again = asked()
    assert again.table.equals(first.table) and list(tmp_path.iterdir()) == [kept]
    with pytest.raises(TypeError):
        asked(seed=1)


def test_kept_runs_are_told_apart_by_the_code_of_the_measures(monkeypatch, tmp_path):
    runner = arms_module.Runner(seed=0, workers=1, engine="compiled", folder=tmp_path, progress=None)
    before = runner._key([])
    assert runner._key([]) == before
    monkeypatch.setattr(arms_module, "measures_hash", lambda: "another")
    assert runner._key([]) != before


@pytest.mark.slow
def test_workers_do_not_change_the_result():
    one, two = (examine(["double_profit"], effect_sizes="evidence", worlds=8, structures=2, workers=workers,
                        changes=SMALL) for workers in (1, 2))
    assert one.table.equals(two.table) and one.structures.equals(two.structures)
    assert len(one.structures) == 1 + len(examine_module.SWITCHES)


@pytest.mark.parametrize(("claims", "others", "said"), [
    ([], {}, "at least one claim"), (["14"], {}, "allowed is 1, 2"), (["double_profits"], {}, "double_profit"),
    (["10"], {"effect_sizes": []}, "one set"), (["10"], {"effect_sizes": "faith"}, "evidence"),
    (["10"], {"changes": {"policy.coaching_share": 0.5}}, "sets policies"),
    (["10"], {"changes": {"calendar.warmup_weeks": 40}}, "base year"), (["10"], {"worlds": 4}, "worlds = 4"),
    (["10"], {"seed": -1}, "seed"), (["10"], {"engine": "fast"}, "engine"),
])
def test_what_cannot_be_asked_is_refused_before_anything_is_run(claims, others, said):
    with pytest.raises(ParameterError, match=said):
        examine(claims, **others)


@pytest.mark.parametrize(("size", "said"), [
    ((4, 2, 0), "worlds = 4"), ((8, 1, 0), "replications = 1"), ((8, 2, 1), "structures = 1")])
def test_a_size_of_which_nothing_could_be_concluded_is_refused(size, said):
    with pytest.raises(ParameterError, match=said):
        Size(*size)


def test_the_guides_claim_of_ones_own_runs(capsys, monkeypatch):
    page = Path(__file__).resolve().parents[3] / "docs" / "how_to" / "claims.md"
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    small = partial(examine, changes=SMALL, workers=1)
    monkeypatch.setattr(simlead, "examine", small)
    exec(block, {})
    assert "Chances in 100" in capsys.readouterr().out
