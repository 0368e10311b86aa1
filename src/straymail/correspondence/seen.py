"""Which messages were learned: eight bytes a message instead of sixty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_RECENT, _SHARE = 65_536, 32  # the set holds so many, or such a part of the column


class Seen:
    """A growing set of identities. Most lie in one sorted column of 64-bit hashes, the latest in a set before it."""

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._sorted: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._recent) + len(self._sorted)

    def __contains__(self, identity: str) -> bool:
        number = hash(identity)
        return number in self._recent or self._stored(number)

    def add(self, identity: str) -> bool:
        """Remember an identity; False when it was known."""
        number = hash(identity)
        if number in self._recent or self._stored(number):
            return False
        self._recent.add(number)
        if len(self._recent) >= max(_RECENT, len(self._sorted) // _SHARE):
            fresh = np.sort(np.fromiter(self._recent, dtype=np.int64, count=len(self._recent)))
            self._sorted = np.concatenate([self._sorted, fresh])
            self._sorted.sort(kind="stable")  # timsort: it merges two runs
            self._recent.clear()
        return True

    def _stored(self, number: int) -> bool:
        at = int(self._sorted.searchsorted(number)) if len(self._sorted) else 0
        return at < len(self._sorted) and int(self._sorted[at]) == number
