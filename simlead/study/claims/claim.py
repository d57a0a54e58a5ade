"""What a claim is: a sentence that people say, and an experiment that could refute it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import REGISTRY, Scenario
from simlead.model.sources import SOURCES
from simlead.study.calibration import Targets
from simlead.study.claims.asking import Changes
from simlead.study.claims.firm import Firm
from simlead.study.claims.verdict import Effect, Region

if TYPE_CHECKING:
    import pandas as pd

DETAILS = ("case", "measure", "unit", "mean", "low", "high", "n")
"""The columns of a table of details: what was tried, what was looked at, and what came of it."""


@dataclasses.dataclass(frozen=True)
class Claim:
    """A claim under test.

    `text` is the claim in a sentence, `sources` the bibliography's keys of those who make
    it, `contradicted_by` those of evidence against it; a claim `by_us` is this project's own and
    not the article's. `experiment` tells what is simulated; `supports` and `refutes` the
    criterion in words, `region` in numbers: the values of `effect` (in `unit`) with which
    the claim holds. `assumed` claims are inputs
    of the model: their verdict is "assumed, not tested", and `effect` tests what follows.
    `carried_by` says in a sentence which assumption of the model the verdict leans on, and
    what the experiment cannot tell.

    `effect` and `details` are functions of a :class:`Firm`; `programme` is the policy whose
    payback is told, against `against` (the status quo), and `programme_name` what it is called;
    `candidates` are the parameters of world, market
    and organisation that might turn the verdict; `beginning` says which status quo the
    experiment begins from, where that is not the default firm's, and `targets` what such a
    firm shows in its base year, to which changed worlds are calibrated.

    Raises ParameterError for a source or candidate that does not exist.
    """

    number: int
    key: str
    text: str
    sources: tuple[str, ...]
    experiment: str
    supports: str
    refutes: str
    region: Region
    measure: str
    unit: str
    effect: Callable[[Firm], Effect]
    details: Callable[[Firm], pd.DataFrame]
    candidates: tuple[str, ...]
    programme: Changes = dataclasses.field(default_factory=dict)
    against: Changes = dataclasses.field(default_factory=dict)
    programme_name: str = "the programme"
    carried_by: str = ""
    assumed: bool = False
    by_us: bool = False
    contradicted_by: tuple[str, ...] = ()
    beginning: Callable[[str], Scenario] | None = None
    targets: Targets = dataclasses.field(default_factory=Targets)

    def __post_init__(self) -> None:
        """Refuse a claim that points at nothing."""
        for key in (*self.sources, *self.contradicted_by):
            if key not in SOURCES:
                raise ParameterError(f"claim {self.key}: no source {key}{nearest(key, SOURCES)}")
        for path in (*self.candidates, *self.programme, *self.against):
            if path not in REGISTRY:
                raise ParameterError(f"claim {self.key}: no parameter {path}{nearest(path, REGISTRY)}")
