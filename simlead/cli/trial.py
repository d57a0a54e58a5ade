"""`simlead trial`: could this firm ever find out? Designs a trial of a change, and analyses its data afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simlead.cli import completion, options
from simlead.cli.documents import print_document, trial_parts, trial_result_parts
from simlead.cli.failures import Refusal
from simlead.cli.scenarios import assignments, one_firm
from simlead.cli.terminal import show_table, write
from simlead.show.currency import speak_of
from simlead.show.format import percent_of
from simlead.show.language import say
from simlead.show.progress import progress_bar
from simlead.show.sentences import sentences
from simlead.study.engines import FAST
from simlead.study.worlds.counts import LEAST_WORLDS

if TYPE_CHECKING:
    from simlead.study.trial.data import TrialResult
    from simlead.study.trial.result import TrialAnswer

WORLDS, REPLICATIONS = 48, 8
"""As `study.trial.design` has them, which is not loaded for `--help`."""

MONTHS = 12
"""Months of a trial, and before it, where none are named."""

Change = Annotated[list[str] | None, typer.Option(
    "--change", metavar="PATH=VALUE", help="The lever to try, such as policy.coaching_share=0.5. Repeatable.",
    autocompletion=completion.levers)]
Arms = Annotated[str | None, typer.Option(
    "--arms", metavar="NAME", help="teams, before-after or stepped (default: teams; before-after below 3 teams).")]
Treated = Annotated[int | None, typer.Option(
    "--treated", metavar="NUMBER", help="Teams with the change (default: half).")]
Months = Annotated[int, typer.Option("--months", metavar="NUMBER", help="Months from the first start on.")]
Base = Annotated[int, typer.Option("--base-months", metavar="NUMBER", help="Months that are counted before it.")]
Waiting = Annotated[int | None, typer.Option(
    "--waiting", metavar="NUMBER", help="Months after a start that outcomes of deals leave out (default: 3).")]
Outcome = Annotated[str | None, typer.Option(
    "--outcome", metavar="NAME", help="The outcome that decides (default: the one worth most).")]
Analyse = Annotated[Path | None, typer.Option(
    "--analyse", metavar="DATA.csv", help="Analyse a trial's data by its protocol, and do nothing else.")]
ProtocolFile = Annotated[Path | None, typer.Option(
    "--protocol", metavar="FILE", help="The protocol for --analyse (default: protocol.json beside the data).")]
Language = Annotated[str, typer.Option(
    "--language", metavar="CODE",
    help="Language of the protocol and of charts: en or fa (Persian); tables are in English.",
    autocompletion=completion.languages)]
Worlds = Annotated[int, typer.Option("--worlds", min=LEAST_WORLDS, max=10_000, help="Number of worlds.")]
Replications = Annotated[int, typer.Option("--replications", min=2, max=10_000, help="Matched pairs in each world.")]


def trial(
    firm: options.Firm = "status_quo",
    change: Change = None,
    arms: Arms = None,
    treated: Treated = None,
    months: Months = MONTHS,
    base_months: Base = MONTHS,
    waiting: Waiting = None,
    outcome: Outcome = None,
    analyse: Analyse = None,
    protocol: ProtocolFile = None,
    effect_sizes: options.EffectSizes = None,
    sets: options.Sets = None,
    worlds: Worlds = WORLDS,
    replications: Replications = REPLICATIONS,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    engine: options.Engine = FAST,
    out: options.OutFolder = None,
    table_format: options.Format = "csv",
    language: Language = "en",
    overwrite: options.OverwriteFolder = False,
    as_json: options.Json = False,
) -> None:
    """Design a trial of a change, or analyse one.

    Shows what the firm could find out from its CRM and diaries alone, which outcome shows it, how many teams and
    months would be enough, and whether to roll out now, try first or leave it. With --out a protocol to print, with its
    randomisation list and the analysis fixed beforehand.
    """
    language = options.known_language(language)
    if analyse is not None:
        if change:
            raise Refusal("--change with --analyse: the protocol has the change; leave --change out")
        given = {"--arms": arms is not None, "--treated": treated is not None, "--months": months != MONTHS,
                 "--base-months": base_months != MONTHS, "--waiting": waiting is not None,
                 "--outcome": outcome is not None}
        for option in (name for name, there in given.items() if there):
            raise Refusal(f"{option} with --analyse: the protocol has fixed it; leave {option} out")
        if out is not None:
            raise Refusal("--out with --analyse: the result is printed; simlead.analyse_trial returns its tables")
        result = _analysed(analyse, protocol)
        if as_json:
            print_document("trial", trial_result_parts(result), currency=result.protocol.currency)
            return
        print_result(result)
        return
    if protocol is not None:
        raise Refusal("--protocol: it is for --analyse DATA.csv")
    if not change:
        raise Refusal("--change: a lever to try is needed, such as --change policy.coaching_share=0.5")
    name, scenario = one_firm(firm, effect_sizes, sets or [])
    changed = _changes(change)
    suffix, engine = options.known_format(table_format), options.known_engine(engine)
    if out is not None:
        options.free(out, overwrite, "trial")
        from simlead.show.report.making import refuse_missing_extra

        refuse_missing_extra()
    from simlead.study.trial.design import design_trial

    def early(first: TrialAnswer) -> None:
        write(say("trial.cli.early", worlds=first.worlds))
        for row in sentences(first)[:2]:
            write(f"  {row}")

    with progress_bar("runs") as progress:
        found = design_trial(
            scenario, changed, arms=arms, treated=treated, months=months, base_months=base_months, waiting=waiting,
            primary=outcome, worlds=worlds, replications=replications, seed=seed, workers=workers, engine=engine,
            early=early, progress=progress)
    if out is not None and found.prior is not None:
        from simlead.show.trial_folder import save_trial

        save_trial(found, out, firm=name, overwrite=overwrite, language=language, suffix=suffix)
    if not as_json:
        print_trial(found)
    if out is not None and found.prior is None:
        raise Refusal(f"--out {out}: nothing is written, because no analysis of this design is offered")
    if as_json:
        print_document("trial", trial_parts(found), seed=seed, scenarios={name: scenario},
                       saved=[out] if out is not None else [], currency=found.currency)
    elif out is not None:
        write(f"Saved to {out}")


def _changes(texts: list[str]) -> dict[str, Any]:
    """The levers of `--change PATH=VALUE`."""
    try:
        return assignments(texts)
    except Refusal as refusal:
        raise Refusal(str(refusal).replace("--set ", "--change ", 1)) from None


def print_trial(found: TrialAnswer) -> None:
    """Print what a trial could tell: the answer in sentences, the outcomes and the options as tables."""
    from simlead.show.trial import (
        effect_range,
        effect_words,
        estimator_name,
        money,
        outcome_name,
        percent_range,
        smallest_words,
    )

    for row in sentences(found):
        write(row)
    rows = []
    for line in found.chosen.to_dict("records"):
        outcome, level = str(line["outcome"]), float(line["level"])
        half = abs(line["effect_high"] - line["effect_low"]) / 2
        rows.append([
            outcome_name(outcome), effect_words(line["effect"], outcome, level, half),
            effect_range(line["effect_low"], line["effect_high"], outcome, level),
            smallest_words(line["smallest"], outcome, level),
            f"{percent_of(line['power'])} ({percent_range(line['power_low'], line['power_high'])})",
            f"{percent_of(line['false_alarms'])} ({percent_range(line['false_low'], line['false_high'])})",
            estimator_name(str(line["estimator"]))])
    if rows:
        show_table(say("trial.cli.title", arms=say(f"trial.arms.{found.plan.arms}"), months=found.plan.months,
                       worlds=found.worlds, replications=found.replications),
                   ["outcome", "expected effect", "in 90 % of worlds", "seen from", "power", "false alarms",
                    "analysis"], rows, numbers={1, 2, 3, 4, 5})
    if len(found.options):
        heads = ["option", "expected", "95 % interval", "best in"]
        show_table(say("trial.cli.options", horizon=found.horizon), heads, [
            [say(f"trial.options.{line['option']}"), money(line["expected"]),
             f"{money(line['low'])} to {money(line['high'])}", percent_of(line["best_share"])]
            for line in found.options.to_dict("records")], numbers={1, 2, 3})


def _analysed(data: Path, protocol: Path | None) -> TrialResult:
    from simlead.study.trial.data import analyse_trial

    return analyse_trial(data, protocol)


def print_result(found: TrialResult) -> None:
    """Print what a trial has shown by the analysis that was fixed."""
    from simlead.show.trial import effect_range, effect_words, estimator_name, outcome_name, p_value_words

    speak_of(found.protocol.currency)
    for row in sentences(found):
        write(row)
    rows = []
    for line in found.table.to_dict("records"):
        outcome = str(line["outcome"])
        half = (line["high"] - line["low"]) / 2
        rows.append([outcome_name(outcome), effect_words(line["effect"], outcome, half=half),
                     effect_range(line["low"], line["high"], outcome), p_value_words(line["p_value"]),
                     estimator_name(str(line["estimator"])), "yes" if line["decides"] else ""])
    show_table(say("trial.cli.result"), ["outcome", "effect", "95 % interval", "p", "analysis", "decides"], rows,
               numbers={1, 2, 3})
