"""What the statistics refuse reaches users as the one error that they catch, in one line."""

import pytest

from simlead.model.parameters import ParameterError
from simlead.statistics.errors import StatisticsError
from simlead.statistics.simultaneous import simultaneous_intervals
from simlead.study.refusals import refusals


def test_a_refusal_of_the_statistics_is_a_parameter_error_with_the_nearest_name():
    with pytest.raises(ParameterError, match=r"^baseline 'status_qou': no such scenario; did you mean status_quo\?$"), \
            refusals():
        simultaneous_intervals({"status_quo": [1.0, 2.0], "coached": [2.0, 3.0]}, baseline="status_qou")


def test_another_error_passes_and_so_does_a_result():
    @refusals()
    def answer(error=None):
        if error is not None:
            raise error
        return 42

    assert answer() == 42
    with pytest.raises(ZeroDivisionError):
        answer(ZeroDivisionError())
    for _ in range(2):  # the decorator serves more than one call
        with pytest.raises(ParameterError, match="^no$") as refusal:
            answer(StatisticsError("no"))
    assert isinstance(refusal.value.__cause__, StatisticsError)
