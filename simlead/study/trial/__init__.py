"""Trials: what a firm could find out about a change, before it is made everywhere."""
