"""`simlead claims`: what practitioners claim, put to the test under both belief sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.options import Engine, Language, Seed, Sets, Workers, known_engine, known_language
from simlead.cli.output import free, say_out, show_table
from simlead.cli.scenarios import assignments, known_beliefs
from simlead.model.presets import BELIEFS
from simlead.results.files import whole_folder
from simlead.show.language import using
from simlead.show.progress import duration, progress_bar
from simlead.study.engines import FAST

if TYPE_CHECKING:
    from simlead.study.claims.examine import Finding

Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where tables and charts go.")]
Full = Annotated[bool, typer.Option("--full", help="Six times as many firms: narrower intervals, an hour.")]
Only = Annotated[list[str] | None, typer.Option(
    "--only", metavar="NUMBERS", help="Numbers or keys of claims, such as 2,7. Repeatable; all if left out.")]
Sets_of_beliefs = Annotated[str | None, typer.Option(
    "--beliefs", metavar="NAME", help="evidence or practitioner; both if left out.")]
Replicates = Annotated[int | None, typer.Option(
    "--replications", min=4, max=100_000, help="Simulated firms per scenario, instead of the light or full version's.")]
Keep = Annotated[Path | None, typer.Option(
    "--keep", metavar="DIR", help="Keep runs here; begun again, what is kept is not run again.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace DIR if simlead wrote it.")]


def claims(
    out: Out = None,
    full: Full = False,
    only: Only = None,
    beliefs: Sets_of_beliefs = None,
    sets: Sets = None,
    replications: Replicates = None,
    keep: Keep = None,
    seed: Seed = 0,
    workers: Workers = None,
    engine: Engine = FAST,
    language: Language = "en",
    overwrite: Overwrite = False,
) -> None:
    """Put the claims of sales leadership to the test: verdicts, effects with intervals, and what would turn them."""
    import time

    names = [known_beliefs(beliefs)] if beliefs is not None else list(BELIEFS)
    engine, language, changes = known_engine(engine), known_language(language), assignments(sets or [])
    from simlead.study.claims.asking import FULL, LIGHT
    from simlead.study.claims.examine import examine
    from simlead.study.claims.kept import Kept
    from simlead.study.claims.saving import is_examination, save_examination
    from simlead.study.claims.table import chosen_claims

    chosen = chosen_claims([part.strip() for text in only for part in text.split(",")] if only else None)
    if out is not None:
        free(out, overwrite)
    size = FULL if full else LIGHT
    if replications is not None:
        size = size.with_replications(replications)
    kept = Kept(keep, seed=seed, engine=engine) if keep is not None else None
    began = time.monotonic()
    with progress_bar("runs") as progress:
        found = examine(chosen, beliefs=names, size=size, seed=seed, workers=workers, engine=engine, changes=changes,
                        keep=kept, progress=progress)
    show_table(
        f"{len(chosen)} claims under test: {found.runs:,} runs in {duration(time.monotonic() - began)}, seed {seed}",
        ["no.", "claim", "beliefs", "verdict", "effect (95 % interval)", "holds if", "pays back", "turned by"],
        [row_of(finding) for finding in found.findings], numbers={0})
    for claim in chosen:
        say_out(f"{claim.number}. {claim.text} Effect: {claim.measure}.")
        if claim.carried_by:
            say_out(f"   What carries it: {claim.carried_by}")
    if out is not None:
        from simlead.show.charts.claims import claim_chart
        from simlead.show.charts.style import save_chart

        with whole_folder(out, is_examination, overwrite) as partial, using(language):
            save_examination(found, partial)
            for claim in chosen:
                chart = claim_chart(found.table[found.table["key"] == claim.key],
                                    found.flips[found.flips["key"] == claim.key])
                save_chart(chart, partial / f"{claim.number:02}_{claim.key}.png")
        say_out(f"Saved to {out}")


def row_of(finding: Finding) -> list[str]:
    """A finding as a row of the table of verdicts."""
    from simlead.show.claims_words import effect_words, months_words, region_words, verdict_words

    claim, effect = finding.claim, finding.effect
    back = finding.payback
    return [str(claim.number), claim.key, finding.beliefs, verdict_words(finding.verdict, finding.follows),
            effect_words(effect.mean, effect.low, effect.high, claim.unit), region_words(claim.region, claim.unit),
            months_words(back.months, back.months_low, back.months_high) if back is not None else "",
            turned_cell(finding)]


def turned_cell(finding: Finding) -> str:
    """What turns the verdict or decides it, and at how many of the ends of parameters it stays or is unclear."""
    from simlead.show.claims_words import stays_words

    turned, decided = (", ".join(path.partition(".")[2] for path in paths)
                       for paths in (finding.turned_by, finding.decided_by))
    return "; ".join(part for part in (
        turned, f"decided by {decided}" if decided else "", stays_words(finding.flips)) if part)
