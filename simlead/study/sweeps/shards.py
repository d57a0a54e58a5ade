"""A batch of runs as one Parquet file that verifies itself.

A batch is a rectangle of points x replicates. Its file is named by the rectangle and by the
SHA-256 of what is in it, such as

    p000000-000063_r0000-0019_0123456789abcdef.parquet

so that what is done is read off the names, and a file that is not what its name says is noticed. The file also holds
the key of the store it belongs to: a sound file from another store is not taken for one of ours.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from simlead.results.files import FileFormatError, one_line, read_bytes

KEY = b"simlead.store"
HASH_DIGITS = 16
SUFFIX = ".parquet"

_NAME = re.compile(rf"p(\d{{6,}})-(\d{{6,}})_r(\d{{4,}})-(\d{{4,}})_([0-9a-f]{{{HASH_DIGITS}}})\{SUFFIX}")


class DamagedShard(FileFormatError):
    """A shard that is not what its name says, or that belongs to another store."""

    def __init__(self, path: Path, trouble: str) -> None:
        super().__init__(f"{path} {trouble}; the same sweep again makes its runs anew")
        self.path = path


class OtherSweep(DamagedShard):
    """A sound shard of a store with another key."""


@dataclasses.dataclass(frozen=True, order=True)
class Rectangle:
    """The runs of some consecutive points and replicates; first and last are both in it.

    >>> Rectangle(0, 63, 0, 19).runs, Rectangle(0, 63, 0, 19).name
    (1280, 'p000000-000063_r0000-0019')
    """

    first_point: int
    last_point: int
    first_replicate: int
    last_replicate: int

    @property
    def points(self) -> int:
        """How many points."""
        return self.last_point - self.first_point + 1

    @property
    def replicates(self) -> int:
        """How many replicates of each point."""
        return self.last_replicate - self.first_replicate + 1

    @property
    def runs(self) -> int:
        """How many runs."""
        return self.points * self.replicates

    @property
    def name(self) -> str:
        """What a file name begins with."""
        return (f"p{self.first_point:06d}-{self.last_point:06d}"
                f"_r{self.first_replicate:04d}-{self.last_replicate:04d}")

    def holds(self, point: int, replicate: int) -> bool:
        """Whether a run is one of these."""
        return (self.first_point <= point <= self.last_point
                and self.first_replicate <= replicate <= self.last_replicate)

    def halves(self) -> tuple[Rectangle, Rectangle]:
        """Two rectangles that together are this one, which must hold two runs or more.

        >>> Rectangle(3, 3, 0, 4).halves()[0].name, Rectangle(2, 4, 0, 0).halves()[1].name
        ('p000003-000003_r0000-0002', 'p000004-000004_r0000-0000')
        """
        if self.points > 1:
            middle = (self.first_point + self.last_point) // 2
            return (dataclasses.replace(self, last_point=middle),
                    dataclasses.replace(self, first_point=middle + 1))
        middle = (self.first_replicate + self.last_replicate) // 2
        return (dataclasses.replace(self, last_replicate=middle),
                dataclasses.replace(self, first_replicate=middle + 1))

    def around(self, point: int, replicate: int) -> list[Rectangle]:
        """Rectangles that together are this one, with one run of it alone.

        >>> [each.name for each in Rectangle(0, 1, 0, 3).around(1, 3)]
        ['p000000-000000_r0000-0003', 'p000001-000001_r0000-0002', 'p000001-000001_r0003-0003']
        """
        first, last = self.first_replicate, self.last_replicate
        parts = [Rectangle(self.first_point, point - 1, first, last), Rectangle(point, point, first, replicate - 1),
                 Rectangle(point, point, replicate, replicate), Rectangle(point, point, replicate + 1, last),
                 Rectangle(point + 1, self.last_point, first, last)]
        return [part for part in parts if part.points > 0 and part.replicates > 0]


@dataclasses.dataclass(frozen=True)
class Shard:
    """A file that by its name is a shard."""

    path: Path
    rectangle: Rectangle
    hash: str


def encode(columns: Mapping[str, Any], key: str) -> bytes:
    """A table as the bytes of a Parquet file that belongs to the store with this key.

    Values that a `columns` maps to are arrays or lists, all as long.
    """
    table = pyarrow.table(dict(columns))
    sink = pyarrow.BufferOutputStream()
    # Numbers of independent runs repeat nothing, and shards are not searched: dictionaries,
    # statistics and Arrow's own copy of the schema would be half of a small file.
    with parquet.ParquetWriter(
        sink, table.schema, compression="zstd", use_dictionary=False, write_statistics=False, store_schema=False,
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({KEY.decode(): key})
    content: bytes = sink.getvalue().to_pybytes()
    return content


def shard_name(rectangle: Rectangle, content: bytes) -> str:
    """The only name under which this content is a sound shard of this rectangle."""
    return f"{rectangle.name}_{_hash(content)}{SUFFIX}"


def shards_in(folder: Path) -> list[Shard]:
    """The files of a folder that by their names are shards, in order of the names.

    Any other file is left alone.
    """
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        if named:
            first_point, last_point, first_replicate, last_replicate = map(int, named.groups()[:4])
            if first_point <= last_point and first_replicate <= last_replicate:
                rectangle = Rectangle(first_point, last_point, first_replicate, last_replicate)
                found.append(Shard(path, rectangle, named[5]))
    return found


class Content:
    """What is in a shard, once its bytes are seen to be what its name says.

    Raises DamagedShard if they are not, or if it belongs to a store with another key.
    """

    def __init__(self, shard: Shard, key: str) -> None:
        self._path = shard.path
        try:
            content = read_bytes(shard.path)
        except OSError as trouble:
            raise DamagedShard(shard.path, f"cannot be read: {trouble.strerror}") from None
        except FileFormatError as trouble:
            raise DamagedShard(shard.path, str(trouble).removeprefix(f"{shard.path} ")) from None
        if _hash(content) != shard.hash:
            raise DamagedShard(shard.path, "is damaged: it is not the file that was written")
        try:
            self._file = parquet.ParquetFile(pyarrow.BufferReader(content))
        except pyarrow.ArrowException as trouble:
            raise DamagedShard(shard.path, f"cannot be read: {one_line(trouble)}") from None
        metadata: dict[bytes, bytes] = self._file.metadata.metadata or {}
        if metadata.get(KEY) != key.encode():
            raise OtherSweep(shard.path, "belongs to another sweep")
        self.rows: int = self._file.metadata.num_rows

    def columns(self, names: Sequence[str]) -> dict[str, Any]:
        """Some of the columns as numpy arrays."""
        try:
            table = self._file.read(columns=list(names), use_threads=False)
            return {name: table.column(name).to_numpy() for name in names}
        except (KeyError, pyarrow.ArrowException) as trouble:
            raise DamagedShard(self._path, f"has other columns than this sweep: {one_line(trouble)}") from None


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:HASH_DIGITS]
