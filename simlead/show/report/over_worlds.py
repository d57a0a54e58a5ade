"""What a report shows of an answer over worlds: sentences that lead, and a section with its charts and tables."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from simlead.show.answers import effect_scale, switching_value
from simlead.show.charts import answer as answer_chart
from simlead.show.charts import structures
from simlead.show.format import count, interval, probability, setting, two_digits, with_interval
from simlead.show.language import say
from simlead.show.report.document import Section, Table, columns_of, table_of
from simlead.show.report.findings import MOST_ROWS
from simlead.show.report.native import Native, several
from simlead.show.report.pictures import pictures
from simlead.show.sentences import sentences
from simlead.show.wording import effect_sizes_name, inside, measure_name, parameter_name, scenario_name, with_unit

MOST_DRIVERS = 8
"""Assumptions of each policy and set in the table of drivers."""


class Answered(Protocol):
    """An answer over worlds, as `simlead.answer` returns it."""

    @property
    def table(self) -> pd.DataFrame:
        """A row for each set of effect sizes and policy."""

    @property
    def drivers(self) -> pd.DataFrame:
        """A row for each drawn parameter."""

    @property
    def switches(self) -> pd.DataFrame:
        """A row for each switch that was run."""

    @property
    def unit(self) -> str:
        """The unit of effects."""

    @property
    def measure(self) -> str:
        """The measure."""

    @property
    def policies(self) -> tuple[str, ...]:
        """The names of the policies."""

    def lead(self, policy: str | None = None) -> tuple[Any, ...]:
        """The answer in short."""

    def details(self, policy: str | None = None) -> tuple[Any, ...]:
        """What stands below."""

    def main_drivers(self, policy: str, effect_sizes: str) -> pd.DataFrame:
        """The clear drivers."""


def leading_sentences(found: Answered, policy: str | None = None) -> tuple[str, ...]:
    """The answer about a policy (the last one by default), a sentence for each set of effect sizes."""
    return tuple(sentences(found.lead(policy)))


def labelled(sentence: str) -> str:
    """A sentence whose interval counts random numbers alone, labelled so.

    >>> labelled("Coaching raises revenue.")
    'Random numbers alone: coaching raises revenue.'
    """
    return say("report.answers.random_numbers", sentence=inside(sentence))


def over_worlds(found: Answered, policy: str | None = None) -> Section:
    """The section about an answer: in words about one policy, in a chart and tables about all."""
    focus = policy if policy in found.policies else found.policies[-1]
    drawn = {"over_worlds": lambda: answer_chart(found.table, focus=focus)}
    if len(found.switches):
        drawn["structures"] = lambda: structures(found.switches)
    tables = [_effects_table(found)]
    if len(found.drivers):
        tables.append(_drivers_table(found, focus))
    return Section("over_worlds", say("report.headings.over_worlds"), tuple(sentences(found.details(focus))),
                   tuple(dataclasses.replace(each, native=_bars(found)) if each.key == "over_worlds" else each
                         for each in pictures(**drawn)), tuple(tables))


def _bars(found: Answered) -> Native:
    """The effects with both uncertainties as bars that can be edited, a series for each set of effect sizes."""
    factor, unit = effect_scale(found.unit, float(found.table[["low", "high"]].abs().to_numpy().max()))
    by_set = {str(name): lines.set_index("policy").loc[list(found.policies)][["mean", "low", "high"]]
              for name, lines in found.table.groupby("effect_sizes", sort=False)}
    return several([scenario_name(name) for name in found.policies], {
        effect_sizes_name(name): [(float(mean), float(low), float(high)) for mean, low, high in rows.to_numpy(float)]
        for name, rows in by_set.items()}, factor, with_unit(measure_name(found.measure), unit))


def _effects_table(found: Answered) -> Table:
    factor, unit = effect_scale(found.unit, float(found.table[["low", "high"]].abs().to_numpy().max()))
    columns = columns_of("scenario", "effect_sizes", "both:number", "random_numbers:number", "world_share:number",
                         "p_gain:number", "p_nothing:number", "p_loss:number", "driver", "worlds:number")
    rows = []
    for line in found.table.to_dict("records"):
        policy, name = str(line["policy"]), str(line["effect_sizes"])
        share = 100.0 * float(line["world_share"])
        rows.append((
            scenario_name(policy), effect_sizes_name(name),
            with_interval(factor * line["mean"], factor * line["low"], factor * line["high"], unit, sign=True),
            interval(factor * line["random_low"], factor * line["random_high"]),
            say("words.unknown") if math.isnan(share) else say("words.percent", number=setting(round(share))),
            *(probability(line[each]) for each in ("p_above_smallest", "p_no_difference", "p_below_smallest")),
            _main_driver(found, policy, name), count(int(line["worlds"]))))
    caption = say("report.tables.over_worlds", measure=inside(measure_name(found.measure)))
    return table_of("over_worlds", caption, columns, rows, MOST_ROWS)


def _main_driver(found: Answered, policy: str, effect_sizes: str) -> str:
    """The clearest driver with its switching value; that there is none."""
    named = found.main_drivers(policy, effect_sizes)
    if not len(named):
        return say("report.answers.no_driver")
    line: Mapping[Any, Any] = named.to_dict("records")[0]
    return switching_value(line)


def _drivers_table(found: Answered, policy: str) -> Table:
    factor, unit = effect_scale(found.unit, float(found.table[["low", "high"]].abs().to_numpy().max()))
    columns = columns_of("effect_sizes", "assumption", "path:code", "variance_share:number", "p_value:number",
                         "at_ends:number")
    rows = []
    here = found.drivers[found.drivers["policy"] == policy]
    for name, lines in here.groupby("effect_sizes", sort=False):
        for line in lines.sort_values("rank").head(MOST_DRIVERS).to_dict("records"):
            path = str(line["parameter"])
            rows.append((
                effect_sizes_name(str(name)), parameter_name(path), path,
                say("words.percent", number=setting(round(100.0 * max(0.0, float(line["variance_share"]))))),
                probability(float(line["p_value"])),
                say("report.answers.at_ends", low=two_digits(factor * line['at_low']),
                    high=two_digits(factor * line['at_high']), unit=unit,
                    value_low=two_digits(line['value_low']),
                    value_high=two_digits(line['value_high']))))
    caption = say("report.tables.drivers", policy=inside(scenario_name(policy)))
    return Table("drivers", caption, columns, tuple(rows), len(rows), folded=True)
