"""Sweeps: studies run in parallel, their stores on disk, and reading them."""
