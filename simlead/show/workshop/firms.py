"""The firms that were described, each calibrated once to its own status quo."""

from __future__ import annotations

import threading

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.show.workshop.experiment import Task
from simlead.show.workshop.levers import Firm, described, is_stock
from simlead.study.calibration import calibrate

REPLICATIONS, ROUNDS = 12, 3
"""Enough for a firm to start near its own status quo; both firms of a pair start from the same numbers."""


class Firms:
    """Scenarios of the firms as they are, by firm and beliefs, shared by all visitors.

    >>> Firms().base(Firm(), "evidence") == Scenario()
    True
    """

    def __init__(self) -> None:
        self._ready: dict[tuple[Firm, str], Scenario] = {}
        self._begun: set[tuple[Firm, str]] = set()
        self.refused: dict[tuple[Firm, str], str] = {}
        self._lock = threading.Lock()

    def base(self, firm: Firm, beliefs: str) -> Scenario | None:
        """The firm as it is, or None until it is calibrated; simlead's own firm ships calibrated."""
        if is_stock(firm):
            return described(firm, beliefs)
        return self._ready.get((firm, beliefs))

    def adopt(self, firm: Firm, beliefs: str, base: Scenario) -> None:
        """Take a base that somebody calibrated before, such as a session that was exported."""
        self._ready[firm, beliefs] = base

    def task(self, firm: Firm, beliefs: str) -> Task | None:
        """The work of calibrating the firm, or None if it is done, refused or somebody is at it."""
        key = firm, beliefs
        with self._lock:
            if is_stock(firm) or key in self._begun or key in self._ready:
                return None
            self._begun.add(key)

        def work() -> None:
            try:
                self._ready[key] = calibrate(described(firm, beliefs), replications=REPLICATIONS, rounds=ROUNDS,
                                             clarity_replications=0, workers=1)
            except ParameterError as refusal:
                self.refused[key] = str(refusal)

        return work
