"""Which charts a comparison gets, and the file of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from simlead.model.scenario import Scenario
from simlead.show.charts import (
    funnel,
    growth_and_share,
    manager_time,
    manager_week_compared,
    paired_difference,
    pipeline_over_weeks,
    save_chart,
)


def draw_comparison(table: pd.DataFrame, scenarios: Mapping[str, Scenario], folder: Path) -> list[Path]:
    """Draw the charts that a comparison's table has the numbers for; returns their files."""
    drawn = {
        "growth_and_share.png": growth_and_share(table),
        "funnel.png": funnel(table),
        "manager_time.png": manager_time(manager_week_compared(table, scenarios)),
    }
    if len(scenarios) > 1:
        drawn["paired_difference.png"] = paired_difference(table)
    return [save_chart(chart, folder / name) for name, chart in drawn.items()]


def draw_pipeline(weeks: pd.DataFrame, folder: Path) -> Path:
    """Draw the pipeline over the weeks."""
    return save_chart(pipeline_over_weeks(weeks), folder / "pipeline.png")
