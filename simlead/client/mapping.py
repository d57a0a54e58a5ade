"""Which column is what, and how its texts are read: found from the names, shown as a TOML file, edited and read back.

    vendor = "salesforce"
    dates = "month-first"        # year-first | day-first | month-first
    decimals = "point"           # point | comma
    as_of = 2024-06-30           # the day of the export

    [columns]                    # what simlead needs = what the file calls it
    id = "Opportunity ID"

    [stages]                     # in the order of the pipeline: discovery | qualified | proposal | won | lost
    "Negotiation/Review" = "proposal"

    [currencies]                 # what a unit is worth in the firm's currency; others are not added up
    USD = 1.0

    [owners]                     # owners who are no sales reps
    leave_out = ["Integration User"]
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from simlead.client.table_file import normal
from simlead.client.text_values import ORDERS
from simlead.model.parameters import ParameterError, nearest

VENDORS: Final = ("salesforce", "hubspot", "dynamics", "pipedrive", "zoho", "plain")
DECIMALS: Final = {"point": ".", "comma": ","}
PLACES: Final = ("discovery", "qualified", "proposal", "won", "lost")
"""What a stage can be: one of the model's three stages, or an end."""

NEEDED: Final = ("created",)
_ENTERED = re.compile(r"(?:hs v2 )?(?:hs )?date entered (.+)")


@dataclasses.dataclass(frozen=True)
class ColumnMapping:
    """How an export is read; what is None or empty is found from the file."""

    vendor: str = "auto"
    dates: str | None = None
    decimals: str | None = None
    as_of: datetime.date | None = None
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    stages: Mapping[str, str] = dataclasses.field(default_factory=dict)
    currencies: Mapping[str, float] = dataclasses.field(default_factory=dict)
    leave_out: tuple[str, ...] = ()


@cache
def names() -> dict[str, Any]:
    """The lists of names: of columns by table, of vendors, and of words."""
    text = files("simlead").joinpath("data/crm_columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def wanted(table: str) -> frozenset[str]:
    """Every name that a column of a table can have."""
    return frozenset(word for words in names()[table].values() for word in words)


def vendor_of(header: Iterable[str]) -> str:
    """The CRM whose telltale columns a header has most of; `plain` if it has fewer than two.

    >>> vendor_of(["Id", "StageName", "IsWon", "CloseDate"]), vendor_of(["deal", "value"])
    ('salesforce', 'plain')
    """
    there = {normal(name) for name in header}
    counts = {vendor: len(there.intersection(telltales)) for vendor, telltales in names()["vendors"].items()}
    best = max(counts, key=lambda vendor: counts[vendor])
    return best if counts[best] >= 2 else "plain"


def columns_of(header: Sequence[str], table: str, stated: Mapping[str, str] | None = None) -> dict[str, str]:
    """What each column of a file is, by what is needed; a column is used once, but for the names of owners.

    Raises ParameterError for a stated column that the file has not, or that nothing needs.
    """
    known = names()[table]
    there: dict[str, str] = {}
    for name in header:
        there.setdefault(normal(name), name)
    found: dict[str, str] = {}
    for what, name in (stated or {}).items():
        if what not in known:
            raise ParameterError(f"columns.{what}: no such column is needed; allowed is {' | '.join(known)}"
                                 f"{nearest(what, known)}")
        if name and name not in header:
            raise ParameterError(f"columns.{what} = {name!r:.60}: the file has no such column{nearest(name, header)}")
        found[what] = name
    taken = set(found.values())
    for what, words in known.items():
        if what in found:
            continue
        for word in words:
            name = there.get(word, "")
            if name and (name not in taken or what == "owner_name"):
                found[what] = name
                taken.add(name)
                break
    return {what: name for what, name in found.items() if name}


def entered_columns(header: Sequence[str]) -> dict[str, str]:
    """The columns that hold when a deal entered a stage, by the stage's name.

    >>> entered_columns(['Date entered "Contract Sent (Sales Pipeline)"', "hs_v2_date_entered_closedwon"])
    {'Contract Sent': 'Date entered "Contract Sent (Sales Pipeline)"', 'closedwon': 'hs_v2_date_entered_closedwon'}
    """
    found = {}
    for name in header:
        label = re.fullmatch(r'\s*date entered\s*"?(.+?)\s*(?:\([^()]*\))?"?\s*', name, re.IGNORECASE)
        if label:
            found[label.group(1).strip('" ')] = name
        elif part := _ENTERED.fullmatch(normal(name)):
            found[part.group(1)] = name
    return found


def says(text: str, kind: str) -> bool:
    """Whether a text has one of a kind's words, whole.

    >>> says("Closed Won", "won"), says("5 - Closed lost (no budget)", "lost"), says("Wonderful", "won")
    (True, True, False)
    """
    plain = f" {normal(_parted(text))} "
    return any(f" {word} " in plain for word in names()["words"][kind])


def is_(text: str, kind: str) -> bool:
    """Whether a text is one of a kind's words and nothing else."""
    return normal(text) in names()["words"][kind]


def place_of(stage: str, order: float) -> str:
    """The model's stage that a stage of a pipeline is: by its words, else by its place in the order, 0 to 1.

    >>> place_of("Negotiation/Review", .2), place_of("Phase B", .5), place_of("Closed Won", 1.0)
    ('proposal', 'qualified', 'won')
    """
    for end in ("lost", "won"):
        if says(stage, end):
            return end
    plain = f" {normal(_parted(stage))} "
    by_length = sorted(((len(word), gate) for gate, words in names()["gates"].items() for word in words
                        if f" {word} " in plain), reverse=True)
    if by_length:
        return str(by_length[0][1])
    return PLACES[min(2, int(order * 3))]


def _parted(text: str) -> str:
    """A name in one piece, such as `closedwon` or `ClosedWon`, in its words."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.sub(r"^(closed)(won|lost)$", r"\1 \2", text.strip(), flags=re.IGNORECASE)


# --- the file


def mapping_from(content: Mapping[str, Any]) -> ColumnMapping:
    """Check the parsed content of a mapping file.

    Raises ParameterError, in one line, for what it should not have.
    """
    known = ["vendor", "dates", "decimals", "as_of", "columns", "stages", "currencies", "owners"]
    for key in content:
        if key not in known:
            raise ParameterError(f"{key}: no such entry; allowed is {' | '.join(known)}{nearest(key, known)}")
    for key in ("columns", "stages", "currencies", "owners"):
        if not isinstance(content.get(key, {}), Mapping):
            raise ParameterError(f"{key} = {content[key]!r:.40}: a table is needed, [{key}]")
    _one_of(content, "vendor", ("auto", *VENDORS))
    _one_of(content, "dates", ORDERS)
    _one_of(content, "decimals", DECIMALS)
    as_of = content.get("as_of")
    if isinstance(as_of, str):
        try:
            as_of = datetime.date.fromisoformat(as_of)
        except ValueError:
            raise ParameterError(f"as_of = {as_of!r:.40}: a date is needed, such as 2024-06-30") from None
    if isinstance(as_of, datetime.datetime):
        as_of = as_of.date()
    if as_of is not None and not isinstance(as_of, datetime.date):
        raise ParameterError(f"as_of = {as_of!r:.40}: a date is needed, such as 2024-06-30")
    for table in ("columns", "stages"):
        for key, value in content.get(table, {}).items():
            if not isinstance(value, str):
                raise ParameterError(f"{table}.{key} = {value!r:.40}: a text is needed")
            if table == "stages" and value not in PLACES:
                raise ParameterError(f"stages.{key} = {value!r:.40}: allowed is {' | '.join(PLACES)}"
                                     f"{nearest(value, PLACES)}")
    for key, value in content.get("currencies", {}).items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 < value < 1e9:
            raise ParameterError(f"currencies.{key} = {value!r:.40}: allowed is a number above 0, what a unit is worth "
                                 "in the firm's currency")
    leave_out = content.get("owners", {}).get("leave_out", [])
    if not isinstance(leave_out, list) or not all(isinstance(name, str) for name in leave_out):
        raise ParameterError(f"owners.leave_out = {leave_out!r:.40}: a list of names is needed")
    return ColumnMapping(
        vendor=content.get("vendor", "auto"), dates=content.get("dates"), decimals=content.get("decimals"),
        as_of=as_of, columns=dict(content.get("columns", {})), stages=dict(content.get("stages", {})),
        currencies={name: float(rate) for name, rate in content.get("currencies", {}).items()},
        leave_out=tuple(leave_out))


def mapping_toml(mapping: ColumnMapping, comments: Mapping[str, str] | None = None) -> str:
    """A mapping as a file; `comments` stand behind the entries that they name."""
    behind = {key: f"  # {' '.join(text.split())}" for key, text in (comments or {}).items()}
    lines = [f"vendor = {_quoted(mapping.vendor)}{behind.get('vendor', '')}"]
    if mapping.dates:
        lines.append(f"dates = {_quoted(mapping.dates)}{behind.get('dates', '')}")
    if mapping.decimals:
        lines.append(f"decimals = {_quoted(mapping.decimals)}{behind.get('decimals', '')}")
    if mapping.as_of:
        lines.append(f"as_of = {mapping.as_of.isoformat()}{behind.get('as_of', '')}")
    lines += ["", "[columns]"]
    lines += [f"{what} = {_quoted(mapping.columns.get(what, ''))}" for what in names()["deals"]]
    for title, table in (("stages", mapping.stages), ("currencies", mapping.currencies)):
        if table:
            lines += ["", f"[{title}]"]
            lines += [f"{_quoted(key)} = {_quoted(value) if isinstance(value, str) else repr(value)}"
                      for key, value in table.items()]
    lines += ["", "[owners]", f"leave_out = [{', '.join(map(_quoted, mapping.leave_out))}]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_of(content: Mapping[str, Any], key: str, allowed: Iterable[str]) -> None:
    value, allowed = content.get(key), list(allowed)
    if value is not None and value not in allowed:
        hint = nearest(value, allowed) if isinstance(value, str) else ""
        raise ParameterError(f"{key} = {value!r:.40}: allowed is {' | '.join(allowed)}{hint}")
