"""Answers over worlds kept with their study: stored and read back, about points of a sweep, and made in pieces."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.results.folder import write_folder
from simlead.show.answers import places
from simlead.show.report.composing import document_of
from simlead.show.report.making import document_on, findings_of
from simlead.show.report.page import page
from simlead.show.sentences import sentences
from simlead.statistics.answers import WORLD
from simlead.study.answers.answer import answer
from simlead.study.answers.files import KIND, load_answer, save_answer_data
from simlead.study.answers.growing import POLICY, GrowingAnswer, GrowingWorlds
from simlead.study.answers.of_sweep import (
    TOO_DEAR,
    WORLD_VARIES,
    affordable,
    answer_of_sweep,
    answer_points,
    best_points,
)
from simlead.study.compare import compare
from simlead.study.comparison_files import save_comparison_data
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.study import Study
from simlead.study.sweeps.sweep import open_sweep, sweep

TINY = {"organisation.teams": 1, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52,
        "calendar.horizon_weeks": 52}
FIRM = Scenario().change(TINY)
COACHED = FIRM.change({"policy.coaching_share": 0.5})
GAIN = "world.coaching_gain_max"


class Worlds:
    """Forty worlds that differ in what coaching brings."""

    effective_size, drawn = 40.0, (GAIN,)
    table = pd.DataFrame({"world": range(40), "weight": 1 / 40, GAIN: np.linspace(0.1, 0.3, 40)})

    def __len__(self):
        return 40

    def place(self, scenario, number):
        return scenario.change({GAIN: float(self.table[GAIN][number])})


def sales(scenario, seed, replicate):
    noise = np.random.Generator(np.random.Philox([seed, replicate])).normal()
    gain = scenario.policy.coaching_share * (scenario.world.coaching_gain_max - 0.15)
    return {"revenue": 100.0 * (1.0 + gain) + noise, "profit_final": 1e6 * (1.0 + gain)}


@pytest.fixture(scope="module")
def found():
    return answer({"=coached": COACHED, "NA": FIRM.change({"policy.coaching_share": 0.3})}, FIRM, worlds=Worlds(),
                  effect_sizes="evidence", outcome=sales, workers=1)


# --- on disk


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_answer_is_read_back_as_it_was_written(found, tmp_path, suffix):
    with write_folder(tmp_path / "it", KIND) as new:
        save_answer_data(found, new, suffix)
    again = load_answer(tmp_path / "it")
    for name in ("table", "drivers", "switches", "runs", "worlds"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(found, name), check_exact=True, check_dtype=False)
    assert dict(again.scenarios) == dict(found.scenarios)
    assert sentences(again) == sentences(found)
    assert again.policies == ("=coached", "NA") and again.decisions["evidence"].tied == found.decisions["evidence"].tied


def test_a_damaged_answer_is_refused_in_one_line(found, tmp_path):
    with write_folder(tmp_path / "it", KIND) as new:
        save_answer_data(found, new)
    (tmp_path / "it" / "effects.csv").write_text("no")
    with pytest.raises(FileFormatError, match="damaged") as refused:
        load_answer(tmp_path / "it")
    assert "\n" not in str(refused.value)


# --- in short


def test_the_short_answer_and_its_details_are_about_one_policy(found):
    (lead,) = sentences(found.lead("NA"))
    assert lead.startswith("NA, evidence effect sizes: ") and "both uncertainties" in lead
    details = " ".join(sentences(found.details("NA")))
    assert "by itself the unknown world" in details and "=coached, evidence: it depends" not in details
    assert sentences(found.lead())[0] == sentences(found.lead("NA"))[0]  # the last one
    with pytest.raises(ParameterError, match="allowed is =coached"):
        found.lead("nobody")


def test_the_split_adds_up(found):
    """The planted noise cancels in pairs, so that all is the world, and the page says so."""
    values = dict(next(each for each in found.details() if each.code == "answer.split").values)
    assert values["world_share"] > 0.99 and values["by_world"] > 10.0 * values["by_random"]
    assert found.table["limit"].unique().tolist() == [WORLD]
    assert any("the world, not the runs, is the limit" in sentence for sentence in sentences(found))


def test_where_random_numbers_hide_the_worlds_no_share_is_theirs_and_the_interval_says_what_fits(found):
    hidden = dataclasses.replace(found, table=found.table.assign(sd_random=1e-3, sd_world=0.0, sd_world_high=3e-3))
    (values,) = (dict(each.values) for each in hidden.details("NA") if each.code == "answer.split_hidden")
    assert values["by_world"] == pytest.approx(3.0 * values["by_random"])
    assert "hide how much worlds differ" in " ".join(sentences(hidden.details("NA")))


def test_other_names_stand_everywhere(found):
    other = found.renamed({"NA": "a plan"})
    assert other.policies == ("=coached", "a plan") and "a plan" in other.scenarios
    assert "NA" not in set(other.drivers["policy"]) | set(other.decisions["evidence"].policies["policy"])


# --- a report


@pytest.fixture(scope="module")
def compared(found, tmp_path_factory):
    """The folder of a comparison with an answer in it, and of one without."""
    result = compare({"status_quo": FIRM, "=coached": COACHED}, replications=3, workers=1)
    folder = tmp_path_factory.mktemp("compared")
    for name in ("with", "without"):
        with write_folder(folder / name, "comparison") as new:
            save_comparison_data(result, new, ".csv")
            if name == "with":
                with write_folder(new.path / KIND, KIND) as inner:
                    save_answer_data(found, inner)
    return folder


@pytest.fixture
def no_pictures(monkeypatch):
    for place in ("of_comparison", "over_worlds"):
        monkeypatch.setattr(f"simlead.show.report.{place}.pictures", lambda **_: ())


def test_a_report_leads_with_the_answer_and_labels_what_counts_random_numbers_alone(compared, no_pictures):
    document = document_on(compared / "with")
    assert len(document.answers) == 1 and "both uncertainties" in document.answer
    assert document.notes[0].startswith("Random numbers alone: ")
    assert document.sections[0].key == "over_worlds"
    table = document.table("over_worlds")
    assert [row[0] for row in table.rows] == ["'=coached", "NA"] and "Main driver" in [c.heading for c in table.columns]
    assert "Coaching gain max" in document.table("drivers").rows[0][1] or document.table("drivers").rows[0][2] == GAIN


def test_a_report_without_worlds_says_so(compared, no_pictures):
    document = document_on(compared / "without")
    assert document.answer.startswith("Random numbers alone: ")
    assert any("made without worlds" in note for note in document.notes)
    assert "over_worlds" not in [section.key for section in document.sections]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_section_is_on_the_page_with_its_chart(compared, language, monkeypatch):
    monkeypatch.setattr("simlead.show.report.of_comparison.pictures", lambda **_: ())
    document = document_on(compared / "with", language=language)
    section = document.section("over_worlds")
    assert section.pictures and section.paragraphs and page(document)


# --- points of a sweep


STUDY = Study(DesignSpec("grid", {}, {"policy.coaching_share": {"values": [0.1, 0.5]}}),
              effect_sizes=("evidence", "practitioner"), overrides=TINY, replications=3, baseline=True,
              measures=("revenue", "profit_final"))


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return sweep(STUDY, out=tmp_path_factory.mktemp("swept") / "out", workers=1)


def test_the_best_points_are_run_anew_and_the_answer_lies_with_the_sweep(swept, monkeypatch):
    assert answer_of_sweep(swept) is None
    best = best_points(swept, "revenue")
    found = answer_points(swept, [1], worlds=Worlds(), outcome=sales, workers=1)
    assert set(found.policies) == {f"point_{number}" for number in {1, *best}}
    assert found.effect_sizes == ("evidence", "practitioner")
    kept = answer_of_sweep(open_sweep(swept.folder))
    pd.testing.assert_frame_equal(kept.table, found.table, check_exact=True)
    assert places(found, STUDY.factors)["point_1"] == "coaching share 0.1"
    monkeypatch.setattr("simlead.show.report.of_sweep.sweep_pictures", lambda _: ((), []))
    monkeypatch.setattr("simlead.show.report.over_worlds.pictures", lambda **_: ())
    document = document_of(findings_of(open_sweep(swept.folder), None, "out"))
    assert len(document.answers) == 2 and all("both uncertainties" in each for each in document.answers)
    assert any("new runs of the chosen points" in note for note in document.notes)


def test_an_answer_that_takes_more_runs_than_the_sweep_is_not_made_unasked(swept, monkeypatch):
    assert affordable(swept, "revenue") == TOO_DEAR
    many = dataclasses.replace(swept.status(), runs_done=10**6)
    monkeypatch.setattr(type(swept), "status", lambda _: many)
    assert affordable(swept, "revenue") == ""


def test_points_that_are_other_worlds_are_refused(tmp_path):
    other = Study(DesignSpec("grid", {}, {GAIN: {"values": [0.1, 0.3]}}), overrides=TINY, replications=2,
                  measures=("revenue",))
    swept = sweep(other, out=tmp_path / "out", workers=1)
    assert affordable(swept, "revenue") == WORLD_VARIES
    with pytest.raises(ParameterError, match="policies of one firm") as refused:
        answer_points(swept, worlds=Worlds(), outcome=sales, workers=1)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("smallest", [0.0, -1.0, float("nan"), "x"])
def test_a_smallest_effect_that_is_none_is_refused_for_what_it_is(swept, smallest):
    with pytest.raises(ParameterError, match="^smallest_effect = .*: allowed is a number above 0") as refused:
        answer_points(swept, [1], worlds=Worlds(), outcome=sales, workers=1, save=False, smallest_effect=smallest)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("points", "said"), [([99], "point = 99: allowed is a whole number from 0 to 5"),
                                              ([0], "")])
def test_a_point_that_is_not_there_is_refused(swept, points, said):
    if said:
        with pytest.raises(ParameterError, match=said):
            answer_points(swept, points, worlds=Worlds(), outcome=sales, workers=1, save=False)
    else:  # the baseline is no policy
        with pytest.raises(ParameterError, match="the best is the firm as it is, and no other was named"):
            answer_points(swept, points, best=False, worlds=Worlds(), outcome=sales, workers=1, save=False)


# --- in pieces


@pytest.mark.slow
def test_an_answer_made_in_pieces_is_the_same_as_one_made_at_once():
    firm = FIRM.change({"organisation.seats_per_team": 12})
    coached = firm.change({"policy.coaching_share": 0.5})
    growing = GrowingAnswer(GrowingWorlds(firm, seed=0, worlds=18), coached, firm)
    heard, pieces = [], 0
    while (piece := growing.task()) is not None:
        piece()
        pieces += 1
        if growing.answer is not None and not heard:
            heard.append((pieces, growing.answer.early))
    assert growing.done and growing.share == 1.0 and growing.task() is None
    assert heard and heard[0][1] and pieces == 1 + 18 + 18 + 2
    whole = answer({POLICY: coached}, firm, worlds=simlead.worlds(firm, 18, workers=1), effect_sizes="evidence",
                   workers=1)
    pd.testing.assert_frame_equal(growing.answer.table, whole.table)
