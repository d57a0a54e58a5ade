"""The command line: `simlead run`, `compare`, `demo`, `facts`, `parameters`, `diff`, `version`."""

from simlead.cli.app import app, main

__all__ = ["app", "main"]
