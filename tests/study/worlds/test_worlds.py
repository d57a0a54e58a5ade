"""Worlds: what is drawn, from what, and how each is put to use."""

import pickle

import numpy as np
import pytest
from scipy import stats

from simlead.model.parameters import PERT_WEIGHTS, ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.worlds.ranges import UNCERTAIN, Range, draw_worlds, likely_ranges
from simlead.study.worlds.worlds import worlds

BASE = Scenario()
SMALL = BASE.change({"organisation.teams": 1, "organisation.seats_per_team": 4, "calendar.warmup_weeks": 60,
                     "calendar.horizon_weeks": 52})
MARGIN = "organisation.contribution_margin"


def uncalibrated(n=64, **settings):
    return worlds(settings.pop("scenario", BASE), n, calibrated=False, weighted=False, **settings)


# --- distributions


@pytest.mark.parametrize("path", ["world.coaching_gain_max", "world.skill_effect", "world.ageing_per_week",
                                  "market.noticed_at_norm"])
def test_a_parameter_has_the_beta_distribution_of_its_grade(path):
    line = REGISTRY[path]
    weight, width = PERT_WEIGHTS[line.grade], line.likely_high - line.likely_low
    a = 1.0 + weight * (line.default - line.likely_low) / width
    b = 1.0 + weight * (line.likely_high - line.default) / width
    known = stats.beta(a, b, loc=line.likely_low, scale=width)
    drawn = draw_worlds({path: likely_ranges([BASE])[0][path]}, 1024, 1, method="sobol")[path]
    assert known.cdf(np.sort(drawn)) == pytest.approx((np.arange(1024) + 0.5) / 1024, abs=1 / 1024)
    assert drawn.mean() == pytest.approx(known.mean(), abs=1e-3 * width)
    assert drawn.std() == pytest.approx(known.std(), rel=0.01)


def test_a_better_grade_is_a_narrower_distribution_with_its_mode_at_the_scenarios_value():
    spreads = []
    for grade in "ABCD":
        extent = Range(0.0, 0.3, 1.0, weight=PERT_WEIGHTS[grade])
        values = extent.at((np.arange(20_000) + 0.5) / 20_000)
        counts, edges = np.histogram(values, bins=20)
        spreads.append(values.std())
        if grade != "D":
            assert edges[counts.argmax()] <= 0.3 <= edges[counts.argmax() + 1] + 0.05
    assert spreads == sorted(spreads) and spreads[-1] == pytest.approx(12.0**-0.5, rel=1e-3)


def test_a_switch_is_on_as_often_as_its_line_states():
    stated = {path: REGISTRY[path].probability for path in UNCERTAIN if path.startswith("structure.")}
    ranges = likely_ranges([BASE])[0]
    drawn = draw_worlds({path: ranges[path] for path in stated}, 1024, 1, method="sobol")
    assert len(stated) >= 3
    for path, probability in stated.items():
        assert set(drawn[path]) == {0.0, 1.0} and drawn[path].mean() == pytest.approx(probability, abs=2 / 1024)
        assert REGISTRY[path].distribution == f"on with probability {probability:g}" and REGISTRY[path].reason


def test_a_switch_that_is_an_extreme_of_a_drawn_parameter_has_no_probability_of_its_own():
    from simlead.model.structure import OVERRIDES
    for name, overridden in OVERRIDES.items():
        if set(overridden) & set(UNCERTAIN):
            assert REGISTRY[f"structure.{name}"].probability is None


def test_what_acts_with_a_mechanism_that_is_off_is_not_drawn():
    ranges, left = likely_ranges([BASE])
    assert not {"market.quarter_end_share", "market.quarter_end_weeks"} & {*ranges, *left}
    assert "world.rivals_answer_share" in ranges  # its switch is drawn
    pulled = likely_ranges([BASE.change({"market.quarter_end_share": 0.2})])[0]
    assert {"market.quarter_end_share", "market.quarter_end_weeks", "market.quarter_end_discount"} <= set(pulled)


@pytest.mark.parametrize("method", ["sobol", "latin_hypercube"])
def test_a_column_stays_when_others_are_added_and_each_seed_has_its_own(method):
    ranges = likely_ranges([BASE])[0]
    alone = draw_worlds({"market.rivals": ranges["market.rivals"]}, 32, 5, method=method)
    all_of_them = draw_worlds(ranges, 32, 5, method=method)
    assert alone["market.rivals"].tolist() == all_of_them["market.rivals"].tolist()
    other = draw_worlds(ranges, 32, 6, method=method)
    assert other["world.skill_effect"].tolist() != all_of_them["world.skill_effect"].tolist()


# --- worlds


def test_weights_of_worlds_that_nothing_weighs_are_equal():
    found = uncalibrated(n=10)
    assert found.table["weight"].tolist() == [0.1] * 10 and found.effective_size == pytest.approx(10.0)
    assert len(found) == 10 and found.calibrated == () and found.facts.empty
    assert found.drawn == tuple(likely_ranges([BASE])[0])


def test_no_two_of_the_drawn_columns_go_together():
    """Of 4,000 pairs of independent columns of 100, one correlates beyond .6 for fewer than 1 in 100,000."""
    drawn = uncalibrated(n=100)
    columns = drawn.table[[path for path in drawn.drawn if drawn.table[path].nunique() > 2]].to_numpy(float)
    pairs = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert columns.shape[1] > 80 and np.abs(pairs).max() < 0.6
    sobol = draw_worlds(drawn.ranges, 100, 0, method="sobol")
    assert np.nanmax(np.abs(np.corrcoef(sobol.to_numpy(float).T) - np.eye(sobol.shape[1]))) > 0.6  # why it is not it


def test_a_client_is_unsure_of_numbers_of_its_own():
    found = uncalibrated(also={MARGIN: (0.30, 0.40), "market.opportunities_per_seat_year": (340, 360)})
    assert found.table[MARGIN].between(0.30, 0.40).all()
    assert found.table[MARGIN].std() == pytest.approx(0.1 * 12.0**-0.5, rel=0.05)
    assert found.table["market.opportunities_per_seat_year"].between(340, 360).all()
    placed = found.place(BASE, 7)
    assert placed.organisation.contribution_margin == found.table[MARGIN][7]


def test_a_policy_is_put_into_a_world_and_keeps_what_it_states_otherwise():
    found = uncalibrated(parameters=["world.clarity_effect", "world.skill_effect", "structure.rivals_answer"])
    coached = preset("coaching").change({"world.skill_effect": 0.3})
    placed = found.place(coached, 11)
    row = found.table.iloc[11]
    assert placed.policy == coached.policy and placed.world.skill_effect == 0.3
    assert placed.world.clarity_effect == row["world.clarity_effect"]
    assert placed.structure.rivals_answer is bool(row["structure.rivals_answer"])
    assert placed.world.clarity_exponent == pytest.approx(
        BASE.world.clarity_exponent * row["world.clarity_effect"] / BASE.world.clarity_effect)
    with pytest.raises(ParameterError, match="world = 64: allowed is a whole number from 0 to 63"):
        found.place(coached, 64)


def test_worlds_can_be_sent_to_workers():
    found = uncalibrated(n=4)
    there = pickle.loads(pickle.dumps(found))  # noqa: S301 - what a worker gets
    assert there.table.equals(found.table) and there.place(BASE, 2) == found.place(BASE, 2)


def test_worlds_show_the_status_quo_that_their_firm_shows():
    """A firm that loses fewer deals to no decision and wins as many is less attractive to its buyers."""
    settings = {"parameters": {"world.no_decision_utility": (0.8, 1.6)}, "weighted": False, "workers": 1}
    found = worlds(SMALL, 8, **settings)
    utility = found.table["world.no_decision_utility"]
    assert np.corrcoef(utility, found.table["world.our_utility"])[0, 1] > 0.9
    nearest = (utility - BASE.world.no_decision_utility).abs().idxmin()
    assert found.table["world.our_utility"][nearest] == pytest.approx(BASE.world.our_utility, abs=0.05)
    assert set(found.calibration_error["parameter"]) == set(found.calibrated)
    assert (found.calibration_error["sd"] < found.calibration_error["between_worlds"] + 1e-9).any()


@pytest.mark.parametrize(("settings", "message"), [
    ({"n": 0}, "n = 0: allowed is a whole number from 1"),
    ({"method": "sobel"}, "method = 'sobel': allowed is sobol | latin_hypercube; did you mean sobol?"),
    ({"also": {MARGIN: (0.3, 1.4)}}, f"{MARGIN} = 1.4: allowed is 0 to 1"),
    ({"also": {MARGIN: (0.4, 0.3)}}, "low = 0.4 is not below high = 0.3"),
    ({"also": {MARGIN: 0.3}}, "a range is needed, such as (low, high)"),
    ({"also": {"policy.coaching_share": (0.1, 0.3)}}, "not an uncertainty; numbers of organisation and market"),
    ({"also": {"organisation.quota_per_year": (1e5, 1e6)}}, "follows from calibration"),
    ({"parameters": {"structure.no_cover": None}}, "the registry states no probability; give one"),
    ({"parameters": {"structure.no_cover": 2.0}}, "a probability is needed; allowed is 0 to 1"),
    ({"parameters": []}, "at least one is needed"),
    ({"scenario": SMALL.change({"calendar.warmup_weeks": 20})}, "52 or more are needed, for worlds are calibrated"),
])
def test_what_cannot_be_drawn_is_refused_in_one_line(settings, message):
    with pytest.raises(ParameterError) as refusal:
        worlds(settings.pop("scenario", BASE), settings.pop("n", 4), weighted=False, **settings)
    assert message in str(refusal.value) and "\n" not in str(refusal.value)
