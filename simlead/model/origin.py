"""Where a scenario comes from: what it starts from, what the client stated, and what calibration solved."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simlead.model.stated import STATED


@dataclasses.dataclass(frozen=True)
class Solved:
    """A parameter that calibration solved: its value's 95 % interval over the runs that it was solved on."""

    path: str
    low: float = math.nan
    high: float = math.nan


@dataclasses.dataclass(frozen=True)
class Origin:
    """The start of a scenario, and which of its values were stated and solved. No run depends on it.

    Parameters
    ----------
    preset : str
        The preset that everything starts from.
    effect_sizes : str
        The set of effect sizes.
    named : bool
        Whether a file names the effect sizes, so that an option does not change them.
    files : tuple of Path
        The file that the scenario was read from, the one which that starts from, and so on.
    stated : tuple of (name, value)
        The client's facts (`model.stated.STATED`).
    solved : tuple of Solved
        The parameters that calibration solved.

    Examples
    --------
    >>> Origin(stated=(("quota", 1e6),)).facts
    {'quota': 1000000.0}
    """

    preset: str = "status_quo"
    effect_sizes: str = "evidence"
    named: bool = False
    files: tuple[Path, ...] = ()
    stated: tuple[tuple[str, Any], ...] = ()
    solved: tuple[Solved, ...] = ()

    @property
    def facts(self) -> dict[str, Any]:
        """The client's facts by name."""
        return dict(self.stated)

    @property
    def solved_paths(self) -> tuple[str, ...]:
        """The parameters that calibration solved."""
        return tuple(line.path for line in self.solved)

    def changed(self, paths: Iterable[str]) -> Origin:
        """Return the origin of a scenario in which these parameters have other values: neither stated nor solved.

        >>> Origin(solved=(Solved("world.our_utility"),)).changed(["world.our_utility"]).solved
        ()
        """
        other = {*paths, *("organisation.seats_per_team" for path in paths if path.endswith(".seats"))}
        return dataclasses.replace(
            self, solved=tuple(line for line in self.solved if line.path not in other),
            stated=tuple((name, value) for name, value in self.stated if not other & {*STATED[name].sets}))
