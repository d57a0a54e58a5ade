"""A simulated firm written as the export of a CRM: the test bed of the import, because the truth is known.

Business hours become dates: hour 0, the switch, is a Monday at 9, a week has five days of eight hours, and the export
is made at the end of the horizon. A CRM holds what a firm notices, so unnoticed opportunities are not in it. Owners
have invented names.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from simlead.model.events import OUTCOMES
from simlead.model.parameters import ParameterError, nearest
from simlead.model.units import HOURS_PER_DAY, HOURS_PER_WEEK
from simlead.results.export import save_table

if TYPE_CHECKING:
    import pandas as pd

    from simlead.results.run import Run
    from simlead.results.windows import Table

FIRST_HOUR_OF_THE_DAY = 9
YEAR_OF_THE_SWITCH = 2024

_FIRST: Final = (
    "Ada", "Ben", "Chen", "Dana", "Emil", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kaveh", "Lena", "Mina",
    "Noor", "Olga", "Pia", "Quinn", "Reza", "Sara", "Tomas", "Uma", "Viktor", "Wen", "Xenia", "Yara", "Zoe")
_LAST: Final = (
    "Adler", "Bakhtiari", "Castro", "Dvorak", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanov", "Jansen",
    "Karimi", "Lindt", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Sato", "Tehrani", "Ueda", "Varga",
    "Weber", "Ximenes", "Yilmaz", "Zand")


class _Dates:
    """Dates of business hours."""

    def __init__(self, switch_month: int) -> None:
        first = datetime.date(YEAR_OF_THE_SWITCH, switch_month, 1)
        self.monday = first + datetime.timedelta(days=-first.weekday() % 7)

    def of(self, hours: NDArray[np.float64]) -> NDArray[np.datetime64]:
        """The minute of each business hour; not a time where the hour is nan."""
        known = ~np.isnan(hours)
        at = np.where(known, hours, 0.0)
        weeks = np.floor(at / HOURS_PER_WEEK)
        in_week = at - weeks * HOURS_PER_WEEK
        day = np.minimum(np.floor(in_week / HOURS_PER_DAY), 4.0)
        minutes = np.round((in_week - day * HOURS_PER_DAY + FIRST_HOUR_OF_THE_DAY) * 60.0)
        found = (np.datetime64(self.monday, "m") + ((weeks * 7 + day) * 1440 + minutes).astype("timedelta64[m]"))
        return np.where(known, found, np.datetime64("NaT", "m"))

    def text(self, hours: NDArray[np.float64], pattern: str) -> pd.Series[str]:
        """The dates as text, empty where there is none."""
        import pandas as pd

        texts: pd.Series[str] = pd.Series(self.of(hours)).dt.strftime(pattern).fillna("")
        return texts


def person(number: int) -> str:
    """An invented name, another one for each number.

    >>> person(0), person(700), person(0) == person(676)
    ('Ada Adler', 'Yara Yilmaz 2', False)
    """
    names = len(_FIRST) * len(_LAST)
    first, last = number % len(_FIRST), (number + number // len(_FIRST)) % len(_LAST)
    again = f" {number // names + 1}" if number >= names else ""
    return f"{_FIRST[first]} {_LAST[last]}{again}"


def deals_of(run: Run) -> pd.DataFrame:
    """The deals of a run as its CRM would know them, a row each, in business hours: what the firm noticed or sold.

    Columns: `deal`, `owner` (number of a person), `team`, `created`, `closed`, `won`, `lost`, `stage` (0 to 2),
    `entered_0` to `entered_2`, `value`, `no_decision`.
    """
    import pandas as pd

    table = run.records.opportunities
    outcome = np.array(OUTCOMES)[table["outcome"]]
    table = table[table["noticed"] | (outcome == "won_by_manager")]
    outcome = np.array(OUTCOMES)[table["outcome"]]
    ended = ~np.isnan(table["decided"])
    won = (outcome == "won") | (outcome == "won_by_manager")
    by_manager = outcome == "won_by_manager"
    owner = np.where(by_manager, _manager_at(run, table["team"], table["decided"]),
                     _rep_at(run, table["seat"], table["decided"]))
    stage = table["stage"]
    frame = pd.DataFrame({
        "deal": np.arange(len(table)), "owner": owner, "team": table["team"], "created": table["arrived"],
        "closed": np.where(ended, table["decided"], np.nan), "won": won, "lost": ended & ~won, "stage": stage,
        "entered_0": np.where(by_manager, np.nan, table["arrived"]),
        "entered_1": np.where(stage >= 1, table["discovery_gate"], np.nan),
        "entered_2": np.where(stage >= 2, table["qualified_gate"], np.nan),
        "value": np.where(won, table["won_value"], table["value"]), "no_decision": outcome == "no_decision"})
    return frame.sort_values("created", kind="stable").reset_index(drop=True)


def people_of(run: Run) -> pd.DataFrame:
    """Reps and managers of a run, a row each: number, whether a manager, team, first and last hour, whether there now.

    The first hour of those who were there at the start follows from their tenure.
    """
    import pandas as pd

    reps = pd.DataFrame(run.records.reps[["week", "team", "seat", "hire", "filled", "tenure_weeks"]])
    filled = reps[reps["filled"]]
    spells = filled.groupby(["seat", "hire"]).agg(
        team=("team", "last"), week=("week", "first"), last=("week", "last"), tenure=("tenure_weeks", "first"))
    spells = spells.reset_index()
    final = int(reps["week"].max())
    found = pd.DataFrame({
        "person": _rep_number(spells["seat"].to_numpy(), spells["hire"].to_numpy()), "manager": False,
        "team": spells["team"], "start": (spells["week"] + 1 - spells["tenure"]) * HOURS_PER_WEEK,
        "end": (spells["last"] + 1) * HOURS_PER_WEEK, "active": spells["last"] == final})
    managers = pd.DataFrame(run.records.managers[["week", "team", "appointment"]])
    terms = managers.groupby(["team", "appointment"])["week"].agg(["first", "last"]).reset_index()
    found_managers = pd.DataFrame({
        "person": _manager_number(terms["team"].to_numpy(), terms["appointment"].to_numpy()), "manager": True,
        "team": terms["team"], "start": terms["first"] * HOURS_PER_WEEK, "end": (terms["last"] + 1) * HOURS_PER_WEEK,
        "active": terms["last"] == final})
    return pd.concat([found, found_managers], ignore_index=True)


def _rep_number(seat: NDArray[Any], hire: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray((seat.astype(np.int64) * 64 + hire) * 2)


def _manager_number(team: NDArray[Any], appointment: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray((team.astype(np.int64) * 64 + appointment) * 2 + 1)


def _weeks_of(run: Run, hours: NDArray[np.float64], first: int, last: int) -> NDArray[np.int64]:
    week = np.floor(np.nan_to_num(hours, nan=1e9) / HOURS_PER_WEEK)
    return np.clip(week, first, last).astype(np.int64) - first


def _rep_at(run: Run, seat: NDArray[Any], decided: NDArray[np.float64]) -> NDArray[np.int64]:
    """The rep in each seat when its deal was decided, or at the end."""
    return _rep_number(seat, _number_at(run, run.records.reps, "seat", "hire", seat, decided))


def _manager_at(run: Run, team: NDArray[Any], decided: NDArray[np.float64]) -> NDArray[np.int64]:
    return _manager_number(team, _number_at(run, run.records.managers, "team", "appointment", team, decided))


def _number_at(
    run: Run, rows: Table, where: str, who: str, place: NDArray[Any], decided: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The number in column `who` of who was in each place when its deal was decided, or at the end."""
    first, last = int(rows["week"].min()), int(rows["week"].max())
    there = np.zeros((last - first + 1, int(rows[where].max()) + 1), np.int64)
    there[rows["week"] - first, rows[where]] = rows[who]
    return np.asarray(there[_weeks_of(run, decided, first, last), place])


# --- the files of each vendor


def _reason(deals: pd.DataFrame, rival: str) -> NDArray[Any]:
    """The loss reason of lost deals."""
    return np.where(deals["lost"], np.where(deals["no_decision"], "No decision", rival), "")


def _salesforce(deals: pd.DataFrame, people: pd.DataFrame, dates: _Dates) -> dict[str, pd.DataFrame]:
    import pandas as pd

    time = "%Y-%m-%dT%H:%M:00.000Z"
    stages = np.array(["Prospecting", "Qualification", "Proposal/Price Quote"])
    ends = np.where(deals["won"], "Closed Won", "Closed Lost")
    closed = (deals["won"] | deals["lost"]).to_numpy()
    ids = "006" + deals["deal"].astype(str).str.zfill(12)
    owner = "005" + deals["owner"].astype(str).str.zfill(12)
    # What is open needs a close date there; reps type one a quarter ahead.
    close = np.where(closed, deals["closed"], deals["created"] + 13 * HOURS_PER_WEEK)
    opportunity = pd.DataFrame({
        "Id": ids, "Name": "Deal " + deals["deal"].astype(str), "OwnerId": owner,
        "StageName": np.where(closed, ends, stages[deals["stage"]]), "Amount": deals["value"].round(2),
        "CurrencyIsoCode": "USD", "CreatedDate": dates.text(deals["created"].to_numpy(), time),
        "CloseDate": dates.text(close, "%Y-%m-%d"), "IsClosed": np.where(closed, "true", "false"),
        "IsWon": np.where(deals["won"], "true", "false"),
        "Loss_Reason__c": _reason(deals, "Lost to competitor")})
    steps = [(stages[number], f"entered_{number}") for number in range(3)] + [(None, "closed")]
    parts = [pd.DataFrame({
        "OpportunityId": ids, "StageName": ends if name is None else name, "Amount": opportunity["Amount"],
        "hour": deals[column]}) for name, column in steps]
    history = pd.concat(parts).dropna(subset=["hour"]).sort_values("hour", kind="stable").reset_index(drop=True)
    history["CreatedDate"] = dates.text(history.pop("hour").to_numpy(), time)
    history.insert(0, "Id", "008" + history.index.astype(str).str.zfill(12))
    bosses = people[people["manager"] & people["active"]].drop_duplicates("team", keep="last")
    boss = people["team"].map(bosses.set_index("team")["person"])
    user = pd.DataFrame({
        "Id": "005" + people["person"].astype(str).str.zfill(12), "Name": people["person"].map(person),
        "IsActive": np.where(people["active"], "true", "false"),
        "UserRole.Name": np.where(people["manager"], "Sales Manager ", "Sales Rep ") + "Team "
        + (people["team"] + 1).astype(str),
        "Manager.Name": np.where(people["manager"], "", boss.map(person)),
        "CreatedDate": dates.text(people["start"].to_numpy(np.float64), time),
        "LastLoginDate": dates.text(people["end"].to_numpy(np.float64) - 0.5, time)})
    return {"deals.csv": opportunity, "history.csv": history, "people.csv": user}


def _hubspot(deals: pd.DataFrame, people: pd.DataFrame, dates: _Dates) -> dict[str, pd.DataFrame]:
    import pandas as pd

    time = "%Y-%m-%d %H:%M"
    stages = ["Appointment Scheduled", "Qualified To Buy", "Contract Sent"]
    closed = (deals["won"] | deals["lost"]).to_numpy()
    ends = np.where(deals["won"], "Closed Won", "Closed Lost")
    table = pd.DataFrame({
        "Record ID": 9000 + deals["deal"], "Deal Name": "Deal " + deals["deal"].astype(str),
        "Deal owner": deals["owner"].map(person), "HubSpot Team": "Team " + (deals["team"] + 1).astype(str),
        "Deal Stage": np.where(closed, ends, np.array(stages)[deals["stage"]]), "Pipeline": "Sales Pipeline",
        "Amount": deals["value"].round(2), "Currency": "USD",
        "Create Date": dates.text(deals["created"].to_numpy(), time),
        "Close Date": dates.text(deals["closed"].to_numpy(), time),
        "Is Closed Won": np.where(deals["won"], "true", "false"),
        "Is closed lost": np.where(deals["lost"], "true", "false"),
        "Closed Lost Reason": _reason(deals, "Competitor")})
    entered = [(stage, deals[f"entered_{number}"]) for number, stage in enumerate(stages)]
    for end in ("won", "lost"):
        entered.append((f"Closed {end.title()}", deals["closed"].where(deals[end])))
    for stage, hours in entered:
        table[f'Date entered "{stage} (Sales Pipeline)"'] = dates.text(hours.to_numpy(), time)
    return {"deals.csv": table}


EXPORTS: Final[Mapping[str, Callable[[Any, Any, _Dates], dict[str, Any]]]] = {
    "salesforce": _salesforce, "hubspot": _hubspot}
"""The CRMs as whose export a run can be written."""


def export_files(run: Run, vendor: str) -> dict[str, pd.DataFrame]:
    """The files of an export by name. `vendor` is one of EXPORTS."""
    return EXPORTS[vendor](deals_of(run), people_of(run), _Dates(run.scenario.market.switch_month))


def write_export(run: Run, vendor: str, folder: Path | str) -> list[Path]:
    """Write a run as the export of a CRM, into a folder that is made; cells like formulas are escaped.

    Parameters
    ----------
    run : Run
        A run of the firm.
    vendor : str
        "salesforce" or "hubspot".
    folder : pathlib.Path or str
        Where to.

    Returns
    -------
    list of pathlib.Path
        The files, in the vendor's columns: deals, and what the vendor exports of their history and of people.

    Raises
    ------
    ParameterError
        For a vendor that simlead does not know.

    Examples
    --------
    >>> import tempfile
    >>> import simlead
    >>> firm = simlead.Scenario().change({"organisation.teams": 1, "calendar.warmup_weeks": 1,
    ...                                   "calendar.horizon_weeks": 2})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [file.name for file in write_export(simlead.simulate(firm, engine="compiled"), "hubspot", folder)]
    ['deals.csv']
    """
    if vendor not in EXPORTS:
        raise ParameterError(f"vendor {vendor!r}: allowed is {' | '.join(EXPORTS)}{nearest(str(vendor), EXPORTS)}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [save_table(frame, folder / name) for name, frame in export_files(run, vendor).items()]
