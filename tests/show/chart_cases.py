"""Tables for every chart, made to be hard to draw: long names, many rows, one row, extremes, almost equal values."""

import math

import numpy as np
import pandas as pd

import simlead
from simlead.show import charts
from simlead.show.charts.differences import TIDY
from simlead.show.charts.estimates import BATCHES, FAMILY, PATH, QUANTILES
from simlead.show.charts.managers import CATEGORIES
from simlead.show.charts.select import SELECTION
from simlead.show.charts.tables import RELATIVE
from simlead.statistics import series
from simlead.study.records import CAUSES
from simlead.study.warmup import check_warm_up

LONG = "coaching_programme_of_the_northern_region_with_weekly_ride-alongs_and_a_second_pilot_variant_"
LONG_FA = "برنامهٔ_مربی‌گری_منطقهٔ_شمال_با_همراهی_هفتگی_در_بازدید_از_مشتری_و_اجرای_آزمایشی_دوم_گونهٔ_"
MEASURE = "share_of_qualified_opportunities_that_the_enterprise_team_won_against_the_largest_rival"
KINDS = ("long names", "long Persian names", "many rows", "one row", "almost equal", "huge and negative", "tiny")


def policies(kind, most=8):
    """Names of policies, and their effects in shares."""
    if kind.startswith("long"):
        return [(LONG if kind == "long names" else LONG_FA) + end for end in "ABC"], [0.02, -0.04, 0.11]
    if kind == "many rows":
        return [f"plan_{number}" for number in range(most)], [0.01 * (number - 3) for number in range(most)]
    names, effects = ["plan_a", "plan_b", "plan_c"], {
        "one row": [0.05], "almost equal": [0.0500, 0.0501, 0.0502], "huge and negative": [-40.0, -0.9, 31.0],
        "tiny": [1e-6, -2e-6, 3e-7]}[kind]
    return names[:len(effects)], effects


def width(kind):
    """Half the width of an interval."""
    return {"huge and negative": 9.0, "tiny": 1e-6, "almost equal": 1e-5}.get(kind, 0.03)


def measure(kind):
    return MEASURE if kind.startswith("long") else "revenue"


def compared(kind, most=8):
    """A comparison's table."""
    names, effects = policies(kind, most)
    half, rows = width(kind), []
    for name, level, unit in (
            ("revenue", 4e7, "$/year"), ("revenue_growth", 0.42, "share"), ("market_growth", 0.4, "share"),
            ("market_share", 0.1, "share"), ("market_share_base", 0.1, "share"), ("discovery_rate", 0.5, "share"),
            ("qualified_rate", 0.5, "share"), ("proposal_win_rate", 0.35, "share"), (MEASURE, 3e9, "$/year")):
        times = level if unit != "share" else 1.0
        for who, effect in zip(["status_quo", *names], [0.0, *effects], strict=True):
            mean, span = level + times * effect, times * half * (who != "status_quo")
            rows.append((who, name, unit, mean, mean - times * half, mean + times * half, times * effect,
                         times * effect - span, times * effect + span, 20, effect, effect - span / times,
                         effect + span / times))
    return pd.DataFrame(rows, columns=[*TIDY, *RELATIVE]).assign(seed=12345)


def answer(kind):
    names, effects = policies(kind, 6)
    half = width(kind)
    rows = [(effect_sizes, name, measure(kind), "share of status quo", effect, effect - 2 * half, effect + 3 * half,
             effect - half / 5, effect + half / 5, 0.63, 0.15, 0.22, 0.01, 0.95, 100, 2)
            for effect_sizes in ("evidence", "practitioner") for name, effect in zip(names, effects, strict=True)]
    return charts.answer(pd.DataFrame(rows, columns=[
        "effect_sizes", "policy", "measure", "unit", "mean", "low", "high", "random_low", "random_high",
        "p_above_smallest", "p_no_difference", "p_below_smallest", "smallest", "confidence", "worlds",
        "replications"]))


def attribution(kind):
    names, effects = policies(kind)
    causes = list(CAUSES)[:1] if kind == "one row" else list(CAUSES) if kind == "many rows" else list(CAUSES)[:4]
    worth = {"huge and negative": 3e12, "tiny": 12.0}.get(kind, 8e4)
    table = pd.DataFrame([(run, cause, worth * (1 + number)) for number, cause in enumerate(causes)
                          for run in ("a", "b")], columns=["won_in", "cause", "won_value"])
    many = pd.DataFrame([(cause, worth * effects[0], worth * (effects[0] - 0.5), worth * (effects[0] + 0.5), 20)
                         for cause in [*causes, "all"]],
                        columns=["cause", "net_value", "net_value_low", "net_value_high", "n"])
    return charts.attribution(table, names=("status_quo", names[-1]), many=many if kind != "one row" else None)


def base_year(kind):
    facts = ["revenue", "win_rate_qualified", "cycle_days", "deal_value", "market_share", "turnover"]
    rows = [(fact, "$/year", 2e12 if kind.startswith("huge") else 24e6, 24e6 * (1.001 if kind == "almost equal" else 3),
             -22e6, 28e6, "solved", number > 1) for number, fact in enumerate(facts)]
    return charts.base_year(pd.DataFrame(rows[:1] if kind == "one row" else rows[:4], columns=[
        "fact", "unit", "stated", "simulated", "low", "high", "role", "agrees"]))


def batch_means(kind):
    names, effects = policies(kind, 10)
    half = width(kind)
    rows = [(name, 4 + effect, 4 + effect - half, 4 + effect + half, 0.95, 3000, 30, 100, 0.61,
             series.BATCHES_SHORT if number == 0 and kind.startswith("long") else "", 64.0)
            for number, (name, effect) in enumerate(zip(names, effects, strict=True))]
    return charts.batch_means(pd.DataFrame(rows, columns=BATCHES), unit="deals/week")


def claim_chart(kind):
    shares = {"many rows": (0.4, 0.05, 0.5, 0.05), "one row": (1.0, 0.0, 0.0, 0.0), "tiny": (0.999, 0.0005, 0.0005, 0)}
    holds, same, reverse, other = shares.get(kind, (0.34, 0.33, 0.08, 0.25))
    rows = [("half_of_the_week", effects, "optimum", "open", "open", 0.01, -0.002, holds, same, reverse, other,
             "world.learning_rate", 0.3) for effects in ("evidence", "practitioner")]
    columns = ["key", "effect_sizes", "kind", "verdict", "follows", "smallest", "effect", "p_holds", "p_no_difference",
               "p_reverse", "p_otherwise", "depends_on", "switching_value"]
    return charts.claim_chart(pd.DataFrame(rows[:1] if kind == "one row" else rows, columns=columns))


def effect_by_team(kind):
    names, effects = policies(kind)
    teams = [str(team) for team in range(1, 13)] if kind == "many rows" else ["1", "2", "1+2+3+4+5+6+7+8+9+10"]
    rows = [(who, team, who != "status_quo" and number % 2 == 0, 4.0 * number, measure(kind), "$/year", 20, effect,
             effect - width(kind), effect + width(kind))
            for who, effect in (("status_quo", 0.0), (names[-1], effects[-1])) for number, team in enumerate(teams)]
    return charts.effect_by_team(pd.DataFrame(rows if kind != "one row" else [rows[0], rows[len(teams)]], columns=[
        "scenario", "teams", "treated", "rollout_week", "measure", "unit", "n", *RELATIVE]))


def manager_diary(kind):
    rows = [(8.0 * day + 0.25 * part, 8.0 * day + 0.25 * (part + 1), "one_to_one", CATEGORIES[part % 7])
            for day in range(1 if kind == "one row" else 5) for part in range(32)]
    rows += [(8.0 * day + 7.9, 8.0 * day + 7.9, session, "cancelled") for day in range(5)
             for session in ("one_to_one", "pre_call", "pipeline_review", "one_to_one") if kind == "many rows"]
    return charts.manager_diary(pd.DataFrame(rows, columns=["begin", "end", "what", "use"]))


def manager_time(kind):
    names, _ = policies(kind, 7)
    hours = {"huge and negative": [40.0, 22.0, 9.5, 8.0, 7.0, 0.0, 0.0], "tiny": [39.9, .02, .02, .02, .02, .01, .01]}
    plan = hours.get(kind, [8.0, 7.0, 6.0, 6.0, 5.0, 5.0, 3.0])
    rows = [(name, use, one, one, one - 0.4, one + 0.4, 20) for name in names for use, one in zip(
        CATEGORIES, plan, strict=True)]
    return charts.manager_time(pd.DataFrame(rows, columns=[
        "scenario", "category", "planned_hours", "realised_hours", "realised_low", "realised_high", "n"]))


def _months(kind, sets):
    end = {"huge and negative": -8e12, "tiny": 3.0, "almost equal": 1e5}.get(kind, 4e6)
    names, _ = policies(kind)
    last = 2 if kind == "one row" else 60 if kind == "many rows" else 36
    return pd.DataFrame([(name, names[-1], month, mean, mean - abs(end) / 9, mean + abs(end) / 9)
                         for number, name in enumerate(sets) for month in range(last)
                         for mean in [end * (month - 6.0) / 30 * (1 + 0.01 * number)]],
                        columns=["effect_sizes", "policy", "month", "mean", "low", "high"])


def money(kind):
    return charts.money(_months(kind, ["evidence", "practitioner"][:1 if kind == "one row" else 2]), worlds=1000,
                        replications=2, seed=12345)


def paid_back(kind):
    table = _months(kind, ["evidence"]).rename(columns={"mean": "earned"})
    return charts.paid_back(table.assign(n=20), policy=policies(kind)[0][-1])


def pipeline_over_weeks(kind):
    names, effects = policies(kind)
    times = {"huge and negative": 1e6, "tiny": 1e-3}.get(kind, 20.0)
    gap = {"almost equal": 0.001}.get(kind, 1.0)
    week = np.arange(-10 if kind == "one row" else -60, 100)
    table = pd.concat([pd.DataFrame({
        "scenario": name, "week": week, "replicate": replicate,
        **{f"{stage}_open": times * (1 + gap * number + (week > 0) * min(abs(effects[0]), 1.0))
           for number, stage in enumerate(("discovery", "qualified", "proposal"))}})
        for name in ["status_quo", *names][:2] for replicate in range(2)])
    return charts.pipeline_over_weeks(table)


def precision_reached(kind):
    level = {"huge and negative": -4e12, "tiny": 1e-5}.get(kind, 40.0)
    last = 3 if kind == "one row" else 1000 if kind == "many rows" else 30
    rows = [(measure(kind), "mean", "$", n, level, level - abs(level) / n, level + abs(level) / n, 0.95, abs(level) / n,
             1 if n < 10 else 2, abs(level) / 20, 2000, n >= 20) for n in range(2, last)]
    return charts.precision_reached(pd.DataFrame(rows, columns=PATH))


def prim_box(kind):
    names = [LONG + end for end in "abcde"] if kind.startswith("long") else ["clarity", "span", "pay", "heroics"]
    names = names[:1] if kind == "one row" else names
    high = {"huge and negative": 4e11, "tiny": 4e-6}.get(kind, 0.4)
    rows = [(1, f"{measure(kind)} falls", measure(kind), "below", 1.0, "found", name, math.nan, high, "", "", -high,
             2 * high, 0.0004, 0.97, 0.43, 0.31, 0.9, 0.005) for name in names]
    return charts.prim_box(pd.DataFrame(rows, columns=[
        "box", "outcome", "measure", "side", "threshold", "verdict", "factor", "low", "high", "values", "other_values",
        "range_low", "range_high", "quasi_p", "density", "coverage", "base_rate", "held_out_density", "p_value"]))


def published_facts(kind):
    names = [LONG + "A", LONG + "B"] if kind == "long names" else [LONG_FA + "A"] if kind.startswith("long") else [
        f"fact {number}" for number in range({"many rows": 26, "one row": 1}.get(kind, 4))]
    at = {"huge and negative": -6.0, "tiny": 0.1000001, "almost equal": 0.1301}.get(kind, 0.11)
    rows = [(name, when, 0.1, 0.08, 0.13, at, at - 0.01, at + 0.01, 0.08 <= at <= 0.13)
            for name in names for when in ("base year", "third year")]
    return charts.published_facts(pd.DataFrame(rows, columns=[
        "fact", "when", "published", "low", "high", "simulated", "simulated_low", "simulated_high", "inside"]))


def quantiles(kind):
    names, effects = policies(kind, 10)
    rows = [(name, chance, 5 * (1 + effect) + 100 * width(kind) * (chance - 0.5),
             5 * (1 + effect) + 100 * width(kind) * (chance - 0.6),
             5 * (1 + effect) + 100 * width(kind) * (chance - 0.4), 0.95, 90)
            for name, effect in zip(names, effects, strict=True) for chance in (0.05, 0.5, 0.95)]
    return charts.quantiles(pd.DataFrame(rows, columns=QUANTILES), measure=measure(kind), unit="$/year")


def selection(kind):
    names, effects = policies(kind, 12)
    half = width(kind)
    rows = [(name, measure(kind), "$", "best" if number == len(names) - 1 else "eliminated", 5 + effect,
             5 + effect - half, 5 + effect + half, 12345, None if number == len(names) - 1 else names[-1],
             effect - 0.05, effect - half, effect + half, 0.5, 0.95, True)
            for number, (name, effect) in enumerate(zip(names, effects, strict=True))]
    return charts.selection(pd.DataFrame(rows, columns=SELECTION))


def sensitivity(kind):
    names, _ = policies(kind, 14)
    value = {"huge and negative": -0.4, "tiny": 1e-5, "almost equal": 0.3}.get(kind, 0.2)
    return charts.sensitivity(pd.DataFrame({
        "factor": [f"ours.{name}" for name in names], "index": "total", "estimate": value, "low": value - 0.1,
        "high": value + 0.1, "uncorrected": value + 0.3, "rank": range(1, len(names) + 1),
        "tied_with": ", ".join(f"ours.{name}" for name in names[1:]), "noise_share": 0.4, "n": 128, "replicates": 10}))


def simultaneous(kind):
    names, effects = policies(kind, 10)
    half = width(kind)
    rows = [(name, "status_quo", effect, effect - 2 * half, effect + 2 * half, effect - half, effect + half, True, 20,
             0.95) for name, effect in zip(names, effects, strict=True)]
    return charts.simultaneous(pd.DataFrame(rows, columns=FAMILY).assign(measure=measure(kind), unit="$/year"))


def _switches(kind):
    from simlead.model.structure import Structure

    return list(Structure.__dataclass_fields__)[:1 if kind == "one row" else 7]


def structures(kind):
    names, _ = policies(kind, 12)
    rows = [(effects, name, switch, ("holds", "breaks", "unclear")[(number + place) % 3])
            for effects in ("evidence", "practitioner") for number, name in enumerate(names)
            for place, switch in enumerate(_switches(kind))]
    return charts.structures(pd.DataFrame(rows, columns=["effect_sizes", "policy", "switch", "conclusion"]))


def structures_by_point(kind):
    values = [0.1] if kind == "one row" else [0.1, 0.2, 0.3, 0.4, 0.5, 0.6] if kind == "many rows" else [0.1, 0.5]
    rows = [(effects, f"p{one}{other}", switch, one, other, ("holds", "breaks", "unclear")[place % 3])
            for effects in ("evidence", "practitioner") for one in values for other in values
            for place, switch in enumerate(_switches(kind))]
    return charts.structures_by_point(pd.DataFrame(rows, columns=[
        "effect_sizes", "policy", "switch", "policy.coaching_share", "policy.role_clarity", "conclusion"]))


def surface(kind):
    """A surface whose best is inside, at an edge, or nowhere to be seen."""
    random = np.random.default_rng(1)
    first, second = (LONG + "a", LONG + "b") if kind.startswith("long") else ("clarity", "span")
    times = {"huge and negative": -1e9, "tiny": 1e-6}.get(kind, 1.0)
    points = pd.DataFrame(random.random((30, 2)), columns=[first, second])
    slope = 5.0 if kind == "one row" else 0.5
    points[measure(kind)] = times * (9.0 + slope * points[first] - 3.0 * (points[second] - 0.5) ** 2
                                     + random.normal(0.0, 0.03, 30))
    return simlead.fit_surface(points, measure(kind), factors=[second, first])


def trial_power(kind):
    name = "customer_time" if kind.startswith("long") else "revenue"
    level = {"huge and negative": 1e12, "tiny": 1e-3}.get(kind, 1.5e6)
    curves = pd.DataFrame({"outcome": name, "effect": level * np.linspace(0, 0.4, 9), "power": np.linspace(.05, .98, 9),
                           "low": np.linspace(.04, .96, 9), "high": np.linspace(.06, .99, 9)})
    table = pd.DataFrame({"outcome": [name], "level": level, "effect": 0.01 * level, "effect_low": -0.01 * level,
                          "effect_high": 0.05 * level, "smallest": math.nan if kind == "one row" else 0.3 * level})
    return charts.trial_power(curves, table, worlds=1000, months=120 if kind == "many rows" else 6)


def trial_months(kind):
    names = {"many rows": ["win_rate", "sessions_held", "deals_won", "revenue", "cycle_days"], "one row": ["win_rate"],
             "almost equal": ["win_rate", "sessions_held", "deals_won"]}.get(kind, ["revenue", "qualified_rate"])
    spread = 0.001 if kind == "almost equal" else 0.05
    low = 0.02 if kind == "tiny" else 0.6
    rows = [(name, months, min(1.0, low + months / 80 + spread * number))
            for number, name in enumerate(names) for months in range(1, 25)]
    return charts.trial_months(pd.DataFrame(rows, columns=["outcome", "months", "power"]))


def trial_map(kind):
    months, treated = (range(1, 25), range(1, 13)) if kind == "many rows" else ((3,), (1,)) if kind == "one row" else (
        (3, 6, 12, 24), (1, 2))
    worth = {"huge and negative": -9e11, "tiny": 3.0}.get(kind, 12e3)
    rows = [(team, month, ("try", "now", "leave")[(team + month) % 3], worth * (team + month))
            for team in treated for month in months]
    return charts.trial_map(pd.DataFrame(rows, columns=["treated", "months", "best", "over_the_best"]))


def warm_up(kind):
    random, week = np.random.default_rng(7), np.arange(-104, 156)
    times = {"huge and negative": 1e12, "tiny": 1e-4}.get(kind, 4e5)
    name = MEASURE if kind.startswith("long") else "revenue"
    noise = 0.001 if kind == "almost equal" else 2.0 if kind == "many rows" else 0.1
    weeks = pd.concat([pd.DataFrame({
        "replicate": replicate, "week": week,
        name: times * (1.0 - np.exp(-(week + 105) / 6.0) + random.normal(0.0, noise, len(week)))})
        for replicate in range(3)])
    return charts.warm_up(weeks, check_warm_up(weeks), measure=name)


def world_facts(kind):
    names, effects = policies(kind, 12)
    names = names if kind.startswith("long") else [
        "market_share", "win_rate", "turnover", *(f"fact_{n}" for n in range(9))][:len(names)]
    rows = [(name, 0.1, 0.08, 0.13, 0.12 + effect, 0.02, 0.1 + effect, 0.01, 0.25, 0.1 * number)
            for number, (name, effect) in enumerate(zip(names, effects, strict=True))]
    return charts.world_facts(pd.DataFrame(rows, columns=[
        "measure", "published", "low", "high", "expected_before", "sd_before", "expected", "sd", "ruled_out",
        "effective_share"]))


DRAW = {
    "answer": answer, "attribution": attribution, "base_year": base_year, "batch_means": batch_means,
    "claim_chart": claim_chart, "effect_by_team": effect_by_team,
    "funnel": lambda kind: charts.funnel(compared(kind)),
    "growth_and_share": lambda kind: charts.growth_and_share(compared(kind)),
    "manager_diary": manager_diary, "manager_time": manager_time, "money": money, "paid_back": paid_back,
    "paired_difference": lambda kind: charts.paired_difference(compared(kind, 12), measure=measure(kind)),
    "pipeline_over_weeks": pipeline_over_weeks, "precision_reached": precision_reached, "prim_box": prim_box,
    "published_facts": published_facts, "quantiles": quantiles, "selection": selection, "sensitivity": sensitivity,
    "simultaneous": simultaneous, "structures": structures, "structures_by_point": structures_by_point,
    "surface_map": lambda kind: charts.surface_map(surface(kind)),
    "surface_slices": lambda kind: charts.surface_slices(surface(kind)),
    "trial_map": trial_map, "trial_months": trial_months, "trial_power": trial_power, "warm_up": warm_up,
    "world_facts": world_facts,
}
"""Every chart by name: from a kind of :data:`KINDS` to axes."""
