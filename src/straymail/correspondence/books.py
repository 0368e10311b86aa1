"""Address books: everyone a person has written to or had mail from, by their integers, and by first letters."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence

from straymail.correspondence.history import first_letters

_NOBODY: frozenset[int] = frozenset()


class Books:
    """The address book of each address.

    Args:
        keys: person keys by their integers, growing.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._books: dict[int, set[int]] = defaultdict(set)
        self._begins: dict[int, dict[str, list[int]]] = {}  # of those who were asked for

    def get(self, who: int) -> set[int] | frozenset[int]:
        """Whom this address has written to or had mail from."""
        return self._books.get(who, _NOBODY)

    def add(self, a: int, b: int) -> None:
        """One of these has written to the other."""
        for one, other in ((a, b), (b, a)):
            book = self._books[one]
            if other not in book:
                book.add(other)
                if one in self._begins:
                    self._file(self._begins[one], other)

    def drop(self, who: int) -> set[int]:
        """Forget an address; whose books it stood in."""
        others = self._books.pop(who, set())
        for other in others:
            self._books[other].discard(who)
        self._begins.clear()
        return others

    def beginning(self, who: int, letters: str) -> Sequence[int]:
        """The book of ``who``: those whose local part has these ``first_letters``."""
        index = self._begins.get(who)
        if index is None:
            index = self._begins[who] = {}
            for each in sorted(self.get(who)):
                index.setdefault(self._letters(each), []).append(each)
        return index.get(letters, ())

    def _file(self, index: dict[str, list[int]], who: int) -> None:
        insort(index.setdefault(self._letters(who), []), who)

    def _letters(self, who: int) -> str:
        return first_letters(self._keys[who].partition("@")[0])
