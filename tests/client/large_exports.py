"""An export of many deals, written a piece at a time, as Salesforce would: for tests of time and memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

PIECE = 50_000


def write_deals(path: Path, deals: int, history: Path | None = None, reps: int = 400, seed: int = 1) -> None:
    """Write deals of four years, a third of them open, and their stage history if a path is given."""
    rng = np.random.default_rng(seed)
    past = history.open("w", encoding="utf-8") if history is not None else None
    with path.open("w", encoding="utf-8") as file:
        file.write("Id,Name,OwnerId,StageName,Amount,CurrencyIsoCode,CreatedDate,CloseDate,IsClosed,IsWon,"
                   "Loss_Reason__c\n")
        if past is not None:
            past.write("OpportunityId,StageName,CreatedDate\n")
        for first in range(0, deals, PIECE):
            _piece(rng, first, min(PIECE, deals - first), reps, file, past)
    if past is not None:
        past.close()


def _piece(rng, first, count, reps, file, past):
    number = np.arange(first, first + count)
    created = np.sort(rng.uniform(0, 1460, count))
    age = rng.exponential(80, count)
    closed = created + age < 1460
    won = closed & (rng.random(count) < 0.15)
    stage = rng.integers(0, 3, count)
    names = np.array(["Prospecting", "Qualification", "Proposal/Price Quote"])
    words = np.where(won, "Closed Won", np.where(closed, "Closed Lost", names[stage]))
    day = np.datetime64("2020-01-01")
    opened = (day + created.astype("timedelta64[D]")).astype(str)
    ended = (day + (created + age).astype("timedelta64[D]")).astype(str)
    value = rng.lognormal(10.5, 1.0, count)
    owner = rng.integers(0, reps, count)
    reason = np.where(closed & ~won, np.where(rng.random(count) < 0.5, "No decision", "Competitor"), "")
    file.writelines(
        f"006{n:012},Deal {n},005{o:012},{w},{v:.2f},USD,{c},{e},{str(bool(k)).lower()},{str(bool(y)).lower()},{r}\n"
        for n, o, w, v, c, e, k, y, r in zip(
            number, owner, words, value, opened, ended, closed, won, reason, strict=True))
    if past is not None:
        for step in range(3):
            there = np.flatnonzero((stage >= step) | won)
            when = (day + (created + age * step / 3).astype("timedelta64[D]")).astype(str)
            past.writelines(f"006{number[n]:012},{names[step]},{when[n]}\n" for n in there)
        past.writelines(f"006{number[n]:012},{words[n]},{ended[n]}\n" for n in np.flatnonzero(closed))
