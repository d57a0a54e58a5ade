"""Does the compiled engine of version 2 take longer to compile than that of version 1? In turns, on one machine.

    git worktree add out/version_1 a10ada5
    python experiments/02_speed/against_version_1.py out/version_1 [--rounds 12]

Each round starts a process a version, which makes one run of the default firm from an empty cache; what counts is its
processor time, and the median of the rounds' ratios. Writes version_1.json and a line in README.md, all in this folder.
"""

from __future__ import annotations

import argparse
import compileall
import json
import re
import resource
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from machine import provenance
from rich.progress import track
from section import Goal, digits
from startup import PACKAGE, RUN, seconds_of

from simlead.results.files import whole_file

HERE = Path(__file__).parent
PLACE = re.compile(r"(?<=<!-- version 1 -->\n).*?(?=<!-- end -->)", re.DOTALL)


def processor_seconds(package: Path) -> float:
    """Of a new process that compiles into a cache of its own and makes a run."""
    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before = used()
    with tempfile.TemporaryDirectory() as cache:
        seconds_of(RUN, Path(cache), package)
    return used() - before


def measured(versions: dict[str, Path], rounds: int) -> Iterator[dict[str, float]]:
    """Processor seconds of each version, round after round; every other round begins with the last."""
    for number in track(range(rounds), "rounds"):
        order = list(versions.items())
        yield {name: processor_seconds(package) for name, package in (order if number % 2 else reversed(order))}


def main() -> None:
    """Measure and write."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("checkout", type=Path, help="a checkout of version 1")
    reader.add_argument("--rounds", type=int, default=12)
    asked = reader.parse_args()
    old = asked.checkout.resolve() / "simlead"
    if not (old / "engines").is_dir():
        reader.error(f"{asked.checkout}: no checkout of simlead is there")
    versions = {"version 1": old, "version 2": PACKAGE}
    for package in versions.values():  # the modules' byte code, which an installation has
        compileall.compile_dir(package, quiet=2)
    seconds = list(measured(versions, asked.rounds))
    ratios = sorted(each["version 2"] / each["version 1"] for each in seconds)
    goal = Goal("times the processor time of version 1, cold", statistics.median(ratios), high=1.1)
    medians = {name: statistics.median(each[name] for each in seconds) for name in versions}
    with whole_file(HERE / "version_1.json", overwrite=True) as place:
        place.write_text(json.dumps({"provenance": provenance(), "seconds": seconds, "ratio": goal.value,
                                     "high": goal.high, "met": goal.met}, indent=1) + "\n", encoding="utf-8")
    page = HERE / "README.md"
    quarter, half = len(ratios) // 4, len(ratios)
    line = (f"{asked.rounds} rounds in turns on one machine: version 1 {digits(medians['version 1'])} s, version 2 "
            f"{digits(medians['version 2'])} s of processor time (medians); the ratio is **{digits(goal.value)}** "
            f"(middle half of the rounds {digits(ratios[quarter])} to {digits(ratios[half - 1 - quarter])}), "
            f"{'met' if goal.met else 'missed'}: at most {goal.high}. Engines {provenance()['engines']}.\n")
    page.write_text(PLACE.sub(lambda _: line, page.read_text(encoding="utf-8")), encoding="utf-8")
    print(line)  # noqa: T201


if __name__ == "__main__":
    main()
