"""Columns of counts and times, addressed by an integer key: 50 bytes a row instead of 300."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from straymail.correspondence.history import PairFacts, faded


class Edges:
    """Directed facts by key. Counts add up; first is a minimum, last a maximum: the order of learning is no matter."""

    def __init__(self) -> None:
        self._at: dict[int, int] = {}
        self._sent = array("L")
        self._replies = array("L")
        self._first = array("d")
        self._last = array("d")

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, key: int) -> bool:
        return key in self._at

    def add(self, key: int, count: int, replies: int, first: float, last: float) -> None:
        """Add to a row, making it when it is new."""
        at = self._at.get(key)
        if at is None:
            self._at[key] = len(self._sent)
            self._sent.append(count)
            self._replies.append(replies)
            self._first.append(first)
            self._last.append(last)
            return
        self._sent[at] += count
        self._replies[at] += replies
        self._first[at] = min(self._first[at], first)
        self._last[at] = max(self._last[at], last)

    def get(self, key: int) -> PairFacts | None:
        """The row, or None."""
        at = self._at.get(key)
        if at is None:
            return None
        return PairFacts(self._sent[at], self._replies[at], self._first[at], self._last[at])

    def columns(self, key: int) -> list[float] | None:
        """The row as [sent, replies, first, last], or None."""
        at = self._at.get(key)
        return None if at is None else [column[at] for column in (self._sent, self._replies, self._first, self._last)]

    def faded(self, key: int, now: float) -> float:
        """The count of a row as ``history.faded``; 0 when there is none."""
        at = self._at.get(key)
        return faded(self._sent[at], self._last[at], now) if at is not None else 0.0

    def drop(self, key: int) -> None:
        """Forget a row."""
        self._at.pop(key, None)

    def keys(self) -> list[int]:
        """Every key."""
        return list(self._at)

    def sum(self, keys: Sequence[int]) -> PairFacts | None:
        """Rows added up; None when there is none."""
        if len(keys) == 1:
            return self.get(keys[0])
        rows = [at for key in keys if (at := self._at.get(key)) is not None]
        if not rows:
            return None
        return PairFacts(
            sum(self._sent[at] for at in rows),
            sum(self._replies[at] for at in rows),
            min(self._first[at] for at in rows),
            max(self._last[at] for at in rows),
        )
