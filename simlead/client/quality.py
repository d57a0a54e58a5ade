"""What was found in an export: each hazard counted, with examples, and what was done with the rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

HAZARDS: Final = {
    # code: what is done
    "footer_line": "dropped",
    "unreadable_line": "dropped",
    "exact_duplicate": "dropped",
    "repeated_deal": "dropped",
    "test_deal": "dropped",
    "no_created_date": "dropped",
    "created_after_export": "dropped",
    "perhaps_test": "kept",
    "negative_duration": "no_duration",
    "born_closed": "no_duration",
    "no_close_date": "no_duration",
    "closed_after_export": "no_duration",
    "created_in_bulk": "no_duration",
    "no_amount": "no_value",
    "amount_not_above_zero": "no_value",
    "unreadable_amount": "no_value",
    "other_currency": "no_value",
    "unreadable_date": "no_duration",
    "no_owner": "no_person",
    "owner_left": "no_person",
    "owner_not_among_people": "kept",
    "owner_left_out": "no_person",
    "contradictory_outcome": "kept",
    "open_past_close_date": "censored",
    "open": "censored",
    "skipped_stage": "kept",
    "moved_back": "kept",
    "history_of_no_deal": "dropped",
    "formula_like": "text",
    "ambiguous_dates": "assumed",
    "mixed_dates": "assumed",
    "ambiguous_decimals": "assumed",
    "no_id": "kept",
}
"""Every hazard that an import counts -> what it does: rows dropped, or kept without what cannot be used."""

EXAMPLES = 5


@dataclasses.dataclass
class Quality:
    """Counts of an import.

    Parameters
    ----------
    lines : int
        Lines of the deal list below its header, unreadable ones and footers included.
    rows : int
        Data lines.
    deals : int
        Different deals, test deals and those without dates included.
    won, lost, open : int
        Of these by outcome.
    kept : int
        Deals that are used.
    hazards : dict of str to int
        How often each hazard was found.
    examples : dict of str to list of str
        The first deals of each.
    assumed : dict of str to str
        What was assumed where the file does not decide.

    Examples
    --------
    >>> found = Quality()
    >>> found.add("test_deal", ["A4"])
    >>> found.hazards, found.examples
    ({'test_deal': 1}, {'test_deal': ['A4']})
    """

    lines: int = 0
    rows: int = 0
    deals: int = 0
    won: int = 0
    lost: int = 0
    open: int = 0
    kept: int = 0
    hazards: dict[str, int] = dataclasses.field(default_factory=dict)
    examples: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    assumed: dict[str, str] = dataclasses.field(default_factory=dict)

    def add(self, hazard: str, examples: Iterable[str] = (), count: int | None = None) -> None:
        """Count a hazard, once for each example or `count` times; nothing is noted for none."""
        assert hazard in HAZARDS, hazard
        given = [str(each) for each in examples]
        number = len(given) if count is None else count
        if number:
            self.hazards[hazard] = self.hazards.get(hazard, 0) + number
            shown = self.examples.setdefault(hazard, [])
            shown += given[:EXAMPLES - len(shown)]
