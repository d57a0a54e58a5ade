"""A comparison on disk: its runs as a table, and one JSON file with everything else.

    comparison.json   scenarios, seed, engine, provenance, when, and the hash of the runs' file
    runs.SUFFIX       a row per scenario and replicate, as Parquet or CSV

The comparison's own table is not read back but made again of the runs, so that there is one
truth. Scenarios are stored as values by dotted path and checked against the registry.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError
from simlead.results.export import harmless, save_table
from simlead.results.files import FileFormatError, whole_file
from simlead.results.heads import fits_this_version, hash_of, head_text, read_head, refuse_if_damaged, scenario_of
from simlead.results.measures import MEASURES
from simlead.results.provenance import Provenance
from simlead.study.compare import Comparison, table_of

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "simlead comparison 1"
HEAD = "comparison.json"
EXACT = (".parquet", ".csv")


@dataclasses.dataclass(frozen=True)
class StoredComparison:
    """A comparison that was read from a folder, and when it was made (ISO 8601, UTC)."""

    comparison: Comparison
    made: str


def save_comparison_data(result: Comparison, folder: Path, suffix: str = ".parquet") -> None:
    """Write a comparison's runs and its head into a folder, so that `load_comparison` finds them.

    Runs that are wanted as XLSX are there as Parquet too: a sheet does not keep a number to its last bit.

    >>> import tempfile
    >>> from simlead.model.scenario import Scenario
    >>> from simlead.study.compare import compare
    >>> small = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 1,
    ...                            "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
    >>> found = compare({"small": small}, replications=2, workers=1, measures=["market_share_base"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_comparison_data(found, Path(folder), ".csv")
    ...     load_comparison(Path(folder)).comparison.table.equals(found.table)
    True
    """
    runs = save_table(result.runs, folder / f"runs{suffix}")
    if suffix not in EXACT:
        runs = save_table(result.runs, folder / f"runs{EXACT[0]}")
    text: dict[str, Any] = {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "baseline": result.baseline,
        "seed": result.seed,
        "replications": result.replications,
        "engine": result.engine,
        "confidence": result.confidence,
        "scenarios": {name: scenario.values() for name, scenario in result.scenarios.items()},
        "provenance": {name: dataclasses.asdict(origin) for name, origin in result.provenance.items()},
        "runs": {"file": runs.name, "sha256": hash_of(runs)},
    }
    with whole_file(folder / HEAD) as partial:
        partial.write_text(head_text(text), encoding="utf-8")


def load_comparison(folder: Path) -> StoredComparison:
    """The comparison in a folder that `simlead compare --out` or `simlead demo` wrote.

    Raises FileFormatError, in one line, if there is none, if a file was damaged, or if it
    was saved with other parameters or measures than this version knows.
    """
    path = folder / HEAD
    text = read_head(path, FORMAT, "a saved comparison")
    with fits_this_version(path):
        scenarios = {name: scenario_of(values) for name, values in text["scenarios"].items()}
        runs = _runs(folder, text["runs"], list(scenarios))
        measures = [name for name in runs.columns if name not in ("scenario", "seed", "replicate")]
        if unknown := sorted(set(measures) - set(MEASURES)):
            raise ParameterError(f"{unknown[0]}: no such measure; the comparison is of another version")
        found = Comparison(
            table=table_of(runs, list(scenarios), text["baseline"], measures, text["confidence"]),
            runs=runs,
            scenarios=MappingProxyType(scenarios),
            baseline=text["baseline"],
            seed=text["seed"],
            replications=text["replications"],
            engine=text["engine"],
            confidence=text["confidence"],
            provenance=MappingProxyType({name: Provenance(**part) for name, part in text["provenance"].items()}),
        )
    return StoredComparison(found, str(text["made"]))


def _runs(folder: Path, expected: Mapping[str, Any], names: list[str]) -> pd.DataFrame:
    """The runs' table, once its file is seen to be the one that was written."""
    import pandas as pd

    path = folder / Path(str(expected["file"])).name
    if path.suffix not in EXACT:
        raise FileFormatError(f"{path}: allowed is {' | '.join(EXACT)}")
    refuse_if_damaged(path, expected["sha256"])
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    # As text: a scenario may be called "NA", and float() reads a number as it was written, to the last bit.
    runs = pd.read_csv(path, dtype=str, keep_default_na=False)
    given = {harmless(name): name for name in names}  # one that looks like a formula has got an apostrophe
    numbers = {name: [float(cell or "nan") for cell in runs[name]] for name in runs.columns if name != "scenario"}
    whole = {name: [int(cell) for cell in runs[name]] for name in ("seed", "replicate")}
    return pd.DataFrame({"scenario": runs["scenario"].map(given), **numbers, **whole})[list(runs.columns)]
