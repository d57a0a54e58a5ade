"""The client's name, colour and logo on a report, read and checked."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import warnings
from pathlib import Path

from simlead.model.parameters import ParameterError
from simlead.model.toml_file import refuse_unreadable
from simlead.show.user_text import clean

ACCENT, INK, WHITE = "0B5C8E", "1A1A1A", "FFFFFF"
"""The colour of a report without a client's, and those of letters."""

LONGEST_NAME = 60
LARGEST_LOGO, MOST_PIXELS, WIDEST = 10_000_000, 50_000_000, 1_000
"""Bytes of a logo's file, its pixels, and the longer side in pixels that a report keeps."""

READABLE = 4.5
"""The contrast that letters need (WCAG 2, level AA)."""


@dataclasses.dataclass(frozen=True)
class Brand:
    """Whose report it is: a name, a colour of six hexadecimal digits, a logo as PNG with its size in pixels."""

    client: str = ""
    colour: str = ACCENT
    logo: bytes = b""
    width: int = 0
    height: int = 0

    @property
    def on_white(self) -> str:
        """The colour of letters on white: the client's, where it can be read."""
        return self.colour if contrast(self.colour, WHITE) >= READABLE else INK

    @property
    def on_colour(self) -> str:
        """The colour of letters on the client's."""
        return WHITE if contrast(self.colour, WHITE) >= contrast(self.colour, INK) else INK


def brand_of(client: str = "", colour: str = "", logo: str | os.PathLike[str] | None = None) -> Brand:
    """Check a client's name, colour and logo.

    Raises ParameterError, in one line, for a colour that is none and a file that is no picture.

    >>> brand_of("Acme", "#1f4e79").colour
    '1F4E79'
    >>> brand_of(colour="blue-ish")
    Traceback (most recent call last):
    ...
    simlead.model.parameters.ParameterError: colour 'blue-ish': allowed is six hexadecimal digits, such as 1f4e79
    """
    content, width, height = (b"", 0, 0) if logo is None else read_logo(Path(logo))
    return Brand(clean(client, LONGEST_NAME), _colour(colour) if colour else ACCENT, content, width, height)


def _colour(text: str) -> str:
    digits = text.strip().removeprefix("#")
    if re.fullmatch("[0-9a-fA-F]{3}", digits):
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch("[0-9a-fA-F]{6}", digits):
        raise ParameterError(f"colour {text!r:.40}: allowed is six hexadecimal digits, such as 1f4e79")
    return digits.upper()


def read_logo(path: Path) -> tuple[bytes, int, int]:
    """A logo as PNG without anything else that its file holds, and its size; ParameterError where it is no picture."""
    from PIL import Image, UnidentifiedImageError

    allowed = "allowed is a PNG or JPEG file"
    try:
        refuse_unreadable(path, "logo", LARGEST_LOGO)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a picture that would fill the memory
            with Image.open(path, formats=("PNG", "JPEG")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise ParameterError(f"{opened.width} x {opened.height} pixels; allowed are {MOST_PIXELS:,} in all")
                picture = opened.convert("RGBA")
    except ParameterError as refusal:
        raise ParameterError(f"logo {path}: {refusal}") from None
    except UnidentifiedImageError:
        raise ParameterError(f"logo {path}: not a picture that can be read; {allowed}") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as trouble:
        reason = getattr(trouble, "strerror", None) or " ".join(str(trouble).split())[:80]
        raise ParameterError(f"logo {path}: cannot be read ({reason}); {allowed}") from None
    picture.thumbnail((WIDEST, WIDEST))
    content = io.BytesIO()
    picture.save(content, format="png", optimize=True)
    return content.getvalue(), picture.width, picture.height


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2, from 1 to 21.

    >>> round(contrast("000000", "FFFFFF")), round(contrast("FFFFFF", "FFFFFF"))
    (21, 1)
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(digits: str) -> float:
    parts = [int(digits[place:place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
