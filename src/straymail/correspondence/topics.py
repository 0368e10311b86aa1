"""What the latest messages were about, and who stood in them: nearest neighbours (Knn of Carvalho and Cohen).

Of each message only keyed 32-bit hashes of its words are kept, and the people in it. A word weighs log(messages / those
that hold it); likeness of two messages is the cosine of these weights; the ``NEIGHBOURS`` most alike messages vote for
the people in them. Bounded: of more than ``most`` messages the oldest go first. A word in more than ``_OFTEN`` of
the messages says too little and is not searched for.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 30
MOST = 20_000
_OFTEN = 0.05
_SEARCHED = 16
_FAINT = 0.1  # share of the best likeness below which a message says nothing
_REMEMBERED = 65_536  # words whose hashes are kept
_SMALL = 300  # messages up to which every word is searched for


@dataclass(slots=True)
class _Entry:
    """One message: its words as hashes, who stood in it, when."""

    identity: str
    time: float
    people: array[int]  # 4 bytes each instead of 36, and read without going through memory for each
    words: array[int]
    place: int


class Topics:
    """The latest messages by their words.

    Args:
        most: how many messages are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._entries: dict[int, _Entry] = {}
        self._places: dict[str, int] = {}
        self._postings: dict[int, array[int]] = defaultdict(lambda: array("I"))
        self._lengths = np.ones(256, dtype=np.float64)  # as the sums they divide
        self._oldest: list[tuple[float, str, int]] = []
        self._free: list[int] = []
        self._next = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, identity: str) -> tuple[float, Sequence[int], Sequence[int]]:
        """Time, people and words of a message that is kept."""
        entry = self._entries[self._places[identity]]
        return entry.time, entry.people, entry.words

    def add(self, identity: str, time: float, people: Iterable[int], words: Sequence[int]) -> str:
        """Remember a message; the identity of the one that had to go for it (it may be this one), "" for none."""
        if not words:
            return ""
        place = self._free.pop() if self._free else self._next
        if place == self._next:
            self._next += 1
            if place >= len(self._lengths):
                self._lengths = np.concatenate([self._lengths, np.ones_like(self._lengths)])
        entry = _Entry(identity, time, array("I", people), array("I", words), place)
        self._entries[place] = entry
        self._places[identity] = place
        postings = [self._postings[word] for word in entry.words]
        for each in postings:
            each.append(place)
        weights = self._weights(np.array(list(map(len, postings))))
        self._lengths[place] = math.sqrt(float(weights @ weights)) or 1.0
        heapq.heappush(self._oldest, (time, identity, place))
        if len(self._entries) <= self._most:
            return ""
        _, gone, at = heapq.heappop(self._oldest)
        self._remove(at)
        return gone

    def near(self, words: Sequence[int]) -> dict[int, float]:
        """How much the messages most like these words speak for each person: sums of likeness, 0..``NEIGHBOURS``."""
        if not self._entries:
            return {}
        known = self._rarest(words)
        if not known:
            return {}
        counts = np.array(list(map(len, known)))
        weights = self._weights(counts) ** 2
        places = np.frombuffer(b"".join(known), dtype=np.uint32)
        scores = np.bincount(places, weights.repeat(counts), minlength=self._next) / self._lengths[: self._next]
        best = np.flatnonzero(scores > _FAINT * scores.max())
        likeness = scores[best] / (math.sqrt(float(weights.sum())) or 1.0)
        if len(best) > NEIGHBOURS:
            nearest = likeness.argpartition(-NEIGHBOURS)[-NEIGHBOURS:]
            best, likeness = best[nearest], likeness[nearest]
        found: dict[int, float] = defaultdict(float)
        for place, score in zip(best.tolist(), likeness.tolist(), strict=True):
            for who in self._entries[place].people:
                found[who] += score
        return dict(found)

    def _rarest(self, words: Sequence[int]) -> list[array[int]]:
        """The postings of the ``_SEARCHED`` rarest words, those in too many messages left out."""
        limit = max(_SMALL, len(self._entries) * _OFTEN)
        known = [postings for word in words if (postings := self._postings.get(word)) and len(postings) <= limit]
        return sorted(known, key=len)[:_SEARCHED]

    def forget(self, who: int) -> list[str]:
        """Take a person out of every message; the identities of the messages that changed."""
        changed = []
        for entry in self._entries.values():
            if who in entry.people:
                entry.people = array("I", (each for each in entry.people if each != who))
                changed.append(entry.identity)
        return changed

    def _weights(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """log(messages / those that hold the word), for words that so many messages hold."""
        weights: NDArray[np.float64] = np.maximum(0.0, math.log(len(self._entries) + 1.0) - np.log(counts + 0.5))
        return weights

    def _remove(self, place: int) -> None:
        entry = self._entries.pop(place)
        del self._places[entry.identity]
        for word in entry.words:
            postings = self._postings[word]
            postings.remove(place)
            if not postings:
                del self._postings[word]
        self._lengths[place] = 1e9
        self._free.append(place)


class Hashes:
    """Words as keyed 32-bit hashes; who lacks the key cannot try a dictionary on them.

    Args:
        secret: the key.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret[:64]
        self._known: dict[str, int] = {}

    def of(self, words: Sequence[str]) -> list[int]:
        """The hash of each word."""
        known = self._known
        new = [word for word in words if word not in known]
        if len(known) + len(new) > _REMEMBERED:
            known.clear()
            new = list(words)
        for word in new:
            known[word] = self._hash(word)
        return [known[word] for word in words]

    def _hash(self, word: str) -> int:
        return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4, key=self._secret).digest())


def packed(words: Sequence[int]) -> str:
    """Hashes as base64 of little-endian 32-bit integers."""
    return base64.b64encode(np.array(words, dtype="<u4").tobytes()).decode()


def unpacked(text: str) -> list[int]:
    """Inverse of ``packed``."""
    found: list[int] = np.frombuffer(base64.b64decode(text), dtype="<u4").tolist()
    return found
