"""The type checker knows the fields of the compiled engine's records."""

import subprocess
import sys

import numpy as np
import pytest
from record_types import RECORDS, STUB, stub, type_of

from simlead.engines.compiled import layout, records

MISSPELT = """
from simlead.engines.compiled.layout import seat_at
from simlead.engines.compiled.records import FirmRecord

def read(firm: FirmRecord) -> float:
    return seat_at(firm, 0).clarity + seat_at(firm, 0).clarty
"""


def test_the_stub_is_that_of_the_dtypes():
    assert STUB.read_text(encoding="utf-8") == stub(), "run python tests/engines/record_types.py"


def test_every_record_has_a_type():
    assert {name for name in vars(records) if name.endswith("Record")} == set(RECORDS)
    assert {id(dtype) for dtype in layout.POOLS.values()} <= {id(dtype) for dtype in RECORDS.values()}


def test_fields_are_numbers_switches_and_lists_of_them():
    kinds = [np.dtype("i8"), np.dtype("f8"), np.dtype("?"), np.dtype(("f8", (3,)))]
    assert [type_of(kind) for kind in kinds] == ["int", "float", "bool", "list[float]"]


@pytest.mark.slow
def test_a_misspelt_field_is_an_error(tmp_path):
    (tmp_path / "misspelt.py").write_text(MISSPELT, encoding="utf-8")
    result = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"),
                             str(tmp_path / "misspelt.py")], capture_output=True, text=True, check=False)
    assert '"SeatRecord" has no attribute "clarty"; maybe "clarity"?' in result.stdout
