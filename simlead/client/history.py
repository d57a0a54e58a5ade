"""When deals entered stages: from a history file, from columns of the deal list, or from repeated snapshots."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simlead.client import mapping as columns_mapping
from simlead.client.columns import Words, days, readings_of
from simlead.client.deal_list import OPEN, DealList, outcome_word
from simlead.client.mapping import ColumnMapping, columns_of
from simlead.client.quality import Quality
from simlead.client.table_file import dialect_of, pieces
from simlead.model.parameters import ParameterError


@dataclasses.dataclass
class Entries:
    """Entries into stages: `deal` is the place of its id in the deal list, `day` the days since 1970."""

    deal: NDArray[np.int64]
    stage: NDArray[np.int32]
    day: NDArray[np.float64]
    stages: list[str]
    in_order: bool = False  # the stages stand in the order of the pipeline

    def matrix(self, stages: Sequence[str], deals: int, mapping: ColumnMapping,
               ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The first entry of each deal into each of some stages, and the last into an end (won or lost)."""
        entered = np.full((deals, len(stages)), np.nan)
        places = {stage: number for number, stage in enumerate(stages)}
        column = np.array([places.get(stage, -1) for stage in self.stages] + [-1])[self.stage]
        order = np.argsort(-self.day, kind="stable")  # the first entry is written last
        order = order[column[order] >= 0]
        entered[self.deal[order], column[order]] = self.day[order]
        ended = np.full(deals, np.nan)
        ends = np.array([outcome_word(stage, mapping) > OPEN for stage in self.stages] + [False])[self.stage]
        order = np.argsort(self.day, kind="stable")
        order = order[ends[order]]
        ended[self.deal[order]] = self.day[order]
        return entered, ended


@dataclasses.dataclass
class StageHistory:
    """A history file as it was read: the id of a deal, a stage and a day for each line."""

    path: Path
    ids: pa.ChunkedArray
    stage: NDArray[np.int32]
    day: NDArray[np.float64]
    stages: list[str]

    def entries(self, ids: Any, quality: Quality) -> Entries:
        """The entries of the deals with these ids; lines of other deals are counted and dropped."""
        places = pd.Index(ids).get_indexer(self.ids.to_pandas())
        quality.add("history_of_no_deal", count=int((places < 0).sum()))
        good = (places >= 0) & (self.stage >= 0) & ~np.isnan(self.day)
        deals = np.unique(places[good])
        if len(deals) > 1 and len(np.unique(places[good] * len(self.stages) + self.stage[good])) == len(deals):
            raise ParameterError(f"{self.path}: every deal has one stage in it; of a stage history, a line for each "
                                 "stage that a deal entered is needed")
        if not good.any():
            raise ParameterError(f"{self.path}: no line of this history belongs to a deal of the list; is its column "
                                 "of deals the id that the list has?")
        return Entries(places[good].astype(np.int64), self.stage[good], self.day[good], self.stages)


def read_history(path: Path, stated: ColumnMapping, quality: Quality) -> StageHistory:
    """Read a stage history: a line for each stage that a deal entered, or for each change of a field."""
    dialect = dialect_of(path, columns_mapping.wanted("history"))
    columns = columns_of(dialect.header, "history")
    if missing := [what for what in ("deal", "stage", "entered") if what not in columns]:
        raise ParameterError(f"{path}: no column found for {', '.join(missing)} of a stage history; the file has "
                             f"{', '.join(dialect.header[:12])}")
    readings = readings_of(path, dialect, [columns["entered"]], [], quality, stated.dates, None)
    words, refused = Words(), list[str]()
    ids: list[pa.Array] = []
    stage: list[NDArray[np.int32]] = []
    day: list[NDArray[np.float64]] = []
    for piece in pieces(path, dialect, list(columns.values()), refused):
        piece = {name: pc.utf8_trim_whitespace(column) for name, column in piece.items()}
        if "field" in columns:
            of_stage = pc.match_substring_regex(piece[columns["field"]], r"(?i)^(stage|stagename|phase|deal ?stage)$")
            piece = {name: column.filter(of_stage) for name, column in piece.items()}
        ids.append(piece[columns["deal"]])
        stage.append(words.of(piece[columns["stage"]]))
        read, wrong = days(piece[columns["entered"]], readings.dates)
        quality.add("unreadable_date", count=wrong)
        day.append(read)
    quality.add("unreadable_line", refused)
    if not ids:
        raise ParameterError(f"{path}: no lines below the column names")
    return StageHistory(path, pa.chunked_array(ids, pa.string()), np.concatenate(stage), np.concatenate(day),
                        words.texts)


def entries_of_columns(rows: DealList) -> Entries:
    """The entries that the columns of a deal list hold; of a deal that is repeated, those of its rows together."""
    codes, _ = pd.factorize(rows.ids.to_pandas())
    row, stage = np.nonzero(~np.isnan(rows.entered))
    return Entries(codes[row].astype(np.int64), stage.astype(np.int32), rows.entered[row, stage],
                   rows.entered_stages, in_order=True)


def entries_of_snapshots(rows: DealList, codes: NDArray[np.int64]) -> Entries | None:
    """The first snapshot that shows each deal in each stage; the first of all when the deal was created."""
    if "stage" not in rows.codes:
        return None
    frame = pd.DataFrame({"deal": codes, "stage": rows.codes["stage"], "day": rows.dates["snapshot"],
                          "created": rows.dates["created"]}).dropna(subset=["day"])
    frame = frame[frame["stage"] >= 0].sort_values("day", kind="stable").drop_duplicates(["deal", "stage"])
    first = ~frame.duplicated("deal")
    day = np.where(first & frame["created"].notna(), frame["created"], frame["day"])
    return Entries(frame["deal"].to_numpy(np.int64), frame["stage"].to_numpy(np.int32), day.astype(np.float64),
                   rows.words["stage"].texts)


def ordered_stages(entries: Entries, mapping: ColumnMapping) -> list[str]:
    """The stages of a pipeline that are no end, in order: as stated, as the columns stand, or as deals enter them."""
    open_stages = [stage for stage in entries.stages if outcome_word(stage, mapping) <= OPEN]
    if entries.in_order:
        found = open_stages
    else:
        frame = pd.DataFrame({"deal": entries.deal, "stage": entries.stage, "day": entries.day})
        frame = frame.sort_values(["deal", "day"], kind="stable").drop_duplicates(["deal", "stage"])
        frame["place"] = frame.groupby("deal").cumcount()
        means = frame.groupby("stage")["place"].agg(["median", "mean"])
        rank = {entries.stages[number]: (middle, mean) for number, middle, mean in zip(
            means.index.to_list(), means["median"], means["mean"], strict=True)}
        found = sorted((stage for stage in open_stages if stage in rank), key=lambda stage: rank[stage])
    stated = [stage for stage in mapping.stages if stage in found]
    return stated + [stage for stage in found if stage not in stated] if stated else found
