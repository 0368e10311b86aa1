"""``own.term``, ``marking.own``: words of the organisation's own dictionary, and its own marking scheme.

Its registered documents are looked for here too (``fingerprint``).

A term counts only as a whole word, over line ends too; a marking only as it is written, at the beginning of a line or
after a label there ("Classification:"), in brackets, and after a dash or the like at the end of a subject. In file
names dashes and underscores are spaces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import re2

from straymail.content.dictionary import Dictionary, Entry, leveled
from straymail.evidence import Finding

_EDGE = 60
_NAMED = str.maketrans("_-.", "   ")
_LABEL = r"(?i:(?:(?:security|overall|document|protective) )?(?:classification|marking|einstufung))\s{0,3}[:=]\s{0,3}"
_BEGINS = re2.compile(rf"(?:^|\n)[ \t>\[(*\-/]{{0,12}}(?:{_LABEL}[\[(*]?)?$")
_ENDS = re2.compile(r"(?: [\-\x{2013}\x{2014}|] ?|// ?|: ?|\()$")


def find(text: str, where: str, dictionary: Dictionary, *, quoted: bool = False) -> Iterator[Finding]:
    """Yield one finding for each term and own marking the text holds, at its first place."""
    if dictionary.terms:
        yield from _terms(text, where, dictionary, quoted)
    for entry in dictionary.markings:
        if _marks(text, entry.text, where):
            yield _finding("marking.own", entry, where, quoted)
    if dictionary.documents:
        yield from dictionary.documents.find(text, where, quoted=quoted)


def _terms(text: str, where: str, dictionary: Dictionary, quoted: bool) -> Iterator[Finding]:
    seen: set[int] = set()
    for readable in _readings(text, where, quoted):
        for index, start, end in dictionary.term_automaton.find_matches_as_indexes(readable):
            if index not in seen and _whole_word(readable, start, end):
                seen.add(index)
                yield _finding("own.term", dictionary.terms[index], where, quoted)


def _readings(text: str, where: str, quoted: bool) -> Iterator[str]:
    """The text as terms are compared; a file name also with its words apart."""
    yield leveled(text.replace("\n>", "\n ").replace("\n >", "\n ") if quoted else text)
    if _is_name(where):
        yield leveled(text.translate(_NAMED))


def _is_name(where: str) -> bool:
    return where.startswith("file name ")


def _whole_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    after = text[end : end + 1]
    return not before.isalnum() and not after.isalnum()


def _marks(text: str, marking: str, where: str) -> bool:
    if _is_name(where):
        text, marking = text.translate(_NAMED), marking.translate(_NAMED)
    position = text.find(marking)
    while position >= 0:
        end = position + len(marking)
        before, after = text[max(0, position - _EDGE) : position], text[end : end + _EDGE]
        if not after[:1].isalnum() and _stands(before, after, where):
            return True
        position = text.find(marking, position + 1)
    return False


def _stands(before: str, after: str, where: str) -> bool:
    """Whether a marking stands by itself between these."""
    if _is_name(where):
        return not before[-1:].isalnum()
    ends = where == "subject" and not after.strip(" )]*") and _ENDS.search(before) is not None
    return ends or (before[-1:], after[:1]) == ("[", "]") or _BEGINS.search(before) is not None


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
