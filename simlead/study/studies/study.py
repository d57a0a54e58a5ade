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

from simlead.model.number import LARGEST_SEED, MOST_REPLICATIONS, whole_number
from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import EFFECT_SIZES, PRESETS, preset
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.results.own_measures import known_names, measure_named
from simlead.results.weekly import checked_weekly
from simlead.study.engines import ENGINES, FAST
from simlead.study.studies.design import DesignSpec
from simlead.study.studies.factors import shown, switch
from simlead.study.studies.points import DESIGN_COLUMNS as DESIGN_COLUMNS
from simlead.study.studies.points import crossed

DEFAULT_REPLICATIONS = 20


@dataclasses.dataclass(frozen=True)
class Precision:
    """Replicates are added to a point until a measure's interval is narrow enough.

    `half_width` in the measure's unit, or with `relative` as a fraction of its mean. With
    `against` = "baseline" the interval is that of the paired difference from the baseline
    (relative: as a fraction of the baseline's mean). From `minimum` to `maximum` replicates.

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
        whole_number("minimum", self.minimum, 2, MOST_REPLICATIONS)
        whole_number("maximum", self.maximum, 2, MOST_REPLICATIONS)
        if self.maximum < self.minimum:
            raise ParameterError(f"maximum = {self.maximum}: allowed is minimum ({self.minimum}) or more")
        if _positive("confidence", self.confidence) >= 1.0:
            raise ParameterError(f"confidence = {self.confidence}: allowed is above 0 and below 1")


@dataclasses.dataclass(frozen=True)
class Study:
    """Describe what to run: scenario, effect sizes, design, how often, with which random numbers; and what to look
    at.

    The base is `preset` under each of `effect_sizes`, changed by `overrides`; each point of the `design` changes it
    further. Exactly one of `replications` and `precision` is set.

    Parameters
    ----------
    design : DesignSpec
        The points.
    question : str
        The question that the study answers.
    name : str
        A short name.
    preset : str
        Name of the preset that the base starts from.
    effect_sizes : tuple of str
        Sets of effect sizes (`simlead.EFFECT_SIZES`).
    overrides : mapping of str to value
        Changes of the preset, by dotted path.
    replications : int, optional
        Replications of each point.
    precision : Precision, optional
        The precision that decides on the number of replications.
    seed : int
        Random seed of the runs and of the design (0 is valid).
    measures : tuple of str
        Names of the measures wanted; all if empty.
    baseline : bool
        Whether the base itself is run beside the points.
    engine : {"compiled", "simpy"}
        The engine.
    trace_hashes : bool
        Whether the hash of every run's trace is saved (slower).
    weekly : tuple of str
        Series by week that are saved of every run.

    Raises
    ------
    ParameterError
        In one line that begins with the name of what is wrong.

    Examples
    --------
    >>> study = Study(DesignSpec("grid", {}, {"policy.coaching_share": {"low": 0.0, "high": 0.4, "levels": 3}}),
    ...               effect_sizes=("evidence", "practitioner"))
    >>> study.design_table()["effect_sizes"].tolist()
    ['evidence', 'evidence', 'evidence', 'practitioner', 'practitioner', 'practitioner']
    """

    design: DesignSpec
    question: str = ""
    name: str = "study"
    preset: str = "status_quo"
    effect_sizes: tuple[str, ...] = ("evidence",)
    overrides: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    replications: int | None = None
    precision: Precision | None = None
    seed: int = 0
    measures: tuple[str, ...] = ()
    baseline: bool = False
    engine: str = FAST
    trace_hashes: bool = False
    weekly: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check every value; set what was left out."""
        if not isinstance(self.design, DesignSpec):
            raise ParameterError(f"design = {shown(self.design)}: a DesignSpec is needed")
        for name in ("question", "name"):
            if not isinstance(getattr(self, name), str):
                raise ParameterError(f"{name} = {shown(getattr(self, name))}: a text is needed")
        _word("preset", self.preset, PRESETS)
        for word in self._words("effect_sizes"):
            _word("effect_sizes", word, EFFECT_SIZES)
        if not self.effect_sizes:
            raise ParameterError(f"effect_sizes: none named; allowed is {' | '.join(EFFECT_SIZES)}")
        for word in self._words("measures"):
            _measure("measures", word)
        self._set("measures", self.measures or tuple(MEASURES))
        _word("engine", self.engine, ENGINES)
        self._set("seed", whole_number("seed", self.seed, 0, LARGEST_SEED))
        switch("baseline", self.baseline)
        switch("trace_hashes", self.trace_hashes)
        self._words("weekly")
        self._set("weekly", checked_weekly(self.weekly))
        self._check_replications()
        if not isinstance(self.overrides, Mapping):
            raise ParameterError(f"overrides = {shown(self.overrides)}: a table by dotted path is needed")
        self._set("overrides", MappingProxyType(self._checked_overrides()))

    def base(self, effect_sizes: str | None = None) -> Scenario:
        """Return the scenario under one of the study's sets of effect sizes that points change.

        Parameters
        ----------
        effect_sizes : str, optional
            The set; the first one if left out.

        Returns
        -------
        Scenario
            The scenario.
        """
        return preset(self.preset, effect_sizes or self.effect_sizes[0]).change(self.overrides)

    @property
    def factors(self) -> tuple[str, ...]:
        """The dotted paths that the design varies, in its columns' order."""
        return self.design.names

    def design_table(self) -> pd.DataFrame:
        """List every point of the design.

        Points are numbered from 0: all of the first set of effect sizes, then all of the second, each beginning with
        the base scenario itself if the study has a baseline (baseline True, the factors at the base's own values).

        Returns
        -------
        pandas.DataFrame
            A row per point: point, effect_sizes, baseline, then the factors in registry types.

        Raises
        ------
        ParameterError
            For a point that makes no valid scenario.
        """
        return self._table.copy()

    def values(self) -> dict[str, Any]:
        """Return the study as plain data that JSON can hold.

        A table's rows are in it up to design.LARGEST_LISTED_TABLE cells; of a larger one only their number and
        sha256, and `from_values` needs the table beside it.

        Returns
        -------
        dict of str to value
            What `from_values` makes the same study of.
        """
        found = {name: list(value) if isinstance(value, tuple) else value for name, value in self._fields().items()}
        precision = None if self.precision is None else dataclasses.asdict(self.precision)
        return {**found, "precision": precision, "design": self.design.values()}

    @classmethod
    def from_values(cls, values: Mapping[str, Any], table: pd.DataFrame | None = None) -> Study:
        """Make the study that `values()` described.

        Parameters
        ----------
        values : mapping of str to value
            What `values()` returned.
        table : pandas.DataFrame, optional
            The study's own `design_table()`, stored elsewhere; needed where a table design is too large for its rows
            to stand in the values, and checked against their sha256.

        Returns
        -------
        Study
            The study.
        """
        try:
            found = dict(values)
            if found.get("precision") is not None:
                found["precision"] = Precision(**found["precision"])
            if table is not None:
                table = table[(table["effect_sizes"] == found["effect_sizes"][0]) & ~table["baseline"]]
                table = table.drop(columns=list(DESIGN_COLUMNS)).reset_index(drop=True)
            return cls(**{**found, "design": DesignSpec.from_values(found["design"], table)})
        except ParameterError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ParameterError(f"not the values of a study: {type(error).__name__} {error}") from None

    def hash(self) -> str:
        """Hash what decides on the runs of this study.

        Scenario, effect sizes, design, seed, baseline and engine count; the question, the name, the measures and the
        number of replicates do not: the same runs can be looked at anew, and more of them can be added.

        Returns
        -------
        str
            Sixteen hexadecimal digits.
        """
        values = self.values()
        kept = ("design", "preset", "effect_sizes", "overrides", "seed", "baseline", "engine")
        text = json.dumps({name: values[name] for name in kept}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def _table(self) -> pd.DataFrame:
        bases = {effect_sizes: self.base(effect_sizes) for effect_sizes in self.effect_sizes}
        return crossed(self.design.points(self.seed), bases, self.baseline)

    def _checked_overrides(self) -> dict[str, Any]:
        """The overrides in registry types, once the base is a scenario under all effect sizes."""
        try:
            base = [self.base(word) for word in self.effect_sizes][0]
        except ParameterError as refusal:
            message = " ".join(str(refusal).splitlines())
            name = message.partition(" ")[0].rstrip(":")
            raise ParameterError(message if name in self.overrides else f"the base scenario: {message}") from None
        return {path: base.value(path) for path in self.overrides}

    def _check_replications(self) -> None:
        if self.replications is not None and self.precision is not None:
            raise ParameterError("replications and precision: allowed is one of the two")
        if self.precision is None:
            wanted = DEFAULT_REPLICATIONS if self.replications is None else self.replications
            self._set("replications", whole_number("replications", wanted, 1, MOST_REPLICATIONS))
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
        return partial(Study, **self._fields()), ()

    def _fields(self) -> dict[str, Any]:
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {**fields, "overrides": dict(self.overrides)}


def _word(name: str, value: object, known: Iterable[str]) -> None:
    words = list(known)
    if value not in words:
        raise ParameterError(f"{name} = {shown(value)}: allowed is {' | '.join(words)}{nearest(str(value), words)}")


def _measure(name: str, value: object) -> None:
    if not isinstance(value, str) or (value not in MEASURES and measure_named(value) is None):
        raise ParameterError(f"{name} = {shown(value)}: no such measure{nearest(str(value), known_names())}")


def _positive(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e300:
        raise ParameterError(f"{name} = {shown(value)}: allowed is a number above 0")
    return float(value)
