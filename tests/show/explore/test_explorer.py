"""Sliders in a notebook: what they set, what is shown of it, and that a new move ends the work on the one before."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.policy import NUMERIC_LEVERS
from simlead.model.scenario import REGISTRY
from simlead.show.explore import explorer as explorers
from simlead.show.explore.explorer import explore
from simlead.show.explore.levers import levers
from simlead.statistics.variance import relative_differences
from simlead.study.growing import experiment, exploration
from simlead.study.growing.world_answers import WorldAnswers

pytest.importorskip("ipywidgets")

PAIRS = 12
COACHING, SELLING = "policy.coaching_share", "policy.own_selling_share"


class ByHand:
    """A desk without threads: work is done when a test says so."""

    def __init__(self):
        self.visitor = None

    def alone(self, visitor):
        self.visitor = visitor

    def leave(self, visitor):
        self.visitor = None if visitor is self.visitor else self.visitor

    def work(self, pieces=10_000):
        for done in range(pieces):
            task = self.visitor.task() if self.visitor else None
            if task is None:
                return done
            task()
        return pieces


@pytest.fixture
def desk(monkeypatch):
    """No simulation: a run's revenue follows the coaching share, with noise that both runs of a pair share."""
    ran = []

    def run(scenario, seed, replicate, engine=None):
        ran.append((scenario.policy.coaching_share, seed, replicate))
        noise = float(np.random.default_rng((seed, replicate)).normal())
        values = dict.fromkeys(experiment.MEASURED, 0.2 + 0.01 * noise)
        return values | {"revenue": 4e7 * (1.0 + 0.1 * scenario.policy.coaching_share) + 1e6 * noise,
                         "profit_final": 4e6 + 1e5 * noise}, np.zeros((1, 0), np.float32)

    by_hand = ByHand()
    by_hand.ran = ran
    monkeypatch.setattr(experiment, "one_run", run)
    monkeypatch.setattr(exploration, "warm_up_compiler", lambda engine: None)
    monkeypatch.setattr(exploration.WorldAnswers, "growing", lambda self, base, moved: None)
    monkeypatch.setattr(explorers, "_desk", lambda: by_hand)
    monkeypatch.setattr(explorers, "SECONDS_BETWEEN", 0.0)
    return by_hand


def shown(exploring):
    return re.sub(r"\s+", " ", re.sub("<style.*?</style>|<[^>]*>", " ", exploring.controls.result.value)).strip()


def state(exploring):
    return re.sub("<[^>]*>", "", exploring.controls.state.value)


# --- the levers


def test_every_lever_of_the_registry_has_a_widget_and_numeric_ones_that_presets_use_stand_first(desk):
    first, others = levers()
    assert {lever.path for lever in first + others} == {path for path in REGISTRY if path.startswith("policy.")}
    assert {lever.path.removeprefix("policy.") for lever in first} < set(NUMERIC_LEVERS)
    used = [sum(lever.path in changes for changes in simlead.PRESETS.values()) for lever in first]
    assert used == sorted(used, reverse=True) and len(first) >= 4
    assert set(explore(pairs=PAIRS).controls.levers) == {lever.path for lever in first + others}


def test_a_slider_spans_what_is_allowed_and_begins_where_the_firm_stands(desk):
    firm = simlead.Scenario().change({COACHING: 0.37})
    controls = explore(firm, pairs=PAIRS).controls
    for lever in levers()[0]:
        slider = controls.levers[lever.path]
        assert (slider.min, slider.max) == (lever.line.low, lever.line.high)
        assert slider.value == firm.value(lever.path)


# --- what is shown


def test_the_result_grows_with_the_pairs_and_says_that_it_counts_random_numbers_only(desk):
    exploring = explore(pairs=PAIRS)
    assert desk.work() and "Move a lever" in state(exploring) and shown(exploring) == ""
    exploring.controls.levers[COACHING].value = 0.5
    found = []
    while desk.work(2):
        found.append(shown(exploring))
    counts = [int(n) for text in found for n in re.findall(r"in (\d+) matched pairs", text)]
    assert counts == sorted(counts) and set(counts) >= {4, 8, 12}
    final = found[-1]
    assert final.startswith("Revenue +") and "12 matched pairs: random numbers only, in one world" in final
    table = exploring.comparison.table.set_index(["measure", "scenario"])
    gap = table.loc[("revenue", "policy"), "relative_difference"]
    assert gap == pytest.approx(0.03 / 1.02, rel=0.02) and f"+{100 * gap:.2f}" in final
    assert exploring.state == "done"


def test_before_four_pairs_there_is_no_interval(desk):
    exploring = explore(pairs=PAIRS)
    desk.work()
    exploring.set({COACHING: 0.5})
    desk.work(3)
    assert exploring.comparison.replications == 3 and shown(exploring) == ""
    assert "first matched pairs" in state(exploring)


def test_a_new_move_ends_the_work_on_the_one_before(desk):
    exploring = explore(pairs=PAIRS)
    desk.work()
    exploring.set({COACHING: 0.5})
    desk.work(2)
    exploring.set({COACHING: 0.3})
    desk.ran.clear()
    desk.work()
    assert {coaching for coaching, _, _ in desk.ran} == {0.3}


def test_the_same_move_again_is_not_run_again(desk):
    exploring = explore(pairs=PAIRS)
    exploring.set({COACHING: 0.5})
    desk.work()
    before = exploring.comparison.table
    exploring.set({COACHING: 0.2})
    desk.work()
    desk.ran.clear()
    exploring.set({COACHING: 0.5})
    assert desk.work() == 0 and desk.ran == [] and exploring.comparison.table.equals(before)


def test_the_seed_beside_the_sliders_is_that_of_the_runs(desk):
    exploring = explore(seed=3, pairs=PAIRS)
    exploring.set({COACHING: 0.5}, seed=9)
    desk.work()
    assert {seed for _, seed, _ in desk.ran} == {9} and exploring.comparison.seed == 9


def test_a_move_that_cannot_be_is_told_in_one_line_and_another_heals_it(desk):
    exploring = explore(pairs=PAIRS)
    desk.work()
    exploring.controls.put({COACHING: 0.8, SELLING: 0.7})
    assert state(exploring).startswith("Not possible: policy.coaching_share + policy.own_selling_share = 1.5")
    assert "\n" not in state(exploring) and shown(exploring) == "" and desk.work() == 0
    exploring.set({SELLING: 0.1})
    assert desk.work() and exploring.state == "done"


def test_a_value_is_checked_beside_where_the_other_sliders_stand(desk):
    exploring = explore(pairs=PAIRS)
    exploring.set({SELLING: 0.05})
    exploring.set({COACHING: 0.9})  # .95 together; with the firm's own .15 it would be 1.05
    assert exploring.scenario.policy.coaching_share == 0.9
    for changes in ({SELLING: 0.2}, {COACHING: 0.5, SELLING: 0.6}):
        with pytest.raises(ParameterError, match=r"policy.coaching_share \+ policy.own_selling_share = 1.1"):
            exploring.set(changes)
        assert exploring.scenario.policy.coaching_share == 0.9 and exploring.state != "refused"


def test_a_run_that_fails_is_told_in_one_line(desk, monkeypatch):
    exploring = explore(pairs=PAIRS)
    desk.work()

    def fails(*_):
        raise RuntimeError("no\nroom <b>here</b>")

    monkeypatch.setattr(experiment, "one_run", fails)
    exploring.set({COACHING: 0.5})
    with pytest.raises(RuntimeError) as failure:
        desk.work()
    desk.visitor.failed(failure.value)
    assert state(exploring) == "Not simulated: no room &lt;b&gt;here&lt;/b&gt;" and desk.work() == 0


def test_another_explorer_takes_the_workers_over_and_the_first_says_so(desk):
    first = explore(pairs=PAIRS)
    first.set({COACHING: 0.5})
    second = explore(pairs=PAIRS)
    assert "Paused" in state(first) and "Paused" not in state(second)
    first.set({COACHING: 0.6})
    desk.work()
    assert first.state == "done" and "Paused" not in state(first)


def test_a_closed_one_does_no_more(desk):
    exploring = explore(pairs=PAIRS)
    exploring.set({COACHING: 0.5})
    exploring.close()
    assert desk.work() == 0 and "Paused" in state(exploring) and "paused" in repr(exploring)


def test_to_wait_for_an_explorer_that_was_paused_lets_it_go_on(desk, monkeypatch):
    first, second = explore(pairs=PAIRS), explore(pairs=PAIRS)
    first.set({COACHING: 0.5})
    second.set({COACHING: 0.3})
    monkeypatch.setattr(explorers.time, "sleep", lambda _: desk.work())
    assert "Paused" in state(first) and first.wait(5.0)
    assert "Paused" in state(second) and first.comparison.replications == PAIRS
    assert second.wait(5.0) and first.wait(5.0)
    assert desk.visitor is second._exploration  # the first one is done and needs no worker


def test_to_wait_ends_when_another_explorer_has_the_workers(desk, monkeypatch):
    first, second = explore(pairs=PAIRS), explore(pairs=PAIRS)
    first.set({COACHING: 0.5})
    waits = []

    def moved(seconds):
        waits.append(seconds)
        assert len(waits) < 3, "it waits for work that no one does"
        second.set({COACHING: 0.3})

    monkeypatch.setattr(explorers.time, "sleep", moved)
    assert not first.wait(60.0) and len(waits) == 1


def test_the_button_brings_all_levers_back(desk):
    exploring = explore(pairs=PAIRS)
    exploring.set({COACHING: 0.5, "policy.manager_training": True})
    assert exploring.scenario != simlead.Scenario()
    exploring.controls.as_it_is.click()
    assert exploring.scenario == simlead.Scenario() and exploring.state != "pairing"


@pytest.mark.parametrize("language", ["en", "fa"])
def test_where_there_is_no_answer_over_worlds_the_reason_is_told(desk, language):
    exploring = explore(pairs=PAIRS, language=language)
    exploring.set({COACHING: 0.5})
    assert exploring.no_answer == "" and exploring.answer is None
    key = exploring.status_quo.hash(), exploring.scenario.hash()
    exploring._exploration._answers.refused[key] = "the status quo is not clearly above zero"
    desk.work()
    assert exploring.state == "done" and exploring.no_answer == "the status quo is not clearly above zero"
    assert exploring.wait(1.0) and not exploring.wait(1.0, worlds=True)
    for stated in (repr(exploring), state(exploring)):
        assert stated.count("the status quo is not clearly above zero") == 1
    assert language == "fa" or "no answer over worlds: the status quo" in repr(exploring)


def test_a_refusal_gives_no_advice_that_nobody_can_follow(monkeypatch):
    class Refusing:
        def task(self):
            return lambda: relative_differences(np.zeros((2, 2, 2)))

    answers = WorldAnswers(0)
    monkeypatch.setattr(answers, "growing", lambda base, moved: Refusing())
    firm = simlead.Scenario()
    answers.task(firm, firm)()
    stated = answers.refused[firm.hash(), firm.hash()]
    assert "not clearly above 0" in stated and "relative=False" not in stated


def test_practitioner_effect_sizes_are_those_of_the_preset(desk, tmp_path):
    exploring = explore(pairs=PAIRS)
    exploring.set({COACHING: 0.5}, effect_sizes="practitioner")
    desk.work()
    assert exploring.status_quo == simlead.preset("status_quo", "practitioner")
    assert exploring.scenario == simlead.preset("coaching", "practitioner")
    for scenario in (exploring.scenario, exploring.status_quo):
        scenario.save(tmp_path / "saved.toml", overwrite=True)
        again = simlead.load_scenario(tmp_path / "saved.toml")
        assert again == scenario and again.origin.effect_sizes == "practitioner"
        assert "skill_effect" not in (tmp_path / "saved.toml").read_text(encoding="utf-8")


def test_a_policy_is_compared_with_the_firm_going_on_as_before(desk):
    exploring = explore(simlead.preset("coaching"), pairs=PAIRS)
    desk.work()
    assert exploring.status_quo == simlead.Scenario() and exploring.scenario.policy.coaching_share == 0.5
    assert exploring.state == "done"


@pytest.mark.parametrize("language", ["en", "fa"])
def test_both_languages_fill_in_every_text_though_workers_speak_english(desk, language):
    exploring = explore(pairs=PAIRS, language=language)
    exploring.set({COACHING: 0.5})
    worker = threading.Thread(target=desk.work)
    worker.start()
    worker.join()
    said = state(exploring) + shown(exploring) + repr(exploring)
    assert "{" not in said and "nan" not in said
    assert bool(re.search("[\u0600-\u06ff]", said)) is (language == "fa")
    assert ("simlead-rtl" in exploring.controls.whole._dom_classes) is (language == "fa")
    assert language == "en" or not re.search("[0-9]", said)


def test_it_shows_itself_as_widgets_and_as_a_line(desk):
    exploring = explore(pairs=PAIRS)
    exploring.set({COACHING: 0.5})
    assert "application/vnd.jupyter.widget-view+json" in exploring._repr_mimebundle_()
    assert repr(exploring).startswith("Explorer: coaching share 0.5 (was 0.2);") and "\n" not in repr(exploring)


@pytest.mark.parametrize(("ask", "words"), [
    (lambda: explore("coaching"), "scenario = 'coaching': a Scenario is needed"),
    (lambda: explore(seed=-1), "seed = -1"),
    (lambda: explore(pairs=2), "pairs = 2"),
    (lambda: explore(language="de"), "unknown language 'de'"),
    (lambda: explore().set({"policy.coachng_share": 0.5}), "no lever of the policy; did you mean policy.coaching"),
    (lambda: explore().set({COACHING: 2.0}), "policy.coaching_share = 2.0: allowed is 0 to 1"),
    (lambda: explore().set({}, effect_sizes="evidnce"), "allowed is evidence | practitioner; did you mean evidence"),
    (lambda: explore().set({}, seed=-4), "seed = -4"),
])
def test_what_is_not_allowed_is_refused_in_one_line(desk, ask, words):
    with pytest.raises(ParameterError) as refusal:
        ask()
    assert words in str(refusal.value) and "\n" not in str(refusal.value)


def test_without_widgets_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(explorers, "find_spec", lambda name: None)
    with pytest.raises(ParameterError) as refusal:
        explore()
    assert str(refusal.value) == (
        'explore needs ipywidgets, which is not installed: pip install "simlead[notebook]"')
