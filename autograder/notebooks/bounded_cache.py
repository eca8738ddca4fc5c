"""Remembers what was found in texts, of bounded size: who hands in ever more of them makes it no larger."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class BoundedCache(Generic[Found]):
    """A function of a text that remembers what it has found in the texts that it was asked for last.

    Args:
        find: the function.
        most: characters of all remembered texts together; a longer one is looked at each time.
    """

    def __init__(self, find: Callable[[str], Found], most: int):
        self._find, self._most, self._size = find, most, 0
        self._found: OrderedDict[str, Found] = OrderedDict()

    def __call__(self, text: str) -> Found:
        """What is found in a text."""
        if text in self._found:
            self._found.move_to_end(text)
            return self._found[text]
        found = self._find(text)
        self._found[text] = found
        self._size += len(text)
        while self._size > self._most:
            forgotten, _ = self._found.popitem(last=False)
            self._size -= len(forgotten)
        return found

    @property
    def size(self) -> int:
        """Characters of the texts that it remembers."""
        return self._size
