"""Writing an import: the page, the tables, the firm file, and the two files that a person edits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from simlead.client.firm import firm_toml
from simlead.client.importing import Import
from simlead.client.mapping import mapping_toml
from simlead.client.questions import QUESTIONS
from simlead.results.export import save_table
from simlead.results.folder import write_folder
from simlead.show.currency import in_currency
from simlead.show.import_page import ANSWERS, FIRM, MAPPING, import_page
from simlead.show.language import checked_language, in_language, say


def save_import(
    found: Import, folder: str | Path, *, overwrite: bool = False, language: str = "en", name: str = ""
) -> Path:
    """Write an import as a folder, which is whole or not there.

    `quality.html` is the page, `firm.toml` a scenario file, `draws.parquet` the joint draws, `parameters.csv` the
    table, `mapping.toml` and `questions.csv` are to be edited and read back, `reps.csv`, `managers.csv` and
    `dropped.csv` hold details. Cells that a spreadsheet would take for formulas are escaped.

    Parameters
    ----------
    found : Import
        What `simlead.import_crm` returns.
    folder : str or Path
        The folder to write.
    overwrite : bool
        Whether an import that is there is replaced (nothing else ever is).
    language : str
        Language of the page and of the questions: en or fa.
    name : str
        The client's name, for the title.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileExistsError
        If the folder is there and is not to be replaced.
    ParameterError
        For an unknown language.

    Examples
    --------
    >>> import pathlib, tempfile, simlead
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "deals.csv").write_text(
    ...     "Id,Stage,Amount,Created Date,Close Date\\n1,Won,9000,2024-01-02,2024-03-05\\n")
    >>> mine = simlead.save_import(simlead.import_crm(folder / "deals.csv"), folder / "mine")
    >>> simlead.load_scenario(mine / "firm.toml").organisation.teams
    4
    """
    checked_language(language)
    with in_currency(found.scenario), write_folder(Path(folder), "import", overwrite=overwrite) as new:
        place = new.path
        (place / "quality.html").write_text(import_page(found, language, name), encoding="utf-8", newline="\n")
        (place / FIRM).write_text(
            firm_toml(found.scenario, found.teams, found.effect_sizes), encoding="utf-8", newline="\n")
        comments = dict.fromkeys(found.quality.assumed, "assumed")
        (place / MAPPING).write_text(mapping_toml(found.mapping, comments), encoding="utf-8", newline="\n")
        save_table(found.draws, place / "draws.parquet")
        save_table(found.table, place / "parameters.csv")
        save_table(found.differences.reps, place / "reps.csv")
        save_table(found.differences.managers, place / "managers.csv")
        save_table(found.dropped, place / "dropped.csv")
        save_table(question_sheet(found.facts["answers"], language), place / ANSWERS)
        new.facts.update({"facts": dict(found.facts), "quality": {
            "rows": found.quality.rows, "deals": found.quality.deals, "won": found.quality.won,
            "lost": found.quality.lost, "open": found.quality.open, "kept": found.quality.kept,
            "hazards": found.quality.hazards, "assumed": found.quality.assumed}})
    return Path(folder)


def question_sheet(answers: dict[str, float], language: str = "en") -> pd.DataFrame:
    """The sheet of questions, filled as far as it is known: item, question, unit, least, most, answer."""
    with in_language(language):
        lines = [(question.number, item, say(f"client.questions.{item}"), question.unit, question.low, question.high,
                  answers.get(item, "")) for item, question in QUESTIONS.items()]
    return pd.DataFrame(lines, columns=["question", "item", "text", "unit", "least", "most", "answer"])
