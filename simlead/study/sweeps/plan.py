"""The plan of a sweep: a study with functions of your own, in a form that can be sent to workers."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.model.parameters import ParameterError
from simlead.model.presets import EFFECT_SIZES, preset
from simlead.model.scenario import Scenario
from simlead.model.switch import acts_before_switch
from simlead.results.measures import undefined_in_words
from simlead.study.runner import checked_outcomes, checked_processes, undefined_in_all
from simlead.study.simulate import checked_scenario
from simlead.study.studies.design import DesignSpec, table_hash
from simlead.study.studies.factors import shown
from simlead.study.studies.study import Study
from simlead.study.sweeps.fingerprint import fingerprint
from simlead.study.sweeps.identity import code_identity
from simlead.study.sweeps.work import Order, OwnMeasure, Point

CALENDAR = ("calendar.warmup_weeks", "calendar.horizon_weeks")


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """A sweep before it is run: `design` is the study's table of points, `order` what all runs share."""

    study: Study
    design: pd.DataFrame
    order: Order

    def points(self, first: int, last: int) -> list[Point]:
        """The points with these numbers, both included."""
        rows = self.design.iloc[first:last + 1]
        factors = self.study.factors
        columns = [rows[path].tolist() for path in factors]  # tolist: Python's own numbers, not numpy's
        return [Point(effect_sizes, dict(zip(factors, values, strict=True)))
                for effect_sizes, *values in zip(rows["effect_sizes"].tolist(), *columns, strict=True)]

    def ends_of_warm_ups(self) -> NDArray[np.int64]:
        """For each point the last of those from it on that share their warm-up: one worker makes them together."""
        before = [path for path in self.study.factors if acts_before_switch(path)]
        values = self.design[["effect_sizes", *before]]
        first = np.flatnonzero((values != values.shift()).any(axis=1))
        counts = np.diff(np.append(first, len(values)))
        return np.repeat(first + counts - 1, counts)

    @property
    def undefined(self) -> str:
        """Which measures need a year that no point's calendar holds, in one line; empty if none does."""
        return undefined_of(self.study, self.design, self.order.outcomes.names)

    def for_store(self, key: str) -> Plan:
        """The plan, its results marked as a store's."""
        return Plan(self.study, self.design, dataclasses.replace(self.order, store=key))

    @functools.cached_property
    def identity(self) -> dict[str, Any]:
        """All that a run's row depends on besides its point and replicate, in plain values."""
        order = self.order
        return {
            "seed": order.seed,
            "engine": order.engine,
            "measures": list(order.outcomes.measures),
            "trace_hashes": order.outcomes.trace_hash,
            "weekly": list(order.outcomes.weekly),
            "own_measures": {own.name: fingerprint(own.function) for own in order.outcomes.own_measures},
            "processes": [fingerprint(process) for process in order.processes],
            **code_identity(),
            "scenarios": {effect_sizes: base.values() for effect_sizes, base in order.bases.items()},
        }

    def key(self, with_design: bool = True) -> str:
        """Sixteen hexadecimal digits that stand for the identity and, unless points may be added, the design."""
        text = json.dumps([self.identity, table_hash(self.design) if with_design else "points are added"],
                          sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def plan_of(
    study: Study, processes: Sequence[Any] = (), own_measures: Mapping[str, OwnMeasure] | None = None,
    weekly: Sequence[str] = (),
) -> Plan:
    """The plan of a study.

    Raises ParameterError for processes on an engine that has none, and for own functions
    that are none or have a name that is taken.
    """
    order = Order(
        bases={effect_sizes: study.base(effect_sizes) for effect_sizes in study.effect_sizes},
        seed=study.seed,
        engine=study.engine,
        outcomes=checked_outcomes(
            study.measures, own_measures, weekly or study.weekly, hashes=True, trace_hash=study.trace_hashes),
        processes=checked_processes(processes, study.engine),
    )
    plan = Plan(study, study.design_table(), order)
    undefined_of(study, plan.design, order.outcomes.names, refuse=True)
    return plan


def undefined_of(study: Study, design: pd.DataFrame, names: Sequence[str], *, refuse: bool = False) -> str:
    """Say which measures need a year that no point's calendar holds; with `refuse`, refuse if all do."""
    weeks = {path: int(design[path].max()) for path in CALENDAR if path in design.columns}
    longest = [study.base(effect_sizes).change(weeks) for effect_sizes in study.effect_sizes]
    return undefined_in_words(undefined_in_all(names, longest, refuse=refuse))


def asked(study: Study | pd.DataFrame, **settings: Any) -> Study:
    """The study that is asked for: a Study says everything itself, a table needs `settings`."""
    if isinstance(study, pd.DataFrame):
        return study_of_table(study, **settings)
    if not isinstance(study, Study):
        raise ParameterError(f"study = {shown(study)}: a Study (see load_study) or a DataFrame is needed")
    for name, value in settings.items():
        if value is not None:
            raise ParameterError(f"{name}: a Study says this itself; allowed only beside a table")
    return study


def study_of_table(table: pd.DataFrame, scenario: Scenario | None, **settings: Any) -> Study:
    """The study of the points that a table of dotted paths lists.

    With a `scenario` the points change that one; its effect sizes are those whose status quo it
    differs least from. `settings` are other fields of a Study.

    >>> import pandas
    >>> table = pandas.DataFrame({"policy.role_clarity": [0.5, 0.9]})
    >>> study = study_of_table(table, preset("coaching", "practitioner"), replications=4)
    >>> study.effect_sizes, study.overrides["policy.coaching_share"]
    (('practitioner',), 0.5)
    """
    if scenario is not None:
        if settings.get("effect_sizes") is not None:
            raise ParameterError(
                "scenario and effect sizes: allowed is one of them; effect sizes change the status quo")
        checked = checked_scenario(scenario)
        changes = {name: preset("status_quo", name).differences(checked) for name in EFFECT_SIZES}
        nearest = min(changes, key=lambda name: len(changes[name]))
        settings["effect_sizes"] = (nearest,)
        settings["overrides"] = {path: value for path, (_, value) in changes[nearest].items()}
    return Study(DesignSpec.of_table(table), **{name: value for name, value in settings.items() if value is not None})
