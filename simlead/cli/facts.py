"""`simlead facts`: does the status quo reproduce what is known, all together?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.options import Beliefs, Engine, Seed, Workers, known_engine
from simlead.cli.output import say_out, show_table
from simlead.cli.scenarios import known_beliefs
from simlead.show.progress import progress_bar
from simlead.study.engines import FAST

if TYPE_CHECKING:
    import pandas as pd


def facts(
    replications: Annotated[int, typer.Option(
        "--replications", min=2, max=1_000_000, help="Simulated firms.")] = 160,
    seed: Seed = 0,
    beliefs: Beliefs = None,
    workers: Workers = None,
    engine: Engine = FAST,
) -> None:
    """Compare the simulated status quo with published facts; exit status 1 if any is outside."""
    from simlead.study.facts import facts as table_of_facts

    chosen = known_beliefs(beliefs)
    with progress_bar("runs") as progress:
        table = table_of_facts(
            replications=replications, seed=seed, workers=workers, beliefs=chosen,
            engine=known_engine(engine), progress=progress)
    rows = rows_of(table)
    show_table(f"Facts that the status quo must reproduce together ({chosen} beliefs, "
               f"{replications} firms, seed {seed})",
               ["fact", "published", "tolerance", "simulated", "95 % interval", "verdict", "when", "source"],
               rows, numbers={1, 2, 3, 4})
    outside = int((~table["inside"].astype(bool)).sum())
    if outside:
        say_out(f"{outside} of {len(table)} facts are outside their tolerance.")
        raise typer.Exit(1)
    say_out(f"All {len(table)} facts are inside their tolerance.")


def rows_of(table: pd.DataFrame) -> list[list[str]]:
    """The facts as words, a row each."""
    return [[
        str(line["fact"]), _number(line["published"]), f"{_number(line['low'])} to {_number(line['high'])}",
        _number(line["simulated"]), f"{_number(line['simulated_low'])} to {_number(line['simulated_high'])}",
        "inside" if line["inside"] else "OUTSIDE", str(line["when"]), str(line["source"]),
    ] for line in table.to_dict("records")]


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, (int, float)) else str(value)
