"""Numbers and names as a sentence about a surface says them."""

from __future__ import annotations

import math


def spoken(value: float, step: float) -> str:
    """A number with the decimals that a step of that size needs, two digits of it.

    >>> spoken(0.43712, 0.2), spoken(44871234.0, 600000.0), spoken(0.0, 0.1)
    ('0.44', '44,870,000', '0.00')
    """
    if not (math.isfinite(value) and math.isfinite(step)):
        return f"{value:g}"
    decimals = 1 - math.floor(math.log10(abs(step))) if step else 6
    rounded = round(value, decimals) + 0.0
    return f"{rounded:,.{max(decimals, 0)}f}" if step else f"{rounded:g}"


def short_name(path: str) -> str:
    """A factor or measure as people say it.

    >>> short_name("policy.coaching_share")
    'coaching share'
    """
    return path.rpartition(".")[2].replace("_", " ")
