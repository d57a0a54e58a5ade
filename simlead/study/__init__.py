"""How we ask: simulate, replicate, compare, calibrate, check against theory and facts."""
