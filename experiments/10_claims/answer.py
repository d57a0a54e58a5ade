"""The pages of the claims: old and new verdict and why, a screen for each claim, and the project's README.

    simlead claims --full --out out/claims
    python experiments/10_claims/answer.py out/claims

Keeps the tables in `results`, and writes the page of all claims, those of experiments 11 to 23 with their charts, and
the summary in the project's README. Without a folder it writes the pages again from the committed tables.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from screens import index, of, screen

from simlead.model.presets import EFFECT_SIZES
from simlead.results.files import whole_file
from simlead.show.charts import claim_chart, save_chart
from simlead.show.claims_words import chances
from simlead.show.format import difference
from simlead.show.language import say
from simlead.study.claims.protocol import CLAIMS, Claim
from simlead.study.claims.record import TABLES, load_examination
from simlead.study.records import VERDICTS

EXPERIMENTS = Path(__file__).parent.parent
FRONT, FRONT_END = "<!-- verdicts: written by experiments/10_claims/answer.py -->", "<!-- end of verdicts -->"
FOUND, FOUND_END = "<!-- findings: written by experiments/10_claims/answer.py -->", "<!-- end of findings -->"
ABOUT = ("model", "seed", "runs", "engine", "worlds", "replications", "structures", "changes", "sources", "registry",
         "python", "versions")

Tables = dict[str, pd.DataFrame]


def main(arguments: list[str], target: Path = EXPERIMENTS) -> None:
    """Write tables, charts and pages."""
    results = target / "10_claims" / "results"
    if arguments:
        results.mkdir(parents=True, exist_ok=True)
        commit(Path(arguments[0]), results)
    tables, about = committed(results)
    for claim in CLAIMS.values():
        folder = target / folder_of(claim)
        folder.mkdir(parents=True, exist_ok=True)
        mine = of(claim, tables)
        save_chart(claim_chart(mine["verdicts"], mine["parts"], mine["structures"]), folder / "chart.png")
        write(folder / "README.md", screen(claim, mine, about, old_verdicts(claim)))
    write(target / "10_claims" / "README.md", index(tables, about, {
        claim.key: (folder_of(claim), old_verdicts(claim)) for claim in CLAIMS.values()}))
    readme = target.parent / "README.md"
    if readme.is_file():
        write(readme, with_front(readme.read_text(encoding="utf-8"), tables, about))


def folder_of(claim: Claim) -> str:
    """The claim's experiment."""
    return f"{10 + claim.number}_{claim.key}"


def commit(folder: Path, results: Path) -> None:
    """Keep the tables of an examination of all claims, and how it was made."""
    found = load_examination(folder)
    missing = sorted(set(CLAIMS) - set(found.verdicts["key"]))
    if missing:
        raise SystemExit(f"{folder} has no {', '.join(missing)}; run simlead claims without --only")
    for name in TABLES:
        with whole_file(results / f"{name}.csv", overwrite=True) as place:
            getattr(found, name).to_csv(place, index=False, float_format="%.6g", lineterminator="\n")
    about = {name: found.about[name] for name in ABOUT}
    write(results / "about.json", json.dumps(about, indent=1, allow_nan=False) + "\n")


def committed(results: Path) -> tuple[Tables, dict[str, Any]]:
    """Read the committed tables."""
    tables = {name: pd.read_csv(results / f"{name}.csv") for name in TABLES}
    tables["verdicts"]["depends_on"] = tables["verdicts"]["depends_on"].fillna("")
    about: dict[str, Any] = json.loads((results / "about.json").read_text(encoding="utf-8"))
    return tables, about


def old_verdicts(claim: Claim) -> dict[str, str]:
    """The verdict of version 1 of the model under each set of effect sizes."""
    stored = pd.read_csv(EXPERIMENTS / "10_claims" / "version_1.csv")
    return {row["effect_sizes"]: row["verdict"] if row["verdict"] == row["follows"] else (
        f"{row['verdict']} (follows: {row['follows']})")
        for row in stored[stored["key"] == claim.key].to_dict("records")}


def with_front(readme: str, tables: Tables, about: dict[str, Any]) -> str:
    """Return the project's README with findings and verdicts between their marks."""
    readme = between(readme, FOUND, FOUND_END, findings(tables, about))
    return between(readme, FRONT, FRONT_END, front(tables))


def findings(tables: Tables, about: dict[str, Any]) -> str:
    """Three findings in words: more coaching, a clear role without it, and leadership against what is claimed of it.

    Which three was settled before the run: the founding question's two levers, and the article's title.
    """
    parts, verdicts = (tables[name].set_index(["key", "effect_sizes"]) for name in ("parts", "verdicts"))

    def effects(key: str) -> list[str]:
        rows = [parts.loc[[(key, name)]].iloc[0] for name in EFFECT_SIZES]
        return [difference(row["mean"], row["low"], row["high"], "share", relative=True) for row in rows]

    def odds(table: pd.DataFrame, key: str, column: str) -> list[str]:
        return [chances(float(table.loc[[(key, name)]].iloc[0][column])) for name in EFFECT_SIZES]

    half, clear, profit = effects("more_coaching"), effects("grow_people"), effects("double_profit")
    gains = odds(parts, "more_coaching", "probability")
    grows, doubles = odds(verdicts, "grow_people", "p_reverse"), odds(verdicts, "double_profit", "p_holds")
    least, most = (f"{100.0 * CLAIMS[key].smallest:g} %" for key in ("more_coaching", "grow_people"))
    lines = [
        f"**Half of the week planned for coaching**, a fifth before and all else unchanged, changes third-year revenue "
        f"by {half[0]}; with effects as practitioners report, by {half[1]}. The chances of a gain of {least} or more "
        f"are {gains[0]} and {gains[1]} in 100.",
        f"**A clear role, accountability and little own selling**, with no more coaching than before, change it by "
        f"{clear[0]} and {clear[1]}. The chances of more than {most} are {grows[0]} and {grows[1]} in 100.",
        f"**Leadership**, all of these and half of the week for coaching, changes third-year profit by {profit[0]} and "
        f"{profit[1]}. The chances that it doubles profit, as the article has it, are {doubles[0]} and {doubles[1]} in "
        f"100.",
    ]
    errors = 200.0 * tables["verdicts"].loc[tables["verdicts"]["p_holds_error"] > 0.0, "p_holds_error"]
    basis = ("The first number is with effects as experiments measured them (`evidence`), the second with effects as "
             "practitioners report them (`practitioner`). In parentheses are 95 % intervals; they and the chances "
             "count both the random numbers and what is unknown about the world "
             f"({about['worlds']} worlds in each set, {about['runs']:,} runs, model version {about['model']}, seed "
             f"{about['seed']}). Most chances are known to about "
             f"{errors.median():.0f} points either way, the worst to {errors.max():.0f}.")
    return "\n".join([*(f"{number}. {line}" for number, line in enumerate(lines, 1)), "", basis])


def front(tables: Tables) -> str:
    """How often each verdict was given, in the project's README."""
    verdicts = tables["verdicts"]
    lines = []
    for name in EFFECT_SIZES:
        mine = verdicts[verdicts["effect_sizes"] == name]
        counts = [f"{say(f'claims.verdicts.{word}')} {(mine['verdict'] == word).sum()}"
                  for word in VERDICTS if (mine["verdict"] == word).any()]
        lines.append(f"- With {name} effect sizes, of {len(mine)} claims: {', '.join(counts)}.")
    return "\n".join(lines)


def between(page: str, begin: str, end: str, text: str) -> str:
    """Return the page with this text between two marks."""
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    if not after:
        raise SystemExit(f"README.md: the marks {begin} and {end} are missing")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def write(path: Path, text: str) -> None:
    """A text file, whole or not at all."""
    with whole_file(path, overwrite=True) as place:
        place.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
