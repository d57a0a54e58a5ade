"""The words for a claim, the same on every page, slide, chart and in the terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError, nearest
from simlead.show.format import (
    amount,
    count,
    figures,
    fixed,
    in_100,
    number,
    of_100,
    parameter_unit,
    parameter_value,
    percent,
    places_of,
    scale,
    unit_words,
)
from simlead.show.language import known, say
from simlead.show.user_text import clean
from simlead.show.wording import capital, counted, inside, listed, parameter_name
from simlead.study.records import BREAKS, DEPENDS, EXISTENCE, HOLDS, LIMITS, ONLY_ASSUMED, UNCLEAR, VERDICTS

if TYPE_CHECKING:
    import pandas as pd

MONTHS = "months"
KINDS = ("text", "effects")
PROTOCOL = ("experiments", "holds", "no_difference", "reverse", "reasons", "learn")
AS_IT_IS = "as it is"

_KEY = re.compile(r"\bV(\d{2})\b")


def claim_texts(key: str) -> dict[str, str]:
    """Return the texts on a claim in the language in use: what it says, and what would count for and against it.

    Parameters
    ----------
    key : str
        The claim's key in :data:`simlead.CLAIMS`.

    Returns
    -------
    dict of str to str
        The text by kind: `text` and `effects`, then `experiments`, `holds`, `no_difference`, `reverse`, `reasons` and
        `learn`.

    Raises
    ------
    ParameterError
        For a key that is no claim's.

    Examples
    --------
    >>> claim_texts("double_profit")["text"], claim_texts("double_profit")["no_difference"]
    ('Leadership doubles profit.', 'Profit changes by less than a tenth.')
    """
    if not known(f"claims.text.{key}"):
        from simlead.study.claims.protocol import CLAIMS

        raise ParameterError(f"claim {key!r}: allowed is {' | '.join(CLAIMS)}{nearest(str(key), CLAIMS)}")
    return {kind: say(f"claims.{kind}.{key}") for kind in KINDS} | {
        kind: say(f"protocol.{kind}.{key}") for kind in PROTOCOL}


def chances(probability: float) -> str:
    """Chances in 100, never certain; with more digits where a verdict has a limit near that they are not at.

    >>> chances(0.624), chances(0.0), chances(1.0), chances(0.0472), chances(0.9502), chances(0.2)
    ('62', 'fewer than 1', 'more than 99', '4.7', '95.02', '20')
    """
    if not 0.01 <= probability <= 0.99:
        return in_100(probability)
    limits = {round(100.0 * limit) for limit in LIMITS}
    places = next((places for places in range(3) if round(100.0 * probability, places) not in limits), 0)
    return fixed(100.0 * probability, places)


def verdict_words(verdict: str, follows: str) -> str:
    """A verdict; of a claim that is not tested also what follows from it.

    >>> verdict_words("does not hold", "does not hold"), verdict_words("assumed", "holds")
    ('does not hold', 'assumed; what follows in the model: holds')
    """
    said = say(f"claims.verdicts.{follows}")
    if verdict == follows:
        return said
    return say("claims.standing_beside", verdict=say(f"claims.verdicts.{verdict}"), follows=said)


def sentence(row: Mapping[Any, Any], before: float = math.nan) -> str:
    """The verdict of a row of the table of verdicts in a sentence; `before` is an existence's share without the cause.

    >>> sentence({"verdict": "depends", "follows": "depends", "kind": "direction", "p_holds": 0.4,
    ...           "depends_on": "world.skill_effect", "switching_value": 0.21})
    'It depends on skill effect; the conclusion changes at 0.21. The chances that it holds are 40 in 100.'
    """
    follows = _sentence(row, str(row["follows"]), before)
    if row["verdict"] in VERDICTS[:-2]:
        return follows
    return say("claims.sentences.assumed" if row["verdict"] == ONLY_ASSUMED else
               "claims.sentences.not testable here", follows=follows)


def _sentence(row: Mapping[Any, Any], verdict: str, before: float) -> str:
    if row["kind"] == EXISTENCE:
        return say("claims.sentences.existence", share=of_100(row["effect"]), before=of_100(before),
                   smallest=of_100(row["smallest"]), verdict=say(f"claims.verdicts.{verdict}"),
                   chance=chances(row["p_holds"]))
    share = chances(row["p_holds"])
    if verdict == DEPENDS:
        return say("claims.sentences.depends", share=share, depends=depends_words(row))
    return say(f"claims.sentences.{verdict}", share=share)


def titles(rows: Sequence[Mapping[Any, Any]], before: float = math.nan) -> list[str]:
    """Titles of a claim's chart from its rows of the table of verdicts, the fullest first: a chart takes one that fits.

    >>> row = {"verdict": "holds", "follows": "holds", "kind": "size", "p_holds": 0.97, "effect_sizes": "evidence"}
    >>> titles([row])
    ['It holds: the chances are 97 in 100.', 'Holds; the chances are 97 in 100.']
    """
    first = rows[0]
    own, share = _in_title(first), chances(first["p_holds"])
    whole, short = sentence(first, before), say("claims.titles.one", verdict=own, share=share)
    if len(rows) == 1:
        return [whole, short]
    second, other = rows[1], chances(rows[1]["p_holds"])
    if first["kind"] == EXISTENCE:
        return [say("claims.titles.existence", share=of_100(first["effect"]), other=of_100(second["effect"]),
                    before=of_100(before))]
    if first["follows"] == second["follows"]:
        depends = [say("claims.titles.depends", parameter=inside(parameter_name(first["depends_on"])), share=share,
                       other=other)] if first["verdict"] == DEPENDS else []
        return [*depends, say("claims.titles.same", verdict=own, share=share, other=other), short]
    plain = say(f"claims.verdicts.{second['follows']}")
    return [say("claims.titles.both", first=whole, second=plain, share=other),
            say("claims.titles.short", verdict=own, share=share, second=plain, other=other), short]


def _in_title(row: Mapping[Any, Any]) -> str:
    """A verdict as a title begins; of a claim that is not tested, what comes out in the model."""
    said = say(f"claims.verdicts.{row['follows']}")
    return capital(said) if row["verdict"] == row["follows"] else say(f"claims.titles.{row['verdict']}", verdict=said)


def row_name(effect_sizes: str) -> str:
    """Where the sizes of effects come from, as a chart's row.

    >>> row_name("practitioner")
    'effects as practitioners report'
    """
    return say(f"claims.rows.{effect_sizes}")


def coverage_words(row: Mapping[Any, Any]) -> str:
    """How many worlds a verdict rests on, what they are worth, and what published facts left of those drawn.

    >>> coverage_words({"worlds": 48, "effective_worlds": 46.2, "candidates": 4096, "candidates_left": 0.6})
    '48 worlds, worth 46 of equal weight, taken from 4,096 that were drawn; published facts rule out 40 % of these'
    """
    return say("claims.coverage", worlds=count(int(row["worlds"])), effective=count(round(row["effective_worlds"])),
               candidates=count(int(row["candidates"])),
               ruled_out=percent(100.0 * (1.0 - row["candidates_left"]), 10.0))


def precision_words(row: Mapping[Any, Any]) -> str:
    """How well the chances of a claim are known: twice their standard error, and a limit of verdicts that is as near.

    Nothing of an existence.

    >>> precision_words({"p_holds": 0.5, "p_holds_error": 0.041})
    'The chances are known to about 8 points either way.'
    >>> precision_words({"p_holds": 0.96, "p_holds_error": 0.01})
    'The chances are known to about 2 points either way; the limit of 95 in 100 is not further away.'
    """
    share, error = float(row["p_holds"]), float(row["p_holds_error"])
    if not error > 0.0:
        return ""
    known_to = counted("point", max(1, round(200.0 * error)))
    nearest_limit = min(LIMITS, key=lambda limit: abs(limit - share))
    if abs(nearest_limit - share) > 2.0 * error:
        return say("claims.precision", error=known_to)
    return say("claims.precision_near", error=known_to, limit=of_100(nearest_limit))


def depends_words(row: Mapping[Any, Any]) -> str:
    """What a claim depends on most and where that turns it; or that nothing turns it by itself."""
    path = str(row["depends_on"])
    if not path:
        return say("claims.nothing_turns")
    name = inside(parameter_name(path))
    if path.startswith("structure."):
        return say("claims.depends_on_whether", parameter=name)
    value, unit = parameter_value(path, row["switching_value"]), parameter_unit(path)
    return say("claims.depends_on", parameter=name, value=amount(value, unit) if "$" in unit else value)


def payback_words(row: Mapping[Any, Any]) -> str:
    """Months until a claim's programme has paid back, and in how many firms; nothing where nothing is to be paid.

    >>> payback_words({"payback_months": 7.0, "payback_low": 5.0, "payback_high": math.inf, "share_paid_back": 0.81})
    '7 months (5 to beyond the end) on average; in 81 of 100 firms it has paid back by the end'
    """
    if math.isnan(row["payback_months"]):
        return ""
    months = effect_words(row["payback_months"], row["payback_low"], row["payback_high"], MONTHS)
    return say("claims.paid_back_share", months=months, share=of_100(row["share_paid_back"]))


def structures_words(structures: pd.DataFrame, worlds: int) -> str:
    """Under how many other mechanisms the conclusion is the same, which ones break it, and how many are unclear.

    `structures` are a claim's rows under one set of effect sizes, `worlds` those in which each mechanism was run.
    """
    if not len(structures):
        return say("claims.not_looked")
    same, breaking, unclear = _conclusions(structures)
    said = [say("claims.survives", worlds=count(worlds), same=count(same), all=count(same + len(breaking) + unclear))]
    said += [say("claims.breaks", names=listed(breaking))] if breaking else []
    said += [say("claims.unclear", unclear=count(unclear))] if unclear else []
    return " ".join(said)


def strip_words(structures: pd.DataFrame) -> str:
    """The same in few words, for the strip of a chart."""
    same, breaking, unclear = _conclusions(structures)
    every = same + len(breaking) + unclear
    said = [say("claims.same_everywhere" if same == every else "claims.same_under", same=count(same), all=count(every))]
    said += [say("claims.another_under", names=listed(breaking, most=2))] if breaking else []
    said += [say("claims.unclear_under", unclear=count(unclear))] if unclear else []
    return "".join(said)


def _conclusions(structures: pd.DataFrame) -> tuple[int, list[str], int]:
    """How many switches leave the conclusion, the names of those that break it, and how many are unclear."""
    others = structures[structures["switch"] != AS_IT_IS]
    broken = others.loc[others["conclusion"] == BREAKS, "switch"]
    return (int((others["conclusion"] == HOLDS).sum()),
            [inside(parameter_name(f"structure.{clean(name)}")) for name in broken],
            int((others["conclusion"] == UNCLEAR).sum()))


def with_sources(text: str) -> str:
    """A text with the keys of sources as the bibliography has them: letters and digits that are not translated.

    >>> with_sources("so sagt V\N{EXTENDED ARABIC-INDIC DIGIT TWO}\N{EXTENDED ARABIC-INDIC DIGIT THREE}")
    'so sagt V23'
    """
    return _KEY.sub(lambda found: "V" + "".join(str(int(digit)) for digit in found[1]), text)


def effect_words(mean: float, low: float, high: float, unit: str) -> str:
    """Format an effect with its unit and its interval; what lies beyond the end of the time simulated says so.

    Ends and mean have the decimals that every interval has: none on one side of zero is shown as zero.

    >>> effect_words(0.0234, 0.008, 0.0666, "share of managers"), effect_words(0.051, 0.002, 0.1, "share of managers")
    ('2 % of managers (1 to 7)', '5.1 % of managers (0.2 to 10.0)')
    >>> effect_words(1.0, 1.0, 2.0, "months"), effect_words(7.0, 5.0, math.inf, "months")
    ('1 month (1 to 2)', '7 months (5 to beyond the end)')
    >>> effect_words(math.inf, math.inf, math.inf, "months")
    'not by the end'
    """
    factor, word = _scaled(unit, mean)
    values = [factor * value for value in (mean, low, high)]
    if unit != MONTHS and all(math.isfinite(value) for value in values):
        middle, *ends = figures(*values)
    else:
        whole = 10.0 if unit == MONTHS else None
        middle = number(values[0], whole) if not math.isinf(mean) else say("claims.never")
        ends = [number(end, whole) if math.isfinite(end) else say("claims.beyond") for end in values[1:]]
    if word and math.isfinite(mean):
        middle = counted("month", middle) if unit == MONTHS else say("words.quantity", number=middle, unit=word)
    if math.isnan(low) or math.isnan(high):
        return say("claims.effect", mean=middle, interval=say("claims.no_interval"))
    if all(math.isinf(value) for value in values) or low == high:
        return middle
    return say("claims.effect", mean=middle, interval=say("words.to", low=ends[0], high=ends[1]))


def share_words(share: float) -> str:
    """Format the share of the difference between worlds that a parameter explains: an unbiased one may pass 1.

    >>> share_words(0.284), share_words(1.02)
    ('28 %', '100 %')
    """
    return percent(100.0 * min(share, 1.0), 10.0)


def ends_words(low: float, high: float, unit: str) -> str:
    """Format what an effect is at the low and the high end of a parameter, in this order.

    >>> ends_words(0.1234, -0.0456, "share of status quo"), ends_words(0.0, 0.021, "share of firms")
    ('12 to −5 % of status quo', '0.0 to 2.1 % of firms')
    """
    factor, word = _scaled(unit, low)
    low, high = factor * low, factor * high
    places = places_of((low + high) / 2, min(low, high), max(low, high))
    text = say("words.to", low=fixed(low, places), high=fixed(high, places))
    return say("words.quantity", number=text, unit=word) if word else text


def part_name(part: str) -> str:
    """Name a part of a claim, or an order of parts, in the language in use.

    >>> part_name("not coaching > selling on"), part_name("35 %")
    ('not coaching, then selling on', '35 %')
    """
    names = [say(f"claims.parts.{name}") if known(f"claims.parts.{name}") else clean(name)
             for name in part.split(" > ")]
    return say("words.comma").join([*names[:1], *(say("claims.then", part=name) for name in names[1:])])


def before_of(parts: pd.DataFrame) -> float:
    """Of an existence claim, the share of firms of which it is true without the cause; nan of another."""
    found = parts.loc[parts["part"] == "as before", "mean"]
    return float(found.iloc[0]) if len(found) else math.nan


def becomes_words(becomes: str) -> str:
    """What a draw amounts to."""
    return say(f"claims.classes.{becomes}") if known(f"claims.classes.{becomes}") else clean(becomes)


def _scaled(unit: str, mean: float) -> tuple[float, str]:
    """A factor and a unit that make numbers of this size short; units of claims as the catalogue has them."""
    if known(f"claims.units.{unit}"):
        return 100.0, say(f"claims.units.{unit}")
    if unit == MONTHS:
        return 1.0, unit_words(unit)
    return scale(unit, mean if math.isfinite(mean) else 0.0)
