"""Firms as visitors described them, each calibrated once to its own status quo."""

from __future__ import annotations

import threading

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.show.workshop.levers import Firm, described, is_stock
from simlead.study.calibration import calibrate
from simlead.study.growing.experiment import Task

REPLICATIONS, ROUNDS = 12, 3
"""Enough for a firm to start near its own status quo; both runs of a pair start from the same values."""


class Firms:
    """Scenarios of the firms as they are, by firm and effect sizes, shared by all visitors.

    `first` is the firm that visitors start with.
    """

    def __init__(self, first: Firm | None = None) -> None:
        self.first = Firm() if first is None else first
        self._ready: dict[tuple[Firm, str], Scenario] = {}
        self._begun: set[tuple[Firm, str]] = set()
        self.refused: dict[tuple[Firm, str], str] = {}
        self._lock = threading.Lock()

    def base(self, firm: Firm, effect_sizes: str) -> Scenario | None:
        """The firm as it is, or None until it is calibrated; one that was given as a scenario is taken as it is."""
        if is_stock(firm):
            return described(firm, effect_sizes)
        return self._ready.get((firm, effect_sizes))

    def adopt(self, firm: Firm, effect_sizes: str, base: Scenario) -> None:
        """Take over a calibrated base, such as that of an exported session."""
        self._ready[firm, effect_sizes] = base

    def task(self, firm: Firm, effect_sizes: str) -> Task | None:
        """The task of calibrating the firm, or None if it is done, refused or in progress."""
        key = firm, effect_sizes
        with self._lock:
            if is_stock(firm) or key in self._begun or key in self._ready:
                return None
            self._begun.add(key)

        def work() -> None:
            try:
                self._ready[key] = calibrate(described(firm, effect_sizes), replications=REPLICATIONS, rounds=ROUNDS,
                                             clarity_replications=0, workers=1)
            except ParameterError as refusal:
                self.refused[key] = str(refusal)

        return work
