"""Computed parts of a page: written in their places and nowhere else, or refused."""

import pytest

from simlead.results.files import FileFormatError
from simlead.results.page_parts import with_parts, write_parts

PAGE = "# Runs\n<!-- first -->\nold\n<!-- end -->\nbetween\n<!-- second -->\n<!-- end -->\nafter <!-- end -->\n"


def test_each_part_is_written_in_its_own_place_and_all_else_stays():
    found = with_parts(PAGE, {"second": r"two \1 <b>" + "\n\n", "first": "one\nmore"})
    assert found == ("# Runs\n<!-- first -->\none\nmore\n<!-- end -->\nbetween\n<!-- second -->\n"
                     "two \\1 <b>\n<!-- end -->\nafter <!-- end -->\n")
    assert with_parts(found, {"first": "one\nmore"}) == found


@pytest.mark.parametrize(("page", "count"), [(PAGE, 0), (2 * "<!-- third -->\n<!-- end -->\n", 2)])
def test_a_part_without_exactly_one_place_is_refused_and_the_page_kept(tmp_path, page, count):
    place = tmp_path / "README.md"
    place.write_text(page, encoding="utf-8")
    with pytest.raises(FileFormatError, match=f"{count} places <!-- third -->"):
        write_parts(place, {"first": "new", "third": "x"} if count == 0 else {"third": "x"})
    assert place.read_text(encoding="utf-8") == page
