"""Fonts inside the page: the letters of DejaVu Sans that it uses.

DejaVu Sans ships with matplotlib; its licence allows embedding and subsets. WOFF rather than
WOFF2, whose compression would be one more library.
"""

from __future__ import annotations

import base64
import io
from functools import cache
from pathlib import Path

FILES = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
RANGE = "U+0600-06FF, U+200C-200F, U+FB50-FDFF, U+FE70-FEFF"
"""The letters that are taken from it: Persian's; others stay the machine's own."""

_SCRIPT = (range(0x0600, 0x0700), range(0x200C, 0x2010), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))


@cache
def embedded_font(letters: str, weight: str) -> str:
    """A `@font-face` rule with the letters of these that are Persian's, as a data address.

    >>> rule = embedded_font("سهم ۴", "normal")
    >>> rule.startswith("@font-face"), "url(data:font/woff;base64," in rule, len(rule) < 60_000
    (True, True, True)
    """
    import matplotlib
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    wanted = sorted({ord(letter) for letter in letters if any(ord(letter) in part for part in _SCRIPT)})
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / FILES[weight]
    options = subset.Options(layout_features=["*"], name_IDs=["*"], hinting=False, notdef_outline=True)
    options.drop_tables += ["FFTM"]  # the font editor's own time stamps
    with TTFont(path, recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.flavor = "woff"
        content = io.BytesIO()
        font.save(content)
    encoded = base64.b64encode(content.getvalue()).decode("ascii")
    return (f'@font-face {{ font-family: "simlead"; font-weight: {weight}; unicode-range: {RANGE}; '
            f"src: url(data:font/woff;base64,{encoded}) format(\"woff\"); }}")
