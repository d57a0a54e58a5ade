"""The page's content for a session: texts and numbers, ready to be drawn.

An outcome that may not be shown yet is not in here at all, so that no browser can leak it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from simlead.show.charts.tables import verdict
from simlead.show.currency import currency_name
from simlead.show.format import interval, mean_of, number, setting, signed
from simlead.show.language import direction, in_language, language, say
from simlead.show.workshop import marks, over_worlds
from simlead.show.workshop.axis import Axis, axis_for
from simlead.show.workshop.bets import MOST_BETS, Bet, nearest
from simlead.show.workshop.levers import FIELDS, LEVERS, SWITCHES, as_it_is, changed
from simlead.show.workshop.months import months_content, months_shown
from simlead.show.workshop.session import (
    BETTING,
    FILM,
    MONTHS,
    OUTCOME,
    PAIR,
    SHOWN,
    TRIAL,
    VIEWS,
    WEEK,
    Session,
)
from simlead.show.workshop.texts import (
    LEAD_ADRIFT,
    adrift,
    bet_sliders,
    comment,
    direction_comment,
    headline,
    isolated,
    labelled,
    languages,
    money,
    named,
    percent,
    summary,
)
from simlead.show.workshop.tried import Tried
from simlead.study.answers.growing import GrowingAnswer
from simlead.study.growing.experiment import FIRST_PAIRS, PAIRS, SHOWN_FROM, Outcome
from simlead.study.trial.growing import REPLICATIONS
from simlead.study.trial.plan import LEAST_TEAMS

ROWS = 4
"""Number of moves in the chart: the current one, and the latest before it."""

REVENUE_LEAST, REVENUE_MOST = (-10.0, 20.0), (-60.0, 120.0)
COACHING_LEAST, COACHING_MOST = (0.0, 60.0), (0.0, 100.0)

Content = dict[str, Any]


def page_content(session: Session) -> Content:
    """Everything the page shows, in the session's language."""
    with session.lock, in_language(session.language):
        known = session.known()
        outcome = known.outcome() if known is not None and session.phase == SHOWN else None
        growing = session.growing() if outcome is not None and outcome.n >= SHOWN_FROM else None
        leads = session.view == OUTCOME and growing is not None and growing.answer is not None
        ready = session.base is not None
        return {
            "language": language(), "direction": direction(), "languages": languages(), "adrift": adrift(LEAD_ADRIFT),
            "title": say("workshop.title"),
            "firm_line": summary(session.firm),
            "effect_sizes": _effect_sizes(session),
            "levers_heading": say("workshop.levers.heading"), "today": say("workshop.levers.today"),
            "levers": _levers(session),
            "switches": [{"key": key, "label": say(f"workshop.switches.{key}"), "on": getattr(session.move, key)}
                         for key in SWITCHES],
            "presets": [{"key": key, "text": say(f"workshop.presets.{key}")} for key in ("as_it_is", "advice")],
            "bet": _bet(session, ready),
            "tabs": [{"key": key, "text": say(f"workshop.tabs.{key}"), "on": key == session.view}
                     for key in VIEWS],
            "tabs_label": say("workshop.tabs.label"),
            "tab": session.view,
            "status": _status(session, outcome),
            "outcome": _outcome(session, known, outcome, growing),
            "scene": _scene(session),
            "months": months_content(session) if session.view == MONTHS else {},
            "can_save": can_save(session),
            "firm": _firm(session),
            "actions": {key: say(f"workshop.actions.{key}")
                        for key in ("save", "export", "another_week", "another_manager")},
            "footer": say("workshop.over_worlds.footer" if leads else "workshop.footer",
                          seed=str(session.run_cache.seed)),
        }


def scene(session: Session) -> Content:
    """The content of a view that takes a run or two to make; empty until it is made."""
    with session.lock:
        made = session.pictures.get(session.view)
        if made is None or made.key != session.picture_key(session.view) or session.phase != SHOWN:
            return {}
    return {**made.seen, "key": key_of(made.key)}


def key_of(key: tuple[Any, ...]) -> str:
    """A picture's key as the page compares it."""
    return hashlib.sha256(repr(key).encode()).hexdigest()[:16]


def _scene(session: Session) -> Content:
    if session.view not in (TRIAL, WEEK, FILM, PAIR):
        return {"key": "", "text": ""}
    if session.phase == BETTING:
        return {"key": "", "text": say(f"workshop.{session.view}.betting")}
    if session.view in (PAIR, FILM) and session.move.span != session.firm.reps:
        return {"key": "", "text": say(f"workshop.{session.view}.span")}
    if session.view == TRIAL and (line := _no_trial_yet(session)):
        return {"key": "", "text": line}
    return {"key": key_of(session.picture_key(session.view)), "text": say(f"workshop.{session.view}.busy")}


def _no_trial_yet(session: Session) -> str:
    """Why there is no trial to be seen yet, or none at all; empty when there is one."""
    base = session.base
    if not changed(session.firm, session.move):
        return say("workshop.trial.nothing")
    if session.move.span != session.firm.reps:
        return say("workshop.trial.span")
    if base is not None and base.organisation.teams < LEAST_TEAMS:
        return say("workshop.trial.few_teams", teams=base.organisation.teams, least=LEAST_TEAMS)
    if base is None or not session.is_complete():
        return say("workshop.trial.later")
    growing = session.trial()
    if growing is None:
        return say("workshop.trial.none")
    return "" if growing.done else say("workshop.trial.coming", worlds=growing.worlds.wanted,
                                       replications=REPLICATIONS, share=round(100.0 * growing.share))


def can_save(session: Session) -> bool:
    """Whether the view that is open shows something to take home."""
    if session.view == OUTCOME:
        return bool(rows_shown(session))
    if session.view == MONTHS:
        return months_shown(session) is not None
    seen = scene(session)
    return bool(seen) and bool(seen.get("drawn", True))  # of a trial without any analysis there is no chart


def _effect_sizes(session: Session) -> Content:
    return {"label": say("workshop.effect_sizes.label"), "value": session.move.effect_sizes, "options": [
        {"value": name, "text": say(f"names.effect_sizes.{name}"), "hint": say(f"workshop.effect_sizes.{name}")}
        for name in session.firm.effect_sizes]}


def _levers(session: Session) -> list[Content]:
    today = as_it_is(session.firm, session.move.effect_sizes)
    found = []
    for lever in LEVERS:
        positions = list(range(lever.low, lever.high + 1, lever.step))
        extra = getattr(today, lever.key)  # the firm's own position may lie between two steps
        if extra not in positions:
            positions = sorted([*positions, extra])
        found.append((lever.key, positions, "as_percent"))
    found.append(("span", list(session.firm.spans), "as_reps"))
    return [{
        "key": key, "label": say(f"workshop.levers.{key}"), "hint": say(f"workshop.levers.{key}_hint"),
        "positions": positions, "value": getattr(session.move, key),
        "texts": [say(f"workshop.levers.{unit}", value=position) for position in positions],
        "today": getattr(today, key),
        "disabled": len(positions) < 2,
    } for key, positions, unit in found]


def _bet(session: Session, ready: bool) -> Content:
    betting = session.phase == BETTING
    known = session.known()
    bets = session.bets if betting or known is None else known.bets
    is_full = sum(not bet.by_phone for bet in session.bets) >= MOST_BETS
    nothing_moved, seen_already = not changed(session.firm, session.move), session.is_seen()
    hint = ("moves_lost" if session.bets_fell else "move_first" if nothing_moved else
            "seen" if seen_already else "full" if is_full else
            "ready" if session.bets else "how")
    return {
        "open": betting,
        "heading": say(f"workshop.bet.{'heading' if betting else 'heading_shown'}"),
        "hint": "" if not (betting or session.bets_fell) else marks.counted_bets(session) if (
            session.tables and hint in ("ready", "how", "full")) else say(f"workshop.bet.{hint}"),
        "sliders": bet_sliders(),
        "place": say("workshop.bet.place"), "show": say("workshop.bet.show"), "again": say("workshop.bet.again"),
        "can_place": betting and not nothing_moved and not seen_already and not is_full,
        "can_show": betting and (bool(session.bets) or seen_already),
        "placed": marks.placed_words(session, bets, betting),
        "ready": ready,
    }


def _status(session: Session, outcome: Outcome | None) -> Content:
    refused = session.firms.refused.get((session.firm, session.move.effect_sizes))
    if refused or session.broken:
        return {"text": say("workshop.status.broken", reason=refused or session.broken), "share": 0, "kind": "broken"}
    if session.base is None:
        return {"text": say("workshop.status.calibrating"), "share": 0, "kind": "busy"}
    if session.phase == BETTING:
        placed = session.bets or session.is_seen()
        return {"text": say(f"workshop.status.{'placed' if placed else 'betting'}"), "share": 0, "kind": "hidden"}
    if not changed(session.firm, session.move):
        return {"text": say("workshop.status.as_it_is"), "share": 0, "kind": "still"}
    n = outcome.n if outcome else 0
    if n < SHOWN_FROM:
        return {"text": say("workshop.status.beginning"), "share": 0, "kind": "busy"}
    done = n >= PAIRS
    return {"text": say(f"workshop.status.{'done' if done else 'running'}", n=n, pairs=PAIRS),
            "share": round(100 * n / PAIRS), "kind": "done" if done else "busy"}


def rows_shown(session: Session) -> list[tuple[Tried, Outcome]]:
    """The moves of the chart with their outcomes: pinned ones in their order, the one that stands, then the latest."""
    lines = [line for line in session.shown_lines() if changed(line.firm, line.move)]
    current = session.known() if session.phase == SHOWN else None
    lines.sort(key=lambda line: (not line.pinned, line.pinned, line is not current, -line.number))
    found = []
    for line in lines:
        outcome = line.outcome()
        if outcome is not None and outcome.n >= SHOWN_FROM:
            found.append((line, outcome))
    return found[:ROWS]


def _outcome(session: Session, known: Tried | None, outcome: Outcome | None,
             growing: GrowingAnswer | None) -> Content:
    rows = rows_shown(session)
    hidden = session.phase == BETTING and bool(changed(session.firm, session.move)) and not session.is_seen()
    first = outcome if outcome is not None and outcome.n >= SHOWN_FROM else None
    bets = known.bets if known is not None else ()
    several = len({line.move.effect_sizes for line, _ in rows}) > 1
    open_bets = marks.seen_before(session.bets)
    revenue = axis_for([*(float(bet.revenue) for bet in open_bets), *(end for line, found in rows for end in (
        100 * found.revenue.low, 100 * found.revenue.high, *(float(bet.revenue) for bet in line.bets)))],
        REVENUE_LEAST, REVENUE_MOST)
    coaching = axis_for([*(float(bet.coaching) for bet in open_bets), *(end for line, found in rows for end in (
        100 * found.realised.high, 100 * found.planned.mean, *(float(bet.coaching) for bet in line.bets)))],
        COACHING_LEAST, COACHING_MOST)
    current = session.known() if session.phase == SHOWN else None
    if session.phase == BETTING:
        title = say("workshop.finding.hidden" if hidden else "workshop.bet.seen" if session.is_seen()
                    else "workshop.finding.move")
    elif not changed(session.firm, session.move):
        title = say("workshop.finding.none")
    else:
        title = headline(first) if first else say("workshop.finding.waiting")
    answered = growing is not None and growing.answer is not None
    if growing is not None and answered:
        title = over_worlds.title(growing)
    said = over_worlds.comments(growing, session.firm, session.move, first, session.is_complete()) if (
        first is not None and session.answers is not None) else []
    return {
        "title": title,
        "move": named(session.firm, session.move),
        "figures": _figures(first),
        "comments": [*said, *_comments(bets, first, answered), *(
            [say("workshop.finding.coverage")] if first and first.n >= FIRST_PAIRS
            and "coaching" in changed(session.firm, session.move) else [])],
        "charts": [
            {"key": "revenue", "title": say("workshop.chart.revenue"), "axis": _axis(revenue, True),
             "rows": [*([_hidden_row(session, revenue, "revenue")] if hidden else []),
                      *(_row(session, line, found, revenue, "revenue", line is current, several)
                        for line, found in rows)]},
            {"key": "coaching", "title": say("workshop.chart.coaching"), "axis": _axis(coaching, False),
             "rows": [*([_hidden_row(session, coaching, "coaching")] if hidden else []),
                      *(_row(session, line, found, coaching, "coaching", line is current, several)
                        for line, found in rows)]},
        ],
        "pin": {key: say(f"room.pin.{key}") for key in ("pin", "unpin")},
        "legend": {key: say(f"workshop.chart.{key}") for key in ("interval", "bet", "planned", "today")},
        "pocket": say("workshop.chart.pocket", value=percent(first.revenue)[0],
                      between=percent(first.revenue)[1]) if first else "",
        "empty": "" if rows or hidden else say("workshop.chart.empty"),
    }


def _axis(axis: Axis, signs: bool) -> Content:
    ticks = [{"at": axis.at(tick), "text": signed(tick, 5.0) if signs else number(tick, 5.0)} for tick in axis.ticks]
    return {"ticks": ticks, "zero": axis.at(0.0)}


def _row(session: Session, line: Tried, outcome: Outcome, axis: Axis, which: str, current: bool,
         several: bool) -> Content:
    estimate = outcome.revenue if which == "revenue" else outcome.realised
    mean, low, high = (100.0 * value for value in (estimate.mean, estimate.low, estimate.high))
    mean_text, between = percent(estimate) if which == "revenue" else (
        mean_of(mean, low, high), interval(low, high))
    value = say("workshop.chart.value", mean=mean_text, between=between)
    return {
        "label": labelled(line.firm, line.move, several), "current": current, "value": value,
        "mean": axis.at(mean), "low": axis.at(low), "high": axis.at(high),
        "tone": verdict(low, high) if which == "revenue" else "plain",
        "bets": marks.placed_at(session, line.bets, axis, which, named=current), "hidden": False,
        "number": line.number, "pinned": bool(line.pinned),
        "planned": axis.at(100.0 * outcome.planned.mean) if which == "coaching" else None,
        "today": axis.at(100.0 * outcome.realised_before.mean) if which == "coaching" else None,
        "n": outcome.n,
    }


def _hidden_row(session: Session, axis: Axis, which: str) -> Content:
    """The move that is bet on: the bets stand on the wall before anything else does."""
    return {
        "label": named(session.firm, session.move), "current": True, "value": say("workshop.chart.unknown"),
        "hidden": True, "number": 0, "pinned": False, "tone": "plain",
        "bets": marks.placed_at(session, marks.seen_before(session.bets), axis, which, named=True),
        "mean": None, "low": None, "high": None, "today": None, "n": 0,
        "planned": axis.at(float(session.move.coaching)) if which == "coaching" else None,
    }


def _figures(outcome: Outcome | None) -> list[Content]:
    """The outcome in a few large numbers; dashes before there is one, so that nothing jumps."""
    keys = ("revenue", "market_share", "profit", "realised", "separations")
    labels = [say(f"workshop.figures.{key}") for key in keys]
    if outcome is None:
        return [{"key": key, "label": label, "value": "–", "unit": "", "between": "", "tone": "plain"}
                for key, label in zip(keys, labels, strict=True)]
    share, profit, leaving = outcome.market_share, money(outcome.profit), outcome.separations
    realised = outcome.realised
    numbers = (
        (*percent(outcome.revenue), "%", verdict(outcome.revenue.low, outcome.revenue.high)),
        (*percent(share), say("workshop.units.points"), verdict(share.low, share.high)),
        (*profit, verdict(outcome.profit.low, outcome.profit.high)),
        (mean_of(100 * realised.mean, 100 * realised.low, 100 * realised.high),
         say("workshop.figures.of_planned", planned=number(100 * outcome.planned.mean, 5.0)), "%", "plain"),
        (*percent(leaving), say("workshop.units.points"), _turned(verdict(leaving.low, leaving.high))),
    )
    return [{"key": key, "label": label, "value": value, "unit": say("workshop.units.percent") if unit == "%" else unit,
             "between": between, "tone": kind}
            for key, label, (value, between, unit, kind) in zip(keys, labels, numbers, strict=True)]


def _turned(kind: str) -> str:
    """Fewer people who leave are good news."""
    return {"up": "down", "down": "up"}.get(kind, kind)


def _comments(bets: tuple[Bet, ...], outcome: Outcome | None, answered: bool) -> list[str]:
    """How the bets did; which way the interval lies is said unless an answer over worlds says it better."""
    if outcome is None:
        return []
    if len(bets) > 2:
        best = nearest(bets, outcome)
        lines = [] if best is None else [
            say("workshop.judged.nearest", name=isolated(best.name), bet=signed(float(best.revenue), 5.0))]
        if best is None or best.by_phone:  # each table's page has the judgement of its own bet
            return lines
        lines.append(comment(best, outcome))
    else:
        lines = [comment(bet, outcome) for bet in bets]
    return [line for line in [*lines, "" if answered else direction_comment(bets, outcome)] if line]


def _firm(session: Session) -> Content:
    fields = []
    for field in FIELDS:
        limits = say("workshop.firm.allowed", low=setting(field.low), high=setting(field.high))
        wrong = field.key in session.wrong
        fields.append({
            "key": field.key, "label": say(f"workshop.firm.{field.key}", currency=currency_name()),
            "hint": limits, "wrong": wrong,
            "value": session.typed.get(field.key, say("workshop.firm.number", value=getattr(session.firm, field.key))),
        })
    return {"heading": say("workshop.firm.heading"), "note": say("workshop.firm.note"), "fields": fields,
            "apply": say("workshop.firm.apply"),
            "refusal": say("workshop.firm.refusal") if session.wrong else ""}
