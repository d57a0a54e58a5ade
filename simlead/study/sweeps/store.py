"""The folder of a sweep: its inputs, and every finished run.

    manifest.json   what the runs are of, with what code, and how many are wanted; written last
    design.parquet  the points: parameters once, not on every row (design_HASH.parquet once points were added)
    runs/           shards of runs (`shards.py`), one a batch
    failures/       shards of runs that failed, with parameters and traceback
    damaged/        shards that were not what their names say, put aside
    answer/         what some of the points do over worlds, if that was asked (`answers.of_sweep`)
    log.jsonl       a line for each session's start and end and for each batch
    lock            the process id of the last writer (`lock.py`)

Every file but the log appears whole or not at all. Nothing in the folder is ever executed
or unpickled. Manifest and design can be made again from the study (`making.py`).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.scenario import Scenario, stored_values
from simlead.results.files import FileFormatError, refuse_irregular, whole_file
from simlead.results.folder import Stored, made_by, read_file, read_folder, write_manifest
from simlead.results.manifest import MANIFEST, Manifest, shaped
from simlead.results.provenance import installed, provenance
from simlead.study.studies.points import table_hash
from simlead.study.studies.study import DESIGN_COLUMNS, Precision, Study
from simlead.study.sweeps.adding import with_points
from simlead.study.sweeps.cells import Cells
from simlead.study.sweeps.plan import Plan
from simlead.study.sweeps.shards import Content, DamagedShard, Shard, shard_name, shards_in
from simlead.study.sweeps.work import Done

DESIGN = "design.parquet"
RUNS = "runs"
FAILURES = "failures"
DAMAGED = "damaged"
LOG = "log.jsonl"
ANSWER = "answer"

ADDED = "design_"
"""Beginning of the name of the file of points once points may be added; the hash of the points follows."""


@dataclasses.dataclass(frozen=True)
class Inventory:
    """What lies in a store: the runs that are done, those that failed, the shards that are damaged."""

    done: Cells
    failed: Cells
    damaged: list[DamagedShard]

    @property
    def finished(self) -> Cells:
        """The runs that need not be made: done or failed."""
        return self.done.together(self.failed)


class Store:
    """An open sweep folder. :func:`create_or_open` and :func:`open_store` make one."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], design: pd.DataFrame) -> None:
        self.folder, self.manifest, self.design = folder, manifest, design

    @property
    def versions(self) -> dict[str, list[str]]:
        """The versions of Python and of each library that made the runs, in the order of their first use."""
        found: dict[str, list[str]] = {}
        for made in (self.manifest, *self.manifest.get("extended_under", [])):
            for name, version in {"python": made["python"], **made["versions"]}.items():
                if version not in found.setdefault(name, []):
                    found[name].append(version)
        return found

    @property
    def key(self) -> str:
        """What the shards of this store carry."""
        return str(self.manifest["key"])

    @property
    def identity(self) -> dict[str, Any]:
        """What every run of this store has in common (`Plan.identity`)."""
        found = dict(self.manifest["identity"])
        return found | {"scenarios": {name: stored_values(values) for name, values in found["scenarios"].items()}}

    @cached_property
    def study(self) -> Study:
        """The study whose runs these are, as it was last asked."""
        return Study.from_values(self.manifest["study"], self.design)

    @property
    def precision(self) -> Precision | None:
        """The precision wanted, None if a number of replications is."""
        found = self.manifest["study"]["precision"]
        return None if found is None else Precision(**found)

    @property
    def replicates(self) -> NDArray[np.int64]:
        """Replicates wanted at each point where no precision decides; added points may want others."""
        each = self.manifest.get("replicates", [self.manifest["study"]["replications"] or 0] * len(self.design))
        return np.asarray(each, np.int64)

    def scenario(self, point: int) -> Scenario:
        """The scenario of a point."""
        row = self.design.iloc[point]
        changes = {str(path): self.design[path].tolist()[point] for path in self.design if path not in DESIGN_COLUMNS}
        return Scenario().change({**self.identity["scenarios"][row["effect_sizes"]], **changes})

    def columns(self) -> list[str]:
        """The measures that every run has, own ones last."""
        return [*self.identity["measures"], *self.identity["own_measures"]]

    def row_columns(self) -> list[str]:
        """The columns of a run's row besides point and replicate."""
        hashes = ["tables_hash", "trace_hash"] if self.identity["trace_hashes"] else ["tables_hash"]
        return [*self.columns(), "events", *hashes]

    @property
    def weekly(self) -> list[str]:
        """The series by week that every run has."""
        return list(self.identity["weekly"])

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
        """Move a damaged shard to the folder of damaged files."""
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
            for path in half_written(folder):
                path.unlink(missing_ok=True)
        for path in self.folder.glob(f"{ADDED}*.parquet"):  # of points that were never added
            if path.name != self.manifest["design"]["file"]:
                path.unlink(missing_ok=True)

    def log(self, what: str, **facts: Any) -> None:
        """Add a line to the log."""
        line = json.dumps({"time": now(), "what": what, **facts})
        refuse_irregular(self.folder / LOG)
        with _reported_in_one_line(self.folder), (self.folder / LOG).open("a", encoding="utf-8", newline="\n") as file:
            file.write(line + "\n")

    def log_begin(self, workers: int) -> None:
        """Note that a session begins: who, with how many workers and which versions."""
        here = provenance(Scenario())
        self.log("begin", process=os.getpid(), workers=workers, python=here.python, platform=here.platform,
                 versions=here.versions)

    def logged(self) -> Iterator[dict[str, Any]]:
        """The lines of the log; a broken one, such as a killed writer leaves, is left out."""
        refuse_irregular(self.folder / LOG)
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

    def update(self, **facts: Any) -> None:
        """Note what is wanted now, if that is not what the manifest says."""
        manifest = {**self.manifest, **_plain(facts)}
        if manifest != self.manifest:
            self.manifest = manifest
            save_manifest(self.folder, manifest)

    def note_versions(self) -> None:
        """Note the versions of Python and of libraries, where runs are added under others than before."""
        here = made_by()
        made = {name: here[name] for name in ("python", "platform", "versions")}
        before = [{name: each[name] for name in made} for each in (self.manifest, *self.manifest["extended_under"])]
        if made not in before:
            self.update(extended_under=[*self.manifest["extended_under"], made])

    def extend(self, study: Study) -> None:
        """Note the study that is asked for now: its replications are wanted of every point, added ones too."""
        wanted: dict[str, Any] = {"study": study.values()}
        if "replicates" in self.manifest and study.replications is not None:
            wanted["replicates"] = [study.replications] * len(self.design)
        self.update(**wanted)

    def add(self, plan: Plan) -> Plan:
        """Add a plan's points to the store's; returns the plan of all of them.

        Points of which a precision has decided so far keep the runs they have, and get its first stage at least.
        """
        had = self.replicates if self.precision is None else np.maximum(self._there(), self.precision.minimum)
        plan, replicates = with_points(self.design, had, plan)
        before, described = self.manifest["design"], save_design(self.folder, plan.design, added=True)
        self.update(study=plan.study.values(), design=described, replicates=replicates.tolist())
        self.design = plan.design
        if before["file"] != described["file"]:  # the manifest names the new one by now
            (self.folder / before["file"]).unlink(missing_ok=True)
        return plan

    def _there(self) -> NDArray[np.int64]:
        """How many replicates of each point have been made, as the shards' names tell."""
        there = np.zeros(len(self.design), np.int64)
        for shard in (*self.shards(), *self.failure_shards()):
            rectangle = shard.rectangle
            here = slice(rectangle.first_point, rectangle.last_point + 1)
            there[here] = np.maximum(there[here], rectangle.last_replicate + 1)
        return there


def open_store(folder: Path) -> Store:
    """A store to read.

    Raises FileFormatError, in one line, if the folder holds none or its manifest is damaged.
    """
    try:
        stored = read_folder(folder, "sweep")
        with shaped(folder / MANIFEST):
            facts = of_this_version(stored)
            design = stored.frame(facts["design"]["file"]).rename(columns={"beliefs": "effect_sizes"})
            store = Store(folder, facts, design)
            _ = store.versions
    except FileFormatError as damage:
        if (folder / RUNS).is_dir() and (folder / MANIFEST).exists():
            raise FileFormatError(f"{damage}; the same sweep again makes it anew from its study") from None
        raise
    return store


def of_this_version(stored: Stored) -> dict[str, Any]:
    """The facts of a sweep's manifest, those of 0.1.0 in today's words."""
    facts = {"extended_under": [], **stored.facts}
    design = {"file": DESIGN, **facts["design"]}
    study = dict(facts["study"])
    if "beliefs" in study:
        study["effect_sizes"] = study.pop("beliefs")
    identity = {"weekly": [], **facts["identity"]}
    return {**facts, "design": design, "study": study, "identity": identity}


def save_design(folder: Path, design: pd.DataFrame, added: bool = False) -> dict[str, Any]:
    """Write the points, under a name of their own if some were added; returns what the manifest says of the file."""
    name = f"{ADDED}{table_hash(design)[:16]}.parquet" if added else DESIGN
    with _durable(folder / name) as partial:
        design.to_parquet(partial, index=False, compression="zstd")
    return {"file": name, "points": len(design)}


def save_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the manifest with the hash of the design's file, whole or not at all."""
    design = str(facts["design"]["file"])
    files = {design: hashlib.sha256(read_file(folder / design)).hexdigest()}
    with _reported_in_one_line(folder):
        write_manifest(folder, Manifest("sweep", installed("simlead"), _plain(facts), files))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they will be read back: tuples are lists there."""
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


@contextmanager
def _durable(path: Path) -> Iterator[Path]:
    """`whole_file` over what is there, its troubles in one line."""
    with _reported_in_one_line(path.parent), whole_file(path, overwrite=True) as partial:
        yield partial


@contextmanager
def _reported_in_one_line(folder: Path) -> Iterator[None]:
    """Report a full disk with the folder's name and what to do."""
    try:
        yield
    except OSError as trouble:
        raise OSError(trouble.errno, f"{trouble.strerror}; finished runs are stored, and the same sweep again resumes",
                      str(folder)) from trouble


def half_written(folder: Path) -> list[Path]:
    """The files that `whole_file` was writing when its process was killed."""
    return [*folder.glob(".*.parquet"), *folder.glob(".manifest.*.json")]


def now() -> str:
    """The time as the manifest and the log have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
