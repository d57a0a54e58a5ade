"""Committed experiments as parts of the site: their own pages, with pictures and links that lead where they should."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .outside import DOCS, ROOT

EXPERIMENTS = ROOT / "experiments"
STUDIES = DOCS / "studies"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)\s#]+)(#[^)\s]*)?\)")
_PLACES = {"01_coaching_and_clarity": "founding_sweep.md", "07_trial": "trial.md", "08_answers": "decision.md"}
FINDINGS = ("<!-- findings: written by experiments/10_claims/answer.py -->", "<!-- end of findings -->")


def findings() -> str:
    """The three findings, as the project's first page states them.

    >>> findings().startswith("1. ")
    True
    """
    return (ROOT / "README.md").read_text(encoding="utf-8").partition(FINDINGS[0])[2].partition(FINDINGS[1])[0].strip()


def experiment(folder: str, file: str = "README.md") -> str:
    """An experiment's page without its first heading, for a page in docs/studies.

    >>> "What it found" in experiment("01_coaching_and_clarity")
    True
    """
    return _moved(EXPERIMENTS / folder / file).partition("\n")[2].strip()


def claims() -> str:
    """Every claim's page as a section, with a place of its own to link to.

    >>> claims().count("\\n![") == len(claim_folders())
    True
    """
    parts = []
    for folder in claim_folders():
        title, _, rest = _moved(EXPERIMENTS / folder / "README.md").partition("\n")
        number = int(folder.partition("_")[0]) - 10
        parts.append(f"({_anchor(folder)})=\n## {number}. {title.removeprefix('# ')}\n{rest.rstrip()}")
    return "\n\n".join(parts)


def claim_folders() -> list[str]:
    """The folders of the claims under test, in their order.

    >>> claim_folders()[0]
    '11_unfit_managers'
    """
    numbered = sorted(path.parent.name for path in EXPERIMENTS.glob("*/README.md"))
    return [name for name in numbered if int(name.partition("_")[0]) > 10]


def _anchor(folder: str) -> str:
    return f"claim-{folder.partition('_')[2].replace('_', '-')}"


def _moved(page: Path) -> str:
    """A page's text as it reads in docs/studies: pictures found, links to pages of the site, other links relative."""
    def link(found: re.Match[str]) -> str:
        target = (page.parent / found[3]).resolve()
        folder = target.parent.name
        if target.name == "README.md" and folder in claim_folders():
            where = f"#{_anchor(folder)}"
        elif target.name == "README.md" and folder == "10_claims":
            where = "claims.md"
        elif target == EXPERIMENTS / "10_claims" / "protocol.md":
            where = "protocol.md"
        elif target.name == "README.md" and folder in _PLACES:
            where = _PLACES[folder]
        else:
            where = Path(os.path.relpath(target, STUDIES)).as_posix()
        return f"{found[1]}[{found[2]}]({where}{found[4] or ''})"

    return _LINK.sub(link, page.read_text(encoding="utf-8"))

