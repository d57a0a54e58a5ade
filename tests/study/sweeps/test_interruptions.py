"""Ctrl-C and kill wait for the end of what must not be disturbed, and are not lost."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from simlead.cli import main
from simlead.cli.failures import TERMINATED, Stopped, stoppable
from simlead.study.sweeps.interruptions import children_without_interrupts, undisturbed

ASKS_WHETHER_IT_IS_BLOCKED = (
    "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set()))")


def test_an_interruption_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        done.append("the rest")
    assert done == ["the rest"]


def test_a_second_one_does_not_wait():
    done = []
    with pytest.raises(KeyboardInterrupt), undisturbed():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        done.append("the rest")
    assert done == []


def test_kill_waits_too_and_ends_as_a_stop():
    done = []
    with pytest.raises(Stopped) as stop, stoppable(), undisturbed():
        signal.raise_signal(signal.SIGTERM)
        done.append("the rest")
    assert stop.value.status == TERMINATED
    assert done == ["the rest"]


def test_handlers_are_as_before():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with stoppable(), undisturbed():
        pass
    with pytest.raises(ZeroDivisionError), stoppable(), undisturbed():
        raise ZeroDivisionError
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_who_ignores_signals_goes_on_ignoring_them():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stoppable(), undisturbed():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_threads_have_nothing_to_wait_for():
    done = []

    def work():
        with stoppable(), undisturbed():
            done.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["done"]


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="masks of signals")
def test_children_are_not_told_of_an_interruption_and_we_are():
    def blocked():
        return subprocess.run([sys.executable, "-c", ASKS_WHETHER_IT_IS_BLOCKED], capture_output=True, text=True,
                              check=True).stdout.strip()

    with children_without_interrupts():
        assert blocked() == "True"
    assert blocked() == "False"
    with pytest.raises(KeyboardInterrupt), children_without_interrupts():
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize(("raised", "status"), [(KeyboardInterrupt(), 130), (Stopped(TERMINATED), 143)])
def test_a_stopped_command_leaves_its_caller_as_it_was(monkeypatch, capsys, raised, status):
    def selected(*_):
        raise raised

    monkeypatch.setattr("simlead.cli.parameters.selected", selected)
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert main(["parameters"]) == status
    assert capsys.readouterr().err.count("\n") == 1
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
