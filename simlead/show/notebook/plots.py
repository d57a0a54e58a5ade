"""The chart of an object, drawn of its own tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.show import charts
from simlead.show.charts.tables import DIFFERENCE, RELATIVE
from simlead.show.format import parameter_value, unit_of
from simlead.show.language import known as in_catalogue
from simlead.show.language import say
from simlead.show.notebook.objects import factors, first_measures
from simlead.show.wording import inside, listed, parameter_name
from simlead.study.report_record import MOST_SIDE_BY_SIDE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simlead.study.comparison import Comparison


def plot(found: Any, ax: Axes | None = None, **options: Any) -> Axes:
    """The chart of an object; ParameterError, in one line, for one that has none."""
    for kind in type(found).__mro__:
        if kind.__name__ in _CHARTS:
            return _CHARTS[kind.__name__](found, ax, **options)
    raise ParameterError(f"{type(found).__name__}: no chart of its own; {' | '.join(_CHARTS)} have one, and "
                         "simlead.charts draws tables")


def _comparison(found: Comparison, ax: Axes | None, **options: Any) -> Axes:
    measures = first_measures(found)
    return charts.paired_difference(found.table, ax, **({"measure": measures[0]} if measures else {}) | options)


def _money(found: Any, ax: Axes | None, **options: Any) -> Axes:
    made = {"confidence": found.confidence, "worlds": found.worlds, "replications": found.replications,
            "seed": found.seed}
    return charts.money(found.months, ax, **made | options)


def _trial(found: Any, ax: Axes | None, **options: Any) -> Axes:
    made = {"outcome": found.primary or None, "months": found.plan.months, "worlds": found.worlds}
    return charts.trial_power(found.curves, found.chosen, ax, **made | options)


def _worlds(found: Any, ax: Axes | None, **options: Any) -> Axes:
    if found.by_fact.empty:
        raise ParameterError("Worlds: no facts weigh these, so that there is nothing to draw; worlds(..., "
                             "weighted=True) are weighed")
    return charts.world_facts(found.by_fact, ax, **options)


def _sweep(found: Any, ax: Axes | None, **options: Any) -> Axes:
    """Each point against the baseline of the same effect sizes."""
    measure = options.pop("measure", None) or next(iter(found.headlines), None)
    sets = list(dict.fromkeys(found.design["effect_sizes"].astype(str)))
    name = str(options.pop("effect_sizes", sets[0]))
    if name not in sets:
        raise ParameterError(f"effect sizes {name!r}: the sweep has {', '.join(sets)}")
    design = found.design[found.design["effect_sizes"] == name]
    if measure is None or not bool(design["baseline"].any()):
        raise ParameterError("Sweep: no baseline, so that there is no difference to draw; "
                             "baseline = true in the study file makes one, and .points() has the levels")
    if len(design) - 1 > MOST_SIDE_BY_SIDE:
        raise ParameterError(f"Sweep: {len(design) - 1} points are too many to draw side by side (at most "
                             f"{MOST_SIDE_BY_SIDE}); simlead.fit_surface and simlead.sobol_indices read large sweeps")
    return charts.paired_difference(_against_baseline(found, measure, name), ax, measure=measure, **options)


def _against_baseline(found: Any, measure: str, effect_sizes: str) -> pd.DataFrame:
    """The points of a set as a comparison's table, the baseline first; without those that have no interval yet."""
    keys = ["point", "difference", "low", "high"]
    table = found.points([measure])
    for relative, to in ((False, DIFFERENCE), (True, RELATIVE)):
        gaps = found.paired(measure, relative=relative)[keys].rename(columns=dict(zip(keys[1:], to, strict=True)))
        table = table.merge(gaps, on="point")
    table = table[(table["effect_sizes"] == effect_sizes) & (table["baseline"] | table[DIFFERENCE[1]].notna())]
    table = table.sort_values("baseline", ascending=False, kind="stable").rename(columns={
        measure: "mean", f"{measure}_low": "low", f"{measure}_high": "high"})
    if len(table) < 2:
        raise ParameterError("Sweep: no point has two matched pairs with the baseline yet, so that there is nothing to "
                             "draw")
    paths = factors(found)
    names = [say("words.baseline") if row["baseline"] else listed(
        [say("words.place", factor=inside(parameter_name(path)), value=parameter_value(path, row[path]))
         for path in paths], most=4) for row in table.to_dict("records")]
    drawn: pd.DataFrame = table.assign(scenario=names, measure=measure, unit=unit_of(measure))
    return drawn


def _examination(found: Any, ax: Axes | None, **options: Any) -> Axes:
    known = list(dict.fromkeys(found.table["key"].astype(str)))
    key = str(options.pop("claim", known[0]))
    if key not in known:
        raise ParameterError(f"claim {key!r}: allowed is {' | '.join(known)}")
    if not in_catalogue(f"claims.text.{key}"):
        raise ParameterError(f"claim {key}: there are words for simlead's own claims alone, so that it is not drawn")
    verdicts, parts, structures = (
        table[table["key"] == key] if len(table) else table for table in (found.table, found.parts, found.structures))
    return charts.claim_chart(verdicts, parts, structures, ax, **options)


_CHARTS: dict[str, Callable[..., Axes]] = {
    "BaseYear": lambda found, ax, **options: charts.base_year(found.table, ax, **options),
    "Comparison": _comparison,
    "Sweep": _sweep,
    "Examination": _examination,
    "Answer": lambda found, ax, **options: charts.answer(found.table, ax, **options),
    "Money": _money,
    "TrialAnswer": _trial,
    "Worlds": _worlds,
}
