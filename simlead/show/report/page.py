"""The document as one HTML file: nothing fetched, nothing run, pictures and letters inside."""

from __future__ import annotations

import base64
import re
from importlib.resources import files

from simlead.show.format import count
from simlead.show.language import in_language, say
from simlead.show.report.document import Column, Document, unbroken
from simlead.show.report.fonts import embedded_font

PROSE_FROM = 40
"""Longer cells of a column left to right are sentences, not code."""


_DOI = re.compile(r"https://doi\.org/[!-;=?-~]+$")

_PLACES = re.compile(r"([._/]+)(?=[\w])")
"""Where a long path may be broken between lines, once it is escaped."""


def page(document: Document) -> str:
    """The HTML of a document; the same document gives the same text.

    All texts are escaped. The only addresses in it that anything is loaded from are `data:`.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup, escape

    def cell_of(cell: str, column: Column) -> Markup:
        """A cell; what is left to right in every language is kept so."""
        if column.kind != "code" or not cell:
            return Markup("<bdi>{}</bdi>").format(unbroken(cell))  # a name may be of another script than its table
        if (found := _DOI.search(cell)) is not None:
            before, address = cell[:found.start()], found[0]
            return Markup('<span dir="ltr" lang="en">{0}<a href="{1}">{1}</a></span>').format(before, address)
        kind = "span" if len(cell) > PROSE_FROM and " " in cell else "code"
        text = Markup(_PLACES.sub(r"\1<wbr/>", str(escape(cell))))
        return Markup('<{0} dir="ltr" lang="en">{1}</{0}>').format(kind, text)

    folder = files("simlead.show.report")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))
    style = folder.joinpath("page.css").read_text(encoding="utf-8")
    words = {"document": document, "say": say, "number": count, "cell_of": cell_of, "unbroken": unbroken,
             "part_name": lambda part: say(f"report.parts.{part}"),
             "encoded": lambda png: base64.b64encode(png).decode("ascii")}
    with in_language(document.language):
        letters = "".join(sorted(set(template.render(style="", **words))))
        return template.render(style=Markup(_styled(style, document, letters)), **words) + "\n"


def _styled(style: str, document: Document, letters: str) -> str:
    """The style sheet with the language's letters and, on every printed page, an unfinished study's mark."""
    mark = f'@top-center {{ content: "{document.mark}"; font-weight: bold; color: #9c2f00; }}' if document.mark else ""
    brand = document.brand
    style = style.replace("PAGE_MARK", mark).replace("#ON_ACCENT", f"#{brand.on_colour}")
    style = style.replace("#ACCENT", f"#{brand.colour}").replace("#LINK", f"#{brand.on_white}")
    if document.direction != "rtl":
        return style.replace("FONT ", "").strip()
    faces = "\n".join(embedded_font(letters, weight) for weight in ("normal", "bold"))
    return f"{faces}\n{style.replace('FONT ', 'simlead, ')}".strip()
