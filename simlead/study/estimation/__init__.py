"""Estimates with intervals: of means, quantiles and series, and how many runs they need."""
