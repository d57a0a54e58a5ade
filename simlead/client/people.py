"""Owners as people: from a list of people where there is one, else from their first and last activity."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.client import mapping as columns_mapping
from simlead.client.columns import days, readings_of
from simlead.client.deals import Deals
from simlead.client.mapping import ColumnMapping, columns_of
from simlead.client.quality import Quality
from simlead.client.table_file import dialect_of, pieces
from simlead.client.text_values import truth_of
from simlead.model.parameters import ParameterError
from simlead.model.world import World

SILENT_DAYS, SILENT_GAPS = 42.0, 8.0
"""An owner is taken to have left who did nothing for so long, and for so many of the own usual gaps."""
START_DAYS = 45.0
"""An owner whose first activity is within this time of the export's first day was there before."""
DAYS_PER_YEAR = 365.25
NO_REP_DEALS, NO_REP_SHARE = 5, 0.1
"""Owners of fewer deals (or of a fifth of the usual number), or of fewer a year than this part of the usual, are no
reps."""


@dataclasses.dataclass
class Reps:
    """The owners who are reps, a row each: numbers into the owners of the deals, and their time in days since 1970.

    `begins` is nan for those who were there before the export begins and whose start is unknown; `first` and `last`
    bound the time in which they are seen; `left` says who is gone. `known` says that starts and ends come from a list.
    """

    owner: NDArray[np.int64]
    team: NDArray[np.int64]
    begins: NDArray[np.float64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    left: NDArray[np.bool_]
    teams: list[str]
    managers: list[str]
    known: bool

    def __len__(self) -> int:
        return len(self.owner)


def read_people(path: Path, stated: ColumnMapping, quality: Quality) -> pd.DataFrame:
    """Read a list of people: `id`, `name`, `team`, `manager`, `active` (1, 0 or -1), `start`, `end`."""
    dialect = dialect_of(path, columns_mapping.wanted("people"))
    columns = columns_of(dialect.header, "people")
    if not {"id", "name"} & columns.keys():
        raise ParameterError(f"{path}: no column found for id or name of a list of people; the file has "
                             f"{', '.join(dialect.header[:12])}")
    dates = [columns[what] for what in ("start", "end") if what in columns]
    readings = readings_of(path, dialect, dates, [], quality, stated.dates, None)
    refused: list[str] = []
    parts: list[pd.DataFrame] = []
    for piece in pieces(path, dialect, list(columns.values()), refused):
        texts: dict[str, Any] = {}
        for what in ("id", "name", "team", "manager"):
            texts[what] = ([text.strip() for text in piece[columns[what]].to_pylist()] if what in columns
                           else [""] * len(next(iter(piece.values()))))
        for what in ("start", "end"):
            texts[what] = days(piece[columns[what]], readings.dates)[0] if what in columns else np.nan
        active = [text.strip() for text in piece[columns["active"]].to_pylist()] if "active" in columns else []
        texts["active"] = [_active(text) for text in active] if active else -1
        parts.append(pd.DataFrame(texts))
    quality.add("unreadable_line", refused)
    if not parts:
        raise ParameterError(f"{path}: no people below the column names")
    return pd.concat(parts, ignore_index=True)


def _active(text: str) -> int:
    word = text.strip().lower()
    if word in ("active", "aktiv", "actif", "activo"):
        return 1
    return 0 if word in ("inactive", "inaktiv", "inactif", "inactivo", "left", "deactivated") else truth_of(text)


def reps_of(deals: Deals, people: pd.DataFrame | None, quality: Quality) -> Reps:
    """The reps among the owners: when each is seen, who left, and in which team each is."""
    count = len(deals.owners)
    mine = deals.owner >= 0
    # What a person does: creates, moves and wins. That a deal is closed as lost may be anyone's doing, later.
    frame = pd.DataFrame({"owner": deals.owner[mine], "created": deals.created[mine], "sign": deals.last_sign[mine]})
    seen = frame.groupby("owner").agg(first=("created", "min"), last=("sign", "max"), deals=("created", "size"))
    seen = seen.reindex(range(count))
    own = frame.sort_values("created").groupby("owner")["created"]
    starts = {int(str(owner)): own_start(times.to_numpy(), deals.first_day, deals.as_of) for owner, times in own}
    seen["first"] = pd.Series(starts, dtype=float).reindex(range(count))
    number = seen["deals"].fillna(0.0).to_numpy(np.float64)
    active = number[number > 0.0]
    least = min(float(NO_REP_DEALS), 0.2 * float(np.median(active))) if len(active) else 0.0
    span = np.maximum(np.nan_to_num(seen["last"].to_numpy(np.float64) - seen["first"].to_numpy(np.float64)), 30.0)
    many = (number >= least) & (number > 0.0)
    rep = many & (number / span >= NO_REP_SHARE * float(np.median((number / span)[many]))) if many.any() else many
    if people is not None:
        rep &= ~_managers(deals, people)
    reps = np.flatnonzero(rep)
    first, last = seen["first"].to_numpy()[reps], seen["last"].to_numpy()[reps]
    span = np.maximum(last - first, 1.0)
    gap = span / np.maximum(seen["deals"].to_numpy()[reps], 1.0)
    left = last < deals.as_of - np.maximum(SILENT_DAYS, SILENT_GAPS * gap)
    begins = np.where(first > deals.first_day + np.maximum(START_DAYS, SILENT_GAPS * gap), first, np.nan)
    team = deals.team_of_owner[reps].astype(np.int64)
    teams, managers = list(deals.teams), [""] * len(deals.teams)
    known = False
    if people is not None:
        row = _rows_of(people, [deals.owners[each] for each in reps], [deals.owner_names[each] for each in reps])
        quality.add("owner_not_among_people", [deals.owner_names[each] for each in reps[row < 0]])
        found = row >= 0
        listed = people.iloc[np.maximum(row, 0)]
        start, end = listed["start"].to_numpy(np.float64), listed["end"].to_numpy(np.float64)
        active = listed["active"].to_numpy()
        known = bool(found.any() and (active[found] >= 0).any())
        left = np.where(found & (active >= 0), active == 0, left)
        # A list made when a CRM was introduced gives many people one start, which is none.
        day, times = np.unique(np.floor(start[found & ~np.isnan(start)]), return_counts=True)
        introduced = day[(times >= 3) & (times >= 0.2 * found.sum())]
        use = found & ~np.isnan(start) & ~np.isin(np.floor(start), introduced)
        begins = np.where(use, start, begins)
        first = np.where(use, np.maximum(start, deals.first_day), first)
        # Last logins come after the end of the work: the end is used for those who left.
        last = np.where(found & left & ~np.isnan(end), np.clip(end, last, deals.as_of), last)
        by_people = _teams_of(people)
        if by_people is not None:
            names, numbers, bosses = by_people
            team = np.where(found, numbers[np.maximum(row, 0)], -1)
            teams, managers = names, bosses
    at_start = np.isnan(begins)
    first = np.where(at_start, deals.first_day, first)
    last = np.where(left, last, deals.as_of)
    return Reps(reps, team, begins, np.minimum(first, last), last, left, teams, managers, known)


def own_start(created: NDArray[np.float64], begin: float, end: float) -> float:
    """When an owner began to create deals; the deals of a predecessor that were handed over do not count.

    `created` rises. The change is where two rates of a Poisson process, a low one before and a high one after, are most
    likely, if they are four times as far apart and clearly more likely than one rate; else the first deal.

    >>> handed_over, own = np.array([10.0, 90.0, 170.0]), np.arange(200.0, 300.0, 2.0)
    >>> own_start(np.concatenate((handed_over, own)), 0.0, 300.0)
    200.0
    """
    end = min(end, float(created[-1]) + 1.0)  # of a leaver the own time alone
    count = len(created)
    if count < 10 or end - begin < 30.0:
        return float(created[0])
    before = np.arange(count)
    early, late = np.maximum(created - begin, 1.0), np.maximum(end - created, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(before > 0, before * np.log(before / early), 0.0) + (count - before) * np.log(
            (count - before) / late) - count * np.log(count / (end - begin))
        apart = (count - before) / late > 4.0 * before / early
    # The last tenth of the deals is no rate of its own.
    gain = np.where(apart & (before <= 0.9 * count), gain, -np.inf)
    best = int(gain.argmax())
    return float(created[best] if gain[best] > 6.0 else created[0])


def _managers(deals: Deals, people: pd.DataFrame) -> NDArray[np.bool_]:
    """The owners who manage others."""
    names = {text.lower() for text in people["manager"].astype(str)} - {""}
    row = _rows_of(people, deals.owners, deals.owner_names)
    found = row >= 0
    listed = people.iloc[np.maximum(row, 0)]
    manages = listed["name"].str.lower().isin(names) | listed["id"].str.lower().isin(names)
    return np.asarray(found & manages.to_numpy())


def _rows_of(people: pd.DataFrame, owners: list[str], called: list[str]) -> NDArray[np.int64]:
    """The row of each owner by id, else by name; -1 where there is none."""
    by_id = {text: row for row, text in reversed(list(enumerate(people["id"]))) if text}
    by_name = {text.lower(): row for row, text in reversed(list(enumerate(people["name"]))) if text}
    # A user's id has 15 or 18 letters, of which the last three repeat what the others say.
    short = {text[:15]: row for text, row in by_id.items() if len(text) == 18 and text.isalnum()}
    return np.array([by_id.get(owner, short.get(owner, by_name.get(owner.lower(), by_name.get(name.lower(), -1))))
                     for owner, name in zip(owners, called, strict=True)], np.int64)


def _teams_of(people: pd.DataFrame) -> tuple[list[str], NDArray[np.int64], list[str]] | None:
    """Teams by manager, else by role: their names, the team of each person, and the managers."""
    for what in ("manager", "team"):
        texts = people[what].astype(str)
        if texts.str.len().gt(0).any():
            names = sorted(set(texts) - {""})
            numbers = {name: number for number, name in enumerate(names)}
            bosses = names if what == "manager" else [""] * len(names)
            return names, np.array([numbers.get(text, -1) for text in texts]), bosses
    return None


def vacant_share(reps: Reps) -> float:
    """The time that seats stand vacant for each time that they are filled: leavers, each with the published vacancy."""
    years = float(np.maximum(reps.last - reps.first, 0.0).sum()) / DAYS_PER_YEAR
    return float(reps.left.sum()) / years * World().vacancy_months / 12.0 if years > 0.0 else 0.0


def seats_by_team(reps: Reps) -> dict[int, tuple[int, int]]:
    """The seats of each team and how many of them are filled today; -1 is of those without a team.

    No CRM has vacant seats. Over the last year as many were filled as there are without the vacant ones, so that their
    number follows from the mean; it is not below today's, and not above the largest number of reps at a time.
    """
    end = float(reps.last.max(initial=0.0))
    begin = max(float(reps.first.min(initial=end)), end - DAYS_PER_YEAR)
    days = np.linspace(begin, end, 53)
    factor, found = 1.0 + vacant_share(reps), {}
    for team in np.unique(reps.team[~reps.left]):
        mine = reps.team == team
        there = ((reps.first[mine, None] <= days) & (days <= reps.last[mine, None])).sum(axis=0)
        today = int((mine & ~reps.left).sum())
        seats = round(float(there.mean()) * factor)
        found[int(team)] = (max(today, min(seats, int(there.max()))), today)
    return found
