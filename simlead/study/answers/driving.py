"""What drives one policy, out of a table of the drivers of all: no part of this loads what runs."""

from __future__ import annotations

import pandas as pd

from simlead.statistics.drivers import main_drivers


def drivers_of(drivers: pd.DataFrame, policy: str, effect_sizes: str, most: int) -> pd.DataFrame:
    """The rows of what clearly drives one policy under one set, the largest share of the variance first."""
    if drivers.empty:
        return drivers
    here = (drivers["policy"] == policy) & (drivers["effect_sizes"] == effect_sizes)
    return main_drivers(drivers[here], most)
