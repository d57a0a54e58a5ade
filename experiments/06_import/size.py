"""Measure how long a large export takes to import, and how much memory.

    python experiments/06_import/size.py
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import simlead

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "client"))
from large_exports import write_deals


def main() -> None:
    """Print a line for each size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for deals, with_history in ((50_000, True), (1_000_000, False)):
            past = folder / f"history_{deals}.csv" if with_history else None
            write_deals(folder / f"{deals}.csv", deals, past)
            began, work = time.monotonic(), time.process_time()
            simlead.import_crm(folder / f"{deals}.csv", history=past)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{deals:,} deals{' with history' if with_history else ''}: {time.monotonic() - began:.0f} s, "
                  f"{time.process_time() - work:.0f} s of processor, at most {memory:,.0f} MB")


if __name__ == "__main__":
    main()
