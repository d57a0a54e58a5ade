"""Analyses: simulate, replicate, compare; studies and sweeps; estimates; theory, facts, calibration."""
