"""A store made for a plan, opened again, or made again from the plan where its manifest is damaged."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.results.folder import made_by, read_file, read_folder
from simlead.results.manifest import MANIFEST, shaped
from simlead.results.provenance import provenance
from simlead.study.studies.points import table_hash
from simlead.study.studies.study import Study
from simlead.study.sweeps.identity import code_identity, design_difference, identity_difference, same_code
from simlead.study.sweeps.lock import EXCLUSIVE, LOCK, only_writer
from simlead.study.sweeps.plan import Plan
from simlead.study.sweeps.shards import Content, DamagedShard, OtherSweep, shards_in
from simlead.study.sweeps.store import (
    ADDED,
    ANSWER,
    DAMAGED,
    DESIGN,
    FAILURES,
    LOG,
    RUNS,
    Store,
    half_written,
    now,
    of_this_version,
    open_store,
    save_design,
    save_manifest,
)

_OURS = {ANSWER, MANIFEST, DESIGN, RUNS, FAILURES, DAMAGED, LOG, LOCK, EXCLUSIVE}


@contextmanager
def create_or_open(folder: Path, plan: Plan, add_points: bool = False) -> Iterator[tuple[Store, Plan]]:
    """The store of a plan, new or begun earlier, locked against other writers while the block runs.

    With `add_points` the plan's points are added to those of the store, and the plan returned is that of all.

    Raises ParameterError if another process is writing to it, or if it is of another plan,
    and says in what they differ; FileFormatError for a folder that is something else.
    """
    if folder.exists() and not folder.is_dir():
        raise FileFormatError(f"{folder} is a file; the name of a folder is needed")
    begun = _begun(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with only_writer(folder):
        if begun or (folder / MANIFEST).exists():  # it may have been made meanwhile
            try:
                store = open_store(folder)
            except FileFormatError as damage:
                if not (folder / RUNS).is_dir():  # another kind of folder
                    raise
                rebuild(folder, plan, damage, add_points)
                store = open_store(folder)
            refuse_other(store, plan, any_design=add_points)
            store.sweep_up()
            store.note_versions()
            if add_points:
                plan = store.add(plan)
            else:
                store.extend(plan.study)
        else:
            store = _create(folder, plan, add_points)
        yield store, plan


def refuse_other(store: Store, plan: Plan, any_design: bool = False) -> None:
    """Raise ParameterError if the store is not of this plan; the message says what differs.

    How many replications are wanted may differ: that is an extension.
    """
    here, there = plan.identity, store.identity
    difference = identity_difference(here, there)
    if not difference and not any_design:
        difference = design_difference(plan.design, store.design)
    if not all(same_code(name, here, there) for name in code_identity()):
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
    passing = {path.name for path in (*folder.glob(f"{ADDED}*.parquet"), *half_written(folder))}
    strange = {path.name for path in folder.iterdir()} - _OURS - passing
    if strange:
        raise FileFormatError(f"{folder} is not a sweep: it has no {MANIFEST}, and holds {min(strange)}")
    return any(any((folder / name).glob("p*")) for name in (RUNS, FAILURES))


def rebuild(folder: Path, plan: Plan, damage: FileFormatError, add_points: bool) -> None:
    """Make manifest and design again from a plan, once every sound shard is seen to be of that plan.

    Raises FileFormatError, as `damage` says, if there are runs that are not: then nothing is touched.
    """
    design = _added_design(folder, damage) if add_points else plan.design
    key, replicates = plan.key(with_design=not add_points), np.zeros(len(design), np.int64)
    for shard in (*shards_in(folder / RUNS), *shards_in(folder / FAILURES)):
        try:
            Content(shard, key)
        except OtherSweep:
            raise FileFormatError(f"{damage}, but the runs there are not of this study and code") from None
        except DamagedShard:
            continue  # its runs are made again
        rectangle = shard.rectangle
        if rectangle.last_point >= len(design):
            raise FileFormatError(f"{damage}, but there are runs of more than {len(design)} points")
        here = slice(rectangle.first_point, rectangle.last_point + 1)
        replicates[here] = np.maximum(replicates[here], rectangle.last_replicate + 1)
    for path in (folder / MANIFEST, folder / DESIGN):
        if path.exists():
            (folder / DAMAGED).mkdir(exist_ok=True)
            path.replace(folder / DAMAGED / path.name)
    _save(folder, Plan(plan.study, design, plan.order), add_points, np.maximum(replicates, 1), rebuilt=now())


def _added_design(folder: Path, damage: FileFormatError) -> pd.DataFrame:
    """The points of a store to which points were added: of the file that is named by its hash, or of the manifest."""
    candidates: list[tuple[str, pd.DataFrame]] = []
    for path in sorted(folder.glob(f"{ADDED}*.parquet")):
        with contextlib.suppress(OSError, ValueError):  # FileFormatError and most of Arrow's among them
            candidates.append((path.stem, pd.read_parquet(io.BytesIO(read_file(path)))))
    with contextlib.suppress(FileFormatError), shaped(folder / MANIFEST):
        facts = of_this_version(read_folder(folder, "sweep"))
        candidates.append((Path(facts["design"]["file"]).stem, Study.from_values(facts["study"]).design_table()))
    for name, design in candidates:
        if name == f"{ADDED}{table_hash(design)[:16]}":
            return design
    raise FileFormatError(f"{damage}, and its points are not known any more")


def _create(folder: Path, plan: Plan, add_points: bool) -> Store:
    for name in (RUNS, FAILURES):
        (folder / name).mkdir(exist_ok=True)
    _save(folder, plan, add_points, None)
    return open_store(folder)


def _save(folder: Path, plan: Plan, add_points: bool, replicates: NDArray[np.int64] | None, **more: Any) -> None:
    """Write design and manifest; where points may be added the key is that of what all points share."""
    facts = {"created": now(), "study": plan.study.values(), "design": save_design(folder, plan.design, add_points),
             "identity": plan.identity, "key": plan.key(with_design=not add_points), **made_by(), "extended_under": [],
             **more}
    if add_points:
        points = len(plan.design)
        facts["replicates"] = ([plan.study.replications] * points if replicates is None else replicates.tolist())
    save_manifest(folder, facts)
