"""Many small cases as one test, which names each case that fails: a test of its own costs more than such a case."""

import pytest


def every(cases, name=str):
    """Decorate a test of one case so that it is run for all of these, and fails with all that failed, by name."""
    def decorate(test):
        def for_all():
            failed = []
            for case in cases:
                try:
                    test(case)
                except (AssertionError, pytest.fail.Exception) as wrong:
                    failed.append(f"{name(case)}: {wrong}")
            if failed:
                raise AssertionError("\n".join(failed))

        for_all.__name__, for_all.__doc__ = test.__name__, test.__doc__
        return for_all

    return decorate
