"""`simlead calibrate`: a firm of your own, started from its own status quo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simlead.cli.options import Beliefs, Engine, Seed, Workers, known_engine
from simlead.cli.output import free, say_out, show_table
from simlead.cli.scenarios import known_beliefs, named_scenario
from simlead.results.files import whole_file
from simlead.study.engines import FAST

Name = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A preset or a scenario in a TOML file.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.toml", help="Save the calibrated scenario.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FILE.toml.")]
Replications = Annotated[int, typer.Option(
    "--replications", min=1, max=100_000, help="Warm-ups per round, for gates, quota, overhead and prospecting.")]
ClarityReplications = Annotated[int, typer.Option(
    "--clarity-replications", min=0, max=100_000, help="Pairs of runs for the clarity exponent; 0 leaves it.")]


def calibrate(
    name: Name,
    replications: Replications = 64,
    clarity_replications: ClarityReplications = 0,
    seed: Seed = 0,
    beliefs: Beliefs = None,
    workers: Workers = None,
    engine: Engine = FAST,
    out: Out = None,
    overwrite: Overwrite = False,
) -> None:
    """Solve gates, quota, overhead and prospecting norm so that a firm shows its own status quo."""
    from simlead.model.scenario_file import scenario_toml
    from simlead.study.calibration import CALIBRATED
    from simlead.study.calibration import calibrate as solve

    if out is not None:
        free(out, overwrite)
    _, scenario = named_scenario(name, beliefs, {})
    solved = solve(
        scenario, replications=replications, clarity_replications=clarity_replications, seed=seed,
        workers=workers, engine=known_engine(engine), report=say_out)
    before, after = scenario.values(), solved.values()
    show_table(f"Calibrated on {replications} warm-ups, seed {seed}", ["parameter", "before", "calibrated"],
               [[path, f"{before[path]:.6g}", f"{after[path]:.6g}"] for path in CALIBRATED], numbers={1, 2})
    if out is not None:
        with whole_file(out, overwrite) as partial:
            partial.write_text(scenario_toml(solved, beliefs=known_beliefs(beliefs)), encoding="utf-8")
        say_out(f"Scenario: {out}")
