"""The engines by name, loaded when first asked for."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any, Protocol, cast

from simlead.engines.contract import Records
from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario
from simlead.study.sweeps.interruptions import undisturbed

ENGINES: dict[str, str] = {
    "simpy": "simlead.engines.simpy_engine",
    "compiled": "simlead.engines.compiled_engine",
}
"""Name -> module; each module has a function `run` as :class:`Engine` describes it."""

REFERENCE = "simpy"
"""The engine to read and extend; the default for one run, which may have processes of its own."""

FAST = "compiled"
"""The engine to wait for; the default wherever many runs are made. Its traces are the same bits."""


_log = logging.getLogger(__name__)


class Engine(Protocol):
    """What every engine is: a function from a scenario, a seed and a replicate to records."""

    def __call__(
        self, scenario: Scenario, seed: int, replicate: int, trace: bool, processes: Any = (), rules: Any = None, /
    ) -> Records:
        """Run the scenario once."""


def known_engine(name: str) -> str:
    """The name, if there is such an engine; ParameterError with the nearest name otherwise.

    >>> known_engine("simpi")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: engine 'simpi': allowed is simpy | compiled; did you mean simpy?
    """
    if name not in ENGINES:
        raise ParameterError(
            f"engine {name!r}: allowed is {' | '.join(ENGINES)}{nearest(str(name), ENGINES)}")
    return name


def warm_up_compiler(name: str) -> None:
    """Compile an engine in this process, so that workers find it in the cache."""
    smallest = Scenario().change({
        "organisation.teams": 1, "organisation.seats_per_team": 1,
        "calendar.warmup_weeks": 1, "calendar.horizon_weeks": 1})
    _log.debug("%s engine: loaded, or compiled the first time", name)
    with undisturbed():  # the compiler's library calls back, and an exception there is fatal
        engine_named(name)(smallest, 0, 0, False)


def engine_for(name: str, warm_ups: Sequence[Hashable]) -> Engine:
    """An engine for runs with these warm-ups, one after another: neighbours with the same share it.

    The SimPy engine makes whole runs; the results are the same bits.
    """
    if known_engine(name) != FAST or not any(one == other for one, other in pairwise(warm_ups)):
        return engine_named(name)
    from simlead.engines.warm_ups import WarmUps

    return WarmUps().run


def keeping_engine(most_bytes: int) -> Engine:
    """The compiled engine with a memory of this size for warm-ups, so that runs go on from those made before."""
    from simlead.engines.warm_ups import WarmUps

    return WarmUps(most_bytes).run


def engine_named(name: str) -> Engine:
    """The engine of that name; loading it may compile the rules once."""
    return cast(Engine, import_module(ENGINES[known_engine(name)]).run)
