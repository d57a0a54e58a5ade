"""`simlead sweep`, `status` and `rerun`: a study run into a folder, how far it is, and one of its runs again."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simlead.cli.failures import INTERRUPTED, Refusal, Stopped
from simlead.cli.options import Workers
from simlead.cli.output import say_out, show_table
from simlead.cli.registry import shown
from simlead.show.progress import duration, progress_bar, rate

if TYPE_CHECKING:
    from simlead.study.parallel import Progress
    from simlead.study.studies.study import Study
    from simlead.study.sweeps.status import SweepStatus
    from simlead.study.sweeps.sweep import Sweep

KEPT = "what is done is kept, and the same command goes on from there"

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="A study in a TOML file.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="DIR", help="The sweep's folder, new or begun earlier.")]
Check = Annotated[bool, typer.Option(
    "--check", help="Only say what it would take: points, runs, events, time, disk.")]
Address = Annotated[str | None, typer.Option(
    "--cluster", metavar="tcp://HOST:PORT", help="Run on the Dask cluster of this scheduler.")]
Replications = Annotated[int | None, typer.Option(
    "--replications", min=1, max=1_000_000, help="Simulated firms per point, whatever the study says.")]
RetryFailures = Annotated[bool, typer.Option(
    "--retry-failures", help="Make the runs that failed once more.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A sweep's folder.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="POINT:REPLICATE, or the run's number from 0.")]


def sweep(
    study: StudyFile,
    out: Out = None,
    check: Check = False,
    workers: Workers = None,
    cluster: Address = None,
    replications: Replications = None,
    retry_failures: RetryFailures = False,
) -> None:
    """Run a study's design into a folder; the same command again makes only what is missing.

    Exit status 1 if runs failed: they are kept apart, and the others are there.
    """
    if workers is not None and cluster is not None:
        raise Refusal("--workers and --cluster: allowed is one of the two")
    if out is None and not check:
        raise Refusal("sweep: --out DIR is missing; or --check to see what it would take")
    from simlead.study.studies.study_file import load_study

    asked = load_study(study)
    if replications is not None:
        asked = dataclasses.replace(asked, replications=replications, precision=None)
    if check or out is None:
        print_plan(asked, workers, cluster)
        return
    from simlead.cli.findings import print_findings
    from simlead.study.sweeps.sweep import sweep as swept

    with going_on_later(), progress_bar("runs") as progress:
        made = Made(progress)
        found = swept(asked, out=out, workers=workers, cluster=cluster, retry_failures=retry_failures, progress=made)
    state = found.status()
    print_findings(found)
    say_out(told(state, made.runs, out))
    if state.failures:
        say_out(f"Failed: {reasons(found)}. --retry-failures makes them once more.")
    say_out(f"Next: simlead status {out}, simlead rerun {out} 0:0, open_sweep({str(out)!r}).points() in Python")
    if state.failures:
        raise typer.Exit(1)


def told(state: SweepStatus, runs: int, out: Path) -> str:
    """What a sweep's command did, in a sentence."""
    there = f"{state.runs_done:,} runs at {state.points:,} points are in {out}"
    failed = f", {state.failures:,} failed" if state.failures else ""
    return f"Nothing was missing: {there}{failed}." if not runs else f"{runs:,} runs made; {there}{failed}."


class Made:
    """Counts the runs that were made since the start, and passes the progress on."""

    def __init__(self, progress: Progress) -> None:
        self.runs = 0
        self._progress = progress
        self._last: tuple[int, int] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Note how far it is."""
        if self._last is not None and self._last[1] == total:  # another total is another stage
            self.runs += done - self._last[0]
        self._last = (done, total)
        self._progress(done, total)


@contextlib.contextmanager
def going_on_later() -> Iterator[None]:
    """Whoever stops a sweep is told that nothing of it is lost."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(INTERRUPTED, KEPT) from None
    except Stopped as stop:
        raise Stopped(stop.status, KEPT) from None


def reasons(found: Sweep) -> str:
    """What runs failed of, the most frequent first.

    Each with the name of the first run of its kind, for `simlead rerun`.
    """
    failures = found.failures()
    kinds = failures.groupby(["exception", "message"], sort=False).agg(
        runs=("point", "size"), point=("point", "first"), replicate=("replicate", "first"))
    kinds = kinds.sort_values("runs", ascending=False, kind="stable").head(3)
    return "; ".join(
        f"{line.runs:,} of {exception}: {' '.join(str(message).split())[:100]} (first {line.point}:{line.replicate})"
        for (exception, message), line in zip(kinds.index, kinds.itertuples(), strict=True))


def print_plan(study: Study, workers: int | None, cluster: str | None) -> None:
    """Print what a sweep of the study would take."""
    from simlead.study.sweeps.trial import check

    if cluster is not None:
        from simlead.study.sweeps.cluster import cluster_crew

        workers = cluster_crew(cluster).workers
    plan = check(study, workers=workers)
    runs = f"{plan.runs:,}"
    if plan.runs_at_most > plan.runs:
        runs += f" to {plan.runs_at_most:,}, as the precision needs"
    known = not math.isnan(plan.seconds)
    rows = [
        ["points", f"{plan.points:,}"],
        ["runs", runs],
        ["events", f"{_two_digits(plan.events):,}" if known else "unknown"],
        ["time", f"{duration(plan.seconds)} with {plan.workers} workers" if known else "unknown"],
        ["disk", size(plan.bytes) if known else "unknown"],
    ]
    show_table(f"{study.name}: what it would take, by {plan.trials} trial runs", ["", "about"], rows)
    for failure in plan.failures:
        say_out(f"A trial failed: {failure}")
    if plan.failures:
        raise typer.Exit(1)


def status(folder: Folder) -> None:
    """Tell how far a sweep is: runs, failures, speed, time left."""
    from simlead.study.sweeps.sweep import open_sweep

    found = open_sweep(folder)
    state = found.status()
    rows = [
        ["question", found.study.question or found.study.name],
        ["points", f"{state.points:,}"],
        ["runs", f"{state.runs_done:,} of {state.runs_wanted:,}"],
        ["failures", f"{state.failures:,}"],
        ["work so far", duration(state.seconds_of_work)],
        ["rate", "unknown" if math.isnan(state.rate) else rate(state.rate)],
        ["time left", "none" if state.complete else _left(state)],
        ["at work", f"process {state.writer}" if state.writer is not None else "nobody"],
    ]
    if state.damaged:
        rows.append(["damaged files", f"{state.damaged:,}; the same sweep again makes their runs anew"])
    show_table(f"{folder}: {'complete' if state.complete else 'not complete'}", ["", ""], rows)
    if state.failures:
        say_out(f"Failed: {reasons(found)}.")


def _left(state: SweepStatus) -> str:
    return "unknown" if math.isnan(state.seconds_left) else f"{duration(state.seconds_left)} at this rate"


def rerun(folder: Folder, run: RunName) -> None:
    """Make one run of a sweep again, alone, and compare it with what is stored.

    Exit status 1 if it is not the same to the last bit.
    """
    from simlead.study.sweeps.rerun import rerun as made_again
    from simlead.study.sweeps.sweep import open_sweep

    again = made_again(folder, run)
    found = open_sweep(folder)
    values = again.run.scenario.values()
    where = "".join(f", {path} = {shown(values[path])}" for path in found.study.factors)
    run_name = f"{again.point}:{again.replicate}"
    say_out(f"Run {run_name} of {folder} (seed {again.run.seed}, {again.run.engine} engine{where})")
    if again.code:
        say_out(f"Since then, {again.code}.")
    if not again.confirmed:
        show_table("", ["what differs", "stored", "now"],
                   [[what, *(" ".join(str(value).split()) for value in pair)]
                    for what, pair in again.differences.items()])
        say_out(f"NOT CONFIRMED: {len(again.differences)} of {len(again.compared)} values differ.")
        raise typer.Exit(1)
    say_out(f"Confirmed to the last bit: {len(again.compared)} values, trace hash {again.trace_hash}.")


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
