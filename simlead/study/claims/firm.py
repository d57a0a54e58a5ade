"""The firm that a claim is tested on."""

from __future__ import annotations

import dataclasses
from typing import Any

from simlead.model.scenario import Scenario
from simlead.study.claims.asking import Asking, Changes
from simlead.study.claims.runs import Runs
from simlead.study.estimation.estimates import CONFIDENCE


@dataclasses.dataclass(frozen=True, eq=False)
class Firm:
    """A status quo that a claim is tested on: under one belief set, in one world, with so much luck.

    `replications` are those of the effect, `details` those of each further case;
    `confidence` is that of the effect's interval. `leave_out` names replicates that the
    effect goes without, which a jackknife asks for; runs that are asked for by their number
    (a pilot's, say) stay whole.
    """

    asking: Asking
    base: Scenario
    beliefs: str
    replications: int
    details: int
    confidence: float = CONFIDENCE
    leave_out: frozenset[int] = frozenset()
    _asked: dict[Any, tuple[Scenario, list[Runs]]] = dataclasses.field(default_factory=dict, repr=False)
    # A jackknife asks for the same runs over and over, and to name a scenario takes a while.

    def runs(self, *changes: Changes, replications: int | None = None) -> list[Runs]:
        """The runs of the status quo with these changes each; an empty mapping is the status quo."""
        count = replications or self.replications
        key = id(self.base), count, tuple(tuple(sorted(change.items())) for change in changes)
        if key not in self._asked:  # with the base itself, so that its id is nobody else's
            self._asked[key] = self.base, self.asking.several([self.base.change(change) for change in changes], count)
        found = self._asked[key][1]
        if replications is not None or not self.leave_out:
            return found
        return [Runs(runs.scenario, tuple(seen for number, seen in enumerate(runs.seen)
                                          if number not in self.leave_out)) for runs in found]

    def change(self, changes: Changes) -> Firm:
        """The firm with another status quo: organisation, market or world changed."""
        return dataclasses.replace(self, base=self.base.change(changes))

    def smaller(self) -> Firm:
        """The firm asked with the replicates of the details."""
        return dataclasses.replace(self, replications=self.details)
