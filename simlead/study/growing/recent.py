"""Caches that hold what was used last."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def recent(cache: OrderedDict[Key, Value], key: Key, most: int) -> Value:
    """The value of a key, from now on the last used; of more than `most` values the least recently used are dropped.

    >>> cache = OrderedDict(first=1, second=2, third=3)
    >>> recent(cache, "first", 2), list(cache)
    (1, ['third', 'first'])
    """
    cache.move_to_end(key)
    while len(cache) > most:
        cache.popitem(last=False)
    return cache[key]
