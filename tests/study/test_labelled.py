"""Labelled arrays: what a sweep or a comparison ran, by name, with units, and nothing that is not there."""

import numpy as np
import pandas as pd
import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study import labelled

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
xarray = pytest.importorskip("xarray")


def test_a_sweep_has_points_and_replications_with_factors_and_units(tmp_path):
    found = simlead.sweep(pd.DataFrame({"market.rivals": [1, 5], "policy.coaching_share": [0.1, 0.3]}), scenario=FIRM,
                          replications=3, seed=5, engine="simpy", workers=1, out=tmp_path / "sweep",
                          measures=["market_share_base"], own_measures={"mine": lambda run: float(run.replicate)})
    made = found.to_xarray()
    assert dict(made.sizes) == {"point": 2, "replicate": 3} and made.attrs["seed"] == 5
    assert made["market_share_base"].attrs == {
        "units": "share", "long_name": simlead.MEASURES["market_share_base"].meaning}
    assert made["market.rivals"].dims == ("point",) and made["market.rivals"].attrs["units"] == "firms"
    runs = found.runs()
    for row in runs.to_dict("records"):
        assert made["mine"].sel(point=row["point"], replicate=row["replicate"]).item() == row["mine"]
    assert set(found.to_xarray(["mine"]).data_vars) == {"mine"}
    with pytest.raises(ParameterError, match="not in this sweep"):
        found.to_xarray(["wins"])


def test_a_run_that_is_not_there_is_nan(tmp_path):
    found = simlead.sweep(pd.DataFrame({"market.rivals": [1]}), scenario=FIRM, replications=2, engine="simpy",
                          workers=1, out=tmp_path / "sweep", measures=["market_share_base"])
    more = simlead.sweep(pd.DataFrame({"market.rivals": [5]}), scenario=FIRM, replications=3, engine="simpy", workers=1,
                         out=tmp_path / "sweep", measures=["market_share_base"], add_points=True)
    there = np.isfinite(more.to_xarray()["market_share_base"].to_numpy())
    assert there.tolist() == [[True, True, False], [True, True, True]] and len(found.design) == 1


def test_a_comparisons_pairs_are_matched():
    study = simlead.compare({"a": FIRM, "b": FIRM.change({"market.rivals": 7})}, replications=3, workers=1,
                            engine="simpy", measures=["market_share_base"])
    share = study.to_xarray()["market_share_base"]
    pairs = share.sel(scenario="b") - share.sel(scenario="a")
    assert pairs.mean().item() == pytest.approx(study.table["difference"].iloc[1])
    assert share["replicate"].attrs["long_name"] and share.attrs["units"] == "share"


def test_without_xarray_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(labelled.importlib.util, "find_spec", lambda name: None)
    study = simlead.compare({"a": FIRM}, replications=2, workers=1, engine="simpy", measures=["market_share_base"])
    with pytest.raises(ParameterError, match=r"simlead\[xarray\]"):
        study.to_xarray()
