"""The report on the article's claims: each with its verdicts, in both languages, from a folder that nobody trusts."""

import dataclasses
import io
import json
import math
import re
import shutil

import pandas as pd
import pytest
from commands import told
from PIL import Image
from reporting import page_tables, parsed, slides_of, text_of

from simlead.model.parameters import ParameterError
from simlead.model.presets import BELIEFS
from simlead.model.scenario import REGISTRY
from simlead.show.claims_words import case_name, effect_words, months_words, region_words, verdict_words, with_sources
from simlead.show.language import LANGUAGES, catalogue, known, say, using
from simlead.show.report import claim_section, pictures, slides
from simlead.show.report.document import Picture
from simlead.show.report.making import document_on, report, write_report
from simlead.show.report.of_claims import turned_cell
from simlead.show.report.page import page
from simlead.study.claims.asking import Asking, Size
from simlead.study.claims.examine import Examination, examine, finding_of, firm_of
from simlead.study.claims.loading import load_examination, stored_of
from simlead.study.claims.saving import save_examination
from simlead.study.claims.table import CLAIMS, chosen_claims
from simlead.study.claims.verdict import ASSUMED, SUPPORTED, UNDECIDED, Region

SIZE = Size(4, 2, 2)


def examined(names=None, sets=tuple(BELIEFS)):
    """An examination that nobody simulated: every firm earns about a dollar a week."""
    asking = Asking.rehearsal()
    findings = [finding_of(claim, firm_of(claim, name, asking, SIZE, {}), SIZE)
                for claim in chosen_claims(names) for name in sets]
    return Examination(tuple(findings), asking.made, 0, "compiled", SIZE, {})


@pytest.fixture(scope="module")
def everything():
    return examined()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, everything):
    place = tmp_path_factory.mktemp("claims")
    save_examination(everything, place)
    return place


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
    return {element.get("id"): text_of(element) for element in parsed(html).iter("section")}


# --- what it says


def test_the_page_has_every_claim_with_its_verdicts(reported, everything):
    code, document, _ = reported
    html = page(document)
    stored = stored_of(everything).verdicts.set_index(["key", "beliefs"])
    found, table = sections(html), page_tables(html)["verdicts"]
    assert len(table) == 1 + len(CLAIMS)
    with using(code):
        for claim, line in zip(CLAIMS.values(), table[1:], strict=True):
            text = found[f"claim_{claim.number}"]
            spoken = [say(f"claims.text.{claim.key}"), say(f"claims.supports.{claim.key}"),
                      say(f"claims.refutes.{claim.key}"), with_sources(say(f"claims.experiments.{claim.key}")),
                      region_words(claim.region, claim.unit)]
            for part in spoken:
                assert " ".join(part.split()) in text.replace("\N{NO-BREAK SPACE}", " "), part
            assert all(key in text for key in (*claim.sources, *claim.contradicted_by))
            assert " ".join(with_sources(say(f"claims.carried_by.{claim.key}")).split()) in text.replace(
                "\N{NO-BREAK SPACE}", " ")
            for place, finding in enumerate(everything.of(claim.key)):
                said = verdict_words(finding.verdict, finding.follows)
                effect = effect_words(*stored.loc[(claim.key, finding.beliefs), ["effect", "low", "high"]], claim.unit)
                assert line[2 + place].replace("\N{NO-BREAK SPACE}", " ") == f"{said}: {effect}"
                assert said in text or said.capitalize() in text or said[:1].upper() + said[1:] in text
                back = finding.payback
                if back is not None:
                    months = months_words(back.months, back.months_low, back.months_high)
                    assert say(f"claims.programmes.{claim.key}") in text
                    assert months in text.replace("\N{NO-BREAK SPACE}", " ") and months_words(
                        math.nan, math.nan, math.nan) == ""
    assert {"verdicts", "sources", "origin"} <= set(found)


def test_a_sign_stays_before_its_number_in_persian(folder):
    document = document_on(folder, language="fa")
    told_of = [cell for table in (document.table("details_12"), document.table("verdicts"))
               for row in table.rows for cell in row]
    signs = [cell[match.start() - 1] for cell in told_of for match in re.finditer("\N{MINUS SIGN}", cell)]
    assert signs and set(signs) == {"\N{LEFT-TO-RIGHT MARK}"}


def test_the_answer_counts_what_the_table_says(folder, everything):
    document = document_on(folder)
    for sentence, beliefs in zip(document.answers, BELIEFS, strict=True):
        mine = [finding for finding in everything.findings if finding.beliefs == beliefs]
        for word in ("supported", "refuted", "undecided"):
            numbers = [finding.claim.number for finding in mine
                       if finding.follows.startswith(word) and finding.verdict != ASSUMED]
            assert (f"{len(numbers)} {word}" in sentence) == bool(numbers)
        assert f"{sum(finding.verdict == ASSUMED for finding in mine)} assumed, not tested" in sentence
    assert "13 claims" in document.answer


def test_words_are_honest(folder):
    stored = load_examination(folder)
    verdicts = stored.verdicts.copy()
    mine = verdicts["key"] == "double_profit"
    verdicts.loc[mine, ["low", "high"]] = math.nan
    verdicts.loc[mine, ["verdict", "follows"]] = UNDECIDED
    verdicts.loc[mine, ["payback_months", "payback_low", "payback_high"]] = [math.inf, 30.0, math.inf]
    html = sections(page(document_on(dataclasses.replace(stored, verdicts=verdicts))))
    told_of = html["claim_10"].replace("\N{NO-BREAK SPACE}", " ")
    assert "Undecided at this precision" in told_of and "(no interval)" in told_of
    assert "An effect without an interval decides nothing" in told_of
    assert "not by the end (30 to beyond the end)" in told_of
    assert "“Beyond the end”: not within the time" in html["answer"]
    assert "assumed, not tested" in html["claim_1"] and "Tested is what follows from it" in html["claim_1"]
    assert "luck alone" in html["origin"] and "what the model leaves out" in html["origin"]


def test_the_deck_has_a_slide_a_claim_and_every_verdict(reported):
    code, document, slides = reported
    with using(code):
        for claim in CLAIMS.values():
            (first, *_) = [slide for slide in slides if say(f"claims.text.{claim.key}") in slide["title"]]
            assert len(first["pictures"]) == 1
            facts = [fact for fact in document.section(f"claim_{claim.number}").facts if fact.first]
            assert len(facts) == 2 and all(any(fact.text in text for text in first["texts"]) for fact in facts)
    rows = [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row]
            for slide in slides for table in slide["tables"] for row in table]
    assert all(list(row) in rows for row in document.table("verdicts").rows)


def test_what_is_on_a_slide_lies_within_it(reported):
    for number, slide in enumerate(reported[2], 1):
        for shape in slide["slide"].shapes:
            height = sum(row.height for row in shape.table.rows) if shape.has_table else shape.height
            assert shape.left >= 0 and shape.left + shape.width <= 13.34 * 914400, number
            assert shape.top + height <= 7.5 * 914400, number


def test_one_claim_under_one_set_of_beliefs(tmp_path):
    document = document_on(examined(["10"], ["evidence"]))
    assert "Leadership doubles profit" in document.answer and len(document.answers) == 1
    assert any("1 of the 13 claims" in note for note in document.notes)
    assert any("one set of beliefs only (Evidence)" in note for note in document.notes)
    assert len(document.table("verdicts").columns) == 5
    assert document_on(examined(["2", "3"], ["practitioner"]), language="fa").direction == "rtl"


def test_an_examination_in_hand_is_told_as_the_one_in_a_folder(folder, everything):
    assert page(document_on(everything)) == page(document_on(folder))
    assert stored_of(everything).verdicts["follows"].tolist() == load_examination(folder).verdicts["follows"].tolist()
    assert repr(load_examination(folder)) == "StoredExamination(13 claims under evidence and practitioner beliefs)"


def test_the_same_claims_make_the_same_bytes_and_a_chart(monkeypatch, tmp_path):
    monkeypatch.setattr(pictures, "PIXELS_PER_INCH", 40)
    monkeypatch.setattr(claim_section, "picture", pictures.picture)
    (tmp_path / "claims").mkdir()
    save_examination(examined(["6"]), tmp_path / "claims")
    one, other = (report(tmp_path / "claims", tmp_path / name) for name in ("one", "other"))
    for name in ("report.html", "report.pptx"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    html = (one / "report.html").read_text(encoding="utf-8")
    assert html.count("<img ") == 1 and "Shaded: where the claim holds." in html


# --- the words


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.key)
def test_the_catalogue_says_the_criterion_that_is_computed_with(claim):
    texts = catalogue("en")
    assert texts[f"claims.supports.{claim.key}"] == claim.supports
    assert texts[f"claims.refutes.{claim.key}"] == claim.refutes
    assert texts[f"claims.experiments.{claim.key}"] == claim.experiment
    assert texts[f"claims.carried_by.{claim.key}"] == claim.carried_by
    assert texts[f"claims.programmes.{claim.key}"] == claim.programme_name


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_detail_has_a_name(everything, code):
    with using(code):
        for finding in everything.findings:
            for measure in finding.details["measure"].unique():
                assert known(f"claims.measures.{measure}") or known(f"names.measures.{measure}"), measure
            for case in finding.details["case"].unique():
                for part in re.split(r", | \+ |: ", case):
                    numbered = re.sub(r"\d+(?:\.\d+)?", "#", part)
                    assert known(f"claims.cases.{numbered}") or part in REGISTRY, part
                said = case_name(case)
                assert code == "en" or not re.search("[A-Za-z]", said), said
            for unit in {*finding.details["unit"], finding.claim.unit}:
                for mean, low, high in ((0.5, 0.4, 0.6), (3e4, 2e4, 4e4)):
                    said = effect_words(mean, low, high, unit)
                    assert "share" not in said and (code == "en" or not re.search("[A-Za-z%]", said)), said


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_only_a_run_comes_to_has_a_name_too(code):
    # A rehearsal has too few replicates for indices, and its points are alike.
    rare = [f"{kind}_index_on_{measure}" for kind in ("first", "total")
            for measure in ("revenue", "market_share", "profit_final")]
    for measure in (*rare, "least_left", "mean_left", "most_left"):
        assert f"claims.measures.{measure}" in catalogue(code)


def test_a_table_in_persian_has_no_english_words(folder):
    document = document_on(folder, language="fa")
    tables = [table for section in document.sections for table in section.tables if table.key.startswith(
        ("verdicts", "ends_", "moves_", "details_"))]
    assert len(tables) > len(CLAIMS)
    english = [cell for table in tables for row in table.rows for cell in row
               if re.search("[A-Za-z]{2}", cell)]
    assert english == []


def test_a_criterion_is_told_in_the_unit_of_its_effect():
    assert region_words(Region(high=0.02), "share") == "2 % or less"
    assert region_words(Region(0.0, 36.0), "months") == "0 to 36 months"
    with using("fa"):
        assert region_words(Region(low=2.0), "ratio") == "۲ برابر یا بیشتر"


# --- what carries, turns and moves it


def flips_of(*rows, verdict=SUPPORTED):
    """The ends of a claim about the group of coaches, with what they do to verdict and effect."""
    return pd.DataFrame(
        [(beliefs, "world.coaching_gain_max", "high", 0.5 + place / 10, 0.1, 0.0, 0.2, 8, verdict, said, *change)
         for place, (beliefs, said, *change) in enumerate(rows)],
        columns=["beliefs", "parameter", "end", "value", "mean", "low", "high", "n", "verdict", "consequence",
                 "change", "change_low", "change_high"])


def test_an_unclear_end_is_no_support():
    flips = flips_of(("evidence", "keeps", 0.0, -0.1, 0.1), ("evidence", "blurs", 0.0, -0.1, 0.1),
                     ("practitioner", "blurs", 0.0, -0.1, 0.1), ("practitioner", "turns", 0.0, -0.1, 0.1))
    assert turned_cell(flips) == "coaching gain max (practitioner); stays at 1 of 4, unclear at 2"
    assert turned_cell(flips[:1]) == "stays at 1 of 1"
    still = flips_of(("evidence", "keeps", 0.0, -0.1, 0.1), verdict=UNDECIDED)
    assert turned_cell(still) == "stays undecided at 1 of 1"
    assert turned_cell(pd.concat([flips, still])) == (
        "coaching gain max (practitioner); stays at 1 of 5, undecided at 1, unclear at 2")
    assert "Evidence: of 1 ends, the verdict stays undecided at 1." in claim_section._turned(
        CLAIMS["more_coaching"], still)
    said = claim_section._turned(CLAIMS["more_coaching"], flips)
    assert "Evidence: of 2 ends, the verdict stays at 1 and becomes unclear at 1." in said
    assert "Practitioner: of 2 ends, the verdict becomes unclear at 1 and turns at 1." in said
    assert "None of them moves the effect by more than luck may." in said


def test_what_moves_the_effect_most_is_told_where_luck_does_not_explain_it():
    flips = flips_of(
        ("evidence", "keeps", 0.1, 0.05, 0.15), ("evidence", "keeps", -0.3, -0.4, -0.2),
        ("evidence", "keeps", 0.9, -0.1, 1.9), ("evidence", "keeps", 0.2, 0.1, 0.3),
        ("evidence", "keeps", 0.05, 0.01, 0.09), ("practitioner", "blurs", 0.5, 0.4, 0.6))
    table = claim_section.moves_table(CLAIMS["more_coaching"], flips)
    assert [row[-1] for row in table.rows] == [
        "\N{MINUS SIGN}30 % of status quo (\N{MINUS SIGN}40 to \N{MINUS SIGN}20)", "20 % of status quo (10 to 30)",
        "10.0 % of status quo (5.0 to 15.0)", "50 % of status quo (40 to 60)"]
    assert [row[0] for row in table.rows] == ["Evidence"] * 3 + ["Practitioner"]
    assert "moves the effect" not in claim_section._turned(CLAIMS["more_coaching"], flips)


def test_a_folder_of_an_earlier_version_has_no_changes(copied):
    flips = pd.read_csv(copied / "flips.csv", dtype=str, keep_default_na=False)
    flips.drop(columns=["change", "change_low", "change_high"]).to_csv(
        copied / "flips.csv", index=False, lineterminator="\n")
    document = document_on(copied)
    assert load_examination(copied).flips["change_low"].isna().all()
    assert not any(table.key.startswith("moves_") for section in document.sections for table in section.tables)
    assert "None of them moves" not in page(document)


def test_keys_of_sources_are_the_bibliographys_in_every_language(folder):
    found = sections(page(document_on(folder, language="fa")))
    assert "V77" in found["claim_13"] and "V21" in found["claim_13"] and "V16" in found["claim_12"]
    assert not [key for key, text in found.items() if re.search("V[۰-۹]", text)]


def test_a_claim_of_our_own_has_no_article_behind_it(folder):
    found = sections(page(document_on(folder)))
    assert all("No source was found. " in found[f"claim_{number}"] for number in (12, 13))
    assert all("No source was found besides the article." in found[f"claim_{number}"] for number in (8, 11))


def test_texts_on_a_claims_slides_have_room(reported):
    for slide in reported[2]:
        for shape in slide["slide"].shapes:
            if shape.has_text_frame and not shape.is_placeholder:
                texts = [paragraph for paragraph in shape.text_frame.paragraphs if paragraph.text]
                if len(texts) > 1:
                    size = texts[0].runs[0].font.size.pt
                    apart = sum(paragraph.space_after.pt for paragraph in texts if paragraph.space_after)
                    needed = slides._height([text.text for text in texts], shape.width / 914400, size) + apart / 72
                    assert size >= 10 and needed <= shape.height / 914400 + 0.15, (slide["title"], size, needed)


# --- what it refuses


def edited(name, change):
    def damage(folder):
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return damage


def cell(name, column, value, key=None):
    """Another value in a column's first line, of a claim if one is named."""
    def damage(folder):
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        table.loc[0 if key is None else table.index[table["key"] == key][0], column] = value
        table.to_csv(folder / name, index=False, lineterminator="\n")
    return damage


def about(**changes):
    def change(text):
        return json.dumps({**json.loads(text), **changes})
    return edited("provenance.json", change)


DAMAGES = {
    "no provenance": lambda folder: (folder / "provenance.json").unlink(),
    "no details": lambda folder: (folder / "details.csv").unlink(),
    "provenance is no JSON": edited("provenance.json", lambda text: text[:-9]),
    "provenance is a list": edited("provenance.json", lambda text: "[]"),
    "nested without end": edited("provenance.json", lambda text: "[" * 100_000),
    "runs are a text": about(runs="many"),
    "versions are a list": about(versions=[]),
    "a change of nothing": about(changes={"policy.happiness": 1}),
    "cut within a line": edited("verdicts.csv", lambda text: text[:-20]),
    "cut between lines": edited("verdicts.csv", lambda text: "".join(text.splitlines(True)[:-1])),
    "flips cut between lines": edited("flips.csv", lambda text: "".join(text.splitlines(True)[:-9])),
    "details of another": edited("details.csv", lambda text: text.replace("more_reviews", "more_coaching")),
    "no line": edited("verdicts.csv", lambda text: text.splitlines(True)[0]),
    "nothing": edited("verdicts.csv", lambda text: ""),
    "other columns": edited("verdicts.csv", lambda text: text.replace("follows", "follow")),
    "not text": lambda folder: (folder / "flips.csv").write_bytes(b"\xff\xfe\x00key"),
    "a line twice": edited("verdicts.csv", lambda text: text + text.splitlines(True)[-1]),
    "no such claim": edited("verdicts.csv", lambda text: text.replace("double_profit", "triple_profit")),
    "no such beliefs": edited("verdicts.csv", lambda text: text.replace(",practitioner,", ",faith,")),
    "a verdict typed in": cell("verdicts.csv", "follows", "supported", "more_coaching"),
    "an assumed claim decided": cell("verdicts.csv", "verdict", "supported"),
    "another criterion": cell("verdicts.csv", "holds_from", "-5"),
    "another effect": cell("verdicts.csv", "measure", "happiness"),
    "an effect that is none": cell("verdicts.csv", "effect", "much"),
    "an effect without end": cell("verdicts.csv", "effect", "1e300"),
    "ends the wrong way round": cell("verdicts.csv", "low", "9"),
    "no replicates": cell("verdicts.csv", "n", "0"),
    "paid back before": cell("verdicts.csv", "payback_low", "-3"),
    "another parameter": cell("flips.csv", "parameter", "world.skill_effect"),
    "a flip typed in": cell("flips.csv", "verdict", "yes"),
    "a consequence typed in": cell("flips.csv", "consequence", "turns"),
    "an end without end": cell("flips.csv", "value", "inf"),
    "a detail without end": cell("details.csv", "high", "inf"),
    "a change the wrong way round": cell("flips.csv", "change_low", "9"),
    "a change without end": cell("flips.csv", "change_high", "inf"),
    "a name without end": cell("details.csv", "case", "x" * 1000),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_folder_is_refused_in_a_line(capsys, copied, damage):
    damage(copied)
    status, printed, complaint = told(capsys, "report", str(copied))
    assert (status, printed) == (2, "")
    assert complaint.count("\n") == 1 and copied.name in complaint
    assert not copied.with_name("claims-report").exists()


def test_a_folder_of_another_version_is_refused(capsys, copied):
    about(registry="0123456789abcdef")(copied)
    status, _, complaint = told(capsys, "report", str(copied))
    assert status == 2 and "another version of simlead" in complaint and complaint.count("\n") == 1


def test_a_measure_is_refused_because_each_claim_has_its_own(capsys, folder):
    status, _, complaint = told(capsys, "report", str(folder), "--measure", "revenue")
    assert status == 2 and "each claim" in complaint


def test_a_claim_of_ones_own_has_no_report(everything):
    mine = dataclasses.replace(everything.findings[0].claim, key="mine")
    found = dataclasses.replace(everything, findings=(dataclasses.replace(everything.findings[0], claim=mine),))
    with pytest.raises(ParameterError, match="claim mine: there are words for simlead's own"):
        document_on(found)


def test_nothing_in_a_folder_is_code(copied, tmp_path):
    hostile = "<script>alert(1)</script>\u202e</title>"
    cell("details.csv", "case", hostile)(copied)
    cell("details.csv", "unit", "<b>{0.__class__}</b>")(copied)
    about(versions={"simlead": "<i>1", "<u>": "</table>"}, engine="<img src=x>", sources="</code>")(copied)
    document = document_on(copied, title="<h1>", question="&amp;")
    html = page(document)
    assert parsed(html) is not None and "\u202e" not in html
    assert not re.search("<script|<b>|<i>1|<u>|<img src=x|</table><", html)
    assert "&lt;script&gt;" in html
    write_report(document, tmp_path / "report")
    cells = [text for slide in slides_of(tmp_path / "report" / "report.pptx") for table in slide["tables"]
             for row in table for text in row]
    assert any("<script>alert(1)</script>" in text for text in cells)


def test_a_rounded_end_may_have_been_on_the_other_side(copied):
    table = pd.read_csv(copied / "verdicts.csv", dtype=str, keep_default_na=False)
    row = table.index[(table["key"] == "grow_people")][0]
    table.loc[row, ["effect", "low", "high"]] = ["0.01", "0.005", "0.02"]  # was written of .02000004
    table.loc[row, ["verdict", "follows"]] = [UNDECIDED, UNDECIDED]
    table.to_csv(copied / "verdicts.csv", index=False, lineterminator="\n")
    flips = pd.read_csv(copied / "flips.csv", dtype=str, keep_default_na=False)
    mine = (flips["key"] == "grow_people") & (flips["beliefs"] == table.loc[row, "beliefs"])
    flips.loc[mine, ["mean", "low", "high"]] = ["0.01", "0.0", "0.04"]
    flips.loc[mine, ["verdict", "consequence"]] = [UNDECIDED, "keeps"]
    flips.to_csv(copied / "flips.csv", index=False, lineterminator="\n")
    assert load_examination(copied).verdicts.loc[row, "follows"] == UNDECIDED


@pytest.mark.slow
def test_a_report_of_claims_that_were_run(capsys, tmp_path):
    tiny = {"organisation.teams": 1, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52}
    found = examine(chosen_claims(["3", "10"]), size=Size(4, 2, 2), workers=1, changes=tiny)
    (tmp_path / "claims").mkdir()
    save_examination(found, tmp_path / "claims")
    status, printed, _ = told(capsys, "report", str(tmp_path / "claims"), "--language", "fa")
    assert status == 0 and "report.html" in printed
    html = (tmp_path / "claims-report-fa" / "report.html").read_text(encoding="utf-8")
    assert "پیش از آزمون تغییر داده شده" in html
