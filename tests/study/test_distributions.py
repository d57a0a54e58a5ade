"""Factors with a distribution: known quantiles and moments, and what cannot be."""

import math

import numpy as np
import pytest
from scipy import stats

from simlead.model.parameters import ParameterError
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.factors import Factor, checked_factors
from simlead.study.studies.kinds import factorial, grid, latin_hypercube, morris, sobol
from simlead.study.studies.study_file import study_of

Q = np.linspace(0.0, 1.0, 101)
SHARE = "policy.coaching_share"
SHAPES = {
    "triangular": (Factor(0.1, 0.7, distribution="triangular", mode=0.2),
                   stats.triang(c=1 / 6, loc=0.1, scale=0.6)),
    "normal": (Factor(0.1, 0.7, distribution="normal", mean=0.3, sd=0.2),
               stats.truncnorm(-1.0, 2.0, loc=0.3, scale=0.2)),
    "far tail": (Factor(0.6, 1.0, distribution="normal", mean=0.2, sd=0.1),
                 stats.truncnorm(4.0, 8.0, loc=0.2, scale=0.1)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_quantiles_are_those_of_scipy(name):
    factor, known = SHAPES[name]
    assert np.allclose(factor.at(Q), known.ppf(Q), rtol=1e-9, atol=1e-12)
    assert (min(factor.at(Q)), max(factor.at(Q))) == pytest.approx((factor.low, factor.high), rel=1e-12)


def test_a_lognormal_is_the_exponential_of_a_normal_cut_to_the_range():
    factor = Factor(0.05, 0.9, distribution="lognormal", median=0.3, sigma=0.5)
    a, b = (math.log(end / 0.3) / 0.5 for end in (0.05, 0.9))
    assert np.allclose(factor.at(Q), 0.3 * np.exp(0.5 * stats.truncnorm(a, b).ppf(Q)), rtol=1e-9)
    from_zero = Factor(0.0, 100.0, distribution="lognormal", median=2.0, sigma=0.5)
    assert from_zero.at(np.array([0.0]))[0] == 0.0
    assert from_zero.at(np.array([0.5]))[0] == pytest.approx(2.0, rel=1e-9)


@pytest.mark.parametrize("name", SHAPES)
def test_a_latin_hypercube_has_the_moments(name):
    factor, known = SHAPES[name]
    column = latin_hypercube({SHARE: factor}, points=4096, seed=1)[SHARE]
    assert column.mean() == pytest.approx(known.mean(), abs=1e-4)
    assert column.std() == pytest.approx(known.std(), rel=2e-3)
    assert column.between(factor.low, factor.high).all()


def test_strata_have_equal_probability():
    factor, known = SHAPES["normal"]
    column = latin_hypercube({SHARE: factor}, points=50, seed=2)[SHARE]
    assert sorted((known.cdf(column) * 50).astype(int)) == list(range(50))


def test_sobol_points_follow_the_distribution():
    factor, known = SHAPES["triangular"]
    column = sobol({SHARE: factor}, points=1024, seed=3)[SHARE]
    assert column.mean() == pytest.approx(known.mean(), abs=2e-3)


def test_weighted_values_come_up_in_proportion():
    factor = Factor(values=("best_seller", "random"), weights=(3, 1))
    column = latin_hypercube({"policy.promotion_rule": factor}, points=400, seed=1)["policy.promotion_rule"]
    assert column.value_counts().to_dict() == {"best_seller": 300, "random": 100}
    never = Factor(values=(0.1, 0.2, 0.3), weights=(1, 1, 0))
    assert set(never.at(Q)) == {0.1, 0.2}


def test_a_uniform_range_is_what_it_was():
    plain, named = Factor(0.1, 0.7), Factor(0.1, 0.7, distribution="uniform")
    assert plain.at(Q) == named.at(Q) == np.clip(0.1 + Q * (0.7 - 0.1), 0.1, 0.7).tolist()


def test_a_study_file_has_them_and_keeps_them():
    study = study_of({"design": {"kind": "latin_hypercube", "points": 16, "factors": {
        SHARE: {"low": 0.0, "high": 0.6, "distribution": "triangular", "mode": 0.2},
        "policy.kpi_review": {"values": [True, False], "weights": [1, 3]}}}})
    assert type(study).from_values(study.values()) == study
    assert study.design_table()["policy.kpi_review"].sum() == 4
    other = DesignSpec("latin_hypercube", {"points": 16}, {SHARE: {"low": 0.0, "high": 0.6}})
    assert other != study.design


@pytest.mark.parametrize(("factor", "said"), [
    ({"low": 0.0, "high": 1.0, "distribution": "triangle"}, "distribution = 'triangle': allowed is uniform | tri"),
    ({"low": 0.0, "high": 1.0, "distribution": 3}, "distribution = 3: allowed is uniform"),
    ({"low": 0.0, "high": 1.0, "distribution": "triangular"}, "mode is missing; a triangular distribution needs mode"),
    ({"low": 0.0, "high": 1.0, "distribution": "triangular", "mode": 2.0}, "mode = 2.0: allowed is low to high"),
    ({"low": 0.0, "high": 1.0, "distribution": "normal", "mean": 0.5}, "sd is missing; a normal distribution needs"),
    ({"low": 0.0, "high": 1.0, "distribution": "normal", "mean": 0.5, "sd": 0.0}, "sd = 0.0: allowed is more than 0"),
    ({"low": 0.0, "high": 1.0, "distribution": "normal", "mean": "0.5", "sd": 1}, "mean = '0.5': a number is needed"),
    ({"low": 0.0, "high": 1.0, "distribution": "normal", "mean": 9.0, "sd": 0.1}, "lies outside 0.0 to 1.0"),
    ({"low": 0.0, "high": 1.0, "distribution": "normal", "mean": 0.5, "sd": 1, "mode": 1}, "mode: a normal"),
    ({"low": 0.0, "high": 1.0, "distribution": "lognormal", "median": 0.5, "sigma": math.inf}, "a number is needed"),
    ({"low": 0.0, "high": 1.0, "mode": 0.5}, "mode without a distribution"),
    ({"low": 0.0, "high": 1.0, "levels": 3, "distribution": "uniform"}, "levels with a distribution"),
    ({"low": 0.0, "high": 1.0, "weights": [1, 2]}, "weights without values"),
    ({"values": [0.1, 0.2], "weights": [1]}, "weights has 1: a weight for each of the 2 values"),
    ({"values": [0.1, 0.2], "weights": [0, 0]}, "weights are all 0"),
    ({"values": [0.1, 0.2], "weights": [1, -1]}, "weights has -1: a number, 0 or more"),
    ({"values": [0.1, 0.2], "weights": "12"}, "weights = '12': a list is needed"),
    ({"values": [0.1, 0.2], "distribution": "normal"}, "values with distribution; values have weights"),
])
def test_what_cannot_be_is_refused_in_one_line(factor, said):
    with pytest.raises(ParameterError) as refused:
        checked_factors({SHARE: factor})
    message = str(refused.value)
    assert message.startswith(f"{SHARE}: ") and said in message and "\n" not in message


def test_whole_numbers_have_weights_instead():
    with pytest.raises(ParameterError, match="distribution: a whole-number parameter has values and weights"):
        checked_factors({"organisation.teams": {"low": 2, "high": 8, "distribution": "triangular", "mode": 3}})


@pytest.mark.parametrize("make", [
    grid, factorial, lambda factors: morris(factors, trajectories=2)])
def test_a_design_that_draws_no_quantiles_refuses_them(make):
    for factor in (SHAPES["triangular"][0], Factor(values=(0.1, 0.2), weights=(1, 2))):
        with pytest.raises(ParameterError, match=r"draws no quantiles; allowed is in a latin_hypercube \| sobol"):
            make({SHARE: factor})
