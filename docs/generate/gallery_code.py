"""Code of the gallery whose made-up data are longer than an example in a docstring should be."""

OF_A_SURFACE = """
import numpy as np
import pandas as pd

import simlead
from simlead.show import charts

random = np.random.default_rng(1)
coaching, clarity = "policy.coaching_share", "policy.role_clarity"
points = pd.DataFrame({coaching: random.uniform(0.0, 0.6, 40), clarity: random.random(40)})
off = points[coaching] - 0.1 - 0.3 * points[clarity]
points["revenue"] = 1e6 * (36.0 + 4.0 * points[clarity] - 30.0 * off**2) + random.normal(0.0, 1e5, 40)
surface = simlead.fit_surface(points, "revenue", factors=[coaching, clarity])
ax = charts.{name}(surface)
"""
LONGER = {
    "answer": """
import pandas as pd

from simlead.show import charts

rows = [
    ("evidence", "plan_a", 0.03, -0.06, 0.13, 0.02, 0.04, 0.63, 0.15, 0.22),
    ("evidence", "plan_b", 0.14, 0.04, 0.28, 0.13, 0.15, 0.98, 0.01, 0.01),
    ("practitioner", "plan_a", 0.06, -0.02, 0.15, 0.05, 0.07, 0.88, 0.05, 0.07),
    ("practitioner", "plan_b", 0.20, 0.03, 0.47, 0.18, 0.22, 0.96, 0.02, 0.02)]
table = pd.DataFrame(rows, columns=[
    "effect_sizes", "policy", "mean", "low", "high", "random_low", "random_high", "p_above_smallest", "p_no_difference",
    "p_below_smallest"]).assign(
    measure="revenue", unit="share of status quo", smallest=0.01, confidence=0.95, worlds=100, replications=2)
ax = charts.answer(table)
""",
    "base_year": """
import pandas as pd

from simlead.show import charts

rows = [
    ("revenue", "$/year", 24e6, 23.6e6, 22.4e6, 24.8e6, "solved", True),
    ("win_rate_qualified", "share", 0.16, 0.162, 0.155, 0.169, "solved", True),
    ("cycle_days", "calendar days", 90.0, 88.0, 85.0, 91.0, "solved", True)]
table = pd.DataFrame(rows, columns=["fact", "unit", "stated", "simulated", "low", "high", "role", "agrees"])
ax = charts.base_year(table)
""",
    "money": """
import pandas as pd

from simlead.show import charts

month = pd.Series(range(37))
months = pd.concat([pd.DataFrame({
    "effect_sizes": name, "policy": "coaching", "month": month, "mean": -2e5 + gain * month,
    "low": -2e5 + (gain - 1.5e4) * month, "high": -2e5 + (gain + 2e4) * month})
    for name, gain in (("evidence", 4e3), ("practitioner", 16e3))])
ax = charts.money(months, worlds=100, replications=2)
""",
    "manager_diary": """
import pandas as pd

from simlead.show import charts

rows = [
    (0.0, 0.5, "one_to_one", "coaching"), (0.5, 4.0, "own_selling", "customers"), (4.0, 8.0, "admin_duty", "admin"),
    (8.0, 9.0, "one_to_one", "coaching"), (9.0, 13.0, "own_selling", "customers"),
    (13.0, 16.0, "nothing", "unallocated"),
    (16.0, 17.5, "pre_call", "coaching"), (17.5, 24.0, "admin_duty", "admin"), (20.0, 20.0, "pre_call", "cancelled"),
    (24.0, 29.0, "own_selling", "customers"), (29.0, 30.0, "one_to_one", "coaching"),
    (30.0, 32.0, "admin_duty", "admin"),
    (32.0, 40.0, "nothing", "unallocated"), (33.0, 33.0, "one_to_one", "cancelled")]
ax = charts.manager_diary(pd.DataFrame(rows, columns=["begin", "end", "what", "use"]))
""",
    "pipeline_over_weeks": """
import numpy as np
import pandas as pd

from simlead.show import charts

random, week = np.random.default_rng(3), np.arange(-60, 100)
more = np.where(week >= 0, 18.0 * (1.0 - np.exp(-week / 20.0)), 0.0)
weeks = pd.concat([pd.DataFrame({
    "scenario": name, "week": week, "replicate": replicate,
    "discovery_open": 60.0 + gain * more + random.normal(0.0, 3.0, len(week)),
    "qualified_open": 35.0 + gain * more / 2.0 + random.normal(0.0, 2.0, len(week)),
    "proposal_open": 20.0 + gain * more / 3.0 + random.normal(0.0, 2.0, len(week))})
    for name, gain in (("status_quo", 0.0), ("leadership", 1.0)) for replicate in range(6)])
ax = charts.pipeline_over_weeks(weeks)
""",
    "published_facts": """
import pandas as pd

from simlead.show import charts

rows = [
    ("market share", "base year", 0.10, 0.08, 0.13, 0.11, 0.10, 0.12, True),
    ("win rate", "base year", 0.20, 0.15, 0.30, 0.21, 0.20, 0.22, True),
    ("turnover", "base year", 0.30, 0.22, 0.38, 0.28, 0.25, 0.31, True),
    ("turnover", "third year", 0.30, 0.22, 0.38, 0.27, 0.24, 0.30, True),
    ("time lost", "base year", 0.45, 0.40, 0.60, 0.66, 0.62, 0.70, False)]
table = pd.DataFrame(rows, columns=[
    "fact", "when", "published", "low", "high", "simulated", "simulated_low", "simulated_high", "inside"])
ax = charts.published_facts(table)
""",
    "structures": """
import pandas as pd

from simlead.show import charts

table = pd.DataFrame({
    "effect_sizes": "evidence", "policy": ["plan_a"] * 4 + ["plan_b"] * 4,
    "switch": ["no_cover", "favourites", "rivals_answer", "everybody_alike"] * 2,
    "conclusion": ["holds", "breaks", "unclear", "holds"] + ["holds"] * 4})
ax = charts.structures(table)
""",
    "trial_map": """
import pandas as pd

from simlead.show import charts

months = (3, 6, 9, 12, 18)
worth = {1: (-8, 5, 12, 9, -6), 2: (2, 18, 30, 21, 4), 3: (-4, 10, 16, 8, -9)}  # thousand $, by teams with the change
rows = [(treated, month, "try" if value > 0 else "now", 1e3 * value)
        for treated, values in worth.items() for month, value in zip(months, values)]
ax = charts.trial_map(pd.DataFrame(rows, columns=["treated", "months", "best", "over_the_best"]))
""",
    "world_facts": """
import pandas as pd

from simlead.show import charts

rows = [
    ("market_share", 0.10, 0.08, 0.13, 0.12, 0.02, 0.10, 0.01, 0.25, 0.5),
    ("win_rate", 0.20, 0.15, 0.30, 0.22, 0.03, 0.21, 0.02, 0.10, 0.8),
    ("turnover", 0.30, 0.22, 0.38, 0.31, 0.05, 0.30, 0.03, 0.15, 0.7)]
table = pd.DataFrame(rows, columns=[
    "measure", "published", "low", "high", "expected_before", "sd_before", "expected", "sd", "ruled_out",
    "effective_share"])
ax = charts.world_facts(table)
""",
    "attribution": """
import pandas as pd

from simlead.show import charts

table = pd.DataFrame({
    "won_in": ["a", "b", "b", "b", "a", "b"],
    "cause": ["coached", "coached", "coached", "prospecting", "vacancy", "vacancy"],
    "won_value": [80e3, 220e3, 150e3, 90e3, 60e3, 110e3]})
ax = charts.attribution(table, names=("status_quo", "leadership"))
""",
    "surface_map": OF_A_SURFACE.replace("{name}", "surface_map"),
    "surface_slices": OF_A_SURFACE.replace("{name}", "surface_slices"),
    "warm_up": """
import numpy as np
import pandas as pd

from simlead.show import charts
from simlead.study.warmup import check_warm_up

random, week = np.random.default_rng(7), np.arange(-104, 156)
weeks = pd.concat([pd.DataFrame({
    "replicate": replicate, "week": week,
    "revenue": 4e5 * (1.0 - np.exp(-(week + 105) / 6.0)) + random.normal(0.0, 5e4, len(week))})
    for replicate in range(20)])
ax = charts.warm_up(weeks, check_warm_up(weeks))
""",
}
"""Code of charts whose data are longer than an example in a docstring should be."""
