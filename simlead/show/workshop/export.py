"""Sessions as data to save and to continue from; exported they are a result folder in a ZIP, with a table of moves."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simlead.model.number import LARGEST_SEED
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.folder import pack, read_folder
from simlead.results.manifest import shaped
from simlead.results.provenance import same_answers
from simlead.show.workshop.bets import Bet, placed
from simlead.show.workshop.levers import Firm, Move, described, firm_of, is_stock, moved, with_lever
from simlead.show.workshop.names import clean_name
from simlead.show.workshop.session import BETTING, MOST_MOVES, OUTCOME, SHOWN, VIEWS, Session
from simlead.show.workshop.tried import Aside, Tried
from simlead.statistics.intervals import Estimate, PairedEstimate
from simlead.study.growing.experiment import Outcome

KIND, TABLE = "session", "moves.csv"
OWN = "scenario"
ESTIMATES = ("revenue", "market_share", "profit", "separations", "realised", "planned", "realised_before")
UNITS = {"revenue": "share of status quo", "market_share": "share", "profit": "$/year", "separations": "1/year",
         "realised": "share of the manager's week", "planned": "share of the manager's week",
         "realised_before": "share of the manager's week"}

Facts = dict[str, Any]


def exported(session: Session) -> bytes:
    """All moves, bets and results of a session, with seed, numbers of pairs and hashes, as a ZIP.

    The table has a row per move and result; the manifest has all that is needed to run it again: the
    parameters in which each firm as it is differs from simlead's own, and the hash of each scenario.
    """
    with session.lock:
        facts = facts_of(session)
    return pack(KIND, facts, {TABLE: _table(facts).encode("utf-8")})


def facts_of(session: Session, *, results: bool = True) -> Facts:
    """The facts of a session's manifest: what people did, and the results where they are not left out.

    Without `results` a move has none, because they can be made again; those of other code, which cannot, stay.
    """
    moves = []
    for line in session.tried:
        base = session.firms.base(line.firm, line.move.effect_sizes)
        outcome = line.outcome() if results else line.recorded
        moves.append({
            "number": line.number, "firm": _numbers(line.firm), "levers": dataclasses.asdict(line.move),
            "bets": _bets(line.bets), "shown": line.shown, "pinned": line.pinned,
            "status_quo": None if base is None else _status_quo(base),
            "status_quo_hash": None if base is None else base.hash(),
            "move_hash": None if base is None else moved(base, line.firm, line.move).hash(),
            "results": _results(outcome) if outcome is not None and line.shown else None,
        })
    aside = None if session.aside is None else {
        "firm": _numbers(session.aside.firm), "levers": dataclasses.asdict(session.aside.move),
        "bets": _bets(session.aside.bets)}
    return {"seed": session.run_cache.seed, "language": session.language, "firm": _numbers(session.firm),
            "levers": dataclasses.asdict(session.move), "phase": session.phase, "bets": _bets(session.bets),
            "aside": aside, "view": session.view, "manager": session.manager, "week": session.week, "moves": moves,
            "confidence": 0.95, "units": UNITS}


def without_bets_of(name: str, facts: Facts) -> Facts:
    """The facts of a session as they are without the bets of a table."""
    def without(holder: Facts) -> Facts:
        return {**holder, "bets": [bet for bet in holder.get("bets", []) if bet["name"] != name]}

    aside = facts.get("aside")
    return {**without(facts), "aside": None if aside is None else without(aside),
            "moves": [without(move) for move in facts["moves"]]}


def _bets(bets: tuple[Bet, ...]) -> list[Facts]:
    return [dataclasses.asdict(bet) for bet in bets]


@functools.lru_cache(maxsize=64)  # written after each thing that people do
def _status_quo(base: Scenario) -> Facts:
    """The parameters in which a firm as it is differs from simlead's own."""
    return {path: here for path, (here, _) in base.differences(Scenario()).items()}


def _numbers(firm: Firm) -> Facts:
    """What describes a firm; of one that was given as a scenario also its name and hashes."""
    return firm.numbers | ({} if firm.own is None else {OWN: {"name": firm.own.name, "hashes": firm.own.hashes}})


def _results(outcome: Outcome) -> Facts:
    found: Facts = {"n": outcome.n}
    for name in ESTIMATES:
        estimate = getattr(outcome, name)
        ends = {end: getattr(estimate, end) for end in ("mean", "low", "high")}
        found[name] = {end: value if math.isfinite(value) else None for end, value in ends.items()} | {"n": estimate.n}
    return found


def _table(facts: Facts) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    levers = [field.name for field in dataclasses.fields(Move)]
    writer.writerow(["number", *levers, "bets_revenue_percent", "bets_coaching_percent", "measure", "unit", "mean",
                     "low", "high", "n", "seed", "status_quo_hash", "move_hash"])
    for move in facts["moves"]:
        head = [move["number"], *(move["levers"][key] for key in levers),
                *(" ".join(str(bet[which]) for bet in move["bets"]) for which in ("revenue", "coaching"))]
        for name in ESTIMATES if move["results"] else ():
            result = move["results"][name]
            writer.writerow([*head, name, UNITS[name], result["mean"], result["low"], result["high"], result["n"],
                             facts["seed"], move["status_quo_hash"], move["move_hash"]])
    return text.getvalue()


def read(path: Path) -> Facts:
    """The facts of an exported session, of this version or of 0.1.0.

    Raises FileFormatError, in one line, for anything else.
    """
    facts = read_folder(path, KIND).facts
    earlier = facts.get("provenance")
    if isinstance(earlier, dict):
        facts = {"sources": earlier.get("sources"), **facts}
    with shaped(path):
        seed = _exactly(int, facts["seed"], "seed")
        if not 0 <= seed <= LARGEST_SEED:
            raise ValueError(f"seed = {seed}: allowed is 0 to {LARGEST_SEED}")
    return facts


def restore(session: Session, facts: Facts, place: Path = Path("session")) -> str:
    """Set a new session to the state of an exported one; returns a remark on it, or nothing.

    Recorded results are shown until as many pairs were run again here; if the code has changed
    since, the remark says so. Raises FileFormatError, in one line, for facts of another shape.
    """
    with shaped(place):
        firm = _firm(session, facts["firm"])
        moves = _exactly(list, facts["moves"], "moves")
        if len(moves) > MOST_MOVES:
            raise ValueError(f"{len(moves)} moves; allowed are {MOST_MOVES}")
        tried = [_tried(session, move) for move in moves]
        move = _move(firm, facts["levers"])
        phase, view = facts.get("phase", BETTING), facts.get("view", OUTCOME)
        if phase not in (BETTING, SHOWN) or view not in VIEWS:
            raise ValueError(f"phase {phase!r:.40}, view {view!r:.40}")
        bets, aside = _bets_of(facts.get("bets", [])), _aside(session, facts.get("aside"))
        manager, week = (_exactly(int, facts.get(name, 0), name) for name in ("manager", "week"))
        same = same_answers(_exactly(str, facts["sources"], "sources"))
    with session.lock:
        if facts["seed"] != session.run_cache.seed:
            session.reseed(facts["seed"])
        session.firm, session.move, session.tried = firm, move, tried
        session.phase, session.bets, session.aside, session.bets_fell = phase, bets, aside, False
        session.view, session.manager, session.week, session.broken = view, manager, week, ""
        session.forget_experiment()
        session.changes += 1
    return "" if same else "the session was made by other code: its results stand as recorded until they are run again"


def _exactly(kind: type, value: Any, name: str) -> Any:
    """The value, if it is of this type; True is no number."""
    if type(value) is not kind:
        raise TypeError(f"{name} = {value!r:.40} is not of the type {kind.__name__}")
    return value


def _firm(session: Session, values: Mapping[str, Any]) -> Firm:
    values = dict(_exactly(dict, values, "firm"))
    saved = values.pop(OWN, None)
    if saved is not None:
        own, name = session.firms.first.own, _exactly(str, _exactly(dict, saved, OWN)["name"], "name")[:80]
        if own is None or saved["hashes"] != own.hashes:
            raise ParameterError(f"its firm is {name}; name that file too, as it was: simlead workshop {name}.toml "
                                 "--session FILE")
        return session.firms.first
    for name, value in values.items():
        _exactly(int, value, name)
    firm, wrong = firm_of(values)
    if firm is None or set(values) - firm.numbers.keys():
        raise ParameterError(f"firm: {', '.join(wrong) or 'unknown numbers'}")
    return firm


def _move(firm: Firm, values: Mapping[str, Any]) -> Move:
    move = Move(**_exactly(dict, values, "levers"))
    for key, value in values.items():
        move = with_lever(firm, move, key, value)
    return move


def _tried(session: Session, saved: Mapping[str, Any]) -> Tried:
    number, shown = _exactly(int, saved["number"], "number"), _exactly(bool, saved["shown"], "shown")
    firm = _firm(session, saved["firm"])
    move = _move(firm, saved["levers"])
    if not is_stock(firm) and saved["status_quo"] is not None:
        base = Scenario().change(_exactly(dict, saved["status_quo"], "status_quo"))
        if base.hash() != saved["status_quo_hash"]:
            raise ParameterError(f"move {number}: its firm does not have the hash that was recorded")
        if base.organisation.teams != described(firm, move.effect_sizes).organisation.teams:
            raise ParameterError(f"move {number}: its firm is not the one described")
        session.firms.adopt(firm, move.effect_sizes, base)
    results, pinned = saved["results"], _exactly(int, saved.get("pinned", 0), "pinned")
    return Tried(number, firm, move, None, _bets_of(saved["bets"]), shown,
                 None if results is None else _outcome(results), pinned)


def _aside(session: Session, saved: Any) -> Aside | None:
    if saved is None:
        return None
    firm = _firm(session, _exactly(dict, saved, "aside")["firm"])
    return Aside(firm, _move(firm, saved["levers"]), _bets_of(saved["bets"]))


def _bets_of(saved: Any) -> tuple[Bet, ...]:
    """Bets as they were written, each one on the scale and no two of one name."""
    bets: tuple[Bet, ...] = ()
    for bet in _exactly(list, saved, "bets"):
        name = _exactly(str, _exactly(dict, bet, "bet")["name"], "name")
        values = [_exactly(int, bet[key], key) for key in ("revenue", "coaching")]
        bets = placed(bets, values[0], values[1], "" if len(name) == 1 else clean_name(name))
    return bets


def _number(value: Any, name: str) -> float:
    if value is None:
        return math.nan
    return float(value if type(value) is int else _exactly(float, value, name))


def _outcome(results: Mapping[str, Any]) -> Outcome:
    def estimate(name: str) -> tuple[float, float, float, int]:
        line = _exactly(dict, results[name], name)
        mean, low, high = (_number(line[end], end) for end in ("mean", "low", "high"))
        return mean, low, high, _exactly(int, line["n"], "n")

    return Outcome(
        n=_exactly(int, results["n"], "n"), revenue=Estimate(*estimate("revenue")),
        **{name: PairedEstimate(*estimate(name), float("nan")) for name in ("market_share", "profit", "separations")},
        **{name: Estimate(*estimate(name)) for name in ("realised", "planned", "realised_before")})
