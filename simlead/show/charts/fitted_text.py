"""Text that fits its room: its width, its lines, a headline's size, and labels that do not touch."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from simlead.show.charts.palette import HEADLINE, SMALLEST_HEADLINE
from simlead.show.language import direction, say
from simlead.show.user_text import abridged

MOST_LINES = 2
"""Lines of a title."""


@functools.lru_cache(maxsize=10_000)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in points."""
    width, _, _ = TextToPath().get_text_width_height_descent(
        text, FontProperties(size=size, weight=weight), ismath=False)
    return float(width)


def wrapped(text: str, size: float, points: float, weight: str = "normal") -> str:
    """The text broken into lines no wider than so many points.

    No line ends within an interval, within a short aside, or before a percent sign.

    >>> wrapped("It lies at 9 (4 to 14)", 14.0, 125.0)
    'It lies at 9\\n(4 to 14)'
    >>> wrapped("Smallest: 1 %.", 14.0, 85.0)
    'Smallest:\\n1 %.'
    """
    lines: list[str] = []
    to = say("words.to", low="", high="").strip()
    whole = rf"\S*\d\S* {to} \S*\d\S*|\S*\d %\S*|\S+"
    for word in re.findall(rf"\([^()]{{1,{points / size:.0f}}}\)\S*|{whole}", " ".join(text.split())):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= points:
            lines[-1] = longer
        else:
            lines.append(word)
    # Each line is laid out by itself, so each needs a mark of its direction.
    mark = "\N{RIGHT-TO-LEFT MARK}" if direction() == "rtl" else ""
    return "\n".join(mark + line.removeprefix(mark) for line in lines)


def lines_within(text: str, size: float, points: float, most: int, weight: str = "normal") -> str:
    """The text in at most so many lines; what has no room is left out, and an ellipsis says so."""
    shown, length = wrapped(text, size, points, weight), len(text)
    while length > 1 and (shown.count("\n") >= most or any(
            text_width(line, size, weight) > points for line in shown.split("\n"))):
        length -= 1
        shown = wrapped(abridged(text, length), size, points, weight)
    return shown


def balanced(text: str, size: float, points: float, weight: str = "normal") -> str:
    """The text in as few lines as it needs, about equally long: no word stands alone."""
    shown = wrapped(text, size, points, weight)
    while "\n" in shown:
        points *= 0.97
        narrower = wrapped(text, size, points, weight)
        if narrower.count("\n") > shown.count("\n") or any(
                text_width(line, size, weight) > points for line in narrower.split("\n")):
            break
        shown = narrower
    return shown


def headline(titles: Sequence[str], points: float) -> tuple[str, float]:
    """The fullest of these titles that takes two lines, and the largest size at which it does."""
    for size in (HEADLINE, (HEADLINE + SMALLEST_HEADLINE) / 2, SMALLEST_HEADLINE):
        for title in titles:
            lines = wrapped(title, size, points, "bold")
            if lines.count("\n") < MOST_LINES:
                return balanced(title, size, points, "bold"), size
    return lines_within(titles[-1], SMALLEST_HEADLINE, points, MOST_LINES, "bold"), SMALLEST_HEADLINE


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """The positions moved apart until neighbours are at least `gap` away, order kept.

    >>> spread([1.0, 1.0, 5.0], 1.0)
    [0.5, 1.5, 5.0]
    """
    order = sorted(range(len(positions)), key=lambda place: positions[place])
    clusters: list[list[int]] = []
    for place in order:
        clusters.append([place])
        while len(clusters) > 1:
            below, above = clusters[-2:]
            middle = [sum(positions[i] for i in group) / len(group) for group in (below, above)]
            if middle[1] - middle[0] >= gap * (len(below) + len(above)) / 2 - 1e-12:
                break
            clusters[-2:] = [below + above]
    moved = [0.0] * len(positions)
    for group in clusters:
        middle_of_group = sum(positions[i] for i in group) / len(group)
        for step, place in enumerate(group):
            moved[place] = middle_of_group + (step - (len(group) - 1) / 2) * gap
    return moved
