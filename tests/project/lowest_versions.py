"""Print the lowest version that pyproject.toml declares of every package, one requirement a line.

    python tests/project/lowest_versions.py > lowest.txt

It covers what the package itself needs, the extras `study`, `report` and `xarray`, and the group `test` (at its newest
versions: those are tools, not promises). A workflow installs the file on the oldest Python and runs the tests.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
EXTRAS = ("study", "report", "xarray")


def lowest(requirement: str) -> str:
    """The requirement of the lowest version that another one allows.

    >>> lowest("simpy>=4.1,<5")
    'simpy==4.1'
    """
    found = re.fullmatch(r"([\w.-]+(?:\[[\w,-]+\])?)>=([\w.]+)(?:,.*)?", requirement.replace(" ", ""))
    if not found:
        raise ValueError(f"{requirement}: a lowest version is needed (name>=version)")
    return f"{found[1]}=={found[2]}"


def requirements() -> list[str]:
    """The lowest versions of the package and its extras, then the tools of the tests as they are declared."""
    stated = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    wanted = [*stated["project"]["dependencies"]]
    for extra in EXTRAS:
        wanted += stated["project"]["optional-dependencies"][extra]
    return [*map(lowest, wanted), *stated["dependency-groups"]["test"]]


if __name__ == "__main__":
    sys.stdout.write("\n".join(requirements()) + "\n")
