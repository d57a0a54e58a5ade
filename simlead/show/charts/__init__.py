"""Charts that say what they found: a table in, matplotlib axes out.

Each function takes a table and, if wanted, axes to draw on, and returns the axes; the
title is the finding, computed from the table. Without axes it makes a figure of
1280 x 720 pixels for a projector, to be written with :func:`save_chart`. No pyplot, no
display, no state.
"""

from simlead.show.charts.differences import funnel, growth_and_share, paired_difference
from simlead.show.charts.managers import manager_time, manager_week, manager_week_compared
from simlead.show.charts.pipeline import pipeline_over_weeks
from simlead.show.charts.style import ChartError, save_chart

__all__ = [
    "ChartError",
    "funnel",
    "growth_and_share",
    "manager_time",
    "manager_week",
    "manager_week_compared",
    "paired_difference",
    "pipeline_over_weeks",
    "save_chart",
]
