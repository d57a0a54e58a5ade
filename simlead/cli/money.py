"""Money at the terminal and in a folder: what `payback` and `compare` show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simlead.cli.terminal import show_table, write
from simlead.results.folder import NewFolder
from simlead.show.language import say
from simlead.show.wording import effect_sizes_name, inside, scenario_name, years_words

if TYPE_CHECKING:
    from simlead.study.money.result import Money


def print_money(found: Money, *, ledgers: bool = True) -> None:
    """Print the money as a table, each policy's ledger, and what it depends on as sentences."""
    from simlead.show.money import SUMMARY_COLUMNS, ledger_rows, ledger_unit, summary_rows
    from simlead.show.sentences import sentence

    years = years_words(found.years_in_all)
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
