"""A study: one question, asked of one scenario at the points of a design."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import BELIEFS, PRESETS, preset
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.engines import ENGINES, FAST
from simlead.study.parallel import whole_number
from simlead.study.simulate import LARGEST_REPLICATE, LARGEST_SEED
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.factors import shown, switch
from simlead.study.studies.points import DESIGN_COLUMNS as DESIGN_COLUMNS
from simlead.study.studies.points import crossed

DEFAULT_REPLICATIONS = 20


@dataclasses.dataclass(frozen=True)
class Precision:
    """Replicates are added to a point until a measure's interval is narrow enough.

    `half_width` in the measure's unit, or with `relative` as a part of its mean. With
    `against` = "baseline" the interval is that of the paired difference from the baseline
    (relative: as a part of the baseline's mean). From `minimum` to `maximum` replicates.

    >>> Precision("revenue", 0.015, relative=True, against="baseline").maximum
    400
    """

    measure: str
    half_width: float
    relative: bool = False
    against: str | None = None
    minimum: int = 50
    maximum: int = 400
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Check every value."""
        _measure("measure", self.measure)
        _positive("half_width", self.half_width)
        switch("relative", self.relative)
        if self.against not in (None, "baseline"):
            raise ParameterError(f"against = {shown(self.against)}: allowed is baseline, or leave it out")
        whole_number("minimum", self.minimum, 2, LARGEST_REPLICATE)
        whole_number("maximum", self.maximum, 2, LARGEST_REPLICATE)
        if self.maximum < self.minimum:
            raise ParameterError(f"maximum = {self.maximum}: allowed is minimum ({self.minimum}) or more")
        if _positive("confidence", self.confidence) >= 1.0:
            raise ParameterError(f"confidence = {self.confidence}: allowed is above 0 and below 1")


@dataclasses.dataclass(frozen=True)
class Study:
    """What to run: scenario, beliefs, design, how often, with which luck; and what to look at.

    `preset` under each of `beliefs` (names of presets.BELIEFS), changed by `overrides`, is the
    base; each point of the `design` changes it further. Every point has `replications`, or as
    many as `precision` needs: exactly one of the two is set. With `baseline` the base itself is
    run beside the points. `measures` are the names wanted. `seed` names the luck of the runs
    and of the design. `trace_hashes` keeps the hash of every run's trace (slower).

    Raises ParameterError, in one line that begins with the name of what is wrong.

    >>> study = Study(DesignSpec("grid", {}, {"policy.coaching_share": {"low": 0.0, "high": 0.4, "levels": 3}}),
    ...               beliefs=("evidence", "practitioner"))
    >>> study.design_table()["beliefs"].tolist()
    ['evidence', 'evidence', 'evidence', 'practitioner', 'practitioner', 'practitioner']
    """

    design: DesignSpec
    question: str = ""
    name: str = "study"
    preset: str = "status_quo"
    beliefs: tuple[str, ...] = ("evidence",)
    overrides: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    replications: int | None = None
    precision: Precision | None = None
    seed: int = 0
    measures: tuple[str, ...] = ()
    baseline: bool = False
    engine: str = FAST
    trace_hashes: bool = False

    def __post_init__(self) -> None:
        """Check every value; set what was left out."""
        if not isinstance(self.design, DesignSpec):
            raise ParameterError(f"design = {shown(self.design)}: a DesignSpec is needed")
        for name in ("question", "name"):
            if not isinstance(getattr(self, name), str):
                raise ParameterError(f"{name} = {shown(getattr(self, name))}: a text is needed")
        _word("preset", self.preset, PRESETS)
        for word in self._words("beliefs"):
            _word("beliefs", word, BELIEFS)
        if not self.beliefs:
            raise ParameterError(f"beliefs: none named; allowed is {' | '.join(BELIEFS)}")
        for word in self._words("measures"):
            _measure("measures", word)
        self._set("measures", self.measures or tuple(MEASURES))
        _word("engine", self.engine, ENGINES)
        self._set("seed", whole_number("seed", self.seed, 0, LARGEST_SEED))
        switch("baseline", self.baseline)
        switch("trace_hashes", self.trace_hashes)
        self._check_replications()
        if not isinstance(self.overrides, Mapping):
            raise ParameterError(f"overrides = {shown(self.overrides)}: a table by dotted path is needed")
        self._set("overrides", MappingProxyType(self._checked_overrides()))

    def base(self, beliefs: str | None = None) -> Scenario:
        """The scenario under one of the study's belief sets (the first unless named) that points change."""
        return preset(self.preset, beliefs or self.beliefs[0]).change(self.overrides)

    @property
    def factors(self) -> tuple[str, ...]:
        """The dotted paths that the design varies, in its columns' order."""
        return self.design.names

    def design_table(self) -> pd.DataFrame:
        """Every point, a row each: point, beliefs, baseline, then the factors in registry types.

        Points are numbered from 0: all of the first belief set, then all of the second, each
        beginning with the base scenario itself if the study has a baseline (baseline True, the
        factors at the base's own values). Raises ParameterError for a point that makes no
        valid scenario.
        """
        return self._table.copy()

    def values(self) -> dict[str, Any]:
        """The study as plain data that JSON can hold; `from_values` makes the same study of it.

        A table's rows are in it up to design.LARGEST_LISTED_TABLE cells; of a larger one only
        their number and sha256, and `from_values` needs the table beside it.
        """
        found = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {
            **found,
            "beliefs": list(self.beliefs),
            "measures": list(self.measures),
            "overrides": dict(self.overrides),
            "precision": None if self.precision is None else dataclasses.asdict(self.precision),
            "design": self.design.values(),
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any], table: pd.DataFrame | None = None) -> Study:
        """The study that `values()` described.

        `table` is the study's own `design_table()`, kept elsewhere; needed where a table design
        is too large for its rows to stand in the values, and checked against their sha256.
        """
        try:
            return cls._from_values(dict(values), table)
        except ParameterError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ParameterError(f"not the values of a study: {type(error).__name__} {error}") from None

    @classmethod
    def _from_values(cls, found: dict[str, Any], table: pd.DataFrame | None) -> Study:
        if found.get("precision") is not None:
            found["precision"] = Precision(**found["precision"])
        points = None
        if table is not None:
            points = table[(table["beliefs"] == found["beliefs"][0]) & ~table["baseline"]]
            points = points.drop(columns=list(DESIGN_COLUMNS)).reset_index(drop=True)
        found["design"] = DesignSpec.from_values(found["design"], points)
        return cls(**found)

    def hash(self) -> str:
        """Sixteen hexadecimal digits that stand for the runs this study is made of.

        For scenario, beliefs, design, seed, baseline and engine. Not for the question, the
        name, the measures, or how many replicates: the same runs can be looked at anew, and
        more of them can be added.
        """
        values = self.values()
        kept = ("design", "preset", "beliefs", "overrides", "seed", "baseline", "engine")
        text = json.dumps({name: values[name] for name in kept}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def _table(self) -> pd.DataFrame:
        bases = {beliefs: self.base(beliefs) for beliefs in self.beliefs}
        return crossed(self.design.points(self.seed), bases, self.baseline)

    def _checked_overrides(self) -> dict[str, Any]:
        """The overrides in registry types, once the base is a scenario under all beliefs."""
        try:
            values = [self.base(word).values() for word in self.beliefs][0]
        except ParameterError as refusal:
            told = " ".join(str(refusal).splitlines())
            name = told.partition(" ")[0].rstrip(":")
            raise ParameterError(told if name in self.overrides else f"the base scenario: {told}") from None
        return {path: values[path] for path in self.overrides}

    def _check_replications(self) -> None:
        if self.replications is not None and self.precision is not None:
            raise ParameterError("replications and precision: allowed is one of the two")
        if self.precision is None:
            wanted = DEFAULT_REPLICATIONS if self.replications is None else self.replications
            self._set("replications", whole_number("replications", wanted, 1, LARGEST_REPLICATE))
            return
        if not isinstance(self.precision, Precision):
            raise ParameterError(f"precision = {shown(self.precision)}: a Precision is needed")
        if self.precision.against == "baseline" and not self.baseline:
            raise ParameterError('precision.against = "baseline": the study has none; write baseline = true')
        if self.precision.measure not in self.measures:
            raise ParameterError(f"precision.measure = {self.precision.measure!r}: not among the study's measures")

    def _words(self, name: str) -> tuple[Any, ...]:
        """A field that holds a word or several, made a tuple."""
        given = getattr(self, name)
        words = (given,) if isinstance(given, str) else given
        if not isinstance(words, (tuple, list)):
            raise ParameterError(f"{name} = {shown(given)}: a name or a list of names is needed")
        for word in words:
            if list(words).count(word) > 1:
                raise ParameterError(f"{name} has {shown(word)} twice")
        found = tuple(words)
        self._set(name, found)
        return found

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return partial(Study, **{**fields, "overrides": dict(self.overrides)}), ()


def _word(name: str, value: object, known: Iterable[str]) -> None:
    words = list(known)
    if value not in words:
        raise ParameterError(f"{name} = {shown(value)}: allowed is {' | '.join(words)}{nearest(str(value), words)}")


def _measure(name: str, value: object) -> None:
    if value not in list(MEASURES):
        raise ParameterError(f"{name} = {shown(value)}: no such measure{nearest(str(value), MEASURES)}")


def _positive(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e300:
        raise ParameterError(f"{name} = {shown(value)}: allowed is a number above 0")
    return float(value)
