"""How the site is built: Markdown pages, filled with what the code says, in one quiet theme.

    python -m sphinx -W -b html docs out/site
    python -m sphinx -W -b html -D notebooks=all docs out/site    # runs the notebooks too: some ten minutes

Nothing is fetched: no inventories of other projects, no fonts, no scripts from elsewhere.
"""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.errors import ExtensionError

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import generate  # noqa: E402
from generate.project import project as table_of_the_project  # noqa: E402

_about = table_of_the_project()
project = _about["name"]
author = copyright = _about["authors"][0]["name"]
version = release = _about["version"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]  # myst_nb reads Markdown and notebooks
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # types stand in the docstrings' sections, with units and shapes
default_role = "code"
numpydoc_show_class_members = False  # autodoc shows them
autosummary_generate = False  # numpydoc brings it along
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
nb_execution_mode = "off"  # `-D notebooks=all`, or names, runs them; in git they have no outputs
nb_execution_in_temp = True  # what they write is gone
nb_execution_raise_on_error = True
nb_execution_timeout = 900
nb_merge_streams = True
nb_output_stderr = "remove"  # it has how far a long call has come; a test sees that nothing else is there
nb_ipywidgets_js: dict[str, Any] = {}
exclude_patterns = ["generate", "readable", "redirects"]
nitpicky = True

html_theme = "furo"
html_title = f"{project} {version}"
html_static_path = ["static"]
html_extra_path = ["redirects"]  # pages that have moved
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
toc_object_entries_show_parents = "hide"


def _fill(app: Any, name: str, text: list[str]) -> None:
    """Put what the code says into a page, and remember to do so again next time."""
    if generate.placeholders(text[0]):
        app.env.note_reread()
    text[0] = generate.shown(text[0], HERE / f"{name}.md")


def _choose(app: Any, config: Any) -> None:
    """Run the notebooks that the option names; none by default, because all take some minutes."""
    chosen = [name for name in config.notebooks.split(",") if name]
    if unknown := set(chosen) - {"all", *generate.notebooks.names()}:
        raise ExtensionError(f"-D notebooks={config.notebooks}: there is no {min(unknown)}")
    if chosen:
        config.nb_execution_mode = "force"
    if "all" not in chosen:
        config.nb_execution_excludepatterns = [
            f"notebooks/{name}.ipynb" for name in generate.notebooks.names() if name not in chosen]


def _draw(app: Any) -> None:
    """Copy the notebooks to where they are pages, and draw the gallery's pictures, which are not committed."""
    generate.notebooks.copy_all()
    if app.builder.format == "html":
        generate.gallery.draw_all(HERE / generate.gallery.PICTURES)


def _docstring(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Keys of the bibliography lead there; names of our own code are code."""
    lines[:] = generate.markdown.linked(lines)


def _breakable(app: Any, doctree: nodes.document, name: str) -> None:
    """Let long names in tables break where their words end; what is copied stays the same."""
    if app.builder.format != "html":
        return
    for table in doctree.findall(nodes.table):
        for code in list(table.findall(nodes.literal)):
            text = re.sub(r"([_.])(?=\w)", r"\1<wbr>", html.escape(code.astext()))
            code.replace_self(nodes.raw(
                "", f'<code class="docutils literal notranslate">{text}</code>', format="html"))


def setup(app: Any) -> None:
    """Fill pages while they are read."""
    app.add_config_value("notebooks", "", "env", str)
    app.connect("config-inited", _choose)
    app.connect("builder-inited", _draw)
    app.connect("source-read", _fill)
    app.connect("autodoc-process-docstring", _docstring, priority=100)  # before the sections are laid out
    app.connect("doctree-resolved", _breakable)
