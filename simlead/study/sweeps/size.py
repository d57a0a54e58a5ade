"""The memory that the runs of a sweep need at once."""

from __future__ import annotations

from simlead.engines.size import bytes_needed, refuse_too_large
from simlead.study.sweeps.plan import Plan

SIZES = ("organisation.teams", "organisation.seats_per_team", "organisation.seat_growth_per_year",
         "calendar.warmup_weeks", "calendar.horizon_weeks", "market.opportunities_per_seat_year",
         "market.growth_per_year", "market.growth_in_number_share")
"""The parameters that the size of a run depends on."""


def refuse_points_too_large(plan: Plan, workers: int) -> None:
    """Raise ParameterError if the largest run, once for each worker, needs more memory than there is."""
    factors = [path for path in SIZES if path in plan.study.factors]
    sizes = plan.design[factors].drop_duplicates().to_dict("records") if factors else [{}]
    scenarios = [base.change({str(path): value for path, value in size.items()})
                 for base in plan.order.bases.values() for size in sizes]
    largest = max(scenarios, key=bytes_needed)
    study = plan.study
    replications = study.replications if study.precision is None else study.precision.minimum
    at_once = min(workers, len(plan.design) * (replications or 1))
    refuse_too_large(largest, plan.order.outcomes.trace, plan.order.engine, at_once)
