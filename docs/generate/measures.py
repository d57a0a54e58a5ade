"""Measures with their units and meanings, from their registry."""

from __future__ import annotations

from simlead.results.measures import MEASURES

from .markdown import cited, escaped, table


def measures() -> str:
    """Every measure; a year's two names share a row."""
    rows = []
    for name, measure in MEASURES.items():
        if name.endswith("_base"):
            continue
        base = next((f"{stem}_base" for stem in (name, name.removesuffix("_final")) if f"{stem}_base" in MEASURES), "")
        meaning = measure.meaning.removesuffix(", final year") if base else measure.meaning
        names = f"`{name}`" + (f"<br>`{base}`" if base else "")
        rows.append([names, escaped(measure.unit), cited(escaped(meaning))])
    return table(["final year, base year", "unit", "meaning"], rows)
