"""The result of an answer: effects over worlds, their drivers, switches, and the decision between policies."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.shown import Shown
from simlead.statistics.decisions import Decision
from simlead.statistics.findings import Finding, finding
from simlead.study.answers.driving import drivers_of
from simlead.study.answers.switches import BREAKS, HOLDS

NAMED = 3
"""Assumptions that an answer names at most."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Answer(Shown):
    """What policies do, as far as is known: the result of :func:`simlead.answer`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per set of effect sizes and policy: effect_sizes, policy, measure, `unit`, then the fields of
        `statistics.answers.EffectOverWorlds`: `mean`; `low` to `high`, the interval of both uncertainties;
        `random_low` to `random_high`, random numbers alone; `p_above_zero`, `p_above_smallest`, `p_no_difference` and
        `p_below_smallest` with their Monte Carlo errors; `limit`; what more runs and more worlds would buy.
    drivers : pandas.DataFrame
        A row per set, policy and drawn parameter, all screened: `variance_share`, `p_value`, the expected effect at
        both ends, the switching values `switch_zero` and `switch_smallest`, `rank`; see `statistics.drivers`.
    switches : pandas.DataFrame
        A row per set, policy and structural switch that was run: the effect with the switch on, its `change` with an
        interval, the probabilities, and `conclusion` (holds, breaks or unclear).
    decisions : mapping of str to Decision
        By set of effect sizes: the best policy by expected profit and by regret, and what learning is worth, in
        dollars a year. Empty where profit is not defined.
    runs : pandas.DataFrame
        A row per set, world, replication and scenario.
    worlds : pandas.DataFrame
        A row per set and world: its weight, drawn and calibrated parameters.
    scenarios : mapping of str to Scenario
        The policies by name, as they were asked, and the status quo under the name `status_quo`.
    status_quo : str
        The name of the status quo in `runs`.
    measure, unit : str
        What was asked; `share of status quo` is a fraction of the same world's status quo.
    smallest_effect : float
        The smallest effect of interest, in that unit.
    reason : str
        The code of its reason, as in `study.answers.smallest.REASONS`.
    confidence : float
    seed, replications : int
    early : bool
        Whether more worlds are under way.
    """

    table: pd.DataFrame
    drivers: pd.DataFrame
    switches: pd.DataFrame
    decisions: Mapping[str, Decision]
    runs: pd.DataFrame
    worlds: pd.DataFrame
    scenarios: Mapping[str, Scenario]
    status_quo: str
    measure: str
    unit: str
    smallest_effect: float
    reason: str
    confidence: float
    seed: int
    replications: int
    early: bool = False

    @property
    def effect_sizes(self) -> tuple[str, ...]:
        """The sets of effect sizes, in order.

        Returns
        -------
        tuple of str
            Their names.
        """
        return tuple(self.table["effect_sizes"].astype(str).unique())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what the answer shows, for `simlead.sentences`.

        Returns
        -------
        tuple of Finding
            For each policy and set its effect and what it depends on, then the decision of each set.
        """
        found = [self._smallest()]
        for row in self.table.to_dict("records"):
            found.append(self._effect(row))
            found += self._of_row(row)
        return (*found, *self._of_all())

    @property
    def policies(self) -> tuple[str, ...]:
        """The names of the policies, in order.

        Returns
        -------
        tuple of str
            Names.
        """
        return tuple(self.table["policy"].astype(str).unique())

    def lead(self, policy: str | None = None) -> tuple[Finding, ...]:
        """Return the answer about one policy in short: what leads a report, and what a screen has room for.

        Parameters
        ----------
        policy : str, optional
            The policy (default: the last one).

        Returns
        -------
        tuple of Finding
            For each set of effect sizes the effect with both uncertainties and the probabilities.
        """
        return tuple(self._effect(row, "lead") for row in self._rows(policy))

    def details(self, policy: str | None = None) -> tuple[Finding, ...]:
        """Return what stands below the short answer about one policy.

        Parameters
        ----------
        policy : str, optional
            The policy (default: the last one).

        Returns
        -------
        tuple of Finding
            For each set how its uncertainty splits, what drives it and what switches make of it; then, of all
            policies, what limits the answer and the decision.
        """
        found = [self._smallest()]
        for row in self._rows(policy):
            found += [self._split(row), *self._of_row(row)]
        return (*found, *self._of_all())

    def renamed(self, names: Mapping[str, str]) -> Answer:
        """Return the same answer with other names of its policies, such as those that a reader knows.

        Parameters
        ----------
        names : mapping of str to str
            New name by name; others stay.

        Returns
        -------
        Answer
            The answer.
        """
        def column(table: pd.DataFrame, *of: str) -> pd.DataFrame:
            return table.assign(**{name: table[name].astype(str).map(lambda each: names.get(each, each))
                                   for name in of if name in table.columns})

        decisions = {name: dataclasses.replace(
            each, policies=column(each.policies, "policy"), best=names.get(each.best, each.best),
            best_by_regret=names.get(each.best_by_regret, each.best_by_regret),
            tied=tuple(names.get(one, one) for one in each.tied)) for name, each in self.decisions.items()}
        return dataclasses.replace(
            self, table=column(self.table, "policy"), drivers=column(self.drivers, "policy"),
            switches=column(self.switches, "policy"), decisions=frozen(decisions), runs=column(self.runs, "scenario"),
            scenarios=frozen({names.get(name, name): one for name, one in self.scenarios.items()}))

    def main_drivers(self, policy: str, effect_sizes: str) -> pd.DataFrame:
        """Name the assumptions that clearly drive a policy's effect, at most three.

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

    def _rows(self, policy: str | None) -> list[dict[Any, Any]]:
        """The rows of a policy, one for each set."""
        chosen = self.policies[-1] if policy is None else policy
        if chosen not in self.policies:
            raise ParameterError(f"policy {chosen!r}: allowed is {' | '.join(self.policies)}")
        return self.table[self.table["policy"] == chosen].to_dict("records")

    def _smallest(self) -> Finding:
        return finding("answer.smallest", smallest=self.smallest_effect, unit=self.unit, reason=self.reason)

    def _of_row(self, row: Mapping[Any, Any]) -> list[Finding]:
        return [] if self.early else [self._drivers(row), *self._switches(row)]

    def _of_all(self) -> list[Finding]:
        found = [] if self.early else self._limits()
        for name, decision in ({} if self.early else self.decisions).items():
            found += _decided(name, decision)
        return found

    def _effect(self, row: Mapping[Any, Any], form: str = "effect") -> Finding:
        values = {name: row[name] for name in (
            "effect_sizes", "policy", "measure", "unit", "mean", "low", "high", "random_low", "random_high",
            "p_above_zero", "p_above_smallest", "p_no_difference", "p_below_smallest", "smallest", "worlds")}
        chances = {"above": row["p_above_smallest"], "none": row["p_no_difference"], "below": row["p_below_smallest"]}
        return finding(f"answer.{form}.{max(chances, key=lambda name: chances[name])}", **values)

    def _split(self, row: Mapping[Any, Any]) -> Finding:
        """How the uncertainty splits: half-widths, each by itself; their squares add up.

        Where random numbers hide how much worlds differ, the world's is the largest that fits.
        """
        reach = (row["random_high"] - row["random_low"]) / 2
        hidden = row["sd_world"] == 0.0 < row["sd_random"]
        spread = row["sd_world_high"] if hidden else row["sd_world"]
        world = reach / row["sd_random"] * spread if row["sd_random"] > 0.0 else (
            row["world_high"] - row["world_low"]) / 2
        return finding("answer.split_hidden" if hidden else "answer.split", effect_sizes=row["effect_sizes"],
                       policy=row["policy"], unit=row["unit"], half_width=row["half_width"], by_random=reach,
                       by_world=world, world_share=row["world_share"], worlds=row["worlds"],
                       effective=row["effective_worlds"])

    def _drivers(self, row: Mapping[Any, Any]) -> Finding:
        of = {"policy": row["policy"], "effect_sizes": row["effect_sizes"]}
        named = self.main_drivers(str(row["policy"]), str(row["effect_sizes"]))
        if named.empty:
            return finding("answer.drivers.none", worlds=row["worlds"], **of)
        lines = tuple(
            (line["parameter"], line["variance_share"], line["value_low"], line["at_low"], line["value_high"],
             line["at_high"], line["switch_zero"], line["switch_smallest"]) for line in named.to_dict("records"))
        return finding("answer.drivers.named", drivers=lines, unit=row["unit"], **of)

    def _switches(self, row: Mapping[Any, Any]) -> list[Finding]:
        if self.switches.empty:
            return []
        here = self.switches[(self.switches["policy"] == row["policy"])
                             & (self.switches["effect_sizes"] == row["effect_sizes"])]
        found = []
        of = {"policy": row["policy"], "effect_sizes": row["effect_sizes"]}
        beside = here[here["coverage"]]
        if len(beside):
            found.append(finding("answer.coverage", unit=row["unit"], **of, switches=tuple(
                (line["switch"], line["mean"], line["p_above_smallest"]) for line in beside.to_dict("records"))))
        if len(here) > len(beside):
            broken = tuple(here.loc[here["conclusion"] == BREAKS, "switch"].astype(str))
            unclear = int((~here["conclusion"].isin([BREAKS, HOLDS])).sum())
            found.append(finding(f"answer.structures.{'breaks' if broken else 'survives'}", switches=tuple(
                (name,) for name in broken), all=len(here), unclear=unclear, **of))
        return found

    def _limits(self) -> list[Finding]:
        found = []
        for (name, limit), rows in self.table.groupby(["effect_sizes", "limit"], sort=False):
            row = rows.sort_values("half_width", ascending=False).iloc[0]
            found.append(finding(
                f"answer.limit.{str(limit).replace(' ', '_')}", effect_sizes=name,
                policies=tuple(dict.fromkeys(rows["policy"])), policy=row["policy"], unit=row["unit"],
                half_width=row["half_width"], more_runs=row["half_width_more_runs"],
                more_worlds=row["half_width_more_worlds"], at_best=row["half_width_at_best"]))
        return found


def _decided(name: str, decision: Decision) -> tuple[Finding, ...]:
    best = decision.policies.set_index("policy").loc[decision.best]
    return (finding(
        f"answer.best.{'tied' if len(decision.tied) > 1 else 'one'}", effect_sizes=name, policy=decision.best,
        names=decision.tied, expected=best["expected"], low=best["low"], high=best["high"]), *decision.findings)


def frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """A mapping that cannot be changed."""
    return MappingProxyType(dict(mapping))
