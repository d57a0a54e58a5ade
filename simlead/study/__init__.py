"""How we ask: simulate, replicate, compare; studies and sweeps; estimates and answers; theory, facts, calibration."""
