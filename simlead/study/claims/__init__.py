"""Claims of practitioners: an experiment for each, with a computed verdict."""
