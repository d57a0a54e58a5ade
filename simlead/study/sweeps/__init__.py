"""A sweep: a study run in parallel into a store that survives anything, and read again."""
