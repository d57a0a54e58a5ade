"""`simlead run` and `simlead compare`: one history told in numbers, or several under the same luck."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.options import (
    Beliefs,
    Engine,
    Language,
    Preset,
    Replications,
    ScenarioFile,
    Seed,
    Sets,
    Workers,
    known_engine,
    known_language,
)
from simlead.cli.output import difference, free, known_format, quantity, say_out, show_table
from simlead.cli.scenarios import one_scenario, several_scenarios
from simlead.results.export import save_table
from simlead.results.files import whole_folder
from simlead.show.language import using
from simlead.show.progress import progress_bar
from simlead.study.engines import FAST, REFERENCE

if TYPE_CHECKING:
    import pandas as pd

    from simlead.results.run import Run
    from simlead.study.compare import Comparison

Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Save into this new folder.")]
Format = Annotated[str, typer.Option("--format", metavar="NAME", help="Of tables: parquet, csv or xlsx.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace DIR if simlead wrote it.")]
All = Annotated[bool, typer.Option("--all", help="Print every measure, not only the key ones.")]


def run(
    preset: Preset = None,
    scenario: ScenarioFile = None,
    beliefs: Beliefs = None,
    sets: Sets = None,
    seed: Seed = 0,
    replicate: Annotated[int, typer.Option("--replicate", min=0, help="Which of the seed's firms.")] = 0,
    engine: Engine = REFERENCE,
    everything: All = False,
    out: Out = None,
    table_format: Format = "parquet",
    overwrite: Overwrite = False,
) -> None:
    """Simulate one firm once and print what came of it."""
    name, chosen = one_scenario(preset, scenario, beliefs, sets or [])
    suffix, engine = known_format(table_format), known_engine(engine)
    if out is not None:
        free(out, overwrite)
    from simlead.results.measures import MEASURES
    from simlead.show.headlines import KEY_MEASURES
    from simlead.study.simulate import simulate

    done = simulate(chosen, seed=seed, replicate=replicate, engine=engine, trace=out is not None)
    values = done.measures()
    names = list(MEASURES) if everything else KEY_MEASURES
    show_table(f"{name}: seed {seed}, replicate {replicate}, {engine} engine, {done.records.events:,} events",
               ["measure", "value", "meaning"],
               [[key, quantity(values[key], MEASURES[key].unit), MEASURES[key].meaning] for key in names],
               numbers={1})
    if out is not None:
        _save_run(done, out, suffix, overwrite)
        say_out(f"Saved to {out}")


def _save_run(done: Run, out: Path, suffix: str, overwrite: bool) -> None:
    """The run as `Run.save` writes it, its measures, and its tables once more if not in Parquet."""
    import pandas as pd

    from simlead.results.measures import MEASURES
    from simlead.results.storage import is_run

    with whole_folder(out, is_run, overwrite) as partial:
        saved = done.save(partial / "run")
        for file in saved.iterdir():
            file.rename(partial / file.name)
        saved.rmdir()
        measures = [(name, value, MEASURES[name].unit, MEASURES[name].meaning)
                    for name, value in done.measures().items()]
        save_table(pd.DataFrame(measures, columns=["measure", "value", "unit", "meaning"]),
                   partial / f"measures{suffix}")
        if suffix != ".parquet":
            for table in ("opportunities", "reps", "managers", "weeks"):
                save_table(getattr(done, table)(), partial / f"{table}{suffix}")


def compare(
    names: Annotated[list[str], typer.Argument(
        metavar="NAME|FILE...", help="Presets or TOML files; the first is the baseline.")],
    beliefs: Beliefs = None,
    sets: Sets = None,
    replications: Replications = 20,
    seed: Seed = 0,
    workers: Workers = None,
    engine: Engine = FAST,
    everything: All = False,
    out: Out = None,
    table_format: Format = "csv",
    language: Language = "en",
    overwrite: Overwrite = False,
) -> None:
    """Compare scenarios under the same luck: paired differences with 95 % intervals."""
    scenarios = several_scenarios(names, beliefs, sets or [])
    suffix, engine, language = known_format(table_format), known_engine(engine), known_language(language)
    if out is not None:
        free(out, overwrite)
    from simlead.show.headlines import KEY_MEASURES
    from simlead.study.compare import compare as compared

    with progress_bar("runs") as progress:
        result = compared(scenarios, replications=replications, seed=seed, workers=workers, engine=engine,
                          progress=progress)
    wanted = None if everything else KEY_MEASURES
    title = f"{result.replications} firms per scenario, same luck, seed {seed}"
    print_comparison(result.table, title, wanted)
    if out is not None:
        with whole_folder(out, is_comparison, overwrite) as partial, using(language):
            save_comparison(result, partial, suffix)
        say_out(f"Saved to {out}")


def print_comparison(table: pd.DataFrame, title: str, wanted: tuple[str, ...] | None) -> None:
    """Print each measure by scenario, with its paired difference from the first one."""
    rows = []
    baseline = str(table["scenario"].iloc[0])
    known = list(dict.fromkeys(table["measure"].astype(str)))
    for measure in known if wanted is None else [name for name in wanted if name in known]:
        for line in table[table["measure"] == measure].to_dict("records"):
            # The mean gets a digit more than its own interval bears: pairs know more than means.
            unit, half = str(line["unit"]), (line["high"] - line["low"]) / 20
            moved = "" if line["scenario"] == baseline else difference(
                line["difference_low"], line["difference"], line["difference_high"], unit, line["mean"])
            rows.append([measure if line["scenario"] == baseline else "", str(line["scenario"]),
                         quantity(line["mean"], unit, half), moved])
    show_table(title, ["measure", "scenario", "mean", f"minus {baseline} (95 % interval)"], rows,
               numbers={2, 3})


COMPARISON_TABLE = "comparison"


def is_comparison(folder: Path) -> bool:
    """Whether a folder is one that `compare` or `demo` wrote, which --overwrite may replace."""
    return folder.is_dir() and any(folder.glob(f"{COMPARISON_TABLE}.*"))


def save_comparison(result: Comparison, folder: Path, suffix: str) -> None:
    """Write the tables of a comparison, and the charts that need nothing else, into a folder."""
    from simlead.cli.pictures import draw_comparison
    from simlead.study.comparison_files import save_comparison_data

    table = result.table.assign(seed=result.seed)  # whoever reads the table alone is to know the luck's name
    save_table(table, folder / f"{COMPARISON_TABLE}{suffix}")
    save_comparison_data(result, folder, suffix)
    draw_comparison(table, result.scenarios, folder)
