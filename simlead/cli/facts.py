"""`simlead facts`: the simulated status quo against published facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.documents import Parts, print_document
from simlead.cli.options import EffectSizes, Engine, Firm, Json, Seed, Sets, Workers, known_engine
from simlead.cli.scenarios import one_firm
from simlead.cli.terminal import show_table, write
from simlead.show.progress import progress_bar
from simlead.study.engines import FAST

if TYPE_CHECKING:
    import pandas as pd


def facts(
    firm: Firm = "status_quo",
    replications: Annotated[int, typer.Option(
        "--replications", min=2, max=1_000_000, help="Number of replications.")] = 160,
    seed: Seed = 0,
    effect_sizes: EffectSizes = None,
    sets: Sets = None,
    workers: Workers = None,
    engine: Engine = FAST,
    as_json: Json = False,
) -> None:
    """Compare a firm's status quo with published facts.

    Exit status 1 if any fact is outside its tolerance.
    """
    from simlead.study.facts import facts as table_of_facts

    name, chosen = one_firm(firm, effect_sizes, sets or [])
    with progress_bar("runs") as progress:
        table = table_of_facts(
            replications=replications, seed=seed, workers=workers, scenario=chosen,
            engine=known_engine(engine), progress=progress)
    outside = int((~table["inside"].astype(bool)).sum())
    if as_json:
        print_document(
            "facts", Parts({"replications": replications, "engine": engine, "facts_outside": outside,
                            "facts_in_all": len(table)}, {"facts": table}),
            seed=seed, scenarios={name: chosen}, exit_status=int(outside > 0), currency=chosen.organisation.currency)
        raise typer.Exit(int(outside > 0))
    rows = rows_of(table)
    show_table(f"Facts that the status quo must reproduce together ({name}, {chosen.origin.effect_sizes} effect sizes, "
               f"{replications} replications, seed {seed}), with 95 % intervals and tolerances",
               ["fact", "verdict", "simulated", "published", "when", "source"], rows)
    if outside:
        write(f"{outside} of {len(table)} facts are outside their tolerance.")
        raise typer.Exit(1)
    write(f"All {len(table)} facts are inside their tolerance.")


def rows_of(table: pd.DataFrame) -> list[list[str]]:
    """The facts as text, a row each."""
    return [[
        str(line["fact"]), "inside" if line["inside"] else "OUTSIDE",
        f"{_number(line['simulated'])} ({_number(line['simulated_low'])} to {_number(line['simulated_high'])})",
        f"{_number(line['published'])} ({_number(line['low'])} to {_number(line['high'])})".removeprefix("nan "),
        str(line["when"]), str(line["source"]),
    ] for line in table.to_dict("records")]


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, (int, float)) else str(value)
