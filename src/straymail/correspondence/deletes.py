"""A large, fixed set of names as an index of what is left of their beginnings when letters are deleted.

Two names within two OSA edits have beginnings of seven letters that become equal when at most two letters are deleted
from each (symmetric deletes: W. Garbe, SymSpell). Of a long name the 21 remainders without exactly two letters are
enough: where fewer deletions make two beginnings equal, deleting the same letters from both keeps them so. A remainder
is hashed to 32 bits; hash and name's number make one sorted column of eight bytes each: 168 MB for a million names.

Names may be read backwards: the end at which they differ most makes the better index.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_PREFIX, _DELETED = 7, 2
_PRIME = 0x9E37_79B9_7F4A_7C15
_MIX = 0xD6E8_FEB8_6659_FD93
_WHOLE = (1 << 64) - 1
_SHIFT = 32
_SAMPLE = 20_000


class Deletes:
    """Numbers of names that may lie within two edits of another."""

    def __init__(self, names: Sequence[str]) -> None:
        self.backwards = _differ_at_their_ends(names)
        names = [name[::-1] for name in names] if self.backwards else names
        sizes = np.fromiter((min(len(name), _PREFIX) for name in names), dtype=np.int64, count=len(names))
        kinds, counts = np.unique(sizes, return_counts=True)
        most = sum(count * len(_stored(size)) for size, count in zip(kinds.tolist(), counts.tolist(), strict=True))
        self._keys = np.empty(most, dtype=np.uint64)
        filled = 0
        for size in kinds.tolist():
            at = np.flatnonzero(sizes == size)
            codes = _codes([names[each][:size] for each in at.tolist()], size)
            numbers = at.astype(np.uint64)
            for kept in _stored(size):
                self._keys[filled : filled + len(at)] = _hashes(codes, kept) << np.uint64(_SHIFT) | numbers
                filled += len(at)
        self._keys.sort()

    def near(self, name: str) -> NDArray[np.int64]:
        """Numbers in no order; one may stand several times."""
        beginning = (name[::-1] if self.backwards else name)[:_PREFIX]
        hashes = np.array(sorted(_remainders(beginning)), dtype=np.uint64) << np.uint64(_SHIFT)
        starts = np.searchsorted(self._keys, hashes)
        ends = np.searchsorted(self._keys, hashes + np.uint64(1 << _SHIFT))
        found = [
            self._keys[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True) if end > start
        ]
        if not found:
            return np.zeros(0, dtype=np.int64)
        return (np.concatenate(found) & np.uint64((1 << _SHIFT) - 1)).astype(np.int64)


@cache
def _kept(size: int) -> tuple[tuple[int, ...], ...]:
    """Places that are left when up to two of so many letters are deleted."""
    return tuple(
        kept for least in range(max(0, size - _DELETED), size + 1) for kept in combinations(range(size), least)
    )


def _stored(size: int) -> tuple[tuple[int, ...], ...]:
    """Those of a name with a beginning of so many letters that are kept in the index."""
    return tuple(kept for kept in _kept(size) if size < _PREFIX or len(kept) == size - _DELETED)


def _differ_at_their_ends(names: Sequence[str]) -> bool:
    some = names[:: max(1, len(names) // _SAMPLE)]
    return len({name[-_PREFIX:] for name in some}) > len({name[:_PREFIX] for name in some})


def _remainders(beginning: str) -> set[int]:
    codes = [ord(letter) + 1 for letter in beginning]
    found = set()
    for kept in _kept(len(codes)):
        value = 0
        for place in kept:
            value = (value * _PRIME + codes[place]) & _WHOLE
        found.add(((value ^ value >> 29) * _MIX & _WHOLE) >> _SHIFT)
    return found


def _hashes(codes: NDArray[np.uint64], kept: Sequence[int]) -> NDArray[np.uint64]:
    value = np.zeros(len(codes), dtype=np.uint64)
    for place in kept:
        value = value * np.uint64(_PRIME) + codes[:, place]
    return (value ^ value >> np.uint64(29)) * np.uint64(_MIX) >> np.uint64(_SHIFT)


def _codes(names: Sequence[str], size: int) -> NDArray[np.uint64]:
    flat = np.frombuffer("".join(names).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.asfortranarray(flat.reshape(len(names), size).astype(np.uint64) + np.uint64(1))
