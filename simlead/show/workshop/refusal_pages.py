"""Pages for requests that the server refuses: what happened and what to do, each on one screen of a phone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape

from simlead.show.language import LANGUAGES, direction, in_language, say
from simlead.show.workshop.html_page import html_page

REASONS = ("code", "barred", "lead", "name", "nothing", "failed")
"""Keys of the texts, `room.refused.REASON`."""

STYLE = """
body { margin: 0; color: #1b1b1b; font: 18px/1.4 system-ui, "Segoe UI", "Noto Sans", "Noto Sans Arabic", "Vazirmatn",
  Tahoma, "DejaVu Sans", sans-serif; }
main { max-width: 560px; margin: 0 auto; padding: 16px; }
section + section { margin-top: 20px; padding-top: 4px; border-top: 2px solid #d9d9d9; }
h1 { font-size: 24px; line-height: 1.25; margin: 14px 0 4px; text-wrap: balance; }
p { margin: 0; }
"""

POLICY = ("default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
          f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'")
"""What such a page may load: nothing but its own style, so that it is readable under a foreign name too."""


def refusal_page(reason: str, languages: Iterable[str] = LANGUAGES, **values: object) -> str:
    """The page for a reason in these languages, one below the other; the first is the page's own.

    >>> "Scan the code" in refusal_page("code", ["en"]), refusal_page("barred", seconds=40).count("<h1>")
    (True, 2)
    """
    codes, sections = list(languages), []
    for code in codes:
        with in_language(code):
            sections.append(f'<section lang="{code}" dir="{direction()}">'
                            f'<h1>{escape(say(f"room.refused.{reason}.what"))}</h1>'
                            f'<p>{escape(say(f"room.refused.{reason}.do", **values))}</p></section>')
    with in_language(codes[0]):
        return html_page(say("workshop.title"), f"<style>{STYLE}</style>",
                         "<body><main>\n" + "\n".join(sections) + "\n</main></body>")
