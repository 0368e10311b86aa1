"""Names within two edits of a name, in a set that grows.

Each name is kept with its length and a mask of 64 bits: which of 32 sorts of characters are in it, and which twice.
An edit removes and adds one character at most, so names within two OSA edits differ by at most two in length and by at
most four bits in the mask; one pass of NumPy leaves a handful for rapidfuzz to measure: about 0.1 ms among 20,000
names. What has gathered beyond 65,536 goes into an index (``deletes``), which takes a tenth of a millisecond among a
million; names added since are looked through as before. Names are described, and the index is made, when next asked:
adding many is quick, and the first question after that waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from straymail.correspondence.deletes import Deletes

EDITS = 2
_SORTS = 32
_TOGETHER = 8_192  # names described at a time: their counts stay in the cache
_FEW = 16  # names up to which one after the other is quicker
_ROOM = 4
_LONGEST = 10_000
_GONE = -100  # the length of a name that was discarded
_GATHERED = 65_536  # names that are looked through one by one before an index is made of them
_SHARE = 16  # or, if that is more, this part of those in the index
_ASKED = 4_096  # answers kept: few names make up most mail, and new ones are rare


class Nearby:
    """A growing set of short strings that answers: which lie within two optimal-string-alignment edits."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._new = list(names)  # not described yet
        self._known = set(self._new)
        if len(self._known) < len(self._new):
            self._new = list(dict.fromkeys(self._new))
        self._count = 0  # rows in use of the three columns
        self._names = np.empty(0, dtype=np.object_)  # many are fetched from it at once in half the time of a list
        self._masks = np.empty(0, dtype=np.uint64)
        self._lengths = np.empty(0, dtype=np.int16)
        self._index: Deletes | None = None
        self._indexed = 0  # the first so many rows are in the index
        self._asked: dict[str, list[tuple[str, int]]] = {}  # answers that hold until the next change
        if len(self._new) > _GATHERED:
            self._take_in()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def add(self, name: str) -> None:
        """Add a name; twice is once."""
        if name not in self._known:
            self._known.add(name)
            self._new.append(name)
            self._asked.clear()

    def discard(self, name: str) -> None:
        """Forget a name; unknown ones are none."""
        if name not in self._known:
            return
        self._known.remove(name)
        at = next(row for row in self._alike(name, edits=0).tolist() if self._names[row] == name)
        self._names[at] = ""
        self._lengths[at] = _GONE
        self._asked.clear()

    def near(self, name: str) -> list[tuple[str, int]]:
        """Names within two edits, nearest first, the name itself left out."""
        known = self._asked.get(name)
        if known is None:
            if len(self._asked) >= _ASKED:
                self._asked.clear()
            known = self._asked[name] = self._search(name)
        return known

    def _search(self, name: str) -> list[tuple[str, int]]:
        rows = self._alike(name, EDITS)  # first: it may make the columns longer
        others = self._names[rows].tolist()
        found = process.extract(name, others, scorer=OSA.distance, score_cutoff=EDITS, limit=None)
        return [
            (other, edits)
            for edits in range(1, EDITS + 1)
            for other in sorted(other for other, measured, _ in found if measured == edits)
        ]

    def _alike(self, name: str, edits: int) -> NDArray[np.int64]:
        """Rows of names whose length and letters allow for so many edits."""
        if self._new:
            self._take_in()
        mask, most = np.uint64(_mask(name)), 2 * edits
        likely = np.flatnonzero(np.bitwise_count(self._masks[self._indexed : self._count] ^ mask) <= most)
        if self._index:
            maybe = self._index.near(name)
            maybe = maybe[np.flatnonzero(np.bitwise_count(self._masks[maybe] ^ mask) <= most)]
            likely = np.concatenate([_once(maybe), likely + self._indexed])
        return likely[np.abs(self._lengths[likely] - min(len(name), _LONGEST)) <= edits]

    def _take_in(self) -> None:
        """Describe the new names, and make the index anew when too many are not in it."""
        new, self._new = self._new, []
        start, self._count = self._count, self._count + len(new)
        if self._count > len(self._masks):
            rows = max(self._count, start + start // 4 + _ROOM)
            self._names = _longer(self._names, rows)
            self._masks, self._lengths = _longer(self._masks, rows), _longer(self._lengths, rows)
        self._names[start : self._count] = new
        self._masks[start : self._count], self._lengths[start : self._count] = _described(new)
        if self._count - self._indexed > max(_GATHERED, self._indexed // _SHARE):
            self._index, self._indexed = Deletes(self._names[: self._count].tolist()), self._count


def _longer(column: NDArray[Any], rows: int) -> NDArray[Any]:
    longer = np.empty(rows, dtype=column.dtype)
    longer[: len(column)] = column
    return longer


def _once(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each row once, in order (``np.unique`` takes up to seven times as long)."""
    rows.sort()
    first = np.ones(len(rows), dtype=np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=first[1:])
    return rows[first]


def _described(names: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int16]]:
    """Masks and lengths of many names at once."""
    sizes = np.fromiter(map(len, names), dtype=np.int64, count=len(names))
    lengths = np.minimum(sizes, _LONGEST).astype(np.int16)
    if len(names) <= _FEW:
        return np.array([_mask(name) for name in names], dtype=np.uint64), lengths
    masks = np.empty(len(names), dtype=np.uint64)
    for start in range(0, len(names), _TOGETHER):
        some = names[start : start + _TOGETHER]
        letters = np.frombuffer("".join(some).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        rows = np.repeat(np.arange(len(some)) * _SORTS, sizes[start : start + _TOGETHER])
        counts = np.bincount(rows + (letters & (_SORTS - 1)), minlength=len(some) * _SORTS).reshape(-1, _SORTS)
        bits = np.concatenate([counts > 0, counts > 1], axis=1)
        masks[start : start + len(some)] = np.packbits(bits, axis=1, bitorder="little").view("<u8")[:, 0]
    return masks, lengths


def _mask(name: str) -> int:
    mask = 0
    for letter in name:
        bit = 1 << (ord(letter) & (_SORTS - 1))
        mask |= bit << _SORTS if mask & bit else bit
    return mask
