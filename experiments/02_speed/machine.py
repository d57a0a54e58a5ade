"""What the numbers belong to: the processor, the versions, and the hashes of what was timed."""

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import version
from pathlib import Path

from simlead.model.meaning import source_hash
from simlead.model.scenario import Scenario

PACKAGES = ("simlead", "numpy", "numba", "simpy", "salabim", "ciw", "mesa", "loky")
HERE = Path(__file__).parent


def provenance() -> dict[str, object]:
    """All of it; nothing here tells when or where, only what."""
    return {
        "processor": processor(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {package: version(package) for package in PACKAGES},
        "engines": source_hash(),
        "experiment": experiment_hash(),
        "scenario": Scenario().hash(),
    }


def experiment_hash() -> str:
    """Sixteen hexadecimal digits that stand for the sources in this folder."""
    digest = hashlib.sha256()
    for path in sorted([*HERE.rglob("*.py"), *HERE.rglob("*.c")]):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def processor() -> str:
    """The processor's name, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
