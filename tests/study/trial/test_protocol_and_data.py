"""A protocol is fixed before the trial; its data are analysed by it and nothing else."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from planted_firms import planted

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.results.seen import COLUMNS
from simlead.statistics.trial_designs import NEVER
from simlead.statistics.trial_estimators import difference_in_differences
from simlead.study.trial.data import analyse_trial
from simlead.study.trial.design import lot, trial_answer
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.protocol import _check, protocol_of, read_protocol

PLAN = TrialPlan("teams", 6, 3, 4, 6, 2, outcomes=("sessions_held", "win_rate"))
CHANGE = {"policy.coaching_share": 0.5}


EFFECTS = tuple(np.linspace(-4.0, 6.0, 16))


def designed(plan=PLAN, **how):
    runs = planted(plan, effects=EFFECTS, replications=4, months=36, money=20_000.0, **how)
    return trial_answer(Scenario(), CHANGE, plan, runs, primary="sessions_held", horizon=36, seed=0, early=True)


@pytest.fixture(scope="module")
def protocol():
    return protocol_of(designed(), "Ours", lot_seed=7)


def filled(protocol, effect, seed=1):
    """A trial's data in which the change brings `effect` more sessions a rep and month."""
    random = np.random.default_rng(seed)
    table = protocol.template()
    table[protocol.columns] = 100.0
    level = 10.0 + random.normal(size=protocol.plan.teams)[table["team"] - 1] + 0.3 * random.normal(size=len(table))
    treated = np.array([protocol.starts[team - 1] for team in table["team"]]) <= table["month"]
    table["sessions"] = 100.0 * (level + effect * treated)
    table["proposals_won"] = 36.0 + random.integers(0, 5, size=len(table))
    return table


def test_the_lot_is_drawn_by_its_seed_and_deals_what_the_plan_says(protocol):
    assert protocol.starts == lot(PLAN, 7) and protocol.lots()["arm"].value_counts().to_dict() == {
        "change": 3, "control": 3}
    draws = {lot(PLAN, seed) for seed in range(200)}
    assert len(draws) == 20                                             # all ways to choose three of six
    first = np.mean([lot(PLAN, seed)[0] == 0 for seed in range(2000)])
    assert abs(first - 0.5) < 4.5 * np.sqrt(0.25 / 2000)


@pytest.mark.parametrize("label", ["EUR", ""])
def test_a_protocol_keeps_the_firms_currency_and_one_from_before_it_did_is_in_dollars(protocol, tmp_path, label):
    with_label = dataclasses.replace(protocol, currency=label)
    assert read_protocol(with_label.save(tmp_path / "new.json")).currency == label
    content = json.loads(with_label.text())
    content = {name: value for name, value in content.items() if name not in ("check", "currency", "false_alarms")}
    (tmp_path / "old.json").write_text(json.dumps({**content, "check": _check(content)}))
    old = read_protocol(tmp_path / "old.json")
    assert (old.currency, old.false_alarms, old.missed("sessions_held")) == ("", {}, "")


def test_a_protocol_is_read_as_it_was_written(protocol, tmp_path):
    there = read_protocol(protocol.save(tmp_path / "protocol.json"))
    assert there.text() == protocol.text()
    assert (there.starts, there.plan, there.analyses) == (protocol.starts, protocol.plan, protocol.analyses)
    assert np.array_equal(there.prior.shown, protocol.prior.shown)


@pytest.mark.parametrize(("change", "said"), [
    (lambda content: content.update(primary="win_rate"), "changed after it was fixed"),
    (lambda content: content.update(format="something"), "no protocol of a trial"),
    (lambda content: content.pop("check"), "changed after it was fixed"),
    (lambda content: content["starts"].reverse(), "changed after it was fixed"),
])
def test_a_protocol_that_was_changed_is_refused(protocol, tmp_path, change, said):
    content = json.loads(protocol.text())
    change(content)
    (tmp_path / "protocol.json").write_text(json.dumps(content))
    with pytest.raises(FileFormatError, match=said):
        read_protocol(tmp_path)


@pytest.mark.parametrize("change", [
    lambda content: content["analyses"].update(sessions_held="magic"),
    lambda content: content["analyses"].update(happiness="ancova"),
    lambda content: content["plan"].update(teams=10**9),
    lambda content: content["plan"].update(arms="sideways"),
    lambda content: content["prior"].update(weights=[1.0]),
    lambda content: content["prior"].update(error=None),
    lambda content: content.update(starts=[0]),
    lambda content: content.update(primary="revenue"),
    lambda content: content.update(claims={}),
    lambda content: content.update(analyses={}),
    lambda content: content.update(alpha=0.0),
    lambda content: content["false_alarms"].update(happiness={"share": 0.05}),
    lambda content: content.update(false_alarms=[0.05]),
    lambda content: content.update(firm=None, horizon="x"),
])
def test_a_protocol_whose_parts_do_not_belong_together_is_refused_though_its_check_is_right(protocol, tmp_path, change):
    content = json.loads(protocol.text())
    del content["check"]
    change(content)
    (tmp_path / "protocol.json").write_text(json.dumps({**content, "check": _check(content)}))
    with pytest.raises(FileFormatError, match="no protocol of a trial, or is damaged"):
        read_protocol(tmp_path)


@pytest.mark.parametrize("text", ["", "5", "null", '"x"', "[]", "[" * 100_000])
def test_json_that_is_no_protocol_is_refused(tmp_path, text):
    (tmp_path / "protocol.json").write_text(text)
    with pytest.raises(FileFormatError, match="no protocol of a trial, or is damaged"):
        read_protocol(tmp_path)


def test_a_file_that_is_no_json_is_refused(tmp_path):
    (tmp_path / "protocol.json").write_text("team,month")
    with pytest.raises(FileFormatError, match="no protocol of a trial"):
        read_protocol(tmp_path / "protocol.json")


def test_the_analysis_is_the_one_that_was_fixed(protocol, tmp_path):
    fixed = dataclasses.replace(protocol, analyses={**protocol.analyses, "sessions_held": "difference_in_differences"})
    table = filled(fixed, 4.0)
    fixed.save(tmp_path / "protocol.json")
    table.to_csv(tmp_path / "data.csv", index=False)
    found = analyse_trial(tmp_path / "data.csv")
    row = found.table.iloc[0]
    assert (row["outcome"], row["estimator"]) == ("sessions_held", "difference_in_differences")
    wide = (table["sessions"] / 100.0).to_numpy().reshape(6, 10)
    order = np.argsort(protocol.starts, kind="stable")
    pooled = np.stack([wide[order, :4].mean(axis=1), wide[order, 4:].mean(axis=1)], axis=1)
    by_hand = difference_in_differences(pooled, PLAN.design())
    low, high = by_hand.interval()
    assert row["effect"] == pytest.approx(by_hand.effect[0]) and row["p_value"] == pytest.approx(by_hand.p_value[0])
    assert (row["low"], row["high"]) == pytest.approx((low[0], high[0]), rel=1e-6)


def test_rows_may_come_in_any_order(protocol):
    table = filled(protocol, 2.0)
    mixed = table.sample(frac=1.0, random_state=3)
    assert analyse_trial(mixed, protocol).table.equals(analyse_trial(table, protocol).table)


def test_good_results_make_good_worlds_more_likely_and_bad_ones_less(protocol):
    good, bad = (analyse_trial(filled(protocol, effect), protocol) for effect in (6.0, -4.0))
    assert (good.best, bad.best) == ("adopt", "drop")
    shown = protocol.prior.shown
    for found, up in ((good, True), (bad, False)):
        after = found.weights["after"].to_numpy()
        assert after.sum() == pytest.approx(1.0)
        assert (after @ shown > protocol.prior.weights @ shown) == up


def test_the_rule_of_the_protocol_is_the_decision_after_the_data(protocol):
    kind, limit = protocol.prior.rule()
    assert kind == "from"
    for effect in (limit - 0.2, limit + 0.2):
        after = protocol.prior.after(effect)
        assert (after @ (protocol.prior.adopt - protocol.prior.drop) > 0.0) == (effect > limit)


def spoiled(protocol):
    table = filled(protocol, 1.0)
    yield table.drop(columns="sessions"), "no column sessions"
    yield table.assign(team=table["team"] + 1), "line .*: team 7: the protocol has teams 1 to 6"
    yield table.assign(month=table["month"] + 1), "month 6: the protocol has months -4 to 5"
    yield table.iloc[:-1], "no row for team 6 in month 5; the protocol needs every team"
    yield pd.concat([table, table.iloc[[0]]]), "team 1 has month -4 twice"
    yield table.assign(sessions=table["sessions"].astype(object).where(table.index != 3, "many")), \
        "line 5: sessions = many: a number of 0 or more"
    yield table.assign(sessions=-1.0), "line 2: sessions = -1.0"
    yield table.assign(team="north"), "line 2: team north"
    yield table.assign(sessions=np.nan), "line 2: sessions is empty"
    yield table.assign(sessions=1e200), r"sessions = 1e\+200: a number of at most 1e\+15"
    yield table.assign(rep_months=0.0), "rep_months is 0 for team 1 in every month"
    yield table.rename(columns=str.upper), "no column team; the file has 'TEAM'"


@pytest.mark.parametrize("place", range(12))
def test_data_that_do_not_fit_are_refused_in_one_line(protocol, place):
    table, said = list(spoiled(protocol))[place]
    with pytest.raises(FileFormatError, match=said) as refusal:
        analyse_trial(table, protocol)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(protocol, tmp_path):
    with pytest.raises(FileFormatError, match="no such file"):
        analyse_trial(tmp_path / "gone.csv", protocol)
    with pytest.raises(FileFormatError, match="is a folder"):
        analyse_trial(tmp_path, protocol)
    (tmp_path / "data.csv").write_text("team;month\n1;0\n")
    with pytest.raises(FileFormatError, match="columns are separated by ';'"):
        analyse_trial(tmp_path / "data.csv", protocol)
    with pytest.raises(FileFormatError, match="no protocol there"):
        analyse_trial(tmp_path / "data.csv")


def test_no_protocol_is_written_where_no_analysis_is_offered():
    plan = TrialPlan("before-after", 6, 6, 4, 6, 2, outcomes=("sessions_held",))
    found = designed(plan, common=4.0)
    assert found.prior is None and found.best == ""
    with pytest.raises(ParameterError, match="no analysis of this design is offered"):
        protocol_of(found)


def test_a_template_has_a_row_for_each_team_and_month(protocol):
    table = protocol.template()
    assert len(table) == 6 * 10 and list(table.columns) == ["team", "month", *protocol.columns]
    assert set(protocol.columns) <= set(COLUMNS)


def stepped_protocol(teams):
    """A protocol of a trial in which each of so many teams starts three months after another."""
    plan = TrialPlan("stepped", teams, teams, 6, 3 * teams, 0, 3, 1, ("sessions_held",))
    runs = planted(plan, effects=np.linspace(1.0, 4.0, 16), replications=2, months=36, money=20_000.0, noise=0.0,
                   by_month=0.2)
    starts = np.array([lot(plan, place) for place in range(32)])
    after = np.arange(42)[None, None] - 6 >= starts[:, :, None]
    runs.with_change[:] = runs.without
    runs.with_change[:, 0] += 300.0 * after
    runs.starts[:] = starts
    return protocol_of(trial_answer(Scenario(), CHANGE, plan, runs, primary=None, horizon=36, seed=0, early=True))


def test_a_stepped_trial_is_analysed_by_its_lot():
    fixed = stepped_protocol(4)
    assert NEVER not in fixed.starts
    table = filled(fixed, 5.0)
    found = analyse_trial(table, fixed).table.iloc[0]
    assert found["effect"] == pytest.approx(5.0, abs=1.5) and found["p_value"] <= 1 / 24 + 1e-9
    assert found["low"] <= 5.0 <= found["high"]


def test_the_p_value_that_decides_is_exact_and_agrees_with_its_interval():
    fixed = dataclasses.replace(stepped_protocol(6), analyses={"sessions_held": "randomisation_test"})
    assert fixed.plan.design().number_of_assignments == 720
    for seed in range(12):
        found = analyse_trial(filled(fixed, 0.6, seed), fixed).table.iloc[0]
        assert 720 * found["p_value"] == pytest.approx(round(720 * found["p_value"]))   # all 720 are compared
        assert (found["p_value"] <= 0.05) == (not found["low"] <= 0.0 <= found["high"])
