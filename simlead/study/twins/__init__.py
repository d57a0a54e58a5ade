"""Two worlds with the same luck, deal by deal: what ended differently, and why."""
