"""`simlead import`: a firm from the export of a CRM."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simlead.cli import completion, options
from simlead.cli.documents import Parts, print_document
from simlead.cli.failures import Refusal
from simlead.cli.terminal import show_table, write
from simlead.show.currency import speak_of

Deals = Annotated[Path, typer.Argument(metavar="DEALS.csv", help="The deal list.")]
History = Annotated[Path | None, typer.Option("--history", metavar="FILE.csv", help="The stage history.")]
People = Annotated[Path | None, typer.Option("--people", metavar="FILE.csv", help="The list of people.")]
Vendor = Annotated[str, typer.Option(
    "--vendor", metavar="NAME", help="auto, salesforce, hubspot, dynamics, pipedrive, zoho or plain.")]
MappingFile = Annotated[Path | None, typer.Option(
    "--mapping", metavar="FILE.toml", help="Which column is what: the edited mapping.toml of an earlier import.")]
Answers = Annotated[Path | None, typer.Option(
    "--answers", metavar="FILE", help="The filled sheet of questions, CSV or TOML.")]
Language = Annotated[str, typer.Option(
    "--language", metavar="CODE",
    help="Language of the page and the sheet of questions: en or fa (Persian); tables are in English.",
    autocompletion=completion.languages)]
Name = Annotated[str, typer.Option("--name", metavar="TEXT", help="The client's name, for the page.")]


def import_crm(
    deals: Deals,
    history: History = None,
    people: People = None,
    vendor: Vendor = "auto",
    mapping: MappingFile = None,
    answers: Answers = None,
    effect_sizes: options.EffectSizes = None,
    seed: options.Seed = 0,
    language: Language = "en",
    name: Name = "",
    out: options.OutFolder = None,
    overwrite: options.OverwriteFolder = False,
    as_json: options.Json = False,
) -> None:
    """Learn a firm from the export of a CRM."""
    from simlead.client.deal_list import NoDealList
    from simlead.client.importing import import_crm as learn
    from simlead.show.import_folder import save_import
    from simlead.show.import_page import amount_of, day_of, name_of, what_is_missing
    from simlead.show.language import say

    code, chosen = options.known_language(language), options.known_effect_sizes(effect_sizes)
    if out is not None:
        options.free(out, overwrite, "import")
    try:
        found = learn(deals, history=history, people=people, vendor=vendor, mapping=mapping, answers=answers,
                      effect_sizes=chosen, seed=seed)
    except NoDealList as refusal:
        if not as_json:
            write(refusal.template)
        raise Refusal(str(refusal)) from None
    if out is not None:
        save_import(found, out, overwrite=overwrite, language=code, name=name)
    speak_of(found.scenario)
    quality = found.quality
    assumed = [f"Assumed: {say(f'client.assumed.{what}', reading=say(f'client.readings.{reading}'))}"
               for what, reading in quality.assumed.items()]
    if as_json:
        import pandas as pd

        hazards = pd.DataFrame(list(quality.hazards.items()), columns=["hazard", "count"])
        print_document(
            "import", Parts({name: getattr(quality, name) for name in ("rows", "deals", "won", "lost", "open", "kept")},
                            {"import_quantities": found.table, "import_hazards": hazards},
                            [*assumed, *([missing] if (missing := what_is_missing(found)) else [])]),
            seed=seed, scenarios={name or deals.stem: found.scenario}, saved=[out] if out is not None else [],
            currency=found.scenario.organisation.currency)
        return
    write(f"{quality.rows:,} rows, {quality.deals:,} deals: {quality.won:,} won, {quality.lost:,} lost, "
          f"{quality.open:,} open on {day_of(found.facts['as_of_days'])}; {quality.kept:,} used")
    if quality.hazards:
        show_table("Found in the data", ["hazard", "count"],
                   [[say(f"client.hazards.{hazard}"), f"{count:,}"] for hazard, count in quality.hazards.items()],
                   numbers={1})
    for line in assumed:
        write(line)
    rows = [[name_of(row), amount_of(row), row["parameter"]] for row in found.table.to_dict("records")
            if row["known"] == "learned"]
    if rows:
        show_table("Learned, with 90 % intervals", ["quantity", "estimate", "parameter"], rows)
    if missing := what_is_missing(found):
        write(missing)
    if out is not None:
        write(f"Saved to {out}; next: simlead calibrate {out / 'firm.toml'} --out FILE.toml")
