"""What is said of a claim, the same on every page, slide, chart and in the terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simlead.model.scenario import REGISTRY
from simlead.results.measures import MEASURES
from simlead.show.language import known, say
from simlead.show.wording import inside, listed, number, scale, unit_words, words
from simlead.study.claims.flips import BLURS, KEEPS, TURNS
from simlead.study.claims.verdict import REFUTED, SUPPORTED, UNDECIDED, Region

if TYPE_CHECKING:
    import pandas as pd

WORDS = {SUPPORTED: "claims.supported", REFUTED: "claims.refuted", UNDECIDED: "claims.undecided"}
"""The key of each verdict that an interval can give."""

MONTHS = "months"

WIDE = 10.0
"""Percent on either side with which decimals would say nothing."""

_EVERY = {"1/week": "words.week", "1/month": "words.month", "1/year": "words.year"}
_KEY = re.compile(r"\bV(\d{2})\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

Values = tuple[float, float, float]
"""Low end, mean and high end of an effect."""


def verdict_words(verdict: str, follows: str) -> str:
    """A verdict; of an assumed claim also what follows from it.

    >>> verdict_words("refuted", "refuted"), verdict_words("assumed, not tested", "supported")
    ('refuted', 'assumed, not tested; what follows from it is supported')
    """
    said = say(WORDS[follows])
    return said if verdict == follows else say("claims.assumed", follows=said)


def region_words(region: Region, unit: str) -> str:
    """With which effects a claim holds.

    >>> region_words(Region(low=2.0), "ratio"), region_words(Region(0.5, 1.0), "share of managers")
    ('2 times or more', '50 to 100 %')
    """
    factor, word = (100.0, say("names.percents.share")) if unit.startswith("share") else (1.0, _unit(unit))
    low, high = (f"{factor * end:g}" for end in (region.low, region.high))
    if math.isinf(region.high):
        return say("claims.at_least", least=say("words.quantity", number=low, unit=word))
    if math.isinf(region.low):
        return say("claims.at_most", most=say("words.quantity", number=high, unit=word))
    return say("words.quantity", number=say("words.to", low=low, high=high), unit=word)


def with_sources(text: str) -> str:
    """A text with the keys of sources as the bibliography has them: letters and digits that are not translated.

    >>> with_sources("so sagt V\N{EXTENDED ARABIC-INDIC DIGIT TWO}\N{EXTENDED ARABIC-INDIC DIGIT THREE}")
    'so sagt V23'
    """
    return _KEY.sub(lambda found: "V" + "".join(str(int(digit)) for digit in found[1]), text)


def effect_words(mean: float, low: float, high: float, unit: str) -> str:
    """An effect with its unit and its interval; what lies beyond the end of the time simulated is told so.

    >>> effect_words(0.0234, 0.008, 0.0666, "share of managers"), effect_words(1.66, 1.58, 1.74, "ratio")
    ('2.3 % of managers (0.8 to 6.7)', '1.66 times (1.58 to 1.74)')
    >>> effect_words(7.0, 5.0, math.inf, "months"), effect_words(math.inf, 30.0, math.inf, "months")
    ('7 months (5 to beyond the end)', 'not by the end (30 to beyond the end)')
    >>> effect_words(math.inf, math.inf, math.inf, "months"), effect_words(0.5, math.nan, math.nan, "share")
    ('not by the end', '50.0 % (no interval)')
    """
    factor, word = _scaled(unit, mean)
    return told((factor * low, factor * mean, factor * high), unit, word)


def detail_words(mean: float, low: float, high: float, unit: str) -> str:
    """A detail with its unit and its interval; a number that was set or reckoned has no luck in it, and none is told.

    >>> detail_words(0.47, 0.47, 0.47, "share"), detail_words(0.47, 0.45, 0.49, "share")
    ('47.0 %', '47.0 % (45.0 to 49.0)')
    """
    if not (math.isfinite(mean) and low == mean == high):
        return effect_words(mean, low, high, unit)
    factor, word = _scaled(unit, mean)
    middle, _ = figures((factor * low, factor * mean, factor * high), unit)
    return say("words.quantity", number=middle, unit=word) if word else middle


def told(values: Values, unit: str, word: str, form: str = "claims.effect") -> str:
    """An effect that is scaled already, with this word for its unit (which may be empty)."""
    middle, ends = figures(values, unit)
    if word and math.isfinite(values[1]):
        middle = say("words.quantity", number=middle, unit=word)
    return say(form, mean=middle, interval=ends) if ends else middle


def figures(values: Values, unit: str) -> tuple[str, str]:
    """The mean and the interval with the digits that the interval bears; months are whole, percent never are.

    The interval is empty where it would only say again that all lies beyond the end.
    """
    low, mean, high = values
    half = (high - low) / 2 if math.isfinite(low) and math.isfinite(high) and high > low else None
    width = 10.0 if unit == MONTHS else half
    if unit.startswith("share") and (half is None or half < WIDE or min(abs(low), abs(high)) < 1.0):
        width = min(half or 1.0, 1.0)  # so that an end is seen to be on this or that side of 0
    middle = number(mean, width) if not math.isinf(mean) else say("claims.never")
    if math.isnan(low) or math.isnan(high):
        return middle, say("claims.no_interval")
    if all(math.isinf(value) for value in values):
        return middle, ""
    ends = [number(end, width) if math.isfinite(end) else say("claims.beyond") for end in (low, high)]
    return middle, say("words.to", low=ends[0], high=ends[1])


def months_words(months: float, low: float, high: float) -> str:
    """Months until something has paid back, with interval; nothing where nothing is to be paid back.

    >>> months_words(7.0, 5.0, 9.0), months_words(math.nan, math.nan, math.nan)
    ('7 months (5 to 9)', '')
    """
    return "" if math.isnan(months) else effect_words(months, low, high, MONTHS)


def case_name(case: str) -> str:
    """What was tried, part by part, in the language spoken now; a part that nobody named stays as it is.

    >>> case_name("half planned, clear role"), case_name("12 reps a manager"), case_name("pre_call + post_call")
    ('half planned, clear role', '12 reps a manager', 'pre-call + post-call')
    >>> case_name("three_years: world.skill_effect")
    'share in three years, market each year: skill effect'
    """
    for mark, joined in ((", ", "words.comma"), (" + ", ""), (": ", "")):
        if mark in case:
            parts = [case_name(part) for part in case.split(mark)]
            return (say(joined) if joined else mark).join(parts)
    key = f"claims.cases.{_NUMBER.sub('#', case)}"
    if known(key):
        return say(key, number=next(iter(_NUMBER.findall(case)), ""))
    return inside(words(case)) if case in REGISTRY else words(case)


def detail_name(measure: str) -> str:
    """What was looked at: a measure of the registry, or one that a claim has of its own.

    >>> detail_name("market_share"), detail_name("profit_multiple")
    ('Market share', 'Profit as a multiple')
    """
    key = f"claims.measures.{measure}"
    return say(key) if measure not in MEASURES and known(key) else words(measure)


def side_by_side(details: pd.DataFrame) -> list[tuple[str, str, str, Mapping[str, Values]]]:
    """Details line by line: case, measure, unit, and under each belief set what came of it."""
    lines: dict[tuple[str, str], tuple[str, dict[str, Values]]] = {}
    for row in details.to_dict("records"):
        _, found = lines.setdefault((str(row["case"]), str(row["measure"])), (str(row["unit"]), {}))
        found[str(row["beliefs"])] = (row["low"], row["mean"], row["high"])
    return [(case, measure, unit, found) for (case, measure), (unit, found) in lines.items()]


def turned_words(flips: pd.DataFrame, consequence: str = TURNS) -> str:
    """The parameters that turn a claim's verdict (or decide it), each with the belief set, if not under all of them.

    `flips` are a claim's, under every set; empty if none of the parameters tried does.
    """
    sets = list(dict.fromkeys(flips["beliefs"]))
    there = flips[flips["consequence"] == consequence]
    told = []
    for path, rows in there.groupby("parameter", sort=False):
        mine = [beliefs for beliefs in sets if beliefs in set(rows["beliefs"])]
        one = inside(words(str(path)))
        told.append(one if len(mine) == len(sets) else say(
            "claims.under_one", what=one, beliefs=listed([inside(words(beliefs)) for beliefs in mine])))
    return listed(told) if told else ""


def stays_words(flips: pd.DataFrame) -> str:
    """At how many of the ends of parameters that were tried a verdict stays, and at how many it becomes unclear.

    An end at which it is unclear is no support for it, nor one at which it stays undecided: all are told apart.

    >>> import pandas as pd
    >>> found = pd.DataFrame({"consequence": ["keeps", "keeps", "blurs", "turns"], "verdict": "supported"})
    >>> stays_words(found), stays_words(found.assign(verdict=UNDECIDED))
    ('stays at 2 of 4, unclear at 1', 'stays undecided at 2 of 4, unclear at 1')
    """
    kept, ends = flips[flips["consequence"] == KEEPS], len(flips)
    still, blurs = int((kept["verdict"] == UNDECIDED).sum()), int((flips["consequence"] == BLURS).sum())
    if still == len(kept) > 0:
        said = [say("claims.stays_undecided", n=still, ends=ends)]
    else:
        said = [say("claims.stays", n=len(kept) - still, ends=ends)]
        said += [say("claims.undecided_at", n=still)] if still else []
    said += [say("claims.unclear_at", n=blurs)] if blurs else []
    return say("words.comma").join(said)


def moving_most(flips: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Of each belief set the ends of parameters that move the effect most, of those that do so by more than luck may.

    `flips` are a claim's; those of an older folder have no changes, and then nothing is left.

    >>> import pandas as pd
    >>> ends = pd.DataFrame({"beliefs": "evidence", "change": [0.1, -0.3, 0.5], "change_low": [0.05, -0.4, -0.1],
    ...                      "change_high": [0.15, -0.2, 1.1]})
    >>> moving_most(ends)["change"].tolist()
    [-0.3, 0.1]
    """
    clear = flips[(flips["change_low"] > 0.0) | (flips["change_high"] < 0.0)]
    order = clear["change"].abs().sort_values(ascending=False, kind="stable").index
    first = clear.loc[order].groupby("beliefs", sort=False).head(most)
    sets = list(dict.fromkeys(flips["beliefs"]))
    return first.sort_values("beliefs", key=lambda names: names.map(sets.index), kind="stable")


def _scaled(unit: str, mean: float) -> tuple[float, str]:
    """A factor and a unit that make numbers of this size short; units of claims as the catalogue has them."""
    if unit in _EVERY or known(f"claims.units.{unit}"):
        return 100.0 if unit.startswith("share") else 1.0, _unit(unit)
    return scale(unit, mean if math.isfinite(mean) else 0.0)


def _unit(unit: str) -> str:
    """A unit as it stands behind a number."""
    if unit in _EVERY:
        return say("report.numbers.per", each=say(_EVERY[unit]))
    key = f"claims.units.{unit}"
    return say(key) if known(key) else unit_words(unit)
