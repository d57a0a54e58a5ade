"""What a shell offers at Tab: presets and files, parameters, levers and measures. Loads no engine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from simlead.model.preset_values import EFFECT_SIZES, PRESETS
from simlead.model.scenario import REGISTRY
from simlead.results.export import SUFFIXES
from simlead.show.language import LANGUAGES

MOST_FILES = 200
"""Files that are offered at most."""


def firms(incomplete: str) -> list[str]:
    """Presets and scenario files that begin so.

    >>> firms("lea")
    ['leadership']
    """
    return [*beginning(PRESETS, incomplete), *files(incomplete, (".toml",))]


def files(incomplete: str, suffixes: tuple[str, ...]) -> list[str]:
    """Folders, and files with one of these endings, whose path begins so."""
    folder, slash, name = incomplete.rpartition("/")
    place = Path(f"{folder}{slash}" or ".")
    if not place.is_dir():
        return []
    there = sorted(each for each in place.iterdir() if each.name.startswith(name) and (name or each.name[0] != "."))
    return [f"{folder}{slash}{each.name}{'/' if each.is_dir() else ''}" for each in there
            if each.is_dir() or each.suffix.lower() in suffixes][:MOST_FILES]


def assignments(incomplete: str) -> list[str]:
    """Parameters that begin so, ready for a value.

    >>> assignments("policy.coaching_sh")
    ['policy.coaching_share=']
    """
    return [] if "=" in incomplete else [f"{path}=" for path in beginning(REGISTRY, incomplete)]


def levers(incomplete: str) -> list[str]:
    """Levers that begin so, ready for a value."""
    return [each for each in assignments(incomplete) if each.startswith("policy.")]


def measures(incomplete: str) -> list[str]:
    """Measures that begin so.

    >>> measures("market_share_g")
    ['market_share_growth']
    """
    from simlead.results.measures import MEASURES

    return beginning(MEASURES, incomplete)


def effect_sizes(incomplete: str) -> list[str]:
    """Sets of effect sizes."""
    return beginning(EFFECT_SIZES, incomplete)


def engines(incomplete: str) -> list[str]:
    """Engines."""
    from simlead.study.engines import ENGINES

    return beginning(ENGINES, incomplete)


def languages(incomplete: str) -> list[str]:
    """Languages of charts and reports."""
    return beginning(LANGUAGES, incomplete)


def formats(incomplete: str) -> list[str]:
    """Formats of tables."""
    return beginning([suffix[1:] for suffix in SUFFIXES], incomplete)


def beginning(names: Iterable[str], incomplete: str) -> list[str]:
    """Those of the names that begin so."""
    return [name for name in names if name.startswith(incomplete)]
