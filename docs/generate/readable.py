"""The pages that are made from the code, as plain Markdown in `docs/readable/`, for readers of the repository.

    python docs/generate/readable.py

writes them again; a test fails when they are stale.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":  # as a script it is no part of a package yet
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]
    import generate.readable

    generate.readable.write()
    raise SystemExit

from . import filled
from .markdown import first_sentence
from .outside import DOCS
from .python import found, home

FOLDER = DOCS / "readable"
PAGES = (
    *(f"reference/{name}.md" for name in (
        "parameters", "presets", "measures", "commands", "documents", "python", "charts", "study_files", "records",
        "sources")),
    *(f"explanation/{name}.md" for name in ("odd", "evidence", "worlds", "version_2", "stress_des")))
"""The pages that are shown so, below docs/."""

COMMAND = "python docs/generate/readable.py"
_HERE = re.compile(r"^\*In the repository: \[[^\]]*\]\(\.\./readable/[^)]*\)\.\*\n\n?", re.M)
_PLACE = re.compile(r"^\(([\w-]+)\)=$", re.M)
_DIRECTIVE = re.compile(r"^```\{eval-rst\}\n\.\. auto\w+:: ([\w.]+).*?^```$", re.M | re.S)
_DATA = re.compile(r"^(`{3,})\{py:data\} ([\w.]+)\n(.*?)^\1$", re.M | re.S)
_LINK = re.compile(r"\[([^\]\n]+)\]\((?!https?:|mailto:)([^)\s#]*)(#[^)\s]*)?\)")


def write() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Each page's text by the name of its file."""
    plain = {path: _plain(filled((DOCS / path).read_text(encoding="utf-8"))) for path in PAGES}
    places = {anchor: Path(path).name for path, text in plain.items()
              for anchor in re.findall(r'<a id="([^"]+)">', text)}
    made = {Path(path).name: _headed(path, _linked(path, text, places)) for path, text in plain.items()}
    titles = {name: text.partition("\n")[0].removeprefix("# ") for name, text in made.items()}
    return {"README.md": _index(titles), **made}


def _index(titles: dict[str, str]) -> str:
    lines = [f"- [{title}]({name})" for name, title in titles.items()]
    return ("# Reference\n\nWhat the code says of itself, for reading without a build of the site. These pages are "
            f"made by `{COMMAND}` and a test keeps them fresh; change the code or `docs/`, not these.\n\n"
            + "\n".join(lines) + "\n")


def _headed(path: str, text: str) -> str:
    title, _, rest = text.partition("\n")
    source = Path(os.path.relpath(DOCS / path, FOLDER)).as_posix()
    return f"{title}\n\n*Made from the code and [docs/{path}]({source}) by `{COMMAND}`.*\n{rest.rstrip()}\n"


def _plain(text: str) -> str:
    """Markdown that any host shows: places as anchors, directives as a line that leads to the source."""
    text = _DIRECTIVE.sub(lambda found: _entry(found[1]), text)
    text = _DATA.sub(lambda found: f'<a id="{found[2]}"></a>\n### `{found[2]}`\n\n{found[3].strip()}', text)
    text = re.sub(r"^```\{toctree\}.*?^```\n?", "", text, flags=re.M | re.S)
    return _PLACE.sub(r'<a id="\1"></a>', without_pointer(text))


def without_pointer(text: str) -> str:
    """A page without the line that leads readers of the repository to its copy.

    >>> without_pointer("# A\\n\\n*In the repository: [this page with its tables](../readable/a.md).*\\n\\nText")
    '# A\\n\\nText'
    """
    return _HERE.sub("", text, count=1)


def _entry(full: str) -> str:
    """A public name: its first sentence, and the module that has the rest."""
    module, _, name = full.rpartition(".")
    thing = found(full)
    where = home(name) if module == "simlead" else inspect.unwrap(thing).__module__
    file = inspect.getsourcefile(import_module(where))
    relative = Path(os.path.relpath(str(file), DOCS / "reference")).as_posix()
    return f'<a id="{full}"></a>\n### `{full}`\n\n{first_sentence(thing.__doc__)} [Source]({relative})'


def _linked(path: str, text: str, places: dict[str, str]) -> str:
    """A page's text with links that lead from `docs/readable/` to where they lead from docs/."""
    def link(found: re.Match[str]) -> str:
        words, file, anchor = found[1], found[2], found[3] or ""
        if not file:
            page = places.get(anchor[1:])
            away = page if page and page != Path(path).name else ""
            return f"[{words}]({away}{anchor})"
        target = (DOCS / path).parent.joinpath(file).resolve()
        if target.is_relative_to(DOCS) and target.relative_to(DOCS).as_posix() in PAGES:
            return f"[{words}]({target.name}{anchor})"
        return f"[{words}]({Path(os.path.relpath(target, FOLDER)).as_posix()}{anchor})"

    return _LINK.sub(link, text)
