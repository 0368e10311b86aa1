"""Which rules may hit in a piece of text, told by Hyperscan.

Nearly all hints are looked for at once. Those that need something more common to stand in the text first (digits, some
addresses) are in databases of their own, which most texts never reach.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol, cast

import hyperscan

from straymail.frozen import dataclass

_ANY_MATCH = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_PREFILTER

_Noted = Callable[[int, int, int, int, object], None]


class Shelf(Protocol):
    """Where what takes seconds to make is kept from one start to the next. Threads may share it."""

    def get(self, name: str) -> bytes | None:
        """What was put there under this name, unchanged, or None."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Keep it, if that can be done."""
        ...


class NotKept(LookupError):
    """What was asked for would have to be made."""


class Kept:
    """A shelf for whoever wants nothing made: what is missing there is ``NotKept``."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.put = shelf.put

    def get(self, name: str) -> bytes:
        """What was put there under this name."""
        data = self._shelf.get(name)
        if data is None:
            raise NotKept(name)
        return data


@dataclass(frozen=True, slots=True)
class Sought:
    """A hint, and what must be there before it is looked for.

    ``near``: a pattern, in the same piece. ``often``: a character, so many times in the whole text.
    """

    hint: str
    near: str = ""
    often: tuple[str, int] = ("", 0)


class Sieve:
    """All hints, searched for together; threads may share it.

    Args:
        rules: the hint of each, by number. shelf: where what was made of them is looked for first.

    Raises:
        hyperscan.error: it does not run on this processor.
    """

    def __init__(self, rules: Mapping[int, Sought], shelf: Shelf | None = None) -> None:
        first: dict[int, str] = {}
        near: dict[str, dict[int, str]] = {}
        often: dict[tuple[str, int], dict[int, str]] = {}
        for number, rule in rules.items():
            group = near.setdefault(rule.near, {}) if rule.near else first
            if rule.often[0]:
                group = often.setdefault(rule.often, {})
            group[number] = rule.hint
        gates = {max(rules) + 1 + at: pattern for at, pattern in enumerate(near)}
        self._first = _Database(first | gates, shelf=shelf)
        self._near = {number: _Database(near[pattern], shelf=shelf) for number, pattern in gates.items()}
        self._often = [
            (letter.encode(), least, _Database(hints, shelf=shelf)) for (letter, least), hints in often.items()
        ]
        give_back()

    def sift(self, piece: bytes, whole: bytes) -> list[int]:
        """Numbers of the rules that may hit in a piece of the whole text."""
        numbers: list[int] = []
        self._first.find(piece, numbers)
        for gate, database in self._near.items():
            if gate in numbers:
                numbers.remove(gate)
                database.find(piece, numbers)
        for letter, least, database in self._often:
            if letter in whole and whole.count(letter) >= least:  # to find none takes a tenth of the time
                database.find(piece, numbers)
        return numbers


def give_back() -> None:
    """Have the C library return what was freed, as some 50 MB by Hyperscan's compiler (glibc only)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Words:
    """Strings of letters and spaces searched for together, each wherever it stands; threads may share it.

    Raises:
        hyperscan.error: it does not run on this processor.
    """

    def __init__(self, words: Sequence[str], shelf: Shelf | None = None) -> None:
        self._lengths = tuple(map(len, words))
        self._database = _Database(dict(enumerate(words)), 0, _NOTED_WITH_END, shelf)
        give_back()

    def find(self, text: bytes) -> list[tuple[int, int]]:
        """(end, number) of each that stands in a text, in no order."""
        ends: list[tuple[int, int]] = []
        self._database.find(text, ends)
        return ends

    def started(self, ends: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """(start, number) of what was found, in order of start."""
        return sorted((end - self._lengths[number], number) for end, number in ends)


class _Database:
    """Patterns searched for together; ``noted`` is told of each match."""

    def __init__(
        self,
        patterns: Mapping[int, str],
        flags: int = _ANY_MATCH,
        noted: _Noted | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self._database = _kept(patterns, flags, shelf) if shelf is not None else _compiled(patterns, flags)
        self._spare: deque[hyperscan.Scratch] = deque()
        self._noted = noted or _NOTED

    def find(self, piece: bytes, found: object) -> None:
        """Add to ``found`` what matches somewhere; each of several threads works in memory of its own."""
        try:
            scratch = self._spare.pop()
        except IndexError:
            scratch = hyperscan.Scratch(self._database)
        # By position: naming the arguments takes as long again as searching a short text.
        self._database.scan(piece, self._noted, 0, found, scratch)
        self._spare.append(scratch)


def _kept(patterns: Mapping[int, str], flags: int, shelf: Shelf) -> hyperscan.Database:
    """The database of these patterns from the shelf; made and put there when it is missing or of another engine."""
    stated = repr((flags, sorted(patterns.items())))
    name = hashlib.sha256(stated.encode()).hexdigest()
    if data := shelf.get(name):
        with suppress(hyperscan.error):  # another version of the engine, or another kind of processor
            return hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
    made = _compiled(patterns, flags)
    shelf.put(name, hyperscan.dumpb(made))
    return made


def _compiled(patterns: Mapping[int, str], flags: int) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[text.encode() for text in patterns.values()],
        ids=list(patterns),
        elements=len(patterns),
        flags=[flags] * len(patterns),
    )
    return database


def _note(number: int, _start: int, _end: int, _flags: int, numbers: list[int]) -> None:
    numbers.append(number)


def _note_with_end(number: int, _start: int, end: int, _flags: int, ends: list[tuple[int, int]]) -> None:
    ends.append((end, number))


_NOTED, _NOTED_WITH_END = cast("_Noted", _note), cast("_Noted", _note_with_end)  # here, as each call of it would count
