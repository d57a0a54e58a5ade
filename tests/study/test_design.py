"""A design visits the points it promises, the same ones every time, and none that cannot be."""

import itertools
import json
import pickle
import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.studies.design import (
    KINDS,
    LARGEST_DESIGN,
    LARGEST_LISTED_TABLE,
    DesignSpec,
    Factor,
    checked_design,
    factorial,
    grid,
    latin_hypercube,
    morris,
    sobol,
    table_design,
    table_hash,
)
from simlead.study.studies.factors import checked_factors, equally_spaced
from simlead.study.studies.points import crossed

SHARE, CLARITY, TEAMS = "policy.coaching_share", "policy.role_clarity", "organisation.teams"
REVIEW, RULE = "policy.kpi_review", "policy.promotion_rule"
MIXED = {
    SHARE: {"low": 0.0, "high": 0.7},
    TEAMS: {"low": 2, "high": 6},
    REVIEW: {"values": [True, False]},
    RULE: {"values": ["best_seller", "best_coach", "random"]},
    CLARITY: {"low": 0.0, "high": 1.0, "levels": 6},
}
TWO_ENDS = {SHARE: Factor(0.0, 0.7), TEAMS: Factor(2, 6), REVIEW: Factor(values=(True, False))}
EACH_KIND = [
    ("grid", {}, {SHARE: Factor(0.0, 0.7, 8), REVIEW: Factor(values=(True, False))}),
    ("latin_hypercube", {"points": 17}, MIXED),
    ("sobol", {"points": 8, "second_order": True}, MIXED),
    ("morris", {"trajectories": 5, "levels": 6}, MIXED),
    ("factorial", {"resolution": 3}, TWO_ENDS),
    ("factorial", {"centre": True}, {SHARE: Factor(0.0, 0.7), TEAMS: Factor(2, 6)}),
]


def refusal(ask, *arguments, **more):
    with pytest.raises(ParameterError) as caught:
        ask(*arguments, **more)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- every kind


def test_every_kind_is_tried_here():
    assert {kind for kind, _, _ in EACH_KIND} == set(KINDS)


@pytest.mark.parametrize(("kind", "stated", "factors"), EACH_KIND)
def test_values_have_the_registrys_types_and_are_valid(kind, stated, factors):
    table = DesignSpec(kind, stated, factors).points(seed=3)
    assert list(table.columns) == list(factors)
    for name in table:
        assert {type(value) for value in table[name].tolist()} == {type(REGISTRY[name].default)}
    pd.testing.assert_frame_equal(checked_design(table, Scenario()), table)


@pytest.mark.parametrize(("kind", "stated", "factors"), EACH_KIND)
def test_the_size_is_known_before(kind, stated, factors):
    spec = DesignSpec(kind, stated, factors)
    assert spec.size == len(spec.points(seed=0))


@pytest.mark.parametrize(("kind", "stated", "factors"), EACH_KIND)
def test_the_same_seed_gives_the_same_design_whatever_else_draws(kind, stated, factors):
    spec = DesignSpec(kind, stated, factors)
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    first = spec.points(seed=5)
    np.random.seed(2)  # noqa: NPY002
    random.seed(2)
    before = np.random.get_state()[1].tolist(), random.getstate()  # noqa: NPY002
    again = spec.points(seed=5)
    assert before == (np.random.get_state()[1].tolist(), random.getstate())  # noqa: NPY002
    pd.testing.assert_frame_equal(first, again)
    assert first.equals(spec.points(seed=6)) is (not KINDS[kind].seeded)


@pytest.mark.parametrize(("kind", "stated", "factors"), EACH_KIND)
def test_a_description_comes_back_from_json_and_from_a_pickle(kind, stated, factors):
    spec = DesignSpec(kind, stated, factors)
    again = DesignSpec.from_values(json.loads(json.dumps(spec.values())))
    assert again == spec == pickle.loads(pickle.dumps(spec))
    assert table_hash(again.points(seed=1)) == table_hash(spec.points(seed=1))


def test_a_function_of_ones_own_has_names_without_a_dot():
    table = sobol({"x1": {"low": -3, "high": 3}, "x2": Factor(0, 1)}, points=4)
    assert table.dtypes.tolist() == [np.float64] * 2
    assert "x1: no such parameter" in refusal(DesignSpec, "sobol", {"points": 4}, {"x1": Factor(0, 1)})


# --- factors


@given(st.integers(-500, 500), st.integers(1, 500), st.integers(2, 50), st.sampled_from([10, 100, 1000]))
def test_levels_are_the_floats_nearest_to_the_exact_decimals(start, step, levels, units):
    low, high = start / units, (start + step * (levels - 1)) / units
    exact = [Fraction(start + step * number, units) for number in range(levels)]
    assert equally_spaced(low, high, levels) == tuple(float(value) for value in exact)


@pytest.mark.parametrize(("factor", "words"), [
    ({"low": 0.0, "high": 1.5}, "high = 1.5: allowed is 0 to 1"),
    ({"low": float("nan"), "high": 1}, "low = nan: allowed is 0 to 1"),
    ({"low": "0.1", "high": 1}, "low = '0.1': allowed is 0 to 1"),
    ({"low": 0, "high": 10**400}, "allowed is 0 to 1"),
    ({"low": 0.5, "high": 0.2}, "low = 0.5 is not below high = 0.2"),
    ({"low": 0.5, "high": 0.5}, "low = 0.5 is not below high = 0.5"),
    ({"low": 0.5}, "high is missing"),
    ({}, "low is missing"),
    ({"low": 0, "high": 1, "levels": 1}, "levels = 1: allowed is a whole number from 2 to 1000"),
    ({"low": 0, "high": 1, "levels": 1_000_000}, "levels = 1000000: allowed is a whole number from 2 to 1000"),
    ({"low": 0, "high": 1, "levels": 2.0}, "levels = 2.0: allowed is a whole number"),
    ({"low": 0, "high": 1, "levels": True}, "levels = True: allowed is a whole number"),
    ({"low": 0, "high": 1, "level": 3}, "level is not a factor's; allowed is low | high | "),
    ({"low": 0, "high": 1, "values": [0.5, 1]}, "values with low, high or levels"),
    ({"values": []}, "values has 0: allowed is 2 to 1000"),
    ({"values": [0.5]}, "values has 1: allowed is 2 to 1000; a value that stays the same belongs to the scenario"),
    ({"values": [0.5, 0.7, 0.5]}, "values has 0.5 twice"),
    ({"values": [0.5, 1.7]}, "policy.coaching_share = 1.7: allowed is 0 to 1"),
    ({"values": "0.5"}, "values = '0.5': a list is needed"),
    ({"values": 3}, "values = 3: a list is needed"),
    ([0.1, 0.2], "[0.1, 0.2] is no factor; write { low = "),
    (0.5, "0.5 is no factor"),
    (None, "None is no factor"),
])
def test_what_a_factor_may_not_be(factor, words):
    message = refusal(checked_factors, {SHARE: factor})
    assert words in message and message.startswith("policy.coaching_share"), message


@pytest.mark.parametrize(("name", "factor", "words"), [
    ("policy.coachng_share", Factor(0, 1), "no such parameter; did you mean policy.coaching_share?"),
    ("policy.", Factor(0, 1), "policy.: no such parameter"),
    ("", Factor(0, 1), "no such parameter"),
    (3, Factor(0, 1), "3: no such parameter"),
    (REVIEW, Factor(0, 1), "low and high mean nothing here; write values = [...] with true | false"),
    (RULE, Factor(0, 1), "write values = [...] with best_seller | best_coach"),
    (RULE, Factor(values=("random", "best_coch")), "did you mean best_coach?"),
    (TEAMS, Factor(2, 4.5), "high = 4.5: allowed is a whole number"),
    (TEAMS, Factor(2, 7, 3), "levels = 3 from 2 to 7 are not all whole numbers"),
    (TEAMS, Factor(values=(2, 2.5)), "organisation.teams = 2.5: allowed is a whole number"),
    (TEAMS, Factor(values=(2, 2.0)), "values has 2 twice"),
    ("x", Factor(0, float("inf")), "x: high = inf: a number is needed"),
    ("x", Factor("a", 1), "x: low = 'a': a number is needed"),
])
def test_what_a_factor_of_another_kind_may_not_be(name, factor, words):
    assert words in refusal(checked_factors, {name: factor})


@pytest.mark.parametrize("factors", [None, [], 3, "policy.coaching_share", [SHARE]])
def test_what_are_no_factors(factors):
    assert "factors = " in refusal(checked_factors, factors)


@pytest.mark.parametrize("make", [grid, factorial])
def test_a_design_without_factors_is_empty(make):
    assert refusal(make, {}) == "factors: none given; a design varies at least one"


# --- grid


def test_a_grid_holds_every_combination_once_the_last_factor_fastest():
    table = grid({
        SHARE: Factor(0.0, 0.7, 8), TEAMS: Factor(values=(5, 2)), RULE: Factor(values=("random", "external"))})
    assert list(table.itertuples(index=False, name=None)) == list(itertools.product(
        [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], [5, 2], ["random", "external"]))


def test_a_grid_needs_to_know_its_levels():
    assert "policy.coaching_share: levels is missing" in refusal(grid, {SHARE: Factor(0.0, 0.7)})
    assert "organisation.teams: levels is missing" in refusal(grid, {TEAMS: Factor(2, 4)})


# --- Latin hypercube


@given(st.integers(1, 60), st.integers(0, 2**63 - 1))
def test_each_stratum_is_visited_once(points, seed):
    share = latin_hypercube({CLARITY: Factor(0.0, 1.0)}, points, seed)[CLARITY]
    assert sorted(np.floor(share * points).astype(int)) == list(range(points))


@given(st.integers(1, 60), st.integers(2, 9), st.integers(0, 99))
def test_each_of_the_values_comes_up_equally_often_or_once_more(points, values, seed):
    table = latin_hypercube({TEAMS: Factor(2, 1 + values), CLARITY: Factor(0.0, 1.0, values)}, points, seed)
    for name in table:
        counts = [int((table[name] == value).sum()) for value in checked_factors({
            TEAMS: Factor(2, 1 + values), CLARITY: Factor(0.0, 1.0, values)})[name].choices()]
        assert sum(counts) == points and max(counts) - min(counts) <= 1


def test_another_factor_leaves_a_factors_column_as_it_was():
    alone = latin_hypercube({SHARE: Factor(0.0, 0.7)}, 20, seed=4)
    beside = latin_hypercube({TEAMS: Factor(2, 9), SHARE: Factor(0.0, 0.7)}, 20, seed=4)
    assert alone[SHARE].tolist() == beside[SHARE].tolist()


def test_factors_are_paired_at_random_and_values_lie_anywhere_in_their_strata():
    points = 2000
    table = latin_hypercube({SHARE: Factor(0.0, 1.0), CLARITY: Factor(0.0, 1.0)}, points, seed=1)
    # Both are about normal under chance; 4.4 standard deviations are a false alarm in 10^5.
    assert abs(table.corr().iloc[0, 1]) < 4.4 / np.sqrt(points)
    within = (table[SHARE] * points) % 1.0
    assert abs(within.mean() - 0.5) < 4.4 * np.sqrt(1 / 12 / points)


# --- Sobol


@pytest.mark.parametrize("second_order", [False, True])
def test_a_sobol_sample_is_in_the_order_of_saltelli(second_order):
    count = len(MIXED)
    table = sobol(MIXED, 16, second_order, seed=2)
    block = 2 * count + 2 if second_order else count + 2
    assert len(table) == 16 * block
    for start in range(0, len(table), block):
        rows = [list(row) for row in table.iloc[start:start + block].itertuples(index=False, name=None)]
        first, last = rows[0], rows[-1]
        for number in range(count):
            assert rows[1 + number] == [*first[:number], last[number], *first[number + 1:]]
            if second_order:
                assert rows[1 + count + number] == [*last[:number], first[number], *last[number + 1:]]


def test_saltellis_analysis_finds_the_known_indices_of_a_sum():
    from SALib.analyze import sobol as analyse

    names = ["a", "b", "c"]
    table = sobol({name: Factor(0, 1) for name in names}, 1024, seed=1)
    outcome = 4 * table["a"] + 3 * table["b"] + 2 * table["c"]
    problem = {"num_vars": 3, "names": names, "bounds": [[0, 1]] * 3}
    found = analyse.analyze(problem, outcome.to_numpy(), calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx(np.array([16, 9, 4]) / 29, abs=0.01)


def test_a_sobol_sample_gives_each_value_its_share_of_the_axis():
    table = sobol({REVIEW: Factor(values=(True, False)), "organisation.seats_per_team": Factor(4, 7)}, 64, seed=9)
    first = table.iloc[::4]  # the rows A: a Sobol sequence puts 1 in 4 into each quarter
    assert first[REVIEW].sum() == 32
    assert first["organisation.seats_per_team"].value_counts().to_dict() == {4: 16, 5: 16, 6: 16, 7: 16}


@pytest.mark.parametrize(("points", "words"), [
    (100, "points = 100: allowed is a power of two, such as 64 or 128"),
    (1, "points = 1: allowed is a whole number from 2 to"),
    (0, "points = 0"), (-8, "points = -8"), (8.0, "points = 8.0"), ("8", "points = '8'"), (True, "points = True"),
])
def test_points_of_a_sobol_sample_are_a_power_of_two(points, words):
    assert words in refusal(sobol, MIXED, points)


# --- Morris


def test_each_step_of_a_trajectory_changes_one_factor_by_half_the_axis():
    levels = {
        SHARE: [0.0, 0.1, 0.2, 0.3, 0.4, 0.5], TEAMS: [2, 3, 4, 5, 6], REVIEW: [True, False],
        RULE: ["best_seller", "best_coach", "random"], CLARITY: [0.0, 0.2, 0.4, 0.6, 0.8, 1.0],
    }
    table = morris({**MIXED, SHARE: {"low": 0.0, "high": 0.5}}, trajectories=40, levels=6, seed=8)
    for start in range(0, len(table), 6):
        rows = list(table.iloc[start:start + 6].itertuples(index=False, name=None))
        changed = [[name for name, here, there in zip(table, before, after, strict=True) if here != there]
                   for before, after in itertools.pairwise(rows)]
        assert sorted(name for step in changed for name in step) == sorted(MIXED)
        assert all(len(step) == 1 for step in changed)
    for name, values in levels.items():
        assert set(table[name]) == set(values)
    steps = (table[SHARE].diff().abs().round(9)[table.index % 6 > 0]).value_counts().to_dict()
    assert steps == {0.0: 160, 0.3: 40}


@pytest.mark.parametrize("levels", [2, 4, 10, 26, 50, 98])
def test_a_trajectory_is_on_its_levels_and_steps_by_half_of_them(levels):
    table = morris({"x": Factor(0, levels - 1), "y": Factor(0, 1)}, trajectories=100, levels=levels)
    steps = table["x"].diff().abs()[table.index % 3 > 0]
    assert set(steps) == {0.0, levels / 2}
    assert set(table["x"]) <= set(range(levels))
    assert set(table["y"]) <= set(equally_spaced(0.0, 1.0, levels))


def test_morriss_analysis_finds_the_slopes_of_a_plane():
    from SALib.analyze import morris as analyse

    table = morris({"a": Factor(0, 1), "b": Factor(0, 2)}, trajectories=10, seed=1)
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 2]]}
    outcome = 3 * table["a"] - 5 * table["b"]
    found = analyse.analyze(problem, table.to_numpy(), outcome.to_numpy(), num_levels=4, seed=1)
    assert found["mu"].tolist() == pytest.approx([3.0, -10.0])  # per whole axis
    assert found["sigma"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("factor", [Factor(values=(True, False)), Factor(values=("best_seller", "random", "external"))])
@pytest.mark.parametrize("levels", [2, 4, 6, 10])
def test_a_discrete_factor_changes_with_every_step_and_takes_all_its_values(factor, levels):
    name = REVIEW if factor.values[0] is True else RULE
    table = morris({name: factor}, trajectories=200, levels=levels, seed=1)
    values = table[name].tolist()
    assert all(before != after for before, after in zip(values[::2], values[1::2], strict=True))
    assert len(set(values)) == min(len(factor.values), levels)


@pytest.mark.parametrize(("stated", "words"), [
    ({"trajectories": 10, "levels": 5}, "levels = 5: allowed is an even number"),
    ({"trajectories": 10, "levels": 0}, "levels = 0: allowed is a whole number from 2 to 100"),
    ({"trajectories": 1}, "trajectories = 1: allowed is a whole number from 2 to"),
])
def test_what_a_morris_design_may_not_be(stated, words):
    assert words in refusal(morris, MIXED, **stated)


# --- factorial


def signs(table: pd.DataFrame) -> np.ndarray:
    return np.where(table.to_numpy() > 0.5, 1, -1)


def unit(count: int) -> dict[str, Factor]:
    return {f"x{number}": Factor(0, 1) for number in range(count)}


def test_a_full_factorial_in_standard_order():
    table = factorial({SHARE: Factor(0.1, 0.5), REVIEW: Factor(values=(False, True)), TEAMS: Factor(2, 3)})
    assert list(table.itertuples(index=False, name=None)) == [
        (share, review, teams) for teams in (2, 3) for review in (False, True) for share in (0.1, 0.5)]


@pytest.mark.parametrize(("resolution", "factors", "runs"), [  # runs as in the tables of Box, Hunter and Hunter
    (3, 3, 4), (3, 5, 8), (3, 7, 8), (3, 9, 16), (3, 15, 16), (3, 16, 32),
    (4, 4, 8), (4, 6, 16), (4, 8, 16), (4, 9, 32), (4, 16, 32),
    (5, 4, 16), (5, 5, 16), (5, 6, 32), (5, 7, 64), (5, 8, 64),
])
def test_a_fraction_keeps_its_resolution(resolution, factors, runs):
    table = factorial(unit(factors), resolution)
    assert len(table) == runs
    columns = signs(table)
    for count in range(1, resolution):
        for chosen in itertools.combinations(range(factors), count):
            assert columns[:, chosen].prod(axis=1).sum() == 0
    assert (columns == 1).all(axis=1).sum() == 1
    assert not pd.DataFrame(columns).duplicated().any()


def test_three_factors_in_four_runs_are_the_textbooks_half():
    assert signs(factorial(unit(3), 3)).prod(axis=1).tolist() == [1, 1, 1, 1]  # C = AB


def test_the_centre_is_the_middle_of_every_range():
    table = factorial({SHARE: Factor(0.1, 0.5), TEAMS: Factor(2, 4), CLARITY: Factor(values=(0.2, 0.4))}, centre=True)
    assert list(table.iloc[-1]) == [0.3, 3, 0.3] and len(table) == 9


@pytest.mark.parametrize(("factors", "stated", "words"), [
    ({RULE: Factor(values=("random", "external"))}, {"centre": True}, "in the middle of random and external"),
    ({REVIEW: Factor(values=(True, False))}, {"centre": True}, "in the middle of True and False"),
    ({TEAMS: Factor(2, 3)}, {"centre": True}, "in the middle of 2 and 3"),
    ({SHARE: Factor(0.0, 0.7, 8)}, {}, "two levels"),
    ({SHARE: Factor(values=(0.0, 0.1, 0.2))}, {}, "two levels"),
    ({SHARE: Factor(0.0, 0.7)}, {"resolution": 6}, "resolution = 6: allowed is a whole number from 3 to 5"),
    ({SHARE: Factor(0.0, 0.7)}, {"centre": 1}, "centre = 1: allowed is true | false"),
])
def test_what_a_factorial_design_may_not_be(factors, stated, words):
    assert words in refusal(factorial, factors, **stated)


# --- too large


ALL_SHARES = {path: Factor(line.low, line.high, 1000) for path, line in REGISTRY.items() if type(line.default) is float}


@pytest.mark.parametrize(("kind", "stated", "factors"), [
    ("grid", {}, {SHARE: Factor(0, 1, 1000), CLARITY: Factor(0, 1, 1000), "policy.accountability": Factor(0, 1, 2)}),
    ("grid", {}, ALL_SHARES),
    ("latin_hypercube", {"points": 10**9}, MIXED),
    ("sobol", {"points": 2**30}, MIXED),
    ("sobol", {"points": 2**19}, MIXED),
    ("morris", {"trajectories": 10**9}, MIXED),
    ("morris", {"trajectories": 500_000}, MIXED),
    ("factorial", {}, {path: Factor(factor.low, factor.high) for path, factor in ALL_SHARES.items()}),
])
def test_a_design_too_large_is_refused_before_it_is_made(kind, stated, factors):
    assert str(LARGEST_DESIGN) in refusal(DesignSpec, kind, stated, factors)
    assert str(LARGEST_DESIGN) in refusal(KINDS[kind].make, factors, **stated)


def test_a_table_too_large_is_refused():
    table = pd.DataFrame({SHARE: np.zeros(LARGEST_DESIGN + 1)})
    assert refusal(checked_design, table, Scenario()) == "design: 1000001 points; allowed is at most 1000000"


# --- descriptions


@pytest.mark.parametrize(("kind", "stated", "words"), [
    ("gird", {}, "kind = 'gird': allowed is grid | latin_hypercube | sobol | morris | factorial | table; did you mean"),
    (3, {}, "kind = 3: allowed is grid"),
    (["grid"], {}, "kind = ['grid']: allowed is grid"),
    ("grid", {"points": 8}, "design.points: a grid has no such key; allowed is kind | factors"),
    ("latin_hypercube", {"pionts": 8}, "design.pionts: a latin_hypercube has no such key; allowed is kind | points"),
    ("latin_hypercube", {}, "design: points is missing; a latin_hypercube needs it"),
    ("morris", {}, "design: trajectories is missing"),
    ("grid", 3, "a table of settings is needed"),
    ("table", {}, "DesignSpec.of_table"),
])
def test_what_a_description_may_not_say(kind, stated, words):
    assert words in refusal(DesignSpec, kind, stated, {SHARE: Factor(0.0, 0.7, 8)})


def test_the_order_of_factors_is_part_of_a_design():
    factors = {CLARITY: Factor(0.0, 1.0, 2), SHARE: Factor(0.0, 0.7, 8)}
    one, other = DesignSpec("grid", {}, factors), DesignSpec("grid", {}, dict(reversed(factors.items())))
    assert one != other
    again = DesignSpec.from_values(json.loads(json.dumps(one.values(), sort_keys=True)))
    assert again == one and again.names == one.names == (CLARITY, SHARE)


def test_a_design_has_factors_or_points():
    assert "a grid has factors" in refusal(DesignSpec, "grid", {}, {SHARE: Factor(0.0, 0.7, 8)}, pd.DataFrame())


def test_numpys_numbers_are_numbers():
    spec = DesignSpec("sobol", {"points": np.int64(8)}, {SHARE: Factor(np.float64(0.0), np.float32(0.5))})
    assert json.loads(json.dumps(spec.values()))["settings"] == {"points": 8, "second_order": False}
    assert spec.size == 24


def test_a_description_does_not_change():
    spec = DesignSpec("latin_hypercube", {"points": 8}, MIXED)
    with pytest.raises(TypeError):
        spec.settings["points"] = 9
    with pytest.raises(TypeError):
        spec.factors[SHARE] = Factor(0, 1)
    table = pd.DataFrame({SHARE: [0.1, 0.2]})
    listed = DesignSpec.of_table(table)
    table.loc[0, SHARE] = 0.9
    handed_out = listed.points(0)
    handed_out.loc[0, SHARE] = 0.9
    assert listed.points(0)[SHARE].tolist() == [0.1, 0.2]


# --- tables


def test_a_table_is_taken_as_it_stands_points_twice_too():
    table = pd.DataFrame({RULE: ["random", "external", "random"], TEAMS: [2.0, 3.0, 2.0]}, index=[7, 7, 1])
    points = table_design(table)
    assert points.to_dict("list") == {RULE: ["random", "external", "random"], TEAMS: [2, 3, 2]}
    assert points.index.tolist() == [0, 1, 2]


def test_a_small_tables_points_stand_in_its_description():
    spec = DesignSpec.of_table(pd.DataFrame({RULE: ["random", "external"], SHARE: [0.1, 0.30000000000000004]}))
    again = DesignSpec.from_values(json.loads(json.dumps(spec.values())))
    assert again == spec == pickle.loads(pickle.dumps(spec))
    pd.testing.assert_frame_equal(again.points(0), spec.points(0))


def test_a_large_tables_points_are_known_by_their_hash():
    table = latin_hypercube({SHARE: Factor(0.0, 0.7)}, LARGEST_LISTED_TABLE + 1)
    spec = DesignSpec.of_table(table)
    values = json.loads(json.dumps(spec.values()))
    assert len(json.dumps(values)) < 300
    assert DesignSpec.from_values(values, table) == spec
    assert "kept apart" in refusal(DesignSpec.from_values, values)
    assert "not the points" in refusal(DesignSpec.from_values, values, table.iloc[1:])


def test_a_tables_hash_sees_values_types_names_and_order():
    tables = [pd.DataFrame(columns) for columns in (
        {"a": [1, 2]}, {"a": [2, 1]}, {"a": [1.0, 2.0]}, {"b": [1, 2]}, {"a": ["1", "2"]}, {"a": [1, 2], "b": [1, 2]},
        {"b": [1, 2], "a": [1, 2]}, {"a": [True, False]}, {"a": [1]}, {"a": [1, 2, 3]})]
    assert len({table_hash(table) for table in tables}) == len(tables)
    assert table_hash(tables[0]) == table_hash(tables[0].set_index(pd.Index([5, 6])))


ROW = "design, row 1 (the first is 0): "


@pytest.mark.parametrize(("columns", "words"), [
    ({SHARE: [0.5, 1.5]}, f"{ROW}policy.coaching_share = 1.5: allowed is 0 to 1"),
    ({SHARE: [0.5, -0.1]}, f"{ROW}policy.coaching_share = -0.1: "),
    ({SHARE: [0.5, float("nan")]}, f"{ROW}policy.coaching_share is missing; allowed is 0 to 1"),
    ({SHARE: [0.5, None]}, f"{ROW}policy.coaching_share is missing"),
    ({SHARE: pd.array([0.5, None], "Float64")}, f"{ROW}policy.coaching_share is missing"),
    ({SHARE: [0.5, float("inf")]}, f"{ROW}policy.coaching_share = inf"),
    ({SHARE: [0.5, "0.5"]}, f"{ROW}policy.coaching_share = '0.5'"),
    ({SHARE: [0.5, True]}, f"{ROW}policy.coaching_share = True"),
    ({SHARE: [0.5, [0.5]]}, f"{ROW}policy.coaching_share = [0.5]: allowed is 0 to 1"),
    ({"world.skill_effect": np.array([1.0, REGISTRY["world.skill_effect"].high], np.float32) * np.float32(1 + 1e-7)},
     "world.skill_effect = "),
    ({SHARE: pd.Series([0.5, 1j], dtype=object)}, f"{ROW}policy.coaching_share = "),
    ({CLARITY: [1.0, True]}, f"{ROW}policy.role_clarity = True"),
    ({SHARE: [True, False]}, "row 0 (the first is 0): policy.coaching_share = True"),
    ({TEAMS: [2, 2.5]}, f"{ROW}organisation.teams = 2.5: allowed is a whole number"),
    ({TEAMS: [2, 10**400]}, f"{ROW}organisation.teams = 1000"),
    ({REVIEW: [True, 2]}, f"{ROW}policy.kpi_review = 2: allowed is true | false"),
    ({RULE: ["random", "best_coch"]}, f"{ROW}policy.promotion_rule = 'best_coch': allowed"),
    ({RULE: ["random", 1]}, f"{ROW}policy.promotion_rule = 1: allowed"),
    ({SHARE: [0.5, 0.9]}, f"{ROW}policy.coaching_share + policy.own_selling_share = 1.05: planned shares"),
    ({SHARE: [0.5, 0.5], "policy.own_selling_share": [0.5, 0.6]}, f"{ROW}policy.coaching_share + "),
    ({SHARE: [0.5, 0.5, 0.9]}, "design, row 2 (the first is 0): policy.coaching_share + "),
    ({"world.heroic_hours_low": [1.0, 39.0]}, f"{ROW}world.heroic_hours_high = "),
    ({"policy.coachng_share": [0.5]}, "policy.coachng_share: no such parameter; did you mean policy.coaching_share?"),
    ({3: [0.5]}, "3: no such parameter"),
    ({("a", "b"): [0.5]}, "('a', 'b'): no such parameter"),
    ({SHARE: []}, "design: no rows"),
    ({}, "design: no columns"),
])
def test_what_a_table_may_not_hold(columns, words):
    assert words in refusal(checked_design, pd.DataFrame(columns), Scenario())


def test_a_column_there_twice():
    table = pd.DataFrame([[0.1, 0.2]], columns=[SHARE, SHARE])
    assert refusal(checked_design, table, Scenario()) == "policy.coaching_share: a column twice"


@pytest.mark.parametrize("thing", [None, {SHARE: [0.1]}, [[0.1]], "points.csv"])
def test_what_is_no_table(thing):
    assert "a pandas DataFrame of dotted paths is needed" in refusal(checked_design, thing, Scenario())


@pytest.mark.parametrize("column", [
    np.array([0, 1], np.uint8), np.array([0, 1], np.float32), np.array([-0.0, 1.0]),
    pd.array([0, 1], "Int64"), pd.Series([0, 1], dtype=object), pd.Categorical([0, 1]),
])
def test_numbers_of_any_make_become_the_registrys(column):
    table = checked_design(pd.DataFrame({CLARITY: column}), Scenario())
    assert table[CLARITY].dtype == np.float64
    assert [repr(value) for value in table[CLARITY].tolist()] == ["0.0", "1.0"]


def test_switches_and_choices_of_any_make_become_the_registrys():
    table = pd.DataFrame({REVIEW: [0, 1], RULE: pd.Categorical(["random", "external"])})
    found = checked_design(table, Scenario())
    assert found[REVIEW].tolist() == [False, True] and found[REVIEW].dtype == bool
    assert found[RULE].tolist() == ["random", "external"]


def cells(path: str) -> st.SearchStrategy:
    line = REGISTRY[path]
    if line.choices:
        return st.sampled_from([*line.choices, "nobody"])
    if isinstance(line.default, bool):
        return st.sampled_from([True, False, 0, 1])
    margin = (line.high - line.low) / 8
    numbers = st.floats(line.low - margin / 8, line.high + margin / 8)
    return st.integers(int(line.low), int(line.high)) if isinstance(line.default, int) else numbers


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_point_is_accepted_if_and_only_if_the_scenario_takes_it(data):
    paths = data.draw(st.lists(st.sampled_from(list(REGISTRY)), min_size=1, max_size=6, unique=True))
    if data.draw(st.booleans()):
        paths = [SHARE, "policy.own_selling_share", "world.heroic_hours_low", "world.heroic_hours_high"]
    row = {path: data.draw(cells(path)) for path in paths}
    base = Scenario()
    table = pd.DataFrame([row])
    try:
        wanted = base.change(row)
    except ParameterError:
        refusal(checked_design, table, base)
    else:
        (found,) = checked_design(table, base).to_dict("records")
        assert base.change(found) == wanted
        assert [(path, wanted.values()[path]) for path in row] == list(found.items())


# --- crossed with effect sizes


def test_every_point_under_every_set_of_effect_sizes_the_base_first():
    bases = {"plain": Scenario(), "coached": Scenario().change({SHARE: 0.5, REVIEW: False})}
    table = crossed(pd.DataFrame({SHARE: [0.1, 0.3], REVIEW: [True, False]}), bases, baseline=True)
    assert list(table.itertuples(index=False, name=None)) == [
        (0, "plain", True, 0.2, True), (1, "plain", False, 0.1, True), (2, "plain", False, 0.3, False),
        (3, "coached", True, 0.5, False), (4, "coached", False, 0.1, True), (5, "coached", False, 0.3, False)]
    assert table.dtypes.iloc[[0, 2, 3, 4]].tolist() == [np.int64, bool, np.float64, bool]


def test_a_point_must_be_valid_under_every_set_of_effect_sizes():
    bases = {"plain": Scenario(), "sellers": Scenario().change({"policy.own_selling_share": 0.6})}
    crossed(pd.DataFrame({SHARE: [0.5]}), {"plain": bases["plain"]}, baseline=False)
    assert "= 1.1" in refusal(crossed, pd.DataFrame({SHARE: [0.5]}), bases, False)
