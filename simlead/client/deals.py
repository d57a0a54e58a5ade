"""Deals fit for estimation: each once, with outcome, dates, value and owner, as far as they can be used."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simlead.client.deal_list import LOST, NO_DECISION, OPEN, WON, DealList, outcome_word, reason_of
from simlead.client.history import StageHistory, entries_of_columns, entries_of_snapshots, ordered_stages
from simlead.client.mapping import ColumnMapping, is_, place_of
from simlead.client.quality import Quality
from simlead.model.parameters import ParameterError

HOUR = 1.0 / 24.0
LONG_PAST_DAYS = 90.0
"""An open deal that is so long past its close date is counted as left open."""
BULK_SHARE, BULK_LEAST = 0.05, 100
"""So many deals created on one day by one owner (and this part of all) are a migration."""
FUTURE_DAYS = 1.0
GATES = ("discovery", "qualified", "proposal")


@dataclasses.dataclass
class Deals:
    """Cleaned deals. Days since 1970; nan or -1 where something cannot be used.

    `gates` has a row per deal and a column per stage of the model: when the deal entered it; `timed` says whether
    created and closed can be set against each other, `staged` whether the deal has a stage history.
    """

    as_of: float
    first_day: float
    currency: str
    vendor: str
    mapping: ColumnMapping
    ids: NDArray[np.object_]
    owners: list[str]
    owner_names: list[str]
    team_of_owner: NDArray[np.int32]
    teams: list[str]
    owner: NDArray[np.int32]
    mix: dict[str, tuple[list[str], NDArray[np.int32]]]
    value: NDArray[np.float64]
    created: NDArray[np.float64]
    closed: NDArray[np.float64]
    outcome: NDArray[np.int8]
    reason: NDArray[np.int8]
    timed: NDArray[np.bool_]
    stages: list[str]
    gates: NDArray[np.float64]
    last_sign: NDArray[np.float64]
    entered: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def staged(self) -> bool:
        """Whether the export has a stage history."""
        return bool(len(self.stages))


def cleaned(rows: DealList, history: StageHistory | None, quality: Quality,
            ) -> tuple[Deals, pd.DataFrame]:
    """Clean a deal list: count every hazard, drop what is no deal, and mark what cannot be used.

    Returns the deals, and a row (`deal`, `why`) for each that was dropped.
    """
    outcome = _outcomes(rows, quality)
    closed = _closed(rows, outcome)
    created = rows.dates["created"]
    codes, ids = pd.factorize(rows.ids.to_pandas())
    keep = _last_of_each(rows, codes, outcome, closed, quality)
    snapshots = entries_of_snapshots(rows, codes) if "snapshot" in rows.dates and len(ids) < len(codes) else None
    number = codes[keep]
    outcome, closed, created = outcome[keep], closed[keep], created[keep]
    names = np.asarray(ids, dtype=object)[number]
    quality.deals = len(keep)
    quality.won, quality.lost, quality.open = (int((outcome == each).sum()) for each in (WON, LOST, OPEN))
    value, currency, rates = _values(rows, keep, outcome, names, quality)

    entries = history.entries(ids, quality) if history is not None else snapshots
    if entries is None and rows.entered_stages:
        entries = entries_of_columns(rows)
    stages: list[str] = []
    entered = np.empty((len(keep), 0))
    if entries is not None:
        stages = ordered_stages(entries, rows.mapping)
        entered, ended = entries.matrix(stages, len(ids), rows.mapping)
        entered, ended = entered[number], ended[number]
        if not rows.entered_stages:  # the day of closing is known better than the date that people type
            better = (outcome != OPEN) & ~np.isnan(ended)
            closed = np.where(better, ended, closed)
    exact = entries is not None and not rows.entered_stages and bool(len(stages))
    as_of = _as_of(rows, keep, created, closed, entered)

    bare = np.isnan(created)
    late = created > as_of + FUTURE_DAYS
    test, perhaps = _tests(rows, keep, value, created, closed)
    drop = bare | late | test
    quality.add("test_deal", names[test])
    quality.add("no_created_date", names[bare & ~test])
    quality.add("created_after_export", names[late & ~test])
    quality.add("perhaps_test", names[perhaps & ~drop])
    timed = _timed(rows, names, outcome, created, closed, as_of, drop, exact, quality)
    owners, owner_names, owner = _owners(rows, keep, names, drop, quality)
    _migrated(owner, created, names, drop, timed, quality)
    _left_open(rows, keep, outcome, names, as_of, drop, quality)
    team_names, team_of_owner = _teams(rows, keep, owner, owners)
    reason = np.zeros(len(keep), np.int8)
    if "loss_reason" in rows.codes:
        by_code = np.array([reason_of(text) for text in rows.words["loss_reason"].texts] + [0], np.int8)
        reason = np.where(outcome == LOST, by_code[rows.codes["loss_reason"][keep]], 0).astype(np.int8)
    mapping = _whole_mapping(rows.mapping, stages, as_of, rates)
    why = np.select([bare, late], ["no_created_date", "created_after_export"], "test_deal")
    dropped = pd.DataFrame({"deal": names[drop], "why": np.where(test, "test_deal", why)[drop]})
    stay = ~drop
    if not stay.any():
        raise ParameterError(f"{rows.path}: none of its {len(keep)} deals can be used: "
                             f"{', '.join(sorted(set(dropped['why'])))}")
    quality.kept = int(stay.sum())
    entered = entered[stay]
    created, closed = created[stay], closed[stay]
    gates = _gates(stages, entered, mapping)
    _count_ways(stages, entered, names[stay], quality)
    last_sign = np.fmax(created, np.where(outcome[stay] == WON, closed, np.nan))
    if len(stages):
        with np.errstate(invalid="ignore"):
            last_sign = np.fmax(last_sign, np.fmax.reduce(entered, axis=1))
    found = Deals(
        as_of, float(np.nanmin(created)) if len(created) else as_of, currency, rows.mapping.vendor, mapping,
        names[stay], owners, owner_names, team_of_owner, team_names, owner[stay],
        {what: (rows.words[what].texts, rows.codes[what][keep][stay]) for what in ("product", "region", "source")
         if what in rows.codes},
        value[stay], created, closed, outcome[stay], reason[stay], timed[stay], stages, gates, last_sign, entered)
    return found, dropped


# --- outcome and dates


def _outcomes(rows: DealList, quality: Quality) -> NDArray[np.int8]:
    size = len(rows)
    said = np.full((4, size), -1, np.int8)  # by flags, status, stage, dates: the first that says something decides
    won, closed, lost = (rows.flags.get(what) for what in ("is_won", "is_closed", "is_lost"))
    if lost is not None:
        said[0][lost == 1] = LOST
    if closed is not None:
        said[0][closed == 0] = OPEN
        if won is not None:
            said[0][(closed == 1) & (won != 1)] = LOST
    if won is not None:
        said[0][won == 1] = WON
        if lost is not None:
            said[0][(won == 0) & (lost == 0)] = OPEN
    numbered = {"0": OPEN, "1": WON, "2": LOST} if rows.mapping.vendor == "dynamics" else {}
    for place, what in ((1, "status"), (2, "stage")):
        if what in rows.codes:
            read = [numbered.get(text, outcome_word(text, rows.mapping)) for text in rows.words[what].texts]
            said[place] = np.array([*read, -1], np.int8)[rows.codes[what]]
    for what, end in (("won_at", WON), ("lost_at", LOST)):
        if what in rows.dates:
            said[3][~np.isnan(rows.dates[what])] = end
    outcome = np.full(size, -1, np.int8)
    for each in said:
        outcome = np.where(outcome < 0, each, outcome)
    ends = np.where(said > 0, said, 0)
    against = (ends == WON).any(axis=0) & (ends == LOST).any(axis=0)
    against |= (said[0] == OPEN) & (ends[1:3] > 0).any(axis=0)
    quality.add("contradictory_outcome", rows.ids.take(np.flatnonzero(against)[:5]).to_pylist(),
                count=int(against.sum()))
    return np.where(outcome < 0, OPEN, outcome).astype(np.int8)


def _closed(rows: DealList, outcome: NDArray[np.int8]) -> NDArray[np.float64]:
    """When each closed deal was closed; nan for open ones."""
    closed = np.full(len(rows), np.nan)
    for what, ends in (("won_at", (WON,)), ("lost_at", (LOST,)), ("close", (WON, LOST))):
        if what in rows.dates:
            closed = np.where(np.isnan(closed) & np.isin(outcome, ends), rows.dates[what], closed)
    return closed


def _last_of_each(rows: DealList, codes: NDArray[np.int64], outcome: NDArray[np.int8], closed: NDArray[np.float64],
                  quality: Quality) -> NDArray[np.int64]:
    """The row of each deal that is kept: the latest one."""
    when = rows.dates.get("snapshot", rows.dates.get("stage_changed"))
    order = np.arange(len(codes))
    if when is not None:
        order = np.lexsort((order, np.nan_to_num(when, nan=-1e9)))
    last = np.full(int(codes.max()) + 1, -1)
    last[codes[order]] = order
    extra = last[codes] != np.arange(len(codes))
    if extra.any():
        kept = last[codes[extra]]
        same = np.ones(int(extra.sum()), bool)
        for table in (rows.codes, rows.dates, rows.numbers):
            for column in table.values():
                one, other = column[extra], column[kept]
                same &= (one == other) | ((one != one) & (other != other))
        names = rows.ids.take(np.flatnonzero(extra)).to_pylist()
        quality.add("exact_duplicate", [name for name, each in zip(names, same, strict=True) if each])
        quality.add("repeated_deal", [name for name, each in zip(names, same, strict=True) if not each])
    return np.sort(last)


def _as_of(rows: DealList, keep: NDArray[np.int64], created: NDArray[np.float64], closed: NDArray[np.float64],
           entered: NDArray[np.float64]) -> float:
    """The day of the export: stated, or the last day on which anything happened."""
    if rows.mapping.as_of is not None:
        return float((rows.mapping.as_of - datetime.date(1970, 1, 1)).days + 1)
    changed = rows.dates.get("stage_changed")
    snapshot = rows.dates.get("snapshot")
    if snapshot is not None and not np.isnan(snapshot).all():
        return float(np.nanmax(snapshot))
    steps: list[NDArray[np.float64]] = [created]
    if changed is not None:
        steps.append(changed[keep])
    if entered.size:
        steps.append(entered.ravel())
    known = [float(np.nanmax(each)) for each in steps if not np.isnan(each).all()]
    if not known:
        raise ParameterError(f"{rows.path}: no date could be read in {rows.mapping.columns['created']!r:.60}; state "
                             "dates = \"day-first\", \"month-first\" or \"year-first\" in the mapping")
    ends = closed[~np.isnan(closed)]
    # A close date that lies far beyond everything else is a slip, not the day of the export.
    ends = ends[ends <= max(known) + 366.0]
    return max([*known, *([float(ends.max())] if len(ends) else [])])


def _tests(rows: DealList, keep: NDArray[np.int64], value: NDArray[np.float64], created: NDArray[np.float64],
           closed: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Deals that are tests by name and by worth or age; and those that are so by name alone."""
    kind = rows.test[keep]
    with np.errstate(invalid="ignore"):
        nothing = ~(value > 1.0) | (np.floor(closed) <= np.floor(created))
    return (kind > 0) & nothing, (kind > 0) & ~nothing


def _timed(rows: DealList, names: NDArray[np.object_], outcome: NDArray[np.int8], created: NDArray[np.float64],
           closed: NDArray[np.float64], as_of: float, drop: NDArray[np.bool_], from_history: bool,
           quality: Quality) -> NDArray[np.bool_]:
    """Which deals have a duration: closed after created, and not at once."""
    ended = (outcome != OPEN) & ~drop
    columns, timed = rows.mapping.columns, rows.readings.timed
    ends = ("close", "won_at", "lost_at")
    exact = columns["created"] in timed and (from_history or any(columns.get(what) in timed for what in ends))
    with np.errstate(invalid="ignore"):
        age = closed - created if exact else np.floor(closed) - np.floor(created)
        unknown = ended & np.isnan(closed)
        negative = ended & (age < 0.0)
        born = ended & (age >= 0.0) & (age < (HOUR if exact else 1.0))
        future = ended & (closed > as_of + FUTURE_DAYS)
    quality.add("no_close_date", names[unknown])
    quality.add("negative_duration", names[negative])
    quality.add("born_closed", names[born])
    quality.add("closed_after_export", names[future])
    return np.asarray(~(unknown | negative | born | future | drop))


# --- value


def _values(rows: DealList, keep: NDArray[np.int64], outcome: NDArray[np.int8], names: NDArray[np.object_],
            quality: Quality) -> tuple[NDArray[np.float64], str, dict[str, float]]:
    """The value of each deal in the firm's currency; nan where it has none or another currency without a rate."""
    value = rows.numbers["amount"][keep].copy() if "amount" in rows.numbers else np.full(len(keep), np.nan)
    if "amount_final" in rows.numbers:
        final = rows.numbers["amount_final"][keep]
        value = np.where((outcome == WON) & ~np.isnan(final), final, value)
    quality.add("no_amount", names[np.isnan(value)])
    with np.errstate(invalid="ignore"):
        low = value <= 0.0
    quality.add("amount_not_above_zero", names[low])
    value[low] = np.nan
    if "currency" not in rows.codes:
        return value, "", dict(rows.mapping.currencies)
    texts, code = rows.words["currency"].texts, rows.codes["currency"][keep]
    counts = np.bincount(code[(code >= 0) & ~np.isnan(value)], minlength=len(texts))
    rates = dict(rows.mapping.currencies)
    main = next((text for text, rate in rates.items() if rate == 1.0 and text in texts),
                texts[int(counts.argmax())] if len(texts) else "")
    rates.setdefault(main, 1.0)
    factor = np.array([rates.get(text, np.nan) for text in texts] + [1.0])[code]
    quality.add("other_currency", names[np.isnan(factor)])
    return value * factor, main, {text: rates[text] for text in [main, *sorted(rates.keys() - {main})] if text}


# --- owners


def _owners(rows: DealList, keep: NDArray[np.int64], names: NDArray[np.object_], drop: NDArray[np.bool_],
            quality: Quality) -> tuple[list[str], list[str], NDArray[np.int32]]:
    """Owners who are people, by what the export calls them and by name, and the owner of each deal."""
    if "owner" not in rows.codes:
        return [], [], np.full(len(keep), -1, np.int32)
    texts, code = rows.words["owner"].texts, rows.codes["owner"][keep].copy()
    called = list(texts)
    if "owner_name" in rows.codes:
        pairs = pd.DataFrame({"owner": code, "name": rows.codes["owner_name"][keep]})
        known = pairs[(pairs["owner"] >= 0) & (pairs["name"] >= 0)].drop_duplicates("owner")
        for owner, name in known.itertuples(index=False):
            called[owner] = rows.words["owner_name"].texts[name]
    out = set(rows.mapping.leave_out)
    vacant = np.array([is_(text, "placeholder") and not {"no owner"} & {_plain(text)} for text in called] + [False])
    nobody = np.array([_plain(text) in ("no owner", "unassigned", "none", "queue") for text in called] + [True])
    left_out = np.array([text in out or name in out for text, name in zip(texts, called, strict=True)] + [False])
    vacant &= ~nobody
    quality.add("no_owner", names[nobody[code] & ~drop])
    quality.add("owner_left", names[vacant[code] & ~drop])
    quality.add("owner_left_out", names[left_out[code] & ~drop])
    code[nobody[code] | vacant[code] | left_out[code]] = -1
    return texts, called, code


def _plain(text: str) -> str:
    from simlead.client.table_file import normal

    return normal(text)


def _migrated(owner: NDArray[np.int32], created: NDArray[np.float64], names: NDArray[np.object_],
              drop: NDArray[np.bool_], timed: NDArray[np.bool_], quality: Quality) -> None:
    """Deals that came in bulk: many by one owner on one day were moved there, not created; their age is unknown."""
    day = np.floor(np.nan_to_num(created, nan=-1.0)).astype(np.int64)
    frame = pd.DataFrame({"owner": owner, "day": day})
    size = frame.groupby(["owner", "day"])["day"].transform("size").to_numpy()
    bulk = (size >= max(BULK_LEAST, BULK_SHARE * len(owner))) & ~drop
    quality.add("created_in_bulk", names[bulk])
    timed[bulk] = False


def _left_open(rows: DealList, keep: NDArray[np.int64], outcome: NDArray[np.int8], names: NDArray[np.object_],
               as_of: float, drop: NDArray[np.bool_], quality: Quality) -> None:
    """Count open deals, and those long past their close date: both are censored, neither is lost."""
    still = (outcome == OPEN) & ~drop
    quality.add("open", names[still])
    due = rows.dates.get("expected_close", rows.dates.get("close"))
    if due is not None:
        with np.errstate(invalid="ignore"):
            quality.add("open_past_close_date", names[still & (due[keep] < as_of - LONG_PAST_DAYS)])


def _teams(rows: DealList, keep: NDArray[np.int64], owner: NDArray[np.int32], owners: Sequence[str],
           ) -> tuple[list[str], NDArray[np.int32]]:
    """The team of each owner, the commonest of its latest deals: by manager, else by team, as in a list of people."""
    what = next((each for each in ("manager", "team") if each in rows.codes and rows.words[each].texts), None)
    if what is None or not len(owners):
        return [], np.full(len(owners), -1, np.int32)
    frame = pd.DataFrame({"owner": owner, "team": rows.codes[what][keep], "created": rows.dates["created"][keep]})
    frame = frame[(frame["owner"] >= 0) & (frame["team"] >= 0)].sort_values("created").groupby("owner").tail(20)
    count = frame.groupby(["owner", "team"]).size().reset_index(name="deals").sort_values("deals")
    found = np.full(len(owners), -1, np.int32)
    found[count["owner"].to_numpy()] = count["team"].to_numpy()
    return rows.words[what].texts, found


# --- stages


def _whole_mapping(mapping: ColumnMapping, stages: Sequence[str], as_of: float, rates: dict[str, float],
                   ) -> ColumnMapping:
    """The mapping with everything that was found."""
    guessed = [place_of(stage, number / max(1, len(stages))) for number, stage in enumerate(stages)]
    reached = 0
    for number, place in enumerate(guessed):  # a pipeline does not go back
        reached = max(reached, GATES.index(place)) if place in GATES else reached
        guessed[number] = GATES[reached]
    if len(stages) >= len(GATES) and len(set(guessed)) < len(GATES):  # the words leave one out: by the order alone
        guessed = [GATES[number * len(GATES) // len(stages)] for number in range(len(stages))]
    places = {**mapping.stages, **{stage: mapping.stages.get(stage, place)
                                   for stage, place in zip(stages, guessed, strict=True)}}
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=int(np.ceil(as_of)) - 1 if as_of % 1 else int(as_of))
    return dataclasses.replace(mapping, stages=places, as_of=mapping.as_of or day, currencies=rates)


def _gates(stages: Sequence[str], entered: NDArray[np.float64], mapping: ColumnMapping) -> NDArray[np.float64]:
    """When each deal entered the first stage of each of the model's three."""
    gates = np.full((len(entered), len(GATES)), np.nan)
    for column, stage in enumerate(stages):
        if mapping.stages[stage] in GATES:
            place = GATES.index(mapping.stages[stage])
            gates[:, place] = np.fmin(gates[:, place], entered[:, column])
    return gates


def _count_ways(stages: Sequence[str], entered: NDArray[np.float64], names: NDArray[np.object_],
                quality: Quality) -> None:
    """Count deals that skipped a stage and deals that went back."""
    if len(stages) < 2:
        return
    there = ~np.isnan(entered)
    later = np.cumsum(there[:, ::-1], axis=1)[:, ::-1] > 0
    skipped = (~there & later).any(axis=1)
    filled = np.where(there, entered, -np.inf)
    back = (there & (filled < np.maximum.accumulate(filled, axis=1) - 1e-6)).any(axis=1)
    quality.add("skipped_stage", names[skipped])
    quality.add("moved_back", names[back])


__all__ = ["GATES", "LOST", "NO_DECISION", "OPEN", "WON", "Deals", "cleaned"]
