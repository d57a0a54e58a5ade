"""A claim's section, one screen: verdict, picture, what it depends on, payback, what to measure; tables fold away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from simlead.show.charts.claims import claim_chart
from simlead.show.claims_words import (
    AS_IT_IS,
    becomes_words,
    before_of,
    chances,
    coverage_words,
    depends_words,
    effect_words,
    ends_words,
    part_name,
    payback_words,
    precision_words,
    sentence,
    share_words,
    structures_words,
    with_sources,
)
from simlead.show.format import amount, count, parameter_unit, parameter_value
from simlead.show.language import say
from simlead.show.report.document import Column, Fact, Section, Table, table_of
from simlead.show.report.pictures import BELOW_FACTS, picture
from simlead.show.user_text import clean
from simlead.show.wording import capital, effect_sizes_name, listed, parameter_name
from simlead.study.claims.record import ClaimFacts, ExaminationRecord

MANY = 60
WRITTEN_DOWN = ("experiments", "holds", "no_difference", "reverse")


def claim_heading(claim: ClaimFacts) -> str:
    """The claim with its number."""
    return say("claims_report.headings.claim", number=count(claim.number), claim=say(f"claims.text.{claim.key}"))


def claim_section(claim: ClaimFacts, found: ExaminationRecord) -> Section:
    """Make the section on one claim."""
    verdicts, parts, drivers, structures = (
        table[table["key"] == claim.key] for table in (found.verdicts, found.parts, found.drivers, found.structures))
    rows = verdicts.to_dict("records")

    def under(function: Any) -> str:
        """What a function says of each row, once if it is the same, or after the name of its set."""
        said = [function(row) for row in rows]
        if len(set(said)) == 1:
            return str(capital(said[0]))
        return " ".join(f"{effect_sizes_name(row['effect_sizes'])}: {each.removesuffix('.')}."
                        for row, each in zip(rows, said, strict=True))

    def mine(table: pd.DataFrame, row: dict[Any, Any]) -> pd.DataFrame:
        chosen: pd.DataFrame = table[table["effect_sizes"] == row["effect_sizes"]]
        return chosen

    facts = [Fact(say("claims_report.facts.verdict", effect_sizes=effect_sizes_name(row["effect_sizes"])),
                  sentence(row, before_of(mine(parts, row))), True) for row in rows]
    facts.append(Fact(say("claims_report.facts.depends"), under(depends_words), True))
    if all(payback_words(row) for row in rows):
        facts.append(Fact(say("claims_report.facts.payback"), say(
            "claims_report.facts.payback_of", programme=capital(say(f"claims.programmes.{claim.key}")),
            months=under(payback_words))))
    facts += [
        Fact(say("claims_report.facts.survives"), under(
            lambda row: structures_words(mine(structures, row), int(found.about["structures"])))),
        Fact(say("claims_report.facts.learn"), say(f"protocol.learn.{claim.key}")),
        Fact(say("claims_report.facts.measured"), say(
            "claims_report.facts.effect", measure=capital(say(f"claims.effects.{claim.key}")),
            effect=under(lambda row: effect_words(row["effect"], row["low"], row["high"], claim.unit)))),
        Fact(say("claims_report.facts.precision"), under(
            lambda row: f"{coverage_words(row)}. {precision_words(row)}".strip())),
        Fact(say("claims_report.facts.sources"), _sources(claim)),
    ]
    drawn = picture(f"chart_{claim.number}", lambda: claim_chart(verdicts, parts, structures), captioned=True,
                    height=BELOW_FACTS)
    tables = (protocol_table(claim), parts_table(claim, found, parts), drivers_table(claim, found, drivers),
              structures_table(claim, structures))
    return Section(f"claim_{claim.number}", claim_heading(claim), (), (drawn,) if drawn is not None else (),
                   tuple(table for table in tables if table.rows), tuple(facts))


def _sources(claim: ClaimFacts) -> str:
    if claim.sources:
        made = say("claims_report.facts.said_by", sources=listed(claim.sources))
    else:
        made = say("claims_report.facts.said_by_nobody" if claim.by_us else "claims_report.facts.said_by_article")
    against = say("claims_report.facts.against", sources=listed(claim.contradicted_by)) if claim.contradicted_by else ""
    return with_sources(f"{made} {against}".strip())


def _folded(
    claim: ClaimFacts, name: str, columns: list[str], rows: Sequence[tuple[str, ...]], sets: tuple[str, ...] = (),
) -> Table:
    """A table that is folded away; columns that end in ":" stand once for each set of effect sizes."""
    headings = [Column(say(f"claims_report.columns.{column.rstrip(':')}", effect_sizes=effect_sizes_name(each)))
                for column in columns for each in (sets if column.endswith(":") else ("evidence",))]
    return table_of(f"{name}_{claim.number}", say(f"claims_report.tables.{name}", number=count(claim.number)),
                    tuple(headings), rows, MANY, folded=True)


def protocol_table(claim: ClaimFacts) -> Table:
    """What was written down on the claim before the run."""
    smallest = effect_words(claim.smallest, claim.smallest, claim.smallest, claim.unit)
    lines = [("kind", say(f"protocol.kinds.{claim.kind}")), ("standing", say(f"protocol.standings.{claim.standing}")),
             ("smallest", f"{smallest}. {say(f'protocol.reasons.{claim.key}')}"),
             *((name, with_sources(say(f"protocol.{name}.{claim.key}"))) for name in WRITTEN_DOWN)]
    return _folded(claim, "protocol", ["what", "text"],
                   [(say(f"claims_report.protocol.{name}"), text) for name, text in lines])


def parts_table(claim: ClaimFacts, found: ExaminationRecord, parts: pd.DataFrame) -> Table:
    """The claim's parts, plans or orders: the effect and the probability under each set."""
    sets = found.effect_sizes
    lines: dict[tuple[str, str], dict[str, dict[Any, Any]]] = {}
    for row in parts.to_dict("records"):
        lines.setdefault((row["about"], row["part"]), {})[row["effect_sizes"]] = row
    rows = []
    for (about, part), by_set in lines.items():
        seen = [by_set.get(name) for name in sets]
        effects = ["" if row is None or row["mean"] != row["mean"] else effect_words(
            row["mean"], row["low"], row["high"], claim.unit) for row in seen]
        shares = ["" if row is None or row["probability"] != row["probability"] else chances(row["probability"])
                  for row in seen]
        rows.append((say(f"claims.abouts.{about}"), part_name(part), *effects, *shares))
    return _folded(claim, "parts", ["about", "part", "effect:", "probability:"], rows, sets)


def drivers_table(claim: ClaimFacts, found: ExaminationRecord, drivers: pd.DataFrame) -> Table:
    """What the claim depends on most: the share of the difference between worlds, and where it turns."""
    rows = []
    for row in drivers.to_dict("records"):
        path = clean(row["parameter"])
        turns = row["switching_value"]
        rows.append((
            parameter_name(path), effect_sizes_name(row["effect_sizes"]),
            share_words(row["variance_share"]), ends_words(row["at_low"], row["at_high"], claim.unit),
            amount(parameter_value(path, turns), parameter_unit(path)) if turns == turns else ""))
    rows += [(say("claims_report.cells.none_clear"), effect_sizes_name(name), "", "", "") for name in found.effect_sizes
             if name not in set(drivers["effect_sizes"])]
    return _folded(claim, "drivers", ["parameter", "under", "variance", "from_to", "turns"], rows)


def structures_table(claim: ClaimFacts, structures: pd.DataFrame) -> Table:
    """The conclusion under each other mechanism."""
    rows = [(capital(parameter_name(f"structure.{clean(row['switch'])}")) if row["switch"] != AS_IT_IS else capital(
        say("claims.as_it_is")), effect_sizes_name(row["effect_sizes"]),
             effect_words(row["effect"], row["low"], row["high"], claim.unit), capital(becomes_words(row["becomes"])),
             capital(say(f"claims_report.conclusions.{clean(row['conclusion'])}")))
            for row in structures.to_dict("records")]
    return _folded(claim, "structures", ["switch", "under", "measured", "becomes", "conclusion"], rows)
