"""Who stands beside whom in the messages of one sender: a count for each (sender, one, other), by their integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

_BETWEEN = "\n"  # stands in no address


class Beside:
    """Counts of messages of a sender that went to two people together."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def add(self, sender: int, one: int, other: int, count: int = 1) -> None:
        """Count messages."""
        at = _key(sender, one, other)
        self._counts[at] = self._counts.get(at, 0) + count

    def get(self, sender: int, one: int, other: int) -> int:
        """How many messages of the sender went to both."""
        return self._counts.get(_key(sender, one, other), 0)

    def among(
        self, books: Mapping[int, set[int] | frozenset[int]], groups: Sequence[Sequence[int]]
    ) -> Callable[[Sequence[int]], list[int]]:
        """Tells of a person's addresses in how many messages of the senders one of them stood beside one of each group.

        Args:
            books: of each sender (one person's addresses) whom it has written to, maybe others too.
            groups: the addresses of each of the other people.
        """
        get = self._counts.get
        asked = [
            (sender, book, [(at, other) for at, others in enumerate(groups) for other in others if other in book])
            for sender, book in books.items()
        ]

        def counts(ones: Sequence[int]) -> list[int]:
            found = [0] * len(groups)
            for sender, book, known in asked:
                for one in ones:
                    if one in book:
                        for at, other in known:  # the key is written out: calling for it takes as long as all else
                            found[at] += get(hash((sender, one, other) if one < other else (sender, other, one)), 0)
            return found

        return counts


def _key(sender: int, a: int, b: int) -> int:
    return hash((sender, a, b) if a < b else (sender, b, a))


def joined(one: str, other: str) -> str:
    """Two person keys as one key of a row, whichever comes first."""
    return f"{one}{_BETWEEN}{other}" if one < other else f"{other}{_BETWEEN}{one}"


def parted(key: str) -> tuple[str, str]:
    """Inverse of ``joined``."""
    one, _, other = key.partition(_BETWEEN)
    return one, other


def names(key: str, person: str) -> bool:
    """Whether a key of a row is this person's, or one of two joined."""
    return key == person or (_BETWEEN in key and person in parted(key))


def first_of(person: str) -> str:
    """What the keys begin with in which this person comes first."""
    return person + _BETWEEN


def second_of(person: str) -> str:
    """What the keys end with in which this person comes second."""
    return _BETWEEN + person
