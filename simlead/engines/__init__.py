"""Engines: two simulators that turn a plan into records."""
