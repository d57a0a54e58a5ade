"""Answers about planted worlds, whose effects are linear in what is drawn, and about a small firm."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from persian import persian

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.structure import OVERRIDES, Structure
from simlead.results.money import programme_cost
from simlead.show.answers import how_to_learn, switch_name
from simlead.show.charts import answer as chart
from simlead.show.charts import structures
from simlead.show.charts.axes import title_of
from simlead.show.format import chance
from simlead.show.language import catalogue, in_language
from simlead.show.sentences import sentences
from simlead.statistics.answers import WORLD
from simlead.study.answers.answer import answer
from simlead.study.answers.nested import nested_runs
from simlead.study.answers.sets import changes_to
from simlead.study.answers.smallest import programme_per_year, sales_that_pay, smallest_effect_of_interest
from simlead.study.answers.switches import COVERAGE, NEED_CALIBRATION, SWITCHES
from simlead.study.worlds.counts import LEAST_WORLDS

FIRM = Scenario()
COACHED = FIRM.change({"policy.coaching_share": 0.5})
CLEAR = FIRM.change({"policy.role_clarity": 0.9})
TINY = FIRM.change({"organisation.teams": 1, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52,
                    "calendar.horizon_weeks": 52})

GAIN, COST = "world.coaching_gain_max", 8.0
DRAWN = {GAIN: (0.1, 0.3), "world.fade_months": (9.0, 19.0), "world.skill_effect": (0.15, 0.35)}


class Planted:
    """Worlds that are drawn evenly, or with weights that rise with the gain."""

    effective_size = 40.0

    def __init__(self, count=60, weighted=False, seed=1):
        random = np.random.Generator(np.random.Philox(seed))
        values = {path: low + (high - low) * random.random(count) for path, (low, high) in DRAWN.items()}
        weights = np.exp(5.0 * values[GAIN]) if weighted else np.ones(count)
        self.table = pd.DataFrame({"world": range(count), "weight": weights / weights.sum(), **values})
        self.drawn = tuple(DRAWN)

    def __len__(self):
        return len(self.table)

    def place(self, scenario, number):
        return scenario.change({path: float(self.table[path][number]) for path in DRAWN})


def sales(scenario, seed, replicate):
    """Coaching adds 40 x the gain x its share, less what it costs in hours; some noise is its own."""
    shared, own = np.random.Generator(np.random.Philox([seed, replicate])).normal(size=2)
    share = scenario.policy.coaching_share
    gain = 40.0 * scenario.world.coaching_gain_max * (0.5 if scenario.structure.everybody_alike else 1.0)
    revenue = 100.0 + 3.0 * shared + share * (gain - COST) + 0.3 * own * (share > 0.3)
    return {"revenue": revenue, "profit_final": 1e6 * revenue}


def ask(policies=None, **settings):
    return answer({"coached": COACHED} if policies is None else policies, **{
        "worlds": Planted(), "effect_sizes": "evidence", "outcome": sales, "workers": 1, **settings})


@pytest.fixture(scope="module")
def found():
    return ask(structures=True)


# --- known answers


def test_the_effect_and_the_switching_value_are_those_that_were_planted(found):
    """Coaching .3 more brings .3 (40 x gain - 8) of about 100: 0 at a gain of .2."""
    row = found.table.iloc[0]
    gain = Planted().table[GAIN].mean()
    assert row["mean"] == pytest.approx(0.3 * (40.0 * gain - COST) / 100.0, abs=0.001)
    assert row["low"] <= row["random_low"] < row["mean"] < row["random_high"] <= row["high"]
    assert row["limit"] == WORLD and row["worlds"] == 60
    first = found.main_drivers("coached", "evidence")
    assert first["parameter"].tolist() == [GAIN]
    assert first["switch_zero"].iloc[0] == pytest.approx(0.2, abs=0.01)
    smallest = 0.2 + math.copysign(found.smallest_effect * 100.0 / 0.3 / 40.0, row["mean"])
    assert first["switch_smallest"].iloc[0] == pytest.approx(smallest, abs=0.01)


def test_every_drawn_parameter_is_screened(found):
    assert set(found.drivers["parameter"]) == set(DRAWN)


def test_weights_move_the_answer():
    weighted, even = (ask(worlds=Planted(weighted=each)).table.iloc[0] for each in (True, False))
    assert weighted["mean"] > even["mean"] and weighted["effective_worlds"] < even["effective_worlds"]


def test_policies_of_a_world_share_random_numbers(found):
    """The firm's own noise of 3 % cancels in the difference; what is left is the policy's own."""
    assert found.table["sd_pair"].iloc[0] == pytest.approx(0.003, rel=0.4)


def test_a_switch_that_halves_the_gain_moves_the_conclusion_and_the_others_do_not(found):
    table = found.switches.set_index("switch")
    assert set(table.index) == set(SWITCHES)
    gain = Planted().table[GAIN].head(16).mean()
    assert table.loc["everybody_alike", "change"] == pytest.approx(-0.3 * 20.0 * gain / 100.0, abs=0.002)
    assert (table.drop("everybody_alike")["change"] == 0.0).all()
    assert (table.drop("everybody_alike")["conclusion"] == "holds").all()


def test_the_switches_of_coverage_stand_beside_coaching_and_nothing_else():
    both = ask({"coached": COACHED, "clear": CLEAR})
    assert set(both.switches["switch"]) == set(COVERAGE) and set(both.switches["policy"]) == {"coached"}
    assert ask({"clear": CLEAR}).switches.empty


def test_the_decision_counts_the_programme_and_values_the_assumption(found):
    decision = found.decisions["evidence"]
    table = decision.policies.set_index("policy")
    gains = found.runs.pivot(index=["world", "replicate"], columns="scenario", values="profit_final")
    paid = programme_cost(COACHED) / 3.0
    assert table.loc["coached", "expected"] == pytest.approx((gains["coached"] - gains["status_quo"]).mean() - paid)
    assert decision.learning["parameter"][0] == GAIN
    assert 0.0 <= decision.learning["value"][0] <= decision.evpi


def test_the_first_worlds_make_an_early_answer_that_the_whole_one_goes_on_from():
    heard = []
    whole = ask(early=heard.append)
    (first,) = heard
    assert first.early and first.table["worlds"].tolist() == [LEAST_WORLDS] and first.drivers.empty
    early = first.runs.sort_values(["world", "replicate", "scenario"], ignore_index=True)
    late = whole.runs[whole.runs["world"] < LEAST_WORLDS].sort_values(
        ["world", "replicate", "scenario"], ignore_index=True)
    pd.testing.assert_frame_equal(early, late)


def test_a_number_of_worlds_may_be_numpys(monkeypatch):
    monkeypatch.setattr("simlead.study.worlds.worlds.worlds", lambda firm, n, seed, workers: Planted(n))
    assert ask(worlds=np.int64(16)).table["worlds"].tolist() == [16]
    with pytest.raises(ParameterError, match="worlds = 16.5: allowed is a whole number from 16"):
        ask(worlds=16.5)


def test_an_early_answer_that_cannot_be_made_does_not_end_the_call():
    heard = []

    def scattered(scenario, seed, replicate):
        """Sales whose noise leaves 16 worlds unclear and 60 clear."""
        noise = np.random.Generator(np.random.Philox([seed, replicate])).normal()
        return {"revenue": 100.0 + 120.0 * noise, "profit_final": 0.0}

    with pytest.raises(ParameterError, match="the status quo is not clearly above 0"):
        ask({"clear": CLEAR}, outcome=scattered, worlds=Planted(LEAST_WORLDS), early=heard.append)
    whole = ask({"clear": CLEAR}, outcome=scattered, early=heard.append)
    assert heard == [] and whole.table["worlds"].tolist() == [60]


def test_a_deadline_that_has_passed_leaves_the_least_number_of_worlds():
    assert ask(deadline_seconds=1e-9).table["worlds"].tolist() == [LEAST_WORLDS]


def test_both_sets_are_answered_unless_the_firm_has_effect_sizes_of_its_own():
    both = ask({"clear": CLEAR}, effect_sizes=None, worlds={"evidence": Planted(16), "practitioner": Planted(16)})
    assert both.effect_sizes == ("evidence", "practitioner")
    own = FIRM.change({"world.people_skill_quit_factor": 0.85})
    alone = ask({"clear": own.change({"policy.role_clarity": 0.5})}, effect_sizes=None, worlds=Planted(16))
    assert alone.effect_sizes == ("own",)


def test_the_shipped_calibration_serves_the_other_set():
    changed = FIRM.change(changes_to(FIRM, "practitioner", seed=0, workers=1, engine="compiled"))
    assert changed == preset("status_quo", "practitioner")


# --- the smallest effect of interest


def test_the_smallest_effect_pays_the_programme_back_within_a_year():
    firm = FIRM.organisation
    revenue = firm.ramped_revenue_per_year * firm.teams * firm.seats_per_team
    earned = sales_that_pay(FIRM) * revenue * (firm.contribution_margin - firm.commission_share)
    assert earned == pytest.approx(programme_per_year(FIRM))
    dearer = FIRM.change({"organisation.programme_cost_per_manager": 2 * firm.programme_cost_per_manager})
    assert smallest_effect_of_interest("revenue", dearer).value > smallest_effect_of_interest("revenue", FIRM).value


@pytest.mark.parametrize(("settings", "said"), [
    ({"smallest_effect": 0.0}, "smallest_effect = 0.0: allowed is a number above 0"),
    ({"smallest_effect": -0.01}, "smallest_effect = -0.01: allowed"),
    ({"worlds": 15}, "worlds = 15: allowed is a whole number from 16"),
    ({"worlds": Planted(15)}, "worlds: 15 of them; 16 or more"),
    ({"replications": 1}, "replications = 1: allowed is a whole number from 2"),
    ({"effect_sizes": "evidnce"}, "did you mean evidence"),
    ({"measure": "revenu"}, "did you mean revenue"),
    ({"measure": "cycle_days_median"}, "cycle_days_median has no default; state one in calendar days"),
    ({"deadline_seconds": 0}, "deadline_seconds = 0: allowed"),
    ({"policies": {}}, "at least one is needed"),
    ({"policies": {"same": FIRM}}, "same is the status quo"),
    ({"policies": {"status_quo": COACHED}}, "the name status_quo is kept"),
    ({"policies": {"a": COACHED, "b": COACHED.change({"organisation.teams": 3})}}, "b is another firm than a"),
    ({"worlds": {"practitioner": Planted()}}, "worlds: none for the effect sizes evidence"),
])
def test_bad_questions_are_refused_in_one_line(settings, said):
    with pytest.raises(ParameterError, match=said) as refused:
        ask(**settings)
    assert "\n" not in str(refused.value)


# --- a firm


@pytest.mark.slow
def test_runs_in_a_world_are_those_of_the_engine_and_of_any_number_of_workers():
    worlds = simlead.worlds(TINY, 4, calibrated=False, weighted=False)
    coached = TINY.change({"policy.coaching_share": 0.5})
    asked = {"status_quo": TINY, "coached": coached}
    one, two = (nested_runs(asked, worlds, measures=["revenue"], workers=workers)
                for workers in (1, 2))
    pd.testing.assert_frame_equal(one.runs, two.runs)
    alone = simlead.simulate(worlds.place(coached, 3), seed=0, replicate=7, engine="compiled").measures()["revenue"]
    assert one.values("revenue")["coached"][3, 1] == alone


@pytest.mark.slow
def test_an_answer_about_a_firm_is_the_same_for_any_number_of_workers():
    firm = TINY.change({"organisation.seats_per_team": 6})
    one, two = (answer(firm.change({"policy.role_clarity": 0.9}), worlds=16, effect_sizes="evidence", workers=workers)
                for workers in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.runs, two.runs)
    assert len(sentences(one)) > 4


# --- in words and pictures


def test_the_sentences_agree_with_the_table(found):
    said = " ".join(sentences(found))
    assert "coaching gain max" in said.lower() and "both uncertainties" in said
    assert f"above 0 {chance(found.table['p_above_zero'].iloc[0])}" in said
    assert how_to_learn(GAIN) in said or "clearly worth learning" in said
    with in_language("fa"):
        in_persian = sentences(found)
    assert len(in_persian) == len(sentences(found)) and not any("None" in each for each in in_persian)


def test_the_charts_say_the_finding_in_both_languages(found):
    assert title_of(chart(found.table)).startswith("Coached changes revenue by ")
    assert "everybody coached alike" in title_of(structures(found.switches)) or "survive" in title_of(
        structures(found.switches))
    persian(lambda: chart(found.table), "coached")
    with in_language("fa"):
        assert any(word in title_of(structures(found.switches)) for word in ("کلید", "شکل دیگر"))  # survives or breaks


def test_a_chart_has_thick_lines_within_thin_ones_and_the_smallest_effect_shaded(found):
    ax = chart(found.table)
    marks = {artist.get_gid(): artist for artist in [*ax.lines, *ax.patches]}
    thick, thin = marks["random numbers"].get_xdata(), marks["interval"].get_xdata()
    assert thin[0] <= thick[0] < thick[1] <= thin[1]
    assert marks["random numbers"].get_linewidth() > marks["interval"].get_linewidth()
    assert marks["smallest"].get_width() == pytest.approx(200.0 * found.smallest_effect)


def test_what_measures_an_assumption_is_about_parameters_that_are_there():
    keys = [key.removeprefix("learning.") for key in catalogue("en") if key.startswith("learning.")]
    assert set(keys) - {"unknown"} <= set(REGISTRY)
    assert how_to_learn("world.receptivity_low") == how_to_learn("ours.own")


def test_every_switch_has_a_name_and_those_that_ask_for_another_calibration_are_left_out():
    assert {*SWITCHES, *NEED_CALIBRATION} == set(OVERRIDES) and all(switch_name(name) for name in OVERRIDES)
    asking = {name for name in OVERRIDES if "calibrate" in REGISTRY[f"structure.{name}"].meaning}
    assert asking == set(NEED_CALIBRATION) and not asking & set(SWITCHES) and not any(vars(Structure()).values())
