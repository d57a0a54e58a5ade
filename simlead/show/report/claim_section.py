"""A claim's section: what was found under each belief set, by which criterion, with its chart and details."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simlead.show.charts.claims import claim_chart
from simlead.show.claims_words import (
    case_name,
    detail_name,
    detail_words,
    effect_words,
    months_words,
    moving_most,
    region_words,
    side_by_side,
    turned_words,
    verdict_words,
    with_sources,
)
from simlead.show.language import say
from simlead.show.report.document import NAME_LENGTH, Column, Fact, Section, Table, clean, table_of
from simlead.show.report.numbers import belief_name, count, listed, parameter_name, parameter_unit, parameter_value
from simlead.show.report.pictures import picture
from simlead.show.report.tables import grade_letter
from simlead.show.wording import inside
from simlead.study.claims.claim import Claim
from simlead.study.claims.flips import BLURS, DECIDES, KEEPS, TURNS
from simlead.study.claims.verdict import UNDECIDED

if TYPE_CHECKING:
    import pandas as pd

MOST_DETAILS = 12
"""Lines of details; the study's own folder has the others."""

MOST_ENDS = 30


def claim_heading(claim: Claim) -> str:
    """The claim with its number."""
    return say("claims_report.headings.claim", number=count(claim.number), claim=say(f"claims.text.{claim.key}"))


def claim_section(claim: Claim, verdicts: pd.DataFrame, details: pd.DataFrame, flips: pd.DataFrame) -> Section:
    """All that is told of one claim; the tables have its rows alone."""
    rows = verdicts.to_dict("records")
    facts = [Fact(say("claims_report.facts.verdict", beliefs=belief_name(row["beliefs"])), _found(claim, row), True)
             for row in rows]
    if claim.assumed:
        facts.append(Fact(say("claims_report.facts.assumed"), say("claims_report.facts.assumed_text")))
    region = say("claims_report.facts.region", measure=say(f"claims.effects.{claim.key}"),
                 region=region_words(claim.region, claim.unit))
    facts += [
        Fact(say("claims_report.facts.supports"), say(f"claims.supports.{claim.key}")),
        Fact(say("claims_report.facts.refutes"), say(f"claims.refutes.{claim.key}")),
        Fact(say("claims_report.facts.holds"), _capital(region)),
        Fact(say("claims_report.facts.turned"), _turned(claim, flips)),
        Fact(say("claims_report.facts.carried"), with_sources(say(f"claims.carried_by.{claim.key}"))),
        Fact(say("claims_report.facts.sources"), _sources(claim)),
        Fact(say("claims_report.facts.experiment"), with_sources(say(f"claims.experiments.{claim.key}"))),
    ]
    tables = [table for table in (ends_table(claim, flips), moves_table(claim, flips)) if table.rows]
    drawn = picture(f"chart_{claim.number}", lambda: claim_chart(verdicts, flips), captioned=True)
    return Section(
        f"claim_{claim.number}", claim_heading(claim), (),
        (drawn,) if drawn is not None else (),
        (*tables, details_table(claim, details)), tuple(facts))


def _found(claim: Claim, row: dict[Any, Any]) -> str:
    """The verdict with the effect, and when the programme has paid back."""
    text = say("claims_report.facts.found", verdict=verdict_words(row["verdict"], row["follows"]), n=count(row["n"]),
               effect=effect_words(row["effect"], row["low"], row["high"], claim.unit))
    back = months_words(row["payback_months"], row["payback_low"], row["payback_high"])
    programme = say(f"claims.programmes.{claim.key}")
    said = [text, say("claims_report.facts.payback", programme=programme, months=back) if back else ""]
    if math.isnan(row["low"]) or math.isnan(row["high"]):
        said.append(say("claims_report.facts.no_interval"))
    return _capital(" ".join(part for part in said if part))


def _capital(text: str) -> str:
    """The text as a sentence begins, where letters have capitals."""
    return text[:1].upper() + text[1:]


def _turned(claim: Claim, flips: pd.DataFrame) -> str:
    """The parameters that turn the verdict or decide it, those that were tried, and what came of all their ends."""
    tried = listed([inside(parameter_name(path)) for path in claim.candidates], most=len(claim.candidates))
    turned, decided = turned_words(flips), turned_words(flips, DECIDES)
    said = [say("claims_report.facts.turned_by", turned=turned) if turned else "",
            say("claims_report.facts.decided_by", decided=decided) if decided else ""]
    said.append(say("claims_report.facts.tried", tried=tried))
    for beliefs, mine in flips.groupby("beliefs", sort=False):
        counts = [(name, int((mine["consequence"] == name).sum())) for name in (KEEPS, BLURS, TURNS, DECIDES)]
        if (mine.loc[mine["consequence"] == KEEPS, "verdict"] == UNDECIDED).any():
            counts[0] = ("keeps_undecided", counts[0][1])
        told = listed([say(f"claims_report.facts.{name}", n=count(n)) for name, n in counts if n])
        said.append(say("claims_report.facts.ends", beliefs=belief_name(str(beliefs)), ends=count(len(mine)),
                        counts=told))
    if flips["change_low"].notna().any() and not len(moving_most(flips)):
        said.append(say("claims_report.facts.moves_nothing"))
    return " ".join(part for part in said if part)


def _sources(claim: Claim) -> str:
    """Keys of who makes the claim and of what speaks against it."""
    # Filled in afterwards: a key is the same in every language, and so are its digits.
    said = say("claims_report.facts.said_by", sources="{}").format(", ".join(claim.sources))
    if not claim.sources:
        said = say("claims_report.facts.said_by_nobody" if claim.by_us else "claims_report.facts.said_by_article")
    if claim.contradicted_by:
        said += " " + say("claims_report.facts.against", sources="{}").format(", ".join(claim.contradicted_by))
    return said


def ends_table(claim: Claim, flips: pd.DataFrame) -> Table:
    """The ends of parameters that turn the verdict or decide it, with the effect there."""
    columns = (*_end_columns(), Column(say("claims_report.columns.effect")), Column(say("report.columns.verdict")))
    rows = [(*_end(row), effect_words(row["mean"], row["low"], row["high"], claim.unit),
             verdict_words(row["verdict"], row["verdict"]))
            for row in flips[flips["consequence"].isin([TURNS, DECIDES])].to_dict("records")]
    caption = say("claims_report.tables.ends", number=count(claim.number))
    return table_of(f"ends_{claim.number}", caption, columns, rows, MOST_ENDS)


def moves_table(claim: Claim, flips: pd.DataFrame) -> Table:
    """The ends of parameters that move the effect most, whatever they do to the verdict."""
    columns = (*_end_columns(), Column(say("claims_report.columns.change")))
    rows = [(*_end(row), effect_words(row["change"], row["change_low"], row["change_high"], claim.unit))
            for row in moving_most(flips).to_dict("records")]
    caption = say("claims_report.tables.moves", number=count(claim.number))
    return table_of(f"moves_{claim.number}", caption, columns, rows, MOST_ENDS)


def _end_columns() -> tuple[Column, ...]:
    return (Column(say("report.columns.beliefs")), Column(say("report.columns.lever")),
            Column(say("claims_report.columns.at"), "number"), Column(say("report.columns.grade")))


def _end(row: dict[Any, Any]) -> tuple[str, ...]:
    """Which end of which parameter under which beliefs."""
    path = str(row["parameter"])
    value = say("report.numbers.with_unit", number=parameter_value(path, row["value"]), unit=parameter_unit(path))
    return belief_name(row["beliefs"]), parameter_name(path), value.rstrip(), grade_letter(path)


def details_table(claim: Claim, details: pd.DataFrame) -> Table:
    """What else was looked at, belief sets side by side; the first lines of it."""
    sets = list(dict.fromkeys(details["beliefs"]))
    columns = (Column(say("claims_report.columns.case")), Column(say("report.columns.measure")),
               *(Column(belief_name(name)) for name in sets))
    rows = []
    for case, measure, unit, found in side_by_side(details):
        # What the file says is cleaned before it is told: marks of direction that saying adds must stay.
        case, measure, unit = (clean(text, NAME_LENGTH) for text in (case, measure, unit))
        effects = [detail_words(found[name][1], found[name][0], found[name][2], unit) if name in found else ""
                   for name in sets]
        rows.append((case_name(case), detail_name(measure), *effects))
    caption = say("claims_report.tables.details", number=count(claim.number))
    return table_of(f"details_{claim.number}", caption, columns, rows, MOST_DETAILS)
