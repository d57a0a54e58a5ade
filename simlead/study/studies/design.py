"""Designs: the points of a study, by one function per kind, and as a description.

A function (`grid`, `latin_hypercube`, `sobol`, `morris`, `factorial`, `table_design`) makes a
table of points; a `DesignSpec` says which function with what, as a study file does.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import REGISTRY
from simlead.study.studies import kinds
from simlead.study.studies.factors import Factor as Factor
from simlead.study.studies.factors import FactorLike, checked_factors, plain, shown
from simlead.study.studies.kinds import factorial as factorial
from simlead.study.studies.kinds import grid as grid
from simlead.study.studies.kinds import latin_hypercube as latin_hypercube
from simlead.study.studies.kinds import morris as morris
from simlead.study.studies.kinds import sobol as sobol
from simlead.study.studies.kinds import table_design as table_design
from simlead.study.studies.points import LARGEST_DESIGN as LARGEST_DESIGN
from simlead.study.studies.points import checked_design as checked_design
from simlead.study.studies.points import table_hash as table_hash

LARGEST_LISTED_TABLE = 10_000
"""Cells up to which a table design's rows stand in a study's values; of a larger one, their hash."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """How a kind of design is made, the settings that it needs, and the defaults of the others."""

    make: Callable[..., pd.DataFrame]
    size: Callable[..., int]
    needed: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    seeded: bool = True


KINDS: dict[str, Kind] = {
    "grid": Kind(grid, kinds.grid_size, seeded=False),
    "latin_hypercube": Kind(latin_hypercube, kinds.latin_hypercube_size, ("points",)),
    "sobol": Kind(sobol, kinds.sobol_size, ("points",), {"second_order": False}),
    "morris": Kind(morris, kinds.morris_size, ("trajectories",), {"levels": 4}),
    "factorial": Kind(factorial, kinds.factorial_size, (), {"resolution": None, "centre": False}, seeded=False),
}
"""The kinds of design that are made of factors; the kind `table` lists its points."""

TABLE = "table"


@dataclasses.dataclass(frozen=True, eq=False)
class DesignSpec:
    """Which points: a kind, its settings, and the factors by dotted path; or a table of points.

    Of a `table` the settings tell the number of rows and their sha256 (`of_table`). Raises
    ParameterError, before a point is made, for what the kind's function would refuse.

    >>> spec = DesignSpec("grid", {}, {"policy.coaching_share": {"low": 0.0, "high": 0.5, "levels": 2}})
    >>> spec.size, spec.points(seed=0)["policy.coaching_share"].tolist()
    (2, [0.0, 0.5])
    """

    kind: str
    settings: Mapping[str, Any]
    factors: Mapping[str, FactorLike]
    table: pd.DataFrame | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check kind, settings, factors and size; fill in what is taken for granted."""
        if self.kind == TABLE:
            if self.table is None:
                raise ParameterError("design: a table without its points; DesignSpec.of_table(frame) has them")
            points = table_design(self.table)
            self._set("table", points)
            self._set("settings", MappingProxyType({"rows": len(points), "sha256": table_hash(points)}))
            self._set("factors", MappingProxyType({}))
            return
        kind = KINDS.get(self.kind) if isinstance(self.kind, str) else None
        if kind is None:
            known = [*KINDS, TABLE]
            raise ParameterError(f"kind = {shown(self.kind)}: allowed is {' | '.join(known)}"
                                 f"{nearest(str(self.kind), known)}")
        if self.table is not None:
            raise ParameterError(f"design: a {self.kind} has factors, no table of points")
        if not isinstance(self.settings, Mapping):
            raise ParameterError(f"design = {shown(self.settings)}: a table of settings is needed")
        names = [*kind.needed, *kind.defaults]
        for name in self.settings:
            if name not in names:
                raise ParameterError(f"design.{plain(name)}: a {self.kind} has no such key; allowed is "
                                     f"{' | '.join(['kind', *names, 'factors'])}{nearest(str(name), names)}")
        for name in kind.needed:
            if name not in self.settings:
                raise ParameterError(f"design: {name} is missing; a {self.kind} needs it")
        for name in self.factors if isinstance(self.factors, Mapping) else ():
            if name not in REGISTRY:
                raise ParameterError(f"{plain(name)}: no such parameter{REGISTRY.nearest(str(name))}")
        factors = checked_factors(self.factors)
        settings = {
            name: value.item() if hasattr(value, "item") else value  # numpy's numbers are not JSON's
            for name, value in {**kind.defaults, **self.settings}.items()}
        kind.size(factors, **settings)
        self._set("factors", MappingProxyType(factors))
        self._set("settings", MappingProxyType(settings))

    @classmethod
    def of_table(cls, frame: pd.DataFrame) -> DesignSpec:
        """The design of the points that a table lists, such as `design.table_design` reads.

        >>> DesignSpec.of_table(pd.DataFrame({"policy.coaching_share": [0.1, 0.5]})).size
        2
        """
        return cls(TABLE, {}, {}, frame)

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted paths that the design varies, in its columns' order."""
        return tuple(self.factors if self.table is None else self.table.columns)

    @property
    def size(self) -> int:
        """The number of points."""
        return KINDS[self.kind].size(self.factors, **self.settings) if self.table is None else len(self.table)

    def points(self, seed: int) -> pd.DataFrame:
        """The design's table, a column per factor and a row per point."""
        if self.table is not None:
            return self.table.copy()
        kind = KINDS[self.kind]
        seeded = {"seed": seed} if kind.seeded else {}
        return kind.make(self.factors, **self.settings, **seeded)

    def values(self) -> dict[str, Any]:
        """Kind, settings and factors as plain data; a table's columns too if they are not large.

        Factors and columns are lists of (name, what it is), for their order numbers the points.
        """
        found: dict[str, Any] = {"kind": self.kind, "settings": dict(self.settings)}
        if self.table is None:
            return {**found, "factors": [[name, _as_values(factor)] for name, factor in self.factors.items()]}
        if self.table.size <= LARGEST_LISTED_TABLE:
            found["columns"] = [[name, self.table[name].tolist()] for name in self.table.columns]
        return found

    @classmethod
    def from_values(cls, values: Mapping[str, Any], table: pd.DataFrame | None = None) -> DesignSpec:
        """The design that `values()` described; `table` are the points of one too large to be listed.

        Raises ParameterError if they are needed and missing, or are other points.
        """
        if values["kind"] != TABLE:
            return cls(values["kind"], values["settings"], dict(values["factors"]))
        if "columns" in values:
            table = pd.DataFrame(dict(values["columns"]))
        if table is None:
            raise ParameterError("design: the points of this table are kept apart from the study, and are needed")
        found = cls.of_table(table)
        if dict(found.settings) != dict(values["settings"]):
            raise ParameterError("design: these are not the points that the study describes")
        return found

    def __eq__(self, other: object) -> bool:
        """Whether both make the same points in the same order."""
        if not isinstance(other, DesignSpec):
            return NotImplemented
        return (self.kind, dict(self.settings), list(self.factors.items())) == (
            other.kind, dict(other.settings), list(other.factors.items()))

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return DesignSpec, (self.kind, dict(self.settings), dict(self.factors), self.table)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def _as_values(factor: FactorLike) -> dict[str, Any]:
    return factor.as_values() if isinstance(factor, Factor) else dict(factor)
