"""Exports of the size that firms have: 50,000 deals are soon imported, and a million rows do not fill memory."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from large_exports import write_deals

import simlead

SECONDS = 60.0
"""Time of the processor that 50,000 deals with their history may take."""
ROWS, MEGABYTES = 1_000_000, 1500

READING = """
import resource, sys
from pathlib import Path
from simlead.client.deal_list import read_deals
from simlead.client.deals import cleaned
from simlead.client.mapping import ColumnMapping
from simlead.client.quality import Quality
quality = Quality()
deals, _ = cleaned(read_deals(Path(sys.argv[1]), ColumnMapping(), quality), None, quality)
print(len(deals), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_50_000_deals_with_their_history_are_imported_in_time(tmp_path):
    write_deals(tmp_path / "deals.csv", 50_000, tmp_path / "history.csv")
    began = time.process_time()
    found = simlead.import_crm(tmp_path / "deals.csv", history=tmp_path / "history.csv")
    assert time.process_time() - began < SECONDS
    assert (found.quality.deals, len(found.draws)) == (50_000, 200)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the largest memory of a process is known to Unix alone")
def test_a_million_rows_do_not_fill_memory(tmp_path):
    write_deals(tmp_path / "deals.csv", ROWS)
    ended = subprocess.run([sys.executable, "-c", READING, str(tmp_path / "deals.csv")], capture_output=True, text=True,
                           check=True, cwd=Path(simlead.__file__).parents[1])
    deals, megabytes = map(int, ended.stdout.split())
    assert deals == ROWS and megabytes < MEGABYTES
