"""Names for the types of the compiled engine's records.

Type checkers read `records.pyi`, which `python tests/engines/record_types.py` writes from the
dtypes of `layout`; a misspelt field is an error there. Without a type checker they stand for anything.
"""

from typing import Any

FirmRecord = PlanRecord = LeversRecord = SeatRecord = TeamRecord = DealRecord = SessionRecord = BlockRecord = Any
SeatPlanRecord = SeatWordRecord = TimerRecord = FarTimerRecord = BucketRecord = LinkRecord = NumberRecord = Any
OpportunityRecord = RepRowRecord = ManagerRowRecord = PeopleRowRecord = TraceRowRecord = Any
