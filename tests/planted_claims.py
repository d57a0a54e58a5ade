"""Claims of planted worlds: what came of arms is a formula of what they change, of the world and of noise."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from simlead.model.presets import EFFECT_SIZES
from simlead.study.claims.arms import KEPT, Seen, same
from simlead.study.claims.examine import SWITCHES, Examination, Size, chosen_claims, status_quo_of
from simlead.study.claims.finding import finding
from simlead.study.claims.protocol import Claim

Formula = Callable[[dict[str, Any], np.ndarray, np.ndarray], np.ndarray]
"""From an arm's changes, the world's number (0 to 1, worlds x 1) and noise (worlds x replications) to revenue."""


def planted(claim: Claim, formula: Formula, worlds: int = 200, replications: int = 2, seed: int = 1,
            weeks: int = 156) -> Seen:
    """What came of a claim's arms, the world's number being drawn as `world.skill_effect`, and others to no effect."""
    generator = np.random.Generator(np.random.Philox(key=seed))
    world = ((generator.permutation(worlds) + 0.5) / worlds)[:, None]
    noise = generator.standard_normal((worlds, replications))
    arms = {same({}): {}, **{same(changes): changes for changes in claim.arms.values()}}
    revenue = np.stack([formula(dict(changes), world, noise) for changes in arms.values()], axis=2)
    measures = np.repeat(revenue[..., None], len(KEPT), axis=3)
    measures[..., KEPT.index("revenue_base")] = measures[..., KEPT.index("market_share_base")] = 1.0
    drawn = pd.DataFrame({"world.skill_effect": world[:, 0], **{
        path: generator.permutation(worlds) / worlds for path in ("world.gain_months", "world.fade_months")}})
    profit = np.repeat(revenue[..., None] / weeks, weeks, axis=3)
    places = {arm: place for place, arm in enumerate(arms)}
    return Seen(claim, measures, profit, places, np.ones(worlds), drawn, candidates=4096, candidates_left=0.6)


def judged(
    claim: Claim, seen: Seen, effect_sizes: str = "evidence", switched: dict[str, Seen] | None = None,
) -> Any:
    """The finding on planted worlds."""
    return finding(claim, effect_sizes, seen, switched or {}, status_quo_of(claim, effect_sizes, {}), 0)


def of_any_arm(changes: dict[str, Any], world: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Revenue that differs a little from arm to arm, more in some worlds."""
    number = sum(map(ord, repr(sorted(changes.items())))) % 11
    return 1.0 + 0.004 * number * (world + 0.2) + 0.01 * noise


@functools.cache
def _finding(key: str, effect_sizes: str) -> Any:
    (claim,) = chosen_claims([key])
    seen = planted(claim, of_any_arm, worlds=16, seed=1 + list(EFFECT_SIZES).index(effect_sizes), weeks=156)
    other = planted(claim, of_any_arm, worlds=16, seed=3).first(3)
    return judged(claim, seen, effect_sizes, dict.fromkeys(SWITCHES, other) if effect_sizes == "evidence" else None)


def examined(names: Iterable[str] | None = None, sets: Iterable[str] = tuple(EFFECT_SIZES)) -> Examination:
    """An examination without simulation."""
    findings = tuple(_finding(claim.key, name) for claim in chosen_claims(names) for name in sets)
    return Examination(findings, 5000, 0, "compiled", Size(16, 2, 3), {})
