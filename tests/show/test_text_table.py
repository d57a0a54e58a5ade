"""A table of text fits its width, whatever its columns are."""

from __future__ import annotations

import pytest

from simlead.show.text_table import table_lines


@pytest.mark.parametrize(("width", "how"), [(200, "columns"), (60, "wrapped"), (45, "grouped"), (30, "row by row")])
def test_a_table_fits_its_width_and_breaks_no_word(width, how):
    columns = ["measure", "scenario", "minus status_quo"]
    rows = [["coaching_hours_per_rep_month", "status_quo", ""], ["", "leadership", "+9 points (4 to 14) at once"]]
    lines = "\n".join(table_lines(columns, rows, (), width)).split("\n")
    assert how == "row by row" or max(map(len, lines)) <= width  # such rows are wrapped when they are printed
    printed = " ".join(lines).split()
    for word in [word for row in rows for cell in row for word in cell.split()]:
        assert word in printed, how


def test_numbers_are_aligned_to_the_right_and_never_wrapped():
    lines = table_lines(["a", "b", "n"], [["x", "y", "1 000"], ["x", "y", "22"]], {2}, 11)
    assert [line[-5:] for line in lines] == ["    n", "1 000", "   22"]
