"""Findings on money: the answer in three sentences with one picture, and the tables behind it."""

from __future__ import annotations

import dataclasses
from functools import partial

from simlead.model.presets import effect_sizes_of
from simlead.results.provenance import installed
from simlead.show.charts.money import money as money_chart
from simlead.show.format import count
from simlead.show.language import say
from simlead.show.money import (
    ONCE,
    SUMMARY_COLUMNS,
    change_words,
    headline,
    ledger_rows,
    ledger_unit,
    summary_rows,
    three_sentences,
)
from simlead.show.report.document import Column, Picture, Section, Table, table_of
from simlead.show.report.findings import Findings, assumed, version_lines
from simlead.show.report.native import cumulative
from simlead.show.report.pictures import picture
from simlead.show.report.tables import levers_tables
from simlead.show.wording import effect_sizes_name, inside, scenario_name, years_words
from simlead.study.money.record import StoredMoney
from simlead.study.money.result import Money

MANY = 400


def money_answers(found: Money) -> tuple[str, ...]:
    """The answer in three sentences."""
    return tuple(three_sentences(found, found.best))


def money_title(found: Money) -> str:
    """The answer's title."""
    return headline(found, found.best)


def money_picture(found: Money, policy: str) -> Picture | None:
    """A policy's cumulative profit, drawn, and as a chart that can be edited."""
    drawn = picture(f"money_{found.policies.index(policy) + 1}", partial(
        money_chart, found.months, focus=policy, confidence=found.confidence, worlds=found.worlds,
        replications=found.replications, seed=found.seed), captioned=True)
    return None if drawn is None else dataclasses.replace(drawn, native=cumulative(found.months, policy))


def money_sections(found: Money) -> tuple[Section, ...]:
    """The table of all policies behind the answer; then the other policies' pictures and each policy's tables."""
    others = [drawn for policy in found.policies if policy != found.best
              if (drawn := money_picture(found, policy)) is not None]
    tables: list[Table] = []
    for policy in sorted(found.policies, key=lambda policy: policy != found.best):
        tables += [ledger_table(found, policy), *([years_table(found, policy)] if len(found.years) else [])]
    paragraphs = (say("money.report.beside"), say("money.report.not_money"))
    return (Section("money", say("money.report.heading"), paragraphs, (), (summary_table(found),), part="money"),
            Section("ledgers", say("money.report.each"), (), tuple(others), tuple(tables), part="money"))


def summary_table(found: Money) -> Table:
    """Profit a year, payback, return and the probability that it pays: a row per policy and set."""
    kinds = {"policy": "text", "effect_sizes": "text"}
    columns = tuple(Column(say(f"money.columns.{name}"), "text" if name in kinds else "number")
                    for name in SUMMARY_COLUMNS)
    caption = say("money.report.summary" if len(found.effect_sizes) > 1 else "money.report.summary_one")
    return table_of("money_summary", caption, columns, summary_rows(found), MANY, whole=True)


def ledger_table(found: Money, policy: str) -> Table:
    """Where a policy's profit comes from, line by line, a column for each set."""
    caption = say("money.report.ledger", policy=scenario_name(policy), years=years_words(found.years_in_all),
                  unit=ledger_unit(found, policy), status_quo=inside(scenario_name(found.status_quo)))
    columns = (Column(say("money.columns.line")), *(Column(effect_sizes_name(name), "number")
                                                    for name in found.effect_sizes))
    return table_of(f"money_ledger_{found.policies.index(policy) + 1}", caption, columns, ledger_rows(found, policy),
                    MANY, whole=True)


def years_table(found: Money, policy: str) -> Table:
    """Profit year by year, a column for each set."""
    here = found.years[found.years["policy"] == policy]
    rows = []
    for year, lines in here.groupby("year", sort=True):
        by_set = {str(line["effect_sizes"]): line for line in lines.to_dict("records")}
        rows.append((say("money.report.year", year=count(int(str(year)))),
                     *(change_words(by_set[name], ONCE) for name in found.effect_sizes)))
    columns = (Column(""), *(Column(effect_sizes_name(name), "number") for name in found.effect_sizes))
    caption = say("money.report.years", policy=scenario_name(policy),
                  status_quo=inside(scenario_name(found.status_quo)))
    return table_of(f"money_years_{found.policies.index(policy) + 1}", caption, columns, rows, MANY, whole=True)


def of_money(stored: StoredMoney) -> Findings:
    """The findings of the money of policies by itself."""
    found = stored.money
    scenarios = dict(found.scenarios)
    changed = tuple(dict.fromkeys(
        path for name in found.policies if name in scenarios
        for path in scenarios[found.status_quo].differences(scenarios[name])))
    words = {"focus": scenario_name(found.best), "baseline": scenario_name(found.status_quo)}
    version = str(stored.versions.get("simlead", installed("simlead")))
    return Findings(
        title=say("report.titles.comparison", **words), question=say("money.report.question", **words),
        answers=(), notes=(), pictures=(), results=(),
        levers=levers_tables(scenarios), changed=changed,
        assumptions={effect_sizes_of(scenarios[found.status_quo]): scenarios[found.status_quo]},
        measure="profit_final", sensible=bool(assumed(changed)) or None,
        origin=(
            ("kind", say("money.saved")), ("made", stored.made or say("report.origin.not_kept")),
            ("seed", str(found.seed)),
            *((f"parameters:{name}", scenario.hash()) for name, scenario in scenarios.items()),
            *version_lines("", "", stored.versions)[2:]),
        seed=found.seed, version=version, made=stored.made, money=found)

