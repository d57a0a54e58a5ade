"""Scenarios as TOML files: differences from a preset or from another file, as data only.

    from = "coaching"              # optional: a preset, or a file beside this one; status_quo if absent
    effect_sizes = "practitioner"  # optional; an option or evidence if absent

    [stated]                       # optional: what the client counts (`model.stated`)
    quota = 1_200_000

    [policy]                       # a table per group of parameters ...
    role_clarity = 0.7

    [set]                          # ... or dotted paths
    "world.skill_effect" = 0.25

    [[team]]                       # optional: every team in turn, with what it has of its own
    seats = 9
    [[team]]
    buyers_factor = 1.2
    status_quo = {coaching_share = 0.1}

    [rollout]                      # optional: the week in which the policy starts, by team; never in the others
    2 = 0

    [[plan]]                       # a line of the people plan (`model.people_plan`)
    week = 26
    team = 1
    hire = 2

A file is data: it is parsed, checked against the registry, and never executed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simlead.model.firm_file import FirmFile, layer_of
from simlead.model.origin import Origin
from simlead.model.parameters import ParameterError, nearest
from simlead.model.preset_values import PRESETS
from simlead.model.presets import preset
from simlead.model.scenario import Scenario


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Read the scenario that a TOML file describes: `Scenario.load`.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Returns
    -------
    Scenario
        The scenario.

    Raises
    ------
    ParameterError
        As `Scenario.load`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "firm.toml"
    >>> _ = file.write_text('from = "coaching"\\norganisation.teams = 3')
    >>> load_scenario(file).organisation.teams, load_scenario(file).policy.coaching_share
    (3, 0.5)
    """
    return Scenario.load(path)


def firm_named(name: str, effect_sizes: str | None = None, folder: Path | None = None) -> Scenario:
    """The firm of this name: a preset, or a scenario file (in `folder`, where its name is relative).

    `effect_sizes` hold where no file names any. Raises ParameterError for a name that is neither.

    >>> firm_named("coaching").policy.coaching_share
    0.5
    """
    if name in PRESETS:
        return preset(name, effect_sizes or "evidence")
    path = Path(name).expanduser() if folder is None else folder / Path(name).expanduser()
    if path.suffix.lower() == ".toml" or path.is_file():
        return Scenario.load(path, effect_sizes)
    beside = [each.name for each in path.parent.glob("*.toml")][:200] if path.parent.is_dir() else []
    raise ParameterError(f"FIRM {name or repr(name)}: no such preset or file; presets are {' | '.join(PRESETS)}"
                         f"{nearest(name, [*PRESETS, *beside])}")


def scenario_of(content: Mapping[str, Any]) -> Scenario:
    """The scenario that the parsed content of a file (nested tables) describes, if it starts from a preset.

    Raises ParameterError for unknown keys and for values that are not allowed.

    >>> scenario_of({"from": "coaching", "set": {"market.rivals": 3}}).market.rivals
    3
    """
    layer = layer_of(content)
    if layer.start not in PRESETS:
        raise ParameterError(f"from {layer.start!r}: allowed is {' | '.join(PRESETS)}{nearest(layer.start, PRESETS)}")
    return Scenario.built(FirmFile((layer,), Origin(layer.start, layer.effect_sizes or "evidence")))
