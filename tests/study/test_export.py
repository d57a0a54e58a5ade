"""Exports: every table of every kind of folder, whole, typed, described, and without a formula in it."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from every import every

import simlead
from simlead.client.estimates import UNITS
from simlead.client.importing import import_crm
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results import exported
from simlead.results.dictionary import ANY, TYPES, column, own_columns, table, tables
from simlead.results.export import save_table
from simlead.results.exported import OWN, dictionary_of, read_table, write_tables
from simlead.results.files import FileFormatError
from simlead.results.folder import is_ours, read_folder, write_folder
from simlead.results.measures import MEASURES
from simlead.results.r_script import r_script
from simlead.show.import_folder import save_import
from simlead.study.claims.record import COLUMNS as OF_CLAIMS
from simlead.study.comparison import COLUMNS as OF_COMPARISON
from simlead.study.comparison import WEEKLY_COLUMNS
from simlead.study.export import export
from simlead.study.sweeps.work import FAILURE_COLUMNS
from simlead.study.tables_of import tables_of

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
STRANGE = pd.DataFrame({
    "scenario": ["=1+1", "NA", "−5 % \"so\"", "-x"], "seed": [2**60, 1, 2, 3], "measure": ["revenue"] * 4,
    "unit": ["$/year"] * 4, "mean": [0.1 + 0.2, math.nan, math.inf, -1.5], "n": [1, 2, 3, 4]})
"""Texts that a spreadsheet or a reader could take for something else, a seed beyond what R counts, and no numbers."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Small results without a compiled engine: a run, a comparison, a sweep, an import."""
    place = tmp_path_factory.mktemp("made")
    simlead.simulate(FIRM, trace=False).save(place / "run")
    study = simlead.compare({"as it is": FIRM, "=coached": FIRM}, replications=2, workers=1, engine="simpy",
                            measures=["market_share_base"], weekly=["wins"])
    sweep = simlead.sweep(pd.DataFrame({"market.rivals": [1, 5]}), scenario=FIRM, replications=2, engine="simpy",
                          measures=["market_share_base"], workers=1, out=place / "sweep", baseline=True,
                          weekly=["wins"], own_measures={"mine": lambda run: len(run.weeks())})
    (place / "deals.csv").write_text(
        "Id,Stage,Amount,Created Date,Close Date,Owner\n1,Won,9000,2024-01-02,2024-03-05,Ada\n")
    save_import(import_crm(place / "deals.csv"), place / "import")
    return {"run": place / "run", "study": study, "sweep": sweep, "folder": place / "sweep", "import": place / "import"}


# --- the dictionary


def test_every_described_column_has_a_type_and_a_meaning():
    for name, about in tables().items():
        assert about.about.endswith("."), name
        for each in about.columns.values():
            assert each.type in TYPES and len(each.meaning) > 2, (name, each)
            assert each.meaning[0].islower() or each.meaning[:2] in ("A ", "C:", "Q:", "Mo", "Ki", "Mon"), each


@every([("comparison", OF_COMPARISON), ("comparison_weekly", WEEKLY_COLUMNS), ("failures", FAILURE_COLUMNS),
        ("verdicts", OF_CLAIMS["verdicts"]), ("parts", OF_CLAIMS["parts"]), ("claim_drivers", OF_CLAIMS["drivers"]),
        ("structures", OF_CLAIMS["structures"])])
def test_the_columns_of_a_table_are_those_that_the_code_writes(case):
    name, written = case
    described = table(name).columns
    assert [each for each in written if each not in described] == []
    assert [each for each in own_columns(name) if each not in written and described[each].always] == []


def test_measures_parameters_and_what_is_the_users_own():
    assert column("points", "revenue").meaning == MEASURES["revenue"].meaning
    assert column("points", "team.2.revenue").unit == MEASURES["revenue"].unit
    assert column("design", "team.1.status_quo.coaching_share").meaning
    assert column("design", "structure.favourites").type == "yes_no"
    assert column("points", "no_such_thing") is None and column("comparison", "revenue") is None
    with pytest.raises(LookupError, match="did you mean comparison?"):
        table("comparson")


# --- formats


@pytest.fixture
def strange(tmp_path):
    def written(to):
        (tmp_path / to).mkdir()
        write_tables({"comparison": STRANGE}, tmp_path / to, to)
        return tmp_path / to
    return written


def test_csv_is_read_back_to_the_last_bit(strange):
    with_folder = strange("csv")
    with write_folder(with_folder.parent / "kept", "export") as new:
        write_tables({"comparison": STRANGE}, new.path, "csv")
    again = read_table(read_folder(with_folder.parent / "kept", "export"), "comparison.csv", "comparison")
    pd.testing.assert_frame_equal(again, STRANGE, check_dtype=False)
    text = (with_folder / "comparison.csv").read_text(encoding="utf-8")
    assert "\n'=1+1," in text and "\n'-x," in text and "\nNA," in text


def test_a_workbook_has_the_dictionary_first_and_no_formula(strange):
    book = openpyxl.load_workbook(strange("xlsx") / "tables.xlsx")
    assert book.sheetnames == ["dictionary", "comparison"]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    assert [cell.value for cell in book["comparison"][2]][:2] == ["'=1+1", str(2**60)]
    assert book["comparison"].freeze_panes == "A2"


@every(["workbook", "table"])
def test_a_sheet_rounds_no_whole_number_and_has_no_cell_for_what_is_missing(case):
    """A sheet's numbers are exact up to 2**53; an empty text would be no number to a formula."""
    seeds = [2**63 - 1, 2**53, -3]
    frame = pd.DataFrame({"seed": seeds, "mean": [math.nan, 0.5, 1.5], "unit": ["", "$", "$"]})
    with tempfile.TemporaryDirectory() as folder:
        if case == "workbook":
            write_tables({"comparison": frame}, Path(folder), "xlsx")
            sheet = openpyxl.load_workbook(Path(folder) / "tables.xlsx")["comparison"]
        else:
            sheet = openpyxl.load_workbook(save_table(frame, Path(folder) / "table.xlsx")).active
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["9223372036854775807", 2**53, -3]
    assert (2, 2) not in sheet._cells and (2, 3) not in sheet._cells and sheet["B3"].value == 0.5


def test_parquet_carries_units_and_meanings(strange):
    schema = pq.read_schema(strange("parquet") / "comparison.parquet")
    about = schema.field("mean").metadata
    assert about[b"unit"] == b"row" and about[b"meaning"] == b"mean over the replications"
    pd.testing.assert_frame_equal(pd.read_parquet(strange("r").parent / "parquet" / "comparison.parquet"), STRANGE,
                                  check_dtype=False)


def test_the_script_for_r_names_every_column_once(strange):
    script = (strange("r") / "read.R").read_text(encoding="ascii")
    classes = re.search(r"classes = c\((.*)\),", script)[1]
    assert classes == ('"scenario" = "character", "seed" = "character", "measure" = "character", '
                       '"unit" = "character", "mean" = "numeric", "n" = "integer"')
    assert script.count("(") == script.count(")") and script.isascii()


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
@pytest.mark.slow
def test_r_reads_what_was_written(strange):
    folder = strange("r")
    asked = ('x <- source("read.R", chdir = TRUE)$value$comparison; stopifnot(identical(as.character(x$scenario), '
             'c("=1+1", "NA", "\\u22125 % \\"so\\"", "-x")), as.numeric(x$mean)[1] == 0.1 + 0.2, is.na(x$mean[2]), '
             'x$mean[3] == Inf, x$seed[1] == "1152921504606846976", attr(x$mean, "unit") == "row", is.integer(x$n))')
    done = subprocess.run(["Rscript", "-e", asked], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_table_that_is_longer_than_a_sheet_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(exported, "XLSX_ROWS", 3)
    with pytest.raises(FileFormatError, match="comparison: 4 rows, but a sheet holds 3; export to csv, parquet or r"):
        write_tables({"comparison": STRANGE}, tmp_path, "xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_text_in_r_cannot_end_early():
    planted = dataclasses.replace(column("comparison", "mean"), meaning='"); stop("here") # \\ \n')
    script = r_script({"comparison": [planted]}, {"comparison": STRANGE[["mean"]]})
    assert r'"\"); stop(\"here\") # \\ \n"' in script


# --- folders and objects


def test_every_kind_has_its_tables_and_every_column_its_words(made):
    wanted = {"run": {"measures", "opportunities", "reps", "managers", "weeks"},
              "study": {"comparison", "comparison_runs", "comparison_weekly"},
              "sweep": {"design", "points", "sweep_runs", "differences", "weekly"},
              "import": {"import_quantities", "import_questions"}}
    for name, there in wanted.items():
        found = tables_of(made[name])
        assert there <= set(found), name
        described = dictionary_of(found)
        own = described[described["meaning"] == OWN]
        assert set(own["column"]) == ({"mine", "mine_low", "mine_high"} if name == "sweep" else set()), name
        assert ANY not in set(described["type"])


def test_every_quantity_that_an_import_can_learn_is_described():
    known = own_columns("import_draws")
    assert [name for name in UNITS if name not in known] == []


def test_a_folder_and_what_was_opened_from_it_export_the_same(made, tmp_path):
    one, two = export(made["folder"], tmp_path / "one"), export(made["sweep"], tmp_path / "two")
    names = {file.name for file in one.glob("*.csv")}
    assert names == {file.name for file in two.glob("*.csv")} and "dictionary.csv" in names
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    facts = json.loads((one / "manifest.json").read_text())["facts"]
    assert facts["of"]["kind"] == "sweep" and facts["tables"]["points"]["intervals"] == "random numbers"


def test_nothing_is_replaced_but_an_export(made, tmp_path):
    export(made["run"], tmp_path / "out", to="parquet")
    with pytest.raises(FileExistsError):
        export(made["run"], tmp_path / "out")
    assert is_ours(export(made["run"], tmp_path / "out", overwrite=True), "export")
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds something else"):
        export(made["run"], tmp_path / "out", overwrite=True)


def test_nothing_is_exported_into_the_result_itself(made, tmp_path):
    before = sorted(made["run"].rglob("*"))
    with pytest.raises(ParameterError, match="is inside .*; choose a place beside it"):
        export(made["run"], made["run"] / "inside")
    assert sorted(made["run"].rglob("*")) == before


def test_a_trace_is_exported_with_its_dictionary_but_to_no_sheet(tmp_path):
    run = simlead.simulate(FIRM)
    run.save(tmp_path / "run")
    for to in ("csv", "parquet", "r"):
        export(tmp_path / "run", tmp_path / to, to=to)
    trace = pd.read_csv(tmp_path / "csv" / "trace.csv")
    assert trace.equals(pd.read_csv(tmp_path / "r" / "trace.csv")) and len(trace) == len(run.trace)
    for name in run.trace.dtype.names:
        assert trace[name].tolist() == run.trace[name].tolist()
        assert pd.read_parquet(tmp_path / "parquet" / "trace.parquet")[name].tolist() == run.trace[name].tolist()
    words = pd.read_csv(tmp_path / "csv" / "dictionary.csv").query("table == 'trace'").set_index("column")
    assert words.loc["time", "unit"] == "hours" and {*run.trace.dtype.names} <= {*words.index}
    book = openpyxl.load_workbook(export(tmp_path / "run", tmp_path / "xlsx", to="xlsx") / "tables.xlsx")
    assert "trace" not in book.sheetnames and "weeks" in book.sheetnames


def test_a_failure_leaves_nothing(made, tmp_path, monkeypatch):
    monkeypatch.setattr("simlead.study.export.write_tables", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(made["run"], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_exported_is_said_in_one_line(made, tmp_path):
    for source, to, stated in ((tmp_path / "nowhere", "csv", "there is no such folder"), (tmp_path, "csv", "no result"),
                               (made["run"] / "manifest.json", "r", "is a file; name the folder that it is in"),
                               (export(made["run"], tmp_path / "out"), "csv", "is tables for another program"),
                               (made["run"], "xls", "did you mean xlsx?"), (3, "csv", "int: tables are exported of")):
        with pytest.raises((FileFormatError, ParameterError), match=re.escape(stated)) as refusal:
            export(source, tmp_path / "new", to=to)
        assert "\n" not in str(refusal.value)
    assert not (tmp_path / "new").exists()
