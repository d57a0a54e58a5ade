"""Reports: the numbers are the study's, nothing is fetched, nobody's text is code, and what is unfinished says so."""

import dataclasses
import re
import shutil

import pandas as pd
import pytest
from commands import refused, run_command
from reporting import (
    BOTH,
    SMALL,
    STUDY,
    answer_of,
    numbers_in,
    page_tables,
    parsed,
    picture_sizes,
    slides_of,
    small_comparison,
    tables_of,
    text_of,
)

from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.files import FileFormatError
from simlead.results.folder import write_folder
from simlead.show.report import making, of_comparison, of_sweep, pictures, report
from simlead.show.report.document import Column, Document, Section, table_of
from simlead.show.report.making import document_on
from simlead.show.report.page import page
from simlead.show.report.slides import write_slides
from simlead.show.sentences import sentences
from simlead.statistics.simultaneous import simultaneous_intervals
from simlead.study import report_record
from simlead.study.compare import compare
from simlead.study.comparison_files import load_comparison, save_comparison_data
from simlead.study.reading import read_sweep
from simlead.study.report_record import Part
from simlead.study.simulate import simulate
from simlead.study.studies.study_file import load_study
from simlead.study.sweeps.store import open_store
from simlead.study.sweeps.sweep import open_sweep, sweep


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    """Charts are looked at elsewhere; here they need not be large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "PIXELS_PER_INCH", 40)
        yield


@pytest.fixture
def no_pictures(monkeypatch):
    """For tests that read words."""
    monkeypatch.setattr(of_comparison, "pictures", lambda **_: ())
    monkeypatch.setattr(of_sweep, "sweep_pictures", lambda *_: ((), []))


@pytest.fixture(scope="module")
def comparison():
    return small_comparison()


@pytest.fixture(scope="module")
def compared(tmp_path_factory, comparison):
    folder = tmp_path_factory.mktemp("compared") / "compared"
    with write_folder(folder, "comparison") as new:
        save_comparison_data(comparison, new, ".csv")
    return folder


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    root = tmp_path_factory.mktemp("swept")
    (root / "study.toml").write_text(STUDY.format(effect_sizes=BOTH))
    sweep(load_study(root / "study.toml"), out=root / "results", workers=1)
    return root / "results"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ran") / "run"
    return simulate(preset("coaching").change(SMALL), seed=3).save(folder)


@pytest.fixture(scope="module")
def reports(tmp_path_factory, compared, swept, ran):
    """The page's text and the slides' path, by kind and language."""
    root = tmp_path_factory.mktemp("reports")
    found = {}
    for kind, source in (("comparison", compared), ("sweep", swept), ("run", ran)):
        for language in ("en", "fa"):
            folder = report(source, root / f"{kind}-{language}", language=language)
            found[kind, language] = (folder / "report.html").read_text(encoding="utf-8"), folder / "report.pptx"
    return found


@pytest.fixture(scope="module")
def reported_comparison(compared):
    return document_on(compared)


@pytest.fixture(scope="module")
def reported_sweep(swept):
    return document_on(swept)


EVERY = [(kind, language) for kind in ("comparison", "sweep", "run") for language in ("en", "fa")]


# --- what it says


def test_a_comparisons_answer_is_its_last_scenario_with_the_tables_interval(comparison, reports):
    html, _ = reports["comparison", "en"]
    rows = comparison.table[(comparison.table["measure"] == "revenue")].set_index("scenario")
    line = rows.loc["leadership"]
    answer = answer_of(html)
    stated = numbers_in(answer)
    for number, name in zip(stated, ("relative_difference", "relative_low", "relative_high"), strict=False):
        assert number == pytest.approx(abs(100 * line[name]), abs=0.6)
    assert "95 % interval" in answer
    assert "4 matched pairs of runs" in answer


def test_the_switches_on_coverage_stand_beside_a_verdict_on_coaching(reported_comparison, reported_sweep):
    for document in (reported_comparison, reported_sweep):
        assert any("structure.more_for_the_same_reps" in note for note in document.notes)


def test_the_numbers_of_the_table_are_the_comparisons(comparison, reports):
    table = page_tables(reports["comparison", "en"][0])["answer"]
    assert [row[0] for row in table[1:]] == ["Status quo", "Coaching", "Leadership"]
    rows = comparison.table[comparison.table["measure"] == "revenue"]
    together = comparison.simultaneous("revenue", relative=True).set_index("scenario")
    for cells, line in zip(table[1:], rows.to_dict("records"), strict=True):
        mean, low, high = numbers_in(cells[1])
        factor = 1e-6 if "million" in cells[1] else 1.0
        half = (line["high"] - line["low"]) / 2 * factor
        assert [mean, low, high] == pytest.approx(
            [factor * line[name] for name in ("mean", "low", "high")], abs=max(half / 2, 1.0))
        if line["scenario"] != "status_quo":
            assert numbers_in(cells[2])[0] == pytest.approx(abs(100 * line["relative_difference"]), abs=0.6)
            wide = together.loc[line["scenario"]]
            assert numbers_in(cells[3]) == pytest.approx(
                [abs(100 * wide[name]) for name in ("difference", "low", "high")], abs=0.6)
    assert table[1][-2:] == ["baseline", "4"]


def test_a_difference_whose_interval_holds_zero_is_called_not_distinguishable(no_pictures):
    firm = Scenario().change(SMALL)
    twin = firm.change({"policy.accountability": 0.41})
    found = compare({"a": firm, "twin": twin}, replications=3, workers=1, measures=["revenue"])
    assert "not distinguishable" in document_on(found).answer


def test_an_interval_is_one_of_95_percent_whatever_the_comparison_was_asked_for(reported_comparison):
    again = document_on(small_comparison(confidence=0.5))
    assert again.answer == reported_comparison.answer
    assert again.table("answer") == reported_comparison.table("answer")


def test_too_few_firms_are_no_answer():
    found = small_comparison(("status_quo", "coaching"), replications=1)
    document = document_on(found)
    assert document.answer.startswith("No answer")
    assert document.section("results").tables[0].rows[1][-2] == "not distinguishable"
    assert not [section for section in document.sections if section.key == "charts"]  # no title without an interval


def test_a_run_alone_is_an_example(reports):
    html, _ = reports["run", "en"]
    answer = answer_of(html)
    assert "one simulation run is an example" in answer
    levers = {row[1]: row for row in page_tables(html)["levers"]}
    assert levers["policy.coaching_share"][:4] == ["Coaching share", "policy.coaching_share", "0.2", "0.5"]


def test_a_sweeps_answer_holds_for_all_its_combinations_under_each_set_of_effect_sizes(swept, reported_sweep):
    found, document = open_sweep(swept), reported_sweep
    assert document.title == "How much coaching?"
    wide = found.runs(["revenue"]).pivot(index="replicate", columns="point", values="revenue")
    design = found.design.set_index("point")
    for effect_sizes, name in (("evidence", "Evidence"), ("practitioner", "Practitioner")):
        points = design.index[design["effect_sizes"] == effect_sizes]
        rows = simultaneous_intervals(wide[points].rename(columns=str), relative=True)
        rows["policy.coaching_share"] = [design["policy.coaching_share"][int(point)] for point in rows["scenario"]]
        above = rows[rows["low"] > 0]
        best = (above if len(above) else rows).sort_values("difference").iloc[-1]
        sentence = document.answer.partition(f"“{name}”: ")[2].partition(" With the effect sizes")[0]
        assert sentence.startswith(
            tuple(f"random numbers alone: {each}" for each in (
                "of 4 combinations", "no clear increase of revenue over the baseline in any of 4 combinations")))
        change = numbers_in(sentence.partition("role clarity ")[2].partition(": ")[2])
        assert change[:3] == pytest.approx(
            [abs(100 * best[column]) for column in ("difference", "low", "high")], abs=0.6)
        assert f"coaching share {best['policy.coaching_share']:g}" in sentence


def test_a_sweeps_combinations_are_listed_highest_first_with_their_own_numbers(swept, reported_sweep):
    found = open_sweep(swept)
    rows = reported_sweep.table("combinations").rows
    assert len(rows) == 8
    paired = found.paired("revenue", True)
    wanted = sorted(100 * paired[~paired["baseline"]]["difference"], reverse=True)
    assert [numbers_in(row[4])[0] for row in rows] == pytest.approx([abs(value) for value in wanted], abs=0.6)


def test_both_sets_of_effect_sizes_stand_side_by_side(reported_sweep):
    section = reported_sweep.section("effect_sizes")
    contrast, differing = section.tables
    assert [column.heading for column in contrast.columns[1:3]] == ["Evidence", "Practitioner"]
    values = {row[1]: row[2:4] for row in differing.rows}
    assert values["world.coaching_gain_max"] == ("0.2", "0.6")
    assert "verdict" in section.paragraphs[0]


def test_a_comparison_under_one_set_of_effect_sizes_says_so(reported_comparison):
    stated = reported_comparison.section("basis").paragraphs
    assert any("one set of effect sizes only (Evidence)" in paragraph for paragraph in stated)
    assert any("not known: only levers were varied" in paragraph for paragraph in stated)


def test_what_it_rests_on_is_graded_and_sourced(reported_comparison):
    document = reported_comparison
    rows = {row[1]: row for row in document.table("assumptions").rows}
    line = REGISTRY["world.coaching_gain_max"]
    assert rows[line.path][2:4] == ("0.2", "0.1 to 0.6")
    assert rows[line.path][-2:] == ("A: Meta-analysis or experiment", line.source)
    sources = {row[0] for row in document.table("sources").rows}
    assert set(line.source.split()) <= sources


def test_levers_are_those_in_which_the_scenarios_differ(reported_comparison):
    rows = {row[1]: row[2:5] for row in reported_comparison.table("levers").rows}
    assert rows["policy.coaching_share"] == ("0.2", "0.5", "0.5")
    assert rows["policy.manager_training"] == ("off", "off", "on")
    assert "organisation.teams" not in rows


def test_every_lever_has_its_assumptions_and_every_assumption_is_one():
    levers = {path: line.works_through for path, line in REGISTRY.items() if path.startswith("policy.")}
    assert [path for path, chain in levers.items() if not chain] == ["policy.adoption_weeks"]
    assert {path for line in REGISTRY.values() for path in line.works_through} <= set(REGISTRY)
    assert levers == {path.replace("status_quo", "policy"): line.works_through
                      for path, line in REGISTRY.items() if path.startswith("status_quo.")}


def test_where_it_comes_from_is_told(reported_comparison, comparison):
    rows = dict(reported_comparison.table("origin").rows)
    assert rows["Seed"] == "0"
    assert rows["Replications per scenario"] == "4"
    assert rows["Hash of parameters: Leadership"] == comparison.scenarios["leadership"].hash()
    assert rows["Hash of model and engines"] == comparison.provenance["leadership"].sources
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+\+00:00", rows["Made (UTC)"])


def test_another_measure_and_other_words_can_be_asked_for(compared, swept, no_pictures):
    document = document_on(compared, measure="market_share", title="For the board", question="And our share?")
    assert (document.title, document.question) == ("For the board", "And our share?")
    assert document_on(swept, question="Coach more?").title == "Coach more?"
    assert "market share" in document.answer
    with pytest.raises(ParameterError, match="measure 'market_shar' was not compared.*did you mean market_share"):
        document_on(compared, measure="market_shar")


def test_the_assumption_that_moves_most_is_named_with_its_interval(monkeypatch, tmp_path, no_pictures):
    text = STUDY.format(effect_sizes="").replace('"policy.role_clarity"', '"world.skill_effect"').replace(
        "replications = 4", "replications = 1")
    (tmp_path / "study.toml").write_text(text)
    sweep(load_study(tmp_path / "study.toml"), out=tmp_path / "results", workers=1)
    stated = document_on(tmp_path / "results").section("basis").paragraphs[0]
    assert stated.startswith("The main driver of the conclusion among the assumptions is not known: this design")

    def ranked(low):
        return pd.DataFrame({
            "factor": ["policy.coaching_share", "world.skill_effect"], "index": "total", "estimate": [0.7, 0.25],
            "low": [0.6, low], "high": [0.8, 0.375], "uncorrected": [0.8, 0.4], "rank": [1, 2], "tied_with": "",
            "noise_share": 0.1, "n": 64, "replicates": 4})

    monkeypatch.setattr(report_record, "index_table", lambda *_: ranked(0.125))
    stated = document_on(tmp_path / "results").section("basis").paragraphs[0]
    assert "skill effect moves revenue most: total index 0.25 (0.12 to 0.38), 95 % interval" in stated
    monkeypatch.setattr(report_record, "index_table", lambda *_: ranked(-0.125))
    stated = document_on(tmp_path / "results").section("basis").paragraphs[0]
    assert "none shows a clear effect on revenue; the largest is skill effect" in stated


# --- a page and slides that anybody can open


@pytest.mark.parametrize("which", EVERY)
def test_the_page_is_whole_and_fetches_nothing(reports, which):
    html, _ = reports[which]
    tree = parsed(html)
    assert (tree.get("lang"), tree.get("dir")) == (which[1], "rtl" if which[1] == "fa" else "ltr")
    assert not list(tree.iter("script")) + list(tree.iter("link")) + list(tree.iter("iframe"))
    addresses = [value for element in tree.iter() for name, value in element.items() if name in ("src", "href")]
    targets = {element.get("id") for element in tree.iter() if element.get("id")}
    links = [address for address in addresses if not address.startswith("data:")]
    # Nothing is loaded: what is no data leads to a place on the page or, if a reader follows it, to a paper's DOI.
    assert all(link.removeprefix("#") in targets or link.startswith("https://doi.org/10.") for link in links)
    assert [link for link in links if link.startswith("#")] == [
        f"#{section.get('id')}" for section in tree.iter("section") if section.get("id") != "answer"]
    (style,) = (element.text for element in tree.iter("style"))
    assert not re.search(r"@import|https?:|//", re.sub(r"url\(data:[^)]*\)", "", style))
    assert not re.search(r"\bon\w+\s*=", re.sub(r'"[^"]*"', "", html))
    assert len(list(tree.iter("h1"))) == 1


@pytest.mark.parametrize("which", EVERY)
def test_headings_descend_and_every_picture_states_its_finding(reports, which):
    tree = parsed(reports[which][0])
    levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch("h[1-6]", element.tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    figures = list(tree.iter("figure"))
    assert figures
    for figure in figures:
        finding = text_of(next(figure.iter("h3")))
        assert len(finding) > 20
        assert finding in next(figure.iter("img")).get("alt")
    assert all(stated == drawn for stated, drawn in picture_sizes(reports[which][0]))


@pytest.mark.parametrize("which", EVERY)
def test_the_slides_have_the_pages_titles_tables_and_pictures(reports, which):
    html, path = reports[which]
    slides = slides_of(path)
    tree = parsed(html)
    assert slides[0]["title"] == text_of(next(tree.iter("h1")))
    assert any(answer_of(html) == " ".join(text.split()) for text in slides[1]["texts"])
    findings = [text_of(figure.find(".//h3")) for figure in tree.iter("figure")]
    assert [slide["title"] for slide in slides if slide["pictures"]] == findings
    assert all(slide["pictures"][0].endswith(slide["title"]) for slide in slides if slide["pictures"])
    on_page = page_tables(html)
    on_slides = tables_of(slides)
    assert [[[" ".join(cell.split()) for cell in row] for row in rows] for rows in on_slides.values()] == [
        [[" ".join(cell.split()) for cell in row] for row in rows] for rows in on_page.values()]
    assert all(slide["notes"] for slide in slides)


@pytest.mark.parametrize("kind", ["comparison", "sweep", "run"])
def test_both_languages_have_the_same_structure_and_numbers(reports, kind):
    (english, english_slides), (persian, persian_slides) = (reports[kind, language] for language in ("en", "fa"))
    shapes = [[(element.tag, element.get("id"), element.get("class")) for element in parsed(html).iter()
               if element.tag not in ("bdi", "code", "span", "wbr")] for html in (english, persian)]
    assert shapes[0] == shapes[1]
    tables = [page_tables(html) for html in (english, persian)]
    for key, rows in tables[0].items():
        for here, there in zip(rows, tables[1][key], strict=True):
            for head, one, other in zip(rows[0], here, there, strict=True):
                assert head == "Unit" or numbers_in(one) == numbers_in(other), (key, one, other)
    answers = [answer_of(html) for html in (english, persian)]
    assert sorted(numbers_in(answers[0])) == sorted(numbers_in(answers[1]))
    every = [slides_of(path) for path in (english_slides, persian_slides)]
    assert list(tables_of(every[0])) == list(tables_of(every[1]))
    assert [slide["pictures"] != [] for slide in every[0] if slide["pictures"]] == [
        slide["pictures"] != [] for slide in every[1] if slide["pictures"]]


def test_persian_is_written_from_the_right_with_its_own_digits_and_letters(reports):
    html, path = reports["comparison", "fa"]
    answer = answer_of(html)
    assert not re.search(r"[0-9A-Za-z%]", answer)
    assert html.count("font/woff;base64,") == 2
    for slide in slides_of(path):
        for shape in slide["slide"].shapes:
            if shape.has_table:
                assert shape.table._tbl.tblPr.get("rtl") == "1"
            paragraphs = shape.text_frame.paragraphs if shape.has_text_frame else []
            assert all(paragraph._p.pPr.get("rtl") == "1" for paragraph in paragraphs if paragraph.text)
    assert "font/woff" not in reports["comparison", "en"][0]


def test_an_interval_for_many_is_the_wider_one(swept):
    for effect_sizes in ("evidence", "practitioner"):
        part = Part(open_sweep(swept), "revenue", effect_sizes)
        single, together = part.differences, part.family
        assert together["difference"].to_numpy() == pytest.approx(single["difference"].to_numpy())
        part.at_once = None  # as where runs are missing
        del part.family
        for wide, wider in ((single, together), (together, part.family)):
            assert (wider["high"] - wider["low"] >= (wide["high"] - wide["low"]) * (1 - 1e-12)).all()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_same_study_makes_the_same_bytes(tmp_path, swept, reports, language):
    again = report(swept, tmp_path / "again", language=language)
    html, slides = reports["sweep", language]
    assert (again / "report.html").read_text(encoding="utf-8") == html
    assert (again / "report.pptx").read_bytes() == slides.read_bytes()


# --- somebody else's text


NASTY = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("x")'
TURNED = "quiet\u202egnp.exe\x00"


def test_names_and_questions_are_text_and_nothing_else(tmp_path):
    firm = Scenario().change(SMALL)
    names = ["base & <b>", FORMULA, TURNED, NASTY]
    scenarios = {name: firm.change({"policy.coaching_share": 0.2 + 0.1 * place}) for place, name in enumerate(names)}
    found = compare(scenarios, replications=2, workers=1, measures=["revenue", "market_share"])
    folder = report(found, tmp_path / "report", title='"><img src=x onerror=y>',
                    question=f"Why {NASTY}{{{{ 7 * 7 }}}}\ud800?")
    html = (folder / "report.html").read_text(encoding="utf-8")
    tree = parsed(html)
    assert not list(tree.iter("script"))
    assert NASTY not in html
    assert all(image.get("src").startswith("data:") for image in tree.iter("img"))
    assert "{{ 7 * 7 }}" in html
    first_cells = [row[0] for row in page_tables(html)["answer"][1:]]
    assert first_cells[1] == f"'{FORMULA}"
    assert first_cells[3].lower() == NASTY
    assert "\u202e" not in html
    slides = slides_of(folder / "report.pptx")
    assert slides[0]["title"] == '"><img src=x onerror=y>'
    assert any(NASTY in cell.lower() for slide in slides for table in slide["tables"] for row in table for cell in row)


def test_endless_texts_are_cut(tmp_path, compared, no_pictures):
    document = document_on(compared, title="long " * 1000, question="x" * 10_000)
    assert len(document.title) <= 600
    assert document.question.endswith("\N{HORIZONTAL ELLIPSIS}")


def test_a_long_table_says_how_much_more_there_is(tmp_path):
    table = table_of("long", "Long", (Column("what"), Column("value", "number")),
                     [(f"row {number}", str(number)) for number in range(100)], 40)
    document = Document("en", "ltr", "T", "", "Q", ("A",), (), (Section("s", "S", (), (), (table,)),), "F", "")
    assert "and 60 more" in page(document)
    write_slides(document, tmp_path / "long.pptx")
    slides = slides_of(tmp_path / "long.pptx")
    assert [row[0] for row in tables_of(slides)["long"][1:]] == [f"row {number}" for number in range(40)]
    assert "and 60 more" in slides[-1]["texts"]


# --- what is not finished


@pytest.fixture
def unfinished(tmp_path, swept):
    """A sweep of which runs are missing."""
    folder = tmp_path / "unfinished"
    shutil.copytree(swept, folder)
    study = dataclasses.replace(open_sweep(swept).study, replications=6)
    manifest = open_store(folder).manifest
    from simlead.study.sweeps.store import save_manifest

    save_manifest(folder, {**manifest, "study": study.values()})
    return folder


def test_an_unfinished_sweep_says_so_everywhere(capsys, tmp_path, unfinished, no_pictures):
    folder = report(unfinished, tmp_path / "report")
    html = (folder / "report.html").read_text(encoding="utf-8")
    tree = parsed(html)
    assert text_of(next(tree.iter("title"))).startswith("UNFINISHED: ")
    assert text_of(next(tree.iter("h1"))).startswith("UNFINISHED")
    assert '@top-center { content: "UNFINISHED"' in html
    section = next(element for element in tree.iter("section") if element.get("id") == "missing")
    assert "Runs made: 40 of 60; missing: 20, of which failed: 0." in text_of(section)
    slides = slides_of(folder / "report.pptx")
    assert all("UNFINISHED" in slide["texts"] or slide["title"].startswith("UNFINISHED") for slide in slides)
    assert all(any(shape.name == "unfinished" for shape in slide["slide"].shapes) for slide in slides)
    out = run_command(capsys, "report", str(unfinished), "--out", str(tmp_path / "again"))[1]
    assert f"not finished, and the report says so; simlead status {unfinished} shows" in out


@pytest.mark.parametrize("runs", [1, 2, 3, 6, 9, 21])
def test_a_sweep_can_be_told_of_wherever_it_stopped(tmp_path, runs, no_pictures):
    (tmp_path / "study.toml").write_text(STUDY.format(effect_sizes=BOTH))

    def stop(done, _):
        if done >= runs:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(load_study(tmp_path / "study.toml"), out=tmp_path / "results", workers=1, progress=stop)
    made = open_sweep(tmp_path / "results").status().runs_done
    document = document_on(tmp_path / "results")
    assert 0 < made < 40
    assert f"Runs made: {made} of 40;" in document.section("missing").paragraphs[0]
    assert len(document.answers) == (2 if made > 4 else 1)  # the first four runs are the baseline's
    assert all("interval" in answer or "no run" in answer or "too few" in answer for answer in document.answers)
    assert "nan" not in page(document)


def test_a_finished_one_does_not(reports):
    assert "UNFINISHED" not in reports["sweep", "en"][0]


@pytest.mark.filterwarnings("ignore::simlead.study.sweeps.sweep.SweepWarning")
def test_runs_that_failed_are_told(tmp_path, no_pictures):
    def broken(run):
        if run.replicate == 1:
            raise RuntimeError("<i>no</i> luck")
        return 1.0

    (tmp_path / "study.toml").write_text(STUDY.format(effect_sizes=""))
    sweep(load_study(tmp_path / "study.toml"), out=tmp_path / "results", workers=1, own_measures={"mine": broken})
    document = document_on(tmp_path / "results")
    assert document.mark == "UNFINISHED"
    assert document.table("failures").rows[0][:3] == ("RuntimeError", "<i>no</i> luck", "5")
    assert "of which failed: 5" in document.section("missing").paragraphs[0]
    assert "<i>no</i>" not in page(document)
    # Three replications are left of a point: the report concludes nothing, and says that first (C22).
    assert document_on(tmp_path / "results", measure="mine").answer.startswith("Too few replications: 3 at some of the")
    assert document.answer.startswith("Too few replications") and "+" not in document.answer


def test_the_reports_first_note_is_the_reading_of_the_sweep(swept, no_pictures):
    found = open_sweep(swept)
    (first, *others) = document_on(swept).notes
    for effect_sizes in ("evidence", "practitioner"):
        assert " ".join(sentences(read_sweep(found, "revenue", effect_sizes)))[5:60] in " ".join([first, *others])
    assert first.startswith("With the effect sizes")


def test_a_sweep_without_a_run_has_no_answer(tmp_path, swept, no_pictures):
    folder = tmp_path / "empty"
    shutil.copytree(swept, folder)
    for shard in (folder / "runs").iterdir():
        shard.unlink()
    document = document_on(folder)
    assert document.answer == "No answer: no run has come to its end."
    assert document.mark


# --- refusals


def test_the_command_writes_beside_the_folder_and_never_over_anything(capsys, tmp_path, compared, no_pictures):
    folder = tmp_path / "study"
    shutil.copytree(compared, folder)
    status, out, err = run_command(capsys, "report", str(folder), "--language", "fa")
    assert (status, err) == (0, "")
    assert out == f"Report: {tmp_path / 'study-report-fa'}/report.html and report.pptx\n"
    assert "is there already" in refused(capsys, "report", str(folder), "--language", "fa")
    assert run_command(capsys, "report", str(folder), "--language", "fa", "--overwrite")[0] == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("x")
    assert "something else" in refused(capsys, "report", str(folder), "--out", str(tmp_path / "mine"), "--overwrite")
    assert (tmp_path / "mine" / "thesis.doc").exists()


def test_what_must_stay_is_refused_before_anything_is_drawn(capsys, tmp_path, compared, monkeypatch):
    monkeypatch.setattr(making, "document_on", lambda *_, **__: pytest.fail("the work was done first"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("x")
    assert "something else" in refused(
        capsys, "report", str(compared), "--out", str(tmp_path / "mine"), "--overwrite")
    with pytest.raises(FileExistsError, match="something else"):
        report(compared, tmp_path / "mine", overwrite=True)


def test_folders_that_hold_nothing_are_refused(capsys, tmp_path, compared):
    assert "there is no such folder" in refused(capsys, "report", str(tmp_path / "gone"))
    (tmp_path / "file").write_text("x")
    assert "is a file" in refused(capsys, "report", str(tmp_path / "file"))
    (tmp_path / "empty").mkdir()
    assert "holds nothing to report on" in refused(capsys, "report", str(tmp_path / "empty"))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "comparison.csv").write_text("scenario\n")
    assert "older simlead" in refused(capsys, "report", str(tmp_path / "old"))
    assert "unknown language 'farsi'" in refused(capsys, "report", str(compared), "--language", "farsi")
    assert not list(tmp_path.glob("*report*"))


def damage(path, old, new):
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_damaged_and_foreign_files_are_refused(capsys, tmp_path, compared, swept):
    folder = tmp_path / "runs"
    shutil.copytree(compared, folder)
    (folder / "runs.csv").write_text("scenario,replicate,revenue\nstatus_quo,0,1\n")
    assert "runs.csv is damaged" in refused(capsys, "report", str(folder))
    for old, new, why in (('"seed": 0', '"seed": 1', "is damaged"), ("{", "[", "cannot be read"),
                          ("folder 1", "folder 9", "not of the format")):
        folder = tmp_path / f"head {why}"
        shutil.copytree(compared, folder)
        damage(folder / "manifest.json", old, new)
        assert why in refused(capsys, "report", str(folder))
    folder = tmp_path / "shard"
    shutil.copytree(swept, folder)
    shard = next((folder / "runs").iterdir())
    shard.write_bytes(shard.read_bytes()[:-9])
    assert "is damaged" in refused(capsys, "report", str(folder))
    assert not list(tmp_path.glob("*report*"))


def test_a_study_made_with_other_parameters_is_refused(comparison):
    origins = {name: dataclasses.replace(origin, registry="0" * 16) for name, origin in comparison.provenance.items()}
    with pytest.raises(ParameterError, match="made by another version of simlead"):
        document_on(dataclasses.replace(comparison, provenance=origins))


def test_what_is_no_study_is_refused():
    with pytest.raises(ParameterError, match="a report is made of a folder"):
        document_on(7)


@pytest.mark.parametrize(("module", "name"), [("jinja2", "jinja2"), ("pptx", "python-pptx")])
def test_a_missing_extra_says_what_to_install(monkeypatch, tmp_path, compared, module, name):
    from simlead.show.report import making

    found = making.find_spec
    monkeypatch.setattr(making, "find_spec", lambda wanted: None if wanted == module else found(wanted))
    with pytest.raises(ParameterError, match=rf'needs {name}: pip install "simlead\[report\]"'):
        report(compared, tmp_path / "report")
    assert not (tmp_path / "report").exists()


# --- a comparison in its folder


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_a_comparison_comes_back_as_it_was(tmp_path, suffix):
    firm = Scenario().change(SMALL)
    names = ["NA", "=1+1", "-"]
    scenarios = {name: firm.change({"policy.coaching_share": 0.2 + 0.1 * place}) for place, name in enumerate(names)}
    found = compare(scenarios, replications=2, workers=1, measures=["revenue", "new_rep_output_month_8"], baseline="-")
    with write_folder(tmp_path / "new", "comparison") as new:
        save_comparison_data(found, new, suffix)
    stored = load_comparison(tmp_path / "new").comparison
    assert stored.table.equals(found.table)
    assert dict(stored.scenarios) == dict(found.scenarios)
    assert (stored.baseline, stored.seed, stored.engine) == ("-", 0, found.engine)
    assert dict(stored.provenance) == dict(found.provenance)


@pytest.mark.slow
def test_the_commands_keep_what_a_report_needs(capsys, tmp_path):
    small = [part for path, value in SMALL.items() for part in ("--set", f"{path}={value}")]
    folder = tmp_path / "study"
    assert run_command(capsys, "compare", "status_quo", "coaching", *small, "--replications", "2", "--worlds", "0",
                       "--workers", "1", "--out", str(folder))[0] == 0
    assert load_comparison(folder).comparison.replications == 2
    with pytest.raises(FileFormatError, match="is not a saved comparison"):
        load_comparison(tmp_path)
    assert run_command(capsys, "report", str(folder), "--out", str(tmp_path / "shown"))[0] == 0
    assert sorted(path.name for path in (tmp_path / "shown").iterdir()) == ["report.html", "report.pptx"]
