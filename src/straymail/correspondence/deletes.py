"""A large, fixed set of names as an index of what is left of their beginnings when letters are deleted.

Two names within two OSA edits have beginnings of seven letters that become equal when at most two letters are deleted
from each (symmetric deletes: W. Garbe, SymSpell). Of a long name the 21 remainders without exactly two letters are
enough: where fewer deletions make two beginnings equal, deleting the same letters from both keeps them so.

A remainder is hashed to a bucket; the index is the names' numbers in the order of their buckets, and where each bucket
begins. Two to four entries share a bucket by chance; they are sorted out with those that are near in their beginnings
only, so hashes need not be kept: 118 MB for a million names.

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
_MIX = np.uint64(0xD6E8_FEB8_6659_FD93)
_HALF, _WHOLE = np.uint64(32), 64
_SAMPLE = 20_000
_TOGETHER = 8_192  # names hashed at a time: what is computed for them stays in the cache
_COUNTED = 1 << 16  # entries counted at a time


class Deletes:
    """Numbers of names that may lie within two edits of another."""

    def __init__(self, names: Sequence[str]) -> None:
        self.backwards = _differ_at_their_ends(names)
        sizes = np.fromiter(map(len, names), dtype=np.int64, count=len(names))
        counts = np.bincount(np.minimum(sizes, _PREFIX)).tolist()
        most = sum(count * len(_stored(size)) for size, count in enumerate(counts))
        bits = max(1, most.bit_length() - 2)
        self._shift = np.uint64(_WHOLE - bits)
        entries, filled = np.empty(most, dtype=np.uint64), 0
        for start in range(0, len(names), _TOGETHER):
            stop = start + _TOGETHER
            for at, letters in _beginnings(names[start:stop], sizes[start:stop], backwards=self.backwards):
                powers = _powers(len(letters), stored=True)
                some = entries[filled : filled + len(powers) * len(at)].reshape(-1, len(at))
                self._buckets(powers, letters, some)
                some <<= _HALF
                some |= (at + start).astype(np.uint64)
                filled += some.size
        entries.sort()
        self._numbers, self._starts = _columns(entries, 1 << bits)

    def near(self, name: str) -> NDArray[np.int64]:
        """Numbers in no order; one may stand several times."""
        beginning = (name[::-1] if self.backwards else name)[:_PREFIX]
        letters = np.array([[ord(letter) + 1] for letter in beginning], dtype=np.uint64).reshape(-1, 1)
        buckets = self._buckets(_powers(len(beginning), stored=False), letters)
        wanted = np.array(list(set(buckets[:, 0].tolist())))
        starts, ends = self._starts[wanted].tolist(), self._starts[wanted + 1].tolist()
        found = [self._numbers[start:end] for start, end in zip(starts, ends, strict=True)]
        return np.concatenate(found).astype(np.int64)

    def _buckets(
        self, powers: NDArray[np.uint64], letters: NDArray[np.uint64], out: NDArray[np.uint64] | None = None
    ) -> NDArray[np.uint64]:
        """A row for each remainder, a column for each name."""
        # the product of the two matrices; for integers ``matmul`` takes half as long again
        value: NDArray[np.uint64] = np.einsum("rp,pn->rn", powers, letters, out=out)
        value ^= value >> np.uint64(29)
        value *= _MIX
        value >>= self._shift
        return value


@cache
def _kept(size: int) -> tuple[tuple[int, ...], ...]:
    """Places that are left when up to two of so many letters are deleted."""
    return tuple(
        kept for least in range(max(0, size - _DELETED), size + 1) for kept in combinations(range(size), least)
    )


def _stored(size: int) -> tuple[tuple[int, ...], ...]:
    """Those of a name with a beginning of so many letters that are kept in the index."""
    return tuple(kept for kept in _kept(size) if size < _PREFIX or len(kept) == size - _DELETED)


@cache
def _powers(size: int, *, stored: bool) -> NDArray[np.uint64]:
    """What the letter at each place (column) is multiplied with in the sum over each remainder (row)."""
    remainders = _stored(size) if stored else _kept(size)
    powers = np.zeros((len(remainders), size), dtype=np.uint64)
    for row, kept in enumerate(remainders):
        for left, place in enumerate(reversed(kept)):
            powers[row, place] = pow(_PRIME, left, 1 << _WHOLE)
    return powers


def _differ_at_their_ends(names: Sequence[str]) -> bool:
    some = names[:: max(1, len(names) // _SAMPLE)]
    return len({name[-_PREFIX:] for name in some}) > len({name[:_PREFIX] for name in some})


def _beginnings(
    names: Sequence[str], sizes: NDArray[np.int64], *, backwards: bool
) -> Sequence[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    """The beginnings of names, those of one length together: which names, and a column of letters for each."""
    flat = np.frombuffer("".join(names).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ends = np.cumsum(sizes)
    first, step = (ends - 1, -1) if backwards else (ends - sizes, 1)
    short, found = np.minimum(sizes, _PREFIX), []
    for size in set(short.tolist()):
        at = np.flatnonzero(short == size)
        places = first[at] + step * np.arange(size)[:, None]
        found.append((at, flat.take(places).astype(np.uint64) + np.uint64(1)))
    return found


def _columns(entries: NDArray[np.uint64], buckets: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The numbers of sorted entries; where each bucket begins among them, and the end of the last."""
    numbers, starts = np.empty(len(entries), dtype=np.uint32), np.zeros(buckets + 1, dtype=np.uint32)
    for start in range(0, len(entries), _COUNTED):
        some = entries[start : start + _COUNTED]
        numbers[start : start + _COUNTED] = some  # the lower half
        some >>= _HALF
        least = int(some[0])
        some -= some[0]
        counts = np.bincount(some.view(np.int64))
        starts[least + 1 : least + 1 + len(counts)] += counts.astype(np.uint32)
    return numbers, np.cumsum(starts, dtype=np.uint32, out=starts)
