"""Markdown from plain text: tables, cells, and docstrings as they are written in this project."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Sequence

from simlead.model.sources import SOURCES

_CODE = re.compile(r"(`[^`\n]+`)")
_ROLE = re.compile(r":[a-z:]+:`~?([^`]+)`")
_SPECIAL = re.compile(r"([*_<>\[\]|$#~{}\\])")
_BAR = re.compile(r"(?<!\\)\|")
_FORMULA = re.compile(r"[^\n]+ = [^\n]+[^.:\n]")  # a line by itself that is no sentence
_SPECIFICATION = re.compile(r" \(MODEL\.md[^)]*\)")  # what the ODD page says instead
_KEY = re.compile(r"\b([VR]\d{2,3})\b")


def escaped(text: str) -> str:
    """Plain words as Markdown that looks the same; `code` stays code.

    >>> escaped("C* of |x| in `a_b`")
    'C\\\\* of \\\\|x\\\\| in `a_b`'
    """
    return "".join(
        piece if place % 2 else _SPECIAL.sub(r"\\\1", piece)
        for place, piece in enumerate(_CODE.split(text)))


def cited(text: str) -> str:
    """Markdown in which the keys of the bibliography lead there.

    >>> cited("Source: V43.")
    'Source: [V43](#v43).'
    """
    pieces = _CODE.split(text)
    return "".join(
        piece if place % 2 else _KEY.sub(lambda key: link(key[1]), piece)
        for place, piece in enumerate(pieces))


def link(key: str) -> str:
    """A key of the bibliography, leading there if it is one."""
    return f"[{key}](#{key.lower()})" if key in SOURCES else key


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the cells are Markdown already, and a bar in one of them, even in code, is no border.

    >>> print(table(["name"], [["`A|B`"]]))
    | name |
    | --- |
    | `A\\|B` |
    """
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_BAR.sub(r"\|", cell.replace("\n", " ")) for cell in line) + " |"
                     for line in lines)


def paragraphs(docstring: str | None) -> str:
    """A cleaned docstring as Markdown: prose, formulas as code, examples as a session.

    >>> print(paragraphs("Growth per hour:\\n\\n    exp(g * t)"))
    Growth per hour:
    <BLANKLINE>
    ```text
    exp(g * t)
    ```
    """
    text = _ROLE.sub(r"`\1`", _SPECIFICATION.sub("", docstring or ""))
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.splitlines()
        if lines and lines[0].startswith(">>>"):
            found.append(fenced("\n".join(lines), "pycon"))
        elif lines and (all(line.startswith(" ") for line in lines) or _FORMULA.fullmatch(block)):
            found.append(fenced(textwrap.dedent(block), "text"))
        elif lines and lines[0].startswith(("* ", "- ")):
            found.append(_listed(lines))
        else:
            found.append(cited(escaped(" ".join(line.strip() for line in lines))))
    return "\n\n".join(found)


def linked(lines: Sequence[str]) -> list[str]:
    """The lines of a docstring as reStructuredText whose keys of the bibliography lead there.

    >>> linked(["Source: V43, as `compare` says.", ">>> 'V43'"])
    ['Source: :ref:`V43 <v43>`, as `compare` says.', ">>> 'V43'"]
    """
    found, example = [], False
    for line in lines:
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if not example:
            pieces = _CODE.split(_ROLE.sub(r"`\1`", _SPECIFICATION.sub("", line)))
            line = "".join(piece if place % 2 else _KEY.sub(_reference, piece) for place, piece in enumerate(pieces))
        found.append(line)
    return found


def _reference(key: re.Match[str]) -> str:
    return f":ref:`{key[1]} <{key[1].lower()}>`" if key[1] in SOURCES else key[1]


def undocumented(name: str) -> str:
    """What a page shows for a name that nothing is written about; a test finds it."""
    return f"*undocumented: `{name}`*"


def first_sentence(docstring: str | None) -> str:
    """The first sentence of a docstring, as Markdown in one line."""
    first = re.split(r"\n\s*\n", _SPECIFICATION.sub("", inspect.cleandoc(docstring or "")), maxsplit=1)[0]
    return cited(escaped(" ".join(_ROLE.sub(r"`\1`", first).split())))


def fenced(text: str, language: str) -> str:
    """A block of code."""
    return f"```{language}\n{text}\n```"


def _listed(lines: Sequence[str]) -> str:
    """A list whose items may run over several lines."""
    items: list[str] = []
    for line in lines:
        if line.startswith(("* ", "- ")):
            items.append(line[2:].strip())
        else:
            items[-1] += " " + line.strip()
    return "\n".join(f"* {cited(escaped(item))}" for item in items)
