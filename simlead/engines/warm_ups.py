"""Runs that share their warm-up: one is stopped at the switch, and others go on from copies of its state.

Scenarios that differ only in what acts from the switch on have the same history up to hour 0,
bit for bit, so a run that goes on from a copy is the whole run.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from simlead.engines import compiled_engine
from simlead.engines.compiled.snapshot import Snapshot
from simlead.engines.compiled.workspace import Workspace
from simlead.engines.contract import Records, no_own_parts
from simlead.model.scenario import Scenario
from simlead.model.switch import until_switch


class WarmUps:
    """The latest warm-ups by the compiled engine, at most `most_bytes` of them and always the last."""

    def __init__(self, most_bytes: int = 0) -> None:
        self.most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Snapshot] = OrderedDict()
        self._lock = threading.Lock()

    def run(
        self, scenario: Scenario, seed: int, replicate: int, trace: bool, processes: Any = (), rules: Any = None
    ) -> Records:
        """Run a scenario once, from its warm-up if that is kept: the records of a whole run, bit for bit."""
        no_own_parts(processes, rules, "compiled")
        if scenario.calendar.warmup_weeks == 0:
            return compiled_engine.run(scenario, seed, replicate, trace)
        workspace = Workspace(scenario, seed, replicate, 0 if trace else None)
        key = (until_switch(scenario), seed, replicate, trace, workspace.places)
        with self._lock:
            snapshot = self._kept.get(key)
            if snapshot is not None:
                self._kept.move_to_end(key)
        if snapshot is not None:
            snapshot.copy_into(workspace)
        elif compiled_engine.walked(workspace, until_switch=True):
            self._keep(key, Snapshot(workspace))
        if compiled_engine.walked(workspace):
            return workspace.records()
        return compiled_engine.run(scenario, seed, replicate, trace)  # with more room for the trace

    def _keep(self, key: Hashable, snapshot: Snapshot) -> None:
        with self._lock:
            self._kept[key] = snapshot
            while len(self._kept) > 1 and sum(each.nbytes for each in self._kept.values()) > self.most_bytes:
                self._kept.popitem(last=False)
