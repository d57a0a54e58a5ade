"""What a sensitivity table says, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simlead.model.parameters import ParameterError

if TYPE_CHECKING:
    import pandas as pd

LEADING = {"total": "total index", "mu_star": "mu*", "prcc": "partial rank correlation"}
"""The index by which factors are ranked, as tables name it and as people do."""

_SAMPLED = {"total": "base points", "mu_star": "trajectories", "prcc": "rows"}
_NAMED_AT_MOST = 5


def verdict(table: pd.DataFrame) -> str:
    """What a table of `sobol_indices`, `morris_effects` or `prcc` shows, in plain language.

    A sentence a line: how much of the variance is noise, which factors lead, which cannot be
    ranked and how many points would do, which cannot be told from nothing, and what an
    estimate below 0 means.

    Raises ParameterError for another table.

    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "factor": ["a", "b"], "index": "total", "estimate": [0.6, 0.5], "low": [0.4, 0.3],
    ...     "high": [0.8, 0.7], "uncorrected": [0.7, 0.6], "rank": [1, 2], "tied_with": ["b", "a"],
    ...     "n_to_rank": [500.0, float("nan")], "luck": 0.0, "noise_share": 0.2, "n": 64, "replicates": 10})
    >>> print(verdict(table))
    Replication noise is 20 % of the variance of the points' means; it is taken out.
    a has the largest total index, .60 (.40 to .80).
    64 base points are too few to rank a and b; about 500 would do.
    """
    kind = leading(table)
    rows = table[table["index"] == kind].sort_values("rank")
    if rows["estimate"].isna().any():
        return ("Noise is all of the variance: the replicates of a point differ so much that no difference between "
                "points is left. Nothing can be ranked without more replicates.")
    lines = list(rows.itertuples())
    said = [_noise(lines, kind), _leader(lines, kind), _ties(lines, kind), _nothing(lines, kind),
            _below_zero(table), _alone(table), _luck(lines)]
    return "\n".join(sentence for sentence in said if sentence)


def leading(table: pd.DataFrame) -> str:
    """The index that ranks this table's factors; ParameterError if it is no sensitivity table."""
    found = [index for index in LEADING if "index" in table.columns and index in set(table["index"])]
    if len(found) != 1:
        raise ParameterError("table: one made by sobol_indices, morris_effects or prcc is needed")
    return found[0]


def short(value: float) -> str:
    """A number with two decimals, three digits or, if large, none; the zero before the point left out.

    >>> short(0.241), short(-0.031), short(12.34), short(1234.5)
    ('.24', '-.03', '12.3', '1234')
    """
    if not math.isfinite(value):
        return "unknown"
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        return "0"
    return text.replace("0.", ".", 1) if abs(value) < 1 and not text.lstrip("-").startswith("1") else text


def may_be_nothing(row: Any) -> bool:
    """Whether the interval of a row holds 0, or nothing above it."""
    return bool(row.low <= 0.0 if row.index != "prcc" else row.low <= 0.0 <= row.high)


def _noise(lines: list[Any], kind: str) -> str:
    share = lines[0].noise_share
    if math.isnan(share):
        wrong = {"total": "total indices look larger", "mu_star": "mu* and sigma look larger",
                 "prcc": "correlations look weaker"}[kind]
        return (f"One replicate a point: if the outcome is random, its noise makes {wrong} than they are, and "
                "only replicates can take that out.")
    if share <= 0.5:
        return f"Replication noise is {100 * share:.0f} % of the variance of the points' means; it is taken out."
    worst = max(lines, key=lambda row: abs(row.uncorrected - row.estimate))
    return (f"Noise is most of the variance: {100 * share:.0f} % of that of the points' means. Left in, it would show "
            f"a {LEADING[kind]} of {short(worst.uncorrected)} for {worst.factor} where {short(worst.estimate)} is "
            "estimated. Until noise is down to half, more replicates help more than more points.")


def _leader(lines: list[Any], kind: str) -> str:
    first = lines[0]
    if may_be_nothing(first):
        return "No factor can be told from nothing."
    return (f"{first.factor} has the largest {LEADING[kind]}, {short(first.estimate)} "
            f"({short(first.low)} to {short(first.high)}).")


def _ties(lines: list[Any], kind: str) -> str:
    """Neighbours in rank that cannot be ranked; those that may be nothing have their own sentence."""
    said = []
    for row, after in zip(lines, lines[1:], strict=False):
        if after.factor not in row.tied_with.split(", ") or may_be_nothing(after):
            continue
        enough = row.n_to_rank
        if math.isinf(enough):
            cure = "more points alone will not do, more replicates are needed"
        elif enough > 1000 * row.n:
            cure = "they are as good as equal"
        else:
            cure = f"about {_two_digits(enough)} would do"
        said.append(f"{row.n} {_SAMPLED[kind]} are too few to rank {row.factor} and {after.factor}; {cure}.")
    rest = len(said) - _NAMED_AT_MOST
    more = [f"So it is with {rest} more {'pair' if rest == 1 else 'pairs'}."] if rest > 0 else []
    return "\n".join(said[:_NAMED_AT_MOST] + more)


def _nothing(lines: list[Any], kind: str) -> str:
    names = [row.factor for row in lines if may_be_nothing(row)]
    if not names or len(names) == len(lines):
        return ""
    shown = ", ".join(names[:_NAMED_AT_MOST])
    more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    return f"{shown}{more} cannot be told from nothing."


def _below_zero(table: pd.DataFrame) -> str:
    """Why some Sobol indices come out below 0, if any does."""
    rows = table[table["index"].isin(["first", "total"]) & (table["estimate"] < 0.0)]
    if rows.empty:
        return ""
    wrong = rows[rows["high"] < 0.0]
    if len(wrong):
        one = wrong.iloc[0]
        return (f"The {one['index']} index of {one['factor']} lies below 0 with its whole interval. Chance "
                "does that to few: are the outcomes in the order of the design, and all of one model?")
    one = rows.iloc[0]
    return (f"The {one['index']} index of {one['factor']} is estimated below 0 ({short(one['estimate'])}), which no "
            "index can be: it is small, and its estimate is a difference of large sums that falls on either side.")


def _alone(table: pd.DataFrame) -> str:
    """How much of the variance factors explain on their own, or whose effects vary."""
    first = table[table["index"] == "first"]
    if len(first):
        total = float(first["estimate"].sum())
        if total < 0.9:
            return (f"Alone, the factors explain {100 * max(0.0, total):.0f} % of the variance between points; "
                    "the rest is interactions.")
        return ""
    sigma, size = (table[table["index"] == index].set_index("factor")["estimate"] for index in ("sigma", "mu_star"))
    uneven = [str(name) for name in size.index if sigma[name] > size[name] > 0.0]
    return (f"The effect of {', '.join(uneven[:_NAMED_AT_MOST])} depends on where the other factors stand, or bends: "
            "sigma exceeds mu*." if uneven else "")


def _luck(lines: list[Any]) -> str:
    if math.isnan(lines[0].luck):
        return ("With two replicates a point the intervals cannot count the luck that all points share; "
                "three are needed.")
    return ""


def _two_digits(value: float) -> str:
    """A whole number, rounded up to two digits that matter."""
    step = 10 ** max(0, len(str(int(value))) - 2)
    return f"{math.ceil(value / step) * step:,}"
