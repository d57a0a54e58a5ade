"""A study: the question, the scenario, the design and its factors; reading it from a file."""
