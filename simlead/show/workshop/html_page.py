"""The frame of every page of the workshop: language, direction of writing, title, and a width that fits a phone."""

from __future__ import annotations

from html import escape

from simlead.show.language import direction, language


def html_page(title: str, head: str, body: str) -> str:
    """A page in the language in use: `head` are its styles, `body` the whole element.

    >>> html_page("A & B", "", "<body></body>").splitlines()[1:3]
    ['<html lang="en" dir="ltr">', '<head>']
    """
    return f"""<!doctype html>
<html lang="{language()}" dir="{direction()}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
{head}
</head>
{body}
</html>
"""
