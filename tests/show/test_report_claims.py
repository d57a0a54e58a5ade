"""The report on the article's claims: a screen each, in both languages, from a folder that nobody trusts."""

import dataclasses
import io
import re
import shutil

import pandas as pd
import pytest
from commands import run_command
from PIL import Image
from planted_claims import examined
from reporting import page_tables, parsed, slides_of, text_of

from simlead.model.parameters import ParameterError
from simlead.model.presets import EFFECT_SIZES
from simlead.results.folder import read_folder, write_folder
from simlead.show.claims_words import before_of, payback_words, sentence
from simlead.show.language import LANGUAGES, in_language, say
from simlead.show.report import claim_section, pictures
from simlead.show.report.document import Picture
from simlead.show.report.making import document_on, report, write_report
from simlead.show.report.page import page
from simlead.study.claims.examine import write_examination
from simlead.study.claims.protocol import CLAIMS
from simlead.study.claims.record import KIND, load_examination


def saved(found, place, **facts):
    """The folder of an examination, without charts."""
    with write_folder(place, KIND) as new:
        write_examination(found, new)
        new.facts.update(facts)
    return place


def resaved(folder, place, change):
    """A folder with sound hashes after `change` was made to its files and facts."""
    stored = read_folder(folder, KIND)
    with write_folder(place, KIND) as new:
        for name in stored.manifest.files:
            (new.path / name).write_bytes(stored.read(name))
        new.facts.update(stored.facts)
        change(new)
    return place


@pytest.fixture(scope="module")
def everything():
    return examined()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, everything):
    return saved(everything, tmp_path_factory.mktemp("claims") / "claims")


@pytest.fixture(scope="module", autouse=True)
def no_drawing():
    """Charts are looked at elsewhere."""
    content = io.BytesIO()
    Image.new("RGB", (64, 27)).save(content, format="png")
    drawn = content.getvalue()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claim_section, "picture", lambda key, *_, **__: Picture(key, "Finding.", drawn, 64, 27, "How."))
        yield


@pytest.fixture(scope="module", params=LANGUAGES)
def reported(request, tmp_path_factory, folder):
    """Language, document and slides of a report on all claims."""
    document = document_on(folder, language=request.param)
    place = tmp_path_factory.mktemp(request.param) / "report"
    write_report(document, place)
    return request.param, document, slides_of(place / "report.pptx")


@pytest.fixture
def copied(tmp_path, folder):
    return shutil.copytree(folder, tmp_path / "claims")


def sections(html):
    """Of each section of a page by its key: its text."""
    return {element.get("id"): " ".join(text_of(element).replace("\N{NO-BREAK SPACE}", " ").split())
            for element in parsed(html).iter("section")}


# --- what it says


def test_the_page_has_every_claim_with_its_verdicts_and_what_to_measure(reported, everything):
    code, document, _ = reported
    html = page(document)
    found, table = sections(html), page_tables(html)["verdicts"]
    assert len(table) == 1 + len(CLAIMS)
    stored = everything.record()
    with in_language(code):
        for claim in CLAIMS.values():
            text = found[f"claim_{claim.number}"]
            for row in stored.verdicts[stored.verdicts["key"] == claim.key].to_dict("records"):
                parts = stored.parts[(stored.parts["key"] == claim.key)
                                     & (stored.parts["effect_sizes"] == row["effect_sizes"])]
                for said in (sentence(row, before_of(parts)), payback_words(row)):
                    assert " ".join(said.split()).lower() in text.lower(), said  # a sentence may begin with it
            for kind in ("learn", "holds", "no_difference", "reverse", "reasons"):
                assert " ".join(say(f"protocol.{kind}.{claim.key}").split()) in text
            assert all(key in text for key in (*claim.sources, *claim.contradicted_by))
    assert {"verdicts", "sources", "origin"} <= set(found)


def test_a_claim_is_one_screen_and_its_tables_fold_away(reported):
    _, document, slides = reported
    html = page(document)
    assert html.count("<details>") == html.count("</details>") == 4 * len(CLAIMS)
    for claim in CLAIMS.values():
        section = document.section(f"claim_{claim.number}")
        assert all(table.folded for table in section.tables) and len(section.pictures) == 1
        assert sum(len(fact.text) for fact in section.facts if fact.first) < 1200
    folded = {table.caption for section in document.sections for table in section.tables if table.folded}
    assert not [slide["title"] for slide in slides if slide["title"] in folded]


def test_the_answer_counts_what_the_table_says(folder, everything):
    document = document_on(folder)
    for said, name in zip(document.answers, EFFECT_SIZES, strict=True):
        mine = [finding for finding in everything.findings if finding.effect_sizes == name]
        for verdict in {finding.verdict for finding in mine}:
            assert f"{say(f'claims.verdicts.{verdict}')}: {sum(each.verdict == verdict for each in mine)} (no." in said
    assert "13 claims" in document.answer


def test_both_uncertainties_are_named_and_a_light_run_is_called_rough(folder):
    html = sections(page(document_on(folder)))
    assert "over both uncertainties" in html["answer"] and "A probability from so few is rough" in html["answer"]
    assert "This model cannot test it" in html["claim_7"] and "This model cannot test it" in html["claim_13"]
    assert "taken as given and not tested" in html["claim_1"]
    assert "worlds, worth" in html["claim_1"] and "points either way" in html["claim_2"]
    assert "what the model leaves out" in html["origin"]


def test_what_is_on_a_slide_lies_within_it(reported):
    for number, slide in enumerate(reported[2], 1):
        for shape in slide["slide"].shapes:
            height = sum(row.height for row in shape.table.rows) if shape.has_table else shape.height
            assert shape.left >= 0 and shape.left + shape.width <= 13.34 * 914400, number
            assert shape.top + height <= 7.5 * 914400, number


def test_one_claim_under_one_set_of_effect_sizes():
    document = document_on(examined(["10"], ["evidence"]))
    assert "Leadership doubles profit" in document.answer and len(document.answers) == 1
    assert any("1 of the 13 claims" in note for note in document.notes)
    assert any("structure.everybody_alike" in note for note in document.notes)
    assert any("one set of effect sizes only (Evidence)" in note for note in document.notes)
    assert len(document.table("verdicts").columns) == 5
    assert document_on(examined(["2", "3"], ["practitioner"]), language="fa").direction == "rtl"


def test_an_examination_in_hand_is_told_as_the_one_in_a_folder(folder, everything):
    assert page(document_on(everything)) == page(document_on(folder))
    assert repr(load_examination(folder)) == "ExaminationRecord(13 claims under evidence and practitioner effect sizes)"


def test_the_same_claims_make_the_same_bytes_and_a_chart(monkeypatch, tmp_path):
    monkeypatch.setattr(pictures, "PIXELS_PER_INCH", 40)
    monkeypatch.setattr(claim_section, "picture", pictures.picture)
    saved(examined(["9"]), tmp_path / "claims")
    one, other = (report(tmp_path / "claims", tmp_path / name) for name in ("one", "other"))
    for name in ("report.html", "report.pptx"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    html = (one / "report.html").read_text(encoding="utf-8")
    assert html.count("<img ") == 1 and "of 100 such firms grew so" in html


# --- the words


def test_a_table_in_persian_has_no_english_words(folder):
    document = document_on(folder, language="fa")
    tables = [table for section in document.sections for table in section.tables if table.key.startswith(
        ("verdicts", "parts_", "protocol_", "drivers_", "structures_"))]
    assert len(tables) > 4 * len(CLAIMS)
    assert [cell for table in tables for row in table.rows for cell in row if re.search("[A-Za-z]{2}", cell)] == []


def test_a_claim_of_our_own_has_no_article_behind_it(folder):
    found = sections(page(document_on(folder)))
    assert all("No source was found. " in found[f"claim_{number}"] for number in (12, 13))
    assert all("No source was found besides the article." in found[f"claim_{number}"] for number in (8, 11))


# --- what it refuses


def edited(name, change):
    def damage(folder):
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return damage


def edited_in(name, change):
    return lambda new: edited(name, change)(new.path)


def cell(name, column, value, key=None):
    """Another value in a column's first line, of a claim if one is named."""
    def damage(new):
        folder = getattr(new, "path", new)
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        table.loc[0 if key is None else table.index[table["key"] == key][0], column] = value
        table.to_csv(folder / name, index=False, lineterminator="\n")
    return damage


DAMAGES = {
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "no parts": lambda folder: (folder / "parts.csv").unlink(),
    "the manifest is no JSON": edited("manifest.json", lambda text: text[:-9]),
    "the manifest is a list": edited("manifest.json", lambda text: "[]"),
    "a fact typed in": edited("manifest.json", lambda text: text.replace('"runs": 5000', '"runs": 5001')),
    "cut within a line": edited("verdicts.csv", lambda text: text[:-20]),
    "nothing": edited("verdicts.csv", lambda text: ""),
    "not text": lambda folder: (folder / "drivers.csv").write_bytes(b"\xff\xfe\x00key"),
    "a verdict typed in": cell("verdicts.csv", "follows", "holds", "more_coaching"),
    "a folder in place of a table": lambda folder: (
        (folder / "parts.csv").unlink(), (folder / "parts.csv").mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_folder_is_refused_in_a_line(capsys, copied, damage):
    damage(copied)
    status, printed, complaint = run_command(capsys, "report", str(copied))
    assert (status, printed) == (2, "")
    assert complaint.count("\n") == 1 and copied.name in complaint
    assert not copied.with_name("claims-report").exists()


FORGERIES = {
    "no facts of claims": lambda new: new.facts.update(claims={}),
    "claims are a text": lambda new: new.facts.update(claims="all"),
    "runs are a text": lambda new: new.facts.update(runs="many"),
    "versions are a list": lambda new: new.facts.update(versions=[]),
    "no claim": edited_in("verdicts.csv", lambda text: text.splitlines(True)[0]),
    "other columns": edited_in("verdicts.csv", lambda text: text.replace("follows", "follow")),
    "an effect that is none": cell("verdicts.csv", "effect", "much"),
    "a verdict that is none": cell("verdicts.csv", "verdict", "surely"),
    "a kind that is none": cell("verdicts.csv", "kind", "fancy"),
    "a claim that is none": cell("verdicts.csv", "key", "no_such_claim"),
    "a parameter that is none": cell("verdicts.csv", "depends_on", "world.nothing"),
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_a_folder_that_is_no_examination_is_refused_in_a_line(capsys, folder, tmp_path, change):
    place = resaved(folder, tmp_path / "claims", change)
    status, printed, complaint = run_command(capsys, "report", str(place))
    assert (status, printed) == (2, "")
    assert complaint.count("\n") == 1 and "no examination of claims" in complaint


def test_an_examination_of_an_earlier_version_is_refused_in_a_line(capsys, copied):
    (copied / "manifest.json").unlink()
    status, _, complaint = run_command(capsys, "report", str(copied))
    assert status == 2 and "simlead 0.1.0" in complaint and complaint.count("\n") == 1


def test_a_measure_is_refused_because_each_claim_has_its_own(capsys, folder):
    status, _, complaint = run_command(capsys, "report", str(folder), "--measure", "revenue")
    assert status == 2 and "each claim" in complaint


def test_a_claim_of_ones_own_has_no_report(everything):
    mine = dataclasses.replace(everything.findings[0].claim, key="mine")
    found = dataclasses.replace(everything, findings=(dataclasses.replace(everything.findings[0], claim=mine),))
    with pytest.raises(ParameterError, match="claim mine: there are words for simlead's own"):
        document_on(found)


def test_nothing_in_a_folder_is_code(folder, tmp_path):
    hostile = "<script>alert(1)</script>\u202e</title>"

    def change(new):
        cell("parts.csv", "part", hostile)(new)
        new.facts.update(versions={"simlead": "<i>1", "<u>": "</table>"}, engine="<img src=x>", sources="</code>")

    document = document_on(resaved(folder, tmp_path / "hostile", change), title="<h1>", question="&amp;")
    html = page(document)
    assert parsed(html) is not None and "\u202e" not in html
    assert not re.search("<script|<i>1|<u>|<img src=x|</table><", html)
    assert "&lt;script&gt;" in html
