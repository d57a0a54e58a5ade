"""Opening a study that is to be reported: a sweep, a comparison, money, claims or a run, from its folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from simlead.model.parameters import ParameterError
from simlead.results.files import FileFormatError
from simlead.results.folder import kind_of
from simlead.results.manifest import KINDS, MANIFEST
from simlead.results.run import Run
from simlead.study.claims.record import ExaminationRecord, HasRecord, load_examination
from simlead.study.comparison import Comparison
from simlead.study.comparison_files import StoredComparison, load_comparison
from simlead.study.money.record import StoredMoney, load_payback
from simlead.study.money.result import Money
from simlead.study.sweeps.sweep import Sweep, open_sweep

Result = Sweep | Comparison | StoredComparison | Run | Money | StoredMoney
Subject = Result | ExaminationRecord


def opened(source: str | os.PathLike[str] | Subject | HasRecord) -> Subject:
    """Open what a folder holds; a study is returned as it is.

    Raises FileFormatError, in one line, for a folder that is not there or holds nothing of
    simlead's, and for one that was damaged; ParameterError for anything else.

    >>> opened("no such folder")
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: no such folder: there is no such folder
    """
    if isinstance(source, HasRecord):
        return source.record()
    if isinstance(source, Subject):
        return source
    if not isinstance(source, (str, os.PathLike)):
        raise ParameterError(
            f"{type(source).__name__}: a report is made of a folder, a sweep, a comparison, the money of policies, "
            "an examination of claims or a run")
    folder = Path(source)
    if not folder.exists():
        raise FileFormatError(f"{folder}: there is no such folder")
    if not folder.is_dir():
        raise FileFormatError(f"{folder} is a file; the name of a folder is needed")
    kind = kind_of(folder)
    if kind in _READERS:
        return _READERS[kind](folder)
    if any(folder.glob("comparison.*")):
        raise FileFormatError(
            f"{folder} holds a comparison without its {MANIFEST}, which an older simlead did not write; "
            "compare again with --out")
    if kind is not None:
        raise FileFormatError(f"{folder} is {KINDS.get(kind, 'something else')}{_INSTEAD.get(kind, '')}; a report is "
                              f"made of {_REPORTED}")
    raise FileFormatError(f"{folder} holds nothing to report on: no {MANIFEST} of {_REPORTED}")


_REPORTED = "a sweep, a comparison, the money of policies, an examination of claims or a run"
_INSTEAD = {"trial": ", whose page and slides are in it (protocol.html, protocol.pptx)",
            "import": ", whose page is in it", "answer": ", reported with the folder that it is in",
            "export": ", made of another folder"}


_READERS: dict[str | None, Callable[[Path], Subject]] = {
    "sweep": open_sweep, "comparison": load_comparison, "claims": load_examination, "run": Run.load,
    "payback": load_payback}
