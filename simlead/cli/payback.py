"""`simlead payback`: what policies cost and earn, and when they have paid for themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from simlead.cli import completion, options
from simlead.cli.documents import Parts, money_parts, print_document
from simlead.cli.failures import Refusal
from simlead.cli.money import print_money, save_money_and_chart
from simlead.cli.scenarios import firms_named
from simlead.cli.terminal import write
from simlead.results.folder import write_folder
from simlead.show.language import in_language
from simlead.show.progress import progress_bar
from simlead.study.engines import FAST
from simlead.study.worlds.counts import LEAST_WORLDS

Policies = Annotated[list[str], typer.Argument(
    metavar="FIRM POLICY...", help="The firm as it is, and one or more policies of the same firm: presets or files.",
    autocompletion=completion.firms)]
NumberOfWorlds = Annotated[int, typer.Option(
    "--worlds", min=LEAST_WORLDS, max=100_000, metavar="NUMBER", help="Number of worlds for each set of effect sizes.")]
Replications = Annotated[int, typer.Option(
    "--replications", min=2, max=10_000, help="Number of replications in each world.")]
Sizes = Annotated[str | None, typer.Option(
    "--effect-sizes", metavar="NAME", help="Only this set of effect sizes: evidence or practitioner (default: both).",
    autocompletion=completion.effect_sizes)]


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
    as_json: options.Json = False,
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
        options.free(out, overwrite, "payback")
    baseline, *others = scenarios
    from simlead.study.money.payback import payback as asked

    policies = {name if name != "status_quo" else "status_quo again": scenarios[name] for name in others}
    with progress_bar("runs") as progress:
        found = asked(policies, scenarios[baseline], worlds=worlds, replications=replications,
                      effect_sizes=effect_sizes, seed=seed, workers=workers, engine=engine, progress=progress)
    if out is not None:
        from simlead.study.money.record import KIND

        with write_folder(out, KIND, overwrite=overwrite) as new, in_language(language):
            save_money_and_chart(found, new)
    if as_json:
        asked_for = Parts({"replications": found.replications, "worlds": found.worlds, "engine": engine,
                           "confidence": found.confidence, "status_quo": found.status_quo, "years": found.years_in_all})
        print_document("payback", asked_for, money_parts(found), seed=seed, scenarios=found.scenarios,
                       saved=[out] if out is not None else [], currency=found.currency)
        return
    print_money(found)
    if out is not None:
        write(f"Saved to {out}; simlead report {out} makes the client's page and slides.")
