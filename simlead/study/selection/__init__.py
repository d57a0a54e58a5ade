"""How the best of several systems is found: elimination with a promise, allocation without one."""
