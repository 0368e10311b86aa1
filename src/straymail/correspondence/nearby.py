"""Names within two edits of a name, in a set that grows.

Each name is kept with its length and a mask of 64 bits: which of 32 sorts of characters are in it, and which twice.
An edit removes and adds one character at most, so names within two OSA edits differ by at most two in length and by at
most four bits in the mask; one pass of NumPy leaves a handful for rapidfuzz to measure: about 0.1 ms among 20,000
names. What has gathered beyond 65,536 goes into an index (``deletes``), which takes a quarter of a millisecond among a
million; names added since are looked through as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from straymail.correspondence.deletes import Deletes

EDITS = 2
_MASK_BITS = 2 * EDITS
_SORTS = 32
_TOGETHER = 65_536  # names described at a time
_START = 64
_LONGEST = 10_000
_GATHERED = 65_536  # names that are looked through one by one before an index is made of them
_ASKED = 4_096  # answers kept: few names make up most mail, and new ones are rare


class Nearby:
    """A growing set of short strings that answers: which lie within two optimal-string-alignment edits."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: list[str] = list(dict.fromkeys(names))
        self._at: dict[str, int] = {name: at for at, name in enumerate(self._names)}
        self._indexed = 0  # the first so many names are in the index
        self._index = Deletes(())
        self._masks, self._lengths = _described(self._names)
        self._asked: dict[str, list[tuple[str, int]]] = {}  # answers that hold until the next change
        if len(self._names) > _GATHERED:
            self._make_index()

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, name: str) -> bool:
        return name in self._at

    def add(self, name: str) -> None:
        """Add a name; twice is once."""
        if name in self._at:
            return
        place = len(self._names)
        if place - self._indexed >= max(_GATHERED, self._indexed // 4):
            self._make_index()
        if place == len(self._masks):
            more = max(_START, place // 4)
            self._masks = np.concatenate([self._masks, np.zeros(more, dtype=np.uint64)])
            self._lengths = np.concatenate([self._lengths, np.full(more, -100, dtype=np.int16)])
        self._at[name] = place
        self._names.append(name)
        self._masks[place] = _mask(name)
        self._lengths[place] = min(len(name), _LONGEST)
        self._asked.clear()

    def discard(self, name: str) -> None:
        """Forget a name; unknown ones are none."""
        at = self._at.pop(name, None)
        if at is not None:
            self._names[at] = ""
            self._lengths[at] = -100
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
        maybe = np.arange(self._indexed, len(self._names))
        if self._indexed:
            maybe = np.concatenate([self._index.near(name), maybe])
        lengths = np.abs(self._lengths[maybe] - min(len(name), _LONGEST)) <= EDITS
        differing = np.bitwise_count(self._masks[maybe] ^ np.uint64(_mask(name)))
        few = maybe[lengths & (differing <= _MASK_BITS)].tolist()  # sorted out before each is taken once: far fewer
        others = [self._names[at] for at in dict.fromkeys(few)]
        found = process.extract(name, others, scorer=OSA.distance, score_cutoff=EDITS, limit=None)
        return sorted(((other, int(edits)) for other, edits, _ in found if edits), key=lambda item: (item[1], item[0]))

    def _make_index(self) -> None:
        self._index, self._indexed = Deletes(self._names), len(self._names)


def _described(names: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.int16]]:
    """Masks and lengths of many names at once, with one row to spare."""
    sizes = np.fromiter(map(len, names), dtype=np.int64, count=len(names))
    masks = np.zeros(len(names) + 1, dtype=np.uint64)
    for start in range(0, len(names), _TOGETHER):
        some = names[start : start + _TOGETHER]
        letters = np.frombuffer("".join(some).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        rows = np.repeat(np.arange(len(some)) * _SORTS, sizes[start : start + _TOGETHER])
        counts = np.bincount(rows + (letters & (_SORTS - 1)), minlength=len(some) * _SORTS).reshape(-1, _SORTS)
        bits = np.concatenate([counts > 0, counts > 1], axis=1)
        masks[start : start + len(some)] = np.packbits(bits, axis=1, bitorder="little").view("<u8")[:, 0]
    return masks, np.append(np.minimum(sizes, _LONGEST), 0).astype(np.int16)


def _mask(name: str) -> int:
    mask = 0
    for letter in name:
        bit = 1 << (ord(letter) & (_SORTS - 1))
        mask |= bit << _SORTS if mask & bit else bit
    return mask
