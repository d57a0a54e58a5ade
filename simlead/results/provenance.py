"""Provenance of a number: versions, platform, and hashes of sources and parameters."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import platform
from importlib import metadata, resources
from pathlib import Path

from simlead.model.cache import kept
from simlead.model.meaning import hash_of_meaning
from simlead.model.meaning import source_hash as source_hash
from simlead.model.scenario import REGISTRY, Scenario

PACKAGES = ("simlead", "numpy", "scipy", "numba", "simpy", "pandas", "pyarrow")


@dataclasses.dataclass(frozen=True)
class Provenance:
    """What it would take to make a run again; every hash has sixteen hexadecimal digits.

    `parameters` stands for the values of all parameters, `registry` for their declarations (defaults, ranges,
    sources), `sources` for the code of model and engines and the data that ships with them.
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
        platform=f"{platform.system()} {platform.machine()}",
        versions={package: installed(package) for package in PACKAGES},
    )


EARLIER_SOURCES = ("3dbfd9a75b88855e", "c074f1928bb25d95", "989a10db3fa76d02", "a576e67afbb54b59", "2af545f153fc0ea1",
                   "570f4e09f022a978")
"""Source hashes under which runs were stored that this code repeats, as the golden runs prove: of 0.1.0, and of
committed studies (since the first of these, firms have a label for their currency, and code is compiled otherwise)."""

EARLIER_REGISTRIES = ("b68f51cf142bc3f9",)
"""Registry hashes of released versions whose stored scenarios are complete with `NEUTRAL`: 0.1.0."""


def same_answers(there: str, here: str = "") -> bool:
    """Whether a run made under the hash `there` is the run that this code makes.

    `here` is this code's hash of the same kind (sources if left out, or the registry). Names of
    identifiers may change it without changing any run; earlier hashes of that sort are listed.

    >>> same_answers(source_hash()), same_answers("3dbfd9a75b88855e"), same_answers("0123456789abcdef")
    (True, True, False)
    """
    here = here or source_hash()
    earlier = {source_hash(): EARLIER_SOURCES, registry_hash(): EARLIER_REGISTRIES}
    return there == here or there in earlier.get(here, ())


@functools.cache
def registry_hash() -> str:
    """Stands for the declaration of every parameter; the words of its meaning do not count.

    >>> len(registry_hash())
    16
    """
    words = ("meaning", "works_through", "neutral", "probability", "reason", "acts_with")
    lines = [{name: value for name, value in dataclasses.asdict(line).items() if name not in words}
             for line in REGISTRY.values()]
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()[:16]


METHODS = ("statistics", "study")
"""The floors that make results of runs: estimators and analyses."""


@functools.cache
def methods_hash() -> str:
    """Stands for the code of estimators and analyses, which `source_hash` leaves out: runs do not depend on it.

    >>> len(methods_hash())
    16
    """
    package, digest = Path(str(resources.files("simlead"))), hashlib.sha256()
    for file in sorted(file for floor in METHODS for file in (package / floor).rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return kept(f"methods {digest.hexdigest()[:16]}", lambda: hash_of_meaning(package, METHODS))


@functools.cache
def installed(package: str) -> str:
    """The version of a package; "not installed" also of simlead itself, run from its sources."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
