"""What a sweep is to make: a study, with functions of your own, as something that workers can be told."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.model.presets import BELIEFS, preset
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.engines import REFERENCE
from simlead.study.simulate import checked_scenario
from simlead.study.studies.design import DesignSpec, table_hash
from simlead.study.studies.factors import shown
from simlead.study.studies.study import DESIGN_COLUMNS, Study
from simlead.study.sweeps.fingerprint import fingerprint
from simlead.study.sweeps.identity import code_identity
from simlead.study.sweeps.work import Order, OwnMeasure, Point

_RESERVED = ("point", "replicate", "seed", "events", "tables_hash", "trace_hash", "n", "reached", *DESIGN_COLUMNS)


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
        return [Point(beliefs, dict(zip(factors, values, strict=True)))
                for beliefs, *values in zip(rows["beliefs"].tolist(), *columns, strict=True)]

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
            "measures": list(order.measures),
            "trace_hashes": order.trace_hashes,
            "own_measures": {name: fingerprint(function) for name, function in order.own_measures.items()},
            "processes": [fingerprint(process) for process in order.processes],
            **code_identity(),
            "scenarios": {beliefs: base.values() for beliefs, base in order.bases.items()},
        }

    def key(self) -> str:
        """Sixteen hexadecimal digits that stand for the identity and the design."""
        text = json.dumps([self.identity, table_hash(self.design)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def plan_of(
    study: Study, processes: Sequence[Any] = (), own_measures: Mapping[str, OwnMeasure] | None = None
) -> Plan:
    """The plan of a study.

    Raises ParameterError for processes on an engine that has none, and for own functions
    that are none or have a name that is taken.
    """
    processes, own = tuple(processes), _checked_own(own_measures or {})
    if processes and study.engine != REFERENCE:
        raise ParameterError(f"engine {study.engine!r} runs no processes of your own; allowed is {REFERENCE!r}")
    _all_callable({f"process {number}": process for number, process in enumerate(processes)})
    order = Order(
        bases={beliefs: study.base(beliefs) for beliefs in study.beliefs},
        seed=study.seed,
        engine=study.engine,
        measures=study.measures,
        own_measures=own,
        processes=processes,
        trace_hashes=study.trace_hashes,
    )
    _can_be_sent(order)
    return Plan(study, study.design_table(), order)


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

    With a `scenario` the points change that one; its beliefs are those whose status quo it
    differs least from. `settings` are other fields of a Study.

    >>> import pandas
    >>> table = pandas.DataFrame({"policy.role_clarity": [0.5, 0.9]})
    >>> study = study_of_table(table, preset("coaching", "practitioner"), replications=4)
    >>> study.beliefs, study.overrides["policy.coaching_share"]
    (('practitioner',), 0.5)
    """
    if scenario is not None:
        if settings.get("beliefs") is not None:
            raise ParameterError("scenario and beliefs: allowed is one of them; beliefs change the status quo")
        changes = {
            beliefs: preset("status_quo", beliefs).differences(checked_scenario(scenario)) for beliefs in BELIEFS}
        nearest = min(changes, key=lambda beliefs: len(changes[beliefs]))
        settings["beliefs"] = (nearest,)
        settings["overrides"] = {path: value for path, (_, value) in changes[nearest].items()}
    return Study(DesignSpec.of_table(table), **{name: value for name, value in settings.items() if value is not None})


def _checked_own(own: Mapping[str, OwnMeasure]) -> dict[str, OwnMeasure]:
    for name in own:
        if not isinstance(name, str) or not name.isidentifier():
            raise ParameterError(f"own measure {name!r}: a name of letters, digits and _ is needed")
        if name in MEASURES or name in _RESERVED:
            raise ParameterError(f"own measure {name!r}: this name is taken")
    _all_callable({f"own measure {name!r}": function for name, function in own.items()})
    return dict(own)


def _all_callable(things: Mapping[str, Callable[..., Any]]) -> None:
    for name, thing in things.items():
        if not callable(thing):
            raise ParameterError(f"{name} = {thing!r}: a function is needed")


def _can_be_sent(order: Order) -> None:
    """Refuse functions that cannot be sent to a worker before any run is made."""
    if not (order.processes or order.own_measures):
        return  # and nothing to load for it
    import cloudpickle

    things = order.own_measures | {f"process {number}": process for number, process in enumerate(order.processes)}
    for name, thing in things.items():
        try:
            cloudpickle.dumps(thing)
        except Exception as trouble:
            raise ParameterError(" ".join(f"{name} cannot be sent to workers: {trouble}".split())) from None
