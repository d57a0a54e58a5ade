"""`simlead rerun`: one run of a sweep repeated and compared with the stored one."""

from __future__ import annotations

from typing import Annotated

import typer

from simlead.cli.documents import Parts, print_document
from simlead.cli.options import Json, SweepFolder
from simlead.cli.parameters import shown
from simlead.cli.terminal import show_table, write

RunName = Annotated[str, typer.Argument(metavar="RUN", help="POINT:REPLICATE, or the run's number from 0.")]


def rerun(folder: SweepFolder, run: RunName, as_json: Json = False) -> None:
    """Repeat one run of a sweep and compare it.

    Exit status 1 if it is not equal to the stored one to the last bit.
    """
    from simlead.study.sweeps.rerun import rerun as made_again
    from simlead.study.sweeps.sweep import open_sweep

    again = made_again(folder, run)
    if as_json:
        import pandas as pd

        differ = pd.DataFrame([(what, *map(str, pair)) for what, pair in again.differences.items()],
                              columns=["what", "stored", "now"])
        print_document(
            "rerun", Parts({"point": again.point, "replicate": again.replicate, "engine": again.run.engine,
                            "confirmed": again.confirmed, "compared": len(again.compared),
                            "trace_hash": again.trace_hash, "code_changed": again.code}, {"run_differences": differ}),
            seed=again.run.seed, scenarios={"run": again.run.scenario}, exit_status=int(not again.confirmed))
        raise typer.Exit(int(not again.confirmed))
    found = open_sweep(folder)
    where = "".join(f", {path} = {shown(again.run.scenario.value(path))}" for path in found.study.factors)
    run_name = f"{again.point}:{again.replicate}"
    write(f"Run {run_name} of {folder} (seed {again.run.seed}, {again.run.engine} engine{where})")
    if again.code:
        write(f"Since then, {again.code}.")
    if not again.confirmed:
        show_table("", ["what differs", "stored", "now"],
                   [[what, *(" ".join(str(value).split()) for value in pair)]
                    for what, pair in again.differences.items()])
        write(f"NOT CONFIRMED: {len(again.differences)} of {len(again.compared)} values differ.")
        raise typer.Exit(1)
    write(f"Confirmed to the last bit: {len(again.compared)} values, trace hash {again.trace_hash}.")
