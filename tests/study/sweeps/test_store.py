"""A sweep's folder: every planted fault is noticed, named, and costs no more than its own batch."""

from __future__ import annotations

import dataclasses
import errno
import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.results.folder import write_manifest
from simlead.results.manifest import Manifest
from simlead.study.sweeps import identity, store
from simlead.study.sweeps.cells import Cells
from simlead.study.sweeps.fingerprint import fingerprint
from simlead.study.sweeps.lock import only_writer, writer_of
from simlead.study.sweeps.plan import plan_of
from simlead.study.sweeps.shards import Content, DamagedShard, Rectangle, Shard, encode, shard_name, shards_in
from simlead.study.sweeps.sweep import open_sweep, sweep
from simlead.study.sweeps.work import Batch, work

FIRM = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 1,
    "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 2})
TABLE = pd.DataFrame({"policy.coaching_share": [0.1, 0.3, 0.5]})
MEASURES = ["revenue_base", "market_share_base"]


def swept(out, table=TABLE, **options):
    settings = {"scenario": FIRM, "replications": 4, "measures": MEASURES, "workers": 1}
    return sweep(table, out=out, **(settings | options))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A finished sweep, to copy."""
    return swept(tmp_path_factory.mktemp("made") / "sweep")


@pytest.fixture
def copy(made, tmp_path):
    """A finished sweep of one's own."""
    shutil.copytree(made.folder, tmp_path / "copy")
    return open_sweep(tmp_path / "copy")


def shards(folder, what="runs"):
    return sorted((folder / what).glob("p*"))


def is_whole(again, made):
    assert_frame_equal(again.runs(), made.runs(), check_exact=True)
    assert again.status().complete
    return True


# --- what is in it


def test_a_folder_holds_what_it_says(made):
    assert {path.name for path in made.folder.iterdir()} == {
        "manifest.json", "design.parquet", "runs", "failures", "log.jsonl", "lock"}
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert (manifest["format"], manifest["kind"]) == ("simlead folder 1", "sweep")
    assert list(manifest["files"]) == ["design.parquet"]
    facts = manifest["facts"]
    assert facts["study"]["replications"] == 4
    assert {"registry", "sources", "measures_code", "seed", "engine", "scenarios"} <= facts["identity"].keys()
    assert {"created", "versions", "platform", "python", "key"} <= facts.keys()
    assert [entry["what"] for entry in made._store.logged()][0] == "begin"
    assert open_sweep(made.folder).study.hash() == made.study.hash()


def test_nothing_in_it_is_a_pickle(made):
    for path in made.folder.rglob("*"):
        if path.is_file():
            assert not path.read_bytes().startswith(b"\x80")


def test_parameters_stand_once_and_not_on_every_row(made):
    from pyarrow import parquet

    columns = parquet.ParquetFile(shards(made.folder)[0]).schema_arrow.names
    assert columns == ["point", "replicate", "events", "tables_hash", *MEASURES]


def test_the_same_batch_makes_the_same_bytes_however_long_it_takes(made):
    batch = Batch(plan_of(made.study).for_store(made._store.key).order, Rectangle(0, 1, 0, 1),
                  plan_of(made.study).points(0, 1))
    one, other = work(batch), work(batch)
    assert one.shard == other.shard and one.seconds != other.seconds


# --- planted faults


def flip(path, place=None):
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.write_bytes(bytes(content))


def truncate(path):
    path.write_bytes(path.read_bytes()[:-7])


def empty(path):
    path.write_bytes(b"")


def swap_with_another(path):
    other = next(each for each in path.parent.iterdir() if each != path)
    path.write_bytes(other.read_bytes())


FAULTS = pytest.mark.parametrize("harm", [flip, truncate, empty, swap_with_another], ids=lambda harm: harm.__name__)


@FAULTS
def test_a_damaged_shard_is_noticed_and_its_runs_alone_are_made_again(harm, copy, made):
    victim = shards(copy.folder)[-1]
    others = {path: path.stat().st_mtime_ns for path in shards(copy.folder)[:-1]}
    rectangle = shards_in(copy.folder / "runs")[-1].rectangle
    harm(victim)
    with pytest.raises(FileFormatError, match=rf"{victim.name} is damaged.*; the same sweep again"):
        copy.runs()
    with pytest.raises(FileFormatError, match=victim.name):
        copy.points()
    status = open_sweep(copy.folder).status()
    assert (status.damaged, status.complete, status.runs_done) == (1, False, 12 - rectangle.runs)
    seen = []
    again = swept(copy.folder, progress=lambda done, total: seen.append((done, total)))
    assert is_whole(again, made)
    assert seen[0] == (12 - rectangle.runs, 12) and seen[-1] == (12, 12)
    assert {path: path.stat().st_mtime_ns for path in others} == others
    assert [path.name for path in (copy.folder / "damaged").iterdir()] == [victim.name]


def test_a_missing_shard_is_made_again(copy, made):
    shards(copy.folder)[0].unlink()
    assert not open_sweep(copy.folder).status().complete
    assert is_whole(swept(copy.folder), made)


def test_every_flipped_byte_is_noticed(made, tmp_path):
    original = shards_in(made.folder / "runs")[0]
    sound = original.path.read_bytes()
    victim = tmp_path / original.path.name
    luck = np.random.default_rng(5)
    for place in luck.integers(0, len(sound), 200):
        victim.write_bytes(sound)
        flip(victim, int(place))
        with pytest.raises(DamagedShard):
            Content(Shard(victim, original.rectangle, original.hash), made._store.key)


def test_a_sound_shard_of_another_sweep_is_not_taken_for_ours(copy, made, tmp_path):
    other = swept(tmp_path / "other", seed=1)
    victim = shards(copy.folder)[0]
    cells = victim.name.rpartition("_")[0]
    content = next(path.read_bytes() for path in shards(other.folder))
    victim.unlink()
    rectangle = shards_in(other.folder / "runs")[0].rectangle
    (copy.folder / "runs" / shard_name(rectangle, content)).write_bytes(content)
    assert cells
    with pytest.raises(FileFormatError, match="belongs to another sweep"):
        open_sweep(copy.folder).runs()
    assert is_whole(swept(copy.folder), made)


def test_the_same_runs_twice_are_the_same_runs(copy, made):
    """Two files that tell the same of the same runs, as when two copies of a folder are put together."""
    key = copy._store.key
    content = copy._store.content(shards_in(copy.folder / "runs")[-1])
    columns = content.columns(["point", "replicate", "events", "tables_hash", *MEASURES])
    one = {name: values[:1] for name, values in columns.items()}
    point, replicate = int(one["point"][0]), int(one["replicate"][0])
    rectangle = Rectangle(point, point, replicate, replicate)
    packed = encode(one, key)
    (copy.folder / "runs" / shard_name(rectangle, packed)).write_bytes(packed)
    assert is_whole(open_sweep(copy.folder), made)
    one["revenue_base"] = one["revenue_base"] + 1.0
    packed = encode(one, key)
    (copy.folder / "runs" / shard_name(rectangle, packed)).write_bytes(packed)
    with pytest.raises(FileFormatError, match="other results"):
        open_sweep(copy.folder).runs()


def test_what_others_put_into_runs_is_left_alone(copy, made):
    foreign = {"notes.txt": b"mine", "p000000-000001_r0000-0001.parquet": b"x", "thumbs.db": b"",
               "p000005-000001_r0000-0001_0123456789abcdef.parquet": b"backwards"}
    for name, content in foreign.items():
        (copy.folder / "runs" / name).write_bytes(content)
    assert is_whole(swept(copy.folder), made)
    assert {name: (copy.folder / "runs" / name).read_bytes() for name in foreign} == foreign


def test_what_a_killed_writer_left_half_written_is_swept_up(copy, made):
    for name in ("runs/.p000000-000000_r0000-0000_x.abc.parquet", ".manifest.abc.json", ".design.abc.parquet"):
        (copy.folder / name).write_bytes(b"half")
    assert is_whole(swept(copy.folder), made)
    assert not list(copy.folder.rglob(".*"))


@pytest.mark.parametrize("harm", [flip, truncate, empty, Path.unlink])
@pytest.mark.parametrize("name", ["manifest.json", "design.parquet"])
def test_a_damaged_manifest_or_design_is_made_again_from_the_study(harm, name, copy, made):
    harm(copy.folder / name)
    before = shards(copy.folder)
    with pytest.raises(FileFormatError, match=name) as info:
        open_sweep(copy.folder)
    assert "\n" not in str(info.value)
    again = swept(copy.folder)
    assert shards(copy.folder) == before  # nothing is run again
    assert is_whole(again, made)
    assert again._store.manifest["rebuilt"]


def test_a_damaged_manifest_is_not_made_again_from_another_study(copy):
    flip(copy.folder / "manifest.json")
    before = {path: path.read_bytes() for path in copy.folder.rglob("*") if path.is_file() and path.name != "lock"}
    with pytest.raises(FileFormatError, match="the runs there are not of this study and code"):
        swept(copy.folder, seed=1)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(("text", "message"), [
    ('{"format": "simlead run 2"}', "not of the format"), ("[1]", "not of the format"),
    ("[" * 50_000, "cannot be read"), ("\x00", "cannot be read"),
    ('{"format": "simlead sweep 1", "check": "0"}', "damaged"), ('{"format": "simlead folder 1"}', "damaged")])
def test_a_manifest_that_is_something_else_is_refused(text, message, copy):
    (copy.folder / "manifest.json").write_text(text)
    with pytest.raises(FileFormatError, match=message):
        open_sweep(copy.folder)


def test_a_manifest_with_other_entries_is_refused_in_one_line(copy):
    write_manifest(copy.folder, Manifest("sweep", "0.2.0", {}, {}))
    with pytest.raises(FileFormatError, match=r"manifest\.json does not fit this version: 'design'"):
        open_sweep(copy.folder)


def test_a_sweep_that_was_killed_before_its_manifest_begins_anew(made, tmp_path):
    folder = tmp_path / "begun"
    (folder / "runs").mkdir(parents=True)
    (folder / "failures").mkdir()
    (folder / "lock").write_text("99999\n")
    (folder / ".design.abc.parquet").write_bytes(b"half")
    assert is_whole(swept(folder), made)


def test_a_folder_of_something_else_is_refused_and_kept(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(FileFormatError, match=r"is not a sweep: it has no manifest\.json, and holds thesis\.docx"):
        swept(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]
    with pytest.raises(FileFormatError, match="is a file"):
        swept(tmp_path / "thesis.docx")
    with pytest.raises(FileFormatError, match="is not a sweep"):
        open_sweep(tmp_path / "nowhere")


def test_the_log_may_be_torn_or_gone(copy, made):
    log = copy.folder / "log.jsonl"
    log.write_text(log.read_text()[:-30] + '\n7\n{"what": "batch"}\n\xff')
    assert open_sweep(copy.folder).status().complete
    log.unlink()
    status = open_sweep(copy.folder).status()
    assert status.complete and status.seconds_of_work == 0.0
    assert is_whole(swept(copy.folder), made)


# --- another sweep, other code


def seven(run):
    return 7.0


def eight(run):
    return 8.0


def watch(clock, firm):
    yield clock.timeout(1.0)


OTHERS = {
    "seed": ({"seed": 1}, "seed is 1 here, 0 in the store"),
    "engine": ({"engine": "simpy"}, "engine is simpy here, compiled in the store"),
    "measures": ({"measures": ["revenue_base"]}, "measures is"),
    "trace hashes": ({"trace_hashes": True}, "trace_hashes is true here, false in the store"),
    "scenario": ({"scenario": FIRM.change({"market.rivals": 7})},
                 r"market\.rivals = 7 here, 2 in the store \(under evidence effect sizes\)"),
    "effect_sizes": ({"scenario": None, "effect_sizes": "practitioner"},
                     "effect sizes are practitioner here, evidence in the store"),
    "a level": ({"table": pd.DataFrame({"policy.coaching_share": [0.1, 0.3, 0.6]})},
                r"point 2 has policy\.coaching_share = 0\.6 here, 0\.5 in the store"),
    "points": ({"table": TABLE[:2]}, "the design has 2 points here, 3 in the store"),
    "factors": ({"table": pd.DataFrame({"policy.role_clarity": [0.1, 0.3, 0.6]})},
                r"the design varies policy\.role_clarity here, policy\.coaching_share in the store"),
    "a baseline": ({"baseline": True}, "the design has 4 points here, 3 in the store"),
    "own measures": ({"own_measures": {"seven": seven}}, "your measures"),
    "processes": ({"engine": "simpy", "processes": [watch]}, "engine is simpy"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_sweep_is_refused_and_the_difference_named(what, copy, made):
    options, difference = OTHERS[what]
    with pytest.raises(ParameterError, match=rf"{copy.folder.name} is of another sweep: .*{difference}") as info:
        swept(copy.folder, **options)
    assert "\n" not in str(info.value)
    assert is_whole(open_sweep(copy.folder), made)


@pytest.mark.parametrize(("function", "words"), [
    ("registry_hash", "the registry of parameters"), ("source_hash", "the code of model and engines"),
    ("measures_hash", "the code of the measures")])
def test_other_code_is_refused_with_both_hashes(function, words, copy, made, monkeypatch):
    there = getattr(identity, function)()
    monkeypatch.setattr(identity, function, lambda: "0123456789abcdef")
    with pytest.raises(ParameterError, match=rf"{words} is 0123456789abcdef here, {there} in the store \(simlead 0"):
        swept(copy.folder)
    monkeypatch.undo()
    assert is_whole(swept(copy.folder), made)


def test_all_code_that_measures_are_made_of_is_in_their_hash():
    package = Path(identity.__file__).parents[2]
    named, waiting = set(identity._MEASURING), ["results/measures.py", "results/weekly.py"]
    reached = set()
    while waiting:
        file = waiting.pop()
        reached.add(file)
        text = (package / file).read_text(encoding="utf-8")
        for module, names in re.findall(r"^from simlead\.results(?:\.(\w+))? import (.*)$", text, re.MULTILINE):
            found = {f"results/{name.strip()}.py" for name in ([module] if module else names.split(","))}
            waiting += found - reached
    assert reached == named


@pytest.mark.parametrize("there", ["a7b839baa393878a", "ca323058a906c7ea"])  # 0.1.0; before teams were in the hash
def test_earlier_hashes_of_the_same_measures_are_accepted(there):
    here = identity.code_identity()
    assert identity.same_code("measures_code", here, {"measures_code": there})
    assert not identity.same_code("measures_code", here, {"measures_code": "0123456789abcdef"})


def test_an_edited_function_is_refused_even_under_its_old_name(tmp_path):
    swept(tmp_path / "own", own_measures={"number": seven})
    with pytest.raises(ParameterError, match="your measures"):
        swept(tmp_path / "own", own_measures={"number": eight})
    with pytest.raises(ParameterError, match="your measures"):
        swept(tmp_path / "own")
    assert swept(tmp_path / "own", own_measures={"number": seven}).status().complete


def test_the_words_of_a_question_may_change(copy):
    study = dataclasses.replace(copy.study, question="asked better")
    assert sweep(study, out=copy.folder, workers=1).study.question == "asked better"
    assert open_sweep(copy.folder).study.question == "asked better"


# --- fingerprints


def made_with(number):
    def measure(run):
        return number
    return measure


SCALE = 2.0


def scaled(run):
    return SCALE * helper(run)


def helper(run):
    return 1.0


def test_a_fingerprint_stands_for_what_a_function_does(monkeypatch):
    before = fingerprint(scaled)
    assert fingerprint(scaled) == before != fingerprint(helper)
    assert fingerprint(made_with(1.0)) == fingerprint(made_with(1.0)) != fingerprint(made_with(2.0))
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert fingerprint(scaled) != before
    monkeypatch.undo()
    monkeypatch.setitem(globals(), "helper", eight)
    assert fingerprint(scaled) != before
    monkeypatch.undo()
    assert fingerprint(scaled) == before


class Weighted:
    def __init__(self, weight):
        self.weight = weight

    def __call__(self, run):
        return self.weight


@pytest.mark.parametrize(("one", "same", "other"), [
    (1, 1, 2), (1, 1, 1.0), ("a", "a", "b"), ([1, [2]], [1, [2]], [1, 2]), ((1, (2,), 3), (1, (2,), 3), (1, (2, 3))),
    ({"a": 1}, {"a": 1}, {"a": 2}), ({"b", "a"}, {"a", "b"}, {"a"}), (np.arange(3), np.arange(3), np.arange(3.0)),
    (np.int64(3), np.int64(3), np.int64(4)), (Scenario(), Scenario(), FIRM), (made_with(1), made_with(1), made_with(2)),
    (np.array([1, "a"], object), np.array([1, "a"], object), np.array([1, "b"], object)),
    (Weighted(1.0), Weighted(1.0), Weighted(2.0)), (np.sin, np.sin, np.cos),
    (math.sin, math.sin, math.cos), (len, len, sum)])
def test_a_fingerprint_tells_what_a_function_holds(one, same, other):
    assert fingerprint(made_with(one)) == fingerprint(made_with(same)) != fingerprint(made_with(other))


def test_a_fingerprint_is_had_of_what_holds_itself():
    knot = []
    knot.append(knot)
    assert fingerprint(made_with(knot)) == fingerprint(made_with(knot)) != fingerprint(made_with([]))


def test_fingerprints_do_not_depend_on_what_was_looked_at_before():
    functions = [eval(f"lambda run, a={n}: [b for b in (a, {n})] + [lambda c: (c, {n})]") for n in range(200)]
    prints = [fingerprint(function) for function in functions]
    assert len(set(prints)) == 200
    assert [fingerprint(function) for function in reversed(functions)] == prints[::-1]


def test_a_fingerprint_is_the_same_in_another_process():
    code = "def f(run, scale=2.0):\n    return {'a', 'b', 'c'} and scale * run.seed\n"
    names = {}
    exec(code, names)
    said = subprocess.run(
        [sys.executable, "-c",
         f"{code}\nfrom simlead.study.sweeps.fingerprint import fingerprint; print(fingerprint(f))"],
        check=True, capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": "17"}).stdout.strip()
    assert said == fingerprint(names["f"])


# --- two at once, and a full disk


def test_a_second_sweep_on_one_folder_is_refused_with_the_pid_of_the_first(copy):
    with only_writer(copy.folder):
        assert writer_of(copy.folder) == os.getpid()
        assert open_sweep(copy.folder).status().writer == os.getpid()
        with pytest.raises(ParameterError, match=rf"another sweep is at work here \(process {os.getpid()}\)"):
            swept(copy.folder)
    assert writer_of(copy.folder) is None
    assert swept(copy.folder).status().complete


def test_a_lock_does_not_outlive_a_killed_process(copy):
    code = ("import sys, time; from pathlib import Path; from simlead.study.sweeps.lock import only_writer\n"
            "with only_writer(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)")
    other = subprocess.Popen([sys.executable, "-c", code, str(copy.folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(ParameterError, match=rf"process {other.pid}\)"):
            swept(copy.folder)
    finally:
        other.kill()
        other.communicate()
    assert swept(copy.folder).status().complete


def test_a_full_disk_ends_in_one_line_with_nothing_half_written(tmp_path, made, monkeypatch):
    written = []
    write = store.Path.write_bytes

    def nearly_full(path, content):
        if len(written) == 2:
            write(path, content[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        write(path, content)

    monkeypatch.setattr(store.Path, "write_bytes", nearly_full)
    with pytest.raises(OSError, match="No space left on device; finished runs are stored") as info:
        swept(tmp_path / "full")
    monkeypatch.undo()
    assert info.value.errno == errno.ENOSPC and info.value.filename == str(tmp_path / "full" / "runs")
    assert len(shards(tmp_path / "full")) == 2
    assert not list((tmp_path / "full").rglob(".*"))
    partial = open_sweep(tmp_path / "full")
    assert 0 < len(partial.runs()) < 12
    assert is_whole(swept(tmp_path / "full"), made)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files there")
@pytest.mark.slow
def test_a_real_limit_on_files_ends_it_as_a_full_disk_does(tmp_path):
    code = """
import resource, sys
import pandas
from simlead.model.scenario import Scenario
from simlead.study.sweeps.sweep import sweep
firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 2})
table = pandas.DataFrame({"market.rivals": [1, 2, 3]})
sweep(table, scenario=firm, out=sys.argv[1], replications=2, workers=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))  # the head is written; no shard of 102 measures fits
try:
    sweep(table, scenario=firm, out=sys.argv[1], replications=90, workers=1)
except OSError as trouble:
    print(trouble)
"""
    said = subprocess.run([sys.executable, "-c", code, str(tmp_path / "s")], capture_output=True, text=True)
    assert "File too large; finished runs are stored" in said.stdout, said.stderr
    assert open_sweep(tmp_path / "s").status().runs_done == 6
    assert not list((tmp_path / "s").rglob(".*"))


# --- which runs are missing


def cells_of(rectangles):
    return sorted((point, replicate) for each in rectangles
                  for point in range(each.first_point, each.last_point + 1)
                  for replicate in range(each.first_replicate, each.last_replicate + 1))


@pytest.mark.parametrize("seed", range(40))
def test_missing_is_wanted_less_done_each_run_once(seed):
    luck = np.random.default_rng(seed)
    points, replicates = int(luck.integers(1, 700)), int(luck.integers(1, 40))
    done = luck.random((points, replicates)) < luck.choice([0.0, 0.02, 0.5, 1.0])
    done[luck.random(points) < 0.3] = True
    wanted = luck.integers(0, replicates + 1, points) if seed % 2 else np.full(points, replicates)
    cells = Cells(points, replicates)
    cells.add_each(*np.nonzero(done))
    inside = np.arange(replicates) < wanted[:, None]
    assert cells.count(wanted) == (done & inside).sum()
    sizes = []

    def size():
        sizes.append(int(luck.integers(1, 30)))
        return sizes[-1]

    rectangles = list(cells.missing(wanted, size))
    assert cells_of(rectangles) == list(zip(*np.nonzero(~done & inside), strict=True))
    assert all(each.runs <= most for each, most in zip(rectangles, sizes, strict=True))


def test_a_rectangle_is_in_whole_and_its_edges_are_cut_off():
    cells = Cells(4, 10)
    cells.add(Rectangle(1, 2, 7, 30))
    assert cells.count([10] * 4) == 6
    assert cells.holds([1, 2, 3, 1, 9, 1], [7, 9, 7, 6, 0, 10]).tolist() == [True, True, False, False, False, False]
    cells.add_each([0, -1, 9], [0, 0, 0])
    assert cells.count([10] * 4) == 7


def test_a_million_points_take_a_bit_a_run():
    cells = Cells(1_000_000, 20)
    cells.add(Rectangle(0, 999_998, 0, 19))
    assert cells._bits.nbytes == 3_000_000
    assert cells_of(cells.missing(np.full(1_000_000, 20), lambda: 256)) == [(999_999, each) for each in range(20)]


def test_halves_are_the_whole():
    for rectangle in (Rectangle(0, 6, 0, 2), Rectangle(3, 3, 5, 9), Rectangle(1, 2, 0, 0)):
        one, other = rectangle.halves()
        assert cells_of([one, other]) == cells_of([rectangle])


def test_runs_added_under_other_versions_are_marked_in_manifest_and_status(copy, made, monkeypatch):
    assert made.status().mixed_versions == ()
    here = store.made_by()
    other = {**here, "python": "3.99.0", "versions": {**here["versions"], "numpy": "9.9.9"}}
    monkeypatch.setattr(store, "made_by", lambda: other)
    again = swept(copy.folder, replications=5)
    mixed = (f"python {here['python']} and 3.99.0", f"numpy {here['versions']['numpy']} and 9.9.9")
    assert again.status().mixed_versions == mixed
    monkeypatch.undo()
    assert swept(copy.folder, replications=6).status().mixed_versions == mixed
    assert len(open_sweep(copy.folder)._store.manifest["extended_under"]) == 1


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_where_the_file_system_has_no_locks_a_file_takes_their_place(number, copy, monkeypatch):
    def no_locks(file, how):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with only_writer(copy.folder):
        assert writer_of(copy.folder) == os.getpid()
        with pytest.raises(ParameterError, match=rf"has no locks .* {os.getpid()} on .* delete .*lock.exclusive"):
            swept(copy.folder)
    assert writer_of(copy.folder) is None and not (copy.folder / "lock.exclusive").exists()
    assert swept(copy.folder).status().complete


def test_a_lock_file_of_an_ended_process_is_replaced_and_of_another_machine_not(copy, monkeypatch):
    def no_locks(file, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for owner, refused in (([ended.pid, socket.gethostname()], False), ([ended.pid, "elsewhere"], True), ("x", True)):
        (copy.folder / "lock.exclusive").write_text(json.dumps(owner))
        if refused:
            with pytest.raises(ParameterError, match="if there is no such process, delete"):
                swept(copy.folder)
            (copy.folder / "lock.exclusive").unlink()
        else:
            assert swept(copy.folder).status().complete


def test_a_lock_that_is_taken_is_told_from_an_error(copy, monkeypatch):
    def taken(file, how):
        raise OSError(errno.EWOULDBLOCK, "Resource temporarily unavailable")

    monkeypatch.setattr("fcntl.flock", taken)
    with pytest.raises(ParameterError, match="another sweep is at work here"):
        swept(copy.folder)
