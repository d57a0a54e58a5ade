"""Findings as sentences: a finding's code names the text in the catalogue (`findings.toml`), its values fill it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.show.answers import answer_sentence
from simlead.show.format import (
    amount,
    figures,
    fixed,
    interval,
    limit_words,
    number,
    percent_of,
    scale,
    setting,
    unit_of,
)
from simlead.show.format import count as counted_number
from simlead.show.language import known, localised, say
from simlead.show.trial import trial_sentence
from simlead.show.wording import capital, effect_sizes_name, inside, listed, measure_name, parameter_name, words
from simlead.statistics.codes import ABOVE, BELOW, FOUND, STATED
from simlead.statistics.findings import Finding

if TYPE_CHECKING:
    import pandas as pd


def sentences(found: Any) -> list[str]:
    """Word what an analysis found, a sentence per finding, in the current language.

    Parameters
    ----------
    found : object
        What `answer`, `payback`, `select_best`, `fit_surface`, `worlds` or `read_sweep` returned; a table of
        `sobol_indices`, `morris_effects`, `prcc` or `prim`; or findings.

    Returns
    -------
    list of str
        The sentences.

    Examples
    --------
    >>> from simlead.statistics.findings import finding
    >>> sentences([finding("sensitivity.leader", factor="policy.role_clarity", index="total", estimate=0.6, low=0.4,
    ...                    high=0.8)])
    ['Role clarity has the largest total index, 0.60 (0.40 to 0.80).']
    """
    if hasattr(found, "columns"):
        if "box" in found.columns:
            return [box_sentence(rows) for _, rows in found.groupby("box", sort=True)]
        from simlead.statistics.sensitivity_findings import sensitivity_findings

        found = sensitivity_findings(found)
    findings: Iterable[Finding] = getattr(found, "findings", found)
    if not isinstance(findings, Iterable):
        raise ParameterError(f"{type(found).__name__}: sentences are made of an analysis, such as answer(...), or of a "
                             "table of sensitivity or boxes; a comparison shows itself")
    return [sentence(finding) for finding in findings]


def sentence(finding: Finding) -> str:
    """One finding in words."""
    if finding.code.startswith("payback."):
        from simlead.show.money import money_sentence

        return money_sentence(finding)
    if finding.code.startswith("answer."):
        return answer_sentence(finding)
    if finding.code.partition(".")[0] == "trial":
        return trial_sentence(finding)
    values = dict(finding.values)
    if "places" in values:
        values["near"] = values["places"]
    shown = {name: _shown(name, value, values) for name, value in values.items()}
    return capital(say(f"findings.{finding.code}", **shown))


def _shown(name: str, value: Any, values: Mapping[str, Any]) -> str:
    """A value as its name asks for."""
    if name in _COMPOSED:
        return _COMPOSED[name](value, values)
    return _FORMATS[name](value) if name in _FORMATS else localised(str(value))


def _index(value: float) -> str:
    return fixed(value, 2) if abs(value) < 10 else number(value)


def _name(path: str) -> str:
    return inside(parameter_name(path))


def _two_digits(value: float) -> str:
    """A whole number, rounded up to two digits that matter.

    >>> _two_digits(1234.0), _two_digits(math.inf)
    ('1,300', 'unknown')
    """
    if not math.isfinite(value):
        return say("words.unknown")
    step = 10 ** max(0, len(str(int(value))) - 2)
    return counted_number(math.ceil(value / step) * step)


def _of_measure(value: float, half: float, measure: str) -> str:
    """A number of a measure with its unit, short."""
    unit = unit_of(measure)
    factor, short = scale(unit, abs(value))
    return amount(number(factor * value, factor * half), short)


def _places(places: Iterable[tuple[Any, ...]], column: int) -> str:
    """The best policy with intervals, or the values near it, factor by factor."""
    texts = []
    for name, best, low, high, near_low, near_high, sure_low, sure_high in places:
        half = (high - low) / 2
        if column == 0:
            texts.append(say("findings.surface.place", factor=_name(name), value=number(best, half),
                             interval=interval(low, high)))
        else:
            sure = "unsure" if math.isnan(sure_low) else "sure"
            texts.append(say(f"findings.surface.near_{sure}", factor=_name(name), near=interval(near_low, near_high),
                             surely="" if sure == "unsure" else interval(sure_low, sure_high)))
    return listed(texts)


def _spread(value: tuple[float, float, float], values: Mapping[str, Any]) -> str:
    factor, unit = scale(unit_of(values["measure"]), max(map(abs, value)))
    mean, low, high = figures(*(factor * end for end in value))
    return f"{amount(mean, unit)} ({say('words.to', low=low, high=high)})"


_FORMATS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("share", "within", "share_low", "share_high", "explained"), percent_of),
    **dict.fromkeys(("estimate", "low", "high", "uncorrected", "correlation"), _index),
    **dict.fromkeys(("n", "all", "advised", "replications", "runs", "points", "not_worse", "above", "below", "unclear",
                     "enough_replications", "point"), lambda value: "" if value is None else counted_number(value)),
    "factor": _name, "other": _name, "measure": lambda name: inside(measure_name(name)),
    "effect_sizes": effect_sizes_name, "other_set": lambda name: inside(effect_sizes_name(name)),
    "effective": lambda value: fixed(value, 0),
    "odds": lambda value: counted_number(round(value)) if value >= 10.0 else fixed(value, 1),
    "names": lambda names: listed(list(names)),
    "index": lambda kind: say(f"findings.indices.{kind}"), "sampled": lambda kind: say(f"findings.sampled.{kind}"),
    "enough": _two_digits, "needed": _two_digits, "off": lambda value: fixed(value, 1),
    "limit": lambda value: fixed(value, 1), "times": lambda value: fixed(value, 2 if value < 1 else 1),
    "per_hundred": setting,
}

_COMPOSED: dict[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "factors": lambda names, _: names if isinstance(names, str) else (
        counted_number(names) if isinstance(names, int) else listed([_name(name) for name in names] or [""])),
    "indifference": lambda value, values: limit_words(value, values["unit"], math.ceil),
    "reached": lambda value, values: limit_words(value, values["unit"], math.ceil),
    "lead": lambda value, values: limit_words(value, values["unit"], math.floor),
    "places": lambda places, _: _places(places, 0),
    "near": lambda places, _: _places(places, 1),
    "value": _spread, "spread": _spread,
    "regret": lambda value, values: _of_measure(value, value, values["measure"]),
    "smallest_effect": lambda value, values: _of_measure(value, value, values["measure"]),
}


# --- boxes


def box_sentence(rows: pd.DataFrame) -> str:
    """The rows of one box of a table of `prim` in words, with what it holds and how certain it is."""
    lines = rows.sort_values("quasi_p", kind="stable").to_dict("records")
    first = lines[0]
    shares = {name: percent_of(first[name]) for name in ("density", "coverage", "held_out_density")}
    kind = "chance" if first["verdict"] != FOUND else "found" if int(first["box"]) == 1 else "also"
    return capital(say(f"findings.boxes.{kind}", outcome=outcome_words(first), overall=percent_of(first["base_rate"]),
                        restrictions=listed([restriction_words(line) for line in lines if line["factor"]] or [""]),
                        p=localised(f"{first['p_value']:.2g}"), **shares))


def outcome_words(first: Mapping[Any, Any]) -> str:
    """What a box is of; the user's own words stay theirs."""
    if first["side"] == STATED:
        return str(first["outcome"])
    measure = inside(words(str(first["measure"]))) if first["measure"] else ""
    if first["side"] in (BELOW, ABOVE):
        return say(f"charts_discover.outcome.{first['side']}", threshold=setting(float(first["threshold"])),
                   measure=measure or say("charts_discover.outcome.the_outcome"))
    return measure or say("charts_discover.outcome.true")


def restriction_words(line: Mapping[Any, Any]) -> str:
    """One restriction of a box."""
    factor = _name(str(line["factor"]))
    if line["values"]:
        values = [value_words(value) for value in str(line["values"]).split(" | ")]
        return say("charts_discover.restriction.values", factor=factor, values=listed(values, "words.or"))
    low, high = float(line["low"]), float(line["high"])
    kind = "above" if math.isnan(high) else "below" if math.isnan(low) else "between"
    return say(f"charts_discover.restriction.{kind}", factor=factor, low=setting(low), high=setting(high))


def value_words(value: str) -> str:
    """A value of a factor that is no number: a switch, a rule, or a word of the user's own."""
    if value in ("True", "False"):
        return say("words.on" if value == "True" else "words.off")
    key = f"names.promotion_rules.{value}"
    return inside(say(key)) if known(key) else localised(value.replace("_", " "))
