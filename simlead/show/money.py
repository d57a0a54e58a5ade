"""Money in words: what policies cost and earn, when they are paid back, what that depends on, and the next step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simlead.results.ledger import BESIDE, LINES
from simlead.show.answers import driver_words, how_to_learn
from simlead.show.format import (
    amount,
    chance,
    count,
    fixed,
    interval,
    mean_of,
    number,
    parameter_unit,
    probability,
    scale,
    signed,
    two_digits,
)
from simlead.show.language import say
from simlead.show.wording import capital, counted, effect_sizes_name, inside, listed, parameter_name, scenario_name
from simlead.statistics.findings import Finding
from simlead.study.money.result import Money

A_YEAR, ONCE = "$/year", "$"


def money_sentence(found: Finding) -> str:
    """One finding on money in words.

    >>> from simlead.statistics.findings import finding
    >>> money_sentence(finding("payback.next.start", policy="coaching", p_least=0.93, p_most=0.97))[:48]
    'Next step: coaching may start, since it pays wit'
    """
    values: dict[str, Any] = dict(found.values)
    policy = inside(scenario_name(str(values["policy"])))
    shown: dict[str, str] = {"policy": policy, "first": capital(policy)}
    shown |= {name: chance(float(values[name])) for name in ("p_pays", "p_least", "p_most") if name in values}
    if "effect_sizes" in values:
        shown["effect_sizes"] = inside(effect_sizes_name(str(values["effect_sizes"])))
    if "mean" in values:
        shown |= {"change": change_words(values, A_YEAR),
                  "random": between(values, A_YEAR, "random_low", "random_high"),
                  "payback": payback_clause(values, int(values["months"])), "returns": _returns(values)}
    if "spent" in values:
        parts = [say("money.part", line=inside(line_name(name)), amount=sized(value, ONCE))
                 for name, value in values.get("parts", ())]
        shown |= {"spent": sized(float(values["spent"]), ONCE), "parts": listed(parts or [""])}
        hours = float(values["hours"])
        shown["hours"] = (say(f"money.hours_{'more' if hours > 0.0 else 'less'}", amount=sized(abs(hours), ONCE))
                          if abs(hours) > 0.5 else "")
    if "drivers" in values:
        shown["drivers"] = say("answers.between").join(_driver(line) for line in values["drivers"])
        shown["worlds"] = count(int(values["worlds"]))
    if "parameter" in values:
        path = str(values["parameter"])
        shown |= {"parameter": inside(parameter_name(path)), "how": how_to_learn(path)}
    if "least" in values:
        shown["least"] = count(int(values["least"]))
    if "seen_from" in values:
        least = float(values["seen_from"])
        shown["reading"] = (say("money.reading", seen_from=sized(least, A_YEAR)) if math.isfinite(least)
                            else say("money.reading_unknown"))
    if "value" in values:
        shown["value"] = sized(float(values["value"]), A_YEAR)
    return capital(" ".join(say(f"findings.{found.code}", **shown).split()))


def line_name(line: str) -> str:
    """A line of the ledger as people read it.

    >>> line_name("programme")
    'Programme'
    """
    return say(f"money.lines.{line}")


def sized(value: float, unit: str) -> str:
    """An amount of money, short.

    >>> sized(44_000.0, "$"), sized(1_234_567.0, "$/year")
    ('44 thousand $', '1.23 million $/year')
    """
    factor, name = scale(unit, abs(value))
    return amount(number(factor * value, abs(factor * value) / 10 or 1.0), name)


def change_words(values: Mapping[Any, Any], unit: str) -> str:
    """A difference with its sign and the interval of both uncertainties.

    >>> change_words({"mean": 2e5, "low": -1e5, "high": 5e5}, "$/year")
    '+200 thousand $/year (−100 to 500)'
    """
    mean, low, high = (float(values[name]) for name in ("mean", "low", "high"))
    factor, name = scale(unit, max(abs(low), abs(high)))
    return say("words.with_interval", text=amount(mean_of(factor * mean, factor * low, factor * high, sign=True), name),
               interval=interval(factor * low, factor * high))


def between(values: Mapping[Any, Any], unit: str, low: str = "low", high: str = "high") -> str:
    """An interval at the scale of the interval of both uncertainties, without its unit."""
    size = max(abs(float(values["low"])), abs(float(values["high"])))
    factor = scale(unit, size)[0]
    return interval(factor * float(values[low]), factor * float(values[high]))


def payback_words(values: Mapping[Any, Any], months: int) -> str:
    """The month that pays a policy back with its interval, short, for a cell.

    >>> payback_words({"payback_month": 14.0, "payback_low": 9.0, "payback_high": math.inf}, 36)
    '14 months (9 to over 36)'
    >>> payback_words({"payback_month": math.inf, "payback_low": 30.0, "payback_high": math.inf}, 36)
    'not expected in 36 months (30 to over 36)'
    """
    month, low, high = (float(values[f"payback_{name}"]) for name in ("month", "low", "high"))
    most = count(months)
    if math.isinf(month):
        key = "not_back" if math.isinf(low) else "not_back_earliest"
        return say(f"money.{key}", months=most, low=_month(low, most), high=_month(high, most))
    if month == 0.0 and high == 0.0:
        return say("money.at_once")
    return say("money.back", month=_months(month), low=_month(low, most), high=_month(high, most))


def payback_clause(values: Mapping[Any, Any], months: int, who: str = "") -> str:
    """The same as a clause of a sentence, about a policy that is named or that the sentence has named before.

    >>> payback_clause({"payback_month": 14.0, "payback_low": 9.0, "payback_high": math.inf}, 36, "Coaching")
    'Coaching is paid back after 14 months (9 to over 36)'
    >>> payback_clause({"payback_month": math.inf, "payback_low": 30.0, "payback_high": math.inf}, 36)
    'it is not expected to be paid back within 36 months (95 % interval: from month 30 on)'
    """
    who = who or say("money.it")
    month, low, high = (float(values[f"payback_{name}"]) for name in ("month", "low", "high"))
    most = count(months)
    if math.isinf(month):
        key = "clause_never" if math.isinf(low) else "clause_not"
        return say(f"money.{key}", who=who, months=most, low=_month(low, most))
    if month == 0.0 and high == 0.0:
        return say("money.clause_at_once", who=who)
    return say("money.clause_back", who=who, month=_months(month), low=_month(low, most), high=_month(high, most))


def return_words(values: Mapping[Any, Any]) -> str:
    """What comes back for each unit put in, with its interval, for a cell.

    >>> return_words({"return": 2.4, "return_low": -0.5, "return_high": 5.2})
    '2.4 (−0.5 to 5.2)'
    """
    mean, low, high = (float(values[name]) for name in ("return", "return_low", "return_high"))
    if not math.isfinite(mean):
        return say("money.nothing_put_in")
    places = 1 if max(abs(mean), abs(low), abs(high)) < 20.0 else 0
    return say("words.with_interval", text=fixed(mean, places), interval=say(
        "words.to", low=fixed(low, places), high=fixed(high, places)))


SUMMARY_COLUMNS = ("policy", "effect_sizes", "a_year", "random", "payback", "return", "p_pays")
"""The columns of `summary_rows`; `money.columns` in the catalogue words them."""


def summary_rows(found: Money) -> list[tuple[str, ...]]:
    """A row per policy and set: profit a year, payback, return, and the probability that it pays."""
    months = int(found.months["month"].max())
    rows: list[tuple[str, ...]] = []
    for policy in found.policies:
        for name in found.effect_sizes:
            row = found.row(policy, name)
            rows.append((
                scenario_name(policy), effect_sizes_name(name), change_words(row, A_YEAR),
                between(row, A_YEAR, "random_low", "random_high"), payback_words(row, months), return_words(row),
                probability(float(row["p_pays"]))))
    return rows


def ledger_rows(found: Money, policy: str) -> list[tuple[str, ...]]:
    """A row per line of the ledger, then the profit they add up to, then the prices inside of them; a column a set."""
    here = found.ledger[found.ledger["policy"] == policy]
    size = float(here[here["counted"]][["low", "high"]].abs().to_numpy().max())
    profit = (say("money.lines.profit"), *(_profit(found, policy, name, size) for name in found.effect_sizes))
    rows = []
    for line in LINES:
        lines = here[here["line"] == line].to_dict("records")
        if not any(abs(row[end]) > 0.5 for row in lines for end in ("low", "high")):
            continue
        if line in BESIDE and profit not in rows:
            rows.append(profit)
        rows.append((line_name(line), *(_amount(row, size) for row in lines)))
    return rows if profit in rows else [*rows, profit]


def ledger_unit(found: Money, policy: str) -> str:
    """The unit of the amounts of `ledger_rows`."""
    here = found.ledger[(found.ledger["policy"] == policy) & found.ledger["counted"]]
    return scale(ONCE, float(here[["low", "high"]].abs().to_numpy().max()))[1]


def _profit(found: Money, policy: str, name: str, size: float) -> str:
    row = found.row(policy, name)
    return _amount({key: found.years_in_all * float(row[key]) for key in ("mean", "low", "high")}, size)


def _amount(row: Mapping[Any, Any], size: float) -> str:
    factor = scale(ONCE, size)[0]
    mean, low, high = (factor * float(row[name]) for name in ("mean", "low", "high"))
    if high - low < 1e-9 * max(abs(mean), 1e-9):  # it is not uncertain
        return number(mean, abs(mean) / 20 or 1.0)
    return say("words.with_interval", text=mean_of(mean, low, high), interval=interval(low, high))


def three_sentences(found: Money, policy: str) -> list[str]:
    """The answer in three sentences: what it costs and earns, what that depends on, and the next step."""
    months = int(found.months["month"].max())
    rows = {name: found.row(policy, name) for name in found.effect_sizes}
    spent = float(next(iter(rows.values()))["spent"])
    if len(rows) == 1:
        (row,) = rows.values()
        parts, paybacks = [change_words(row, A_YEAR)], [payback_words(row, months)]
    else:
        parts = [say("money.sentence_part", change=change_words(row, A_YEAR), effect_sizes=inside(
            effect_sizes_name(name))) for name, row in rows.items()]
        paybacks = [say("money.sentence_back", payback=payback_words(row, months), effect_sizes=inside(
            effect_sizes_name(name))) for name, row in rows.items()]
    first = say("money.sentence", policy=inside(scenario_name(policy)), parts=listed(parts), paybacks=listed(paybacks),
                cost=say("money.sentence_cost", spent=sized(spent, ONCE)) if spent > 0.5 else "")
    return [capital(first), *(money_sentence(each) for each in found.findings_of(policy)[-2:])]


def headline(found: Money, policy: str) -> str:
    """The title of a policy's money: by how much its profit a year is expected to change, and what follows.

    Under several sets of effect sizes it states the lowest and the highest expected change, which is no interval.
    """
    means = sorted(float(found.row(policy, name)["mean"]) for name in found.effect_sizes)
    factor, unit = scale(ONCE, max(map(abs, means)))
    texts = list(dict.fromkeys(signed(factor * mean, abs(factor * mean) / 3 or 1.0) for mean in means))
    if len(texts) > 1:
        text = say("money.range", least=texts[0], most=texts[-1])
        expected = say("money.expected_sets", amount=amount(text, unit))
    else:
        expected = say("money.expected", amount=amount(texts[0], unit))
    several = len(found.policies) > 1 and policy == found.best
    name = scenario_name(policy)
    return say(f"money.{'best' if several else 'headline'}.{found.next_step(policy)}",
               policy=inside(name) if several else name, number=count(len(found.policies)), expected=expected)


def _driver(line: Sequence[Any]) -> str:
    path, value_low, at_low, value_high, at_high, zero = line
    text = driver_words(str(path), (value_low, value_high), (at_low, at_high), A_YEAR)
    if not math.isfinite(zero):
        return text
    return text + say("money.crosses", at=amount(two_digits(zero), parameter_unit(str(path))))


def _returns(values: Mapping[str, Any]) -> str:
    return say("money.returns", returns=return_words(values)) if math.isfinite(float(values["return"])) else ""


def _month(month: float, most: str) -> str:
    return say("money.over", months=most) if math.isinf(month) else count(int(month))


def _months(month: float) -> str:
    return counted("month", int(month))
