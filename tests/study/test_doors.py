"""Measures and processes of one's own, and series by week, wherever runs are made."""

import math

import numpy as np
import pandas as pd
import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results import own_measures
from simlead.results.measures import MEASURES, all_measures, undefined_measures
from simlead.results.own_measures import forget_measure, measure_named
from simlead.results.registry import ratio
from simlead.study.compare import compare
from simlead.study.precision import estimate_until
from simlead.study.runner import Job, Outcomes, run_and_measure
from simlead.study.simulate import replicate, simulate
from simlead.study.studies.study_file import study_of
from simlead.study.sweeps.sweep import SweepWarning, check, open_sweep, sweep

TINY = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 2,
    "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
COACHED = TINY.change({"policy.coaching_share": 0.5})
TABLE = pd.DataFrame({"policy.coaching_share": [0.1, 0.5]})


@pytest.fixture
def largest_win():
    @simlead.measure("largest_win", unit="$", meaning="value of the largest deal won")
    def largest(run):
        return run.opportunities()["won_value"].max()

    yield largest
    forget_measure("largest_win")


def expected(scenario, replicate=0):
    return simulate(scenario, replicate=replicate).opportunities()["won_value"].max()


# --- measures of one's own


@pytest.mark.slow
def test_a_registered_measure_is_asked_for_by_name_everywhere(largest_win, tmp_path):
    asked = ["largest_win", "revenue"]
    assert replicate(TINY, replications=2, workers=1, measures=asked)["largest_win"].tolist() == [
        expected(TINY, 0), expected(TINY, 1)]
    found = compare({"a": TINY, "b": COACHED}, replications=2, workers=2, measures=asked)
    assert set(found.table["measure"]) == set(asked)
    assert set(found.table.loc[found.table["measure"] == "largest_win", "unit"]) == {"$"}
    assert found.simultaneous("largest_win")["unit"].tolist() == ["$"]
    runs = sweep(TABLE, scenario=TINY, replications=2, workers=1, measures=asked, out=tmp_path / "s").runs()
    assert runs["largest_win"].iloc[1] == expected(TINY.change({"policy.coaching_share": 0.1}), 1)
    study = study_of({"study": {"measures": asked, "replications": 1},
                      "design": {"kind": "grid", "factors": {"policy.kpi_review": {"values": [True, False]}}}})
    assert study.measures == tuple(asked)
    path = estimate_until(TINY, "largest_win", half_width=0.5, relative=True, minimum=20, maximum=20, workers=1)
    assert path["unit"].iloc[0] == "$"


def test_a_measure_is_handed_over_without_being_registered(tmp_path):
    own = {"rows": lambda run: len(run.opportunities())}
    rows = len(simulate(TINY).opportunities())
    assert simulate(TINY, own_measures=own).measures()["rows"] == rows
    assert list(simulate(TINY, own_measures=own).measures())[:-1] == list(MEASURES)
    assert replicate(TINY, replications=1, workers=1, measures=["revenue"], own_measures=own)["rows"].item() == rows
    table = compare({"a": TINY}, replications=1, workers=1, measures=["revenue"], own_measures=own).table
    assert table["mean"].tolist()[1] == rows and table["unit"].tolist()[1] == ""
    assert "rows" not in own_measures.registered_measures()


def test_a_measure_that_wants_the_trace_gets_it(largest_win):
    @simlead.measure("events_traced", trace=True)
    def traced(run):
        return len(run.trace)

    try:
        table = replicate(TINY, replications=1, workers=2, measures=["events_traced"])
        assert table["events_traced"].item() == len(simulate(TINY).trace)
    finally:
        forget_measure("events_traced")


def test_a_measure_that_is_registered_again_wants_the_trace_from_then_on():
    def traced(run):
        return len(run.trace)

    try:
        simlead.measure("again")(traced)
        simlead.measure("again", trace=True)(traced)
        assert measure_named("again").trace
    finally:
        forget_measure("again")


def test_an_installed_package_brings_measures_by_entry_point(monkeypatch):
    class Entry:
        def load(self):
            return lambda run: 7.0

    monkeypatch.setattr(own_measures.metadata, "entry_points",
                        lambda group, name=None: [Entry()] if name == "seven" else [])
    try:
        assert measure_named("seven").function(None) == 7.0
        assert replicate(TINY, replications=1, workers=1, measures=["seven"])["seven"].tolist() == [7.0]
    finally:
        forget_measure("seven")


@pytest.mark.parametrize(("name", "said"), [
    ("revenue", "own measure 'revenue': this name is taken"),
    ("replicate", "own measure 'replicate': this name is taken"),
    ("two words", "own measure 'two words': a name of letters, digits and _ is needed"),
])
def test_a_name_that_cannot_be_is_refused(name, said):
    with pytest.raises(ParameterError, match=said):
        simlead.measure(name)
    with pytest.raises(ParameterError, match=said):
        replicate(TINY, own_measures={name: len})


def test_an_unknown_name_is_refused_with_the_nearest_one(largest_win):
    with pytest.raises(ParameterError, match="'largest_wim': no such measure; did you mean largest_win"):
        compare({"a": TINY}, measures=["largest_wim"])


@pytest.mark.parametrize(("value", "said"), [(math.inf, "inf"), ("ten", "'ten'"), (None, "None")])
def test_what_is_no_number_is_refused(value, said):
    with pytest.raises(ValueError, match=f"own measure 'x' returned {said}: a finite number or nan is needed"):
        replicate(TINY, replications=1, workers=1, measures=["revenue"], own_measures={"x": lambda run: value})


def test_nan_is_not_defined():
    table = replicate(TINY, replications=1, workers=1, measures=["revenue"], own_measures={"x": lambda run: math.nan})
    assert table["x"].isna().all()


def test_what_cannot_be_sent_to_workers_is_refused_before_a_run():
    import threading

    lock = threading.Lock()
    with pytest.raises(ParameterError, match="x cannot be sent to workers"):
        compare({"a": TINY}, own_measures={"x": lambda run: lock})


def test_failures_of_an_own_measure_in_a_sweep_are_reported(tmp_path):
    with pytest.warns(SweepWarning, match=r"4 runs failed: 4 of ZeroDivisionError: .*\(first 0:0\); Sweep\.failures"):
        found = sweep(TABLE, scenario=TINY, replications=2, workers=1, measures=["revenue"], out=tmp_path / "s",
                      own_measures={"broken": lambda run: 1 / 0})
    assert len(found.failures()) == 4


# --- processes of one's own


def freeze(clock, firm):
    """Write a line an hour before the end, so that it can be seen that the process was there."""
    yield clock.timeout(1.0)
    firm.market_multiplier = 1.0


def test_processes_are_taken_in_replicate_and_compare():
    options = {"replications": 1, "workers": 1, "measures": ["revenue"]}
    seen = []

    def note(clock, firm):
        yield clock.timeout(1.0)
        seen.append(clock.now)

    replicate(TINY, engine="simpy", processes=[note], **options)
    compare({"a": TINY, "b": COACHED}, engine="simpy", processes=[note], **options)
    assert len(seen) == 3


@pytest.mark.parametrize("ask", [
    lambda **options: replicate(TINY, **options), lambda **options: compare({"a": TINY}, **options)])
def test_the_compiled_engine_refuses_processes_before_a_run(ask):
    with pytest.raises(ParameterError, match="engine 'compiled' runs no processes of your own; allowed is 'simpy'"):
        ask(processes=[freeze])
    with pytest.raises(ParameterError, match="process 0 = 3: a function is needed"):
        ask(processes=[3], engine="simpy")


# --- series by week


@pytest.mark.slow
def test_series_by_week_are_compared_by_pairs():
    found = compare({"a": TINY, "b": COACHED}, replications=3, workers=1, measures=["revenue"],
                    weekly=["wins", "profit"])
    table = found.weekly("wins")
    assert table.groupby("scenario").size().tolist() == [52, 52]
    here, there = (np.array([simulate(firm, replicate=number).weeks().query("week >= 0")["wins"].to_numpy()
                             for number in range(3)]) for firm in (TINY, COACHED))
    assert np.allclose(table.loc[table["scenario"] == "b", "mean"], there.mean(axis=0))
    assert np.allclose(table.loc[table["scenario"] == "b", "difference"], (there - here).mean(axis=0))
    assert (table.loc[table["scenario"] == "a", "difference"] == 0.0).all()
    with pytest.raises(ParameterError, match="weekly 'revenue': the comparison has wins, profit"):
        found.weekly("revenue")


def test_a_study_file_names_series_by_week(tmp_path):
    study = study_of({
        "study": {"measures": ["revenue"], "weekly": ["revenue"], "replications": 1},
        "scenario": {"set": {path: value for path, value in TINY.values().items()
                             if path.startswith(("calendar.", "organisation.teams", "organisation.seats_per"))}},
        "design": {"kind": "grid", "factors": {"policy.kpi_review": {"values": [True, False]}}}})
    sweep(study, out=tmp_path / "s", workers=1)
    kept = open_sweep(tmp_path / "s").weekly("revenue", [1])
    off = study.base().change({"policy.kpi_review": False})
    assert kept["value"].tolist() == simulate(off).weeks().query("week >= 0")["revenue"].tolist()
    assert type(study).from_values(study.values()) == study
    with pytest.raises(ParameterError, match="weekly 'revenu': no such series by week; did you mean revenue"):
        study_of({"study": {"weekly": "revenu"}, "design": {
            "kind": "grid", "factors": {"policy.kpi_review": {"values": [True, False]}}}})


# --- one runner


def test_the_runner_measures_what_a_run_says_of_itself():
    run = simulate(TINY, seed=3, replicate=2)
    summary = run_and_measure(Job("", TINY, 3, 2, "compiled", Outcomes(hashes=True, trace_hash=True)))
    measured = {name: ratio(parts) for name, parts in summary.parts.items()}
    assert np.array_equal(list(measured.values()), list(all_measures(run.records, TINY).values()), equal_nan=True)
    assert (summary.trace_hash, summary.events) == (run.trace_hash(), run.records.events)


# --- a calendar without the year that a measure needs (C11)


@pytest.mark.parametrize("weeks", [(52, 52), (52, 26), (26, 52), (26, 26)])
def test_a_measure_is_undefined_exactly_where_its_year_is_missing(weeks):
    firm = TINY.change({"calendar.warmup_weeks": weeks[0], "calendar.horizon_weeks": weeks[1]})
    missing = undefined_measures(MEASURES, firm)
    parts = run_and_measure(Job("", firm, 0, 0, "compiled")).parts
    for name in missing:
        assert parts[name] == (0.0, 0.0), name
    if weeks == (52, 52):
        assert not missing
    else:  # what has its year is defined, but for what has nothing to divide by in so small a firm
        defined = run_and_measure(Job("", TINY, 0, 0, "compiled")).parts
        needs = {name: MEASURES[name].needs for name in MEASURES}
        assert {name for name in MEASURES if set(needs[name]) <= {"base"} and weeks[0] == 52
                and defined[name] != (0.0, 0.0)} <= {name for name in MEASURES if parts[name] != (0.0, 0.0)}


@pytest.mark.parametrize("ask", [
    lambda firm, **names: replicate(firm, **names), lambda firm, **names: compare({"a": firm}, **names),
    lambda firm, **names: check(TABLE, scenario=firm, **names),
    lambda firm, **names: sweep(TABLE, scenario=firm, out="never", **names)])
def test_nothing_is_run_where_no_measure_is_defined(ask):
    short = TINY.change({"calendar.horizon_weeks": 26})
    with pytest.raises(ParameterError, match="nothing to measure: revenue needs calendar.horizon_weeks of 52 or more"):
        ask(short, measures=["revenue"])


def test_measures_that_need_more_weeks_are_named(tmp_path):
    short = TINY.change({"calendar.horizon_weeks": 26})
    said = "revenue needs calendar.horizon_weeks of 52 or more and is not defined"
    options = {"measures": ["revenue", "revenue_base"], "replications": 1, "workers": 1}
    with pytest.warns(UserWarning, match=said):
        found = compare({"a": short}, **options)
    assert found.undefined == said
    with pytest.warns(SweepWarning, match=said):
        assert sweep(TABLE, scenario=short, out=tmp_path / "s", **options).undefined == said
    assert check(TABLE, scenario=short, **options).undefined == said
    longer = pd.DataFrame({"calendar.horizon_weeks": [26, 52]})
    assert check(longer, scenario=short, **options).undefined == ""


@pytest.mark.parametrize("scenarios", [["status_quo", "coaching"], TINY, None, "coaching"])
def test_scenarios_that_are_no_mapping_are_refused_in_one_line(scenarios):
    with pytest.raises(ParameterError, match="allowed is a mapping of names to scenarios") as refused:
        compare(scenarios)
    assert "\n" not in str(refused.value)


# --- progress (C29)


def test_progress_may_be_true_or_a_function_and_nothing_else(capsys):
    compare({"a": TINY}, replications=2, workers=1, measures=["revenue"], progress=True)
    assert capsys.readouterr().err.endswith("\r2 of 2 runs\n")
    replicate(TINY, replications=1, workers=1, measures=["revenue"], progress=False)
    assert capsys.readouterr().err == ""
    with pytest.raises(ParameterError, match="progress = 3: allowed is True, False, or a function"):
        compare({"a": TINY}, progress=3)


def test_a_structural_switch_is_a_factor_of_a_sweep(tmp_path):
    """Each point is the run of its scenario; the switch is a boolean factor of a study file, too."""
    firm = TINY.change({"calendar.horizon_weeks": 4, "market.cover_noticing_share": 0.9})
    path = "structure.no_cover"
    found = sweep(pd.DataFrame({path: [False, True]}), scenario=firm, replications=1, workers=1,
                  measures=["market_share_base"], engine="simpy", out=tmp_path / "sweep").runs()
    alone = [all_measures(run.records, run.scenario)["market_share_base"] for run in (
        simulate(firm.change({path: on}), engine="simpy") for on in (False, True))]
    assert found["market_share_base"].tolist() == alone
    study = study_of({"study": {"replications": 1},
                      "design": {"kind": "grid", "factors": {path: {"values": [True, False]}}}})
    assert study.design.points(0)[path].tolist() == [True, False]
