"""Charts that say what they found: a table in, matplotlib axes out.

Each function takes a table and, if wanted, axes to draw on, and returns the axes; the
title is the finding, computed from the table. Without axes it makes a figure of
1280 x 720 pixels for a projector, to be written with :func:`save_chart`. No pyplot, no
display, no state.
"""

from simlead.show.charts.claims import claim_chart
from simlead.show.charts.diary import manager_diary
from simlead.show.charts.differences import funnel, growth_and_share, paired_difference
from simlead.show.charts.discover import prim_box
from simlead.show.charts.estimates import batch_means, precision_reached, quantiles, simultaneous, warm_up
from simlead.show.charts.facts import published_facts
from simlead.show.charts.managers import manager_time, manager_week, manager_week_compared
from simlead.show.charts.payback import paid_back
from simlead.show.charts.pipeline import pipeline_over_weeks
from simlead.show.charts.select import selection
from simlead.show.charts.sensitivity import sensitivity
from simlead.show.charts.style import ChartError, save_chart
from simlead.show.charts.surface import surface_map, surface_slices
from simlead.show.charts.twins import twins
from simlead.show.charts.uncertainty import uncertainty

__all__ = [
    "ChartError",
    "batch_means",
    "claim_chart",
    "funnel",
    "growth_and_share",
    "manager_diary",
    "manager_time",
    "manager_week",
    "manager_week_compared",
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
    "surface_map",
    "surface_slices",
    "twins",
    "uncertainty",
    "warm_up",
]
