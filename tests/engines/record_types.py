"""The types of the compiled engine's records, written from its dtypes.

`python tests/engines/record_types.py` writes simlead/engines/compiled/records.pyi anew.
"""

from __future__ import annotations

from pathlib import Path

from simlead.engines.compiled import layout, records

STUB = Path(records.__file__).with_suffix(".pyi")
HEAD = '"""Fields of the compiled engine\'s records: made from the dtypes by tests/engines/record_types.py."""\n'
RECORDS = {
    "FirmRecord": layout.FIRM, "PlanRecord": layout.PLAN, "LeversRecord": layout.LEVERS, "SeatRecord": layout.SEAT,
    "SeatPlanRecord": layout.SEAT_PLAN, "SeatWordRecord": layout.SEAT_WORD,
    "TeamRecord": layout.TEAM, "DealRecord": layout.DEAL, "SessionRecord": layout.SESSION,
    "BlockRecord": layout.BLOCK, "TimerRecord": layout.TIMER, "FarTimerRecord": layout.FAR_TIMER,
    "BucketRecord": layout.BUCKET, "LinkRecord": layout.LINK, "NumberRecord": layout.NUMBER,
    "OpportunityRecord": layout.OPPORTUNITY, "RepRowRecord": layout.REP_ROW,
    "ManagerRowRecord": layout.MANAGER_ROW, "PeopleRowRecord": layout.PEOPLE_ROW, "TraceRowRecord": layout.TRACE_ROW,
}
TYPES = {"b": "bool", "i": "int", "f": "float"}


def type_of(dtype):
    """What a field is to a type checker."""
    plain = TYPES[dtype.base.kind]
    return f"list[{plain}]" if dtype.shape else plain


def stub():
    """The text of records.pyi."""
    classes = (f"class {name}:\n" + "".join(f"    {field}: {type_of(dtype[field])}\n" for field in dtype.names)
               for name, dtype in RECORDS.items())
    return HEAD + "\n" + "\n".join(classes)


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
