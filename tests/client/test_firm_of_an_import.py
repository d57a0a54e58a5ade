"""What an import makes of its estimates: facts that are stated, parameters that follow, and teams as they are."""

from __future__ import annotations

import dataclasses
import json
import math
from importlib import resources

import numpy as np
import pytest

from simlead.client.firm import SOLVED_HERE, USUAL, facts_of, parameters_of
from simlead.client.importing import import_crm
from simlead.model.origin import Solved
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.model.stated import STATED, checked_facts
from simlead.show.import_folder import save_import
from simlead.study.aims import ARRIVALS, PACE, QUITS, aim_of

BASE = preset("status_quo", "evidence")
LEARNED = dict(USUAL)


def test_a_firm_like_the_typical_one_has_its_parameters():
    found = parameters_of(LEARNED, BASE)
    assert {path: value for path, value in found.items() if value != pytest.approx(BASE.value(path), rel=1e-5)} == {}
    assert {ARRIVALS, PACE, QUITS, "world.size_effect", "market.early_no_decision"} <= found.keys()


@pytest.mark.parametrize(("name", "path", "sign"), [
    ("created_per_rep_year", ARRIVALS, 1), ("won_cycle_days", PACE, 1), ("leavers_per_rep_year", QUITS, 1),
    ("size_effect", "world.size_effect", 1), ("discovery_rate", "world.discovery_intercept", 1),
    ("qualified_rate", "world.qualified_intercept", 1), ("proposal_rate", "world.our_utility", 1),
    ("early_no_decision", "market.early_no_decision", 1), ("late_no_decision", "world.no_decision_utility", 1),
    ("sales_per_rep_year", "organisation.quota_per_year", 1)])
def test_a_parameter_moves_with_what_is_estimated(name, path, sign):
    low, high = (parameters_of({name: LEARNED[name] * factor}, BASE)[path] for factor in (0.9, 1.1))
    assert sign * (high - BASE.value(path)) > 0 and sign * (BASE.value(path) - low) > 0


def test_the_gates_give_the_win_rates_that_are_stated_and_without_a_history_the_win_rate_does():
    rates = {"discovery_rate": 0.6, "qualified_rate": 0.5, "proposal_rate": 0.4, "win_rate": 0.13}
    staged = facts_of(rates, [9, 7, 11], 2e7, 0.1)
    assert staged == {"seats": (9, 7, 11), "revenue": 2e7, "win_rate_created": 0.12, "win_rate_qualified": 0.2}
    assert facts_of({"win_rate": 0.13}, [], 0.0, 0.1) == {"win_rate_created": 0.13}


def test_facts_that_a_client_could_not_state_are_left_out():
    """All that is discovered is qualified, and nobody left for ten years: neither is a reason to refuse the rest."""
    odd = {"discovery_rate": 0.999, "qualified_rate": 0.5, "proposal_rate": 0.4, "won_cycle_days": 0.2,
           "leavers_per_rep_year": 0.3}
    found = facts_of(odd, [3], 0.0, 0.1)
    assert set(found) == {"seats", "win_rate_created", "leavers_per_seat_year"}
    assert checked_facts(found) and set(found) <= set(STATED)


@pytest.mark.parametrize(("column", "label"), [
    ("EUR", "EUR"), ("CHF", "CHF"), ("\u20ac", "\u20ac"), ("USD", ""), ("US Dollar", ""), ("$", ""),
    ("a currency that is none 7", "")])
def test_the_firm_counts_in_the_currency_of_its_deals(tmp_path, column, label):
    lines = [f"{number},Won,9000,{column},2024-03-0{1 + number % 9},2024-03-15,Ada,North" for number in range(9)]
    (tmp_path / "deals.csv").write_text(
        "Id,Stage,Amount,Currency,Created Date,Close Date,Owner,Team\n" + "\n".join(lines) + "\n", encoding="utf-8")
    found = import_crm(tmp_path / "deals.csv")
    assert found.scenario.organisation.currency == label
    page = (save_import(found, tmp_path / "mine") / "quality.html").read_text(encoding="utf-8")
    assert ("$" in page.partition("<body")[2]) == (label == "") or label == ""


def test_calibration_solves_anew_what_an_import_moved():
    facts = facts_of(LEARNED, [4, 3], 0.0, 0.1)
    firm = Scenario().change(parameters_of({**LEARNED, "won_cycle_days": 120.0}, BASE)).state(facts)
    assert PACE not in aim_of(firm).follows  # as a value of the firm's own it would stay
    origin = dataclasses.replace(firm.origin, solved=tuple(Solved(path) for path in SOLVED_HERE))
    marked = dataclasses.replace(firm, origin=origin)
    assert aim_of(marked).follows == {ARRIVALS: "deals_created", PACE: "cycle_days", QUITS: "leavers_per_seat_year"}
    assert np.prod(aim_of(marked).targets.gates) == pytest.approx(facts["win_rate_created"], rel=1e-3)


def test_what_the_typical_firm_shows_comes_from_its_script():
    content = json.loads(resources.files("simlead").joinpath("data/usual_export.json").read_text(encoding="utf-8"))
    assert content["produced_by"]["script"] == "experiments/06_import/usual.py"
    assert content["produced_by"]["replications"] >= 50
    assert all(math.isfinite(value) and value > 0.0 for value in USUAL.values())
    # Published levels of the gates hold in the typical firm, which is calibrated to them.
    assert [USUAL[name] for name in ("discovery_rate", "qualified_rate", "proposal_rate")] == pytest.approx(
        [0.55, 0.50, 0.35], abs=0.02)
