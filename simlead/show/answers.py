"""Answers in words: effects with both uncertainties, what they depend on, and what is worth learning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simlead.show.format import (
    amount,
    chance,
    interval,
    mean_of,
    number,
    parameter_unit,
    parameter_value,
    quantity,
    scale,
    setting,
    two_digits,
)
from simlead.show.format import count as counted_number
from simlead.show.language import known, say
from simlead.show.wording import capital, effect_sizes_name, inside, listed, measure_name, parameter_name, scenario_name
from simlead.statistics.findings import Finding

RELATIVE_UNIT = "share of status quo"
MONEY = "$/year"
_AFTER_A_NUMBER = ("answer.lead", "answer.best")
"""Findings whose interval stands in brackets behind a number in the same unit, which has the unit once."""


def answer_sentence(found: Finding) -> str:
    """One finding of an answer in words.

    >>> from simlead.statistics.findings import finding
    >>> answer_sentence(finding("answer.drivers.none", worlds=40, policy="coaching", effect_sizes="evidence"))
    'Coaching, evidence: no single assumption drives it clearly in 40 worlds.'
    """
    values: dict[str, Any] = dict(found.values)
    unit = str(values.get("unit", MONEY))
    shown = {name: _shown(name, value, unit) for name, value in values.items() if name not in _COMPOSED}
    for name in _COMPOSED.keys() & values.keys():
        shown[name] = _COMPOSED[name](values[name], values)
    if "mean" in values:
        shown |= _effect(values, unit)
    elif "expected" in values:
        shown["expected"] = _change(values["expected"], values["low"], values["high"], unit)
    if {"low", "high"} <= values.keys():
        shown["interval"] = _between(values["low"], values["high"], unit, not found.code.startswith(_AFTER_A_NUMBER))
    if "parameter" in values:
        shown["how"] = how_to_learn(values["parameter"])
    return capital(" ".join(say(f"findings.{found.code}", **shown).split()))


def effect_scale(unit: str, size: float) -> tuple[float, str]:
    """A factor and a unit in words that make effects of this size short.

    >>> effect_scale("share of status quo", 0.1), effect_scale("share", 0.1), effect_scale("$/year", 2e6)
    ((100.0, '%'), (100.0, 'points'), (1e-06, 'million $/year'))
    """
    if unit == RELATIVE_UNIT:
        return 100.0, say("names.percents.share")
    if unit.startswith("share"):
        return 100.0, say("names.units.points")
    return scale(unit, abs(size))


def how_to_learn(path: str) -> str:
    """What would measure an assumption in a firm, where that is known.

    >>> how_to_learn("world.ability_year_correlation") == ""
    False
    """
    key = f"learning.{path}"
    return say(key) if known(key) else say("learning.unknown")


def switching_value(line: Mapping[Any, Any]) -> str:
    """A driver and where it switches the conclusion: at 0, else at the smallest effect of interest, if it does.

    >>> switching_value({"parameter": "world.fade_months", "switch_zero": 8.04, "switch_smallest": 9.0})
    'fade months: 0 at 8 months'
    """
    path = str(line["parameter"])
    name = inside(parameter_name(path))
    for level in ("zero", "smallest"):
        at = float(line[f"switch_{level}"])
        if math.isfinite(at):
            return say("answers.switches_at", parameter=name, crosses=say(
                f"answers.crosses_{level}", at=amount(two_digits(at), parameter_unit(path))))
    return name


def driver_words(path: str, ends: tuple[float, float], effects: tuple[float, float], unit: str) -> str:
    """An assumption with the effects at both ends of its range.

    >>> driver_words("world.fade_months", (3.04, 12.0), (-2e5, 1.2e6), "$/year")
    'fade months (−200 thousand $/year at 3, +1.2 million $/year at 12 months)'
    """
    low, high = (_signed(effect, unit) for effect in effects)
    return say("answers.driver", parameter=inside(parameter_name(path)), value_low=two_digits(ends[0]),
               value_high=amount(two_digits(ends[1]), parameter_unit(path)), at_low=low, at_high=high)


def places(found: Any, factors: Sequence[str]) -> dict[str, str]:
    """The policies of an answer about points of a sweep, by the values of the sweep's factors, in words."""
    return {name: listed([say("words.place", factor=inside(parameter_name(path)), value=parameter_value(
        path, found.scenarios[name].value(path))) for path in factors], most=4) for name in found.policies}


def switch_name(switch: str) -> str:
    """A structural switch as people read it."""
    return inside(parameter_name(f"structure.{switch}"))


def _effect(values: Mapping[str, Any], unit: str) -> dict[str, str]:
    low, high = values["low"], values["high"]
    return {"change": _change(values["mean"], low, high, unit),
            "random": _between(values["random_low"], values["random_high"], unit)}


def _change(mean: float, low: float, high: float, unit: str) -> str:
    factor, name = effect_scale(unit, max(abs(low), abs(high)))
    return amount(mean_of(factor * mean, factor * low, factor * high, sign=True), name)


def _between(low: float, high: float, unit: str, with_unit: bool = True) -> str:
    factor, name = effect_scale(unit, max(abs(low), abs(high)))
    text = interval(factor * low, factor * high)
    return amount(text, name) if with_unit else text


def _size(value: float, unit: str) -> str:
    factor, name = effect_scale(unit, value)
    return amount(number(factor * value), name)


def _shown(name: str, value: Any, unit: str) -> str:
    if name.startswith("p_"):
        return chance(float(value))
    if name == "smallest":
        factor, words_of = effect_scale(unit, float(value))
        return amount(two_digits(factor * float(value)), words_of)
    if name == "world_share":
        return setting(round(100.0 * float(value))) if math.isfinite(float(value)) else say("words.unknown")
    if name == "effective":
        return counted_number(round(float(value)))
    if name in ("half_width", "more_runs", "more_worlds", "at_best", "by_random", "by_world"):
        return _size(float(value), unit)
    if name in ("value", "evpi", "regret", "other"):
        return quantity(float(value), MONEY, short=True)
    if name in ("policy", "best"):
        return inside(scenario_name(str(value)))
    if name == "measure":
        return inside(measure_name(str(value)))
    if name == "effect_sizes":
        return inside(effect_sizes_name(str(value)))
    if name == "parameter":
        return inside(parameter_name(str(value)))
    if name in ("worlds", "all", "unclear"):
        return counted_number(int(value))
    if name == "reason":
        return say(f"answers.reasons.{value}")
    return str(value)


def _names(names: Sequence[str], _: Mapping[str, Any]) -> str:
    return listed([inside(scenario_name(str(name))) for name in names])


def _drivers(lines: Sequence[tuple[Any, ...]], values: Mapping[str, Any]) -> str:
    unit, said = str(values["unit"]), []
    for path, _, value_low, at_low, value_high, at_high, zero, smallest in lines:
        of = parameter_unit(path)
        text = driver_words(path, (value_low, value_high), (at_low, at_high), unit)
        crossed = [say(f"answers.crosses_{name}", at=amount(two_digits(at), of))
                   for name, at in (("zero", zero), ("smallest", smallest)) if math.isfinite(at)]
        said.append(f"{text}{say('answers.joint')}{listed(crossed)}" if crossed else text)
    return say("answers.between").join(said)


def _signed(value: float, unit: str) -> str:
    factor, name = effect_scale(unit, value)
    half = abs(factor * value) / 4 or 1.0
    return amount(mean_of(factor * value, factor * value - half, factor * value + half, sign=True), name)


def _switches(lines: Sequence[tuple[Any, ...]], values: Mapping[str, Any]) -> str:
    if not lines or len(lines[0]) == 1:
        return listed([switch_name(str(line[0])) for line in lines] or [""])
    unit = str(values["unit"])
    return listed([say("answers.with_switch", switch=switch_name(str(name)), change=_signed(mean, unit),
                       probability=chance(share)) for name, mean, share in lines])


_COMPOSED: dict[str, Any] = {
    "names": _names, "policies": _names, "drivers": _drivers, "switches": _switches,
}

