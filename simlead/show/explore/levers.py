"""The levers of a policy as a notebook offers them: all that the registry has, the most used ones first."""

from __future__ import annotations

import dataclasses
import math

from simlead.model.parameters import Parameter
from simlead.model.preset_values import PRESETS
from simlead.model.scenario import REGISTRY

GROUP = "policy."
POSITIONS = 20
"""A slider has about so many steps."""

USED_BY = 2
"""A numeric lever that so many presets change stands first."""


@dataclasses.dataclass(frozen=True)
class Lever:
    """A lever: its declaration, and a slider's step (0 for one that is switched or chosen)."""

    line: Parameter
    step: float

    @property
    def path(self) -> str:
        """The dotted path."""
        return self.line.path

    @property
    def is_whole(self) -> bool:
        """Whether its values are whole numbers."""
        return isinstance(self.line.default, int) and not isinstance(self.line.default, bool)


def levers() -> tuple[list[Lever], list[Lever]]:
    """The numeric levers that presets use most, the most used one first, and all others.

    >>> first, others = levers()
    >>> [lever.path for lever in first]   # doctest: +NORMALIZE_WHITESPACE
    ['policy.role_clarity', 'policy.coaching_share', 'policy.accountability', 'policy.own_selling_share']
    >>> "policy.manager_training" in [lever.path for lever in others]
    True
    """
    every = [Lever(line, step_of(line)) for path, line in REGISTRY.items() if path.startswith(GROUP)]
    used = {lever.path: sum(lever.path in changes for changes in PRESETS.values()) for lever in every}
    first = [lever for lever in every if lever.step and used[lever.path] >= USED_BY]
    first.sort(key=lambda lever: -used[lever.path])
    return first, [lever for lever in every if lever not in first]


def step_of(line: Parameter) -> float:
    """The step of a slider: 1, 2 or 5 times a power of ten, a whole number where values are; 0 for no slider.

    >>> step_of(REGISTRY["policy.coaching_share"]), step_of(REGISTRY["policy.adoption_weeks"])
    (0.05, 1.0)
    """
    if line.low is None or line.high is None:
        return 0.0
    if isinstance(line.default, int):
        return 1.0
    wanted = (line.high - line.low) / POSITIONS
    power = 10.0 ** math.floor(math.log10(wanted) + 1e-9)
    return round(max(each for each in (1, 2, 5) if each * power <= wanted * (1 + 1e-9)) * power, 12)
