"""The gallery's small pictures on one sheet, which is committed: a code host shows nothing that a build must draw."""

from __future__ import annotations

import hashlib
from pathlib import Path

SHEET = "images/gallery.png"
"""Where the sheet is, below docs/."""

WIDTH, HEIGHT, GAP, COLUMNS, COLOURS = 320, 180, 8, 3, 256


def make_sheet(pictures: Path, names: list[str], codes: list[str], out: Path) -> None:
    """Put small copies of `pictures/NAME.png` on a sheet, and into it which charts by which code they are."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    rows = -(-len(names) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (WIDTH + GAP) + GAP, rows * (HEIGHT + GAP) + GAP), "#d0d0d0")
    for place, name in enumerate(names):
        sheet.paste(small(pictures / f"{name}.png"), corner(place))
    about = PngInfo()
    about.add_text("charts", " ".join(names))
    about.add_text("code", code_hash(codes))
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(out, pnginfo=about, optimize=True)


def small(picture: Path) -> object:
    """A small copy of a picture."""
    from PIL import Image

    with Image.open(picture) as whole:
        return whole.convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def corner(place: int) -> tuple[int, int]:
    """Where the picture of this number stands.

    >>> corner(0), corner(4)
    ((8, 8), (336, 196))
    """
    return GAP + place % COLUMNS * (WIDTH + GAP), GAP + place // COLUMNS * (HEIGHT + GAP)


def code_hash(codes: list[str]) -> str:
    """Sixteen hexadecimal digits for the code of all pictures.

    >>> code_hash(["a"]) == code_hash(["b"])
    False
    """
    return hashlib.sha256("\n\n".join(codes).encode()).hexdigest()[:16]
