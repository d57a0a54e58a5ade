"""The page of an import from a CRM: what was read, what is wrong with it, what was learned and what to ask."""

from __future__ import annotations

import datetime
import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simlead.client.estimates import LEARNED, LEAST_DEALS, LEAST_WINS, TOO_LITTLE
from simlead.client.importing import Import
from simlead.client.quality import HAZARDS
from simlead.client.questions import QUESTIONS
from simlead.model.scenario import REGISTRY
from simlead.show.format import count, estimate, quantity, setting, unit_words
from simlead.show.language import direction, in_language, known, language, localised, say
from simlead.show.user_text import clean
from simlead.show.wording import counted, inside, listed

MAPPING, FIRM, ANSWERS = "mapping.toml", "firm.toml", "questions.csv"
"""The files of an import that a person edits."""

_STYLE = ("body{font-family:sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;line-height:1.5;color:#1b1b1b;"
          "background:#fff}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{padding:.3rem .6rem;"
          "border-bottom:1px solid #ccc;text-align:start;vertical-align:top}td.n{white-space:nowrap}"
          "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td{border-color:#444}}")


def import_page(found: Import, language_code: str = "en", name: str = "") -> str:
    """The page as one HTML file in which every text of the export is escaped and nothing is loaded from elsewhere."""
    with in_language(language_code):
        title = say("client.title", firm=clean(name) or say("client.unnamed"))
        parts = [_heading(title, 1), *_read(found), *_hazards(found), *_table(found), *_teams(found), *_managers(found),
                 *_questions(), *_next()]
        return (f'<!DOCTYPE html>\n<html lang="{language()}" dir="{direction()}">\n<head><meta charset="utf-8">'
                f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
                + "\n".join(parts) + "\n</body>\n</html>\n")


def amount_of(row: Mapping[Any, Any]) -> str:
    """A row of the table as text: the estimate with its interval; empty where there is none.

    >>> amount_of({"estimate": .35, "low": .33, "high": .37, "unit": "share", "known": "learned"})
    '35 % (33 to 37)'
    """
    value, low, high, unit = (row[name] for name in ("estimate", "low", "high", "unit"))
    if not math.isfinite(value):
        return ""
    if row["known"] == "learned":
        return estimate(value, low, high, unit, short=True)
    if row["parameter"] in REGISTRY:
        unit = REGISTRY[row["parameter"]].unit
    return quantity(value, unit, short=True)


def what_is_missing(found: Import) -> str:
    """What an export holds too little of, in a sentence; empty if it is enough for all that can be learned."""
    known = found.table["known"]
    if not (known == LEARNED).any():
        return say("client.nothing_learned", deals=counted("deal", found.quality.kept), won=count(found.quality.won),
                   least_deals=counted("deal", LEAST_DEALS), least_won=count(LEAST_WINS))
    names = [inside(name_of(row)) for row in found.table[known == TOO_LITTLE].to_dict("records")]
    return say("client.too_little_for", names=listed(names)) if names else ""


def name_of(row: Mapping[Any, Any]) -> str:
    """The name of a quantity in words; a parameter's path where it has none."""
    key = f"client.names.{row['name']}"
    return say(key) if known(key) else str(row["name"])


def day_of(days: float) -> str:
    """A day as text, from days since 1970."""
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=math.floor(days))).isoformat()


# --- the parts


def _read(found: Import) -> Iterable[str]:
    quality = found.quality
    yield _paragraph(say(
        "client.read", rows=counted("row", quality.rows), deals=counted("deal", quality.deals),
        won=count(quality.won), lost=count(quality.lost), open=count(quality.open), kept=count(quality.kept),
        day=localised(day_of(found.facts["as_of_days"]))))
    yield _paragraph(say("client.mapping_note", file=MAPPING, option="--mapping"))
    yield _paragraph(say("client.firm_note", file=FIRM, run=f"simlead run {FIRM}",
                         calibrate=f"simlead calibrate {FIRM}"))
    if found.facts["by_rep"]:
        yield _paragraph(say("client.by_rep", clusters=counted("rep", found.facts["reps"])))
    else:
        yield _paragraph(say("client.by_deal"))
    if not found.facts["staged"]:
        yield _paragraph(say("client.no_history"))
        yield _paragraph(say("client.history_hint", option="--history"))


def _hazards(found: Import) -> Iterable[str]:
    yield _heading(say("client.sections.hazards"))
    rows = [[say(f"client.hazards.{code}"), count(found.quality.hazards[code]),
             say(f"client.done.{HAZARDS[code]}"),
             ", ".join(clean(each, 40) for each in found.quality.examples.get(code, []))]
            for code in HAZARDS if code in found.quality.hazards]
    if rows:
        yield _cells([say(f"client.columns.{name}") for name in ("hazard", "count", "done", "examples")], rows, {1})
    else:
        yield _paragraph(say("client.no_hazard"))
    if found.quality.assumed:
        yield _heading(say("client.sections.assumed"))
        yield _list(say(f"client.assumed.{what}", reading=say(f"client.readings.{reading}"))
                    for what, reading in found.quality.assumed.items())


def _table(found: Import) -> Iterable[str]:
    yield _heading(say("client.sections.table"))
    if missing := what_is_missing(found):
        yield _paragraph(missing)
    rows = [[name_of(row), row["parameter"], amount_of(row), say(f"client.known.{row['known']}")]
            for row in found.table.to_dict("records")]
    yield _cells([say(f"client.columns.{name}") for name in ("quantity", "parameter", "estimate", "known")], rows, {2},
                 code={1})


def _teams(found: Import) -> Iterable[str]:
    if not found.teams:
        return
    yield _heading(say("client.sections.teams"))
    rows = [[clean(team.name, 60) or count(number), count(team.reps), count(team.seats),
             setting(team.deal_value_factor), setting(team.buyers_factor)]
            for number, team in enumerate(found.teams, start=1)]
    yield _cells([say(f"client.columns.{name}") for name in ("team", "reps", "seats", "value", "buyers")], rows,
                 {1, 2, 3, 4})


def _managers(found: Import) -> Iterable[str]:
    yield _heading(say("client.sections.managers"))
    differences = found.differences
    spread = differences.rep_spread
    if math.isfinite(spread.value):
        yield _paragraph(say("client.managers.reps", spread=estimate(spread.value, spread.low, spread.high, "")))
    else:
        yield _paragraph(say("client.managers.no_reps"))
    if differences.separable:
        spread = differences.manager_spread
        yield _paragraph(say("client.managers.separable", spread=estimate(spread.value, spread.low, spread.high, "")))
    else:
        yield _paragraph(say("client.managers.cannot", why=say(f"client.why_not.{differences.why_not}")))


def _questions() -> Iterable[str]:
    yield _heading(say("client.sections.questions"))
    yield _paragraph(say("client.questions.intro", file=ANSWERS, option="--answers"))
    yield _list(f"{say(f'client.questions.{item}')} ({unit_words(question.unit)})"
                for item, question in QUESTIONS.items())


def _next() -> Iterable[str]:
    yield _heading(say("client.sections.next"))
    yield _list([say("client.next.check", file=MAPPING), say("client.next.ask"),
                 say("client.next.calibrate", calibrate=f"simlead calibrate {FIRM} --out mine.toml"),
                 say("client.next.compare")])


# --- HTML


def _heading(text: str, level: int = 2) -> str:
    return f"<h{level}>{html.escape(text)}</h{level}>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _list(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(text)}</li>" for text in texts) + "</ul>"


def _cells(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: set[int], code: set[int] | None = None) -> str:
    def cell(place: int, text: str) -> str:
        shown = f'<code dir="ltr">{html.escape(text)}</code>' if text and place in (code or ()) else (
            f"<bdi>{html.escape(text)}</bdi>")
        return f'<td class="n">{shown}</td>' if place in numbers else f"<td>{shown}</td>"

    lines = ["<table><thead><tr>" + "".join(f"<th>{html.escape(text)}</th>" for text in head) + "</tr></thead><tbody>"]
    lines += ["<tr>" + "".join(cell(place, text) for place, text in enumerate(row)) + "</tr>" for row in rows]
    return "\n".join([*lines, "</tbody></table>"])
