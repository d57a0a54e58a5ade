"""A test of many cases fails if one does, and names it."""

import pytest
from every import every


def test_each_case_that_fails_is_named_and_the_others_are_not():
    @every([1, 2, 3, 4], name=lambda case: f"case {case}")
    def test_small(case):
        assert case not in (2, 4), "too even"

    with pytest.raises(AssertionError) as failure:
        test_small()
    assert "case 2" in str(failure.value) and "case 4" in str(failure.value) and "case 3" not in str(failure.value)


def test_what_is_no_failed_assertion_comes_through():
    @every([0])
    def test_small(case):
        raise KeyError(case)

    with pytest.raises(KeyError):
        test_small()
