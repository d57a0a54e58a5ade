"""What objects show of themselves in the current language: a short text, a page for notebooks and to print, a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simlead.show.notebook import objects, studies
from simlead.show.notebook.page import Faces, Page, page_html
from simlead.show.notebook.printed import terminal_text
from simlead.show.user_text import shortened

if TYPE_CHECKING:
    import pandas as pd

LONGEST_TEXT = 199

FACES: Faces = {**objects.FACES, **studies.FACES}
"""By name of a class: its short text, and its page. By name, because showing loads no class that runs anything."""

WHOLE = objects.WHOLE | studies.WHOLE


def text(found: Any) -> str:
    """The short text of an object, on one line.

    >>> from simlead.model.scenario import Scenario
    >>> text(Scenario().change({"policy.coaching_share": 0.5}))
    'Scenario: status quo, evidence effect sizes; coaching share 0.5 (was 0.2)'
    """
    return shortened(" ".join(_face(found)[0](found).split()), LONGEST_TEXT)


def html(found: Any) -> str:
    """The page of an object: a piece of HTML whose texts are escaped.

    >>> from simlead.model.scenario import Scenario
    >>> html(Scenario()).startswith("<div ")
    True
    """
    return page_html(_face(found)[1](found))


def printed(found: Any) -> str:
    """The page of an object as lines of text: what `print` shows.

    >>> from simlead.model.scenario import Scenario
    >>> print(printed(Scenario().change({"policy.coaching_share": 0.5})).splitlines()[0])
    Scenario: status quo, evidence effect sizes; parameters with other values: 1
    """
    return terminal_text(_face(found)[1](found))


def table(found: Any) -> pd.DataFrame:
    """The table of an object's page, with every row: a data frame of texts.

    >>> from simlead.model.scenario import Scenario
    >>> table(Scenario().change({"policy.coaching_share": 0.5})).iloc[0].tolist()
    ['Coaching share', '0.2', '0.5', "share of the manager's week", 'C']
    """
    import pandas as pd

    name = _name(found)
    page = WHOLE.get(name, FACES[name][1])(found)
    return pd.DataFrame(list(page.rows), columns=list(page.columns))


def _face(found: Any) -> tuple[Callable[[Any], str], Callable[[Any], Page]]:
    return FACES[_name(found)]


def _name(found: Any) -> str:
    return next(kind.__name__ for kind in type(found).__mro__ if kind.__name__ in FACES)
