"""Answers over worlds at the terminal: computed with a first answer on the way, printed, and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.failures import Refusal
from simlead.cli.terminal import show_table, write
from simlead.model.parameters import ParameterError
from simlead.show.answers import effect_scale
from simlead.show.format import interval, probability, with_interval
from simlead.show.language import say
from simlead.show.progress import progress_bar
from simlead.show.sentences import sentences
from simlead.show.wording import inside, measure_name, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simlead.model.scenario import Scenario
    from simlead.results.folder import NewFolder
    from simlead.study.answers.result import Answer

LEAST_WORLDS = 16
"""As `study.answers.asking.LEAST_WORLDS`, which is not loaded for `--help`."""

Worlds = Annotated[int, typer.Option(
    "--worlds", min=0, max=100_000, metavar="NUMBER",
    help="Number of worlds for each set of effect sizes, 16 or more; 0: random numbers only.")]


def checked(worlds: int) -> int:
    """A number of worlds, or a refusal."""
    if 0 < worlds < LEAST_WORLDS:
        raise Refusal(f"--worlds {worlds}: allowed is 0 or {LEAST_WORLDS} and more")
    return worlds


def answered(
    scenarios: Mapping[str, Scenario], worlds: int, effect_sizes: str | None, *, seed: int, workers: int | None,
    engine: str, deadline_seconds: float | None = None, quiet: bool = False, switches: bool = True,
) -> Answer | None:
    """The answer of scenarios against the first one; None, with the reason, where a firm allows none.

    Unless `quiet`, a first answer is printed while more worlds are run; `switches` runs those of coverage beside it.
    """
    from simlead.study.answers.answer import answer
    from simlead.study.comparison import of_the_firm

    baseline, *others = scenarios
    policies = {name if name != "status_quo" else "status_quo again": scenarios[name] for name in others
                if scenarios[name] != scenarios[baseline] and not any(
                    of_the_firm(path) for path in scenarios[baseline].differences(scenarios[name]))}
    if not policies:
        return None

    def early(first: Answer) -> None:
        write(say("answers.cli.early", worlds=int(first.table["worlds"].min())))
        for row in sentences(first)[1:]:
            write(f"  {row}")

    try:
        with progress_bar("runs of the answer") as progress:
            return answer(policies, scenarios[baseline], worlds=worlds, effect_sizes=effect_sizes, seed=seed,
                          workers=workers, engine=engine, progress=progress, deadline_seconds=deadline_seconds,
                          early=None if quiet else early, structures=False if switches else None)
    except ParameterError as refusal:
        write(f"Note: no answer over worlds, random numbers only: {refusal}")
        return None


def print_answer(found: Answer) -> None:
    """Print an answer's effects as a table, and what they depend on as sentences."""
    print_effects(found)
    for sentence in sentences([each for each in found.findings if not each.code.startswith("answer.effect")]):
        write(sentence)


def print_effects(found: Answer) -> None:
    """Print a row for each policy and set of effect sizes, with the interval of both uncertainties first."""
    factor, unit = effect_scale(found.unit, float(found.table[["low", "high"]].abs().to_numpy().max()))
    rows = []
    for line in found.table.to_dict("records"):
        rows.append([
            words(str(line["policy"])), words(str(line["effect_sizes"])),
            with_interval(factor * line["mean"], factor * line["low"], factor * line["high"], unit, sign=True),
            interval(factor * line["random_low"], factor * line["random_high"]),
            *(probability(line[name]) for name in ("p_above_smallest", "p_no_difference", "p_below_smallest"))])
    show_table(say("answers.cli.title", measure=inside(measure_name(found.measure)),
                   worlds=int(found.table["worlds"].min()), replications=found.replications),
               ["policy", "effect sizes", "effect (both)", "random numbers", "P(gain)", "P(no difference)", "P(loss)"],
               rows, numbers={2, 3, 4, 5, 6})


def save_answer(found: Answer, new: NewFolder, suffix: str) -> None:
    """Write an answer into a folder of its own within a new one: its tables, and its charts."""
    from simlead.results.folder import write_folder
    from simlead.show.charts import answer, save_chart, structures
    from simlead.study.answers.files import KIND, save_answer_data

    with write_folder(new.path / KIND, KIND) as inner:
        save_answer_data(found, inner, suffix)
        save_chart(answer(found.table), inner.path / "answer.png")
        if len(found.switches):
            save_chart(structures(found.switches), inner.path / "structures.png")
