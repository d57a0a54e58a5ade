"""What a sweep shows of a measure, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simlead.study.sweeps.sweep import Sweep

MOST_HEADLINES = 2
"""Measures that are shown of a sweep."""

MOST_RUNS_COMPARED = 1_000_000
"""Number of runs up to which points are compared with one another."""


def reading_of(found: Sweep, measure: str, effect_sizes: str | None = None) -> list[str]:
    """What the sweep shows of a measure in sentences; none where there are too many runs to compare."""
    from simlead.show.sentences import sentences
    from simlead.study.reading import read_sweep

    if found.status().runs_done > MOST_RUNS_COMPARED:
        return []
    chosen = found.study.effect_sizes if effect_sizes is None else (effect_sizes,)
    return [f"Under {name} effect sizes: {sentence}" if len(chosen) > 1 else sentence
            for name in chosen for sentence in sentences(read_sweep(found, measure, name))]
