"""A report: one page and one set of slides, made of one document, written together."""

from __future__ import annotations

import dataclasses
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from simlead.model.parameters import ParameterError
from simlead.results.files import refuse_to_replace, whole_folder
from simlead.show.currency import in_currency
from simlead.show.language import checked_language, in_language
from simlead.show.report.brand import Brand, brand_of
from simlead.show.report.document import Document

if TYPE_CHECKING:
    from simlead.show.report.findings import Findings
    from simlead.study.opening import Result, Subject

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
    client: str = "",
    colour: str = "",
    logo: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a report on a study into the folder `out`: `report.html` and `report.pptx`.

    The page needs no network and no script, and both files are the same bytes for the same data. The folder appears
    whole or not at all. A sweep that is not finished is reported as far as it is, with what is missing, and marked
    on every page and slide.

    Parameters
    ----------
    source : str, PathLike, Sweep, Comparison, Money, Examination or Run
        A study, or its folder as `simlead sweep`, `compare --out`, `payback --out`, `demo --out`, `claims --out` or
        `Run.save` wrote it.
    out : str or PathLike
        The folder to write.
    language : str
        `en` or `fa`.
    title : str
        Replaces the study's title.
    question : str
        Replaces the study's question.
    measure : str, optional
        The measure that the answer states (default: the study's first headline).
    client : str
        The client's name, on the first slide, in each footer and on the page.
    colour : str
        The client's colour, six hexadecimal digits such as `1f4e79`.
    logo : str or PathLike, optional
        The client's logo, a PNG or JPEG file.
    overwrite : bool
        Whether a report that is there is replaced; nothing else ever is.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    FileExistsError
        If `out` is there.
    FileFormatError
        For a folder that holds nothing of simlead's or was damaged.
    ParameterError
        For an unknown language or measure, a colour that is none, a logo that cannot be read, for a study that was
        made with other parameters, and where the extra `report` is not installed.

    Examples
    --------
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
    refuse_to_replace(Path(out), is_report, overwrite)  # before anything is drawn
    document = document_on(source, language=language, title=title, question=question, measure=measure,
                           brand=brand_of(client, colour, logo))
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
    brand: Brand | None = None,
) -> Document:
    """The document that a report is made of; arguments and refusals as in :func:`report`."""
    from simlead.show.report.composing import document_of
    from simlead.show.report.of_claims import document_of_claims, refuse_measure
    from simlead.study.claims.record import ExaminationRecord
    from simlead.study.opening import opened

    subject = opened(source)
    where = str(source) if isinstance(source, (str, os.PathLike)) else type(subject).__name__
    with in_language(language), in_currency(currency_of(subject)):
        if isinstance(subject, ExaminationRecord):
            refuse_measure(measure)
            document = document_of_claims(subject, title, question)
        else:
            document = document_of(findings_of(subject, measure, where), title, question)
    return document if brand is None else dataclasses.replace(document, brand=brand)


def currency_of(subject: Subject) -> str:
    """The label of the currency of the firm that a study is about."""
    from simlead.results.run import Run
    from simlead.study.claims.record import ExaminationRecord
    from simlead.study.comparison_files import StoredComparison
    from simlead.study.money.record import StoredMoney
    from simlead.study.money.result import Money
    from simlead.study.sweeps.sweep import Sweep

    if isinstance(subject, (Money, StoredMoney)):
        return (subject.money if isinstance(subject, StoredMoney) else subject).currency
    if isinstance(subject, ExaminationRecord):
        return str(subject.about["changes"].get("organisation.currency", ""))
    if isinstance(subject, Run):
        return subject.scenario.organisation.currency
    if isinstance(subject, Sweep):
        return subject.study.base().organisation.currency
    found = subject.comparison if isinstance(subject, StoredComparison) else subject
    return found.scenarios[found.baseline].organisation.currency


def findings_of(subject: Result, measure: str | None, where: str) -> Findings:
    """What a study found, in the current language."""
    from simlead.results.run import Run
    from simlead.show.report.of_comparison import of_comparison
    from simlead.show.report.of_money import of_money
    from simlead.show.report.of_run import of_run
    from simlead.show.report.of_sweep import of_sweep
    from simlead.study.comparison_files import StoredComparison
    from simlead.study.money.record import StoredMoney
    from simlead.study.money.result import Money
    from simlead.study.report_record import record_of_comparison, record_of_sweep
    from simlead.study.sweeps.sweep import Sweep

    if isinstance(subject, (Money, StoredMoney)):
        if measure is not None:
            raise ParameterError(f"measure {measure!r}: the money of policies is profit; leave it out, or report on a "
                                 "folder of simlead compare")
        return of_money(subject if isinstance(subject, StoredMoney) else StoredMoney(subject, "", {}))
    if isinstance(subject, Sweep):
        return of_sweep(record_of_sweep(subject, measure))
    if isinstance(subject, Run):
        if measure is not None:
            raise ParameterError(f"measure {measure!r}: the report on a single run has all measures; leave it out")
        return of_run(subject, where)
    stored = subject if isinstance(subject, StoredComparison) else StoredComparison(subject, "")
    findings = of_comparison(
        record_of_comparison(stored.comparison, measure, where, stored.answer), stored.made, where,
        None if stored.money is None else stored.money.best)
    return dataclasses.replace(findings, money=stored.money)


def refuse_missing_extra() -> None:
    """Raise ParameterError if a library that reports need is not installed, with how to install it."""
    missing = [name for module, name in _NEEDED.items() if find_spec(module) is None]
    if missing:
        raise ParameterError(f'a report needs {" and ".join(missing)}: pip install "simlead[report]"')


def is_report(folder: Path) -> bool:
    """Whether a folder holds a report and nothing else: the only kind that a report may replace."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return bool(names) and names <= {PAGE, SLIDES}
