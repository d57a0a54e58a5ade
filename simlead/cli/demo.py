"""`simlead demo`: the founding question, to a stated precision: matched pairs in one world, then many worlds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli import options, over_worlds
from simlead.cli.compare import save_comparison
from simlead.cli.documents import answer_parts, comparison_parts, print_document
from simlead.cli.failures import Refusal
from simlead.cli.scenarios import one_firm
from simlead.cli.terminal import show_table, write
from simlead.model.presets import EFFECT_SIZES, PRESETS
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.folder import write_folder
from simlead.show.format import difference, percent, quantity
from simlead.show.language import in_language
from simlead.show.progress import progress_bar
from simlead.show.sentences import sentences
from simlead.show.wording import coverage_note
from simlead.study.engines import FAST, warm_up_compiler

if TYPE_CHECKING:
    import pandas as pd

    from simlead.study.answers.result import Answer
    from simlead.study.comparison import Comparison
    from simlead.study.runner import Job

SCENARIOS = ("status_quo", "coaching", "clear_role", "accountable", "leadership")
BASELINE, ANSWER = SCENARIOS[0], SCENARIOS[-1]
WORLDS = 16
"""Worlds for each set of effect sizes: the least that an answer has."""

PRECISION_PERCENT = 2.0
"""Half the width of the interval of all levers' effect on revenue: about ten seconds of processor time."""

FIRST_STAGE = 20
"""Matched pairs from which the number of replications is planned."""

MOST = 400
"""Replications that a precision may ask for; a minute or two."""

SHARE_OF_PAIRS = 0.4
"""With a clock, the share of the time for the matched pairs; the answer over worlds has the rest."""

SHORTEST_SECONDS = 8.0
"""Time to compare that is left even if compiling took all of it."""

LARGEST = 100_000
"""More replications than a clock allows."""

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Save tables and charts into this new folder.")]
Precision = Annotated[float, typer.Option(
    "--precision", min=0.1, max=50.0, metavar="PERCENT",
    help="Half-width of the interval of leadership's effect on revenue, in % of the status quo (random numbers only).")]
Replications = Annotated[int | None, typer.Option(
    "--replications", min=2, max=LARGEST, help="Number of replications per policy, instead of a precision.")]
Seconds = Annotated[float | None, typer.Option(
    "--seconds", min=1.0, max=86_400.0,
    help="Time for simulation, instead of a precision; the number of runs then depends on the machine.")]


def demo(
    firm: options.Firm = "status_quo",
    out: Out = Path("simlead-demo"),
    precision: Precision = PRECISION_PERCENT,
    replications: Replications = None,
    seconds: Seconds = None,
    seed: options.Seed = 0,
    effect_sizes: options.EffectSizesOfAnswer = None,
    sets: options.Sets = None,
    workers: options.Workers = None,
    engine: options.Engine = FAST,
    language: options.Language = "en",
    overwrite: options.OverwriteFolder = False,
    as_json: options.Json = False,
) -> None:
    """Answer the founding question: does leading pay?

    Simulates five ways to run the same firm with common random numbers in one world, to a stated
    precision, and prints a first table. Then it simulates them in 16 worlds under each set of effect
    sizes, prints what they do as far as that is known, and draws charts. It takes a minute or two.
    """
    name, base = one_firm(firm, effect_sizes, sets or [])
    engine, language = options.known_engine(engine), options.known_language(language)
    if seconds is not None and replications is not None:
        raise Refusal("--seconds and --replications: allowed is one of them")
    options.free(out, overwrite, "comparison")
    began = time.monotonic()
    scenarios = {policy: base.change(PRESETS[policy]) for policy in SCENARIOS}
    compiled = compiling_ahead(engine, workers)
    print_policies(base)  # while the engine is compiled or loaded: this needs none

    # Imported here, because pandas and matplotlib would slow `--help` down.
    from simlead.results.headlines import KEY_MEASURES
    from simlead.show.charts import pipeline_over_weeks, save_chart
    from simlead.study.compare import compare

    compiled()
    spent = time.monotonic() - began
    if seconds is None:
        replications = replications or planned(scenarios, precision / 100.0, seed, workers, engine)
    with progress_bar("runs") as progress:
        result = compare(
            scenarios, replications=replications or LARGEST, seed=seed, workers=workers, engine=engine,
            progress=progress,
            deadline_seconds=None if seconds is None else SHARE_OF_PAIRS * max(SHORTEST_SECONDS, seconds - spent))
        weeks = two_pipelines(scenarios, seed, workers, engine)
    print_pairs(result, name, seed)
    left = None if seconds is None else max(SHORTEST_SECONDS, seconds - (time.monotonic() - began))
    found = over_worlds.answered(scenarios, WORLDS, effect_sizes, seed=seed, workers=workers, engine=engine,
                                 deadline_seconds=left, quiet=True, switches=False)
    with write_folder(out, "comparison", overwrite=overwrite) as new, in_language(language):
        save_comparison(result, new, ".csv")
        if found is not None:
            over_worlds.save_answer(found, new, ".csv")
        save_chart(pipeline_over_weeks(weeks), new.path / "pipeline.png")
    if as_json:
        print_document("demo", comparison_parts(result, KEY_MEASURES), *([answer_parts(found)] if found else []),
                       seed=seed, scenarios=scenarios, saved=[out],
                       unit=found.unit if found else "", currency=base.organisation.currency)
        return
    if found is not None:
        print_answer(found)
    write(answer(result.table, ANSWER, time.monotonic() - began, engine))
    write(rests_on(result.table, base, base.origin.effect_sizes))
    write(coverage_note())
    write(f"Tables and charts: {out}{os.sep}")


def compiling_ahead(engine: str, workers: int | None) -> Callable[[], None]:
    """Let a worker compile the engine, the first time after an installation; returns what waits for it.

    A process of its own, because the compiler leaves this one no time. Here the engine is then loaded from the cache.
    """
    from simlead.study.parallel import begun, worker_count

    ready = begun(warm_up_compiler, engine, worker_count(workers))

    def wait() -> None:
        ready()
        warm_up_compiler(engine)

    return wait


def print_policies(base: Scenario) -> None:
    """Print what each policy changes."""
    from simlead.show.format import parameter_value
    from simlead.show.wording import inside, parameter_name, words

    rows = [[words(policy), ", ".join(
        f"{inside(parameter_name(path))} {parameter_value(path, value)} (was {parameter_value(path, base.value(path))})"
        for path, value in PRESETS[policy].items() if value != base.value(path)) or "as it is"] for policy in SCENARIOS]
    show_table("Five ways to run the same firm", ["policy", "what it changes"], rows)


def planned(
    scenarios: Mapping[str, Scenario], half_width: float, seed: int, workers: int | None, engine: str
) -> int:
    """The replications that the precision needs, from a first stage of matched pairs: the same on every machine."""
    from simlead.statistics.errors import StatisticsError
    from simlead.statistics.precision import replications_needed
    from simlead.study.compare import compare

    first = compare({name: scenarios[name] for name in (BASELINE, ANSWER)}, replications=FIRST_STAGE, seed=seed,
                    workers=workers, engine=engine, measures=["revenue"], progress=False)
    revenue = first.runs.pivot(index="replicate", columns="scenario", values="revenue")
    try:
        needed = replications_needed((revenue[ANSWER] - revenue[BASELINE]).to_numpy(), half_width, relative=True,
                                     scale=revenue[BASELINE].to_numpy())
    except StatisticsError:  # a firm without revenue, or one whose effect is the same in every pair
        needed = FIRST_STAGE
    if needed > MOST:
        write(f"Note: --precision {100.0 * half_width:g} needs {needed:,} replications; {MOST} are made "
              f"(--replications {needed} for all).")
    return max(FIRST_STAGE, min(needed, MOST))


def print_pairs(result: Comparison, name: str, seed: int) -> None:
    """Print the first table: matched pairs in one world, whose intervals count random numbers only."""
    table, base = result.table, result.scenarios[result.baseline]
    firm_words = "" if name == BASELINE else f"{name}: "
    title = f"{firm_words}One world, {int(table['n'].max())} replications per policy; intervals: random numbers only"
    show_table(f"{title}; {base.origin.effect_sizes} effect sizes, seed {seed}",
               ["policy", "revenue (95 % interval)", "direction", "growth", "market share", "coaching"],
               rows_of(table), numbers={1, 3, 4, 5})
    mean, low, high = relative_effect(table, ANSWER)
    half = 100.0 * (high - low) / 2
    write(f"Precision reached: ±{percent(half, half / 5)} of revenue for all levers together, random numbers only. "
          "What is unknown of the world comes next.")
    write("")


SHOWN = ("answer.smallest", "answer.lead", "answer.split", "answer.drivers", "answer.limit", "answer.best")
"""The findings of the answer that the demo prints, of all that it has."""


def print_answer(found: Answer) -> None:
    """Print the answer over worlds: a table of all policies, and all levers together in sentences."""
    over_worlds.print_effects(found)
    for sentence in sentences([each for each in (*found.lead(ANSWER), *found.details(ANSWER))
                               if each.code.startswith(SHOWN)]):
        write(sentence)
    write("")


def two_pipelines(
    scenarios: Mapping[str, Scenario], seed: int, workers: int | None, engine: str
) -> pd.DataFrame:
    """The weeks of a matched pair of runs, the status quo and all levers, for the pipeline's chart."""
    import pandas as pd

    from simlead.study.parallel import parallel_map, worker_count
    from simlead.study.runner import Job

    jobs = (Job(name, scenarios[name], seed, 0, engine) for name in (BASELINE, ANSWER))
    parts = parallel_map(weeks_of, jobs, min(worker_count(workers), 2), lambda _: None)
    return pd.concat(parts, ignore_index=True).assign(seed=seed)


def weeks_of(job: Job) -> pd.DataFrame:
    """The weeks of one run, under the scenario's name; called in a worker."""
    from simlead.study.simulate import simulate

    done = simulate(job.scenario, seed=job.seed, replicate=job.replicate, engine=job.engine, trace=False)
    return done.weeks().assign(scenario=job.label)


def rows_of(table: pd.DataFrame) -> list[list[str]]:
    """The demo's table as text, a row per policy; revenue in percent of the status quo's."""
    from simlead.show.wording import words

    measures = {name: part.set_index("scenario") for name, part in table.groupby("measure", sort=False)}
    rows = []
    for name in measures["revenue"].index:
        cells = [words(name)]
        for measure, unit in (("revenue_growth", "share"), ("market_share", "share"),
                              ("coaching_hours_per_rep_month", "h/rep/month")):
            line = measures[measure].loc[name]
            cells.append(quantity(float(line["mean"]), unit, (float(line["high"]) - float(line["low"])) / 2))
        effect, said = ("", "baseline") if name == BASELINE else revenue_effect(table, name)
        rows.append([cells[0], effect, said, *cells[1:]])
    return rows


def relative_effect(table: pd.DataFrame, name: str) -> tuple[float, float, float]:
    """A policy's paired effect on final-year revenue as a fraction of the status quo's, with its interval."""
    from simlead.show.charts.tables import RELATIVE, paired

    return paired(table[table["measure"] == "revenue"].set_index("scenario"), name, 1.0, RELATIVE)


def revenue_effect(table: pd.DataFrame, name: str) -> tuple[str, str]:
    """A policy's effect on final-year revenue with its interval, and its verdict."""
    from simlead.show.charts.tables import verdict

    mean, low, high = relative_effect(table, name)
    return difference(mean, low, high, "", relative=True), verdict(low, high)


def answer(table: pd.DataFrame, policy: str, elapsed: float, engine: str) -> str:
    """What the matched pairs in one world show, in a sentence or two, with interval and n."""
    from simlead.show.charts.tables import UNCLEAR, UP

    effect, said = revenue_effect(table, policy)
    n = int(table.loc[table["measure"] == "revenue", "n"].max())
    measured = (f"coaching, a clear role and accountability together change final-year revenue by {effect} against "
                f"the status quo (95 % interval of random numbers alone, n = {n} matched pairs)")
    taken = (f"This took {elapsed:.0f} seconds with the {engine} engine. A smaller --precision (or more "
             "--replications) narrows only this interval.")
    if said == UNCLEAR:
        return f"In this one world it is not settled yet: {measured}, and that interval contains zero. {taken}"
    return f"In this one world leadership {'pays' if said == UP else 'loses money'}: {measured}. {taken}"


SINGLE_POLICIES = ("coaching", "clear_role", "accountable")
"""The presets that change one lever."""


def rests_on(table: pd.DataFrame, scenario: Scenario, effect_sizes: str) -> str:
    """The single policy with the largest effect by itself, and the assumption it works through first of all."""
    from simlead.show.wording import inside, words

    most = max(SINGLE_POLICIES, key=lambda name: relative_effect(table, name)[0])
    (lever,) = PRESETS[most]
    line = REGISTRY[REGISTRY[lever].works_through[0]]
    value = scenario.values()[line.path]
    others = " or ".join(name for name in EFFECT_SIZES if name != effect_sizes)
    return (f"Of the three, {inside(words(most))} has the largest effect by itself, {revenue_effect(table, most)[0]}; "
            f"it works first of all through {line.path} = {value:g} {line.unit} "
            f"(likely {line.likely_low:g} to {line.likely_high:g}, grade {line.grade}). "
            f"Ask again with {'a file calibrated for' if scenario.origin.named else '--effect-sizes'} {others}.")
