"""``own.term``, ``marking.own``: words of the organisation's own dictionary, and its own marking scheme.

Its registered documents are looked for here too (``fingerprint``).

A term counts only as a whole word; a marking only as it is written, at the beginning of a line or in brackets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from straymail.content.dictionary import Dictionary, Entry
from straymail.evidence import Finding

_EDGE = 40


def find(text: str, where: str, dictionary: Dictionary, *, quoted: bool = False) -> Iterator[Finding]:
    """Yield one finding for each term and own marking the text holds, at its first place."""
    if dictionary.terms:
        yield from _terms(text, where, dictionary, quoted)
    for entry in dictionary.markings:
        if _marks(text, entry.text):
            yield _finding("marking.own", entry, where, quoted)
    if dictionary.documents:
        yield from dictionary.documents.find(text, where, quoted=quoted)


def _terms(text: str, where: str, dictionary: Dictionary, quoted: bool) -> Iterator[Finding]:
    seen: set[int] = set()
    lowered = text.lower()
    for index, start, end in dictionary.term_automaton.find_matches_as_indexes(lowered):
        if index not in seen and _whole_word(lowered, start, end):
            seen.add(index)
            yield _finding("own.term", dictionary.terms[index], where, quoted)


def _whole_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    after = text[end : end + 1]
    return not before.isalnum() and not after.isalnum()


def _marks(text: str, marking: str) -> bool:
    position = text.find(marking)
    while position >= 0:
        line = text[max(0, position - _EDGE) : position].rpartition("\n")[2]
        if not line.strip(" \t[(*-/"):
            return True
        position = text.find(marking, position + 1)
    return False


def _finding(identifier: str, entry: Entry, where: str, quoted: bool) -> Finding:
    digest = hashlib.sha256(entry.text.lower().encode()).hexdigest()[:16]
    text = "it holds a word of your organisation's own list" if identifier == "own.term" else "it is marked"
    return Finding(
        identifier,
        where,
        entry.sensitivity,
        0.5 if quoted else 0.95,
        text,
        entry.text[:60],
        digest,
        quoted,
        entry.excludes,
    )
