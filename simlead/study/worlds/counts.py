"""How many worlds an analysis needs; loads nothing, so that commands can state it in their help."""

LEAST_WORLDS = 16
"""Minimum number of worlds for an answer or a trial, and so many make the early one."""
