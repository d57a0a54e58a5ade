"""`simlead payback`: what policies cost and earn, and when they have paid for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli import options
from simlead.cli.compare import LEAST_WORLDS
from simlead.cli.failures import Refusal
from simlead.cli.scenarios import firms_named
from simlead.cli.terminal import show_table, write
from simlead.results.folder import NewFolder, write_folder
from simlead.show.format import setting
from simlead.show.language import say, using
from simlead.show.progress import progress_bar
from simlead.show.wording import effect_sizes_name, inside, scenario_name
from simlead.study.engines import FAST

if TYPE_CHECKING:
    from simlead.study.money.result import Money

Policies = Annotated[list[str], typer.Argument(
    metavar="FIRM POLICY...", help="The firm as it is, and one or more policies of the same firm: presets or files.")]
NumberOfWorlds = Annotated[int, typer.Option(
    "--worlds", min=LEAST_WORLDS, max=100_000, metavar="NUMBER", help="Number of worlds for each set of effect sizes.")]
Replications = Annotated[int, typer.Option(
    "--replications", min=2, max=10_000, help="Number of replications in each world.")]
Sizes = Annotated[str | None, typer.Option(
    "--effect-sizes", metavar="NAME", help="Only this set of effect sizes: evidence or practitioner (default: both).")]


def payback(
    firms: Policies,
    effect_sizes: Sizes = None,
    sets: options.Sets = None,
    worlds: NumberOfWorlds = 32,
    replications: Replications = 2,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    engine: options.Engine = FAST,
    out: options.OutFolder = None,
    language: options.Language = "en",
    overwrite: options.OverwriteFolder = False,
) -> None:
    """Show what policies cost and earn, and when they have paid for themselves.

    Prints profit a year, payback month and return with the uncertainty of random numbers and of the world, under both
    sets of effect sizes; where the profit comes from, what it depends on, and the next step.
    """
    scenarios = firms_named(firms, effect_sizes, sets or [])
    if len(scenarios) < 2:
        raise Refusal("payback: two or more of FIRM are needed, the firm as it is and a policy")
    engine, language = options.known_engine(engine), options.known_language(language)
    if out is not None:
        options.free(out, overwrite)
    baseline, *others = scenarios
    from simlead.study.money.payback import payback as asked

    policies = {name if name != "status_quo" else "status_quo again": scenarios[name] for name in others}
    with progress_bar("runs") as progress:
        found = asked(policies, scenarios[baseline], worlds=worlds, replications=replications,
                      effect_sizes=effect_sizes, seed=seed, workers=workers, engine=engine, progress=progress)
    if out is not None:
        from simlead.study.money.record import KIND

        with write_folder(out, KIND, overwrite=overwrite) as new, using(language):
            new.facts["scenarios"] = {found.status_quo: scenarios[baseline].values(),
                                      **{name: scenario.values() for name, scenario in policies.items()}}
            save_money_and_chart(found, new)
    print_money(found)
    if out is not None:
        write(f"Saved to {out}; simlead report {out} makes the client's page and slides.")


def print_money(found: Money, *, ledgers: bool = True) -> None:
    """Print the money as a table, each policy's ledger, and what it depends on as sentences."""
    from simlead.show.money import SUMMARY_COLUMNS, ledger_rows, ledger_unit, summary_rows
    from simlead.show.sentences import sentence

    years = setting(found.years_in_all)
    show_table(say("money.table_title", years=years, status_quo=inside(scenario_name(found.status_quo)),
                   worlds=found.worlds, replications=found.replications),
               [say(f"money.columns.{name}") for name in SUMMARY_COLUMNS], summary_rows(found), numbers={2, 3, 6})
    for policy in found.policies:
        if ledgers:
            show_table(say("money.ledger_title", policy=scenario_name(policy), years=years,
                           unit=ledger_unit(found, policy)),
                       [say("money.columns.line"), *map(effect_sizes_name, found.effect_sizes)],
                       ledger_rows(found, policy), numbers=set(range(1, 1 + len(found.effect_sizes))))
        for each in found.findings_of(policy):
            if not each.code.startswith("payback.earns"):
                write(sentence(each))


def save_money_and_chart(found: Money, new: NewFolder) -> None:
    """Write the money of policies and a chart into a folder, for the report."""
    from simlead.show.charts import money, save_chart
    from simlead.study.money.record import save_money

    save_money(found, new)
    for number, policy in enumerate(found.policies, start=1):
        name = "money.png" if len(found.policies) == 1 else f"money_{number}.png"
        save_chart(money(found.months, focus=policy, confidence=found.confidence, worlds=found.worlds,
                         replications=found.replications, seed=found.seed), new.path / name)
