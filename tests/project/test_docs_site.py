"""The site: what is made from the code is all of it, links lead somewhere, commands exist, and it builds offline."""

from __future__ import annotations

import dataclasses
import doctest
import html.parser
import importlib.util
import inspect
import json
import re
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import typer
from every import every
from pages import blocks, command_lines, run_page, same, site_generators

import simlead
from simlead.cli.app import app
from simlead.model import draws, events, tables
from simlead.model.people_plan import PlanLine
from simlead.model.scenario import REGISTRY
from simlead.model.sources import SOURCES
from simlead.model.team import TEAM_PARAMETERS
from simlead.results.measures import MEASURES
from simlead.show import charts
from simlead.study.published_facts import FACTS
from simlead.study.studies.study import Precision, Study

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if page.parent.name != "readable")
ODD = "explanation/odd.md"


generate = site_generators()


@pytest.fixture(scope="module")
def site():
    """Every page as the site shows it, by its path below docs/."""
    return {
        page.relative_to(DOCS).as_posix(): generate.shown(page.read_text(encoding="utf-8"), page)
        for page in PAGES}


# --- what is made from the code is all of it


def rules():
    return [rule for module in generate.rules.modules() for rule in generate.rules.rules_of(module)]


@pytest.mark.parametrize(("page", "names"), [
    ("reference/parameters.md", [path for path in REGISTRY if not path.startswith("status_quo.")]),
    ("reference/parameters.md", [f"team.N.{name}" for name in TEAM_PARAMETERS if "." not in name]),
    ("reference/parameters.md", [field.name for field in dataclasses.fields(PlanLine)]),
    (ODD, list(REGISTRY)),
    (ODD, rules()),
    (ODD, list(events.KIND_NAMES.values())),
    (ODD, [fact.measure for fact in FACTS]),
    ("explanation/evidence.md", [fact.measure for fact in FACTS]),
    ("reference/measures.md", list(MEASURES)),
    ("reference/records.md", list(events.KIND_NAMES.values())),
    ("reference/records.md", [name for dtype in (
        tables.OPPORTUNITIES_DTYPE, tables.REPS_DTYPE, tables.MANAGERS_DTYPE, tables.WEEKS_DTYPE,
        events.TRACE_DTYPE) for name in dtype.names]),
    ("reference/study_files.md", [field.name for group in (Study, Precision) for field in dataclasses.fields(group)
                                  if field.name not in ("preset", "overrides", "design")]),
], ids=lambda value: value if isinstance(value, str) else f"{len(value)} names")
def test_every_name_is_on_its_page(site, page, names):
    assert names
    assert [name for name in names if f"`{name}`" not in site[page]] == []


def test_the_rulebook_is_found_whole():
    # Counted in the sources, where no import can hide a rule.
    text = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "simlead/model/rules").glob("*.py"))
    assert len(rules()) == text.count("@rule\n") > 30


def test_every_formula_of_a_rule_comes_with_it(site):
    for module in generate.rules.modules():
        for name, rule in generate.rules.rules_of(module).items():
            sentence = inspect.getdoc(generate.rules.function_of(rule)).partition("\n")[0]
            assert generate.markdown.paragraphs(sentence).split("*")[0][:40] in site[ODD], name


@pytest.mark.parametrize("name", [name for name in simlead.__all__ if name != "__version__"])
def test_every_public_name_is_in_the_reference(site, name):
    assert re.search(rf"^(`+{{py:data}} |\.\. auto\w+:: |## )simlead\.{name}\b", site["reference/python.md"], re.M)


def test_every_chart_is_in_the_reference(site):
    assert [name for name in charts.__all__ if f" simlead.charts.{name}" not in site["reference/charts.md"]] == []


@every(charts.__all__)
def test_every_chart_is_in_the_gallery_and_its_code_draws_it(name):
    if name in generate.gallery.NO_PICTURES:
        return
    part = generate.gallery.section(name)
    shown = re.search(r"^```python\n(.*?)^```$", part, re.M | re.S)[1]
    assert f"/images/gallery/{name}.png\n" in part and f"ax = charts.{name}(" in shown
    made = {}
    exec(compile(shown, name, "exec"), made)
    assert made["ax"].get_title(loc="left")


def sheet_of_charts():
    image = pytest.importorskip("PIL.Image")
    return image.open(DOCS / generate.gallery.sheet.SHEET)


def test_the_sheet_of_small_pictures_has_every_chart_by_its_code_of_today():
    names = generate.gallery.names()
    with sheet_of_charts() as sheet:
        assert sheet.text["charts"].split() == names, "python docs/generate/gallery.py out/gallery --sheet"
        assert sheet.text["code"] == generate.gallery.sheet.code_hash(list(map(generate.gallery.code, names)))
        assert Path(sheet.filename).stat().st_size < 1_000_000


@pytest.mark.slow
def test_the_sheet_shows_the_charts_as_they_are_drawn_today(tmp_path):
    """Small letters may differ from system to system; another chart, or one that has lost its marks, may not."""
    import numpy as np

    names, made = generate.gallery.names(), generate.gallery.sheet
    generate.gallery.draw_all(tmp_path)
    with sheet_of_charts() as committed:
        whole = committed.convert("RGB")

    def far(name, place):
        left, top = made.corner(place)
        there = whole.crop((left, top, left + made.WIDTH, top + made.HEIGHT)).resize((32, 18))
        return float(np.abs(np.asarray(there, float) - np.asarray(made.small(tmp_path / f"{name}.png").resize((32, 18)),
                                                                  float)).mean())

    distances = {name: far(name, place) for place, name in enumerate(names)}
    assert {name: value for name, value in distances.items() if value > MOST_DISTANCE} == {}, (
        "python docs/generate/gallery.py out/gallery --sheet")
    assert far(names[0], 1) > MOST_DISTANCE  # the check can fail


MOST_DISTANCE = 2.5
"""Mean distance of two small pictures in levels of 256: a chart is 1.2 or less from itself, 3.6 or more from others."""


def test_a_chart_without_an_example_is_missed_in_the_gallery(monkeypatch):
    monkeypatch.setitem(vars(charts), "brand_new", lambda table: table)
    with pytest.raises(LookupError, match="brand_new"):
        generate.gallery.section("brand_new")


def test_the_findings_and_studies_on_the_site_are_the_committed_ones(site):
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    found = generate.experiments.findings()
    assert len(found) > 500 and found in front and found in site["index.md"]
    for folder in generate.experiments.claim_folders():
        title = (ROOT / "experiments" / folder / "README.md").read_text(encoding="utf-8").partition("\n")[0]
        assert title.removeprefix("# ") in site["studies/claims.md"]
        assert f"](../../experiments/{folder}/chart.png)" in site["studies/claims.md"]
    for page, folder in (("founding_sweep", "01_coaching_and_clarity"), ("trial", "07_trial"),
                         ("decision", "08_answers")):
        last = (ROOT / "experiments" / folder / "README.md").read_text(encoding="utf-8").splitlines()[-1]
        assert last in site[f"studies/{page}.md"]


def test_the_pictures_of_the_studies_have_their_commands(site):
    folder = DOCS / "images" / "studies"
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    assert {file.name for file in folder.glob("*.png")} == set(about)
    every_page = site["studies/trial.md"] + site["studies/decision.md"]
    for name, made in about.items():
        assert f"](../images/studies/{name})" in site[f"studies/{made['page']}.md"]
        assert f"\n{made['command']}\n" in every_page and f"`{made['file'].rpartition('/')[2]}`" in every_page
        assert refused(made["command"].split()[1:]) is None and len(made["sources"]) == 16


def test_the_film_of_the_landing_page_is_small_and_its_command_makes_it(site):
    film = DOCS / "images" / "week.gif"
    assert film.read_bytes().startswith(b"GIF89a") and film.stat().st_size < 1_000_000
    line = re.search(r"`simlead (animate [^`]+)`", site["index.md"])[1].split()
    assert refused(line) is None and line[-1] == film.relative_to(ROOT).as_posix()


def test_every_source_has_a_place_to_link_to(site):
    assert [key for key in SOURCES if f"\n({key.lower()})=\n" not in site["reference/sources.md"]] == []


def commands():
    return typer.main.get_command(app).commands


@pytest.mark.parametrize("name", list(commands()))
def test_every_command_and_option_is_in_the_reference(site, name):
    part = site["reference/commands.md"].partition(f"(command-{name})=")[2].partition("\n(command-")[0]
    assert part
    for parameter in commands()[name].params:
        shown = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]
        assert all(f"`{word}`".replace("|", r"\|") in part for word in shown), parameter.name


def test_no_words_are_left_over():
    purposes = {name: value for name, value in vars(draws).items() if name.isupper() and isinstance(value, int)}
    assert {name: number for name, (number, _) in generate.draws.declared().items()} == purposes
    assert set(generate.draws.DECIDES) <= set(purposes)
    for entity, words in generate.state_variables.WORDS.items():
        assert set(words) <= set(generate.state_variables.names(entity)), entity
    records = generate.records
    for name, dtype in {**records.TABLES, "trace": events.TRACE_DTYPE}.items():
        assert set(records.dictionary.own_columns(name)) == set(dtype.names)


def test_each_generator_is_used_and_none_else():
    used = {words for page in PAGES for words in generate.placeholders(page.read_text(encoding="utf-8"))}
    assert [name for name in generate.GENERATORS if not any(words.startswith(name) for words in used)] == []
    with pytest.raises(KeyError, match="no generator for"):
        generate.filled("<!-- generated: parametres policy -->")


def test_a_parameter_that_is_new_is_on_the_pages_at_once(monkeypatch):
    line = dataclasses.replace(REGISTRY["policy.heroics"], path="policy.brand_new", meaning="never seen | before")
    monkeypatch.setitem(REGISTRY, "policy.brand_new", line)
    assert "`policy.brand_new`<br>never seen \\| before" in generate.made("parameters policy")


def undocumented(pages):
    """The names about which pages say that nothing is written."""
    return {name for text in pages.values() for name in re.findall(r"\*undocumented: `([\w.]+)`\*", text)}


def test_every_name_is_documented(site):
    assert undocumented(site) == set()


def without_column(described, name):
    """The dictionary, which has forgotten a column."""
    return lambda table: dataclasses.replace(described(table), columns={
        each: about for each, about in described(table).columns.items() if each != name})


@pytest.mark.parametrize(("words", "name", "without"), [
    ("draws", "QUIT", lambda patch: patch.delitem(generate.draws.DECIDES, "QUIT")),
    ("state Deal", "Deal.skill", lambda patch: patch.delitem(generate.state_variables.WORDS["Deal"], "skill")),
    ("state Deal", "Deal.brand_new", lambda patch: patch.setattr(
        generate.state_variables, "names", lambda entity: ["value", "brand_new"])),
    ("records weeks", "hires", lambda patch: patch.setattr(
        generate.records.dictionary, "table", without_column(generate.records.dictionary.table, "hires"))),
    ("timed events", "DAY_BEGINS", lambda patch: patch.setattr(generate.events, "what_happens", dict)),
])
def test_a_name_without_words_is_named_and_the_page_is_made(monkeypatch, words, name, without):
    without(monkeypatch)
    assert name in undocumented({"page": generate.made(words)})


@pytest.mark.parametrize("file", sorted((DOCS / "generate").glob("[a-z]*.py")), ids=lambda file: file.stem)
def test_the_generators_own_examples_run(file):
    module = sys.modules[f"docs_generate.{file.stem}"]
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_a_constant_that_another_module_assigns_has_its_words_and_one_without_is_found(monkeypatch, site):
    assert "undocumented" not in site["reference/python.md"]
    monkeypatch.setattr(generate.python, "constant_words", lambda module, name: generate.markdown.undocumented(name))
    assert "REGISTRY" in undocumented({"page": generate.made("public names")})


# --- what a code host shows without a build


@pytest.fixture(scope="module")
def readable():
    return generate.readable.pages()


def test_the_committed_reference_is_what_the_code_says(readable):
    folder = generate.readable.FOLDER
    assert {file.name for file in folder.iterdir()} == set(readable)
    stale = [name for name, text in readable.items() if (folder / name).read_text(encoding="utf-8") != text]
    assert stale == [], f"stale in docs/readable/; write them again: {generate.readable.COMMAND}"


def test_every_page_of_tables_from_the_code_can_be_read_without_a_build():
    shown = {*generate.readable.PAGES, "index.md", "gallery.md", "notebooks/index.md", "reference/index.md"}
    made = {page.relative_to(DOCS).as_posix() for page in PAGES if generate.placeholders(page.read_text("utf-8"))}
    assert {page for page in made - shown if not page.startswith("studies/")} == set()
    for page in generate.readable.PAGES:  # and says so where it is looked for
        assert f"(../readable/{Path(page).name})" in (DOCS / page).read_text(encoding="utf-8"), page


def test_links_of_the_committed_reference_lead_somewhere_and_nothing_needs_a_build(readable):
    places = {name: set(re.findall(r'<a id="([^"]+)">', text)) | anchors(text) for name, text in readable.items()}
    dead = []
    for name, text in readable.items():
        assert "<!-- generated" not in text and "```{" not in text, name
        prose = re.sub(r"^(`{3,})[a-z]*\n.*?^\1$", "", text, flags=re.M | re.S)
        for file, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]*))?\)", prose):
            known = places.get(file or name)
            if not (generate.readable.FOLDER / file).exists() or (anchor and known is not None and anchor not in known):
                dead.append((name, file, anchor))
    assert dead == []


# --- Markdown


@pytest.mark.parametrize(("text", "shown"), [
    ("A plain *star* and `code_with|pipe`.", r"A plain \*star\* and `code_with|pipe`."),
    ("Calls :func:`simlead.simulate`.", "Calls `simlead.simulate`."),
    ("Two\nlines.\n\n    x = 1", "Two lines.\n\n```text\nx = 1\n```"),
    ("* one\n  thing\n* two", "* one thing\n* two"),
    ("Source: V43 and V999.", "Source: [V43](#v43) and V999."),
])
def test_docstrings_become_markdown(text, shown):
    assert generate.markdown.paragraphs(text) == shown


def split_row(line):
    return re.split(r"(?<!\\)\|", line.strip())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_rows_of_a_table_have_as_many_cells_as_its_head(site, page):
    width = 0
    for line in site[page.relative_to(DOCS).as_posix()].splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        width = width or len(split_row(line))
        assert len(split_row(line)) == width, line


# --- links


def slug(heading):
    """The anchor of a heading, as myst-parser makes it (GitHub's way)."""
    words = re.sub(r"[`*]", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def places(text):
    """What links of any page can lead to: targets, and Python objects."""
    return set(re.findall(r"^\(([\w-]+)\)=$", text, re.M)) | set(
        re.findall(r"^(?:`+{py:\w+}|\.\. auto\w+::) ([\w.]+)", text, re.M))


def anchors(text):
    """What links to this page can lead to within it."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose, re.M)} | places(text)


def dead_links(pages):
    """The links of pages (path -> text) that lead to no page, file or anchor."""
    everywhere = set().union(*(places(text) for text in pages.values()))
    found = []
    for path, text in pages.items():
        prose = re.sub(r"^(`{3,})[a-z]*\n.*?^\1$", "", text, flags=re.M | re.S)
        for target in re.findall(r"\]\(<?([^)\s>]+)>?\)", prose):
            if re.match(r"https?:|mailto:", target):
                continue
            file, _, anchor = target.partition("#")
            place = (DOCS / path).parent / file if file else DOCS / path
            if place.suffix == ".ipynb" and path == "notebooks/index.md":
                place = ROOT / "notebooks" / file  # the build copies it
            below = place.resolve().relative_to(DOCS).as_posix() if place.resolve().is_relative_to(DOCS) else ""
            known = everywhere | anchors(text) if not file else anchors(pages.get(below, ""))
            unbuilt = below.endswith(".md") and below not in pages
            if not place.exists() or unbuilt or (anchor and anchor not in known):
                found.append(f"{path}: {target}")
    return found


def test_no_link_is_dead(site):
    assert dead_links(site) == []


@pytest.mark.parametrize("link", [
    "[x](nowhere.md)", "[x](readable/README.md)", "[x](#no-such-place)", "[x](index.md#no-such-place)"])
def test_a_dead_link_is_found(site, link):
    assert f"planted.md: {link[4:-1]}" in dead_links({**site, "planted.md": link})


def test_links_that_leave_the_site_become_words():
    stated = generate.outside.without_links_out(
        "see [`experiments/02_speed/README.md`](../experiments/02_speed/README.md), [us](../README.md#a), "
        "![picture](../images/x.png) and [a page](index.md)", DOCS / "page.md")
    assert stated == ("see `experiments/02_speed/README.md`, us (`README.md` in the repository), "
                      "![picture](../images/x.png) and [a page](index.md)")


@pytest.mark.parametrize(("script", "files"), [("workshop", "workshop*.png"), ("explorer", "explore*.png")])
def test_the_pictures_of_pages_are_those_that_their_script_takes(script, files, monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "photograph"))
    taken = runpy.run_path(str(DOCS / "photograph" / f"{script}.py"))["PICTURES"]
    assert {picture.stem for picture in (DOCS / "images").glob(files)} == set(taken)


def test_every_page_is_in_the_tables_of_contents(site):
    reached, waiting = set(), ["index.md"]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        for tree in re.findall(r"^```{toctree}\n(.*?)^```$", site[path], re.M | re.S):
            for line in tree.splitlines():
                if path == "notebooks/index.md" and line == "[0-9]*":  # the notebooks, which the build copies there
                    continue
                if line.strip() and not line.startswith(":"):
                    page = f"{line.strip().lstrip('/')}.md"
                    below = page if line.startswith("/") else (Path(path).parent / page).as_posix()
                    if below not in reached:
                        waiting.append(below)
    assert reached == set(site)


# --- commands and examples


def shell_lines():
    return [(page.relative_to(ROOT).as_posix(), words) for page in [ROOT / "README.md", *PAGES]
            for block in blocks(page) if block.language == "sh" for words in command_lines(block)]


def refused(words):
    """Why a command line of simlead's cannot be, or None."""
    try:
        commands()[words[0]].make_context(words[0], list(words[1:]))
    except Exception as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return None


@pytest.mark.parametrize(("page", "words"), [
    (page, words) for page, words in shell_lines() if words[0] == "simlead"],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value)
def test_a_command_of_a_page_is_one_that_there_is(page, words):
    assert refused(words[1:]) is None


@pytest.mark.parametrize("line", ["no_such_command", "demo --no-such-option 1", "compare", "run --seed many"])
def test_a_command_that_there_is_not_is_found(line):
    assert refused(line.split())


def test_the_commands_for_a_cluster_are_dasks():
    from distributed.cli import dask_scheduler, dask_worker

    known = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}
    lines = [words for _, words in shell_lines() if words[0] == "dask"]
    assert len(lines) >= 2
    for _, command, *rest in lines:
        options = {option for parameter in known[command].params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options


EVERYDAY = [*(f"extending/{name}.md" for name in ("own_measure", "own_rule", "own_distribution", "weekly_series",
                                                  "deal_values_from_data", "optuna")),
            "explanation/common_random_numbers.md", "explanation/version_2.md", "how_to/cite_and_reproduce.md",
            "reference/python.md"]
EMA = "extending/ema_workbench.md"
LOOKING = "how_to/look_closely.md"
TUTORIAL = ["tutorial/first_study.md", "tutorial/reading_a_chart.md"]
GUIDES = ["how_to/your_organisation.md", "how_to/a_pilot.md", "how_to/roll_out.md", "how_to/hire_reps.md",
          "how_to/new_team.md", "how_to/explore.md", "how_to/run_a_sweep.md", "how_to/design_a_trial.md",
          "how_to/money.md", "how_to/scripts.md", "explanation/worlds.md"]
COMMANDS_ALONE = ["how_to/import_from_a_crm.md", "how_to/from_a_csv_to_a_deck.md"]
ABOUT_A_STUDY = ["how_to/answers.md", "how_to/report.md"]
# test_docs.py, test_own_process.py, test_examine.py, test_contributing.py
ELSEWHERE = [*(f"extending/add_{what}.md" for what in ("a_chart", "a_lever", "a_measure", "an_event_kind")),
             "explanation/ties_and_traces.md", "extending/own_process.md", "how_to/claims.md", EMA]


def test_the_python_of_every_page_is_run_by_one_of_these_tests():
    found = {page.relative_to(DOCS).as_posix() for page in PAGES
             for block in blocks(page) if block.language == "python"}
    assert found == {*EVERYDAY, *TUTORIAL, *GUIDES, *ABOUT_A_STUDY, *ELSEWHERE, LOOKING}


@pytest.mark.parametrize("name", EVERYDAY)
def test_the_examples_of_a_page_run(name, tmp_path):
    run_page(DOCS / name, tmp_path)


def test_a_scenario_is_a_function_that_ema_takes(tmp_path):
    first, second = (block for block in blocks(DOCS / EMA) if block.language == "python")
    names = {}
    exec(compile(first.text, EMA, "exec"), names)
    assert names["simulated"](policy__coaching_share=0.5) == names["simulated"](policy__coaching_share=0.5)
    if importlib.util.find_spec("ema_workbench") is None:  # it needs a library under GPL-3, which is installed by hand
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(second.text, EMA, "exec"), names)
    assert names["outcomes"]["revenue"].shape == (8,)


@pytest.mark.slow
def test_a_close_look_shows_a_week_and_deals(tmp_path):
    names = run_page(DOCS / LOOKING, tmp_path, __doc__="only its Python: the films have tests of their own")
    assert names["week"]["hours"].sum() == pytest.approx(40.0)
    assert set(names["deals"]["won_in"]) == {"a", "b"}
    assert (tmp_path / "week.png").exists()


@pytest.mark.slow
def test_the_tutorial_is_true_from_its_first_command_to_its_last(tmp_path):
    for name in TUTORIAL:
        run_page(DOCS / name, tmp_path)
    assert (tmp_path / "share.png").stat().st_size > 10_000
    shown = {picture.name for picture in (DOCS / "images" / "tutorial").iterdir()}
    assert shown <= {picture.name for picture in (tmp_path / "first").iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*GUIDES, *COMMANDS_ALONE])
def test_a_guide_does_what_it_says(name, tmp_path):
    run_page(DOCS / name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ABOUT_A_STUDY)
def test_the_examples_about_a_study_run_with_one(name, tmp_path):
    study = next(block for block in blocks(DOCS / "how_to" / "run_a_sweep.md") if block.note == "file: study.toml")
    file = tmp_path / "study.toml"
    file.write_text(study.text, encoding="utf-8")
    made = simlead.sweep(simlead.load_study(file), out=tmp_path / "results", workers=1)
    run_page(DOCS / name, tmp_path, study=made)
    assert name != "how_to/report.md" or (tmp_path / "board").exists()


def test_a_page_that_shows_something_else_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n<!-- printed -->\n```text\n3\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="but this was printed"):
        run_page(page, tmp_path)
    assert same("took ... s\n", "took  0.123 s\n") and not same("2\n", "3\n")


# --- the site itself


class Loaded(html.parser.HTMLParser):
    """What a page makes a browser load, where its links lead, and which places it has."""

    def __init__(self):
        super().__init__()
        self.loads, self.links, self.ids = [], [], set()

    def handle_starttag(self, tag, attributes):
        stated = dict(attributes)
        self.ids.add(stated.get("id"))
        if tag == "a":
            self.links.append(stated.get("href") or "")
        elif tag != "link" or stated.get("rel") in ("stylesheet", "icon", "preload", "preconnect", "dns-prefetch"):
            self.loads += [stated[name] for name in ("src", "href", "data", "srcset", "poster") if stated.get(name)]


RUN = "24_import_from_a_crm"
"""The notebook that the build runs here, a quick one; all run in a test of their own, and where the site is made."""


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_needs_no_network(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-b", "html",
         "-D", f"notebooks={RUN}", "-d", str(tmp_path / "doctrees"), str(DOCS), str(tmp_path / "site")],
        capture_output=True, text=True, cwd=tmp_path)
    said = [line for line in built.stderr.splitlines() if not line.startswith("[IPKernelApp] WARNING | Kernel is")]
    assert (built.returncode, said) == (0, [])  # a kernel warns of its own connection, which stays on this machine
    pages = {}
    for file in (tmp_path / "site").rglob("*.html"):
        pages[file.resolve()] = page = Loaded()
        page.feed(file.read_text(encoding="utf-8"))
    assert len(pages) >= len(PAGES)
    outside = re.compile(r"(?:https?:)?//", re.I)
    assert {url for page in pages.values() for url in page.loads if outside.match(url)} == set()
    styles = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "site").rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//[^)\s]+", styles) == []
    for file, page in pages.items():
        for link in page.links:
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:|//", link):
                continue
            place = (file.parent / target).resolve() if target else file
            assert place.exists(), f"{file.name}: {link}"
            assert not anchor or place not in pages or anchor in pages[place].ids, f"{file.name}: {link}"
    index = (tmp_path / "site" / "searchindex.js").read_text(encoding="utf-8")
    assert "coaching" in index and "explanation/odd" in index
    shown, code_alone = ((tmp_path / "site" / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
                         for name in (RUN, "40_the_claims"))
    assert 'class="cell_output' in shown and "image/png" not in code_alone and 'class="cell_output' not in code_alone
    assert len(list((tmp_path / "site" / "_images").glob("*.png"))) > len(generate.gallery.names())


def test_every_notebook_is_a_page_whose_links_lead_from_there():
    names = generate.notebooks.names()
    assert generate.notebooks.table().count(".ipynb") == len(names) >= 12
    for name in names:
        text = generate.notebooks.for_the_site((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        prose = "".join("".join(cell["source"]) for cell in cells)
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", prose):
            there = DOCS / "notebooks" / target
            assert there.exists() or (target.endswith(".ipynb") and target.removesuffix(".ipynb") in names), target
