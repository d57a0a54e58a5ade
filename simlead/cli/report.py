"""`simlead report`: a page and slides about what is in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from simlead.cli.options import known_language
from simlead.cli.output import free, say_out

Folder = Annotated[Path, typer.Argument(
    metavar="DIR", help="A sweep's folder, or one that compare, demo, claims or run wrote.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Where report.html and report.pptx go; DIR-report if left out.")]
Language = Annotated[str, typer.Option("--language", metavar="CODE", help="en, or fa for Persian.")]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="Instead of the study's own.")]
Question = Annotated[str, typer.Option("--question", metavar="TEXT", help="Instead of the study's own.")]
Measure = Annotated[str | None, typer.Option(
    "--measure", metavar="NAME", help="What the answer speaks of; the study's first, or revenue.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FOLDER if it holds a report.")]


def report(
    folder: Folder,
    out: Out = None,
    language: Language = "en",
    title: Title = "",
    question: Question = "",
    measure: Measure = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a report on a sweep, a comparison, claims or a run: a page for the browser and slides.

    Needs no network, then or later. An unfinished sweep is reported as far as it is, and marked.
    """
    from simlead.show.report.making import document_on, refuse_missing_extra, write_report

    refuse_missing_extra()
    language = known_language(language)
    target = beside(folder, language) if out is None else out
    free(target, overwrite)
    document = document_on(folder, language=language, title=title, question=question, measure=measure)
    write_report(document, target, overwrite=overwrite)
    say_out(f"Report: {target}{os.sep}report.html and report.pptx")
    if document.mark:
        say_out(f"The sweep is not finished, and the report says so; simlead status {folder} tells what is missing.")


def beside(folder: Path, language: str) -> Path:
    """Where a report goes that nobody gave a place: beside what it is about.

    >>> beside(Path("results"), "fa").name
    'results-report-fa'
    """
    tail = "-report" if language == "en" else f"-report-{language}"
    named = folder if folder.name not in ("", "..") else folder.resolve()
    return named.with_name(f"{named.name}{tail}")
