"""A matched pair of runs, deal by deal: what only the moved levers won, and what only the status quo won."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simlead.show.charts.attribution import attribution as attribution_chart
from simlead.show.format import number, scale
from simlead.show.language import in_language, say
from simlead.show.stories import stories
from simlead.show.wording import counted
from simlead.show.workshop.pictures import png_of
from simlead.show.workshop.session import PAIR, Picture, Session
from simlead.study.attribution.pair import attribution
from simlead.study.engines import FAST
from simlead.study.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

STORIES = 3
MOST_CAUSES = 9


def matched_pair_seen(session: Session) -> Picture:
    """Deals whose outcome differs within one matched pair of runs, by cause, and some of them one by one."""
    with session.lock:
        key, base, moved = session.picture_key(PAIR), session.base, session.moved
        language, seed = session.language, session.run_cache.seed
    assert base is not None and moved is not None
    table = attribution(simulate(base, seed=seed, engine=FAST), simulate(moved, seed=seed, engine=FAST))
    with in_language(language):
        names = "status_quo", say("workshop.pair.name")
        if table.empty:
            return Picture(key, {"title": say("workshop.pair.same"), "bars": [], "stories": [], "heads": [],
                                 "note": say("workshop.pair.note")})
        won = table["won_in"].value_counts()
        seen = {
            "title": say("workshop.pair.title", gained=counted("deal", int(won.get("b", 0))),
                         lost=counted("deal", int(won.get("a", 0)))),
            "bars": bars(table),
            "heads": [say("workshop.pair.only_before"), say("workshop.pair.only_after")],
            "stories_heading": say("workshop.pair.stories", count=min(STORIES, len(table))),
            "stories": stories(table, STORIES, names=names), "note": say("workshop.pair.note"),
        }

    def save() -> bytes:
        with in_language(language):
            return png_of(attribution_chart(table, names=names))

    return Picture(key, seen, save=save)


def bars(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Each cause with what it won in one run only: the lengths of its two bars, and their texts."""
    values = table.groupby(["cause", "won_in"])["won_value"].sum()
    counts = table.groupby(["cause", "won_in"]).size()
    longest = float(values.max())
    found = []
    for cause in table.groupby("cause")["won_value"].sum().sort_values(ascending=False).index[:MOST_CAUSES]:
        sides = {}
        for run, side in (("a", "lost"), ("b", "gained")):
            value = float(values.get((cause, run), 0.0))
            factor, unit = scale("$", value)
            sides[side] = {"length": round(100 * value / longest, 1), "text": say(
                "workshop.pair.bar", count=int(counts.get((cause, run), 0)),
                value=number(factor * value, 0.5 if value >= 1e6 else 5.0), unit=unit)}
        found.append({"label": say(f"attribution.causes.{cause}"), **sides})
    return found
