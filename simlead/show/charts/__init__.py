"""Charts with their finding as title: from a table to matplotlib axes.

Each function takes a table and, if wanted, axes to draw on, and returns the axes; the
title is the finding, computed from the table. Without axes it makes a figure of
1280 x 720 pixels for a projector, to be written with :func:`save_chart`. No pyplot, no
display, no state.
"""

from typing import Any

from simlead.model.deprecation import warn_renamed
from simlead.show.charts.answers import answer
from simlead.show.charts.attribution import attribution
from simlead.show.charts.axes import save_chart
from simlead.show.charts.base_year import base_year
from simlead.show.charts.claims import claim_chart
from simlead.show.charts.diary import manager_diary
from simlead.show.charts.differences import funnel, growth_and_share, paired_difference
from simlead.show.charts.discover import prim_box
from simlead.show.charts.estimates import batch_means, precision_reached, quantiles, simultaneous
from simlead.show.charts.facts import published_facts
from simlead.show.charts.first_weeks import warm_up
from simlead.show.charts.managers import manager_time, manager_week, manager_week_compared
from simlead.show.charts.money import money
from simlead.show.charts.payback import paid_back
from simlead.show.charts.pipeline import pipeline_over_weeks
from simlead.show.charts.select import selection
from simlead.show.charts.sensitivity import sensitivity
from simlead.show.charts.structures import structures, structures_by_point
from simlead.show.charts.surface import surface_map, surface_slices
from simlead.show.charts.tables import ChartError
from simlead.show.charts.teams import effect_by_team
from simlead.show.charts.trial import trial_map, trial_months, trial_power
from simlead.show.charts.worlds import world_facts

__all__ = [
    "ChartError",
    "answer",
    "attribution",
    "base_year",
    "batch_means",
    "claim_chart",
    "effect_by_team",
    "funnel",
    "growth_and_share",
    "manager_diary",
    "manager_time",
    "manager_week",
    "manager_week_compared",
    "money",
    "paid_back",
    "paired_difference",
    "pipeline_over_weeks",
    "precision_reached",
    "prim_box",
    "published_facts",
    "quantiles",
    "save_chart",
    "selection",
    "sensitivity",
    "simultaneous",
    "structures",
    "structures_by_point",
    "surface_map",
    "surface_slices",
    "trial_map",
    "trial_months",
    "trial_power",
    "warm_up",
    "world_facts",
]


def __getattr__(name: str) -> Any:
    """Resolve an old name with a warning."""
    if name == "uncertainty":
        warn_renamed("simlead.show.charts.uncertainty", "simlead.show.charts.answer")
        return answer
    if name == "twins":
        warn_renamed("simlead.show.charts.twins", "simlead.show.charts.attribution")
        return attribution
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
