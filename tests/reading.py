"""Reading a trace, for tests: which rows, whose, and in which week the engine stood."""

from __future__ import annotations

import numpy as np

from simlead.model import events as ev


def rows_of(trace, *kinds):
    """The rows of these kinds, in the order in which they were written."""
    return trace[np.isin(trace["kind"], kinds)]


def week_of_row(trace, warmup_weeks):
    """The week in which each row was written, from -warmup_weeks on: a week's beginning opens it.

    At the very instant of a beginning, what is written before it belongs to the week that ends.
    """
    return np.cumsum(trace["kind"] == ev.WEEK_BEGINS) - warmup_weeks


def deal_name(rows):
    """One integer per opportunity, for rows or tables that name (territory, number)."""
    if "entity" in rows.dtype.names:
        return rows["entity"].astype(np.int64) << 32 | rows["index"]
    return rows["territory"].astype(np.int64) << 32 | rows["number"]


def meetings(trace):
    """Every meeting held: deal, meeting, seat, when it was due, began and ended."""
    held = np.flatnonzero(trace["kind"] == ev.MEETING_HELD)
    rows, tasks = trace[held], trace[held - 1]
    assert np.all(tasks["kind"] == ev.REP_TASK_ENDS) and np.all(tasks["detail"] == ev.CUSTOMER)
    assert np.all(tasks["time"] == rows["time"]) and np.all(tasks["actor"] == rows["actor"])
    due = {(row["entity"], row["index"], row["detail"]): row["time"] for row in rows_of(trace, ev.MEETING_DUE)}
    out = np.zeros(len(rows), [("deal", "i8"), ("meeting", "i8"), ("seat", "i8"),
                               ("due", "f8"), ("began", "f8"), ("ended", "f8")])
    out["deal"], out["meeting"], out["seat"] = deal_name(rows), rows["detail"], rows["actor"]
    out["due"] = [due[row["entity"], row["index"], row["detail"]] for row in rows]
    out["began"], out["ended"] = tasks["value"], rows["time"]
    return out
