"""The page of verdicts: old and new, and why; claim by claim what it depends on; and the table in the project's README.

    simlead claims --out out/claims
    python experiments/10_claims/answer.py out/claims

Without a folder it writes the pages again from the committed tables. The pages of experiments 11 to 23 are of
version 1 and stay as they are until the claims are run again in full.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from simlead.model.presets import EFFECT_SIZES
from simlead.results.files import whole_file
from simlead.show.charts import claim_chart, save_chart
from simlead.show.claims_words import (
    becomes_words,
    before_of,
    depends_words,
    effect_words,
    of_100,
    part_name,
    payback_words,
    sentence,
    structures_words,
    verdict_words,
)
from simlead.show.language import say
from simlead.show.wording import capital, effect_sizes_name, parameter_name
from simlead.study.claims.protocol import CLAIMS, Claim
from simlead.study.claims.record import TABLES, load_examination

EXPERIMENTS = Path(__file__).parent.parent
FRONT, FRONT_END = "<!-- verdicts: written by experiments/10_claims/answer.py -->", "<!-- end of verdicts -->"
ABOUT = ("model", "seed", "runs", "engine", "worlds", "replications", "structures", "changes", "sources", "registry",
         "python", "versions")

NOT_RUN = ("**Not run yet on version 2 of the model.** The protocol was written down; the verdicts of version 1 "
           "stand below as they were.")

Tables = dict[str, pd.DataFrame]


def main(arguments: list[str], target: Path = EXPERIMENTS) -> None:
    """Write tables, charts and pages."""
    here = target / "10_claims"
    light = here / "light"
    if arguments:
        light.mkdir(parents=True, exist_ok=True)
        commit(Path(arguments[0]), light)
    tables, about = committed(light)
    for claim in CLAIMS.values() if tables else ():
        mine = of(claim, tables)
        save_chart(claim_chart(mine["verdicts"], mine["parts"], mine["structures"]), light / f"{claim.key}.png")
    write(here / "README.md", index(tables, about))
    readme = target.parent / "README.md"
    if readme.is_file():
        write(readme, with_front(readme.read_text(encoding="utf-8"), front(tables, about)))


def commit(folder: Path, light: Path) -> None:
    """Keep the tables of an examination of all claims, and how it was made."""
    found = load_examination(folder)
    missing = sorted(set(CLAIMS) - set(found.verdicts["key"]))
    if missing:
        raise SystemExit(f"{folder} has no {', '.join(missing)}; run simlead claims without --only")
    for name in TABLES:
        with whole_file(light / f"{name}.csv", overwrite=True) as place:
            getattr(found, name).to_csv(place, index=False, float_format="%.6g", lineterminator="\n")
    about = {name: found.about[name] for name in ABOUT}
    write(light / "about.json", json.dumps(about, indent=1, allow_nan=False) + "\n")


def committed(light: Path) -> tuple[Tables, dict[str, Any]]:
    """Read the committed tables; nothing before the first run."""
    if not (light / "about.json").is_file():
        return {}, {}
    tables = {name: pd.read_csv(light / f"{name}.csv") for name in TABLES}
    tables["verdicts"]["depends_on"] = tables["verdicts"]["depends_on"].fillna("")
    about: dict[str, Any] = json.loads((light / "about.json").read_text(encoding="utf-8"))
    return tables, about


def of(claim: Claim, tables: Tables) -> Tables:
    """A claim's part of each table."""
    return {name: table[table["key"] == claim.key] for name, table in tables.items()}


def label(about: dict[str, Any]) -> str:
    """What the numbers rest on."""
    if not about:
        return NOT_RUN
    return (f"**Light run**: {about['worlds']} worlds with {about['replications']} matched pairs each, "
            f"{about['runs']:,} runs, seed {about['seed']}, model version {about['model']}. A probability from so few "
            "worlds is rough; another draw of worlds may move it by ten points or more. The full run is still to be "
            "made.")


def old_verdicts(claim: Claim) -> dict[str, str]:
    """The verdict of version 1 under each set, from the committed results of the claim's own experiment."""
    folder = EXPERIMENTS / f"{10 + claim.number}_{claim.key}"
    stored = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return {row["effect_sizes"]: row["verdict"] if row["verdict"] == row["follows"] else (
        f"{row['verdict']} (follows: {row['follows']})") for row in stored["findings"]}


def why(row: dict[Any, Any]) -> str:
    """Why the verdict is what it is: the probabilities, and what turns it."""
    if row["kind"] == "existence":
        return f"{effect_words(row['effect'], row['low'], row['high'], row['unit'])}"
    shares = (f"holds in {of_100(row['p_holds'])} of 100 worlds, no difference that matters in "
              f"{of_100(row['p_no_difference'])}, the reverse in {of_100(row['p_reverse'])}")
    if row["p_otherwise"] > 0.005:
        shares += f", something else in {of_100(row['p_otherwise'])}"
    return shares + (f"; depends on {depends_words(row)}" if row["depends_on"] else "")


def index(tables: Tables, about: dict[str, Any]) -> str:
    """The experiment's page: the table of old and new verdicts, then a screen for each claim."""
    lines = ["# The article's claims under test", "", label(about), "",
             "What each claim is, what counts as holding, as no difference that matters and as the reverse, and why, "
             "was [written down before the run](protocol.md). A verdict follows from the probability that the claim "
             "holds, over the random numbers and over what is unknown about the world.", "",
             "| | claim | set | version 1 | now | why |", "|---|---|---|---|---|---|"]
    for claim in CLAIMS.values():
        old = old_verdicts(claim)
        for name in EFFECT_SIZES if not tables else ():
            lines.append(f"| {claim.number} | {say(f'claims.text.{claim.key}')} | {name} | {old[name]} | not run yet | "
                         f"{say(f'protocol.kinds.{claim.kind}')}; {say(f'protocol.standings.{claim.standing}')} |")
        for row in () if not tables else of(claim, tables)["verdicts"].to_dict("records"):
            name = row["effect_sizes"]
            lines.append(
                f"| {claim.number} | [{say(f'claims.text.{claim.key}')}](#claim-{claim.number}) | {name} | {old[name]} "
                f"| **{verdict_words(row['verdict'], row['follows'])}** | {why(row)} |")
    lines += ["", "The verdicts of version 1 had intervals of random numbers only, in one world of each set, and no "
              "smallest effect of interest. Their pages (`11_unfit_managers` to `23_more_reviews`) stay as they were "
              "until the claims are run again in full.", ""]
    for claim in CLAIMS.values() if tables else ():
        lines += [screen(claim, of(claim, tables)), ""]
    size = f" --worlds {about['worlds']} --seed {about['seed']}" if about else ""
    lines += ["## Do it again", "", f"    simlead claims{size} --out out/claims",
              "    python experiments/10_claims/answer.py out/claims"]
    lines += ["", f"Sources {about['sources']}, parameters {about['registry']}."] if about else []
    return "\n".join(lines) + "\n"


def screen(claim: Claim, tables: Tables) -> str:
    """One claim: verdict, picture, what it depends on, payback, what to measure; tables fold away."""
    def mine(name: str, row: dict[Any, Any]) -> pd.DataFrame:
        table = tables[name]
        return table[table["effect_sizes"] == row["effect_sizes"]]

    rows = tables["verdicts"].to_dict("records")
    lines = [f'<a id="claim-{claim.number}"></a>', "", f"## {claim.number}. {say(f'claims.text.{claim.key}')}", ""]
    lines += [f"- **{capital(effect_sizes_name(row['effect_sizes']))}.** {sentence(row, before_of(mine('parts', row)))}"
              for row in rows]
    lines += ["", f"![In how many of 100 worlds the claim holds](light/{claim.key}.png)", ""]
    lines += [f"- **Depends on** ({row['effect_sizes']}): {depends_words(row)}" for row in rows]
    lines += [f"- **Pays back** ({row['effect_sizes']}; {say(f'claims.programmes.{claim.key}')}): {payback_words(row)}."
              for row in rows if payback_words(row)]
    lines += [f"- **Other mechanisms** ({row['effect_sizes']}): {structures_words(mine('structures', row))}"
              for row in rows if len(mine("structures", row))]
    lines += [f"- **To know better**: {say(f'protocol.learn.{claim.key}')}", "",
              "<details><summary>Parts, main drivers and other mechanisms</summary>", "",
              f"{capital(say(f'claims.effects.{claim.key}'))} (95 % intervals over both uncertainties).", ""]
    lines += ["| set | part | effect | of 100 |", "|---|---|---|---|"]
    lines += [f"| {row['effect_sizes']} | {say('claims.abouts.' + row['about'])}: {part_name(row['part'])} | "
              + (effect_words(row["mean"], row["low"], row["high"], claim.unit) if row["mean"] == row["mean"] else "")
              + f" | {of_100(row['probability']) if row['probability'] == row['probability'] else ''} |"
              for row in tables["parts"].to_dict("records")]
    lines += ["", "| set | parameter | explains of the difference between worlds | effect from its low to its high end "
              "|", "|---|---|---|---|"]
    for row in tables["drivers"].to_dict("records"):
        share = "" if row["variance_share"] != row["variance_share"] else f"{100 * row['variance_share']:.0f} %"
        ends = [effect_words(row[end], row[end], row[end], claim.unit) for end in ("at_low", "at_high")]
        lines.append(f"| {row['effect_sizes']} | {parameter_name(row['parameter'])} | {share} | {ends[0]} to {ends[1]} "
                     "|")
    lines += ["", "| mechanism | effect | amounts to |", "|---|---|---|"]
    lines += [f"| {row['switch']} | {effect_words(row['effect'], row['low'], row['high'], claim.unit)} | "
              f"{becomes_words(row['becomes'])} |" for row in tables["structures"].to_dict("records")]
    return "\n".join([*lines, "", "</details>"])


def front(tables: Tables, about: dict[str, Any]) -> str:
    """The table in the project's README."""
    lines = [label(about), "", "| | claim | " + " | ".join(f"{name} effect sizes" for name in EFFECT_SIZES) + " |",
             "|---|---|" + "---|" * len(EFFECT_SIZES)]
    for claim in CLAIMS.values() if not tables else ():
        old = old_verdicts(claim)
        lines.append(f"| {claim.number} | [{say(f'claims.text.{claim.key}')}](experiments/{10 + claim.number}_"
                     f"{claim.key}/README.md) | {' | '.join(f'version 1: {old[name]}' for name in EFFECT_SIZES)} |")
    for claim in CLAIMS.values() if tables else ():
        rows = {row["effect_sizes"]: row for row in of(claim, tables)["verdicts"].to_dict("records")}
        cells = [f"**{verdict_words(row['verdict'], row['follows'])}** ({of_100(row['p_holds'])} of 100)"
                 for row in (rows[name] for name in EFFECT_SIZES)]
        lines.append(f"| {claim.number} | [{say(f'claims.text.{claim.key}')}](experiments/10_claims/README.md#claim-"
                     f"{claim.number}) | {' | '.join(cells)} |")
    return "\n".join(lines)


def with_front(readme: str, said: str) -> str:
    """Return the project's README with the summary of the claims between its two marks."""
    before, _, rest = readme.partition(FRONT)
    _, _, after = rest.partition(FRONT_END)
    if not after:
        raise SystemExit(f"README.md: the marks {FRONT} and {FRONT_END} are missing")
    return f"{before}{FRONT}\n\n{said}\n\n{FRONT_END}{after}"


def write(path: Path, text: str) -> None:
    """A text file, whole or not at all."""
    with whole_file(path, overwrite=True) as place:
        place.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
