"""A session as a file to take home, and to go on from: a ZIP with one JSON file and one CSV file."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any

from simlead.model.parameters import ParameterError
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.files import FileFormatError
from simlead.results.provenance import provenance, source_hash
from simlead.show.workshop.bets import Bet
from simlead.show.workshop.experiment import Outcome
from simlead.show.workshop.levers import Firm, Move, described, firm_of, is_stock, moved, with_lever
from simlead.show.workshop.session import Session, Tried
from simlead.study.estimation.estimates import Estimate, PairedEstimate

KIND, VERSION = "simlead workshop", 1
JSON_NAME, CSV_NAME = "session.json", "moves.csv"
LARGEST_BYTES = 20_000_000
ESTIMATES = ("revenue", "market_share", "profit", "separations", "realised", "planned", "realised_before")
UNITS = {"revenue": "share of status quo", "market_share": "share", "profit": "$/year", "separations": "1/year",
         "realised": "share of the manager's week", "planned": "share of the manager's week",
         "realised_before": "share of the manager's week"}


def exported(session: Session) -> bytes:
    """All moves, bets and results of a session, with seed, numbers of pairs and hashes, as a ZIP.

    The CSV has a row per move and result; the JSON has all that is needed to run it again: the
    parameters in which each firm as it is differs from simlead's own, and the hash of each scenario.
    """
    with session.lock:
        content = told(session)
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in ((JSON_NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n"),
                           (CSV_NAME, _table(content))):
            # A fixed date, so that the same session is the same file.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode("utf-8"))
    return memory.getvalue()


def told(session: Session) -> dict[str, Any]:
    """The content of the JSON file."""
    moves = []
    for line in session.tried:
        base = session.firms.base(line.firm, line.move.beliefs)
        outcome = line.outcome()
        if base is None:
            continue
        moves.append({
            "number": line.number, "firm": dataclasses.asdict(line.firm), "levers": dataclasses.asdict(line.move),
            "bets": [dataclasses.asdict(bet) for bet in line.bets], "shown": line.shown,
            "status_quo": _changes(base), "status_quo_hash": base.hash(),
            "move_hash": moved(base, line.firm, line.move).hash(),
            "results": _results(outcome) if outcome is not None and line.shown else None,
        })
    made = provenance(Scenario())
    return {
        "kind": KIND, "version": VERSION, "seed": session.luck.seed, "language": session.language,
        "firm": dataclasses.asdict(session.firm), "levers": dataclasses.asdict(session.move), "moves": moves,
        "confidence": 0.95, "units": UNITS,
        "provenance": {"sources": made.sources, "registry": made.registry, "python": made.python,
                       "platform": made.platform, "versions": made.versions},
    }


def _changes(base: Scenario) -> dict[str, Any]:
    return {path: here for path, (here, _) in base.differences(Scenario()).items()}


def _results(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {"n": outcome.n}
    for name in ESTIMATES:
        estimate = getattr(outcome, name)
        found[name] = {end: _finite(getattr(estimate, end)) for end in ("mean", "low", "high")} | {"n": estimate.n}
    return found


def _finite(value: float) -> float | None:
    """JSON has no word for what is not a number."""
    return value if math.isfinite(value) else None


def _table(content: dict[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    levers = [field.name for field in dataclasses.fields(Move)]
    writer.writerow(["number", *levers, "bets_revenue_percent", "bets_coaching_percent", "measure", "unit", "mean",
                     "low", "high", "n", "seed", "status_quo_hash", "move_hash"])
    for move in content["moves"]:
        head = [move["number"], *(move["levers"][key] for key in levers),
                " ".join(str(bet["revenue"]) for bet in move["bets"]),
                " ".join(str(bet["coaching"]) for bet in move["bets"])]
        for name in ESTIMATES if move["results"] else ():
            result = move["results"][name]
            writer.writerow([*head, name, UNITS[name], result["mean"], result["low"], result["high"], result["n"],
                             content["seed"], move["status_quo_hash"], move["move_hash"]])
    return text.getvalue()


def read(path: Path) -> dict[str, Any]:
    """The content of an exported session, from its ZIP or its JSON file.

    Raises FileFormatError, in one line, for anything else; OSError if there is no such file.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise FileFormatError(f"{path}: too large for a session of the workshop")
    content = path.read_bytes()
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if archive.getinfo(JSON_NAME).file_size > LARGEST_BYTES:
                    raise FileFormatError(f"{path}: too large for a session of the workshop")
                content = archive.read(JSON_NAME)
        told_there = json.loads(content)
    except (KeyError, ValueError, zipfile.BadZipFile) as failure:
        if isinstance(failure, FileFormatError):
            raise
        raise FileFormatError(f"{path}: not a session that the workshop exported") from None
    if not isinstance(told_there, dict) or told_there.get("kind") != KIND:
        raise FileFormatError(f"{path}: not a session that the workshop exported")
    if told_there.get("version") != VERSION:
        raise FileFormatError(f"{path}: a session of version {told_there.get('version')!r:.20}; "
                              f"this simlead reads version {VERSION}")
    return told_there


def restore(session: Session, content: dict[str, Any]) -> str:
    """Set a new session to where an exported one was; returns what is to be said about it, or nothing.

    Recorded results are shown until as many pairs were run again here; where the code has
    changed since, that is said. Raises FileFormatError for a content that cannot be.
    """
    try:
        firm = _firm(content["firm"])
        tried = [_tried(session, move) for move in content["moves"]]
        move = _move(firm, content["levers"])
    except (KeyError, TypeError, ValueError, AttributeError) as failure:
        reason = " ".join(str(failure).split())
        raise FileFormatError(f"a session that cannot be: {reason:.160}") from None
    with session.lock:
        session.firm, session.move, session.tried = firm, move, tried
        session.changes += 1
    same = content.get("provenance", {}).get("sources") == source_hash()
    return "" if same else "the session was made by other code: its results stand as recorded until they are run again"


def _firm(values: dict[str, Any]) -> Firm:
    firm, wrong = firm_of(values)
    if firm is None or set(values) - {field.name for field in dataclasses.fields(Firm)}:
        raise ParameterError(f"firm: {', '.join(wrong) or 'unknown numbers'}")
    return firm


def _move(firm: Firm, values: dict[str, Any]) -> Move:
    move = Move(**values)
    for key, value in values.items():
        move = with_lever(firm, move, key, value)
    return move


def _tried(session: Session, saved: dict[str, Any]) -> Tried:
    firm = _firm(saved["firm"])
    move = _move(firm, saved["levers"])
    if not is_stock(firm):
        base = Scenario().change({path: value for path, value in saved["status_quo"].items() if path in REGISTRY})
        if base.hash() != saved["status_quo_hash"]:
            raise ParameterError(f"move {saved['number']}: its firm does not have the hash that was recorded")
        expected = described(firm, move.beliefs)
        if base.organisation.teams != expected.organisation.teams:
            raise ParameterError(f"move {saved['number']}: its firm is not the one described")
        session.firms.adopt(firm, move.beliefs, base)
    bets = tuple(Bet(str(bet["name"])[:1], int(bet["revenue"]), int(bet["coaching"])) for bet in saved["bets"])
    results = saved["results"]
    return Tried(int(saved["number"]), firm, move, None, bets, bool(saved["shown"]),
                 None if results is None else _outcome(results))


def _outcome(results: dict[str, Any]) -> Outcome:
    def estimate(name: str) -> tuple[float, float, float, int]:
        line = results[name]
        mean, low, high = (math.nan if line[end] is None else float(line[end]) for end in ("mean", "low", "high"))
        return mean, low, high, int(line["n"])

    return Outcome(
        n=int(results["n"]), revenue=Estimate(*estimate("revenue")),
        **{name: PairedEstimate(*estimate(name), float("nan")) for name in ("market_share", "profit", "separations")},
        **{name: Estimate(*estimate(name)) for name in ("realised", "planned", "realised_before")})
