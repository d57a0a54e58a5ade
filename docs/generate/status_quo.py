"""What the status quo has to show, and how large and long the model's world is."""

from __future__ import annotations

from simlead.model import units
from simlead.model.scenario import REGISTRY
from simlead.study.facts import FACTS, FADING

from .markdown import escaped, link, table


def patterns() -> str:
    """The published facts that the status quo is held to, together."""
    rows = []
    for fact in (*FACTS, FADING):
        when = "base and third year" if fact.still else "base year" if fact.measure else "11 months on"
        measure = f"`{fact.measure}`" if fact.measure else "a run of its own"
        rows.append([escaped(fact.name), measure, f"{fact.published:g}", f"{fact.low:g} to {fact.high:g}", when,
                     " ".join(link(key) for key in fact.source.split()) or "our assumption"])
    return table(["fact", "measure", "published", "tolerance", "must hold in", "source"], rows)


def scales() -> str:
    """Time and size: what is counted in what, and how much of it there is by default."""
    def default(path: str) -> str:
        return f"{REGISTRY[path].default:g}"

    reps = REGISTRY["organisation.teams"].default * REGISTRY["organisation.seats_per_team"].default
    rows = [
        ["clock", f"business hours: {units.HOURS_PER_DAY:g} a day, {units.HOURS_PER_WEEK:g} a week, "
                  f"{units.HOURS_PER_YEAR:g} a year; continuous, hour 0 is the switch of policy"],
        ["warm-up", f"{default('calendar.warmup_weeks')} weeks under the status quo"],
        ["horizon", f"{default('calendar.horizon_weeks')} weeks under the policy"],
        ["size", f"{default('organisation.teams')} teams of {default('organisation.seats_per_team')} seats: "
                 f"{reps:g} reps"],
        ["market", f"{default('market.opportunities_per_seat_year')} buying opportunities a year in each territory"],
        ["space", "none: a territory is a list of buyers, not a place"],
    ]
    return table(["scale", "default"], rows)
