"""One M/M/1 queue, written as the users of each calendar would write it.

All serve the same customers: the n-th comes `gaps[n]` after the one before and keeps the
server for `services[n]`. A customer is two events, an arrival and a departure.
"""
