"""The result of the question of money: profit a year, payback, return and ledger, over worlds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from simlead.model.scenario import Scenario
from simlead.results.ledger import ONCE
from simlead.results.shown import Shown
from simlead.statistics.findings import Finding, finding
from simlead.study.answers.driving import drivers_of
from simlead.study.trial.plan import LEAST_TEAMS, may_be_tried

NAMED = 2
"""Assumptions that a sentence on money names at most."""

START, LEAVE, TRIAL, ALONE, DATED = "start", "leave", "trial", "alone", "dated"
"""The next steps: begin and count, leave it, try it in some teams, or ask what a firm with too few teams for that can
find out alone; of what no trial can be designed for, such as hires, measure what decides it and begin on one date."""

LIKELY = 0.95
"""A policy that pays with at least this probability under each set of effect sizes may start without a trial; one that
pays with at most 1 less this under each set is left."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Money(Shown):
    """What policies earn against the status quo: the result of :func:`simlead.payback`.

    All amounts are in the firm's currency, money of their weeks. `low` to `high` count both uncertainties, that of
    the random numbers and that of the world; `random_low` to `random_high` the random numbers alone.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per set of effect sizes and policy. Profit a year over the whole horizon less the status quo's: `mean`,
        `low`, `high`, `random_low`, `random_high`; `p_pays`, the probability that it is above 0 at the end of the
        horizon. `payback_month`, from which on the expected profit has made good for all costs (0 if it never fell
        behind, infinite if it has not by the end), `payback_low` to `payback_high` and `payback_random_low` to
        `payback_random_high`. `spent`, the money spent once; `hours`, the price of managers' further hours on their
        people; `put_in`, both; `return`, profit over the horizon for each unit put in, with `return_low` and
        `return_high` (nan where nothing is put in).
    months : pandas.DataFrame
        A row per set, policy and month since the switch: the cumulative profit less the status quo's, with both
        intervals, and `p_pays`.
    years : pandas.DataFrame
        The same by year of the horizon, not cumulative.
    ledger : pandas.DataFrame
        A row per set, policy and line (`results.ledger`), over the whole horizon less the status quo's: `mean`, `low`,
        `high`; `counted`, whether the line adds to the profit or is inside of another one.
    drivers : pandas.DataFrame
        What the profit depends on, as in `Answer.drivers`.
    learning : pandas.DataFrame
        A row per set and parameter: what learning it first is worth in a year, as in `Decision.learning`.
    scenarios : mapping of str to Scenario
        The policies by name and the status quo.
    status_quo : str
        The name of what the policies are compared with.
    currency : str
        The firm's currency.
    years_in_all : float
        Years of the horizon.
    worlds, replications, seed, confidence
        As they were asked for.
    seen_from : float
        From which change on a year's profit against the year before shows one with 80 % power (5 % false alarms), if
        nothing else changes: by how much both differ in the status quo by chance, under the set in which that is most.
        nan for a horizon of less than two years.
    """

    table: pd.DataFrame
    months: pd.DataFrame
    years: pd.DataFrame
    ledger: pd.DataFrame
    drivers: pd.DataFrame
    learning: pd.DataFrame
    scenarios: Mapping[str, Scenario]
    status_quo: str
    currency: str
    years_in_all: float
    worlds: int
    replications: int
    seed: int
    confidence: float
    seen_from: float = math.nan

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies' names, in order."""
        return tuple(dict.fromkeys(self.table["policy"].astype(str)))

    @property
    def best(self) -> str:
        """The policy with the highest expected profit under the set of effect sizes that favours it least.

        Of several that are equal the first one.
        """
        least = self.table.groupby("policy", sort=False)["mean"].min()
        return str(least.index[int(least.to_numpy(float).argmax())])

    @property
    def effect_sizes(self) -> tuple[str, ...]:
        """The sets of effect sizes, in order."""
        return tuple(dict.fromkeys(self.table["effect_sizes"].astype(str)))

    def row(self, policy: str, effect_sizes: str) -> dict[str, Any]:
        """Return the row of `table` of a policy under a set of effect sizes.

        Parameters
        ----------
        policy, effect_sizes : str
            The names.

        Returns
        -------
        dict of str to value
            The row by column.
        """
        here = (self.table["policy"] == policy) & (self.table["effect_sizes"] == effect_sizes)
        return {str(name): value for name, value in self.table[here].to_dict("records")[0].items()}

    def next_step(self, policy: str) -> str:
        """Tell what to do next: start, leave it, or a trial; a trial where the sets or the worlds disagree.

        A firm with fewer teams than a trial between teams needs is advised to ask what it can find out alone. For what
        changes more than the policy (hires, a further manager, a roll-out) no trial can be designed.

        Parameters
        ----------
        policy : str
            Its name.

        Returns
        -------
        str
            `start`, `leave`, `trial`, `alone` or `dated`.
        """
        chances = self.table.loc[self.table["policy"] == policy, "p_pays"]
        if chances.min() >= LIKELY:
            return START
        if chances.max() <= 1.0 - LIKELY:
            return LEAVE
        firm = self.scenarios[self.status_quo]
        if not may_be_tried(firm, self.scenarios[policy]):
            return DATED
        return TRIAL if firm.organisation.teams >= LEAST_TEAMS else ALONE

    def findings_of(self, policy: str) -> tuple[Finding, ...]:
        """Return what the money of a policy shows, for `simlead.sentences`.

        Parameters
        ----------
        policy : str
            Its name.

        Returns
        -------
        tuple of Finding
            What it costs; what it earns, under each set; what that depends on; and the next step.
        """
        found = [self._cost(policy)]
        found += [self._earns(policy, name) for name in self.effect_sizes]
        found.append(self._depends(policy))
        found.append(self._next(policy))
        return tuple(found)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what the money of every policy shows, one after another.

        Returns
        -------
        tuple of Finding
            As `findings_of`.
        """
        return tuple(each for policy in self.policies for each in self.findings_of(policy))

    def _cost(self, policy: str) -> Finding:
        row = self.row(policy, self.effect_sizes[0])
        lines = self.ledger[(self.ledger["policy"] == policy) & (self.ledger["effect_sizes"] == self.effect_sizes[0])]
        spent = {name: -float(lines.loc[lines["line"] == name, "mean"].iloc[0]) for name in ONCE}
        parts = tuple((name, amount) for name, amount in spent.items() if abs(amount) > 0.5)
        return finding("payback.cost" if parts else "payback.costless", policy=policy, spent=row["spent"], parts=parts,
                       hours=row["hours"])

    def _earns(self, policy: str, name: str) -> Finding:
        row = self.row(policy, name)
        return finding("payback.earns", policy=policy, effect_sizes=name, **{key: row[key] for key in (
            "mean", "low", "high", "random_low", "random_high", "p_pays", "payback_month", "payback_low",
            "payback_high", "return", "return_low", "return_high")}, months=int(self.months["month"].max()))

    def _depends(self, policy: str) -> Finding:
        lines = [line for name in self.effect_sizes for line in self.main_drivers(policy, name).to_dict("records")]
        by_parameter: dict[str, dict[Any, Any]] = {}
        for line in sorted(lines, key=lambda line: -line["variance_share"]):
            by_parameter.setdefault(str(line["parameter"]), line)
        named = tuple((line["parameter"], line["value_low"], line["at_low"], line["value_high"], line["at_high"],
                       line["switch_zero"]) for line in list(by_parameter.values())[:NAMED])
        return finding("payback.depends.named" if named else "payback.depends.none", policy=policy, drivers=named,
                       worlds=self.worlds)

    def main_drivers(self, policy: str, effect_sizes: str) -> pd.DataFrame:
        """Name the assumptions that clearly drive a policy's profit.

        Parameters
        ----------
        policy, effect_sizes : str
            The names.

        Returns
        -------
        pandas.DataFrame
            Rows of `drivers`, the largest share of the variance first; none if none is clear.
        """
        return drivers_of(self.drivers, policy, effect_sizes, NAMED)

    def _next(self, policy: str) -> Finding:
        step = self.next_step(policy)
        chances = self.table.loc[self.table["policy"] == policy, "p_pays"]
        values: dict[str, Any] = {"policy": policy, "p_least": chances.min(), "p_most": chances.max()}
        if step in (START, LEAVE):
            return finding(f"payback.next.{step}", **values)
        if step == DATED:
            values["seen_from"] = self.seen_from
        if step == ALONE:
            values["least"] = LEAST_TEAMS
        worth = self.learning[self.learning["value_low"] > 0.0] if len(self.learning) else self.learning
        if len(worth):
            first = worth.sort_values("value", ascending=False, kind="stable").iloc[0]
            return finding(f"payback.next.{step}_worth", parameter=first["parameter"], value=first["value"], **values)
        named = self._depends(policy).values["drivers"]
        if isinstance(named, tuple) and named:
            return finding(f"payback.next.{step}_driver", parameter=named[0][0], **values)
        return finding(f"payback.next.{step}", **values)

