"""Numbers, moves and findings as text in the current language."""

from __future__ import annotations

import math
from typing import Any

from simlead.show.charts.tables import UNCLEAR, UP, verdict
from simlead.show.format import amount, count, fixed, interval, mean_of, number, places_of, scale, signed, unit_words
from simlead.show.language import LANGUAGES, language, say
from simlead.show.wording import counted, inside
from simlead.show.workshop.bets import (
    COACHING_HIGH,
    COACHING_LOW,
    EARLY,
    REVENUE_HIGH,
    REVENUE_LOW,
    Bet,
    Judgement,
    judged,
)
from simlead.show.workshop.levers import Firm, Move, advice, changed, different
from simlead.statistics.intervals import Estimate
from simlead.study.growing.experiment import FIRST_PAIRS, Outcome

LEAD_ADRIFT = {"lost": "workshop.actions.lost", "full": "room.full"}
TABLE_ADRIFT = {"lost": "room.phone.lost", "full": "room.full", "cookies": "room.phone.cookies"}
"""Keys of the texts that a page shows while it has no connection, by why it has none."""


def adrift(keys: dict[str, str]) -> dict[str, str]:
    """What a page shows while it has no connection, by why it has none.

    >>> sorted(adrift(LEAD_ADRIFT))
    ['full', 'lost']
    """
    return {why: say(key) for why, key in keys.items()}


def languages() -> dict[str, Any]:
    """The switch between languages; each is named in itself."""
    return {"label": say("room.language"),
            "options": [{"key": code, "text": name, "on": code == language()} for code, name in LANGUAGES.items()]}


def percent(share: Estimate) -> tuple[str, str]:
    """An estimate of a difference in percent: the number with its sign, and its interval."""
    mean, low, high = (100.0 * value for value in (share.mean, share.low, share.high))
    return mean_of(mean, low, high, sign=True), interval(low, high)


def money(difference: Estimate) -> tuple[str, str, str]:
    """An estimate of an amount of money: number, interval and unit."""
    factor, unit = scale("$", max(abs(difference.mean), abs(difference.low), abs(difference.high)))
    mean, low, high = (factor * value for value in (difference.mean, difference.low, difference.high))
    return mean_of(mean, low, high, sign=True), interval(low, high), unit


def named(firm: Firm, move: Move) -> str:
    """A move by what it changes, such as "Coaching 50 %, span 6"; by the books' advice where that is shorter.

    >>> named(Firm(), Move(50, 40, 40, 15, 8, True, False, "evidence"))
    'Coaching 50 %'
    >>> named(Firm(), Move(50, 90, 80, 5, 16, True, True, "evidence"))
    "The books' advice, span 16"
    """
    keys, parts = changed(firm, move), []
    from_advice = different(move, advice(firm, move.effect_sizes))
    if len(from_advice) + 1 < len(keys):
        keys, parts = from_advice, [say("workshop.moves.advice")]
    for key in keys:
        value = getattr(move, key)
        if isinstance(value, bool):
            parts.append(say(f"workshop.moves.{key}.{'on' if value else 'off'}"))
        else:
            parts.append(say(f"workshop.moves.{key}", value=number(value, 10.0)))
    text = say("words.comma").join(parts) if parts else say("workshop.moves.none")
    return text[:1].upper() + text[1:]


def labelled(firm: Firm, move: Move, with_effect_sizes: bool) -> str:
    """A move's name with the effect sizes it was tried under, where that is needed to tell rows apart."""
    name = named(firm, move)
    if not with_effect_sizes:
        return name
    return say("workshop.moves.under", move=name, effect_sizes=inside(say(f"names.effect_sizes.{move.effect_sizes}")))


def headline(outcome: Outcome) -> str:
    """The finding in one sentence, with its interval."""
    said = verdict(outcome.revenue.low, outcome.revenue.high)
    mean, between = percent(outcome.revenue)
    if said == UNCLEAR:
        return say("workshop.finding.unclear", between=between)
    size = mean_of(abs(100.0 * outcome.revenue.mean), 100.0 * outcome.revenue.low, 100.0 * outcome.revenue.high)
    return say(f"workshop.finding.{said}", size=size, mean=mean, between=between)


def isolated(name: str) -> str:
    """A name whose direction of writing leaves the sentence around it alone, by two invisible marks.

    >>> len(isolated("Owls"))
    6
    """
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


def comment(bet: Bet, outcome: Outcome) -> str:
    """The judgement of a bet on revenue and on the coaching that takes place."""
    on_revenue, on_coaching = judged(bet.revenue, outcome.revenue), judged(bet.coaching, outcome.realised)
    if on_revenue.verdict == EARLY:
        return say("workshop.judged.early", name=isolated(bet.name), pairs=FIRST_PAIRS)
    return " ".join([
        say(f"workshop.judged.revenue.{on_revenue.verdict}", name=isolated(bet.name), bet=signed(bet.revenue, 5.0),
            off=_off(on_revenue, outcome.revenue)),
        say(f"workshop.judged.coaching.{on_coaching.verdict}", bet=number(bet.coaching, 5.0),
            off=_off(on_coaching, outcome.realised)),
    ])


def _off(judgement: Judgement, interval: Estimate) -> str:
    """The distance with the decimals of the interval that is shown beside it: both agree."""
    places = places_of(*(100.0 * end for end in (interval.mean, interval.low, interval.high)))
    return counted("point", fixed(judgement.points_off, places))


def direction_comment(bets: tuple[Bet, ...], outcome: Outcome) -> str:
    """Whether the bets had the right direction; empty while that is not known."""
    said = verdict(outcome.revenue.low, outcome.revenue.high)
    if outcome.n < FIRST_PAIRS or not bets:
        return ""
    if said == UNCLEAR:
        return say("workshop.judged.direction.unclear")
    sign, sided = 1 if said == UP else -1, [bet for bet in bets if bet.revenue != 0]  # a bet of 0 has no direction
    if not sided:
        return ""
    right = sum(1 for bet in sided if math.copysign(1, bet.revenue) == sign)
    key = "all" if right == len(sided) else "none" if right == 0 else "some"
    return say(f"workshop.judged.direction.{key}", right=right, bets=len(sided))


def summary(firm: Firm) -> str:
    """The firm in one line."""
    deal = amount(count(firm.deal_value), unit_words("$"))
    return say("workshop.firm.summary", reps=counted("rep", firm.reps_in_all), teams=counted("team", firm.teams),
               deal=deal, days=firm.cycle_days)


def bet_sliders() -> list[dict[str, Any]]:
    """The two scales of a bet, each with the text of every position."""
    scales = ((REVENUE_LOW, REVENUE_HIGH, "revenue"), (COACHING_LOW, COACHING_HIGH, "coaching"))
    return [{
        "key": key, "label": say(f"workshop.bet.{key}"),
        "positions": list(range(low, high + 1)),
        "texts": [say("workshop.levers.as_percent",
                      value=signed(float(place), 5.0) if key == "revenue" else number(float(place), 5.0))
                  for place in range(low, high + 1)],
    } for low, high, key in scales]


def bet_words(bet: Bet) -> dict[str, str]:
    """A bet's two numbers as they are shown."""
    return {"revenue": signed(float(bet.revenue), 5.0), "coaching": number(float(bet.coaching), 5.0)}
