"""A sweep's folder: what it was made from, and every run that is done.

    manifest.json   what the runs are of, with what code, and how many are wanted; written last
    design.parquet  the points: parameters once, not on every row
    runs/           shards of runs (`shards.py`), one a batch
    failures/       shards of runs that failed, with parameters and traceback
    damaged/        shards that were not what their names say, put aside
    log.jsonl       a line for each session's start and end and for each batch
    lock            the process id of the last writer (`lock.py`)

Every file but the log appears whole or not at all. Nothing in the folder is ever executed
or unpickled.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError, whole_file
from simlead.results.heads import fits_this_version, hash_of, head_text, read_head, refuse_if_damaged
from simlead.results.provenance import provenance
from simlead.study.studies.study import DESIGN_COLUMNS, Precision, Study
from simlead.study.sweeps.cells import Cells
from simlead.study.sweeps.identity import code_identity, design_difference, identity_difference
from simlead.study.sweeps.lock import LOCK, only_writer
from simlead.study.sweeps.plan import Plan
from simlead.study.sweeps.shards import Content, DamagedShard, Shard, shard_name, shards_in
from simlead.study.sweeps.work import Done

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "simlead sweep 1"
MANIFEST = "manifest.json"
DESIGN = "design.parquet"
RUNS = "runs"
FAILURES = "failures"
DAMAGED = "damaged"
LOG = "log.jsonl"

_OURS = {MANIFEST, DESIGN, RUNS, FAILURES, DAMAGED, LOG, LOCK}


@dataclasses.dataclass(frozen=True)
class Inventory:
    """What lies in a store: the runs that are done, those that failed, the shards that are damaged."""

    done: Cells
    failed: Cells
    damaged: list[DamagedShard]

    @property
    def settled(self) -> Cells:
        """The runs that need not be made: done or failed."""
        return self.done.together(self.failed)


class Store:
    """An open sweep folder. :func:`create_or_open` and :func:`open_store` make one."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], design: pd.DataFrame) -> None:
        self.folder, self.manifest, self.design = folder, manifest, design

    @property
    def key(self) -> str:
        """What the shards of this store carry."""
        return str(self.manifest["key"])

    @property
    def identity(self) -> dict[str, Any]:
        """What every run of this store has in common (`Plan.identity`)."""
        return dict(self.manifest["identity"])

    @cached_property
    def study(self) -> Study:
        """The study whose runs these are, as it was last asked."""
        return Study.from_values(self.manifest["study"], self.design)

    @property
    def replications(self) -> int:
        """Replicates wanted at every point, 0 if a precision is."""
        return int(self.manifest["study"]["replications"] or 0)

    @property
    def precision(self) -> Precision | None:
        """The precision wanted, None if a number of replications is."""
        found = self.manifest["study"]["precision"]
        return None if found is None else Precision(**found)

    def scenario(self, point: int) -> Scenario:
        """The scenario of a point."""
        row = self.design.iloc[point]
        changes = {str(path): self.design[path].tolist()[point] for path in self.design if path not in DESIGN_COLUMNS}
        return Scenario().change({**self.identity["scenarios"][row["beliefs"]], **changes})

    def columns(self) -> list[str]:
        """The measures that every run has, own ones last."""
        return [*self.identity["measures"], *self.identity["own_measures"]]

    def row_columns(self) -> list[str]:
        """The columns of a run's row besides point and replicate."""
        hashes = ["tables_hash", "trace_hash"] if self.identity["trace_hashes"] else ["tables_hash"]
        return [*self.columns(), "events", *hashes]

    def shards(self) -> list[Shard]:
        """The shards of runs, in order of the points; not verified."""
        return shards_in(self.folder / RUNS)

    def failure_shards(self) -> list[Shard]:
        """The shards of failures; not verified."""
        return shards_in(self.folder / FAILURES)

    def content(self, shard: Shard) -> Content:
        """What is in a shard; DamagedShard if it is not sound."""
        return Content(shard, self.key)

    def inventory(self, replicates: int) -> Inventory:
        """What is there of the first `replicates` replicates of each point; every shard is verified."""
        done, failed = (Cells(len(self.design), replicates) for _ in range(2))
        damaged: list[DamagedShard] = []
        for cells, shards in ((failed, self.failure_shards()), (done, self.shards())):
            for shard in shards:
                try:
                    self._count(cells, shard)
                except DamagedShard as trouble:
                    if shard.path.exists():  # a sweep at work may have replaced it just now
                        damaged.append(trouble)
        return Inventory(done, failed.without(done), damaged)

    def _count(self, cells: Cells, shard: Shard) -> None:
        content = self.content(shard)
        if content.rows == shard.rectangle.runs:
            cells.add(shard.rectangle)
        else:  # some of its runs failed
            rows = content.columns(["point", "replicate"])
            cells.add_each(rows["point"], rows["replicate"])

    def write(self, done: Done) -> None:
        """Write what came of a batch: the failures first, then the runs."""
        for folder, content in ((FAILURES, done.failed), (RUNS, done.shard)):
            if content is not None:
                with _durable(self.folder / folder / shard_name(done.rectangle, content)) as partial:
                    partial.write_bytes(content)
        self.log("batch", runs=done.rectangle.name, done=done.runs, failed=done.failures,
                 events=done.events, seconds=round(done.seconds, 4))

    def put_aside(self, damaged: DamagedShard) -> None:
        """Move a damaged shard out of the way, keeping it for whoever wonders."""
        (self.folder / DAMAGED).mkdir(exist_ok=True)
        damaged.path.replace(self.folder / DAMAGED / damaged.path.name)
        self.log("damaged", file=damaged.path.name, trouble=str(damaged))

    def forget_failures(self) -> None:
        """Remove all failures, so that their runs are missing and will be made again."""
        for shard in self.failure_shards():
            shard.path.unlink()

    def sweep_up(self) -> None:
        """Remove what writers that were killed have left half written."""
        for folder in (self.folder, self.folder / RUNS, self.folder / FAILURES):
            for path in _half_written(folder):
                path.unlink(missing_ok=True)

    def log(self, what: str, **facts: Any) -> None:
        """Add a line to the log."""
        line = json.dumps({"time": _now(), "what": what, **facts})
        with _told_in_one_line(self.folder), (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def log_begin(self, workers: int) -> None:
        """Note that a session begins: who, with how many workers and which versions."""
        here = provenance(Scenario())
        self.log("begin", process=os.getpid(), workers=workers, python=here.python, platform=here.platform,
                 versions=here.versions)

    def logged(self) -> Iterator[dict[str, Any]]:
        """The lines of the log; a broken one, such as a killed writer leaves, is left out."""
        try:
            with (self.folder / LOG).open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        entry = json.loads(line)
                    except ValueError:
                        continue
                    if isinstance(entry, dict):
                        yield entry
        except FileNotFoundError:
            return

    def update(self, plan: Plan) -> None:
        """Note what is wanted now: a study's words and the number of replications may change."""
        manifest = {**self.manifest, "study": _plain(plan.study.values())}
        if manifest != self.manifest:
            self.manifest = manifest
            write_manifest(self.folder, manifest)


@contextmanager
def create_or_open(folder: Path, plan: Plan) -> Iterator[Store]:
    """The store of a plan, new or begun earlier, locked against other writers while the block runs.

    Raises ParameterError if somebody else is writing to it, or if it is of another plan,
    and says in what they differ; FileFormatError for a folder that is something else.
    """
    if folder.exists() and not folder.is_dir():
        raise FileFormatError(f"{folder} is a file; the name of a folder is needed")
    begun = _begun(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with only_writer(folder):
        if begun or (folder / MANIFEST).exists():  # it may have come up meanwhile
            store = open_store(folder)
            refuse_other(store, plan)
            store.sweep_up()
            store.update(plan)
        else:
            store = _create(folder, plan)
        yield store


def open_store(folder: Path) -> Store:
    """A store to read.

    Raises FileFormatError, in one line, if the folder holds none or its head is damaged.
    """
    path = folder / MANIFEST
    manifest = read_head(path, FORMAT, "a sweep")
    with fits_this_version(path):
        return Store(folder, manifest, _read_design(folder / DESIGN, manifest["design"]))


def refuse_other(store: Store, plan: Plan) -> None:
    """Raise ParameterError if the store is not of this plan; the message says what differs.

    How many replications are wanted may differ: that is an extension.
    """
    here, there = plan.identity, store.identity
    difference = identity_difference(here, there) or design_difference(plan.design, store.design)
    if any(here[name] != there.get(name) for name in code_identity()):
        version = provenance(Scenario()).versions["simlead"]
        difference += f" (simlead {version} here, {store.manifest['versions'].get('simlead')} in the store)"
    if difference:
        raise ParameterError(
            f"{store.folder} is of another sweep: {difference}; choose another folder, or what the store was made with")


def _begun(folder: Path) -> bool:
    """Whether there is a store; FileFormatError if there is something else."""
    if (folder / MANIFEST).exists():
        return True
    if not folder.exists():
        return False
    strange = {path.name for path in folder.iterdir()} - _OURS - {path.name for path in _half_written(folder)}
    if strange:
        raise FileFormatError(f"{folder} is not a sweep: it has no {MANIFEST}, and holds {min(strange)}")
    if any(any((folder / name).glob("p*")) for name in (RUNS, FAILURES)):
        raise FileFormatError(f"{folder} holds runs but no {MANIFEST}: it cannot be told what they are of")
    return False


def _create(folder: Path, plan: Plan) -> Store:
    for name in (RUNS, FAILURES):
        (folder / name).mkdir(exist_ok=True)
    with _durable(folder / DESIGN) as partial:
        plan.design.to_parquet(partial, index=False, compression="zstd")
    made = provenance(Scenario())
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "created": _now(),
        "study": plan.study.values(),
        "design": {"points": len(plan.design), "sha256": hash_of(folder / DESIGN)},
        "identity": plan.identity,
        "key": plan.key(),
        "versions": made.versions,
        "python": made.python,
        "platform": made.platform,
    }
    manifest = _plain(manifest)
    write_manifest(folder, manifest)
    return Store(folder, manifest, _read_design(folder / DESIGN, manifest["design"]))


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest with its check, whole or not at all."""
    with _durable(folder / MANIFEST) as partial:
        partial.write_text(head_text(manifest), encoding="utf-8")


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they will be read back: tuples are lists there."""
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


def _read_design(path: Path, expected: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    refuse_if_damaged(path, expected["sha256"])
    return pd.read_parquet(path)


@contextmanager
def _durable(path: Path) -> Iterator[Path]:
    """`whole_file` over what is there, and on the disk before it takes its name."""
    with _told_in_one_line(path.parent), whole_file(path, overwrite=True) as partial:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())


@contextmanager
def _told_in_one_line(folder: Path) -> Iterator[None]:
    """A full disk, told with the folder's name and what is to be done."""
    try:
        yield
    except OSError as trouble:
        raise OSError(trouble.errno, f"{trouble.strerror}; what is done is kept, and the same sweep again goes on",
                      str(folder)) from trouble


def _half_written(folder: Path) -> list[Path]:
    """The files that `whole_file` was writing when its process was killed."""
    return [*folder.glob(".*.parquet"), *folder.glob(".manifest.*.json")]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
