"""Planted claims of each kind are judged as they were planted: probabilities over the world and random numbers."""

import dataclasses
import math

import numpy as np
import pytest
from planted_claims import judged, planted

from simlead.model.parameters import ParameterError
from simlead.study.claims.arms import same
from simlead.study.claims.protocol import CLAIMS, STATUS_QUO, Claim, gain, policy
from simlead.study.records import DIRECTION, INTERACTION, RANKING, SIZE, Region

CLARITY = "policy.role_clarity"


def a_claim(kind=DIRECTION, **fields):
    row = {"number": 99, "key": "mine", "kind": kind, "unit": "share of status quo", "smallest": 0.02,
           "arms": {"clear": policy(role_clarity=0.9)}, "parts": ("clear",), "region": Region(low=0.02),
           "effect": lambda see: np.array([gain(see, "clear")]), "programme": "clear"}
    return Claim(**{**row, **fields})


def effect_of(share):
    """Revenue 1, with the arm more by `share` of the world (0 to 1); noise is shared, and a little is the arm's own.

    The sine of a large number is as good as another draw, with a standard deviation of .7.
    """
    def formula(changes, world, noise):
        more = share(world) if changes else 0.0 * world
        return 1.0 + 0.3 * noise + more + (0.07 * np.sin(1e5 * noise) if changes else 0.0)
    return formula


def probabilities(found):
    return [found.numbers[name] for name in ("p_holds", "p_no_difference", "p_reverse", "p_otherwise")]


def test_a_direction_that_depends_on_the_world_turns_where_it_was_planted():
    # The effect runs from -.1 to +.1: above .02 in 40 % of worlds, within .02 in 20 %, below in 40 %.
    found = judged(a_claim(), planted(a_claim(), effect_of(lambda world: 0.2 * world - 0.1), worlds=400))
    assert probabilities(found) == pytest.approx([0.4, 0.2, 0.4, 0.0], abs=0.08)
    assert sum(probabilities(found)) == pytest.approx(1.0)
    assert found.verdict == found.follows == "depends"
    assert found.numbers["depends_on"] == "world.skill_effect"
    assert found.numbers["switching_value"] == pytest.approx(0.6, abs=0.06)  # where the effect is .02
    assert found.drivers["parameter"][0] == "world.skill_effect" and found.drivers["variance_share"][0] > 0.7


def test_large_and_small_firms_with_one_effect_depend_on_what_moves_it_and_not_on_size():
    # Revenues differ by up to seven times; the effect is -10 to +10 % of a world's own, whatever its size.
    def formula(changes, world, noise):
        size = 4.0 + 3.0 * np.sin(1e4 * world)
        return size * (1.0 + 0.05 * noise) * (1.0 + (0.2 * world - 0.1 if changes else 0.0))

    found = judged(a_claim(), planted(a_claim(), formula, worlds=400))
    assert found.drivers["parameter"][0] == "world.skill_effect" and found.drivers["variance_share"][0] > 0.95
    assert found.numbers["switching_value"] == pytest.approx(0.6, abs=0.02)
    assert found.numbers["world_share"] > 0.99


@pytest.mark.parametrize(("level", "said"), [(0.2, "holds"), (-0.2, "does not hold"), (0.0, "does not hold")])
def test_what_is_so_in_every_world_is_sure(level, said):
    found = judged(a_claim(), planted(a_claim(), effect_of(lambda world: level + 0.0 * world), worlds=400))
    assert found.verdict == said
    assert probabilities(found)[{0.2: 0, -0.2: 2, 0.0: 1}[level]] > 0.95


def test_an_effect_of_exactly_the_smallest_of_interest_is_a_matter_of_chance():
    shares = [judged(a_claim(), planted(a_claim(), effect_of(lambda world: 0.02 + 0.0 * world), worlds=100,
                                        seed=seed)).numbers["p_holds"] for seed in range(12)]
    # By the symmetry of the noise each is as likely above as below one half; the mean of 12 has a deviation of .1.
    assert 0.1 < np.mean(shares) < 0.9


def test_more_runs_do_not_make_the_world_known():
    few, many = (judged(a_claim(), planted(a_claim(), effect_of(lambda world: 0.2 * world - 0.1), worlds=100,
                                           replications=count)).numbers for count in (2, 16))
    assert many["p_holds"] == pytest.approx(0.4, abs=0.1) and few["p_holds"] == pytest.approx(0.4, abs=0.2)
    assert many["world_share"] > few["world_share"] > 0.3
    assert many["high"] - many["low"] > 0.15  # the worlds' own range is .19 between its 2.5 % and 97.5 %


def test_a_size_that_is_missed_is_less_than_claimed():
    claim = a_claim(SIZE, region=Region(low=0.5), smallest=0.05)
    found = judged(claim, planted(claim, effect_of(lambda world: 0.3 + 0.0 * world), worlds=200))
    assert found.numbers["p_otherwise"] > 0.95 and found.verdict == "does not hold"


def test_effects_that_multiply_are_no_interaction_and_a_surplus_is():
    claim = dataclasses.replace(CLAIMS["reviews_and_coaching"])
    assert claim.kind == INTERACTION

    def multiply(surplus):
        def formula(changes, world, noise):
            review, coached = changes.get("policy.kpi_review", False), changes.get("policy.coaching_share", 0.0) > 0.2
            both = 1.0 + surplus if review and coached else 1.0
            return (1.3 if review else 1.0) * (1.2 if coached else 1.0) * both * np.exp(0.01 * noise + 0.05 * world)
        return formula

    none, some = (judged(claim, planted(claim, multiply(surplus))) for surplus in (0.0, 0.05))
    assert none.numbers["p_no_difference"] > 0.95 and none.verdict == "does not hold"  # additive, it would be +.06
    assert some.verdict == "holds" and some.numbers["effect"] == pytest.approx(math.log(1.05), abs=0.005)


def test_a_ranking_reports_the_probability_of_each_order():
    claim = CLAIMS["reasons_of_failure"]
    assert claim.kind == RANKING

    def formula(changes, world, noise):
        loss = 0.0 if changes == dict(claim.arms["well led"]) else 0.1
        if changes == dict(claim.arms["not coaching"]):
            loss = 0.3 * world  # the largest in the upper third of worlds, the least in the lower one
        elif changes == dict(claim.arms["selling on"]):
            loss = 0.2
        return 1.0 - loss + 0.02 * noise + 0.0 * world

    found = judged(claim, planted(claim, formula, worlds=300))
    orders = found.parts[found.parts["about"] == "order"].set_index("part")["probability"]
    assert orders.sum() == pytest.approx(1.0)
    assert orders["not coaching > selling on > undefined role"] == pytest.approx(1 / 3, abs=0.06)
    assert orders["selling on > undefined role > not coaching"] == pytest.approx(1 / 3, abs=0.06)
    assert found.numbers["p_holds"] == pytest.approx(0.9 / 3, abs=0.06)  # by more than .01


def test_a_best_plan_is_found_by_plan_and_by_what_is_realised():
    claim = CLAIMS["half_of_the_week"]

    def best_at(best, curvature=1.0):
        def formula(changes, world, noise):
            share = changes.get("policy.coaching_share", 0.2)
            return 1.0 - curvature * (share - best) ** 2 + 0.05 * noise + 0.1 * world
        return formula

    half, other, flat = (judged(claim, planted(claim, best_at(*each))) for each in ((0.5,), (0.8,), (0.5, 0.005)))
    assert half.verdict == "holds" and other.verdict == "does not hold"
    assert other.numbers["p_reverse"] > 0.95 and flat.numbers["p_no_difference"] > 0.95
    plans = other.parts[other.parts["about"] == "plan"].set_index("part")
    assert plans.loc["80 %", "probability"] > 0.95 and plans.loc[STATUS_QUO, "probability"] < 0.05
    realised = half.parts[half.parts["about"] == "realised"]
    assert len(realised) == len(claim.realised) and realised["realised"].notna().all()


def test_an_existence_is_a_fraction_of_firms():
    claim = CLAIMS["construction_group"]

    def formula(changes, world, noise):
        return np.where(noise > 1.0, 2.5, 1.2) if changes else np.where(noise > 3.5, 2.5, 1.2)

    found = judged(claim, planted(claim, formula, worlds=400))
    led, before = found.parts["mean"]
    assert led == pytest.approx(0.159, abs=0.05) and before < 0.01  # above one deviation, 800 firms
    assert found.verdict == "holds" and found.numbers["effect"] == led
    never = judged(claim, planted(claim, lambda changes, world, noise: 1.2 + 0.0 * noise))
    assert never.verdict == "does not hold" and never.numbers["effect"] == 0.0


def test_an_existence_that_is_true_of_all_firms_is_certain_whatever_their_weights():
    claim = CLAIMS["construction_group"]
    seen = planted(claim, lambda changes, world, noise: 2.5 + 0.0 * noise, worlds=16)
    drawn = (np.random.default_rng(seed).random(16) for seed in range(100))
    weights = next(each for each in drawn if (each / each.sum()) @ np.ones(16) > 1.0)
    found = judged(claim, dataclasses.replace(seen, weights=weights))
    assert found.verdict == "holds" and found.numbers["effect"] == 1.0 and found.numbers["p_holds"] > 0.999


def test_a_claim_that_cannot_be_tested_has_no_verdict_of_its_own():
    found = judged(CLAIMS["more_reviews"], planted(CLAIMS["more_reviews"], effect_of(lambda world: 0.5 + 0.0 * world)))
    assert found.verdict == "not testable here" and found.follows in ("holds", "does not hold", "open")


def test_weights_count_and_worlds_of_no_weight_do_not():
    claim = a_claim()
    seen = planted(claim, effect_of(lambda world: 0.2 * world - 0.1), worlds=400)
    upper = seen.drawn["world.skill_effect"].to_numpy() > 0.65
    found = judged(claim, dataclasses.replace(seen, weights=upper.astype(float)))
    assert found.verdict == "holds" and found.numbers["effective_worlds"] == pytest.approx(upper.sum())
    gains = dataclasses.replace(seen, weights=upper.astype(float)).gains()
    assert gains.shape == (800, 156) and gains.sum(axis=1).mean() == pytest.approx(0.065, abs=0.03)


def test_structural_switches_that_break_a_conclusion_are_found():
    """Of an effect of .2 one switch leaves all, one makes -.2 of it, and of one the five worlds tell too little."""
    claim = a_claim()
    seen = planted(claim, effect_of(lambda world: 0.2 + 0.0 * world))
    few = seen.first(5)

    def moved(by):
        measures = few.measures.copy()
        measures[:, :, few.places[same(claim.arms["clear"])]] += np.asarray(by)[:, None, None]
        return dataclasses.replace(few, measures=measures)

    found = judged(claim, seen, switched={
        "no_cover": moved([-0.4, -0.38, -0.42, -0.4, -0.4]), "favourites": moved([0.0] * 5),
        "everybody_alike": moved([-0.9, 0.3, -0.5, 0.2, -0.4])}).structures
    assert found["switch"].tolist() == ["as it is", "no_cover", "favourites", "everybody_alike"]
    assert found["conclusion"].tolist()[:3] == ["holds", "breaks", "holds"]
    assert found["conclusion"][3] in ("holds", "unclear")
    assert found["becomes"].tolist()[:3] == ["holds", "reverse", "holds"]
    assert found["effect"].tolist()[:3] == pytest.approx([0.2, -0.2, 0.2], abs=0.06)
    assert found["effect"][2] == found["effect"][0] and found["p_holds"][3] < found["p_holds"][0]
    assert (found["low"] < found["effect"]).all()


def test_a_switch_under_which_no_firm_grows_breaks_an_existence():
    claim = CLAIMS["construction_group"]
    seen = planted(claim, lambda changes, world, noise: np.where(noise > 0.0, 2.5, 1.2) if changes else 1.2 + 0 * noise)
    few = seen.first(40)
    found = judged(claim, seen, switched={
        "no_cover": few, "favourites": dataclasses.replace(few, measures=np.minimum(few.measures, 1.2))}).structures
    assert found["conclusion"].tolist() == ["holds", "holds", "breaks"]
    assert found["effect"][2] < 0.2 < 0.4 < found["effect"][0]


def test_a_measure_that_no_claim_looks_at_is_refused():
    with pytest.raises(ParameterError, match="no claim looks at it"):
        planted(a_claim(), effect_of(lambda world: world), worlds=8).values(STATUS_QUO, "revenues")


def test_single_runs_do_not_bend_a_ratio():
    """Half of the pairs have a status quo of .5, half of 1.5: a mean of ratios would be far from the ratio of means."""
    claim = a_claim()

    def formula(changes, world, noise):
        return np.where(noise > 0.0, 1.5, 0.5) + (0.1 if changes else 0.0) + 0.0 * world

    found = judged(claim, planted(claim, formula, worlds=400))
    assert found.numbers["effect"] == pytest.approx(0.1, abs=0.006)


def _on_the_edge():
    """A claim of each kind but the direction's, and worlds in which its effect is exactly the smallest of interest."""
    size = a_claim(SIZE, region=Region(low=0.5), smallest=0.05)
    ranking, optimum = CLAIMS["reasons_of_failure"], CLAIMS["half_of_the_week"]
    interaction, existence = CLAIMS["reviews_and_coaching"], CLAIMS["construction_group"]

    def own(noise, number):
        return 0.05 * np.sin(1e5 * noise + number)  # noise of an arm's own

    def ranked(changes, world, noise):
        losses = {"not coaching": 0.11, "selling on": 0.10, "undefined role": 0.0}
        name = next((name for name in losses if changes == dict(ranking.arms[name])), "")
        return 1.0 - losses.get(name, 0.0) + own(noise, len(name)) + 0.0 * world

    def together(changes, world, noise):
        review, coached = changes.get("policy.kpi_review", False), changes.get("policy.coaching_share", 0.0) > 0.2
        return np.exp(0.2 * review + 0.1 * coached + 0.01 * (review and coached) + own(noise, 2 * review + coached)
                      + 0.0 * world)

    def best(changes, world, noise):
        share = changes.get("policy.coaching_share", 0.2)
        return {0.5: 0.99, 0.65: 1.0}.get(share, 0.9) + own(noise, share) + 0.0 * world

    def grown(changes, world, noise):
        return np.where(noise > 1.6449, 2.5, 1.2) if changes else 1.2 + 0.0 * noise  # one in twenty

    return [(size, effect_of(lambda world: 0.5 + 0.0 * world)), (ranking, ranked), (interaction, together),
            (optimum, best), (existence, grown)]


@pytest.mark.parametrize("case", _on_the_edge(), ids=lambda case: case[0].kind)
def test_of_each_kind_an_effect_on_the_edge_is_a_matter_of_chance(case):
    claim, formula = case
    shares = [judged(claim, planted(claim, formula, worlds=64, seed=seed)).numbers["p_holds"] for seed in range(8)]
    # Each is as likely above as below one half or so; all eight beyond .95, or below .05, is less likely than 1e-4.
    assert min(shares) < 0.95 and max(shares) > 0.05
    assert 0.1 < np.mean(shares) < 0.9
