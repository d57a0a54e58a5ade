"""Measures of your own: functions of a run, given a name, a unit and a meaning.

A measure of your own is asked for by its name (`measures=["revenue", "dormant_deals"]`, in study files
too) once it is registered, by the decorator :func:`measure` or by an entry point of the group
"simlead.measures" of an installed package; or it is handed over as `own_measures={"dormant_deals": function}`.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from typing import Any, TypeAlias, TypeVar

from simlead.model.parameters import ParameterError, nearest
from simlead.results.measures import MEASURES
from simlead.results.registry import NOTHING, Parts

ENTRY_POINTS = "simlead.measures"
"""The group of entry points by which an installed package brings measures: name = "package.module:function"."""

OwnFunction: TypeAlias = Callable[[Any], Any]
"""A function of a :class:`~simlead.Run` that returns one number (a Run names its measures: no type for it here)."""

Function = TypeVar("Function", bound=OwnFunction)

_TAKEN = ("scenario", "point", "replicate", "seed", "events", "tables_hash", "trace_hash", "n", "reached",
          "effect_sizes", "baseline")
"""Columns that stand beside measures in a table of runs or points."""


class OwnMeasureError(ValueError):
    """A measure of your own that returned something other than one finite number or nan."""


@dataclasses.dataclass(frozen=True)
class OwnMeasure:
    """One number about a run by a function of your own.

    `function` takes a :class:`~simlead.Run` and returns a number in `unit`, nan where it is not
    defined. With `trace` the run has its trace, which takes time and memory.
    """

    name: str
    unit: str
    meaning: str
    function: OwnFunction
    trace: bool = False

    def parts(self, run: Any) -> Parts:
        """Compute (value, 1), or (0, 0) for nan, as the model's own measures have numerator and denominator."""
        value = self.function(run)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.inf
        if math.isinf(number):
            raise OwnMeasureError(f"own measure {self.name!r} returned {value!r:.80}: a finite number or nan is needed")
        return NOTHING if math.isnan(number) else (number, 1.0)


_registered: dict[str, OwnMeasure] = {}


def measure(name: str, *, unit: str = "", meaning: str = "", trace: bool = False) -> Callable[[Function], Function]:
    """Register a function of a run as a measure, for this process and the workers that it starts.

    Parameters
    ----------
    name : str
        The measure's name: letters, digits and _; not that of one of the model's measures. A second
        registration under the same name replaces the first.
    unit : str, default ""
        The unit as tables and charts show it, such as "$/year", "deals" or "share".
    meaning : str, default the first line of the function's docstring
        The measure in one line.
    trace : bool, default False
        Whether the function needs the run's trace, which takes time and memory.

    Returns
    -------
    callable
        A decorator that returns the function unchanged.

    Raises
    ------
    ParameterError
        If the name is taken or cannot be a column's name.

    Examples
    --------
    >>> @measure("largest_win", unit="$")
    ... def largest_win(run):
    ...     "Value of the largest deal won."
    ...     return run.opportunities()["won_value"].max()
    >>> registered_measures()["largest_win"].meaning
    'Value of the largest deal won'
    >>> forget_measure("largest_win")
    """
    checked_name(name)

    def register(function: Function) -> Function:
        _registered[name] = _own(name, function, unit, meaning, trace)
        return function

    return register


def registered_measures() -> dict[str, OwnMeasure]:
    """Return the measures registered in this process, by name; those of entry points once they were asked for."""
    return dict(_registered)


def forget_measure(name: str) -> None:
    """Undo a registration; nothing happens if there is none."""
    _registered.pop(name, None)


def measure_named(name: str) -> OwnMeasure | None:
    """Find a measure of your own by name, registered here or by an entry point; None if there is none."""
    if name not in _registered:
        for entry in metadata.entry_points(group=ENTRY_POINTS, name=name):
            function = entry.load()  # its module may use the decorator
            if name not in _registered:
                _registered[name] = _handed_over(checked_name(name), function)
    return _registered.get(name)


def split_measures(
    measures: Iterable[str] | None, own_measures: Mapping[str, OwnFunction] | None = None
) -> tuple[tuple[str, ...], tuple[OwnMeasure, ...]]:
    """Split the measures asked for into the model's (all if `measures` is None) and those of your own.

    Raises ParameterError for a name that is neither, a function that is none, and if nothing is asked for.

    >>> split_measures(["revenue"], {"two": lambda run: 2.0})[1][0].name
    'two'
    """
    own = {each.name: each for each in handed_over(own_measures)}
    if measures is None:
        return tuple(MEASURES), tuple(own.values())
    names = [measures] if isinstance(measures, str) else list(dict.fromkeys(measures))
    for name in names:
        if name not in MEASURES and name not in own:
            found = measure_named(str(name))
            if found is None:
                raise ParameterError(f"measure {name!r}: no such measure{nearest(str(name), known_names())}")
            own[name] = found
    if not names and not own:
        raise ParameterError("measures: at least one is needed")
    return tuple(name for name in names if name in MEASURES), tuple(own.values())


def handed_over(own_measures: Mapping[str, OwnFunction] | None) -> tuple[OwnMeasure, ...]:
    """Check the functions that a caller hands over by name; a registered one keeps its unit and meaning."""
    return tuple(_handed_over(checked_name(name), function) for name, function in (own_measures or {}).items())


def known_names() -> list[str]:
    """List the names that can be asked for: the model's measures, registered ones, and entry points."""
    return list(dict.fromkeys([*MEASURES, *_registered, *metadata.entry_points(group=ENTRY_POINTS).names]))


def checked_name(name: object) -> str:
    """Return the name of a measure of your own, or raise ParameterError for one that is taken or cannot be."""
    if not isinstance(name, str) or not name.isidentifier():
        raise ParameterError(f"own measure {name!r}: a name of letters, digits and _ is needed")
    if name in MEASURES or name in _TAKEN:
        raise ParameterError(f"own measure {name!r}: this name is taken")
    return name


def _handed_over(name: str, function: object) -> OwnMeasure:
    registered = next((known for known in _registered.values() if known.function is function), None)
    return dataclasses.replace(registered, name=name) if registered else _own(name, function, "", "", False)


def _own(name: str, function: object, unit: str, meaning: str, trace: bool) -> OwnMeasure:
    if not callable(function):
        raise ParameterError(f"own measure {name!r} = {function!r}: a function is needed")
    first = inspect.cleandoc(function.__doc__ or "").partition("\n")[0].removesuffix(".")
    return OwnMeasure(name, unit, meaning or first, function, trace)
