"""A trial's data afterwards: the analysis that was fixed, and what is believed of the worlds after it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simlead.results.files import FileFormatError, one_line
from simlead.results.seen import COLUMNS, SEEN
from simlead.results.shown import Shown
from simlead.statistics.findings import Finding, finding
from simlead.statistics.randomisation import MOST_ASSIGNMENTS, randomisation_interval
from simlead.study.refusals import refusals
from simlead.study.trial.protocol import PROTOCOL, Protocol, read_protocol
from simlead.study.trial.reading import RANDOMISED, Floats, pair_of, panels, readings

ADOPT, DROP = "adopt", "drop"
MOST_BYTES = 50_000_000

LARGEST_NUMBER = 1e15
"""The largest number that a trial's data may have."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class TrialResult(Shown):
    """What a trial's data show by the analysis that was fixed.

    Attributes
    ----------
    protocol : Protocol
        What was fixed before.
    table : pandas.DataFrame
        A row per outcome, the one that decides first: outcome, unit, estimator, effect with low and high (95 %),
        p_value, decides.
    weights : pandas.DataFrame
        The worlds: world, before, after (weights that add to 1).
    options : pandas.DataFrame
        Option (`adopt` or `drop`), before and after: expected dollars over the horizon.
    """

    protocol: Protocol
    table: pd.DataFrame
    weights: pd.DataFrame
    options: pd.DataFrame

    @property
    def best(self) -> str:
        """The option with more expected money after the trial.

        Returns
        -------
        str
            `adopt` or `drop`.
        """
        return str(self.options["option"].iloc[int(self.options["after"].to_numpy(float).argmax())])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the trial shows; `simlead.sentences` words it.

        Returns
        -------
        tuple of Finding
            Findings, the decision first.
        """
        row = self.table.iloc[0]
        after, before = (dict(zip(self.options["option"].astype(str), self.options[name].astype(float), strict=True))
                         for name in ("after", "before"))
        seen = bool(row["p_value"] <= self.protocol.alpha)
        shares = self.weights["after"].to_numpy(float)
        return (
            finding(f"trial.result.{self.best}", adopt=after[ADOPT], drop=after[DROP],
                    horizon=self.protocol.horizon),
            finding(f"trial.result.{'seen' if seen else 'unseen'}", outcome=str(row["outcome"]),
                    effect=float(row["effect"]), low=float(row["low"]), high=float(row["high"]),
                    p_value=float(row["p_value"]), smallest=float(self.protocol.claims["smallest"]),
                    level=float(self.protocol.claims.get("level", np.nan))),
            finding("trial.result.worlds", before=before[ADOPT] - before[DROP], after=after[ADOPT] - after[DROP],
                    worlds=len(shares), effective=float(1.0 / (shares**2).sum())))


@refusals()
def analyse_trial(data: str | Path | pd.DataFrame, protocol: str | Path | Protocol | None = None) -> TrialResult:
    """Analyse a trial's data exactly as its protocol has fixed it, and weigh the worlds by what it shows.

    Parameters
    ----------
    data : str, Path or pandas.DataFrame
        A CSV file (or a table) with a row per team and month, as the trial's `data_template.csv` has it.
    protocol : str, Path or Protocol, optional
        The protocol or its folder (default: `protocol.json` beside the data).

    Returns
    -------
    TrialResult
        The effects, and the decision after the trial.

    Raises
    ------
    FileFormatError
        In one line, for data that do not fit the protocol, and for a protocol that was changed.

    Examples
    --------
    >>> analyse_trial("nowhere.csv")
    Traceback (most recent call last):
    ...
    simlead.results.files.FileFormatError: protocol.json: no protocol there; simlead trial --out DIR writes one
    """
    if isinstance(protocol, Protocol):
        fixed = protocol
    else:
        beside = Path(PROTOCOL) if isinstance(data, pd.DataFrame) else Path(data).parent / PROTOCOL
        fixed = read_protocol(beside if protocol is None else protocol)
    name = "data" if isinstance(data, pd.DataFrame) else str(data)
    seen = _seen(_table(data, name), fixed, name)
    rows = [{**_effect(seen, outcome, estimator, fixed), "decides": outcome == fixed.primary}
            for outcome, estimator in fixed.analyses.items()]
    table = pd.DataFrame(rows)
    after = fixed.prior.after(float(table["effect"].iloc[0]))
    before = fixed.prior.weights
    options = [{"option": option, "before": float(before @ money), "after": float(after @ money)}
               for option, money in ((ADOPT, fixed.prior.adopt), (DROP, fixed.prior.drop))]
    return TrialResult(fixed, table, pd.DataFrame({"world": range(len(after)), "before": before, "after": after}),
                       pd.DataFrame(options))


def _table(data: str | Path | pd.DataFrame, name: str) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame):
        return data
    path = Path(data)
    if path.is_dir():
        raise FileFormatError(f"{name} is a folder; the trial's data are a CSV file like data_template.csv")
    if not path.is_file():
        raise FileFormatError(f"{name}: no such file; the trial's data are a CSV file like data_template.csv")
    if path.stat().st_size > MOST_BYTES:
        raise FileFormatError(f"{name}: more than {MOST_BYTES} bytes; a trial's data are a row per team and month")
    try:
        return pd.read_csv(path)
    except (OSError, ValueError, UnicodeError) as trouble:
        raise FileFormatError(f"{name} cannot be read as CSV: {one_line(trouble)}") from None


def _seen(table: pd.DataFrame, fixed: Protocol, name: str) -> Floats:
    """The data as columns x teams x months; a FileFormatError in one line where they do not fit."""
    needed = ["team", "month", *fixed.columns]
    missing = [column for column in needed if column not in table.columns]
    if missing:
        there = [str(column) for column in table.columns]
        sign = next((sign for sign in (";", "\t", "|") if len(there) == 1 and sign in there[0]), "")
        if sign:
            raise FileFormatError(f"{name}: columns are separated by {sign!r}; allowed is a comma, and a point "
                                  "in decimals")
        near = [column for column in there if column.strip().casefold() == missing[0]]
        hint = f"; the file has {near[0]!r}" if near else ""
        raise FileFormatError(f"{name}: no column {missing[0]}{hint}; the protocol needs {', '.join(needed)}")
    plan = fixed.plan
    found = np.full((len(COLUMNS), plan.teams, plan.base_months + plan.months), np.nan)
    numbers = table[needed].apply(pd.to_numeric, errors="coerce")
    taken: set[tuple[int, int]] = set()
    for line, row in enumerate(numbers.to_dict("records"), start=2):
        team, month = row["team"], row["month"]
        if not (team == team and team in range(1, plan.teams + 1)):
            raise FileFormatError(f"{name}, line {line}: team {table['team'].iloc[line - 2]!s}: the protocol has teams "
                                  f"1 to {plan.teams}")
        if not (month == month and month in range(-plan.base_months, plan.months)):
            raise FileFormatError(f"{name}, line {line}: month {table['month'].iloc[line - 2]!s}: the protocol has "
                                  f"months {-plan.base_months} to {plan.months - 1}")
        place = (int(team), int(month))
        if place in taken:
            raise FileFormatError(f"{name}, line {line}: team {place[0]} has month {place[1]} twice")
        taken.add(place)
        for column in fixed.columns:
            if not 0.0 <= row[column] <= LARGEST_NUMBER:
                given = table[column].iloc[line - 2]
                said = f"{column} is empty" if pd.isna(given) else f"{column} = {given!s:.60}"
                few = "0 or more" if not row[column] > LARGEST_NUMBER else f"at most {LARGEST_NUMBER:g}"
                raise FileFormatError(f"{name}, line {line}: {said}: a number of {few} is needed")
            found[COLUMNS.index(column), place[0] - 1, place[1] + plan.base_months] = row[column]
    every = [(team, month) for team in range(1, plan.teams + 1) for month in range(-plan.base_months, plan.months)]
    lacking = [place for place in every if place not in taken]
    if lacking:
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise FileFormatError(f"{name}: no row for team {lacking[0][0]} in month {lacking[0][1]}{more}; the protocol "
                              f"needs every team in months {-plan.base_months} to {plan.months - 1}")
    bottom = SEEN[fixed.primary].bottom
    nothing = np.flatnonzero(~(np.nan_to_num(found[COLUMNS.index(bottom)]).sum(axis=1) > 0.0))
    if len(nothing):
        raise FileFormatError(f"{name}: {bottom} is 0 for team {nothing[0] + 1} in every month; the outcome that "
                              f"decides, {fixed.primary}, divides by it")
    return np.asarray(np.nan_to_num(found))


def _effect(seen: Floats, outcome: str, estimator: str, fixed: Protocol) -> dict[str, Any]:
    """One outcome by its analysis: effect, 95 % interval, p-value."""
    starts = np.array(fixed.starts, dtype=np.int64)[None]
    pairs = pair_of(seen[None], outcome)
    # What decides is compared as often as its interval; power makes do with fewer assignments.
    read = readings(pairs, outcome, estimator, fixed.plan, starts, most=MOST_ASSIGNMENTS)
    effect, p_value = float(read.effect[0]), float(read.p_values(0.0)[0])
    if estimator == RANDOMISED:
        made = panels(pairs, outcome, fixed.plan, starts)
        low, high = randomisation_interval(made, fixed.plan.design(), 1.0 - fixed.alpha)
    else:
        half = _half(read.p_values, effect, fixed.alpha)
        low, high = effect - half, effect + half
    return {"outcome": outcome, "unit": SEEN[outcome].unit, "estimator": estimator, "effect": effect, "low": low,
            "high": high, "p_value": p_value}


def _half(p_values: Any, effect: float, alpha: float) -> float:
    """Half the width of the interval of effects that a t-test does not reject, by halving."""
    low, high = 0.0, max(abs(effect), 1e-12)
    while float(p_values(high - effect)[0]) > alpha:
        high *= 2.0
        if high > 1e300:
            return high
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if float(p_values(middle - effect)[0]) > alpha else (low, middle)
    return high

