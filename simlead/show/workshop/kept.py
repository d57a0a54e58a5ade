"""What people did in a room, kept in one SQLite file while they do it.

Each thing that can be undone is a step: the whole session as `export.facts_of` writes it, without results, which are
made again. A commit is on the disk before the page hears of it, so that a killed server loses the message at hand at
most. Each row carries a hash of its content: a damaged file is refused, not believed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simlead.results.files import FileFormatError, one_line, refuse_irregular

MOST_STEPS = 60
"""Steps that can be undone; the earliest are dropped first."""

_MAGIC = 0x736C7773  # application_id of our files
_VERSION = 1
_HEAD = b"SQLite format 3\x00"
_TABLES = """
create table steps (number integer primary key autoincrement, content text not null, hash text not null);
create table facts (key text primary key, content text not null, hash text not null) without rowid;
"""

ANOTHER = "name another one with --keep"

Content = dict[str, Any]


def default_place(firm: str = "") -> Path:
    """Where a room of this firm (a hash, none for simlead's own) is kept unless a file is named: the user's state."""
    folder = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(folder) / "simlead" / (f"session-{firm}.sqlite" if firm else "session.sqlite")


class Steps:
    """What people did, kept in memory alone; for tests and scripts."""

    def __init__(self) -> None:
        self.steps: list[Content] = []
        self.facts: dict[str, Any] = {}

    @property
    def latest(self) -> Content | None:
        """The session as it is; None at the beginning."""
        return self.steps[-1] if self.steps else None

    def push(self, content: Content) -> None:
        """Keep a session as a step of its own, which can be undone."""
        self.steps.append(content)
        del self.steps[:-MOST_STEPS]

    def replace(self, content: Content) -> None:
        """Keep a session in place of the latest step."""
        self.steps[-1:] = [content]

    def replace_all(self, steps: list[Content]) -> None:
        """Keep other steps in place of all."""
        self.steps = list(steps)

    def undo(self) -> None:
        """Drop the latest step."""
        self.steps.pop()

    def keep_fact(self, key: str, content: Any) -> None:
        """Keep what does not belong to a step: the door of the room, its tables and its language."""
        self.facts[key] = content

    def close(self) -> None:
        """Let another workshop have the file."""


class Kept(Steps):
    """The same in the file of one room. No other workshop can open it meanwhile.

    Raises FileFormatError, in one line, for a damaged file, one of another program and one that is in use.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._behind = False  # a write failed: the file lacks what is in memory
        try:
            refuse_irregular(path)
        except FileFormatError as refusal:
            raise FileFormatError(f"{refusal}; name a file with --keep") from None
        with self._guarded():
            if path.parent == default_place().parent:
                path.parent.mkdir(parents=True, exist_ok=True)
            elif not path.parent.exists():  # a mistyped name makes no folder
                raise FileFormatError(f"{path}: there is no folder {path.parent}; name a file in one that is there")
            new = not path.exists() or path.stat().st_size == 0
            if not new and not self._begins_like_ours():
                raise FileFormatError(f"{path} is not the file of a workshop; {ANOTHER}")
            if new:  # no other user reads the links of the room
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            self._file = sqlite3.connect(path, timeout=0.5, isolation_level=None)
            try:
                self._open(new)
                self.steps = [self._checked(*row) for row in self._file.execute(
                    "select content, hash from steps order by number")]
                self.facts = {key: self._checked(content, check, key) for key, content, check in self._file.execute(
                    "select key, content, hash from facts")}
            except BaseException:
                self._file.close()
                raise

    def _begins_like_ours(self) -> bool:
        with self.path.open("rb") as file:
            head = file.read(100)
        return head.startswith(_HEAD) and int.from_bytes(head[68:72], "big") == _MAGIC

    def _open(self, new: bool) -> None:
        self._file.execute("pragma locking_mode = exclusive")
        self._file.execute("pragma trusted_schema = off")
        self._file.execute("begin exclusive")  # held from here on: one workshop per file
        if new or not self._file.execute("select 1 from sqlite_master").fetchone():  # or killed before there was one
            for statement in filter(str.strip, _TABLES.split(";")):
                self._file.execute(statement)
            self._file.execute(f"pragma application_id = {_MAGIC}")
            self._file.execute(f"pragma user_version = {_VERSION}")
        self._file.execute("commit")
        version = self._file.execute("pragma user_version").fetchone()[0]
        if version != _VERSION:
            raise FileFormatError(f"{self.path} was written by another version of simlead; {ANOTHER}")
        if self._file.execute("pragma quick_check(1)").fetchone()[0] != "ok":
            raise FileFormatError(f"{self.path} is damaged; {ANOTHER}")

    def _checked(self, content: Any, check: Any, key: str = "") -> Any:
        if not isinstance(content, str) or _hash(key, content) != check:
            raise FileFormatError(f"{self.path} is damaged; {ANOTHER}")
        return json.loads(content)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except FileFormatError:
            raise
        except sqlite3.OperationalError as trouble:
            if "locked" in str(trouble):
                raise FileFormatError(f"{self.path} is in use by another workshop; {ANOTHER}") from None
            raise FileFormatError(f"{self.path} cannot be used: {one_line(trouble)}") from None
        except (sqlite3.Error, ValueError, RecursionError, OverflowError):
            raise FileFormatError(f"{self.path} is damaged; {ANOTHER}") from None
        except OSError as trouble:
            raise FileFormatError(f"{self.path} cannot be used: {trouble.strerror}") from None

    def push(self, content: Content) -> None:
        """Keep a session as a step of its own, which can be undone."""
        super().push(content)
        with self._writing() as file:
            self._insert(content)
            file.execute("delete from steps where number not in "
                         "(select number from steps order by number desc limit ?)", (MOST_STEPS,))

    def replace(self, content: Content) -> None:
        """Keep a session in place of the latest step."""
        super().replace(content)
        with self._writing() as file:
            file.execute("update steps set content = ?, hash = ? where number = (select max(number) from steps)",
                         _row(content))

    def replace_all(self, steps: list[Content]) -> None:
        """Keep other steps in place of all."""
        super().replace_all(steps)
        with self._writing():
            self._write_all()

    def undo(self) -> None:
        """Drop the latest step."""
        super().undo()
        with self._writing() as file:
            file.execute("delete from steps where number = (select max(number) from steps)")

    def keep_fact(self, key: str, content: Any) -> None:
        """Keep what does not belong to a step: the door of the room, its tables and its language."""
        super().keep_fact(key, content)
        with self._writing():
            self._put(key, content)

    def _insert(self, content: Content) -> None:
        self._file.execute("insert into steps (content, hash) values (?, ?)", _row(content))

    def _put(self, key: str, content: Any) -> None:
        self._file.execute("insert or replace into facts values (?, ?, ?)", (key, *_row(content, key)))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing; after one that failed, all that is in memory."""
        behind, self._behind = self._behind, True
        with self._guarded():
            self._file.execute("begin immediate")
            try:
                yield self._file
                if behind:
                    self._write_all()
                self._file.execute("commit")
            except BaseException:
                if self._file.in_transaction:  # a full disk may have ended it
                    self._file.execute("rollback")
                raise
        self._behind = False

    def _write_all(self) -> None:
        self._file.execute("delete from steps")
        for step in self.steps:
            self._insert(step)
        for key, fact in self.facts.items():
            self._put(key, fact)

    def close(self) -> None:
        """Let another workshop have the file."""
        self._file.close()


def _row(content: Any, key: str = "") -> tuple[str, str]:
    text = json.dumps(content, ensure_ascii=False)
    return text, _hash(key, text)


def _hash(key: str, text: str) -> str:
    return hashlib.sha256(f"{key}\0{text}".encode()).hexdigest()
