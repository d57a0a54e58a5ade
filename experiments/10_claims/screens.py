"""The page of all claims, and the page of a claim: one screen that a sales manager can read; its tables fold away."""

from __future__ import annotations

from typing import Any

import pandas as pd

from simlead.model.presets import EFFECT_SIZES
from simlead.model.sources import SOURCES
from simlead.show.claims_words import (
    AS_IT_IS,
    becomes_words,
    before_of,
    chances,
    coverage_words,
    depends_words,
    effect_words,
    ends_words,
    of_100,
    part_name,
    payback_words,
    precision_words,
    row_name,
    sentence,
    share_words,
    structures_words,
    verdict_words,
)
from simlead.show.language import say
from simlead.show.wording import capital, coverage_note, parameter_name
from simlead.study.claims.protocol import CLAIMS, Claim

Tables = dict[str, pd.DataFrame]
Row = dict[Any, Any]


def of(claim: Claim, tables: Tables) -> Tables:
    """A claim's part of each table."""
    return {name: table[table["key"] == claim.key] for name, table in tables.items()}


def label(about: dict[str, Any]) -> str:
    """What the numbers rest on."""
    return (f"**{about['worlds']} worlds** of each set of effect sizes, {about['replications']} matched pairs in each, "
            f"{about['runs']:,} runs, seed {about['seed']}, model version {about['model']}. More worlds make the "
            "chances sharper (`simlead claims --worlds`).")


def verdict_cell(row: Row) -> str:
    """A verdict with its chances, in a cell."""
    return f"**{verdict_words(row['verdict'], row['follows'])}** ({chances(row['p_holds'])} in 100)"


def why(row: Row) -> str:
    """Why the verdict is what it is: the probabilities, what it depends on, and which uncertainty is the larger."""
    if row["kind"] == "existence":
        return (f"{effect_words(row['effect'], row['low'], row['high'], row['unit'])} are so; more than "
                f"{of_100(row['smallest'])} of 100 with chances of {chances(row['p_holds'])} in 100")
    shares = (f"chances in 100: holds {chances(row['p_holds'])}, no difference that matters "
              f"{chances(row['p_no_difference'])}, the reverse {chances(row['p_reverse'])}")
    if row["p_otherwise"] > 0.005:
        shares += f", neither {chances(row['p_otherwise'])}"
    return shares + (f"; depends on {depends_words(row)}" if row["depends_on"] else "")


def index(tables: Tables, about: dict[str, Any], folders: dict[str, tuple[str, dict[str, str]]]) -> str:
    """The page of all claims: old and new verdict, and why. `folders` are each claim's folder and old verdicts."""
    lines = ["# Claims of sales leadership under test", "", label(about), "",
             "What each claim is, what counts as holding, as no difference that matters and as the reverse, and why, "
             "was [written down before the run](protocol.md). A verdict follows from the probability that the claim "
             "holds, over the random numbers and over what is unknown about the world. The pages of the claims state "
             "how well the chances are known.", "", *verdict_table(tables, {
                 key: folder for key, (folder, _) in folders.items()}), "", "## Version 1, and why", "",
             "| | claim | set | version 1 | now | why |", "|---|---|---|---|---|---|"]
    for claim in CLAIMS.values():
        folder, old = folders[claim.key]
        text = say(f"claims.text.{claim.key}")
        lines += [f"| {claim.number} | [{text}](../{folder}/README.md) | {row['effect_sizes']} | "
                  f"{old[row['effect_sizes']]} | **{verdict_words(row['verdict'], row['follows'])}** | {why(row)} |"
                  for row in of(claim, tables)["verdicts"].to_dict("records")]
    lines += ["", "The verdicts of version 1 (release 0.1.0, `version_1.csv`) had intervals of random numbers only, in "
              "one world of each set, and no smallest effect of interest: with enough runs every claim was supported "
              "or refuted. They differ from the present ones for these reasons, and because version 2 of the model has "
              "other mechanisms ([what became of the answers](../../docs/explanation/version_2.md)).", ""]
    lines += ["## The worlds", "", *(f"- {capital(row['effect_sizes'])}, {name}: {coverage_words(row)}."
                                     for name, row in coverage(tables)), ""]
    lines += ["## Do it again", "", *again(about)]
    return "\n".join(lines) + "\n"


def verdict_table(tables: Tables, folders: dict[str, str]) -> list[str]:
    """The verdicts in three columns: the claim, and what it is under each set of effect sizes."""
    lines = ["| claim | " + " | ".join(f"{name} effect sizes" for name in EFFECT_SIZES) + " |",
             "|---|" + "---|" * len(EFFECT_SIZES)]
    for claim in CLAIMS.values():
        rows = {row["effect_sizes"]: row for row in of(claim, tables)["verdicts"].to_dict("records")}
        cells = " | ".join(verdict_cell(rows[name]) for name in EFFECT_SIZES)
        text = say(f"claims.text.{claim.key}")
        lines.append(f"| {claim.number}. [{text}](../{folders[claim.key]}/README.md) | {cells} |")
    return lines


def coverage(tables: Tables) -> list[tuple[str, Row]]:
    """A row of each firm and set of effect sizes."""
    found: dict[tuple[str, str], Row] = {}
    for row in tables["verdicts"].to_dict("records"):
        claim = CLAIMS[row["key"]]
        found.setdefault((claim.preset.replace("_", " "), row["effect_sizes"]), row)
    return [(preset, row) for (preset, _), row in found.items()]


def again(about: dict[str, Any]) -> list[str]:
    """The commands, and the state of the code that made it."""
    return [f"    simlead claims --worlds {about['worlds']} --seed {about['seed']} --out out/claims",
            "    python experiments/10_claims/answer.py out/claims", "",
            f"Sources {about['sources']}, parameters {about['registry']}."]


def screen(claim: Claim, tables: Tables, about: dict[str, Any], old: dict[str, str]) -> str:
    """One claim: verdict, picture, what it depends on, payback, what to measure; tables fold away."""
    rows = tables["verdicts"].to_dict("records")

    def mine(name: str, row: Row) -> pd.DataFrame:
        table = tables[name]
        return table[table["effect_sizes"] == row["effect_sizes"]]

    def under(function: Any) -> str:
        """What a function says of each row: once if it is the same, or after the name of its set."""
        said = [function(row) for row in rows]
        if len(set(said)) == 1:
            return str(said[0])
        return " ".join(f"*{capital(row_name(row['effect_sizes']))}*: {each.removesuffix('.')}."
                        for row, each in zip(rows, said, strict=True))

    lines = [f"# {say(f'claims.text.{claim.key}')}", ""]
    lines += [f"- **{capital(row_name(row['effect_sizes']))}.** {sentence(row, before_of(mine('parts', row)))}"
              for row in rows]
    lines += ["", "![The chances that the claim holds](chart.png)", ""]
    lines.append(f"- **How large**: {say(f'claims.effects.{claim.key}')}. " + under(
        lambda row: effect_words(row["effect"], row["low"], row["high"], claim.unit)))
    lines.append(f"- **Depends on**: {under(depends_words)}")
    if all(payback_words(row) for row in rows):
        lines.append(f"- **Pays back** ({say(f'claims.programmes.{claim.key}')}): {under(payback_words)}")
    switched = [row for row in rows if len(mine("structures", row))]
    lines += [f"- **If things work otherwise** ({row_name(row['effect_sizes'])}): "
              f"{structures_words(mine('structures', row), about['structures'])}" for row in switched]
    lines.append(f"- **To know better**: {say(f'protocol.learn.{claim.key}')}")
    known = under(lambda row: f"{coverage_words(row)}. {precision_words(row)}".strip())
    lines.append(f"- **How well this is known**: {known}")
    if any("policy.coaching_share" in changes for changes in claim.arms.values()):
        lines.append(f"- **Who is coached**: {coverage_note()}")
    lines += ["", *folded("How it was tested", tested(claim)), *folded("Parts", parts(claim, tables)),
              *folded("Main drivers", drivers(claim, tables)),
              *folded("Other mechanisms", structures(claim, tables, about)),
              f"Version 1 of the model said: {', '.join(f'{old[name]} ({name})' for name in EFFECT_SIZES)}. "
              f"[All claims](../10_claims/README.md), [the protocol](../10_claims/protocol.md). {label(about)}", "",
              *again(about)]
    return "\n".join(lines) + "\n"


def folded(title: str, lines: list[str]) -> list[str]:
    """Lines that are folded away; none where there are none."""
    return [f"<details><summary>{title}</summary>", "", *lines, "", "</details>", ""] if lines else []


def tested(claim: Claim) -> list[str]:
    """What was written down before the run, and who makes the claim."""
    lines = [f"{say(f'protocol.experiments.{claim.key}')}", "",
             f"- Kind: {say(f'protocol.kinds.{claim.kind}')}; {say(f'protocol.standings.{claim.standing}')}.",
             *(f"- {name}: {say(f'protocol.{kind}.{claim.key}')}" for name, kind in (
                 ("Holds", "holds"), ("No difference that matters", "no_difference"), ("The reverse", "reverse"),
                 ("Smallest effect of interest", "reasons")))]
    for name, keys in (("Source", claim.sources), ("Evidence against it", claim.contradicted_by)):
        lines += [f"- {name} {key}: {SOURCES[key].supports}" for key in keys]
    return lines


def parts(claim: Claim, tables: Tables) -> list[str]:
    """The claim's parts, plans and orders."""
    lines = [f"{capital(say(f'claims.effects.{claim.key}'))} (95 % intervals over both uncertainties).", "",
             "| set | part | effect | of 100 |", "|---|---|---|---|"]
    return lines + [
        f"| {row['effect_sizes']} | {say('claims.abouts.' + row['about'])}: {part_name(row['part'])} | "
        + (effect_words(row["mean"], row["low"], row["high"], claim.unit) if row["mean"] == row["mean"] else "")
        + f" | {chances(row['probability']) if row['probability'] == row['probability'] else ''} |"
        for row in tables["parts"].to_dict("records")]


def drivers(claim: Claim, tables: Tables) -> list[str]:
    """What the claim depends on most."""
    lines = ["| set | parameter | explains of the difference between worlds | effect from its low to its high end |",
             "|---|---|---|---|"]
    clear = tables["drivers"]
    for name in EFFECT_SIZES:
        rows = clear[clear["effect_sizes"] == name].to_dict("records")
        lines += [f"| {name} | {parameter_name(row['parameter'])} | {share_words(row['variance_share'])} "
                  f"| {ends_words(row['at_low'], row['at_high'], claim.unit)} |" for row in rows]
        lines += [] if rows else [f"| {name} | {say('claims_report.cells.none_clear')} | | |"]
    return lines


def structures(claim: Claim, tables: Tables, about: dict[str, Any]) -> list[str]:
    """What becomes of the claim under each structural switch."""
    rows = tables["structures"].to_dict("records")
    if not rows:
        return []
    lines = [f"Each mechanism was run in {about['structures']} worlds; the row “{say('claims.as_it_is')}” has all of "
             "them, so that its interval is narrower.", "",
             "| mechanism | effect | amounts to | the conclusion |", "|---|---|---|---|"]
    return lines + [
        f"| {say('claims.as_it_is') if row['switch'] == AS_IT_IS else parameter_name('structure.' + row['switch'])} | "
        f"{effect_words(row['effect'], row['low'], row['high'], claim.unit)} | {becomes_words(row['becomes'])} | "
        f"{say('claims_report.conclusions.' + row['conclusion'])} |" for row in rows]
