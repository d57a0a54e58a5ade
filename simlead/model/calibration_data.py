"""The calibrated numbers that ship with the package, read once.

`data/calibration.json` is written by `experiments/00_calibration/`; it holds, for each
organisation and set of effect sizes, the values of the parameters that are solved for, and the
hash of what produced them.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

CALIBRATION: dict[str, Any] = json.loads(
    resources.files("simlead").joinpath("data/calibration.json").read_text(encoding="utf-8")
)


def calibrated(name: str) -> dict[str, float]:
    """The solved parameters of one organisation under one set of effect sizes, by dotted path.

    >>> sorted(calibrated("default.evidence"))[0]
    'organisation.overhead_per_seat_year'
    """
    values: dict[str, float] = CALIBRATION["sets"][name]["values"]
    return values


EVIDENCE = calibrated("default.evidence")
