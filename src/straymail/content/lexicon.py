"""Words and phrases that point the same way, in clusters: illnesses, drugs, who arrives, who keeps a secret.

``lexicon.txt`` holds them, in eight languages: a line ``[cluster]``, then entries between bars; an entry that ends in a
star stands for every word that begins so. What a cluster says about a text is for ``prose`` to weigh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Self

_TOKEN = re.compile(r"[^\W\d_]+|\d[\d:.,/\-]*")  # classes without overlap: linear
_FLIGHT = re.compile(r"\b(?:[A-Z]{2}|[A-Z]\d) ?\d{2,4}\b")
_STEM = 5  # letters a beginning has at least, by which it is looked up
_LONGEST = 5  # tokens of a phrase
_SIX, _NINE = 6, 9


def tokens(text: str) -> list[str]:
    """Words in lower case and figures by their shape (``#time``, ``#4``), in order; a code of three capitals adds ``#abc``."""
    found: list[str] = []
    for token in _TOKEN.findall(_FLIGHT.sub(" #flight ", text).replace("#flight", "xflightx")):
        if token[0].isdigit():
            found.append(_shape(token.rstrip(".,:-/")))
            continue
        found.append(token.lower())
        if len(token) == 3 and token.isupper() and token.isascii():  # noqa: PLR2004  (an airport, a station)
            found.append("#abc")
    return found


def _shape(figures: str) -> str:
    if figures.isdigit():
        size = len(figures)
        return f"#{size}" if size <= _SIX else "#7" if size <= _NINE else "#10"
    if ":" in figures:
        return "#time"
    if "/" in figures or figures.count(".") > 1 or figures.count("-") > 1:
        return "#date"
    return "#range" if "-" in figures else "#decimal"


@dataclass(frozen=True)
class Lexicon:
    """Clusters of entries, ready to be looked up word by word."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stems: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    phrases: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = field(default_factory=dict)

    @classmethod
    def shipped(cls) -> Self:
        """The lexicon of the package."""
        return cls.read(files(__package__).joinpath("lexicon.txt").read_text(encoding="utf-8"))

    @classmethod
    def read(cls, text: str) -> Self:
        """From the text of a lexicon file; whatever the entries are, they are taken as words of letters."""
        words: dict[str, list[str]] = {}
        stems: dict[str, list[tuple[str, str]]] = {}
        phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for cluster, entry in entries(text):
            parts = tokens(entry)
            if not parts:
                continue
            if entry.endswith("*") and len(parts) == 1 and len(parts[0]) >= _STEM:
                stems.setdefault(parts[0][:_STEM], []).append((parts[0], cluster))
            elif len(parts) == 1:
                words.setdefault(parts[0], []).append(cluster)
            elif len(parts) <= _LONGEST:
                phrases.setdefault(parts[0], []).append((tuple(parts), cluster))
        return cls(
            *({key: tuple(dict.fromkeys(each)) for key, each in table.items()} for table in (words, stems, phrases))
        )  # type: ignore[arg-type]

    def clusters(self, text: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(cluster, entry) for each token of a text that an entry begins at."""
        for at, token in enumerate(text):
            for cluster in self.words.get(token, ()):
                yield cluster, token
            for stem, cluster in self.stems.get(token[:_STEM], ()):
                if token.startswith(stem):
                    yield cluster, stem
            for phrase, cluster in self.phrases.get(token, ()):
                if tuple(text[at : at + len(phrase)]) == phrase:
                    yield cluster, " ".join(phrase)


def entries(text: str) -> Iterator[tuple[str, str]]:
    """(cluster, entry) of a lexicon file, in order."""
    cluster = ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            cluster = line[1:-1]
        elif line and not line.startswith("#"):
            yield from ((cluster, entry) for each in line.split("|") if (entry := each.strip().lower()))
