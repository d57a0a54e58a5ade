"""`simlead animate`: a week or a year of a simulated team as a film."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simlead.cli.options import (
    Beliefs,
    Engine,
    Language,
    Preset,
    ScenarioFile,
    Seed,
    Sets,
    known_engine,
    known_language,
)
from simlead.cli.output import free, say_out
from simlead.cli.scenarios import one_scenario
from simlead.show.progress import progress_bar
from simlead.study.engines import FAST

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The film, .gif; or .mp4, which needs ffmpeg.")]
What = Annotated[str, typer.Option("--what", metavar="NAME", help="week, hour by hour, or year, week by week.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FILE.")]


def animate(
    out: Out,
    what: What = "week",
    preset: Preset = None,
    scenario: ScenarioFile = None,
    beliefs: Beliefs = None,
    sets: Sets = None,
    seed: Seed = 0,
    replicate: Annotated[int, typer.Option("--replicate", min=0, help="Which of the seed's firms.")] = 0,
    team: Annotated[int, typer.Option("--team", min=0, help="Whose pipeline and manager, from 0 on.")] = 0,
    week: Annotated[int | None, typer.Option(
        "--week", help="The (first) week, counted from the switch; the last possible if left out.")] = None,
    engine: Engine = FAST,
    language: Language = "en",
    overwrite: Overwrite = False,
) -> None:
    """Make a film of one team: its pipeline, deal by deal, above its manager's calendar."""
    from simlead.show.animation.film import animate as film
    from simlead.show.animation.film import checked_path, checked_span
    from simlead.show.language import using

    name, chosen = one_scenario(preset, scenario, beliefs, sets or [])
    engine, language = known_engine(engine), known_language(language)
    checked_span(chosen, what, team, week)
    free(checked_path(out), overwrite)
    from simlead.study.simulate import simulate

    run = simulate(chosen, seed=seed, replicate=replicate, engine=engine)
    with using(language), progress_bar("pictures") as progress:
        film(run, out, what=what, team=team, week=week, name=name, overwrite=overwrite, progress=progress)
    say_out(f"{what.capitalize()} of team {team}, {name}: {out}")
