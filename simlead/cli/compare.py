"""`simlead compare`: scenarios with common random numbers, and their paired differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.cli import options, over_worlds
from simlead.cli.documents import answer_parts, comparison_parts, money_parts, print_document
from simlead.cli.scenarios import firms_named
from simlead.cli.terminal import show_table, write
from simlead.model.units import WEEKS_PER_YEAR
from simlead.results.export import save_table
from simlead.results.folder import NewFolder, write_folder
from simlead.show.format import difference, quantity
from simlead.show.language import in_language
from simlead.show.progress import progress_bar
from simlead.show.wording import coverage_note
from simlead.study.engines import FAST

if TYPE_CHECKING:
    import pandas as pd

    from simlead.study.comparison import Comparison

COMPARISON_TABLE = "comparison"

OTHER_FIRM = "another firm"
"""Stands in place of a difference of levels between two firms, which is no effect of a policy."""

OF_TEAMS = ("revenue", "market_share")
"""The measures that are printed team by team where scenarios have a roll-out."""


def compare(
    firms: options.Firms,
    effect_sizes: options.EffectSizesOfAnswer = None,
    sets: options.Sets = None,
    replications: options.Replications = 20,
    worlds: over_worlds.Worlds = 32,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    engine: options.Engine = FAST,
    everything: options.All = False,
    out: options.OutFolder = None,
    table_format: options.Format = "csv",
    language: options.Language = "en",
    overwrite: options.OverwriteFolder = False,
    as_json: options.Json = False,
) -> None:
    """Compare scenarios: what they do in worlds that are not known, under common random numbers.

    Prints first the effect on revenue over the worlds, with the uncertainty of random numbers and of the world, the
    probability that it matters, and what it depends on. Then means and paired differences, whose 95 % intervals count
    random numbers only. Replication r of every scenario uses the same random numbers, so that the same buyers appear.
    """
    over_worlds.checked(worlds)
    scenarios = firms_named(firms, effect_sizes, sets or [])
    suffix = options.known_format(table_format)
    engine, language = options.known_engine(engine), options.known_language(language)
    if out is not None:
        options.free(out, overwrite, "comparison")
    from simlead.results.headlines import KEY_MEASURES
    from simlead.results.measures import MEASURES
    from simlead.study.by_team import EVERY_TEAM, has_rollout
    from simlead.study.compare import compare as compared

    rollout = any(has_rollout(scenario) for scenario in scenarios.values())
    measures = [*MEASURES, *(f"{EVERY_TEAM}{name}" for name in OF_TEAMS)] if rollout else None
    with progress_bar("runs") as progress:
        result = compared(scenarios, replications=replications, seed=seed, workers=workers, engine=engine,
                          measures=measures, progress=progress)
    if result.other_firms and not as_json:
        write(f"Different firms: {result.other_firms}.")
    found = None
    if worlds and len(scenarios) > 1:
        found = over_worlds.answered(scenarios, worlds, effect_sizes, seed=seed, workers=workers, engine=engine,
                                     quiet=as_json)
        if found is not None:
            from simlead.cli.money import print_money, save_money_and_chart
            from simlead.study.money.composing import money_of

            money = money_of(found)
    if out is not None:
        with write_folder(out, "comparison", overwrite=overwrite) as new, in_language(language):
            save_comparison(result, new, suffix)
            if found is not None:
                over_worlds.save_answer(found, new, suffix)
                save_money_and_chart(money, new)
    if as_json:
        asked = [answer_parts(found), money_parts(money)] if found is not None else []
        print_document("compare", comparison_parts(result, None if everything else KEY_MEASURES), *asked, seed=seed,
                       scenarios=scenarios, saved=[out] if out is not None else [],
                       unit=found.unit if found is not None else "",
                       currency=result.scenarios[result.baseline].organisation.currency)
        return
    if found is not None:
        over_worlds.print_answer(found)
        print_money(money, ledgers=False)
    title = (f"{result.replications} replications per scenario, common random numbers, seed {seed}; "
             "intervals: random numbers only")
    print_comparison(result.table, title, None if everything else KEY_MEASURES, tuple(result.differing_firms))
    if rollout:
        for name in OF_TEAMS:
            by_team = result.by_team(name)
            print_teams(by_team[~by_team["scenario"].isin(list(result.differing_firms))], result.baseline)
    if result.undefined:
        write(f"Note: {result.undefined}.")
    if found is None and len({scenario.policy.coaching_share for scenario in scenarios.values()}) > 1:
        write(coverage_note())
    if out is not None:
        write(f"Saved to {out}")


def print_comparison(
    table: pd.DataFrame, title: str, wanted: tuple[str, ...] | None, others: tuple[str, ...] = ()
) -> None:
    """Print each measure by scenario, with its paired difference from the first one; for other firms their levels."""
    rows = []
    baseline = str(table["scenario"].iloc[0])
    known = list(dict.fromkeys(table["measure"].astype(str)))
    for measure in known if wanted is None else [name for name in wanted if name in known]:
        for line in table[table["measure"] == measure].to_dict("records"):
            # A digit more than the mean's own interval supports: pairs are known more precisely than means.
            unit, half = str(line["unit"]), (line["high"] - line["low"]) / 20
            change = "" if line["scenario"] == baseline else OTHER_FIRM if line["scenario"] in others else difference(
                line["difference"], line["difference_low"], line["difference_high"], unit, line["mean"])
            rows.append([measure if line["scenario"] == baseline else "", str(line["scenario"]), change,
                         quantity(line["mean"], unit, half, short=True)])
    heads = ["measure", "scenario", f"minus {baseline} (95 % interval)", "mean"]
    show_table(title, heads, rows, numbers={2, 3})


def print_teams(table: pd.DataFrame, baseline: str) -> None:
    """Print a measure of each team: where the policy starts, and the difference from the same team without it."""
    rows = []
    for line in table[table["scenario"] != baseline].to_dict("records"):
        unit, half = str(line["unit"]), (line["high"] - line["low"]) / 20
        week = "never" if not line["treated"] else "" if line["rollout_week"] != line["rollout_week"] else (
            f"{line['rollout_week']:g}")
        rows.append([line["scenario"], line["teams"], week, difference(
            line["difference"], line["difference_low"], line["difference_high"], unit, line["mean"]),
            quantity(line["mean"], unit, half, short=True)])
    heads = ["scenario", "teams", "starts in week", f"minus {baseline} (95 % interval)", "mean"]
    show_table(f"{table['measure'].iloc[0]} by team", heads, rows, numbers={3, 4})


def save_comparison(result: Comparison, new: NewFolder, suffix: str) -> None:
    """Write the tables of a comparison and its charts into a folder."""
    from simlead.show.charts import (
        funnel,
        growth_and_share,
        manager_time,
        manager_week_compared,
        paired_difference,
        save_chart,
    )
    from simlead.study.comparison_files import save_comparison_data

    table = result.table.assign(seed=result.seed)  # so that the table alone can be reproduced
    save_table(table, new.path / f"{COMPARISON_TABLE}{suffix}")
    save_comparison_data(result, new, suffix)
    years = max(one.calendar.horizon_weeks for one in result.scenarios.values()) / WEEKS_PER_YEAR
    charts = {
        "growth_and_share": growth_and_share(table, years=years),
        "funnel": funnel(table),
        "manager_time": manager_time(manager_week_compared(table, result.scenarios)),
    }
    same_firm = table[~table["scenario"].isin(list(result.differing_firms))]
    if same_firm["scenario"].nunique() > 1:
        charts["paired_difference"] = paired_difference(same_firm)
    for name, chart in charts.items():
        save_chart(chart, new.path / f"{name}.png")
