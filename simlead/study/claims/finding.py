"""What runs say of a claim: probabilities, its effect, what it depends on, and when it pays back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv

from simlead.model.scenario import Scenario
from simlead.results.money import programme_cost
from simlead.statistics.answers import effect_over_worlds
from simlead.statistics.drivers import drivers, main_drivers
from simlead.statistics.over_worlds import effective_size, weighted_quantiles
from simlead.study.claims.amounts import below, bound, classes, margins, weakest
from simlead.study.claims.arms import Seen
from simlead.study.claims.judging import more_often_than, orders, probabilities, verdict
from simlead.study.claims.protocol import STATUS_QUO, Claim, plans
from simlead.study.claims.structures import structures
from simlead.study.payback import Payback, payback_of
from simlead.study.records import CLASSES, EXISTENCE, NO_DIFFERENCE, OPTIMUM, OTHERWISE, RANKING, REVERSE, THERE

Floats = NDArray[np.float64]
Lines = list[dict[str, Any]]

TAILS = np.array([0.025, 0.975])
MOST_DRIVERS = 5
"""Rows of the table of drivers at most: all parameters were screened, and those that are clear are kept."""

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


def finding(
    claim: Claim, effect_sizes: str, seen: Seen, switched: Mapping[str, Seen], base: Scenario, seed: int
) -> Finding:
    """Judge a claim on what came of its arms in the worlds, and in the first of these with each structural switch."""
    found, parts = _existence(claim, seen) if claim.kind == EXISTENCE else _judged(claim, seen, seed)
    end, by_run = _margin_by_run(claim, seen)
    whole = effect_over_worlds(by_run - end, claim.smallest, seen.weights, seed=seed)
    screened = drivers(seen.drawn, by_run - end, claim.smallest, seen.weights, seed=seed)
    clear = main_drivers(screened, len(screened))
    turning = clear[clear["switch_zero"].notna()]
    first = turning.iloc[0].to_dict() if len(turning) else {}
    back = _payback(claim, seen, base, seed)
    follows = verdict(found["p_holds"], bool(first))
    numbers: dict[str, Any] = {
        "kind": claim.kind, "standing": claim.standing,
        "verdict": verdict(found["p_holds"], bool(first), claim.standing), "follows": follows, "unit": claim.unit,
        "smallest": claim.smallest, **found, "bound": end, "world_share": whole.world_share, "limit": whole.limit,
        "worlds": whole.worlds, "effective_worlds": whole.effective_worlds, "replications": whole.replications,
        "candidates": seen.candidates, "candidates_left": seen.candidates_left,
        "depends_on": str(first.get("parameter", "")), "switching_value": float(first.get("switch_zero", math.nan)),
        "switching_low": float(first.get("switch_zero_low", math.nan)),
        "switching_high": float(first.get("switch_zero_high", math.nan)),
        "payback_months": back.months if back else math.nan, "payback_low": back.months_low if back else math.nan,
        "payback_high": back.months_high if back else math.nan,
        "share_paid_back": back.share_paid_back if back else math.nan,
    }
    shown = clear.head(MOST_DRIVERS).rename(columns={
        "switch_zero": "switching_value", "switch_zero_low": "switching_low", "switch_zero_high": "switching_high"})
    shown = shown.assign(at_low=shown["at_low"] + end, at_high=shown["at_high"] + end)[list(DRIVERS)]
    return Finding(claim, effect_sizes, numbers["verdict"], follows, numbers, pd.DataFrame(parts, columns=list(PARTS)),
                   shown, structures(claim, seen, switched, seed), back)


PARTS = ("about", "part", "mean", "low", "high", "probability", "realised")
DRIVERS = ("parameter", "variance_share", "share_low", "share_high", "p_value", "value_low", "at_low", "value_high",
           "at_high", "switching_value", "switching_low", "switching_high")
"""The columns of two tables of a finding; those of `structures` are in the module of this name."""


def _judged(claim: Claim, seen: Seen, seed: int) -> tuple[dict[str, float], Lines]:
    """Probabilities and the weakest part over draws of what worlds lead to; and the table of parts."""
    effect, weights = seen.expected(claim.effect, seed)
    amounts, least, flat = classes(claim, effect), weakest(claim, effect), weights.ravel()
    low, high = weighted_quantiles(least.ravel(), flat, TAILS)
    shares = probabilities(amounts.ravel(), flat)
    each = (weights * (amounts == CLASSES.index(THERE))).sum(axis=1)
    found = {"effect": float(flat @ least.ravel() / flat.sum()), "low": float(low), "high": float(high),
             "p_holds": shares[THERE], "p_holds_error": float(each.std(ddof=1)),
             "p_no_difference": shares[NO_DIFFERENCE], "p_reverse": shares[REVERSE], "p_otherwise": shares[OTHERWISE]}
    lines: Lines = []
    if claim.kind == OPTIMUM:
        lines += _plans(claim.parts, effect, weights, claim.smallest, PLANNED, seen)
        again, weights = seen.expected(plans(claim.realised), seed)
        lines += _plans(claim.realised, again, weights, claim.smallest, REALISED, seen)
        return found, lines
    region = claim.region
    assert region is not None  # an optimum and an existence alone have none
    for name, part in zip(claim.parts, effect, strict=True):
        low, high = weighted_quantiles(part.ravel(), flat, TAILS)
        inside = (part >= region.low) & (part <= region.high)
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
        behind = (outcome - best).ravel()
        realised = float(own @ seen.values(name, "coaching_share_realised").mean(axis=1))
        low, high = weighted_quantiles(behind, flat, TAILS)
        lines.append(_line(about, name, float(flat @ behind / flat.sum()), float(low), float(high),
                           probability=float(flat @ (behind >= -smallest) / flat.sum()), realised=realised))
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
        part = min(1.0, float(own @ each.mean(axis=1)))  # weights may add to a rounding error above 1
        low, high = betaincinv(part * n + 0.5, (1.0 - part) * n + 0.5, TAILS)
        lines.append(_line(PART, name, part, float(low), float(high),
                           probability=more_often_than(part, n, claim.smallest)))
    first, holds = lines[0], lines[0]["probability"]
    return {"effect": first["mean"], "low": first["low"], "high": first["high"], "p_holds": holds,
            "p_holds_error": 0.0, "p_no_difference": 0.0, "p_reverse": 1.0 - holds, "p_otherwise": 0.0}, lines


def _margin_by_run(claim: Claim, seen: Seen) -> tuple[float, Floats]:
    """Where the claim ends to hold, and its weakest part run by run, worlds x replications."""
    if claim.kind == EXISTENCE:
        return bound(claim), claim.effect(seen.values)[0]
    each = seen.by_run(lambda see: margins(claim, claim.effect(see)))
    means = each.mean(axis=2) @ (seen.weights / seen.weights.sum())
    return bound(claim), np.asarray(each[int(means.argmax() if below(claim) else means.argmin())])


def _payback(claim: Claim, seen: Seen, base: Scenario, seed: int) -> Payback | None:
    """When the claim's programme has earned what it cost, over worlds and random numbers."""
    if not claim.programme:
        return None
    costs = [programme_cost(base.change(claim.arms[arm] if arm != STATUS_QUO else {}))
             for arm in (claim.programme, claim.against)]
    return payback_of(seen.gains(), costs[1] - costs[0], seed=seed)
