"""`simlead calibrate`: a firm that starts from its own status quo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.documents import Parts, print_document
from simlead.cli.options import (
    FIRM,
    PICTURES,
    EffectSizes,
    Engine,
    Json,
    Language,
    Seed,
    Sets,
    Workers,
    file_path,
    free,
    known_engine,
    known_language,
)
from simlead.cli.scenarios import one_firm
from simlead.cli.terminal import show_table, write
from simlead.study.engines import FAST

if TYPE_CHECKING:
    from simlead.study.records import BaseYear

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.toml", help="Save the calibrated firm.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")]
Picture = Annotated[Path | None, typer.Option(
    "--chart", metavar="FILE.png", help="Save a chart of the base year beside what is stated: .png, .svg or .pdf.")]
Replications = Annotated[int, typer.Option(
    "--replications", min=2, max=100_000, help="Warm-ups per round, and for the check of the base year.")]
ClarityReplications = Annotated[int, typer.Option(
    "--clarity-replications", min=0, max=100_000, help="Matched pairs of runs for the clarity exponent; 0 leaves it.")]


def calibrate(
    firm: FIRM,
    replications: Replications = 64,
    clarity_replications: ClarityReplications = 0,
    seed: Seed = 0,
    effect_sizes: EffectSizes = None,
    sets: Sets = None,
    workers: Workers = None,
    engine: Engine = FAST,
    out: Out = None,
    chart: Picture = None,
    language: Language = "en",
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Calibrate a firm to its own status quo.

    Keeps what the firm states, solves the rest, and shows both beside the simulated base year.
    """
    from simlead.study.base_year import base_year
    from simlead.study.calibration import calibrate as solve

    language = known_language(language)
    if out is not None:
        free(out, overwrite)
    if chart is not None:
        file_path(chart, PICTURES, overwrite, "--chart")
    name, scenario = one_firm(firm, effect_sizes, sets or [], calibrating=True)
    solved = solve(
        scenario, replications=replications, clarity_replications=clarity_replications, seed=seed,
        workers=workers, engine=known_engine(engine), report=lambda line: write(line.partition(":")[0]))
    if out is not None:
        solved.save(out, overwrite=overwrite)
    year = base_year(solved, replications=replications, seed=seed, workers=workers, engine=engine)
    if not as_json:
        print_base_year(year, name)
    drawn = save_base_year_chart(year, chart, language) if chart is not None else False
    if as_json:
        print_document("calibrate", _parts(year), seed=seed, scenarios={name: solved},
                       saved=[each for each in (out, chart if drawn else None) if each is not None],
                       currency=solved.organisation.currency)
        return
    if out is not None:
        write(f"Saved to {out}; next: simlead compare {out} LED.toml, where LED.toml begins with "
              f'from = "{out.name}"')


def _parts(year: BaseYear) -> Parts:
    import pandas as pd

    from simlead.show.base_year import contradictions

    against = pd.DataFrame([(each.fact, each.stated, each.simulated, ", ".join(each.against))
                            for each in year.contradictions], columns=["fact", "stated", "simulated", "against"])
    return Parts({"replications": year.replications}, {
        "base_year": year.table, "solved": year.solved, "contradictions": against}, contradictions(year))


def save_base_year_chart(year: BaseYear, file: Path, language: str) -> bool:
    """Save the chart of a base year, if the firm states a fact that a run shows; whether it was saved."""
    from simlead.show.charts import ChartError, base_year, save_chart
    from simlead.show.language import in_language

    try:
        with in_language(language):
            write(f"Chart: {save_chart(base_year(year.table), file)}")
        return True
    except ChartError as refusal:
        write(f"Note: no chart, {str(refusal).partition(': ')[2]}.")
        return False


def print_base_year(year: BaseYear, name: str) -> None:
    """Print the base year as stated and as simulated, what contradicts what, and what was solved."""
    from simlead.show.base_year import as_counted, as_solved, contradictions

    facts = as_counted(year)
    show_table(f"Base year of {name}, stated and simulated: {year.replications} separate replications, "
               f"seed {year.seed}", list(facts.columns), facts.to_numpy().tolist(), numbers={1, 2})
    for sentence in contradictions(year):
        write(sentence)
    if len(year.solved):
        lines = as_solved(year)
        show_table("Parameters solved to match", list(lines.columns), lines.to_numpy().tolist(), numbers={1, 2})
