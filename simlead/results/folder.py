"""Result folders, written whole and read with every file's hash checked; or one such folder as a ZIP."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import logging
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simlead.model.scenario import Scenario
from simlead.results.files import LARGEST_FILE, FileFormatError, one_line, read_bytes, whole_file, whole_folder
from simlead.results.manifest import (
    EARLIER,
    EARLIER_NAMES,
    KINDS,
    LARGEST_MANIFEST,
    MANIFEST,
    Manifest,
    manifest_of,
    still_names,
)
from simlead.results.provenance import installed, methods_hash, provenance

if TYPE_CHECKING:
    import pandas as pd

LARGEST_ARCHIVE = 50_000_000
"""Bytes of the largest ZIP that is read, and of each file in it."""

VERDICTS = "verdicts.csv"
"""The one file by which an examination of claims of 0.1.0 is known; it had no manifest."""

_WRITTEN = {".json", ".parquet", ".csv", ".xlsx", ".png", ".svg", ".pdf", ".gif", ".mp4", ".html", ".txt"}


_log = logging.getLogger(__name__)


@dataclasses.dataclass
class NewFolder:
    """A folder that is being written: files go into `path`, what the manifest is to say into `facts`."""

    path: Path
    kind: str
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Stored:
    """A result folder (or a ZIP of one) whose manifest is sound; `read` checks each file when it is read."""

    place: Path
    manifest: Manifest
    archive: bytes | None = dataclasses.field(default=None, repr=False)

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of its kind."""
        return self.manifest.facts

    @property
    def version(self) -> str:
        """The version of simlead that wrote it."""
        return self.manifest.version

    def read(self, name: str) -> bytes:
        """Return the content of a file, once it is seen to be what was written; FileFormatError if not."""
        expected, path = self.manifest.files.get(name), self.place / name
        if expected is None:
            raise FileFormatError(f"{self.place} has no {name}")
        content = _member(self.archive, name, self.place) if self.archive is not None else read_file(path)
        if hashlib.sha256(content).hexdigest() != expected:
            raise FileFormatError(f"{path} is damaged: it is not the file that was written")
        return content

    def frame(self, name: str, **options: Any) -> pd.DataFrame:
        """Return a table, Parquet or CSV by its name; `options` are those of pandas' reader."""
        import pandas as pd

        content = io.BytesIO(self.read(name))
        try:
            frame: pd.DataFrame = (pd.read_parquet if name.endswith(".parquet") else pd.read_csv)(content, **options)
        except (OSError, ValueError, LookupError, TypeError) as trouble:
            raise FileFormatError(f"{self.place / name} cannot be read: {one_line(trouble)}") from None
        return frame


@contextlib.contextmanager
def write_folder(path: Path, kind: str, *, overwrite: bool = False) -> Iterator[NewFolder]:
    """Provide a new result folder, which appears whole at `path`, with its manifest, when the block ends well.

    A symbolic link at `path` stays, and its target is written. Raises FileExistsError if there is
    something; `overwrite` replaces a folder of the same kind that holds nothing but what simlead wrote.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with write_folder(Path(folder) / "new", "claims") as new:
    ...         _ = (new.path / "verdicts.csv").write_text("number\\n1\\n")
    ...         new.facts["seed"] = 7
    ...     stored = read_folder(Path(folder) / "new", "claims")
    ...     stored.facts["seed"], stored.frame("verdicts.csv")["number"].tolist()
    (7, [1])
    """
    with whole_folder(path, lambda there: is_ours(there, kind), overwrite) as partial:
        new = NewFolder(partial, kind)
        yield new
        files = {each.relative_to(partial).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest()
                 for each in sorted(partial.rglob("*")) if each.is_file()}
        facts = {"created": datetime.now(UTC).isoformat(timespec="seconds"), **made_by(), **new.facts}
        write_manifest(partial, Manifest(kind, installed("simlead"), facts, files))
    _log.info("wrote %s with %d files: %s", KINDS.get(kind, kind), len(files), path)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a folder's manifest over what there is, whole or not at all."""
    with whole_file(folder / MANIFEST, overwrite=True) as partial:
        partial.write_text(manifest.text(), encoding="utf-8", newline="\n")


def read_folder(place: Path, kind: str) -> Stored:
    """Open a result folder, or a ZIP of one, of this version or of 0.1.0.

    Raises FileFormatError, in one line, if there is none, if it is of another kind, and if it was damaged.

    >>> read_folder(Path("somewhere"), "run")
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: somewhere is not a saved run: it has no manifest.json
    """
    names = (MANIFEST, EARLIER_NAMES[kind]) if kind in EARLIER_NAMES else (MANIFEST,)
    stored = _opened(place, names)
    if stored is None:
        if kind == "claims" and (place / VERDICTS).is_file():
            raise FileFormatError(f"{place}: an examination of claims by simlead 0.1.0, which wrote no {MANIFEST}; "
                                  "run simlead claims again")
        raise FileFormatError(f"{place} is not {KINDS[kind]}: it has no {MANIFEST}")
    if stored.manifest.kind != kind:
        there = KINDS.get(stored.manifest.kind, "something else")
        raise FileFormatError(f"{place} is {there}, not {KINDS[kind]}")
    return stored


def kind_of(place: Path) -> str | None:
    """Return the kind of a result folder (or of a ZIP of one); None if it has no manifest.

    Raises FileFormatError for a manifest that is damaged.
    """
    stored = _opened(place, (MANIFEST, *EARLIER_NAMES.values()))
    if stored is not None:
        return stored.manifest.kind
    return "claims" if (place / VERDICTS).is_file() else None


def is_ours(folder: Path, kind: str) -> bool:
    """Whether a folder is one of this kind with nothing else in it: the only one that may be replaced.

    A folder whose manifest is damaged is one if the manifest still names simlead's format and the kind.
    """
    try:
        there = kind_of(folder)
    except FileFormatError:
        there = kind if _still_names(folder, kind) else None
    if there != kind:
        return False
    try:
        stored = read_folder(folder, kind)
    except FileFormatError:  # damaged, or of 0.1.0 without a manifest
        stored = None
    inside = [each for each in folder.rglob("*") if each.is_file()]
    if stored is not None and stored.version != EARLIER:
        known = {MANIFEST, *stored.manifest.files}
        return all(each.relative_to(folder).as_posix() in known for each in inside)
    return all(each.suffix in _WRITTEN for each in inside)


def _still_names(folder: Path, kind: str) -> bool:
    places = [folder / name for name in (MANIFEST, *EARLIER_NAMES.values())]
    with contextlib.suppress(FileFormatError):
        return any(still_names(read_bytes(place, LARGEST_MANIFEST), kind) for place in places if place.is_file())
    return False


def pack(kind: str, facts: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """Return a result folder as the bytes of a ZIP; the same content is the same bytes."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = Manifest(kind, installed("simlead"), {**made_by(), **facts}, hashes)
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {MANIFEST: manifest.text().encode(), **files}.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)  # a fixed date
    return memory.getvalue()


def made_by() -> dict[str, Any]:
    """Return what a folder is made by: versions, and the hashes of model, analyses and registry."""
    made = provenance(Scenario())
    return {"sources": made.sources, "methods": methods_hash(), "registry": made.registry, "python": made.python,
            "platform": made.platform, "versions": made.versions}


def read_file(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Read a file of a folder; FileFormatError, in one line, if it is not there or not a regular file."""
    try:
        return read_bytes(path, largest)
    except OSError as trouble:
        raise FileFormatError(f"{path} cannot be read: {trouble.strerror}") from None


def _opened(place: Path, names: tuple[str, ...]) -> Stored | None:
    """A folder or an archive with a manifest of one of these names; None if it has none."""
    if place.is_dir():
        found = next((name for name in names if (place / name).exists()), None)
        if found is None:
            return None
        return Stored(place, manifest_of(read_file(place / found, LARGEST_MANIFEST), place / found))
    try:
        content = read_bytes(place, LARGEST_ARCHIVE)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not zipfile.is_zipfile(io.BytesIO(content)):
        if not content.lstrip().startswith(b"{"):
            return None
        return Stored(place, manifest_of(content, place))
    found = next((name for name in names if name in _names(content, place)), None)
    if found is None:
        return None
    return Stored(place, manifest_of(_member(content, found, place), place / found), content)


def _names(archive: bytes, place: Path) -> list[str]:
    with _zip(archive, place) as opened:
        return opened.namelist()


def _member(archive: bytes, name: str, place: Path) -> bytes:
    with _zip(archive, place) as opened:
        if opened.getinfo(name).file_size > LARGEST_ARCHIVE:
            raise FileFormatError(f"{place / name} is too large: allowed are {LARGEST_ARCHIVE:,} bytes")
        return opened.read(name)


@contextlib.contextmanager
def _zip(archive: bytes, place: Path) -> Iterator[zipfile.ZipFile]:
    """An archive opened; whatever is wrong with it in one line."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            yield opened
    except FileFormatError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, NotImplementedError, OSError, RuntimeError,
            ValueError, OverflowError) as trouble:
        raise FileFormatError(f"{place} cannot be read: {one_line(trouble)}") from None
