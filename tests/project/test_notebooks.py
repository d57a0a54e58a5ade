"""The notebooks: clean in git, only public names, and each runs from top to bottom in a folder of its own."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from pages import blocks

import simlead

nbformat = pytest.importorskip("nbformat")

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}

FILES = {
    "10_first_study": ["first_study/table.csv", "first_study/growth_and_share.png"],
    "20_your_organisation": ["client_report/report.html", "client_report/report.pptx"],
    "21_run_a_sweep": ["coaching_and_clarity/study.toml", "coaching_and_clarity/runs"],
    "22_add_your_own_process": ["nervous_firms"],
    "24_import_from_a_crm": ["crm_export/deals.csv", "crm_firm/firm.toml"],
    "25_design_a_trial": ["trial/protocol.json", "trial/protocol.pptx", "trial/data.csv"],
}
"""What a notebook writes beside itself."""

LONGEST_SECONDS = 600
"""A hanging notebook ends after this time. Nothing is asserted about how long a sound one takes."""


def read(file):
    return nbformat.read(file, as_version=4)


def names(file):
    return file.stem


def everybody(function):
    return pytest.mark.parametrize("file", NOTEBOOKS, ids=names)(function)


def code_of(notebook):
    """The source of each code cell."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 7


# --- clean in git


def stains(content):
    """What is in a notebook's JSON that belongs to one execution or to one machine."""
    found = []
    for cell in content["cells"]:
        name = cell.get("id", "?")
        if cell.get("outputs"):
            found.append(f"{name}: outputs")
        if cell.get("execution_count") is not None:
            found.append(f"{name}: execution count")
        if cell.get("metadata"):
            found.append(f"{name}: metadata")
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]+)*", name):
            found.append(f"{name}: an id that nobody gave")
    about = {"language_info": {"name": "python"}} | content["metadata"]
    if about != {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}:
        found.append("metadata of a machine")
    return found


@everybody
def test_it_is_valid_and_stripped(file):
    nbformat.validate(read(file))
    assert stains(json.loads(file.read_text(encoding="utf-8"))) == []


@everybody
def test_it_is_written_as_the_tools_write_it(file):
    """So that a difference between two versions shows what was changed, line by line."""
    assert file.read_text(encoding="utf-8") == nbformat.writes(read(file)) + "\n"


@everybody
def test_its_cells_have_ids_of_their_own(file):
    ids = [cell["id"] for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("change", "stated"), [
    (lambda content: content["cells"][1].update(outputs=[{"output_type": "stream"}]), "outputs"),
    (lambda content: content["cells"][1].update(execution_count=3), "execution count"),
    (lambda content: content["cells"][0].update(metadata={"collapsed": True}), "metadata"),
    (lambda content: content["cells"][0].update(id="0f3a9c1e"), "an id that nobody gave"),
    (lambda content: content["metadata"].update(language_info={"name": "python", "version": "3.11.7"}),
     "metadata of a machine"),
])
def test_a_stain_is_noticed(change, stated):
    content = json.loads(NOTEBOOKS[0].read_text(encoding="utf-8"))
    change(content)
    assert any(stated in stain for stain in stains(content))


# --- what is in them


def foreign_imports(source):
    """Imports of simlead's that are not public names."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.startswith("simlead.")]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "simlead":
            found += [f"{node.module}.{alias.name}" for alias in node.names
                      if node.module != "simlead" or alias.name not in simlead.__all__]
    return found


@everybody
def test_it_imports_public_names_only(file):
    assert [name for source in code_of(read(file)) for name in foreign_imports(source)] == []


GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "tutorial").glob("*.md")),
          *sorted((ROOT / "docs" / "how_to").glob("*.md"))]
INSIDE = re.compile(r"`[^`\n]*?\b(simlead\.(?:model|engines|results|statistics|study|show|client|cli)\.[\w.]+)")
LOGGERS = {"simlead.study.sweeps.sweep"}
"""What a guide names as the place of a log."""


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_guide_names_public_names_only(page):
    imported = {name for block in blocks(page) if block.language == "python" for name in foreign_imports(block.text)}
    assert imported | set(INSIDE.findall(page.read_text(encoding="utf-8"))) - LOGGERS == set()


@pytest.mark.parametrize("source", [
    "import simlead.model.rules", "from simlead.cli import app", "from simlead.show import charts",
    "from simlead import nothing", "from simlead.show.charts import funnel",
])
def test_an_import_of_what_is_inside_is_noticed(source):
    assert foreign_imports(source)


def functions(source):
    """Each function's name and its body, comparable whatever the layout."""
    return {node.name: ast.dump(ast.Module(node.body, [])) for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)}


@pytest.fixture(scope="module")
def of_the_package():
    found = {}
    for file in (ROOT / "simlead").rglob("*.py"):
        found |= functions(file.read_text(encoding="utf-8"))
    return found


@everybody
def test_it_repeats_no_function_of_the_package(file, of_the_package):
    for source in code_of(read(file)):
        for name, body in functions(source).items():
            assert of_the_package.get(name) != body
            assert body not in of_the_package.values(), name


LONGEST_CELL = 32


@everybody
def test_a_cell_is_one_step(file):
    assert {cell.id for cell in read(file).cells if len(cell.source.splitlines()) > LONGEST_CELL} - {"theory"} == set()


@everybody
def test_it_asks_a_question_first_and_ends_with_exercises(file):
    first, *_, last = read(file).cells
    assert first.cell_type == last.cell_type == "markdown"
    assert re.match(r"# .*\?\n", first.source)
    assert "## Try this" in last.source


@everybody
def test_its_words_hold_no_result(file):
    """What was found is computed; a text that says it would be wrong after the next change of the model."""
    for cell in read(file).cells:
        if cell.cell_type == "markdown":
            prose = cell.source.partition("## Try this")[0]
            assert not re.search(r"\d+(\.\d+)? ?%(?! inter)|\$ ?\d|\d+\.\d", prose.replace("95 %", "")), cell.id


@everybody
def test_it_names_no_place_on_a_machine_and_no_shell(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"""["'(]/[a-z]+/|[A-Z]:\\\\""", text)
    for source in code_of(read(file)):
        ast.parse(source)  # neither `!command` nor `%magic`, which are not Python


@everybody
def test_its_links_lead_somewhere(file):
    for cell in read(file).cells:
        if cell.cell_type == "markdown":
            targets = re.findall(r"\]\((?!https?:)([^)#]+)", cell.source)
            assert [target for target in targets if not (FOLDER / target).exists()] == []


def test_the_index_has_each_of_them_once():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\((\w+\.ipynb)\)", text)) == [file.name for file in NOTEBOOKS]


# --- they run

PROGRESS = re.compile(r"(\r\d+ of \d+ runs\n?)+")
"""What may stand on stderr: how far a long call has come."""


@pytest.mark.slow
@everybody
def test_it_runs_from_top_to_bottom(file, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    notebook = read(file)
    nbclient.NotebookClient(
        notebook, timeout=LONGEST_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr" or PROGRESS.fullmatch(output.text), f"{cell.id}: {output.text}"
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in shown)
    for name in FILES.get(file.stem, []):
        assert (tmp_path / name).exists(), name
