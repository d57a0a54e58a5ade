"""`simlead compare`: scenarios with common random numbers, and their paired differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli import options
from simlead.cli.failures import Refusal
from simlead.cli.scenarios import firms_named
from simlead.cli.terminal import show_table, write
from simlead.model.parameters import ParameterError
from simlead.results.export import save_table
from simlead.results.folder import NewFolder, write_folder
from simlead.show.answers import effect_scale, probability
from simlead.show.format import difference, interval, quantity, with_interval
from simlead.show.language import say, using
from simlead.show.progress import progress_bar
from simlead.show.sentences import sentences
from simlead.show.wording import coverage_note, inside, measure_name, words
from simlead.study.engines import FAST

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from simlead.model.scenario import Scenario
    from simlead.study.answers.result import Answer
    from simlead.study.comparison import Comparison

COMPARISON_TABLE = "comparison"

LEAST_WORLDS = 16
"""As `study.answers.answer.LEAST_WORLDS`, which is not loaded for `--help`."""

OTHER_FIRM = "another firm"
"""Stands in place of a difference of levels between two firms, which is no effect of a policy."""

OF_TEAMS = ("revenue", "market_share")
"""The measures that are printed team by team where scenarios have a roll-out."""


NumberOfWorlds = Annotated[int, typer.Option(
    "--worlds", min=0, max=100_000, metavar="NUMBER",
    help="Number of worlds for each set of effect sizes, 16 or more; 0: random numbers only.")]


def compare(
    firms: options.Firms,
    effect_sizes: options.EffectSizes = None,
    sets: options.Sets = None,
    replications: options.Replications = 20,
    worlds: NumberOfWorlds = 32,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    engine: options.Engine = FAST,
    everything: options.All = False,
    out: options.OutFolder = None,
    table_format: options.Format = "csv",
    language: options.Language = "en",
    overwrite: options.OverwriteFolder = False,
) -> None:
    """Compare scenarios: what they do in worlds that are not known, under common random numbers.

    Prints first the effect on revenue over the worlds, with the uncertainty of random numbers and of the world, the
    probability that it matters, and what it depends on. Then means and paired differences, whose 95 % intervals count
    random numbers only. Replication r of every scenario uses the same random numbers, so that the same buyers appear.
    """
    if 0 < worlds < LEAST_WORLDS:
        raise Refusal(f"--worlds {worlds}: allowed is 0 or {LEAST_WORLDS} and more")
    scenarios = firms_named(firms, effect_sizes, sets or [])
    suffix = options.known_format(table_format)
    engine, language = options.known_engine(engine), options.known_language(language)
    if out is not None:
        options.free(out, overwrite)
    from simlead.results.headlines import KEY_MEASURES
    from simlead.results.measures import MEASURES
    from simlead.study.by_team import EVERY_TEAM, has_rollout
    from simlead.study.compare import compare as compared

    rollout = any(has_rollout(scenario) for scenario in scenarios.values())
    measures = [*MEASURES, *(f"{EVERY_TEAM}{name}" for name in OF_TEAMS)] if rollout else None
    with progress_bar("runs") as progress:
        result = compared(scenarios, replications=replications, seed=seed, workers=workers, engine=engine,
                          measures=measures, progress=progress)
    if result.other_firms:
        write(f"Different firms: {result.other_firms}.")
    found = None
    if worlds and len(scenarios) > 1:
        found = answered(scenarios, worlds, effect_sizes, seed=seed, workers=workers, engine=engine)
        if found is not None:
            from simlead.cli.payback import print_money, save_money_and_chart
            from simlead.study.money.composing import money_of

            money = money_of(found)
    if out is not None:
        with write_folder(out, "comparison", overwrite=overwrite) as new, using(language):
            save_comparison(result, new, suffix)
            if found is not None:
                save_answer(found, new, suffix)
                save_money_and_chart(money, new)
    if found is not None:
        print_answer(found)
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


def answered(
    scenarios: Mapping[str, Scenario], worlds: int, effect_sizes: str | None, *, seed: int, workers: int | None,
    engine: str,
) -> Answer | None:
    """The answer of scenarios against the first one; None, with the reason, where a firm allows none."""
    from simlead.study.answers.answer import answer
    from simlead.study.comparison import of_the_firm

    baseline, *others = scenarios
    policies = {name if name != "status_quo" else "status_quo again": scenarios[name] for name in others
                if scenarios[name] != scenarios[baseline] and not any(
                    of_the_firm(path) for path in scenarios[baseline].differences(scenarios[name]))}
    if not policies:
        return None

    def early(first: Answer) -> None:
        write(say("answers.cli.early", worlds=int(first.table["worlds"].min())))
        for row in sentences(first)[1:]:
            write(f"  {row}")

    try:
        with progress_bar("runs of the answer") as progress:
            return answer(policies, scenarios[baseline], worlds=worlds, effect_sizes=effect_sizes, seed=seed,
                          workers=workers, engine=engine, progress=progress, early=early)
    except ParameterError as refusal:
        write(f"Note: no answer over worlds, random numbers only: {refusal}")
        return None


def print_answer(found: Answer) -> None:
    """Print an answer's effects as a table, and what they depend on as sentences."""
    factor, unit = effect_scale(found.unit, float(found.table[["low", "high"]].abs().to_numpy().max()))
    rows = []
    for line in found.table.to_dict("records"):
        rows.append([
            words(str(line["policy"])), words(str(line["effect_sizes"])),
            with_interval(factor * line["mean"], factor * line["low"], factor * line["high"], unit, sign=True),
            interval(factor * line["random_low"], factor * line["random_high"]),
            *(probability(line[name]) for name in ("p_above_smallest", "p_no_difference", "p_below_smallest"))])
    show_table(say("answers.cli.title", measure=inside(measure_name(found.measure)),
                   worlds=int(found.table["worlds"].min()), replications=found.replications),
               ["policy", "effect sizes", "effect (both)", "random numbers", "P(gain)", "P(no difference)", "P(loss)"],
               rows, numbers={2, 3, 4, 5, 6})
    for sentence in sentences([each for each in found.findings if not each.code.startswith("answer.effect")]):
        write(sentence)


def save_answer(found: Answer, new: NewFolder, suffix: str) -> None:
    """Write the tables of an answer and its chart into a folder."""
    from simlead.show.charts import answer, save_chart

    for name, table in (("answer", found.table), ("drivers", found.drivers), ("switches", found.switches)):
        if len(table):
            save_table(table.assign(seed=found.seed), new.path / f"{name}{suffix}")
    save_chart(answer(found.table), new.path / "answer.png")


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
    charts = {
        "growth_and_share": growth_and_share(table),
        "funnel": funnel(table),
        "manager_time": manager_time(manager_week_compared(table, result.scenarios)),
    }
    same_firm = table[~table["scenario"].isin(list(result.differing_firms))]
    if same_firm["scenario"].nunique() > 1:
        charts["paired_difference"] = paired_difference(same_firm)
    for name, chart in charts.items():
        save_chart(chart, new.path / f"{name}.png")
