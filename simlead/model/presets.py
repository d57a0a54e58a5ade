"""Named scenarios under a set of effect sizes."""

from __future__ import annotations

import dataclasses

from simlead.model.deprecation import renamed_argument
from simlead.model.origin import Origin
from simlead.model.preset_values import EFFECT_SIZES as EFFECT_SIZES
from simlead.model.preset_values import PRESETS as PRESETS
from simlead.model.preset_values import preset_values
from simlead.model.scenario import Scenario


@renamed_argument("beliefs", "effect_sizes")
def preset(name: str, effect_sizes: str = "evidence") -> Scenario:
    """Return the named scenario under a set of effect sizes, calibrated to its own status quo.

    Parameters
    ----------
    name : str
        A name of `simlead.PRESETS`.
    effect_sizes : {"evidence", "practitioner"}
        The set of effect sizes.

    Returns
    -------
    Scenario
        The scenario.

    Raises
    ------
    ParameterError
        For an unknown preset or set of effect sizes, with the nearest right name.

    Examples
    --------
    >>> preset("coaching").policy.coaching_share
    0.5
    >>> preset("status_quo", "practitioner").world.skill_effect
    0.35
    """
    values = preset_values(name, effect_sizes)
    return dataclasses.replace(Scenario().change(values), origin=Origin(preset=name, effect_sizes=effect_sizes))


def contested() -> list[str]:
    """The assumptions in which the sets of effect sizes differ by what is believed, not by calibration.

    >>> len(contested())
    5
    """
    return sorted({path for changes in EFFECT_SIZES.values() for path in changes})


def effect_sizes_of(scenario: Scenario) -> str:
    """The set of effect sizes whose effects a scenario has, or nothing if they are neither's.

    >>> effect_sizes_of(Scenario()), effect_sizes_of(preset("coaching", "practitioner"))
    ('evidence', 'practitioner')
    """
    values = scenario.values()
    for name in EFFECT_SIZES:
        believed = preset("status_quo", name).values()
        if all(values[path] == believed[path] for path in contested()):
            return name
    return ""
