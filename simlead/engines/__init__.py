"""How time passes: engines that turn a plan into records."""
