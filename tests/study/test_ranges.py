"""The ranges that worlds are drawn from, and the draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simlead.model.parameters import PERT_WEIGHTS
from simlead.model.presets import preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.calibration import CALIBRATED
from simlead.study.worlds.ranges import NOT_UNCERTAIN, Range, draw_worlds, in_world, likely_ranges

BEFORE = Scenario()
AFTER = BEFORE.change({"policy.coaching_share": 0.5})


def test_a_triangular_draw_is_scipys():
    quantiles = np.linspace(0.0, 1.0, 41)
    ours = Range(2.0, 3.0, 7.0).at(quantiles, "triangular")
    assert ours == pytest.approx(stats.triang(0.2, 2.0, 5.0).ppf(quantiles))
    at_an_end = Range(2.0, 2.0, 7.0).at(quantiles, "triangular")
    assert at_an_end == pytest.approx(stats.triang(0.0, 2.0, 5.0).ppf(quantiles))


def test_every_parameter_with_a_likely_range_is_drawn_and_what_is_calibrated_is_not():
    ranges, left = likely_ranges([AFTER, BEFORE])
    assert left == () and len(ranges) > 60
    assert not set(ranges) & {*CALIBRATED, *NOT_UNCERTAIN, "world.selling_share_low"}
    assert {path.partition(".")[0] for path in ranges} == {"world", "market", "structure"}
    for path, extent in ranges.items():
        assert extent.low <= extent.likely <= extent.high and extent.likely == REGISTRY[path].default


def test_an_assumption_moves_the_peak_and_a_client_keeps_what_is_known():
    ranges, left = likely_ranges([preset("leadership", "practitioner"), preset("status_quo", "practitioner")])
    assert ranges["world.coaching_gain_max"] == Range(0.10, 0.60, 0.60, weight=PERT_WEIGHTS["A"])
    builders = preset("construction_group").change({"policy.coaching_share": 0.2})
    assert "market.deal_value_median" in likely_ranges([builders])[1]
    assert likely_ranges([BEFORE, BEFORE.change({"world.skill_effect": 0.3})])[1] == ("world.skill_effect",)


def test_worlds_fill_their_ranges_and_keep_when_parameters_are_added():
    ranges = {"world.skill_effect": Range(0.1, 0.2, 0.4), "market.rivals": Range(1.0, 2.0, 4.0, whole=True)}
    drawn = draw_worlds(ranges, 400, seed=1)
    assert set(drawn["market.rivals"]) == {1.0, 2.0, 3.0, 4.0}
    assert drawn["world.skill_effect"].mean() == pytest.approx((0.1 + 4.0 * 0.2 + 0.4) / 6.0, abs=0.001)
    alone = draw_worlds({"market.rivals": ranges["market.rivals"]}, 400, seed=1)
    assert alone["market.rivals"].tolist() == drawn["market.rivals"].tolist()
    assert draw_worlds(ranges, 400, seed=2)["market.rivals"].tolist() != drawn["market.rivals"].tolist()


def test_the_exponent_of_clarity_follows_its_effect():
    there = in_world(BEFORE, {"world.clarity_effect": 0.03, "market.rivals": 3.0})
    assert there.world.clarity_exponent == pytest.approx(BEFORE.world.clarity_exponent * 0.03 / 0.06)
    assert there.market.rivals == 3
