"""Worlds: what is unknown, drawn, calibrated to one status quo and weighed by published facts."""
