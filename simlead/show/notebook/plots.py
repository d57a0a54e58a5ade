"""The chart of an object, drawn of its own tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.show import charts
from simlead.show.notebook.objects import first_measures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simlead.study.comparison import Comparison


def plot(found: Any, ax: Axes | None = None, **options: Any) -> Axes:
    """The chart of an object; ParameterError, in one line, for one that has none."""
    for kind in type(found).__mro__:
        if kind.__name__ in _CHARTS:
            return _CHARTS[kind.__name__](found, ax, **options)
    raise ParameterError(f"{type(found).__name__}: no chart of its own; {' | '.join(_CHARTS)} have one, and "
                         "simlead.show.charts draws tables")


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


_CHARTS: dict[str, Callable[..., Axes]] = {
    "Comparison": _comparison,
    "Answer": lambda found, ax, **options: charts.answer(found.table, ax, **options),
    "Money": _money,
    "TrialAnswer": _trial,
    "Worlds": _worlds,
}
