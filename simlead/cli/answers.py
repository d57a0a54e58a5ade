"""`simlead sensitivity`, `surface` and `discover`: analyses of a sweep's runs, with a table and a chart each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simlead.cli import completion
from simlead.cli.documents import Parts, base_scenarios, print_document
from simlead.cli.failures import Refusal
from simlead.cli.findings import write_reading
from simlead.cli.options import PICTURES, Json, Language, SweepFolder, file_path, known, known_language
from simlead.cli.reading import reading_of
from simlead.cli.terminal import show_table, write
from simlead.model.parameters import nearest
from simlead.show.currency import speak_of
from simlead.show.format import estimate, unit_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simlead.study.sweeps.sweep import Sweep

Measure = Annotated[str | None, typer.Option(
    "--measure", metavar="NAME", help="Measure to analyse (default: the sweep's first).",
    autocompletion=completion.measures)]
EffectSizes = Annotated[str | None, typer.Option(
    "--effect-sizes", metavar="NAME", help="Set of effect sizes, if the sweep has several.",
    autocompletion=completion.effect_sizes)]
Picture = Annotated[Path | None, typer.Option(
    "--out", metavar="FILE.png", help="Save the chart into this file: .png, .svg or .pdf.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FILE.png if it exists.")]
Below = Annotated[float | None, typer.Option("--below", metavar="NUMBER", help="Look for values below this threshold.")]
Above = Annotated[float | None, typer.Option("--above", metavar="NUMBER", help="Look for values above this threshold.")]
Difference = Annotated[bool, typer.Option(
    "--difference", help="Analyse the difference from the baseline instead of the measure itself.")]
Lowest = Annotated[bool, typer.Option("--minimise", help="Treat the lowest value as the best.")]


def sensitivity(
    folder: SweepFolder, measure: Measure = None, effect_sizes: EffectSizes = None, out: Picture = None,
    language: Language = "en", overwrite: Overwrite = False, as_json: Json = False,
) -> None:
    """Show which factors of a sweep matter most.

    Prints Sobol indices, Morris effects or rank correlations, as the design allows.
    """
    language = known_language(language)
    found, name = _opened(folder, measure, out, overwrite)
    from simlead.show.charts.sensitivity import sensitivity as drawn
    from simlead.show.format import fixed, number
    from simlead.show.sentences import sentences
    from simlead.study.sensitivity import morris_effects, outcomes_of, prcc, sobol_indices

    points, outcomes = outcomes_of(found.design, found.runs([name]), name, effect_sizes)
    analyses = {"sobol": (sobol_indices, "Sobol indices"), "morris": (morris_effects, "elementary effects")}
    analysis, words = analyses.get(found.study.design.kind, (prcc, "partial rank correlation"))
    table = analysis(points, outcomes, found.study.design.factors or None)
    if as_json:
        _as_json("sensitivity", found, name, table, [*reading_of(found, name, effect_sizes), *sentences(table)],
                 _save(lambda: drawn(table), out, language))
        return
    write_reading(found, name, effect_sizes)
    indices = list(dict.fromkeys(table["index"]))

    def shown(value: float) -> str:
        return fixed(value, 2) if abs(value) < 10 else number(value)

    rows = []
    for factor, lines in table.groupby("factor", sort=False):
        cells = [" to ".join(shown(end) for end in (low, high)).join((f"{shown(estimate)} (", ")"))
                 for estimate, low, high in lines[["estimate", "low", "high"]].to_numpy(float)]
        rows.append([str(factor), *cells])
    show_table(f"{name}: {words}, 95 % intervals", ["factor", *indices], rows,
               numbers=set(range(1, len(indices) + 1)))
    for sentence in sentences(table):
        write(sentence)
    _save(lambda: drawn(table), out, language)


def surface(
    folder: SweepFolder, measure: Measure = None, effect_sizes: EffectSizes = None, minimise: Lowest = False,
    out: Picture = None, language: Language = "en", overwrite: Overwrite = False, as_json: Json = False,
) -> None:
    """Fit a response surface and show its optimum.

    Prints where between the points a measure is best, with intervals and checks of the fit.
    """
    language = known_language(language)
    found, name = _opened(folder, measure, out, overwrite)
    from simlead.show.charts.surface import surface_map, surface_slices
    from simlead.show.sentences import sentences
    from simlead.study.reading import read_sweep
    from simlead.study.surface import fit_surface

    fitted = fit_surface(found, name, effect_sizes=effect_sizes)
    reading = read_sweep(found, name, effect_sizes, surface=fitted)
    draw = surface_map if len(fitted.factors) > 1 else surface_slices
    if as_json:
        _as_json("surface", found, name, fitted.best(minimise=minimise), sentences(reading.with_surface(fitted)),
                 _save(lambda: draw(fitted, minimise=minimise), out, language))
        return
    for sentence in sentences(reading.with_surface(fitted)):
        write(sentence)
    rows = []
    for line in fitted.best(minimise=minimise).to_dict("records"):
        unit = "" if line["role"] == "factor" else unit_of(name)
        rows.append([str(line["quantity"]), str(line["role"]), _place(line, unit)])
    title = f"{name}: where it is {'lowest' if minimise else 'highest'}, 95 % intervals, random numbers only"
    show_table(title, ["", "", "best"], rows)
    _save(lambda: draw(fitted, minimise=minimise), out, language)


def discover(
    folder: SweepFolder, measure: Measure = None, below: Below = None, above: Above = None,
    effect_sizes: EffectSizes = None, difference: Difference = False, out: Picture = None,
    language: Language = "en", overwrite: Overwrite = False, as_json: Json = False,
) -> None:
    """Find where a measure is beyond a threshold.

    Prints boxes of factors in which the measure is below or above it.
    """
    language = known_language(language)
    if (below is None) == (above is None):
        raise Refusal("discover: give one of --below and --above, the threshold of the measure")
    found, name = _opened(folder, measure, out, overwrite)
    from simlead.show.charts.discover import prim_box
    from simlead.show.sentences import sentences
    from simlead.study.discover import prim

    points = found.paired(name).rename(columns={"difference": f"{name}_difference"}) if difference \
        else found.points([name])
    if effect_sizes is not None:
        known("--effect-sizes", effect_sizes, dict.fromkeys(points["effect_sizes"]))
        points = points[points["effect_sizes"] == effect_sizes]
    factors = [*(["effect_sizes"] if points["effect_sizes"].nunique() > 1 else []), *found.study.design.factors]
    table = prim(points, f"{name}_difference" if difference else name, below=below, above=above, factors=factors)
    if as_json:
        _as_json("discover", found, name, table, [*reading_of(found, name, effect_sizes), *sentences(table)],
                 _save(lambda: prim_box(table), out, language))
        return
    write_reading(found, name, effect_sizes)
    for sentence in sentences(table):
        write(sentence)
    _save(lambda: prim_box(table), out, language)


def _opened(folder: Path, measure: str | None, out: Path | None, overwrite: bool) -> tuple[Sweep, str]:
    """The sweep and the measure to analyse, after all checks."""
    if out is not None:
        file_path(out, PICTURES, overwrite)
    from simlead.study.sweeps.sweep import open_sweep

    found = open_sweep(folder)
    speak_of(found.study.base())
    name = found.headlines[0] if measure is None else measure
    if name not in found.measures:
        raise Refusal(f"--measure {name}: not in this sweep{nearest(name, found.measures)}")
    return found, name


def _place(line: Mapping[Any, Any], unit: str) -> str:
    if line["role"] == "factor":
        return f"{line['best']:.3g} ({line['low']:.3g} to {line['high']:.3g})"
    return estimate(line["best"], line["low"], line["high"], unit, short=True)


def _save(draw: Callable[[], Axes], out: Path | None, language: str) -> list[Path]:
    """Save the chart where it is wanted; the paths that were written."""
    if out is None:
        return []
    from simlead.show.charts.axes import save_chart
    from simlead.show.language import in_language

    with in_language(language):
        write(f"Chart: {save_chart(draw(), out)}")
    return [out]


_TABLES = {"sensitivity": "sensitivity", "surface": "optimum", "discover": "boxes"}


def _as_json(
    command: str, found: Sweep, measure: str, table: pd.DataFrame, lines: list[str], saved: list[Path]
) -> None:
    unit = unit_of(measure)
    print_document(command, Parts({"measure": measure, "unit": unit}, {_TABLES[command]: table}, lines),
                   seed=found.study.seed, scenarios=base_scenarios(found.study), saved=saved, unit=unit,
                   currency=found.study.base().organisation.currency)
