"""The committed experiment on imports of simulated firms: 90 % intervals hold the truth in 85 to 95 % of them."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from simlead.client.estimates import UNITS

COVERAGE = Path(__file__).resolve().parents[2] / "experiments" / "06_import" / "coverage.csv"
LEAST, MOST = 0.85, 0.95
ALMOST_SURE = 2.0
"""Standard errors by which a coverage that is counted may miss one that is in the range."""


def test_intervals_hold_the_truth_as_often_as_they_say():
    table = pd.read_csv(COVERAGE).set_index("quantity")
    known = table.dropna(subset=["truth", "covered"])
    assert {name for name in UNITS if name != "never_decided"} <= set(known.index)
    assert {path for path, *_ in UNITS.values() if path} - set(known.index) <= {
        "organisation.ramped_revenue_per_year"}  # a first guess, which calibration replaces
    outside = {}
    for name, row in known.iterrows():
        firms = row["learned"] / (1 if math.isnan(row["covered_hubspot"]) else 2)  # two exports of a firm are one
        slack = ALMOST_SURE * math.sqrt(0.9 * 0.1 / firms)
        if not LEAST - slack <= row["covered"] <= MOST + slack:
            outside[name] = row["covered"]
    assert outside == {} and known["firms"].min() >= 100


def test_two_managers_are_never_told_apart():
    row = pd.read_csv(COVERAGE).set_index("quantity").loc["manager_spread"]
    assert row["learned"] == 0
