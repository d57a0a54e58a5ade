"""What is true: parameters, rules, draws, events. Imports nothing else of simlead's."""
