"""What the status quo has to show, and how large and long the model's world is."""

from __future__ import annotations

from simlead.model import units
from simlead.model.scenario import REGISTRY
from simlead.study.fact_studies import STUDIES
from simlead.study.published_facts import FACTS

from .markdown import escaped, link, table


def patterns() -> str:
    """The published facts that the status quo is held to, together."""
    whens = {answer.name: answer.when for study in STUDIES for answer in study.answers}
    rows = []
    for fact in FACTS:
        when = "base and third year" if fact.still else whens.get(fact.measure, "base year")
        published = "a bound" if fact.published != fact.published else f"{fact.published:g}"
        rows.append([escaped(fact.name), f"`{fact.measure}`", published, f"{fact.low:g} to {fact.high:g}", when,
                     "tells worlds apart" if fact.world else "held by calibration and defaults",
                     " ".join(link(key) for key in fact.source.split()) or "our assumption"])
    return table(["fact", "shown by", "published", "tolerance", "must hold in", "use", "source"], rows)


def fact_studies() -> str:
    """How the facts that no measure of one run shows are found."""
    return table(["answer", "study"], [
        [", ".join(dict.fromkeys(f"`{answer.name}`" for answer in study.answers)), escaped(study.how)]
        for study in STUDIES])


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
