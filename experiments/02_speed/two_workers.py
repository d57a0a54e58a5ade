"""A thousand runs by one worker and by two."""

from __future__ import annotations

import statistics
import time

from section import Goal, Section, digits
from timing import in_turns, spread

from simlead.model.scenario import Scenario
from simlead.study.parallel import pool
from simlead.study.simulate import replicate

MEASURES = ["revenue_growth", "market_share", "coaching_share_realised"]


def measure(quick: bool) -> Section:
    """`replicate` on the default firm, in turns, by the clock on the wall; two workers start from nothing."""
    runs, rounds = (40, 2) if quick else (1_000, 3)
    firm = Scenario()
    answers = {}

    def by(workers: int) -> None:
        answers[workers] = replicate(firm, replications=runs, workers=workers, engine="compiled", measures=MEASURES)

    replicate(firm, replications=1, workers=1, engine="compiled")  # compiles, or loads

    def by_two(_: int) -> None:
        pool(2).shutdown(wait=True)  # so that starting them is on the clock
        by(2)

    samples = in_turns({"1": lambda _: by(1), "2": by_two}, rounds, clock=time.perf_counter)
    if not answers[1].equals(answers[2]):
        raise SystemExit("two workers give other numbers than one")
    seconds = {workers: statistics.median(took) for workers, took in samples.items()}
    gain = seconds["1"] / seconds["2"]
    rows = [
        [workers, digits(seconds[workers]), digits(seconds[workers] / runs * 1000.0), f"{spread(samples[workers]):.1%}",
         f"{digits(seconds['1'] / seconds[workers])} x"]
        for workers in samples]
    return Section(
        "Two workers",
        f"{runs:,} runs of the default firm with their measures, by the clock on the wall, the start of the workers "
        "included. Both give the same table.",
        ["workers", "seconds", "ms a run", "spread", "faster"], rows,
        [Goal("times faster with two workers", gain, low=1.7)],
        {"samples": samples, "runs": runs})
