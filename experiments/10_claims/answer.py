"""The claims' pages: one folder each, with claim, criterion, answer, tables and chart; and the table of verdicts.

    simlead claims --full --out out/claims
    python experiments/10_claims/answer.py out/claims

Without a folder it writes the pages as they are before a run: the claim and what would refute it.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from page import front, index, page

from simlead.results.files import whole_file
from simlead.study.claims.claim import Claim
from simlead.study.claims.table import CLAIMS

EXPERIMENTS = Path(__file__).parent.parent
INFINITE = {math.inf: "infinite", -math.inf: "-infinite"}
FRONT, FRONT_END = "<!-- verdicts: written by experiments/10_claims/answer.py -->", "<!-- end of verdicts -->"
TABLES = ("verdicts", "details", "flips")


def main(arguments: list[str], target: Path = EXPERIMENTS) -> None:
    """Write every claim's folder, this one's table, and the project's README's."""
    if arguments:
        source = Path(arguments[0])
        tables, about = read(source)
        for claim in CLAIMS.values():
            mine = {name: table[table["key"] == claim.key] for name, table in tables.items()}
            keep(claim, mine, about, source, folder_of(claim, target))
    verdicts = []
    for claim in CLAIMS.values():
        folder = folder_of(claim, target)
        folder.mkdir(exist_ok=True)
        found, about = committed(folder)
        write(folder / "README.md", page(claim, found, about))
        verdicts += [found["verdicts"]] if found else []
    (target / "10_claims").mkdir(exist_ok=True)
    together = pd.concat(verdicts, ignore_index=True) if verdicts else None
    write(target / "10_claims" / "README.md", index(together))
    readme = target.parent / "README.md"
    if readme.is_file():
        write(readme, with_front(readme.read_text(encoding="utf-8"), front(together)))


def with_front(readme: str, said: str) -> str:
    """The project's README with what it says of the claims between its two marks."""
    before, _, rest = readme.partition(FRONT)
    _, _, after = rest.partition(FRONT_END)
    if not after:
        raise SystemExit(f"README.md: the marks {FRONT} and {FRONT_END} are missing")
    return f"{before}{FRONT}\n\n{said}\n\n{FRONT_END}{after}"


def folder_of(claim: Claim, target: Path = EXPERIMENTS) -> Path:
    """Where a claim's page and tables are."""
    return target / f"{10 + claim.number}_{claim.key}"


def committed(folder: Path) -> tuple[dict[str, pd.DataFrame] | None, dict[str, Any] | None]:
    """What a claim's folder holds of a run, as its page tells it; nothing before there was one."""
    if not (folder / "expected.json").is_file():
        return None, None
    about = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    lines = [{name: number(value) for name, value in line.items()} for line in about.pop("findings")]
    return {"verdicts": pd.DataFrame(lines), "details": pd.read_csv(folder / "details.csv"),
            "flips": pd.read_csv(folder / "flips.csv")}, about


def read(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The tables of an examination, and where they come from."""
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES}
    missing = sorted(set(CLAIMS) - set(tables["verdicts"]["key"]))
    if missing:
        raise SystemExit(f"{folder} has no {', '.join(missing)}; run simlead claims without --only")
    return tables, json.loads((folder / "provenance.json").read_text(encoding="utf-8"))


def keep(claim: Claim, mine: dict[str, pd.DataFrame], about: dict[str, Any], source: Path, folder: Path) -> None:
    """The small tables, the headline numbers and the chart."""
    folder.mkdir(exist_ok=True)
    for name in ("details", "flips"):
        with whole_file(folder / f"{name}.csv", overwrite=True) as place:
            mine[name].drop(columns="key").to_csv(place, index=False, float_format="%.6g", lineterminator="\n")
    lines = [{name: plain(value) for name, value in row.items()} for row in mine["verdicts"].to_dict("records")]
    write(folder / "expected.json", json.dumps({**about, "findings": lines}, indent=1, allow_nan=False) + "\n")
    shutil.copyfile(source / f"{claim.number:02}_{claim.key}.png", folder / "chart.png")


def plain(value: Any) -> Any:
    """A value as JSON has it: what is infinite in words, what is not there as null."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return INFINITE[value] if isinstance(value, float) and math.isinf(value) else value


def number(value: Any) -> Any:
    """The value that :func:`plain` told."""
    return {None: math.nan, **{word: end for end, word in INFINITE.items()}}.get(value, value)


def write(path: Path, text: str) -> None:
    """A text file, whole or not at all."""
    with whole_file(path, overwrite=True) as place:
        place.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
