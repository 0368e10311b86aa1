"""A large, fixed set of names as an index of what is left of their beginnings when letters are deleted.

Two names within two OSA edits have beginnings of seven letters that become equal when at most two letters are deleted
from each (symmetric deletes: W. Garbe, SymSpell). Of a long name the 21 remainders without exactly two letters are
enough: where fewer deletions make two beginnings equal, deleting the same letters from both keeps them so.

A remainder is hashed to 32 bits. The upper half is its bucket; the index is one column of 32-bit entries in the order
of their buckets, and where each bucket begins. An entry is the name's number and, in the bits that are left, the lower
end of the hash: of the 300 entries that share a bucket among a million names it leaves those of the same remainder, and
one by chance. 84 MB for a million names.

It is made without comparing: some thousand names at a time are put in order by bucket (radix sort: the keys have 16
bits) while they are in the cache, and these runs are then dealt out to the buckets. Half a second for a million;
sorting all 21 million entries at once takes 0.6 to 3 s, by what the processor makes of NumPy's sort.

Names may be read backwards: the end at which they differ most makes the better index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_PREFIX, _DELETED = 7, 2
_PRIME = 0x9E37_79B1
_MIX = np.uint32(0xD6E8_FEB9)
_FOLD = np.uint32(15)
_HALF, _WHOLE = np.uint32(16), 32
_BUCKETS = 1 << 16
_SAMPLE = 20_000
_TOGETHER = 8_192  # names taken at a time: what is computed for them stays in the cache


class Deletes:
    """Numbers of names that may lie within two edits of another."""

    def __init__(self, names: Sequence[str]) -> None:
        self.backwards = _differ_at_their_ends(names)
        self._bits = np.uint32(max(1, (len(names) - 1).bit_length()))  # of an entry, for the number
        sizes = np.bincount(np.minimum(np.fromiter(map(len, names), dtype=np.int64, count=len(names)), _PREFIX))
        most = sum(count * len(_stored(size)) for size, count in enumerate(sizes.tolist()))
        entries = np.empty(most, dtype=np.uint32)  # one run after the other
        counts = np.empty((-(-len(names) // _TOGETHER), _BUCKETS), dtype=np.uint32)
        filled = 0
        for count, start in zip(counts, range(0, len(names), _TOGETHER), strict=True):
            run = self._run(names[start : start + _TOGETHER], start, count)
            entries[filled : filled + len(run)] = run
            filled += len(run)
        self._entries, self._starts = _dealt(entries, counts)

    def near(self, name: str) -> NDArray[np.int64]:
        """Numbers in no order; one may stand several times."""
        beginning = (name[::-1] if self.backwards else name)[:_PREFIX]
        letters = np.array([[ord(letter) + 1] for letter in beginning], dtype=np.uint32).reshape(-1, 1)
        wanted = np.array(list(set(_hashed(_powers(len(beginning), stored=False), letters)[:, 0].tolist())))
        buckets = wanted >> int(_HALF)
        starts, ends = self._starts[buckets], self._starts[buckets + 1]
        shared = [self._entries[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        entries = np.concatenate(shared)
        same = (wanted.astype(np.uint32) << self._bits).repeat(ends - starts)
        same ^= entries  # leaves the number where the hashes are the same
        return same.take(np.flatnonzero(same >> self._bits == 0)).astype(np.int64)

    def _run(self, names: Sequence[str], first: int, counts: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The entries of names numbered from ``first`` in the order of their buckets; ``counts`` them by bucket."""
        keys, entries = list[NDArray[np.uint16]](), list[NDArray[np.uint32]]()
        for at, letters in _beginnings(names, backwards=self.backwards):
            hashes = _hashed(_powers(len(letters), stored=True), letters)
            keys.append((hashes >> _HALF).astype(np.uint16).ravel())
            hashes <<= self._bits
            hashes |= (at + first).astype(np.uint32)
            entries.append(hashes.ravel())
        buckets = np.concatenate(keys)
        counts[:] = np.bincount(buckets, minlength=_BUCKETS)
        return np.concatenate(entries)[buckets.argsort(kind="stable")]


def _dealt(entries: NDArray[np.uint32], counts: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The entries of all runs in the order of their buckets; where each bucket begins, and the end of the last.

    Args:
        entries: run after run, each in the order of its buckets.
        counts: a row for each run, a column for each bucket.
    """
    starts = np.zeros(_BUCKETS + 1, dtype=np.int64)
    counts.sum(axis=0, dtype=np.int64).cumsum(out=starts[1:])
    found, free, dealt = np.empty_like(entries), starts[:-1].copy(), 0
    for count in counts:
        ends = count.cumsum(dtype=np.int64)
        run = entries[dealt : dealt + int(ends[-1])]
        found[(free + count - ends).repeat(count) + np.arange(len(run))] = run
        free += count
        dealt += len(run)
    return found, starts


def _hashed(powers: NDArray[np.uint32], letters: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A row for each remainder, a column for each name."""
    # the product of the two matrices; for integers ``matmul`` takes half as long again
    value: NDArray[np.uint32] = np.einsum("rp,pn->rn", powers, letters)
    value ^= value >> _FOLD
    value *= _MIX
    value ^= value >> _FOLD
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
def _powers(size: int, *, stored: bool) -> NDArray[np.uint32]:
    """What the letter at each place (column) is multiplied with in the sum over each remainder (row)."""
    remainders = _stored(size) if stored else _kept(size)
    powers = np.zeros((len(remainders), size), dtype=np.uint32)
    for row, kept in enumerate(remainders):
        for left, place in enumerate(reversed(kept)):
            powers[row, place] = pow(_PRIME, left, 1 << _WHOLE)
    return powers


def _differ_at_their_ends(names: Sequence[str]) -> bool:
    some = names[:: max(1, len(names) // _SAMPLE)]
    return len({name[-_PREFIX:] for name in some}) > len({name[:_PREFIX] for name in some})


def _beginnings(names: Sequence[str], *, backwards: bool) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint32]]]:
    """The beginnings of names, those of one length together: which names, and a column of letters for each."""
    flat = np.frombuffer("".join(names).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.fromiter(map(len, names), dtype=np.int64, count=len(names))
    ends = np.cumsum(sizes)
    first, step = (ends - 1, -1) if backwards else (ends - sizes, 1)
    short = np.minimum(sizes, _PREFIX)
    for size in set(short.tolist()):
        at = np.flatnonzero(short == size)
        places = first[at] + step * np.arange(size)[:, None]
        yield at, flat.take(places) + np.uint32(1)
