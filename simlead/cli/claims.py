"""`simlead claims`: practitioners' claims, tested under both sets of effect sizes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli import completion, options
from simlead.cli.documents import Parts, print_document
from simlead.cli.scenarios import assignments
from simlead.cli.terminal import show_table, write
from simlead.model.presets import EFFECT_SIZES
from simlead.show.language import in_language, say
from simlead.show.progress import duration, progress_bar
from simlead.show.wording import coverage_note
from simlead.study.engines import FAST

if TYPE_CHECKING:
    from simlead.study.claims.examine import Examination
    from simlead.study.claims.finding import Finding

Full = Annotated[bool, typer.Option(
    "--full", help="Draw 160 worlds instead of 48, as for the published verdicts: about half an hour.")]
Only = Annotated[list[str] | None, typer.Option(
    "--only", metavar="NUMBERS", help="Numbers or keys of claims, such as 2,7 (default: all). Repeatable.")]
Sets_of_effect_sizes = Annotated[str | None, typer.Option(
    "--effect-sizes", metavar="NAME", help="Set of effect sizes: evidence or practitioner (default: both).",
    autocompletion=completion.effect_sizes)]
Number = Annotated[int | None, typer.Option(
    "--worlds", min=8, max=100_000, help="Number of worlds (default: 48, with --full 160).")]
Replicates = Annotated[int | None, typer.Option(
    "--replications", min=2, max=10_000, help="Number of matched pairs in each world (default: 2).")]
Keep = Annotated[Path | None, typer.Option(
    "--keep", metavar="DIR", help="Cache simulation runs in DIR so that an interrupted command can resume.")]


def claims(
    out: options.OutFolder = None,
    full: Full = False,
    only: Only = None,
    effect_sizes: Sets_of_effect_sizes = None,
    sets: options.Sets = None,
    number: Number = None,
    replications: Replicates = None,
    keep: Keep = None,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    engine: options.Engine = FAST,
    language: options.Language = "en",
    overwrite: options.OverwriteFolder = False,
    as_json: options.Json = False,
) -> None:
    """Test practitioners' claims of sales leadership.

    Prints verdicts, the chances that each claim holds, and what it depends on.
    """
    import dataclasses
    import time

    names = [options.known_effect_sizes(effect_sizes)] if effect_sizes is not None else list(EFFECT_SIZES)
    engine, language, changes = options.known_engine(engine), options.known_language(language), assignments(sets or [])
    from simlead.study.claims.examine import FULL, LIGHT, chosen_claims, examine, status_quo_of

    chosen = chosen_claims([part.strip() for text in only for part in text.split(",")] if only else None)
    if out is not None:
        options.free(out, overwrite, "claims")
    size = FULL if full else LIGHT
    size = dataclasses.replace(size, worlds=number or size.worlds, replications=replications or size.replications)
    began = time.monotonic()
    with progress_bar("runs") as progress:
        found = examine(chosen, effect_sizes=names, **dataclasses.asdict(size), seed=seed, workers=workers,
                        engine=engine, changes=changes, keep=keep, progress=progress)
    seconds = time.monotonic() - began
    if out is not None:
        save(found, out, language, overwrite)
    if as_json:
        from simlead.study.tables_of import claims_tables

        lines = [f"{claim.number}. {say(f'claims.text.{claim.key}')} Measured: {say(f'claims.effects.{claim.key}')}."
                for claim in chosen]
        print_document("claims", Parts({"runs": found.runs, "worlds": size.worlds, "replications": size.replications,
                                        "engine": engine}, claims_tables(found.record()), lines),
                       seed=seed, saved=[out] if out is not None else [],
                       scenarios={f"{claim.key}, {name}": status_quo_of(claim, name, changes)
                                  for claim in chosen for name in names})
        return
    show_table(
        f"{len(chosen)} claims tested in {size.worlds} worlds: {found.runs:,} runs in {duration(seconds)}, seed {seed}",
        ["no.", "claim", "effect sizes", "verdict", "chances in 100", "no difference", "reverse", "depends on",
         "pays back"],
        [row_of(finding) for finding in found.findings], numbers={0})
    for claim in chosen:
        write(f"{claim.number}. {say(f'claims.text.{claim.key}')} Measured: {say(f'claims.effects.{claim.key}')}.")
        write(f"   To know better: {say(f'protocol.learn.{claim.key}')}")
    if any("policy.coaching_share" in changes for claim in chosen for changes in claim.arms.values()):
        write(coverage_note())
    if out is not None:
        write(f"Saved to {out}")


def save(found: Examination, out: Path, language: str, overwrite: bool) -> None:
    """Write tables and charts of an examination into a folder."""
    from simlead.results.folder import write_folder
    from simlead.show.charts.axes import save_chart
    from simlead.show.charts.claims import claim_chart
    from simlead.study.claims.examine import write_examination
    from simlead.study.claims.record import KIND

    with write_folder(out, KIND, overwrite=overwrite) as new, in_language(language):
        write_examination(found, new)
        tables = found.table, found.parts, found.structures
        for claim in {finding.claim.key: finding.claim for finding in found.findings}.values():
            verdicts, parts, structures = (table[table["key"] == claim.key] for table in tables)
            save_chart(claim_chart(verdicts, parts, structures), new.path / f"{claim.number:02}_{claim.key}.png")


def row_of(finding: Finding) -> list[str]:
    """A finding as a row of the table of verdicts."""
    from simlead.show.claims_words import chances, payback_words, verdict_words

    row = finding.numbers
    return [str(finding.claim.number), finding.claim.key, finding.effect_sizes,
            verdict_words(finding.verdict, finding.follows), chances(row["p_holds"]), chances(row["p_no_difference"]),
            chances(row["p_reverse"]), row["depends_on"].partition(".")[2], payback_words(row)]
