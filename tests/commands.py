"""What a command of simlead's prints, for tests."""

from simlead.cli import main

SMALL = ["--set", "organisation.teams=1", "--set", "organisation.seats_per_team=2",
         "--set", "calendar.warmup_weeks=52", "--set", "calendar.horizon_weeks=52"]
"""A small firm, as options."""


def run_command(capsys, *arguments):
    """Exit status, standard output and standard error of one command."""
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def refused(capsys, *arguments):
    """The one line with which a command was refused."""
    status, out, err = run_command(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("simlead: ") and err.count("\n") == 1
    return err
