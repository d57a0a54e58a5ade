"""Writing a designed trial: tables, charts, the protocol with its randomisation list, and an empty table of data."""

from __future__ import annotations

from pathlib import Path

from simlead.results.export import save_table
from simlead.results.folder import NewFolder, write_folder
from simlead.show.currency import in_currency
from simlead.show.language import checked_language, in_language
from simlead.show.sentences import sentences
from simlead.study.trial.protocol import DATA, PROTOCOL, protocol_of
from simlead.study.trial.result import TrialAnswer

ON_THE_PAGE = ("answer", "alone", "worth", "revenue")
"""The kinds of findings that the protocol's page states; `answer.txt` has all."""


def save_trial(
    found: TrialAnswer, folder: str | Path, *, firm: str = "", overwrite: bool = False, language: str = "en",
    suffix: str = ".csv",
) -> Path:
    """Write a designed trial as a folder, which is whole or not there.

    `protocol.html` and `protocol.pptx` are to hand around, `randomisation.csv` is the lot, `protocol.json` fixes the
    analysis, `data_template.csv` is to be filled and read by :func:`simlead.analyse_trial`; the rest are tables, charts
    and `answer.txt`.

    Parameters
    ----------
    found : TrialAnswer
        What :func:`simlead.design_trial` returned.
    folder : str or Path
        The folder to write.
    firm : str
        The firm's name, for the protocol.
    overwrite : bool
        Whether a trial that is there is replaced (nothing else ever is).
    language : str
        Language of page, slide and charts: en or fa.
    suffix : str
        Format of the tables: .csv, .xlsx or .parquet.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    FileExistsError
        If the folder is there and is not to be replaced.
    ParameterError
        For an unknown language, where no analysis of the design is offered, and where the extra `report` is missing.

    Examples
    --------
    >>> import simlead
    >>> sorted(simlead.save_trial.__annotations__)[:3]
    ['firm', 'folder', 'found']
    """
    from simlead.show.report.making import refuse_missing_extra

    checked_language(language)
    refuse_missing_extra()
    protocol_of(found, firm)
    with (write_folder(Path(folder), "trial", overwrite=overwrite) as new, in_language(language),
          in_currency(found.currency)):
        _save_tables(found, new, suffix)
        _save_charts(found, new)
        _save_protocol(found, new, firm)
        new.facts.update({"seed": found.seed, "worlds": found.worlds, "replications": found.replications,
                          "change": dict(found.change), "primary": found.primary})
    return Path(folder)


def _save_tables(found: TrialAnswer, new: NewFolder, suffix: str) -> None:
    tables = {"outcomes": found.table, "power": found.curves, "months": found.months, "teams": found.teams,
              "surrogates": found.surrogates, "worth": found.worths, "options": found.options,
              "decision_map": found.map}
    for name, table in tables.items():
        if len(table):
            save_table(table.assign(seed=found.seed), new.path / f"{name}{suffix}")


def _save_charts(found: TrialAnswer, new: NewFolder) -> None:
    from simlead.show.charts import save_chart, trial_map, trial_months, trial_power

    for outcome in found.chosen["outcome"].astype(str):
        drawn = trial_power(found.curves, found.chosen, outcome=outcome, months=found.plan.months, worlds=found.worlds)
        save_chart(drawn, new.path / f"power_{outcome}.png")
    if found.months["months"].nunique() > 1:
        save_chart(trial_months(found.months), new.path / "months.png")
    if len(found.map):
        save_chart(trial_map(found.map), new.path / "decision_map.png")


def _save_protocol(found: TrialAnswer, new: NewFolder, firm: str) -> None:
    from simlead.show.charts import trial_power
    from simlead.show.report.of_trial import protocol_document, write_protocol
    from simlead.show.report.pictures import pictures

    fixed, chosen = protocol_of(found, firm), found.chosen
    fixed.save(new.path / PROTOCOL)
    save_table(fixed.lots(), new.path / "randomisation.csv")
    save_table(fixed.template(), new.path / DATA)
    shown = pictures(power=lambda: trial_power(
        found.curves, chosen, outcome=found.primary, months=found.plan.months, worlds=found.worlds))
    on_page = [each for each in found.findings if each.code.split(".")[1] in ON_THE_PAGE]
    write_protocol(protocol_document(fixed, tuple(sentences(on_page)), shown), new.path)
    (new.path / "answer.txt").write_text("\n".join(sentences(found)) + "\n", encoding="utf-8", newline="\n")
