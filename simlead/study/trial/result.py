"""What a trial of a change could tell a firm: the record of its power, its worth and its findings."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from simlead.results.shown import Shown
from simlead.statistics.findings import Finding, finding
from simlead.statistics.power import POWER
from simlead.study.trial.alarms import MISSES
from simlead.study.trial.plan import BEFORE_AFTER, LEAST_TEAMS, TEAMS, TrialPlan
from simlead.study.trial.worth import NOW, TRY, Prior

TIMES = 3.0
"""How many times revenue's power an indicator needs, to be named as one that tells sooner."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class TrialAnswer(Shown):
    """What a trial could tell, over random numbers and worlds.

    Attributes
    ----------
    change : mapping
        The changed levers by path.
    plan : TrialPlan
        The design.
    table : pandas.DataFrame
        A row per outcome and analysis: outcome, unit, source, level (without the change), effect with effect_low and
        effect_high (of 90 % of worlds, with the error of the runs), estimator, power with its interval, smallest (the
        smallest effect seen with 80 % power) with its interval, false_alarms with their interval (over alarm_firms
        firms: those measured beforehand for this design, or the own check, own_alarms, where it is another), alarms
        (`more` or `fewer`, where they miss 5 % by over a point), noise (standard error of the estimate), offered, why
        (a code, where not), chosen (the outcome's analysis).
    curves : pandas.DataFrame
        Power against the size of the effect: outcome, effect, power, low, high.
    months : pandas.DataFrame
        Power of each outcome's analysis by months: outcome, months, power, low, high, noise, effect.
    teams : pandas.DataFrame
        Teams that would be enough to see the expected effect: outcome, teams_enough.
    surrogates : pandas.DataFrame
        How well each outcome's effect predicts revenue's in the horizon's last year: outcome, share, low, high, sign.
    worths : pandas.DataFrame
        What a trial that is decided by each outcome is worth, in dollars: outcome, estimator, evsi, evpi,
        chance_of_change, value_of_trying, over_the_best.
    options : pandas.DataFrame
        Roll out now, try first, leave it: option, expected, low, high, best_share.
    map : pandas.DataFrame
        The best option by treated teams and months: treated, months, best, over_the_best.
    primary : str
        The outcome that decides; empty if no analysis is offered.
    prior : Prior or None
        What is believed of each world before the trial.
    price, horizon : float, int
        Dollars of the trial itself, and months that the money is counted over.
    worlds, replications, seed : int
        Worlds, matched pairs in each, random seed.
    early : bool
        Whether this is the first answer, after a few worlds.
    currency : str
        The label of the firm's currency; empty for $.
    """

    change: Mapping[str, Any]
    plan: TrialPlan
    table: pd.DataFrame
    curves: pd.DataFrame
    months: pd.DataFrame
    teams: pd.DataFrame
    surrogates: pd.DataFrame
    worths: pd.DataFrame
    options: pd.DataFrame
    map: pd.DataFrame
    primary: str
    prior: Prior | None
    price: float
    horizon: int
    worlds: int
    replications: int
    seed: int
    early: bool = False
    currency: str = ""

    @property
    def chosen(self) -> pd.DataFrame:
        """The outcomes by the analysis that is offered of each.

        Returns
        -------
        pandas.DataFrame
            The rows of `table` that are chosen, the most powerful first.
        """
        return self.table[self.table["chosen"]].sort_values("power", ascending=False, kind="stable", ignore_index=True)

    @property
    def best(self) -> str:
        """The best option by expected money.

        Returns
        -------
        str
            `now`, `try` or `leave`; empty where nothing was valued.
        """
        if self.options.empty:
            return ""
        return str(self.options["option"].iloc[int(self.options["expected"].to_numpy(float).argmax())])

    @property
    def estimator(self) -> str:
        """The analysis of the outcome that decides.

        Returns
        -------
        str
            Its name; empty if none is offered.
        """
        rows = self.chosen.loc[self.chosen["outcome"] == self.primary, "estimator"]
        return str(rows.iloc[0]) if len(rows) else ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the trial could tell; `simlead.sentences` words it.

        Returns
        -------
        tuple of Finding
            Findings, the answer first.
        """
        found = [*self._answer(), *self._alone(), *self._primary(), *self._alarms(), *self._revenue(),
                 *self._indicator(), *self._enough(), *self._surrogate(), *self._left_out()]
        return tuple(found)

    def _answer(self) -> list[Finding]:
        if self.options.empty:
            return [finding("trial.nothing_offered", arms=self.plan.arms)]
        worth = dict(zip(self.options["option"].astype(str), self.options["expected"].astype(float), strict=True))
        sure = dict(zip(self.options["option"].astype(str), self.options["best_share"].astype(float), strict=True))
        return [finding(f"trial.answer.{self.best}", **{f"{name}_value": value for name, value in worth.items()},
                        sure=sure[self.best], gain=abs(worth[TRY] - max(worth[NOW], 0.0)), horizon=self.horizon)]

    def _alone(self) -> list[Finding]:
        """Of a firm that is too small for a trial between teams: whether before and after can tell anything."""
        if self.plan.arms != BEFORE_AFTER or self.plan.teams >= LEAST_TEAMS:
            return []
        seen = self.chosen[self.chosen["power"] >= POWER]
        return [finding(f"trial.alone.{'some' if len(seen) else 'cannot'}", least=LEAST_TEAMS,
                        outcomes=tuple(seen["outcome"].astype(str)))]

    def _primary(self) -> list[Finding]:
        rows = self.chosen[self.chosen["outcome"] == self.primary]
        if rows.empty:
            return []
        row, worth = rows.iloc[0], self.worths[self.worths["outcome"] == self.primary].iloc[0]
        return [
            finding("trial.primary", **_of(row)),
            finding("trial.worth", outcome=self.primary, evsi=float(worth["evsi"]), evpi=float(worth["evpi"]),
                    chance=float(worth["chance_of_change"]), price=self.price)]

    def _alarms(self) -> list[Finding]:
        """Outcomes whose analysis has more false alarms than it should, or fewer."""
        return [finding(f"trial.alarms.{miss}", outcomes=tuple(rows["outcome"].astype(str)),
                        low=float(rows["false_alarms"].min()), high=float(rows["false_alarms"].max()))
                for miss in MISSES if len(rows := self.chosen[self.chosen["alarms"] == miss])]

    def _revenue(self) -> list[Finding]:
        rows = self.chosen[self.chosen["outcome"] == "revenue"]
        if rows.empty or self.primary == "revenue":
            return []
        row = rows.iloc[0]
        kind = "cannot" if row["smallest"] > abs(row["effect_high"]) else "can"
        return [finding(f"trial.revenue.{kind}", **_of(row))]

    def _indicator(self) -> list[Finding]:
        """The indicator that shows the change soonest, and whether any has three times revenue's power."""
        found = []
        soon = self.months[self.months["power"] >= POWER].sort_values(["months", "power"], ascending=[True, False])
        if len(soon):
            row = soon.iloc[0]
            found.append(finding("trial.earliest", outcome=str(row["outcome"]), months=int(row["months"]),
                                 power=float(row["power"])))
        revenue = self.chosen.loc[self.chosen["outcome"] == "revenue", "power"]
        if len(revenue) and len(self.chosen) > 1:
            others = self.chosen[self.chosen["outcome"] != "revenue"]
            more = others[others["power"] >= TIMES * float(revenue.iloc[0])]
            found.append(finding(f"trial.indicator.{'there' if len(more) else 'none'}", outcomes=tuple(
                more["outcome"].astype(str)), revenue_power=float(revenue.iloc[0]), power=float(others["power"].max()),
                outcome=str(others["outcome"].iloc[0])))
        return found

    def _enough(self) -> list[Finding]:
        if self.teams.empty:
            return []
        rows = self.teams.set_index("outcome")["teams_enough"]
        names = [name for name in dict.fromkeys((self.primary, "revenue")) if name in rows.index]
        found = []
        for name in names:
            enough = float(rows[name])
            code = "never" if math.isinf(enough) else "these" if (
                enough <= self.plan.teams and self.plan.arms == TEAMS) else "more"
            found.append(finding(f"trial.enough.{code}", outcome=name, months=self.plan.months,
                                 teams=0 if math.isinf(enough) else int(enough)))
        return found

    def _surrogate(self) -> list[Finding]:
        rows = self.surrogates[self.surrogates["outcome"] == self.primary]
        if rows.empty or self.primary == "revenue":
            return []
        row = rows.iloc[0]
        if math.isnan(float(row["share"] + row["low"])):
            return [finding("trial.surrogate_unknown", outcome=self.primary)]
        return [finding("trial.surrogate", outcome=self.primary, share=float(row["share"]), low=float(row["low"]),
                        high=float(row["high"]))]

    def _left_out(self) -> list[Finding]:
        """Outcomes that no analysis of this design is offered for, by reason."""
        offered = set(self.chosen["outcome"])
        lost = self.table[~self.table["outcome"].isin(offered)]
        return [finding(f"trial.left_out.{why}", outcomes=tuple(rows["outcome"].astype(str).unique()),
                        low=float(rows["false_alarms"].min()), high=float(rows["false_alarms"].max()),
                        teams=self.plan.teams)
                for why, rows in lost.groupby("why", sort=False)]


def _of(row: Any) -> dict[str, Any]:
    """What a sentence on an outcome needs of its row."""
    return {"outcome": str(row["outcome"]), "estimator": str(row["estimator"]),
            **{name: float(row[name]) for name in ("power", "power_low", "power_high", "smallest", "effect",
                                                   "effect_low", "effect_high", "level", "false_alarms")}}

