"""What the failed runs of a sweep failed of."""

from __future__ import annotations

import pandas as pd


def failure_reasons(failures: pd.DataFrame) -> str:
    """Say what runs failed of, the most frequent first, each with the first run of its kind.

    >>> import pandas
    >>> failure_reasons(pandas.DataFrame([(0, 1, "KeyError", "'x'"), (2, 0, "KeyError", "'x'")],
    ...                                  columns=["point", "replicate", "exception", "message"]))
    "2 of KeyError: 'x' (first 0:1)"
    """
    return "; ".join(
        f"{line.runs:,} of {line.exception}: {' '.join(str(line.message).split())[:100]} "
        f"(first {line.point}:{line.replicate})" for line in failure_kinds(failures).head(3).itertuples())


def failure_kinds(failures: pd.DataFrame) -> pd.DataFrame:
    """Count the runs that failed of each exception and message, the most frequent first; `point` and `replicate` are
    the first run's."""
    kinds = failures.groupby(["exception", "message"], sort=False).agg(
        runs=("point", "size"), point=("point", "first"), replicate=("replicate", "first"))
    return kinds.sort_values("runs", ascending=False, kind="stable").reset_index()
