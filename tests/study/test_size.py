"""Memory is estimated before anything is made, and what does not fit is refused in one line."""

import math

import pandas as pd
import pytest

from simlead.cli import main
from simlead.engines import compiled_engine, simpy_engine, size
from simlead.engines.size import bytes_needed, memory_there, refuse_too_large
from simlead.model.number import MOST_REPLICATIONS
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.compare import compare
from simlead.study.simulate import replicate, simulate
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.study import Study
from simlead.study.sweeps.sweep import check, sweep

SMALL = Scenario().change({"organisation.teams": 2, "calendar.warmup_weeks": 20, "calendar.horizon_weeks": 60})
LARGE = {"organisation.teams": 2000, "organisation.seats_per_team": 40, "calendar.horizon_weeks": 1560}
GROWING = {"market.growth_per_year": 0.5, "market.growth_in_number_share": 1.0, "calendar.horizon_weeks": 1560}


@pytest.fixture
def ten_megabytes(monkeypatch):
    monkeypatch.setattr(size, "memory_there", lambda: 1e7)


@pytest.mark.parametrize("changes", [
    {}, {"organisation.teams": 9}, {"organisation.seat_growth_per_year": 0.3, "calendar.horizon_weeks": 104},
    {"market.growth_per_year": 0.5, "market.growth_in_number_share": 1.0}, {"calendar.warmup_weeks": 120},
    {"market.opportunities_per_seat_year": 1500.0}])
@pytest.mark.parametrize("trace", [False, True])
def test_the_estimate_is_about_what_a_run_takes(changes, trace):
    scenario = SMALL.change(changes)
    made = compiled_engine.run(scenario, trace=trace)
    tables = (made.opportunities, made.reps, made.managers, made.trace)
    taken = sum(table.nbytes for table in tables if table is not None)
    assert 0.7 < bytes_needed(scenario, trace) / taken < 1.5


def test_this_machine_has_memory():
    assert memory_there() > 1e8


@pytest.mark.parametrize("changes", [LARGE, GROWING])
def test_what_no_machine_holds_is_refused_with_the_largest_that_fits(monkeypatch, changes):
    monkeypatch.setattr(size, "memory_there", lambda: 16e9)
    scenario = Scenario().change(changes)
    with pytest.raises(ParameterError, match=r"needs about .* GB .* 16 GB are there: the largest ") as refusal:
        refuse_too_large(scenario)
    path, value = str(refusal.value).rpartition("the largest ")[2].split(" that fits is ")
    value = int(value.replace(",", ""))
    assert bytes_needed(scenario.change({path: value})) <= 16e9 < bytes_needed(scenario.change({path: value + 1}))


def test_both_engines_refuse(ten_megabytes):
    with pytest.raises(ParameterError, match="GB of memory"):
        compiled_engine.run(Scenario().change(LARGE))
    with pytest.raises(ParameterError, match="GB of memory"):
        simpy_engine.run(Scenario().change(LARGE))


def test_studies_refuse_before_anything_is_made(ten_megabytes, tmp_path):
    one = SMALL.change({"calendar.horizon_weeks": 400})
    assert bytes_needed(one) < 1e7 < 3 * bytes_needed(one)
    with pytest.raises(ParameterError, match=r"5 runs at once need about .*: workers = [12] fit"):
        replicate(one, replications=8, workers=5)
    with pytest.raises(ParameterError, match="runs at once"):
        compare({"a": SMALL, "b": one}, replications=8, workers=5)
    table = pd.DataFrame({"calendar.horizon_weeks": [60, 400]})
    for ask in (sweep, check):
        with pytest.raises(ParameterError, match="runs at once"):
            ask(table, scenario=SMALL, replications=8, workers=5, **({"out": tmp_path / "s"} if ask is sweep else {}))
    assert not list(tmp_path.iterdir())


def test_the_command_line_refuses_in_one_line(ten_megabytes, capsys, tmp_path):
    assert main(["compare", "status_quo", "coaching", "--set", "organisation.teams=2000", "--workers", "1",
                 "--out", str(tmp_path / "o")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_machine_that_says_nothing_refuses_nothing(monkeypatch):
    monkeypatch.setattr(size, "memory_there", lambda: math.inf)
    refuse_too_large(Scenario().change(LARGE), runs_at_once=100)


@pytest.mark.parametrize("ask", [
    lambda count: replicate(SMALL, replications=count), lambda count: compare({"a": SMALL}, replications=count),
    lambda count: Study(DesignSpec.of_table(pd.DataFrame({"market.rivals": [1]})), replications=count)])
def test_there_is_one_limit_on_replications(ask):
    with pytest.raises(ParameterError, match=f"replications = {MOST_REPLICATIONS + 1}: allowed is a whole number from "
                                             f"1 to {MOST_REPLICATIONS}"):
        ask(MOST_REPLICATIONS + 1)


def test_a_replication_keeps_its_number_beyond_that_limit():
    tiny = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 1})
    assert simulate(tiny, replicate=2**31 - 1, engine="compiled").replicate == 2**31 - 1
