"""Runs and tables on disk: the same to the last bit, whole or not there, never over another."""

from __future__ import annotations

import hashlib
import json
import os
import shutil

import numpy as np
import openpyxl
import pandas as pd
import pytest

from simlead.engines.contract import Records
from simlead.model import tables
from simlead.model.events import TRACE_DTYPE
from simlead.model.scenario import Scenario
from simlead.results import files
from simlead.results.export import save_table
from simlead.results.files import FileFormatError
from simlead.results.manifest import check_of
from simlead.results.provenance import provenance
from simlead.results.run import Run

SCENARIO = Scenario().change({"policy.coaching_share": 0.35, "policy.promotion_rule": "random"})


def any_table(dtype, rows, luck):
    """Any bits that a table can hold, nan among them."""
    table = np.zeros(rows, dtype)
    for name in dtype.names:
        kind = dtype[name].kind
        content = luck.normal(size=rows) if kind == "f" else luck.integers(0, 2, rows)
        table[name] = content
        if kind == "f" and rows:
            table[name][0] = np.nan
    return table


def a_run(trace=True, luck=None):
    luck = luck or np.random.default_rng(7)
    records = Records(
        any_table(tables.OPPORTUNITIES_DTYPE, 40, luck), any_table(tables.REPS_DTYPE, 30, luck),
        any_table(tables.MANAGERS_DTYPE, 20, luck), any_table(tables.WEEKS_DTYPE, 10, luck), 1234,
        any_table(TRACE_DTYPE, 50, luck) if trace else None)
    return Run(SCENARIO, 0, 3, "simpy", records, provenance(SCENARIO))


def test_a_loaded_run_is_the_saved_run_to_the_last_bit(tmp_path):
    run = a_run()
    assert run.save(tmp_path / "run") == tmp_path / "run"
    again = Run.load(tmp_path / "run")
    for name in ("opportunities", "reps", "managers", "weeks", "trace"):
        assert getattr(again.records, name).tobytes() == getattr(run.records, name).tobytes()
    for name in ("scenario", "seed", "replicate", "engine", "provenance"):
        assert getattr(again, name) == getattr(run, name)
    assert again.records.events == 1234
    assert again.trace_hash() == run.trace_hash() == hashlib.sha256(run.trace.tobytes()).hexdigest()[:16]


def test_a_run_without_a_trace_says_so_and_saves(tmp_path):
    run = a_run(trace=False)
    with pytest.raises(RuntimeError, match=r"without a trace; simulate\(\.\.\., trace=True\) keeps it"):
        run.trace_hash()
    again = Run.load(run.save(tmp_path / "run"))
    assert again.records.trace is None


def test_codes_become_words(tmp_path):
    run = a_run()
    run.records.opportunities["outcome"][:3] = 0, 2, 4
    frame = run.opportunities()
    assert frame["outcome"].tolist()[:3] == ["open", "won_by_manager", "rival"]
    assert set(frame["stage"].cat.categories) == {"discovery", "qualified", "proposal"}
    assert list(run.reps().columns) == list(tables.REPS_DTYPE.names)
    assert len(run.managers()) == 20 and len(run.weeks()) == 10
    frame["value"] = 0.0  # a reader's table is the reader's own
    assert run.records.opportunities["value"][1] != 0.0


def test_nothing_is_overwritten_unless_told_to(tmp_path):
    first, second = a_run(), a_run(luck=np.random.default_rng(8))
    first.save(tmp_path / "run")
    with pytest.raises(FileExistsError, match="exists already; choose another name or pass overwrite=True"):
        second.save(tmp_path / "run")
    assert Run.load(tmp_path / "run").trace_hash() == first.trace_hash()
    second.save(tmp_path / "run", overwrite=True)
    assert Run.load(tmp_path / "run").trace_hash() == second.trace_hash()
    assert os.listdir(tmp_path) == ["run"]


def test_overwriting_replaces_runs_and_nothing_else(tmp_path):
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="something else"):
        a_run().save(documents, overwrite=True)
    run = a_run().save(tmp_path / "run")
    (run / "notes.txt").write_text("mine")  # somebody keeps notes in a run's folder
    with pytest.raises(FileExistsError, match="something else"):
        a_run().save(run, overwrite=True)
    assert (documents / "thesis.txt").exists() and (run / "notes.txt").exists()


def test_a_save_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    from simlead.results import storage

    written = []

    def disk_full(path, table):
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        path.write_bytes(b"x")

    monkeypatch.setattr(storage, "write_table", disk_full)
    with pytest.raises(OSError, match="No space"):
        a_run().save(tmp_path / "run")
    assert os.listdir(tmp_path) == []


def test_a_failed_overwrite_leaves_the_old_run(tmp_path, monkeypatch):
    from simlead.results import storage

    first = a_run()
    first.save(tmp_path / "run")

    def disk_full(path, table):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "write_table", disk_full)
    with pytest.raises(OSError, match="No space"):
        a_run().save(tmp_path / "run", overwrite=True)
    assert os.listdir(tmp_path) == ["run"]
    assert Run.load(tmp_path / "run").trace_hash() == first.trace_hash()


def edited(folder, change):
    """The manifest of a saved run, changed by hand; its check made right, as by a careful forger."""
    entries = json.loads((folder / "manifest.json").read_text())
    del entries["check"]
    change(entries)
    (folder / "manifest.json").write_text(json.dumps({**entries, "check": check_of(entries)}))


def flip(path, at=0.5):
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 1
    path.write_bytes(bytes(content))


DAMAGES = {
    "no such folder": (lambda run: shutil.rmtree(run), "not a saved run"),
    "a file": (lambda run: (shutil.rmtree(run), run.write_text("x")), "not a saved run"),
    "empty": (lambda run: [path.unlink() for path in run.iterdir()], "not a saved run"),
    "half a manifest": (lambda run: os.truncate(run / "manifest.json", 100), "cannot be read"),
    "not text": (lambda run: (run / "manifest.json").write_bytes(b"\xff\xfe\x00"), "cannot be read"),
    "brackets without end": (lambda run: (run / "manifest.json").write_text("[" * 50_000), "cannot be read"),
    "a list": (lambda run: (run / "manifest.json").write_text("[]"), "not of the format"),
    "another format": (lambda run: edited(run, lambda text: text.update(format="x")), "not of the format"),
    "a bit of the manifest": (
        lambda run: (run / "manifest.json").write_text(
            (run / "manifest.json").read_text().replace('"replicate": 3', '"replicate": 4')),
        "is damaged"),
    "a bit of a table": (lambda run: flip(run / "reps.parquet"), "damaged"),
    "a bit of the trace": (lambda run: flip(run / "trace.parquet"), "damaged"),
    "a table gone": (lambda run: (run / "weeks.parquet").unlink(), "cannot be read"),
    "an unknown parameter": (
        lambda run: edited(run, lambda text: text["facts"]["scenario"].update({"policy.magic": 1})), "policy.magic"),
    "a parameter gone": (
        lambda run: edited(run, lambda text: text["facts"]["scenario"].pop("policy.heroics")), "policy.heroics"),
    "a value out of range": (
        lambda run: edited(run, lambda text: text["facts"]["scenario"].update({"policy.heroics": 99})), "allowed is"),
    "no tables": (lambda run: edited(run, lambda text: text.update(files={})), "names no table"),
    "a path for a table": (
        lambda run: edited(run, lambda text: text["files"].update({"../x": "0"})), "outside of its folder"),
    "a scalar for the scenario": (
        lambda run: edited(run, lambda text: text["facts"].update(scenario=3)), "does not fit"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_run_is_refused_in_one_line(tmp_path, damage):
    run = a_run().save(tmp_path / "run")
    wreck, message = DAMAGES[damage]
    wreck(run)
    with pytest.raises(FileFormatError, match=message) as refusal:
        Run.load(run)
    assert "\n" not in str(refusal.value) and str(run) in str(refusal.value)


def test_a_table_with_other_columns_is_refused(tmp_path):
    from simlead.results.storage import table_of, write_table

    path = tmp_path / "weeks.parquet"
    write_table(path, any_table(tables.WEEKS_DTYPE, 5, np.random.default_rng(0)))
    with pytest.raises(FileFormatError, match="other columns"):
        table_of(path.read_bytes(), tables.REPS_DTYPE, path, Scenario())
    other = np.dtype([(name, "f8") for name in tables.WEEKS_DTYPE.names])
    with pytest.raises(FileFormatError, match="column week is int32, not float64"):
        table_of(path.read_bytes(), other, path, Scenario())
    path.write_text("not a table")
    with pytest.raises(FileFormatError, match="cannot be read") as refusal:
        table_of(path.read_bytes(), tables.WEEKS_DTYPE, path, Scenario())
    assert "\n" not in str(refusal.value)


def test_provenance_tells_scenarios_apart():
    here, there = provenance(SCENARIO), provenance(Scenario())
    assert here.parameters != there.parameters
    assert (here.sources, here.registry) == (there.sources, there.registry)
    assert {"simlead", "numpy", "numba", "simpy"} <= here.versions.keys()


# Tables for other programs.

MISCHIEF = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "won", ""]


def a_table():
    return pd.DataFrame({
        "=name": MISCHIEF, "kind": pd.Categorical(MISCHIEF), "number": np.linspace(-1, 1 / 3, len(MISCHIEF)),
        "yes": [True, False] * 4,
    })


def test_a_csv_holds_no_formula_and_every_digit(tmp_path):
    table = a_table()
    path = save_table(table, tmp_path / "t.csv")
    again = pd.read_csv(path, keep_default_na=False, dtype={"number": str})  # pandas 2 rounds
    assert list(again.columns) == ["'=name", "kind", "number", "yes"]
    assert again["'=name"].tolist() == again["kind"].tolist() == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "' =1", "won", ""]
    assert again["number"].map(float).tolist() == table["number"].tolist()  # negative numbers stay numbers


def test_a_sheet_holds_no_formula(tmp_path):
    path = save_table(a_table(), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert sheet["A2"].value == "'=1+1" and sheet["C2"].value == -1


def test_a_control_character_does_not_break_a_sheet(tmp_path):
    path = save_table(pd.DataFrame({"name": ["a\x00b"]}), tmp_path / "t.xlsx")
    assert openpyxl.load_workbook(path).active["A2"].value == "a\ufffdb"


def test_parquet_keeps_everything_and_takes_mixed_columns(tmp_path):
    table = a_table()
    pd.testing.assert_frame_equal(pd.read_parquet(save_table(table, tmp_path / "t.parquet")), table)
    mixed = pd.DataFrame({"value": [0.2, "best_seller", True]})
    again = pd.read_parquet(save_table(mixed, tmp_path / "mixed.parquet"))
    assert again["value"].tolist() == ["0.2", "best_seller", "True"]


def test_a_table_never_overwrites_and_is_whole_or_not_there(tmp_path, monkeypatch):
    path = save_table(pd.DataFrame({"a": [1]}), tmp_path / "deep" / "t.csv")
    with pytest.raises(FileExistsError, match="exists already"):
        save_table(pd.DataFrame({"a": [2]}), path)
    save_table(pd.DataFrame({"a": [3]}), path, overwrite=True)
    assert path.read_text() == "a\n3\n"

    def disk_full(frame, path, **options):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", disk_full)
    with pytest.raises(OSError, match="No space"):
        save_table(pd.DataFrame({"a": [4]}), path, overwrite=True)
    assert path.read_text() == "a\n3\n" and os.listdir(path.parent) == ["t.csv"]


def test_other_kinds_of_files_are_refused(tmp_path):
    with pytest.raises(FileFormatError, match=r"saved as \.parquet, \.csv, \.xlsx"):
        save_table(pd.DataFrame({"a": [1]}), tmp_path / "t.pickle")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        save_table(pd.DataFrame({"a": [1]}), tmp_path / "folder.csv", overwrite=True)
    with pytest.raises(FileFormatError, match="a sheet holds 1048575"):
        save_table(pd.DataFrame({"a": np.zeros(1_048_576, "i1")}), tmp_path / "t.xlsx")
    assert os.listdir(tmp_path) == ["folder.csv"]


def test_a_file_that_came_up_meanwhile_is_kept(tmp_path):
    with (pytest.raises(FileExistsError), files.whole_file(tmp_path / "t.csv") as partial):
        partial.write_text("ours")
        (tmp_path / "t.csv").write_text("theirs")
    assert (tmp_path / "t.csv").read_text() == "theirs" and os.listdir(tmp_path) == ["t.csv"]
