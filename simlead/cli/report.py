"""`simlead report`: a page and slides about what is in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from simlead.cli import completion
from simlead.cli.documents import Parts, print_document
from simlead.cli.options import Json, beside, free, known_language
from simlead.cli.terminal import write

Folder = Annotated[Path, typer.Argument(
    metavar="DIR", help="Folder that compare, payback, sweep, demo, claims or run wrote.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Save report.html and report.pptx here (default: DIR-report).")]
Language = Annotated[str, typer.Option(
    "--language", metavar="CODE", help="Language of the report: en or fa (Persian).",
    autocompletion=completion.languages)]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="Title instead of the study's own.")]
Question = Annotated[str, typer.Option("--question", metavar="TEXT", help="Question instead of the study's own.")]
Measure = Annotated[str | None, typer.Option(
    "--measure", metavar="NAME", autocompletion=completion.measures,
    help="Measure of the answer of a comparison or sweep (default: the study's first, or revenue).")]
Client = Annotated[str, typer.Option("--client", metavar="NAME", help="Name of the client, on page and slides.")]
Colour = Annotated[str, typer.Option(
    "--colour", metavar="RRGGBB", help="Colour of the client: six hexadecimal digits, such as 1f4e79.")]
Logo = Annotated[Path | None, typer.Option("--logo", metavar="FILE", help="Logo of the client: a PNG or JPEG file.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FOLDER if it holds a report.")]


def report(
    folder: Folder,
    out: Out = None,
    language: Language = "en",
    title: Title = "",
    question: Question = "",
    measure: Measure = None,
    client: Client = "",
    colour: Colour = "",
    logo: Logo = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Write a report on a folder of results.

    Makes a page for the browser and slides about a comparison, the money of policies, a sweep, claims or a run. The
    money leads where it was asked for. Needs no network, then or later. An unfinished sweep is reported as far as it
    is, and marked.
    """
    from simlead.show.report.brand import brand_of
    from simlead.show.report.making import document_on, is_report, refuse_missing_extra, write_report

    refuse_missing_extra()
    language = known_language(language)
    target = beside(folder, "report" if language == "en" else f"report-{language}") if out is None else out
    free(target, overwrite, ours=is_report)
    brand = brand_of(client, colour, logo)
    document = document_on(folder, language=language, title=title, question=question, measure=measure, brand=brand)
    write_report(document, target, overwrite=overwrite)
    if as_json:
        import pandas as pd

        files = pd.DataFrame([{"file": each.name, "table": ""} for each in sorted(target.iterdir()) if each.is_file()])
        print_document("report", Parts({"unfinished": bool(document.mark)}, {"files": files}), saved=[target])
        return
    write(f"Report: {target}{os.sep}report.html and report.pptx")
    if document.mark:
        write(f"The sweep is not finished, and the report says so; simlead status {folder} shows what is missing.")
