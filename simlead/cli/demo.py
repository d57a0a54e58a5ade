"""`simlead demo`: the founding question, answered in under a minute."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.options import Beliefs, Engine, Language, Seed, Workers, known_engine, known_language
from simlead.cli.output import free, say_out, show_table
from simlead.cli.runs import is_comparison, save_comparison
from simlead.cli.scenarios import known_beliefs
from simlead.model.presets import preset
from simlead.results.files import whole_folder
from simlead.show.language import using
from simlead.show.progress import progress_bar
from simlead.study.engines import FAST, ready

if TYPE_CHECKING:
    import pandas as pd

    from simlead.model.scenario import Scenario
    from simlead.study.parallel import Job

SCENARIOS = ("status_quo", "coaching", "clear_role", "accountable", "leadership")
BASELINE, ANSWER = SCENARIOS[0], SCENARIOS[-1]
SHORTEST_SECONDS = 8.0
"""Time to compare that is left even if compiling took the minute."""

LARGEST = 100_000
"""Replications nobody reaches in a minute: the clock ends the demo, not the count."""

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where tables and charts go.")]
Seconds = Annotated[float, typer.Option(
    "--seconds", min=1.0, max=86_400.0, help="Time to compare; more of it narrows the intervals.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace DIR if simlead wrote it.")]


def demo(
    out: Out = Path("simlead-demo"),
    seconds: Seconds = 42.0,
    seed: Seed = 0,
    beliefs: Beliefs = None,
    workers: Workers = None,
    engine: Engine = FAST,
    language: Language = "en",
    overwrite: Overwrite = False,
) -> None:
    """Ask the founding question: does leading pay, and which part of it?

    Simulates five ways to run the same firm with the same luck, prints what they lead to
    and draws five charts, in under a minute.
    """
    chosen, engine, language = known_beliefs(beliefs), known_engine(engine), known_language(language)
    free(out, overwrite)
    began = time.monotonic()
    scenarios = {name: preset(name, chosen) for name in SCENARIOS}
    # Here, because these bring pandas and matplotlib, which `--help` should not wait for.
    from simlead.cli.answer import answer, rests_on, rows_of
    from simlead.cli.pictures import draw_pipeline
    from simlead.study.compare import compare

    ready(engine)  # the first time after an installation the engine compiles, out of the same minute
    left = max(SHORTEST_SECONDS, seconds - (time.monotonic() - began))
    with progress_bar("simulated firms") as progress:
        result = compare(scenarios, replications=LARGEST, seed=seed, workers=workers, engine=engine,
                         deadline_seconds=left, progress=progress)
        weeks = two_pipelines(scenarios, seed, workers, engine)
    table = result.table
    firms = int(table["n"].max())
    show_table(f"{firms} firms per policy, the same buyers and luck for each; {chosen} beliefs, seed {seed}",
               ["policy", "growth", "market share", "coaching", "revenue", "95 % interval", "verdict"],
               rows_of(table), numbers={1, 2, 3, 4, 5})
    with whole_folder(out, is_comparison, overwrite) as partial, using(language):
        save_comparison(result, partial, ".csv")
        draw_pipeline(weeks, partial)
    say_out(answer(table, ANSWER, time.monotonic() - began, engine))
    say_out(rests_on(table, scenarios[BASELINE], chosen))
    say_out(f"Tables and charts: {out}{os.sep}")


def two_pipelines(
    scenarios: Mapping[str, Scenario], seed: int, workers: int | None, engine: str
) -> pd.DataFrame:
    """The weeks of one firm as it is and of its twin with every lever, for the pipeline's chart."""
    import pandas as pd

    from simlead.study.parallel import Job, spread, worker_count

    jobs = (Job(name, scenarios[name], seed, 0, engine) for name in (BASELINE, ANSWER))
    parts = spread(weeks_of, jobs, min(worker_count(workers), 2), lambda _: None)
    return pd.concat(parts, ignore_index=True).assign(seed=seed)


def weeks_of(job: Job) -> pd.DataFrame:
    """The weeks of one run, under the scenario's name; what a worker does."""
    from simlead.study.simulate import simulate

    done = simulate(job.scenario, seed=job.seed, replicate=job.replicate, engine=job.engine, trace=False)
    return done.weeks().assign(scenario=job.label)
