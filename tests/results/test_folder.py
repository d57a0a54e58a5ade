"""One store for every result folder: whole, durable, through links, and whatever is foreign refused in one line."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest

from simlead.model import whole_file as whole_files
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results import files
from simlead.results.files import FileFormatError, read_bytes, whole_file
from simlead.results.folder import is_ours, kind_of, pack, read_folder, write_folder
from simlead.results.manifest import KINDS, check_of, shaped
from simlead.results.run import Run
from simlead.study.answers.files import load_answer, save_answer_data
from simlead.study.answers.result import Answer
from simlead.study.compare import compare
from simlead.study.comparison_files import load_comparison, save_comparison_data
from simlead.study.simulate import simulate
from simlead.study.sweeps.sweep import open_sweep, sweep

FIRM = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 2})


def load_swept(place):
    """A sweep read whole: its runs and how far it is."""
    found = open_sweep(place)
    return found.runs(), found.status(), found.failures()


def load_claims(place):
    """A table and the facts of a folder of claims."""
    stored = read_folder(place, "claims")
    with shaped(place):
        return stored.facts["seed"], stored.frame("verdicts.csv")


def load_session(place):
    """The facts and the table of a packed session."""
    stored = read_folder(place, "session")
    return stored.facts["seed"], stored.read("moves.csv")


def load_import(place):
    """The facts and the drawn settings of a folder of an import."""
    stored = read_folder(place, "import")
    with shaped(place):
        return stored.facts["facts"], stored.frame("draws.csv")


def load_table(kind):
    """A loader of a folder that holds a table and a fact."""
    def load(place):
        stored = read_folder(place, kind)
        with shaped(place):
            return stored.facts["seed"], stored.frame("table.csv")

    return load


LOADERS = {"run": Run.load, "comparison": load_comparison, "sweep": load_swept, "claims": load_claims,
           "session": load_session, "import": load_import, "answer": load_answer, "payback": load_table("payback"),
           "trial": load_table("trial"), "export": load_table("export")}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A folder (or a ZIP) of each kind."""
    root = tmp_path_factory.mktemp("stored")
    simulate(FIRM, seed=3, engine="compiled").save(root / "run")
    found = compare({"a": FIRM, "b": FIRM.change({"market.rivals": 5})}, replications=2, workers=1,
                    measures=["market_share_base"])
    with write_folder(root / "comparison", "comparison") as new:
        save_comparison_data(found, new, ".csv")
    sweep(pd.DataFrame({"market.rivals": [1, 5]}), scenario=FIRM, replications=2, workers=1, out=root / "sweep",
          measures=["market_share_base"], weekly=["profit"])
    with write_folder(root / "claims", "claims") as new:
        (new.path / "verdicts.csv").write_text("key,effect\ndouble_profit,0.5\n")
        new.facts["seed"] = 7
    with write_folder(root / "import", "import") as new:
        (new.path / "draws.csv").write_text("draw,organisation.teams\n0,4\n")
        new.facts["facts"] = {"deals": 1}
    for kind in ("payback", "trial", "export"):
        with write_folder(root / kind, kind) as new:
            (new.path / "table.csv").write_text("key,effect\nx,0.5\n")
            new.facts["seed"] = 7
    effects = pd.DataFrame({"effect_sizes": ["evidence"], "policy": ["a"], "mean": [0.1], "worlds": [16]})
    empty = pd.DataFrame()
    with write_folder(root / "answer", "answer") as new:
        save_answer_data(Answer(effects, empty, empty, {}, empty, empty, {"a": FIRM}, "status_quo", "revenue", "share",
                                0.01, "stated", 0.95, 0, 2), new)
    (root / "session").write_bytes(pack("session", {"seed": 5}, {"moves.csv": b"number\n1\n"}))
    return root


def copied(stored, kind, tmp_path):
    place = tmp_path / kind
    (shutil.copytree if (stored / kind).is_dir() else shutil.copy)(stored / kind, place)
    return place


# --- what is written


def test_every_kind_is_known_by_its_manifest_and_loads(stored):
    assert set(LOADERS) == set(KINDS)
    for kind, load in LOADERS.items():
        assert kind_of(stored / kind) == kind
        load(stored / kind)
        for other in set(KINDS) - {kind}:
            with pytest.raises(FileFormatError, match=f"is {KINDS[kind]}, not {KINDS[other]}"):
                read_folder(stored / kind, other)


def test_the_same_session_is_the_same_bytes(stored):
    assert pack("session", {"seed": 5}, {"moves.csv": b"number\n1\n"}) == (stored / "session").read_bytes()


def test_a_link_stays_and_its_target_gets_the_new_content(tmp_path):
    real = tmp_path / "real" / "r"
    simulate(FIRM, seed=0, engine="compiled").save(real)
    link = tmp_path / "link"
    link.symlink_to(real, target_is_directory=True)
    simulate(FIRM, seed=5, engine="compiled").save(link, overwrite=True)
    assert link.is_symlink() and Run.load(real).seed == 5
    assert [path.name for path in real.parent.iterdir()] == ["r"]
    table, name = tmp_path / "table.csv", tmp_path / "name.csv"
    table.write_text("old")
    name.symlink_to(table)
    with whole_file(name, overwrite=True) as partial:
        partial.write_text("new")
    assert name.is_symlink() and table.read_text() == "new"


def test_a_link_to_nothing_yet_makes_its_target(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "later", target_is_directory=True)
    with write_folder(link, "claims") as new:
        new.facts["seed"] = 1
    assert link.is_symlink() and read_folder(tmp_path / "later", "claims").facts["seed"] == 1


def test_only_a_folder_of_the_same_kind_with_nothing_else_in_it_is_replaced(stored, tmp_path):
    place = copied(stored, "claims", tmp_path)
    assert is_ours(place, "claims") and not is_ours(place, "run")
    (place / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="something else"), write_folder(place, "claims", overwrite=True):
        pass
    assert (place / "notes.txt").read_text() == "mine"


def test_a_folder_of_another_program_is_never_replaced_even_with_a_manifest_and_files_like_ours(tmp_path):
    place = tmp_path / "target"
    place.mkdir()
    (place / "manifest.json").write_text('{"metadata": {"kind": "claims"}}')
    (place / "catalog.json").write_text("{}")
    assert not is_ours(place, "claims")
    with pytest.raises(FileExistsError, match="something else"), write_folder(place, "claims", overwrite=True):
        pass
    assert sorted(each.name for each in place.iterdir()) == ["catalog.json", "manifest.json"]


def test_a_damaged_folder_may_be_replaced_by_its_own_kind_alone(stored, tmp_path):
    place = copied(stored, "claims", tmp_path)
    manifest = place / "manifest.json"
    manifest.write_text(manifest.read_text()[:-20])
    assert is_ours(place, "claims") and not is_ours(place, "run")


def test_what_was_there_stays_if_the_new_folder_cannot_take_its_name(stored, tmp_path, monkeypatch):
    place = copied(stored, "claims", tmp_path)
    before, rename = sorted(each.name for each in place.iterdir()), Path.rename

    def interrupted(self, target):
        if target == place and self.name != "old":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), write_folder(place, "claims", overwrite=True):
        pass
    assert sorted(each.name for each in place.iterdir()) == before
    assert [each.name for each in place.parent.iterdir() if each.name.startswith(f".{place.name}")] == []


# --- the order in which things reach the disk


class Recorder:
    """The calls that decide what survives a crash, in order: fsync and rename, files by their inode."""

    def __init__(self, monkeypatch):
        self.calls = []
        for name in ("replace", "rename"):
            monkeypatch.setattr(os, name, self._renaming(getattr(os, name)))
        real = os.fsync

        def fsync(handle):
            about = os.fstat(handle)
            self.calls.append(("fsync", about.st_ino, about.st_size))
            real(handle)

        monkeypatch.setattr(os, "fsync", fsync)

    def _renaming(self, real):
        def rename(source, target, **more):
            inode = os.stat(source).st_ino
            real(source, target, **more)
            self.calls.append(("rename", inode, 0))

        return rename

    def place(self, call, inode):
        return next((at for at, (name, which, _) in enumerate(self.calls) if (name, which) == (call, inode)), None)

    def faults(self, path):
        """What is wrong with the way in which a file or folder was written: nothing, if it survives a crash."""
        named = self.place("rename", path.stat().st_ino)
        if named is None:
            return [f"{path.name} was not renamed into place"]
        found = []
        inside = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
        for each in inside:
            about = each.stat()
            if ("fsync", about.st_ino, about.st_size) not in self.calls[:named]:
                found.append(f"{each.name} was not on the disk, whole, before the rename")
        if path.is_dir() and (self.place("fsync", path.stat().st_ino) or named) >= named:
            found.append("the folder's names were not on the disk before the rename")
        after = [which for name, which, _ in self.calls[named:] if name == "fsync"]
        if path.parent.stat().st_ino not in after:
            found.append("the new name was not on the disk")
        return found


def written_file(tmp_path):
    path = tmp_path / "table.csv"
    with whole_file(path) as partial:
        partial.write_text("a,b\n" * 100)
    return [path]


def written_run(tmp_path):
    return [simulate(FIRM, engine="compiled").save(tmp_path / "run")]


def written_sweep(tmp_path):
    out = tmp_path / "sweep"
    sweep(pd.DataFrame({"market.rivals": [1, 5]}), scenario=FIRM, replications=2, workers=1, out=out,
          measures=["market_share_base"])
    return [out / "manifest.json", out / "design.parquet", *(out / "runs").iterdir()]


WRITERS = [written_file, written_run, written_sweep]


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced there")
@pytest.mark.parametrize("write", WRITERS)
def test_content_is_on_the_disk_before_the_name_and_the_name_at_the_end(write, tmp_path, monkeypatch):
    recorder = Recorder(monkeypatch)
    assert [fault for path in write(tmp_path) for fault in recorder.faults(path)] == []


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced there")
@pytest.mark.parametrize("write", WRITERS)
def test_a_store_that_does_not_sync_is_caught(write, tmp_path, monkeypatch):
    recorder = Recorder(monkeypatch)
    for module in (whole_files, files):  # files are written by the one, folders by the other
        monkeypatch.setattr(module, "sync", lambda path: None)
    assert [fault for path in write(tmp_path) for fault in recorder.faults(path)]


def test_a_store_that_copies_instead_of_renaming_is_caught(tmp_path, monkeypatch):
    recorder = Recorder(monkeypatch)
    monkeypatch.setattr(Path, "replace", lambda source, target: shutil.copy(source, target))
    (path,) = written_file(tmp_path)
    assert recorder.faults(path) == ["table.csv was not renamed into place"]


@pytest.mark.parametrize("moment", range(6))
def test_a_crash_at_any_moment_leaves_the_old_file_or_the_new(moment, tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text("old")
    left = [moment]

    def failing(real):
        def call(*arguments, **more):
            if left[0] == 0:
                raise OSError(5, "Input/output error")
            left[0] -= 1
            return real(*arguments, **more)

        return call

    for name in ("fsync", "replace", "open", "chmod"):
        monkeypatch.setattr(os, name, failing(getattr(os, name)))
    try:
        with whole_file(path, overwrite=True) as partial:
            partial.write_text("new")
    except OSError:
        pass
    monkeypatch.undo()
    assert path.read_text() in ("old", "new")
    assert [each.name for each in tmp_path.iterdir()] == ["table.csv"]


# --- what is foreign


def test_what_is_no_regular_file_is_refused_before_it_is_read(tmp_path):
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(FileFormatError, match="is not a regular file"):
            read_folder(tmp_path / "pipe", "session")
    if Path("/dev/zero").exists():
        with pytest.raises(FileFormatError, match="/dev/zero is not a regular file"):
            read_folder(Path("/dev/zero"), "session")
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(FileFormatError, match="too large: 10,000,000,000 bytes, allowed are 50,000,000"):
        read_folder(large, "session")
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "nothing")


@pytest.mark.parametrize("kind", LOADERS)
def test_a_pipe_in_place_of_a_manifest_is_refused(kind, stored, tmp_path):
    if not hasattr(os, "mkfifo") or kind == "session":
        pytest.skip("a ZIP has no pipes in it")
    place = copied(stored, kind, tmp_path)
    (place / "manifest.json").unlink()
    os.mkfifo(place / "manifest.json")
    with pytest.raises(FileFormatError, match="is not a regular file"):
        LOADERS[kind](place)


@pytest.mark.parametrize("name", ["log.jsonl", "lock", "design.parquet"])
def test_a_pipe_anywhere_in_a_sweep_is_refused(name, stored, tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    place = copied(stored, "sweep", tmp_path)
    (place / name).unlink()
    os.mkfifo(place / name)
    with pytest.raises(FileFormatError, match=f"{name} is not a regular file"):
        load_swept(place)


def refused_in_one_line(load, place):
    """Whether loading was refused; anything but one line of ours is an error."""
    try:
        load(place)
    except (FileFormatError, ParameterError) as refusal:
        assert "\n" not in str(refusal) and str(refusal)
        return True
    return False


@pytest.mark.parametrize("kind", LOADERS)
def test_a_flipped_bit_is_never_believed(kind, stored, tmp_path):
    draw, refused = random.Random(1), 0
    place = copied(stored, kind, tmp_path)
    targets = sorted(path for path in (place.rglob("*") if place.is_dir() else [place])
                     if path.is_file() and path.name not in ("log.jsonl", "lock"))
    for _ in range(60):
        path = draw.choice(targets)
        content = path.read_bytes()
        harmed = bytearray(content)
        harmed[draw.randrange(len(harmed))] ^= 1 << draw.randrange(8)
        path.write_bytes(bytes(harmed))
        refused += refused_in_one_line(LOADERS[kind], place)
        path.write_bytes(content)
    assert refused >= (60 if kind != "session" else 30)  # a ZIP holds bytes that mean nothing


@pytest.mark.parametrize("kind", LOADERS)
def test_a_cut_file_is_refused(kind, stored, tmp_path):
    draw = random.Random(2)
    place = copied(stored, kind, tmp_path)
    for path in sorted(path for path in (place.rglob("*") if place.is_dir() else [place]) if path.is_file()):
        if path.name in ("log.jsonl", "lock"):
            continue
        content = path.read_bytes()
        for length in (0, 1, *(draw.randrange(len(content)) for _ in range(4))):
            path.write_bytes(content[:length])
            assert refused_in_one_line(LOADERS[kind], place)
        path.write_bytes(content)


STRANGE = [None, True, -1, 1e308, 10**30, float("nan"), "", "x" * 1000, "\ud800", [], [[]], {}, {"a": 1}]


def changes_of(entries, draw, number):
    """Entries with one value somewhere in them replaced by one of another type, or left out."""
    for _ in range(number):
        changed = copy.deepcopy(entries)
        here = changed
        while True:
            key = draw.choice(list(here) if isinstance(here, dict) else range(len(here)))
            inner = here[key]
            if isinstance(inner, (dict, list)) and inner and draw.random() < 0.8:
                here = inner
                continue
            if draw.random() < 0.2:
                del here[key]
            else:
                here[key] = draw.choice(STRANGE)
            break
        yield changed


@pytest.mark.parametrize("kind", [kind for kind in LOADERS if kind != "session"])
def test_a_forged_manifest_ends_in_one_line_or_in_a_result(kind, stored, tmp_path):
    place = copied(stored, kind, tmp_path)
    path = place / "manifest.json"
    entries = json.loads(path.read_text())
    del entries["check"]
    for changed in changes_of(entries, random.Random(3), 120):
        path.write_text(json.dumps({**changed, "check": check_of(changed)}))
        refused_in_one_line(LOADERS[kind], place)


def test_a_zip_that_is_none_is_refused_in_one_line(tmp_path, stored):
    draw = random.Random(4)
    good = (stored / "session").read_bytes()
    for _ in range(150):
        content = bytearray(good)
        for _ in range(draw.randrange(1, 6)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        (tmp_path / "session").write_bytes(bytes(content))
        refused_in_one_line(load_session, tmp_path / "session")
    (tmp_path / "session").write_bytes(b"PK\x03\x04" + os.urandom(200))
    assert refused_in_one_line(load_session, tmp_path / "session")
