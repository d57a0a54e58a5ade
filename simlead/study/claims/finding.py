"""What runs say of a claim: probabilities, its effect, what it depends on, and when it pays back."""

from __future__ import annotations

import dataclasses
import math
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv

from simlead.model.scenario import Scenario
from simlead.results.money import programme_cost
from simlead.statistics.answers import effect_over_worlds
from simlead.statistics.codes import DOUBT
from simlead.statistics.drivers import drivers
from simlead.statistics.over_worlds import effective_size, weighted_quantiles
from simlead.study.claims.arms import Seen
from simlead.study.claims.judging import by_optimum, by_region, more_often_than, orders, probabilities, verdict
from simlead.study.claims.protocol import STATUS_QUO, Claim, Effect, plans
from simlead.study.payback import Payback, payback_of
from simlead.study.records import CLASSES, EXISTENCE, NO_DIFFERENCE, OPTIMUM, OTHERWISE, RANKING, REVERSE, THERE

Floats = NDArray[np.float64]
Lines = list[dict[str, Any]]

TAILS = np.array([0.025, 0.975])
MOST_DRIVERS = 5
"""Rows of the table of drivers that are kept: all parameters were screened."""

PLANNED, REALISED, ORDER, PART = "plan", "realised", "order", "part"
"""What a line of the table of parts is about."""


@dataclasses.dataclass(frozen=True, eq=False)
class Finding:
    """Hold the result for one claim under one set of effect sizes.

    Attributes
    ----------
    claim, effect_sizes
        What was judged, under which set.
    verdict, follows
        The verdict on the claim; and the verdict on what follows in the model, whatever can be tested.
    numbers
        The row of the table of verdicts, but for key and set.
    parts, drivers, structures
        Tables: of the claim's parts, of what it depends on, of the structural switches.
    payback
        When the programme has paid back, if there is one.
    """

    claim: Claim
    effect_sizes: str
    verdict: str
    follows: str
    numbers: dict[str, Any]
    parts: pd.DataFrame
    drivers: pd.DataFrame
    structures: pd.DataFrame
    payback: Payback | None


def finding(claim: Claim, effect_sizes: str, seen: Seen, switched: Seen | None, base: Scenario, seed: int) -> Finding:
    """Judge a claim on what came of its arms in the worlds, and under the structural switches."""
    found, parts = _existence(claim, seen) if claim.kind == EXISTENCE else _judged(claim, seen, seed)
    bound, by_run = _margin_by_run(claim, seen)
    whole = effect_over_worlds(by_run - bound, claim.smallest, seen.weights, seed=seed)
    screened = drivers(seen.drawn, by_run - bound, claim.smallest, seen.weights, seed=seed)
    clear = screened[screened["p_value"] < DOUBT]
    turning = clear[clear["switch_zero"].notna()]
    first = turning.iloc[0].to_dict() if len(turning) else {}
    back = _payback(claim, seen, base, seed)
    follows = verdict(found["p_holds"], bool(first))
    numbers: dict[str, Any] = {
        "kind": claim.kind, "standing": claim.standing,
        "verdict": verdict(found["p_holds"], bool(first), claim.standing), "follows": follows, "unit": claim.unit,
        "smallest": claim.smallest, **found, "bound": bound, "world_share": whole.world_share, "limit": whole.limit,
        "worlds": whole.worlds, "effective_worlds": whole.effective_worlds, "replications": whole.replications,
        "depends_on": str(first.get("parameter", "")), "switching_value": float(first.get("switch_zero", math.nan)),
        "switching_low": float(first.get("switch_zero_low", math.nan)),
        "switching_high": float(first.get("switch_zero_high", math.nan)),
        "payback_months": back.months if back else math.nan, "payback_low": back.months_low if back else math.nan,
        "payback_high": back.months_high if back else math.nan,
        "share_paid_back": back.share_paid_back if back else math.nan,
    }
    shown = screened.head(MOST_DRIVERS).rename(columns={
        "switch_zero": "switching_value", "switch_zero_low": "switching_low", "switch_zero_high": "switching_high"})
    shown = shown.assign(at_low=shown["at_low"] + bound, at_high=shown["at_high"] + bound)[list(DRIVERS)]
    return Finding(claim, effect_sizes, numbers["verdict"], follows, numbers, pd.DataFrame(parts, columns=list(PARTS)),
                   shown, _structures(claim, switched), back)


PARTS = ("about", "part", "mean", "low", "high", "probability", "realised")
DRIVERS = ("parameter", "variance_share", "share_low", "share_high", "p_value", "value_low", "at_low", "value_high",
           "at_high", "switching_value", "switching_low", "switching_high")
STRUCTURES = ("switch", "effect", "low", "high", "p_holds", "becomes")
"""The columns of the tables of a finding."""


def _margins(claim: Claim, effect: Floats) -> Floats:
    """The parts that must all hold: leads of a ranking, of an optimum's plan over each other; else the parts."""
    if claim.kind == RANKING:
        return effect[:-1] - effect[1:]
    if claim.kind == OPTIMUM:
        at = claim.parts.index(claim.at)
        return np.asarray(effect[at] - np.delete(effect, at, axis=0))
    return effect


def _bound(claim: Claim) -> float:
    """Where the claim ends to hold."""
    if claim.region is None:
        return claim.smallest if claim.kind == EXISTENCE else -claim.smallest
    return claim.region.low if math.isfinite(claim.region.low) else claim.region.high


def _below(claim: Claim) -> bool:
    """Whether the claim is about something small or below 0, so that the largest part is the weakest."""
    return claim.region is not None and not math.isfinite(claim.region.low)


def _classes(claim: Claim, effect: Floats) -> NDArray[np.int64]:
    if claim.region is None:
        return by_optimum(effect, claim.parts.index(claim.at), claim.smallest)
    return by_region(_margins(claim, effect), claim.region, claim.smallest)


def _judged(claim: Claim, seen: Seen, seed: int) -> tuple[dict[str, float], Lines]:
    """Probabilities and the weakest part over draws of what worlds lead to; and the table of parts."""
    effect, weights = seen.expected(claim.effect, seed)
    classes = _classes(claim, effect)
    margins = _margins(claim, effect)
    weakest = margins.max(axis=0) if _below(claim) else margins.min(axis=0)
    flat = weights.ravel()
    low, high = weighted_quantiles(weakest.ravel(), flat, TAILS)
    shares = probabilities(classes.ravel(), flat)
    each = (weights * (classes == CLASSES.index(THERE))).sum(axis=1)
    found = {"effect": float(weights.ravel() @ weakest.ravel() / flat.sum()), "low": float(low), "high": float(high),
             "p_holds": shares[THERE], "p_holds_error": float(each.std(ddof=1)),
             "p_no_difference": shares[NO_DIFFERENCE], "p_reverse": shares[REVERSE], "p_otherwise": shares[OTHERWISE]}
    lines: Lines = []
    if claim.kind == OPTIMUM:
        lines += _plans(claim.parts, effect, weights, claim.smallest, PLANNED, seen)
        again, weights = seen.expected(plans(claim.realised), seed)
        lines += _plans(claim.realised, again, weights, claim.smallest, REALISED, seen)
        return found, lines
    for name, part in zip(claim.parts, effect, strict=True):
        low, high = weighted_quantiles(part.ravel(), flat, TAILS)
        inside = part if claim.region is None else (part >= claim.region.low) & (part <= claim.region.high)
        mean = float(flat @ part.ravel() / flat.sum())
        lines.append(_line(PART, name, mean, float(low), float(high), probability=(
            math.nan if claim.kind == RANKING else float(flat @ inside.ravel() / flat.sum()))))
    if claim.kind == RANKING:
        for order, share in orders(effect.reshape(len(effect), -1), flat).items():
            name = " > ".join(claim.parts[place] for place in order)
            lines.append(_line(ORDER, name, math.nan, math.nan, math.nan, probability=share))
    return found, lines


def _plans(
    names: tuple[str, ...], outcomes: Floats, weights: Floats, smallest: float, about: str, seen: Seen
) -> Lines:
    """What each plan brings against the best of them, how often it is within the smallest effect, and is realised."""
    flat, best = weights.ravel(), outcomes.max(axis=0)
    own = seen.weights / seen.weights.sum()
    lines = []
    for name, outcome in zip(names, outcomes, strict=True):
        below = (outcome - best).ravel()
        realised = float(own @ seen.values(name, "coaching_share_realised").mean(axis=1))
        low, high = weighted_quantiles(below, flat, TAILS)
        lines.append(_line(about, name, float(flat @ below / flat.sum()), float(low), float(high),
                           probability=float(flat @ (below >= -smallest) / flat.sum()), realised=realised))
    return lines


def _line(
    about: str, part: str, mean: float, low: float, high: float, probability: float = math.nan,
    realised: float = math.nan,
) -> dict[str, Any]:
    return dict(zip(PARTS, (about, part, mean, low, high, probability, realised), strict=True))


def _existence(claim: Claim, seen: Seen) -> tuple[dict[str, float], Lines]:
    """The fraction of firms of which a claim is true, with the interval and probability by Jeffreys' prior."""
    hits = claim.effect(seen.values)
    own = seen.weights / seen.weights.sum()
    n = effective_size(own) * hits.shape[2]
    lines: Lines = []
    for name, each in zip(claim.parts, hits, strict=True):
        part = float(own @ each.mean(axis=1))
        low, high = betaincinv(part * n + 0.5, (1.0 - part) * n + 0.5, TAILS)
        lines.append(_line(PART, name, part, float(low), float(high),
                           probability=more_often_than(part, n, claim.smallest)))
    first, holds = lines[0], lines[0]["probability"]
    return {"effect": first["mean"], "low": first["low"], "high": first["high"], "p_holds": holds,
            "p_holds_error": 0.0, "p_no_difference": 0.0, "p_reverse": 1.0 - holds, "p_otherwise": 0.0}, lines


def _margin_by_run(claim: Claim, seen: Seen) -> tuple[float, Floats]:
    """Where the claim ends to hold, and its weakest part run by run, worlds x replications."""
    if claim.kind == EXISTENCE:
        return _bound(claim), claim.effect(seen.values)[0]
    each = seen.by_run(lambda see: _margins(claim, claim.effect(see)))
    means = each.mean(axis=2) @ (seen.weights / seen.weights.sum())
    return _bound(claim), np.asarray(each[int(means.argmax() if _below(claim) else means.argmin())])


def _payback(claim: Claim, seen: Seen, base: Scenario, seed: int) -> Payback | None:
    """When the claim's programme has earned what it cost, over worlds and random numbers."""
    if not claim.programme:
        return None
    costs = [programme_cost(base.change(claim.arms[arm] if arm != STATUS_QUO else {}))
             for arm in (claim.programme, claim.against)]
    return payback_of(seen.gains(), costs[1] - costs[0], seed=seed)


def _structures(claim: Claim, switched: Seen | None) -> pd.DataFrame:
    """The weakest part under each structural switch, with a bootstrap over replications, and what it amounts to."""
    lines = []
    names = [] if switched is None else list(switched.drawn.index)
    for place, name in enumerate(names):
        assert switched is not None
        if claim.kind == EXISTENCE:
            hits = claim.effect(partial(_values_in, switched, place))[0]
            part = float(hits.mean())
            ends = betaincinv(part * len(hits) + 0.5, (1.0 - part) * len(hits) + 0.5, TAILS)
            holds = more_often_than(part, len(hits), claim.smallest)
            lines.append((name, part, *map(float, ends), holds, THERE if holds > 0.5 else REVERSE))
            continue
        effect = _bootstrapped(claim.effect, switched, place)
        margins = _margins(claim, effect)
        weakest = margins.max(axis=0) if _below(claim) else margins.min(axis=0)
        classes = _classes(claim, effect)
        low, high = np.quantile(weakest[1:], TAILS)
        lines.append((name, float(weakest[0]), float(low), float(high), float((classes[1:] == 0).mean()),
                      CLASSES[int(classes[0])]))
    return pd.DataFrame(lines, columns=list(STRUCTURES))


def _values_in(seen: Seen, place: int, arm: str, measure: str = "revenue") -> Floats:
    return np.asarray(seen.values(arm, measure)[place])


BOOTSTRAPS = 400


def _bootstrapped(effect: Effect, seen: Seen, place: int) -> Floats:
    """An effect of the means over replications in one world: first as they are, then drawn with replacement."""
    count = seen.measures.shape[1]
    generator = np.random.Generator(np.random.Philox(key=0))
    weights = np.vstack([np.full(count, 1.0 / count), generator.multinomial(
        count, np.full(count, 1.0 / count), size=BOOTSTRAPS) / count])

    def see(arm: str, measure: str = "revenue") -> Floats:
        return np.asarray(weights @ seen.values(arm, measure)[place])

    return effect(see)
