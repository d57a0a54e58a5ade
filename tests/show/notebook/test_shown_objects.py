"""Objects show themselves: the numbers of their tables by the one formatter, escaped, short, in both languages."""

from __future__ import annotations

import dataclasses
import io
import re

import numpy as np
import pandas as pd
import pytest
from planted_claims import examined
from planted_firms import planted

import simlead
from simlead.results.shown import Shown
from simlead.show.language import in_language
from simlead.show.notebook import plots
from simlead.show.notebook.objects import column
from simlead.show.notebook.page import Mark, Page, page_html
from simlead.show.tables import in_words
from simlead.show.wording import measure_name, scenario_name
from simlead.study.comparison import Comparison, paired_table
from simlead.study.records import THERE
from simlead.study.trial.design import trial_answer
from simlead.study.trial.plan import TrialPlan

PLAN = TrialPlan("teams", 6, 3, 4, 6, 2, outcomes=("sessions_held",))

MEASURES = ["revenue", "market_share"]


def comparison(shift=1e6, names=("as it is", "coached")):
    """A comparison whose coached scenario is ahead by a known amount in every replication, give or take a little."""
    firm = simlead.Scenario()
    scenarios = {names[0]: firm, names[1]: firm.change({"policy.coaching_share": 0.5})}
    runs = pd.DataFrame([
        {"scenario": name, "seed": 0, "replicate": each, "revenue": 2e7 + 1e5 * each + place * (shift + 1e4 * each),
         "market_share": 0.1 + 0.001 * each + 0.01 * place}
        for place, name in enumerate(names) for each in range(8)])
    return Comparison(paired_table(runs, list(names), names[0], MEASURES), runs, scenarios, names[0], 0, 8, "compiled",
                      0.95, {})


def title_of(axes):
    return axes.get_title(loc="left")


def cells(page):
    """The texts of a page's cells."""
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td[^>]*>(.*?)</td>", page)]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_comparison_shows_the_numbers_of_its_table(language):
    found = comparison()
    with in_language(language):
        page, short = cells(found._repr_html_()), repr(found)
        for mean, difference in in_words(found.table).to_numpy():
            assert mean in page and (not difference or difference in page)
        assert in_words(found.table).loc[("revenue", "coached")].iloc[1] in short


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_printed_comparison_has_the_results_of_its_table_in_words(language, monkeypatch):
    found = comparison()
    with in_language(language):
        monkeypatch.setenv("COLUMNS", "100")
        printed = " ".join(str(found).split())
        for mean, difference in in_words(found.table).to_numpy():
            assert mean in printed and difference in printed
        assert scenario_name("coached") in printed and measure_name("market_share") in printed


def test_what_is_printed_fits_its_terminal_and_keeps_the_differences(monkeypatch):
    found, moved = comparison(), in_words(comparison().table).loc[("revenue", "coached")].iloc[1]
    for width in (40, 80, 100, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        assert max(map(len, str(found).splitlines())) <= min(width, 100), width
        assert moved in " ".join(str(found).split()), width
    assert column("relative") not in str(found), "the column to spare, in a table that is wider with it"
    monkeypatch.setenv("COLUMNS", "40")
    assert column("relative") in str(found), "row by row there is room for every column"


def test_what_is_printed_has_letters_that_its_stream_can_encode(monkeypatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    shown = str(comparison(shift=-1e6))
    assert re.search(r" -\d", shown) and "?" not in shown and shown.encode("cp1252")


def test_a_comparison_says_that_its_intervals_count_random_numbers_alone():
    assert "random numbers only" in comparison()._repr_html_() and "random numbers only" in str(comparison())


def test_the_short_text_has_under_200_characters_whatever_the_names():
    found = comparison(names=("a" * 300, "b" * 300))
    assert len(repr(found)) < 200 and "\n" not in repr(found)
    every = simlead.Scenario().change({"policy.coaching_share": 0.5, "policy.role_clarity": 0.9, "world.fade_months": 9,
                                       "organisation.teams": 6})
    assert len(repr(every)) < 200 and "2 more" in repr(every)


def test_a_name_of_the_users_is_text_and_no_markup():
    name = "<script>alert(1)</script>"
    page = comparison(names=("as it is", name))._repr_html_()
    assert "<script" not in page.lower() and "&lt;script&gt;" in page


def test_a_name_of_the_users_has_no_control_characters_where_it_is_printed():
    assert "\x1b" not in str(comparison(names=("as it is", "a\x1b[2Jb")))


def test_a_scenario_shows_what_differs_from_its_start_with_unit_and_grade():
    firm = simlead.preset("coaching", "practitioner").change({"world.fade_months": 9.0, "team.2.seats": 5})
    page = cells(firm._repr_html_())
    rows = [page[place:place + 5] for place in range(0, len(page), 5)]
    line = simlead.REGISTRY["world.fade_months"]
    assert ["Fade months", "16", "9", "months", line.grade] in rows
    assert [row[0] for row in rows] == ["Fade months", "Seats, team 2"]
    assert "coaching, practitioner effect sizes" in firm._repr_html_()


def test_a_preset_as_it_is_shows_what_it_changes_of_the_status_quo():
    assert "coaching share 0.5 (was 0.2)" in repr(simlead.preset("coaching"))
    assert repr(simlead.Scenario()) == "Scenario: status quo, evidence effect sizes, as it is"


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_trial_shows_its_best_option_and_every_text_is_filled_in(language):
    runs = planted(PLAN, effects=tuple(np.linspace(-4.0, 6.0, 16)), replications=4, months=24, money=20_000.0)
    found = trial_answer(simlead.Scenario(), {"policy.coaching_share": 0.5}, PLAN, runs, primary=None, horizon=24,
                         seed=0, early=False)
    with in_language(language):
        page = found._repr_html_() + repr(found)
    assert "{" not in page and "nan" not in page
    assert language == "fa" or "try first" in repr(found)
    assert len(repr(found)) < 200


def test_a_run_shows_its_measures_and_that_one_run_has_no_interval():
    run = simlead.simulate(simlead.Scenario().change({
        "organisation.teams": 1, "organisation.seats_per_team": 1, "calendar.warmup_weeks": 52,
        "calendar.horizon_weeks": 52}), seed=3)
    assert "seed 3" in repr(run) and len(repr(run)) < 200
    assert "no interval" in run._repr_html_()


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A function that sweeps a tiny firm over two plans of coaching, with a baseline or without."""
    def made(baseline="true"):
        folder = tmp_path_factory.mktemp("sweep")
        file = folder / "study.toml"
        file.write_text(f"""
            [study]
            baseline = {baseline}
            engine = "simpy"
            replications = 2
            measures = ["coaching_share_planned"]
            effect_sizes = ["evidence"]
            [scenario]
            from = "status_quo"
            [scenario.set]
            "organisation.teams" = 1
            "organisation.seats_per_team" = 1
            "calendar.warmup_weeks" = 52
            "calendar.horizon_weeks" = 52
            [design]
            kind = "grid"
            [design.factors]
            "policy.coaching_share" = {{ values = [0.2, 0.5] }}
            """)
        return simlead.sweep(simlead.load_study(file), out=folder / "out", workers=1)
    return made


@pytest.fixture(scope="module")
def found_sweep(swept):
    return swept()


def test_a_sweep_shows_its_points_and_their_difference_from_the_baseline(found_sweep):
    found = found_sweep
    page = found._repr_html_()
    rows = [cells(row) for row in page.split("</tr>")[1:4]]
    assert [row[0] for row in rows] == ["0 (baseline)", "1", "2"] and rows[0][-1] == ""
    planned = found.paired("coaching_share_planned", relative=True)["difference"].tolist()
    assert planned[2] > 1.0 and rows[2][-1].startswith(f"+{100 * planned[2]:.0f}")
    assert repr(found) == "Sweep: 3 points in coaching share, folder out"


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_table_in_words_has_what_the_page_has(language):
    found = comparison()
    with in_language(language):
        table = found.in_words()
        assert table.columns.tolist() == [column(name) for name in (
            "measure", "scenario", "mean", "difference", "relative")]
        assert all(cell in cells(found._repr_html_()) for cell in table.to_numpy().ravel())
        raw = in_words(found.table)
        assert table.iloc[:, 2:4].to_numpy().tolist() == raw.to_numpy().tolist()


def test_the_table_in_words_has_the_rows_that_a_page_leaves_out(found_sweep, monkeypatch):
    monkeypatch.setattr("simlead.show.notebook.objects.MOST_POINTS", 1)
    assert cells(found_sweep._repr_html_()) == []
    assert found_sweep.in_words().iloc[:, 0].tolist() == ["0 (baseline)", "1", "2"]
    monkeypatch.setattr("simlead.show.notebook.objects.MOST_MEASURES", 1)
    found, market_share = comparison(), measure_name("market_share")
    assert market_share not in found._repr_html_()
    assert found.in_words()[column("measure")].tolist().count(market_share) == len(found.scenarios)


def test_a_plot_has_a_line_for_each_uncertainty_and_none_for_what_is_not_there():
    both = page_html(Page("t", (), ["a"], [["b"]], [Mark(1.0, 0.5, 1.5, -1.0, 3.0)]))
    alone = page_html(Page("t", (), ["a"], [["b"]], [Mark(1.0, 0.5, 1.5)]))
    unknown = page_html(Page("t", (), ["a"], [["b"]], [Mark(float("nan"), 0.5, 1.5)]))
    assert [page.count("stroke-width") for page in (both, alone, unknown)] == [2, 1, 0]


def test_a_plot_is_drawn_to_scale_around_zero():
    page = page_html(Page("t", (), ["a"], [["b"]], [Mark(0.0, -2.0, 2.0)]))
    low, high = map(float, re.search(r'x1="([\d.]+)" x2="([\d.]+)"[^>]*stroke-width', page).groups())
    zero, middle = (float(re.search(pattern, page)[1]) for pattern in (r'x1="([\d.]+)"', r'cx="([\d.]+)"'))
    assert zero == middle == (low + high) / 2


def test_a_comparison_draws_its_first_measure_or_the_one_that_is_asked_for():
    axes = comparison().plot()
    assert "revenue" in axes.get_xlabel().lower()
    assert "share" in comparison().plot(measure="market_share", ax=axes.figure.add_subplot()).get_xlabel().lower()


def test_a_sweep_draws_its_points_against_the_baseline(found_sweep):
    axes = found_sweep.plot()
    gaps = found_sweep.paired("coaching_share_planned")
    marks = [text.get_text() for text in axes.texts if text.get_gid() == "verdict"]
    assert len(marks) == len(gaps) - 1
    assert marks[1].startswith(f"+{100 * gaps['difference'][2]:.0f}") and "coaching share 0.5" in title_of(axes).lower()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Coaching share 0.2", "Coaching share 0.5"]
    with pytest.raises(simlead.ParameterError, match="effect sizes 'practitioner': the sweep has evidence"):
        found_sweep.plot(effect_sizes="practitioner")


def test_a_sweep_that_has_nothing_to_draw_says_so_in_one_line(found_sweep, swept, monkeypatch):
    with pytest.raises(simlead.ParameterError, match="no baseline") as refusal:
        swept("false").plot()
    assert "\n" not in str(refusal.value)
    monkeypatch.setattr(plots, "MOST_SIDE_BY_SIDE", 1)
    with pytest.raises(simlead.ParameterError, match="2 points are too many"):
        found_sweep.plot()


def test_an_examination_draws_the_claim_that_is_asked_for():
    found = examined(["half_of_the_week", "reasons_of_failure"])
    for key in ("half_of_the_week", "reasons_of_failure"):
        rows = found.table[found.table["key"] == key].set_index("effect_sizes")
        axes = found.plot(claim=key)
        bars = [bar for bar in axes.patches if bar.get_gid() == THERE]
        assert [bar.get_width() for bar in bars] == pytest.approx([100 * share for share in rows["p_holds"] if share])
    assert title_of(found.plot()) == title_of(found.plot(claim="half_of_the_week"))
    with pytest.raises(simlead.ParameterError, match="claim 'other': allowed is half_of_the_week"):
        found.plot(claim="other")


def test_an_object_without_a_chart_says_so_in_one_line():
    run = object.__new__(simlead.Run)
    with pytest.raises(simlead.ParameterError, match="Run: no chart of its own; BaseYear .* have one"):
        run.plot()


def test_an_object_that_is_half_made_still_has_a_text():
    half = object.__new__(Comparison)
    assert repr(half).startswith("<simlead.study.comparison.Comparison object")


def test_without_a_telling_floor_an_object_shows_its_kind_alone(monkeypatch):
    monkeypatch.setattr(Shown, "shown_in", "")
    assert comparison()._repr_html_() is None and "Comparison object" in repr(comparison())


def test_to_show_itself_changes_neither_equality_nor_hash_of_a_scenario():
    firm = simlead.Scenario()
    assert firm == dataclasses.replace(firm) and firm.hash() == dataclasses.replace(firm).hash()
