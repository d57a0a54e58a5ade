"""The structural ensemble on planted sales: which switch breaks which conclusion is known."""

import numpy as np
import pandas as pd
import pytest
from legible import assert_legible, shown

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.show.charts import ChartError, structures, structures_by_point
from simlead.show.charts.axes import title_of
from simlead.show.language import in_language
from simlead.study.answers.ensemble import points_of, structural_ensemble
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.study import Study

FIRM = Scenario()
COACHING, CLARITY = "policy.coaching_share", "policy.role_clarity"
STUDY = Study(DesignSpec("grid", {}, {COACHING: {"values": [0.2, 0.5]}, CLARITY: {"values": [0.4, 0.9]}}),
              effect_sizes=("evidence", "practitioner"))


class Worlds:
    """Sixteen worlds that differ in nothing that counts."""

    effective_size = 16.0
    drawn = ("world.fade_months",)
    table = pd.DataFrame({"world": range(16), "weight": 1 / 16, "world.fade_months": np.linspace(9.0, 19.0, 16)})

    def __len__(self):
        return 16

    def place(self, scenario, number):
        return scenario.change({"world.fade_months": float(self.table["world.fade_months"][number])})


def sales(scenario, seed, replicate):
    """Coaching brings something, or harms if all are coached alike; clarity brings more, while it is bound."""
    noise = np.random.Generator(np.random.Philox([seed, replicate])).normal()
    coached = (scenario.policy.coaching_share - 0.2) * (-0.3 if scenario.structure.everybody_alike else 0.3)
    clear = (scenario.policy.role_clarity - 0.4) * (0.0 if scenario.structure.clarity_without_bound else 0.4)
    return {"revenue": 100.0 * (1.0 + coached + clear) + noise, "profit_final": 1e6}


@pytest.fixture(scope="module")
def found():
    return structural_ensemble(STUDY, worlds=Worlds(), outcome=sales, workers=1,
                               switches=("everybody_alike", "clarity_without_bound", "no_cover"))


def named(found, coaching, clarity):
    row = found.table[(found.table[COACHING] == coaching) & (found.table[CLARITY] == clarity)
                      & (found.table["effect_sizes"] == "evidence")]
    return row.set_index("switch")["conclusion"].to_dict()


def test_each_conclusion_breaks_by_the_switch_that_was_planted_and_no_other(found):
    assert named(found, 0.5, 0.4) == {
        "everybody_alike": "breaks", "clarity_without_bound": "holds", "no_cover": "holds"}
    assert named(found, 0.2, 0.9) == {
        "everybody_alike": "holds", "clarity_without_bound": "breaks", "no_cover": "holds"}
    assert named(found, 0.5, 0.9) == dict.fromkeys(named(found, 0.5, 0.9), "holds")  # still a gain with either
    assert (found.effects["leads"] == "above").all() and len(found.effects) == 2 * 3


def test_the_best_point_is_no_longer_the_best_where_coaching_harms(found):
    """Both levers are best, at +29 %; if all are coached alike the clear role alone is, 9 % ahead."""
    best = found.best[found.best["effect_sizes"] == "evidence"].set_index("switch")
    assert best["policy"].nunique() == 1
    assert best["conclusion"].to_dict() == {
        "everybody_alike": "breaks", "clarity_without_bound": "holds", "no_cover": "holds"}
    assert best.loc["everybody_alike", "behind"] == pytest.approx(0.09, abs=0.002)
    assert best.loc["everybody_alike", "other"] != best.loc["everybody_alike", "policy"]


def test_points_are_policies_and_the_firm_as_it_is_is_none():
    policies, factors, base, sets = points_of(STUDY)
    assert len(policies) == 3 and base == FIRM and sets == ("evidence", "practitioner")
    assert {(s.policy.coaching_share, s.policy.role_clarity) for s in policies.values()} == {
        (0.2, 0.9), (0.5, 0.4), (0.5, 0.9)}
    assert set(policies) <= set(factors["policy"])
    assert len(points_of(STUDY, {CLARITY: [0.9]})[0]) == 2


@pytest.mark.parametrize(("settings", "said"), [
    ({"switches": ["no_covr"]}, "did you mean no_cover"),
    ({"points": {CLARITY: [0.5]}}, "no point of the study has policy.role_clarity = 0.5; they have 0.4, 0.9"),
    ({"points": {"policy.heroics": [0.5]}}, "policy.heroics is no factor of the study"),
    ({"policies": {"clear": FIRM.change({CLARITY: 0.9})}, "points": {CLARITY: [0.9]}}, "allowed with a study only"),
])
def test_bad_questions_are_refused_in_one_line(settings, said):
    with pytest.raises(ParameterError, match=said) as refused:
        structural_ensemble(**{"policies": STUDY, "worlds": Worlds(), "outcome": sales, "workers": 1, **settings})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_charts_have_a_mark_for_every_conclusion_and_switch_and_can_be_read(found, language):
    with in_language(language):
        by_point, strip = structures_by_point(found.table), structures(found.best)
        marks = [line.get_gid() for panel in by_point.child_axes for line in panel.lines]
        assert len(marks) == len(found.table) and marks.count("breaks") == 4
        assert title_of(by_point) and title_of(strip)
        for ax in (by_point, strip):
            assert_legible(shown(ax))


def test_the_title_counts_what_survives(found):
    assert title_of(structures_by_point(found.table)).startswith("Conclusions that survive every switch: 2 of 6")
    with pytest.raises(ChartError, match="one or two are needed"):
        structures_by_point(found.table.drop(columns=[COACHING, CLARITY]))
