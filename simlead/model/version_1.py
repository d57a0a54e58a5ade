"""The firms of version 1 of the model, as release 0.1.0 shipped them, so that old answers can be made again."""

from __future__ import annotations

import json
from importlib import resources

from simlead.model.parameters import ParameterError, nearest
from simlead.model.scenario import Scenario, stored_values

MODEL_VERSION = 2
"""The version of the model's science: results of another one are not those of these defaults."""


def version_1(effect_sizes: str = "evidence", firm: str = "default") -> Scenario:
    """Return a firm of version 1 under its status quo, every later mechanism at its neutral value.

    Its runs are those of release 0.1.0 bit for bit. `effect_sizes` is evidence or practitioner, `firm` default or
    construction_group; a preset's policy is put on top with `change(PRESETS[name])`.

    >>> version_1().market.deal_value_sigma, version_1("practitioner").world.skill_effect
    (0.8, 0.35)
    """
    known = json.loads(
        resources.files("simlead").joinpath("data/version_1.json").read_text(encoding="utf-8"))
    name = f"{firm}.{effect_sizes}"
    if name not in known:
        raise ParameterError(f"version 1: no firm {name!r}; allowed is {' | '.join(known)}{nearest(name, known)}")
    return Scenario().change(stored_values(known["default.evidence"] | known[name]))
