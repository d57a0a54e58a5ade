"""Runs on disk, so that hours of them are not lost with a session: a file per scenario, written whole.

A folder belongs to one seed, one engine and one state of the sources; another's is refused,
because its runs are other runs.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from simlead.model.parameters import ParameterError
from simlead.results.files import whole_file
from simlead.results.provenance import registry_hash, source_hash
from simlead.study.claims.runs import Floats, Seen

FIELDS = ("numerators", "denominators", "profit", "revenue", "rivals")
IDENTITY = "identity.json"


class Kept:
    """A folder of runs by scenario; what a file holds are the first replicates, without a gap.

    Raises ParameterError for a folder of another seed, engine or state of the sources, and
    one that holds something else.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = Kept(Path(folder) / "runs", seed=0, engine="compiled")
    ...     kept.put("abc", [Seen(*np.ones((5, 2)))])
    ...     len(kept.get("abc")), kept.get("xyz")
    (1, [])
    """

    def __init__(self, folder: Path, *, seed: int, engine: str) -> None:
        self.folder = folder
        mine = {"seed": seed, "engine": engine, "sources": source_hash(), "registry": registry_hash()}
        place = folder / IDENTITY
        if folder.exists() and not place.is_file() and any(folder.iterdir()):
            raise ParameterError(f"{folder}: holds something else than kept runs; choose another folder")
        if place.is_file():
            theirs = _identity(place)
            other = [name for name in mine if theirs.get(name) != mine[name]]
            if other:
                raise ParameterError(f"{folder}: its runs have another {other[0]} ({theirs.get(other[0])}, not "
                                     f"{mine[other[0]]}); choose another folder")
            return
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(place) as partial:
            partial.write_text(json.dumps(mine, indent=1) + "\n", encoding="utf-8")

    def get(self, key: str) -> list[Seen]:
        """The replicates kept of a scenario, by its hash, from 0 on; a damaged file counts as none."""
        place = self._place(key)
        if not place.is_file():
            return []
        try:
            # Opened here, because numpy leaves a file open that it cannot read.
            with place.open("rb") as file, np.load(file, allow_pickle=False) as parts:
                columns: dict[str, Floats] = {name: parts[name] for name in FIELDS}
        except (OSError, ValueError, TypeError, AttributeError, KeyError, EOFError, BadZipFile, zlib.error):
            return []
        return [Seen(*(columns[name][number] for name in FIELDS)) for number in range(len(columns["profit"]))]

    def put(self, key: str, runs: Sequence[Seen]) -> None:
        """Keep the first replicates of a scenario, from 0 on, in place of what there is."""
        with whole_file(self._place(key), overwrite=True) as partial, partial.open("wb") as file:
            columns = {name: np.array([getattr(run, name) for run in runs]) for name in FIELDS}
            np.savez_compressed(file, allow_pickle=False, **columns)

    def _place(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


def _identity(place: Path) -> dict[str, object]:
    """What a folder says that its runs are."""
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise ParameterError(f"{place}: cannot be read, or is damaged; choose another folder")
    return told
