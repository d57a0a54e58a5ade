"""The command line: `simlead demo`, `run`, `compare`, `sweep`, `status`, `rerun`, `facts` and others."""

from simlead.cli.app import app, main

__all__ = ["app", "main"]
