"""The calendar and the draws against the same algorithm in C: what a compiler for C would still gain."""

from __future__ import annotations

import ctypes
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import kernel
from section import Goal, Section, digits
from timing import in_turns, medians, spread

SOURCE = Path(__file__).with_name("kernel.c")
BUILDS = {"C, -O2": ["-O2"], "C, -O3 for this processor": ["-O3", "-march=native"]}
OURS = "compiled engine's calendar and draws"

PENDING = 1_000  # timers at once; the default firm has some hundreds
MEAN_HOURS = 24.0
BUCKETS_PER_HOUR = PENDING / MEAN_HOURS / 48.0  # as the engine cuts its calendar: 48 timers to a bucket
SEED = 0


def measure(quick: bool) -> Section:
    """The kernel compiled from Python and from C, in turns; all must give the same numbers."""
    if shutil.which("cc") is None:
        return Section(
            "The same algorithm in C", "Not measured: this machine has no C compiler named cc.", [], [])
    count, rounds = (200_000, 3) if quick else (5_000_000, 9)
    end_hour = end_of(count)

    def ours(number: int) -> tuple[float, int]:
        return kernel.hold(PENDING, count, number, MEAN_HOURS, end_hour, BUCKETS_PER_HOUR)

    with tempfile.TemporaryDirectory() as folder:
        contestants = {OURS: ours}
        for name, options in BUILDS.items():
            contestants[name] = built(Path(folder), options, count, end_hour)
        answers = {name: checksum(contestant(SEED)) for name, contestant in contestants.items()}
        if len(set(answers.values())) != 1:
            raise SystemExit(f"C and Python differ: {answers}")
        samples = in_turns(contestants, rounds)

    an_event = {name: seconds * 1e9 / count for name, seconds in medians(samples).items()}
    rows = [
        [name, digits(nanoseconds), f"{spread(samples[name]):.1%}", f"{digits(an_event[OURS] / nanoseconds)} x"]
        for name, nanoseconds in an_event.items()]
    slower = an_event[OURS] / an_event["C, -O2"]
    return Section(
        "The same algorithm in C",
        f"{PENDING:,} timers, each set anew by a named exponential draw when it goes off, {count:,} times. "
        f"All gave the same sum of times and mix of places to the last bit ({answers[OURS]}).",
        ["kernel", "ns an event", "spread", "ours over this"], rows,
        [Goal("times as long as C, -O2", slower, high=1.25)],
        {"samples": samples, "checksum": answers[OURS], "compiler": compiler()})


def end_of(count: int) -> float:
    """An hour by which so many timers have surely gone off."""
    return 2.0 * MEAN_HOURS * count / PENDING + 1000.0


def built(folder: Path, options: list[str], count: int, end_hour: float) -> Callable[[int], tuple[float, int]]:
    """The kernel built from C with these options, as a function of the seed."""
    library = folder / f"kernel{'_'.join(options)}.so"
    subprocess.run(
        ["cc", *options, "-ffp-contract=off", "-std=c11", "-shared", "-fPIC", str(SOURCE), "-o", str(library), "-lm"],
        check=True)
    function = ctypes.CDLL(str(library)).hold
    whole, real = ctypes.c_int64, ctypes.c_double
    function.argtypes = [
        whole, whole, whole, whole, whole, real, real, real, ctypes.POINTER(real), ctypes.POINTER(whole)]

    def hold(seed: int) -> tuple[float, int]:
        total, mixed = real(), whole()
        failed = function(
            PENDING, count, seed, kernel.KIND, kernel.PURPOSE, MEAN_HOURS, end_hour, BUCKETS_PER_HOUR,
            ctypes.byref(total), ctypes.byref(mixed))
        if failed:
            raise MemoryError("the C kernel found no memory")
        return total.value, mixed.value

    return hold


def checksum(answer: tuple[float, int]) -> str:
    """The bits of an answer."""
    return struct.pack(">dq", *answer).hex()


def compiler() -> str:
    """The first line of what the C compiler says about itself."""
    return subprocess.run(["cc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
