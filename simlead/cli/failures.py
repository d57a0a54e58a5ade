"""Failures of a command: one line on standard error, nothing half written, no process left."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from simlead.show.user_text import encodable, printable

DONE, FOUND, REFUSED = 0, 1, 2
BROKEN = 70  # as in sysexits.h
INTERRUPTED, TERMINATED = 130, 143  # what a shell reports for a process ended by Ctrl-C and by `kill`

EXIT_STATUSES = {
    DONE: "Done.",
    FOUND: "Done, but a check or a run failed: a fact outside its tolerance (`facts`), runs that failed "
           "(`sweep`), a repeated run that is not the stored one (`rerun`). The answer was printed.",
    REFUSED: "Refused: a wrong option, value, file or folder. One line on standard error says what is allowed; nothing "
             "was written.",
    BROKEN: "A fault of simlead's own. Set SIMLEAD_TRACEBACK=1 to see where, and please report it.",
    INTERRUPTED: "Interrupted by Ctrl-C; nothing is left half written, and a sweep resumes where it stopped.",
    TERMINATED: "Terminated by `kill`; the same.",
}
"""What each exit status of a command means."""

TRACEBACK_VARIABLE = "SIMLEAD_TRACEBACK"


class Refusal(ValueError):
    """A request that cannot be met; the message is one line: what, where, what is allowed."""


class Stopped(BaseException):
    """A command was stopped from outside, by Ctrl-C or `kill`; no `except Exception` catches it."""

    def __init__(self, status: int, left: str = "nothing was left half written") -> None:
        super().__init__(status, left)
        self.status, self.left = status, left


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Let `kill` (SIGTERM) stop the block as Ctrl-C does, so that it can clean up."""
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or before == signal.SIG_IGN:
        yield
        return

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
        raise Stopped(TERMINATED)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def say(message: str) -> None:
    """Print one line on standard error, under the command's name."""
    with contextlib.suppress(OSError, ValueError):
        line = encodable(" ".join(printable(message).split()), sys.stderr.encoding)
        sys.stderr.write(f"simlead: {line}\n")
        sys.stderr.flush()


def say_warning(message: Warning | str) -> None:
    """Print a warning, such as that of an old name, as one line."""
    say(f"warning: {message}")


def stop_workers() -> None:
    """End the worker processes of this process."""
    loky = sys.modules.get("loky.reusable_executor")  # not loaded: no workers
    executor = getattr(loky, "_executor", None)
    if executor is not None:
        from simlead.study.parallel import kill

        with contextlib.suppress(Exception):
            kill(executor)


def status_of(command: Callable[[], object]) -> int:
    """Run a command and return its exit status, one of `EXIT_STATUSES`; any exception becomes one line.

    The variable SIMLEAD_TRACEBACK shows where a failure came from.
    """
    try:
        with stoppable():
            result = command()
            sys.stdout.flush()
        if result == INTERRUPTED:  # typer catches Ctrl-C itself and makes it a status
            return stopped(Stopped(INTERRUPTED))
        return result if isinstance(result, int) else 0
    except KeyboardInterrupt:
        return stopped(Stopped(INTERRUPTED))
    except Stopped as stop:
        return stopped(stop)
    except BrokenPipeError:
        return _reader_went_away()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # how Rich ends a process whose reader went away
            return _reader_went_away()
        return end.code if isinstance(end.code, int) else REFUSED if end.code else 0
    except Exception as failure:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        return _reported(failure)


def stopped(stop: Stopped) -> int:
    """End the workers, report what is left of the work, and return the exit status."""
    if threading.current_thread() is threading.main_thread():
        # Ctrl-C pressed again and again gives no traceback; the process ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop_workers()
    say(f"{'terminated' if stop.status == TERMINATED else 'interrupted'}; {stop.left}")
    return stop.status


def _reader_went_away() -> int:
    # Python flushes standard output once more at its end and would complain then.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _reported(failure: Exception) -> int:
    usage = getattr(failure, "format_message", None)  # typer's and click's usage errors
    if callable(usage):
        message = str(usage())
        if not message:  # no command at all: the help was printed
            return REFUSED
        near = getattr(failure, "possibilities", None)
        if near:  # an unknown option; the library's own hint is wordier
            message = f"{getattr(failure, 'message', message).rstrip('.')}; did you mean {near[0]}?"
        context = getattr(failure, "ctx", None)
        where = f" (see {context.command_path} --help)" if context is not None else ""
        say(f"{message.strip().rstrip('.')}{where}")
        return REFUSED
    if type(failure).__name__ == "Abort":
        return stopped(Stopped(INTERRUPTED))
    if isinstance(failure, OSError):
        where = f"{failure.filename}: " if failure.filename else ""
        say(f"{where}{failure.strerror or failure}")
        return REFUSED
    if _is_refusal(failure):
        say(str(failure) or type(failure).__name__)
        return REFUSED
    stop_workers()
    say(f"a fault of simlead's own: {type(failure).__name__}: {failure}; "
        f"set {TRACEBACK_VARIABLE}=1 to see where")
    return BROKEN


def _is_refusal(failure: Exception) -> bool:
    """Whether simlead raised this to say that something cannot be done."""
    if type(failure).__module__.startswith("simlead."):
        return True
    frame = failure.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    raised_in = frame.tb_frame.f_globals.get("__name__", "") if frame is not None else ""
    return isinstance(failure, ValueError) and raised_in.startswith("simlead.")
