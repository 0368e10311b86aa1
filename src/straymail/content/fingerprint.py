"""``own.document``: a registered document, or a substantial part of one ("any page of this report").

Text is reduced to its lower-case letters and digits, so layout, hyphens and quoting do not matter. Every run of 32 of
them has a rolling hash; of each 32 neighbouring hashes the smallest is kept (winnowing: Schleimer, Wilkerson, Aiken,
SIGMOD 2003), about one in 16. Any shared run of 63 letters thus shares a hash, wherever it stands. Only hashes are
kept, never text. A hash that four registered documents share is their common boilerplate and does not count.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from straymail.content.plain import plain
from straymail.evidence import Finding, Sensitivity
from straymail.frozen import dataclass

Marks = NDArray[np.uint64]
_DOUBLINGS = 5
_RUN = 1 << _DOUBLINGS  # letters a hash, and hashes a window
_DELETED = bytes(code for code in range(128) if chr(code) not in string.ascii_lowercase + string.digits)
_LEAST = 12  # shared hashes, about 200 letters
_PLAIN = 40  # from here on there is hardly a doubt
_WHOLE = 0.6  # of a short document
_BOILERPLATE = 4
_MOST = 4_000_000  # bytes of one text


def _mixed(values: Marks) -> Marks:
    """Finalizer of SplitMix64 (Steele, Lea, Flood 2014): spreads what a polynomial leaves in few bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Marks = values ^ (values >> np.uint64(31))
    return mixed


_LETTERS = _mixed(np.arange(1, 257, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
_FACTORS = tuple(np.uint64(pow(0xD1342543DE82EF95, 1 << step, 1 << 64)) for step in range(_DOUBLINGS))


def marks(text: str) -> Marks:
    """Winnowed hashes of a text, sorted, each once; empty for fewer than 63 letters."""
    data = plain(text).lower().encode("utf-8", "replace")[:_MOST].translate(None, _DELETED)
    hashes = _LETTERS[np.frombuffer(data, np.uint8)]
    if len(hashes) < 2 * _RUN - 1:
        return np.empty(0, np.uint64)
    for step, factor in enumerate(_FACTORS):  # a hash of 2n letters from those of its halves
        hashes = hashes[: -(1 << step)] * factor + hashes[1 << step :]
    hashes = _mixed(hashes)
    for step in range(_DOUBLINGS):
        hashes = np.minimum(hashes[: -(1 << step)], hashes[1 << step :])
    return np.unique(hashes)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A registered document: ``digest`` is the file's SHA-256, ``marks`` those of its text (may be empty)."""

    name: str
    sensitivity: Sensitivity
    digest: str
    marks: Marks


@dataclass(frozen=True, eq=False)
class Documents:
    """All registered documents, indexed."""

    documents: Sequence[Document] = ()

    def __bool__(self) -> bool:
        return bool(self.documents)

    @property
    def key(self) -> tuple[tuple[str, str, Sensitivity], ...]:
        """What tells two lists of documents apart."""
        return tuple((each.name, each.digest, each.sensitivity) for each in self.documents)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Documents) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def _index(self) -> tuple[Marks, NDArray[np.int64]]:
        """Sorted marks, and whose each is; boilerplate left out."""
        all_ = np.concatenate([each.marks for each in self.documents] or [np.empty(0, np.uint64)])
        owner = np.repeat(np.arange(len(self.documents)), [len(each.marks) for each in self.documents])
        order = np.argsort(all_, kind="stable")
        all_, owner = all_[order], owner[order]
        _, where, counts = np.unique(all_, return_inverse=True, return_counts=True)
        kept = counts[where] < _BOILERPLATE
        return all_[kept], owner[kept]

    @cached_property
    def _digests(self) -> dict[str, Document]:
        return {each.digest: each for each in self.documents}

    @cached_property
    def _sizes(self) -> NDArray[np.int64]:
        return np.bincount(self._index[1], minlength=len(self.documents))

    def find(self, text: str, where: str, *, quoted: bool = False) -> Iterator[Finding]:
        """Yield each registered document of which a text holds a substantial part."""
        index, owner = self._index
        found = marks(text) if len(index) else index
        low, high = np.searchsorted(index, found, "left"), np.searchsorted(index, found, "right")
        hits = np.concatenate([owner[a:b] for a, b in zip(low, high, strict=True) if a < b] or [owner[:0]])
        for number, count in enumerate(np.bincount(hits, minlength=len(self.documents)) if len(hits) else ()):
            size = int(self._sizes[number])
            if count >= _LEAST or (size and count >= max(2, _WHOLE * size)):
                share = min(1.0, count / size)
                confidence = (0.97 if count >= _PLAIN else 0.85) * (0.6 if quoted else 1.0)
                yield self._finding(self.documents[number], where, confidence, f"{share:.0%} of it", quoted)

    def find_file(self, digest: str, where: str) -> Iterator[Finding]:
        """Yield the document whose file this is, byte for byte; ``digest`` is SHA-256 in hexadecimal."""
        document = self._digests.get(digest)
        if document:
            yield self._finding(document, where, 1.0, "the file itself", quoted=False)

    @staticmethod
    def _finding(document: Document, where: str, confidence: float, part: str, quoted: bool) -> Finding:
        return Finding(
            "own.document",
            where,
            document.sensitivity,
            confidence,
            f"it holds part of a document your organisation protects ({document.name})",
            f"{document.name}: {part}"[:80],
            document.digest[:16],
            quoted,
        )
