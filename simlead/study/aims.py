"""What calibration aims at: published levels, and in their place what a firm states.

A fact that a firm states is kept where it is a parameter. Otherwise it decides what is solved: win rates move the stage
gates, attainment the quota, the profit margin the overhead, the cycle the buyers' pace, leavers the hazard of
quitting, and money the value of deals or, where deals are stated too, their number.
"""

from __future__ import annotations

import dataclasses

from scipy.optimize import brentq
from scipy.special import expit, logit

from simlead.model.calibration_data import EVIDENCE
from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario

QUOTA, OVERHEAD = "organisation.quota_per_year", "organisation.overhead_per_seat_year"
ARRIVALS, PACE, QUITS = "market.opportunities_per_seat_year", "market.pace_days_median", "world.quits_per_month"
VALUE = "market.deal_value_median"


@dataclasses.dataclass(frozen=True)
class Targets:
    """What the status quo is to show in the year before the switch.

    >>> Targets().proposal_win_rate
    0.35
    """

    discovery_rate: float = 0.55  # V86
    qualified_rate: float = 0.50  # V86
    proposal_win_rate: float = 0.35  # V82, V86
    quota_attainment: float = 0.57  # V121
    profit_margin: float = 0.10

    @property
    def gates(self) -> tuple[float, float, float]:
        """The rates of the three gates."""
        return self.discovery_rate, self.qualified_rate, self.proposal_win_rate


@dataclasses.dataclass(frozen=True)
class Aim:
    """What a calibration solves for: levels, parameters that stay, and parameters that follow a stated fact.

    `follows` has for a parameter the fact that it is scaled to.
    """

    targets: Targets
    kept: tuple[str, ...]
    follows: dict[str, str]
    facts: dict[str, float]


def aim_of(scenario: Scenario, targets: Targets | None = None) -> Aim:
    """The aim of calibrating a firm: what it states, and published levels for the rest.

    With `targets` these levels alone count, whatever the firm states.

    >>> aim_of(Scenario().state({"quota": 1.2e6, "revenue": 3e7})).follows
    {'market.deal_value_median': 'revenue'}
    >>> aim_of(Scenario().state({"quota": 1.2e6})).kept
    ('organisation.quota_per_year',)
    """
    if targets is not None:
        return Aim(targets, (), {}, {})
    facts = {name: value for name, value in scenario.origin.stated if name != "seats"}
    given = _given(scenario)
    kept = tuple(path for path, stated in ((QUOTA, "quota" in facts), (OVERHEAD, False))
                 if stated or path in given)
    levels = Targets(
        *_gates(facts), quota_attainment=facts.get("quota_attainment", Targets().quota_attainment),
        profit_margin=facts.get("profit_margin", Targets().profit_margin))
    return Aim(levels, kept, _follows(scenario, facts, given, QUOTA in kept), facts)


def _given(scenario: Scenario) -> set[str]:
    """The parameters that the firm has of its own: other than its preset's, and not solved by calibration.

    A table of the firm's own deal values stands for their median too.
    """
    origin = scenario.origin
    table = {VALUE} if scenario.market.deal_value_quantiles else set()
    changed = table | set(preset(origin.preset, origin.effect_sizes).differences(scenario)) - set(origin.solved_paths)
    # Other levels of the gates: the firm was calibrated elsewhere, and its quota and overhead with it.
    elsewhere = any(path in changed for path in EVIDENCE if path.startswith("world."))
    return changed - {QUOTA, OVERHEAD} if elsewhere else changed


def _follows(scenario: Scenario, facts: dict[str, float], given: set[str], quota_kept: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, fact in ((VALUE, "deal_value"), (ARRIVALS, "deals_created"), (PACE, "cycle_days"),
                       (QUITS, "leavers_per_seat_year")):
        if fact in facts and path not in given:
            found[path] = fact
    money: list[str] = [name for name in ("revenue", "sales_per_rep") if name in facts]
    money += ["quota_attainment"] if quota_kept and "quota_attainment" in facts else []
    free = [path for path in (VALUE, ARRIVALS) if path not in found and path not in given]
    if money and free:
        found[free[0]] = money[0]
    return found


def _gates(facts: dict[str, float]) -> tuple[float, float, float]:
    """The rates of the gates that give the stated win rates: published ones, moved by as much on the logit scale.

    >>> round(float(_gates({"win_rate_qualified": 0.175})[2]), 6)
    0.35
    """
    discovery, qualified, proposal = Targets().gates
    created, of_qualified = facts.get("win_rate_created"), facts.get("win_rate_qualified")
    if of_qualified is not None:
        qualified, proposal = _moved((qualified, proposal), of_qualified)
        if created is not None:
            discovery = created / of_qualified
    elif created is not None:
        discovery, qualified, proposal = _moved((discovery, qualified, proposal), created)
    return discovery, qualified, proposal


def _moved(rates: tuple[float, ...], product: float) -> list[float]:
    """Rates moved by one shift of their logits, so that they multiply to the product."""

    def rest(shift: float) -> float:
        found = 1.0
        for rate in rates:
            found *= float(expit(logit(rate) + shift))
        return found - product

    shift = float(brentq(rest, -30.0, 30.0))
    return [float(expit(logit(rate) + shift)) for rate in rates]


def refuse_impossible(aim: Aim) -> None:
    """Raise ParameterError where the stated facts ask for what no parameter can give."""
    for name, rate in zip(("discovery_rate", "qualified_rate", "proposal_win_rate"), aim.targets.gates, strict=True):
        if not 0.001 <= rate <= 0.999:
            raise ParameterError(f"{name} = {rate:.4g}: the stated win rates need a stage gate that all or none pass; "
                                 "allowed is 0.001 to 0.999")
