"""`simlead sensitivity`, `surface` and `discover`: what a sweep's runs say beyond their means, and its chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simlead.cli.failures import Refusal
from simlead.cli.options import Language, known_language
from simlead.cli.output import free, mean_interval, say_out, show_table
from simlead.cli.sweep import Folder
from simlead.model.parameters import nearest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simlead.study.sweeps.sweep import Sweep

Measure = Annotated[str | None, typer.Option(
    "--measure", metavar="NAME", help="Of which measure; the sweep's first if left out.")]
Beliefs = Annotated[str | None, typer.Option(
    "--beliefs", metavar="NAME", help="Under which beliefs, if the sweep has several.")]
Picture = Annotated[Path | None, typer.Option("--out", metavar="FILE.png", help="Save the chart.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FILE.png.")]
PICTURES = (".png", ".svg", ".pdf")
Below = Annotated[float | None, typer.Option("--below", metavar="NUMBER", help="It happens where it is below this.")]
Above = Annotated[float | None, typer.Option("--above", metavar="NUMBER", help="It happens where it is above this.")]
Difference = Annotated[bool, typer.Option(
    "--difference", help="Of the measure's difference from the baseline, not of the measure itself.")]
Lowest = Annotated[bool, typer.Option("--minimise", help="The best is the lowest.")]


def sensitivity(
    folder: Folder, measure: Measure = None, beliefs: Beliefs = None, out: Picture = None, language: Language = "en",
    overwrite: Overwrite = False,
) -> None:
    """Which factor matters: Sobol indices, Morris's effects or rank correlations, as the design allows."""
    language = known_language(language)
    found, name = _opened(folder, measure, out, overwrite)
    from simlead.show.charts.sensitivity import sensitivity as drawn
    from simlead.study.sensitivity import morris_effects, outcomes_of, prcc, sobol_indices, verdict
    from simlead.study.sensitivity.verdict import short

    points, outcomes = outcomes_of(found.design, found.runs([name]), name, beliefs)
    analyses = {"sobol": (sobol_indices, "Sobol indices"), "morris": (morris_effects, "elementary effects")}
    analysis, words = analyses.get(found.study.design.kind, (prcc, "partial rank correlation"))
    table = analysis(points, outcomes, found.study.design.factors or None)
    indices = list(dict.fromkeys(table["index"]))
    rows = []
    for factor, lines in table.groupby("factor", sort=False):
        cells = [f"{short(estimate)} ({short(low)} to {short(high)})"
                 for estimate, low, high in lines[["estimate", "low", "high"]].to_numpy(float)]
        rows.append([str(factor), *cells])
    show_table(f"{name}: {words}, 95 % intervals", ["factor", *indices], rows,
               numbers=set(range(1, len(indices) + 1)))
    say_out(verdict(table))
    _save(lambda: drawn(table), out, language)


def surface(
    folder: Folder, measure: Measure = None, beliefs: Beliefs = None, minimise: Lowest = False, out: Picture = None,
    language: Language = "en", overwrite: Overwrite = False,
) -> None:
    """Where between the points a measure is best, how sure that is, and whether to trust it."""
    language = known_language(language)
    found, name = _opened(folder, measure, out, overwrite)
    from simlead.results.measures import MEASURES
    from simlead.show.charts.surface import surface_map, surface_slices
    from simlead.study.surface import fit_surface

    fitted = fit_surface(found.design, name, runs=found.runs([name]), beliefs=beliefs)
    rows = []
    for line in fitted.best(minimise=minimise).to_dict("records"):
        unit = MEASURES[name].unit if line["role"] != "factor" and name in MEASURES else ""
        rows.append([str(line["quantity"]), str(line["role"]), _place(line, unit)])
    show_table(f"{name}: where it is {'lowest' if minimise else 'highest'}, 95 % intervals", ["", "", "best"], rows)
    for sentence in (fitted.verdict, *fitted.findings):
        say_out(sentence)
    draw = surface_map if len(fitted.factors) > 1 else surface_slices
    _save(lambda: draw(fitted, minimise=minimise), out, language)


def discover(
    folder: Folder, measure: Measure = None, below: Below = None, above: Above = None, beliefs: Beliefs = None,
    difference: Difference = False, out: Picture = None, language: Language = "en", overwrite: Overwrite = False,
) -> None:
    """Where something happens: boxes of factors in which a measure is below or above a threshold."""
    language = known_language(language)
    if (below is None) == (above is None):
        raise Refusal("discover: give one of --below and --above, the threshold that the measure is to pass")
    found, name = _opened(folder, measure, out, overwrite)
    from simlead.show.charts.discover import prim_box
    from simlead.study.discover import prim, sentences

    points = found.paired(name).rename(columns={"difference": f"{name}_difference"}) if difference \
        else found.points([name])
    if beliefs is not None:
        known = list(dict.fromkeys(points["beliefs"]))
        if beliefs not in known:
            raise Refusal(f"--beliefs {beliefs}: the sweep has {' | '.join(known)}{nearest(beliefs, known)}")
        points = points[points["beliefs"] == beliefs]
    factors = [*(["beliefs"] if points["beliefs"].nunique() > 1 else []), *found.study.design.factors]
    table = prim(points, f"{name}_difference" if difference else name, below=below, above=above, factors=factors)
    for sentence in sentences(table):
        say_out(sentence)
    _save(lambda: prim_box(table), out, language)


def _opened(folder: Path, measure: str | None, out: Path | None, overwrite: bool) -> tuple[Sweep, str]:
    """The sweep and the measure that is asked about; whatever can be refused is refused here."""
    if out is not None:
        if out.suffix.lower() not in PICTURES:
            raise Refusal(f"--out {out}: allowed is a name that ends in {' | '.join(PICTURES)}")
        free(out, overwrite)
    from simlead.show.headlines import headlines_of_sweep
    from simlead.study.sweeps.sweep import open_sweep

    found = open_sweep(folder)
    name = headlines_of_sweep(found)[0] if measure is None else measure
    if name not in found.measures:
        raise Refusal(f"--measure {name}: not in this sweep{nearest(name, found.measures)}")
    return found, name


def _place(line: Mapping[Any, Any], unit: str) -> str:
    if line["role"] == "factor":
        return f"{line['best']:.3g} ({line['low']:.3g} to {line['high']:.3g})"
    return mean_interval(line["low"], line["best"], line["high"], unit)


def _save(draw: Callable[[], Axes], out: Path | None, language: str) -> None:
    if out is not None:
        from simlead.show.charts.style import save_chart
        from simlead.show.language import using

        with using(language):
            say_out(f"Chart: {save_chart(draw(), out)}")
