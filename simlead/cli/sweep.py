"""`simlead sweep`: the runs of a study's design, saved into a folder, and what it would take."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli import over_worlds
from simlead.cli.documents import Parts, answer_parts, base_scenarios, print_document, sweep_parts
from simlead.cli.failures import INTERRUPTED, Refusal, Stopped
from simlead.cli.options import Json, Workers
from simlead.cli.terminal import show_table, write
from simlead.model.parameters import ParameterError
from simlead.show.answers import places
from simlead.show.language import say
from simlead.show.progress import duration, progress_bar

if TYPE_CHECKING:
    from simlead.study.answers.result import Answer
    from simlead.study.parallel import Progress
    from simlead.study.studies.study import Study
    from simlead.study.sweeps.status import SweepStatus
    from simlead.study.sweeps.sweep import Sweep

RESUMABLE = "finished runs are saved, and the same command resumes there"

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="Study in a TOML file.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="DIR", help="Folder of the sweep: a new one, or one to resume.")]
Check = Annotated[bool, typer.Option(
    "--check", help="Print points, runs, events, time and disk space needed; run nothing else.")]
Address = Annotated[str | None, typer.Option(
    "--cluster", metavar="tcp://HOST:PORT", help="Run on the Dask cluster of this scheduler.")]
Replications = Annotated[int | None, typer.Option(
    "--replications", min=1, max=1_000_000, help="Number of replications per point, instead of the study's.")]
RunSeconds = Annotated[float | None, typer.Option(
    "--run-seconds", min=1e-3, metavar="SECONDS",
    help="Time limit of a run, which then counts as failed (default: from the first runs).")]
Worlds = Annotated[int | None, typer.Option(
    "--worlds", min=0, max=100_000, metavar="NUMBER",
    help="Number of worlds for an answer about the best points, 16 or more; 0: none (default: 32 if that takes no "
         "more runs than the sweep).")]
Points = Annotated[list[int] | None, typer.Option(
    "--point", min=0, metavar="NUMBER", help="Answer about this point too; may be repeated.")]
RetryFailures = Annotated[bool, typer.Option(
    "--retry-failures", help="Repeat the runs that failed.")]


def sweep(
    study: StudyFile,
    out: Out = None,
    check: Check = False,
    workers: Workers = None,
    cluster: Address = None,
    replications: Replications = None,
    retry_failures: RetryFailures = False,
    run_seconds: RunSeconds = None,
    worlds: Worlds = None,
    points: Points = None,
    as_json: Json = False,
) -> None:
    """Run the design of a study and save its runs.

    The same command again makes only the missing runs. Exit status 1 if runs failed: they are
    recorded, and all others are saved. Where the points are policies of one firm, the best ones
    are run again in many worlds, and that answer comes first.
    """
    if workers is not None and cluster is not None:
        raise Refusal("--workers and --cluster: allowed is one of the two")
    if out is None and not check:
        raise Refusal("sweep: --out DIR is missing; or --check to see what it would need")
    if worlds is not None:
        over_worlds.checked(worlds)
    if points and worlds == 0:
        raise Refusal("--point with --worlds 0: a point is answered about in 16 worlds or more")
    from simlead.study.studies.study_file import load_study

    asked = load_study(study)
    if replications is not None:
        asked = dataclasses.replace(asked, replications=replications, precision=None)
    if check or out is None:
        print_plan(asked, workers, cluster, as_json)
        return
    if not (out / "manifest.json").is_file():  # a sweep that is there may have more points than its study
        refuse_unknown_points(asked, points or [])
    from simlead.cli.findings import print_findings
    from simlead.study.sweeps.failures import failure_reasons
    from simlead.study.sweeps.sweep import SweepWarning
    from simlead.study.sweeps.sweep import sweep as swept

    with resumable(), progress_bar("runs") as progress, warnings.catch_warnings():
        warnings.simplefilter("ignore", SweepWarning)  # its text is printed below
        made = Made(progress)
        found = swept(asked, out=out, workers=workers, cluster=cluster, retry_failures=retry_failures,
                      run_seconds=run_seconds, progress=made)
    state = found.status()
    saved, label = over_the_worlds(found, worlds, points or [], workers)
    if as_json:
        beside = [answer_parts(saved)] if saved is not None else []
        counts = Parts({"runs_made": made.runs}, sentences=[label] if label else [])
        print_document("sweep", sweep_parts(found), *beside, counts, seed=found.study.seed, saved=[out],
                       scenarios={**base_scenarios(found.study), **(saved.scenarios if saved is not None else {})},
                       unit=saved.unit if saved is not None else "", exit_status=int(state.failures > 0),
                       currency=found.study.base().organisation.currency)
        raise typer.Exit(int(state.failures > 0))
    if saved is not None:
        over_worlds.print_answer(saved)
    print_findings(found)
    if label:
        write(label)
    write(summary(state, made.runs, out))
    if found.undefined:
        write(f"Note: {found.undefined}.")
    if state.failures:
        write(f"Failed: {failure_reasons(found.failures())}. --retry-failures repeats them.")
    write(f"Next: simlead status {out}, simlead rerun {out} 0:0, open_sweep({str(out)!r}).points() in Python")
    if state.failures:
        raise typer.Exit(1)


def refuse_unknown_points(study: Study, points: list[int]) -> None:
    """Refuse numbers of points that the design does not have, before it is run."""
    if not points:
        return
    number = len(study.design_table())
    for point in points:
        if point >= number:
            raise Refusal(f"--point {point}: allowed is a whole number from 0 to {number - 1}, "
                          "the points of this design")


def over_the_worlds(
    found: Sweep, worlds: int | None, points: list[int], workers: int | None
) -> tuple[Answer | None, str]:
    """The answer over worlds about the best points and those named, if any; the label of the other intervals."""
    from simlead.study.answers.of_sweep import WORLDS, affordable, answer_of_sweep, answer_points

    measure = found.headlines[0]
    if not found.status().complete or found.status().failures:
        return None, say("answers.sweep.unfinished")
    if worlds == 0:
        return None, say("answers.sweep.left_out")
    saved = answer_of_sweep(found)
    asked = worlds is not None or bool(points)
    if not asked and saved is None and (reason := affordable(found, measure)):
        return None, say(f"answers.sweep.{reason}")
    if asked or saved is None:
        try:
            with resumable(), progress_bar("runs of the answer") as progress:
                saved = answer_points(found, points, worlds=WORLDS if worlds is None else worlds, workers=workers,
                                      progress=progress)
        except ParameterError as refusal:
            if asked:
                raise
            return None, say("answers.sweep.refused", reason=str(refusal))
    assert saved is not None
    return saved.renamed(places(saved, found.study.factors)), say("answers.sweep.anew")


def summary(state: SweepStatus, runs: int, out: Path) -> str:
    """What a sweep's command did, in a sentence."""
    there = (f"{_counted(state.runs_done, 'run')} at {_counted(state.points, 'point')} "
             f"{'is' if state.runs_done == 1 else 'are'} in {out}")
    failed = f", {state.failures:,} failed" if state.failures else ""
    return f"Nothing was missing: {there}{failed}." if not runs else f"{_counted(runs, 'run')} made; {there}{failed}."


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


class Made:
    """A progress that counts the runs made since the start, and passes the progress on."""

    def __init__(self, progress: Progress) -> None:
        self.runs = 0
        self._progress = progress
        self._last: tuple[int, int] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Record the progress."""
        if self._last is not None and self._last[1] == total:  # another total is another stage
            self.runs += done - self._last[0]
        self._last = (done, total)
        self._progress(done, total)


@contextlib.contextmanager
def resumable() -> Iterator[None]:
    """Report an interruption of a sweep as one that loses nothing."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(INTERRUPTED, RESUMABLE) from None
    except Stopped as stop:
        raise Stopped(stop.status, RESUMABLE) from None


def print_plan(study: Study, workers: int | None, cluster: str | None, as_json: bool = False) -> None:
    """Print what a sweep of the study would need."""
    from simlead.study.sweeps.trial import check

    if cluster is not None:
        from simlead.study.sweeps.cluster import cluster_executor

        workers = cluster_executor(cluster).workers
    plan = check(study, workers=workers)
    if as_json:
        needed = Parts({"question": study.question or study.name, "points": plan.points, "runs_wanted": plan.runs,
                        "runs_at_most": plan.runs_at_most, "events": plan.events, "seconds": plan.seconds,
                        "bytes": plan.bytes, "workers": plan.workers, "trials": plan.trials},
                       sentences=[*([f"{plan.undefined}."] * bool(plan.undefined)),
                                  *(f"A trial failed: {failure}" for failure in plan.failures)])
        print_document("sweep", needed, seed=study.seed, scenarios=base_scenarios(study),
                       exit_status=int(bool(plan.failures)))
        raise typer.Exit(int(bool(plan.failures)))
    runs = f"{plan.runs:,}"
    if plan.runs_at_most > plan.runs:
        runs += f" to {plan.runs_at_most:,}, as the precision needs"
    known = not math.isnan(plan.seconds)
    helped = "1 worker" if plan.workers == 1 else f"{plan.workers} workers"
    rows = [
        ["points", f"{plan.points:,}"],
        ["runs", runs],
        ["events", f"{_two_digits(plan.events):,}" if known else "unknown"],
        ["time", f"{duration(plan.seconds)} with {helped}" if known else "unknown"],
        ["disk", size(plan.bytes) if known else "unknown"],
    ]
    show_table(f"{study.name}: what it would need, by {plan.trials} trial runs", ["", "about"], rows)
    if plan.undefined:
        write(f"Note: {plan.undefined}.")
    for failure in plan.failures:
        write(f"A trial failed: {failure}")
    if plan.failures:
        raise typer.Exit(1)


def size(count: float) -> str:
    """So many bytes as people say it.

    >>> size(900.0), size(1.34e6), size(2.5e10)
    ('1 kB', '1.3 MB', '25 GB')
    """
    for factor, unit in ((1e9, "GB"), (1e6, "MB")):
        if count >= factor:
            return f"{count / factor:.{1 if count < 10 * factor else 0}f} {unit}"
    return f"{max(1.0, count / 1e3):.0f} kB"


def _two_digits(value: float) -> int:
    return int(float(f"{value:.1e}"))
