"""Where a number comes from: versions, platform, and hashes of sources and parameters."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import platform
from importlib import metadata, resources
from pathlib import Path

from simlead.model.scenario import REGISTRY, Scenario

PACKAGES = ("simlead", "numpy", "scipy", "numba", "simpy", "pandas", "pyarrow")


@dataclasses.dataclass(frozen=True)
class Provenance:
    """What it would take to make a run again; every hash has sixteen hexadecimal digits.

    `parameters` stands for the values of all parameters, `registry` for their declarations
    (defaults, ranges, sources), `sources` for the code of model and engines and the data
    that ships with them.
    """

    parameters: str
    registry: str
    sources: str
    python: str
    platform: str
    versions: dict[str, str]


def provenance(scenario: Scenario) -> Provenance:
    """The provenance of a run of this scenario, made here and now.

    >>> provenance(Scenario()).parameters == Scenario().hash()
    True
    """
    return Provenance(
        parameters=scenario.hash(),
        registry=registry_hash(),
        sources=source_hash(),
        python=platform.python_version(),
        platform=_platform(),
        versions=dict(_versions()),
    )


@functools.cache
def registry_hash() -> str:
    """Stands for the declaration of every parameter.

    >>> len(registry_hash())
    16
    """
    lines = [dataclasses.asdict(line) for line in REGISTRY.values()]
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()[:16]


@functools.cache
def source_hash() -> str:
    """Stands for the sources of model and engines and for the package's data.

    Unlike the rulebook's hash, which names caches of compiled code, it covers the data
    too: another calibration is another model.

    >>> len(source_hash())
    16
    """
    return hash_of_sources(Path(str(resources.files("simlead"))))


def hash_of_sources(package: Path) -> str:
    """The hash of a package folder's `model/**/*.py`, `engines/**/*.py` and `data/*.json`."""
    digest = hashlib.sha256()
    for floor, pattern in (("model", "*.py"), ("engines", "*.py"), ("data", "*.json")):
        for path in sorted((package / floor).rglob(pattern)):
            content = path.read_bytes()
            name = path.relative_to(package).as_posix()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


@functools.cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = []
    for package in PACKAGES:
        try:
            found.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            found.append((package, "not installed"))  # simlead itself, run from its sources
    return tuple(found)


@functools.cache
def _platform() -> str:
    return f"{platform.system()} {platform.machine()}"
