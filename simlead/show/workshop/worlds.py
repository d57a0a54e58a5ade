"""The two worlds, deal by deal: what the moved levers won that the status quo missed, and the reverse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simlead.show.charts.twins import twins as twins_chart
from simlead.show.language import say, using
from simlead.show.stories import stories
from simlead.show.wording import number, scale
from simlead.show.workshop.pictures import png_of
from simlead.show.workshop.session import TWINS, Picture, Session
from simlead.study.engines import FAST
from simlead.study.simulate import simulate
from simlead.study.twins.twins import twins

if TYPE_CHECKING:
    import pandas as pd

STORIES = 3
MOST_CAUSES = 9


def two_worlds_seen(session: Session) -> Picture:
    """One pair of firms with the same luck: deals won in one of them only, by cause, and some told one by one."""
    with session.lock:
        key, base, moved = session.picture_key(TWINS), session.base, session.moved
        language, seed = session.language, session.luck.seed
    assert base is not None and moved is not None
    table = twins(simulate(base, seed=seed, engine=FAST), simulate(moved, seed=seed, engine=FAST))
    with using(language):
        names = "status_quo", say("workshop.twins.name")
        if table.empty:
            return Picture(key, {"title": say("workshop.twins.same"), "bars": [], "stories": [], "heads": [],
                                 "note": say("workshop.twins.note")})
        won = table["won_in"].value_counts()
        seen = {
            "title": say("workshop.twins.title", gained=int(won.get("b", 0)), lost=int(won.get("a", 0))),
            "bars": bars(table),
            "heads": [say("workshop.twins.only_before"), say("workshop.twins.only_after")],
            "stories_heading": say("workshop.twins.stories", count=min(STORIES, len(table))),
            "stories": stories(table, STORIES, names=names), "note": say("workshop.twins.note"),
        }

    def save() -> bytes:
        with using(language):
            return png_of(twins_chart(table, names=names))

    return Picture(key, seen, save=save)


def bars(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Each cause with what it won in one world only: the lengths of its two bars, and what they stand for."""
    values = table.groupby(["cause", "won_in"])["won_value"].sum()
    counts = table.groupby(["cause", "won_in"]).size()
    longest = float(values.max())
    found = []
    for cause in table.groupby("cause")["won_value"].sum().sort_values(ascending=False).index[:MOST_CAUSES]:
        sides = {}
        for world, side in (("a", "lost"), ("b", "gained")):
            value = float(values.get((cause, world), 0.0))
            factor, unit = scale("$", value)
            sides[side] = {"length": round(100 * value / longest, 1), "text": say(
                "workshop.twins.bar", count=int(counts.get((cause, world), 0)),
                value=number(factor * value, 0.5 if value >= 1e6 else 5.0), unit=unit)}
        found.append({"label": say(f"twins.causes.{cause}"), **sides})
    return found
