"""Parameters whose values must fit together, each valid by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOGETHER = (
    "policy.coaching_share", "policy.own_selling_share",
    "status_quo.coaching_share", "status_quo.own_selling_share",
    "world.heroic_hours_low", "world.heroic_hours_high",
)
"""The parameters whose values must fit together, each valid by itself."""


def contradiction_in(values: Mapping[str, Any]) -> str:
    """What is wrong with these values together, as the line of a refusal; empty if nothing is.

    `values` has the parameters of TOGETHER by dotted path, each in its own range. Apart from
    Scenario, so that the many points of a design can be checked without making each of them.

    >>> from simlead.model.scenario import Scenario
    >>> values = {path: Scenario().values()[path] for path in TOGETHER}
    >>> contradiction_in(values)
    ''
    >>> contradiction_in({**values, "policy.coaching_share": 0.9})    # doctest: +ELLIPSIS
    'policy.coaching_share + policy.own_selling_share = 1.05: planned shares of one week add ...'
    """
    for prefix in ("policy", "status_quo"):
        total = values[f"{prefix}.coaching_share"] + values[f"{prefix}.own_selling_share"]
        if total > 1.0 + 1e-12:
            return (f"{prefix}.coaching_share + {prefix}.own_selling_share = {total:g}: "
                    "planned shares of one week add to at most 1")
    low, high = values["world.heroic_hours_low"], values["world.heroic_hours_high"]
    if high < low:
        return f"world.heroic_hours_high = {high}: allowed is world.heroic_hours_low ({low}) or more"
    return ""
