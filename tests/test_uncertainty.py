"""Luck and the world taken apart where both are known, then in a firm.

In place of the simulator stands a function whose effect is linear in the parameters and
whose luck has a known variance; the variance of a triangular distribution does the rest.
Bands are four and a half standard deviations (a false alarm in less than 100,000), plus
what is granted to a bootstrap. Seeds are fixed.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from persian import persian
from scipy import stats

from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.measures import MEASURES
from simlead.show.charts.style import ChartError, title_of
from simlead.show.charts.uncertainty import uncertainty as chart
from simlead.study.calibration import CALIBRATED
from simlead.study.engines import engine_named
from simlead.study.uncertainty.uncertainty import Visit, belief_uncertainty, look
from simlead.study.uncertainty.variance import relative_differences, sources_of_variance, what_to_learn
from simlead.study.uncertainty.worlds import NOT_UNCERTAIN, Range, draw_worlds, in_world, likely_ranges

BEFORE = Scenario()
AFTER = BEFORE.change({"policy.coaching_share": 0.5})
DRAWN = {"world.skill_effect": (0.1, 0.4), "world.gain_months": (1.0, 6.0), "world.ramp_months": (2.0, 8.0)}
SLOPES = {"world.skill_effect": 10.0, "world.gain_months": 0.3, "world.ramp_months": 0.0}
LUCK = 0.8


def luck(seed):
    return np.random.Generator(np.random.Philox(seed))


def triangular_variance(low, likely, high):
    ends = (low, likely, high)
    return (sum(end * end for end in ends) - low * likely - low * high - likely * high) / 18.0


def true_variances(scenario=BEFORE):
    values = scenario.values()
    return {path: SLOPES[path] ** 2 * triangular_variance(low, values[path], high)
            for path, (low, high) in DRAWN.items()}


def sales(scenario, seed, replicate):
    """A firm whose policy adds what the world's parameters say; its luck, half of it shared by both policies."""
    values = scenario.values()
    coached = values["policy.coaching_share"] > 0.3
    shared, own = luck([seed, replicate]).normal(size=2)
    effect = sum(slope * values[path] for path, slope in SLOPES.items())
    return 100.0 + 20.0 * shared + coached * (effect + LUCK * own)


def ask(**settings):
    return belief_uncertainty(AFTER, BEFORE, "revenue", **{
        "points": 200, "replications": 4, "parameters": DRAWN, "outcome": sales, "relative": False, "workers": 1,
        **settings})


@pytest.fixture(scope="module")
def answer():
    return ask()


def row(found, source):
    return found.table.set_index("source").loc[source]


# --- known answers


def test_luck_and_world_are_told_apart(answer):
    world = math.sqrt(sum(true_variances().values()))
    assert row(answer, "luck")["standard_deviation"] == pytest.approx(LUCK, rel=0.15)
    assert row(answer, "world")["standard_deviation"] == pytest.approx(world, rel=0.2)
    assert row(answer, "world")["variance_share"] == pytest.approx(world**2 / (world**2 + LUCK**2), abs=0.12)
    shares = answer.table.set_index("source")["variance_share"]
    assert shares["luck"] + shares["world"] == pytest.approx(shares["both"]) == 1.0


def test_the_mean_is_over_worlds_and_what_is_known_of_it_is_told(answer):
    values = BEFORE.values()
    truth = sum(SLOPES[path] * (low + values[path] + high) / 3.0 for path, (low, high) in DRAWN.items())
    estimate = row(answer, "estimate")
    assert estimate["low"] < truth < estimate["high"]
    assert estimate["high"] - estimate["low"] < 0.5


def test_the_parameter_that_matters_is_to_be_learnt_first(answer):
    variances = true_variances()
    table = answer.parameters.set_index("parameter")
    for path, variance in variances.items():
        assert table.loc[path, "share_low"] - 0.05 < variance / sum(variances.values()) < table.loc[path, "share_high"]
    assert table["rank"].idxmin() == "world.skill_effect"
    assert table.loc["world.ramp_months", "share_low"] <= 0.0


def test_the_tornado_is_the_expected_effect_at_the_ends(answer):
    skill = answer.parameters.set_index("parameter").loc["world.skill_effect"]
    low, high = Range(0.1, BEFORE.world.skill_effect, 0.4).at(np.array([0.05, 0.95]))
    assert skill["at_high"] - skill["at_low"] == pytest.approx(10.0 * (high - low), rel=0.25)
    assert (skill["range_low"], skill["range_likely"], skill["range_high"]) == (0.1, 0.2, 0.4)


def test_noise_alone_is_not_taken_for_an_unknown_world():
    """The planted fault: the variance of the worlds' means would be a quarter of luck's."""
    found = ask(parameters=["world.ramp_months"])
    assert row(found, "world")["variance_share"] < 0.08
    assert row(found, "world")["sd_low"] == 0.0
    means = found.worlds["difference"]
    assert means.var() > 0.15 * row(found, "luck")["standard_deviation"] ** 2


def test_luck_that_both_policies_share_cancels(answer):
    assert row(answer, "luck")["standard_deviation"] < 2.0  # and not the 20 of the firm's own sales


# --- coverage and distributions, on arrays


def simulated(random, worlds, replicates, world_sd, luck_sd):
    """Worlds with one parameter that makes 60 % of their variance, one that makes none."""
    drawn = pd.DataFrame(random.random((worlds, 2)), columns=["world.skill_effect", "world.gain_months"])
    known = (drawn["world.skill_effect"].to_numpy() - 0.5) * math.sqrt(12.0)
    rest = random.normal(size=worlds)
    means = world_sd * (math.sqrt(0.6) * known + math.sqrt(0.4) * rest)
    return drawn, means[:, None] + luck_sd * random.normal(size=(worlds, replicates))


def test_intervals_hold_the_truth_as_often_as_they_promise():
    held, repeats = np.zeros(5), 200
    ranges = {"world.skill_effect": Range(0.0, 0.5, 1.0), "world.gain_months": Range(0.0, 0.5, 1.0)}
    for repeat in range(repeats):
        drawn, differences = simulated(luck(repeat), 128, 4, 1.0, 2.0)
        sources = sources_of_variance(differences, 0.95, repeat).set_index("source")
        learn = what_to_learn(drawn, differences, ranges, "uniform", 0.95, repeat).set_index("parameter")
        held += [
            sources.loc["estimate", "low"] <= 0.0 <= sources.loc["estimate", "high"],
            sources.loc["luck", "sd_low"] <= 2.0 <= sources.loc["luck", "sd_high"],
            sources.loc["world", "sd_low"] <= 1.0 <= sources.loc["world", "sd_high"],
            learn.loc["world.skill_effect", "share_low"] <= 0.6 <= learn.loc["world.skill_effect", "share_high"],
            learn.loc["world.gain_months", "share_low"] <= 0.0 <= learn.loc["world.gain_months", "share_high"]]
    assert np.all(np.abs(held / repeats - 0.95) < 4.5 * math.sqrt(0.95 * 0.05 / repeats) + 0.03), held / repeats


def test_the_intervals_are_those_of_luck_of_the_world_and_of_both():
    drawn, differences = simulated(luck(1), 20_000, 3, 2.0, 1.0)
    sources = sources_of_variance(differences, 0.95, 0).set_index("source")
    own = (drawn["world.skill_effect"].to_numpy() - 0.5) * math.sqrt(12.0) * 2.0 * math.sqrt(0.6)
    world = own + 2.0 * math.sqrt(0.4) * luck(2).normal(size=20_000)
    assert sources.loc["luck", ["low", "high"]].tolist() == pytest.approx([-1.96, 1.96], abs=0.06)
    assert sources.loc["world", ["low", "high"]].tolist() == pytest.approx(
        np.quantile(world, [0.025, 0.975]), abs=0.12)
    assert sources.loc["both", "high"] == pytest.approx(
        np.quantile(world + luck(3).normal(size=20_000), 0.975), abs=0.12)
    assert sources.loc["world", "below_zero"] == pytest.approx(0.5, abs=0.03)


def test_of_many_parameters_that_do_nothing_hardly_one_is_named():
    """Eighty of them in 25 studies: each judged by itself, four would be named in every study."""
    named, studies = 0, 25
    names = list(likely_ranges([BEFORE])[0])
    ranges = dict.fromkeys(names, Range(0.0, 0.5, 1.0))
    for study in range(studies):
        random = luck(600 + study)
        drawn = pd.DataFrame(random.random((64, len(names))), columns=names)
        differences = random.normal(size=(64, 1)) + 0.5 * random.normal(size=(64, 2))
        found = what_to_learn(drawn, differences, ranges, "uniform", 0.95, study)
        named += int(found["p_value"].min() < 0.05)
    assert named <= stats.binom.ppf(1.0 - 1e-4, studies, 0.05)


def test_learning_is_worth_what_choosing_better_brings():
    """The effect is x - .7, x uniform: without x nobody would choose it, with x it brings .3 squared, halved."""
    drawn = pd.DataFrame({"world.skill_effect": (np.arange(4000) + 0.5) / 4000})
    differences = (drawn.to_numpy() - 0.7) + 0.1 * luck(4).normal(size=(4000, 2))
    found = what_to_learn(
        drawn, differences, {"world.skill_effect": Range(0.0, 0.5, 1.0)}, "uniform", 0.95, 0).iloc[0]
    assert found["value_of_learning"] == pytest.approx(0.045, abs=0.002)
    assert found["variance_share"] == pytest.approx(1.0, abs=0.02)
    never = what_to_learn(
        drawn, differences + 5.0, {"world.skill_effect": Range(0.0, 0.5, 1.0)}, "uniform", 0.95, 0).iloc[0]
    assert never["value_of_learning"] == pytest.approx(0.0, abs=1e-9)


def test_a_relative_difference_divides_by_the_worlds_mean_and_counts_the_denominators_luck():
    random = luck(5)
    base = 100.0 + 10.0 * random.normal(size=(3, 5000))
    policy = 1.2 * base + random.normal(size=(3, 5000))
    found = relative_differences(np.stack([policy, base], axis=2))
    assert found.mean(axis=1) == pytest.approx(policy.mean(axis=1) / base.mean(axis=1) - 1.0)
    assert found.std(axis=1) == pytest.approx(0.01, rel=0.05)  # not .02: a lucky firm is lucky in both
    with pytest.raises(ParameterError, match="not clearly above 0 in every world.*use relative=False"):
        relative_differences(np.stack([policy, base - 100.0], axis=2))


# --- worlds


def test_a_triangular_draw_is_scipys():
    quantiles = np.linspace(0.0, 1.0, 41)
    ours = Range(2.0, 3.0, 7.0).at(quantiles)
    assert ours == pytest.approx(stats.triang(0.2, 2.0, 5.0).ppf(quantiles))
    at_an_end = Range(2.0, 2.0, 7.0).at(quantiles)
    assert at_an_end == pytest.approx(stats.triang(0.0, 2.0, 5.0).ppf(quantiles))


def test_every_parameter_with_a_likely_range_is_drawn_and_what_is_calibrated_is_not():
    ranges, left = likely_ranges([AFTER, BEFORE])
    assert left == () and len(ranges) > 60
    assert not set(ranges) & {*CALIBRATED, *NOT_UNCERTAIN, "world.selling_share_low"}
    assert {path.partition(".")[0] for path in ranges} == {"world", "market"}
    for path, extent in ranges.items():
        assert extent.low <= extent.likely <= extent.high and extent.likely == REGISTRY[path].default


def test_a_belief_moves_the_peak_and_a_client_keeps_what_is_known():
    ranges, left = likely_ranges([preset("leadership", "practitioner"), preset("status_quo", "practitioner")])
    assert ranges["world.coaching_gain_max"] == Range(0.10, 0.60, 0.60)
    builders = preset("construction_group").change({"policy.coaching_share": 0.2})
    assert "market.deal_value_median" in likely_ranges([builders])[1]
    assert likely_ranges([BEFORE, BEFORE.change({"world.skill_effect": 0.3})])[1] == ("world.skill_effect",)


def test_worlds_fill_their_ranges_and_keep_when_parameters_are_added():
    ranges = {"world.skill_effect": Range(0.1, 0.2, 0.4), "market.rivals": Range(1.0, 2.0, 4.0, whole=True)}
    drawn = draw_worlds(ranges, 400, seed=1)
    assert set(drawn["market.rivals"]) == {1.0, 2.0, 3.0, 4.0}
    assert drawn["world.skill_effect"].mean() == pytest.approx(0.7 / 3.0, abs=0.001)
    alone = draw_worlds({"market.rivals": ranges["market.rivals"]}, 400, seed=1)
    assert alone["market.rivals"].tolist() == drawn["market.rivals"].tolist()
    assert draw_worlds(ranges, 400, seed=2)["market.rivals"].tolist() != drawn["market.rivals"].tolist()


def test_the_exponent_of_clarity_follows_its_effect():
    there = in_world(BEFORE, {"world.clarity_effect": 0.03, "market.rivals": 3.0})
    assert there.world.clarity_exponent == pytest.approx(BEFORE.world.clarity_exponent * 0.03 / 0.06)
    assert there.market.rivals == 3


# --- asking


def test_the_same_question_has_the_same_answer_whatever_the_workers(answer):
    again = ask(workers=2)
    pd.testing.assert_frame_equal(answer.table, again.table)
    pd.testing.assert_frame_equal(answer.worlds, again.worlds)


def test_each_set_of_beliefs_has_its_rows():
    names = ("evidence", "practitioner")
    heard = []
    found = belief_uncertainty(
        {name: preset("coaching", name) for name in names}, {name: preset("status_quo", name) for name in names},
        "revenue", points=16, replications=2, outcome=sales, relative=True, workers=1,
        parameters=["world.skill_effect"], progress=lambda done, total: heard.append((done, total)))
    assert found.table["beliefs"].value_counts().to_dict() == {"evidence": 4, "practitioner": 4}
    assert found.worlds.groupby("beliefs")["world.skill_effect"].mean()["practitioner"] > 0.25
    assert found.table["unit"].unique() == ["share of status quo"]
    assert heard[0] == (0, 128) and heard[-1] == (128, 128) and len(heard) == 33
    assert repr(found) == "Uncertainty(revenue; evidence and practitioner; 16 worlds, seed=0)"


def test_a_drawn_world_starts_from_the_same_status_quo():
    """Without calibration a world of fewer no decisions would win far more from the start."""
    firm = BEFORE.change({"organisation.teams": 2, "calendar.warmup_weeks": 60, "calendar.horizon_weeks": 1})
    apart = {}
    for recalibrate in (False, True):
        rates = []
        for utility in (0.2, 2.0):
            there = in_world(firm, {"world.no_decision_utility": utility})
            rates.append(look(Visit(
                "own", there, there, "proposal_win_rate_base", 0, 0, 3, "compiled", recalibrate, None)).mean())
        apart[recalibrate] = rates[0] - rates[1]
    assert apart[False] > 0.15 and abs(apart[True]) < 0.05


def test_a_real_world_is_the_engines_pair_of_runs():
    firm = BEFORE.change({"organisation.teams": 1, "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
    coached = firm.change({"policy.coaching_share": 0.5})
    found = belief_uncertainty(coached, firm, "coaching_share_realised", points=16, replications=2, seed=3, workers=1,
                               relative=False, recalibrate=False, parameters=["world.adherence_gain"])
    world = {"world.adherence_gain": found.worlds["world.adherence_gain"][5]}
    pairs = [[MEASURES["coaching_share_realised"].function(
        engine_named("compiled")(in_world(scenario, world), 3, replicate, False), scenario)
        for scenario in (coached, firm)] for replicate in (10, 11)]
    assert found.worlds["difference"][5] == pytest.approx(np.mean([after - before for after, before in pairs]))


@pytest.mark.parametrize(("settings", "message"), [
    ({"parameters": ["world.skil_effect"]}, "no such parameter; did you mean world.skill_effect"),
    ({"parameters": ["policy.coaching_share"]}, "not an uncertainty"),
    ({"parameters": ["world.our_utility"]}, "follows from calibration"),
    ({"parameters": {"world.skill_effect": (0.3, 0.4)}}, "the scenario's own 0.2 is outside 0.3 to 0.4"),
    ({"parameters": {"world.skill_effect": (0.4, 0.1)}}, "low = 0.4 is not below high = 0.1"),
    ({"parameters": {"world.skill_effect": (0.1, 9.0)}}, "world.skill_effect = 9.0: allowed is 0 to 1"),
    ({"parameters": []}, "at least one is needed"),
    ({"shape": "normal"}, "allowed is triangular | uniform"),
    ({"points": 5}, "points = 5: allowed is whole number 16"),
    ({"replications": 1}, "replications = 1"),
    ({"confidence": 0.0}, "confidence = 0.0"),
    ({"engine": "simpi"}, "did you mean simpy"),
    ({"outcome": lambda scenario, seed, replicate: math.nan}, "revenue: not defined in every run"),
])
def test_what_cannot_be_asked_is_refused_in_one_line(settings, message):
    with pytest.raises(ParameterError, match=message.replace("|", r"\|")) as refusal:
        ask(**settings)
    assert "\n" not in str(refusal.value)


def test_scenarios_that_do_not_belong_together_are_refused():
    with pytest.raises(ParameterError, match="the same beliefs are needed in both"):
        belief_uncertainty({"evidence": AFTER}, {"practitioner": BEFORE})
    with pytest.raises(ParameterError, match="a Scenario is needed"):
        belief_uncertainty({"evidence": AFTER}, BEFORE)
    with pytest.raises(ParameterError, match="differ in it"):
        belief_uncertainty(AFTER.change({"world.skill_effect": 0.3}), BEFORE, parameters=["world.skill_effect"])


# --- in words and pictures


def test_the_verdict_names_the_causes_and_the_first_lesson(answer):
    effect, lesson = answer.verdict().split("\n")
    assert effect.startswith("own: revenue moves by ") and "of the variance is not knowing the world" in effect
    assert lesson.startswith("Learn world.skill_effect first: knowing it would take ")
    unclear = dataclasses.replace(answer, parameters=answer.parameters.assign(p_value=0.2))
    assert unclear.verdict().split("\n")[1] == "200 worlds are too few to say what to learn first."
    beyond = dataclasses.replace(answer, parameters=answer.parameters.assign(share_low=0.7, share_high=1.1))
    assert beyond.verdict().endswith("(70 to 100, cut to what a share can be) of the variance between worlds.")
    nothing = dataclasses.replace(answer, parameters=answer.parameters.assign(variance_share=math.nan))
    assert nothing.verdict().split("\n")[1].startswith("The worlds differ by no more than luck does")


def panels(ax):
    return ax.child_axes


def test_the_chart_shows_the_intervals_and_the_tornado(answer):
    left, right = panels(chart(answer.table, answer.parameters))
    drawn = [line.get_xdata().tolist() for line in left.lines if line.get_gid() == "interval"]
    assert drawn == answer.table[["low", "high"]].to_numpy()[1:].tolist()
    bars = [line.get_xdata().tolist() for line in right.lines if line.get_gid() == "bar"]
    assert bars == answer.parameters.sort_values("rank")[["at_low", "at_high"]].to_numpy().tolist()
    assert [text.get_text() for text in right.texts if text.get_gid() == "share"][2] == "0 %"


def test_the_charts_title_is_the_finding(answer):
    title = " ".join(chart(answer.table, answer.parameters).get_title(loc="left").split())
    assert title.endswith("of the variance; learn skill effect first")
    unclear = answer.parameters.assign(p_value=0.2)
    assert "too few worlds to say what to learn first" in " ".join(
        chart(answer.table, unclear).get_title(loc="left").split())
    tied = answer.parameters.assign(p_value=0.001, tied_with="world.skill_effect, world.gain_months")
    assert "learn skill effect or gain months first" in " ".join(
        chart(answer.table, tied).get_title(loc="left").split())


def test_the_chart_speaks_of_the_beliefs_asked_for(answer):
    both = [table.assign(beliefs=name) for table in (answer.table, answer.parameters) for name in ("evidence", "other")]
    table, parameters = pd.concat(both[:2]), pd.concat(both[2:])
    ax = chart(table, parameters, beliefs="other")
    assert ax.get_title(loc="left").startswith("Other beliefs: revenue")
    assert len([line for line in panels(ax)[0].lines if line.get_gid() == "interval"]) == 6
    with pytest.raises(ChartError, match="no beliefs own; the table has evidence, other"):
        chart(table, parameters, beliefs="own")
    with pytest.raises(ChartError, match="no column p_value"):
        chart(answer.table, answer.parameters.drop(columns="p_value"))


def test_the_chart_says_the_same_in_persian(answer):
    table, parameters = answer.table, answer.parameters
    assert title_of(persian(lambda: chart(table, parameters))).endswith("نخست باید اثر مهارت را شناخت")
    tied = parameters.assign(p_value=0.001, tied_with="world.skill_effect, world.gain_months")
    assert "اثر مهارت یا ماه‌های یادگیری از مربی‌گری" in title_of(persian(lambda: chart(table, tied)))
    unclear = parameters.assign(p_value=0.2)
    assert "معلوم نیست نخست چه را باید شناخت" in title_of(persian(lambda: chart(table, unclear)))
    nothing = parameters.assign(variance_share=math.nan)
    assert "بیش از آنچه شانس می‌سازد فرق ندارند" in title_of(persian(lambda: chart(table, nothing)))
    relative = table.assign(unit="share of status quo", **{name: table[name] / 20 for name in ("mean", "low", "high")})
    both = [frame.assign(beliefs=name) for frame in (relative, parameters) for name in ("evidence", "practitioner")]
    ax = persian(lambda: chart(pd.concat(both[:2]), pd.concat(both[2:]), beliefs="practitioner"))
    assert title_of(ax).startswith("با باورهای «تجربهٔ اهل حرفه»: درآمد ")
    assert ax.child_axes[0].get_xlabel() == "اثر بر درآمد، درصد از وضع موجود"
