"""What is in a folder, or in one's hands: a sweep, a comparison, claims or a run, ready to be reported on."""

from __future__ import annotations

import os
from pathlib import Path

from simlead.model.parameters import ParameterError
from simlead.results.files import FileFormatError
from simlead.results.run import Run
from simlead.results.storage import HEAD as RUN_HEAD
from simlead.show.report.findings import Findings
from simlead.show.report.of_comparison import of_comparison
from simlead.show.report.of_run import of_run
from simlead.show.report.of_sweep import of_sweep
from simlead.study.claims.examine import Examination
from simlead.study.claims.loading import StoredExamination, load_examination
from simlead.study.claims.saving import VERDICTS
from simlead.study.compare import Comparison
from simlead.study.comparison_files import HEAD as COMPARISON_HEAD
from simlead.study.comparison_files import StoredComparison, load_comparison
from simlead.study.sweeps.store import MANIFEST
from simlead.study.sweeps.sweep import Sweep, open_sweep

Study = Sweep | Comparison | StoredComparison | Run
Subject = Study | Examination | StoredExamination


def opened(source: str | os.PathLike[str] | Subject) -> Subject:
    """What a folder holds; anything that can be reported on already is returned as it is.

    Raises FileFormatError, in one line, for a folder that is not there or holds nothing of
    simlead's, and for one that was damaged; ParameterError for anything else.

    >>> opened("no such folder")
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: no such folder: there is no such folder
    """
    if isinstance(source, Subject):
        return source
    if not isinstance(source, (str, os.PathLike)):
        raise ParameterError(
            f"{type(source).__name__}: a report is made of a folder, a sweep, a comparison, an examination of claims "
            "or a run")
    folder = Path(source)
    if not folder.exists():
        raise FileFormatError(f"{folder}: there is no such folder")
    if not folder.is_dir():
        raise FileFormatError(f"{folder} is a file; the name of a folder is needed")
    if (folder / MANIFEST).exists():
        return open_sweep(folder)
    if (folder / COMPARISON_HEAD).exists():
        return load_comparison(folder)
    if (folder / VERDICTS).exists():
        return load_examination(folder)
    if (folder / RUN_HEAD).exists():
        return Run.load(folder)
    if any(folder.glob("comparison.*")):
        raise FileFormatError(
            f"{folder} holds a comparison without its {COMPARISON_HEAD}, which an older simlead did not write; "
            "compare again with --out")
    raise FileFormatError(f"{folder} holds nothing to report on: no sweep ({MANIFEST}), no comparison "
                          f"({COMPARISON_HEAD}), no claims ({VERDICTS}), no run ({RUN_HEAD})")


def findings_of(subject: Study, measure: str | None, where: str) -> Findings:
    """What a study found, in the language spoken now."""
    if isinstance(subject, Sweep):
        return of_sweep(subject, measure)
    if isinstance(subject, StoredComparison):
        return of_comparison(subject.comparison, subject.made, measure, where)
    if isinstance(subject, Comparison):
        return of_comparison(subject, "", measure, where)
    if measure is not None:
        raise ParameterError(f"measure {measure!r}: the report on a single run tells them all; leave it out")
    return of_run(subject, where)
