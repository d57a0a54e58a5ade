"""`simlead animate`: a week or a year of a simulated team as a film."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simlead.cli import options
from simlead.cli.scenarios import one_firm
from simlead.cli.terminal import write
from simlead.show.progress import progress_bar
from simlead.study.engines import FAST

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Film: .gif, or .mp4, which needs ffmpeg.")]
What = Annotated[str, typer.Option("--what", metavar="NAME", help="week (hour by hour) or year (week by week).")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FILE.")]


def animate(
    out: Out,
    firm: options.Firm = "status_quo",
    what: What = "week",
    effect_sizes: options.EffectSizes = None,
    sets: options.Sets = None,
    seed: options.Seed = 0,
    replicate: options.Replicate = 0,
    team: Annotated[int, typer.Option("--team", min=1, help="Number of the team, from 1.")] = 1,
    week: Annotated[int | None, typer.Option(
        "--week", help="First week, counted from the switch (default: the last possible).")] = None,
    engine: options.Engine = FAST,
    language: options.Language = "en",
    overwrite: Overwrite = False,
) -> None:
    """Make a film of one team.

    Shows its pipeline, deal by deal, above its manager's calendar.
    """
    from simlead.show.animation.film import animate as film
    from simlead.show.animation.film import checked_path, checked_span
    from simlead.show.language import in_language

    name, chosen = one_firm(firm, effect_sizes, sets or [])
    engine, language = options.known_engine(engine), options.known_language(language)
    checked_span(chosen, what, team, week)
    options.free(checked_path(out), overwrite)
    from simlead.study.simulate import simulate

    run = simulate(chosen, seed=seed, replicate=replicate, engine=engine)
    with in_language(language), progress_bar("pictures") as progress:
        film(run, out, what=what, team=team, week=week, name=name, overwrite=overwrite, progress=progress)
    write(f"{what.capitalize()} of team {team}, {name}: {out}")
