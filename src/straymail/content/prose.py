"""``health.prose``, ``travel.prose`` and the like: what a text is about, told by its words as a whole.

People tell of an illness, a journey or a colleague's dismissal in words no rule foresees. Six logistic regressions, one
a class, weigh which words a text is made of: words as they are, their beginnings, pairs, figures by their shape, and
clusters of a lexicon (``lexicon``), so that a drug or a disease nobody wrote of while fitting still counts. They were
fitted by ``scripts/fit_prose.py`` on invented mail in eight languages against ordinary mail; ``prose.tsv`` holds the
weights. A rule's finding of the same class that is at least as grave makes one of these unneeded.

Where *cues*, words rare in ordinary mail (``cues``), add up to something, the words around are weighed: the sum over
distinct features, divided by the root of how many different words stand there. Whom it gets wrong: texts that speak of
illness to everybody (campaigns, adverts for jobs in a clinic), hints that only those concerned understand, short
messages of secrets and money, and languages it was not fitted on.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Self

import numpy as np
from ahocorasick_rs import BytesAhoCorasick
from numpy.typing import NDArray

from straymail.content.cues import SPAN, Cues, Weights
from straymail.content.lexicon import STEM, Lexicon, tokens
from straymail.content.sieve import Shelf, Words
from straymail.evidence import Finding, Sensitivity
from straymail.frozen import dataclass

CLASSES = ("health", "travel", "person", "secret", "money", "place")
WINDOW, STEP = 100, 50
"""Words looked at together, and how far one window is from the next."""

FEWEST = 40
"""Different words for which a shorter text is taken: a few words decide nothing by being few."""

MANY = (2, 3, 5)
"""Numbers of different entries of one cluster that are features of their own."""

_KINDS = ("base", "needed", "least", "cue", "weight")
_PIECE = 4_096  # characters in which cues are added up
_HEADING = 300
_PAYS = 1 << 18  # characters of text beyond which making ready pays
_SAID = {
    "health": (Sensitivity.HIGH, "it tells of somebody's health"),
    "travel": (Sensitivity.ELEVATED, "it says where somebody will be, and when"),
    "person": (Sensitivity.ELEVATED, "it tells of somebody's personal matters"),
    "secret": (Sensitivity.HIGH, "it holds what opens something"),
    "money": (Sensitivity.ELEVATED, "it tells of somebody's money"),
    "place": (Sensitivity.HIGH, "it tells of a place that is not to be found"),
}
_NONE = (-math.inf,)
_SUREST = 0.7  # near misses written to look like the thing are right two times of three, however sure the model is
_QUOTED = 0.6  # what was written by others before counts for less


def features(text: Sequence[str]) -> set[str]:
    """What a window of tokens is described by besides clusters: words, pairs of words, and beginnings of words."""
    found = {*text, *map(" ".join, pairwise(text))}
    found.update([f"{word[:STEM]}*" for word in text if len(word) >= STEM])
    return found


class Search:
    """Looks for features and for the entries of a lexicon in one pass over a window.

    Args:
        names: features besides clusters.
    """

    def __init__(self, lexicon: Lexicon, names: Sequence[str] = ()) -> None:
        patterns: dict[str, str] = {_pattern(each): each for each in names}
        clusters: dict[str, list[str]] = {}
        for cluster, entry in (*lexicon.entries, *((name, f"{stem}*") for name, stem in lexicon.stems)):
            patterns.setdefault(_pattern(entry), "")
            clusters.setdefault(_pattern(entry), []).append(cluster)
        self.names = tuple(patterns.values())
        self._clusters = {at: clusters[each] for at, each in enumerate(patterns) if each in clusters}
        self._automaton = BytesAhoCorasick([each.encode() for each in patterns])

    def find(self, text: Sequence[str]) -> set[int]:
        """The numbers of what stands in a window of tokens."""
        written = f" {' '.join(text)} ".encode()
        return {number for number, _, _ in self._automaton.find_matches_as_indexes(written, overlapping=True)}

    def clusters(self, found: AbstractSet[int]) -> list[str]:
        """Features that say how many different entries of a cluster stand there."""
        counts: dict[str, int] = {}
        for number in found & self._clusters.keys():
            for cluster in self._clusters[number]:
                counts[cluster] = counts.get(cluster, 0) + 1
        names = [f"<{cluster}>" for cluster in counts]
        names += [f"<{cluster} {least}>" for cluster, entries in counts.items() for least in MANY if entries >= least]
        return names


def _pattern(feature: str) -> str:
    return f" {feature[:-1]}" if feature.endswith("*") else f" {feature} "


def windows(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The whole of a short text, or overlapping parts of it."""
    if len(words) <= WINDOW + STEP // 2:
        yield words
        return
    for start in range(0, len(words) - STEP, STEP):
        yield words[start : start + WINDOW]


def scale(words: Sequence[str]) -> float:
    """What the sum over a window's features is multiplied with."""
    return 1.0 / math.sqrt(max(FEWEST, len(set(words))))


@dataclass(frozen=True, eq=False)
class Prose:
    """The fitted model: log-odds of the classes; ``least`` is what they have to reach for something to be said.

    ``weights`` has a row for each of ``names``, the features, and a column for each class.
    """

    version: str
    base: Weights
    least: Weights
    names: tuple[str, ...]
    weights: NDArray[np.float32]
    cues: Cues
    search: Search

    @classmethod
    def shipped(cls) -> Self:
        """The model of the package."""
        return cls.read(files(__package__).joinpath("prose.tsv").read_text(encoding="utf-8"), Lexicon.shipped())

    @classmethod
    def read(cls, text: str, lexicon: Lexicon) -> Self:
        """From the text of a weights file: lines of a kind, a feature or nothing, and six numbers.

        Raises:
            ValueError: a line is none of these, or one is missing.
        """
        single, cues, names, weights = dict[str, Weights](), dict[str, Weights](), list[str](), array("f")
        version = ""
        for number, line in enumerate(text.splitlines(), 1):
            kind, _, rest = line.partition("\t")
            name, *written = rest.split("\t")
            if kind == "version" or not line or line.startswith("#"):
                version = name if kind == "version" else version
                continue
            if len(written) != len(CLASSES) or kind not in _KINDS:
                raise ValueError(f"line {number}: not a weight of prose: {line[:60]!r}")
            row = tuple(float(each or 0) for each in written)
            if kind == "weight":
                names.append(name)
                weights.extend(row)
            elif kind == "cue":
                cues[name] = row
            else:
                single[kind] = row
        if missing := {"base", "needed", "least"} - single.keys():
            raise ValueError(f"no line {' or '.join(sorted(missing))}")
        table = np.frombuffer(weights, dtype=np.float32).reshape(len(names), len(CLASSES))
        search = Search(lexicon, [name for name in names if not name.startswith("<")])
        return cls(version, single["base"], single["least"], tuple(names), table, Cues(cues, single["needed"]), search)

    def find(
        self, text: str, where: str, *, heading: str = "", quoted: bool = False, words: Words | None = None
    ) -> list[Finding]:
        """At most one finding a class: that of the place which speaks most for it.

        ``words`` (of ``cues.prepare``) is only for speed.
        """
        best: dict[int, tuple[float, int, bytes]] = {}
        heading = heading[:_HEADING]
        above = heading.count("\n") + bool(heading)
        size = len(f"{heading}\n".encode("utf-8", "replace")) if heading else 0
        for start, data in pieces(heading, text):
            for (first, last), classes in self.cues.spans(data, words, 0 if start else size).items():
                scores = self.scores(tokens(data[first:last].decode("utf-8", "ignore")), tuple(classes))
                for (number, place), score in zip(classes.items(), scores, strict=True):
                    if score >= max(self.least[number], best.get(number, _NONE)[0]):
                        line = text.count("\n", 0, start) + data.count(b"\n", 0, place) - (0 if start else above)
                        best[number] = score, max(1, line + 1), data[first:last]
        lines = best and "\n" in text.strip()
        return [
            _finding(CLASSES[number], score, f"{where}, line {line}" if lines else where, data, quoted)
            for number, (score, line, data) in best.items()
        ]

    def scores(self, words: Sequence[str], classes: Sequence[int] = range(len(CLASSES))) -> list[float]:
        """Log-odds of these classes for the tokens of one place."""
        found = self.search.find(words)
        clusters = [name for name in self.search.clusters(found) if name in self._clusters]
        factor, scores = scale(words), list[float]()
        for number in classes:
            total = sum(map(self._columns[number].__getitem__, found))
            total += sum([self._clusters[name][number] for name in clusters])
            scores.append(self.base[number] + factor * total)
        return scores

    @cached_property
    def _columns(self) -> Sequence[Sequence[float]]:
        """By class: the weight of each name the search knows; 0 for what only belongs to a cluster."""
        rows = dict(zip(self.names, self.weights.tolist(), strict=True))
        none = [0.0] * len(CLASSES)
        # Lists, which are read faster than arrays; all that is nought is one object.
        columns = zip(*(rows.get(name, none) for name in self.search.names), strict=True)
        return [[weight or 0.0 for weight in column] for column in columns]

    @cached_property
    def _clusters(self) -> Mapping[str, Sequence[float]]:
        rows = zip(self.names, self.weights.tolist(), strict=True)
        return {name: row for name, row in rows if name.startswith("<")}


def pieces(heading: str, text: str) -> Iterator[tuple[int, bytes]]:
    """The text in pieces of some kilobytes, each with where it starts; a line with the heading before the first."""
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE + SPAN]
        yield start, (f"{heading}\n{piece}" if heading and not start else piece).encode("utf-8", "replace")


@cache
def shipped() -> Prose:
    """The model of the package, read once."""
    return Prose.shipped()


class Reader:
    """The shipped model and what finds its cues fast, once that is ready."""

    def __init__(self) -> None:
        self.shelf: Shelf | None = None
        self._words: Words | None = None
        self._seen = 0

    def prepare(self) -> None:
        """Make ready what saves most texts a closer look: a tenth of a second, well spent beyond some messages."""
        self._seen = _PAYS
        self._words = self._words or shipped().cues.prepare(self.shelf)

    def find(self, text: str, where: str, *, heading: str = "", quoted: bool = False) -> list[Finding]:
        """``Prose.find`` of the shipped model."""
        if self._seen < _PAYS:
            self._seen += len(text)
            if self._seen >= _PAYS:
                self.prepare()
        return shipped().find(text, where, heading=heading, quoted=quoted, words=self._words)


def _finding(name: str, score: float, where: str, data: bytes, quoted: bool) -> Finding:
    sensitivity, said = _SAID[name]
    sure = min(_SUREST, 1.0 / (1.0 + math.exp(-score))) * (_QUOTED if quoted else 1.0)
    digest = hashlib.sha256(name.encode() + data).hexdigest()[:16]
    return Finding(f"{name}.prose", where, sensitivity, sure, said, "told by its words as a whole", digest, quoted)
