"""Words rare in ordinary mail that say what a text may be about: where a closer look is worth it.

A cue is a word of ASCII letters, or the beginning of one (with a star); whatever else stands in a text separates words,
letters beyond ASCII too (``épilepsie`` has the word ``pilepsie``). What they say is added up, each once, within
``SPAN`` bytes. Hyperscan looks for them all at once; without it each word is looked up, with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

import hyperscan

from straymail.content.lexicon import STEM
from straymail.content.sieve import Shelf, Words

SPAN = 300
"""Bytes within which cues are added up: some 50 words."""

FEWEST = 3
"""Letters of a cue."""

Weights = tuple[float, ...]
_SHORT = 600  # bytes of a text that is looked at whole
_GRID, _MARGIN = 20, 60
_TINY = 1e-6  # sums of the same weights in another order
_SHARED = 0.6  # of two spans together, from which on they are looked at as one
_LETTERS = bytes(ord(chr(byte).lower()) if chr(byte).isalpha() else 32 for byte in range(128)).ljust(256)
_WORD = re.compile(rb"[a-z]+")


def letters_only(text: bytes) -> bytes:
    """Lower-case ASCII letters, and spaces for all else, one before and one behind."""
    return b" %b " % text.translate(_LETTERS)


def cues_of(word: str) -> tuple[str, ...]:
    """A word as cues: itself, and its beginning where it is long enough to have one."""
    return (word, f"{word[:STEM]}*") if len(word) >= STEM else (word,)


def cues_in(text: bytes) -> Iterator[tuple[int, str]]:
    """All there is in a text of letters only that can be a cue, each with where the space before it stands."""
    last, end = "", -1
    for match in _WORD.finditer(text):
        word, start = match.group().decode(), match.start()
        for cue in cues_of(word):
            yield start - 1, cue  # that space is not in the data
        if start == end + 1:
            yield start - 2 - len(last), f"{last} {word}"
        last, end = word, match.end()


class Cues:
    """Cues with what each says (a weight a class), and how much is needed together.

    Args:
        weights: by cue; all of the same length. needed: for each class.
    """

    def __init__(self, weights: Mapping[str, Weights], needed: Weights) -> None:
        self._numbers = {cue: number for number, cue in enumerate(weights)}
        self._weights = tuple(weights.values())
        self._needed = needed

    @cached_property
    def _told(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        """Of each cue: (class, weight) of what it tells of."""
        return tuple(
            tuple((number, weight) for number, weight in enumerate(weights) if weight) for weights in self._weights
        )

    @cached_property
    def _special(self) -> tuple[tuple[float, ...], ...]:
        """By class: how much more a cue tells of it than of all; a small word of another language tells of all."""
        return tuple(
            tuple(weights[number] - sum(weights) / len(weights) for weights in self._weights)
            for number in range(len(self._needed))
        )

    @cached_property
    def _by_class(self) -> tuple[tuple[float, ...], ...]:
        return tuple(zip(*self._weights, strict=True)) or ((),) * len(self._needed)

    def prepare(self, shelf: Shelf | None = None) -> Words | None:
        """What finds them fast, to be handed to ``spans``; None on a processor it does not run on."""
        with suppress(hyperscan.error):
            return Words([f" {cue.rstrip('*')}{'' if cue.endswith('*') else ' '}" for cue in self._numbers], shelf)
        return None

    def spans(self, data: bytes, words: Words | None = None, after: int = 0) -> dict[tuple[int, int], dict[int, int]]:
        """Where cues add up to enough for a class: (start, end) of what to look at: class: the place of its best cue.

        Offsets are bytes; a class has one span, that in which it is told most of. What stands before ``after`` counts,
        but something has to stand behind.
        """
        text = letters_only(data)
        found = words.find(text) if words is not None else sorted(self._search(text))
        if not found:
            return {}
        numbers = {number for _, number in found}
        totals = [0.0] * len(self._needed)
        for each in numbers:
            for number, weight in self._told[each]:
                totals[number] += weight
        likely = [number for number, needed in enumerate(self._needed) if totals[number] >= needed - _TINY]
        if not likely:
            return {}
        if words is not None:
            found = words.started(found)
        spans: dict[tuple[int, int], dict[int, int]] = {}
        for number in likely:
            weights = self._by_class[number]
            total, first, last = _densest(found, weights, after)
            told = [each for each in found[first:last] if each[0] >= after and weights[each[1]]]
            if total >= self._needed[number] - _TINY and told:
                around = _around(found[first][0], found[last - 1][0], len(data))
                spans.setdefault(around, {})[number] = _best(told, self._special[number])
        return _merged(spans) if len(spans) > 1 else spans

    def totals(self, data: bytes) -> list[float]:
        """Most that each class is told within ``SPAN`` bytes."""
        found = sorted(self._search(letters_only(data)))
        return [_densest(found, weights)[0] for weights in self._by_class]

    def _search(self, text: bytes) -> Iterator[tuple[int, int]]:
        for place, cue in cues_in(text):
            number = self._numbers.get(cue)
            if number is not None:
                yield place, number


def _best(found: Sequence[tuple[int, int]], weights: Weights) -> int:
    """Where the cue stands that says most."""
    return max(found, key=lambda each: weights[each[1]])[0]


def _densest(found: Sequence[tuple[int, int]], weights: Weights, after: int = 0) -> tuple[float, int, int]:
    """Most that cues within ``SPAN`` add up to, each once, and the first and the one behind the last of these.

    The last of them stands behind ``after``.
    """
    best, total, left = (0.0, 0, 0), 0.0, 0
    told = [at for at, (_, number) in enumerate(found) if weights[number]]
    counts: dict[int, int] = {}
    for right, at in enumerate(told):
        place, number = found[at]
        counts[number] = counts.get(number, 0) + 1
        total += weights[number] if counts[number] == 1 else 0.0
        while found[told[left]][0] < place - SPAN or (left < right and counts[found[told[left]][1]] > 1):
            gone = found[told[left]][1]
            counts[gone] -= 1
            total -= weights[gone] if not counts[gone] else 0.0
            left += 1
        if place >= after and total > best[0] + _TINY:
            best = total, told[left], at + 1
    return best


def _merged(spans: Mapping[tuple[int, int], dict[int, int]]) -> dict[tuple[int, int], dict[int, int]]:
    """Spans of which one is nearly all of another as one."""
    merged: dict[tuple[int, int], dict[int, int]] = {}
    start, end, classes = 0, 0, dict[int, int]()
    for (first, last), more in sorted(spans.items()):
        if classes and min(end, last) - first >= _SHARED * (max(end, last) - start):
            end, classes = max(end, last), classes | more
            continue
        if classes:
            merged[start, end] = classes
        start, end, classes = first, last, more
    merged[start, end] = classes
    return merged


def _around(first: int, last: int, size: int) -> tuple[int, int]:
    """What stands from ``first`` to ``last``, with ``_MARGIN`` bytes and some on either side; all of a short text.

    It starts and ends at multiples of ``_GRID``: what is nearly the same is looked at once.
    """
    if size <= _SHORT:
        return 0, size
    start, end = max(0, first - _MARGIN), min(size, last + _MARGIN)
    return start // _GRID * _GRID, min(size, -(-end // _GRID) * _GRID)
