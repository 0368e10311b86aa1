"""Words and phrases that point the same way, in clusters: illnesses, drugs, who arrives, who keeps a secret.

``lexicon.txt`` holds them, in eight languages: a line ``[cluster]``, then entries between bars; an entry that ends in a
star stands for every word that begins so. What a cluster says about a text is for ``prose`` to weigh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Self

from straymail.frozen import dataclass

STEM = 5
"""Letters of a beginning of words."""

_LONGEST = 5  # tokens of a phrase
_KEPT = bytes(
    ord(chr(byte).lower()) if chr(byte).isalpha() else ord("0") if chr(byte).isdigit() else 32 for byte in range(128)
) + bytes(range(128, 256))
_QUOTES = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2013\u2014\u2026\u20ac\u2022"
_MARKS = str.maketrans(_QUOTES, " " * len(_QUOTES))
_SHAPE = bytes(
    ord("A") if chr(byte).isupper() else ord("0") if chr(byte).isdigit() else 32 if byte == 32 else 46
    for byte in range(128)
).ljust(256, b".")
_CODES = (b"AAA", b"AA0", b"AA 0")
_CODE = re.compile(rb"[^A-Za-z0-9](?:[A-Z]{3}|([A-Z]{2} ?[0-9]{2,4}))(?=[^A-Za-z0-9])")


def tokens(text: str) -> list[str]:
    """Words in lower case and figures as noughts (``0000``), in order; whatever else stands there separates them.

    Behind them ``=abc`` when a code of three capitals (an airport) stands there, ``=flight`` when one of a flight.
    """
    data = b" %b " % text.encode("utf-8", "replace")
    if text.isascii():
        found = data.translate(_KEPT).decode().split()
    else:
        found = text.translate(_MARKS).lower().encode("utf-8", "replace").translate(_KEPT).decode().split()
    shape = data.translate(_SHAPE)
    if any(code in shape for code in _CODES):  # the expression takes twenty times as long
        codes = _CODE.findall(data)
        if b"" in codes:
            found.append("=abc")
        if any(codes):
            found.append("=flight")
    return found


@dataclass(frozen=True)
class Lexicon:
    """(cluster, entry) pairs, the entries as tokens between single spaces; ``stems`` are beginnings of words."""

    entries: tuple[tuple[str, str], ...] = ()
    stems: tuple[tuple[str, str], ...] = ()

    @classmethod
    def shipped(cls) -> Self:
        """The lexicon of the package."""
        return cls.read(files(__package__).joinpath("lexicon.txt").read_text(encoding="utf-8"))

    @classmethod
    def read(cls, text: str) -> Self:
        """From the text of a lexicon file; whatever the entries are, they are taken as tokens."""
        entries, stems = dict[tuple[str, str], None](), dict[tuple[str, str], None]()
        for cluster, entry in _lines(text):
            parts = tokens(entry)
            if entry.endswith("*") and len(parts) == 1 and len(parts[0]) >= STEM:
                stems[cluster, parts[0]] = None
            elif 0 < len(parts) <= _LONGEST:
                entries[cluster, " ".join(parts)] = None
        return cls(tuple(entries), tuple(stems))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """(cluster, entry) of a lexicon file, in order."""
    cluster = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            cluster = line[1:-1]
        elif line and not line.startswith("#"):
            yield from ((cluster, entry) for each in line.split("|") if (entry := each.strip().lower()))
