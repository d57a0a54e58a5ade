"""A claim's page, filled from its line in the table of claims and from what was found."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from simlead.model.presets import BELIEFS
from simlead.model.sources import SOURCES
from simlead.show.claims_words import (
    case_name,
    detail_name,
    detail_words,
    effect_words,
    months_words,
    region_words,
    side_by_side,
)
from simlead.show.wording import inside
from simlead.study.claims.claim import Claim
from simlead.study.claims.flips import BLURS, DECIDES, KEEPS, TURNS
from simlead.study.claims.table import CLAIMS
from simlead.study.claims.verdict import REFUTED, SUPPORTED, UNDECIDED

NOT_RUN = "**Not run in full yet.** The criterion above was written before the run."
MOST_ROWS = 120
"""More details than this stand in details.csv alone."""

MOST_ENDS = 3
WHAT_ENDS_DO = {TURNS: "turns", DECIDES: "is decided", KEEPS: "stays", BLURS: "becomes unclear"}


def page(claim: Claim, found: dict[str, pd.DataFrame] | None, about: dict[str, Any] | None) -> str:
    """The page of one claim."""
    parts = [
        f"# {claim.text}", f"**Who says so.** {sources(claim.sources) or nobody(claim)}",
        f"**Evidence against it.** {sources(claim.contradicted_by)}" if claim.contradicted_by else "",
        f"**Experiment.** {claim.experiment}",
        f"**Effect.** {first_upper(claim.measure)} ({claim.unit}).",
        f"**It would be supported if:** {claim.supports} **Refuted if:** {claim.refutes} In numbers: the claim holds "
        f"where the effect is {region_words(claim.region, claim.unit)}; it is supported if the 95 % interval lies "
        "within, refuted if it lies outside, and otherwise undecided at this precision.",
        "The claim itself is an input of the model, and so assumed, not tested; what is tested is what follows from "
        "it." if claim.assumed else "",
        "## What it found"]
    if found is None or about is None:
        parts.append(NOT_RUN)
    else:
        parts += [
            "\n".join(answer(claim, row) for row in found["verdicts"].to_dict("records")),
            f"**What carries it.** {claim.carried_by}" if claim.carried_by else "",
            "![The effect under each belief set, and what turns the verdict](chart.png)",
            "### What turns the verdict", turning(claim, found), moving(claim, found["flips"]),
            "### Details", details_table(found["details"]),
            how(about)]
    parts += ["## Do it again", f"    simlead claims --full --only {claim.number} --out out/claim_{claim.number}",
              f"The study itself is [{study(claim)}](../../{study(claim)}). All pages are written by "
              "`experiments/10_claims/answer.py` from a run of all claims."]
    return "\n\n".join(part for part in parts if part) + "\n"


def study(claim: Claim) -> str:
    """Where the claim's experiment is written."""
    return claim.effect.__module__.replace(".", "/") + ".py"


def how(about: dict[str, Any]) -> str:
    """How much was run, on which state of the code."""
    return (f"{about['replications']} replicates of each effect, {about['details']} of most details, {about['ends']} "
            f"of each end of a parameter; seed {about['seed']}, sources {about['sources']}, parameters "
            f"{about['registry']}. Intervals are about luck alone: what not knowing the world adds is more.")


def index(verdicts: pd.DataFrame | None) -> str:
    """The experiment's page: the table of verdicts, a line a claim."""
    return "\n".join([
        "# The article's claims under test", "", *table(verdicts, "../"), "",
        "A verdict is computed from the 95 % interval of the claim's effect and a criterion that was written down "
        "first; each claim's page has both, and says which assumption carries it. It is a verdict on the claim in this "
        "model, under these beliefs; intervals are about luck alone.", "",
        "The criteria (which effects support a claim, which refute it) were committed before the claims were run, "
        "those of 2 and 12 when the founding sweep was known. A first, small run was read by a critic. After it no "
        "criterion was changed; how the hours of claim 7 are made equal, how a changed world is calibrated, and "
        "how claim 9 is matched with its story were corrected, claim 13 was marked as assumed, and details and "
        "parameters to be tried were added and dropped.", "",
        "`simlead claims` runs the light version of all of them, `simlead claims --full` this one.", ""])


def front(verdicts: pd.DataFrame | None) -> str:
    """What the project's README says of the claims: how many hold, and the table."""
    if verdicts is None:
        return "\n".join(table(verdicts, "experiments/"))
    assumed = sum(claim.assumed for claim in CLAIMS.values())
    counts = []
    for beliefs in BELIEFS:
        mine = verdicts[verdicts["beliefs"] == beliefs]["verdict"].value_counts()
        counts.append(f"under {beliefs} beliefs {mine.get(SUPPORTED, 0)} are supported, {mine.get(REFUTED, 0)} refuted "
                      f"and {mine.get(UNDECIDED, 0)} undecided")
    return "\n".join([
        f"Of {len(CLAIMS)} claims {assumed} are inputs of the model, and so assumed: what follows from them is tested.",
        f"Of the other {len(CLAIMS) - assumed}, {counts[0]}; {counts[1]}.", "", *table(verdicts, "experiments/")])


def table(verdicts: pd.DataFrame | None, where: str) -> list[str]:
    """The table of verdicts, a line a claim with its effect under each belief set."""
    lines = ["| | claim, and the effect that tells | evidence | practitioner |", "|---|---|---|---|"]
    for claim in CLAIMS.values():
        cells = []
        for beliefs in BELIEFS:
            row = None if verdicts is None else verdicts[
                (verdicts["key"] == claim.key) & (verdicts["beliefs"] == beliefs)].to_dict("records")[0]
            cells.append("not run in full yet" if row is None else f"**{verdict_words(row)}**: {effect(claim, row)}")
        lines.append(f"| {claim.number} | [{claim.text}]({where}{10 + claim.number}_{claim.key}/README.md) "
                     f"*{first_upper(claim.measure)}* | {' | '.join(cells)} |")
    return lines


def answer(claim: Claim, row: dict[str, Any]) -> str:
    """The verdict under one belief set, with the effect and the payback."""
    text = f"- **{row['beliefs'].capitalize()} beliefs: {verdict_words(row)}.** {first_upper(claim.measure)}: "
    text += f"{effect(claim, row)}, {int(row['n'])} replicates."
    if claim.programme and not math.isnan(row["payback_months"]):
        back = months_words(row["payback_months"], row["payback_low"], row["payback_high"])
        text += f" Paid back ({claim.programme_name}): {back}."
    return text


def verdict_words(row: dict[str, Any]) -> str:
    """The verdict; for an assumed claim also what follows."""
    if row["verdict"] == row["follows"]:
        return str(row["verdict"])
    return f"{row['verdict']}; what follows is {row['follows']}"


def effect(claim: Claim, row: dict[str, Any]) -> str:
    """An effect with its interval."""
    return effect_words(row["effect"], row["low"], row["high"], claim.unit)


def turning(claim: Claim, found: dict[str, pd.DataFrame]) -> str:
    """At how many ends of parameters the verdict stays, and those at which it turns or is decided."""
    lines = []
    for row in found["verdicts"].to_dict("records"):
        mine = found["flips"][found["flips"]["beliefs"] == row["beliefs"]]["consequence"].value_counts()
        does = {**WHAT_ENDS_DO, KEEPS: "stays undecided"} if row["follows"] == UNDECIDED else WHAT_ENDS_DO
        told = ", ".join(f"{does[said]} at {count}" for said, count in mine.items())
        lines.append(f"- {row['beliefs'].capitalize()} beliefs: of {row['ends']} ends the verdict {told}.")
    lines = ["Asked again with each parameter at either end of its likely range, the status quo calibrated anew:", "",
             *lines]
    chosen = found["flips"][found["flips"]["consequence"].isin([TURNS, DECIDES])]
    if len(chosen):
        lines += ["", "| beliefs | parameter | at | effect | verdict |", "|---|---|---|---|---|"]
    for row in chosen.to_dict("records"):
        lines.append(f"| {row['beliefs']} | `{row['parameter']}` | {row['value']:g} | "
                     f"{effect_words(row['mean'], row['low'], row['high'], claim.unit)} | {row['verdict']} |")
    return "\n".join(lines)


def moving(claim: Claim, flips: pd.DataFrame) -> str:
    """The ends of parameters that move the effect most, whatever they do to the verdict."""
    if claim.unit == "months":
        return ""  # their changes have no interval
    clear = flips[(flips["change_low"] > 0.0) | (flips["change_high"] < 0.0)]
    if not len(clear):
        tried = ", ".join(f"`{path}`" for path in claim.candidates)
        return f"None of {tried} moves the effect by more than luck may."
    lines = ["What moves the effect most, under the same luck:", "", "| beliefs | parameter | at | change |",
             "|---|---|---|---|"]
    for beliefs in dict.fromkeys(clear["beliefs"]):
        mine = clear[clear["beliefs"] == beliefs]
        for row in mine.loc[mine["change"].abs().sort_values(ascending=False).index[:MOST_ENDS]].to_dict("records"):
            lines.append(f"| {beliefs} | `{row['parameter']}` | {row['value']:g} | "
                         f"{effect_words(row['change'], row['change_low'], row['change_high'], claim.unit)} |")
    return "\n".join(lines)


def details_table(details: pd.DataFrame) -> str:
    """The details, belief sets side by side; if there are many, the first ones."""
    beliefs, order = list(dict.fromkeys(details["beliefs"])), side_by_side(details)
    lines = ["| case | measure | " + " | ".join(beliefs) + " |", "|---|---|" + "---|" * len(beliefs)]
    for case, measure, unit, found in order[:MOST_ROWS]:
        cells = []
        for name in beliefs:
            low, mean, high = found.get(name, (math.nan, math.nan, math.nan))
            cells.append(detail_words(mean, low, high, unit) if name in found else "")
        lines.append(f"| {case_name(case)} | {inside(detail_name(measure))} | {' | '.join(cells)} |")
    if len(order) > MOST_ROWS:
        lines += ["", f"{len(order)} lines in all: [details.csv](details.csv)."]
    return "\n".join(lines)


def sources(keys: tuple[str, ...]) -> str:
    """Bibliography keys with what each source says."""
    return " ".join(f"{key}: {SOURCES[key].supports}" for key in keys)


def nobody(claim: Claim) -> str:
    """What is said of a claim that no source was found for; some are this project's own, and not the article's."""
    return "No source was found." if claim.by_us else "No source was found besides the article."


def first_upper(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
