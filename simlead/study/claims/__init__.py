"""What practitioners claim, each claim an experiment with a verdict that is computed."""
