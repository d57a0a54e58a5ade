"""A report: one page and one set of slides, made of one document, written together."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from simlead.model.parameters import ParameterError
from simlead.results.files import refuse_to_overwrite, whole_folder
from simlead.show.language import checked_language, using
from simlead.show.report.composing import document_of
from simlead.show.report.document import Document
from simlead.show.report.of_claims import document_of_claims, refuse_measure
from simlead.show.report.opening import Subject, findings_of, opened
from simlead.study.claims.examine import Examination
from simlead.study.claims.loading import StoredExamination, stored_of

PAGE, SLIDES = "report.html", "report.pptx"

_NEEDED = {"jinja2": "jinja2", "pptx": "python-pptx"}


def report(
    source: str | os.PathLike[str] | Subject,
    out: str | os.PathLike[str],
    *,
    language: str = "en",
    title: str = "",
    question: str = "",
    measure: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a report on a study into the folder `out`: `report.html` and `report.pptx`. Returns the folder.

    `source` is the folder of a sweep, of a comparison (`simlead compare --out`, `simlead
    demo`), of an examination of claims (`simlead claims --out`) or of a saved run; or a
    Sweep, a Comparison, an Examination or a Run. `language` is "en" or "fa".
    `title` and `question` replace those of the study, `measure` what the answer speaks of.
    The page needs no network and no script, and both files are the same bytes for the same
    data. The folder appears whole or not at all.

    A sweep that is not finished is reported as far as it is, with what is missing, and
    marked on every page and slide.

    Raises FileExistsError if `out` is there (`overwrite` replaces a report, nothing else),
    FileFormatError for a folder that holds nothing of simlead's or was damaged,
    ParameterError for an unknown language or measure, for a study that was made with other
    parameters, and where the extra `report` is not installed.

    >>> import tempfile
    >>> from simlead.model.scenario import Scenario
    >>> from simlead.study.simulate import simulate
    >>> firm = Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 52,
    ...                           "calendar.horizon_weeks": 52})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = report(simulate(firm, seed=1), Path(folder) / "report")
    ...     sorted(path.name for path in made.iterdir())
    ['report.html', 'report.pptx']
    """
    checked_language(language)
    refuse_missing_extra()
    refuse_to_overwrite(Path(out), overwrite)  # before anything is drawn
    document = document_on(source, language=language, title=title, question=question, measure=measure)
    return write_report(document, Path(out), overwrite=overwrite)


def write_report(document: Document, out: Path, *, overwrite: bool = False) -> Path:
    """Write a document as page and slides into the folder `out`; refusals as in :func:`report`."""
    refuse_missing_extra()
    with whole_folder(out, is_report, overwrite) as partial:
        from simlead.show.report.page import page
        from simlead.show.report.slides import write_slides

        (partial / PAGE).write_text(page(document), encoding="utf-8", newline="\n")
        write_slides(document, partial / SLIDES)
    return out


def document_on(
    source: str | os.PathLike[str] | Subject,
    *,
    language: str = "en",
    title: str = "",
    question: str = "",
    measure: str | None = None,
) -> Document:
    """The document that a report is made of; arguments and refusals as in :func:`report`."""
    subject = opened(source)
    where = str(source) if isinstance(source, (str, os.PathLike)) else type(subject).__name__
    with using(language):
        if isinstance(subject, (Examination, StoredExamination)):
            refuse_measure(measure)
            found = stored_of(subject) if isinstance(subject, Examination) else subject
            return document_of_claims(found, title, question)
        return document_of(findings_of(subject, measure, where), title, question)


def refuse_missing_extra() -> None:
    """Raise ParameterError if a library that reports need is not installed, with how to install it."""
    missing = [name for module, name in _NEEDED.items() if find_spec(module) is None]
    if missing:
        raise ParameterError(f'a report needs {" and ".join(missing)}: pip install "simlead[report]"')


def is_report(folder: Path) -> bool:
    """Whether a folder holds a report and nothing else: the only kind that a report may replace."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return bool(names) and names <= {PAGE, SLIDES}
