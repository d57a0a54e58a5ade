"""Answers over worlds: a policy's effect with both uncertainties, what drives it, and what is worth learning."""
