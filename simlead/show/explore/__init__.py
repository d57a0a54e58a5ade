"""Sliders in a notebook, with what is known of the policy that they set."""
