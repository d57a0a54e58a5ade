"""The same firm and policies under another set of effect sizes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from simlead.model.calibration_data import CALIBRATION, calibrated
from simlead.model.parameters import ParameterError, nearest
from simlead.model.presets import EFFECT_SIZES, effect_sizes_of
from simlead.model.scenario import REGISTRY, Scenario
from simlead.study.calibration import CALIBRATED, calibrate

OWN = "own"
"""The name of a firm's own effect sizes, where they are neither set's."""

_EFFECT, _EXPONENT = "world.clarity_effect", "world.clarity_exponent"
_REPLICATIONS, _ROUNDS = 16, 2


def asked_sets(firm: Scenario, effect_sizes: Iterable[str] | str | None) -> tuple[str, ...]:
    """The sets to answer under: both, unless the firm has effect sizes of its own or some are named.

    >>> asked_sets(Scenario(), None), asked_sets(Scenario(), "practitioner")
    (('evidence', 'practitioner'), ('practitioner',))
    >>> asked_sets(Scenario().change({"world.skill_effect": 0.3}), None)
    ('own',)
    """
    if effect_sizes is None:
        here = effect_sizes_of(firm)
        return (here, *(name for name in EFFECT_SIZES if name != here)) if here else (OWN,)
    names = (effect_sizes,) if isinstance(effect_sizes, str) else tuple(effect_sizes)
    for name in names:
        if name not in EFFECT_SIZES:
            raise ParameterError(f"effect_sizes {name!r}: allowed is {' | '.join(EFFECT_SIZES)}"
                                 f"{nearest(str(name), EFFECT_SIZES)}")
    if not names:
        raise ParameterError(f"effect_sizes: none named; allowed is {' | '.join(EFFECT_SIZES)}")
    return tuple(dict.fromkeys(names))


def changes_to(firm: Scenario, name: str, *, seed: int, workers: int | None, engine: str) -> dict[str, Any]:
    """What to change in the firm and its policies so that they are under a set of effect sizes.

    The calibrated parameters that ship with simlead are used where the firm has them; another firm is calibrated, with
    the exponent of clarity in proportion to its effect.

    >>> changes_to(Scenario(), "practitioner", seed=0, workers=1, engine="compiled")["world.skill_effect"]
    0.35
    """
    here = effect_sizes_of(firm)
    if name in (here, OWN):
        return {}
    defaults = {path: REGISTRY[path].default for changes in EFFECT_SIZES.values() for path in changes}
    believed = {**defaults, **EFFECT_SIZES[name]}
    for shipped in CALIBRATION["sets"]:
        organisation, _, of = shipped.partition(".")
        if of == here and _has(firm, calibrated(shipped)) and f"{organisation}.{name}" in CALIBRATION["sets"]:
            return {**believed, **calibrated(f"{organisation}.{name}")}
    effect = firm.value(_EFFECT)
    exponent = firm.value(_EXPONENT) * (believed[_EFFECT] / effect if effect > 0.0 else 1.0)
    believed[_EXPONENT] = min(exponent, REGISTRY[_EXPONENT].high or exponent)
    solved = calibrate(firm.change(believed), replications=_REPLICATIONS, clarity_replications=0, rounds=_ROUNDS,
                       seed=seed, workers=workers, engine=engine)
    return {**believed, **{path: solved.value(path) for path in CALIBRATED}}


def put_under(firm: Scenario, name: str, changes: Mapping[str, Any]) -> Scenario:
    """The firm with what `changes_to` found, whose origin names the set, so that a file of it does too.

    >>> put_under(Scenario(), "practitioner", {"world.skill_effect": 0.35}).origin.effect_sizes
    'practitioner'
    """
    changed = firm.change(changes)
    if name not in EFFECT_SIZES:
        return changed
    return dataclasses.replace(changed, origin=dataclasses.replace(changed.origin, effect_sizes=name))


def _has(firm: Scenario, levels: Mapping[str, float]) -> bool:
    return all(firm.value(path) == value for path, value in levels.items())
