"""The published facts that the status quo is held to, as data.

Calibration and defaults are tuned to these facts and to no others. Facts marked `world` are not solved by
calibration: they tell one set of assumptions from another.
"""

from __future__ import annotations

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Fact:
    """A published figure, the range it may take, and what shows it.

    `measure` is a measure of one run, or the name of an answer of `fact_studies.STUDIES`. `still` says whether
    the fact must hold in the third year too. `pooled` measures are ratios of sums over all replications (rare
    things); the others are means over replications. `published` is nan where the source gives a bound only.
    """

    name: str
    measure: str
    published: float
    low: float
    high: float
    source: str
    still: bool = True
    pooled: bool = True
    world: bool = False


FACTS: tuple[Fact, ...] = (
    Fact("realised coaching share", "coaching_share_realised", 0.15, 0.09, 0.21, "V03 V15 V19"),
    Fact("managers who coach half their time", "coaching_share_over_half", 0.03, 0.01, 0.05, "V01", still=False),
    Fact("managers' time: people", "manager_time_people", 0.32, 0.26, 0.38, "V12", still=False),
    Fact("managers' time: information", "manager_time_information", 0.26, 0.20, 0.32, "V12", still=False),
    Fact("managers' time: customers", "manager_time_customers", 0.23, 0.17, 0.29, "V12", still=False),
    Fact("managers' time: admin", "manager_time_admin", 0.15, 0.09, 0.21, "V12", still=False),
    Fact("managers' time: other", "manager_time_other", 0.04, 0.0, 0.10, "V12", still=False),
    Fact("discovery gate", "discovery_rate", 0.55, 0.50, 0.60, "V86"),
    Fact("qualified gate", "qualified_rate", 0.50, 0.45, 0.55, "V86"),
    Fact("proposal gate (win rate)", "proposal_win_rate", 0.35, 0.30, 0.40, "V82 V86"),
    Fact("no decision, of qualified", "no_decision_rate", 0.45, 0.40, 0.60, "V93 V95"),
    Fact("won cycle, median calendar days", "cycle_days_median", 72.0, 60.0, 90.0, "V97 V98 V99", pooled=False),
    Fact("ramped reps at quota", "quota_attainment", 0.57, 0.50, 0.63, "V121"),
    Fact("rep time face to face with customers", "customer_time_share", 0.33, 0.28, 0.45, "V105 R11"),
    Fact("separations a year per filled seat", "separations_per_year", 0.30, 0.22, 0.36,
         "V110 V111 V112 V114"),
    Fact("rep-weeks in which the rep is coached", "coached_rep_weeks_share", 0.32, 0.25, 0.40, "V04"),
    Fact("market share", "market_share", 0.105, 0.08, 0.13, ""),
    Fact("new rep's output in month 8, of ramped", "new_rep_output_month_8", 0.95, 0.85, 1.05, "V114",
         still=False, world=True),
    Fact("skill gain left 11 months after coaching stops", "gain_left_after_11_months", 0.5, 0.4, 0.6, "V25 V50",
         still=False),
    Fact("win rate of qualified deals, under $10k less over $100k", "win_rate_small_less_large", 0.16, 0.04, 1.0, "V87",
         still=False),
    Fact("age of lost over age of won, qualified deals", "age_lost_over_won", 1.38, 1.2, 1.5, "V93 V102", world=True),
    Fact("a separation's loss, of a ramped rep's year", "loss_per_separation", 0.155, 0.10, 0.25, "V116 V111",
         still=False, world=True),
    Fact("elasticity of sales to heads on the same buyers", "effort_elasticity", 0.34, 0.25, 0.45, "V124",
         still=False, world=True),
    Fact("quits after less own selling and more coaching", "quits_after_own_selling", -0.225, -0.27, -0.13, "R18",
         still=False, world=True),
    Fact("sales after less own selling and more coaching", "sales_after_own_selling", 0.0, -0.01, 0.02, "R18",
         still=False, world=True),
    Fact("sales of a ramped rep, correlation with the next year", "sales_correlation_1_year", math.nan, 0.35, 0.60, "",
         still=False, world=True),
    Fact("that correlation less the one over two years", "sales_correlation_fall", math.nan, 0.04, 1.0, "",
         still=False, world=True),
    Fact("leavers in their first year", "first_year_leavers", 0.29, 0.24, 0.34, "V114", still=False, world=True),
    Fact("managers' 10th to 90th percentile of team sales", "managers_percentile_gap", 0.11, 0.10, 0.50, "V51 V54",
         still=False, world=True),
)
