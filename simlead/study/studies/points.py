"""A table of points: checked against a scenario, crossed with effect sizes, hashed; and the parts analyses ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.parameters import Parameter, ParameterError, checked, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.team import team_path
from simlead.model.together import TOGETHER, contradiction_in
from simlead.study.studies.factors import plain, shown

LARGEST_DESIGN = 1_000_000
"""Points in the largest design; a larger one is refused before anything is made."""

DESIGN_COLUMNS = ("point", "effect_sizes", "baseline")
"""The columns of a crossed design (`crossed`) before those of its factors."""


def refuse_size(points: int) -> int:
    """The number of points, or a ParameterError if it is more than LARGEST_DESIGN.

    >>> refuse_size(10**40)
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: design: about 10^40 points; allowed is at most 1000000
    """
    if points > LARGEST_DESIGN:
        many = str(points) if points < 10**12 else f"about 10^{len(str(points)) - 1}"
        raise ParameterError(f"design: {many} points; allowed is at most {LARGEST_DESIGN}")
    return points


def checked_design(frame: pd.DataFrame, base: Scenario) -> pd.DataFrame:
    """The design in registry types, once every point is known to be valid in the base scenario.

    Raises ParameterError that names row (counted from 0), column, value and what is allowed,
    and for an empty or too large table. Accepts exactly what `base.change(row)` accepts,
    without making 10^5 scenarios.

    >>> checked_design(pd.DataFrame({"policy.coaching_share": [0.5, 1.5]}), Scenario())    # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: design, row 1 (the first is 0): policy.coaching_share = 1.5: allowed...
    """
    found = checked_columns(frame)
    shared = [path for path in found.columns if path in TOGETHER]
    if shared:
        values = base.values()
        fixed = {path: values[path] for path in TOGETHER}
        combinations = found[shared].drop_duplicates()
        for row, point in zip(combinations.index, combinations.itertuples(index=False, name=None), strict=True):
            contradiction = contradiction_in({**fixed, **dict(zip(shared, point, strict=True))})
            if contradiction:
                raise ParameterError(f"{_at(row)}: {contradiction}")
    _check_teams(found, base)
    return found


_SIZES = ("organisation.teams", "organisation.seats_per_team", "organisation.seat_growth_per_year",
          "calendar.horizon_weeks")


def _check_teams(found: pd.DataFrame, base: Scenario) -> None:
    """Refuse a point whose teams, roll-out or people plan do not fit its firm: a scenario for each combination."""
    bound = [path for path in found.columns if path in _SIZES or team_path(path)]
    if not bound or not (base.stated or base.people_plan or any(map(team_path, bound))):
        return
    combinations = found[bound].drop_duplicates()
    for row, point in zip(combinations.index, combinations.itertuples(index=False, name=None), strict=True):
        try:
            base.change(dict(zip(bound, point, strict=True)))
        except ParameterError as refusal:
            raise ParameterError(f"{_at(row)}: {refusal}") from None


def crossed(points: pd.DataFrame, bases: Mapping[str, Scenario], baseline: bool) -> pd.DataFrame:
    """A design under each of several sets of effect sizes: the table of points that a sweep runs.

    `bases` are the scenarios that the points change, by the name of their effect sizes. Columns are
    DESIGN_COLUMNS (`point` counted from 0 through all effect sizes, `effect_sizes`, `baseline`), then the
    factors. With `baseline` the first point of each set of effect sizes is the base itself. Raises
    ParameterError for what `checked_design` refuses.

    >>> table = pd.DataFrame({"policy.coaching_share": [0.5]})
    >>> crossed(table, {"evidence": Scenario()}, baseline=True).values.tolist()
    [[0, 'evidence', True, 0.2], [1, 'evidence', False, 0.5]]
    """
    parts = []
    for effect_sizes, base in bases.items():
        part = checked_design(points, base)
        if baseline:
            itself = pd.DataFrame({path: [base.value(path)] for path in part.columns})
            part = pd.concat([itself, part], ignore_index=True)
        part.insert(0, "effect_sizes", effect_sizes)
        part.insert(1, "baseline", np.arange(len(part)) < int(baseline))
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "point", np.arange(len(table)))
    return table


def table_hash(frame: pd.DataFrame) -> str:
    """The sha256 of a table's columns and values: the same for tables that make the same runs.

    >>> table_hash(pd.DataFrame({"a": [1.0]})) == table_hash(pd.DataFrame({"a": [1]}))
    False
    """
    digest = hashlib.sha256()
    for name in frame.columns:
        digest.update(json.dumps([str(name), frame[name].tolist()]).encode())
    return digest.hexdigest()


def checked_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """A table of points in registry types, each value allowed by itself.

    Raises ParameterError as `checked_design` does, but for what only a scenario can tell.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ParameterError(f"design = {type(frame).__name__}: a pandas DataFrame of dotted paths is needed")
    if not len(frame.columns):
        raise ParameterError("design: no columns; name at least one parameter by its dotted path")
    if not len(frame):
        raise ParameterError("design: no rows; at least one point is needed")
    refuse_size(len(frame))
    for name in frame.columns:
        if name not in REGISTRY:
            raise ParameterError(f"{plain(name)}: no such parameter{REGISTRY.nearest(str(name))}")
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ParameterError(f"{twice}: a column twice")
    return pd.DataFrame({name: _checked_column(REGISTRY[name], frame[name]) for name in frame.columns})


def _checked_column(line: Parameter, column: pd.Series[Any]) -> pd.Series[Any]:
    """A column in the registry's type; numbers and switches all at once, the rest by distinct value."""
    values = column.to_numpy()
    number = not line.choices and not isinstance(line.default, bool)
    if number and values.dtype.kind in "fiu":
        assert line.low is not None and line.high is not None
        values = values.astype(np.float64) if values.dtype.kind == "f" else values  # compared as it will be kept
        good = (values >= line.low) & (values <= line.high)
        if isinstance(line.default, int):
            good &= values == np.floor(values)
        if not good.all():
            row = int(np.argmin(good))
            _checked_cell(line, row, values[row].item())
        return pd.Series(values.astype(np.int64) if isinstance(line.default, int) else values.astype(np.float64) + 0.0)
    known: dict[tuple[type, Any], Any] = {}
    found = []
    for row, value in enumerate(values.tolist()):
        try:
            key = (type(value), value)
            if key not in known:
                known[key] = _checked_cell(line, row, value)
            found.append(known[key])
        except TypeError:  # not hashable, so nothing that a parameter could be
            raise ParameterError(f"{_at(row)}: {line.path} = {shown(value)}: allowed is {line.allowed}") from None
    return pd.Series(found)


def _checked_cell(line: Parameter, row: int, value: Any) -> Any:
    if value is None or value is pd.NA or value != value:
        raise ParameterError(f"{_at(row)}: {line.path} is missing; allowed is {line.allowed}")
    try:
        return checked(line, value)
    except ParameterError as refusal:
        raise ParameterError(f"{_at(row)}: {refusal}") from None


def _at(row: int) -> str:
    return f"design, row {row} (the first is 0)"


def of_effect_sizes(points: pd.DataFrame, effect_sizes: str | None) -> pd.DataFrame:
    """The points under a set of effect sizes; all of them if they are under one, or tell of none.

    Raises ParameterError for effect sizes that are not there, and if none is named of several.
    """
    if "effect_sizes" not in points.columns:
        return points
    sets = points["effect_sizes"].astype(str)
    known = list(dict.fromkeys(sets))
    if effect_sizes is None and len(known) > 1:
        raise ParameterError(f"effect sizes: the points are of {' and '.join(known)}; name one")
    if effect_sizes is not None and effect_sizes not in known:
        raise ParameterError(f"effect sizes {effect_sizes!r}: allowed is {' | '.join(known)}")
    return points if effect_sizes is None else points[sets == effect_sizes]


def factors_of(points: pd.DataFrame, factors: Iterable[str] | None, also: Sequence[str] = ()) -> list[str]:
    """The names of the factor columns: those named, or every parameter that varies (and `also`, if they do).

    Raises ParameterError for a column that is not there, and if there is none.

    >>> table = pd.DataFrame({"point": [0, 1], "policy.heroics": [1.0, 1.0], "market.rivals": [1, 5]})
    >>> factors_of(table, None)
    ['market.rivals']
    """
    if factors is None:
        columns = [str(name) for name in points.columns if name in REGISTRY or name in also]
        names = [name for name in columns if points[name].nunique() > 1]
    else:
        names = [factors] if isinstance(factors, str) else list(dict.fromkeys(factors))
    for name in names:
        if name not in points.columns:
            raise ParameterError(f"factor {name!r}: the points have no such column{nearest(name, points.columns)}")
    if not names:
        raise ParameterError("factors: the points have no parameter that varies; name the columns")
    return names
