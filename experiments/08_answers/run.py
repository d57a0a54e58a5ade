"""How long an answer takes: 100 worlds of the default firm, five policies, two matched pairs in each.

    python experiments/08_answers/run.py

Writes results.json and its part of README.md, both in this folder. Processor time is that of one process with one
worker, stage by stage, so that other work on the machine changes it little; wall time is that of two workers, and
counts only if nothing else was at work (the load before is recorded).
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import simlead
from simlead.results.files import whole_file
from simlead.results.page_parts import write_parts
from simlead.results.provenance import methods_hash, registry_hash, source_hash
from simlead.show.answers import effect_scale
from simlead.show.format import with_interval
from simlead.study.answers import answer as asked
from simlead.study.engines import warm_up_compiler

HERE = Path(__file__).parent
WORLDS, REPLICATIONS, SET = 100, 2, "evidence"
STAGES = ("worlds", "runs", "switches", "composing")
POLICIES = {
    **{name: simlead.preset(name) for name in ("coaching", "clear_role", "accountable", "leadership")},
    "between": simlead.preset("status_quo").change({"policy.coaching_share": 0.35, "policy.role_clarity": 0.7})}


def main() -> None:
    """Measure, and write what came out."""
    warm_up_compiler("compiled")
    load = os.getloadavg()[0]
    seconds, found = by_stage()
    began = time.perf_counter()
    simlead.answer(POLICIES, worlds=WORLDS, replications=REPLICATIONS, effect_sizes=SET, workers=2)
    wall = time.perf_counter() - began
    results = {
        "worlds": WORLDS, "replications": REPLICATIONS, "policies": len(POLICIES), "effect_sizes": SET,
        "processor_seconds": {name: round(value, 1) for name, value in seconds.items()},
        "wall_seconds_two_workers": round(wall, 1), "load_before": round(load, 1),
        "policies_found": spreads(found, seconds),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores", "python": platform.python_version(),
        "sources": source_hash(), "methods": methods_hash(), "registry": registry_hash()}
    with whole_file(HERE / "results.json", overwrite=True) as place:
        place.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_parts(HERE / "README.md", {"measured": in_words(results)})


def by_stage() -> tuple[dict[str, float], Any]:
    """Processor seconds of each stage with one worker, and the answer."""
    seconds = dict.fromkeys(STAGES, 0.0)

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return work(*given, **named)
            finally:
                seconds[name] += time.process_time() - began

        return done

    usual = asked.switched_runs, asked.answered
    worlds = timed("worlds", simlead.worlds)(n=WORLDS, workers=1)
    asked.switched_runs, asked.answered = timed("switches", usual[0]), timed("composing", usual[1])
    try:
        began = time.process_time()
        found = simlead.answer(POLICIES, worlds=worlds, replications=REPLICATIONS, effect_sizes=SET, workers=1)
        seconds["runs"] = time.process_time() - began - seconds["switches"] - seconds["composing"]
    finally:
        asked.switched_runs, asked.answered = usual
    return seconds, found


def spreads(found: Any, seconds: dict[str, float]) -> dict[str, dict[str, Any]]:
    """By policy: standard deviations between worlds and of a pair, what limits the answer, replications worth most.

    The last are those of a world that give the narrowest interval of the mean for the time; none where worlds do not
    clearly differ. With a world's cost c and a replication's cost r, and standard deviations w between worlds and p of
    a pair, n worlds with R replications leave w^2 / n + p^2 / (n R) at n (c + r R): the least is at
    R = p / w sqrt(c / r).
    """
    a_world = seconds["worlds"] / WORLDS
    a_replication = seconds["runs"] / WORLDS / REPLICATIONS
    kept = ("unit", "sd_world", "sd_world_low", "sd_world_high", "sd_pair", "limit")
    return {
        row["policy"]: {**{name: row[name] for name in kept}, "replications_worth_most": None
                        if row["sd_world_low"] <= 0.0 else
                        round(row["sd_pair"] / row["sd_world"] * (a_world / a_replication) ** 0.5, 2)}
        for row in found.table.to_dict("records")}


def spread_words(row: dict[str, Any]) -> list[str]:
    """The standard deviation between worlds with its interval, and that of a pair."""
    factor, unit = effect_scale(row["unit"], row["sd_world_high"])
    between, low, high, pair = (factor * row[name] for name in ("sd_world", "sd_world_low", "sd_world_high", "sd_pair"))
    return [with_interval(between, low, high, unit), f"{pair:.1f} {unit}"]


def in_words(results: dict[str, Any]) -> str:
    """What was measured, in Markdown."""
    seconds = results["processor_seconds"]
    total = sum(seconds.values())
    lines = [
        f"{results['worlds']} worlds, {results['policies']} policies and the status quo, {results['replications']} "
        f"matched pairs in each, {results['effect_sizes']} effect sizes: **{total:.0f} seconds of processor time**, so "
        f"about {total / 2:.0f} seconds on two cores. With two workers it took "
        f"{results['wall_seconds_two_workers']:.0f} seconds of wall time on a machine whose load before was "
        f"{results['load_before']:.1f} (above 0.5 other programs were at work, and the wall time says little).", "",
        "| stage | processor seconds |", "|---|---|",
        f"| worlds: drawn, weighed, each calibrated by 6 warm-ups | {seconds['worlds']:.1f} |",
        f"| runs: a warm-up and 6 continuations, {results['replications']} times in each world "
        f"| {seconds['runs']:.1f} |",
        f"| the two switches of coverage, in 16 worlds | {seconds['switches']:.1f} |",
        f"| effects, drivers, decision | {seconds['composing']:.1f} |", "",
        "| policy | standard deviation of its effect between worlds (95 % interval) | of a single pair "
        "| what limits the answer | best replications a world |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join([name, *spread_words(row), row['limit']])} | "
          f"{row['replications_worth_most'] or 'many: worlds do not clearly differ'} |"
          for name, row in results["policies_found"].items()), "",
        f"{results['machine']}, Python {results['python']}, sources {results['sources']}, parameters "
        f"{results['registry']}."]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
