"""`simlead run`: one run of one firm and its measures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli import options
from simlead.cli.documents import Parts, print_document
from simlead.cli.failures import Refusal
from simlead.cli.scenarios import one_firm
from simlead.cli.terminal import show_table, write
from simlead.results.export import save_table
from simlead.results.folder import write_folder
from simlead.show.format import quantity
from simlead.study.engines import REFERENCE

if TYPE_CHECKING:
    from simlead.results.run import Run

Export = Annotated[str | None, typer.Option(
    "--export", metavar="NAME", help="Write the run as a CRM's export too, into DIR/NAME: salesforce or hubspot.")]


def run(
    firm: options.Firm = "status_quo",
    effect_sizes: options.EffectSizes = None,
    sets: options.Sets = None,
    seed: options.Seed = 0,
    replicate: options.Replicate = 0,
    engine: options.Engine = REFERENCE,
    everything: options.All = False,
    out: options.OutFolder = None,
    table_format: options.Format = "parquet",
    overwrite: options.OverwriteFolder = False,
    export: Export = None,
    as_json: options.Json = False,
) -> None:
    """Simulate one firm once and print its measures."""
    vendor = known_export(export, out)
    name, chosen = one_firm(firm, effect_sizes, sets or [])
    suffix, engine = options.known_format(table_format), options.known_engine(engine)
    if out is not None:
        options.free(out, overwrite, "run")
    from simlead.results.headlines import KEY_MEASURES
    from simlead.results.measures import MEASURES, undefined_in_words, undefined_measures
    from simlead.study.simulate import simulate

    done = simulate(chosen, seed=seed, replicate=replicate, engine=engine, trace=out is not None)
    if out is not None:
        save_run(done, out, suffix, overwrite, vendor)
    values = done.measures()
    names = list(MEASURES) if everything else list(KEY_MEASURES)
    if as_json:
        from simlead.study.tables_of import run_tables

        measures = run_tables(done)["measures"]
        print_document(
            "run", Parts({"replicate": replicate, "engine": engine, "events": done.records.events},
                         {"measures": measures[measures["measure"].isin(names)]}),
            seed=seed, scenarios={name: chosen}, saved=[out] if out is not None else [],
            currency=chosen.organisation.currency)
        return
    show_table(f"{name}: seed {seed}, replicate {replicate}, {engine} engine, {done.records.events:,} events",
               ["measure", "value", "meaning"],
               [[key, quantity(values[key], MEASURES[key].unit, short=True), MEASURES[key].meaning] for key in names],
               numbers={1})
    undefined = undefined_in_words(undefined_measures(names, chosen))
    if undefined:
        write(f"Note: {undefined}.")
    if out is not None:
        write(f"Saved to {out}")


def known_export(export: str | None, out: Path | None) -> str | None:
    """The CRM that a run is written for, or a Refusal; none is written without a folder."""
    if export is None:
        return None
    from simlead.client.simulated_export import EXPORTS

    if out is None:
        raise Refusal(f"--export {export}: --out DIR is needed, the folder to write to")
    return options.known("--export", export, EXPORTS)


def save_run(done: Run, out: Path, suffix: str, overwrite: bool, vendor: str | None = None) -> None:
    """Write the run as `Run.save` does, its measures, and its tables in another format than Parquet if asked for."""
    import pandas as pd

    from simlead.results.measures import MEASURES

    with write_folder(out, "run", overwrite=overwrite) as new:
        done.save_into(new)
        if vendor is not None:
            from simlead.client.simulated_export import write_export

            write_export(done, vendor, new.path / vendor)
        measures = [(name, value, MEASURES[name].unit, MEASURES[name].meaning)
                    for name, value in done.measures().items()]
        save_table(pd.DataFrame(measures, columns=["measure", "value", "unit", "meaning"]),
                   new.path / f"measures{suffix}")
        if suffix != ".parquet":
            for table in ("opportunities", "reps", "managers", "weeks"):
                save_table(getattr(done, table)(), new.path / f"{table}{suffix}")
