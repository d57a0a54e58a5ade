"""What a chart must hold to in Persian, beside the same chart in English: one finding, two languages."""

import re

from legible import assert_legible, shown

from simlead.show.charts.axes import title_of
from simlead.show.language import in_language, localised

_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789.", "٬")


def numbers(text):
    """The numbers of a text, in order of size, whatever digits they are written in; signs apart."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text.translate(_LATIN))
    return sorted(float(found) for found in re.findall(r"\d*\.?\d+", plain))


def persian(draw, *own):
    """The chart in Persian, having looked at all that can be looked at without eyes.

    `draw` makes the chart; `own` are the words in it that are the user's. Its title has the
    numbers of the English one, it draws the same lines and bars, no English word is left in it, and
    its letters are large enough, within the picture and on nobody else's.
    """
    english = draw()
    with in_language("fa"):
        chart = draw()
    assert title_of(chart) != title_of(english) and numbers(title_of(chart)) == numbers(title_of(english))
    assert marks(chart) == marks(english)
    with in_language("fa"):
        theirs = [re.escape(form) for word in own for form in (word, localised(word))]
    allowed = re.compile("|".join(["MSER-۵", r"\bN\b", *(rf"\b{form}\b" for form in theirs)]), re.IGNORECASE)
    texts = shown(chart)
    read = [" ".join(re.sub("[\u200e\u200f]", "", text.get_text()).split()) for text in texts]
    left = [text for text in read if re.search("[A-Za-z0-9%,;]", allowed.sub("", text))]
    assert left == [], left
    assert_legible(texts)
    return chart


def marks(ax):
    """What is drawn under which name, in data: at least one interval or share is."""
    found = []
    for panel in (ax, *ax.child_axes):
        found += [(line.get_gid(), *map(float, line.get_xdata())) for line in panel.lines if line.get_gid()]
        found += [(bar.get_gid(), bar.get_x(), bar.get_width()) for bar in panel.patches if bar.get_gid()]
        found += [(some.get_gid(), *map(float, path.vertices.ravel())) for some in panel.collections
                  if some.get_gid() for path in some.get_paths()]
    assert {"interval", "together", "band", "share", "second stage"} & {name for name, *_ in found}
    return sorted(found)
