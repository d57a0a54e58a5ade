"""The client's report: money first, charts and tables that can be edited, the client's own looks, nothing cut."""

from __future__ import annotations

import hashlib
import os

import numpy as np
import pandas as pd
import pytest
from commands import refused
from pptx import Presentation
from pptx.util import Emu
from reporting import charts_of, numbers_in, page_tables, parsed, slides_of, small_comparison, tables_of, text_of

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.model.sources import SOURCES
from simlead.results.folder import write_folder
from simlead.results.ledger import LINE, LINES, TO_MONTH
from simlead.show.citations import citation
from simlead.show.currency import in_currency
from simlead.show.format import scale
from simlead.show.report import of_comparison, pictures, report
from simlead.show.report.brand import READABLE, brand_of, contrast
from simlead.show.report.making import document_on
from simlead.show.wording import scenario_name
from simlead.study.comparison_files import save_comparison_data
from simlead.study.money.payback import payback
from simlead.study.money.record import load_payback, save_money
from simlead.study.report_record import record_of_comparison
from simlead.study.worlds.worlds import worlds

FIRM = Scenario().change({"calendar.horizon_weeks": 52, "organisation.currency": "EUR"})
LED = FIRM.change({"policy.role_clarity": 0.8})


@pytest.fixture(scope="module", autouse=True)
def small_pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "PIXELS_PER_INCH", 40)
        yield


def books(scenario, seed, replicate):
    """Accounts of a firm that gains by clarity what the world's effect of clarity allows, less the programme."""
    led = scenario.policy.role_clarity > 0.5
    gain = 4e6 * (scenario.world.clarity_effect - 0.02) * led
    noise = 1e3 * np.random.default_rng([replicate, led]).normal()
    lines = dict.fromkeys(LINES, 0.0) | {"contribution": 12 * gain + noise, "programme": -24e3 * led,
                                         "manager_hours": -9e3 * led}
    return {**{f"{LINE}{name}": value for name, value in lines.items()},
            **{f"{TO_MONTH}{month}": month * gain - 24e3 * led + noise for month in range(1, 13)},
            "profit_final": 12 * gain + noise}


@pytest.fixture(scope="module")
def money():
    some = worlds(FIRM, 16, calibrated=False, weighted=False)
    return payback({"clear role": LED}, FIRM, worlds={"evidence": some, "practitioner": some}, workers=1,
                   outcome=books)


@pytest.fixture(scope="module")
def logo(tmp_path_factory):
    from PIL import Image

    path = tmp_path_factory.mktemp("logo") / "logo.png"
    Image.new("RGBA", (300, 90), (200, 30, 30, 255)).save(path)
    return path


@pytest.fixture(scope="module")
def reports(tmp_path_factory, money, logo):
    root = tmp_path_factory.mktemp("client")
    return {language: report(money, root / language, language=language, client="Acme & Söhne", colour="#1f4e79",
                             logo=logo) for language in ("en", "fa")}


def page_of(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_money_leads_with_three_sentences_and_one_picture(reports, language):
    slides = slides_of(reports[language] / "report.pptx")
    document = slides[1]
    assert [shape.name for shape in document["slide"].shapes if shape.has_chart] == ["money_1"]
    (answer,) = (shape for shape in document["slide"].shapes
                 if shape.has_text_frame and len(shape.text_frame.paragraphs) == 3)
    sentences = [text_of(each) for each in next(
        each for each in parsed(page_of(reports[language])).iter("div") if each.get("class") == "answer").iter("p")]
    assert [" ".join(each.text.split()) for each in answer.text_frame.paragraphs] == sentences
    assert next(parsed(page_of(reports[language])).iter("figure")).get("id") == "money_1"


def test_the_numbers_of_page_slides_and_chart_are_the_moneys(reports, money):
    row = money.row("clear role", "evidence")
    (_, *rows) = page_tables(page_of(reports["en"]))["money_summary"]
    factor, unit = scale("$/year", max(abs(row["low"]), abs(row["high"])))
    with in_currency("EUR"):
        _, unit = scale("$/year", max(abs(row["low"]), abs(row["high"])))
    assert unit in rows[0][2] and numbers_in(rows[0][2]) == pytest.approx(
        [abs(factor * row[name]) for name in ("mean", "low", "high")], rel=0.15)
    chart = charts_of(slides_of(reports["en"] / "report.pptx"))["money_1"]
    by_name = {series.name: list(series.values) for series in chart.plots[0].series}
    months = money.months[money.months["effect_sizes"] == "evidence"]
    size = scale("$", float(money.months[["mean", "low", "high"]].abs().to_numpy().max()))[0]
    for name, column in (("Evidence", "mean"), ("Evidence, low end", "low"), ("Evidence, high end", "high")):
        assert by_name[name] == pytest.approx((size * months[column]).tolist(), rel=1e-5)
    assert [str(label) for label in chart.plots[0].categories] == [str(month) for month in range(13)]


def test_the_currency_is_the_firms_and_never_a_dollar(reports):
    for language, name in (("en", "EUR"), ("fa", "یورو")):
        parts = {part.get("id"): text_of(part) for part in parsed(page_of(reports[language])).iter("section")}
        for key in ("answer", "money"):
            assert name in parts[key] and "$" not in parts[key] and "دلار" not in parts[key]
        slides = slides_of(reports[language] / "report.pptx")
        cells = [cell for slide in slides[:5] for table in slide["tables"] for row in table for cell in row]
        assert cells and not any("$" in cell for cell in cells)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_box_lies_within_its_slide_and_titles_fit(reports, language):
    from simlead.show.report.deck import HEIGHT, MARGIN, WIDTH, lines_of

    path = reports[language] / "report.pptx"
    deck = Presentation(str(path))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width + Emu(9525)
            bottom = shape.top + (sum(row.height for row in shape.table.rows) if shape.has_table else shape.height)
            assert shape.top >= 0 and bottom <= deck.slide_height + Emu(9525)
        title = slide.shapes.title
        size = title.text_frame.paragraphs[0].runs[0].font.size.pt
        lines = lines_of(title.text_frame.text, (title.width / 914400 - 0.2) * 72 / size, bold=True)
        assert lines * size * 1.2 / 72 <= title.height / 914400
    assert (deck.slide_width / 914400, deck.slide_height / 914400) == pytest.approx((WIDTH, HEIGHT), abs=1e-3)
    assert MARGIN > 0


@pytest.mark.parametrize("language", ["en", "fa"])
def test_no_two_slides_have_the_same_picture_and_every_slide_has_notes(reports, language):
    slides = slides_of(reports[language] / "report.pptx")
    drawn = []
    for slide in slides:
        for shape in slide["slide"].shapes:
            if shape.has_chart:
                drawn.append(hashlib.sha256(shape.chart.part.chart_workbook.xlsx_part.blob).hexdigest())
            elif shape.shape_type is not None and hasattr(shape, "image") and shape.name != "logo":
                drawn.append(shape.image.sha1)
    assert drawn and len(drawn) == len(set(drawn))
    assert all(slide["notes"].strip() for slide in slides)


def test_no_table_is_cut(reports):
    html, slides = page_of(reports["en"]), slides_of(reports["en"] / "report.pptx")
    whole = tables_of(slides)
    for key, rows in page_tables(html).items():
        assert [[" ".join(cell.split()) for cell in row] for row in whole[key]] == [
            [" ".join(cell.split()) for cell in row] for row in rows]


def test_the_clients_name_colour_and_logo_are_on_page_and_slides(reports):
    html, slides = page_of(reports["en"]), slides_of(reports["en"] / "report.pptx")
    assert "Acme &amp; Söhne" in html and "#1F4E79" in html and 'class="logo"' in html
    assert "prefers-color-scheme: dark" in html and "@media print" in html
    for slide in slides:
        assert any(shape.name == "logo" for shape in slide["slide"].shapes)
        assert any("Acme & Söhne" in text for text in slide["texts"])
    table = next(shape.table for slide in slides for shape in slide["slide"].shapes if shape.has_table)
    assert str(table.cell(0, 0).fill.fore_color.rgb) == "1F4E79"


@pytest.mark.parametrize("colour", ["ffff00", "000000", "1f4e79", "808080"])
def test_letters_can_be_read_in_any_colour(colour):
    brand = brand_of(colour=colour)
    assert contrast(brand.on_white, "FFFFFF") >= READABLE
    assert contrast(brand.on_colour, brand.colour) >= READABLE - 0.7


@pytest.mark.parametrize(("colour", "name"), [("blue", "blue"), ("12345", "12345"), ("#12345g", "12345g")])
def test_a_colour_that_is_none_is_refused(colour, name):
    with pytest.raises(ParameterError, match=f"(?s)^colour .*{name}.*six hexadecimal digits"):
        brand_of(colour=colour)


def test_a_logo_that_is_none_is_one_line_and_status_2(capsys, tmp_path, money):
    with write_folder(tmp_path / "money", "payback") as new:
        save_money(money, new)
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    os.mkfifo(tmp_path / "pipe.png")
    for logo, stated in (("text.png", "not a picture"), ("cut.png", "allowed is a PNG or JPEG"),
                         ("none.png", "no such file"), ("pipe.png", "not a regular file"), (".", "a folder")):
        message = refused(capsys, "report", tmp_path / "money", "--logo", tmp_path / logo)
        assert stated in message
    assert "colour" in refused(capsys, "report", tmp_path / "money", "--colour", "mauve")
    assert not (tmp_path / "money-report").exists()


def test_the_money_comes_back_from_its_folder_as_it_was(tmp_path, money):
    with write_folder(tmp_path / "money", "payback") as new:
        save_money(money, new)
    found = load_payback(tmp_path / "money").money
    for name in ("table", "months", "years", "ledger", "drivers", "learning"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(money, name), check_like=False)
    assert found.currency == "EUR" and found.scenarios["clear role"] == LED
    assert document_on(tmp_path / "money").answers == document_on(money).answers


def test_money_without_a_currency_in_its_folder_is_in_the_firms(tmp_path, money):
    with write_folder(tmp_path / "money", "payback") as new:
        save_money(money, new)
        del new.facts["money"]["currency"]
    assert load_payback(tmp_path / "money").money.currency == "EUR"


def test_a_report_on_money_refuses_a_measure_in_one_line(money):
    with pytest.raises(ParameterError, match="measure 'revenue': the money of policies is profit; leave it out") as no:
        document_on(money, measure="revenue")
    assert "\n" not in str(no.value)


def test_a_comparison_with_money_leads_with_it_and_has_its_evidence_behind(monkeypatch, tmp_path, money):
    monkeypatch.setattr(of_comparison, "pictures", lambda **_: ())
    with write_folder(tmp_path / "both", "comparison") as new:
        save_comparison_data(small_comparison(), new)
        save_money(money, new)
    document = document_on(tmp_path / "both")
    assert list(document.parts) == ["money", "evidence", "appendix"]
    # The comparison's firm counts in dollars.
    assert document.answers == tuple(each.replace("EUR", "$") for each in document_on(money).answers)
    assert document.lead is not None
    plain = document_on(small_comparison())
    assert document.section("evidence").paragraphs == (*plain.answers, *plain.notes)


@pytest.fixture(scope="module")
def several():
    some = worlds(FIRM, 16, calibrated=False, weighted=False)
    plans = {"training": FIRM.change({"policy.manager_training": True}), "clear role": LED,
             "coaching": FIRM.change({"policy.coaching_share": 0.4})}
    return payback(plans, FIRM, worlds={"evidence": some, "practitioner": some}, workers=1, outcome=books)


@pytest.mark.parametrize(("language", "of_three"), [("en", "Of 3 policies clear role"), ("fa", "از ۳ سیاست، ")])
def test_of_several_policies_the_one_that_earns_most_leads_wherever_it_was_named(several, language, of_three):
    document = document_on(several, language=language)
    assert several.best == "clear role" and several.policies[-1] == "coaching"
    assert document.finding.startswith(of_three) and document.lead.key == "money_2"
    # What all policies earn is seen before any is shown by itself.
    keys = [section.key for section in document.parts["money"]]
    assert keys == ["money", "ledgers"]
    assert [table.key for table in document.section("money").tables] == ["money_summary"]
    assert [picture.key for picture in document.section("ledgers").pictures] == ["money_1", "money_3"]
    assert len(document.table("money_summary").rows) == 6


def test_the_evidence_is_about_the_policy_that_the_money_leads_with(monkeypatch):
    monkeypatch.setattr(of_comparison, "pictures", lambda **_: ())
    found = record_of_comparison(small_comparison(), None, "")
    last, led = (of_comparison.of_comparison(found, "", "", focus) for focus in (None, "coaching"))
    assert last.title.startswith("Leadership") and led.title.startswith("Coaching")
    assert any("named beforehand" in note for note in last.notes)
    assert any("highest expected profit" in note for note in led.notes)
    assert {row[0] for row in last.results[0].rows} == {row[0] for row in led.results[0].rows}


def test_no_scenario_of_many_is_left_out_of_a_table(monkeypatch):
    monkeypatch.setattr(of_comparison, "pictures", lambda **_: ())
    names = ("status_quo", "coaching", "clear_role", "accountable", "leadership", "hero_seller")
    found = of_comparison.of_comparison(record_of_comparison(small_comparison(names, 2), None, ""), "", "")
    for tables in (found.results[1:], found.levers):
        heads = [column.heading for table in tables for column in table.columns]
        assert len(tables) == 2 and len({len(table.rows) for table in tables}) == 1
        assert all(heads.count(scenario_name(name)) >= 1 for name in names)
        assert len({table.caption for table in tables}) == len({table.key for table in tables}) == 2


def test_native_bars_have_the_tables_differences_and_intervals(tmp_path):
    found = small_comparison()
    folder = report(found, tmp_path / "report")
    charts = charts_of(slides_of(folder / "report.pptx"))
    assert {"simultaneous", "growth_and_share", "funnel"} <= set(charts)
    together = found.simultaneous("revenue", relative=True)
    (series,) = charts["simultaneous"].plots[0].series
    together = together.iloc[::-1]  # bars are drawn from below
    assert list(series.values) == pytest.approx((100 * together["difference"]).tolist(), rel=1e-5)
    ends = {side: [float(point.text) for point in series._element.iter(
        "{http://schemas.openxmlformats.org/drawingml/2006/chart}v")
        if point.getparent().getparent().getparent().tag.endswith(side)] for side in ("plus", "minus")}
    assert ends["plus"] == pytest.approx((100 * (together["high"] - together["difference"])).tolist(), rel=1e-4)
    assert ends["minus"] == pytest.approx((100 * (together["difference"] - together["low"])).tolist(), rel=1e-4)


def test_every_source_has_a_citation_without_address_markdown_or_remark():
    """C27."""
    for key in SOURCES:
        text = citation(key)
        assert text != key
        rest = text.partition("https://doi.org/10.")[0]
        assert not any(mark in rest for mark in ("http", "*", "www.", "Confidence", "High.", "recalled", " rho "))
        assert not any(part.count(".") == 3 and part.replace(".", "").isdigit() for part in rest.split())
        assert "(" in text and any(year in text for year in ("(n.d.", "(19", "(20"))
