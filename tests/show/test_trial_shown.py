"""A trial as it is shown: sentences that agree with the tables, charts, a page and one slide, in both languages."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from legible import assert_legible, shown
from planted_firms import planted
from pptx import Presentation

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.seen import COLUMNS
from simlead.show.charts import ChartError, trial_map, trial_months, trial_power
from simlead.show.charts.axes import title_of
from simlead.show.language import in_language
from simlead.show.sentences import sentences
from simlead.show.trial import effect_range, effect_words, smallest_words
from simlead.show.trial_folder import save_trial
from simlead.study.trial.data import analyse_trial
from simlead.study.trial.design import trial_answer
from simlead.study.trial.plan import TrialPlan
from simlead.study.trial.protocol import read_protocol

PLAN = TrialPlan("teams", 6, 3, 4, 6, 2, outcomes=("sessions_held", "revenue"))


EFFECTS = tuple(np.linspace(-4.0, 6.0, 16))


def answered(effects=EFFECTS, plan=PLAN, money=20_000.0, firm=None, **how):
    runs = planted(plan, effects=effects, replications=4, months=24, money=money, **how)
    random = np.random.default_rng(1)
    won = 1e5 + 4e4 * random.normal(size=runs.without[:, 0].shape)
    for seen in (runs.without, runs.with_change):
        seen[:, COLUMNS.index("won_value")] = won
    return trial_answer(firm or Scenario(), {"policy.coaching_share": 0.5}, plan, runs, primary=None, horizon=24,
                        seed=0, early=False)


@pytest.fixture(scope="module")
def found():
    return answered()


def test_the_first_sentence_is_the_option_with_the_most_money(found):
    starts = {"now": "Roll out now", "try": "Try first", "leave": "Leave it"}
    assert sentences(found)[0].startswith(starts[found.best])
    assert found.best == found.options.loc[found.options["expected"].idxmax(), "option"] == "try"


@pytest.mark.parametrize(("effects", "start"), [((3.0,) * 16, "Roll out now"), ((-3.0,) * 16, "Leave it")])
def test_sure_gains_and_sure_losses_need_no_trial(effects, start):
    assert sentences(answered(effects))[0].startswith(start)


def test_revenue_that_cannot_tell_is_said_so(found):
    stated = " ".join(sentences(found))
    assert "Revenue cannot show it" in stated and "Coaching sessions held decides" in stated


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_sentence_is_filled_in(found, language):
    with in_language(language):
        stated = sentences(found)
    assert all("{" not in row and "nan" not in row and "inf" not in row.split() for row in stated)


def test_a_design_that_offers_nothing_says_why():
    plan = TrialPlan("before-after", 6, 6, 4, 6, 2, outcomes=("sessions_held",))
    stated = sentences(answered(plan=plan, common=4.0))
    assert stated[0].startswith("This design offers no analysis") and "changes are mistaken for the effect" in stated[1]


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(("size", "kind"), [(0.3, "cannot"), (40.0, "some")])
def test_a_firm_of_one_team_is_told_what_it_can_find_out_alone_and_how_many_teams_are_enough(
        tmp_path, language, size, kind):
    plan = TrialPlan("before-after", 1, 1, 6, 8, 2, outcomes=("sessions_held", "revenue"))
    found = answered(tuple(size + step for step in np.linspace(-0.1, 0.1, 16)), plan, noise=0.0)
    codes = [each.code for each in found.findings]
    assert f"trial.alone.{kind}" in codes and sum(code.startswith("trial.enough.") for code in codes) >= 1
    with in_language(language):
        alone = sentences(found)[1]
        page = (save_trial(found, tmp_path / "trial", language=language) / "protocol.html").read_text(encoding="utf-8")
    assert alone in page and "{" not in alone


@pytest.mark.parametrize(("language", "column", "sentence"), [
    ("en", "6.7 %, more than 5.0 %", "False alarms are more than 5 % (6.7 %) in: coaching sessions held."),
    ("fa", "بیش از", "هشدارهای نادرست این‌ها بیش از ۵ درصد است"),
])
def test_more_false_alarms_than_promised_stand_beside_the_outcome(found, tmp_path, language, column, sentence):
    held = found.table["outcome"] == "sessions_held"
    table = found.table.assign(false_alarms=found.table["false_alarms"].mask(held, 0.067),
                               alarms=found.table["alarms"].mask(held, "more"))
    there = dataclasses.replace(found, table=table)
    with in_language(language):
        assert any(sentence in row for row in sentences(there))
        assert not any(sentence in row for row in sentences(found))
    folder = save_trial(there, tmp_path / "trial", language=language)
    assert column in (folder / "protocol.html").read_text(encoding="utf-8")
    fixed = read_protocol(folder)
    assert fixed.missed("sessions_held") == "more" and fixed.false_alarms["sessions_held"] == 0.067
    stated = json.loads((folder / "protocol.json").read_text(encoding="utf-8"))["false_alarms"]
    assert stated["sessions_held"] == {"share": 0.067, "against_5_percent": "more"}


def test_effects_have_the_units_that_people_use():
    assert effect_words(-0.021, "win_rate", half=0.05) == "\N{MINUS SIGN}2 points"
    assert effect_words(300.0, "revenue", 150_000.0, half=300.0) == "+0.2 %"
    assert effect_range(-0.01, 0.03, "win_rate") == "\N{MINUS SIGN}1 to 3 points"
    assert smallest_words(81_000.0, "revenue", 150_000.0) == "54 %"


# --- charts


@pytest.mark.parametrize("language", ["en", "fa"])
def test_charts_are_legible(found, language):
    with in_language(language):
        for drawn in (trial_power(found.curves, found.chosen, worlds=16), trial_months(found.months),
                      trial_map(found.map)):
            assert_legible(shown(drawn))


def test_the_power_chart_states_the_smallest_effect_and_shades_the_plausible_ones(found):
    chosen = found.chosen
    row = chosen.set_index("outcome").loc["sessions_held"]
    ax = trial_power(found.curves, chosen, outcome="sessions_held", months=6, worlds=16)
    assert smallest_words(row["smallest"], "sessions_held", row["level"]) in title_of(ax)
    curve = next(line for line in ax.lines if line.get_gid() == "power")
    at = float(np.interp(row["smallest"], curve.get_xdata(), curve.get_ydata()))
    assert at == pytest.approx(80.0, abs=4.0)
    shade = next(patch for patch in ax.patches if patch.get_gid() == "plausible")
    assert shade.get_x() + shade.get_width() == pytest.approx(max(abs(row["effect_low"]), abs(row["effect_high"])))


def test_the_map_has_a_cell_for_each_design_and_names_the_most_valuable(found):
    ax = trial_map(found.map)
    assert len([patch for patch in ax.patches if patch.get_gid() == "cell"]) == len(found.map)
    top = found.map.loc[found.map["over_the_best"].idxmax()]
    assert f"{int(top['months'])} months" in title_of(ax)
    worse = found.map.assign(over_the_best=-1.0, best="now")
    title = title_of(trial_map(worse))
    assert title.startswith("No trial is worth its price") and title.endswith("less than the best choice without one")


def test_a_table_without_what_is_drawn_is_refused(found):
    with pytest.raises(ChartError, match="no outcome win_rate"):
        trial_power(found.curves, found.chosen, outcome="win_rate")
    with pytest.raises(ChartError, match="two or more are needed"):
        trial_months(pd.DataFrame({"outcome": ["a"], "months": [3], "power": [0.5]}))


# --- the folder


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_protocol_is_one_page_one_slide_and_a_file_that_is_read_back(found, tmp_path, language):
    folder = save_trial(found, tmp_path / "trial", firm="<b>Ours</b>", language=language)
    page = (folder / "protocol.html").read_text(encoding="utf-8")
    assert "<nav" not in page and 'class="one-page"' in page
    assert "<b>Ours" not in page and f'lang="{language}"' in page and "http" not in page.replace("http-equiv", "")
    slides = Presentation(str(folder / "protocol.pptx")).slides
    assert len(slides) == 1
    tables = [shape.table for shape in slides[0].shapes if shape.has_table]
    lots = pd.read_csv(folder / "randomisation.csv")
    assert len(tables) == 1 and len(tables[0].rows) == 1 + len(lots) == 7
    width = 13.333 * 914400
    assert all(shape.left + shape.width <= width + 1 for shape in slides[0].shapes)
    data = pd.read_csv(folder / "data_template.csv")
    data[data.columns.drop(["team", "month"])] = np.random.default_rng(0).poisson(100, (len(data), data.shape[1] - 2))
    data.to_csv(folder / "data.csv", index=False)
    assert sentences(analyse_trial(folder / "data.csv"))[0].startswith(("Roll it out", "Stop it"))


def test_a_trial_of_a_firm_in_euros_never_speaks_of_dollars(tmp_path):
    found = answered(firm=Scenario().change({"organisation.currency": "EUR"}))
    folder = save_trial(found, tmp_path / "trial")
    assert read_protocol(folder).currency == found.currency == "EUR"
    for name in ("answer.txt", "protocol.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert "EUR" in text and "$" not in text


def test_a_folder_that_is_there_stays(found, tmp_path):
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        save_trial(found, tmp_path / "trial")
    with pytest.raises(ParameterError, match="unknown language"):
        save_trial(found, tmp_path / "other", language="xx")
    assert not (tmp_path / "other").exists()
