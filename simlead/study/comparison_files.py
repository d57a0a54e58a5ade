"""A comparison on disk: its runs as a table, and the manifest with everything else.

    manifest.json     scenarios, seed, engine, provenance, and which file holds the runs
    runs.SUFFIX       a row per scenario and replicate, as Parquet or CSV
    answer/           what the scenarios do over worlds, if that was asked (`answers.files`)

The comparison's own table is not read back but made again of the runs, so that there is one
truth. Scenarios are stored as values by dotted path and checked against the registry.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from simlead.model.parameters import ParameterError
from simlead.results.export import harmless, save_table
from simlead.results.files import FileFormatError
from simlead.results.folder import NewFolder, Stored, read_folder
from simlead.results.manifest import MANIFEST, scenario_of, shaped
from simlead.results.measures import MEASURES
from simlead.results.provenance import Provenance
from simlead.results.teams import teams_of_measure
from simlead.study.answers.files import KIND, load_answer
from simlead.study.answers.result import Answer
from simlead.study.comparison import Comparison, paired_table
from simlead.study.money.record import money_in
from simlead.study.money.result import Money

EXACT = (".parquet", ".csv")


@dataclasses.dataclass(frozen=True)
class StoredComparison:
    """A comparison that was read from a folder, when it was made (ISO 8601, UTC), its money and its answer over worlds.

    Both are None where they were not kept.
    """

    comparison: Comparison
    made: str
    money: Money | None = None
    answer: Answer | None = None


def save_comparison_data(result: Comparison, new: NewFolder, suffix: str = ".parquet") -> None:
    """Write a comparison's runs and facts into a new folder, so that `load_comparison` finds them.

    Runs that are wanted as XLSX are there as Parquet too: a sheet does not keep a number to its last bit.

    >>> import tempfile
    >>> from simlead.model.scenario import Scenario
    >>> from simlead.results.folder import write_folder
    >>> from simlead.study.compare import compare
    >>> small = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
    ...                            "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
    >>> found = compare({"small": small}, replications=2, workers=1, measures=["market_share_base"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with write_folder(Path(folder) / "new", "comparison") as new:
    ...         save_comparison_data(found, new, ".csv")
    ...     load_comparison(Path(folder) / "new").comparison.table.equals(found.table)
    True
    """
    runs = save_table(result.runs, new.path / f"runs{suffix}")
    if suffix not in EXACT:
        runs = save_table(result.runs, new.path / f"runs{EXACT[0]}")
    new.facts.update({
        "baseline": result.baseline,
        "seed": result.seed,
        "replications": result.replications,
        "engine": result.engine,
        "confidence": result.confidence,
        "scenarios": {name: scenario.values() for name, scenario in result.scenarios.items()},
        "provenance": {name: dataclasses.asdict(origin) for name, origin in result.provenance.items()},
        "runs": {"file": runs.name},
    })


def load_comparison(folder: Path) -> StoredComparison:
    """The comparison in a folder that `simlead compare --out` or `simlead demo` wrote.

    Raises FileFormatError, in one line, if there is none, if a file was damaged, or if it
    was saved with other parameters or measures than this version knows.
    """
    stored = read_folder(folder, "comparison")
    text = stored.facts
    with shaped(folder / MANIFEST):
        scenarios = {name: scenario_of(values) for name, values in text["scenarios"].items()}
        runs = _runs(stored, str(text["runs"]["file"]), list(scenarios))
        measures = [name for name in runs.columns if name not in ("scenario", "seed", "replicate")]
        if unknown := sorted(name for name in measures if not _known(name)):
            raise ParameterError(f"{unknown[0]}: no such measure; the comparison is of another version")
        found = Comparison(
            table=paired_table(runs, list(scenarios), text["baseline"], measures, text["confidence"]),
            runs=runs,
            scenarios=MappingProxyType(scenarios),
            baseline=text["baseline"],
            seed=text["seed"],
            replications=text["replications"],
            engine=text["engine"],
            confidence=text["confidence"],
            provenance=MappingProxyType({name: Provenance(**part) for name, part in text["provenance"].items()}),
        )
    over_worlds = load_answer(folder / KIND) if f"{KIND}/{MANIFEST}" in stored.manifest.files else None
    return StoredComparison(
        found, str(text.get("made") or text.get("created")), money_in(stored), over_worlds)


def _known(measure: str) -> bool:
    """Whether this version has a measure, of the firm or of teams.

    >>> _known("revenue"), _known("team.2+3.revenue"), _known("team.2.revenu")
    (True, True, False)
    """
    of_teams = teams_of_measure(measure)
    return (of_teams[1] if of_teams else measure) in MEASURES


def _runs(stored: Stored, name: str, scenarios: list[str]) -> pd.DataFrame:
    """The runs' table, once its file is seen to be the one that was written."""
    if Path(name).suffix not in EXACT:
        raise FileFormatError(f"{stored.place / name}: allowed is {' | '.join(EXACT)}")
    if name.endswith(".parquet"):
        return stored.frame(name)
    # As text: a scenario may be called "NA", and float() reads a number as it was written, to the last bit.
    runs = stored.frame(name, dtype=str, keep_default_na=False)
    given = {harmless(scenario): scenario for scenario in scenarios}  # what looks like a formula has an apostrophe
    numbers = {column: [float(cell or "nan") for cell in runs[column]]
               for column in runs.columns if column != "scenario"}
    whole = {column: [int(cell) for cell in runs[column]] for column in ("seed", "replicate")}
    return pd.DataFrame({"scenario": runs["scenario"].map(given), **numbers, **whole})[list(runs.columns)]
