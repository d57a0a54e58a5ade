"""`simlead worlds`: what is unknown of a firm, and what published facts make of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli import options
from simlead.cli.documents import Parts, print_document
from simlead.cli.failures import Refusal
from simlead.cli.scenarios import one_firm
from simlead.cli.terminal import show_table, write
from simlead.model.number_text import read_number
from simlead.results.export import SUFFIXES, save_table
from simlead.show.format import setting
from simlead.show.progress import progress_bar

if TYPE_CHECKING:
    from simlead.study.worlds.worlds import Worlds

Number = Annotated[int, typer.Option("--worlds", min=1, max=10_000, help="Number of worlds.")]
Also = Annotated[list[str] | None, typer.Option(
    "--also", metavar="PATH=LOW:HIGH", help="What you are unsure of besides, such as "
    "organisation.contribution_margin=0.3:0.4; repeatable.")]
Method = Annotated[str, typer.Option("--method", metavar="NAME", help="latin_hypercube or sobol.")]
Uncalibrated = Annotated[bool, typer.Option("--uncalibrated", help="Do not calibrate the worlds; needs no runs.")]
Unweighted = Annotated[bool, typer.Option("--unweighted", help="Do not weigh the worlds by published facts.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Save the worlds as .csv, .xlsx or .parquet.")]
Picture = Annotated[Path | None, typer.Option(
    "--chart", metavar="FILE.png", help="Save a chart of the published facts: .png, .svg or .pdf.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")]

MOST_MOVED = 8
"""Parameters of which the facts tell most that are shown."""


def worlds(
    firm: options.Firm = "status_quo",
    number: Number = 100,
    seed: options.Seed = 0,
    effect_sizes: options.EffectSizes = None,
    sets: options.Sets = None,
    also: Also = None,
    method: Method = "latin_hypercube",
    uncalibrated: Uncalibrated = False,
    unweighted: Unweighted = False,
    workers: options.Workers = None,
    out: Out = None,
    chart: Picture = None,
    language: options.Language = "en",
    overwrite: Overwrite = False,
    as_json: options.Json = False,
) -> None:
    """Draw the worlds that a firm may be in.

    Shows what is unknown, and which published facts tell worlds apart.
    """
    language = options.known_language(language)
    target = None if out is None else options.file_path(out, SUFFIXES, overwrite)
    if chart is not None:
        options.file_path(chart, options.PICTURES, overwrite, "--chart")
        if unweighted:
            raise Refusal("--chart with --unweighted: the chart shows what published facts make of the worlds")
    name, scenario = one_firm(firm, effect_sizes, sets or [])
    ranges = _ranges(also or [])
    import pandas as pd

    from simlead.show.sentences import sentences
    from simlead.study.worlds.worlds import worlds as draw

    with progress_bar("runs") as progress:
        found = draw(scenario, number, seed, method=method, also=ranges or None, calibrated=not uncalibrated,
                     weighted=not unweighted, workers=workers, progress=None if uncalibrated else progress)
    if target is not None:
        save_table(found.table, target, overwrite=overwrite)
    if as_json:
        saved = [each for each in (target, _save_chart(found, chart, language)) if each is not None]
        print_document("worlds", Parts(
            {"worlds": len(found), "worlds_left": found.effective_size},
            {"unknown": found.unknown, "world_facts": found.by_fact, "probabilities": pd.DataFrame(
                list(found.probabilities.items()), columns=["effect_sizes", "probability"])}, sentences(found)),
            seed=seed, scenarios={name: scenario}, saved=saved, currency=scenario.organisation.currency)
        return
    for line in sentences(found):
        write(line)
    unknown = found.unknown
    write(f"{name}: {len(unknown)} parameters and switches are unknown" + (
        f"; {len(found.left)} are left as the firm has them: {', '.join(found.left)}" if found.left else ""))
    if not found.by_fact.empty:
        show_table("Published facts, the most telling first: the worlds drawn, and weighed by all facts",
                   ["fact", "published", "drawn", "weighed", "ruled out"],
                   [[str(line["fact"]), _published(line), f"{line['expected_before']:.3g} +- {line['sd_before']:.2g}",
                     f"{line['expected']:.3g} +- {line['sd']:.2g}", f"{line['ruled_out']:.0%}"]
                    for line in found.by_fact.to_dict("records")], numbers={1, 2, 3, 4})
        moved = ((unknown["mean"] - unknown["mean_before"]) / unknown["sd_before"]).abs()
        unknown = unknown.loc[moved.sort_values(ascending=False, kind="stable").index].head(MOST_MOVED)
        show_table("What the facts move most", ["parameter", "grade", "from", "to", "drawn", "weighed"], [
            [str(line["parameter"]), str(line["grade"]), setting(line["low"]), setting(line["high"]),
             f"{line['mean_before']:.3g} +- {line['sd_before']:.2g}", f"{line['mean']:.3g} +- {line['sd']:.2g}"]
            for line in unknown.to_dict("records")], numbers={2, 3, 4, 5})
    if target is not None:
        write(f"Worlds: {target}")
    _save_chart(found, chart, language)


def _save_chart(found: Worlds, chart: Path | None, language: str) -> Path | None:
    """Save the chart of published facts, if one is wanted; its path."""
    if chart is not None:
        from simlead.show.charts.axes import save_chart
        from simlead.show.charts.worlds import world_facts
        from simlead.show.language import in_language

        with in_language(language):
            write(f"Chart: {save_chart(world_facts(found.by_fact), chart)}")
    return chart


def _published(line: dict[object, object]) -> str:
    """A published value with its tolerance, or the bounds alone."""
    value, low, high = (f"{line[name]:.3g}" for name in ("published", "low", "high"))
    return f"{low} to {high}" if value == "nan" else f"{value} ({low} to {high})"


def _ranges(texts: list[str]) -> dict[str, tuple[float, float]]:
    """The ranges of `--also PATH=LOW:HIGH` options.

    >>> _ranges(["organisation.contribution_margin=0.3:0.4"])
    {'organisation.contribution_margin': (0.3, 0.4)}
    """
    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        path, _, extent = text.partition("=")
        low, high = (read_number(end.strip()) for end in (extent.partition(":")[0], extent.partition(":")[2]))
        if low is None or high is None:
            raise Refusal(f"--also {text}: allowed is PATH=LOW:HIGH, such as organisation.contribution_margin=0.3:0.4")
        found[path.strip()] = (low, high)
    return found
