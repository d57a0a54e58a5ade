"""The protocol: rows that point at something, texts in every language, and a page that says what the rows say."""

import dataclasses
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.show.language import LANGUAGES, catalogue
from simlead.study.base_year import under_status_quo
from simlead.study.claims.protocol import CLAIMS, STATUS_QUO
from simlead.study.records import EXISTENCE, OPTIMUM, RANKING

EXPERIMENT = Path(__file__).resolve().parents[3] / "experiments" / "10_claims"
TEXTS = ("experiments", "holds", "no_difference", "reverse", "reasons", "learn")


def changed(claim, **fields):
    return dataclasses.replace(claim, **fields)


def test_the_committed_protocol_is_what_the_rows_say():
    spec = importlib.util.spec_from_file_location("protocol_page", EXPERIMENT / "protocol.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (EXPERIMENT / "protocol.md").read_text(encoding="utf-8") == module.page()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_has_every_text_in_every_language(language):
    known = catalogue(language)
    for kind in TEXTS:
        assert all(known[f"protocol.{kind}.{key}"].strip() for key in CLAIMS)


def test_claims_are_numbered_in_order():
    assert [claim.number for claim in CLAIMS.values()] == list(range(1, 14))


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.key)
def test_arms_are_policies_that_can_be_and_the_effect_asks_for_no_others(claim):
    base = under_status_quo(preset(claim.preset)).change(claim.start)
    scenarios = {STATUS_QUO: base, **{name: base.change(changes) for name, changes in claim.arms.items()}}
    assert len({scenario.hash() for scenario in scenarios.values()}) >= len(claim.arms)
    asked = set()

    def see(arm, measure="revenue"):
        asked.add(arm)
        return np.full(3, 1.0 + 0.1 * list(scenarios).index(arm))

    effect = claim.effect(see)
    assert asked <= set(scenarios) and np.isfinite(effect).all()
    assert effect.shape == (len(claim.parts), 3)


def test_a_row_that_points_at_nothing_is_refused():
    claim = CLAIMS["half_of_the_week"]
    for fields, said in (
        ({"sources": ("V00",)}, "no source V00"), ({"kind": "optimal"}, "no kind optimal.*optimum"),
        ({"programme": "haIf"}, "no arm"), ({"at": "halve"}, "no plan halve"), ({"at": ""}, "region"),
        ({"smallest": 0.0}, "every effect differs"), ({"arms": {"a": {"policy.coaching": 1}}}, "no parameter"),
        ({"standing": "known"}, "no standing"), ({"preset": "nobody"}, "no preset"),
    ):
        with pytest.raises(ParameterError, match=said):
            changed(claim, **fields)
    with pytest.raises(ParameterError, match="region"):
        changed(CLAIMS["double_profit"], region=None)


def worlds(effect):
    """What arms lead to where a formula gives every measure of an arm from its changes."""
    def of(claim):
        base = under_status_quo(preset(claim.preset)).change(claim.start)
        arms = {STATUS_QUO: {}, **claim.arms}
        return lambda arm, measure="revenue": np.array([effect(base.change(arms[arm]), measure)])
    return of


def test_planted_worlds_give_the_effects_that_were_planted():
    def planted(scenario, measure):
        levers = scenario.policy
        review = 1.1 if levers.kpi_review else 1.0
        return 100.0 * review * (1.0 + levers.coaching_share) * (1.0 + 0.2 * (levers.promotion_rule == "random"))

    see = worlds(planted)
    together = CLAIMS["reviews_and_coaching"]
    assert together.effect(see(together))[0] == pytest.approx(0.0, abs=1e-12)  # they only multiply
    seller = CLAIMS["great_seller"]
    assert seller.effect(see(seller))[0] == pytest.approx(-0.2)
    more = CLAIMS["more_coaching"]
    assert more.effect(see(more)).ravel() == pytest.approx([0.3 / 1.2, 0.3 / 1.2])
    half = CLAIMS["half_of_the_week"]
    assert half.effect(see(half)).ravel() == pytest.approx(np.array([1.2, 1.1, 1.35, 1.5, 1.65, 1.8]) / 1.2)


def test_sessions_are_compared_for_the_same_hours():
    def planted(scenario, measure):
        """Half of the hours planned come about; an hour of pre-calls is worth 3, all others 1."""
        levers = scenario.policy
        kinds = [levers.pre_call, levers.post_call, levers.one_to_one]
        hours = 10.0 * levers.coaching_share * (1.0 if all(kinds) else 0.5)
        return hours if measure == "coaching_hours_per_rep_month" else 100.0 + hours * (3.0 if kinds[0] else 1.0)

    claim = CLAIMS["three_sessions"]
    same = claim.effect(worlds(planted)(claim)).ravel()
    assert same[0] == pytest.approx(0.0) and same[1] == pytest.approx(4.0 / 106.0)


def test_stories_are_counted_from_the_mean_base_year():
    base, end = np.array([90.0, 110.0, 100.0]), np.array([210.0, 210.0, 190.0])
    share = np.array([0.16, 0.14, 0.16])

    def see(arm, measure="revenue"):
        led = arm == "leadership"
        return {"revenue_base": base, "revenue": end if led else base, "market_share_base": np.full(3, 0.1),
                "market_share": share if led else np.full(3, 0.1)}[measure]

    assert CLAIMS["construction_group"].effect(see).tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_each_kind_has_a_claim_and_a_ranking_has_doses_of_the_same_cost():
    assert len({claim.kind for claim in CLAIMS.values()}) == 6
    reasons = next(claim for claim in CLAIMS.values() if claim.kind == RANKING)
    led = reasons.arms["well led"]
    coaching = led["policy.coaching_share"] - reasons.arms["not coaching"]["policy.coaching_share"]
    selling = reasons.arms["selling on"]["policy.own_selling_share"] - led["policy.own_selling_share"]
    assert coaching == pytest.approx(selling)  # of the same week
    usual = preset("status_quo").policy
    assert reasons.arms["undefined role"]["policy.role_clarity"] == usual.role_clarity
    assert {claim.kind for claim in CLAIMS.values() if claim.region is None} == {OPTIMUM, EXISTENCE}
